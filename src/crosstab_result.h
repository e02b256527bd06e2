/*-------------------------------------------------------------------------
 *
 * crosstab_result.h
 *	  The result of a crosstab: counts as a row of the type crosstab.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CROSSTAB_RESULT_H
#define CROSSTAB_RESULT_H

#include "access/tupdesc.h"
#include "crosstab_counts.h"

/*
 * The row, of which the descriptor is that of crosstab: an array of
 * crosstab_cell, the first of which is of all rows, and one of crosstab_pair.
 */
extern Datum crosstab_result_make(const CrosstabCounts *counts,
								  TupleDesc tupdesc);

#endif							/* CROSSTAB_RESULT_H */
