/*-------------------------------------------------------------------------
 *
 * rollup_rows.c
 *	  The aggregate rollup_state: counts and round-trip times of rows by day, by
 *	  value of each factor, and by pairs of values.
 *
 * The state is a rollup_collector.h.  Rows are checked here; rollup_counts.c
 * does not check them.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "aggregate_call.h"
#include "common/int.h"
#include "core/request.h"
#include "response_class_arg.h"
#include "rollup_collector.h"
#include "text_name.h"
#include "time_input.h"
#include "utils/array.h"
#include "utils/timestamp.h"

PG_FUNCTION_INFO_V1(pmr_rollup_state_transfn);

/* Arguments */

/* The outcome that an argument names. */
static int
get_outcome(FunctionCallInfo fcinfo, int argno)
{
	const text *name;

	if (PG_ARGISNULL(argno))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("outcome must not be null")));
	name = PG_GETARG_TEXT_PP(argno);
	for (int i = 0; i < ROLLUP_OUTCOMES; i++)
	{
		if (text_is_name(name, request_outcome_name(i)))
			return i;
	}
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("outcome is unknown: \"%s\"", clip_name(name))));
}

static DateADT
get_day(FunctionCallInfo fcinfo, int argno)
{
	DateADT		day;

	if (PG_ARGISNULL(argno))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("day must not be null")));
	day = PG_GETARG_DATEADT(argno);
	if (day < ROLLUP_FIRST_DAY || day > ROLLUP_LAST_DAY)
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("day must be finite")));
	return day;
}

static bool
has_finite_time(FunctionCallInfo fcinfo, int argno)
{
	return !PG_ARGISNULL(argno) &&
		!TIMESTAMP_NOT_FINITE(PG_GETARG_TIMESTAMPTZ(argno));
}

/* The row of (day, outcome, response_class, started_at, answered_at). */
static RollupRow
get_row(FunctionCallInfo fcinfo, int argno)
{
	RollupRow	row;

	row.day = get_day(fcinfo, argno);
	row.kind = rollup_kind(get_outcome(fcinfo, argno + 1),
						   get_response_class_arg(fcinfo, argno + 2),
						   !PG_ARGISNULL(argno + 2),
						   has_finite_time(fcinfo, argno + 4));
	row.rtt_us = ROLLUP_NO_RTT;
	if (rollup_kind_is_answered(row.kind) &&
		has_finite_time(fcinfo, argno + 3))
	{
		int64		us;

		/* a time of more than 292,277 years is left out of the sketch */
		if (!pg_sub_s64_overflow(PG_GETARG_TIMESTAMPTZ(argno + 4),
								 PG_GETARG_TIMESTAMPTZ(argno + 3), &us))
			row.rtt_us =
				rtt_us_from_timestamps(PG_GETARG_TIMESTAMPTZ(argno + 3),
									   PG_GETARG_TIMESTAMPTZ(argno + 4));
	}
	return row;
}

/* The values of the factors, or NULL if there are none. */
static ArrayType *
get_values(FunctionCallInfo fcinfo, int argno, int *nfactors)
{
	ArrayType  *values;

	*nfactors = 0;
	if (PG_ARGISNULL(argno))
		return NULL;
	values = PG_GETARG_ARRAYTYPE_P(argno);
	if (ARR_NDIM(values) == 0)
		return NULL;
	if (ARR_NDIM(values) != 1)
		ereport(ERROR,
				(errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
				 errmsg("array of factors must have one dimension, but has %d",
						ARR_NDIM(values))));
	*nfactors = ARR_DIMS(values)[0];
	if (*nfactors > ROLLUP_MAX_FACTORS)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("number of factors must not exceed %d, but is %d",
						ROLLUP_MAX_FACTORS, *nfactors)));
	return values;
}

/* Called by SQL */

/* (state, day, outcome, response_class, started_at, answered_at, factors) */
Datum
pmr_rollup_state_transfn(PG_FUNCTION_ARGS)
{
	RollupCollector *collector;
	RollupRow	row;
	ArrayType  *values;
	int			nfactors;

	check_aggregate_call(fcinfo);
	row = get_row(fcinfo, 1);
	values = get_values(fcinfo, 6, &nfactors);
	collector = rollup_collector_arg(fcinfo, nfactors);
	rollup_collector_add(collector, &row, values);
	return rollup_collector_result(collector);
}
