/*-------------------------------------------------------------------------
 *
 * pmr_metrics.c
 *	  Marks the library as one for this server's version.
 *
 * Concepts have files of their own: rtt_sketch.c, rtt_state.c and
 * rtt_aggregate.c for round-trip times, target.c and srv_target.c for what
 * met its target, answered_at.c for what is an answer, reference.c for the
 * tables behind the last two.  What needs no server is in core/.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "fmgr.h"

PG_MODULE_MAGIC;
