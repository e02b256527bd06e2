---- accepted
CREATE SCHEMA pmr;
COMMENT ON SCHEMA pmr IS 'CREATE OR REPLACE; IF NOT EXISTS'; /* CREATE OR REPLACE */
CREATE TYPE pmr.sketch;
CREATE FUNCTION pmr.sketch_in(cstring) RETURNS pmr.sketch AS 'MODULE_PATHNAME', 'pmr_sketch_in' LANGUAGE C;
CREATE OPERATOR pmr.= (LEFTARG = pmr.sketch, RIGHTARG = pmr.sketch, FUNCTION = pmr.sketch_eq, COMMUTATOR = OPERATOR(pmr.=), NEGATOR = OPERATOR(pmr.<>));
CREATE OPERATOR CLASS pmr.sketch_ops DEFAULT FOR TYPE pmr.sketch USING btree AS OPERATOR 1 pmr.<;
COMMENT ON OPERATOR CLASS pmr.sketch_ops USING btree IS 'in order';
CREATE TABLE pmr.source (source text, sketch pmr.sketch, other text REFERENCES pmr.source);
SELECT pg_extension_config_dump('pmr.source', '');
CREATE VIEW pmr.current AS WITH own AS (SELECT * FROM pmr.source) SELECT * FROM own, pmr.source AS s JOIN pg_class ON true;
CREATE FUNCTION pmr.atomic(source text) RETURNS text LANGUAGE sql BEGIN ATOMIC SELECT CASE WHEN true THEN 'a' END; SELECT s.source FROM pmr.source AS s; END;
CREATE FUNCTION pmr.definer(sketch pmr.sketch) RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	s pmr.source;
BEGIN
	IF NOT EXISTS (SELECT FROM pmr.source) THEN
		INSERT INTO pmr.source VALUES ('a') ON CONFLICT (source) DO UPDATE SET other = 'b';
	END IF;
	EXECUTE format('SELECT count(*) FROM %s AS r, %I.%I, (%s) AS q WHERE r.requested_at%s > %L', s.source, 'pmr', 'source', 'SELECT 1', '', 'a');
END
$$;
CREATE FUNCTION pmr.rows() RETURNS TABLE (a text) LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$ BEGIN RETURN NEXT; END $$;
CREATE PROCEDURE pmr.commits(days pg_catalog.date[]) LANGUAGE plpgsql
AS $$
DECLARE
	n bigint := pmr.number(days);
BEGIN
	n := pmr.number(days);
	COMMIT;
	PERFORM pmr.day(days, n::pg_catalog.text);
END
$$;
GRANT SELECT ON pmr.source, pmr.current TO PUBLIC;
GRANT USAGE ON TYPE pmr.sketch, pmr.state TO PUBLIC;
DO $$ BEGIN PERFORM FROM pmr.source; END $$
---- accepted
\echo Use "ALTER EXTENSION pmr_metrics UPDATE TO '1.1.0'" to load this file. \quit
ALTER TABLE pmr.source ADD COLUMN more text;
/* allowed: or-replace: the function is the extension's own since 1.0.0 */
CREATE OR REPLACE FUNCTION pmr.f() RETURNS text LANGUAGE sql RETURN 'a';
DROP VIEW pmr.current;
DROP OPERATOR CLASS pmr.sketch_ops USING btree
---- guard
CREATE SCHEMA pmr
\echo Use "CREATE EXTENSION pmr_metrics" to load this file.
\echo Use "CREATE EXTENSION pmr_metric" to load this file. \quit
---- statement
SET search_path = pmr
CREATE EXTENSION other
GRANT pg_read_all_data TO PUBLIC
CREATE CAST (text AS pmr.sketch) WITH INOUT AS IMPLICIT
---- or-replace
CREATE OR REPLACE VIEW pmr.v AS SELECT 1 AS one
DO $$ BEGIN EXECUTE 'a'; CREATE OR REPLACE VIEW pmr.v AS SELECT 1 AS one; END $$
---- if-not-exists
CREATE TABLE IF NOT EXISTS pmr.t (a integer)
ALTER TABLE pmr.t ADD COLUMN IF NOT EXISTS a integer
---- qualified
CREATE SCHEMA other
CREATE FUNCTION f() RETURNS text LANGUAGE sql RETURN 'a'
COMMENT ON OPERATOR CLASS sketch_ops USING btree IS 'a'
ALTER FUNCTION f() STABLE
DROP VIEW pmr.v, v
COMMENT ON TABLE t IS 'a'
COMMENT ON CONSTRAINT c ON t IS 'a'
COMMENT ON EXTENSION other IS 'a'
GRANT EXECUTE ON FUNCTION pmr.f(), f() TO PUBLIC
REVOKE ALL ON ALL ROUTINES IN SCHEMA public FROM PUBLIC
SELECT pg_extension_config_dump('t', '')
---- operator
CREATE OPERATOR pmr.<> (LEFTARG = pmr.sketch, RIGHTARG = pmr.sketch, FUNCTION = pmr.sketch_ne, COMMUTATOR = <>)
CREATE OPERATOR pmr.<> (LEFTARG = pmr.sketch, RIGHTARG = pmr.sketch, FUNCTION = pmr.sketch_ne, NEGATOR = OPERATOR(pg_catalog.=))
---- definer
ALTER FUNCTION pmr.f() SECURITY DEFINER
CREATE FUNCTION pmr.f() RETURNS text LANGUAGE sql SECURITY DEFINER BEGIN ATOMIC SELECT 'a'; END
CREATE FUNCTION pmr.f() RETURNS text LANGUAGE sql SECURITY DEFINER SET timezone = 'UTC' RETURN 'a'
---- search-path
ALTER FUNCTION pmr.f() SET search_path = public
CREATE FUNCTION pmr.f() RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$ BEGIN SET search_path = public; END $$
CREATE FUNCTION pmr.f() RETURNS text LANGUAGE sql SECURITY DEFINER SET search_path = pg_temp, pg_catalog RETURN 'a'
CREATE FUNCTION pmr.f() RETURNS text LANGUAGE sql SET search_path = pg_catalog, pg_temp, public AS $$ SELECT 'a' $$
---- body
CREATE PROCEDURE pmr.f() LANGUAGE plpgsql AS $$ BEGIN PERFORM FROM pmr.a JOIN pmr.b USING (c); END $$
CREATE FUNCTION pmr.f() RETURNS text LANGUAGE sql AS $$ SELECT 'a' $$
CREATE FUNCTION pmr.f() RETURNS text LANGUAGE plperl AS $$ 'a' $$
CREATE FUNCTION pmr.f(a text) RETURNS text LANGUAGE plpgsql AS $$ BEGIN RETURN a || 'b'; END $$
CREATE FUNCTION pmr.f(a text) RETURNS text LANGUAGE plpgsql AS 'BEGIN a := lower(a); END'
CREATE PROCEDURE pmr.p(a text) LANGUAGE plpgsql AS $$ BEGIN PERFORM lower(a); END $$
CREATE PROCEDURE pmr.p(a text) LANGUAGE plpgsql AS $$ BEGIN PERFORM FROM pg_class; END $$
CREATE PROCEDURE pmr.p(a text) LANGUAGE plpgsql AS $$ DECLARE b text; BEGIN b := a; END $$
CREATE PROCEDURE pmr.p(a text) LANGUAGE plpgsql AS $$ BEGIN PERFORM pmr.f(a::date); END $$
CREATE PROCEDURE pmr.p(a text) LANGUAGE plpgsql AS $$ BEGIN PERFORM pmr.f(a IN ('b')); END $$
CREATE PROCEDURE pmr.p(a text) LANGUAGE plpgsql AS $$ BEGIN PERFORM pmr.f(CASE a WHEN 'b' THEN 'c' END); END $$
---- relation
CREATE TABLE t (a integer)
CREATE TABLE public.t (a integer)
CREATE INDEX t_a ON t (a)
ALTER TABLE t ADD COLUMN b integer
CREATE VIEW pmr.v AS SELECT (SELECT a FROM t) FROM pmr.u
CREATE TABLE pmr.t (a integer REFERENCES u (a))
INSERT INTO pmr.t SELECT * FROM u
CREATE FUNCTION pmr.f() RETURNS integer LANGUAGE sql BEGIN ATOMIC SELECT a FROM pmr.t; SELECT a FROM t; END
CREATE FUNCTION pmr.f() RETURNS text LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$ SELECT a FROM t $$
CREATE FUNCTION pmr.f() RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$ BEGIN UPDATE t SET a = 1; END $$
CREATE FUNCTION pmr.f() RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$ BEGIN EXECUTE format('SELECT %I FROM t', 'a'); END $$
CREATE FUNCTION pmr.f() RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$ BEGIN EXECUTE $query$ INSERT INTO t SELECT 1 $query$; END $$
DO $$ BEGIN INSERT INTO t VALUES (1); END $$
---- type
CREATE TYPE pmr.sketch; CREATE TABLE pmr.t (a text DEFAULT 'b'::sketch)
CREATE VIEW pmr.v AS SELECT 1; CREATE FUNCTION pmr.f(text, v v DEFAULT NULL) RETURNS text AS 'MODULE_PATHNAME', 'pmr_f' LANGUAGE C
CREATE TABLE pmr.t (a integer); CREATE FUNCTION pmr.f(text) RETURNS SETOF t AS 'MODULE_PATHNAME', 'pmr_f' LANGUAGE C
CREATE TYPE pmr.c AS (a integer); CREATE AGGREGATE pmr.a(text) (SFUNC = pmr.f, STYPE = c)
CREATE DOMAIN pmr.d AS text; DO $$ DECLARE v d; BEGIN NULL; END $$
---- revoke
CREATE FUNCTION pmr.f(text) RETURNS text AS 'MODULE_PATHNAME', 'pmr_f' LANGUAGE C
REVOKE ALL ON ALL ROUTINES IN SCHEMA pmr FROM PUBLIC; CREATE FUNCTION pmr.f(text) RETURNS text AS 'MODULE_PATHNAME', 'pmr_f' LANGUAGE C
CREATE FUNCTION pmr.f() RETURNS text LANGUAGE sql RETURN 'a'; REVOKE ALL ON FUNCTION pmr.f() FROM pg_monitor
CREATE AGGREGATE pmr.a(text) (SFUNC = pmr.f, STYPE = text); REVOKE ALL ON FUNCTION pmr.b(text) FROM PUBLIC
---- library
CREATE FUNCTION pmr.f(text) RETURNS text AS '$libdir/other', 'pmr_f' LANGUAGE C
CREATE FUNCTION pmr.f(text) RETURNS text AS 'MODULE_PATHNAME', 'f' LANGUAGE C
CREATE FUNCTION pmr.f(text) RETURNS text AS 'MODULE_PATHNAME' LANGUAGE C
---- parse
DO $$ BEGIN EXECUTE format('SELECT %I FROM FROM pmr.t', 'a'); END $$
---- md5
CREATE VIEW pmr.v AS SELECT md5('a')
CREATE FUNCTION pmr.f(a text) RETURNS text LANGUAGE sql RETURN left(pg_catalog.md5(a), 8)
---- allowed
/* allowed: or-replace: nothing is replaced */ CREATE VIEW pmr.v AS SELECT 1 AS one
