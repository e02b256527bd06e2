-- Refresh: a rollup equals plain SQL over the same rows, whether it was made at
-- once or in steps, and in any time zone, session and order of rows.
SET timezone = 'UTC';
SET datestyle = 'ISO';
SET intervalstyle = 'postgres';
SET client_min_messages = 'warning';
\pset null NULL
\set VERBOSITY terse
CREATE SCHEMA refresh;
SET search_path = refresh;

CREATE FUNCTION err(query text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE query;
	RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE || ': ' || SQLERRM;
END
$$;
-- leaves out what differs between two refreshes of the same rows
CREATE VIEW rolled AS
	SELECT source, 'stratum' AS what, substr(r::text, strpos(r::text, ',')) AS content FROM pmr.rollup_stratum AS r
	UNION ALL
	SELECT source, 'month', (to_jsonb(r) - '{source,as_of,settled,refreshed_at,refreshed_by}'::text[])::text FROM pmr.rollup_month AS r;
CREATE FUNCTION differences(one text, other text) RETURNS bigint LANGUAGE sql AS $$
	SELECT (SELECT count(*) FROM (SELECT what, content FROM rolled WHERE source = one EXCEPT ALL SELECT what, content FROM rolled WHERE source = other) AS d)
		+ (SELECT count(*) FROM (SELECT what, content FROM rolled WHERE source = other EXCEPT ALL SELECT what, content FROM rolled WHERE source = one) AS d)
$$;
CREATE FUNCTION random_of(i bigint, what integer, n integer) RETURNS integer LANGUAGE sql IMMUTABLE
	RETURN (hashint8extended(i, what) & 2147483647) % n;

--
-- 20,000 requests of every kind, in three months
--

CREATE TABLE audit AS
WITH drawn AS (
	SELECT i::bigint,
		'2024-02-01 00:00+00'::timestamptz + random_of(i, 1, 90 * 86400) * interval '1 s' + random_of(i, 2, 1000) * interval '1 ms' AS requested_at,
		('{A,A,A,A,B,B,C,NULL,"",long,wide}'::text[])[1 + random_of(i, 3, 11)] AS party,
		('{1.1.1,1.1.1,4.6.1,4.6.1,2.2,11.1,11.3,8.14.1,6.15.2,9.9.9,NULL,6.17}'::text[])[1 + random_of(i, 4, 12)] AS srv,
		('{on_demand,on_demand,future_dated,dcc_scheduled,non_device,NULL,ON_DEMAND}'::text[])[1 + random_of(i, 5, 7)] AS mode,
		('{smets1,smets2,smets2,NULL,SMETS2,any}'::text[])[1 + random_of(i, 6, 6)] AS device_generation,
		('{I0,I0,I0,I0,E9,I99,E1,E5,E20,E30,X9,NULL,""}'::text[])[1 + random_of(i, 7, 13)] AS response_code,
		('{digital_signature,key_agreement,"",NULL}'::text[])[1 + random_of(i, 8, 4)] AS qualifier,
		('{meter_read,change_of_tenancy,nothing,NULL,NULL,NULL,NULL}'::text[])[1 + random_of(i, 9, 7)] AS business_process,
		CASE WHEN random_of(i, 10, 20) = 0 THEN 1 + random_of(i, 11, 8) END AS command_variant,
		('{f1,f2,f3,"",NULL,long}'::text[])[1 + random_of(i, 12, 6)] AS firmware,
		('{North,Central,South}'::text[])[1 + random_of(i, 13, 3)] AS region,
		CASE WHEN random_of(i, 14, 7) > 0 THEN random_of(i, 15, 5) END AS "Orchestration %"
	FROM generate_series(1, 20000) AS i
), started AS (
	SELECT *, CASE WHEN mode IN ('future_dated', 'dcc_scheduled') AND random_of(i, 16, 10) > 0 OR random_of(i, 16, 30) = 0
			THEN requested_at + random_of(i, 17, 200000) * interval '1 s' END AS due_at
	FROM drawn
)
SELECT CASE party WHEN 'long' THEN repeat('party ', 100) WHEN 'wide' THEN repeat('é漢', 60) ELSE party END AS party, srv, mode, requested_at,
	CASE random_of(i, 18, 10)
		WHEN 0 THEN NULL
		WHEN 1 THEN coalesce(due_at, requested_at) + (random_of(i, 19, 172800) - 40000) * interval '1 s'
		WHEN 2 THEN requested_at + random_of(i, 19, 600000) * interval '1 s'
		WHEN 3 THEN coalesce(due_at, requested_at) + ('{0 s,30 s,30.000001 s,24 h,24:00:00.000001,120 h,-0.000001 s}'::interval[])[1 + random_of(i, 19, 7)]
		ELSE coalesce(due_at, requested_at) + random_of(i, 19, 45000) * interval '1 ms'
	END AS responded_at,
	response_code, device_generation, qualifier, business_process, due_at,
	CASE WHEN random_of(i, 20, 4) > 0 THEN requested_at + random_of(i, 21, 600000) * interval '1 s' END AS delivered_at,
	CASE WHEN random_of(i, 22, 10) > 0 THEN CASE WHEN i % 2 = 0 THEN 'REQUEST:' ELSE 'request:' END || CASE WHEN i % 10 = 0 THEN i % 3 ELSE i END END AS request_id,
	command_variant,
	CASE WHEN random_of(i, 23, 30) = 0 THEN requested_at + random_of(i, 24, 300000) * interval '1 s' END AS cancelled_at,
	CASE firmware WHEN 'long' THEN repeat('firm\ware', 40) ELSE firmware END AS firmware, region, "Orchestration %"
FROM started;
CREATE INDEX ON audit (requested_at);
ANALYZE audit;

-- The oracle in plain SQL: the outcome of each request ...
CREATE FUNCTION judged(zone text, as_of timestamptz)
	RETURNS TABLE (month date, day date, party text, srv text, mode text, device_generation text, qualifier text, business_process text,
		factors text[], kind text, class text, started timestamptz, answered timestamptz, outcome text, request_id text, due_at timestamptz)
	LANGUAGE sql STABLE AS $$
	WITH named AS (
		SELECT a.*, CASE WHEN a.mode IN ('on_demand', 'future_dated', 'dcc_scheduled', 'non_device') THEN a.mode END AS m,
			CASE WHEN a.response_code IS NOT NULL THEN coalesce(
				(SELECT c.class FROM pmr.current_response_code AS c WHERE c.code = a.response_code AND c.mode = a.mode),
				(SELECT c.class FROM pmr.current_response_code AS c WHERE c.code = a.response_code AND c.mode = 'any'), 'unclassified') END AS class
		FROM (
			-- what comes after as_of is not known yet
			SELECT party, srv, mode, requested_at, CASE WHEN responded_at <= as_of THEN responded_at END AS responded_at,
				CASE WHEN responded_at > as_of THEN NULL ELSE response_code END AS response_code, device_generation, qualifier, business_process, due_at,
				CASE WHEN delivered_at <= as_of THEN delivered_at END AS delivered_at, command_variant,
				CASE WHEN cancelled_at <= as_of THEN cancelled_at END AS cancelled_at, request_id, firmware, region, "Orchestration %"
			FROM audit
		) AS a
	), replied AS (
		-- an unlisted error is not an answer; an answer before due_at accepts a future-dated request, whose execution this source does not know
		SELECT n.*, a.response, coalesce(n.m = 'future_dated' AND coalesce(n.class, '') <> 'rejected' AND a.response < n.due_at AND n.due_at < 'infinity' AND (n.srv IN ('11.1', '4.6.1')) IS NOT TRUE, false) AS accepted
		FROM named AS n, LATERAL (
			SELECT CASE WHEN coalesce(n.class, '') IN ('acknowledged', 'no_response') OR n.class = 'unclassified' AND n.response_code ~ '^E' THEN NULL
				ELSE n.responded_at END AS response) AS a
	), timed AS (
		SELECT party, srv, mode, m, requested_at, device_generation, qualifier, business_process, due_at, command_variant, cancelled_at, request_id, firmware, region, "Orchestration %",
			response_code, CASE WHEN accepted THEN 'acknowledged' ELSE class END AS class,
			CASE WHEN coalesce(srv = '11.1' AND coalesce(class, '') <> 'rejected', false) THEN delivered_at
				WHEN NOT accepted THEN response END AS answered,
			CASE WHEN accepted THEN NULL
				WHEN m IN ('on_demand', 'non_device') OR m IS NULL AND due_at IS NULL THEN requested_at
				WHEN m IS NULL THEN NULL
				WHEN class = 'rejected' AND responded_at < due_at THEN requested_at
				ELSE due_at END AS started
		FROM replied
	), targeted AS (
		SELECT t.*, pmr.srv_target(srv, mode, device_generation, started) AS target,
			CASE WHEN command_variant = 4 THEN 'pre' WHEN command_variant IN (2, 6) THEN 'local'
				WHEN cancelled_at IS NOT NULL AND (due_at IS NULL OR cancelled_at < due_at) AND coalesce(class, '') <> 'success' THEN 'cancelled'
				ELSE 'request' END AS kind
		FROM timed AS t
	)
	SELECT date_trunc('month', requested_at AT TIME ZONE zone)::date, (requested_at AT TIME ZONE zone)::date,
		coalesce(party, ''), coalesce(srv, ''), coalesce(m, 'unknown'), CASE WHEN device_generation IN ('smets1', 'smets2') THEN device_generation ELSE 'unknown' END,
		coalesce(qualifier, ''), coalesce(business_process, ''), ARRAY[coalesce(firmware, ''), coalesce(region, ''), coalesce("Orchestration %"::text, '')],
		kind, class, started, answered,
		CASE WHEN answered < started THEN 'invalid'
			WHEN started IS NULL OR target IS NULL THEN 'not_measured'
			WHEN as_of <= started + target THEN 'pending'
			WHEN answered - started <= target THEN 'met'
			ELSE 'missed' END,
		request_id, due_at
	FROM targeted
	WHERE requested_at < as_of
$$;
-- ... and the counts, by month and by day
CREATE FUNCTION short(key text) RETURNS text LANGUAGE sql IMMUTABLE RETURN CASE WHEN octet_length(key) > 200 THEN left(key, 40) || '~' || left(encode(sha256(convert_to(key, 'UTF8')), 'hex'), 32) ELSE key END;
CREATE FUNCTION expected(zone text, as_of timestamptz, names text[])
	RETURNS TABLE (month date, day date, party text, srv text, mode text, device_generation text, qualifier text, business_process text, factor text, value text,
		counts text, rtt text)
	LANGUAGE sql STABLE AS $$
	SELECT j.month, c.day, short(j.party), short(j.srv), j.mode, j.device_generation, short(j.qualifier), short(j.business_process), c.factor, short(c.value),
		concat_ws(' ',
			count(*) FILTER (WHERE request),
			count(*) FILTER (WHERE request AND outcome = 'met'),
			count(*) FILTER (WHERE request AND outcome = 'missed'),
			count(*) FILTER (WHERE request AND outcome = 'pending'),
			count(*) FILTER (WHERE request AND outcome = 'not_measured'),
			count(*) FILTER (WHERE request AND outcome = 'invalid'),
			count(*) FILTER (WHERE decided AND answered IS NOT NULL),
			count(*) FILTER (WHERE decided AND answered IS NOT NULL AND class = 'success'),
			count(*) FILTER (WHERE decided AND answered IS NOT NULL AND class = 'rejected'),
			0,
			count(*) FILTER (WHERE decided AND class = 'no_response'),
			count(*) FILTER (WHERE decided AND (class = 'unclassified' OR class IS NULL AND answered IS NOT NULL)),
			count(*) FILTER (WHERE request AND outcome = 'met' AND class = 'success'),
			count(*) FILTER (WHERE request AND outcome = 'met' AND class = 'rejected'),
			count(*) FILTER (WHERE request AND outcome = 'missed' AND answered IS NOT NULL AND class = 'rejected'),
			count(*) FILTER (WHERE kind = 'pre'), count(*) FILTER (WHERE kind = 'local'), count(*) FILTER (WHERE kind = 'cancelled')),
		(pmr.rtt_sketch(started, answered) FILTER (WHERE decided AND started IS NOT NULL))::text
	FROM (SELECT *, kind = 'request' AS request, kind = 'request' AND outcome NOT IN ('pending', 'invalid') AS decided FROM judged(zone, as_of)) AS j,
		LATERAL (
			SELECT NULL::date, 'all', '' UNION ALL SELECT j.day, 'all', ''
			UNION ALL SELECT NULL, f.name, j.factors[f.i] FROM unnest(names) WITH ORDINALITY AS f (name, i)
		) AS c (day, factor, value)
	GROUP BY j.month, c.day, j.party, j.srv, j.mode, j.device_generation, j.qualifier, j.business_process, c.factor, c.value
$$;
CREATE VIEW rollup AS
	SELECT source, month, day, party, srv, mode, device_generation, qualifier, business_process, factor, value,
		concat_ws(' ', requests, met, missed, pending, not_measured, invalid, answered, success, rejected, failed, no_response, unclassified,
			met_success, met_rejected, missed_rejected, pre_commands, local_commands, cancelled) AS counts, rtt::text AS rtt
	FROM pmr.rollup;
-- compares a rollup with the oracle: its rows, and the rows that only one of them has
CREATE FUNCTION compare(name text, zone text, as_of timestamptz, names text[]) RETURNS TABLE (rows bigint, wrong bigint, missing bigint)
	LANGUAGE plpgsql AS $$
BEGIN
	DROP TABLE IF EXISTS pg_temp.actual, pg_temp.should_be;
	CREATE TEMPORARY TABLE actual AS SELECT r.* FROM refresh.rollup AS r WHERE r.source = name;
	ALTER TABLE pg_temp.actual DROP COLUMN source;
	CREATE TEMPORARY TABLE should_be AS SELECT * FROM refresh.expected(zone, as_of, names) AS e WHERE e.month IN (SELECT m.month FROM pmr.rollup_month AS m WHERE m.source = name);
	RETURN QUERY SELECT (SELECT count(*) FROM pg_temp.actual),
		(SELECT count(*) FROM (TABLE pg_temp.actual EXCEPT ALL TABLE pg_temp.should_be) AS d),
		(SELECT count(*) FROM (TABLE pg_temp.should_be EXCEPT ALL TABLE pg_temp.actual) AS d);
END
$$;

SELECT pmr.add_source('audit', 'audit', '{firmware,region,"Orchestration %"}');
SELECT pmr.refresh_months(pmr.requesting_role(), 'audit', NULL, NULL, '2024-07-01 00:00+00');
SELECT m, pmr.refresh_month(pmr.requesting_role(), 'audit', m, '2024-07-01 00:00+00'),
	(SELECT count(*) FROM audit WHERE requested_at >= m AND requested_at < m + interval '1 month') AS rows
FROM unnest('{2024-02-01,2024-03-01,2024-04-01}'::date[]) AS m;
SELECT * FROM compare('audit', 'UTC', '2024-07-01 00:00+00', '{firmware,region,Orchestration %}');
-- every outcome and kind occurs
SELECT outcome, kind, count(*) > 20 AS some, count(*) FILTER (WHERE answered IS NOT NULL) > 20 AS answered FROM judged('UTC', '2024-07-01') GROUP BY outcome, kind ORDER BY kind COLLATE "C", outcome COLLATE "C";
-- pairs of values
CREATE FUNCTION compare_pairs(name text, zone text, as_of timestamptz, names text[]) RETURNS TABLE (rows bigint, wrong bigint, missing bigint)
	LANGUAGE sql AS $$
	WITH actual AS MATERIALIZED (
		SELECT month, party, srv, mode, device_generation, factor_a, factor_b, a.value AS a, b.value AS b, sum(p.measured[a.i]) AS measured, sum(p.missed[a.i]) AS missed
		FROM pmr.rollup_pair AS p, unnest(p.values_a) WITH ORDINALITY AS a (value, i), unnest(p.values_b) WITH ORDINALITY AS b (value, i)
		WHERE p.source = name AND a.i = b.i
		GROUP BY month, party, srv, mode, device_generation, factor_a, factor_b, a.value, b.value
	), should_be AS MATERIALIZED (
		SELECT month, short(party), short(srv), mode, device_generation, names[a], names[b], short(factors[a]), short(factors[b]), count(*)::numeric, count(*) FILTER (WHERE outcome = 'missed')::numeric
		FROM judged(zone, as_of) AS j, generate_subscripts(names, 1) AS a, generate_subscripts(names, 1) AS b
		WHERE kind = 'request' AND outcome IN ('met', 'missed') AND a < b
		GROUP BY month, party, srv, mode, device_generation, a, b, factors[a], factors[b]
	)
	SELECT (SELECT count(*) FROM actual), (SELECT count(*) FROM (TABLE actual EXCEPT ALL TABLE should_be) AS d), (SELECT count(*) FROM (TABLE should_be EXCEPT ALL TABLE actual) AS d)
$$;
SELECT * FROM compare_pairs('audit', 'UTC', '2024-07-01 00:00+00', '{firmware,region,Orchestration %}');
SELECT bool_and(cardinality(values_a) = cardinality(values_b) AND cardinality(values_a) = cardinality(measured) AND cardinality(values_a) = cardinality(missed)) FROM pmr.rollup_pair;
-- the figures of each month
SELECT count(*) AS wrong FROM (
	SELECT month, rows_read, requests, no_party, no_srv, unknown_srv, unknown_mode, unknown_generation, negative, (SELECT sum(d) FROM unnest(duplicates) AS d) AS duplicates, parties FROM pmr.rollup_month WHERE source = 'audit'
	EXCEPT
	SELECT month, count(*), count(*) FILTER (WHERE request), count(*) FILTER (WHERE request AND party = ''), count(*) FILTER (WHERE request AND srv = ''),
		count(*) FILTER (WHERE request AND srv = '9.9.9'), count(*) FILTER (WHERE request AND mode = 'unknown'), count(*) FILTER (WHERE request AND device_generation = 'unknown'),
		count(*) FILTER (WHERE request AND outcome = 'invalid'),
		count(*) FILTER (WHERE may_repeat) - count(DISTINCT (day, party, srv, lower(request_id), CASE mode WHEN 'dcc_scheduled' THEN due_at END)) FILTER (WHERE may_repeat),
		array_agg(DISTINCT short(party) ORDER BY short(party))
	FROM (SELECT *, kind = 'request' AS request, kind NOT IN ('pre', 'local') AND request_id IS NOT NULL AND (mode <> 'dcc_scheduled' OR due_at IS NOT NULL) AS may_repeat
		FROM judged('UTC', '2024-07-01')) AS j GROUP BY month
) AS d;
SELECT month, (SELECT sum(d) FROM unnest(duplicates) AS d) > 5 AS some_duplicates, settled, success_known, as_of FROM pmr.rollup_month WHERE source = 'audit' ORDER BY month;
-- targets follow the table: 11.3 has a target of five days for SMETS1
SELECT srv, mode, device_generation, target_s, target_status FROM pmr.rollup
WHERE source = 'audit' AND srv IN ('1.1.1', '11.1', '11.3', '9.9.9', '') GROUP BY srv, mode, device_generation, target_s, target_status ORDER BY srv COLLATE "C", mode COLLATE "C", device_generation COLLATE "C";
-- the aggregates that look up targets agree
SELECT count(*) AS groups, count(*) FILTER (WHERE (c.t).met <> r.met OR (c.t).missed <> r.missed OR (c.t).pending <> r.pending OR (c.t).not_measured <> r.not_measured OR (c.t).invalid <> r.invalid) AS wrong
FROM (SELECT month, party, srv, mode, pmr.srv_target_counts(srv, mode, started, answered, device_generation, '2024-07-01') AS t FROM judged('UTC', '2024-07-01') WHERE kind = 'request' GROUP BY month, party, srv, mode) AS c
	JOIN (SELECT month, party, srv, mode, sum(met) AS met, sum(missed) AS missed, sum(pending) AS pending, sum(not_measured) AS not_measured, sum(invalid) AS invalid
		  FROM pmr.rollup WHERE source = 'audit' AND day IS NULL AND factor = 'all' GROUP BY month, party, srv, mode) AS r ON r.month = c.month AND r.party = short(c.party) AND r.srv = c.srv AND r.mode = c.mode;

--
-- A month that is expected to need much memory is read in parts, with the same result
--

CREATE SEQUENCE reads;
CREATE FUNCTION many() RETURNS SETOF audit LANGUAGE plpgsql STABLE ROWS 10000000000 AS $$
BEGIN
	PERFORM nextval('refresh.reads');
	RETURN QUERY TABLE refresh.audit;
END
$$;
CREATE VIEW many AS SELECT * FROM many();
SELECT pmr.add_source('many', 'many', '{firmware,region,"Orchestration %"}');
-- each part is read once
CREATE FUNCTION refresh_in_parts(month date, OUT parts bigint, OUT reads bigint) LANGUAGE plpgsql SET work_mem = '256MB' AS $$
BEGIN
	SELECT count(*) INTO parts FROM pmr.parts_to_read(pmr.requesting_role(), 'many', pmr.month_days(month), '2024-07-01 00:00+00');
	PERFORM setval('refresh.reads', 1, false), pmr.refresh_month(pmr.requesting_role(), 'many', month, '2024-07-01 00:00+00');
	SELECT last_value INTO reads FROM refresh.reads WHERE is_called;
END
$$;
-- what the planner's estimate was worth for one month corrects that for the next
SELECT m AS month, r.parts > 1 AS parts, r.reads = r.parts AS reads FROM unnest('{2024-02-01,2024-03-01,2024-04-01}'::date[]) AS m, LATERAL refresh_in_parts(m) AS r;
SELECT differences('audit', 'many'), (SELECT count(*) FROM rolled WHERE source = 'many') > 1000 AS some, (SELECT count(*) FROM pmr.rollup_part) AS parts_left;
SELECT pmr.drop_source('many');
-- parts are whole days before as_of, and have each day once
CREATE FUNCTION compare_parts(name text, days date[], as_of timestamptz) RETURNS TABLE (parts bigint, covered boolean, once boolean, whole_days boolean) LANGUAGE sql AS $$
	WITH part AS MATERIALIZED (
		SELECT * FROM pmr.parts_to_read(pmr.requesting_role(), name, days, as_of)
	), day AS MATERIALIZED (
		SELECT pmr.day_start(name, day) AS start, least(pmr.day_start(name, day + 1), as_of) AS finish FROM unnest(days) AS day WHERE pmr.day_start(name, day) < as_of
	)
	SELECT count(*), range_agg(tstzrange(start, finish)) IS NOT DISTINCT FROM (SELECT range_agg(tstzrange(start, finish)) FROM day),
		sum(finish - start) IS NOT DISTINCT FROM (SELECT sum(finish - start) FROM day), coalesce(bool_and(start IN (SELECT start FROM day)), true)
	FROM part
$$;
SELECT pmr.add_source('many', 'many', report_timezone => 'Europe/London');
CREATE VIEW some_days (i, what, days, as_of) AS VALUES
	(1, 'clock goes back', pmr.month_days('2023-10-01'), '2024-01-01 00:00+00'::timestamptz),
	(2, 'clock goes forward', pmr.month_days('2024-03-01'), '2024-07-01 00:00+00'),
	(3, 'as of a day of the month', pmr.month_days('2024-03-01'), '2024-03-31 12:00+00'),
	(4, 'as of the beginning of a day', pmr.month_days('2024-04-01'), '2024-04-02 23:00+00'),
	(5, 'as of the beginning of the month', pmr.month_days('2024-04-01'), '2024-03-31 23:00+00'),
	(6, 'gaps', '{2023-10-01,2023-10-02,2023-10-04,2023-10-28,2023-10-29,2023-10-30,2023-10-31}', '2024-01-01 00:00+00'),
	(7, 'two months', '{2024-04-01,2024-03-31,2024-03-30}', '2024-07-01 00:00+00'),
	(8, 'no days', '{}', '2024-07-01 00:00+00');
SET work_mem = '256MB';
SELECT what, p.parts BETWEEN 2 AND cardinality(days) - 1 AS several_days, covered, once, whole_days FROM some_days, LATERAL compare_parts('many', days, as_of) AS p ORDER BY i;
-- no part has less than a day, however little memory there is
SET work_mem = '64kB';
SELECT what, p.parts, covered, once, whole_days FROM some_days, LATERAL compare_parts('many', days, as_of) AS p ORDER BY i;
RESET work_mem;
-- parts of few rows have as many days as there are without a gap
SELECT what, p.parts, covered, once, whole_days FROM some_days, LATERAL compare_parts('audit', days, as_of) AS p ORDER BY i;
SELECT pmr.drop_source('many');

--
-- Months and days begin at midnight in the source's time zone
--

SELECT pmr.add_source('london', 'audit', '{firmware}', 'Europe/London'), pmr.add_source('tokyo', 'audit', '{firmware}', 'Asia/Tokyo');
SELECT name, pmr.refresh_months(pmr.requesting_role(), name, NULL, NULL, '2024-07-01 00:00+00') FROM (VALUES ('london'), ('tokyo')) AS s (name);
SELECT pmr.refresh_month(pmr.requesting_role(), 'london', '2024-03-01', '2024-07-01 00:00+00') = (SELECT count(*) FROM audit WHERE requested_at >= '2024-03-01 00:00+00' AND requested_at < '2024-03-31 23:00+00') AS all_of_march;
SELECT * FROM compare('london', 'Europe/London', '2024-07-01 00:00+00', '{firmware}');
SELECT pmr.refresh_month(pmr.requesting_role(), 'tokyo', '2024-05-01', '2024-07-01 00:00+00') = (SELECT count(*) FROM audit WHERE requested_at >= '2024-04-30 15:00+00') AS all_of_may;
SELECT * FROM compare('tokyo', 'Asia/Tokyo', '2024-07-01 00:00+00', '{firmware}');
-- at a clock change: the hour that occurs twice, the day of 25 hours, the first and last moments of months
CREATE TABLE clock (party text, srv text, mode text, requested_at timestamptz, responded_at timestamptz, response_code text);
INSERT INTO clock SELECT 'A', '1.1.1', 'on_demand', t::timestamptz, t::timestamptz + interval '1 s', 'I0'
FROM unnest(ARRAY['2023-10-28 23:59:59.999999+01', '2023-10-29 00:00+01', '2023-10-29 00:30+01', '2023-10-29 01:30+01', '2023-10-29 01:30+00', '2023-10-29 23:59:59.999999+00',
	'2023-09-30 23:00+00', '2023-09-30 22:59:59.999999+00', '2023-10-31 23:59:59.999999+00', '2023-11-01 00:00+00', '2023-03-26 00:30+00', '2023-03-26 02:30+01']) AS t;
SELECT pmr.add_source('clock', 'clock', '{}', 'Europe/London');
SELECT pmr.refresh_months(pmr.requesting_role(), 'clock', NULL, NULL, '2024-01-01');
SELECT pmr.refresh_month(pmr.requesting_role(), 'clock', m, '2024-01-01') AS rows FROM unnest(pmr.refresh_months(pmr.requesting_role(), 'clock', NULL, NULL, '2024-01-01')) AS m;
SELECT month, day, requests FROM pmr.rollup WHERE source = 'clock' ORDER BY month, day NULLS FIRST;
-- as of 00:30 a request of 00:30 is not counted yet
SELECT pmr.drop_source('clock');
SELECT pmr.add_source('clock', 'clock', '{}', 'Europe/London');
SELECT pmr.refresh_month(pmr.requesting_role(), 'clock', '2023-10-01', '2023-10-29 00:30+01'), pmr.refresh_months(pmr.requesting_role(), 'clock', NULL, NULL, '2023-10-29 00:30+01');
SELECT day, requests, pending FROM pmr.rollup WHERE source = 'clock' ORDER BY day NULLS FIRST;
SELECT pmr.drop_source(source) FROM unnest('{clock,london,tokyo}'::text[]) AS source;

--
-- Timestamps without time zone, no optional columns, no factors
--

CREATE VIEW bare AS SELECT party, srv, mode, requested_at AT TIME ZONE 'UTC' AS requested_at, responded_at AT TIME ZONE 'UTC' AS responded_at FROM audit WHERE party = 'B';
CREATE VIEW bare_zone AS SELECT party, srv, mode, requested_at, responded_at FROM audit WHERE party = 'B';
SELECT pmr.add_source('bare', 'bare', '{}', 'Europe/London'), pmr.add_source('bare_zone', 'bare_zone', '{}', 'Europe/London');
SET timezone = 'America/New_York';
SELECT name, pmr.refresh_months(pmr.requesting_role(), name, NULL, NULL, '2024-07-01 00:00+00') FROM (VALUES ('bare'), ('bare_zone')) AS s (name);
SELECT count(pmr.refresh_month(pmr.requesting_role(), name, m, '2024-07-01 00:00+00')) FROM (VALUES ('bare'), ('bare_zone')) AS s (name), unnest('{2024-02-01,2024-03-01,2024-04-01,2024-05-01}'::date[]) AS m;
SET timezone = 'UTC';
SELECT differences('bare', 'bare_zone'), (SELECT count(*) FROM rolled WHERE source = 'bare') > 50 AS some;
SELECT sum(requests) = (SELECT count(*) FROM bare_zone) AS all_requests,
	sum(answered) = (SELECT count(*) FROM bare_zone WHERE responded_at IS NOT NULL AND (srv = '11.1' OR mode IN ('future_dated', 'dcc_scheduled') OR responded_at >= requested_at)) AS all_answered,
	sum(success) AS success, sum(unclassified) = sum(answered) AS all_unclassified, count(*) FILTER (WHERE factor <> 'all') AS factors
FROM pmr.rollup WHERE source = 'bare' AND day IS NULL;
SELECT DISTINCT success_known, duplicates FROM pmr.rollup_month WHERE source = 'bare';
SELECT pmr.drop_source('bare'), pmr.drop_source('bare_zone');

--
-- Settings of the session do not change the rollup
--

CREATE VIEW set AS
	SELECT *, requested_at::text AS "time", requested_at::date AS date, requested_at - '2024-01-01' AS interval, extract(epoch FROM requested_at)::float8 / 7 AS float,
		decode(md5(region), 'hex') AS bytes, to_char(requested_at, 'TMMonth HH24 TZ') AS month, 12.5::money AS money, ARRAY[region, NULL] AS list
	FROM audit WHERE party = 'C' AND srv = '1.1.1';
SELECT pmr.add_source('plain', 'set', '{time,date,interval,bytes,month,money,list,float,region}'), pmr.add_source('odd', 'set', '{time,date,interval,bytes,month,money,list,float,region}');
SELECT count(pmr.refresh_month(pmr.requesting_role(), 'plain', m, '2024-07-01 00:00+00')) FROM unnest('{2024-02-01,2024-03-01,2024-04-01}'::date[]) AS m;
SET datestyle = 'SQL, DMY';
SET timezone = 'Pacific/Apia';
SET intervalstyle = 'iso_8601';
SET extra_float_digits = -15;
SET bytea_output = 'escape';
-- PostgreSQL 19 does not allow turning these off.
DO $$
BEGIN
	IF current_setting('escape_string_warning', true) IS NOT NULL THEN
		SET standard_conforming_strings = off;
		SET escape_string_warning = off;
	END IF;
END
$$;
SET transform_null_equals = on;
SET array_nulls = off;
SET quote_all_identifiers = on;
SET enable_hashagg = off;
SET enable_hashjoin = off;
-- parallel plans of all queries, in one month, as starting so many workers takes long
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET max_parallel_workers_per_gather = 1;
SET jit = off;
SELECT pmr.refresh_month(pmr.requesting_role(), 'odd', make_date(2024, 2, 1), '2024-07-01 00:00:00+00') > 0 AS done;
SET max_parallel_workers_per_gather = 0;
SET jit = on;
SET jit_above_cost = 0;
SELECT pmr.refresh_month(pmr.requesting_role(), 'odd', make_date(2024, 3, 1), '2024-07-01 00:00:00+00') > 0 AS done;
SET work_mem = '64kB';
SELECT pmr.refresh_month(pmr.requesting_role(), 'odd', make_date(2024, 4, 1), '2024-07-01 00:00:00+00') > 0 AS done;
RESET ALL;
SET timezone = 'UTC';
SET datestyle = 'ISO';
SET intervalstyle = 'postgres';
SET client_min_messages = 'warning';
SET search_path = refresh;
SELECT differences('plain', 'odd'), (SELECT count(*) FROM rolled WHERE source = 'odd') > 1000 AS some;
SELECT factor, min(value COLLATE "C") AS first FROM pmr.rollup WHERE source = 'odd' AND factor NOT IN ('all', 'time', 'float', 'interval') GROUP BY factor ORDER BY factor COLLATE "C";
SELECT pmr.drop_source('plain'), pmr.drop_source('odd');

--
-- Parallel workers send states, not rows, and the rollup is the same
--

CREATE FUNCTION has_partial_aggregate(source text, by_day boolean) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
	plan text;
	query text := pmr.part_query(source, by_day);
	value text;
BEGIN
	FOREACH value IN ARRAY '{2024-07-01 00:00+00,2024-02-01 00:00+00,2024-03-01 00:00+00}'::text[] LOOP
		query := replace(query, '$' || array_position('{2024-07-01 00:00+00,2024-02-01 00:00+00,2024-03-01 00:00+00}', value), quote_literal(value) || '::timestamptz');
	END LOOP;
	EXECUTE 'EXPLAIN (FORMAT JSON) ' || replace(query, '$4', 'pmr.reference_fingerprint()') INTO plan;
	RETURN plan LIKE '%"Partial Mode": "Partial"%' AND plan LIKE '%"Partial Mode": "Finalize"%';
END
$$;
INSERT INTO pmr.source (source, relation, factors, region_factor, report_timezone, settle_after, count_copies)
SELECT 'workers', s.relation, s.factors, s.region_factor, s.report_timezone, s.settle_after, s.count_copies FROM pmr.source AS s WHERE s.source = 'audit';
SET min_parallel_table_scan_size = 0;
-- too dear for the many small queries of a refresh
SET parallel_setup_cost = 100;
SET max_parallel_workers_per_gather = 2;
SELECT has_partial_aggregate('workers', by_day) FROM unnest('{f,t}'::boolean[]) AS by_day;
SELECT count(pmr.refresh_month(pmr.requesting_role(), 'workers', m, '2024-07-01 00:00+00')) FROM unnest('{2024-02-01,2024-03-01,2024-04-01}'::date[]) AS m;
RESET min_parallel_table_scan_size;
RESET parallel_setup_cost;
SET max_parallel_workers_per_gather = 0;
SELECT count(pmr.refresh_month(pmr.requesting_role(), 'audit', m, '2024-07-01 00:00+00')) FROM unnest('{2024-02-01,2024-03-01,2024-04-01}'::date[]) AS m;
RESET max_parallel_workers_per_gather;
SELECT differences('workers', 'audit'), (SELECT count(*) FROM rolled WHERE source = 'workers') > 1000 AS some;
SELECT pmr.drop_source('workers');
DROP FUNCTION has_partial_aggregate(text, boolean);

--
-- An open month as of later and later times: pending requests are decided, and late
-- rows arrive.  Each result equals that of a first refresh.
--

SELECT pmr.add_source('open', 'audit', '{firmware}');
CREATE FUNCTION refresh_and_compare(as_of timestamptz) RETURNS TABLE (rows_read bigint, rows bigint, wrong bigint, missing bigint) LANGUAGE plpgsql AS $$
BEGIN
	rows_read := pmr.refresh_month(pmr.requesting_role(), 'open', '2024-02-01', as_of);
	SELECT c.rows, c.wrong, c.missing INTO rows, wrong, missing FROM compare('open', 'UTC', as_of, '{firmware}') AS c;
	RETURN NEXT;
END
$$;
SELECT as_of, r.*
FROM unnest('{2024-02-03 12:00+00,2024-02-29 23:59:59+00,2024-03-02 00:00+00}'::timestamptz[]) AS as_of, LATERAL refresh_and_compare(as_of) AS r;
SELECT as_of, settled, requests, (SELECT sum(pending) FROM pmr.rollup AS r WHERE r.source = 'open' AND day IS NULL AND factor = 'all') AS pending FROM pmr.rollup_month WHERE source = 'open';
-- again as of the same time, and as of an earlier time, which changes nothing
CREATE TABLE before AS SELECT * FROM rolled WHERE source = 'open';
SELECT pmr.refresh_month(pmr.requesting_role(), 'open', '2024-02-01', '2024-03-02 00:00+00') > 0 AS done;
SELECT pmr.refresh_month(pmr.requesting_role(), 'open', '2024-02-01', '2024-03-01 23:59:59.999999+00');
SELECT count(*) FROM (TABLE before EXCEPT ALL SELECT * FROM rolled WHERE source = 'open') AS d;
-- changes of every kind to the rows
BEGIN;
UPDATE audit SET responded_at = requested_at + interval '3 days', response_code = 'I0' WHERE responded_at IS NULL;
UPDATE audit SET party = 'D', firmware = 'f9' WHERE party = 'C' AND srv = '1.1.1';
DELETE FROM audit WHERE srv = '4.6.1' AND region = 'North';
INSERT INTO audit SELECT * FROM audit WHERE requested_at < '2024-02-05';
DELETE FROM audit WHERE requested_at >= '2024-03-01';
SELECT as_of, r.*
FROM unnest('{2024-03-02 00:00+00,2024-06-01 00:00+00}'::timestamptz[]) AS as_of, LATERAL refresh_and_compare(as_of) AS r;
-- the rollup equals that of a new source
SELECT pmr.add_source('new', 'audit', '{firmware}');
SELECT pmr.refresh_month(pmr.requesting_role(), 'new', '2024-02-01', '2024-06-01 00:00+00') > 0 AS done;
SELECT differences('open', 'new'), (SELECT count(*) FROM rolled WHERE source = 'new') > 1000 AS some;
-- also if the rows have another order
CREATE TABLE reordered AS SELECT * FROM audit ORDER BY hashtextextended(audit::text, 1);
SELECT pmr.add_source('reordered', 'reordered', '{firmware}');
SELECT pmr.refresh_month(pmr.requesting_role(), 'reordered', '2024-02-01', '2024-06-01 00:00+00') > 0 AS done;
SELECT differences('open', 'reordered');
-- a month whose rows were all deleted
DELETE FROM audit;
SELECT pmr.refresh_month(pmr.requesting_role(), 'open', '2024-02-01', '2024-06-02 00:00+00');
SELECT count(*) FROM rolled WHERE source = 'open';
ROLLBACK;
SELECT pmr.drop_source('open');

--
-- The procedure: which months it rolls up, and what it logs
--

CREATE TABLE log (party text, srv text, mode text, requested_at timestamptz, responded_at timestamptz, response_code text, region text);
SELECT pmr.add_source('log', 'log', '{region}', settle_after => '60 days');
CALL pmr.refresh('log');
SELECT months, months_done, rows_read, done_pct, from_day, to_day, expected_at, finished_at >= started_at AS finished, refreshed_by = current_user AS by_me, pid = pg_backend_pid() AS here
FROM pmr.refresh_log WHERE source = 'log' ORDER BY refresh_id DESC LIMIT 1;
SELECT count(*) FROM rolled WHERE source = 'log';
-- on any date, the month half a year ago is settled, and last month is open
CREATE TABLE month AS SELECT date_trunc('month', now())::date AS this, (date_trunc('month', now()) - interval '1 month')::date AS last, (date_trunc('month', now()) - interval '6 months')::date AS old;
INSERT INTO log
SELECT 'A', '1.1.1', 'on_demand', time, CASE WHEN i % 10 > 0 THEN time + i % 50 * interval '1 s' END, CASE WHEN i % 10 > 0 THEN 'I0' END, CASE WHEN i % 3 > 0 THEN 'North' ELSE 'South' END
FROM generate_series(1, 500) AS i, LATERAL (SELECT old + i * interval '30 minutes' FROM month UNION ALL SELECT last + i * interval '30 minutes' FROM month) AS t (time);
INSERT INTO log SELECT 'A', '1.1.1', 'on_demand', t::timestamptz FROM unnest('{infinity,-infinity,NULL,"4714-11-24 00:00+00 BC"}'::text[]) AS t;
INSERT INTO log SELECT 'A', '1.1.1', 'on_demand', now() + interval '400 days';
CREATE VIEW rolled_month AS
	SELECT m.source, CASE m.month WHEN (SELECT old FROM month) THEN 'old' WHEN (SELECT last FROM month) THEN 'last' ELSE m.month::text END AS which, m.settled, m.requests, r.met, r.missed, r.answered,
		m.as_of = (SELECT max(as_of) FROM pmr.refresh_log WHERE source = m.source) AS just_now
	FROM pmr.rollup_month AS m JOIN pmr.rollup AS r ON r.source = m.source AND r.month = m.month AND r.day IS NULL AND r.factor = 'all';
CALL pmr.refresh('log');
SELECT months, months_done, rows_read, done_pct, from_day, to_day, expected_at, finished_at >= started_at AS finished FROM pmr.refresh_log WHERE source = 'log' ORDER BY refresh_id DESC LIMIT 1;
SELECT * FROM rolled_month WHERE source = 'log' ORDER BY which;
-- nothing has changed: the rows are equal, and the settled month is not read again
CREATE TABLE log_before AS SELECT * FROM rolled WHERE source = 'log';
CALL pmr.refresh('log');
SELECT months, rows_read FROM pmr.refresh_log WHERE source = 'log' ORDER BY refresh_id DESC LIMIT 1;
SELECT which, just_now FROM rolled_month WHERE source = 'log' ORDER BY which;
SELECT (SELECT count(*) FROM (TABLE log_before EXCEPT ALL SELECT * FROM rolled WHERE source = 'log') AS d), (SELECT count(*) FROM (SELECT * FROM rolled WHERE source = 'log' EXCEPT ALL TABLE log_before) AS d);
-- late responses and late rows: counted at once in the open month, and in the settled month when it is named
UPDATE log SET responded_at = requested_at + interval '20 s', response_code = 'I0' WHERE responded_at IS NULL AND isfinite(requested_at) AND requested_at < now();
INSERT INTO log SELECT 'A', '1.1.1', 'on_demand', t, t, 'I0', 'Central' FROM month, LATERAL unnest(ARRAY[old + interval '27 days', last + interval '27 days']) AS t;
CALL pmr.refresh('log');
SELECT which, requests, met, missed, answered FROM rolled_month WHERE source = 'log' ORDER BY which;
SELECT old + 3 AS from_day, old + 4 AS to_day FROM month \gset
CALL pmr.refresh('log', :'from_day', :'to_day');
SELECT which, requests, met, missed, answered FROM rolled_month WHERE source = 'log' ORDER BY which;
SELECT months, months_done, rows_read, to_day - from_day AS days FROM pmr.refresh_log WHERE source = 'log' ORDER BY refresh_id DESC LIMIT 1;
-- now the rollup equals that of a new source
SELECT pmr.add_source('all', 'log', '{region}');
CALL pmr.refresh('all');
SELECT differences('log', 'all'), (SELECT count(*) FROM rolled WHERE source = 'all') AS rows;
SELECT pmr.drop_source('all');
-- the months of a range of days, also without one end
SELECT first.name, ARRAY(SELECT CASE m WHEN old THEN 'old' WHEN last THEN 'last' ELSE 'other' END FROM unnest(pmr.refresh_months(pmr.requesting_role(), 'log', from_day, to_day, clock_timestamp())) AS m ORDER BY m)
FROM month, LATERAL (VALUES (1, 'none', NULL, NULL), (2, 'from the old one', old, NULL), (3, 'from the last one', last + 20, NULL), (4, 'to the old one', NULL, old), (5, 'to yesterday', NULL, this - 1), (6, 'the old one', old, old),
	(7, 'between', old + 40, last - 1), (8, 'before', old - 400, old - 1), (9, 'to come', this + 400, this + 500), (10, 'all', old - 4000, this + 4000)) AS first (i, name, from_day, to_day)
ORDER BY i;
-- targets change: open months are rolled up again, settled months are reported
INSERT INTO pmr.target_response_time (srv, mode, valid_from, target, status, source) SELECT '1.1.1', 'on_demand', old - interval '1 day', '15 s', 'confirmed', 'test' FROM month;
CALL pmr.refresh('log');
SELECT which, requests, met, missed FROM rolled_month WHERE source = 'log' ORDER BY which;
SELECT problem, CASE value WHEN to_char(old, 'YYYY-MM') THEN 'old' END AS month, rows,
	remedy = format('CALL pmr.refresh(''log'', ''%s'', ''%s'')', old, (old + interval '1 month - 1 day')::date) AS remedy_fits, remedy
		LIKE 'CALL pmr.refresh(''log'', ''____-__-01'', ''____-__-__'')' AS remedy
FROM pmr.check_source('log') AS c, month WHERE problem = 'targets have changed';
SELECT remedy FROM pmr.check_source('log') WHERE problem = 'targets have changed' \gset
:remedy;
SELECT which, requests, met, missed FROM rolled_month WHERE source = 'log' ORDER BY which;
SELECT DISTINCT target_s, target_status FROM pmr.rollup WHERE source = 'log';
SELECT count(*) FROM pmr.changed_targets('log');
-- a target of a user role changes them as well
INSERT INTO pmr.target_response_time (srv, mode, user_role, target, source) VALUES ('1.1.1', 'on_demand', 'XYZ', '15 s', 'test');
SELECT count(*) FROM pmr.changed_targets('log');
DELETE FROM pmr.target_response_time WHERE user_role = 'XYZ';
SELECT count(*) FROM pmr.changed_targets('log');
-- a target of the future changes nothing; a target from the middle of the open month on is applied
INSERT INTO pmr.target_response_time (srv, mode, valid_from, target, status, source) SELECT '1.1.1', 'on_demand', this + interval '100 years', '1 s', 'confirmed', 'test' FROM month;
INSERT INTO pmr.target_response_time (srv, mode, valid_from, target, status, source) SELECT '1.1.1', 'on_demand', last + interval '5 days', NULL, 'confirmed', 'test' FROM month;
CALL pmr.refresh('log');
SELECT CASE month WHEN old THEN 'old' ELSE 'last' END AS which, target_s, target_status, requests, met, missed, not_measured FROM pmr.rollup, month WHERE source = 'log' AND day IS NULL AND factor = 'all' ORDER BY which;
SELECT count(*) FROM pmr.changed_targets('log');
DELETE FROM pmr.target_response_time WHERE NOT builtin;
CALL pmr.refresh('log');
TRUNCATE log;
CALL pmr.refresh('log');
SELECT which, requests FROM rolled_month WHERE source = 'log' ORDER BY which;

--
-- An extract that ends long before as_of: its last requests would count as missed
--

-- 40 days of a request an hour, with a target of five days and an answer after 23 hours; extracted at the end of day 40
CREATE TABLE extract AS
SELECT 'A'::text AS party, '11.3'::text AS srv, 'on_demand'::text AS mode, 'smets1'::text AS device_generation, at AS requested_at,
	CASE WHEN at + interval '23 hours' <= '2024-02-10 00:00+00' THEN at + interval '23 hours' END AS responded_at, 'I0'::text AS response_code
FROM generate_series(timestamptz '2024-01-01 00:00+00', '2024-02-09 23:00+00', interval '1 hour') AS at;
SELECT pmr.srv_target('11.3', 'on_demand', 'smets1', '2024-02-01') AS target;
SELECT pmr.add_source('extract', 'extract'), pmr.add_source('right', 'extract');
\set VERBOSITY default
CALL pmr.refresh('extract');
CREATE FUNCTION extract_month(source text) RETURNS TABLE (month date, settled boolean, met numeric, missed numeric, pending numeric) LANGUAGE sql
AS 'SELECT m.month, m.settled, sum(r.met), sum(r.missed), sum(r.pending) FROM pmr.rollup_month AS m JOIN pmr.rollup AS r USING (source, month)
WHERE m.source = extract_month.source AND r.day IS NULL AND r.factor = ''all'' GROUP BY m.month, m.settled ORDER BY m.month';
SELECT * FROM extract_month('extract');
-- an earlier as_of replaces the months of the days that are named, and no others
CALL pmr.refresh('extract', as_of => '2024-02-10 00:00+00');
CALL pmr.refresh('extract', '2024-02-04', '2024-02-09', '2024-02-10 00:00+00');
SELECT * FROM extract_month('extract');
CALL pmr.refresh('right', as_of => '2024-02-10 00:00+00');
SELECT * FROM extract_month('right');
-- what is rolled up while a refresh runs is not replaced, although days are named
SELECT pmr.refresh_month(pmr.requesting_role(), 'right', '2024-02-01', '2024-02-11 00:00+00') AS rows, pmr.refresh_month(pmr.requesting_role(), 'right', '2024-02-01', '2024-02-10 00:00+00', refreshed_at) AS earlier
FROM pmr.rollup_month WHERE source = 'right' AND month = '2024-02-01';
-- silence is measured by the longest time between two days with requests: here weekends
DELETE FROM extract;
INSERT INTO extract
SELECT 'A', '11.3', 'on_demand', 'smets2', at, CASE WHEN at < '2024-02-09 23:00+00' THEN at + interval '20 s' END, 'I0'
FROM generate_series(timestamptz '2024-01-01 00:00+00', '2024-02-09 23:00+00', interval '1 hour') AS at
WHERE extract(isodow FROM at AT TIME ZONE 'UTC') < 6;
CALL pmr.refresh('right', '2024-02-01', '2024-02-29', '2024-02-12 23:00+00');
CALL pmr.refresh('right', '2024-02-01', '2024-02-29', '2024-02-12 23:00:00.000001+00');
\set VERBOSITY terse
DROP FUNCTION extract_month(text);

--
-- Errors, and privileges
--

CALL pmr.refresh('no such source');
CALL pmr.refresh(NULL);
CALL pmr.refresh('log', '2024-02-01', '2024-01-31');
CALL pmr.refresh('log', '-infinity', '2024-01-31');
CALL pmr.refresh('log', '2024-01-31', 'infinity');
SELECT err($$SELECT pmr.refresh_month(pmr.requesting_role(), 'no such source', '2024-01-01', now())$$);
BEGIN;
CALL pmr.refresh('audit', '2024-02-01', '2024-02-01');
ROLLBACK;
SELECT err($$DO 'BEGIN CALL pmr.refresh(''audit'', ''2024-02-01'', ''2024-02-01''); END'$$);
SELECT as_of FROM pmr.rollup_month WHERE source = 'audit' ORDER BY month LIMIT 1;
-- the Parties *, (*) and ((*)) stay apart from each other, and from *, which is all Parties
CREATE TABLE starred AS
SELECT party, '1.1.1' AS srv, 'on_demand' AS mode, timestamptz '2024-01-02 00:00+00' AS requested_at,
	NULL::timestamptz AS responded_at, 'E21' AS response_code
FROM unnest('{*,(*),((*)),(*,a*}'::text[]) AS party;
SELECT pmr.add_source('starred', 'starred');
CALL pmr.refresh('starred', '2024-01-01', '2024-01-01');
SELECT parties FROM pmr.rollup_month WHERE source = 'starred';
SELECT pmr.drop_source('starred');
DROP TABLE starred;
CREATE ROLE regress_refresh_reader;
CREATE ROLE regress_refresh_dba;
SELECT pmr.allow_refresh('regress_refresh_dba');
GRANT USAGE ON SCHEMA refresh TO regress_refresh_reader;
SET ROLE regress_refresh_reader;
CALL pmr.refresh('audit');
SELECT err($$SELECT pmr.refresh_month(pmr.requesting_role(), 'audit', '2024-02-01', now())$$);
RESET ROLE;
SET ROLE regress_refresh_dba;
CALL pmr.refresh('audit', '2024-02-01', '2024-02-01');
RESET ROLE;
GRANT USAGE ON SCHEMA refresh TO regress_refresh_dba;
ALTER TABLE audit OWNER TO regress_refresh_dba;
SET ROLE regress_refresh_dba;
CALL pmr.refresh('audit', '2024-02-01', '2024-02-01');
RESET ROLE;
SELECT month, refreshed_by = 'regress_refresh_dba' AS by_dba FROM pmr.rollup_month WHERE source = 'audit' ORDER BY month;
CALL pmr.refresh('audit', '2024-02-01', '2024-02-01');
-- the refresh updates the planner's statistics, although another role owns the tables
DELETE FROM pg_statistic WHERE starelid = 'pmr.rollup_stratum'::regclass;
SET ROLE regress_refresh_dba;
CALL pmr.refresh('audit', '2024-02-01', '2024-02-01');
RESET ROLE;
SELECT count(*) > 0 AS has_statistics FROM pg_stats WHERE schemaname = 'pmr' AND tablename = 'rollup_stratum';

SELECT source, pmr.drop_source(source) FROM pmr.source ORDER BY source COLLATE "C";
DELETE FROM pmr.refresh_log;
DROP OWNED BY regress_refresh_dba, regress_refresh_reader CASCADE;
DROP ROLE regress_refresh_dba, regress_refresh_reader;
SET client_min_messages = 'error';
DROP SCHEMA refresh CASCADE;
