/*-------------------------------------------------------------------------
 *
 * requesting_role.c
 *	  The function reader: who asks, seen from inside a SECURITY DEFINER
 *	  function.
 *
 * There, current_user is the function's owner, and session_user is not whom
 * SET ROLE has chosen.  The outer user is whom SET ROLE has chosen or else who
 * logged in, and no SECURITY DEFINER function changes it.
 *
 * But PostgreSQL runs what index expressions and materialized views call as
 * their owner, while the outer user is whoever maintains them: a superuser, or
 * autovacuum.  Whom to answer for cannot be told there, so nobody is.
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
				 errdetail("These run as their owner on behalf of others.")));
	PG_RETURN_OID(GetOuterUserId());
}
