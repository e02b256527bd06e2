/*-------------------------------------------------------------------------
 *
 * aggregation.h
 *	  The memory of an aggregation's states: expanded objects.
 *
 * A memory context for each object, as is usual (utils/expandeddatum.h), would
 * make the time of hash aggregation grow with the square of the number of
 * groups.  So all objects of an aggregation are in one memory context, a child
 * of the aggregation's context, and are freed with it.  The executor accepts
 * that: it takes over an expanded object without a copy if the parent of its
 * context is the aggregation's context.  But deleting or moving one such object
 * would delete or move all of them:
 *
 * - The executor does so only if a transition function returns another object
 *	 than its argument.  Ours never do.
 * - Other code may do so if it has a read-write pointer, so it must not get
 *	 one.  Final functions and upper nodes get read-only pointers.  Inverse
 *	 transition functions would get the executor's pointer, so moving-aggregate
 *	 mode is refused.  Our aggregates have no such function, but a user's may.
 *
 *-------------------------------------------------------------------------
 */
#ifndef AGGREGATION_H
#define AGGREGATION_H

#include "fmgr.h"

/* The context of all expanded objects of the calling aggregation. */
extern MemoryContext aggregation_context(FunctionCallInfo fcinfo);

#endif							/* AGGREGATION_H */
