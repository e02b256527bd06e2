/*-------------------------------------------------------------------------
 *
 * rtt_sketch.c
 *	  The type rtt_sketch, and the functions that read one.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "binary_type.h"
#include "pg_versions.h"
#include "rtt_sketch.h"
#include "rtt_state.h"
#include "time_input.h"

PG_FUNCTION_INFO_V1(pmr_rtt_sketch_in);
PG_FUNCTION_INFO_V1(pmr_rtt_sketch_out);
PG_FUNCTION_INFO_V1(pmr_rtt_sketch_recv);
PG_FUNCTION_INFO_V1(pmr_rtt_sketch_merge);
PG_FUNCTION_INFO_V1(pmr_rtt_within_pct);
PG_FUNCTION_INFO_V1(pmr_rtt_count);
PG_FUNCTION_INFO_V1(pmr_rtt_mean);
PG_FUNCTION_INFO_V1(pmr_rtt_min);
PG_FUNCTION_INFO_V1(pmr_rtt_max);
PG_FUNCTION_INFO_V1(pmr_rtt_error_bound);

Datum
rtt_sketch_to_datum(const RttSketch *sketch)
{
	bytea	   *datum = palloc(VARHDRSZ + rtt_encoded_bound(sketch->nbuckets));
	size_t		length = rtt_encode(sketch, (uint8 *) VARDATA(datum));

	SET_VARSIZE(datum, VARHDRSZ + length);
	return PointerGetDatum(datum);
}

void
rtt_sketch_read(const char *bytes, int nbytes, RttBucket *buckets,
				RttSketch *sketch)
{
	const char *fault = rtt_decode(sketch, buckets, (const uint8 *) bytes,
								   nbytes, RTT_CAP_SKETCH);

	if (fault != NULL)
		ereport(ERROR,
				(errcode(ERRCODE_DATA_CORRUPTED),
				 errmsg("stored rtt_sketch is corrupt"),
				 errdetail("Its binary form is invalid: %s.", fault)));
}

/* Memory for the buckets that so many bytes can hold. */
static RttBucket *
make_buckets(int nbytes)
{
	return palloc(rtt_decoded_bound(nbytes, RTT_CAP_SKETCH) *
				  sizeof(RttBucket));
}

void
rtt_sketch_open(Datum datum, RttSketch *sketch)
{
	bytea	   *bytes = DatumGetByteaPP(datum);
	int			nbytes = VARSIZE_ANY_EXHDR(bytes);

	rtt_sketch_read(VARDATA_ANY(bytes), nbytes, make_buckets(nbytes), sketch);
}

/* The fault of any bytes, or NULL. */
static const char *
find_fault(const char *bytes, int nbytes)
{
	RttSketch	sketch;

	return rtt_decode(&sketch, make_buckets(nbytes), (const uint8 *) bytes,
					  nbytes, RTT_CAP_SKETCH);
}

static BinaryType
get_type(void)
{
	BinaryType	type = {
		"rtt_sketch",
		rtt_encoded_bound(rtt_sketch_max_buckets(RTT_CAP_SKETCH)),
		find_fault
	};

	return type;
}

Datum
pmr_rtt_sketch_in(PG_FUNCTION_ARGS)
{
	BinaryType	type = get_type();

	return binary_type_in(fcinfo, &type);
}

Datum
pmr_rtt_sketch_out(PG_FUNCTION_ARGS)
{
	return binary_type_out(fcinfo);
}

Datum
pmr_rtt_sketch_recv(PG_FUNCTION_ARGS)
{
	BinaryType	type = get_type();

	return binary_type_recv(fcinfo, &type);
}

Datum
pmr_rtt_sketch_merge(PG_FUNCTION_ARGS)
{
	RttSketch	a;
	RttSketch	b;
	RttSketch	merged;

	rtt_sketch_open(PG_GETARG_DATUM(0), &a);
	rtt_sketch_open(PG_GETARG_DATUM(1), &b);
	rtt_merge_sketches(&a, &b, RTT_CAP_SKETCH, &merged);
	PG_RETURN_DATUM(rtt_sketch_to_datum(&merged));
}

Datum
pmr_rtt_within_pct(PG_FUNCTION_ARGS)
{
	uint64		limit_us = limit_us_from_interval(PG_GETARG_INTERVAL_P(1),
												  "limit");
	RttSketch	sketch;

	rtt_sketch_open(PG_GETARG_DATUM(0), &sketch);
	PG_RETURN_FLOAT8(100.0 * rtt_sketch_count_within(&sketch, limit_us) /
					 sketch.count);
}

Datum
pmr_rtt_count(PG_FUNCTION_ARGS)
{
	RttSketch	sketch;

	rtt_sketch_open(PG_GETARG_DATUM(0), &sketch);
	PG_RETURN_INT64(sketch.count);
}

Datum
pmr_rtt_mean(PG_FUNCTION_ARGS)
{
	RttSketch	sketch;

	rtt_sketch_open(PG_GETARG_DATUM(0), &sketch);
	PG_RETURN_FLOAT8(seconds_from_us(rtt_sketch_mean(&sketch)));
}

Datum
pmr_rtt_min(PG_FUNCTION_ARGS)
{
	RttSketch	sketch;

	rtt_sketch_open(PG_GETARG_DATUM(0), &sketch);
	PG_RETURN_FLOAT8(seconds_from_us(sketch.min_us));
}

Datum
pmr_rtt_max(PG_FUNCTION_ARGS)
{
	RttSketch	sketch;

	rtt_sketch_open(PG_GETARG_DATUM(0), &sketch);
	PG_RETURN_FLOAT8(seconds_from_us(sketch.max_us));
}

Datum
pmr_rtt_error_bound(PG_FUNCTION_ARGS)
{
	RttSketch	sketch;

	rtt_sketch_open(PG_GETARG_DATUM(0), &sketch);
	PG_RETURN_FLOAT8(100.0 * rtt_sketch_error_bound(&sketch));
}
