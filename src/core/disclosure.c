/*-------------------------------------------------------------------------
 *
 * disclosure.c
 *	  Which figures of a publication may be shown: the rule for one figure, and
 *	  the suppression of others that would let hidden ones be worked out.
 *
 * The rule is a minimum frequency with two dominance rules, (n, k) for n = 1
 * and n = 2 (Willenborg and de Waal, Elements of Statistical Disclosure
 * Control, 2001; Hundepool et al., Statistical Disclosure Control, 2012).  A
 * figure that does not satisfy it is hidden: primary suppression.  Each reader
 * belongs to some supplier group and can take that group's requests away, so
 * the rule must hold without any one group.  The same figures are then shown to
 * every reader, and readers learn nothing from what is hidden from others.
 *
 * A hidden figure can be worked out if everything else in a sum is shown.  So
 * more figures are hidden: complementary (secondary) suppression.  A reader who
 * subtracts shown figures from a shown figure gets the sum of those that are
 * left.  That sum must satisfy the rule too.
 *
 * Only the smallest such sums are looked at, because of this theorem (Cox,
 * Linear sensitivity measures in statistical disclosure control, 1981): if the
 * rule holds for disjoint figures, it holds for their union.  Proof: a group
 * with enough requests in one of them has enough in the union.  If a group (or
 * two) has at most the share c of each figure, s(i) <= c t(i), then also the
 * sum of all s(i) <= c times the sum of all t(i).  The same holds without any
 * one group, as the rule holds for each figure without that group.
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
 *	  and so must the others.  If one of the two does not, A is hidden.  If values
 *	  of several factors fail in a generation, those of the factor with the
 *	  fewest values are hidden, before the question is asked again.
 *
 * 3. A category and the values of a factor, or the strata: as in 2, with the
 *	  category in the place of A.  The category is hidden.
 *
 * In the code for 2 and 3, the "place" of a request is the figure in which a
 * reader finds it: that of its value if it is shown; otherwise what is left of
 * the sum when the values that are shown are subtracted.  A place is "mixed" if
 * it has requests inside A and outside.  Whether it is depends on the reader,
 * who knows the requests of the reader's own group: if only one group has
 * requests inside A (or outside), then to this group the place is not mixed.  So
 * the question is asked once for readers in general, and for each such group.
 *
 * What was rejected: the fewest figures to hide are not searched for.  That is
 * NP-hard already for tables of two dimensions (Kelly, Golden and Assad, Cell
 * suppression: disclosure protection for sensitive tabular data, 1992).  An
 * exact audit by linear programming needs a solver.  Differences of three
 * classifications at once are not covered.
 *
 * Each round takes time that is linear in the number of counts, times the
 * number of factors for 2, and times the number of categories for 3, and again
 * for the places of each group that is alone in some.
 *
 *-------------------------------------------------------------------------
 */
#include <string.h>

#include "core/disclosure.h"

#define NONE	(-1)
#define SEVERAL	2

/* The rule */

/* Is a part at most so many percent of the whole? */
static inline bool
is_share_within(int64_t part, double max_pct, int64_t whole)
{
	return 100.0 * (double) part <= max_pct * (double) whole;
}

/*
 * Without one group, only the three largest matter: without any other one, the
 * largest and the two largest have smaller shares than without the third.
 */
bool
disclosure_rule_passes(const DisclosureRule *rule, const int64_t *measured,
					   size_t ngroups, int omitted)
{
	int64_t		first = 0;
	int64_t		second = 0;
	int64_t		third = 0;
	int64_t		total = 0;
	int64_t		nlarge = 0;
	double		one_pct = rule->max_share_pct;
	double		two_pct = rule->max_share_of_two_pct;

	for (size_t i = 0; i < ngroups; i++)
	{
		int64_t		m = measured[i];

		total += m;
		if (m > 0 && m >= rule->min_group_requests)
			nlarge++;
		if (m > first)
		{
			third = second;
			second = first;
			first = m;
		}
		else if (m > second)
		{
			third = second;
			second = m;
		}
		else if (m > third)
			third = m;
	}
	if (nlarge < (int64_t) rule->min_groups + omitted)
		return false;
	if (omitted == 0)
		return is_share_within(first, one_pct, total) &&
			is_share_within(first + second, two_pct, total);
	return is_share_within(second, one_pct, total - first) &&
		is_share_within(first, one_pct, total - second) &&
		is_share_within(second + third, two_pct, total - first) &&
		is_share_within(first + third, two_pct, total - second) &&
		is_share_within(first + second, two_pct, total - third);
}

static inline bool
sums_pass(const Disclosure *d, const int64_t *sums)
{
	return disclosure_rule_passes(&d->rule, sums, (size_t) d->ngroups, 1);
}

/* Order and checks */

#define COMPARE(a, b)	(((a) > (b)) - ((a) < (b)))

int
disclosure_compare_figures(const void *a, const void *b)
{
	const DisclosureFigure *x = a;
	const DisclosureFigure *y = b;

	if (x->kind != y->kind)
		return COMPARE(x->kind, y->kind);
	if (x->factor != y->factor)
		return COMPARE(x->factor, y->factor);
	if (x->part_of != y->part_of)
		return COMPARE(x->part_of, y->part_of);
	if (x->total != y->total)
		return COMPARE(x->total, y->total);
	return COMPARE(x->number, y->number);
}

int
disclosure_compare_counts(const void *a, const void *b)
{
	const DisclosureCount *x = a;
	const DisclosureCount *y = b;

	if (x->figure != y->figure)
		return COMPARE(x->figure, y->figure);
	if (x->with != y->with)
		return COMPARE(x->with, y->with);
	return COMPARE(x->group, y->group);
}

/* Can a figure of this kind be a part of one of that kind? */
static bool
is_part_kind(DisclosureKind part, DisclosureKind sum)
{
	switch (part)
	{
		case DISCLOSURE_CATEGORY:
		case DISCLOSURE_GENERATION:
			return sum == DISCLOSURE_SRV;
		case DISCLOSURE_VALUE:
			return sum == DISCLOSURE_GENERATION;
		case DISCLOSURE_STRATUM:
			return sum == DISCLOSURE_GENERATION || sum == DISCLOSURE_VALUE;
		case DISCLOSURE_SRV:
			break;
	}
	return false;
}

static const char *
figures_fault(const Disclosure *d)
{
	if (d->nfigures < 1 || d->figures[0].kind != DISCLOSURE_SRV ||
		d->figures[0].part_of != NONE)
		return "the first figure is not an SRV's";
	for (int32_t i = 1; i < d->nfigures; i++)
	{
		const DisclosureFigure *figure = &d->figures[i];
		const DisclosureFigure *before = figure - 1;

		if (figure->kind == DISCLOSURE_SRV)
			return "there are figures of several SRVs";
		if (figure->part_of < 0 || figure->part_of >= i ||
			!is_part_kind(figure->kind, d->figures[figure->part_of].kind))
			return "a figure is part of one of the wrong kind";
		if (figure->category < 0)
			return "a category is negative";
		if (figure->kind < before->kind ||
			(figure->kind == before->kind && figure->factor < before->factor))
			return "figures are out of order";
	}
	return NULL;
}

static const char *
counts_fault(const Disclosure *d, const DisclosureCounts *list)
{
	int64_t		total = 0;

	for (size_t i = 0; i < list->n; i++)
	{
		const DisclosureCount *count = &list->counts[i];

		if (count->figure < 0 || count->figure >= d->nfigures)
			return "requests of an unknown figure";
		if (count->group < 0 || count->group >= d->ngroups)
			return "requests of an unknown group";
		if (i > 0 && disclosure_compare_counts(count - 1, count) > 0)
			return "requests are out of order";
		if (count->measured < 0)
			return "the number of requests is negative";
		if (count->measured > INT64_MAX - total)
			return "the number of requests is out of range";
		total += count->measured;
	}
	return NULL;
}

static bool
is_pair(const Disclosure *d, const DisclosureCount *pair)
{
	const DisclosureFigure *a = &d->figures[pair->figure];
	const DisclosureFigure *b;

	if (pair->with < 0 || pair->with >= d->nfigures)
		return false;
	b = &d->figures[pair->with];
	return a->kind == DISCLOSURE_VALUE && b->kind == DISCLOSURE_VALUE &&
		a->part_of == b->part_of && a->factor != b->factor;
}

const char *
disclosure_fault(const Disclosure *d)
{
	const char *fault = figures_fault(d);

	if (fault == NULL)
		fault = counts_fault(d, &d->shares);
	if (fault == NULL)
		fault = counts_fault(d, &d->cells);
	if (fault == NULL)
		fault = counts_fault(d, &d->pairs);
	if (fault != NULL)
		return fault;
	for (size_t i = 0; i < d->cells.n; i++)
	{
		if (d->figures[d->cells.counts[i].figure].kind < DISCLOSURE_VALUE)
			return "a cell is neither of a value nor of a stratum";
	}
	for (size_t i = 0; i < d->pairs.n; i++)
	{
		if (!is_pair(d, &d->pairs.counts[i]))
			return "a pair is not of values of two factors in one generation";
	}
	return NULL;
}

/* Preparation */

/* Adds up what has the same figure, "with" and group; drops what is 0. */
static void
merge_counts(DisclosureCounts *list)
{
	size_t		n = 0;

	for (size_t i = 0; i < list->n; i++)
	{
		DisclosureCount *count = &list->counts[i];

		if (count->measured == 0)
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

	merge_counts(&d->shares);
	merge_counts(&d->cells);
	merge_counts(&d->pairs);
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
		d->readers[g] = NONE;
	link_families(d);
}

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

static void
clear_sums(const Disclosure *d, int64_t *sums)
{
	memset(sums, 0, (size_t) d->ngroups * sizeof(int64_t));
}

/* Adds the requests of a figure; are there any? */
static bool
add_figure(const Disclosure *d, int32_t i, int64_t *sums)
{
	size_t		end = end_share(d, i);

	for (size_t s = d->figures[i].first_share; s < end; s++)
		sums[d->shares.counts[s].group] += d->shares.counts[s].measured;
	return end > d->figures[i].first_share;
}

/* Sums and their parts */

/* Adds up what is hidden of a family; is anything? */
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

/* Hides what must be hidden of a family; is that anything? */
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

/* Places that are mixed */

static inline void
note_requests(DisclosureSide *side, int64_t *sums, int32_t group,
			  int64_t measured, int sign)
{
	if (measured == 0)
		return;
	sums[group] += sign * measured;
	if (side->ngroups == 0)
	{
		side->ngroups = 1;
		side->group = group;
	}
	else if (side->group != group)
		side->ngroups = SEVERAL;
}

/* Of a group's requests in a place, how many are also in the figure? */
static inline void
note_group(const Disclosure *d, DisclosurePlace *place, int32_t group,
		   int64_t both, int64_t all, int sign)
{
	if (both > all)
		both = all;				/* the two come from different counts */
	note_requests(&place->inside, d->inside, group, both, sign);
	note_requests(&place->outside, d->outside, group, all - both, sign);
}

/* A place that is one shown value, or all hidden values of a factor. */
static void
walk_value(const Disclosure *d, DisclosurePlace *place, int sign)
{
	const DisclosureCount *pairs = d->pairs.counts;
	size_t		pair = place->first_pair;
	size_t		end;

	if (place->figure == NONE)
	{
		for (int32_t g = 0; g < d->ngroups; g++)
			note_group(d, place, g, d->hidden_inside[g], d->hidden[g], sign);
		return;
	}
	end = end_share(d, place->figure);
	for (size_t s = d->figures[place->figure].first_share; s < end; s++)
	{
		const DisclosureCount *share = &d->shares.counts[s];
		int64_t		both = 0;

		while (pair < place->end_pair && pairs[pair].group < share->group)
			pair++;
		if (pair < place->end_pair && pairs[pair].group == share->group)
			both = pairs[pair].measured;
		note_group(d, place, share->group, both, share->measured, sign);
	}
}

/* A place that is a list of figures, which has requests of categories. */
static void
walk_cells(const Disclosure *d, DisclosurePlace *place, int sign,
		   int32_t category)
{
	for (int32_t i = place->figure; i != NONE;
		 i = d->figures[i].next_in_place)
	{
		size_t		end = end_cell(d, i);

		for (size_t c = d->figures[i].first_cell; c < end; c++)
		{
			const DisclosureCount *cell = &d->cells.counts[c];
			bool		inside = cell->with == category;

			note_requests(inside ? &place->inside : &place->outside,
						  inside ? d->inside : d->outside,
						  cell->group, cell->measured, sign);
		}
	}
}

/*
 * Looks at the groups of a place, inside and outside the figure that is asked
 * about, and adds sign times their requests to the sums of d.  That figure is
 * of a category; NONE: of a value.
 */
static void
walk_place(const Disclosure *d, DisclosurePlace *place, int sign,
		   int32_t category)
{
	if (category == NONE)
		walk_value(d, place, sign);
	else
		walk_cells(d, place, sign, category);
}

static void
look_at_place(const Disclosure *d, DisclosurePlace *place, int32_t category)
{
	place->inside.ngroups = 0;
	place->outside.ngroups = 0;
	walk_place(d, place, 0, category);
}

/* Keeps the mixed places; how many are they? */
static int32_t
keep_mixed_places(Disclosure *d, int32_t nplaces)
{
	int32_t		n = 0;

	for (int32_t p = 0; p < nplaces; p++)
	{
		if (d->places[p].inside.ngroups > 0 &&
			d->places[p].outside.ngroups > 0)
			d->places[n++] = d->places[p];
	}
	return n;
}

/* The only group on a side of a place, to which it is not mixed, or NONE. */
static inline int32_t
reader_of_side(const DisclosurePlace *place, int side, int32_t category)
{
	const DisclosureSide *of = side == 0 ? &place->inside : &place->outside;

	/* only readers of the category itself have to be asked about */
	return of->ngroups == 1 && (side == 0 || category == NONE) ?
		of->group : NONE;
}

/* Puts each place into the lists of its readers. */
static void
link_readers(Disclosure *d, int32_t nplaces, int32_t category)
{
	for (int32_t p = 0; p < nplaces; p++)
	{
		DisclosurePlace *place = &d->places[p];

		for (int side = 0; side < 2; side++)
		{
			int32_t		reader = reader_of_side(place, side, category);

			if (reader == NONE || d->readers[reader] == p * 2)
				continue;		/* it is in that list already */
			place->next[side] = d->readers[reader];
			d->readers[reader] = p * 2 + side;
		}
	}
}

/*
 * Does what is mixed for a reader satisfy the rule?  That is what is mixed for
 * others, without the places in the reader's list.
 */
static bool
reader_passes(Disclosure *d, int32_t first, int32_t nplaces, int32_t category)
{
	bool		passes = true;

	for (int32_t p = first; p != NONE; p = d->places[p / 2].next[p % 2])
	{
		walk_place(d, &d->places[p / 2], -1, category);
		nplaces--;
	}
	if (nplaces > 0)
		passes = (category != NONE || sums_pass(d, d->inside)) &&
			sums_pass(d, d->outside);
	for (int32_t p = first; p != NONE; p = d->places[p / 2].next[p % 2])
		walk_place(d, &d->places[p / 2], 1, category);
	d->pause();
	return passes;
}

/* Does what is mixed satisfy the rule, for every reader? */
static bool
places_pass(Disclosure *d, int32_t nplaces, int32_t category)
{
	bool		passes = true;

	if (nplaces == 0)
		return true;
	clear_sums(d, d->inside);
	clear_sums(d, d->outside);
	for (int32_t p = 0; p < nplaces; p++)
		walk_place(d, &d->places[p], 1, category);
	if (!sums_pass(d, d->inside) || !sums_pass(d, d->outside))
		return false;
	link_readers(d, nplaces, category);
	for (int32_t i = 0; i < nplaces * 2; i++)
	{
		int32_t		reader = reader_of_side(&d->places[i / 2], i % 2, category);
		int32_t		first = reader != NONE ? d->readers[reader] : NONE;

		if (first == NONE)
			continue;
		d->readers[reader] = NONE;
		if (passes)
			passes = reader_passes(d, first, nplaces, category);
	}
	return passes;
}

/* Values of two factors */

/* The first of a figure's pairs that is with this figure or a later one. */
static size_t
find_pair(const Disclosure *d, int32_t i, int32_t with)
{
	size_t		low = d->figures[i].first_pair;
	size_t		high = end_pair(d, i);

	while (low < high)
	{
		size_t		middle = low + (high - low) / 2;

		if (d->pairs.counts[middle].with < with)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/*
 * The places of the values of a family that have requests of value i: each
 * shown one, and all hidden ones together.
 */
static int32_t
find_value_places(Disclosure *d, int32_t i, int32_t family)
{
	const DisclosureCount *pairs = d->pairs.counts;
	size_t		end = end_pair(d, i);
	bool		any_hidden = false;
	int32_t		n = 0;

	clear_sums(d, d->hidden_inside);
	for (size_t pair = find_pair(d, i, family);
		 pair < end && pairs[pair].with < d->figures[family].family_end; pair++)
	{
		int32_t		with = pairs[pair].with;

		if (!d->figures[with].shown)
		{
			d->hidden_inside[pairs[pair].group] += pairs[pair].measured;
			any_hidden = true;
			continue;
		}
		if (n == 0 || d->places[n - 1].figure != with)
		{
			d->places[n].figure = with;
			d->places[n].first_pair = pair;
			n++;
		}
		d->places[n - 1].end_pair = pair + 1;
	}
	if (any_hidden)
		d->places[n++].figure = NONE;
	return n;
}

/*
 * Can value i be shown beside the values of this family, which are in
 * nfamily_places places?
 *
 * A value that has requests of several groups in every place, and leaves
 * requests of several groups in each, takes nothing away: what is mixed is all
 * of the value, and all others of the generation.
 */
static bool
is_value_safe(Disclosure *d, int32_t i, int32_t family, int32_t nfamily_places)
{
	int32_t		nplaces = find_value_places(d, i, family);
	int32_t		nseveral = 0;

	for (int32_t p = 0; p < nplaces; p++)
	{
		DisclosurePlace *place = &d->places[p];

		look_at_place(d, place, NONE);
		if (place->inside.ngroups == SEVERAL &&
			place->outside.ngroups == SEVERAL)
			nseveral++;
	}
	if (nseveral == nfamily_places)
		return true;
	return places_pass(d, keep_mixed_places(d, nplaces), NONE);
}

/* In how many places are the values of a family? */
static int32_t
count_family_places(const Disclosure *d, int32_t family)
{
	int32_t		nshown = 0;
	int32_t		nfamily = d->figures[family].family_end - family;

	for (int32_t i = family; i < d->figures[family].family_end; i++)
		nshown += d->figures[i].shown;
	return nshown + (nshown < nfamily);
}

/* Finds values of other factors that cannot be shown beside a family's. */
static void
find_failing_values(Disclosure *d, int32_t family)
{
	DisclosureFigure *figures = d->figures;
	int32_t		nplaces = count_family_places(d, family);

	sum_hidden(d, family);
	for (int32_t other = figures[figures[family].part_of].first_family;
		 other != NONE; other = figures[other].next_family)
	{
		if (other == family)
			continue;
		for (int32_t i = other; i < figures[other].family_end; i++)
		{
			if (figures[i].shown && !figures[i].failing)
				figures[i].failing = !is_value_safe(d, i, family, nplaces);
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

/* The family, of those that fail in a generation, that gives way. */
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

/* The figure that a reader finds the requests of figure i in; 0: the root. */
static int32_t
find_place(const Disclosure *d, int32_t i)
{
	while (i > 0 && !d->figures[i].shown)
		i = d->figures[i].part_of;
	return i;
}

/*
 * The places of the figures of a kind and factor.  Where some are hidden, their
 * place is what is left of the figure that they are part of.
 */
static int32_t
find_cell_places(Disclosure *d, int32_t first, int32_t end)
{
	DisclosureFigure *figures = d->figures;
	int32_t		n = 0;

	for (int32_t i = first; i < end; i++)
	{
		int32_t		in = find_place(d, i);

		if (figures[in].place == NONE)
		{
			figures[in].place = n;
			d->places[n++].figure = NONE;
		}
		figures[i].next_in_place = d->places[figures[in].place].figure;
		d->places[figures[in].place].figure = i;
	}
	for (int32_t i = first; i < end; i++)
		figures[find_place(d, i)].place = NONE;
	return n;
}

/* Can a category be shown beside the figures in these places? */
static bool
is_category_safe(Disclosure *d, int32_t nplaces, int32_t category)
{
	for (int32_t p = 0; p < nplaces; p++)
		look_at_place(d, &d->places[p], category);
	return places_pass(d, keep_mixed_places(d, nplaces), category);
}

/* Finds categories that cannot be shown beside figures of a kind and factor. */
static void
find_failing_categories(Disclosure *d, int32_t first, int32_t end)
{
	DisclosureFigure *figures = d->figures;

	for (int32_t i = 1; figures[i].kind == DISCLOSURE_CATEGORY; i++)
	{
		if (figures[i].shown && !figures[i].failing)
		{
			int32_t		nplaces = find_cell_places(d, first, end);

			figures[i].failing =
				!is_category_safe(d, nplaces, figures[i].category);
		}
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
	while (suppress_differences(d) || suppress_factor_differences(d) ||
		   suppress_category_differences(d))
		;
}
