--
-- Memory of the aggregates over round-trip times while they read rows: little for each
-- group, and no memory context for each group.
--
CREATE SCHEMA test_rtt_memory;
SET client_min_messages = warning;
SET search_path = test_rtt_memory, pmr, public;
SET max_parallel_workers_per_gather = 0;
SET work_mem = '1GB';
SET enable_sort = off;

-- Rows of the groups alternate, as in an audit table.
CREATE TABLE sr AS SELECT i % 5000 AS many, i % 50 AS few, (i::bigint * 7919 % 100003) / 1000.0::float8 AS rtt_s FROM generate_series(0, 599999) AS i;
ANALYZE sr;

-- The contexts of the collectors while the first group is fetched: all groups have been
-- aggregated by then, and none has been freed.
CREATE FUNCTION collectors(query text, OUT contexts bigint, OUT bytes bigint) LANGUAGE plpgsql AS $$
DECLARE
	c refcursor;
BEGIN
	OPEN c FOR EXECUTE query;
	MOVE c;
	SELECT count(*), sum(used_bytes) INTO contexts, bytes FROM pg_backend_memory_contexts WHERE name = 'pmr_metrics collectors';
	CLOSE c;
END
$$;
-- 120 times of 4 bytes in each group: a collector of 256 bytes and a state of up to
-- 1,024 bytes, with the headers of both.
SELECT contexts, bytes BETWEEN 5000 * 500 AND 5000 * 1400 AS as_said
FROM unnest('{"rtt_sketch(rtt_s)", "rtt_percentile(rtt_s, 0.5)", "rtt_percentiles(rtt_s, ''{0.5,0.9,0.95,0.99}'')"}'::text[]) AS aggregate,
	collectors(format('SELECT many, %s FROM sr GROUP BY many', aggregate));
-- Several aggregates share one context.
SELECT contexts FROM collectors('SELECT many, rtt_sketch(rtt_s), rtt_percentile(rtt_s, 0.5) FROM sr GROUP BY many');
-- 12,000 times in each group are counted into 1,024 buckets on the way.
SELECT contexts, bytes < 50 * 70000 AS small FROM collectors('SELECT few, rtt_sketch(rtt_s) FROM sr GROUP BY few');
-- All contexts have been freed.
SELECT count(*) FROM pg_backend_memory_contexts WHERE name = 'pmr_metrics collectors';

-- One context, also beside an aggregate that has a context for each group, and with grouping sets.
SELECT contexts FROM collectors('SELECT many, array_agg(ARRAY[rtt_s]), rtt_percentile(rtt_s, 0.5) FROM sr GROUP BY many');
SELECT contexts FROM collectors('SELECT many, few, rtt_percentile(rtt_s, 0.5) FROM sr GROUP BY GROUPING SETS (many, few)');

-- Sorted groups are freed one by one.
SET enable_hashagg = off;
SET enable_sort = on;
SELECT contexts, bytes < 50000 AS of_one_group FROM collectors('SELECT many, rtt_sketch(rtt_s) FROM sr GROUP BY many');
-- Aggregations that take turns; those within the loop end by an error.
CREATE FUNCTION medians(OUT groups bigint, OUT errors bigint, OUT wrong bigint) LANGUAGE plpgsql AS $$
DECLARE
	r record;
BEGIN
	groups := 0;
	errors := 0;
	wrong := 0;
	FOR r IN SELECT few, rtt_percentile(rtt_s, 0.5) AS median, percentile_disc(0.5) WITHIN GROUP (ORDER BY rtt_s) AS expected FROM sr GROUP BY few LOOP
		groups := groups + 1;
		BEGIN
			PERFORM rtt_sketch(CASE i WHEN 90 THEN -1 ELSE 1 END) FROM generate_series(1, 100) AS i GROUP BY i % 2;
		EXCEPTION WHEN numeric_value_out_of_range OR invalid_parameter_value THEN
			errors := errors + 1;
		END;
		IF r.median IS DISTINCT FROM r.expected THEN
			wrong := wrong + 1;
		END IF;
	END LOOP;
END
$$;
SELECT * FROM medians();
RESET enable_hashagg;
SELECT * FROM medians();
SELECT count(*) FROM pg_backend_memory_contexts WHERE name = 'pmr_metrics collectors';

--
-- A collector becomes a flat value where necessary, without changing its content
--
-- Read repeatedly, with every number of times not yet counted.
CREATE TABLE one AS SELECT row_number() OVER () AS i, rtt_s FROM (SELECT rtt_s FROM sr LIMIT 200) AS s;
SELECT count(*), count(*) FILTER (WHERE running IS DISTINCT FROM expected) AS wrong
FROM (SELECT rtt_percentile(rtt_s, 0.5) OVER (ORDER BY i) AS running,
		(SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY p.rtt_s) FROM one AS p WHERE p.i <= one.i) AS expected
	FROM one) AS s;
-- Stored, sorted and combined with others, with every number of times.
CREATE AGGREGATE sketch_state(float8) (SFUNC = pmr.rtt_sketch_transfn, STYPE = rtt_state);
CREATE AGGREGATE combine(rtt_state) (SFUNC = pmr.rtt_state_combine, STYPE = rtt_state, FINALFUNC = pmr.rtt_sketch_finalfn);
CREATE TABLE part AS SELECT n, sketch_state(rtt_s) AS state FROM generate_series(1, 70) AS n, one WHERE i <= n GROUP BY n;
SELECT count(*), count(*) FILTER (WHERE state::text <> expected::text) AS wrong
FROM part, LATERAL (SELECT sketch_state(rtt_s) AS expected FROM one WHERE i <= n) AS s;
SELECT combine(state) = (SELECT rtt_sketch(rtt_s) FROM generate_series(1, 70) AS n, one WHERE i <= n) AS same FROM part;
-- An initial state is copied, not modified.
CREATE AGGREGATE more(float8) (SFUNC = pmr.rtt_sketch_transfn, STYPE = rtt_state, FINALFUNC = pmr.rtt_sketch_finalfn, INITCOND = 'AQAAAAEGMg==');
SELECT rtt_buckets(more(rtt_s)) FROM (VALUES (1, 1.5::float8), (1, 2), (2, 25)) AS v (g, rtt_s) GROUP BY g ORDER BY g, 1;

--
-- Sketches to be merged are kept as bytes at first
--
CREATE TABLE sketch AS SELECT many, rtt_sketch(rtt_s) AS sketch FROM sr GROUP BY many;
SET enable_sort = off;
-- 10 sketches of 120 times in each group: 2.3 kB as bytes, 4.8 kB if they were collected.
SELECT contexts, bytes BETWEEN 500 * 2300 AND 500 * 4500 AS as_said FROM collectors('SELECT many % 500, rtt_merge(sketch) FROM sketch GROUP BY 1');
RESET enable_sort;
-- More sketches than are kept as bytes, among them sketches that are too long for it, that
-- repeat one time, or that have lower precision; read on the way, and in workers.
CREATE TABLE various AS
SELECT 'short' AS what, i, rtt_sketch(rtt_s) AS sketch FROM (SELECT rtt_s, row_number() OVER () % 1000 AS i FROM sr LIMIT 40000) AS s GROUP BY i
UNION ALL SELECT 'long', i, rtt_sketch(rtt_s + i) FROM (SELECT rtt_s FROM sr LIMIT 900) AS s, generate_series(1, 400, 80) AS i GROUP BY i
UNION ALL SELECT 'heavy', i, rtt_sketch(i / 8.0) FROM generate_series(1, 5000), generate_series(1, 500, 90) AS i GROUP BY i
UNION ALL SELECT 'lowered', i, rtt_sketch(rtt_s * i) FROM (SELECT rtt_s FROM sr LIMIT 3000) AS s, generate_series(1, 500, 60) AS i GROUP BY i;
ANALYZE various;
SELECT what, min(pg_column_size(sketch)) > 1024 AS long, max(rtt_count(sketch)) > 1024 AS many_times, bool_and(rtt_error_bound(sketch) > 0) AS lowered FROM various GROUP BY what ORDER BY what;
-- The same from the times, for the exact sketches.
SELECT rtt_merge(sketch) = (SELECT rtt_sketch(bucket.lower_s) FROM various, rtt_buckets(sketch) AS bucket, generate_series(1, bucket.requests) WHERE what <> 'lowered') AS same
FROM various WHERE what <> 'lowered';
-- Merged two at a time, without the queue of bytes.
CREATE AGGREGATE two_by_two(rtt_sketch) (SFUNC = pmr.rtt_merge, STYPE = rtt_sketch);
CREATE TABLE running AS SELECT i, what, rtt_merge(sketch) OVER (ORDER BY i, what) AS merged, two_by_two(sketch) OVER (ORDER BY i, what) AS expected FROM various;
SELECT count(*), count(*) FILTER (WHERE merged IS DISTINCT FROM expected) AS wrong FROM running;
SET max_parallel_workers_per_gather = 2;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SELECT count(*), count(*) FILTER (WHERE parallel IS DISTINCT FROM expected) AS wrong
FROM (SELECT i % 7 AS k, rtt_merge(sketch) AS parallel FROM various GROUP BY k) AS p
	FULL JOIN (SELECT i % 7 AS k, two_by_two(sketch) AS expected FROM various GROUP BY k) AS e USING (k);
RESET max_parallel_workers_per_gather;
-- A corrupt sketch is an error.
CREATE CAST (bytea AS rtt_sketch) WITHOUT FUNCTION;
SELECT rtt_merge(sketch) FROM (SELECT sketch FROM various WHERE what = 'short' UNION ALL SELECT '\x0203'::bytea::rtt_sketch) AS s;
\echo :LAST_ERROR_SQLSTATE
SELECT rtt_merge(sketch) FROM (SELECT ''::bytea::rtt_sketch AS sketch) AS s;
DROP CAST (bytea AS rtt_sketch);

-- A moving aggregate fails, as its inverse transition function would be given a collector.
CREATE FUNCTION inverse(state rtt_state, rtt_s float8) RETURNS rtt_state LANGUAGE plpgsql AS $$ BEGIN RETURN state; END $$;
CREATE AGGREGATE moving(float8) (SFUNC = pmr.rtt_sketch_transfn, STYPE = rtt_state, FINALFUNC = pmr.rtt_sketch_finalfn,
	MSFUNC = pmr.rtt_sketch_transfn, MINVFUNC = inverse, MSTYPE = rtt_state, MFINALFUNC = pmr.rtt_sketch_finalfn);
SELECT moving(rtt_s) OVER (ORDER BY i ROWS BETWEEN 3 PRECEDING AND CURRENT ROW) FROM one;
SELECT count(DISTINCT x) FROM (SELECT moving(rtt_s) OVER () AS x FROM one) AS s;

DROP SCHEMA test_rtt_memory CASCADE;
