--
-- rtt_histogram and rtt_buckets: a sketch as rows.
--
\pset null '(null)'
SET client_min_messages = warning;
CREATE SCHEMA test_rtt_histogram;
SET search_path = test_rtt_histogram, pmr;

-- SQLSTATE and message of the error that a query raises.
CREATE FUNCTION err(query text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE query;
	RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
	RETURN sqlstate || ': ' || sqlerrm;
END
$$;

-- A pseudo-random number in [0, 1), the same on every machine.
CREATE FUNCTION hash01(i bigint, seed bigint) RETURNS float8 LANGUAGE sql IMMUTABLE
RETURN (hashint8extended(i, seed) & ((1::bigint << 52) - 1)) / (1::bigint << 52)::float8;

CREATE FUNCTION sketch(VARIADIC seconds float8[]) RETURNS rtt_sketch LANGUAGE sql IMMUTABLE
BEGIN ATOMIC
	SELECT rtt_sketch(s) FROM unnest(seconds) AS s;
END;

--
-- Small sketches
--
-- The buckets of an exact sketch are its times.
SELECT * FROM rtt_buckets(sketch(3, 1, 2, 2, 86400, 0.000001));
SELECT * FROM rtt_buckets(sketch(0, 0));

-- From 1 to 1000 s in three bars, each ten times as long as the one before.  A time that
-- equals a bound is in the bar above, and the maximum is in the last bar.
SELECT * FROM rtt_histogram(sketch(1, 2, 9.999999, 10, 10, 50, 99.999999, 100, 999, 1000), 3);
SELECT * FROM rtt_histogram(sketch(1, 2, 10, 1000), 1);
-- Bars without requests are returned too.
SELECT * FROM rtt_histogram(sketch(1, 16), 4);
-- A single time gives one bar, of width 0.
SELECT * FROM rtt_histogram(sketch(5), 1);
SELECT * FROM rtt_histogram(sketch(5, 5, 5), 10);
SELECT * FROM rtt_histogram(sketch(0), 1);
SELECT * FROM rtt_histogram(sketch(0, 0), 1000);
-- On the logarithmic scale 0 counts as 1 us, so its bar ends at the second bound.
SELECT * FROM rtt_histogram(sketch(0, 0, 0.000001, 0.0001, 1), 3);
SELECT * FROM rtt_histogram(sketch(0, 0.000001), 1);
-- No bar is less than a microsecond wide.
SELECT * FROM rtt_histogram(sketch(0, 0.000001), 1000);
SELECT * FROM rtt_histogram(sketch(0.000001, 0.000003), 1000);
SELECT * FROM rtt_histogram(sketch(5, 5.000002), 7);
-- The longest possible time
WITH longest AS (
	SELECT rtt_sketch(i) AS sketch FROM (VALUES (interval '0'), ('106751991 days 04:00:54.775807')) AS v (i)
)
SELECT h.* FROM longest, rtt_histogram(sketch, 2) AS h;

-- Invalid numbers of bars
SELECT n, err(format('SELECT * FROM pmr.rtt_histogram(test_rtt_histogram.sketch(1, 2), %s)', n))
FROM unnest('{0,-1,1001,2147483647,-2147483648,1,1000}'::int[]) AS n;
SELECT count(*) FROM rtt_histogram(NULL, 5);
SELECT count(*) FROM rtt_histogram(sketch(1, 2), NULL);
SELECT count(*) FROM rtt_buckets(NULL);
-- in a select list
SELECT rtt_buckets(sketch(1, 2, 2)), rtt_histogram(sketch(1, 4, 4), 2);
-- a number that is valid for one row and invalid for another
SELECT err('SELECT pmr.rtt_histogram(test_rtt_histogram.sketch(1, 2), n) FROM generate_series(1, -1, -1) AS n');

--
-- Large sketches, exact and with lower precision
--
CREATE TABLE data (shape text, rtt_us bigint);
INSERT INTO data
SELECT 'exact', 1000 * floor(1000 * exp(4 * hash01(i, 1)) / 50) FROM generate_series(1, 5000) AS i
UNION ALL
SELECT 'exact, with zeros', CASE WHEN i % 10 = 0 THEN 0 ELSE floor(exp(1 + 5 * hash01(i, 2))) END FROM generate_series(1, 5000) AS i
UNION ALL
SELECT 'lowered', 1000000 + floor(1e6 * exp(10 * hash01(i, 3))) FROM generate_series(1, 6000) AS i
UNION ALL
SELECT 'lowered, with zeros', CASE WHEN i % 10 = 0 THEN 0 ELSE floor(exp(30 * hash01(i, 4))) END FROM generate_series(1, 6000) AS i
UNION ALL
SELECT 'all equal', 25000000 FROM generate_series(1, 5000) AS i;
CREATE INDEX ON data (shape, rtt_us);
ANALYZE data;
CREATE TABLE shape AS
SELECT shape, count(*) AS requests, min(rtt_us) AS min_us, max(rtt_us) AS max_us, rtt_sketch((rtt_us || ' microseconds')::interval) AS sketch
FROM data GROUP BY shape;
ALTER TABLE shape ADD bound float8;
UPDATE shape SET bound = rtt_error_bound(sketch) / 100;
SELECT shape, bound = 0 AS exact, bound <= 0.004 AS bounded FROM shape ORDER BY shape COLLATE "C";

-- Buckets: each time is in exactly one of them.
CREATE TABLE bucket AS
SELECT shape, round(lower_s * 1e6)::bigint AS lower_us, round(upper_s * 1e6)::bigint AS upper_us, b.requests
FROM shape, rtt_buckets(sketch) AS b;
SELECT shape, sum(b.requests) = s.requests AS sum, min(lower_us) = min_us AS min, max(upper_us) = max_us AS max, bool_and(lower_us <= upper_us) AS ascend,
	bool_and(before IS NULL OR before < lower_us) AS apart, bool_and(lower_us = upper_us) AS exact,
	bool_and(upper_us - lower_us <= lower_us * 2 * bound) AS narrow
FROM (SELECT *, lag(upper_us) OVER (PARTITION BY shape ORDER BY lower_us) AS before FROM bucket) AS b JOIN shape AS s USING (shape)
GROUP BY shape, s.requests, min_us, max_us ORDER BY shape COLLATE "C";
SELECT count(*) > 2000 AS many_buckets, count(*) FILTER (WHERE requests <> counted) AS mismatches
FROM bucket, LATERAL (SELECT count(*) AS counted FROM data WHERE data.shape = bucket.shape AND rtt_us BETWEEN lower_us AND upper_us) AS c;

-- Bars
CREATE TABLE bar AS
SELECT shape, n, row_number() OVER (PARTITION BY shape, n ORDER BY lower_s, upper_s) AS i, count(*) OVER (PARTITION BY shape, n) AS bars,
	round(lower_s * 1e6)::bigint AS lower_us, round(upper_s * 1e6)::bigint AS upper_us, h.requests
FROM shape, unnest('{1,2,3,10,50,300}'::int[]) AS n, rtt_histogram(sketch, n) AS h;

SELECT shape, n, max(bars) <= n AND (max(bars) = n OR n > 3 OR shape = 'all equal') AS bars, sum(b.requests) = s.requests AS sum, min(lower_us) = min_us AS first, max(upper_us) = max_us AS last,
	bool_and(before IS NULL OR before = lower_us) AS touch, bool_and(upper_us > lower_us) AS wide
FROM (SELECT *, lag(upper_us) OVER (PARTITION BY shape, n ORDER BY i) AS before FROM bar) AS b JOIN shape AS s USING (shape)
GROUP BY shape, n, s.requests, min_us, max_us ORDER BY shape COLLATE "C", n;
SELECT count(*) FILTER (WHERE bars = n) > 0 AS full, count(*) FILTER (WHERE bars < n) > 0 AS fewer FROM bar WHERE shape <> 'all equal' AND n >= 10;

-- Bounds are evenly spaced on a logarithmic scale: each is at most half a microsecond
-- from min * (max / min) ^ (i / n).
SELECT count(*) > 0 AS compared, count(*) FILTER (WHERE abs(upper_us - greatest(min_us, 1) * (max_us / greatest(min_us, 1)::float8) ^ (i / n::float8)) > 0.5 + 1e-12 * upper_us) AS mismatches
FROM bar JOIN shape USING (shape) WHERE bars = n AND i < n;

-- Exact sketches: the same as count(*) FILTER.
SELECT shape, count(*) > 100 AS many_bars, count(*) FILTER (WHERE requests <> counted) AS mismatches
FROM bar, LATERAL (SELECT count(*) FILTER (WHERE rtt_us >= lower_us AND (rtt_us < upper_us OR (i = bars AND rtt_us = upper_us))) AS counted
				   FROM data WHERE data.shape = bar.shape) AS c
WHERE shape LIKE 'exact%' GROUP BY shape ORDER BY shape COLLATE "C";
-- Lower precision: the same with bounds that are off by up to the error bound.
SELECT shape, count(*) > 50 AS many_bars, count(*) FILTER (WHERE requests NOT BETWEEN least AND most) AS mismatches
FROM bar JOIN (SELECT shape, bound FROM shape) AS s USING (shape),
	LATERAL (SELECT count(*) FILTER (WHERE rtt_us >= lower_us * (1 + bound) AND rtt_us < upper_us * (1 - bound)) AS least,
				count(*) FILTER (WHERE rtt_us >= lower_us * (1 - bound) AND rtt_us <= upper_us * (1 + bound)) AS most
			 FROM data WHERE data.shape = bar.shape) AS c
WHERE shape LIKE 'lowered%' AND n <= 50 GROUP BY shape ORDER BY shape COLLATE "C";

-- The histogram of merged sketches is the histogram of all times.
SELECT count(*) FILTER (WHERE a.h IS DISTINCT FROM b.h) AS mismatches, count(*)
FROM (SELECT rtt_histogram(rtt_sketch(rtt_us / 1e6::float8), 20)::text AS h FROM data WHERE shape LIKE 'exact%') AS a
	FULL JOIN (SELECT rtt_histogram(rtt_merge(sketch), 20)::text AS h FROM shape WHERE shape LIKE 'exact%') AS b USING (h);

DROP SCHEMA test_rtt_histogram CASCADE;
