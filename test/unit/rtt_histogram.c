/*-------------------------------------------------------------------------
 *
 * rtt_histogram.c
 *	  Bars have no gaps, cover all times, and count each time once.
 *
 *-------------------------------------------------------------------------
 */
#include "core/rtt_histogram.h"
#include "unit.h"

static void
check_histogram(uint64_t *values, size_t n, uint32_t cap, int nbars)
{
	RttBar	   *bars = allocate(nbars, sizeof(RttBar));
	RttBucket  *buckets = allocate(n, sizeof(RttBucket));
	RttSketch	sketch;
	uint64_t	total = 0;
	int			made;

	qsort(values, n, sizeof(uint64_t), compare_values);
	rtt_sketch_from_sorted(&sketch, buckets, values, n);
	rtt_sketch_normalise(&sketch, cap);
	made = rtt_histogram(&sketch, bars, nbars);

	CHECK(made >= 1 && made <= nbars);
	CHECK(bars[0].lower_us == values[0]);
	CHECK(bars[made - 1].upper_us == values[n - 1]);
	for (int i = 0; i < made; i++)
	{
		uint64_t	inside = 0;
		bool		last = i == made - 1;

		CHECK(i == 0 || bars[i].lower_us == bars[i - 1].upper_us);
		CHECK(bars[i].upper_us > bars[i].lower_us || made == 1);
		total += bars[i].count;
		for (size_t v = 0; v < n; v++)
			inside += values[v] >= bars[i].lower_us &&
				(values[v] < bars[i].upper_us || last);
		if (rtt_sketch_error_bound(&sketch) == 0)
			CHECK(bars[i].count == inside);
	}
	CHECK(total == n);
	free(bars);
	free(buckets);
}

int
main(void)
{
	static const int bars[] = {1, 2, 10, 16, RTT_HISTOGRAM_MAX};
	static const size_t sizes[] = {1, 2, 1000, 3000};
	static uint64_t values[3000];
	uint64_t	doubling[] = {1, 2, 4, 8, 16};
	uint64_t	from_zero[] = {0, 1, 2, 4, 8};
	RttBucket	buckets[5];
	RttBar		made[4];
	RttSketch	sketch;

	for (int shape = 0; shape < NSHAPES; shape++)
	{
		for (size_t s = 0; s < sizeof(sizes) / sizeof(sizes[0]); s++)
		{
			for (size_t b = 0; b < sizeof(bars) / sizeof(bars[0]); b++)
			{
				for (size_t i = 0; i < sizes[s]; i++)
					values[i] = random_rtt(shape);
				check_histogram(values, sizes[s], RTT_CAP_SKETCH, bars[b]);
			}
		}
	}

	/* evenly spaced on a logarithmic scale */
	rtt_sketch_from_sorted(&sketch, buckets, doubling, 5);
	CHECK(rtt_histogram(&sketch, made, 4) == 4);
	for (int i = 0; i < 4; i++)
	{
		CHECK(made[i].lower_us == doubling[i]);
		CHECK(made[i].upper_us == doubling[i + 1]);
		CHECK(made[i].count == (i < 3 ? 1 : 2));
	}

	/* the scale has no zero: it counts as 1 */
	rtt_sketch_from_sorted(&sketch, buckets, from_zero, 5);
	CHECK(rtt_histogram(&sketch, made, 3) == 3);
	for (int i = 0; i < 3; i++)
	{
		CHECK(made[i].lower_us == (i > 0 ? from_zero[i + 1] : 0));
		CHECK(made[i].upper_us == from_zero[i + 2]);
		CHECK(made[i].count == (i == 1 ? 1 : 2));
	}
	return report();
}
