/*-------------------------------------------------------------------------
 *
 * aggregation.c
 *	  The memory of an aggregation's states: expanded objects.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "aggregate_call.h"
#include "aggregation.h"
#include "lib/ilist.h"
#include "nodes/execnodes.h"
#include "utils/memutils.h"

/* An aggregation, in its own context, and the context of its objects. */
typedef struct Aggregation
{
	dlist_node	node;
	MemoryContext parent;
	MemoryContext context;
	MemoryContextCallback forget;
} Aggregation;

/*
 * The aggregations that have objects, the one last used first.  A list, because
 * fn_extra does not last from row to row everywhere.
 */
static dlist_head aggregations = DLIST_STATIC_INIT(aggregations);

/*
 * In moving-aggregate mode each aggregate of a window has a memory context of
 * its own; otherwise they share the window's.
 */
static void
check_not_moving(FunctionCallInfo fcinfo, MemoryContext context)
{
	if (IsA(fcinfo->context, WindowAggState) &&
		context != ((WindowAggState *) fcinfo->context)->aggcontext)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("aggregate does not support moving-aggregate mode")));
}

/* Forgets an aggregation when its context is reset or deleted. */
static void
forget_aggregation(void *arg)
{
	Aggregation *aggregation = arg;

	dlist_delete(&aggregation->node);
}

MemoryContext
aggregation_context(FunctionCallInfo fcinfo)
{
	MemoryContext parent = get_aggregate_context(fcinfo);
	Aggregation *aggregation;
	dlist_iter	iter;

	check_not_moving(fcinfo, parent);

	dlist_foreach(iter, &aggregations)
	{
		aggregation = dlist_container(Aggregation, node, iter.cur);
		if (aggregation->parent == parent)
		{
			dlist_move_head(&aggregations, &aggregation->node);
			return aggregation->context;
		}
	}

	aggregation = MemoryContextAlloc(parent, sizeof(Aggregation));
	aggregation->parent = parent;
	aggregation->context = AllocSetContextCreate(parent,
												 "pmr_metrics collectors",
												 ALLOCSET_DEFAULT_SIZES);
	aggregation->forget.func = forget_aggregation;
	aggregation->forget.arg = aggregation;
	MemoryContextRegisterResetCallback(parent, &aggregation->forget);
	dlist_push_head(&aggregations, &aggregation->node);
	return aggregation->context;
}
