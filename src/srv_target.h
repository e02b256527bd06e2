/*-------------------------------------------------------------------------
 *
 * srv_target.h
 *	  The target of a request, from the reference table, for arguments of an
 *	  SQL function.
 *
 *-------------------------------------------------------------------------
 */
#ifndef SRV_TARGET_H
#define SRV_TARGET_H

#include "core/target.h"
#include "fmgr.h"

/* The target at a time.  A role that is NULL is not known. */
extern TargetTime srv_target_arg(FunctionCallInfo fcinfo, int srv_arg,
								 TargetMode mode, int generation_arg,
								 int role_arg, TargetTime at);

#endif							/* SRV_TARGET_H */
