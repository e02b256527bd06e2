/*-------------------------------------------------------------------------
 *
 * rollup_cells.c
 *	  The aggregate rollup_cells: counts and round-trip times by day, by value
 *	  of each factor, and by pairs of values.
 *
 * A row with k factor values counts in k + 1 cells, of its day and its values,
 * and in k(k-1)/2 pairs.  These are about fifty cache lines, which belong to
 * the row's group alone.  In hash aggregation successive rows belong to
 * different groups, so each line would come from main memory.  Rows are
 * therefore only appended to a log, which touches two lines, and are counted,
 * hundreds at a time, when the log is full.
 *
 * Counts and sketches do not depend on the order of the rows, so rows may be
 * counted at any time.  The final function counts the rows of the log, too.
 * If the state has no counts yet, it counts into temporary memory, so that a
 * small group never keeps counts.  Otherwise it moves the rows of the log into
 * the state's counts, and the state still stands for the same rows.
 *
 * Rows are checked before they are appended; rollup_counts.c does not check
 * them.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/tupmacs.h"
#include "aggregate_call.h"
#include "common/int.h"
#include "core/response_code.h"
#include "funcapi.h"
#include "mb/pg_wchar.h"
#include "rollup_counts.h"
#include "rollup_result.h"
#include "time_input.h"
#include "utils/array.h"
#include "utils/timestamp.h"

/*
 * Sizes in bytes.  A row with a few short values takes about 60, so a full log
 * has more rows than the counts have cache lines.
 */
#define LOG_MIN_SIZE	128
#define LOG_MAX_SIZE	131072
#define MAX_LOGGED_ROW	(LOG_MAX_SIZE / 8)	/* longer rows skip the log */

/* Outcomes of rows that are not requests, in the order of their counts. */
static const char *const not_request_names[] = {
	"pre_command", "local_command", "cancelled"
};

/* The aggregate's state. */
typedef struct RollupState
{
	MemoryContext context;
	int			nfactors;
	uint32		log_size;
	uint32		log_used;
	char	   *log;
	RollupCounts *counts;		/* of the rows not in the log, or NULL */
} RollupState;

PG_FUNCTION_INFO_V1(pmr_rollup_cells_transfn);
PG_FUNCTION_INFO_V1(pmr_rollup_cells_finalfn);

/* Arguments */

/* A name, cut off to the length of an identifier, for a message. */
static char *
clip_name(const text *name)
{
	const char *data = VARDATA_ANY(name);
	int			length = VARSIZE_ANY_EXHDR(name);

	return pnstrdup(data, pg_mbcliplen(data, length, NAMEDATALEN - 1));
}

static bool
is_name(const text *name, const char *known)
{
	Size		length = VARSIZE_ANY_EXHDR(name);

	return length == strlen(known) &&
		memcmp(VARDATA_ANY(name), known, length) == 0;
}

/* The count for the outcome that an argument names. */
static CellCount
get_outcome_count(FunctionCallInfo fcinfo, int argno)
{
	const text *name;

	if (PG_ARGISNULL(argno))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("outcome must not be null")));
	name = PG_GETARG_TEXT_PP(argno);
	for (int i = 0; i < TARGET_OUTCOMES; i++)
	{
		if (is_name(name, target_outcome_name(i)))
			return COUNT_MET + i;
	}
	for (int i = 0; i < (int) lengthof(not_request_names); i++)
	{
		if (is_name(name, not_request_names[i]))
			return COUNT_PRE_COMMANDS + i;
	}
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("outcome is unknown: \"%s\"", clip_name(name))));
}

/* Without a class, an answer has no code. */
static ResponseClass
get_response_class(FunctionCallInfo fcinfo, int argno)
{
	const text *name;
	ResponseClass class;

	if (PG_ARGISNULL(argno))
		return RESPONSE_UNCLASSIFIED;
	name = PG_GETARG_TEXT_PP(argno);
	if (response_class_named(VARDATA_ANY(name), VARSIZE_ANY_EXHDR(name),
							 &class))
		return class;
	if (!is_name(name, response_class_name(RESPONSE_UNCLASSIFIED)))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("response class is unknown: \"%s\"",
						clip_name(name))));
	return RESPONSE_UNCLASSIFIED;
}

/* The counts that a row adds to: a COUNT_BIT for each. */
static uint32
get_counts(CellCount outcome, ResponseClass class, bool has_class,
		   bool answered)
{
	uint32		counts = COUNT_BIT(outcome);

	if (outcome >= COUNT_PRE_COMMANDS)
		return counts;
	counts |= COUNT_BIT(COUNT_REQUESTS);
	if (outcome == COUNT_PENDING || outcome == COUNT_INVALID)
		return counts;
	if (class == RESPONSE_NONE)
		counts |= COUNT_BIT(COUNT_NO_RESPONSE);
	if (class == RESPONSE_UNCLASSIFIED && (has_class || answered))
		counts |= COUNT_BIT(COUNT_UNCLASSIFIED);
	if (!answered)
		return counts;

	counts |= COUNT_BIT(COUNT_ANSWERED);
	switch (class)
	{
		case RESPONSE_SUCCESS:
			counts |= COUNT_BIT(COUNT_SUCCESS);
			if (outcome == COUNT_MET)
				counts |= COUNT_BIT(COUNT_MET_SUCCESS);
			break;
		case RESPONSE_REJECTED:
			counts |= COUNT_BIT(COUNT_REJECTED);
			if (outcome == COUNT_MET)
				counts |= COUNT_BIT(COUNT_MET_REJECTED);
			if (outcome == COUNT_MISSED)
				counts |= COUNT_BIT(COUNT_MISSED_REJECTED);
			break;
		case RESPONSE_FAILED:
			counts |= COUNT_BIT(COUNT_FAILED);
			break;
		case RESPONSE_ACKNOWLEDGED:
		case RESPONSE_NONE:
		case RESPONSE_UNCLASSIFIED:
			break;
	}
	return counts;
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
	if (DATE_NOT_FINITE(day))
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
	row.counts = get_counts(get_outcome_count(fcinfo, argno + 1),
							get_response_class(fcinfo, argno + 2),
							!PG_ARGISNULL(argno + 2),
							has_finite_time(fcinfo, argno + 4));
	row.rtt_us = ROLLUP_NO_RTT;
	if ((row.counts & COUNT_BIT(COUNT_ANSWERED)) != 0 &&
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

static void
check_nfactors(const RollupState *state, int nfactors)
{
	if (nfactors != state->nfactors)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("number of factors must not change within a group, but changes from %d to %d",
						state->nfactors, nfactors)));
}

/* State and log */

static RollupState *
make_state(FunctionCallInfo fcinfo, int nfactors)
{
	MemoryContext context;
	RollupState *state;

	AggCheckCallContext(fcinfo, &context);
	state = MemoryContextAlloc(context, sizeof(RollupState));
	state->context = context;
	state->nfactors = nfactors;
	state->log_size = LOG_MIN_SIZE;
	state->log_used = 0;
	state->log = MemoryContextAlloc(context, LOG_MIN_SIZE);
	state->counts = NULL;
	return state;
}

static RollupCounts *
get_state_counts(RollupState *state)
{
	if (state->counts == NULL)
		state->counts = rollup_counts_make(state->context, state->nfactors);
	return state->counts;
}

/* The most bytes that a row with these values can take. */
static Size
get_row_bound(const ArrayType *values, int nfactors)
{
	Size		size = sizeof(RollupRow);

	if (values != NULL)
		size += ARR_SIZE(values) - ARR_DATA_OFFSET(values) +
			(Size) nfactors * VARHDRSZ; /* of values that are NULL */
	return MAXALIGN(size);
}

/* Writes a row, and returns its end. */
static char *
write_row(char *place, const RollupRow *row, ArrayType *values, int nfactors)
{
	const uint8 *bitmap = values != NULL ? ARR_NULLBITMAP(values) : NULL;
	char	   *value = values != NULL ? ARR_DATA_PTR(values) : NULL;

	memcpy(place, row, sizeof(RollupRow));
	place += sizeof(RollupRow);
	for (int i = 0; i < nfactors; i++)
	{
		Size		length = 0;

		if (bitmap == NULL || !att_isnull(i, bitmap))
		{
			length = VARSIZE_ANY_EXHDR(value);
			memcpy(place + VARHDRSZ, VARDATA_ANY(value), length);
			value = att_addlength_pointer(value, -1, value);
			value = (char *) att_align_nominal(value, TYPALIGN_INT);
		}
		SET_VARSIZE(place, VARHDRSZ + length);
		place += INTALIGN(VARHDRSZ + length);
	}
	return (char *) MAXALIGN(place);
}

/* Makes room in the log for a row of this size. */
static void
reserve_log(RollupState *state, Size size)
{
	uint32		log_size = state->log_size;

	while (log_size < state->log_used + size)
		log_size *= 2;
	if (log_size > LOG_MAX_SIZE)
	{
		rollup_counts_add(get_state_counts(state), state->log,
						  state->log_used);
		state->log_used = 0;
	}
	else if (log_size > state->log_size)
	{
		state->log = repalloc(state->log, log_size);
		state->log_size = log_size;
	}
}

static void
add_row(RollupState *state, const RollupRow *row, ArrayType *values)
{
	Size		bound = get_row_bound(values, state->nfactors);
	char	   *end;

	if (bound > MAX_LOGGED_ROW)
	{
		char	   *copy = MemoryContextAllocHuge(CurrentMemoryContext, bound);

		end = write_row(copy, row, values, state->nfactors);
		rollup_counts_add(get_state_counts(state), copy, end - copy);
		pfree(copy);
		return;
	}

	if (bound > state->log_size - state->log_used)
		reserve_log(state, bound);
	end = write_row(state->log + state->log_used, row, values,
					state->nfactors);
	state->log_used = end - state->log;
}

/* The counts of all rows of a state, those in the log included. */
static const RollupCounts *
count_state(RollupState *state)
{
	RollupCounts *counts = state->counts;

	if (counts == NULL)
	{
		counts = rollup_counts_make(CurrentMemoryContext, state->nfactors);
		rollup_counts_add(counts, state->log, state->log_used);
	}
	else
	{
		rollup_counts_add(counts, state->log, state->log_used);
		state->log_used = 0;
	}
	return counts;
}

/* Called by SQL */

/* (state, day, outcome, response_class, started_at, answered_at, factors) */
Datum
pmr_rollup_cells_transfn(PG_FUNCTION_ARGS)
{
	RollupState *state;
	RollupRow	row;
	ArrayType  *values;
	int			nfactors;

	check_aggregate_call(fcinfo);
	row = get_row(fcinfo, 1);
	values = get_values(fcinfo, 6, &nfactors);
	if (PG_ARGISNULL(0))
		state = make_state(fcinfo, nfactors);
	else
		state = (RollupState *) PG_GETARG_POINTER(0);
	check_nfactors(state, nfactors);
	add_row(state, &row, values);
	PG_RETURN_POINTER(state);
}

Datum
pmr_rollup_cells_finalfn(PG_FUNCTION_ARGS)
{
	RollupState *state;
	TupleDesc	tupdesc;

	check_aggregate_call(fcinfo);
	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	if (get_call_result_type(fcinfo, NULL, &tupdesc) != TYPEFUNC_COMPOSITE)
		/* cannot happen: the script declares it so */
		elog(ERROR, "return type must be a row type");
	state = (RollupState *) PG_GETARG_POINTER(0);
	return rollup_result_make(count_state(state), tupdesc);
}
