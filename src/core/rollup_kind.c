/*-------------------------------------------------------------------------
 *
 * rollup_kind.c
 *	  Kinds of rows of a rollup: rows of the same kind count alike.
 *
 *	kind		outcome
 *	0 to 8		met
 *	9 to 17		missed
 *	18 to 26	not measured
 *	27			pending
 *	28			invalid
 *	29			pre-command
 *	30			local command
 *	31			cancelled
 *
 * The nine kinds of the first three outcomes are, in this order: answered, with
 * a response of each ResponseClass; not answered, and the response is of no
 * class below; not answered, and the device could not be reached; not answered,
 * and the code is not listed.
 *
 *-------------------------------------------------------------------------
 */
#include "core/rollup_kind.h"

#define UNANSWERED				(RESPONSE_UNCLASSIFIED + 1)
#define UNANSWERED_NO_RESPONSE	(RESPONSE_UNCLASSIFIED + 2)
#define UNANSWERED_UNCLASSIFIED (RESPONSE_UNCLASSIFIED + 3)

/* The first kind of each outcome. */
static const uint8_t first_kinds[ROLLUP_OUTCOMES] = {
	[TARGET_MET] = 0,
	[TARGET_MISSED] = ROLLUP_FIRST_MISSED,
	[TARGET_NOT_MEASURED] = ROLLUP_FIRST_UNMEASURED,
	[TARGET_PENDING] = ROLLUP_FIRST_UNDECIDED,
	[TARGET_INVALID] = ROLLUP_FIRST_UNDECIDED + 1,
	[ROLLUP_PRE_COMMAND] = ROLLUP_FIRST_UNDECIDED + 2,
	[ROLLUP_LOCAL_COMMAND] = ROLLUP_FIRST_UNDECIDED + 3,
	[ROLLUP_CANCELLED] = ROLLUP_FIRST_UNDECIDED + 4
};

/* The counts of each outcome. */
static const uint32_t outcome_counts[ROLLUP_OUTCOMES] = {
	[TARGET_MET] = COUNT_BIT(COUNT_REQUESTS) | COUNT_BIT(COUNT_MET),
	[TARGET_MISSED] = COUNT_BIT(COUNT_REQUESTS) | COUNT_BIT(COUNT_MISSED),
	[TARGET_NOT_MEASURED] = COUNT_BIT(COUNT_REQUESTS) |
	COUNT_BIT(COUNT_NOT_MEASURED),
	[TARGET_PENDING] = COUNT_BIT(COUNT_REQUESTS) | COUNT_BIT(COUNT_PENDING),
	[TARGET_INVALID] = COUNT_BIT(COUNT_REQUESTS) | COUNT_BIT(COUNT_INVALID),
	[ROLLUP_PRE_COMMAND] = COUNT_BIT(COUNT_PRE_COMMANDS),
	[ROLLUP_LOCAL_COMMAND] = COUNT_BIT(COUNT_LOCAL_COMMANDS),
	[ROLLUP_CANCELLED] = COUNT_BIT(COUNT_CANCELLED)
};

/* The counts of each response. */
static const uint32_t response_counts[ROLLUP_RESPONSES] = {
	[RESPONSE_SUCCESS] = COUNT_BIT(COUNT_ANSWERED) | COUNT_BIT(COUNT_SUCCESS),
	[RESPONSE_ACKNOWLEDGED] = COUNT_BIT(COUNT_ANSWERED),
	[RESPONSE_REJECTED] = COUNT_BIT(COUNT_ANSWERED) |
	COUNT_BIT(COUNT_REJECTED),
	[RESPONSE_FAILED] = COUNT_BIT(COUNT_ANSWERED) | COUNT_BIT(COUNT_FAILED),
	[RESPONSE_NONE] = COUNT_BIT(COUNT_ANSWERED) |
	COUNT_BIT(COUNT_NO_RESPONSE),
	[RESPONSE_UNCLASSIFIED] = COUNT_BIT(COUNT_ANSWERED) |
	COUNT_BIT(COUNT_UNCLASSIFIED),
	[UNANSWERED] = 0,
	[UNANSWERED_NO_RESPONSE] = COUNT_BIT(COUNT_NO_RESPONSE),
	[UNANSWERED_UNCLASSIFIED] = COUNT_BIT(COUNT_UNCLASSIFIED)
};

static bool
has_responses(int outcome)
{
	return outcome == TARGET_MET || outcome == TARGET_MISSED ||
		outcome == TARGET_NOT_MEASURED;
}

int
rollup_kind(int outcome, ResponseClass class, bool has_code, bool answered)
{
	int			response = UNANSWERED;

	if (!has_responses(outcome))
		return first_kinds[outcome];
	if (answered)
		response = (int) class;
	else if (class == RESPONSE_NONE)
		response = UNANSWERED_NO_RESPONSE;
	else if (class == RESPONSE_UNCLASSIFIED && has_code)
		response = UNANSWERED_UNCLASSIFIED;
	return first_kinds[outcome] + response;
}

uint32_t
rollup_kind_counts(int kind)
{
	int			outcome = 0;
	int			response;
	uint32_t	counts;

	/* the outcome whose first kind is the last one that is not greater */
	for (int i = 0; i < ROLLUP_OUTCOMES; i++)
	{
		if (first_kinds[i] <= kind && first_kinds[i] >= first_kinds[outcome])
			outcome = i;
	}
	counts = outcome_counts[outcome];
	if (!has_responses(outcome))
		return counts;

	response = kind - first_kinds[outcome];
	counts |= response_counts[response];
	if (outcome == TARGET_MET && response == RESPONSE_SUCCESS)
		counts |= COUNT_BIT(COUNT_MET_SUCCESS);
	if (outcome == TARGET_MET && response == RESPONSE_REJECTED)
		counts |= COUNT_BIT(COUNT_MET_REJECTED);
	if (outcome == TARGET_MISSED && response == RESPONSE_REJECTED)
		counts |= COUNT_BIT(COUNT_MISSED_REJECTED);
	return counts;
}

void
rollup_sum_kinds(const uint64_t *kinds, int64_t *counts)
{
	for (int i = 0; i < CELL_COUNTS; i++)
		counts[i] = 0;
	for (int kind = 0; kind < ROLLUP_KINDS; kind++)
	{
		uint32_t	rest = kinds[kind] > 0 ? rollup_kind_counts(kind) : 0;

		for (; rest != 0; rest &= rest - 1)
			counts[__builtin_ctz(rest)] += (int64_t) kinds[kind];
	}
}
