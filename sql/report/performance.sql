/* A Party's own performance in any period */

/*
 * The Parties that a role can see in a period.  Queries join them with a function
 * that computes the figures of one Party, so that a condition on the Party or
 * source is applied before anything is computed.
 */
CREATE FUNCTION pmr.visible_period(role pmr.requesting_role, from_day date, to_day date, by text DEFAULT 'srv')
	RETURNS TABLE (source text, party text, days_asked bigint, days_covered bigint, as_of timestamp with time zone, status text)
	LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER
	ROWS 200
	SET search_path = pg_catalog, pg_temp
	SET jit = off
AS $$
BEGIN
	IF from_day IS NULL OR to_day IS NULL OR NOT isfinite(from_day) OR NOT isfinite(to_day) THEN
		RAISE invalid_parameter_value USING MESSAGE = 'from_day and to_day must be dates';
	ELSIF to_day < from_day THEN
		RAISE invalid_parameter_value USING MESSAGE = format('to_day %s is before from_day %s', to_day, from_day);
	ELSIF (by IN ('party', 'srv', 'process')) IS NOT TRUE THEN
		RAISE invalid_parameter_value USING MESSAGE = format('by must be party, srv or process, not %s', coalesce(quote_literal(by), 'NULL'));
	END IF;
	RETURN QUERY
	WITH covered AS MATERIALIZED (
		SELECT s.source, pmr.days_covered(s.source, visible_period.from_day, visible_period.to_day) AS days
		FROM pmr.source AS s
	)
	SELECT m.source, m.party, visible_period.to_day - visible_period.from_day + 1::bigint, c.days, min(m.as_of),
		CASE WHEN bool_and(m.status = 'final') THEN 'final' ELSE 'provisional' END
	FROM pmr.visible_month(visible_period.role) AS m JOIN covered AS c ON c.source = m.source
	WHERE m.party <> '*' AND m.month BETWEEN date_trunc('month', visible_period.from_day::timestamp)::date AND visible_period.to_day
	GROUP BY m.source, m.party, c.days;
END
$$;
COMMENT ON FUNCTION pmr.visible_period(pmr.requesting_role, date, date, text) IS 'internal: Parties with requests in a period that the role can see; an error if by is none of party, srv and process';

/*
 * A function, because the percentile of a period cannot be computed from the
 * percentiles of its months.
 */
CREATE FUNCTION pmr.performance_of(role pmr.requesting_role, source text, party text, from_day date, to_day date) RETURNS SETOF pmr.party_figure
	LANGUAGE sql STABLE PARALLEL RESTRICTED SECURITY DEFINER
	ROWS 20
	SET search_path = pg_catalog, pg_temp
	SET jit = off
BEGIN ATOMIC
	SELECT f.*
	FROM (SELECT WHERE pmr.can_see_party(performance_of.role, performance_of.party)) AS seen,
		pmr.compute_figures(performance_of.source, performance_of.party, performance_of.party, performance_of.from_day, performance_of.to_day, false) AS f;
END;
COMMENT ON FUNCTION pmr.performance_of(pmr.requesting_role, text, text, date, date) IS 'internal: performance of one Party';

CREATE FUNCTION pmr.performance(from_day date, to_day date)
	RETURNS TABLE (source text, party text, srv text, mode text, requests bigint, success_pct double precision, target_met_pct double precision, target_met_low_pct double precision, target_met_high_pct double precision,
		target_met_accepted_pct double precision, success_within_target_pct double precision, answered_pct double precision,
		p50_s double precision, p90_s double precision, p95_s double precision, p99_s double precision, p95_all_s double precision, mean_s double precision, max_s double precision,
		met bigint, missed bigint, pending bigint, not_measured bigint, invalid bigint, answered bigint, success bigint, rejected bigint, failed bigint, no_response bigint, unclassified bigint,
		days_asked bigint, days_covered bigint, as_of timestamp with time zone, status text)
	LANGUAGE sql STABLE PARALLEL RESTRICTED
	ROWS 1000
BEGIN ATOMIC
	SELECT v.source, v.party, f.srv, f.mode, f.requests, f.success_pct, f.target_met_pct, f.target_met_low_pct, f.target_met_high_pct,
		f.target_met_accepted_pct, f.success_within_target_pct, f.answered_pct,
		f.p50_s, f.p90_s, f.p95_s, f.p99_s, f.p95_all_s, f.mean_s, f.max_s,
		f.met, f.missed, f.pending, f.not_measured, f.invalid, f.answered, f.success, f.rejected, f.failed, f.no_response, f.unclassified,
		v.days_asked, v.days_covered, v.as_of, v.status
	FROM pmr.visible_period(pmr.requesting_role(), from_day, to_day) AS v,
		pmr.performance_of(pmr.requesting_role(), v.source, v.party, from_day, to_day) AS f
	ORDER BY v.source, v.party, f.srv, f.mode;
END;
COMMENT ON FUNCTION pmr.performance(date, date) IS 'the figures of party_performance over any period, both days included; days_asked is the number of its days, days_covered how many of them had ended at the time as of which the source''s month is rolled up; to combine rows, add up the counts, do not average percentages';
