/*-------------------------------------------------------------------------
 *
 * target.c
 *	  Whether a request met its Target Response Time, and which target it has.
 *
 * The rule for "met" is the DCC's (Performance Measurement Methodology, 29
 * March 2018): responses whose response time is less than or equal to the
 * Target Response Time, over requests received.  So a request without an
 * answer lowers the figure, once its target has passed.  Counting an early
 * answer at once, but its late neighbours only when they are late, would
 * flatter every unfinished period: hence TARGET_PENDING.
 *
 *-------------------------------------------------------------------------
 */
#include <stddef.h>
#include <string.h>

#include "core/target.h"

/* Has more than this length of time passed since the start? */
static bool
has_passed(int64_t start, int64_t length_us, int64_t at)
{
	/* at - start may not fit int64_t, but it does fit uint64_t */
	return at > start &&
		(uint64_t) at - (uint64_t) start > (uint64_t) length_us;
}

TargetOutcome
target_outcome(TargetTime start, TargetTime answer, TargetTime target,
			   int64_t as_of)
{
	if (!start.known || start.us == INT64_MIN || start.us == INT64_MAX)
		return TARGET_NOT_MEASURED;
	if (answer.known && answer.us < start.us)
		return TARGET_INVALID;
	if (!target.known)
		return TARGET_NOT_MEASURED;
	if (as_of != INT64_MAX && !has_passed(start.us, target.us, as_of))
		return TARGET_PENDING;
	if (!answer.known || answer.us == INT64_MAX ||
		has_passed(start.us, target.us, answer.us))
		return TARGET_MISSED;
	return TARGET_MET;
}

const char *
target_outcome_name(TargetOutcome outcome)
{
	static const char *const names[] = {
		[TARGET_MET] = "met",
		[TARGET_MISSED] = "missed",
		[TARGET_PENDING] = "pending",
		[TARGET_NOT_MEASURED] = "not_measured",
		[TARGET_INVALID] = "invalid"
	};

	return names[outcome];
}

/* The row in force at a time, or NULL. */
static const TargetRow *
find_row(const TargetRow *rows, int nrows, TargetMode mode,
		 TargetGeneration generation, int64_t at)
{
	const TargetRow *found = NULL;

	for (int i = 0; i < nrows; i++)
	{
		const TargetRow *row = &rows[i];

		if (row->mode != mode || row->generation != generation ||
			row->valid_from > at)
			continue;
		if (found == NULL ||
			(row->builtin == found->builtin ?
			 row->valid_from > found->valid_from : found->builtin))
			found = row;
	}
	return found;
}

/* The same for a generation that a device can be of. */
static const TargetRow *
find_row_or_any(const TargetRow *rows, int nrows, TargetMode mode,
				TargetGeneration generation, int64_t at)
{
	const TargetRow *row = find_row(rows, nrows, mode, generation, at);

	return row != NULL ? row :
		find_row(rows, nrows, mode, GENERATION_ANY, at);
}

TargetTime
target_of_request(const TargetRow *rows, int nrows, TargetMode mode,
				  TargetGeneration generation, int64_t at)
{
	static const TargetTime unknown = {.known = false};
	const TargetRow *first = NULL;

	for (int m = 0; m < TARGET_MODES; m++)
	{
		int			ntried = 0;
		int			nfound = 0;

		if (mode != MODE_UNKNOWN && mode != m)
			continue;
		for (int g = 0; g < TARGET_GENERATIONS; g++)
		{
			const TargetRow *row;

			if (generation != GENERATION_UNKNOWN && generation != g)
				continue;
			ntried++;
			row = find_row_or_any(rows, nrows, m, g, at);
			if (row == NULL)
				continue;
			if (mode == MODE_UNKNOWN && m == MODE_NON_DEVICE)
				return unknown;
			nfound++;
			if (first == NULL)
				first = row;
			if (row->target.known != first->target.known ||
				row->target.us != first->target.us)
				return unknown;
		}
		if (nfound > 0 && nfound < ntried)
			return unknown;
	}
	return first != NULL ? first->target : unknown;
}

static bool
is_name(const char *name, int length, const char *known)
{
	return (size_t) length == strlen(known) &&
		memcmp(name, known, (size_t) length) == 0;
}

TargetMode
target_mode(const char *name, int length)
{
	if (is_name(name, length, "on_demand"))
		return MODE_ON_DEMAND;
	if (is_name(name, length, "future_dated"))
		return MODE_FUTURE_DATED;
	if (is_name(name, length, "dcc_scheduled"))
		return MODE_DCC_SCHEDULED;
	if (is_name(name, length, "non_device"))
		return MODE_NON_DEVICE;
	return MODE_UNKNOWN;
}

TargetGeneration
target_generation(const char *name, int length)
{
	if (is_name(name, length, "smets1"))
		return GENERATION_SMETS1;
	if (is_name(name, length, "smets2"))
		return GENERATION_SMETS2;
	return GENERATION_UNKNOWN;
}
