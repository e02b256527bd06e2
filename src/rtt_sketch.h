/*-------------------------------------------------------------------------
 *
 * rtt_sketch.h
 *	  The type rtt_sketch: a varlena that holds a stored form (rtt_codec.h),
 *	  made under RTT_CAP_SKETCH.
 *
 *-------------------------------------------------------------------------
 */
#ifndef PMR_RTT_SKETCH_H
#define PMR_RTT_SKETCH_H

#include "core/rtt_codec.h"
#include "fmgr.h"

/* Stores a normal sketch, not empty, as a new rtt_sketch. */
extern Datum rtt_sketch_to_datum(const RttSketch *sketch);

/*
 * Reads the bytes of a stored rtt_sketch, which take up to one bucket each.
 * Bytes that no rtt_sketch can have are data corruption.
 */
extern void rtt_sketch_read(const char *bytes, int nbytes, RttBucket *buckets,
							RttSketch *sketch);

/* The same for an rtt_sketch, with its buckets in new memory. */
extern void rtt_sketch_open(Datum datum, RttSketch *sketch);

#endif							/* PMR_RTT_SKETCH_H */
