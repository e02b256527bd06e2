/*-------------------------------------------------------------------------
 *
 * reference.c
 *	  Lookups in the reference tables.
 *
 * This is the only C file that knows names of tables and columns.
 *
 * The rows are cached in fn_extra.  The FmgrInfo of an aggregate belongs to
 * one plan node of one execution, which has one snapshot.  That of a scalar
 * function can live longer: PL/pgSQL keeps the FmgrInfo of a simple expression
 * for a whole transaction, which has many statements.  So the cache of a
 * scalar function has a stamp of the snapshot that its rows were read under.
 * It is used only while the active snapshot has the same stamp, and the
 * transaction has no changes of its own in the table:
 *
 * - Within one transaction, snapshots of equal xmin, xmax and arrays of
 *	 transaction ids see the same changes of other transactions.
 * - A transaction that changes a table holds a lock on it, until the
 *	 transaction ends or the change is rolled back.
 *
 * Simpler tests do not suffice.  snapXactCompletionCount is zero in an active
 * snapshot.  curcid does not tell which changes of the own transaction a
 * snapshot sees: ROLLBACK TO removes some, and a statement that calls
 * functions while it writes adds some, under the command id that it started
 * with.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "access/xact.h"
#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "common/hashfn.h"
#include "nodes/makefuncs.h"
#include "pg_versions.h"
#include "reference.h"
#include "tcop/pquery.h"
#include "text_name.h"
#include "time_input.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"

#define SCHEMA_NAME		"pmr"
#define MAX_COLUMNS		7
#define TABLES			3

typedef struct ReferenceColumn
{
	const char *name;
	Oid			type;
	bool		nullable;
} ReferenceColumn;

/* The description of a table.  Its first column is the key. */
typedef struct ReferenceTable
{
	const char *name;
	int			place;			/* of its cache in fn_extra */
	int			ncolumns;
	ReferenceColumn columns[MAX_COLUMNS];
	Size		row_size;
	Size		notes_size;
	bool		(*read_row) (const Datum *values, const bool *nulls,
							 void *row);	/* false: the row is invalid */
} ReferenceTable;

/* A key of a table. */
typedef struct ReferenceKey
{
	const char *data;
	int			length;
	uint64		word;			/* all bytes of a short key, else 0 */
} ReferenceKey;

/* The rows of a key. */
typedef struct ReferenceEntry
{
	ReferenceKey key;
	void	   *rows;			/* of row_size bytes each */
	int			nrows;
	void	   *notes;			/* for the caller: notes_size bytes */
	uint32		hash;
	char		status;
} ReferenceEntry;

/*
 * SRVs and response codes have 2 to 6 bytes, and each row looks one up.  With
 * hash_bytes() and memcmp() a lookup takes 9 ns more.
 */
#define SHORT_KEY		8

/*
 * All bytes of a short key: the first and the last four, which may overlap, or
 * of less than four bytes the first, the middle and the last one.
 */
static inline uint64
make_word(const char *data, int length)
{
	uint32		first;
	uint32		last;

	if (length >= (int) sizeof(uint32))
	{
		memcpy(&first, data, sizeof(uint32));
		memcpy(&last, data + length - sizeof(uint32), sizeof(uint32));
		return (uint64) last << 32 | first;
	}
	if (length == 0)
		return 0;
	return (uint8) data[0] | (uint8) data[length / 2] << 8 |
		(uint8) data[length - 1] << 16;
}

static inline ReferenceKey
make_key(const text *key)
{
	ReferenceKey made = {VARDATA_ANY(key), VARSIZE_ANY_EXHDR(key), 0};

	if (made.length <= SHORT_KEY)
		made.word = make_word(made.data, made.length);
	return made;
}

static inline uint32
hash_key(const ReferenceKey *key)
{
	if (key->length > SHORT_KEY)
		return hash_bytes((const unsigned char *) key->data, key->length);
	return murmurhash32((uint32) (key->word ^ key->word >> 29));
}

static inline bool
equal_keys(const ReferenceKey *a, const ReferenceKey *b)
{
	return a->length == b->length && a->word == b->word &&
		(a->length <= SHORT_KEY || memcmp(a->data, b->data, a->length) == 0);
}

#define SH_PREFIX		entries
#define SH_ELEMENT_TYPE ReferenceEntry
#define SH_KEY_TYPE		ReferenceKey
#define SH_KEY			key
#define SH_HASH_KEY(tb, k) hash_key(&(k))
#define SH_EQUAL(tb, a, b) equal_keys(&(a), &(b))
#define SH_STORE_HASH
#define SH_GET_HASH(tb, entry) (entry)->hash
#define SH_SCOPE		static inline
#define SH_DECLARE
#define SH_DEFINE
#include "lib/simplehash.h"

/* With the xids, this determines which changes of others a snapshot sees. */
typedef struct ReferenceStamp
{
	LocalTransactionId lxid;
	TransactionId xmin;
	TransactionId xmax;
	uint32		xcnt;
	int32		subxcnt;
	bool		suboverflowed;
} ReferenceStamp;

/* A table's rows.  Everything that this points to is in its context. */
typedef struct ReferenceCache
{
	MemoryContext context;
	bool		one_execution;	/* true for an aggregate */
	Oid			relation;
	bool		started;		/* a call under this stamp has succeeded */
	bool		unlocked;		/* seen under this stamp: not locked */
	CommandId	unlocked_at;
	ReferenceStamp stamp;
	TransactionId *xids;		/* of the stamp: xip, then subxip */
	entries_hash *entries;		/* NULL: not read yet */
} ReferenceCache;

static bool
read_target_row(const Datum *values, const bool *nulls, void *place)
{
	TargetRow  *row = place;
	const text *mode = DatumGetTextPP(values[1]);
	const text *generation = DatumGetTextPP(values[2]);
	const text *role = DatumGetTextPP(values[3]);

	row->mode = target_mode(VARDATA_ANY(mode),
							VARSIZE_ANY_EXHDR(mode));
	row->generation = target_generation(VARDATA_ANY(generation),
										VARSIZE_ANY_EXHDR(generation));
	if (row->generation == GENERATION_UNKNOWN)
		row->generation = GENERATION_ANY;
	row->role = target_role(VARDATA_ANY(role), VARSIZE_ANY_EXHDR(role));
	if (row->role.length > 0)
		row->role.name = pnstrdup(row->role.name, row->role.length);
	row->builtin = DatumGetBool(values[4]);
	row->valid_from = DatumGetTimestampTz(values[5]);
	row->target.us = 0;
	row->target.known = !nulls[6];
	if (row->target.known)
	{
		row->target.us =
			limit_us_from_interval(DatumGetIntervalP(values[6]), "target");
	}
	return true;
}

static bool
read_response_code_row(const Datum *values, const bool *nulls, void *place)
{
	ResponseCodeRow *row = place;
	const text *mode = DatumGetTextPP(values[1]);
	const text *class = DatumGetTextPP(values[3]);

	row->mode = target_mode(VARDATA_ANY(mode),
							VARSIZE_ANY_EXHDR(mode));
	row->builtin = DatumGetBool(values[2]);
	return response_class_named(VARDATA_ANY(class), VARSIZE_ANY_EXHDR(class),
								&row->class);
}

static bool
read_srv_row(const Datum *values, const bool *nulls, void *place)
{
	SrvRow	   *row = place;

	row->builtin = DatumGetBool(values[1]);
	row->by_delivery = text_is_name(DatumGetTextPP(values[2]), "delivery");
	row->by_dsp = text_is_name(DatumGetTextPP(values[3]), "dsp");
	row->by_device = text_is_name(DatumGetTextPP(values[3]), "device");
	return true;
}

/* For "any" in a column target_mode() and so on return ..._UNKNOWN. */
static const ReferenceTable target_table = {
	.name = "target_response_time",
	.ncolumns = 7,
	.columns = {
		{"srv", TEXTOID},
		{"mode", TEXTOID},
		{"device_generation", TEXTOID},
		{"user_role", TEXTOID},
		{"builtin", BOOLOID},
		{"valid_from", TIMESTAMPTZOID},
		{"target", INTERVALOID, true}
	},
	.row_size = sizeof(TargetRow),
	.notes_size = sizeof(TargetPeriod[TARGET_KINDS]),
	.read_row = read_target_row
};

static const ReferenceTable response_code_table = {
	.name = "response_code",
	.place = 1,
	.ncolumns = 4,
	.columns = {
		{"code", TEXTOID},
		{"mode", TEXTOID},
		{"builtin", BOOLOID},
		{"class", TEXTOID}
	},
	.row_size = sizeof(ResponseCodeRow),
	.read_row = read_response_code_row
};

static const ReferenceTable srv_table = {
	.name = "service_reference_variant",
	.place = 2,
	.ncolumns = 4,
	.columns = {
		{"srv", TEXTOID},
		{"builtin", BOOLOID},
		{"answered_by", TEXTOID},
		{"future_dated", TEXTOID}
	},
	.row_size = sizeof(SrvRow),
	.read_row = read_srv_row
};

/*
 * Raises an error if a table is not as the install script made it.  Only its
 * owner can change it, but not even that may crash the server.
 */
static void
check_as_made(const ReferenceTable *table, bool as_made)
{
	if (!as_made)
		ereport(ERROR,
				(errcode(ERRCODE_WRONG_OBJECT_TYPE),
				 errmsg("\"%s.%s\" is not the table that pmr_metrics made",
						SCHEMA_NAME, table->name),
				 errdetail("Its kind, a column, or a constraint has been changed.")));
}

/*
 * Opens a table and finds its columns.  The lock is kept until the end of the
 * transaction, as in a query.
 */
static Relation
open_table(const ReferenceTable *table, AttrNumber *columns)
{
	RangeVar   *name = makeRangeVar(SCHEMA_NAME, pstrdup(table->name), -1);
	Relation	relation = table_openrv(name, AccessShareLock);
	bool		as_made = relation->rd_rel->relkind == RELKIND_RELATION;

	for (int i = 0; i < table->ncolumns; i++)
	{
		columns[i] = get_attnum(RelationGetRelid(relation),
								table->columns[i].name);
		as_made = as_made && columns[i] > 0 &&
			get_atttype(RelationGetRelid(relation),
						columns[i]) == table->columns[i].type;
	}
	check_as_made(table, as_made);
	return relation;
}

/* Memory for one more row of an entry.  Space for rows grows by doubling. */
static void *
append_row(const ReferenceTable *table, ReferenceEntry *entry)
{
	if (entry->nrows == 0)
		entry->rows = palloc(table->row_size);
	else if ((entry->nrows & (entry->nrows - 1)) == 0)
		entry->rows = repalloc(entry->rows,
							   table->row_size * 2 * entry->nrows);
	return (char *) entry->rows + table->row_size * entry->nrows++;
}

/* The entry of a key, which is made if there is none. */
static ReferenceEntry *
get_entry(const ReferenceTable *table, entries_hash *entries,
		  const text *text_key)
{
	ReferenceKey key = make_key(text_key);
	ReferenceEntry *entry;
	bool		found;

	entry = entries_insert(entries, key, &found);
	if (!found)
	{
		char	   *data = palloc(key.length);

		memcpy(data, key.data, key.length);
		entry->key.data = data;
		entry->nrows = 0;
		entry->notes = palloc0(table->notes_size);
	}
	return entry;
}

/*
 * Reads a table into the current memory context: the rows of a key into the
 * entry, or if the key is NULL, all rows, each into the entry of its key.
 * Returns the OID of the table.
 */
static Oid
read_table(const ReferenceTable *table, Snapshot snapshot,
		   const text *key, ReferenceEntry *entry, entries_hash *entries)
{
	AttrNumber	columns[MAX_COLUMNS];
	Relation	relation = open_table(table, columns);
	Oid			relid = RelationGetRelid(relation);
	TupleDesc	tupdesc = RelationGetDescr(relation);
	Oid			index = get_primary_key_index(relation);
	ScanKeyData scan_key;
	SysScanDesc scan;
	HeapTuple	tuple;

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
		{
			values[i] = heap_getattr(tuple, columns[i], tupdesc, &nulls[i]);
			check_as_made(table, !nulls[i] || table->columns[i].nullable);
		}
		if (key == NULL)
			entry = get_entry(table, entries, DatumGetTextPP(values[0]));
		check_as_made(table, table->read_row(values, nulls,
											 append_row(table, entry)));
	}
	systable_endscan(scan);
	table_close(relation, NoLock);
	return relid;
}

static ReferenceStamp
make_stamp(Snapshot snapshot)
{
	ReferenceStamp stamp;

	stamp.lxid = current_local_xid();
	stamp.xmin = snapshot->xmin;
	stamp.xmax = snapshot->xmax;
	stamp.xcnt = snapshot->xcnt;
	stamp.subxcnt = snapshot->subxcnt;
	stamp.suboverflowed = snapshot->suboverflowed;
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

	return now.lxid == then->lxid &&
		now.xmin == then->xmin &&
		now.xmax == then->xmax &&
		now.xcnt == then->xcnt &&
		now.subxcnt == then->subxcnt &&
		now.suboverflowed == then->suboverflowed &&
		equal_xids(snapshot->xip, cache->xids, now.xcnt) &&
		equal_xids(snapshot->subxip, cache->xids + now.xcnt, now.subxcnt);
}

/* Empties the cache, and gives it the stamp of this snapshot. */
static void
put_stamp(ReferenceCache *cache, Snapshot snapshot)
{
	uint32		xcnt = snapshot->xcnt;
	int32		subxcnt = snapshot->subxcnt;

	cache->started = false;
	cache->unlocked = false;
	cache->entries = NULL;
	MemoryContextReset(cache->context);

	cache->xids = MemoryContextAlloc(cache->context,
									 (xcnt + subxcnt) * sizeof(TransactionId));
	if (xcnt > 0)
		memcpy(cache->xids, snapshot->xip, xcnt * sizeof(TransactionId));
	if (subxcnt > 0)
		memcpy(cache->xids + xcnt, snapshot->subxip,
			   subxcnt * sizeof(TransactionId));
	cache->stamp = make_stamp(snapshot);
}

/*
 * May the snapshot see changes of this transaction in the table?  A change after
 * this has found no lock has a command id that is not below the snapshot's.
 */
static inline bool
is_own_writer(ReferenceCache *cache, Snapshot snapshot)
{
	if (!TransactionIdIsValid(GetTopTransactionIdIfAny()) ||
		(cache->unlocked && cache->unlocked_at == snapshot->curcid))
		return false;
	cache->unlocked = !holds_relation_lock(cache->relation,
										   RowExclusiveLock) &&
		!holds_relation_lock(cache->relation, AccessExclusiveLock);
	cache->unlocked_at = snapshot->curcid;
	return !cache->unlocked;
}

/* The target of fn_extra: a cache for each table, NULL at first. */
static ReferenceCache **
get_caches(FunctionCallInfo fcinfo)
{
	if (unlikely(fcinfo->flinfo->fn_extra == NULL))
		fcinfo->flinfo->fn_extra =
			MemoryContextAllocZero(fcinfo->flinfo->fn_mcxt,
								   TABLES * sizeof(ReferenceCache *));
	return fcinfo->flinfo->fn_extra;
}

static ReferenceCache *
make_cache(FunctionCallInfo fcinfo)
{
	MemoryContext context = fcinfo->flinfo->fn_mcxt;
	ReferenceCache *cache;

	cache = MemoryContextAllocZero(context, sizeof(ReferenceCache));
	cache->context = AllocSetContextCreate(context,
										   "pmr_metrics reference table",
										   ALLOCSET_SMALL_SIZES);
	cache->one_execution = AggCheckCallContext(fcinfo, NULL) != 0;
	return cache;
}

/*
 * True: the whole table is in the cache.  False, in the first call under a
 * stamp: only the rows of the key have been read, into *found.
 */
static bool
fill_cache(ReferenceCache *cache, const ReferenceTable *table,
		   const text *key, ReferenceEntry *found)
{
	Snapshot	snapshot;

	/* PL/pgSQL has none after a COMMIT, e.g. for a domain's CHECK */
	EnsurePortalSnapshotExists();
	snapshot = GetActiveSnapshot();

	if (!cache->started ||
		(!cache->one_execution && (!is_stamped(cache, snapshot) ||
								   is_own_writer(cache, snapshot))))
	{
		/* There may be no second call with this fn_extra. */
		put_stamp(cache, snapshot);
		cache->relation = read_table(table, snapshot, key, found, NULL);
		cache->started = true;
		return false;
	}

	if (cache->entries == NULL)
	{
		MemoryContext caller = MemoryContextSwitchTo(cache->context);
		entries_hash *entries = entries_create(cache->context, 64, NULL);

		read_table(table, snapshot, NULL, NULL, entries);
		MemoryContextSwitchTo(caller);
		cache->entries = entries;
	}
	return true;
}

static inline const void *
find_rows(FunctionCallInfo fcinfo, const ReferenceTable *table,
		  const text *key, int *nrows, void **notes)
{
	ReferenceCache **place = &get_caches(fcinfo)[table->place];
	ReferenceCache *cache = *place;
	ReferenceEntry found = {.nrows = 0};
	ReferenceEntry *entry = &found;

	if (unlikely(cache == NULL))
		*place = cache = make_cache(fcinfo);
	if (likely(cache->one_execution && cache->entries != NULL) ||
		fill_cache(cache, table, key, &found))
	{
		entry = entries_lookup(cache->entries, make_key(key));
		if (entry == NULL)
			entry = &found;
	}
	*nrows = entry->nrows;
	*notes = entry->notes;
	return entry->rows;
}

const TargetRow *
reference_targets(FunctionCallInfo fcinfo, const text *srv, int *nrows,
				  TargetPeriod **periods)
{
	void	   *notes;
	const TargetRow *rows = find_rows(fcinfo, &target_table, srv, nrows,
									  &notes);

	*periods = notes;
	return rows;
}

const ResponseCodeRow *
reference_response_codes(FunctionCallInfo fcinfo, const text *code, int *nrows)
{
	void	   *notes;

	return find_rows(fcinfo, &response_code_table, code, nrows, &notes);
}

SrvRow
reference_srv(FunctionCallInfo fcinfo, const text *srv)
{
	void	   *notes;
	int			nrows;
	const SrvRow *rows = find_rows(fcinfo, &srv_table, srv, &nrows, &notes);
	SrvRow		found = {.builtin = true};

	for (int i = 0; i < nrows; i++)
	{
		if (found.builtin)
			found = rows[i];
	}
	return found;
}
