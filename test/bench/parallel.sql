/*
 * parallel.sql
 *		Wall time with up to two workers, if the planner chooses them, and
 *		without workers.  Run after measure.sql: -v runs=5.
 *
 * Each worker is a new process, which has to map each page of shared buffers
 * that it reads: on some machines that costs more than the aggregation saves.
 * max(responded_at) shows the same effect.
 */
SET client_min_messages = warning;
SET jit = off;
SET work_mem = '256MB';
TRUNCATE bench.result;
SELECT pg_prewarm('bench.audit') \g /dev/null

/* Does the planner choose a parallel plan? */
CREATE FUNCTION pg_temp.is_parallel(query text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
	line text;
	found boolean := false;
BEGIN
	FOR line IN EXECUTE 'EXPLAIN ' || query LOOP
		found := found OR line LIKE '%Gather%';
	END LOOP;
	RETURN found;
END
$$;

CREATE TEMPORARY TABLE task AS
SELECT g.name AS groups, c.name AS contender, c.place, bench.query(g.name, c.expression) AS query, workers, false AS parallel
FROM bench.groups AS g, bench.contender AS c, unnest('{0,2}'::int[]) AS workers
WHERE c.name IN ('max(responded_at)', 'rtt_sketch', 'rtt_percentiles', 'tdigest 100');

CREATE PROCEDURE pg_temp.measure(runs integer) LANGUAGE plpgsql AS $$
DECLARE
	t task;
BEGIN
	FOR run IN 0..runs LOOP
		FOR t IN SELECT * FROM task ORDER BY length(groups), place, workers LOOP
			PERFORM set_config('max_parallel_workers_per_gather', t.workers::text, false);
			UPDATE task SET parallel = pg_temp.is_parallel(query)
			WHERE groups = t.groups AND contender = t.contender AND task.workers = t.workers;
			CALL bench.time(t.groups || '/' || t.workers, t.contender, run, t.query);
		END LOOP;
	END LOOP;
END
$$;
CALL pg_temp.measure(:runs);

\pset title 'wall seconds, medians; the planner chooses'
SELECT	s.groups, s.contender, p.parallel, round(serial.wall_s::numeric, 2) AS serial_s,
		round(workers.wall_s::numeric, 2) AS two_workers_s, round((workers.wall_s / serial.wall_s)::numeric, 2) AS ratio
FROM	task AS s
JOIN	task AS p USING (groups, contender, place)
JOIN	bench.median AS serial ON serial.contender = s.contender AND serial.groups = s.groups || '/0'
JOIN	bench.median AS workers ON workers.contender = s.contender AND workers.groups = s.groups || '/2'
WHERE	s.workers = 0 AND p.workers = 2
ORDER BY length(s.groups), place;
