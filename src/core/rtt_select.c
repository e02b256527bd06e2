/*-------------------------------------------------------------------------
 *
 * rtt_select.c
 *	  Finds the times of given ranks without sorting all of them.
 *
 * A first pass counts the values in log-linear bins (rtt_bucket.h), which suit
 * any spread.  The counts tell which bins hold the ranks.  A second pass
 * copies the values of these bins, and only they are sorted.  With 32 bins for
 * each power of two they are a few per cent of all.
 *
 *-------------------------------------------------------------------------
 */
#include <assert.h>
#include <string.h>

#include "core/rtt_bucket.h"
#include "core/rtt_select.h"
#include "core/rtt_sort.h"

#define BIN_PRECISION	5
#define NBINS			((63 - BIN_PRECISION + 1) << BIN_PRECISION)

/* For fewer values, sorting all of them costs less. */
#define SELECT_MIN		1024

#define NOT_WANTED		UINT32_MAX

/* The bin of a rank: the last with fewer values before it than the rank. */
static uint32_t
find_bin(const uint32_t *before, uint64_t rank)
{
	uint32_t	low = 0;
	uint32_t	high = NBINS;

	while (high - low > 1)
	{
		uint32_t	middle = low + (high - low) / 2;

		if (before[middle] < rank)
			low = middle;
		else
			high = middle;
	}
	return low;
}

static void
select_by_sorting(const uint64_t *values_us, size_t n, uint64_t *scratch,
				  uint64_t *ranks, size_t nranks)
{
	const uint64_t *sorted;

	memcpy(scratch, values_us, n * sizeof(uint64_t));
	sorted = rtt_sort(scratch, scratch + n, n);
	for (size_t i = 0; i < nranks; i++)
		ranks[i] = sorted[ranks[i] - 1];
}

void
rtt_select(const uint64_t *values_us, size_t n, uint64_t *scratch,
		   uint64_t *ranks, size_t nranks)
{
	uint32_t	before[NBINS + 1] = {0};	/* values in lower bins */
	uint32_t	place[NBINS];	/* of a bin's values in scratch memory */
	uint32_t	ntaken = 0;

	assert(n < UINT32_MAX);
	if (n < SELECT_MIN)
	{
		select_by_sorting(values_us, n, scratch, ranks, nranks);
		return;
	}

	for (size_t i = 0; i < n; i++)
		before[rtt_index(values_us[i], BIN_PRECISION) + 1]++;
	for (uint32_t bin = 0; bin < NBINS; bin++)
	{
		before[bin + 1] += before[bin];
		place[bin] = NOT_WANTED;
	}
	for (size_t i = 0; i < nranks; i++)
	{
		uint32_t	bin = find_bin(before, ranks[i]);

		assert(ranks[i] >= 1 && ranks[i] <= n);
		if (place[bin] == NOT_WANTED)
		{
			place[bin] = ntaken;
			ntaken += before[bin + 1] - before[bin];
		}
	}

	for (size_t i = 0; i < n; i++)
	{
		uint32_t	bin = (uint32_t) rtt_index(values_us[i], BIN_PRECISION);

		if (place[bin] != NOT_WANTED)
			scratch[place[bin]++] = values_us[i];
	}
	for (uint32_t bin = 0; bin < NBINS; bin++)
	{
		uint32_t	count = before[bin + 1] - before[bin];
		uint64_t   *taken;
		uint64_t   *sorted;

		if (place[bin] == NOT_WANTED)
			continue;
		place[bin] -= count;
		taken = scratch + place[bin];
		sorted = rtt_sort(taken, scratch + n, count);
		if (sorted != taken)
			memcpy(taken, sorted, count * sizeof(uint64_t));
	}
	for (size_t i = 0; i < nranks; i++)
	{
		uint32_t	bin = find_bin(before, ranks[i]);

		ranks[i] = scratch[place[bin] + (ranks[i] - before[bin]) - 1];
	}
}
