--
-- The aggregates over round-trip times in windows, with FILTER, DISTINCT and GROUPING
-- SETS; cancelling them; many groups and many rows.
--
\pset null '(null)'
SET client_min_messages = warning;
CREATE SCHEMA test_rtt_window;
SET search_path = test_rtt_window, pmr;

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

CREATE TABLE request (i int PRIMARY KEY, party text, srv text, rtt_us bigint, rtt_s float8);
INSERT INTO request
SELECT i, 'P' || i % 3, '4.' || i % 5, rtt_us, rtt_us / 1e6
FROM generate_series(1, 3000) AS i,
	LATERAL (SELECT CASE WHEN i % 11 > 0 THEN 1000 * floor(1000 * exp(5 * hash01(i, 1))) END AS rtt_us) AS r;
ANALYZE request;

--
-- Windows
--
-- The final function is called at every row; rows leave the frame, and rows are added to
-- a state after its final function was called.
CREATE TABLE framed AS
SELECT i, party,
	rtt_percentile(rtt_s, 0.95) OVER moving AS moving_95, rtt_percentiles(rtt_s, '{0.1,0.9}') OVER moving AS moving_10_90,
	rtt_sketch(rtt_s) OVER moving AS moving_sketch,
	rtt_percentile(rtt_s, 0.5) OVER growing AS growing_50, rtt_sketch(rtt_s) OVER growing AS growing_sketch,
	rtt_percentile(rtt_s, 0.5) OVER (PARTITION BY party) AS whole_50,
	rtt_percentile(rtt_s, 0.5) FILTER (WHERE srv = '4.1') OVER growing AS filtered_50,
	rtt_percentile(rtt_s, 0.5) OVER (PARTITION BY party ORDER BY i ROWS BETWEEN 3 PRECEDING AND 2 PRECEDING) AS behind_50,
	rtt_percentile(rtt_s, 0.5) OVER (PARTITION BY party ORDER BY i ROWS BETWEEN 5 PRECEDING AND 5 FOLLOWING EXCLUDE CURRENT ROW) AS others_50
FROM request
WINDOW moving AS (PARTITION BY party ORDER BY i ROWS BETWEEN 20 PRECEDING AND CURRENT ROW),
	growing AS (PARTITION BY party ORDER BY i);
SELECT count(*),
	count(*) FILTER (WHERE moving_95 IS DISTINCT FROM o.p[1] / 1e6::float8) AS moving,
	count(*) FILTER (WHERE moving_10_90 IS DISTINCT FROM CASE WHEN o.p IS NOT NULL THEN ARRAY[o.p[2] / 1e6::float8, o.p[3] / 1e6::float8] END) AS moving_array,
	count(*) FILTER (WHERE moving_sketch IS DISTINCT FROM o.sketch) AS moving_sketch,
	count(*) FILTER (WHERE behind_50 IS DISTINCT FROM behind / 1e6::float8) AS behind,
	count(*) FILTER (WHERE others_50 IS DISTINCT FROM others / 1e6::float8) AS others
FROM framed AS f,
	LATERAL (SELECT percentile_disc('{0.95,0.1,0.9}'::float8[]) WITHIN GROUP (ORDER BY rtt_us) AS p, rtt_sketch(rtt_s) AS sketch
			 FROM request AS r WHERE r.party = f.party AND r.i BETWEEN f.i - 60 AND f.i) AS o,
	LATERAL (SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY rtt_us) AS behind FROM request AS r WHERE r.party = f.party AND r.i BETWEEN f.i - 9 AND f.i - 6) AS b,
	LATERAL (SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY rtt_us) AS others FROM request AS r WHERE r.party = f.party AND r.i BETWEEN f.i - 15 AND f.i + 15 AND r.i <> f.i) AS x;
SELECT count(*),
	count(*) FILTER (WHERE growing_50 IS DISTINCT FROM o.p / 1e6::float8) AS growing,
	count(*) FILTER (WHERE filtered_50 IS DISTINCT FROM filtered / 1e6::float8) AS filtered,
	count(*) FILTER (WHERE rtt_count(growing_sketch) IS DISTINCT FROM nullif(o.n, 0)) AS counts,
	count(*) FILTER (WHERE rtt_percentile(growing_sketch, 0.5) IS DISTINCT FROM o.p / 1e6::float8) AS growing_sketch
FROM framed AS f,
	LATERAL (SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY rtt_us) AS p, count(rtt_us) AS n,
				percentile_disc(0.5) WITHIN GROUP (ORDER BY rtt_us) FILTER (WHERE srv = '4.1') AS filtered
			 FROM request AS r WHERE r.party = f.party AND r.i <= f.i) AS o
WHERE i % 10 = 0;
SELECT party, count(DISTINCT whole_50) AS one, min(whole_50) = (SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY rtt_us) / 1e6::float8 FROM request AS r WHERE r.party = f.party) AS same
FROM framed AS f GROUP BY party ORDER BY party;

-- Also after the state has been counted into buckets several times: 10,000 rows in one
-- frame.
SELECT count(*), bool_and(rtt_count(s) = i) AS counts, bool_and(rtt_max(s) = i) AS max
FROM (SELECT i, rtt_sketch(i::float8) OVER (ORDER BY i) AS s FROM generate_series(1, 10000) AS i) AS w WHERE i % 500 = 0 OR i BETWEEN 4090 AND 4100;

-- Merging in windows: a week of days
SELECT count(*), count(*) FILTER (WHERE week IS DISTINCT FROM (SELECT rtt_sketch(rtt_s) FROM request AS r WHERE r.i / 100 BETWEEN d.day - 6 AND d.day)) AS mismatches
FROM (SELECT day, rtt_merge(sketch) OVER (ORDER BY day ROWS 6 PRECEDING) AS week
	  FROM (SELECT i / 100 AS day, rtt_sketch(rtt_s) AS sketch FROM request GROUP BY 1) AS s) AS d;

--
-- FILTER, DISTINCT, ORDER BY
--
SELECT count(*), count(*) FILTER (WHERE filtered IS DISTINCT FROM exact / 1e6::float8) AS filtered,
	count(*) FILTER (WHERE once IS DISTINCT FROM exact_once / 1e6::float8) AS once,
	count(*) FILTER (WHERE n_once IS DISTINCT FROM exact_n_once) AS n_once,
	count(*) FILTER (WHERE nothing IS NOT NULL OR no_sketch IS NOT NULL) AS nothing
FROM (SELECT srv,
		rtt_percentile(rtt_s, 0.9) FILTER (WHERE party = 'P1') AS filtered,
		percentile_disc(0.9) WITHIN GROUP (ORDER BY rtt_us) FILTER (WHERE party = 'P1') AS exact,
		rtt_percentile(DISTINCT floor(rtt_s), 0.4) AS once,
		(SELECT percentile_disc(0.4) WITHIN GROUP (ORDER BY us) FROM (SELECT DISTINCT floor(rtt_s) * 1e6 AS us FROM request AS o WHERE o.srv = r.srv) AS d) AS exact_once,
		rtt_count(rtt_sketch(DISTINCT floor(rtt_s))) AS n_once,
		count(DISTINCT floor(rtt_s)) AS exact_n_once,
		rtt_percentile(rtt_s, 0.9) FILTER (WHERE false) AS nothing,
		rtt_sketch(rtt_s) FILTER (WHERE rtt_s < 0) AS no_sketch
	  FROM request AS r GROUP BY srv) AS s;

--
-- GROUPING SETS, hashed and sorted
--
\set sets 'SELECT party, srv, rtt_percentile(rtt_s, 0.95) AS p95, rtt_sketch(rtt_s) AS sketch, percentile_disc(0.95) WITHIN GROUP (ORDER BY rtt_us) AS exact_us FROM request GROUP BY CUBE (party, srv)'
SELECT count(*), count(*) FILTER (WHERE p95 IS DISTINCT FROM exact_us / 1e6::float8) AS percentile, count(*) FILTER (WHERE abs(rtt_percentile(sketch, 0.95) * 1e6 - exact_us) > exact_us * 0.004) AS sketch
FROM (:sets) AS s;
\set mixed 'SELECT party, srv, rtt_percentile(rtt_s, 0.95) AS p95 FROM request GROUP BY CUBE (party, srv)'
SELECT plan_has(:'mixed', 'MixedAggregate|HashAggregate') AS hashed, count(*),
	count(*) FILTER (WHERE p95 IS DISTINCT FROM (SELECT percentile_disc(0.95) WITHIN GROUP (ORDER BY rtt_us) / 1e6::float8
		FROM request AS r WHERE r.party = coalesce(m.party, r.party) AND r.srv = coalesce(m.srv, r.srv))) AS mismatches
FROM (:mixed) AS m;
-- HAVING and ORDER BY, and an aggregate of an aggregate's result
SELECT party FROM request GROUP BY party HAVING rtt_percentile(rtt_s, 0) > 0 AND rtt_count(rtt_sketch(rtt_s)) > 100
	AND rtt_percentile(rtt_s, 1) = (SELECT max(rtt_us) / 1e6::float8 FROM request AS r WHERE r.party = request.party)
ORDER BY rtt_count(rtt_sketch(rtt_us / 1e6::float8)) > 0, party;
SELECT rtt_percentile(p, 0.5) = percentile_disc(0.5) WITHIN GROUP (ORDER BY p) AS of_percentiles FROM (SELECT rtt_percentile(rtt_s, 0.9) AS p FROM request GROUP BY srv) AS s;

--
-- A long aggregation can be cancelled: 57014 is query_canceled
--
\set VERBOSITY sqlstate
SET statement_timeout = '200ms';
SELECT rtt_percentile(i::float8, 0.5) FROM (SELECT generate_series(1, 1000000000) AS i) AS s;
SELECT rtt_sketch(i::float8) FROM (SELECT generate_series(1, 1000000000) AS i) AS s;
SELECT rtt_merge(sketch) FROM (SELECT sketch, generate_series(1, 1000000000) AS i FROM (SELECT rtt_sketch(i * i * 1.0) AS sketch FROM generate_series(1, 3000) AS i) AS s) AS s;
RESET statement_timeout;
\set VERBOSITY default

--
-- Many groups
--
-- 200,000 groups of 5 rows, in memory, and on disk with a small work_mem
CREATE FUNCTION rtt_us_of(i bigint) RETURNS bigint LANGUAGE sql IMMUTABLE
RETURN 1000 * (1 + (hashint8extended(i, 3) & 1048575));
CREATE TABLE row_of_many AS SELECT i % 200000 AS g, rtt_us_of(i) / 1e6::float8 AS rtt_s FROM generate_series(1::bigint, 1000000) AS i;
ANALYZE row_of_many;
SET max_parallel_workers_per_gather = 0;
SET work_mem = '1GB';
SET enable_sort = off;
SET statement_timeout = '60s';
CREATE TABLE many AS SELECT g, rtt_percentile(rtt_s, 0.9) AS p90, rtt_sketch(rtt_s) AS sketch FROM row_of_many GROUP BY g;
SET work_mem = '4MB';
CREATE TABLE many_spilled AS SELECT g, rtt_percentile(rtt_s, 0.9) AS p90, rtt_sketch(rtt_s) AS sketch FROM row_of_many GROUP BY g;
SELECT plan_has('SELECT g, rtt_percentile(rtt_s, 0.9) AS p90, rtt_sketch(rtt_s) AS sketch FROM row_of_many GROUP BY g', 'HashAggregate') AS hashed;
RESET enable_sort;
RESET work_mem;
SELECT count(*), count(*) FILTER (WHERE a.p90 <> b.p90) AS percentiles, count(*) FILTER (WHERE a.sketch <> b.sketch) AS sketches FROM many AS a JOIN many_spilled AS b USING (g);
SELECT count(*), count(*) FILTER (WHERE p90 IS DISTINCT FROM exact_us / 1e6::float8) AS percentiles, count(*) FILTER (WHERE rtt_percentile(sketch, 0.9) IS DISTINCT FROM p90) AS sketches
FROM many, LATERAL (SELECT percentile_disc(0.9) WITHIN GROUP (ORDER BY rtt_us_of(i)) AS exact_us FROM (SELECT g + k * 200000 AS i FROM generate_series((g = 0)::int, 5 - (g > 0)::int) AS k) AS r) AS o
WHERE g % 100 = 0;
SELECT count(*), sum(rtt_count(sketch)) FROM many;
RESET statement_timeout;
RESET max_parallel_workers_per_gather;

--
-- The size of a state when it is sent or stored: at most 100 bytes, and four bytes for
-- each time of less than 36 minutes
--
CREATE AGGREGATE sketch_state(float8) (SFUNC = pmr.rtt_sketch_transfn, STYPE = rtt_state);
CREATE AGGREGATE percentile_state(float8, float8) (SFUNC = pmr.rtt_percentile_transfn, STYPE = rtt_state);
CREATE AGGREGATE combine(rtt_state) (SFUNC = pmr.rtt_state_combine, STYPE = rtt_state);
SELECT count(*), count(*) FILTER (WHERE sketch > 4 * n + 100) AS sketch, count(*) FILTER (WHERE percentile > 4 * n + 100) AS percentile,
	count(*) FILTER (WHERE combined > 4 * n + 100) AS combined, min(sketch) AS smallest
FROM generate_series(1, 300) AS n,
	LATERAL (SELECT pg_column_size(sketch_state(i::float8)) AS sketch, pg_column_size(percentile_state(i::float8, 0.5)) AS percentile FROM generate_series(1, n) AS i) AS s,
	LATERAL (SELECT pg_column_size(combine(state)) AS combined FROM (SELECT sketch_state(i::float8) AS state FROM generate_series(1, n) AS i GROUP BY i % 3) AS p) AS c;
-- With few distinct times, many rows take no more than the buckets and what is collected
-- before it is counted.
SELECT pg_column_size(sketch_state(i % 10)) <= 4 * 8192 + 10 * 16 + 100 AS sketch FROM generate_series(1, 100000) AS i;

DROP SCHEMA test_rtt_window CASCADE;
