/* The rights of roles that refresh and publish */

/* The role must be trusted: it can read the figures of all Parties. */
CREATE FUNCTION pmr.allow_refresh(role_name regrole) RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON pmr.source, pmr.rollup, pmr.rollup_pair, pmr.rollup_month, pmr.refresh_log, pmr.publication, pmr.publication_target, pmr.publication_party, pmr.publication_cell, pmr.publication_figure TO %s', role_name);
	EXECUTE format('GRANT SELECT ON pmr.party, pmr.disclosure_rule TO %s', role_name);
	EXECUTE format('GRANT EXECUTE ON ALL ROUTINES IN SCHEMA pmr TO %s', role_name);
END
$$;
COMMENT ON FUNCTION pmr.allow_refresh(regrole) IS 'lets a role add sources, refresh and publish; it can then see the figures of all Parties';
