/*-------------------------------------------------------------------------
 *
 * target.c
 *	  The aggregates target_met and target_counts, their state and final
 *	  functions, which srv_target_met and srv_target_counts share, and the
 *	  function target_outcome().
 *
 * The state is a bigint[] with a count for each TargetOutcome, which is
 * changed in place.  As it is a built-in type, any node can add up the states
 * of others.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "aggregate_call.h"
#include "catalog/pg_type.h"
#include "common/int.h"
#include "funcapi.h"
#include "target_state.h"
#include "time_input.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

PG_FUNCTION_INFO_V1(pmr_target_outcome);
PG_FUNCTION_INFO_V1(pmr_target_transfn);
PG_FUNCTION_INFO_V1(pmr_target_combine);
PG_FUNCTION_INFO_V1(pmr_target_met_finalfn);
PG_FUNCTION_INFO_V1(pmr_target_counts_finalfn);

/*
 * The counts of a state.  Only an aggregate that a user made can have a state
 * of another shape.
 */
static int64 *
get_counts(ArrayType *array)
{
	if (array == NULL || ARR_NDIM(array) != 1 ||
		ARR_DIMS(array)[0] != TARGET_OUTCOMES ||
		ARR_HASNULL(array) || ARR_ELEMTYPE(array) != INT8OID)
		ereport(ERROR,
				(errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
				 errmsg("state of target counts must be an array of %d bigints",
						TARGET_OUTCOMES)));
	return (int64 *) ARR_DATA_PTR(array);
}

static void
add_count(int64 *count, int64 added)
{
	if (pg_add_s64_overflow(*count, added, count))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("number of requests is out of range for bigint")));
}

Datum
target_state_count(FunctionCallInfo fcinfo, TargetOutcome outcome)
{
	Pointer		state = NULL;

	/* the executor's array has a 4-byte header, unlike one in a tuple */
	if (!PG_ARGISNULL(0))
		state = PG_GETARG_POINTER(0);
	if (unlikely(state != NULL && VARATT_IS_EXTENDED(state)))
		state = (Pointer) PG_GETARG_ARRAYTYPE_P(0);
	add_count(&get_counts((ArrayType *) state)[outcome], 1);
	PG_RETURN_POINTER(state);
}

TargetTime
target_time_arg(FunctionCallInfo fcinfo, int argno)
{
	TargetTime	time = {.known = !PG_ARGISNULL(argno)};

	if (time.known)
		time.us = PG_GETARG_TIMESTAMP(argno);
	return time;
}

int64
target_as_of_arg(FunctionCallInfo fcinfo, int argno)
{
	if (PG_NARGS() <= argno)
		return INT64_MAX;
	if (PG_ARGISNULL(argno))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("as_of must not be null"),
				 errhint("Leave it out for a closed period, where every target has passed.")));
	return PG_GETARG_TIMESTAMP(argno);
}

/* The outcome of the arguments requested_at, answered_at, target [, as_of]. */
static TargetOutcome
get_outcome(FunctionCallInfo fcinfo, int argno)
{
	TargetTime	target = {.known = !PG_ARGISNULL(argno + 2)};
	int64		as_of;

	if (target.known)
		target.us = limit_us_from_interval(PG_GETARG_INTERVAL_P(argno + 2),
										   "target");
	as_of = target_as_of_arg(fcinfo, argno + 3);
	return target_outcome(target_time_arg(fcinfo, argno),
						  target_time_arg(fcinfo, argno + 1),
						  target, as_of);
}

/* (requested_at, answered_at, target [, as_of]) */
Datum
pmr_target_outcome(PG_FUNCTION_ARGS)
{
	const char *name = target_outcome_name(get_outcome(fcinfo, 0));

	PG_RETURN_TEXT_P(cstring_to_text(name));
}

/* (state, requested_at, answered_at, target [, as_of]) */
Datum
pmr_target_transfn(PG_FUNCTION_ARGS)
{
	check_aggregate_call(fcinfo);
	return target_state_count(fcinfo, get_outcome(fcinfo, 1));
}

/* Strict: the first state is a copy that the executor has made. */
Datum
pmr_target_combine(PG_FUNCTION_ARGS)
{
	ArrayType  *state;
	int64	   *counts;
	int64	   *added;

	check_aggregate_call(fcinfo);
	state = PG_GETARG_ARRAYTYPE_P(0);
	counts = get_counts(state);
	added = get_counts(PG_GETARG_ARRAYTYPE_P(1));
	for (int i = 0; i < TARGET_OUTCOMES; i++)
		add_count(&counts[i], added[i]);
	PG_RETURN_ARRAYTYPE_P(state);
}

/* 100 * met / (met + missed); NULL if nothing was measured. */
Datum
pmr_target_met_finalfn(PG_FUNCTION_ARGS)
{
	int64	   *counts;
	float8		measured;

	check_aggregate_call(fcinfo);
	counts = get_counts(PG_GETARG_ARRAYTYPE_P(0));
	measured = (float8) counts[TARGET_MET] + (float8) counts[TARGET_MISSED];
	if (measured == 0)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(100.0 * counts[TARGET_MET] / measured);
}

Datum
pmr_target_counts_finalfn(PG_FUNCTION_ARGS)
{
	int64	   *counts;
	TupleDesc	tupdesc;
	Datum		values[TARGET_OUTCOMES];
	bool		nulls[TARGET_OUTCOMES] = {false};

	check_aggregate_call(fcinfo);
	counts = get_counts(PG_GETARG_ARRAYTYPE_P(0));
	if (get_call_result_type(fcinfo, NULL, &tupdesc) != TYPEFUNC_COMPOSITE)
		/* cannot happen: the script declares it so */
		elog(ERROR, "return type must be a row type");
	for (int i = 0; i < TARGET_OUTCOMES; i++)
		values[i] = Int64GetDatum(counts[i]);
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(tupdesc, values, nulls)));
}
