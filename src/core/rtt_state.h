/*-------------------------------------------------------------------------
 *
 * rtt_state.h
 *	  What an aggregate over round-trip times works in.
 *
 * A state is one flat piece of memory that holds no pointers, so it may be
 * copied, sent to another process and stored.  Times are collected in it as
 * they come; when it is full the caller makes a bigger one, and when there are
 * many they are counted into buckets.  How far that has gone is nobody's
 * business: states of the same times give the same sketch.
 *
 * It also carries what the aggregate was asked for, the fractions of its
 * percentiles.
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

/* What the state is for, and by that its cap. */
typedef enum RttStateKind
{
	RTT_STATE_SKETCH,			/* a stored sketch */
	RTT_STATE_PERCENTILE,		/* one percentile, stored nowhere */
	RTT_STATE_PERCENTILES		/* any number of them */
} RttStateKind;

#define RTT_STATE_KINDS			3

/* The most fractions that a state carries. */
#define RTT_STATE_MAX_FRACTIONS 1024

typedef struct RttState
{
	uint32_t	host_word;		/* the host's own: PostgreSQL's length word */
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

/* Where the parts are. */
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

/* The bytes that a state needs for so much. */
extern size_t rtt_state_size(uint32_t nfractions, uint32_t nbuckets,
							 uint32_t nwords);

/*
 * The size to make a state that must hold at least so much: with some room to
 * grow, but where there are no buckets no more than twice what its words need
 * and 64 bytes; mostly a power of two, which is what allocators give anyway.
 * Never with room for more words than are collected.
 */
extern size_t rtt_state_alloc_size(RttStateKind kind, uint32_t nfractions,
								   uint32_t nbuckets, uint32_t nwords);

/* Makes an empty state; without fractions, they are for the caller to set. */
extern void rtt_state_init(RttState *state, RttStateKind kind,
						   const double *fractions, uint32_t nfractions);

/* The cap of a kind on the number of buckets. */
extern uint32_t rtt_state_cap(RttStateKind kind);

/*
 * How many words a state collects before they are counted into buckets: with
 * some buckets already, about as many as it takes to merge them cheaply.  One
 * that is counted where it is may keep less room for them, but enough.
 */
extern uint32_t rtt_state_max_words(RttStateKind kind, uint32_t nbuckets);

static inline uint32_t
rtt_state_count_threshold(uint32_t max_words)
{
	return max_words - max_words / 4;
}

/* A state that has been counted has room for at least so many words more. */
#define RTT_STATE_BATCH 2048

/*
 * What to do with a state without room: count its times into buckets, try
 * whether that makes it smaller, as they may repeat, or just enlarge it.
 */
typedef enum RttStateGrowth
{
	RTT_STATE_COUNT,
	RTT_STATE_TRY_COUNTING,
	RTT_STATE_ENLARGE
} RttStateGrowth;

extern RttStateGrowth rtt_state_choose_growth(const RttState *state, size_t size);

/*
 * NULL when memory of that size is a state, and what is wrong with it
 * otherwise, in words as of rtt_sketch_fault().
 */
extern const char *rtt_state_fault(const RttState *state, size_t size);

/*
 * Appends times, of which there are nvalues in nwords words, to a state of that
 * size; false when there is no room for them and nothing has changed.
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

/* The same for one time. */
static inline bool
rtt_state_append(RttState *state, size_t size, uint64_t rtt_us)
{
	uint32_t	words[RTT_WORDS_MAX];
	uint32_t	nwords = rtt_words_write(words, rtt_us);

	return rtt_state_append_words(state, size, words, nwords, 1);
}

/*
 * The normal sketch of a state's times, made in scratch memory of the size
 * that the first function tells, without changing the state.  False when there
 * are more than INT64_MAX of them.
 */
extern size_t rtt_state_scratch_size(const RttState *state);
extern bool rtt_state_make_sketch(const RttState *state, void *scratch,
								  RttSketch *sketch);

/* Has there been no time yet? */
static inline bool
rtt_state_is_empty(const RttState *state)
{
	return state->nvalues == 0 && state->nbuckets == 0;
}

/*
 * The percentiles of a state that is not empty, one for each of its fractions:
 * those of its sketch, found without making one where nothing has been
 * counted into buckets yet.  Scratch memory and result as above.
 */
extern bool rtt_state_percentiles(const RttState *state, void *scratch,
								  uint64_t *percentiles_us);

/*
 * Makes a state be of a normal sketch, not empty, and nothing else; it must
 * have room for the buckets, which must not be its own.
 */
extern void rtt_state_put(RttState *state, const RttSketch *sketch);

#endif							/* RTT_STATE_H */
