/*-------------------------------------------------------------------------
 *
 * reader.c
 *	  The function reader: who asks, seen from inside a SECURITY DEFINER
 *	  function.
 *
 * There, current_user is the function's owner, and session_user is not whom
 * SET ROLE has chosen.  The outer user is whom SET ROLE has chosen or else who
 * logged in, and no SECURITY DEFINER function changes it.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "fmgr.h"
#include "miscadmin.h"

PG_FUNCTION_INFO_V1(pmr_reader);

Datum
pmr_reader(PG_FUNCTION_ARGS)
{
	PG_RETURN_OID(GetOuterUserId());
}
