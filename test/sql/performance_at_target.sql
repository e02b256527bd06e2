-- What would have been met at another target: bounds hold, and are equal to plain SQL
-- over the audit rows where the sketches are exact.
\pset null NULL
\set VERBOSITY terse
CREATE SCHEMA performance_at_target;
SET search_path = performance_at_target;
\getenv test PG_ABS_SRCDIR
\set include :test '/sql/include/audited.sql'
\i :include
INSERT INTO pmr.business_process_srv (business_process, srv, report_row, description, source) VALUES ('prepayment', '2.2', 15, 'also with other qualifiers', 'test');

-- what a row is about
CREATE TABLE about AS
SELECT j.*, b.by, b.business_process AS process, b.about_srv
FROM judged AS j, LATERAL (
	SELECT 'srv' AS by, '' AS business_process, j.srv AS about_srv
	UNION ALL SELECT 'party', '', '*'
	UNION ALL SELECT DISTINCT 'process', s.business_process, '*' FROM pmr.current_business_process_srv AS s
	WHERE s.srv = j.srv AND s.qualifier IN ('', j.qualifier) AND j.business_process IN ('', s.business_process)) AS b;
CREATE FUNCTION expected(target_s float8, from_day date, to_day date, by text)
	RETURNS TABLE (party text, business_process text, srv text, mode text, measured bigint, met bigint, target_met_pct float8, met_at_target bigint, at_target_pct float8) LANGUAGE sql AS $$
	SELECT party, process, about_srv, mode, measured, met, pmr.percentage(met, measured), at_target, pmr.percentage(at_target, measured)
	FROM (SELECT party, process, about_srv, mode, count(*) FILTER (WHERE outcome IN ('met', 'missed')) AS measured, count(*) FILTER (WHERE outcome = 'met') AS met,
			count(*) FILTER (WHERE outcome IN ('met', 'missed') AND rtt_s <= expected.target_s) AS at_target
		  FROM about WHERE day BETWEEN from_day AND to_day AND about.by = expected.by GROUP BY party, process, about_srv, mode) AS c
$$;
CREATE TABLE actual AS
SELECT p.*, target_s AS asked_s, b.by, a.*
FROM (VALUES ('2025-10-01'::date, '2025-11-30'::date), ('2025-10-13', '2025-10-26'), ('2025-11-05', '2025-11-05'), ('2025-10-30', '2025-11-02')) AS p (first_day, last_day),
	unnest('{0,3.456,16,20,30,45.001,86400}'::float8[]) AS target_s, unnest('{srv,party,process}'::text[]) AS b (by), LATERAL pmr.performance_at_target(target_s, first_day, last_day, b.by) AS a
WHERE a.source = 'audited';
CREATE TABLE expected AS
SELECT p.*, e.* FROM (SELECT DISTINCT first_day, last_day, asked_s, by FROM actual) AS p, expected(p.asked_s, first_day, last_day, by) AS e;
SELECT by, count(*) AS rows, count(*) FILTER (WHERE a.party IS NULL OR e.party IS NULL OR (a.measured, a.met, a.target_met_pct) IS DISTINCT FROM (e.measured, e.met, e.target_met_pct)) AS wrong,
	count(*) FILTER (WHERE (a.met_at_least, a.met_at_most, a.at_target_pct, a.at_target_low_pct, a.at_target_high_pct) IS DISTINCT FROM (e.met_at_target, e.met_at_target, e.at_target_pct, e.at_target_pct, e.at_target_pct)) AS inexact,
	count(*) FILTER (WHERE e.met_at_target > e.met) AS more, count(*) FILTER (WHERE e.met_at_target < e.met) AS less
FROM actual AS a FULL JOIN expected AS e USING (first_day, last_day, asked_s, by, party, business_process, srv, mode) GROUP BY by ORDER BY by COLLATE "C";
SELECT srv, mode, measured, met, target_met_pct, at_target_pct, at_target_low_pct, at_target_high_pct, days_asked, days_covered, as_of, status
FROM actual WHERE party = 'A' AND asked_s = 20 AND by = 'srv' AND first_day = '2025-10-01' ORDER BY srv COLLATE "C", mode COLLATE "C";
-- a share of the answered would flatter
SELECT count(*) AS rows, count(*) FILTER (WHERE flattered > e.at_target_pct) AS flattered FROM expected AS e,
	LATERAL (SELECT pmr.percentage(count(*) FILTER (WHERE j.rtt_s <= e.asked_s), count(*)) AS flattered FROM judged AS j
			 WHERE j.party = e.party AND j.srv = e.srv AND j.mode = e.mode AND j.day BETWEEN first_day AND last_day AND outcome IN ('met', 'missed') AND decided = 'answered') AS f
WHERE by = 'srv' AND asked_s = 20;

--
-- Bounds
--

-- many distinct times in a month
CREATE VIEW many AS SELECT 'A' AS party, '1.1.1' AS srv, 'on_demand' AS mode, '2025-10-02 00:00+00'::timestamptz + i * interval '10 s' AS requested_at,
	CASE WHEN i % 7 > 0 THEN '2025-10-02 00:00+00'::timestamptz + i * interval '10 s' + (10 + i * 0.0100001) * interval '1 s' END AS responded_at FROM generate_series(1, 4000) AS i;
SELECT pmr.add_source('many', 'many');
SELECT pmr.refresh_month(pmr.requesting_role(), 'many', '2025-10-01', :'as_of');
SELECT s, a.measured, a.at_target_low_pct <= e.pct AND e.pct <= a.at_target_high_pct AND a.at_target_pct BETWEEN a.at_target_low_pct AND a.at_target_high_pct AS holds, a.at_target_high_pct - a.at_target_low_pct < 1 AS narrow, a.met_at_least = a.met_at_most AS exact
FROM unnest('{9,12.3,25.123,29.999,30,30.001,49.77,60}'::float8[]) AS s, pmr.performance_at_target(s, '2025-10-01', '2025-10-31') AS a,
	LATERAL (SELECT pmr.percentage(count(*) FILTER (WHERE responded_at - requested_at <= s * interval '1 s'), count(*)) AS pct FROM many) AS e
WHERE a.source = 'many' ORDER BY s;
SELECT pmr.drop_source('many');
-- a target that changes within the month: its first requests are not measured
INSERT INTO pmr.target_response_time (srv, mode, valid_from, target, source) VALUES ('1.1.1', 'on_demand', '-infinity', NULL, 'test'), ('1.1.1', 'on_demand', '2025-10-11 00:00 Europe/London', '20 s', 'test');
SELECT pmr.refresh_month(pmr.requesting_role(), 'audited', '2025-10-01', :'as_of') > 0 AS done;
SELECT s, a.measured = e.measured AS measured, a.met = e.met AS met, e.at_target BETWEEN a.met_at_least AND a.met_at_most AS holds, a.met_at_least < a.met_at_most AS unsure
FROM unnest('{0,5,15,20,25,40,70}'::float8[]) AS s, pmr.performance_at_target(s, '2025-10-01', '2025-10-31') AS a,
	LATERAL (SELECT count(*) AS measured, count(*) FILTER (WHERE rtt_s <= 20) AS met, count(*) FILTER (WHERE rtt_s <= s) AS at_target
			 FROM judged AS j WHERE j.party = a.party AND srv = '1.1.1' AND day BETWEEN '2025-10-11' AND '2025-10-31' AND outcome <> 'invalid') AS e
WHERE a.source = 'audited' AND a.party = 'A' AND a.srv = '1.1.1' ORDER BY s;
DELETE FROM pmr.target_response_time WHERE NOT builtin;

--
-- Arguments, and which Parties a role sees
--

SELECT err(format('SELECT * FROM pmr.performance_at_target(%s)', args)) FROM unnest(ARRAY[$$NULL, '2025-10-01', '2025-10-31'$$, $$-1, '2025-10-01', '2025-10-31'$$, $$'NaN', '2025-10-01', '2025-10-31'$$, $$'infinity', '2025-10-01', '2025-10-31'$$,
	$$20, NULL, '2025-10-31'$$, $$20, '2025-10-02', '2025-10-01'$$, $$20, '2025-10-01', '2025-10-31', 'Party'$$, $$20, '2025-10-01', '2025-10-31', NULL$$, $$0, '2025-10-01', '2025-10-31', 'party'$$]) AS args;
CREATE ROLE regress_at_target_a;
CREATE ROLE regress_at_target_none;
INSERT INTO pmr.party_access VALUES ('regress_at_target_a', 'A');
GRANT USAGE ON SCHEMA performance_at_target TO PUBLIC;
SET ROLE regress_at_target_a;
SELECT party, count(*) FROM pmr.performance_at_target(20, '2025-10-01', '2025-11-30') GROUP BY party;
SELECT p, count(f.srv) FROM unnest('{A,B,*,"",NULL}'::text[]) AS p LEFT JOIN LATERAL pmr.performance_at_target_of(pmr.requesting_role(), 'audited', p, 20, '2025-10-01', '2025-11-30', 'srv') AS f ON true GROUP BY p ORDER BY p COLLATE "C";
SELECT err($$SELECT pmr.strata_by('audited', 'A', '2025-10-01', '2025-11-30', 'srv')$$);
SET ROLE regress_at_target_none;
SELECT count(*) FROM pmr.performance_at_target(20, '2025-10-01', '2025-11-30');
SELECT count(*) FROM pmr.performance_at_target_of(NULL, 'audited', 'A', 20, '2025-10-01', '2025-11-30', 'srv');
RESET ROLE;

DELETE FROM pmr.business_process_srv WHERE NOT builtin;
DELETE FROM pmr.party_access WHERE role_name LIKE 'regress_at_target%';
SELECT pmr.drop_source('audited');
DROP OWNED BY regress_at_target_a, regress_at_target_none;
DROP ROLE regress_at_target_a, regress_at_target_none;
SET client_min_messages = 'error';
DROP SCHEMA performance_at_target CASCADE;
