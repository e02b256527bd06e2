/*-------------------------------------------------------------------------
 *
 * read_as_owner.c
 *	  Queries on a relation that run as the relation's owner.
 *
 * Planning or running a query can run code of the owner of each relation that
 * it reads: functions in views, and in indexes and constraints of tables, even
 * of child tables that have no rows.  Such code can be added at any moment, so
 * no check before the query makes it safe.  Therefore the query runs like that
 * of REFRESH MATERIALIZED VIEW: as the owner of the relation, in a
 * security-restricted operation, and with a safe search_path.  The code has the
 * owner's privileges only.  It can leave behind in the session what PostgreSQL
 * lets such an operation leave: advisory locks, cursors without hold, and
 * PL/pgSQL functions that were compiled with its search_path.
 *
 * The owner's code is in turn at the mercy of the reader's session: temporary
 * objects, and functions that the reader has compiled with its own search_path,
 * run as the owner.  So the reader must have the owner's privileges, again like
 * a role that refreshes a materialized view.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/relation.h"
#include "executor/executor.h"
#include "executor/tstoreReceiver.h"
#include "funcapi.h"
#include "nodes/nodeFuncs.h"
#include "nodes/params.h"
#include "parser/analyze.h"
#include "pg_versions.h"
#include "tcop/tcopprot.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/snapmgr.h"

PG_FUNCTION_INFO_V1(pmr_read_as_owner);
PG_FUNCTION_INFO_V1(pmr_plan_as_owner);

#define FIXED_ARGS 3			/* reader, relation, query */

typedef struct OwnerQuery
{
	Oid			reader;
	Oid			relation;
	Oid			schema;			/* of the extension */
	const char *text;
	int			nparams;
	Oid		   *types;
	ParamListInfo params;

	/* while it runs */
	Oid			saved_user;
	int			saved_context;
	int			guc_level;
} OwnerQuery;

static OwnerQuery *
make_owner_query(FunctionCallInfo fcinfo)
{
	OwnerQuery *query = palloc(sizeof(OwnerQuery));

	for (int i = 0; i < FIXED_ARGS; i++)
	{
		if (PG_ARGISNULL(i))
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("reader, relation and query must not be null")));
	}
	query->reader = PG_GETARG_OID(0);
	query->relation = PG_GETARG_OID(1);
	query->schema = get_func_namespace(fcinfo->flinfo->fn_oid);
	query->text = text_to_cstring(PG_GETARG_TEXT_PP(2));
	query->nparams = PG_NARGS() - FIXED_ARGS;
	query->types = palloc_array(Oid, query->nparams);
	query->params = makeParamList(query->nparams);
	for (int i = 0; i < query->nparams; i++)
	{
		ParamExternData *param = &query->params->params[i];
		int			argno = FIXED_ARGS + i;

		query->types[i] = get_fn_expr_argtype(fcinfo->flinfo, argno);
		param->value = PG_GETARG_DATUM(argno);
		param->isnull = PG_ARGISNULL(argno);
		param->pflags = PARAM_FLAG_CONST;
		param->ptype = query->types[i];
	}
	return query;
}

/* The owner of the schema has put another relation in place of this one. */
static void
report_replaced(Oid relation)
{
	char	   *name = get_rel_name(relation);

	ereport(ERROR,
			(errcode(ERRCODE_OBJECT_IN_USE),
			 name ? errmsg("relation \"%s\" is being replaced", name) :
			 errmsg("relation of the source is being replaced")));
}

/*
 * Locks the relation, so that neither its owner nor its definition can change
 * until the end of the transaction, and returns its owner.
 *
 * The query may do all that the owner may do.  So not only the reader must have
 * the owner's privileges, but also the current user, who has made the query.
 */
static Oid
lock_relation(const OwnerQuery *query)
{
	Relation	relation = try_relation_open(query->relation, AccessShareLock);
	Oid			owner;

	if (relation == NULL)
	{
		report_replaced(query->relation);
		return InvalidOid;		/* not reached */
	}
	owner = relation->rd_rel->relowner;
	if (!has_privs_of_role(query->reader, owner) ||
		!has_privs_of_role(GetUserId(), owner))
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("must be owner of relation \"%s\"",
						RelationGetRelationName(relation)),
				 errhint("Read it through a view whose owner's role you are a member of.")));
	relation_close(relation, NoLock);
	return owner;
}

static void
become_owner(OwnerQuery *query)
{
	Oid			owner = lock_relation(query);

	GetUserIdAndSecContext(&query->saved_user, &query->saved_context);
	SetUserIdAndSecContext(owner, query->saved_context |
						   SECURITY_RESTRICTED_OPERATION);
	query->guc_level = NewGUCNestLevel();
	set_config_option("search_path", "pg_catalog, pg_temp",
					  PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE,
					  true, 0, false);
	set_config_option("row_security", "off",
					  PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE,
					  true, 0, false);
}

/* After an error, the abort of the transaction does the same. */
static void
become_caller(const OwnerQuery *query)
{
	AtEOXact_GUC(false, query->guc_level);
	SetUserIdAndSecContext(query->saved_user, query->saved_context);
}

/*
 * The names in the query are resolved after the relation was locked.  If its
 * schema was renamed in between, a name may be that of another relation.
 */
static bool
check_relations(Node *node, void *context)
{
	const OwnerQuery *query = context;

	if (node == NULL)
		return false;
	if (IsA(node, Query))
	{
		Query	   *parsed = (Query *) node;
		ListCell   *cell;

		foreach(cell, parsed->rtable)
		{
			RangeTblEntry *rte = lfirst_node(RangeTblEntry, cell);

			if (rte->rtekind == RTE_RELATION &&
				rte->relid != query->relation &&
				get_rel_namespace(rte->relid) != query->schema)
				report_replaced(query->relation);
		}
		return query_tree_walker(parsed, check_relations, context, 0);
	}
	return expression_tree_walker(node, check_relations, context);
}

/*
 * Checks the permissions of a rewritten query.  The planner does not, and its
 * estimates would tell about tables that the owner of a view cannot read.
 */
static bool
check_permissions(Node *node, void *context)
{
	if (node == NULL)
		return false;
	if (IsA(node, Query))
	{
		check_query_permissions((Query *) node);
		return query_tree_walker((Query *) node, check_permissions, context, 0);
	}
	return expression_tree_walker(node, check_permissions, context);
}

/* Runs as the owner, because planning may run functions. */
static PlannedStmt *
plan_owner_query(OwnerQuery *query)
{
	RawStmt    *raw = linitial_node(RawStmt, pg_parse_query(query->text));
	Query	   *parsed = parse_analyze_fixedparams(raw, query->text,
												   query->types,
												   query->nparams, NULL);

	check_relations((Node *) parsed, query);
	parsed = linitial_node(Query, pg_rewrite_query(parsed));
	check_permissions((Node *) parsed, NULL);
	return plan_query(parsed, query->text, CURSOR_OPT_PARALLEL_OK,
					  query->params);
}

Datum
pmr_read_as_owner(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	OwnerQuery *query = make_owner_query(fcinfo);
	DestReceiver *receiver;
	QueryDesc  *desc;
	MemoryContext caller;

	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	receiver = CreateDestReceiver(DestTuplestore);
	SetTuplestoreDestReceiverParams(receiver, result->setResult,
									result->econtext->ecxt_per_query_memory,
									false, NULL, NULL);
	become_owner(query);
	desc = CreateQueryDesc(plan_owner_query(query), query->text,
						   GetActiveSnapshot(), InvalidSnapshot, receiver,
						   query->params, NULL, 0);
	ExecutorStart(desc, 0);
	run_to_end(desc);
	ExecutorFinish(desc);

	/* the executor compares it with what the caller expects */
	caller = MemoryContextSwitchTo(result->econtext->ecxt_per_query_memory);
	result->setDesc = CreateTupleDescCopy(desc->tupDesc);
	MemoryContextSwitchTo(caller);

	ExecutorEnd(desc);
	FreeQueryDesc(desc);
	become_caller(query);
	receiver->rDestroy(receiver);
	return (Datum) 0;
}

Datum
pmr_plan_as_owner(PG_FUNCTION_ARGS)
{
	OwnerQuery *query = make_owner_query(fcinfo);
	const Plan *plan;
	TupleDesc	tupdesc;
	Datum		values[2];
	bool		nulls[2] = {false, false};

	if (get_call_result_type(fcinfo, NULL, &tupdesc) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");	/* cannot happen */
	become_owner(query);
	plan = plan_owner_query(query)->planTree;
	become_caller(query);
	values[0] = Float8GetDatum(plan->plan_rows);
	values[1] = Float8GetDatum(plan->total_cost);
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(tupdesc, values, nulls)));
}
