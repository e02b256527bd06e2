/*-------------------------------------------------------------------------
 *
 * request.c
 *	  Start, answer and class of a request, and outcomes apart from targets.
 *
 * test/sql/request_query.sql has the other cases.
 *
 *-------------------------------------------------------------------------
 */
#include "core/request.h"
#include "unit.h"

#define AT(time) ((TargetTime) {true, (time)})

/* On demand, sent at 100 and answered at 104 with a success. */
static Request
make_request(TargetMode mode)
{
	Request		request = {.mode = mode};

	request.coded_class = RESPONSE_SUCCESS;
	request.code_answers = true;
	request.requested = AT(100);
	request.responded = AT(104);
	return request;
}

static bool
is_at(TargetTime time, int64_t us)
{
	return time.known && time.us == us;
}

static void
test_on_demand(void)
{
	Request		request = make_request(MODE_ON_DEMAND);
	RequestTimes times = request_times(&request);

	CHECK(is_at(times.started, 100));
	CHECK(is_at(times.answered, 104));
	CHECK(times.class == RESPONSE_SUCCESS);

	/* a verdict of the device turns a success into a failure, never a refusal */
	request.message_failed = true;
	CHECK(request_times(&request).class == RESPONSE_FAILED);
	request.coded_class = RESPONSE_REJECTED;
	CHECK(request_times(&request).class == RESPONSE_REJECTED);
	request.coded_class = RESPONSE_UNCLASSIFIED;
	request.code_answers = false;
	CHECK(is_at(request_times(&request).answered, 104));
	request.message_failed = false;
	CHECK(!request_times(&request).answered.known);
}

static void
test_future_dated(void)
{
	Request		request = make_request(MODE_FUTURE_DATED);
	RequestTimes times;

	request.due = AT(200);
	times = request_times(&request);
	CHECK(!times.started.known);
	CHECK(!times.answered.known);
	CHECK(times.class == RESPONSE_ACKNOWLEDGED);

	request.execution_known = true;
	CHECK(is_at(request_times(&request).started, 200));
	request.executed = AT(210);
	CHECK(is_at(request_times(&request).answered, 210));
	request.executed_in_part = true;
	CHECK(!request_times(&request).answered.known);
	request.execution_failed = true;
	CHECK(is_at(request_times(&request).answered, 210));
	CHECK(request_times(&request).class == RESPONSE_FAILED);

	/* refused before it was due */
	request.coded_class = RESPONSE_REJECTED;
	times = request_times(&request);
	CHECK(is_at(times.started, 100));
	CHECK(is_at(times.answered, 104));
}

static void
test_delivery(void)
{
	Request		request = make_request(MODE_ON_DEMAND);

	request.srv.by_delivery = true;
	CHECK(!request_times(&request).started.known);
	request.delivery_known = true;
	request.delivered = AT(150);
	CHECK(is_at(request_times(&request).started, 100));
	CHECK(is_at(request_times(&request).answered, 150));
}

static void
test_outcomes(void)
{
	Request		request = make_request(MODE_ON_DEMAND);

	CHECK(request_outcome_apart(&request, RESPONSE_SUCCESS) == -1);
	request.cancelled = AT(103);
	CHECK(request_outcome_apart(&request, RESPONSE_SUCCESS) == -1);
	CHECK(request_outcome_apart(&request, RESPONSE_UNKNOWN) ==
		  ROLLUP_CANCELLED);
	request.due = AT(103);
	CHECK(request_outcome_apart(&request, RESPONSE_UNKNOWN) == -1);
	request.due = AT(104);
	CHECK(request_outcome_apart(&request, RESPONSE_UNKNOWN) ==
		  ROLLUP_CANCELLED);
	request.command_variant = 6;
	CHECK(request_outcome_apart(&request, RESPONSE_SUCCESS) ==
		  ROLLUP_LOCAL_COMMAND);
	request.command_variant = 4;
	CHECK(request_outcome_apart(&request, RESPONSE_SUCCESS) ==
		  ROLLUP_PRE_COMMAND);
	CHECK(strcmp(request_outcome_name(ROLLUP_CANCELLED), "cancelled") == 0);
	CHECK(strcmp(request_outcome_name(TARGET_INVALID), "invalid") == 0);
}

int
main(void)
{
	test_on_demand();
	test_future_dated();
	test_delivery();
	test_outcomes();
	return report();
}
