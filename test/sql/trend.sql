-- Trends: figures by day, week, month and weekday equal plain SQL over the audit rows,
-- and so do the changes and the limits of what the spread of days explains.
\pset null NULL
\set VERBOSITY terse
CREATE SCHEMA trend;
SET search_path = trend;
\getenv test PG_ABS_SRCDIR
\set include :test '/sql/include/audited.sql'
\i :include

--
-- Figures
--

CREATE TABLE about AS
SELECT j.*, b.by, b.business_process AS process, b.about_srv
FROM judged AS j, LATERAL (
	SELECT 'srv' AS by, '' AS business_process, j.srv AS about_srv
	UNION ALL SELECT 'party', '', '*'
	UNION ALL SELECT DISTINCT 'process', s.business_process, '*' FROM pmr.current_business_process_srv AS s
	WHERE s.srv = j.srv AND s.qualifier IN ('', j.qualifier) AND j.business_process IN ('', s.business_process)) AS b;
-- the days asked for lie within their first and last week and month
CREATE TABLE actual AS
SELECT unit, b.by, t.* FROM unnest('{day,week,month,weekday}'::text[]) AS unit, unnest('{srv,party,process}'::text[]) AS b (by), LATERAL pmr.trend(unit, '2025-10-08', '2025-11-19', b.by) AS t WHERE t.source = 'audited';
CREATE TABLE expected AS
SELECT unit, by, party, process AS business_process, about_srv AS srv, mode, k.period, k.weekday, count(*) AS requests,
	pmr.percentage(count(*) FILTER (WHERE decided = 'answered' AND class = 'success'), count(decided)) AS success_pct, pmr.percentage(count(*) FILTER (WHERE outcome = 'met'), count(*) FILTER (WHERE outcome IN ('met', 'missed'))) AS target_met_pct,
	percentile_disc(0.5) WITHIN GROUP (ORDER BY rtt_s) FILTER (WHERE decided = 'answered' AND started_at IS NOT NULL) AS p50_s, percentile_disc(0.95) WITHIN GROUP (ORDER BY rtt_s) FILTER (WHERE decided = 'answered' AND started_at IS NOT NULL) AS p95_s,
	count(*) FILTER (WHERE outcome = 'met') AS met, count(*) FILTER (WHERE outcome = 'missed') AS missed, count(*) FILTER (WHERE outcome = 'pending') AS pending, count(*) FILTER (WHERE outcome = 'not_measured') AS not_measured,
	count(*) FILTER (WHERE outcome = 'invalid') AS invalid, count(*) FILTER (WHERE decided = 'answered') AS answered, count(*) FILTER (WHERE decided = 'answered' AND class = 'success') AS success
FROM about, LATERAL (VALUES ('day', day, extract(isodow FROM day)::integer), ('week', date_trunc('week', day)::date, NULL), ('month', month, NULL), ('weekday', NULL, extract(isodow FROM day)::integer)) AS k (unit, period, weekday)
WHERE k.unit = 'month' OR k.unit = 'week' AND day BETWEEN '2025-10-06' AND '2025-11-23' OR day BETWEEN '2025-10-08' AND '2025-11-19'
GROUP BY unit, by, party, process, about_srv, mode, k.period, k.weekday;
CREATE VIEW counted AS SELECT unit, by, party, business_process, srv, mode, period, weekday, requests, success_pct, target_met_pct, met, missed, pending, not_measured, invalid, answered, success FROM expected;
CREATE VIEW shown AS SELECT unit, by, party, business_process, srv, mode, period, weekday, requests, success_pct, target_met_pct, met, missed, pending, not_measured, invalid, answered, success FROM actual;
SELECT u AS unit, b AS by, (SELECT count(*) FROM shown AS s WHERE (s.unit, s.by) = (u, b)) AS rows, count(d) AS wrong
FROM unnest('{day,week,month,weekday}'::text[]) AS u, unnest('{srv,party,process}'::text[]) AS b LEFT JOIN LATERAL (
	(SELECT * FROM shown AS s WHERE (s.unit, s.by) = (u, b) EXCEPT ALL SELECT * FROM counted AS e WHERE (e.unit, e.by) = (u, b))
	UNION ALL (SELECT * FROM counted AS e WHERE (e.unit, e.by) = (u, b) EXCEPT ALL SELECT * FROM shown AS s WHERE (s.unit, s.by) = (u, b))) AS d ON true
GROUP BY u, b ORDER BY u, b COLLATE "C";
-- times, which are exact but for months of all SRVs
SELECT count(*) AS rows, count(*) FILTER (WHERE (a.p50_s, a.p95_s) IS DISTINCT FROM (e.p50_s, e.p95_s)) AS inexact, count(*) FILTER (WHERE abs(a.p50_s / e.p50_s - 1) > 0.004 OR abs(a.p95_s / e.p95_s - 1) > 0.004 OR (a.p50_s IS NULL) <> (e.p50_s IS NULL)) AS wrong,
	string_agg(DISTINCT a.unit || ' ' || a.by, ', ') FILTER (WHERE (a.p50_s, a.p95_s) IS DISTINCT FROM (e.p50_s, e.p95_s)) AS of
FROM actual AS a JOIN expected AS e ON (a.unit, a.by, a.party, a.business_process, a.srv, a.mode) = (e.unit, e.by, e.party, e.business_process, e.srv, e.mode) AND (a.period, a.weekday) IS NOT DISTINCT FROM (e.period, e.weekday);
-- days of the period that had ended at as_of
SELECT unit, period, weekday, min(days_covered) AS days_covered, max(days_covered) AS equal FROM actual WHERE by = 'party' AND (unit <> 'day' OR period > '2025-11-16') GROUP BY unit, period, weekday ORDER BY unit, period, weekday;

--
-- Changes
--

-- by the definitions of the manual; measured requests of a day, and their rate
CREATE TABLE rate AS
SELECT by, party, process, about_srv AS srv, mode, day, count(*)::numeric AS n, count(*) FILTER (WHERE outcome = 'met') AS met, avg((outcome = 'met')::integer) AS p
FROM about WHERE outcome IN ('met', 'missed') GROUP BY by, party, process, about_srv, mode, day;
-- each period with what it is compared with, and with the days whose spread counts: those before it, or all of the same weekday
CREATE TABLE compared AS
SELECT unit, r.by, r.party, r.process, r.srv, r.mode, k.period, k.weekday, min(day) AS first_day, sum(n) AS n, sum(met) AS met
FROM rate AS r, LATERAL (VALUES ('day', day, extract(isodow FROM day)::integer, '1 day'::interval), ('week', date_trunc('week', day)::date, NULL, '1 week'), ('month', date_trunc('month', day)::date, NULL, '1 month'),
	('weekday', NULL, extract(isodow FROM day)::integer, NULL)) AS k (unit, period, weekday, length)
WHERE unit <> 'weekday' OR day BETWEEN '2025-10-08' AND '2025-11-19'
GROUP BY unit, r.by, r.party, r.process, r.srv, r.mode, k.period, k.weekday;
CREATE TABLE change AS
SELECT c.unit, c.by, c.party, c.process AS business_process, c.srv, c.mode, c.period, c.weekday, 100 * (c.met / c.n - o.met / o.n) AS points,
	CASE WHEN s.days >= 7 AND least(c.met + o.met, c.n + o.n - c.met - o.met) >= 5 THEN 329 * sqrt(s.phi * a.p * (1 - a.p) * (1 / c.n + 1 / o.n)) END AS limit_points
FROM compared AS c
	CROSS JOIN LATERAL (SELECT sum(x.n) AS n, sum(x.met) AS met FROM compared AS x WHERE (x.unit, x.by, x.party, x.process, x.srv, x.mode) = (c.unit, c.by, c.party, c.process, c.srv, c.mode)
		AND CASE c.unit WHEN 'weekday' THEN x.weekday <> c.weekday ELSE x.period = (c.period - ('1 ' || c.unit)::interval)::date END) AS o
	CROSS JOIN LATERAL (SELECT (c.met + o.met) / (c.n + o.n) AS p) AS a
	CROSS JOIN LATERAL (
		SELECT count(*) - CASE c.unit WHEN 'weekday' THEN count(DISTINCT d.g) ELSE 0 END AS days,
			greatest(1, sum(d.n * (d.p - d.mean) ^ 2 / nullif(d.mean * (1 - d.mean), 0)) / nullif(count(*) - count(DISTINCT d.g), 0)) AS phi
		FROM (SELECT g, r.n, r.p, sum(r.n * r.p) OVER (PARTITION BY g) / sum(r.n) OVER (PARTITION BY g) AS mean
			  FROM rate AS r, LATERAL (SELECT CASE c.unit WHEN 'weekday' THEN extract(isodow FROM r.day) ELSE 0 END AS g) AS k
			  WHERE (r.by, r.party, r.process, r.srv, r.mode) = (c.by, c.party, c.process, c.srv, c.mode)
				AND CASE c.unit WHEN 'weekday' THEN r.day BETWEEN '2025-10-08' AND '2025-11-19' ELSE r.day BETWEEN c.first_day - 28 AND c.first_day - 1 END) AS d) AS s;
SELECT a.unit, count(*) AS rows, count(a.change_points) AS changes, count(a.limit_points) AS limits,
	count(*) FILTER (WHERE abs(a.change_points - c.points) > 0.0051 OR (a.change_points IS NULL) <> (c.points IS NULL)) AS wrong_changes,
	count(*) FILTER (WHERE abs(a.limit_points - c.limit_points) > 0.0051 OR (a.limit_points IS NULL) <> (c.limit_points IS NULL)) AS wrong_limits,
	count(*) FILTER (WHERE a.verdict IS DISTINCT FROM CASE WHEN c.points IS NULL THEN NULL WHEN c.limit_points IS NULL THEN 'too little to say' WHEN c.points > c.limit_points THEN 'better' WHEN c.points < -c.limit_points THEN 'worse' ELSE 'within the spread of days' END) AS wrong_verdicts
FROM actual AS a LEFT JOIN change AS c ON (a.unit, a.by, a.party, a.business_process, a.srv, a.mode) = (c.unit, c.by, c.party, c.business_process, c.srv, c.mode) AND (a.period, a.weekday) IS NOT DISTINCT FROM (c.period, c.weekday)
GROUP BY a.unit ORDER BY a.unit;
SELECT unit, verdict, count(*) FROM actual GROUP BY unit, verdict ORDER BY unit, verdict COLLATE "C";

-- a change is found, and steady days are left alone: 200 requests a day, of which 10 miss, and from the 40th day on 30
CREATE VIEW steps AS
SELECT CASE WHEN i % 200 < 100 THEN 'steady' ELSE 'step' END AS party, '1.1.1' AS srv, 'on_demand' AS mode, at AS requested_at, CASE WHEN miss THEN at + interval '40 s' ELSE at + interval '2 s' END AS responded_at
FROM generate_series(0, 400 * 60 - 1) AS i, LATERAL (SELECT '2025-09-01 00:00+00'::timestamptz + i / 400 * interval '1 day' + i % 400 * interval '200 s' AS at, i / 400 AS d) AS t,
	LATERAL (SELECT i % 100 < CASE WHEN i % 200 >= 100 AND d >= 40 THEN 15 ELSE 5 END AS miss) AS m;
SELECT pmr.add_source('steps', 'steps');
SELECT pmr.refresh_month(pmr.requesting_role(), 'steps', m, '2026-01-01 00:00+00') FROM unnest('{2025-09-01,2025-10-01}'::date[]) AS m;
SELECT party, unit, verdict, count(*), min(period), max(period) FROM unnest('{day,week,month}'::text[]) AS unit, pmr.trend(unit, '2025-09-01', '2025-10-30') WHERE source = 'steps' GROUP BY party, unit, verdict ORDER BY party, unit, verdict COLLATE "C";
SELECT pmr.drop_source('steps');

-- a day that does not begin at midnight in the time zone of the session
SET timezone = 'Africa/Cairo';
SELECT '2026-04-24 00:00'::timestamptz::time AS first_time;
CREATE VIEW days AS SELECT 'A' AS party, '1.1.1' AS srv, 'on_demand' AS mode, '2026-04-20 12:00+00'::timestamptz + i * interval '1 day' AS requested_at, NULL::timestamptz AS responded_at FROM generate_series(0, 6) AS i;
SELECT pmr.add_source('days', 'days');
SELECT pmr.refresh_month(pmr.requesting_role(), 'days', '2026-04-01', '2026-06-01 00:00+00');
SELECT unit, period, weekday, days_covered, requests FROM unnest('{weekday,week}'::text[]) AS unit, pmr.trend(unit, '2026-04-20', '2026-04-26') WHERE source = 'days' ORDER BY unit, weekday;
SELECT pmr.drop_source('days');
SET timezone = 'Europe/London';

-- a week that ends in the next month, which is open: it is whole, and not final
CREATE VIEW turn AS SELECT CASE WHEN i < 13 THEN 'A' ELSE 'B' END AS party, '1.1.1' AS srv, 'on_demand' AS mode, '2025-10-20 12:00+00'::timestamptz + i * interval '1 day' AS requested_at, NULL::timestamptz AS responded_at FROM generate_series(0, 15) AS i;
SELECT pmr.add_source('turn', 'turn');
SELECT pmr.refresh_month(pmr.requesting_role(), 'turn', m, as_of) FROM (VALUES ('2025-10-01'::date, '2026-06-01 00:00+00'::timestamptz), ('2025-11-01', '2025-11-05 00:00+00')) AS r (m, as_of);
SELECT party, period, requests, status, as_of FROM pmr.trend('week', '2025-10-20', '2025-10-29') WHERE source = 'turn' ORDER BY party, period;
SELECT pmr.drop_source('turn');

--
-- Arguments, and which Parties a role sees
--

SELECT err(format('SELECT * FROM pmr.trend(%s)', args)) FROM unnest(ARRAY[$$'hour', '2025-10-01', '2025-10-31'$$, $$NULL, '2025-10-01', '2025-10-31'$$, $$'day', NULL, '2025-10-31'$$, $$'week', '2025-10-20', '2025-10-01'$$, $$'week', '2025-10-21', '2025-10-20'$$, $$'month', '2025-10-02', '2025-10-01'$$,
	$$'day', '2025-10-01', '2025-10-31', 'firmware'$$, $$'day', '-infinity', '2025-10-31'$$, $$'weekday', '2025-10-01', 'infinity'$$, $$'month', '2025-10-01', '2025-10-31', 'process'$$]) AS args;
CREATE ROLE regress_trend_a;
CREATE ROLE regress_trend_none;
INSERT INTO pmr.party_access VALUES ('regress_trend_a', 'A');
GRANT USAGE ON SCHEMA trend TO PUBLIC;
SET ROLE regress_trend_a;
SELECT party, count(*) FROM pmr.trend('week', '2025-10-01', '2025-11-30') GROUP BY party;
SELECT p, count(f.srv) FROM unnest('{A,B,*,"",NULL}'::text[]) AS p LEFT JOIN LATERAL pmr.trend_of(pmr.requesting_role(), 'audited', p, 'week', '2025-10-01', '2025-11-30', 'srv') AS f ON true GROUP BY p ORDER BY p COLLATE "C";
SET ROLE regress_trend_none;
SELECT count(*) FROM pmr.trend('week', '2025-10-01', '2025-11-30');
SELECT count(*) FROM pmr.trend_of(NULL, 'audited', 'A', 'week', '2025-10-01', '2025-11-30', 'srv');
RESET ROLE;

DELETE FROM pmr.party_access WHERE role_name LIKE 'regress_trend%';
SELECT pmr.drop_source('audited');
DROP OWNED BY regress_trend_a, regress_trend_none;
DROP ROLE regress_trend_a, regress_trend_none;
SET client_min_messages = 'error';
DROP SCHEMA trend CASCADE;
