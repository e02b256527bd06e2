/*-------------------------------------------------------------------------
 *
 * misses.c
 *	  The functions binomial_tail and compare_misses.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <math.h>

#include "access/htup_details.h"
#include "core/misses.h"
#include "funcapi.h"
#include "utils/array.h"
#include "utils/numeric.h"

PG_FUNCTION_INFO_V1(pmr_binomial_tail);
PG_FUNCTION_INFO_V1(pmr_compare_misses);

/* The counts of an array, which it points into. */
static const int64 *
get_counts(ArrayType *array, size_t *ncounts)
{
	if (ARR_NDIM(array) > 1)
		ereport(ERROR,
				(errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
				 errmsg("counts of misses must be one-dimensional arrays")));
	if (array_contains_nulls(array))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("counts of misses must not contain nulls")));
	*ncounts = ARR_NDIM(array) == 0 ? 0 : ARR_DIMS(array)[0];
	return (const int64 *) ARR_DATA_PTR(array);
}

static void
check_number(bool in_range, const char *name, float8 number)
{
	if (!in_range)
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("%s %g is out of range", name, number)));
}

static void
get_strata(FunctionCallInfo fcinfo, MissesStrata *strata)
{
	const char *fault;
	size_t		lengths[4];
	size_t		stratum;

	strata->requests = get_counts(PG_GETARG_ARRAYTYPE_P(0), &lengths[0]);
	strata->missed = get_counts(PG_GETARG_ARRAYTYPE_P(1), &lengths[1]);
	strata->all_requests = get_counts(PG_GETARG_ARRAYTYPE_P(2), &lengths[2]);
	strata->all_missed = get_counts(PG_GETARG_ARRAYTYPE_P(3), &lengths[3]);
	strata->nstrata = lengths[0];
	for (int i = 1; i < 4; i++)
	{
		if (lengths[i] != strata->nstrata)
			ereport(ERROR,
					(errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
					 errmsg("counts of misses have %zu and %zu strata",
							strata->nstrata, lengths[i])));
	}
	fault = misses_fault(strata, &stratum);
	if (fault != NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("counts of misses are wrong in stratum %zu: %s",
						stratum, fault)));
}

/* (successes, trials, mean) */
Datum
pmr_binomial_tail(PG_FUNCTION_ARGS)
{
	float8		successes = PG_GETARG_FLOAT8(0);
	float8		trials = PG_GETARG_FLOAT8(1);
	float8		mean = PG_GETARG_FLOAT8(2);

	/* the comparisons are false for NaN */
	check_number(trials >= 0 && trials <= MISSES_MAX_REQUESTS,
				 "number of trials", trials);
	check_number(mean >= 0 && mean <= trials, "mean", mean);
	check_number(!isnan(successes), "number of successes", successes);
	PG_RETURN_FLOAT8(misses_binomial_tail(successes, trials, mean));
}

static Datum
numeric_from_tenths(int64 tenths)
{
	return NumericGetDatum(int64_div_fast_to_numeric(tenths, 1));
}

/* (requests, missed, all_requests, all_missed, phi) */
Datum
pmr_compare_misses(PG_FUNCTION_ARGS)
{
	float8		phi = PG_GETARG_FLOAT8(4);
	MissesStrata strata;
	MissesComparison result;
	TupleDesc	tupdesc;
	Datum		values[6];
	bool		nulls[6] = {false};

	get_strata(fcinfo, &strata);
	check_number(phi >= 1 && !isinf(phi), "overdispersion", phi);
	if (get_call_result_type(fcinfo, NULL, &tupdesc) != TYPEFUNC_COMPOSITE)
		/* cannot happen: the script declares it so */
		elog(ERROR, "return type must be a row type");
	result = misses_compare(&strata, phi);
	values[0] = Int64GetDatum(result.compared);
	values[1] = Int64GetDatum(result.missed);
	values[2] = numeric_from_tenths(result.expected_tenths);
	values[3] = numeric_from_tenths(10 * result.missed -
									result.expected_tenths);
	values[4] = Float8GetDatum(result.z);
	values[5] = Float8GetDatum(result.p_value);
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(tupdesc, values, nulls)));
}
