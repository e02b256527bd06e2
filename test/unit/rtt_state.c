/*-------------------------------------------------------------------------
 *
 * rtt_state.c
 *	  States of the same times give the same sketch, however they have grown,
 *	  and a state of few times is small.
 *
 *-------------------------------------------------------------------------
 */
#include <math.h>

#include "core/rtt_codec.h"
#include "core/rtt_state.h"
#include "unit.h"

static RttState *
make_state(RttStateKind kind, const double *fractions, uint32_t nfractions,
		   size_t size)
{
	RttState   *state = allocate(size, 1);

	rtt_state_init(state, kind, fractions, nfractions);
	return state;
}

static void
open_state(const RttState *state, RttSketch *sketch, void **scratch)
{
	*scratch = allocate(rtt_state_scratch_size(state), 1);
	CHECK(rtt_state_make_sketch(state, *scratch, sketch));
}

/* Makes room as a host does: enlarges a state, or counts its times. */
static RttState *
make_room(RttState *state, size_t *size)
{
	RttStateGrowth growth = rtt_state_choose_growth(state, *size);
	RttState   *bigger;

	if (growth == RTT_STATE_COUNT ||
		(growth == RTT_STATE_TRY_COUNTING && random_below(2) == 0))
	{
		RttSketch	sketch;
		void	   *scratch;
		uint32_t	nwords;
		size_t		least;

		open_state(state, &sketch, &scratch);
		nwords = rtt_state_max_words(state->kind, sketch.nbuckets);
		least = rtt_state_size(state->nfractions, sketch.nbuckets,
							   rtt_state_count_threshold(nwords));
		if (least <= *size && random_below(4) > 0)
			bigger = state;
		else
		{
			*size = rtt_state_size(state->nfractions, sketch.nbuckets, nwords);
			bigger = make_state(state->kind, rtt_state_fractions(state),
								state->nfractions, *size);
		}
		rtt_state_put(bigger, &sketch);
		free(scratch);
	}
	else
	{
		size_t		new_size;

		new_size = rtt_state_alloc_size(state->kind, state->nfractions,
										state->nbuckets,
										state->nwords + RTT_WORDS_MAX);
		CHECK(new_size > *size);
		bigger = allocate(new_size, 1);
		memcpy(bigger, state, *size);
		*size = new_size;
	}
	if (bigger != state)
		free(state);
	return bigger;
}

static void
check_state(RttStateKind kind, const double *fractions, uint32_t nfractions,
			int shape, size_t n)
{
	uint64_t   *values = allocate(n, sizeof(uint64_t));
	size_t		size = rtt_state_alloc_size(kind, nfractions, 0, 0);
	RttState   *state = make_state(kind, fractions, nfractions, size);
	RttSketch	expected;
	RttSketch	sketch;
	void	   *scratch;

	for (size_t i = 0; i < n; i++)
	{
		values[i] = random_rtt(shape);
		if (!rtt_state_append(state, size, values[i]))
		{
			CHECK(rtt_state_fault(state, size) == NULL);
			state = make_room(state, &size);
			CHECK(rtt_state_append(state, size, values[i]));
		}
		if (state->nbuckets == 0)
			CHECK(size <= sizeof(RttState) + 8 * nfractions + 100 +
				  8 * (state->nwords + 1));
	}
	CHECK(rtt_state_fault(state, size) == NULL);
	CHECK(state->nfractions == nfractions);
	for (uint32_t i = 0; i < nfractions; i++)
		CHECK(rtt_state_fractions(state)[i] == fractions[i]);

	qsort(values, n, sizeof(uint64_t), compare_values);
	rtt_sketch_from_sorted(&expected, allocate(n, sizeof(RttBucket)),
						   values, n);
	rtt_sketch_normalise(&expected, rtt_state_cap(kind));
	open_state(state, &sketch, &scratch);
	CHECK(sketch.precision == expected.precision);
	CHECK(sketch.count == n && sketch.min_us == expected.min_us &&
		  sketch.max_us == expected.max_us);
	CHECK(sketch.sum_us.high == expected.sum_us.high &&
		  sketch.sum_us.low == expected.sum_us.low);
	CHECK(sketch.nbuckets == expected.nbuckets &&
		  memcmp(sketch.buckets, expected.buckets,
				 sketch.nbuckets * sizeof(RttBucket)) == 0);

	free(scratch);

	CHECK(rtt_state_is_empty(state) == (n == 0));
	if (n > 0)
	{
		uint64_t   *percentiles = allocate(nfractions, sizeof(uint64_t));
		uint64_t   *selected = allocate(nfractions, sizeof(uint64_t));

		rtt_sketch_percentiles(&expected, fractions, nfractions, percentiles);
		scratch = allocate(rtt_state_scratch_size(state), 1);
		CHECK(rtt_state_percentiles(state, scratch, selected));
		CHECK(memcmp(selected, percentiles, nfractions * sizeof(uint64_t)) == 0);
		free(scratch);
		free(percentiles);
		free(selected);
	}

	free(expected.buckets);
	free(state);
	free(values);
}

static void
check_fault(const RttState *state, size_t size, const char *expected)
{
	const char *fault = rtt_state_fault(state, size);

	CHECK(fault != NULL && strcmp(fault, expected) == 0);
}

/* Each fault of a header, one at a time. */
static void
check_header_faults(void)
{
	static const double fractions[] = {0, 1};
	static const double bad[] = {-1e-300, 1 + 1e-15, INFINITY, NAN};
	size_t		size = rtt_state_size(2, 0, 0);
	RttState   *state = make_state(RTT_STATE_PERCENTILES, fractions, 2, size);

	CHECK(rtt_state_fault(state, size) == NULL);
	check_fault(state, sizeof(RttState) - 1, "header is cut off");
	check_fault(state, size - 1, "state is cut off");
	for (int kind = RTT_STATE_KINDS; kind <= UINT8_MAX; kind++)
	{
		state->kind = (uint8_t) kind;
		check_fault(state, size, "kind is unknown");
	}
	state->kind = RTT_STATE_SKETCH;
	check_fault(state, size, "number of fractions is out of range");
	state->kind = RTT_STATE_PERCENTILE;
	check_fault(state, size, "number of fractions is out of range");
	state->nfractions = 0;
	check_fault(state, size, "number of fractions is out of range");
	state->kind = RTT_STATE_PERCENTILES;
	state->nfractions = RTT_STATE_MAX_FRACTIONS + 1;
	check_fault(state, size, "number of fractions is out of range");
	state->nfractions = 2;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
	{
		rtt_state_fractions(state)[1] = bad[i];
		check_fault(state, size, "fraction is out of range");
	}
	rtt_state_fractions(state)[1] = 1;
	state->nvalues = 1;
	check_fault(state, size, "round-trip times are malformed");
	free(state);
}

/* Parts of 4 GB and more, whose size a size_t of 32 bits does not hold. */
static void
check_large_parts(void)
{
	size_t		size = rtt_state_size(0, 0, 0);
	RttState   *state = make_state(RTT_STATE_SKETCH, NULL, 0, size);
	uint64_t	most = rtt_state_size(UINT16_MAX, UINT32_MAX, UINT32_MAX);

	CHECK(most == SIZE_MAX || most > UINT32_MAX * (uint64_t) 20);
	state->nwords = (uint32_t) 1 << 30;
	check_fault(state, size, "state is cut off");
	state->nwords = UINT32_MAX;
	check_fault(state, size, "state is cut off");
	state->nwords = 0;
	state->nbuckets = (uint32_t) 1 << 28;
	check_fault(state, rtt_state_size(0, 1, 0) - 1, "state is cut off");
	state->nbuckets = 0;
	state->nvalues = (uint64_t) 1 << 28;
	CHECK(rtt_state_scratch_size(state) > UINT32_MAX - (size_t) 1);
	free(state);
}

/* Bytes changed at random give a fault, or another valid state. */
static void
check_faults(void)
{
	static const double fractions[] = {0.5, 0.95};
	size_t		size = rtt_state_size(2, 3, 20);
	RttState   *state = make_state(RTT_STATE_PERCENTILES, fractions, 2, size);
	uint64_t	values[] = {1, 1, 2, 70000};
	RttBucket	buckets[4];
	RttSketch	sketch;
	uint8_t    *copy = allocate(size, 1);

	rtt_sketch_from_sorted(&sketch, buckets, values, 4);
	rtt_state_put(state, &sketch);
	CHECK(rtt_state_append(state, size, 3));
	while (rtt_state_append(state, size, RTT_MAX_US - random_below(2)))
		;
	CHECK(state->nwords > 18);
	CHECK(rtt_state_fault(state, size) == NULL);
	CHECK(rtt_state_fault(state, rtt_state_size(2, 3, state->nwords)) == NULL);

	/* without buckets the precision cannot be lower */
	memcpy(copy, state, size);
	((RttState *) copy)->nbuckets = 0;
	((RttState *) copy)->nwords = 0;
	((RttState *) copy)->nvalues = 0;
	CHECK(rtt_state_fault((RttState *) copy, size) == NULL);
	((RttState *) copy)->precision--;
	CHECK(rtt_state_fault((RttState *) copy, size) != NULL);

	/* half a time, and more times than the words can have */
	memcpy(copy, state, size);
	((RttState *) copy)->nwords--;
	((RttState *) copy)->nvalues = UINT64_MAX;
	CHECK(rtt_state_fault((RttState *) copy, size) != NULL);
	CHECK(rtt_state_fault(state,
						  rtt_state_size(2, 3, state->nwords) - 1) != NULL);

	for (int i = 0; i < 20000; i++)
	{
		memcpy(copy, state, size);
		copy[random_below(size)] = (uint8_t) random_bits();
		if (rtt_state_fault((RttState *) copy, size) == NULL)
		{
			void	   *scratch;

			open_state((RttState *) copy, &sketch, &scratch);
			CHECK(rtt_sketch_fault(&sketch, RTT_CAP_EXACT) == NULL);
			free(scratch);
		}
	}
	free(copy);
	free(state);
}

/* No more than INT64_MAX times. */
static void
check_overflow(void)
{
	RttBucket	bucket = {7, INT64_MAX};
	RttSketch	sketch = {
		&bucket, 1, RTT_PRECISION_EXACT, INT64_MAX, {0, 0}, 7, 7
	};
	size_t		size = rtt_state_size(0, 1, 1);
	RttState   *state = make_state(RTT_STATE_SKETCH, NULL, 0, size);
	void	   *scratch;

	sketch.sum_us = rtt_sum_add_times(sketch.sum_us, 7, INT64_MAX);
	CHECK(rtt_state_is_empty(state));
	rtt_state_put(state, &sketch);
	CHECK(!rtt_state_is_empty(state));
	open_state(state, &sketch, &scratch);
	CHECK(sketch.count == INT64_MAX);
	free(scratch);

	CHECK(rtt_state_append(state, size, 7));
	scratch = allocate(rtt_state_scratch_size(state), 1);
	CHECK(!rtt_state_make_sketch(state, scratch, &sketch));
	CHECK(!rtt_state_percentiles(state, scratch, NULL));
	free(scratch);
	free(state);
}

int
main(void)
{
	static const double fractions[] = {0.5, 0.9, 0.95, 0.99, 0, 1};
	static const size_t sizes[] = {0, 1, 5, 123, 2500, 4096, 4097, 20000};

	for (int shape = 0; shape < NSHAPES; shape++)
	{
		for (size_t s = 0; s < sizeof(sizes) / sizeof(sizes[0]); s++)
		{
			check_state(RTT_STATE_SKETCH, NULL, 0, shape, sizes[s]);
			check_state(RTT_STATE_PERCENTILE, fractions, 1, shape, sizes[s]);
			check_state(RTT_STATE_PERCENTILES, fractions, 4, shape, sizes[s]);
			check_state(RTT_STATE_PERCENTILES, fractions, 6, shape, sizes[s]);
		}
	}

	/* more times than are collected; the second time more than the cap, too */
	check_state(RTT_STATE_PERCENTILES, fractions, 4, SHAPE_MILLISECONDS,
				600000);
	check_state(RTT_STATE_PERCENTILES, fractions, 4, SHAPE_WIDE, 2500000);
	check_header_faults();
	check_large_parts();
	check_faults();
	check_overflow();
	return report();
}
