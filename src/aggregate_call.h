/*-------------------------------------------------------------------------
 *
 * aggregate_call.h
 *	  The guard of functions that only aggregates may call.
 *
 * They change their first argument in place.  Called by hand, that would be a
 * value in a table's buffer.
 *
 *-------------------------------------------------------------------------
 */
#ifndef AGGREGATE_CALL_H
#define AGGREGATE_CALL_H

#include "fmgr.h"

/* The memory context that the aggregation keeps its states in. */
static inline MemoryContext
get_aggregate_context(FunctionCallInfo fcinfo)
{
	MemoryContext context;

	if (unlikely(!AggCheckCallContext(fcinfo, &context)))
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("support function of an aggregate called outside an aggregate")));
	return context;
}

static inline void
check_aggregate_call(FunctionCallInfo fcinfo)
{
	(void) get_aggregate_context(fcinfo);
}

#endif							/* AGGREGATE_CALL_H */
