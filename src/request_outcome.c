/*-------------------------------------------------------------------------
 *
 * request_outcome.c
 *	  Start, answer, class and outcome of a request.
 *
 * The refresh asks for four of these of each row.  A row type would cost more
 * than all else here: forming it takes 1,200 instructions, and each of its
 * columns 300.  So request_measures() returns a bytea, from which the other
 * functions take theirs.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "core/request.h"
#include "mode_arg.h"
#include "reference.h"
#include "srv_target.h"
#include "target_state.h"
#include "utils/timestamp.h"

/* The arguments */
enum
{
	ARG_SRV,
	ARG_MODE,
	ARG_DEVICE_GENERATION,
	ARG_USER_ROLE,
	ARG_COMMAND_VARIANT,
	ARG_RESPONSE_CODE,
	ARG_MESSAGE_SUCCESS,
	ARG_REQUESTED_AT,
	ARG_RESPONDED_AT,
	ARG_DUE_AT,
	ARG_DELIVERED_AT,
	ARG_EXECUTED_AT,
	ARG_CANCELLED_AT,
	ARG_EXECUTION_SUCCESS,
	ARG_INSTRUCTIONS_DONE,
	ARG_INSTRUCTIONS_TOTAL,
	ARG_DELIVERY_KNOWN,
	ARG_EXECUTION_KNOWN,
	ARG_AS_OF
};

/* The times of the result */
enum
{
	STARTED_AT,
	ANSWERED_AT,
	RESPONSE_AT,
	ENDED_AT,
	MEASURED_TIMES
};

/* The result of request_measures(): a bytea of one fixed length. */
typedef struct Measures
{
	int32		vl_len_;
	uint8		outcome;
	int8		class;
	int8		response_class;
	uint8		known;			/* a bit for each time */
	int64		times[MEASURED_TIMES];
} Measures;

/* A short text that is never freed, as a result of a function. */
typedef struct NameText
{
	int32		header;			/* 0: not made yet */
	char		data[16];
} NameText;

PG_FUNCTION_INFO_V1(pmr_request_measures);
PG_FUNCTION_INFO_V1(pmr_request_started_at);
PG_FUNCTION_INFO_V1(pmr_request_answered_at);
PG_FUNCTION_INFO_V1(pmr_request_response_at);
PG_FUNCTION_INFO_V1(pmr_request_ended_at);
PG_FUNCTION_INFO_V1(pmr_request_class);
PG_FUNCTION_INFO_V1(pmr_request_response_class);
PG_FUNCTION_INFO_V1(pmr_request_outcome);

PG_FUNCTION_INFO_V1(pmr_request_mode);
PG_FUNCTION_INFO_V1(pmr_request_generation);

/* Arguments */

static bool
is_false(FunctionCallInfo fcinfo, int argno)
{
	return !PG_ARGISNULL(argno) && !PG_GETARG_BOOL(argno);
}

/* The class of the response code, and whether it is an answer. */
static void
get_response(FunctionCallInfo fcinfo, Request *request)
{
	const ResponseCodeRow *rows;
	const text *code;
	ResponseClass class;
	int			nrows;

	request->coded_class = RESPONSE_UNKNOWN;
	request->code_answers = true;
	if (PG_ARGISNULL(ARG_RESPONSE_CODE))
		return;
	code = PG_GETARG_TEXT_PP(ARG_RESPONSE_CODE);
	rows = reference_response_codes(fcinfo, code, &nrows);
	class = response_class(rows, nrows, request->mode);
	request->coded_class = (int) class;
	request->code_answers = response_is_answer(class, VARDATA_ANY(code),
											   VARSIZE_ANY_EXHDR(code));
}

static Request
get_request(FunctionCallInfo fcinfo)
{
	Request		request = {.mode = get_mode_arg(fcinfo, ARG_MODE)};

	if (!PG_ARGISNULL(ARG_SRV))
		request.srv = reference_srv(fcinfo, PG_GETARG_TEXT_PP(ARG_SRV));
	get_response(fcinfo, &request);
	request.command_variant = PG_ARGISNULL(ARG_COMMAND_VARIANT) ? 0 :
		PG_GETARG_INT64(ARG_COMMAND_VARIANT);
	request.delivery_known = PG_GETARG_BOOL(ARG_DELIVERY_KNOWN);
	request.execution_known = PG_GETARG_BOOL(ARG_EXECUTION_KNOWN);
	request.message_failed = is_false(fcinfo, ARG_MESSAGE_SUCCESS);
	request.execution_failed = is_false(fcinfo, ARG_EXECUTION_SUCCESS);
	request.executed_in_part = !PG_ARGISNULL(ARG_INSTRUCTIONS_DONE) &&
		!PG_ARGISNULL(ARG_INSTRUCTIONS_TOTAL) &&
		PG_GETARG_INT64(ARG_INSTRUCTIONS_DONE) <
		PG_GETARG_INT64(ARG_INSTRUCTIONS_TOTAL);
	request.requested = target_time_arg(fcinfo, ARG_REQUESTED_AT);
	request.responded = target_time_arg(fcinfo, ARG_RESPONDED_AT);
	request.due = target_time_arg(fcinfo, ARG_DUE_AT);
	request.delivered = target_time_arg(fcinfo, ARG_DELIVERED_AT);
	request.executed = target_time_arg(fcinfo, ARG_EXECUTED_AT);
	request.cancelled = target_time_arg(fcinfo, ARG_CANCELLED_AT);
	return request;
}

static int
get_outcome(FunctionCallInfo fcinfo, const Request *request,
			const RequestTimes *times)
{
	int			outcome = request_outcome_apart(request, times->class);

	if (outcome >= 0)
		return outcome;
	return target_outcome(times->started, times->answered,
						  srv_target_arg(fcinfo, ARG_SRV, request->mode,
										 ARG_DEVICE_GENERATION, ARG_USER_ROLE,
										 times->started),
						  target_as_of_arg(fcinfo, ARG_AS_OF));
}

static void
put_time(Measures *measures, int place, TargetTime time)
{
	measures->times[place] = time.us;
	if (time.known)
		measures->known |= 1 << place;
}

/*
 * (srv, mode, device_generation, user_role, command_variant, response_code,
 * message_success, requested_at, responded_at, due_at, delivered_at,
 * executed_at, cancelled_at, execution_success, instructions_done,
 * instructions_total, delivery_known, execution_known, as_of)
 */
Datum
pmr_request_measures(PG_FUNCTION_ARGS)
{
	Measures   *measures = palloc(sizeof(Measures));
	Request		request = get_request(fcinfo);
	RequestTimes times = request_times(&request);

	SET_VARSIZE(measures, sizeof(Measures));
	measures->outcome = get_outcome(fcinfo, &request, &times);
	measures->class = times.class;
	measures->response_class = times.response_class;
	measures->known = 0;
	put_time(measures, STARTED_AT, times.started);
	put_time(measures, ANSWERED_AT, times.answered);
	put_time(measures, RESPONSE_AT, times.response);
	put_time(measures, ENDED_AT, times.ended);
	PG_RETURN_BYTEA_P(measures);
}

/* Results */

/* The argument, aligned. */
static const Measures *
get_measures(FunctionCallInfo fcinfo)
{
	const Measures *measures = (Measures *) PG_GETARG_BYTEA_P(0);

	if (VARSIZE(measures) != sizeof(Measures) ||
		measures->outcome >= ROLLUP_OUTCOMES ||
		measures->class < RESPONSE_UNKNOWN ||
		measures->class > RESPONSE_UNCLASSIFIED ||
		measures->response_class < RESPONSE_UNKNOWN ||
		measures->response_class > RESPONSE_UNCLASSIFIED)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("measures of a request are not those of request_measures")));
	return measures;
}

static Datum
return_time(FunctionCallInfo fcinfo, int place)
{
	const Measures *measures = get_measures(fcinfo);

	if ((measures->known & 1 << place) == 0)
		PG_RETURN_NULL();
	PG_RETURN_TIMESTAMPTZ(measures->times[place]);
}

/* A name as a text, which is made once. */
static Datum
return_name(NameText *place, const char *name)
{
	if (unlikely(place->header == 0))
	{
		memcpy(place->data, name, strlen(name));
		SET_VARSIZE(place, VARHDRSZ + strlen(name));
	}
	return PointerGetDatum(place);
}

static Datum
return_class(FunctionCallInfo fcinfo, int class)
{
	static NameText names[RESPONSE_UNCLASSIFIED + 1];

	if (class == RESPONSE_UNKNOWN)
		PG_RETURN_NULL();
	return return_name(&names[class], response_class_name(class));
}

Datum
pmr_request_started_at(PG_FUNCTION_ARGS)
{
	return return_time(fcinfo, STARTED_AT);
}

Datum
pmr_request_answered_at(PG_FUNCTION_ARGS)
{
	return return_time(fcinfo, ANSWERED_AT);
}

Datum
pmr_request_response_at(PG_FUNCTION_ARGS)
{
	return return_time(fcinfo, RESPONSE_AT);
}

Datum
pmr_request_ended_at(PG_FUNCTION_ARGS)
{
	return return_time(fcinfo, ENDED_AT);
}

Datum
pmr_request_class(PG_FUNCTION_ARGS)
{
	return return_class(fcinfo, get_measures(fcinfo)->class);
}

Datum
pmr_request_response_class(PG_FUNCTION_ARGS)
{
	return return_class(fcinfo, get_measures(fcinfo)->response_class);
}

Datum
pmr_request_outcome(PG_FUNCTION_ARGS)
{
	static NameText names[ROLLUP_OUTCOMES];
	int			outcome = get_measures(fcinfo)->outcome;

	return return_name(&names[outcome], request_outcome_name(outcome));
}

/* Keys */

Datum
pmr_request_mode(PG_FUNCTION_ARGS)
{
	static NameText unknown;

	if (get_mode_arg(fcinfo, 0) == MODE_UNKNOWN)
		return return_name(&unknown, "unknown");
	PG_RETURN_DATUM(PG_GETARG_DATUM(0));
}

Datum
pmr_request_generation(PG_FUNCTION_ARGS)
{
	static NameText unknown;

	if (get_generation_arg(fcinfo, 0) == GENERATION_UNKNOWN)
		return return_name(&unknown, "unknown");
	PG_RETURN_DATUM(PG_GETARG_DATUM(0));
}
