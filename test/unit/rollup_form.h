/*-------------------------------------------------------------------------
 *
 * rollup_form.h
 *	  Reads the stored form of a rollup, and writes each piece again.
 *
 *-------------------------------------------------------------------------
 */
#ifndef ROLLUP_FORM_H
#define ROLLUP_FORM_H

#include <string.h>

#include "core/rollup_codec.h"

/* The memory that rewrite_form() needs for pieces of so many bytes. */
static inline size_t
rewrite_bound(size_t nbytes)
{
	RollupStoredCell largest;

	memset(&largest, 0, sizeof(largest));
	largest.length = (uint32_t) nbytes;
	largest.rtt.nbuckets = (uint32_t) rtt_decoded_bound(nbytes,
														RTT_CAP_SKETCH);
	return ROLLUP_HEADER_BYTES + rollup_cell_bound(&largest);
}

/*
 * Reads the form whose header has been read from these bytes, to its end or
 * to a fault, and writes what has been read.  Are these the same bytes?
 */
static inline bool
rewrite_form(RollupReader *reader, const uint8_t *bytes, uint8_t *piece)
{
	RollupWriter writer;
	RollupStoredCell cell;
	RollupStoredPair pair;
	const uint8_t *at = bytes;
	size_t		length;

	length = rollup_write_header(&writer, reader->nfactors, reader->ncells,
								 piece);
	if (at + length != reader->at || memcmp(at, piece, length) != 0)
		return false;
	at = reader->at;
	while (rollup_read_cell(reader, &cell))
	{
		length = rollup_write_cell(&writer, &cell, piece);
		if (at + length != reader->at || memcmp(at, piece, length) != 0)
			return false;
		at = reader->at;
	}
	while (rollup_read_pair(reader, &pair))
	{
		length = rollup_write_pair(&writer, &pair, piece);
		if (at + length != reader->at || memcmp(at, piece, length) != 0)
			return false;
		at = reader->at;
	}
	return reader->fault != NULL || at == reader->end;
}

#endif							/* ROLLUP_FORM_H */
