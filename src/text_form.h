/*-------------------------------------------------------------------------
 *
 * text_form.h
 *	  The text form of the types: base64 of the binary form.
 *
 * pg_dump writes this form, and Citus and postgres_fdw send it, so it is
 * compact and exact.
 *
 *-------------------------------------------------------------------------
 */
#ifndef TEXT_FORM_H
#define TEXT_FORM_H

#include "fmgr.h"
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

/* The most bytes: pg_b64_dec_len() multiplies the length of the text by 3. */
#define TEXT_FORM_MAX_BYTES 500000000

/* A type of which each value is a varlena with its binary form. */
typedef struct BinaryType
{
	const char *name;
	Size		max_bytes;		/* that a text is decoded to */
	const char *(*find_fault) (const char *bytes, int nbytes);
} BinaryType;

/*
 * The input, output and receive functions of such a type.  find_fault
 * returns the fault of bytes that a client has sent, a clause such as "version
 * is unknown", or NULL.
 */
extern Datum text_form_in(FunctionCallInfo fcinfo, const BinaryType *type);
extern Datum text_form_out(FunctionCallInfo fcinfo);
extern Datum binary_form_recv(FunctionCallInfo fcinfo, const BinaryType *type);

#endif							/* TEXT_FORM_H */
