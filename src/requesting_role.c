/*-------------------------------------------------------------------------
 *
 * requesting_role.c
 *	  The function requesting_role(): the role that asks, for use in SECURITY
 *	  DEFINER functions.
 *
 * In such a function current_user is the function's owner, and session_user
 * ignores SET ROLE.  The outer user is the role of SET ROLE, or else the role
 * that logged in, and no SECURITY DEFINER function changes it.
 *
 * But PostgreSQL runs index expressions and materialized views as their owner,
 * while the outer user is the role that maintains them: a superuser, for
 * example, or that of autovacuum.  There the requesting role is not known.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "fmgr.h"
#include "miscadmin.h"

PG_FUNCTION_INFO_V1(pmr_requesting_role);

Datum
pmr_requesting_role(PG_FUNCTION_ARGS)
{
	if (InSecurityRestrictedOperation())
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("reports cannot be read by an index expression or a materialized view"),
				 errdetail("These run as their owner, so the requesting role is not known.")));
	PG_RETURN_OID(GetOuterUserId());
}
