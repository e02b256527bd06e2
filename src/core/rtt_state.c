/*-------------------------------------------------------------------------
 *
 * rtt_state.c
 *	  What an aggregate over round-trip times works in.
 *
 * Most groups of a report are small, and a report has many of them, so what
 * counts is how few cache lines a row touches and how few bytes a group takes.
 * Counting each row into a histogram at once would touch as many lines as the
 * histogram has, again for each group; appending touches two.
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
	uint32_t	max_words;		/* well above the cap of a sketch, or counting
								 * costs more than collecting */
} KindLimits;

/* The least number of words to count into buckets at once. */
#define MIN_COUNTED		(4 * RTT_STATE_BATCH)

/*
 * The most.  Scratch memory to merge them with RTT_CAP_EXACT buckets is then
 * less than 32 MB, from where on glibc asks the system for memory each time and
 * gives it back: page faults took half of the time.
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
	uint32_t	enough = nbuckets > MIN_COUNTED ? nbuckets : MIN_COUNTED;

	return nbuckets > 0 && enough < max_words ? enough : max_words;
}

/*
 * Counting is tried twice on the way, so that a group whose times repeat stays
 * small, and one whose times do not pays little for the attempts.
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

size_t
rtt_state_size(uint32_t nfractions, uint32_t nbuckets, uint32_t nwords)
{
	return sizeof(RttState) + nfractions * sizeof(double) +
		(nbuckets > 0 ? sizeof(RttTotals) : 0) +
		(size_t) nbuckets * sizeof(RttBucket) +
		(size_t) nwords * sizeof(uint32_t);
}

size_t
rtt_state_alloc_size(RttStateKind kind, uint32_t nfractions,
					 uint32_t nbuckets, uint32_t nwords)
{
	size_t		needed = rtt_state_size(nfractions, nbuckets, nwords);
	size_t		limit = needed + nwords * sizeof(uint32_t) + 100;
	size_t		largest = rtt_state_size(nfractions, nbuckets,
										 rtt_state_max_words(kind, nbuckets));
	size_t		size = 64;

	while (size < needed)
		size *= 2;
	if (size > limit)
		size = limit;
	return size < largest ? size : largest;
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
		rtt_state_fractions(state)[i] = fractions[i] + 0.0; /* no -0 */
}

/* The sketch of what has been counted into buckets so far. */
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
 * The scratch memory is, from its start: the sketch's buckets, the last of
 * them at first those of the values alone; the values; memory to sort, select
 * or count them in.
 */
static size_t
scratch_size(size_t nbuckets, size_t nvalues)
{
	size_t		narrays = nvalues > RTT_COUNT_MAX ? 2 : 3;

	return (nbuckets + nvalues) * sizeof(RttBucket) +
		narrays * nvalues * sizeof(uint64_t);
}

/*
 * Large states all ask for the same, so that allocators have it ready from the
 * last time.
 */
size_t
rtt_state_scratch_size(const RttState *state)
{
	size_t		size = scratch_size(state->nbuckets, state->nvalues);
	size_t		largest = scratch_size(RTT_CAP_EXACT, MAX_COUNTED);

	return size > largest / 8 && size < largest ? largest : size;
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
