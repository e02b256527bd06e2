/*-------------------------------------------------------------------------
 *
 * rtt_sketch.c
 *	  The type rtt_sketch, and what can be asked of one.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "core/rtt_histogram.h"
#include "core/rtt_state.h"
#include "funcapi.h"
#include "libpq/pqformat.h"
#include "miscadmin.h"
#include "pg_versions.h"
#include "rtt_sketch.h"
#include "text_form.h"
#include "time_input.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

PG_FUNCTION_INFO_V1(pmr_rtt_sketch_in);
PG_FUNCTION_INFO_V1(pmr_rtt_sketch_out);
PG_FUNCTION_INFO_V1(pmr_rtt_sketch_recv);
PG_FUNCTION_INFO_V1(pmr_rtt_sketch_merge);
PG_FUNCTION_INFO_V1(pmr_rtt_sketch_percentile);
PG_FUNCTION_INFO_V1(pmr_rtt_sketch_percentiles);
PG_FUNCTION_INFO_V1(pmr_rtt_share_within);
PG_FUNCTION_INFO_V1(pmr_rtt_count);
PG_FUNCTION_INFO_V1(pmr_rtt_mean);
PG_FUNCTION_INFO_V1(pmr_rtt_min);
PG_FUNCTION_INFO_V1(pmr_rtt_max);
PG_FUNCTION_INFO_V1(pmr_rtt_error_bound);
PG_FUNCTION_INFO_V1(pmr_rtt_buckets);
PG_FUNCTION_INFO_V1(pmr_rtt_histogram);

Datum
rtt_sketch_from_summary(const RttSummary *summary)
{
	bytea	   *sketch = palloc(VARHDRSZ + rtt_encoded_bound(summary->nbuckets));
	size_t		length = rtt_encode(summary, (uint8 *) VARDATA(sketch));

	SET_VARSIZE(sketch, VARHDRSZ + length);
	return PointerGetDatum(sketch);
}

static const char *
decode_bytes(const char *bytes, int nbytes, RttSummary *summary)
{
	RttBucket  *buckets = palloc(rtt_decoded_bound(nbytes, RTT_CAP_SKETCH) *
								 sizeof(RttBucket));

	return rtt_decode(summary, buckets, (const uint8 *) bytes, nbytes,
					  RTT_CAP_SKETCH);
}

void
rtt_sketch_open(Datum sketch, RttSummary *summary)
{
	bytea	   *bytes = DatumGetByteaPP(sketch);
	const char *fault = decode_bytes(VARDATA_ANY(bytes),
									 VARSIZE_ANY_EXHDR(bytes), summary);

	if (fault != NULL)
		ereport(ERROR,
				(errcode(ERRCODE_DATA_CORRUPTED),
				 errmsg("stored rtt_sketch is corrupt"),
				 errdetail("In its bytes, %s.", fault)));
}

void
report_count_overflow(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
			 errmsg("number of round-trip times is out of range for bigint")));
}

/* An rtt_sketch of bytes that come from outside. */
static Datum
read_sketch(const char *bytes, int nbytes, int sqlerrcode)
{
	RttSummary	summary;
	const char *fault = decode_bytes(bytes, nbytes, &summary);

	if (fault != NULL)
		ereport(ERROR,
				(errcode(sqlerrcode),
				 errmsg("invalid value of type rtt_sketch"),
				 errdetail("In its bytes, %s.", fault)));
	return PointerGetDatum(cstring_to_text_with_len(bytes, nbytes));
}

Datum
pmr_rtt_sketch_in(PG_FUNCTION_ARGS)
{
	StringInfoData bytes;

	initStringInfo(&bytes);
	text_form_decode(PG_GETARG_CSTRING(0), "rtt_sketch", &bytes);
	PG_RETURN_DATUM(read_sketch(bytes.data, bytes.len,
								ERRCODE_INVALID_TEXT_REPRESENTATION));
}

Datum
pmr_rtt_sketch_out(PG_FUNCTION_ARGS)
{
	bytea	   *bytes = PG_GETARG_BYTEA_PP(0);

	PG_RETURN_CSTRING(text_form_encode(VARDATA_ANY(bytes),
									   VARSIZE_ANY_EXHDR(bytes)));
}

Datum
pmr_rtt_sketch_recv(PG_FUNCTION_ARGS)
{
	StringInfo	message = (StringInfo) PG_GETARG_POINTER(0);
	int			nbytes = message->len - message->cursor;

	PG_RETURN_DATUM(read_sketch(pq_getmsgbytes(message, nbytes), nbytes,
								ERRCODE_INVALID_BINARY_REPRESENTATION));
}

Datum
pmr_rtt_sketch_merge(PG_FUNCTION_ARGS)
{
	RttSummary	a;
	RttSummary	b;
	RttSummary	merged;
	RttBucket  *buckets;

	rtt_sketch_open(PG_GETARG_DATUM(0), &a);
	rtt_sketch_open(PG_GETARG_DATUM(1), &b);
	buckets = palloc(((Size) a.nbuckets + b.nbuckets) * sizeof(RttBucket));
	if (!rtt_summary_merge(&merged, buckets, &a, &b))
		report_count_overflow();
	rtt_summary_normalise(&merged, RTT_CAP_SKETCH);
	PG_RETURN_DATUM(rtt_sketch_from_summary(&merged));
}

void
check_fraction(float8 fraction)
{
	/* also false for NaN */
	if (!(fraction >= 0 && fraction <= 1))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("percentile value %g is not between 0 and 1",
						fraction)));
}

const float8 *
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
				 errmsg("fractions must not contain nulls")));

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

Datum
percentiles_array(const RttSummary *summary,
				  const float8 *fractions, int nfractions)
{
	uint64	   *percentiles_us = palloc(nfractions * sizeof(uint64));
	Datum	   *percentiles_s = palloc(nfractions * sizeof(Datum));

	rtt_summary_percentiles(summary, fractions, nfractions, percentiles_us);
	for (int i = 0; i < nfractions; i++)
		percentiles_s[i] = Float8GetDatum(seconds_from_us(percentiles_us[i]));
	return PointerGetDatum(construct_array(percentiles_s, nfractions,
										   FLOAT8OID, sizeof(float8),
										   FLOAT8PASSBYVAL, TYPALIGN_DOUBLE));
}

Datum
pmr_rtt_sketch_percentile(PG_FUNCTION_ARGS)
{
	float8		fraction = PG_GETARG_FLOAT8(1);
	RttSummary	summary;
	uint64		percentile_us;

	check_fraction(fraction);
	rtt_sketch_open(PG_GETARG_DATUM(0), &summary);
	rtt_summary_percentiles(&summary, &fraction, 1, &percentile_us);
	PG_RETURN_FLOAT8(seconds_from_us(percentile_us));
}

Datum
pmr_rtt_sketch_percentiles(PG_FUNCTION_ARGS)
{
	RttSummary	summary;
	int			nfractions;
	const float8 *fractions = get_fractions(PG_GETARG_ARRAYTYPE_P(1),
											&nfractions);

	rtt_sketch_open(PG_GETARG_DATUM(0), &summary);
	PG_RETURN_DATUM(percentiles_array(&summary, fractions, nfractions));
}

Datum
pmr_rtt_share_within(PG_FUNCTION_ARGS)
{
	uint64		limit_us = limit_us_from_interval(PG_GETARG_INTERVAL_P(1),
												  "limit");
	RttSummary	summary;

	rtt_sketch_open(PG_GETARG_DATUM(0), &summary);
	PG_RETURN_FLOAT8(100.0 * rtt_summary_count_within(&summary, limit_us) /
					 summary.count);
}

Datum
pmr_rtt_count(PG_FUNCTION_ARGS)
{
	RttSummary	summary;

	rtt_sketch_open(PG_GETARG_DATUM(0), &summary);
	PG_RETURN_INT64(summary.count);
}

Datum
pmr_rtt_mean(PG_FUNCTION_ARGS)
{
	RttSummary	summary;

	rtt_sketch_open(PG_GETARG_DATUM(0), &summary);
	PG_RETURN_FLOAT8(seconds_from_us(rtt_summary_mean(&summary)));
}

Datum
pmr_rtt_min(PG_FUNCTION_ARGS)
{
	RttSummary	summary;

	rtt_sketch_open(PG_GETARG_DATUM(0), &summary);
	PG_RETURN_FLOAT8(seconds_from_us(summary.min_us));
}

Datum
pmr_rtt_max(PG_FUNCTION_ARGS)
{
	RttSummary	summary;

	rtt_sketch_open(PG_GETARG_DATUM(0), &summary);
	PG_RETURN_FLOAT8(seconds_from_us(summary.max_us));
}

Datum
pmr_rtt_error_bound(PG_FUNCTION_ARGS)
{
	RttSummary	summary;

	rtt_sketch_open(PG_GETARG_DATUM(0), &summary);
	PG_RETURN_FLOAT8(100.0 * rtt_summary_error_bound(&summary));
}

/* A row (lower_s, upper_s, requests) of a set-returning function. */
static void
put_bar(ReturnSetInfo *rsinfo, uint64 lower_us, uint64 upper_us, uint64 count)
{
	Datum		values[3] = {
		Float8GetDatum(seconds_from_us(lower_us)),
		Float8GetDatum(seconds_from_us(upper_us)),
		Int64GetDatum(count)
	};
	bool		nulls[3] = {false, false, false};

	tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
}

Datum
pmr_rtt_buckets(PG_FUNCTION_ARGS)
{
	RttSummary	summary;

	InitMaterializedSRF(fcinfo, 0);
	rtt_sketch_open(PG_GETARG_DATUM(0), &summary);
	for (uint32 i = 0; i < summary.nbuckets; i++)
	{
		const RttBucket *bucket = &summary.buckets[i];

		put_bar((ReturnSetInfo *) fcinfo->resultinfo,
				Max(bucket->lower_us, summary.min_us),
				rtt_summary_bucket_upper(&summary, bucket),
				bucket->count);
	}
	return (Datum) 0;
}

Datum
pmr_rtt_histogram(PG_FUNCTION_ARGS)
{
	int32		nbuckets = PG_GETARG_INT32(1);
	RttSummary	summary;
	RttBar		bars[RTT_HISTOGRAM_MAX];
	int			nbars;

	if (nbuckets < 1 || nbuckets > RTT_HISTOGRAM_MAX)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("number of buckets %d is not between 1 and %d",
						nbuckets, RTT_HISTOGRAM_MAX)));
	InitMaterializedSRF(fcinfo, 0);
	rtt_sketch_open(PG_GETARG_DATUM(0), &summary);
	nbars = rtt_histogram(&summary, bars, nbuckets);
	for (int i = 0; i < nbars; i++)
		put_bar((ReturnSetInfo *) fcinfo->resultinfo,
				bars[i].lower_us, bars[i].upper_us, bars[i].count);
	return (Datum) 0;
}
