/*-------------------------------------------------------------------------
 *
 * journey.h
 *	  Cuts the requests of a subject into journeys of business processes.
 *
 * The caller calls, in this order: journey_begin(); journey_match() for each
 * request; sorts the events; journey_link(); sorts the ids; journey_cut() for
 * each event; then, for each journey, journey_describe().  The functions never
 * allocate.  The time of journey_match() and journey_cut() grows with the number
 * of processes that have the SRV.
 *
 *-------------------------------------------------------------------------
 */
#ifndef JOURNEY_H
#define JOURNEY_H

#include "core/journey_definition.h"

#define JOURNEY_NONE		UINT32_MAX	/* no journey, or no event */
#define JOURNEY_INFINITY	INT64_MAX	/* as_of: all time has passed */

/* A request that is a step of some process. */
typedef struct JourneyEvent
{
	const JourneyRequest *request;
	uint32_t	steps;			/* as journey_find_steps() returns */
	int32_t		position;		/* the least one of these steps */
	uint32_t	journey;		/* or JOURNEY_NONE */
	uint32_t	next;			/* event of the journey, or JOURNEY_NONE */
	uint32_t	step;			/* number in the process of the journey */
} JourneyEvent;

/* The event of a request with an id. */
typedef struct JourneyId
{
	uint64_t	id;
	uint32_t	event;
} JourneyId;

typedef struct Journey
{
	uint32_t	process;
	uint32_t	first;			/* event */
	uint32_t	last;
	bool		completed;
	int64_t		last_us;		/* of its requests */
	uint64_t	succeeded;		/* mask of steps */
} Journey;

typedef struct JourneyCut
{
	const JourneyDefinition *definition;
	int64_t		as_of_us;
	JourneyEvent *events;		/* memory from the caller: one per request */
	uint32_t	nevents;
	bool		has_preceding;
	JourneyId  *ids;			/* one per event if has_preceding */
	uint32_t	nids;
	Journey    *journeys;		/* one per event */
	uint32_t	njourneys;
	uint32_t   *current;		/* one per process */
} JourneyCut;

/* Begins without events and journeys. */
extern void journey_begin(JourneyCut *cut);

/*
 * Makes an event of a request until as_of that is a step, and forgets its
 * response after as_of.  There are no duplicates among the requests.
 */
extern void journey_match(JourneyCut *cut, JourneyRequest *request);

/* Lists the ids of the events, if any request has a preceding one. */
extern void journey_link(JourneyCut *cut);

/* Orders that the caller sorts by, in the form that qsort() needs. */
extern int	journey_compare_events(const void *a, const void *b);
extern int	journey_compare_event_ids(const void *a, const void *b);

/*
 * Finds or makes the journey of an event.  The events come in order, so journeys
 * are in the order of their first events.
 */
extern void journey_cut(JourneyCut *cut, uint32_t index);

typedef enum JourneyOutcome
{
	JOURNEY_COMPLETED,			/* the required steps of a model succeeded */
	JOURNEY_OPEN,				/* another request may still belong to it */
	JOURNEY_FAILED,				/* a step that was tried has not succeeded */
	JOURNEY_ABANDONED			/* all steps that were tried succeeded */
} JourneyOutcome;

/* A step that was tried in a journey. */
typedef struct JourneyTry
{
	uint32_t	step;
	uint32_t	attempts;		/* requests up to the first that succeeded */
	int64_t		succeeded_us;	/* or JOURNEY_NO_RESPONSE */
	uint32_t	last;			/* event */
} JourneyTry;

typedef struct JourneyDescription
{
	JourneyOutcome outcome;
	uint32_t	model;			/* index in the definition */
	int64_t		started_us;
	int64_t		ended_us;		/* not of an open one */
	bool		right_first_time;
	bool		in_order;
	uint32_t	nrequests;
	uint32_t	ntries;
	JourneyTry	tries[JOURNEY_MAX_STEPS];	/* by first request */
	uint32_t	broke_at;		/* step, or JOURNEY_NONE */
	bool		broke_answered;
	ResponseClass broke_class;	/* if answered */
} JourneyDescription;

extern void journey_describe(const JourneyCut *cut, uint32_t index,
							 JourneyDescription *description);

extern const char *journey_outcome_name(JourneyOutcome outcome);

#endif							/* JOURNEY_H */
