/*-------------------------------------------------------------------------
 *
 * misses.c
 *	  Compares the misses of one value of a factor with those of its others.
 *
 * Strata.  In a stratum t requests are measured, of which k were missed; n of
 * the t have the value, and m of these n were missed.  If the value has no
 * influence, then given t, k and n the number m is hypergeometric (N. Mantel
 * and W. Haenszel, 1959).  The excess m - n (k - m) / (t - n), whose second
 * term is what the rate of the others gives, has the mean 0 and the variance
 * n k (t - k) / ((t - n) (t - 1)).  Excesses and variances of the strata add
 * up, and z is the sum of the excesses in standard deviations.
 *
 * A stratum is compared where the share of the others, (t - n) / t, is at
 * least a tenth of what it is over all strata that have others.  Where a few
 * requests of others stand against thousands, their random variation would
 * dominate the sum, and hide what the other strata show.
 *
 * Probabilities.  The normal approximation alone is wrong where numbers are
 * small or strata are uneven, so the larger of two upper bounds counts:
 *
 * - The normal tail of z, by Mills' ratio: exp(-z^2 / 2) / (z sqrt(2 pi)).
 *
 * - The tail of the sum of the m themselves.  A hypergeometric variable is a
 *	 sum of independent yes-or-no variables (V. A. Vatutin and V. G. Mikhailov,
 *	 1982), and so is the sum of several.  From its mean + 1 on, the tail of
 *	 such a sum is no heavier than that of the binomial distribution of the
 *	 same mean and number of variables (W. Hoeffding, 1956).  Of a stratum,
 *	 n + k - t misses are certain if that is positive, and at most min(n, k)
 *	 are possible; the difference is the number of variables that matter.
 *
 * The tail of the binomial distribution is bounded, not added up: that takes
 * the same time for any number of requests, and numbers that were divided by
 * the overdispersion are not whole.  Stirling's formula bounds the probability
 * of exactly s successes from above (F. J. MacWilliams and N. J. A. Sloane,
 * 1977, chapter 10, lemma 7).  The probabilities after it fall faster than the
 * geometric series that begins with the ratio of the first two.  The bound is
 * the product of the two, or Chernoff's bound where that is less.  test/unit
 * compares it with exact sums: where these are less than 0.05 it is at most
 * 1.7 times as large.
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
#include "core/rtt_sum.h"

#define PI		3.14159265358979323846

/* Probabilities are at least exp of this, so that none is 0. */
#define MIN_LOG	(-230.0)

/* A product of two numbers, neither negative. */
static RttSum
multiply(int64_t a, int64_t b)
{
	static const RttSum zero = {0, 0};

	return rtt_sum_add_times(zero, (uint64_t) a, (uint64_t) b);
}

/*
 * Sums are integers of 128 bits in units of 2^-50, into which the largest
 * variance fits, MISSES_MAX_REQUESTS^2 / 4.
 */
static void
add_term(RttSum *sum, double term)
{
	RttSum		added;

	term = ldexp(term, 50);
	added.high = (uint64_t) ldexp(term, -64);
	added.low = (uint64_t) (term - ldexp((double) added.high, 64));
	*sum = rtt_sum_add(*sum, added);
}

static double
sum_value(RttSum sum)
{
	return ldexp((double) sum.high, 64 - 50) + ldexp((double) sum.low, -50);
}

/* Up, as an upper bound must remain one. */
static double
round_probability(double probability)
{
	int			exponent;
	double		mantissa = frexp(probability, &exponent);

	return ldexp(ceil(ldexp(mantissa, 36)), exponent - 36);
}

const char *
misses_fault(const MissesStrata *strata, size_t *stratum)
{
	int64_t		total = 0;

	for (size_t i = 0; i < strata->nstrata; i++)
	{
		int64_t		n = strata->requests[i];
		int64_t		m = strata->missed[i];
		int64_t		t = strata->all_requests[i];
		int64_t		k = strata->all_missed[i];

		*stratum = i + 1;
		if (n < 0 || m < 0 || t < 0 || k < 0)
			return "a count is negative";
		if (t > MISSES_MAX_REQUESTS - total)
			return "number of requests is out of range";
		if (n > t)
			return "more requests have the value than there are";
		if (m > n || k > t)
			return "more requests were missed than there are";
		if (m > k || k - m > t - n)
			return "missed requests of the other values are out of range";
		total += t;
	}
	return NULL;
}

/* Is anything to be compared in a stratum? */
static bool
has_others(const MissesStrata *strata, size_t i)
{
	return strata->requests[i] > 0 &&
		strata->all_requests[i] > strata->requests[i];
}

double
misses_binomial_tail(double successes, double trials, double mean)
{
	double		failures = trials - successes;
	double		p = mean / trials;
	double		log_bound;
	double		log_factor;

	if (trials <= 0 || successes < mean + 1)
		return 1;
	if (failures <= 0)
		log_bound = trials * log(p);
	else
	{
		/*
		 * Chernoff's bound, and the factor that turns it into the bound by
		 * Stirling's formula.
		 */
		log_bound = successes * log(p * trials / successes) +
			failures * log((1 - p) * trials / failures);
		log_factor = 0.5 * log(trials / (2 * PI * successes * failures)) -
			log(1 - failures * p / ((successes + 1) * (1 - p)));
		log_bound += fmin(log_factor, 0);
	}
	/* cancellation in sums of so large logarithms may give a value above 0 */
	return round_probability(exp(fmin(fmax(log_bound, MIN_LOG), 0)));
}

/* An upper bound of the tail of the normal distribution, from a z above 0. */
static double
normal_tail(double z)
{
	double		tail = exp(fmax(-z * z / 2, MIN_LOG)) / (z * sqrt(2 * PI));

	return round_probability(fmin(tail, 0.5));
}

/* Sums over the strata that are compared. */
typedef struct Sums
{
	RttSum		expected;
	RttSum		variance;
	RttSum		mean;			/* of the misses that are not certain */
	int64_t		certain;		/* misses */
	int64_t		uncertain;		/* the most misses besides these */
} Sums;

static void
add_stratum(Sums *sums, int64_t n, int64_t m, int64_t t, int64_t k)
{
	int64_t		others = t - n;
	int64_t		low = n > t - k ? n - (t - k) : 0;
	int64_t		high = n < k ? n : k;

	add_term(&sums->expected, (double) n * (double) (k - m) / (double) others);
	add_term(&sums->variance,
			 (double) n * (double) k * (double) (t - k) /
			 ((double) others * (double) (t - 1)));
	/* n k / t - low, without the difference of two large numbers */
	add_term(&sums->mean,
			 (low > 0 ? (double) others * (double) (t - k) :
			  (double) n * (double) k) / (double) t);
	sums->certain += low;
	sums->uncertain += high - low;
}

/* An exact half of a tenth may have come out as a little less. */
static int64_t
round_to_tenths(double requests)
{
	return (int64_t) floor(10 * requests * (1 + ldexp(1, -48)) + 0.5);
}

MissesComparison
misses_compare(const MissesStrata *strata, double phi)
{
	MissesComparison result = {0};
	Sums		sums = {0};
	int64_t		total = 0;
	int64_t		total_others = 0;
	double		excess;

	for (size_t i = 0; i < strata->nstrata; i++)
	{
		if (!has_others(strata, i))
			continue;
		total += strata->all_requests[i];
		total_others += strata->all_requests[i] - strata->requests[i];
	}
	for (size_t i = 0; i < strata->nstrata; i++)
	{
		int64_t		n = strata->requests[i];
		int64_t		t = strata->all_requests[i];

		if (!has_others(strata, i) ||
			rtt_sum_less(multiply(10 * (t - n), total),
						 multiply(total_others, t)))
			continue;
		result.compared += n;
		result.missed += strata->missed[i];
		add_stratum(&sums, n, strata->missed[i], t, strata->all_missed[i]);
	}

	result.expected_tenths = round_to_tenths(sum_value(sums.expected));
	excess = (double) (10 * result.missed - result.expected_tenths) / 10;
	if (sums.variance.high > 0 || sums.variance.low > 0)
		result.z = excess / sqrt(sum_value(sums.variance)) / sqrt(phi);
	result.p_value = 1;
	if (result.z > 0)
		result.p_value =
			fmax(normal_tail(result.z),
				 misses_binomial_tail((double) (result.missed - sums.certain) / phi,
									  (double) sums.uncertain / phi,
									  sum_value(sums.mean) / phi));
	return result;
}
