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

/* The roles that have targets of their own. */
CREATE FUNCTION pmr.target_roles() RETURNS text[]
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	SELECT coalesce(array_agg(DISTINCT user_role ORDER BY user_role), '{}')
	FROM pmr.target_response_time
	WHERE user_role <> 'any';
END;
COMMENT ON FUNCTION pmr.target_roles() IS 'internal: user roles that have Target Response Times of their own';

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

/* The Party * stands for all Parties, so a Party of this name gets another one. */
CREATE FUNCTION pmr.party_key(party text) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	RETURN pmr.short_key(CASE WHEN btrim(party, '()') = '*' THEN '(' || party || ')' ELSE party END);
COMMENT ON FUNCTION pmr.party_key(text) IS 'internal: name of a Party in the rollups';

/* The SRVs whose future-dated commands are held by the dsp, or by the device, alone. */
CREATE FUNCTION pmr.srvs_held_by(holder text) RETURNS text[]
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	SELECT coalesce(array_agg(srv ORDER BY srv), '{}')
	FROM pmr.current_service_reference_variant
	WHERE future_dated = holder;
END;
COMMENT ON FUNCTION pmr.srvs_held_by(text) IS 'internal: SRVs whose future-dated commands are held by one holder alone: dsp or device';

/*
 * When a request started, when it was answered, with which class and outcome.
 *
 * - Pre-commands, commands for local delivery and cancelled requests have
 *   outcomes of their own.
 * - A future-dated or scheduled request starts at its execution time.  If it
 *   was refused (rejected or failed) before that time, it starts when it was
 *   sent.
 * - A response to a future-dated request before its execution time, if it is
 *   not a refusal, says that the Device has accepted the command; if the DSP
 *   alone holds commands of the SRV, one of the times is wrong.  The answer is
 *   the end of the execution, ended_at.  If the source has no executed_at, the
 *   execution is not known: the start is NULL, and the request not measured.  A
 *   late acceptance looks like an answer, unless executed_at is known and only
 *   the Device can have executed the command.
 * - If the mode is unknown and due_at is given, the start is not known.
 * - A request that is answered by a delivery is answered at delivered_at,
 *   unless it was refused; its execution is ignored.  If the source has no
 *   delivered_at, its start is NULL, so it is not measured, and the response
 *   answers it.
 *
 * The planner must be able to inline this function: no SET, not STRICT.
 */
CREATE FUNCTION pmr.request_outcome(srv text, mode text, device_generation text, user_role text, command_variant bigint, response_class text,
		requested_at timestamp with time zone, due_at timestamp with time zone, cancelled_at timestamp with time zone,
		responded_at timestamp with time zone, response_at timestamp with time zone, delivered_at timestamp with time zone,
		ended_at timestamp with time zone, execution_success boolean,
		by_delivery boolean, delivery_known boolean, by_dsp boolean, by_device boolean, execution_known boolean, as_of timestamp with time zone)
	RETURNS TABLE (started_at timestamp with time zone, answered_at timestamp with time zone, class text, outcome text)
	LANGUAGE sql STABLE PARALLEL SAFE ROWS 1
BEGIN ATOMIC
	SELECT t.started_at, t.answered_at, t.class,
		CASE
			WHEN command_variant = 4 THEN 'pre_command'
			WHEN command_variant IN (2, 6) THEN 'local_command'
			WHEN isfinite(cancelled_at) AND (cancelled_at < due_at) IS NOT FALSE
				 AND t.class IS DISTINCT FROM 'success' THEN 'cancelled'
			ELSE pmr.target_outcome(t.started_at, t.answered_at,
				pmr.srv_target(srv, mode, device_generation, nullif(user_role, 'unknown'), t.started_at), as_of)
		END
	FROM (SELECT
			CASE
				WHEN by_delivery AND NOT delivery_known AND NOT r.refused THEN NULL
				WHEN mode IN ('on_demand', 'non_device') THEN requested_at
				WHEN mode = 'unknown' AND due_at IS NULL THEN requested_at
				WHEN mode = 'unknown' THEN NULL
				WHEN r.refused AND responded_at < due_at THEN requested_at
				WHEN ended_at IS NULL AND r.accepted AND NOT execution_known THEN NULL
				ELSE due_at
			END AS started_at,
			CASE
				WHEN by_delivery AND delivery_known AND NOT r.refused THEN delivered_at
				WHEN mode <> 'future_dated' OR by_delivery OR r.refused THEN response_at
				WHEN ended_at IS NOT NULL THEN ended_at
				WHEN r.accepted THEN NULL
				ELSE response_at
			END AS answered_at,
			CASE
				WHEN mode <> 'future_dated' OR by_delivery OR r.refused THEN response_class
				WHEN ended_at IS NOT NULL THEN CASE WHEN execution_success IS FALSE THEN 'failed' ELSE 'success' END
				WHEN r.accepted THEN 'acknowledged'
				ELSE response_class
			END AS class
		FROM (SELECT coalesce(response_class IN ('rejected', 'failed'), false) AS refused,
				mode = 'future_dated' AND NOT by_delivery AND (NOT by_dsp AND isfinite(due_at) AND response_at < due_at OR by_device AND execution_known AND response_class = 'success' AND response_at IS NOT NULL) AS accepted) AS r) AS t;
END;
COMMENT ON FUNCTION pmr.request_outcome(text, text, text, text, bigint, text, timestamp with time zone, timestamp with time zone, timestamp with time zone, timestamp with time zone, timestamp with time zone, timestamp with time zone, timestamp with time zone, boolean, boolean, boolean, boolean, boolean, boolean, timestamp with time zone) IS 'internal: start, answer, class and outcome of a request';

/*
 * The columns that request_query reads from a source: an SQL expression for
 * each, over the relation as r.  $1 is as_of: responses, deliveries, executions
 * and cancellations of a later time are left out.
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
		CONTINUE WHEN c.column_name = 'device_id';
		column_name := c.column_name;
		expression := CASE
			WHEN c.own_kind IS NULL THEN 'NULL::' || CASE c.kind WHEN 'time' THEN 'timestamptz' WHEN 'integer' THEN 'bigint' WHEN 'boolean' THEN 'boolean' ELSE 'text' END
			WHEN c.own_kind = 'timestamp' THEN format('r.%I AT TIME ZONE ''UTC''', c.column_name)
			WHEN c.kind = 'time' THEN format('r.%I::timestamptz', c.column_name)
			WHEN c.kind = 'integer' THEN format('r.%I::bigint', c.column_name)
			WHEN c.kind = 'boolean' THEN format('r.%I::boolean', c.column_name)
			ELSE c.as_text || ' COLLATE "C"' END;
		IF column_name = 'responded_at' THEN
			responded_at := expression;
		ELSIF column_name = 'requested_at' THEN
			RETURN QUERY SELECT 'day', format('(%s AT TIME ZONE %L)::date', expression, s.report_timezone);
		END IF;
		IF column_name = 'response_code' THEN
			expression := format('CASE WHEN (%s > $1) IS NOT TRUE THEN %s END', responded_at, expression);
		ELSIF column_name IN ('responded_at', 'delivered_at', 'cancelled_at', 'executed_at') THEN
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
 * Rows with equal values of this list are copies of one request.  The answers of
 * a schedule carry the schedule's id, and differ in due_at.
 */
CREATE FUNCTION pmr.copy_key() RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	RETURN 'party, srv, lower(request_id), CASE mode WHEN ''dcc_scheduled'' THEN due_at END';
COMMENT ON FUNCTION pmr.copy_key() IS 'internal: SQL expressions that copies of a request have in common';

CREATE FUNCTION pmr.may_be_copy() RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	RETURN '(coalesce(request_id, '''') <> '''' AND (command_variant IN (2, 4, 6)) IS NOT TRUE AND (mode <> ''dcc_scheduled'' OR due_at IS NOT NULL))';
COMMENT ON FUNCTION pmr.may_be_copy() IS 'internal: SQL condition that is false for rows that are never taken as copies';

/*
 * The query that every figure is made from: the rows of a source as requests.
 * $1 is as_of, $2 and $3 are the times between which they were requested.
 *
 * The sliced form returns only the requests whose Party and SRV belong to one
 * slice.  The caller joins a relation slice to it, whose columns number and
 * slices say which slice, and of how many.
 *
 * If the source does not count copies, is_copy is true for all copies of a
 * request but one: the one that was answered first, so a copy with the response
 * wins over one without it.  Copies may lie on both sides of the end of a month,
 * so the rows of one more day on each side are read.  The expressions for these
 * days are immutable, so that postgres_fdw can send the condition.
 *
 * OFFSET 0 is an optimization fence; as a constant of type bigint, because the
 * planner takes any other offset for one that parallel workers cannot apply.  The outer one keeps the planner from
 * calling response_class and answered_at several times a row.  The inner one,
 * of the sliced form, keeps it from computing the Party of rows of other
 * months, which may be an error; and as nothing inside depends on slice, Citus
 * can plan it for a distributed table.
 */
CREATE FUNCTION pmr.request_query(source text, sliced boolean DEFAULT false) RETURNS text
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	relation regclass := pmr.source_relation(source);
	s pmr.source;
	own jsonb := (SELECT jsonb_object_agg(column_name, kind) FROM pmr.relation_columns(relation));
	columns text := (SELECT string_agg(format('%s AS %I', c.expression, c.column_name), E',\n\t\t') FROM pmr.request_columns(source, relation) AS c);
	zone text := pmr.requested_at_zone(relation);
	read_rows text;
	of_slice text := '';
	requests text;
BEGIN
	SELECT * INTO s FROM pmr.source AS a WHERE a.source = request_query.source;
	read_rows := format(CASE WHEN s.count_copies THEN '%s AS r WHERE r.requested_at >= $2%s AND r.requested_at < $3%2$s'
			ELSE '%s AS r WHERE r.requested_at >= (($2 AT TIME ZONE ''UTC'' - interval ''1 day'') AT TIME ZONE ''UTC'')%s
		AND r.requested_at < least(($3 AT TIME ZONE ''UTC'' + interval ''1 day'') AT TIME ZONE ''UTC'', $1)%2$s' END,
		relation, zone);
	IF sliced THEN
		read_rows := format('(SELECT %s FROM %s OFFSET ''0''::bigint) AS r',
			(SELECT string_agg(format('r.%I', o.name), ', ') FROM jsonb_object_keys(own) AS o (name)
			 WHERE o.name = ANY (s.factors) OR EXISTS (SELECT FROM pmr.source_column AS c WHERE c.column_name = o.name)),
			read_rows);
		of_slice := E'\n\tWHERE abs(hashtextextended(coalesce(c.srv, ''''), hashtextextended(coalesce(c.party, ''''), 0)) % slice.slices) = slice.number';
	END IF;
	requests := format($query$
SELECT m.*, o.started_at, o.answered_at, o.class, o.outcome
FROM (SELECT coalesce(c.party, '') AS party,
		coalesce(c.srv, '') AS srv,
		CASE WHEN c.mode IN ('on_demand', 'future_dated', 'dcc_scheduled', 'non_device') THEN c.mode ELSE 'unknown' END AS mode,
		CASE WHEN c.device_generation IN ('smets1', 'smets2') THEN c.device_generation ELSE 'unknown' END AS device_generation,
		CASE WHEN c.user_role = ANY (%4$L::text[]) THEN c.user_role WHEN %5$L AND coalesce(c.user_role, '') IN ('', 'unknown') THEN 'unknown' ELSE 'any' END AS user_role,
		coalesce(c.qualifier, '') AS qualifier,
		coalesce(c.business_process, '') AS business_process,
		c.day, c.requested_at, c.responded_at, c.due_at, c.delivered_at, c.executed_at, c.cancelled_at,
		c.command_variant, c.request_id, c.response_code,
		c.mode AS mode_given, c.device_generation AS generation_given,
		CASE WHEN c.message_success IS FALSE AND c.responded_at IS NOT NULL
				  AND coalesce(pmr.response_class(c.response_code, c.mode), 'success') IN ('success', 'unclassified') THEN 'failed'
			 ELSE pmr.response_class(c.response_code, c.mode) END AS response_class,
		CASE WHEN c.message_success IS FALSE AND pmr.response_class(c.response_code, c.mode) = 'unclassified' THEN c.responded_at
			 ELSE pmr.answered_at(c.responded_at, c.response_code, c.mode) END AS response_at,
		CASE WHEN isfinite(c.executed_at) AND (c.execution_success IS FALSE OR (c.instructions_done < c.instructions_total) IS NOT TRUE)
			 THEN c.executed_at END AS ended_at,
		c.execution_success,
		coalesce(c.srv = ANY (%6$L::text[]), false) AS by_delivery,
		coalesce(c.srv = ANY (%8$L::text[]), false) AS by_dsp,
		coalesce(c.srv = ANY (%9$L::text[]), false) AS by_device,
		c.factors
	FROM (SELECT %1$s
		FROM %2$s) AS c%3$s
	OFFSET '0'::bigint) AS m,
	LATERAL pmr.request_outcome(m.srv, m.mode, m.device_generation, m.user_role, m.command_variant, m.response_class,
		m.requested_at, m.due_at, m.cancelled_at, m.responded_at, m.response_at, m.delivered_at, m.ended_at, m.execution_success,
		m.by_delivery, %7$L, m.by_dsp, m.by_device, %10$L, $1) AS o$query$,
		columns, read_rows, of_slice, pmr.target_roles(), own ? 'user_role',
		pmr.delivered_srvs(), own ? 'delivered_at', pmr.srvs_held_by('dsp'), pmr.srvs_held_by('device'), own ? 'executed_at');
	IF s.count_copies THEN
		RETURN format('SELECT r.*, false AS is_copy FROM (%s) AS r', requests);
	END IF;
	/* The whole row is the last sort key, so the order of the rows does not matter. */
	RETURN format($query$
SELECT *
FROM (SELECT r.*, %1$s AND row_number() OVER (PARTITION BY %1$s, %2$s ORDER BY answered_at, requested_at, r) > 1 AS is_copy
	FROM (%3$s) AS r) AS r
WHERE requested_at >= $2 AND requested_at < $3$query$, pmr.may_be_copy(), pmr.copy_key(), requests);
END
$$;
COMMENT ON FUNCTION pmr.request_query(text, boolean) IS 'internal: the query that makes requests of the rows of a source, which refresh and check_source run';

/*
 * The query that counts the rows of each Party that repeat a request, between
 * the times $2 and $3, as of $1.
 */
CREATE FUNCTION pmr.copies_query(source text) RETURNS text
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	relation regclass := pmr.source_relation(source);
	zone text := pmr.requested_at_zone(relation);
BEGIN
	IF NOT (SELECT s.count_copies FROM pmr.source AS s WHERE s.source = copies_query.source) THEN
		RETURN format('SELECT party, count(*) AS copies FROM (%s) AS r WHERE is_copy GROUP BY party', pmr.request_query(source));
	ELSIF NOT EXISTS (SELECT FROM pmr.relation_columns(relation) WHERE column_name = 'request_id') THEN
		RETURN 'SELECT ''''::text COLLATE "C" AS party, NULL::bigint AS copies WHERE false';
	END IF;
	RETURN format($query$
SELECT party, sum(n - 1)::bigint AS copies
FROM (SELECT party, count(*) AS n
	FROM (SELECT %s FROM %s AS r WHERE r.requested_at >= $2%3$s AND r.requested_at < $3%3$s) AS r
	WHERE %s GROUP BY %s HAVING count(*) > 1) AS d
GROUP BY party$query$,
		(SELECT string_agg(format(CASE WHEN c.column_name IN ('party', 'srv', 'mode') THEN 'coalesce(%s, '''') AS %I' ELSE '%s AS %I' END, c.expression, c.column_name), ', ')
		 FROM pmr.request_columns(source, relation) AS c
		 WHERE c.column_name IN ('party', 'srv', 'mode', 'due_at', 'request_id', 'command_variant')),
		relation, zone, pmr.may_be_copy(), pmr.copy_key());
END
$$;
COMMENT ON FUNCTION pmr.copies_query(text) IS 'internal: the query that counts, for each Party of a source, the rows that repeat a request';
