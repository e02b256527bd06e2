/*-------------------------------------------------------------------------
 *
 * rollup_counts.c
 *	  The counts and round-trip times of the aggregate rollup_state.
 *
 * A cell's id is its index in an array.  One hash table gives the id of a day
 * or a value, another one gives the counts of a pair of ids.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "common/hashfn.h"
#include "common/pg_prng.h"
#include "miscadmin.h"
#include "rollup_counts.h"
#include "rollup_state.h"
#include "rtt_state.h"
#include "utils/memutils.h"

/* Spreads numbers over all bits (Knuth 3, 6.4). */
#define MULTIPLIER		UINT64CONST(0x9E3779B97F4A7C15)

/*
 * Each row looks up a value of each factor, most of which are short.  With
 * hash_bytes() and memcmp() a lookup takes twice the instructions.
 */
#define SHORT_KEY		((int) sizeof(uint64[2]))

typedef struct CellKey
{
	union
	{
		uint64		words[2];	/* all bytes of a short key */
		const char *data;		/* of another one */
	}			bytes;
	uint32		length;
	uint32		factor;
} CellKey;

typedef struct CellId
{
	CellKey		key;			/* data points into the cell's value */
	uint32		id;
	char		status;
} CellId;

/* The key of data, of which a short key has the first and the last bytes. */
static inline CellKey
make_key(uint32 factor, const char *data, uint32 length)
{
	CellKey		key = {0};
	uint32		halves[2];

	key.length = length;
	key.factor = factor;
	if (length > SHORT_KEY)
		key.bytes.data = data;
	else if (length >= sizeof(uint64))
	{
		memcpy(&key.bytes.words[0], data, sizeof(uint64));
		memcpy(&key.bytes.words[1], data + length - sizeof(uint64),
			   sizeof(uint64));
	}
	else if (length >= sizeof(uint32))
	{
		memcpy(&halves[0], data, sizeof(uint32));
		memcpy(&halves[1], data + length - sizeof(uint32), sizeof(uint32));
		key.bytes.words[0] = (uint64) halves[1] << 32 | halves[0];
	}
	else if (length > 0)
		key.bytes.words[0] = (uint8) data[0] |
			(uint8) data[length / 2] << 8 | (uint8) data[length - 1] << 16;
	return key;
}

/*
 * A random number of this process.  Without it, whoever writes values into the
 * source could choose some that all have the same hash.
 */
static uint64 hash_seed = 0;

static inline uint32
hash_key(const CellKey *key)
{
	uint64		hash = (key->bytes.words[0] ^ hash_seed) * MULTIPLIER;

	if (key->length > SHORT_KEY)
		hash = hash_bytes((const unsigned char *) key->bytes.data,
						  key->length);
	else
		hash = (hash ^ hash >> 32) + key->bytes.words[1];
	hash = (hash + key->factor) * MULTIPLIER;
	return (uint32) (hash >> 32);
}

static inline bool
equal_keys(const CellKey *a, const CellKey *b)
{
	if (a->factor != b->factor || a->length != b->length)
		return false;
	if (a->length > SHORT_KEY)
		return memcmp(a->bytes.data, b->bytes.data, a->length) == 0;
	return a->bytes.words[0] == b->bytes.words[0] &&
		a->bytes.words[1] == b->bytes.words[1];
}

#define SH_PREFIX		ids
#define SH_ELEMENT_TYPE CellId
#define SH_KEY_TYPE		CellKey
#define SH_KEY			key
#define SH_HASH_KEY(tb, k) hash_key(&(k))
#define SH_EQUAL(tb, a, b) equal_keys(&(a), &(b))
#define SH_SCOPE		static inline
#define SH_DECLARE
#define SH_DEFINE
#include "lib/simplehash.h"

typedef struct Pair
{
	uint64		key;			/* PAIR_KEY of the ids of two cells */
	int64		measured;
	int64		missed;
	char		status;
} Pair;

/* Ids are small numbers: one multiplication spreads them. */
static inline uint32
hash_pair(uint64 key)
{
	return (uint32) ((key * MULTIPLIER) >> 32);
}

#define SH_PREFIX		pairs
#define SH_ELEMENT_TYPE Pair
#define SH_KEY_TYPE		uint64
#define SH_KEY			key
#define SH_HASH_KEY(tb, k) hash_pair(k)
#define SH_EQUAL(tb, a, b) ((a) == (b))
#define SH_SCOPE		static inline
#define SH_DECLARE
#define SH_DEFINE
#include "lib/simplehash.h"

struct RollupCounts
{
	MemoryContext context;
	int			nfactors;
	RollupCell *cells;			/* by id */
	uint32		ncells;
	uint32		max_cells;
	ids_hash   *ids;
	pairs_hash *pairs;
	uint64		nrows;
	DateADT		last_day;		/* usually the next row has it, too */
	uint32		last_day_id;
};

RollupCounts *
rollup_counts_make(MemoryContext context, int nfactors)
{
	RollupCounts *counts = MemoryContextAlloc(context,
											  sizeof(RollupCounts));

	if (hash_seed == 0)
		hash_seed = pg_prng_uint64(&pg_global_prng_state);
	counts->context = context;
	counts->nfactors = nfactors;
	counts->ncells = 0;
	counts->nrows = 0;
	counts->last_day = DATEVAL_NOBEGIN; /* no row has it */
	counts->last_day_id = 0;
	counts->max_cells = 8;
	counts->cells = MemoryContextAlloc(context, counts->max_cells *
									   sizeof(RollupCell));
	counts->ids = ids_create(context, counts->max_cells, NULL);
	counts->pairs = pairs_create(context, counts->max_cells, NULL);
	return counts;
}

/* Adds a cell, with a copy of the data as its value; returns its id. */
static uint32
add_cell(RollupCounts *counts, uint32 factor, const char *data, uint32 length)
{
	text	   *value = MemoryContextAlloc(counts->context,
										   VARHDRSZ + length);
	RollupCell *cell;

	SET_VARSIZE(value, VARHDRSZ + length);
	memcpy(VARDATA(value), data, length);

	if (counts->ncells == counts->max_cells)
	{
		counts->cells = repalloc_huge(counts->cells, 2 * sizeof(RollupCell) *
									  (Size) counts->max_cells);
		counts->max_cells *= 2;
	}
	cell = &counts->cells[counts->ncells];
	memset(cell, 0, sizeof(RollupCell));
	cell->value = value;
	cell->factor = factor;
	return counts->ncells++;
}

static void
add_cell_rtt(RollupCell *cell, uint64 rtt_us, MemoryContext context,
			 MemoryContext scratch)
{
	uint32		words[RTT_WORDS_MAX];
	uint32		nwords = rtt_words_write(words, rtt_us);
	MemoryContext caller;

	if (cell->rtt == NULL)
	{
		caller = MemoryContextSwitchTo(context);
		cell->rtt = rtt_state_make_small(RTT_STATE_SKETCH, NULL, 0, nwords);
		MemoryContextSwitchTo(caller);
	}
	if (rtt_state_append_words(cell->rtt, VARSIZE(cell->rtt), words, nwords, 1))
		return;
	caller = MemoryContextSwitchTo(scratch);
	cell->rtt = rtt_state_add_words(cell->rtt, words, nwords, 1);
	MemoryContextSwitchTo(caller);
	MemoryContextReset(scratch);
}

/* The id of the cell of a value.  Adds the cell if there is none. */
static uint32
get_cell_id(RollupCounts *counts, uint32 factor, const char *data,
			uint32 length)
{
	bool		found;
	CellId	   *id = ids_insert(counts->ids, make_key(factor, data, length),
								&found);

	if (!found)
	{
		id->id = add_cell(counts, factor, data, length);
		if (length > SHORT_KEY)
			id->key.bytes.data = VARDATA(counts->cells[id->id].value);
	}
	return id->id;
}

static uint32
get_day_id(RollupCounts *counts, DateADT day)
{
	if (day != counts->last_day)
	{
		counts->last_day_id = get_cell_id(counts, 0, (const char *) &day,
										  sizeof(day));
		counts->last_day = day;
	}
	return counts->last_day_id;
}

/* The upper halves of a cell's counts. */
static uint32 *
get_carries(RollupCell *cell, MemoryContext context)
{
	if (cell->carries == NULL)
		cell->carries = MemoryContextAllocZero(context, ROLLUP_KINDS *
											   sizeof(uint32));
	return cell->carries;
}

static void
count_cell(RollupCounts *counts, uint32 id, const RollupRow *row,
		   MemoryContext scratch)
{
	RollupCell *cell = &counts->cells[id];

	if (unlikely(++cell->counts[row->kind] == 0))
		get_carries(cell, counts->context)[row->kind]++;
	if (row->rtt_us != ROLLUP_NO_RTT)
		add_cell_rtt(cell, row->rtt_us, counts->context, scratch);
}

static void
add_pair(RollupCounts *counts, uint32 a, uint32 b, uint64 measured,
		 uint64 missed)
{
	bool		found;
	Pair	   *pair = pairs_insert(counts->pairs, PAIR_KEY(a, b), &found);

	if (!found)
	{
		pair->measured = 0;
		pair->missed = 0;
	}
	pair->measured += measured;
	pair->missed += missed;
}

static void
count_pairs(RollupCounts *counts, const RollupRow *row, const uint32 *ids)
{
	bool		missed = rollup_kind_is_missed(row->kind);

	for (int b = 1; b <= counts->nfactors; b++)
	{
		for (int a = 0; a < b; a++)
			add_pair(counts, ids[a], ids[b], 1, missed);
	}
}

/* Counts a row in all its cells and pairs, and returns its end. */
static const char *
count_row(RollupCounts *counts, const RollupRow *row,
		  MemoryContext scratch)
{
	const char *value = (const char *) (row + 1);
	uint32		ids[1 + ROLLUP_MAX_FACTORS];

	counts->nrows++;
	ids[0] = get_day_id(counts, row->day);
	count_cell(counts, ids[0], row, scratch);
	for (int i = 1; i <= counts->nfactors; i++)
	{
		ids[i] = get_cell_id(counts, i, VARDATA(value),
							 VARSIZE(value) - VARHDRSZ);
		count_cell(counts, ids[i], row, scratch);
		value += INTALIGN(VARSIZE(value));
	}
	if (rollup_kind_is_measured(row->kind))
		count_pairs(counts, row, ids);
	return (const char *) MAXALIGN(value);
}

/* Adds the counts and times of a cell of a state; returns the cell's id. */
static uint32
add_stored_cell(RollupCounts *counts, const RollupStoredCell *stored,
				MemoryContext scratch)
{
	uint32		id;
	RollupCell *cell;
	MemoryContext caller;

	if (stored->factor == 0)
		id = get_day_id(counts, stored->day);
	else
		id = get_cell_id(counts, stored->factor,
						 (const char *) stored->value, stored->length);
	cell = &counts->cells[id];
	for (int i = 0; i < ROLLUP_KINDS; i++)
	{
		uint64		count = rollup_cell_count(cell, i) + stored->counts[i];

		cell->counts[i] = (uint32) count;
		if (count > PG_UINT32_MAX)
			get_carries(cell, counts->context)[i] = count >> 32;
		if (stored->factor == 0)
			counts->nrows += stored->counts[i];
	}
	if (stored->rtt.count == 0)
		return id;

	if (cell->rtt == NULL)
	{
		caller = MemoryContextSwitchTo(counts->context);
		cell->rtt = rtt_state_make_small(RTT_STATE_SKETCH, NULL, 0, 0);
		MemoryContextSwitchTo(caller);
	}
	caller = MemoryContextSwitchTo(scratch);
	cell->rtt = rtt_state_add_sketch(cell->rtt, &stored->rtt);
	MemoryContextSwitchTo(caller);
	MemoryContextReset(scratch);
	return id;
}

/* Adds the rows of a state, and returns its end. */
static const char *
add_state(RollupCounts *counts, const bytea *state, MemoryContext scratch)
{
	RollupReader reader;
	RollupStoredCell cell;
	RollupStoredPair pair;
	uint32	   *ids;
	uint32		n = 0;

	rollup_state_open(&reader, (const uint8 *) VARDATA(state),
					  VARSIZE(state) - VARHDRSZ);
	ids = MemoryContextAllocHuge(CurrentMemoryContext,
								 (Size) reader.all_cells * sizeof(uint32));
	while (rollup_read_cell(&reader, &cell))
	{
		CHECK_FOR_INTERRUPTS();
		ids[n++] = add_stored_cell(counts, &cell, scratch);
	}
	while (rollup_read_pair(&reader, &pair))
	{
		CHECK_FOR_INTERRUPTS();
		add_pair(counts, ids[reader.first_cells[pair.factor_a] + pair.a],
				 ids[reader.first_cells[pair.factor_b] + pair.b],
				 pair.measured, pair.missed);
	}
	rollup_state_close(&reader);
	pfree(ids);
	return (const char *) state + MAXALIGN(VARSIZE(state));
}

void
rollup_counts_add(RollupCounts *counts, const char *rows, Size size)
{
	const char *end = rows + size;
	MemoryContext scratch = AllocSetContextCreate(CurrentMemoryContext,
												  "rollup_state scratch",
												  ALLOCSET_DEFAULT_SIZES);

	while (rows < end)
	{
		const RollupRow *row = (const RollupRow *) rows;

		if (unlikely(row->kind == ROLLUP_STATE))
			rows = add_state(counts, (const bytea *) (row + 1), scratch);
		else
			rows = count_row(counts, row, scratch);
		if (unlikely(counts->nrows > PG_INT64_MAX))
			ereport(ERROR,
					(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
					 errmsg("number of requests is out of range for bigint")));
	}
	MemoryContextDelete(scratch);
}

static int
compare_cells(const void *left, const void *right)
{
	const RollupCell *a = *(const RollupCell *const *) left;
	const RollupCell *b = *(const RollupCell *const *) right;
	Size		a_size = VARSIZE(a->value);
	Size		b_size = VARSIZE(b->value);
	int			order;

	CHECK_FOR_INTERRUPTS();
	if (a->factor != b->factor)
		return a->factor < b->factor ? -1 : 1;
	if (a->factor == 0)
		return rollup_cell_day(a) < rollup_cell_day(b) ? -1 : 1;
	order = memcmp(VARDATA(a->value), VARDATA(b->value),
				   Min(a_size, b_size) - VARHDRSZ);
	if (order == 0)
		order = a_size < b_size ? -1 : 1;	/* no two are equal */
	return order;
}

const RollupCell **
rollup_sort_cells(const RollupCounts *counts, uint32 *ncells)
{
	const RollupCell **sorted;

	sorted = MemoryContextAllocHuge(CurrentMemoryContext,
									counts->ncells * sizeof(RollupCell *));
	for (uint32 i = 0; i < counts->ncells; i++)
		sorted[i] = &counts->cells[i];
	qsort(sorted, counts->ncells, sizeof(RollupCell *), compare_cells);
	*ncells = counts->ncells;
	return sorted;
}

/* What pairs are sorted by, the most important last. */
typedef enum PairKey
{
	BY_RANK_B,
	BY_RANK_A,
	BY_FACTOR_B,
	BY_FACTOR_A,
	PAIR_KEYS
} PairKey;

static inline uint32
get_pair_key(const RollupPair *pair, PairKey key)
{
	switch (key)
	{
		case BY_RANK_B:
			return PAIR_B(pair->ranks);
		case BY_RANK_A:
			return PAIR_A(pair->ranks);
		case BY_FACTOR_B:
			return PAIR_B(pair->factors);
		default:
			return PAIR_A(pair->factors);
	}
}

/*
 * Sorts pairs by a key that is less than nkeys, and leaves pairs of equal keys
 * in their order.  starts has space for nkeys + 1 numbers.
 */
static void
sort_pairs_by(PairKey key, uint32 nkeys, const RollupPair *pairs,
			  uint32 npairs, RollupPair *sorted, uint32 *starts)
{
	CHECK_FOR_INTERRUPTS();
	memset(starts, 0, (nkeys + 1) * sizeof(uint32));
	for (uint32 i = 0; i < npairs; i++)
		starts[get_pair_key(&pairs[i], key) + 1]++;
	for (uint32 i = 1; i < nkeys; i++)
		starts[i] += starts[i - 1];
	for (uint32 i = 0; i < npairs; i++)
		sorted[starts[get_pair_key(&pairs[i], key)]++] = pairs[i];
}

const RollupPair *
rollup_sort_pairs(const RollupCounts *counts,
				  const RollupCell **sorted_cells, uint32 *npairs)
{
	uint32	   *ranks;
	uint32	   *starts;
	RollupPair *pairs;
	RollupPair *spare;
	RollupPair *next;
	pairs_iterator iterator;
	Pair	   *pair;

	ranks = MemoryContextAllocHuge(CurrentMemoryContext,
								   counts->ncells * sizeof(uint32));
	for (uint32 i = 0; i < counts->ncells; i++)
		ranks[sorted_cells[i] - counts->cells] = i;

	pairs = MemoryContextAllocHuge(CurrentMemoryContext,
								   counts->pairs->members *
								   sizeof(RollupPair));
	next = pairs;
	pairs_start_iterate(counts->pairs, &iterator);
	while ((pair = pairs_iterate(counts->pairs, &iterator)) != NULL)
	{
		uint32		a = PAIR_A(pair->key);
		uint32		b = PAIR_B(pair->key);

		CHECK_FOR_INTERRUPTS();
		next->factors = PAIR_KEY(counts->cells[a].factor,
								 counts->cells[b].factor);
		next->ranks = PAIR_KEY(ranks[a], ranks[b]);
		next->measured = pair->measured;
		next->missed = pair->missed;
		next++;
	}
	*npairs = counts->pairs->members;

	/* qsort() would take as long as all else that makes a state of a month */
	spare = MemoryContextAllocHuge(CurrentMemoryContext,
								   *npairs * sizeof(RollupPair));
	starts = MemoryContextAllocHuge(CurrentMemoryContext,
									(Max(counts->ncells, ROLLUP_MAX_FACTORS) +
									 2) * sizeof(uint32));
	for (PairKey key = 0; key < PAIR_KEYS; key++)
	{
		next = spare;
		sort_pairs_by(key, key < BY_FACTOR_B ? counts->ncells :
					  ROLLUP_MAX_FACTORS + 1, pairs, *npairs, next, starts);
		spare = pairs;
		pairs = next;
	}
	return pairs;
}
