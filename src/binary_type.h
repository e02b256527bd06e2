/*-------------------------------------------------------------------------
 *
 * binary_type.h
 *	  Types of which each value is a varlena with its binary form: rtt_sketch,
 *	  rollup_state and journey_state.
 *
 *-------------------------------------------------------------------------
 */
#ifndef BINARY_TYPE_H
#define BINARY_TYPE_H

#include "fmgr.h"

/* The most of max_bytes: pg_b64_dec_len() multiplies a text's length by 3. */
#define BINARY_TYPE_MAX_BYTES 500000000

typedef struct BinaryType
{
	const char *name;
	Size		max_bytes;		/* that a text is decoded to */
	const char *(*find_fault) (const char *bytes, int nbytes);
} BinaryType;

/*
 * The input, output and receive functions of such a type.  find_fault returns
 * the fault of bytes that a client has sent, a clause such as "format version is
 * unknown", or NULL.
 */
extern Datum binary_type_in(FunctionCallInfo fcinfo, const BinaryType *type);
extern Datum binary_type_out(FunctionCallInfo fcinfo);
extern Datum binary_type_recv(FunctionCallInfo fcinfo, const BinaryType *type);

#endif							/* BINARY_TYPE_H */
