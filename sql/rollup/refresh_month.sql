/* Rolling up one month */

/*
 * Merges the parts of a month into its strata, and returns its row of
 * rollup_month, of which the caller knows the rest; NULL: the month has no rows.
 *
 * The parts are sorted, so that the states of one group are in memory at a time.
 */
CREATE FUNCTION pmr.merge_parts(source text, month date) RETURNS pmr.rollup_month
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
	SET enable_hashagg = off
	SET enable_sort = on
AS $$
DECLARE
	registered pmr.source;
	start CONSTANT timestamptz := pmr.day_start(source, month);
	finish CONSTANT timestamptz := pmr.day_start(source, (month + interval '1 month')::date);
	success_known boolean;
	id_known boolean;
	result pmr.rollup_month;
BEGIN
	SELECT * INTO registered FROM pmr.source AS a WHERE a.source = merge_parts.source;
	SELECT count(*) FILTER (WHERE column_name = 'response_code') > 0, count(*) FILTER (WHERE column_name = 'request_id') > 0
	INTO success_known, id_known
	FROM pmr.relation_columns(pmr.source_relation(source));

	DELETE FROM pmr.rollup_stratum AS s WHERE s.source = merge_parts.source AND s.month = merge_parts.month;

	WITH merged AS MATERIALIZED (
		SELECT p.party, p.srv, p.mode, p.device_generation, p.user_role, p.qualifier, p.business_process,
			sum(p.rows_read)::bigint AS rows_read, sum(p.copies)::bigint AS copies, max(p.newest_at) AS newest_at, pmr.rollup_merge(p.state) AS state
		FROM pmr.rollup_part AS p
		WHERE p.source = merge_parts.source AND p.month = merge_parts.month
		GROUP BY p.party, p.srv, p.mode, p.device_generation, p.user_role, p.qualifier, p.business_process
	), target AS MATERIALIZED (
		SELECT k.*, t.target_s, t.target_status, pmr.target_fingerprint(k.srv, finish) AS target_fingerprint
		FROM (SELECT DISTINCT m.srv, m.mode, m.device_generation, m.user_role FROM merged AS m) AS k,
			pmr.target_between(k.srv, k.mode, k.device_generation, k.user_role, start, finish) AS t
	), stratum AS (
		INSERT INTO pmr.rollup_stratum
		SELECT merge_parts.source, merge_parts.month, m.party, m.srv, m.mode, m.device_generation, m.user_role, m.qualifier, m.business_process,
			t.target_s, t.target_status, t.target_fingerprint, m.state
		FROM merged AS m JOIN target AS t USING (srv, mode, device_generation, user_role)
		WHERE m.state IS NOT NULL
	), present AS (
		SELECT m.party, sum(m.copies)::bigint AS copies
		FROM merged AS m
		GROUP BY m.party
	)
	SELECT merge_parts.source, merge_parts.month, NULL::timestamptz, NULL::boolean, NULL::timestamptz, NULL::text,
		sum(m.rows_read) FILTER (WHERE c.day IS NULL),
		coalesce(sum(c.requests) FILTER (WHERE c.day IS NULL), 0),
		coalesce(sum(c.requests) FILTER (WHERE c.day IS NULL AND m.party = ''), 0),
		coalesce(sum(c.requests) FILTER (WHERE c.day IS NULL AND m.srv = ''), 0),
		coalesce(sum(c.requests) FILTER (WHERE c.day IS NULL AND m.srv <> '' AND NOT EXISTS (SELECT FROM pmr.service_reference_variant AS v WHERE v.srv = m.srv)), 0),
		coalesce(sum(c.requests) FILTER (WHERE c.day IS NULL AND m.mode = 'unknown'), 0),
		coalesce(sum(c.requests) FILTER (WHERE c.day IS NULL AND m.device_generation = 'unknown'), 0),
		coalesce(sum(c.unclassified) FILTER (WHERE c.day IS NULL), 0),
		coalesce(sum(c.invalid) FILTER (WHERE c.day IS NULL), 0),
		CASE WHEN id_known THEN (SELECT array_agg(p.copies ORDER BY p.party) FROM present AS p) END,
		success_known,
		(SELECT array_agg(p.party ORDER BY p.party) FROM present AS p),
		max(m.newest_at),
		registered.factors,
		array_agg(DISTINCT c.day ORDER BY c.day) FILTER (WHERE c.day IS NOT NULL),
		NULL::bigint, NULL::timestamptz, NULL::bigint
	INTO result
	FROM merged AS m LEFT JOIN LATERAL unnest((pmr.rollup_cells(m.state, false)).cells) AS c ON true
	HAVING count(*) > 0;
	RETURN result;
END
$$;
COMMENT ON FUNCTION pmr.merge_parts(text, date) IS 'internal: makes the strata of a month of its parts, and returns its counts';

/*
 * Rolls up one month as of a time, and replaces its rollup.  If it is rolled up
 * as of a later time, and was so at or after the time replaces_before, this
 * does nothing and returns NULL; otherwise it returns the number of rows read.
 * Of a source that tells what has changed, it reads only some days, unless
 * replaces_before says that the caller named the days.
 *
 * The lock on the row of the source lets only one refresh of it run at a time.
 * The source is read as its owner, and the result is written as the owner of
 * the extension; the role needs the privilege to read the source.
 *
 * The SET clauses make the results of the source's views independent of the
 * session's settings.
 */
CREATE FUNCTION pmr.refresh_month(role pmr.requesting_role, source text, month date, as_of timestamp with time zone, replaces_before timestamp with time zone DEFAULT '-infinity') RETURNS bigint
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
	SET timezone = 'UTC'
	SET datestyle = 'ISO, MDY'
	SET intervalstyle = 'postgres'
	SET extra_float_digits = 1
	SET bytea_output = 'hex'
	SET lc_monetary = 'C'
	SET lc_numeric = 'C'
	SET lc_time = 'C'
	SET jit = off
	SET enable_sort = off
AS $$
DECLARE
	registered pmr.source;
	all_days CONSTANT date[] := pmr.month_days(month);
	days date[] := all_days;
	has_changes boolean;
	settles boolean;
	by_day boolean;
	rolled_up pmr.rollup_month;
	fingerprint bigint;
	kept bigint;
	result bigint;
	min_work_mem_kb CONSTANT integer := 262144;
BEGIN
	SELECT * INTO registered FROM pmr.source AS a WHERE a.source = refresh_month.source FOR NO KEY UPDATE;
	IF NOT FOUND THEN
		RAISE undefined_object USING MESSAGE = format('source "%s" does not exist', refresh_month.source);
	ELSIF EXISTS (SELECT FROM pmr.rollup_month AS m
				  WHERE m.source = refresh_month.source AND m.month = refresh_month.month AND m.as_of > refresh_month.as_of
					AND m.refreshed_at >= replaces_before) THEN
		RETURN NULL;
	END IF;
	has_changes := pmr.has_changes(refresh_month.source);
	settles := refresh_month.as_of >= pmr.day_start(refresh_month.source, (refresh_month.month + interval '1 month')::date) + registered.settle_after;

	/*
	 * work_mem and enable_sort = off make the planner hash: there are thousands
	 * of groups of about 100 kB each, and to hash them takes a third of the time
	 * that sorting millions of rows would take.
	 */
	IF (SELECT setting::bigint < min_work_mem_kb FROM pg_settings WHERE name = 'work_mem') THEN
		PERFORM set_config('work_mem', min_work_mem_kb || 'kB', true);
	END IF;

	/* What changes while this reads must make the next refresh read all again. */
	fingerprint := CASE WHEN has_changes THEN pmr.read_fingerprint(refresh_month.source) END;
	IF has_changes AND replaces_before = '-infinity' THEN
		days := pmr.changed_days(refresh_month.role, refresh_month.source, refresh_month.month, refresh_month.as_of);
	END IF;
	by_day := has_changes AND (NOT settles OR days <> all_days);
	IF days <> '{}' THEN
		DELETE FROM pmr.rollup_part AS p WHERE p.source = refresh_month.source AND p.month = refresh_month.month AND (days = all_days OR p.day = ANY (days));
		PERFORM pmr.read_parts(refresh_month.role, refresh_month.source, refresh_month.month, days, refresh_month.as_of, by_day);
		rolled_up := pmr.merge_parts(refresh_month.source, refresh_month.month);
	ELSE
		SELECT * INTO rolled_up FROM pmr.rollup_month AS r WHERE r.source = refresh_month.source AND r.month = refresh_month.month;
	END IF;
	SELECT count(*), coalesce(sum(p.rows_read) FILTER (WHERE p.day = ANY (days)), 0) INTO kept, result
	FROM pmr.rollup_part AS p WHERE p.source = refresh_month.source AND p.month = refresh_month.month;
	IF settles OR NOT by_day THEN
		DELETE FROM pmr.rollup_part AS p WHERE p.source = refresh_month.source AND p.month = refresh_month.month;
		kept := NULL;
	END IF;

	DELETE FROM pmr.rollup_month AS r WHERE r.source = refresh_month.source AND r.month = refresh_month.month;
	INSERT INTO pmr.rollup_month
	SELECT r.source, r.month, refresh_month.as_of, settles, clock_timestamp(), pg_get_userbyid(pmr.role_oid(refresh_month.role)),
		r.rows_read, r.requests, r.no_party, r.no_srv, r.unknown_srv, r.unknown_mode, r.unknown_generation, r.unclassified, r.negative,
		r.duplicates, r.success_known, r.parties, r.newest_at, r.factors, r.days,
		kept, CASE WHEN kept IS NOT NULL THEN transaction_timestamp() - registered.changed_margin END, CASE WHEN kept IS NOT NULL THEN fingerprint END
	FROM (SELECT (rolled_up).*) AS r
	WHERE r.source IS NOT NULL;
	IF days <> '{}' THEN
		PERFORM pmr.store_figures(refresh_month.source, refresh_month.month);
	END IF;
	RETURN result;
END
$$;
COMMENT ON FUNCTION pmr.refresh_month(pmr.requesting_role, text, date, timestamp with time zone, timestamp with time zone) IS 'internal: rolls up one month of a source';
