/*-------------------------------------------------------------------------
 *
 * rtt_select.c
 *	  Selecting finds what sorting finds, for any ranks.
 *
 *-------------------------------------------------------------------------
 */
#include "core/rtt_select.h"
#include "unit.h"

#define NRANKS 40

static void
check_select(int shape, size_t n)
{
	uint64_t   *values = allocate(n, sizeof(uint64_t));
	uint64_t   *given = allocate(n, sizeof(uint64_t));
	uint64_t   *scratch = allocate(2 * n, sizeof(uint64_t));
	uint64_t	ranks[NRANKS];
	uint64_t	selected[NRANKS];

	for (size_t i = 0; i < n; i++)
		values[i] = random_rtt(shape);
	memcpy(given, values, n * sizeof(uint64_t));
	for (int i = 0; i < NRANKS; i++)
		ranks[i] = 1 + random_below(n);
	ranks[0] = 1;
	ranks[1] = n;
	ranks[2] = ranks[3];
	memcpy(selected, ranks, sizeof(ranks));

	rtt_select(values, n, scratch, selected, NRANKS);
	CHECK(memcmp(values, given, n * sizeof(uint64_t)) == 0);
	qsort(values, n, sizeof(uint64_t), compare_values);
	for (int i = 0; i < NRANKS; i++)
		CHECK(selected[i] == values[ranks[i] - 1]);

	/* one rank, and no rank */
	selected[0] = ranks[4];
	rtt_select(given, n, scratch, selected, 1);
	CHECK(selected[0] == values[ranks[4] - 1]);
	rtt_select(given, n, scratch, selected, 0);
	free(values);
	free(given);
	free(scratch);
}

int
main(void)
{
	static const size_t sizes[] = {1, 2, 100, 1023, 1024, 1025, 30000};

	for (int shape = 0; shape < NSHAPES; shape++)
	{
		for (size_t s = 0; s < sizeof(sizes) / sizeof(sizes[0]); s++)
		{
			for (int repeat = 0; repeat < 5; repeat++)
				check_select(shape, sizes[s]);
		}
	}
	return report();
}
