-- Service levels: verdicts and error budgets equal plain SQL over the audit rows, a
-- month is judged by the levels of its end, and a role without access sees nothing.
\pset null NULL
\set VERBOSITY terse
CREATE SCHEMA error_budget;
SET search_path = error_budget;
\getenv test PG_ABS_SRCDIR
\set include :test '/sql/include/audited.sql'
\i :include

--
-- Levels of SRVs: which requests they judge
--

-- none is shipped
SELECT count(*) FROM pmr.service_level WHERE srv <> '';
INSERT INTO pmr.service_level (measure, srv, mode, device_generation, valid_from, target_pct, minimum_pct, round_trip_time, source, builtin) VALUES
	('success_rate', '1.1.1', 'any', 'any', '-infinity', 60, 50, NULL, 'test', false),
	('success_rate', '1.1.1', 'any', 'smets1', '-infinity', 99, NULL, NULL, 'test', true), -- overridden
	('success_rate', '1.1.1', 'any', 'smets1', '2025-10-31 23:59 Europe/London', 55, 30, NULL, 'test', false),
	('success_rate', '1.1.1', 'any', 'smets1', '2025-12-01 00:00 Europe/London', 1, NULL, NULL, 'test', false), -- too late
	('success_rate', '4.6.2', 'on_demand', 'any', '-infinity', 55, NULL, NULL, 'test', false),
	('success_rate', '4.6.2', 'any', 'smets2', '-infinity', 50, NULL, NULL, 'test', false),
	('success_rate', '4.6.2', 'any', 'any', '-infinity', 52.5, NULL, NULL, 'test', false),
	('success_rate', '8.14.1', 'any', 'any', '-infinity', NULL, 60, NULL, 'test', false),
	('success_rate', '7.1', 'any', 'any', '-infinity', 56, 20, NULL, 'test', false),
	('success_rate', '2.2', 'any', 'any', '-infinity', 60, NULL, NULL, 'test', false),
	('success_rate', '2.2', 'any', 'any', '2025-11-01 00:00 Europe/London', NULL, NULL, NULL, 'withdrawn', false),
	('round_trip_time', '1.1.1', 'on_demand', 'any', '-infinity', 54, NULL, '30 s', 'test', false),
	('round_trip_time', '1.1.1', 'on_demand', 'any', '2025-11-01 00:00 Europe/London', 56, 10, '31 s', 'test', false),
	('round_trip_time', '4.6.2', 'dcc_scheduled', 'smets1', '-infinity', 60, NULL, '25 s', 'test', false),
	('round_trip_time', '7.1', 'any', 'any', '-infinity', 58, NULL, '32 s', 'test', false),
	('target_met', '2.2', 'any', 'any', '-infinity', 54.5, 50, NULL, 'test', false),
	('target_met', '4.1.1', 'any', 'any', '-infinity', 100, 0, NULL, 'test', false);
INSERT INTO pmr.service_level (measure, target_pct, minimum_pct, source) VALUES ('business_process', 56, 40, 'test'), ('change_of_supplier', 99, NULL, 'test');
SELECT srv, mode, device_generation, measure, level_mode, level_generation
FROM pmr.level_of_requests('2025-12-01 00:00+00', '{4.6.2,4.6.2,4.6.2,4.6.2,4.6.2,4.6.2,1.1.1,1.1.1,1.1.1,2.2,9.9}',
	'{on_demand,on_demand,dcc_scheduled,dcc_scheduled,unknown,dcc_scheduled,on_demand,unknown,unknown,unknown,on_demand}', '{unknown,smets2,smets1,smets2,smets2,unknown,unknown,smets1,smets2,unknown,unknown}')
ORDER BY srv COLLATE "C", mode COLLATE "C", device_generation COLLATE "C", measure COLLATE "C";

--
-- Verdicts and budgets, compared with plain SQL
--

-- the levels of each month, and the requests that they judge
CREATE TABLE level AS
SELECT m.month, l.*
FROM (VALUES ('2025-10-01'::date), ('2025-11-01')) AS m (month), LATERAL (VALUES
	('success_rate', '1.1.1', 'any', 'any', NULL::float8, 60::numeric, 50::numeric, '{on_demand}'::text[], '{smets2}'::text[]),
	('success_rate', '1.1.1', 'any', 'smets1', NULL, 55, 30, '{on_demand}', '{smets1}'),
	('success_rate', '4.6.2', 'on_demand', 'any', NULL, 55, NULL, '{on_demand}', '{smets1,smets2,unknown}'),
	('success_rate', '4.6.2', 'any', 'smets2', NULL, 50, NULL, '{dcc_scheduled}', '{smets2}'),
	('success_rate', '4.6.2', 'any', 'any', NULL, 52.5, NULL, '{dcc_scheduled}', '{smets1}'),
	('success_rate', '8.14.1', 'any', 'any', NULL, NULL, 60, '{non_device}', '{smets1,smets2,unknown}'),
	('success_rate', '7.1', 'any', 'any', NULL, 56, 20, '{on_demand}', '{smets1,smets2,unknown}'),
	('success_rate', '2.2', 'any', 'any', NULL, CASE m.month WHEN '2025-10-01' THEN 60 END, NULL, '{on_demand}', '{smets1,smets2,unknown}'),
	('round_trip_time', '1.1.1', 'on_demand', 'any', CASE m.month WHEN '2025-10-01' THEN 30 ELSE 31 END, CASE m.month WHEN '2025-10-01' THEN 54 ELSE 56 END, CASE m.month WHEN '2025-11-01' THEN 10 END, '{on_demand}', '{smets1,smets2,unknown}'),
	('round_trip_time', '4.6.2', 'dcc_scheduled', 'smets1', 25, 60, NULL, '{dcc_scheduled}', '{smets1}'),
	('round_trip_time', '7.1', 'any', 'any', 32, 58, NULL, '{on_demand}', '{smets1,smets2,unknown}'),
	('target_met', '2.2', 'any', 'any', NULL, 54.5, 50, '{on_demand}', '{smets1,smets2,unknown}'),
	('target_met', '4.1.1', 'any', 'any', NULL, 100, 0, '{on_demand}', '{smets1,smets2,unknown}')) AS l (measure, srv, mode, device_generation, round_trip_s, target_pct, minimum_pct, modes, generations);
CREATE TABLE single AS
SELECT p.party, l.month AS level_month, l.measure, '' AS business_process, l.srv, l.mode, l.device_generation, l.round_trip_s, l.target_pct, l.minimum_pct, j.month, j.day, j.outcome, j.started_at IS NOT NULL AS has_start,
	j.decided, CASE l.measure WHEN 'target_met' THEN j.outcome = 'met' WHEN 'success_rate' THEN j.decided = 'answered' AND j.class = 'success' ELSE j.decided = 'answered' AND j.rtt_s <= l.round_trip_s END AS good
FROM level AS l JOIN judged AS j ON j.srv = l.srv AND j.mode = ANY (l.modes) AND j.device_generation = ANY (l.generations), LATERAL (VALUES (j.party), ('*')) AS p (party)
UNION ALL
SELECT p.party, m.month, 'target_met', b.business_process, '', 'any', 'any', NULL, CASE b.business_process WHEN 'change_of_supplier' THEN 99 ELSE 56 END, CASE b.business_process WHEN 'change_of_supplier' THEN NULL ELSE 40 END,
	j.month, j.day, j.outcome, true, j.decided, j.outcome = 'met'
FROM (SELECT DISTINCT business_process FROM pmr.current_business_process_srv) AS b, (VALUES ('2025-10-01'::date), ('2025-11-01')) AS m (month), judged AS j, LATERAL (VALUES (j.party), ('*')) AS p (party)
WHERE EXISTS (SELECT FROM pmr.current_business_process_srv AS s WHERE s.business_process = b.business_process AND s.srv = j.srv AND s.qualifier IN ('', j.qualifier) AND j.business_process IN ('', b.business_process));
-- a request is judged if it has an outcome, and for a time, if its start is known where it was answered
CREATE VIEW counted AS
SELECT party, level_month, measure, business_process, srv, mode, device_generation, round_trip_s, target_pct, minimum_pct, 1 - target_pct / 100 AS share,
	count(*) FILTER (WHERE month = level_month) AS requests, count(*) FILTER (WHERE is_judged AND month = level_month) AS judged, count(*) FILTER (WHERE is_judged AND NOT good AND month = level_month) AS used,
	count(*) FILTER (WHERE outcome = 'pending' AND month = level_month) AS pending,
	count(*) FILTER (WHERE is_judged AND day >= '2025-11-19') AS judged_1d, count(*) FILTER (WHERE is_judged AND NOT good AND day >= '2025-11-19') AS used_1d,
	count(*) FILTER (WHERE is_judged AND day >= '2025-11-17') AS judged_3d, count(*) FILTER (WHERE is_judged AND NOT good AND day >= '2025-11-17') AS used_3d,
	count(*) FILTER (WHERE is_judged AND day >= '2025-11-13') AS judged_7d, count(*) FILTER (WHERE is_judged AND NOT good AND day >= '2025-11-13') AS used_7d
FROM (SELECT *, CASE measure WHEN 'target_met' THEN outcome IN ('met', 'missed') WHEN 'success_rate' THEN decided IS NOT NULL ELSE decided = 'unanswered' OR decided = 'answered' AND has_start END AS is_judged FROM single) AS s
WHERE target_pct IS NOT NULL OR minimum_pct IS NOT NULL
GROUP BY party, level_month, measure, business_process, srv, mode, device_generation, round_trip_s, target_pct, minimum_pct;
-- the budget runs out in the first minute in which the target would not be met any more
CREATE VIEW expected AS
SELECT party, level_month AS month, measure, business_process, srv, mode, device_generation, round_trip_s, target_pct::float8, minimum_pct::float8,
	CASE WHEN judged = 0 THEN 'nothing measured' WHEN judged - used < minimum_pct / 100 * judged THEN 'below minimum' WHEN used > share * judged THEN 'below target' ELSE 'met' END AS verdict,
	requests, judged, trunc(share * judged)::bigint AS allowed, used, 0::bigint AS unsure, trunc(share * judged)::bigint - used AS remaining, pending,
	CASE WHEN open AND judged_1d * share > 0 THEN round(used_1d / judged_1d / share, 2)::float8 END AS burn_1d,
	CASE WHEN open AND judged_3d * share > 0 THEN round(used_3d / judged_3d / share, 2)::float8 END AS burn_3d,
	CASE WHEN open AND judged_7d * share > 0 THEN round(used_7d / judged_7d / share, 2)::float8 END AS burn_7d,
	CASE WHEN open THEN
		(SELECT min(t.at)::date
		 FROM generate_series('2025-11-20 10:00'::timestamptz, '2025-11-30 23:59', '1 min') AS t (at), LATERAL (SELECT extract(epoch FROM t.at - '2025-11-20 10:00') / extract(epoch FROM '2025-11-20 10:00'::timestamptz - '2025-11-13 00:00')) AS p (periods)
		 WHERE used + used_7d * p.periods > share * (judged + judged_7d * p.periods)) END AS runs_out_on
FROM (SELECT *, level_month = '2025-11-01' AS open FROM (SELECT party, level_month, measure, business_process, srv, mode, device_generation, round_trip_s, target_pct, minimum_pct, share, requests, judged, used, pending,
	judged_1d, used_1d::numeric, judged_3d, used_3d::numeric, judged_7d, used_7d::numeric FROM counted) AS c) AS c
WHERE requests > 0;
CREATE VIEW budget AS
SELECT party, month, measure, business_process, srv, mode, device_generation, round_trip_s, target_pct, minimum_pct, verdict, requests, judged, allowed, used, unsure, remaining, pending, burn_1d, burn_3d, burn_7d, runs_out_on
FROM pmr.error_budget WHERE source = 'audited';
SELECT (SELECT count(*) FROM budget) AS rows, count(*) AS wrong FROM ((SELECT * FROM budget EXCEPT ALL SELECT * FROM expected) UNION ALL (SELECT * FROM expected EXCEPT ALL SELECT * FROM budget)) AS d;
SELECT month, verdict, count(*), count(runs_out_on) AS runs_out, count(DISTINCT runs_out_on) AS days FROM budget GROUP BY month, verdict ORDER BY month, verdict COLLATE "C";
SELECT measure, business_process, srv, mode, device_generation, verdict, requests, judged, allowed, used, remaining, pending, burn_1d, burn_3d, burn_7d, runs_out_on
FROM budget WHERE party = 'A' AND month = '2025-11-01' ORDER BY measure COLLATE "C", business_process COLLATE "C", srv COLLATE "C", mode COLLATE "C", device_generation COLLATE "C";
-- the target is met if and only if nothing is used beyond what is allowed
SELECT count(*) FROM budget WHERE (remaining >= 0) <> (verdict IN ('met', 'nothing measured')) AND target_pct IS NOT NULL;

--
-- Sketches that are not exact; sources without response codes
--

-- each of 4,000 requests of a day takes another time, and the level is that of those that are in time
CREATE VIEW many AS SELECT 'A' AS party, '1.1.1' AS srv, 'on_demand' AS mode, '2025-10-02 00:00+00'::timestamptz + i * interval '10 s' AS requested_at,
	'2025-10-02 00:00+00'::timestamptz + i * interval '10 s' + (10 + i * 0.0100001) * interval '1 s' AS responded_at FROM generate_series(1, 4000) AS i;
SELECT pmr.add_source('many', 'many');
SELECT pmr.refresh_month(pmr.requesting_role(), 'many', '2025-10-01', :'as_of');
DELETE FROM pmr.service_level WHERE srv = '1.1.1';
WITH exact AS (SELECT s, count(*) FILTER (WHERE responded_at - requested_at <= s * interval '1 s') AS good FROM many, unnest('{9.9,12.3,25.123,30,49.77,60}'::numeric[]) AS s GROUP BY s)
SELECT s, good, j.judged, j.good_low <= good AND good <= j.good_high AS holds, j.good_low < j.good_high AS unsure, j.good_high - j.good_low <= 0.005 * s / 0.0100001 AS within_bound
FROM exact, (SELECT x AS cell FROM pmr.rollup_stratum AS r, unnest((pmr.rollup_cells(r.state)).cells) AS x WHERE r.source = 'many' AND x.day IS NOT NULL) AS d,
	LATERAL pmr.judged_requests('round_trip_time', s::float8, true, d.cell) AS j
ORDER BY s;
INSERT INTO pmr.service_level (measure, srv, target_pct, minimum_pct, round_trip_time, source)
SELECT 'round_trip_time', '1.1.1', 100.0 * count(*) FILTER (WHERE responded_at - requested_at <= interval '30 s') / count(*), 1, '30 s', 'test' FROM many;
INSERT INTO pmr.service_level (measure, srv, target_pct, source) VALUES ('success_rate', '1.1.1', 1, 'test');
SELECT b.measure, b.verdict, b.requests, b.judged, b.allowed, b.used >= e.used AS at_most, b.used - b.unsure <= e.used AS at_least, b.unsure > 0 AS unsure
FROM pmr.error_budget AS b, (SELECT count(*) FILTER (WHERE responded_at - requested_at > interval '30 s') AS used FROM many) AS e
WHERE b.source = 'many' AND b.party = 'A' AND b.srv <> '' ORDER BY b.measure COLLATE "C";
-- a level that the unsure requests do not decide
UPDATE pmr.service_level SET target_pct = target_pct - 2 WHERE NOT builtin AND srv = '1.1.1' AND measure = 'round_trip_time';
SELECT verdict FROM pmr.error_budget WHERE source = 'many' AND party = 'A' AND measure = 'round_trip_time';
UPDATE pmr.service_level SET target_pct = target_pct + 4 WHERE NOT builtin AND srv = '1.1.1' AND measure = 'round_trip_time';
SELECT verdict FROM pmr.error_budget WHERE source = 'many' AND party = 'A' AND measure = 'round_trip_time';
SELECT pmr.drop_source('many');

--
-- The turn of a month
--

-- Burn rates are also of the days of the month before, and for all Parties, of those
-- that have no requests since.  The zone of the session is a day behind that of the
-- source.
CREATE VIEW turn AS SELECT CASE WHEN i % 7 = 0 AND at < '2025-11-01 00:00 Pacific/Auckland' THEN 'B' ELSE 'A' END AS party, '7.1' AS srv, 'on_demand' AS mode, at AS requested_at,
	at + interval '2 s' AS responded_at, CASE WHEN i % 7 = 0 OR i % 5 = 0 AND i > 27 * 24 THEN 'E1' ELSE 'I0' END AS response_code
FROM generate_series(0, 36 * 24 - 1) AS i, LATERAL (SELECT '2025-10-01 00:00 Pacific/Auckland'::timestamptz + i * interval '1 h' AS at) AS t;
SELECT pmr.add_source('turn', 'turn', report_timezone => 'Pacific/Auckland');
SELECT pmr.refresh_month(pmr.requesting_role(), 'turn', m, '2025-11-03 10:00 Pacific/Auckland') > 0 AS done FROM unnest('{2025-10-01,2025-11-01}'::date[]) AS m;
CREATE TABLE turned AS
SELECT p.party, m.month, date_trunc('month', day)::date = m.month AS own, day, bad, CASE m.month WHEN '2025-11-01' THEN 0.44 END AS share
FROM (SELECT turn.party, response_code <> 'I0' AS bad, (requested_at AT TIME ZONE 'Pacific/Auckland')::date AS day FROM turn WHERE requested_at < '2025-11-03 10:00 Pacific/Auckland') AS r,
	LATERAL (VALUES (r.party), ('*')) AS p (party), (VALUES ('2025-10-01'::date), ('2025-11-01')) AS m (month);
SET timezone = 'Etc/GMT+12';
SELECT b.party, b.month, b.judged, b.used, b.burn_1d, b.burn_3d, b.burn_7d,
	(b.judged, b.used, b.burn_1d::numeric, b.burn_3d::numeric, b.burn_7d::numeric) IS DISTINCT FROM (e.judged, e.used, e.burn_1d, e.burn_3d, e.burn_7d) AS wrong
FROM pmr.error_budget AS b FULL JOIN (
	SELECT party, month, count(*) FILTER (WHERE own) AS judged, count(*) FILTER (WHERE own AND bad) AS used,
		round(avg(bad::integer) FILTER (WHERE day >= '2025-11-02') / share, 2) AS burn_1d, round(avg(bad::integer) FILTER (WHERE day >= '2025-10-31') / share, 2) AS burn_3d, round(avg(bad::integer) FILTER (WHERE day >= '2025-10-27') / share, 2) AS burn_7d
	FROM turned GROUP BY party, month, share HAVING bool_or(own)) AS e USING (party, month)
WHERE b.source = 'turn' AND b.srv = '7.1' AND b.measure = 'success_rate' OR b.source IS NULL
ORDER BY b.party COLLATE "C", b.month;
SET timezone = 'Europe/London';
SELECT pmr.drop_source('turn');

--
-- Which Parties a role sees
--

CREATE ROLE regress_budget_a;
CREATE ROLE regress_budget_all;
CREATE ROLE regress_budget_none;
INSERT INTO pmr.party_access VALUES ('regress_budget_a', 'A'), ('regress_budget_all', '*');
GRANT USAGE ON SCHEMA error_budget TO PUBLIC;
SET ROLE regress_budget_a;
SELECT party, count(*) FROM pmr.error_budget GROUP BY party;
SELECT p, count(b.measure) FROM unnest('{A,B,*,"",NULL}'::text[]) AS p LEFT JOIN LATERAL pmr.error_budget_of(pmr.requesting_role(), 'audited', p, '2025-11-01') AS b ON true GROUP BY p ORDER BY p COLLATE "C";
SELECT err(call) FROM unnest('{"SELECT pmr.srv_levels(now())","SELECT pmr.level_of_requests(now(), NULL, NULL, NULL)"}'::text[]) AS call;
SET ROLE regress_budget_all;
SELECT party, count(*) FROM pmr.error_budget GROUP BY party ORDER BY party COLLATE "C";
SET ROLE regress_budget_none;
SELECT count(*) FROM pmr.error_budget;
SELECT count(*) FROM pmr.error_budget_of(pmr.requesting_role(), 'audited', 'A', '2025-11-01');
SELECT count(*) FROM pmr.error_budget_of(NULL, 'audited', 'A', '2025-11-01');
RESET ROLE;

DELETE FROM pmr.service_level WHERE NOT builtin OR srv <> '';
DELETE FROM pmr.party_access WHERE role_name LIKE 'regress_budget%';
SELECT pmr.drop_source('audited');
DROP OWNED BY regress_budget_a, regress_budget_all, regress_budget_none;
DROP ROLE regress_budget_a, regress_budget_all, regress_budget_none;
SET client_min_messages = 'error';
DROP SCHEMA error_budget CASCADE;
