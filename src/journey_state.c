/*-------------------------------------------------------------------------
 *
 * journey_state.c
 *	  The type journey_state: the state of the aggregate journey_state.
 *
 * Here is its flat form, in which it is stored and sent; while rows are added,
 * a value is an expanded object (journey_collector.c).  It is a real type, not
 * "internal", for the reason in rtt_state.c.
 *
 * SRVs, qualifiers and device types are texts in the encoding of the database.
 * No conversion sees them in a state, so they are checked when a state is read.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "journey_state.h"
#include "libpq/pqformat.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "pg_versions.h"
#include "text_form.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

/*
 * The longest binary form that text is read into: pg_b64_dec_len() multiplies
 * the length of the text by 3.
 */
#define TEXT_MAX_BYTES	500000000

PG_FUNCTION_INFO_V1(pmr_journey_state_in);
PG_FUNCTION_INFO_V1(pmr_journey_state_out);
PG_FUNCTION_INFO_V1(pmr_journey_state_recv);

static void
check_no_fault(const JourneyReader *reader)
{
	if (reader->fault != NULL)
		ereport(ERROR,
				(errcode(ERRCODE_DATA_CORRUPTED),
				 errmsg("stored journey_state is corrupt"),
				 errdetail("Its binary form is invalid: %s.",
						   reader->fault)));
}

void
journey_state_open(JourneyReader *reader, const bytea *state)
{
	if (!journey_read_header(reader, (const uint8 *) VARDATA_ANY(state),
							 VARSIZE_ANY_EXHDR(state)))
		check_no_fault(reader);
}

bool
journey_state_read(JourneyReader *reader, JourneyRequest *request)
{
	if (journey_read_request(reader, request))
		return true;
	check_no_fault(reader);
	return false;
}

Size
journey_state_sort(JourneyRequest *requests, Size n, bool have_ids)
{
	if (have_ids)
	{
		qsort(requests, n, sizeof(JourneyRequest), journey_compare_ids);
		n = journey_drop_duplicates(requests, n);
	}
	qsort(requests, n, sizeof(JourneyRequest), journey_compare);
	return n;
}

static bool
is_text(const JourneyRequest *request)
{
	JourneyText parts[JOURNEY_PARTS];

	journey_read_activity(request, parts);
	for (int i = 0; i < JOURNEY_PARTS; i++)
	{
		if (parts[i].data != NULL &&
			!pg_verifymbstr((const char *) parts[i].data, parts[i].length,
							true))
			return false;
	}
	return true;
}

/* The fault of any bytes, or NULL. */
static const char *
find_fault(const char *bytes, int nbytes)
{
	JourneyReader reader;
	JourneyRequest *requests;
	const char *fault = NULL;
	Size		n = 0;

	if (!journey_read_header(&reader, (const uint8 *) bytes, nbytes))
		return reader.fault;
	requests = MemoryContextAllocHuge(CurrentMemoryContext,
									  reader.left * sizeof(JourneyRequest));
	for (; fault == NULL && journey_read_request(&reader, &requests[n]); n++)
	{
		CHECK_FOR_INTERRUPTS();
		if (n > 0)
			fault = journey_order_fault(&requests[n - 1], &requests[n]);
		if (fault == NULL && !is_text(&requests[n]))
			fault = "value is not text in the encoding of the database";
	}
	if (fault == NULL)
		fault = reader.fault;
	if (fault == NULL && journey_state_sort(requests, n, true) < n)
		fault = "request is repeated";
	pfree(requests);
	return fault;
}

/*
 * Makes a journey_state of bytes that a client has sent.  The context is for
 * errors of type input (nodes/miscnodes.h), or NULL.
 */
static Datum
read_state(const char *bytes, int nbytes, int sqlerrcode, Node *escontext)
{
	const char *fault = find_fault(bytes, nbytes);

	if (fault != NULL)
		ereturn(escontext, (Datum) 0,
				(errcode(sqlerrcode),
				 errmsg("invalid value of type journey_state"),
				 errdetail("Its binary form is invalid: %s.", fault)));
	return PointerGetDatum(cstring_to_text_with_len(bytes, nbytes));
}

Datum
pmr_journey_state_in(PG_FUNCTION_ARGS)
{
	StringInfoData bytes;

	initStringInfo(&bytes);
	if (!text_form_decode(PG_GETARG_CSTRING(0), "journey_state",
						  TEXT_MAX_BYTES, &bytes, fcinfo->context))
		PG_RETURN_NULL();
	PG_RETURN_DATUM(read_state(bytes.data, bytes.len,
							   ERRCODE_INVALID_TEXT_REPRESENTATION,
							   fcinfo->context));
}

Datum
pmr_journey_state_out(PG_FUNCTION_ARGS)
{
	bytea	   *bytes = PG_GETARG_BYTEA_PP(0);

	PG_RETURN_CSTRING(text_form_encode(VARDATA_ANY(bytes),
									   VARSIZE_ANY_EXHDR(bytes)));
}

Datum
pmr_journey_state_recv(PG_FUNCTION_ARGS)
{
	StringInfo	message = (StringInfo) PG_GETARG_POINTER(0);
	int			nbytes = message->len - message->cursor;

	PG_RETURN_DATUM(read_state(pq_getmsgbytes(message, nbytes), nbytes,
							   ERRCODE_INVALID_BINARY_REPRESENTATION, NULL));
}
