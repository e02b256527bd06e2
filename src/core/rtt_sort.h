/*-------------------------------------------------------------------------
 *
 * rtt_sort.h
 *	  Sorts round-trip times.
 *
 *-------------------------------------------------------------------------
 */
#ifndef RTT_SORT_H
#define RTT_SORT_H

#include <stddef.h>
#include <stdint.h>

/*
 * Sorts n values in ascending order.  Scratch memory must hold n values, too.
 * Returns the array that has the result, which is either of the two.  The
 * contents of the other one are lost.
 */
extern uint64_t *rtt_sort(uint64_t *values, uint64_t *scratch, size_t n);

#endif							/* RTT_SORT_H */
