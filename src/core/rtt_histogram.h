/*-------------------------------------------------------------------------
 *
 * rtt_histogram.h
 *	  A sketch of round-trip times as a histogram for people to look at.
 *
 *-------------------------------------------------------------------------
 */
#ifndef RTT_HISTOGRAM_H
#define RTT_HISTOGRAM_H

#include "core/rtt_sketch.h"

#define RTT_HISTOGRAM_MAX	1000

/* Times from lower_us up to, and not including, upper_us. */
typedef struct RttBar
{
	uint64_t	lower_us;
	uint64_t	upper_us;
	uint64_t	count;
} RttBar;

/*
 * Fills up to n bars, evenly spaced on a logarithmic scale from the minimum to
 * the maximum, and returns how many: fewer where so many would be less than a
 * microsecond wide.  Bars touch; the first begins at the minimum, and the last
 * one ends at the maximum and includes it.  On the scale 0 counts as 1 us.
 *
 * The counts are those of the times themselves while the sketch is exact, and
 * of the times that stand for its buckets otherwise.  Their sum is the count.
 *
 * n must be from 1 to RTT_HISTOGRAM_MAX, and the sketch not empty.
 */
extern int	rtt_histogram(const RttSketch *sketch, RttBar *bars, int n);

#endif							/* RTT_HISTOGRAM_H */
