/*-------------------------------------------------------------------------
 *
 * factor_values.c
 *	  Ids of the values of factors of several rollup_states.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "common/hashfn.h"
#include "factor_values.h"
#include "pg_versions.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

/* The id of a value, by the id of its factor and its bytes. */
typedef struct ValueKey
{
	uint32		factor;
	uint32		length;
	const char *data;
} ValueKey;

typedef struct ValueId
{
	ValueKey	key;
	uint32		id;
	char		status;
} ValueId;

static inline uint32
hash_value(ValueKey key)
{
	return hash_combine(key.factor,
						hash_bytes((const unsigned char *) key.data,
								   key.length));
}

static inline bool
equal_values(ValueKey a, ValueKey b)
{
	return a.factor == b.factor && a.length == b.length &&
		memcmp(a.data, b.data, a.length) == 0;
}

#define SH_PREFIX		value_ids
#define SH_ELEMENT_TYPE ValueId
#define SH_KEY_TYPE		ValueKey
#define SH_KEY			key
#define SH_HASH_KEY(tb, k) hash_value(k)
#define SH_EQUAL(tb, a, b) equal_values(a, b)
#define SH_SCOPE		static inline
#define SH_DECLARE
#define SH_DEFINE
#include "lib/simplehash.h"

struct FactorValues
{
	MemoryContext context;
	const text **factors;		/* names by id */
	uint32		nfactors;
	FactorValue *values;		/* by id */
	uint32		nvalues;
	uint32		max_values;
	value_ids_hash *ids;
};

FactorValues *
factor_values_make(MemoryContext context)
{
	FactorValues *values = MemoryContextAllocZero(context,
												  sizeof(FactorValues));

	values->context = context;
	values->factors = MemoryContextAlloc(context, sizeof(text *));
	values->max_values = 64;
	values->values = MemoryContextAlloc(context, values->max_values *
										sizeof(FactorValue));
	values->ids = value_ids_create(context, values->max_values, NULL);
	return values;
}

static const text *
copy_text(FactorValues *values, const char *data, Size length)
{
	MemoryContext caller = MemoryContextSwitchTo(values->context);
	const text *copy = cstring_to_text_with_len(data, length);

	MemoryContextSwitchTo(caller);
	return copy;
}

uint32
factor_values_factor(FactorValues *values, const text *name)
{
	for (uint32 id = 0; id < values->nfactors; id++)
	{
		if (factor_values_equal(values->factors[id], name))
			return id;
	}
	values->factors = repalloc(values->factors,
							   (values->nfactors + 1) * sizeof(text *));
	values->factors[values->nfactors] = copy_text(values, VARDATA_ANY(name),
												  VARSIZE_ANY_EXHDR(name));
	return values->nfactors++;
}

const text *
factor_values_factor_name(const FactorValues *values, uint32 factor_id)
{
	return values->factors[factor_id];
}

void
factor_values_factors(FactorValues *values, ArrayType *names, int nfactors,
					  uint32 *ids)
{
	Datum	   *elements;
	int			nnames;

	deconstruct_array(names, TEXTOID, -1, false, TYPALIGN_INT, &elements, NULL,
					  &nnames);
	if (nnames != nfactors)
		ereport(ERROR,
				(errcode(ERRCODE_DATA_CORRUPTED),
				 errmsg("rollup_state has %d factors instead of %d",
						nfactors, nnames)));
	for (int i = 0; i < nnames; i++)
		ids[i] = factor_values_factor(values, DatumGetTextPP(elements[i]));
}

uint32
factor_values_id(FactorValues *values, uint32 factor_id,
				 const RollupStoredCell *cell)
{
	ValueKey	key = {factor_id, cell->length, (const char *) cell->value};
	bool		found;
	ValueId    *id = value_ids_insert(values->ids, key, &found);
	FactorValue *value;

	if (found)
		return id->id;
	if (values->nvalues == values->max_values)
	{
		values->max_values *= 2;
		values->values = repalloc_huge(values->values, values->max_values *
									   sizeof(FactorValue));
	}
	id->id = values->nvalues++;
	value = &values->values[id->id];
	value->factor = values->factors[factor_id];
	value->value = copy_text(values, key.data, key.length);
	value->factor_id = factor_id;
	id->key.data = VARDATA_ANY(value->value);
	return id->id;
}

uint32
factor_values_number(const FactorValues *values)
{
	return values->nvalues;
}

const FactorValue *
factor_values_name(const FactorValues *values, uint32 id)
{
	return &values->values[id];
}

static int
compare_texts(const text *a, const text *b)
{
	Size		a_size = VARSIZE_ANY_EXHDR(a);
	Size		b_size = VARSIZE_ANY_EXHDR(b);
	int			order = memcmp(VARDATA_ANY(a), VARDATA_ANY(b),
							   Min(a_size, b_size));

	if (order != 0)
		return order;
	return a_size < b_size ? -1 : a_size > b_size;
}

int
factor_values_compare(const FactorValue *a, const FactorValue *b)
{
	int			order = compare_texts(a->factor, b->factor);

	return order != 0 ? order : compare_texts(a->value, b->value);
}

bool
factor_values_equal(const text *a, const text *b)
{
	return compare_texts(a, b) == 0;
}
