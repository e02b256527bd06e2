/*-------------------------------------------------------------------------
 *
 * disclosure_place.h
 *	  Whether a value or category can be shown beside other figures.  Only
 *	  disclosure.c and disclosure_place.c include this.
 *
 *-------------------------------------------------------------------------
 */
#ifndef DISCLOSURE_PLACE_H
#define DISCLOSURE_PLACE_H

#include <string.h>

#include "core/disclosure.h"

/* No index, group or category. */
#define NONE	(-1)

/* The counts of a figure end where those of the next one begin. */
static inline size_t
end_share(const Disclosure *d, int32_t i)
{
	return i + 1 < d->nfigures ? d->figures[i + 1].first_share : d->shares.n;
}

static inline size_t
end_cell(const Disclosure *d, int32_t i)
{
	return i + 1 < d->nfigures ? d->figures[i + 1].first_cell : d->cells.n;
}

static inline size_t
end_pair(const Disclosure *d, int32_t i)
{
	return i + 1 < d->nfigures ? d->figures[i + 1].first_pair : d->pairs.n;
}

static inline void
clear_sums(const Disclosure *d, int64_t *sums)
{
	memset(sums, 0, (size_t) d->ngroups * sizeof(int64_t));
}

static inline bool
sums_pass(const Disclosure *d, const int64_t *sums)
{
	return disclosure_rule_passes(&d->rule, sums, (size_t) d->ngroups,
								  d->known == NULL ? 1 : 0);
}

/* In how many places are the values of a family, which begins with this one? */
extern int32_t disclosure_count_places(const Disclosure *d, int32_t family);

/*
 * Can value i be shown beside the values of this family of another factor,
 * which are in nfamily_places places?  d->hidden must have the sums of those of
 * the family that are hidden.
 */
extern bool disclosure_value_is_safe(Disclosure *d, int32_t i, int32_t family,
									 int32_t nfamily_places);

/* Can a category be shown beside these figures, all of a kind and factor? */
extern bool disclosure_category_is_safe(Disclosure *d, int32_t first,
										int32_t end, int32_t category);

#endif							/* DISCLOSURE_PLACE_H */
