/*-------------------------------------------------------------------------
 *
 * rollup_cells.c
 *	  The function rollup_cells: the cells and pairs of a rollup_state as rows.
 *
 * A state has its cells and pairs in the order of the result, so they are
 * written as they are read.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "rollup_state.h"
#include "rtt_sketch.h"
#include "rtt_state.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/datetime.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/typcache.h"

#define CELL_COLUMNS	(3 + CELL_COUNTS + 1)
#define PAIR_COLUMNS	6
#define ROLLUP_COLUMNS 2

/* The counts of a cell, by column of rollup_cell. */
typedef struct CellSums
{
	int64		counts[CELL_COUNTS];
} CellSums;

PG_FUNCTION_INFO_V1(pmr_rollup_cells);

static void
check_columns(TupleDesc row, int ncolumns)
{
	if (row->natts != ncolumns)
		/* cannot happen: the script declares it so */
		elog(ERROR, "row type must have %d columns", ncolumns);
}

/* The row type of the elements of a column that is an array. */
static TupleDesc
get_element_row(TupleDesc row, int column, int ncolumns)
{
	Oid			type = TupleDescAttr(row, column)->atttypid;
	TupleDesc	element = lookup_rowtype_tupdesc_copy(get_element_type(type),
													  -1);

	check_columns(element, ncolumns);
	return element;
}

static Datum
make_row(TupleDesc tupdesc, Datum *values, bool *nulls)
{
	return HeapTupleGetDatum(heap_form_tuple(tupdesc, values, nulls));
}

/*
 * A rollup_cell: of a day, of a value of a factor, or of all rows, which has
 * neither.
 */
static Datum
make_cell(const DateADT *day, uint32 factor, Datum value,
		  const CellSums *sums, const RttSketch *rtt, TupleDesc tupdesc,
		  MemoryContext scratch)
{
	MemoryContext caller;
	Datum		values[CELL_COLUMNS] = {0};
	bool		nulls[CELL_COLUMNS] = {false};
	Datum		made;

	caller = MemoryContextSwitchTo(scratch);
	nulls[0] = day == NULL;
	if (day != NULL)
		values[0] = DateADTGetDatum(*day);
	values[1] = Int32GetDatum(factor);
	values[2] = value;
	for (int i = 0; i < CELL_COUNTS; i++)
		values[3 + i] = Int64GetDatum(sums->counts[i]);
	nulls[CELL_COLUMNS - 1] = rtt->count == 0;
	if (rtt->count > 0)
		values[CELL_COLUMNS - 1] = rtt_sketch_to_datum(rtt);
	MemoryContextSwitchTo(caller);

	made = make_row(tupdesc, values, nulls);
	MemoryContextReset(scratch);
	return made;
}

static Datum
make_row_array(Datum *rows, int nrows, TupleDesc tupdesc)
{
	return PointerGetDatum(construct_array(rows, nrows, tupdesc->tdtypeid,
										   -1, false, TYPALIGN_DOUBLE));
}

/* What the cells of the days add up to. */
typedef struct Total
{
	CellSums	sums;
	RttState   *rtt;
} Total;

static void
add_day(Total *total, const RollupStoredCell *cell, const CellSums *sums,
		MemoryContext scratch)
{
	MemoryContext caller;

	for (int i = 0; i < CELL_COUNTS; i++)
		total->sums.counts[i] += sums->counts[i];
	if (cell->rtt.count == 0)
		return;
	caller = MemoryContextSwitchTo(scratch);
	total->rtt = rtt_state_add_sketch(total->rtt, &cell->rtt);
	MemoryContextSwitchTo(caller);
	MemoryContextReset(scratch);
}

/* A day as a value: in ISO form, whatever the setting of DateStyle. */
static Datum
day_to_text(DateADT day)
{
	char		buffer[MAXDATELEN + 1];
	struct pg_tm tm = {0};

	j2date(day + POSTGRES_EPOCH_JDATE, &tm.tm_year, &tm.tm_mon, &tm.tm_mday);
	EncodeDateOnly(&tm, USE_ISO_DATES, buffer);
	return PointerGetDatum(cstring_to_text(buffer));
}

static Datum
make_total(const Total *total, Datum no_value, TupleDesc tupdesc,
		   MemoryContext scratch)
{
	RttSketch	rtt;

	rtt_state_open(total->rtt, &rtt);
	return make_cell(NULL, 0, no_value, &total->sums, &rtt, tupdesc, scratch);
}

/*
 * The cell of all rows, and then the others in their order, or only those of the
 * days.  The values of the cells, by their indexes, are for the pairs.
 */
static Datum
make_cells(RollupReader *reader, bool with_factors, Datum *cell_values,
		   TupleDesc tupdesc)
{
	MemoryContext scratch = AllocSetContextCreate(CurrentMemoryContext,
												  "rollup_cells scratch",
												  ALLOCSET_DEFAULT_SIZES);
	Datum		no_value = PointerGetDatum(cstring_to_text(""));
	Datum	   *rows = MemoryContextAllocHuge(CurrentMemoryContext,
											  ((Size) reader->all_cells + 1) *
											  sizeof(Datum));
	int			nrows = 1;
	uint32		ncells = with_factors ? reader->all_cells : reader->ncells[0];
	Total		total = {{{0}}};
	RollupStoredCell cell;

	total.rtt = rtt_state_make_small(RTT_STATE_SKETCH, NULL, 0, 0);
	while ((uint32) nrows <= ncells && rollup_read_cell(reader, &cell))
	{
		CellSums	sums = {{0}};
		bool		is_day = cell.factor == 0;
		Datum		value = no_value;

		CHECK_FOR_INTERRUPTS();
		rollup_sum_kinds(cell.counts, sums.counts);
		if (is_day)
		{
			add_day(&total, &cell, &sums, scratch);
			cell_values[nrows - 1] = day_to_text(cell.day);
		}
		else
		{
			value = PointerGetDatum(cstring_to_text_with_len((const char *) cell.value,
															 cell.length));
			cell_values[nrows - 1] = value;
		}
		rows[nrows++] = make_cell(is_day ? &cell.day : NULL, cell.factor,
								  value, &sums, &cell.rtt, tupdesc, scratch);
	}
	rows[0] = make_total(&total, no_value, tupdesc, scratch);
	MemoryContextDelete(scratch);
	return make_row_array(rows, nrows, tupdesc);
}

static Datum
make_text_array(Datum *elements, int n)
{
	return PointerGetDatum(construct_array(elements, n, TEXTOID, -1, false,
										   TYPALIGN_INT));
}

static Datum
make_bigint_array(Datum *elements, int n)
{
	return PointerGetDatum(construct_array(elements, n, INT8OID,
										   sizeof(int64), FLOAT8PASSBYVAL,
										   TYPALIGN_DOUBLE));
}

/* The pairs of two factors. */
typedef struct PairArrays
{
	Datum	   *values_a;
	Datum	   *values_b;
	Datum	   *measured;
	Datum	   *missed;
	int			n;
	int			allocated;
} PairArrays;

static void
grow_arrays(PairArrays *arrays)
{
	Size		size;

	arrays->allocated = Max(64, 2 * arrays->allocated);
	size = (Size) arrays->allocated * sizeof(Datum);
	if (arrays->values_a == NULL)
	{
		arrays->values_a = palloc(size);
		arrays->values_b = palloc(size);
		arrays->measured = palloc(size);
		arrays->missed = palloc(size);
		return;
	}
	arrays->values_a = repalloc(arrays->values_a, size);
	arrays->values_b = repalloc(arrays->values_b, size);
	arrays->measured = repalloc(arrays->measured, size);
	arrays->missed = repalloc(arrays->missed, size);
}

static void
add_pair(PairArrays *arrays, const RollupReader *reader,
		 const RollupStoredPair *pair, const Datum *cell_values)
{
	int			i = arrays->n;

	if (i == arrays->allocated)
		grow_arrays(arrays);
	arrays->values_a[i] =
		cell_values[reader->first_cells[pair->factor_a] + pair->a];
	arrays->values_b[i] =
		cell_values[reader->first_cells[pair->factor_b] + pair->b];
	arrays->measured[i] = Int64GetDatum(pair->measured);
	arrays->missed[i] = Int64GetDatum(pair->missed);
	arrays->n++;
}

/* The pairs of two factors as a rollup_cell_pair. */
static Datum
make_pair(const RollupStoredPair *factors, const PairArrays *arrays,
		  TupleDesc tupdesc)
{
	Datum		columns[PAIR_COLUMNS];
	bool		nulls[PAIR_COLUMNS] = {false};

	columns[0] = Int32GetDatum(factors->factor_a);
	columns[1] = Int32GetDatum(factors->factor_b);
	columns[2] = make_text_array(arrays->values_a, arrays->n);
	columns[3] = make_text_array(arrays->values_b, arrays->n);
	columns[4] = make_bigint_array(arrays->measured, arrays->n);
	columns[5] = make_bigint_array(arrays->missed, arrays->n);
	return make_row(tupdesc, columns, nulls);
}

static Datum
make_pairs(RollupReader *reader, const Datum *cell_values, TupleDesc tupdesc)
{
	Datum		rows[ROLLUP_MAX_FACTORS * (ROLLUP_MAX_FACTORS + 1) / 2];
	int			nrows = 0;
	PairArrays	arrays = {0};
	RollupStoredPair last = {0};
	RollupStoredPair pair;

	while (rollup_read_pair(reader, &pair))
	{
		CHECK_FOR_INTERRUPTS();
		if (arrays.n > 0 && (pair.factor_a != last.factor_a ||
							 pair.factor_b != last.factor_b))
		{
			rows[nrows++] = make_pair(&last, &arrays, tupdesc);
			arrays.n = 0;
		}
		add_pair(&arrays, reader, &pair, cell_values);
		last = pair;
	}
	if (arrays.n > 0)
		rows[nrows++] = make_pair(&last, &arrays, tupdesc);
	return make_row_array(rows, nrows, tupdesc);
}

Datum
pmr_rollup_cells(PG_FUNCTION_ARGS)
{
	const bytea *state = PG_GETARG_BYTEA_PP(0);
	bool		with_factors = PG_GETARG_BOOL(1);
	TupleDesc	tupdesc;
	RollupReader reader;
	Datum	   *cell_values;
	Datum		columns[ROLLUP_COLUMNS];
	bool		nulls[ROLLUP_COLUMNS] = {false};

	if (get_call_result_type(fcinfo, NULL, &tupdesc) != TYPEFUNC_COMPOSITE)
		/* cannot happen: the script declares it so */
		elog(ERROR, "return type must be a row type");
	check_columns(tupdesc, ROLLUP_COLUMNS);

	rollup_state_open(&reader, (const uint8 *) VARDATA_ANY(state),
					  VARSIZE_ANY_EXHDR(state));
	cell_values = MemoryContextAllocHuge(CurrentMemoryContext,
										 (Size) reader.all_cells *
										 sizeof(Datum));
	columns[0] = make_cells(&reader, with_factors, cell_values,
							get_element_row(tupdesc, 0, CELL_COLUMNS));
	if (with_factors)
		columns[1] = make_pairs(&reader, cell_values,
								get_element_row(tupdesc, 1, PAIR_COLUMNS));
	else
		nulls[1] = true;
	rollup_state_close(&reader);
	PG_RETURN_DATUM(make_row(tupdesc, columns, nulls));
}
