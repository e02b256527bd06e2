---- accepted
CREATE SCHEMA pmr;
COMMENT ON SCHEMA pmr IS 'OR REPLACE in a text; IF NOT EXISTS too';
/* CREATE OR REPLACE FUNCTION in a comment */
CREATE TYPE pmr.sketch;
CREATE FUNCTION pmr.sketch_in(cstring) RETURNS pmr.sketch AS 'MODULE_PATHNAME', 'pmr_sketch_in' LANGUAGE C;
CREATE TYPE pmr.sketch (INPUT = pmr.sketch_in);
CREATE OPERATOR pmr.= (LEFTARG = pmr.sketch, RIGHTARG = pmr.sketch, FUNCTION = pmr.sketch_eq, COMMUTATOR = OPERATOR(pmr.=), NEGATOR = OPERATOR(pmr.<>));
COMMENT ON OPERATOR pmr.= (pmr.sketch, pmr.sketch) IS 'equal';
CREATE TABLE pmr.source (source text, sketch pmr.sketch, other text REFERENCES pmr.source, CHECK (source IS DISTINCT FROM other));
SELECT pg_extension_config_dump('pmr.source', '');
CREATE INDEX source_sketch ON pmr.source (sketch);
COMMENT ON COLUMN pmr.source.sketch IS 'sketch';
CREATE VIEW pmr.current AS WITH own AS (SELECT * FROM pmr.source) SELECT extract(epoch FROM x), substring(y FROM 2) FROM own, pmr.source AS s JOIN pg_class ON true, unnest(a) AS u;
CREATE FUNCTION pmr.atomic(source text) RETURNS text LANGUAGE sql
BEGIN ATOMIC
	SELECT CASE WHEN true THEN 'a' END;
	SELECT s.source FROM pmr.source AS s;
END;
CREATE FUNCTION pmr.definer(sketch pmr.sketch, source text DEFAULT 'a') RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	s pmr.source;
BEGIN
	IF NOT EXISTS (SELECT FROM pmr.source) THEN
		UPDATE pmr.source SET source = 'a' WHERE true;
		INSERT INTO pmr.source VALUES ('a') ON CONFLICT (source) DO UPDATE SET other = 'b';
		SELECT * INTO s FROM pmr.source FOR UPDATE;
		EXECUTE format('SELECT count(*) FROM %s AS r, %I.%I', s.source, 'pmr', 'source');
	END IF;
END
$$;
CREATE PROCEDURE pmr.commits(source text) LANGUAGE plpgsql
AS $$
DECLARE
	days pg_catalog.date[] := pmr.days(source);
	n CONSTANT bigint := pmr.number(days);
BEGIN
	FOREACH day IN ARRAY days LOOP
		COMMIT;
		PERFORM pmr.day(day, n::pg_catalog.text);
	END LOOP;
END
$$;
INSERT INTO pmr.source SELECT s.a FROM (VALUES ('a'), ('b')) AS s (a), pmr.source;
GRANT USAGE ON SCHEMA pmr TO PUBLIC;
GRANT SELECT ON pmr.source, pmr.current TO PUBLIC;
GRANT EXECUTE ON FUNCTION pmr.atomic(text, text) TO PUBLIC;
REVOKE ALL ON ALL ROUTINES IN SCHEMA pmr FROM PUBLIC;
DO $$ BEGIN PERFORM FROM pmr.source; END $$;
---- accepted
\echo Use "ALTER EXTENSION pmr_metrics UPDATE TO '1.1.0'" to load this file. \quit
ALTER TABLE pmr.source ADD COLUMN more text;
/* allowed: or-replace: the function is the extension's own since 1.0.0 */
CREATE OR REPLACE FUNCTION pmr.f() RETURNS text LANGUAGE sql RETURN 'a';
REVOKE ALL ON FUNCTION pmr.f() FROM PUBLIC;
DROP VIEW pmr.current;
---- guard
\echo Use "CREATE EXTENSION pmr_metrics" to load this file.
---- guard
\echo Use "CREATE EXTENSION pmr_metric" to load this file. \quit
---- statement
SET search_path = pmr;
---- statement
CREATE EXTENSION other;
---- statement
GRANT pg_read_all_data TO PUBLIC;
---- statement
CREATE CAST (text AS pmr.sketch) WITH INOUT AS IMPLICIT;
---- or-replace
CREATE OR REPLACE VIEW pmr.v AS SELECT 1 AS one;
---- or-replace
DO $$ BEGIN EXECUTE 'a'; CREATE OR REPLACE VIEW pmr.v AS SELECT 1 AS one; END $$;
---- if-not-exists
CREATE TABLE IF NOT EXISTS pmr.t (a integer);
---- if-not-exists
ALTER TABLE pmr.t ADD COLUMN IF NOT EXISTS a integer;
---- qualified
CREATE TABLE t (a integer);
---- qualified
CREATE TABLE public.t (a integer);
---- qualified
CREATE TABLE "Pmr".t (a integer);
---- qualified
CREATE SCHEMA other;
---- qualified
CREATE INDEX t_a ON t (a);
---- qualified
CREATE OPERATOR = (LEFTARG = pmr.sketch, FUNCTION = pmr.sketch_eq);
---- qualified
CREATE OPERATOR CLASS sketch_ops DEFAULT FOR TYPE pmr.sketch USING btree AS OPERATOR 1 pmr.<;
---- qualified
ALTER TABLE t ADD COLUMN b integer;
---- qualified
DROP VIEW IF EXISTS v;
---- qualified
COMMENT ON TABLE t IS 'a';
---- qualified
COMMENT ON COLUMN t.a IS 'a';
---- qualified
COMMENT ON CONSTRAINT c ON t IS 'a';
---- qualified
COMMENT ON EXTENSION other IS 'a';
---- qualified
GRANT SELECT ON pmr.t, v TO PUBLIC;
---- qualified
REVOKE ALL ON ALL ROUTINES IN SCHEMA public FROM PUBLIC;
---- qualified
SELECT pg_extension_config_dump('t', '');
---- operator
CREATE OPERATOR pmr.<> (LEFTARG = pmr.sketch, RIGHTARG = pmr.sketch, FUNCTION = pmr.sketch_ne, COMMUTATOR = <>);
---- operator
CREATE OPERATOR pmr.<> (LEFTARG = pmr.sketch, RIGHTARG = pmr.sketch, FUNCTION = pmr.sketch_ne, NEGATOR = OPERATOR(pg_catalog.=));
---- definer
CREATE FUNCTION pmr.f() RETURNS text LANGUAGE sql SECURITY DEFINER
BEGIN ATOMIC
	SELECT 'a';
END;
REVOKE ALL ON FUNCTION pmr.f() FROM PUBLIC;
---- search-path
CREATE FUNCTION pmr.f() RETURNS text LANGUAGE sql SECURITY DEFINER SET search_path = pg_temp, pg_catalog RETURN 'a';
REVOKE ALL ON FUNCTION pmr.f() FROM PUBLIC;
---- search-path
CREATE FUNCTION pmr.f() RETURNS text LANGUAGE sql SET search_path = pg_catalog AS $$ SELECT 'a' $$;
REVOKE ALL ON FUNCTION pmr.f() FROM PUBLIC;
---- search-path
CREATE FUNCTION pmr.f() RETURNS text LANGUAGE sql SET search_path = pg_catalog, pg_temp, public AS $$ SELECT 'a' $$;
REVOKE ALL ON FUNCTION pmr.f() FROM PUBLIC;
---- body
CREATE FUNCTION pmr.f() RETURNS text LANGUAGE sql AS $$ SELECT 'a' $$;
REVOKE ALL ON FUNCTION pmr.f() FROM PUBLIC;
---- body
CREATE FUNCTION pmr.f() RETURNS text LANGUAGE sql AS 'SELECT 1';
REVOKE ALL ON FUNCTION pmr.f() FROM PUBLIC;
---- body
CREATE FUNCTION pmr.f() RETURNS text LANGUAGE plperl AS $$ 'a' $$;
REVOKE ALL ON FUNCTION pmr.f() FROM PUBLIC;
---- body
CREATE FUNCTION pmr.f() RETURNS text LANGUAGE plpgsql AS 'BEGIN NULL; END';
REVOKE ALL ON FUNCTION pmr.f() FROM PUBLIC;
---- body
CREATE FUNCTION pmr.f(a text) RETURNS text LANGUAGE plpgsql AS $$ BEGIN RETURN a || 'b'; END $$;
REVOKE ALL ON FUNCTION pmr.f(text) FROM PUBLIC;
---- body
CREATE PROCEDURE pmr.p(a text) LANGUAGE plpgsql AS $$ BEGIN PERFORM lower(a); END $$;
REVOKE ALL ON PROCEDURE pmr.p(text) FROM PUBLIC;
---- body
CREATE PROCEDURE pmr.p(a text) LANGUAGE plpgsql AS $$ DECLARE b text; BEGIN b := a; END $$;
REVOKE ALL ON PROCEDURE pmr.p(text) FROM PUBLIC;
---- body
CREATE PROCEDURE pmr.p(a text) LANGUAGE plpgsql AS $$ BEGIN PERFORM pmr.f(a::date); END $$;
REVOKE ALL ON PROCEDURE pmr.p(text) FROM PUBLIC;
---- body
CREATE PROCEDURE pmr.p(a text) LANGUAGE plpgsql AS $$ BEGIN PERFORM pmr.f(CASE a WHEN 'b' THEN 'c' END); END $$;
REVOKE ALL ON PROCEDURE pmr.p(text) FROM PUBLIC;
---- relation
CREATE VIEW pmr.v AS SELECT * FROM t;
---- relation
CREATE VIEW pmr.v AS SELECT * FROM pmr.t, u;
---- relation
CREATE VIEW pmr.v AS SELECT * FROM pmr.t JOIN u ON true;
---- relation
CREATE VIEW pmr.v AS SELECT (SELECT a FROM t) FROM pmr.u;
---- relation
CREATE TABLE pmr.t (a integer REFERENCES u (a));
---- relation
INSERT INTO pmr.t SELECT * FROM u;
---- relation
INSERT INTO t VALUES (1);
---- relation
CREATE FUNCTION pmr.f() RETURNS integer LANGUAGE sql
BEGIN ATOMIC
	SELECT a FROM pmr.t;
	SELECT a FROM t;
END;
REVOKE ALL ON FUNCTION pmr.f() FROM PUBLIC;
---- relation
CREATE FUNCTION pmr.f() RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$ BEGIN UPDATE t SET a = 1; END $$;
REVOKE ALL ON FUNCTION pmr.f() FROM PUBLIC;
---- relation
CREATE FUNCTION pmr.f() RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$ BEGIN DELETE FROM t; END $$;
REVOKE ALL ON FUNCTION pmr.f() FROM PUBLIC;
---- relation
CREATE FUNCTION pmr.f() RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$ BEGIN EXECUTE format('SELECT %I FROM t', 'a'); END $$;
REVOKE ALL ON FUNCTION pmr.f() FROM PUBLIC;
---- relation
CREATE FUNCTION pmr.f() RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$ BEGIN EXECUTE $query$ INSERT INTO t SELECT 1 $query$; END $$;
REVOKE ALL ON FUNCTION pmr.f() FROM PUBLIC;
---- relation
DO $$ BEGIN INSERT INTO t VALUES (1); END $$;
---- type
CREATE TYPE pmr.sketch;
CREATE TABLE pmr.t (a text DEFAULT 'b'::sketch);
---- type
CREATE TYPE pmr.sketch;
CREATE FUNCTION pmr.f(text, s sketch DEFAULT NULL) RETURNS text AS 'MODULE_PATHNAME', 'pmr_f' LANGUAGE C;
REVOKE ALL ON FUNCTION pmr.f(text, pmr.sketch) FROM PUBLIC;
---- type
CREATE TYPE pmr.sketch;
CREATE FUNCTION pmr.f(text) RETURNS sketch AS 'MODULE_PATHNAME', 'pmr_f' LANGUAGE C;
REVOKE ALL ON FUNCTION pmr.f(text) FROM PUBLIC;
---- type
CREATE TYPE pmr.sketch;
CREATE AGGREGATE pmr.a(text) (SFUNC = pmr.f, STYPE = sketch);
REVOKE ALL ON FUNCTION pmr.a(text) FROM PUBLIC;
---- revoke
CREATE FUNCTION pmr.f(text) RETURNS text AS 'MODULE_PATHNAME', 'pmr_f' LANGUAGE C;
---- revoke
REVOKE ALL ON ALL ROUTINES IN SCHEMA pmr FROM PUBLIC;
CREATE FUNCTION pmr.f(text) RETURNS text AS 'MODULE_PATHNAME', 'pmr_f' LANGUAGE C;
---- revoke
CREATE AGGREGATE pmr.a(text) (SFUNC = pmr.f, STYPE = text);
REVOKE ALL ON FUNCTION pmr.b(text) FROM PUBLIC;
---- library
CREATE FUNCTION pmr.f(text) RETURNS text AS '$libdir/other', 'pmr_f' LANGUAGE C;
REVOKE ALL ON FUNCTION pmr.f(text) FROM PUBLIC;
---- library
CREATE FUNCTION pmr.f(text) RETURNS text AS 'MODULE_PATHNAME', 'f' LANGUAGE C;
REVOKE ALL ON FUNCTION pmr.f(text) FROM PUBLIC;
---- library
CREATE FUNCTION pmr.f(text) RETURNS text AS 'MODULE_PATHNAME' LANGUAGE C;
REVOKE ALL ON FUNCTION pmr.f(text) FROM PUBLIC;
---- allowed
/* allowed: or-replace: nothing is replaced */
CREATE VIEW pmr.v AS SELECT 1 AS one;
