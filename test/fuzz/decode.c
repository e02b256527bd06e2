/*-------------------------------------------------------------------------
 *
 * decode.c
 *	  Any bytes are the stored form of one summary, which gives sound answers,
 *	  or of none.
 *
 * Input: a cap, then the bytes.
 *
 *-------------------------------------------------------------------------
 */
#include "core/rtt_histogram.h"
#include "fuzz.h"

#define NFRACTIONS	5

static void
check_percentiles(const RttSummary *summary)
{
	static const double fractions[NFRACTIONS] = {0, 0.5, 0.95, 0.999, 1};
	uint64_t	percentiles_us[NFRACTIONS];

	rtt_summary_percentiles(summary, fractions, NFRACTIONS, percentiles_us);
	for (int i = 0; i < NFRACTIONS; i++)
	{
		uint64_t	within = rtt_summary_count_within(summary,
													  percentiles_us[i]);

		REQUIRE(percentiles_us[i] >= summary->min_us &&
				percentiles_us[i] <= summary->max_us);
		REQUIRE(i == 0 || percentiles_us[i] >= percentiles_us[i - 1]);
		REQUIRE(within >= rtt_percentile_rank(fractions[i], summary->count));
	}
}

static void
check_totals(const RttSummary *summary)
{
	double		mean_us = rtt_summary_mean(summary);

	REQUIRE(mean_us >= (double) summary->min_us &&
			mean_us <= (double) summary->max_us);
	REQUIRE(rtt_summary_count_within(summary, summary->max_us) ==
			summary->count);
	REQUIRE(summary->min_us == 0 ||
			rtt_summary_count_within(summary, summary->min_us - 1) == 0);
}

static void
check_buckets(const RttSummary *summary)
{
	double		bound = rtt_summary_error_bound(summary);

	for (uint32_t i = 0; i < summary->nbuckets; i++)
	{
		const RttBucket *bucket = &summary->buckets[i];
		uint64_t	upper_us = rtt_summary_bucket_upper(summary, bucket);
		uint64_t	middle_us = rtt_summary_representative(summary, bucket);
		uint64_t	lower_us = bucket->lower_us;

		if (lower_us < summary->min_us)
			lower_us = summary->min_us;
		REQUIRE(lower_us <= middle_us && middle_us <= upper_us);
		REQUIRE((double) (middle_us - lower_us) <= bound * (double) lower_us);
		REQUIRE((double) (upper_us - middle_us) <= bound * (double) upper_us);
	}
}

static void
check_histogram(const RttSummary *summary, int nbars)
{
	RttBar	   *bars = allocate((size_t) nbars, sizeof(RttBar));
	uint64_t	count = 0;
	int			filled = rtt_histogram(summary, bars, nbars);

	REQUIRE(filled >= 1 && filled <= nbars);
	for (int i = 0; i < filled; i++)
	{
		REQUIRE(bars[i].lower_us ==
				(i == 0 ? summary->min_us : bars[i - 1].upper_us));
		REQUIRE(bars[i].lower_us < bars[i].upper_us || filled == 1);
		count += bars[i].count;
	}
	REQUIRE(bars[filled - 1].upper_us == summary->max_us);
	REQUIRE(count == summary->count);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	Input		input = {data, data + size};
	uint32_t	cap = take_cap(&input);
	size_t		given = (size_t) (input.end - input.at);
	RttSummary	summary;

	free_memory();
	if (decode(&summary, input.at, given, cap))
	{
		size_t		nbytes;
		uint8_t    *bytes = encode(&summary, &nbytes);

		REQUIRE(nbytes == given && memcmp(bytes, input.at, nbytes) == 0);
		check_totals(&summary);
		check_percentiles(&summary);
		check_buckets(&summary);
		check_histogram(&summary, 1 + bytes[nbytes - 1] % 8);
	}
	return 0;
}
