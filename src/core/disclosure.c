/*-------------------------------------------------------------------------
 *
 * disclosure.c
 *	  Which figures of a publication may be shown: complementary suppression.
 *
 * A figure that does not satisfy the rule is hidden: primary suppression.  Each
 * requesting role knows the requests of its own supplier group and can subtract
 * them, so the rule must hold without any one group.  The same figures are then
 * shown to every role, and no role learns anything from what is hidden from
 * others.
 *
 * A role that knows several groups, because it can act as roles of each, gets
 * a figure without one of them or without several.  It can subtract the rest of
 * them.  So it learns the figures without all of them, and nothing else.  More
 * has to be hidden from all roles that it can act as: all of this is done again
 * from the start, with the requests of these groups dropped, and with the rule
 * for all groups that are left.  This changes nothing for other roles.
 *
 * A hidden figure can be worked out if everything else in a sum is shown.  So
 * more figures are hidden: complementary (secondary) suppression.  A role that
 * subtracts shown figures from a shown figure gets the sum of those that are
 * left.  That sum must satisfy the rule too.
 *
 * Only the smallest such sums are looked at: if the rule holds for disjoint
 * figures, it holds for their union (the proof is in disclosure_rule.c).
 *
 * Three kinds of differences are looked for, and all of it is repeated until
 * nothing more is hidden:
 *
 * 1. A sum without those of its parts that are shown.  The hidden parts of one
 *	  classification together (its family: the generations, the categories, the
 *	  values of one factor, the strata) must satisfy the rule.  Otherwise the
 *	  smallest part that is shown is hidden as well.  Parts of a hidden sum are
 *	  hidden.
 *
 * 2. Values of two factors in one generation, for instance device models and
 *	  firmware.  Let A be a model that is shown.  Firmware that runs on A alone
 *	  can be subtracted from A.  Firmware that never runs on A can be subtracted
 *	  from the generation without A.  What is left has firmware that runs on A
 *	  and on other models.  Of these requests, those of A must satisfy the rule,
 *	  and so must the others.  If one of the two does not, A is hidden.  If
 *	  values of several factors fail in a generation, those of the factor with
 *	  the fewest values are hidden, before the question is asked again.
 *
 * 3. A category and the values of a factor, or the strata: as in 2, with the
 *	  category instead of A.  The category is hidden.
 *
 * disclosure_place.c answers the questions of 2 and 3.
 *
 * What was rejected: the fewest figures to hide are not searched for.  That is
 * NP-hard already for tables of two dimensions (Kelly, Golden and Assad, Cell
 * suppression: disclosure protection for sensitive tabular data, 1992).  An
 * exact audit by linear programming needs a solver.  Differences of three
 * classifications at once are not covered, nor are those between what the hidden
 * values of two factors leave of a generation: test/unit/disclosure.c counts the
 * latter.
 *
 * Each round takes time that is linear in the number of counts, times the
 * number of factors for 2, and times the number of categories for 3, and again
 * for the places of each group that is alone in some.
 *
 *-------------------------------------------------------------------------
 */
#include "core/disclosure_place.h"

/* Preparation */

/*
 * Adds up what has the same figure, "with" and group; drops what is 0 or known.
 */
static void
merge_counts(const Disclosure *d, DisclosureCounts *list)
{
	size_t		n = 0;

	for (size_t i = 0; i < list->n; i++)
	{
		DisclosureCount *count = &list->counts[i];

		if (count->measured == 0 ||
			(d->known != NULL && d->known[count->group]))
			continue;
		if (n > 0 &&
			disclosure_compare_counts(&list->counts[n - 1], count) == 0)
			list->counts[n - 1].measured += count->measured;
		else
			list->counts[n++] = *count;
	}
	list->n = n;
}

static inline bool
is_same_family(const DisclosureFigure *a, const DisclosureFigure *b)
{
	return a->kind == b->kind && a->factor == b->factor &&
		a->part_of == b->part_of;
}

/* Finds the families, and for each generation those of its values. */
static void
link_families(Disclosure *d)
{
	DisclosureFigure *figures = d->figures;
	int32_t		end;

	for (int32_t first = 0; first < d->nfigures; first = end)
	{
		DisclosureFigure *figure = &figures[first];

		end = first + 1;
		while (end < d->nfigures && is_same_family(figure, &figures[end]))
			end++;
		figure->family_end = end;
		figure->next_family = NONE;
		if (figure->kind == DISCLOSURE_VALUE)
		{
			DisclosureFigure *sum = &figures[figure->part_of];

			figure->next_family = sum->first_family;
			sum->first_family = first;
		}
	}
}

static void
prepare(Disclosure *d)
{
	size_t		share = 0;
	size_t		cell = 0;
	size_t		pair = 0;

	merge_counts(d, &d->shares);
	merge_counts(d, &d->cells);
	merge_counts(d, &d->pairs);
	for (int32_t i = 0; i < d->nfigures; i++)
	{
		DisclosureFigure *figure = &d->figures[i];

		figure->failing = false;
		figure->first_family = NONE;
		figure->place = NONE;
		figure->first_share = share;
		while (share < d->shares.n && d->shares.counts[share].figure == i)
			share++;
		figure->first_cell = cell;
		while (cell < d->cells.n && d->cells.counts[cell].figure == i)
			cell++;
		figure->first_pair = pair;
		while (pair < d->pairs.n && d->pairs.counts[pair].figure == i)
			pair++;
	}
	for (int32_t g = 0; g < d->ngroups; g++)
		d->roles[g] = NONE;
	link_families(d);
}

/* Sums and their parts */

/* Adds the requests of a figure; are there any? */
static bool
add_figure(const Disclosure *d, int32_t i, int64_t *sums)
{
	size_t		end = end_share(d, i);

	for (size_t s = d->figures[i].first_share; s < end; s++)
		sums[d->shares.counts[s].group] += d->shares.counts[s].measured;
	return end > d->figures[i].first_share;
}

/* Hides figures that do not satisfy the rule by themselves. */
static void
suppress_failing(Disclosure *d)
{
	for (int32_t i = 0; i < d->nfigures; i++)
	{
		clear_sums(d, d->hidden);
		add_figure(d, i, d->hidden);
		if (!sums_pass(d, d->hidden))
			d->figures[i].shown = false;
		d->pause();
	}
}

/* Adds up the hidden requests of a family.  Returns whether there are any. */
static bool
sum_hidden(const Disclosure *d, int32_t first)
{
	bool		any = false;

	clear_sums(d, d->hidden);
	for (int32_t i = first; i < d->figures[first].family_end; i++)
	{
		if (!d->figures[i].shown && add_figure(d, i, d->hidden))
			any = true;
	}
	return any;
}

/* Hides parts of a family where the rule requires it.  Returns whether it did. */
static bool
suppress_family(Disclosure *d, int32_t first)
{
	DisclosureFigure *figures = d->figures;
	bool		sum_shown = figures[figures[first].part_of].shown;
	bool		any_hidden = sum_shown && sum_hidden(d, first);
	bool		result = false;

	for (int32_t i = first; i < figures[first].family_end; i++)
	{
		if (!figures[i].shown)
			continue;
		if (sum_shown && (!any_hidden || sums_pass(d, d->hidden)))
			break;
		figures[i].shown = false;
		result = true;
		if (sum_shown && add_figure(d, i, d->hidden))
			any_hidden = true;
		d->pause();
	}
	return result;
}

/* Sums stand before their parts, so one round is enough. */
static bool
suppress_differences(Disclosure *d)
{
	bool		result = false;

	for (int32_t i = 1; i < d->nfigures; i = d->figures[i].family_end)
	{
		if (suppress_family(d, i))
			result = true;
		d->pause();
	}
	return result;
}

/* Values of two factors */

/* Finds values of other factors that cannot be shown beside a family's. */
static void
find_failing_values(Disclosure *d, int32_t family)
{
	DisclosureFigure *figures = d->figures;
	int32_t		nplaces = disclosure_count_places(d, family);

	sum_hidden(d, family);
	for (int32_t other = figures[figures[family].part_of].first_family;
		 other != NONE; other = figures[other].next_family)
	{
		if (other == family)
			continue;
		for (int32_t i = other; i < figures[other].family_end; i++)
		{
			if (figures[i].shown && !figures[i].failing)
				figures[i].failing =
					!disclosure_value_is_safe(d, i, family, nplaces);
			d->pause();
		}
	}
}

static bool
has_failing(const Disclosure *d, int32_t family)
{
	for (int32_t i = family; i < d->figures[family].family_end; i++)
	{
		if (d->figures[i].failing)
			return true;
	}
	return false;
}

/*
 * Several families of a generation may have failing values.  Returns the one
 * whose values are hidden first.
 */
static int32_t
yielding_family(const Disclosure *d, int32_t generation)
{
	const DisclosureFigure *figures = d->figures;
	int32_t		result = NONE;
	int32_t		least = 0;

	for (int32_t family = figures[generation].first_family; family != NONE;
		 family = figures[family].next_family)
	{
		int32_t		nvalues = figures[family].family_end - family;

		if (has_failing(d, family) &&
			(result == NONE || nvalues < least ||
			 (nvalues == least &&
			  figures[family].factor < figures[result].factor)))
		{
			result = family;
			least = nvalues;
		}
	}
	return result;
}

/* Hides the failing values of one factor in each generation. */
static bool
hide_failing_values(Disclosure *d)
{
	DisclosureFigure *figures = d->figures;
	bool		result = false;

	for (int32_t i = 0; i < d->nfigures; i++)
	{
		int32_t		family = yielding_family(d, i);

		if (family == NONE)
			continue;
		result = true;
		for (int32_t j = family; j < figures[family].family_end; j++)
		{
			if (figures[j].failing)
				figures[j].shown = false;
		}
	}
	for (int32_t i = 0; i < d->nfigures; i++)
		figures[i].failing = false;
	return result;
}

static bool
suppress_factor_differences(Disclosure *d)
{
	DisclosureFigure *figures = d->figures;

	for (int32_t i = 1; i < d->nfigures; i = figures[i].family_end)
	{
		if (figures[i].kind == DISCLOSURE_VALUE &&
			figures[figures[i].part_of].shown)
			find_failing_values(d, i);
	}
	return hide_failing_values(d);
}

/* Categories */

/* Finds categories that cannot be shown beside figures of a kind and factor. */
static void
find_failing_categories(Disclosure *d, int32_t first, int32_t end)
{
	DisclosureFigure *figures = d->figures;

	for (int32_t i = 1; figures[i].kind == DISCLOSURE_CATEGORY; i++)
	{
		if (figures[i].shown && !figures[i].failing)
			figures[i].failing =
				!disclosure_category_is_safe(d, first, end,
											 figures[i].category);
		d->pause();
	}
}

static bool
suppress_category_differences(Disclosure *d)
{
	DisclosureFigure *figures = d->figures;
	bool		result = false;
	int32_t		end;

	for (int32_t first = 1; first < d->nfigures; first = end)
	{
		end = first + 1;
		while (end < d->nfigures && figures[end].kind == figures[first].kind &&
			   figures[end].factor == figures[first].factor)
			end++;
		if (figures[first].kind >= DISCLOSURE_VALUE)
			find_failing_categories(d, first, end);
	}
	for (int32_t i = 1; i < d->nfigures; i++)
	{
		if (!figures[i].failing)
			continue;
		figures[i].failing = false;
		figures[i].shown = false;
		result = true;
	}
	return result;
}

void
disclosure_suppress(Disclosure *d)
{
	prepare(d);
	if (d->known != NULL)
		suppress_failing(d);
	while (suppress_differences(d) || suppress_factor_differences(d) ||
		   suppress_category_differences(d))
		;
}
