/*-------------------------------------------------------------------------
 *
 * separation.c
 *	  Which doubts there are of a claim: of two claims of two factors.
 *
 *-------------------------------------------------------------------------
 */
#include "core/separation.h"
#include "unit.h"

static const SeparationClaim claims[2] = {{0, 100, 40}, {1, 200, 60}};

/* Whether a claim remains within the other factor, and why not. */
static const MissesComparison
			remains = {100, 30, 5, 0.001},
			half_remains = {100, 20, 5, 0.001},
			is_gone = {100, 5, 1, 0.5},
			is_unsure = {100, 30, 2, 0.02},
			is_not_compared = {20, 10, 3, 0.001};

/* The doubt of the first claim beside the factor of the second one. */
static SeparationDoubt
doubt(MissesComparison first, MissesComparison second, bool is_shared,
	  MissesComparison rest)
{
	MissesComparison within[4] = {{0}};
	SeparationSuspect suspects[4] = {{false, {0}}};

	within[1] = first;
	within[2] = second;
	suspects[1].is_shared = is_shared;
	suspects[1].rest = rest;
	return separation_doubt(claims, 2, 2, within, suspects, 0, 1);
}

int
main(void)
{
	MissesComparison told = remains;
	SeparationDoubt result;

	/* twice as many requests as the first claim */
	told.compared = 200;
	told.excess = 50;

	CHECK(!doubt(remains, is_gone, true, is_gone).is_doubt);
	CHECK(!doubt(half_remains, is_gone, true, is_gone).is_doubt);
	CHECK(doubt(is_gone, is_gone, true, remains).is_doubt);
	CHECK(doubt(is_unsure, is_gone, true, remains).is_doubt);
	CHECK(doubt(is_not_compared, is_gone, true, remains).is_doubt);

	/* the other claim is the cause: nothing is left without it */
	result = doubt(is_gone, told, true, is_gone);
	CHECK(result.is_doubt && result.is_cause && result.suspect == 1);
	result = doubt(is_not_compared, told, true, is_gone);
	CHECK(result.is_doubt && result.is_cause && result.suspect == 1);
	/* or may be, as it cannot be told from this one either */
	result = doubt(is_gone, is_gone, true, is_gone);
	CHECK(result.is_doubt && !result.is_cause && result.suspect == 1);
	/* the factor is, but not that value alone */
	result = doubt(is_gone, told, true, remains);
	CHECK(result.is_doubt && result.is_cause && result.suspect == SIZE_MAX);
	result = doubt(is_not_compared, told, true, remains);
	CHECK(result.is_doubt && !result.is_cause && result.suspect == SIZE_MAX);
	/* they share no requests */
	result = doubt(is_gone, told, false, is_gone);
	CHECK(result.is_doubt && !result.is_cause && result.suspect == SIZE_MAX);
	return report();
}
