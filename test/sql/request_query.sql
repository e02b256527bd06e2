/*
 * The rows of a source as requests: start, answer, class and outcome of single
 * rows.  test/t/013_counts.pl compares the counts of many rows with an oracle.
 */
SET timezone = 'UTC';
SET datestyle = 'ISO';
SET intervalstyle = 'postgres';
SET client_min_messages = 'warning';
\pset null NULL
\set VERBOSITY terse
\set SHOW_CONTEXT never
CREATE SCHEMA request_query;
SET search_path = request_query;

-- the requests of a source between 1 and 31 October 2025, as of a time
CREATE FUNCTION requests(source text, as_of timestamptz DEFAULT '2025-12-01 00:00+00')
	RETURNS TABLE (request_id text, outcome text, class text, starts interval, takes interval, user_role text, is_copy boolean)
	LANGUAGE plpgsql AS $$
BEGIN
	RETURN QUERY EXECUTE format('SELECT request_id, outcome, class, CASE WHEN isfinite(started_at) THEN started_at - requested_at END, CASE WHEN isfinite(started_at) THEN answered_at - started_at END, user_role, is_copy FROM (%s) AS r', pmr.request_query(source))
		USING as_of, '2025-10-01 00:00+00'::timestamptz, '2025-11-01 00:00+00'::timestamptz;
END
$$;

--
-- Future-dated commands that the Device executes; requests that it refuses
--

-- sent on 5 October, due on 7 October; the times are after sending, or after due_at
CREATE TABLE audit AS
SELECT 'ACME' AS party, srv, mode, 'smets2' AS device_generation, '2025-10-05 12:00+00'::timestamptz AS requested_at,
	'2025-10-05 12:00+00'::timestamptz + responded::interval AS responded_at, code AS response_code, message_success,
	CASE due WHEN 'never' THEN 'infinity' ELSE '2025-10-07 00:00+00'::timestamptz + due::interval END AS due_at,
	CASE executed WHEN 'never' THEN 'infinity' ELSE '2025-10-07 00:00+00'::timestamptz + executed::interval END AS executed_at,
	execution_success, done AS instructions_done, total AS instructions_total, '2025-10-05 12:00+00'::timestamptz + cancelled::interval AS cancelled_at, name AS request_id
FROM (VALUES
	('01 executed',                            '1.1.1', 'future_dated', '4 s', 'I0', true, '0', '1 min', true, 6, 6, NULL),
	('02 executed, instructions not known',    '1.1.1', 'future_dated', '4 s', 'I0', NULL, '0', '1 min', NULL, NULL, NULL, NULL),
	('03 executed too late',                   '1.1.1', 'future_dated', '4 s', 'I0', true, '0', '25 h', true, 6, 6, NULL),
	('04 executed in part',                    '1.1.1', 'future_dated', '4 s', 'I0', true, '0', '1 min', true, 5, 6, NULL),
	('05 failed at the third instruction',     '1.1.1', 'future_dated', '4 s', 'I0', true, '0', '1 min', false, 2, 6, NULL),
	('06 executed before it was due',          '1.1.1', 'future_dated', '4 s', 'I0', true, '0', '-1 s', true, 6, 6, NULL),
	('07 accepted, never executed',            '1.1.1', 'future_dated', '4 s', 'I0', true, '0', NULL, NULL, NULL, NULL, NULL),
	('08 accepted late, by the Device alone',  '1.1.1', 'future_dated', '37 h', 'I0', true, '0', NULL, NULL, NULL, NULL, NULL),
	('09 held by the DCC, answered',           '4.6.1', 'future_dated', '37 h', 'I0', true, '0', NULL, NULL, NULL, NULL, NULL),
	('10 rejected at once',                    '1.1.1', 'future_dated', '4 s', 'E5', NULL, '0', NULL, NULL, NULL, NULL, NULL),
	('11 refused by the Device at once',       '1.1.1', 'future_dated', '4 s', 'I0', false, '0', NULL, NULL, NULL, NULL, NULL),
	('12 refused at once, yet executed',       '1.1.1', 'future_dated', '4 s', 'I0', false, '0', '1 min', true, 6, 6, NULL),
	('13 acknowledged, executed',              '1.1.1', 'future_dated', '4 s', 'I99', NULL, '0', '1 min', true, 6, 6, NULL),
	('14 no response, executed',               '1.1.1', 'future_dated', '4 s', 'E20', NULL, '0', '1 min', true, 6, 6, NULL),
	('15 nothing came, executed',              '1.1.1', 'future_dated', NULL, NULL, NULL, '0', '1 min', true, 6, 6, NULL),
	('16 accepted, cancelled',                 '1.1.1', 'future_dated', '4 s', 'I0', true, '0', NULL, NULL, NULL, NULL, '1 h'),
	('17 executed, cancelled in vain',         '1.1.1', 'future_dated', '4 s', 'I0', true, '0', '1 min', true, 6, 6, '1 h'),
	('18 accepted without a code',             '1.1.1', 'future_dated', '4 s', NULL, NULL, '0', NULL, NULL, NULL, NULL, NULL),
	('19 due time not known',                  '1.1.1', 'future_dated', '4 s', 'I0', true, NULL, '1 min', true, 6, 6, NULL),
	('20 due never',                           '1.1.1', 'future_dated', '4 s', 'I0', true, 'never', NULL, NULL, NULL, NULL, NULL),
	('21 executed never',                      '1.1.1', 'future_dated', '4 s', 'I0', true, '0', 'never', true, 6, 6, NULL),
	('22 more done than there are',            '1.1.1', 'future_dated', '4 s', 'I0', true, '0', '1 min', true, 7, 6, NULL),
	('23 on demand, done',                     '1.1.1', 'on_demand', '4 s', 'I0', true, NULL, NULL, NULL, NULL, NULL, NULL),
	('24 on demand, refused by the Device',    '1.1.1', 'on_demand', '4 s', 'I0', false, NULL, NULL, NULL, NULL, NULL, NULL),
	('25 refused by the Device, late',         '1.1.1', 'on_demand', '40 s', 'I0', false, NULL, NULL, NULL, NULL, NULL, NULL),
	('26 refused, without a code',             '1.1.1', 'on_demand', '4 s', NULL, false, NULL, NULL, NULL, NULL, NULL, NULL),
	('27 refused, with an unlisted error',     '1.1.1', 'on_demand', '4 s', 'E9999', false, NULL, NULL, NULL, NULL, NULL, NULL),
	('28 an unlisted error',                   '1.1.1', 'on_demand', '4 s', 'E9999', NULL, NULL, NULL, NULL, NULL, NULL, NULL),
	('29 another unlisted code',               '1.1.1', 'on_demand', '4 s', 'X1', NULL, NULL, NULL, NULL, NULL, NULL, NULL),
	('30 a verdict without a response',        '1.1.1', 'on_demand', NULL, NULL, false, NULL, NULL, NULL, NULL, NULL, NULL),
	('31 on demand, executed_at is ignored',   '1.1.1', 'on_demand', '4 s', 'I0', true, NULL, '1 min', false, 0, 6, NULL),
	('32 rejected, whatever the payload says', '1.1.1', 'on_demand', '4 s', 'E5', false, NULL, NULL, NULL, NULL, NULL, NULL),
	('33 scheduled, before it was due',        '4.6.1', 'dcc_scheduled', '4 s', 'I0', true, '0', NULL, NULL, NULL, NULL, NULL),
	('35 answered too early, held by the DCC', '4.6.1', 'future_dated', '35 h 59 min', 'I0', true, '0', NULL, NULL, NULL, NULL, NULL),
	('36 an unlisted error in lower case',    '1.1.1', 'on_demand', '4 s', 'e9999', NULL, NULL, NULL, NULL, NULL, NULL, NULL),
	('34 rejected, yet executed in part',      '1.1.1', 'future_dated', '4 s', 'E5', NULL, '0', '1 min', true, 1, 6, NULL)
) AS v (name, srv, mode, responded, code, message_success, due, executed, execution_success, done, total, cancelled);
SELECT pmr.add_source('all', 'audit');
SELECT request_id, outcome, class, starts, takes FROM requests('all') ORDER BY request_id;

-- before the execution is reported, such a request is pending, then missed
SELECT as_of, outcome, class, starts, takes
FROM unnest('{2025-10-05 12:00:03+00,2025-10-06 12:00+00,2025-10-07 00:00:59+00,2025-10-07 00:01+00,2025-10-08 00:00+00,2025-10-08 00:00:00.000001+00}'::timestamptz[]) AS as_of,
	LATERAL requests('all', as_of) AS r
WHERE request_id LIKE '01%' ORDER BY as_of;

-- a source that knows no executions: an acceptance is neither an answer nor
-- invalid, and the request not measured; all else is as with the columns NULL
CREATE VIEW bare AS SELECT party, srv, mode, device_generation, requested_at, responded_at, response_code, due_at, cancelled_at, request_id FROM audit;
SELECT pmr.add_source('bare', 'bare');
SELECT request_id, outcome, class, starts, takes FROM requests('bare') WHERE request_id < '23' OR request_id > '33' ORDER BY request_id;
SELECT problem, value, rows, remedy FROM pmr.check_source('all', '2025-10-01', '2025-10-31') ORDER BY problem COLLATE "C", value COLLATE "C";
SELECT problem, value, rows, remedy FROM pmr.check_source('bare', '2025-10-01', '2025-10-31') ORDER BY problem COLLATE "C", value COLLATE "C";

-- a delivery answers also a future-dated request, and neither its response nor its execution does
CREATE VIEW by_delivery AS
SELECT 'ACME' AS party, '11.1' AS srv, 'future_dated' AS mode, requested_at, responded_at, response_code, due_at, due_at + delivered AS delivered_at,
	executed_at, execution_success, concat_ws(', ', 'as ' || left(request_id, 2), delivered::text) AS request_id
FROM audit, unnest('{-1 s,1 day,NULL}'::interval[]) AS delivered WHERE left(request_id, 2) IN ('05', '07', '10');
CREATE VIEW by_unknown_delivery AS SELECT party, srv, mode, requested_at, responded_at, response_code, due_at, request_id FROM by_delivery WHERE delivered_at IS NULL;
CREATE VIEW by_delivery_alone AS SELECT party, srv, mode, requested_at, responded_at, response_code, due_at, delivered_at, request_id FROM by_delivery;
SELECT pmr.add_source('by_delivery', 'by_delivery');
SELECT pmr.add_source('by_delivery_alone', 'by_delivery_alone');
SELECT pmr.add_source('by_unknown_delivery', 'by_unknown_delivery');
BEGIN;
INSERT INTO pmr.target_response_time (srv, mode, target, source) VALUES ('11.1', 'future_dated', '5 days', 'test');
SELECT request_id, outcome, class, starts, takes FROM requests('by_delivery') ORDER BY request_id COLLATE "C";
SELECT count(*) AS different FROM requests('by_delivery') AS d FULL JOIN requests('by_delivery_alone') AS a ON a.request_id = d.request_id WHERE a IS DISTINCT FROM d;
SELECT request_id, outcome, class, starts, takes FROM requests('by_unknown_delivery') ORDER BY request_id COLLATE "C";
ROLLBACK;

-- the share of unlisted and missing codes leaves out pending and invalid requests
CALL pmr.refresh('all', '2025-10-01', '2025-10-31', '2025-10-07 01:00+00');
SELECT requests - pending - invalid AS decided, unclassified, (SELECT item FROM pmr.performance_report WHERE source = 'all' AND party = '*' AND item LIKE 'Response code%')
FROM (SELECT sum(requests) AS requests, sum(pending) AS pending, sum(invalid) AS invalid, sum(unclassified) AS unclassified
	FROM pmr.rollup WHERE source = 'all' AND factor = 'all' AND day IS NULL) AS r;

--
-- User roles
--

CREATE VIEW by_role AS
SELECT 'ACME' AS party, '4.8.1' AS srv, 'on_demand' AS mode, generation AS device_generation, '2025-10-05 12:00+00'::timestamptz AS requested_at,
	'2025-10-05 12:01+00'::timestamptz AS responded_at, 'I0' AS response_code, role AS user_role, concat_ws(' ', generation, quote_literal(role)) AS request_id
FROM unnest('{smets1,smets2}'::text[]) AS generation, unnest('{IS,MDR,mdr,any,unknown,"",NULL}'::text[]) AS role;
CREATE VIEW by_no_role AS SELECT party, srv, mode, device_generation, requested_at, responded_at, response_code, request_id FROM by_role;
SELECT pmr.add_source('by_role', 'by_role');
SELECT pmr.add_source('by_no_role', 'by_no_role');
SELECT r.request_id, r.user_role, r.outcome, n.user_role AS without_column, n.outcome
FROM requests('by_role') AS r JOIN requests('by_no_role') AS n USING (request_id) ORDER BY request_id COLLATE "C";
CALL pmr.refresh('by_role', '2025-10-01', '2025-10-31', '2025-12-01');
SELECT user_role, device_generation, requests, met, missed, not_measured, target_s, target_status FROM pmr.rollup
WHERE source = 'by_role' AND day IS NULL ORDER BY user_role COLLATE "C", device_generation;

--
-- Copies of a request
--

CREATE TABLE delivered AS
SELECT party, srv, mode, requested::timestamptz AS requested_at, requested::timestamptz + responded::interval AS responded_at, 'I0' AS response_code, 'smets2' AS device_generation,
	due::timestamptz AS due_at, id AS request_id, variant AS command_variant, note
FROM (VALUES
	('A', '1.1.1', 'on_demand', '2025-10-05 12:00:00+00', '4 s', NULL, '90-B3:1', 1, 'first'),
	('A', '1.1.1', 'on_demand', '2025-10-05 12:00:00+00', '4 s', NULL, '90-B3:1', 1, 'first, again'),
	('A', '1.1.1', 'on_demand', '2025-10-05 12:00:00+00', '5 s', NULL, '90-b3:1', 1, 'in lower case, later response'),
	('A', '1.1.1', 'on_demand', '2025-10-06 12:00:00+00', NULL, NULL, '90-B3:2', 1, 'without a response'),
	('A', '1.1.1', 'on_demand', '2025-10-06 12:00:02+00', '9 s', NULL, '90-B3:2', 1, 'the copy has it'),
	('A', '1.1.1', 'on_demand', '2025-10-06 12:00:01+00', '40 s', NULL, '90-B3:2', 1, 'and another one, later'),
	('A', '1.1.1', 'on_demand', '2025-10-07 12:00:00+00', NULL, NULL, NULL, 1, 'no id'),
	('A', '1.1.1', 'on_demand', '2025-10-07 12:00:00+00', NULL, NULL, NULL, 1, 'no id'),
	('A', '1.1.1', 'on_demand', '2025-10-08 12:00:00+00', '1 s', NULL, '90-B3:4', 4, 'pre-command'),
	('A', '1.1.1', 'on_demand', '2025-10-08 12:00:01+00', '4 s', NULL, '90-B3:4', 5, 'its signed command'),
	('B', '1.1.1', 'on_demand', '2025-10-05 12:00:00+00', '4 s', NULL, '90-B3:1', 1, 'of another Party'),
	('A', '6.8', 'on_demand', '2025-10-05 12:00:00+00', '4 s', NULL, '90-B3:1', 1, 'of another SRV'),
	('A', '4.6.1', 'dcc_scheduled', '2025-10-01 09:00:00+00', '20 h', '2025-10-02 00:00+00', '90-B3:9', 1, 'schedule'),
	('A', '4.6.1', 'dcc_scheduled', '2025-10-01 09:00:00+00', '44 h', '2025-10-03 00:00+00', '90-B3:9', 1, 'the next of the schedule'),
	('A', '4.6.1', 'dcc_scheduled', '2025-10-01 09:00:00+00', '45 h', '2025-10-03 00:00+00', '90-B3:9', 1, 'a copy of it'),
	('A', '4.6.1', 'dcc_scheduled', '2025-10-01 09:00:00+00', '45 h', NULL, '90-B3:9', 1, 'not known of when'),
	('A', '4.6.1', 'dcc_scheduled', '2025-10-01 09:00:00+00', '45 h', NULL, '90-B3:9', 1, 'not known of when'),
	('A', '1.1.1', 'on_demand', '2025-10-31 23:59:59+00', NULL, NULL, '90-B3:6', 1, 'October'),
	('A', '1.1.1', 'on_demand', '2025-11-01 00:00:01+00', '4 s', NULL, '90-B3:6', 1, 'November has the response'),
	('A', '1.1.1', 'on_demand', '2025-10-31 23:59:58+00', '4 s', NULL, '90-B3:7', 9, 'variant 9, October'),
	('A', '1.1.1', 'on_demand', '2025-11-01 00:00:00+00', '5 s', NULL, '90-B3:7', 9, 'variant 9, November')
) AS v (party, srv, mode, requested, responded, due, id, variant, note);
SELECT pmr.add_source('each', 'delivered', '{note}');
SELECT pmr.add_source('once', 'delivered', '{note}', count_copies => false);
CALL pmr.refresh('each', '2025-10-01', '2025-11-30', '2025-12-01');
CALL pmr.refresh('once', '2025-10-01', '2025-11-30', '2025-12-01');
SELECT source, month, rows_read, requests, parties, duplicates FROM pmr.rollup_month WHERE source IN ('each', 'once') ORDER BY source, month;
-- the rows that count, of those whose notes differ
SELECT month, party, srv, value AS note, requests, met, missed, not_measured, pre_commands FROM pmr.rollup
WHERE source = 'once' AND factor = 'note' ORDER BY month, party, srv, value COLLATE "C";
SELECT source, month, party, line, item, requests FROM pmr.performance_report
WHERE source IN ('each', 'once') AND item LIKE 'Copies%' ORDER BY source, month, party COLLATE "C";
SELECT problem, value, rows, remedy FROM pmr.check_source('each', '2025-10-01', '2025-10-31') WHERE problem = 'duplicate request id';
SELECT problem, value, rows, remedy FROM pmr.check_source('once', '2025-10-01', '2025-10-31') WHERE problem = 'duplicate request id';
SELECT count(*) AS rows, count(DISTINCT lower(request_id)) AS ids FROM pmr.invalid_rows('once', '2025-10-01', '2025-11-30') WHERE problem = 'duplicate request id';
-- the order of the rows does not matter
CREATE TABLE shuffled AS SELECT * FROM delivered ORDER BY hashtext(note || ctid::text);
SELECT pmr.add_source('shuffled', 'shuffled', '{note}', count_copies => false);
CALL pmr.refresh('shuffled', '2025-10-01', '2025-11-30', '2025-12-01');
SELECT count(*) AS different FROM (
	(SELECT to_jsonb(r) - 'source' FROM pmr.rollup AS r WHERE source = 'once' EXCEPT ALL SELECT to_jsonb(r) - 'source' FROM pmr.rollup AS r WHERE source = 'shuffled')
	UNION ALL
	(SELECT to_jsonb(r) - 'source' FROM pmr.rollup AS r WHERE source = 'shuffled' EXCEPT ALL SELECT to_jsonb(r) - 'source' FROM pmr.rollup AS r WHERE source = 'once')) AS d;

-- an empty id is none; in November, Party A has only a copy of an October request, and December only a copy
CREATE TABLE border AS
SELECT party, '1.1.1' AS srv, 'on_demand' AS mode, requested::timestamptz AS requested_at, requested::timestamptz + interval '4 s' AS responded_at, 'I0' AS response_code, id AS request_id
FROM (VALUES ('A', '2025-10-05 12:00+00', ''), ('A', '2025-10-05 13:00+00', ''), ('A', '2025-10-05 14:00+00', NULL),
	('A', '2025-10-31 23:59+00', 'A:1'), ('A', '2025-11-01 00:01+00', 'a:1'),
	('B', '2025-11-30 23:59+00', 'B:1'), ('B', '2025-12-01 00:01+00', 'b:1')) AS v (party, requested, id);
SELECT pmr.add_source('border', 'border', count_copies => false);
CALL pmr.refresh('border', as_of => '2026-01-01 00:00+00');
SELECT month, rows_read, requests, parties, duplicates FROM pmr.rollup_month WHERE source = 'border' ORDER BY month;
SELECT month, party, requests FROM pmr.performance_report WHERE source = 'border' AND item LIKE 'Copies%' ORDER BY month, party COLLATE "C";
-- postgres_fdw sends only conditions whose times are constants
DO $$
DECLARE
	line text;
BEGIN
	FOR line IN EXECUTE 'EXPLAIN ' || pmr.request_query('border') USING '2026-01-01 00:00+00'::timestamptz, '2025-10-01 00:00+00'::timestamptz, '2025-11-01 00:00+00'::timestamptz LOOP
		IF line ~ 'requested_at' AND line ~ 'interval|LEAST' THEN
			RAISE WARNING 'not constant: %', line;
		END IF;
	END LOOP;
END
$$;

--
-- Faults of a source
--

CREATE VIEW no_id AS SELECT party, srv, mode, requested_at, responded_at FROM delivered;
SELECT pmr.add_source('no_id', 'no_id', count_copies => false);
SELECT pmr.add_source('no_id', 'no_id', count_copies => NULL);
CREATE VIEW wrong AS SELECT party, srv, mode, requested_at, responded_at, 'true' AS message_success, 1 AS execution_success, true AS instructions_done, 'x'::bytea AS user_role, '2025-10-01'::date AS executed_at FROM delivered;
SELECT pmr.add_source('wrong', 'wrong');

--
-- Texts as a gateway writes them: fractions of two or three digits, ids in either
-- case, numbers and verdicts as text
--

CREATE TABLE gateway (sent text, answered text, id text, variant text, verdict text);
INSERT INTO gateway VALUES
('2025-10-05T12:00:00.12Z', '2025-10-05T12:00:04.123Z', '90-b3-d5-1f-30-01-00-00:00-db-12-34-56-78-90-a0:18446744073709551615', '1', 'true'),
('2025-10-05T12:00:00.5Z', '2025-10-05T12:00:04.05Z', '90-B3-D5-1F-30-01-00-00:00-DB-12-34-56-78-90-A0:18446744073709551614', '9', '0');
CREATE VIEW typed AS
SELECT 'ACME' AS party, '1.1.1' AS srv, 'on_demand' AS mode, sent::timestamptz AS requested_at, answered::timestamptz AS responded_at, 'I0' AS response_code,
	id AS request_id, variant::integer AS command_variant, verdict::boolean AS message_success FROM gateway;
SELECT pmr.add_source('typed', 'typed', count_copies => false);
SELECT right(request_id, 2) AS id, outcome, class, takes FROM requests('typed') ORDER BY id;

SELECT count(pmr.drop_source(source)) > 0 AS dropped FROM pmr.source WHERE relation LIKE 'request\_query.%';
DROP SCHEMA request_query CASCADE;
