/*-------------------------------------------------------------------------
 *
 * pmr_metrics.c
 *	  Marks the library as one for this server's version.
 *
 * Concepts have files of their own: rtt_sketch.c, rtt_percentile.c and
 * rtt_histogram.c for round-trip times, on top of rtt_state.c; target.c and
 * srv_target.c for what met its target, answered_at.c for what is an answer,
 * on top of reference.c, the tables behind them.  What needs no server is in
 * core/.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "fmgr.h"

PG_MODULE_MAGIC;
