/* Sources: the tables and views that reports are made from, and their columns */

CREATE TABLE pmr.source (
	source text NOT NULL PRIMARY KEY CHECK (source <> ''),
	relation text NOT NULL,
	factors text[] NOT NULL DEFAULT '{}' CHECK (array_position(factors, NULL) IS NULL),
	region_factor text CHECK (region_factor IS NULL OR region_factor = ANY (factors)),
	report_timezone text NOT NULL DEFAULT 'UTC',
	settle_after interval NOT NULL DEFAULT '35 days' CHECK (settle_after >= interval '0' AND settle_after <= interval '100 years'),
	count_copies boolean NOT NULL DEFAULT true,
	change_feed text,
	changed_margin interval NOT NULL DEFAULT '1 hour' CHECK (changed_margin >= interval '0' AND changed_margin <= interval '100 years')
);
SELECT pg_extension_config_dump('pmr.source', '');
COMMENT ON TABLE pmr.source IS 'audit tables, or views over them, that reports are made from';
COMMENT ON COLUMN pmr.source.source IS 'name of the source, chosen by the user';
COMMENT ON COLUMN pmr.source.relation IS 'table or view: schema and name, quoted where needed';
COMMENT ON COLUMN pmr.source.factors IS 'columns whose values divide the requests in reports and diagnosis; empty: none';
COMMENT ON COLUMN pmr.source.region_factor IS 'the factor that holds the region, for comparison at an equal mix; NULL: none';
COMMENT ON COLUMN pmr.source.report_timezone IS 'time zone in which days and months begin; a full name such as Europe/London';
COMMENT ON COLUMN pmr.source.settle_after IS 'how long after its end a month stays open for late rows and late responses';
COMMENT ON COLUMN pmr.source.count_copies IS 'true: each row counts; false: of rows that have the same request_id only one counts';
COMMENT ON COLUMN pmr.source.change_feed IS 'table or view with columns changed_at and requested_at: when rows of which times were written; NULL: the source tells in its own column changed_at, or not at all';
COMMENT ON COLUMN pmr.source.changed_margin IS 'how much earlier than the time of its commit changed_at of a row may be';

CREATE VIEW pmr.source_column AS
	SELECT *
	FROM (VALUES
		(1, 'party', 'text', true, 'SEC Party that sent the request'),
		(2, 'srv', 'text', true, 'Service Reference Variant'),
		(3, 'mode', 'text', true, 'on_demand, future_dated, dcc_scheduled or non_device'),
		(4, 'requested_at', 'time', true, 'when the request was received'),
		(5, 'responded_at', 'time', true, 'when the response came; NULL: none came'),
		(6, 'response_code', 'text', false, 'response code; without this column success is not known'),
		(7, 'device_generation', 'text', false, 'smets1 or smets2'),
		(8, 'qualifier', 'text', false, 'kind of request that its body decides, such as key_agreement'),
		(9, 'business_process', 'text', false, 'the business process that the request was part of'),
		(10, 'due_at', 'time', false, 'execution time of a future-dated or scheduled request: when it starts'),
		(11, 'delivered_at', 'time', false, 'when the last Communications Hub Function had the image (SRV 11.1)'),
		(12, 'request_id', 'id', false, 'RequestID, to find copies of a request'),
		(13, 'command_variant', 'integer', false, '4 is a pre-command, 2 and 6 are local commands; any other is a request'),
		(14, 'cancelled_at', 'time', false, 'when the request was cancelled'),
		(15, 'device_id', 'id', false, 'Device; read only if it is a factor'),
		(16, 'user_role', 'text', false, 'user role of the sender, such as IS; some targets depend on it'),
		(17, 'message_success', 'boolean', false, 'MessageSuccess of the payload; false: the Device did not do it'),
		(18, 'executed_at', 'time', false, 'when the Device had executed a future-dated command, or had failed'),
		(19, 'execution_success', 'boolean', false, 'false: the Device failed to execute a future-dated command'),
		(20, 'instructions_done', 'integer', false, 'instructions of it that the Device has executed'),
		(21, 'instructions_total', 'integer', false, 'number of its instructions'),
		(22, 'changed_at', 'time', false, 'when the row was last written; lets refresh read only days with changed rows')
	) AS canonical (place, column_name, kind, required, description);
COMMENT ON VIEW pmr.source_column IS 'canonical columns: the columns that add_source looks for in a relation';
COMMENT ON COLUMN pmr.source_column.place IS 'position in this list, from 1';
COMMENT ON COLUMN pmr.source_column.column_name IS 'name that the column must have in a source';
COMMENT ON COLUMN pmr.source_column.kind IS 'text: text, varchar, char or an enum; time: timestamptz, or timestamp in UTC; integer: smallint, integer or bigint; boolean; id: text or uuid';
COMMENT ON COLUMN pmr.source_column.required IS 'true: a source must have this column';
COMMENT ON COLUMN pmr.source_column.description IS 'meaning of the values';

/* NULL if the relation has no such column, so own_kind is NULL. */
CREATE FUNCTION pmr.is_of_kind(own_kind text, kind text) RETURNS boolean
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	RETURN CASE kind
		WHEN 'time' THEN own_kind IN ('timestamptz', 'timestamp')
		WHEN 'id' THEN own_kind IN ('text', 'uuid')
		ELSE own_kind = kind
	END;
COMMENT ON FUNCTION pmr.is_of_kind(text, text) IS 'internal: whether a column of kind own_kind can be a canonical column of this kind';

/*
 * The columns of a relation.  kind is that of the base type of a domain.
 * as_text is an expression over the relation as r; it does not cast a type that
 * is not built in, because a cast may run a function of the type's owner.
 */
CREATE FUNCTION pmr.relation_columns(relation regclass)
	RETURNS TABLE (place integer, column_name text, type_name text, kind text, as_text text)
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	WITH RECURSIVE base (attnum, attname, type_name, typid) AS (
		SELECT a.attnum, a.attname, format_type(a.atttypid, a.atttypmod), a.atttypid
		FROM pg_attribute AS a
		WHERE a.attrelid = relation AND a.attnum > 0 AND NOT a.attisdropped
		UNION ALL
		SELECT b.attnum, b.attname, b.type_name, t.typbasetype
		FROM base AS b JOIN pg_type AS t ON t.oid = b.typid
		WHERE t.typtype = 'd'
	)
	SELECT b.attnum::integer, b.attname::text, b.type_name,
		CASE
			WHEN t.typtype = 'e' OR t.oid IN ('text'::regtype, 'varchar'::regtype, 'bpchar'::regtype, 'name'::regtype) THEN 'text'
			WHEN t.oid IN ('timestamptz'::regtype, 'timestamp'::regtype) THEN t.typname::text
			WHEN t.oid IN ('int2'::regtype, 'int4'::regtype, 'int8'::regtype) THEN 'integer'
			WHEN t.oid = 'boolean'::regtype THEN 'boolean'
			WHEN t.oid = 'uuid'::regtype THEN 'uuid'
			ELSE 'other'
		END,
		CASE WHEN t.typnamespace = 'pg_catalog'::regnamespace THEN format('r.%I::text', b.attname)
			ELSE format('CASE WHEN r.%1$I IS DISTINCT FROM NULL THEN format(''%%s'', r.%1$I) END', b.attname) END
	FROM base AS b JOIN pg_type AS t ON t.oid = b.typid
	WHERE t.typtype <> 'd'
	ORDER BY b.attnum;
END;
COMMENT ON FUNCTION pmr.relation_columns(regclass) IS 'internal: columns of a relation, the kinds of their types, and expressions that read them as text';

/* The time at which a day begins in the time zone of a source. */
CREATE FUNCTION pmr.day_start(source text, day date) RETURNS timestamp with time zone
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	SELECT day::timestamp AT TIME ZONE s.report_timezone FROM pmr.source AS s WHERE s.source = day_start.source;
END;
COMMENT ON FUNCTION pmr.day_start(text, date) IS 'internal: time at which a day begins in the time zone of a source';
