/*
 * growth_session.sql
 *		Runs one statement and prints its CPU and wall time in seconds.  Before
 *		that it prints its process id and sleeps, so that growth.sh can watch its
 *		memory.
 */
SET client_min_messages = warning;
SET max_parallel_workers_per_gather = 0;
SET jit = off;
SET work_mem = '256MB';
SELECT pg_backend_pid();
SELECT pg_sleep(0.1) \g /dev/null
SELECT bench.cpu_s() AS cpu_s, clock_timestamp() AS began \gset
\o /dev/null
:statement;
\o
SELECT bench.cpu_s() - :cpu_s, extract(epoch FROM clock_timestamp() - :'began');
