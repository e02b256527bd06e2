/* Checks of a source: each function returns the faults that it finds */

/* The owner and the persistence of a relation. */
CREATE FUNCTION pmr.relation_faults(relation regclass, name text) RETURNS text[]
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	SELECT coalesce(array_agg(f.fault ORDER BY f.i), '{}')
	FROM pg_class AS c,
		LATERAL (VALUES
			(1, NOT pg_has_role(c.relowner, 'USAGE'),
				format('Relation "%s" belongs to a role that you are not a member of; use a view over it.', name)),
			(2, c.relpersistence = 't',
				format('Relation "%s" is temporary, so other sessions could not refresh it.', name))
		) AS f (i, wrong, fault)
	WHERE c.oid = relation AND f.wrong;
END;
COMMENT ON FUNCTION pmr.relation_faults(regclass, text) IS 'internal: reasons why the current user cannot use a relation as a source';

/*
 * Functions in relations below a view, and in their indexes and constraints,
 * run as the owner of the view.  It is only a warning: the view's owner has
 * chosen to read them.
 */
CREATE FUNCTION pmr.warn_of_superuser(relation regclass, name text) RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	other regclass;
BEGIN
	WITH RECURSIVE below (oid) AS (
		SELECT c.oid FROM pg_class AS c JOIN pg_roles AS o ON o.oid = c.relowner WHERE c.oid = relation AND o.rolsuper
		UNION
		SELECT n.oid
		FROM below AS b, LATERAL (
			SELECT d.refobjid FROM pg_rewrite AS r
				JOIN pg_depend AS d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid AND d.refclassid = 'pg_class'::regclass
			WHERE r.ev_class = b.oid
			UNION ALL
			SELECT i.inhrelid FROM pg_inherits AS i WHERE i.inhparent = b.oid
		) AS n (oid)
	)
	SELECT b.oid::regclass INTO other
	FROM below AS b JOIN pg_class AS c ON c.oid = b.oid JOIN pg_roles AS o ON o.oid = c.relowner
	WHERE NOT o.rolsuper
	ORDER BY b.oid
	LIMIT 1;
	IF FOUND THEN
		RAISE WARNING 'code of the owner of "%" can run as a superuser, who owns "%"', other, name
			USING HINT = 'Let a role own the source that has no privilege but to read these tables.';
	END IF;
END
$$;
COMMENT ON FUNCTION pmr.warn_of_superuser(regclass, text) IS 'internal: warning if a relation of a superuser reads relations of other roles';

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

/* The canonical columns of a relation: names and types. */
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
				END))
		) AS f (i, wrong, fault)
	WHERE f.wrong;
END;
COMMENT ON FUNCTION pmr.column_faults(regclass) IS 'internal: faults of the canonical columns of a relation';

CREATE FUNCTION pmr.feed_faults(change_feed regclass) RETURNS text[]
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	SELECT coalesce(pmr.relation_faults(change_feed, change_feed::text), '{}') || coalesce(array_agg(f.fault ORDER BY f.i), '{}')
	FROM (
			SELECT 0 AS i, format('Change feed "%s" is not a table or view.', change_feed) AS fault
			FROM pg_class AS c WHERE c.oid = change_feed AND c.relkind NOT IN ('r', 'p', 'f', 'v', 'm')
			UNION ALL
			SELECT c.i, format('Column "%s" of the change feed is missing, or not a timestamptz or timestamp.', c.name)
			FROM unnest(ARRAY['changed_at', 'requested_at']) WITH ORDINALITY AS c (name, i)
				LEFT JOIN pmr.relation_columns(change_feed) AS r ON r.column_name = c.name
			WHERE change_feed IS NOT NULL AND NOT coalesce(pmr.is_of_kind(r.kind, 'time'), false)
		) AS f;
END;
COMMENT ON FUNCTION pmr.feed_faults(regclass) IS 'internal: faults of a change feed';

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
CREATE FUNCTION pmr.spelling_faults(role pmr.requesting_role, relation regclass, sample_rows integer) RETURNS text[]
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
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
		SELECT v.known, v.unknown INTO known, unknown
		FROM pmr.read_as_owner(pmr.role_oid(role), relation, format('SELECT count(*) FILTER (WHERE v = ANY ($1)),
				left(string_agg(DISTINCT quote_literal(left(v, 60)) COLLATE "C", '', '') FILTER (WHERE v <> ALL ($1)), 400)
			FROM (SELECT %s FROM %s AS r LIMIT $2) AS r (v)', c.as_text, relation), c.known_values, sample_rows) AS v (known bigint, unknown text);
		IF unknown IS NOT NULL AND known = 0 THEN
			faults := faults || format('No value of column "%s" is known: it holds %s, not %s. Translate the values in a view.',
				c.column_name, unknown, array_to_string(c.known_values, ', '));
		ELSIF unknown IS NOT NULL THEN
			RAISE WARNING 'column "%" of relation "%" has other values, which count as unknown: %', c.column_name, relation, unknown;
		END IF;
	END LOOP;
	RETURN faults;
END
$$;
COMMENT ON FUNCTION pmr.spelling_faults(pmr.requesting_role, regclass, integer) IS 'internal: columns mode and device_generation of which no value in a sample is known';

/* The number of values of each factor in a sample. */
CREATE FUNCTION pmr.factor_value_faults(role pmr.requesting_role, relation regclass, factors text[], sample_rows integer) RETURNS text[]
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
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
		SELECT v.number INTO number
		FROM pmr.read_as_owner(pmr.role_oid(role), relation,
			format('SELECT count(*) FROM (SELECT DISTINCT v FROM (SELECT %s FROM %s AS r LIMIT $1) AS r (v)) AS d', c.as_text, relation), sample_rows) AS v (number bigint);
		IF number > max_values THEN
			faults := faults || format('Factor "%s" has %s values in the first %s rows, more than %s; group them in a view.', c.name, number, sample_rows, max_values);
		END IF;
	END LOOP;
	RETURN faults;
END
$$;
COMMENT ON FUNCTION pmr.factor_value_faults(pmr.requesting_role, regclass, text[], integer) IS 'internal: factors that have too many values in a sample';
