-- Sources: add_source() accepts an audit table or a view of one, or refuses it and
-- lists all faults at once, for any names and owners; faults of rows are listed and
-- stop nothing.
SET timezone = 'UTC';
SET datestyle = 'ISO';
SET intervalstyle = 'postgres';
SET client_min_messages = 'warning';
\pset null NULL
\pset format unaligned
\pset footer off
\set VERBOSITY terse
CREATE SCHEMA source;
SET search_path = source;

\getenv test PG_ABS_SRCDIR
\set include :test '/sql/include/err_detail.sql'
\i :include
-- a valid audit table
CREATE TABLE audit (party text, srv text, mode text, requested_at timestamptz, responded_at timestamptz, response_code text);
INSERT INTO audit VALUES ('A', '1.1.1', 'on_demand', '2024-01-10 12:00:00+00', '2024-01-10 12:00:10+00', 'I0');

--
-- All faults are reported at once
--

SELECT err($$SELECT pmr.add_source(NULL, 'audit')$$);
SELECT err($$SELECT pmr.add_source('', 'audit')$$);
SELECT err($$SELECT pmr.add_source('s', NULL)$$);
SELECT err($$SELECT pmr.add_source('s', 'no_such_table')$$);
SELECT err($$SELECT pmr.add_source('s', 999999999::regclass)$$);
SELECT pmr.add_source('s', 'audit');
SELECT err($$SELECT pmr.add_source('s', 'audit')$$);
TABLE pmr.source;
SELECT pmr.drop_source('s');
SELECT err($$SELECT pmr.drop_source('s')$$);
SELECT err($$SELECT pmr.drop_source(NULL)$$);

CREATE TABLE wrong (srv numeric, mode integer, requested_at date, responded_at text, response_code integer, device_generation boolean,
	qualifier jsonb, business_process text[], due_at time, delivered_at interval, request_id bigint, command_variant text, cancelled_at boolean,
	device_id bytea, user_role integer, region text);
SELECT err($$SELECT pmr.add_source('s', 'wrong', '{region,no_such,region,all,ctid}', 'Mars/Olympus', 'area', '-1 day')$$);
SELECT err($$SELECT pmr.add_source('s', 'audit', NULL, NULL, NULL, NULL)$$);
SELECT err($$SELECT pmr.add_source('s', 'audit', '{mode,NULL}')$$);
SELECT err($$SELECT pmr.add_source('s', 'audit', '{{party},{mode}}')$$);
SELECT err($$SELECT pmr.add_source('s', 'audit', '[2:3]={party,mode}')$$);
SELECT err($$SELECT pmr.add_source('s', 'audit', '{party}', region_factor => 'region')$$);
SELECT err($$SELECT pmr.add_source('s', 'audit', '{party}', region_factor => '')$$);
TABLE pmr.source;

--
-- If columns are missing, the hint is a view that only needs correcting
--

CREATE TABLE sr_log (id uuid, "Request-ID" text, supplier_code varchar(10), srv_code text, sent_at timestamptz, response_at timestamp, result text,
	model text, "Firmware Version" text, due timestamptz, "all" integer);
INSERT INTO sr_log (supplier_code, srv_code, sent_at, response_at, result, model, "Firmware Version")
VALUES ('A', '1.1.1', '2024-01-10 12:00:00+00', '2024-01-10 12:00:10', 'I0', 'm1', 'f1');
SELECT err($$SELECT pmr.add_source('s', 'sr_log')$$);
SELECT substring(err($$SELECT pmr.add_source('s', 'sr_log')$$) FROM 'CREATE VIEW.*') AS draft \gset
:draft
SELECT pmr.add_source('s', 'service_request', '{model,"Firmware Version"}');
SELECT pmr.refresh_month(pmr.requesting_role(), 's', '2024-01-01', '2024-03-01');
SELECT party, srv, mode, factor, value, requests, not_measured, answered, success, pmr.rtt_max(rtt) FROM pmr.rollup WHERE source = 's' AND day IS NULL ORDER BY factor COLLATE "C";
SELECT * FROM pmr.check_source('s', '2024-01-01', '2024-01-31');
SELECT pmr.drop_source('s');
DROP VIEW service_request;
-- a table without any usable column, and one with most columns, some of the wrong type
CREATE TABLE nothing ();
SELECT err($$SELECT pmr.add_source('s', 'nothing')$$);
SELECT err($$SELECT pmr.add_source('s', 'wrong')$$);

--
-- Types that are accepted as text, time, identifier and integer
--

CREATE TYPE mode AS ENUM ('on_demand', 'future_dated', 'dcc_scheduled', 'non_device');
CREATE TYPE generation AS ENUM ('smets1', 'smets2');
CREATE DOMAIN code AS text CHECK (value <> 'E99');
CREATE DOMAIN response AS code;
CREATE DOMAIN moment AS timestamptz;
CREATE DOMAIN past AS moment;
CREATE DOMAIN mode_of_request AS mode;
CREATE DOMAIN small AS smallint;
CREATE TABLE typed (party char(10), srv varchar(8), mode mode_of_request, requested_at past, responded_at moment, response_code response,
	device_generation generation, qualifier name, business_process char(30), due_at past, delivered_at timestamp, request_id uuid, command_variant small,
	cancelled_at timestamptz(3), device_id uuid, user_role "char", number numeric, yes boolean, bytes bytea, list integer[], day date, real float8);
INSERT INTO typed VALUES
	('A', '1.1.1', 'on_demand', '2024-01-10 12:00:00+00', '2024-01-10 12:00:10+00', 'I0', 'smets1', 'q', 'meter_read', NULL, NULL,
		'00000000-0000-0000-0000-000000000001', 5, NULL, NULL, NULL, 7.10, true, '\xff', '{1,2}', '2024-01-10', 0.1),
	('A', '1.1.1', 'future_dated', '2024-01-10 12:00:00+00', '2024-01-12 12:00:10+00', 'I0', 'smets2', 'q', 'meter_read', '2024-01-12 12:00:00+00', NULL,
		NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
SELECT err($$SELECT pmr.add_source('s', 'typed')$$);
ALTER TABLE typed ALTER user_role TYPE text;
SELECT pmr.add_source('s', 'typed', '{mode,number,yes,bytes,list,day,real}');
-- settings of the session do not matter
SET bytea_output = 'escape';
SET datestyle = 'German';
SET extra_float_digits = -10;
SELECT pmr.refresh_month(pmr.requesting_role(), 's', '2024-01-01', '2024-03-01');
RESET bytea_output;
SET datestyle = 'ISO';
RESET extra_float_digits;
SELECT party, srv, mode, device_generation, qualifier, business_process, factor, value, requests, met, pmr.rtt_max(rtt) FROM pmr.rollup WHERE source = 's' AND day IS NULL ORDER BY mode DESC, factor COLLATE "C";
SELECT * FROM pmr.check_source('s', '2024-01-01', '2024-01-31');
SELECT pmr.drop_source('s');
-- integers of any width
CREATE VIEW any_integer AS SELECT a.*, NULL::integer AS command_variant FROM audit AS a;
SELECT pmr.add_source('s', 'any_integer');
SELECT pmr.drop_source('s');
DROP VIEW any_integer;
CREATE VIEW any_integer AS SELECT a.*, 4::bigint AS command_variant FROM audit AS a;
SELECT pmr.add_source('s', 'any_integer');
SELECT pmr.refresh_month(pmr.requesting_role(), 's', '2024-01-01', '2024-03-01');
SELECT requests, pre_commands FROM pmr.rollup WHERE source = 's' AND day IS NULL;
SELECT pmr.drop_source('s');
DROP VIEW any_integer;
-- times without time zone are UTC, whatever the session's time zone
CREATE VIEW without_time_zone AS
	SELECT party, srv, mode, requested_at AT TIME ZONE 'UTC' AS requested_at, responded_at AT TIME ZONE 'UTC' AS responded_at FROM audit;
SET client_min_messages = 'notice';
SELECT pmr.add_source('s', 'without_time_zone');
SET timezone = 'Asia/Tokyo';
SELECT pmr.refresh_months(pmr.requesting_role(), 's', NULL, NULL, '2024-03-01 00:00+00');
SELECT pmr.refresh_month(pmr.requesting_role(), 's', '2024-01-01', '2024-03-01 00:00+00');
SELECT * FROM pmr.check_source('s', '2024-01-01', '2024-01-31');
SET timezone = 'UTC';
SET client_min_messages = 'warning';
SELECT day, requests, met, pmr.rtt_max(rtt) FROM pmr.rollup WHERE source = 's' AND factor = 'all' ORDER BY day NULLS FIRST;
SELECT pmr.drop_source('s');
-- kinds of relations
CREATE MATERIALIZED VIEW stored AS SELECT * FROM audit;
CREATE TABLE parted (LIKE audit) PARTITION BY LIST (party);
CREATE TABLE parted_a PARTITION OF parted DEFAULT;
CREATE INDEX audit_time ON audit (requested_at);
CREATE SEQUENCE numbers;
CREATE TYPE composite AS (party text, srv text, mode text, requested_at timestamptz, responded_at timestamptz);
CREATE TEMPORARY TABLE fleeting (LIKE audit);
SELECT regexp_replace(err(format('SELECT pmr.add_source(%L, %L)', kind, kind)), 'pg_temp_[0-9]+', 'pg_temp_N', 'g') AS taken, kind
FROM unnest('{stored,parted,audit_time,numbers,composite,fleeting}'::text[]) AS kind;
SELECT source, pmr.drop_source(source) FROM pmr.source ORDER BY source COLLATE "C";

--
-- Names are not interpreted as SQL, format or pattern
--

CREATE FUNCTION hostile(name text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	result text;
BEGIN
	EXECUTE format('CREATE SCHEMA %I', 'source_' || left(name, 50));
	EXECUTE format('CREATE TABLE %I.%I AS SELECT a.*, %L::text AS %I FROM source.audit AS a', 'source_' || left(name, 50), name, name, name);
	PERFORM pmr.add_source(name, format('%I.%I', 'source_' || left(name, 50), name)::regclass, ARRAY[name], region_factor => name);
	PERFORM pmr.refresh_month(pmr.requesting_role(), name, '2024-01-01', '2024-03-01');
	PERFORM * FROM pmr.check_source(name, '2024-01-01', '2024-01-31');
	IF (SELECT count(*) FROM pmr.invalid_rows(name, '2024-01-01', '2024-01-31')) <> 0 THEN
		RETURN 'invalid';
	END IF;
	SELECT string_agg((r.factor = name AND r.value = name)::text || ' ' || r.requests, ', ' ORDER BY r.factor = 'all') INTO result
	FROM pmr.rollup AS r WHERE r.source = name AND day IS NULL;
	RETURN result;
END
$$;
SELECT name, hostile(name)
FROM unnest(ARRAY['Mixed Case', 'a"b', 'a''b', 'a\b', '%', '%s%I%L%1$s', '$1', '$$', '$query$', 'a.b', E'a\nb', E'a\tb', 'éßЖ漢', 'select', 'user', 'null',
	'class', 'outcome', 'factors', 'day', 'r', 'm', 'n', 'cell', 'started_at', ';DROP TABLE source.audit;--', '/*', '{a,b}', '*', repeat('x', 63), repeat('é', 31),
	'pmr', 'pg_catalog.text', '1', ' ']) AS name;
-- all of them work; so does the view that a hint suggests
CREATE TABLE "$$ '%s' ""draft""" ("Party" text, "SRV " text, "a""b" text, "%I" text, "mode" text, "REQUESTED_AT" timestamptz, "é\n" text);
SELECT substring(err($call$SELECT pmr.add_source('s', '"$$ ''%s'' ""draft"""')$call$) FROM 'CREATE VIEW.*') AS draft \gset
\echo :draft
:draft
SELECT pmr.add_source('s', 'service_request', ARRAY['a"b', '%I']);
SELECT factors FROM pmr.source WHERE source = 's';
DROP VIEW service_request;
SELECT count(*), count(pmr.drop_source(source)) FROM pmr.source;
SELECT count(*) FROM (SELECT source FROM pmr.rollup UNION ALL SELECT source FROM pmr.rollup_pair UNION ALL SELECT source FROM pmr.rollup_month) AS r;

--
-- At most 32 factors, with at most 1000 values each
--

CREATE FUNCTION letters(n integer) RETURNS text[] LANGUAGE sql AS $$SELECT array_agg('f' || i ORDER BY i) FROM generate_series(1, n) AS i$$;
SELECT 'CREATE VIEW many AS SELECT a.*, ' || string_agg(quote_literal(f) || '::text AS ' || f, ', ') || ' FROM audit AS a' AS many FROM unnest(letters(33)) AS f \gset
:many;
SELECT err($$SELECT pmr.add_source('s', 'many', letters(33))$$);
SELECT pmr.add_source('s', 'many', letters(32));
SELECT pmr.refresh_month(pmr.requesting_role(), 's', '2024-01-01', '2024-03-01');
SELECT count(*), count(DISTINCT factor), count(*) FILTER (WHERE factor = value) FROM pmr.rollup WHERE source = 's' AND day IS NULL;
SELECT count(*), count(DISTINCT (factor_a, factor_b)), sum(cardinality(measured)), bool_and(values_a = ARRAY[factor_a] AND values_b = ARRAY[factor_b])
FROM pmr.rollup_pair WHERE source = 's';
SELECT pmr.drop_source('s');
CREATE VIEW device AS SELECT a.*, i::integer AS device, nullif(i % 1000, 0)::text AS thousand FROM audit AS a, generate_series(1, 1001) AS i;
SELECT err($$SELECT pmr.add_source('s', 'device', '{device}')$$);
SELECT err($$SELECT pmr.add_source('s', 'device', '{thousand}')$$);
SELECT pmr.drop_source('s');

--
-- Spellings of mode and generation: it is an error if all are wrong, a warning if some are
--

CREATE TABLE spelled AS SELECT a.*, 'SMETS2'::text AS device_generation FROM audit AS a;
UPDATE spelled SET mode = 'On Demand';
SELECT err($$SELECT pmr.add_source('s', 'spelled')$$);
INSERT INTO spelled SELECT party, srv, v.mode, requested_at, responded_at, response_code, v.generation FROM audit, (VALUES ('on_demand', 'smets1'), (NULL, NULL)) AS v (mode, generation);
SELECT pmr.add_source('s', 'spelled');
SELECT pmr.drop_source('s');
-- no rows to judge by
TRUNCATE spelled;
SELECT pmr.add_source('s', 'spelled');
SELECT pmr.drop_source('s');

--
-- Time zones and settle_after
--

SELECT err($$SELECT pmr.add_source('s', 'audit', report_timezone => 'GMT''; DROP')$$);
SELECT err($$SELECT pmr.add_source('s', 'audit', report_timezone => '')$$);
SELECT err($$SELECT pmr.add_source('s', 'audit', report_timezone => 'BST')$$);
SELECT pmr.add_source('s', 'audit', report_timezone => 'Europe/London', settle_after => '0');
SELECT pmr.add_source('t', 'audit', report_timezone => 'America/Los_Angeles', settle_after => '1 month');
SELECT * FROM pmr.source ORDER BY source COLLATE "C";
-- a month is settled settle_after past its end in the time zone of the source
SELECT source, pmr.refresh_month(pmr.requesting_role(), source, '2024-01-01', as_of)
FROM (VALUES ('s', '2024-01-31 23:59:59.999999+00'::timestamptz), ('t', '2024-03-01 07:59:59.999999+00')) AS v (source, as_of);
SELECT source, as_of, settled FROM pmr.rollup_month ORDER BY source COLLATE "C";
SELECT source, pmr.refresh_month(pmr.requesting_role(), source, '2024-01-01', as_of)
FROM (VALUES ('s', '2024-02-01 00:00+00'::timestamptz), ('t', '2024-03-01 08:00+00')) AS v (source, as_of);
SELECT source, as_of, settled FROM pmr.rollup_month ORDER BY source COLLATE "C";
SELECT source, pmr.drop_source(source) FROM pmr.source ORDER BY source COLLATE "C";

--
-- A relation that has changed since it was added
--

CREATE TABLE changing (LIKE audit, region text);
INSERT INTO changing SELECT a.*, 'North' FROM audit AS a;
SELECT pmr.add_source('s', 'changing', '{region}');
SELECT factors, region_factor FROM pmr.source;
ALTER TABLE changing RENAME region TO csp_region;
SELECT err($$SELECT pmr.refresh_month(pmr.requesting_role(), 's', '2024-01-01', '2024-03-01')$$);
ALTER TABLE changing RENAME csp_region TO region;
ALTER TABLE changing RENAME srv TO service;
SELECT err($$SELECT pmr.refresh_month(pmr.requesting_role(), 's', '2024-01-01', '2024-03-01')$$);
ALTER TABLE changing RENAME service TO srv;
-- columns of types that are refused
ALTER TABLE changing ALTER srv TYPE numeric USING 7.10;
SELECT err($$SELECT pmr.refresh_month(pmr.requesting_role(), 's', '2024-01-01', '2024-03-01')$$);
ALTER TABLE changing ALTER srv TYPE text USING '1.1.1', ALTER requested_at TYPE date;
SELECT err($$SELECT pmr.refresh_month(pmr.requesting_role(), 's', '2024-01-01', '2024-03-01')$$);
ALTER TABLE changing ALTER requested_at TYPE timestamptz;
SELECT pmr.refresh_month(pmr.requesting_role(), 's', '2024-01-01', '2024-03-01');
DROP TABLE changing;
SELECT err($$SELECT pmr.refresh_month(pmr.requesting_role(), 's', '2024-01-01', '2024-03-01')$$);
SELECT err($$SELECT * FROM pmr.check_source('s')$$);
CALL pmr.refresh('s');
-- the rollup is kept
SELECT factor, value, requests FROM pmr.rollup WHERE source = 's' AND day IS NULL ORDER BY factor COLLATE "C";
SELECT pmr.drop_source('s');


--
-- The two shapes of audit data.  One row per request: the view translates names and
-- spellings, and a condition on requested_at uses the index
--

CREATE TABLE sr_audit (sr_id bigint, supplier text, service text, how text, sent_at timestamptz, answered_at timestamptz, code text, firmware text);
INSERT INTO sr_audit
SELECT i, 'ABC'::text, '4.6.2', CASE WHEN i % 3 = 0 THEN 'Scheduled' ELSE 'OnDemand' END, time, time + i % 40 * interval '1 s', 'I0', 'fw' || i % 2
FROM (SELECT i, '2024-01-01 00:00+00'::timestamptz + i * interval '5 minutes' AS time FROM generate_series(1, 20000) AS i) AS r;
CREATE INDEX ON sr_audit (sent_at);
CREATE VIEW by_request AS
SELECT	supplier AS party,
		service AS srv,
		CASE how WHEN 'OnDemand' THEN 'on_demand' WHEN 'Scheduled' THEN 'dcc_scheduled' END AS mode,
		sent_at AS requested_at,
		answered_at AS responded_at,
		code AS response_code,
		CASE how WHEN 'Scheduled' THEN sent_at END AS due_at,
		sr_id::text AS request_id,
		firmware
FROM	sr_audit;

-- an event log, one row per message: acknowledgements, and one response or none
CREATE TABLE event (request_id text, kind text, at timestamptz, supplier text, service text, code text, firmware text);
INSERT INTO event
SELECT i::text, m.kind, time + m.after * interval '1 s', 'ABC', '4.6.2', m.code, 'fw' || i % 2
FROM (SELECT i, '2024-01-01 00:00+00'::timestamptz + i * interval '5 minutes' AS time FROM generate_series(1, 20000) AS i) AS r,
	LATERAL (VALUES ('request', 0, NULL), ('response', 1, 'I99'), ('response', i % 40 + 1, 'I0')) AS m (kind, after, code)
WHERE m.code IS DISTINCT FROM 'I0' OR i % 10 <> 0;
CREATE INDEX ON event (at) WHERE kind = 'request';
CREATE INDEX ON event (request_id) WHERE kind = 'response';
CREATE VIEW by_event AS
SELECT	q.supplier AS party,
		q.service AS srv,
		'on_demand' AS mode,
		q.at AS requested_at,
		a.at AS responded_at,
		a.code AS response_code,
		q.request_id,
		q.firmware
FROM	event AS q
		LEFT JOIN LATERAL (
			SELECT	r.at, r.code
			FROM	event AS r
			WHERE	r.request_id = q.request_id AND r.kind = 'response'
			ORDER BY r.code = 'I99', r.at
			LIMIT	1) AS a ON true
WHERE	q.kind = 'request';
ANALYZE sr_audit, event;
SELECT pmr.add_source('by_request', 'by_request', '{firmware}'), pmr.add_source('by_event', 'by_event', '{firmware}');
-- does the query for one day read each table by an index?
CREATE FUNCTION reads_index_alone(source text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
	plan jsonb;
BEGIN
	EXECUTE 'EXPLAIN (FORMAT JSON, COSTS OFF) ' || replace(replace(replace(replace(pmr.request_query(source), '$1', quote_literal('2024-03-01') || '::timestamptz'),
		'$2', quote_literal('2024-01-10 00:00+00') || '::timestamptz'), '$3', quote_literal('2024-01-11 00:00+00') || '::timestamptz'), '$4', 'pmr.reference_fingerprint()')
	INTO plan;
	RETURN NOT jsonb_path_exists(plan, 'strict $.** ? (@."Node Type" == "Seq Scan")')
		AND jsonb_path_exists(plan, 'strict $.** ? (@."Node Type" like_regex "Index")');
END
$$;
SELECT source, reads_index_alone(source) FROM (VALUES ('by_request'), ('by_event')) AS s (source);
SELECT source, pmr.refresh_month(pmr.requesting_role(), source, '2024-02-01', '2024-04-10 00:00+00') FROM (VALUES ('by_request'), ('by_event')) AS s (source);
SELECT source, mode, factor, value, requests, met, missed, answered, success, pmr.rtt_max(rtt)
FROM pmr.rollup WHERE day IS NULL ORDER BY source COLLATE "C", mode COLLATE "C", factor COLLATE "C", value COLLATE "C";
-- the same figures from the tables
SELECT how, firmware, count(*), count(*) FILTER (WHERE answered_at - sent_at <= CASE how WHEN 'Scheduled' THEN '1 day' ELSE '30 s' END::interval) AS met
FROM sr_audit WHERE sent_at >= '2024-02-01 00:00+00' AND sent_at < '2024-03-01 00:00+00' GROUP BY how, firmware ORDER BY how COLLATE "C" DESC, firmware;
SELECT q.firmware, count(*), count(a.at) AS answered, count(*) FILTER (WHERE a.at - q.at <= interval '30 s') AS met
FROM event AS q LEFT JOIN event AS a ON a.request_id = q.request_id AND a.kind = 'response' AND a.code = 'I0'
WHERE q.kind = 'request' AND q.at >= '2024-02-01 00:00+00' AND q.at < '2024-03-01 00:00+00' GROUP BY q.firmware ORDER BY q.firmware;
SELECT source, pmr.drop_source(source) FROM pmr.source ORDER BY source COLLATE "C";

--
-- Faults of rows: each is listed, and summed up
--

CREATE TABLE odd (note text, party text, srv text, mode text, requested_at timestamptz, responded_at timestamptz, response_code text, device_generation text,
	business_process text, due_at timestamptz, request_id text, command_variant integer, cancelled_at timestamptz);
INSERT INTO odd (note, party, srv, mode, requested_at, responded_at, response_code, device_generation, business_process, due_at, request_id, command_variant, cancelled_at) VALUES
	('good', 'A', '1.1.1', 'on_demand', '2024-01-01 00:00+00', '2024-01-01 00:00:10+00', 'I0', 'smets1', 'meter_read', NULL, '1', NULL, NULL),
	('party', NULL, '1.1.1', 'on_demand', '2024-01-01 00:01+00', '2024-01-01 00:01:10+00', 'I0', 'smets1', NULL, NULL, '2', NULL, NULL),
	('party', '', '1.1.1', 'on_demand', '2024-01-01 00:02+00', '2024-01-01 00:02:10+00', 'I0', 'smets1', NULL, NULL, '3', NULL, NULL),
	('srv', 'A', NULL, 'on_demand', '2024-01-01 00:03+00', '2024-01-01 00:03:10+00', 'I0', 'smets1', NULL, NULL, '4', NULL, NULL),
	('srv', 'A', '1.1.9', 'on_demand', '2024-01-01 00:04+00', '2024-01-01 00:04:10+00', 'I0', 'smets1', NULL, NULL, '5', NULL, NULL),
	('srv', 'A', '1.1.1 ', 'on_demand', '2024-01-01 00:05+00', '2024-01-01 00:05:10+00', 'I0', 'smets1', NULL, NULL, '6', NULL, NULL),
	('mode', 'A', '1.1.1', NULL, '2024-01-01 00:06+00', '2024-01-01 00:06:10+00', 'I0', 'smets1', NULL, NULL, '7', NULL, NULL),
	('mode', 'A', '1.1.1', 'ON_DEMAND', '2024-01-01 00:07+00', '2024-01-01 00:07:10+00', 'I0', 'smets1', NULL, NULL, '8', NULL, NULL),
	('generation', 'A', '1.1.1', 'on_demand', '2024-01-01 00:08+00', '2024-01-01 00:08:10+00', 'I0', 'SMETS2+', NULL, NULL, '9', NULL, NULL),
	('no generation', 'A', '1.1.1', 'on_demand', '2024-01-01 00:08:30+00', '2024-01-01 00:08:40+00', 'I0', NULL, NULL, NULL, '9a', NULL, NULL),
	('code', 'A', '1.1.1', 'on_demand', '2024-01-01 00:09+00', '2024-01-01 00:09:10+00', 'X1', 'smets1', NULL, NULL, '10', NULL, NULL),
	('code', 'A', '1.1.1', 'on_demand', '2024-01-01 00:10+00', '2024-01-01 00:10:10+00', NULL, 'smets1', NULL, NULL, '11', NULL, NULL),
	('unanswered', 'A', '1.1.1', 'on_demand', '2024-01-01 00:11+00', NULL, NULL, 'smets1', NULL, NULL, '12', NULL, NULL),
	('process', 'A', '1.1.1', 'on_demand', '2024-01-01 00:12+00', '2024-01-01 00:12:10+00', 'I0', 'smets1', 'reading', NULL, '13', NULL, NULL),
	('negative', 'A', '1.1.1', 'on_demand', '2024-01-01 00:13+00', '2024-01-01 00:12:59+00', 'I0', 'smets1', NULL, NULL, '14', NULL, NULL),
	('negative', 'A', '1.1.1', 'future_dated', '2024-01-01 00:14+00', '2024-01-01 00:15+00', 'I0', 'smets1', NULL, '2024-01-02 00:15:00.5+00', '15', NULL, NULL),
	('duplicates', 'A', '1.1.1', 'on_demand', '2024-01-01 00:16+00', '2024-01-01 00:16:10+00', 'I0', 'smets1', NULL, NULL, '90-B3:01', NULL, NULL),
	('duplicates', 'A', '1.1.1', 'on_demand', '2024-01-01 00:17+00', '2024-01-01 00:17:10+00', 'I0', 'smets1', NULL, NULL, '90-b3:01', NULL, NULL),
	('duplicates', 'A', '1.1.1', 'on_demand', '2024-01-01 00:18+00', '2024-01-01 00:18:10+00', 'I0', 'smets1', NULL, NULL, '90-B3:01', NULL, NULL),
	('no ids', 'A', '1.1.1', 'on_demand', '2024-01-01 00:19+00', '2024-01-01 00:19:10+00', 'I0', 'smets1', NULL, NULL, NULL, NULL, NULL),
	('no ids', 'A', '1.1.1', 'on_demand', '2024-01-01 00:20+00', '2024-01-01 00:20:10+00', 'I0', 'smets1', NULL, NULL, NULL, NULL, NULL),
	('no execution time', 'A', '1.1.1', 'future_dated', '2024-01-01 00:21+00', '2024-01-02 00:21:10+00', 'I0', 'smets1', NULL, NULL, '16', NULL, NULL),
	('no execution time', 'A', '4.6.1', 'dcc_scheduled', '2024-01-01 00:22+00', '2024-01-02 00:22:10+00', 'I0', 'smets1', NULL, NULL, '17', NULL, NULL),
	('pre-command, same id', 'A', '1.1.1', 'on_demand', '2024-01-01 00:23+00', '2024-01-01 00:23:01+00', 'I0', 'smets1', NULL, NULL, '18', 4, NULL),
	('its request', 'A', '1.1.1', 'on_demand', '2024-01-01 00:23:30+00', '2024-01-01 00:23:40+00', 'I0', 'smets1', NULL, NULL, '18', 5, NULL),
	('not requests', NULL, NULL, NULL, '2024-01-01 00:24+00', '2024-01-01 00:23+00', 'X2', 'x', 'x', NULL, '19', 4, NULL),
	('not requests', NULL, NULL, NULL, '2024-01-01 00:25+00', '2024-01-01 00:24+00', 'X2', 'x', 'x', NULL, '20', 6, NULL),
	('not requests', NULL, NULL, NULL, '2024-01-01 00:26+00', NULL, NULL, 'x', 'x', NULL, '21', NULL, '2024-01-01 00:27+00'),
	('all of it', NULL, 'no SRV', 'x', '2024-01-01 00:30+00', '2024-01-01 00:29+00', 'X3', 'x', 'x', NULL, '22', NULL, NULL),
	('infinite', 'A', '1.1.1', 'on_demand', '2024-01-01 00:31+00', 'infinity', 'I0', 'smets1', NULL, NULL, '23', NULL, NULL),
	('infinite', 'A', '1.1.1', 'on_demand', '2024-01-01 00:32+00', '-infinity', 'I0', 'smets1', NULL, NULL, '24', NULL, NULL),
	('infinite', 'A', '1.1.1', 'future_dated', '2024-01-01 00:33+00', '2024-01-01 00:34+00', 'I0', 'smets1', NULL, 'infinity', '25', NULL, NULL),
	('no request time', 'A', '1.1.1', 'on_demand', NULL, '2024-01-01 00:35+00', 'I0', 'smets1', NULL, NULL, '26', NULL, NULL),
	('infinite request time', 'A', '1.1.1', 'on_demand', 'infinity', NULL, NULL, 'smets1', NULL, NULL, '27', NULL, NULL),
	('infinite request time', 'A', '1.1.1', 'on_demand', '-infinity', NULL, NULL, 'smets1', NULL, NULL, '28', NULL, NULL),
	('ancient', 'A', '1.1.1', 'on_demand', '4714-11-24 00:00+00 BC', NULL, NULL, 'smets1', NULL, NULL, '28a', NULL, NULL),
	('star', '*', '1.1.1', 'on_demand', '2024-01-01 00:36+00', NULL, NULL, 'smets1', NULL, NULL, '28b', NULL, NULL),
	('future', 'A', '1.1.1', 'on_demand', now() + interval '1 year', NULL, NULL, 'smets1', NULL, NULL, '29', NULL, NULL),
	('long', repeat('p', 5000), repeat('s', 5000), repeat('m', 5000), '2024-01-01 00:40+00', '2024-01-01 00:40:01+00', repeat('c', 5000), repeat('g', 5000), repeat('b', 5000), NULL, repeat('i', 5000), NULL, NULL);
SELECT pmr.add_source('odd', 'odd', '{note}');
SET intervalstyle = 'sql_standard';
SELECT i.problem, left(i.value, 40) AS value, o.note, i.requested_at
FROM pmr.invalid_rows('odd', '2024-01-01', '2024-01-31') AS i LEFT JOIN odd AS o USING (requested_at)
ORDER BY i.requested_at, i.problem COLLATE "C";
SET intervalstyle = 'postgres';
SELECT * FROM pmr.check_source('odd', '2024-01-01', '2024-01-31') ORDER BY problem COLLATE "C", value COLLATE "C";
-- a refresh counts the same faults
SELECT pmr.refresh_month(pmr.requesting_role(), 'odd', '2024-01-01', '2024-03-01');
SELECT rows_read, requests, no_party, no_srv, unknown_srv, unknown_mode, unclassified, negative, duplicates FROM pmr.rollup_month WHERE source = 'odd';
SELECT i.problem, count(*), count(*) - count(DISTINCT CASE problem WHEN 'duplicate request id' THEN lower(i.request_id) END) AS duplicates
FROM pmr.invalid_rows('odd', '2024-01-01', '2024-01-31') AS i GROUP BY i.problem ORDER BY i.problem COLLATE "C";
SELECT value AS note, sum(requests) AS requests, sum(met) AS met, sum(missed) AS missed, sum(not_measured) AS not_measured, sum(invalid) AS invalid,
	sum(answered) AS answered, sum(success) AS success, sum(unclassified) AS unclassified, sum(pre_commands) AS pre_commands, sum(local_commands) AS local_commands, sum(cancelled) AS cancelled
FROM pmr.rollup WHERE source = 'odd' AND factor = 'note' GROUP BY value ORDER BY value COLLATE "C";
SELECT parties FROM (SELECT array_agg(left(p, 6) ORDER BY p COLLATE "C") AS parties FROM pmr.rollup_month, unnest(parties) AS p WHERE source = 'odd') AS p;
-- no rows, days in the wrong order, and days without an end
SELECT count(*) FROM pmr.invalid_rows('odd', '2023-01-01', '2023-12-31');
SELECT err($$SELECT pmr.invalid_rows('odd', '2024-01-02', '2024-01-01')$$);
SELECT err($$SELECT pmr.invalid_rows('odd', NULL, '2024-01-01')$$);
SELECT err($$SELECT pmr.invalid_rows('odd', '-infinity', '2024-01-01')$$);
SELECT err($$SELECT pmr.invalid_rows('none', '2024-01-01', '2024-01-01')$$);
SELECT err($$SELECT pmr.check_source('odd', '2024-01-02', '2024-01-01')$$);
SELECT err($$SELECT pmr.check_source('none')$$);
-- days without rows
SELECT * FROM pmr.check_source('odd', '2023-01-01', '2023-12-31') WHERE remedy <> 'not counted in any figure';
-- without days: the last two months that have rows
SELECT * FROM pmr.check_source('odd') WHERE problem IN ('days checked', 'no SRV');
INSERT INTO odd (party, srv, mode, requested_at) VALUES ('A', '1.1.1', 'on_demand', '2022-02-28 23:59:59.999999+00'), ('', '1.1.1', 'on_demand', '2019-12-31 23:59:59+00');
SELECT * FROM pmr.check_source('odd') WHERE problem IN ('days checked', 'no SRV', 'no party');
SELECT value = '2019-12-31 to ' || (now() AT TIME ZONE 'UTC')::date AS to_today, rows FROM pmr.check_source('odd', from_day => '2019-12-31') WHERE problem = 'days checked';
SELECT value, rows FROM pmr.check_source('odd', to_day => '2022-02-28') WHERE problem = 'days checked';
-- a time zone, a source of few rows and one without any
CREATE TABLE few AS SELECT * FROM odd WHERE requested_at < '2019-12-31 23:59:59.5+00' AND requested_at > '2000-01-01';
CREATE INDEX ON few USING brin (requested_at);
SELECT pmr.add_source('east', 'few', report_timezone => 'Asia/Tokyo'), pmr.add_source('few', 'few');
SELECT * FROM pmr.check_source('few');
SELECT value, rows FROM pmr.check_source('east') WHERE problem = 'days checked';
UPDATE few SET requested_at = NULL;
SELECT problem, CASE problem WHEN 'days checked' THEN value = date_trunc('month', now() AT TIME ZONE 'UTC' - interval '1 month')::date || ' to ' || (now() AT TIME ZONE 'UTC')::date END AS default_days,
	rows, first_requested_at, remedy FROM pmr.check_source('few');
SELECT pmr.drop_source('east'), pmr.drop_source('few');
DROP TABLE few;
DELETE FROM odd WHERE requested_at BETWEEN '2019-01-01' AND '2022-12-31';
-- this month
INSERT INTO odd (party, srv, mode, requested_at) VALUES ('', '1.1.1', 'on_demand', now() - interval '1 minute');
SELECT problem, CASE problem WHEN 'days checked' THEN value = '2024-01-01 to ' || (now() AT TIME ZONE 'UTC')::date END AS to_today, rows, first_requested_at, remedy
FROM pmr.check_source('odd') WHERE problem LIKE 'requested %' OR problem IN ('days checked', 'no party', 'no request time', 'infinite request time') ORDER BY problem COLLATE "C";
-- scheduled reads that are all answered are suspicious
INSERT INTO odd (note, party, srv, mode, requested_at, due_at, responded_at, response_code)
SELECT 'scheduled', 'A', CASE WHEN i <= 999 THEN '4.8.1' WHEN i <= 2000 THEN '4.8.2' ELSE '4.8.3' END, 'dcc_scheduled', time, time, CASE WHEN i <> 2500 THEN time + interval '1 hour' END, 'I0'
FROM (SELECT i, '2023-06-01 00:00+00'::timestamptz + i * interval '10 minutes' AS time FROM generate_series(1, 4000) AS i) AS r;
SELECT pmr.refresh_month(pmr.requesting_role(), 'odd', '2023-06-01', '2024-01-01');
SELECT * FROM pmr.check_source('odd', '2023-06-01', '2023-06-30') WHERE problem NOT IN ('no request time', 'requested in the future', 'infinite request time');
SELECT pmr.drop_source('odd');

SELECT * FROM pmr.source_column;
SET client_min_messages = 'error';
RESET search_path;
DO $$
BEGIN
	EXECUTE (SELECT 'DROP SCHEMA ' || string_agg(quote_ident(nspname), ', ') || ' CASCADE' FROM pg_namespace WHERE nspname = 'source' OR nspname LIKE 'source\_%');
END
$$;
