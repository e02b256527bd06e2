/*-------------------------------------------------------------------------
 *
 * format_v1.c
 *	  Version 1 of the stored form never changes: for each line in test/frozen,
 *	  writing its times gives its bytes, and reading its bytes gives its times.
 *
 *-------------------------------------------------------------------------
 */
#include <ctype.h>

#include "core/rtt_codec.h"
#include "core/rtt_state.h"
#include "unit.h"

#define MAX_TIMES	(RTT_CAP_EXACT + 1)
#define MAX_FIELDS	5
#define LOWERED		64			/* in the second byte */

static bool seen[LOWERED + RTT_PRECISION_EXACT];

static char *
read_file(const char *name)
{
	FILE	   *file = fopen(name, "r");
	size_t		size = 0;
	char	   *text = NULL;

	if (file == NULL)
	{
		perror(name);
		exit(1);
	}
	do
	{
		text = realloc(text, size + 65536);
		if (text == NULL)
			abort();
		size += fread(text + size, 1, 65535, file);
	} while (!feof(file) && !ferror(file));
	fclose(file);
	text[size] = '\0';
	return text;
}

/* The number after a mark, or the last argument if there is no mark. */
static uint64_t
read_number(const char **at, const char *mark, uint64_t otherwise)
{
	char	   *end;
	uint64_t	number;

	if (strncmp(*at, mark, strlen(mark)) != 0)
		return otherwise;
	number = strtoull(*at + strlen(mark), &end, 10);
	*at = end;
	return number;
}

/* The times of a list such as "1 2*3 10..20/5*2". */
static uint32_t
expand_times(const char *list, RttBucket *times)
{
	const char *at = list;
	uint32_t	n = 0;

	while (isdigit((unsigned char) *at))
	{
		uint64_t	first = read_number(&at, "", 0);
		uint64_t	last = read_number(&at, "..", first);
		uint64_t	step = read_number(&at, "/", 1);
		uint64_t	count = read_number(&at, "*", 1);

		for (uint64_t i = 0; i <= (last - first) / step; i++)
		{
			if (n == MAX_TIMES)
				abort();
			times[n].lower_us = first + i * step;
			times[n++].count = count;
		}
		at += *at == ' ';
	}
	CHECK(*at == '\0' || strcmp(list, "-") == 0);
	return n;
}

/* The bytes of a list such as "01 0100*512". */
static size_t
expand_bytes(const char *list, uint8_t *bytes, size_t max_bytes)
{
	const char *at = list;
	size_t		n = 0;

	while (isxdigit((unsigned char) *at))
	{
		size_t		start = n;
		size_t		length;
		unsigned	byte;
		uint64_t	count;

		for (; sscanf(at, "%2x", &byte) == 1 && *at != ' '; at += 2)
			bytes[n++] = (uint8_t) byte;
		length = n - start;
		count = read_number(&at, "*", 1);
		if (n + length * count > max_bytes)
			abort();
		for (; count > 1; count--, n += length)
			memcpy(bytes + n, bytes + start, length);
		at += *at == ' ';
	}
	CHECK(*at == '\0' && n > 1);
	return n;
}

/* The exact sketch of times, which must ascend. */
static RttSketch
make_sketch(RttBucket *times, uint32_t n)
{
	RttSketch	sketch = {.precision = RTT_PRECISION_EXACT};
	bool		ascend = true;

	CHECK(n > 0);
	sketch.buckets = times;
	sketch.nbuckets = n;
	sketch.min_us = times[0].lower_us;
	sketch.max_us = times[n - 1].lower_us;
	for (uint32_t i = 0; i < n; i++)
	{
		ascend = ascend &&
			(i == 0 || times[i].lower_us > times[i - 1].lower_us);
		sketch.count += times[i].count;
		sketch.sum_us = rtt_sum_add_times(sketch.sum_us, times[i].lower_us,
										  times[i].count);
	}
	CHECK(ascend);
	return sketch;
}

static bool
has_buckets(const RttSketch *sketch, const RttBucket *buckets, uint32_t n)
{
	return sketch->nbuckets == n &&
		memcmp(sketch->buckets, buckets, n * sizeof(RttBucket)) == 0;
}

/*
 * Checks times and their stored form; if it is lowered, and the list of
 * buckets is not NULL, also the buckets.
 */
static void
check_form(const char *times, const char *lowered,
		   const uint8_t *bytes, size_t nbytes, uint32_t cap)
{
	RttBucket  *buckets = allocate(MAX_TIMES, sizeof(RttBucket));
	RttBucket  *listed = allocate(MAX_TIMES, sizeof(RttBucket));
	RttSketch	exact = make_sketch(buckets, expand_times(times, buckets));
	RttSketch	sketch;
	RttSketch	read;
	bool		is_exact = bytes[1] < LOWERED;
	uint32_t	nlisted = exact.nbuckets;
	uint8_t    *written;
	uint8_t    *copy = malloc(nbytes);
	const char *fault;

	memcpy(listed, buckets, nlisted * sizeof(RttBucket));
	if (lowered != NULL && strcmp(lowered, "-") != 0)
		nlisted = expand_times(lowered, listed);

	sketch = exact;
	rtt_sketch_normalise(&sketch, cap);
	written = allocate(rtt_encoded_bound(sketch.nbuckets), 1);
	CHECK(rtt_encode(&sketch, written) == nbytes &&
		  memcmp(written, bytes, nbytes) == 0);

	memcpy(copy, bytes, nbytes);	/* so that ASan sees its end */
	fault = rtt_decode(&read,
					   allocate(rtt_decoded_bound(nbytes, cap),
								sizeof(RttBucket)),
					   copy, nbytes, cap);
	CHECK(fault == NULL);
	if (fault == NULL)
	{
		CHECK(read.precision ==
			  (is_exact ? RTT_PRECISION_EXACT : bytes[1] - LOWERED));
		CHECK(read.count == exact.count);
		CHECK(read.sum_us.high == exact.sum_us.high &&
			  read.sum_us.low == exact.sum_us.low);
		CHECK(read.min_us == exact.min_us && read.max_us == exact.max_us);
		CHECK(has_buckets(&read, sketch.buckets, sketch.nbuckets));
		if (is_exact || lowered != NULL)
			CHECK(has_buckets(&read, listed, nlisted));
	}
	free(read.buckets);
	free(copy);
	free(written);
	free(listed);
	free(buckets);
}

/* what | times | buckets | bytes */
static void
check_sketch(char **fields, uint8_t *bytes, size_t max_bytes)
{
	size_t		nbytes = expand_bytes(fields[3], bytes, max_bytes);

	CHECK(bytes[1] < sizeof(seen));
	seen[bytes[1] % sizeof(seen)] = true;
	check_form(fields[1], fields[2], bytes, nbytes, RTT_CAP_SKETCH);
}

/*
 * what | kind | fractions | times | bytes.  This checks the times; the header
 * is checked in PostgreSQL (test/sql/format_v1.sql).
 */
static void
check_state(char **fields, uint8_t *bytes, size_t max_bytes)
{
	size_t		nbytes = expand_bytes(fields[4], bytes, max_bytes);
	size_t		header = 4 + 8 * (bytes[2] * 256 + bytes[3]);

	CHECK(bytes[0] == 1 && bytes[1] < RTT_STATE_KINDS && nbytes >= header);
	CHECK((nbytes == header) == (strcmp(fields[3], "-") == 0));
	if (nbytes > header)
		check_form(fields[3], NULL, bytes + header, nbytes - header,
				   rtt_state_cap((RttStateKind) bytes[1]));
}

static long
check_file(const char *name, int nfields,
		   void (*check_line) (char **, uint8_t *, size_t))
{
	char	   *text = read_file(name);
	size_t		max_bytes = 2 * MAX_TIMES;
	uint8_t    *bytes = allocate(max_bytes, 1);
	long		nlines = 0;

	for (char *line = text; line != NULL && *line != '\0';)
	{
		char	   *end = strchr(line, '\n');
		char	   *fields[MAX_FIELDS] = {line};
		long		failed_before = failed;
		int			n = 1;

		if (end != NULL)
			*end++ = '\0';
		if (*line != '#' && *line != '\0')
		{
			char	   *bar = strstr(line, " | ");

			for (; bar != NULL && n < MAX_FIELDS; bar = strstr(bar, " | "))
			{
				*bar = '\0';
				bar += 3;
				fields[n++] = bar;
			}
			CHECK(n == nfields);
			if (n == nfields)
				check_line(fields, bytes, max_bytes);
			if (failed > failed_before)
				printf("%s: %s\n", name, fields[0]);
			nlines++;
		}
		line = end;
	}
	free(bytes);
	free(text);
	return nlines;
}

int
main(void)
{
	CHECK(check_file("test/frozen/rtt_sketch_v1.txt", 4, check_sketch) > 100);
	CHECK(check_file("test/frozen/rtt_state_v1.txt", 5, check_state) > 10);

	/* every unit and every precision has occurred */
	for (int unit = 0; unit <= 18; unit++)
		CHECK(seen[unit]);
	for (int precision = RTT_PRECISION_MIN;
		 precision < RTT_PRECISION_EXACT; precision++)
		CHECK(seen[LOWERED + precision]);
	return report();
}
