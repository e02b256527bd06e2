/*
 * audit_table.sql
 *		Creates the table that is measured, of GENERATED data:
 *
 *		psql -v rows=20000000 -f test/bench/audit_table.sql
 *
 * 60 Parties of uneven size, 30 SRVs, 90 days.  RTTs are whole milliseconds:
 * log-normal seconds, with a tail of 2 % up to 24 hours; some SRVs take
 * minutes, some a day; 1 % are not answered.  The factors have 40, 3, 5 and 4
 * values and are independent, which is the worst case for the number of pairs.
 * The seed is fixed, but a row also depends on the number of rows.  The column
 * rtt_s is for contenders that take only a number, so that extract() is not
 * measured with them.
 */
\if :{?rows}
\else
	\set rows 20000000
\endif
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pmr_metrics;
DROP SCHEMA IF EXISTS bench CASCADE;
CREATE SCHEMA bench;
CREATE TABLE bench.audit (
	party			text,
	srv				text,
	mode			text,
	requested_at	timestamptz,
	responded_at	timestamptz,
	rtt_s			double precision,
	response_code	text,
	firmware		text,
	region			text,
	device_type		text,
	orchestration	text
);

SELECT setseed(0.42) \g /dev/null
INSERT INTO bench.audit
SELECT	party, srv, mode, requested_at, responded_at,
		extract(epoch FROM responded_at - requested_at)::float8,
		response_code, firmware, region, device_type, orchestration
FROM	(
SELECT	'P' || lpad((1 + floor(60 * power(random(), 1.5)))::int::text, 2, '0') AS party,
		srvs[s] AS srv,
		CASE WHEN s > 26 THEN 'future_dated' ELSE 'on_demand' END AS mode,
		at AS requested_at,
		CASE WHEN random() >= 0.01 THEN
			at + make_interval(secs => round((CASE
				WHEN random() < 0.02 THEN exp(ln(60) + random() * (ln(86400) - ln(60)))
				ELSE exp(CASE WHEN s > 26 THEN 10.0 WHEN s > 22 THEN 5.5 ELSE 1.2 END
						 + 0.6 * sqrt(-2 * ln(1 - random())) * cos(2 * pi() * random()))
				END)::numeric, 3)::float8)
		END AS responded_at,
		CASE WHEN random() < 0.01 THEN 'E1' ELSE 'I0' END AS response_code,
		'fw' || lpad(floor(40 * random())::int::text, 2, '0') AS firmware,
		(ARRAY['North', 'Central', 'South'])[1 + floor(3 * random())::int] AS region,
		(ARRAY['ESME', 'GSME', 'CHF', 'GPF', 'PPMID'])[1 + floor(5 * random())::int] AS device_type,
		(ARRAY['single', 'sequence', 'bulk', 'scheduled'])[1 + floor(4 * random())::int] AS orchestration
FROM	(SELECT	timestamptz '2026-07-01 00:00+00' + make_interval(secs => 90.0 * 86400 * i / :rows) AS at,
				1 + floor(30 * random())::int AS s
		 FROM	generate_series(0, :rows - 1) AS i) AS request,
		(SELECT	array_agg(srv ORDER BY srv) AS srvs
		 FROM	(SELECT DISTINCT srv FROM pmr.target_response_time ORDER BY srv LIMIT 30) AS t) AS list) AS generated;
CREATE INDEX ON bench.audit (requested_at);
CREATE STATISTICS bench.audit_day ON ((requested_at AT TIME ZONE 'UTC')::date) FROM bench.audit;
VACUUM ANALYZE bench.audit;
