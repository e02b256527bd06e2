/*-------------------------------------------------------------------------
 *
 * time_input.c
 *	  Converts times of SQL to microseconds.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <math.h>

#include "common/int.h"
#include "core/rtt_bucket.h"
#include "time_input.h"
#include "utils/timestamp.h"

/*
 * The length of an interval.  The infinite intervals of PostgreSQL 17 also
 * have months.  They are tested first, because they need another message.
 */
static int64
get_interval_us(const Interval *interval, const char *what)
{
	int64		days = interval->day + interval->time / USECS_PER_DAY;
	int64		rest_us = interval->time % USECS_PER_DAY;
	int64		us;

#ifdef INTERVAL_NOT_FINITE
	if (INTERVAL_NOT_FINITE(interval))
		ereport(ERROR,
				(errcode(ERRCODE_INTERVAL_FIELD_OVERFLOW),
				 errmsg("%s must be finite", what)));
#endif
	if (interval->month != 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s must not contain months or years, but its month field is %d",
						what, interval->month),
				 errhint("A month has no fixed length. Use days, which have 24 hours.")));
	/* give both the same sign: then only a length out of range overflows */
	if (days > 0 && rest_us < 0)
	{
		days--;
		rest_us += USECS_PER_DAY;
	}
	else if (days < 0 && rest_us > 0)
	{
		days++;
		rest_us -= USECS_PER_DAY;
	}
	if (pg_mul_s64_overflow(days, USECS_PER_DAY, &us) ||
		pg_add_s64_overflow(us, rest_us, &us))
		ereport(ERROR,
				(errcode(ERRCODE_INTERVAL_FIELD_OVERFLOW),
				 errmsg("%s is out of range", what)));
	return us;
}

static void
check_rtt_sign(bool negative, float8 rtt_s)
{
	if (negative)
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("round-trip time must not be negative, but is %g s",
						rtt_s),
				 errhint("Leave such rows out with FILTER; target_counts() counts them as invalid.")));
}

uint64
rtt_us_from_timestamps(Timestamp requested_at, Timestamp responded_at)
{
	int64		us;

	if (TIMESTAMP_NOT_FINITE(requested_at) || TIMESTAMP_NOT_FINITE(responded_at))
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("cannot compute a round-trip time from an infinite timestamp"),
				 errhint("Use NULL as the time of a response that never came.")));
	if (pg_sub_s64_overflow(responded_at, requested_at, &us))
	{
		check_rtt_sign(responded_at < requested_at,
					   seconds_from_us((float8) responded_at - requested_at));
		ereport(ERROR,
				(errcode(ERRCODE_INTERVAL_FIELD_OVERFLOW),
				 errmsg("round-trip time is out of range")));
	}
	check_rtt_sign(us < 0, seconds_from_us(us));
	return us;
}

uint64
rtt_us_from_interval(const Interval *rtt)
{
	int64		us = get_interval_us(rtt, "round-trip time");

	check_rtt_sign(us < 0, seconds_from_us(us));
	return us;
}

uint64
rtt_us_from_seconds(float8 rtt_s)
{
	float8		us = rint(rtt_s * USECS_PER_SEC);

	if (isnan(rtt_s))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("round-trip time must be a number, but is NaN")));
	check_rtt_sign(us < 0, rtt_s);
	if (!(us < (float8) PG_INT64_MAX))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("round-trip time is out of range: %g s", rtt_s)));
	return (uint64) us;
}

uint64
limit_us_from_interval(const Interval *limit, const char *what)
{
	int64		us = get_interval_us(limit, what);

	if (us < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s must not be negative, but is %g s",
						what, seconds_from_us(us))));
	return us;
}
