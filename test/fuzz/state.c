/*-------------------------------------------------------------------------
 *
 * state.c
 *	  Any bytes are a state, whose times can be summarised, or none.
 *
 * Input: the bytes.  This is what a damaged table could hand to the aggregates.
 *
 *-------------------------------------------------------------------------
 */
#include "core/rtt_state.h"
#include "fuzz.h"

static void
check_percentiles(const RttState *state, const RttSummary *summary)
{
	uint64_t   *percentiles_us = allocate(state->nfractions, sizeof(uint64_t));
	uint64_t   *expected_us = allocate(state->nfractions, sizeof(uint64_t));
	void	   *scratch = allocate(rtt_state_scratch_size(state), 1);

	REQUIRE(rtt_state_percentiles(state, scratch, percentiles_us));
	rtt_summary_percentiles(summary, rtt_state_fractions(state),
							state->nfractions, expected_us);
	REQUIRE(memcmp(percentiles_us, expected_us,
				   state->nfractions * sizeof(uint64_t)) == 0);
}

/* A state that has been counted is one again, of the same summary. */
static void
check_put(const RttState *state, const RttSummary *summary)
{
	size_t		size = rtt_state_size(state->nfractions, summary->nbuckets, 0);
	RttState   *put = allocate(size, 1);
	RttSummary	again;

	rtt_state_init(put, state->kind, rtt_state_fractions(state),
				   state->nfractions);
	rtt_state_put(put, summary);
	REQUIRE(rtt_state_fault(put, size) == NULL);
	REQUIRE(rtt_state_summarise(put, allocate(rtt_state_scratch_size(put), 1),
								&again));
	REQUIRE(equal_summaries(summary, &again));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	RttState   *state;
	RttSummary	summary;
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
	REQUIRE(rtt_state_summarise(state, allocate(rtt_state_scratch_size(state), 1),
								&summary) == (count <= INT64_MAX));
	if (count > INT64_MAX)
		return 0;
	REQUIRE(rtt_summary_fault(&summary, cap) == NULL);
	REQUIRE(summary.count == count);
	REQUIRE(rtt_state_is_empty(state) == (count == 0));
	if (count > 0)
	{
		check_stored_form(&summary, cap);
		check_percentiles(state, &summary);
		check_put(state, &summary);
	}
	return 0;
}
