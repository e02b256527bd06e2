/*-------------------------------------------------------------------------
 *
 * misses.c
 *	  Compares the misses of one value of a factor with those of its others.
 *
 * Strata.  In a stratum t requests are measured, of which k were missed; n of
 * the t have the value, and m of these n were missed; the others are N, of which
 * M were missed.  If the value has no influence, then given t, k and n the
 * number m is hypergeometric (N. Mantel and W. Haenszel, 1959).  The excess
 * m - n M / N, whose second term is what the rate of the others gives, has the
 * mean 0 and the variance n (n + N) k (t - k) / (N t (t - 1)).  That holds, too,
 * if n are only a part of the requests with the value, as those of one day of a
 * block of days.
 *
 * A stratum is compared where the share of the others, N / t, is at least a tenth
 * of what it is over all strata that have others.
 *
 * Weights.  Excesses are added up with weights.  N / t is the weight of Mantel
 * and Haenszel: where there are few others, their rate is known badly.  The
 * other part depends on the rate g of misses.  If a fault adds the same number
 * to all rates, 1 / (g (1 - g)) is best; if it multiplies all odds, 1 is.  The
 * square root of the former loses little in either case.
 *
 * Probabilities.  The normal approximation alone is wrong where numbers are
 * small or strata are uneven, so the larger of two upper bounds counts:
 *
 * - The tail of z.  If phi was estimated, that of the t distribution: its
 *	 density is less than (1 + x^2 / df)^(-(df + 1) / 2) / sqrt(2 pi), and the
 *	 tail from z on is less than the integral of x / z times that.  With
 *	 infinite df that is Mills' bound of the normal tail.
 *
 * - The tail of the weighted m themselves.  Their sum is taken for a Poisson
 *	 variable in a unit in which variance and third moment are equal (M. P. Fay
 *	 and E. J. Feuer, 1997, do so with standardised rates).
 *
 * The tail of the Poisson distribution is bounded, not added up: the numbers are
 * not whole.  Stirling's formula bounds the probability of exactly s from above
 * (F. J. MacWilliams and N. J. A. Sloane, 1977, chapter 10, lemma 7).  The
 * probabilities after it fall faster than the geometric series that begins with
 * the ratio of the first two.  The bound is the product of the two, or
 * Chernoff's bound where that is less.  test/unit compares it with exact sums:
 * where these are less than 0.05 it is at most 1.7 times as large.
 *
 * The same result on every machine.  IEEE 754 prescribes every bit of a
 * quotient and of a square root, but log() and exp() may differ in their last
 * bits from one libm to another.  So probabilities are rounded to 36 bits, some
 * ten digits.  Sums are integers, so the order of the strata does not matter.
 *
 *-------------------------------------------------------------------------
 */
#include <math.h>
#include <stdbool.h>

#include "core/misses.h"

#define PI		3.14159265358979323846

/* Smaller rates have no greater weight. */
#define MIN_RATE	0.01

/* Probabilities are at least exp of this, so that none is 0. */
#define MIN_LOG	(-230.0)

/* A product of two numbers, neither negative. */
static RttSum
multiply(int64_t a, int64_t b)
{
	static const RttSum zero = {0, 0};

	return rtt_sum_add_times(zero, (uint64_t) a, (uint64_t) b);
}

/* Up, as an upper bound must remain one. */
static double
round_probability(double probability)
{
	int			exponent;
	double		mantissa = frexp(probability, &exponent);

	return ldexp(ceil(ldexp(mantissa, 36)), exponent - 36);
}

/* Is anything to be compared in a stratum? */
static bool
has_others(const MissesStrata *strata, size_t i)
{
	return strata->requests[i] > 0 &&
		strata->all_requests[i] > strata->requests[i];
}

bool
misses_are_comparable(int64_t others, int64_t all, int64_t total_others,
					  int64_t total)
{
	return !rtt_sum_less(multiply(10 * others, total),
						 multiply(total_others, all));
}

double
misses_poisson_tail(double number, double mean)
{
	double		log_bound;
	double		log_factor;

	if (!(number >= mean + 1))
		return 1;

	/*
	 * Chernoff's bound, and the factor that turns it into the bound by
	 * Stirling's formula.
	 */
	log_bound = number - mean + number * log(mean / number);
	log_factor = -0.5 * log(2 * PI * number) - log1p(-mean / (number + 1));
	log_bound += fmin(log_factor, 0);
	return round_probability(exp(fmin(fmax(log_bound, MIN_LOG), 0)));
}

/*
 * An upper bound of the tail of the t distribution, from a z above 0: of the
 * normal distribution if df is infinite.
 */
static double
t_tail(double z, double df)
{
	double		log_factor = -z * z / 2;
	double		tail;

	if (df <= 1)
		return 1;
	if (!isinf(df))
		log_factor = (1 - df) / 2 * log1p(z * z / df) + log(df / (df - 1));
	tail = exp(fmax(log_factor, MIN_LOG)) / (z * sqrt(2 * PI));
	return round_probability(fmin(tail, 0.5));
}

double
misses_tail(double z, MissesSpread spread, double above, double variance,
			double skewness)
{
	double		tail;
	double		unit;
	double		mean;

	if (!(z > 0))
		return 1;
	tail = t_tail(z, spread.phi > 1 ? spread.df : INFINITY);
	if (!(skewness > 0))
		return tail;
	unit = skewness / variance;
	mean = variance / (unit * unit) / spread.phi;
	return fmax(tail, misses_poisson_tail(above / unit / spread.phi + mean,
										  mean));
}

double
misses_weight(double rate)
{
	rate = fmin(fmax(rate, MIN_RATE), 0.5);
	return 1 / sqrt(rate * (1 - rate));
}

void
misses_add(MissesSums *sums, const MissesPart *part)
{
	double		n = (double) part->requests;
	double		others = (double) part->others;
	double		t = (double) part->all_requests;
	double		k = (double) part->all_missed;

	/* few others tell little (N. Mantel and W. Haenszel, 1959) */
	double		w = part->weight * others / t;
	double		at_others = n * (double) part->others_missed / others;
	double		mean_variance = n * (t - n) * k * (t - k) / (t * t * (t - 1));

	sums->requests += part->requests;
	sums->missed += part->missed;
	fixed_sum_add(&sums->expected, at_others);
	fixed_sum_add(&sums->all, w * n);
	fixed_sum_add(&sums->observed, w * (double) part->missed);
	fixed_sum_add(&sums->at_others, w * at_others);
	fixed_sum_add(&sums->variance, w * w * n * (n + others) * k * (t - k) /
				  (others * t * (t - 1)));
	fixed_sum_add(&sums->mean, w * n * k / t);
	fixed_sum_add(&sums->mean_variance, w * w * mean_variance);
	if (t > 2)
		fixed_sum_add(&sums->mean_skewness, w * w * w * mean_variance *
					  fmax((t - 2 * k) * (t - 2 * n) / (t * (t - 2)), 0));
}

/* An exact half of a tenth may have come out as a little less. */
int64_t
misses_round_to_tenths(double requests)
{
	return (int64_t) floor(10 * requests * (1 + ldexp(1, -48)) + 0.5);
}

MissesComparison
misses_compare(const MissesStrata *strata, MissesSpread spread, double shift)
{
	MissesComparison result = {0};
	MissesSums	sums = {0};
	int64_t		total = 0;
	int64_t		total_others = 0;
	double		shifted;
	double		variance;

	for (size_t i = 0; i < strata->nstrata; i++)
	{
		if (!has_others(strata, i))
			continue;
		total += strata->all_requests[i];
		total_others += strata->all_requests[i] - strata->requests[i];
	}
	for (size_t i = 0; i < strata->nstrata; i++)
	{
		MissesPart	part;

		part.requests = strata->requests[i];
		part.missed = strata->missed[i];
		part.all_requests = strata->all_requests[i];
		part.all_missed = strata->all_missed[i];
		part.others = part.all_requests - part.requests;
		part.others_missed = part.all_missed - part.missed;
		part.weight = misses_weight(((double) part.all_missed + 0.5) /
									((double) part.all_requests + 1));
		if (has_others(strata, i) &&
			misses_are_comparable(part.others, part.all_requests,
								  total_others, total))
			misses_add(&sums, &part);
	}

	result.compared = sums.requests;
	result.excess = (double) sums.missed - fixed_sum_value(sums.expected) -
		shift * (double) sums.requests;
	shifted = shift * fixed_sum_value(sums.all);
	variance = fixed_sum_value(sums.variance);
	if (variance > 0)
		result.z = (fixed_sum_value(sums.observed) -
					fixed_sum_value(sums.at_others) - shifted) /
			sqrt(variance * spread.phi);
	result.p_value = misses_tail(result.z, spread,
								 fixed_sum_value(sums.observed) -
								 fixed_sum_value(sums.mean) - shifted,
								 fixed_sum_value(sums.mean_variance),
								 fixed_sum_value(sums.mean_skewness));
	return result;
}
