/*-------------------------------------------------------------------------
 *
 * rtt_sketch.h
 *	  The type rtt_sketch: a varlena that holds a stored form (rtt_codec.h),
 *	  made under RTT_CAP_SKETCH.
 *
 *-------------------------------------------------------------------------
 */
#ifndef RTT_SKETCH_H
#define RTT_SKETCH_H

#include "core/rtt_codec.h"
#include "fmgr.h"

/* Stores a normal summary, not empty, as a new rtt_sketch. */
extern Datum rtt_sketch_from_summary(const RttSummary *summary);

/*
 * Reads the bytes of a stored rtt_sketch, which take up to one bucket each.
 * Bytes that no rtt_sketch can have are data corruption.
 */
extern void rtt_sketch_read(const char *bytes, int nbytes, RttBucket *buckets,
							RttSummary *summary);

/* The same for an rtt_sketch, with its buckets in new memory. */
extern void rtt_sketch_open(Datum sketch, RttSummary *summary);

#endif							/* RTT_SKETCH_H */
