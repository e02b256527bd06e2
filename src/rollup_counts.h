/*-------------------------------------------------------------------------
 *
 * rollup_counts.h
 *	  The counts and round-trip times of the aggregate rollup_state: by day, by
 *	  value of each factor, and by pairs of values.
 *
 *-------------------------------------------------------------------------
 */
#ifndef ROLLUP_COUNTS_H
#define ROLLUP_COUNTS_H

#include "core/rollup_codec.h"
#include "core/rtt_state.h"
#include "pg_versions.h"
#include "utils/date.h"

/* No round-trip time; greater than any. */
#define ROLLUP_NO_RTT	PG_UINT64_MAX

/*
 * A row.  Its values follow it: a text for each factor, with a 4-byte header,
 * aligned as in an array.
 *
 * Instead of a row there may be the rollup_state of any number of rows.  Then
 * the kind is ROLLUP_STATE, and a bytea with its stored form follows.
 */
typedef struct RollupRow
{
	uint64		rtt_us;			/* or ROLLUP_NO_RTT */
	DateADT		day;
	uint32		kind;			/* rollup_kind() */
} RollupRow;

#define ROLLUP_STATE	ROLLUP_KINDS

/* The counts of a value of a factor; a day is a value of factor 0. */
typedef struct RollupCell
{
	uint32		counts[ROLLUP_KINDS];	/* lower halves */
	uint32	   *carries;		/* upper halves; NULL: all 0 */
	RttState   *rtt;			/* NULL: no time yet */
	const text *value;			/* of a day: the bytes of its DateADT */
	uint32		factor;
} RollupCell;

/* The number of rows of a kind. */
static inline uint64
rollup_cell_count(const RollupCell *cell, int kind)
{
	uint64		count = cell->counts[kind];

	if (cell->carries != NULL)
		count |= (uint64) cell->carries[kind] << 32;
	return count;
}

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
 * multiple of MAXIMUM_ALIGNOF.  Rows are not checked, but states are: raises a
 * data corruption error if their bytes are not those of a rollup_state.
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
