/*
 * pathological.sql
 *		Times that are expensive to aggregate, compared with ordinary times.  All
 *		are columns of one table, so that each query reads the same.  Run after
 *		measure.sql: -v runs=5.
 */
SET client_min_messages = warning;
SET max_parallel_workers_per_gather = 0;
SET jit = off;
SET work_mem = '256MB';
DROP TABLE IF EXISTS bench.pathological;
CREATE TABLE bench.pathological AS
SELECT	i % 1800 AS g,
		timestamptz '2026-07-01 00:00+00' AS t,
		ordinary,
		timestamptz '2026-07-01 00:00+00' + make_interval(secs => round((1e-6 + 2592000 * ((i * 7368787) % n) / n)::numeric, 6)::float8) AS all_different,
		timestamptz '2026-07-01 00:00:02.5+00' AS all_equal,
		timestamptz '2026-07-01 00:00+00' + i * interval '1 ms' AS sorted_up,
		timestamptz '2026-07-01 00:00+00' + (n - i) * interval '1 ms' AS sorted_down,
		timestamptz '2026-07-01 00:00+00' + make_interval(secs => exp(ln(1e-6) + (ln(2592000) - ln(1e-6)) * ((i * 7368787) % n) / n)) AS every_octave
FROM	(SELECT row_number() OVER () AS i, count(*) OVER () AS n, timestamptz '2026-07-01 00:00+00' + (responded_at - requested_at) AS ordinary FROM bench.audit) AS s;
VACUUM ANALYZE bench.pathological;

CREATE TEMPORARY TABLE shape AS
SELECT * FROM unnest('{ordinary,all_different,all_equal,sorted_up,sorted_down,every_octave}'::text[]) WITH ORDINALITY AS s (shape, place);
TRUNCATE bench.result;
CREATE PROCEDURE pg_temp.measure(runs integer) LANGUAGE plpgsql AS $$
DECLARE
	t record;
BEGIN
	FOR run IN 0..runs LOOP
		FOR t IN
			SELECT shape, aggregate, clause
			FROM shape, unnest('{"max(t)","pmr.rtt_sketch(t, %I)","pmr.rtt_percentiles(t, %I, ''{0.5,0.9,0.95,0.99}'')"}'::text[]) AS aggregate,
				unnest('{"","GROUP BY g"}'::text[]) AS clause
		LOOP
			CALL bench.time(t.clause, split_part(t.aggregate, '(', 1) || ' ' || t.shape, run,
				format('SELECT count(x) FROM (SELECT ' || t.aggregate || ' AS x FROM bench.pathological %2$s) AS s', t.shape, t.clause));
		END LOOP;
	END LOOP;
END
$$;
CALL pg_temp.measure(:runs);

\pset title 'CPU seconds, medians, and their ratio to those of ordinary times; one group, and 1,800'
SELECT	CASE groups WHEN '' THEN '1' ELSE '1,800' END AS groups, shape, split_part(contender, ' ', 1) AS aggregate,
		round(m.cpu_s::numeric, 2) AS cpu_s, round((m.cpu_s / nullif(o.cpu_s, 0))::numeric, 2) AS ratio
FROM	bench.median AS m
JOIN	shape ON shape = split_part(contender, ' ', 2)
JOIN	(SELECT groups, split_part(contender, ' ', 1) AS aggregate, cpu_s FROM bench.median WHERE contender LIKE '% ordinary') AS o
		USING (groups)
WHERE	o.aggregate = split_part(contender, ' ', 1) AND o.aggregate <> 'max'
ORDER BY groups, aggregate DESC, place;
DROP TABLE bench.pathological;
