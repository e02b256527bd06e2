/* Rolling up one month */

/*
 * The query that a refresh runs as the owner of a source.  $1 to $3 are those of
 * request_query, $4 is the number of slices.
 */
CREATE FUNCTION pmr.rollup_query(source text, sliced boolean) RETURNS text
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN format($query$
SELECT part.*
FROM (SELECT number, $4 AS slices FROM generate_series(0, $4 - 1) AS number) AS slice, LATERAL (
	SELECT party, srv, mode, device_generation, user_role, qualifier, business_process,
		max(greatest(requested_at, responded_at, delivered_at, executed_at)) AS newest_at,
		pmr.rollup_cells(day, outcome, class, started_at, answered_at, factors) AS x
	FROM (%s) AS request
	WHERE NOT is_copy
	GROUP BY party, srv, mode, device_generation, user_role, qualifier, business_process) AS part$query$,
		pmr.request_query(source, sliced));
END
$$;
COMMENT ON FUNCTION pmr.rollup_query(text, boolean) IS 'internal: the query that counts the requests of a month of a source by Party, SRV and other columns';

/*
 * Rolls up one month as of a time, and replaces its rollup.  If it is rolled up
 * as of a later time, and was so at or after the time replaces_before, this
 * does nothing and returns NULL; otherwise it returns the number of rows read.
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
	relation regclass;
	start timestamptz;
	finish timestamptz;
	slices integer;
	success_known boolean;
	id_known boolean;
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
	start := greatest(refresh_month.month::timestamp AT TIME ZONE registered.report_timezone, '0001-01-02 00:00+00');
	finish := (refresh_month.month + interval '1 month') AT TIME ZONE registered.report_timezone;

	/*
	 * work_mem and enable_sort = off make the planner hash: there are thousands
	 * of groups of about 100 kB each, and to hash them takes a third of the time
	 * that sorting millions of rows would take.
	 */
	IF (SELECT setting::bigint < min_work_mem_kb FROM pg_settings WHERE name = 'work_mem') THEN
		PERFORM set_config('work_mem', min_work_mem_kb || 'kB', true);
	END IF;

	relation := pmr.source_relation(refresh_month.source);
	slices := pmr.refresh_slices(refresh_month.role, refresh_month.source, refresh_month.month, refresh_month.as_of);
	SELECT count(*) FILTER (WHERE column_name = 'response_code') > 0, count(*) FILTER (WHERE column_name = 'request_id') > 0
	INTO success_known, id_known
	FROM pmr.relation_columns(relation);

	DELETE FROM pmr.rollup AS r WHERE r.source = refresh_month.source AND r.month = refresh_month.month;
	DELETE FROM pmr.rollup_pair AS r WHERE r.source = refresh_month.source AND r.month = refresh_month.month;
	DELETE FROM pmr.rollup_month AS r WHERE r.source = refresh_month.source AND r.month = refresh_month.month;

	WITH crossed AS MATERIALIZED (
		SELECT c.*
		FROM pmr.read_as_owner(pmr.role_oid(refresh_month.role), relation, pmr.rollup_query(refresh_month.source, slices > 1),
			refresh_month.as_of, start, least(finish, refresh_month.as_of), slices)
			AS c (party text COLLATE "C", srv text COLLATE "C", mode text COLLATE "C", device_generation text COLLATE "C", user_role text COLLATE "C",
				qualifier text COLLATE "C", business_process text COLLATE "C", newest_at timestamptz, x pmr.rollup_cells)
	), stratum AS MATERIALIZED (
		SELECT pmr.party_key(c.party) AS party, pmr.short_key(c.srv) AS srv, c.mode, c.device_generation, pmr.short_key(c.user_role) AS user_role,
			pmr.short_key(c.qualifier) AS qualifier, pmr.short_key(c.business_process) AS business_process,
			t.target_s, t.target_status, pmr.target_fingerprint(c.srv, finish) AS target_fingerprint, c.newest_at, c.x
		FROM crossed AS c, pmr.target_between(c.srv, c.mode, c.device_generation, c.user_role, start, finish) AS t
		ORDER BY c.party, c.srv
	), cell AS (
		INSERT INTO pmr.rollup
		SELECT refresh_month.source, refresh_month.month, c.day, s.party, s.srv, s.mode, s.device_generation, s.user_role, s.qualifier, s.business_process,
			CASE c.factor WHEN 0 THEN 'all' ELSE registered.factors[c.factor] END, c.value,
			c.requests, c.met, c.missed, c.pending, c.not_measured, c.invalid, c.answered, c.success, c.rejected, c.failed, c.no_response,
			c.unclassified, c.met_success, c.met_rejected, c.missed_rejected, c.pre_commands, c.local_commands, c.cancelled,
			s.target_s, s.target_status, s.target_fingerprint, c.rtt
		FROM stratum AS s, unnest((s.x).cells) AS c
	), pair AS (
		INSERT INTO pmr.rollup_pair
		SELECT refresh_month.source, refresh_month.month, s.party, s.srv, s.mode, s.device_generation, registered.factors[p.factor_a], registered.factors[p.factor_b],
			p.values_a, p.values_b, p.measured, p.missed
		FROM stratum AS s, unnest((s.x).pairs) AS p
	), copies AS MATERIALIZED (
		SELECT pmr.party_key(d.party) AS party, sum(d.copies)::bigint AS copies
		FROM pmr.read_as_owner(pmr.role_oid(refresh_month.role), relation, pmr.copies_query(refresh_month.source),
			refresh_month.as_of, start, least(finish, refresh_month.as_of)) AS d (party text COLLATE "C", copies bigint)
		GROUP BY 1
	), present AS (
		SELECT party, coalesce(d.copies, 0) AS copies
		FROM (SELECT DISTINCT party FROM stratum) AS s FULL JOIN copies AS d USING (party)
	)
	INSERT INTO pmr.rollup_month
	SELECT refresh_month.source, refresh_month.month, refresh_month.as_of, refresh_month.as_of >= finish + registered.settle_after, clock_timestamp(), pg_get_userbyid(pmr.role_oid(refresh_month.role)),
		coalesce(sum(c.requests + c.pre_commands + c.local_commands + c.cancelled), 0) + CASE WHEN registered.count_copies THEN 0 ELSE (SELECT coalesce(sum(d.copies), 0) FROM copies AS d) END,
		coalesce(sum(c.requests), 0),
		coalesce(sum(c.requests) FILTER (WHERE s.party = ''), 0),
		coalesce(sum(c.requests) FILTER (WHERE s.srv = ''), 0),
		coalesce(sum(c.requests) FILTER (WHERE s.srv <> '' AND NOT EXISTS (SELECT FROM pmr.service_reference_variant AS v WHERE v.srv = s.srv)), 0),
		coalesce(sum(c.requests) FILTER (WHERE s.mode = 'unknown'), 0),
		coalesce(sum(c.requests) FILTER (WHERE s.device_generation = 'unknown'), 0),
		coalesce(sum(c.unclassified), 0),
		coalesce(sum(c.invalid), 0),
		CASE WHEN id_known THEN (SELECT array_agg(p.copies ORDER BY p.party) FROM present AS p) END,
		success_known,
		(SELECT array_agg(p.party ORDER BY p.party) FROM present AS p),
		max(s.newest_at)
	FROM stratum AS s, unnest((s.x).cells) AS c
	WHERE c.factor = 0 AND c.day IS NULL
	HAVING count(*) > 0 OR EXISTS (SELECT FROM copies)
	RETURNING rows_read INTO result;
	PERFORM pmr.store_figures(refresh_month.source, refresh_month.month);
	RETURN coalesce(result, 0);
END
$$;
COMMENT ON FUNCTION pmr.refresh_month(pmr.requesting_role, text, date, timestamp with time zone, timestamp with time zone) IS 'internal: rolls up one month of a source';
