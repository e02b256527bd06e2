/*-------------------------------------------------------------------------
 *
 * reference.c
 *	  The reference tables that functions look into.
 *
 * This is the only file that knows names of tables and columns.
 *
 * Rows are kept in fn_extra, which belongs to one node of one execution as a
 * rule, and one execution has one snapshot.  But PL/pgSQL keeps the FmgrInfos
 * of simple expressions for a whole transaction, while statements come and
 * go, so what is kept bears a stamp of the snapshot that it was read under.
 * Equal stamps see equal rows:
 *
 * - Of the changes that other transactions make, a snapshot sees those that
 *	 had ended when it was taken, and which those are is what xmin, xmax and
 *	 the two arrays of transaction ids say.
 * - Of the changes of its own transaction it sees those that were made before
 *	 curcid, unless their subtransaction was rolled back.  Within one
 *	 subtransaction that set cannot change while curcid does not: a
 *	 subtransaction that began after the stamp was taken has made its changes
 *	 at curcid or later; one that had ended by then, ended in the same way
 *	 ever since; an enclosing one cannot end first.  Numbers of
 *	 subtransactions are never used twice in a transaction.
 * - Local transaction ids tell apart the transactions of a session.
 *
 * (The snapshot's own snapXactCompletionCount does not serve: it is zero in an
 * active snapshot.  And without the subtransaction, ROLLBACK TO changes what
 * is seen but nothing in the snapshot.)
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "access/xact.h"
#include "catalog/namespace.h"
#include "catalog/pg_type.h"
#include "common/hashfn.h"
#include "pg_versions.h"
#include "reference.h"
#include "time_input.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

#define SCHEMA_NAME		"pmr"
#define MAX_COLUMNS		6

/* What there is to know about a table; the key is its first column. */
typedef struct ReferenceTable
{
	const char *name;
	const char *index_name;		/* begins with the key */
	int			ncolumns;
	const char *columns[MAX_COLUMNS];
	Size		row_size;
	void		(*read_row) (const Datum *values, const bool *nulls,
							 void *row);
} ReferenceTable;

/* A key, and its rows. */
typedef struct ReferenceKey
{
	const char *data;
	int			length;
} ReferenceKey;

typedef struct ReferenceEntry
{
	ReferenceKey key;
	void	   *rows;			/* of the table's row_size each */
	int			nrows;
	uint32		hash;
	char		status;
} ReferenceEntry;

#define SH_PREFIX		entries
#define SH_ELEMENT_TYPE ReferenceEntry
#define SH_KEY_TYPE		ReferenceKey
#define SH_KEY			key
#define SH_HASH_KEY(tb, k) \
	hash_bytes((const unsigned char *) (k).data, (k).length)
#define SH_EQUAL(tb, a, b) \
	((a).length == (b).length && memcmp((a).data, (b).data, (a).length) == 0)
#define SH_STORE_HASH
#define SH_GET_HASH(tb, entry) (entry)->hash
#define SH_SCOPE		static inline
#define SH_DECLARE
#define SH_DEFINE
#include "lib/simplehash.h"

/* What two snapshots have in common that see the same rows; see above. */
typedef struct ReferenceStamp
{
	LocalTransactionId lxid;
	SubTransactionId subxid;
	CommandId	curcid;
	TransactionId xmin;
	TransactionId xmax;
	uint32		xcnt;
	int32		subxcnt;
	bool		suboverflowed;
	TransactionId *xids;		/* xip and subxip */
} ReferenceStamp;

/* What fn_extra points to; all but itself is in the context. */
typedef struct ReferenceCache
{
	MemoryContext context;
	bool		stamped;
	ReferenceStamp stamp;
	entries_hash *entries;		/* NULL: not read yet */
} ReferenceCache;

static void
read_target_row(const Datum *values, const bool *nulls, void *place)
{
	TargetRow  *row = place;
	const text *mode = DatumGetTextPP(values[1]);
	const text *generation = DatumGetTextPP(values[2]);

	row->mode = target_mode(VARDATA_ANY(mode),
							VARSIZE_ANY_EXHDR(mode));
	row->generation = target_generation(VARDATA_ANY(generation),
										VARSIZE_ANY_EXHDR(generation));
	if (row->generation == GENERATION_UNKNOWN)
		row->generation = GENERATION_ANY;
	row->builtin = DatumGetBool(values[3]);
	row->valid_from = DatumGetTimestampTz(values[4]);
	row->target.known = !nulls[5];
	if (row->target.known)
	{
		row->target.us =
			limit_us_from_interval(DatumGetIntervalP(values[5]), "target");
	}
}

static void
read_response_code_row(const Datum *values, const bool *nulls, void *place)
{
	ResponseCodeRow *row = place;
	const text *mode = DatumGetTextPP(values[1]);
	const text *class = DatumGetTextPP(values[3]);

	row->mode = target_mode(VARDATA_ANY(mode),
							VARSIZE_ANY_EXHDR(mode));
	row->builtin = DatumGetBool(values[2]);
	if (!response_class_named(VARDATA_ANY(class), VARSIZE_ANY_EXHDR(class),
							  &row->class))
		/* cannot happen: the table has a CHECK */
		elog(ERROR, "class of response code \"%s\" is unknown",
			 TextDatumGetCString(values[0]));
}

/* "any" in a column is what target_mode() and so on do not know. */
static const ReferenceTable target_table = {
	.name = "target_response_time",
	.index_name = "target_response_time_pkey",
	.ncolumns = 6,
	.columns = {"srv", "mode", "device_generation", "builtin", "valid_from",
	"target"},
	.row_size = sizeof(TargetRow),
	.read_row = read_target_row
};

static const ReferenceTable response_code_table = {
	.name = "response_code",
	.index_name = "response_code_pkey",
	.ncolumns = 4,
	.columns = {"code", "mode", "builtin", "class"},
	.row_size = sizeof(ResponseCodeRow),
	.read_row = read_response_code_row
};

static Oid
find_relation(const char *name, bool missing_ok)
{
	Oid			relation = get_relname_relid(name,
											 get_namespace_oid(SCHEMA_NAME,
															   false));

	if (!OidIsValid(relation) && !missing_ok)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("relation \"%s.%s\" does not exist",
						SCHEMA_NAME, name)));
	return relation;
}

/* New memory for a row of an entry; rows double at each power of two. */
static void *
append_row(const ReferenceTable *table, ReferenceEntry *entry)
{
	if (entry->nrows == 0)
		entry->rows = palloc(table->row_size);
	else if ((entry->nrows & (entry->nrows - 1)) == 0)
		entry->rows = repalloc(entry->rows,
							   2 * entry->nrows * table->row_size);
	return (char *) entry->rows + table->row_size * entry->nrows++;
}

/* The entry of a key, made if there is none. */
static ReferenceEntry *
get_entry(entries_hash *entries, const text *text_key)
{
	ReferenceKey key = {VARDATA_ANY(text_key), VARSIZE_ANY_EXHDR(text_key)};
	ReferenceEntry *entry;
	bool		found;

	entry = entries_insert(entries, key, &found);
	if (!found)
	{
		char	   *data = palloc(key.length);

		memcpy(data, key.data, key.length);
		entry->key.data = data;
		entry->nrows = 0;
	}
	return entry;
}

/*
 * Reads a table in the current memory context: the rows of one key into its
 * entry, or all rows into the entries of their keys.
 */
static void
read_table(const ReferenceTable *table, Snapshot snapshot,
		   const text *key, ReferenceEntry *entry, entries_hash *entries)
{
	Relation	relation = table_open(find_relation(table->name, false),
									  AccessShareLock);
	TupleDesc	tupdesc = RelationGetDescr(relation);
	Oid			index = find_relation(table->index_name, true);
	AttrNumber	columns[MAX_COLUMNS];
	ScanKeyData scan_key;
	SysScanDesc scan;
	HeapTuple	tuple;

	for (int i = 0; i < table->ncolumns; i++)
	{
		columns[i] = get_attnum(RelationGetRelid(relation), table->columns[i]);
		if (columns[i] == InvalidAttrNumber)
			ereport(ERROR,
					(errcode(ERRCODE_UNDEFINED_COLUMN),
					 errmsg("column \"%s\" of relation \"%s.%s\" does not exist",
							table->columns[i], SCHEMA_NAME, table->name)));
	}
	ScanKeyEntryInitialize(&scan_key, 0, columns[0], BTEqualStrategyNumber,
						   InvalidOid,
						   TupleDescAttr(tupdesc, columns[0] - 1)->attcollation,
						   F_TEXTEQ, PointerGetDatum(key));

	scan = systable_beginscan(relation, index,
							  key != NULL && OidIsValid(index), snapshot,
							  key != NULL ? 1 : 0, &scan_key);
	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		Datum		values[MAX_COLUMNS];
		bool		nulls[MAX_COLUMNS];

		for (int i = 0; i < table->ncolumns; i++)
			values[i] = heap_getattr(tuple, columns[i], tupdesc, &nulls[i]);
		if (key == NULL)
			entry = get_entry(entries, DatumGetTextPP(values[0]));
		table->read_row(values, nulls, append_row(table, entry));
	}
	systable_endscan(scan);
	table_close(relation, AccessShareLock);
}

static ReferenceStamp
make_stamp(Snapshot snapshot)
{
	ReferenceStamp stamp;

	stamp.lxid = current_local_xid();
	stamp.subxid = GetCurrentSubTransactionId();
	stamp.curcid = snapshot->curcid;
	stamp.xmin = snapshot->xmin;
	stamp.xmax = snapshot->xmax;
	stamp.xcnt = snapshot->xcnt;
	stamp.subxcnt = snapshot->subxcnt;
	stamp.suboverflowed = snapshot->suboverflowed;
	stamp.xids = NULL;
	return stamp;
}

static inline bool
equal_xids(const TransactionId *a, const TransactionId *b, int n)
{
	return n == 0 || memcmp(a, b, n * sizeof(TransactionId)) == 0;
}

static inline bool
is_stamped(const ReferenceCache *cache, Snapshot snapshot)
{
	ReferenceStamp now = make_stamp(snapshot);
	const ReferenceStamp *then = &cache->stamp;

	return cache->stamped &&
		now.curcid == then->curcid &&
		now.subxid == then->subxid &&
		now.lxid == then->lxid &&
		now.xmin == then->xmin &&
		now.xmax == then->xmax &&
		now.xcnt == then->xcnt &&
		now.subxcnt == then->subxcnt &&
		now.suboverflowed == then->suboverflowed &&
		equal_xids(snapshot->xip, then->xids, now.xcnt) &&
		equal_xids(snapshot->subxip, then->xids + now.xcnt, now.subxcnt);
}

static void
put_stamp(ReferenceCache *cache, Snapshot snapshot)
{
	ReferenceStamp stamp = make_stamp(snapshot);

	cache->stamped = false;
	cache->entries = NULL;
	MemoryContextReset(cache->context);

	stamp.xids = MemoryContextAlloc(cache->context,
									(stamp.xcnt + stamp.subxcnt + 1) *
									sizeof(TransactionId));
	if (stamp.xcnt > 0)
		memcpy(stamp.xids, snapshot->xip, stamp.xcnt * sizeof(TransactionId));
	if (stamp.subxcnt > 0)
		memcpy(stamp.xids + stamp.xcnt, snapshot->subxip,
			   stamp.subxcnt * sizeof(TransactionId));
	cache->stamp = stamp;
	cache->stamped = true;
}

static ReferenceCache *
get_cache(FmgrInfo *flinfo)
{
	ReferenceCache *cache = flinfo->fn_extra;

	if (cache == NULL)
	{
		cache = MemoryContextAllocZero(flinfo->fn_mcxt,
									   sizeof(ReferenceCache));
		cache->context = AllocSetContextCreate(flinfo->fn_mcxt,
											   "pmr_metrics reference table",
											   ALLOCSET_SMALL_SIZES);
		flinfo->fn_extra = cache;
	}
	return cache;
}

static const void *
find_rows(FmgrInfo *flinfo, const ReferenceTable *table, const text *text_key,
		  int *nrows)
{
	ReferenceKey key = {VARDATA_ANY(text_key), VARSIZE_ANY_EXHDR(text_key)};
	ReferenceCache *cache = get_cache(flinfo);
	Snapshot	snapshot = GetActiveSnapshot();
	ReferenceEntry *entry;

	if (!is_stamped(cache, snapshot))
	{
		/* Will there be a second call?  Not where fn_extra does not last. */
		ReferenceEntry found = {.nrows = 0};

		put_stamp(cache, snapshot);
		read_table(table, snapshot, text_key, &found, NULL);
		*nrows = found.nrows;
		return found.rows;
	}

	if (cache->entries == NULL)
	{
		MemoryContext caller = MemoryContextSwitchTo(cache->context);
		entries_hash *entries = entries_create(cache->context, 64, NULL);

		read_table(table, snapshot, NULL, NULL, entries);
		MemoryContextSwitchTo(caller);
		cache->entries = entries;
	}
	entry = entries_lookup(cache->entries, key);
	*nrows = entry != NULL ? entry->nrows : 0;
	return entry != NULL ? entry->rows : NULL;
}

const TargetRow *
reference_targets(FmgrInfo *flinfo, const text *srv, int *nrows)
{
	return find_rows(flinfo, &target_table, srv, nrows);
}

const ResponseCodeRow *
reference_response_codes(FmgrInfo *flinfo, const text *code, int *nrows)
{
	return find_rows(flinfo, &response_code_table, code, nrows);
}
