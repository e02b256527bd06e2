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

static inline void
check_aggregate_call(FunctionCallInfo fcinfo)
{
	if (unlikely(!AggCheckCallContext(fcinfo, NULL)))
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("support function of an aggregate called outside an aggregate")));
}

#endif							/* AGGREGATE_CALL_H */
