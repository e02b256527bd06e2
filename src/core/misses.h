/*-------------------------------------------------------------------------
 *
 * misses.h
 *	  Compares the misses of one value of a factor with those of its others.
 *
 * Measured requests fall into strata.  In each stratum some requests have the
 * value; the others have another value of the same factor.
 *
 *-------------------------------------------------------------------------
 */
#ifndef MISSES_H
#define MISSES_H

#include <stddef.h>
#include <stdint.h>

/* The largest number of requests in all strata together. */
#define MISSES_MAX_REQUESTS		INT64_C(1000000000000)

/* Arrays with an element for each stratum. */
typedef struct MissesStrata
{
	size_t		nstrata;
	const int64_t *requests;	/* requests with the value */
	const int64_t *missed;		/* how many of these were missed */
	const int64_t *all_requests;	/* requests with any value */
	const int64_t *all_missed;	/* how many of these were missed */
} MissesStrata;

typedef struct MissesComparison
{
	int64_t		compared;		/* requests with the value, in strata that can
								 * be compared; 0: none can */
	int64_t		missed;			/* how many of these were missed */
	int64_t		expected_tenths;	/* misses that the rates of the others
									 * give, in tenths of a request */
	double		z;				/* excess in standard deviations; 0 where the
								 * variance is 0 */
	double		p_value;		/* upper bound of the probability of so large
								 * an excess by chance, above 0, at most 1 */
} MissesComparison;

/*
 * Why the counts cannot be right, and in which stratum, counted from 1; NULL
 * if they can.  misses_compare() must be called with such strata alone.
 */
extern const char *misses_fault(const MissesStrata *strata, size_t *stratum);

/*
 * Compares.  phi, finite and at least 1, is the overdispersion by which the
 * variance of the misses exceeds that of independent requests.
 *
 * The order of the strata does not matter.  An exact half of a tenth is
 * rounded up.
 */
extern MissesComparison misses_compare(const MissesStrata *strata,
									   double phi);

/*
 * An upper bound of the probability that a binomial variable with this number
 * of trials and this mean is at least this number of successes; 1 where that
 * is less than the mean + 1.  At least about 1e-100, and at most 1.  The
 * logarithms of many trials lose digits: of 10^12 trials, the result is
 * accurate to 1e-4 of its value.
 *
 * None needs to be a whole number.  trials must be from 0 to
 * MISSES_MAX_REQUESTS, mean from 0 to trials, and successes not NaN.
 */
extern double misses_binomial_tail(double successes, double trials,
								   double mean);

#endif							/* MISSES_H */
