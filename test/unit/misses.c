/*-------------------------------------------------------------------------
 *
 * misses.c
 *	  Comparisons of misses against sets that are enumerated one by one, and
 *	  the bounds of probabilities against exact ones.
 *
 *-------------------------------------------------------------------------
 */
#include <math.h>

#include "core/misses.h"
#include "unit.h"

#define MAX_STRATA	4
#define MAX_SIZE	12			/* requests of a stratum that is enumerated */
#define MAX_MISSES	(MAX_STRATA * MAX_SIZE)
#define MAX_TRIALS	200

typedef struct Counts
{
	size_t		nstrata;
	int64_t		n[1000];
	int64_t		m[1000];
	int64_t		t[1000];
	int64_t		k[1000];
} Counts;

static MissesStrata
strata_of(const Counts *counts)
{
	return (MissesStrata)
	{
		counts->nstrata, counts->n, counts->m, counts->t,
			counts->k
	};
}

static MissesComparison
compare(const Counts *counts, double phi)
{
	MissesStrata strata = strata_of(counts);
	size_t		stratum;

	CHECK(misses_fault(&strata, &stratum) == NULL);
	return misses_compare(&strata, phi);
}

static bool
same_comparisons(MissesComparison a, MissesComparison b)
{
	return a.compared == b.compared && a.missed == b.missed &&
		a.expected_tenths == b.expected_tenths && a.z == b.z &&
		a.p_value == b.p_value;
}

/* A stratum of at most so many requests, at least two of them. */
static void
add_random_stratum(Counts *counts, int64_t max_size)
{
	size_t		i = counts->nstrata++;
	int64_t		t = 2 + (int64_t) random_below((uint64_t) max_size - 1);
	int64_t		n = (int64_t) random_below((uint64_t) t + 1);
	int64_t		k = (int64_t) random_below((uint64_t) t + 1);
	int64_t		low = n + k > t ? n + k - t : 0;
	int64_t		high = n < k ? n : k;

	counts->t[i] = t;
	counts->n[i] = n;
	counts->k[i] = k;
	counts->m[i] = low + (int64_t) random_below((uint64_t) (high - low) + 1);
}

static int
count_bits(unsigned bits)
{
	int			count = 0;

	for (; bits > 0; bits &= bits - 1)
		count++;
	return count;
}

/*
 * Every choice of the requests that have the value, among requests of which
 * the first k were missed: how many choices have m misses?  Returns how many
 * choices there are.
 */
static double
enumerate_stratum(int n, int t, int k, double *choices)
{
	double		all = 0;

	memset(choices, 0, (MAX_SIZE + 1) * sizeof(double));
	for (unsigned chosen = 0; chosen < 1u << t; chosen++)
	{
		if (count_bits(chosen) != n)
			continue;
		choices[count_bits(chosen & ((1u << k) - 1))]++;
		all++;
	}
	return all;
}

/* Adds an independent number of misses: probabilities of their sum. */
static void
convolve(double *tail, const double *choices, double all)
{
	double		sum[MAX_MISSES + 1] = {0};

	for (int a = 0; a <= MAX_MISSES; a++)
	{
		for (int b = 0; b <= MAX_SIZE && a + b <= MAX_MISSES; b++)
			sum[a + b] += tail[a] * choices[b] / all;
	}
	memcpy(tail, sum, sizeof(sum));
}

/* Comparisons of a few small strata. */
static void
check_enumerated(void)
{
	Counts		counts = {0};
	double		points[MAX_MISSES + 1] = {1};
	int64_t		denominator = 1;	/* of the expected misses */
	int64_t		numerator = 0;
	int64_t		missed = 0;
	int			least = 0;
	int			most = MAX_MISSES;
	double		excess;
	double		excess_mean = 0;
	double		variance = 0;
	double		mean = 0;
	double		exact = 0;
	double		bound;
	MissesComparison result;

	/* at least two others in each, as a share of one may be too small */
	for (size_t want = 1 + random_below(MAX_STRATA); counts.nstrata < want;)
	{
		size_t		i = counts.nstrata;

		add_random_stratum(&counts, MAX_SIZE);
		if (counts.n[i] == 0 || counts.t[i] - counts.n[i] < 2)
			counts.nstrata--;
	}
	for (size_t i = 0; i < counts.nstrata; i++)
	{
		int64_t		n = counts.n[i];
		int64_t		others = counts.t[i] - n;
		int64_t		k = counts.k[i];
		double		choices[MAX_SIZE + 1];
		double		all = enumerate_stratum((int) n, (int) counts.t[i],
											(int) k, choices);

		for (int m = 0; m <= MAX_SIZE; m++)
		{
			excess = m - (double) (n * (k - m)) / (double) others;
			excess_mean += excess * choices[m] / all;
			variance += excess * excess * choices[m] / all;
		}
		convolve(points, choices, all);
		numerator = numerator * others + n * (k - counts.m[i]) * denominator;
		denominator *= others;
		missed += counts.m[i];
	}
	CHECK(fabs(excess_mean) < 1e-9);
	while (points[least] == 0)
		least++;
	while (points[most] == 0)
		most--;
	for (int m = least; m <= most; m++)
	{
		mean += m * points[m];
		exact += m >= missed ? points[m] : 0;
	}

	result = compare(&counts, 1);
	CHECK(result.missed == missed);
	CHECK(result.expected_tenths ==
		  (20 * numerator + denominator) / (2 * denominator));
	excess = (double) (10 * missed - result.expected_tenths) / 10;
	CHECK(fabs(result.z * sqrt(variance) - excess) < 1e-9 ||
		  (variance == 0 && result.z == 0));
	if (result.z <= 0)
		CHECK(result.p_value == 1);
	else
	{
		/* the larger bound; where the mean is whole, a last bit decides */
		bound = fmin(exp(-result.z * result.z / 2) /
					 (result.z * 2.5066282746310002), 0.5);
		bound = fmax(bound,
					 misses_binomial_tail((double) missed - least,
										  most - least, mean - least));
		CHECK(fabs(result.p_value - bound) <= 1e-9 * bound ||
			  fabs((double) missed - mean - 1) < 1e-9);
		CHECK(result.p_value >= exact * (1 - 1e-9));
	}
}

/* A stratum is compared if its share of others is a tenth of the share of all. */
static void
check_shares(void)
{
	Counts		counts = {0};
	int64_t		total = 0;
	int64_t		total_others = 0;
	int64_t		compared = 0;
	int64_t		missed = 0;
	MissesComparison result;

	for (int i = 0; i < 20; i++)
		add_random_stratum(&counts, i % 2 == 0 ? 10 : 1000);
	for (size_t i = 0; i < counts.nstrata; i++)
	{
		if (i % 3 == 0 && counts.t[i] > 500)
		{
			/* the few others that there are were not missed */
			counts.n[i] = counts.t[i] - 1 - (int64_t) random_below(60);
			counts.m[i] = counts.k[i] = counts.n[i] / 2;
		}
		if (counts.n[i] > 0 && counts.n[i] < counts.t[i])
		{
			total += counts.t[i];
			total_others += counts.t[i] - counts.n[i];
		}
	}
	for (size_t i = 0; i < counts.nstrata; i++)
	{
		int64_t		others = counts.t[i] - counts.n[i];

		if (counts.n[i] > 0 && others > 0 &&
			10 * others * total >= total_others * counts.t[i])
		{
			compared += counts.n[i];
			missed += counts.m[i];
		}
	}
	result = compare(&counts, 1);
	CHECK(result.compared == compared && result.missed == missed);
}

/* Halves of a tenth go up. */
static void
check_rounding(void)
{
	Counts		counts = {.nstrata = 1};

	for (int64_t n = 1; n < 1000; n++)
	{
		for (int64_t others = 1; others <= 400; others += 19)
		{
			counts.n[0] = n;
			counts.m[0] = 0;
			counts.t[0] = n + others;
			counts.k[0] = 1;
			CHECK(compare(&counts, 1).expected_tenths ==
				  (20 * n + others) / (2 * others));
		}
	}
}

/* Neither the order of the strata nor overdispersion changes what it must not. */
static void
check_order(int64_t max_size)
{
	Counts		counts = {0};
	Counts		shuffled;
	uint64_t	order[1000] = {0};
	MissesComparison result;
	MissesComparison spread;

	while (counts.nstrata < 1000)
	{
		order[counts.nstrata] = counts.nstrata;
		add_random_stratum(&counts, max_size);
	}
	shuffle(order, counts.nstrata);
	shuffled.nstrata = counts.nstrata;
	for (size_t i = 0; i < counts.nstrata; i++)
	{
		shuffled.n[i] = counts.n[order[i]];
		shuffled.m[i] = counts.m[order[i]];
		shuffled.t[i] = counts.t[order[i]];
		shuffled.k[i] = counts.k[order[i]];
	}
	result = compare(&counts, 1);
	CHECK(result.compared > 0);
	CHECK(same_comparisons(result, compare(&shuffled, 1)));

	spread = compare(&counts, 6.25);
	CHECK(fabs(2.5 * spread.z - result.z) <= 1e-9 * fabs(result.z));
	CHECK(spread.p_value >= result.p_value);
	spread.z = result.z;
	spread.p_value = result.p_value;
	CHECK(same_comparisons(result, spread));
}

static void
check_edges(void)
{
	Counts		counts = {0};
	MissesComparison result = compare(&counts, 1);

	/* nothing, no others, none with the value */
	CHECK(result.compared == 0 && result.expected_tenths == 0);
	CHECK(result.z == 0 && result.p_value == 1);
	counts = (Counts)
	{
		.nstrata = 2,.n =
		{
			5, 0
		},.m =
		{
			2, 0
		},.t =
		{
			5, 9
		},
			.k =
		{
			2, 3
		}
	};
	CHECK(same_comparisons(result, compare(&counts, 1)));

	/* all were missed, or none */
	counts = (Counts)
	{
		.nstrata = 2,.n =
		{
			5, 6
		},.m =
		{
			5, 0
		},.t =
		{
			9, 9
		},
			.k =
		{
			9, 0
		}
	};
	result = compare(&counts, 1);
	CHECK(result.compared == 11 && result.missed == 5);
	CHECK(result.expected_tenths == 50 && result.z == 0);
	CHECK(result.p_value == 1);

	/* all misses are those of the value: as unlikely as can be told */
	counts = (Counts)
	{
		.nstrata = 1,.n =
		{
			1000
		},.m =
		{
			1000
		},.t =
		{
			9000
		},
			.k =
		{
			1000
		}
	};
	result = compare(&counts, 1);
	CHECK(result.expected_tenths == 0 && result.z > 60);
	CHECK(result.p_value > 1e-101 && result.p_value < 1e-99);

	/* the most requests, and the largest variance */
	counts = (Counts)
	{
		.nstrata = 1,.n =
		{
			MISSES_MAX_REQUESTS - 1
		},
			.m =
		{
			MISSES_MAX_REQUESTS / 2
		},.t =
		{
			MISSES_MAX_REQUESTS
		},
			.k =
		{
			MISSES_MAX_REQUESTS / 2
		}
	};
	result = compare(&counts, 1);
	CHECK(result.compared == MISSES_MAX_REQUESTS - 1);
	CHECK(result.expected_tenths == 0 && fabs(result.z - 1) < 1e-6);
	counts.m[0]--;
	result = compare(&counts, 1);
	CHECK(result.expected_tenths == 10 * (MISSES_MAX_REQUESTS - 1));
	CHECK(fabs(result.z + 1) < 1e-6 && result.p_value == 1);
}

static void
check_fault(size_t where, int64_t n, int64_t m, int64_t t, int64_t k,
			const char *fault)
{
	Counts		counts = {.nstrata = 3,.n = {1, 1, 1},.m = {1, 0, 1},
	.t = {3, 3, 3},.k = {1, 2, 3}};
	MissesStrata strata = strata_of(&counts);
	const char *found;
	size_t		stratum = 0;

	CHECK(misses_fault(&strata, &stratum) == NULL);
	counts.n[where] = n;
	counts.m[where] = m;
	counts.t[where] = t;
	counts.k[where] = k;
	found = misses_fault(&strata, &stratum);
	CHECK(found != NULL && strcmp(found, fault) == 0 && stratum == where + 1);
}

static void
check_faults(void)
{
	const char *negative = "a count is negative";
	const char *too_many = "number of requests is out of range";
	const char *missed = "more requests were missed than there are";
	const char *others = "missed requests of the other values are out of range";

	for (size_t i = 0; i < 3; i++)
	{
		check_fault(i, -1, 0, 3, 1, negative);
		check_fault(i, 1, -1, 3, 1, negative);
		check_fault(i, 0, 0, -1, 0, negative);
		check_fault(i, 1, 0, 3, -1, negative);
		check_fault(i, INT64_MIN, INT64_MIN, INT64_MIN, INT64_MIN, negative);
		check_fault(i, 4, 1, 3, 1, "more requests have the value than there are");
		check_fault(i, 2, 3, 5, 4, missed);
		check_fault(i, 2, 1, 5, 6, missed);
		check_fault(i, 2, 2, 5, 1, others);
		check_fault(i, 2, 0, 5, 4, others);
		check_fault(i, 1, 0, MISSES_MAX_REQUESTS + 1, 1, too_many);
		check_fault(i, 1, 0, INT64_MAX, 1, too_many);
	}
	/* two are too many only together */
	check_fault(1, 1, 0, MISSES_MAX_REQUESTS - 2, 1, too_many);
}

/*
 * Exact tails of the binomial distribution, trial by trial: the number of
 * successes is the same after a failure, and one more after a success.
 */
static void
check_binomial_tail(double p)
{
	long double points[MAX_TRIALS + 1] = {1};

	for (int trials = 1; trials <= MAX_TRIALS; trials++)
	{
		long double tail = 0;
		double		mean = trials * p;

		for (int s = trials; s > 0; s--)
			points[s] = points[s] * (1 - p) + points[s - 1] * p;
		points[0] *= 1 - p;
		for (int s = trials; s >= 0; s--)
		{
			double		bound = misses_binomial_tail(s, trials, mean);

			tail += points[s];
			if (s < mean + 1)
				CHECK(bound == 1);
			else
			{
				CHECK(bound <= 1 && bound > 1e-101);
				CHECK(bound >= tail * (1 - 1e-12));
				CHECK(bound <= 1.7 * tail || tail > 0.05 || tail < 1e-99);
				/* and between whole numbers */
				CHECK(misses_binomial_tail(s + 0.5, trials, mean) <= bound);
			}
		}
	}
}

int
main(void)
{
	static const double probabilities[] = {
		1e-9, 0.001, 0.01, 0.1, 0.3, 0.5, 0.9, 0.999
	};

	for (int repeat = 0; repeat < 3000; repeat++)
		check_enumerated();
	for (int repeat = 0; repeat < 1000; repeat++)
		check_shares();
	check_rounding();
	for (int repeat = 0; repeat < 100; repeat++)
	{
		check_order(10);
		check_order(1000);
		check_order(MISSES_MAX_REQUESTS / 1000);
	}
	check_edges();
	check_faults();
	for (size_t i = 0; i < sizeof(probabilities) / sizeof(*probabilities); i++)
	{
		check_binomial_tail(probabilities[i]);
		/* where the logarithms lose most digits */
		for (double trials = 1e10; trials <= MISSES_MAX_REQUESTS; trials *= 1.1)
			CHECK(misses_binomial_tail(probabilities[i] * trials + 1, trials,
									   probabilities[i] * trials) <= 1);
	}
	CHECK(misses_binomial_tail(1, 0, 0) == 1);
	CHECK(misses_binomial_tail(3, 7, 0) < 1e-99);
	CHECK(misses_binomial_tail(9, 7, 7) == 1);
	CHECK(misses_binomial_tail(INFINITY, 7, 1) <= pow(1.0 / 7, 7) * (1 + 1e-9));
	CHECK(misses_binomial_tail(-INFINITY, 7, 1) == 1);
	return report();
}
