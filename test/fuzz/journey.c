/*-------------------------------------------------------------------------
 *
 * journey.c
 *	  Any bytes are the stored form of some requests, or have a fault; and any
 *	  requests can be cut into journeys.
 *
 * Input: as_of, in 8 bytes, and the bytes.
 *
 *-------------------------------------------------------------------------
 */
#include "fuzz.h"
#include "unit/journey_form.h"

static void
check_journeys(JourneyRequest *requests, size_t n, int64_t as_of_us)
{
	JourneyDefinition definition;
	JourneyCut	cut;
	const char *fault;

	REQUIRE(define_steps(&definition) == NULL);
	cut_requests(&cut, &definition, requests, n, as_of_us);
	fault = description_fault(&cut);
	if (fault != NULL)
		fprintf(stderr, "%s\n", fault);
	REQUIRE(fault == NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	Input		input = {data, data + size};
	int64_t		as_of_us = (int64_t) take_uint64(&input);
	size_t		nbytes = (size_t) (input.end - input.at);
	JourneyRequest *requests;
	uint8_t    *bytes;
	size_t		written;
	size_t		n;
	const char *fault;

	free_memory();
	requests = read_requests(input.at, nbytes, &n, &fault);
	if (fault != NULL)
		return 0;
	bytes = write_requests(requests, n, &written);
	REQUIRE(written == nbytes && memcmp(bytes, input.at, nbytes) == 0);
	n = sort_requests(requests, n);
	check_journeys(requests, n, JOURNEY_INFINITY);
	check_journeys(requests, n, as_of_us);	/* forgets responses */
	return 0;
}
