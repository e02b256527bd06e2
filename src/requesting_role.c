/*-------------------------------------------------------------------------
 *
 * requesting_role.c
 *	  The type requesting_role: the role on whose behalf a report is read.
 *
 * A view passes its invoker's role, as a value of this type, to functions that
 * are SECURITY DEFINER and so cannot know it: there current_user is the
 * function's owner, and the outer user may be somebody on whose behalf the view
 * is not read.  For example, a foreign key with ON DELETE CASCADE fires a
 * trigger of another table as that table's owner.
 *
 * SQL cannot make a value for another role: the input function always fails,
 * there is no receive function, and no cast.  A value is valid only in the
 * transaction that made it, so a stored one cannot be used later.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "fmgr.h"
#include "miscadmin.h"
#include "pg_versions.h"
#include "utils/builtins.h"

PG_FUNCTION_INFO_V1(pmr_requesting_role_in);
PG_FUNCTION_INFO_V1(pmr_requesting_role_out);
PG_FUNCTION_INFO_V1(pmr_requesting_role);
PG_FUNCTION_INFO_V1(pmr_requesting_role_oid);

/* INTERNALLENGTH is 16, ALIGNMENT double. */
typedef struct RequestingRole
{
	uint64		seal;			/* a random number of the transaction */
	uint64		role;			/* an OID */
} RequestingRole;

StaticAssertDecl(sizeof(RequestingRole) == 16, "size of requesting_role");

/* The random number of the current transaction. */
static uint64
get_seal(void)
{
	static uint64 seal;
	static LocalTransactionId sealed = InvalidLocalTransactionId;

	if (sealed != current_local_xid())
	{
		if (!pg_strong_random(&seal, sizeof(seal)))
			ereport(ERROR,
					(errcode(ERRCODE_INTERNAL_ERROR),
					 errmsg("could not generate a random number")));
		sealed = current_local_xid();
	}
	return seal;
}

Datum
pmr_requesting_role_in(PG_FUNCTION_ARGS)
{
	ereport(ERROR,
			(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
			 errmsg("cannot accept a value of type %s", "requesting_role"),
			 errhint("pmr.requesting_role() returns one.")));
	PG_RETURN_NULL();			/* not reached */
}

Datum
pmr_requesting_role_out(PG_FUNCTION_ARGS)
{
	const RequestingRole *role = (const RequestingRole *) PG_GETARG_POINTER(0);

	PG_RETURN_CSTRING(psprintf(UINT64_FORMAT, role->role));
}

Datum
pmr_requesting_role(PG_FUNCTION_ARGS)
{
	RequestingRole *role = palloc(sizeof(RequestingRole));

	role->seal = get_seal();
	role->role = GetUserId();
	PG_RETURN_POINTER(role);
}

/* The OID of the role; an error if another transaction made the value. */
Datum
pmr_requesting_role_oid(PG_FUNCTION_ARGS)
{
	const RequestingRole *role = (const RequestingRole *) PG_GETARG_POINTER(0);

	if (role->seal != get_seal())
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("requesting role is of another transaction"),
				 errhint("Call pmr.requesting_role() in the query that uses its value.")));
	PG_RETURN_OID((Oid) role->role);
}
