/*-------------------------------------------------------------------------
 *
 * rtt_percentile.c
 *	  The aggregates rtt_percentile and rtt_percentiles, and the functions of
 *	  the same names that take a sketch.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "rtt_aggregate.h"
#include "rtt_sketch.h"
#include "utils/array.h"

PG_FUNCTION_INFO_V1(pmr_rtt_sketch_percentile);
PG_FUNCTION_INFO_V1(pmr_rtt_sketch_percentiles);
PG_FUNCTION_INFO_V1(pmr_rtt_percentile_transfn_timestamps);
PG_FUNCTION_INFO_V1(pmr_rtt_percentile_transfn_interval);
PG_FUNCTION_INFO_V1(pmr_rtt_percentile_transfn_seconds);
PG_FUNCTION_INFO_V1(pmr_rtt_percentile_finalfn);
PG_FUNCTION_INFO_V1(pmr_rtt_percentiles_transfn_timestamps);
PG_FUNCTION_INFO_V1(pmr_rtt_percentiles_transfn_interval);
PG_FUNCTION_INFO_V1(pmr_rtt_percentiles_transfn_seconds);
PG_FUNCTION_INFO_V1(pmr_rtt_percentiles_finalfn);

static void
check_fraction(float8 fraction)
{
	/* in this form, NaN is an error as well */
	if (!(fraction >= 0 && fraction <= 1))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("percentile value %g is not between 0 and 1",
						fraction)));
}

/*
 * The fractions in an array, which are not copied.  Raises an error unless
 * there is one dimension, with at most RTT_STATE_MAX_FRACTIONS elements, none
 * of them NULL, each from 0 to 1.
 */
static const float8 *
get_fractions(ArrayType *array, int *nfractions)
{
	const float8 *fractions = (const float8 *) ARR_DATA_PTR(array);

	if (ARR_NDIM(array) > 1)
		ereport(ERROR,
				(errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
				 errmsg("fractions must be a one-dimensional array")));
	if (array_contains_nulls(array))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("fractions must not contain nulls"),
				 errhint("Give an array of numbers from 0 to 1.")));

	*nfractions = ARR_NDIM(array) == 0 ? 0 : ARR_DIMS(array)[0];
	if (*nfractions > RTT_STATE_MAX_FRACTIONS)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("number of fractions %d exceeds the maximum of %d",
						*nfractions, RTT_STATE_MAX_FRACTIONS)));
	for (int i = 0; i < *nfractions; i++)
		check_fraction(fractions[i]);
	return fractions;
}

/* Makes a float8[] of percentiles in seconds. */
static Datum
percentiles_array(const uint64 *percentiles_us, int npercentiles)
{
	Datum	   *percentiles_s = palloc(npercentiles * sizeof(Datum));

	for (int i = 0; i < npercentiles; i++)
		percentiles_s[i] = Float8GetDatum(seconds_from_us(percentiles_us[i]));
	return PointerGetDatum(construct_array(percentiles_s, npercentiles,
										   FLOAT8OID, sizeof(float8),
										   FLOAT8PASSBYVAL, TYPALIGN_DOUBLE));
}

Datum
pmr_rtt_sketch_percentile(PG_FUNCTION_ARGS)
{
	float8		fraction = PG_GETARG_FLOAT8(1);
	RttSketch	sketch;
	uint64		percentile_us;

	check_fraction(fraction);
	rtt_sketch_open(PG_GETARG_DATUM(0), &sketch);
	rtt_sketch_percentiles(&sketch, &fraction, 1, &percentile_us);
	PG_RETURN_FLOAT8(seconds_from_us(percentile_us));
}

Datum
pmr_rtt_sketch_percentiles(PG_FUNCTION_ARGS)
{
	RttSketch	sketch;
	int			nfractions;
	const float8 *fractions = get_fractions(PG_GETARG_ARRAYTYPE_P(1),
											&nfractions);
	uint64	   *percentiles_us = palloc(nfractions * sizeof(uint64));

	rtt_sketch_open(PG_GETARG_DATUM(0), &sketch);
	rtt_sketch_percentiles(&sketch, fractions, nfractions, percentiles_us);
	PG_RETURN_DATUM(percentiles_array(percentiles_us, nfractions));
}

static pg_attribute_always_inline Datum
percentile_transition(FunctionCallInfo fcinfo, GetRtt get_rtt,
					  int fraction_arg)
{
	RttCollector *collector = rtt_collector_arg(fcinfo, RTT_STATE_PERCENTILE);
	float8		fraction;
	uint64		rtt_us;

	if (PG_ARGISNULL(fraction_arg))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("fraction of a percentile must not be null"),
				 errhint("Give a number from 0 to 1.")));
	fraction = PG_GETARG_FLOAT8(fraction_arg);
	if (collector == NULL)
	{
		check_fraction(fraction);
		collector = rtt_collector_make(fcinfo, RTT_STATE_PERCENTILE,
									   &fraction, 1);
	}
	else if (unlikely(fraction != collector->fractions[0]))
	{
		check_fraction(fraction);
		rtt_collector_check_fractions(collector, &fraction, 1);
	}
	if (get_rtt(fcinfo, &rtt_us))
		rtt_collector_add(collector, rtt_us);
	return rtt_collector_result(fcinfo, collector);
}

Datum
pmr_rtt_percentile_transfn_timestamps(PG_FUNCTION_ARGS)
{
	return percentile_transition(fcinfo, get_rtt_of_timestamps, 3);
}

Datum
pmr_rtt_percentile_transfn_interval(PG_FUNCTION_ARGS)
{
	return percentile_transition(fcinfo, get_rtt_of_interval, 2);
}

Datum
pmr_rtt_percentile_transfn_seconds(PG_FUNCTION_ARGS)
{
	return percentile_transition(fcinfo, get_rtt_of_seconds, 2);
}

Datum
pmr_rtt_percentile_finalfn(PG_FUNCTION_ARGS)
{
	const RttState *state = rtt_collected_arg(fcinfo, RTT_STATE_PERCENTILE);

	if (state == NULL)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(seconds_from_us(rtt_state_get_percentiles(state)[0]));
}

/*
 * Raises an error if these are not the collector's fractions.  Usually every
 * row has the same constant, so its bytes are compared first.
 */
static inline void
check_same_fractions(const RttCollector *collector, ArrayType *array)
{
	int			nfractions = collector->nfractions;
	const float8 *fractions;

	if (likely(ARR_NDIM(array) == 1 && !ARR_HASNULL(array) &&
			   ARR_DIMS(array)[0] == nfractions &&
			   memcmp(ARR_DATA_PTR(array), collector->fractions,
					  nfractions * sizeof(float8)) == 0))
		return;

	fractions = get_fractions(array, &nfractions);
	rtt_collector_check_fractions(collector, fractions, nfractions);
}

static pg_attribute_always_inline Datum
percentiles_transition(FunctionCallInfo fcinfo, GetRtt get_rtt,
					   int fractions_arg)
{
	RttCollector *collector = rtt_collector_arg(fcinfo, RTT_STATE_PERCENTILES);
	ArrayType  *array;
	uint64		rtt_us;

	if (PG_ARGISNULL(fractions_arg))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("fractions must not be null"),
				 errhint("Give an array of numbers from 0 to 1.")));
	array = PG_GETARG_ARRAYTYPE_P(fractions_arg);
	if (collector == NULL)
	{
		int			nfractions;
		const float8 *fractions = get_fractions(array, &nfractions);

		collector = rtt_collector_make(fcinfo, RTT_STATE_PERCENTILES,
									   fractions, nfractions);
	}
	else
		check_same_fractions(collector, array);
	if (get_rtt(fcinfo, &rtt_us))
		rtt_collector_add(collector, rtt_us);
	return rtt_collector_result(fcinfo, collector);
}

Datum
pmr_rtt_percentiles_transfn_timestamps(PG_FUNCTION_ARGS)
{
	return percentiles_transition(fcinfo, get_rtt_of_timestamps, 3);
}

Datum
pmr_rtt_percentiles_transfn_interval(PG_FUNCTION_ARGS)
{
	return percentiles_transition(fcinfo, get_rtt_of_interval, 2);
}

Datum
pmr_rtt_percentiles_transfn_seconds(PG_FUNCTION_ARGS)
{
	return percentiles_transition(fcinfo, get_rtt_of_seconds, 2);
}

Datum
pmr_rtt_percentiles_finalfn(PG_FUNCTION_ARGS)
{
	const RttState *state = rtt_collected_arg(fcinfo, RTT_STATE_PERCENTILES);

	if (state == NULL)
		PG_RETURN_NULL();
	PG_RETURN_DATUM(percentiles_array(rtt_state_get_percentiles(state),
									  state->nfractions));
}
