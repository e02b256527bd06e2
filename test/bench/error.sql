/*
 * error.sql
 *		The errors of percentiles against percentile_disc, and the number of
 *		groups whose results change with the plan: over party, srv.  Run after
 *		measure.sql.
 */
SET client_min_messages = warning;
SET jit = off;
SET work_mem = '256MB';
CREATE TEMPORARY TABLE answer (contender text, workers integer, party text, srv text, percentiles_s float8[]);

CREATE PROCEDURE pg_temp.ask() LANGUAGE plpgsql AS $$
DECLARE
	t record;
BEGIN
	FOR t IN
		SELECT c.name, c.expression, workers
		FROM bench.contender AS c, unnest('{0,2}'::int[]) AS workers
		WHERE c.place BETWEEN 3 AND 9 AND NOT (c.slow AND workers > 0)
	LOOP
		PERFORM set_config('max_parallel_workers_per_gather', t.workers::text, false);
		EXECUTE format('CREATE TEMPORARY TABLE one AS SELECT party, srv, %s AS p FROM bench.audit GROUP BY party, srv', t.expression);
		INSERT INTO answer SELECT t.name, t.workers, party, srv, p FROM one;
		DROP TABLE one;
	END LOOP;
END
$$;
CALL pg_temp.ask();

\pset title 'worst group against percentile_disc, %; groups whose answer changes with two workers'
SELECT	c.name AS contender,
		round(100 * max(abs(a.percentiles_s[1] / d.percentiles_s[1] - 1))::numeric, 3) AS p50,
		round(100 * max(abs(a.percentiles_s[2] / d.percentiles_s[2] - 1))::numeric, 3) AS p90,
		round(100 * max(abs(a.percentiles_s[3] / d.percentiles_s[3] - 1))::numeric, 3) AS p95,
		round(100 * max(abs(a.percentiles_s[4] / d.percentiles_s[4] - 1))::numeric, 3) AS p99,
		count(*) FILTER (WHERE a.percentiles_s <> d.percentiles_s) AS not_exact,
		count(w.party) AS asked_twice, count(*) FILTER (WHERE a.percentiles_s <> w.percentiles_s) AS changed, count(*) AS groups
FROM	answer AS a
JOIN	answer AS d ON d.contender = 'percentile_disc' AND d.party = a.party AND d.srv = a.srv
JOIN	bench.contender AS c ON c.name = a.contender
LEFT JOIN answer AS w ON w.contender = a.contender AND w.workers = 2 AND w.party = a.party AND w.srv = a.srv
WHERE	a.workers = 0
GROUP BY c.place, c.name
ORDER BY c.place;
