/* The rights of roles that refresh and publish */

/* The role must be trusted: it can read the figures of all Parties. */
CREATE FUNCTION pmr.allow_refresh(role_name regrole) RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF role_name IS NULL THEN
		RAISE null_value_not_allowed USING MESSAGE = 'role_name must not be null';
	ELSIF NOT EXISTS (SELECT FROM pg_roles AS r WHERE r.oid = role_name) THEN
		RAISE undefined_object USING MESSAGE = format('role with OID %s does not exist', role_name::oid);
	ELSIF NOT (SELECT pg_has_role(c.relowner, 'USAGE') FROM pg_class AS c WHERE c.oid = 'pmr.rollup'::regclass) THEN
		/* Its GRANTs would do nothing but warn. */
		RAISE insufficient_privilege USING MESSAGE = 'must be owner of extension pmr_metrics';
	END IF;
	EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON pmr.source, pmr.refresh_log, pmr.publication, pmr.publication_target, pmr.publication_party, pmr.publication_combination, pmr.publication_cell, pmr.publication_figure TO %s', role_name);
	EXECUTE format('GRANT SELECT ON pmr.rollup, pmr.rollup_pair TO %s', role_name);
	EXECUTE format('GRANT SELECT, DELETE ON pmr.rollup_stratum, pmr.rollup_part, pmr.rollup_month, pmr.party_figure TO %s', role_name);
	EXECUTE format('GRANT SELECT ON pmr.party, pmr.disclosure_rule TO %s', role_name);
	EXECUTE format('GRANT EXECUTE ON ALL ROUTINES IN SCHEMA pmr TO %s', role_name);
END
$$;
COMMENT ON FUNCTION pmr.allow_refresh(regrole) IS 'lets a role add sources, refresh and publish; it can then see the figures of all Parties';
