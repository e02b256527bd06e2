/*
 * compare.sql
 *		Compares whole catalogs of two databases.
 *
 * A fact is a row of a catalog or of a user's table, as text.  OIDs differ
 * between databases, so each is replaced by the name of its object; an expression
 * is replaced by its text.  Everything is compared except what is listed here.  A
 * catalog column that a later PostgreSQL adds is compared too, or raises an error
 * if its type is not known here.
 *
 * Both databases are made from a template that has this script loaded:
 *
 *		base=# \i compare.sql
 *		fresh=# COPY (SELECT * FROM compare.facts()) TO 'FILE';
 *		updated=# COPY compare.other FROM 'FILE';
 *		updated=# SELECT * FROM compare.differences();
 */
CREATE SCHEMA compare;
CREATE TABLE compare.other (catalog text, fact text);

/* Columns that are not compared. */
CREATE TABLE compare.ignored (catalog regclass, columns text[], why text);
INSERT INTO compare.ignored VALUES
	('pg_class', '{relfilenode,relrewrite,relfrozenxid,relminmxid}', 'physical storage of a relation'),
	('pg_class', '{relpages,reltuples,relallvisible,relallfrozen}', 'statistics of its size'),
	('pg_class', '{relhasindex,relhasrules,relhastriggers,relhassubclass}', 'may stay true when the last one is dropped'),
	('pg_class', '{relnatts}', 'counts dropped columns'),
	('pg_attribute', '{attcacheoff,atthasmissing,attmissingval}', 'physical storage of a row'),
	('pg_index', '{indcheckxmin}', 'temporary, until old snapshots end');

/* How to get the text of an expression. */
CREATE TABLE compare.expression (catalog text, column_name text, text_of text);
INSERT INTO compare.expression VALUES
	('pg_attrdef', 'adbin', 'pg_get_expr(adbin, adrelid)'),
	('pg_class', 'relpartbound', 'pg_get_expr(relpartbound, oid)'),
	('pg_constraint', 'conbin', 'pg_get_expr(conbin, conrelid)'),
	('pg_index', 'indexprs', 'pg_get_expr(indexprs, indrelid)'),
	('pg_index', 'indpred', 'pg_get_expr(indpred, indrelid)'),
	('pg_partitioned_table', 'partexprs', 'pg_get_expr(partexprs, partrelid)'),
	('pg_policy', 'polqual', 'pg_get_expr(polqual, polrelid)'),
	('pg_policy', 'polwithcheck', 'pg_get_expr(polwithcheck, polrelid)'),
	('pg_proc', 'proargdefaults', 'pg_get_expr(proargdefaults, 0)'),
	('pg_proc', 'prosqlbody', 'pg_get_function_sqlbody(oid)'),
	('pg_publication_rel', 'prqual', 'pg_get_expr(prqual, prrelid)'),
	('pg_rewrite', 'ev_action', 'pg_get_ruledef(oid)'),
	('pg_rewrite', 'ev_qual', 'NULL'),				-- in that of ev_action
	('pg_statistic_ext', 'stxexprs', 'pg_get_expr(stxexprs, stxrelid)'),
	('pg_trigger', 'tgqual', 'pg_get_triggerdef(oid)'),
	('pg_type', 'typdefaultbin', 'pg_get_expr(typdefaultbin, 0)');

/* The name of the object with this OID in a catalog. */
CREATE FUNCTION compare.name_of(catalog oid, object oid, sub integer) RETURNS text
	LANGUAGE sql STABLE
RETURN CASE WHEN object <> 0 THEN
	(SELECT coalesce(min(identity), 'missing') FROM pg_identify_object(catalog, object, sub)) END;

CREATE FUNCTION compare.names_of(catalog oid, objects oid[]) RETURNS text[]
	LANGUAGE sql STABLE
RETURN (SELECT array_agg(compare.name_of(catalog, object, 0) ORDER BY i)
	FROM unnest(objects) WITH ORDINALITY AS o (object, i));

CREATE FUNCTION compare.columns_of(relation oid, numbers smallint[]) RETURNS text[]
	LANGUAGE sql STABLE
RETURN (SELECT array_agg(attname ORDER BY i)
	FROM unnest(numbers) WITH ORDINALITY AS n (number, i)
		LEFT JOIN pg_attribute ON attrelid = relation AND attnum = number);

/* An SQL expression that gives the value of a catalog column as text. */
CREATE FUNCTION compare.words_for(catalog text, column_name text, type regtype) RETURNS text
	LANGUAGE plpgsql STABLE AS $$
DECLARE
	key record;
	words text;
BEGIN
	IF type = 'pg_node_tree'::regtype THEN
		SELECT e.text_of INTO STRICT words FROM compare.expression AS e
		WHERE e.catalog = words_for.catalog AND e.column_name = words_for.column_name;
		RETURN words;
	ELSIF catalog = 'pg_attribute' AND column_name = 'attnum' THEN
		RETURN '(SELECT count(*) FROM pg_attribute AS a WHERE a.attrelid = c.attrelid AND a.attnum <= c.attnum AND NOT a.attisdropped)';
	ELSIF catalog = 'pg_extension' AND column_name = 'extconfig' THEN
		/* with its condition, in any order */
		RETURN '(SELECT array_agg(concat(r::regclass, '' '', s) ORDER BY r::regclass::text) FROM unnest(extconfig, extcondition) AS e (r, s))';
	ELSIF catalog = 'pg_extension' AND column_name = 'extcondition' THEN
		RETURN 'NULL';
	ELSIF column_name ~ '^(ref)?obj(id|oid)$' THEN
		/* pg_depend, pg_description and the like: of any catalog */
		RETURN format('compare.name_of(%I, %I, %s)',
			CASE column_name WHEN 'objoid' THEN 'classoid' WHEN 'objid' THEN 'classid' ELSE 'refclassid' END, column_name,
			CASE WHEN catalog = 'pg_shdepend' AND column_name = 'refobjid' THEN '0'
				ELSE CASE column_name WHEN 'refobjid' THEN 'refobjsubid' ELSE 'objsubid' END END);
	ELSIF column_name ~ '^(ref)?objsubid$' THEN
		RETURN 'NULL';
	ELSIF column_name = 'attoptions' THEN
		/* minor releases since November 2026 store there when a column was added */
		RETURN '(SELECT array_agg(o ORDER BY o) FROM unnest(attoptions) AS o WHERE o !~ ''^pg_attver='')';
	ELSIF type = 'aclitem[]'::regtype THEN
		RETURN format('(SELECT array_agg(a::text ORDER BY a::text) FROM unnest(%I) AS a)', column_name);
	END IF;

	SELECT * INTO key FROM pg_get_catalog_foreign_keys()
	WHERE fktable = format('pg_catalog.%I', catalog)::regclass AND fkcols[cardinality(fkcols)] = column_name;
	IF key.pktable = 'pg_attribute'::regclass THEN
		RETURN format(CASE WHEN key.is_array THEN 'compare.columns_of(%I, %I::int2[])' ELSE 'compare.columns_of(%I, ARRAY[%I])' END,
			key.fkcols[1], column_name);
	ELSIF key.pktable IS NOT NULL AND key.pkcols = '{oid}' THEN
		RETURN format(CASE WHEN key.is_array THEN 'compare.names_of(%L::regclass, %I::oid[])' ELSE 'compare.name_of(%L::regclass, %I, 0)' END,
			key.pktable, column_name);
	ELSIF type IN ('oid', 'regproc', 'oid[]', 'oidvector') THEN
		RAISE 'cannot tell what %.% refers to', catalog, column_name;
	END IF;
	RETURN quote_ident(column_name) || '::text';
END
$$;

/*
 * The facts of one catalog.  The rows of PostgreSQL's own objects, and of those
 * that the template has, become one checksum: their OIDs are equal in both
 * databases.
 */
CREATE FUNCTION compare.facts_of(catalog regclass) RETURNS SETOF compare.other
	LANGUAGE plpgsql STABLE AS $$
DECLARE
	words text;
	same text;
	new text;
BEGIN
	SELECT string_agg(format('%L, %s', attname, compare.words_for(relname, attname, atttypid)), ', ' ORDER BY attnum) FILTER (WHERE attname <> 'oid'),
		string_agg(format('%I::text', attname), ', ' ORDER BY attnum),
		string_agg(format('%I::oid > %s', attname, (SELECT max(oid) FROM pg_type WHERE typnamespace = 'compare'::regnamespace)), ' OR ')
			FILTER (WHERE atttypid IN ('oid'::regtype, 'regproc'::regtype))
	INTO words, same, new
	FROM pg_class AS c JOIN pg_attribute ON attrelid = c.oid
	WHERE c.oid = facts_of.catalog AND attnum > 0
		AND NOT EXISTS (SELECT FROM compare.ignored AS i WHERE i.catalog = facts_of.catalog AND attname = ANY (columns));
	RETURN QUERY EXECUTE format(
		$query$
		WITH c AS MATERIALIZED (SELECT *, %3$s AS is_new FROM %1$s AS c WHERE %4$s)
		SELECT %1$L, 'of PostgreSQL: ' || count(*) || ' ' || coalesce(sum(hashtextextended(concat_ws(chr(1), %2$s), 0)), 0)
		FROM c WHERE is_new IS NOT TRUE
		UNION ALL
		SELECT %1$L, regexp_replace(jsonb_strip_nulls(jsonb_build_object(%5$s))::text, '(pg_toast|RI_ConstraintTrigger_[ac])_\d+', '\1', 'g')
		FROM c WHERE is_new
		$query$,
		catalog, same, coalesce(new, 'false'),
		CASE catalog::text WHEN 'pg_attribute' THEN 'NOT attisdropped'
			WHEN 'pg_shdepend' THEN 'dbid = (SELECT oid FROM pg_database WHERE datname = current_database())' ELSE 'true' END,
		words);
END
$$;

CREATE FUNCTION compare.facts() RETURNS SETOF compare.other
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog SET timezone = 'UTC' SET datestyle = 'ISO' SET extra_float_digits = 1
	AS $$
DECLARE
	relation record;
BEGIN
	FOR relation IN
		SELECT oid, relnamespace = 'pg_catalog'::regnamespace AS is_catalog, quote_ident(relnamespace::regnamespace::text) || '.' || quote_ident(relname) AS name
		FROM pg_class
		WHERE relkind IN ('r', 'm', 'S') AND relnamespace NOT IN ('pg_toast'::regnamespace, 'information_schema'::regnamespace, 'compare'::regnamespace)
			AND (NOT relisshared OR relname = 'pg_shdepend')
			AND relname NOT IN ('pg_statistic', 'pg_statistic_ext_data')	-- made by ANALYZE
	LOOP
		IF relation.is_catalog THEN
			RETURN QUERY SELECT * FROM compare.facts_of(relation.oid);
		ELSE
			RETURN QUERY EXECUTE format('SELECT %L, ROW(r.*)::text FROM %s AS r', relation.name, relation.name);
		END IF;
	END LOOP;
END
$$;

/* The facts that only one of the databases has. */
CREATE FUNCTION compare.differences() RETURNS TABLE (only_in text, catalog text, fact text)
	LANGUAGE sql STABLE AS $$
	WITH here AS MATERIALIZED (SELECT * FROM compare.facts())
	SELECT 'this', d.* FROM (SELECT * FROM here EXCEPT ALL SELECT * FROM compare.other) AS d
	UNION ALL
	SELECT 'other', d.* FROM (SELECT * FROM compare.other EXCEPT ALL SELECT * FROM here) AS d
	ORDER BY 2, 3, 1
$$;
