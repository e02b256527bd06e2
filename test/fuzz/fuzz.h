/*-------------------------------------------------------------------------
 *
 * fuzz.h
 *	  What the fuzzing targets share: a condition that ends the run when it is
 *	  not true, memory whose end ASan sees, and reading of the input.
 *
 *-------------------------------------------------------------------------
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sanitizer/asan_interface.h>

#include "core/rtt_codec.h"
#include "unit/oracle.h"

#ifdef NDEBUG
#error "the core's assertions are part of what is tested"
#endif

/* What libFuzzer calls with each input. */
extern int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define REQUIRE(condition) \
	require(condition, #condition, __FILE__, __LINE__)

static inline void
require(bool condition, const char *text, const char *file, int line)
{
	if (condition)
		return;
	fprintf(stderr, "%s:%d: not true: %s\n", file, line, text);
	abort();
}

/*
 * Memory for exactly n things, until the next input: malloc and free would take
 * most of the time.  ASan sees its end and the gap behind it.  It is full of
 * junk, which is the same each time, so that an input fails each time or never.
 */
#define MEMORY_WORDS	(2 << 20)
#define GAP_WORDS		4

static uint64_t memory[MEMORY_WORDS];
static size_t memory_used = MEMORY_WORDS;

static inline void
free_memory(void)
{
	ASAN_POISON_MEMORY_REGION(memory, memory_used * sizeof(uint64_t));
	memory_used = 0;
}

static inline void *
allocate(size_t n, size_t size)
{
	uint64_t   *at = memory + memory_used;
	size_t		nwords = (n * size + 7) / sizeof(uint64_t) + GAP_WORDS;

	REQUIRE(nwords < MEMORY_WORDS - memory_used);
	memory_used += nwords;
	ASAN_UNPOISON_MEMORY_REGION(at, n * size);
	memset(at, 0xA5, n * size);
	return at;
}

/* What of the input has not been taken yet; zeros follow its end. */
typedef struct Input
{
	const uint8_t *at;
	const uint8_t *end;
} Input;

static inline uint8_t
take_byte(Input *input)
{
	return input->at < input->end ? *input->at++ : 0;
}

static inline uint64_t
take_uint64(Input *input)
{
	uint64_t	value = 0;

	for (int shift = 0; shift < 64; shift += 8)
		value |= (uint64_t) take_byte(input) << shift;
	return value;
}

/*
 * The two caps that there are, and small ones: with those, few bytes make a
 * sketch of lowered precision.
 */
static inline uint32_t
take_cap(Input *input)
{
	static const uint32_t caps[] = {
		RTT_CAP_SKETCH, RTT_CAP_EXACT, 1, 2, 3, 5, 8, 16
	};

	return caps[take_byte(input) % (sizeof(caps) / sizeof(caps[0]))];
}

/* The stored form of a sketch, which is not empty, in new memory. */
static inline uint8_t *
encode(const RttSketch *sketch, size_t *nbytes)
{
	size_t		bound = rtt_encoded_bound(sketch->nbuckets);
	uint8_t    *bytes = allocate(bound, 1);

	*nbytes = rtt_encode(sketch, bytes);
	REQUIRE(*nbytes <= bound);
	return bytes;
}

/* The sketch of a stored form, in new memory; false when it is none. */
static inline bool
decode(RttSketch *sketch, const uint8_t *bytes, size_t nbytes, uint32_t cap)
{
	size_t		bound = rtt_decoded_bound(nbytes, cap);
	RttBucket  *buckets = allocate(bound, sizeof(RttBucket));
	const char *fault = rtt_decode(sketch, buckets, bytes, nbytes, cap);

	if (fault != NULL)
		return false;
	REQUIRE(sketch->nbuckets > 0 && sketch->nbuckets <= bound);
	REQUIRE(rtt_sketch_fault(sketch, cap) == NULL);
	return true;
}

/* A sketch has one stored form, and that is read as the sketch. */
static inline void
check_stored_form(const RttSketch *sketch, uint32_t cap)
{
	size_t		nbytes;
	uint8_t    *bytes = encode(sketch, &nbytes);
	RttSketch	read;

	REQUIRE(decode(&read, bytes, nbytes, cap));
	REQUIRE(equal_sketches(sketch, &read));
}

#endif							/* FUZZ_H */
