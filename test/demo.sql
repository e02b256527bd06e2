/*
 * demo.sql
 *		From an audit table to one Party's figures beside the industry's.
 *
 * In an empty database of a server that has pmr_metrics installed:
 *
 *		audit_table > DIR/sr_log.csv
 *		audit_table --participants > DIR/participant.csv
 *		psql -X -q -v csv_dir=DIR [-v party=DUNM] -f test/demo.sql
 *
 * psql reads the two files itself, so the server need not see them; since
 * \copy takes no variables, this script changes into DIR first (\cd does).
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

CREATE EXTENSION pmr_metrics;
\ir data/audit_table.sql

\cd :csv_dir
\copy audit.participant FROM 'participant.csv' WITH (FORMAT csv, HEADER)
\copy audit.sr_log FROM 'sr_log.csv' WITH (FORMAT csv, HEADER)

/*
 * The rules, written down once:
 *
 * - one row per request: a pre-command (4) is the first half of a critical
 *   one, and commands for local delivery (2, 6) never cross the network;
 * - an acknowledgement or "no response" is no answer, a rejection is one;
 * - a firmware image (11.1) that was not rejected is answered when the last
 *   Communications Hub Function has it;
 * - a future-dated or scheduled request starts at its execution time, but one
 *   that was rejected before that never got there: it starts at its sending.
 */
CREATE VIEW audit.service_request AS
SELECT	supplier_code AS party, srv_code AS srv, run_mode AS mode,
		body_variant AS qualifier, process_hint AS business_process,
		generation_code AS device_generation, device_kind AS device_type,
		maker, model_no AS model, fw AS firmware, csp_region AS region,
		orchestrated_by AS orchestration, result_code, sent_at,
		CASE WHEN run_mode IN ('future_dated', 'dcc_scheduled')
				  AND (answered_at < execute_at) IS NOT TRUE
			 THEN execute_at
			 ELSE sent_at
		END AS started_at,
		answered_at
FROM	(SELECT	*,
				CASE WHEN srv_code = '11.1' AND result_code IN ('I0', 'I99')
					 THEN delivered_all_at
					 ELSE pmr.answered_at(response_at, result_code, run_mode)
				END AS answered_at
		 FROM	audit.sr_log
		 WHERE	(cmd_variant IN (2, 4, 6)) IS NOT TRUE) AS r;

INSERT INTO pmr.party (party, name, supplier_group, category)
SELECT code, name, supplier_group, category FROM audit.participant;

VACUUM ANALYZE audit.sr_log;

/* The extract ends with its last month; a target that runs on is pending. */
SELECT	date_trunc('month', max(sent_at)) + interval '1 month' AS as_of
FROM	audit.sr_log
\gset

\echo
\echo '=== The audit table: GENERATED data. No real Party, Device or network behaves like this. ==='
\echo
SELECT	to_char(min(sent_at), 'YYYY-MM-DD HH24:MI') AS first_sent,
		to_char(max(sent_at), 'YYYY-MM-DD HH24:MI') AS last_sent,
		count(*) AS rows,
		count(*) FILTER (WHERE cmd_variant IN (2, 4, 6)) AS not_counted,
		count(DISTINCT srv_code) AS srvs
FROM	audit.sr_log;

SELECT	p.category, count(*) AS parties,
		count(DISTINCT p.supplier_group) AS groups,
		sum(r.requests) AS requests,
		round(100 * sum(r.requests) / sum(sum(r.requests)) OVER (), 1)
			AS "share %",
		round(100 * max(r.requests) / sum(sum(r.requests)) OVER (), 1)
			AS "largest %"
FROM	pmr.party AS p
		JOIN (SELECT party, count(*) AS requests
			  FROM audit.service_request GROUP BY party) AS r USING (party)
GROUP BY p.category
ORDER BY requests DESC;

\echo '=== Assumptions in force: the figures rest on them. SELECT * FROM pmr.assumption shows each. ==='
\echo
SELECT count(*) AS assumptions FROM pmr.assumption;

SELECT	name || ' (' || category || ')' AS party_name
FROM	pmr.party
WHERE	party = :'party'
\gset
\echo '===' :party_name 'beside all Parties, by the rows of SEC H13.1A ==='
\echo
\echo 'met: % of the requests that were answered within their target, where it has passed by'
\echo :as_of'. p50, p95: seconds to the answer, of the answered. own: the Party, all: every Party.'
\echo 'A request of an SRV that several processes share counts in the one that it names, or in each.'
\echo
WITH request AS (
	SELECT	b.report_row, r.*, r.party = :'party' AS own
	FROM	audit.service_request AS r
			JOIN pmr.business_process_srv AS b
			ON b.srv = r.srv
			   AND b.qualifier IN ('', r.qualifier)
			   AND b.business_process =
				   coalesce(r.business_process, b.business_process)
	WHERE	r.mode IS NOT NULL
), figure AS (
	SELECT	report_row, mode,
			count(*) FILTER (WHERE own) AS requests,
			pmr.srv_target_met(srv, mode, started_at, answered_at,
							   device_generation, :'as_of'::timestamptz)
				FILTER (WHERE own) AS own_met_pct,
			pmr.srv_target_met(srv, mode, started_at, answered_at,
							   device_generation, :'as_of'::timestamptz)
				AS all_met_pct,
			pmr.rtt_percentiles(started_at, answered_at, '{0.5,0.95}')
				FILTER (WHERE own) AS own_s,
			pmr.rtt_percentiles(started_at, answered_at, '{0.5,0.95}') AS all_s
	FROM	request
	GROUP BY report_row, mode
), line AS (
	SELECT	report_order, 0 AS report_row, NULL AS mode, name AS "SRV",
			NULL::bigint AS requests,
			NULL::float8 AS own_met_pct, NULL::float8 AS all_met_pct,
			NULL::float8[] AS own_s, NULL::float8[] AS all_s
	FROM	pmr.business_process
	UNION ALL
	SELECT	b.report_order, s.report_row, f.mode,
			'  ' || rpad(s.srv, 7) || s.qualifier,
			coalesce(f.requests, 0),
			f.own_met_pct, f.all_met_pct,
			f.own_s, f.all_s
	FROM	pmr.business_process_srv AS s
			JOIN pmr.business_process AS b USING (business_process)
			LEFT JOIN figure AS f USING (report_row)
)
SELECT	"SRV", mode, requests,
		round(own_met_pct::numeric, 1) AS "met own",
		round(all_met_pct::numeric, 1) AS "met all",
		round(own_s[1]::numeric, 1) AS "p50 own",
		round(all_s[1]::numeric, 1) AS "p50 all",
		round(own_s[2]::numeric, 1) AS "p95 own",
		round(all_s[2]::numeric, 1) AS "p95 all"
FROM	line
ORDER BY report_order, report_row,
		array_position('{on_demand,future_dated,dcc_scheduled,non_device}',
					   mode);

SELECT	CASE
			WHEN mode IS NULL THEN 'mode unknown'
			WHEN NOT EXISTS (SELECT FROM pmr.business_process_srv AS b
							 WHERE b.srv = r.srv) THEN 'SRV not in H13.1A'
			WHEN qualifier IS NULL THEN 'qualifier unknown'
			ELSE 'other qualifier'
		END AS "In none of these rows",
		sum(requests) FILTER (WHERE party = :'party') AS "requests own",
		sum(requests) AS "requests all"
FROM	(SELECT	party, srv, mode, qualifier, count(*) AS requests
		 FROM	audit.service_request
		 GROUP BY party, srv, mode, qualifier) AS r
WHERE	mode IS NULL
		OR NOT EXISTS (SELECT FROM pmr.business_process_srv AS b
					   WHERE b.srv = r.srv AND b.qualifier IN ('', r.qualifier))
GROUP BY 1
ORDER BY 3 DESC;

\echo '=== Is a firmware to blame? On-demand requests of all Parties to SMETS2 electricity meters ==='
\echo
SELECT	maker, model, firmware, count(*) AS requests,
		round(100.0 * (count(*) - count(answered_at)) / count(*), 1)
			AS "unanswered %",
		round(pmr.srv_target_met(srv, mode, started_at, answered_at,
								 device_generation, :'as_of'::timestamptz)
			  ::numeric, 1) AS "met %",
		round(pmr.rtt_percentile(started_at, answered_at, 0.5)
			  ::numeric, 1) AS p50_s,
		round(pmr.rtt_percentile(started_at, answered_at, 0.95)
			  ::numeric, 1) AS p95_s
FROM	audit.service_request
WHERE	device_type = 'ESME'
		AND device_generation = 'smets2'
		AND mode = 'on_demand'
GROUP BY maker, model, firmware
ORDER BY "met %", maker, model, firmware;

\echo '=== Or where, or how requests were run? The same requests,' :party_name 'and others ==='
\echo
SELECT	factor, value,
		count(*) FILTER (WHERE own) AS requests,
		round(pmr.srv_target_met(srv, mode, started_at, answered_at,
								 device_generation, :'as_of'::timestamptz)
			  FILTER (WHERE own)::numeric, 1) AS "met own",
		round(pmr.srv_target_met(srv, mode, started_at, answered_at,
								 device_generation, :'as_of'::timestamptz)
			  FILTER (WHERE NOT own)::numeric, 1) AS "met others",
		round(pmr.rtt_percentile(started_at, answered_at, 0.95)
			  FILTER (WHERE own)::numeric, 1) AS "p95 own",
		round(pmr.rtt_percentile(started_at, answered_at, 0.95)
			  FILTER (WHERE NOT own)::numeric, 1) AS "p95 others"
FROM	(SELECT	*, party = :'party' AS own FROM audit.service_request) AS r,
		LATERAL (VALUES ('region', region),
						('orchestration', orchestration)) AS f (factor, value)
WHERE	device_type = 'ESME'
		AND device_generation = 'smets2'
		AND mode = 'on_demand'
GROUP BY factor, value
ORDER BY factor DESC, "met own" DESC NULLS LAST;

\echo '=== The shape of one SRV: 2.2 (Top Up Device), on demand, all Parties, the answered ==='
\echo
\echo 'Rejections come first, then meters that were awake, then gas meters that woke up later.'
\echo
CREATE TEMPORARY TABLE top_up AS
SELECT	pmr.rtt_sketch(started_at, answered_at) AS rtt
FROM	audit.service_request
WHERE	srv = '2.2' AND mode = 'on_demand';

SELECT	to_char(lower_s, 'FM999990.0') AS "from s",
		to_char(upper_s, 'FM999990.0') AS "to s", requests,
		repeat('#', ceil(80.0 * requests / max(requests) OVER ())::integer)
			AS " "
FROM	top_up, pmr.rtt_histogram(rtt, 16)
ORDER BY lower_s;

SELECT	pmr.rtt_count(rtt) AS answered,
		round(pmr.rtt_share_within(rtt, '20 s')::numeric, 2) AS "within 20 s %",
		round(pmr.rtt_share_within(rtt, '30 s')::numeric, 2) AS "within 30 s %",
		round(pmr.rtt_percentile(rtt, 0.99)::numeric, 1) AS p99_s,
		round(pmr.rtt_error_bound(rtt)::numeric, 3) AS "error bound %",
		pg_column_size(rtt) AS "bytes stored"
FROM	top_up;
