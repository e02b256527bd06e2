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

\getenv test PG_ABS_SRCDIR
\set include :test '/sql/include/err_detail.sql'
\i :include

-- the requests of a source between 1 and 31 October 2025, as of a time
CREATE FUNCTION requests(source text, as_of timestamptz DEFAULT '2025-12-01 00:00+00')
	RETURNS TABLE (request_id text, outcome text, class text, starts interval, takes interval, user_role text, is_copy boolean)
	LANGUAGE plpgsql AS $$
BEGIN
	RETURN QUERY EXECUTE format('SELECT request_id, outcome, class, CASE WHEN isfinite(started_at) THEN started_at - requested_at END, CASE WHEN isfinite(started_at) THEN answered_at - started_at END, user_role, is_copy FROM (%s) AS r', pmr.request_query(source))
		USING as_of, '2025-10-01 00:00+00'::timestamptz, '2025-11-01 00:00+00'::timestamptz, pmr.reference_fingerprint();
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

-- Citus pushes down the query of a refresh, as it has none of these and no function in FROM ...
SELECT query !~* '\m(offset|limit|lateral|with|union)\M|from\s+[a-z_.]+\(' AS can_be_pushed_down FROM pmr.part_query('all', false) AS query;
-- ... and the planner does not pull up the subquery that calls the functions
BEGIN;
SET LOCAL track_functions = 'all';
SELECT count(*) > 30 AS many, pg_stat_get_xact_function_calls('pmr.request_measures'::regproc) < 2 * count(*) AS called_once FROM requests('all');
ROLLBACK;
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

-- copies of adjacent days: the answered one counts, then that of the earlier day, and
-- of one day the one that was answered first; two days are too far apart
CREATE FUNCTION rows_between(source text, start timestamptz, finish timestamptz)
	RETURNS TABLE (note text, party text, srv text, mode text, request_id text, due_at timestamptz, command_variant bigint, day date, requested_at timestamptz, answered_at timestamptz, is_copy boolean)
	LANGUAGE plpgsql AS $$
BEGIN
	RETURN QUERY EXECUTE format('SELECT factors[1], party, srv, mode, request_id, due_at, command_variant, day, requested_at, answered_at, is_copy FROM (%s) AS r', pmr.request_query(source))
		USING '2026-01-01 00:00+00'::timestamptz, start, finish, pmr.reference_fingerprint();
END
$$;
CREATE TABLE near (id text, day integer, time interval, answered interval);
INSERT INTO near VALUES
	('01 answered twice', 1, '12:00', '9 s'), ('01 answered twice', 1, '12:01', '4 s'),
	('02 answered first', 1, '12:00', '80 s'), ('02 answered first', 1, '12:01', '4 s'),
	('03 without an answer, answered', 1, '12:00', NULL), ('03 without an answer, answered', 1, '12:01', '4 s'),
	('04 never answered', 1, '12:00', NULL), ('04 never answered', 1, '12:01', NULL),
	('11 answered on two days', 1, '23:59:59', '4 s'), ('11 answered on two days', 2, '00:00', '1 s'),
	('12 answered on the second day', 1, '12:00', NULL), ('12 answered on the second day', 2, '13:00', '9 s'), ('12 answered on the second day', 2, '12:00', NULL),
	('13 answered on the first day', 1, '12:00', '30 h'), ('13 answered on the first day', 2, '12:00', NULL),
	('14 never answered, two days', 1, '12:00', NULL), ('14 never answered, two days', 2, '12:00', NULL),
	('21 two days apart', 1, '23:59:59', '4 s'), ('21 two days apart', 3, '00:00', '4 s'),
	('22 three days', 1, '12:00', '4 s'), ('22 three days', 2, '12:00', '4 s'), ('22 three days', 3, '12:00', '4 s'),
	('23 three days, answered on the second', 1, '12:00', NULL), ('23 three days, answered on the second', 2, '12:00', '4 s'), ('23 three days, answered on the second', 3, '12:00', NULL),
	('24 three days, answered on the first', 1, '12:00', '4 s'), ('24 three days, answered on the first', 2, '12:00', NULL), ('24 three days, answered on the first', 3, '12:00', NULL),
	('25 three days, answered on the third', 1, '12:00', NULL), ('25 three days, answered on the third', 2, '12:00', NULL), ('25 three days, answered on the third', 3, '12:00', '4 s'),
	('26 three days, not on the second', 1, '12:00', '4 s'), ('26 three days, not on the second', 2, '12:00', NULL), ('26 three days, not on the second', 3, '12:00', '4 s');
-- the second day is the first of November
CREATE VIEW near_row AS
SELECT 'A' AS party, '1.1.1' AS srv, 'on_demand' AS mode, at AS requested_at, at + answered AS responded_at, CASE WHEN answered IS NOT NULL THEN 'I0' END AS response_code, id AS request_id,
	format('day %s %s%s', day, time, CASE WHEN answered IS NULL THEN ' no answer' END) AS note
FROM near, LATERAL (SELECT '2025-10-30 00:00+00'::timestamptz + day * interval '1 day' + time AS at) AS t;
SELECT pmr.add_source('near', 'near_row', '{note}', count_copies => false);
SELECT request_id, string_agg(note, ', ' ORDER BY requested_at) FILTER (WHERE NOT is_copy) AS counts, string_agg(note, ', ' ORDER BY requested_at) FILTER (WHERE is_copy) AS copies
FROM rows_between('near', '2025-10-01 00:00+00', '2025-12-01 00:00+00') GROUP BY request_id ORDER BY request_id COLLATE "C";
-- the months are rolled up one by one, and count the same rows
CALL pmr.refresh('near', '2025-10-01', '2025-11-30', '2025-12-01');
SELECT m.month, rows_read, requests, duplicates, (SELECT ARRAY[count(*), count(*) FILTER (WHERE NOT is_copy), count(*) FILTER (WHERE is_copy)] FROM rows_between('near', month, month + interval '1 month')) AS same
FROM pmr.rollup_month AS m WHERE source = 'near' ORDER BY month;
-- if each row counts, only those of one day are shown as copies
SELECT pmr.add_source('near_each', 'near_row');
CALL pmr.refresh('near_each', '2025-10-01', '2025-11-30', '2025-12-01');
SELECT month, rows_read, requests, duplicates, (SELECT count(*) - count(DISTINCT (request_id, day)) FROM rows_between('near', month, month + interval '1 month')) AS same FROM pmr.rollup_month WHERE source = 'near_each' ORDER BY month;

-- 4,000 random rows at a clock change and at the end of a month: the rule in plain SQL
CREATE TABLE random AS
SELECT ('{A,B}'::text[])[1 + h[1] % 2] AS party, ('{1.1.1,6.8}'::text[])[1 + h[2] % 2] AS srv, ('{on_demand,on_demand,dcc_scheduled}'::text[])[1 + h[3] % 3] AS mode, at AS requested_at,
	CASE WHEN h[4] % 3 > 0 THEN at + h[5] % 200000 * interval '1 s' END AS responded_at, ('{I0,I0,I0,E20,I99}'::text[])[1 + h[6] % 5] AS response_code,
	('{2025-11-05 00:00+00,2025-11-06 00:00+00,NULL}'::timestamptz[])[1 + h[7] % 3] AS due_at, CASE h[8] % 7 WHEN 5 THEN '' WHEN 6 THEN NULL ELSE ('{x,X,y,z,Z}'::text[])[1 + h[8] % 7] || h[9] % 9 END AS request_id,
	CASE WHEN h[10] % 10 = 0 THEN h[11] % 9 END AS command_variant
FROM generate_series(1, 4000) AS i, LATERAL (SELECT array_agg((hashint8extended(i, n) & 2147483647)::integer ORDER BY n) AS h FROM generate_series(1, 12) AS n) AS r,
	LATERAL (SELECT timestamptz '2025-10-24 00:00+00' + h[12] % (14 * 86400) * interval '1 s' + i * interval '1 us' AS at) AS t;
SELECT pmr.add_source('random', 'random', report_timezone => 'Europe/London', count_copies => false);
CREATE TABLE judged AS
SELECT *, CASE WHEN request_id <> '' AND (command_variant IN (2, 4, 6)) IS NOT TRUE AND (mode <> 'dcc_scheduled' OR due_at IS NOT NULL)
		THEN concat_ws(' ', party, srv, lower(request_id), CASE mode WHEN 'dcc_scheduled' THEN due_at END) END AS copy_of
FROM rows_between('random', '2025-10-01 00:00+00', '2025-12-01 00:00+00');
CREATE INDEX ON judged (copy_of, day);
SELECT count(*) AS rows, count(*) FILTER (WHERE is_copy IS DISTINCT FROM should_be) AS wrong, count(*) FILTER (WHERE same_day) > 500 AS same_day, count(*) FILTER (WHERE should_be AND NOT same_day) > 500 AS adjacent_day
FROM judged AS r,
	LATERAL (SELECT EXISTS (SELECT FROM judged AS o WHERE o.copy_of = r.copy_of AND o.day = r.day AND (coalesce(o.answered_at, 'infinity'), o.requested_at) < (coalesce(r.answered_at, 'infinity'), r.requested_at)) AS same_day) AS s,
	LATERAL (SELECT same_day OR EXISTS (SELECT FROM judged AS o WHERE o.copy_of = r.copy_of AND abs(o.day - r.day) = 1
			AND (o.answered_at IS NOT NULL AND r.answered_at IS NULL OR (o.answered_at IS NULL) = (r.answered_at IS NULL) AND o.day < r.day)) AS should_be) AS j;
-- the same rows are copies, whichever days are read
SELECT days, count(*) AS rows, count(*) FILTER (WHERE r.is_copy <> j.is_copy) AS different
FROM unnest('{1,2,5}'::integer[]) AS days, generate_series(0, 19, days) AS i,
	LATERAL rows_between('random', pmr.day_start('random', '2025-10-22'::date + i), pmr.day_start('random', '2025-10-22'::date + i + days)) AS r JOIN judged AS j USING (requested_at)
GROUP BY days ORDER BY days;

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
	FOR line IN EXECUTE 'EXPLAIN ' || pmr.request_query('border') USING '2026-01-01 00:00+00'::timestamptz, '2025-10-01 00:00+00'::timestamptz, '2025-11-01 00:00+00'::timestamptz, pmr.reference_fingerprint() LOOP
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

--
-- Days and values of factors are those that plain SQL makes
--

SELECT count(*) > 1000 AS many, count(*) FILTER (WHERE pmr.request_day(at, zone) IS DISTINCT FROM (at AT TIME ZONE zone)::date) AS different
FROM unnest('{UTC,Europe/London,America/Havana,Africa/Monrovia,Pacific/Apia,Australia/Lord_Howe}'::text[]) AS zone,
	LATERAL (SELECT day + hours * interval '30 min' + us * interval '1 us' AS at
		FROM unnest('{1847-12-01,1883-11-18,1919-03-01,1972-01-07,1999-12-31,2011-12-30,2025-03-30,2025-10-26,9999-12-31}'::timestamptz[]) AS day, generate_series(-60, 60) AS hours, generate_series(-1, 1) AS us
		UNION ALL SELECT unnest('{-infinity,infinity,4713-01-02 BC,0001-01-01 BC,294276-12-30}'::timestamptz[])) AS t;
-- the days of a source begin where day_start() says, also if a clock shows midnight twice
SELECT zone, count(*) FILTER (WHERE pmr.request_day(start, zone) <> day OR pmr.request_day(start - interval '1 us', zone) <> day - 1) AS different,
	count(*) FILTER (WHERE (start - interval '1 us') AT TIME ZONE zone >= day) > 0 AS midnight_twice
FROM unnest('{Europe/London,America/Havana,America/St_Johns,America/Sao_Paulo,Atlantic/Azores}'::text[]) AS zone,
	LATERAL (SELECT (date '2009-01-01' + i) AS day, (date '2009-01-01' + i)::timestamp AT TIME ZONE zone AS start FROM generate_series(0, 1100) AS i) AS d
GROUP BY zone ORDER BY zone COLLATE "C";
SELECT pmr.request_day(NULL, 'UTC'), err($$SELECT pmr.request_day(now(), 'No/Where')$$);
SELECT f, pmr.request_factors(a, b) IS NOT DISTINCT FROM ARRAY[a, b] AND pmr.request_factors(a, b)::text = ARRAY[a, b]::text AS equal
FROM (VALUES (1, 'a', 'b'), (2, NULL, 'bcde'), (3, NULL, NULL), (4, '', NULL), (5, 'a', repeat('v', 200))) AS v (f, a, b) ORDER BY f;
SELECT pmr.request_factors(repeat('€\', 100)) = ARRAY[repeat('€\', 20) || '~' || left(encode(sha256(convert_to(repeat('€\', 100), 'UTF8')), 'hex'), 32)] AS shortened;
SELECT err('SELECT pmr.request_factors(1)'), err($$SELECT pmr.request_factors(VARIADIC ARRAY['a'])$$), err($$SELECT pmr.request_outcome('\x00')$$);

SELECT count(pmr.drop_source(source)) > 0 AS dropped FROM pmr.source WHERE relation LIKE 'request\_query.%';
DROP SCHEMA request_query CASCADE;
