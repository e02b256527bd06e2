/*-------------------------------------------------------------------------
 *
 * rollup_codec.c
 *	  Stored forms of rollups: what is written is read again, and any bytes
 *	  give either a rollup with exactly this stored form, or a fault.
 *
 *-------------------------------------------------------------------------
 */
#include "core/rollup_codec.h"
#include "rollup_form.h"
#include "unit.h"

#define MAX_ROWS	80
#define MAX_FACTORS 4
#define NVALUES		6
#define NO_TIME		UINT64_MAX

typedef struct Row
{
	int32_t		day;
	uint32_t	kind;
	uint64_t	rtt_us;			/* or NO_TIME */
	uint32_t	values[1 + MAX_FACTORS];	/* indexes; of factor 0: day */
} Row;

typedef struct Rows
{
	uint32_t	nfactors;
	uint32_t	n;
	Row			rows[MAX_ROWS];
} Rows;

/* A form, with room to write pieces at its end. */
typedef struct Form
{
	uint8_t    *bytes;
	size_t		n;
	size_t		size;
} Form;

/* Ascending, as the stored form has them. */
static const struct
{
	const char *bytes;
	uint32_t	length;
}			values[NVALUES] = {
	{"", 0}, {"\0", 1}, {"a", 1}, {"a\0", 2}, {"ab", 2}, {"\xff", 1}
};
static const int32_t days[NVALUES] = {
	ROLLUP_FIRST_DAY, -1, 0, 1, 9770, ROLLUP_LAST_DAY
};

static void
make_rows(Rows *rows)
{
	int			shape = (int) random_below(NSHAPES);
	uint64_t	nkinds = 1 + random_below(ROLLUP_KINDS);
	uint64_t	nvalues = 1 + random_below(NVALUES);

	rows->nfactors = (uint32_t) random_below(MAX_FACTORS + 1);
	rows->n = 1 + (uint32_t) random_below(MAX_ROWS);
	for (uint32_t i = 0; i < rows->n; i++)
	{
		Row		   *row = &rows->rows[i];

		for (uint32_t factor = 0; factor <= rows->nfactors; factor++)
			row->values[factor] = (uint32_t) random_below(nvalues);
		row->day = days[row->values[0]];
		row->kind = (uint32_t) random_below(nkinds);
		row->rtt_us = NO_TIME;
		if (rollup_kind_is_answered(row->kind) && random_below(8) > 0)
			row->rtt_us = random_rtt(shape);
	}
}

static uint8_t *
reserve(Form *form, size_t size)
{
	if (form->n + size > form->size)
	{
		uint8_t    *bigger = allocate(2 * (form->n + size), 1);

		if (form->n > 0)
			memcpy(bigger, form->bytes, form->n);
		free(form->bytes);
		form->bytes = bigger;
		form->size = 2 * (form->n + size);
	}
	return form->bytes + form->n;
}

/* The cell of a value, by its definition.  False: it has no rows. */
static bool
make_cell(const Rows *rows, uint32_t factor, uint32_t value,
		  RollupStoredCell *cell)
{
	uint64_t	times[MAX_ROWS] = {0};
	size_t		ntimes = 0;
	bool		found = false;

	memset(cell, 0, sizeof(*cell));
	cell->factor = factor;
	if (factor == 0)
		cell->day = days[value];
	else
	{
		cell->value = (const uint8_t *) values[value].bytes;
		cell->length = values[value].length;
	}
	for (uint32_t i = 0; i < rows->n; i++)
	{
		const Row  *row = &rows->rows[i];

		if (row->values[factor] != value)
			continue;
		found = true;
		cell->counts[row->kind]++;
		if (row->rtt_us != NO_TIME)
			times[ntimes++] = row->rtt_us;
	}
	qsort(times, ntimes, sizeof(uint64_t), compare_values);
	rtt_sketch_from_sorted(&cell->rtt, allocate(ntimes, sizeof(RttBucket)),
						   times, ntimes);
	return found;
}

/* How many of the values before this one a factor has: its index, or number. */
static uint32_t
count_values(const Rows *rows, uint32_t factor, uint32_t before)
{
	uint32_t	n = 0;

	for (uint32_t value = 0; value < before; value++)
	{
		bool		found = false;

		for (uint32_t i = 0; i < rows->n; i++)
			found = found || rows->rows[i].values[factor] == value;
		n += found;
	}
	return n;
}

/* The pair of two values, by its definition.  False: no measured rows. */
static bool
make_pair(const Rows *rows, uint32_t factor_a, uint32_t factor_b,
		  uint32_t a, uint32_t b, RollupStoredPair *pair)
{
	pair->factor_a = factor_a;
	pair->factor_b = factor_b;
	pair->a = count_values(rows, factor_a, a);
	pair->b = count_values(rows, factor_b, b);
	pair->measured = 0;
	pair->missed = 0;
	for (uint32_t i = 0; i < rows->n; i++)
	{
		const Row  *row = &rows->rows[i];

		if (row->values[factor_a] == a && row->values[factor_b] == b)
		{
			pair->measured += rollup_kind_is_measured(row->kind);
			pair->missed += rollup_kind_is_missed(row->kind);
		}
	}
	return pair->measured > 0;
}

static void
write_cells(const Rows *rows, RollupWriter *writer, Form *form)
{
	for (uint32_t factor = 0; factor <= rows->nfactors; factor++)
	{
		for (uint32_t value = 0; value < NVALUES; value++)
		{
			RollupStoredCell cell;

			if (make_cell(rows, factor, value, &cell))
			{
				size_t		bound = rollup_cell_bound(&cell);
				size_t		n = rollup_write_cell(writer, &cell,
												  reserve(form, bound));

				CHECK(n <= bound);
				form->n += n;
			}
			free(cell.rtt.buckets);
		}
	}
}

static void
write_pairs(const Rows *rows, RollupWriter *writer, Form *form)
{
	for (uint32_t fa = 0; fa <= rows->nfactors; fa++)
	{
		for (uint32_t fb = fa + 1; fb <= rows->nfactors; fb++)
		{
			for (uint32_t i = 0; i < NVALUES * NVALUES; i++)
			{
				RollupStoredPair pair;

				if (make_pair(rows, fa, fb, i / NVALUES, i % NVALUES, &pair))
					form->n += rollup_write_pair(writer, &pair,
												 reserve(form,
														 ROLLUP_PAIR_BYTES));
			}
		}
	}
}

static Form
write_form(const Rows *rows)
{
	Form		form = {NULL, 0, 0};
	RollupWriter writer;
	uint32_t	ncells[1 + ROLLUP_MAX_FACTORS];

	for (uint32_t factor = 0; factor <= rows->nfactors; factor++)
		ncells[factor] = count_values(rows, factor, NVALUES);
	form.n = rollup_write_header(&writer, rows->nfactors, ncells,
								 reserve(&form, ROLLUP_HEADER_BYTES));
	write_cells(rows, &writer, &form);
	write_pairs(rows, &writer, &form);
	return form;
}

/* Opens a copy of the bytes, so that ASan detects reading past their end. */
static bool
open_form(RollupReader *reader, uint8_t **copy, const uint8_t *bytes,
		  size_t nbytes)
{
	*copy = malloc(nbytes);
	if (nbytes > 0)
		memcpy(*copy, bytes, nbytes);
	if (!rollup_read_header(reader, *copy, nbytes))
	{
		free(*copy);
		return false;
	}
	CHECK(reader->all_cells <= nbytes);
	reader->margins = allocate(reader->all_cells, sizeof(RollupMargin));
	reader->buckets = allocate(rtt_decoded_bound(nbytes, RTT_CAP_SKETCH),
							   sizeof(RttBucket));
	return true;
}

static void
close_form(RollupReader *reader, uint8_t *copy)
{
	free(reader->margins);
	free(reader->buckets);
	free(copy);
}

/* The fault of any bytes.  If they have none, they are written again. */
static const char *
check_bytes(const uint8_t *bytes, size_t nbytes)
{
	RollupReader reader;
	uint8_t    *copy;
	uint8_t    *piece;

	if (!open_form(&reader, &copy, bytes, nbytes))
		return reader.fault;
	piece = allocate(rewrite_bound(nbytes), 1);
	CHECK(rewrite_form(&reader, copy, piece));
	CHECK(reader.fault != NULL || reader.at == reader.end);
	free(piece);
	close_form(&reader, copy);
	return reader.fault;
}

static void
check_cell(const RollupStoredCell *read, const RollupStoredCell *expected)
{
	CHECK(read->factor == expected->factor && read->day == expected->day);
	CHECK(read->length == expected->length &&
		  (read->length == 0 ||
		   memcmp(read->value, expected->value, read->length) == 0));
	CHECK(memcmp(read->counts, expected->counts, sizeof(read->counts)) == 0);
	CHECK(read->rtt.nbuckets == expected->rtt.nbuckets);
	if (read->rtt.nbuckets > 0)
		CHECK(equal_sketches(&read->rtt, &expected->rtt));
}

/* What is read is what the rows have. */
static void
check_read(const Rows *rows, const Form *form)
{
	RollupReader reader;
	RollupStoredCell cell;
	RollupStoredPair pair;
	uint8_t    *copy;

	CHECK(open_form(&reader, &copy, form->bytes, form->n));
	CHECK(reader.nfactors == rows->nfactors);
	for (uint32_t factor = 0; factor <= rows->nfactors; factor++)
	{
		for (uint32_t value = 0; value < NVALUES; value++)
		{
			RollupStoredCell expected;

			if (make_cell(rows, factor, value, &expected))
			{
				CHECK(rollup_read_cell(&reader, &cell));
				check_cell(&cell, &expected);
			}
			free(expected.rtt.buckets);
		}
	}
	CHECK(!rollup_read_cell(&reader, &cell));
	for (uint32_t fa = 0; fa <= rows->nfactors; fa++)
	{
		for (uint32_t fb = fa + 1; fb <= rows->nfactors; fb++)
		{
			for (uint32_t i = 0; i < NVALUES * NVALUES; i++)
			{
				RollupStoredPair expected;

				if (!make_pair(rows, fa, fb, i / NVALUES, i % NVALUES,
							   &expected))
					continue;
				CHECK(rollup_read_pair(&reader, &pair));
				CHECK(pair.factor_a == fa && pair.factor_b == fb &&
					  pair.a == expected.a && pair.b == expected.b &&
					  pair.measured == expected.measured &&
					  pair.missed == expected.missed);
			}
		}
	}
	CHECK(!rollup_read_pair(&reader, &pair));
	CHECK(reader.fault == NULL);
	close_form(&reader, copy);
}

static void
check_random_forms(void)
{
	static Rows rows;

	for (int i = 0; i < 300; i++)
	{
		Form		form;

		make_rows(&rows);
		form = write_form(&rows);
		CHECK(check_bytes(form.bytes, form.n) == NULL);
		check_read(&rows, &form);
		for (size_t n = 0; n < form.n; n++)
			CHECK(check_bytes(form.bytes, n) != NULL);
		*reserve(&form, 1) = 0;
		CHECK(check_bytes(form.bytes, form.n + 1) != NULL);
		for (int j = 0; j < 200; j++)
		{
			size_t		at = random_below(form.n);
			uint8_t		old = form.bytes[at];

			form.bytes[at] = (uint8_t) random_below(256);
			(void) check_bytes(form.bytes, form.n);
			form.bytes[at] = old;
		}
		free(form.bytes);
	}
}

/* Days with the most rows, and a lowered sketch. */
static void
check_large_cells(void)
{
	Form		form = {NULL, 0, 0};
	RollupStoredCell cell;
	RollupWriter writer;
	const uint32_t ncells[] = {2};

	form.n = rollup_write_header(&writer, 0, ncells,
								 reserve(&form, ROLLUP_HEADER_BYTES));
	memset(&cell, 0, sizeof(cell));
	cell.day = ROLLUP_FIRST_DAY;
	cell.counts[ROLLUP_KINDS - 1] = (uint64_t) INT64_MAX - RTT_CAP_SKETCH - 1;
	form.n += rollup_write_cell(&writer, &cell,
								reserve(&form, rollup_cell_bound(&cell)));

	memset(&cell, 0, sizeof(cell));
	cell.day = ROLLUP_LAST_DAY;
	cell.counts[0] = RTT_CAP_SKETCH + 1;
	{
		RttBucket	buckets[RTT_CAP_SKETCH + 1];
		uint64_t	times[RTT_CAP_SKETCH + 1];
		size_t		n;

		for (int i = 0; i <= RTT_CAP_SKETCH; i++)
			times[i] = 1001 * (uint64_t) i;
		rtt_sketch_from_sorted(&cell.rtt, buckets, times, RTT_CAP_SKETCH + 1);
		rtt_sketch_normalise(&cell.rtt, RTT_CAP_SKETCH);
		CHECK(cell.rtt.precision < RTT_PRECISION_EXACT);
		n = rollup_write_cell(&writer, &cell,
							  reserve(&form, rollup_cell_bound(&cell)));
		CHECK(check_bytes(form.bytes, form.n + n) == NULL);

		/* one row more than INT64_MAX */
		cell.counts[1] = 1;
		writer.next_day = ROLLUP_FIRST_DAY + 1;
		n = rollup_write_cell(&writer, &cell,
							  reserve(&form, rollup_cell_bound(&cell)));
		CHECK(strcmp(check_bytes(form.bytes, form.n + n),
					 "count is out of range") == 0);
	}
	free(form.bytes);
}

/* Reads hexadecimal digits; blanks between them are for the reader. */
static size_t
read_hex(const char *hex, uint8_t *bytes)
{
	size_t		n = 0;
	unsigned int byte;

	for (; *hex != '\0'; hex++)
	{
		if (*hex == ' ')
			continue;
		if (sscanf(hex, "%2x", &byte) != 1)
			abort();
		bytes[n++] = (uint8_t) byte;
		hex++;
	}
	return n;
}

/*
 * Forms as they are now, and each fault.  All cells have kind 0 (met,
 * answered with success: mask 01) or 9 (missed, the same: mask 8004).
 */
static void
check_known_forms(void)
{
	static const struct
	{
		const char *fault;
		const char *hex;
	}			forms[] = {
		/* 2026-10-01 (day 9770), no times; one of a second */
		{NULL, "01 00 01  83 9d 96 01 01 00 00"},
		{NULL, "01 00 01  83 9d 96 01 01 00 03 01 06 02"},
		/* one row with the values "a" and "b"; the same, missed */
		{NULL, "01 02 01 01 01  00 01 00 00  01 61 01 00 00  01 62 01 00 00"
		"  00 00 00"},
		{NULL, "01 02 01 01 01  00 8004 00 00  00 8004 00 00"
		"  01 62 8004 00 00  02 02 02"},
		/* three rows of a value, two of them missed */
		{NULL, "01 01 01 01  00 8104 00 01 00  01 61 8104 00 01 00  03 01 01"},
		/* a pending row (kind 27) is in no pair */
		{NULL, "01 02 01 01 01  00 80808040 00 00  00 80808040 00 00"
		"  00 80808040 00 00"},
		/* (a, c) and (b, d), and so not (a, d) */
		{NULL, "01 02 01 02 02  00 01 01 00  01 61 01 00 00  01 62 01 00 00"
		"  01 63 01 00 00  01 64 01 00 00  00 00  00 00  00 08"},
		{"header is cut off", ""},
		{"header is cut off", "01"},
		{"format version is unknown", "00 00 01  00 01 00 00"},
		{"format version is unknown", "02 00 01  00 01 00 00"},
		{"number of factors is out of range", "01 21 01"},
		{"days or values are missing", "01 00 00  00 01 00 00"},
		{"days or values are missing", "01 01 01 00  00 01 00 00"},
		{"cells are cut off", "01 00 02  00 01 00 00"},
		{"cells are cut off", "01 01 01 01  00 01 00 00"},
		{"number is out of range", "01 00 80 80 80 80 10  00 01 00 00"},
		{"number is cut off or malformed", "01 00 80"},
		{"number is cut off or malformed", "01 00 01  80 00 01 00 00"},
		/* the last day, and the next one */
		{NULL, "01 00 01  e5 fe ff ff 07  01 00 00"},
		{"number is out of range", "01 00 01  e6 fe ff ff 07 01 00 00"},
		{"cell has no rows", "01 00 01  00 00 00 00"},
		{"number is out of range", "01 00 01  00 80 80 80 80 10 00 00"},
		{"count is out of range",
		"01 00 01  00 01 ff ff ff ff ff ff ff ff 7f 00"},
		{"sketch is cut off", "01 00 01  00 01 00 04 01 06 02"},
		{"sketch is cut off", "01 00 01  00 01 00 01"},
		{"unit is too short", "01 00 01  00 01 00 03 01 05 14"},
		{"times are more than the answered rows",
		"01 00 01  00 01 00 04 01 06 03 00"},
		/* kinds 6 and 24 are not answered */
		{"times are more than the answered rows",
		"01 00 01  00 40 00 03 01 06 02"},
		{"times are more than the answered rows",
		"01 00 01  00 80808008 00 03 01 06 02"},
		{"bytes follow the end", "01 00 01  00 01 00 00 00"},
		{"value is cut off", "01 01 01 01  00 01 00 00  05 61 01 00 00"},
		{"values do not ascend",
		"01 01 01 02  00 01 01 00  01 61 01 00 00  01 61 01 00 00"},
		{"values do not ascend",
		"01 01 01 02  00 01 01 00  01 61 01 00 00  00 01 00 00"},
		{"values do not ascend",
		"01 01 01 02  00 01 01 00  01 62 01 00 00  02 61 62 01 00 00"},
		{"values do not add up to the days",
		"01 01 01 01  00 01 00 00  00 01 01 00"},
		{"values do not add up to the days",
		"01 01 01 01  00 01 00 00  00 02 00 00"},
		{"values do not add up to the days",
		"01 01 01 01  00 01 00 00  00 01 00 03 01 06 02"},
		{"values do not add up to the days",
		"01 01 01 01  00 01 00 03 01 06 02  00 01 00 03 01 06 04"},
		/* times that differ only in their sum, minimum or maximum */
		{"values do not add up to the days",
		"01 01 01 01  00 01 02 05 01 06 00 04 04  00 01 02 05 01 06 00 02 06"},
		{"values do not add up to the days",
		"01 01 01 01  00 01 02 05 01 06 00 04 04  00 01 02 05 01 06 02 00 06"},
		{"values do not add up to the days",
		"01 01 01 01  00 01 02 05 01 06 00 04 04  00 01 02 05 01 06 00 02 08"},
		{"pair has more missed than measured rows",
			"01 02 01 01 01  00 8004 00 00  00 8004 00 00  00 8004 00 00"
		"  03 00 02"},
		{"pair is out of range",
		"01 02 01 01 01  00 01 00 00  00 01 00 00  00 01 00 00  04"},
		{"pairs do not add up to their values",
		"01 02 01 01 01  00 01 00 00  00 01 00 00  00 01 00 00  01 00"},
		{"pairs do not add up to their values",
			"01 02 01 01 01  00 8004 00 00  00 8004 00 00  00 8004 00 00"
		"  00"},
		{"pairs do not add up to their values",
		"01 02 01 01 01  00 01 00 00  00 01 00 00  00 01 00 00  02"},
		/* (a, c) twice, of which one is (b, c) */
		{"pairs do not add up to their values",
			"01 02 01 02 01  00 01 01 00  01 61 01 00 00  01 62 01 00 00"
		"  01 63 01 01 00  00 00  01 00  01 00"},
		{"pairs do not add up to their values",
			"01 02 01 01 02  00 01 01 00  01 61 01 01 00"
		"  01 62 01 00 00  01 63 01 00 00  01 00  00 00  01 00"},
		{"number is cut off or malformed",
		"01 02 01 01 01  00 01 00 00  00 01 00 00  00 01 00 00"},
		{"bytes follow the end",
		"01 02 01 01 01  00 01 00 00  00 01 00 00  00 01 00 00  00 00 00 00"}
	};

	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
	{
		uint8_t		bytes[200];
		size_t		n = read_hex(forms[i].hex, bytes);
		const char *fault = check_bytes(bytes, n);
		bool		expected = forms[i].fault == NULL ? fault == NULL :
		fault != NULL && strcmp(fault, forms[i].fault) == 0;

		if (!expected)
			printf("%s: %s\n", forms[i].hex, fault != NULL ? fault : "valid");
		CHECK(expected);
	}
}

int
main(void)
{
	check_known_forms();
	check_large_cells();
	check_random_forms();
	return report();
}
