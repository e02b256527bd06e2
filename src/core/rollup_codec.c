/*-------------------------------------------------------------------------
 *
 * rollup_codec.c
 *	  The stored form of a rollup, version 1.
 *
 * The form is not released yet, and may still change.
 *
 * Layout
 * ------
 *	byte 0		version: 1
 *	byte 1		number of factors
 *	varint		number of days
 *	varint		number of values, for each factor
 *
 * then each day, ascending:
 *	varint		days between it and the day before, or ROLLUP_FIRST_DAY
 *	cell
 *
 * then each factor's values, ascending as memcmp() has it, a prefix first:
 *	varint		length
 *	bytes		value
 *	cell
 *
 * then, for each two factors (0 and 1, 0 and 2, ..., 1 and 2, ...), of which
 * factor 0 is the day, each pair of values with measured rows, by the first and
 * then by the second value:
 *	varint		gap << 2 | (missed > 0) << 1 | (measured > 1)
 *	varint		measured - 2, present where measured > 1
 *	varint		missed - 1, present where measured > 1 and missed > 0
 *
 * Most pairs of a day and a value have one row, and take one byte.
 *
 * A cell is
 *	varint		mask of the kinds of its rows (rollup_kind.c)
 *	varint		number of rows - 1, of each of these kinds, ascending
 *	varint		length of the sketch; 0 if there are no times
 *	bytes		sketch (rtt_codec.c)
 *
 * The gap is the number of positions between a pair and the one before it, or
 * before the first one of these factors.  The position is index of the first
 * value * number of the second factor's values + index of the second value.
 * The pairs of two factors end when their measured rows are as many as those of
 * all days.
 *
 * Varints: varint.h.
 *
 * Each row is in one cell of the days and of each factor, and if it is
 * measured, in one pair of each two factors.  So these all add up to the same
 * numbers of rows, and the cells to the same number, sum, minimum and maximum
 * of times.  The reader checks that.
 *
 *-------------------------------------------------------------------------
 */
#include <assert.h>
#include <string.h>

#include "core/rollup_codec.h"

#define FORMAT_VERSION	1

/* The fewest bytes of a cell: day or length, mask, a count, no sketch. */
#define CELL_BYTES_MIN	4

/* Room for the length of a sketch. */
#define LENGTH_BYTES	5

/* Writing */

size_t
rollup_cell_bound(const RollupStoredCell *cell)
{
	return (2 + ROLLUP_KINDS) * VARINT_BYTES + cell->length + LENGTH_BYTES +
		rtt_encoded_bound(cell->rtt.nbuckets);
}

size_t
rollup_write_header(RollupWriter *writer, uint32_t nfactors,
					const uint32_t *ncells, uint8_t *bytes)
{
	uint8_t    *at = bytes;

	assert(nfactors <= ROLLUP_MAX_FACTORS);
	memset(writer, 0, sizeof(*writer));
	memcpy(writer->ncells, ncells, (1 + nfactors) * sizeof(uint32_t));
	writer->next_day = ROLLUP_FIRST_DAY;
	*at++ = FORMAT_VERSION;
	*at++ = (uint8_t) nfactors;
	for (uint32_t i = 0; i <= nfactors; i++)
		at = write_varint(at, ncells[i]);
	return (size_t) (at - bytes);
}

/* Writes the length of a sketch, and the sketch, as close as they may be. */
static uint8_t *
write_sketch(uint8_t *at, const RttSketch *sketch)
{
	uint8_t    *written = at + LENGTH_BYTES;
	size_t		length;

	if (sketch->nbuckets == 0)
		return write_varint(at, 0);
	length = rtt_encode(sketch, written);
	at = write_varint(at, length);
	memmove(at, written, length);
	return at + length;
}

size_t
rollup_write_cell(RollupWriter *writer, const RollupStoredCell *cell,
				  uint8_t *bytes)
{
	uint8_t    *at = bytes;
	uint32_t	kinds = 0;

	if (cell->factor == 0)
	{
		assert(cell->day >= writer->next_day && cell->day <= ROLLUP_LAST_DAY);
		at = write_varint(at, (uint64_t) (cell->day - writer->next_day));
		writer->next_day = (int64_t) cell->day + 1;
	}
	else
	{
		at = write_varint(at, cell->length);
		if (cell->length > 0)
			memcpy(at, cell->value, cell->length);
		at += cell->length;
	}

	for (int i = 0; i < ROLLUP_KINDS; i++)
	{
		if (cell->counts[i] > 0)
			kinds |= ROLLUP_KIND_BIT(i);
	}
	assert(kinds != 0);
	at = write_varint(at, kinds);
	for (int i = 0; i < ROLLUP_KINDS; i++)
	{
		if (cell->counts[i] > 0)
			at = write_varint(at, cell->counts[i] - 1);
	}
	return (size_t) (write_sketch(at, &cell->rtt) - bytes);
}

size_t
rollup_write_pair(RollupWriter *writer, const RollupStoredPair *pair,
				  uint8_t *bytes)
{
	uint8_t    *at = bytes;
	uint64_t	position = (uint64_t) pair->a *
	writer->ncells[pair->factor_b] + pair->b;

	if (pair->factor_a != writer->last_pair.factor_a ||
		pair->factor_b != writer->last_pair.factor_b)
		writer->next_position = 0;
	assert(position >= writer->next_position);
	assert(pair->measured > 0 && pair->missed <= pair->measured);
	at = write_varint(at, (position - writer->next_position) << 2 |
					  (uint64_t) (pair->missed > 0) << 1 |
					  (pair->measured > 1));
	if (pair->measured > 1)
	{
		at = write_varint(at, pair->measured - 2);
		if (pair->missed > 0)
			at = write_varint(at, pair->missed - 1);
	}
	writer->next_position = position + 1;
	writer->last_pair = *pair;
	return (size_t) (at - bytes);
}

/* Reading */

static bool
set_fault(RollupReader *reader, const char *fault)
{
	reader->fault = fault;
	return false;
}

/* Reads a number of at most this size. */
static bool
read_number(RollupReader *reader, uint64_t most, uint64_t *number)
{
	const uint8_t *at = read_varint(reader->at, reader->end, number);

	if (at == NULL)
		return set_fault(reader, "number is cut off or malformed");
	if (*number > most)
		return set_fault(reader, "number is out of range");
	reader->at = at;
	return true;
}

static size_t
bytes_left(const RollupReader *reader)
{
	return (size_t) (reader->end - reader->at);
}

bool
rollup_read_header(RollupReader *reader, const uint8_t *bytes, size_t nbytes)
{
	memset(reader, 0, sizeof(*reader));
	if (nbytes < 2)
		return set_fault(reader, "header is cut off");
	if (bytes[0] != FORMAT_VERSION)
		return set_fault(reader, "format version is unknown");
	if (bytes[1] > ROLLUP_MAX_FACTORS)
		return set_fault(reader, "number of factors is out of range");
	reader->nfactors = bytes[1];
	reader->at = bytes + 2;
	reader->end = bytes + nbytes;
	reader->next_day = ROLLUP_FIRST_DAY;
	for (uint32_t i = 0; i <= reader->nfactors; i++)
	{
		uint64_t	ncells;

		if (!read_number(reader, UINT32_MAX, &ncells))
			return false;
		if (ncells == 0)
			return set_fault(reader, "days or values are missing");
		if (reader->all_cells + ncells > bytes_left(reader) / CELL_BYTES_MIN)
			return set_fault(reader, "cells are cut off");
		reader->ncells[i] = (uint32_t) ncells;
		reader->first_cells[i] = reader->all_cells;
		reader->all_cells += (uint32_t) ncells;
	}
	return true;
}

static bool
read_day(RollupReader *reader, RollupStoredCell *cell)
{
	uint64_t	gap;

	if (reader->next_day > ROLLUP_LAST_DAY)
		return set_fault(reader, "day is out of range");
	if (!read_number(reader, (uint64_t) (ROLLUP_LAST_DAY - reader->next_day),
					 &gap))
		return false;
	cell->day = (int32_t) (reader->next_day + (int64_t) gap);
	reader->next_day = (int64_t) cell->day + 1;
	return true;
}

/* Is this value greater than the last one? */
static bool
value_ascends(const RollupReader *reader, const uint8_t *value,
			  uint32_t length)
{
	uint32_t	common = reader->last_length;
	int			order = 0;

	if (length < common)
		common = length;
	if (common > 0)
		order = memcmp(reader->last_value, value, common);
	return order < 0 || (order == 0 && reader->last_length < length);
}

static bool
read_value(RollupReader *reader, RollupStoredCell *cell)
{
	uint64_t	length;

	if (!read_number(reader, UINT32_MAX, &length))
		return false;
	if (length > bytes_left(reader))
		return set_fault(reader, "value is cut off");
	cell->value = reader->at;
	cell->length = (uint32_t) length;
	reader->at += length;
	if (reader->index > 0 &&
		!value_ascends(reader, cell->value, cell->length))
		return set_fault(reader, "values do not ascend");
	reader->last_value = cell->value;
	reader->last_length = cell->length;
	return true;
}

/* Reads the counts, adds them to the sum, and sets the cell's margin. */
static bool
read_counts(RollupReader *reader, RollupStoredCell *cell, uint64_t *answered)
{
	RollupMargin margin = {0, 0, 0, 0};
	uint64_t	kinds;

	*answered = 0;
	if (!read_number(reader, UINT32_MAX, &kinds))
		return false;
	if (kinds == 0)
		return set_fault(reader, "cell has no rows");
	for (; kinds != 0; kinds &= kinds - 1)
	{
		uint32_t	i = (uint32_t) __builtin_ctzll(kinds);
		uint64_t	count;

		if (!read_number(reader, UINT64_MAX, &count))
			return false;
		if (count >= (uint64_t) INT64_MAX - reader->sum.nrows)
			return set_fault(reader, "count is out of range");
		count++;
		cell->counts[i] = count;
		reader->sum.counts[i] += count;
		reader->sum.nrows += count;
		if (rollup_kind_is_answered(i))
			*answered += count;
		if (rollup_kind_is_measured(i))
			margin.measured += count;
		if (rollup_kind_is_missed(i))
			margin.missed += count;
	}
	reader->margins[reader->cell] = margin;
	return true;
}

/* Reads the sketch of the times of at most so many rows. */
static bool
read_sketch(RollupReader *reader, RttSketch *sketch, uint64_t answered)
{
	RttTotals  *sum = &reader->sum.rtt;
	uint64_t	length;
	const char *fault;

	if (!read_number(reader, UINT32_MAX, &length))
		return false;
	if (length == 0)
		return true;
	if (length > bytes_left(reader))
		return set_fault(reader, "sketch is cut off");
	if (reader->buckets == NULL)
	{
		reader->at += length;
		return true;
	}
	fault = rtt_decode(sketch, reader->buckets, reader->at, (size_t) length,
					   RTT_CAP_SKETCH);
	if (fault != NULL)
		return set_fault(reader, fault);
	reader->at += length;
	if (sketch->count > answered)
		return set_fault(reader, "times are more than the answered rows");

	if (sum->count == 0 || sketch->min_us < sum->min_us)
		sum->min_us = sketch->min_us;
	if (sketch->max_us > sum->max_us)
		sum->max_us = sketch->max_us;
	sum->count += sketch->count;
	sum->sum_us = rtt_sum_add(sum->sum_us, sketch->sum_us);
	return true;
}

static bool
equal_totals(const RollupTotals *a, const RollupTotals *b)
{
	return memcmp(a->counts, b->counts, sizeof(a->counts)) == 0 &&
		a->rtt.count == b->rtt.count &&
		a->rtt.sum_us.high == b->rtt.sum_us.high &&
		a->rtt.sum_us.low == b->rtt.sum_us.low &&
		a->rtt.min_us == b->rtt.min_us && a->rtt.max_us == b->rtt.max_us;
}

/* Goes on to the next factor, after the last cell of one. */
static bool
finish_factor(RollupReader *reader)
{
	if (reader->factor == 0)
	{
		reader->total = reader->sum;
		for (uint32_t i = 0; i < reader->ncells[0]; i++)
		{
			reader->measured += reader->margins[i].measured;
			reader->missed += reader->margins[i].missed;
		}
	}
	else if (!equal_totals(&reader->sum, &reader->total))
		return set_fault(reader, "values do not add up to the days");
	memset(&reader->sum, 0, sizeof(reader->sum));
	reader->factor++;
	reader->index = 0;
	return true;
}

bool
rollup_read_cell(RollupReader *reader, RollupStoredCell *cell)
{
	uint64_t	answered;

	if (reader->fault != NULL || reader->cell == reader->all_cells)
		return false;
	memset(cell, 0, sizeof(*cell));
	cell->factor = reader->factor;
	cell->rtt.precision = RTT_PRECISION_EXACT;
	if (!(cell->factor == 0 ? read_day(reader, cell) :
		  read_value(reader, cell)) ||
		!read_counts(reader, cell, &answered) ||
		!read_sketch(reader, &cell->rtt, answered))
		return false;
	reader->cell++;
	reader->index++;
	return reader->index < reader->ncells[reader->factor] ||
		finish_factor(reader);
}

/* Nothing of the cells of a factor is in a pair yet. */
static void
reset_margins(RollupReader *reader, uint32_t factor)
{
	RollupMargin *margin = &reader->margins[reader->first_cells[factor]];

	for (uint32_t i = 0; i < reader->ncells[factor]; i++, margin++)
	{
		margin->left_measured = margin->measured;
		margin->left_missed = margin->missed;
	}
}

/* Goes on to the next two factors.  False: there are none, or a fault. */
static bool
next_factors(RollupReader *reader)
{
	if (reader->left_missed > 0)
		return set_fault(reader, "pairs do not add up to their values");
	reader->factor_b++;
	if (reader->factor_b > reader->nfactors)
	{
		reader->factor_a++;
		reader->factor_b = reader->factor_a + 1;
	}
	if (reader->measured == 0 || reader->factor_b > reader->nfactors)
	{
		if (reader->at != reader->end)
			return set_fault(reader, "bytes follow the end");
		return false;
	}
	reset_margins(reader, reader->factor_a);
	reset_margins(reader, reader->factor_b);
	reader->left_measured = reader->measured;
	reader->left_missed = reader->missed;
	reader->next_position = 0;
	return true;
}

/* Takes a pair from what is left of the cell of one of its values. */
static bool
take_margin(RollupReader *reader, uint32_t factor, uint32_t index,
			const RollupStoredPair *pair)
{
	RollupMargin *margin = &reader->margins[reader->first_cells[factor] + index];

	if (pair->measured > margin->left_measured ||
		pair->missed > margin->left_missed)
		return set_fault(reader, "pairs do not add up to their values");
	margin->left_measured -= pair->measured;
	margin->left_missed -= pair->missed;
	return true;
}

bool
rollup_read_pair(RollupReader *reader, RollupStoredPair *pair)
{
	uint64_t	nb;
	uint64_t	npositions;
	uint64_t	gap;
	uint64_t	position;

	if (reader->fault != NULL ||
		(reader->left_measured == 0 && !next_factors(reader)))
		return false;
	pair->factor_a = reader->factor_a;
	pair->factor_b = reader->factor_b;
	nb = reader->ncells[pair->factor_b];
	npositions = reader->ncells[pair->factor_a] * nb;

	if (!read_number(reader, UINT64_MAX, &gap))
		return false;
	pair->measured = 1;
	pair->missed = gap >> 1 & 1;
	if ((gap & 1) != 0)
	{
		uint64_t	more_missed = 0;

		if (!read_number(reader, INT64_MAX - 2, &pair->measured) ||
			(pair->missed > 0 &&
			 !read_number(reader, INT64_MAX - 2, &more_missed)))
			return false;
		pair->measured += 2;
		pair->missed += more_missed;
	}
	if (pair->missed > pair->measured)
		return set_fault(reader, "pair has more missed than measured rows");

	gap >>= 2;
	if (gap >= npositions - reader->next_position)
		return set_fault(reader, "pair is out of range");
	position = reader->next_position + gap;
	reader->next_position = position + 1;
	pair->a = (uint32_t) (position / nb);
	pair->b = (uint32_t) (position % nb);

	if (!take_margin(reader, pair->factor_a, pair->a, pair) ||
		!take_margin(reader, pair->factor_b, pair->b, pair))
		return false;
	if (pair->missed > reader->left_missed)
		return set_fault(reader, "pairs do not add up to their values");
	reader->left_measured -= pair->measured;
	reader->left_missed -= pair->missed;
	return true;
}
