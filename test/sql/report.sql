-- Reports: each figure equals plain SQL over the same rows, each verdict is exact,
-- and a role without access sees nothing.
SET timezone = 'UTC';
SET datestyle = 'ISO';
SET intervalstyle = 'postgres';
SET client_min_messages = 'warning';
\pset null NULL
\set VERBOSITY terse
CREATE SCHEMA report;
SET search_path = report;

CREATE FUNCTION err(query text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE query;
	RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE || ': ' || SQLERRM;
END
$$;
CREATE FUNCTION random_of(i bigint, what integer, n integer) RETURNS integer LANGUAGE sql IMMUTABLE
	RETURN (hashint8extended(i, what) & 2147483647) % n;

--
-- Formulas
--

-- rounded to two decimals; 0 and 100 only for none and all
SELECT part, whole, pmr.percentage(part, whole) FROM (VALUES (0, 0), (0, 1), (1, 1), (1, 3), (2, 3), (1, 8), (1, 1000000), (999999, 1000000), (1, 20000), (19999, 20000),
	(0, 9223372036854775807), (1, 9223372036854775807), (9223372036854775806, 9223372036854775807), (9223372036854775807, 9223372036854775807)) AS v (part, whole);
SELECT count(*) AS wrong FROM generate_series(0, 300) AS part, generate_series(1, 300, 7) AS whole
WHERE part <= whole AND pmr.percentage(part, whole) <> CASE part WHEN 0 THEN 0 WHEN whole THEN 100 ELSE round(100.0 * part / whole, 2) END;
-- Wilson's interval: as in the textbooks, also for none and all
SELECT part, whole, phi, i.* FROM (VALUES (95, 100, 1), (95, 100, 4), (0, 10, 1), (10, 10, 1), (1, 10, 1), (0, 0, 1), (1, 1, 1), (99000, 100000, 1), (99000, 100000, 25)) AS v (part, whole, phi),
	LATERAL pmr.wilson_interval_pct(part, whole, phi) AS i;
SELECT count(*) AS wrong
FROM generate_series(1, 60) AS n, generate_series(0, 60) AS k, unnest('{1,1.7,9}'::float8[]) AS phi, LATERAL pmr.wilson_interval_pct(k, n, phi) AS i,
	LATERAL (SELECT n / phi AS m, k::float8 / n AS p) AS s,
	/* the roots of (x - p)^2 = z^2 x (1 - x) / m */
	LATERAL (SELECT 1 + 3.841458820694124 / m AS a, -(2 * p + 3.841458820694124 / m) AS b, p * p AS c) AS q
WHERE k <= n AND (abs(i.low_pct - 100 * (-b - sqrt(greatest(b * b - 4 * a * c, 0))) / (2 * a)) > 0.0051 OR abs(i.high_pct - 100 * (-b + sqrt(b * b - 4 * a * c)) / (2 * a)) > 0.0051
	OR i.low_pct < 0 OR i.high_pct > 100 OR i.low_pct > pmr.percentage(k, n) OR i.high_pct < pmr.percentage(k, n));
-- overdispersion equals its definition: for one day, no misses, equal days, an outage
SELECT name, round(pmr.overdispersion(count(*), sum(missed::float8 * missed / n), sum(missed)::bigint, sum(n)::bigint)::numeric, 6) AS phi,
	round((sum(n * (missed::float8 / n - p) ^ 2 / nullif(p * (1 - p), 0)) / nullif(count(*) - 1, 0))::numeric, 6) AS definition
FROM (SELECT *, sum(missed) OVER (PARTITION BY name)::float8 / sum(n) OVER (PARTITION BY name) AS p
	  FROM (VALUES ('one day', 100, 5), ('none', 100, 0), ('none', 50, 0), ('all', 10, 10), ('all', 20, 20), ('equal', 100, 5), ('equal', 100, 5), ('equal', 200, 10),
		('outage', 1000, 10), ('outage', 1000, 500), ('outage', 500, 5), ('outage', 1, 1)) AS v (name, n, missed)) AS d
GROUP BY name, p ORDER BY name COLLATE "C";
-- figures of times equal PostgreSQL's; in p95 of all, unanswered requests are at infinity
SELECT count(*) AS all, count(*) FILTER (WHERE pmr.rtt_figures(sketch, k) IS DISTINCT FROM
	answered || nullif(disc, 'infinity') || mean || longest) AS wrong
FROM generate_series(1, 45) AS n, generate_series(0, 44) AS k,
	LATERAL (SELECT percentile_disc(0.95) WITHIN GROUP (ORDER BY CASE WHEN i <= n - k THEN t ELSE 'infinity' END) AS disc,
		percentile_disc('{0.5,0.9,0.95,0.99}'::float8[]) WITHIN GROUP (ORDER BY t) FILTER (WHERE i <= n - k) AS answered,
		round(avg(t::numeric) FILTER (WHERE i <= n - k), 3)::float8 AS mean, max(t) FILTER (WHERE i <= n - k) AS longest,
		pmr.rtt_sketch(t) FILTER (WHERE i <= n - k) AS sketch FROM generate_series(1, n) AS i, LATERAL (SELECT (i * 37 % 101)::float8 AS t) AS x) AS d
WHERE k < n AND n NOT IN (20, 40);
-- if the fraction falls exactly on a rank, it is that rank: the 19th of 20
SELECT n, (pmr.rtt_figures(sketch, 0))[5] AS p95_all_s FROM unnest('{1,19,20,21,40,100}'::integer[]) AS n, LATERAL (SELECT pmr.rtt_sketch(i::float8) AS sketch FROM generate_series(1, n) AS i) AS s;
SELECT pmr.rtt_figures(NULL, 0), (pmr.rtt_figures(pmr.rtt_sketch(1), 9223372036854775807))[5];
-- an answer without a start is not a time, and its request is not unanswered
SELECT answered_pct, p95_s, p95_all_s FROM pmr.figures(10, 9, 0, 0, 0, 10, 10, 9, 0, 0, true, (SELECT pmr.rtt_sketch(i::float8) FROM generate_series(1, 9) AS i));
SELECT answered_pct, p95_s, p95_all_s FROM pmr.figures(10, 9, 1, 0, 0, 9, 9, 9, 0, 0, true, (SELECT pmr.rtt_sketch(i::float8) FROM generate_series(1, 9) AS i));

--
-- Verdicts: computed from integers, so that 99 of 100 is 99 %
--

CREATE FUNCTION verdict(met bigint, missed bigint, process text DEFAULT 'meter_read') RETURNS text LANGUAGE sql AS $$
	SELECT DISTINCT pmr.service_level_verdict(met, missed, r.target_pct, r.minimum_pct) FROM pmr.report_rows('2024-02-01') AS r WHERE r.business_process = process
$$;
SELECT verdict(0, 0), verdict(100, 0), verdict(0, 100);
INSERT INTO pmr.service_level (measure, name, target_pct, minimum_pct, source) VALUES ('business_process', 'all', 99, 96, 'test');
SELECT met, missed, verdict(met, missed) FROM (VALUES (0, 0), (100, 0), (99, 1), (98, 2), (96, 4), (95, 5), (0, 1), (989999, 10001), (990000, 10000), (959999, 40001),
	(9899999999999999, 100000000000001), (9900000000000000, 100000000000000), (9223372036854775806 / 2, 0)) AS v (met, missed);
-- a level of the process itself takes precedence, also one without figures
INSERT INTO pmr.service_level (measure, name, target_pct, minimum_pct, source) VALUES ('meter_read', 'reads', 99.95, NULL, 'test'), ('firmware', 'firmware', NULL, NULL, 'test'), ('prepayment', 'prepayment', NULL, 50, 'test');
SELECT process, met, missed, verdict(met, missed, process) FROM (VALUES ('meter_read', 9995, 5), ('meter_read', 9994, 6), ('meter_read', 0, 6), ('firmware', 1, 1), ('prepayment', 1, 1), ('prepayment', 1, 2), ('network_operator', 97, 3)) AS v (process, met, missed);
-- the level in force at the end of the period
INSERT INTO pmr.service_level (measure, name, valid_from, target_pct, minimum_pct, source) VALUES ('meter_read', 'reads', '2024-01-31 23:59:59+00', 50, 40, 'test'), ('meter_read', 'reads', '2024-02-01 00:00+00', 10, 10, 'test');
SELECT verdict(49, 51), verdict(39, 61);
SELECT DISTINCT target_pct, minimum_pct FROM pmr.report_rows('2024-02-01 00:00:00.000001+00') WHERE business_process = 'meter_read';
DELETE FROM pmr.service_level WHERE NOT builtin;

--
-- A Party's performance, compared with plain SQL
--

CREATE TABLE audit AS
SELECT ('{A,A,A,B,C,NULL}'::text[])[1 + random_of(i, 1, 6)] AS party, srv,
	CASE srv WHEN '8.14.1' THEN 'non_device' WHEN '4.6.2' THEN ('{on_demand,dcc_scheduled}'::text[])[1 + random_of(i, 3, 2)] ELSE 'on_demand' END AS mode,
	requested_at,
	CASE WHEN random_of(i, 4, 12) > 0 THEN requested_at + (random_of(i, 5, 36000) + CASE WHEN random_of(extract(day FROM requested_at)::bigint, 6, 6) = 0 AND random_of(i, 7, 3) = 0 THEN 30000 ELSE 0 END) * interval '1 ms' END AS responded_at,
	('{I0,I0,I0,I0,E1,E20,X9}'::text[])[1 + random_of(i, 8, 7)] AS response_code,
	'smets2' AS device_generation,
	CASE WHEN srv IN ('6.15.2', '2.2') THEN ('{digital_signature,key_agreement,positive_value,other,NULL}'::text[])[1 + random_of(i, 9, 5)] END AS qualifier,
	CASE WHEN srv = '1.1.1' THEN ('{change_of_tenancy,nothing,NULL,NULL}'::text[])[1 + random_of(i, 10, 4)] END AS business_process,
	requested_at AS due_at, ('{f1,f2,NULL}'::text[])[1 + random_of(i, 11, 3)] AS firmware, ('{North,South}'::text[])[1 + random_of(i, 12, 2)] AS region
FROM (SELECT i::bigint, ('{1.1.1,4.6.2,8.14.1,6.15.2,2.2,7.1}'::text[])[1 + random_of(i, 2, 6)] AS srv, '2024-01-01 00:00+00'::timestamptz + random_of(i, 13, 60 * 86400) * interval '1 s' AS requested_at
	FROM generate_series(1, 6000) AS i) AS r;
SELECT pmr.add_source('report', 'audit', '{firmware,region}');
SELECT m, pmr.refresh_month(pmr.requesting_role(), 'report', m, '2024-06-01 00:00+00') FROM unnest('{2024-01-01,2024-02-01}'::date[]) AS m;

CREATE VIEW judged AS
	SELECT coalesce(party, '') AS party, requested_at, date_trunc('month', requested_at)::date AS month, requested_at::date AS day, srv, mode,
		coalesce(qualifier, '') AS qualifier, coalesce(business_process, '') AS business_process, firmware, region, class, rtt_s, target_s, rtt_s <= target_s AS is_met
	FROM (SELECT *, CASE WHEN responded_at IS NOT NULL AND class <> 'no_response' THEN extract(epoch FROM responded_at - requested_at)::float8 END AS rtt_s,
				CASE WHEN srv = '7.1' THEN NULL WHEN mode = 'dcc_scheduled' THEN 86400 ELSE 30 END AS target_s
		  FROM (SELECT *, CASE response_code WHEN 'I0' THEN 'success' WHEN 'E1' THEN 'rejected' WHEN 'E20' THEN 'no_response' ELSE 'unclassified' END AS class FROM audit) AS c) AS t;
CREATE FUNCTION pct(part bigint, whole bigint) RETURNS float8 LANGUAGE sql IMMUTABLE
	RETURN CASE WHEN whole = 0 THEN NULL WHEN part = 0 THEN 0 WHEN part = whole THEN 100 ELSE least(greatest(round(100.0 * part / whole, 2), 0.01), 99.99) END;
CREATE FUNCTION performance(from_day date, to_day date)
	RETURNS TABLE (party text, srv text, mode text, requests bigint, success_pct float8, target_met_pct float8, target_met_accepted_pct float8, success_within_target_pct float8, answered_pct float8,
		p50_s float8, p90_s float8, p95_s float8, p99_s float8, p95_all_s float8, mean_s float8, max_s float8, target_s float8,
		met bigint, missed bigint, not_measured bigint, answered bigint, success bigint, rejected bigint, no_response bigint, unclassified bigint)
	LANGUAGE sql STABLE AS $$
	SELECT party, srv, mode, count(*),
		pct(count(*) FILTER (WHERE class = 'success' AND rtt_s IS NOT NULL), count(*)),
		pct(count(*) FILTER (WHERE is_met), count(target_s)),
		pct(count(*) FILTER (WHERE is_met AND class <> 'rejected'), count(target_s) FILTER (WHERE class <> 'rejected' OR rtt_s IS NULL)),
		pct(count(*) FILTER (WHERE is_met AND class = 'success'), count(target_s)),
		pct(count(rtt_s), count(*)),
		percentile_disc(0.5) WITHIN GROUP (ORDER BY rtt_s), percentile_disc(0.9) WITHIN GROUP (ORDER BY rtt_s),
		percentile_disc(0.95) WITHIN GROUP (ORDER BY rtt_s), percentile_disc(0.99) WITHIN GROUP (ORDER BY rtt_s),
		nullif((array_agg(coalesce(rtt_s, 'infinity') ORDER BY coalesce(rtt_s, 'infinity')))[ceil(0.95 * count(*))::integer], 'infinity'),
		round(avg(rtt_s::numeric), 3)::float8, max(rtt_s), min(target_s),
		count(*) FILTER (WHERE is_met), count(target_s) - count(*) FILTER (WHERE is_met), count(*) - count(target_s),
		count(rtt_s), count(rtt_s) FILTER (WHERE class = 'success'), count(rtt_s) FILTER (WHERE class = 'rejected'), count(*) FILTER (WHERE class = 'no_response'), count(*) FILTER (WHERE class = 'unclassified')
	FROM judged
	WHERE day BETWEEN from_day AND to_day
	GROUP BY party, srv, mode
$$;
SELECT m, (SELECT count(*) FROM performance(m, (m + interval '1 month - 1 day')::date)) AS rows, count(d) AS wrong
FROM unnest('{2024-01-01,2024-02-01}'::date[]) AS m LEFT JOIN LATERAL (
	(SELECT * FROM performance(m, (m + interval '1 month - 1 day')::date)
	 EXCEPT ALL
	 SELECT party, srv, mode, requests, success_pct, target_met_pct, target_met_accepted_pct, success_within_target_pct, answered_pct, p50_s, p90_s, p95_s, p99_s, p95_all_s, mean_s, max_s, target_s,
		met, missed, not_measured, answered, success, rejected, no_response, unclassified FROM pmr.party_performance WHERE month = m)
	UNION ALL
	(SELECT party, srv, mode, requests, success_pct, target_met_pct, target_met_accepted_pct, success_within_target_pct, answered_pct, p50_s, p90_s, p95_s, p99_s, p95_all_s, mean_s, max_s, target_s,
		met, missed, not_measured, answered, success, rejected, no_response, unclassified FROM pmr.party_performance WHERE month = m
	 EXCEPT ALL
	 SELECT * FROM performance(m, (m + interval '1 month - 1 day')::date))
	) AS d ON true
GROUP BY m ORDER BY m;
-- figures of business processes are stored only where they are not those of all requests
SELECT count(*) > 0 AS stored, count(*) FILTER (WHERE p.value = '' AND a.named IS NULL) AS repeated
FROM pmr.party_figure AS p JOIN pmr.party_figure AS a USING (source, month, party, srv, mode)
WHERE source = 'report' AND p.kind = 'process' AND a.kind = 'all';
-- days of two months, one day, all days, and days without requests
SELECT from_day, to_day, (SELECT count(*) FROM performance(from_day, to_day)) AS rows, (SELECT count(*) FROM (
		SELECT party, srv, mode, requests, success_pct, target_met_pct, target_met_accepted_pct, success_within_target_pct, answered_pct, p50_s, p90_s, p95_s, p99_s, p95_all_s, mean_s, max_s,
			met, missed, not_measured, answered, success, rejected, no_response, unclassified FROM pmr.performance(from_day, to_day)
		EXCEPT ALL
		SELECT party, srv, mode, requests, success_pct, target_met_pct, target_met_accepted_pct, success_within_target_pct, answered_pct, p50_s, p90_s, p95_s, p99_s, p95_all_s, mean_s, max_s,
			met, missed, not_measured, answered, success, rejected, no_response, unclassified FROM performance(from_day, to_day)) AS d) AS wrong,
	(SELECT count(*) FROM pmr.performance(from_day, to_day)) AS rows_given
FROM (VALUES ('2024-01-20'::date, '2024-02-10'::date), ('2024-02-29', '2024-02-29'), ('2024-01-01', '2024-02-29'), ('2020-01-01', '2030-01-01'), ('2023-01-01', '2023-12-31')) AS v (from_day, to_day);
SELECT err($$SELECT * FROM pmr.performance('2024-02-01', '2024-01-01')$$), err($$SELECT * FROM pmr.performance(NULL, '2024-01-01')$$), err($$SELECT * FROM pmr.performance('2024-01-01', 'infinity')$$);
-- days that are covered are those that had ended at as_of, also at a clock change
CREATE VIEW clock AS
	SELECT 'A'::text AS party, '1.1.1'::text AS srv, 'on_demand'::text AS mode, t AS requested_at, t AS responded_at FROM generate_series('2024-03-01 12:00+00'::timestamptz, '2024-04-30 12:00+00', '1 day') AS t;
SELECT pmr.add_source('clock', 'clock', report_timezone => 'Europe/London');
CREATE FUNCTION covered(as_of timestamptz, from_day date, to_day date, OUT days_asked bigint, OUT days_covered bigint, OUT same boolean) LANGUAGE plpgsql AS $$
BEGIN
	PERFORM pmr.refresh_month(pmr.requesting_role(), 'clock', '2024-03-01', covered.as_of, 'infinity');
	SELECT min(p.days_asked), min(p.days_covered), min(p.days_covered) = max(p.days_covered) AND min(p.days_covered) = (
			SELECT count(*) FROM generate_series(from_day::timestamp, to_day::timestamp, '1 day') AS d (day)
			WHERE day >= '2024-03-01' AND day < '2024-04-01' AND (day + '1 day') AT TIME ZONE 'Europe/London' <= covered.as_of)
	INTO days_asked, days_covered, same FROM pmr.performance(from_day, to_day) AS p WHERE p.source = 'clock';
END
$$;
SELECT as_of, from_day, to_day, c.* FROM (VALUES ('2024-06-01 00:00+00'::timestamptz, '2024-03-04'::date, '2024-03-10'::date), ('2024-06-01 00:00+00', '2024-02-26', '2024-03-03'),
	('2024-06-01 00:00+00', '2024-03-28', '2026-01-01'), ('2024-03-15 18:00+00', '2024-03-01', '2024-03-31'), ('2024-03-15 18:00+00', '2024-03-15', '2024-03-15'), ('2024-03-16 00:00+00', '2024-03-15', '2024-03-15'),
	('2024-03-31 22:59:59+00', '2024-03-30', '2024-03-31'), ('2024-03-31 23:00+00', '2024-03-30', '2024-03-31')) AS v (as_of, from_day, to_day), LATERAL covered(as_of, from_day, to_day) AS c;
-- of each source apart; a month that is not rolled up is not covered
SELECT DISTINCT source, days_asked, days_covered FROM pmr.performance('2024-02-26', '2024-03-03') ORDER BY source;
SELECT pmr.drop_source('clock');
-- confidence intervals include the overdispersion of days
WITH day AS (
	SELECT party, month, srv, mode, day, count(target_s)::float8 AS n, (count(target_s) - count(*) FILTER (WHERE is_met))::float8 AS missed FROM judged GROUP BY party, month, srv, mode, day HAVING count(target_s) > 0
), total AS (
	SELECT *, sum(n) OVER w AS all_n, sum(missed) OVER w / sum(n) OVER w AS p FROM day WINDOW w AS (PARTITION BY party, month, srv, mode)
), phi AS (
	SELECT party, month, srv, mode, all_n, p, CASE WHEN p IN (0, 1) OR count(*) < 2 THEN 1 ELSE greatest(1, sum(n * (missed / n - p) ^ 2 / (p * (1 - p))) / (count(*) - 1)) END AS phi
	FROM total GROUP BY party, month, srv, mode, all_n, p
), interval AS (
	SELECT party, month, srv, mode, phi, 100 * (1 - p + 1.959963984540054 ^ 2 / (2 * m) - 1.959963984540054 * sqrt(p * (1 - p) / m + 1.959963984540054 ^ 2 / (4 * m * m))) / (1 + 1.959963984540054 ^ 2 / m) AS low,
		100 * (1 - p + 1.959963984540054 ^ 2 / (2 * m) + 1.959963984540054 * sqrt(p * (1 - p) / m + 1.959963984540054 ^ 2 / (4 * m * m))) / (1 + 1.959963984540054 ^ 2 / m) AS high
	FROM (SELECT *, all_n / phi AS m FROM phi) AS s
)
SELECT count(*) AS rows, count(*) FILTER (WHERE phi > 1.2) > 5 AS some_dispersed, count(*) FILTER (WHERE v.requests IS NULL OR abs(low - target_met_low_pct) > 0.0051 OR abs(high - target_met_high_pct) > 0.0051) AS wrong
FROM interval AS i LEFT JOIN pmr.party_performance AS v USING (party, month, srv, mode);
SELECT srv, bool_and(target_met_pct IS NULL AND target_met_low_pct IS NULL AND target_met_high_pct IS NULL AND target_s IS NULL) AS no_target, array_agg(DISTINCT target_status) FROM pmr.party_performance GROUP BY srv ORDER BY srv COLLATE "C";
-- one month of one Party
SELECT srv, mode, requests, target_met_pct, success_pct, p50_s, p95_s, target_s FROM pmr.party_performance WHERE party = 'A' AND month = '2024-01-01';
SELECT DISTINCT source, as_of, status FROM pmr.party_performance;

--
-- By factor
--

SELECT count(*) AS rows, count(*) FILTER (WHERE (f.requests, f.met, f.missed, f.not_measured, f.answered, f.success, f.target_met_pct, f.success_pct, f.p50_s, f.p95_s) IS DISTINCT FROM
	(s.requests, s.met, s.missed, s.not_measured, s.answered, s.success, s.target_met_pct, s.success_pct, s.p50_s, s.p95_s)) AS wrong
FROM pmr.factor_performance AS f FULL JOIN (
	SELECT party, month, x.factor, coalesce(x.value, '') AS value, srv, mode, count(*) AS requests, count(*) FILTER (WHERE is_met) AS met, count(target_s) - count(*) FILTER (WHERE is_met) AS missed,
		count(*) - count(target_s) AS not_measured, count(rtt_s) AS answered, count(rtt_s) FILTER (WHERE class = 'success') AS success,
		pct(count(*) FILTER (WHERE is_met), count(target_s)) AS target_met_pct, pct(count(rtt_s) FILTER (WHERE class = 'success'), count(*)) AS success_pct,
		percentile_disc(0.5) WITHIN GROUP (ORDER BY rtt_s) AS p50_s, percentile_disc(0.95) WITHIN GROUP (ORDER BY rtt_s) AS p95_s
	FROM judged, LATERAL (VALUES ('firmware', firmware), ('region', region)) AS x (factor, value)
	GROUP BY party, month, x.factor, x.value, srv, mode) AS s USING (party, month, factor, value, srv, mode);

--
-- By business process: a request counts in the process that it names, or else in each process of its SRV
--

CREATE VIEW in_process AS
	SELECT j.*, b.business_process AS process, b.report_row, b.qualifier AS row_qualifier
	FROM judged AS j JOIN pmr.current_business_process_srv AS b ON b.srv = j.srv AND (b.qualifier = '' OR b.qualifier = j.qualifier) AND (j.business_process = '' OR j.business_process = b.business_process);
CREATE VIEW process_compared AS
SELECT count(*) AS rows, count(*) FILTER (WHERE (b.requests, b.met, b.missed, b.answered, b.success, b.rejected, b.target_met_pct, b.success_pct, b.answered_pct, b.p50_s, b.p95_s) IS DISTINCT FROM
	(s.requests, s.met, s.missed, s.answered, s.success, s.rejected, s.target_met_pct, s.success_pct, s.answered_pct, s.p50_s, s.p95_s)) AS wrong
FROM pmr.party_business_process AS b FULL JOIN (
	SELECT party, month, process AS business_process, report_row, srv, row_qualifier AS qualifier, mode, count(*) AS requests, count(*) FILTER (WHERE is_met) AS met,
		count(target_s) - count(*) FILTER (WHERE is_met) AS missed, count(rtt_s) AS answered, count(rtt_s) FILTER (WHERE class = 'success') AS success, count(rtt_s) FILTER (WHERE class = 'rejected') AS rejected,
		pct(count(*) FILTER (WHERE is_met), count(target_s)) AS target_met_pct, pct(count(rtt_s) FILTER (WHERE class = 'success'), count(*)) AS success_pct, pct(count(rtt_s), count(*)) AS answered_pct,
		percentile_disc(0.5) WITHIN GROUP (ORDER BY rtt_s) AS p50_s, percentile_disc(0.95) WITHIN GROUP (ORDER BY rtt_s) AS p95_s
	FROM in_process
	GROUP BY party, month, process, report_row, srv, row_qualifier, mode) AS s USING (party, month, business_process, report_row, srv, qualifier, mode);
SELECT * FROM process_compared;
SELECT business_process, srv, qualifier, mode, requests, target_met_pct, verdict FROM pmr.party_business_process WHERE party = 'B' AND month = '2024-02-01' ORDER BY report_row, mode COLLATE "C";

--
-- The performance report
--

INSERT INTO pmr.service_level (measure, name, target_pct, minimum_pct, source) VALUES ('business_process', 'all', 80, 70, 'test');
SELECT line, item, mode, requests, target_met_pct AS met_pct, success_pct AS ok_pct, p50_s, p95_s, verdict FROM pmr.performance_report WHERE party = 'A' AND month = '2024-01-01' ORDER BY line;
-- totals, of each Party and of all Parties together
SELECT r.party, r.month, r.requests = s.requests AS total, r.target_met_pct = s.target_met_pct AS target_met, r.success_pct = s.success_pct AS success,
	(SELECT sum(n.requests) FROM pmr.performance_report AS n WHERE n.party = r.party AND n.month = r.month AND n.item LIKE 'In no row%') = s.in_none AS in_none
FROM pmr.performance_report AS r JOIN (
	SELECT p.party, month, count(*) AS requests, pct(count(*) FILTER (WHERE is_met), count(target_s)) AS target_met_pct, pct(count(rtt_s) FILTER (WHERE class = 'success'), count(*)) AS success_pct,
		count(*) FILTER (WHERE NOT EXISTS (SELECT FROM pmr.current_business_process_srv AS b WHERE b.srv = j.srv AND b.qualifier IN ('', j.qualifier) AND j.business_process IN ('', b.business_process))) AS in_none
	FROM judged AS j, LATERAL (VALUES (j.party), ('*')) AS p (party) GROUP BY p.party, month) AS s USING (party, month)
WHERE r.item = 'All requests, each counted once' ORDER BY r.month, r.party COLLATE "C";
-- a process counts each of its requests once
SELECT count(*) AS rows, count(*) FILTER (WHERE r.requests <> coalesce(s.requests, 0) OR r.target_met_pct IS DISTINCT FROM s.target_met_pct) AS wrong
FROM pmr.performance_report AS r JOIN pmr.current_business_process AS b ON b.name = r.item LEFT JOIN (
	SELECT p.party, month, process, count(DISTINCT (j.requested_at, j.srv, j.rtt_s)) AS requests, pct(count(DISTINCT (j.requested_at, j.srv, j.rtt_s)) FILTER (WHERE is_met), count(DISTINCT (j.requested_at, j.srv, j.rtt_s)) FILTER (WHERE target_s IS NOT NULL)) AS target_met_pct
	FROM in_process AS j, LATERAL (VALUES (j.party), ('*')) AS p (party) GROUP BY p.party, month, process) AS s ON s.process = b.business_process AND s.party = r.party AND s.month = r.month;
-- its rows are those of H13.1A, in the same order, also without requests
SELECT count(*) AS rows, count(*) FILTER (WHERE r.srv IS DISTINCT FROM b.srv) AS wrong
FROM (
	SELECT row_number() OVER (ORDER BY min(line)) AS i, substring(item FROM '[0-9.]+') AS srv
	FROM (SELECT *, count(*) FILTER (WHERE item NOT LIKE '  %') OVER (ORDER BY line) AS process FROM pmr.performance_report WHERE party = '*' AND month = '2024-01-01') AS l
	WHERE item ~ '^  [0-9]' GROUP BY process, item) AS r
	FULL JOIN (SELECT report_row AS i, srv FROM pmr.business_process_srv WHERE builtin) AS b USING (i);
-- rows of the user, in a process of the user that has the same place as another; rows that are not listed
INSERT INTO pmr.business_process (business_process, name, report_order, source) VALUES ('own', 'Own process', 2, 'test');
INSERT INTO pmr.business_process_srv (business_process, srv, report_row, description, source) VALUES ('own', '7.1', 10, 'Own row', 'test'), ('own', '6.23', 10, 'Own row', 'test'), ('own', '1.1.1', 9, 'Own row', 'test');
INSERT INTO pmr.business_process_srv (business_process, srv, report_row, description, listed, source) VALUES ('install_and_commission', '1.1.1', 6, '', false, 'test');
INSERT INTO pmr.business_process_srv (business_process, srv, valid_from, report_row, description, listed, source) VALUES ('install_and_commission', '8.11', '2024-02-01 00:00+00', 1, '', false, 'test');
SELECT month, line, item, mode, requests FROM pmr.performance_report
WHERE party = 'A' AND line BETWEEN 9 AND 27 ORDER BY month, line;
-- the same without a refresh, for rows that are listed in all months
DELETE FROM pmr.business_process_srv WHERE NOT builtin AND valid_from > '2024-01-01';
INSERT INTO pmr.business_process (business_process, name, report_order, source) VALUES ('nothing', 'Named by requests', 11, 'test');
INSERT INTO pmr.business_process_srv (business_process, srv, qualifier, report_row, description, source) VALUES
	('nothing', '1.1.1', '', 1, 'test', 'test'), ('own', '6.15.2', '', 12, 'test', 'test'), ('own', '6.15.2', 'other', 13, 'test', 'test'), ('own', '2.2', 'no such', 14, 'test', 'test');
SELECT * FROM process_compared;
SELECT business_process, srv, sum(requests) FROM pmr.party_business_process WHERE party = 'A' AND srv IN ('1.1.1', '7.1') GROUP BY business_process, srv ORDER BY business_process COLLATE "C", srv COLLATE "C";
DELETE FROM pmr.business_process WHERE NOT builtin;
DELETE FROM pmr.business_process_srv WHERE NOT builtin;
DELETE FROM pmr.service_level WHERE NOT builtin;

--
-- An SRV with only pre-commands, local commands and cancelled requests has no row
--

CREATE VIEW apart AS
	SELECT 'A' AS party, srv, 'on_demand' AS mode, '2024-01-10 00:00+00'::timestamptz AS requested_at, '2024-01-10 00:00:01+00'::timestamptz AS responded_at,
		'2024-01-11 00:00+00'::timestamptz AS due_at, cancelled_at, command_variant, 'f' AS firmware
	FROM (VALUES ('1.1.1', 4, NULL), ('1.1.1', 2, NULL), ('2.2', 1, '2024-01-10 00:00+00'::timestamptz), ('6.8', 4, NULL), ('6.8', 1, NULL)) AS v (srv, command_variant, cancelled_at);
SELECT pmr.add_source('apart', 'apart', '{firmware}');
SELECT pmr.refresh_month(pmr.requesting_role(), 'apart', '2024-01-01', '2024-06-01 00:00+00');
SELECT srv, pre_commands, local_commands, cancelled, requests FROM pmr.rollup WHERE source = 'apart' AND day IS NULL AND factor = 'all' ORDER BY srv COLLATE "C";
SELECT srv, pre_commands, local_commands, cancelled, requests FROM pmr.party_performance WHERE source = 'apart';
SELECT srv, requests FROM pmr.factor_performance WHERE source = 'apart';
SELECT srv, requests FROM pmr.party_business_process WHERE source = 'apart' GROUP BY srv, requests;
SELECT srv, requests FROM pmr.performance('2024-01-01', '2024-01-31') WHERE source = 'apart';
SELECT srv, requests FROM pmr.industry_performance WHERE source = 'apart';
SELECT item, mode, requests FROM pmr.performance_report WHERE source = 'apart' AND party = 'A' AND item ~ '^(  (1.1.1|2.2|6.8)|All)' GROUP BY item, mode, requests ORDER BY item COLLATE "C";
SELECT pmr.drop_source('apart');
SELECT count(*) FROM pmr.party_figure WHERE source = 'apart';

--
-- Without response codes, success is unknown and not zero
--

CREATE VIEW no_code AS SELECT party, srv, mode, requested_at, responded_at, due_at FROM audit;
SELECT pmr.add_source('no code', 'no_code');
SELECT pmr.refresh_month(pmr.requesting_role(), 'no code', '2024-01-01', '2024-06-01 00:00+00');
SELECT count(*) > 10 AS rows, count(success_pct) AS success, count(target_met_accepted_pct) AS accepted, count(success_within_target_pct) AS within, count(target_met_pct) > 10 AS target_met FROM pmr.party_performance WHERE source = 'no code';
SELECT count(*) > 10 AS rows, count(success_pct) AS success FROM pmr.party_business_process WHERE source = 'no code';
SELECT count(*) > 10 AS rows, count(success_pct) AS success FROM pmr.performance_report WHERE source = 'no code';
SELECT source, count(success_pct) > 0 AS success FROM pmr.performance('2024-01-01', '2024-01-31') GROUP BY source ORDER BY source COLLATE "C";
-- a report lists its assumptions; open months are provisional
SELECT pmr.refresh_month(pmr.requesting_role(), 'no code', '2024-02-01', '2024-02-15 12:00:00+00') > 0 AS done;
SELECT line, item FROM pmr.performance_report WHERE source = 'no code' AND party = '*' AND line <= 5 ORDER BY month, line;
SELECT pmr.drop_source('no code');

--
-- Which Parties a role sees
--

CREATE ROLE regress_report_a;
CREATE ROLE regress_report_member IN ROLE regress_report_a;
CREATE ROLE regress_report_noinherit NOINHERIT IN ROLE regress_report_a;
CREATE ROLE regress_report_all;
CREATE ROLE regress_report_both;
CREATE ROLE regress_report_none;
CREATE ROLE regress_report_analyst;
INSERT INTO pmr.party_access VALUES ('regress_report_a', 'A'), ('regress_report_both', 'A'), ('regress_report_both', 'C'), ('regress_report_all', '*'), ('regress_report_missing', 'B'), ('public', 'B'), ('regress_report_none', 'Z');
SELECT pmr.allow_refresh('regress_report_analyst');
SELECT err($$INSERT INTO pmr.party_access VALUES ('regress_report_none', '')$$);
CREATE FUNCTION seen() RETURNS TABLE (can_see_all_parties boolean, a boolean, nobody boolean, months text, performance text, process text, factor text, report text, any_period text) LANGUAGE sql AS $$
	SELECT pmr.can_see_all_parties(), pmr.can_see_party('A'), pmr.can_see_party(NULL),
		(SELECT string_agg(DISTINCT party, ' ') FROM pmr.visible_month()),
		(SELECT string_agg(DISTINCT party, ' ') FROM pmr.party_performance),
		(SELECT string_agg(DISTINCT party, ' ') FROM pmr.party_business_process),
		(SELECT string_agg(DISTINCT party, ' ') FROM pmr.factor_performance),
		(SELECT string_agg(DISTINCT party, ' ') FROM pmr.performance_report),
		(SELECT string_agg(DISTINCT party, ' ') FROM pmr.performance('2024-01-01', '2024-02-29'))
$$;
GRANT USAGE ON SCHEMA report TO PUBLIC;
-- a function that runs as its owner: access is that of its owner
CREATE FUNCTION as_owner() RETURNS TABLE (can_see_all_parties boolean, parties text) LANGUAGE sql SECURITY DEFINER AS $$
	SELECT pmr.can_see_all_parties(), (SELECT string_agg(DISTINCT party, ' ') FROM pmr.party_performance)
$$;
SELECT * FROM seen();
SET ROLE regress_report_a;
SELECT * FROM seen();
SELECT can_see_all_parties, parties FROM as_owner();
SET ROLE regress_report_member;
SELECT * FROM seen();
SET ROLE regress_report_noinherit;
SELECT * FROM seen();
SET ROLE regress_report_all;
SELECT * FROM seen();
SET ROLE regress_report_both;
SELECT * FROM seen();
SET ROLE regress_report_analyst;
SELECT * FROM seen();
SET ROLE regress_report_none;
SELECT * FROM seen();
-- a role without access sees nothing through the functions that the views use, with any arguments
SELECT (SELECT count(*) FROM unnest('{all,factor,process}'::text[]) AS kind, pmr.party_figures(pmr.requesting_role(), source, month, party, kind))
	+ (SELECT count(*) FROM pmr.report_layout(pmr.requesting_role())) + (SELECT count(*) FROM pmr.performance_report_of(pmr.requesting_role(), source, party, month)) AS rows
FROM (VALUES ('report', 'A', '2024-01-01'::date), ('report', '*', '2024-01-01'), ('report', NULL, '2024-01-01'), (NULL, NULL, NULL), ('report', '', '2024-01-01'), ('REPORT', 'Z', '2024-01-01')) AS v (source, party, month);
SELECT err(call) FROM unnest(ARRAY[$$SELECT pmr.compute_figures('report', 'A', 'A', '2024-01-01', '2024-01-01', false)$$, $$SELECT pmr.store_figures('report', '2024-01-01')$$,
	$$SELECT pmr.visible_parties(pmr.requesting_role())$$, 'SELECT FROM pmr.party_figure', 'SELECT FROM pmr.rollup', 'SELECT FROM pmr.rollup_pair', 'SELECT FROM pmr.rollup_stratum', 'SELECT FROM pmr.rollup_part', 'SELECT FROM pmr.rollup_month', 'SELECT FROM pmr.source', 'SELECT FROM pmr.party_access', 'SELECT FROM pmr.refresh_log', 'SELECT FROM pmr.party']) AS call;
RESET ROLE;
-- access of the session user
SET SESSION AUTHORIZATION regress_report_a;
SELECT * FROM seen();
RESET SESSION AUTHORIZATION;
-- access is revoked
DELETE FROM pmr.party_access WHERE role_name = 'regress_report_a';
SET ROLE regress_report_a;
SELECT * FROM seen();
RESET ROLE;

-- views of rollups that everybody may read: only plain types, and no rows for a role without access
CREATE VIEW public_view AS
	SELECT c.oid, c.relname FROM pg_class AS c WHERE c.relnamespace = 'pmr'::regnamespace AND c.relkind = 'v' AND has_table_privilege('regress_report_none', c.oid, 'SELECT')
		AND c.relname NOT LIKE 'current\_%' AND c.relname NOT IN ('assumption', 'source_column');
SELECT count(*) >= 4 AS some, string_agg(relname, ', ' ORDER BY relname) FILTER (WHERE oid IN ('pmr.party_performance'::regclass, 'pmr.performance_report'::regclass)) AS among_them FROM public_view;
SELECT v.relname, a.attname, format_type(a.atttypid, a.atttypmod) FROM public_view AS v JOIN pg_attribute AS a ON a.attrelid = v.oid AND a.attnum > 0
WHERE a.atttypid NOT IN ('text'::regtype, 'date'::regtype, 'bigint'::regtype, 'integer'::regtype, 'float8'::regtype, 'boolean'::regtype)
	AND NOT (a.attname LIKE '%as\_of' AND a.atttypid = 'timestamptz'::regtype);
CREATE FUNCTION rows_for(who regrole) RETURNS TABLE (name text, rows bigint) LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE format('SET ROLE %s', who);
	FOR name IN SELECT v.relname FROM report.public_view AS v LOOP
		EXECUTE format('SELECT count(*) FROM pmr.%I', name) INTO rows;
		RETURN NEXT;
	END LOOP;
	RESET ROLE;
END
$$;
GRANT SELECT ON public_view TO PUBLIC;
SELECT * FROM rows_for('regress_report_none') WHERE rows <> 0;
SELECT count(*) >= 4 AS some FROM rows_for('regress_report_all') WHERE rows <> 0;

DELETE FROM pmr.party_access WHERE role_name LIKE 'regress_report%' OR role_name = 'public';
--
-- Parallel plans: no function that PUBLIC may call makes a whole query serial
--
SELECT oid::regprocedure FROM pg_proc
WHERE pronamespace = 'pmr'::regnamespace AND prokind <> 'p' AND proparallel = 'u' AND has_function_privilege('regress_report_a', oid, 'EXECUTE');
CREATE FUNCTION uses_workers(query text) RETURNS boolean LANGUAGE plpgsql
AS $$
DECLARE
	plan json;
BEGIN
	EXECUTE 'EXPLAIN (FORMAT JSON) ' || query INTO plan;
	RETURN plan::text LIKE '%"Gather%';
END
$$;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SELECT view, uses_workers(format('SELECT count(*) FROM (SELECT DISTINCT party FROM audit) AS a JOIN pmr.%I AS v USING (party)', view))
FROM unnest('{party_performance,factor_performance,party_business_process,performance_report,party_comparison,factor_comparison}'::text[]) AS view;
RESET parallel_setup_cost;
RESET parallel_tuple_cost;
RESET min_parallel_table_scan_size;
-- how many Parties performance() computes for a query
CREATE FUNCTION computed(query text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	plan json;
BEGIN
	EXECUTE 'EXPLAIN (ANALYZE, FORMAT JSON) ' || query INTO plan;
	RETURN substring(plan::text FROM '"Function Name": "performance_of",[^}]*"Actual Loops": ([0-9]+)');
END
$$;
SELECT computed($$SELECT * FROM pmr.performance('2024-01-01', '2024-02-29') WHERE source = 'report'$$) AS all_parties, computed($$SELECT * FROM pmr.performance('2024-01-01', '2024-02-29') WHERE source = 'report' AND party = 'A' AND srv = '2.2'$$) AS one;

--
-- The comments on columns name the values
--
\getenv test PG_ABS_SRCDIR
\set include :test '/sql/include/comments.sql'
\i :include

SELECT pmr.drop_source('report');
DROP OWNED BY regress_report_a, regress_report_member, regress_report_noinherit, regress_report_all, regress_report_both, regress_report_none, regress_report_analyst;
DROP ROLE regress_report_a, regress_report_member, regress_report_noinherit, regress_report_all, regress_report_both, regress_report_none, regress_report_analyst;
SET client_min_messages = 'error';
DROP SCHEMA report CASCADE;
