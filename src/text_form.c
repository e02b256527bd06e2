/*-------------------------------------------------------------------------
 *
 * text_form.c
 *	  The text form of the types: base64 of the binary form.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "common/base64.h"
#include "libpq/pqformat.h"
#include "pg_versions.h"
#include "text_form.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

/*
 * Up to PostgreSQL 17 the functions of base64.h take bytes as char, since then
 * as uint8.  A void pointer suits both.
 */
char *
text_form_encode(const void *bytes, int nbytes)
{
	int64		size = (int64) pg_b64_enc_len(nbytes) + 1;
	char	   *form;
	int			length;

	if (!AllocSizeIsValid(size))
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("text form is too long")));
	form = palloc(size);
	length = pg_b64_encode(bytes, nbytes, form, size - 1);
	if (length < 0)				/* cannot happen: it is long enough */
		elog(ERROR, "could not encode %d bytes", nbytes);
	form[length] = '\0';
	return form;
}

/*
 * Is a filler of at most two characters the end of the text?  pg_b64_decode()
 * does not stop there: it decodes what follows, and drops some of its bits.
 */
static bool
filler_is_last(const char *form)
{
	int			nfillers = 0;

	for (form += strcspn(form, "="); *form != '\0'; form++)
	{
		if (*form == '=')
			nfillers++;
		else if (strchr(" \t\n\r", *form) == NULL)
			return false;
	}
	return nfillers <= 2;
}

bool
text_form_decode(const char *form, const char *type_name, Size max_bytes,
				 StringInfo bytes, Node *escontext)
{
	Size		length = strlen(form);
	int			nbytes;

	if (length > (max_bytes + 2) / 3 * 4)
		ereturn(escontext, false,
				(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
				 errmsg("invalid input syntax for type %s", type_name),
				 errdetail("It is too long.")));
	enlargeStringInfo(bytes, pg_b64_dec_len(length));
	nbytes = pg_b64_decode(form, length, (void *) bytes->data, bytes->maxlen);
	if (nbytes < 0 || !filler_is_last(form))
		ereturn(escontext, false,
				(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
				 errmsg("invalid input syntax for type %s", type_name),
				 errdetail("It is not base64.")));
	bytes->len = nbytes;
	return true;
}

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
text_form_in(FunctionCallInfo fcinfo, const BinaryType *type)
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
text_form_out(FunctionCallInfo fcinfo)
{
	bytea	   *bytes = PG_GETARG_BYTEA_PP(0);

	PG_RETURN_CSTRING(text_form_encode(VARDATA_ANY(bytes),
									   VARSIZE_ANY_EXHDR(bytes)));
}

Datum
binary_form_recv(FunctionCallInfo fcinfo, const BinaryType *type)
{
	StringInfo	message = (StringInfo) PG_GETARG_POINTER(0);
	int			nbytes = message->len - message->cursor;

	PG_RETURN_DATUM(make_value(type, pq_getmsgbytes(message, nbytes), nbytes,
							   ERRCODE_INVALID_BINARY_REPRESENTATION, NULL));
}
