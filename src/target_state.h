/*-------------------------------------------------------------------------
 *
 * target_state.h
 *	  Shared by the transition functions of target_met and srv_target_met.
 *
 *-------------------------------------------------------------------------
 */
#ifndef TARGET_STATE_H
#define TARGET_STATE_H

#include "core/target.h"
#include "fmgr.h"

/* Counts an outcome in the state that is argument 0, and returns the state. */
extern Datum target_state_count(FunctionCallInfo fcinfo,
								TargetOutcome outcome);

/* A timestamp argument that may be NULL. */
extern TargetTime target_time_arg(FunctionCallInfo fcinfo, int argno);

/* as_of, an error if it is NULL; INT64_MAX if there is no such argument. */
extern int64 target_as_of_arg(FunctionCallInfo fcinfo, int argno);

#endif							/* TARGET_STATE_H */
