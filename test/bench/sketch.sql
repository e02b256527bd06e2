/*
 * sketch.sql
 *		The size of stored sketches of a day, and the cost of merging them into
 *		months.  Run after measure.sql: -v runs=5.
 */
SET client_min_messages = warning;
SET max_parallel_workers_per_gather = 0;
SET jit = off;
/* enough for hashing, although the planner overestimates the number of groups */
SET work_mem = '4GB';

CREATE TEMPORARY TABLE kind (place integer, name text, make text, merge text, extension text);
INSERT INTO kind VALUES
	(0, 'max(day)', '0', 'max(day)', NULL),
	(1, 'rtt_sketch', 'pmr.rtt_sketch(requested_at, responded_at)', 'pmr.rtt_merge(sketch)', NULL),
	(2, 'tdigest 100', 'tdigest(rtt_s, 100)', 'tdigest(sketch)', 'tdigest'),
	(3, 'ddsketch 0.01', 'ddsketch(rtt_s, 0.01, 2048)', 'ddsketch(sketch)', 'ddsketch');
DELETE FROM kind WHERE extension IS NOT NULL AND extension NOT IN (SELECT extname FROM pg_extension);

/* A table for each kind, so that a query reads only the sketches of its own kind. */
SELECT	format('DROP TABLE IF EXISTS bench.sketch_%s', place),
		format('CREATE TABLE bench.sketch_%s AS SELECT party, srv, (requested_at AT TIME ZONE ''UTC'')::date AS day, count(responded_at) AS answered, %s AS sketch FROM bench.audit GROUP BY 1, 2, 3', place, make),
		format('VACUUM ANALYZE bench.sketch_%s', place)
FROM kind ORDER BY place \gexec

TRUNCATE bench.result;
CREATE PROCEDURE pg_temp.measure(runs integer) LANGUAGE plpgsql AS $$
DECLARE
	k kind;
BEGIN
	FOR run IN 0..runs LOOP
		FOR k IN SELECT * FROM kind ORDER BY place LOOP
			CALL bench.time('months', k.name, run, format('SELECT count(x) FROM (SELECT %s AS x FROM bench.sketch_%s GROUP BY party, srv, extract(month FROM day)) AS s', k.merge, k.place));
		END LOOP;
	END LOOP;
END
$$;
CALL pg_temp.measure(:runs);

\pset title 'sketches of a day: bytes each, with their header'
SELECT	'SELECT ' || string_agg(format('(SELECT round(avg(pg_column_size(sketch)), 1) FROM bench.sketch_%s) AS %I', place, name), ', ' ORDER BY place)
		|| ', (SELECT round(avg(answered), 1) FROM bench.sketch_1) AS times_each, (SELECT count(*) FROM bench.sketch_1) AS sketches,
		(SELECT count(*) FROM bench.sketch_1 WHERE pmr.rtt_error_bound(sketch) > 0) AS not_exact'
FROM	kind WHERE place > 0 \gexec

\pset title 'CPU seconds of merging them into months, medians'
SELECT	name, runs, round(cpu_s::numeric, 3) AS cpu_s
FROM	bench.median JOIN kind ON name = contender
ORDER BY place;
