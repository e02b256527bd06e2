/*-------------------------------------------------------------------------
 *
 * srv_target.c
 *	  The aggregates srv_target_met and srv_target_counts, and the function
 *	  srv_target(), which look up targets by Service Reference Variant.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "aggregate_call.h"
#include "mode_arg.h"
#include "reference.h"
#include "srv_target.h"
#include "target_state.h"
#include "utils/timestamp.h"

PG_FUNCTION_INFO_V1(pmr_srv_target);
PG_FUNCTION_INFO_V1(pmr_srv_target_of_role);
PG_FUNCTION_INFO_V1(pmr_srv_target_transfn);

static TargetRole
get_role(FunctionCallInfo fcinfo, int argno)
{
	const text *name;

	if (PG_ARGISNULL(argno))
		return TARGET_ROLE_UNKNOWN;
	name = PG_GETARG_TEXT_PP(argno);
	return target_role(VARDATA_ANY(name), VARSIZE_ANY_EXHDR(name));
}

/* Inline: two callers pass a constant role, and call it for each row. */
static pg_attribute_always_inline TargetTime
get_target(FunctionCallInfo fcinfo, int srv_arg, TargetMode mode,
		   TargetGeneration generation, TargetRole role, TargetTime at)
{
	static const TargetTime none = {.known = false};
	const TargetRow *rows;
	int			nrows;
	TargetPeriod *periods;
	TargetPeriod *period;

	if (PG_ARGISNULL(srv_arg) || !at.known)
		return none;
	rows = reference_targets(fcinfo, PG_GETARG_TEXT_PP(srv_arg), &nrows,
							 &periods);
	if (periods == NULL || target_role_is_apart(rows, nrows, role))
		return target_of_request(rows, nrows, mode, generation, role, at.us);
	period = &periods[target_kind(mode, generation, role)];
	if (unlikely(!target_period_contains(period, at.us)))
		*period = target_period_of_request(rows, nrows, mode, generation,
										   role, at.us);
	return period->target;
}

static Datum
return_target(FunctionCallInfo fcinfo, TargetTime target)
{
	Interval   *interval;

	if (!target.known)
		PG_RETURN_NULL();
	interval = palloc0(sizeof(Interval));
	interval->day = target.us / USECS_PER_DAY;
	interval->time = target.us % USECS_PER_DAY;
	PG_RETURN_INTERVAL_P(interval);
}

TargetTime
srv_target_arg(FunctionCallInfo fcinfo, int srv_arg, TargetMode mode,
			   int generation_arg, int role_arg, TargetTime at)
{
	return get_target(fcinfo, srv_arg, mode,
					  get_generation_arg(fcinfo, generation_arg),
					  get_role(fcinfo, role_arg), at);
}

/* (srv, mode, device_generation, at) */
Datum
pmr_srv_target(PG_FUNCTION_ARGS)
{
	return return_target(fcinfo, get_target(fcinfo, 0,
											get_mode_arg(fcinfo, 1),
											get_generation_arg(fcinfo, 2),
											TARGET_ROLE_ANY,
											target_time_arg(fcinfo, 3)));
}

/* (srv, mode, device_generation, user_role, at) */
Datum
pmr_srv_target_of_role(PG_FUNCTION_ARGS)
{
	return return_target(fcinfo, srv_target_arg(fcinfo, 0,
												get_mode_arg(fcinfo, 1), 2, 3,
												target_time_arg(fcinfo, 4)));
}

/* (state, srv, mode, requested_at, answered_at [, generation [, as_of]]) */
Datum
pmr_srv_target_transfn(PG_FUNCTION_ARGS)
{
	TargetTime	start;
	TargetTime	target;
	int64		as_of;

	check_aggregate_call(fcinfo);
	start = target_time_arg(fcinfo, 3);
	as_of = target_as_of_arg(fcinfo, 6);
	target = get_target(fcinfo, 1, get_mode_arg(fcinfo, 2),
						get_generation_arg(fcinfo, 5), TARGET_ROLE_ANY, start);
	return target_state_count(fcinfo,
							  target_outcome(start,
											 target_time_arg(fcinfo, 4),
											 target, as_of));
}
