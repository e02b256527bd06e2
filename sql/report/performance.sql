/* A Party's own performance in any period */

/*
 * A function, because the percentile of a period cannot be computed from the
 * percentiles of its months.
 */
CREATE FUNCTION pmr.performance_of(role pmr.requesting_role, from_day date, to_day date)
	RETURNS TABLE (source text, party text, srv text, mode text, requests bigint, success_pct double precision, target_met_pct double precision, target_met_low_pct double precision, target_met_high_pct double precision,
		target_met_accepted_pct double precision, success_within_target_pct double precision, answered_pct double precision,
		p50_s double precision, p90_s double precision, p95_s double precision, p99_s double precision, p95_all_s double precision, mean_s double precision, max_s double precision,
		met bigint, missed bigint, pending bigint, not_measured bigint, invalid bigint, answered bigint, success bigint, rejected bigint, failed bigint, no_response bigint, unclassified bigint,
		days_asked bigint, days_covered bigint, as_of timestamp with time zone, status text)
	LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER
	ROWS 1000
	SET search_path = pg_catalog, pg_temp
	SET jit = off
AS $$
BEGIN
	IF from_day IS NULL OR to_day IS NULL OR NOT isfinite(from_day) OR NOT isfinite(to_day) THEN
		RAISE invalid_parameter_value USING MESSAGE = 'from_day and to_day must be dates';
	ELSIF to_day < from_day THEN
		RAISE invalid_parameter_value USING MESSAGE = format('to_day %s is before from_day %s', to_day, from_day);
	END IF;
	RETURN QUERY
	WITH covered AS MATERIALIZED (
		SELECT s.source, pmr.days_covered(s.source, performance_of.from_day, performance_of.to_day) AS days
		FROM pmr.source AS s
	)
	SELECT v.source, v.party, f.srv, f.mode, f.requests, f.success_pct, f.target_met_pct, f.target_met_low_pct, f.target_met_high_pct,
		f.target_met_accepted_pct, f.success_within_target_pct, f.answered_pct,
		f.p50_s, f.p90_s, f.p95_s, f.p99_s, f.p95_all_s, f.mean_s, f.max_s,
		f.met, f.missed, f.pending, f.not_measured, f.invalid, f.answered, f.success, f.rejected, f.failed, f.no_response, f.unclassified,
		performance_of.to_day - performance_of.from_day + 1::bigint, c.days, v.as_of, v.status
	FROM (
		SELECT m.source, m.party, min(m.as_of) AS as_of, CASE WHEN bool_and(m.status = 'final') THEN 'final' ELSE 'provisional' END AS status
		FROM pmr.visible_month(performance_of.role) AS m
		WHERE m.party <> '*' AND m.month BETWEEN date_trunc('month', performance_of.from_day)::date AND performance_of.to_day
		GROUP BY m.source, m.party) AS v JOIN covered AS c ON c.source = v.source,
		pmr.compute_figures(v.source, v.party, v.party, performance_of.from_day, performance_of.to_day, false) AS f
	ORDER BY v.source, v.party, f.srv, f.mode;
END
$$;
COMMENT ON FUNCTION pmr.performance_of(pmr.requesting_role, date, date) IS 'internal: performance of a role';

CREATE FUNCTION pmr.performance(from_day date, to_day date)
	RETURNS TABLE (source text, party text, srv text, mode text, requests bigint, success_pct double precision, target_met_pct double precision, target_met_low_pct double precision, target_met_high_pct double precision,
		target_met_accepted_pct double precision, success_within_target_pct double precision, answered_pct double precision,
		p50_s double precision, p90_s double precision, p95_s double precision, p99_s double precision, p95_all_s double precision, mean_s double precision, max_s double precision,
		met bigint, missed bigint, pending bigint, not_measured bigint, invalid bigint, answered bigint, success bigint, rejected bigint, failed bigint, no_response bigint, unclassified bigint,
		days_asked bigint, days_covered bigint, as_of timestamp with time zone, status text)
	LANGUAGE sql STABLE PARALLEL RESTRICTED
	ROWS 1000
BEGIN ATOMIC
	SELECT f.source, f.party, f.srv, f.mode, f.requests, f.success_pct, f.target_met_pct, f.target_met_low_pct, f.target_met_high_pct, f.target_met_accepted_pct, f.success_within_target_pct, f.answered_pct, f.p50_s, f.p90_s, f.p95_s, f.p99_s, f.p95_all_s, f.mean_s, f.max_s, f.met, f.missed, f.pending, f.not_measured, f.invalid, f.answered, f.success, f.rejected, f.failed, f.no_response, f.unclassified, f.days_asked, f.days_covered, f.as_of, f.status
	FROM pmr.performance_of(pmr.requesting_role(), from_day, to_day) AS f;
END;
COMMENT ON FUNCTION pmr.performance(date, date) IS 'the figures of party_performance over any period, both days included; days_asked is the number of its days, days_covered how many of them had ended at the time as of which the source''s month is rolled up';
