/* What would have been met at another target */

/*
 * The strata of a Party and of a period, by what the rows of an answer are about:
 * the Party, each SRV, or each business process, which counts each of its requests
 * once.  The SRV * stands for all SRVs.
 */
CREATE FUNCTION pmr.strata_by(source text, party text, from_day date, to_day date, by text)
	RETURNS TABLE (business_process text, srv text, mode text, target_s double precision, days pmr.rollup_state)
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	WITH layout AS MATERIALIZED (
		SELECT r.*
		FROM pmr.report_rows(pmr.day_start(strata_by.source, (date_trunc('month', to_day::timestamp) + interval '1 month')::date)) AS r
		WHERE by = 'process'
	), stratum AS MATERIALIZED (
		SELECT s.srv, s.mode, s.qualifier, s.business_process, s.target_s, pmr.rollup_days(s.state, from_day, to_day) AS days
		FROM pmr.rollup_stratum AS s
		WHERE s.source = strata_by.source AND s.party = strata_by.party AND s.month BETWEEN date_trunc('month', from_day::timestamp)::date AND to_day
	)
	SELECT '', CASE by WHEN 'srv' THEN s.srv ELSE '*' END, s.mode, s.target_s, s.days
	FROM stratum AS s
	WHERE by <> 'process' AND s.days IS NOT NULL
	UNION ALL
	SELECT b.business_process, '*', s.mode, s.target_s, s.days
	FROM (SELECT DISTINCT r.business_process FROM layout AS r) AS b
		JOIN stratum AS s ON EXISTS (
			SELECT FROM layout AS r
			WHERE r.business_process = b.business_process AND r.srv = s.srv AND r.qualifier IN ('', s.qualifier) AND s.business_process IN ('', r.business_process))
	WHERE s.days IS NOT NULL;
END;
COMMENT ON FUNCTION pmr.strata_by(text, text, date, date, text) IS 'internal: states of a Party''s requests in a period, by business process, SRV and mode; the SRV * stands for all';

/*
 * At least and at most so many measured requests took no longer than target_s.
 *
 * The bucket that includes target_s is not known, unless the sketch is exact.
 * If the target changed within the month, the sketch can have times of requests
 * that are not measured, at most others of them.  If it did not, such requests have
 * no start, and so no time; and at that target met is exact.
 */
CREATE FUNCTION pmr.met_at_target(c pmr.rollup_cell, own_target_s double precision, target_s double precision) RETURNS TABLE (at_least bigint, at_most bigint)
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	ROWS 1
BEGIN ATOMIC
	SELECT greatest(b.low - o.others, 0, CASE WHEN target_s >= own_target_s THEN c.met END),
		least(b.high, c.met + c.missed, CASE WHEN target_s <= own_target_s THEN c.met END)
	FROM pmr.times_within(c.rtt, target_s) AS b,
		LATERAL (SELECT CASE WHEN own_target_s IS NULL THEN least(c.not_measured - (c.answered - b.timed), b.timed - c.met) ELSE 0 END AS others) AS o;
END;
COMMENT ON FUNCTION pmr.met_at_target(pmr.rollup_cell, double precision, double precision) IS 'internal: how many of the measured requests took no longer than target_s, at least and at most; own_target_s is their target, NULL if there are several';

CREATE FUNCTION pmr.performance_at_target_of(role pmr.requesting_role, source text, party text, target_s double precision, from_day date, to_day date, by text)
	RETURNS TABLE (business_process text, srv text, mode text, measured bigint, met bigint, target_met_pct double precision,
		at_target_pct double precision, at_target_low_pct double precision, at_target_high_pct double precision, met_at_least bigint, met_at_most bigint)
	LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER
	ROWS 20
	SET search_path = pg_catalog, pg_temp
	SET jit = off
AS $$
BEGIN
	IF (target_s >= 0 AND target_s < 'infinity') IS NOT TRUE THEN
		RAISE invalid_parameter_value USING MESSAGE = format('target_s must be a number of seconds, not %s', coalesce(target_s::text, 'NULL'));
	ELSIF NOT pmr.can_see_party(performance_at_target_of.role, performance_at_target_of.party) THEN
		RETURN;
	END IF;
	RETURN QUERY
	SELECT t.business_process, t.srv, t.mode, t.measured, t.met, pmr.percentage(t.met, t.measured),
		round((pmr.percentage(t.at_least, t.measured) + pmr.percentage(t.at_most, t.measured))::numeric / 2, 2)::double precision,
		pmr.percentage(t.at_least, t.measured), pmr.percentage(t.at_most, t.measured), t.at_least, t.at_most
	FROM (SELECT s.business_process, s.srv, s.mode, sum(c.requests) AS requests, sum(c.met + c.missed)::bigint AS measured, sum(c.met)::bigint AS met,
			sum(m.at_least)::bigint AS at_least, sum(m.at_most)::bigint AS at_most
		  FROM pmr.strata_by(performance_at_target_of.source, performance_at_target_of.party, from_day, to_day, by) AS s,
			unnest((pmr.rollup_cells(s.days, false)).cells[1:1]) AS c,
			pmr.met_at_target(c, s.target_s, performance_at_target_of.target_s) AS m
		  GROUP BY s.business_process, s.srv, s.mode) AS t
	WHERE t.requests > 0
	ORDER BY t.business_process, t.srv, t.mode;
END
$$;
COMMENT ON FUNCTION pmr.performance_at_target_of(pmr.requesting_role, text, text, double precision, date, date, text) IS 'internal: performance_at_target of one Party';

CREATE FUNCTION pmr.performance_at_target(target_s double precision, from_day date, to_day date, by text DEFAULT 'srv')
	RETURNS TABLE (source text, party text, business_process text, srv text, mode text, measured bigint, met bigint, target_met_pct double precision,
		at_target_pct double precision, at_target_low_pct double precision, at_target_high_pct double precision, met_at_least bigint, met_at_most bigint,
		days_asked bigint, days_covered bigint, as_of timestamp with time zone, status text)
	LANGUAGE sql STABLE PARALLEL RESTRICTED
	ROWS 1000
BEGIN ATOMIC
	SELECT v.source, v.party, f.business_process, f.srv, f.mode, f.measured, f.met, f.target_met_pct,
		f.at_target_pct, f.at_target_low_pct, f.at_target_high_pct, f.met_at_least, f.met_at_most, v.days_asked, v.days_covered, v.as_of, v.status
	FROM pmr.visible_period(pmr.requesting_role(), from_day, to_day, by) AS v,
		pmr.performance_at_target_of(pmr.requesting_role(), v.source, v.party, target_s, from_day, to_day, by) AS f
	ORDER BY v.source, v.party, f.business_process, f.srv, f.mode;
END;
COMMENT ON FUNCTION pmr.performance_at_target(double precision, date, date, text) IS 'how many measured requests of a period, both days included, took no longer than target_s seconds, with bounds: by SRV, business process or Party, and by mode; unanswered requests took longer; do not add up business processes, and do not average percentages';
