/*-------------------------------------------------------------------------
 *
 * target.h
 *	  Whether a request met its Target Response Time, and which target it has.
 *
 * Times are microseconds since some epoch; INT64_MIN and INT64_MAX are minus
 * and plus infinity.  A target is a length of time in microseconds.
 *
 *-------------------------------------------------------------------------
 */
#ifndef TARGET_H
#define TARGET_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

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

/* A time or a length of time, which may be unknown. */
typedef struct TargetTime
{
	bool		known;
	int64_t		us;
} TargetTime;

/* No row of the target table has an unknown mode or generation. */
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
	GENERATION_ANY				/* all without a row of their own */
} TargetGeneration;

#define TARGET_GENERATIONS	2	/* of devices */

/* The name of a user role, of any bytes.  Roles are data. */
typedef struct TargetRole
{
	const char *name;
	int			length;			/* 0: any, that is, all roles without rows of
								 * their own for the SRV; -1: not known */
} TargetRole;

#define TARGET_ROLE_ANY		((TargetRole) {NULL, 0})
#define TARGET_ROLE_UNKNOWN ((TargetRole) {NULL, -1})

/* A row of the target table. */
typedef struct TargetRow
{
	TargetMode	mode;
	TargetGeneration generation;
	TargetRole	role;
	bool		builtin;		/* shipped: a user's row takes precedence */
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
 * start	when its time begins; not measured if it is unknown or infinite
 * answer	when it was answered; unknown if it was not.  A request with an
 *			answer before the start is invalid, whatever its target.
 * target	not negative; not measured if it is unknown
 * as_of	the time for which the outcome is asked.  A request is pending until
 *			its target has passed, answered or not.  INT64_MAX: every target
 *			has passed.
 *
 * A request whose answer takes exactly as long as the target has met it.
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

/* The name of an outcome, which is its column in target_counts. */
extern const char *target_outcome_name(TargetOutcome outcome);

/*
 * The target of a request, from the rows of its Service Reference Variant.
 *
 * A row is in force from its valid_from until that of the next row of the same
 * mode, generation, role and builtin.  From its valid_from on, a user's row
 * hides the shipped ones.  The row of a request is the first that is in force
 * of these, all of its mode:
 *
 * - of its role and its generation
 * - of its role and GENERATION_ANY
 * - of TARGET_ROLE_ANY and its generation
 * - of TARGET_ROLE_ANY and GENERATION_ANY
 *
 * So a row of a role is an exception: wherever a role has none, the rows for
 * all roles apply to it, too.
 *
 * Nothing is guessed.  If the generation is unknown, both must have the same
 * target.  If the mode is unknown, all modes that have a row must have the
 * same target, or all none; and MODE_NON_DEVICE must have no row, because only
 * there I99 is an answer.  If the role is unknown, each role that has a row
 * and TARGET_ROLE_ANY must have the same target.  Otherwise, or if there is no
 * target, the result is not known.
 */
extern TargetTime target_of_request(const TargetRow *rows, int nrows,
									TargetMode mode,
									TargetGeneration generation,
									TargetRole role, int64_t at);

/*
 * The target of a request, and the period around that time in which it does
 * not change: from is in the period, until is not.  Callers may keep it.
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
											 TargetRole role, int64_t at);

static inline bool
target_period_contains(const TargetPeriod *period, int64_t at)
{
	return at >= period->from && at < period->until;
}

/*
 * Combinations of mode and generation, unknown ones included, as an index, for
 * requests of a role without rows of its own, and for those of unknown role.
 */
#define TARGET_KINDS	(2 * (TARGET_MODES + 1) * (TARGET_GENERATIONS + 1))

static inline int
target_kind(TargetMode mode, TargetGeneration generation, TargetRole role)
{
	return (mode + 1) * (TARGET_GENERATIONS + 1) + generation + 1 +
		(role.length < 0 ? TARGET_KINDS / 2 : 0);
}

static inline bool
target_role_equal(TargetRole a, TargetRole b)
{
	return a.length == b.length &&
		(a.length <= 0 || memcmp(a.name, b.name, (size_t) a.length) == 0);
}

/* Is the role known, and has it a row of its own? */
static inline bool
target_role_is_apart(const TargetRow *rows, int nrows, TargetRole role)
{
	if (role.length > 0)
	{
		for (int i = 0; i < nrows; i++)
		{
			if (target_role_equal(rows[i].role, role))
				return true;
		}
	}
	return false;
}

/* Find a mode or generation by its name, or return ..._UNKNOWN. */
extern TargetMode target_mode(const char *name, int length);
extern TargetGeneration target_generation(const char *name, int length);

/* The role of a name, which is not copied.  The empty name: not known. */
extern TargetRole target_role(const char *name, int length);

#endif							/* TARGET_H */
