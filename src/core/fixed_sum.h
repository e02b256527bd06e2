/*-------------------------------------------------------------------------
 *
 * fixed_sum.h
 *	  Sums of numbers that are not negative, in any order with the same result.
 *
 * A sum is an integer of 128 bits in units of 2^-50.  Each term is cut off to
 * such units.
 *
 *-------------------------------------------------------------------------
 */
#ifndef FIXED_SUM_H
#define FIXED_SUM_H

#include <math.h>

#include "core/rtt_sum.h"

typedef RttSum FixedSum;

/* Adds a term from 0 to 2^77. */
static inline void
fixed_sum_add(FixedSum *sum, double term)
{
	FixedSum	added;

	term = ldexp(term, 50);
	added.high = (uint64_t) ldexp(term, -64);
	added.low = (uint64_t) (term - ldexp((double) added.high, 64));
	*sum = rtt_sum_add(*sum, added);
}

static inline double
fixed_sum_value(FixedSum sum)
{
	return ldexp((double) sum.high, 64 - 50) + ldexp((double) sum.low, -50);
}

#endif							/* FIXED_SUM_H */
