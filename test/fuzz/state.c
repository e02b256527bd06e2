/*-------------------------------------------------------------------------
 *
 * state.c
 *	  Any bytes are a state, which has a sketch, or have a fault.
 *
 * Input: the bytes.  A damaged table could pass any bytes to the aggregates.
 *
 *-------------------------------------------------------------------------
 */
#include "core/rtt_state.h"
#include "fuzz.h"

static void
check_percentiles(const RttState *state, const RttSketch *sketch)
{
	uint64_t   *percentiles_us = allocate(state->nfractions, sizeof(uint64_t));
	uint64_t   *expected_us = allocate(state->nfractions, sizeof(uint64_t));
	void	   *scratch = allocate(rtt_state_scratch_size(state), 1);

	REQUIRE(rtt_state_percentiles(state, scratch, percentiles_us));
	rtt_sketch_percentiles(sketch, rtt_state_fractions(state),
						   state->nfractions, expected_us);
	REQUIRE(memcmp(percentiles_us, expected_us,
				   state->nfractions * sizeof(uint64_t)) == 0);
}

/* A state that a sketch is put into is valid, and has the same sketch. */
static void
check_put(const RttState *state, const RttSketch *sketch)
{
	size_t		size = rtt_state_size(state->nfractions, sketch->nbuckets, 0);
	RttState   *put = allocate(size, 1);
	RttSketch	again;

	rtt_state_init(put, state->kind, rtt_state_fractions(state),
				   state->nfractions);
	rtt_state_put(put, sketch);
	REQUIRE(rtt_state_fault(put, size) == NULL);
	REQUIRE(rtt_state_make_sketch(put, allocate(rtt_state_scratch_size(put), 1),
								  &again));
	REQUIRE(equal_sketches(sketch, &again));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	RttState   *state;
	RttSketch	sketch;
	uint32_t	cap;
	uint64_t	count;

	free_memory();
	state = allocate(size, 1);
	if (size > 0)
		memcpy(state, data, size);
	if (rtt_state_fault(state, size) != NULL)
		return 0;

	cap = rtt_state_cap(state->kind);
	count = state->nvalues;
	if (state->nbuckets > 0)
		count += rtt_state_totals(state)->count;
	REQUIRE(rtt_state_make_sketch(state,
								  allocate(rtt_state_scratch_size(state), 1),
								  &sketch) == (count <= INT64_MAX));
	if (count > INT64_MAX)
		return 0;
	REQUIRE(rtt_sketch_fault(&sketch, cap) == NULL);
	REQUIRE(sketch.count == count);
	REQUIRE(rtt_state_is_empty(state) == (count == 0));
	if (count > 0)
	{
		check_stored_form(&sketch, cap);
		check_percentiles(state, &sketch);
		check_put(state, &sketch);
	}
	return 0;
}
