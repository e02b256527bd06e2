/*-------------------------------------------------------------------------
 *
 * rtt_sum.h
 *	  Exact sums of round-trip times: 128 bits, in two words.
 *
 * The largest sum is of INT64_MAX times of INT64_MAX microseconds, which is
 * less than 2^126.
 *
 *-------------------------------------------------------------------------
 */
#ifndef RTT_SUM_H
#define RTT_SUM_H

#include <stdbool.h>
#include <stdint.h>

typedef struct RttSum
{
	uint64_t	high;
	uint64_t	low;
} RttSum;

static inline RttSum
rtt_sum_add(RttSum a, RttSum b)
{
	a.low += b.low;
	a.high += b.high + (a.low < b.low);
	return a;
}

/* Adds count times rtt_us, both at most INT64_MAX. */
static inline RttSum
rtt_sum_add_times(RttSum sum, uint64_t rtt_us, uint64_t count)
{
	uint64_t	low = (rtt_us & UINT32_MAX) * (count & UINT32_MAX);
	uint64_t	middle;
	uint64_t	middle2;
	RttSum		product = {0, low};

	if ((rtt_us | count) <= UINT32_MAX)
		return rtt_sum_add(sum, product);	/* the usual case */
	middle = (rtt_us >> 32) * (count & UINT32_MAX) + (low >> 32);
	middle2 = (rtt_us & UINT32_MAX) * (count >> 32) + (middle & UINT32_MAX);
	product.low = middle2 << 32 | (low & UINT32_MAX);
	product.high = (rtt_us >> 32) * (count >> 32) +
		(middle >> 32) + (middle2 >> 32);
	return rtt_sum_add(sum, product);
}

static inline bool
rtt_sum_less(RttSum a, RttSum b)
{
	return a.high < b.high || (a.high == b.high && a.low < b.low);
}

/*
 * The mean of count times, at least one, of which this is the sum: the whole
 * microseconds exactly, so that it is never outside the shortest and the
 * longest of them, and then the rest.
 */
static inline double
rtt_sum_mean(RttSum sum, uint64_t count)
{
	uint64_t	quotient = 0;
	uint64_t	rest = 0;

	/* long division, a bit at a time; the quotient is at most INT64_MAX */
	for (int bit = 127; bit >= 0; bit--)
	{
		rest = rest << 1 |
			((bit >= 64 ? sum.high >> (bit - 64) : sum.low >> bit) & 1);
		quotient <<= 1;
		if (rest >= count)
		{
			rest -= count;
			quotient |= 1;
		}
	}
	return (double) quotient + (double) rest / (double) count;
}

#endif							/* RTT_SUM_H */
