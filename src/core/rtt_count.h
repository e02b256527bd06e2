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
 * Makes a sketch of n times in any order, in memory for n buckets, with
 * scratch memory for 2 n values.  Its precision is the given one, which may be
 * RTT_PRECISION_EXACT: then it is any at which there are more than cap
 * buckets.  Once normalised for that cap, or merged with a sketch of the
 * given precision and normalised, it is what the sorted times would give.
 *
 * False when it would not pay, or no such precision is found, or n is more than
 * RTT_COUNT_MAX.
 */
extern bool rtt_count_values(RttSketch *sketch, RttBucket *buckets,
							 const uint64_t *values_us, size_t n,
							 uint64_t *scratch, int precision, uint32_t cap);

#endif							/* RTT_COUNT_H */
