/*-------------------------------------------------------------------------
 *
 * factor_figures.c
 *	  The function factor_figures: the figures of each value of the factors of
 *	  a rollup_state.
 *
 * There are far more of them than of all other figures, so they are computed
 * as the state is read.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <math.h>

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "pg_versions.h"
#include "rollup_state.h"
#include "rtt_figures.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/typcache.h"

/* The columns of factor_figure: factor, value, counts, times. */
#define COUNTS			(COUNT_UNCLASSIFIED + 1)
#define TIMES			3
#define FIGURE_COLUMNS	(2 + COUNTS + TIMES)

PG_FUNCTION_INFO_V1(pmr_factor_figures);

static TupleDesc
get_figure_type(FunctionCallInfo fcinfo)
{
	Oid			type = get_element_type(get_func_rettype(fcinfo->flinfo->fn_oid));
	TupleDesc	tupdesc = lookup_rowtype_tupdesc_copy(type, -1);

	if (tupdesc->natts != FIGURE_COLUMNS)
		/* cannot happen: the script declares it so */
		elog(ERROR, "row type must have %d columns", FIGURE_COLUMNS);
	return tupdesc;
}

/* The names of the factors of a state. */
static Datum *
get_names(ArrayType *array, int nfactors)
{
	Datum	   *names;
	int			nnames;

	if (array_contains_nulls(array))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("names of factors must not be null")));
	deconstruct_array(array, TEXTOID, -1, false, TYPALIGN_INT, &names, NULL,
					  &nnames);
	if (nnames != nfactors)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("number of names must be that of the state's factors, %d, but is %d",
						nfactors, nnames)));
	return names;
}

static Datum
make_figure(Datum name, const RollupStoredCell *cell, const int64 *counts,
			TupleDesc tupdesc)
{
	static const RttFigure times[TIMES] = {RTT_P50, RTT_P95, RTT_P95_ALL};
	Datum		values[FIGURE_COLUMNS];
	bool		nulls[FIGURE_COLUMNS] = {false};
	float8		figures[RTT_FIGURES];
	int			column = 0;

	values[column++] = name;
	values[column++] =
		PointerGetDatum(cstring_to_text_with_len((const char *) cell->value,
												 cell->length));
	for (int i = 0; i < COUNTS; i++)
		values[column++] = Int64GetDatum(counts[i]);
	if (cell->rtt.count > 0)
		rtt_figures(&cell->rtt,
					counts[COUNT_REQUESTS] - counts[COUNT_PENDING] -
					counts[COUNT_INVALID] - counts[COUNT_ANSWERED], figures);
	for (int i = 0; i < TIMES; i++, column++)
	{
		nulls[column] = cell->rtt.count == 0 || isnan(figures[times[i]]);
		values[column] = nulls[column] ? (Datum) 0 :
			Float8GetDatum(figures[times[i]]);
	}
	return HeapTupleGetDatum(heap_form_tuple(tupdesc, values, nulls));
}

/* (state, names of factors) */
Datum
pmr_factor_figures(PG_FUNCTION_ARGS)
{
	const bytea *state = PG_GETARG_BYTEA_PP(0);
	TupleDesc	tupdesc = get_figure_type(fcinfo);
	RollupReader reader;
	RollupStoredCell cell;
	Datum	   *names;
	Datum	   *rows;
	int			nrows = 0;

	rollup_state_open(&reader, (const uint8 *) VARDATA_ANY(state),
					  VARSIZE_ANY_EXHDR(state));
	names = get_names(PG_GETARG_ARRAYTYPE_P(1), reader.nfactors);
	rows = MemoryContextAllocHuge(CurrentMemoryContext,
								  (Size) reader.all_cells * sizeof(Datum));
	while (rollup_read_cell(&reader, &cell))
	{
		int64		counts[CELL_COUNTS];

		CHECK_FOR_INTERRUPTS();
		if (cell.factor == 0)
			continue;
		rollup_sum_kinds(cell.counts, counts);
		if (counts[COUNT_REQUESTS] > 0)
			rows[nrows++] = make_figure(names[cell.factor - 1], &cell, counts,
										tupdesc);
	}
	rollup_state_close(&reader);
	PG_RETURN_ARRAYTYPE_P(construct_array(rows, nrows, tupdesc->tdtypeid, -1,
										  false, TYPALIGN_DOUBLE));
}
