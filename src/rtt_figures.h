/*-------------------------------------------------------------------------
 *
 * rtt_figures.h
 *	  All figures of a report that come from a sketch.
 *
 *-------------------------------------------------------------------------
 */
#ifndef RTT_FIGURES_H
#define RTT_FIGURES_H

#include "core/rtt_sketch.h"

typedef enum RttFigure
{
	RTT_P50,
	RTT_P90,
	RTT_P95,
	RTT_P99,
	RTT_P95_ALL,				/* of the unanswered requests, too */
	RTT_MEAN,					/* to three decimals */
	RTT_MAX
} RttFigure;

#define RTT_FIGURES		7

/*
 * Computes the figures in seconds of a sketch that is not empty, beside so many
 * unanswered requests.  RTT_P95_ALL is NAN if the request of its rank is
 * unanswered.
 */
extern void rtt_figures(const RttSketch *sketch, int64 unanswered,
						float8 *figures);

#endif							/* RTT_FIGURES_H */
