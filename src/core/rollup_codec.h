/*-------------------------------------------------------------------------
 *
 * rollup_codec.h
 *	  The stored form of a rollup: of the type rollup_state.
 *
 * A rollup of some rows has a cell for each day and for each value of each
 * factor, with the number of rows of each kind (rollup_kind.h) and a sketch of
 * their round-trip times; and, for each pair of values of two factors, and of a
 * day and a value, the numbers of measured and of missed rows.
 *
 * Each set of rows has exactly one stored form, whatever their order, and
 * whatever parts of them were counted first.  The layout is described in
 * rollup_codec.c.  It does not depend on the machine's byte order.
 *
 * A form is written, and read, piece by piece: the cells, and then the pairs.
 * The functions never allocate.
 *
 *-------------------------------------------------------------------------
 */
#ifndef ROLLUP_CODEC_H
#define ROLLUP_CODEC_H

#include "core/rollup_kind.h"
#include "core/rtt_codec.h"
#include "core/rtt_state.h"
#include "core/varint.h"

#define ROLLUP_MAX_FACTORS	32

/*
 * Days are numbered from 2000-01-01, as in PostgreSQL, which has the days
 * from 4714-11-24 BC to 5874897-12-31.
 */
#define ROLLUP_FIRST_DAY	(-2451545)
#define ROLLUP_LAST_DAY		2145031948

/* A cell: of a day, which has factor 0, or of a value of factor 1 or more. */
typedef struct RollupStoredCell
{
	uint32_t	factor;
	int32_t		day;			/* of factor 0 */
	const uint8_t *value;		/* of other factors; any bytes */
	uint32_t	length;			/* of the value */
	uint64_t	counts[ROLLUP_KINDS];	/* not all 0; at most INT64_MAX in all */
	RttSketch	rtt;			/* normal for RTT_CAP_SKETCH; may be empty */
} RollupStoredCell;

/*
 * The rows with both of two values, by the indexes of these in their
 * factors, or those of a day and a value: the days are factor 0.
 */
typedef struct RollupStoredPair
{
	uint32_t	factor_a;		/* from 0 */
	uint32_t	factor_b;		/* greater than factor_a */
	uint32_t	a;				/* from 0 */
	uint32_t	b;
	uint64_t	measured;		/* at least 1 */
	uint64_t	missed;			/* at most as many */
} RollupStoredPair;

/* Writing */

typedef struct RollupWriter
{
	uint32_t	ncells[1 + ROLLUP_MAX_FACTORS]; /* of each factor */
	int64_t		next_day;
	RollupStoredPair last_pair;
	uint64_t	next_position;	/* of a pair */
} RollupWriter;

/* The most bytes that the following functions write. */
#define ROLLUP_HEADER_BYTES \
	(2 + (size_t) (1 + ROLLUP_MAX_FACTORS) * VARINT_BYTES)
#define ROLLUP_PAIR_BYTES	((size_t) 3 * VARINT_BYTES)
extern size_t rollup_cell_bound(const RollupStoredCell *cell);

/*
 * These write a part of a form, and return the number of its bytes: first
 * the header, with the number of cells of each factor from 0 to nfactors,
 * each at least 1; then the cells, by factor, then by day, or by the bytes
 * of the value; then the pairs, by factor_a, factor_b, a and b.
 */
extern size_t rollup_write_header(RollupWriter *writer, uint32_t nfactors,
								  const uint32_t *ncells, uint8_t *bytes);
extern size_t rollup_write_cell(RollupWriter *writer,
								const RollupStoredCell *cell, uint8_t *bytes);
extern size_t rollup_write_pair(RollupWriter *writer,
								const RollupStoredPair *pair, uint8_t *bytes);

/* Reading */

/* What the rows of a cell add up to, in the pairs of two factors. */
typedef struct RollupMargin
{
	uint64_t	measured;
	uint64_t	missed;
	uint64_t	left_measured;	/* not yet in a pair of the current factors */
	uint64_t	left_missed;
} RollupMargin;

/* What the cells of each factor add up to: the same for all factors. */
typedef struct RollupTotals
{
	uint64_t	counts[ROLLUP_KINDS];
	uint64_t	nrows;
	RttTotals	rtt;
} RollupTotals;

typedef struct RollupReader
{
	const char *fault;			/* NULL: none yet */
	uint32_t	nfactors;
	uint32_t	ncells[1 + ROLLUP_MAX_FACTORS]; /* of each factor */
	uint32_t	first_cells[1 + ROLLUP_MAX_FACTORS];	/* indexes */
	uint32_t	all_cells;

	/* memory from the caller, needed for cells and pairs */
	RollupMargin *margins;		/* all_cells of them */
	RttBucket  *buckets;		/* rtt_decoded_bound() of all bytes; NULL: do
								 * not read sketches */

	/* progress */
	const uint8_t *at;
	const uint8_t *end;
	uint32_t	cell;			/* of the next one: index, factor, ... */
	uint32_t	factor;
	uint32_t	index;			/* ... and index in its factor */
	int64_t		next_day;
	const uint8_t *last_value;
	uint32_t	last_length;
	RollupTotals total;			/* of all days */
	RollupTotals sum;			/* of the cells of this factor so far */
	uint64_t	measured;		/* of all days */
	uint64_t	missed;
	uint32_t	factor_a;		/* of the next pair */
	uint32_t	factor_b;		/* 0 before the first one */
	uint64_t	left_measured;
	uint64_t	left_missed;
	uint64_t	next_position;
} RollupReader;

/*
 * These read a form.  Any bytes may be given.  The first reads the header;
 * if there is no fault, the caller then provides the memory, and calls the
 * second one until it returns false, and then the third one until it returns
 * false. After that, fault is NULL if and only if the bytes are the stored
 * form of what has been read.  It is as rtt_sketch_fault() has it.
 *
 * A cell's value is in the bytes, and its buckets are overwritten by the
 * next cell.
 */
extern bool rollup_read_header(RollupReader *reader, const uint8_t *bytes,
							   size_t nbytes);
extern bool rollup_read_cell(RollupReader *reader, RollupStoredCell *cell);
extern bool rollup_read_pair(RollupReader *reader, RollupStoredPair *pair);

#endif							/* ROLLUP_CODEC_H */
