/*-------------------------------------------------------------------------
 *
 * text_form.h
 *	  The text form of rtt_sketch and rtt_state: base64 of the binary form.
 *
 * pg_dump writes this form, and Citus and postgres_fdw send it, so it is
 * compact and exact.
 *
 *-------------------------------------------------------------------------
 */
#ifndef TEXT_FORM_H
#define TEXT_FORM_H

#include "lib/stringinfo.h"
#include "nodes/nodes.h"

/* The base64 of some bytes, in new memory. */
extern char *text_form_encode(const void *bytes, int nbytes);

/*
 * Decodes a text into an empty buffer.  If it is not base64, or longer than the
 * base64 of max_bytes, raises an error with the name of the type, or saves it
 * in the context (nodes/miscnodes.h) and returns false.
 */
extern bool text_form_decode(const char *form, const char *type_name,
							 Size max_bytes, StringInfo bytes,
							 Node *escontext);

#endif							/* TEXT_FORM_H */
