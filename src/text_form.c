/*-------------------------------------------------------------------------
 *
 * text_form.c
 *	  The text form of rtt_sketch and rtt_state: base64 of the binary form.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "common/base64.h"
#include "pg_versions.h"
#include "text_form.h"
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
