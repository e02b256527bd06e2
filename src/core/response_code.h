/*-------------------------------------------------------------------------
 *
 * response_code.h
 *	  The class of a response code: what it says about a request.
 *
 *-------------------------------------------------------------------------
 */
#ifndef RESPONSE_CODE_H
#define RESPONSE_CODE_H

#include "core/target.h"

typedef enum ResponseClass
{
	RESPONSE_SUCCESS,
	RESPONSE_ACKNOWLEDGED,		/* the response itself is still to come */
	RESPONSE_REJECTED,
	RESPONSE_FAILED,			/* the device did not do it */
	RESPONSE_NONE,				/* the device could not be reached */
	RESPONSE_UNCLASSIFIED		/* the code is not listed */
} ResponseClass;

/* A row of the table of response codes. */
typedef struct ResponseCodeRow
{
	TargetMode	mode;			/* MODE_UNKNOWN: all modes without a row */
	bool		builtin;		/* shipped: a user's row takes precedence */
	ResponseClass class;
} ResponseCodeRow;

/* The class of a code in a mode, from the rows of this code. */
extern ResponseClass response_class(const ResponseCodeRow *rows, int nrows,
									TargetMode mode);

/*
 * Is the response with this code, of this class, an answer?  A rejection is,
 * and so is a failure.  An acknowledgement, or a message that the device could
 * not be reached, is not.  An unclassified code is an answer, unless it begins
 * with E or e, as the codes of errors do: it may say that the device could not
 * be reached.
 */
extern bool response_is_answer(ResponseClass class, const char *code,
							   int length);

/* The name of a class, as in the table, which has no "unclassified". */
extern const char *response_class_name(ResponseClass class);

/* Finds a class by its name in the table.  False if there is none. */
extern bool response_class_named(const char *name, int length,
								 ResponseClass *class);

#endif							/* RESPONSE_CODE_H */
