/*-------------------------------------------------------------------------
 *
 * disclosure.c
 *	  The functions passes_dominance_rule and suppressed_figures.
 *
 * Both check all that they are given: a role that may call them can also give
 * them any array.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "common/int.h"
#include "core/disclosure.h"
#include "core/disclosure_rule.h"
#include "executor/executor.h"
#include "miscadmin.h"
#include "storage/shmem.h"
#include "utils/array.h"

/* Columns of the arrays that suppressed_figures takes. */
enum
{
	FIGURE_NUMBER, FIGURE_KIND, FIGURE_PART_OF, FIGURE_FACTOR,
	FIGURE_CATEGORY, FIGURE_TOTAL, FIGURE_SHOWN, FIGURE_COLUMNS
};

enum
{
	SHARE_FIGURE, SHARE_GROUP, SHARE_MEASURED, SHARE_COLUMNS
};

enum
{
	CELL_FIGURE, CELL_CATEGORY, CELL_GROUP, CELL_MEASURED, CELL_COLUMNS
};

enum
{
	PAIR_FIGURE, PAIR_OTHER, PAIR_GROUP, PAIR_MEASURED, PAIR_COLUMNS
};

/* An array of bigint with two dimensions. */
typedef struct Rows
{
	const int64 *values;
	int			nrows;
	int			ncolumns;
} Rows;

/* A caller's number for a figure or group, and its index for the core. */
typedef struct NumberIndex
{
	int32		number;
	int32		index;
} NumberIndex;

typedef struct Numbers
{
	NumberIndex *list;			/* by number */
	int			n;
	const char *what;
} Numbers;

PG_FUNCTION_INFO_V1(pmr_passes_dominance_rule);
PG_FUNCTION_INFO_V1(pmr_suppressed_figures);

/* Arguments */

static void
check_no_nulls(ArrayType *array, const char *what)
{
	if (array_contains_nulls(array))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("%s must not contain nulls", what)));
}

static Datum
get_parameter(HeapTupleHeader rule, const char *name)
{
	bool		isnull;
	Datum		value = GetAttributeByName(rule, name, &isnull);

	if (isnull)
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("%s must not be null", name)));
	return value;
}

static DisclosureRule
get_rule(FunctionCallInfo fcinfo, int argno)
{
	HeapTupleHeader row = PG_GETARG_HEAPTUPLEHEADER(argno);
	DisclosureRule rule;

	rule.min_groups = DatumGetInt32(get_parameter(row, "min_groups"));
	rule.min_group_requests =
		DatumGetInt64(get_parameter(row, "min_group_requests"));
	rule.max_share_pct = DatumGetFloat8(get_parameter(row, "max_share_pct"));
	rule.max_share_of_two_pct =
		DatumGetFloat8(get_parameter(row, "max_share_of_two_pct"));
	return rule;
}

static void
check_requests(const int64 *measured, int n)
{
	int64		total = 0;

	for (int i = 0; i < n; i++)
	{
		if (measured[i] < 0)
			ereport(ERROR,
					(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
					 errmsg("measured requests must not be negative, but are %lld",
							(long long) measured[i])));
		if (pg_add_s64_overflow(total, measured[i], &total))
			ereport(ERROR,
					(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
					 errmsg("sum of measured requests is out of range")));
	}
}

static Rows
get_rows(FunctionCallInfo fcinfo, int argno, int ncolumns, const char *what)
{
	ArrayType  *array = PG_GETARG_ARRAYTYPE_P(argno);
	Rows		rows = {(const int64 *) ARR_DATA_PTR(array), 0, ncolumns};

	check_no_nulls(array, what);
	if (ARR_NDIM(array) == 0)
		return rows;
	if (ARR_NDIM(array) != 2 || ARR_DIMS(array)[1] != ncolumns)
		ereport(ERROR,
				(errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
				 errmsg("%s must be an array of rows of %d numbers",
						what, ncolumns)));
	rows.nrows = ARR_DIMS(array)[0];
	return rows;
}

static inline int64
get_value(const Rows *rows, int row, int column)
{
	return rows->values[(Size) row * rows->ncolumns + column];
}

/* A number that the core keeps in 32 bits, of which -1 is none. */
static int32
get_number(const Rows *rows, int row, int column)
{
	int64		value = get_value(rows, row, column);

	if (value < 0 || value > PG_INT32_MAX)
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("number %lld is not between 0 and %d",
						(long long) value, PG_INT32_MAX)));
	return (int32) value;
}

static void *
allocate(Size n, Size size)
{
	return MemoryContextAllocHuge(CurrentMemoryContext,
								  mul_size(Max(n, 1), size));
}

/* Numbers and indexes */

static int
compare_numbers(const void *a, const void *b)
{
	int32		x = ((const NumberIndex *) a)->number;
	int32		y = ((const NumberIndex *) b)->number;

	return (x > y) - (x < y);
}

static NumberIndex *
search_number(const Numbers *numbers, int32 number)
{
	NumberIndex key = {number, 0};

	return bsearch(&key, numbers->list, numbers->n, sizeof(NumberIndex),
				   compare_numbers);
}

static int32
find_number(const Numbers *numbers, int32 number)
{
	NumberIndex *found = search_number(numbers, number);

	if (found != NULL)
		return found->index;
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("%s %d is unknown", numbers->what, number)));
}

/* The groups of shares, numbered from 0. */
static Numbers
number_groups(const Rows *shares)
{
	Numbers		groups = {allocate(shares->nrows, sizeof(NumberIndex)), 0, "group"};

	for (int i = 0; i < shares->nrows; i++)
		groups.list[i].number = get_number(shares, i, SHARE_GROUP);
	qsort(groups.list, shares->nrows, sizeof(NumberIndex), compare_numbers);
	for (int i = 0; i < shares->nrows; i++)
	{
		if (i > 0 && groups.list[i].number == groups.list[i - 1].number)
			continue;
		groups.list[groups.n].number = groups.list[i].number;
		groups.list[groups.n].index = groups.n;
		groups.n++;
	}
	return groups;
}

/* Which groups are known; those that have no requests do not matter. */
static const bool *
read_known(const Rows *rows, const Numbers *groups)
{
	bool	   *known = allocate(groups->n, sizeof(bool));

	if (rows->nrows == 0)
		return NULL;
	memset(known, 0, groups->n * sizeof(bool));
	for (int i = 0; i < rows->nrows; i++)
	{
		NumberIndex *group = search_number(groups, get_number(rows, i, 0));

		if (group != NULL)
			known[group->index] = true;
	}
	return known;
}

/* Figures and counts */

static void
read_figures(Disclosure *disclosure, const Rows *rows)
{
	DisclosureFigure *figures = allocate(rows->nrows, sizeof(DisclosureFigure));

	for (int i = 0; i < rows->nrows; i++)
	{
		DisclosureFigure *figure = &figures[i];
		int32		kind = get_number(rows, i, FIGURE_KIND);

		if (kind >= DISCLOSURE_KINDS)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("kind %d is not between 0 and %d",
							kind, DISCLOSURE_KINDS - 1)));
		figure->kind = kind;
		figure->number = get_number(rows, i, FIGURE_NUMBER);
		figure->part_of = get_number(rows, i, FIGURE_PART_OF);
		figure->factor = get_number(rows, i, FIGURE_FACTOR);
		figure->category = get_number(rows, i, FIGURE_CATEGORY);
		figure->total = get_value(rows, i, FIGURE_TOTAL);
		figure->shown = get_value(rows, i, FIGURE_SHOWN) != 0;
	}
	qsort(figures, rows->nrows, sizeof(DisclosureFigure),
		  disclosure_compare_figures);
	disclosure->figures = figures;
	disclosure->nfigures = rows->nrows;
}

static Numbers
number_figures(const Disclosure *disclosure)
{
	int			n = disclosure->nfigures;
	Numbers		figures = {allocate(n, sizeof(NumberIndex)), n, "figure"};

	for (int i = 0; i < n; i++)
	{
		figures.list[i].number = disclosure->figures[i].number;
		figures.list[i].index = i;
	}
	qsort(figures.list, n, sizeof(NumberIndex), compare_numbers);
	for (int i = 1; i < n; i++)
	{
		if (figures.list[i].number == figures.list[i - 1].number)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("figure %d is given twice",
							figures.list[i].number)));
	}
	return figures;
}

/* Replaces the number of each figure's sum by its index. */
static void
link_sums(Disclosure *disclosure, const Numbers *numbers)
{
	for (int i = 0; i < disclosure->nfigures; i++)
	{
		DisclosureFigure *figure = &disclosure->figures[i];

		figure->part_of = figure->kind == DISCLOSURE_SRV ? -1 :
			find_number(numbers, figure->part_of);
	}
}

static DisclosureCounts
allocate_counts(Size n)
{
	DisclosureCounts list = {allocate(n, sizeof(DisclosureCount)), n};

	return list;
}

static void
sort_counts(DisclosureCounts *list)
{
	qsort(list->counts, list->n, sizeof(DisclosureCount),
		  disclosure_compare_counts);
}

static DisclosureCounts
read_shares(const Rows *rows, const Numbers *figures, const Numbers *groups)
{
	DisclosureCounts list = allocate_counts(rows->nrows);

	for (int i = 0; i < rows->nrows; i++)
	{
		DisclosureCount *count = &list.counts[i];

		count->figure = find_number(figures, get_number(rows, i, SHARE_FIGURE));
		count->with = 0;
		count->group = find_number(groups, get_number(rows, i, SHARE_GROUP));
		count->measured = get_value(rows, i, SHARE_MEASURED);
	}
	sort_counts(&list);
	return list;
}

static DisclosureCounts
read_cells(const Rows *rows, const Numbers *figures, const Numbers *groups)
{
	DisclosureCounts list = allocate_counts(rows->nrows);

	for (int i = 0; i < rows->nrows; i++)
	{
		DisclosureCount *count = &list.counts[i];

		count->figure = find_number(figures, get_number(rows, i, CELL_FIGURE));
		count->with = get_number(rows, i, CELL_CATEGORY);
		count->group = find_number(groups, get_number(rows, i, CELL_GROUP));
		count->measured = get_value(rows, i, CELL_MEASURED);
	}
	sort_counts(&list);
	return list;
}

/* Each pair is needed from both sides. */
static DisclosureCounts
read_pairs(const Rows *rows, const Numbers *figures, const Numbers *groups)
{
	DisclosureCounts list = allocate_counts((Size) rows->nrows * 2);

	for (int i = 0; i < rows->nrows; i++)
	{
		DisclosureCount *count = &list.counts[(Size) i * 2];

		count[0].figure = find_number(figures, get_number(rows, i, PAIR_FIGURE));
		count[0].with = find_number(figures, get_number(rows, i, PAIR_OTHER));
		count[0].group = find_number(groups, get_number(rows, i, PAIR_GROUP));
		count[0].measured = get_value(rows, i, PAIR_MEASURED);
		count[1] = count[0];
		count[1].figure = count[0].with;
		count[1].with = count[0].figure;
	}
	sort_counts(&list);
	return list;
}

static void
check_interrupts(void)
{
	CHECK_FOR_INTERRUPTS();
}

static void
allocate_memory(Disclosure *disclosure)
{
	Size		ngroups = disclosure->ngroups;

	disclosure->places = allocate((Size) disclosure->nfigures + 1,
								  sizeof(DisclosurePlace));
	disclosure->inside = allocate(ngroups, sizeof(int64));
	disclosure->outside = allocate(ngroups, sizeof(int64));
	disclosure->hidden = allocate(ngroups, sizeof(int64));
	disclosure->hidden_inside = allocate(ngroups, sizeof(int64));
	disclosure->roles = allocate(ngroups, sizeof(int32));
	disclosure->pause = check_interrupts;
}

static void
check_disclosure(const Disclosure *disclosure)
{
	const char *fault = disclosure_fault(disclosure);

	if (fault != NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("figures do not fit together: %s", fault)));
}

/* The numbers of the figures that were shown and no longer are. */
static ArrayType *
list_suppressed(const Disclosure *disclosure, const Rows *rows,
				const Numbers *numbers)
{
	Datum	   *list = allocate(rows->nrows, sizeof(Datum));
	int			n = 0;

	for (int i = 0; i < rows->nrows; i++)
	{
		int32		number = get_number(rows, i, FIGURE_NUMBER);

		if (get_value(rows, i, FIGURE_SHOWN) != 0 &&
			!disclosure->figures[find_number(numbers, number)].shown)
			list[n++] = Int32GetDatum(number);
	}
	return construct_array(list, n, INT4OID, sizeof(int32), true,
						   TYPALIGN_INT);
}

/* Called by SQL */

/* (measured, rule, omitted_groups) */
Datum
pmr_passes_dominance_rule(PG_FUNCTION_ARGS)
{
	ArrayType  *array = PG_GETARG_ARRAYTYPE_P(0);
	DisclosureRule rule = get_rule(fcinfo, 1);
	int32		omitted = PG_GETARG_INT32(2);
	const int64 *measured = (const int64 *) ARR_DATA_PTR(array);
	int			ngroups = ArrayGetNItems(ARR_NDIM(array), ARR_DIMS(array));

	check_no_nulls(array, "measured");
	check_requests(measured, ngroups);
	if (omitted != 0 && omitted != 1)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("omitted_groups must be 0 or 1, but is %d", omitted)));
	PG_RETURN_BOOL(disclosure_rule_passes(&rule, measured, ngroups, omitted));
}

/* (rule, figures, shares, cells, pairs, known) */
Datum
pmr_suppressed_figures(PG_FUNCTION_ARGS)
{
	Disclosure	disclosure = {.rule = get_rule(fcinfo, 0)};
	Rows		figures = get_rows(fcinfo, 1, FIGURE_COLUMNS, "figures");
	Rows		shares = get_rows(fcinfo, 2, SHARE_COLUMNS, "shares");
	Rows		cells = get_rows(fcinfo, 3, CELL_COLUMNS, "cells");
	Rows		pairs = get_rows(fcinfo, 4, PAIR_COLUMNS, "pairs");
	Rows		known = get_rows(fcinfo, 5, 1, "known");
	Numbers		numbers;
	Numbers		groups = number_groups(&shares);

	read_figures(&disclosure, &figures);
	numbers = number_figures(&disclosure);
	link_sums(&disclosure, &numbers);
	disclosure.ngroups = groups.n;
	disclosure.shares = read_shares(&shares, &numbers, &groups);
	disclosure.cells = read_cells(&cells, &numbers, &groups);
	disclosure.pairs = read_pairs(&pairs, &numbers, &groups);
	disclosure.known = read_known(&known, &groups);
	allocate_memory(&disclosure);
	check_disclosure(&disclosure);
	disclosure_suppress(&disclosure);
	PG_RETURN_ARRAYTYPE_P(list_suppressed(&disclosure, &figures, &numbers));
}
