/*-------------------------------------------------------------------------
 *
 * journey_definition.c
 *	  Definitions of business processes: their models, and the steps of these.
 *
 * The definition does not depend on the order of the rows: processes and models
 * are numbered in the order of their names, as memcmp() has it, and steps as
 * they occur in the models.
 *
 *-------------------------------------------------------------------------
 */
#include <string.h>

#include "core/journey_definition.h"

static int
compare_texts(const JourneyText *a, const JourneyText *b)
{
	uint32_t	common = a->length < b->length ? a->length : b->length;
	int			order = common > 0 ? memcmp(a->data, b->data, common) : 0;

	return order != 0 ? order : (a->length > b->length) - (a->length < b->length);
}

static int
compare_parts(const JourneyText *a, const JourneyText *b)
{
	int			order = 0;

	for (int i = 0; i < JOURNEY_PARTS && order == 0; i++)
		order = compare_texts(&a[i], &b[i]);
	return order;
}

/* By process, model, position, and parts. */
int
journey_compare_rows(const void *a, const void *b)
{
	const JourneyRow *x = a;
	const JourneyRow *y = b;
	int			order = compare_texts(&x->process, &y->process);

	if (order == 0)
		order = compare_texts(&x->model, &y->model);
	if (order == 0)
		order = (x->position > y->position) - (x->position < y->position);
	return order != 0 ? order : compare_parts(x->parts, y->parts);
}

/* By SRV, process, and first with a qualifier, then with a device type. */
int
journey_compare_steps(const void *a, const void *b)
{
	const JourneyStep *x = a;
	const JourneyStep *y = b;
	const JourneyText *p = x->row->parts;
	const JourneyText *q = y->row->parts;
	int			order = compare_texts(&p[JOURNEY_SRV], &q[JOURNEY_SRV]);

	if (order == 0)
		order = (x->process > y->process) - (x->process < y->process);
	for (int i = JOURNEY_QUALIFIER; i < JOURNEY_PARTS && order == 0; i++)
		order = (p[i].length == 0) - (q[i].length == 0);
	return order != 0 ? order : compare_parts(p, q);
}

/* The number of a step of a process, which is made if it is new. */
static uint32_t
get_step(JourneyDefinition *definition, uint32_t process, uint32_t row)
{
	JourneyProcess *of = &definition->processes[process];
	const JourneyRow *rows = definition->rows;
	JourneyStep *step;

	for (uint32_t i = 0; i < of->nsteps; i++)
	{
		if (compare_parts(rows[of->rows[i]].parts, rows[row].parts) != 0)
			continue;
		step = &definition->steps[definition->nsteps - of->nsteps + i];
		if (rows[row].position < step->position)
			step->position = rows[row].position;
		return i;
	}
	if (of->nsteps == JOURNEY_MAX_STEPS)
		return JOURNEY_MAX_STEPS;
	step = &definition->steps[definition->nsteps++];
	step->process = process;
	step->step = of->nsteps;
	step->row = &rows[row];
	step->position = rows[row].position;
	of->rows[of->nsteps] = row;
	return of->nsteps++;
}

/* Adds a row to the last process and model. */
static const char *
add_row(JourneyDefinition *definition, uint32_t index, uint64_t *steps)
{
	uint32_t	process = definition->nprocesses - 1;
	JourneyProcess *of = &definition->processes[process];
	JourneyModel *model = &definition->models[definition->nmodels - 1];
	JourneyRow *row = &definition->rows[index];

	row->step = get_step(definition, process, index);
	if (row->step == JOURNEY_MAX_STEPS)
		return "business process has more than 64 steps";
	if ((*steps & JOURNEY_BIT(row->step)) != 0)
		return "step is twice in its model";
	*steps |= JOURNEY_BIT(row->step);
	if (row->gap_us != of->gap_us)
		return "gap differs within the business process";
	if (row->required)
		model->required |= JOURNEY_BIT(row->step);
	if (row->begins)
		of->begins |= JOURNEY_BIT(row->step);
	if (row->restarts)
		of->restarts |= JOURNEY_BIT(row->step);
	model->nrows++;
	return NULL;
}

/* Begins a process and a model where the row has new ones. */
static bool
begin_model(JourneyDefinition *definition, uint32_t row)
{
	const JourneyRow *next = &definition->rows[row];
	const JourneyRow *last = row > 0 ? next - 1 : NULL;
	bool		new_process = last == NULL ||
	compare_texts(&last->process, &next->process) != 0;
	JourneyModel *model;

	if (!new_process && compare_texts(&last->model, &next->model) == 0)
		return false;
	if (new_process)
	{
		JourneyProcess *process =
		&definition->processes[definition->nprocesses++];

		memset(process, 0, sizeof(*process));
		process->first_model = definition->nmodels;
		process->gap_us = next->gap_us;
	}
	definition->processes[definition->nprocesses - 1].nmodels++;
	model = &definition->models[definition->nmodels++];
	model->first_row = row;
	model->nrows = 0;
	model->required = 0;
	return true;
}

/* What is missing in the models and processes, and in a row of which. */
static const char *
find_missing(const JourneyDefinition *definition, uint32_t *row)
{
	for (uint32_t i = 0; i < definition->nmodels; i++)
	{
		*row = definition->models[i].first_row;
		if (definition->models[i].required == 0)
			return "model has no required step";
	}
	for (uint32_t i = 0; i < definition->nprocesses; i++)
	{
		const JourneyProcess *process = &definition->processes[i];

		*row = definition->models[process->first_model].first_row;
		if (process->begins == 0)
			return "no step begins the business process";
	}
	return NULL;
}

const char *
journey_define(JourneyDefinition *definition, uint32_t *row)
{
	uint64_t	steps = 0;		/* of the model */

	definition->nprocesses = 0;
	definition->nmodels = 0;
	definition->nsteps = 0;
	for (*row = 0; *row < definition->nrows; ++*row)
	{
		const char *fault;

		if (definition->rows[*row].parts[JOURNEY_SRV].length == 0)
			return "SRV is empty";
		if (begin_model(definition, *row))
			steps = 0;
		fault = add_row(definition, *row, &steps);
		if (fault != NULL)
			return fault;
	}
	return find_missing(definition, row);
}

static const JourneyText *
step_parts(const JourneyDefinition *definition, uint32_t step)
{
	return definition->steps[step].row->parts;
}

uint32_t
journey_find_steps(const JourneyDefinition *definition, const JourneyText *srv)
{
	uint32_t	low = 0;
	uint32_t	high = definition->nsteps;

	while (low < high)
	{
		uint32_t	middle = low + (high - low) / 2;

		if (compare_texts(&step_parts(definition, middle)[JOURNEY_SRV],
						  srv) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low < definition->nsteps &&
		compare_texts(&step_parts(definition, low)[JOURNEY_SRV], srv) == 0 ?
		low : definition->nsteps;
}

/* A part that a step has must be known and equal. */
static bool
applies(const JourneyText *step, const JourneyText *request)
{
	for (int i = JOURNEY_QUALIFIER; i < JOURNEY_PARTS; i++)
	{
		if (step[i].length > 0 &&
			(request[i].data == NULL ||
			 compare_texts(&step[i], &request[i]) != 0))
			return false;
	}
	return true;
}

const JourneyStep *
journey_next_step(const JourneyDefinition *definition,
				  const JourneyText *parts, uint32_t *at)
{
	const JourneyStep *found = NULL;

	for (; *at < definition->nsteps; ++*at)
	{
		const JourneyStep *step = &definition->steps[*at];
		const JourneyText *of_step = step_parts(definition, *at);

		if ((found != NULL && step->process != found->process) ||
			compare_texts(&of_step[JOURNEY_SRV], &parts[JOURNEY_SRV]) != 0)
			break;
		if (found == NULL && applies(of_step, parts))
			found = step;
	}
	return found;
}
