-- A source is read with the privileges of its owner: what the owner, or the owner of
-- a table below a view, has written never runs as the role that refreshes, and changes
-- no role or setting of the session.  The role that refreshes must have the owner's privileges.
SET timezone = 'UTC';
SET datestyle = 'ISO';
SET client_min_messages = 'warning';
\pset null NULL
\pset format unaligned
\pset footer off
\set VERBOSITY terse
CREATE SCHEMA read_as_owner;
SET search_path = read_as_owner;

\getenv test PG_ABS_SRCDIR
\set include :test '/sql/include/err_detail.sql'
\i :include
CREATE TABLE audit (party text, srv text, mode text, requested_at timestamptz, responded_at timestamptz, response_code text);
INSERT INTO audit VALUES ('A', '1.1.1', 'on_demand', '2024-01-10 12:00:00+00', '2024-01-10 12:00:10+00', 'I0');
CREATE ROLE regress_source_dba;
CREATE ROLE regress_source_mallory;
CREATE ROLE regress_source_viewer;
GRANT USAGE, CREATE ON SCHEMA read_as_owner TO regress_source_dba, regress_source_mallory, regress_source_viewer;

-- who has run which of mallory's functions, and what became of it
CREATE TABLE trace (id integer GENERATED ALWAYS AS IDENTITY, trojan text, ran_as name, result text);
GRANT INSERT ON trace TO PUBLIC;
CREATE FUNCTION traced() RETURNS TABLE (trojan text, ran_as name, result text) LANGUAGE sql
AS 'WITH t AS (DELETE FROM trace RETURNING *) SELECT DISTINCT t.trojan, t.ran_as, t.result FROM t ORDER BY 1, 2, 3';

--
-- allow_refresh: no more than a refresh needs
--

SELECT pmr.allow_refresh('regress_source_dba');
-- a role that may refresh cannot allow it to others; a member of the owner can
SET ROLE regress_source_dba;
SELECT err($$SELECT pmr.allow_refresh('regress_source_mallory')$$);
RESET ROLE;
SELECT err($$SELECT pmr.allow_refresh(NULL)$$);
SELECT err($$SELECT pmr.allow_refresh(0)$$);
SELECT err($$SELECT pmr.allow_refresh('regress_source_nobody')$$);
SELECT has_table_privilege('regress_source_mallory', 'pmr.rollup', 'SELECT') AS allowed;
CREATE ROLE regress_source_owner;
DO $$
BEGIN
	EXECUTE (SELECT format('GRANT %I TO regress_source_owner', rolname) FROM pg_class AS c JOIN pg_roles AS r ON r.oid = c.relowner WHERE c.oid = 'pmr.rollup'::regclass);
END
$$;
SET ROLE regress_source_owner;
SELECT pmr.allow_refresh('regress_source_dba');
RESET ROLE;
DROP ROLE regress_source_owner;
-- it cannot run queries of its own as the owner of a relation, or write figures
SET ROLE regress_source_dba;
SELECT err($$SELECT * FROM pmr.read_as_owner(10, 'read_as_owner.audit', 'SELECT 1', 1) AS r (n integer)$$);
SELECT err($$SELECT pmr.plan_as_owner(10, 'read_as_owner.audit', 'SELECT 1', 1)$$);
SELECT err($$UPDATE pmr.rollup_stratum SET target_s = 0$$);
RESET ROLE;
-- nor can a role that was given all functions
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA pmr TO regress_source_mallory;
SET ROLE regress_source_mallory;
SELECT err($$SELECT * FROM pmr.read_as_owner(10, 'pg_authid', 'SELECT 1', 1) AS r (n integer)$$);
RESET ROLE;
REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA pmr FROM regress_source_mallory;

--
-- The reader must have the owner's privileges: its session could make the owner's code do anything
--

SET ROLE regress_source_mallory;
SELECT err($$SELECT pmr.add_source('s', 'read_as_owner.audit')$$);
RESET ROLE;
GRANT SELECT ON audit TO regress_source_dba, regress_source_viewer, regress_source_mallory;
SET ROLE regress_source_dba;
SELECT err($$SELECT pmr.add_source('s', 'read_as_owner.audit')$$);
-- the table of sources does not check it; reading does
INSERT INTO pmr.source (source, relation) VALUES ('s', 'read_as_owner.audit');
SELECT err($$SELECT pmr.refresh_month(pmr.requesting_role(), 's', '2024-01-01', '2024-03-01')$$);
SELECT err($$SELECT pmr.refresh_months(pmr.requesting_role(), 's', NULL, NULL, '2024-03-01')$$);
SELECT err($$SELECT pmr.expected_rows(pmr.requesting_role(), 's', '2024-01-01', '2024-01-31')$$);
SELECT err($$SELECT * FROM pmr.check_source('s')$$);
SELECT err($$SELECT * FROM pmr.check_source('s', '2024-01-01', '2024-01-31')$$);
SELECT err($$SELECT * FROM pmr.invalid_rows('s', '2024-01-01', '2024-01-31')$$);
SELECT pmr.drop_source('s');
-- a member of the owner's role
SET ROLE regress_source_viewer;
CREATE VIEW of_viewer AS SELECT * FROM audit;
RESET ROLE;
GRANT regress_source_viewer TO regress_source_dba;
SET ROLE regress_source_dba;
SELECT pmr.add_source('s', 'read_as_owner.of_viewer');
SELECT pmr.refresh_month(pmr.requesting_role(), 's', '2024-01-01', '2024-03-01');
RESET ROLE;
SELECT source, refreshed_by, requests FROM pmr.rollup_month;
REVOKE regress_source_viewer FROM regress_source_dba;
SET ROLE regress_source_dba;
SELECT err($$SELECT pmr.refresh_month(pmr.requesting_role(), 's', '2024-01-01', '2024-03-01')$$);
RESET ROLE;
-- the owner needs the privilege to read, too; without it there are not even estimates
REVOKE SELECT ON audit FROM regress_source_viewer;
SELECT err($$SELECT pmr.refresh_month(pmr.requesting_role(), 's', '2024-01-01', '2024-03-01')$$);
SELECT err($$SELECT pmr.expected_rows(pmr.requesting_role(), 's', '2024-01-01', '2024-01-31')$$);
SELECT pmr.drop_source('s');
GRANT SELECT ON audit TO regress_source_viewer;

--
-- A view of another role: its functions run as its owner, whoever refreshes
--

SET ROLE regress_source_mallory;
CREATE FUNCTION trojan(what text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO read_as_owner.trace (trojan, ran_as, result) VALUES (what, current_user, current_setting('search_path'));
	RETURN what;
END
$$;
CREATE VIEW mallory AS SELECT trojan(party) AS party, srv, mode, requested_at, responded_at FROM audit;
RESET ROLE;
GRANT SELECT ON mallory TO regress_source_dba;
SELECT pmr.add_source('t', 'mallory', '{party}');
SELECT * FROM traced();
SELECT pmr.refresh_month(pmr.requesting_role(), 't', '2024-01-01', '2024-03-01');
SELECT * FROM traced();
SELECT count(*) FROM pmr.check_source('t', '2024-01-01', '2024-01-31');
SELECT * FROM traced();
SELECT count(*) FROM pmr.invalid_rows('t', '2024-01-01', '2024-01-31');
SELECT * FROM traced();
SELECT count(*) FROM pmr.counted_requests('t', '2024-01-01', '2024-01-31');
SET ROLE regress_source_dba;
CALL pmr.refresh('t');
RESET ROLE;
CALL pmr.refresh('t');
SELECT * FROM traced();
SELECT party, requests, met FROM pmr.rollup WHERE source = 't' AND day IS NULL AND factor = 'all';
SELECT refreshed_by = current_user AS by_me FROM pmr.rollup_month WHERE source = 't';
SELECT pmr.drop_source('t');

--
-- An index of another role below a view, made after the source was added: the planner
-- runs its function as the view's owner
--

SET ROLE regress_source_mallory;
CREATE TABLE base (LIKE audit);
INSERT INTO base TABLE audit;
GRANT SELECT ON base TO PUBLIC;
CREATE FUNCTION seize() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	ALTER ROLE regress_source_mallory SUPERUSER;
	INSERT INTO read_as_owner.trace (trojan, ran_as, result) VALUES ('index', current_user, 'seized');
EXCEPTION WHEN insufficient_privilege THEN
	INSERT INTO read_as_owner.trace (trojan, ran_as, result) VALUES ('index', current_user, 'failed');
END
$$;
CREATE FUNCTION constant(n integer) RETURNS integer LANGUAGE plpgsql IMMUTABLE AS $$BEGIN PERFORM read_as_owner.seize(); RETURN n; END$$;
SET ROLE regress_source_viewer;
CREATE VIEW over_base AS SELECT * FROM base;
GRANT SELECT ON over_base TO regress_source_dba;
RESET ROLE;
SELECT pmr.add_source('below', 'over_base');
SELECT * FROM traced();
SET ROLE regress_source_mallory;
CREATE TABLE child () INHERITS (base);
CREATE INDEX ON child (requested_at) WHERE constant(1) = 1;
RESET ROLE;
SELECT * FROM traced();
-- the control: whoever reads the view runs it
SELECT count(*) FROM over_base WHERE requested_at > '2024-01-01';
SELECT ran_as = current_user AS ran_as_reader, result FROM traced();
ALTER ROLE regress_source_mallory NOSUPERUSER;
SELECT e.expected > 0 AS planned FROM pmr.expected_rows(pmr.requesting_role(), 'below', '2024-01-01', '2024-01-31') AS e;
SELECT * FROM traced();
SELECT pmr.refresh_months(pmr.requesting_role(), 'below', NULL, NULL, '2024-03-01');
SELECT * FROM traced();
SELECT pmr.refresh_month(pmr.requesting_role(), 'below', '2024-01-01', '2024-03-01');
SELECT * FROM traced();
SELECT count(*) FROM pmr.check_source('below');
SELECT * FROM traced();
SELECT count(*) FROM pmr.invalid_rows('below', '2024-01-01', '2024-01-31');
SELECT * FROM traced();
SELECT count(*) FROM pmr.counted_requests('below', '2024-01-01', '2024-01-31');
SELECT * FROM traced();
SELECT err($$SELECT pmr.add_source('again', 'over_base')$$);
SELECT * FROM traced();
SELECT rolsuper FROM pg_roles WHERE rolname = 'regress_source_mallory';
-- a view's owner trusts the owners of what it reads; add_source warns a superuser
CREATE VIEW of_superuser AS SELECT * FROM audit AS a UNION ALL SELECT * FROM over_base;
SELECT pmr.add_source('superuser', 'of_superuser');
SELECT ran_as = current_user AS ran_as_owner, result FROM traced();
CREATE VIEW feed_of_superuser AS SELECT requested_at AS changed_at, requested_at FROM over_base;
SELECT pmr.add_source('superuser feed', 'audit', change_feed => 'feed_of_superuser');
ALTER ROLE regress_source_mallory NOSUPERUSER;
SELECT source, pmr.drop_source(source) FROM pmr.source ORDER BY source COLLATE "C";

--
-- The code changes nothing of the session that a security-restricted operation protects
--

CREATE TABLE attempt (name text, command text);
INSERT INTO attempt VALUES
	('become the reader', 'RESET ROLE'),
	('become a superuser', format('SET SESSION AUTHORIZATION %I', current_user)),
	('temporary table', 'CREATE TEMPORARY TABLE party (party text)'),
	('prepared statement', 'PREPARE pmr AS SELECT 1'),
	('cursor', 'DECLARE pmr CURSOR WITH HOLD FOR SELECT 1'),
	('notification', 'LISTEN pmr'),
	('setting', 'SET pmr.trojan = ''set'''),
	('search path', 'SET search_path = read_as_owner'),
	('deferred trigger', 'INSERT INTO read_as_owner.deferred VALUES (1)'),
	('requesting role', 'INSERT INTO read_as_owner.trace (trojan, result) SELECT ''requesting role is'', pmr.requesting_role()::text::oid::regrole'),
	('figures of all', 'INSERT INTO read_as_owner.trace (trojan, result) SELECT ''sees Parties'', count(*) FROM pmr.party_performance'),
	('rollup', 'INSERT INTO read_as_owner.trace (trojan, result) SELECT ''rollup'', count(*) FROM pmr.rollup'),
	('read as', format('SELECT * FROM pmr.read_as_owner(%s, ''pg_authid'', ''SELECT 1'', 1) AS r (n integer)', (SELECT oid FROM pg_roles WHERE rolname = current_user)));
GRANT SELECT ON attempt TO PUBLIC;
SET ROLE regress_source_mallory;
CREATE TABLE deferred (n integer);
CREATE FUNCTION fire() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN INSERT INTO read_as_owner.trace (trojan, ran_as) VALUES ('deferred trigger', current_user); RETURN NULL; END$$;
CREATE CONSTRAINT TRIGGER fire AFTER INSERT ON deferred DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION fire();
CREATE FUNCTION try_all(party text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	a record;
BEGIN
	FOR a IN SELECT * FROM read_as_owner.attempt LOOP
		BEGIN
			EXECUTE a.command;
			INSERT INTO read_as_owner.trace (trojan, ran_as) VALUES (a.name, current_user);
		EXCEPTION WHEN OTHERS THEN
			INSERT INTO read_as_owner.trace (trojan, ran_as, result) VALUES (a.name, current_user, SQLERRM);
		END;
	END LOOP;
	RETURN party;
END
$$;
CREATE VIEW trying AS SELECT try_all(party) AS party, srv, mode, requested_at, responded_at FROM audit;
RESET ROLE;
SELECT pmr.add_source('t', 'trying');
SELECT * FROM traced();
SELECT pmr.refresh_month(pmr.requesting_role(), 't', '2024-01-01', '2024-03-01');
SELECT * FROM traced();
SELECT current_user = session_user AS same_user, current_setting('search_path') AS search_path, current_setting('pmr.trojan', true) AS trojan,
	(SELECT count(*) FROM pg_prepared_statements) AS statements, (SELECT count(*) FROM pg_cursors WHERE name = 'pmr') AS cursors, (SELECT count(*) FROM pg_listening_channels()) AS channels;
-- an error in a function ends the refresh, and the session is as before
SET ROLE regress_source_mallory;
CREATE OR REPLACE FUNCTION try_all(party text) RETURNS text LANGUAGE plpgsql AS $$BEGIN SET search_path = read_as_owner; RAISE 'trojan fails as %', current_user; END$$;
RESET ROLE;
SELECT err($$SELECT pmr.refresh_month(pmr.requesting_role(), 't', '2024-01-01', '2024-03-01')$$);
SELECT current_user = session_user AS same_user, current_setting('search_path') AS search_path;
SELECT pmr.refresh_month(pmr.requesting_role(), 't', '2024-01-01', '2024-03-01');
SELECT current_user = session_user AS same_user, current_setting('search_path') AS search_path;
SELECT pmr.drop_source('t');

--
-- Types and casts of another role
--

SET ROLE regress_source_mallory;
CREATE TYPE mallory_mode AS ENUM ('on_demand');
CREATE FUNCTION trojan_cast(mallory_mode) RETURNS text LANGUAGE sql AS $$SELECT trojan('cast of a mode')$$;
CREATE CAST (mallory_mode AS text) WITH FUNCTION trojan_cast(mallory_mode);
CREATE TYPE mallory_pair AS (a mallory_mode, b text);
CREATE FUNCTION trojan_cast(mallory_pair) RETURNS text LANGUAGE sql AS $$SELECT trojan('cast of a pair')$$;
CREATE CAST (mallory_pair AS text) WITH FUNCTION trojan_cast(mallory_pair);
CREATE TABLE typed AS SELECT party, srv, 'on_demand'::mallory_mode AS mode, requested_at, responded_at, ('on_demand', 'b')::mallory_pair AS pair FROM audit;
INSERT INTO typed SELECT party, srv, NULL, requested_at, responded_at, NULL FROM audit;
RESET ROLE;
SELECT pmr.add_source('t', 'typed', '{pair}');
SELECT pmr.refresh_month(pmr.requesting_role(), 't', '2024-01-01', '2024-03-01');
SELECT mode, factor, value, requests FROM pmr.rollup WHERE source = 't' AND day IS NULL ORDER BY mode COLLATE "C", factor COLLATE "C";
SELECT count(*) FROM pmr.invalid_rows('t', '2024-01-01', '2024-01-31');
SELECT * FROM traced();
SELECT pmr.drop_source('t');

--
-- A view that is given to another role runs as that role
--

CREATE VIEW honest AS SELECT party, srv, mode, requested_at, responded_at FROM audit;
SELECT pmr.add_source('t', 'honest');
SELECT pmr.refresh_month(pmr.requesting_role(), 't', '2024-01-01', '2024-03-01');
ALTER VIEW honest OWNER TO regress_source_mallory;
SET ROLE regress_source_mallory;
CREATE OR REPLACE VIEW honest AS SELECT trojan(party) AS party, srv, mode, requested_at, responded_at FROM audit;
RESET ROLE;
SELECT pmr.refresh_month(pmr.requesting_role(), 't', '2024-01-01', '2024-03-02');
SELECT trojan, ran_as FROM traced();
SELECT pmr.drop_source('t');

--
-- The name of the relation is taken from the catalog, whatever was inserted into the table
--

CREATE TABLE "audit;select/**/1/0" AS SELECT * FROM audit;
INSERT INTO pmr.source (source, relation) VALUES ('injected', 'read_as_owner.audit;select/**/1/0');
SELECT pmr.refresh_month(pmr.requesting_role(), 'injected', '2024-01-01', '2024-03-01') > 0 AS refreshed, (SELECT count(*) FROM pmr.check_source('injected', '2024-01-01', '2024-01-31')) AS problems;
SELECT pmr.drop_source('injected');

--
-- Row security that hides rows from the owner is an error
--

CREATE TABLE secured (LIKE audit);
INSERT INTO secured TABLE audit;
ALTER TABLE secured ENABLE ROW LEVEL SECURITY;
CREATE POLICY none ON secured USING (false);
GRANT SELECT ON secured TO regress_source_viewer;
SET ROLE regress_source_viewer;
CREATE VIEW hidden_rows AS SELECT * FROM secured;
CREATE VIEW invoker_rows WITH (security_invoker = true) AS SELECT * FROM secured;
RESET ROLE;
SELECT err($$SELECT pmr.add_source('t', 'hidden_rows')$$);
SELECT err($$SELECT pmr.add_source('t', 'invoker_rows')$$);
SELECT pmr.add_source('t', 'secured'), pmr.refresh_month(pmr.requesting_role(), 't', '2024-01-01', '2024-03-01');
SELECT pmr.drop_source('t');

--
-- Arguments that only the extension gives
--

SELECT err($$SELECT * FROM pmr.read_as_owner(NULL, 'audit', 'SELECT 1', 1) AS r (n integer)$$);
SELECT err($$SELECT pmr.plan_as_owner(10, NULL, 'SELECT 1', 1)$$);
SELECT err($$SELECT * FROM pmr.read_as_owner(10, 999999999, 'SELECT 1', 1) AS r (n integer)$$);
SELECT err($$SELECT * FROM pmr.read_as_owner(10, 'read_as_owner.audit', 'SELECT count(*) FROM read_as_owner.mallory', 1) AS r (n bigint)$$);
SELECT err($$SELECT * FROM pmr.read_as_owner(10, 'read_as_owner.audit', 'SELECT (SELECT count(*) FROM read_as_owner.mallory) FROM read_as_owner.audit', 1) AS r (n bigint)$$);
SELECT err($$SELECT * FROM pmr.read_as_owner(10, 'read_as_owner.audit', 'SELECT count(*) FROM read_as_owner.audit', 1) AS r (n text)$$);
SELECT err($$SELECT * FROM pmr.read_as_owner(10, 'read_as_owner.audit', 'SELECT count(*), $1 FROM read_as_owner.audit', 1) AS r (n bigint)$$);
SELECT * FROM pmr.read_as_owner(10, 'read_as_owner.audit', 'SELECT party, $1, $2 FROM read_as_owner.audit WHERE $3 IS NULL', 1, 'a'::text, NULL::date) AS r (party text, n integer, a text);

DROP OWNED BY regress_source_dba, regress_source_mallory, regress_source_viewer CASCADE;
DROP ROLE regress_source_dba, regress_source_mallory, regress_source_viewer;
SET client_min_messages = 'error';
DROP SCHEMA read_as_owner CASCADE;
