/*-------------------------------------------------------------------------
 *
 * day_block.h
 *	  Blocks of days within which the requests of a stratum are compared.
 *
 *-------------------------------------------------------------------------
 */
#ifndef DAY_BLOCK_H
#define DAY_BLOCK_H

#include <stdint.h>

#include "core/fixed_sum.h"

#define MONTH_DAYS	31

/* The fewest requests of a block, unless there are no others. */
#define BLOCK_REQUESTS	30

/* The requests that a stratum has on each day of a month. */
typedef struct DayCounts
{
	int64_t		measured[MONTH_DAYS];
	int64_t		missed[MONTH_DAYS];
} DayCounts;

/* What the strata of a Party have on a day, and what is expected of it. */
typedef struct DayTotal
{
	int64_t		measured;
	int64_t		missed;
	FixedSum	expected;		/* misses, at the rates of the strata's months */
	FixedSum	variance;
} DayTotal;

/* Adds a stratum.  The totals are of MONTH_DAYS days, and zero at first. */
extern void day_totals_add(DayTotal *totals, const DayCounts *stratum);

/* The days that are far off the others: bit 0 is the first day. */
extern uint32_t day_totals_far_off(const DayTotal *totals);

/*
 * Sets the MONTH_DAYS days in the order of their misses beyond those expected,
 * per request; equal ones in their own order.
 */
extern void day_totals_order(const DayTotal *totals, uint8_t *order);

/*
 * Sets the block of each day of a stratum, counted from 0.  Days are joined in
 * the order given.  Days without requests get any block.  Returns the number of
 * blocks.
 */
extern int	day_blocks(const DayCounts *stratum, uint32_t far_off,
					   const uint8_t *order, uint8_t *blocks);

#endif							/* DAY_BLOCK_H */
