/*-------------------------------------------------------------------------
 *
 * response_class_arg.h
 *	  The name of a response class as an argument of an SQL function.
 *
 *-------------------------------------------------------------------------
 */
#ifndef RESPONSE_CLASS_ARG_H
#define RESPONSE_CLASS_ARG_H

#include "core/response_code.h"
#include "fmgr.h"
#include "text_name.h"

/* RESPONSE_UNCLASSIFIED for NULL.  Any other name raises an error. */
static inline ResponseClass
get_response_class_arg(FunctionCallInfo fcinfo, int argno)
{
	const text *name;
	ResponseClass class;

	if (PG_ARGISNULL(argno))
		return RESPONSE_UNCLASSIFIED;
	name = PG_GETARG_TEXT_PP(argno);
	if (response_class_named(VARDATA_ANY(name), VARSIZE_ANY_EXHDR(name),
							 &class))
		return class;
	if (!text_is_name(name, response_class_name(RESPONSE_UNCLASSIFIED)))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("response class is unknown: \"%s\"",
						clip_name(name))));
	return RESPONSE_UNCLASSIFIED;
}

#endif							/* RESPONSE_CLASS_ARG_H */
