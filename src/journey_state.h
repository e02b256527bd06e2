/*-------------------------------------------------------------------------
 *
 * journey_state.h
 *	  The type journey_state: a varlena with the stored form of the requests of
 *	  a subject (core/journey_codec.h).
 *
 *-------------------------------------------------------------------------
 */
#ifndef JOURNEY_STATE_H
#define JOURNEY_STATE_H

#include "core/journey_codec.h"
#include "fmgr.h"

/*
 * Begins to read the requests of a journey_state, and reads the next one, if
 * any is left.  Both raise a data corruption error if there is a fault.
 */
extern void journey_state_open(JourneyReader *reader, const bytea *state);
extern bool journey_state_read(JourneyReader *reader, JourneyRequest *request);

/* Sorts requests, and drops duplicates.  Returns their number. */
extern Size journey_state_sort(JourneyRequest *requests, Size n, bool have_ids);

#endif							/* JOURNEY_STATE_H */
