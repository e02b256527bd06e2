/*-------------------------------------------------------------------------
 *
 * rtt_sketch.h
 *	  The type rtt_sketch: a varlena with the stored form (core/rtt_codec.h) of
 *	  a sketch that is normal for RTT_CAP_SKETCH.
 *
 *-------------------------------------------------------------------------
 */
#ifndef PMR_RTT_SKETCH_H
#define PMR_RTT_SKETCH_H

#include "core/rtt_codec.h"
#include "fmgr.h"

/* Makes an rtt_sketch of a sketch, which must be normal and not empty. */
extern Datum rtt_sketch_to_datum(const RttSketch *sketch);

/*
 * Reads the bytes of a stored rtt_sketch.  The sketch's buckets are in memory
 * of the caller, with room for one bucket for each byte.  Raises a data
 * corruption error if the bytes are not those of an rtt_sketch.
 */
extern void rtt_sketch_read(const char *bytes, int nbytes, RttBucket *buckets,
							RttSketch *sketch);

/* Reads a stored rtt_sketch, with the buckets in new memory. */
extern void rtt_sketch_open(Datum datum, RttSketch *sketch);

#endif							/* PMR_RTT_SKETCH_H */
