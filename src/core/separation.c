/*-------------------------------------------------------------------------
 *
 * separation.c
 *	  Whether what is claimed of a value can be told from other causes.
 *
 * If a value of another factor is the cause, then the claimed value has no
 * excess among the requests that have the same value of that factor.  So the
 * claim is compared within the values of each other factor.  It can be told from
 * the factor if most of its requests can still be compared, and most of its
 * excess remains and is not chance.
 *
 * If it cannot, a claimed value of the other factor is suspected if the claim
 * has no excess without the requests that the two share.  It is the cause if,
 * the other way round, it can be told from the claim's factor.
 *
 *-------------------------------------------------------------------------
 */
#include "core/separation.h"

/* Does most of a claim remain to be compared, and most of its excess? */
static bool
is_compared(const SeparationClaim *claim, const MissesComparison *within)
{
	return 2 * within->compared >= claim->requests && within->compared > 0;
}

static bool
remains(const SeparationClaim *claim, const MissesComparison *within)
{
	return 2 * within->excess >= claim->excess;
}

static bool
is_told_apart(const SeparationClaim *claim, const MissesComparison *within)
{
	return is_compared(claim, within) && remains(claim, within) &&
		within->p_value < 0.01;
}

SeparationDoubt
separation_doubt(const SeparationClaim *claims, size_t nclaims,
				 size_t nfactors, const MissesComparison *within,
				 const SeparationSuspect *suspects, size_t claim,
				 uint32_t factor)
{
	const SeparationClaim *own = &claims[claim];
	const MissesComparison *own_within = &within[claim * nfactors + factor];
	SeparationDoubt doubt = {false, false, SIZE_MAX};
	size_t		nfound = 0;
	bool		any_is_cause = false;
	bool		found_is_cause = false;

	if (is_told_apart(own, own_within))
		return doubt;
	doubt.is_doubt = true;
	for (size_t i = 0; i < nclaims; i++)
	{
		const SeparationSuspect *suspect = &suspects[claim * nclaims + i];
		bool		is_cause;

		if (claims[i].factor != factor || !suspect->is_shared)
			continue;
		is_cause = is_told_apart(&claims[i],
								 &within[i * nfactors + own->factor]);
		any_is_cause = any_is_cause || is_cause;
		if (2 * suspect->rest.excess >= own->excess ||
			suspect->rest.p_value < 0.05)
			continue;
		nfound++;
		doubt.suspect = i;
		found_is_cause = is_cause;
	}
	if (nfound == 1)
		doubt.is_cause = found_is_cause;
	else
	{
		doubt.suspect = SIZE_MAX;
		doubt.is_cause = any_is_cause && is_compared(own, own_within) &&
			!remains(own, own_within);
	}
	return doubt;
}
