/* Misses of a factor value beside those of the other values */

/*
 * P(X >= successes) is at most this, X being binomial: the point probability
 * by Stirling's formula, which bounds it from above (F. J. MacWilliams and
 * N. J. A. Sloane, 1977, chapter 10, lemma 7), times the geometric series
 * that majorises the terms after it; or Chernoff's bound, if that is less.
 * Numbers need not be whole: they have been divided by an overdispersion.
 */
CREATE FUNCTION pmr.binomial_tail(successes double precision, trials double precision, mean double precision) RETURNS double precision
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	p double precision;
	log_chernoff double precision;
	log_factor double precision := 0;
	min_log CONSTANT double precision := -230;
BEGIN
	IF trials <= 0 OR successes < mean + 1 THEN
		RETURN 1;
	END IF;
	p := mean / trials;
	IF successes >= trials THEN
		RETURN exp(greatest(trials * ln(p), min_log));
	END IF;
	log_chernoff := successes * ln(p * trials / successes)
		+ (trials - successes) * ln((1 - p) * trials / (trials - successes));
	log_factor := 0.5 * ln(trials / (2 * pi() * successes * (trials - successes)))
		- ln(1 - (trials - successes) * p / ((successes + 1) * (1 - p)));
	RETURN exp(greatest(log_chernoff + least(log_factor, 0), min_log));
END
$$;
COMMENT ON FUNCTION pmr.binomial_tail(double precision, double precision, double precision) IS 'internal: upper bound of the probability of so many successes or more, of a binomial distribution; 1 below its mean + 1';

/*
 * Misses of a value beside those of all values, an element for each stratum.
 *
 * Given the totals of each stratum the misses are hypergeometric if nothing is
 * wrong, and such a variable is a sum of independent yes-or-no variables (V. A.
 * Vatutin and V. G. Mikhailov, 1982); so is their sum over the strata, and its
 * tail from its mean + 1 on is no heavier than that of the binomial
 * distribution of the same mean and number of them (W. Hoeffding, 1956).
 *
 * A stratum is compared where the share of the other values is at least a
 * tenth of what it is over all strata: a few requests of others against
 * thousands would blur the sum with their chance alone.
 */
CREATE FUNCTION pmr.compare_misses(requests bigint[], missed bigint[], all_requests bigint[], all_missed bigint[], phi double precision,
		OUT compared bigint, OUT compared_missed bigint, OUT expected numeric, OUT excess numeric, OUT z double precision, OUT p_value double precision)
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	variance numeric;
	mean numeric;
	certain bigint;
	trials bigint;
BEGIN
	SELECT coalesce(sum(s.n), 0), coalesce(sum(s.m), 0),
		coalesce(round(sum(s.n::numeric * (s.k - s.m) / (s.t - s.n)), 1), 0),
		sum(s.n::numeric * s.k * (s.t - s.k) / ((s.t - s.n)::numeric * (s.t - 1))),
		sum(s.n::numeric * s.k / s.t - s.low),
		sum(s.low),
		sum(least(s.n, s.k) - s.low)
	INTO compared, compared_missed, expected, variance, mean, certain, trials
	FROM (SELECT u.n, u.m, u.t, u.k, greatest(u.n + u.k - u.t, 0) AS low, sum(u.n) OVER () AS all_n, sum(u.t) OVER () AS all_t
		  FROM unnest(requests, missed, all_requests, all_missed) AS u (n, m, t, k)
		  WHERE u.n > 0 AND u.t > u.n) AS s
	WHERE 10 * (s.t - s.n) * s.all_t >= (s.all_t - s.all_n) * s.t;
	excess := compared_missed - expected;
	IF variance > 0 THEN
		z := (excess / sqrt(variance))::double precision / sqrt(phi);
	ELSE
		z := 0;
	END IF;
	/* the larger of two: the normal tail of z, by Mills' ratio from above, and the tail of the counts */
	IF z <= 0 THEN
		p_value := 1;
	ELSE
		p_value := greatest(least(exp(greatest(-z * z / 2, -230)) / (z * sqrt(2 * pi())), 0.5),
			pmr.binomial_tail((compared_missed - certain) / phi, trials / phi, mean::double precision / phi));
	END IF;
END
$$;
COMMENT ON FUNCTION pmr.compare_misses(bigint[], bigint[], bigint[], bigint[], double precision) IS 'internal: misses of a value against those expected at the rate of the other values, over strata';
