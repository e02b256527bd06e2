/*-------------------------------------------------------------------------
 *
 * rtt_sum.h
 *	  Exact sums of round-trip times: 128 bits, in two words.
 *
 * The largest sum, of INT64_MAX times of INT64_MAX microseconds each, is less
 * than 2^126.
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

/* Adds count * rtt_us.  Both must be at most INT64_MAX. */
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
 * The mean of count times with this sum; count must be at least 1.  The whole
 * microseconds are exact, so that the mean is never less than the shortest
 * time or more than the longest.
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
