/* The rows of a source as requests */

/*
 * The query that every figure is made from: the rows of a source as requests.
 * $1 is as_of, $2 and $3 are the times between which they were requested, $4
 * the SRVs that are answered by a delivery.
 *
 * - Commands for local delivery, pre-commands and cancelled requests are told
 *   apart by their outcome.
 * - A future-dated or scheduled request starts at its execution time; one that
 *   was rejected before that never got there, so it starts when it was sent.
 * - Where the mode is not known and due_at is given, neither is the start.
 * - What is answered by a delivery, and was not rejected, is answered when it
 *   was delivered.  Without a column that tells, it is not measured, and the
 *   response answers it.
 *
 * Texts are told apart by their bytes, and values that are long are shortened at
 * once, as an array of many would be too big.
 *
 * Sliced, it has the Parties' SRVs of one slice alone.  Which, and of how many,
 * say the columns number and slices of a relation slice, which the caller brings.
 *
 * OFFSET 0 keeps the planner from calling the functions of the inner query
 * several times a row; and a Party of rows of other months from being computed,
 * which may be an error.  What it keeps apart knows nothing of slices, or Citus
 * could not plan it for a distributed table.
 */
CREATE FUNCTION pmr.request_query(source text, sliced boolean DEFAULT false) RETURNS text
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	relation regclass := pmr.source_relation(source);
	s pmr.source;
	own jsonb := (SELECT jsonb_object_agg(column_name, kind) FROM pmr.relation_columns(relation));
	as_text jsonb := (SELECT jsonb_object_agg(c.column_name, c.as_text) FROM pmr.relation_columns(relation) AS c);
	e jsonb := '{}';
	c record;
	read_from text;
BEGIN
	SELECT * INTO s FROM pmr.source AS a WHERE a.source = request_query.source;
	FOR c IN SELECT column_name, kind, required FROM pmr.source_column LOOP
		IF NOT pmr.is_of_kind(own ->> c.column_name, c.kind) THEN
			RAISE datatype_mismatch USING MESSAGE = format('column %I of %s, which is source "%s", is no longer of a type that is read', c.column_name, s.relation, s.source),
				HINT = 'SELECT * FROM pmr.source_column tells what is.';
		ELSIF own ? c.column_name THEN
			e := e || jsonb_build_object(c.column_name, CASE
				WHEN own ->> c.column_name = 'timestamp' THEN format('r.%I AT TIME ZONE ''UTC''', c.column_name)
				WHEN c.kind IN ('text', 'id') THEN (as_text ->> c.column_name) || ' COLLATE "C"'
				WHEN c.kind = 'time' THEN format('r.%I::timestamptz', c.column_name)
				ELSE format('r.%I', c.column_name) END);
		ELSIF c.required THEN
			RAISE undefined_column USING MESSAGE = format('column %I of %s, which is source "%s", does not exist', c.column_name, s.relation, s.source);
		ELSE
			e := e || jsonb_build_object(c.column_name, CASE c.kind WHEN 'time' THEN 'NULL::timestamptz' WHEN 'integer' THEN 'NULL::integer' ELSE 'NULL::text' END);
		END IF;
	END LOOP;
	/* what came after as_of had not come yet */
	e := e || jsonb_build_object(
		'response_code', format('CASE WHEN (%s > $1) IS NOT TRUE THEN %s END', e ->> 'responded_at', e ->> 'response_code'),
		'responded_at', format('CASE WHEN %s <= $1 THEN %1$s END', e ->> 'responded_at'),
		'delivered_at', format('CASE WHEN %s <= $1 THEN %1$s END', e ->> 'delivered_at'),
		'cancelled_at', format('CASE WHEN %s <= $1 THEN %1$s END', e ->> 'cancelled_at'));
	FOR c IN SELECT f.name FROM unnest(s.factors) AS f (name) LOOP
		IF NOT own ? c.name THEN
			RAISE undefined_column USING MESSAGE = format('factor %I of source "%s" is no column of %s', c.name, s.source, s.relation);
		END IF;
	END LOOP;
	read_from := format('%s AS r WHERE r.requested_at >= $2%s AND r.requested_at < $3%2$s', relation,
		CASE WHEN own ->> 'requested_at' = 'timestamp' THEN ' AT TIME ZONE ''UTC''' ELSE '' END);
	IF sliced THEN
		read_from := format('(SELECT %s FROM %s OFFSET 0) AS r WHERE abs(hashtextextended(coalesce(%s, ''''), hashtextextended(coalesce(%s, ''''), 0)) %% slice.slices) = slice.number',
			(SELECT string_agg(format('r.%I', o.name), ', ') FROM jsonb_object_keys(own) AS o (name)
			 WHERE e ? o.name OR o.name = ANY (s.factors)),
			read_from, e ->> 'srv', e ->> 'party');
	END IF;
	RETURN format($query$
SELECT  n.*,
        CASE
            WHEN n.command_variant = 4 THEN 'pre_command'
            WHEN n.command_variant IN (2, 6) THEN 'local_command'
            WHEN isfinite(n.cancelled_at) AND (n.cancelled_at < n.due_at) IS NOT FALSE
                 AND n.class IS DISTINCT FROM 'success' THEN 'cancelled'
            ELSE pmr.target_outcome(n.started_at, n.answered_at, pmr.srv_target(n.srv, n.mode, n.device_generation, n.started_at), $1)
        END AS outcome
FROM    (SELECT m.*,
                CASE
                    WHEN m.srv = ANY ($4) AND %s AND m.class IS DISTINCT FROM 'rejected' THEN NULL
                    WHEN m.mode IN ('on_demand', 'non_device') THEN m.requested_at
                    WHEN m.mode = 'unknown' AND m.due_at IS NULL THEN m.requested_at
                    WHEN m.mode = 'unknown' THEN NULL
                    WHEN m.class = 'rejected' AND m.responded_at < m.due_at THEN m.requested_at
                    ELSE m.due_at
                END AS started_at,
                CASE WHEN m.srv = ANY ($4) AND NOT %s AND m.class IS DISTINCT FROM 'rejected' THEN m.delivered_at
                     ELSE m.response_at
                END AS answered_at
         FROM   (SELECT coalesce(%s, '') AS party,
                        coalesce(%s, '') AS srv,
                        CASE WHEN %s IN ('on_demand', 'future_dated', 'dcc_scheduled', 'non_device') THEN %s ELSE 'unknown' END AS mode,
                        CASE WHEN %s IN ('smets1', 'smets2') THEN %s ELSE 'unknown' END AS device_generation,
                        coalesce(%s, '') AS qualifier,
                        coalesce(%s, '') AS business_process,
                        (%s AT TIME ZONE %L)::date AS day,
                        %s AS requested_at, %s AS responded_at, %s AS due_at, %s AS delivered_at, %s AS cancelled_at,
                        %s AS command_variant, %s AS request_id, %s AS response_code, %s AS mode_given, %s AS generation_given,
                        pmr.response_class(%s, %s) AS class,
                        pmr.answered_at(%s, %s, %s) AS response_at,
                        ARRAY[%s]::text[] AS factors
                 FROM   %s
                 OFFSET 0) AS m) AS n$query$,
		CASE WHEN own ? 'delivered_at' THEN 'false' ELSE 'true' END,
		CASE WHEN own ? 'delivered_at' THEN 'false' ELSE 'true' END,
		e ->> 'party', e ->> 'srv', e ->> 'mode', e ->> 'mode', e ->> 'device_generation', e ->> 'device_generation',
		e ->> 'qualifier', e ->> 'business_process', e ->> 'requested_at', s.report_timezone,
		e ->> 'requested_at', e ->> 'responded_at', e ->> 'due_at', e ->> 'delivered_at', e ->> 'cancelled_at',
		e ->> 'command_variant', e ->> 'request_id', e ->> 'response_code', e ->> 'mode', e ->> 'device_generation',
		e ->> 'response_code', e ->> 'mode', e ->> 'responded_at', e ->> 'response_code', e ->> 'mode',
		(SELECT string_agg(format('pmr.short_key(%s COLLATE "C")', as_text ->> f.name), ', ' ORDER BY f.i) FROM unnest(s.factors) WITH ORDINALITY AS f (name, i)),
		read_from);
END
$$;
COMMENT ON FUNCTION pmr.request_query(text, boolean) IS 'internal: the query that makes requests of the rows of a source: what refresh and check_source run';

/* The SRVs whose requests are answered by a delivery. */
CREATE FUNCTION pmr.delivered_srvs() RETURNS text[]
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	SELECT coalesce(array_agg(srv ORDER BY srv), '{}')
	FROM pmr.current_service_reference_variant
	WHERE answered_by = 'delivery';
END;
COMMENT ON FUNCTION pmr.delivered_srvs() IS 'internal: SRVs that are answered when the last device has what was sent';

/* A key that fits into an index and a report, and still tells all apart. */
CREATE FUNCTION pmr.short_key(key text) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	RETURN CASE WHEN octet_length(key) <= 200 THEN key ELSE left(key, 40) || '~' || md5(key) END;
COMMENT ON FUNCTION pmr.short_key(text) IS 'internal: the key itself; of one longer than 200 bytes its beginning and its MD5';
