--
-- rtt_sketch: stored form, accessors, accuracy, comparison, merging.
--
\pset null '(null)'
SET client_min_messages = warning;
CREATE SCHEMA test_rtt_sketch;
SET search_path = test_rtt_sketch, pmr;

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

-- Does the plan of a query match a pattern?
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

-- The text form of bytes, which are given in hexadecimal.
CREATE FUNCTION text_of(hex text) RETURNS text LANGUAGE sql IMMUTABLE
RETURN replace(encode(decode(hex, 'hex'), 'base64'), E'\n', '');

CREATE TABLE received (sketch rtt_sketch);
\getenv test PG_ABS_SRCDIR
\set include :test '/sql/include/receive.sql'
\i :include

-- A pseudo-random number in [0, 1), the same on every machine.
CREATE FUNCTION hash01(i bigint, seed bigint) RETURNS float8 LANGUAGE sql IMMUTABLE
RETURN (hashint8extended(i, seed) & ((1::bigint << 52) - 1)) / (1::bigint << 52)::float8;

--
-- The stored form; format_v1.sql tests all of it
--
-- 0 to 2047 us once each have precision 8 (byte 64 + 8) and 1024 buckets: 512 of one
-- microsecond, 256 of two, 256 of four.  Minimum 0, span 2047, sum 2096128.
CREATE FUNCTION lowered(header text DEFAULT '0148', min_span text DEFAULT '00ff0f', sum text DEFAULT '80f87f',
	buckets text DEFAULT repeat('00', 512) || repeat('0100', 256) || repeat('0102', 256))
RETURNS text LANGUAGE sql IMMUTABLE
RETURN text_of(header || min_span || sum || buckets);

SELECT rtt_sketch(make_interval(secs => i / 1e6))::text = lowered() AS written
FROM generate_series(0, 2047) AS i;
SELECT rtt_count(s), rtt_min(s), rtt_max(s), rtt_mean(s), rtt_error_bound(s),
	rtt_percentiles(s, '{0,0.25,0.5,1}') AS percentiles
FROM CAST(lowered() AS rtt_sketch) AS s;

-- Text and binary round trips: of an exact sketch, of the one above, of one with lower
-- precision and a wide range, and of the largest numbers.
CREATE TABLE samples (id int PRIMARY KEY, sketch rtt_sketch);
INSERT INTO samples
SELECT 100, text_of('01060201000e')::rtt_sketch
UNION ALL
SELECT 101, lowered()::rtt_sketch
UNION ALL
SELECT 102, rtt_sketch(exp(29 * hash01(i, 1))) FROM generate_series(1, 20000) AS i
UNION ALL
SELECT 103, text_of('0100ffffffffffffffffff01fdffffffffffffff7f')::rtt_sketch;

SELECT count(*), bool_and(sketch::text::rtt_sketch::text = sketch::text) AS same_text,
	bool_and(sketch::text::rtt_sketch = sketch) AS same_value,
	bool_and(sketch::text = replace(encode(rtt_sketch_send(sketch), 'base64'), E'\n', '')) AS text_is_base64_of_binary
FROM samples;
-- The longest possible sketch: all buckets, with 2^50 times in each of them
WITH RECURSIVE doubled (sketch, n) AS (
	SELECT rtt_sketch((i::bigint << octave) * interval '1 microsecond'), 0
	FROM generate_series(0, 55) AS octave, generate_series(0, 255) AS i WHERE octave = 0 OR i >= 128
	UNION ALL SELECT rtt_merge(sketch, sketch), n + 1 FROM doubled WHERE n < 50)
SELECT rtt_count(sketch) / 2^50 AS buckets, length(sketch::text) AS length, sketch::text::rtt_sketch = sketch AS same FROM doubled WHERE n = 50;
SELECT count(receive(rtt_sketch_send(sketch), 'received')) FROM samples;
SELECT count(*), count(DISTINCT r.sketch) FROM received AS r JOIN samples AS s USING (sketch);

--
-- Invalid text
--
SELECT value, err(format('SELECT %L::pmr.rtt_sketch', value))
FROM (VALUES ('rubbish!'), ('AQY'), ('AQYy='), ('\x010632'), ('5.0'), ('ARIAAg==AgAA'), ('ARIAAg======')) AS v (value);

-- Invalid bytes, each of which breaks one invariant.  Empty, descending and misplaced
-- buckets need no check, as this format cannot express them.
CREATE TABLE broken (id serial, what text, value text);
INSERT INTO broken (what, value) VALUES
	('no bytes',                       ''),
	('one byte',                       text_of('01')),
	('version 0',                      text_of('000632')),
	('version 2',                      text_of('020632')),
	('unit 10^19',                     text_of('011332')),
	('precision 6',                    lowered(header => '0146')),
	('precision 62, which is exact',   lowered(header => '017e')),
	('flags 255',                      text_of('01ff32')),
	('no buckets',                     text_of('0106')),
	('no buckets, lowered',            lowered(buckets => '')),
	('lowered, nothing else',          text_of('0148')),
	('lowered, no maximum',            text_of('014800')),
	('lowered, no sum',                text_of('014800ff0f')),
	('gap cut off',                    text_of('010680')),
	('count missing',                  text_of('010601')),
	('count cut off',                  text_of('01060180')),
	('gap in a byte too many',         text_of('0106b200')),
	('minimum in a byte too many',     lowered(min_span => '8000ff0f')),
	('sum in a byte too many',         lowered(sum => '80f8ff00')),
	('gap of 2^64',                    text_of('0100' || '80808080808080808002')),
	('sum of 2^126',                   lowered(sum => repeat('80', 18) || '01')),
	('minimum of 2^63',                lowered(min_span => '80808080808080808001' || 'ff0f')),
	('maximum of 2^63',                lowered(min_span => '01' || 'ffffffffffffffff7f')),
	('a count of 2^63',                text_of('010603' || 'feffffffffffffff7f')),
	('counts that add up to 2^63',     text_of('010603' || 'fdffffffffffffff7f' || '02')),
	('time of 10^18 us ten times',     text_of('011214')),
	('bucket after the last there is', text_of('0100' || 'feffffffffffffffff01' || '00')),
	('0 us in units of 1 us',          text_of('010000')),
	('10 us in units of 1 us',         text_of('010014')),
	('1025 buckets, exact',            text_of('0100' || repeat('00', 1025))),
	('more buckets than there are',    text_of('0100' || repeat('00', 7297))),
	('1025 buckets, lowered',          lowered(header => '0149', buckets => repeat('00', 1025))),
	('lowered without need',           lowered(min_span => '0000', sum => '00', buckets => '00')),
	('1024 buckets with a bit more',   lowered(sum => '83f82b', buckets => repeat('00', 1024))),
	('minimum not in first bucket',    lowered(min_span => '01fe0f')),
	('maximum not in last bucket',     lowered(min_span => '00fb0f')),
	('maximum beyond last bucket',     lowered(min_span => '008010')),
	('sum 0',                          lowered(sum => '00')),
	('sum one less than the least',    lowered(sum => '82ea7f')),
	('sum one more than the most',     lowered(sum => '818680' || '01')),
	('sum of nearly 2^126',            lowered(sum => repeat('ff', 17) || '7f'));
SELECT what, err(format('SELECT %L::pmr.rtt_sketch', value)) FROM broken ORDER BY id;

-- The receive function refuses the same bytes with the same messages.
SELECT count(*) AS refused,
	count(*) FILTER (WHERE of_binary IS DISTINCT FROM replace(of_text, '22P02', '22P03')) AS otherwise
FROM broken,
	LATERAL (SELECT err(format('SELECT %L::pmr.rtt_sketch', value)) AS of_text) AS t,
	LATERAL (SELECT err(format('SELECT test_rtt_sketch.receive(%L, ''test_rtt_sketch.received'')', decode(value, 'base64'))) AS of_binary) AS b;
SELECT count(*) AS received_meanwhile FROM received WHERE sketch NOT IN (SELECT sketch FROM samples);

-- The smallest and the largest possible sum are valid: 0 to 511 once, and each wider
-- bucket at its lower bound except the maximum (2094339), or at its upper bound
-- (2097920).  The largest numbers are valid too.
SELECT round(rtt_mean(lowered(sum => '83ea7f')::rtt_sketch) * 1e6 * 2048) AS least,
	round(rtt_mean(lowered(sum => '80868001')::rtt_sketch) * 1e6 * 2048) AS most;
SELECT rtt_count(s), rtt_min(s), rtt_max(s), rtt_mean(s), rtt_percentile(s, 0.5)
FROM samples, LATERAL (SELECT sketch AS s) AS l WHERE id = 103;
-- This sketch is valid, as it can have 1025 buckets with one more bit of precision: one
-- of its wide buckets has two times.
SELECT rtt_count(lowered(sum => '83fc2b', buckets => repeat('00', 512) || '0100' || repeat('00', 511))::rtt_sketch);

--
-- Accessors, with results worked out by hand.  The longest times in seconds are 2 ms
-- apart as float8
--
CREATE TABLE small (id int, what text, sketch rtt_sketch);
INSERT INTO small
SELECT id, what, (SELECT rtt_sketch(s) FROM unnest(seconds) AS s)
FROM (VALUES
	(1, 'one',       '{2.5}'::float8[]),
	(2, 'four',      '{4,1,2,3}'),
	(3, 'ties',      '{1,5,5,5,5,5,5,5,5,9}'),
	(4, 'all equal', '{7,7,7}'),
	(5, 'zero',      '{0}'),
	(6, 'zero and a microsecond', '{0,0.000001}'),
	(7, 'long',      '{9223372036854.774}')) AS v (id, what, seconds);
INSERT INTO small
SELECT 8, 'longest', rtt_sketch(interval '106751991 days 04:00:54.775807');

SELECT what, rtt_count(sketch), rtt_min(sketch), rtt_max(sketch), rtt_mean(sketch), rtt_error_bound(sketch)
FROM small ORDER BY id;
SELECT what, rtt_percentiles(sketch, '{0,0.1,0.100001,0.25,0.5,0.50001,0.9,0.91,1}') FROM small ORDER BY id;

-- rtt_percentile is an element of rtt_percentiles, in any order of the fractions.
SELECT count(*) FILTER (WHERE rtt_percentile(sketch, 0.25) IS DISTINCT FROM (p)[3]
	OR rtt_percentile(sketch, 1) IS DISTINCT FROM (p)[1]
	OR rtt_percentile(sketch, 0) IS DISTINCT FROM (p)[2]
	OR p[3] IS DISTINCT FROM p[4]) AS mismatches, count(*)
FROM small, LATERAL rtt_percentiles(sketch, '{1,0,0.25,0.25}') AS p;

-- Fractions
SELECT fraction, err(format('SELECT pmr.rtt_percentile(sketch, %L) FROM small WHERE id = 2', fraction))
FROM unnest('{-0.01,1.01,NaN,Infinity,-Infinity,-0}'::float8[]) AS fraction;
SELECT fractions, err(format('SELECT pmr.rtt_percentiles(sketch, %L) FROM small WHERE id = 2', fractions))
FROM (VALUES ('{0.5,NULL}'), ('{0.5,2}'), ('{NaN}'), ('{{0.5,0.9}}'), ('{}'), ('[3:4]={0.1,1}')) AS v (fractions);
SELECT rtt_percentiles(sketch, '{}') AS none, rtt_percentiles(sketch, '[3:4]={0.1,1}') AS bounds_do_not_matter,
	cardinality(rtt_percentiles(sketch, array_fill(0.5::float8, '{1024}'))) AS the_most
FROM small WHERE id = 2;
SELECT err($$SELECT pmr.rtt_percentiles(sketch, array_fill(0.5::float8, '{1025}')) FROM small WHERE id = 2$$);

-- rtt_within_pct: four times of 1, 2, 3 and 4 s
SELECT "limit", rtt_within_pct(sketch, "limit"::interval) AS share
FROM small, unnest('{0,999999 microseconds,1 second,1000001 microseconds,2 seconds,3.999999 seconds,4 seconds,1 day,106751991 days 04:00:54.775807}'::text[]) AS "limit"
WHERE id = 2;
SELECT what, rtt_within_pct(sketch, '0') AS zero, rtt_within_pct(sketch, '5 seconds') AS five,
	rtt_within_pct(sketch, '106751991 days 04:00:54.775807') AS longest
FROM small ORDER BY id;
-- A day is 24 hours, and -1 day +25 hours is an hour.
SELECT rtt_within_pct(rtt_sketch(s), '1 day') AS a_day, rtt_within_pct(rtt_sketch(s), '2 days -24:00:00.000001') AS just_less
FROM (VALUES (interval '24 hours'), (interval '0')) AS v (s);
SELECT "limit", err(format('SELECT pmr.rtt_within_pct(sketch, %L) FROM small WHERE id = 2', "limit"))
FROM unnest('{1 month,-1 month,1 year 2 days,-1 second,-1 day,1 day -25 hours,106751992 days,-106751992 days,106751991 days 05:00:00}'::text[]) AS "limit";
-- Infinite intervals are new in PostgreSQL 17; older versions refuse the input.
SELECT err($$SELECT pmr.rtt_within_pct(sketch, 'infinity') FROM small WHERE id = 2$$) <> 'no error' AS refused;

-- Every function is strict.
SELECT rtt_count(s), rtt_mean(s), rtt_min(s), rtt_max(s), rtt_error_bound(s), rtt_percentile(s, 0.5) AS percentile,
	rtt_percentiles(s, '{0.5}') AS percentiles, rtt_within_pct(s, '1 s') AS share, rtt_merge(s, s) AS merged,
	(SELECT count(*) FROM rtt_buckets(s)) AS buckets, (SELECT count(*) FROM rtt_histogram(s, 2)) AS bars
FROM CAST(NULL AS rtt_sketch) AS s;
SELECT rtt_percentile(sketch, NULL), rtt_percentiles(sketch, NULL), rtt_within_pct(sketch, NULL),
	rtt_merge(sketch, NULL), rtt_merge(NULL, sketch), sketch + NULL AS plus, sketch = NULL AS equal
FROM small WHERE id = 2;

--
-- Exact up to 1024 distinct times; above that the error is bounded
--
CREATE TABLE shaped (shape text, i bigint, rtt_us bigint);
INSERT INTO shaped
SELECT 'log-normal', i, round(1e6 * exp(1.5 + 1.2 * sqrt(-2 * ln(1 - hash01(i, 1))) * cos(2 * pi() * hash01(i, 2))))
FROM generate_series(1, 20000) AS i
UNION ALL
SELECT 'uniform, an hour', i, floor(3600e6 * hash01(i, 3)) FROM generate_series(1, 20000) AS i
UNION ALL
SELECT '10 s or 5 h', i, CASE WHEN hash01(i, 4) < 0.95 THEN 8e6 + floor(2e6 * hash01(i, 5)) ELSE 18000e6 + floor(3600e6 * hash01(i, 6)) END
FROM generate_series(1, 20000) AS i
UNION ALL
SELECT 'any magnitude', i, hashint8extended(i, 7) & 9223372036854775807 >> (i % 63)::int
FROM generate_series(1, 20000) AS i
UNION ALL
SELECT 'ascending', i, i * 7919 FROM generate_series(1, 5000) AS i
UNION ALL
SELECT 'descending', i, (5001 - i) * 7919 FROM generate_series(1, 5000) AS i
UNION ALL
SELECT '1024 distinct', i, (i * 104729) % 1024 + 1000000 FROM generate_series(1, 20000) AS i
UNION ALL
SELECT '1025 distinct', i, (i * 104729) % 1025 + 1000000 FROM generate_series(1, 20000) AS i
UNION ALL
SELECT 'a second and a microsecond', i, CASE WHEN i % 100 = 0 THEN i / 100 ELSE 1000000 + i END FROM generate_series(1, 20000) AS i;

CREATE INDEX ON shaped (shape);
CREATE TABLE shapes AS
SELECT shape, count(DISTINCT rtt_us) AS distinct_us, count(*) AS requests, min(rtt_us) AS min_us, max(rtt_us) AS max_us,
	sum(rtt_us::numeric) AS sum_us, rtt_sketch((rtt_us || ' microseconds')::interval ORDER BY i) AS sketch
FROM shaped GROUP BY shape;

-- A sketch is exact for up to 1024 distinct times, and not above.
SELECT shape, distinct_us, rtt_error_bound(sketch) = 0 AS exact, rtt_error_bound(sketch) <= 0.4 AS bound_kept,
	rtt_count(sketch) = requests AS same_count,
	rtt_min(sketch) = min_us / 1e6::float8 AS same_min, rtt_max(sketch) = max_us / 1e6::float8 AS same_max,
	abs(rtt_mean(sketch) - sum_us / requests / 1000000) <= 1e-15 * rtt_mean(sketch) AS same_mean,
	length(rtt_sketch_send(sketch)) <= 2 + 38 + 20 * 7296 AS size_kept
FROM shapes ORDER BY shape COLLATE "C";

-- The order of the times does not matter.
SELECT count(DISTINCT sketch) FROM shapes WHERE shape IN ('ascending', 'descending');

\set fractions '\'{0,0.0001,0.001,0.01,0.1,0.25,0.5,0.75,0.9,0.94,0.95,0.96,0.99,0.999,0.9999,1}\'::float8[]'
CREATE TABLE estimates AS
SELECT shape, fraction, sketch, min_us, max_us, exact_us, rtt_percentile(sketch, fraction) AS estimate_s
FROM shapes,
	LATERAL (SELECT percentile_disc(:fractions) WITHIN GROUP (ORDER BY rtt_us) AS exact
			 FROM shaped WHERE shaped.shape = shapes.shape) AS o,
	ROWS FROM (unnest(:fractions), unnest(exact)) AS u (fraction, exact_us);
-- 1e-15 is the rounding error of seconds in float8.
SELECT shape, count(*) AS fractions,
	count(*) FILTER (WHERE abs(estimate_s * 1e6 - exact_us) > exact_us * (rtt_error_bound(sketch) / 100 + 1e-15)) AS beyond_bound,
	count(*) FILTER (WHERE estimate_s < min_us / 1e6::float8 OR estimate_s > max_us / 1e6::float8) AS outside,
	count(*) FILTER (WHERE rtt_error_bound(sketch) = 0 AND estimate_s <> exact_us / 1e6::float8) AS not_exact,
	bool_or(estimate_s <> exact_us / 1e6::float8) AS estimated
FROM estimates GROUP BY shape ORDER BY shape COLLATE "C";

-- No percentile lies in a gap of the data, except within the error bound from its ends,
-- as a bucket can extend into the gap.
SELECT count(*) AS in_the_gap
FROM shapes, generate_series(0, 1000) AS i, LATERAL rtt_percentile(sketch, i / 1000.0) AS p
WHERE shape = '10 s or 5 h' AND p > 10 * 1.004 AND p < 18000 / 1.004;

-- rtt_within_pct: exact if the sketch is, or else between the shares of the limits that
-- are the error bound below and above.
CREATE TABLE shares AS
SELECT shape, limit_us, rtt_error_bound(sketch) / 100 AS bound,
	rtt_within_pct(sketch, (limit_us || ' microseconds')::interval) AS share
FROM shapes, generate_series(0, 20) AS i,
	LATERAL (SELECT min_us + floor((max_us - min_us) * (i / 20.0::float8) ^ 4)::bigint AS limit_us) AS l;
SELECT shape, count(*) AS limits, count(*) FILTER (WHERE share < least_share OR share > greatest_share) AS beyond_bound
FROM shares,
	LATERAL (SELECT 100.0::float8 * count(*) FILTER (WHERE rtt_us <= limit_us * (1 - bound)) / count(*) AS least_share,
				100.0::float8 * count(*) FILTER (WHERE rtt_us <= limit_us * (1 + bound)) / count(*) AS greatest_share
			 FROM shaped WHERE shaped.shape = shares.shape) AS c
GROUP BY shape ORDER BY shape COLLATE "C";

-- The largest sketch: one time in each of the 7296 buckets of the lowest precision.  At
-- the start of a bucket, half its width is 2^-8 of the time.
CREATE TABLE largest AS
SELECT rtt_sketch((((i - (shift << 7)) << shift) || ' microseconds')::interval) AS sketch
FROM generate_series(0::bigint, 7295) AS i, LATERAL (SELECT greatest((i >> 7) - 1, 0)::int AS shift) AS s;
SELECT (SELECT count(*) FROM rtt_buckets(sketch)) AS buckets, rtt_count(sketch), rtt_error_bound(sketch), sketch::text::rtt_sketch = sketch AS same_text,
	rtt_min(sketch), rtt_max(sketch), rtt_count(sketch + sketch) AS twice, length(rtt_sketch_send(sketch)) AS bytes
FROM largest;
-- (up to 2^52, where float8 seconds still distinguish microseconds)
SELECT count(*), max(abs(estimate_us - exact_us) / exact_us) BETWEEN 2 ^ -8 - 1e-12 AND 2 ^ -8 + 1e-12 AS bound_reached_and_kept
FROM (SELECT ((i - (shift << 7)) << shift)::float8 AS exact_us, rtt_percentile(sketch, (i + 0.5) / 7296) * 1e6 AS estimate_us
	  FROM largest, generate_series(1::bigint, 5887, 3) AS i, LATERAL (SELECT greatest((i >> 7) - 1, 0)::int AS shift) AS s) AS p;

--
-- Comparison
--
SELECT a.id, b.id, a.sketch = b.sketch AS eq, a.sketch <> b.sketch AS ne,
	(a.sketch < b.sketch)::int + (a.sketch = b.sketch)::int + (a.sketch > b.sketch)::int AS one_of_three,
	(a.sketch <= b.sketch) = (a.sketch < b.sketch OR a.sketch = b.sketch) AS le,
	(a.sketch >= b.sketch) = (a.sketch > b.sketch OR a.sketch = b.sketch) AS ge,
	rtt_sketch_cmp(a.sketch, b.sketch) = -rtt_sketch_cmp(b.sketch, a.sketch) AS cmp
FROM small AS a, small AS b WHERE a.id IN (1, 2) AND b.id IN (1, 2, 3) ORDER BY 1, 2;

-- 300 rows of 30 different sketches, each of which is made in several orders of its times
CREATE TABLE many AS
SELECT i, i % 30 AS g, (SELECT rtt_sketch(t::float8 ORDER BY hashint8extended(t, i)) FROM generate_series(1, 20 + i % 30) AS t) AS sketch
FROM generate_series(1, 300) AS i;
ANALYZE many;

SELECT count(DISTINCT sketch) FROM many;
SELECT count(*) FROM (SELECT sketch FROM many EXCEPT SELECT sketch FROM many WHERE g > 4) AS e;
SELECT count(*), bool_and(rtt_count(sketch) = 20 + i % 30) FROM (SELECT DISTINCT ON (sketch) * FROM many) AS d;

CREATE FUNCTION grouped(OUT groups bigint, OUT fewest bigint, OUT most bigint) LANGUAGE sql
BEGIN ATOMIC
	SELECT count(*), min(n), max(n) FROM (SELECT sketch, count(*) AS n FROM many GROUP BY sketch) AS g;
END;
CREATE FUNCTION joined() RETURNS bigint LANGUAGE sql
BEGIN ATOMIC
	SELECT count(*) FROM many AS a JOIN many AS b ON a.sketch = b.sketch;
END;
\set group_query 'SELECT sketch, count(*) FROM many GROUP BY sketch'
\set join_query 'SELECT count(*) FROM many AS a JOIN many AS b ON a.sketch = b.sketch'

SET enable_sort = off;
SET enable_mergejoin = off;
SET enable_nestloop = off;
SELECT plan_has(:'group_query', 'HashAggregate'), * FROM grouped();
SELECT plan_has(:'join_query', 'Hash Join'), joined();
RESET enable_sort;
RESET enable_mergejoin;
SET enable_hashagg = off;
SET enable_hashjoin = off;
SELECT plan_has(:'group_query', 'GroupAggregate'), * FROM grouped();
SELECT plan_has(:'join_query', 'Merge Join'), joined();
RESET enable_hashagg;
RESET enable_hashjoin;
RESET enable_nestloop;

CREATE TABLE once (sketch rtt_sketch UNIQUE, n int DEFAULT 1);
CREATE INDEX ON once USING hash (sketch);
INSERT INTO once SELECT DISTINCT sketch FROM many;
SELECT left(err('INSERT INTO once SELECT sketch FROM many WHERE i = 7'), 5) AS sqlstate;
INSERT INTO once SELECT sketch, 1 FROM many WHERE i = 7 ON CONFLICT (sketch) DO UPDATE SET n = once.n + 1;
SET enable_seqscan = off;
SELECT plan_has(format('SELECT n FROM once WHERE sketch = %L', sketch), 'Index'), (SELECT n FROM once AS o WHERE o.sketch = m.sketch) AS n
FROM many AS m WHERE i = 7;
RESET enable_seqscan;
SELECT count(*), sum(n) FROM once;

--
-- Merging
--
-- A rollup kept up to date by ON CONFLICT equals the sketch of all rows.
CREATE TABLE rollup (shape text PRIMARY KEY, rtt rtt_sketch);
INSERT INTO rollup SELECT shape, rtt_sketch(rtt_us / 1e6::float8) FROM shaped WHERE shape <> 'any magnitude' AND i % 3 = 0 GROUP BY shape;
INSERT INTO rollup SELECT shape, rtt_sketch(rtt_us / 1e6::float8) FROM shaped WHERE shape <> 'any magnitude' AND i % 3 = 1 GROUP BY shape
ON CONFLICT (shape) DO UPDATE SET rtt = rtt_merge(rollup.rtt, excluded.rtt);
INSERT INTO rollup SELECT shape, rtt_sketch(rtt_us / 1e6::float8) FROM shaped WHERE shape <> 'any magnitude' AND i % 3 = 2 GROUP BY shape
ON CONFLICT (shape) DO UPDATE SET rtt = rollup.rtt + excluded.rtt;
SELECT count(*), count(*) FILTER (WHERE rtt <> sketch) AS mismatches FROM rollup JOIN shapes USING (shape);

-- The aggregate has two names; it skips NULL sketches; without sketches it returns NULL.
SELECT rtt_merge(sketch) = rtt_sketch(sketch) AS same_aggregate, rtt_merge(sketch)::text AS merged,
	(array_agg(sketch))[1] + (array_agg(sketch))[2] + (array_agg(sketch))[3] = rtt_merge(sketch) AS same_as_plus
FROM (SELECT sketch FROM small WHERE id <= 2
	  UNION ALL SELECT NULL
	  UNION ALL SELECT sketch FROM small WHERE id = 3 ORDER BY 1 NULLS LAST) AS s (sketch);
SELECT rtt_merge(sketch) AS merged, rtt_sketch(sketch) AS sketched, count(*)
FROM (VALUES (NULL::rtt_sketch), (NULL)) AS v (sketch);
SELECT rtt_merge(sketch), rtt_sketch(sketch) FROM small WHERE false;

-- The total number of requests is at most 2^63 - 1.
CREATE TABLE heavy (what text, sketch rtt_sketch);
INSERT INTO heavy VALUES
	('2^62 of 1 s',     text_of('010603' || 'feffffffffffffff3f')::rtt_sketch),
	('2^62 - 1 of 2 s', text_of('010605' || 'fdffffffffffffff3f')::rtt_sketch),
	('1 of 1 s',        text_of('010602')::rtt_sketch);
SELECT what, rtt_count(sketch) FROM heavy;
SELECT rtt_count(rtt_merge(sketch)) AS most, rtt_mean(rtt_merge(sketch)), rtt_percentiles(rtt_merge(sketch), '{0,0.49,0.51,1}') AS percentiles,
	rtt_within_pct(rtt_merge(sketch), '1 s') AS share
FROM heavy WHERE what <> '1 of 1 s';
SELECT err('SELECT pmr.rtt_merge(sketch) FROM heavy') AS aggregate,
	err('SELECT pmr.rtt_sketch(sketch ORDER BY what DESC) FROM heavy') AS ordered,
	err($$SELECT a.sketch OPERATOR(pmr.+) a.sketch FROM heavy AS a WHERE what = '2^62 of 1 s'$$) AS operator;
-- The sum of nearly 2^63 of the longest times has 126 bits.
SELECT rtt_count(s) AS count, rtt_mean(s) AS mean, rtt_max(s) AS max, rtt_percentile(s, 0) AS p0, rtt_percentile(s, 1e-19) AS first, rtt_percentile(s, 1.1e-19) AS second
FROM (SELECT text_of('0100' || 'ffffffffffffffffff01' || 'fcffffffffffffff7f')::rtt_sketch + text_of('011200')::rtt_sketch AS s) AS m;

-- The mean is between the shortest and the longest time, for any number of times.
SELECT rtt_mean(s) = rtt_max(s) AS equal, rtt_mean(s) FROM (SELECT rtt_sketch(53095.596537::float8) AS s FROM generate_series(1, 177147)) AS m;
SELECT count(*) AS sketches, count(*) FILTER (WHERE rtt_mean(s) NOT BETWEEN rtt_min(s) AND rtt_max(s)) AS outside
FROM (SELECT rtt_sketch((i * 7919::bigint % 100003) * 1048573.000001) AS s FROM generate_series(1, 2000) AS i, generate_series(1, 50) AS n GROUP BY i) AS m;
-- Text that is longer than any sketch is refused before it is decoded.
SELECT err($$SELECT repeat('A', 200000)::pmr.rtt_sketch$$) AS too_long, err($$SELECT repeat('A', 30000000)::pmr.rtt_state$$) AS too_long_a_state;

DROP SCHEMA test_rtt_sketch CASCADE;
