/*-------------------------------------------------------------------------
 *
 * pg_versions.h
 *	  Differences between the major versions of PostgreSQL.
 *
 *-------------------------------------------------------------------------
 */
#ifndef PG_VERSIONS_H
#define PG_VERSIONS_H

#include "executor/executor.h"
#include "miscadmin.h"
#include "storage/lock.h"
#include "storage/proc.h"
#include "tcop/tcopprot.h"
#include "utils/rel.h"
#include "utils/relcache.h"
#if PG_VERSION_NUM >= 160000
#include "nodes/miscnodes.h"
#include "varatt.h"				/* before 16: in postgres.h */
#else

/* Errors of type input can be returned, rather than raised, from 16 on. */
#define ereturn(context, dummy_value, ...) \
	do { \
		(void) (context); \
		ereport(ERROR, __VA_ARGS__); \
		return dummy_value; \
	} while (0)
#endif

/* A number that differs between the transactions of a session. */
static inline LocalTransactionId
current_local_xid(void)
{
#if PG_VERSION_NUM >= 170000
	return MyProc->vxid.lxid;
#else
	return MyProc->lxid;
#endif
}

/* The index of a relation's primary key, or InvalidOid. */
static inline Oid
get_primary_key_index(Relation relation)
{
#if PG_VERSION_NUM >= 180000
	return RelationGetPrimaryKeyIndex(relation, false);
#else
	return RelationGetPrimaryKeyIndex(relation);
#endif
}

/* Does this transaction hold a lock of exactly this mode on a relation? */
static inline bool
holds_relation_lock(Oid relation, LOCKMODE mode)
{
	LOCKTAG		tag;

	SET_LOCKTAG_RELATION(tag, MyDatabaseId, relation);
#if PG_VERSION_NUM >= 170000
	return LockHeldByMe(&tag, mode, false);
#else
	return LockHeldByMe(&tag, mode);
#endif
}

/* An error if a permission is missing, subqueries aside. */
static inline void
check_query_permissions(Query *query)
{
#if PG_VERSION_NUM >= 160000
	ExecCheckPermissions(query->rtable, query->rteperminfos, true);
#else
	ExecCheckRTPerms(query->rtable, true);
#endif
}

static inline PlannedStmt *
plan_query(Query *query, const char *text, int cursor_options,
		   ParamListInfo params)
{
#if PG_VERSION_NUM >= 190000
	return pg_plan_query(query, text, cursor_options, params, NULL);
#else
	return pg_plan_query(query, text, cursor_options, params);
#endif
}

/* Runs a query that is not run again. */
static inline void
run_to_end(QueryDesc *desc)
{
#if PG_VERSION_NUM >= 180000
	ExecutorRun(desc, ForwardScanDirection, 0);
#else
	ExecutorRun(desc, ForwardScanDirection, 0, true);
#endif
}

#endif							/* PG_VERSIONS_H */
