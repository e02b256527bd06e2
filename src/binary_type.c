/*-------------------------------------------------------------------------
 *
 * binary_type.c
 *	  Types of which each value is a varlena with its binary form.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "binary_type.h"
#include "libpq/pqformat.h"
#include "pg_versions.h"
#include "text_form.h"
#include "utils/builtins.h"

/*
 * Makes a value of bytes that a client has sent.  The context is for errors of
 * type input (nodes/miscnodes.h), or NULL.
 */
static Datum
make_value(const BinaryType *type, const char *bytes, int nbytes,
		   int sqlerrcode, Node *escontext)
{
	const char *fault = type->find_fault(bytes, nbytes);

	if (fault != NULL)
		ereturn(escontext, (Datum) 0,
				(errcode(sqlerrcode),
				 errmsg("invalid value of type %s", type->name),
				 errdetail("Its binary form is invalid: %s.", fault)));
	return PointerGetDatum(cstring_to_text_with_len(bytes, nbytes));
}

Datum
binary_type_in(FunctionCallInfo fcinfo, const BinaryType *type)
{
	StringInfoData bytes;

	initStringInfo(&bytes);
	if (!text_form_decode(PG_GETARG_CSTRING(0), type->name, type->max_bytes,
						  &bytes, fcinfo->context))
		PG_RETURN_NULL();
	PG_RETURN_DATUM(make_value(type, bytes.data, bytes.len,
							   ERRCODE_INVALID_TEXT_REPRESENTATION,
							   fcinfo->context));
}

Datum
binary_type_out(FunctionCallInfo fcinfo)
{
	bytea	   *bytes = PG_GETARG_BYTEA_PP(0);

	PG_RETURN_CSTRING(text_form_encode(VARDATA_ANY(bytes),
									   VARSIZE_ANY_EXHDR(bytes)));
}

Datum
binary_type_recv(FunctionCallInfo fcinfo, const BinaryType *type)
{
	StringInfo	message = (StringInfo) PG_GETARG_POINTER(0);
	int			nbytes = message->len - message->cursor;

	PG_RETURN_DATUM(make_value(type, pq_getmsgbytes(message, nbytes), nbytes,
							   ERRCODE_INVALID_BINARY_REPRESENTATION, NULL));
}
