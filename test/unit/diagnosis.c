/*-------------------------------------------------------------------------
 *
 * diagnosis.c
 *	  What is claimed of values with known daily misses.
 *
 * Each day has one stratum of 100 requests, of which the value has 20.
 *
 *-------------------------------------------------------------------------
 */
#include <math.h>

#include "core/diagnosis.h"
#include "unit.h"

#define DAYS		30
#define MAX_VALUES	12

typedef struct Month
{
	DiagnosisValue values[MAX_VALUES];
	DiagnosisDay days[MAX_VALUES][DAYS];
	size_t		nvalues;
} Month;

/* A value that misses so many of 20 each day, where the others miss 8 of 80. */
static DiagnosisValue *
add_value(Month *month, uint32_t factor, int first_day)
{
	DiagnosisValue *value = &month->values[month->nvalues];

	memset(value, 0, sizeof(*value));
	value->factor = factor;
	value->days = month->days[month->nvalues++];
	for (int day = first_day; day < DAYS; day++)
		value->days[value->ndays++].day = day;
	return value;
}

static void
set_missed(DiagnosisValue *value, size_t i, int missed, bool is_far_off)
{
	MissesPart	part = {20, missed, 80, 8, 100, 8 + missed, 2};
	DiagnosisDay *day = &value->days[i];

	memset(&day->sums, 0, sizeof(day->sums));
	memset(&day->calm, 0, sizeof(day->calm));
	misses_add(&day->sums, &part);
	if (is_far_off)
		return;
	misses_add(&day->calm, &part);
	value->variance = rtt_sum_add(value->variance, day->calm.variance);
}

/* 2 misses a day on average, as the others have. */
static void
set_usual(DiagnosisValue *value)
{
	for (size_t i = 0; i < value->ndays; i++)
		set_missed(value, i, 1 + (int) (i % 3), false);
}

static void
judge(Month *month)
{
	DiagnosisRank ranks[MAX_VALUES * (DAYS + 1)];

	diagnosis_judge(month->values, month->nvalues, ranks);
}

static void
begin(Month *month)
{
	memset(month, 0, sizeof(*month));
	for (uint32_t i = 0; i < 4; i++)
		set_usual(add_value(month, 1, 0));
}

static void
check_nothing(void)
{
	Month		month;

	begin(&month);
	judge(&month);
	for (size_t i = 0; i < month.nvalues; i++)
	{
		const DiagnosisValue *value = &month.values[i];

		CHECK(value->kind == DIAGNOSIS_NO_CLAIM);
		CHECK(value->requests == 600 && value->missed == 60);
		CHECK(value->expected_tenths == 600);
		CHECK(value->p_value == 1 && value->z == 0);
		CHECK(value->burst_days == 0 && value->spread.phi == 1);
	}
}

static void
check_steady(void)
{
	Month		month;
	DiagnosisValue *value;

	begin(&month);
	value = add_value(&month, 1, 0);
	for (size_t i = 0; i < DAYS; i++)
		set_missed(value, i, 4 + (int) (i % 3), false);
	judge(&month);
	CHECK(value->kind == DIAGNOSIS_STEADY && value->p_value < 1e-6);
	CHECK(value->claimed_tenths == 900 && value->burst_days == 0);
	CHECK(value->first_day == 0 && value->last_day == DAYS - 1);
	CHECK(!value->began);
	CHECK(month.values[0].kind == DIAGNOSIS_NO_CLAIM);

	/* however bad, its usual days are no bursts */
	for (size_t i = 0; i < DAYS; i++)
		set_missed(value, i, 14 + (int) (i % 3), false);
	judge(&month);
	for (size_t i = 0; i < DAYS; i++)
		CHECK(!value->days[i].is_burst);
}

/* Bad on three days: a burst, and nothing steady. */
static void
check_burst(void)
{
	Month		month;
	DiagnosisValue *value;

	begin(&month);
	value = add_value(&month, 1, 0);
	set_usual(value);
	for (size_t i = 10; i < 13; i++)
		set_missed(value, i, 16, false);
	judge(&month);
	CHECK(value->kind == DIAGNOSIS_BURST && value->p_value < 0.01);
	CHECK(value->burst_days == 3 && value->burst_tenths == 420);
	CHECK(value->claimed_tenths == 420);
	CHECK(value->first_day == 10 && value->last_day == 12 && value->began);
	for (size_t i = 0; i < DAYS; i++)
		CHECK(value->days[i].is_burst == (i >= 10 && i < 13));
	/* the days are left out for the other values of the factor */
	CHECK(month.values[0].days[10].is_left_out);
	CHECK(month.values[0].kind == DIAGNOSIS_NO_CLAIM);

	/* a fifth of the 5 % is for all 150 days together */
	begin(&month);
	value = add_value(&month, 1, 0);
	set_usual(value);
	set_missed(value, 10, 11, false);
	judge(&month);
	{
		const DiagnosisDay *day = &value->days[10];
		const MissesSums *sums = &day->sums;
		MissesSpread chance = {1, 0};
		double		p = misses_tail(day->z, chance,
									fixed_sum_value(sums->observed) -
									fixed_sum_value(sums->mean),
									fixed_sum_value(sums->mean_variance),
									fixed_sum_value(sums->mean_skewness));

		CHECK(p * 750 < 1);
		CHECK(fabs(day->p_value / (p * 750) - 1) < 0.006);
	}

	/* a burst of a value that is always bad */
	begin(&month);
	value = add_value(&month, 1, 0);
	for (size_t i = 0; i < DAYS; i++)
		set_missed(value, i, i == 29 ? 20 : 2 + (int) (i % 3), false);
	judge(&month);
	CHECK(value->kind == DIAGNOSIS_STEADY && value->burst_days == 1);
	CHECK(value->days[29].is_burst && value->days[29].is_left_out);
}

/* Days far off are left out of the steady test, and of no count. */
static void
check_far_off(void)
{
	Month		month;
	DiagnosisValue *value;

	begin(&month);
	value = add_value(&month, 1, 0);
	for (size_t i = 0; i < DAYS; i++)
		set_missed(value, i, i == 5 ? 6 : 1 + (int) (i % 3), i == 5);
	judge(&month);
	CHECK(value->days[5].is_left_out && !value->days[5].is_burst);
	CHECK(value->missed == 63 && value->requests == 600);
	CHECK(value->z < 0.1 && value->kind == DIAGNOSIS_NO_CLAIM);
}

/* When an excess began, and when it ended. */
static void
check_period(void)
{
	Month		month;
	DiagnosisValue *value;

	/* in use from day 15 on */
	begin(&month);
	value = add_value(&month, 1, 15);
	for (size_t i = 0; i < value->ndays; i++)
		set_missed(value, i, 5, false);
	judge(&month);
	CHECK(value->kind == DIAGNOSIS_STEADY && value->began);
	CHECK(value->first_day == 15 && value->last_day == DAYS - 1);

	/* worse from day 12 on */
	begin(&month);
	value = add_value(&month, 1, 0);
	set_usual(value);
	for (size_t i = 12; i < DAYS; i++)
		set_missed(value, i, 5 + (int) (i % 2), false);
	judge(&month);
	CHECK(value->kind == DIAGNOSIS_STEADY && value->began);
	CHECK(value->first_day == 12 && value->last_day == DAYS - 1);

	/* worse until day 17 */
	begin(&month);
	value = add_value(&month, 1, 0);
	set_usual(value);
	for (size_t i = 0; i < 18; i++)
		set_missed(value, i, 5 + (int) (i % 2), false);
	judge(&month);
	CHECK(value->kind == DIAGNOSIS_STEADY && !value->began);
	CHECK(value->first_day == 0 && value->last_day == 17);
}

/* A value whose days vary too much is not claimed as steady. */
static void
check_spread(void)
{
	Month		month;
	DiagnosisValue *value;

	begin(&month);
	value = add_value(&month, 2, 0);
	for (size_t i = 0; i < DAYS; i++)
		set_missed(value, i, i % 2 == 0 ? 0 : 6, false);
	judge(&month);
	CHECK(value->spread.phi > 2 && value->spread.df > 5);
	CHECK(value->kind != DIAGNOSIS_STEADY);
	CHECK(month.values[0].spread.phi == 1);

	/* it does not hide another value of its factor */
	begin(&month);
	value = add_value(&month, 2, 0);
	for (size_t i = 0; i < DAYS; i++)
		set_missed(value, i, i % 2 == 0 ? 0 : 9, false);
	value = add_value(&month, 2, 0);
	for (size_t i = 0; i < DAYS; i++)
		set_missed(value, i, 4 + (int) (i % 3), false);
	judge(&month);
	CHECK(value->spread.phi == 1 && value->kind == DIAGNOSIS_STEADY);
}

/* Too few requests or too little excess to claim. */
static void
check_small(void)
{
	Month		month;
	DiagnosisValue *value;

	begin(&month);
	value = add_value(&month, 1, 27);
	for (size_t i = 0; i < value->ndays; i++)
		set_missed(value, i, 3, false);
	value = add_value(&month, 1, DAYS);
	judge(&month);
	CHECK(month.values[4].kind == DIAGNOSIS_NO_CLAIM);
	CHECK(value->requests == 0 && value->kind == DIAGNOSIS_NO_CLAIM);
	CHECK(value->p_value == 1);
}

int
main(void)
{
	check_nothing();
	check_steady();
	check_burst();
	check_far_off();
	check_period();
	check_spread();
	check_small();
	return report();
}
