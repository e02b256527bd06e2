/*-------------------------------------------------------------------------
 *
 * rtt_codec.c
 *	  Stored forms: a sketch that is written and read is the same, and any
 *	  bytes give either a sketch with exactly this stored form, or a fault.
 *	  format_v1.c tests that version 1 does not change.
 *
 *-------------------------------------------------------------------------
 */
#include "core/rtt_codec.h"
#include "unit.h"

/* The normal sketch of the times, which this sorts. */
static RttSketch
make_sketch(uint64_t *values, size_t n, uint32_t cap)
{
	RttSketch	sketch;

	qsort(values, n, sizeof(uint64_t), compare_values);
	rtt_sketch_from_sorted(&sketch, allocate(n, sizeof(RttBucket)),
						   values, n);
	rtt_sketch_normalise(&sketch, cap);
	return sketch;
}

/* Reads a copy of the bytes, so that ASan detects reading past their end. */
static const char *
decode(const uint8_t *bytes, size_t nbytes, RttSketch *sketch)
{
	uint8_t    *copy = malloc(nbytes);
	const char *fault;

	if (nbytes > 0)
		memcpy(copy, bytes, nbytes);
	fault = rtt_decode(sketch,
					   allocate(rtt_decoded_bound(nbytes, RTT_CAP_SKETCH),
								sizeof(RttBucket)),
					   copy, nbytes, RTT_CAP_SKETCH);
	free(copy);
	return fault;
}

static bool
is_stored_form(const RttSketch *sketch, const uint8_t *bytes, size_t nbytes)
{
	uint8_t    *written = allocate(rtt_encoded_bound(sketch->nbuckets), 1);
	size_t		nwritten = rtt_encode(sketch, written);
	bool		equal;

	equal = nwritten == nbytes && memcmp(written, bytes, nbytes) == 0;
	CHECK(nwritten <= rtt_encoded_bound(sketch->nbuckets));
	free(written);
	return equal;
}

/* Any bytes give a fault, or a sketch whose stored form they are. */
static bool
check_bytes(const uint8_t *bytes, size_t nbytes)
{
	RttSketch	sketch;
	const char *fault = decode(bytes, nbytes, &sketch);

	if (fault == NULL)
	{
		CHECK(rtt_sketch_fault(&sketch, RTT_CAP_SKETCH) == NULL);
		CHECK(is_stored_form(&sketch, bytes, nbytes));
	}
	free(sketch.buckets);
	return fault == NULL;
}

static void
check_round_trip(int shape, size_t n)
{
	uint64_t   *values = allocate(n, sizeof(uint64_t));
	RttSketch	sketch;
	RttSketch	read;
	uint8_t    *bytes;
	size_t		nbytes;

	for (size_t i = 0; i < n; i++)
		values[i] = random_rtt(shape);
	sketch = make_sketch(values, n, RTT_CAP_SKETCH);
	bytes = allocate(rtt_encoded_bound(sketch.nbuckets) + 1, 1);
	nbytes = rtt_encode(&sketch, bytes);

	CHECK(decode(bytes, nbytes, &read) == NULL);
	CHECK(read.count == sketch.count && read.precision == sketch.precision);
	CHECK(read.min_us == sketch.min_us && read.max_us == sketch.max_us);
	CHECK(read.sum_us.high == sketch.sum_us.high &&
		  read.sum_us.low == sketch.sum_us.low);
	CHECK(read.nbuckets == sketch.nbuckets &&
		  memcmp(read.buckets, sketch.buckets,
				 sketch.nbuckets * sizeof(RttBucket)) == 0);
	free(read.buckets);

	for (int i = 0; i < 300; i++)
	{
		size_t		at = random_below(nbytes);
		uint8_t		saved = bytes[at];

		/* a changed byte, a changed bit, the bytes cut off, an added byte */
		bytes[at] = (uint8_t) random_bits();
		check_bytes(bytes, nbytes);
		bytes[at] = saved ^ (uint8_t) (1 << random_below(8));
		check_bytes(bytes, nbytes);
		bytes[at] = saved;
		check_bytes(bytes, at);
		bytes[nbytes] = (uint8_t) random_bits();
		check_bytes(bytes, nbytes + 1);
	}
	free(bytes);
	free(sketch.buckets);
	free(values);
}

/* Mostly small bytes, so that some are a stored form. */
static void
check_random_bytes(void)
{
	uint8_t		bytes[24];
	long		good = 0;

	for (int i = 0; i < 200000; i++)
	{
		size_t		nbytes = random_below(sizeof(bytes));

		for (size_t j = 0; j < nbytes; j++)
			bytes[j] = (uint8_t) (random_bits() >> random_below(8) >> 56);
		if (nbytes > 1)
		{
			bytes[0] = 1;
			bytes[1] = (uint8_t) random_below(20);
		}
		good += check_bytes(bytes, nbytes);
	}
	CHECK(good > 1000);
}

static void
check_fault(const char *bytes, size_t nbytes, const char *expected)
{
	RttSketch	sketch;
	const char *fault = decode((const uint8_t *) bytes, nbytes, &sketch);

	if (fault == NULL || strcmp(fault, expected) != 0)
		printf("expected \"%s\", got \"%s\"\n", expected,
			   fault != NULL ? fault : "no fault");
	CHECK(fault != NULL && strcmp(fault, expected) == 0);
	free(sketch.buckets);
}

#define CHECK_FAULT(bytes, expected) \
	check_fault(bytes, sizeof(bytes) - 1, expected)

static void
check_faults(void)
{
	CHECK_FAULT("", "header is cut off");
	CHECK_FAULT("\1", "header is cut off");
	CHECK_FAULT("\0\0\2", "format version is unknown");
	CHECK_FAULT("\2\0\2", "format version is unknown");
	CHECK_FAULT("\1\23\2", "precision or unit is unknown");
	CHECK_FAULT("\1\106\2", "precision or unit is unknown");
	CHECK_FAULT("\1\176\2", "precision or unit is unknown");
	CHECK_FAULT("\1\0", "buckets are missing");
	CHECK_FAULT("\1\0\202", "number is cut off or malformed");
	CHECK_FAULT("\1\0\202\0", "number is cut off or malformed");
	CHECK_FAULT("\1\0\3", "number is cut off or malformed");
	CHECK_FAULT("\1\0\377\377\377\377\377\377\377\377\377\2",
				"number is cut off or malformed");
	CHECK_FAULT("\1\0\376\377\377\377\377\377\377\377\377\2",
				"number is cut off or malformed");
	CHECK_FAULT("\1\0\376\377\377\377\377\377\377\377\377\1\0",
				"bucket is out of range");
	CHECK_FAULT("\1\22\24", "bucket is out of range");
	CHECK_FAULT("\1\0\24", "unit is too short");
	CHECK_FAULT("\1\0\0", "unit is too short");
	CHECK_FAULT("\1\0\3\376\377\377\377\377\377\377\377\177",
				"count is out of range");
	CHECK_FAULT("\1\0\3\375\377\377\377\377\377\377\377\177\0",
				"count is out of range");
	CHECK_FAULT("\1\107\0\1\1\2", "minimum is not in the first bucket");
	CHECK_FAULT("\1\107\1\1\2\2", "maximum is not in the last bucket");
	CHECK_FAULT("\1\107\1\0\2\2", "sum does not fit the buckets");
	CHECK_FAULT("\1\107\1\0\1\2", "precision is too low");
	CHECK_FAULT("\1\107\376\377\377\377\377\377\377\377\177\2\1\2",
				"minimum or maximum is out of range");
	CHECK_FAULT("\1\107\1\0"
				"\377\377\377\377\377\377\377\377\377"
				"\377\377\377\377\377\377\377\377\377\1\2",
				"number is cut off or malformed");
}

/*
 * For any number of bytes, memory for a normal sketch is enough.  An exact
 * sketch has no more buckets than the cap.
 */
static void
check_too_many(void)
{
	size_t		nbytes = RTT_BUCKETS_AT_MIN + 1000;
	char	   *bytes = allocate(nbytes, 1);

	/* from 1 us on, so that the unit cannot be greater */
	bytes[0] = 1;
	bytes[2] = 2;
	CHECK(check_bytes((const uint8_t *) bytes, 2 + RTT_CAP_SKETCH));
	check_fault(bytes, 2 + RTT_CAP_SKETCH + 1, "precision is too high");

	memset(bytes + 2, 0, nbytes - 2);
	CHECK(rtt_decoded_bound(nbytes, RTT_CAP_SKETCH) == RTT_BUCKETS_AT_MIN);
	check_fault(bytes, nbytes, "number of buckets is too large");
	free(bytes);
}

/* Times that are multiples of 5, but not of 10, have no greater unit. */
static void
check_fives(void)
{
	uint64_t	fives[] = {15, 5};
	static const uint8_t bytes[] = {1, 0, 10, 18};
	RttSketch	sketch = make_sketch(fives, 2, RTT_CAP_SKETCH);

	CHECK(is_stored_form(&sketch, bytes, sizeof(bytes)));
	CHECK(check_bytes(bytes, sizeof(bytes)));
	free(sketch.buckets);
}

/* A sum of more than 64 bits whose lower word is small. */
static void
check_sums(void)
{
	static uint64_t values[RTT_CAP_SKETCH + 2];

	for (uint64_t low = 0; low < 200; low++)
	{
		uint64_t	squares = 0;
		RttSketch	sketch;
		RttSketch	read;
		uint8_t    *bytes;

		for (uint64_t i = 0; i < RTT_CAP_SKETCH; i++)
		{
			values[i] = i * i;
			squares += i * i;
		}
		values[RTT_CAP_SKETCH] = RTT_MAX_US;
		values[RTT_CAP_SKETCH + 1] = low - squares - RTT_MAX_US;
		sketch = make_sketch(values, RTT_CAP_SKETCH + 2, RTT_CAP_SKETCH);
		CHECK(sketch.precision < RTT_PRECISION_EXACT);
		CHECK(sketch.sum_us.high == 1 && sketch.sum_us.low == low);

		bytes = allocate(rtt_encoded_bound(sketch.nbuckets), 1);
		CHECK(decode(bytes, rtt_encode(&sketch, bytes), &read) == NULL);
		CHECK(read.sum_us.high == 1 && read.sum_us.low == low);
		free(bytes);
		free(read.buckets);
		free(sketch.buckets);
	}
}

int
main(void)
{
	static const size_t sizes[] = {1, 2, 3, 123, 1024, 1025, 30000};

	for (int shape = 0; shape < NSHAPES; shape++)
	{
		for (size_t s = 0; s < sizeof(sizes) / sizeof(sizes[0]); s++)
			check_round_trip(shape, sizes[s]);
	}
	check_random_bytes();
	check_faults();
	check_too_many();
	check_sums();
	check_fives();
	return report();
}
