/*-------------------------------------------------------------------------
 *
 * response_class.c
 *	  The function response_class(): the class of a response code.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "mode_arg.h"
#include "reference.h"
#include "utils/builtins.h"

PG_FUNCTION_INFO_V1(pmr_response_class);

/* (response_code, mode) */
Datum
pmr_response_class(PG_FUNCTION_ARGS)
{
	const ResponseCodeRow *rows;
	ResponseClass class;
	int			nrows;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	rows = reference_response_codes(fcinfo, PG_GETARG_TEXT_PP(0), &nrows);
	class = response_class(rows, nrows, get_mode_arg(fcinfo, 1));
	PG_RETURN_TEXT_P(cstring_to_text(response_class_name(class)));
}
