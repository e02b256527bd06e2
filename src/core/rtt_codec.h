/*-------------------------------------------------------------------------
 *
 * rtt_codec.h
 *	  The stored form of a sketch of round-trip times.
 *
 * A normal sketch has one stored form, and a stored form has one sketch:
 * equal bytes mean equal sketches, and the other way round.  The layout is
 * described in rtt_codec.c; it does not depend on the machine's word order.
 *
 *-------------------------------------------------------------------------
 */
#ifndef RTT_CODEC_H
#define RTT_CODEC_H

#include "core/rtt_sketch.h"

/* How many bytes rtt_encode() may write for so many buckets. */
extern size_t rtt_encoded_bound(uint32_t nbuckets);

/*
 * Writes the stored form of a sketch, which must be normal and not empty,
 * and returns its length.
 */
extern size_t rtt_encode(const RttSketch *sketch, uint8_t *bytes);

/*
 * How many buckets rtt_decode() may find in so many bytes: at most one in each,
 * and at most those of a normal sketch.
 */
extern size_t rtt_decoded_bound(size_t nbytes, uint32_t cap);

/*
 * Reads a stored form that was made under the given cap, into memory for
 * rtt_decoded_bound() buckets.  Any bytes may be given: returns NULL when they
 * are the stored form of a sketch, and what is wrong with them otherwise, in
 * words as of rtt_sketch_fault().
 */
extern const char *rtt_decode(RttSketch *sketch, RttBucket *buckets,
							  const uint8_t *bytes, size_t nbytes,
							  uint32_t cap);

#endif							/* RTT_CODEC_H */
