/* Percentages, percentiles and intervals of summed counts */

CREATE FUNCTION pmr.percentage(part bigint, whole bigint) RETURNS double precision
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	RETURN CASE
		WHEN whole = 0 THEN NULL
		WHEN part = 0 OR part = whole THEN 100 * (part / whole)
		ELSE least(greatest(floor(10000 * part::double precision / whole + 0.5), 1), 9999) / 100
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

CREATE FUNCTION pmr.rtt_figures(sketch pmr.rtt_sketch, unanswered bigint) RETURNS double precision[]
	AS 'MODULE_PATHNAME', 'pmr_rtt_figures'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION pmr.rtt_figures(pmr.rtt_sketch, bigint) IS 'internal: 50th, 90th, 95th and 99th percentile, 95th with so many unanswered requests (NULL if the request of that rank is unanswered), mean to three decimals and maximum, in seconds';

/*
 * Buckets of a sketch that is not exact have several times: those of the bucket
 * that includes within_s count in high only.
 */
CREATE FUNCTION pmr.times_within(rtt pmr.rtt_sketch, within_s double precision)
	RETURNS TABLE (timed bigint, low bigint, high bigint)
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	ROWS 1
BEGIN ATOMIC
	SELECT coalesce(sum(r.requests), 0)::bigint, coalesce(sum(r.requests) FILTER (WHERE r.upper_s <= within_s), 0)::bigint,
		coalesce(sum(r.requests) FILTER (WHERE r.lower_s <= within_s), 0)::bigint
	FROM pmr.rtt_buckets(rtt) AS r;
END;
COMMENT ON FUNCTION pmr.times_within(pmr.rtt_sketch, double precision) IS 'internal: number of times of a sketch, and how many are not longer than within_s: at least, and at most';

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
		c.r[1], c.r[2], c.r[3], c.r[4], c.r[5], c.r[6], c.r[7]
	/* OFFSET 0 keeps these as columns: a function whose argument is a long expression is not inlined */
	FROM (SELECT requests - pending - invalid AS decided, met + missed AS measured, met - met_rejected AS met_accepted, met + missed - met_rejected - missed_rejected AS measured_accepted,
			pmr.rtt_figures(rtt, requests - pending - invalid - answered) AS r OFFSET 0) AS c;
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

/* Its percentages are computed when they are read. */
CREATE TYPE pmr.factor_figure AS (
	factor text,
	value text,
	requests bigint,
	met bigint,
	missed bigint,
	pending bigint,
	not_measured bigint,
	invalid bigint,
	answered bigint,
	success bigint,
	rejected bigint,
	failed bigint,
	no_response bigint,
	unclassified bigint,
	p50_s double precision,
	p95_s double precision,
	p95_all_s double precision
);
COMMENT ON TYPE pmr.factor_figure IS 'figures of the requests with a value of a factor';

CREATE FUNCTION pmr.factor_figures(state pmr.rollup_state, factors text[]) RETURNS pmr.factor_figure[]
	AS 'MODULE_PATHNAME', 'pmr_factor_figures'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION pmr.factor_figures(pmr.rollup_state, text[]) IS 'internal: figures of a state by factor and value, of those that have requests; factors are the names of the factors';
