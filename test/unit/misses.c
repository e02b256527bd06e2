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

#define MAX_SIZE	12			/* requests of a stratum that is enumerated */

typedef struct Counts
{
	size_t		nstrata;
	int64_t		n[1000];
	int64_t		m[1000];
	int64_t		t[1000];
	int64_t		k[1000];
} Counts;

static MissesSpread
make_spread(double phi, double df)
{
	MissesSpread spread = {phi, df};

	return spread;
}

static MissesComparison
compare(const Counts *counts, double phi, double shift)
{
	MissesStrata strata = {
		counts->nstrata, counts->n, counts->m, counts->t, counts->k
	};

	return misses_compare(&strata, make_spread(phi, 20), shift);
}

static bool
same_comparisons(MissesComparison a, MissesComparison b)
{
	return a.compared == b.compared && a.excess == b.excess && a.z == b.z &&
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

static bool
close_to(double a, double b)
{
	return fabs(a - b) <= 1e-9 * fmax(1, fabs(b));
}

/* The sums of a stratum are the moments of all choices. */
static void
check_enumerated(void)
{
	Counts		counts = {0};
	MissesSums	sums = {0};
	MissesPart	part;
	double		choices[MAX_SIZE + 1];
	double		all;
	double		variance = 0;	/* of the score m - n k / t */
	double		skewness = 0;
	double		w;

	do
	{
		counts.nstrata = 0;
		add_random_stratum(&counts, MAX_SIZE);
	} while (counts.n[0] == 0 || counts.n[0] == counts.t[0]);
	part.requests = counts.n[0];
	part.missed = counts.m[0];
	part.all_requests = counts.t[0];
	part.all_missed = counts.k[0];
	part.others = part.all_requests - part.requests;
	part.others_missed = part.all_missed - part.missed;
	part.weight = 3;
	misses_add(&sums, &part);
	w = 3 * (double) part.others / (double) part.all_requests;

	all = enumerate_stratum((int) counts.n[0], (int) counts.t[0],
							(int) counts.k[0], choices);
	for (int m = 0; m <= MAX_SIZE; m++)
	{
		double		score = m - (double) (counts.n[0] * counts.k[0]) /
		(double) counts.t[0];

		variance += score * score * choices[m] / all;
		skewness += score * score * score * choices[m] / all;
	}
	CHECK(sums.requests == counts.n[0] && sums.missed == counts.m[0]);
	CHECK(close_to(fixed_sum_value(sums.expected),
				   (double) (part.requests * part.others_missed) /
				   (double) part.others));
	CHECK(close_to(fixed_sum_value(sums.all), w * (double) part.requests));
	CHECK(close_to(fixed_sum_value(sums.observed), w * (double) part.missed));
	CHECK(close_to(fixed_sum_value(sums.at_others),
				   w * fixed_sum_value(sums.expected)));
	CHECK(close_to(fixed_sum_value(sums.mean),
				   w * (double) (part.requests * part.all_missed) /
				   (double) part.all_requests));
	CHECK(close_to(fixed_sum_value(sums.mean_variance), w * w * variance));
	CHECK(close_to(fixed_sum_value(sums.mean_skewness),
				   w * w * w * fmax(skewness, 0)));
	/* observed - at_others is the score times 3 */
	CHECK(close_to(fixed_sum_value(sums.variance), 9 * variance));
}

/* Parts of a stratum: their scores add up to that of the stratum. */
static void
check_parts(void)
{
	MissesPart	part = {8, 3, 10, 2, 18, 5, 1};
	MissesSums	whole = {0};
	MissesSums	parts = {0};

	misses_add(&whole, &part);
	part.requests = 5;
	part.missed = 1;
	misses_add(&parts, &part);
	part.requests = 3;
	part.missed = 2;
	misses_add(&parts, &part);
	CHECK(parts.requests == whole.requests && parts.missed == whole.missed);
	CHECK(close_to(fixed_sum_value(parts.expected),
				   fixed_sum_value(whole.expected)));
	CHECK(close_to(fixed_sum_value(parts.mean), fixed_sum_value(whole.mean)));

	/*
	 * 5 requests beside 10 others of 18, and 3: n (n + N) k (t - k) / (N t (t
	 * - 1))
	 */
	CHECK(close_to(fixed_sum_value(parts.variance),
				   (5. * 15 + 3. * 13) * 5 * 13 / (10. * 18 * 17) * 100 / 324));
}

/* A stratum is compared if its share of others is a tenth of the share of all. */
static void
check_shares(void)
{
	Counts		counts = {0};
	int64_t		total = 0;
	int64_t		total_others = 0;
	int64_t		compared = 0;
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
			compared += counts.n[i];
	}
	result = compare(&counts, 1, 0);
	CHECK(result.compared == compared);
}

/* Halves of a tenth go up, also those that came out as a little less. */
static void
check_rounding(void)
{
	for (int64_t n = 1; n < 1000; n++)
	{
		for (int64_t others = 1; others <= 400; others += 19)
			CHECK(misses_round_to_tenths((double) n / (double) others) ==
				  (20 * n + others) / (2 * others));
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
	result = compare(&counts, 1, 0);
	CHECK(result.compared > 0);
	CHECK(same_comparisons(result, compare(&shuffled, 1, 0)));

	spread = compare(&counts, 6.25, 0);
	CHECK(fabs(2.5 * spread.z - result.z) <= 1e-9 * fabs(result.z));
	CHECK(spread.p_value >= result.p_value);
	CHECK(spread.excess == result.excess);

	/* what is expected beside the rate of the others */
	spread = compare(&counts, 1, 0.25);
	CHECK(close_to(spread.excess, result.excess - 0.25 *
				   (double) result.compared));
	CHECK(spread.z < result.z && spread.p_value >= result.p_value);
}

static void
check_edges(void)
{
	Counts		counts = {0};
	MissesComparison result = compare(&counts, 1, 0);

	/* nothing, and only a value without others or others without it */
	CHECK(result.compared == 0 && result.z == 0 && result.p_value == 1);
	counts.nstrata = 2;
	counts.n[0] = counts.t[0] = 5;
	counts.m[0] = counts.k[0] = 2;
	counts.t[1] = 9;
	counts.k[1] = 3;
	CHECK(same_comparisons(result, compare(&counts, 1, 0)));

	/* all were missed, or none: no variance */
	for (int64_t k = 0; k <= 9; k += 9)
	{
		counts.nstrata = 1;
		counts.n[0] = 4;
		counts.m[0] = k == 0 ? 0 : 4;
		counts.t[0] = 9;
		counts.k[0] = k;
		result = compare(&counts, 1, 0);
		CHECK(result.compared == 4 && result.z == 0 && result.p_value == 1);
	}
}

/* The bound of the Poisson tail beside exact sums. */
static void
check_poisson(void)
{
	for (double mean = 0.01; mean < 200; mean *= 1.7)
	{
		double		point = exp(-mean);
		double		below = 0;

		for (int number = 0; number < 400; number++)
		{
			double		exact = 0;
			double		next = point;
			double		bound = misses_poisson_tail(number, mean);

			for (int i = number; i < number + 400; i++)
			{
				exact += next;
				next *= mean / (i + 1);
			}
			CHECK(bound <= 1 && bound > 0);
			CHECK(bound >= exact * (1 - 1e-9));
			if (number < mean + 1)
				CHECK(bound == 1);
			else if (exact < 0.05 && exact > 1e-90)
				CHECK(bound <= 1.7 * exact);
			below += point;
			point *= mean / (number + 1);
		}
		CHECK(below < 1 + 1e-9);
	}
	CHECK(misses_poisson_tail(1e9, 1) > 0);
	/* Chernoff's bound is the smaller one */
	CHECK(misses_poisson_tail(201, 200) <
		  exp(1 + 201 * log(200. / 201)) * (1 + 1e-9));
}

/* The t tail: the density integrated by Simpson's rule, after x = t + u/(1-u). */
static double
exact_t_tail(double t, double df)
{
	double		factor = exp(lgamma((df + 1) / 2) - lgamma(df / 2)) /
	sqrt(df * 3.14159265358979323846);
	double		sum = 0;
	int			steps = 20000;

	for (int i = 0; i < steps; i++)
	{
		double		u = i / (double) steps;
		double		x = t + u / (1 - u);
		double		density = factor * pow(1 + x * x / df, -(df + 1) / 2);

		sum += density / ((1 - u) * (1 - u)) *
			(i == 0 ? 1 : i % 2 == 0 ? 2 : 4);
	}
	return sum / (3.0 * steps);
}

static void
check_t(void)
{
	for (double df = 2; df < 1000; df *= 3)
	{
		for (double z = 0.5; z < 8; z += 0.5)
		{
			double		exact = exact_t_tail(z, df);
			double		bound = misses_tail(z, make_spread(2, df), 0, 1, 0);

			CHECK(bound >= exact * (1 - 1e-6));
			if (z > 3 && df > 10)
				CHECK(bound < 1.3 * exact);
		}
	}
	/* the degrees of freedom do not matter where phi is 1 */
	CHECK(misses_tail(3, make_spread(1, 2), 0, 1, 0) < 0.0015);
	CHECK(misses_tail(3, make_spread(2, 1), 0, 1, 0) == 1);
	CHECK(misses_tail(0, make_spread(1, 2), 5, 1, 1) == 1);
	/* the larger of the two bounds */
	CHECK(misses_tail(4, make_spread(1, 0), 4, 1, 1) == misses_poisson_tail(5, 1));
	CHECK(misses_tail(4, make_spread(2, 1000), 8, 2, 2) == misses_poisson_tail(5, 1));
}

static void
check_weight(void)
{
	FixedSum	sum = {0, 0};

	fixed_sum_add(&sum, 1e6);
	fixed_sum_add(&sum, 0.5);
	CHECK(fixed_sum_value(sum) == 1e6 + 0.5);
	CHECK(misses_weight(0.5) == 2 && misses_weight(0.9) == 2);
	CHECK(misses_weight(0) == misses_weight(0.01));
	CHECK(close_to(misses_weight(0.1), 1 / 0.3));
}

int
main(void)
{
	for (int i = 0; i < 300; i++)
		check_enumerated();
	check_parts();
	for (int i = 0; i < 100; i++)
		check_shares();
	check_rounding();
	check_order(20);
	check_order(100000);
	check_edges();
	check_poisson();
	check_t();
	check_weight();
	return report();
}
