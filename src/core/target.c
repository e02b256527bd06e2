/*-------------------------------------------------------------------------
 *
 * target.c
 *	  Whether a request met its Target Response Time, and which target it has.
 *
 * The rule for "met" is the DCC's (Performance Measurement Methodology, 29
 * March 2018): responses whose response time is less than or equal to the
 * Target Response Time, over requests received.  So a request without an
 * answer lowers the figure, once its target has passed.  If an early answer
 * counted at once, but a missing one only when its target has passed, the
 * figure of an unfinished period would be too high: hence TARGET_PENDING.
 *
 *-------------------------------------------------------------------------
 */
#include <stddef.h>
#include <string.h>

#include "core/target.h"

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
		 TargetGeneration generation, TargetRole role, int64_t at)
{
	const TargetRow *found = NULL;

	for (int i = 0; i < nrows; i++)
	{
		const TargetRow *row = &rows[i];

		if (row->mode != mode || row->generation != generation ||
			!target_role_equal(row->role, role) || row->valid_from > at)
			continue;
		if (found == NULL ||
			(row->builtin == found->builtin ?
			 row->valid_from > found->valid_from : found->builtin))
			found = row;
	}
	return found;
}

/* The row for a role and a generation of devices, or else for any of them. */
static const TargetRow *
find_row_or_any(const TargetRow *rows, int nrows, TargetMode mode,
				TargetGeneration generation, TargetRole role, int64_t at)
{
	const TargetRow *row = find_row(rows, nrows, mode, generation, role, at);

	if (row == NULL)
		row = find_row(rows, nrows, mode, GENERATION_ANY, role, at);
	if (row == NULL && role.length > 0)
		row = find_row(rows, nrows, mode, generation, TARGET_ROLE_ANY, at);
	if (row == NULL && role.length > 0)
		row = find_row(rows, nrows, mode, GENERATION_ANY, TARGET_ROLE_ANY,
					   at);
	return row;
}

static inline bool
is_same_target(TargetTime a, TargetTime b)
{
	return a.known == b.known && a.us == b.us;
}

static const TargetTime unknown = {.known = false};

/* The target of a request whose role is known. */
static TargetTime
target_of_role(const TargetRow *rows, int nrows, TargetMode mode,
			   TargetGeneration generation, TargetRole role, int64_t at)
{
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
			row = find_row_or_any(rows, nrows, m, g, role, at);
			if (row == NULL)
				continue;
			if (mode == MODE_UNKNOWN && m == MODE_NON_DEVICE)
				return unknown;
			nfound++;
			if (first == NULL)
				first = row;
			if (!is_same_target(row->target, first->target))
				return unknown;
		}
		if (nfound > 0 && nfound < ntried)
			return unknown;
	}
	return first != NULL ? first->target : unknown;
}

TargetTime
target_of_request(const TargetRow *rows, int nrows, TargetMode mode,
				  TargetGeneration generation, TargetRole role, int64_t at)
{
	TargetTime	target;

	if (role.length >= 0)
		return target_of_role(rows, nrows, mode, generation, role, at);
	target = target_of_role(rows, nrows, mode, generation, TARGET_ROLE_ANY,
							at);
	for (int i = 0; i < nrows && target.known; i++)
	{
		if (!is_same_target(target,
							target_of_role(rows, nrows, mode, generation,
										   rows[i].role, at)))
			return unknown;
	}
	return target;
}

TargetPeriod
target_period_of_request(const TargetRow *rows, int nrows, TargetMode mode,
						 TargetGeneration generation, TargetRole role,
						 int64_t at)
{
	TargetPeriod period = {INT64_MIN, INT64_MAX, {.known = false}};

	for (int i = 0; i < nrows; i++)
	{
		if (rows[i].valid_from <= at && rows[i].valid_from > period.from)
			period.from = rows[i].valid_from;
		if (rows[i].valid_from > at && rows[i].valid_from < period.until)
			period.until = rows[i].valid_from;
	}
	period.target = target_of_request(rows, nrows, mode, generation, role,
									  at);
	return period;
}

static inline bool
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

TargetRole
target_role(const char *name, int length)
{
	if (is_name(name, length, "any"))
		return TARGET_ROLE_ANY;
	if (length == 0)
		return TARGET_ROLE_UNKNOWN;
	return (TargetRole)
	{
		name, length
	};
}
