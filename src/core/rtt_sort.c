/*-------------------------------------------------------------------------
 *
 * rtt_sort.c
 *	  Sorts round-trip times.
 *
 * A radix sort from the least significant byte up (Knuth, The Art of Computer
 * Programming 3, 5.2.5): a pass costs about as much as copying the array, and
 * bytes in which all values agree cost none, so times of some seconds take
 * three or four passes.  A comparison sort takes log2(n) passes that the
 * branch predictor cannot follow.  Below RADIX_MIN values the 256 counters of
 * a pass cost more than inserting does.
 *
 *-------------------------------------------------------------------------
 */
#include <string.h>

#include "core/rtt_sort.h"

#define RADIX_MIN	48

static void
sort_by_insertion(uint64_t *values, size_t n)
{
	for (size_t i = 1; i < n; i++)
	{
		uint64_t	value = values[i];
		size_t		j = i;

		for (; j > 0 && values[j - 1] > value; j--)
			values[j] = values[j - 1];
		values[j] = value;
	}
}

uint64_t *
rtt_sort(uint64_t *values, uint64_t *scratch, size_t n)
{
	uint64_t	all_or = 0;
	uint64_t	all_and = UINT64_MAX;
	int			descents = 0;

	for (size_t i = 0; i < n; i++)
	{
		all_or |= values[i];
		all_and &= values[i];
		descents |= i > 0 && values[i - 1] > values[i];
	}
	if (!descents)
		return values;
	if (n < RADIX_MIN)
	{
		sort_by_insertion(values, n);
		return values;
	}

	for (int shift = 0; shift < 64; shift += 8)
	{
		size_t		starts[256] = {0};
		size_t		total = 0;
		uint64_t   *sorted = scratch;

		if (((all_or ^ all_and) >> shift & 0xFF) == 0)
			continue;

		for (size_t i = 0; i < n; i++)
			starts[values[i] >> shift & 0xFF]++;
		for (int digit = 0; digit < 256; digit++)
		{
			size_t		count = starts[digit];

			starts[digit] = total;
			total += count;
		}
		for (size_t i = 0; i < n; i++)
			sorted[starts[values[i] >> shift & 0xFF]++] = values[i];

		scratch = values;
		values = sorted;
	}
	return values;
}
