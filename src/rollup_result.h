/*-------------------------------------------------------------------------
 *
 * rollup_result.h
 *	  The result of the aggregate rollup_cells: a row of the type rollup_cells.
 *
 *-------------------------------------------------------------------------
 */
#ifndef ROLLUP_RESULT_H
#define ROLLUP_RESULT_H

#include "access/tupdesc.h"
#include "rollup_counts.h"

/*
 * Makes the row, in new memory: an array of rollup_cell, of which the first is
 * of all rows, and an array of rollup_cell_pair.  The descriptor must be that
 * of the type rollup_cells.
 */
extern Datum rollup_result_make(const RollupCounts *counts,
								TupleDesc tupdesc);

#endif							/* ROLLUP_RESULT_H */
