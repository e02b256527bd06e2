/*
 * growth.sql
 *		The tasks to measure at one size, and the bound of each task's private
 *		memory.  Run after measure.sql, with -v rows=N.
 */
SET client_min_messages = warning;

INSERT INTO pmr.party (party, name, supplier_group, category)
SELECT DISTINCT party, party, party, 'Large Supplier' FROM bench.audit;

/* With request ids, so that a refresh looks for duplicates. */
CREATE VIEW bench.audit_with_id AS
SELECT *, '90-B3-D5-1F-30-01-00-00:' || requested_at AS request_id FROM bench.audit;

CREATE TABLE bench.task (
	place		integer GENERATED ALWAYS AS IDENTITY,
	name		text NOT NULL,
	most_kb		integer NOT NULL,
	rows		bigint NOT NULL,		-- rows that the task reads
	statement	text NOT NULL
);

/*
 * 1,800 groups.  A sketch has at most about 60 kB, plus half of that for
 * fragmentation; counts need next to nothing.  Exact percentiles keep every
 * time in 8 bytes, in arrays that may be half empty.  32 MB are for the executor.
 */
INSERT INTO bench.task (name, most_kb, rows, statement)
SELECT	c.name, 32 * 1024 + limits.kb, :rows, bench.query('1,800', c.expression)
FROM	(VALUES
			('max(responded_at)', 0),
			('rtt_sketch', 1800 * 96),
			('rtt_percentiles', :rows / 1024 * 16),
			('srv_target_met', 0)) AS limits (name, kb)
JOIN	bench.contender AS c USING (name)
ORDER BY c.place;

/*
 * A refresh keeps the groups of a slice, or the request ids, in
 * hash_mem_multiplier times work_mem (512 MB), and the results of all groups in
 * three times work_mem (256 MB each).  Publishing and views read the rollups of a
 * month, whose size is bounded.
 */
SELECT count(*) AS month_rows FROM bench.audit WHERE requested_at >= '2026-08-01' AND requested_at < '2026-09-01' \gset
INSERT INTO bench.task (name, most_kb, rows, statement) VALUES
	('refresh, all months', 1280 * 1024, :rows, $$SELECT pmr.add_source('bench', 'bench.audit', factors => '{firmware,region,device_type,orchestration}'); CALL pmr.refresh('bench')$$),
	('refresh, one month', 1280 * 1024, :month_rows, $$CALL pmr.refresh('bench', '2026-08-15', '2026-08-15')$$),
	('publish', 768 * 1024, :month_rows, $$CALL pmr.publish('bench', '2026-07-01')$$),
	('party_comparison', 256 * 1024, :month_rows, $$SELECT * FROM pmr.party_comparison WHERE party = 'P07' AND month = '2026-07-01'$$),
	('report, a Party', 256 * 1024, :month_rows, $$SELECT * FROM pmr.performance_report WHERE party = 'P07' AND month = '2026-07-01'$$),
	('report, all Parties', 256 * 1024, :month_rows, $$SELECT * FROM pmr.performance_report WHERE party = '*' AND month = '2026-07-01'$$),
	('diagnose', 256 * 1024, :month_rows, $$SELECT * FROM pmr.diagnose('P07', '2026-07-01', '2026-07-31', 'bench')$$),
	('refresh, one month, ids', 1280 * 1024, :month_rows, $$SELECT pmr.add_source('ids', 'bench.audit_with_id', factors => '{firmware,region,device_type,orchestration}'); CALL pmr.refresh('ids', '2026-08-15', '2026-08-15')$$);

/* The size of a source's rows and rollups. */
CREATE VIEW bench.size AS
SELECT	pg_table_size('bench.audit') AS audit, pg_indexes_size('bench.audit') AS audit_index,
		(SELECT count(*) FROM pmr.rollup WHERE source = 'bench') AS rollup_rows,
		(SELECT avg(pg_column_size(rtt)) FROM pmr.rollup WHERE source = 'bench') AS sketch,
		pg_total_relation_size('pmr.rollup_stratum') AS rollup;
