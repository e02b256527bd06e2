-- Counts of met targets do not depend on the plan: serial or parallel, hashed or
-- sorted, whole or partitionwise; workers see the changes of their own
-- transaction.
SET timezone = 'UTC';
SET datestyle = 'ISO';
SET intervalstyle = 'postgres';
SET client_min_messages = 'warning';
\pset null NULL
CREATE SCHEMA parallel_target;
SET search_path = parallel_target;

CREATE FUNCTION err(query text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE query;
	RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE || ': ' || SQLERRM;
END
$$;
-- the number of nodes of the plan that satisfy a condition
CREATE FUNCTION nodes(query text, condition text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	plan jsonb;
BEGIN
	EXECUTE 'EXPLAIN (FORMAT JSON, COSTS OFF) ' || query INTO plan;
	RETURN (SELECT count(*) FROM jsonb_path_query(plan, ('strict $.** ? (' || condition || ')')::jsonpath));
END
$$;
-- did workers start?  It retries, as other sessions can use up all workers for a while
CREATE FUNCTION has_run_in_workers(query text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
	plan jsonb;
BEGIN
	FOR try IN 1 .. 100 LOOP
		EXECUTE 'EXPLAIN (ANALYZE, FORMAT JSON, COSTS OFF, TIMING OFF) ' || query INTO plan;
		IF jsonb_path_exists(plan, 'strict $.** ? (@."Workers Launched" > 0)') THEN
			RETURN true;
		END IF;
		PERFORM pg_sleep(0.2);
	END LOOP;
	RETURN false;
END
$$;

SELECT setseed(0.11);
CREATE TABLE request (party integer, srv text, mode text, generation text, requested_at timestamptz, answered_at timestamptz,
	target interval, as_of timestamptz) PARTITION BY HASH (party);
CREATE TABLE request_0 PARTITION OF request FOR VALUES WITH (MODULUS 3, REMAINDER 0);
CREATE TABLE request_1 PARTITION OF request FOR VALUES WITH (MODULUS 3, REMAINDER 1);
CREATE TABLE request_2 PARTITION OF request FOR VALUES WITH (MODULUS 3, REMAINDER 2);
INSERT INTO request
SELECT floor(random() * 500)::integer, ('{1.1.1,2.2,4.6.1,11.1,11.3,8.14.1,7.1,999.9}'::text[])[floor(random() * 9)],
	('{on_demand,future_dated,non_device,dcc_scheduled}'::text[])[floor(random() * 5)], ('{smets1,smets2}'::text[])[floor(random() * 3)],
	time, CASE WHEN random() < 0.9 THEN time + (random() * 100 - 5) * (ARRAY['1 s', '1 hour', '90 min']::interval[])[ceil(random() * 3)::integer] END,
	('{NULL,0,30 s,1 day}'::interval[])[ceil(random() * 4)::integer], '2026-10-15 00:00:00+00'
FROM (SELECT '2026-10-01 00:00:00+00'::timestamptz + random() * interval '30 days' AS time FROM generate_series(1, 60000)) AS times;
ANALYZE request;

-- few groups, many groups, and one group
CREATE VIEW by_srv AS
	SELECT srv, count(*) AS requests,
		pmr.target_counts(requested_at, answered_at, target) AS counts,
		pmr.target_met(requested_at, answered_at, target) AS pct,
		pmr.target_counts(requested_at, answered_at, target, as_of) AS open_counts,
		pmr.target_met(requested_at, answered_at, target, as_of) AS open_pct,
		pmr.target_counts(requested_at::timestamp, answered_at::timestamp, target) AS timestamp_counts,
		pmr.target_met(requested_at::timestamp, answered_at::timestamp, target, as_of::timestamp) AS timestamp_open_pct,
		pmr.srv_target_counts(srv, mode, requested_at, answered_at) AS srv_counts,
		pmr.srv_target_counts(srv, mode, requested_at, answered_at, generation) AS srv_generation_counts,
		pmr.srv_target_counts(srv, mode, requested_at, answered_at, generation, as_of) AS srv_open_counts,
		pmr.srv_target_met(srv, mode, requested_at, answered_at, generation, as_of) AS srv_open_pct,
		pmr.srv_target_counts(srv, mode, requested_at::timestamp, answered_at::timestamp) AS srv_timestamp_counts,
		pmr.srv_target_met(srv, mode, requested_at::timestamp, answered_at::timestamp, generation, as_of::timestamp) AS srv_timestamp_open_pct
	FROM request GROUP BY srv;
CREATE VIEW by_party AS
	SELECT party, count(*) AS requests, pmr.target_counts(requested_at, answered_at, target) AS counts,
		pmr.srv_target_counts(srv, mode, requested_at, pmr.answered_at(answered_at, 'I0', mode), generation, as_of) AS srv_counts,
		pmr.srv_target_met(srv, mode, requested_at, answered_at) AS srv_pct
	FROM request GROUP BY party;
CREATE VIEW whole AS
	SELECT count(*) AS requests, pmr.target_counts(requested_at, answered_at, target, as_of) AS counts,
		pmr.srv_target_counts(srv, mode, requested_at, answered_at, generation) AS srv_counts
	FROM request;

SET max_parallel_workers_per_gather = 0;
SET enable_partitionwise_aggregate = off;
SELECT nodes('SELECT * FROM by_srv', '@."Node Type" == "Aggregate"') AS aggregates,
	nodes('SELECT * FROM by_srv', '@."Node Type" like_regex "Gather"') AS gather,
	nodes('SELECT * FROM by_srv', '@."Partial Mode" == "Partial"') AS partial;
CREATE TABLE serial_by_srv AS SELECT * FROM by_srv;
CREATE TABLE serial_by_party AS SELECT * FROM by_party;
CREATE TABLE serial_whole AS SELECT * FROM whole;
-- each outcome occurs, and the counts add up to all requests
SELECT (counts).met > 1000 AS met, (counts).missed > 1000 AS missed, (counts).pending > 1000 AS pending,
	(counts).not_measured > 1000 AS not_measured, (counts).invalid > 1000 AS invalid,
	(srv_counts).met > 1000 AS srv_met, (srv_counts).missed > 1000 AS srv_missed, (srv_counts).not_measured > 1000 AS srv_not_measured,
	(counts).met + (counts).missed + (counts).pending + (counts).not_measured + (counts).invalid AS sum
FROM serial_whole;

-- results are equal to the last digit
CREATE FUNCTION compare(OUT by_srv text, OUT by_party text, OUT whole text) LANGUAGE plpgsql AS $$
BEGIN
	CREATE TEMPORARY TABLE now_by_srv AS SELECT * FROM parallel_target.by_srv;
	CREATE TEMPORARY TABLE now_by_party AS SELECT * FROM parallel_target.by_party;
	CREATE TEMPORARY TABLE now_whole AS SELECT * FROM parallel_target.whole;
	SELECT format('%s of %s groups', count(*) FILTER (WHERE n.requests = s.requests), count(*)) INTO by_srv
	FROM now_by_srv AS n FULL JOIN serial_by_srv AS s ON n::text = s::text;
	SELECT format('%s of %s groups', count(*) FILTER (WHERE n.requests = s.requests), count(*)) INTO by_party
	FROM now_by_party AS n FULL JOIN serial_by_party AS s ON n::text = s::text;
	SELECT format('%s of %s groups', count(*) FILTER (WHERE n.requests = s.requests), count(*)) INTO whole
	FROM now_whole AS n FULL JOIN serial_whole AS s ON n::text = s::text;
	DROP TABLE now_by_srv, now_by_party, now_whole;
END
$$;

-- serial, sorted
SET enable_hashagg = off;
SELECT nodes('SELECT * FROM by_party', '@.Strategy == "Sorted"') > 0 AS sorted,
	nodes('SELECT * FROM by_party', '@.Strategy == "Hashed"') AS hashed;
SELECT * FROM compare();
RESET enable_hashagg;

-- serial, hashed, and spilled to disk
SET enable_sort = off;
SET work_mem = '64kB';
SET hash_mem_multiplier = 1;
SELECT nodes('SELECT * FROM by_party', '@.Strategy == "Hashed"') > 0 AS hashed;
SELECT * FROM compare();
RESET work_mem;
RESET hash_mem_multiplier;

-- in workers, hashed
SET max_parallel_workers_per_gather = 2;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET parallel_leader_participation = off;
SELECT query, nodes('SELECT * FROM ' || query, '@."Node Type" like_regex "Gather"') > 0 AS gather,
	nodes('SELECT * FROM ' || query, '@."Partial Mode" == "Partial"') > 0 AS partial,
	nodes('SELECT * FROM ' || query, '@."Partial Mode" == "Finalize"') > 0 AS finalize,
	has_run_in_workers('SELECT * FROM ' || query) AS in_workers
FROM unnest('{by_srv,by_party,whole}'::text[]) AS query;
SELECT * FROM compare();
RESET enable_sort;

-- in workers, sorted
SET enable_hashagg = off;
SELECT nodes('SELECT * FROM by_srv', '@."Partial Mode" == "Partial" && @.Strategy == "Sorted"') > 0 AS sorted,
	has_run_in_workers('SELECT * FROM by_srv') AS in_workers;
SELECT * FROM compare();
RESET enable_hashagg;

-- with the leader participating
SET parallel_leader_participation = on;
SELECT * FROM compare();

-- partitionwise: full and partial aggregation, with and without workers
SET enable_partitionwise_aggregate = on;
SET max_parallel_workers_per_gather = 0;
SELECT nodes('SELECT * FROM by_party', '@."Node Type" == "Aggregate"') > 1 AS by_partition,
	nodes('SELECT * FROM by_party', '@."Partial Mode" == "Partial"') AS parts_of_groups;
SELECT * FROM compare();
SET enable_hashagg = off;
SET enable_material = off;
SELECT * FROM compare();
RESET enable_hashagg;
RESET enable_material;
SET max_parallel_workers_per_gather = 2;
SELECT nodes('SELECT * FROM by_srv', '@."Partial Mode" == "Partial"') > 1 AS parts_of_groups,
	has_run_in_workers('SELECT * FROM by_srv') AS in_workers;
SELECT * FROM compare();
RESET enable_partitionwise_aggregate;

-- states that cannot be combined: two halves of the maximum overflow, arrays are too short
CREATE AGGREGATE half_full_counts(timestamptz, timestamptz, interval) (
	SFUNC = pmr.target_transfn, STYPE = bigint[], FINALFUNC = pmr.target_counts_finalfn, COMBINEFUNC = pmr.target_combine, PARALLEL = SAFE,
	INITCOND = '{4611686018427387904,0,0,0,0}'
);
CREATE AGGREGATE wrong_counts(timestamptz, timestamptz, interval) (
	SFUNC = pmr.target_transfn, STYPE = bigint[], FINALFUNC = pmr.target_counts_finalfn, COMBINEFUNC = pmr.target_combine, PARALLEL = SAFE,
	INITCOND = '{0,0,0,0}'
);
SET parallel_leader_participation = off;
CREATE VIEW half_full AS SELECT half_full_counts(requested_at, answered_at, target) FROM request;
SELECT nodes('SELECT * FROM half_full', '@."Partial Mode" == "Finalize"') AS finalize;
SELECT err('SELECT * FROM half_full') AS in_workers;
SELECT err('SELECT wrong_counts(requested_at, answered_at, target) FROM request') AS in_workers;
SET max_parallel_workers_per_gather = 0;
SELECT err('SELECT * FROM half_full') AS serial;
SET max_parallel_workers_per_gather = 2;

--
-- Workers see an uncommitted change of a target
--

-- does it run in a worker or in the leader?
CREATE FUNCTION runs_in(leader integer) RETURNS text LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
	RETURN CASE WHEN pg_backend_pid() = leader THEN 'leader' ELSE 'worker' END;
END
$$;
-- over all rows of one SRV: the looked-up result, that of a join, and which process ran it
CREATE FUNCTION look(OUT looked_up pmr.target_counts, OUT plain pmr.target_counts, OUT scalar bigint, OUT plain_scalar bigint, OUT run_in text)
LANGUAGE plpgsql AS $$
DECLARE
	found record;
BEGIN
	FOR try IN 1 .. 100 LOOP
		EXECUTE $q$
			SELECT pmr.srv_target_counts(srv, mode, requested_at, requested_at + interval '15 s', 'smets2') AS looked_up,
				sum(extract(epoch FROM pmr.srv_target(srv, mode, generation, requested_at))) AS scalar,
				min(parallel_target.runs_in($1)) AS run_in
			FROM parallel_target.request WHERE srv = '7.1' AND mode = 'on_demand'
		$q$ INTO found USING pg_backend_pid();
		EXIT WHEN found.run_in = 'worker';
		PERFORM pg_sleep(0.2);
	END LOOP;
	looked_up := found.looked_up;
	scalar := found.scalar;
	run_in := found.run_in;
	SELECT pmr.target_counts(requested_at, requested_at + interval '15 s', t.target) AS counts, sum(extract(epoch FROM t.target)) AS total
	INTO found
	FROM parallel_target.request AS r LEFT JOIN pmr.target_response_time AS t ON (t.srv, t.mode) = (r.srv, r.mode)
	WHERE r.srv = '7.1' AND r.mode = 'on_demand';
	plain := found.counts;
	plain_scalar := found.total;
END
$$;
-- all requests take 15 seconds, so the target decides their outcome
SELECT looked_up = plain AS equal, (looked_up).not_measured = (SELECT count(*) FROM request WHERE srv = '7.1' AND mode = 'on_demand')
	AND (looked_up).not_measured > 100 AS all_without_target, scalar, plain_scalar, run_in FROM look();
BEGIN;
INSERT INTO pmr.target_response_time (srv, mode, target, source) VALUES ('7.1', 'on_demand', '20 s', 'test');
SELECT looked_up = plain AS equal, (looked_up).met > 100 AS met, (looked_up).missed, (looked_up).not_measured,
	scalar = plain_scalar AND scalar = 20 * (looked_up).met AS scalar, run_in FROM look();
UPDATE pmr.target_response_time SET target = '10 s' WHERE source = 'test';
SELECT looked_up = plain AS equal, (looked_up).met, (looked_up).missed > 100 AS missed, (looked_up).not_measured,
	scalar = plain_scalar AND scalar = 10 * (looked_up).missed AS scalar, run_in FROM look();
SAVEPOINT a;
UPDATE pmr.target_response_time SET target = '40 s' WHERE source = 'test';
SAVEPOINT b;
SELECT looked_up = plain AS equal, (looked_up).met > 100 AS met, (looked_up).missed, (looked_up).not_measured,
	scalar = plain_scalar AND scalar = 40 * (looked_up).met AS scalar, run_in FROM look();
DELETE FROM pmr.target_response_time WHERE source = 'test';
SELECT looked_up = plain AS equal, (looked_up).met, (looked_up).missed, (looked_up).not_measured > 100 AS not_measured,
	scalar, plain_scalar, run_in FROM look();
ROLLBACK TO b;
RELEASE b;
SELECT looked_up = plain AS equal, (looked_up).met > 100 AS met, (looked_up).missed, (looked_up).not_measured,
	scalar = plain_scalar AND scalar = 40 * (looked_up).met AS scalar, run_in FROM look();
ROLLBACK TO a;
SELECT looked_up = plain AS equal, (looked_up).met, (looked_up).missed > 100 AS missed, (looked_up).not_measured,
	scalar = plain_scalar AND scalar = 10 * (looked_up).missed AS scalar, run_in FROM look();
ROLLBACK;
SELECT looked_up = plain AS equal, (looked_up).met, (looked_up).missed, (looked_up).not_measured > 100 AS not_measured,
	scalar, plain_scalar, run_in FROM look();

DROP SCHEMA parallel_target CASCADE;
