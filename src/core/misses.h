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

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/fixed_sum.h"

/* The median of the chi-square distribution with 1 degree of freedom. */
#define CHI_SQUARE_MEDIAN		0.4549364231195724

/* The largest number of requests in all strata together. */
#define MISSES_MAX_REQUESTS		INT64_C(10000000000)

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
	double		excess;			/* of their misses over the expected ones */
	double		z;				/* excess in standard deviations; 0 where the
								 * variance is 0 */
	double		p_value;		/* upper bound of the probability of so large
								 * an excess by chance, above 0, at most 1 */
} MissesComparison;

/*
 * How much more the misses vary than those of independent requests: phi,
 * finite and at least 1, times as much.  The estimate has so many degrees of
 * freedom; they do not matter if phi is 1.
 */
typedef struct MissesSpread
{
	double		phi;
	double		df;
} MissesSpread;

/*
 * Compares.  shift is what is expected of each request beside the rate of the
 * others.  The order of the strata does not matter.  An exact half of a tenth
 * is rounded up.
 */
extern MissesComparison misses_compare(const MissesStrata *strata,
									   MissesSpread spread, double shift);

/*
 * Part of a stratum: some or all of its requests with the value, beside the
 * others of the stratum.
 */
typedef struct MissesPart
{
	int64_t		requests;		/* at least 1 */
	int64_t		missed;
	int64_t		others;			/* at least 1 */
	int64_t		others_missed;
	int64_t		all_requests;	/* of the stratum */
	int64_t		all_missed;
	double		weight;			/* of a request, of misses_weight() */
} MissesPart;

/*
 * Sums over parts, in any order.  The tests use sums of weighted requests; the
 * requests are counted without weights, too.
 */
typedef struct MissesSums
{
	int64_t		requests;
	int64_t		missed;
	FixedSum	expected;		/* at the rates of the others */

	/* weighted */
	FixedSum	all;
	FixedSum	observed;		/* misses */
	FixedSum	at_others;		/* misses expected at the rates of the others */
	FixedSum	variance;		/* of observed - at_others */
	FixedSum	mean;			/* of observed, if the value has no influence */
	FixedSum	mean_variance;
	FixedSum	mean_skewness;	/* third central moment */
} MissesSums;

extern void misses_add(MissesSums *sums, const MissesPart *part);

/* The weight of requests of which a share of this size is missed. */
extern double misses_weight(double rate);

/*
 * Is the share of the others in a stratum at least a tenth of what it is over
 * all strata that have others?
 */
extern bool misses_are_comparable(int64_t others, int64_t all,
								  int64_t total_others, int64_t total);

extern int64_t misses_round_to_tenths(double requests);

/*
 * The p_value of an excess of z standard deviations, and of a number that is
 * that much above its mean, with this variance and third central moment.  The
 * spread is already in z, but not in the others.
 */
extern double misses_tail(double z, MissesSpread spread, double above,
						  double variance, double skewness);

/*
 * An upper bound of the probability that a Poisson variable with this mean is
 * at least this number, which need not be whole; 1 where that is less than the
 * mean + 1.  At least about 1e-100.
 */
extern double misses_poisson_tail(double number, double mean);

#endif							/* MISSES_H */
