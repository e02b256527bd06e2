/*-------------------------------------------------------------------------
 *
 * answered_at.c
 *	  The function answered_at(): when a request was answered, or NULL.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "mode_arg.h"
#include "reference.h"

PG_FUNCTION_INFO_V1(pmr_answered_at);

/* (responded_at, response_code, mode) */
Datum
pmr_answered_at(PG_FUNCTION_ARGS)
{
	const ResponseCodeRow *rows;
	const text *code;
	ResponseClass class;
	int			nrows;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	if (PG_ARGISNULL(1))
		PG_RETURN_DATUM(PG_GETARG_DATUM(0));
	code = PG_GETARG_TEXT_PP(1);
	rows = reference_response_codes(fcinfo, code, &nrows);
	class = response_class(rows, nrows, get_mode_arg(fcinfo, 2));
	if (!response_is_answer(class, VARDATA_ANY(code),
							VARSIZE_ANY_EXHDR(code)))
		PG_RETURN_NULL();
	PG_RETURN_DATUM(PG_GETARG_DATUM(0));
}
