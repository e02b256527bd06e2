/*-------------------------------------------------------------------------
 *
 * rtt_codec.c
 *	  The stored form of a sketch of round-trip times, version 1.
 *
 * Layout
 * ------
 *	byte 0		version: 1
 *	byte 1		n from 0 to 18: exact; the unit is 10^n microseconds, the
 *				greatest such unit that divides all times
 *				64 + precision: lowered to that precision
 *
 * then, in a lowered sketch only, because the buckets do not tell them:
 *	varint		min_us
 *	varint		max_us - min_us
 *	varint		sum_us, up to 126 bits
 *
 * then each bucket, ascending, to the end of the bytes:
 *	varint		gap << 1 | (count > 1)
 *	varint		count - 2, present where count > 1
 *
 * The gap is the number of positions between a bucket and the one before it,
 * or before the first bucket.  The position of a bucket is its time in units
 * in an exact sketch, and its rtt_index() in a lowered one.
 *
 * Varints: varint.h.
 *
 * Audit times are mostly whole milliseconds, and mostly different.  Hence the
 * unit, and no count for a single time: 123 times of a day's group took 184
 * bytes, but 278 in microseconds with a count for each bucket.
 *
 *-------------------------------------------------------------------------
 */
#include <assert.h>
#include <string.h>

#include "core/rtt_codec.h"
#include "core/varint.h"

#define FORMAT_VERSION	1
#define LOWERED			64
#define MAX_UNIT		18		/* 10^18 is the last power below RTT_MAX_US */

#define VARSUM_BYTES	18		/* a varint of 126 bits */

static uint64_t
unit_us(int exponent)
{
	uint64_t	unit = 1;

	while (exponent-- > 0)
		unit *= 10;
	return unit;
}

/* The greatest exponent whose unit divides all times. */
static int
find_unit(const RttSketch *sketch)
{
	int			exponent = MAX_UNIT;
	uint64_t	unit = unit_us(exponent);

	for (uint32_t i = 0; i < sketch->nbuckets && exponent > 0; i++)
	{
		while (sketch->buckets[i].lower_us % unit != 0)
		{
			unit /= 10;
			exponent--;
		}
	}
	return exponent;
}

static uint8_t *
write_varsum(uint8_t *at, RttSum sum)
{
	while (sum.high > 0 || sum.low > 0x7F)
	{
		*at++ = (uint8_t) (sum.low | 0x80);
		sum.low = sum.low >> 7 | sum.high << 57;
		sum.high >>= 7;
	}
	*at++ = (uint8_t) sum.low;
	return at;
}

/* As read_varint(). */
static const uint8_t *
read_varsum(const uint8_t *at, const uint8_t *end, RttSum *sum)
{
	sum->high = 0;
	sum->low = 0;
	for (int shift = 0; at < end && shift < 7 * VARSUM_BYTES; shift += 7)
	{
		uint64_t	byte = *at++;
		uint64_t	group = byte & 0x7F;

		if (shift < 64)
			sum->low |= group << shift;
		if (shift >= 64)
			sum->high |= group << (shift - 64);
		else if (shift > 57)
			sum->high |= group >> (64 - shift);
		if (byte < 0x80)
			return byte > 0 || shift == 0 ? at : NULL;
	}
	return NULL;
}

size_t
rtt_encoded_bound(uint32_t nbuckets)
{
	return 2 + 2 * VARINT_BYTES + VARSUM_BYTES +
		(size_t) nbuckets * 2 * VARINT_BYTES;
}

size_t
rtt_encode(const RttSketch *sketch, uint8_t *bytes)
{
	bool		exact = sketch->precision == RTT_PRECISION_EXACT;
	int			exponent = exact ? find_unit(sketch) : 0;
	uint64_t	unit = unit_us(exponent);
	uint64_t	expected = 0;	/* the position if there is no gap */
	uint8_t    *at = bytes;

	assert(sketch->nbuckets > 0);
	*at++ = FORMAT_VERSION;
	*at++ = (uint8_t) (exact ? exponent : LOWERED + sketch->precision);
	if (!exact)
	{
		at = write_varint(at, sketch->min_us);
		at = write_varint(at, sketch->max_us - sketch->min_us);
		at = write_varsum(at, sketch->sum_us);
	}

	for (uint32_t i = 0; i < sketch->nbuckets; i++)
	{
		const RttBucket *bucket = &sketch->buckets[i];
		uint64_t	position = rtt_index(bucket->lower_us / unit,
										 sketch->precision);

		at = write_varint(at, (position - expected) << 1 | (bucket->count > 1));
		if (bucket->count > 1)
			at = write_varint(at, bucket->count - 2);
		expected = position + 1;
	}
	return (size_t) (at - bytes);
}

/* Reads buckets to the end of the bytes, and adds up their counts. */
static const char *
decode_buckets(RttSketch *sketch, const uint8_t *at, const uint8_t *end,
			   int exponent, size_t max_buckets)
{
	RttBucket  *buckets = sketch->buckets;
	int			precision = sketch->precision;
	bool		exact = precision == RTT_PRECISION_EXACT;
	uint64_t	unit = unit_us(exponent);
	uint64_t	last = rtt_index(RTT_MAX_US / unit, precision);
	uint64_t	expected = 0;
	bool		coarser = exponent < MAX_UNIT;	/* can the unit be greater? */
	uint64_t	total = 0;
	RttSum		sum_us = {0, 0};
	size_t		nbuckets;

	for (nbuckets = 0; at < end; nbuckets++)
	{
		uint64_t	gap;
		uint64_t	count = 1;
		uint64_t	position;

		if (nbuckets == max_buckets)
			return "number of buckets is too large";
		at = read_varint(at, end, &gap);
		if (at != NULL && (gap & 1))
		{
			at = read_varint(at, end, &count);
			if (at != NULL && count > (uint64_t) INT64_MAX - 2)
				return "count is out of range";
			count += 2;
		}
		if (at == NULL)
			return "number is cut off or malformed";
		if (count > (uint64_t) INT64_MAX - total)
			return "count is out of range";
		total += count;

		gap >>= 1;
		if (expected > last || gap > last - expected)
			return "bucket is out of range";
		position = expected + gap;
		expected = position + 1;
		coarser = coarser && position % 10 == 0;
		buckets[nbuckets].lower_us = exact ? position * unit :
			rtt_index_lower(position, precision);
		buckets[nbuckets].count = count;
		sum_us = rtt_sum_add_times(sum_us, buckets[nbuckets].lower_us, count);
	}
	if (nbuckets == 0)
		return "buckets are missing";
	if (coarser && exact)
		return "unit is too short";
	sketch->nbuckets = (uint32_t) nbuckets;
	sketch->count = total;
	if (exact)
	{
		sketch->sum_us = sum_us;
		sketch->min_us = buckets[0].lower_us;
		sketch->max_us = buckets[nbuckets - 1].lower_us;
	}
	return NULL;
}

size_t
rtt_decoded_bound(size_t nbytes, uint32_t cap)
{
	size_t		max_buckets = rtt_sketch_max_buckets(cap);

	return nbytes < max_buckets ? nbytes : max_buckets;
}

const char *
rtt_decode(RttSketch *sketch, RttBucket *buckets,
		   const uint8_t *bytes, size_t nbytes, uint32_t cap)
{
	const uint8_t *at = bytes + 2;
	const uint8_t *end = bytes + nbytes;
	int			exponent = 0;
	uint64_t	span_us;
	const char *fault;

	memset(sketch, 0, sizeof(*sketch));
	sketch->buckets = buckets;
	if (nbytes < 2)
		return "header is cut off";
	if (bytes[0] != FORMAT_VERSION)
		return "format version is unknown";
	if (bytes[1] <= MAX_UNIT)
	{
		sketch->precision = RTT_PRECISION_EXACT;
		exponent = bytes[1];
	}
	else if (bytes[1] >= LOWERED + RTT_PRECISION_MIN &&
			 bytes[1] < LOWERED + RTT_PRECISION_EXACT)
	{
		sketch->precision = bytes[1] - LOWERED;
		at = read_varint(at, end, &sketch->min_us);
		if (at != NULL)
			at = read_varint(at, end, &span_us);
		if (at != NULL)
			at = read_varsum(at, end, &sketch->sum_us);
		if (at == NULL)
			return "number is cut off or malformed";
		if (sketch->min_us > RTT_MAX_US ||
			span_us > RTT_MAX_US - sketch->min_us)
			return "minimum or maximum is out of range";
		sketch->max_us = sketch->min_us + span_us;
	}
	else
		return "precision or unit is unknown";

	fault = decode_buckets(sketch, at, end, exponent,
						   rtt_decoded_bound(nbytes, cap));
	if (fault != NULL)
		return fault;

	if (sketch->precision < RTT_PRECISION_EXACT)
		return rtt_sketch_fault(sketch, cap);

	/* any exact sketch that could be read is valid up to cap buckets */
	if (sketch->nbuckets > cap)
		return "precision is too high";
	assert(rtt_sketch_fault(sketch, cap) == NULL);
	return NULL;
}
