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

#include "binary_type.h"
#include "journey_state.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "pg_versions.h"

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

static const BinaryType journey_state_type = {
	"journey_state", BINARY_TYPE_MAX_BYTES, find_fault
};

Datum
pmr_journey_state_in(PG_FUNCTION_ARGS)
{
	return binary_type_in(fcinfo, &journey_state_type);
}

Datum
pmr_journey_state_out(PG_FUNCTION_ARGS)
{
	return binary_type_out(fcinfo);
}

Datum
pmr_journey_state_recv(PG_FUNCTION_ARGS)
{
	return binary_type_recv(fcinfo, &journey_state_type);
}
