/*-------------------------------------------------------------------------
 *
 * disclosure_rule.h
 *	  The rule that a figure must satisfy to be shown.
 *
 *-------------------------------------------------------------------------
 */
#ifndef DISCLOSURE_RULE_H
#define DISCLOSURE_RULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A figure needs min_groups groups with min_group_requests requests each.  The
 * largest group has at most max_share_pct percent of all requests, and the two
 * largest have at most max_share_of_two_pct percent.
 */
typedef struct DisclosureRule
{
	int32_t		min_groups;
	int64_t		min_group_requests;
	double		max_share_pct;
	double		max_share_of_two_pct;
} DisclosureRule;

/*
 * Does the rule hold for groups with so many measured requests?
 *
 * measured: in any order, none negative; the sum must fit int64_t.  A group
 * without requests does not count.
 * omitted: 0, or 1: the rule must then hold without any one of the groups,
 * whichever it is.
 */
extern bool disclosure_rule_passes(const DisclosureRule *rule,
								   const int64_t *measured, size_t ngroups,
								   int omitted);

#endif							/* DISCLOSURE_RULE_H */
