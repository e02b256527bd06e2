/*-------------------------------------------------------------------------
 *
 * rtt_collector.h
 *	  A value of rtt_state while rows are added to it: an expanded object.
 *
 * PostgreSQL's expanded objects (utils/expandeddatum.h) are values that are
 * pointed to, and become flat where they have to be stored or sent.  So a
 * collector is small and stays where it is, and the state that it points to
 * grows without being copied by the executor.
 *
 * The newest times are in the collector.  Rows come to one of many groups in
 * turn: collectors lie side by side and stay in the processor's caches, while
 * the ends of the states come from main memory, a page of its own each.  With
 * 1,800 groups of 11,000 rows that took 30 ns a row of the 54 that it took to
 * append to states of 32 kB each.
 *
 * A memory context for each object, as others have it, would make hash
 * aggregation take time by the square of the number of groups.  So the
 * collectors of an aggregation share one: see rtt_collector.c for what must
 * not be done with them.
 *
 *-------------------------------------------------------------------------
 */
#ifndef RTT_COLLECTOR_H
#define RTT_COLLECTOR_H

#include "pg_versions.h"
#include "rtt_state.h"
#include "sketch_queue.h"
#include "utils/expandeddatum.h"

/* So many words that a collector of up to 8 fractions takes 256 bytes. */
#define RTT_COLLECTOR_WORDS 30

typedef struct RttCollector
{
	ExpandedObjectHeader header;
	RttState   *state;			/* the times before the newest, or NULL */
	SketchQueue *sketches;		/* times that are not in the state either */
	uint8		kind;			/* RttStateKind */
	uint16		nfractions;
	uint16		nvalues;		/* of the newest times */
	uint16		nwords;			/* of the newest times */
	uint32		words[RTT_COLLECTOR_WORDS];
	float8		fractions[FLEXIBLE_ARRAY_MEMBER];
} RttCollector;

/*
 * The collector that is the first argument of a transition or combine function,
 * or NULL.  It is that of the executor, to be changed in place and returned.
 */
extern RttCollector *rtt_collector_arg_slow(FunctionCallInfo fcinfo,
											RttStateKind kind);
extern const ExpandedObjectMethods rtt_collector_methods;

static inline RttCollector *
rtt_collector_arg(FunctionCallInfo fcinfo, RttStateKind kind)
{
	if (likely(!PG_ARGISNULL(0) &&
			   VARATT_IS_EXTERNAL_EXPANDED_RW(PG_GETARG_POINTER(0))))
	{
		RttCollector *collector;

		/* nobody but transition functions is given such values */
		collector = (RttCollector *) DatumGetEOHP(PG_GETARG_DATUM(0));
		if (likely(collector->header.eoh_methods == &rtt_collector_methods &&
				   collector->kind == kind))
			return collector;
	}
	return rtt_collector_arg_slow(fcinfo, kind);
}

/* A new collector without times, for this call of an aggregate. */
extern RttCollector *rtt_collector_make(FunctionCallInfo fcinfo,
										RttStateKind kind,
										const float8 *fractions,
										int nfractions);

/* Moves the newest times to the state. */
extern void rtt_collector_flush(RttCollector *collector);

/* Adds a time. */
static inline void
rtt_collector_add(RttCollector *collector, uint64 rtt_us)
{
	if (unlikely(collector->nwords > RTT_COLLECTOR_WORDS - RTT_WORDS_MAX))
		rtt_collector_flush(collector);
	collector->nwords += rtt_words_write(&collector->words[collector->nwords],
										 rtt_us);
	collector->nvalues++;
}

/* Adds the times of an rtt_sketch, which may be read only later. */
extern void rtt_collector_add_sketch(RttCollector *collector, Datum datum);

/* An error unless these are the collector's fractions. */
extern void rtt_collector_check_fractions(const RttCollector *collector,
										  const float8 *fractions,
										  int nfractions);

/*
 * All times of the collector that is the argument of a final function, or NULL
 * where there are none; not to be changed.
 */
extern const RttState *rtt_collected_arg(FunctionCallInfo fcinfo,
										 RttStateKind kind);

#endif							/* RTT_COLLECTOR_H */
