--
-- Installation and use are safe whatever other roles created before: a role that
-- may create schemas has taken the name pmr, or has created a trap under each name
-- that a search_path can find.
--
SET client_min_messages = warning;
SELECT current_database() AS home \gset
CREATE ROLE regress_install_squatter;
CREATE ROLE regress_install_reader;
DROP DATABASE IF EXISTS regress_pmr_install;
CREATE DATABASE regress_pmr_install TEMPLATE template0;
GRANT CREATE, TEMPORARY ON DATABASE regress_pmr_install TO regress_install_squatter;
\c regress_pmr_install
SET client_min_messages = warning;
SET timezone = 'UTC';

-- Every object of the database, except those of toast tables.
CREATE FUNCTION public.objects() RETURNS TABLE (kind regclass, id oid) LANGUAGE sql SET search_path = pg_catalog
BEGIN ATOMIC
	SELECT 'pg_class'::regclass, oid FROM pg_class UNION ALL SELECT 'pg_proc', oid FROM pg_proc UNION ALL SELECT 'pg_type', oid FROM pg_type
	UNION ALL SELECT 'pg_operator', oid FROM pg_operator UNION ALL SELECT 'pg_opclass', oid FROM pg_opclass UNION ALL SELECT 'pg_opfamily', oid FROM pg_opfamily
	UNION ALL SELECT 'pg_namespace', oid FROM pg_namespace UNION ALL SELECT 'pg_extension', oid FROM pg_extension UNION ALL SELECT 'pg_cast', oid FROM pg_cast
	UNION ALL SELECT 'pg_constraint', oid FROM pg_constraint UNION ALL SELECT 'pg_rewrite', oid FROM pg_rewrite UNION ALL SELECT 'pg_default_acl', oid FROM pg_default_acl;
END;
CREATE TABLE public.before (kind regclass, id oid);
CREATE VIEW public.difference AS
	(SELECT 'gone' AS what, b.* FROM (SELECT * FROM public.before EXCEPT SELECT * FROM public.objects()) AS b)
	UNION ALL (SELECT 'new', o.* FROM (SELECT * FROM public.objects() EXCEPT SELECT * FROM public.before) AS o);

-- What the extension contains, without oids.
CREATE FUNCTION public.contents() RETURNS TABLE (kind text, name text, definition text) LANGUAGE sql SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	SELECT 'function', oid::regprocedure::text, concat_ws(' ', prosrc, probin, prorettype::regtype, provolatile, proparallel, proisstrict, proacl) FROM pg_proc WHERE pronamespace = (SELECT oid FROM pg_namespace WHERE nspname = 'pmr')
	UNION ALL SELECT 'aggregate', aggfnoid::regprocedure::text, concat_ws(' ', aggtransfn, aggcombinefn, aggfinalfn, aggtranstype::regtype, agginitval) FROM pg_aggregate JOIN pg_proc ON pg_proc.oid = aggfnoid WHERE pronamespace = (SELECT oid FROM pg_namespace WHERE nspname = 'pmr')
	UNION ALL SELECT 'operator', oid::regoperator::text, concat_ws(' ', oprcode, oprcom::regoperator, oprnegate::regoperator, oprrest, oprjoin) FROM pg_operator WHERE oprnamespace = (SELECT oid FROM pg_namespace WHERE nspname = 'pmr')
	UNION ALL SELECT 'member of operator family', pg_describe_object('pg_amop'::regclass, a.oid, 0), amopopr::regoperator::text FROM pg_amop AS a JOIN pg_opfamily AS f ON f.oid = amopfamily WHERE opfnamespace = (SELECT oid FROM pg_namespace WHERE nspname = 'pmr')
	UNION ALL SELECT 'view', viewname::text, pg_get_viewdef(format('%I.%I', schemaname, viewname)::regclass) FROM pg_views WHERE schemaname = 'pmr'
	UNION ALL SELECT 'column', format('%s.%s', attrelid::regclass, attname), concat_ws(' ', atttypid::regtype, attnotnull, (SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef WHERE adrelid = attrelid AND adnum = attnum))
		FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid WHERE relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = 'pmr') AND attnum > 0
	UNION ALL SELECT 'constraint', conname::text, pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = (SELECT oid FROM pg_namespace WHERE nspname = 'pmr')
	UNION ALL SELECT 'rows', relname::text, query_to_xml(format('SELECT count(*), sum(pg_catalog.hashtext(r::text)::bigint) FROM pmr.%I AS r', relname), true, true, '')::text FROM pg_class WHERE relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = 'pmr') AND relkind = 'r';
END;

--
-- An unprivileged role cannot install the extension, and leaves nothing behind
--
INSERT INTO public.before SELECT * FROM public.objects();
SET ROLE regress_install_squatter;
\set VERBOSITY sqlstate
CREATE EXTENSION pmr_metrics;
\set VERBOSITY default
RESET ROLE;
SELECT * FROM public.difference;

--
-- An existing schema pmr is not adopted, nor is anything in it
--
SET ROLE regress_install_squatter;
CREATE SCHEMA pmr;
CREATE DOMAIN pmr.rtt_sketch AS text;
CREATE TYPE pmr.rtt_state AS ENUM ('squatted');
CREATE TABLE pmr.target_response_time (srv text, mode text, device_generation text, valid_from timestamptz, target interval, builtin boolean);
CREATE VIEW pmr.party_performance AS SELECT 1 AS requests;
CREATE FUNCTION pmr.can_see_all_parties() RETURNS boolean LANGUAGE sql AS 'SELECT true';
CREATE FUNCTION pmr.rtt_merge(text, text) RETURNS text LANGUAGE sql AS 'SELECT $1';
CREATE FUNCTION pmr.is_equal(pmr.rtt_state, text) RETURNS boolean LANGUAGE sql AS 'SELECT true';
CREATE OPERATOR pmr.= (LEFTARG = pmr.rtt_state, RIGHTARG = text, FUNCTION = pmr.is_equal);
RESET ROLE;
TRUNCATE public.before;
INSERT INTO public.before SELECT * FROM public.objects();
\set VERBOSITY sqlstate
CREATE EXTENSION pmr_metrics;
CREATE EXTENSION pmr_metrics SCHEMA pmr;
CREATE EXTENSION pmr_metrics SCHEMA public;
CREATE EXTENSION pmr_metrics CASCADE;
SET search_path = pmr, public;
CREATE EXTENSION pmr_metrics;
RESET search_path;
\set VERBOSITY default
SELECT * FROM public.difference;
SELECT nspowner::regrole AS owner FROM pg_namespace WHERE nspname = 'pmr';
DROP SCHEMA pmr CASCADE;

--
-- The names and arguments to create traps for, from an installation without traps
--
CREATE EXTENSION pmr_metrics;
CREATE TABLE public.clean_contents AS SELECT * FROM public.contents();
SELECT count(*) > 200 AS many, count(DISTINCT kind) AS kinds FROM public.clean_contents;
CREATE TABLE public.own_name AS
	SELECT relname AS name FROM pg_class WHERE relnamespace = 'pmr'::regnamespace AND relkind IN ('r', 'v', 'c', 'S')
	UNION SELECT typname FROM pg_type WHERE typnamespace = 'pmr'::regnamespace AND typcategory <> 'A';
GRANT SELECT ON public.own_name TO PUBLIC;
SELECT count(*) > 40 AS many FROM public.own_name;

-- Requests of 14 Parties.
CREATE TABLE public.audit AS
SELECT 'P' || i % 14 AS party, CASE WHEN i % 3 = 0 THEN '4.6.1' ELSE '1.1.1' END AS srv, 'on_demand' AS mode, at AS requested_at,
	CASE WHEN i % 11 <> 0 THEN at + (1 + i % 7 * 6) * interval '1 s' END AS responded_at, CASE WHEN i % 13 = 0 THEN 'E1' ELSE 'I0' END AS response_code,
	'smets2' AS device_generation, CASE WHEN i % 4 = 0 THEN 'North' ELSE 'South' END AS region, 'fw-' || i % 5 % 3 AS firmware, i::text AS request_id
FROM (SELECT i, '2024-01-01 00:00+00'::timestamptz + i * interval '8 minutes' AS at FROM generate_series(1, 5500) AS i) AS r;
INSERT INTO public.audit (srv, requested_at, responded_at) VALUES ('0.0', '2024-01-02 00:00+00', '2024-01-01 00:00+00');
CREATE TABLE public.figure (run text, what text, content jsonb);
-- Two procedures that read every view and call what changes data.  They qualify every
-- name, so they are safe although they run with the caller's search_path.
CREATE PROCEDURE public.look(run pg_catalog.text) LANGUAGE plpgsql AS $$
DECLARE
	name pg_catalog.text;
BEGIN
	FOR name IN SELECT pg_catalog.format('pmr.%I', c.relname) FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
		WHERE n.nspname OPERATOR(pg_catalog.=) 'pmr' AND c.relkind OPERATOR(pg_catalog.=) 'v' AND pg_catalog.has_table_privilege(c.oid, 'SELECT')
		UNION ALL VALUES ($q$pmr.performance('2024-01-03', '2024-01-20')$q$), ($q$pmr.performance_at_target(20, '2024-01-03', '2024-01-20', 'process')$q$),
			($q$pmr.trend('day', '2024-01-03', '2024-01-20')$q$), ($q$pmr.trend('weekday', '2024-01-03', '2024-01-20', 'party')$q$), ($q$pmr.diagnose('P1', '2024-01-01', '2024-01-31')$q$), ($q$pmr.diagnose('P1', '2024-01-03', '2024-01-20', 's')$q$)
	LOOP
		EXECUTE pg_catalog.format('INSERT INTO public.figure SELECT $1, $2, pg_catalog.to_jsonb(v) FROM %s AS v', name) USING run, name;
	END LOOP;
END
$$;
CREATE PROCEDURE public.use_all(run pg_catalog.text) LANGUAGE plpgsql AS $$
BEGIN
	PERFORM pmr.add_source('s', 'public.audit', '{region,firmware}', 'Europe/London');
	CALL pmr.refresh('s', as_of => '2024-03-15 00:00+00');
	CALL pmr.refresh('s', '2024-01-01', '2024-01-31', '2024-03-15 00:00+00');
	CALL pmr.publish('s', '2024-01-01');
	INSERT INTO public.figure SELECT run, 'check_source', pg_catalog.to_jsonb(v) FROM pmr.check_source('s', '2024-01-01', '2024-01-31') AS v;
	INSERT INTO public.figure SELECT run, 'invalid_rows', pg_catalog.to_jsonb(v) FROM pmr.invalid_rows('s', '2024-01-01', '2024-01-31') AS v;
	INSERT INTO public.figure SELECT run, 'counted_requests', pg_catalog.to_jsonb(v) FROM pmr.counted_requests('s', '2024-01-01', '2024-01-31') AS v;
	INSERT INTO pmr.service_level (measure, target_pct, source) VALUES ('business_process', 90, 'test');
	INSERT INTO pmr.service_level (measure, srv, target_pct, round_trip_time, source) VALUES ('round_trip_time', '1.1.1', 90, '25 s', 'test'), ('success_rate', '1.1.1', 90, NULL, 'test');
	CALL public.look(run);
	INSERT INTO pmr.party_access VALUES ('regress_install_reader', 'P1');
	SET ROLE regress_install_reader;
	CALL public.look(run);
	RESET ROLE;
	PERFORM pmr.allow_refresh('regress_install_reader');
	DELETE FROM pmr.service_level WHERE NOT builtin;
	PERFORM pmr.withdraw('s', '2024-01-01');
	PERFORM pmr.drop_source('s');
END
$$;
GRANT INSERT ON public.figure TO regress_install_reader;
INSERT INTO pmr.party SELECT 'P' || i, 'Party ' || i, 'Group ' || i, CASE WHEN i < 7 THEN 'Large Supplier' ELSE 'Small Supplier' END FROM generate_series(0, 13) AS i;
CALL public.use_all('clean');
SELECT what, count(*) > 0 AS some FROM public.figure WHERE run = 'clean' GROUP BY what ORDER BY what COLLATE "C";
DROP EXTENSION pmr_metrics;
SELECT count(*) AS left_behind FROM pg_namespace WHERE nspname = 'pmr';

--
-- The traps: each records its call in a sequence, which no ROLLBACK undoes, and raises an error
--
SET ROLE regress_install_squatter;
CREATE SCHEMA evil;
GRANT USAGE ON SCHEMA evil TO PUBLIC;
CREATE SEQUENCE evil.trace;
GRANT USAGE ON SEQUENCE evil.trace TO PUBLIC;
CREATE FUNCTION evil.spring(trap pg_catalog.text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	PERFORM pg_catalog.nextval('evil.trace');
	RAISE EXCEPTION 'trap: %', trap;
END
$$;
-- Some traps cannot be created: the grammar or a pseudo-type prevents it.
CREATE FUNCTION evil.lay(trap text) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE trap;
	RETURN true;
EXCEPTION WHEN OTHERS THEN
	RETURN false;
END
$$;
-- For pg_catalog: a function for each function, an operator for each operator, a
-- domain for each type, a table for each relation.
SELECT kind, count(*) > CASE kind WHEN 'function' THEN 2000 WHEN 'operator' THEN 700 WHEN 'type' THEN 50 ELSE 40 END AS many
FROM (
	SELECT 'function' AS kind,
		format('CREATE FUNCTION evil.%I(%s) RETURNS %s LANGUAGE plpgsql AS %L', proname, pg_get_function_arguments(oid), pg_get_function_result(oid),
			format('BEGIN PERFORM evil.spring(%L); END', oid::regprocedure)) AS trap
	FROM pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace AND prokind <> 'p'
	UNION ALL SELECT 'operator',
		format('CREATE FUNCTION evil.operator_%s(%s) RETURNS %s LANGUAGE plpgsql AS %L; CREATE OPERATOR evil.%s (%s RIGHTARG = %s, FUNCTION = evil.operator_%1$s)',
			oid, concat_ws(', ', nullif(oprleft, 0)::regtype, oprright::regtype), oprresult::regtype, format('BEGIN PERFORM evil.spring(%L); END', oid::regoperator), oprname,
			'LEFTARG = ' || nullif(oprleft, 0)::regtype || ',', oprright::regtype)
	FROM pg_operator WHERE oprnamespace = 'pg_catalog'::regnamespace
	UNION ALL SELECT 'type', format('CREATE DOMAIN evil.%I AS pg_catalog.text CHECK (evil.spring(%L) IS NULL)', typname, typname)
	FROM pg_type WHERE typnamespace = 'pg_catalog'::regnamespace AND typtype IN ('b', 'r', 'm') AND typcategory <> 'A'
	UNION ALL SELECT 'relation', format('CREATE TABLE evil.%I (); CREATE TEMPORARY TABLE %1$I ()', relname) FROM pg_class WHERE relnamespace = 'pg_catalog'::regnamespace AND relkind IN ('r', 'v')
	UNION ALL SELECT 'own name', format('CREATE TABLE evil.%I (); CREATE TEMPORARY TABLE %1$I ()', name) FROM public.own_name
) AS t
WHERE evil.lay(trap) GROUP BY kind ORDER BY kind COLLATE "C";
CREATE FUNCTION evil.format(text, VARIADIC text[]) RETURNS text LANGUAGE plpgsql AS $$BEGIN PERFORM evil.spring('format'); END$$;
CREATE FUNCTION evil.concat_ws(text, VARIADIC text[]) RETURNS text LANGUAGE plpgsql AS $$BEGIN PERFORM evil.spring('concat_ws'); END$$;
CREATE FUNCTION evil.format(text, regprocedure) RETURNS text LANGUAGE plpgsql AS $$BEGIN PERFORM evil.spring('format'); END$$;
CREATE FUNCTION evil.make_interval(secs integer) RETURNS interval LANGUAGE plpgsql AS $$BEGIN PERFORM evil.spring('make_interval'); END$$;
CREATE FUNCTION evil.make_interval(secs double precision) RETURNS interval LANGUAGE plpgsql AS $$BEGIN PERFORM evil.spring('make_interval'); END$$;
CREATE FUNCTION evil.pg_extension_config_dump(text, text) RETURNS void LANGUAGE plpgsql AS $$BEGIN PERFORM evil.spring('pg_extension_config_dump'); END$$;
RESET ROLE;

SET search_path = pg_temp, evil, pg_catalog, public;
CREATE EXTENSION pmr_metrics;
SELECT pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', false);
SELECT is_called AS traces FROM evil.trace;
SELECT count(*) FROM (SELECT * FROM public.clean_contents EXCEPT SELECT * FROM public.contents()) AS missing;
SELECT * FROM (SELECT * FROM public.contents() EXCEPT SELECT * FROM public.clean_contents) AS other ORDER BY 1, 2;
-- More traps, which need the types of the extension.
SET ROLE regress_install_squatter;
SELECT kind, count(*) > CASE kind WHEN 'own operator' THEN 6 ELSE 100 END AS many
FROM (
	SELECT 'own function' AS kind,
		format('CREATE FUNCTION evil.%I(%s) RETURNS void LANGUAGE plpgsql AS %L', proname, pg_get_function_identity_arguments(oid), format('BEGIN PERFORM evil.spring(%L); END', oid::regprocedure)) AS trap
	FROM pg_proc WHERE pronamespace = 'pmr'::regnamespace
	UNION ALL SELECT 'own operator',
		format('CREATE FUNCTION evil.operator_%s(pmr.rtt_sketch, pmr.rtt_sketch) RETURNS %s LANGUAGE plpgsql AS %L; CREATE OPERATOR evil.%s (LEFTARG = pmr.rtt_sketch, RIGHTARG = pmr.rtt_sketch, FUNCTION = evil.operator_%1$s)',
			oid, oprresult::regtype, format('BEGIN PERFORM evil.spring(%L); END', oid::regoperator), oprname)
	FROM pg_operator WHERE oprnamespace = 'pmr'::regnamespace
) AS t
WHERE evil.lay(trap) GROUP BY kind ORDER BY kind COLLATE "C";
RESET ROLE;

INSERT INTO pmr.party SELECT 'P' || i, 'Party ' || i, 'Group ' || i, CASE WHEN i < 7 THEN 'Large Supplier' ELSE 'Small Supplier' END FROM generate_series(0, 13) AS i;
SET search_path = pg_temp, evil, pg_catalog, public;
CALL public.use_all('trapped');
SELECT pmr.rtt_percentile(s, 0.5), pmr.rtt_percentiles(s, '{0,1}'), pmr.rtt_count(pmr.rtt_sketch(s)), pmr.rtt_sketch(s)::pg_catalog.text,
	pmr.rtt_count(pmr.rtt_merge(pmr.rtt_sketch(s), pmr.rtt_sketch(s))) AS merged, pmr.rtt_count(pmr.rtt_sketch(s) OPERATOR(pmr.+) pmr.rtt_sketch(s)) AS plus
FROM (VALUES (1.0::pg_catalog.float8), (2.0), (3.0)) AS v (s);
SELECT pg_catalog.count(*) AS groups FROM (SELECT DISTINCT sketch FROM (SELECT pmr.rtt_sketch(s) AS sketch FROM (VALUES (1, 1.0::pg_catalog.float8), (2, 1.0), (3, 2.0)) AS v (g, s) GROUP BY g) AS s) AS d;
SELECT pmr.srv_target('4.10', 'on_demand', 'smets2', '2026-10-01') AS target, pmr.answered_at('2026-10-01'::timestamp, 'I0', 'on_demand') AS answered_at,
	pmr.srv_target_counts('4.10', 'on_demand', at, '2026-10-01 00:00:29') AS counts, pmr.target_met(at, at, '1 s') FROM (VALUES ('2026-10-01'::pg_catalog.timestamptz)) AS v (at);
SELECT pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', false);
SELECT is_called AS traces FROM evil.trace;
SELECT what, count(*) AS rows_that_differ
FROM (SELECT what, content - '{published_at,refreshed_at,valid_from}'::text[] FROM public.figure WHERE run = 'clean'
	  EXCEPT ALL SELECT what, content - '{published_at,refreshed_at,valid_from}'::text[] FROM public.figure WHERE run = 'trapped') AS d
GROUP BY what;
SELECT count(DISTINCT run) AS runs, count(*) FILTER (WHERE run = 'clean') = count(*) FILTER (WHERE run = 'trapped') AS same, count(*) > 500 AS many FROM public.figure;

-- No object of the extension refers to a trap, and every one is in pmr.
SELECT pg_describe_object(d.classid, d.objid, d.objsubid) AS object, pg_describe_object(d.refclassid, d.refobjid, d.refobjsubid) AS refers_to
FROM pg_depend AS d
WHERE EXISTS (SELECT FROM pg_depend AS t WHERE t.classid = d.refclassid AND t.objid = d.refobjid AND t.refclassid = 'pg_namespace'::regclass AND t.refobjid IN (SELECT oid FROM pg_namespace WHERE nspname = 'evil' OR nspname LIKE 'pg\_temp%'))
	AND (pg_identify_object(d.classid, d.objid, d.objsubid)).schema = 'pmr';
SELECT i.type, i.identity FROM pg_depend AS d, pg_identify_object(d.classid, d.objid, d.objsubid) AS i
WHERE d.refclassid = 'pg_extension'::regclass AND d.refobjid = (SELECT oid FROM pg_extension WHERE extname = 'pmr_metrics') AND d.deptype = 'e' AND i.schema IS DISTINCT FROM 'pmr' AND i.identity <> 'pmr';
-- A publication can contain each table that is logged: its rows can be deleted.
SELECT c.oid::regclass AS without_replica_identity FROM pg_class AS c
WHERE c.relnamespace = 'pmr'::regnamespace AND c.relkind IN ('r', 'p') AND c.relpersistence = 'p' AND c.relreplident <> 'f'
  AND NOT EXISTS (SELECT FROM pg_index AS i WHERE i.indrelid = c.oid AND (i.indisprimary AND c.relreplident = 'd' OR i.indisreplident));
SELECT oid::regprocedure AS of_another FROM pg_proc WHERE pronamespace = 'pmr'::regnamespace AND proowner <> current_user::regrole;
-- The traps work.
\set VERBOSITY terse
SET search_path = pg_temp, evil, pg_catalog, public;
SELECT pg_catalog.lower('A') = 'a'::pg_catalog.text;
SELECT lower('A'::pg_catalog.text);
SELECT 'a'::text;
SELECT pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', false);
SELECT last_value AS traces FROM evil.trace;
SELECT count(*) AS rows_of_a_trap FROM pg_temp.party_performance;

--
-- Functions with their owner's rights, and functions that resolve names at run time
--
SELECT oid::regprocedure AS looks_up_by_the_callers_path, prokind FROM pg_proc
WHERE pronamespace = 'pmr'::regnamespace AND prolang IN (SELECT oid FROM pg_language WHERE lanname IN ('sql', 'plpgsql')) AND prosqlbody IS NULL
  AND 'search_path=pg_catalog, pg_temp' <> ALL (coalesce(proconfig, '{}'));
SELECT oid::regprocedure AS definer_by_the_callers_path FROM pg_proc
WHERE pronamespace = 'pmr'::regnamespace AND prosecdef AND 'search_path=pg_catalog, pg_temp' <> ALL (coalesce(proconfig, '{}'));
SELECT oid::regprocedure AS other_path FROM pg_proc
WHERE pronamespace = 'pmr'::regnamespace AND EXISTS (SELECT FROM unnest(proconfig) AS c WHERE c LIKE 'search_path=%' AND c <> 'search_path=pg_catalog, pg_temp');
-- Those that PUBLIC may call check the role that they are passed, directly or through a function that they call.
WITH RECURSIVE call (caller, called) AS (
	SELECT p.oid, d.refobjid FROM pg_proc AS p JOIN pg_depend AS d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.refclassid = 'pg_proc'::regclass WHERE p.pronamespace = 'pmr'::regnamespace
	UNION SELECT p.oid, c.oid FROM pg_proc AS p JOIN pg_proc AS c ON c.pronamespace = p.pronamespace AND p.prosrc ~ ('\mpmr\.' || c.proname || '\(') WHERE p.pronamespace = 'pmr'::regnamespace AND p.prosqlbody IS NULL
), asks (oid) AS (
	SELECT 'pmr.role_oid(pmr.requesting_role)'::regprocedure::oid
	UNION SELECT call.caller FROM asks JOIN call ON call.called = asks.oid
)
SELECT p.oid::regprocedure AS definer, p.oid IN (SELECT oid FROM asks) AS asks, has_function_privilege('public', p.oid, 'EXECUTE') AS public
FROM pg_proc AS p WHERE p.pronamespace = 'pmr'::regnamespace AND p.prosecdef ORDER BY p.oid::regprocedure::text COLLATE "C";

DROP EXTENSION pmr_metrics CASCADE;
SELECT count(*) AS left_behind FROM pg_namespace WHERE nspname = 'pmr';
\c :home
DROP DATABASE regress_pmr_install;
DROP ROLE regress_install_squatter;
DROP ROLE regress_install_reader;
