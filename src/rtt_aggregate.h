/*-------------------------------------------------------------------------
 *
 * rtt_aggregate.h
 *	  Shared by the transition and final functions over round-trip times.
 *
 * Their rules:
 *
 * - A transition function changes its collector in place, and returns the same
 *	 collector, never another one (aggregation.h).
 * - A final function does not change the collector, because a window calls it
 *	 for many rows.
 * - A row whose round-trip time is NULL is skipped.  But fractions are checked
 *	 on every row, so that an error does not depend on the order of the rows.
 *
 *-------------------------------------------------------------------------
 */
#ifndef RTT_AGGREGATE_H
#define RTT_AGGREGATE_H

#include "rtt_collector.h"
#include "time_input.h"
#include "utils/timestamp.h"

/* One of the three functions below. */
typedef bool (*GetRtt) (FunctionCallInfo fcinfo, uint64 *rtt_us);

/*
 * These get the round-trip time from an aggregate's arguments, or return false
 * if it is NULL.
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

/* The result of a transition function. */
static inline Datum
rtt_collector_result(FunctionCallInfo fcinfo, const RttCollector *collector)
{
	if (collector == NULL)
		PG_RETURN_NULL();
	return EOHPGetRWDatum(&collector->header);
}

#endif							/* RTT_AGGREGATE_H */
