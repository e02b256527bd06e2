-- The outcome of a request against its target: each rule separately, then 100,000
-- rows compared with count(*) FILTER.
SET timezone = 'UTC';
SET datestyle = 'ISO';
SET intervalstyle = 'postgres';
SET client_min_messages = 'warning';
\pset null NULL
CREATE SCHEMA target_met;
SET search_path = target_met;

-- the names of the counts that are 1; the other counts with their numbers
CREATE FUNCTION outcome(counts pmr.target_counts) RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(CASE value WHEN '1' THEN key ELSE value || ' ' || key END, ', ')
	FROM jsonb_each_text(to_jsonb(counts)) WHERE value <> '0'
$$;

CREATE FUNCTION err(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	hint text;
BEGIN
	EXECUTE query;
	RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS hint = PG_EXCEPTION_HINT;
	RETURN SQLSTATE || ': ' || SQLERRM || coalesce(' (' || nullif(hint, '') || ')', '');
END
$$;

--
-- A closed period: every target has passed
--

CREATE TABLE closed (n serial, what text, started timestamptz, answered timestamptz, target interval);
INSERT INTO closed (what, started, answered, target) VALUES
	('within', '2026-10-01 12:00:00+00', '2026-10-01 12:00:12.345678+00', '30 s'),
	('a microsecond less than the target', '2026-10-01 12:00:00+00', '2026-10-01 12:00:29.999999+00', '30 s'),
	('the target exactly', '2026-10-01 12:00:00+00', '2026-10-01 12:00:30+00', '30 s'),
	('a microsecond more', '2026-10-01 12:00:00+00', '2026-10-01 12:00:30.000001+00', '30 s'),
	('at once', '2026-10-01 12:00:00+00', '2026-10-01 12:00:00+00', '30 s'),
	('not answered', '2026-10-01 12:00:00+00', NULL, '30 s'),
	('answered a microsecond before the start', '2026-10-01 12:00:00+00', '2026-10-01 11:59:59.999999+00', '30 s'),
	('answered a year before the start', '2026-10-01 12:00:00+00', '2025-10-01 12:00:00+00', '30 s'),
	('no start', NULL, '2026-10-01 12:00:12+00', '30 s'),
	('no start, no answer', NULL, NULL, '30 s'),
	('no start, no target', NULL, '2026-10-01 12:00:12+00', NULL),
	('nothing at all', NULL, NULL, NULL),
	('no target', '2026-10-01 12:00:00+00', '2026-10-01 12:00:12+00', NULL),
	('no target, no answer', '2026-10-01 12:00:00+00', NULL, NULL),
	('no target, answered before the start', '2026-10-01 12:00:00+00', '2026-10-01 11:00:00+00', NULL),
	('target 0, at once', '2026-10-01 12:00:00+00', '2026-10-01 12:00:00+00', '0'),
	('target 0, a microsecond', '2026-10-01 12:00:00+00', '2026-10-01 12:00:00.000001+00', '0'),
	('target 0, not answered', '2026-10-01 12:00:00+00', NULL, '0'),
	('target 0, answered before the start', '2026-10-01 12:00:00+00', '2026-10-01 11:59:59+00', '0'),
	('target of days, exactly', '2026-10-01 12:00:00+00', '2026-10-06 12:00:00+00', '5 days'),
	('target of days, a microsecond more', '2026-10-01 12:00:00+00', '2026-10-06 12:00:00.000001+00', '5 days'),
	('days and hours of opposite sign', '2026-10-01 12:00:00+00', '2026-10-01 12:30:00+00', '-1 day +24:30'),
	('the same, a microsecond more', '2026-10-01 12:00:00+00', '2026-10-01 12:30:00.000001+00', '-1 day +24:30'),
	('start infinity', 'infinity', '2026-10-01 12:00:00+00', '30 s'),
	('start infinity, no answer', 'infinity', NULL, '30 s'),
	('start and answer infinity', 'infinity', 'infinity', '30 s'),
	('start infinity, answer -infinity', 'infinity', '-infinity', '30 s'),
	('start -infinity', '-infinity', '2026-10-01 12:00:00+00', '30 s'),
	('start -infinity, no answer', '-infinity', NULL, '30 s'),
	('start and answer -infinity', '-infinity', '-infinity', '30 s'),
	('start -infinity, answer infinity', '-infinity', 'infinity', '30 s'),
	('start infinity, no target', 'infinity', '2026-10-01 12:00:00+00', NULL),
	('answer infinity', '2026-10-01 12:00:00+00', 'infinity', '30 s'),
	('answer -infinity', '2026-10-01 12:00:00+00', '-infinity', '30 s'),
	('answer infinity, no target', '2026-10-01 12:00:00+00', 'infinity', NULL),
	('answer -infinity, no target', '2026-10-01 12:00:00+00', '-infinity', NULL),
	('ends of the range, longest target', '4713-11-24 00:00:00+00 BC', '294276-12-31 23:59:59.999999+00', '106751991 days 04:00:54.775807'),
	('ends of the range, target 0', '4713-11-24 00:00:00+00 BC', '294276-12-31 23:59:59.999999+00', '0'),
	('ends of the range, reversed', '294276-12-31 23:59:59.999999+00', '4713-11-24 00:00:00+00 BC', '30 s'),
	('first time of all, longest target', '4713-11-24 00:00:00+00 BC', '2026-10-01 12:00:00+00', '106751991 days 04:00:54.775807'),
	('longest target, exactly', '4713-11-24 00:00:00+00 BC', '287565-12-04 04:00:54.775807+00', '106751991 days 04:00:54.775807'),
	('longest target, a microsecond more', '4713-11-24 00:00:00+00 BC', '287565-12-04 04:00:54.775808+00', '106751991 days 04:00:54.775807'),
	('longest target, not answered', '2026-10-01 12:00:00+00', NULL, '106751991 days 04:00:54.775807'),
	('longest target, end of the range', '2026-10-01 12:00:00+00', '294276-12-31 23:59:59.999999+00', '106751991 days 04:00:54.775807'),
	('longest target, answer infinity', '2026-10-01 12:00:00+00', 'infinity', '106751991 days 04:00:54.775807'),
	('last time of all, at once', '294276-12-31 23:59:59.999999+00', '294276-12-31 23:59:59.999999+00', '0');
SELECT n, what, outcome(pmr.target_counts(started, answered, target)),
	pmr.target_met(started, answered, target) AS pct
FROM closed GROUP BY n, what ORDER BY n;

-- the same without time zone; as_of infinity means a closed period
SELECT count(*) AS cases,
	count(*) FILTER (WHERE without_zone = with_zone) AS without_zone,
	count(*) FILTER (WHERE as_of = with_zone) AS as_of,
	count(*) FILTER (WHERE as_of_without_zone = with_zone) AS as_of_without_zone,
	count(*) FILTER (WHERE same_pct) AS same_pct
FROM (
	SELECT pmr.target_counts(started, answered, target) AS with_zone,
		pmr.target_counts(started::timestamp, answered::timestamp, target) AS without_zone,
		pmr.target_counts(started, answered, target, 'infinity'::timestamptz) AS as_of,
		pmr.target_counts(started::timestamp, answered::timestamp, target, 'infinity'::timestamp) AS as_of_without_zone,
		pmr.target_met(started, answered, target)
			IS NOT DISTINCT FROM pmr.target_met(started::timestamp, answered::timestamp, target)
		AND pmr.target_met(started, answered, target)
			IS NOT DISTINCT FROM pmr.target_met(started, answered, target, 'infinity'::timestamptz)
		AND pmr.target_met(started, answered, target)
			IS NOT DISTINCT FROM pmr.target_met(started::timestamp, answered::timestamp, target, 'infinity'::timestamp)
			AS same_pct
	FROM closed GROUP BY n
) AS forms;

--
-- An open period: a request is measured once as_of is later than its target
--

CREATE TABLE open (n serial, what text, started timestamptz, answered timestamptz, target interval, as_of timestamptz);
INSERT INTO open (what, started, answered, target, as_of) VALUES
	('answered, as_of at the target', '2026-10-01 12:00:00+00', '2026-10-01 12:00:05+00', '30 s', '2026-10-01 12:00:30+00'),
	('answered, a microsecond later', '2026-10-01 12:00:00+00', '2026-10-01 12:00:05+00', '30 s', '2026-10-01 12:00:30.000001+00'),
	('not answered, as_of at the target', '2026-10-01 12:00:00+00', NULL, '30 s', '2026-10-01 12:00:30+00'),
	('not answered, a microsecond later', '2026-10-01 12:00:00+00', NULL, '30 s', '2026-10-01 12:00:30.000001+00'),
	('answered at the target, as_of at the target', '2026-10-01 12:00:00+00', '2026-10-01 12:00:30+00', '30 s', '2026-10-01 12:00:30+00'),
	('answered at the target, a microsecond later', '2026-10-01 12:00:00+00', '2026-10-01 12:00:30+00', '30 s', '2026-10-01 12:00:30.000001+00'),
	('answered later than as_of', '2026-10-01 12:00:00+00', '2026-10-01 12:02:00+00', '30 s', '2026-10-01 12:01:00+00'),
	('answered in time, but later than as_of', '2026-10-01 12:00:00+00', '2026-10-01 12:00:20+00', '30 s', '2026-10-01 12:00:10+00'),
	('as_of at the start', '2026-10-01 12:00:00+00', '2026-10-01 12:00:05+00', '30 s', '2026-10-01 12:00:00+00'),
	('as_of before the start', '2026-10-01 12:00:00+00', '2026-10-01 12:00:05+00', '30 s', '2026-09-01 12:00:00+00'),
	('target 0, as_of at the start', '2026-10-01 12:00:00+00', '2026-10-01 12:00:00+00', '0', '2026-10-01 12:00:00+00'),
	('target 0, a microsecond later', '2026-10-01 12:00:00+00', '2026-10-01 12:00:00+00', '0', '2026-10-01 12:00:00.000001+00'),
	('target 0, as_of before the start', '2026-10-01 12:00:00+00', '2026-10-01 12:00:00+00', '0', '2026-10-01 11:59:59+00'),
	('as_of -infinity', '2026-10-01 12:00:00+00', '2026-10-01 12:00:05+00', '30 s', '-infinity'),
	('as_of -infinity, not answered', '2026-10-01 12:00:00+00', NULL, '30 s', '-infinity'),
	('as_of -infinity, first time of all', '4713-11-24 00:00:00+00 BC', '4713-11-24 00:00:00+00 BC', '0', '-infinity'),
	('as_of infinity', '2026-10-01 12:00:00+00', '2026-10-01 12:00:05+00', '30 s', 'infinity'),
	('as_of infinity, not answered', '2026-10-01 12:00:00+00', NULL, '30 s', 'infinity'),
	('as_of and answer infinity', '2026-10-01 12:00:00+00', 'infinity', '30 s', 'infinity'),
	('answer infinity, target passed', '2026-10-01 12:00:00+00', 'infinity', '30 s', '2026-10-02 12:00:00+00'),
	('answer infinity, target not passed', '2026-10-01 12:00:00+00', 'infinity', '30 s', '2026-10-01 12:00:30+00'),
	('answered before the start, target not passed', '2026-10-01 12:00:00+00', '2026-10-01 11:00:00+00', '30 s', '2026-10-01 12:00:00+00'),
	('answer -infinity, as_of -infinity', '2026-10-01 12:00:00+00', '-infinity', '30 s', '-infinity'),
	('no start', NULL, '2026-10-01 12:00:05+00', '30 s', '2026-10-01 12:00:00+00'),
	('no start, as_of -infinity', NULL, NULL, '30 s', '-infinity'),
	('no target', '2026-10-01 12:00:00+00', NULL, NULL, '2026-10-01 12:00:00+00'),
	('no target, answered before the start', '2026-10-01 12:00:00+00', '2026-10-01 11:00:00+00', NULL, '2026-10-01 12:00:00+00'),
	('start and as_of infinity', 'infinity', NULL, '30 s', 'infinity'),
	('start infinity', 'infinity', NULL, '30 s', '2026-10-01 12:00:00+00'),
	('start and as_of -infinity', '-infinity', NULL, '30 s', '-infinity'),
	('start -infinity', '-infinity', NULL, '30 s', '2026-10-01 12:00:00+00'),
	('target of days, as_of at it', '2026-10-01 12:00:00+00', NULL, '5 days', '2026-10-06 12:00:00+00'),
	('target of days, a microsecond later', '2026-10-01 12:00:00+00', NULL, '5 days', '2026-10-06 12:00:00.000001+00'),
	('longest target, as_of at the end of the range', '2026-10-01 12:00:00+00', NULL, '106751991 days 04:00:54.775807', '294276-12-31 23:59:59.999999+00'),
	('the same, answered', '2026-10-01 12:00:00+00', '2026-10-01 12:00:05+00', '106751991 days 04:00:54.775807', '294276-12-31 23:59:59.999999+00'),
	('the same, as_of infinity', '2026-10-01 12:00:00+00', '2026-10-01 12:00:05+00', '106751991 days 04:00:54.775807', 'infinity'),
	('longest target, from the first time of all', '4713-11-24 00:00:00+00 BC', NULL, '106751991 days 04:00:54.775807', '294276-12-31 23:59:59.999999+00'),
	('longest target, as_of at it', '4713-11-24 00:00:00+00 BC', NULL, '106751991 days 04:00:54.775807', '287565-12-04 04:00:54.775807+00'),
	('longest target, a microsecond later', '4713-11-24 00:00:00+00 BC', NULL, '106751991 days 04:00:54.775807', '287565-12-04 04:00:54.775808+00'),
	('last time of all', '294276-12-31 23:59:59.999999+00', NULL, '0', '294276-12-31 23:59:59.999999+00');
SELECT n, what, outcome(pmr.target_counts(started, answered, target, as_of)),
	pmr.target_met(started, answered, target, as_of) AS pct,
	pmr.target_counts(started, answered, target, as_of)
	= pmr.target_counts(started::timestamp, answered::timestamp, target, as_of::timestamp)
	AND pmr.target_met(started, answered, target, as_of) IS NOT DISTINCT FROM
		pmr.target_met(started::timestamp, answered::timestamp, target, as_of::timestamp) AS same_without_zone
FROM open GROUP BY n, what ORDER BY n;

--
-- A day is 24 hours, also at a clock change
--

SET timezone = 'Europe/London';
SELECT what, outcome(pmr.target_counts(started::timestamptz, answered::timestamptz, target)) AS with_zone,
	outcome(pmr.target_counts(started::timestamp, answered::timestamp, target)) AS without_zone,
	outcome(pmr.target_counts(started::timestamptz, NULL, target, answered::timestamptz)) AS as_of_with_zone,
	outcome(pmr.target_counts(started::timestamp, NULL, target, answered::timestamp)) AS as_of_without_zone
FROM (VALUES
	(1, 'spring, two hours on the clock', '2026-03-29 00:30:00', '2026-03-29 02:30:00', '1 hour'::interval),
	(2, 'spring, just too late', '2026-03-29 00:30:00', '2026-03-29 02:30:00.000001', '1 hour'),
	(3, 'spring, 24 hours, 25 on the clock', '2026-03-28 12:00:00', '2026-03-29 13:00:00', '1 day'),
	(4, 'spring, just too late', '2026-03-28 12:00:00', '2026-03-29 13:00:00.000001', '1 day'),
	(5, 'autumn, two hours, one on the clock', '2026-10-25 00:30:00', '2026-10-25 01:30:00', '1 hour'),
	(6, 'autumn, 24 hours, 23 on the clock', '2026-10-24 12:00:00', '2026-10-25 11:00:00', '1 day'),
	(7, 'autumn, just too late', '2026-10-24 12:00:00', '2026-10-25 11:00:00.000001', '1 day')
) AS clock (n, what, started, answered, target)
GROUP BY n, what ORDER BY n;
SET timezone = 'UTC';

--
-- Errors
--

CREATE TABLE refused (n serial, target text);
INSERT INTO refused (target) VALUES
	('-1 microsecond'), ('-1 day +23:59:59.999999'), ('-106751991 days -04:00:54.775808'), ('1 month'),
	('1 month -30 days'), ('-1 month +60 days'), ('2 years'), ('106751991 days 04:00:54.775808'),
	('2147483647 days'), ('-2147483648 days');
SELECT target, err(format('SELECT pmr.target_met(now(), now(), %L::interval)', target)) FROM refused ORDER BY n;
-- in every form, and where the target does not matter
SELECT called, err(called) FROM (VALUES
	('SELECT pmr.target_met(NULL::timestamptz, NULL, ''-1 s''::interval)'),
	('SELECT pmr.target_counts(now(), now(), ''-1 s''::interval)'),
	('SELECT pmr.target_met(now(), now(), ''-1 s''::interval, now())'),
	('SELECT pmr.target_counts(now(), now(), ''-1 s''::interval, now())'),
	('SELECT pmr.target_met(localtimestamp, localtimestamp, ''-1 s''::interval)'),
	('SELECT pmr.target_counts(localtimestamp, localtimestamp, ''1 month''::interval)'),
	('SELECT pmr.target_met(localtimestamp, localtimestamp, ''1 month''::interval, localtimestamp)'),
	('SELECT pmr.target_counts(localtimestamp, localtimestamp, ''-1 s''::interval, localtimestamp)')
) AS calls (called);
-- opposite signs that cancel out are valid, and so is the longest target
SELECT outcome(pmr.target_counts(now(), now(), '-1 day +24:00')) AS zero,
	outcome(pmr.target_counts(now(), now(), '106751991 days 04:00:54.775807')) AS longest;
-- infinite intervals are new in PostgreSQL 17
SELECT CASE WHEN current_setting('server_version_num')::integer < 170000 THEN true
	ELSE err('SELECT pmr.target_met(now(), now(), ''infinity''::interval)') = '22015: target must be finite'
		AND err('SELECT pmr.target_counts(now(), now(), ''-infinity''::interval, now())') = '22015: target must be finite'
	END AS infinite_refused;

-- as_of must not be NULL, even where it does not matter
SELECT called, err(called) FROM (VALUES
	('SELECT pmr.target_met(now(), now(), ''30 s''::interval, NULL::timestamptz)'),
	('SELECT pmr.target_counts(NULL::timestamptz, NULL, NULL, NULL::timestamptz)'),
	('SELECT pmr.target_met(localtimestamp, localtimestamp, ''30 s''::interval, NULL::timestamp)'),
	('SELECT pmr.target_counts(localtimestamp, NULL, NULL, NULL::timestamp)')
) AS calls (called);
-- but FILTER leaves such rows out
SELECT pmr.target_counts(now(), now(), '0', as_of) FILTER (WHERE as_of IS NOT NULL)
FROM (VALUES (NULL), ('infinity'::timestamptz)) AS times (as_of);

--
-- No rows; no request measured; the composite type
--

SELECT pmr.target_counts(started, answered, target) AS closed_counts, pmr.target_met(started, answered, target) AS closed_pct,
	pmr.target_counts(started, answered, target, now()) AS open_counts, pmr.target_met(started, answered, target, now()) AS open_pct,
	pmr.target_counts(started::timestamp, answered::timestamp, target) AS timestamp_counts,
	pmr.target_met(started::timestamp, answered::timestamp, target) AS timestamp_pct,
	pmr.target_counts(started::timestamp, answered::timestamp, target, localtimestamp) AS timestamp_open_counts,
	pmr.target_met(started::timestamp, answered::timestamp, target, localtimestamp) AS timestamp_open_pct
FROM closed WHERE false;
SELECT pmr.target_counts(started, answered, target) AS counts, pmr.target_met(started, answered, target) AS pct
FROM closed WHERE false GROUP BY n;
-- neither met nor missed: no percentage
SELECT pmr.target_counts(started, answered, target, '-infinity') AS counts,
	pmr.target_met(started, answered, target, '-infinity') AS pct
FROM closed;
SELECT (pmr.target_counts(started, answered, target)).*, pmr.target_met(started, answered, target) AS pct FROM closed;
SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute
WHERE attrelid = 'pmr.target_counts'::regclass AND attnum > 0 ORDER BY attnum;
SELECT pmr.target_met(now(), now() + seconds * interval '1 s', '30 s') AS two_thirds
FROM (VALUES (1), (30), (31)) AS rtt (seconds);

--
-- 100,000 rows of all kinds, compared with plain SQL.  The oracle adds whole
-- microseconds; the targets have days and hours, of either sign
--

SELECT setseed(0.42);
CREATE TABLE request AS
WITH dice AS MATERIALIZED (
	SELECT id, random() AS start_die, random() AS answer_die, random() AS as_of_die,
		'2026-10-01 00:00:00+00'::timestamptz + floor(random() * 2592000000000) * interval '1 microsecond' AS time,
		floor(random() * 7)::integer AS days, random() AS length,
		('{NULL,0,1,30000000,30000000,86400000000,86400000000,432000000000,300001}'::bigint[])[1 + floor(random() * 9)::integer] AS target_us
	FROM generate_series(1, 100000) AS id
)
SELECT id, id % 23 AS party, id % 5 AS region,
	CASE WHEN start_die < 0.02 THEN NULL WHEN start_die < 0.03 THEN 'infinity' WHEN start_die < 0.04 THEN '-infinity'
		ELSE time END AS started,
	CASE WHEN answer_die < 0.1 THEN NULL WHEN answer_die < 0.11 THEN 'infinity' WHEN answer_die < 0.12 THEN '-infinity'
		WHEN answer_die < 0.17 THEN time - ceil(length * 1000000) * interval '1 microsecond'
		WHEN answer_die < 0.25 THEN time
		ELSE time + greatest(0, CASE WHEN answer_die < 0.35 THEN target_us - 1 WHEN answer_die < 0.45 THEN target_us
				WHEN answer_die < 0.55 THEN target_us + 1 ELSE floor(length * 1.5 * coalesce(target_us, 1)) END)
			* interval '1 microsecond'
		END AS answered,
	make_interval(days => days) + (target_us - days * 86400000000) * interval '1 microsecond' AS target,
	target_us * interval '1 microsecond' AS length,
	CASE WHEN as_of_die < 0.05 THEN 'infinity' WHEN as_of_die < 0.08 THEN '-infinity'
		WHEN as_of_die < 0.13 THEN time
		WHEN as_of_die < 0.33 THEN time + coalesce(target_us, 0) * interval '1 microsecond'
		WHEN as_of_die < 0.53 THEN time + (coalesce(target_us, 0) + 1) * interval '1 microsecond'
		WHEN as_of_die < 0.63 THEN '2026-10-15 00:00:00+00'
		ELSE time + floor(length * 2 * coalesce(target_us, 1)) * interval '1 microsecond' END AS as_of
FROM dice;
SELECT count(*) AS requests, bool_or(extract(day FROM target) <> 0 AND extract(hour FROM target) < 0) AS mixed_signs
FROM request;

-- the rules, written a second time
CREATE VIEW closed_rule AS
	SELECT *, CASE
		WHEN started IS NULL OR NOT isfinite(started) THEN 'not_measured'
		WHEN answered < started THEN 'invalid'
		WHEN length IS NULL THEN 'not_measured'
		WHEN answered <= started + length THEN 'met'
		ELSE 'missed' END AS outcome
	FROM request;
CREATE VIEW open_rule AS
	SELECT id, party, region, started, answered, target, length, as_of, CASE
		WHEN outcome IN ('met', 'missed') AND as_of <= started + length THEN 'pending'
		ELSE outcome END AS outcome
	FROM closed_rule;

SELECT outcome, count(*) > 3000 AS many FROM open_rule GROUP BY outcome ORDER BY outcome;
SET timezone = 'Europe/London';

-- each request separately
SELECT count(*) AS requests,
	count(*) FILTER (WHERE (to_jsonb(counts) ->> outcome)::integer = 1
		AND (counts).met + (counts).missed + (counts).pending + (counts).not_measured + (counts).invalid = 1) AS equal
FROM (
	SELECT outcome, pmr.target_counts(started, answered, target, as_of) AS counts
	FROM open_rule GROUP BY id, outcome
) AS single;

-- by group, in all forms
CREATE VIEW measured AS
	SELECT party,
		pmr.target_counts(started, answered, target) AS closed,
		pmr.target_counts(started AT TIME ZONE 'UTC', answered AT TIME ZONE 'UTC', target) AS closed_timestamp,
		pmr.target_counts(started, answered, target, as_of) AS open,
		pmr.target_counts(started AT TIME ZONE 'UTC', answered AT TIME ZONE 'UTC', target, as_of AT TIME ZONE 'UTC') AS open_timestamp,
		pmr.target_met(started, answered, target) AS closed_pct,
		pmr.target_met(started AT TIME ZONE 'UTC', answered AT TIME ZONE 'UTC', target) AS closed_timestamp_pct,
		pmr.target_met(started, answered, target, as_of) AS open_pct,
		pmr.target_met(started AT TIME ZONE 'UTC', answered AT TIME ZONE 'UTC', target, as_of AT TIME ZONE 'UTC') AS open_timestamp_pct
	FROM request GROUP BY party;
CREATE VIEW oracle AS
	SELECT c.party, c.counts AS closed, o.counts AS open,
		100::float8 * (c.counts).met / ((c.counts).met + (c.counts).missed) AS closed_pct,
		100::float8 * (o.counts).met / ((o.counts).met + (o.counts).missed) AS open_pct
	FROM (
		SELECT party, row(count(*) FILTER (WHERE outcome = 'met'), count(*) FILTER (WHERE outcome = 'missed'),
			count(*) FILTER (WHERE outcome = 'pending'), count(*) FILTER (WHERE outcome = 'not_measured'),
			count(*) FILTER (WHERE outcome = 'invalid'))::pmr.target_counts AS counts
		FROM closed_rule GROUP BY party
	) AS c JOIN (
		SELECT party, row(count(*) FILTER (WHERE outcome = 'met'), count(*) FILTER (WHERE outcome = 'missed'),
			count(*) FILTER (WHERE outcome = 'pending'), count(*) FILTER (WHERE outcome = 'not_measured'),
			count(*) FILTER (WHERE outcome = 'invalid'))::pmr.target_counts AS counts
		FROM open_rule GROUP BY party
	) AS o USING (party);
SELECT count(*) AS parties,
	count(*) FILTER (WHERE m.closed = o.closed) AS closed,
	count(*) FILTER (WHERE m.closed_timestamp = o.closed) AS closed_timestamp,
	count(*) FILTER (WHERE m.open = o.open) AS open,
	count(*) FILTER (WHERE m.open_timestamp = o.open) AS open_timestamp,
	count(*) FILTER (WHERE m.closed_pct = o.closed_pct) AS closed_pct,
	count(*) FILTER (WHERE m.closed_timestamp_pct = o.closed_pct) AS closed_timestamp_pct,
	count(*) FILTER (WHERE m.open_pct = o.open_pct) AS open_pct,
	count(*) FILTER (WHERE m.open_timestamp_pct = o.open_pct) AS open_timestamp_pct,
	count(DISTINCT m.open_pct) > 1 AS parties_differ
FROM measured AS m FULL JOIN oracle AS o USING (party);

-- the counts of the Parties add up to those of all requests
SELECT row(sum((open).met), sum((open).missed), sum((open).pending), sum((open).not_measured), sum((open).invalid))::pmr.target_counts
	= (SELECT pmr.target_counts(started, answered, target, as_of) FROM request) AS parts_make_the_whole,
	sum((open).met + (open).missed + (open).pending + (open).not_measured + (open).invalid) AS requests
FROM measured;

--
-- Clauses of an aggregate call
--

SELECT count(*) AS parties,
	count(*) FILTER (WHERE (filtered).met = met AND (filtered).missed = missed AND (filtered).pending = 0
		AND (filtered).invalid = 0 AND (filtered).not_measured = 0) AS filtered
FROM (
	SELECT pmr.target_counts(started, answered, target, as_of)
			FILTER (WHERE outcome IN ('met', 'missed') AND region < 3) AS filtered,
		count(*) FILTER (WHERE outcome = 'met' AND region < 3) AS met,
		count(*) FILTER (WHERE outcome = 'missed' AND region < 3) AS missed
	FROM open_rule GROUP BY party
) AS compared;

-- DISTINCT: one day and 24 hours are the same
SELECT pmr.target_counts(DISTINCT started, answered, target) AS counts
FROM (
	SELECT '2026-10-01 12:00:00+00'::timestamptz AS started, '2026-10-02 12:00:00+00'::timestamptz AS answered,
		target::interval FROM (VALUES ('1 day'), ('24 hours'), ('23 hours'), ('23:00')) AS targets (target)
) AS repeated;
SELECT pmr.target_counts(DISTINCT started, answered, target) = (
		SELECT pmr.target_counts(started, answered, target)
		FROM (SELECT DISTINCT started, answered, target FROM request) AS once
	) AS distinct_counts
FROM (SELECT * FROM request UNION ALL SELECT * FROM request WHERE party < 5) AS doubled;

-- ORDER BY changes nothing
SELECT pmr.target_counts(started, answered, target ORDER BY answered, id) = pmr.target_counts(started, answered, target) AS ordered
FROM request WHERE party = 7;

-- window frames that grow, that move, and that exclude a row
SELECT frame, count(*) AS frames, count(*) FILTER (WHERE (counts).met = met AND (counts).missed = missed
	AND (counts).pending = pending AND (counts).not_measured = not_measured AND (counts).invalid = invalid
	AND pct IS NOT DISTINCT FROM 100::float8 * met / nullif(met + missed, 0)) AS equal
FROM (
	SELECT 'growing' AS frame, pmr.target_counts(started, answered, target, as_of) OVER w AS counts,
		pmr.target_met(started, answered, target, as_of) OVER w AS pct,
		count(*) FILTER (WHERE outcome = 'met') OVER w AS met, count(*) FILTER (WHERE outcome = 'missed') OVER w AS missed,
		count(*) FILTER (WHERE outcome = 'pending') OVER w AS pending,
		count(*) FILTER (WHERE outcome = 'not_measured') OVER w AS not_measured,
		count(*) FILTER (WHERE outcome = 'invalid') OVER w AS invalid
	FROM open_rule WHERE id <= 5000 WINDOW w AS (PARTITION BY region ORDER BY id)
	UNION ALL
	SELECT 'moving', pmr.target_counts(started, answered, target, as_of) OVER w AS counts,
		pmr.target_met(started, answered, target, as_of) OVER w AS pct,
		count(*) FILTER (WHERE outcome = 'met') OVER w AS met, count(*) FILTER (WHERE outcome = 'missed') OVER w AS missed,
		count(*) FILTER (WHERE outcome = 'pending') OVER w AS pending,
		count(*) FILTER (WHERE outcome = 'not_measured') OVER w AS not_measured,
		count(*) FILTER (WHERE outcome = 'invalid') OVER w AS invalid
	FROM open_rule WHERE id <= 5000 WINDOW w AS (ORDER BY id ROWS BETWEEN 7 PRECEDING AND 5 FOLLOWING)
	UNION ALL
	SELECT 'excluding', pmr.target_counts(started, answered, target, as_of) OVER w AS counts,
		pmr.target_met(started, answered, target, as_of) OVER w AS pct,
		count(*) FILTER (WHERE outcome = 'met') OVER w AS met, count(*) FILTER (WHERE outcome = 'missed') OVER w AS missed,
		count(*) FILTER (WHERE outcome = 'pending') OVER w AS pending,
		count(*) FILTER (WHERE outcome = 'not_measured') OVER w AS not_measured,
		count(*) FILTER (WHERE outcome = 'invalid') OVER w AS invalid
	FROM open_rule WHERE id <= 5000
	WINDOW w AS (ORDER BY id ROWS BETWEEN 3 PRECEDING AND 3 FOLLOWING EXCLUDE CURRENT ROW)
) AS windows
GROUP BY frame ORDER BY frame;
-- an empty frame
SELECT pmr.target_counts(started, answered, target) OVER (ORDER BY n ROWS BETWEEN 2 PRECEDING AND 1 PRECEDING) AS counts,
	pmr.target_met(started, answered, target) OVER (ORDER BY n ROWS BETWEEN 2 PRECEDING AND 1 PRECEDING) AS pct
FROM closed WHERE n IN (3, 4, 6) ORDER BY n;

SELECT kind, count(*) AS groups, count(*) FILTER (WHERE equal) AS equal
FROM (
	SELECT grouping(party, region) AS kind,
		pmr.target_counts(started, answered, target, as_of)
		= row(count(*) FILTER (WHERE outcome = 'met'), count(*) FILTER (WHERE outcome = 'missed'),
			count(*) FILTER (WHERE outcome = 'pending'), count(*) FILTER (WHERE outcome = 'not_measured'),
			count(*) FILTER (WHERE outcome = 'invalid'))::pmr.target_counts
		AND pmr.target_met(started, answered, target, as_of)
			= 100::float8 * count(*) FILTER (WHERE outcome = 'met') / count(*) FILTER (WHERE outcome IN ('met', 'missed')) AS equal
	FROM open_rule GROUP BY GROUPING SETS ((party, region), (party), (region), ())
) AS sets
GROUP BY kind ORDER BY kind;
SELECT pmr.target_counts(started, answered, target) AS counts FROM closed WHERE false GROUP BY GROUPING SETS ((n), ());

-- target_met and target_counts with the same arguments share one transition
CREATE SEQUENCE calls;
CREATE FUNCTION counted(t timestamptz) RETURNS timestamptz LANGUAGE plpgsql STABLE AS $$
BEGIN
	PERFORM nextval('target_met.calls');
	RETURN t;
END
$$;
SELECT pmr.target_met(counted(started), answered, target) = 100 * (pmr.target_counts(counted(started), answered, target)).met
	/ ((pmr.target_counts(counted(started), answered, target)).met + (pmr.target_counts(counted(started), answered, target)).missed)::float8 AS agree
FROM request WHERE id <= 1000;
SELECT last_value FROM calls;

--
-- Counts near the maximum of bigint, in aggregates made for this test
--

CREATE AGGREGATE full_counts(timestamptz, timestamptz, interval) (
	SFUNC = pmr.target_transfn, STYPE = bigint[], FINALFUNC = pmr.target_counts_finalfn,
	INITCOND = '{9223372036854775806,9223372036854775807,9223372036854775807,9223372036854775807,9223372036854775807}'
);
CREATE AGGREGATE full_met(timestamptz, timestamptz, interval) (
	SFUNC = pmr.target_transfn, STYPE = bigint[], FINALFUNC = pmr.target_met_finalfn,
	INITCOND = '{9223372036854775806,9223372036854775807,9223372036854775807,9223372036854775807,9223372036854775807}'
);
SELECT full_counts(started, answered, target), full_met(started, answered, target) FROM closed WHERE n = 3;
SELECT n, what, err(format('SELECT full_counts(started, answered, target) FROM closed WHERE n IN (3, %s)', n))
FROM closed WHERE n IN (1, 6, 7, 9) ORDER BY n;
SELECT err('SELECT full_counts(started, answered, target) FROM closed WHERE n IN (1, 3)');

-- bounds of an array do not matter
CREATE AGGREGATE odd_counts(timestamptz, timestamptz, interval) (
	SFUNC = pmr.target_transfn, STYPE = bigint[], FINALFUNC = pmr.target_counts_finalfn, INITCOND = '[0:4]={1,2,3,4,5}');
SELECT odd_counts(started, answered, target) FROM closed WHERE n = 3;

--
-- target_outcome says for one request what target_counts counts
--
SET timezone = 'UTC';
SELECT count(*) AS rows, count(DISTINCT closed) AS outcomes, count(*) FILTER (WHERE closed = counted) AS closed,
	count(*) FILTER (WHERE closed_without_zone = counted) AS without_zone
FROM (SELECT outcome(pmr.target_counts(started, answered, target)) AS counted, min(pmr.target_outcome(started, answered, target)) AS closed,
		min(pmr.target_outcome(started::timestamp, answered::timestamp, target)) AS closed_without_zone
	  FROM closed GROUP BY n) AS c;
SELECT count(*) AS rows, count(DISTINCT open) AS outcomes, count(*) FILTER (WHERE open = counted) AS open,
	count(*) FILTER (WHERE open_without_zone = counted) AS without_zone
FROM (SELECT outcome(pmr.target_counts(started, answered, target, as_of)) AS counted, min(pmr.target_outcome(started, answered, target, as_of)) AS open,
		min(pmr.target_outcome(started::timestamp, answered::timestamp, target, as_of::timestamp)) AS open_without_zone
	  FROM open GROUP BY n) AS c;
SELECT err($$SELECT pmr.target_outcome(now(), now(), '1 s', NULL::timestamptz)$$) AS no_as_of, err($$SELECT pmr.target_outcome(now(), now(), '1 month')$$) AS month,
	err($$SELECT pmr.target_outcome(now(), now(), '-1 s')$$) AS negative, pmr.target_outcome(NULL::timestamptz, NULL, NULL) AS nothing;

DROP SCHEMA target_met CASCADE;
