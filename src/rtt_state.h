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

/* A new, empty state for a group that may stay small. */
static inline RttState *
rtt_state_make_small(RttStateKind kind, const float8 *fractions,
					 int nfractions)
{
	return rtt_state_make(kind, fractions, nfractions,
						  rtt_state_roomy_size(kind, nfractions, 0, 1));
}

/* A copy of a state, of a greater size if it is greater. */
extern RttState *rtt_state_copy(const RttState *state, Size size);

/*
 * A new state for what another one is for, of a summary, normal and not empty,
 * with room for so many values more.
 */
extern RttState *rtt_state_from_summary(const RttState *like,
										const RttSummary *summary,
										uint32 nvalues);

/* A new state with room for another value, made from one without. */
extern RttState *rtt_state_make_room(const RttState *state);

/* A new state of the times of both a state and a summary, not both empty. */
extern RttState *rtt_state_add_summary(const RttState *state,
									   const RttSummary *added);

/* An error unless these are the state's fractions. */
extern void rtt_state_check_fractions(const RttState *state,
									  const float8 *fractions, int nfractions);

/* The percentiles of a state that is not empty, in new memory. */
extern const uint64 *rtt_state_get_percentiles(const RttState *state);

/* The normal summary of a state, in new memory. */
extern void rtt_state_open(const RttState *state, RttSummary *summary);

/* The normal summary of the times of two, in new memory. */
extern void rtt_merge_summaries(const RttSummary *a, const RttSummary *b,
								uint32 cap, RttSummary *merged);

#endif							/* PMR_RTT_STATE_H */
