/*-------------------------------------------------------------------------
 *
 * diagnosis.c
 *	  Which values of factors explain the misses, and when.
 *
 * The excess of a value on a day is its misses less those expected at the rate
 * of the other values within the same strata and blocks of days.  So outages,
 * which hit all values alike, cancel out.
 *
 * Bursts.  A value may be bad on a few days only.  A day is a burst if the
 * value's excess on it is too large for chance, beyond what the value has on
 * its median day: so a steady fault is no burst.  What chance gives is measured
 * by the median of the squared deviations of all days and values of the
 * factor, which a few bursts do not move.
 *
 * The steady test is of the other days together.  The variance that follows
 * from the numbers of misses is multiplied by phi, how much more the value's
 * daily excesses vary about their mean.  A real effect changes the variance,
 * too, by the ratio of r (1 - r) with and without it; phi is divided by that.
 * If a value's phi is not far from that of all values of its factor, it is
 * replaced by that one, which is known more exactly.
 *
 * A day on which much more is missed than on others is left out: the misses of
 * an outage are many, and tell nothing of other causes.
 *
 * A fifth of the probability of a false claim is for days, the rest for values;
 * all tests of either together keep it (S. Holm, 1979).
 *
 * All sums over days are made in the order of the days and values, so that the
 * same counts give the same digits.
 *
 *-------------------------------------------------------------------------
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/diagnosis.h"

/* The variance of a median of squares is some three times that of the mean. */
#define MEDIAN_EFFICIENCY	3

/* Fewer requests have no excess that could be claimed. */
#define MIN_EXCESS			5

/* In standard deviations: the largest one of any day is less by chance. */
#define CHANGE				3.5

/* One in so many parts of the probability of a false claim is for days. */
#define DAYS_PART			5

static double
excess_of(const MissesSums *sums)
{
	return (double) sums->missed - fixed_sum_value(sums->expected);
}

/* The same of weighted requests, which the tests use. */
static double
weighted_excess(const MissesSums *sums)
{
	return fixed_sum_value(sums->observed) - fixed_sum_value(sums->at_others);
}

/*
 * How many times the variance of a rate is that of the rate without the excess
 * of a request.
 */
static double
variance_ratio(double rate, double excess)
{
	double		with_excess = fmin(rate + excess, 0.5);

	if (rate <= 0 || with_excess <= rate)
		return 1;
	return with_excess * (1 - with_excess) / (rate * (1 - rate));
}

/* Sorting */

static int
compare_ranks(const void *left, const void *right)
{
	const DiagnosisRank *a = left;
	const DiagnosisRank *b = right;

	if (a->key != b->key)
		return a->key < b->key ? -1 : 1;
	return (a->index > b->index) - (a->index < b->index);
}

static void
sort_ranks(DiagnosisRank *ranks, size_t nranks)
{
	qsort(ranks, nranks, sizeof(DiagnosisRank), compare_ranks);
}

/* The p_values of sorted ranks, adjusted for so many times as many tests. */
static void
adjust_for_tests(DiagnosisRank *ranks, size_t nranks, double times)
{
	double		largest = 0;

	for (size_t i = 0; i < nranks; i++)
	{
		char		digits[32];

		largest = fmax(largest, ranks[i].key * (double) (nranks - i) * times);
		/* to three digits, as it is shown */
		(void) snprintf(digits, sizeof(digits), "%.2e", fmin(largest, 1));
		ranks[i].key = strtod(digits, NULL);
	}
}

/* Bursts */

static void
set_usual(DiagnosisValue *value, DiagnosisRank *ranks)
{
	int64_t		half = 0;
	size_t		i = 0;

	for (size_t j = 0; j < value->ndays; j++)
	{
		const DiagnosisDay *day = &value->days[j];

		ranks[j].key = weighted_excess(&day->sums) /
			fixed_sum_value(day->sums.all);
		ranks[j].weight = day->sums.requests;
		ranks[j].index = j;
		half += day->sums.requests;
	}
	if (half == 0)
		return;
	half -= half / 2;
	sort_ranks(ranks, value->ndays);
	while (half > ranks[i].weight)
		half -= ranks[i++].weight;
	value->usual = fmax(ranks[i].key, 0);
}

static double
usual_variance_ratio(const DiagnosisValue *value)
{
	double		expected = 0;
	int64_t		requests = 0;

	for (size_t i = 0; i < value->ndays; i++)
	{
		expected += fixed_sum_value(value->days[i].sums.expected);
		requests += value->days[i].sums.requests;
	}
	return variance_ratio(expected / (double) requests, value->usual);
}

/* The z of a day without the spread; 0 if nobody or everybody missed. */
static void
set_day_z(DiagnosisDay *day, const DiagnosisValue *value, double ratio)
{
	double		variance = fixed_sum_value(day->sums.variance) * ratio;

	day->z = 0;
	day->is_tested = false;
	day->p_alone = 1;
	day->p_value = 1;
	if (variance > 0)
		day->z = (weighted_excess(&day->sums) -
				  value->usual * fixed_sum_value(day->sums.all)) /
			sqrt(variance);
}

/* The spread of the days of a factor's values. */
static MissesSpread
spread_of_days(DiagnosisValue *values, size_t nvalues, DiagnosisRank *ranks)
{
	MissesSpread spread = {1, 0};
	size_t		n = 0;

	for (size_t i = 0; i < nvalues; i++)
	{
		double		ratio = usual_variance_ratio(&values[i]);

		for (size_t j = 0; j < values[i].ndays; j++)
		{
			DiagnosisDay *day = &values[i].days[j];

			set_day_z(day, &values[i], ratio);
			ranks[n].key = day->z * day->z;
			ranks[n].index = n;
			n++;
		}
	}
	if (n == 0)
		return spread;
	sort_ranks(ranks, n);
	spread.phi = fmax(ranks[(n - 1) / 2].key / CHI_SQUARE_MEDIAN, 1);
	spread.df = (double) n / MEDIAN_EFFICIENCY;
	return spread;
}

/* Tests the days of a factor's values, and appends them to the ranks. */
static size_t
test_days(DiagnosisValue *values, size_t nvalues, DiagnosisRank *ranks,
		  size_t nranks)
{
	MissesSpread spread = spread_of_days(values, nvalues, ranks + nranks);

	for (size_t i = 0; i < nvalues; i++)
	{
		double		ratio = usual_variance_ratio(&values[i]);

		for (size_t j = 0; j < values[i].ndays; j++)
		{
			DiagnosisDay *day = &values[i].days[j];
			const MissesSums *sums = &day->sums;

			if (sums->requests < MIN_EXCESS ||
				fixed_sum_value(sums->variance) <= 0)
				continue;
			day->z /= sqrt(spread.phi);
			ranks[nranks].key =
				misses_tail(day->z, spread, fixed_sum_value(sums->observed) -
							fixed_sum_value(sums->mean) -
							values[i].usual * fixed_sum_value(sums->all),
							fixed_sum_value(sums->mean_variance) * ratio,
							fixed_sum_value(sums->mean_skewness) * ratio);
			ranks[nranks].index = nranks;
			ranks[nranks].day = day;
			day->is_tested = true;
			day->p_alone = ranks[nranks].key;
			nranks++;
		}
	}
	return nranks;
}

/* The number of values that have the factor of the first one. */
static size_t
count_factor(const DiagnosisValue *values, size_t nvalues)
{
	size_t		n = 1;

	while (n < nvalues && values[n].factor == values[0].factor)
		n++;
	return n;
}

/*
 * A value that has a burst is claimed.  Which other days belong to it, is a
 * question about the days of this value alone.
 */
static void
extend_burst(DiagnosisValue *value, DiagnosisRank *ranks)
{
	size_t		nranks = 0;
	bool		is_burst = false;

	for (size_t i = 0; i < value->ndays; i++)
	{
		DiagnosisDay *day = &value->days[i];

		is_burst = is_burst || day->is_burst;
		if (!day->is_tested)
			continue;
		ranks[nranks].key = day->p_alone;
		ranks[nranks].index = i;
		ranks[nranks++].day = day;
	}
	if (!is_burst)
		return;
	sort_ranks(ranks, nranks);
	adjust_for_tests(ranks, nranks, 1);
	for (size_t i = 0; i < nranks && ranks[i].key < 0.05; i++)
		ranks[i].day->is_burst = true;
}

/* Finds the bursts of all values.  Returns whether any day was tested. */
static bool
find_bursts(DiagnosisValue *values, size_t nvalues, DiagnosisRank *ranks)
{
	size_t		nranks = 0;
	size_t		n;

	for (size_t i = 0; i < nvalues; i += n)
	{
		n = count_factor(&values[i], nvalues - i);
		for (size_t j = i; j < i + n; j++)
			set_usual(&values[j], ranks + nranks);
		nranks = test_days(&values[i], n, ranks, nranks);
	}
	sort_ranks(ranks, nranks);
	adjust_for_tests(ranks, nranks, DAYS_PART);
	for (size_t i = 0; i < nranks; i++)
	{
		ranks[i].day->p_value = ranks[i].key;
		ranks[i].day->is_burst = ranks[i].key < 0.05;
	}
	for (size_t i = 0; i < nvalues; i++)
		extend_burst(&values[i], ranks);
	return nranks > 0;
}

/* The steady test */

/* Sums of the days that are not left out. */
typedef struct Rest
{
	double		ndays;
	double		requests;
	double		missed;
	double		expected;

	/* weighted */
	double		all;
	double		excess;
	double		variance;		/* sum of those of the days */
	double		squared_variance;
	double		squares;		/* of the deviations from the mean excess */
	double		squares_expected;	/* if phi is 1 */
	double		above_mean;
	double		mean_variance;
	double		mean_skewness;
} Rest;

static Rest
sum_rest(const DiagnosisValue *value)
{
	Rest		rest = {0};
	double		rate;

	for (size_t i = 0; i < value->ndays; i++)
	{
		const MissesSums *sums = &value->days[i].calm;
		double		variance = fixed_sum_value(sums->variance);

		if (value->days[i].is_left_out)
			continue;
		rest.ndays++;
		rest.requests += (double) sums->requests;
		rest.missed += (double) sums->missed;
		rest.expected += fixed_sum_value(sums->expected);
		rest.variance += variance;
		rest.squared_variance += variance * variance;
		rest.all += fixed_sum_value(sums->all);
		rest.excess += weighted_excess(sums);
		rest.above_mean += fixed_sum_value(sums->observed) -
			fixed_sum_value(sums->mean);
		rest.mean_variance += fixed_sum_value(sums->mean_variance);
		rest.mean_skewness += fixed_sum_value(sums->mean_skewness);
	}
	rate = rest.excess / rest.all;
	for (size_t i = 0; i < value->ndays; i++)
	{
		const DiagnosisDay *day = &value->days[i];
		double		deviation = weighted_excess(&day->calm) -
		rate * fixed_sum_value(day->calm.all);
		double		share = fixed_sum_value(day->calm.all) / rest.all;

		if (day->is_left_out)
			continue;
		rest.squares += deviation * deviation;
		rest.squares_expected += (1 - 2 * share) *
			fixed_sum_value(day->calm.variance) +
			share * share * rest.variance;
	}
	return rest;
}

/* The sum of the variances of all days. */
static double
sum_variance(const DiagnosisValue *value)
{
	double		variance = 0;

	for (size_t i = 0; i < value->ndays; i++)
		variance += fixed_sum_value(value->days[i].calm.variance);
	return variance;
}

/* Sets the days on which any of a factor's values has a burst, ascending. */
static size_t
list_burst_days(const DiagnosisValue *values, size_t nvalues,
				DiagnosisRank *ranks)
{
	size_t		n = 0;

	for (size_t i = 0; i < nvalues; i++)
	{
		for (size_t j = 0; j < values[i].ndays; j++)
		{
			if (!values[i].days[j].is_burst)
				continue;
			ranks[n].key = values[i].days[j].day;
			ranks[n++].index = 0;
		}
	}
	sort_ranks(ranks, n);
	return n;
}

/*
 * Leaves out the bursts of a value, and those of the other values of its factor
 * unless little would remain.
 */
static void
leave_out_bursts(DiagnosisValue *value, const DiagnosisRank *bursts,
				 size_t nbursts)
{
	int64_t		own = 0;
	int64_t		left = 0;
	size_t		next = 0;

	for (size_t i = 0; i < value->ndays; i++)
	{
		DiagnosisDay *day = &value->days[i];

		while (next < nbursts && bursts[next].key < day->day)
			next++;
		day->is_left_out = day->calm.requests == 0 ||
			(next < nbursts && bursts[next].key == day->day);
		if (!day->is_burst)
			own += day->calm.requests;
		if (!day->is_left_out)
			left += day->calm.requests;
	}
	if (2 * left >= own)
		return;
	for (size_t i = 0; i < value->ndays; i++)
	{
		DiagnosisDay *day = &value->days[i];

		day->is_left_out = day->calm.requests == 0 || day->is_burst;
	}
}

/* An estimate of phi; df is 0 if there is none. */
typedef struct Estimate
{
	double		squares;
	double		variance;
	double		df;
} Estimate;

static Estimate
estimate_spread(const Rest *rest)
{
	Estimate	own = {0, 0, 0};

	if (rest->ndays < 2 || rest->squares_expected <= 0)
		return own;
	own.squares = rest->squares /
		variance_ratio(rest->expected / rest->requests,
					   (rest->missed - rest->expected) / rest->requests);
	own.variance = rest->squares_expected;
	own.df = rest->variance * rest->squares_expected /
		(rest->squared_variance + rest->variance / 2);
	return own;
}

static MissesSpread
choose_spread(const Estimate *own, const Estimate *pooled)
{
	const Estimate *chosen = pooled;
	MissesSpread spread = {1, 0};

	if (own->df > 0)
	{
		double		phi = own->squares / own->variance;
		double		pooled_phi = pooled->squares / pooled->variance;
		double		far = 1 + 3 * sqrt(2 / own->df);

		if (phi > far * pooled_phi || pooled_phi > far * phi)
			chosen = own;
	}
	if (chosen->df > 0)
	{
		spread.phi = fmax(chosen->squares / chosen->variance, 1);
		spread.df = chosen->df;
	}
	return spread;
}

static void
test_value(DiagnosisValue *value, const Rest *rest, DiagnosisRank *rank)
{
	double		variance = fixed_sum_value(value->variance);

	if (rest->variance > 0)
		value->z = rest->excess / sqrt(value->spread.phi * variance *
									   rest->variance / sum_variance(value));
	rank->key = misses_tail(value->z, value->spread, rest->above_mean,
							rest->mean_variance, rest->mean_skewness);
}

/* Tests the values of a factor, and appends them to the ranks. */
static size_t
test_values(DiagnosisValue *values, size_t first, size_t nvalues,
			DiagnosisRank *ranks, size_t nranks)
{
	Estimate	pooled = {0, 0, 0};
	size_t		nbursts = list_burst_days(&values[first], nvalues,
										  ranks + nranks);

	for (size_t i = first; i < first + nvalues; i++)
		leave_out_bursts(&values[i], ranks + nranks, nbursts);
	for (size_t i = first; i < first + nvalues; i++)
	{
		Rest		rest = sum_rest(&values[i]);
		Estimate	own = estimate_spread(&rest);

		pooled.squares += own.squares;
		pooled.variance += own.variance;
		pooled.df += own.df;
	}
	for (size_t i = first; i < first + nvalues; i++)
	{
		Rest		rest = sum_rest(&values[i]);
		Estimate	own = estimate_spread(&rest);

		values[i].spread = choose_spread(&own, &pooled);
		if (rest.requests <= 0)
			continue;
		test_value(&values[i], &rest, &ranks[nranks]);
		ranks[nranks].index = i;
		nranks++;
	}
	return nranks;
}

/* Claims */

static bool
matters(double excess, double requests)
{
	return excess >= MIN_EXCESS && excess * 1000 >= requests;
}

static void
set_totals(DiagnosisValue *value)
{
	double		burst_excess = 0;
	FixedSum	expected = {0, 0};

	for (size_t i = 0; i < value->ndays; i++)
	{
		const DiagnosisDay *day = &value->days[i];

		value->requests += day->sums.requests;
		value->missed += day->sums.missed;
		expected = rtt_sum_add(expected, day->sums.expected);
		if (!day->is_burst)
			continue;
		value->burst_days++;
		burst_excess += excess_of(&day->sums);
	}
	value->expected_tenths = misses_round_to_tenths(fixed_sum_value(expected));
	value->burst_tenths = misses_round_to_tenths(burst_excess);
}

static void
set_kind(DiagnosisValue *value)
{
	Rest		rest = sum_rest(value);
	bool		is_steady = value->p_value < 0.05;

	if (is_steady && matters(rest.missed - rest.expected, rest.requests))
	{
		value->kind = DIAGNOSIS_STEADY;
		value->claimed_tenths = 10 * value->missed - value->expected_tenths;
	}
	else if (value->burst_days > 0 &&
			 matters((double) value->burst_tenths / 10,
					 (double) value->requests))
	{
		value->kind = DIAGNOSIS_BURST;
		value->claimed_tenths = value->burst_tenths;
	}
	else if (is_steady || value->burst_days > 0)
		value->kind = DIAGNOSIS_TOO_SMALL;
}

/* When */

/* A burst's days, and the z and the p_value of its worst day. */
static void
set_burst_period(DiagnosisValue *value, int32_t first_of_all)
{
	bool		found = false;

	for (size_t i = 0; i < value->ndays; i++)
	{
		const DiagnosisDay *day = &value->days[i];

		if (!day->is_burst)
			continue;
		if (!found)
		{
			value->first_day = day->day;
			value->p_value = 1;
		}
		found = true;
		value->last_day = day->day;
		if (day->p_value < value->p_value)
		{
			value->p_value = day->p_value;
			value->z = day->z;
		}
	}
	value->began = value->first_day > first_of_all;
}

/*
 * The days of a steady excess: those of the value, unless most of the excess
 * came after a day, or ended before it.
 */
static void
set_steady_period(DiagnosisValue *value, int32_t first_of_all)
{
	Rest		rest = sum_rest(value);
	double		variance = value->spread.phi *
	variance_ratio(rest.expected / rest.requests,
				   (rest.missed - rest.expected) / rest.requests) *
	rest.variance / rest.all;	/* of a request */
	double		before = 0;		/* excess and requests before a day */
	double		before_n = 0;
	double		largest = CHANGE;
	const DiagnosisDay *last = NULL;
	int64_t		span;

	value->first_day = value->days[0].day;
	value->last_day = value->days[value->ndays - 1].day;
	for (size_t i = 0; i < value->ndays; i++)
	{
		const DiagnosisDay *day = &value->days[i];
		double		after_n = rest.all - before_n;
		double		rate;
		double		after_rate;
		double		change;

		if (day->is_left_out)
			continue;
		if (last != NULL)
		{
			rate = before / before_n;
			after_rate = (rest.excess - before) / after_n;
			change = fabs(after_rate - rate) /
				sqrt(variance * (1 / before_n + 1 / after_n));
			if (change > largest && 2 * rate <= after_rate)
			{
				largest = change;
				value->first_day = day->day;
				value->last_day = value->days[value->ndays - 1].day;
				value->began = true;
			}
			else if (change > largest && 2 * after_rate <= rate)
			{
				largest = change;
				value->first_day = value->days[0].day;
				value->last_day = last->day;
				value->began = false;
			}
		}
		last = day;
		before += weighted_excess(&day->calm);
		before_n += fixed_sum_value(day->calm.all);
	}

	/* would it have had requests before, too? */
	span = (int64_t) value->last_day - value->first_day + 1;
	if (value->first_day == value->days[0].day &&
		(double) value->requests * (value->first_day - first_of_all) >=
		MIN_EXCESS * (double) span)
		value->began = true;
}

void
diagnosis_judge(DiagnosisValue *values, size_t nvalues, DiagnosisRank *ranks)
{
	bool		days_tested = find_bursts(values, nvalues, ranks);
	size_t		nranks = 0;
	int32_t		first_of_all = INT32_MAX;
	size_t		n;

	for (size_t i = 0; i < nvalues; i += n)
	{
		n = count_factor(&values[i], nvalues - i);
		nranks = test_values(values, i, n, ranks, nranks);
	}
	sort_ranks(ranks, nranks);
	adjust_for_tests(ranks, nranks,
					 days_tested ? DAYS_PART / (DAYS_PART - 1.0) : 1);

	for (size_t i = 0; i < nvalues; i++)
	{
		values[i].p_value = 1;
		if (values[i].ndays > 0 && values[i].days[0].day < first_of_all)
			first_of_all = values[i].days[0].day;
	}
	for (size_t i = 0; i < nranks; i++)
		values[ranks[i].index].p_value = ranks[i].key;
	for (size_t i = 0; i < nvalues; i++)
	{
		set_totals(&values[i]);
		set_kind(&values[i]);
		if (values[i].kind == DIAGNOSIS_BURST)
			set_burst_period(&values[i], first_of_all);
		else if (values[i].kind == DIAGNOSIS_STEADY)
			set_steady_period(&values[i], first_of_all);
	}
}
