/*-------------------------------------------------------------------------
 *
 * rtt_histogram.c
 *	  The set-returning functions rtt_histogram() and rtt_buckets().
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "core/rtt_histogram.h"
#include "funcapi.h"
#include "rtt_sketch.h"
#include "time_input.h"
#include "utils/tuplestore.h"

PG_FUNCTION_INFO_V1(pmr_rtt_buckets);
PG_FUNCTION_INFO_V1(pmr_rtt_histogram);

/* Adds a row (lower_s, upper_s, requests) to the result. */
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
	RttSketch	sketch;

	InitMaterializedSRF(fcinfo, 0);
	rtt_sketch_open(PG_GETARG_DATUM(0), &sketch);
	for (uint32 i = 0; i < sketch.nbuckets; i++)
	{
		const RttBucket *bucket = &sketch.buckets[i];

		put_bar((ReturnSetInfo *) fcinfo->resultinfo,
				Max(bucket->lower_us, sketch.min_us),
				rtt_sketch_bucket_upper(&sketch, bucket),
				bucket->count);
	}
	return (Datum) 0;
}

Datum
pmr_rtt_histogram(PG_FUNCTION_ARGS)
{
	int32		nbuckets = PG_GETARG_INT32(1);
	RttSketch	sketch;
	RttBar		bars[RTT_HISTOGRAM_MAX];
	int			nbars;

	if (nbuckets < 1 || nbuckets > RTT_HISTOGRAM_MAX)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("number of buckets %d is not between 1 and %d",
						nbuckets, RTT_HISTOGRAM_MAX)));
	InitMaterializedSRF(fcinfo, 0);
	rtt_sketch_open(PG_GETARG_DATUM(0), &sketch);
	nbars = rtt_histogram(&sketch, bars, nbuckets);
	for (int i = 0; i < nbars; i++)
		put_bar((ReturnSetInfo *) fcinfo->resultinfo,
				bars[i].lower_us, bars[i].upper_us, bars[i].count);
	return (Datum) 0;
}
