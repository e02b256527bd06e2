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
#define ANY			{NULL, 0}
#define ROLE(name)	{name, sizeof(name) - 1}

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
		{MODE_ON_DEMAND, GENERATION_ANY, ANY, true, 0, {true, 30}},
		{MODE_ON_DEMAND, GENERATION_SMETS1, ANY, true, 0, {true, 500}},
		{MODE_FUTURE_DATED, GENERATION_ANY, ANY, true, 0, {true, 800}},
		{MODE_FUTURE_DATED, GENERATION_SMETS1, ANY, true, 0, {true, 500}}
	};

	/* like SRV 11.1: only SMETS2 */
	static const TargetRow one_generation[] = {
		{MODE_NON_DEVICE, GENERATION_SMETS2, ANY, true, 0, {true, 500}}
	};

	/* rows from several dates, some of them a user's */
	static const TargetRow dated[] = {
		{MODE_ON_DEMAND, GENERATION_ANY, ANY, true, 300, {true, 33}},
		{MODE_ON_DEMAND, GENERATION_ANY, ANY, true, 100, {true, 31}},
		{MODE_ON_DEMAND, GENERATION_ANY, ANY, false, 200, {true, 62}},
		{MODE_ON_DEMAND, GENERATION_ANY, ANY, false, 400, {false, 0}},
		{MODE_ON_DEMAND, GENERATION_ANY, ANY, false, 500, {true, 65}},
		{MODE_ON_DEMAND, GENERATION_SMETS1, ANY, true, 450, {true, 7}}
	};

	/* equal targets, of which one is for a single generation */
	static const TargetRow mixed[] = {
		{MODE_ON_DEMAND, GENERATION_ANY, ANY, true, 0, {true, 30}},
		{MODE_FUTURE_DATED, GENERATION_ANY, ANY, true, 0, {true, 30}},
		{MODE_DCC_SCHEDULED, GENERATION_SMETS1, ANY, true, 0, {true, 30}}
	};

	/* a target that a user has removed */
	static const TargetRow removed[] = {
		{MODE_ON_DEMAND, GENERATION_ANY, ANY, true, 0, {true, 30}},
		{MODE_ON_DEMAND, GENERATION_ANY, ANY, false, 0, {false, 0}},
		{MODE_FUTURE_DATED, GENERATION_ANY, ANY, true, 0, {true, 30}}
	};

#define TARGET(rows, mode, generation, at) \
	target_of_request(rows, COUNT(rows), mode, generation, \
					  TARGET_ROLE_ANY, at)

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
							 GENERATION_SMETS1, TARGET_ROLE_ANY, 1).known);
}

/* like SRV 4.8.1: one role has no target for SMETS2, and another for SMETS1 */
static const TargetRow role_rows[] = {
	{MODE_ON_DEMAND, GENERATION_ANY, ANY, true, 0, {true, 30}},
	{MODE_ON_DEMAND, GENERATION_SMETS1, ANY, true, 0, {true, 16}},
	{MODE_ON_DEMAND, GENERATION_SMETS2, ROLE("MDR"), true, 0, {false, 0}},
	{MODE_ON_DEMAND, GENERATION_SMETS1, ROLE("MDR"), true, 0, {true, 800}},
	{MODE_FUTURE_DATED, GENERATION_ANY, ANY, true, 0, {true, 800}},
	{MODE_DCC_SCHEDULED, GENERATION_SMETS1, ANY, true, 0, {true, 800}},
	{MODE_DCC_SCHEDULED, GENERATION_ANY, ROLE("IS"), true, 0, {true, 90}},
	{MODE_DCC_SCHEDULED, GENERATION_ANY, ROLE("IS"), false, 50, {true, 95}},
	{MODE_NON_DEVICE, GENERATION_ANY, ANY, true, 0, {true, 7}},
	{MODE_NON_DEVICE, GENERATION_ANY, ROLE("MDR"), false, 60, {true, 7}}
};

static void
check_roles(void)
{
	const TargetRole mdr = ROLE("MDR");
	const TargetRole is = ROLE("IS");
	const TargetRole gs = ROLE("GS");

#define ROLE_TARGET(mode, generation, role, at) \
	target_of_request(role_rows, COUNT(role_rows), mode, generation, role, at)

	CHECK(is_target(ROLE_TARGET(MODE_ON_DEMAND, GENERATION_SMETS1,
								mdr, 1), 800));
	CHECK(!ROLE_TARGET(MODE_ON_DEMAND, GENERATION_SMETS2, mdr, 1).known);
	CHECK(is_target(ROLE_TARGET(MODE_ON_DEMAND, GENERATION_SMETS1,
								gs, 1), 16));
	CHECK(is_target(ROLE_TARGET(MODE_ON_DEMAND, GENERATION_SMETS2,
								TARGET_ROLE_ANY, 1), 30));
	CHECK(!ROLE_TARGET(MODE_ON_DEMAND, GENERATION_SMETS1,
					   TARGET_ROLE_UNKNOWN, 1).known);

	/* a role apart without a row of the mode has those of any */
	CHECK(is_target(ROLE_TARGET(MODE_FUTURE_DATED, GENERATION_UNKNOWN,
								mdr, 1), 800));
	CHECK(is_target(ROLE_TARGET(MODE_FUTURE_DATED, GENERATION_UNKNOWN,
								TARGET_ROLE_UNKNOWN, 1), 800));

	/* the role decides before the generation, the user's row within it */
	CHECK(is_target(ROLE_TARGET(MODE_DCC_SCHEDULED, GENERATION_SMETS1,
								is, 49), 90));
	CHECK(is_target(ROLE_TARGET(MODE_DCC_SCHEDULED, GENERATION_SMETS1,
								is, 50), 95));
	CHECK(is_target(ROLE_TARGET(MODE_DCC_SCHEDULED, GENERATION_SMETS1,
								mdr, 50), 800));

	/* equal targets of all roles */
	CHECK(is_target(ROLE_TARGET(MODE_NON_DEVICE, GENERATION_UNKNOWN,
								TARGET_ROLE_UNKNOWN, 99), 7));

	CHECK(target_role_is_apart(role_rows, COUNT(role_rows), mdr));
	CHECK(!target_role_is_apart(role_rows, COUNT(role_rows), gs));
	CHECK(!target_role_is_apart(role_rows, COUNT(role_rows),
								TARGET_ROLE_ANY));
	CHECK(!target_role_is_apart(role_rows, COUNT(role_rows),
								TARGET_ROLE_UNKNOWN));
}

#define MAX_ROWS	12
#define NAMED_ROLES	4

/* The last has no rows.  In copies, the names are at other addresses. */
static const char role_names[][NAMED_ROLES + 1][3] = {
	{"A", "AB", "\xff\0", "\xff\1", "B"}, {"A", "AB", "\xff\0", "\xff\1", "B"}
};

static TargetRole
named_role(int copy, int number)
{
	return (TargetRole)
	{
		role_names[copy][number], number == 0 || number == NAMED_ROLES ? 1 : 2
	};
}

/*
 * The row of a request by its definition: of the rows in force that are for
 * it, the one of its role, then of its generation, then of the user, then the
 * latest.
 */
static const TargetRow *
best_row(const TargetRow *rows, int nrows, int mode, int generation,
		 TargetRole role, int64_t at)
{
	const TargetRow *best = NULL;
	int64_t		best_rank = -1;

	for (int i = 0; i < nrows; i++)
	{
		const TargetRow *row = &rows[i];
		bool		own_role = row->role.length > 0;
		bool		own_generation = row->generation != GENERATION_ANY;
		int64_t		rank = own_role * 4000 + own_generation * 2000 +
		!row->builtin * 1000 + row->valid_from;

		if ((int) row->mode == mode && row->valid_from <= at &&
			(!own_generation || (int) row->generation == generation) &&
			(!own_role || (row->role.length == role.length &&
						   !memcmp(row->role.name, role.name,
								   (size_t) role.length))) &&
			rank > best_rank)
		{
			best = row;
			best_rank = rank;
		}
	}
	return best;
}

/* Adds the targets that the request may have: us, -1 for none, -2 if unsure. */
static int
add_targets(const TargetRow *rows, int nrows, TargetMode mode,
			TargetGeneration generation, TargetRole role, int64_t at,
			int64_t *targets)
{
	int			ntargets = 0;

	for (int m = 0; m < TARGET_MODES; m++)
	{
		const TargetRow *found[TARGET_GENERATIONS];
		bool		any_found = false;

		for (int g = 0; g < TARGET_GENERATIONS; g++)
		{
			found[g] = best_row(rows, nrows, m,
								generation < 0 ? g : (int) generation,
								role, at);
			any_found |= found[g] != NULL;
		}
		if (!any_found || (mode >= 0 && (int) mode != m))
			continue;
		if (mode < 0 && m == MODE_NON_DEVICE)
			targets[ntargets++] = -2;
		for (int g = 0; g < TARGET_GENERATIONS; g++)
		{
			targets[ntargets++] = found[g] == NULL ? -2 :
				found[g]->target.known ? found[g]->target.us : -1;
		}
	}
	if (ntargets == 0)
		targets[ntargets++] = -1;
	return ntargets;
}

static void
check_random_rows(void)
{
	int			nknown = 0;

	for (int round = 0; round < 3000; round++)
	{
		TargetRow	rows[MAX_ROWS];
		int			nrows = 0;

		for (int tries = (int) random_below(MAX_ROWS + 1); tries > 0; tries--)
		{
			TargetRow	row = {
				(TargetMode) random_below(round % 3 > 0 ? 2 : TARGET_MODES),
				(TargetGeneration) random_below(TARGET_GENERATIONS + 1), ANY,
				random_below(2) > 0, (int64_t) random_below(4) * 2,
				{random_below(8) > 0, 0}
			};
			bool		unique = true;

			if (random_below(2) > 0)
				row.role = named_role(0, (int) random_below(NAMED_ROLES));
			if (row.target.known)
				row.target.us = (int64_t) random_below(2);
			for (int i = 0; i < nrows; i++)
				unique &= rows[i].mode != row.mode ||
					rows[i].generation != row.generation ||
					rows[i].role.name != row.role.name ||
					rows[i].builtin != row.builtin ||
					rows[i].valid_from != row.valid_from;
			if (unique)
				rows[nrows++] = row;
		}
		for (int i = 0; i < 200; i++)
		{
			TargetMode	mode = (TargetMode) random_below(TARGET_MODES + 1) - 1;
			TargetGeneration generation = (TargetGeneration)
			random_below(TARGET_GENERATIONS + 1) - 1;
			int			number = (int) random_below(NAMED_ROLES + 3);
			TargetRole	role = number <= NAMED_ROLES ? named_role(1, number) :
			number == NAMED_ROLES + 1 ? TARGET_ROLE_ANY :
			TARGET_ROLE_UNKNOWN;
			int64_t		at = (int64_t) random_below(9);
			int64_t		targets[(NAMED_ROLES + 1) * TARGET_MODES * 3];
			int			ntargets = 0;
			bool		certain = true;
			TargetTime	target;

			if (role.length >= 0)
				ntargets = add_targets(rows, nrows, mode, generation, role, at,
									   targets);
			for (int r = 0; role.length < 0 && r <= NAMED_ROLES; r++)
				ntargets += add_targets(rows, nrows, mode, generation,
										named_role(1, r), at,
										targets + ntargets);
			for (int j = 0; j < ntargets; j++)
				certain &= targets[j] >= 0 && targets[j] == targets[0];
			target = target_of_request(rows, nrows, mode, generation, role,
									   at);
			CHECK(certain ? is_target(target, targets[0]) : !target.known);
			nknown += certain && role.length < 0 && nrows > 6;
		}
	}
	CHECK(nknown > 1000);
}

/* All times in a period have the same target. */
static void
check_periods(void)
{
	static const TargetRow rows[] = {
		{MODE_ON_DEMAND, GENERATION_ANY, ANY, true, 30, {true, 33}},
		{MODE_ON_DEMAND, GENERATION_ANY, ANY, true, 10, {true, 31}},
		{MODE_ON_DEMAND, GENERATION_SMETS1, ANY, true, 50, {true, 7}},
		{MODE_ON_DEMAND, GENERATION_ANY, ROLE("MDR"), true, 25, {true, 31}},
		{MODE_FUTURE_DATED, GENERATION_ANY, ANY, true, 20, {true, 31}},
		{MODE_ON_DEMAND, GENERATION_ANY, ANY, false, 40, {false, 0}},
		{MODE_ON_DEMAND, GENERATION_ANY, ANY, false, 45, {true, 65}}
	};
	const TargetRole roles[] = {ANY, {NULL, -1}, ROLE("MDR")};
	bool		seen[TARGET_KINDS] = {false};

	for (TargetMode mode = MODE_UNKNOWN; mode < TARGET_MODES; mode++)
	{
		for (TargetGeneration generation = GENERATION_UNKNOWN;
			 generation < TARGET_GENERATIONS; generation++)
		{
			for (int r = 0; r < COUNT(roles); r++)
			{
				int			kind = target_kind(mode, generation, roles[r]);

				CHECK(kind >= 0 && kind < TARGET_KINDS);
				CHECK(r == 2 || !seen[kind]);
				seen[kind] = true;
				for (int64_t at = 0; at < 60; at++)
				{
					TargetPeriod period;

					period = target_period_of_request(rows, COUNT(rows), mode,
													  generation, roles[r],
													  at);
					CHECK(target_period_contains(&period, at));
					for (int64_t other = 0; other < 60; other++)
					{
						TargetTime	target;

						target = target_of_request(rows, COUNT(rows), mode,
												   generation, roles[r],
												   other);
						CHECK(!target_period_contains(&period, other) ||
							  (target.known == period.target.known &&
							   target.us == period.target.us));
					}
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
	CHECK(target_role("any", 3).length == 0);
	CHECK(target_role("", 0).length == -1);
	CHECK(target_role("anyone", 6).length == 6);
	CHECK(target_role_equal(target_role("MDR", 3), (TargetRole) ROLE("MDR")));
	CHECK(!target_role_equal(target_role("MDR", 2), (TargetRole) ROLE("MDR")));
	CHECK(!target_role_equal(target_role("mdr", 3), (TargetRole) ROLE("MDR")));
}

int
main(void)
{
	check_outcomes();
	check_targets();
	check_roles();
	check_random_rows();
	check_periods();
	check_names();
	return report();
}
