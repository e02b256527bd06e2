/*-------------------------------------------------------------------------
 *
 * journey.c
 *	  Cuts the requests of a subject into journeys of business processes.
 *
 * A journey is a case of process mining, its requests are the trace of the
 * case, and a step is an activity.  Event logs of process mining have a case id.
 * Audit tables have none, so the requests must be correlated: by their links,
 * by time, and by what they do.
 *
 * The cut
 * -------
 * Requests are taken in the order of their times; of those at the same time, the
 * one first whose step has the least position in the models, as audit tables
 * may have whole seconds; or else in the order of a state, without responses
 * after as_of.  For each process, the journey that began last is its current one.
 * A request that is a step of a process goes
 *
 * 1. to the journey of its preceding request, if this journey's process has the
 *	  step;
 * 2. else to a current journey that takes it.  Of several, to the one that began
 *	  last: it is the reason that the step is requested now;
 * 3. else to a new journey, of the first process that the step begins;
 * 4. else to no journey.
 *
 * A current journey takes a step if it had a request within the gap (gap == limit
 * included), and
 *
 * - the step has not succeeded in it yet; or
 * - it has, but the journey is not completed, and the step does not restart the
 *	 process.
 *
 * So an attempt after a failure, or after silence, stays in the journey, and the
 * requests of everyday use that follow a completed journey, such as another
 * change of tariff, are kept out of it.  A journey is completed once all required
 * steps of one of its models have succeeded.
 *
 * Whether a step has succeeded is decided in the order of requests: the first
 * request of a step that succeeded is the last attempt, even if another one was
 * sent before its response came.  Windows of SQL can compute this, too, and a
 * delay of a response never moves a request to another journey.
 *
 * This is one pass over the requests, with a constant number of operations for
 * each process that has the step: O(n log n) with the sorts, and O(n) memory.
 *
 * What was rejected: a pattern for each process (MATCH_RECOGNIZE, sequenceMatch)
 * takes exponential time for optional and repeated steps in any order, and each
 * process would take a shared step for itself.  A window from the first event
 * (windowFunnel) cuts off a retry after the window.  Alignments of process mining
 * need the case to be known.
 *
 *-------------------------------------------------------------------------
 */
#include <assert.h>
#include <string.h>

#include "core/journey.h"

static bool
is_answered(const JourneyRequest *request)
{
	return request->responded_us != JOURNEY_NO_RESPONSE;
}

static bool
has_succeeded(const JourneyRequest *request)
{
	return is_answered(request) && request->class == RESPONSE_SUCCESS;
}

/* Does not overflow: the later time is not before the other. */
static bool
is_within(int64_t earlier_us, int64_t later_us, uint64_t gap_us)
{
	return (uint64_t) later_us - (uint64_t) earlier_us <= gap_us;
}

/* Events */

/* Forgets a response after as_of: it decides nothing, nor the order. */
static void
forget_response(JourneyRequest *request, int64_t as_of_us)
{
	if (is_answered(request) && request->responded_us > as_of_us)
	{
		request->responded_us = JOURNEY_NO_RESPONSE;
		request->class = 0;
	}
}

/* Makes an event of a request if any step applies. */
static void
match_request(JourneyCut *cut, const JourneyRequest *request)
{
	JourneyEvent *event = &cut->events[cut->nevents];
	JourneyText parts[JOURNEY_PARTS];
	const JourneyStep *step;
	uint32_t	at;

	journey_read_activity(request, parts);
	event->steps = journey_find_steps(cut->definition, &parts[JOURNEY_SRV]);
	at = event->steps;
	step = journey_next_step(cut->definition, parts, &at);
	if (step == NULL)
		return;
	event->request = request;
	event->position = step->position;
	event->journey = JOURNEY_NONE;
	event->next = JOURNEY_NONE;
	while ((step = journey_next_step(cut->definition, parts, &at)) != NULL)
	{
		if (step->position < event->position)
			event->position = step->position;
	}
	if (request->preceding != JOURNEY_NO_ID)
		cut->has_preceding = true;
	cut->nevents++;
}

void
journey_begin(JourneyCut *cut)
{
	cut->nevents = 0;
	cut->has_preceding = false;
	cut->njourneys = 0;
	for (uint32_t i = 0; i < cut->definition->nprocesses; i++)
		cut->current[i] = JOURNEY_NONE;
}

void
journey_match(JourneyCut *cut, JourneyRequest *request)
{
	if (request->requested_us > cut->as_of_us)
		return;
	forget_response(request, cut->as_of_us);
	match_request(cut, request);
}

/* By time, position, and then by what is known of the requests. */
int
journey_compare_events(const void *a, const void *b)
{
	const JourneyEvent *x = a;
	const JourneyEvent *y = b;

	if (x->request->requested_us != y->request->requested_us)
		return x->request->requested_us > y->request->requested_us ? 1 : -1;
	if (x->position != y->position)
		return x->position > y->position ? 1 : -1;
	return journey_compare(x->request, y->request);
}

int
journey_compare_event_ids(const void *a, const void *b)
{
	uint64_t	x = ((const JourneyId *) a)->id;
	uint64_t	y = ((const JourneyId *) b)->id;

	return (x > y) - (x < y);
}

void
journey_link(JourneyCut *cut)
{
	cut->nids = 0;
	for (uint32_t i = 0; cut->has_preceding && i < cut->nevents; i++)
	{
		if (cut->events[i].request->id == JOURNEY_NO_ID)
			continue;
		cut->ids[cut->nids].id = cut->events[i].request->id;
		cut->ids[cut->nids++].event = i;
	}
}

/* Cut */

/* The journey of the preceding request, or JOURNEY_NONE. */
static uint32_t
find_preceding(const JourneyCut *cut, const JourneyEvent *event)
{
	uint64_t	id = event->request->preceding;
	uint32_t	low = 0;
	uint32_t	high = id != JOURNEY_NO_ID ? cut->nids : 0;

	while (low < high)
	{
		uint32_t	middle = low + (high - low) / 2;

		if (cut->ids[middle].id == id)
			return cut->events[cut->ids[middle].event].journey;
		if (cut->ids[middle].id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return JOURNEY_NONE;
}

static bool
takes(const JourneyCut *cut, const Journey *journey, const JourneyStep *step,
	  int64_t requested_us)
{
	const JourneyProcess *process =
	&cut->definition->processes[journey->process];
	uint64_t	bit = JOURNEY_BIT(step->step);

	if (!is_within(journey->last_us, requested_us, process->gap_us))
		return false;
	return (journey->succeeded & bit) == 0 ||
		(!journey->completed && (process->restarts & bit) == 0);
}

/* A new journey, which becomes the current one of its process. */
static uint32_t
begin_journey(JourneyCut *cut, uint32_t process)
{
	Journey    *journey = &cut->journeys[cut->njourneys];

	memset(journey, 0, sizeof(*journey));
	journey->process = process;
	journey->first = JOURNEY_NONE;
	cut->current[process] = cut->njourneys;
	return cut->njourneys++;
}

/*
 * The journey that an event goes to, or JOURNEY_NONE, and the event's step in
 * it.  Of current journeys, the one that began last has the highest number.
 */
static uint32_t
find_journey(JourneyCut *cut, const JourneyEvent *event, uint32_t *number)
{
	const JourneyDefinition *definition = cut->definition;
	uint32_t	preceding = find_preceding(cut, event);
	uint32_t	found = JOURNEY_NONE;
	const JourneyStep *beginning = NULL;
	const JourneyStep *step;
	JourneyText parts[JOURNEY_PARTS];
	uint32_t	at = event->steps;

	journey_read_activity(event->request, parts);
	while ((step = journey_next_step(definition, parts, &at)) != NULL)
	{
		uint32_t	current = cut->current[step->process];

		if (preceding != JOURNEY_NONE &&
			cut->journeys[preceding].process == step->process)
		{
			*number = step->step;
			return preceding;
		}
		if (current != JOURNEY_NONE &&
			(found == JOURNEY_NONE || current > found) &&
			takes(cut, &cut->journeys[current], step,
				  event->request->requested_us))
		{
			found = current;
			*number = step->step;
		}
		if (beginning == NULL &&
			(definition->processes[step->process].begins &
			 JOURNEY_BIT(step->step)) != 0)
			beginning = step;
	}
	if (found != JOURNEY_NONE || beginning == NULL)
		return found;
	*number = beginning->step;
	return begin_journey(cut, beginning->process);
}

static bool
is_completed(const JourneyDefinition *definition, const Journey *journey)
{
	const JourneyProcess *process = &definition->processes[journey->process];

	for (uint32_t i = 0; i < process->nmodels; i++)
	{
		if ((definition->models[process->first_model + i].required &
			 ~journey->succeeded) == 0)
			return true;
	}
	return false;
}

static void
add_event(JourneyCut *cut, uint32_t index)
{
	JourneyEvent *event = &cut->events[index];
	Journey    *journey = &cut->journeys[event->journey];

	if (journey->first == JOURNEY_NONE)
		journey->first = index;
	else
		cut->events[journey->last].next = index;
	journey->last = index;
	journey->last_us = event->request->requested_us;
	if (has_succeeded(event->request))
	{
		journey->succeeded |= JOURNEY_BIT(event->step);
		journey->completed = is_completed(cut->definition, journey);
	}
}

void
journey_cut(JourneyCut *cut, uint32_t index)
{
	JourneyEvent *event = &cut->events[index];

	event->journey = find_journey(cut, event, &event->step);
	if (event->journey != JOURNEY_NONE)
		add_event(cut, index);
}

/* Description */

/* Counts an event of a journey as an attempt of its step. */
static void
count_attempt(const JourneyCut *cut, uint32_t index,
			  JourneyDescription *description, uint8_t *places)
{
	const JourneyEvent *event = &cut->events[index];
	JourneyTry *try;

	if (places[event->step] == JOURNEY_MAX_STEPS)
	{
		places[event->step] = (uint8_t) description->ntries;
		try = &description->tries[description->ntries++];
		try->step = event->step;
		try->attempts = 0;
		try->succeeded_us = JOURNEY_NO_RESPONSE;
	}
	try = &description->tries[places[event->step]];
	try->last = index;
	if (try->succeeded_us != JOURNEY_NO_RESPONSE)
		return;
	try->attempts++;
	if (has_succeeded(event->request))
		try->succeeded_us = event->request->responded_us;
}

/* Counts all events, and finds the time of the last one or its response. */
static void
count_attempts(const JourneyCut *cut, const Journey *journey,
			   JourneyDescription *description, uint8_t *places)
{
	memset(places, JOURNEY_MAX_STEPS, JOURNEY_MAX_STEPS);
	description->ntries = 0;
	description->nrequests = 0;
	description->ended_us = INT64_MIN;
	for (uint32_t i = journey->first; i != JOURNEY_NONE;
		 i = cut->events[i].next)
	{
		const JourneyRequest *request = cut->events[i].request;
		int64_t		known_us = is_answered(request) ?
		request->responded_us : request->requested_us;

		count_attempt(cut, i, description, places);
		description->nrequests++;
		if (known_us > description->ended_us)
			description->ended_us = known_us;
	}
}

/*
 * Were the steps of a model first tried in the order of their positions?  Steps
 * of the same position may be in any order, and other steps anywhere.
 */
static bool
is_in_order(const JourneyDefinition *definition, const JourneyModel *model,
			const uint8_t *places)
{
	const JourneyRow *rows = &definition->rows[model->first_row];
	int			before = -1;	/* the last place of lower positions */
	int			latest = -1;	/* and of this one */

	for (uint32_t i = 0; i < model->nrows; i++)
	{
		int			place = places[rows[i].step];

		if (i > 0 && rows[i].position != rows[i - 1].position)
			before = latest;
		if (place == JOURNEY_MAX_STEPS)
			continue;
		if (place < before)
			return false;
		if (place > latest)
			latest = place;
	}
	return true;
}

/* How well a journey fits a model.  The first difference decides. */
typedef struct ModelFit
{
	int			missing;		/* required steps without success */
	int64_t		completed_us;	/* 0 if any are missing */
	bool		in_order;
	bool		at_once;		/* required steps succeeded in one attempt */
} ModelFit;

static ModelFit
fit_model(const JourneyCut *cut, const Journey *journey,
		  const JourneyModel *model, const JourneyDescription *description,
		  const uint8_t *places)
{
	ModelFit	fit;

	fit.completed_us = INT64_MIN;
	fit.at_once = true;
	fit.missing = __builtin_popcountll(model->required & ~journey->succeeded);
	fit.in_order = is_in_order(cut->definition, model, places);
	for (uint32_t i = 0; i < description->ntries; i++)
	{
		const JourneyTry *try = &description->tries[i];

		if ((model->required & JOURNEY_BIT(try->step)) == 0)
			continue;
		if (try->succeeded_us > fit.completed_us)
			fit.completed_us = try->succeeded_us;
		fit.at_once = fit.at_once && try->attempts == 1;
	}
	if (fit.missing > 0)
		fit.completed_us = 0;
	return fit;
}

static bool
fits_better(const ModelFit *a, const ModelFit *b)
{
	if (a->missing != b->missing)
		return a->missing < b->missing;
	if (a->completed_us != b->completed_us)
		return a->completed_us < b->completed_us;
	return a->in_order && !b->in_order;
}

/* The model that fits best; of several, the first. */
static ModelFit
choose_model(const JourneyCut *cut, const Journey *journey,
			 JourneyDescription *description, const uint8_t *places)
{
	const JourneyDefinition *definition = cut->definition;
	const JourneyProcess *process = &definition->processes[journey->process];
	ModelFit	best;

	description->model = process->first_model;
	best = fit_model(cut, journey, &definition->models[process->first_model],
					 description, places);
	for (uint32_t i = 1; i < process->nmodels; i++)
	{
		uint32_t	model = process->first_model + i;
		ModelFit	fit = fit_model(cut, journey, &definition->models[model],
									description, places);

		if (!fits_better(&fit, &best))
			continue;
		best = fit;
		description->model = model;
	}
	return best;
}

static JourneyOutcome
get_outcome(const JourneyCut *cut, uint32_t index,
			const JourneyDescription *description)
{
	const Journey *journey = &cut->journeys[index];

	if (journey->completed)
		return JOURNEY_COMPLETED;
	if (cut->as_of_us != JOURNEY_INFINITY &&
		cut->current[journey->process] == index &&
		is_within(journey->last_us, cut->as_of_us,
				  cut->definition->processes[journey->process].gap_us))
		return JOURNEY_OPEN;
	for (uint32_t i = 0; i < description->ntries; i++)
	{
		if (description->tries[i].succeeded_us == JOURNEY_NO_RESPONSE)
			return JOURNEY_FAILED;
	}
	return JOURNEY_ABANDONED;
}

/* The step without success that was tried last. */
static void
find_failure(const JourneyCut *cut, JourneyDescription *description)
{
	const JourneyTry *last = NULL;
	const JourneyRequest *request;

	for (uint32_t i = 0; i < description->ntries; i++)
	{
		const JourneyTry *try = &description->tries[i];

		if (try->succeeded_us == JOURNEY_NO_RESPONSE &&
			(last == NULL || try->last > last->last))
			last = try;
	}
	if (last == NULL)
		return;					/* cannot happen: a step has failed */
	request = cut->events[last->last].request;
	description->broke_at = last->step;
	description->broke_answered = is_answered(request);
	description->broke_class = (ResponseClass) request->class;
}

/* The first required step of its model that is missing. */
static void
find_missing(const JourneyCut *cut, const Journey *journey,
			 JourneyDescription *description)
{
	const JourneyDefinition *definition = cut->definition;
	const JourneyModel *model = &definition->models[description->model];
	const JourneyRow *row = &definition->rows[model->first_row];

	while (!row->required ||
		   (journey->succeeded & JOURNEY_BIT(row->step)) != 0)
		row++;
	assert(row < &definition->rows[model->first_row + model->nrows]);
	description->broke_at = row->step;
}

void
journey_describe(const JourneyCut *cut, uint32_t index,
				 JourneyDescription *description)
{
	const Journey *journey = &cut->journeys[index];
	uint8_t		places[JOURNEY_MAX_STEPS];	/* of each step in tries */
	ModelFit	fit;

	count_attempts(cut, journey, description, places);
	fit = choose_model(cut, journey, description, places);
	description->started_us = cut->events[journey->first].request->requested_us;
	description->in_order = fit.in_order;
	description->outcome = get_outcome(cut, index, description);
	description->right_first_time =
		description->outcome == JOURNEY_COMPLETED && fit.at_once;
	if (description->outcome == JOURNEY_COMPLETED)
		description->ended_us = fit.completed_us;

	description->broke_at = JOURNEY_NONE;
	description->broke_answered = false;
	if (description->outcome == JOURNEY_FAILED)
		find_failure(cut, description);
	else if (description->outcome == JOURNEY_ABANDONED)
		find_missing(cut, journey, description);
}

const char *
journey_outcome_name(JourneyOutcome outcome)
{
	static const char *const names[] = {
		"completed", "open", "failed", "abandoned"
	};

	return names[outcome];
}
