/*-------------------------------------------------------------------------
 *
 * time_input.h
 *	  SQL's times as microseconds, or a clear error.
 *
 * A day is 24 hours everywhere.  A month has no length.
 *
 *-------------------------------------------------------------------------
 */
#ifndef TIME_INPUT_H
#define TIME_INPUT_H

#include "datatype/timestamp.h"
#include "fmgr.h"

/* A round-trip time, from 0 to RTT_MAX_US. */
extern uint64 rtt_us_from_timestamps(Timestamp requested_at,
									 Timestamp responded_at);
extern uint64 rtt_us_from_interval(const Interval *rtt);
extern uint64 rtt_us_from_seconds(float8 rtt_s);

/* A length of time that is compared with, a target say: not negative. */
extern uint64 limit_us_from_interval(const Interval *limit, const char *what);

/* A time for people and for SQL. */
static inline float8
seconds_from_us(float8 us)
{
	return us / USECS_PER_SEC;
}

#endif							/* TIME_INPUT_H */
