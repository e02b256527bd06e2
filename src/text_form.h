/*-------------------------------------------------------------------------
 *
 * text_form.h
 *	  The text form of types whose binary form is bytes: base64.
 *
 * This is what pg_dump writes and what Citus and postgres_fdw send, so it is
 * compact, exact, and of one piece.
 *
 *-------------------------------------------------------------------------
 */
#ifndef TEXT_FORM_H
#define TEXT_FORM_H

#include "lib/stringinfo.h"

/* The text of some bytes, in new memory. */
extern char *text_form_encode(const void *bytes, int nbytes);

/* Appends the bytes of a text, at most so many, to an empty buffer. */
extern void text_form_decode(const char *form, const char *type_name,
							 Size max_bytes, StringInfo bytes);

#endif							/* TEXT_FORM_H */
