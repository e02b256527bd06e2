/*
 * Which role sees which Party
 *
 * Views that readers use select from SECURITY DEFINER functions.  A view with a
 * filter would not be safe: comparison operators are leakproof, and EXPLAIN
 * ANALYZE tells how many rows they let pass.  These functions turn jit off, as
 * compiling a plan would take longer than most of them run, and declare how
 * many rows to expect, or the outer query would be compiled.
 */

CREATE TABLE pmr.party_access (
	role_name text NOT NULL CHECK (role_name <> ''),
	party text NOT NULL CHECK (party <> ''),
	PRIMARY KEY (role_name, party)
);
SELECT pg_extension_config_dump('pmr.party_access', '');
COMMENT ON TABLE pmr.party_access IS 'which role sees the figures of which Party; * is every Party';
COMMENT ON COLUMN pmr.party_access.role_name IS 'a role, whose members see the same; it need not exist yet';

CREATE FUNCTION pmr.requesting_role() RETURNS oid
	AS 'MODULE_PATHNAME', 'pmr_requesting_role'
	LANGUAGE C STABLE PARALLEL SAFE;
COMMENT ON FUNCTION pmr.requesting_role() IS 'internal: role that asks: whom SET ROLE chose or else who logged in, also inside SECURITY DEFINER functions';

CREATE FUNCTION pmr.can_see_all_parties() RETURNS boolean
	LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	SELECT has_table_privilege(pmr.requesting_role(), 'pmr.rollup', 'SELECT')
		OR EXISTS (SELECT FROM pmr.party_access AS a JOIN pg_roles AS r ON r.rolname = a.role_name
				   WHERE a.party = '*' AND pg_has_role(pmr.requesting_role(), r.oid, 'USAGE'));
END;
COMMENT ON FUNCTION pmr.can_see_all_parties() IS 'does who asks see every Party''s figures: by party_access, or as they may read pmr.rollup';

CREATE FUNCTION pmr.can_see_party(party text) RETURNS boolean
	LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	SELECT coalesce(pmr.can_see_all_parties()
		OR EXISTS (SELECT FROM pmr.party_access AS a JOIN pg_roles AS r ON r.rolname = a.role_name
				   WHERE a.party = can_see_party.party AND pg_has_role(pmr.requesting_role(), r.oid, 'USAGE')), false);
END;
COMMENT ON FUNCTION pmr.can_see_party(text) IS 'does who asks see this Party''s figures';
