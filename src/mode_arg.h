/*-------------------------------------------------------------------------
 *
 * mode_arg.h
 *	  A mode, or a generation of devices, as an argument of an SQL function.
 *
 *-------------------------------------------------------------------------
 */
#ifndef MODE_ARG_H
#define MODE_ARG_H

#include "core/target.h"
#include "fmgr.h"
#include "pg_versions.h"

/* MODE_UNKNOWN for NULL, and for a name that is not a mode. */
static inline TargetMode
get_mode_arg(FunctionCallInfo fcinfo, int argno)
{
	const text *name;

	if (PG_ARGISNULL(argno))
		return MODE_UNKNOWN;
	name = PG_GETARG_TEXT_PP(argno);
	return target_mode(VARDATA_ANY(name), VARSIZE_ANY_EXHDR(name));
}

/* Likewise, a generation.  There may be no such argument. */
static inline TargetGeneration
get_generation_arg(FunctionCallInfo fcinfo, int argno)
{
	const text *name;

	if (PG_NARGS() <= argno || PG_ARGISNULL(argno))
		return GENERATION_UNKNOWN;
	name = PG_GETARG_TEXT_PP(argno);
	return target_generation(VARDATA_ANY(name), VARSIZE_ANY_EXHDR(name));
}

#endif							/* MODE_ARG_H */
