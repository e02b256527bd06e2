/*-------------------------------------------------------------------------
 *
 * rtt_count.c
 *	  Makes the summary of many round-trip times without sorting them.
 *
 * A summary of lowered precision has few possible buckets between the shortest
 * and the longest time: an array with a counter for each is filled in one pass
 * and read in another.  That costs a third of sorting.
 *
 * While a summary is still exact the precision is not known.  Then the finest
 * one that the array has room for is tried: if it gives more than cap buckets,
 * every finer one would, so the precision to be found is no finer.
 *
 *-------------------------------------------------------------------------
 */
#include <string.h>

#include "core/rtt_count.h"

/* The most counters for each time: reading them is cheaper than counting. */
#define MAX_COUNTERS	2

/* What scratch memory holds is enough for that. */
typedef uint32_t Counter;

/* How many counters there are from the shortest to the longest time. */
static uint64_t
window_size(uint64_t min_us, uint64_t max_us, int precision)
{
	return rtt_index(max_us, precision) - rtt_index(min_us, precision) + 1;
}

bool
rtt_count_values(RttSummary *summary, RttBucket *buckets,
				 const uint64_t *values_us, size_t n,
				 uint64_t *scratch, int precision, uint32_t cap)
{
	Counter    *counters = (Counter *) scratch;
	bool		exact = precision == RTT_PRECISION_EXACT;
	uint64_t	most = (uint64_t) MAX_COUNTERS * n;
	uint64_t	min_us = UINT64_MAX;
	uint64_t	max_us = 0;
	RttSum		sum_us = {0, 0};
	uint64_t	first;
	uint64_t	size;
	uint32_t	nbuckets = 0;

	if (n == 0 || (exact && n <= cap))
		return false;
	for (size_t i = 0; i < n; i++)
	{
		uint64_t	value = values_us[i];

		sum_us.low += value;
		sum_us.high += sum_us.low < value;
		if (value < min_us)
			min_us = value;
		if (value > max_us)
			max_us = value;
	}

	if (exact)
	{
		precision = RTT_PRECISION_MIN;
		while (precision + 1 < RTT_PRECISION_EXACT &&
			   window_size(min_us, max_us, precision + 1) <= most)
			precision++;
	}
	size = window_size(min_us, max_us, precision);
	if (size > most)
		return false;

	first = rtt_index(min_us, precision);
	memset(counters, 0, size * sizeof(Counter));
	for (size_t i = 0; i < n; i++)
		counters[rtt_index(values_us[i], precision) - first]++;
	for (uint64_t i = 0; i < size; i++)
	{
		if (counters[i] == 0)
			continue;
		buckets[nbuckets].lower_us = rtt_index_lower(first + i, precision);
		buckets[nbuckets].count = counters[i];
		nbuckets++;
	}
	if (exact && nbuckets <= cap)
		return false;

	summary->buckets = buckets;
	summary->nbuckets = nbuckets;
	summary->precision = precision;
	summary->count = n;
	summary->sum_us = sum_us;
	summary->min_us = min_us;
	summary->max_us = max_us;
	return true;
}
