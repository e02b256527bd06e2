/* The rows of a source as requests */

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

/* A key short enough for an index and a report.  Different keys stay different. */
CREATE FUNCTION pmr.short_key(key text) RETURNS text
	AS 'MODULE_PATHNAME', 'pmr_short_key'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION pmr.short_key(text) IS 'internal: the key itself; if it is longer than 200 bytes, its first 40 characters and the first 128 bits of its SHA-256';

/* Long values are shortened here, because an array of several would be too big. */
CREATE FUNCTION pmr.request_factors(VARIADIC factor_values "any") RETURNS text[]
	AS 'MODULE_PATHNAME', 'pmr_request_factors'
	LANGUAGE C IMMUTABLE PARALLEL SAFE COST 2;
COMMENT ON FUNCTION pmr.request_factors("any") IS 'internal: short keys of the values of a request''s factors';

CREATE FUNCTION pmr.request_day(at timestamp with time zone, zone text) RETURNS date
	AS 'MODULE_PATHNAME', 'pmr_request_day'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION pmr.request_day(timestamp with time zone, text) IS 'internal: day of a time in a time zone';

CREATE FUNCTION pmr.request_mode(mode text) RETURNS text
	AS 'MODULE_PATHNAME', 'pmr_request_mode'
	LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION pmr.request_mode(text) IS 'internal: a mode, or unknown';

CREATE FUNCTION pmr.request_generation(device_generation text) RETURNS text
	AS 'MODULE_PATHNAME', 'pmr_request_generation'
	LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION pmr.request_generation(text) IS 'internal: a generation of devices, or unknown';

/* The Party * stands for all Parties, so a Party of this name gets another one. */
CREATE FUNCTION pmr.party_key(party text) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	RETURN pmr.short_key(CASE WHEN btrim(party, '()') = '*' THEN '(' || party || ')' ELSE party END);
COMMENT ON FUNCTION pmr.party_key(text) IS 'internal: name of a Party in the rollups';

/*
 * When a request started, when it was answered, with which class and outcome:
 * core/request.h has the rules.
 */
CREATE FUNCTION pmr.request_measures(srv text, mode text, device_generation text, user_role text, command_variant bigint, response_code text, message_success boolean,
		requested_at timestamp with time zone, responded_at timestamp with time zone, due_at timestamp with time zone,
		delivered_at timestamp with time zone, executed_at timestamp with time zone, cancelled_at timestamp with time zone,
		execution_success boolean, instructions_done bigint, instructions_total bigint,
		delivery_known boolean, execution_known boolean, as_of timestamp with time zone) RETURNS bytea
	AS 'MODULE_PATHNAME', 'pmr_request_measures'
	LANGUAGE C STABLE PARALLEL SAFE COST 60;
COMMENT ON FUNCTION pmr.request_measures(text, text, text, text, bigint, text, boolean, timestamp with time zone, timestamp with time zone, timestamp with time zone, timestamp with time zone, timestamp with time zone, timestamp with time zone, boolean, bigint, bigint, boolean, boolean, timestamp with time zone) IS 'internal: start, answer, class and outcome of a request, for the functions request_started_at to request_ended_at';

CREATE FUNCTION pmr.request_started_at(measures bytea) RETURNS timestamp with time zone
	AS 'MODULE_PATHNAME', 'pmr_request_started_at'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION pmr.request_started_at(bytea) IS 'internal: when the request started';

CREATE FUNCTION pmr.request_answered_at(measures bytea) RETURNS timestamp with time zone
	AS 'MODULE_PATHNAME', 'pmr_request_answered_at'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION pmr.request_answered_at(bytea) IS 'internal: when it was answered';

CREATE FUNCTION pmr.request_class(measures bytea) RETURNS text
	AS 'MODULE_PATHNAME', 'pmr_request_class'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION pmr.request_class(bytea) IS 'internal: class of the answer';

CREATE FUNCTION pmr.request_outcome(measures bytea) RETURNS text
	AS 'MODULE_PATHNAME', 'pmr_request_outcome'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION pmr.request_outcome(bytea) IS 'internal: outcome of the request';

CREATE FUNCTION pmr.request_response_class(measures bytea) RETURNS text
	AS 'MODULE_PATHNAME', 'pmr_request_response_class'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION pmr.request_response_class(bytea) IS 'internal: class of the response';

CREATE FUNCTION pmr.request_response_at(measures bytea) RETURNS timestamp with time zone
	AS 'MODULE_PATHNAME', 'pmr_request_response_at'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION pmr.request_response_at(bytea) IS 'internal: when the response came, if it is an answer';

CREATE FUNCTION pmr.request_ended_at(measures bytea) RETURNS timestamp with time zone
	AS 'MODULE_PATHNAME', 'pmr_request_ended_at'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION pmr.request_ended_at(bytea) IS 'internal: when the execution ended';

/*
 * The columns that request_query reads from a source: an SQL expression for
 * each, over the relation as r.  $1 is as_of: responses, deliveries, executions
 * and cancellations of a later time are left out; later_at is the first of these
 * times.
 *
 * Texts have the collation "C", which compares bytes.
 */
CREATE FUNCTION pmr.request_columns(source text, relation regclass) RETURNS TABLE (column_name text, expression text)
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	s pmr.source;
	c record;
	responded_at text;
	later text;
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
		CONTINUE WHEN c.column_name IN ('device_id', 'changed_at');
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
			RETURN QUERY SELECT 'day', format('pmr.request_day(%s, %L)', expression, s.report_timezone);
		END IF;
		IF column_name = 'response_code' THEN
			expression := format('CASE WHEN (%s > $1) IS NOT TRUE THEN %s END', responded_at, expression);
		ELSIF column_name IN ('responded_at', 'delivered_at', 'cancelled_at', 'executed_at') THEN
			later := concat_ws(', ', later, format('CASE WHEN %s > $1 THEN %1$s END', expression));
			expression := format('CASE WHEN %s <= $1 THEN %1$s END', expression);
		END IF;
		RETURN NEXT;
	END LOOP;
	column_name := 'later_at';
	expression := format('least(%s)', later);
	RETURN NEXT;

	expression := '';
	FOR c IN
		SELECT f.name, r.as_text
		FROM unnest(s.factors) WITH ORDINALITY AS f (name, i) LEFT JOIN pmr.relation_columns(relation) AS r ON r.column_name = f.name
		ORDER BY f.i
	LOOP
		IF c.as_text IS NULL THEN
			RAISE undefined_column USING MESSAGE = format('factor "%s" of source "%s" is not a column of relation "%s"', c.name, s.source, s.relation);
		END IF;
		expression := concat_ws(', ', nullif(expression, ''), c.as_text || ' COLLATE "C"');
	END LOOP;
	column_name := 'factors';
	expression := coalesce('pmr.request_factors(' || nullif(expression, '') || ')', '''{}''::text[]');
	RETURN NEXT;
END
$$;
COMMENT ON FUNCTION pmr.request_columns(text, regclass) IS 'internal: how request_query reads each column from the relation of a source';

/*
 * The query that every figure is made from: the rows of a source as requests.
 * $1 is as_of, $2 and $3 are the times between which they were requested: the
 * begin and the end of days.  $4 is reference_fingerprint().
 *
 * If the source does not count copies, is_copy is true for all copies of a
 * request but one.  Only rows of the same day and of adjacent days are taken for
 * copies of each other, so that any days can be read without the rest of the
 * month.  The one that was answered counts, then that of the earlier day, and
 * then the one that was answered first.  The rows of one more day on each side
 * are read; a day has up to 26 hours.  The expressions for these days are
 * immutable, so that postgres_fdw can send the condition.
 *
 * The column fence makes the planner plan the subquery apart, so that it calls
 * the functions once a row: the planner does not pull up a subquery that has a
 * volatile expression, and it folds this one to NULL only after that decision.  OFFSET 0 would do the same for PostgreSQL, but
 * Citus would send all rows to the coordinator.  That is what it has to do if the
 * source does not count copies: it cannot sort by whole rows on the workers.
 */
CREATE FUNCTION pmr.request_query(source text) RETURNS text
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	relation regclass := pmr.source_relation(source);
	s pmr.source;
	own CONSTANT jsonb := (SELECT jsonb_object_agg(column_name, kind) FROM pmr.relation_columns(relation));
	columns text := (SELECT string_agg(format('%s AS %I', c.expression, c.column_name), E',\n\t\t') FROM pmr.request_columns(source, relation) AS c);
	user_role CONSTANT text := format($role$CASE WHEN c.user_role = ANY (%L::text[]) THEN c.user_role WHEN %L AND coalesce(c.user_role, '') IN ('', 'unknown') THEN 'unknown' ELSE 'any' END$role$,
		pmr.target_roles(), own ? 'user_role');
	requests text;
BEGIN
	SELECT * INTO s FROM pmr.source AS a WHERE a.source = request_query.source;
	requests := format($query$
SELECT m.*, pmr.request_started_at(m.measures) AS started_at, pmr.request_answered_at(m.measures) AS answered_at, pmr.request_class(m.measures) COLLATE "C" AS class, pmr.request_outcome(m.measures) COLLATE "C" AS outcome, pmr.request_response_class(m.measures) COLLATE "C" AS response_class, pmr.request_response_at(m.measures) AS response_at, pmr.request_ended_at(m.measures) AS ended_at
FROM (SELECT coalesce(c.party, '') AS party,
		coalesce(c.srv, '') AS srv,
		pmr.request_mode(c.mode) AS mode,
		pmr.request_generation(c.device_generation) AS device_generation,
		%3$s AS user_role,
		coalesce(c.qualifier, '') AS qualifier,
		coalesce(c.business_process, '') AS business_process,
		c.day, c.requested_at, c.responded_at, c.due_at, c.delivered_at, c.executed_at, c.cancelled_at,
		c.command_variant, c.request_id, c.response_code,
		c.mode AS mode_given, c.device_generation AS generation_given,
		pmr.request_measures(c.srv, c.mode, c.device_generation, nullif(%3$s, 'unknown'), c.command_variant, c.response_code, c.message_success,
			c.requested_at, c.responded_at, c.due_at, c.delivered_at, c.executed_at, c.cancelled_at,
			c.execution_success, c.instructions_done, c.instructions_total, %4$L, %5$L, $1) AS measures,
		c.later_at, c.factors, CASE WHEN false THEN clock_timestamp() END AS fence
	FROM (SELECT %1$s
		FROM %2$s) AS c%6$s) AS m$query$,
		columns,
		format(CASE WHEN s.count_copies THEN '%s AS r WHERE r.requested_at >= $2%s AND r.requested_at < $3%2$s AND pmr.check_reference($4)'
			ELSE '%s AS r WHERE r.requested_at >= (($2 AT TIME ZONE ''UTC'' - interval ''26 hours'') AT TIME ZONE ''UTC'')%s
		AND r.requested_at < least(($3 AT TIME ZONE ''UTC'' + interval ''26 hours'') AT TIME ZONE ''UTC'', $1)%2$s AND pmr.check_reference($4)' END,
			relation, pmr.time_zone_of(relation, 'requested_at')),
		user_role, own ? 'delivered_at', own ? 'executed_at', CASE WHEN s.count_copies THEN '' ELSE ' OFFSET ''0''::bigint' END);
	IF s.count_copies THEN
		RETURN format('SELECT r.*, false AS is_copy FROM (%s) AS r', requests);
	END IF;
	/* The whole row is the last sort key, so the order of the rows does not matter. */
	RETURN format($query$
SELECT *
FROM (SELECT r.*, %1$s AND (row_number() OVER same_day > 1
			OR CASE WHEN answered_at IS NULL THEN count(answered_at) OVER near > 0 OR count(*) FILTER (WHERE answered_at IS NULL) OVER before > 0
				ELSE count(answered_at) OVER before > 0 END) AS is_copy
	FROM (%3$s) AS r
	WINDOW same_day AS (PARTITION BY %1$s, %2$s, day ORDER BY answered_at, requested_at, r),
		near AS (PARTITION BY %1$s, %2$s ORDER BY day RANGE BETWEEN interval '1 day' PRECEDING AND interval '1 day' FOLLOWING),
		before AS (PARTITION BY %1$s, %2$s ORDER BY day RANGE BETWEEN interval '1 day' PRECEDING AND interval '1 day' PRECEDING)) AS r
WHERE requested_at >= $2 AND requested_at < $3$query$, pmr.may_be_copy(), pmr.copy_key(), requests);
END
$$;
COMMENT ON FUNCTION pmr.request_query(text) IS 'internal: the query that makes requests of the rows of a source, which refresh and check_source run';

/*
 * The columns of request_query that divide the requests into strata, and the
 * value of those that the source does not have.  Grouping by a column takes 500
 * instructions a row, even if it is a constant.
 */
CREATE FUNCTION pmr.request_keys(source text) RETURNS TABLE (place integer, name text, constant text)
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	SELECT k.place, k.name, CASE WHEN r.column_name IS NULL THEN k.of_none END
	FROM (VALUES (1, 'party', NULL), (2, 'srv', NULL), (3, 'mode', NULL), (4, 'device_generation', 'unknown'), (5, 'user_role', 'any'),
			(6, 'qualifier', ''), (7, 'business_process', '')) AS k (place, name, of_none)
	LEFT JOIN pmr.relation_columns(pmr.source_relation(source)) AS r ON r.column_name = k.name;
END;
COMMENT ON FUNCTION pmr.request_keys(text) IS 'internal: columns that requests of a source are grouped by, and the value of those that it does not have';
