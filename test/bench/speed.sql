/*
 * speed.sql
 *		CPU time of each contender over each grouping, in turn, warm, serial and
 *		without jit; medians.  Run after measure.sql: -v runs=5.
 */
SET client_min_messages = warning;
SET max_parallel_workers_per_gather = 0;
SET jit = off;
SET work_mem = '256MB';
TRUNCATE bench.result;
SELECT pg_prewarm('bench.audit') \g /dev/null

CALL bench.measure('{1,"1,800"}', '', :runs);
CALL bench.measure('{"162,000"}', '^(?!.*(target|FILTER))', :runs);

\pset title 'CPU seconds, medians; ratio to max(responded_at) with the same GROUP BY, and nanoseconds a row above it'
SELECT	groups, contender, runs, round(m.cpu_s::numeric, 2) AS cpu_s,
		round((m.cpu_s / nullif(base.cpu_s, 0))::numeric, 2) AS ratio,
		round(((m.cpu_s - base.cpu_s) * 1e9 / (SELECT count(*) FROM bench.audit))::numeric, 1) AS ns_a_row
FROM	bench.median AS m
JOIN	(SELECT groups, cpu_s FROM bench.median WHERE contender = 'max(responded_at)') AS base USING (groups)
JOIN	bench.contender AS c ON c.name = m.contender
ORDER BY length(groups), place;

\pset title 'times faster than a peer, whole queries'
SELECT	ours.groups, ours.contender, peer.contender AS peer, round((peer.cpu_s / nullif(ours.cpu_s, 0))::numeric, 1) AS times
FROM	bench.median AS ours
JOIN	bench.median AS peer USING (groups)
JOIN	bench.contender AS c ON c.name = peer.contender
WHERE	ours.contender IN ('rtt_sketch', 'rtt_percentiles') AND c.place BETWEEN 5 AND 9
ORDER BY length(groups), ours.contender DESC, place;
