/*-------------------------------------------------------------------------
 *
 * rtt_state.c
 *	  The type rtt_state: the state of the aggregates over round-trip times.
 *
 * It is a real type, not "internal", because Citus accepts only real types as
 * partial results.  Here is its flat form, as in tuples; while rows are added,
 * a value is an expanded object (rtt_collector.h).  Values of the same rows
 * may differ in memory.  Their text and binary forms are equal, because these
 * are made of the sketch of the rows:
 *
 *	byte	format version: 1
 *	byte	kind (RttStateKind)
 *	int16	number of fractions
 *	float8	each fraction
 *	bytes	the sketch's stored form, or none if there were no rows
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "core/rtt_codec.h"
#include "libpq/pqformat.h"
#include "miscadmin.h"
#include "pg_versions.h"
#include "rtt_state.h"
#include "text_form.h"
#include "utils/memutils.h"

#define STATE_FORMAT_VERSION	1
#define HEADER_BYTES			4

PG_FUNCTION_INFO_V1(pmr_rtt_state_in);
PG_FUNCTION_INFO_V1(pmr_rtt_state_out);
PG_FUNCTION_INFO_V1(pmr_rtt_state_recv);
PG_FUNCTION_INFO_V1(pmr_rtt_state_send);

const RttState *
rtt_state_from_datum(Datum datum)
{
	RttState   *state = (RttState *) PG_DETOAST_DATUM(datum);
	const char *fault;

	/* A value in a tuple may be unaligned; a detoasted copy is aligned. */
	if ((uintptr_t) state != MAXALIGN((uintptr_t) state))
		state = (RttState *) PG_DETOAST_DATUM_COPY(datum);

	fault = rtt_state_fault(state, VARSIZE(state));
	if (fault != NULL)
		ereport(ERROR,
				(errcode(ERRCODE_DATA_CORRUPTED),
				 errmsg("stored rtt_state is corrupt"),
				 errdetail("Its binary form is invalid: %s.", fault)));
	return state;
}

RttState *
rtt_state_make(RttStateKind kind, const float8 *fractions, int nfractions,
			   Size size)
{
	RttState   *state = palloc(size);

	SET_VARSIZE(state, size);
	rtt_state_init(state, kind, fractions, nfractions);
	return state;
}

/*
 * Makes a state with the kind and the fractions of another one.  It holds a
 * sketch, which must be normal and not empty, and has room for so many words.
 */
static RttState *
make_from_sketch(const RttState *like, const RttSketch *sketch,
				 uint32 nwords)
{
	RttState   *state;

	state = rtt_state_make(like->kind, rtt_state_fractions(like),
						   like->nfractions,
						   rtt_state_size(like->nfractions, sketch->nbuckets,
										  nwords));
	rtt_state_put(state, sketch);
	return state;
}

static void
report_count_overflow(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
			 errmsg("number of round-trip times is out of range for bigint")));
}

void
rtt_merge_sketches(const RttSketch *a, const RttSketch *b,
				   uint32 cap, RttSketch *merged)
{
	RttBucket  *buckets = palloc(((Size) a->nbuckets + b->nbuckets) *
								 sizeof(RttBucket));

	if (!rtt_sketch_merge(merged, buckets, a, b))
		report_count_overflow();
	rtt_sketch_normalise(merged, cap);
}

void
rtt_state_open(const RttState *state, RttSketch *sketch)
{
	void	   *scratch = palloc(rtt_state_scratch_size(state));

	if (!rtt_state_make_sketch(state, scratch, sketch))
		report_count_overflow();
}

const uint64 *
rtt_state_get_percentiles(const RttState *state)
{
	void	   *scratch = palloc(rtt_state_scratch_size(state));
	uint64	   *percentiles_us = palloc(state->nfractions * sizeof(uint64));

	if (!rtt_state_percentiles(state, scratch, percentiles_us))
		report_count_overflow();
	return percentiles_us;
}

/* Enlarges a state, unless it has room for so many words in all. */
static RttState *
enlarge_state(RttState *state, uint32 nwords)
{
	Size		size = rtt_state_alloc_size(state->kind, state->nfractions,
											state->nbuckets, nwords);

	if (size > VARSIZE(state))
	{
		state = repalloc(state, size);
		SET_VARSIZE(state, size);
	}
	return state;
}

/*
 * Replaces all that is in a state by a sketch.  Leaves room for at most nwords
 * words, but reallocates the state only if it has no room for least_words.
 */
static RttState *
replace_by_sketch(RttState *state, const RttSketch *sketch,
				  uint32 least_words, uint32 nwords)
{
	Size		least_size = rtt_state_size(state->nfractions,
											sketch->nbuckets, least_words);
	Size		size = rtt_state_size(state->nfractions, sketch->nbuckets,
									  nwords);

	if (least_size > VARSIZE(state))
		state = repalloc(state, size);
	if (least_size > VARSIZE(state) || size < VARSIZE(state))
		SET_VARSIZE(state, size);
	rtt_state_put(state, sketch);
	return state;
}

/* Makes room for so many more words in a state that has none. */
static RttState *
make_room(RttState *state, uint32 nwords)
{
	RttStateGrowth growth = rtt_state_choose_growth(state, VARSIZE(state));
	RttSketch	sketch;
	uint32		max_words;

	if (growth != RTT_STATE_ENLARGE)
	{
		CHECK_FOR_INTERRUPTS();
		rtt_state_open(state, &sketch);
		max_words = rtt_state_max_words(state->kind, sketch.nbuckets);
		if (growth == RTT_STATE_COUNT ||
			rtt_state_size(state->nfractions, sketch.nbuckets, max_words) <=
			VARSIZE(state) + VARSIZE(state) / 2)
			return replace_by_sketch(state, &sketch,
									 rtt_state_count_threshold(max_words),
									 max_words);
	}
	return enlarge_state(state, state->nwords + nwords);
}

/* Appends times for which there is room. */
static void
append_words(RttState *state, const uint32 *words, uint32 nwords,
			 uint64 nvalues)
{
	if (!rtt_state_append_words(state, VARSIZE(state), words, nwords, nvalues))
		/* cannot happen: there is room for RTT_STATE_BATCH words */
		elog(ERROR, "no room for %u words in rtt_state", nwords);
}

RttState *
rtt_state_add_words(RttState *state, const uint32 *words, uint32 nwords,
					uint64 nvalues)
{
	if (!rtt_state_append_words(state, VARSIZE(state), words, nwords, nvalues))
	{
		state = make_room(state, nwords);
		append_words(state, words, nwords, nvalues);
	}
	return state;
}

/* Merges a sketch into a state; they must not both be empty. */
static RttState *
merge_sketch(RttState *state, const RttSketch *added)
{
	RttSketch	own;
	RttSketch	merged;

	CHECK_FOR_INTERRUPTS();
	rtt_state_open(state, &own);
	rtt_merge_sketches(&own, added, rtt_state_cap(state->kind), &merged);
	return replace_by_sketch(state, &merged, 0, 0);
}

/*
 * The times of a small exact sketch are appended one by one, which costs less
 * than merging buckets.
 */
RttState *
rtt_state_add_sketch(RttState *state, const RttSketch *sketch)
{
	uint32		words[RTT_CAP_SKETCH * RTT_WORDS_MAX];
	uint32		nwords = 0;

	if (sketch->precision < RTT_PRECISION_EXACT ||
		sketch->count > RTT_CAP_SKETCH)
		return merge_sketch(state, sketch);
	for (uint32 i = 0; i < sketch->nbuckets; i++)
	{
		for (uint64 n = 0; n < sketch->buckets[i].count; n++)
			nwords += rtt_words_write(&words[nwords],
									  sketch->buckets[i].lower_us);
	}
	return rtt_state_add_words(state, words, nwords, sketch->count);
}

RttState *
rtt_state_add_state(RttState *state, const RttState *added)
{
	uint32		nwords = state->nwords + added->nwords;
	RttSketch	sketch;

	if (added->nbuckets > 0 ||
		nwords > rtt_state_max_words(state->kind, state->nbuckets))
	{
		rtt_state_open(added, &sketch);
		return merge_sketch(state, &sketch);
	}
	state = enlarge_state(state, nwords);
	append_words(state, rtt_state_words(added), added->nwords, added->nvalues);
	return state;
}

static void
write_state(const RttState *state, StringInfo bytes)
{
	RttSketch	sketch;

	pq_sendbyte(bytes, STATE_FORMAT_VERSION);
	pq_sendbyte(bytes, state->kind);
	pq_sendint16(bytes, state->nfractions);
	for (int i = 0; i < state->nfractions; i++)
		pq_sendfloat8(bytes, rtt_state_fractions(state)[i]);

	rtt_state_open(state, &sketch);
	if (sketch.nbuckets > 0)
	{
		enlargeStringInfo(bytes, rtt_encoded_bound(sketch.nbuckets));
		bytes->len += rtt_encode(&sketch, (uint8 *) bytes->data + bytes->len);
	}
}

static RttState *
report_bad_state(const char *fault, int sqlerrcode, Node *escontext)
{
	ereturn(escontext, NULL,
			(errcode(sqlerrcode),
			 errmsg("invalid value of type rtt_state"),
			 errdetail("Its binary form is invalid: %s.", fault)));
}

/*
 * Reads a state from the rest of a message that a client has sent.  The
 * context is for errors of type input (nodes/miscnodes.h), or NULL.
 */
static RttState *
read_state(StringInfo message, int sqlerrcode, Node *escontext)
{
	RttState   *empty;
	RttSketch	sketch;
	RttBucket  *buckets;
	const char *fault;
	int			kind;
	int			nfractions;
	int			nbytes = message->len - message->cursor;

	if (nbytes < HEADER_BYTES)
		return report_bad_state("header is cut off", sqlerrcode, escontext);
	if (pq_getmsgbyte(message) != STATE_FORMAT_VERSION)
		return report_bad_state("format version is unknown",
								sqlerrcode, escontext);
	kind = pq_getmsgbyte(message);
	nfractions = pq_getmsgint(message, 2);
	nbytes -= HEADER_BYTES + nfractions * (int) sizeof(float8);
	if (nbytes < 0)
		return report_bad_state("header is cut off", sqlerrcode, escontext);
	if (nfractions > RTT_STATE_MAX_FRACTIONS)
		return report_bad_state("number of fractions is out of range",
								sqlerrcode, escontext);

	empty = rtt_state_make(kind, NULL, nfractions,
						   rtt_state_size(nfractions, 0, 0));
	for (int i = 0; i < nfractions; i++)
		rtt_state_fractions(empty)[i] = pq_getmsgfloat8(message) + 0.0;
	fault = rtt_state_fault(empty, VARSIZE(empty));
	if (fault != NULL)
		return report_bad_state(fault, sqlerrcode, escontext);
	if (nbytes == 0)
		return empty;

	buckets = palloc(rtt_decoded_bound(nbytes, rtt_state_cap(kind)) *
					 sizeof(RttBucket));
	fault = rtt_decode(&sketch, buckets,
					   (const uint8 *) pq_getmsgbytes(message, nbytes), nbytes,
					   rtt_state_cap(kind));
	if (fault != NULL)
		return report_bad_state(fault, sqlerrcode, escontext);
	return make_from_sketch(empty, &sketch, 0);
}

Datum
pmr_rtt_state_in(PG_FUNCTION_ARGS)
{
	StringInfoData bytes;

	initStringInfo(&bytes);
	if (!text_form_decode(PG_GETARG_CSTRING(0), "rtt_state",
						  HEADER_BYTES +
						  RTT_STATE_MAX_FRACTIONS * sizeof(float8) +
						  rtt_encoded_bound(rtt_sketch_max_buckets(RTT_CAP_EXACT)),
						  &bytes, fcinfo->context))
		PG_RETURN_NULL();
	PG_RETURN_POINTER(read_state(&bytes,
								 ERRCODE_INVALID_TEXT_REPRESENTATION,
								 fcinfo->context));
}

Datum
pmr_rtt_state_out(PG_FUNCTION_ARGS)
{
	const RttState *state = rtt_state_from_datum(PG_GETARG_DATUM(0));
	StringInfoData bytes;

	initStringInfo(&bytes);
	write_state(state, &bytes);
	PG_RETURN_CSTRING(text_form_encode(bytes.data, bytes.len));
}

Datum
pmr_rtt_state_recv(PG_FUNCTION_ARGS)
{
	PG_RETURN_POINTER(read_state((StringInfo) PG_GETARG_POINTER(0),
								 ERRCODE_INVALID_BINARY_REPRESENTATION,
								 NULL));
}

Datum
pmr_rtt_state_send(PG_FUNCTION_ARGS)
{
	const RttState *state = rtt_state_from_datum(PG_GETARG_DATUM(0));
	StringInfoData bytes;

	pq_begintypsend(&bytes);
	write_state(state, &bytes);
	PG_RETURN_BYTEA_P(pq_endtypsend(&bytes));
}
