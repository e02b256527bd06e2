/*-------------------------------------------------------------------------
 *
 * rtt_aggregate.h
 *	  What the transition and final functions over round-trip times share.
 *
 * Their rules:
 *
 * - A transition function changes the state in place and returns it, or
 *	 returns a bigger one from the current memory context, which the executor
 *	 copies to where states live.  Nothing is allocated for a group.
 * - A final function never writes: windows call it again and again.
 * - A row whose round-trip time is NULL is skipped; a fraction is checked on
 *	 every row, skipped or not, so that an error does not depend on the order
 *	 of the rows.
 *
 *-------------------------------------------------------------------------
 */
#ifndef RTT_AGGREGATE_H
#define RTT_AGGREGATE_H

#include "aggregate_call.h"
#include "pg_versions.h"
#include "rtt_state.h"
#include "time_input.h"
#include "utils/timestamp.h"

/* One of the next three. */
typedef bool (*GetRtt) (FunctionCallInfo fcinfo, uint64 *rtt_us);

/*
 * The round-trip time that an aggregate's arguments give; false when it is
 * NULL.
 */
static inline bool
get_rtt_of_timestamps(FunctionCallInfo fcinfo, uint64 *rtt_us)
{
	if (PG_ARGISNULL(1) || PG_ARGISNULL(2))
		return false;
	*rtt_us = rtt_us_from_timestamps(PG_GETARG_TIMESTAMP(1),
									 PG_GETARG_TIMESTAMP(2));
	return true;
}

static inline bool
get_rtt_of_interval(FunctionCallInfo fcinfo, uint64 *rtt_us)
{
	if (PG_ARGISNULL(1))
		return false;
	*rtt_us = rtt_us_from_interval(PG_GETARG_INTERVAL_P(1));
	return true;
}

static inline bool
get_rtt_of_seconds(FunctionCallInfo fcinfo, uint64 *rtt_us)
{
	if (PG_ARGISNULL(1))
		return false;
	*rtt_us = rtt_us_from_seconds(PG_GETARG_FLOAT8(1));
	return true;
}

/*
 * The state that the executor has kept, which is of this file's making, or
 * NULL.  Only an aggregate that a user made can mix kinds.
 */
static inline RttState *
get_state(FunctionCallInfo fcinfo, RttStateKind kind)
{
	RttState   *state;

	check_aggregate_call(fcinfo);
	if (PG_ARGISNULL(0))
		return NULL;
	state = (RttState *) PG_GETARG_POINTER(0);
	if (state->kind != kind)
		ereport(ERROR,
				(errcode(ERRCODE_WRONG_OBJECT_TYPE),
				 errmsg("rtt_state is that of another aggregate")));
	return state;
}

/* Adds a row's time to a state. */
static inline RttState *
add_rtt(RttState *state, uint64 rtt_us)
{
	if (unlikely(!rtt_state_append(state, VARSIZE(state), rtt_us)))
	{
		state = rtt_state_make_room(state);
		rtt_state_append(state, VARSIZE(state), rtt_us);
	}
	return state;
}

#endif							/* RTT_AGGREGATE_H */
