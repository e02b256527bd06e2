/*-------------------------------------------------------------------------
 *
 * rtt_state.c
 *	  The state of an aggregate over round-trip times.
 *
 * A report has many groups, and most of them are small.  So a row should touch
 * few cache lines, and a group should take few bytes.  Appending a row to its
 * group touches two lines.  Counting it at once into a histogram of its group
 * could touch any of the histogram's lines.
 *
 *-------------------------------------------------------------------------
 */
#include <assert.h>
#include <string.h>

#include "core/rtt_count.h"
#include "core/rtt_select.h"
#include "core/rtt_sort.h"
#include "core/rtt_state.h"

typedef struct KindLimits
{
	uint32_t	cap;
	uint32_t	max_words;		/* of a sketch: well above its cap, or
								 * counting costs more than collecting */
} KindLimits;

/* The fewest words for which counting into buckets pays. */
#define MIN_COUNTED		(4 * RTT_STATE_BATCH)

/*
 * The most words to count at once.  With more, the scratch memory to merge
 * them with RTT_CAP_EXACT buckets would reach 32 MB.  From there on glibc gets
 * memory from the system for each call: page faults took half of the time.
 */
#define MAX_COUNTED		500000

static const KindLimits kinds[RTT_STATE_KINDS] = {
	[RTT_STATE_SKETCH] = {RTT_CAP_SKETCH, MIN_COUNTED},
	[RTT_STATE_PERCENTILE] = {RTT_CAP_EXACT, MAX_COUNTED},
	[RTT_STATE_PERCENTILES] = {RTT_CAP_EXACT, MAX_COUNTED}
};

uint32_t
rtt_state_cap(RttStateKind kind)
{
	return kinds[kind].cap;
}

uint32_t
rtt_state_max_words(RttStateKind kind, uint32_t nbuckets)
{
	uint32_t	max_words = kinds[kind].max_words;
	uint32_t	merge_words = nbuckets > MIN_COUNTED ? nbuckets : MIN_COUNTED;

	return nbuckets > 0 && merge_words < max_words ? merge_words : max_words;
}

/*
 * Counting is tried at two sizes as the state grows.  So a group whose times
 * repeat stays small, and two attempts cost little if the times do not repeat.
 */
RttStateGrowth
rtt_state_choose_growth(const RttState *state, size_t size)
{
	uint32_t	max_words = rtt_state_max_words(state->kind, state->nbuckets);

	if (state->nwords >= rtt_state_count_threshold(max_words))
		return RTT_STATE_COUNT;
	if (state->nbuckets == 0 &&
		(size == sizeof(uint32_t[2 * MIN_COUNTED]) ||
		 size == sizeof(uint32_t[16 * MIN_COUNTED])))
		return RTT_STATE_TRY_COUNTING;
	return RTT_STATE_ENLARGE;
}

/*
 * A size as size_t.  If that has 32 bits, it may be too small: the result is
 * then SIZE_MAX, which no memory has.
 */
static size_t
limit_size(uint64_t size)
{
	return size < SIZE_MAX ? (size_t) size : SIZE_MAX;
}

/* The parts may be any numbers, as a state that is checked may have any. */
static uint64_t
state_size(uint32_t nfractions, uint32_t nbuckets, uint32_t nwords)
{
	return sizeof(RttState) + (uint64_t) nfractions * sizeof(double) +
		(nbuckets > 0 ? sizeof(RttTotals) : 0) +
		(uint64_t) nbuckets * sizeof(RttBucket) +
		(uint64_t) nwords * sizeof(uint32_t);
}

size_t
rtt_state_size(uint32_t nfractions, uint32_t nbuckets, uint32_t nwords)
{
	return limit_size(state_size(nfractions, nbuckets, nwords));
}

size_t
rtt_state_alloc_size(RttStateKind kind, uint32_t nfractions,
					 uint32_t nbuckets, uint32_t nwords)
{
	uint64_t	needed = state_size(nfractions, nbuckets, nwords);
	uint64_t	limit = needed + (uint64_t) nwords * sizeof(uint32_t) + 100;
	uint64_t	largest = state_size(nfractions, nbuckets,
									 rtt_state_max_words(kind, nbuckets));
	uint64_t	size = 64;

	while (size < needed)
		size *= 2;
	if (size > limit)
		size = limit;
	return limit_size(size < largest ? size : largest);
}

void
rtt_state_init(RttState *state, RttStateKind kind,
			   const double *fractions, uint32_t nfractions)
{
	assert(nfractions <= RTT_STATE_MAX_FRACTIONS);
	state->kind = (uint8_t) kind;
	state->precision = RTT_PRECISION_EXACT;
	state->nfractions = (uint16_t) nfractions;
	state->nbuckets = 0;
	state->nvalues = 0;
	state->nwords = 0;
	for (uint32_t i = 0; fractions != NULL && i < nfractions; i++)
		rtt_state_fractions(state)[i] = fractions[i] + 0.0; /* -0 becomes 0 */
}

/* The sketch of the times that have been counted into buckets. */
static RttSketch
counted_sketch(const RttState *state)
{
	RttSketch	sketch = {.precision = RTT_PRECISION_EXACT};

	if (state->nbuckets > 0)
	{
		const RttTotals *totals = rtt_state_totals(state);

		sketch.buckets = rtt_state_buckets(state);
		sketch.nbuckets = state->nbuckets;
		sketch.precision = state->precision;
		sketch.count = totals->count;
		sketch.sum_us = totals->sum_us;
		sketch.min_us = totals->min_us;
		sketch.max_us = totals->max_us;
	}
	return sketch;
}

const char *
rtt_state_fault(const RttState *state, size_t size)
{
	RttSketch	counted;
	int64_t		nvalues;

	if (size < sizeof(RttState))
		return "header is cut off";
	if (state->kind >= RTT_STATE_KINDS)
		return "kind is unknown";
	if (state->nfractions > RTT_STATE_MAX_FRACTIONS ||
		(state->kind == RTT_STATE_SKETCH && state->nfractions != 0) ||
		(state->kind == RTT_STATE_PERCENTILE && state->nfractions != 1))
		return "number of fractions is out of range";
	if (size < rtt_state_size(state->nfractions, state->nbuckets,
							  state->nwords))
		return "state is cut off";
	for (uint32_t i = 0; i < state->nfractions; i++)
	{
		double		fraction = rtt_state_fractions(state)[i];

		if (!(fraction >= 0 && fraction <= 1))
			return "fraction is out of range";
	}
	if (state->nbuckets == 0 && state->precision != RTT_PRECISION_EXACT)
		return "precision is out of range";
	nvalues = rtt_words_count(rtt_state_words(state), state->nwords);
	if (nvalues < 0 || (uint64_t) nvalues != state->nvalues)
		return "round-trip times are malformed";
	counted = counted_sketch(state);
	return rtt_sketch_fault(&counted, kinds[state->kind].cap);
}

/*
 * Scratch memory has, from its start: the buckets of the sketch, of which the
 * last nvalues at first hold the sketch of the values alone; the values;
 * memory to sort, select or count them.
 */
static uint64_t
scratch_size(uint64_t nbuckets, uint64_t nvalues)
{
	uint64_t	narrays = nvalues > RTT_COUNT_MAX ? 2 : 3;

	return (nbuckets + nvalues) * sizeof(RttBucket) +
		narrays * nvalues * sizeof(uint64_t);
}

/*
 * All large states ask for the same size, so that allocators can reuse the
 * memory of the last one.
 */
size_t
rtt_state_scratch_size(const RttState *state)
{
	uint64_t	size = scratch_size(state->nbuckets, state->nvalues);
	uint64_t	largest = scratch_size(RTT_CAP_EXACT, MAX_COUNTED);

	return limit_size(size > largest / 8 && size < largest ? largest : size);
}

bool
rtt_state_make_sketch(const RttState *state, void *scratch, RttSketch *sketch)
{
	uint32_t	cap = rtt_state_cap(state->kind);
	size_t		nvalues = state->nvalues;
	RttBucket  *merged = scratch;
	RttBucket  *recent = merged + state->nbuckets;
	uint64_t   *values = (uint64_t *) (recent + nvalues);

	rtt_words_read(rtt_state_words(state), state->nwords, values);
	if (!rtt_count_values(sketch, recent, values, nvalues, values + nvalues,
						  state->precision, cap))
	{
		values = rtt_sort(values, values + nvalues, nvalues);
		rtt_sketch_from_sorted(sketch, recent, values, nvalues);
	}

	if (state->nbuckets > 0)
	{
		RttSketch	earlier = counted_sketch(state);
		RttSketch	later = *sketch;

		if (!rtt_sketch_merge(sketch, merged, &earlier, &later))
			return false;
	}
	rtt_sketch_normalise(sketch, cap);
	return true;
}

bool
rtt_state_percentiles(const RttState *state, void *scratch,
					  uint64_t *percentiles_us)
{
	const double *fractions = rtt_state_fractions(state);
	RttSketch	sketch;

	assert(!rtt_state_is_empty(state));
	if (state->nbuckets == 0 && state->nvalues <= rtt_state_cap(state->kind))
	{
		uint64_t   *values = scratch;

		rtt_words_read(rtt_state_words(state), state->nwords, values);
		for (uint32_t i = 0; i < state->nfractions; i++)
			percentiles_us[i] = rtt_percentile_rank(fractions[i],
													state->nvalues);
		rtt_select(values, state->nvalues, values + state->nvalues,
				   percentiles_us, state->nfractions);
		return true;
	}

	if (!rtt_state_make_sketch(state, scratch, &sketch))
		return false;
	rtt_sketch_percentiles(&sketch, fractions, state->nfractions,
						   percentiles_us);
	return true;
}

void
rtt_state_put(RttState *state, const RttSketch *sketch)
{
	RttTotals  *totals = rtt_state_totals(state);

	assert(rtt_sketch_fault(sketch, rtt_state_cap(state->kind)) == NULL);
	state->precision = (uint8_t) sketch->precision;
	state->nbuckets = sketch->nbuckets;
	state->nvalues = 0;
	state->nwords = 0;
	totals->count = sketch->count;
	totals->sum_us = sketch->sum_us;
	totals->min_us = sketch->min_us;
	totals->max_us = sketch->max_us;
	memcpy(rtt_state_buckets(state), sketch->buckets,
		   sketch->nbuckets * sizeof(RttBucket));
}
