/*-------------------------------------------------------------------------
 *
 * rollup_state.h
 *	  The type rollup_state: a varlena with the stored form of a rollup
 *	  (core/rollup_codec.h).
 *
 *-------------------------------------------------------------------------
 */
#ifndef ROLLUP_STATE_H
#define ROLLUP_STATE_H

#include "core/rollup_codec.h"
#include "fmgr.h"

/*
 * Begins to read the bytes of a rollup_state: the caller reads its cells and
 * its pairs, and then closes the reader.  Opening and closing raise a data
 * corruption error if there is a fault.
 */
extern void rollup_state_open(RollupReader *reader, const uint8 *bytes,
							  Size nbytes);

/* The same, but the cells are read without their sketches. */
extern void rollup_state_open_counts(RollupReader *reader, const uint8 *bytes,
									 Size nbytes);
extern void rollup_state_close(RollupReader *reader);

/* The number of factors of a rollup_state, whose other bytes are not checked. */
extern int	rollup_state_nfactors(const bytea *state);

#endif							/* ROLLUP_STATE_H */
