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
 * Sorts n values in ascending order.  The scratch memory must hold n values
 * too; the result is in one of the two arrays, the one that is returned, and
 * the contents of the other are lost.
 */
extern uint64_t *rtt_sort(uint64_t *values, uint64_t *scratch, size_t n);

#endif							/* RTT_SORT_H */
