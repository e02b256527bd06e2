/*-------------------------------------------------------------------------
 *
 * rollup_counts.h
 *	  The counts and round-trip times of a rollup_cells: by day, by value of each
 *	  factor, and by pairs of values.
 *
 *-------------------------------------------------------------------------
 */
#ifndef ROLLUP_COUNTS_H
#define ROLLUP_COUNTS_H

#include "core/rtt_state.h"
#include "pg_versions.h"
#include "utils/date.h"

#define ROLLUP_MAX_FACTORS 32

/* The counts of rollup_cell, in its order; what a row counts in is a mask. */
typedef enum CellCount
{
	COUNT_REQUESTS,
	COUNT_MET,					/* in the order of TargetOutcome */
	COUNT_MISSED,
	COUNT_PENDING,
	COUNT_NOT_MEASURED,
	COUNT_INVALID,
	COUNT_ANSWERED,
	COUNT_SUCCESS,
	COUNT_REJECTED,
	COUNT_NO_RESPONSE,
	COUNT_UNCLASSIFIED,
	COUNT_MET_SUCCESS,
	COUNT_MET_REJECTED,
	COUNT_MISSED_REJECTED,
	COUNT_PRE_COMMANDS,			/* what is no request, to the end */
	COUNT_LOCAL_COMMANDS,
	COUNT_CANCELLED
} CellCount;

#define CELL_COUNTS		17

#define COUNT_BIT(count) ((uint32) 1 << (count))

/* Longer than any round-trip time. */
#define ROLLUP_NO_RTT	PG_UINT64_MAX

/*
 * A row.  After it come its values, one text for each factor, aligned as in an
 * array, with 4-byte headers.
 */
typedef struct RollupRow
{
	uint64		rtt_us;			/* or ROLLUP_NO_RTT */
	DateADT		day;
	uint32		counts;			/* a COUNT_BIT for each */
} RollupRow;

/* A day, which is a value of factor 0, or a value of one of the factors. */
typedef struct RollupCell
{
	int64		counts[CELL_COUNTS];
	RttState   *rtt;			/* NULL: no time yet */
	const text *value;			/* of a day, the four bytes of a DateADT */
	uint32		factor;
} RollupCell;

static inline DateADT
rollup_cell_day(const RollupCell *cell)
{
	DateADT		day;

	memcpy(&day, VARDATA(cell->value), sizeof(day));
	return day;
}

/* Two numbers of 32 bits, of which the first counts for more. */
#define PAIR_KEY(a, b)	((uint64) (a) << 32 | (b))
#define PAIR_A(key)		((uint32) ((key) >> 32))
#define PAIR_B(key)		((uint32) (key))

/* Two values of measured requests. */
typedef struct RollupPair
{
	uint64		factors;		/* PAIR_KEY of the two */
	uint64		ranks;			/* the same of the places of their cells */
	int64		measured;
	int64		missed;
} RollupPair;

typedef struct RollupCounts RollupCounts;

/* Counts of no rows; what they grow to is in the context, too. */
extern RollupCounts *rollup_counts_make(MemoryContext context,
										int nfactors);

/*
 * Counts the rows of this memory, each of which starts and ends at a MAXALIGN.
 * They are not checked.
 */
extern void rollup_counts_add(RollupCounts *counts, const char *rows,
							  Size size);

/*
 * The cells by factor, and then by day, or by the bytes of the value, in new
 * memory; good until more rows are counted.  There is none of all rows, which is
 * the sum of the days.
 */
extern const RollupCell **rollup_sort_cells(const RollupCounts *counts,
											uint32 *ncells);

/* The pairs by factors, and then in the order of these cells, in new memory. */
extern const RollupPair *rollup_sort_pairs(const RollupCounts *counts,
										   const RollupCell **sorted_cells,
										   uint32 *npairs);

#endif							/* ROLLUP_COUNTS_H */
