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
 * The state of a datum that comes from a table or from another process.
 * Raises a data corruption error if its bytes are not those of an rtt_state.
 */
extern const RttState *rtt_state_from_datum(Datum datum);

/* Makes an empty state of size bytes, in new memory. */
extern RttState *rtt_state_make(RttStateKind kind, const float8 *fractions,
								int nfractions, Size size);

/* Makes an empty state with room for so many words, and some more. */
static inline RttState *
rtt_state_make_small(RttStateKind kind, const float8 *fractions,
					 int nfractions, uint32 nwords)
{
	return rtt_state_make(kind, fractions, nfractions,
						  rtt_state_alloc_size(kind, nfractions, 0, nwords));
}

/*
 * The following functions add to a state, and return it.  They may move it to
 * other memory in its own memory context.  Their scratch memory is in the
 * current context, and is not freed.
 */

/* Adds nvalues times, in at most RTT_STATE_BATCH words. */
extern RttState *rtt_state_add_words(RttState *state, const uint32 *words,
									 uint32 nwords, uint64 nvalues);

/* Adds the times of a sketch. */
extern RttState *rtt_state_add_sketch(RttState *state,
									  const RttSketch *sketch);

/* Adds the times of another state. */
extern RttState *rtt_state_add_state(RttState *state, const RttState *added);

/* The percentiles in us of a state that is not empty, in new memory. */
extern const uint64 *rtt_state_get_percentiles(const RttState *state);

/* Makes the normal sketch of a state, with the buckets in new memory. */
extern void rtt_state_open(const RttState *state, RttSketch *sketch);

/* Merges two sketches, normal for the cap, with the buckets in new memory. */
extern void rtt_merge_sketches(const RttSketch *a, const RttSketch *b,
							   uint32 cap, RttSketch *merged);

#endif							/* PMR_RTT_STATE_H */
