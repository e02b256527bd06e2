/*-------------------------------------------------------------------------
 *
 * disclosure_input.c
 *	  The order of figures and counts, and checks of those that come from
 *	  outside.
 *
 *-------------------------------------------------------------------------
 */
#include "core/disclosure.h"

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
		d->figures[0].part_of != -1)
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
