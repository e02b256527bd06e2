-- answered_at(): an acknowledgement and "no response from the device" do not
-- answer a request; a rejection does.
SET timezone = 'UTC';
SET datestyle = 'ISO';
SET intervalstyle = 'postgres';
SET client_min_messages = 'warning';
\pset null NULL
CREATE SCHEMA answered_at;
SET search_path = answered_at;

-- for shipped and unknown codes, by mode: does the code answer the request?
CREATE VIEW matrix AS
	SELECT code, bool_or(answered) FILTER (WHERE mode = 'on_demand') AS on_demand,
		bool_or(answered) FILTER (WHERE mode = 'future_dated') AS future_dated,
		bool_or(answered) FILTER (WHERE mode = 'dcc_scheduled') AS dcc_scheduled,
		bool_or(answered) FILTER (WHERE mode = 'non_device') AS non_device,
		bool_or(answered) FILTER (WHERE mode = 'any') AS "any",
		bool_or(answered) FILTER (WHERE mode = 'ON_DEMAND') AS unknown,
		bool_or(answered) FILTER (WHERE mode = '') AS empty,
		bool_or(answered) FILTER (WHERE mode IS NULL) AS missing
	FROM (SELECT code FROM pmr.response_code WHERE length(code) < 7
		UNION SELECT unnest('{E22,E99,i0,I99 ,I,"",success}'::text[]) UNION SELECT NULL) AS codes,
		unnest('{on_demand,future_dated,dcc_scheduled,non_device,any,ON_DEMAND,"",NULL}'::text[]) AS modes (mode),
		LATERAL (SELECT pmr.answered_at('2026-10-01 12:00:00+00'::timestamptz, code, mode) IS NOT NULL AS answered) AS answer
	GROUP BY code;
SELECT * FROM matrix
ORDER BY left(code, 1) COLLATE "C", nullif(regexp_replace(code, '\D', '', 'g'), '')::integer, code COLLATE "C";

-- the result is the given time, or NULL
SELECT given, pmr.answered_at(given, 'I0', 'on_demand') AS success, pmr.answered_at(given, 'E4', NULL) AS rejected,
	pmr.answered_at(given, 'X77', 'on_demand') AS unclassified, pmr.answered_at(given, 'E77', 'on_demand') AS unlisted_error,
	pmr.answered_at(given, NULL, 'on_demand') AS no_code,
	pmr.answered_at(given, NULL, NULL) AS no_mode, pmr.answered_at(given, 'I99', 'on_demand') AS acknowledged,
	pmr.answered_at(given, 'I99', 'non_device') AS non_device, pmr.answered_at(given, 'E20', 'on_demand') AS no_response
FROM unnest('{2026-10-01 12:00:00.123456+00,NULL,infinity,-infinity,0044-03-15 00:00:00+00 BC}'::timestamptz[]) AS times (given);
SET timezone = 'Europe/London';
SELECT given, pmr.answered_at(given, 'I0', 'on_demand') AS success, pmr.answered_at(given, 'E4', NULL) AS rejected,
	pmr.answered_at(given, 'X77', 'on_demand') AS unclassified, pmr.answered_at(given, 'E77', 'on_demand') AS unlisted_error,
	pmr.answered_at(given, NULL, 'on_demand') AS no_code,
	pmr.answered_at(given, NULL, NULL) AS no_mode, pmr.answered_at(given, 'I99', 'on_demand') AS acknowledged,
	pmr.answered_at(given, 'I99', 'non_device') AS non_device, pmr.answered_at(given, 'E20', 'on_demand') AS no_response
FROM unnest('{2026-03-29 01:30:00.123456,NULL,infinity,-infinity}'::timestamp[]) AS times (given);
SET timezone = 'UTC';
SELECT pg_typeof(pmr.answered_at(now(), 'I0', 'on_demand')) AS with_zone,
	pg_typeof(pmr.answered_at(localtimestamp, 'I0', 'on_demand')) AS without_zone;

-- the whole code is compared
SELECT pmr.answered_at(now(), repeat('E20', 100000), repeat('on_demand', 100000)) IS NOT NULL AS long_code,
	pmr.answered_at(now(), 'E2', 'on_demand') IS NOT NULL AS prefix,
	pmr.answered_at(now(), 'E200', 'on_demand') IS NOT NULL AS longer;
-- also codes that differ only in one byte or in length
INSERT INTO pmr.response_code (code, mode, class, description, source)
SELECT code, 'any', (ARRAY['success', 'acknowledged', 'rejected', 'no_response', 'failed'])[1 + (length + place) % 5], 'test', 'test'
FROM generate_series(1, 10) AS length, generate_series(0, length) AS place,
	LATERAL (SELECT CASE place WHEN 0 THEN repeat('a', length) ELSE overlay(repeat('a', length) PLACING 'b' FROM place) END AS code) AS c;
SELECT count(*) AS codes, count(*) FILTER (WHERE pmr.response_class(code, 'on_demand') = class) AS equal
FROM pmr.response_code WHERE description = 'test';
DELETE FROM pmr.response_code WHERE description = 'test';

-- a user's row replaces the shipped row of its mode; a row for the request's mode
-- takes precedence over a row for 'any'
BEGIN;
INSERT INTO pmr.response_code (code, mode, class, description, source) VALUES
	('E20', 'any', 'rejected', 'test', 'test'),
	('E21', 'on_demand', 'rejected', 'test', 'test'),
	('I0', 'future_dated', 'acknowledged', 'test', 'test'),
	('E1', 'any', 'no_response', 'test', 'test'),
	('E1', 'dcc_scheduled', 'success', 'test', 'test'),
	('I99', 'any', 'no_response', 'test', 'test'),
	('E30', 'non_device', 'success', 'test', 'test'),
	('E99', 'any', 'no_response', 'test', 'test');
SELECT * FROM matrix WHERE code IN ('E20', 'E21', 'I0', 'E1', 'I99', 'E30', 'E99', 'E2') ORDER BY code COLLATE "C";
UPDATE pmr.response_code SET class = 'success' WHERE code = 'E99';
SELECT * FROM matrix WHERE code = 'E99';
ROLLBACK;
SELECT * FROM matrix WHERE code IN ('E20', 'E99') ORDER BY code COLLATE "C";

-- changes of the same transaction are seen, and no longer after a rollback
CREATE FUNCTION follow(OUT changes integer, OUT equal integer) LANGUAGE plpgsql AS $$
DECLARE
	tried text;
	answered boolean;
	plain boolean;
BEGIN
	changes := 0;
	equal := 0;
	FOR turn IN 1 .. 60 LOOP
		tried := 'X' || turn % 3;
		BEGIN
			IF turn % 4 = 0 THEN
				DELETE FROM pmr.response_code AS r WHERE r.code = tried AND NOT builtin;
			ELSE
				INSERT INTO pmr.response_code (code, mode, class, description, source)
				VALUES (tried, 'any', (ARRAY['no_response', 'rejected'])[1 + turn % 2], '', 'test')
				ON CONFLICT ON CONSTRAINT response_code_pkey DO UPDATE SET class = excluded.class;
			END IF;
			answered := pmr.answered_at(now(), tried, 'on_demand') IS NOT NULL;
			plain := NOT EXISTS (SELECT FROM pmr.response_code AS r
				WHERE r.code = tried AND class IN ('acknowledged', 'no_response'));
			changes := changes + 1;
			equal := equal + (answered = plain)::integer;
			IF turn % 5 < 2 THEN
				RAISE division_by_zero;
			END IF;
		EXCEPTION WHEN division_by_zero THEN
			NULL;
		END;
		answered := pmr.answered_at(now(), tried, 'on_demand') IS NOT NULL;
		plain := NOT EXISTS (SELECT FROM pmr.response_code AS r
			WHERE r.code = tried AND class IN ('acknowledged', 'no_response'));
		changes := changes + 1;
		equal := equal + (answered = plain)::integer;
	END LOOP;
END
$$;
BEGIN;
SELECT * FROM follow();
ROLLBACK;
-- TRUNCATE, which takes another lock, is seen too
CREATE FUNCTION follow_truncate(OUT classes text[]) LANGUAGE plpgsql AS $$
BEGIN
	FOR turn IN 1 .. 4 LOOP
		classes := classes || pmr.response_class('I0', 'on_demand');
		IF turn = 2 THEN
			TRUNCATE pmr.response_code;
		END IF;
	END LOOP;
END
$$;
BEGIN;
SELECT follow_truncate();
ROLLBACK;

--
-- Rows of a source: the outcome against the target, by response code
--

CREATE TABLE request (n serial, what text, mode text, requested_at timestamptz, responded_at timestamptz, response_code text);
INSERT INTO request (what, mode, requested_at, responded_at, response_code) VALUES
	('success in time', 'on_demand', '2026-10-01 12:00:00+00', '2026-10-01 12:00:10+00', 'I0'),
	('success, late', 'on_demand', '2026-10-01 12:00:00+00', '2026-10-01 12:00:31+00', 'I0'),
	('acknowledged only', 'on_demand', '2026-10-01 12:00:00+00', '2026-10-01 12:00:01+00', 'I99'),
	('acknowledged only, non-device', 'non_device', '2026-10-01 12:00:00+00', '2026-10-01 12:00:01+00', 'I99'),
	('rejected in time', 'on_demand', '2026-10-01 12:00:00+00', '2026-10-01 12:00:02+00', 'E11'),
	('rejected, late', 'on_demand', '2026-10-01 12:00:00+00', '2026-10-01 12:01:00+00', 'E11'),
	('no response from the device', 'on_demand', '2026-10-01 12:00:00+00', '2026-10-01 12:00:20+00', 'E20'),
	('no response received', 'on_demand', '2026-10-01 12:00:00+00', '2026-10-01 12:00:20+00', 'E21'),
	('command timed out', 'future_dated', '2026-10-01 12:00:00+00', '2026-10-01 12:00:20+00', 'E30'),
	('unclassified', 'on_demand', '2026-10-01 12:00:00+00', '2026-10-01 12:00:10+00', 'E4711'),
	('no code', 'on_demand', '2026-10-01 12:00:00+00', '2026-10-01 12:00:10+00', NULL),
	('nothing came', 'on_demand', '2026-10-01 12:00:00+00', NULL, NULL),
	('a code without a time', 'on_demand', '2026-10-01 12:00:00+00', NULL, 'I0'),
	('before the start', 'on_demand', '2026-10-01 12:00:00+00', '2026-10-01 11:59:59+00', 'I0'),
	('no response before the start', 'on_demand', '2026-10-01 12:00:00+00', '2026-10-01 11:59:59+00', 'E20');
SELECT n, what,
	pmr.target_counts(requested_at, pmr.answered_at(responded_at, response_code, mode), '30 s') AS closed,
	pmr.target_counts(requested_at::timestamp, pmr.answered_at(responded_at::timestamp, response_code, mode), '30 s') AS without_zone,
	pmr.target_counts(requested_at, pmr.answered_at(responded_at, response_code, mode), '30 s', '2026-10-01 12:00:30+00') AS open
FROM request GROUP BY n, what ORDER BY n;
SELECT pmr.target_counts(requested_at, pmr.answered_at(responded_at, response_code, mode), '30 s') AS all,
	pmr.target_met(requested_at, pmr.answered_at(responded_at, response_code, mode), '30 s') AS pct
FROM request;

-- many rows, compared with a join
SELECT setseed(0.7);
CREATE TABLE response AS
SELECT (SELECT '{E22,E99}' || array_agg(code ORDER BY code COLLATE "C") FROM (SELECT DISTINCT code FROM pmr.response_code WHERE length(code) < 7) AS c)
		[floor(random() * 22)::integer] AS code,
	('{on_demand,future_dated,dcc_scheduled,non_device,any,x}'::text[])[floor(random() * 8)::integer] AS mode,
	CASE WHEN random() < 0.9 THEN '2026-10-01 12:00:00+00'::timestamptz + random() * interval '1 day' END AS responded_at
FROM generate_series(1, 50000);
SELECT count(*) AS responses,
	count(*) FILTER (WHERE pmr.answered_at(responded_at, r.code, r.mode) IS NOT DISTINCT FROM
		CASE WHEN r.code IS NULL OR class IN ('success', 'rejected') THEN responded_at END) AS equal,
	count(*) FILTER (WHERE pmr.answered_at(responded_at AT TIME ZONE 'UTC', r.code, r.mode) IS NOT DISTINCT FROM
		CASE WHEN r.code IS NULL OR class IN ('success', 'rejected') THEN responded_at END AT TIME ZONE 'UTC') AS without_zone,
	count(r.code) < count(*) AS missing_codes, count(r.mode) < count(*) AS missing_modes,
	count(DISTINCT class) AS classes, count(*) FILTER (WHERE r.code IN ('E22', 'E99')) > 1000 AS unclassified
FROM response AS r
	LEFT JOIN LATERAL (SELECT class FROM pmr.response_code AS c
		WHERE c.code = r.code AND (c.mode = r.mode OR c.mode = 'any')
		ORDER BY c.mode = 'any', builtin LIMIT 1) AS row ON true;

--
-- Invalid rows, which only the table's owner can create, raise errors
--

CREATE FUNCTION err(query text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE query;
	RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE || ': ' || SQLERRM;
END
$$;
BEGIN;
ALTER TABLE pmr.response_code ALTER class DROP NOT NULL;
INSERT INTO pmr.response_code (code, class, description, source) VALUES ('E98', NULL, '', 'test');
SELECT err($$SELECT pmr.answered_at(now(), 'E98', 'on_demand')$$) AS null_class;
ROLLBACK;
BEGIN;
ALTER TABLE pmr.response_code DROP CONSTRAINT response_code_class_check;
INSERT INTO pmr.response_code (code, class, description, source) VALUES ('E98', 'maybe', '', 'test');
SELECT err($$SELECT pmr.answered_at(now(), 'E98', 'on_demand')$$) AS unknown_class;
ROLLBACK;

--
-- response_class(), the classification that answered_at() uses
--
SELECT count(*) > 40 AS many, count(*) FILTER (WHERE pmr.response_class(r.code, m.mode) = coalesce(own.class, r.class)) = count(*) AS as_listed,
	count(*) FILTER (WHERE (pmr.answered_at(now(), r.code, m.mode) IS NULL) = (pmr.response_class(r.code, m.mode) IN ('acknowledged', 'no_response'))) = count(*) AS as_answered
FROM pmr.current_response_code AS r CROSS JOIN unnest('{on_demand,future_dated,dcc_scheduled,non_device}'::text[]) AS m (mode)
	LEFT JOIN pmr.current_response_code AS own ON own.code = r.code AND own.mode = m.mode
WHERE r.mode = 'any';
SELECT pmr.response_class('I99', 'non_device') AS non_device, pmr.response_class('I99', 'on_demand') AS on_demand, pmr.response_class('I99', NULL) AS no_mode,
	pmr.response_class('X1', 'on_demand') AS not_listed, pmr.response_class('', 'on_demand') AS empty, pmr.response_class(NULL, 'on_demand') AS no_code;

DROP SCHEMA answered_at CASCADE;
