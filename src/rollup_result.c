/*-------------------------------------------------------------------------
 *
 * rollup_result.c
 *	  The result of the aggregate rollup_cells: a row of the type rollup_cells.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "port/pg_bitutils.h"
#include "rollup_result.h"
#include "rtt_sketch.h"
#include "rtt_state.h"
#include "utils/array.h"
#include "utils/builtins.h"
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

/* Adds up the rows of a cell, whose kinds add to the counts of these masks. */
static CellSums
sum_kinds(const RollupCell *cell, const uint32 *masks)
{
	CellSums	sums = {{0}};

	for (int kind = 0; kind < ROLLUP_KINDS; kind++)
	{
		uint64		count = rollup_cell_count(cell, kind);
		uint32		rest = count > 0 ? masks[kind] : 0;

		for (; rest != 0; rest &= rest - 1)
			sums.counts[pg_rightmost_one_pos32(rest)] += count;
	}
	return sums;
}

/* Adds a cell of a day to that of all rows. */
static void
add_day(RollupCell *total, CellSums *total_sums, const RollupCell *cell,
		const CellSums *sums, MemoryContext scratch)
{
	MemoryContext caller;

	for (int i = 0; i < CELL_COUNTS; i++)
		total_sums->counts[i] += sums->counts[i];
	if (cell->rtt == NULL)
		return;
	if (total->rtt == NULL)
		total->rtt = rtt_state_make_small(RTT_STATE_SKETCH, NULL, 0, 0);
	caller = MemoryContextSwitchTo(scratch);
	total->rtt = rtt_state_add_state(total->rtt, cell->rtt);
	MemoryContextSwitchTo(caller);
	MemoryContextReset(scratch);
}

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

/* A cell as a rollup_cell.  The cell of all rows has no value, and no day. */
static Datum
make_cell(const RollupCell *cell, const CellSums *sums, TupleDesc tupdesc,
		  MemoryContext scratch)
{
	MemoryContext caller;
	RttSketch	sketch;
	Datum		values[CELL_COLUMNS] = {0};
	bool		nulls[CELL_COLUMNS] = {false};
	Datum		made;

	caller = MemoryContextSwitchTo(scratch);
	nulls[0] = cell->factor != 0 || cell->value == NULL;
	if (!nulls[0])
		values[0] = DateADTGetDatum(rollup_cell_day(cell));
	values[1] = Int32GetDatum(cell->factor);
	if (cell->factor == 0)
		values[2] = PointerGetDatum(cstring_to_text(""));
	else
		values[2] = PointerGetDatum(cell->value);
	for (int i = 0; i < CELL_COUNTS; i++)
		values[3 + i] = Int64GetDatum(sums->counts[i]);
	nulls[CELL_COLUMNS - 1] = cell->rtt == NULL;
	if (cell->rtt != NULL)
	{
		rtt_state_open(cell->rtt, &sketch);
		values[CELL_COLUMNS - 1] = rtt_sketch_to_datum(&sketch);
	}
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

/* The cell of all rows, and then the others in their order. */
static Datum
make_cells(const RollupCell **sorted, uint32 ncells, TupleDesc tupdesc)
{
	MemoryContext scratch = AllocSetContextCreate(CurrentMemoryContext,
												  "rollup_cells scratch",
												  ALLOCSET_DEFAULT_SIZES);
	Datum	   *rows = palloc((ncells + 1) * sizeof(Datum));
	RollupCell	total = {{0}};
	CellSums	total_sums = {{0}};
	uint32		masks[ROLLUP_KINDS];

	for (int kind = 0; kind < ROLLUP_KINDS; kind++)
		masks[kind] = rollup_kind_counts(kind);
	for (uint32 i = 0; i < ncells; i++)
	{
		CellSums	sums = sum_kinds(sorted[i], masks);

		CHECK_FOR_INTERRUPTS();
		if (sorted[i]->factor == 0)
			add_day(&total, &total_sums, sorted[i], &sums, scratch);
		rows[i + 1] = make_cell(sorted[i], &sums, tupdesc, scratch);
	}
	rows[0] = make_cell(&total, &total_sums, tupdesc, scratch);
	MemoryContextDelete(scratch);
	return make_row_array(rows, ncells + 1, tupdesc);
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

/* The pairs of two factors as a rollup_cell_pair. */
static Datum
make_pair(const RollupPair *pairs, int npairs,
		  const RollupCell **sorted_cells, TupleDesc tupdesc)
{
	Datum	   *values_a = palloc(npairs * sizeof(Datum));
	Datum	   *values_b = palloc(npairs * sizeof(Datum));
	Datum	   *measured = palloc(npairs * sizeof(Datum));
	Datum	   *missed = palloc(npairs * sizeof(Datum));
	Datum		columns[PAIR_COLUMNS];
	bool		nulls[PAIR_COLUMNS] = {false};

	for (int i = 0; i < npairs; i++)
	{
		const RollupCell *a = sorted_cells[PAIR_A(pairs[i].ranks)];
		const RollupCell *b = sorted_cells[PAIR_B(pairs[i].ranks)];

		values_a[i] = PointerGetDatum(a->value);
		values_b[i] = PointerGetDatum(b->value);
		measured[i] = Int64GetDatum(pairs[i].measured);
		missed[i] = Int64GetDatum(pairs[i].missed);
	}
	columns[0] = Int32GetDatum(PAIR_A(pairs->factors));
	columns[1] = Int32GetDatum(PAIR_B(pairs->factors));
	columns[2] = make_text_array(values_a, npairs);
	columns[3] = make_text_array(values_b, npairs);
	columns[4] = make_bigint_array(measured, npairs);
	columns[5] = make_bigint_array(missed, npairs);
	return make_row(tupdesc, columns, nulls);
}

static Datum
make_pairs(const RollupCounts *counts, const RollupCell **sorted_cells,
		   TupleDesc tupdesc)
{
	Datum		rows[ROLLUP_MAX_FACTORS * (ROLLUP_MAX_FACTORS - 1) / 2];
	int			nrows = 0;
	uint32		npairs;
	const RollupPair *pairs = rollup_sort_pairs(counts, sorted_cells,
												&npairs);
	const RollupPair *end = pairs + npairs;

	while (pairs < end)
	{
		const RollupPair *next = pairs;

		while (next < end && next->factors == pairs->factors)
			next++;
		CHECK_FOR_INTERRUPTS();
		rows[nrows++] = make_pair(pairs, next - pairs, sorted_cells, tupdesc);
		pairs = next;
	}
	return make_row_array(rows, nrows, tupdesc);
}

Datum
rollup_result_make(const RollupCounts *counts, TupleDesc tupdesc)
{
	TupleDesc	cell;
	TupleDesc	pair;
	uint32		ncells;
	const RollupCell **sorted = rollup_sort_cells(counts, &ncells);
	Datum		columns[ROLLUP_COLUMNS];
	bool		nulls[ROLLUP_COLUMNS] = {false};

	check_columns(tupdesc, ROLLUP_COLUMNS);
	cell = get_element_row(tupdesc, 0, CELL_COLUMNS);
	pair = get_element_row(tupdesc, 1, PAIR_COLUMNS);
	columns[0] = make_cells(sorted, ncells, cell);
	columns[1] = make_pairs(counts, sorted, pair);
	return make_row(tupdesc, columns, nulls);
}
