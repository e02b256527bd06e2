/*-------------------------------------------------------------------------
 *
 * rtt_count.c
 *	  Counting makes the sketch that sorting makes, or returns false.
 *
 *-------------------------------------------------------------------------
 */
#include "core/rtt_count.h"
#include "unit.h"

static long counted;
static long refused;

/* The sketch of the values, which this sorts, lowered to a precision. */
static void
make_from_sorted(RttSketch *sketch, RttBucket *buckets, uint64_t *values,
				 size_t n, int precision)
{
	RttSketch	exact;
	RttSketch	none = {.precision = precision};
	RttBucket  *exact_buckets = allocate(n, sizeof(RttBucket));

	qsort(values, n, sizeof(uint64_t), compare_values);
	rtt_sketch_from_sorted(&exact, exact_buckets, values, n);
	CHECK(rtt_sketch_merge(sketch, buckets, &exact, &none));
	free(exact_buckets);
}

static void
check_count(int shape, size_t n, int precision, uint32_t cap)
{
	uint64_t   *values = allocate(n, sizeof(uint64_t));
	uint64_t   *given = allocate(n, sizeof(uint64_t));
	uint64_t   *scratch = allocate(2 * n, sizeof(uint64_t));
	RttBucket  *buckets = allocate(n, sizeof(RttBucket));
	RttBucket  *expected_buckets = allocate(n, sizeof(RttBucket));
	RttSketch	sketch;
	RttSketch	expected;

	for (size_t i = 0; i < n; i++)
		values[i] = random_rtt(shape);
	memcpy(given, values, n * sizeof(uint64_t));
	if (rtt_count_values(&sketch, buckets, values, n, scratch, precision, cap))
	{
		counted++;
		if (precision == RTT_PRECISION_EXACT)
			CHECK(sketch.nbuckets > cap);
		else
			CHECK(sketch.precision == precision);
		make_from_sorted(&expected, expected_buckets, given, n, precision);
		rtt_sketch_normalise(&sketch, cap);
		rtt_sketch_normalise(&expected, cap);
		CHECK(equal_sketches(&sketch, &expected));
	}
	else
		refused++;
	free(values);
	free(given);
	free(scratch);
	free(buckets);
	free(expected_buckets);
}

int
main(void)
{
	static const size_t sizes[] = {0, 1, 2, 100, 1024, 1025, 8192, 50000};
	static const int precisions[] = {
		RTT_PRECISION_MIN, 8, 12, 20, RTT_PRECISION_EXACT - 1,
		RTT_PRECISION_EXACT
	};
	static const uint32_t caps[] = {1, 10, RTT_CAP_SKETCH};

	for (int shape = 0; shape < NSHAPES; shape++)
	{
		for (size_t s = 0; s < sizeof(sizes) / sizeof(sizes[0]); s++)
		{
			for (size_t p = 0; p < sizeof(precisions) / sizeof(int); p++)
			{
				for (size_t c = 0; c < sizeof(caps) / sizeof(caps[0]); c++)
					check_count(shape, sizes[s], precisions[p], caps[c]);
			}
		}
	}
	CHECK(counted > 200);
	CHECK(refused > 200);

	/* no counter overflows: more times than it can count are refused */
	counted = 0;
	check_count(SHAPE_EQUAL, RTT_COUNT_MAX, RTT_PRECISION_MIN, 1);
	CHECK(counted == 1);
	check_count(SHAPE_EQUAL, RTT_COUNT_MAX + 1, RTT_PRECISION_MIN, 1);
	CHECK(counted == 1);
	return report();
}
