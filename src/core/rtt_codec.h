/*-------------------------------------------------------------------------
 *
 * rtt_codec.h
 *	  The stored form of a sketch of round-trip times.
 *
 * Each normal sketch has exactly one stored form: sketches are equal if and
 * only if their bytes are.  The layout is described in rtt_codec.c.  It does
 * not depend on the machine's byte order.
 *
 *-------------------------------------------------------------------------
 */
#ifndef RTT_CODEC_H
#define RTT_CODEC_H

#include "core/rtt_sketch.h"

/* The most bytes that rtt_encode() writes for so many buckets. */
extern size_t rtt_encoded_bound(uint32_t nbuckets);

/*
 * Writes the stored form of a sketch, which must be normal and not empty,
 * and returns its length.
 */
extern size_t rtt_encode(const RttSketch *sketch, uint8_t *bytes);

/*
 * The most buckets that rtt_decode() reads from so many bytes: one for each,
 * but no more than a normal sketch can have.
 */
extern size_t rtt_decoded_bound(size_t nbytes, uint32_t cap);

/*
 * Reads the stored form of a sketch that is normal for the cap.  The caller
 * provides memory for rtt_decoded_bound() buckets, which the sketch uses.  Any
 * bytes may be given.  Returns NULL if they are such a form, otherwise their
 * fault, as rtt_sketch_fault() does.
 */
extern const char *rtt_decode(RttSketch *sketch, RttBucket *buckets,
							  const uint8_t *bytes, size_t nbytes,
							  uint32_t cap);

#endif							/* RTT_CODEC_H */
