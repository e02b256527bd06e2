/*-------------------------------------------------------------------------
 *
 * rtt_sketch.h
 *	  A sketch of round-trip times: exact, or with a bounded error.
 *
 * A sketch of a multiset of round-trip times has the exact count, sum, minimum
 * and maximum, and the number of times in each bucket (rtt_bucket.h).  It
 * begins at RTT_PRECISION_EXACT, where each distinct time is a bucket of its
 * own.  Its precision is lowered only if the number of buckets would exceed a
 * cap.  The precision depends on the set of distinct times alone.  So a sketch
 * does not depend on the order of its times, nor on how they were split into
 * parts.
 *
 * The functions here never allocate, print or abort.  The caller provides the
 * memory for the buckets, and must keep it as long as the sketch is used.  A
 * sketch may be empty.  It is "normal" for a cap if its precision is the one
 * that the cap prescribes; rtt_sketch_normalise() makes it so.  All answers
 * and all stored forms are those of normal sketches.
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
 * distinct times.  Beyond that it has at most 1,024 buckets, unless
 * RTT_PRECISION_MIN needs more (part of format version 1).  An aggregate that
 * returns no sketch is exact up to 1,048,576 distinct times.
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
	uint64_t	min_us;			/* min_us and max_us are 0 when empty */
	uint64_t	max_us;
} RttSketch;

/* The most buckets that a normal sketch can have. */
static inline uint32_t
rtt_sketch_max_buckets(uint32_t cap)
{
	return cap > RTT_BUCKETS_AT_MIN ? cap : RTT_BUCKETS_AT_MIN;
}

/*
 * Makes the exact sketch of n times in ascending order.  There must be memory
 * for n buckets.  The result is not normalised.
 */
extern void rtt_sketch_from_sorted(RttSketch *sketch, RttBucket *buckets,
								   const uint64_t *sorted_us, size_t n);

/*
 * Makes the sketch of the times of both a and b.  There must be memory for the
 * buckets of both.  This must not overlap their own, except that b's may be at
 * its very end.  The result has the lower precision of the two, and is not
 * normalised.
 *
 * Returns false, with the result undefined, if the counts add up to more than
 * INT64_MAX.
 */
extern bool rtt_sketch_merge(RttSketch *sketch, RttBucket *buckets,
							 const RttSketch *a, const RttSketch *b);

/*
 * Lowers the precision, in place, to the highest one with at most cap buckets,
 * or to RTT_PRECISION_MIN if there is none.
 */
extern void rtt_sketch_normalise(RttSketch *sketch, uint32_t cap);

/*
 * Checks all invariants that can be checked without the times themselves.
 * Returns NULL if the sketch can be the normal sketch of some multiset,
 * otherwise its fault: a clause in lower case, such as "bucket is empty".
 */
extern const char *rtt_sketch_fault(const RttSketch *sketch, uint32_t cap);

/*
 * The rank of percentile_disc among n times, from 1 to n: the smallest rank
 * that is at least fraction * n.
 */
extern uint64_t rtt_percentile_rank(double fraction, uint64_t n);

/*
 * percentile_disc for n fractions: the shortest time such that at least that
 * fraction of all times are not longer.  Fractions must be in [0, 1].  The
 * sketch must not be empty.  If it is exact, so are the results.  Otherwise
 * they are within rtt_sketch_error_bound() of the exact times, and in [min_us,
 * max_us].
 *
 * If the fractions ascend, this takes one pass over the buckets.
 */
extern void rtt_sketch_percentiles(const RttSketch *sketch,
								   const double *fractions, size_t n,
								   uint64_t *percentiles_us);

/*
 * The number of times that are not longer than limit_us.  If the sketch is not
 * exact, this is the number for some limit within the error bound of limit_us.
 */
extern uint64_t rtt_sketch_count_within(const RttSketch *sketch,
										uint64_t limit_us);

/*
 * The mean in microseconds, in [min_us, max_us].  The sketch must not be
 * empty.
 */
extern double rtt_sketch_mean(const RttSketch *sketch);

/*
 * The greatest relative error that a percentile of this sketch can have: 0 if
 * it is exact, otherwise 2^-(precision + 1).
 */
extern double rtt_sketch_error_bound(const RttSketch *sketch);

/*
 * The time that represents a bucket of this sketch: its midpoint, moved into
 * [min_us, max_us].
 */
extern uint64_t rtt_sketch_representative(const RttSketch *sketch,
										  const RttBucket *bucket);

/* The longest time that may be in a bucket, its last microsecond or max_us. */
extern uint64_t rtt_sketch_bucket_upper(const RttSketch *sketch,
										const RttBucket *bucket);

#endif							/* RTT_SKETCH_H */
