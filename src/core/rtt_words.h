/*-------------------------------------------------------------------------
 *
 * rtt_words.h
 *	  Round-trip times in words of 32 bits.
 *
 * A time of less than 2^31 microseconds, about 36 minutes, takes one word.  A
 * longer one takes two: its upper half with the top bit set, then its lower
 * half.  Most times are short, so they take about half the memory, and half
 * the cache lines, of 64-bit numbers.
 *
 *-------------------------------------------------------------------------
 */
#ifndef RTT_WORDS_H
#define RTT_WORDS_H

#include <stdint.h>

/* The most words that a time takes. */
#define RTT_WORDS_MAX	2

#define RTT_WORD_LONG	(UINT32_C(1) << 31)

/* Writes a time of at most RTT_MAX_US, and returns how many words it took. */
static inline uint32_t
rtt_words_write(uint32_t *words, uint64_t rtt_us)
{
	if (rtt_us < RTT_WORD_LONG)
	{
		words[0] = (uint32_t) rtt_us;
		return 1;
	}
	words[0] = RTT_WORD_LONG | (uint32_t) (rtt_us >> 32);
	words[1] = (uint32_t) rtt_us;
	return 2;
}

/* Is this the first word of a time of two words? */
static inline int
rtt_words_long(uint32_t word)
{
	return (word & RTT_WORD_LONG) != 0;
}

/* Reads the times of n words, and returns the end of the values. */
static inline uint64_t *
rtt_words_read(const uint32_t *words, uint32_t n, uint64_t *values_us)
{
	for (uint32_t i = 0; i < n; i++)
	{
		uint64_t	value = words[i];

		if (rtt_words_long(words[i]))
			value = (value & ~(uint64_t) RTT_WORD_LONG) << 32 | words[++i];
		*values_us++ = value;
	}
	return values_us;
}

/*
 * The number of times in n words; -1 if a time is cut off, or takes more words
 * than necessary.
 */
static inline int64_t
rtt_words_count(const uint32_t *words, uint32_t n)
{
	int64_t		count = 0;

	for (uint32_t i = 0; i < n; i++, count++)
	{
		if (!rtt_words_long(words[i]))
			continue;
		if (i + 1 == n ||
			(words[i] == RTT_WORD_LONG && words[i + 1] < RTT_WORD_LONG))
			return -1;
		i++;
	}
	return count;
}

#endif							/* RTT_WORDS_H */
