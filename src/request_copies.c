/*-------------------------------------------------------------------------
 *
 * request_copies.c
 *	  Counting the copies of requests: the function request_copy_hash() and the
 *	  aggregates request_ids and request_copies.
 *
 * Rows that repeat a request have equal hashes of 64 bits.  The state of the
 * aggregates is these hashes, one for each row, in no order.  So partial
 * aggregation sends 8 bytes a row, and copies can be counted in the query that
 * reads the rows, whose groups they may be spread over.
 *
 * Two different requests have equal hashes with a probability of 2^-64.  Of n
 * requests of one Party and SRV, n^2 / 2^65 pairs are expected to: with 10
 * million requests, one copy too many is counted with a probability of 3 in a
 * million.  A query that groups by id would sort or hash texts, or, if the
 * groups are spread over nodes, send a row for each id.
 *
 * All states of an aggregation share one memory context (aggregation.h).
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "aggregate_call.h"
#include "aggregation.h"
#include "common/hashfn.h"
#include "pg_versions.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/expandeddatum.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#define FIRST_SIZE	4			/* hashes */
#define LOWER_SIZE	64			/* bytes */

/* A bytea while hashes are added to it: an expanded object. */
typedef struct RequestIds
{
	ExpandedObjectHeader header;
	Size		size;			/* of the array, in hashes */
	Size		used;
	uint64	   *hashes;
} RequestIds;

PG_FUNCTION_INFO_V1(pmr_request_copy_hash);
PG_FUNCTION_INFO_V1(pmr_request_ids_transfn);
PG_FUNCTION_INFO_V1(pmr_request_ids_combine);
PG_FUNCTION_INFO_V1(pmr_request_copies_finalfn);

static Size get_flat_size(ExpandedObjectHeader *header);
static void flatten_into(ExpandedObjectHeader *header, void *flat, Size size);

static const ExpandedObjectMethods request_ids_methods = {
	get_flat_size,
	flatten_into
};

#define ST_SORT sort_hashes
#define ST_ELEMENT_TYPE uint64
#define ST_COMPARE(a, b) (*(a) < *(b) ? -1 : *(a) > *(b))
#define ST_SCOPE static
#define ST_DEFINE
#include "lib/sort_template.h"

/* Hashes */

/* The same as lower(id COLLATE "C"), and a hash of it. */
static uint64
hash_lower(const text *id, uint64 seed)
{
	Size		length = VARSIZE_ANY_EXHDR(id);
	char		buffer[LOWER_SIZE];
	char	   *lower = length <= LOWER_SIZE ? buffer : palloc(length);
	uint64		hash;

	for (Size i = 0; i < length; i++)
		lower[i] = pg_ascii_tolower(VARDATA_ANY(id)[i]);
	hash = hash_bytes_extended((unsigned char *) lower, (int) length, seed);
	if (lower != buffer)
		pfree(lower);
	return hash;
}

/* (request_id, day, due_at); due_at may be NULL */
Datum
pmr_request_copy_hash(PG_FUNCTION_ARGS)
{
	uint64		seed;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		PG_RETURN_NULL();
	seed = (uint32) PG_GETARG_DATEADT(1);
	if (!PG_ARGISNULL(2))
	{
		TimestampTz due_at = PG_GETARG_TIMESTAMPTZ(2);

		seed = hash_bytes_extended((unsigned char *) &due_at, sizeof(due_at),
								   seed);
	}
	PG_RETURN_INT64((int64) hash_lower(PG_GETARG_TEXT_PP(0), seed));
}

/* States */

static RequestIds *
make_ids(FunctionCallInfo fcinfo)
{
	MemoryContext context = aggregation_context(fcinfo);
	RequestIds *ids = MemoryContextAllocZero(context, sizeof(RequestIds));

	EOH_init_header(&ids->header, &request_ids_methods, context);
	return ids;
}

/* A datum that is one of our expanded objects, or NULL. */
static RequestIds *
get_ids(Datum datum)
{
	ExpandedObjectHeader *header;

	if (!VARATT_IS_EXTERNAL_EXPANDED(DatumGetPointer(datum)))
		return NULL;
	header = DatumGetEOHP(datum);
	return header->eoh_methods == &request_ids_methods ?
		(RequestIds *) header : NULL;
}

/* The end of the array, where there is room for more hashes. */
static uint64 *
get_place(RequestIds *ids, Size nhashes)
{
	Size		size = Max(ids->size, FIRST_SIZE);

	if (likely(nhashes <= ids->size - ids->used))
		return ids->hashes + ids->used;
	while (nhashes > size - ids->used)
		size *= 2;
	if (ids->hashes == NULL)
		ids->hashes = MemoryContextAllocHuge(ids->header.eoh_context,
											 size * sizeof(uint64));
	else
		ids->hashes = repalloc_huge(ids->hashes, size * sizeof(uint64));
	ids->size = size;
	return ids->hashes + ids->used;
}

/* Adds the hashes of a flat state. */
static void
add_flat(RequestIds *ids, const bytea *flat)
{
	Size		nbytes = VARSIZE_ANY_EXHDR(flat);

	if (nbytes % sizeof(uint64) != 0)
		ereport(ERROR,
				(errcode(ERRCODE_DATA_CORRUPTED),
				 errmsg("bytes are not those of request_ids")));
	if (nbytes == 0)
		return;
	memcpy(get_place(ids, nbytes / sizeof(uint64)), VARDATA_ANY(flat), nbytes);
	ids->used += nbytes / sizeof(uint64);
}

static Size
get_flat_size(ExpandedObjectHeader *header)
{
	const RequestIds *ids = (RequestIds *) header;

	if (ids->used > (MaxAllocSize - VARHDRSZ) / sizeof(uint64))
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("too many requests of one Party and SRV have an id"),
				 errhint("Leave the column request_id out of the view.")));
	return VARHDRSZ + ids->used * sizeof(uint64);
}

static void
flatten_into(ExpandedObjectHeader *header, void *flat, Size size)
{
	const RequestIds *ids = (RequestIds *) header;

	SET_VARSIZE(flat, size);
	if (ids->used > 0)
		memcpy(VARDATA(flat), ids->hashes, ids->used * sizeof(uint64));
}

/* The first argument of a transition or combine function. */
static RequestIds *
get_ids_arg(FunctionCallInfo fcinfo)
{
	RequestIds *ids = NULL;

	if (PG_ARGISNULL(0))
		return make_ids(fcinfo);
	/* only transition and combine functions get read-write pointers */
	if (likely(VARATT_IS_EXTERNAL_EXPANDED_RW(PG_GETARG_POINTER(0))))
		ids = get_ids(PG_GETARG_DATUM(0));
	if (unlikely(ids == NULL))
	{
		ids = make_ids(fcinfo);
		add_flat(ids, PG_GETARG_BYTEA_PP(0));
	}
	return ids;
}

/* (state, hash) */
Datum
pmr_request_ids_transfn(PG_FUNCTION_ARGS)
{
	RequestIds *ids;

	check_aggregate_call(fcinfo);
	ids = get_ids_arg(fcinfo);
	if (!PG_ARGISNULL(1))
	{
		*get_place(ids, 1) = (uint64) PG_GETARG_INT64(1);
		ids->used++;
	}
	PG_RETURN_DATUM(EOHPGetRWDatum(&ids->header));
}

/* (state, state) */
Datum
pmr_request_ids_combine(PG_FUNCTION_ARGS)
{
	RequestIds *ids;

	check_aggregate_call(fcinfo);
	if (PG_ARGISNULL(0) && PG_ARGISNULL(1))
		PG_RETURN_NULL();
	ids = get_ids_arg(fcinfo);
	if (!PG_ARGISNULL(1))
		add_flat(ids, PG_GETARG_BYTEA_PP(1));
	PG_RETURN_DATUM(EOHPGetRWDatum(&ids->header));
}

/* The number of hashes that are in a state more than once, less one for each. */
Datum
pmr_request_copies_finalfn(PG_FUNCTION_ARGS)
{
	const bytea *flat = PG_GETARG_BYTEA_PP(0);
	Size		nhashes = VARSIZE_ANY_EXHDR(flat) / sizeof(uint64);
	uint64	   *hashes;
	int64		copies = 0;

	check_aggregate_call(fcinfo);
	hashes = MemoryContextAllocHuge(CurrentMemoryContext,
									(nhashes + 1) * sizeof(uint64));
	memcpy(hashes, VARDATA_ANY(flat), nhashes * sizeof(uint64));
	sort_hashes(hashes, nhashes);
	for (Size i = 1; i < nhashes; i++)
		copies += hashes[i] == hashes[i - 1];
	pfree(hashes);
	PG_RETURN_INT64(copies);
}
