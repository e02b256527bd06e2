/*-------------------------------------------------------------------------
 *
 * request_day.c
 *	  The function request_day(): the day of a time in a time zone.
 *
 * A day begins at day::timestamp AT TIME ZONE zone.  So the result is that of
 * (at AT TIME ZONE zone)::date, but if clocks are put back over midnight, as in
 * America/Havana, what follows the first midnight still belongs to the day
 * before.  An abbreviation such as CET is taken as the zone of that name.
 *
 * The zone is looked up once, and its offset from UTC once for each period in
 * which it is constant.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "datatype/timestamp.h"
#include "fmgr.h"
#include "pgtime.h"
#include "text_name.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/timestamp.h"

/* The epoch of timestamps, in seconds since that of Unix. */
#define UNIX_EPOCH_SECONDS \
	((pg_time_t) (POSTGRES_EPOCH_JDATE - UNIX_EPOCH_JDATE) * SECS_PER_DAY)

/* The target of fn_extra. */
typedef struct ZonePeriod
{
	char	   *name;			/* of the zone */
	pg_tz	   *zone;
	TimestampTz from;			/* the period has this time */
	TimestampTz until;			/* but not this one */
	int64		offset_us;		/* to be added to UTC */
	int64		next_offset_us; /* in the next period, if there is one */
} ZonePeriod;

PG_FUNCTION_INFO_V1(pmr_request_day);

/* A period of this zone without any time. */
static ZonePeriod *
make_period(FunctionCallInfo fcinfo, const text *name)
{
	ZonePeriod *period = fcinfo->flinfo->fn_extra;
	MemoryContext caller;

	if (period != NULL)
	{
		if (text_is_name(name, period->name))
			return period;
		fcinfo->flinfo->fn_extra = NULL;
		pfree(period->name);
		pfree(period);
	}
	caller = MemoryContextSwitchTo(fcinfo->flinfo->fn_mcxt);
	period = palloc0(sizeof(ZonePeriod));
	period->name = text_to_cstring(name);
	MemoryContextSwitchTo(caller);

	period->zone = pg_tzset(period->name);
	if (period->zone == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("time zone \"%s\" not recognized", period->name)));
	fcinfo->flinfo->fn_extra = period;
	return period;
}

/* Finds the period of a time: from then until the offset changes. */
static void
find_period(ZonePeriod *period, TimestampTz at)
{
	pg_time_t	time = at / USECS_PER_SEC - (at % USECS_PER_SEC < 0);
	pg_time_t	boundary;
	const struct pg_tm *local;
	long		offsets[2];
	int			are_dst[2];
	int			found;

	time += UNIX_EPOCH_SECONDS;
	local = pg_localtime(&time, period->zone);
	found = pg_next_dst_boundary(&time, &offsets[0], &are_dst[0], &boundary,
								 &offsets[1], &are_dst[1], period->zone);
	if (local == NULL || found < 0)
		/* cannot happen: the type has no times that are out of range */
		elog(ERROR, "time has no offset in time zone \"%s\"", period->name);
	period->offset_us = local->tm_gmtoff * USECS_PER_SEC;
	period->from = at;
	period->until = DT_NOEND;
	if (found > 0 &&
		boundary - UNIX_EPOCH_SECONDS < END_TIMESTAMP / USECS_PER_SEC)
	{
		period->until = (boundary - UNIX_EPOCH_SECONDS) * USECS_PER_SEC;
		period->next_offset_us = offsets[1] * USECS_PER_SEC;
	}
}

/* (at, zone) */
Datum
pmr_request_day(PG_FUNCTION_ARGS)
{
	TimestampTz at = PG_GETARG_TIMESTAMPTZ(0);
	ZonePeriod *period = make_period(fcinfo, PG_GETARG_TEXT_PP(1));
	Timestamp	local;
	DateADT		day;

	if (TIMESTAMP_IS_NOBEGIN(at))
		PG_RETURN_DATEADT(DATEVAL_NOBEGIN);
	if (TIMESTAMP_IS_NOEND(at))
		PG_RETURN_DATEADT(DATEVAL_NOEND);
	if (unlikely(at < period->from || at >= period->until))
		find_period(period, at);
	local = at + period->offset_us;
	if (!IS_VALID_TIMESTAMP(local))
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("timestamp out of range")));
	day = local / USECS_PER_DAY;
	if (local < 0 && local % USECS_PER_DAY != 0)
		day--;
	if (period->until != DT_NOEND &&
		day * USECS_PER_DAY - period->next_offset_us >= period->until)
		day--;					/* it will begin in the next period */
	PG_RETURN_DATEADT(day);
}
