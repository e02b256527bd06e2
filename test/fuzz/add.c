/*-------------------------------------------------------------------------
 *
 * add.c
 *	  Times added one by one, in batches or from other states give the sketch
 *	  that brute force gives.
 *
 * Input: a kind, then steps.  Here a state counts its times after a few of
 * them instead of some thousands, and its caps are as small, so that an input
 * of some bytes reaches all that a state can do.
 *
 *-------------------------------------------------------------------------
 */
#include <math.h>

#include "core/rtt_state.h"
#include "fuzz.h"

/* For the code of the core, which is included below. */
#undef RTT_CAP_SKETCH
#define RTT_CAP_SKETCH	6
#undef RTT_CAP_EXACT
#define RTT_CAP_EXACT	24
#undef RTT_STATE_BATCH
#define RTT_STATE_BATCH 4
#include "core/rtt_state.c"

#define MAX_TIMES		400

typedef struct Times
{
	uint64_t	us[MAX_TIMES];
	size_t		n;
} Times;

/* A state, and all times that have been added to it. */
typedef struct Sample
{
	RttState   *state;
	size_t		size;
	Times		times;
} Sample;

static void
open_state(const RttState *state, RttSketch *sketch)
{
	REQUIRE(rtt_state_make_sketch(state,
								  allocate(rtt_state_scratch_size(state), 1),
								  sketch));
}

static void
start_sample(Sample *sample, RttStateKind kind, const double *fractions,
			 uint32_t nfractions)
{
	sample->size = rtt_state_alloc_size(kind, nfractions, 0, 0);
	sample->state = allocate(sample->size, 1);
	sample->times.n = 0;
	rtt_state_init(sample->state, kind, fractions, nfractions);
}

/*
 * Replaces all that is in a state by a sketch.  Leaves room for at most nwords
 * words, but reallocates the state only if it has no room for least_words.
 */
static void
replace_by_sketch(Sample *sample, const RttSketch *sketch,
				  uint32_t least_words, uint32_t nwords)
{
	const RttState *old = sample->state;
	size_t		least_size = rtt_state_size(old->nfractions, sketch->nbuckets,
											least_words);
	size_t		size = rtt_state_size(old->nfractions, sketch->nbuckets,
									  nwords);

	if (least_size > sample->size)
	{
		sample->state = allocate(size, 1);
		rtt_state_init(sample->state, old->kind, rtt_state_fractions(old),
					   old->nfractions);
	}
	if (least_size > sample->size || size < sample->size)
		sample->size = size;
	rtt_state_put(sample->state, sketch);
}

/* Makes room as src/rtt_state.c does. */
static void
make_room(Sample *sample, uint32_t nwords)
{
	RttState   *state = sample->state;
	RttStateGrowth growth = rtt_state_choose_growth(state, sample->size);
	RttSketch	sketch;
	uint32_t	max_words;

	if (growth != RTT_STATE_ENLARGE)
	{
		open_state(state, &sketch);
		max_words = rtt_state_max_words(state->kind, sketch.nbuckets);
		if (growth == RTT_STATE_COUNT ||
			rtt_state_size(state->nfractions, sketch.nbuckets, max_words) <=
			sample->size + sample->size / 2)
		{
			replace_by_sketch(sample, &sketch,
							  rtt_state_count_threshold(max_words), max_words);
			return;
		}
	}
	sample->size = rtt_state_alloc_size(state->kind, state->nfractions,
										state->nbuckets,
										state->nwords + nwords);
	sample->state = allocate(sample->size, 1);
	memcpy(sample->state, state,
		   rtt_state_size(state->nfractions, state->nbuckets, state->nwords));
}

/* Adds the times of another sample by the stored form of its sketch. */
static void
add_sample(Sample *sample, const Sample *added)
{
	uint32_t	cap = rtt_state_cap(sample->state->kind);
	RttSketch	own;
	RttSketch	other;
	RttSketch	read;
	RttSketch	merged;
	uint8_t    *bytes;
	size_t		nbytes;

	if (added->times.n == 0)
		return;
	open_state(added->state, &other);
	bytes = encode(&other, &nbytes);
	REQUIRE(decode(&read, bytes, nbytes, cap));
	open_state(sample->state, &own);
	REQUIRE(rtt_sketch_merge(&merged,
							 allocate(own.nbuckets + read.nbuckets,
									  sizeof(RttBucket)), &own, &read));
	rtt_sketch_normalise(&merged, cap);
	replace_by_sketch(sample, &merged, 0, 0);
	memcpy(&sample->times.us[sample->times.n], added->times.us,
		   added->times.n * sizeof(uint64_t));
	sample->times.n += added->times.n;
}

/* The sketch of the times, by definition. */
static void
make_by_force(Times *times, uint32_t cap, RttSketch *sketch)
{
	size_t		n = times->n;

	qsort(times->us, n, sizeof(uint64_t), compare_values);
	memset(sketch, 0, sizeof(RttSketch));
	sketch->buckets = allocate(n, sizeof(RttBucket));
	sketch->count = n;
	sketch->min_us = n > 0 ? times->us[0] : 0;
	sketch->max_us = n > 0 ? times->us[n - 1] : 0;
	sketch->precision = prescribed_precision(times->us, n, RTT_PRECISION_EXACT,
											 cap);
	for (size_t i = 0; i < n; i++)
	{
		uint64_t	lower_us = rtt_floor(times->us[i], sketch->precision);

		if (i == 0 || sketch->buckets[sketch->nbuckets - 1].lower_us != lower_us)
		{
			sketch->buckets[sketch->nbuckets].lower_us = lower_us;
			sketch->buckets[sketch->nbuckets++].count = 0;
		}
		sketch->buckets[sketch->nbuckets - 1].count++;
		sketch->sum_us.low += times->us[i];
		if (sketch->sum_us.low < times->us[i])
			sketch->sum_us.high++;
	}
}

static void
check_percentiles(const RttState *state, const Times *times,
				  const RttSketch *sketch)
{
	const double *fractions = rtt_state_fractions(state);
	uint64_t   *percentiles_us = allocate(state->nfractions, sizeof(uint64_t));
	double		bound = rtt_sketch_error_bound(sketch);

	REQUIRE(rtt_state_percentiles(state,
								  allocate(rtt_state_scratch_size(state), 1),
								  percentiles_us));
	for (uint32_t i = 0; i < state->nfractions; i++)
	{
		double		rank = ceil(fractions[i] * (double) times->n);
		uint64_t	exact_us = times->us[rank < 1 ? 0 : (size_t) rank - 1];
		uint64_t	found_us = percentiles_us[i];
		uint64_t	error_us;

		error_us = found_us > exact_us ? found_us - exact_us : exact_us - found_us;
		REQUIRE((double) error_us <= bound * (double) exact_us);
	}
}

static void
check_sample(Sample *sample)
{
	const RttState *state = sample->state;
	uint32_t	cap = rtt_state_cap(state->kind);
	RttSketch	sketch;
	RttSketch	expected;

	REQUIRE(rtt_state_fault(state, sample->size) == NULL);
	open_state(state, &sketch);
	make_by_force(&sample->times, cap, &expected);
	REQUIRE(equal_sketches(&sketch, &expected));
	REQUIRE(rtt_state_is_empty(state) == (sketch.count == 0));
	if (sketch.count > 0)
	{
		check_stored_form(&sketch, cap);
		check_percentiles(state, &sample->times, &sketch);
	}
}

/* Takes a time: a little after the last one, a multiple of a unit, or any. */
static uint64_t
take_time(Input *input, int shape, const Times *times)
{
	static const uint64_t units_us[] = {1, 1000, 1000000, 60000000};
	uint64_t	previous_us = times->n > 0 ? times->us[times->n - 1] : 0;

	switch (shape % 6)
	{
		case 0:
			return (previous_us + take_byte(input)) & RTT_MAX_US;
		case 1:
			return take_uint64(input) & RTT_MAX_US;
		default:
			return take_byte(input) * units_us[shape % 6 - 2];
	}
}

/* Adds one time, or as many as fit so many words. */
static void
add_times(Input *input, int shape, Sample *sample, uint32_t max_words)
{
	Times	   *times = &sample->times;
	uint32_t	words[RTT_STATE_BATCH];
	uint32_t	nwords = 0;
	uint64_t	n = 0;

	do
	{
		uint64_t	rtt_us = take_time(input, shape, times);

		nwords += rtt_words_write(&words[nwords], rtt_us);
		times->us[times->n++] = rtt_us;
		n++;
	} while (nwords + RTT_WORDS_MAX <= max_words);
	if (!rtt_state_append_words(sample->state, sample->size, words, nwords, n))
	{
		make_room(sample, nwords);
		REQUIRE(rtt_state_append_words(sample->state, sample->size, words,
									   nwords, n));
	}
}

static void
move_times(Sample *from, Sample *to)
{
	const RttState *state = from->state;

	add_sample(to, from);
	start_sample(from, state->kind, rtt_state_fractions(state),
				 state->nfractions);
}

/* Takes a step: a byte that says what to do, and with which times. */
static void
take_step(Input *input, Sample *sample, Sample *other)
{
	uint8_t		step = take_byte(input);

	switch (step % 8)
	{
		case 0:
			move_times(other, sample);
			break;
		case 1:
			move_times(sample, other);
			break;
		case 2:
			add_times(input, step / 8, sample, RTT_STATE_BATCH);
			break;
		case 3:
			add_times(input, step / 8, other, 0);
			break;
		default:
			add_times(input, step / 8, sample, 0);
			break;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const double fractions[] = {0.95, 0.5, 0, 1};
	static const uint32_t nfractions[RTT_STATE_KINDS] = {0, 1, 4};
	static Sample samples[2];
	Input		input = {data, data + size};
	uint8_t		kind = take_byte(&input) % RTT_STATE_KINDS;

	free_memory();
	for (int i = 0; i < 2; i++)
		start_sample(&samples[i], kind, fractions, nfractions[kind]);
	while (input.at < input.end &&
		   samples[0].times.n + samples[1].times.n + RTT_STATE_BATCH <= MAX_TIMES)
		take_step(&input, &samples[0], &samples[1]);
	for (int i = 0; i < 2; i++)
		check_sample(&samples[i]);
	return 0;
}
