/*-------------------------------------------------------------------------
 *
 * target.c
 *	  Which outcome a request has, and which target.
 *
 *-------------------------------------------------------------------------
 */
#include "core/target.h"
#include "unit.h"

#define NONE		((TargetTime) {.known = false})
#define AT(time)	((TargetTime) {.known = true, .us = (time)})
#define CLOSED		INT64_MAX

static void
check_outcomes(void)
{
	/* to the microsecond */
	CHECK(target_outcome(AT(100), AT(130), AT(30), CLOSED) == TARGET_MET);
	CHECK(target_outcome(AT(100), AT(131), AT(30), CLOSED) == TARGET_MISSED);
	CHECK(target_outcome(AT(100), AT(100), AT(0), CLOSED) == TARGET_MET);
	CHECK(target_outcome(AT(100), AT(101), AT(0), CLOSED) == TARGET_MISSED);
	CHECK(target_outcome(AT(100), NONE, AT(30), CLOSED) == TARGET_MISSED);

	/* pending until the target has passed */
	CHECK(target_outcome(AT(100), AT(110), AT(30), 130) == TARGET_PENDING);
	CHECK(target_outcome(AT(100), AT(110), AT(30), 131) == TARGET_MET);
	CHECK(target_outcome(AT(100), NONE, AT(30), 130) == TARGET_PENDING);
	CHECK(target_outcome(AT(100), NONE, AT(30), 131) == TARGET_MISSED);
	CHECK(target_outcome(AT(100), AT(140), AT(30), 131) == TARGET_MISSED);
	CHECK(target_outcome(AT(100), AT(110), AT(30), 50) == TARGET_PENDING);
	CHECK(target_outcome(AT(100), AT(110), AT(30), INT64_MIN) ==
		  TARGET_PENDING);

	/* an answer before the start is always invalid */
	CHECK(target_outcome(AT(100), AT(99), AT(30), CLOSED) == TARGET_INVALID);
	CHECK(target_outcome(AT(100), AT(99), NONE, CLOSED) == TARGET_INVALID);
	CHECK(target_outcome(AT(100), AT(99), AT(30), 101) == TARGET_INVALID);
	CHECK(target_outcome(AT(100), AT(INT64_MIN), AT(30), CLOSED) ==
		  TARGET_INVALID);

	/* nothing is guessed */
	CHECK(target_outcome(NONE, AT(110), AT(30), CLOSED) ==
		  TARGET_NOT_MEASURED);
	CHECK(target_outcome(AT(100), AT(110), NONE, CLOSED) ==
		  TARGET_NOT_MEASURED);
	CHECK(target_outcome(AT(100), NONE, NONE, 50) == TARGET_NOT_MEASURED);
	CHECK(target_outcome(AT(INT64_MIN), AT(110), AT(30), CLOSED) ==
		  TARGET_NOT_MEASURED);
	CHECK(target_outcome(AT(INT64_MAX), AT(110), AT(30), CLOSED) ==
		  TARGET_NOT_MEASURED);

	/* the ends of the range */
	CHECK(target_outcome(AT(100), AT(INT64_MAX), AT(INT64_MAX), CLOSED) ==
		  TARGET_MISSED);
	CHECK(target_outcome(AT(INT64_MIN + 1), AT(INT64_MAX - 1),
						 AT(INT64_MAX), CLOSED) == TARGET_MISSED);
	CHECK(target_outcome(AT(INT64_MAX - 1), NONE, AT(INT64_MAX),
						 INT64_MAX - 1) == TARGET_PENDING);
	CHECK(target_outcome(AT(0), AT(INT64_MAX - 1), AT(INT64_MAX), CLOSED) ==
		  TARGET_MET);
}

#define COUNT(rows) ((int) (sizeof(rows) / sizeof((rows)[0])))

static bool
is_target(TargetTime target, int64_t us)
{
	return target.known && target.us == us;
}

static void
check_targets(void)
{
	/* like SRV 11.3: SMETS1 has a row of its own */
	static const TargetRow own_row[] = {
		{MODE_ON_DEMAND, GENERATION_ANY, true, 0, {true, 30}},
		{MODE_ON_DEMAND, GENERATION_SMETS1, true, 0, {true, 500}},
		{MODE_FUTURE_DATED, GENERATION_ANY, true, 0, {true, 800}},
		{MODE_FUTURE_DATED, GENERATION_SMETS1, true, 0, {true, 500}}
	};

	/* like SRV 11.1: only SMETS2 */
	static const TargetRow one_generation[] = {
		{MODE_NON_DEVICE, GENERATION_SMETS2, true, 0, {true, 500}}
	};

	/* rows from several dates, some of them a user's */
	static const TargetRow dated[] = {
		{MODE_ON_DEMAND, GENERATION_ANY, true, 300, {true, 33}},
		{MODE_ON_DEMAND, GENERATION_ANY, true, 100, {true, 31}},
		{MODE_ON_DEMAND, GENERATION_ANY, false, 200, {true, 62}},
		{MODE_ON_DEMAND, GENERATION_ANY, false, 400, {false, 0}},
		{MODE_ON_DEMAND, GENERATION_ANY, false, 500, {true, 65}},
		{MODE_ON_DEMAND, GENERATION_SMETS1, true, 450, {true, 7}}
	};

	/* equal targets, of which one is for a single generation */
	static const TargetRow mixed[] = {
		{MODE_ON_DEMAND, GENERATION_ANY, true, 0, {true, 30}},
		{MODE_FUTURE_DATED, GENERATION_ANY, true, 0, {true, 30}},
		{MODE_DCC_SCHEDULED, GENERATION_SMETS1, true, 0, {true, 30}}
	};

	/* a target that a user has removed */
	static const TargetRow removed[] = {
		{MODE_ON_DEMAND, GENERATION_ANY, true, 0, {true, 30}},
		{MODE_ON_DEMAND, GENERATION_ANY, false, 0, {false, 0}},
		{MODE_FUTURE_DATED, GENERATION_ANY, true, 0, {true, 30}}
	};

#define TARGET(rows, mode, generation, at) \
	target_of_request(rows, COUNT(rows), mode, generation, at)

	CHECK(is_target(TARGET(own_row, MODE_ON_DEMAND, GENERATION_SMETS1, 1), 500));
	CHECK(is_target(TARGET(own_row, MODE_ON_DEMAND, GENERATION_SMETS2, 1), 30));
	CHECK(!TARGET(own_row, MODE_ON_DEMAND, GENERATION_UNKNOWN, 1).known);
	CHECK(is_target(TARGET(own_row, MODE_UNKNOWN, GENERATION_SMETS1, 1), 500));
	CHECK(!TARGET(own_row, MODE_UNKNOWN, GENERATION_SMETS2, 1).known);
	CHECK(!TARGET(own_row, MODE_UNKNOWN, GENERATION_UNKNOWN, 1).known);
	CHECK(!TARGET(own_row, MODE_NON_DEVICE, GENERATION_SMETS1, 1).known);

	CHECK(is_target(TARGET(one_generation, MODE_NON_DEVICE,
						   GENERATION_SMETS2, 1), 500));
	CHECK(!TARGET(one_generation, MODE_UNKNOWN, GENERATION_SMETS2, 1).known);
	CHECK(!TARGET(one_generation, MODE_NON_DEVICE, GENERATION_SMETS1, 1).known);
	CHECK(!TARGET(one_generation, MODE_NON_DEVICE,
				  GENERATION_UNKNOWN, 1).known);
	CHECK(!TARGET(one_generation, MODE_UNKNOWN, GENERATION_UNKNOWN, 1).known);

	CHECK(!TARGET(dated, MODE_ON_DEMAND, GENERATION_SMETS2, 99).known);
	CHECK(is_target(TARGET(dated, MODE_ON_DEMAND, GENERATION_SMETS2, 100), 31));
	CHECK(is_target(TARGET(dated, MODE_ON_DEMAND, GENERATION_SMETS2, 199), 31));
	CHECK(is_target(TARGET(dated, MODE_ON_DEMAND, GENERATION_SMETS2, 200), 62));
	CHECK(is_target(TARGET(dated, MODE_ON_DEMAND, GENERATION_SMETS2, 399), 62));
	CHECK(!TARGET(dated, MODE_ON_DEMAND, GENERATION_SMETS2, 400).known);
	CHECK(is_target(TARGET(dated, MODE_ON_DEMAND, GENERATION_SMETS2, 500), 65));
	CHECK(is_target(TARGET(dated, MODE_ON_DEMAND,
						   GENERATION_UNKNOWN, 300), 62));
	CHECK(is_target(TARGET(dated, MODE_ON_DEMAND, GENERATION_SMETS1, 500), 7));
	CHECK(!TARGET(dated, MODE_ON_DEMAND, GENERATION_UNKNOWN, 500).known);

	CHECK(is_target(TARGET(mixed, MODE_UNKNOWN, GENERATION_SMETS1, 1), 30));
	CHECK(is_target(TARGET(mixed, MODE_UNKNOWN, GENERATION_SMETS2, 1), 30));
	CHECK(!TARGET(mixed, MODE_UNKNOWN, GENERATION_UNKNOWN, 1).known);
	/* a mode whose target was removed differs from one that has a target */
	CHECK(!TARGET(removed, MODE_UNKNOWN, GENERATION_SMETS2, 1).known);
	CHECK(!TARGET(removed, MODE_ON_DEMAND, GENERATION_SMETS2, 1).known);
	CHECK(is_target(TARGET(removed, MODE_FUTURE_DATED,
						   GENERATION_SMETS2, 1), 30));

	CHECK(!target_of_request(NULL, 0, MODE_ON_DEMAND,
							 GENERATION_SMETS1, 1).known);
}

/* All times in a period have the same target. */
static void
check_periods(void)
{
	static const TargetRow rows[] = {
		{MODE_ON_DEMAND, GENERATION_ANY, true, 30, {true, 33}},
		{MODE_ON_DEMAND, GENERATION_ANY, true, 10, {true, 31}},
		{MODE_ON_DEMAND, GENERATION_SMETS1, true, 50, {true, 7}},
		{MODE_FUTURE_DATED, GENERATION_ANY, true, 20, {true, 31}},
		{MODE_ON_DEMAND, GENERATION_ANY, false, 40, {false, 0}},
		{MODE_ON_DEMAND, GENERATION_ANY, false, 45, {true, 65}}
	};
	bool		seen[TARGET_KINDS] = {false};

	for (TargetMode mode = MODE_UNKNOWN; mode < TARGET_MODES; mode++)
	{
		for (TargetGeneration generation = GENERATION_UNKNOWN;
			 generation < TARGET_GENERATIONS; generation++)
		{
			int			kind = target_kind(mode, generation);

			CHECK(kind >= 0 && kind < TARGET_KINDS && !seen[kind]);
			seen[kind] = true;
			for (int64_t at = 0; at < 60; at++)
			{
				TargetPeriod period;

				period = target_period_of_request(rows, COUNT(rows), mode,
												  generation, at);
				CHECK(target_period_contains(&period, at));
				for (int64_t other = 0; other < 60; other++)
				{
					TargetTime	target;

					target = target_of_request(rows, COUNT(rows), mode,
											   generation, other);
					CHECK(!target_period_contains(&period, other) ||
						  (target.known == period.target.known &&
						   target.us == period.target.us));
				}
			}
		}
	}
}

static void
check_names(void)
{
	CHECK(target_mode("on_demand", 9) == MODE_ON_DEMAND);
	CHECK(target_mode("future_dated", 12) == MODE_FUTURE_DATED);
	CHECK(target_mode("dcc_scheduled", 13) == MODE_DCC_SCHEDULED);
	CHECK(target_mode("non_device", 10) == MODE_NON_DEVICE);
	CHECK(target_mode("on_demand", 8) == MODE_UNKNOWN);
	CHECK(target_mode("ON_DEMAND", 9) == MODE_UNKNOWN);
	CHECK(target_mode("", 0) == MODE_UNKNOWN);
	CHECK(target_generation("smets1", 6) == GENERATION_SMETS1);
	CHECK(target_generation("smets2", 6) == GENERATION_SMETS2);
	CHECK(target_generation("any", 3) == GENERATION_UNKNOWN);
	CHECK(target_generation("smets", 5) == GENERATION_UNKNOWN);
}

int
main(void)
{
	check_outcomes();
	check_targets();
	check_periods();
	check_names();
	return report();
}
