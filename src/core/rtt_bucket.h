/*-------------------------------------------------------------------------
 *
 * rtt_bucket.h
 *	  The buckets that round-trip times are counted in.
 *
 * At precision b a round-trip time keeps its b + 1 most significant bits and
 * loses the rest.  A bucket is the set of all times that become equal.  It is
 * identified by the smallest of them, its lower bound.  A time below 2^(b+1)
 * microseconds has no bit to lose, so it is a bucket of its own.  The buckets
 * of precision b - 1 are unions of those of precision b.
 *
 * All quantities are whole microseconds, from 0 to RTT_MAX_US.
 *
 *-------------------------------------------------------------------------
 */
#ifndef RTT_BUCKET_H
#define RTT_BUCKET_H

#include <stdint.h>

/* The longest round-trip time: about 292 thousand years. */
#define RTT_MAX_US				((uint64_t) INT64_MAX)

/* Every microsecond up to RTT_MAX_US is a bucket of its own. */
#define RTT_PRECISION_EXACT		62

/*
 * The lowest precision.  The midpoint of a bucket then differs from each time
 * in the bucket by at most 2^-8 = 0.39 % of the time (proof in rtt_sketch.c).
 * With 6 it would be 0.78 %.  Part of format version 1.
 */
#define RTT_PRECISION_MIN		7

/* How many buckets there are at RTT_PRECISION_MIN, from 0 to RTT_MAX_US. */
#define RTT_BUCKETS_AT_MIN \
	(((63 - RTT_PRECISION_MIN + 1) << RTT_PRECISION_MIN))

/* A bucket, and how many times are in it. */
typedef struct RttBucket
{
	uint64_t	lower_us;
	uint64_t	count;
} RttBucket;

/* Position of the most significant bit that is set; value must not be 0. */
static inline int
rtt_msb(uint64_t value)
{
	return 63 - __builtin_clzll(value);
}

/* How many low bits a time loses at a precision. */
static inline int
rtt_shift(uint64_t rtt_us, int precision)
{
	int			msb = rtt_msb(rtt_us | 1);

	return msb > precision ? msb - precision : 0;
}

/* The lower bound of the bucket that a time is in. */
static inline uint64_t
rtt_floor(uint64_t rtt_us, int precision)
{
	int			shift = rtt_shift(rtt_us, precision);

	return (rtt_us >> shift) << shift;
}

/* How many microseconds the bucket of a time holds: a power of two. */
static inline uint64_t
rtt_width(uint64_t rtt_us, int precision)
{
	return UINT64_C(1) << rtt_shift(rtt_us, precision);
}

/*
 * The position of a time's bucket among all buckets of the precision, counted
 * from 0; and the lower bound of the bucket at a position.  Positions are
 * stored, because they are small numbers and neighbouring ones differ by one.
 */
static inline uint64_t
rtt_index(uint64_t rtt_us, int precision)
{
	int			shift = rtt_shift(rtt_us, precision);

	return ((uint64_t) shift << precision) + (rtt_us >> shift);
}

static inline uint64_t
rtt_index_lower(uint64_t index, int precision)
{
	uint64_t	octave = index >> precision;
	int			shift = octave > 1 ? (int) octave - 1 : 0;

	return (index - ((uint64_t) shift << precision)) << shift;
}

#endif							/* RTT_BUCKET_H */
