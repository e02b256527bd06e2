/*
 * Which role can see which Party
 *
 * The views of reports select from SECURITY DEFINER functions, which check the
 * requesting role.  A view with a filter would not be safe: comparison operators
 * are leakproof, and EXPLAIN ANALYZE shows how many rows satisfy them.  These
 * functions turn jit off, because most of them run for less time than compiling
 * a plan takes.  They declare how many rows to expect; otherwise the planner
 * would expect so many that the calling query is compiled.
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

CREATE FUNCTION pmr.requesting_role() RETURNS oid
	AS 'MODULE_PATHNAME', 'pmr_requesting_role'
	LANGUAGE C STABLE PARALLEL SAFE;
COMMENT ON FUNCTION pmr.requesting_role() IS 'internal: the requesting role: the one that SET ROLE has chosen, or else the login role; also inside SECURITY DEFINER functions';

CREATE FUNCTION pmr.can_see_all_parties() RETURNS boolean
	LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	SELECT has_table_privilege(pmr.requesting_role(), 'pmr.rollup', 'SELECT')
		OR EXISTS (SELECT FROM pmr.party_access AS a JOIN pg_roles AS r ON r.rolname = a.role_name
				   WHERE a.party = '*' AND pg_has_role(pmr.requesting_role(), r.oid, 'USAGE'));
END;
COMMENT ON FUNCTION pmr.can_see_all_parties() IS 'can the requesting role see the figures of all Parties: because pmr.party_access has * for it, or because it has the SELECT privilege on pmr.rollup';

CREATE FUNCTION pmr.can_see_party(party text) RETURNS boolean
	LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	SELECT coalesce(pmr.can_see_all_parties()
		OR EXISTS (SELECT FROM pmr.party_access AS a JOIN pg_roles AS r ON r.rolname = a.role_name
				   WHERE a.party = can_see_party.party AND pg_has_role(pmr.requesting_role(), r.oid, 'USAGE')), false);
END;
COMMENT ON FUNCTION pmr.can_see_party(text) IS 'can the requesting role see the figures of this Party';
