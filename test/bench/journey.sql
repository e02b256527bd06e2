/*
 * journey.sql
 *		CPU time of journeys of a table of half as many rows, ten of each Device,
 *		and of window functions that compute the journeys of one process: cut by
 *		the gap alone, with attempts, successes and times of each step.  Run after
 *		measure.sql: -v rows=20000000 -v runs=5.
 */
SET client_min_messages = warning;
SET max_parallel_workers_per_gather = 0;
SET jit = off;
SET work_mem = '1GB';
TRUNCATE bench.result;

DROP TABLE IF EXISTS bench.step;
CREATE UNLOGGED TABLE bench.step AS
SELECT	'P' || device % 20 AS party, format('00-DB-12-34-56-%s', device) AS device_id, srv, requested_at, request_id,
		CASE WHEN hash_1 & 31 > 0 THEN requested_at + (hash_1 & 33554431) * interval '1 us' END AS responded_at,
		CASE WHEN hash_2 & 15 > 0 THEN 'success' ELSE 'failed' END AS response_class
FROM	generate_series(1, :rows / 20) AS device,
		unnest('{8.11,8.1.1,8.1.1,6.20.1,1.1.1,6.8,6.23,1.1.1,4.8.1,6.8}'::text[]) WITH ORDINALITY AS s (srv, i),
		LATERAL (SELECT format('90-B3-D5-1F-30-01-00-00:00-DB-12-34-56-%s:%s', device, i) AS request_id,
				hashint8extended(device, i) AS hash_1, hashint8extended(device, -i) AS hash_2) AS h,
		LATERAL (SELECT timestamptz '2026-10-01 00:00+00' + device % 30 * interval '1 day' + i * interval '40 s' AS requested_at) AS t;
VACUUM ANALYZE bench.step;

CREATE TEMPORARY TABLE task (place integer, contender text, query text);
INSERT INTO task VALUES
	(1, 'max(responded_at)', 'SELECT count(m) FROM (SELECT max(responded_at) AS m FROM bench.step GROUP BY party, device_id) AS s'),
	(2, 'journeys', $$
SELECT	count(j), count(*) FILTER (WHERE outcome = 'completed')
FROM	(SELECT pmr.journey_state(srv, NULL, NULL, requested_at, responded_at, response_class, request_id, NULL) AS state
		 FROM bench.step GROUP BY party, device_id) AS s,
		pmr.journeys(s.state, ARRAY(SELECT c FROM pmr.current_journey_step AS c)) AS j$$),
	(3, 'window functions', $$
WITH once AS (
	SELECT	DISTINCT ON (party, device_id, request_id) *, responded_at IS NOT NULL AND response_class = 'success' AS ok
	FROM	bench.step JOIN pmr.current_journey_step AS s USING (srv)
	WHERE	business_process = 'install_and_commission' AND model = 'draft'
	ORDER	BY party, device_id, request_id, requested_at
), marked AS (
	SELECT	*, coalesce(requested_at - lag(requested_at) OVER w > gap, true) AS begins_journey
	FROM	once WINDOW w AS (PARTITION BY party, device_id ORDER BY requested_at)
), numbered AS (
	SELECT	*, count(*) FILTER (WHERE begins_journey) OVER (PARTITION BY party, device_id ORDER BY requested_at) AS journey
	FROM	marked
), tried AS (
	SELECT	*, min(requested_at) FILTER (WHERE ok) OVER (PARTITION BY party, device_id, journey, srv) AS ok_at
	FROM	numbered
), step AS (
	SELECT	party, device_id, journey, srv, required, min(requested_at) AS first, count(*) AS requests,
			count(*) FILTER (WHERE requested_at <= coalesce(ok_at, requested_at)) AS attempts,
			min(responded_at) FILTER (WHERE requested_at = ok_at) AS succeeded_at
	FROM	tried GROUP BY party, device_id, journey, srv, required
), journey AS (
	SELECT	min(first) AS started_at, max(succeeded_at) AS ended_at, sum(requests) AS requests, bool_and(succeeded_at IS NOT NULL OR NOT required) AS completed,
			array_agg(srv ORDER BY first) AS steps_tried, array_agg(attempts ORDER BY first) AS attempts
	FROM	step GROUP BY party, device_id, journey
)
SELECT count(j), count(*) FILTER (WHERE completed) FROM journey AS j$$);

CREATE PROCEDURE pg_temp.measure(runs integer) LANGUAGE plpgsql AS $$
DECLARE
	t task;
BEGIN
	FOR run IN 0..runs LOOP
		FOR t IN SELECT * FROM task ORDER BY place LOOP
			CALL bench.time('Devices', t.contender, run, t.query);
		END LOOP;
	END LOOP;
END
$$;
CALL pg_temp.measure(:runs);

\pset title 'CPU seconds, medians; nanoseconds a row above max(responded_at), and times as long as journeys'
SELECT	contender, runs, round(m.cpu_s::numeric, 2) AS cpu_s,
		round(((m.cpu_s - base.cpu_s) * 1e9 / (SELECT count(*) FROM bench.step))::numeric) AS ns_a_row,
		round((m.cpu_s / nullif(ours.cpu_s, 0))::numeric, 1) AS times
FROM	bench.median AS m JOIN task USING (contender),
		(SELECT cpu_s FROM bench.median WHERE contender = 'max(responded_at)') AS base,
		(SELECT cpu_s FROM bench.median WHERE contender = 'journeys') AS ours
ORDER BY place;
