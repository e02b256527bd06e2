--
-- The same rows give the same bytes, whatever their order, the plan, and the parts in
-- which they are aggregated.
--
\pset null '(null)'
SET client_min_messages = warning;
CREATE SCHEMA test_rtt_order;
SET search_path = test_rtt_order, pmr;

CREATE FUNCTION plan_has(query text, pattern text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
	line text;
BEGIN
	FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || query LOOP
		IF line ~ pattern THEN
			RETURN true;
		END IF;
	END LOOP;
	RETURN false;
END
$$;

-- A pseudo-random number in [0, 1), the same on every machine.
CREATE FUNCTION hash01(i bigint, seed bigint) RETURNS float8 LANGUAGE sql IMMUTABLE
RETURN (hashint8extended(i, seed) & ((1::bigint << 52) - 1)) / (1::bigint << 52)::float8;

CREATE TABLE received_sketch (value rtt_sketch);
CREATE TABLE received_state (value rtt_state);
\getenv test PG_ABS_SRCDIR
\set include :test '/sql/include/receive.sql'
\i :include

-- Aggregates without a final function show the state of the others; their states are
-- combined as by workers.
CREATE AGGREGATE sketch_state(float8) (SFUNC = pmr.rtt_sketch_transfn, STYPE = rtt_state, COMBINEFUNC = pmr.rtt_state_combine, PARALLEL = SAFE);
CREATE AGGREGATE percentile_state(float8, float8) (SFUNC = pmr.rtt_percentile_transfn, STYPE = rtt_state, COMBINEFUNC = pmr.rtt_state_combine, PARALLEL = SAFE);
CREATE AGGREGATE percentiles_state(float8, float8[]) (SFUNC = pmr.rtt_percentiles_transfn, STYPE = rtt_state, COMBINEFUNC = pmr.rtt_state_combine, PARALLEL = SAFE);
CREATE AGGREGATE combine(rtt_state) (SFUNC = pmr.rtt_state_combine, STYPE = rtt_state, COMBINEFUNC = pmr.rtt_state_combine, PARALLEL = SAFE);

--
-- Data of several shapes: in whole milliseconds and in microseconds, few times and
-- many, and so many over so wide a range that a sketch has the lowest precision and
-- more than 1024 buckets
--
CREATE TABLE data (shape text, i int, rtt_s float8, responded_at timestamp);
INSERT INTO data
SELECT shape, i, rtt_us / 1e6, timestamp '2000-01-01' + (rtt_us::bigint || ' microseconds')::interval
FROM generate_series(1, 30000) AS i,
	LATERAL (VALUES
		('few', floor(1e6 * (1 + floor(20 * hash01(i, 1))))),
		('milliseconds', 1e3 * floor(1e3 * exp(1.5 + 1.2 * sqrt(-2 * ln(1 - hash01(i, 2))) * cos(2 * pi() * hash01(i, 3))))),
		('microseconds', floor(60e6 * hash01(i, 4))),
		('a thousand', floor(1e3 * hash01(i, 5))),
		('wide', floor(exp(36 * hash01(i, 6))))) AS v (shape, rtt_us);
ANALYZE data;

CREATE TABLE expected AS
SELECT shape, rtt_sketch(rtt_s ORDER BY rtt_s)::text AS sketch,
	rtt_percentiles(rtt_s, '{0,0.001,0.1,0.5,0.95,0.999,1}' ORDER BY rtt_s) AS percentiles,
	sketch_state(rtt_s ORDER BY rtt_s)::text AS sketch_state,
	percentile_state(rtt_s, 0.95 ORDER BY rtt_s)::text AS percentile_state,
	percentiles_state(rtt_s, '{0.5,0.1}' ORDER BY rtt_s)::text AS percentiles_state
FROM data GROUP BY shape;

SELECT shape, rtt_count(e.sketch::rtt_sketch) AS count, count(DISTINCT d.rtt_s) <= 1024 AS few, count(DISTINCT d.rtt_s) > 7000 AS many,
	(SELECT count(*) FROM rtt_buckets(e.sketch::rtt_sketch)) <= 1024 AS few_buckets, (SELECT count(*) FROM rtt_buckets(e.sketch::rtt_sketch)) > 5000 AS many_buckets,
	rtt_error_bound(e.sketch::rtt_sketch) AS error_bound
FROM expected AS e JOIN data AS d USING (shape) GROUP BY shape, e.sketch ORDER BY shape COLLATE "C";

-- Compares the results of one way of aggregating with the expected ones.
CREATE FUNCTION compare(aggregated regclass, OUT groups bigint, OUT sketch bigint, OUT percentiles bigint, OUT sketch_state bigint,
	OUT percentile_state bigint, OUT percentiles_state bigint) LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE format('SELECT count(*), count(*) FILTER (WHERE a.sketch IS DISTINCT FROM e.sketch),
		count(*) FILTER (WHERE a.percentiles IS DISTINCT FROM e.percentiles),
		count(*) FILTER (WHERE a.sketch_state IS DISTINCT FROM e.sketch_state),
		count(*) FILTER (WHERE a.percentile_state IS DISTINCT FROM e.percentile_state),
		count(*) FILTER (WHERE a.percentiles_state IS DISTINCT FROM e.percentiles_state)
		FROM %s AS a JOIN expected AS e USING (shape)', aggregated)
	INTO groups, sketch, percentiles, sketch_state, percentile_state, percentiles_state;
END
$$;

-- The other types of arguments
SELECT count(*) FILTER (WHERE o.sketch <> e.sketch) AS mismatches
FROM (SELECT shape, rtt_sketch(timestamp '2000-01-01', responded_at)::text AS sketch FROM data GROUP BY shape
	  UNION ALL SELECT shape, rtt_sketch(timestamptz '2000-01-01 00:00+00', responded_at AT TIME ZONE 'UTC')::text FROM data GROUP BY shape
	  UNION ALL SELECT shape, rtt_sketch(responded_at - '2000-01-01')::text FROM data GROUP BY shape) AS o JOIN expected AS e USING (shape);

--
-- The order of the rows
--
CREATE TABLE shuffled AS
SELECT shape, rtt_sketch(rtt_s ORDER BY r)::text AS sketch,
	rtt_percentiles(rtt_s, '{0,0.001,0.1,0.5,0.95,0.999,1}' ORDER BY r) AS percentiles,
	sketch_state(rtt_s ORDER BY r)::text AS sketch_state,
	percentile_state(rtt_s, 0.95 ORDER BY r)::text AS percentile_state,
	percentiles_state(rtt_s, '{0.5,0.1}' ORDER BY r)::text AS percentiles_state
FROM (SELECT seed, shape, rtt_s, CASE seed WHEN 0 THEN -rtt_s ELSE hash01(i, seed) END AS r FROM data, generate_series(0, 3) AS seed) AS s
GROUP BY seed, shape;
SELECT * FROM compare('shuffled');

--
-- The plan
--
\set query 'SELECT shape, rtt_sketch(rtt_s)::text AS sketch, rtt_percentiles(rtt_s, \'{0,0.001,0.1,0.5,0.95,0.999,1}\') AS percentiles, sketch_state(rtt_s)::text AS sketch_state, percentile_state(rtt_s, 0.95)::text AS percentile_state, percentiles_state(rtt_s, \'{0.5,0.1}\')::text AS percentiles_state'
\set from_data :query ' FROM data GROUP BY shape'
\set from_parted :query ' FROM parted GROUP BY shape'

-- serial, hashed and sorted
SET max_parallel_workers_per_gather = 0;
SET enable_sort = off;
CREATE TABLE hashed AS :from_data;
SELECT plan_has(:'from_data', 'HashAggregate') AS hashed, plan_has(:'from_data', 'Gather') AS parallel, * FROM compare('hashed');
RESET enable_sort;
SET enable_hashagg = off;
CREATE TABLE sorted AS :from_data;
SELECT plan_has(:'from_data', 'GroupAggregate') AS sorted, plan_has(:'from_data', 'Gather') AS parallel, * FROM compare('sorted');
RESET enable_hashagg;

-- two and four workers, hashed and sorted
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET max_parallel_workers_per_gather = 2;
CREATE TABLE two_workers AS :from_data;
SELECT plan_has(:'from_data', 'Partial .*Aggregate') AS partial, plan_has(:'from_data', 'Gather') AS parallel, plan_has(:'from_data', 'Workers Planned: 2') AS two,
	* FROM compare('two_workers');
-- only the workers read rows
SET parallel_leader_participation = off;
CREATE TABLE two_workers_alone AS :from_data;
SELECT * FROM compare('two_workers_alone');
RESET parallel_leader_participation;
SET max_parallel_workers_per_gather = 4;
ALTER TABLE data SET (parallel_workers = 4);
CREATE TABLE four_workers AS :from_data;
SELECT plan_has(:'from_data', 'Partial .*Aggregate') AS partial, plan_has(:'from_data', 'Gather') AS parallel, plan_has(:'from_data', 'Workers Planned: 4') AS four,
	* FROM compare('four_workers');
SET enable_hashagg = off;
CREATE TABLE four_workers_sorted AS :from_data;
SELECT plan_has(:'from_data', 'Partial GroupAggregate') AS partial, * FROM compare('four_workers_sorted');
RESET enable_hashagg;

-- a group of 5 rows, of which some workers get few or none
SELECT sketch = rtt_sketch(s) AS same FROM (SELECT rtt_sketch(rtt_s) AS sketch FROM data WHERE shape = 'wide' AND i % 6000 = 1) AS p,
	(SELECT array_agg(rtt_s) AS a FROM data WHERE shape = 'wide' AND i % 6000 = 1) AS a, unnest(a) AS s GROUP BY sketch;

-- partitionwise, with and without workers
CREATE TABLE parted (shape text, i int, rtt_s float8) PARTITION BY HASH (i);
CREATE TABLE parted_0 PARTITION OF parted FOR VALUES WITH (MODULUS 3, REMAINDER 0);
CREATE TABLE parted_1 PARTITION OF parted FOR VALUES WITH (MODULUS 3, REMAINDER 1);
CREATE TABLE parted_2 PARTITION OF parted FOR VALUES WITH (MODULUS 3, REMAINDER 2);
INSERT INTO parted SELECT shape, i, rtt_s FROM data;
ANALYZE parted;
SET enable_partitionwise_aggregate = on;
CREATE TABLE partitionwise_parallel AS :from_parted;
SELECT plan_has(:'from_parted', 'Partial .*Aggregate') AS partial, plan_has(:'from_parted', 'Append') AS append, plan_has(:'from_parted', 'Gather') AS parallel,
	* FROM compare('partitionwise_parallel');
SET max_parallel_workers_per_gather = 0;
CREATE TABLE partitionwise AS :from_parted;
SELECT plan_has(:'from_parted', 'Partial .*Aggregate') AS partial, plan_has(:'from_parted', 'Append') AS append, plan_has(:'from_parted', 'Gather') AS parallel,
	* FROM compare('partitionwise');
RESET enable_partitionwise_aggregate;
RESET parallel_setup_cost;
RESET parallel_tuple_cost;
RESET min_parallel_table_scan_size;

--
-- k random parts, merged in random trees
--
-- "how" says how a value gets from one node of the tree to the next.
CREATE FUNCTION merge_tree(parts rtt_sketch[], how text) RETURNS rtt_sketch LANGUAGE plpgsql AS $$
DECLARE
	a int;
	b int;
	merged rtt_sketch;
BEGIN
	WHILE cardinality(parts) > 1 LOOP
		a := 1 + floor(cardinality(parts) * random());
		b := 1 + floor((cardinality(parts) - 1) * random());
		b := b + (b >= a)::int;
		CASE how
			WHEN 'rtt_merge' THEN merged := rtt_merge(parts[a], parts[b]);
			WHEN '+' THEN merged := parts[a] + parts[b];
			WHEN 'aggregate' THEN
				SELECT rtt_merge(s) INTO merged FROM unnest(ARRAY[parts[a], parts[b]]) AS s;
			WHEN 'text' THEN merged := rtt_merge(parts[a]::text::rtt_sketch, parts[b]::text::rtt_sketch)::text::rtt_sketch;
			WHEN 'binary' THEN
				DELETE FROM received_sketch;
				PERFORM receive(rtt_sketch_send(parts[a]), 'received_sketch');
				PERFORM receive(rtt_sketch_send(parts[b]), 'received_sketch');
				SELECT rtt_sketch(value) INTO merged FROM received_sketch;
		END CASE;
		parts[a] := merged;
		parts := parts[:b - 1] || parts[b + 1:];
	END LOOP;
	RETURN parts[1];
END
$$;

SELECT setseed(0.271828);
CREATE TABLE split AS
SELECT shape, k, part, rtt_sketch(rtt_s) AS sketch
FROM data, unnest('{2,3,7,40,1000}'::int[]) AS k, LATERAL (SELECT floor(k * hash01(i, k) ^ 2)::int AS part) AS p
GROUP BY shape, k, part;

SELECT how, count(*) AS trees, count(*) FILTER (WHERE merge_tree(parts, how)::text IS DISTINCT FROM sketch) AS mismatches
FROM (SELECT shape, k, array_agg(sketch) AS parts FROM split GROUP BY shape, k) AS s JOIN expected USING (shape),
	unnest('{rtt_merge,+,aggregate,text}'::text[]) AS how
WHERE k < 1000
GROUP BY how ORDER BY how COLLATE "C";
SELECT count(*) AS trees, count(*) FILTER (WHERE merge_tree(parts, 'binary')::text IS DISTINCT FROM sketch) AS mismatches
FROM (SELECT shape, k, array_agg(sketch) AS parts FROM split WHERE k IN (2, 3) GROUP BY shape, k) AS s JOIN expected USING (shape);
-- All parts at once, in any order; and a single sketch.
SELECT count(*), count(*) FILTER (WHERE merged IS DISTINCT FROM sketch OR of_sketches IS DISTINCT FROM sketch OR of_merged IS DISTINCT FROM sketch) AS mismatches
FROM (SELECT shape, k, seed, rtt_merge(sketch ORDER BY hash01(part, seed))::text AS merged,
		rtt_sketch(sketch ORDER BY hash01(part, -seed))::text AS of_sketches,
		rtt_merge(rtt_merge(sketch ORDER BY hash01(part, seed))) OVER (PARTITION BY shape, k, seed)::text AS of_merged
	  FROM split, generate_series(1, 3) AS seed GROUP BY shape, k, seed) AS m JOIN expected USING (shape);
-- In workers
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET max_parallel_workers_per_gather = 2;
ANALYZE split;
\set merge_query 'SELECT shape, k, rtt_merge(sketch)::text AS merged FROM split GROUP BY shape, k'
CREATE TABLE merged_by_workers AS :merge_query;
SELECT plan_has(:'merge_query', 'Partial .*Aggregate') AS partial, count(*), count(*) FILTER (WHERE merged IS DISTINCT FROM sketch) AS mismatches
FROM merged_by_workers JOIN expected USING (shape);
RESET parallel_setup_cost;
RESET parallel_tuple_cost;
RESET min_parallel_table_scan_size;
RESET max_parallel_workers_per_gather;

--
-- States of parts, combined in any order and in two steps
--
CREATE FUNCTION combine_parts(n int, seed bigint, OUT groups bigint, OUT sketch bigint, OUT percentile bigint, OUT percentiles bigint) LANGUAGE sql
BEGIN ATOMIC
	SELECT count(*), count(*) FILTER (WHERE c.sketch IS DISTINCT FROM e.sketch_state),
		count(*) FILTER (WHERE c.percentile IS DISTINCT FROM e.percentile_state),
		count(*) FILTER (WHERE c.percentiles IS DISTINCT FROM e.percentiles_state)
	FROM (SELECT shape, combine(sketch ORDER BY hash01(step, seed))::text AS sketch, combine(percentile ORDER BY hash01(step, seed))::text AS percentile,
			combine(percentiles ORDER BY hash01(step, -seed))::text AS percentiles
		  FROM (SELECT shape, step, combine(sketch ORDER BY hash01(part, seed)) AS sketch, combine(percentile ORDER BY hash01(part, -seed)) AS percentile,
					combine(percentiles ORDER BY hash01(part, seed)) AS percentiles
				FROM (SELECT shape, part, part % 5 AS step, sketch_state(rtt_s) AS sketch, percentile_state(rtt_s, 0.95) AS percentile,
						percentiles_state(rtt_s, '{0.5,0.1}') AS percentiles
					  FROM data, LATERAL (SELECT floor(n * hash01(i, seed) ^ 2)::int AS part) AS p GROUP BY shape, part) AS parts
				GROUP BY shape, step) AS steps
		  GROUP BY shape) AS c JOIN expected AS e USING (shape);
END;
SELECT n, c.* FROM unnest('{1,2,10,1000}'::int[]) AS n, combine_parts(n, n) AS c;

-- As text and as binary, also between two combine steps
SELECT count(*), count(*) FILTER (WHERE state::rtt_state::text IS DISTINCT FROM state) AS text,
	count(*) FILTER (WHERE replace(encode(rtt_state_send(state::rtt_state), 'base64'), E'\n', '') IS DISTINCT FROM state) AS binary
FROM expected, unnest(ARRAY[sketch_state, percentile_state, percentiles_state]) AS state;
SELECT count(*), count(*) FILTER (WHERE state IS DISTINCT FROM sketch_state) AS mismatches
FROM (SELECT shape, combine(state::text::rtt_state)::text AS state
	  FROM (SELECT shape, sketch_state(rtt_s) AS state FROM data GROUP BY shape, i % 10) AS p GROUP BY shape) AS s JOIN expected USING (shape);
CREATE TABLE small_state AS
SELECT sketch_state(rtt_s) AS sketch, percentile_state(rtt_s, 0.95) AS percentile, percentiles_state(rtt_s, '{0.5,0.1}') AS percentiles
FROM data WHERE i <= 200 GROUP BY shape, i % 2;
SELECT count(receive(rtt_state_send(state), 'received_state')) FROM small_state, unnest(ARRAY[sketch, percentile, percentiles]) AS state;
SELECT count(*), count(DISTINCT r.value::text)
FROM received_state AS r JOIN (SELECT state::text FROM small_state, unnest(ARRAY[sketch, percentile, percentiles]) AS state) AS s ON r.value::text = s.state;

-- The text of small states, in any order of the rows: ties, only NULLs, no rows
SELECT sketch_state(s) AS sketch, percentile_state(s, 0.95) AS percentile, percentiles_state(s, '{0.5,1}') AS percentiles
FROM unnest('{2,NULL,1,2,10}'::float8[]) AS s;
SELECT sketch_state(s ORDER BY s DESC)::text = sketch_state(s)::text AS sketch, percentile_state(s, 0.95 ORDER BY s)::text = percentile_state(s, 0.95)::text AS percentile
FROM unnest('{2,NULL,1,2,10}'::float8[]) AS s;
SELECT sketch_state(s) AS sketch, percentile_state(s, 0.95) AS percentile, percentiles_state(s, '{0.5,1}') AS percentiles, percentiles_state(s, '{}') AS none
FROM unnest('{NULL,NULL}'::float8[]) AS s;
SELECT sketch_state(s) AS sketch, percentile_state(s, 0.95) AS percentile, percentiles_state(s, '{0.5,1}') AS percentiles
FROM unnest('{}'::float8[]) AS s;
SELECT encode(rtt_state_send(combine(s)), 'hex') AS combined FROM (SELECT sketch_state(s) AS s FROM unnest('{2,1,1,10,10}'::float8[]) AS s GROUP BY s UNION ALL SELECT NULL) AS p;

DROP SCHEMA test_rtt_order CASCADE;
