/*
 * growth_session.sql
 *		Runs one statement, and prints its CPU time and elapsed time in seconds.
 *		Before that, prints the process id and sleeps, so that the memory of the
 *		process can be watched.
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
