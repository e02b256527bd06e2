/*-------------------------------------------------------------------------
 *
 * party_figure.c
 *	  The function party_figures(): stored figures of a Party's month, if the
 *	  role on whose behalf they are read can see the Party.
 *
 * The views of reports call it once for each Party and month, so that a reader's
 * conditions on these decide what is read, and all others see only rows that the
 * role can see.  A query over all Parties makes thousands of such calls.  A
 * function in SQL took 11 microseconds for each, and 25 more to look up what the
 * role can see; this one takes 6, because it looks that up once in an execution,
 * and scans the primary key by itself.
 *
 * The table is that of the function's result type.  The first columns of its
 * primary key are the function's arguments after the role; of the last of them,
 * the kind, the function takes several values.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/table.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "parser/parse_func.h"
#include "pg_versions.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
#include "utils/tuplestore.h"

PG_FUNCTION_INFO_V1(pmr_party_figures);

#define ROLE_SIZE	16			/* INTERNALLENGTH of requesting_role */
#define KEY_COLUMNS	4
#define KEY_PARTY	2			/* the column of the key that is the Party */
#define KEY_KIND	3

static const struct
{
	Oid			type;
	RegProcedure equal;
}			key_columns[KEY_COLUMNS] = {
	{TEXTOID, F_TEXTEQ},		/* source */
	{DATEOID, F_DATE_EQ},		/* month */
	{TEXTOID, F_TEXTEQ},		/* party */
	{TEXTOID, F_TEXTEQ}			/* kind */
};

/*
 * The target of fn_extra.  The FmgrInfo of a function that returns a set belongs
 * to one execution, which has one snapshot and keeps its locks.  The role can
 * change in it: code of another role can fetch from a cursor.
 */
typedef struct FigureAccess
{
	Oid			table;
	Oid			index;			/* its primary key */
	ScanKeyData keys[KEY_COLUMNS];	/* without their arguments */
	char		role[ROLE_SIZE];
	Datum	   *parties;		/* that the role can see; "*" is all */
	int			nparties;
	MemoryContext context;		/* of parties */
} FigureAccess;

static bool
text_equals(const text *a, const char *data, size_t length)
{
	return VARSIZE_ANY_EXHDR(a) == length &&
		memcmp(VARDATA_ANY(a), data, length) == 0;
}

static void
look_up_parties(FigureAccess *access, Datum role)
{
	List	   *name = list_make2(makeString(pstrdup("pmr")),
								  makeString(pstrdup("visible_parties")));
	Oid			function = LookupFuncName(name, -1, NULL, false);
	ArrayType  *parties = DatumGetArrayTypeP(OidFunctionCall1(function, role));
	MemoryContext caller;

	MemoryContextReset(access->context);
	caller = MemoryContextSwitchTo(access->context);
	deconstruct_array(DatumGetArrayTypePCopy(PointerGetDatum(parties)),
					  TEXTOID, -1, false, TYPALIGN_INT,
					  &access->parties, NULL, &access->nparties);
	MemoryContextSwitchTo(caller);
	memcpy(access->role, DatumGetPointer(role), ROLE_SIZE);
}

/*
 * Finds the primary key and makes conditions on its first columns.  Only the
 * owner of the table can change its key, but not even that may crash the server.
 */
static void
make_keys(FigureAccess *access)
{
	Relation	table = table_open(access->table, AccessShareLock);
	TupleDesc	tupdesc = RelationGetDescr(table);
	int2vector *columns = NULL;
	Relation	index = NULL;

	access->index = get_primary_key_index(table);
	if (OidIsValid(access->index))
	{
		index = index_open(access->index, AccessShareLock);
		if (index->rd_index->indnkeyatts >= KEY_COLUMNS)
			columns = &index->rd_index->indkey;
	}
	for (int i = 0; i < KEY_COLUMNS; i++)
	{
		Form_pg_attribute column = NULL;

		if (columns != NULL)
			column = TupleDescAttr(tupdesc, columns->values[i] - 1);
		if (column == NULL || column->atttypid != key_columns[i].type)
			ereport(ERROR,
					(errcode(ERRCODE_WRONG_OBJECT_TYPE),
					 errmsg("\"%s.%s\" is not the table that pmr_metrics made",
							"pmr", RelationGetRelationName(table)),
					 errdetail("Its primary key has been changed.")));
		ScanKeyEntryInitialize(&access->keys[i], 0, column->attnum,
							   BTEqualStrategyNumber, InvalidOid,
							   column->attcollation, key_columns[i].equal,
							   (Datum) 0);
	}
	index_close(index, NoLock);
	table_close(table, NoLock);
}

static FigureAccess *
get_access(FunctionCallInfo fcinfo, Datum role)
{
	FmgrInfo   *flinfo = fcinfo->flinfo;
	FigureAccess *access = flinfo->fn_extra;

	if (access == NULL)
	{
		access = MemoryContextAllocZero(flinfo->fn_mcxt, sizeof(FigureAccess));
		access->table = get_typ_typrelid(get_func_rettype(flinfo->fn_oid));
		access->context = AllocSetContextCreate(flinfo->fn_mcxt,
												"pmr_metrics Parties",
												ALLOCSET_SMALL_SIZES);
		make_keys(access);
		look_up_parties(access, role);
		flinfo->fn_extra = access;
	}
	else if (memcmp(access->role, DatumGetPointer(role), ROLE_SIZE) != 0)
		look_up_parties(access, role);
	return access;
}

static bool
can_see(const FigureAccess *access, const text *party)
{
	for (int i = 0; i < access->nparties; i++)
	{
		const text *visible = DatumGetTextPP(access->parties[i]);

		if (text_equals(visible, "*", 1) ||
			text_equals(visible, VARDATA_ANY(party), VARSIZE_ANY_EXHDR(party)))
			return true;
	}
	return false;
}

Datum
pmr_party_figures(PG_FUNCTION_ARGS)
{
	FigureAccess *access = get_access(fcinfo, PG_GETARG_DATUM(0));
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	ScanKeyData keys[KEY_COLUMNS];
	Relation	table;
	Datum	   *kinds;
	bool	   *nulls;
	int			nkinds;

	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	if (!can_see(access, PG_GETARG_TEXT_PP(1 + KEY_PARTY)))
		return (Datum) 0;

	deconstruct_array(PG_GETARG_ARRAYTYPE_P(1 + KEY_KIND), TEXTOID, -1, false,
					  TYPALIGN_INT, &kinds, &nulls, &nkinds);
	table = table_open(access->table, AccessShareLock);
	for (int kind = 0; kind < nkinds; kind++)
	{
		SysScanDesc scan;
		HeapTuple	tuple;

		CHECK_FOR_INTERRUPTS();
		if (nulls[kind])
			continue;
		/* a scan changes its keys */
		memcpy(keys, access->keys, sizeof(keys));
		for (int i = 0; i < KEY_KIND; i++)
			keys[i].sk_argument = PG_GETARG_DATUM(1 + i);
		keys[KEY_KIND].sk_argument = kinds[kind];
		scan = systable_beginscan(table, access->index, true,
								  GetActiveSnapshot(), KEY_COLUMNS, keys);
		while (HeapTupleIsValid(tuple = systable_getnext(scan)))
			tuplestore_puttuple(result->setResult, tuple);
		systable_endscan(scan);
	}
	table_close(table, NoLock);
	return (Datum) 0;
}
