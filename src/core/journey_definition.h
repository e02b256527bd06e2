/*-------------------------------------------------------------------------
 *
 * journey_definition.h
 *	  Definitions of business processes: their models, and the steps of these.
 *
 * A model is one way to do a process: its steps, in order.  A process can have
 * several models.  A step of a process is the requests of an SRV, or those of
 * them with a qualifier, a device type or both.  The same requests are the same
 * step in all models.
 *
 *-------------------------------------------------------------------------
 */
#ifndef JOURNEY_DEFINITION_H
#define JOURNEY_DEFINITION_H

#include "core/journey_codec.h"

#define JOURNEY_MAX_STEPS	64	/* of a process */

/* A bit in masks of the steps of a process. */
#define JOURNEY_BIT(step)	(UINT64_C(1) << (step))

/* A step of a model: a row from the caller, and what is derived from it. */
typedef struct JourneyRow
{
	JourneyText process;		/* no text is NULL */
	JourneyText model;
	JourneyText parts[JOURNEY_PARTS];	/* empty: any, unless the SRV */
	int32_t		position;
	bool		required;
	bool		begins;
	bool		restarts;
	uint64_t	gap_us;			/* of the process */
	uint32_t	step;			/* derived */
} JourneyRow;

typedef struct JourneyModel
{
	uint32_t	first_row;		/* the rows are in order of their positions */
	uint32_t	nrows;
	uint64_t	required;		/* masks of steps */
} JourneyModel;

typedef struct JourneyStep
{
	uint32_t	process;
	uint32_t	step;			/* number in its process */
	const JourneyRow *row;		/* one with its texts */
	int32_t		position;		/* the least one in all models */
} JourneyStep;

typedef struct JourneyProcess
{
	uint32_t	first_model;
	uint32_t	nmodels;
	uint32_t	nsteps;
	uint64_t	begins;			/* masks of steps */
	uint64_t	restarts;
	uint64_t	gap_us;
	uint32_t	rows[JOURNEY_MAX_STEPS];	/* a row of each step */
} JourneyProcess;

/* The caller provides as much memory for each array as there are rows. */
typedef struct JourneyDefinition
{
	JourneyRow *rows;
	uint32_t	nrows;
	JourneyProcess *processes;
	uint32_t	nprocesses;
	JourneyModel *models;
	uint32_t	nmodels;
	JourneyStep *steps;
	uint32_t	nsteps;
} JourneyDefinition;

/* Orders that the caller sorts by, in the form that qsort() needs. */
extern int	journey_compare_rows(const void *a, const void *b);
extern int	journey_compare_steps(const void *a, const void *b);

/*
 * Makes processes, models and steps of rows that have been sorted.  Returns
 * NULL or why that is not possible, and sets *row to where.  The caller then
 * sorts the steps.
 */
extern const char *journey_define(JourneyDefinition *definition,
								  uint32_t *row);

/*
 * The first step of an SRV, of those sorted; nsteps if there is none.  Its
 * other steps follow, by process.
 */
extern uint32_t journey_find_steps(const JourneyDefinition *definition,
								   const JourneyText *srv);

/*
 * From *at on, finds the next step that these parts are a request of, and
 * leaves *at after all steps of its process.  If several steps of a process
 * apply, it is the one with a qualifier, or else with a device type.  NULL:
 * none is left.
 */
extern const JourneyStep *journey_next_step(const JourneyDefinition *definition,
											const JourneyText *parts,
											uint32_t *at);

#endif							/* JOURNEY_DEFINITION_H */
