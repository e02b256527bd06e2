/*-------------------------------------------------------------------------
 *
 * disclosure.c
 *	  The disclosure rule, and which figures of a publication are hidden, beside
 *	  the same worked out from single requests, for every requesting role.  For
 *	  roles that know several groups, linear algebra looks for what they can
 *	  work out from all figures that they are shown.
 *
 *-------------------------------------------------------------------------
 */
#include "core/disclosure.h"
#include "core/disclosure_rule.h"
#include "unit.h"

#define MAX_GROUPS	12
#define MAX_ATOMS	160
#define MAX_FIGURES	200
#define NFACTORS	3
#define NO_ROLE		(-1)
#define PRIME		INT64_C(2147483647)

static long npauses;

static void
count_pause(void)
{
	npauses++;
}

/* The rule, for groups without one of them: straight from its definition. */
static bool
passes_without(const DisclosureRule *rule, const int64_t *measured, int n,
			   int omitted)
{
	int64_t		total = 0;
	int			nlarge = 0;

	for (int i = 0; i < n; i++)
	{
		if (i == omitted)
			continue;
		total += measured[i];
		nlarge += measured[i] >= rule->min_group_requests;
	}
	for (int i = 0; i < n; i++)
	{
		if (i == omitted)
			continue;
		if (100 * measured[i] > (int64_t) rule->max_share_pct * total)
			return false;
		for (int j = 0; j < n; j++)
		{
			if (j != i && j != omitted &&
				100 * (measured[i] + measured[j]) >
				(int64_t) rule->max_share_of_two_pct * total)
				return false;
		}
	}
	return nlarge >= rule->min_groups;
}

static bool
passes_without_any(const DisclosureRule *rule, const int64_t *measured, int n)
{
	for (int i = 0; i < n; i++)
	{
		if (!passes_without(rule, measured, n, i))
			return false;
	}
	return n > 0;
}

static DisclosureRule
random_rule(void)
{
	static const int shares[] = {30, 40, 50, 60, 75, 100};
	DisclosureRule rule;

	rule.min_groups = 2 + (int32_t) random_below(3);
	rule.min_group_requests = 1 + (int64_t) random_below(12);
	rule.max_share_pct = shares[random_below(6)];
	rule.max_share_of_two_pct = shares[random_below(6)] / 4 + 75;
	return rule;
}

static void
check_rule(void)
{
	long		npassed = 0;

	for (int run = 0; run < 20000; run++)
	{
		DisclosureRule rule = random_rule();
		int64_t		measured[MAX_GROUPS];
		int			n = 1 + (int) random_below(MAX_GROUPS);

		for (int i = 0; i < n; i++)
			measured[i] = (int64_t) random_below(random_below(8) == 0 ? 80 : 25);
		CHECK(disclosure_rule_passes(&rule, measured, (size_t) n, 0) ==
			  passes_without(&rule, measured, n, n));
		CHECK(disclosure_rule_passes(&rule, measured, (size_t) n, 1) ==
			  passes_without_any(&rule, measured, n));
		npassed += disclosure_rule_passes(&rule, measured, (size_t) n, 1);
	}
	CHECK(npassed > 500);
}

static void
check_rule_edges(void)
{
	static const DisclosureRule rule = {3, 30, 50, 80};
	static const int64_t just[] = {30, 30, 30};
	static const int64_t few[] = {30, 29, 30};
	static const int64_t half[] = {30, 120, 30, 60};
	static const int64_t above[] = {30, 121, 30, 60};
	static const int64_t two[] = {30, 130, 30, 131};
	static const int64_t four[] = {30, 30, 30, 30};
	static const int64_t most[] = {INT64_MAX / 4, INT64_MAX / 4,
	INT64_MAX / 4, INT64_MAX / 4};

	CHECK(disclosure_rule_passes(&rule, just, 3, 0));
	CHECK(!disclosure_rule_passes(&rule, just, 3, 1));
	CHECK(!disclosure_rule_passes(&rule, few, 3, 0));
	CHECK(disclosure_rule_passes(&rule, half, 4, 0));
	CHECK(!disclosure_rule_passes(&rule, above, 4, 0));
	CHECK(!disclosure_rule_passes(&rule, two, 4, 0));
	CHECK(disclosure_rule_passes(&rule, four, 4, 1));
	CHECK(disclosure_rule_passes(&rule, most, 4, 1));
	CHECK(!disclosure_rule_passes(&rule, four, 0, 0));
}

/* Random publications */

/* Requests of one group that have everything else in common, too. */
typedef struct Atom
{
	int			group;
	int			category;
	int			generation;
	int			qualifier;
	int			values[NFACTORS];
	int64_t		measured;
} Atom;

/* Whose requests are in a figure: -1 matches all. */
typedef struct Pattern
{
	int			category;
	int			generation;
	int			qualifier;
	int			factor;
	int			value;
} Pattern;

static DisclosureRule rule;
static int	ngroups;
static bool has_region;			/* strata are parts of values of factor 0 */
static Atom atoms[MAX_ATOMS];
static int	natoms;
static Pattern patterns[MAX_FIGURES];	/* by number */
static DisclosureFigure figures[MAX_FIGURES];
static int	nfigures;
static DisclosureCount shares[MAX_FIGURES * MAX_ATOMS];
static DisclosureCount cells[MAX_FIGURES * MAX_ATOMS];
static DisclosureCount pairs[MAX_FIGURES * MAX_ATOMS];
static DisclosurePlace places[MAX_FIGURES + 1];
static int64_t sums[4][MAX_GROUPS];
static int32_t roles[MAX_GROUPS];
static bool known[MAX_GROUPS];	/* if the role knows several groups */
static bool several;			/* it does */

/* Do all that a role may be shown of these requests satisfy the rule? */
static bool
may_be_shown(const int64_t *measured)
{
	int64_t		unknown[MAX_GROUPS];

	if (!several)
		return passes_without_any(&rule, measured, ngroups);
	for (int g = 0; g < ngroups; g++)
		unknown[g] = known[g] ? 0 : measured[g];
	return passes_without(&rule, unknown, ngroups, ngroups);
}

/* Requests that the role does not know. */
static int64_t
unknown_of(const Atom *atom)
{
	return several && known[atom->group] ? 0 : atom->measured;
}

static bool
is_in_pattern(const Atom *atom, const Pattern *pattern)
{
	return (pattern->category < 0 || atom->category == pattern->category) &&
		(pattern->generation < 0 || atom->generation == pattern->generation) &&
		(pattern->qualifier < 0 || atom->qualifier == pattern->qualifier) &&
		(pattern->factor < 0 ||
		 atom->values[pattern->factor] == pattern->value);
}

static bool
is_in(const Atom *atom, int figure)
{
	return is_in_pattern(atom, &patterns[figures[figure].number]);
}

static void
make_atoms(void)
{
	int			ncategories = 1 + (int) random_below(3);
	int			nvalues[NFACTORS];
	int			zero = (int) random_below(8);
	bool		one_generation = random_below(4) == 0;
	bool		mixed = random_below(4) == 0;

	ngroups = 3 + (int) random_below(MAX_GROUPS - 2);
	natoms = 10 + (int) random_below(MAX_ATOMS - 9);
	has_region = random_below(2) == 0;
	for (int f = 0; f < NFACTORS; f++)
		nvalues[f] = 1 + (int) random_below(5);
	for (int i = 0; i < natoms; i++)
	{
		Atom	   *atom = &atoms[i];

		atom->group = (int) random_below((uint64_t) ngroups);
		atom->category = (mixed ? (int) random_below(7) : atom->group) %
			ncategories;
		atom->generation = !one_generation && random_below(3) == 0;
		atom->qualifier = random_below(4) == 0;
		for (int f = 0; f < NFACTORS; f++)
			atom->values[f] = (int) random_below((uint64_t) nvalues[f]);
		/* a value of the third factor mostly belongs to one of the second */
		if (random_below(10) > 0)
			atom->values[2] = atom->values[1] % nvalues[2];
		/* and one of the first to a category */
		if (random_below(3) > 0)
			atom->values[0] = atom->category % nvalues[0];
		atom->measured = random_below(10) < (uint64_t) zero / 3 ? 0 :
			1 + (int64_t) random_below(random_below(12) == 0 ? 90 : 30);
	}
}

/* Adds a figure if it has requests; its number is its pattern's. */
static int
add_figure(DisclosureKind kind, int part_of, Pattern pattern)
{
	DisclosureFigure *figure = &figures[nfigures];
	int64_t		measured[MAX_GROUPS] = {0};
	bool		any = false;

	if (nfigures == MAX_FIGURES)
		abort();
	memset(figure, 0x5A, sizeof(DisclosureFigure));
	figure->kind = kind;
	figure->part_of = part_of;
	figure->number = nfigures;
	figure->factor = kind < DISCLOSURE_VALUE ? 0 : pattern.factor + 1;
	figure->category = kind == DISCLOSURE_CATEGORY ? pattern.category : 0;
	figure->total = 0;
	for (int i = 0; i < natoms; i++)
	{
		if (!is_in_pattern(&atoms[i], &pattern))
			continue;
		any = true;
		measured[atoms[i].group] += atoms[i].measured;
		figure->total += atoms[i].measured;
	}
	if (!any)
		return -1;
	figure->shown = passes_without_any(&rule, measured, ngroups);
	patterns[nfigures] = pattern;
	return nfigures++;
}

static void
make_strata(int part_of, Pattern pattern)
{
	for (pattern.qualifier = 0; pattern.qualifier < 2; pattern.qualifier++)
		add_figure(DISCLOSURE_STRATUM, part_of, pattern);
}

static int
index_of(int number)
{
	for (int i = 0; i < nfigures; i++)
	{
		if (figures[i].number == number)
			return i;
	}
	return -1;
}

static void
make_figures(void)
{
	static const Pattern all = {-1, -1, -1, -1, -1};

	nfigures = 0;
	add_figure(DISCLOSURE_SRV, -1, all);
	for (int c = 0; c < 3; c++)
	{
		Pattern		category = {c, -1, -1, -1, -1};

		add_figure(DISCLOSURE_CATEGORY, 0, category);
	}
	for (int g = 0; g < 2; g++)
	{
		Pattern		generation = {-1, g, -1, -1, -1};
		int			sum = add_figure(DISCLOSURE_GENERATION, 0, generation);

		if (sum < 0)
			continue;
		if (!has_region)
			make_strata(sum, generation);
		for (int f = 0; f < NFACTORS; f++)
		{
			for (int v = 0; v < 5; v++)
			{
				Pattern		value = {-1, g, -1, f, v};
				int			figure = add_figure(DISCLOSURE_VALUE, sum, value);

				if (figure >= 0 && f == 0 && has_region)
					make_strata(figure, value);
			}
		}
	}
	qsort(figures, (size_t) nfigures, sizeof(DisclosureFigure),
		  disclosure_compare_figures);
	for (int i = 1; i < nfigures; i++)
		figures[i].part_of = index_of(figures[i].part_of);
}

static void
add_count(DisclosureCounts *list, int figure, int with, const Atom *atom)
{
	DisclosureCount count = {figure, with, atom->group, atom->measured};

	list->counts[list->n++] = count;
}

static Disclosure
make_disclosure(void)
{
	Disclosure	d;

	d.rule = rule;
	d.figures = figures;
	d.nfigures = nfigures;
	d.ngroups = ngroups;
	d.shares.counts = shares;
	d.shares.n = 0;
	d.cells.counts = cells;
	d.cells.n = 0;
	d.pairs.counts = pairs;
	d.pairs.n = 0;
	d.places = places;
	d.inside = sums[0];
	d.outside = sums[1];
	d.hidden = sums[2];
	d.hidden_inside = sums[3];
	d.roles = roles;
	d.known = several ? known : NULL;
	d.pause = count_pause;
	for (int i = 0; i < nfigures; i++)
	{
		for (int a = 0; a < natoms; a++)
		{
			if (!is_in(&atoms[a], i))
				continue;
			add_count(&d.shares, i, 0, &atoms[a]);
			if (figures[i].kind >= DISCLOSURE_VALUE)
				add_count(&d.cells, i, atoms[a].category, &atoms[a]);
			for (int j = 0; j < nfigures && figures[i].kind == DISCLOSURE_VALUE; j++)
			{
				if (figures[j].kind == DISCLOSURE_VALUE &&
					figures[j].factor != figures[i].factor &&
					is_in(&atoms[a], j))
					add_count(&d.pairs, i, j, &atoms[a]);
			}
		}
	}
	qsort(shares, d.shares.n, sizeof(DisclosureCount), disclosure_compare_counts);
	qsort(cells, d.cells.n, sizeof(DisclosureCount), disclosure_compare_counts);
	qsort(pairs, d.pairs.n, sizeof(DisclosureCount), disclosure_compare_counts);
	return d;
}

/* What should be hidden, from the atoms alone */

static bool expected[MAX_FIGURES];	/* shown */

static bool
is_family(int i, int j)
{
	return figures[i].kind == figures[j].kind &&
		figures[i].part_of == figures[j].part_of &&
		figures[i].factor == figures[j].factor;
}

/* Do the hidden parts of a figure satisfy the rule? */
static bool
hidden_parts_pass(int family)
{
	int64_t		measured[MAX_GROUPS] = {0};
	int64_t		total = 0;

	for (int i = 0; i < nfigures; i++)
	{
		for (int a = 0; a < natoms && is_family(i, family) && !expected[i]; a++)
		{
			if (!is_in(&atoms[a], i))
				continue;
			measured[atoms[a].group] += unknown_of(&atoms[a]);
			total += unknown_of(&atoms[a]);
		}
	}
	return total == 0 || may_be_shown(measured);
}

static bool
expect_differences(void)
{
	for (int i = 1; i < nfigures; i++)
	{
		int			smallest = -1;

		if (expected[i] && !expected[figures[i].part_of])
		{
			expected[i] = false;
			return true;
		}
		if (!expected[figures[i].part_of] || hidden_parts_pass(i))
			continue;
		for (int j = 0; j < nfigures; j++)
		{
			if (is_family(i, j) && expected[j] &&
				(smallest < 0 || figures[j].total < figures[smallest].total ||
				 (figures[j].total == figures[smallest].total &&
				  figures[j].number < figures[smallest].number)))
				smallest = j;
		}
		if (smallest >= 0)
		{
			expected[smallest] = false;
			return true;
		}
	}
	return false;
}

/* Where a role finds an atom among the figures of a kind and factor. */
static int
place_of(const Atom *atom, DisclosureKind kind, int factor)
{
	for (int i = 0; i < nfigures; i++)
	{
		if (figures[i].kind != kind || figures[i].factor != factor ||
			!is_in(atom, i))
			continue;
		while (i > 0 && !expected[i])
			i = figures[i].part_of;
		return i;
	}
	return -1;
}

/*
 * Can this figure be shown beside those of a kind and factor?  For each role,
 * what is in places that have requests both in and outside it must satisfy the
 * rule.  Values are compared within their generation; for a category, only
 * roles of that category count, which know no request outside it.
 */
static bool
can_be_shown(int figure, DisclosureKind kind, int factor)
{
	bool		is_value = figures[figure].kind == DISCLOSURE_VALUE;
	int			within = is_value ? figures[figure].part_of : 0;

	for (int role = NO_ROLE; role < (several ? 0 : ngroups); role++)
	{
		bool		inside[MAX_FIGURES] = {false};
		bool		outside[MAX_FIGURES] = {false};
		int64_t		measured[2][MAX_GROUPS] = {{0}};
		int64_t		total = 0;
		int			at[MAX_ATOMS];

		for (int a = 0; a < natoms; a++)
		{
			bool		in = is_in(&atoms[a], figure);

			at[a] = is_in(&atoms[a], within) && unknown_of(&atoms[a]) > 0 ?
				place_of(&atoms[a], kind, factor) : -1;
			if (at[a] < 0 || (atoms[a].group == role && (in || is_value)))
				continue;
			(in ? inside : outside)[at[a]] = true;
		}
		for (int a = 0; a < natoms; a++)
		{
			if (at[a] < 0 || !inside[at[a]] || !outside[at[a]])
				continue;
			measured[is_in(&atoms[a], figure)][atoms[a].group] +=
				atoms[a].measured;
			total += atoms[a].measured;
		}
		if (total > 0 &&
			(!may_be_shown(measured[0]) ||
			 ((is_value || role == NO_ROLE) && !may_be_shown(measured[1]))))
			return false;
	}
	return true;
}

static bool
expect_factor_differences(void)
{
	bool		failing[MAX_FIGURES] = {false};
	bool		result = false;

	for (int i = 0; i < nfigures; i++)
	{
		for (int f = 1; f <= NFACTORS; f++)
		{
			if (figures[i].kind == DISCLOSURE_VALUE && expected[i] &&
				figures[i].factor != f && !can_be_shown(i, DISCLOSURE_VALUE, f))
				failing[i] = true;
		}
	}
	for (int g = 0; g < nfigures; g++)
	{
		int			yields = 0;
		int			least = 0;

		for (int f = NFACTORS; f > 0; f--)
		{
			bool		fails = false;
			int			n = 0;

			for (int i = 0; i < nfigures; i++)
			{
				if (figures[i].kind != DISCLOSURE_VALUE ||
					figures[i].part_of != g || figures[i].factor != f)
					continue;
				n++;
				fails |= failing[i];
			}
			if (fails && (yields == 0 || n <= least))
			{
				yields = f;
				least = n;
			}
		}
		for (int i = 0; i < nfigures && yields > 0; i++)
		{
			if (failing[i] && figures[i].part_of == g &&
				figures[i].factor == yields)
			{
				expected[i] = false;
				result = true;
			}
		}
	}
	return result;
}

static bool
expect_category_differences(void)
{
	bool		result = false;

	for (int i = 0; i < nfigures; i++)
	{
		bool		safe = true;

		if (figures[i].kind != DISCLOSURE_CATEGORY || !expected[i])
			continue;
		for (int f = 0; f <= NFACTORS; f++)
			safe = safe && can_be_shown(i, DISCLOSURE_VALUE, f) &&
				can_be_shown(i, DISCLOSURE_STRATUM, f);
		if (!safe)
		{
			expected[i] = false;
			result = true;
		}
	}
	return result;
}

/* The requests of a figure that the role does not know, by group. */
static int64_t
sum_unknown(int figure, int64_t *measured)
{
	int64_t		total = 0;

	memset(measured, 0, MAX_GROUPS * sizeof(int64_t));
	for (int a = 0; a < natoms; a++)
	{
		if (!is_in(&atoms[a], figure))
			continue;
		measured[atoms[a].group] += unknown_of(&atoms[a]);
		total += unknown_of(&atoms[a]);
	}
	return total;
}

static void
expect(void)
{
	int64_t		measured[MAX_GROUPS];

	for (int i = 0; i < nfigures; i++)
	{
		sum_unknown(i, measured);
		expected[i] = figures[i].shown && may_be_shown(measured);
	}
	while (expect_differences() || expect_factor_differences() ||
		   expect_category_differences())
		;
}

static void
make_publication(void)
{
	rule = random_rule();
	if (random_below(2) == 0)
	{
		rule.min_groups = 2;
		rule.min_group_requests = 1 + (int64_t) random_below(5);
		rule.max_share_pct = 75;
		rule.max_share_of_two_pct = 95;
	}
	make_atoms();
	make_figures();
}

static void
check_publications(void)
{
	long		nshown[DISCLOSURE_KINDS] = {0};
	long		nhidden[DISCLOSURE_KINDS] = {0};

	for (int run = 0; run < 1000; run++)
	{
		Disclosure	d;
		bool		before[MAX_FIGURES] = {false};
		bool		equal = true;
		bool		stable = true;

		make_publication();
		d = make_disclosure();
		CHECK(disclosure_fault(&d) == NULL);
		expect();
		for (int i = 0; i < nfigures; i++)
			before[i] = figures[i].shown;
		disclosure_suppress(&d);
		for (int i = 0; i < nfigures; i++)
		{
			equal = equal && figures[i].shown == expected[i];
			CHECK(before[i] || !figures[i].shown);
			nshown[figures[i].kind] += figures[i].shown;
			nhidden[figures[i].kind] += before[i] && !figures[i].shown;
		}
		CHECK(equal);
		CHECK(figures[0].shown == before[0]);

		/* once more, nothing is left to hide */
		disclosure_suppress(&d);
		for (int i = 0; i < nfigures; i++)
			stable = stable && figures[i].shown == expected[i];
		CHECK(stable);
	}
	/* all of this did happen */
	for (int kind = DISCLOSURE_CATEGORY; kind < DISCLOSURE_KINDS; kind++)
	{
		CHECK(nshown[kind] > 50);
		CHECK(nhidden[kind] > 20);
	}
	CHECK(npauses > 0);
}

/* What a role that knows several groups can work out */

/*
 * A figure is a vector: 1 for each atom in it that the role does not know.  The
 * role can work out a figure if it is a linear combination of those that it is
 * shown.  This is decided modulo a prime, where no combination is missed.
 */
static int64_t basis[MAX_FIGURES][MAX_ATOMS];
static int	pivots[MAX_FIGURES];
static int	nbasis;

static int64_t
inverse(int64_t x)
{
	int64_t		result = 1;

	for (int64_t n = PRIME - 2; n > 0; n /= 2)
	{
		if (n % 2 == 1)
			result = result * x % PRIME;
		x = x * x % PRIME;
	}
	return result;
}

/* Subtracts the basis; the first atom that is left, or -1. */
static int
reduce(int64_t *vector)
{
	for (int b = 0; b < nbasis; b++)
	{
		int64_t		times = vector[pivots[b]];

		for (int a = 0; times != 0 && a < natoms; a++)
			vector[a] = (vector[a] + (PRIME - times) * basis[b][a]) % PRIME;
	}
	for (int a = 0; a < natoms; a++)
	{
		if (vector[a] != 0)
			return a;
	}
	return -1;
}

static void
add_to_basis(int figure)
{
	int64_t    *vector = basis[nbasis];
	int			pivot;
	int64_t		scale;

	for (int a = 0; a < natoms; a++)
		vector[a] = is_in(&atoms[a], figure) && unknown_of(&atoms[a]) > 0;
	pivot = reduce(vector);
	if (pivot < 0)
		return;
	scale = inverse(vector[pivot]);
	for (int a = 0; a < natoms; a++)
		vector[a] = vector[a] * scale % PRIME;
	pivots[nbasis++] = pivot;
}

/* The category of all requests that are known; -1: there are several. */
static int
known_category(void)
{
	int			result = -1;

	for (int a = 0; a < natoms; a++)
	{
		if (!known[atoms[a].group])
			continue;
		if (result >= 0 && atoms[a].category != result)
			return -1;
		result = atoms[a].category;
	}
	return result;
}

/* A classification: the categories, the values of a factor, or the strata. */
#define CATEGORIES		0
#define REGION			1
#define STRATA			(NFACTORS + 1)
#define CLASSIFICATIONS	(NFACTORS + 2)

static bool
is_of(int figure, int classification)
{
	switch (figures[figure].kind)
	{
		case DISCLOSURE_CATEGORY:
			return classification == CATEGORIES;
		case DISCLOSURE_VALUE:
			return classification == figures[figure].factor;
		case DISCLOSURE_STRATUM:
			return classification == STRATA;
		default:
			return true;
	}
}

/* Can figure i without figure j be worked out, although it breaks the rule? */
static bool
is_leak(int i, int j)
{
	int64_t		vector[MAX_ATOMS];
	int64_t		measured[MAX_GROUPS] = {0};
	int64_t		total = 0;

	for (int a = 0; a < natoms; a++)
	{
		vector[a] = is_in(&atoms[a], i) && (j < 0 || !is_in(&atoms[a], j)) &&
			unknown_of(&atoms[a]) > 0;
		if (vector[a] == 0)
			continue;
		measured[atoms[a].group] += atoms[a].measured;
		total += atoms[a].measured;
	}
	return total > 0 && !may_be_shown(measured) && reduce(vector) < 0;
}

/*
 * The number of leaks from figures of two classifications that are shown, and
 * from their sums.  The leaks looked for are the figures themselves, and each
 * without another one.
 */
static long
count_leaks(int one, int two)
{
	int			category = known_category();
	long		result = 0;
	int			list[MAX_FIGURES];
	int			n = 0;

	nbasis = 0;
	for (int i = 0; i < nfigures; i++)
	{
		if (!is_of(i, one) && !is_of(i, two))
			continue;
		list[n++] = i;
		/* a role sees its own category alone, and none if it has several */
		if (figures[i].shown && (figures[i].kind != DISCLOSURE_CATEGORY ||
								 figures[i].category == category))
			add_to_basis(i);
	}
	for (int i = 0; i < n; i++)
	{
		result += is_leak(list[i], -1);
		for (int j = 0; j < n; j++)
			result += is_leak(list[i], list[j]);
	}
	return result;
}

typedef struct Leaks
{
	long		two_factors;
	long		others;
} Leaks;

/*
 * Strata with qualifiers are not checked beside factors other than the region,
 * nor are three classifications at once (doc/comparison.md, limits).
 */
static void
count_all_leaks(Leaks *leaks)
{
	for (int one = CATEGORIES; one < STRATA; one++)
	{
		for (int two = one + 1; two < CLASSIFICATIONS; two++)
		{
			if (one > CATEGORIES && two < STRATA)
				leaks->two_factors += count_leaks(one, two);
			else if (one == CATEGORIES || (one == REGION && has_region))
				leaks->others += count_leaks(one, two);
		}
	}
}

static int
count_shown(void)
{
	int			result = 0;

	for (int i = 0; i < nfigures; i++)
		result += figures[i].shown;
	return result;
}

/*
 * What is shown to roles of one group leaks to a role of two or three.  What is
 * left for these does not, but for a few differences between what the hidden
 * values of two factors leave of a generation (doc/comparison.md, limits).
 */
static void
check_several_groups(void)
{
	long		nshown[2] = {0};
	Leaks		before = {0};
	Leaks		after = {0};

	for (int run = 0; run < 600; run++)
	{
		Disclosure	d;
		bool		equal = true;

		make_publication();
		d = make_disclosure();
		disclosure_suppress(&d);
		memset(known, 0, sizeof(known));
		for (int n = 2 + run % 2; n > 0; n--)
			known[random_below((uint64_t) ngroups)] = true;
		several = true;
		nshown[0] += count_shown();
		count_all_leaks(&before);
		expect();
		d = make_disclosure();
		disclosure_suppress(&d);
		for (int i = 0; i < nfigures; i++)
			equal = equal && figures[i].shown == expected[i];
		CHECK(equal);
		nshown[1] += count_shown();
		count_all_leaks(&after);
		several = false;
	}
	CHECK(before.two_factors > 1000);
	CHECK(before.others > 1000);
	CHECK(after.two_factors < before.two_factors / 1000);
	CHECK(after.others == 0);
	CHECK(nshown[1] > nshown[0] / 2);
}

/* What comes from outside */

static void
damage(Disclosure *d)
{
	DisclosureFigure *figure = &figures[random_below((uint64_t) nfigures)];
	DisclosureCounts *lists[] = {&d->shares, &d->cells, &d->pairs};
	DisclosureCounts *list = lists[random_below(3)];
	DisclosureCount *count = &list->counts[random_below(list->n + 1)];
	int32_t		n = (int32_t) random_below((uint64_t) nfigures + 2) - 1;

	switch (random_below(9))
	{
		case 0:
			figure->kind = (DisclosureKind) random_below(DISCLOSURE_KINDS);
			break;
		case 1:
			figure->part_of = n;
			break;
		case 2:
			figure->factor = n % 5;
			break;
		case 3:
			figure->category = n % 4 - 1;
			break;
		case 4:
			count->figure = n;
			break;
		case 5:
			count->with = n;
			break;
		case 6:
			count->group = n % (ngroups + 2) - 1;
			break;
		case 7:
			count->measured = (int64_t) random_bits();
			break;
		default:
			figure->shown = !figure->shown;
			break;
	}
}

static void
check_damage(void)
{
	long		nfaults = 0;

	for (int run = 0; run < 1500; run++)
	{
		Disclosure	d;

		make_publication();
		d = make_disclosure();
		for (uint64_t n = 1 + random_below(2); n > 0; n--)
			damage(&d);
		if (disclosure_fault(&d) == NULL)
			disclosure_suppress(&d);
		else
			nfaults++;
	}
	CHECK(nfaults > 500);
}

#define CHECK_FAULT(what, place, value) \
	do { \
		make_publication(); \
		d = make_disclosure(); \
		place = value; \
		fault = disclosure_fault(&d); \
		CHECK(fault != NULL && strcmp(fault, what) == 0); \
	} while (0)

static void
check_faults(void)
{
	Disclosure	d;
	const char *fault;

	CHECK_FAULT("the first figure is not an SRV's", d.nfigures, 0);
	CHECK_FAULT("the first figure is not an SRV's", figures[0].part_of, 0);
	CHECK_FAULT("there are figures of several SRVs", figures[1].kind,
				DISCLOSURE_SRV);
	CHECK_FAULT("a figure is part of one of the wrong kind",
				figures[nfigures - 1].part_of, 0);
	CHECK_FAULT("a figure is part of one of the wrong kind",
				figures[nfigures - 1].part_of, nfigures - 1);
	CHECK_FAULT("a figure is part of one of the wrong kind",
				figures[nfigures - 1].part_of, -1);
	CHECK_FAULT("a category is negative", figures[1].category, -1);
	CHECK_FAULT("figures are out of order", figures[nfigures - 1].factor, -1);
	CHECK_FAULT("requests of an unknown figure",
				shares[d.shares.n - 1].figure, nfigures);
	CHECK_FAULT("requests of an unknown figure", shares[0].figure, -1);
	CHECK_FAULT("requests of an unknown group",
				shares[d.shares.n - 1].group, ngroups);
	CHECK_FAULT("requests of an unknown group", shares[0].group, -1);
	CHECK_FAULT("requests are out of order", shares[0].figure, 1);
	CHECK_FAULT("the number of requests is negative", cells[0].measured, -1);
	CHECK_FAULT("the number of requests is out of range",
				shares[0].measured = shares[1].measured, INT64_MAX / 2 + 1);
	CHECK_FAULT("a cell is neither of a value nor of a stratum",
				cells[0].figure, 0);
	CHECK_FAULT("a pair is not of values of two factors in one generation",
				pairs[0].with, -1);
	CHECK_FAULT("a pair is not of values of two factors in one generation",
				pairs[d.pairs.n - 1].with, nfigures);
	CHECK_FAULT("a pair is not of values of two factors in one generation",
				pairs[0].with, pairs[0].figure);
	CHECK_FAULT("a pair is not of values of two factors in one generation",
				pairs[0].figure, 0);
}

int
main(void)
{
	check_rule();
	check_rule_edges();
	check_publications();
	check_several_groups();
	check_damage();
	check_faults();
	return report();
}
