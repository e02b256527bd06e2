/*-------------------------------------------------------------------------
 *
 * rollup_kind.h
 *	  Kinds of rows of a rollup: rows of the same kind count alike.
 *
 * The kind of a row follows from its outcome, and from its response.  A rollup
 * counts the rows of each kind.  All counts that reports have, such as
 * "missed" and "met_success", are sums of these.  So any numbers of rows by
 * kind are possible, and a new count of the reports needs no new rollup.
 *
 * The numbers of the kinds are part of the stored form (rollup_codec.c).
 *
 *-------------------------------------------------------------------------
 */
#ifndef ROLLUP_KIND_H
#define ROLLUP_KIND_H

#include <stdbool.h>
#include <stdint.h>

#include "core/response_code.h"
#include "core/target.h"

/* An outcome is a TargetOutcome, or one of these, which are not requests. */
#define ROLLUP_PRE_COMMAND		(TARGET_OUTCOMES + 0)
#define ROLLUP_LOCAL_COMMAND	(TARGET_OUTCOMES + 1)
#define ROLLUP_CANCELLED		(TARGET_OUTCOMES + 2)
#define ROLLUP_OUTCOMES			(TARGET_OUTCOMES + 3)

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
#define COUNT_BIT(count) ((uint32_t) 1 << (count))

/*
 * The kinds.  Rows that are met, missed or not measured have one kind for
 * each of nine responses; the others have one kind for each outcome.
 */
#define ROLLUP_RESPONSES	9
#define ROLLUP_KINDS		32

#define ROLLUP_KIND_BIT(kind) ((uint32_t) 1 << (kind))

/* The first kinds of missed, of not measured, and of other rows. */
#define ROLLUP_FIRST_MISSED		ROLLUP_RESPONSES
#define ROLLUP_FIRST_UNMEASURED	(2 * ROLLUP_RESPONSES)
#define ROLLUP_FIRST_UNDECIDED	(3 * ROLLUP_RESPONSES)

/*
 * The kind of a row.  If the row has no response code, has_code is false,
 * and the class is RESPONSE_UNCLASSIFIED.
 */
extern int	rollup_kind(int outcome, ResponseClass class, bool has_code,
						bool answered);

/* The counts that a row of a kind adds to: a COUNT_BIT for each. */
extern uint32_t rollup_kind_counts(int kind);

/* Adds up the counts of rows, of which there are so many of each kind. */
extern void rollup_sum_kinds(const uint64_t *kinds, int64_t *counts);

/* Are the rows of a kind answered, so that they may have a round-trip time? */
static inline bool
rollup_kind_is_answered(uint32_t kind)
{
	return kind < ROLLUP_FIRST_UNDECIDED &&
		kind % ROLLUP_RESPONSES <= RESPONSE_UNCLASSIFIED;
}

/* Are they measured, and so counted by pairs of values?  Were they missed? */
static inline bool
rollup_kind_is_measured(uint32_t kind)
{
	return kind < ROLLUP_FIRST_UNMEASURED;
}

static inline bool
rollup_kind_is_missed(uint32_t kind)
{
	return kind - ROLLUP_FIRST_MISSED < ROLLUP_RESPONSES;
}

#endif							/* ROLLUP_KIND_H */
