/*-------------------------------------------------------------------------
 *
 * diagnosis.h
 *	  Which values of factors explain the misses, and when.
 *
 * A value of a factor has its sums of each day, over all strata (misses.h) in
 * which it can be compared within a block of days (day_block.h).
 *
 *-------------------------------------------------------------------------
 */
#ifndef DIAGNOSIS_H
#define DIAGNOSIS_H

#include "core/misses.h"

/* A day of a value. */
typedef struct DiagnosisDay
{
	MissesSums	sums;			/* requests at least 1 */
	MissesSums	calm;			/* those of strata for which the day is not
								 * far off the others */
	int32_t		day;
	bool		is_tested;		/* result */
	bool		is_burst;		/* result: much worse than the others, and
								 * than the value itself on its usual days */
	bool		is_left_out;	/* result: of the steady test */
	double		z;				/* result: of the excess beyond the usual */
	double		p_alone;		/* result: 1 if not tested */
	double		p_value;		/* result: adjusted for the tests of all days */
} DiagnosisDay;

typedef enum DiagnosisKind
{
	DIAGNOSIS_NO_CLAIM,
	DIAGNOSIS_TOO_SMALL,		/* more than chance, but too small to matter */
	DIAGNOSIS_BURST,			/* worse on a few days */
	DIAGNOSIS_STEADY			/* worse on the other days, too */
} DiagnosisKind;

typedef struct DiagnosisValue
{
	uint32_t	factor;
	DiagnosisDay *days;			/* ascending */
	size_t		ndays;
	FixedSum	variance;		/* of the excess of all calm sums together */

	/* results: of all days */
	int64_t		requests;
	int64_t		missed;
	int64_t		expected_tenths;
	double		usual;			/* excess of a request on the median day */

	/* of the steady test, for a burst of its worst day */
	double		z;
	double		p_value;		/* adjusted for all tests */
	MissesSpread spread;		/* of the steady test */

	DiagnosisKind kind;
	int64_t		claimed_tenths; /* the excess that is claimed */
	int32_t		first_day;		/* of the excess; as the rest, of claims */
	int32_t		last_day;
	bool		began;			/* on the first day: there was none before */
	int64_t		burst_days;
	int64_t		burst_tenths;	/* excess of these days */
} DiagnosisValue;

/* Scratch memory. */
typedef struct DiagnosisRank
{
	double		key;
	int64_t		weight;
	size_t		index;
	DiagnosisDay *day;
} DiagnosisRank;

/*
 * Sets the results.  Values of a factor must follow each other.  There must be
 * as many ranks as values and as all their days together.
 */
extern void diagnosis_judge(DiagnosisValue *values, size_t nvalues,
							DiagnosisRank *ranks);

#endif							/* DIAGNOSIS_H */
