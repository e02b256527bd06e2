/*
 * report.sql
 *		The costs of a refresh and of the report views, compared with plain
 *		queries of the audit rows in the same run: psql -f test/bench/report.sql,
 *		after audit_table.sql.
 *
 * Serial and without jit.  It measures wall time, so nothing else should run on
 * the machine.  Each statement is timed once, after the table was read once.
 */
\set ON_ERROR_STOP on
SET client_min_messages = warning;
SET max_parallel_workers_per_gather = 0;
SET jit = off;
SET timezone = 'UTC';
SET work_mem = '256MB';

SELECT pmr.drop_source(source) FROM pmr.source WHERE source = 'bench' \g /dev/null
SELECT pmr.add_source('bench', 'bench.audit', factors => '{firmware,region,device_type,orchestration}') \g /dev/null
INSERT INTO pmr.party (party, name, supplier_group, category)
SELECT DISTINCT party, party, party, 'Large Supplier' FROM bench.audit
ON CONFLICT DO NOTHING;

CREATE TEMPORARY TABLE cost (step serial, what text, began timestamptz, ended timestamptz);
CREATE PROCEDURE pg_temp.time(what text, query text) LANGUAGE plpgsql AS $$
DECLARE
	began timestamptz := clock_timestamp();
BEGIN
	EXECUTE query;
	INSERT INTO cost (what, began, ended) VALUES (what, began, clock_timestamp());
END
$$;
SELECT count(*) FROM bench.audit \g /dev/null

CALL pg_temp.time('count', 'SELECT count(*) FROM (SELECT count(*) FROM bench.audit GROUP BY party, srv, (requested_at AT TIME ZONE ''UTC'')::date) AS s');
SELECT clock_timestamp() AS began \gset
CALL pmr.refresh('bench');
INSERT INTO cost (what, began, ended) VALUES ('first refresh', :'began', clock_timestamp());
ANALYZE pmr.rollup_stratum, pmr.rollup_month;
CALL pg_temp.time('count', 'SELECT count(*) FROM (SELECT count(*) FROM bench.audit GROUP BY party, srv, (requested_at AT TIME ZONE ''UTC'')::date) AS s');
SELECT clock_timestamp() AS began \gset
CALL pmr.refresh('bench', '2026-09-28', '2026-09-28');
INSERT INTO cost (what, began, ended) VALUES ('refresh of the month of one day', :'began', clock_timestamp());
CALL pmr.publish('bench', '2026-07-01');
CALL pg_temp.time('warm', 'SELECT count(*) FROM pmr.party_comparison WHERE party = ''P07'' AND month = ''2026-07-01''');
CALL pg_temp.time('comparison of a Party''s month, view', 'SELECT * FROM pmr.party_comparison WHERE party = ''P07'' AND month = ''2026-07-01''');
CALL pg_temp.time('the same from audit rows', $$
	SELECT party = 'P07' AS own, srv, mode, count(*),
		pmr.srv_target_met(srv, mode, requested_at, pmr.answered_at(responded_at, response_code, mode)),
		pmr.rtt_percentiles(requested_at, pmr.answered_at(responded_at, response_code, mode), '{0.5,0.95}')
	FROM bench.audit WHERE requested_at >= '2026-07-01' AND requested_at < '2026-08-01' GROUP BY 1, 2, 3$$);
CALL pg_temp.time('performance of a Party''s month, view', 'SELECT * FROM pmr.party_performance WHERE party = ''P07'' AND month = ''2026-07-01''');
CALL pg_temp.time('report of a Party''s month', 'SELECT * FROM pmr.performance_report WHERE party = ''P07'' AND month = ''2026-07-01''');
CALL pg_temp.time('report of all Parties'' month', 'SELECT * FROM pmr.performance_report WHERE party = ''*'' AND month = ''2026-07-01''');
CALL pg_temp.time('diagnosis of a Party''s month', 'SELECT * FROM pmr.diagnose(''P07'', ''2026-07-01'', ''2026-07-31'', ''bench'')');
CALL pg_temp.time('diagnosis of all Parties'' month', 'SELECT * FROM pmr.diagnose(NULL, ''2026-07-01'', ''2026-07-31'', ''bench'')');

SELECT	what, round(extract(epoch FROM ended - began)::numeric, 3) AS seconds,
		round(extract(epoch FROM ended - began) / (SELECT min(extract(epoch FROM ended - began)) FROM cost WHERE what = 'count'), 3) AS of_count
FROM	cost
WHERE	what <> 'warm'
ORDER BY step;

SELECT	pg_size_pretty(pg_table_size('bench.audit')) AS audit_table,
		pg_size_pretty(sum(size)) AS rollup,
		round(100 * sum(size) / pg_table_size('bench.audit'), 1) AS rollup_pct
FROM	(SELECT pg_total_relation_size(t) AS size FROM unnest('{pmr.rollup_stratum,pmr.rollup_month}'::regclass[]) AS t) AS s;
