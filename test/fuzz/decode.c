/*-------------------------------------------------------------------------
 *
 * decode.c
 *	  Any bytes are the stored form of one sketch, which gives correct answers,
 *	  or have a fault.
 *
 * Input: a cap, then the bytes.
 *
 *-------------------------------------------------------------------------
 */
#include "core/rtt_histogram.h"
#include "fuzz.h"

#define NFRACTIONS	5

static void
check_percentiles(const RttSketch *sketch)
{
	static const double fractions[NFRACTIONS] = {0, 0.5, 0.95, 0.999, 1};
	uint64_t	percentiles_us[NFRACTIONS];

	rtt_sketch_percentiles(sketch, fractions, NFRACTIONS, percentiles_us);
	for (int i = 0; i < NFRACTIONS; i++)
	{
		uint64_t	within = rtt_sketch_count_within(sketch,
													 percentiles_us[i]);

		REQUIRE(percentiles_us[i] >= sketch->min_us &&
				percentiles_us[i] <= sketch->max_us);
		REQUIRE(i == 0 || percentiles_us[i] >= percentiles_us[i - 1]);
		REQUIRE(within >= rtt_percentile_rank(fractions[i], sketch->count));
	}
}

static void
check_totals(const RttSketch *sketch)
{
	double		mean_us = rtt_sketch_mean(sketch);

	REQUIRE(mean_us >= (double) sketch->min_us &&
			mean_us <= (double) sketch->max_us);
	REQUIRE(rtt_sketch_count_within(sketch, sketch->max_us) ==
			sketch->count);
	REQUIRE(sketch->min_us == 0 ||
			rtt_sketch_count_within(sketch, sketch->min_us - 1) == 0);
}

static void
check_buckets(const RttSketch *sketch)
{
	double		bound = rtt_sketch_error_bound(sketch);

	for (uint32_t i = 0; i < sketch->nbuckets; i++)
	{
		const RttBucket *bucket = &sketch->buckets[i];
		uint64_t	upper_us = rtt_sketch_bucket_upper(sketch, bucket);
		uint64_t	middle_us = rtt_sketch_representative(sketch, bucket);
		uint64_t	lower_us = bucket->lower_us;

		if (lower_us < sketch->min_us)
			lower_us = sketch->min_us;
		REQUIRE(lower_us <= middle_us && middle_us <= upper_us);
		REQUIRE((double) (middle_us - lower_us) <= bound * (double) lower_us);
		REQUIRE((double) (upper_us - middle_us) <= bound * (double) upper_us);
	}
}

static void
check_histogram(const RttSketch *sketch, int nbars)
{
	RttBar	   *bars = allocate((size_t) nbars, sizeof(RttBar));
	uint64_t	count = 0;
	int			filled = rtt_histogram(sketch, bars, nbars);

	REQUIRE(filled >= 1 && filled <= nbars);
	for (int i = 0; i < filled; i++)
	{
		REQUIRE(bars[i].lower_us ==
				(i == 0 ? sketch->min_us : bars[i - 1].upper_us));
		REQUIRE(bars[i].lower_us < bars[i].upper_us || filled == 1);
		count += bars[i].count;
	}
	REQUIRE(bars[filled - 1].upper_us == sketch->max_us);
	REQUIRE(count == sketch->count);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	Input		input = {data, data + size};
	uint32_t	cap = take_cap(&input);
	size_t		given = (size_t) (input.end - input.at);
	RttSketch	sketch;

	free_memory();
	if (decode(&sketch, input.at, given, cap))
	{
		size_t		nbytes;
		uint8_t    *bytes = encode(&sketch, &nbytes);

		REQUIRE(nbytes == given && memcmp(bytes, input.at, nbytes) == 0);
		check_totals(&sketch);
		check_percentiles(&sketch);
		check_buckets(&sketch);
		check_histogram(&sketch, 1 + bytes[nbytes - 1] % 8);
	}
	return 0;
}
