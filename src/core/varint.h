/*-------------------------------------------------------------------------
 *
 * varint.h
 *	  Numbers of stored forms, in as few bytes as possible.
 *
 * A varint is an LEB128 number of the least possible length: base 128, the
 * least significant group first, with the top bit of a byte set if another
 * follows.
 *
 *-------------------------------------------------------------------------
 */
#ifndef VARINT_H
#define VARINT_H

#include <stddef.h>
#include <stdint.h>

/* The most bytes that a varint of 64 bits takes. */
#define VARINT_BYTES	10

/* Writes a number, and returns its end. */
static inline uint8_t *
write_varint(uint8_t *at, uint64_t value)
{
	for (; value > 0x7F; value >>= 7)
		*at++ = (uint8_t) (value | 0x80);
	*at++ = (uint8_t) value;
	return at;
}

/* The end of a number that has been read before. */
static inline const uint8_t *
skip_varint(const uint8_t *at)
{
	while (*at > 0x7F)
		at++;
	return at + 1;
}

/* Eight bytes, the least significant first; compilers make this one load. */
static inline uint64_t
read_eight(const uint8_t *at)
{
	return (uint64_t) at[0] | (uint64_t) at[1] << 8 |
		(uint64_t) at[2] << 16 | (uint64_t) at[3] << 24 |
		(uint64_t) at[4] << 32 | (uint64_t) at[5] << 40 |
		(uint64_t) at[6] << 48 | (uint64_t) at[7] << 56;
}

/*
 * Reads a number, and returns its end, or NULL if there is no valid number: the
 * bytes end, or it is too large, or longer than necessary.
 */
static inline const uint8_t *
read_varint(const uint8_t *at, const uint8_t *end, uint64_t *value)
{
	/*
	 * Up to eight bytes are read without a branch for each: the processor
	 * cannot predict the length, and wrong predictions took half of the time.
	 */
	if (end - at >= 8)
	{
		uint64_t	groups = read_eight(at);
		uint64_t	lasts = ~groups & UINT64_C(0x8080808080808080);

		if (lasts != 0)
		{
			const uint8_t *last = at + __builtin_ctzll(lasts) / 8;

			groups &= (lasts ^ (lasts - 1)) & UINT64_C(0x7F7F7F7F7F7F7F7F);
			groups = (groups & UINT64_C(0x007F007F007F007F)) |
				(groups & UINT64_C(0x7F007F007F007F00)) >> 1;
			groups = (groups & UINT64_C(0x00003FFF00003FFF)) |
				(groups & UINT64_C(0x3FFF00003FFF0000)) >> 2;
			*value = (groups & UINT64_C(0x000000000FFFFFFF)) |
				(groups & UINT64_C(0x0FFFFFFF00000000)) >> 4;
			return *last > 0 || last == at ? last + 1 : NULL;
		}
	}

	*value = 0;
	for (int shift = 0; at < end; shift += 7)
	{
		uint64_t	byte = *at++;

		if (shift == 63 && byte > 1)
			return NULL;		/* more than 64 bits */
		*value |= (byte & 0x7F) << shift;
		if (byte < 0x80)
			return byte > 0 || shift == 0 ? at : NULL;
	}
	return NULL;
}

#endif							/* VARINT_H */
