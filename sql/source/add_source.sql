/* Adding and removing a source */

/* What a CREATE VIEW over the relation could look like. */
CREATE FUNCTION pmr.view_draft(relation regclass) RETURNS text
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	WITH own AS (
		SELECT *, lower(column_name) AS name FROM pmr.relation_columns(relation)
	), guess AS (
		SELECT c.place, c.column_name AS canonical, c.required,
			(SELECT o.column_name
			 FROM own AS o
			 WHERE (o.column_name = c.column_name OR o.name ~ CASE c.column_name
					WHEN 'party' THEN 'party|supplier|user|originator'
					WHEN 'srv' THEN 'srv|service_ref|variant'
					WHEN 'mode' THEN '(^|_)mode(_|$)'
					WHEN 'requested_at' THEN 'request|sent|submitted|received'
					WHEN 'responded_at' THEN 'respon|answer|completed'
					WHEN 'response_code' THEN 'respon.*code|result'
					WHEN 'device_generation' THEN 'generation|smets'
					WHEN 'qualifier' THEN 'qualif'
					WHEN 'business_process' THEN 'process'
					WHEN 'due_at' THEN 'due|execut'
					WHEN 'delivered_at' THEN 'deliver'
					WHEN 'request_id' THEN 'request_?id|sr_?id'
					WHEN 'command_variant' THEN 'variant'
					WHEN 'cancelled_at' THEN 'cancel'
					ELSE '^$' END)
			   AND (c.column_name = o.column_name OR pmr.is_of_kind(o.kind, c.kind))
			 ORDER BY o.column_name <> c.column_name, o.place
			 LIMIT 1) AS own_name
		FROM pmr.source_column AS c
	), line AS (
		SELECT 1 AS part, g.place,
			CASE
				WHEN g.own_name IS NULL THEN
					'NULL::' || CASE WHEN g.canonical LIKE '%\_at' THEN 'timestamptz' ELSE 'text' END || ' AS ' || g.canonical
				WHEN g.own_name = g.canonical THEN g.canonical
				ELSE format('%I AS %I', g.own_name, g.canonical)
			END AS item
		FROM guess AS g
		WHERE g.required OR g.own_name IS NOT NULL
		UNION ALL
		SELECT 2, o.place, quote_ident(o.column_name)
		FROM own AS o
		WHERE NOT EXISTS (SELECT FROM guess AS g WHERE o.column_name IN (g.own_name, g.canonical))
	)
	SELECT format(E'CREATE VIEW service_request AS\nSELECT  %s\nFROM    %s;',
		string_agg(item, E',\n        ' ORDER BY part, place), relation)
	FROM line;
END;
COMMENT ON FUNCTION pmr.view_draft(regclass) IS 'internal: draft of a view over a relation that has the canonical columns, made of its own columns: to be corrected by you';

CREATE FUNCTION pmr.add_source(source text, relation regclass, factors text[] DEFAULT '{}', report_timezone text DEFAULT 'UTC', region_factor text DEFAULT NULL, settle_after interval DEFAULT '35 days')
	RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
	SET row_security = off
AS $$
DECLARE
	max_factors CONSTANT integer := 32;
	max_values CONSTANT integer := 1000;
	sample_rows CONSTANT integer := 100000;
	own_name text := (SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace WHERE c.oid = add_source.relation);
	region text := coalesce(add_source.region_factor, CASE WHEN 'region' = ANY (add_source.factors) THEN 'region' END);
	faults text[] := '{}';
	missing text[] := '{}';
	c record;
	spelled text;
	known bigint;
	number bigint;
	other regclass;
BEGIN
	IF add_source.source IS NULL OR add_source.source = '' THEN
		RAISE invalid_parameter_value USING MESSAGE = 'name of a source must not be empty';
	ELSIF add_source.relation IS NULL THEN
		RAISE invalid_parameter_value USING MESSAGE = format('relation of source "%s" must not be null', add_source.source);
	ELSIF own_name IS NULL THEN
		RAISE undefined_table USING MESSAGE = format('relation %s does not exist', add_source.relation);
	ELSIF EXISTS (SELECT FROM pg_class AS k WHERE k.oid = add_source.relation AND k.relkind NOT IN ('r', 'p', 'f', 'v', 'm')) THEN
		RAISE wrong_object_type USING MESSAGE = format('%s is no table or view', own_name);
	ELSIF EXISTS (SELECT FROM pmr.source AS s WHERE s.source = add_source.source) THEN
		RAISE duplicate_object USING MESSAGE = format('source "%s" already exists', add_source.source),
			HINT = format('pmr.drop_source(%L) removes it, with its rollups.', add_source.source);
	END IF;

	/* what can be said before a row is read */
	SELECT o INTO other FROM pmr.untrusted_relation(add_source.relation) AS o;
	IF other IS NOT NULL THEN
		faults := faults || format('%s belongs to another role, whose functions would run with your rights: have it made by you, or by a superuser', other);
	END IF;
	IF EXISTS (SELECT FROM pg_class AS k WHERE k.oid = add_source.relation AND k.relpersistence = 't') THEN
		faults := faults || format('%s is temporary, and no other session could refresh it', own_name);
	END IF;
	IF NOT has_any_column_privilege(add_source.relation, 'SELECT') THEN
		faults := faults || format('you may not read %s: GRANT SELECT', own_name);
	ELSIF row_security_active(add_source.relation) THEN
		faults := faults || format('row security hides rows of %s from you: refresh as a role that has BYPASSRLS', own_name);
	END IF;
	/* not by looking into pg_timezone_names, which fails where a file of it is broken */
	BEGIN
		IF add_source.report_timezone IS NULL OR add_source.report_timezone !~ '^[A-Za-z0-9_+/-]+$'
			OR add_source.report_timezone NOT IN ('UTC', 'GMT')
			   AND EXISTS (SELECT FROM pg_timezone_abbrevs WHERE abbrev = upper(add_source.report_timezone)) THEN
			RAISE invalid_parameter_value;
		END IF;
		PERFORM now() AT TIME ZONE add_source.report_timezone;
	EXCEPTION WHEN invalid_parameter_value THEN
		faults := faults || format('time zone "%s" is not known by a full name such as Europe/London', add_source.report_timezone);
	END;
	IF add_source.settle_after IS NULL OR add_source.settle_after < interval '0' OR add_source.settle_after > interval '100 years' THEN
		faults := faults || format('settle_after %s is not a length of time', coalesce(add_source.settle_after::text, 'NULL'));
	END IF;

	FOR c IN
		SELECT s.column_name, s.kind, s.required, r.type_name, r.kind AS own_kind
		FROM pmr.source_column AS s LEFT JOIN pmr.relation_columns(add_source.relation) AS r USING (column_name)
		ORDER BY s.place
	LOOP
		IF c.own_kind IS NULL THEN
			IF c.required THEN
				missing := missing || c.column_name;
				faults := faults || format('column %I is missing', c.column_name);
			END IF;
		ELSIF NOT pmr.is_of_kind(c.own_kind, c.kind) THEN
			faults := faults || format('column %I is of type %s: %s', c.column_name, c.type_name, CASE
				WHEN c.column_name = 'srv' THEN 'an SRV must be text, as the number 7.10 is 7.1, another SRV'
				WHEN c.kind = 'time' THEN 'cast it to timestamptz in a view'
				WHEN c.kind = 'integer' THEN 'cast it to integer in a view'
				ELSE 'cast it to text in a view' END);
		ELSIF c.own_kind = 'timestamp' THEN
			RAISE NOTICE 'column % of % has no time zone and is taken as UTC', quote_ident(c.column_name), own_name;
		END IF;
		IF c.own_kind IS NOT NULL AND NOT has_column_privilege(add_source.relation, c.column_name, 'SELECT') THEN
			faults := faults || format('you may not read column %I: GRANT SELECT', c.column_name);
		END IF;
	END LOOP;

	IF array_ndims(add_source.factors) > 1 OR array_lower(add_source.factors, 1) <> 1 THEN
		faults := faults || 'factors must be an array of one dimension that starts at 1'::text;
	ELSIF add_source.factors IS NULL OR array_position(add_source.factors, NULL) IS NOT NULL THEN
		faults := faults || 'factors must not be null'::text;
	ELSIF cardinality(add_source.factors) > max_factors THEN
		faults := faults || format('%s factors are too many: name at most %s', cardinality(add_source.factors), max_factors);
	ELSE
		FOR c IN
			SELECT f.name, r.type_name, count(*) OVER (PARTITION BY f.name) > 1 AS twice
			FROM unnest(add_source.factors) WITH ORDINALITY AS f (name, i)
				LEFT JOIN pmr.relation_columns(add_source.relation) AS r ON r.column_name = f.name
			ORDER BY f.i
		LOOP
			IF c.twice THEN
				faults := faults || format('factor %I is named twice', c.name);
			ELSIF c.name = 'all' THEN
				faults := faults || 'factor "all" is the name of the total: give the column another name in a view'::text;
			ELSIF c.type_name IS NULL THEN
				faults := faults || format('factor %I is no column of the relation', c.name);
			ELSIF NOT has_column_privilege(add_source.relation, c.name, 'SELECT') THEN
				faults := faults || format('you may not read factor %I: GRANT SELECT', c.name);
			END IF;
		END LOOP;
		IF region IS NOT NULL AND region <> ALL (add_source.factors) THEN
			faults := faults || format('region_factor %I is not among the factors', region);
		END IF;
	END IF;

	/* what only rows can say, asked of the first ones */
	IF faults = '{}' THEN
		/* locked, and then judged again, as in source_relation */
		PERFORM pmr.lock_relation(own_name);
		IF to_regclass(own_name) IS DISTINCT FROM add_source.relation OR pmr.untrusted_relation(add_source.relation) IS NOT NULL THEN
			RAISE object_in_use USING MESSAGE = format('relation %s is being replaced', own_name);
		END IF;
		FOR c IN
			SELECT r.column_name, r.as_text,
				CASE r.column_name WHEN 'mode' THEN '{on_demand,future_dated,dcc_scheduled,non_device}'::text[] ELSE '{smets1,smets2}'::text[] END AS names
			FROM pmr.relation_columns(add_source.relation) AS r
			WHERE r.column_name IN ('mode', 'device_generation')
		LOOP
			EXECUTE format('SELECT count(*) FILTER (WHERE v = ANY ($1)), string_agg(DISTINCT quote_literal(left(v, 60)) COLLATE "C", '', '') FILTER (WHERE v <> ALL ($1))
				FROM (SELECT %s FROM %s AS r LIMIT %s) AS r (v)', c.as_text, own_name, sample_rows)
				INTO known, spelled USING c.names;
			IF spelled IS NOT NULL AND known = 0 THEN
				faults := faults || format('column %I holds %s: spell it %s, in a view', c.column_name, left(spelled, 400), array_to_string(c.names, ', '));
			ELSIF spelled IS NOT NULL THEN
				RAISE WARNING 'column % of % holds also %, which will count as unknown', quote_ident(c.column_name), own_name, left(spelled, 400);
			END IF;
		END LOOP;
		FOR c IN
			SELECT f.name, r.as_text
			FROM unnest(add_source.factors) AS f (name) JOIN pmr.relation_columns(add_source.relation) AS r ON r.column_name = f.name
		LOOP
			EXECUTE format('SELECT count(*) FROM (SELECT DISTINCT v FROM (SELECT %s FROM %s AS r LIMIT %s) AS r (v)) AS d', c.as_text, own_name, sample_rows)
				INTO number;
			IF number > max_values THEN
				faults := faults || format('factor %I has %s values among the first %s rows, more than %s: group them in a view', c.name, number, sample_rows, max_values);
			END IF;
		END LOOP;
	END IF;

	IF faults <> '{}' THEN
		RAISE invalid_parameter_value USING
			MESSAGE = format('%s cannot be a source', own_name),
			DETAIL = array_to_string(faults, E'.\n') || '.',
			HINT = CASE WHEN missing <> '{}'
				THEN E'Name the columns in a view, from this draft perhaps:\n' || pmr.view_draft(add_source.relation)
				ELSE 'SELECT * FROM pmr.source_column tells what is looked for.' END;
	END IF;

	INSERT INTO pmr.source (source, relation, factors, region_factor, report_timezone, settle_after)
	VALUES (add_source.source, own_name, add_source.factors, region, add_source.report_timezone, add_source.settle_after);
	IF NOT EXISTS (SELECT FROM pmr.relation_columns(add_source.relation) AS r WHERE r.column_name = 'response_code') THEN
		RAISE NOTICE 'without a column response_code every response is an answer, and success is not known';
	END IF;
END
$$;
COMMENT ON FUNCTION pmr.add_source(text, regclass, text[], text, text, interval) IS 'names an audit table, or a view over it, to make reports from; says all that is wrong with it at once';

CREATE FUNCTION pmr.drop_source(source text) RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	DELETE FROM pmr.source AS s WHERE s.source = drop_source.source;
	IF NOT FOUND THEN
		RAISE undefined_object USING MESSAGE = format('source "%s" does not exist', drop_source.source);
	ELSIF EXISTS (SELECT FROM pmr.publication AS p WHERE p.source = drop_source.source) THEN
		RAISE object_in_use USING MESSAGE = format('source "%s" has publications', drop_source.source),
			HINT = 'Published months are a record. pmr.withdraw(source, month) removes one.';
	END IF;
	DELETE FROM pmr.rollup AS r WHERE r.source = drop_source.source;
	DELETE FROM pmr.rollup_pair AS r WHERE r.source = drop_source.source;
	DELETE FROM pmr.rollup_month AS r WHERE r.source = drop_source.source;
END
$$;
COMMENT ON FUNCTION pmr.drop_source(text) IS 'removes a source and its rollups; the audit table is not touched';
