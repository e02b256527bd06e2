/*-------------------------------------------------------------------------
 *
 * rtt_sort.c
 *	  Sorting agrees with qsort on any number of times of any shape.
 *
 *-------------------------------------------------------------------------
 */
#include "core/rtt_sort.h"
#include "unit.h"

static void
check_sort(const uint64_t *values, size_t n)
{
	uint64_t   *input = allocate(n, sizeof(uint64_t));
	uint64_t   *scratch = allocate(n, sizeof(uint64_t));
	uint64_t   *expected = allocate(n, sizeof(uint64_t));
	uint64_t   *sorted;

	if (n > 0)
	{
		memcpy(input, values, n * sizeof(uint64_t));
		memcpy(expected, values, n * sizeof(uint64_t));
	}
	qsort(expected, n, sizeof(uint64_t), compare_values);

	sorted = rtt_sort(input, scratch, n);
	CHECK(sorted == input || sorted == scratch);
	CHECK(memcmp(sorted, expected, n * sizeof(uint64_t)) == 0);
	free(input);
	free(scratch);
	free(expected);
}

int
main(void)
{
	static uint64_t values[5000];
	static const size_t sizes[] = {0, 1, 2, 3, 23, 24, 25, 100, 255, 256, 5000};

	for (int shape = 0; shape < NSHAPES; shape++)
	{
		for (size_t s = 0; s < sizeof(sizes) / sizeof(sizes[0]); s++)
		{
			size_t		n = sizes[s];

			for (size_t i = 0; i < n; i++)
				values[i] = random_rtt(shape);
			check_sort(values, n);
			qsort(values, n, sizeof(uint64_t), compare_values);
			check_sort(values, n);
			for (size_t i = 0; i < n / 2; i++)
			{
				uint64_t	value = values[i];

				values[i] = values[n - 1 - i];
				values[n - 1 - i] = value;
			}
			check_sort(values, n);
		}
	}
	/* sorting works for any 64 bits */
	for (size_t n = 10; n <= 1000; n *= 10)
	{
		for (size_t i = 0; i < n; i++)
			values[i] = random_bits();
		values[n / 2] = 0;
		check_sort(values, n);
	}
	return report();
}
