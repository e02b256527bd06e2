/*-------------------------------------------------------------------------
 *
 * autocommit.c
 *	  The function require_autocommit(): an error at once where a procedure that
 *	  commits could not commit later.
 *
 * Drivers such as psycopg and JDBC begin a transaction by themselves, and
 * PL/pgSQL would find out only at its first COMMIT, after the work.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "executor/spi.h"
#include "fmgr.h"

PG_FUNCTION_INFO_V1(pmr_require_autocommit);

/* The caller is the procedure, so its own SPI connection is the current one. */
Datum
pmr_require_autocommit(PG_FUNCTION_ARGS)
{
	if (!SPI_inside_nonatomic_context())
		ereport(ERROR,
				(errcode(ERRCODE_ACTIVE_SQL_TRANSACTION),
				 errmsg("CALL pmr.refresh cannot run inside a transaction block"),
				 errdetail("It commits after each month."),
				 errhint("Switch the client to autocommit, and send CALL as a statement of its own.")));
	PG_RETURN_VOID();
}
