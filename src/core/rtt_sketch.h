/*-------------------------------------------------------------------------
 *
 * rtt_sketch.h
 *	  A sketch of round-trip times: exact first, then bounded.
 *
 * A sketch knows, of a multiset of round-trip times, the count, the sum, the
 * minimum and the maximum exactly, and how many times fell into each bucket
 * (rtt_bucket.h).  It starts at RTT_PRECISION_EXACT, where each distinct time
 * is a bucket of its own, and lowers its precision only where the number of
 * buckets would exceed a cap.  Which precision that is depends on the set of
 * distinct times alone, so a sketch does not know in which order, on how
 * many nodes, or in how many parts its times came.
 *
 * The functions here never allocate, print or abort: the caller brings the
 * memory for the buckets and keeps it for as long as the sketch is used.
 * A sketch may be empty.  It is "normal" for a cap when its precision is the
 * one that the cap prescribes: rtt_sketch_normalise() makes it so, and every
 * answer and every stored form is taken from a normal sketch.
 *
 *-------------------------------------------------------------------------
 */
#ifndef RTT_SKETCH_H
#define RTT_SKETCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/rtt_bucket.h"
#include "core/rtt_sum.h"

/*
 * Caps on the number of buckets.  A stored sketch is exact up to 1,024
 * distinct times, and then has 1,024 buckets at most, unless even
 * RTT_PRECISION_MIN needs more (part of format version 1).  An aggregate that
 * stores nothing is exact up to a million.
 */
#define RTT_CAP_SKETCH		1024
#define RTT_CAP_EXACT		1048576

typedef struct RttSketch
{
	RttBucket  *buckets;		/* ascending, none empty */
	uint32_t	nbuckets;
	int			precision;		/* RTT_PRECISION_MIN to RTT_PRECISION_EXACT */
	uint64_t	count;			/* at most INT64_MAX */
	RttSum		sum_us;
	uint64_t	min_us;			/* this and the next: 0 when empty */
	uint64_t	max_us;
} RttSketch;

/* The most buckets that a normal sketch can have. */
static inline uint32_t
rtt_sketch_max_buckets(uint32_t cap)
{
	return cap > RTT_BUCKETS_AT_MIN ? cap : RTT_BUCKETS_AT_MIN;
}

/*
 * Makes the exact sketch of n sorted times.  There must be memory for n
 * buckets; the result is not normalised.
 */
extern void rtt_sketch_from_sorted(RttSketch *sketch, RttBucket *buckets,
								   const uint64_t *sorted_us, size_t n);

/*
 * Makes the sketch of the times of both a and b, in memory for the buckets
 * of both, which must not be the memory of either, but that b's buckets may be
 * the last of it.  The result has the lower precision of the two, and is not
 * normalised.
 *
 * False, with the result undefined, when the counts add up to more than
 * INT64_MAX.
 */
extern bool rtt_sketch_merge(RttSketch *sketch, RttBucket *buckets,
							 const RttSketch *a, const RttSketch *b);

/*
 * Lowers the precision, in place, to the highest at which there are at most
 * cap buckets, or else to RTT_PRECISION_MIN.
 */
extern void rtt_sketch_normalise(RttSketch *sketch, uint32_t cap);

/*
 * NULL when the sketch could be a normal sketch of some multiset, and what
 * is wrong with it otherwise: every invariant that can be checked without the
 * times themselves.  The words fit into "... of a sketch", lower case.
 */
extern const char *rtt_sketch_fault(const RttSketch *sketch, uint32_t cap);

/*
 * The rank of the time that is percentile_disc of n times, from 1 to n: the
 * smallest such that at least that fraction of the ranks are no higher.
 */
extern uint64_t rtt_percentile_rank(double fraction, uint64_t n);

/*
 * percentile_disc: the smallest time such that at least that fraction of the
 * times are no longer.  Fractions must be in [0, 1] and the sketch not empty.
 * The time itself while the sketch is exact; otherwise a time within
 * rtt_sketch_error_bound() of it, and inside [min_us, max_us].
 *
 * Costs one walk over the buckets where the fractions ascend.
 */
extern void rtt_sketch_percentiles(const RttSketch *sketch,
								   const double *fractions, size_t n,
								   uint64_t *percentiles_us);

/*
 * How many times were no longer than limit_us; exact while the sketch is,
 * otherwise the count for some limit within the error bound of limit_us.
 */
extern uint64_t rtt_sketch_count_within(const RttSketch *sketch,
										uint64_t limit_us);

/*
 * The mean in microseconds, inside [min_us, max_us]; the sketch must not be
 * empty.
 */
extern double rtt_sketch_mean(const RttSketch *sketch);

/*
 * The greatest relative error that a percentile of this sketch can have:
 * 0 when it is exact, otherwise 2^-(precision + 1).
 */
extern double rtt_sketch_error_bound(const RttSketch *sketch);

/*
 * The time that stands for a bucket of this sketch: its midpoint, moved
 * inside [min_us, max_us].
 */
extern uint64_t rtt_sketch_representative(const RttSketch *sketch,
										  const RttBucket *bucket);

/* The longest time that may be in a bucket, its last microsecond or max_us. */
extern uint64_t rtt_sketch_bucket_upper(const RttSketch *sketch,
										const RttBucket *bucket);

#endif							/* RTT_SKETCH_H */
