/*-------------------------------------------------------------------------
 *
 * rtt_sketch.c
 *	  Sketches against brute force: the same times give the same sketch in any
 *	  order and any tree of merges.  It is exact up to the cap, and within the
 *	  error bound beyond it.
 *
 *-------------------------------------------------------------------------
 */
#include <math.h>

#include "core/rtt_codec.h"
#include "core/rtt_sort.h"
#include "core/rtt_sketch.h"
#include "unit.h"

/* The sketch of n times in any order, with memory of its own. */
static RttSketch
make_sketch(const uint64_t *values, size_t n, uint32_t cap)
{
	uint64_t   *sorted = allocate(n, sizeof(uint64_t));
	RttSketch	sketch;

	if (n > 0)
		memcpy(sorted, values, n * sizeof(uint64_t));
	qsort(sorted, n, sizeof(uint64_t), compare_values);
	rtt_sketch_from_sorted(&sketch, allocate(n, sizeof(RttBucket)),
						   sorted, n);
	free(sorted);
	rtt_sketch_normalise(&sketch, cap);
	return sketch;
}

/* Makes that sketch by merging parts, which are split at random. */
static RttSketch
make_by_merging(const uint64_t *values, size_t n, uint32_t cap)
{
	RttSketch	left;
	RttSketch	right;
	RttSketch	merged;
	size_t		cut;

	if (n < 2 || random_below(4) == 0)
		return make_sketch(values, n, cap);

	cut = random_below(n + 1);
	left = make_by_merging(values, cut, cap);
	right = make_by_merging(values + cut, n - cut, cap);
	CHECK(rtt_sketch_merge(&merged,
						   allocate(left.nbuckets + right.nbuckets,
									sizeof(RttBucket)),
						   &left, &right));
	free(left.buckets);
	free(right.buckets);
	rtt_sketch_normalise(&merged, cap);
	return merged;
}

#define NFRACTIONS 10

static void
check_answers(const RttSketch *sketch, const uint64_t *sorted, size_t n)
{
	static const double fractions[NFRACTIONS] = {
		0.5, 0, 1, 0.95, 0.07, 0.29, 0.9, 0.99, 1e-300, 0.999999
	};
	uint64_t	answers[NFRACTIONS];
	double		bound = rtt_sketch_error_bound(sketch);
	double		mean = rtt_sketch_mean(sketch);
	double		expected;
	RttSum		sum = {0, 0};

	rtt_sketch_percentiles(sketch, fractions, NFRACTIONS, answers);
	for (int i = 0; i < NFRACTIONS; i++)
	{
		double		rank = ceil(fractions[i] * (double) n);
		uint64_t	exact = sorted[rank < 1 ? 0 : (size_t) rank - 1];
		uint64_t	distance;
		uint64_t	single;

		distance = answers[i] > exact ? answers[i] - exact : exact - answers[i];
		CHECK((double) distance <= bound * (double) exact);
		CHECK(answers[i] >= sorted[0] && answers[i] <= sorted[n - 1]);

		/* one fraction alone gives the same, whatever the order of all */
		rtt_sketch_percentiles(sketch, &fractions[i], 1, &single);
		CHECK(single == answers[i]);

		/* at least as many times as the rank are not longer than the answer */
		CHECK(rtt_sketch_count_within(sketch, answers[i]) >=
			  (rank < 1 ? 1 : rank));
	}
	CHECK(bound <= 0.004);

	for (size_t i = 0; i < n; i++)
		sum = rtt_sum_add_times(sum, sorted[i], 1);
	CHECK(sketch->sum_us.high == sum.high && sketch->sum_us.low == sum.low);
	expected = (ldexp((double) sum.high, 64) + (double) sum.low) / (double) n;
	CHECK(fabs(mean - expected) <= 1e-14 * expected);
	CHECK(sketch->count == n);
	CHECK(sketch->min_us == sorted[0] && sketch->max_us == sorted[n - 1]);
	CHECK(rtt_sketch_count_within(sketch, RTT_MAX_US) == n);
	CHECK(rtt_sketch_count_within(sketch, sketch->max_us) == n);
	if (sketch->min_us > 0)
		CHECK(rtt_sketch_count_within(sketch, sketch->min_us - 1) == 0);

	if (bound == 0)
	{
		uint64_t	limit = sorted[random_below(n)];
		size_t		within = 0;

		while (within < n && sorted[within] <= limit)
			within++;
		CHECK(rtt_sketch_count_within(sketch, limit) == within);
	}

	for (uint32_t i = 0; i < sketch->nbuckets; i++)
	{
		const RttBucket *bucket = &sketch->buckets[i];
		size_t		inside = 0;

		if (i > 0 && i < sketch->nbuckets - 1 && random_below(50) > 0)
			continue;			/* a sample, to save time */
		for (size_t v = 0; v < n; v++)
			inside += sorted[v] >= bucket->lower_us &&
				sorted[v] <= rtt_sketch_bucket_upper(sketch, bucket);
		CHECK(inside == bucket->count);
	}
}

static void
check_sketch(uint64_t *values, size_t n, uint32_t cap)
{
	RttSketch	whole = make_sketch(values, n, cap);
	RttSketch	parts;
	uint64_t   *sorted = allocate(n, sizeof(uint64_t));

	if (n > 0)
		memcpy(sorted, values, n * sizeof(uint64_t));
	qsort(sorted, n, sizeof(uint64_t), compare_values);

	CHECK(rtt_sketch_fault(&whole, cap) == NULL);
	CHECK(whole.precision ==
		  prescribed_precision(sorted, n, RTT_PRECISION_EXACT, cap));
	if (n > 0)
		check_answers(&whole, sorted, n);

	shuffle(values, n);
	parts = make_by_merging(values, n, cap);
	CHECK(equal_sketches(&whole, &parts));
	free(parts.buckets);
	free(whole.buckets);
	free(sorted);
}

static RttSum
make_sum(uint64_t high, uint64_t low)
{
	RttSum		sum = {high, low};

	return sum;
}

static RttSum
sum_of(const uint64_t *values, size_t n)
{
	RttSum		sum = {0, 0};

	for (size_t i = 0; i < n; i++)
		sum = rtt_sum_add(sum, make_sum(0, values[i]));
	return sum;
}

static bool
has_fault(RttSketch sketch, uint32_t cap, const char *expected)
{
	const char *fault = rtt_sketch_fault(&sketch, cap);

	return fault != NULL && strcmp(fault, expected) == 0;
}

/*
 * The shortest and the longest times that give the same buckets, minimum and
 * maximum have the least and the greatest sum that a sketch may have.
 */
static void
check_sums(int shape, size_t n, uint32_t cap)
{
	uint64_t   *shortest = allocate(n, sizeof(uint64_t));
	uint64_t   *longest = allocate(n, sizeof(uint64_t));
	size_t		next = 0;
	RttSketch	sketch;
	RttSum		sum;

	for (size_t i = 0; i < n; i++)
		shortest[i] = random_rtt(shape);
	sketch = make_sketch(shortest, n, cap);
	for (uint32_t i = 0; i < sketch.nbuckets; i++)
	{
		uint64_t	lower_us = sketch.buckets[i].lower_us;

		for (uint64_t c = 0; c < sketch.buckets[i].count; c++)
		{
			shortest[next] = i == 0 ? sketch.min_us : lower_us;
			longest[next] = i == sketch.nbuckets - 1 ? sketch.max_us :
				lower_us + (rtt_width(lower_us, sketch.precision) - 1);
			next++;
		}
	}
	CHECK(next == n);
	shortest[n - 1] = sketch.max_us;
	longest[0] = sketch.min_us;

#define IS_REFUSED(sum) \
	(sketch.sum_us = (sum), \
	 has_fault(sketch, cap, "sum does not fit the buckets"))

	sum = sum_of(shortest, n);
	sketch.sum_us = sum;
	CHECK(rtt_sketch_fault(&sketch, cap) == NULL);
	if (sum.high > 0 || sum.low > 0)
		CHECK(IS_REFUSED(make_sum(sum.high - (sum.low == 0), sum.low - 1)));
	if (sum.high > 0)
		CHECK(IS_REFUSED(make_sum(sum.high - 1, sum.low)));

	sum = sum_of(longest, n);
	sketch.sum_us = sum;
	CHECK(rtt_sketch_fault(&sketch, cap) == NULL);
	CHECK(IS_REFUSED(rtt_sum_add(sum, make_sum(0, 1))));
	CHECK(IS_REFUSED(rtt_sum_add(sum, make_sum(1, 0))));

	free(sketch.buckets);
	free(shortest);
	free(longest);
}

/* Each other fault of a sketch, one at a time. */
static void
check_faults(void)
{
	static uint64_t values[RTT_CAP_SKETCH];
	RttBucket	buckets[2] = {{5, 1}, {70, 2}};
	const RttSketch good = {
		buckets, 2, RTT_PRECISION_EXACT, 3, {0, 145}, 5, 70
	};
	RttSketch	none = {.precision = RTT_PRECISION_MIN};
	RttSketch	exact;
	RttSketch	bad;

	CHECK(rtt_sketch_fault(&good, 2) == NULL);
	CHECK(has_fault(good, 1, "precision is too high"));

#define CHECK_FAULT(change, expected) \
	(bad = good, (change), CHECK(has_fault(bad, 2, expected)))

	CHECK_FAULT(bad.precision = RTT_PRECISION_MIN - 1,
				"precision is out of range");
	CHECK_FAULT(bad.precision = RTT_PRECISION_EXACT + 1,
				"precision is out of range");
	CHECK_FAULT(bad.precision = RTT_PRECISION_MIN, "precision is too low");
	CHECK_FAULT(bad.min_us = 71, "minimum or maximum is out of range");
	CHECK_FAULT(bad.max_us = RTT_MAX_US + 1,
				"minimum or maximum is out of range");
	CHECK_FAULT(bad.sum_us.high = UINT64_C(1) << 63, "sum is out of range");
	CHECK_FAULT(bad.min_us = 6, "minimum is not in the first bucket");
	CHECK_FAULT(bad.max_us = 71, "maximum is not in the last bucket");
	CHECK_FAULT(bad.count = 4, "count is not the sum of the buckets");
	CHECK_FAULT((bad.nbuckets = 0, bad.count = 0, bad.sum_us.low = 0),
				"maximum has no bucket");

#define CHECK_BUCKET(lower_us, count, expected) \
	(buckets[1] = (RttBucket) {lower_us, count}, \
	 CHECK(has_fault(good, 2, expected)), \
	 buckets[1] = (RttBucket) {70, 2})

	CHECK_BUCKET(RTT_MAX_US + 1, 2, "bucket is out of range");
	CHECK_BUCKET(5, 2, "buckets do not ascend");
	CHECK_BUCKET(4, 2, "buckets do not ascend");
	CHECK_BUCKET(70, 0, "bucket is empty");
	CHECK_BUCKET(70, INT64_MAX, "count is out of range");
	buckets[1].lower_us = 513;
	CHECK_FAULT((bad.precision = 8, bad.max_us = 513),
				"bucket does not exist at this precision");

	/* cap buckets with one time each: an exact sketch has as many */
	for (int i = 0; i < RTT_CAP_SKETCH; i++)
		values[i] = rtt_index_lower(1000 + i, RTT_PRECISION_MIN);
	exact = make_sketch(values, RTT_CAP_SKETCH, RTT_CAP_SKETCH);
	CHECK(rtt_sketch_merge(&bad, allocate(exact.nbuckets, sizeof(RttBucket)),
						   &exact, &none));
	CHECK(has_fault(bad, RTT_CAP_SKETCH, "precision is too low"));
	CHECK(rtt_sketch_fault(&bad, RTT_CAP_SKETCH - 1) == NULL);
	free(exact.buckets);
	free(bad.buckets);
}

static void
check_limits(void)
{
	RttBucket	bucket = {5, INT64_MAX};
	RttBucket	one = {5, 1};
	RttBucket	merged[2];
	RttSketch	many = {
		&bucket, 1, RTT_PRECISION_EXACT, INT64_MAX, {0, 0}, 5, 5
	};
	RttSketch	single = {&one, 1, RTT_PRECISION_EXACT, 1, {0, 5}, 5, 5};
	RttSketch	sum;
	uint64_t	percentile;
	double		fraction = 1;

	many.sum_us = rtt_sum_add_times(many.sum_us, 5, INT64_MAX);
	CHECK(rtt_sketch_fault(&many, RTT_CAP_SKETCH) == NULL);
	CHECK(!rtt_sketch_merge(&sum, merged, &many, &single));
	CHECK(!rtt_sketch_merge(&sum, merged, &single, &many));
	rtt_sketch_percentiles(&many, &fraction, 1, &percentile);
	CHECK(percentile == 5);
	CHECK(rtt_sketch_mean(&many) == 5);

	/* the largest possible sum */
	bucket.lower_us = many.min_us = many.max_us = RTT_MAX_US;
	many.sum_us.high = many.sum_us.low = 0;
	many.sum_us = rtt_sum_add_times(many.sum_us, RTT_MAX_US, INT64_MAX);
	CHECK(many.sum_us.high == (UINT64_C(1) << 62) - 1 && many.sum_us.low == 1);
	CHECK(rtt_sketch_fault(&many, RTT_CAP_SKETCH) == NULL);
	CHECK(rtt_sketch_mean(&many) == (double) RTT_MAX_US);
}

int
main(void)
{
	static uint64_t values[20000];
	static const size_t sizes[] = {0, 1, 2, 16, 17, 100, 1024, 1025, 20000};
	static const uint32_t caps[] = {1, 16, RTT_CAP_SKETCH, RTT_CAP_EXACT};

	for (int shape = 0; shape < NSHAPES; shape++)
	{
		for (size_t s = 0; s < sizeof(sizes) / sizeof(sizes[0]); s++)
		{
			for (size_t c = 0; c < sizeof(caps) / sizeof(caps[0]); c++)
			{
				int			repeats = sizes[s] < 2000 ? 10 : 1;

				for (int repeat = 0; repeat < repeats; repeat++)
				{
					for (size_t i = 0; i < sizes[s]; i++)
						values[i] = random_rtt(shape);
					check_sketch(values, sizes[s], caps[c]);
				}
			}
		}
	}
	/* exactly as many distinct times as the cap, and one more */
	for (size_t i = 0; i < RTT_CAP_SKETCH + 1; i++)
		values[i] = i * i;
	check_sketch(values, RTT_CAP_SKETCH, RTT_CAP_SKETCH);
	check_sketch(values, RTT_CAP_SKETCH + 1, RTT_CAP_SKETCH);
	for (int shape = 0; shape < NSHAPES; shape++)
	{
		for (size_t s = 1; s < sizeof(sizes) / sizeof(sizes[0]); s++)
		{
			check_sums(shape, sizes[s], 16);
			check_sums(shape, sizes[s], RTT_CAP_SKETCH);
		}
	}
	check_faults();
	check_limits();
	return report();
}
