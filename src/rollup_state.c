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

#include "binary_type.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "pg_versions.h"
#include "rollup_state.h"

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

static const BinaryType rollup_state_type = {
	"rollup_state", BINARY_TYPE_MAX_BYTES, find_fault
};

Datum
pmr_rollup_state_in(PG_FUNCTION_ARGS)
{
	return binary_type_in(fcinfo, &rollup_state_type);
}

Datum
pmr_rollup_state_out(PG_FUNCTION_ARGS)
{
	return binary_type_out(fcinfo);
}

Datum
pmr_rollup_state_recv(PG_FUNCTION_ARGS)
{
	return binary_type_recv(fcinfo, &rollup_state_type);
}
