/*-------------------------------------------------------------------------
 *
 * rollup_counts.h
 *	  The counts and round-trip times of the aggregate rollup_cells: by day, by
 *	  value of each factor, and by pairs of values.
 *
 *-------------------------------------------------------------------------
 */
#ifndef ROLLUP_COUNTS_H
#define ROLLUP_COUNTS_H

#include "core/rtt_state.h"
#include "pg_versions.h"
#include "utils/date.h"

#define ROLLUP_MAX_FACTORS 32

/* The counts of the type rollup_cell, in the order of its columns. */
typedef enum CellCount
{
	COUNT_REQUESTS,
	COUNT_MET,					/* this and the next 4: as TargetOutcome */
	COUNT_MISSED,
	COUNT_PENDING,
	COUNT_NOT_MEASURED,
	COUNT_INVALID,
	COUNT_ANSWERED,
	COUNT_SUCCESS,
	COUNT_REJECTED,
	COUNT_FAILED,
	COUNT_NO_RESPONSE,
	COUNT_UNCLASSIFIED,
	COUNT_MET_SUCCESS,
	COUNT_MET_REJECTED,
	COUNT_MISSED_REJECTED,
	COUNT_PRE_COMMANDS,			/* this and the rest: not requests */
	COUNT_LOCAL_COMMANDS,
	COUNT_CANCELLED
} CellCount;

#define CELL_COUNTS		18

/* For masks of counts. */
#define COUNT_BIT(count) ((uint32) 1 << (count))

/* No round-trip time; greater than any. */
#define ROLLUP_NO_RTT	PG_UINT64_MAX

/*
 * A row.  Its values follow it: a text for each factor, with a 4-byte header,
 * aligned as in an array.
 */
typedef struct RollupRow
{
	uint64		rtt_us;			/* or ROLLUP_NO_RTT */
	DateADT		day;
	uint32		counts;			/* that it adds to, as COUNT_BITs */
} RollupRow;

/* The counts of a value of a factor; a day is a value of factor 0. */
typedef struct RollupCell
{
	int64		counts[CELL_COUNTS];
	RttState   *rtt;			/* NULL: no time yet */
	const text *value;			/* of a day: the bytes of its DateADT */
	uint32		factor;
} RollupCell;

static inline DateADT
rollup_cell_day(const RollupCell *cell)
{
	DateADT		day;

	memcpy(&day, VARDATA(cell->value), sizeof(day));
	return day;
}

/* Two numbers of 32 bits in one, which sorts by a and then by b. */
#define PAIR_KEY(a, b)	((uint64) (a) << 32 | (b))
#define PAIR_A(key)		((uint32) ((key) >> 32))
#define PAIR_B(key)		((uint32) (key))

/* The measured requests that have both of two values. */
typedef struct RollupPair
{
	uint64		factors;		/* PAIR_KEY of the two */
	uint64		ranks;			/* PAIR_KEY of the sorted cells' indexes */
	int64		measured;
	int64		missed;
} RollupPair;

typedef struct RollupCounts RollupCounts;

/* Makes counts of no rows.  All memory of the counts is in the context. */
extern RollupCounts *rollup_counts_make(MemoryContext context,
										int nfactors);

/*
 * Counts the rows in size bytes of memory.  Each row must start and end at a
 * multiple of MAXIMUM_ALIGNOF.  Rows are not checked.
 */
extern void rollup_counts_add(RollupCounts *counts, const char *rows,
							  Size size);

/*
 * The cells, sorted by factor, and then by day or by the bytes of the value,
 * in new memory; valid until more rows are counted.  There is no cell of all
 * rows: its counts are the sums over the days.
 */
extern const RollupCell **rollup_sort_cells(const RollupCounts *counts,
											uint32 *ncells);

/* The pairs, sorted by factors, then as these cells are, in new memory. */
extern const RollupPair *rollup_sort_pairs(const RollupCounts *counts,
										   const RollupCell **sorted_cells,
										   uint32 *npairs);

#endif							/* ROLLUP_COUNTS_H */
