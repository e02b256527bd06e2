/*-------------------------------------------------------------------------
 *
 * merge.c
 *	  Merging any three summaries adds up what they hold, in any order and any
 *	  tree, and gives what is canonical.
 *
 * Input: a cap, then three stored forms, the first two after their lengths.
 *
 *-------------------------------------------------------------------------
 */
#include "fuzz.h"

/* Takes a summary, in new memory; false when there is none. */
static bool
take_summary(Input *input, bool last, uint32_t cap, RttSummary *summary)
{
	uint8_t		length = last ? 0 : take_byte(input);
	size_t		left = (size_t) (input->end - input->at);
	size_t		nbytes = last || length > left ? left : length;
	const uint8_t *bytes = input->at;

	input->at += nbytes;
	return decode(summary, bytes, nbytes, cap);
}

/* The normal summary of both in new memory; false when they are too many. */
static bool
merge(const RttSummary *a, const RttSummary *b, uint32_t cap,
	  RttSummary *merged)
{
	RttBucket  *buckets = allocate(a->nbuckets + b->nbuckets,
								   sizeof(RttBucket));

	if (!rtt_summary_merge(merged, buckets, a, b))
		return false;
	rtt_summary_normalise(merged, cap);
	return true;
}

/* The same, where b's buckets are the last of that memory. */
static void
merge_in_place(const RttSummary *a, const RttSummary *b, uint32_t cap,
			   RttSummary *merged)
{
	RttBucket  *buckets = allocate(a->nbuckets + b->nbuckets,
								   sizeof(RttBucket));
	RttSummary	last = *b;

	last.buckets = buckets + a->nbuckets;
	memcpy(last.buckets, b->buckets, b->nbuckets * sizeof(RttBucket));
	REQUIRE(rtt_summary_merge(merged, buckets, a, &last));
	rtt_summary_normalise(merged, cap);
}

/* The count of those buckets that lie in one of a precision. */
static uint64_t
count_in_bucket(const RttSummary *summary, uint64_t lower_us, int precision)
{
	uint64_t	count = 0;

	for (uint32_t i = 0; i < summary->nbuckets; i++)
	{
		if (rtt_floor(summary->buckets[i].lower_us, precision) == lower_us)
			count += summary->buckets[i].count;
	}
	return count;
}

/* What a summary of both is, by definition. */
static void
check_merged(const RttSummary *a, const RttSummary *b, uint32_t cap,
			 const RttSummary *merged)
{
	size_t		n = a->nbuckets + b->nbuckets;
	uint64_t   *lower_us = allocate(n, sizeof(uint64_t));
	int			precision;

	for (uint32_t i = 0; i < n; i++)
		lower_us[i] = i < a->nbuckets ? a->buckets[i].lower_us :
			b->buckets[i - a->nbuckets].lower_us;
	qsort(lower_us, n, sizeof(uint64_t), compare_values);
	precision = a->precision < b->precision ? a->precision : b->precision;
	precision = prescribed_precision(lower_us, n, precision, cap);
	REQUIRE(merged->precision == precision);
	REQUIRE(merged->nbuckets == count_touched(lower_us, n, precision));

	for (uint32_t i = 0; i < merged->nbuckets; i++)
	{
		const RttBucket *bucket = &merged->buckets[i];

		REQUIRE(bucket->count ==
				count_in_bucket(a, bucket->lower_us, precision) +
				count_in_bucket(b, bucket->lower_us, precision));
	}
	REQUIRE(merged->count == a->count + b->count);
	REQUIRE(equal_sums(merged->sum_us, rtt_sum_add(b->sum_us, a->sum_us)));
	REQUIRE(merged->min_us == (a->min_us < b->min_us ? a->min_us : b->min_us));
	REQUIRE(merged->max_us == (a->max_us > b->max_us ? a->max_us : b->max_us));
	REQUIRE(rtt_summary_fault(merged, cap) == NULL);
	check_stored_form(merged, cap);
}

/* Merges two in either order; false when they are too many. */
static bool
check_pair(const RttSummary *a, const RttSummary *b, uint32_t cap,
		   RttSummary *merged)
{
	RttSummary	other;
	bool		fits = a->count <= (uint64_t) INT64_MAX - b->count;

	REQUIRE(merge(a, b, cap, merged) == fits);
	REQUIRE(merge(b, a, cap, &other) == fits);
	if (!fits)
		return false;
	REQUIRE(equal_summaries(merged, &other));
	merge_in_place(a, b, cap, &other);
	REQUIRE(equal_summaries(merged, &other));
	check_merged(a, b, cap, merged);
	return true;
}

/* The pair ab and the third, against a and the pair of b and the third. */
static void
check_trees(const RttSummary *ab, const RttSummary *a, const RttSummary *b,
			const RttSummary *c, uint32_t cap)
{
	RttSummary	left;
	RttSummary	right;
	RttSummary	bc;

	if (!check_pair(ab, c, cap, &left))
		return;
	REQUIRE(merge(b, c, cap, &bc));
	REQUIRE(merge(a, &bc, cap, &right));
	REQUIRE(equal_summaries(&left, &right));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	Input		input = {data, data + size};
	uint32_t	cap = take_cap(&input);
	RttSummary	a;
	RttSummary	b;
	RttSummary	c;
	RttSummary	ab;

	free_memory();
	if (take_summary(&input, false, cap, &a) &&
		take_summary(&input, false, cap, &b) &&
		check_pair(&a, &b, cap, &ab) &&
		take_summary(&input, true, cap, &c))
		check_trees(&ab, &a, &b, &c, cap);
	return 0;
}
