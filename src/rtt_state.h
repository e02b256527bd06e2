/*-------------------------------------------------------------------------
 *
 * rtt_state.h
 *	  The type rtt_state: a varlena that is an RttState (core/rtt_state.h),
 *	  whose length word is the state's host_word.
 *
 *-------------------------------------------------------------------------
 */
#ifndef PMR_RTT_STATE_H
#define PMR_RTT_STATE_H

#include "core/rtt_state.h"
#include "fmgr.h"

/*
 * The state of a datum that comes from elsewhere: a table, or a worker.  Bytes
 * that no rtt_state can have are data corruption.
 */
extern const RttState *rtt_state_from_datum(Datum datum);

/* A new, empty state in so many bytes. */
extern RttState *rtt_state_make(RttStateKind kind, const float8 *fractions,
								int nfractions, Size size);

/* The same with room to begin with. */
static inline RttState *
rtt_state_make_small(RttStateKind kind, const float8 *fractions,
					 int nfractions, uint32 nwords)
{
	return rtt_state_make(kind, fractions, nfractions,
						  rtt_state_alloc_size(kind, nfractions, 0, nwords));
}

/*
 * These add to a state, which they may move to other memory of its own memory
 * context; what they need besides is left in the current one.
 */

/* Times, of which there are nvalues in up to RTT_STATE_BATCH words. */
extern RttState *rtt_state_add_words(RttState *state, const uint32 *words,
									 uint32 nwords, uint64 nvalues);

/* The times of a sketch. */
extern RttState *rtt_state_add_sketch(RttState *state,
									  const RttSketch *sketch);

/* The times of another state. */
extern RttState *rtt_state_add_state(RttState *state, const RttState *added);

/* The percentiles of a state that is not empty, in new memory. */
extern const uint64 *rtt_state_get_percentiles(const RttState *state);

/* The normal sketch of a state, in new memory. */
extern void rtt_state_open(const RttState *state, RttSketch *sketch);

/* The normal sketch of the times of two, in new memory. */
extern void rtt_merge_sketches(const RttSketch *a, const RttSketch *b,
							   uint32 cap, RttSketch *merged);

#endif							/* PMR_RTT_STATE_H */
