/*-------------------------------------------------------------------------
 *
 * rtt_aggregate.c
 *	  The aggregates over round-trip times: rtt_percentile, rtt_percentiles,
 *	  rtt_sketch and rtt_merge.
 *
 * They share the state (rtt_state.h), the combine function, and the rules:
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
#include "postgres.h"

#include "aggregate_call.h"
#include "miscadmin.h"
#include "pg_versions.h"
#include "rtt_sketch.h"
#include "rtt_state.h"
#include "time_input.h"
#include "utils/array.h"
#include "utils/timestamp.h"

PG_FUNCTION_INFO_V1(pmr_rtt_sketch_transfn_timestamps);
PG_FUNCTION_INFO_V1(pmr_rtt_sketch_transfn_interval);
PG_FUNCTION_INFO_V1(pmr_rtt_sketch_transfn_seconds);
PG_FUNCTION_INFO_V1(pmr_rtt_sketch_finalfn);
PG_FUNCTION_INFO_V1(pmr_rtt_merge_transfn);
PG_FUNCTION_INFO_V1(pmr_rtt_percentile_transfn_timestamps);
PG_FUNCTION_INFO_V1(pmr_rtt_percentile_transfn_interval);
PG_FUNCTION_INFO_V1(pmr_rtt_percentile_transfn_seconds);
PG_FUNCTION_INFO_V1(pmr_rtt_percentile_finalfn);
PG_FUNCTION_INFO_V1(pmr_rtt_percentiles_transfn_timestamps);
PG_FUNCTION_INFO_V1(pmr_rtt_percentiles_transfn_interval);
PG_FUNCTION_INFO_V1(pmr_rtt_percentiles_transfn_seconds);
PG_FUNCTION_INFO_V1(pmr_rtt_percentiles_finalfn);
PG_FUNCTION_INFO_V1(pmr_rtt_state_combine);

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
static RttState *
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

static RttState *
make_empty(RttStateKind kind, const float8 *fractions, int nfractions)
{
	return rtt_state_make(kind, fractions, nfractions,
						  rtt_state_roomy_size(nfractions, 0, 1));
}

/* A state with room for another value, made from one without. */
static RttState *
make_room(const RttState *state)
{
	RttSummary	summary;
	uint32		max_values = rtt_state_max_values(state->kind);

	if (state->nvalues < max_values)
		return rtt_state_copy(state,
							  rtt_state_roomy_size(state->nfractions,
												   state->nbuckets,
												   state->nvalues + 1));
	CHECK_FOR_INTERRUPTS();
	rtt_state_open(state, &summary);
	return rtt_state_from_summary(state, &summary, max_values);
}

static inline RttState *
add_rtt(RttState *state, uint64 rtt_us)
{
	if (unlikely(!rtt_state_append(state, VARSIZE(state), rtt_us)))
	{
		state = make_room(state);
		rtt_state_append(state, VARSIZE(state), rtt_us);
	}
	return state;
}

/* A state of the times of both a state and a summary. */
static RttState *
add_summary(const RttState *state, const RttSummary *added)
{
	RttSummary	own;
	RttSummary	merged;
	RttBucket  *buckets;

	CHECK_FOR_INTERRUPTS();
	rtt_state_open(state, &own);
	buckets = palloc_extended(((Size) own.nbuckets + added->nbuckets) *
							  sizeof(RttBucket), MCXT_ALLOC_HUGE);
	if (!rtt_summary_merge(&merged, buckets, &own, added))
		report_count_overflow();
	rtt_summary_normalise(&merged, rtt_state_cap(state->kind));
	if (merged.nbuckets == 0)
		return rtt_state_copy(state, 0);
	return rtt_state_from_summary(state, &merged, 0);
}

static void
report_fraction_change(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("fractions of a percentile must not change within a group"),
			 errhint("Add the fraction to GROUP BY.")));
}

/* rtt_sketch and rtt_merge */

static inline Datum
sketch_transition(FunctionCallInfo fcinfo,
				  bool (*get_rtt) (FunctionCallInfo, uint64 *))
{
	RttState   *state = get_state(fcinfo, RTT_STATE_SKETCH);
	uint64		rtt_us;

	if (get_rtt(fcinfo, &rtt_us))
	{
		if (state == NULL)
			state = make_empty(RTT_STATE_SKETCH, NULL, 0);
		state = add_rtt(state, rtt_us);
	}
	if (state == NULL)
		PG_RETURN_NULL();
	PG_RETURN_POINTER(state);
}

Datum
pmr_rtt_sketch_transfn_timestamps(PG_FUNCTION_ARGS)
{
	return sketch_transition(fcinfo, get_rtt_of_timestamps);
}

Datum
pmr_rtt_sketch_transfn_interval(PG_FUNCTION_ARGS)
{
	return sketch_transition(fcinfo, get_rtt_of_interval);
}

Datum
pmr_rtt_sketch_transfn_seconds(PG_FUNCTION_ARGS)
{
	return sketch_transition(fcinfo, get_rtt_of_seconds);
}

/*
 * A sketch of few times is taken as the rows that it was made of: collecting
 * them costs less than merging buckets.
 */
Datum
pmr_rtt_merge_transfn(PG_FUNCTION_ARGS)
{
	RttState   *state = get_state(fcinfo, RTT_STATE_SKETCH);
	RttSummary	sketch;

	if (PG_ARGISNULL(1))
	{
		if (state == NULL)
			PG_RETURN_NULL();
		PG_RETURN_POINTER(state);
	}
	if (state == NULL)
		state = make_empty(RTT_STATE_SKETCH, NULL, 0);

	rtt_sketch_open(PG_GETARG_DATUM(1), &sketch);
	if (sketch.precision < RTT_PRECISION_EXACT ||
		sketch.count > RTT_CAP_SKETCH)
		PG_RETURN_POINTER(add_summary(state, &sketch));

	for (uint32 i = 0; i < sketch.nbuckets; i++)
	{
		for (uint64 n = 0; n < sketch.buckets[i].count; n++)
			state = add_rtt(state, sketch.buckets[i].lower_us);
	}
	PG_RETURN_POINTER(state);
}

Datum
pmr_rtt_sketch_finalfn(PG_FUNCTION_ARGS)
{
	const RttState *state = get_state(fcinfo, RTT_STATE_SKETCH);
	RttSummary	summary;

	if (state == NULL)
		PG_RETURN_NULL();
	rtt_state_open(state, &summary);
	if (summary.count == 0)
		PG_RETURN_NULL();
	PG_RETURN_DATUM(rtt_sketch_from_summary(&summary));
}

/* rtt_percentile */

static inline Datum
percentile_transition(FunctionCallInfo fcinfo,
					  bool (*get_rtt) (FunctionCallInfo, uint64 *),
					  int fraction_arg)
{
	RttState   *state = get_state(fcinfo, RTT_STATE_PERCENTILE);
	float8		fraction;
	uint64		rtt_us;

	if (PG_ARGISNULL(fraction_arg))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("fraction of a percentile must not be null")));
	fraction = PG_GETARG_FLOAT8(fraction_arg);
	if (state == NULL)
	{
		check_fraction(fraction);
		state = make_empty(RTT_STATE_PERCENTILE, &fraction, 1);
	}
	else if (unlikely(fraction != rtt_state_fractions(state)[0]))
	{
		check_fraction(fraction);
		report_fraction_change();
	}
	if (get_rtt(fcinfo, &rtt_us))
		state = add_rtt(state, rtt_us);
	PG_RETURN_POINTER(state);
}

Datum
pmr_rtt_percentile_transfn_timestamps(PG_FUNCTION_ARGS)
{
	return percentile_transition(fcinfo, get_rtt_of_timestamps, 3);
}

Datum
pmr_rtt_percentile_transfn_interval(PG_FUNCTION_ARGS)
{
	return percentile_transition(fcinfo, get_rtt_of_interval, 2);
}

Datum
pmr_rtt_percentile_transfn_seconds(PG_FUNCTION_ARGS)
{
	return percentile_transition(fcinfo, get_rtt_of_seconds, 2);
}

Datum
pmr_rtt_percentile_finalfn(PG_FUNCTION_ARGS)
{
	const RttState *state = get_state(fcinfo, RTT_STATE_PERCENTILE);
	RttSummary	summary;
	uint64		percentile_us;

	if (state == NULL)
		PG_RETURN_NULL();
	rtt_state_open(state, &summary);
	if (summary.count == 0)
		PG_RETURN_NULL();
	rtt_summary_percentiles(&summary, rtt_state_fractions(state), 1,
							&percentile_us);
	PG_RETURN_FLOAT8(seconds_from_us(percentile_us));
}

/* rtt_percentiles */

/*
 * Are these the fractions of the state?  The same constant comes with every
 * row, so its bytes are compared before it is looked into.
 */
static inline void
check_same_fractions(const RttState *state, ArrayType *array)
{
	const float8 *own = rtt_state_fractions(state);
	const float8 *fractions;
	int			nfractions = state->nfractions;

	if (likely(ARR_NDIM(array) == 1 && !ARR_HASNULL(array) &&
			   ARR_DIMS(array)[0] == nfractions &&
			   memcmp(ARR_DATA_PTR(array), own,
					  nfractions * sizeof(float8)) == 0))
		return;

	fractions = get_fractions(array, &nfractions);
	if (nfractions != state->nfractions)
		report_fraction_change();
	for (int i = 0; i < nfractions; i++)
	{
		if (fractions[i] != own[i])
			report_fraction_change();
	}
}

static inline Datum
percentiles_transition(FunctionCallInfo fcinfo,
					   bool (*get_rtt) (FunctionCallInfo, uint64 *),
					   int fractions_arg)
{
	RttState   *state = get_state(fcinfo, RTT_STATE_PERCENTILES);
	ArrayType  *array;
	uint64		rtt_us;

	if (PG_ARGISNULL(fractions_arg))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("fractions must not be null")));
	array = PG_GETARG_ARRAYTYPE_P(fractions_arg);
	if (state == NULL)
	{
		int			nfractions;
		const float8 *fractions = get_fractions(array, &nfractions);

		state = make_empty(RTT_STATE_PERCENTILES, fractions, nfractions);
	}
	else
		check_same_fractions(state, array);
	if (get_rtt(fcinfo, &rtt_us))
		state = add_rtt(state, rtt_us);
	PG_RETURN_POINTER(state);
}

Datum
pmr_rtt_percentiles_transfn_timestamps(PG_FUNCTION_ARGS)
{
	return percentiles_transition(fcinfo, get_rtt_of_timestamps, 3);
}

Datum
pmr_rtt_percentiles_transfn_interval(PG_FUNCTION_ARGS)
{
	return percentiles_transition(fcinfo, get_rtt_of_interval, 2);
}

Datum
pmr_rtt_percentiles_transfn_seconds(PG_FUNCTION_ARGS)
{
	return percentiles_transition(fcinfo, get_rtt_of_seconds, 2);
}

Datum
pmr_rtt_percentiles_finalfn(PG_FUNCTION_ARGS)
{
	const RttState *state = get_state(fcinfo, RTT_STATE_PERCENTILES);
	RttSummary	summary;

	if (state == NULL)
		PG_RETURN_NULL();
	rtt_state_open(state, &summary);
	if (summary.count == 0)
		PG_RETURN_NULL();
	PG_RETURN_DATUM(percentiles_array(&summary, rtt_state_fractions(state),
									  state->nfractions));
}

/* All of them */

Datum
pmr_rtt_state_combine(PG_FUNCTION_ARGS)
{
	RttState   *state;
	const RttState *other;
	RttSummary	summary;
	uint32		nvalues;

	check_aggregate_call(fcinfo);
	if (PG_ARGISNULL(1))
	{
		if (PG_ARGISNULL(0))
			PG_RETURN_NULL();
		PG_RETURN_DATUM(PG_GETARG_DATUM(0));
	}

	/* The first input is in a tuple; what states become is not to be there. */
	other = rtt_state_from_datum(PG_GETARG_DATUM(1));
	if (PG_ARGISNULL(0))
		PG_RETURN_POINTER(rtt_state_copy(other, 0));

	state = get_state(fcinfo, other->kind);
	if (state->nfractions != other->nfractions ||
		memcmp(rtt_state_fractions(state), rtt_state_fractions(other),
			   state->nfractions * sizeof(float8)) != 0)
		report_fraction_change();

	nvalues = state->nvalues + other->nvalues;
	if (state->nbuckets > 0 || other->nbuckets > 0 ||
		nvalues > rtt_state_max_values(state->kind))
	{
		rtt_state_open(other, &summary);
		PG_RETURN_POINTER(add_summary(state, &summary));
	}

	if (rtt_state_size(state->nfractions, 0, nvalues) > VARSIZE(state))
		state = rtt_state_copy(state,
							   rtt_state_roomy_size(state->nfractions, 0,
													nvalues));
	memcpy(rtt_state_values(state) + state->nvalues, rtt_state_values(other),
		   other->nvalues * sizeof(uint64));
	state->nvalues = nvalues;
	PG_RETURN_POINTER(state);
}
