--
-- The fingerprint of the reference tables, by which a query of requests finds nodes
-- with other ones
--
SET timezone = 'UTC';
SET client_min_messages = warning;
CREATE SCHEMA test_reference_fingerprint;
SET search_path = test_reference_fingerprint;
\getenv test PG_ABS_SRCDIR
\set include :test '/sql/include/err_detail.sql'
\i :include
SELECT pmr.reference_fingerprint() AS shipped \gset

-- any row that judges requests changes it, and without that row it is what it was
CREATE FUNCTION differs(change text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
	shipped CONSTANT bigint := pmr.reference_fingerprint();
	changed bigint;
BEGIN
	BEGIN
		EXECUTE change;
		changed := pmr.reference_fingerprint();
		RAISE division_by_zero;
	EXCEPTION WHEN division_by_zero THEN
	END;
	ASSERT pmr.reference_fingerprint() = shipped;
	RETURN changed <> shipped;
END
$$;
SELECT change, differs(change) FROM unnest(ARRAY[
	'INSERT INTO pmr.target_response_time (srv, mode, target, source) VALUES (''1.1.1'', ''on_demand'', ''29 s'', ''test'')',
	'INSERT INTO pmr.response_code (code, class, description, source) VALUES (''T1'', ''success'', ''test'', ''test'')',
	'UPDATE pmr.service_reference_variant SET answered_by = ''delivery'' WHERE srv = ''1.1.1''',
	'DELETE FROM pmr.service_reference_variant WHERE srv = ''11.1''',
	'DELETE FROM pmr.target_response_time WHERE srv = ''11.1''',
	'UPDATE pmr.target_response_time SET valid_from = ''2020-01-01 00:00+00'' WHERE srv = ''2.2''',
	'DELETE FROM pmr.response_code WHERE code = ''I99''',
	'INSERT INTO pmr.party (party, name, supplier_group, category) VALUES (''P'', ''n'', ''g'', ''Other'')']) AS change;
-- the settings of the session do not, even if a target begins at a time
BEGIN;
UPDATE pmr.target_response_time SET valid_from = '2020-02-01 00:00+00' WHERE srv = '2.2';
SELECT pmr.reference_fingerprint() AS dated \gset
SET timezone = 'Asia/Tokyo';
SELECT pmr.reference_fingerprint() = :dated AS same;
SET timezone = 'UTC';
SET datestyle = 'SQL, DMY';
SELECT pmr.reference_fingerprint() = :dated AS same;
RESET datestyle;
SET intervalstyle = 'sql_standard';
SELECT pmr.reference_fingerprint() = :dated AS same;
ROLLBACK;

SELECT pmr.check_reference(:shipped) AS checked, err(format('SELECT pmr.check_reference(%s)', :shipped + 1));

-- a query of requests checks it, whether each copy counts or one, and once, not for each row
CREATE TABLE audit AS
SELECT 'A' AS party, '1.1.1' AS srv, 'on_demand' AS mode, timestamptz '2025-10-01 00:00+00' + i * interval '1 s' AS requested_at, NULL::timestamptz AS responded_at, i::text AS request_id
FROM generate_series(1, 100) AS i;
SELECT pmr.add_source('each', 'audit'), pmr.add_source('once', 'audit', count_copies => false);
CREATE FUNCTION requests(source text, fingerprint bigint) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	result bigint;
BEGIN
	EXECUTE format('SELECT count(*) FROM (%s) AS r', pmr.request_query(source)) INTO result
		USING timestamptz '2025-11-01 00:00+00', timestamptz '2025-10-01 00:00+00', timestamptz '2025-11-01 00:00+00', fingerprint;
	RETURN result;
END
$$;
SET track_functions = 'all';
SELECT source, requests(source, :shipped), err(format('SELECT test_reference_fingerprint.requests(%L, %s)', source, :shipped - 1)) FROM unnest('{each,once}'::text[]) AS source;
CREATE FUNCTION checks() RETURNS bigint LANGUAGE sql RETURN (SELECT coalesce(sum(pg_stat_get_xact_function_calls(oid)), 0) FROM pg_proc WHERE oid = 'pmr.check_reference(bigint)'::regprocedure);
BEGIN;
SELECT checks() AS before \gset
SELECT sum(requests('each', :shipped)) AS requests, checks() - :before AS checks FROM generate_series(1, 3);
COMMIT;
RESET track_functions;

-- so refresh does
CALL pmr.refresh('each', as_of => '2025-10-02');
SELECT requests FROM pmr.rollup_month WHERE source = 'each';

SELECT pmr.drop_source('each'), pmr.drop_source('once');
DROP SCHEMA test_reference_fingerprint CASCADE;
