/*-------------------------------------------------------------------------
 *
 * rollup_collector.h
 *	  A rollup_state while rows are added to it: an expanded object.
 *
 * All collectors of an aggregation share one memory context (aggregation.h).
 *
 *-------------------------------------------------------------------------
 */
#ifndef ROLLUP_COLLECTOR_H
#define ROLLUP_COLLECTOR_H

#include "rollup_counts.h"
#include "utils/array.h"

typedef struct RollupCollector RollupCollector;

/*
 * Callers have checked that they are called by an aggregate (aggregate_call.h).
 */

/*
 * The first argument of a transition or combine function as a collector, which
 * the caller changes in place and returns to the executor.  If the argument is
 * NULL, makes a collector.  Raises an error if it has another number of
 * factors.
 */
extern RollupCollector *rollup_collector_arg(FunctionCallInfo fcinfo,
											 int nfactors);

/* The result of such a function. */
extern Datum rollup_collector_result(const RollupCollector *collector);

/*
 * Adds a row.  The values of its factors are NULL if there are none.  Raises an
 * error if they are too long.
 */
extern void rollup_collector_add(RollupCollector *collector,
								 const RollupRow *row, ArrayType *values);

#endif							/* ROLLUP_COLLECTOR_H */
