/*-------------------------------------------------------------------------
 *
 * journey.c
 *	  Cuts of random requests into journeys, compared with an oracle that looks
 *	  at all earlier requests anew for each request; and definitions.
 *
 *-------------------------------------------------------------------------
 */
#include "unit.h"

#include "journey_form.h"

#define MAX_REQUESTS	16

/* A request as the oracle sees it, in the order in which it is taken. */
typedef struct Taken
{
	const JourneyRequest *request;
	int32_t		position;
	int			journey;		/* or -1 */
	const StepOfModel *step;	/* of its process */
} Taken;

typedef struct Oracle
{
	int64_t		as_of_us;
	int			n;
	Taken		taken[MAX_REQUESTS];
	int			njourneys;
	const char *processes[MAX_REQUESTS];	/* of the journeys */
} Oracle;

static const char *const processes[] = {"join", "move"};

static bool
same(const char *a, const char *b)
{
	return strcmp(a, b) == 0;
}

static bool
is_text(const JourneyText *text, const char *string)
{
	return text->data != NULL && text->length == strlen(string) &&
		memcmp(text->data, string, text->length) == 0;
}

/* The first row of the step of a process that a request is, or NULL. */
static const StepOfModel *
find_step(const JourneyRequest *request, const char *process)
{
	JourneyText parts[JOURNEY_PARTS];
	const StepOfModel *found = NULL;

	journey_read_activity(request, parts);
	for (size_t i = 0; i < STEPS_OF_MODELS; i++)
	{
		const StepOfModel *step = &steps_of_models[i];

		if (same(step->process, process) &&
			is_text(&parts[JOURNEY_SRV], step->srv) &&
			(same(step->qualifier, "") ||
			 is_text(&parts[JOURNEY_QUALIFIER], step->qualifier)) &&
			(found == NULL ||
			 (same(found->qualifier, "") && !same(step->qualifier, ""))))
			found = step;
	}
	return found;
}

static bool
same_step(const StepOfModel *a, const StepOfModel *b)
{
	return same(a->process, b->process) && same(a->srv, b->srv) &&
		same(a->qualifier, b->qualifier);
}

/* Does any row of a step have this? */
static bool
any_begins(const StepOfModel *step, bool restarts)
{
	for (size_t i = 0; i < STEPS_OF_MODELS; i++)
	{
		if (same_step(&steps_of_models[i], step) &&
			(restarts ? steps_of_models[i].restarts :
			 steps_of_models[i].begins))
			return true;
	}
	return false;
}

static bool
is_success(const Oracle *oracle, const JourneyRequest *request)
{
	return request->responded_us != JOURNEY_NO_RESPONSE &&
		request->responded_us <= oracle->as_of_us &&
		request->class == RESPONSE_SUCCESS;
}

/* Had a step succeeded in a journey before a request? */
static bool
had_succeeded(const Oracle *oracle, int journey, const StepOfModel *step,
			  int before)
{
	for (int i = 0; i < before; i++)
	{
		const Taken *taken = &oracle->taken[i];

		if (taken->journey == journey && same_step(taken->step, step) &&
			is_success(oracle, taken->request))
			return true;
	}
	return false;
}

static bool
was_completed(const Oracle *oracle, int journey, int before)
{
	static const char *const models[] = {"m", "n"};

	for (int model = 0; model < 2; model++)
	{
		bool		exists = false;
		bool		missing = false;

		for (size_t i = 0; i < STEPS_OF_MODELS; i++)
		{
			const StepOfModel *step = &steps_of_models[i];

			if (!same(step->process, oracle->processes[journey]) ||
				!same(step->model, models[model]))
				continue;
			exists = true;
			if (step->required &&
				!had_succeeded(oracle, journey, step, before))
				missing = true;
		}
		if (exists && !missing)
			return true;
	}
	return false;
}

static bool
takes_step(const Oracle *oracle, int journey, const StepOfModel *step,
		   int index)
{
	int64_t		last_us = 0;

	for (int i = 0; i < index; i++)
	{
		if (oracle->taken[i].journey == journey)
			last_us = oracle->taken[i].request->requested_us;
	}
	if (oracle->taken[index].request->requested_us - last_us >
		(int64_t) STEP_GAP_US)
		return false;
	if (!had_succeeded(oracle, journey, step, index))
		return true;
	return !was_completed(oracle, journey, index) && !any_begins(step, true);
}

/* The journey of the request before by link, or -1. */
static int
find_linked(const Oracle *oracle, int index)
{
	uint64_t	id = oracle->taken[index].request->preceding;

	for (int i = 0; i < index && id != JOURNEY_NO_ID; i++)
	{
		int			journey = oracle->taken[i].journey;

		if (oracle->taken[i].request->id == id && journey >= 0 &&
			find_step(oracle->taken[index].request,
					  oracle->processes[journey]) != NULL)
			return journey;
	}
	return -1;
}

static int
find_current(const Oracle *oracle, int index)
{
	bool		seen[2] = {false, false};

	for (int journey = oracle->njourneys - 1; journey >= 0; journey--)
	{
		const char *process = oracle->processes[journey];
		const StepOfModel *step = find_step(oracle->taken[index].request,
											process);
		bool	   *is_seen = &seen[same(process, processes[1])];

		if (!*is_seen && step != NULL &&
			takes_step(oracle, journey, step, index))
			return journey;
		*is_seen = true;
	}
	return -1;
}

static int
begin(Oracle *oracle, int index)
{
	for (int i = 0; i < 2; i++)
	{
		const StepOfModel *step = find_step(oracle->taken[index].request,
											processes[i]);

		if (step != NULL && any_begins(step, false))
		{
			oracle->processes[oracle->njourneys] = processes[i];
			return oracle->njourneys++;
		}
	}
	return -1;
}

/* Is a request taken before another, by what is known of them? */
static bool
is_before(const Oracle *oracle, const Taken *a, const Taken *b)
{
	JourneyRequest known[] = {*a->request, *b->request};

	if (known[0].requested_us != known[1].requested_us)
		return known[0].requested_us < known[1].requested_us;
	if (a->position != b->position)
		return a->position < b->position;
	for (int i = 0; i < 2; i++)
	{
		if (known[i].responded_us <= oracle->as_of_us)
			continue;
		known[i].responded_us = JOURNEY_NO_RESPONSE;
		known[i].class = 0;
	}
	return journey_compare(&known[0], &known[1]) < 0;
}

static void
order_requests(Oracle *oracle, const JourneyRequest *requests, size_t n)
{
	oracle->n = 0;
	for (size_t i = 0; i < n; i++)
	{
		Taken		taken = {0};
		int			place = oracle->n;

		taken.request = &requests[i];
		taken.position = INT32_MAX;
		for (size_t j = 0; j < STEPS_OF_MODELS; j++)
		{
			const StepOfModel *step =
			find_step(&requests[i], steps_of_models[j].process);

			if (step != NULL && same_step(step, &steps_of_models[j]) &&
				steps_of_models[j].position < taken.position)
				taken.position = steps_of_models[j].position;
		}
		if (taken.position == INT32_MAX ||
			requests[i].requested_us > oracle->as_of_us)
			continue;
		for (; place > 0; place--)
		{
			if (!is_before(oracle, &taken, &oracle->taken[place - 1]))
				break;
			oracle->taken[place] = oracle->taken[place - 1];
		}
		oracle->taken[place] = taken;
		oracle->n++;
	}
}

static void
cut_with_oracle(Oracle *oracle, const JourneyRequest *requests, size_t n)
{
	order_requests(oracle, requests, n);
	oracle->njourneys = 0;
	for (int i = 0; i < oracle->n; i++)
	{
		int			journey = find_linked(oracle, i);

		if (journey < 0)
			journey = find_current(oracle, i);
		if (journey < 0)
			journey = begin(oracle, i);
		oracle->taken[i].journey = journey;
		if (journey >= 0)
			oracle->taken[i].step = find_step(oracle->taken[i].request,
											  oracle->processes[journey]);
	}
}

/* Random requests, sorted; few different values, so that many are equal. */
static size_t
make_requests(JourneyRequest *requests, uint8_t (*activities)[16])
{
	static const char *const srvs[] = {"a", "b", "c", "d", "e", "f"};
	static const char *const qualifiers[] = {"x", "y", "", NULL};
	size_t		n = 1 + random_below(MAX_REQUESTS);
	uint64_t	nsrvs = 1 + random_below(6);
	uint64_t	ntimes = 2 + random_below(20);

	for (size_t i = 0; i < n; i++)
	{
		JourneyText parts[JOURNEY_PARTS] = {{NULL, 0}, {NULL, 0}, {NULL, 0}};
		const char *qualifier = qualifiers[random_below(4)];
		JourneyRequest *request = &requests[i];

		parts[JOURNEY_SRV] = text_of(srvs[random_below(nsrvs)]);
		if (qualifier != NULL)
			parts[JOURNEY_QUALIFIER] = text_of(qualifier);
		request->activity = activities[i];
		request->length = (uint32_t)
			(journey_write_activity(activities[i], parts) - activities[i]);
		request->requested_us = 500 * (int64_t) random_below(ntimes);
		request->responded_us = JOURNEY_NO_RESPONSE;
		request->class = 0;
		if (random_below(4) > 0)
		{
			request->responded_us = request->requested_us +
				500 * (int64_t) random_below(3);
			request->class = random_below(3) > 0 ?
				RESPONSE_SUCCESS : RESPONSE_FAILED;
		}
		request->id = random_below(10);
		request->preceding = random_below(4) > 0 ? 0 : random_below(10);
	}
	return sort_requests(requests, n);
}

/* Is a step of the definition that of the oracle? */
static bool
is_step(const JourneyDefinition *definition, const JourneyCut *cut,
		const JourneyEvent *event, const StepOfModel *step)
{
	uint32_t	process = cut->journeys[event->journey].process;
	const JourneyRow *row =
	&definition->rows[definition->processes[process].rows[event->step]];

	return is_text(&row->process, step->process) &&
		is_text(&row->parts[JOURNEY_SRV], step->srv) &&
		is_text(&row->parts[JOURNEY_QUALIFIER], step->qualifier);
}

/* The attempts of each step tried, by the oracle. */
static void
check_attempts(const Oracle *oracle, const JourneyCut *cut, int journey)
{
	JourneyDescription description;
	int			nrequests = 0;

	journey_describe(cut, (uint32_t) journey, &description);
	for (int i = 0; i < oracle->n; i++)
		nrequests += oracle->taken[i].journey == journey;
	CHECK(description.nrequests == (uint32_t) nrequests);
	CHECK((description.outcome == JOURNEY_COMPLETED) ==
		  was_completed(oracle, journey, oracle->n));
	for (uint32_t i = 0; i < description.ntries; i++)
	{
		const Taken *last = &oracle->taken[description.tries[i].last];
		uint32_t	attempts = 0;

		for (int j = 0; j < oracle->n; j++)
		{
			const Taken *taken = &oracle->taken[j];

			if (taken->journey == journey &&
				same_step(taken->step, last->step) &&
				!had_succeeded(oracle, journey, last->step, j))
				attempts++;
		}
		CHECK(description.tries[i].attempts == attempts);
	}
}

static void
check_cut(const JourneyDefinition *definition)
{
	JourneyRequest requests[MAX_REQUESTS];
	uint8_t		activities[MAX_REQUESTS][16];
	size_t		n = make_requests(requests, activities);
	Oracle		oracle;
	JourneyCut	cut;

	oracle.as_of_us = random_below(3) == 0 ? JOURNEY_INFINITY :
		500 * (int64_t) random_below(20);
	cut_with_oracle(&oracle, requests, n);
	cut_requests(&cut, definition, requests, n, oracle.as_of_us);
	CHECK(cut.nevents == (uint32_t) oracle.n);
	CHECK(cut.njourneys == (uint32_t) oracle.njourneys);
	for (uint32_t i = 0; i < cut.nevents; i++)
	{
		const Taken *taken = &oracle.taken[i];
		const JourneyEvent *event = &cut.events[i];

		CHECK(journey_compare(event->request, taken->request) == 0);
		CHECK(event->journey == (taken->journey < 0 ? JOURNEY_NONE :
								 (uint32_t) taken->journey));
		if (event->journey != JOURNEY_NONE)
			CHECK(is_step(definition, &cut, event, taken->step));
	}
	for (int i = 0; i < oracle.njourneys; i++)
		check_attempts(&oracle, &cut, i);
	CHECK(description_fault(&cut) == NULL);
	free(cut.events);
	free(cut.ids);
	free(cut.journeys);
	free(cut.current);
}

static void
free_definition(JourneyDefinition *definition)
{
	free(definition->rows);
	free(definition->processes);
	free(definition->models);
	free(definition->steps);
}

/* The fault of a definition of these steps. */
static const char *
define(const StepOfModel *steps, uint32_t n)
{
	JourneyDefinition definition;
	JourneyRow *rows = allocate(n, sizeof(JourneyRow));
	const char *fault;

	for (uint32_t i = 0; i < n; i++)
		rows[i] = row_of_step(&steps[i]);
	fault = define_rows(&definition, rows, n);
	free_definition(&definition);
	return fault;
}

static void
check_definitions(void)
{
	static const struct
	{
		const char *fault;
		uint32_t	n;
		StepOfModel steps[2];
	}			cases[] = {
		{NULL, 0, {{"p", "m", "a", "", 1, true, true, false}}},
		{NULL, 1, {{"p", "m", "a", "", 1, true, true, false}}},
		{"SRV is empty", 1, {{"p", "m", "", "", 1, true, true, false}}},
		{"step is twice in its model", 2, {
				{"p", "m", "a", "", 1, true, true, false},
				{"p", "m", "a", "", 2, true, true, false}
		}},
		{"model has no required step", 1, {
				{"p", "m", "a", "", 1, false, true, false}
		}},
		{"no step begins the business process", 1, {
				{"p", "m", "a", "", 1, true, false, false}
		}}
	};
	static char srvs[65][12];
	StepOfModel steps[65];
	const char *fault;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
	{
		fault = define(cases[i].steps, cases[i].n);
		CHECK(cases[i].fault == NULL ? fault == NULL :
			  fault != NULL && same(fault, cases[i].fault));
	}

	for (int i = 0; i < 65; i++)
	{
		(void) snprintf(srvs[i], sizeof(srvs[i]), "%d", i);
		steps[i] = cases[1].steps[0];
		steps[i].srv = srvs[i];
	}
	CHECK(define(steps, 64) == NULL);
	fault = define(steps, 65);
	CHECK(fault != NULL && same(fault, "business process has more than 64 steps"));
	/* as many steps in two processes */
	for (int i = 0; i < 33; i++)
		steps[i].process = "q";
	CHECK(define(steps, 65) == NULL);
}

int
main(void)
{
	JourneyDefinition definition;

	check_definitions();
	CHECK(define_steps(&definition) == NULL);
	for (int i = 0; i < 100000; i++)
		check_cut(&definition);
	free_definition(&definition);
	CHECK(same(journey_outcome_name(JOURNEY_COMPLETED), "completed"));
	CHECK(same(journey_outcome_name(JOURNEY_ABANDONED), "abandoned"));
	return report();
}
