/*-------------------------------------------------------------------------
 *
 * journey_collector.c
 *	  The aggregate journey_state: the requests of a subject.
 *
 * While rows are added, a state is an expanded object with a log of its
 * requests, in the stored form, but in any order and with duplicates.  They are
 * sorted when the flat form is made, so it does not depend on the order.  All
 * collectors of an aggregation share one memory context (aggregation.h).
 *
 * A row without a place in time, or without an SRV, is no step of anything, and
 * is left out.  So is a response that has no valid time, or that only
 * acknowledges the request: the request then has no response yet.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "aggregate_call.h"
#include "aggregation.h"
#include "flat_object.h"
#include "journey_state.h"
#include "miscadmin.h"
#include "pg_versions.h"
#include "response_class_arg.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#define LOG_MIN_SIZE	128		/* bytes */

typedef struct JourneyCollector
{
	FlatObject	object;
	uint64		nrequests;
	bool		have_ids;
	int64		last_us;		/* of the last request in the log */
	Size		log_size;
	Size		log_used;
	uint8	   *log;
} JourneyCollector;

PG_FUNCTION_INFO_V1(pmr_journey_state_transfn);
PG_FUNCTION_INFO_V1(pmr_journey_state_combine);

/* Log */

static void
check_size(Size size)
{
	if (!AllocSizeIsValid(size))
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("journey_state is too long")));
}

/* The end of the log, where there is room for so many bytes. */
static uint8 *
reserve_log(JourneyCollector *collector, Size size)
{
	Size		log_size = Max(collector->log_size, LOG_MIN_SIZE);

	if (size <= collector->log_size - collector->log_used)
		return collector->log + collector->log_used;
	while (log_size < collector->log_used + size)
		log_size *= 2;
	log_size = Min(log_size, MaxAllocSize);
	check_size(collector->log_used + size);
	if (collector->log == NULL)
		collector->log = MemoryContextAlloc(collector->object.header.eoh_context,
											log_size);
	else
		collector->log = repalloc(collector->log, log_size);
	collector->log_size = log_size;
	return collector->log + collector->log_used;
}

static void
add_request(JourneyCollector *collector, const JourneyRequest *request)
{
	uint8	   *place = reserve_log(collector,
									JOURNEY_REQUEST_BYTES + request->length);

	place = journey_write_request(place, request, collector->last_us);
	collector->log_used = place - collector->log;
	collector->last_us = request->requested_us;
	collector->have_ids |= request->id != JOURNEY_NO_ID;
	collector->nrequests++;
}

static void
add_state(JourneyCollector *collector, const bytea *state)
{
	JourneyReader reader;
	JourneyRequest request;

	journey_state_open(&reader, state);
	while (journey_state_read(&reader, &request))
		add_request(collector, &request);
}

/* Flat form */

/* The requests of the log, in the current memory context. */
static JourneyRequest *
read_log(const JourneyCollector *collector)
{
	JourneyReader reader = {
		.left = collector->nrequests,
		.at = collector->log,
		.end = collector->log + collector->log_used
	};
	JourneyRequest *requests =
	MemoryContextAllocHuge(CurrentMemoryContext,
						   collector->nrequests * sizeof(JourneyRequest));

	for (uint64 i = 0; i < collector->nrequests; i++)
	{
		if (!journey_state_read(&reader, &requests[i]))
			/* cannot happen: they have been written here */
			elog(ERROR, "requests of journey_state are missing");
	}
	return requests;
}

static bytea *
make_flat(FlatObject *object)
{
	const JourneyCollector *collector = (JourneyCollector *) object;
	JourneyRequest *requests = read_log(collector);
	uint64		n = journey_state_sort(requests, collector->nrequests,
									   collector->have_ids);
	Size		bound = VARHDRSZ + JOURNEY_HEADER_BYTES;
	int64		last_us = 0;
	bytea	   *flat;
	uint8	   *at;

	CHECK_FOR_INTERRUPTS();
	for (uint64 i = 0; i < n; i++)
		bound += JOURNEY_REQUEST_BYTES + requests[i].length;
	flat = MemoryContextAllocHuge(CurrentMemoryContext, bound);
	at = journey_write_header((uint8 *) VARDATA(flat), n);
	for (uint64 i = 0; i < n; i++)
	{
		at = journey_write_request(at, &requests[i], last_us);
		last_us = requests[i].requested_us;
	}
	check_size(at - (uint8 *) flat);
	SET_VARSIZE(flat, at - (uint8 *) flat);
	return flat;
}

/* Arguments and results */

static JourneyCollector *
make_collector(FunctionCallInfo fcinfo)
{
	MemoryContext context = aggregation_context(fcinfo);
	JourneyCollector *collector;

	collector = MemoryContextAllocZero(context, sizeof(JourneyCollector));
	flat_object_init(&collector->object, context, make_flat);
	return collector;
}

/* The first argument as a collector, which is made if it is NULL or flat. */
static JourneyCollector *
get_collector(FunctionCallInfo fcinfo)
{
	JourneyCollector *collector;

	if (PG_ARGISNULL(0))
		return make_collector(fcinfo);

	collector = (JourneyCollector *) flat_object_get(PG_GETARG_DATUM(0),
													 make_flat);
	if (unlikely(collector == NULL))
	{
		collector = make_collector(fcinfo);
		add_state(collector, PG_GETARG_BYTEA_PP(0));
	}
	flat_object_forget(&collector->object);
	return collector;
}

static Datum
return_state(FunctionCallInfo fcinfo)
{
	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	PG_RETURN_DATUM(PG_GETARG_DATUM(0));
}

static JourneyText
get_text(FunctionCallInfo fcinfo, int argno)
{
	JourneyText made = {NULL, 0};

	if (!PG_ARGISNULL(argno))
	{
		const text *value = PG_GETARG_TEXT_PP(argno);

		made.data = (const uint8 *) VARDATA_ANY(value);
		made.length = VARSIZE_ANY_EXHDR(value);
	}
	return made;
}

/* An empty id is none, as elsewhere: many exports write NULL so. */
static uint64
get_id(FunctionCallInfo fcinfo, int argno)
{
	JourneyText id = get_text(fcinfo, argno);

	return id.length == 0 ? JOURNEY_NO_ID :
		journey_id((const char *) id.data, id.length);
}

/* Sets the time and the class of the response, if there is one. */
static void
get_response(FunctionCallInfo fcinfo, int argno, JourneyRequest *request)
{
	ResponseClass class = get_response_class_arg(fcinfo, argno + 1);
	TimestampTz responded_at;

	request->responded_us = JOURNEY_NO_RESPONSE;
	request->class = 0;
	if (PG_ARGISNULL(argno) || class == RESPONSE_ACKNOWLEDGED)
		return;
	responded_at = PG_GETARG_TIMESTAMPTZ(argno);
	if (TIMESTAMP_NOT_FINITE(responded_at) ||
		responded_at < request->requested_us)
		return;
	request->responded_us = responded_at;
	request->class = class;
}

/*
 * (state, srv, qualifier, device_type, requested_at, responded_at,
 * response_class, request_id, preceding_request_id)
 */
Datum
pmr_journey_state_transfn(PG_FUNCTION_ARGS)
{
	JourneyText parts[JOURNEY_PARTS];
	JourneyRequest request;
	uint8		activity[256];
	uint8	   *written = activity;
	Size		bound;
	JourneyCollector *collector;

	check_aggregate_call(fcinfo);
	for (int i = 0; i < JOURNEY_PARTS; i++)
		parts[i] = get_text(fcinfo, 1 + i);
	if (PG_ARGISNULL(4) || TIMESTAMP_NOT_FINITE(PG_GETARG_TIMESTAMPTZ(4)) ||
		parts[JOURNEY_SRV].length == 0)
		return return_state(fcinfo);
	request.requested_us = PG_GETARG_TIMESTAMPTZ(4);
	get_response(fcinfo, 5, &request);
	request.id = get_id(fcinfo, 7);
	request.preceding = get_id(fcinfo, 8);

	bound = journey_activity_bound(parts);
	if (unlikely(bound > sizeof(activity)))
		written = MemoryContextAllocHuge(CurrentMemoryContext, bound);
	request.activity = written;
	request.length = journey_write_activity(written, parts) - written;
	collector = get_collector(fcinfo);
	add_request(collector, &request);
	if (unlikely(written != activity))
		pfree(written);
	PG_RETURN_DATUM(EOHPGetRWDatum(&collector->object.header));
}

Datum
pmr_journey_state_combine(PG_FUNCTION_ARGS)
{
	JourneyCollector *collector;

	check_aggregate_call(fcinfo);
	if (PG_ARGISNULL(1))
		return return_state(fcinfo);
	if (PG_ARGISNULL(0))
		PG_RETURN_DATUM(PG_GETARG_DATUM(1));	/* the executor copies it */
	collector = get_collector(fcinfo);
	add_state(collector, PG_GETARG_BYTEA_PP(1));
	PG_RETURN_DATUM(EOHPGetRWDatum(&collector->object.header));
}
