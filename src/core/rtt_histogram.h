/*-------------------------------------------------------------------------
 *
 * rtt_histogram.h
 *	  A sketch of round-trip times as a histogram for display.
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
 * the maximum, and returns their number, which is less than n if bars would be
 * less than a microsecond wide.  Each bar begins where the one before it ends.
 * The first begins at the minimum; the last ends at the maximum and includes
 * it.  On the scale 0 counts as 1 us.
 *
 * If the sketch is exact, so are the counts.  Otherwise the times of a bucket
 * all count in the bar of its rtt_sketch_representative().  The counts add up
 * to the sketch's.
 *
 * n must be from 1 to RTT_HISTOGRAM_MAX.  The sketch must not be empty.
 */
extern int	rtt_histogram(const RttSketch *sketch, RttBar *bars, int n);

#endif							/* RTT_HISTOGRAM_H */
