/*
 * growth_report.sql
 *		Prints what growth.sh has measured, and fails if a bound is exceeded.
 *		-v results=FILE -v sizes=FILE.
 */
SET client_min_messages = warning;
CREATE TEMPORARY TABLE result (
	line	integer GENERATED ALWAYS AS IDENTITY,
	rows	bigint,
	name	text,
	most_kb	bigint,
	of_rows	bigint,
	cpu_s	float8,
	wall_s	float8,
	kb		bigint
);
COPY result (rows, name, most_kb, of_rows, cpu_s, wall_s, kb) FROM :'results' WITH (DELIMITER '|');
CREATE TEMPORARY TABLE size (rows bigint, audit bigint, audit_index bigint, rollup_rows bigint, sketch float8, rollup bigint);
COPY size FROM :'sizes' WITH (DELIMITER '|');

/* growth: the cost per row, divided by the lowest of the smaller sizes. */
CREATE TEMPORARY VIEW cost AS
SELECT	*, ns / min(ns) OVER (PARTITION BY name ORDER BY rows ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS growth
FROM	(SELECT *, 1e9 * cpu_s / of_rows AS ns FROM result) AS r;

\pset title 'CPU nanoseconds per row, growth over smaller sizes, peak private memory and its bound'
SELECT	name, rows, round(cpu_s::numeric, 2) AS cpu_s, round(wall_s::numeric, 2) AS wall_s, round(ns) AS ns_a_row,
		round(growth::numeric, 2) AS growth, kb / 1024 AS peak_mb, most_kb / 1024 AS bound_mb
FROM	cost
ORDER BY min(line) OVER (PARTITION BY name), rows;

\pset title 'bytes of the audit table, of its rollup, and of a sketch'
SELECT	rows, round(audit::numeric / rows, 1) AS a_row, round(audit_index::numeric / rows, 1) AS index_a_row,
		rollup_rows, round(rollup::numeric / rollup_rows) AS a_rollup_row, round(sketch) AS a_sketch,
		pg_size_pretty(rollup) AS rollup, round(100.0 * rollup / audit, 1) AS rollup_pct
FROM	size
ORDER BY rows;

/*
 * A factor of two allows for steps: the table outgrows shared buffers, a group the
 * caches, a month the memory of one part.  A cost per row that grows with the
 * rows of a group would rise tenfold with each size.
 */
CREATE TEMPORARY VIEW beyond AS SELECT * FROM cost WHERE growth > 2 OR kb > most_kb;
SELECT count(*) > 0 AS some_beyond FROM beyond \gset
\if :some_beyond
	\pset title 'bounds exceeded'
	SELECT name, rows, round(growth::numeric, 2) AS growth, kb / 1024 AS peak_mb, most_kb / 1024 AS bound_mb FROM beyond ORDER BY line;
	DO $$ BEGIN RAISE 'cost per row or memory exceeds its bound'; END $$;
\endif
