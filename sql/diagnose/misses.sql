/* Misses of a factor value beside those of the other values */

CREATE FUNCTION pmr.binomial_tail(successes double precision, trials double precision, mean double precision) RETURNS double precision
	AS 'MODULE_PATHNAME', 'pmr_binomial_tail'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION pmr.binomial_tail(double precision, double precision, double precision) IS 'internal: upper bound of the probability that a binomial variable with this number of trials and this mean is at least this number of successes; 1 where that is less than the mean + 1';

CREATE FUNCTION pmr.compare_misses(requests bigint[], missed bigint[], all_requests bigint[], all_missed bigint[], phi double precision,
		OUT compared bigint, OUT compared_missed bigint, OUT expected numeric, OUT excess numeric, OUT z double precision, OUT p_value double precision)
	AS 'MODULE_PATHNAME', 'pmr_compare_misses'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION pmr.compare_misses(bigint[], bigint[], bigint[], bigint[], double precision) IS 'internal: misses of a value of a factor against those expected at the rates of the other values; arrays have an element for each stratum, phi is the overdispersion';
