/*-------------------------------------------------------------------------
 *
 * day_block.c
 *	  Blocks of days within which the requests of a stratum are compared.
 *
 * Outages come in days and hit all values of a factor alike, so values are
 * compared within days.  Where a stratum has few requests a day, most of them
 * would then have nothing to be compared with, so days are joined to blocks of
 * BLOCK_REQUESTS.  Days are joined in the order of the Party's rates, so that a
 * block has days that are alike.  A value that is used on bad days only, as jobs
 * at weekends, would else be blamed for them.  Of generated months of 3,000
 * requests with such jobs and nothing to blame, 12 % had a claim when days were
 * joined in their own order, and 2 % in that of the rates.
 *
 * A day of an outage is not joined to others, even if it has few requests:
 * its misses would hide what the other days show.  Such a day is found over all
 * strata of a Party, as one stratum has too few requests to tell.  Its excess
 * over the rates of the whole month is compared with that of the median day,
 * and its distance from that with the median of such distances.  Neither is
 * moved by a few outages.
 *
 * Blocks depend on the totals of the strata alone, not on the values of any
 * factor.
 *
 *-------------------------------------------------------------------------
 */
#include <stdlib.h>
#include <string.h>

#include "core/day_block.h"
#include "core/misses.h"

/* Standard deviations from the median day that make a day far off. */
#define FAR_OFF			4

void
day_totals_add(DayTotal *totals, const DayCounts *stratum)
{
	int64_t		measured = 0;
	int64_t		missed = 0;
	double		rate;

	for (int day = 0; day < MONTH_DAYS; day++)
	{
		measured += stratum->measured[day];
		missed += stratum->missed[day];
	}
	if (measured == 0)
		return;
	rate = (double) missed / (double) measured;
	for (int day = 0; day < MONTH_DAYS; day++)
	{
		double		n = (double) stratum->measured[day];

		totals[day].measured += stratum->measured[day];
		totals[day].missed += stratum->missed[day];
		fixed_sum_add(&totals[day].expected, n * rate);
		fixed_sum_add(&totals[day].variance, n * rate * (1 - rate));
	}
}

static int
compare_doubles(const void *left, const void *right)
{
	double		a = *(const double *) left;
	double		b = *(const double *) right;

	return (a > b) - (a < b);
}

static double
median_of(double *numbers, size_t n)
{
	qsort(numbers, n, sizeof(double), compare_doubles);
	return numbers[(n - 1) / 2];
}

uint32_t
day_totals_far_off(const DayTotal *totals)
{
	double		excess[MONTH_DAYS];
	double		squares[MONTH_DAYS];	/* by their variances */
	double		sorted[MONTH_DAYS];
	size_t		ndays = 0;
	double		median;
	double		spread;
	uint32_t	far_off = 0;

	for (int day = 0; day < MONTH_DAYS; day++)
	{
		excess[day] = (double) totals[day].missed -
			fixed_sum_value(totals[day].expected);
		if (fixed_sum_value(totals[day].variance) > 0)
			sorted[ndays++] = excess[day] / (double) totals[day].measured;
	}
	if (ndays == 0)
		return 0;
	median = median_of(sorted, ndays);
	ndays = 0;
	for (int day = 0; day < MONTH_DAYS; day++)
	{
		double		variance = fixed_sum_value(totals[day].variance);
		double		off = excess[day] - median * (double) totals[day].measured;

		squares[day] = variance > 0 ? off * off / variance : 0;
		if (variance > 0)
			sorted[ndays++] = squares[day];
	}
	spread = fmax(median_of(sorted, ndays) / CHI_SQUARE_MEDIAN, 1);
	for (int day = 0; day < MONTH_DAYS; day++)
	{
		if (squares[day] > FAR_OFF * FAR_OFF * spread)
			far_off |= UINT32_C(1) << day;
	}
	return far_off;
}

void
day_totals_order(const DayTotal *totals, uint8_t *order)
{
	double		rates[MONTH_DAYS];

	for (int day = 0; day < MONTH_DAYS; day++)
	{
		int			place = day;

		rates[day] = 0;
		if (totals[day].measured > 0)
			rates[day] = ((double) totals[day].missed -
						  fixed_sum_value(totals[day].expected)) /
				(double) totals[day].measured;
		while (place > 0 && rates[order[place - 1]] > rates[day])
		{
			order[place] = order[place - 1];
			place--;
		}
		order[place] = (uint8_t) day;
	}
}

int
day_blocks(const DayCounts *stratum, uint32_t far_off, const uint8_t *order,
		   uint8_t *blocks)
{
	int			nblocks = 0;
	int			open = -1;		/* the block to which a day is joined */
	int			closed = -1;
	int64_t		measured = 0;	/* in the open block */

	memset(blocks, 0, MONTH_DAYS);
	for (int i = 0; i < MONTH_DAYS; i++)
	{
		int			day = order[i];

		if (stratum->measured[day] == 0)
			continue;
		if ((far_off >> day & 1) != 0)
		{
			blocks[day] = (uint8_t) nblocks++;
			continue;
		}
		if (open < 0)
		{
			open = nblocks++;
			measured = 0;
		}
		blocks[day] = (uint8_t) open;
		measured += stratum->measured[day];
		if (measured >= BLOCK_REQUESTS)
		{
			closed = open;
			open = -1;
		}
	}
	/* too few for a block of their own */
	if (open >= 0 && closed >= 0)
	{
		for (int day = 0; day < MONTH_DAYS; day++)
		{
			if (blocks[day] == open && stratum->measured[day] > 0)
				blocks[day] = (uint8_t) closed;
		}
	}
	return nblocks;
}
