/*-------------------------------------------------------------------------
 *
 * rtt_count.h
 *	  Makes the sketch of many round-trip times without sorting them.
 *
 *-------------------------------------------------------------------------
 */
#ifndef RTT_COUNT_H
#define RTT_COUNT_H

#include "core/rtt_sketch.h"

/* The most times that are counted at once. */
#define RTT_COUNT_MAX	UINT16_MAX

/*
 * Makes a sketch of n times, in any order.  There must be memory for n
 * buckets, and scratch memory for 2 n values.  The sketch has the given
 * precision; but if that is RTT_PRECISION_EXACT, it has any that gives more
 * than cap buckets.  The caller must normalise it for that cap, alone or
 * merged with a sketch of the given precision.  The result then is the same as
 * with sorted times.
 *
 * Returns false if this would not pay, if no such precision is found, or if n
 * is greater than RTT_COUNT_MAX.
 */
extern bool rtt_count_values(RttSketch *sketch, RttBucket *buckets,
							 const uint64_t *values_us, size_t n,
							 uint64_t *scratch, int precision, uint32_t cap);

#endif							/* RTT_COUNT_H */
