/*-------------------------------------------------------------------------
 *
 * rtt_histogram.c
 *	  A sketch of round-trip times as a histogram for display.
 *
 * Bounds are the only numbers of this extension that come from floating-point
 * powers.  They are rounded to whole microseconds, and used only for bars.
 *
 *-------------------------------------------------------------------------
 */
#include <assert.h>
#include <math.h>

#include "core/rtt_histogram.h"

int
rtt_histogram(const RttSketch *sketch, RttBar *bars, int n)
{
	double		first = sketch->min_us > 0 ? (double) sketch->min_us : 1;
	double		ratio = (double) sketch->max_us / first;
	uint64_t	lower_us = sketch->min_us;
	uint32_t	next = 0;
	int			nbars = 0;

	assert(n >= 1 && n <= RTT_HISTOGRAM_MAX);
	assert(sketch->count > 0);
	for (int i = 1; i <= n; i++)
	{
		RttBar	   *bar = &bars[nbars];
		bool		last = i == n;
		double		bound = rint(first * pow(ratio, (double) i / n));
		uint64_t	upper_us = sketch->max_us;

		if (!last && bound < (double) sketch->max_us)
			upper_us = (uint64_t) bound;
		if (upper_us <= lower_us && !(last && nbars == 0))
			continue;
		bar->lower_us = lower_us;
		bar->upper_us = upper_us;
		bar->count = 0;
		last = last || upper_us == sketch->max_us;
		for (; next < sketch->nbuckets; next++)
		{
			const RttBucket *bucket = &sketch->buckets[next];

			if (!last &&
				rtt_sketch_representative(sketch, bucket) >= upper_us)
				break;
			bar->count += bucket->count;
		}
		lower_us = upper_us;
		nbars++;
		if (last)
			break;
	}
	return nbars;
}
