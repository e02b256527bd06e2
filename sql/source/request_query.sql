/* The rows of a source as requests */

/* The SRVs whose requests are answered by a delivery. */
CREATE FUNCTION pmr.delivered_srvs() RETURNS text[]
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	SELECT coalesce(array_agg(srv ORDER BY srv), '{}')
	FROM pmr.current_service_reference_variant
	WHERE answered_by = 'delivery';
END;
COMMENT ON FUNCTION pmr.delivered_srvs() IS 'internal: SRVs whose requests are answered by a delivery';

/*
 * A key short enough for an index and a report.  Different keys stay different.
 * md5() fails on servers in FIPS mode.  The cast to bytea gives the bytes of the
 * text in the encoding of the database; convert_to() is not immutable.
 */
CREATE FUNCTION pmr.short_key(key text) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	RETURN CASE WHEN octet_length(key) <= 200 THEN key
		ELSE left(key, 40) || '~' || left(encode(sha256(replace(key COLLATE "C", E'\\', E'\\\\')::bytea), 'hex'), 32) END;
COMMENT ON FUNCTION pmr.short_key(text) IS 'internal: the key itself; if it is longer than 200 bytes, its first 40 characters and the first 128 bits of its SHA-256';

/*
 * When a request started, when it was answered, and with which outcome.
 *
 * - Pre-commands, commands for local delivery and cancelled requests have
 *   outcomes of their own.
 * - A future-dated or scheduled request starts at its execution time.  If it
 *   was rejected before that time, it starts when it was sent.
 * - If the mode is unknown and due_at is given, the start is not known.
 * - A request that is answered by a delivery is answered at delivered_at,
 *   unless it was rejected.  If the source has no delivered_at, its start
 *   is NULL, so it is not measured, and the response answers it.
 *
 * The planner must be able to inline this function: no SET, not STRICT.
 */
CREATE FUNCTION pmr.request_outcome(srv text, mode text, device_generation text, command_variant bigint, response_class text,
		requested_at timestamp with time zone, due_at timestamp with time zone, cancelled_at timestamp with time zone,
		responded_at timestamp with time zone, response_at timestamp with time zone, delivered_at timestamp with time zone,
		by_delivery boolean, delivery_known boolean, as_of timestamp with time zone)
	RETURNS TABLE (started_at timestamp with time zone, answered_at timestamp with time zone, outcome text)
	LANGUAGE sql STABLE ROWS 1
BEGIN ATOMIC
	SELECT t.started_at, t.answered_at,
		CASE
			WHEN command_variant = 4 THEN 'pre_command'
			WHEN command_variant IN (2, 6) THEN 'local_command'
			WHEN isfinite(cancelled_at) AND (cancelled_at < due_at) IS NOT FALSE
				 AND response_class IS DISTINCT FROM 'success' THEN 'cancelled'
			ELSE pmr.target_outcome(t.started_at, t.answered_at, pmr.srv_target(srv, mode, device_generation, t.started_at), as_of)
		END
	FROM (SELECT
			CASE
				WHEN by_delivery AND NOT delivery_known AND response_class IS DISTINCT FROM 'rejected' THEN NULL
				WHEN mode IN ('on_demand', 'non_device') THEN requested_at
				WHEN mode = 'unknown' AND due_at IS NULL THEN requested_at
				WHEN mode = 'unknown' THEN NULL
				WHEN response_class = 'rejected' AND responded_at < due_at THEN requested_at
				ELSE due_at
			END AS started_at,
			CASE WHEN by_delivery AND delivery_known AND response_class IS DISTINCT FROM 'rejected' THEN delivered_at
				 ELSE response_at
			END AS answered_at) AS t;
END;
COMMENT ON FUNCTION pmr.request_outcome(text, text, text, bigint, text, timestamp with time zone, timestamp with time zone, timestamp with time zone, timestamp with time zone, timestamp with time zone, timestamp with time zone, boolean, boolean, timestamp with time zone) IS 'internal: start, answer and outcome of a request';

/*
 * The columns that request_query reads from a source: an SQL expression for
 * each, over the relation as r.  $1 is as_of: responses, deliveries and
 * cancellations of a later time are left out.
 *
 * Texts have the collation "C", which compares bytes.  Long factor values are
 * shortened here, because an array of several long ones would be too big.
 */
CREATE FUNCTION pmr.request_columns(source text, relation regclass) RETURNS TABLE (column_name text, expression text)
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	s pmr.source;
	c record;
	responded_at text;
BEGIN
	SELECT * INTO s FROM pmr.source AS a WHERE a.source = request_columns.source;
	FOR c IN
		SELECT a.column_name, a.kind, a.required, r.kind AS own_kind, r.as_text
		FROM pmr.source_column AS a LEFT JOIN pmr.relation_columns(relation) AS r USING (column_name)
		ORDER BY a.place
	LOOP
		IF NOT pmr.is_of_kind(c.own_kind, c.kind) THEN
			RAISE datatype_mismatch USING MESSAGE = format('column "%s" of relation "%s", which is source "%s", has an unsupported type', c.column_name, s.relation, s.source),
				HINT = 'The view pmr.source_column lists the supported types.';
		ELSIF c.own_kind IS NULL AND c.required THEN
			RAISE undefined_column USING MESSAGE = format('column "%s" of relation "%s", which is source "%s", does not exist', c.column_name, s.relation, s.source);
		END IF;
		CONTINUE WHEN c.column_name IN ('device_id', 'user_role');
		column_name := c.column_name;
		expression := CASE
			WHEN c.own_kind IS NULL THEN 'NULL::' || CASE c.kind WHEN 'time' THEN 'timestamptz' WHEN 'integer' THEN 'bigint' ELSE 'text' END
			WHEN c.own_kind = 'timestamp' THEN format('r.%I AT TIME ZONE ''UTC''', c.column_name)
			WHEN c.kind = 'time' THEN format('r.%I::timestamptz', c.column_name)
			WHEN c.kind = 'integer' THEN format('r.%I::bigint', c.column_name)
			ELSE c.as_text || ' COLLATE "C"' END;
		IF column_name = 'responded_at' THEN
			responded_at := expression;
		ELSIF column_name = 'requested_at' THEN
			RETURN QUERY SELECT 'day', format('(%s AT TIME ZONE %L)::date', expression, s.report_timezone);
		END IF;
		IF column_name = 'response_code' THEN
			expression := format('CASE WHEN (%s > $1) IS NOT TRUE THEN %s END', responded_at, expression);
		ELSIF column_name IN ('responded_at', 'delivered_at', 'cancelled_at') THEN
			expression := format('CASE WHEN %s <= $1 THEN %1$s END', expression);
		END IF;
		RETURN NEXT;
	END LOOP;

	expression := '';
	FOR c IN
		SELECT f.name, r.as_text
		FROM unnest(s.factors) WITH ORDINALITY AS f (name, i) LEFT JOIN pmr.relation_columns(relation) AS r ON r.column_name = f.name
		ORDER BY f.i
	LOOP
		IF c.as_text IS NULL THEN
			RAISE undefined_column USING MESSAGE = format('factor "%s" of source "%s" is not a column of relation "%s"', c.name, s.source, s.relation);
		END IF;
		expression := concat_ws(', ', nullif(expression, ''), format('pmr.short_key(%s COLLATE "C")', c.as_text));
	END LOOP;
	column_name := 'factors';
	expression := format('ARRAY[%s]::text[]', expression);
	RETURN NEXT;
END
$$;
COMMENT ON FUNCTION pmr.request_columns(text, regclass) IS 'internal: how request_query reads each column from the relation of a source';

/*
 * The query that every figure is made from: the rows of a source as requests.
 * $1 is as_of, $2 and $3 are the times between which they were requested, $4
 * the SRVs that are answered by a delivery.
 *
 * The sliced form returns only the requests whose Party and SRV belong to one
 * slice.  The caller joins a relation slice to it, whose columns number and
 * slices say which slice, and of how many.
 *
 * OFFSET 0 is an optimization fence.  The outer one keeps the planner from
 * calling response_class and answered_at several times a row.  The inner one,
 * of the sliced form, keeps it from computing the Party of rows of other
 * months, which may be an error; and as nothing inside depends on slice, Citus
 * can plan it for a distributed table.
 */
CREATE FUNCTION pmr.request_query(source text, sliced boolean DEFAULT false) RETURNS text
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	relation regclass := pmr.source_relation(source);
	s pmr.source;
	own jsonb := (SELECT jsonb_object_agg(column_name, kind) FROM pmr.relation_columns(relation));
	columns text := (SELECT string_agg(format('%s AS %I', c.expression, c.column_name), E',\n\t\t') FROM pmr.request_columns(source, relation) AS c);
	utc text := CASE WHEN own ->> 'requested_at' = 'timestamp' THEN ' AT TIME ZONE ''UTC''' ELSE '' END;
	read_rows text := format('%s AS r WHERE r.requested_at >= $2%s AND r.requested_at < $3%2$s', relation, utc);
	of_slice text := '';
BEGIN
	IF sliced THEN
		SELECT * INTO s FROM pmr.source AS a WHERE a.source = request_query.source;
		read_rows := format('(SELECT %s FROM %s OFFSET 0) AS r',
			(SELECT string_agg(format('r.%I', o.name), ', ') FROM jsonb_object_keys(own) AS o (name)
			 WHERE o.name = ANY (s.factors) OR EXISTS (SELECT FROM pmr.source_column AS c WHERE c.column_name = o.name)),
			read_rows);
		of_slice := E'\n\tWHERE abs(hashtextextended(coalesce(c.srv, ''''), hashtextextended(coalesce(c.party, ''''), 0)) % slice.slices) = slice.number';
	END IF;
	RETURN format($query$
SELECT m.*, o.started_at, o.answered_at, o.outcome
FROM (SELECT coalesce(c.party, '') AS party,
		coalesce(c.srv, '') AS srv,
		CASE WHEN c.mode IN ('on_demand', 'future_dated', 'dcc_scheduled', 'non_device') THEN c.mode ELSE 'unknown' END AS mode,
		CASE WHEN c.device_generation IN ('smets1', 'smets2') THEN c.device_generation ELSE 'unknown' END AS device_generation,
		coalesce(c.qualifier, '') AS qualifier,
		coalesce(c.business_process, '') AS business_process,
		c.day, c.requested_at, c.responded_at, c.due_at, c.delivered_at, c.cancelled_at,
		c.command_variant, c.request_id, c.response_code,
		c.mode AS mode_given, c.device_generation AS generation_given,
		pmr.response_class(c.response_code, c.mode) AS class,
		pmr.answered_at(c.responded_at, c.response_code, c.mode) AS response_at,
		c.factors
	FROM (SELECT %1$s
		FROM %2$s) AS c%3$s
	OFFSET 0) AS m,
	LATERAL pmr.request_outcome(m.srv, m.mode, m.device_generation, m.command_variant, m.class,
		m.requested_at, m.due_at, m.cancelled_at, m.responded_at, m.response_at, m.delivered_at,
		m.srv = ANY ($4), %4$L, $1) AS o$query$,
		columns, read_rows, of_slice, own ? 'delivered_at');
END
$$;
COMMENT ON FUNCTION pmr.request_query(text, boolean) IS 'internal: the query that makes requests of the rows of a source, which refresh and check_source run';
