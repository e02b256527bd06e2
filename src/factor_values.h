/*-------------------------------------------------------------------------
 *
 * factor_values.h
 *	  Ids of the values of factors of several rollup_states.
 *
 * In a state, factors and values have numbers of their own.
 *
 *-------------------------------------------------------------------------
 */
#ifndef FACTOR_VALUES_H
#define FACTOR_VALUES_H

#include "core/rollup_codec.h"
#include "fmgr.h"
#include "utils/array.h"

typedef struct FactorValues FactorValues;

typedef struct FactorValue
{
	const text *factor;			/* its name */
	const text *value;
	uint32		factor_id;
} FactorValue;

/* All memory is in the context. */
extern FactorValues *factor_values_make(MemoryContext context);

/*
 * Sets the ids of the factors of a state, by their names.  Raises an error if
 * the state has another number of factors than there are names.
 */
extern void factor_values_factors(FactorValues *values, ArrayType *names,
								  int nfactors, uint32 *ids);

/* The id of a factor of this name, and the name of this id. */
extern uint32 factor_values_factor(FactorValues *values, const text *name);
extern const text *factor_values_factor_name(const FactorValues *values,
											 uint32 factor_id);

/* The id of a value: of a cell of a state, which is not of factor 0. */
extern uint32 factor_values_id(FactorValues *values, uint32 factor_id,
							   const RollupStoredCell *cell);

/* Ids are less than this. */
extern uint32 factor_values_number(const FactorValues *values);

/* The value of an id; valid until more are added, its texts for ever. */
extern const FactorValue *factor_values_name(const FactorValues *values,
											 uint32 id);

/* Order by the bytes of the names and values. */
extern int	factor_values_compare(const FactorValue *a, const FactorValue *b);

/* Do texts have the same bytes? */
extern bool factor_values_equal(const text *a, const text *b);

#endif							/* FACTOR_VALUES_H */
