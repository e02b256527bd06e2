/*-------------------------------------------------------------------------
 *
 * request.c
 *	  When a request started, when it was answered, with which class and outcome.
 *
 *-------------------------------------------------------------------------
 */
#include "core/request.h"

static const TargetTime unknown = {.known = false};

static inline bool
is_finite(TargetTime time)
{
	return time.known && time.us != INT64_MIN && time.us != INT64_MAX;
}

static inline bool
is_before(TargetTime a, TargetTime b)
{
	return a.known && b.known && a.us < b.us;
}

/* The class of the response: a verdict of the Device overrides a success. */
static int
class_of_response(const Request *request)
{
	if (request->message_failed && request->responded.known &&
		(request->coded_class == RESPONSE_UNKNOWN ||
		 request->coded_class == RESPONSE_SUCCESS ||
		 request->coded_class == RESPONSE_UNCLASSIFIED))
		return RESPONSE_FAILED;
	return request->coded_class;
}

static TargetTime
time_of_response(const Request *request)
{
	if (request->code_answers ||
		(request->message_failed &&
		 request->coded_class == RESPONSE_UNCLASSIFIED))
		return request->responded;
	return unknown;
}

/* The end of the execution, whether it succeeded or failed. */
static TargetTime
time_of_end(const Request *request)
{
	if (is_finite(request->executed) &&
		(request->execution_failed || !request->executed_in_part))
		return request->executed;
	return unknown;
}

/* Does the response to a future-dated request only accept it? */
static bool
is_accepted(const Request *request, const RequestTimes *times)
{
	if (request->srv.by_delivery)
		return false;
	if (!request->srv.by_dsp && is_finite(request->due) &&
		is_before(times->response, request->due))
		return true;
	return request->srv.by_device && request->execution_known &&
		times->response_class == RESPONSE_SUCCESS && times->response.known;
}

static TargetTime
time_of_start(const Request *request, const RequestTimes *times,
			  bool refused, bool accepted)
{
	if (request->srv.by_delivery && !request->delivery_known && !refused)
		return unknown;
	if (request->mode == MODE_ON_DEMAND || request->mode == MODE_NON_DEVICE)
		return request->requested;
	if (request->mode == MODE_UNKNOWN)
		return request->due.known ? unknown : request->requested;
	if (refused && is_before(request->responded, request->due))
		return request->requested;
	if (accepted && !times->ended.known && !request->execution_known)
		return unknown;
	return request->due;
}

RequestTimes
request_times(const Request *request)
{
	RequestTimes times;
	bool		refused;
	bool		accepted;

	times.response_class = class_of_response(request);
	times.response = time_of_response(request);
	times.ended = time_of_end(request);
	refused = times.response_class == RESPONSE_REJECTED ||
		times.response_class == RESPONSE_FAILED;
	accepted = request->mode == MODE_FUTURE_DATED &&
		is_accepted(request, &times);

	times.started = time_of_start(request, &times, refused, accepted);
	times.answered = times.response;
	times.class = times.response_class;
	if (request->srv.by_delivery && request->delivery_known && !refused)
		times.answered = request->delivered;
	else if (request->mode != MODE_FUTURE_DATED || request->srv.by_delivery ||
			 refused)
		return times;
	else if (times.ended.known)
	{
		times.answered = times.ended;
		times.class = request->execution_failed ? RESPONSE_FAILED :
			RESPONSE_SUCCESS;
	}
	else if (accepted)
	{
		times.answered = unknown;
		times.class = RESPONSE_ACKNOWLEDGED;
	}
	return times;
}

int
request_outcome_apart(const Request *request, int class)
{
	if (request->command_variant == 4)
		return ROLLUP_PRE_COMMAND;
	if (request->command_variant == 2 || request->command_variant == 6)
		return ROLLUP_LOCAL_COMMAND;
	if (is_finite(request->cancelled) && class != RESPONSE_SUCCESS &&
		(!request->due.known || is_before(request->cancelled, request->due)))
		return ROLLUP_CANCELLED;
	return -1;
}

const char *
request_outcome_name(int outcome)
{
	static const char *const names[] = {
		"pre_command", "local_command", "cancelled"
	};

	return outcome < TARGET_OUTCOMES ?
		target_outcome_name((TargetOutcome) outcome) :
		names[outcome - TARGET_OUTCOMES];
}
