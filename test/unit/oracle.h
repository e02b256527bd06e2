/*-------------------------------------------------------------------------
 *
 * oracle.h
 *	  What unit tests and fuzzing compare the core with: short and slow code,
 *	  straight from the definitions.
 *
 *-------------------------------------------------------------------------
 */
#ifndef ORACLE_H
#define ORACLE_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "core/rtt_sketch.h"

/* For qsort. */
static inline int
compare_values(const void *a, const void *b)
{
	uint64_t	x = *(const uint64_t *) a;
	uint64_t	y = *(const uint64_t *) b;

	return (x > y) - (x < y);
}

static inline bool
equal_sketches(const RttSketch *a, const RttSketch *b)
{
	return a->nbuckets == b->nbuckets && a->precision == b->precision &&
		a->count == b->count && a->sum_us.high == b->sum_us.high &&
		a->sum_us.low == b->sum_us.low && a->min_us == b->min_us &&
		a->max_us == b->max_us &&
		memcmp(a->buckets, b->buckets, a->nbuckets * sizeof(RttBucket)) == 0;
}

/*
 * The number of buckets that ascending lower bounds or times touch at a
 * precision; and the precision, up to the highest, that a cap prescribes.
 */
static inline uint32_t
count_touched(const uint64_t *ascending_us, size_t n, int precision)
{
	uint32_t	touched = 0;

	for (size_t i = 0; i < n; i++)
		touched += i == 0 || rtt_floor(ascending_us[i], precision) !=
			rtt_floor(ascending_us[i - 1], precision);
	return touched;
}

static inline int
prescribed_precision(const uint64_t *ascending_us, size_t n, int highest,
					 uint32_t cap)
{
	int			precision = highest;

	while (precision > RTT_PRECISION_MIN &&
		   count_touched(ascending_us, n, precision) > cap)
		precision--;
	return precision;
}

#endif							/* ORACLE_H */
