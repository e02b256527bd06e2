/*-------------------------------------------------------------------------
 *
 * diagnosis.c
 *	  The aggregate diagnosis: which values of factors explain the misses of
 *	  rollup_states.
 *
 * The states come in the order of their keys.  Those of one Party and month are
 * collected, as their blocks of days depend on all of them; then they are
 * added to the sums of each value and day, and forgotten.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "aggregate_call.h"
#include "catalog/pg_type.h"
#include "common/hashfn.h"
#include "core/day_block.h"
#include "core/diagnosis.h"
#include "factor_values.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "pg_versions.h"
#include "rollup_state.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/typcache.h"

#define VALUE_COLUMNS	18

PG_FUNCTION_INFO_V1(pmr_diagnosis_transfn);
PG_FUNCTION_INFO_V1(pmr_diagnosis_finalfn);

/* A value of a factor. */
typedef struct Value
{
	FactorValue name;
	int64		measured;

	/* of the strata of a Party and month that can be compared */
	int64		total;
	int64		total_others;

	DiagnosisValue result;
} Value;

/* A day of a value: VALUE_DAY of both. */
typedef struct ValueDay
{
	uint64		key;
	DiagnosisDay day;
	char		status;
} ValueDay;

#define VALUE_DAY(value, day) ((uint64) (value) << 32 | (uint32) (day))

#define SH_PREFIX		value_days
#define SH_ELEMENT_TYPE ValueDay
#define SH_KEY_TYPE		uint64
#define SH_KEY			key
#define SH_HASH_KEY(tb, k) hash_bytes_uint32((uint32) (k) ^ \
								(uint32) ((k) >> 32) * 0x9E3779B9)
#define SH_EQUAL(tb, a, b) ((a) == (b))
#define SH_SCOPE		static inline
#define SH_DECLARE
#define SH_DEFINE
#include "lib/simplehash.h"

/* The requests of a stratum with a value on a day of the month. */
typedef struct Entry
{
	uint32		value;
	uint32		day;
	int64		measured;
	int64		missed;
} Entry;

/* The blocks of a stratum. */
typedef struct Blocks
{
	uint8		of_day[MONTH_DAYS];
	int			n;
	bool		is_far_off[MONTH_DAYS]; /* has a day that is */
	int64		measured[MONTH_DAYS];
	int64		missed[MONTH_DAYS];
	double		weight[MONTH_DAYS];
} Blocks;

typedef struct Stratum
{
	struct Stratum *next;
	DayCounts	days;
	Blocks		blocks;			/* when all of the Party are collected */
	Entry	   *entries;
	int			nentries;
	int			allocated;
} Stratum;

#define KEY_TEXTS	4

typedef struct Diagnosis
{
	FactorValues *names;
	Value	   *values;			/* by their ids in names */
	uint32		nvalues;
	uint32		max_values;
	value_days_hash *days;

	int64		nrequests;		/* that are measured */

	/* the Party and month that are collected */
	MemoryContext party_context;
	DateADT		month;
	text	   *key[KEY_TEXTS]; /* Party, SRV, mode, device generation */
	Stratum    *strata;			/* the last one first; NULL: none */
} Diagnosis;

static Diagnosis *
make_diagnosis(MemoryContext context)
{
	Diagnosis  *diagnosis = MemoryContextAllocZero(context, sizeof(Diagnosis));

	diagnosis->names = factor_values_make(context);
	diagnosis->party_context = AllocSetContextCreate(context,
													 "diagnosis of a Party",
													 ALLOCSET_DEFAULT_SIZES);
	diagnosis->max_values = 64;
	diagnosis->values = MemoryContextAlloc(context, diagnosis->max_values *
										   sizeof(Value));
	diagnosis->days = value_days_create(context, 1024, NULL);
	return diagnosis;
}

/* Adds the values that have names, but are not there yet. */
static void
add_values(Diagnosis *diagnosis)
{
	uint32		n = factor_values_number(diagnosis->names);

	if (n > diagnosis->max_values)
	{
		diagnosis->max_values = Max(n, 2 * diagnosis->max_values);
		diagnosis->values = repalloc_huge(diagnosis->values,
										  diagnosis->max_values *
										  sizeof(Value));
	}
	for (; diagnosis->nvalues < n; diagnosis->nvalues++)
	{
		Value	   *value = &diagnosis->values[diagnosis->nvalues];

		memset(value, 0, sizeof(Value));
		value->name = *factor_values_name(diagnosis->names,
										  diagnosis->nvalues);
		value->result.factor = value->name.factor_id;
	}
}

/* The strata of a Party and month */

static int
compare_entries(const void *left, const void *right)
{
	const Entry *a = left;
	const Entry *b = right;

	if (a->value != b->value)
		return a->value < b->value ? -1 : 1;
	return a->day < b->day ? -1 : a->day > b->day;
}

static void
make_blocks(const DayCounts *days, uint32 far_off, const uint8 *order,
			Blocks *blocks)
{
	int64		measured = 0;
	int64		missed = 0;
	double		rate;

	memset(blocks, 0, sizeof(Blocks));
	blocks->n = day_blocks(days, far_off, order, blocks->of_day);
	for (int day = 0; day < MONTH_DAYS; day++)
	{
		int			block = blocks->of_day[day];

		if (days->measured[day] == 0)
			continue;
		blocks->is_far_off[block] = (far_off >> day & 1) != 0;
		blocks->measured[block] += days->measured[day];
		blocks->missed[block] += days->missed[day];
		measured += days->measured[day];
		missed += days->missed[day];
	}
	rate = (double) missed / (double) Max(measured, 1);
	for (int block = 0; block < blocks->n; block++)
		blocks->weight[block] =
			misses_weight(((double) blocks->missed[block] +
						   BLOCK_REQUESTS * rate) /
						  (double) (blocks->measured[block] + BLOCK_REQUESTS));
}

/*
 * The entries of a stratum that have the value of the first one: their number,
 * and their sums by block.
 */
static int
sum_blocks(const Entry *entries, int nentries, const Blocks *blocks,
		   int64 *measured, int64 *missed)
{
	int			n = 0;

	memset(measured, 0, blocks->n * sizeof(int64));
	memset(missed, 0, blocks->n * sizeof(int64));
	for (; n < nentries && entries[n].value == entries[0].value; n++)
	{
		int			block = blocks->of_day[entries[n].day];

		measured[block] += entries[n].measured;
		missed[block] += entries[n].missed;
	}
	return n;
}

/* Adds to what a value has in all strata that have others. */
static void
add_totals(Diagnosis *diagnosis, const Stratum *stratum)
{
	const Blocks *blocks = &stratum->blocks;
	int64		measured[MONTH_DAYS];
	int64		missed[MONTH_DAYS];
	int			n;

	for (int i = 0; i < stratum->nentries; i += n)
	{
		Value	   *value = &diagnosis->values[stratum->entries[i].value];

		n = sum_blocks(&stratum->entries[i], stratum->nentries - i, blocks,
					   measured, missed);
		for (int block = 0; block < blocks->n; block++)
		{
			int64		all = blocks->measured[block];

			value->measured += measured[block];
			if (measured[block] == 0 || measured[block] == all)
				continue;
			value->total += all;
			value->total_others += all - measured[block];
		}
	}
}

/* The requests of a block that have a value, beside the others. */
static MissesPart
get_part(const Blocks *blocks, int block, const int64 *measured,
		 const int64 *missed)
{
	MissesPart	part;

	part.requests = measured[block];
	part.missed = missed[block];
	part.others = blocks->measured[block] - measured[block];
	part.others_missed = blocks->missed[block] - missed[block];
	part.all_requests = blocks->measured[block];
	part.all_missed = blocks->missed[block];
	part.weight = blocks->weight[block];
	return part;
}

/* Adds the days of a value in a stratum to those of the value. */
static void
add_days(Diagnosis *diagnosis, const Entry *entries, int nentries,
		 const Blocks *blocks, const int64 *measured, const int64 *missed)
{
	Value	   *value = &diagnosis->values[entries[0].value];
	bool		compared[MONTH_DAYS] = {false};

	for (int block = 0; block < blocks->n; block++)
	{
		MissesPart	part = get_part(blocks, block, measured, missed);
		MissesSums	sums = {0};

		compared[block] = part.requests > 0 && part.others > 0 &&
			misses_are_comparable(part.others, part.all_requests,
								  value->total_others, value->total);
		if (!compared[block])
			continue;
		misses_add(&sums, &part);
		if (!blocks->is_far_off[block])
			value->result.variance = rtt_sum_add(value->result.variance,
												 sums.variance);
	}
	for (int i = 0; i < nentries; i++)
	{
		int			block = blocks->of_day[entries[i].day];
		DateADT		date = diagnosis->month + entries[i].day;
		MissesPart	part = get_part(blocks, block, measured, missed);
		bool		found;
		ValueDay   *day;

		if (!compared[block])
			continue;
		part.requests = entries[i].measured;
		part.missed = entries[i].missed;
		day = value_days_insert(diagnosis->days,
								VALUE_DAY(entries[0].value, date), &found);
		if (!found)
		{
			memset(&day->day, 0, sizeof(DiagnosisDay));
			day->day.day = date;
		}
		misses_add(&day->day.sums, &part);
		if (!blocks->is_far_off[block])
			misses_add(&day->day.calm, &part);
	}
}

/* Adds the strata of a Party and month to the values, and forgets them. */
static void
finish_party(Diagnosis *diagnosis)
{
	DayTotal	totals[MONTH_DAYS] = {{0}};
	uint32		far_off;
	uint8		order[MONTH_DAYS];
	int64		measured[MONTH_DAYS];
	int64		missed[MONTH_DAYS];
	int			n;

	for (uint32 i = 0; i < diagnosis->nvalues; i++)
		diagnosis->values[i].total = diagnosis->values[i].total_others = 0;
	for (Stratum *s = diagnosis->strata; s != NULL; s = s->next)
	{
		day_totals_add(totals, &s->days);
		qsort(s->entries, s->nentries, sizeof(Entry), compare_entries);
	}
	far_off = day_totals_far_off(totals);
	day_totals_order(totals, order);
	for (Stratum *s = diagnosis->strata; s != NULL; s = s->next)
	{
		CHECK_FOR_INTERRUPTS();
		make_blocks(&s->days, far_off, order, &s->blocks);
		add_totals(diagnosis, s);
	}
	for (const Stratum *s = diagnosis->strata; s != NULL; s = s->next)
	{
		CHECK_FOR_INTERRUPTS();
		for (int i = 0; i < s->nentries; i += n)
		{
			n = sum_blocks(&s->entries[i], s->nentries - i, &s->blocks,
						   measured, missed);
			add_days(diagnosis, &s->entries[i], n, &s->blocks, measured,
					 missed);
		}
	}
	MemoryContextReset(diagnosis->party_context);
	diagnosis->strata = NULL;
	for (int i = 0; i < KEY_TEXTS; i++)
		diagnosis->key[i] = NULL;
}

/* Collecting states */

static Stratum *
begin_stratum(Diagnosis *diagnosis)
{
	Stratum    *stratum = MemoryContextAllocZero(diagnosis->party_context,
												 sizeof(Stratum));

	stratum->allocated = 64;
	stratum->entries = MemoryContextAlloc(diagnosis->party_context,
										  stratum->allocated * sizeof(Entry));
	stratum->next = diagnosis->strata;
	diagnosis->strata = stratum;
	return stratum;
}

static void
add_entry(Stratum *stratum, const Entry *entry)
{
	if (stratum->nentries == stratum->allocated)
	{
		stratum->allocated *= 2;
		stratum->entries = repalloc_huge(stratum->entries,
										 stratum->allocated * sizeof(Entry));
	}
	stratum->entries[stratum->nentries++] = *entry;
}

/* The stratum of a key, whose Party and month become the collected ones. */
static Stratum *
get_stratum(Diagnosis *diagnosis, DateADT month, text *const *key)
{
	int			same = 0;
	MemoryContext caller;

	if (diagnosis->strata != NULL && diagnosis->month == month)
	{
		while (same < KEY_TEXTS && factor_values_equal(diagnosis->key[same], key[same]))
			same++;
	}
	if (same == KEY_TEXTS)
		return diagnosis->strata;
	if (same == 0 && diagnosis->strata != NULL)
		finish_party(diagnosis);
	diagnosis->month = month;
	caller = MemoryContextSwitchTo(diagnosis->party_context);
	for (int i = 0; i < KEY_TEXTS; i++)
		diagnosis->key[i] = cstring_to_text_with_len(VARDATA_ANY(key[i]),
													 VARSIZE_ANY_EXHDR(key[i]));
	MemoryContextSwitchTo(caller);
	return begin_stratum(diagnosis);
}

/* Reads the cells: the days of the stratum, and the id of each value. */
static void
read_cells(Diagnosis *diagnosis, Stratum *stratum, RollupReader *reader,
		   const uint32 *factors, uint32 *ids)
{
	RollupStoredCell cell;

	for (uint32 i = 0; rollup_read_cell(reader, &cell); i++)
	{
		const RollupMargin *margin = &reader->margins[i];

		if (cell.factor > 0)
		{
			ids[i] = factor_values_id(diagnosis->names,
									  factors[cell.factor - 1], &cell);
			continue;
		}
		ids[i] = (uint32) (cell.day - diagnosis->month);
		if (ids[i] >= MONTH_DAYS)
			ereport(ERROR,
					(errcode(ERRCODE_DATA_CORRUPTED),
					 errmsg("rollup_state has a day outside its month")));
		diagnosis->nrequests += margin->measured;
		if (diagnosis->nrequests > MISSES_MAX_REQUESTS)
			ereport(ERROR,
					(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
					 errmsg("number of requests is out of range")));
		stratum->days.measured[ids[i]] += margin->measured;
		stratum->days.missed[ids[i]] += margin->missed;
	}
}

static void
add_state(Diagnosis *diagnosis, Stratum *stratum, ArrayType *factor_names,
		  const bytea *state)
{
	RollupReader reader;
	RollupStoredPair pair;
	uint32		factors[ROLLUP_MAX_FACTORS];
	uint32	   *ids;

	rollup_state_open_counts(&reader, (const uint8 *) VARDATA_ANY(state),
							 VARSIZE_ANY_EXHDR(state));
	factor_values_factors(diagnosis->names, factor_names,
						  (int) reader.nfactors, factors);
	ids = MemoryContextAllocHuge(CurrentMemoryContext,
								 (Size) reader.all_cells * sizeof(uint32));
	read_cells(diagnosis, stratum, &reader, factors, ids);
	add_values(diagnosis);
	while (rollup_read_pair(&reader, &pair) && pair.factor_a == 0)
	{
		Entry		entry;

		entry.day = ids[pair.a];
		entry.value = ids[reader.first_cells[pair.factor_b] + pair.b];
		entry.measured = (int64) pair.measured;
		entry.missed = (int64) pair.missed;
		add_entry(stratum, &entry);
	}
	rollup_state_close(&reader);
	pfree(ids);
}

/* (diagnosis, month, party, srv, mode, device_generation, factors, state) */
Datum
pmr_diagnosis_transfn(PG_FUNCTION_ARGS)
{
	MemoryContext context = get_aggregate_context(fcinfo);
	Diagnosis  *diagnosis = PG_ARGISNULL(0) ? make_diagnosis(context) :
	(Diagnosis *) PG_GETARG_POINTER(0);
	text	   *key[KEY_TEXTS];

	for (int i = 1; i <= 7; i++)
	{
		if (PG_ARGISNULL(i))
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("arguments of diagnosis must not be null")));
	}
	for (int i = 0; i < KEY_TEXTS; i++)
		key[i] = PG_GETARG_TEXT_PP(2 + i);
	add_state(diagnosis,
			  get_stratum(diagnosis, PG_GETARG_DATEADT(1), key),
			  PG_GETARG_ARRAYTYPE_P(6), PG_GETARG_BYTEA_PP(7));
	PG_RETURN_POINTER(diagnosis);
}

/* The result */

static int
compare_values(const void *left, const void *right)
{
	const Value *a = left;
	const Value *b = right;

	return factor_values_compare(&a->name, &b->name);
}

static int
compare_days(const void *left, const void *right)
{
	const DiagnosisDay *a = left;
	const DiagnosisDay *b = right;

	return a->day < b->day ? -1 : a->day > b->day;
}

/* Gives the values their days. */
static void
distribute_days(Diagnosis *diagnosis)
{
	DiagnosisDay *days = MemoryContextAllocHuge(CurrentMemoryContext,
												(diagnosis->days->members + 1) *
												sizeof(DiagnosisDay));
	value_days_iterator iterator;
	ValueDay   *day;

	value_days_start_iterate(diagnosis->days, &iterator);
	while ((day = value_days_iterate(diagnosis->days, &iterator)) != NULL)
		diagnosis->values[day->key >> 32].result.ndays++;
	for (uint32 i = 0; i < diagnosis->nvalues; i++)
	{
		DiagnosisValue *result = &diagnosis->values[i].result;

		result->days = days;
		days += result->ndays;
		result->ndays = 0;
	}
	value_days_start_iterate(diagnosis->days, &iterator);
	while ((day = value_days_iterate(diagnosis->days, &iterator)) != NULL)
	{
		DiagnosisValue *result = &diagnosis->values[day->key >> 32].result;

		result->days[result->ndays++] = day->day;
	}
	for (uint32 i = 0; i < diagnosis->nvalues; i++)
		qsort(diagnosis->values[i].result.days,
			  diagnosis->values[i].result.ndays, sizeof(DiagnosisDay),
			  compare_days);
}

static void
judge_values(Diagnosis *diagnosis)
{
	DiagnosisValue *results = palloc_array(DiagnosisValue,
										   diagnosis->nvalues);
	Size		nranks = (Size) diagnosis->nvalues + diagnosis->days->members;
	DiagnosisRank *ranks = MemoryContextAllocHuge(CurrentMemoryContext,
												  nranks *
												  sizeof(DiagnosisRank));

	for (uint32 i = 0; i < diagnosis->nvalues; i++)
		results[i] = diagnosis->values[i].result;
	diagnosis_judge(results, diagnosis->nvalues, ranks);
	for (uint32 i = 0; i < diagnosis->nvalues; i++)
		diagnosis->values[i].result = results[i];
}

static float8
from_tenths(int64 tenths)
{
	return (float8) tenths / 10;
}

static Datum
make_value(const Value *value, TupleDesc tupdesc)
{
	static const char *const kinds[] = {NULL, "too small", "burst", "steady"};
	const DiagnosisValue *result = &value->result;
	Datum		columns[VALUE_COLUMNS] = {0};
	bool		nulls[VALUE_COLUMNS] = {false};
	bool		is_claim = result->kind >= DIAGNOSIS_BURST;
	int			i = 0;

	columns[i++] = PointerGetDatum(value->name.factor);
	columns[i++] = PointerGetDatum(value->name.value);
	columns[i++] = Int64GetDatum(value->measured);
	columns[i++] = Int64GetDatum(result->requests);
	columns[i++] = Int64GetDatum(result->missed);
	for (int j = i; j < VALUE_COLUMNS; j++)
		nulls[j] = result->requests == 0;
	columns[i++] = Float8GetDatum(from_tenths(result->expected_tenths));
	columns[i++] = Float8GetDatum(from_tenths(10 * result->missed -
											  result->expected_tenths));
	columns[i++] = Float8GetDatum(result->z);
	columns[i++] = Float8GetDatum(result->p_value);
	if (kinds[result->kind] == NULL)
		nulls[i] = true;
	else
		columns[i] = CStringGetTextDatum(kinds[result->kind]);
	i++;
	for (int j = i; j < i + 6; j++)
		nulls[j] = !is_claim;
	columns[i++] = Float8GetDatum(from_tenths(result->claimed_tenths));
	columns[i++] = DateADTGetDatum(result->first_day);
	columns[i++] = DateADTGetDatum(result->last_day);
	columns[i++] = BoolGetDatum(result->began);
	columns[i++] = Int64GetDatum(result->burst_days);
	columns[i++] = Float8GetDatum(from_tenths(result->burst_tenths));
	columns[i++] = Float8GetDatum(result->spread.phi);
	columns[i++] = Float8GetDatum(result->spread.df);
	Assert(i == VALUE_COLUMNS);
	return HeapTupleGetDatum(heap_form_tuple(tupdesc, columns, nulls));
}

Datum
pmr_diagnosis_finalfn(PG_FUNCTION_ARGS)
{
	Diagnosis  *diagnosis;
	Oid			type;
	TupleDesc	tupdesc;
	Datum	   *rows;

	check_aggregate_call(fcinfo);
	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	diagnosis = (Diagnosis *) PG_GETARG_POINTER(0);
	finish_party(diagnosis);
	distribute_days(diagnosis);
	qsort(diagnosis->values, diagnosis->nvalues, sizeof(Value),
		  compare_values);
	judge_values(diagnosis);

	type = get_element_type(get_fn_expr_rettype(fcinfo->flinfo));
	tupdesc = lookup_rowtype_tupdesc_copy(type, -1);
	rows = palloc_array(Datum, diagnosis->nvalues);
	for (uint32 i = 0; i < diagnosis->nvalues; i++)
		rows[i] = make_value(&diagnosis->values[i], tupdesc);
	PG_RETURN_ARRAYTYPE_P(construct_array(rows, diagnosis->nvalues, type, -1,
										  false, TYPALIGN_DOUBLE));
}
