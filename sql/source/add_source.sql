/* Adding and removing a source */

/*
 * A CREATE VIEW over the relation that has the canonical columns.  It guesses by
 * the names and types of the relation's own columns.
 */
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
					WHEN 'due_at' THEN 'due|execut(e|ion)_'
					WHEN 'delivered_at' THEN 'deliver'
					WHEN 'request_id' THEN 'request_?id|sr_?id'
					WHEN 'command_variant' THEN 'variant'
					WHEN 'cancelled_at' THEN 'cancel'
					WHEN 'message_success' THEN 'message_?success|payload'
					WHEN 'executed_at' THEN 'executed'
					WHEN 'user_role' THEN 'role'
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
COMMENT ON FUNCTION pmr.view_draft(regclass) IS 'internal: draft of a view with the canonical columns over a relation, which the user must check';

CREATE FUNCTION pmr.add_source(source text, relation regclass, factors text[] DEFAULT '{}', report_timezone text DEFAULT 'UTC', region_factor text DEFAULT NULL, settle_after interval DEFAULT '35 days', count_copies boolean DEFAULT true, change_feed regclass DEFAULT NULL, changed_margin interval DEFAULT '1 hour')
	RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	sample_rows CONSTANT integer := 100000;
	own_name text := (SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace WHERE c.oid = add_source.relation);
	region text := coalesce(add_source.region_factor, CASE WHEN 'region' = ANY (add_source.factors) THEN 'region' END);
	column_names text[] := ARRAY(SELECT c.column_name FROM pmr.relation_columns(add_source.relation) AS c);
	time_column text;
	faults text[];
BEGIN
	IF add_source.source IS NULL OR add_source.source = '' THEN
		RAISE invalid_parameter_value USING MESSAGE = 'name of a source must not be empty';
	ELSIF add_source.relation IS NULL THEN
		RAISE invalid_parameter_value USING MESSAGE = format('relation of source "%s" must not be null', add_source.source);
	ELSIF own_name IS NULL THEN
		RAISE undefined_table USING MESSAGE = format('relation with OID %s does not exist', add_source.relation);
	ELSIF EXISTS (SELECT FROM pg_class AS k WHERE k.oid = add_source.relation AND k.relkind NOT IN ('r', 'p', 'f', 'v', 'm')) THEN
		RAISE wrong_object_type USING MESSAGE = format('"%s" is not a table or view', own_name);
	ELSIF EXISTS (SELECT FROM pmr.source AS s WHERE s.source = add_source.source) THEN
		RAISE duplicate_object USING MESSAGE = format('source "%s" already exists', add_source.source),
			HINT = format('pmr.drop_source(%L) removes it, with its rollups.', add_source.source);
	END IF;

	faults := pmr.relation_faults(add_source.relation, own_name) || pmr.timezone_faults(add_source.report_timezone);
	IF add_source.settle_after IS NULL OR add_source.settle_after < interval '0' OR add_source.settle_after > interval '100 years' THEN
		faults := faults || format('The value of settle_after, %s, is not between 0 and 100 years.', coalesce(add_source.settle_after::text, 'NULL'));
	END IF;
	IF add_source.count_copies IS NULL THEN
		faults := faults || 'The value of count_copies must not be null.'::text;
	ELSIF NOT add_source.count_copies AND 'request_id' <> ALL (column_names) THEN
		faults := faults || 'Column "request_id" is missing; without it copies cannot be found, so count_copies must be true.'::text;
	END IF;
	IF add_source.changed_margin IS NULL OR add_source.changed_margin < interval '0' OR add_source.changed_margin > interval '100 years' THEN
		faults := faults || format('The value of changed_margin, %s, is not between 0 and 100 years.', coalesce(add_source.changed_margin::text, 'NULL'));
	END IF;
	faults := faults || pmr.column_faults(add_source.relation) || pmr.feed_faults(add_source.change_feed)
		|| pmr.factor_faults(add_source.relation, add_source.factors, region);
	FOR time_column IN
		SELECT c.column_name
		FROM pmr.source_column AS c JOIN pmr.relation_columns(add_source.relation) AS r ON r.column_name = c.column_name
		WHERE c.kind = 'time' AND r.kind = 'timestamp'
		ORDER BY c.place
	LOOP
		RAISE NOTICE 'column "%" of relation "%" has no time zone and is taken as UTC', time_column, own_name;
	END LOOP;

	IF faults = '{}' THEN
		faults := pmr.spelling_faults(pmr.requesting_role(), add_source.relation, sample_rows)
			|| pmr.factor_value_faults(pmr.requesting_role(), add_source.relation, add_source.factors, sample_rows);
	END IF;

	IF faults <> '{}' THEN
		RAISE invalid_parameter_value USING
			MESSAGE = format('"%s" cannot be a source', own_name),
			DETAIL = array_to_string(faults, E'\n'),
			HINT = CASE WHEN EXISTS (SELECT FROM pmr.source_column AS c WHERE c.required AND c.column_name <> ALL (column_names))
				THEN E'Name the columns in a view. This draft guesses them, so check it:\n' || pmr.view_draft(add_source.relation)
				ELSE 'The view pmr.source_column lists the columns of a source and their types.' END;
	END IF;

	INSERT INTO pmr.source (source, relation, factors, region_factor, report_timezone, settle_after, count_copies, change_feed, changed_margin)
	VALUES (add_source.source, own_name, add_source.factors, region, add_source.report_timezone, add_source.settle_after, add_source.count_copies,
		(SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace WHERE c.oid = add_source.change_feed), add_source.changed_margin);
	PERFORM pmr.warn_of_superuser(add_source.relation, own_name);
	PERFORM pmr.warn_of_superuser(add_source.change_feed, add_source.change_feed::text);
	IF 'response_code' <> ALL (column_names) THEN
		RAISE NOTICE 'source "%" has no column response_code; every response counts as an answer, and success is not known', add_source.source;
	END IF;
END
$$;
COMMENT ON FUNCTION pmr.add_source(text, regclass, text[], text, text, interval, boolean, regclass, interval) IS 'makes an audit table, or a view over it, a source of reports; reports all faults of it in one error';

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
			HINT = 'Published months must be kept. pmr.withdraw(source, month) removes one.';
	END IF;
	DELETE FROM pmr.rollup_stratum AS r WHERE r.source = drop_source.source;
	DELETE FROM pmr.rollup_part AS r WHERE r.source = drop_source.source;
	DELETE FROM pmr.rollup_month AS r WHERE r.source = drop_source.source;
	DELETE FROM pmr.party_figure AS f WHERE f.source = drop_source.source;
END
$$;
COMMENT ON FUNCTION pmr.drop_source(text) IS 'removes a source and its rollups; does not change the audit table';
