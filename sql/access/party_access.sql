/*
 * Which role can see which Party
 *
 * The views of reports select from SECURITY DEFINER functions, which check the
 * role that the view passes to them.  A view with a filter would not be safe:
 * comparison operators are leakproof, and EXPLAIN ANALYZE shows how many rows
 * satisfy them.  These functions turn jit off, because most of them run for
 * less time than compiling a plan takes.  They declare how many rows to expect;
 * otherwise the planner would expect so many that the calling query is
 * compiled.
 */

CREATE TABLE pmr.party_access (
	role_name text NOT NULL CHECK (role_name <> ''),
	party text NOT NULL CHECK (party <> ''),
	PRIMARY KEY (role_name, party)
);
SELECT pg_extension_config_dump('pmr.party_access', '');
COMMENT ON TABLE pmr.party_access IS 'which role can see the figures of which Party';
COMMENT ON COLUMN pmr.party_access.role_name IS 'name of a role; its members can see the same; it need not exist yet';
COMMENT ON COLUMN pmr.party_access.party IS 'the Party, as the audit table names it; *: all Parties';

/*
 * The role on whose behalf a report is read, as a value that SQL cannot forge.
 * The functions of the views are SECURITY DEFINER, and cannot know it by
 * themselves (src/requesting_role.c).
 */
CREATE TYPE pmr.requesting_role;

CREATE FUNCTION pmr.requesting_role_in(cstring) RETURNS pmr.requesting_role
	AS 'MODULE_PATHNAME', 'pmr_requesting_role_in'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION pmr.requesting_role_in(cstring) IS 'input function of requesting_role: always an error';

CREATE FUNCTION pmr.requesting_role_out(pmr.requesting_role) RETURNS cstring
	AS 'MODULE_PATHNAME', 'pmr_requesting_role_out'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION pmr.requesting_role_out(pmr.requesting_role) IS 'output function of requesting_role: the OID of the role';

CREATE TYPE pmr.requesting_role (
	INPUT = pmr.requesting_role_in,
	OUTPUT = pmr.requesting_role_out,
	INTERNALLENGTH = 16,
	ALIGNMENT = double
);
COMMENT ON TYPE pmr.requesting_role IS 'internal: the role on whose behalf a report is read';

CREATE FUNCTION pmr.requesting_role() RETURNS pmr.requesting_role
	AS 'MODULE_PATHNAME', 'pmr_requesting_role'
	LANGUAGE C STABLE PARALLEL RESTRICTED;
COMMENT ON FUNCTION pmr.requesting_role() IS 'the current user, as an argument of functions that are SECURITY DEFINER; valid only in this transaction';

CREATE FUNCTION pmr.role_oid(role pmr.requesting_role) RETURNS oid
	AS 'MODULE_PATHNAME', 'pmr_requesting_role_oid'
	LANGUAGE C STABLE STRICT PARALLEL RESTRICTED;
COMMENT ON FUNCTION pmr.role_oid(pmr.requesting_role) IS 'internal: OID of the role';

/*
 * All of the role's Parties are looked up, whichever Party is asked for, so that
 * the numbers of rows read, which everybody can see, do not tell whether a Party
 * exists.
 */
CREATE FUNCTION pmr.parties_of_role(role oid, privilege text) RETURNS text[]
	LANGUAGE sql STABLE PARALLEL RESTRICTED
	SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	SELECT coalesce(array_agg(DISTINCT a.party), '{}')
	FROM pmr.party_access AS a JOIN pg_roles AS r ON r.rolname = a.role_name
	WHERE pg_has_role(role, r.oid, privilege);
END;
COMMENT ON FUNCTION pmr.parties_of_role(oid, text) IS 'internal: Parties that party_access names for a role, and for roles whose rights it has (privilege USAGE), or that it is a member of (MEMBER)';

CREATE FUNCTION pmr.own_parties(role pmr.requesting_role) RETURNS text[]
	LANGUAGE sql STABLE PARALLEL RESTRICTED
	RETURN pmr.parties_of_role(pmr.role_oid(role), 'USAGE');
COMMENT ON FUNCTION pmr.own_parties(pmr.requesting_role) IS 'internal: Parties that party_access names for a role, or for roles whose rights it has';

CREATE FUNCTION pmr.visible_parties(role pmr.requesting_role) RETURNS text[]
	LANGUAGE sql STABLE PARALLEL RESTRICTED SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	SELECT CASE WHEN has_table_privilege(pmr.role_oid(role), 'pmr.rollup', 'SELECT') THEN '{*}' ELSE pmr.own_parties(role) END;
END;
COMMENT ON FUNCTION pmr.visible_parties(pmr.requesting_role) IS 'internal: Parties that a role can see; with * among them, all';

CREATE FUNCTION pmr.can_see_all_parties(role pmr.requesting_role) RETURNS boolean
	LANGUAGE sql STABLE PARALLEL RESTRICTED SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	SELECT '*' = ANY (pmr.visible_parties(role));
END;
COMMENT ON FUNCTION pmr.can_see_all_parties(pmr.requesting_role) IS 'internal: can_see_all_parties() of a role';

CREATE FUNCTION pmr.can_see_party(role pmr.requesting_role, party text) RETURNS boolean
	LANGUAGE sql STABLE PARALLEL RESTRICTED SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	SELECT coalesce(v.parties && ARRAY['*', party], false) FROM pmr.visible_parties(role) AS v (parties);
END;
COMMENT ON FUNCTION pmr.can_see_party(pmr.requesting_role, text) IS 'internal: can_see_party() of a role';

CREATE FUNCTION pmr.can_see_all_parties() RETURNS boolean
	LANGUAGE sql STABLE PARALLEL RESTRICTED
	RETURN pmr.can_see_all_parties(pmr.requesting_role());
COMMENT ON FUNCTION pmr.can_see_all_parties() IS 'can the current user see the figures of all Parties: because pmr.party_access has * for it, or because it has the SELECT privilege on pmr.rollup';

CREATE FUNCTION pmr.can_see_party(party text) RETURNS boolean
	LANGUAGE sql STABLE PARALLEL RESTRICTED
	RETURN pmr.can_see_party(pmr.requesting_role(), party);
COMMENT ON FUNCTION pmr.can_see_party(text) IS 'can the current user see the figures of this Party';
