/*-------------------------------------------------------------------------
 *
 * separation.h
 *	  Whether what is claimed of a value can be told from other causes.
 *
 *-------------------------------------------------------------------------
 */
#ifndef SEPARATION_H
#define SEPARATION_H

#include "core/misses.h"

/* A value that is claimed to be worse than the others. */
typedef struct SeparationClaim
{
	uint32_t	factor;
	int64_t		requests;
	double		excess;
} SeparationClaim;

/* A claim without the requests of another one, which may be the cause. */
typedef struct SeparationSuspect
{
	bool		is_shared;		/* have the two any requests in common? */
	MissesComparison rest;
} SeparationSuspect;

/* What can be said of a claim beside another factor. */
typedef struct SeparationDoubt
{
	bool		is_doubt;		/* the claim cannot be told from that factor
								 * ... */
	bool		is_cause;		/* ... which is the likely cause */
	size_t		suspect;		/* ... more exactly from this claim, or
								 * SIZE_MAX */
} SeparationDoubt;

/*
 * The doubt of a claim and a factor that is not its own.  within has, for each
 * claim and then each factor, the claim compared within the factor's values;
 * suspects has, for each claim, each claim.
 */
extern SeparationDoubt separation_doubt(const SeparationClaim *claims,
										size_t nclaims, size_t nfactors,
										const MissesComparison *within,
										const SeparationSuspect *suspects,
										size_t claim, uint32_t factor);

#endif							/* SEPARATION_H */
