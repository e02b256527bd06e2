/*-------------------------------------------------------------------------
 *
 * rollup_kind.c
 *	  Each combination of outcome and response counts as the definitions of
 *	  the counts say, and each kind is the kind of some combination.
 *
 *-------------------------------------------------------------------------
 */
#include "core/rollup_kind.h"
#include "unit.h"

static bool
is_decided(int outcome)
{
	return outcome == TARGET_MET || outcome == TARGET_MISSED ||
		outcome == TARGET_NOT_MEASURED;
}

/* The counts, each by its own definition. */
static uint32_t
expected_counts(int outcome, ResponseClass class, bool has_code,
				bool is_answered)
{
	bool		answered = is_decided(outcome) && is_answered;
	bool		expected[CELL_COUNTS];
	uint32_t	counts = 0;

	expected[COUNT_REQUESTS] = outcome < TARGET_OUTCOMES;
	expected[COUNT_MET] = outcome == TARGET_MET;
	expected[COUNT_MISSED] = outcome == TARGET_MISSED;
	expected[COUNT_PENDING] = outcome == TARGET_PENDING;
	expected[COUNT_NOT_MEASURED] = outcome == TARGET_NOT_MEASURED;
	expected[COUNT_INVALID] = outcome == TARGET_INVALID;
	expected[COUNT_ANSWERED] = answered;
	expected[COUNT_SUCCESS] = answered && class == RESPONSE_SUCCESS;
	expected[COUNT_REJECTED] = answered && class == RESPONSE_REJECTED;
	expected[COUNT_FAILED] = answered && class == RESPONSE_FAILED;
	expected[COUNT_NO_RESPONSE] = is_decided(outcome) &&
		class == RESPONSE_NONE;
	expected[COUNT_UNCLASSIFIED] = is_decided(outcome) &&
		class == RESPONSE_UNCLASSIFIED && (has_code || answered);
	expected[COUNT_MET_SUCCESS] = answered && outcome == TARGET_MET &&
		class == RESPONSE_SUCCESS;
	expected[COUNT_MET_REJECTED] = answered && outcome == TARGET_MET &&
		class == RESPONSE_REJECTED;
	expected[COUNT_MISSED_REJECTED] = answered && outcome == TARGET_MISSED &&
		class == RESPONSE_REJECTED;
	expected[COUNT_PRE_COMMANDS] = outcome == ROLLUP_PRE_COMMAND;
	expected[COUNT_LOCAL_COMMANDS] = outcome == ROLLUP_LOCAL_COMMAND;
	expected[COUNT_CANCELLED] = outcome == ROLLUP_CANCELLED;
	for (int i = 0; i < CELL_COUNTS; i++)
	{
		if (expected[i])
			counts |= COUNT_BIT(i);
	}
	return counts;
}

static uint32_t
check_row(int outcome, ResponseClass class, bool has_code, bool answered)
{
	int			kind = rollup_kind(outcome, class, has_code, answered);

	CHECK(kind >= 0 && kind < ROLLUP_KINDS);
	CHECK(rollup_kind_counts(kind) ==
		  expected_counts(outcome, class, has_code, answered));
	CHECK(rollup_kind_is_answered((uint32_t) kind) ==
		  (is_decided(outcome) && answered));
	CHECK(rollup_kind_is_missed((uint32_t) kind) ==
		  (outcome == TARGET_MISSED));
	CHECK(rollup_kind_is_measured((uint32_t) kind) ==
		  (outcome == TARGET_MET || outcome == TARGET_MISSED));
	return ROLLUP_KIND_BIT(kind);
}

/* Rows of all kinds, in numbers from which each kind can be told. */
static void
check_sums(void)
{
	uint64_t	kinds[ROLLUP_KINDS];
	int64_t		counts[CELL_COUNTS];

	for (int kind = 0; kind < ROLLUP_KINDS; kind++)
		kinds[kind] = UINT64_C(1) << kind;
	rollup_sum_kinds(kinds, counts);
	for (int kind = 0; kind < ROLLUP_KINDS; kind++)
	{
		for (int i = 0; i < CELL_COUNTS; i++)
			CHECK((counts[i] >> kind & 1) ==
				  (rollup_kind_counts(kind) >> i & 1));
	}
}

int
main(void)
{
	uint32_t	seen = 0;

	for (int outcome = 0; outcome < ROLLUP_OUTCOMES; outcome++)
	{
		for (int answered = 0; answered <= 1; answered++)
		{
			for (int class = 0; class <= RESPONSE_UNCLASSIFIED; class++)
				seen |= check_row(outcome, (ResponseClass) class, true,
								  answered);
			seen |= check_row(outcome, RESPONSE_UNCLASSIFIED, false, answered);
		}
	}
	CHECK(seen == UINT32_MAX);
	check_sums();
	for (int a = 0; a < ROLLUP_KINDS; a++)
	{
		for (int b = 0; b < a; b++)
			CHECK(rollup_kind_counts(a) != rollup_kind_counts(b));
	}
	return report();
}
