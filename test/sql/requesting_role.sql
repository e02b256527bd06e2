-- Reports are read on behalf of the role that evaluates the view, whoever has
-- logged in; nobody can pass for somebody else; and a role cannot find out which
-- Parties there are.
SET timezone = 'UTC';
SET client_min_messages = 'warning';
\pset null NULL
\set VERBOSITY terse
CREATE SCHEMA requesting_role;
SET search_path = requesting_role;

CREATE TABLE audit AS
SELECT party, '1.1.1' AS srv, 'on_demand' AS mode, '2025-10-01 00:00+00'::timestamptz + i * interval '1 h' AS requested_at,
	'2025-10-01 00:00:05+00'::timestamptz + i * interval '1 h' AS responded_at, 'I0' AS response_code, 'f' || i % 2 AS firmware
FROM unnest('{A,B,C}'::text[]) AS party, generate_series(1, 100) AS i;
INSERT INTO pmr.service_level (measure, srv, target_pct, round_trip_time, source) VALUES ('business_process', '', 99, NULL, 'test'), ('round_trip_time', '1.1.1', 95, '4 s', 'test');
INSERT INTO pmr.party (party, name, supplier_group, category) SELECT p, p, p, 'Large Supplier' FROM unnest('{A,B,C}'::text[]) AS p;
SELECT pmr.add_source('s', 'audit', '{firmware}');
CALL pmr.refresh('s', '2025-10-01', '2025-10-31', '2025-12-31');
CALL pmr.publish('s', '2025-10-01');

-- who can see all Parties, and a reader of A
CREATE ROLE regress_requesting_dcc;
CREATE ROLE regress_requesting_a;
INSERT INTO pmr.party_access VALUES ('regress_requesting_dcc', '*'), ('regress_requesting_a', 'A');
GRANT USAGE, CREATE ON SCHEMA requesting_role TO regress_requesting_dcc, regress_requesting_a;
CREATE VIEW seen AS
SELECT 'party_performance' AS what, string_agg(DISTINCT party, ' ') AS parties FROM pmr.party_performance
UNION ALL SELECT 'factor_performance', string_agg(DISTINCT party, ' ') FROM pmr.factor_performance
UNION ALL SELECT 'party_business_process', string_agg(DISTINCT party, ' ') FROM pmr.party_business_process
UNION ALL SELECT 'performance_report', string_agg(DISTINCT party, ' ') FROM pmr.performance_report
UNION ALL SELECT 'error_budget', string_agg(DISTINCT party, ' ') FROM pmr.error_budget
UNION ALL SELECT 'party_comparison', string_agg(DISTINCT party, ' ') FROM pmr.party_comparison
UNION ALL SELECT 'factor_comparison', string_agg(DISTINCT party, ' ') FROM pmr.factor_comparison
UNION ALL SELECT 'industry_performance', CASE WHEN bool_or(requests IS NOT NULL) THEN 'live' END FROM pmr.industry_performance
UNION ALL SELECT 'performance', string_agg(DISTINCT party, ' ') FROM pmr.performance('2025-10-01', '2025-10-31')
UNION ALL SELECT 'performance_at_target', string_agg(DISTINCT party, ' ') FROM pmr.performance_at_target(20, '2025-10-01', '2025-10-31')
UNION ALL SELECT 'trend', string_agg(DISTINCT party, ' ') FROM pmr.trend('week', '2025-10-01', '2025-10-31')
UNION ALL SELECT 'visible_month', string_agg(DISTINCT party, ' ') FROM pmr.visible_month()
UNION ALL SELECT 'can_see_all_parties', pmr.can_see_all_parties()::text
UNION ALL SELECT 'can_see_party', pmr.can_see_party('B')::text;
GRANT SELECT ON seen TO PUBLIC;
CREATE FUNCTION seen_text() RETURNS text LANGUAGE sql AS $$ SELECT string_agg(concat_ws(': ', what, parties), ', ' ORDER BY what) FROM requesting_role.seen $$;
SET ROLE regress_requesting_dcc;
SELECT * FROM seen;
SET ROLE regress_requesting_a;
SELECT * FROM seen;
SELECT seen_text() AS of_a \gset
RESET ROLE;

--
-- On whose behalf
--

-- a cascade runs the trigger of the referencing table as that table's owner
SET ROLE regress_requesting_dcc;
CREATE TABLE parent (id integer PRIMARY KEY);
INSERT INTO parent VALUES (1);
GRANT SELECT, REFERENCES ON parent TO regress_requesting_a;
SET ROLE regress_requesting_a;
CREATE TABLE child (id integer REFERENCES parent ON DELETE CASCADE);
CREATE TABLE found (how text, seen text);
INSERT INTO child VALUES (1);
CREATE FUNCTION look() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO requesting_role.found VALUES ('cascade', requesting_role.seen_text());
	RETURN old;
END
$$;
CREATE TRIGGER look BEFORE DELETE ON child FOR EACH ROW EXECUTE FUNCTION look();
-- functions of the reader's that others call
CREATE FUNCTION look_as_owner() RETURNS text LANGUAGE sql SECURITY DEFINER AS $$ SELECT requesting_role.seen_text() $$;
CREATE FUNCTION look_on(c refcursor) RETURNS text LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
	r record;
	parties text := '';
BEGIN
	LOOP
		FETCH c INTO r;
		EXIT WHEN NOT FOUND;
		parties := parties || r.party;
	END LOOP;
	RETURN parties;
END
$$;
CREATE MATERIALIZED VIEW kept AS SELECT requesting_role.seen_text() AS seen;
RESET ROLE;
GRANT EXECUTE ON FUNCTION look_as_owner(), look_on(refcursor) TO PUBLIC;
SET ROLE regress_requesting_dcc;
DELETE FROM parent;
SELECT look_as_owner() = :'of_a' AS definer;
-- a cursor of others, before and after its first row has been fetched
BEGIN;
DECLARE first NO SCROLL CURSOR FOR SELECT party FROM pmr.party_performance WHERE party <> '*' ORDER BY party;
SELECT look_on('first') AS not_begun;
COMMIT;
BEGIN;
DECLARE second NO SCROLL CURSOR FOR SELECT v.party FROM pmr.visible_month() AS v WHERE pmr.can_see_party(v.party);
FETCH second;
SELECT look_on('second') AS begun;
COMMIT;
BEGIN;
DECLARE third NO SCROLL CURSOR FOR SELECT party FROM pmr.party_performance;
FETCH third;
SELECT look_on('third') AS begun;
COMMIT;
-- a prepared statement is evaluated anew for whoever executes it
PREPARE p AS SELECT requesting_role.seen_text() = $1 AS as_a;
EXECUTE p(:'of_a');
RESET ROLE;
SELECT how, seen = :'of_a' AS as_a FROM found;
SET ROLE regress_requesting_a;
EXECUTE p(:'of_a');
RESET ROLE;
-- a materialized view has what its owner can see, whoever refreshes it
REFRESH MATERIALIZED VIEW kept;
SELECT seen = :'of_a' AS as_a FROM kept;
-- plans with parallel workers
SET ROLE regress_requesting_a;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SELECT seen_text() = :'of_a' AS as_a;
RESET parallel_setup_cost;
RESET parallel_tuple_cost;
RESET min_parallel_table_scan_size;

--
-- A role that is forged
--

CREATE FUNCTION err(query text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE query;
	RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE || ': ' || SQLERRM;
END
$$;
SELECT query, err(query) FROM unnest(ARRAY[
	$$SELECT '10'::pmr.requesting_role$$, $$SELECT 10::oid::pmr.requesting_role$$, $$SELECT '\x00'::bytea::pmr.requesting_role$$,
	$$SELECT ('(' || 10 || ')')::text::pmr.requesting_role$$, $$CREATE CAST (oid AS pmr.requesting_role) WITH INOUT$$,
	$$CREATE CAST (bytea AS pmr.requesting_role) WITHOUT FUNCTION$$, $$SELECT pmr.role_oid(pmr.requesting_role())$$]) AS query;
SELECT count(*) FROM pmr.party_figures(NULL, 's', '2025-10-01', 'A', 'all');
SELECT count(*) FROM pmr.report_layout(NULL);
SELECT count(*) FROM pmr.visible_month(NULL);
SELECT pmr.can_see_party(NULL::pmr.requesting_role, 'A'), pmr.can_see_all_parties(NULL);
SELECT (SELECT count(*) FROM pmr.visible_period(NULL, '2025-10-01', '2025-10-31')) + (SELECT count(*) FROM pmr.performance_of(NULL, 's', 'A', '2025-10-01', '2025-10-31')) AS rows;
SELECT err($$SELECT pmr.diagnose_of(NULL, 'A', '2025-10-01', '2025-10-31', 's')$$);
-- one that is stored is good in its own transaction alone
RESET ROLE;
CREATE TABLE stored AS SELECT pmr.requesting_role() AS role;
GRANT SELECT ON stored TO PUBLIC;
SET ROLE regress_requesting_a;
SELECT err('SELECT pmr.can_see_all_parties(role) FROM stored');
RESET ROLE;

--
-- Which Parties there are
--

-- the counters that everybody can read; those of pmr_metrics' tables and functions
CREATE FUNCTION counters() RETURNS jsonb LANGUAGE sql AS $$
	SELECT jsonb_object_agg(c.name, c.value)
	FROM (SELECT concat_ws(' ', t.relname, e.key) AS name, e.value
		  FROM pg_stat_xact_all_tables AS t, jsonb_each_text(to_jsonb(t) - '{relid,schemaname,relname}'::text[]) AS e WHERE t.schemaname = 'pmr'
		  UNION ALL
		  SELECT f.funcname || ' calls', sum(f.calls)::text FROM pg_stat_xact_user_functions AS f WHERE f.schemaname = 'pmr' GROUP BY f.funcname) AS c
$$;
-- what a query does: how it changes the counters, and its plan with the numbers of rows
CREATE FUNCTION reads(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	before jsonb := requesting_role.counters();
	line text;
	result text := '';
BEGIN
	FOR line IN EXECUTE 'EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) ' || query LOOP
		result := result || line || ' ';
	END LOOP;
	RETURN result || (SELECT string_agg(format('%s %s', c.key, c.value::bigint - coalesce(before ->> c.key, '0')::bigint), ', ' ORDER BY c.key COLLATE "C")
		FROM jsonb_each_text(requesting_role.counters()) AS c
		WHERE c.value::bigint <> coalesce(before ->> c.key, '0')::bigint);
END
$$;
-- the queries that do something else for a Party that exists, and how many were tried
CREATE FUNCTION compare(setting text) RETURNS TABLE (setting_tried text, queries bigint, reading bigint, different text) LANGUAGE plpgsql AS $$
DECLARE
	before text;
	query text;
	of_b text;
	of_z text;
BEGIN
	before := current_setting(split_part(setting, '=', 1));
	PERFORM set_config(split_part(setting, '=', 1), split_part(setting, '=', 2), true);
	setting_tried := setting;
	queries := 0;
	reading := 0;
	FOREACH query IN ARRAY ARRAY[
		$q$SELECT * FROM pmr.party_figures(pmr.requesting_role(), 's', '2025-10-01', %L, 'all')$q$,
		$q$SELECT * FROM pmr.party_figures(pmr.requesting_role(), 's', '2025-10-01', %L, 'factor')$q$,
		$q$SELECT * FROM pmr.party_figures(pmr.requesting_role(), 's', '2025-10-01', %L, 'process')$q$,
		$q$SELECT * FROM pmr.performance_report_of(pmr.requesting_role(), 's', %L, '2025-10-01')$q$,
		$q$SELECT * FROM pmr.performance_of(pmr.requesting_role(), 's', %L, '2025-10-01', '2025-10-31')$q$,
		$q$SELECT * FROM pmr.performance_at_target_of(pmr.requesting_role(), 's', %L, 20, '2025-10-01', '2025-10-31', 'process')$q$,
		$q$SELECT * FROM pmr.trend_of(pmr.requesting_role(), 's', %L, 'day', '2025-10-01', '2025-10-31', 'srv')$q$,
		$q$SELECT * FROM pmr.error_budget_of(pmr.requesting_role(), 's', %L, '2025-10-01')$q$,
		$q$SELECT * FROM pmr.party_comparison_of(pmr.requesting_role(), 's', %L, '2025-10-01')$q$,
		$q$SELECT * FROM pmr.factor_comparison_of(pmr.requesting_role(), 's', %L, '2025-10-01')$q$,
		$q$SELECT pmr.can_see_party(%L)$q$,
		$q$SELECT * FROM pmr.party_performance WHERE party = %L$q$,
		$q$SELECT * FROM pmr.factor_performance WHERE party = %L$q$,
		$q$SELECT * FROM pmr.party_business_process WHERE party = %L$q$,
		$q$SELECT * FROM pmr.performance_report WHERE party = %L$q$,
		$q$SELECT * FROM pmr.performance_at_target(20, '2025-10-01', '2025-10-31') WHERE party = %L$q$,
		$q$SELECT * FROM pmr.trend('week', '2025-10-01', '2025-10-31', 'party') WHERE party = %L$q$,
		$q$SELECT * FROM pmr.error_budget WHERE party = %L$q$,
		$q$SELECT * FROM pmr.performance('2025-10-01', '2025-10-31') WHERE party = %L$q$,
		$q$SELECT * FROM pmr.party_comparison WHERE party = %L$q$]
	LOOP
		of_b := requesting_role.reads(format(query, 'B'));
		of_z := requesting_role.reads(format(query, 'Z'));
		queries := queries + 1;
		reading := reading + (of_z LIKE '%party_access%')::integer;
		IF replace(of_b, '''B''', '''Z''') <> of_z THEN
			different := concat_ws(E'\n', different, query, of_b, of_z);
		END IF;
	END LOOP;
	PERFORM set_config(split_part(setting, '=', 1), before, true);
	RETURN NEXT;
END
$$;
SET ROLE regress_requesting_a;
SELECT c.* FROM unnest('{geqo_threshold=12,geqo_threshold=2,join_collapse_limit=1,enable_indexscan=off,enable_seqscan=off,enable_hashjoin=off,plan_cache_mode=force_generic_plan}'::text[]) AS setting,
	LATERAL compare(setting) AS c;
-- nor how large a figure of such a Party is: comparisons are leakproof, and each B has 100 requests
SELECT v.view, count(DISTINCT regexp_replace(reads(format('SELECT * FROM pmr.%s WHERE party = ''B'' AND requests > %s', v.view, n)), 'requests > ''?[0-9]+', '')) AS different
FROM unnest('{party_performance,factor_performance,party_business_process,performance_report,error_budget,"performance(''2025-10-01'', ''2025-10-31'')","trend(''month'', ''2025-10-01'', ''2025-10-31'')"}'::text[]) AS v (view), unnest('{49,50,99,100}'::integer[]) AS n
GROUP BY v.view ORDER BY v.view COLLATE "C";
SELECT count(DISTINCT regexp_replace(reads(format('SELECT * FROM pmr.party_figures(pmr.requesting_role(), ''s'', ''2025-10-01'', ''B'', ''all'') WHERE requests > %s', n)), 'requests > ''?[0-9]+', '')) AS different
FROM unnest('{49,50,99,100}'::integer[]) AS n;
-- as the owner, who can see it
RESET ROLE;
SELECT count(DISTINCT regexp_replace(reads(format('SELECT * FROM pmr.party_performance WHERE party = ''B'' AND requests > %s', n)), 'requests > ''?[0-9]+', '')) AS different
FROM unnest('{49,50,99,100}'::integer[]) AS n;
SET ROLE regress_requesting_a;
-- a Party that the role can see does make a difference
SELECT replace(reads($$SELECT * FROM pmr.party_figures(pmr.requesting_role(), 's', '2025-10-01', 'A', 'all')$$), '''A''', '''B''') <> reads($$SELECT * FROM pmr.party_figures(pmr.requesting_role(), 's', '2025-10-01', 'B', 'all')$$) AS different;

-- many kinds can be cancelled: 57014 is query_canceled
\set VERBOSITY sqlstate
SELECT clock_timestamp() AS started \gset
SET statement_timeout = '200ms';
SELECT count(*) FROM pmr.party_figures(pmr.requesting_role(), 's', '2025-10-01', 'A', VARIADIC array_fill('none'::text, '{10000000}'));
RESET statement_timeout;
SELECT clock_timestamp() - :'started' < interval '10 s' AS soon;
\set VERBOSITY terse
RESET ROLE;

-- plans printed for the reader's client do not name groups that others can see
SELECT proname, 'debug_print_plan=off' = ANY (proconfig) AS off FROM pg_proc
WHERE pronamespace = 'pmr'::regnamespace AND (proname = 'reader' OR prolang = (SELECT oid FROM pg_language WHERE lanname = 'plpgsql') AND prosrc LIKE '%pmr.reader(%')
ORDER BY proname COLLATE "C";

DROP OWNED BY regress_requesting_dcc, regress_requesting_a;
DROP SCHEMA requesting_role CASCADE;
SELECT pmr.withdraw('s', '2025-10-01');
SELECT pmr.drop_source('s');
DELETE FROM pmr.party WHERE party IN ('A', 'B', 'C');
DELETE FROM pmr.service_level WHERE NOT builtin;
DELETE FROM pmr.party_access WHERE role_name LIKE 'regress_requesting%';
DROP ROLE regress_requesting_dcc, regress_requesting_a;
