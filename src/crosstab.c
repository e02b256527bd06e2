/*-------------------------------------------------------------------------
 *
 * crosstab.c
 *	  The aggregate crosstab: counts and round-trip times by day, by value of
 *	  each factor, and by pairs of values.
 *
 * A row counts in a cell for its day and one for each of its k values, and in
 * k(k-1)/2 pairs.  These are some fifty cache lines that belong to its group
 * alone, and hash aggregation goes from group to group with every row, so each
 * would come from main memory.  Rows are therefore only appended to a log,
 * which takes two lines, and counted when the log is full, by the hundred.
 *
 * Neither counts nor sketches depend on the order of the rows, so when that
 * happens is nobody's business.  The final function counts what is in the log,
 * too: into memory of its own where there are no counts yet, so that a small
 * group never keeps any, and otherwise into those of the state, which stands
 * for the same rows as before.
 *
 * A row is checked before it is appended: counting meets no bad values.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/tupmacs.h"
#include "aggregate_call.h"
#include "catalog/pg_type.h"
#include "common/hashfn.h"
#include "common/int.h"
#include "core/response_code.h"
#include "funcapi.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "port/pg_bitutils.h"
#include "rtt_sketch.h"
#include "rtt_state.h"
#include "time_input.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"
#include "utils/typcache.h"

#define MAX_FACTORS		32

/*
 * Sizes in bytes; a row of a few short values takes about 60.  A full log has
 * more rows than counts have cache lines.
 */
#define LOG_MIN_SIZE	128
#define LOG_MAX_SIZE	131072
#define MAX_LOGGED_ROW	(LOG_MAX_SIZE / 8)	/* longer: counted at once */

/* The counts of crosstab_cell, in its order; what a row counts in is a mask. */
typedef enum CellCount
{
	COUNT_REQUESTS,
	COUNT_MET,					/* in the order of TargetOutcome */
	COUNT_MISSED,
	COUNT_PENDING,
	COUNT_NOT_MEASURED,
	COUNT_INVALID,
	COUNT_ANSWERED,
	COUNT_SUCCESS,
	COUNT_REJECTED,
	COUNT_NO_RESPONSE,
	COUNT_UNCLASSIFIED,
	COUNT_MET_SUCCESS,
	COUNT_MET_REJECTED,
	COUNT_MISSED_REJECTED,
	COUNT_PRE_COMMANDS,			/* in the order of apart_names */
	COUNT_LOCAL_COMMANDS,
	COUNT_CANCELLED
} CellCount;

#define CELL_COUNTS		17
#define CELL_COLUMNS	(3 + CELL_COUNTS + 1)
#define PAIR_COLUMNS	6
#define CROSSTAB_COLUMNS 2

#define COUNT_BIT(count) ((uint32) 1 << (count))

/* Outcomes of what is no request. */
static const char *const apart_names[] = {
	"pre_command", "local_command", "cancelled"
};

/* Longer than any round-trip time. */
#define NO_RTT			PG_UINT64_MAX

/*
 * A row of the log.  After it come its values, one text for each factor,
 * aligned as in an array, with 4-byte headers.
 */
typedef struct LogRow
{
	uint64		rtt_us;			/* or NO_RTT */
	DateADT		day;
	uint32		counts;			/* a COUNT_BIT for each */
} LogRow;

/* The days are the values of factor 0: the four bytes of a DateADT. */
typedef struct CellKey
{
	const char *data;
	uint32		length;
	uint32		factor;
} CellKey;

typedef struct Cell
{
	int64		counts[CELL_COUNTS];
	RttState   *rtt;			/* NULL: no time yet */
	const text *value;
	uint32		factor;
} Cell;

typedef struct CellId
{
	CellKey		key;			/* its data is that of the cell's value */
	uint32		id;
	uint32		hash;
	char		status;
} CellId;

#define SH_PREFIX		ids
#define SH_ELEMENT_TYPE CellId
#define SH_KEY_TYPE		CellKey
#define SH_KEY			key
#define SH_HASH_KEY(tb, k) \
	hash_combine(hash_bytes((const unsigned char *) (k).data, (k).length), \
				 (k).factor)
#define SH_EQUAL(tb, a, b) \
	((a).factor == (b).factor && (a).length == (b).length && \
	 memcmp((a).data, (b).data, (a).length) == 0)
#define SH_STORE_HASH
#define SH_GET_HASH(tb, entry) (entry)->hash
#define SH_SCOPE		static inline
#define SH_DECLARE
#define SH_DEFINE
#include "lib/simplehash.h"

/* Two values of measured requests. */
typedef struct Pair
{
	uint64		key;			/* the ids of their cells */
	int64		measured;
	int64		missed;
	char		status;
} Pair;

#define PAIR_KEY(a, b)	((uint64) (a) << 32 | (b))
#define PAIR_A(key)		((uint32) ((key) >> 32))
#define PAIR_B(key)		((uint32) (key))

/* Ids count from 0, so one multiplication spreads them (Knuth 3, 6.4). */
static inline uint32
hash_pair(uint64 key)
{
	return (uint32) ((key * UINT64CONST(0x9E3779B97F4A7C15)) >> 32);
}

#define SH_PREFIX		pairs
#define SH_ELEMENT_TYPE Pair
#define SH_KEY_TYPE		uint64
#define SH_KEY			key
#define SH_HASH_KEY(tb, k) hash_pair(k)
#define SH_EQUAL(tb, a, b) ((a) == (b))
#define SH_SCOPE		static inline
#define SH_DECLARE
#define SH_DEFINE
#include "lib/simplehash.h"

/* What rows have been counted into; all of it is in the context. */
typedef struct Counts
{
	MemoryContext context;
	int			nfactors;
	Cell	   *cells;			/* by id; without the total, which is the sum
								 * of the days */
	uint32		ncells;
	uint32		max_cells;
	ids_hash   *ids;
	pairs_hash *pairs;
	DateADT		last_day;		/* mostly the next row's, too */
	uint32		last_day_id;
} Counts;

/* The aggregate's state. */
typedef struct CrosstabState
{
	MemoryContext context;
	int			nfactors;
	uint32		log_size;
	uint32		log_used;
	char	   *log;
	Counts	   *counts;			/* of rows no longer in the log, or NULL */
} CrosstabState;

PG_FUNCTION_INFO_V1(pmr_crosstab_transfn);
PG_FUNCTION_INFO_V1(pmr_crosstab_finalfn);

/* Counting */

static Counts *
make_counts(MemoryContext context, int nfactors)
{
	Counts	   *counts = MemoryContextAlloc(context, sizeof(Counts));

	counts->context = context;
	counts->nfactors = nfactors;
	counts->ncells = 0;
	counts->last_day = DATEVAL_NOBEGIN; /* no row's */
	counts->last_day_id = 0;
	counts->max_cells = 8;
	counts->cells = MemoryContextAlloc(context,
									   counts->max_cells * sizeof(Cell));
	counts->ids = ids_create(context, counts->max_cells, NULL);
	counts->pairs = pairs_create(context, counts->max_cells, NULL);
	return counts;
}

/* A new cell, whose value is a copy of the key's. */
static uint32
add_cell(Counts *counts, CellKey key)
{
	text	   *value = MemoryContextAlloc(counts->context,
										   VARHDRSZ + key.length);
	Cell	   *cell;

	SET_VARSIZE(value, VARHDRSZ + key.length);
	memcpy(VARDATA(value), key.data, key.length);

	if (counts->ncells == counts->max_cells)
	{
		counts->cells = repalloc_huge(counts->cells, 2 * sizeof(Cell) *
									  (Size) counts->max_cells);
		counts->max_cells *= 2;
	}
	cell = &counts->cells[counts->ncells];
	memset(cell, 0, sizeof(Cell));
	cell->value = value;
	cell->factor = key.factor;
	return counts->ncells++;
}

static void
add_cell_rtt(Cell *cell, uint64 rtt_us, MemoryContext context,
			 MemoryContext scratch)
{
	uint32		words[RTT_WORDS_MAX];
	uint32		nwords = rtt_words_write(words, rtt_us);
	MemoryContext caller;

	if (cell->rtt == NULL)
	{
		caller = MemoryContextSwitchTo(context);
		cell->rtt = rtt_state_make_small(RTT_STATE_SKETCH, NULL, 0, nwords);
		MemoryContextSwitchTo(caller);
	}
	if (rtt_state_append_words(cell->rtt, VARSIZE(cell->rtt), words, nwords, 1))
		return;
	caller = MemoryContextSwitchTo(scratch);
	cell->rtt = rtt_state_add_words(cell->rtt, words, nwords, 1);
	MemoryContextSwitchTo(caller);
	MemoryContextReset(scratch);
}

/* The id of the cell of a value, which may be new. */
static uint32
get_cell_id(Counts *counts, uint32 factor, const char *data, uint32 length)
{
	CellKey		key;
	CellId	   *id;
	bool		found;

	key.data = data;
	key.length = length;
	key.factor = factor;
	id = ids_insert(counts->ids, key, &found);
	if (!found)
	{
		id->id = add_cell(counts, key);
		id->key.data = VARDATA(counts->cells[id->id].value);
	}
	return id->id;
}

static uint32
get_day_id(Counts *counts, DateADT day)
{
	if (day != counts->last_day)
	{
		counts->last_day_id = get_cell_id(counts, 0, (const char *) &day,
										  sizeof(day));
		counts->last_day = day;
	}
	return counts->last_day_id;
}

static void
count_cell(Counts *counts, uint32 id, const LogRow *row, MemoryContext scratch)
{
	Cell	   *cell = &counts->cells[id];

	for (uint32 rest = row->counts; rest != 0; rest &= rest - 1)
		cell->counts[pg_rightmost_one_pos32(rest)]++;
	if (row->rtt_us != NO_RTT)
		add_cell_rtt(cell, row->rtt_us, counts->context, scratch);
}

static void
count_pairs(Counts *counts, const LogRow *row, const uint32 *ids)
{
	bool		missed = (row->counts & COUNT_BIT(COUNT_MISSED)) != 0;

	for (int b = 1; b < counts->nfactors; b++)
	{
		for (int a = 0; a < b; a++)
		{
			bool		found;
			Pair	   *pair = pairs_insert(counts->pairs,
											PAIR_KEY(ids[a], ids[b]), &found);

			if (!found)
			{
				pair->measured = 0;
				pair->missed = 0;
			}
			pair->measured++;
			pair->missed += missed;
		}
	}
}

/* Counts a row in all there is, and tells where it ends. */
static const char *
count_row(Counts *counts, const LogRow *row, MemoryContext scratch)
{
	const char *value = (const char *) (row + 1);
	uint32		ids[MAX_FACTORS];

	count_cell(counts, get_day_id(counts, row->day), row, scratch);
	for (int i = 0; i < counts->nfactors; i++)
	{
		ids[i] = get_cell_id(counts, i + 1, VARDATA(value),
							 VARSIZE(value) - VARHDRSZ);
		count_cell(counts, ids[i], row, scratch);
		value += INTALIGN(VARSIZE(value));
	}
	if (row->counts & (COUNT_BIT(COUNT_MET) | COUNT_BIT(COUNT_MISSED)))
		count_pairs(counts, row, ids);
	return (const char *) MAXALIGN(value);
}

/* Counts the rows of this memory, which start and end at a MAXALIGN. */
static void
count_rows(Counts *counts, const char *rows, Size size)
{
	const char *end = rows + size;
	MemoryContext scratch = AllocSetContextCreate(CurrentMemoryContext,
												  "crosstab scratch",
												  ALLOCSET_DEFAULT_SIZES);

	while (rows < end)
		rows = count_row(counts, (const LogRow *) rows, scratch);
	MemoryContextDelete(scratch);
}

/* Transition */

/* The start of a name, for a message. */
static char *
clip_name(const text *name)
{
	const char *data = VARDATA_ANY(name);
	int			length = VARSIZE_ANY_EXHDR(name);

	return pnstrdup(data, pg_mbcliplen(data, length, NAMEDATALEN - 1));
}

static bool
is_name(const text *name, const char *known)
{
	Size		length = VARSIZE_ANY_EXHDR(name);

	return length == strlen(known) &&
		memcmp(VARDATA_ANY(name), known, length) == 0;
}

/* The count that is the outcome's own. */
static CellCount
get_outcome_count(FunctionCallInfo fcinfo, int argno)
{
	const text *name;

	if (PG_ARGISNULL(argno))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("outcome must not be null")));
	name = PG_GETARG_TEXT_PP(argno);
	for (int i = 0; i < TARGET_OUTCOMES; i++)
	{
		if (is_name(name, target_outcome_name(i)))
			return COUNT_MET + i;
	}
	for (int i = 0; i < (int) lengthof(apart_names); i++)
	{
		if (is_name(name, apart_names[i]))
			return COUNT_PRE_COMMANDS + i;
	}
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("outcome is unknown: \"%s\"", clip_name(name))));
}

static ResponseClass
get_response_class(FunctionCallInfo fcinfo, int argno)
{
	const text *name;
	ResponseClass class;

	if (PG_ARGISNULL(argno))
		return RESPONSE_UNCLASSIFIED;
	name = PG_GETARG_TEXT_PP(argno);
	if (response_class_named(VARDATA_ANY(name), VARSIZE_ANY_EXHDR(name),
							 &class))
		return class;
	if (!is_name(name, response_class_name(RESPONSE_UNCLASSIFIED)))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("response class is unknown: \"%s\"",
						clip_name(name))));
	return RESPONSE_UNCLASSIFIED;
}

/* What a row counts in. */
static uint32
get_counts(CellCount outcome, ResponseClass class, bool answered)
{
	uint32		counts = COUNT_BIT(outcome);

	if (outcome >= COUNT_PRE_COMMANDS)
		return counts;
	counts |= COUNT_BIT(COUNT_REQUESTS);
	if (outcome == COUNT_PENDING || outcome == COUNT_INVALID)
		return counts;
	if (class == RESPONSE_NONE)
		counts |= COUNT_BIT(COUNT_NO_RESPONSE);
	if (!answered)
		return counts;

	counts |= COUNT_BIT(COUNT_ANSWERED);
	switch (class)
	{
		case RESPONSE_SUCCESS:
			counts |= COUNT_BIT(COUNT_SUCCESS);
			if (outcome == COUNT_MET)
				counts |= COUNT_BIT(COUNT_MET_SUCCESS);
			break;
		case RESPONSE_REJECTED:
			counts |= COUNT_BIT(COUNT_REJECTED);
			if (outcome == COUNT_MET)
				counts |= COUNT_BIT(COUNT_MET_REJECTED);
			if (outcome == COUNT_MISSED)
				counts |= COUNT_BIT(COUNT_MISSED_REJECTED);
			break;
		case RESPONSE_UNCLASSIFIED:
			counts |= COUNT_BIT(COUNT_UNCLASSIFIED);
			break;
		case RESPONSE_ACKNOWLEDGED:
		case RESPONSE_NONE:
			break;
	}
	return counts;
}

static DateADT
get_day(FunctionCallInfo fcinfo, int argno)
{
	DateADT		day;

	if (PG_ARGISNULL(argno))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("day must not be null")));
	day = PG_GETARG_DATEADT(argno);
	if (DATE_NOT_FINITE(day))
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("day must be finite")));
	return day;
}

static bool
has_finite_time(FunctionCallInfo fcinfo, int argno)
{
	return !PG_ARGISNULL(argno) &&
		!TIMESTAMP_NOT_FINITE(PG_GETARG_TIMESTAMPTZ(argno));
}

/* (day, outcome, response_class, started_at, answered_at), from an argument on */
static LogRow
get_row(FunctionCallInfo fcinfo, int argno)
{
	LogRow		row;

	row.day = get_day(fcinfo, argno);
	row.counts = get_counts(get_outcome_count(fcinfo, argno + 1),
							get_response_class(fcinfo, argno + 2),
							has_finite_time(fcinfo, argno + 4));
	row.rtt_us = NO_RTT;
	if ((row.counts & COUNT_BIT(COUNT_ANSWERED)) != 0 &&
		has_finite_time(fcinfo, argno + 3))
	{
		int64		us;

		/* no time of its own in a sketch: some 292,277 years */
		if (!pg_sub_s64_overflow(PG_GETARG_TIMESTAMPTZ(argno + 4),
								 PG_GETARG_TIMESTAMPTZ(argno + 3), &us))
			row.rtt_us =
				rtt_us_from_timestamps(PG_GETARG_TIMESTAMPTZ(argno + 3),
									   PG_GETARG_TIMESTAMPTZ(argno + 4));
	}
	return row;
}

/* The values of the factors; NULL: there are none. */
static ArrayType *
get_values(FunctionCallInfo fcinfo, int argno, int *nfactors)
{
	ArrayType  *values;

	*nfactors = 0;
	if (PG_ARGISNULL(argno))
		return NULL;
	values = PG_GETARG_ARRAYTYPE_P(argno);
	if (ARR_NDIM(values) == 0)
		return NULL;
	if (ARR_NDIM(values) != 1)
		ereport(ERROR,
				(errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
				 errmsg("factors must be a one-dimensional array, but it has %d dimensions",
						ARR_NDIM(values))));
	*nfactors = ARR_DIMS(values)[0];
	if (*nfactors > MAX_FACTORS)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("number of factors must not exceed %d, but is %d",
						MAX_FACTORS, *nfactors)));
	return values;
}

static void
check_nfactors(const CrosstabState *state, int nfactors)
{
	if (nfactors != state->nfactors)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("number of factors must not change within a group, but it is %d after %d",
						nfactors, state->nfactors)));
}

static CrosstabState *
make_state(FunctionCallInfo fcinfo, int nfactors)
{
	MemoryContext context;
	CrosstabState *state;

	AggCheckCallContext(fcinfo, &context);
	state = MemoryContextAlloc(context, sizeof(CrosstabState));
	state->context = context;
	state->nfactors = nfactors;
	state->log_size = LOG_MIN_SIZE;
	state->log_used = 0;
	state->log = MemoryContextAlloc(context, LOG_MIN_SIZE);
	state->counts = NULL;
	return state;
}

static Counts *
get_state_counts(CrosstabState *state)
{
	if (state->counts == NULL)
		state->counts = make_counts(state->context, state->nfactors);
	return state->counts;
}

/* The most bytes that a row with these values takes. */
static Size
get_row_bound(const ArrayType *values, int nfactors)
{
	Size		size = sizeof(LogRow);

	if (values != NULL)
		size += ARR_SIZE(values) - ARR_DATA_OFFSET(values) +
			(Size) nfactors * VARHDRSZ; /* for those that are NULL */
	return MAXALIGN(size);
}

/* Writes a row, and tells where it ends. */
static char *
write_row(char *place, const LogRow *row, ArrayType *values, int nfactors)
{
	const uint8 *bitmap = values != NULL ? ARR_NULLBITMAP(values) : NULL;
	char	   *value = values != NULL ? ARR_DATA_PTR(values) : NULL;

	memcpy(place, row, sizeof(LogRow));
	place += sizeof(LogRow);
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

/* Makes room in the log for so many bytes, of one row. */
static void
reserve_log(CrosstabState *state, Size size)
{
	uint32		log_size = state->log_size;

	while (log_size < state->log_used + size)
		log_size *= 2;
	if (log_size > LOG_MAX_SIZE)
	{
		count_rows(get_state_counts(state), state->log, state->log_used);
		state->log_used = 0;
	}
	else if (log_size > state->log_size)
	{
		state->log = repalloc(state->log, log_size);
		state->log_size = log_size;
	}
}

static void
add_row(CrosstabState *state, const LogRow *row, ArrayType *values)
{
	Size		bound = get_row_bound(values, state->nfactors);
	char	   *end;

	if (bound > MAX_LOGGED_ROW)
	{
		char	   *copy = MemoryContextAllocHuge(CurrentMemoryContext, bound);

		end = write_row(copy, row, values, state->nfactors);
		count_rows(get_state_counts(state), copy, end - copy);
		pfree(copy);
		return;
	}

	if (bound > state->log_size - state->log_used)
		reserve_log(state, bound);
	end = write_row(state->log + state->log_used, row, values,
					state->nfactors);
	state->log_used = end - state->log;
}

/* (state, day, outcome, response_class, started_at, answered_at, factors) */
Datum
pmr_crosstab_transfn(PG_FUNCTION_ARGS)
{
	CrosstabState *state;
	LogRow		row;
	ArrayType  *values;
	int			nfactors;

	check_aggregate_call(fcinfo);
	row = get_row(fcinfo, 1);
	values = get_values(fcinfo, 6, &nfactors);
	if (PG_ARGISNULL(0))
		state = make_state(fcinfo, nfactors);
	else
		state = (CrosstabState *) PG_GETARG_POINTER(0);
	check_nfactors(state, nfactors);
	add_row(state, &row, values);
	PG_RETURN_POINTER(state);
}

/* Result */

static DateADT
get_cell_day(const Cell *cell)
{
	DateADT		day;

	memcpy(&day, VARDATA(cell->value), sizeof(day));
	return day;
}

/* By factor, and then by day, or by the bytes of the value. */
static int
compare_cells(const void *left, const void *right)
{
	const Cell *a = *(const Cell *const *) left;
	const Cell *b = *(const Cell *const *) right;
	Size		a_size = VARSIZE(a->value);
	Size		b_size = VARSIZE(b->value);
	int			order;

	CHECK_FOR_INTERRUPTS();
	if (a->factor != b->factor)
		return a->factor < b->factor ? -1 : 1;
	if (a->factor == 0)
		return get_cell_day(a) < get_cell_day(b) ? -1 : 1;
	order = memcmp(VARDATA(a->value), VARDATA(b->value),
				   Min(a_size, b_size) - VARHDRSZ);
	if (order == 0)
		order = a_size < b_size ? -1 : 1;	/* no two are equal */
	return order;
}

static const Cell **
sort_cells(const Counts *counts)
{
	const Cell **sorted;

	sorted = MemoryContextAllocHuge(CurrentMemoryContext,
									counts->ncells * sizeof(Cell *));
	for (uint32 i = 0; i < counts->ncells; i++)
		sorted[i] = &counts->cells[i];
	qsort(sorted, counts->ncells, sizeof(Cell *), compare_cells);
	return sorted;
}

/* What all days add up to. */
static void
sum_days(const Counts *counts, Cell *total, MemoryContext scratch)
{
	MemoryContext caller;

	memset(total, 0, sizeof(Cell));
	for (uint32 i = 0; i < counts->ncells; i++)
	{
		const Cell *cell = &counts->cells[i];

		if (cell->factor != 0)
			continue;
		for (int j = 0; j < CELL_COUNTS; j++)
			total->counts[j] += cell->counts[j];
		if (cell->rtt == NULL)
			continue;
		if (total->rtt == NULL)
			total->rtt = rtt_state_make_small(RTT_STATE_SKETCH, NULL, 0, 0);
		caller = MemoryContextSwitchTo(scratch);
		total->rtt = rtt_state_add_state(total->rtt, cell->rtt);
		MemoryContextSwitchTo(caller);
		MemoryContextReset(scratch);
	}
}

/* The row type that is the element type of a column of another. */
static TupleDesc
get_element_row(TupleDesc row, int column, int ncolumns)
{
	Oid			type = TupleDescAttr(row, column)->atttypid;
	TupleDesc	element = lookup_rowtype_tupdesc_copy(get_element_type(type),
													  -1);

	if (element->natts != ncolumns)
		/* cannot happen: the script declares it so */
		elog(ERROR, "row type must have %d columns", ncolumns);
	return element;
}

static Datum
make_row(TupleDesc tupdesc, Datum *values, bool *nulls)
{
	return HeapTupleGetDatum(heap_form_tuple(tupdesc, values, nulls));
}

/* A cell as a crosstab_cell; that of all rows has no value. */
static Datum
make_cell(const Cell *cell, TupleDesc tupdesc, MemoryContext scratch)
{
	MemoryContext caller;
	RttSummary	summary;
	Datum		values[CELL_COLUMNS] = {0};
	bool		nulls[CELL_COLUMNS] = {false};
	Datum		made;

	caller = MemoryContextSwitchTo(scratch);
	nulls[0] = cell->factor != 0 || cell->value == NULL;
	if (!nulls[0])
		values[0] = DateADTGetDatum(get_cell_day(cell));
	values[1] = Int32GetDatum(cell->factor);
	if (cell->factor == 0)
		values[2] = PointerGetDatum(cstring_to_text(""));
	else
		values[2] = PointerGetDatum(cell->value);
	for (int i = 0; i < CELL_COUNTS; i++)
		values[3 + i] = Int64GetDatum(cell->counts[i]);
	nulls[CELL_COLUMNS - 1] = cell->rtt == NULL;
	if (cell->rtt != NULL)
	{
		rtt_state_open(cell->rtt, &summary);
		values[CELL_COLUMNS - 1] = rtt_sketch_from_summary(&summary);
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

/* The total, and then the cells in order. */
static Datum
make_cells(const Counts *counts, const Cell **sorted, TupleDesc tupdesc)
{
	MemoryContext scratch = AllocSetContextCreate(CurrentMemoryContext,
												  "crosstab scratch",
												  ALLOCSET_DEFAULT_SIZES);
	Datum	   *rows = palloc((counts->ncells + 1) * sizeof(Datum));
	Cell		total;

	sum_days(counts, &total, scratch);
	rows[0] = make_cell(&total, tupdesc, scratch);
	for (uint32 i = 0; i < counts->ncells; i++)
	{
		CHECK_FOR_INTERRUPTS();
		rows[i + 1] = make_cell(sorted[i], tupdesc, scratch);
	}
	MemoryContextDelete(scratch);
	return make_row_array(rows, counts->ncells + 1, tupdesc);
}

/* A pair, with all that its place in the order depends on. */
typedef struct SortedPair
{
	uint64		factors;		/* PAIR_KEY of the two */
	uint64		ranks;			/* the same of the places of their cells */
	int64		measured;
	int64		missed;
} SortedPair;

static int
compare_pairs(const void *left, const void *right)
{
	const SortedPair *a = left;
	const SortedPair *b = right;

	CHECK_FOR_INTERRUPTS();
	if (a->factors != b->factors)
		return a->factors < b->factors ? -1 : 1;
	return a->ranks < b->ranks ? -1 : 1;	/* no two are equal */
}

static SortedPair *
sort_pairs(const Counts *counts, const Cell **sorted_cells)
{
	uint32	   *ranks;
	SortedPair *sorted;
	SortedPair *next;
	pairs_iterator iterator;
	Pair	   *pair;

	ranks = MemoryContextAllocHuge(CurrentMemoryContext,
								   counts->ncells * sizeof(uint32));
	for (uint32 i = 0; i < counts->ncells; i++)
		ranks[sorted_cells[i] - counts->cells] = i;

	sorted = MemoryContextAllocHuge(CurrentMemoryContext,
									counts->pairs->members *
									sizeof(SortedPair));
	next = sorted;
	pairs_start_iterate(counts->pairs, &iterator);
	while ((pair = pairs_iterate(counts->pairs, &iterator)) != NULL)
	{
		uint32		a = PAIR_A(pair->key);
		uint32		b = PAIR_B(pair->key);

		CHECK_FOR_INTERRUPTS();
		next->factors = PAIR_KEY(counts->cells[a].factor,
								 counts->cells[b].factor);
		next->ranks = PAIR_KEY(ranks[a], ranks[b]);
		next->measured = pair->measured;
		next->missed = pair->missed;
		next++;
	}
	qsort(sorted, counts->pairs->members, sizeof(SortedPair), compare_pairs);
	return sorted;
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

/* The pairs of two factors as a crosstab_pair. */
static Datum
make_pair(const SortedPair *pairs, int npairs, const Cell **sorted_cells,
		  TupleDesc tupdesc)
{
	Datum	   *values_a = palloc(npairs * sizeof(Datum));
	Datum	   *values_b = palloc(npairs * sizeof(Datum));
	Datum	   *measured = palloc(npairs * sizeof(Datum));
	Datum	   *missed = palloc(npairs * sizeof(Datum));
	Datum		columns[PAIR_COLUMNS];
	bool		nulls[PAIR_COLUMNS] = {false};

	for (int i = 0; i < npairs; i++)
	{
		const Cell *a = sorted_cells[PAIR_A(pairs[i].ranks)];
		const Cell *b = sorted_cells[PAIR_B(pairs[i].ranks)];

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
make_pairs(const Counts *counts, const Cell **sorted_cells, TupleDesc tupdesc)
{
	Datum		rows[MAX_FACTORS * (MAX_FACTORS - 1) / 2];
	int			nrows = 0;
	const SortedPair *pairs = sort_pairs(counts, sorted_cells);
	const SortedPair *end = pairs + counts->pairs->members;

	while (pairs < end)
	{
		const SortedPair *next = pairs;

		while (next < end && next->factors == pairs->factors)
			next++;
		CHECK_FOR_INTERRUPTS();
		rows[nrows++] = make_pair(pairs, next - pairs, sorted_cells, tupdesc);
		pairs = next;
	}
	return make_row_array(rows, nrows, tupdesc);
}

static Datum
make_crosstab(const Counts *counts, TupleDesc tupdesc)
{
	TupleDesc	cell = get_element_row(tupdesc, 0, CELL_COLUMNS);
	TupleDesc	pair = get_element_row(tupdesc, 1, PAIR_COLUMNS);
	const Cell **sorted = sort_cells(counts);
	Datum		columns[CROSSTAB_COLUMNS];
	bool		nulls[CROSSTAB_COLUMNS] = {false};

	columns[0] = make_cells(counts, sorted, cell);
	columns[1] = make_pairs(counts, sorted, pair);
	return make_row(tupdesc, columns, nulls);
}

/* The counts of all rows of a state. */
static const Counts *
count_state(CrosstabState *state)
{
	Counts	   *counts = state->counts;

	if (counts == NULL)
	{
		counts = make_counts(CurrentMemoryContext, state->nfactors);
		count_rows(counts, state->log, state->log_used);
	}
	else
	{
		count_rows(counts, state->log, state->log_used);
		state->log_used = 0;
	}
	return counts;
}

Datum
pmr_crosstab_finalfn(PG_FUNCTION_ARGS)
{
	TupleDesc	tupdesc;

	check_aggregate_call(fcinfo);
	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	if (get_call_result_type(fcinfo, NULL, &tupdesc) != TYPEFUNC_COMPOSITE ||
		tupdesc->natts != CROSSTAB_COLUMNS)
		/* cannot happen: the script declares it so */
		elog(ERROR, "return type must be a row type");
	return make_crosstab(count_state((CrosstabState *) PG_GETARG_POINTER(0)),
						 tupdesc);
}
