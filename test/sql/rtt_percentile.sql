--
-- rtt_percentile and rtt_percentiles: percentile_disc of round-trip times.
--
\pset null '(null)'
SET client_min_messages = warning;
CREATE SCHEMA test_rtt_percentile;
SET search_path = test_rtt_percentile, pmr;
SET DateStyle = 'ISO, YMD';
SET TimeZone = 'UTC';

-- SQLSTATE, message, detail and hint of the error that a query raises.
CREATE FUNCTION err(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	detail text;
	hint text;
BEGIN
	EXECUTE query;
	RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
	RETURN concat_ws(' | ', sqlstate || ': ' || sqlerrm, nullif(detail, ''), nullif(hint, ''));
END
$$;

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

--
-- The same as percentile_disc, to the microsecond
--
-- Groups of 1, 2, 3, ... rows: different times, many ties, all equal, all zero; every
-- ninth request is unanswered.
CREATE TABLE request (g text, rtt_us bigint, requested_at timestamptz, responded_at timestamptz,
	local_requested_at timestamp, local_responded_at timestamp, rtt interval, rtt_s float8);
INSERT INTO request
SELECT g, rtt_us, at, at + (rtt_us || ' microseconds')::interval, at, at + (rtt_us || ' microseconds')::interval,
	(rtt_us || ' microseconds')::interval, rtt_us / 1e6::float8
FROM unnest('{1,2,3,4,5,7,10,11,100,101,1000,5000}'::int[]) AS n,
	unnest('{different,ties,equal,zero}'::text[]) AS kind,
	generate_series(1, n) AS i,
	LATERAL (SELECT n || ' ' || kind AS g, timestamptz '2026-10-01' + i * interval '7 minutes' AS at) AS r,
	LATERAL (SELECT CASE WHEN i % 9 = 0 THEN NULL
					WHEN kind = 'different' THEN round(1e6 * exp(1.5 + 3 * hash01(i, n)))
					WHEN kind = 'ties' THEN 1000000 * floor(5 * hash01(i, n))
					WHEN kind = 'equal' THEN 25000001
					ELSE 0 END::bigint AS rtt_us) AS t;

CREATE TABLE fraction AS
SELECT fraction FROM unnest('{0,1e-300,0.001,0.1,0.2,0.25,0.3333333333333333,0.5,0.6,0.7,0.75,0.9,0.95,0.99,0.999,0.9999999999999999,1}'::float8[]) AS fraction
UNION ALL
SELECT hash01(i, 8) FROM generate_series(1, 8) AS i;

SELECT count(*) AS compared,
	count(*) FILTER (WHERE with_time_zone IS DISTINCT FROM exact_us / 1e6::float8) AS with_time_zone,
	count(*) FILTER (WHERE without_time_zone IS DISTINCT FROM exact_us / 1e6::float8) AS without_time_zone,
	count(*) FILTER (WHERE of_interval IS DISTINCT FROM exact_us / 1e6::float8) AS of_interval,
	count(*) FILTER (WHERE of_seconds IS DISTINCT FROM exact_us / 1e6::float8) AS of_seconds
FROM (SELECT g, fraction,
		percentile_disc(fraction) WITHIN GROUP (ORDER BY rtt_us) AS exact_us,
		rtt_percentile(requested_at, responded_at, fraction) AS with_time_zone,
		rtt_percentile(local_requested_at, local_responded_at, fraction) AS without_time_zone,
		rtt_percentile(rtt, fraction) AS of_interval,
		rtt_percentile(rtt_s, fraction) AS of_seconds
	  FROM request, fraction GROUP BY g, fraction) AS p;

-- All fractions in one call, in no order.
SELECT count(*) AS compared,
	count(*) FILTER (WHERE with_time_zone IS DISTINCT FROM exact_s) AS with_time_zone,
	count(*) FILTER (WHERE without_time_zone IS DISTINCT FROM exact_s) AS without_time_zone,
	count(*) FILTER (WHERE of_interval IS DISTINCT FROM exact_s) AS of_interval,
	count(*) FILTER (WHERE of_seconds IS DISTINCT FROM exact_s) AS of_seconds,
	sum(cardinality(of_seconds)) AS percentiles
FROM (SELECT array_agg(fraction ORDER BY hashfloat8(fraction)) AS fractions FROM fraction) AS f,
	LATERAL (SELECT g,
				percentile_disc(fractions) WITHIN GROUP (ORDER BY rtt_us) AS exact_us,
				rtt_percentiles(requested_at, responded_at, fractions) AS with_time_zone,
				rtt_percentiles(local_requested_at, local_responded_at, fractions) AS without_time_zone,
				rtt_percentiles(rtt, fractions) AS of_interval,
				rtt_percentiles(rtt_s, fractions) AS of_seconds
			 FROM request GROUP BY g) AS p,
	LATERAL (SELECT array_agg(us / 1e6::float8 ORDER BY i) AS exact_s FROM unnest(exact_us) WITH ORDINALITY AS u (us, i)) AS e;

-- The types that literals and untyped parameters resolve to
SELECT rtt_percentile(requested_at, responded_at, 0.5) AS p50, rtt_percentiles(requested_at, responded_at, '{0.5,1}') AS p50_100,
	rtt_percentile(requested_at, responded_at, '0.5') AS of_literal, rtt_percentile(rtt_s, 1) AS of_integer
FROM request WHERE g = '5 ties';
PREPARE untyped AS SELECT rtt_percentile(requested_at, responded_at, $1) AS one, rtt_percentiles(requested_at, responded_at, $2) AS many
FROM request WHERE g = '5 ties';
EXECUTE untyped (0.5, '{0.5,1}');
DEALLOCATE untyped;

--
-- No rows, and rows without a time
--
SELECT rtt_percentile(rtt_s, 0.5), rtt_percentiles(rtt_s, '{0.5}'), rtt_percentile(rtt, 0.5), rtt_percentile(requested_at, responded_at, 0.5),
	rtt_sketch(rtt_s), rtt_sketch(requested_at, responded_at)
FROM request WHERE false;
SELECT g, rtt_percentile(rtt_s, 0.5), rtt_percentiles(rtt_s, '{0.5}'), rtt_percentiles(rtt_s, '{}')
FROM (VALUES ('nulls', NULL::float8), ('nulls', NULL), ('mixed', NULL), ('mixed', 3), ('mixed', NULL)) AS v (g, rtt_s)
GROUP BY g ORDER BY g;
SELECT rtt_percentile(a, b, 1) AS percentile, rtt_count(rtt_sketch(a, b)) AS count
FROM (VALUES (NULL::timestamptz, '2026-10-01'::timestamptz), ('2026-10-01', NULL), (NULL, NULL), ('2026-10-01', '2026-10-01 00:00:01')) AS v (a, b);
SELECT rtt_percentiles(rtt_s, '{}') AS none FROM (VALUES (1.0::float8)) AS v (rtt_s);

--
-- Fractions
--
CREATE TABLE pair (rtt_s float8, fraction float8, fractions float8[]);
INSERT INTO pair VALUES (1, 0.5, '{0.5,0.9}'), (2, 0.5, '{0.5,0.9}');

SELECT fraction, err(format('SELECT pmr.rtt_percentile(rtt_s, %L) FROM pair', fraction)) FROM unnest('{NULL,-0.001,1.001,NaN,Infinity,-Infinity,-0}'::float8[]) AS fraction;
SELECT fractions, err(format('SELECT pmr.rtt_percentiles(rtt_s, %L) FROM pair', fractions))
FROM (VALUES (NULL), ('{NULL}'), ('{0.5,NULL}'), ('{0.5,1.5}'), ('{NaN}'), ('{{0.5,0.9}}'), ('{{0.5},{0.9}}'), ('{}'), ('[0:1]={0,1}')) AS v (fractions);
SELECT err('SELECT pmr.rtt_percentiles(rtt_s, array_fill(0.5::float8, ARRAY[1025])) FROM pair') AS too_many,
	cardinality(rtt_percentiles(rtt_s, array_fill(0.5::float8, '{1024}'))) AS the_most FROM pair;

-- Invalid fractions are errors also where no row has a time, if there is a row
SELECT err('SELECT pmr.rtt_percentile(NULL::float8, 2) FROM pair') AS out_of_range,
	err('SELECT pmr.rtt_percentile(NULL::interval, NULL) FROM pair') AS of_null,
	err($$SELECT pmr.rtt_percentiles(NULL::timestamptz, now(), '{2}') FROM pair$$) AS array_out_of_range,
	err('SELECT pmr.rtt_percentile(rtt_s, 2) FROM pair WHERE false') AS no_row;

-- -0 and 0 are the same fraction.
SELECT rtt_percentile(rtt_s, f) AS zero, rtt_percentiles(rtt_s, ARRAY[f, 1]) AS zero_and_one
FROM (VALUES (1.0::float8, '-0'::float8), (2, '0'), (3, '-0')) AS v (rtt_s, f);
-- Arrays with equal elements are the same, whatever their bounds.
SELECT rtt_percentiles(rtt_s, f) FROM (VALUES (1.0::float8, '{0,1}'::float8[]), (2, '[0:1]={0,1}'), (3, '[7:8]={-0,1}')) AS v (rtt_s, f);

-- A fraction must not change within a group, on any row, with or without a time.
TRUNCATE pair;
INSERT INTO pair SELECT i, 0.5, '{0.5,0.9}' FROM generate_series(1, 10) AS i;
CREATE FUNCTION errs(rtt_s text) RETURNS TABLE (scalar text, scalar_of_interval text, scalar_of_timestamps text, "array" text) LANGUAGE sql
RETURN (err(format('SELECT pmr.rtt_percentile(%s, fraction) FROM pair', rtt_s)),
	err(format('SELECT pmr.rtt_percentile(make_interval(secs => %s), fraction) FROM pair', rtt_s)),
	err(format('SELECT pmr.rtt_percentile(timestamp %L, timestamp %1$L + make_interval(secs => %s), fraction) FROM pair', '2026-10-01', rtt_s)),
	err(format('SELECT pmr.rtt_percentiles(%s, fractions) FROM pair', rtt_s)));
\pset expanded on
SELECT * FROM errs('rtt_s');
UPDATE pair SET fraction = 0.9, fractions = '{0.9,0.5}' WHERE rtt_s = 7;
SELECT * FROM errs('rtt_s');
UPDATE pair SET rtt_s = NULL WHERE rtt_s = 7;
SELECT * FROM errs('rtt_s');
UPDATE pair SET rtt_s = NULL;
SELECT * FROM errs('rtt_s');
UPDATE pair SET fraction = 'NaN', fractions = '{0.5,0.9,1}' WHERE fraction = 0.9;
SELECT * FROM errs('rtt_s');
UPDATE pair SET fraction = NULL, fractions = NULL WHERE fraction = 'NaN';
SELECT * FROM errs('rtt_s');
\pset expanded off
-- Each group can have its own fraction.
SELECT fraction, rtt_percentile(rtt_s, fraction) FROM (VALUES (1.0::float8, 0.1), (2, 0.1), (1, 0.9), (2, 0.9)) AS v (rtt_s, fraction) GROUP BY fraction ORDER BY fraction;

-- A fraction must not change between workers either: each partition has its own
-- fraction and is aggregated separately.
CREATE TABLE parted (part int, rtt_s float8, fraction float8) PARTITION BY LIST (part);
CREATE TABLE parted_1 PARTITION OF parted FOR VALUES IN (1);
CREATE TABLE parted_2 PARTITION OF parted FOR VALUES IN (2);
INSERT INTO parted SELECT 1 + i % 2, i, 0.5 FROM generate_series(1, 50000) AS i;
ANALYZE parted;
SET enable_partitionwise_aggregate = on;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET max_parallel_workers_per_gather = 2;
SELECT plan_has('SELECT rtt_percentile(rtt_s, fraction) FROM parted', 'Partial Aggregate') AS partial,
	plan_has('SELECT rtt_percentile(rtt_s, fraction) FROM parted', 'Gather') AS workers,
	rtt_percentile(rtt_s, fraction), rtt_percentiles(rtt_s, ARRAY[fraction, 1])
FROM parted;
UPDATE parted SET fraction = 0.9 WHERE part = 2;
SELECT err('SELECT pmr.rtt_percentile(rtt_s, fraction) FROM parted') AS scalar,
	err('SELECT pmr.rtt_percentiles(rtt_s, ARRAY[fraction, 1]) FROM parted') AS "array";
UPDATE parted SET rtt_s = NULL WHERE part = 2;
SELECT err('SELECT pmr.rtt_percentile(rtt_s, fraction) FROM parted') AS scalar,
	err('SELECT pmr.rtt_percentiles(rtt_s, ARRAY[fraction, 1]) FROM parted') AS "array",
	err('SELECT pmr.rtt_percentiles(rtt_s, CASE WHEN part = 1 THEN ''{0.5}'' ELSE ''{0.5,0.9}''::float8[] END) FROM parted') AS longer_array;
RESET enable_partitionwise_aggregate;
RESET parallel_setup_cost;
RESET parallel_tuple_cost;
RESET min_parallel_table_scan_size;
RESET max_parallel_workers_per_gather;

-- The same whatever the plan: states of different fractions, combined.
CREATE AGGREGATE state_of(float8, float8) (SFUNC = pmr.rtt_percentile_transfn, STYPE = rtt_state);
CREATE AGGREGATE state_of(float8, float8[]) (SFUNC = pmr.rtt_percentiles_transfn, STYPE = rtt_state);
CREATE AGGREGATE percentile_of_states(rtt_state) (SFUNC = pmr.rtt_state_combine, STYPE = rtt_state, FINALFUNC = pmr.rtt_percentile_finalfn);
CREATE AGGREGATE percentiles_of_states(rtt_state) (SFUNC = pmr.rtt_state_combine, STYPE = rtt_state, FINALFUNC = pmr.rtt_percentiles_finalfn);
CREATE FUNCTION combined(rtt_s_1 float8, fraction_1 float8, rtt_s_2 float8, fraction_2 float8) RETURNS text LANGUAGE sql
RETURN (SELECT err(format('SELECT test_rtt_percentile.percentile_of_states(s) FROM (SELECT g, test_rtt_percentile.state_of(rtt_s, f) AS s'
	' FROM (VALUES (1, %L::float8, %L::float8), (2, %L, %L)) AS v (g, rtt_s, f) GROUP BY g) AS s', rtt_s_1, fraction_1, rtt_s_2, fraction_2)));
SELECT combined(1, 0.5, 2, 0.5) AS same, combined(1, 0, 2, '-0') AS zero, combined(1, 0.5, 2, 0.9) AS other, combined(NULL, 0.5, NULL, 0.9) AS other_without_times;
SELECT percentile_of_states(s) FROM (SELECT state_of(i::float8, 0.5) AS s FROM generate_series(1, 100) AS i GROUP BY i % 7) AS s;
SELECT percentiles_of_states(s) FROM (SELECT state_of(i::float8, '{0.5,0.1}'::float8[]) AS s FROM generate_series(1, 100) AS i GROUP BY i % 7 UNION ALL SELECT NULL) AS s;

--
-- Many distinct times in a group: exact up to a million (2^20)
--
-- Odd multiples modulo a power of two never collide: up to 50 days, in no order.
-- Up to 262,144 rows are collected before they are counted.
CREATE TABLE big (i int, rtt_us bigint);
INSERT INTO big SELECT i, i * 2654435761 & ((1::bigint << 42) - 1) FROM generate_series(1, 1200000) AS i;
\set fractions '\'{0,0.0001,0.1,0.5,0.95,0.999,1}\'::float8[]'
CREATE FUNCTION exact(n int) RETURNS float8[] LANGUAGE sql
BEGIN ATOMIC
	SELECT array_agg(us / 1e6::float8 ORDER BY k)
	FROM (SELECT percentile_disc(:fractions) WITHIN GROUP (ORDER BY rtt_us) AS exact_us FROM big WHERE i <= n) AS p,
		unnest(exact_us) WITH ORDINALITY AS u (us, k);
END;
SET work_mem = '64MB';
SELECT n, (SELECT rtt_percentiles(rtt_us / 1e6::float8, :fractions) FROM big WHERE i <= n) = exact(n) AS exact
FROM unnest('{262143,262144,262145,300000,1000000}'::int[]) AS n;
SELECT count(DISTINCT rtt_us) AS distinct_us,
	rtt_percentiles(timestamp '2000-01-01', timestamp '2000-01-01' + make_interval(secs => rtt_us / 1e6::float8), :fractions) = exact(300000) AS of_timestamps,
	ARRAY[rtt_percentile(rtt_us / 1e6::float8, 0.5), rtt_percentile(rtt_us / 1e6::float8, 0.95)] = (exact(300000))[4:5] AS each_alone
FROM big WHERE i <= 300000;

-- Above that the error is bounded.  At precision 18 two octaves have at most 2^18
-- buckets each, and there are 300,000 times below them: fewer than 2^20 buckets.  So
-- the precision is 18 or more, and the error is at most 2^-19.
\set fractions '(SELECT array_agg(k / 100.0::float8) FROM generate_series(0, 100) AS k)'
SELECT count(*) AS fractions, count(DISTINCT estimate_s) > 90 AS spread,
	max(abs(estimate_s * 1e6 - us) / us) BETWEEN 1e-9 AND 2.0 ^ -19 AS bounded,
	bool_and(estimate_s BETWEEN least AND greatest) AS inside
FROM (SELECT percentile_disc(:fractions) WITHIN GROUP (ORDER BY rtt_us) AS exact_us, min(rtt_us) / 1e6::float8 AS least, max(rtt_us) / 1e6::float8 AS greatest FROM big) AS o,
	(SELECT rtt_percentiles(rtt_us / 1e6::float8, :fractions) AS estimates_s FROM big) AS p,
	ROWS FROM (unnest(exact_us), unnest(estimates_s)) AS u (us, estimate_s);
-- The order of the rows does not matter.
SELECT rtt_percentile(rtt_us / 1e6::float8, 0.95 ORDER BY i DESC) = rtt_percentile(rtt_us / 1e6::float8, 0.95) AS same FROM big;
RESET work_mem;

--
-- Invalid round-trip times
--
-- The longest valid time, with more days than are valid without the hours
SELECT rtt_max(rtt_sketch(i)) AS longest FROM CAST('106751992 days -19:59:05.224193' AS interval) AS i;
SELECT err($$SELECT pmr.rtt_percentile(interval '-106751992 days 19:59:05.224193', 0.5)$$);
CREATE FUNCTION err_of(rtt text) RETURNS text LANGUAGE sql
RETURN err(format('SELECT pmr.rtt_percentile(%s, 0.5)', rtt));
SELECT v, err_of(format('%L::float8', v)) FROM unnest('{-1,-6e-7,-1e300,NaN,Infinity,-Infinity,1e300,1e308,9223372036854.776}'::float8[]) AS v;
-- Seconds are rounded to microseconds first, so less than half a microsecond is 0.
SELECT v, rtt_percentile(v, 0.5), rtt_max(rtt_sketch(v)) FROM unnest('{-4e-7,-1e-300,-0,0,1e-300,4e-7,6e-7,1.4e-6,9223372036854.773}'::float8[]) WITH ORDINALITY AS u (v, i) GROUP BY i, v ORDER BY i;

SELECT v, err_of(format('%L::interval', v))
FROM unnest('{1 month,1 year -365 days,-1 month +31 days,-1 microsecond,-1 day,1 day -25 hours,106751992 days,-106751992 days,2147483647 days,106751991 days 04:00:54.775808}'::text[]) AS v;
SELECT v, rtt_percentile(v::interval, 0.5)
FROM unnest('{0,1 microsecond,1 day,1 week,-1 day +25 hours,2 days -24:00:00.000001,106751991 days 04:00:54.775807,200000 days}'::text[]) AS v GROUP BY v ORDER BY 2;
-- Infinite intervals are new in PostgreSQL 17; older versions refuse the input.
SELECT err_of($$interval 'infinity'$$) <> 'no error' AND err_of($$interval '-infinity'$$) <> 'no error' AS refused;

SELECT a, b, err_of(format('%L::timestamptz, %L::timestamptz', a, b)) AS with_time_zone,
	err_of(format('%L::timestamp, %L::timestamp', a, b)) = err_of(format('%L::timestamptz, %L::timestamptz', a, b)) AS same_without
FROM (VALUES ('2026-10-01', 'infinity'), ('-infinity', '2026-10-01'), ('infinity', 'infinity'), ('-infinity', 'infinity'), ('infinity', '-infinity'),
	('2026-10-01 00:00:01', '2026-10-01'), ('2026-10-01', '2026-09-30 23:59:59.999999'),
	('4714-11-24 00:00:00 BC', '294276-12-31 23:59:59.999999'), ('294276-12-31 23:59:59.999999', '4714-11-24 00:00:00 BC')) AS v (a, b);
SELECT a, b, rtt_percentile(a::timestamptz, b::timestamptz, 0.5) AS with_time_zone, rtt_percentile(a::timestamp, b::timestamp, 0.5) AS without,
	extract(epoch FROM b::timestamp - a::timestamp)::float8 AS expected
FROM (VALUES ('4714-11-24 00:00:00 BC', '2026-10-01'), ('2000-01-01', '294276-12-31 23:59:59.999999'), ('4714-11-24 00:00:00 BC', '4714-11-24 00:00:00.000001 BC'),
	('294276-12-31 23:59:59', '294276-12-31 23:59:59.999999'), ('1999-12-31 23:59:59', '2000-01-01 00:00:01')) AS v (a, b)
GROUP BY a, b ORDER BY 3, 1;

-- One invalid row among valid rows is an error, in every aggregate.
SELECT err('SELECT pmr.rtt_sketch(s) FROM (VALUES (1.0::float8), (-1), (2)) AS v (s)') AS sketch,
	err('SELECT pmr.rtt_percentiles(s, ''{0.5}'') FROM (VALUES (1.0::float8), (''NaN''), (2)) AS v (s)') AS percentiles;
SELECT rtt_percentile(s, 1) FILTER (WHERE s >= 0) AS left_out FROM (VALUES (1.0::float8), (-1), (2)) AS v (s);

--
-- A clock change: timestamps without time zone are taken as UTC, so 4 seconds are 4 seconds
--
-- In London, 1:00 to 2:00 occurs twice on 25 October 2026, and not at all on 29 March.
SET TimeZone = 'Europe/London';
SELECT rtt_percentile(a, b, 0.5) AS timestamps, rtt_percentile(a::timestamptz, b::timestamptz, 0.5) AS cast_to_timestamptz
FROM (VALUES (timestamp '2026-10-25 00:59:58', timestamp '2026-10-25 01:00:02'), ('2026-03-29 00:59:58', '2026-03-29 01:00:02')) AS v (a, b)
GROUP BY a ORDER BY a;
SELECT rtt_percentile(a, b, 0.5) AS timestamps, err(format('SELECT pmr.rtt_percentile(%L::timestamptz, %L::timestamptz, 0.5)', a, b)) AS cast_to_timestamptz
FROM (VALUES (timestamp '2026-03-29 01:59:58', timestamp '2026-03-29 02:00:02')) AS v (a, b) GROUP BY a, b;
SELECT rtt_percentile(a, b, 0.5) AS timestamps_with_time_zone
FROM (VALUES (timestamptz '2026-10-25 01:59:58+01', timestamptz '2026-10-25 01:00:02+00')) AS v (a, b);
-- A day is 24 hours, also in March.
SELECT rtt_percentile(a, b, 0.5) AS a_short_day, rtt_percentile(interval '1 day', 0.5) AS a_day
FROM (VALUES (timestamptz '2026-03-29', timestamptz '2026-03-30')) AS v (a, b);
RESET TimeZone;

-- The state of a large group stays small if its times repeat, as they are counted early.
-- If they do not, at most 1,048,576 are collected before they are counted.
SELECT what, rows, pg_column_size(state_of(rtt_s, 0.5)) AS bytes
FROM (VALUES ('few times', 300000, 50), ('1,000 times', 300000, 1000), ('10,000 times', 300000, 10000), ('all different', 300000, 300000),
		('all different', 1200000, 1200000)) AS v (what, rows, different),
	LATERAL (SELECT (i::bigint * 7919 % different) / 1000.0::float8 AS rtt_s FROM generate_series(1, rows) AS i) AS g
GROUP BY what, rows, different ORDER BY different, rows;

DROP SCHEMA test_rtt_percentile CASCADE;
