/*-------------------------------------------------------------------------
 *
 * rtt_count.c
 *	  Makes the sketch of many round-trip times without sorting them.
 *
 * A sketch of lowered precision has few possible buckets between the shortest
 * and the longest time.  One pass over the times fills an array with a counter
 * for each of these buckets, and another pass reads it.  This takes a third of
 * the time of sorting.
 *
 * While a sketch is exact, the final precision is not known.  Then the highest
 * precision that the array has room for is tried.  If it gives more than cap
 * buckets, so would every higher one, and the final precision is not higher.
 *
 *-------------------------------------------------------------------------
 */
#include <string.h>

#include "core/rtt_count.h"

/*
 * Small counters, so that many fit the processor's cache.  They limit the
 * number of times that can be counted.
 */
typedef uint16_t Counter;

/*
 * The most counters for each time, which is what scratch memory has room for;
 * and the most counters when a precision is tried, which fit the processor's
 * first cache.  Sketches of 2,000, 3,700 and 8,000 times took 10, 8 and 5 ns a
 * time.  Without MAX_TRIED it was 10, 9 and 7 ns.  With 2 counters for each
 * time it was 22, 17 and 5 ns, because too few buckets were found and the
 * times had to be sorted.
 */
#define MAX_COUNTERS	8
#define MAX_TRIED		16384

/* How many counters there are from the shortest to the longest time. */
static uint64_t
window_size(uint64_t min_us, uint64_t max_us, int precision)
{
	return rtt_index(max_us, precision) - rtt_index(min_us, precision) + 1;
}

bool
rtt_count_values(RttSketch *sketch, RttBucket *buckets,
				 const uint64_t *values_us, size_t n,
				 uint64_t *scratch, int precision, uint32_t cap)
{
	Counter    *counters = (Counter *) scratch;
	bool		exact = precision == RTT_PRECISION_EXACT;
	uint64_t	max_size = (uint64_t) MAX_COUNTERS * n;
	uint64_t	min_us = UINT64_MAX;
	uint64_t	max_us = 0;
	RttSum		sum_us = {0, 0};
	uint64_t	first;
	uint64_t	size;
	uint32_t	nbuckets = 0;

	if (n == 0 || n > RTT_COUNT_MAX || (exact && n <= cap + cap / 2))
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
		if (max_size > MAX_TRIED)
			max_size = MAX_TRIED;
		precision = RTT_PRECISION_MIN;
		while (precision + 1 < RTT_PRECISION_EXACT &&
			   window_size(min_us, max_us, precision + 1) <= max_size)
			precision++;
	}
	size = window_size(min_us, max_us, precision);
	if (size > max_size)
		return false;

	first = rtt_index(min_us, precision);
	memset(counters, 0, size * sizeof(Counter));
	for (size_t i = 0; i < n; i++)
		counters[rtt_index(values_us[i], precision) - first]++;

	/*
	 * No branch, as the processor cannot predict which counters are zero. The
	 * last one is not, so this does not write past the buckets.
	 */
	for (uint64_t i = 0; i < size; i++)
	{
		buckets[nbuckets].lower_us = first + i;
		buckets[nbuckets].count = counters[i];
		nbuckets += counters[i] > 0;
	}
	for (uint32_t i = 0; i < nbuckets; i++)
		buckets[i].lower_us = rtt_index_lower(buckets[i].lower_us, precision);
	if (exact && nbuckets <= cap)
		return false;

	sketch->buckets = buckets;
	sketch->nbuckets = nbuckets;
	sketch->precision = precision;
	sketch->count = n;
	sketch->sum_us = sum_us;
	sketch->min_us = min_us;
	sketch->max_us = max_us;
	return true;
}
