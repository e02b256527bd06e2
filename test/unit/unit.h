/*-------------------------------------------------------------------------
 *
 * unit.h
 *	  Shared by the unit tests of the core: checks that are counted, seeded
 *	  random numbers, and round-trip times of several shapes.
 *
 *-------------------------------------------------------------------------
 */
#ifndef UNIT_H
#define UNIT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "oracle.h"

static long passed;
static long failed;

#define CHECK(condition) \
	check(condition, #condition, __FILE__, __LINE__)

static inline void
check(bool condition, const char *text, const char *file, int line)
{
	if (condition)
		passed++;
	else if (failed++ < 20)
		printf("%s:%d: not true: %s\n", file, line, text);
#ifdef STOP_AT_FAILURE
	if (failed > 0)
		exit(1);
#endif
}

static inline int
report(void)
{
	printf("%ld passed, %ld failed\n", passed, failed);
	return failed > 0;
}

/* splitmix64 (Steele, Lea, Flood 2014) */
static uint64_t random_state = 20211105;

static inline uint64_t
random_bits(void)
{
	uint64_t	z = (random_state += UINT64_C(0x9E3779B97F4A7C15));

	z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
	return z ^ (z >> 31);
}

/* From 0 to n - 1. */
static inline uint64_t
random_below(uint64_t n)
{
	return random_bits() % n;
}

/* Shapes of round-trip times, each in whole microseconds. */
enum
{
	SHAPE_EQUAL,
	SHAPE_SMALL,				/* below a millisecond */
	SHAPE_MILLISECONDS,			/* to a minute, whole milliseconds */
	SHAPE_MICROSECONDS,			/* to a minute */
	SHAPE_GAP,					/* below 10 seconds, or about 5 hours */
	SHAPE_WIDE,					/* every power of two equally often */
	SHAPE_ENDS,					/* 0, the longest, and their neighbours */
	NSHAPES
};

static inline uint64_t
random_rtt(int shape)
{
	uint64_t	bits = random_bits();

	switch (shape)
	{
		case SHAPE_EQUAL:
			return 4321000;
		case SHAPE_SMALL:
			return random_below(1000);
		case SHAPE_MILLISECONDS:
			return random_below(60000) * 1000;
		case SHAPE_MICROSECONDS:
			return random_below(60000000);
		case SHAPE_GAP:
			return bits % 2 == 0 ?
				random_below(10000000) :
				UINT64_C(18000000000) + random_below(1000000);
		case SHAPE_WIDE:
			return bits >> (1 + random_below(63));
		default:
			return bits % 2 == 0 ?
				random_below(3) : (uint64_t) INT64_MAX - random_below(3);
	}
}

static inline void
shuffle(uint64_t *values, size_t n)
{
	for (size_t i = n; i > 1; i--)
	{
		size_t		j = random_below(i);
		uint64_t	value = values[i - 1];

		values[i - 1] = values[j];
		values[j] = value;
	}
}

/* Memory for n things, or for one if n is 0.  ASan detects overruns. */
static inline void *
allocate(size_t n, size_t size)
{
	void	   *memory = calloc(n > 0 ? n : 1, size);

	if (memory == NULL)
		abort();
	return memory;
}

#endif							/* UNIT_H */
