/*-------------------------------------------------------------------------
 *
 * response_code.c
 *	  The class of a response code, and whether it is an answer.
 *
 *-------------------------------------------------------------------------
 */
#include <stddef.h>

#include "core/response_code.h"
#include "unit.h"

static bool
is_class(const char *name, ResponseClass expected)
{
	ResponseClass class;

	return response_class_named(name, (int) strlen(name), &class) &&
		class == expected;
}

int
main(void)
{
	/* like I99, with a user's row for one mode */
	static const ResponseCodeRow rows[] = {
		{MODE_UNKNOWN, true, RESPONSE_ACKNOWLEDGED},
		{MODE_NON_DEVICE, true, RESPONSE_SUCCESS},
		{MODE_ON_DEMAND, false, RESPONSE_REJECTED},
		{MODE_ON_DEMAND, true, RESPONSE_SUCCESS}
	};
	ResponseClass class;

	CHECK(response_class(rows, 4, MODE_NON_DEVICE) == RESPONSE_SUCCESS);
	CHECK(response_class(rows, 4, MODE_ON_DEMAND) == RESPONSE_REJECTED);
	CHECK(response_class(rows, 4, MODE_FUTURE_DATED) == RESPONSE_ACKNOWLEDGED);
	CHECK(response_class(rows, 4, MODE_UNKNOWN) == RESPONSE_ACKNOWLEDGED);
	CHECK(response_class(rows + 1, 1, MODE_ON_DEMAND) ==
		  RESPONSE_UNCLASSIFIED);
	CHECK(response_class(NULL, 0, MODE_ON_DEMAND) == RESPONSE_UNCLASSIFIED);

	CHECK(response_is_answer(RESPONSE_SUCCESS, "I0", 2));
	CHECK(response_is_answer(RESPONSE_REJECTED, "E1", 2));
	CHECK(response_is_answer(RESPONSE_FAILED, "E1", 2));
	CHECK(!response_is_answer(RESPONSE_ACKNOWLEDGED, "I99", 3));
	CHECK(!response_is_answer(RESPONSE_NONE, "E20", 3));
	CHECK(response_is_answer(RESPONSE_UNCLASSIFIED, "I7", 2));
	CHECK(!response_is_answer(RESPONSE_UNCLASSIFIED, "e7", 2));
	CHECK(response_is_answer(RESPONSE_UNCLASSIFIED, "", 0));
	CHECK(response_is_answer(RESPONSE_UNCLASSIFIED, "E", 0));
	CHECK(!response_is_answer(RESPONSE_UNCLASSIFIED, "E", 1));
	CHECK(!response_is_answer(RESPONSE_UNCLASSIFIED, "E9999", 5));

	CHECK(is_class("success", RESPONSE_SUCCESS));
	CHECK(is_class("acknowledged", RESPONSE_ACKNOWLEDGED));
	CHECK(is_class("rejected", RESPONSE_REJECTED));
	CHECK(is_class("failed", RESPONSE_FAILED));
	CHECK(is_class("no_response", RESPONSE_NONE));
	CHECK(!response_class_named("no_respons", 10, &class));
	CHECK(!response_class_named("", 0, &class));
	return report();
}
