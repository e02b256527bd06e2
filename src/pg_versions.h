/*-------------------------------------------------------------------------
 *
 * pg_versions.h
 *	  What differs between the major versions of PostgreSQL.
 *
 *-------------------------------------------------------------------------
 */
#ifndef PG_VERSIONS_H
#define PG_VERSIONS_H

#include "storage/proc.h"
#if PG_VERSION_NUM >= 160000
#include "varatt.h"				/* was in postgres.h */
#endif

/* Tells apart the transactions of a session. */
static inline LocalTransactionId
current_local_xid(void)
{
#if PG_VERSION_NUM >= 170000
	return MyProc->vxid.lxid;
#else
	return MyProc->lxid;
#endif
}

#endif							/* PG_VERSIONS_H */
