/*-------------------------------------------------------------------------
 *
 * merge.c
 *	  Merging any three summaries adds up what they hold, in any order and any
 *	  tree, and gives what is canonical.
 *
 * Input: a cap, then what three summaries are made of.
 *
 *-------------------------------------------------------------------------
 */
#include "fuzz.h"

#define MAX_BUCKETS	16

/* Takes a number, mostly a small one. */
static uint64_t
take_number(Input *input)
{
	uint8_t		byte = take_byte(input);

	return byte < 0xC0 ? byte : (uint64_t) take_byte(input) << (byte & 0x3F);
}

static uint64_t
take_number_between(Input *input, uint64_t least, uint64_t most)
{
	return least + take_number(input) % (most - least + 1);
}

/* Takes ascending buckets, with no more times than a summary can have. */
static void
take_buckets(Input *input, uint32_t n, RttSummary *summary)
{
	int			precision = summary->precision;
	uint64_t	last = rtt_index(RTT_MAX_US, precision);
	uint64_t	next = 0;

	for (uint32_t i = 0; i < n && summary->count < INT64_MAX; i++)
	{
		RttBucket  *bucket = &summary->buckets[summary->nbuckets];
		uint64_t	gap = take_number(input);

		if (next > last || gap > last - next)
			break;
		bucket->lower_us = rtt_index_lower(next + gap, precision);
		bucket->count = take_number_between(input, 1,
											INT64_MAX - summary->count);
		summary->count += bucket->count;
		summary->nbuckets++;
		next += gap + 1;
	}
}

/*
 * Takes the times of the buckets: the shortest and the longest, and one for all
 * others of a bucket.
 */
static void
take_times(Input *input, RttSummary *summary)
{
	const RttBucket *first = summary->buckets;
	const RttBucket *last = first + (summary->nbuckets - 1);
	uint64_t	width = rtt_width(first->lower_us, summary->precision);

	summary->min_us = take_number_between(input, first->lower_us,
										  first->lower_us + (width - 1));
	width = rtt_width(last->lower_us, summary->precision);
	summary->max_us = take_number_between(input, first == last ?
										  summary->min_us : last->lower_us,
										  last->lower_us + (width - 1));
	if (summary->count == 1)
		summary->max_us = summary->min_us;

	for (const RttBucket *bucket = first; bucket <= last; bucket++)
	{
		uint64_t	count = bucket->count;
		uint64_t	least_us = bucket->lower_us;
		uint64_t	most_us;

		width = rtt_width(bucket->lower_us, summary->precision);
		most_us = bucket->lower_us + (width - 1);
		if (bucket == first)
		{
			least_us = summary->min_us;
			summary->sum_us = rtt_sum_add_times(summary->sum_us, least_us, 1);
			count--;
		}
		if (bucket == last)
			most_us = summary->max_us;
		if (bucket == last && count > 0)
		{
			summary->sum_us = rtt_sum_add_times(summary->sum_us, most_us, 1);
			count--;
		}
		summary->sum_us = rtt_sum_add_times(summary->sum_us,
											take_number_between(input, least_us,
																most_us),
											count);
	}
}

/*
 * Takes a normal summary, in new memory; false when there are no buckets, or
 * the cap would allow more precise ones.
 */
static bool
take_summary(Input *input, uint32_t cap, RttSummary *summary)
{
	uint8_t		byte = take_byte(input);
	uint32_t	n = 1 + byte % MAX_BUCKETS;

	memset(summary, 0, sizeof(RttSummary));
	summary->buckets = allocate(n, sizeof(RttBucket));
	summary->precision = RTT_PRECISION_EXACT;
	if (byte >= 0x80 && cap <= MAX_BUCKETS)
		summary->precision = RTT_PRECISION_MIN +
			take_byte(input) % (RTT_PRECISION_EXACT - RTT_PRECISION_MIN);
	take_buckets(input, n, summary);
	if (summary->nbuckets == 0)
		return false;
	take_times(input, summary);
	rtt_summary_normalise(summary, cap);
	return rtt_summary_fault(summary, cap) == NULL;
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
	REQUIRE(merged->sum_us.low == a->sum_us.low + b->sum_us.low);
	REQUIRE(merged->sum_us.high == a->sum_us.high + b->sum_us.high +
			(a->sum_us.low > UINT64_MAX - b->sum_us.low));
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
	if (take_summary(&input, cap, &a) &&
		take_summary(&input, cap, &b) &&
		check_pair(&a, &b, cap, &ab) &&
		take_summary(&input, cap, &c))
		check_trees(&ab, &a, &b, &c, cap);
	return 0;
}
