/*-------------------------------------------------------------------------
 *
 * rollup_state.c
 *	  The type rollup_state: the state of the aggregate rollup_state.
 *
 * Here is its flat form, in which it is stored and sent; while rows are added,
 * a value is an expanded object (rollup_collector.h).  It is a real type, not
 * "internal", for the reason in rtt_state.c.
 *
 * Values of factors are texts in the encoding of the database.  No conversion
 * sees them in a state, so they are checked when a state is read.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "libpq/pqformat.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "pg_versions.h"
#include "rollup_state.h"
#include "text_form.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

/*
 * The longest binary form that text is read into: pg_b64_dec_len() multiplies
 * the length of the text by 3.
 */
#define TEXT_MAX_BYTES	500000000

PG_FUNCTION_INFO_V1(pmr_rollup_state_in);
PG_FUNCTION_INFO_V1(pmr_rollup_state_out);
PG_FUNCTION_INFO_V1(pmr_rollup_state_recv);

static RollupMargin *
allocate_margins(const RollupReader *reader)
{
	return MemoryContextAllocHuge(CurrentMemoryContext,
								  reader->all_cells * sizeof(RollupMargin));
}

/* Provides the memory to read cells and pairs. */
static void
provide_memory(RollupReader *reader, Size nbytes)
{
	Size		nbuckets = rtt_decoded_bound(nbytes, RTT_CAP_SKETCH);

	reader->margins = allocate_margins(reader);
	reader->buckets = palloc(nbuckets * sizeof(RttBucket));
}

static void
free_memory(RollupReader *reader)
{
	pfree(reader->margins);
	if (reader->buckets != NULL)
		pfree(reader->buckets);
}

static void
check_no_fault(const RollupReader *reader)
{
	if (reader->fault != NULL)
		ereport(ERROR,
				(errcode(ERRCODE_DATA_CORRUPTED),
				 errmsg("stored rollup_state is corrupt"),
				 errdetail("Its binary form is invalid: %s.",
						   reader->fault)));
}

void
rollup_state_open(RollupReader *reader, const uint8 *bytes, Size nbytes)
{
	if (!rollup_read_header(reader, bytes, nbytes))
		check_no_fault(reader);
	provide_memory(reader, nbytes);
}

void
rollup_state_open_counts(RollupReader *reader, const uint8 *bytes, Size nbytes)
{
	if (!rollup_read_header(reader, bytes, nbytes))
		check_no_fault(reader);
	reader->margins = allocate_margins(reader);
}

void
rollup_state_close(RollupReader *reader)
{
	check_no_fault(reader);
	free_memory(reader);
}

int
rollup_state_nfactors(const bytea *state)
{
	RollupReader reader;

	if (!rollup_read_header(&reader, (const uint8 *) VARDATA_ANY(state),
							VARSIZE_ANY_EXHDR(state)))
		check_no_fault(&reader);
	return reader.nfactors;
}

/* The fault of any bytes, or NULL. */
static const char *
find_fault(const char *bytes, int nbytes)
{
	RollupReader reader;
	RollupStoredCell cell;
	RollupStoredPair pair;

	if (!rollup_read_header(&reader, (const uint8 *) bytes, nbytes))
		return reader.fault;
	provide_memory(&reader, nbytes);
	while (rollup_read_cell(&reader, &cell))
	{
		CHECK_FOR_INTERRUPTS();
		if (cell.length > 0 &&
			!pg_verifymbstr((const char *) cell.value, cell.length, true))
			return "value is not text in the encoding of the database";
	}
	while (rollup_read_pair(&reader, &pair))
		CHECK_FOR_INTERRUPTS();
	free_memory(&reader);
	return reader.fault;
}

/*
 * Makes a rollup_state of bytes that a client has sent.  The context is for
 * errors of type input (nodes/miscnodes.h), or NULL.
 */
static Datum
read_state(const char *bytes, int nbytes, int sqlerrcode, Node *escontext)
{
	const char *fault = find_fault(bytes, nbytes);

	if (fault != NULL)
		ereturn(escontext, (Datum) 0,
				(errcode(sqlerrcode),
				 errmsg("invalid value of type rollup_state"),
				 errdetail("Its binary form is invalid: %s.", fault)));
	return PointerGetDatum(cstring_to_text_with_len(bytes, nbytes));
}

Datum
pmr_rollup_state_in(PG_FUNCTION_ARGS)
{
	StringInfoData bytes;

	initStringInfo(&bytes);
	if (!text_form_decode(PG_GETARG_CSTRING(0), "rollup_state",
						  TEXT_MAX_BYTES, &bytes, fcinfo->context))
		PG_RETURN_NULL();
	PG_RETURN_DATUM(read_state(bytes.data, bytes.len,
							   ERRCODE_INVALID_TEXT_REPRESENTATION,
							   fcinfo->context));
}

Datum
pmr_rollup_state_out(PG_FUNCTION_ARGS)
{
	bytea	   *bytes = PG_GETARG_BYTEA_PP(0);

	PG_RETURN_CSTRING(text_form_encode(VARDATA_ANY(bytes),
									   VARSIZE_ANY_EXHDR(bytes)));
}

Datum
pmr_rollup_state_recv(PG_FUNCTION_ARGS)
{
	StringInfo	message = (StringInfo) PG_GETARG_POINTER(0);
	int			nbytes = message->len - message->cursor;

	PG_RETURN_DATUM(read_state(pq_getmsgbytes(message, nbytes), nbytes,
							   ERRCODE_INVALID_BINARY_REPRESENTATION, NULL));
}
