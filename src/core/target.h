/*-------------------------------------------------------------------------
 *
 * target.h
 *	  Whether a request met its Target Response Time, and which target it has.
 *
 * Times are microseconds since some epoch; INT64_MIN and INT64_MAX are before
 * and after all times.  A target is a length of time in microseconds.
 *
 *-------------------------------------------------------------------------
 */
#ifndef TARGET_H
#define TARGET_H

#include <stdbool.h>
#include <stdint.h>

/* In the order of the columns of the SQL type target_counts. */
typedef enum TargetOutcome
{
	TARGET_MET,
	TARGET_MISSED,
	TARGET_PENDING,
	TARGET_NOT_MEASURED,
	TARGET_INVALID
} TargetOutcome;

#define TARGET_OUTCOMES 5

/* A time or a length of time that may be missing. */
typedef struct TargetTime
{
	bool		known;
	int64_t		us;
} TargetTime;

/* In no row of the target table is a mode or a generation unknown. */
typedef enum TargetMode
{
	MODE_UNKNOWN = -1,
	MODE_ON_DEMAND,
	MODE_FUTURE_DATED,
	MODE_DCC_SCHEDULED,
	MODE_NON_DEVICE
} TargetMode;

#define TARGET_MODES	4

typedef enum TargetGeneration
{
	GENERATION_UNKNOWN = -1,
	GENERATION_SMETS1,
	GENERATION_SMETS2,
	GENERATION_ANY				/* those without a row of their own */
} TargetGeneration;

#define TARGET_GENERATIONS	2	/* that a device can be of */

/* One row of the target table, of one Service Reference Variant. */
typedef struct TargetRow
{
	TargetMode	mode;
	TargetGeneration generation;
	bool		builtin;		/* shipped, so any row of the user's wins */
	int64_t		valid_from;
	TargetTime	target;			/* not known, and 0: no target from then on */
} TargetRow;

/* Has more than this length of time passed since the start? */
static inline bool
target_has_passed(int64_t start, int64_t length_us, int64_t at)
{
	/* at - start may not fit int64_t, but it does fit uint64_t */
	return at > start &&
		(uint64_t) at - (uint64_t) start > (uint64_t) length_us;
}

/*
 * The outcome of one request.
 *
 * start: when its time began; unknown or infinite: not measured.
 * answer: when it was answered; unknown: it was not.  An answer before the
 * start is invalid, whatever the target.
 * target: not negative; unknown: not measured.
 * as_of: the time of the question; a request is pending until its target has
 * passed, answered or not.  INT64_MAX: every target has passed.
 *
 * A request whose answer takes exactly the target has met it.
 */
static inline TargetOutcome
target_outcome(TargetTime start, TargetTime answer, TargetTime target,
			   int64_t as_of)
{
	if (!start.known || start.us == INT64_MIN || start.us == INT64_MAX)
		return TARGET_NOT_MEASURED;
	if (answer.known && answer.us < start.us)
		return TARGET_INVALID;
	if (!target.known)
		return TARGET_NOT_MEASURED;
	if (as_of != INT64_MAX && !target_has_passed(start.us, target.us, as_of))
		return TARGET_PENDING;
	if (!answer.known || answer.us == INT64_MAX ||
		target_has_passed(start.us, target.us, answer.us))
		return TARGET_MISSED;
	return TARGET_MET;
}

/* Its name: that of the column of target_counts. */
extern const char *target_outcome_name(TargetOutcome outcome);

/*
 * The target of a request, from the rows of its Service Reference Variant.
 *
 * A row holds from its valid_from until the next row of the same mode,
 * generation and builtin; a row of the user's hides the shipped ones from then
 * on.  A generation without a row of its own has that of GENERATION_ANY.
 *
 * Nothing is guessed: where the generation is unknown, both must have the same
 * target; where the mode is unknown, all modes that have a row must agree, a
 * row without a target included, and none of them may be MODE_NON_DEVICE, where
 * I99 is an answer and elsewhere is not.  Otherwise, and where there is no
 * target, the result is not known.
 */
extern TargetTime target_of_request(const TargetRow *rows, int nrows,
									TargetMode mode,
									TargetGeneration generation, int64_t at);

/*
 * The same with the period around that time in which it is the same, for those
 * who ask again: from its first microsecond until before its last.
 */
typedef struct TargetPeriod
{
	int64_t		from;
	int64_t		until;
	TargetTime	target;
} TargetPeriod;

extern TargetPeriod target_period_of_request(const TargetRow *rows, int nrows,
											 TargetMode mode,
											 TargetGeneration generation,
											 int64_t at);

static inline bool
target_period_contains(const TargetPeriod *period, int64_t at)
{
	return at >= period->from && at < period->until;
}

/* Periods of one SRV are told apart by mode and generation, unknown or not. */
#define TARGET_KINDS	((TARGET_MODES + 1) * (TARGET_GENERATIONS + 1))

static inline int
target_kind(TargetMode mode, TargetGeneration generation)
{
	return (mode + 1) * (TARGET_GENERATIONS + 1) + generation + 1;
}

/* From their names; a name that is none gives ..._UNKNOWN. */
extern TargetMode target_mode(const char *name, int length);
extern TargetGeneration target_generation(const char *name, int length);

#endif							/* TARGET_H */
