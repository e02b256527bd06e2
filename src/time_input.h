/*-------------------------------------------------------------------------
 *
 * time_input.h
 *	  Converts times of SQL to microseconds.
 *
 * A day always has 24 hours.  A month has no fixed length, so intervals must
 * not have months.  Times that cannot be converted raise an error.
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

/* A limit, such as a target: not negative.  Error messages name it "what". */
extern uint64 limit_us_from_interval(const Interval *limit, const char *what);

/* Converts microseconds to seconds. */
static inline float8
seconds_from_us(float8 us)
{
	return us / USECS_PER_SEC;
}

#endif							/* TIME_INPUT_H */
