/* The relation of a source */

/*
 * Checks the owner each time, because the relation may have got another one
 * since add_source.
 */
CREATE FUNCTION pmr.source_relation(source text) RETURNS regclass
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	name text := (SELECT s.relation FROM pmr.source AS s WHERE s.source = source_relation.source);
	relation regclass := to_regclass(name);
	other regclass;
BEGIN
	IF name IS NULL THEN
		RAISE undefined_object USING MESSAGE = format('source "%s" does not exist', source_relation.source),
			HINT = 'pmr.add_source() adds one.';
	ELSIF relation IS NULL THEN
		RAISE undefined_table USING MESSAGE = format('relation "%s" of source "%s" does not exist', name, source_relation.source);
	END IF;
	/* The name from the catalog: to_regclass accepts names that a query does not. */
	SELECT format('%I.%I', n.nspname, c.relname) INTO name
	FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
	WHERE c.oid = relation;
	PERFORM pmr.lock_relation(name);
	relation := to_regclass(name);
	SELECT o INTO other FROM pmr.untrusted_relation(relation) AS o;
	IF other IS NOT NULL THEN
		RAISE insufficient_privilege USING
			MESSAGE = format('relation "%s" of source "%s" belongs to another role', other, source_relation.source),
			DETAIL = 'Functions in a view or an index would run with the privileges of the role that reads it.',
			HINT = 'Refresh as the owner of the relation, or change its owner to a superuser.';
	END IF;
	RETURN relation;
END
$$;
COMMENT ON FUNCTION pmr.source_relation(text) IS 'internal: relation of a source; an error if it belongs neither to the current user nor to a superuser';
