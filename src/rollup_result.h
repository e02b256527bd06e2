/*-------------------------------------------------------------------------
 *
 * rollup_result.h
 *	  The result of a rollup_cells: counts as a row of the type rollup_cells.
 *
 *-------------------------------------------------------------------------
 */
#ifndef ROLLUP_RESULT_H
#define ROLLUP_RESULT_H

#include "access/tupdesc.h"
#include "rollup_counts.h"

/*
 * The row, of which the descriptor is that of rollup_cells: an array of
 * rollup_cell, the first of which is of all rows, and one of rollup_cell_pair.
 */
extern Datum rollup_result_make(const RollupCounts *counts,
								TupleDesc tupdesc);

#endif							/* ROLLUP_RESULT_H */
