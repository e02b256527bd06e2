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

/* A copy of a state, of a greater size if it is greater. */
extern RttState *rtt_state_copy(const RttState *state, Size size);

/*
 * A new state for what another one is for, of a summary, normal and not empty,
 * with room for so many values more.
 */
extern RttState *rtt_state_from_summary(const RttState *like,
										const RttSummary *summary,
										uint32 nvalues);

/* The normal summary of a state, in new memory. */
extern void rtt_state_open(const RttState *state, RttSummary *summary);

#endif							/* PMR_RTT_STATE_H */
