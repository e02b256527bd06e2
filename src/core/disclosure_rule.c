/*-------------------------------------------------------------------------
 *
 * disclosure_rule.c
 *	  The rule that a figure must satisfy to be shown.
 *
 * It is a minimum frequency with two dominance rules, (n, k) for n = 1 and
 * n = 2 (Willenborg and de Waal, Elements of Statistical Disclosure Control,
 * 2001; Hundepool et al., Statistical Disclosure Control, 2012).
 *
 * If the rule holds for disjoint figures, it holds for their union (Cox,
 * Linear sensitivity measures in statistical disclosure control, 1981).  Proof:
 * a group with enough requests in one of them has enough in the union.  If a
 * group (or two) has at most the share c of each figure, s(i) <= c t(i), then
 * also the sum of all s(i) <= c times the sum of all t(i).  The same holds
 * without any one group, as the rule holds for each figure without that group.
 *
 *-------------------------------------------------------------------------
 */
#include "core/disclosure_rule.h"

/* Is a part at most so many percent of the whole? */
static inline bool
is_share_within(int64_t part, double max_pct, int64_t whole)
{
	return 100.0 * (double) part <= max_pct * (double) whole;
}

/*
 * It is enough to leave out each of the three largest groups in turn.  Leaving
 * out a smaller group takes fewer requests from the total, so the shares of the
 * largest and of the two largest stay below those without the third.
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
