/*-------------------------------------------------------------------------
 *
 * journey_form.h
 *	  Reads the stored form of requests, writes it again, and cuts the requests
 *	  into journeys.  Needs allocate(), of unit.h or fuzz.h.
 *
 *-------------------------------------------------------------------------
 */
#ifndef JOURNEY_FORM_H
#define JOURNEY_FORM_H

#include <stdlib.h>
#include <string.h>

#include "core/journey.h"

/*
 * Two processes that share an SRV, which both begin with; one of them has two
 * models, and a step that is a part of another one.
 */
typedef struct StepOfModel
{
	const char *process;
	const char *model;
	const char *srv;
	const char *qualifier;
	int32_t		position;
	bool		required;
	bool		begins;
	bool		restarts;
} StepOfModel;

static const StepOfModel steps_of_models[] = {
	{"join", "m", "a", "", 1, true, true, false},
	{"join", "m", "b", "", 2, true, false, false},
	{"join", "m", "c", "x", 2, false, false, false},
	{"join", "n", "b", "", 1, true, true, false},
	{"join", "n", "c", "", 3, false, true, false},
	{"join", "n", "d", "", 3, true, false, false},
	{"move", "m", "e", "", 1, true, true, true},
	{"move", "m", "c", "", 4, true, true, false}
};

#define STEPS_OF_MODELS (sizeof(steps_of_models) / sizeof(steps_of_models[0]))
#define STEP_GAP_US		UINT64_C(1000)

static inline JourneyText
text_of(const char *string)
{
	JourneyText made = {(const uint8_t *) string, (uint32_t) strlen(string)};

	return made;
}

static inline JourneyRow
row_of_step(const StepOfModel *step)
{
	JourneyRow	row = {.gap_us = STEP_GAP_US};

	row.process = text_of(step->process);
	row.model = text_of(step->model);
	row.parts[JOURNEY_SRV] = text_of(step->srv);
	row.parts[JOURNEY_QUALIFIER] = text_of(step->qualifier);
	row.parts[JOURNEY_DEVICE_TYPE] = text_of("");
	row.position = step->position;
	row.required = step->required;
	row.begins = step->begins;
	row.restarts = step->restarts;
	return row;
}

/* Returns the fault, if there is one. */
static inline const char *
define_rows(JourneyDefinition *definition, JourneyRow *rows, uint32_t nrows)
{
	uint32_t	at;
	const char *fault;

	qsort(rows, nrows, sizeof(JourneyRow), journey_compare_rows);
	definition->rows = rows;
	definition->nrows = nrows;
	definition->processes = allocate(nrows, sizeof(JourneyProcess));
	definition->models = allocate(nrows, sizeof(JourneyModel));
	definition->steps = allocate(nrows, sizeof(JourneyStep));
	fault = journey_define(definition, &at);
	qsort(definition->steps, definition->nsteps, sizeof(JourneyStep),
		  journey_compare_steps);
	return fault;
}

static inline const char *
define_steps(JourneyDefinition *definition)
{
	JourneyRow *rows = allocate(STEPS_OF_MODELS, sizeof(JourneyRow));

	for (size_t i = 0; i < STEPS_OF_MODELS; i++)
		rows[i] = row_of_step(&steps_of_models[i]);
	return define_rows(definition, rows, STEPS_OF_MODELS);
}

/* The requests of a form, in new memory, and the fault that they have. */
static inline JourneyRequest *
read_requests(const uint8_t *bytes, size_t nbytes, size_t *n,
			  const char **fault)
{
	JourneyReader reader;
	JourneyRequest *requests;

	*n = 0;
	*fault = NULL;
	if (!journey_read_header(&reader, bytes, nbytes))
	{
		*fault = reader.fault;
		return NULL;
	}
	requests = allocate(reader.left, sizeof(JourneyRequest));
	while (*fault == NULL && journey_read_request(&reader, &requests[*n]))
	{
		if (*n > 0)
			*fault = journey_order_fault(&requests[*n - 1], &requests[*n]);
		++*n;
	}
	if (*fault == NULL)
		*fault = reader.fault;
	return requests;
}

/* As a state does: returns the number of requests that are left. */
static inline size_t
sort_requests(JourneyRequest *requests, size_t n)
{
	qsort(requests, n, sizeof(JourneyRequest), journey_compare_ids);
	n = journey_drop_duplicates(requests, n);
	qsort(requests, n, sizeof(JourneyRequest), journey_compare);
	return n;
}

/* The stored form of sorted requests, in new memory. */
static inline uint8_t *
write_requests(const JourneyRequest *requests, size_t n, size_t *nbytes)
{
	size_t		bound = JOURNEY_HEADER_BYTES;
	int64_t		last_us = 0;
	uint8_t    *bytes;
	uint8_t    *at;

	for (size_t i = 0; i < n; i++)
		bound += JOURNEY_REQUEST_BYTES + requests[i].length;
	bytes = allocate(bound, 1);
	at = journey_write_header(bytes, n);
	for (size_t i = 0; i < n; i++)
	{
		at = journey_write_request(at, &requests[i], last_us);
		last_us = requests[i].requested_us;
	}
	*nbytes = (size_t) (at - bytes);
	return bytes;
}

/* Cuts sorted requests into journeys, and forgets responses after as_of. */
static inline void
cut_requests(JourneyCut *cut, const JourneyDefinition *definition,
			 JourneyRequest *requests, size_t n, int64_t as_of_us)
{
	cut->definition = definition;
	cut->as_of_us = as_of_us;
	cut->events = allocate(n, sizeof(JourneyEvent));
	cut->ids = allocate(n, sizeof(JourneyId));
	cut->journeys = allocate(n, sizeof(Journey));
	cut->current = allocate(definition->nprocesses, sizeof(uint32_t));
	journey_begin(cut);
	for (size_t i = 0; i < n; i++)
		journey_match(cut, &requests[i]);
	qsort(cut->events, cut->nevents, sizeof(JourneyEvent),
		  journey_compare_events);
	journey_link(cut);
	qsort(cut->ids, cut->nids, sizeof(JourneyId), journey_compare_event_ids);
	for (uint32_t i = 0; i < cut->nevents; i++)
		journey_cut(cut, i);
}

/*
 * What is wrong with the descriptions of the journeys of a cut, or NULL: what
 * holds for any requests.
 */
static inline const char *
description_fault(const JourneyCut *cut)
{
	uint64_t	nrequests = 0;

	for (uint32_t i = 0; i < cut->njourneys; i++)
	{
		JourneyDescription journey;
		uint64_t	attempts = 0;
		uint32_t	nfailed = 0;
		bool		is_closed_well;

		journey_describe(cut, i, &journey);
		for (uint32_t j = 0; j < journey.ntries; j++)
		{
			attempts += journey.tries[j].attempts;
			nfailed += journey.tries[j].succeeded_us == JOURNEY_NO_RESPONSE;
			if (journey.tries[j].attempts == 0)
				return "step without an attempt";
		}
		if (journey.ntries == 0 || attempts > journey.nrequests)
			return "more attempts than requests";
		if (journey.right_first_time && journey.outcome != JOURNEY_COMPLETED)
			return "right first time without being completed";
		if (journey.outcome == JOURNEY_FAILED && nfailed == 0)
			return "failed without a failure";
		if (journey.outcome == JOURNEY_ABANDONED && nfailed > 0)
			return "abandoned with a failure";
		is_closed_well = journey.outcome == JOURNEY_COMPLETED ||
			journey.outcome == JOURNEY_OPEN;
		if (is_closed_well != (journey.broke_at == JOURNEY_NONE))
			return "step that it broke at";
		if (journey.outcome != JOURNEY_OPEN &&
			(journey.ended_us < journey.started_us ||
			 journey.ended_us > cut->as_of_us))
			return "end out of range";
		if (journey.outcome == JOURNEY_OPEN &&
			cut->as_of_us == JOURNEY_INFINITY)
			return "open for ever";
		nrequests += journey.nrequests;
	}
	return nrequests > cut->nevents ? "more requests than events" : NULL;
}

#endif							/* JOURNEY_FORM_H */
