/*-------------------------------------------------------------------------
 *
 * rtt_select.h
 *	  Finds the times of given ranks without sorting all of them.
 *
 *-------------------------------------------------------------------------
 */
#ifndef RTT_SELECT_H
#define RTT_SELECT_H

#include <stddef.h>
#include <stdint.h>

/*
 * Replaces each rank, from 1 (the least value) to n, by the value of that
 * rank.  The ranks may be in any order, and may repeat.  n must be less than
 * 2^32, and no value may exceed RTT_MAX_US.  Scratch memory must hold 2 n
 * values.
 */
extern void rtt_select(const uint64_t *values_us, size_t n, uint64_t *scratch,
					   uint64_t *ranks, size_t nranks);

#endif							/* RTT_SELECT_H */
