/*-------------------------------------------------------------------------
 *
 * rtt_state.h
 *	  The state of an aggregate over round-trip times.
 *
 * A state is one flat piece of memory without pointers, so it may be copied,
 * sent to another process and stored.  It collects times in any order.  When
 * it is full, the caller enlarges it, or counts its times into buckets.
 * States of the same times give the same sketch, whatever part of them has
 * been counted.
 *
 * A state also has the fractions of the percentiles that the aggregate
 * returns.
 *
 *	RttState	the header below
 *	double		fractions[nfractions]
 *	RttTotals	totals of the buckets, present when nbuckets > 0
 *	RttBucket	buckets[nbuckets], normal for the kind's cap
 *	uint32_t	words[nwords], the times that are in no bucket (rtt_words.h),
 *				and room for more
 *
 * The memory must be aligned for uint64_t.
 *
 *-------------------------------------------------------------------------
 */
#ifndef RTT_STATE_H
#define RTT_STATE_H

#include <string.h>

#include "core/rtt_sketch.h"
#include "core/rtt_words.h"

/* The use of a state, which determines its cap. */
typedef enum RttStateKind
{
	RTT_STATE_SKETCH,			/* an rtt_sketch, which may be stored */
	RTT_STATE_PERCENTILE,		/* one percentile; no stored sketch */
	RTT_STATE_PERCENTILES		/* any number of percentiles */
} RttStateKind;

#define RTT_STATE_KINDS			3

/* The most fractions that a state can have. */
#define RTT_STATE_MAX_FRACTIONS 1024

typedef struct RttState
{
	uint32_t	host_word;		/* for the host: PostgreSQL's length word */
	uint8_t		kind;			/* RttStateKind */
	uint8_t		precision;		/* of the buckets */
	uint16_t	nfractions;
	uint32_t	nbuckets;
	uint32_t	nwords;
	uint64_t	nvalues;		/* times in the words */
} RttState;

typedef struct RttTotals
{
	uint64_t	count;
	RttSum		sum_us;
	uint64_t	min_us;
	uint64_t	max_us;
} RttTotals;

/* The parts of a state. */
static inline double *
rtt_state_fractions(const RttState *state)
{
	return (double *) (state + 1);
}

static inline RttTotals *
rtt_state_totals(const RttState *state)
{
	return (RttTotals *) (rtt_state_fractions(state) + state->nfractions);
}

static inline RttBucket *
rtt_state_buckets(const RttState *state)
{
	return (RttBucket *) (rtt_state_totals(state) + 1);
}

static inline uint32_t *
rtt_state_words(const RttState *state)
{
	if (state->nbuckets == 0)
		return (uint32_t *) rtt_state_totals(state);
	return (uint32_t *) (rtt_state_buckets(state) + state->nbuckets);
}

/* The bytes that a state with these parts takes. */
extern size_t rtt_state_size(uint32_t nfractions, uint32_t nbuckets,
							 uint32_t nwords);

/*
 * The bytes to allocate for a state with these parts and room to grow: mostly
 * a power of two, which allocators provide anyway.  The room is at most 100
 * bytes more than the words take, and not for more than rtt_state_max_words()
 * words.
 */
extern size_t rtt_state_alloc_size(RttStateKind kind, uint32_t nfractions,
								   uint32_t nbuckets, uint32_t nwords);

/* Makes an empty state.  If fractions is NULL, the caller must set them. */
extern void rtt_state_init(RttState *state, RttStateKind kind,
						   const double *fractions, uint32_t nfractions);

/* The cap on the number of buckets, for a kind of state. */
extern uint32_t rtt_state_cap(RttStateKind kind);

/*
 * The most words that a state collects before they are counted into buckets:
 * if it has buckets already, as many as make merging cheap.  A full state with
 * at least rtt_state_count_threshold() words is counted, not enlarged.  If it
 * is counted in place, it must have room for as many words afterwards.
 */
extern uint32_t rtt_state_max_words(RttStateKind kind, uint32_t nbuckets);

static inline uint32_t
rtt_state_count_threshold(uint32_t max_words)
{
	return max_words - max_words / 4;
}

/* After counting, a state has room for at least so many words. */
#define RTT_STATE_BATCH 2048

/*
 * How to make room in a full state: count its times into buckets; count them,
 * but keep the result only if it is not much larger, as times may repeat; or
 * enlarge the state.
 */
typedef enum RttStateGrowth
{
	RTT_STATE_COUNT,
	RTT_STATE_TRY_COUNTING,
	RTT_STATE_ENLARGE
} RttStateGrowth;

extern RttStateGrowth rtt_state_choose_growth(const RttState *state,
											  size_t size);

/*
 * Checks memory of that size, which may have any contents.  Returns NULL if it
 * is a state, otherwise its fault, as rtt_sketch_fault() does.
 */
extern const char *rtt_state_fault(const RttState *state, size_t size);

/*
 * Appends nvalues times, in nwords words, to a state of that size.  Returns
 * false, with nothing changed, if there is no room for them.
 */
static inline bool
rtt_state_append_words(RttState *state, size_t size, const uint32_t *words,
					   uint32_t nwords, uint64_t nvalues)
{
	uint32_t   *end = rtt_state_words(state) + state->nwords;

	if ((char *) (end + nwords) > (char *) state + size)
		return false;
	memcpy(end, words, nwords * sizeof(uint32_t));
	state->nwords += nwords;
	state->nvalues += nvalues;
	return true;
}

/* Appends one time. */
static inline bool
rtt_state_append(RttState *state, size_t size, uint64_t rtt_us)
{
	uint32_t	words[RTT_WORDS_MAX];
	uint32_t	nwords = rtt_words_write(words, rtt_us);

	return rtt_state_append_words(state, size, words, nwords, 1);
}

/*
 * Makes the normal sketch of a state's times, and does not change the state.
 * Scratch memory must have rtt_state_scratch_size() bytes, aligned for
 * uint64_t; the sketch's buckets are in it.  Returns false if there are more
 * than INT64_MAX times.
 */
extern size_t rtt_state_scratch_size(const RttState *state);
extern bool rtt_state_make_sketch(const RttState *state, void *scratch,
								  RttSketch *sketch);

/* Does the state have no times? */
static inline bool
rtt_state_is_empty(const RttState *state)
{
	return state->nvalues == 0 && state->nbuckets == 0;
}

/*
 * The percentiles of a state in microseconds, one for each of its fractions,
 * as its sketch gives them.  No sketch is made if nothing has been counted
 * into buckets and there are at most cap times.  The state must not be empty.
 * Scratch memory and result as for rtt_state_make_sketch().
 */
extern bool rtt_state_percentiles(const RttState *state, void *scratch,
								  uint64_t *percentiles_us);

/*
 * Replaces all times of a state by those of a normal sketch that is not empty.
 * The state must have room for the buckets, which must not be its own.
 */
extern void rtt_state_put(RttState *state, const RttSketch *sketch);

#endif							/* RTT_STATE_H */
