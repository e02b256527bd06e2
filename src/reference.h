/*-------------------------------------------------------------------------
 *
 * reference.h
 *	  Lookups in the reference tables.
 *
 * A lookup finds the rows that a join in the same query would find: those that
 * the query's snapshot sees, including changes of its own transaction.  The
 * first call reads the table by its index.  Later calls use a copy of the
 * table in memory, where that is safe (reference.c).  The rows are valid until
 * the next call, or until the memory context is reset that was current in the
 * call.
 *
 *-------------------------------------------------------------------------
 */
#ifndef REFERENCE_H
#define REFERENCE_H

#include "core/request.h"
#include "core/response_code.h"
#include "core/target.h"
#include "fmgr.h"

/*
 * The rows of pmr.target_response_time for an SRV.  *periods is NULL unless
 * they are in the copy of the table.  Then it is an array of TARGET_KINDS
 * periods, kept with them, in which the caller may store results.  At first no
 * period contains any time.
 */
extern const TargetRow *reference_targets(FunctionCallInfo fcinfo,
										  const text *srv, int *nrows,
										  TargetPeriod **periods);

/* The rows of pmr.response_code for a code. */
extern const ResponseCodeRow *reference_response_codes(FunctionCallInfo fcinfo,
													   const text *code,
													   int *nrows);

/* The row in force of pmr.service_reference_variant for an SRV. */
extern SrvRow reference_srv(FunctionCallInfo fcinfo, const text *srv);

#endif							/* REFERENCE_H */
