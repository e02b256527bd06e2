/*-------------------------------------------------------------------------
 *
 * rtt_sketch.c
 *	  A sketch of round-trip times: exact, or with a bounded error.
 *
 * Theory
 * ------
 * The sketch is a histogram of whole microseconds whose buckets are
 * log-linear: at precision b a time keeps its b + 1 most significant bits.
 * For a set S of times let D_b(S) be the number of buckets of precision b
 * that S touches.  The precision of a sketch with a cap is
 *
 *		b(S) = max(MIN, max { b <= EXACT : D_b(S) <= cap })
 *
 * 1. The result does not depend on order, batches or nodes.  D_b(S) grows
 *	  with b (the buckets of b - 1 are unions of those of b) and with S.  So
 *	  b(S) is not higher than b(T) of any part T of S: if D_b+1(T) > cap, then
 *	  D_b+1(S) > cap.  A sketch never has to raise its precision again.  If
 *	  parts of S were lowered to their b(T) first, lowering their union to b(S)
 *	  gives the counts that S itself has at b(S), because truncating twice
 *	  equals truncating once to the fewer bits.  Counts, sums, minima and
 *	  maxima are integers, so combining them in any order is exact.
 *
 * 2. If S has at most cap distinct times, D_b(S) <= cap at EXACT, where a
 *	  bucket is one microsecond.  The sketch then is the multiset itself.
 *
 * 3. The error bound.  A bucket of width w = 2^s > 1 begins at
 *	  lower >= 2^(b+s), as its times have b + s + 1 significant bits.  The
 *	  midpoint lower + w/2 is at most w/2 away from each time t of the bucket,
 *	  and t >= lower, so the relative error is at most
 *	  2^(s-1) / 2^(b+s) = 2^-(b+1): 0.39 % at b = 7.  The bucket that holds
 *	  the time of a rank is known exactly, because buckets keep the order of
 *	  times.  Moving the midpoint into [min, max] only reduces the error.  Any
 *	  other point of the bucket, such as an interpolated one, has a bound twice
 *	  as large: 2^-b.
 *
 * 4. One pass finds the precision that the cap prescribes.  Let two
 *	  neighbouring lower bounds have the same leading bit, at position p, and
 *	  their highest differing bit at position d.  They share a bucket if and
 *	  only if p - b > d, that is, at precision p - d - 1 and below.  Counting
 *	  the pairs by that number gives D_b for every b.
 *
 * Stored form: rtt_codec.c.
 *
 * Rejected: t-digest (Dunning) and KLL (Karnin, Lang, Liberty 2016) depend on
 * the order of the rows, and bound only the error in rank.  If no times lie
 * between 10 seconds and 5 hours, one rank can make all that difference.
 * DDSketch's logarithms differ between machines in the last bit, and its
 * buckets are never exact.  UDDSketch and OpenTelemetry raise the relative
 * error by merging pairs of buckets.  That is the same idea in base gamma^2;
 * here it takes integer shifts only, and begins without an error.
 *
 * Papers and relatives: HdrHistogram (Tene); Masson, Rim, Lee, "DDSketch: a
 * fast and fully-mergeable quantile sketch with relative-error guarantees",
 * VLDB 2019; Epicoco et al., "UDDSketch: accurate tracking of quantiles in
 * data streams", IEEE Access 2020; OpenTelemetry's exponential histogram,
 * whose "perfect subsetting" is property 1.
 *
 *-------------------------------------------------------------------------
 */
#include <assert.h>
#include <math.h>

#include "core/rtt_sketch.h"

/* Adds to the last of the ascending buckets, or appends one. */
static uint32_t
append_bucket(RttBucket *buckets, uint32_t nbuckets,
			  uint64_t lower_us, uint64_t count)
{
	if (nbuckets > 0 && buckets[nbuckets - 1].lower_us == lower_us)
		buckets[nbuckets - 1].count += count;
	else
	{
		buckets[nbuckets].lower_us = lower_us;
		buckets[nbuckets].count = count;
		nbuckets++;
	}
	return nbuckets;
}

void
rtt_sketch_from_sorted(RttSketch *sketch, RttBucket *buckets,
					   const uint64_t *sorted_us, size_t n)
{
	uint32_t	nbuckets = 0;
	RttSum		sum_us = {0, 0};

	for (size_t i = 0; i < n; i++)
	{
		assert(sorted_us[i] <= RTT_MAX_US);
		nbuckets = append_bucket(buckets, nbuckets, sorted_us[i], 1);
		sum_us.low += sorted_us[i];
		sum_us.high += sum_us.low < sorted_us[i];
	}

	sketch->buckets = buckets;
	sketch->nbuckets = nbuckets;
	sketch->precision = RTT_PRECISION_EXACT;
	sketch->count = n;
	sketch->sum_us = sum_us;
	sketch->min_us = n > 0 ? sorted_us[0] : 0;
	sketch->max_us = n > 0 ? sorted_us[n - 1] : 0;
}

/*
 * Merges the buckets of two sketches of the same precision, and returns their
 * number.  The processor cannot predict which one is next, so there is no
 * branch.
 */
static uint32_t
merge_buckets(RttBucket *buckets, const RttSketch *a, const RttSketch *b)
{
	uint32_t	n = 0;
	uint32_t	i = 0;
	uint32_t	j = 0;
	uint32_t	end_a = a->nbuckets;
	uint32_t	end_b = b->nbuckets;

	while (i < end_a && j < end_b)
	{
		RttBucket	next_a = a->buckets[i];
		RttBucket	next_b = b->buckets[j];
		bool		takes_a = next_a.lower_us <= next_b.lower_us;
		bool		takes_b = next_b.lower_us <= next_a.lower_us;

		buckets[n].lower_us = takes_a ? next_a.lower_us : next_b.lower_us;
		buckets[n].count = (next_a.count & -(uint64_t) takes_a) +
			(next_b.count & -(uint64_t) takes_b);
		n++;
		i += takes_a;
		j += takes_b;
	}
	while (i < end_a)
		buckets[n++] = a->buckets[i++];
	while (j < end_b)
		buckets[n++] = b->buckets[j++];
	return n;
}

/* Merges the buckets of two sketches, lowered to the lower precision. */
static uint32_t
merge_lowered(RttBucket *buckets, const RttSketch *a, const RttSketch *b,
			  int precision)
{
	uint32_t	nbuckets = 0;
	uint32_t	i = 0;
	uint32_t	j = 0;

	while (i < a->nbuckets || j < b->nbuckets)
	{
		const RttBucket *next;

		if (j == b->nbuckets ||
			(i < a->nbuckets &&
			 a->buckets[i].lower_us <= b->buckets[j].lower_us))
			next = &a->buckets[i++];
		else
			next = &b->buckets[j++];
		nbuckets = append_bucket(buckets, nbuckets,
								 rtt_floor(next->lower_us, precision),
								 next->count);
	}
	return nbuckets;
}

bool
rtt_sketch_merge(RttSketch *sketch, RttBucket *buckets,
				 const RttSketch *a, const RttSketch *b)
{
	int			precision = a->precision;
	uint32_t	nbuckets;

	if (a->count > (uint64_t) INT64_MAX - b->count)
		return false;
	if (b->precision < precision)
		precision = b->precision;
	if (a->precision == b->precision)
		nbuckets = merge_buckets(buckets, a, b);
	else
		nbuckets = merge_lowered(buckets, a, b, precision);

	sketch->min_us = a->count == 0 || (b->count > 0 && b->min_us < a->min_us) ?
		b->min_us : a->min_us;
	sketch->max_us = b->max_us > a->max_us ? b->max_us : a->max_us;
	sketch->count = a->count + b->count;
	sketch->sum_us = rtt_sum_add(a->sum_us, b->sum_us);
	sketch->precision = precision;
	sketch->nbuckets = nbuckets;
	sketch->buckets = buckets;
	return true;
}

/*
 * The highest precision at which two neighbouring buckets become one, or -1 if
 * there is none.
 */
static inline int
joining_precision(uint64_t lower_us, uint64_t next_lower_us)
{
	uint64_t	differing = lower_us ^ next_lower_us;

	if (differing > lower_us)
		return -1;				/* the leading bits differ */
	return rtt_msb(next_lower_us) - rtt_msb(differing) - 1;
}

/*
 * Joins buckets in place, and returns the number that is left.  The processor
 * cannot predict which are joined, so there is no branch.
 */
static uint32_t
lower_precision(RttBucket *buckets, uint32_t nbuckets, int precision)
{
	RttBucket	joined = {rtt_floor(buckets[0].lower_us, precision), 0};
	uint32_t	last = 0;

	for (uint32_t i = 0; i < nbuckets; i++)
	{
		uint64_t	lower_us = rtt_floor(buckets[i].lower_us, precision);
		bool		differs = lower_us != joined.lower_us;

		joined.lower_us = lower_us;
		joined.count = (differs ? 0 : joined.count) + buckets[i].count;
		last += differs;
		buckets[last] = joined;
	}
	return last + 1;
}

void
rtt_sketch_normalise(RttSketch *sketch, uint32_t cap)
{
	uint32_t	joining[RTT_PRECISION_EXACT] = {0};
	uint32_t	distinct = sketch->nbuckets;
	uint32_t	nbuckets;
	int			precision = sketch->precision;

	if (distinct <= cap || precision == RTT_PRECISION_MIN)
		return;

	for (uint32_t i = 1; i < sketch->nbuckets; i++)
	{
		int			at = joining_precision(sketch->buckets[i - 1].lower_us,
										   sketch->buckets[i].lower_us);

		if (at >= 0)
			joining[at]++;
	}
	while (distinct > cap && precision > RTT_PRECISION_MIN)
		distinct -= joining[--precision];

	nbuckets = lower_precision(sketch->buckets, sketch->nbuckets, precision);
	sketch->precision = precision;
	sketch->nbuckets = nbuckets;
	assert(nbuckets == distinct);
	assert(rtt_sketch_fault(sketch, cap) == NULL);
}

const char *
rtt_sketch_fault(const RttSketch *sketch, uint32_t cap)
{
	int			precision = sketch->precision;
	uint32_t	nbuckets = sketch->nbuckets;
	uint64_t	count = 0;
	uint64_t	finer = 0;		/* most buckets that one more bit can give */
	RttSum		least_us = {0, 0};	/* the sum must lie between this ... */
	RttSum		most_us = {0, 0};	/* ... and this */
	RttSum		sum_us = sketch->sum_us;

	if (precision < RTT_PRECISION_MIN || precision > RTT_PRECISION_EXACT)
		return "precision is out of range";
	if (nbuckets > cap && precision > RTT_PRECISION_MIN)
		return "precision is too high";
	if (sketch->min_us > sketch->max_us || sketch->max_us > RTT_MAX_US)
		return "minimum or maximum is out of range";
	if (sum_us.high > (uint64_t) INT64_MAX)
		return "sum is out of range";

	for (uint32_t i = 0; i < nbuckets; i++)
	{
		const RttBucket *bucket = &sketch->buckets[i];
		uint64_t	shortest_us = bucket->lower_us;
		uint64_t	longest_us;

		if (shortest_us > RTT_MAX_US)
			return "bucket is out of range";
		if (shortest_us != rtt_floor(shortest_us, precision))
			return "bucket does not exist at this precision";
		if (i > 0 && shortest_us <= bucket[-1].lower_us)
			return "buckets do not ascend";
		if (bucket->count == 0)
			return "bucket is empty";
		if (bucket->count > (uint64_t) INT64_MAX - count)
			return "count is out of range";
		count += bucket->count;

		longest_us = shortest_us + (rtt_width(shortest_us, precision) - 1);
		finer += longest_us > shortest_us && bucket->count > 1 ? 2 : 1;

		/*
		 * The sum lies between those of the shortest and of the longest times
		 * that the buckets allow.  One time of the first bucket is the
		 * minimum, and one of the last bucket is the maximum.
		 */
		if (i == 0)
		{
			if (rtt_floor(sketch->min_us, precision) != shortest_us)
				return "minimum is not in the first bucket";
			shortest_us = sketch->min_us;
		}
		if (i == nbuckets - 1)
		{
			if (rtt_floor(sketch->max_us, precision) != bucket->lower_us)
				return "maximum is not in the last bucket";
			longest_us = sketch->max_us;
		}
		if (i == 0)
			sum_us = rtt_sum_add_times(sum_us, longest_us - shortest_us, 1);
		if (i == nbuckets - 1)
			least_us = rtt_sum_add_times(least_us,
										 longest_us - shortest_us, 1);
		least_us = rtt_sum_add_times(least_us, shortest_us, bucket->count);
		most_us = rtt_sum_add_times(most_us, longest_us, bucket->count);
	}

	if (count != sketch->count)
		return "count is not the sum of the buckets";
	if (rtt_sum_less(sketch->sum_us, least_us) || rtt_sum_less(most_us, sum_us))
		return "sum does not fit the buckets";
	if (count == 0 && sketch->max_us > 0)
		return "maximum has no bucket";
	if (precision < RTT_PRECISION_EXACT && finer <= cap)
		return "precision is too low";
	return NULL;
}

uint64_t
rtt_sketch_bucket_upper(const RttSketch *sketch, const RttBucket *bucket)
{
	uint64_t	lower_us = bucket->lower_us;
	uint64_t	width = rtt_width(lower_us, sketch->precision);
	uint64_t	upper_us = lower_us + (width - 1);

	return upper_us < sketch->max_us ? upper_us : sketch->max_us;
}

uint64_t
rtt_sketch_representative(const RttSketch *sketch, const RttBucket *bucket)
{
	uint64_t	lower_us = bucket->lower_us;
	uint64_t	width = rtt_width(lower_us, sketch->precision);
	uint64_t	middle_us = lower_us + width / 2;

	if (width == 1)
		return lower_us;
	if (middle_us < sketch->min_us)
		return sketch->min_us;
	return middle_us < sketch->max_us ? middle_us : sketch->max_us;
}

/*
 * This is the arithmetic of PostgreSQL's percentile_disc, so that both agree
 * if the product is not exact.
 */
uint64_t
rtt_percentile_rank(double fraction, uint64_t n)
{
	double		rank = ceil(fraction * (double) n);

	assert(fraction >= 0 && fraction <= 1);
	if (rank < 1)
		return 1;
	return rank >= (double) n ? n : (uint64_t) rank;
}

void
rtt_sketch_percentiles(const RttSketch *sketch,
					   const double *fractions, size_t n,
					   uint64_t *percentiles_us)
{
	const RttBucket *bucket = sketch->buckets;
	uint64_t	before = 0;		/* times in the buckets before this one */

	assert(sketch->count > 0);
	for (size_t i = 0; i < n; i++)
	{
		uint64_t	rank = rtt_percentile_rank(fractions[i], sketch->count);

		while (rank > before + bucket->count)
			before += (bucket++)->count;
		while (rank <= before)
			before -= (--bucket)->count;
		percentiles_us[i] = rtt_sketch_representative(sketch, bucket);
	}
}

uint64_t
rtt_sketch_count_within(const RttSketch *sketch, uint64_t limit_us)
{
	uint64_t	count = 0;

	for (uint32_t i = 0; i < sketch->nbuckets; i++)
	{
		if (rtt_sketch_representative(sketch, &sketch->buckets[i]) > limit_us)
			break;
		count += sketch->buckets[i].count;
	}
	return count;
}

double
rtt_sketch_mean(const RttSketch *sketch)
{
	assert(sketch->count > 0);
	return rtt_sum_mean(sketch->sum_us, sketch->count);
}

double
rtt_sketch_error_bound(const RttSketch *sketch)
{
	if (sketch->precision == RTT_PRECISION_EXACT)
		return 0;
	return ldexp(1, -(sketch->precision + 1));
}
