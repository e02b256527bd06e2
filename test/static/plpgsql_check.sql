/*
 * plpgsql_check.sql
 *		Checks each PL/pgSQL routine of the extension with plpgsql_check: no
 *		finding but those explained here. Each planted fault must be found.
 */
SET client_min_messages = warning;
CREATE EXTENSION pmr_metrics;
CREATE EXTENSION plpgsql_check;

/* Both are regular expressions. */
CREATE TABLE explained (routine text, finding text, reason text);
INSERT INTO explained VALUES
	('', '^warning: target type is different.* "text" value .*initialization', 'the value is a literal, which plpgsql_check takes for text'),
	('', '^performance: target type is different.* "(integer|double precision|numeric)" value', 'one number is converted in a call'),
	('', '^performance: routine is marked as VOLATILE.*dynamic SQL', 'the source may be a view with volatile functions'),
	('', '^warning extra: OUT variable.*dynamic SQL', 'RETURN QUERY EXECUTE sets it');

CREATE SCHEMA planted;
CREATE FUNCTION planted.no_such_column() RETURNS text LANGUAGE plpgsql
	AS 'BEGIN RETURN (SELECT s.missing FROM pmr.source AS s); END';
CREATE FUNCTION planted.unused_variable() RETURNS text LANGUAGE plpgsql
	AS 'DECLARE a text; BEGIN RETURN 1; END';
CREATE FUNCTION planted.injection(name text) RETURNS void LANGUAGE plpgsql
	AS $$ BEGIN EXECUTE 'DROP TABLE ' || name; END $$;
CREATE FUNCTION planted.could_be_immutable(a text) RETURNS text LANGUAGE plpgsql
	AS 'BEGIN RETURN a; END';

CREATE TABLE finding AS
SELECT p.pronamespace::regnamespace AS schema, p.oid::regprocedure AS routine, c.lineno, f.finding, e.reason
FROM pg_proc AS p
	LEFT JOIN LATERAL plpgsql_check_function_tb(p.oid, fatal_errors => false, all_warnings => true) AS c ON true
	CROSS JOIN LATERAL concat_ws(' ', c.level || ':', c.message, c.detail, c.context) AS f (finding)
	LEFT JOIN LATERAL (SELECT min(reason) FROM explained AS e WHERE p.oid::regprocedure::text ~ e.routine AND f.finding ~ e.finding) AS e (reason) ON true
WHERE p.prolang = (SELECT oid FROM pg_language WHERE lanname = 'plpgsql')
	AND p.pronamespace IN ('pmr'::regnamespace, 'planted'::regnamespace);

SELECT routine, lineno, finding FROM finding
WHERE schema = 'pmr'::regnamespace AND finding <> '' AND reason IS NULL
ORDER BY 1, 2;
SELECT count(DISTINCT routine) AS routines, count(reason) AS explained,
	count(DISTINCT routine) > 0 AND count(nullif(finding, '')) = count(reason) AS none_other
FROM finding WHERE schema = 'pmr'::regnamespace \gset
SELECT planted AS not_found
FROM unnest('{error: column s.missing does not exist,warning: unused variable,security: text type variable is not sanitized,performance: routine is marked as VOLATILE}'::text[]) AS planted
WHERE NOT EXISTS (SELECT FROM finding WHERE schema = 'planted'::regnamespace AND starts_with(finding, planted));
\if :ROW_COUNT
	\set none_other false
\endif
\echo :routines routines, :explained findings that are explained
\if :none_other
\else
	DO $$ BEGIN RAISE 'plpgsql_check has findings, or does not find a planted fault'; END $$;
\endif
