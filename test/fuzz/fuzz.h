/*-------------------------------------------------------------------------
 *
 * fuzz.h
 *	  Shared by the fuzzing targets: a check that ends the run if it fails,
 *	  memory whose end ASan sees, and functions that take values from the
 *	  input.
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
#error "the core's assertions are part of the tests"
#endif

/* libFuzzer calls this with each input. */
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
 * Memory for exactly n things, until the next input: malloc and free would
 * take most of the time.  ASan sees its end, as a gap follows it.  It is
 * filled with the same junk each time, so that an input fails each time or
 * never.
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

/* The rest of the input.  Zeros follow its end. */
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
 * The two real caps, and small ones, with which few bytes make a sketch of
 * lowered precision.
 */
static inline uint32_t
take_cap(Input *input)
{
	static const uint32_t caps[] = {
		RTT_CAP_SKETCH, RTT_CAP_EXACT, 1, 2, 3, 5, 8, 16
	};

	return caps[take_byte(input) % (sizeof(caps) / sizeof(caps[0]))];
}

/* The stored form of a sketch, which must not be empty, in new memory. */
static inline uint8_t *
encode(const RttSketch *sketch, size_t *nbytes)
{
	size_t		bound = rtt_encoded_bound(sketch->nbuckets);
	uint8_t    *bytes = allocate(bound, 1);

	*nbytes = rtt_encode(sketch, bytes);
	REQUIRE(*nbytes <= bound);
	return bytes;
}

/* Reads a sketch from its stored form, into new memory.  False: a fault. */
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

/* The stored form of a sketch is read back as the same sketch. */
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
