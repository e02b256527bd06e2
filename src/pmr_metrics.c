/*-------------------------------------------------------------------------
 *
 * pmr_metrics.c
 *	  The magic block: the version of PostgreSQL that the library is built for.
 *
 * Each concept has a file of its own; code that needs no server is in core/.
 * No file calls or includes one that is listed after it:
 *
 *	times, texts, memory: time_input.c, request_day.c; text_form.c,
 *		binary_type.c, short_key.c; aggregation.c, flat_object.c
 *	round-trip times: rtt_state.c, rtt_sketch.c, sketch_queue.c,
 *		rtt_collector.c; then rtt_sketch_aggregate.c, rtt_percentile.c,
 *		rtt_histogram.c and rtt_figures.c
 *	targets and answers: reference.c; then target.c, srv_target.c,
 *		answered_at.c, response_class.c and request_outcome.c
 *	journeys: journey_state.c, journey_collector.c; then journeys.c
 *	the rollup: rollup_state.c, rollup_counts.c, rollup_collector.c,
 *		rollup_rows.c, rollup_cells.c, rollup_days.c, factor_figures.c;
 *		request_copies.c; autocommit.c
 *	comparison and diagnosis: disclosure.c; factor_values.c; then
 *		diagnosis.c and separation.c
 *	access: requesting_role.c, read_as_owner.c; then party_figure.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "fmgr.h"

PG_MODULE_MAGIC;
