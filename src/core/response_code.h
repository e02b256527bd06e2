/*-------------------------------------------------------------------------
 *
 * response_code.h
 *	  What a response code says of a request.
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
	RESPONSE_NONE,				/* the device could not be reached */
	RESPONSE_UNCLASSIFIED		/* the code is not listed */
} ResponseClass;

/* One row of the table of response codes, of one code. */
typedef struct ResponseCodeRow
{
	TargetMode	mode;			/* MODE_UNKNOWN: modes without a row */
	bool		builtin;		/* shipped, so a row of the user's wins */
	ResponseClass class;
} ResponseCodeRow;

/* The class of a code, from its rows. */
extern ResponseClass response_class(const ResponseCodeRow *rows, int nrows,
									TargetMode mode);

/*
 * Is such a response an answer?  A rejection is, and so is a code that nobody
 * has classified; that the request was accepted, or that nobody could be
 * asked, is none.
 */
extern bool response_is_answer(ResponseClass class);

/* Its name, in English and in the table; "unclassified" is in no table. */
extern const char *response_class_name(ResponseClass class);

/* From its name in the table; false when it is none. */
extern bool response_class_named(const char *name, int length,
								 ResponseClass *class);

#endif							/* RESPONSE_CODE_H */
