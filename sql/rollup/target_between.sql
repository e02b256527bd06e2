/* The Target Response Times by which a month was measured */

/*
 * A hash that changes when the targets of an SRV before a time change.  Rows that
 * come into force later do not change it.
 */
CREATE FUNCTION pmr.target_fingerprint(srv text, before timestamp with time zone) RETURNS bigint
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	SELECT coalesce(hashtextextended(string_agg(concat_ws(' ', t.mode, t.device_generation, t.user_role, extract(epoch FROM t.valid_from), extract(epoch FROM t.target), t.builtin),
			',' ORDER BY t.mode, t.device_generation, t.user_role, t.builtin, t.valid_from), 0), 0)
	FROM pmr.target_response_time AS t
	WHERE t.srv = target_fingerprint.srv AND t.valid_from < before;
END;
COMMENT ON FUNCTION pmr.target_fingerprint(text, timestamp with time zone) IS 'internal: hash of the Target Response Times of an SRV that are in force before a time';

/*
 * The target of requests between two times, and its status.  An assumed row with
 * the same target may make the status assumed although another row overrides it.
 * user_role is a name, any, or unknown.
 */
CREATE FUNCTION pmr.target_between(srv text, mode text, device_generation text, user_role text, start timestamp with time zone, finish timestamp with time zone)
	RETURNS TABLE (target_s double precision, target_status text)
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	WITH edge AS (
		SELECT pmr.srv_target(srv, mode, device_generation, nullif(user_role, 'unknown'), e.at) AS target
		FROM (SELECT start AS at
			  UNION ALL
			  SELECT t.valid_from FROM pmr.target_response_time AS t
			  WHERE t.srv = target_between.srv AND t.valid_from > start AND t.valid_from < finish) AS e
	), summary AS (
		SELECT min(target) AS target,
			count(*) FILTER (WHERE target IS NULL) NOT IN (0, count(*)) OR min(target) <> max(target) AS changed
		FROM edge
	)
	SELECT CASE WHEN NOT changed THEN extract(epoch FROM target)::double precision END,
		CASE
			WHEN changed THEN 'changed'
			WHEN target IS NULL THEN 'none'
			WHEN EXISTS (SELECT FROM pmr.target_response_time AS t
						 WHERE t.srv = target_between.srv AND t.target = summary.target AND t.status = 'assumed'
						   AND target_between.mode IN (t.mode, 'unknown')
						   AND (t.device_generation = 'any' OR target_between.device_generation IN (t.device_generation, 'unknown'))
						   AND (t.user_role = 'any' OR target_between.user_role IN (t.user_role, 'unknown'))
						   AND NOT EXISTS (SELECT FROM pmr.target_response_time AS own
										   WHERE own.srv = t.srv AND own.mode = t.mode AND own.device_generation = t.device_generation AND own.user_role = t.user_role
											 AND own.valid_from <= start AND NOT own.builtin AND t.builtin)) THEN 'assumed'
			ELSE 'confirmed'
		END
	FROM summary;
END;
COMMENT ON FUNCTION pmr.target_between(text, text, text, text, timestamp with time zone, timestamp with time zone) IS 'internal: Target Response Time of the requests of a period in seconds, and its status: confirmed, assumed, none, or changed within the period';

/* Settled months whose results would differ with the targets of today. */
CREATE FUNCTION pmr.changed_targets(source text) RETURNS TABLE (month date, srvs bigint)
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	WITH used AS MATERIALIZED (
		SELECT DISTINCT r.month, r.srv, r.target_fingerprint
		FROM pmr.rollup_stratum AS r JOIN pmr.rollup_month AS m ON m.source = r.source AND m.month = r.month
		WHERE r.source = changed_targets.source AND m.settled
	)
	SELECT u.month, count(*)
	FROM used AS u
	WHERE u.target_fingerprint <> pmr.target_fingerprint(u.srv, pmr.day_start(changed_targets.source, (u.month + interval '1 month')::date))
	GROUP BY u.month
	ORDER BY u.month;
END;
COMMENT ON FUNCTION pmr.changed_targets(text) IS 'internal: settled months whose Target Response Times have changed since the rollup, and the number of SRVs that are affected';
