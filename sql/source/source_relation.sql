/* The relation of a source */

CREATE FUNCTION pmr.source_relation(source text) RETURNS regclass
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	name text := (SELECT s.relation FROM pmr.source AS s WHERE s.source = source_relation.source);
	relation regclass := to_regclass(name);
BEGIN
	IF name IS NULL THEN
		RAISE undefined_object USING MESSAGE = format('source "%s" does not exist', source_relation.source),
			HINT = 'pmr.add_source() adds one.';
	ELSIF relation IS NULL THEN
		RAISE undefined_table USING MESSAGE = format('relation "%s" of source "%s" does not exist', name, source_relation.source);
	END IF;
	/* A query names it as the catalog does: to_regclass accepts names that a query does not. */
	RETURN relation;
END
$$;
COMMENT ON FUNCTION pmr.source_relation(text) IS 'internal: relation of a source';

/* What makes a timestamptz comparable with a time of a relation, to be appended to it in a query. */
CREATE FUNCTION pmr.time_zone_of(relation regclass, column_name text) RETURNS text
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	SELECT CASE c.kind WHEN 'timestamp' THEN ' AT TIME ZONE ''UTC''' ELSE '' END
	FROM pmr.relation_columns(relation) AS c
	WHERE c.column_name = time_zone_of.column_name;
END;
COMMENT ON FUNCTION pmr.time_zone_of(regclass, text) IS 'internal: SQL that converts between timestamptz and the type of a column';
