/*-------------------------------------------------------------------------
 *
 * rtt_words.c
 *	  Times that are written to words are read back the same, and malformed
 *	  words are detected.
 *
 *-------------------------------------------------------------------------
 */
#include "core/rtt_bucket.h"
#include "core/rtt_words.h"
#include "unit.h"

#define NVALUES 1000

static void
check_shape(int shape)
{
	uint64_t	values[NVALUES];
	uint64_t	read[NVALUES];
	uint32_t	words[NVALUES * RTT_WORDS_MAX];
	uint32_t	nwords = 0;

	for (int i = 0; i < NVALUES; i++)
	{
		uint32_t	taken;

		values[i] = random_rtt(shape);
		taken = rtt_words_write(&words[nwords], values[i]);
		CHECK(taken == (values[i] < UINT64_C(2147483648) ? 1 : 2));
		nwords += taken;
		CHECK(rtt_words_count(words, nwords) == i + 1);
	}
	CHECK(rtt_words_read(words, nwords, read) == read + NVALUES);
	CHECK(memcmp(read, values, sizeof(values)) == 0);
}

static void
check_edges(void)
{
	static const uint64_t edges[] = {
		0, 1, 0x7FFFFFFF, 0x80000000, 0x80000001, 0xFFFFFFFF, 0x100000000,
		0x7FFFFFFFFFFFFFFE, RTT_MAX_US
	};

	for (size_t i = 0; i < sizeof(edges) / sizeof(edges[0]); i++)
	{
		uint32_t	words[RTT_WORDS_MAX];
		uint32_t	nwords = rtt_words_write(words, edges[i]);
		uint64_t	read;

		CHECK(rtt_words_count(words, nwords) == 1);
		CHECK(rtt_words_read(words, nwords, &read) == &read + 1);
		CHECK(read == edges[i]);
		if (nwords == 2)
			CHECK(rtt_words_count(words, 1) == -1);
	}
}

/* Half a time is malformed, and so is one in more words than necessary. */
static void
check_malformed(void)
{
	static const uint32_t half[] = {5, 0x80000001};
	static const uint32_t too_long[] = {0x80000000, 0x7FFFFFFF};
	static const uint32_t shortest[] = {0x80000000, 0x80000000};

	CHECK(rtt_words_count(half, 0) == 0);
	CHECK(rtt_words_count(half, 1) == 1);
	CHECK(rtt_words_count(half, 2) == -1);
	CHECK(rtt_words_count(too_long, 2) == -1);
	CHECK(rtt_words_count(shortest, 2) == 1);
}

int
main(void)
{
	for (int shape = 0; shape < NSHAPES; shape++)
		check_shape(shape);
	check_edges();
	check_malformed();
	return report();
}
