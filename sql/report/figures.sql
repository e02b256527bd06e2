/* Percentages, percentiles and intervals of summed counts */

CREATE FUNCTION pmr.percentage(part bigint, whole bigint) RETURNS double precision
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	RETURN CASE
		WHEN whole = 0 THEN NULL
		WHEN part = 0 OR part = whole THEN 100.0 * (part / whole)
		ELSE least(greatest(round(100.0 * part / whole, 2), 0.01), 99.99)
	END;
COMMENT ON FUNCTION pmr.percentage(bigint, bigint) IS 'internal: percentage from 0 to 100, to two decimals; 100 only if part = whole, 0 only if part = 0; NULL if whole = 0';

/*
 * Wilson's score interval at 95 % (E. B. Wilson, 1927), as percentages, of
 * counts divided by their overdispersion phi.
 */
CREATE FUNCTION pmr.wilson_interval_pct(part bigint, whole bigint, phi double precision)
	RETURNS TABLE (low_pct double precision, high_pct double precision)
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	ROWS 1
BEGIN ATOMIC
	SELECT CASE WHEN whole > 0 THEN round((100 * greatest((p + z * z / (2 * n) - z * sqrt(p * (1 - p) / n + z * z / (4 * n * n))) / (1 + z * z / n), 0))::numeric, 2)::double precision END,
		CASE WHEN whole > 0 THEN round((100 * least((p + z * z / (2 * n) + z * sqrt(p * (1 - p) / n + z * z / (4 * n * n))) / (1 + z * z / n), 1))::numeric, 2)::double precision END
	FROM (SELECT part::double precision / nullif(whole, 0) AS p, nullif(whole, 0) / phi AS n, 1.959963984540054 AS z) AS s;
END;
COMMENT ON FUNCTION pmr.wilson_interval_pct(bigint, bigint, double precision) IS 'internal: Wilson interval at 95 % of a share, of counts divided by their overdispersion; NULL if whole = 0';

/*
 * An unanswered request counts as later than any time.  The rank is that of
 * percentile_disc, an integer; half a rank less is asked for, so that rounding
 * the fraction cannot give the next rank.
 */
CREATE FUNCTION pmr.percentile_of_all(rtt pmr.rtt_sketch, fraction numeric, requests bigint) RETURNS double precision
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	RETURN CASE WHEN ceil(fraction * requests) BETWEEN 1 AND pmr.rtt_count(rtt)
		THEN pmr.rtt_percentile(rtt, ((ceil(fraction * requests) - 0.5) / pmr.rtt_count(rtt))::double precision) END;
COMMENT ON FUNCTION pmr.percentile_of_all(pmr.rtt_sketch, numeric, bigint) IS 'internal: percentile in seconds over this number of requests, of which only those in the sketch were answered; NULL if the request of that rank is unanswered';

CREATE FUNCTION pmr.figures(requests bigint, met bigint, missed bigint, pending bigint, invalid bigint, answered bigint, success bigint,
		met_success bigint, met_rejected bigint, missed_rejected bigint, success_known boolean, rtt pmr.rtt_sketch)
	RETURNS TABLE (success_pct double precision, target_met_pct double precision, target_met_accepted_pct double precision,
		success_within_target_pct double precision, answered_pct double precision,
		p50_s double precision, p90_s double precision, p95_s double precision, p99_s double precision,
		p95_all_s double precision, mean_s double precision, max_s double precision)
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	ROWS 1
BEGIN ATOMIC
	SELECT CASE WHEN success_known THEN pmr.percentage(success, c.decided) END,
		pmr.percentage(met, c.measured),
		CASE WHEN success_known THEN pmr.percentage(c.met_accepted, c.measured_accepted) END,
		CASE WHEN success_known THEN pmr.percentage(met_success, c.measured) END,
		pmr.percentage(answered, c.decided),
		c.p[1], c.p[2], c.p[3], c.p[4],
		pmr.percentile_of_all(rtt, 0.95, c.timed + c.decided - answered),
		round(pmr.rtt_mean(rtt)::numeric, 3)::double precision,
		pmr.rtt_max(rtt)
	/* OFFSET 0 keeps these as columns: a function whose argument is a long expression is not inlined */
	FROM (SELECT requests - pending - invalid AS decided, met + missed AS measured, met - met_rejected AS met_accepted, met + missed - met_rejected - missed_rejected AS measured_accepted,
			pmr.rtt_percentiles(rtt, '{0.5,0.9,0.95,0.99}') AS p, coalesce(pmr.rtt_count(rtt), 0) AS timed OFFSET 0) AS c;
END;
COMMENT ON FUNCTION pmr.figures(bigint, bigint, bigint, bigint, bigint, bigint, bigint, bigint, bigint, bigint, boolean, pmr.rtt_sketch) IS 'internal: percentages and percentiles of sums of counts and merged sketches';

/*
 * Outages affect whole days, not single requests, so days differ by more than
 * chance explains: by the factor sum(n (p_day - p)^2 / (p (1 - p))) / (days - 1).
 * It is computed from misses, which are the smaller numbers.
 */
CREATE FUNCTION pmr.overdispersion(days bigint, squares double precision, missed bigint, measured bigint) RETURNS double precision
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	RETURN CASE WHEN days > 1 AND missed > 0 AND missed < measured
		THEN greatest(1, (squares - missed::double precision * missed / measured)
			/ (missed::double precision / measured * (1 - missed::double precision / measured)) / (days - 1))
		ELSE 1 END;
COMMENT ON FUNCTION pmr.overdispersion(bigint, double precision, bigint, bigint) IS 'internal: overdispersion of days, at least 1; squares is the sum of missed^2 / measured over the days';
