/*-------------------------------------------------------------------------
 *
 * merge.c
 *	  Merging any three sketches adds up their contents, and the result does
 *	  not depend on the order and the tree of merges.
 *
 * Input: a cap, then the contents of three sketches.
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

/* Takes ascending buckets, with no more times than a sketch can have. */
static void
take_buckets(Input *input, uint32_t n, RttSketch *sketch)
{
	int			precision = sketch->precision;
	uint64_t	last = rtt_index(RTT_MAX_US, precision);
	uint64_t	next = 0;

	for (uint32_t i = 0; i < n && sketch->count < INT64_MAX; i++)
	{
		RttBucket  *bucket = &sketch->buckets[sketch->nbuckets];
		uint64_t	gap = take_number(input);

		if (next > last || gap > last - next)
			break;
		bucket->lower_us = rtt_index_lower(next + gap, precision);
		bucket->count = take_number_between(input, 1,
											INT64_MAX - sketch->count);
		sketch->count += bucket->count;
		sketch->nbuckets++;
		next += gap + 1;
	}
}

/*
 * Takes the times in the buckets: the shortest and the longest one, and in
 * each bucket one value for all others.
 */
static void
take_times(Input *input, RttSketch *sketch)
{
	const RttBucket *first = sketch->buckets;
	const RttBucket *last = first + (sketch->nbuckets - 1);
	uint64_t	width = rtt_width(first->lower_us, sketch->precision);

	sketch->min_us = take_number_between(input, first->lower_us,
										 first->lower_us + (width - 1));
	width = rtt_width(last->lower_us, sketch->precision);
	sketch->max_us = take_number_between(input, first == last ?
										 sketch->min_us : last->lower_us,
										 last->lower_us + (width - 1));
	if (sketch->count == 1)
		sketch->max_us = sketch->min_us;

	for (const RttBucket *bucket = first; bucket <= last; bucket++)
	{
		uint64_t	count = bucket->count;
		uint64_t	least_us = bucket->lower_us;
		uint64_t	most_us;

		width = rtt_width(bucket->lower_us, sketch->precision);
		most_us = bucket->lower_us + (width - 1);
		if (bucket == first)
		{
			least_us = sketch->min_us;
			sketch->sum_us = rtt_sum_add_times(sketch->sum_us, least_us, 1);
			count--;
		}
		if (bucket == last)
			most_us = sketch->max_us;
		if (bucket == last && count > 0)
		{
			sketch->sum_us = rtt_sum_add_times(sketch->sum_us, most_us, 1);
			count--;
		}
		sketch->sum_us = rtt_sum_add_times(sketch->sum_us,
										   take_number_between(input, least_us,
															   most_us),
										   count);
	}
}

/*
 * Takes a normal sketch, in new memory.  False if it has no buckets, or if the
 * cap would allow a higher precision.
 */
static bool
take_sketch(Input *input, uint32_t cap, RttSketch *sketch)
{
	uint8_t		byte = take_byte(input);
	uint32_t	n = 1 + byte % MAX_BUCKETS;

	memset(sketch, 0, sizeof(RttSketch));
	sketch->buckets = allocate(n, sizeof(RttBucket));
	sketch->precision = RTT_PRECISION_EXACT;
	if (byte >= 0x80 && cap <= MAX_BUCKETS)
		sketch->precision = RTT_PRECISION_MIN +
			take_byte(input) % (RTT_PRECISION_EXACT - RTT_PRECISION_MIN);
	take_buckets(input, n, sketch);
	if (sketch->nbuckets == 0)
		return false;
	take_times(input, sketch);
	rtt_sketch_normalise(sketch, cap);
	return rtt_sketch_fault(sketch, cap) == NULL;
}

/* Merges two into a normal one, in new memory.  False: too many times. */
static bool
merge(const RttSketch *a, const RttSketch *b, uint32_t cap,
	  RttSketch *merged)
{
	RttBucket  *buckets = allocate(a->nbuckets + b->nbuckets,
								   sizeof(RttBucket));

	if (!rtt_sketch_merge(merged, buckets, a, b))
		return false;
	rtt_sketch_normalise(merged, cap);
	return true;
}

/* Merges two, with b's buckets at the end of the memory for the result. */
static void
merge_in_place(const RttSketch *a, const RttSketch *b, uint32_t cap,
			   RttSketch *merged)
{
	RttBucket  *buckets = allocate(a->nbuckets + b->nbuckets,
								   sizeof(RttBucket));
	RttSketch	last = *b;

	last.buckets = buckets + a->nbuckets;
	memcpy(last.buckets, b->buckets, b->nbuckets * sizeof(RttBucket));
	REQUIRE(rtt_sketch_merge(merged, buckets, a, &last));
	rtt_sketch_normalise(merged, cap);
}

/* The count of the buckets that lie in a bucket of some precision. */
static uint64_t
count_in_bucket(const RttSketch *sketch, uint64_t lower_us, int precision)
{
	uint64_t	count = 0;

	for (uint32_t i = 0; i < sketch->nbuckets; i++)
	{
		if (rtt_floor(sketch->buckets[i].lower_us, precision) == lower_us)
			count += sketch->buckets[i].count;
	}
	return count;
}

/* Checks a merged sketch by the definition. */
static void
check_merged(const RttSketch *a, const RttSketch *b, uint32_t cap,
			 const RttSketch *merged)
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
	REQUIRE(rtt_sketch_fault(merged, cap) == NULL);
	check_stored_form(merged, cap);
}

/* Merges two in either order.  False if they have too many times. */
static bool
check_pair(const RttSketch *a, const RttSketch *b, uint32_t cap,
		   RttSketch *merged)
{
	RttSketch	other;
	bool		fits = a->count <= (uint64_t) INT64_MAX - b->count;

	REQUIRE(merge(a, b, cap, merged) == fits);
	REQUIRE(merge(b, a, cap, &other) == fits);
	if (!fits)
		return false;
	REQUIRE(equal_sketches(merged, &other));
	merge_in_place(a, b, cap, &other);
	REQUIRE(equal_sketches(merged, &other));
	check_merged(a, b, cap, merged);
	return true;
}

/* Compares the merge of ab and c with that of a and bc. */
static void
check_trees(const RttSketch *ab, const RttSketch *a, const RttSketch *b,
			const RttSketch *c, uint32_t cap)
{
	RttSketch	left;
	RttSketch	right;
	RttSketch	bc;

	if (!check_pair(ab, c, cap, &left))
		return;
	REQUIRE(merge(b, c, cap, &bc));
	REQUIRE(merge(a, &bc, cap, &right));
	REQUIRE(equal_sketches(&left, &right));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	Input		input = {data, data + size};
	uint32_t	cap = take_cap(&input);
	RttSketch	a;
	RttSketch	b;
	RttSketch	c;
	RttSketch	ab;

	free_memory();
	if (take_sketch(&input, cap, &a) &&
		take_sketch(&input, cap, &b) &&
		check_pair(&a, &b, cap, &ab) &&
		take_sketch(&input, cap, &c))
		check_trees(&ab, &a, &b, &c, cap);
	return 0;
}
