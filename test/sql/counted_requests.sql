-- The requests behind a figure: as many as it counts, of the same outcomes, and with
-- plain SQL's outcome for each; only for roles that can read the source.
\pset null NULL
\set VERBOSITY terse
CREATE SCHEMA counted_requests;
SET search_path = counted_requests;
\getenv test PG_ABS_SRCDIR
\set include :test '/sql/include/audited.sql'
\i :include

CREATE TABLE counted AS SELECT * FROM pmr.counted_requests('audited', '2025-10-01', '2025-11-30');
-- each request, with its outcome, target and times
SELECT count(*) AS requests, count(*) FILTER (WHERE c.request_id IS NULL OR j.request_id IS NULL) AS missing,
	count(*) FILTER (WHERE (c.party, c.srv, c.mode, c.device_generation, c.qualifier, c.business_process, c.requested_at, c.outcome) IS DISTINCT FROM (j.party, j.srv, j.mode, j.device_generation, j.qualifier, j.business_process, j.requested_at, j.outcome)) AS wrong,
	count(*) FILTER (WHERE (c.started_at, c.answered_at, c.target_s) IS DISTINCT FROM (j.started_at, j.answered_at, CASE WHEN j.started_at IS NOT NULL THEN j.target_s END)) AS wrong_times,
	count(*) FILTER (WHERE c.rtt_s IS DISTINCT FROM CASE WHEN j.started_at IS NOT NULL THEN j.rtt_s END) AS wrong_rtt, count(*) FILTER (WHERE c.response_class IS DISTINCT FROM j.class) AS wrong_class
FROM counted AS c FULL JOIN judged AS j USING (request_id);
SELECT outcome, reason, count(*) FROM counted GROUP BY outcome, reason ORDER BY outcome COLLATE "C", reason COLLATE "C";
-- unanswered ones first, then the slowest
SELECT count(*) FILTER (WHERE is_answered < before OR rtt_s > rtt_before) AS wrong
FROM (SELECT answered_at IS NOT NULL AS is_answered, lag(answered_at IS NOT NULL) OVER w AS before, rtt_s, lag(rtt_s) OVER w AS rtt_before FROM (SELECT *, row_number() OVER () AS i FROM counted) AS c WINDOW w AS (ORDER BY i)) AS o;

--
-- The numbers agree with the views
--

CREATE VIEW views AS
SELECT 'party_performance' AS view, party, month, month AS from_day, (month + interval '1 month - 1 day')::date AS to_day, srv, mode, NULL AS factor, NULL AS value, NULL AS business_process, requests, met, missed, pending, not_measured, invalid, answered, success FROM pmr.party_performance WHERE source = 'audited'
UNION ALL SELECT 'factor_performance', party, month, month, (month + interval '1 month - 1 day')::date, srv, mode, factor, value, NULL, requests, met, missed, pending, not_measured, invalid, answered, success FROM pmr.factor_performance WHERE source = 'audited' AND party IN ('B', '')
UNION ALL SELECT 'performance', party, NULL, '2025-10-20', '2025-11-03', srv, mode, NULL, NULL, NULL, requests, met, missed, pending, not_measured, invalid, answered, success FROM pmr.performance('2025-10-20', '2025-11-03') WHERE source = 'audited'
UNION ALL SELECT 'trend', party, NULL, period, period, NULL, mode, NULL, NULL, NULL, requests, met, missed, pending, not_measured, invalid, answered, success FROM pmr.trend('day', '2025-10-25', '2025-10-27', 'party') WHERE source = 'audited'
UNION ALL SELECT 'trend of processes', party, NULL, period, period + 6, NULL, mode, NULL, NULL, business_process, requests, met, missed, pending, not_measured, invalid, answered, success FROM pmr.trend('week', '2025-10-27', '2025-11-09', 'process') WHERE source = 'audited' AND party = 'C';
SELECT v.view, count(*) AS figures, count(*) FILTER (WHERE (v.requests, v.met, v.missed, v.pending, v.not_measured, v.invalid, v.answered, v.success) IS DISTINCT FROM (c.requests, c.met, c.missed, c.pending, c.not_measured, c.invalid, c.answered, c.success)) AS wrong
FROM views AS v, LATERAL (
	SELECT count(*) AS requests, count(*) FILTER (WHERE outcome = 'met') AS met, count(*) FILTER (WHERE outcome = 'missed') AS missed, count(*) FILTER (WHERE outcome = 'pending') AS pending,
		count(*) FILTER (WHERE outcome = 'not_measured') AS not_measured, count(*) FILTER (WHERE outcome = 'invalid') AS invalid,
		count(answered_at) FILTER (WHERE outcome IN ('met', 'missed', 'not_measured')) AS answered, count(answered_at) FILTER (WHERE outcome IN ('met', 'missed', 'not_measured') AND response_class = 'success') AS success
	FROM pmr.counted_requests('audited', v.from_day, v.to_day, v.party, v.srv, v.mode, v.factor, v.value, v.business_process)) AS c
GROUP BY v.view ORDER BY v.view COLLATE "C";

--
-- Why a request is not measured
--

-- what is not known is a reason only if a target of the SRV and mode depends on it
CREATE VIEW unknown AS SELECT 'A' AS party, srv, mode, device_generation, user_role, '2025-10-20 12:00+00'::timestamptz AS requested_at, NULL::timestamptz AS responded_at, '2025-10-20 12:00+00'::timestamptz AS due_at
FROM unnest('{1.1.1,4.1.1,4.8.1,7.1}'::text[]) AS srv, unnest('{on_demand,dcc_scheduled,non_device}'::text[]) AS mode, unnest('{smets1,NULL}'::text[]) AS device_generation, unnest('{IS,NULL}'::text[]) AS user_role;
SELECT pmr.add_source('unknown', 'unknown');
SELECT pmr.refresh_month(pmr.requesting_role(), 'unknown', '2025-10-01', :'as_of');
SELECT srv, mode, device_generation AS generation, reason, count(*) FROM pmr.counted_requests('unknown', '2025-10-20', '2025-10-20') WHERE outcome = 'not_measured'
GROUP BY srv, mode, device_generation, reason ORDER BY srv COLLATE "C", mode COLLATE "C", device_generation COLLATE "C", reason COLLATE "C";
SELECT pmr.drop_source('unknown');

--
-- Copies; names that the rollups change; what has changed since the rollup
--

CREATE TABLE odd AS SELECT CASE WHEN request_id IN ('R-1', 'R-2', 'R-3', 'R-4') THEN '*' ELSE repeat('party', 50) END AS party, srv, 'on_demand' AS mode, requested_at, responded_at, request_id, repeat('v', 300) AS firmware
FROM audit AS a WHERE mode = 'on_demand' AND requested_at < '2025-10-20' AND length(request_id) <= 5;
INSERT INTO odd SELECT party, srv, mode, requested_at + interval '1 min', NULL, request_id, firmware FROM odd WHERE request_id ~ '[05]$';
SELECT pmr.add_source('odd', 'odd', '{firmware}', 'Europe/London', count_copies => false);
SELECT pmr.refresh_month(pmr.requesting_role(), 'odd', '2025-10-01', :'as_of') > 0 AS done;
SELECT p.party ~ '~' AS long, sum(p.requests) = max(c.n) AS all_of_them FROM pmr.factor_performance AS p, LATERAL (SELECT count(*) AS n FROM pmr.counted_requests('odd', '2025-10-01', '2025-10-31', p.party, of_factor => p.factor, of_value => p.value)) AS c
WHERE p.source = 'odd' GROUP BY p.party ORDER BY 1;
INSERT INTO odd SELECT party, srv, mode, requested_at, NULL, 'new', firmware FROM odd LIMIT 1;
SELECT count(*) - (SELECT sum(requests) FROM pmr.party_performance WHERE source = 'odd') AS more FROM pmr.counted_requests('odd', '2025-10-01', '2025-10-31');
DELETE FROM odd WHERE request_id = 'new';
INSERT INTO pmr.target_response_time (srv, mode, target, source) VALUES ('2.2', 'on_demand', '1 s', 'test');
SELECT pmr.refresh_month(pmr.requesting_role(), 'odd', '2025-10-01', :'as_of') > 0 AS done;
UPDATE pmr.rollup_month SET settled = true WHERE source = 'odd';
DELETE FROM pmr.target_response_time WHERE NOT builtin;
SELECT count(*) > 0 AS some FROM pmr.counted_requests('odd', '2025-10-01', '2025-10-31');
SELECT pmr.drop_source('odd');

--
-- Arguments, and who may call it
--

SELECT err(format('SELECT * FROM pmr.counted_requests(%s)', args)) FROM unnest(ARRAY[$$'none', '2025-10-01', '2025-10-31'$$, $$NULL, '2025-10-01', '2025-10-31'$$, $$'audited', NULL, '2025-10-31'$$, $$'audited', '2025-10-31', '2025-10-01'$$, $$'audited', '2025-10-01', 'infinity'$$,
	$$'audited', '2024-10-01', '2025-09-30'$$, $$'audited', '2025-10-01', '2025-10-31', of_factor => 'region', of_value => ''$$, $$'audited', '2025-10-01', '2025-10-31', of_factor => 'firmware'$$]) AS args;
CREATE ROLE regress_counted_a;
CREATE ROLE regress_counted_all;
CREATE ROLE regress_counted_dba;
CREATE ROLE regress_counted_owner;
INSERT INTO pmr.party_access VALUES ('regress_counted_a', 'A'), ('regress_counted_all', '*');
SELECT pmr.allow_refresh('regress_counted_dba');
GRANT USAGE ON SCHEMA counted_requests TO PUBLIC;
GRANT SELECT ON audit TO PUBLIC;
ALTER TABLE audit OWNER TO regress_counted_owner;
SET ROLE regress_counted_a;
SELECT counted_requests.err($$SELECT count(*) FROM pmr.counted_requests('audited', '2025-10-01', '2025-10-31', 'A')$$), counted_requests.err($$SELECT count(*) FROM pmr.counted_requests_of(pmr.requesting_role(), 'audited', '2025-10-01', '2025-10-31', 'A', NULL, NULL, NULL, NULL, NULL)$$);
SET ROLE regress_counted_all;
SELECT counted_requests.err($$SELECT count(*) FROM pmr.counted_requests('audited', '2025-10-01', '2025-10-31')$$);
-- a role that refreshes, but cannot read the source with its owner's privileges
SET ROLE regress_counted_dba;
SELECT counted_requests.err($$SELECT count(*) FROM pmr.counted_requests('audited', '2025-10-01', '2025-10-31')$$);
RESET ROLE;
GRANT regress_counted_owner TO regress_counted_dba;
SET ROLE regress_counted_dba;
SELECT count(*) > 1000 AS some FROM pmr.counted_requests('audited', '2025-10-01', '2025-10-31');
RESET ROLE;

DELETE FROM pmr.party_access WHERE role_name LIKE 'regress_counted%';
SELECT pmr.drop_source('audited');
ALTER TABLE audit OWNER TO CURRENT_USER;
DROP OWNED BY regress_counted_a, regress_counted_all, regress_counted_dba, regress_counted_owner;
DROP ROLE regress_counted_a, regress_counted_all, regress_counted_dba, regress_counted_owner;
SET client_min_messages = 'error';
DROP SCHEMA counted_requests CASCADE;
