/*
 * demo.sql
 *		From an audit table to one Party's report: three statements register and
 *		roll up the table, then queries show what the views contain.
 *
 * In an empty database of a server that has pmr_metrics installed:
 *
 *		audit_table > DIR/sr_log.csv
 *		audit_table --participants > DIR/participant.csv
 *		psql -X -q -v csv_dir=DIR [-v party=DUNM] -f test/demo.sql
 *
 * psql reads the two files, so the server needs no access to them. \copy does not
 * expand variables, so this script first changes into DIR with \cd.
 */
\set ON_ERROR_STOP on
\if :{?csv_dir}
\else
	DO $$ BEGIN
		RAISE 'csv_dir is not set'
			USING HINT = 'Run psql -v csv_dir=DIR -f demo.sql.';
	END $$;
\endif
\if :{?party}
\else
	\set party DUNM
\endif

SET timezone = 'UTC';
SET client_min_messages = warning;
\pset border 0
\pset footer off
/* in this style no mark shows that a cell goes on in the next line */
\pset linestyle old-ascii

CREATE EXTENSION pmr_metrics;
\ir data/audit_table.sql

\warn load the rows
\cd :csv_dir
\copy audit.participant FROM 'participant.csv' WITH (FORMAT csv, HEADER)
\copy audit.sr_log FROM 'sr_log.csv' WITH (FORMAT csv, HEADER)

SELECT	date_trunc('month', max(sent_at))::date AS month FROM audit.sr_log \gset
INSERT INTO pmr.party (party, name, supplier_group, category)
SELECT code, name, supplier_group, category FROM audit.participant;
VACUUM ANALYZE audit.sr_log;

\echo
\echo '=== The audit table: GENERATED data. No real Party, Device or network behaves like this. ==='
\echo
SELECT	to_char(min(sent_at), 'YYYY-MM-DD HH24:MI') AS first_sent,
		to_char(max(sent_at), 'YYYY-MM-DD HH24:MI') AS last_sent,
		count(*) AS rows, count(DISTINCT supplier_code) AS parties,
		count(DISTINCT srv_code) AS srvs
FROM	audit.sr_log;

/*
 * Statement one: a view that gives the columns their canonical names.  The
 * extension has the rules by which a row becomes a request: pre-commands and
 * local commands are counted apart, an acknowledgement is not an answer, and a
 * future-dated request starts when it is due.
 */
CREATE VIEW audit.service_request AS
SELECT	supplier_code AS party, srv_code AS srv, run_mode AS mode,
		sent_at AS requested_at, response_at AS responded_at,
		result_code AS response_code, generation_code AS device_generation,
		body_variant AS qualifier, process_hint AS business_process,
		execute_at AS due_at, delivered_all_at AS delivered_at,
		sr_id AS request_id, cmd_variant AS command_variant,
		user_role_code AS user_role, payload_ok AS message_success,
		exec_reported_at AS executed_at, exec_ok AS execution_success,
		exec_done AS instructions_done, exec_total AS instructions_total,
		withdrawn_at AS cancelled_at,
		maker || ' ' || model_no AS model, fw AS firmware, csp_region AS region,
		orchestrated_by AS orchestration
FROM	audit.sr_log;

/* Statements two and three: register the view as a source, and refresh it. */
\echo '=== add_source, refresh ==='
\echo
\warn refresh and publish
SELECT pmr.add_source('demo', 'audit.service_request',
					  factors => '{model,firmware,region,orchestration}') \g /dev/null
CALL pmr.refresh('demo');
CALL pmr.publish('demo', :'month');
SELECT	m.source, to_char(m.month, 'YYYY-MM') AS month, m.rows_read, m.requests,
		CASE WHEN m.settled THEN 'final' ELSE 'provisional' END AS status,
		round(extract(epoch FROM l.finished_at - l.started_at), 1) AS refresh_s,
		pg_size_pretty(pg_table_size('audit.sr_log')) AS audit_table,
		pg_size_pretty(pg_total_relation_size('pmr.rollup_stratum')) AS rollup
FROM	pmr.rollup_month AS m JOIN pmr.refresh_log AS l USING (source);

\warn report
\echo '=== Problems in the rows, which do not stop a refresh. SELECT * FROM pmr.check_source(...) ==='
\echo
SELECT	problem, value, rows, remedy
FROM	pmr.check_source('demo', :'month', (:'month'::date + interval '1 month - 1 day')::date);

\echo '=== Number of assumptions on which the figures rest. SELECT * FROM pmr.assumption shows each. ==='
\echo
SELECT reference_table, count(*) AS assumed FROM pmr.assumption GROUP BY 1 ORDER BY 1;

/* From here on as a role that can see one Party. */
INSERT INTO pmr.party_access (role_name, party) VALUES ('demo_reader', :'party');
CREATE ROLE demo_reader;
SET ROLE demo_reader;

\echo '=== The report, for a role that can see only Party' :party'. SELECT * FROM pmr.performance_report ==='
\echo
\echo 'met: percentage of measured requests that met their target. success: percentage answered with success.'
\echo 'Half of the answered requests were answered within p50_s seconds, and 95 % within p95_s.'
\echo
/* Long names continue in a second line, from a space on. */
SELECT	regexp_replace(item, '^(?=.{48})(.{1,47}) ', E'\\1\n         ') AS item,
		mode, requests, target_met_pct AS met, success_pct AS success,
		round(p50_s::numeric, (p50_s < 100)::integer) AS p50_s,
		round(p95_s::numeric, (p95_s < 100)::integer) AS p95_s
FROM	pmr.performance_report
WHERE	party = :'party' AND month = :'month'
ORDER BY line;

\echo '=== Comparison with other Parties, also at the same mix of requests. SELECT * FROM pmr.party_comparison ==='
\echo
SELECT	srv, mode, measured, own_met_pct AS own, category_met_pct AS category,
		industry_met_pct AS industry, expected_met_pct AS "at own mix",
		missed_ratio AS "misses/expected", verdict, median_met_pct AS median,
		rank || ' of ' || ranked AS rank
FROM	pmr.party_comparison
WHERE	party = :'party' AND month = :'month'
ORDER BY srv <> 'all', measured DESC
LIMIT	12;

\echo 'Why cells are blank: the row all never has a category, median or rank. The others are explained by suppressed:'
\echo
SELECT	reason AS suppressed, count(*) AS rows,
		CASE	WHEN reason LIKE 'equal mix%' THEN 'the rest has nothing to be compared with'
				WHEN reason LIKE 'median%' THEN 'too few others have 30 requests'
				ELSE 'the figure could reveal that of one Party' END AS meaning
FROM	pmr.party_comparison,
		regexp_split_to_table(suppressed, '; ') AS reason
WHERE	party = :'party' AND month = :'month'
GROUP BY reason
ORDER BY rows DESC, reason;

\echo '=== Values of factors with more misses than expected from the other values. SELECT * FROM pmr.diagnose(...) ==='
\echo
SELECT	rank, factor, value, requests, missed, expected, excess, z, finding
FROM	pmr.diagnose(:'party', :'month', :'month')
LIMIT	8;

\echo '=== The same values of factors at other Parties. SELECT * FROM pmr.factor_comparison ==='
\echo
SELECT	factor, value, measured, own_met_pct AS own,
		same_value_met_pct AS "others, same", other_values_met_pct AS "others, other",
		verdict, regexp_replace(suppressed, '^(.{1,20}) ', E'\\1\n') AS suppressed
FROM	pmr.factor_comparison
WHERE	party = :'party' AND month = :'month' AND measured > 0
ORDER BY suppressed IS NOT NULL, own_met_pct
LIMIT	8;

/*
 * As the DCC, which can see all Parties.  FENH has a low percentage because it
 * works in the slow region, not because it is worse than others.
 */
RESET ROLE;
DELETE FROM pmr.party_access WHERE role_name = 'demo_reader';
DROP ROLE demo_reader;
\echo '=== For a role that can see all Parties: each Party compared with others at the same mix of requests ==='
\echo
SELECT	c.party, p.category, c.measured, c.own_met_pct AS own, c.industry_met_pct AS industry,
		c.expected_met_pct AS "at own mix", c.excess_pct AS "excess %", c.verdict
FROM	pmr.party_comparison AS c JOIN pmr.party AS p USING (party)
WHERE	c.month = :'month' AND c.srv = 'all' AND c.measured > 0
ORDER BY c.own_met_pct
LIMIT	6;

\echo '=== Histogram of one SRV: 2.2 (Top Up Device), on demand, answered requests of all Parties ==='
\echo
\echo 'The first peak is rejections, the second meters that were awake, the third gas meters that woke up later.'
\echo
CREATE TEMPORARY TABLE top_up AS
SELECT	pmr.rtt_merge(rtt) AS rtt
FROM	pmr.rollup
WHERE	srv = '2.2' AND mode = 'on_demand' AND factor = 'all' AND day IS NULL;

SELECT	to_char(lower_s, 'FM999990.0') AS "from s",
		to_char(upper_s, 'FM999990.0') AS "to s", requests,
		repeat('#', ceil(80.0 * requests / max(requests) OVER ())::integer)
			AS " "
FROM	top_up, pmr.rtt_histogram(rtt, 16)
ORDER BY lower_s;

SELECT	pmr.rtt_count(rtt) AS answered,
		round(pmr.rtt_within_pct(rtt, '20 s')::numeric, 2) AS "within 20 s %",
		round(pmr.rtt_within_pct(rtt, '30 s')::numeric, 2) AS "within 30 s %",
		round(pmr.rtt_percentile(rtt, 0.99)::numeric, 1) AS p99_s,
		round(pmr.rtt_error_bound(rtt)::numeric, 3) AS "error bound %",
		pg_column_size(rtt) AS "bytes stored"
FROM	top_up;
