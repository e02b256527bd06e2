/*-------------------------------------------------------------------------
 *
 * rtt_collector.c
 *	  An rtt_state while rows are added to it: an expanded object.
 *
 * All collectors of an aggregation, and their states, are in one memory
 * context.  aggregation.h says what this forbids.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "aggregate_call.h"
#include "aggregation.h"
#include "rtt_collector.h"
#include "rtt_sketch.h"
#include "utils/builtins.h"

PG_FUNCTION_INFO_V1(pmr_rtt_state_combine);

static Size get_flat_size(ExpandedObjectHeader *header);
static void flatten_into(ExpandedObjectHeader *header, void *flat, Size size);

const ExpandedObjectMethods rtt_collector_methods = {
	get_flat_size,
	flatten_into
};

/* A queue of more bytes than this is merged. */
#define MAX_QUEUED		16384

/* The state.  Makes one, with room for so many words, if there is none. */
static RttState *
get_state(RttCollector *collector, uint32 nwords)
{
	if (collector->state == NULL)
	{
		MemoryContext caller;

		caller = MemoryContextSwitchTo(collector->header.eoh_context);
		collector->state = rtt_state_make_small(collector->kind,
												collector->fractions,
												collector->nfractions, nwords);
		MemoryContextSwitchTo(caller);
	}
	return collector->state;
}

static void
merge_sketches(RttCollector *collector)
{
	if (collector->sketches == NULL)
		return;
	collector->state = sketch_queue_merge(collector->sketches,
										  get_state(collector, 0));
	sketch_queue_free(collector->sketches);
	collector->sketches = NULL;
}

/* The size of a state of all times but those of the queued sketches. */
static Size
get_state_size(const RttCollector *collector)
{
	const RttState *state = collector->state;

	return rtt_state_size(collector->nfractions,
						  state != NULL ? state->nbuckets : 0,
						  (state != NULL ? state->nwords : 0) +
						  collector->nwords);
}

static Size
get_flat_size(ExpandedObjectHeader *header)
{
	RttCollector *collector = (RttCollector *) header;

	merge_sketches(collector);
	return get_state_size(collector);
}

static void
flatten_into(ExpandedObjectHeader *header, void *flat, Size size)
{
	const RttCollector *collector = (RttCollector *) header;
	const RttState *state = collector->state;
	RttState   *copy = flat;

	if (state != NULL)
		memcpy(copy, state, rtt_state_size(state->nfractions, state->nbuckets,
										   state->nwords));
	else
		rtt_state_init(copy, collector->kind, collector->fractions,
					   collector->nfractions);
	SET_VARSIZE(copy, size);
	rtt_state_append_words(copy, size, collector->words, collector->nwords,
						   collector->nvalues);
}

RttCollector *
rtt_collector_make(FunctionCallInfo fcinfo, RttStateKind kind,
				   const float8 *fractions, int nfractions)
{
	MemoryContext context = aggregation_context(fcinfo);
	RttCollector *collector;

	collector = MemoryContextAllocZero(context,
									   offsetof(RttCollector, fractions) +
									   nfractions * sizeof(float8));
	EOH_init_header(&collector->header, &rtt_collector_methods, context);
	collector->kind = kind;
	collector->nfractions = nfractions;
	for (int i = 0; i < nfractions; i++)
		collector->fractions[i] = fractions[i] + 0.0;	/* -0 becomes 0 */
	return collector;
}

/* A datum that is a collector, or NULL. */
static RttCollector *
get_collector(Datum datum)
{
	ExpandedObjectHeader *header;

	if (!VARATT_IS_EXTERNAL_EXPANDED(DatumGetPointer(datum)))
		return NULL;
	header = DatumGetEOHP(datum);
	return header->eoh_methods == &rtt_collector_methods ?
		(RttCollector *) header : NULL;
}

/*
 * The state of all times of a datum, which is a collector or flat.  The caller
 * must not change it.
 */
static const RttState *
get_flat(Datum datum)
{
	RttCollector *collector = get_collector(datum);
	RttState   *flat;
	Size		size;

	if (collector == NULL)
		return rtt_state_from_datum(datum);
	if (collector->nwords == 0 && collector->sketches == NULL &&
		collector->state != NULL)
		return collector->state;
	size = get_state_size(collector);
	flat = palloc(size);
	flatten_into(&collector->header, flat, size);
	return sketch_queue_merge(collector->sketches, flat);
}

/* Only an aggregate that a user made can have a state of another kind. */
static void
check_kind(uint8 kind, RttStateKind expected)
{
	if (kind != expected)
		ereport(ERROR,
				(errcode(ERRCODE_WRONG_OBJECT_TYPE),
				 errmsg("rtt_state belongs to another aggregate")));
}

static void
add_state(RttCollector *collector, const RttState *state)
{
	collector->state = rtt_state_add_state(get_state(collector, state->nwords),
										   state);
}

RttCollector *
rtt_collector_arg_slow(FunctionCallInfo fcinfo, RttStateKind kind)
{
	const RttState *state;
	RttCollector *collector;

	check_aggregate_call(fcinfo);
	if (PG_ARGISNULL(0))
		return NULL;
	state = get_flat(PG_GETARG_DATUM(0));
	check_kind(state->kind, kind);
	collector = rtt_collector_make(fcinfo, kind, rtt_state_fractions(state),
								   state->nfractions);
	add_state(collector, state);
	return collector;
}

void
rtt_collector_flush(RttCollector *collector)
{
	collector->state = rtt_state_add_words(get_state(collector,
													 collector->nwords),
										   collector->words, collector->nwords,
										   collector->nvalues);
	collector->nwords = 0;
	collector->nvalues = 0;
}

void
rtt_collector_add_sketch(RttCollector *collector, Datum datum)
{
	bytea	   *bytes = DatumGetByteaPP(datum);
	Size		nbytes = VARSIZE_ANY_EXHDR(bytes);
	RttSketch	sketch;

	if (nbytes > SKETCH_QUEUE_LONGEST)
	{
		rtt_sketch_open(PointerGetDatum(bytes), &sketch);
		collector->state = rtt_state_add_sketch(get_state(collector, 0),
												&sketch);
		return;
	}
	if (sketch_queue_bytes(collector->sketches) > MAX_QUEUED)
		merge_sketches(collector);
	collector->sketches = sketch_queue_add(collector->sketches,
										   collector->header.eoh_context,
										   VARDATA_ANY(bytes), nbytes);
}

void
rtt_collector_check_fractions(const RttCollector *collector,
							  const float8 *fractions, int nfractions)
{
	bool		same = nfractions == collector->nfractions;

	for (int i = 0; same && i < nfractions; i++)
		same = fractions[i] == collector->fractions[i];
	if (!same)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("fractions of a percentile must not change within a group"),
				 errhint("Add the fraction to GROUP BY.")));
}

bytea *
rtt_collected_sketch(FunctionCallInfo fcinfo)
{
	const RttCollector *collector;
	const char *bytes;
	Size		nbytes;
	RttBucket	buckets[SKETCH_QUEUE_LONGEST];
	RttSketch	sketch;

	check_aggregate_call(fcinfo);
	collector = PG_ARGISNULL(0) ? NULL : get_collector(PG_GETARG_DATUM(0));
	if (collector == NULL || collector->state != NULL || collector->nwords > 0)
		return NULL;
	bytes = sketch_queue_only(collector->sketches, &nbytes);
	if (bytes == NULL)
		return NULL;
	rtt_sketch_read(bytes, nbytes, buckets, &sketch);
	return cstring_to_text_with_len(bytes, nbytes);
}

const RttState *
rtt_collected_arg(FunctionCallInfo fcinfo, RttStateKind kind)
{
	const RttState *state;

	check_aggregate_call(fcinfo);
	if (PG_ARGISNULL(0))
		return NULL;
	state = get_flat(PG_GETARG_DATUM(0));
	check_kind(state->kind, kind);
	return rtt_state_is_empty(state) ? NULL : state;
}

Datum
pmr_rtt_state_combine(PG_FUNCTION_ARGS)
{
	RttCollector *collector;
	const RttState *added;

	check_aggregate_call(fcinfo);
	if (PG_ARGISNULL(1))
	{
		if (PG_ARGISNULL(0))
			PG_RETURN_NULL();
		PG_RETURN_DATUM(PG_GETARG_DATUM(0));
	}
	added = get_flat(PG_GETARG_DATUM(1));
	collector = rtt_collector_arg(fcinfo, added->kind);
	if (collector == NULL)
		collector = rtt_collector_make(fcinfo, added->kind,
									   rtt_state_fractions(added),
									   added->nfractions);
	else
		rtt_collector_check_fractions(collector, rtt_state_fractions(added),
									  added->nfractions);
	add_state(collector, added);
	PG_RETURN_DATUM(EOHPGetRWDatum(&collector->header));
}
