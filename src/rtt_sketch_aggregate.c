/*-------------------------------------------------------------------------
 *
 * rtt_sketch_aggregate.c
 *	  The aggregates rtt_sketch and rtt_merge.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "rtt_aggregate.h"
#include "rtt_sketch.h"

PG_FUNCTION_INFO_V1(pmr_rtt_sketch_transfn_timestamps);
PG_FUNCTION_INFO_V1(pmr_rtt_sketch_transfn_interval);
PG_FUNCTION_INFO_V1(pmr_rtt_sketch_transfn_seconds);
PG_FUNCTION_INFO_V1(pmr_rtt_sketch_finalfn);
PG_FUNCTION_INFO_V1(pmr_rtt_merge_transfn);

static pg_attribute_always_inline Datum
sketch_transition(FunctionCallInfo fcinfo, GetRtt get_rtt)
{
	RttCollector *collector = rtt_collector_arg(fcinfo, RTT_STATE_SKETCH);
	uint64		rtt_us;

	if (get_rtt(fcinfo, &rtt_us))
	{
		if (collector == NULL)
			collector = rtt_collector_make(fcinfo, RTT_STATE_SKETCH, NULL, 0);
		rtt_collector_add(collector, rtt_us);
	}
	return rtt_collector_result(fcinfo, collector);
}

Datum
pmr_rtt_sketch_transfn_timestamps(PG_FUNCTION_ARGS)
{
	return sketch_transition(fcinfo, get_rtt_of_timestamps);
}

Datum
pmr_rtt_sketch_transfn_interval(PG_FUNCTION_ARGS)
{
	return sketch_transition(fcinfo, get_rtt_of_interval);
}

Datum
pmr_rtt_sketch_transfn_seconds(PG_FUNCTION_ARGS)
{
	return sketch_transition(fcinfo, get_rtt_of_seconds);
}

Datum
pmr_rtt_merge_transfn(PG_FUNCTION_ARGS)
{
	RttCollector *collector = rtt_collector_arg(fcinfo, RTT_STATE_SKETCH);

	if (!PG_ARGISNULL(1))
	{
		if (collector == NULL)
			collector = rtt_collector_make(fcinfo, RTT_STATE_SKETCH, NULL, 0);
		rtt_collector_add_sketch(collector, PG_GETARG_DATUM(1));
	}
	return rtt_collector_result(fcinfo, collector);
}

Datum
pmr_rtt_sketch_finalfn(PG_FUNCTION_ARGS)
{
	const RttState *state;
	const bytea *only = rtt_collected_sketch(fcinfo);
	RttSketch	sketch;

	if (only != NULL)
		PG_RETURN_BYTEA_P(only);
	state = rtt_collected_arg(fcinfo, RTT_STATE_SKETCH);
	if (state == NULL)
		PG_RETURN_NULL();
	rtt_state_open(state, &sketch);
	PG_RETURN_DATUM(rtt_sketch_to_datum(&sketch));
}
