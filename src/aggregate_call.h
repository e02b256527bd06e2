/*-------------------------------------------------------------------------
 *
 * aggregate_call.h
 *	  A guard for functions that only an aggregate may call.
 *
 * These functions change their first argument in place.  In a direct call from
 * SQL, that could be a value in a shared buffer.
 *
 *-------------------------------------------------------------------------
 */
#ifndef AGGREGATE_CALL_H
#define AGGREGATE_CALL_H

#include "fmgr.h"

/* The memory context of the calling aggregate, for its states. */
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
