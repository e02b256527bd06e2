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
 * Replaces each rank, from 1 to n in ascending order of the values, by the
 * value of that rank.  Ranks may come in any order, and more than once.  n
 * must be less than 2^32, and the scratch memory must hold 2 n values, which
 * must be at most RTT_MAX_US.
 */
extern void rtt_select(const uint64_t *values_us, size_t n, uint64_t *scratch,
					   uint64_t *ranks, size_t nranks);

#endif							/* RTT_SELECT_H */
