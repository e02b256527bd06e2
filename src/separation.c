/*-------------------------------------------------------------------------
 *
 * separation.c
 *	  The aggregate separation: from which other causes claims of the aggregate
 *	  diagnosis can be told.
 *
 * The states come in the order of their keys.  Those of one stratum are
 * collected, and then added to the comparisons of each claim (core/misses.h):
 * one with the other values of its factor, one within the values of each other
 * factor, and one without the requests of each other claim.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "aggregate_call.h"
#include "catalog/pg_type.h"
#include "core/separation.h"
#include "executor/executor.h"
#include "factor_values.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "pg_versions.h"
#include "rollup_state.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/typcache.h"

#define DOUBT_COLUMNS	5

PG_FUNCTION_INFO_V1(pmr_separation_transfn);
PG_FUNCTION_INFO_V1(pmr_separation_finalfn);

typedef struct Counts
{
	int64		measured;
	int64		missed;
} Counts;

/* The strata of a comparison. */
typedef struct Strata
{
	size_t		n;
	size_t		allocated;
	int64	   *requests;
	int64	   *missed;
	int64	   *all_requests;
	int64	   *all_missed;
	bool		is_shared;		/* do the two claims share any requests? */
} Strata;

typedef struct Claim
{
	SeparationClaim claim;
	MissesSpread spread;
	uint32		id;				/* of the value */
	Counts	   *shared;			/* in this stratum, by the ids of values */
	Strata		own;			/* beside the others of the factor */
	Strata	   *within;			/* the values of each factor */
	Strata	   *without;		/* each claim */
} Claim;

typedef struct Separation
{
	MemoryContext context;
	FactorValues *names;
	uint32		nfactors;
	Claim	   *claims;
	int			nclaims;

	/* the stratum that is collected */
	int64		stratum;
	Counts		all;
	Counts	   *values;			/* by their ids */
	uint32		nvalues;
} Separation;

static Datum
get_attribute(HeapTupleHeader row, const char *name)
{
	bool		isnull;
	Datum		value = GetAttributeByName(row, name, &isnull);

	if (isnull)
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("%s of a claim must not be null", name)));
	return value;
}

static void
read_claim(Separation *separation, HeapTupleHeader row, Claim *claim)
{
	const text *value = DatumGetTextPP(get_attribute(row, "value"));
	RollupStoredCell cell = {0};

	cell.value = (const uint8 *) VARDATA_ANY(value);
	cell.length = VARSIZE_ANY_EXHDR(value);
	claim->claim.factor =
		factor_values_factor(separation->names,
							 DatumGetTextPP(get_attribute(row, "factor")));
	claim->claim.requests = DatumGetInt64(get_attribute(row, "requests"));
	claim->claim.excess = DatumGetFloat8(get_attribute(row, "excess"));
	claim->spread.phi = DatumGetFloat8(get_attribute(row, "phi"));
	claim->spread.df = DatumGetFloat8(get_attribute(row, "df"));
	claim->id = factor_values_id(separation->names, claim->claim.factor,
								 &cell);
}

/* Memory of n elements of which the first are kept, and the rest zero. */
static void *
grow(MemoryContext context, void *old, Size old_n, Size n, Size size)
{
	char	   *grown = old == NULL ?
	MemoryContextAllocHuge(context, n * size) :
	repalloc_huge(old, n * size);

	memset(grown + old_n * size, 0, (n - old_n) * size);
	return grown;
}

/* Provides for factors and values that have got their ids since. */
static void
provide_ids(Separation *separation, uint32 nfactors)
{
	uint32		nvalues = factor_values_number(separation->names);

	for (int i = 0; i < separation->nclaims; i++)
	{
		Claim	   *claim = &separation->claims[i];

		if (nvalues > separation->nvalues)
			claim->shared = grow(separation->context, claim->shared,
								 separation->nvalues, nvalues, sizeof(Counts));
		if (nfactors > separation->nfactors)
			claim->within = grow(separation->context, claim->within,
								 separation->nfactors, nfactors,
								 sizeof(Strata));
	}
	if (nvalues > separation->nvalues)
		separation->values = grow(separation->context, separation->values,
								  separation->nvalues, nvalues,
								  sizeof(Counts));
	separation->nvalues = Max(nvalues, separation->nvalues);
	separation->nfactors = Max(nfactors, separation->nfactors);
}

/* Makes a separation of an array of claims. */
static Separation *
make_separation(MemoryContext context, ArrayType *claims)
{
	MemoryContext caller = MemoryContextSwitchTo(context);
	Separation *separation = palloc0(sizeof(Separation));
	int16		typlen;
	bool		typbyval;
	char		typalign;
	Datum	   *rows;

	separation->context = context;
	separation->names = factor_values_make(context);
	get_typlenbyvalalign(ARR_ELEMTYPE(claims), &typlen, &typbyval, &typalign);
	deconstruct_array(claims, ARR_ELEMTYPE(claims), typlen, typbyval, typalign,
					  &rows, NULL, &separation->nclaims);
	separation->claims = palloc0(separation->nclaims * sizeof(Claim));
	for (int i = 0; i < separation->nclaims; i++)
	{
		read_claim(separation, DatumGetHeapTupleHeader(rows[i]),
				   &separation->claims[i]);
		separation->claims[i].without = palloc0(separation->nclaims *
												sizeof(Strata));
		provide_ids(separation, separation->claims[i].claim.factor + 1);
	}
	MemoryContextSwitchTo(caller);
	return separation;
}

static void
add_counts(Counts *counts, uint64 measured, uint64 missed)
{
	counts->measured += measured;
	counts->missed += missed;
}

static void
add_stratum(Separation *separation, Strata *strata, int64 requests,
			int64 missed, int64 all_requests, int64 all_missed)
{
	size_t		n = strata->n;

	if (n == strata->allocated)
	{
		Size		more = Max(64, 2 * n);
		MemoryContext context = separation->context;

		strata->requests = grow(context, strata->requests, n, more,
								sizeof(int64));
		strata->missed = grow(context, strata->missed, n, more, sizeof(int64));
		strata->all_requests = grow(context, strata->all_requests, n, more,
									sizeof(int64));
		strata->all_missed = grow(context, strata->all_missed, n, more,
								  sizeof(int64));
		strata->allocated = more;
	}
	strata->requests[n] = requests;
	strata->missed[n] = missed;
	strata->all_requests[n] = all_requests;
	strata->all_missed[n] = all_missed;
	strata->n++;
}

/* Adds the stratum to the comparisons of a claim. */
static void
finish_claim(Separation *separation, Claim *claim)
{
	const Counts *own = &separation->values[claim->id];
	const Counts *all = &separation->all;

	if (own->measured == 0)
		return;
	add_stratum(separation, &claim->own, own->measured, own->missed,
				all->measured, all->missed);
	for (uint32 id = 0; id < separation->nvalues; id++)
	{
		const Counts *shared = &claim->shared[id];
		const Counts *value = &separation->values[id];

		if (shared->measured > 0)
			add_stratum(separation,
						&claim->within[factor_values_name(separation->names,
														  id)->factor_id],
						shared->measured, shared->missed, value->measured,
						value->missed);
	}
	for (int i = 0; i < separation->nclaims; i++)
	{
		uint32		id = separation->claims[i].id;
		const Counts *shared = &claim->shared[id];
		const Counts *value = &separation->values[id];
		Strata	   *without = &claim->without[i];

		if (separation->claims[i].claim.factor == claim->claim.factor)
			continue;
		without->is_shared = without->is_shared || shared->measured > 0;
		add_stratum(separation, without, own->measured - shared->measured,
					own->missed - shared->missed,
					all->measured - value->measured,
					all->missed - value->missed);
	}
	memset(claim->shared, 0, separation->nvalues * sizeof(Counts));
}

/* Adds the stratum to the comparisons, and forgets it. */
static void
finish_stratum(Separation *separation)
{
	CHECK_FOR_INTERRUPTS();
	for (int i = 0; i < separation->nclaims; i++)
		finish_claim(separation, &separation->claims[i]);
	separation->all = (Counts)
	{
		0, 0
	};
	if (separation->nvalues > 0)
		memset(separation->values, 0, separation->nvalues * sizeof(Counts));
}

/* Collects the cells of a state, and sets the ids of their values. */
static void
read_cells(Separation *separation, RollupReader *reader,
		   const uint32 *factors, uint32 *ids)
{
	RollupStoredCell cell;

	for (uint32 i = 0; rollup_read_cell(reader, &cell); i++)
	{
		const RollupMargin *margin = &reader->margins[i];

		if (cell.factor == 0)
		{
			add_counts(&separation->all, margin->measured, margin->missed);
			continue;
		}
		ids[i] = factor_values_id(separation->names, factors[cell.factor - 1],
								  &cell);
		provide_ids(separation, factors[cell.factor - 1] + 1);
		add_counts(&separation->values[ids[i]], margin->measured,
				   margin->missed);
	}
}

static void
add_state(Separation *separation, ArrayType *factor_names, const bytea *state)
{
	RollupReader reader;
	RollupStoredPair pair;
	uint32		factors[ROLLUP_MAX_FACTORS];
	uint32	   *ids;

	rollup_state_open_counts(&reader, (const uint8 *) VARDATA_ANY(state),
							 VARSIZE_ANY_EXHDR(state));
	factor_values_factors(separation->names, factor_names,
						  (int) reader.nfactors, factors);
	ids = MemoryContextAllocHuge(CurrentMemoryContext,
								 (Size) reader.all_cells * sizeof(uint32));
	read_cells(separation, &reader, factors, ids);
	while (rollup_read_pair(&reader, &pair))
	{
		uint32		a;
		uint32		b;

		if (pair.factor_a == 0)
			continue;
		a = ids[reader.first_cells[pair.factor_a] + pair.a];
		b = ids[reader.first_cells[pair.factor_b] + pair.b];
		for (int i = 0; i < separation->nclaims; i++)
		{
			Claim	   *claim = &separation->claims[i];

			if (claim->id == a)
				add_counts(&claim->shared[b], pair.measured, pair.missed);
			else if (claim->id == b)
				add_counts(&claim->shared[a], pair.measured, pair.missed);
		}
	}
	rollup_state_close(&reader);
	pfree(ids);
}

/* (separation, claims, stratum, factors, state) */
Datum
pmr_separation_transfn(PG_FUNCTION_ARGS)
{
	MemoryContext context = get_aggregate_context(fcinfo);
	Separation *separation;
	int64		stratum;

	for (int i = 1; i <= 4; i++)
	{
		if (PG_ARGISNULL(i))
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("arguments of separation must not be null")));
	}
	separation = PG_ARGISNULL(0) ?
		make_separation(context, PG_GETARG_ARRAYTYPE_P(1)) :
		(Separation *) PG_GETARG_POINTER(0);
	stratum = PG_GETARG_INT64(2);
	if (stratum != separation->stratum)
		finish_stratum(separation);
	separation->stratum = stratum;
	add_state(separation, PG_GETARG_ARRAYTYPE_P(3), PG_GETARG_BYTEA_PP(4));
	PG_RETURN_POINTER(separation);
}

/* The result */

static MissesComparison
compare(const Strata *strata, MissesSpread spread, double shift)
{
	MissesStrata compared;

	compared.nstrata = strata->n;
	compared.requests = strata->requests;
	compared.missed = strata->missed;
	compared.all_requests = strata->all_requests;
	compared.all_missed = strata->all_missed;
	return misses_compare(&compared, spread, shift);
}

/*
 * Pairs of values are counted by month.  What is expected of a request because of
 * its day is the difference that comparing by month makes.
 */
static double
shift_by_days(const Claim *claim)
{
	MissesComparison by_month = compare(&claim->own, claim->spread, 0);

	if (by_month.compared == 0)
		return 0;
	return by_month.excess / (double) by_month.compared -
		claim->claim.excess / (double) claim->claim.requests;
}

static Datum
make_doubt(const Separation *separation, const Claim *claim, uint32 factor,
		   const SeparationDoubt *doubt, TupleDesc tupdesc)
{
	const FactorValue *own = factor_values_name(separation->names, claim->id);
	Datum		columns[DOUBT_COLUMNS] = {0};
	bool		nulls[DOUBT_COLUMNS] = {false};

	columns[0] = PointerGetDatum(own->factor);
	columns[1] = PointerGetDatum(own->value);
	columns[2] = PointerGetDatum(factor_values_factor_name(separation->names,
														   factor));
	if (doubt->suspect == SIZE_MAX)
		nulls[3] = true;
	else
		columns[3] = PointerGetDatum(factor_values_name(separation->names,
														separation->claims[doubt->suspect].id)->value);
	columns[4] = BoolGetDatum(doubt->is_cause);
	return HeapTupleGetDatum(heap_form_tuple(tupdesc, columns, nulls));
}

Datum
pmr_separation_finalfn(PG_FUNCTION_ARGS)
{
	Separation *separation;
	SeparationClaim *claims;
	MissesComparison *within;
	SeparationSuspect *suspects;
	Oid			type;
	TupleDesc	tupdesc;
	Datum	   *rows;
	int			nrows = 0;
	Size		nclaims;
	Size		nfactors;

	check_aggregate_call(fcinfo);
	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	separation = (Separation *) PG_GETARG_POINTER(0);
	finish_stratum(separation);
	nclaims = separation->nclaims;
	nfactors = separation->nfactors;
	claims = palloc_array(SeparationClaim, nclaims);
	within = palloc_array(MissesComparison, nclaims * nfactors);
	suspects = palloc_array(SeparationSuspect, nclaims * nclaims);
	for (Size i = 0; i < nclaims; i++)
	{
		const Claim *claim = &separation->claims[i];
		double		shift = shift_by_days(claim);

		claims[i] = claim->claim;
		for (Size j = 0; j < nfactors; j++)
			within[i * nfactors + j] = compare(&claim->within[j],
											   claim->spread, shift);
		for (Size j = 0; j < nclaims; j++)
		{
			suspects[i * nclaims + j].is_shared = claim->without[j].is_shared;
			suspects[i * nclaims + j].rest = compare(&claim->without[j],
													 claim->spread, shift);
		}
	}

	type = get_element_type(get_fn_expr_rettype(fcinfo->flinfo));
	tupdesc = lookup_rowtype_tupdesc_copy(type, -1);
	rows = palloc_array(Datum, nclaims * nfactors);
	for (Size i = 0; i < nclaims; i++)
	{
		for (uint32 factor = 0; factor < nfactors; factor++)
		{
			SeparationDoubt doubt;

			if (factor == claims[i].factor)
				continue;
			doubt = separation_doubt(claims, nclaims, nfactors, within,
									 suspects, i, factor);
			if (doubt.is_doubt)
				rows[nrows++] = make_doubt(separation, &separation->claims[i],
										   factor, &doubt, tupdesc);
		}
	}
	PG_RETURN_ARRAYTYPE_P(construct_array(rows, nrows, type, -1, false,
										  TYPALIGN_DOUBLE));
}
