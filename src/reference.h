/*-------------------------------------------------------------------------
 *
 * reference.h
 *	  The reference tables that functions look into.
 *
 * The rows are those that a join in the same place would find: what the
 * snapshot sees that the query runs under, changes of its own transaction
 * included.  The first call goes by the table's index, the next ones by memory
 * where they safely can.  Rows are valid until the next call, or the end of the
 * memory context that the call was made in.
 *
 *-------------------------------------------------------------------------
 */
#ifndef REFERENCE_H
#define REFERENCE_H

#include "core/response_code.h"
#include "core/target.h"
#include "fmgr.h"

/*
 * The rows of pmr.target_response_time for an SRV.  As long as they are kept in
 * memory there is room beside them for TARGET_KINDS periods, the caller's,
 * which contain no time to begin with; otherwise periods is NULL.
 */
extern const TargetRow *reference_targets(FunctionCallInfo fcinfo,
										  const text *srv, int *nrows,
										  TargetPeriod **periods);

/* The rows of pmr.response_code for a code. */
extern const ResponseCodeRow *reference_response_codes(FunctionCallInfo fcinfo,
													   const text *code,
													   int *nrows);

#endif							/* REFERENCE_H */
