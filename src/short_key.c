/*-------------------------------------------------------------------------
 *
 * short_key.c
 *	  Keys short enough for an index and a report: the function short_key(), and
 *	  request_factors(), which makes the values of a request's factors.
 *
 * Different keys stay different.  md5() fails on servers in FIPS mode.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "mb/pg_wchar.h"
#include "pg_versions.h"
#include "utils/array.h"
#include "utils/builtins.h"

#define LONGEST_KEY		200		/* bytes */
#define KEPT_CHARACTERS 40
#define HASH_DIGITS		32

PG_FUNCTION_INFO_V1(pmr_short_key);
PG_FUNCTION_INFO_V1(pmr_request_factors);

/* The key itself, or its beginning and the first bits of its SHA-256. */
static text *
shorten(text *key)
{
	const char *data = VARDATA_ANY(key);
	int			length = VARSIZE_ANY_EXHDR(key);
	int			kept;
	bytea	   *hash;
	text	   *made;
	char	   *end;

	if (likely(length <= LONGEST_KEY))
		return key;
	kept = pg_mbcharcliplen(data, length, KEPT_CHARACTERS);
	hash = DatumGetByteaPP(DirectFunctionCall1(sha256_bytea,
											   PointerGetDatum(key)));
	made = palloc(VARHDRSZ + kept + 1 + HASH_DIGITS);
	SET_VARSIZE(made, VARHDRSZ + kept + 1 + HASH_DIGITS);
	end = VARDATA(made);
	memcpy(end, data, kept);
	end += kept;
	*end++ = '~';
	hex_encode(VARDATA_ANY(hash), HASH_DIGITS / 2, end);
	return made;
}

Datum
pmr_short_key(PG_FUNCTION_ARGS)
{
	PG_RETURN_TEXT_P(shorten(PG_GETARG_TEXT_PP(0)));
}

/* fn_extra is not NULL once the types of the arguments have been checked. */
static void
check_texts(FunctionCallInfo fcinfo)
{
	for (int i = 0; i < PG_NARGS(); i++)
	{
		if (get_fn_expr_variadic(fcinfo->flinfo) ||
			get_fn_expr_argtype(fcinfo->flinfo, i) != TEXTOID)
			ereport(ERROR,
					(errcode(ERRCODE_DATATYPE_MISMATCH),
					 errmsg("values of factors must be of type text")));
	}
	fcinfo->flinfo->fn_extra = fcinfo->flinfo;
}

/*
 * The same as ARRAY[short_key($1), ...], in a third of the time.
 */
Datum
pmr_request_factors(PG_FUNCTION_ARGS)
{
	text	   *values[FUNC_MAX_ARGS];
	int			nvalues = PG_NARGS();
	int			overhead = ARR_OVERHEAD_NONULLS(1);
	Size		size = 0;
	bool		has_null = false;
	ArrayType  *array;
	bits8	   *bitmap;
	char	   *end;

	if (unlikely(fcinfo->flinfo->fn_extra == NULL))
		check_texts(fcinfo);
	for (int i = 0; i < nvalues; i++)
	{
		values[i] = NULL;
		if (PG_ARGISNULL(i))
			has_null = true;
		else
		{
			values[i] = shorten(PG_GETARG_TEXT_PP(i));
			size += INTALIGN(VARHDRSZ + VARSIZE_ANY_EXHDR(values[i]));
		}
	}

	if (has_null)
		overhead = ARR_OVERHEAD_WITHNULLS(1, nvalues);
	array = palloc(overhead + size);
	SET_VARSIZE(array, overhead + size);
	array->ndim = 1;
	array->dataoffset = has_null ? overhead : 0;
	array->elemtype = TEXTOID;
	ARR_DIMS(array)[0] = nvalues;
	ARR_LBOUND(array)[0] = 1;
	bitmap = (bits8 *) (ARR_LBOUND(array) + 1); /* if there is one */
	if (has_null)
		memset(bitmap, 0, overhead - ARR_OVERHEAD_NONULLS(1));

	end = ARR_DATA_PTR(array);
	for (int i = 0; i < nvalues; i++)
	{
		Size		length;

		if (values[i] == NULL)
			continue;
		if (has_null)
			bitmap[i / 8] |= 1 << i % 8;
		length = VARHDRSZ + VARSIZE_ANY_EXHDR(values[i]);
		/* all bytes of a value are set, those that align the next one, too */
		memset(end + INTALIGN(length) - sizeof(int32), 0, sizeof(int32));
		memcpy(end + VARHDRSZ, VARDATA_ANY(values[i]), length - VARHDRSZ);
		SET_VARSIZE(end, length);
		end += INTALIGN(length);
	}
	PG_RETURN_ARRAYTYPE_P(array);
}
