/*-------------------------------------------------------------------------
 *
 * disclosure_place.c
 *	  Whether a value or category can be shown beside other figures.
 *
 * Let A be the value or category.  The "place" of a request is the figure in
 * which a requesting role finds it: that of its value if it is shown; otherwise
 * what is left of the sum when the values that are shown are subtracted.  A
 * place is "mixed" if it has requests inside A and outside.  Of the requests
 * in mixed places, those inside A must satisfy the rule, and so must those
 * outside.
 *
 * Whether a place is mixed depends on the role, which knows the requests of its
 * own group: if only one group has requests inside A (or outside), then to a
 * role of this group the place is not mixed.  So the question is asked once for
 * roles in general, and once for each such group.  For a role that knows
 * several groups it is asked once: the requests of these groups are dropped.
 *
 *-------------------------------------------------------------------------
 */
#include "core/disclosure_place.h"

#define SEVERAL	2

/* Mixed places */

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

/* Keeps only the mixed places, and returns their number. */
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

/*
 * The only group on a side of a place, or NONE.  To a role of this group the
 * place is not mixed.
 */
static inline int32_t
role_of_side(const DisclosurePlace *place, int side, int32_t category)
{
	const DisclosureSide *of = side == 0 ? &place->inside : &place->outside;

	/* for a category, the question is asked only for roles of that category */
	return of->ngroups == 1 && (side == 0 || category == NONE) ?
		of->group : NONE;
}

/* Puts each place into the lists of the roles to which it is not mixed. */
static void
link_roles(Disclosure *d, int32_t nplaces, int32_t category)
{
	for (int32_t p = 0; p < nplaces; p++)
	{
		DisclosurePlace *place = &d->places[p];

		for (int side = 0; side < 2; side++)
		{
			int32_t		role = role_of_side(place, side, category);

			if (role == NONE || d->roles[role] == p * 2)
				continue;		/* it is in that list already */
			place->next[side] = d->roles[role];
			d->roles[role] = p * 2 + side;
		}
	}
}

/*
 * Do the requests in the places that are mixed for a role satisfy the rule?
 * These are the mixed places, without those in the role's list.
 */
static bool
role_passes(Disclosure *d, int32_t first, int32_t nplaces, int32_t category)
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

/* Do the requests in mixed places satisfy the rule, for every role? */
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
	if (d->known != NULL)
		return true;
	link_roles(d, nplaces, category);
	for (int32_t i = 0; i < nplaces * 2; i++)
	{
		int32_t		role = role_of_side(&d->places[i / 2], i % 2, category);
		int32_t		first = role != NONE ? d->roles[role] : NONE;

		if (first == NONE)
			continue;
		d->roles[role] = NONE;
		if (passes)
			passes = role_passes(d, first, nplaces, category);
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

int32_t
disclosure_count_places(const Disclosure *d, int32_t family)
{
	int32_t		nshown = 0;
	int32_t		nfamily = d->figures[family].family_end - family;

	for (int32_t i = family; i < d->figures[family].family_end; i++)
		nshown += d->figures[i].shown;
	return nshown + (nshown < nfamily);
}

/*
 * If every place has requests of several groups inside the value, and of
 * several groups outside it, then all places are mixed for every role: nothing
 * can be subtracted, and the value is safe.
 */
bool
disclosure_value_is_safe(Disclosure *d, int32_t i, int32_t family,
						 int32_t nfamily_places)
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

/* Categories */

/* The figure in which a role finds the requests of figure i; 0: the root. */
static int32_t
find_place(const Disclosure *d, int32_t i)
{
	while (i > 0 && !d->figures[i].shown)
		i = d->figures[i].part_of;
	return i;
}

/*
 * The places of the figures of a kind and factor.  The place of hidden figures
 * is the sum that they are part of, without its shown parts.
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

bool
disclosure_category_is_safe(Disclosure *d, int32_t first, int32_t end,
							int32_t category)
{
	int32_t		nplaces = find_cell_places(d, first, end);

	for (int32_t p = 0; p < nplaces; p++)
		look_at_place(d, &d->places[p], category);
	return places_pass(d, keep_mixed_places(d, nplaces), category);
}
