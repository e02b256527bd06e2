/*-------------------------------------------------------------------------
 *
 * rollup_collector.c
 *	  A rollup_state while rows are added to it: an expanded object.
 *
 * A row with k factor values counts in k + 1 cells, of its day and its values,
 * and in k(k+1)/2 pairs.  These are about fifty cache lines, which belong to
 * the row's group alone.  In hash aggregation successive rows belong to
 * different groups, so each line would come from main memory.  Rows are
 * therefore only appended to a log, which touches two lines, and are counted,
 * hundreds at a time, when the log is full.
 *
 * Counts and sketches do not depend on the order of the rows, so rows may be
 * counted at any time.  When the counts of all rows are asked for, the rows of
 * the log are counted, too.  If the collector has no counts yet, they are
 * counted into temporary memory, so that a small group never keeps counts.
 * Otherwise the rows move from the log into the collector's counts, and the
 * collector still stands for the same rows.
 *
 * A state that is added, as when the states of parallel workers are combined,
 * is appended to the log, too: its stored form takes less memory than its
 * counts.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/tupmacs.h"
#include "aggregate_call.h"
#include "aggregation.h"
#include "flat_object.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "rollup_collector.h"
#include "rollup_state.h"
#include "rtt_state.h"
#include "utils/memutils.h"

/*
 * Sizes in bytes.  A row with a few short values takes about 60, so a full log
 * has more rows than the counts have cache lines.
 */
#define LOG_MIN_SIZE	128
#define LOG_MAX_SIZE	131072
#define MAX_LOGGED_ROW	(LOG_MAX_SIZE / 8)	/* longer states skip the log */

struct RollupCollector
{
	FlatObject	object;
	int			nfactors;
	uint32		log_size;
	uint32		log_used;
	char	   *log;
	RollupCounts *counts;		/* of the rows not in the log, or NULL */
};

PG_FUNCTION_INFO_V1(pmr_rollup_state_combine);

/* Log */

/* Counts rows into the collector's own counts. */
static void
count_rows(RollupCollector *collector, const char *rows, Size size)
{
	if (collector->counts == NULL)
		collector->counts = rollup_counts_make(collector->object.header.eoh_context,
											   collector->nfactors);
	rollup_counts_add(collector->counts, rows, size);
}

/* Makes room in the log for a row of this size. */
static void
reserve_log(RollupCollector *collector, Size size)
{
	uint32		log_size = Max(collector->log_size, LOG_MIN_SIZE);

	while (log_size < collector->log_used + size)
		log_size *= 2;
	if (log_size > LOG_MAX_SIZE)
	{
		count_rows(collector, collector->log, collector->log_used);
		collector->log_used = 0;
	}
	else if (collector->log == NULL)
	{
		collector->log = MemoryContextAlloc(collector->object.header.eoh_context,
											log_size);
		collector->log_size = log_size;
	}
	else if (log_size > collector->log_size)
	{
		collector->log = repalloc(collector->log, log_size);
		collector->log_size = log_size;
	}
}

/* The end of the log, where there is room for a row of this size. */
static inline char *
get_place(RollupCollector *collector, Size size)
{
	if (size > collector->log_size - collector->log_used)
		reserve_log(collector, size);
	return collector->log + collector->log_used;
}

/* The most bytes that a row with these values can take. */
static Size
get_row_bound(const ArrayType *values, int nfactors)
{
	Size		size = sizeof(RollupRow);

	if (values != NULL)
		size += ARR_SIZE(values) - ARR_DATA_OFFSET(values) +
			(Size) nfactors * VARHDRSZ; /* of values that are NULL */
	return MAXALIGN(size);
}

/*
 * Each value is copied into a pair with each other factor's, so long values
 * would take far more memory than the row.
 */
static void
check_row_size(Size size)
{
	if (unlikely(size > MAX_LOGGED_ROW))
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("size of a row must not exceed %d bytes, but is %zu",
						MAX_LOGGED_ROW, size),
				 errhint("Shorten the values of the factors.")));
}

/* Writes a row, and returns its end. */
static char *
write_row(char *place, const RollupRow *row, ArrayType *values, int nfactors)
{
	const uint8 *bitmap;
	char	   *value;

	memcpy(place, row, sizeof(RollupRow));
	place += sizeof(RollupRow);
	if (values == NULL)
		return (char *) MAXALIGN(place);

	bitmap = ARR_NULLBITMAP(values);
	value = ARR_DATA_PTR(values);
	for (int i = 0; i < nfactors; i++)
	{
		Size		length = 0;

		if (bitmap == NULL || !att_isnull(i, bitmap))
		{
			length = VARSIZE_ANY_EXHDR(value);
			memcpy(place + VARHDRSZ, VARDATA_ANY(value), length);
			value = att_addlength_pointer(value, -1, value);
			value = (char *) att_align_nominal(value, TYPALIGN_INT);
		}
		SET_VARSIZE(place, VARHDRSZ + length);
		place += INTALIGN(VARHDRSZ + length);
	}
	return (char *) MAXALIGN(place);
}

void
rollup_collector_add(RollupCollector *collector, const RollupRow *row,
					 ArrayType *values)
{
	Size		bound = get_row_bound(values, collector->nfactors);
	const char *end;

	check_row_size(bound);
	end = write_row(get_place(collector, bound), row, values,
					collector->nfactors);
	collector->log_used = end - collector->log;
}

/* Adds the rows of a state, whose bytes are checked when they are counted. */
static void
add_state(RollupCollector *collector, const bytea *state)
{
	static const RollupRow row = {ROLLUP_NO_RTT, 0, ROLLUP_STATE};
	Size		nbytes = VARSIZE_ANY_EXHDR(state);
	Size		size = MAXALIGN(sizeof(row) + VARHDRSZ + nbytes);
	bool		is_long = size > MAX_LOGGED_ROW;
	char	   *place;
	char	   *copy;

	place = is_long ? MemoryContextAllocHuge(CurrentMemoryContext, size) :
		get_place(collector, size);
	copy = place + sizeof(row);
	memcpy(place, &row, sizeof(row));
	SET_VARSIZE(copy, VARHDRSZ + nbytes);
	memcpy(VARDATA(copy), VARDATA_ANY(state), nbytes);
	if (is_long)
	{
		count_rows(collector, place, size);
		pfree(place);
	}
	else
		collector->log_used += size;
}

/* The counts of all rows of a collector, those in the log included. */
static const RollupCounts *
count_all(RollupCollector *collector)
{
	RollupCounts *counts;

	if (collector->counts != NULL)
	{
		if (collector->log_used > 0)
			count_rows(collector, collector->log, collector->log_used);
		collector->log_used = 0;
		return collector->counts;
	}
	counts = rollup_counts_make(CurrentMemoryContext, collector->nfactors);
	rollup_counts_add(counts, collector->log, collector->log_used);
	return counts;
}

/* Flat form */

static uint8 *
reserve(StringInfo bytes, Size size)
{
	if (size > MaxAllocSize)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("rollup_state is too long")));
	enlargeStringInfo(bytes, (int) size);
	return (uint8 *) bytes->data + bytes->len;
}

static void
write_cell(RollupWriter *writer, const RollupCell *cell, StringInfo bytes)
{
	RollupStoredCell stored = {.factor = cell->factor};

	if (cell->factor == 0)
		stored.day = rollup_cell_day(cell);
	else
	{
		stored.value = (const uint8 *) VARDATA(cell->value);
		stored.length = VARSIZE(cell->value) - VARHDRSZ;
	}
	for (int i = 0; i < ROLLUP_KINDS; i++)
		stored.counts[i] = rollup_cell_count(cell, i);
	if (cell->rtt != NULL)
		rtt_state_open(cell->rtt, &stored.rtt);
	bytes->len += rollup_write_cell(writer, &stored,
									reserve(bytes,
											rollup_cell_bound(&stored)));
}

/* Writes the cells, and makes the index of each in its factor. */
static const uint32 *
write_cells(RollupWriter *writer, const RollupCell **cells, uint32 ncells,
			StringInfo bytes)
{
	MemoryContext scratch = AllocSetContextCreate(CurrentMemoryContext,
												  "rollup_state scratch",
												  ALLOCSET_DEFAULT_SIZES);
	uint32	   *indexes = MemoryContextAllocHuge(CurrentMemoryContext,
												 (Size) ncells *
												 sizeof(uint32));

	for (uint32 i = 0; i < ncells; i++)
	{
		MemoryContext caller = MemoryContextSwitchTo(scratch);

		CHECK_FOR_INTERRUPTS();
		write_cell(writer, cells[i], bytes);
		MemoryContextSwitchTo(caller);
		MemoryContextReset(scratch);
		indexes[i] = i > 0 && cells[i]->factor == cells[i - 1]->factor ?
			indexes[i - 1] + 1 : 0;
	}
	MemoryContextDelete(scratch);
	return indexes;
}

static void
write_pairs(RollupWriter *writer, const RollupPair *pairs, uint32 npairs,
			const uint32 *indexes, StringInfo bytes)
{
	for (uint32 i = 0; i < npairs; i++)
	{
		RollupStoredPair pair;

		CHECK_FOR_INTERRUPTS();
		pair.factor_a = PAIR_A(pairs[i].factors);
		pair.factor_b = PAIR_B(pairs[i].factors);
		pair.a = indexes[PAIR_A(pairs[i].ranks)];
		pair.b = indexes[PAIR_B(pairs[i].ranks)];
		pair.measured = pairs[i].measured;
		pair.missed = pairs[i].missed;
		bytes->len += rollup_write_pair(writer, &pair,
										reserve(bytes, ROLLUP_PAIR_BYTES));
	}
}

static bytea *
make_flat(FlatObject *object)
{
	RollupCollector *collector = (RollupCollector *) object;
	const RollupCounts *counts = count_all(collector);
	const RollupCell **cells;
	const RollupPair *pairs;
	uint32		ncells;
	uint32		npairs;
	uint32		factor_cells[1 + ROLLUP_MAX_FACTORS] = {0};
	RollupWriter writer;
	StringInfoData bytes;

	cells = rollup_sort_cells(counts, &ncells);
	pairs = rollup_sort_pairs(counts, cells, &npairs);
	for (uint32 i = 0; i < ncells; i++)
		factor_cells[cells[i]->factor]++;

	initStringInfo(&bytes);
	bytes.len += VARHDRSZ;
	bytes.len += rollup_write_header(&writer, collector->nfactors,
									 factor_cells,
									 reserve(&bytes, ROLLUP_HEADER_BYTES));
	write_pairs(&writer, pairs, npairs,
				write_cells(&writer, cells, ncells, &bytes), &bytes);
	SET_VARSIZE(bytes.data, bytes.len);
	return (bytea *) bytes.data;
}

/* Arguments and results */

static RollupCollector *
make_collector(FunctionCallInfo fcinfo, int nfactors)
{
	MemoryContext context = aggregation_context(fcinfo);
	RollupCollector *collector;

	collector = MemoryContextAllocZero(context, sizeof(RollupCollector));
	flat_object_init(&collector->object, context, make_flat);
	collector->nfactors = nfactors;
	return collector;
}

static void
check_nfactors(int nfactors, int expected)
{
	if (nfactors != expected)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("number of factors must not change within a group, but changes from %d to %d",
						expected, nfactors)));
}

/* A collector with the rows of a flat state. */
static RollupCollector *
collect_flat(FunctionCallInfo fcinfo, const bytea *flat)
{
	RollupCollector *collector;

	collector = make_collector(fcinfo, rollup_state_nfactors(flat));
	add_state(collector, flat);
	return collector;
}

RollupCollector *
rollup_collector_arg(FunctionCallInfo fcinfo, int nfactors)
{
	RollupCollector *collector;

	if (PG_ARGISNULL(0))
		return make_collector(fcinfo, nfactors);

	collector = (RollupCollector *) flat_object_get(PG_GETARG_DATUM(0),
													make_flat);
	if (unlikely(collector == NULL))
		collector = collect_flat(fcinfo, PG_GETARG_BYTEA_PP(0));
	check_nfactors(nfactors, collector->nfactors);
	flat_object_forget(&collector->object);
	return collector;
}

Datum
rollup_collector_result(const RollupCollector *collector)
{
	return EOHPGetRWDatum(&collector->object.header);
}

Datum
pmr_rollup_state_combine(PG_FUNCTION_ARGS)
{
	RollupCollector *collector;
	const bytea *added;

	check_aggregate_call(fcinfo);
	if (PG_ARGISNULL(1))
	{
		if (PG_ARGISNULL(0))
			PG_RETURN_NULL();
		PG_RETURN_DATUM(PG_GETARG_DATUM(0));
	}
	if (PG_ARGISNULL(0))
		PG_RETURN_DATUM(PG_GETARG_DATUM(1));	/* the executor copies it */
	added = PG_GETARG_BYTEA_PP(1);
	collector = rollup_collector_arg(fcinfo, rollup_state_nfactors(added));
	add_state(collector, added);
	PG_RETURN_DATUM(rollup_collector_result(collector));
}
