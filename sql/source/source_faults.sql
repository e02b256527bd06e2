/* Checks of a source: each function returns the faults that it finds */

/* The owner, the persistence and the privileges of a relation. */
CREATE FUNCTION pmr.relation_faults(relation regclass, name text) RETURNS text[]
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	SELECT coalesce(array_agg(f.fault ORDER BY f.i), '{}')
	FROM pmr.untrusted_relation(relation) AS other,
		LATERAL (VALUES
			(1, other IS NOT NULL,
				format('Relation "%s" belongs to another role, whose functions would run with your privileges; its owner must be you or a superuser.', other)),
			(2, EXISTS (SELECT FROM pg_class AS c WHERE c.oid = relation AND c.relpersistence = 't'),
				format('Relation "%s" is temporary, so other sessions could not refresh it.', name)),
			(3, NOT has_any_column_privilege(relation, 'SELECT'),
				format('You do not have the SELECT privilege on relation "%s".', name)),
			(4, has_any_column_privilege(relation, 'SELECT') AND row_security_active(relation),
				format('Row security hides rows of relation "%s" from you; use a role that has BYPASSRLS.', name))
		) AS f (i, wrong, fault)
	WHERE f.wrong;
END;
COMMENT ON FUNCTION pmr.relation_faults(regclass, text) IS 'internal: reasons why the current user cannot use a relation as a source';

/*
 * The view pg_timezone_names would list the time zones, but it fails if one of
 * the time zone files is broken.
 */
CREATE FUNCTION pmr.timezone_faults(report_timezone text) RETURNS text[]
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF report_timezone IS NULL OR report_timezone !~ '^[A-Za-z0-9_+/-]+$'
		OR report_timezone NOT IN ('UTC', 'GMT')
		   AND EXISTS (SELECT FROM pg_timezone_abbrevs WHERE abbrev = upper(report_timezone)) THEN
		RAISE invalid_parameter_value;
	END IF;
	PERFORM now() AT TIME ZONE report_timezone;
	RETURN '{}'::text[];
EXCEPTION WHEN invalid_parameter_value THEN
	RETURN ARRAY[format('Time zone "%s" is not a full name such as Europe/London.', report_timezone)];
END
$$;
COMMENT ON FUNCTION pmr.timezone_faults(text) IS 'internal: why a text is not the full name of a time zone';

/* The canonical columns of a relation: names, types and privileges. */
CREATE FUNCTION pmr.column_faults(relation regclass) RETURNS text[]
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	SELECT coalesce(array_agg(f.fault ORDER BY c.place, f.i), '{}')
	FROM pmr.source_column AS c
		LEFT JOIN pmr.relation_columns(relation) AS r ON r.column_name = c.column_name,
		LATERAL (VALUES
			(1, c.required AND r.kind IS NULL, format('Column "%s" is missing.', c.column_name)),
			(2, NOT pmr.is_of_kind(r.kind, c.kind), format('Column "%s" is of type %s; %s.', c.column_name, r.type_name,
				CASE
					WHEN c.column_name = 'srv' THEN 'an SRV must be text, because the number 7.10 is 7.1, another SRV'
					WHEN c.kind = 'time' THEN 'cast it to timestamptz in a view'
					WHEN c.kind IN ('integer', 'boolean') THEN format('cast it to %s in a view', c.kind)
					ELSE 'cast it to text in a view'
				END)),
			(3, NOT has_column_privilege(relation, r.place::smallint, 'SELECT'),
				format('You do not have the SELECT privilege on column "%s".', c.column_name))
		) AS f (i, wrong, fault)
	WHERE f.wrong;
END;
COMMENT ON FUNCTION pmr.column_faults(regclass) IS 'internal: faults of the canonical columns of a relation';

/* The factors, and the region among them. */
CREATE FUNCTION pmr.factor_faults(relation regclass, factors text[], region_factor text) RETURNS text[]
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	max_factors CONSTANT integer := 32;
	faults text[];
BEGIN
	IF array_ndims(factors) > 1 OR array_lower(factors, 1) <> 1 THEN
		RETURN ARRAY['The array of factors must have one dimension, and start at index 1.'];
	ELSIF factors IS NULL OR array_position(factors, NULL) IS NOT NULL THEN
		RETURN ARRAY['The array of factors must not be null or contain nulls.'];
	ELSIF cardinality(factors) > max_factors THEN
		RETURN ARRAY[format('There are %s factors; at most %s are allowed.', cardinality(factors), max_factors)];
	END IF;
	SELECT array_agg(f.fault ORDER BY f.i) INTO faults
	FROM (
		SELECT u.i,
			CASE
				WHEN count(*) OVER (PARTITION BY u.name) > 1 THEN format('Factor "%s" is named twice.', u.name)
				WHEN u.name = 'all' THEN 'Factor "all" has the name of the total; give the column another name in a view.'
				WHEN r.place IS NULL THEN format('Factor "%s" is not a column of the relation.', u.name)
				WHEN NOT has_column_privilege(relation, r.place::smallint, 'SELECT') THEN format('You do not have the SELECT privilege on factor "%s".', u.name)
			END AS fault
		FROM unnest(factors) WITH ORDINALITY AS u (name, i)
			LEFT JOIN pmr.relation_columns(relation) AS r ON r.column_name = u.name
	) AS f
	WHERE f.fault IS NOT NULL;
	IF region_factor IS NOT NULL AND region_factor <> ALL (factors) THEN
		faults := faults || format('The region factor "%s" is not one of the factors.', region_factor);
	END IF;
	RETURN coalesce(faults, '{}');
END
$$;
COMMENT ON FUNCTION pmr.factor_faults(regclass, text[], text) IS 'internal: faults of the factors of a source';

/*
 * The values of mode and device_generation in a sample.  It is a fault if no
 * value is known, and a warning if only some are.
 */
CREATE FUNCTION pmr.spelling_faults(relation regclass, name text, sample_rows integer) RETURNS text[]
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
	SET row_security = off
AS $$
DECLARE
	faults text[] := '{}';
	c record;
	known bigint;
	unknown text;
BEGIN
	FOR c IN
		SELECT r.column_name, r.as_text,
			CASE r.column_name WHEN 'mode' THEN '{on_demand,future_dated,dcc_scheduled,non_device}'::text[] ELSE '{smets1,smets2}'::text[] END AS known_values
		FROM pmr.relation_columns(relation) AS r
		WHERE r.column_name IN ('mode', 'device_generation')
	LOOP
		EXECUTE format('SELECT count(*) FILTER (WHERE v = ANY ($1)),
				left(string_agg(DISTINCT quote_literal(left(v, 60)) COLLATE "C", '', '') FILTER (WHERE v <> ALL ($1)), 400)
			FROM (SELECT %s FROM %s AS r LIMIT %s) AS r (v)', c.as_text, name, sample_rows)
			INTO known, unknown USING c.known_values;
		IF unknown IS NOT NULL AND known = 0 THEN
			faults := faults || format('No value of column "%s" is known: it holds %s, not %s. Translate the values in a view.',
				c.column_name, unknown, array_to_string(c.known_values, ', '));
		ELSIF unknown IS NOT NULL THEN
			RAISE WARNING 'column "%" of relation "%" has other values, which count as unknown: %', c.column_name, name, unknown;
		END IF;
	END LOOP;
	RETURN faults;
END
$$;
COMMENT ON FUNCTION pmr.spelling_faults(regclass, text, integer) IS 'internal: columns mode and device_generation of which no value in a sample is known';

/* The number of values of each factor in a sample. */
CREATE FUNCTION pmr.factor_value_faults(relation regclass, name text, factors text[], sample_rows integer) RETURNS text[]
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
	SET row_security = off
AS $$
DECLARE
	max_values CONSTANT integer := 1000;
	faults text[] := '{}';
	c record;
	number bigint;
BEGIN
	FOR c IN
		SELECT f.name, r.as_text
		FROM unnest(factors) AS f (name) JOIN pmr.relation_columns(relation) AS r ON r.column_name = f.name
	LOOP
		EXECUTE format('SELECT count(*) FROM (SELECT DISTINCT v FROM (SELECT %s FROM %s AS r LIMIT %s) AS r (v)) AS d', c.as_text, name, sample_rows)
			INTO number;
		IF number > max_values THEN
			faults := faults || format('Factor "%s" has %s values in the first %s rows, more than %s; group them in a view.', c.name, number, sample_rows, max_values);
		END IF;
	END LOOP;
	RETURN faults;
END
$$;
COMMENT ON FUNCTION pmr.factor_value_faults(regclass, text, text[], integer) IS 'internal: factors that have too many values in a sample';
