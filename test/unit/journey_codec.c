/*-------------------------------------------------------------------------
 *
 * journey_codec.c
 *	  Stored forms of requests: requests have the same form in any order, and
 *	  any bytes give either requests with exactly this stored form, or a fault.
 *
 *-------------------------------------------------------------------------
 */
#include "unit.h"

#include "journey_form.h"

#define MAX_REQUESTS	30
#define ACTIVITY_BYTES	64

typedef struct Requests
{
	size_t		n;
	JourneyRequest requests[2 * MAX_REQUESTS];
	uint8_t		activities[MAX_REQUESTS][ACTIVITY_BYTES];
} Requests;

static const char *const texts[] = {"8.11", "8.1.1", "", "x", "xy", "\xff"};

static int64_t
random_time(void)
{
	switch (random_below(4))
	{
		case 0:
			return JOURNEY_FIRST_US + (int64_t) random_below(2);
		case 1:
			return JOURNEY_END_US - 1 - (int64_t) random_below(2);
		default:
			return (int64_t) random_below(4) - 2;
	}
}

static void
make_activity(JourneyRequest *request, uint8_t *bytes)
{
	JourneyText parts[JOURNEY_PARTS];

	parts[JOURNEY_SRV] = text_of(texts[random_below(2)]);
	for (int i = JOURNEY_QUALIFIER; i < JOURNEY_PARTS; i++)
	{
		parts[i] = text_of(texts[random_below(6)]);
		if (random_below(2) == 0)
			parts[i].data = NULL;
	}
	CHECK(journey_activity_bound(parts) <= ACTIVITY_BYTES);
	request->activity = bytes;
	request->length = (uint32_t) (journey_write_activity(bytes, parts) - bytes);
}

static void
make_requests(Requests *made)
{
	made->n = 1 + random_below(MAX_REQUESTS);
	for (size_t i = 0; i < made->n; i++)
	{
		JourneyRequest *request = &made->requests[i];

		request->requested_us = random_time();
		request->responded_us = random_time();
		request->class = (uint8_t) random_below(RESPONSE_UNCLASSIFIED + 1);
		if (request->responded_us < request->requested_us ||
			request->class == RESPONSE_ACKNOWLEDGED)
		{
			request->responded_us = JOURNEY_NO_RESPONSE;
			request->class = 0;
		}
		request->id = random_below(10);
		request->preceding = random_below(3);
		make_activity(request, made->activities[i]);
	}
}

static void
shuffle_requests(Requests *made)
{
	for (size_t i = made->n; i > 1; i--)
	{
		size_t		j = random_below(i);
		JourneyRequest request = made->requests[i - 1];

		made->requests[i - 1] = made->requests[j];
		made->requests[j] = request;
	}
}

/* Adds some of the requests that have ids once more. */
static void
repeat_requests(Requests *made)
{
	size_t		n = made->n;

	for (size_t i = 0; i < n; i++)
	{
		if (made->requests[i].id != JOURNEY_NO_ID && random_below(3) == 0)
			made->requests[made->n++] = made->requests[i];
	}
}

static bool
equal_requests(const JourneyRequest *a, const JourneyRequest *b)
{
	return journey_compare(a, b) == 0 &&
		a->requested_us == b->requested_us &&
		a->responded_us == b->responded_us && a->id == b->id &&
		a->preceding == b->preceding && a->class == b->class &&
		a->length == b->length &&
		memcmp(a->activity, b->activity, a->length) == 0;
}

static void
check_order(void)
{
	Requests	made;
	size_t		nbytes;
	size_t		again;
	uint8_t    *bytes;
	uint8_t    *others;
	size_t		n;
	JourneyRequest *read;
	const char *fault;
	int			without_id = 0;

	make_requests(&made);
	for (size_t i = 0; i < made.n; i++)
		without_id += made.requests[i].id == JOURNEY_NO_ID;
	n = sort_requests(made.requests, made.n);
	for (size_t i = 0; i < n; i++)
	{
		without_id -= made.requests[i].id == JOURNEY_NO_ID;
		for (size_t j = 0; j < i; j++)
			CHECK(made.requests[i].id == JOURNEY_NO_ID ||
				  made.requests[i].id != made.requests[j].id);
	}
	CHECK(without_id == 0);
	bytes = write_requests(made.requests, n, &nbytes);
	read = read_requests(bytes, nbytes, &again, &fault);
	CHECK(fault == NULL && again == n);
	for (size_t i = 0; fault == NULL && i < n; i++)
		CHECK(equal_requests(&read[i], &made.requests[i]));
	free(read);

	made.n = n;
	repeat_requests(&made);
	shuffle_requests(&made);
	n = sort_requests(made.requests, made.n);
	others = write_requests(made.requests, n, &again);
	CHECK(again == nbytes && memcmp(bytes, others, nbytes) == 0);
	free(others);
	free(bytes);
}

/* In the order of the log, times go back and forth. */
static void
check_unsorted(void)
{
	Requests	made;
	size_t		nbytes;
	uint8_t    *bytes;
	JourneyReader reader;
	JourneyRequest request;

	make_requests(&made);
	bytes = write_requests(made.requests, made.n, &nbytes);
	CHECK(journey_read_header(&reader, bytes, nbytes));
	for (size_t i = 0; i < made.n; i++)
		CHECK(journey_read_request(&reader, &request) &&
			  equal_requests(&request, &made.requests[i]));
	CHECK(!journey_read_request(&reader, &request) && reader.fault == NULL);
	free(bytes);
}

/* Damaged bytes are a fault, or the form of what has been read. */
static void
check_damage(void)
{
	Requests	made;
	size_t		nbytes;
	size_t		again;
	size_t		n;
	uint8_t    *bytes;
	JourneyRequest *read;
	const char *fault;

	make_requests(&made);
	n = sort_requests(made.requests, made.n);
	bytes = write_requests(made.requests, n, &nbytes);
	for (uint64_t i = random_below(3); i > 0; i--)
		bytes[random_below(nbytes)] = (uint8_t) random_bits();
	nbytes -= random_below(4) == 0 ? random_below(nbytes) : 0;
	read = read_requests(bytes, nbytes, &n, &fault);
	if (fault == NULL)
	{
		uint8_t    *others = write_requests(read, n, &again);

		CHECK(again == nbytes && memcmp(bytes, others, nbytes) == 0);
		free(others);
	}
	free(read);
	free(bytes);
}

static const char *
fault_of(const char *bytes, size_t nbytes)
{
	JourneyReader reader;
	JourneyRequest request;

	if (!journey_read_header(&reader, (const uint8_t *) bytes, nbytes))
		return reader.fault;
	while (journey_read_request(&reader, &request))
		continue;
	return reader.fault;
}

#define HAS_FAULT(bytes, fault) \
	check_fault(bytes, sizeof(bytes) - 1, fault, __LINE__)

static void
check_fault(const char *bytes, size_t nbytes, const char *fault, int line)
{
	const char *found = fault_of(bytes, nbytes);
	bool		same = found == fault ||
	(found != NULL && fault != NULL && strcmp(found, fault) == 0);

	check(same, found != NULL ? found : "no fault", __FILE__, line);
}

/* A request of SRV "a": time, response, flags, SRV, qualifier, device type. */
static void
check_faults(void)
{
	HAS_FAULT("\1\1" "\0\0\0\1a\0\0", NULL);
	HAS_FAULT("\1\1" "\0\1\3\1a\1\2b", NULL);
	HAS_FAULT("\1\1" "\0\0\30AAAAAAAABBBBBBBB\1a\0\0", NULL);
	HAS_FAULT("\1", "header is cut off");
	HAS_FAULT("\2\1" "\0\0\0\1a\0\0", "format version is unknown");
	HAS_FAULT("\1\200", "number is cut off or malformed");
	HAS_FAULT("\1\0", "requests are missing");
	HAS_FAULT("\1\2" "\0\0\0\1a\0\0" "\0\0\0\1a\0", "requests are cut off");
	HAS_FAULT("\1\1" "\200\0\0\1a\0\0", "number is cut off or malformed");
	HAS_FAULT("\1\1" "\0\0\40\1a\0\0", "flags are unknown");
	HAS_FAULT("\1\1" "\0\1\6\1a\0\0", "flags are unknown");
	HAS_FAULT("\1\1" "\0\1\1\1a\0\0", "response class is out of place");
	HAS_FAULT("\1\1" "\0\0\2\1a\0\0", "response class is out of place");
	HAS_FAULT("\1\1" "\0\0\10\1a\0\0", "id is cut off");
	HAS_FAULT("\1\1" "\0\0\10\0\0\0\0\0\0\0\0\1a\0\0", "id is zero");
	HAS_FAULT("\1\1" "\0\0\0\0\0\0\0", "SRV is empty");
	HAS_FAULT("\1\1" "\0\0\0\5a\0\0", "text is cut off or malformed");
	HAS_FAULT("\1\1" "\0\0\0\1a\0\0\0", "bytes follow the end");
}

/* The times that are in range, and their neighbours. */
static void
check_times(void)
{
	static const struct
	{
		int64_t		requested_us;
		int64_t		responded_us;
		bool		valid;
	}			cases[] = {
		{JOURNEY_FIRST_US, JOURNEY_NO_RESPONSE, true},
		{JOURNEY_FIRST_US - 1, JOURNEY_NO_RESPONSE, false},
		{JOURNEY_END_US - 1, JOURNEY_NO_RESPONSE, true},
		{JOURNEY_END_US, JOURNEY_NO_RESPONSE, false},
		{INT64_MIN, JOURNEY_NO_RESPONSE, false},
		{JOURNEY_FIRST_US, JOURNEY_FIRST_US, true},
		{JOURNEY_FIRST_US, JOURNEY_END_US - 1, true},
		{JOURNEY_FIRST_US, JOURNEY_END_US, false},
		{0, INT64_MAX, false},
		{0, -2, false}
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
	{
		JourneyRequest request = {
			.requested_us = cases[i].requested_us,
			.responded_us = cases[i].responded_us,
			.activity = (const uint8_t *) "\1a\0\0",
			.length = 4
		};
		size_t		nbytes;
		uint8_t    *bytes;

		bytes = write_requests(&request, 1, &nbytes);
		check_fault((const char *) bytes, nbytes,
					cases[i].valid ? NULL : "time is out of range", __LINE__);
		free(bytes);
	}
}

static void
check_ids(void)
{
	static uint64_t ids[100000];
	size_t		n = sizeof(ids) / sizeof(ids[0]);

	for (size_t i = 0; i < n; i++)
	{
		char		id[64];
		int			length = snprintf(id, sizeof(id),
									  "90-B3-D5-1F-30-01-00-00:00-DB-12-34-56-78-90-A0:%zu",
									  i);

		ids[i] = journey_id(id, (size_t) length);
		CHECK(ids[i] != JOURNEY_NO_ID);
	}
	qsort(ids, n, sizeof(ids[0]), compare_values);
	for (size_t i = 1; i < n; i++)
		CHECK(ids[i] != ids[i - 1]);
	CHECK(journey_id("a", 1) != journey_id("a", 0));
	CHECK(journey_id("ab", 2) != journey_id("ba", 2));
}

int
main(void)
{
	check_faults();
	check_times();
	check_ids();
	for (int i = 0; i < 20000; i++)
	{
		check_order();
		check_unsorted();
		check_damage();
	}
	return report();
}
