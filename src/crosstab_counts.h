/*-------------------------------------------------------------------------
 *
 * crosstab_counts.h
 *	  The counts and round-trip times of a crosstab: by day, by value of each
 *	  factor, and by pairs of values.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CROSSTAB_COUNTS_H
#define CROSSTAB_COUNTS_H

#include "core/rtt_state.h"
#include "pg_versions.h"
#include "utils/date.h"

#define CROSSTAB_MAX_FACTORS 32

/* The counts of crosstab_cell, in its order; what a row counts in is a mask. */
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
#define CROSSTAB_NO_RTT	PG_UINT64_MAX

/*
 * A row.  After it come its values, one text for each factor, aligned as in an
 * array, with 4-byte headers.
 */
typedef struct CrosstabRow
{
	uint64		rtt_us;			/* or CROSSTAB_NO_RTT */
	DateADT		day;
	uint32		counts;			/* a COUNT_BIT for each */
} CrosstabRow;

/* A day, which is a value of factor 0, or a value of one of the factors. */
typedef struct CrosstabCell
{
	int64		counts[CELL_COUNTS];
	RttState   *rtt;			/* NULL: no time yet */
	const text *value;			/* of a day, the four bytes of a DateADT */
	uint32		factor;
} CrosstabCell;

static inline DateADT
crosstab_cell_day(const CrosstabCell *cell)
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
typedef struct CrosstabPair
{
	uint64		factors;		/* PAIR_KEY of the two */
	uint64		ranks;			/* the same of the places of their cells */
	int64		measured;
	int64		missed;
} CrosstabPair;

typedef struct CrosstabCounts CrosstabCounts;

/* Counts of no rows; what they grow to is in the context, too. */
extern CrosstabCounts *crosstab_counts_make(MemoryContext context,
											int nfactors);

/*
 * Counts the rows of this memory, each of which starts and ends at a MAXALIGN.
 * They are not checked.
 */
extern void crosstab_counts_add(CrosstabCounts *counts, const char *rows,
								Size size);

/*
 * The cells by factor, and then by day, or by the bytes of the value, in new
 * memory; good until more rows are counted.  There is none of all rows, which is
 * the sum of the days.
 */
extern const CrosstabCell **crosstab_sort_cells(const CrosstabCounts *counts,
												uint32 *ncells);

/* The pairs by factors, and then in the order of these cells, in new memory. */
extern const CrosstabPair *crosstab_sort_pairs(const CrosstabCounts *counts,
											   const CrosstabCell **sorted_cells,
											   uint32 *npairs);

#endif							/* CROSSTAB_COUNTS_H */
