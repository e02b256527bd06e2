/* The relation of a source */

/*
 * The relation of a source as the current user may use it, checked again each
 * time: between add_source and a refresh it may have changed hands.
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
		RAISE undefined_table USING MESSAGE = format('relation %s of source "%s" does not exist', name, source_relation.source);
	END IF;
	/* as the catalog has it: to_regclass takes more for a name than a query does */
	SELECT format('%I.%I', n.nspname, c.relname) INTO name
	FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
	WHERE c.oid = relation;
	PERFORM pmr.lock_relation(name);
	relation := to_regclass(name);
	SELECT o INTO other FROM pmr.untrusted_relation(relation) AS o;
	IF other IS NOT NULL THEN
		RAISE insufficient_privilege USING
			MESSAGE = format('%s of source "%s" belongs to another role', other, source_relation.source),
			DETAIL = 'A view, or an index of functions, runs what its owner wrote with the rights of who reads it.',
			HINT = 'Refresh as its owner, or have it owned by a superuser.';
	END IF;
	RETURN relation;
END
$$;
COMMENT ON FUNCTION pmr.source_relation(text) IS 'internal: relation of a source; an error where it is not the current user''s or a superuser''s';
