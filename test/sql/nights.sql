-- Nights: a refresh of a source that tells when its rows were written reads only
-- days that can have changed, and stores what a refresh of all days would.
SET timezone = 'UTC';
SET datestyle = 'ISO';
SET intervalstyle = 'postgres';
SET client_min_messages = 'warning';
\pset null NULL
\pset format unaligned
\pset footer off
\set VERBOSITY terse
CREATE SCHEMA nights;
SET search_path = nights;

\getenv test PG_ABS_SRCDIR
\set include :test '/sql/include/err_detail.sql'
\i :include

-- Ten requests on each day of January. Rows of the source "all" tell nothing.
CREATE TABLE audit (party text, srv text, mode text, requested_at timestamptz, responded_at timestamptz, response_code text,
	request_id text, firmware text, changed_at timestamptz, due_at timestamptz);
INSERT INTO audit
SELECT 'A', '1.1.1', 'on_demand', at, at + interval '10 s', 'I0', i::text, 'f1', '2024-01-01 00:00+00'
FROM generate_series(0, 309) AS i, LATERAL (SELECT timestamptz '2024-01-01 01:00+00' + i % 31 * interval '1 day' + i / 31 * interval '1 h') AS t (at);
CREATE INDEX ON audit (requested_at);
CREATE VIEW audit_all AS SELECT party, srv, mode, requested_at, responded_at, response_code, request_id, firmware, due_at FROM audit;
SELECT pmr.add_source('night', 'audit', changed_margin => '0'), pmr.add_source('all', 'audit_all');

CREATE VIEW stored AS
	SELECT source, to_jsonb(s) - 'source' AS content FROM pmr.rollup_stratum AS s
	UNION ALL
	SELECT source, to_jsonb(f) - 'source' FROM pmr.party_figure AS f
	UNION ALL
	SELECT source, to_jsonb(m) - '{source,refreshed_at,refreshed_by,parts,changes_from,read_fingerprint}'::text[] FROM pmr.rollup_month AS m;
CREATE FUNCTION equal(one text, other text) RETURNS boolean LANGUAGE sql
BEGIN ATOMIC
	SELECT NOT EXISTS (SELECT content FROM stored WHERE source = one EXCEPT ALL SELECT content FROM stored WHERE source = other)
		AND NOT EXISTS (SELECT content FROM stored WHERE source = other EXCEPT ALL SELECT content FROM stored WHERE source = one);
END;
-- the rows that a refresh reads
CREATE FUNCTION night(as_of timestamptz, source text DEFAULT 'night', OUT rows_read bigint, OUT equals_all boolean) LANGUAGE plpgsql AS $$
BEGIN
	rows_read := pmr.refresh_month(pmr.requesting_role(), source, '2024-01-01', as_of);
	PERFORM pmr.refresh_month(pmr.requesting_role(), 'all', '2024-01-01', as_of);
	equals_all := equal(source, 'all');
END
$$;

--
-- What is read again
--

SELECT * FROM night('2024-01-20 00:00+00');
SELECT * FROM night('2024-01-20 00:00+00');
-- days that had not ended
SELECT * FROM night('2024-01-20 04:30+00');
SELECT * FROM night('2024-01-20 05:30+00');
SELECT * FROM night('2024-01-21 00:00+00');
SELECT * FROM night('2024-01-21 00:00+00');
-- changed rows: at the time from which changes are looked for, before it, of an unknown time, of a time to come
UPDATE audit SET firmware = 'f2', changed_at = clock_timestamp() WHERE request_id = '4';
SELECT * FROM night('2024-01-21 00:00+00');
SELECT * FROM night('2024-01-21 00:00+00');
UPDATE audit SET party = 'B', changed_at = (SELECT changes_from FROM pmr.rollup_month WHERE source = 'night') WHERE request_id = '4';
SELECT * FROM night('2024-01-21 00:00+00');
UPDATE audit SET party = 'C', changed_at = (SELECT changes_from - interval '1 us' FROM pmr.rollup_month WHERE source = 'night') WHERE request_id = '4';
SELECT * FROM night('2024-01-21 00:00+00');
UPDATE audit SET changed_at = NULL WHERE request_id = '4';
SELECT * FROM night('2024-01-21 00:00+00');
UPDATE audit SET changed_at = 'infinity' WHERE request_id = '4';
SELECT * FROM night('2024-01-21 00:00+00');
UPDATE audit SET changed_at = '-infinity' WHERE request_id = '4';
SELECT * FROM night('2024-01-21 00:00+00');
-- copies are counted by day
INSERT INTO audit SELECT * FROM audit WHERE request_id = '4';
UPDATE audit SET changed_at = clock_timestamp() WHERE request_id = '4';
SELECT * FROM night('2024-01-21 00:00+00');
UPDATE audit SET firmware = 'f3', changed_at = clock_timestamp() WHERE request_id = '4';
SELECT * FROM night('2024-01-21 00:00+00');
-- rows of days that had none
DELETE FROM audit WHERE requested_at >= '2024-01-21' AND requested_at < '2024-01-23';
SELECT * FROM night('2024-01-24 00:00+00');
INSERT INTO audit VALUES ('A', '1.1.1', 'on_demand', '2024-01-22 23:59:59.999999+00', '2024-01-24 06:00+00', 'I0', 'late', 'f1', clock_timestamp());
INSERT INTO audit VALUES ('A', '1.1.1', 'on_demand', '2024-01-23 23:59:50+00', NULL, NULL, 'pending', 'f1', clock_timestamp());
INSERT INTO audit VALUES ('A', '1.1.1', 'on_demand', '2024-01-23 12:00+00', '2024-01-25 12:00+00', 'I0', 'later', 'f1', clock_timestamp());
INSERT INTO audit VALUES ('A', '1.1.1', 'future_dated', '2024-01-15 12:00+00', NULL, NULL, 'due', 'f1', clock_timestamp(), '2024-01-24 01:00+00');
SELECT * FROM night('2024-01-24 00:00+00');
-- the target of a request ends, and a response comes; two such requests on one day, and one that starts later
SELECT * FROM night('2024-01-24 00:00:19.999999+00');
SELECT * FROM night('2024-01-24 00:00:20+00');
SELECT * FROM night('2024-01-24 00:00:20.000001+00');
SELECT * FROM night('2024-01-24 00:00:20.000001+00');
SELECT * FROM night('2024-01-24 05:59:59+00');
SELECT * FROM night('2024-01-24 06:00+00');
SELECT * FROM night('2024-01-25 00:00+00');
SELECT * FROM night('2024-01-25 01:00:00.000001+00');
SELECT * FROM night('2024-01-26 00:00+00');

--
-- What parts depend on beside the rows
--

INSERT INTO pmr.target_response_time (srv, mode, target, source) VALUES ('1.1.1', 'on_demand', '5 s', 'test');
SELECT * FROM night('2024-01-26 00:00+00');
SELECT * FROM night('2024-01-26 00:00+00');
DELETE FROM pmr.target_response_time WHERE NOT builtin;
SELECT * FROM night('2024-01-26 00:00+00');
INSERT INTO pmr.response_code (code, class, description, source) VALUES ('I0', 'rejected', '', 'test');
SELECT * FROM night('2024-01-26 00:00+00');
DELETE FROM pmr.response_code WHERE NOT builtin;
SELECT * FROM night('2024-01-26 00:00+00');
UPDATE audit SET srv = '77.1', changed_at = clock_timestamp() WHERE request_id = '0';
SELECT * FROM night('2024-01-26 00:00+00');
INSERT INTO pmr.service_reference_variant (srv, service_reference, name, critical, on_demand, future_dated, dcc_scheduled, non_device, eligible_user_roles, status, source)
VALUES ('77.1', '77', 'test', false, true, 'none', false, false, '{}', 'assumed', 'test');
SELECT * FROM night('2024-01-26 00:00+00');
DELETE FROM pmr.service_reference_variant WHERE NOT builtin;
SELECT * FROM night('2024-01-26 00:00+00');
UPDATE pmr.source SET factors = '{firmware}' WHERE source IN ('night', 'all');
SELECT * FROM night('2024-01-26 00:00+00');
UPDATE pmr.source SET report_timezone = 'Asia/Tokyo' WHERE source IN ('night', 'all');
SELECT * FROM night('2024-01-26 00:00+00');
-- the day in the time zone of the source
INSERT INTO audit VALUES ('A', '1.1.1', 'on_demand', '2024-01-15 20:00+00', NULL, NULL, 'Tokyo', 'f1', clock_timestamp());
SELECT * FROM night('2024-01-26 00:00+00');
UPDATE pmr.source SET factors = '{}', report_timezone = 'UTC' WHERE source IN ('night', 'all');
SELECT * FROM night('2024-01-26 00:00+00');
BEGIN;
UPDATE pg_extension SET extversion = 'other' WHERE extname = 'pmr_metrics';
SELECT * FROM night('2024-01-26 00:00+00');
ROLLBACK;
-- columns that exchange their names
BEGIN;
ALTER TABLE audit RENAME request_id TO other;
ALTER TABLE audit RENAME firmware TO request_id;
ALTER TABLE audit RENAME other TO firmware;
SELECT rows_read FROM night('2024-01-26 00:00+00');
ROLLBACK;
-- parts that are lost
TRUNCATE pmr.rollup_part;
SELECT * FROM night('2024-01-26 00:00+00');
DELETE FROM pmr.rollup_part WHERE source = 'night' AND day = '2024-01-03';
SELECT * FROM night('2024-01-26 00:00+00');
-- nothing that changes no part
UPDATE pmr.source SET settle_after = '40 days' WHERE source IN ('night', 'all');
SELECT * FROM night('2024-01-26 00:00+00');

--
-- Named days are read anew, as of an earlier time too
--

CALL pmr.refresh('night', '2024-01-05', '2024-01-05', '2024-01-25 00:00+00');
CALL pmr.refresh('night', '2024-01-05', '2024-01-05', '2024-01-10 00:00+00');
CALL pmr.refresh('all', '2024-01-05', '2024-01-05', '2024-01-10 00:00+00');
CALL pmr.refresh('night', as_of => '2024-01-11 00:00+00');
SELECT as_of, rows_read FROM pmr.refresh_log WHERE source = 'night' ORDER BY refresh_id;
SELECT * FROM night('2024-01-11 00:00+00');

--
-- A settled month keeps no parts
--

UPDATE audit SET firmware = 'f3', changed_at = clock_timestamp() WHERE request_id = '2';
SELECT * FROM night('2024-01-25 00:00+00');
UPDATE audit SET firmware = 'f4', changed_at = clock_timestamp() WHERE request_id = '2';
SELECT * FROM night('2024-03-12 00:00+00');
SELECT source, settled, parts, changes_from, read_fingerprint FROM pmr.rollup_month ORDER BY source COLLATE "C";
SELECT count(*) FROM pmr.rollup_part;

--
-- Times without a time zone, and the margin
--

CREATE TABLE plain AS SELECT party, srv, mode, requested_at AT TIME ZONE 'UTC' AS requested_at, responded_at AT TIME ZONE 'UTC' AS responded_at,
	response_code, request_id, firmware, timestamp '2024-01-01' AS changed_at FROM audit WHERE due_at IS NULL;
SET timezone = 'America/New_York';
SELECT pmr.add_source('plain', 'plain', settle_after => '40 days');
SELECT rows_read FROM night('2024-01-25 00:00+00', 'plain');
SELECT rows_read FROM night('2024-01-25 00:00+00', 'plain');
UPDATE plain SET changed_at = (clock_timestamp() - interval '61 min') AT TIME ZONE 'UTC' WHERE request_id = '1';
SELECT rows_read FROM night('2024-01-25 00:00+00', 'plain');
UPDATE plain SET changed_at = (clock_timestamp() - interval '59 min') AT TIME ZONE 'UTC' WHERE request_id = '1';
SELECT rows_read FROM night('2024-01-25 00:00+00', 'plain');
SET timezone = 'UTC';
-- it settles without any change
UPDATE plain SET changed_at = '2024-01-01' WHERE request_id = '1';
SELECT rows_read FROM night('2024-03-11 00:00+00', 'plain');
SELECT rows_read FROM night('2024-03-12 00:00+00', 'plain');
SELECT settled, as_of, parts, changes_from, read_fingerprint FROM pmr.rollup_month WHERE source = 'plain';

--
-- Copies on adjacent days that do not count
--

TRUNCATE audit;
INSERT INTO audit
SELECT 'A', '1.1.1', 'on_demand', at, NULL, NULL, day::text, 'f1', '2024-01-01 00:00+00'
FROM generate_series(0, 30) AS day, LATERAL (SELECT timestamptz '2024-01-01 12:00+00' + day * interval '1 day') AS t (at);
SELECT pmr.drop_source(source) FROM pmr.source;
SELECT pmr.add_source('night', 'audit', count_copies => false, changed_margin => '0'), pmr.add_source('all', 'audit_all', count_copies => false);
SELECT * FROM night('2024-02-03 00:00+00');
-- the first and the last day, and those beside them
SELECT * FROM night('2024-02-03 00:00+00');
-- also those beside a day with changes
INSERT INTO audit VALUES ('A', '1.1.1', 'on_demand', '2024-01-10 12:00+00', '2024-01-10 12:01+00', 'I0', '8', 'f1', clock_timestamp());
SELECT * FROM night('2024-02-03 00:00+00');
INSERT INTO audit VALUES ('A', '1.1.1', 'on_demand', '2024-01-20 12:00+00', '2024-02-03 12:00+00', 'I0', '20', 'f1', clock_timestamp());
SELECT * FROM night('2024-02-03 00:00+00');
SELECT * FROM night('2024-02-03 12:00+00');
-- another month
INSERT INTO audit VALUES ('A', '1.1.1', 'on_demand', '2024-02-01 12:00+00', '2024-02-01 12:01+00', 'I0', '30', 'f1', '2024-01-01 00:00+00'),
	('A', '1.1.1', 'on_demand', '2023-12-31 12:00+00', '2023-12-31 12:01+00', 'I0', '0', 'f1', '2024-01-01 00:00+00');
SELECT * FROM night('2024-02-03 12:00+00');

--
-- What is written while a refresh reads
--

CREATE TABLE written (what text);
CREATE FUNCTION write() RETURNS boolean LANGUAGE plpgsql VOLATILE SET search_path = nights AS $$
BEGIN
	DELETE FROM written WHERE what = 'row';
	IF FOUND THEN
		INSERT INTO audit VALUES ('A', '1.1.1', 'on_demand', '2024-01-15 13:00+00', NULL, NULL, 'meanwhile', 'f1', clock_timestamp());
	END IF;
	DELETE FROM written WHERE what = 'target';
	IF FOUND THEN
		INSERT INTO pmr.target_response_time (srv, mode, target, source) VALUES ('1.1.1', 'on_demand', '5 s', 'test');
	END IF;
	RETURN true;
END
$$;
CREATE VIEW below AS SELECT 2 AS length;
CREATE VIEW writing AS
	SELECT party, srv, mode, requested_at, responded_at, response_code, request_id, left(firmware, length) AS firmware, changed_at FROM audit, below WHERE write();
SELECT pmr.add_source('writing', 'writing', count_copies => false, changed_margin => '0');
SELECT rows_read FROM night('2024-02-03 12:00+00', 'writing');
INSERT INTO written VALUES ('row');
UPDATE audit SET firmware = 'f2', changed_at = clock_timestamp() WHERE request_id = '15';
SELECT rows_read FROM night('2024-02-03 12:00+00', 'writing');
SELECT * FROM night('2024-02-03 12:00+00', 'writing');
INSERT INTO written VALUES ('target');
SELECT rows_read FROM night('2024-02-03 12:00+00', 'writing');
SELECT * FROM night('2024-02-03 12:00+00', 'writing');
DELETE FROM pmr.target_response_time WHERE NOT builtin;

-- another definition of a view below the source
SELECT rows_read FROM night('2024-02-03 12:00+00', 'writing');
SELECT rows_read FROM night('2024-02-03 12:00+00', 'writing');
CREATE OR REPLACE VIEW below AS SELECT 1 AS length;
SELECT rows_read FROM night('2024-02-03 12:00+00', 'writing');

--
-- A change feed
--

CREATE TABLE feed (changed_at timestamp, requested_at timestamp);
SELECT pmr.add_source('fed', 'audit', count_copies => false, change_feed => 'feed', changed_margin => '0');
SELECT rows_read FROM night('2024-02-03 12:00+00', 'fed');
-- it alone tells of changes
UPDATE audit SET party = 'B', changed_at = clock_timestamp() WHERE request_id = '15';
SELECT * FROM night('2024-02-03 12:00+00', 'fed');
INSERT INTO feed SELECT clock_timestamp() AT TIME ZONE 'UTC', requested_at AT TIME ZONE 'UTC' FROM audit WHERE request_id = '15';
SELECT * FROM night('2024-02-03 12:00+00', 'fed');
-- deleted rows, and rows of another day
INSERT INTO feed SELECT clock_timestamp() AT TIME ZONE 'UTC', requested_at AT TIME ZONE 'UTC' FROM audit WHERE request_id IN ('12', '25', '5');
DELETE FROM audit WHERE request_id = '12';
UPDATE audit SET requested_at = requested_at - interval '20 days' WHERE request_id = '25';
SELECT * FROM night('2024-02-03 12:00+00', 'fed');
-- a change at an unknown time, and of unknown rows
INSERT INTO feed VALUES (NULL, '2024-01-15 12:00');
SELECT * FROM night('2024-02-03 12:00+00', 'fed');
DELETE FROM feed WHERE changed_at IS NULL;
SELECT * FROM night('2024-02-03 12:00+00', 'fed');
INSERT INTO feed VALUES (clock_timestamp() AT TIME ZONE 'UTC', NULL);
UPDATE audit SET party = 'C' WHERE request_id = '15';
SELECT * FROM night('2024-02-03 12:00+00', 'fed');
SELECT * FROM night('2024-02-03 12:00+00', 'fed');

-- another feed
CREATE VIEW other_feed AS SELECT * FROM feed;
UPDATE pmr.source SET change_feed = 'nights.other_feed' WHERE source = 'fed';
SELECT * FROM night('2024-02-03 12:00+00', 'fed');
SELECT * FROM night('2024-02-03 12:00+00', 'fed');
CREATE OR REPLACE VIEW other_feed AS SELECT * FROM feed WHERE changed_at IS NOT NULL;
SELECT * FROM night('2024-02-03 12:00+00', 'fed');

-- another definition of the source, and another owner: in a view current_user is its owner
CREATE VIEW fed_view AS SELECT * FROM audit;
SELECT pmr.add_source('fed view', 'fed_view', count_copies => false, change_feed => 'feed', changed_margin => '0');
SELECT * FROM night('2024-02-03 12:00+00', 'fed view');
SELECT * FROM night('2024-02-03 12:00+00', 'fed view');
CREATE OR REPLACE VIEW fed_view AS SELECT * FROM audit WHERE current_user <> 'nights_owner' OR request_id <> '15';
SELECT * FROM night('2024-02-03 12:00+00', 'fed view');
CREATE ROLE nights_owner;
GRANT USAGE ON SCHEMA nights TO nights_owner;
GRANT SELECT ON audit, feed TO nights_owner;
ALTER VIEW fed_view OWNER TO nights_owner;
SELECT rows_read FROM night('2024-02-03 12:00+00', 'fed view');
SELECT pmr.drop_source('fed view');

--
-- check_source finds days whose number of rows has changed unnoticed
--

SELECT * FROM night('2024-02-03 12:00+00');
SELECT problem, value, rows, remedy FROM pmr.check_source('night', '2024-01-01', '2024-01-31') WHERE problem LIKE 'changed%';
-- as many rows as before on January 13, so that day is not found any more
DELETE FROM audit WHERE request_id IN ('9', '17');
INSERT INTO audit SELECT 'A', '1.1.1', 'on_demand', at, NULL, NULL, 'lying', 'f1', '2024-01-01 00:00+00'
FROM unnest('{2024-01-11 12:00+00,2024-01-11 13:00+00,2024-01-13 12:00+00}'::timestamptz[]) AS at;
-- a day that the next refresh reads
INSERT INTO audit VALUES ('A', '1.1.1', 'on_demand', '2024-01-22 13:00+00', NULL, NULL, 'new', 'f1', clock_timestamp());
SELECT problem, value, rows, remedy FROM pmr.check_source('night', '2024-01-01', '2024-01-31') WHERE problem LIKE 'changed%';
SELECT problem, value, rows FROM pmr.check_source('night', '2024-01-11', '2024-01-11') WHERE problem LIKE 'changed%';
CALL pmr.refresh('night', '2024-01-10', '2024-01-10', '2024-02-03 12:00+00');
SELECT problem, value, rows FROM pmr.check_source('night', '2024-01-01', '2024-01-31') WHERE problem LIKE 'changed%';
-- a day that had no rows
INSERT INTO audit VALUES ('A', '1.1.1', 'on_demand', '2024-01-18 12:00+00', NULL, NULL, 'lying', 'f1', '2024-01-01 00:00+00');
SELECT problem, value, rows FROM pmr.check_source('night', '2024-01-01', '2024-01-31') WHERE problem LIKE 'changed%';
SELECT problem, value, rows FROM pmr.check_source('all', '2024-01-01', '2024-01-31') WHERE problem LIKE 'changed%';

--
-- add_source
--

SELECT column_name, kind, required, description FROM pmr.source_column WHERE column_name = 'changed_at';
SELECT pmr.has_changes('night') AS by_column, pmr.has_changes('fed') AS by_both, pmr.has_changes('all') AS by_none;
SELECT pmr.drop_source(source) FROM pmr.source;
CREATE TABLE wrong AS SELECT party, srv, mode, requested_at, responded_at, changed_at::text FROM audit;
CREATE TABLE no_times (changed_at date);
CREATE INDEX feed_index ON feed (changed_at, requested_at);
CREATE TEMPORARY TABLE passing (changed_at timestamptz, requested_at timestamptz);
SELECT pmr.allow_refresh('nights_owner');
CREATE TABLE owned (LIKE audit);
ALTER TABLE owned OWNER TO nights_owner;
SELECT err($$SELECT pmr.add_source('s', 'wrong')$$);
SELECT err($$SELECT pmr.add_source('s', 'audit', change_feed => 'no_times', changed_margin => NULL)$$);
SELECT err($$SELECT pmr.add_source('s', 'audit', change_feed => 'feed_index', changed_margin => '-1 s')$$);
SELECT err($$SELECT pmr.add_source('s', 'audit', change_feed => 'passing', changed_margin => '100 years 1 s')$$);
SELECT err($$SELECT pmr.add_source('s', 'audit', change_feed => 'no_such_table')$$);
SELECT err($$SELECT pmr.add_source('s', 'audit', change_feed => 999999999::regclass)$$);
SET ROLE nights_owner;
SELECT err($$SELECT pmr.add_source('s', 'owned', change_feed => 'feed')$$);
RESET ROLE;
SELECT pmr.add_source('s', 'audit_all', change_feed => 'feed', changed_margin => '100 years');
SELECT pmr.has_changes('s') AS by_feed;
SELECT relation, change_feed, changed_margin FROM pmr.source;
SELECT pmr.refresh_month(pmr.requesting_role(), 's', '2024-01-01', '2024-02-03 12:00+00') > 0;
SELECT pmr.refresh_month(pmr.requesting_role(), 's', '2024-01-01', '2024-02-03 12:00+00') > 0;
DROP TABLE feed CASCADE;
SELECT err($$SELECT pmr.refresh_month(pmr.requesting_role(), 's', '2024-01-01', '2024-02-03 12:00+00')$$);

SELECT pmr.drop_source('s');
SELECT count(*) FROM pmr.rollup_part;
DROP OWNED BY nights_owner;
DROP ROLE nights_owner;
