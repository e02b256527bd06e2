/*-------------------------------------------------------------------------
 *
 * rollup_days.c
 *	  The function rollup_days: the part of a rollup_state that is about some
 *	  days, without factors and pairs.
 *
 * The days come first in a state, in ascending order, and each is written as
 * the distance from the one before.  So the bytes of successive days, but for
 * the distance of the first, are the same in the state of these days alone.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "miscadmin.h"
#include "pg_versions.h"
#include "rollup_state.h"
#include "utils/date.h"

PG_FUNCTION_INFO_V1(pmr_rollup_days);

/* Successive days of a state. */
typedef struct DayRange
{
	uint32		ndays;
	DateADT		first;
	const uint8 *start;			/* of the first day, behind its distance */
	const uint8 *end;
} DayRange;

static DayRange
find_days(RollupReader *reader, DateADT from_day, DateADT to_day)
{
	DayRange	range = {0};
	RollupStoredCell cell;

	for (uint32 i = 0; i < reader->ncells[0]; i++)
	{
		const uint8 *start = reader->at;

		CHECK_FOR_INTERRUPTS();
		if (!rollup_read_cell(reader, &cell) || cell.day > to_day)
			break;
		if (cell.day < from_day)
			continue;
		if (range.ndays++ == 0)
		{
			range.first = cell.day;
			range.start = skip_varint(start);
		}
		range.end = reader->at;
	}
	return range;
}

static bytea *
make_state(const DayRange *range)
{
	Size		nbytes = range->end - range->start;
	bytea	   *state = palloc(VARHDRSZ + ROLLUP_HEADER_BYTES + VARINT_BYTES +
							   nbytes);
	uint8	   *at = (uint8 *) VARDATA(state);
	RollupWriter writer;

	at += rollup_write_header(&writer, 0, &range->ndays, at);
	at = write_varint(at, (int64) range->first - ROLLUP_FIRST_DAY);
	memcpy(at, range->start, nbytes);
	SET_VARSIZE(state, at + nbytes - (uint8 *) state);
	return state;
}

/* (state, from_day, to_day) */
Datum
pmr_rollup_days(PG_FUNCTION_ARGS)
{
	const bytea *state = PG_GETARG_BYTEA_PP(0);
	RollupReader reader;
	DayRange	range;

	rollup_state_open(&reader, (const uint8 *) VARDATA_ANY(state),
					  VARSIZE_ANY_EXHDR(state));
	range = find_days(&reader, PG_GETARG_DATEADT(1), PG_GETARG_DATEADT(2));
	rollup_state_close(&reader);
	if (range.ndays == 0)
		PG_RETURN_NULL();
	PG_RETURN_BYTEA_P(make_state(&range));
}
