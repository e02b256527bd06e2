/*-------------------------------------------------------------------------
 *
 * disclosure.h
 *	  Which figures of a publication may be shown: the suppression of those that
 *	  would let hidden ones be worked out.
 *
 * A figure is a sum of measured requests over supplier groups.  A requesting
 * role knows the requests of the groups of its Parties, and it gets each figure
 * without them.
 *
 *-------------------------------------------------------------------------
 */
#ifndef DISCLOSURE_H
#define DISCLOSURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/disclosure_rule.h"

/* Figures are sums of others, which form a tree. */
typedef enum DisclosureKind
{
	DISCLOSURE_SRV,				/* the root: one SRV in one mode */
	DISCLOSURE_CATEGORY,		/* Parties of a category; part of the root */
	DISCLOSURE_GENERATION,		/* a device generation; part of the root */
	DISCLOSURE_VALUE,			/* value of a factor; part of a generation */
	DISCLOSURE_STRATUM			/* of the equal mix; part of a value of the
								 * region, or else of a generation */
} DisclosureKind;

#define DISCLOSURE_KINDS	5

typedef struct DisclosureFigure
{
	DisclosureKind kind;
	int32_t		factor;			/* of a value or stratum */
	int32_t		part_of;		/* index of the sum; -1: the root */
	int64_t		total;			/* measured requests; the smallest of several
								 * figures is hidden first */
	int32_t		number;			/* then the one with the smallest number */
	int32_t		category;		/* of a category */
	bool		shown;			/* to roles of one group; with known NULL: if
								 * it satisfies the rule by itself.  Then what
								 * disclosure_suppress() leaves shown */

	/* disclosure_suppress() sets what follows */
	bool		failing;
	int32_t		family_end;
	int32_t		first_family;
	int32_t		next_family;
	int32_t		place;
	int32_t		next_in_place;
	size_t		first_share;
	size_t		first_cell;
	size_t		first_pair;
} DisclosureFigure;

/*
 * Measured requests of a supplier group.  "with" tells:
 *	shares (of a figure of any kind): nothing, 0
 *	cells (of a value or stratum): the category of the Party
 *	pairs (of a value): index of a value of another factor, which these
 *	requests have too; each pair is there twice, once for either value
 */
typedef struct DisclosureCount
{
	int32_t		figure;			/* index */
	int32_t		with;
	int32_t		group;			/* from 0 */
	int64_t		measured;
} DisclosureCount;

/* A list of counts, in the order of disclosure_compare_counts(). */
typedef struct DisclosureCounts
{
	DisclosureCount *counts;
	size_t		n;
} DisclosureCounts;

/*
 * Groups on one side of a place: how many, up to two, and the only one.
 */
typedef struct DisclosureSide
{
	int32_t		ngroups;		/* 2: two or more */
	int32_t		group;
} DisclosureSide;

/* Requests that can be told from others of a figure, inside it and outside. */
typedef struct DisclosurePlace
{
	int32_t		figure;			/* the first of its figures, or -1 */
	size_t		first_pair;
	size_t		end_pair;
	DisclosureSide inside;
	DisclosureSide outside;
	int32_t		next[2];		/* in the lists of roles */
} DisclosurePlace;

/*
 * A publication's figures of one SRV and mode, and working memory.  The caller
 * allocates all of it.
 */
typedef struct Disclosure
{
	DisclosureRule rule;
	DisclosureFigure *figures;	/* in the order of compare_figures() */
	int32_t		nfigures;
	int32_t		ngroups;
	DisclosureCounts shares;
	DisclosureCounts cells;
	DisclosureCounts pairs;

	/*
	 * The groups whose requests the role knows.  NULL: figures are hidden
	 * from all roles alike, each of which knows one group.
	 */
	const bool *known;

	/* working memory, in which nothing need be set */
	DisclosurePlace *places;	/* one for each figure, and one more */
	int64_t    *inside;			/* these: one for each group */
	int64_t    *outside;
	int64_t    *hidden;
	int64_t    *hidden_inside;
	int32_t    *roles;

	/*
	 * Called after each piece of work, which takes time linear in the number
	 * of figures, groups and counts.  It may leave by longjmp(), as nothing
	 * needs to be cleaned up.
	 */
	void		(*pause) (void);
} Disclosure;

/*
 * Orders for qsort().  In the first, part_of can also be anything else that
 * tells sums apart: their index is not known before.
 */
extern int	disclosure_compare_figures(const void *a, const void *b);
extern int	disclosure_compare_counts(const void *a, const void *b);

/*
 * What is wrong with figures and counts that come from outside, or NULL.
 * disclosure_suppress() relies on all that this checks, and on figures sorted
 * by disclosure_compare_figures(), so that those of one family lie together.
 */
extern const char *disclosure_fault(const Disclosure *disclosure);

/*
 * Hides figures until nothing that is hidden can be worked out from what is
 * shown.  The root stays as it is if known is NULL.  Counts of the same figure
 * and group are added up in place, and those of known groups are dropped.
 */
extern void disclosure_suppress(Disclosure *disclosure);

#endif							/* DISCLOSURE_H */
