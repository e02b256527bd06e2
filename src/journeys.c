/*-------------------------------------------------------------------------
 *
 * journeys.c
 *	  The function journeys(): the journeys of a journey_state.
 *
 * The definitions of the processes are an argument, an array of rows, so that
 * the function is immutable, and workers and other nodes need no table.  What is
 * derived from them is kept in fn_extra, with a copy of the argument: most
 * queries call the function for many states with the same definitions.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "core/journey.h"
#include "executor/executor.h"
#include "executor/spi.h"
#include "funcapi.h"
#include "journey_state.h"
#include "miscadmin.h"
#include "pg_versions.h"
#include "time_input.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"
#include "utils/typcache.h"

/* The definitions of an array, and texts of results. */
typedef struct JourneyModels
{
	MemoryContext context;		/* of all that this points to */
	ArrayType  *rows;			/* the argument, or NULL: not made */
	JourneyDefinition definition;
	Datum	   *process_names;	/* of each process */
	Datum	   *model_names;	/* of each model */
	Datum	  **step_names;		/* of each process, and step in it */
} JourneyModels;

/* The columns of the result. */
enum
{
	COLUMN_PROCESS,
	COLUMN_MODEL,
	COLUMN_OUTCOME,
	COLUMN_STARTED_AT,
	COLUMN_ENDED_AT,
	COLUMN_RIGHT_FIRST_TIME,
	COLUMN_IN_ORDER,
	COLUMN_REQUESTS,
	COLUMN_STEPS,
	COLUMN_ATTEMPTS,
	COLUMN_SUCCEEDED_AT,
	COLUMN_BROKE_AT,
	COLUMN_BROKE_CLASS,
	NCOLUMNS
};

PG_FUNCTION_INFO_V1(pmr_journeys);

/* Definitions */

/*
 * A column by name and type: the owner of the view whose row type this is can
 * rename its columns.
 */
static Datum
get_column(HeapTupleHeader row, const char *name, Oid type)
{
	TupleDesc	columns = lookup_rowtype_tupdesc(HeapTupleHeaderGetTypeId(row),
												 HeapTupleHeaderGetTypMod(row));
	int			number = SPI_fnumber(columns, name);
	bool		found = number > 0 && SPI_gettypeid(columns, number) == type;
	bool		isnull;
	Datum		value;

	ReleaseTupleDesc(columns);
	if (!found)
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("journey step has no column \"%s\" of type %s", name,
						format_type_be(type))));
	value = GetAttributeByNum(row, number, &isnull);
	if (isnull)
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("\"%s\" of a journey step must not be null", name)));
	return value;
}

static JourneyText
get_text_column(HeapTupleHeader row, const char *name)
{
	const text *value = DatumGetTextPP(get_column(row, name, TEXTOID));
	JourneyText made;

	made.data = (const uint8 *) VARDATA_ANY(value);
	made.length = VARSIZE_ANY_EXHDR(value);
	return made;
}

static JourneyRow
read_row(HeapTupleHeader row)
{
	Interval   *gap = DatumGetIntervalP(get_column(row, "gap", INTERVALOID));
	JourneyRow	made = {.step = 0};

	made.process = get_text_column(row, "business_process");
	made.model = get_text_column(row, "model");
	made.parts[JOURNEY_SRV] = get_text_column(row, "srv");
	made.parts[JOURNEY_QUALIFIER] = get_text_column(row, "qualifier");
	made.parts[JOURNEY_DEVICE_TYPE] = get_text_column(row, "device_type");
	made.position = DatumGetInt32(get_column(row, "position", INT4OID));
	made.required = DatumGetBool(get_column(row, "required", BOOLOID));
	made.begins = DatumGetBool(get_column(row, "begins", BOOLOID));
	made.restarts = DatumGetBool(get_column(row, "restarts", BOOLOID));
	made.gap_us = limit_us_from_interval(gap, "gap");
	return made;
}

static Datum
make_text(const JourneyText *value)
{
	return PointerGetDatum(cstring_to_text_with_len((const char *) value->data,
													value->length));
}

/* A step as in results: its SRV, qualifier and device type. */
static Datum
make_step_name(const JourneyRow *row)
{
	StringInfoData name;

	initStringInfo(&name);
	for (int i = 0; i < JOURNEY_PARTS; i++)
	{
		if (row->parts[i].length == 0)
			continue;
		if (name.len > 0)
			appendStringInfoChar(&name, ' ');
		appendBinaryStringInfo(&name, (const char *) row->parts[i].data,
							   row->parts[i].length);
	}
	return PointerGetDatum(cstring_to_text_with_len(name.data, name.len));
}

static void
make_names(JourneyModels *models)
{
	const JourneyDefinition *definition = &models->definition;
	const JourneyRow *rows = definition->rows;

	models->process_names = palloc_array(Datum, definition->nrows);
	models->model_names = palloc_array(Datum, definition->nrows);
	models->step_names = palloc_array(Datum *, definition->nrows);
	for (uint32 i = 0; i < definition->nmodels; i++)
		models->model_names[i] =
			make_text(&rows[definition->models[i].first_row].model);
	for (uint32 i = 0; i < definition->nprocesses; i++)
	{
		const JourneyProcess *process = &definition->processes[i];

		models->process_names[i] = make_text(&rows[process->rows[0]].process);
		models->step_names[i] = palloc_array(Datum, process->nsteps);
		for (uint32 j = 0; j < process->nsteps; j++)
			models->step_names[i][j] =
				make_step_name(&rows[process->rows[j]]);
	}
}

/* Raises an error about a row that cannot be part of a definition. */
static void
report_row(const JourneyRow *row, const char *fault)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("invalid journey step: %s", fault),
			 errdetail("Business process \"%.*s\", model \"%.*s\", step \"%s\".",
					   (int) row->process.length, row->process.data,
					   (int) row->model.length, row->model.data,
					   TextDatumGetCString(make_step_name(row)))));
}

static void
make_definition(JourneyDefinition *definition, ArrayType *array)
{
	Datum	   *elements;
	bool	   *nulls;
	int			nrows;
	uint32		at;
	const char *fault;

	deconstruct_array(array, ARR_ELEMTYPE(array), -1, false, TYPALIGN_DOUBLE,
					  &elements, &nulls, &nrows);
	definition->nrows = nrows;
	definition->rows = palloc_array(JourneyRow, nrows);
	definition->processes = palloc_array(JourneyProcess, nrows);
	definition->models = palloc_array(JourneyModel, nrows);
	definition->steps = palloc_array(JourneyStep, nrows);
	for (int i = 0; i < nrows; i++)
	{
		if (nulls[i])
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("journey step must not be null")));
		definition->rows[i] = read_row(DatumGetHeapTupleHeader(elements[i]));
	}
	qsort(definition->rows, nrows, sizeof(JourneyRow), journey_compare_rows);
	fault = journey_define(definition, &at);
	if (fault != NULL)
		report_row(&definition->rows[at], fault);
	qsort(definition->steps, definition->nsteps, sizeof(JourneyStep),
		  journey_compare_steps);
}

/* The definitions of an array: those of the last call if it is the same. */
static const JourneyModels *
get_models(FunctionCallInfo fcinfo, ArrayType *array)
{
	JourneyModels *models = fcinfo->flinfo->fn_extra;
	MemoryContext caller;
	ArrayType  *copy;

	if (models == NULL)
	{
		MemoryContext parent = fcinfo->flinfo->fn_mcxt;

		models = MemoryContextAllocZero(parent, sizeof(JourneyModels));
		models->context = AllocSetContextCreate(parent, "pmr_metrics journey steps",
												ALLOCSET_SMALL_SIZES);
		fcinfo->flinfo->fn_extra = models;
	}
	if (likely(models->rows != NULL &&
			   VARSIZE(models->rows) == VARSIZE(array) &&
			   memcmp(models->rows, array, VARSIZE(array)) == 0))
		return models;

	models->rows = NULL;
	MemoryContextReset(models->context);
	caller = MemoryContextSwitchTo(models->context);
	copy = (ArrayType *) DatumGetPointer(datumCopy(PointerGetDatum(array),
												   false, -1));
	make_definition(&models->definition, copy);
	make_names(models);
	models->rows = copy;		/* now it is complete */
	MemoryContextSwitchTo(caller);
	return models;
}

/* Journeys */

static void *
allocate(Size n, Size size)
{
	return MemoryContextAllocHuge(CurrentMemoryContext, Max(n, 1) * size);
}

/* Reads the requests of a state, and cuts them into journeys. */
static void
cut_journeys(JourneyCut *cut, const bytea *state)
{
	JourneyReader reader;
	JourneyRequest *requests;

	journey_state_open(&reader, state);
	requests = allocate(reader.left, sizeof(JourneyRequest));
	cut->events = allocate(reader.left, sizeof(JourneyEvent));
	cut->current = allocate(cut->definition->nprocesses, sizeof(uint32));
	journey_begin(cut);
	for (uint32 i = 0; journey_state_read(&reader, &requests[i]); i++)
	{
		CHECK_FOR_INTERRUPTS();
		journey_match(cut, &requests[i]);
	}
	qsort(cut->events, cut->nevents, sizeof(JourneyEvent),
		  journey_compare_events);
	cut->ids = allocate(cut->has_preceding ? cut->nevents : 0,
						sizeof(JourneyId));
	journey_link(cut);
	qsort(cut->ids, cut->nids, sizeof(JourneyId), journey_compare_event_ids);
	cut->journeys = allocate(cut->nevents, sizeof(Journey));
	for (uint32 i = 0; i < cut->nevents; i++)
	{
		CHECK_FOR_INTERRUPTS();
		journey_cut(cut, i);
	}
}

/* The arrays about the steps of a journey. */
static void
set_step_columns(Datum *values, const JourneyDescription *journey,
				 const Datum *step_names)
{
	Datum		steps[JOURNEY_MAX_STEPS];
	Datum		attempts[JOURNEY_MAX_STEPS];
	Datum		succeeded_at[JOURNEY_MAX_STEPS];
	bool		nulls[JOURNEY_MAX_STEPS];
	int			n = journey->ntries;
	int			lower_bound = 1;

	for (int i = 0; i < n; i++)
	{
		const JourneyTry *try = &journey->tries[i];

		steps[i] = step_names[try->step];
		attempts[i] = Int64GetDatum(try->attempts);
		succeeded_at[i] = TimestampTzGetDatum(try->succeeded_us);
		nulls[i] = try->succeeded_us == JOURNEY_NO_RESPONSE;
	}
	values[COLUMN_STEPS] =
		PointerGetDatum(construct_array(steps, n, TEXTOID, -1, false,
										TYPALIGN_INT));
	values[COLUMN_ATTEMPTS] =
		PointerGetDatum(construct_array(attempts, n, INT8OID, sizeof(int64),
										FLOAT8PASSBYVAL, TYPALIGN_DOUBLE));
	values[COLUMN_SUCCEEDED_AT] =
		PointerGetDatum(construct_md_array(succeeded_at, nulls, 1, &n,
										   &lower_bound, TIMESTAMPTZOID,
										   sizeof(TimestampTz),
										   FLOAT8PASSBYVAL, TYPALIGN_DOUBLE));
}

static void
put_journey(ReturnSetInfo *result, const JourneyModels *models,
			uint32 process, const JourneyDescription *journey)
{
	const Datum *step_names = models->step_names[process];
	Datum		values[NCOLUMNS];
	bool		nulls[NCOLUMNS] = {false};

	values[COLUMN_PROCESS] = models->process_names[process];
	values[COLUMN_MODEL] = models->model_names[journey->model];
	values[COLUMN_OUTCOME] =
		CStringGetTextDatum(journey_outcome_name(journey->outcome));
	values[COLUMN_STARTED_AT] = TimestampTzGetDatum(journey->started_us);
	values[COLUMN_ENDED_AT] = TimestampTzGetDatum(journey->ended_us);
	nulls[COLUMN_ENDED_AT] = journey->outcome == JOURNEY_OPEN;
	values[COLUMN_RIGHT_FIRST_TIME] = BoolGetDatum(journey->right_first_time);
	nulls[COLUMN_RIGHT_FIRST_TIME] = journey->outcome == JOURNEY_OPEN;
	values[COLUMN_IN_ORDER] = BoolGetDatum(journey->in_order);
	values[COLUMN_REQUESTS] = Int64GetDatum(journey->nrequests);
	set_step_columns(values, journey, step_names);
	nulls[COLUMN_BROKE_AT] = journey->broke_at == JOURNEY_NONE;
	if (!nulls[COLUMN_BROKE_AT])
		values[COLUMN_BROKE_AT] = step_names[journey->broke_at];
	nulls[COLUMN_BROKE_CLASS] = !journey->broke_answered;
	if (journey->broke_answered)
		values[COLUMN_BROKE_CLASS] =
			CStringGetTextDatum(response_class_name(journey->broke_class));
	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
}

static void
check_not_null(FunctionCallInfo fcinfo, int argno, const char *name)
{
	if (PG_ARGISNULL(argno))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("%s must not be null", name)));
}

/* (subject_state, steps, as_of) */
Datum
pmr_journeys(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	const JourneyModels *models;
	JourneyCut	cut;

	check_not_null(fcinfo, 1, "steps");
	check_not_null(fcinfo, 2, "as_of");
	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	if (PG_ARGISNULL(0))
		return (Datum) 0;

	models = get_models(fcinfo, PG_GETARG_ARRAYTYPE_P(1));
	cut.definition = &models->definition;
	cut.as_of_us = PG_GETARG_TIMESTAMPTZ(2);
	cut_journeys(&cut, PG_GETARG_BYTEA_PP(0));
	for (uint32 i = 0; i < cut.njourneys; i++)
	{
		JourneyDescription journey;

		CHECK_FOR_INTERRUPTS();
		journey_describe(&cut, i, &journey);
		put_journey(result, models, cut.journeys[i].process, &journey);
	}
	return (Datum) 0;
}
