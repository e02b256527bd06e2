/*
 * The days of a month that a refresh reads again
 *
 * A source may tell when its rows were last written: in a column changed_at, or
 * in a second relation, its change feed.  Then the parts of each day of an open
 * month are kept, and a later refresh reads a day again only if
 *
 * - a row of it has changed since the last refresh, less the margin of the
 *   source for slow clocks and long transactions, or its changed_at is NULL;
 * - the day had not ended as of the last refresh;
 * - as of this refresh, a request of it counts otherwise (next_at).
 *
 * All days are read again if anything else has changed that counts depend on:
 * reference tables, the source, the views that it reads.
 */

CREATE FUNCTION pmr.has_changes(source text) RETURNS boolean
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	SELECT s.change_feed IS NOT NULL OR EXISTS (SELECT FROM pmr.relation_columns(pmr.source_relation(s.source)) AS c WHERE c.column_name = 'changed_at')
	FROM pmr.source AS s WHERE s.source = has_changes.source;
END;
COMMENT ON FUNCTION pmr.has_changes(text) IS 'internal: whether a source tells when its rows have changed';

/* The relation that tells when rows of a source have changed: its change feed, or itself. */
CREATE FUNCTION pmr.change_relation(source text) RETURNS regclass
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	feed text := (SELECT s.change_feed FROM pmr.source AS s WHERE s.source = change_relation.source);
BEGIN
	IF feed IS NULL THEN
		RETURN pmr.source_relation(source);
	ELSIF to_regclass(feed) IS NULL THEN
		RAISE undefined_table USING MESSAGE = format('change feed "%s" of source "%s" does not exist', feed, change_relation.source);
	END IF;
	RETURN to_regclass(feed);
END
$$;
COMMENT ON FUNCTION pmr.change_relation(text) IS 'internal: relation with changed_at of a source';

/*
 * The definitions of a view and of all views below it, and their owners, as a
 * view can depend on current_user.  Functions that they call are not looked at.
 */
CREATE FUNCTION pmr.view_definitions(relation regclass) RETURNS text
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	WITH RECURSIVE read (oid) AS (
		SELECT relation::oid
		UNION
		SELECT d.refobjid
		FROM read AS v JOIN pg_rewrite AS w ON w.ev_class = v.oid
			JOIN pg_depend AS d ON d.classid = 'pg_rewrite'::regclass AND d.objid = w.oid AND d.refclassid = 'pg_class'::regclass
	)
	SELECT string_agg(concat_ws(' ', c.oid, c.relowner, pg_get_viewdef(c.oid)), E'\n' ORDER BY c.oid) FROM read AS v JOIN pg_class AS c ON c.oid = v.oid;
END;
COMMENT ON FUNCTION pmr.view_definitions(regclass) IS 'internal: OIDs, owners and definitions of a view and of the relations that it reads';

/* It must contain everything that the parts depend on, or they stay as they are after a change. */
CREATE FUNCTION pmr.read_fingerprint(source text) RETURNS bigint
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
	SET timezone = 'UTC'
	SET datestyle = 'ISO, MDY'
	SET intervalstyle = 'postgres'
BEGIN ATOMIC
	SELECT hashtextextended(concat_ws(E'\n', (SELECT x.extversion FROM pg_extension AS x WHERE x.extname = 'pmr_metrics'),
		pmr.part_query(source, true), pmr.view_definitions(pmr.source_relation(source)), pmr.view_definitions(pmr.change_relation(source)),
		(SELECT string_agg(c::text, E'\n' ORDER BY c.place) FROM pmr.relation_columns(pmr.source_relation(source)) AS c),
		pmr.reference_fingerprint()), 0);
END;
COMMENT ON FUNCTION pmr.read_fingerprint(text) IS 'internal: hash of all that the parts of a source depend on beside its rows';

CREATE FUNCTION pmr.month_days(month date) RETURNS date[]
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
	RETURN ARRAY(SELECT month + i FROM generate_series(0, (month + interval '1 month')::date - month - 1) AS i);
COMMENT ON FUNCTION pmr.month_days(date) IS 'internal: days of a month';

/*
 * Days on which rows were written at or after a time, and requested between two
 * times; a NULL among them stands for days that are not known.
 */
CREATE FUNCTION pmr.days_written(role pmr.requesting_role, source text, since timestamp with time zone, start timestamp with time zone, finish timestamp with time zone) RETURNS SETOF date
	LANGUAGE plpgsql
	ROWS 31
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	registered pmr.source;
	relation CONSTANT regclass := pmr.change_relation(source);
BEGIN
	SELECT * INTO registered FROM pmr.source AS s WHERE s.source = days_written.source;
	RETURN QUERY
	SELECT d.day
	FROM pmr.read_as_owner(pmr.role_oid(role), relation, format($query$
SELECT DISTINCT pmr.request_day((r.requested_at%2$s)::timestamptz, %4$L)
FROM %1$s AS r
WHERE (r.changed_at >= $1%3$s OR r.changed_at IS NULL) AND (r.requested_at >= $2%2$s AND r.requested_at < $3%2$s%5$s)$query$,
			relation, pmr.time_zone_of(relation, 'requested_at'), pmr.time_zone_of(relation, 'changed_at'), registered.report_timezone,
			CASE WHEN registered.change_feed IS NOT NULL THEN ' OR r.requested_at IS NULL' END),
		since, start, finish) AS d (day date);
END
$$;
COMMENT ON FUNCTION pmr.days_written(pmr.requesting_role, text, timestamp with time zone, timestamp with time zone, timestamp with time zone) IS 'internal: days of requested_at of the rows of a source that were written at or after a time';

/* as_of is not earlier than that of the last refresh. */
CREATE FUNCTION pmr.changed_days(role pmr.requesting_role, source text, month date, as_of timestamp with time zone) RETURNS date[]
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	all_days CONSTANT date[] := pmr.month_days(month);
	last_day CONSTANT date := all_days[cardinality(all_days)];
	m pmr.rollup_month;
	reach integer;
	result date[];
BEGIN
	SELECT * INTO m FROM pmr.rollup_month AS r WHERE r.source = changed_days.source AND r.month = changed_days.month;
	IF m.parts IS NULL OR m.read_fingerprint <> pmr.read_fingerprint(source)
			OR m.parts <> (SELECT count(*) FROM pmr.rollup_part AS p WHERE p.source = changed_days.source AND p.month = changed_days.month) THEN
		RETURN all_days;
	END IF;
	/* A row can make a copy of one of an adjacent day, even of another month, whose changes are not known here. */
	reach := (SELECT CASE WHEN s.count_copies THEN 0 ELSE 1 END FROM pmr.source AS s WHERE s.source = changed_days.source);
	SELECT array_agg(DISTINCT c.day + near ORDER BY c.day + near) INTO result
	FROM (
			SELECT w FROM pmr.days_written(role, source, m.changes_from, pmr.day_start(source, month), least(pmr.day_start(source, last_day + 1), as_of)) AS w
			UNION ALL
			SELECT p.day FROM pmr.rollup_part AS p WHERE p.source = changed_days.source AND p.month = changed_days.month AND p.next_at <= changed_days.as_of
			UNION ALL
			SELECT a FROM unnest(all_days) AS a WHERE pmr.day_start(source, a + 1) > m.as_of
			UNION ALL
			SELECT e FROM unnest(ARRAY[month, last_day]) AS e WHERE reach > 0
		) AS c (day), generate_series(-reach, reach) AS near;
	IF array_position(result, NULL) IS NOT NULL THEN
		RETURN all_days;
	END IF;
	RETURN ARRAY(SELECT d FROM unnest(result) AS d WHERE d BETWEEN month AND last_day AND pmr.day_start(source, d) < as_of);
END
$$;
COMMENT ON FUNCTION pmr.changed_days(pmr.requesting_role, text, date, timestamp with time zone) IS 'internal: days of a month that a refresh as of a time must read again';

/*
 * Rows that were deleted, or written with a changed_at that is too early, are
 * not noticed by a refresh.  Where they change the number of rows of a day, this
 * finds them.
 */
CREATE FUNCTION pmr.unnoticed_days(role pmr.requesting_role, source text) RETURNS TABLE (day date, rows_read bigint, rows bigint)
	LANGUAGE plpgsql SECURITY DEFINER
	ROWS 10
	SET search_path = pg_catalog, pg_temp
	SET timezone = 'UTC'
	SET datestyle = 'ISO, MDY'
AS $$
DECLARE
	relation CONSTANT regclass := pmr.source_relation(source);
	zone CONSTANT text := (SELECT s.report_timezone FROM pmr.source AS s WHERE s.source = unnoticed_days.source);
BEGIN
	/* Reading an UNLOGGED table is an error on a standby. */
	IF pg_is_in_recovery() THEN
		RETURN;
	END IF;
	RETURN QUERY
	SELECT coalesce(n.day, p.day), coalesce(p.rows_read, 0), coalesce(n.rows, 0)
	FROM pmr.rollup_month AS m,
		LATERAL (SELECT pmr.changed_days(role, m.source, m.month, m.as_of) AS days) AS changed,
		LATERAL (SELECT r.day, sum(r.rows_read)::bigint AS rows_read FROM pmr.rollup_part AS r WHERE r.source = m.source AND r.month = m.month GROUP BY r.day) AS p
		FULL JOIN LATERAL pmr.read_as_owner(pmr.role_oid(role), relation, format($query$
SELECT pmr.request_day((r.requested_at%2$s)::timestamptz, %3$L), count(*)
FROM %1$s AS r
WHERE r.requested_at >= $1%2$s AND r.requested_at < $2%2$s
GROUP BY 1$query$, relation, pmr.time_zone_of(relation, 'requested_at'), zone),
			pmr.day_start(m.source, m.month), least(pmr.day_start(m.source, (m.month + interval '1 month')::date), m.as_of)) AS n (day date, rows bigint) ON n.day = p.day
	WHERE m.source = unnoticed_days.source AND m.parts IS NOT NULL
	  AND coalesce(n.day, p.day) <> ALL (changed.days) AND coalesce(n.rows, 0) <> coalesce(p.rows_read, 0);
END
$$;
COMMENT ON FUNCTION pmr.unnoticed_days(pmr.requesting_role, text) IS 'internal: days of a source whose number of rows has changed without a new changed_at';
