/*-------------------------------------------------------------------------
 *
 * rtt_aggregate.h
 *	  What the transition and final functions over round-trip times share.
 *
 * Their rules:
 *
 * - A transition function changes the collector that it was given in place and
 *	 returns it, and never another one.
 * - A final function never writes: windows call it again and again.
 * - A row whose round-trip time is NULL is skipped; a fraction is checked on
 *	 every row, skipped or not, so that an error does not depend on the order
 *	 of the rows.
 *
 *-------------------------------------------------------------------------
 */
#ifndef RTT_AGGREGATE_H
#define RTT_AGGREGATE_H

#include "rtt_collector.h"
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

/* What a transition function returns. */
static inline Datum
rtt_collector_result(FunctionCallInfo fcinfo, const RttCollector *collector)
{
	if (collector == NULL)
		PG_RETURN_NULL();
	return EOHPGetRWDatum(&collector->header);
}

#endif							/* RTT_AGGREGATE_H */
