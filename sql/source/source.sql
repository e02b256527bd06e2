/* Sources: the relations that reports are made from, and their columns */

CREATE TABLE pmr.source (
	source text NOT NULL PRIMARY KEY CHECK (source <> ''),
	relation text NOT NULL,
	factors text[] NOT NULL DEFAULT '{}' CHECK (array_position(factors, NULL) IS NULL),
	region_factor text CHECK (region_factor IS NULL OR region_factor = ANY (factors)),
	report_timezone text NOT NULL DEFAULT 'UTC',
	settle_after interval NOT NULL DEFAULT '35 days' CHECK (settle_after >= interval '0' AND settle_after <= interval '100 years')
);
SELECT pg_extension_config_dump('pmr.source', '');
COMMENT ON TABLE pmr.source IS 'audit tables that reports are made from';
COMMENT ON COLUMN pmr.source.relation IS 'table or view, with its schema, quoted where needed';
COMMENT ON COLUMN pmr.source.factors IS 'columns that requests are told apart by';
COMMENT ON COLUMN pmr.source.region_factor IS 'the factor that is the region of an equal mix';
COMMENT ON COLUMN pmr.source.report_timezone IS 'time zone of days and months';
COMMENT ON COLUMN pmr.source.settle_after IS 'how long after its end a month stays open to late rows and late responses';

CREATE VIEW pmr.source_column AS
	SELECT *
	FROM (VALUES
		(1, 'party', 'text', true, 'who sent the request'),
		(2, 'srv', 'text', true, 'Service Reference Variant'),
		(3, 'mode', 'text', true, 'on_demand, future_dated, dcc_scheduled or non_device'),
		(4, 'requested_at', 'time', true, 'when the request was received'),
		(5, 'responded_at', 'time', true, 'when the response came; NULL: none came'),
		(6, 'response_code', 'text', false, 'response code; without it nothing is known of success'),
		(7, 'device_generation', 'text', false, 'smets1 or smets2'),
		(8, 'qualifier', 'text', false, 'what the body of the request decides'),
		(9, 'business_process', 'text', false, 'the business process that the request was part of'),
		(10, 'due_at', 'time', false, 'execution time of a future-dated or scheduled request, its start'),
		(11, 'delivered_at', 'time', false, 'when the last Communications Hub Function had the image (11.1)'),
		(12, 'request_id', 'id', false, 'RequestID, for finding duplicates'),
		(13, 'command_variant', 'integer', false, '1 to 8; 4 is a pre-command, 2 and 6 are local'),
		(14, 'cancelled_at', 'time', false, 'when the request was cancelled'),
		(15, 'device_id', 'id', false, 'the Device'),
		(16, 'user_role', 'text', false, 'user role of the sender')
	) AS canonical (place, column_name, kind, required, description);
COMMENT ON VIEW pmr.source_column IS 'canonical columns: what add_source looks for in a relation';
COMMENT ON COLUMN pmr.source_column.place IS 'order';
COMMENT ON COLUMN pmr.source_column.column_name IS 'name that the column of a source must have';
COMMENT ON COLUMN pmr.source_column.kind IS 'text: text, varchar, char or an enum; time: timestamptz, or timestamp in UTC; integer: smallint, integer or bigint; id: text or uuid';
COMMENT ON COLUMN pmr.source_column.required IS 'a source must have it';
COMMENT ON COLUMN pmr.source_column.description IS 'what it holds';

/* Is a column's own kind what a canonical column asks for?  NULL: there is none. */
CREATE FUNCTION pmr.is_of_kind(own_kind text, kind text) RETURNS boolean
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	RETURN CASE kind
		WHEN 'time' THEN own_kind IN ('timestamptz', 'timestamp')
		WHEN 'id' THEN own_kind IN ('text', 'uuid')
		ELSE own_kind = kind
	END;
COMMENT ON FUNCTION pmr.is_of_kind(text, text) IS 'internal: does the kind of a column do for a canonical one';

/*
 * The columns of a relation, with the kind of their type seen through domains,
 * and how to read them as text from the relation as r: a cast of a type that is
 * not built in would run what the type's owner wrote for it.
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
			WHEN t.oid = 'uuid'::regtype THEN 'uuid'
			ELSE 'other'
		END,
		CASE WHEN t.typnamespace = 'pg_catalog'::regnamespace THEN format('r.%I::text', b.attname)
			ELSE format('CASE WHEN r.%1$I IS DISTINCT FROM NULL THEN format(''%%s'', r.%1$I) END', b.attname) END
	FROM base AS b JOIN pg_type AS t ON t.oid = b.typid
	WHERE t.typtype <> 'd'
	ORDER BY b.attnum;
END;
COMMENT ON FUNCTION pmr.relation_columns(regclass) IS 'internal: columns of a relation and the kinds of their types';

/* The time at which a date begins in a source's time zone. */
CREATE FUNCTION pmr.day_start(source text, day date) RETURNS timestamp with time zone
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	SELECT day::timestamp AT TIME ZONE s.report_timezone FROM pmr.source AS s WHERE s.source = day_start.source;
END;
COMMENT ON FUNCTION pmr.day_start(text, date) IS 'internal: time at which a day of a source begins';
