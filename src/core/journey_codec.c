/*-------------------------------------------------------------------------
 *
 * journey_codec.c
 *	  The stored form of the requests of a subject, version 1.
 *
 * The form is not released yet, and may still change.
 *
 * Layout
 * ------
 *	byte 0		version: 1
 *	varint		number of requests
 *
 * then each request, in the order of journey_compare():
 *	varint		time since the request before it, or since 2000-01-01, in
 *				microseconds, as zigzag number
 *	varint		0 without a response, else the time until it + 1
 *	byte		ResponseClass | 0x08 if it has an id | 0x10 if a request
 *				precedes it
 *	8 bytes		its id, the least significant byte first, if it has one
 *	8 bytes		the id of the preceding one, likewise
 *	varint		length of the SRV
 *	bytes		SRV
 *	varint		0 if the qualifier is NULL, else its length + 1
 *	bytes		qualifier
 *	varint		device type: likewise
 *	bytes
 *
 * Varints: varint.h.  A zigzag number is 2 * n if n >= 0, else -2 * n - 1: times
 * of collected requests, which are not sorted, may go back.
 *
 * A DUIS request id has 53 characters, so eight bytes are kept of it: the hash
 * FNV-1a, with the last step of MurmurHash3, as FNV's low bits are poor.  Of a
 * million requests of a subject, two have the same number with a probability of
 * 3e-8.  Then one is taken for a duplicate of the other.
 *
 * Of requests with the same id, the first in the order of requests is kept: the
 * earliest, with the earliest response, and any response rather than none.  A
 * minimum does not depend on the order in which its arguments come, nor on how
 * often: adding a request again changes nothing.
 *
 *-------------------------------------------------------------------------
 */
#include <string.h>

#include "core/journey_codec.h"

#define FORMAT_VERSION	1

#define CLASS_MASK		0x07
#define HAS_ID			0x08
#define HAS_PRECEDING	0x10
#define KNOWN_FLAGS		(CLASS_MASK | HAS_ID | HAS_PRECEDING)

uint64_t
journey_id(const char *id, size_t length)
{
	uint64_t	hash = UINT64_C(0xCBF29CE484222325);

	for (size_t i = 0; i < length; i++)
		hash = (hash ^ (uint8_t) id[i]) * UINT64_C(0x100000001B3);
	hash = (hash ^ (hash >> 33)) * UINT64_C(0xFF51AFD7ED558CCD);
	hash = (hash ^ (hash >> 33)) * UINT64_C(0xC4CEB9FE1A85EC53);
	hash ^= hash >> 33;
	return hash != JOURNEY_NO_ID ? hash : 1;
}

/* Activities */

size_t
journey_activity_bound(const JourneyText *parts)
{
	size_t		size = 0;

	for (int i = 0; i < JOURNEY_PARTS; i++)
		size += VARINT_BYTES + (parts[i].data != NULL ? parts[i].length : 0);
	return size;
}

uint8_t *
journey_write_activity(uint8_t *at, const JourneyText *parts)
{
	for (int i = 0; i < JOURNEY_PARTS; i++)
	{
		if (parts[i].data == NULL)
		{
			at = write_varint(at, 0);
			continue;
		}
		at = write_varint(at, (uint64_t) parts[i].length + (i != JOURNEY_SRV));
		memcpy(at, parts[i].data, parts[i].length);
		at += parts[i].length;
	}
	return at;
}

/* Reads a part; returns its end, or NULL if it is cut off or malformed. */
static const uint8_t *
read_part(const uint8_t *at, const uint8_t *end, bool nullable,
		  JourneyText *part)
{
	uint64_t	length;

	at = read_varint(at, end, &length);
	if (at == NULL)
		return NULL;
	part->data = nullable && length == 0 ? NULL : at;
	length -= nullable && length > 0;
	if (length > (uint64_t) (end - at) || length > UINT32_MAX)
		return NULL;
	part->length = (uint32_t) length;
	return at + length;
}

/* Reads the parts; returns the end of the last one, or NULL. */
static const uint8_t *
read_parts(const uint8_t *at, const uint8_t *end, JourneyText *parts)
{
	for (int i = 0; i < JOURNEY_PARTS && at != NULL; i++)
		at = read_part(at, end, i != JOURNEY_SRV, &parts[i]);
	return at;
}

void
journey_read_activity(const JourneyRequest *request, JourneyText *parts)
{
	(void) read_parts(request->activity, request->activity + request->length,
					  parts);
}

/* Order */

static int
compare_numbers(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

/* Later than any response is none. */
static int64_t
response_order(const JourneyRequest *request)
{
	return request->responded_us == JOURNEY_NO_RESPONSE ?
		INT64_MAX : request->responded_us;
}

static int
compare_activities(const JourneyRequest *a, const JourneyRequest *b)
{
	uint32_t	common = a->length < b->length ? a->length : b->length;
	int			order = memcmp(a->activity, b->activity, common);

	return order != 0 ? order : compare_numbers(a->length, b->length);
}

int
journey_compare(const void *a, const void *b)
{
	const JourneyRequest *x = a;
	const JourneyRequest *y = b;
	int			order = compare_numbers(x->requested_us, y->requested_us);

	if (order == 0)
		order = compare_numbers(response_order(x), response_order(y));
	if (order == 0)
		order = compare_numbers(x->class, y->class);
	if (order == 0)
		order = compare_activities(x, y);
	if (order == 0)
		order = (x->id > y->id) - (x->id < y->id);
	if (order == 0)
		order = (x->preceding > y->preceding) - (x->preceding < y->preceding);
	return order;
}

int
journey_compare_ids(const void *a, const void *b)
{
	/* JOURNEY_NO_ID - 1 is the largest number */
	uint64_t	x = ((const JourneyRequest *) a)->id - 1;
	uint64_t	y = ((const JourneyRequest *) b)->id - 1;

	return x != y ? (x > y ? 1 : -1) : journey_compare(a, b);
}

size_t
journey_drop_duplicates(JourneyRequest *requests, size_t n)
{
	size_t		kept = 0;

	for (size_t i = 0; i < n; i++)
	{
		if (kept == 0 || requests[i].id == JOURNEY_NO_ID ||
			requests[i].id != requests[kept - 1].id)
			requests[kept++] = requests[i];
	}
	return kept;
}

const char *
journey_order_fault(const JourneyRequest *last, const JourneyRequest *next)
{
	int			order = journey_compare(last, next);

	if (order > 0)
		return "requests do not ascend";
	if (order == 0 && next->id != JOURNEY_NO_ID)
		return "request is repeated";
	return NULL;
}

/* Writing */

static uint8_t *
write_id(uint8_t *at, uint64_t id)
{
	for (int i = 0; i < 8; i++)
		*at++ = (uint8_t) (id >> (8 * i));
	return at;
}

uint8_t *
journey_write_header(uint8_t *at, uint64_t nrequests)
{
	*at++ = FORMAT_VERSION;
	return write_varint(at, nrequests);
}

uint8_t *
journey_write_request(uint8_t *at, const JourneyRequest *request,
					  int64_t last_us)
{
	/* as unsigned numbers: the difference may not fit */
	uint64_t	gap = (uint64_t) request->requested_us - (uint64_t) last_us;

	at = write_varint(at, gap << 1 ^ (0 - (gap >> 63)));
	at = write_varint(at, request->responded_us == JOURNEY_NO_RESPONSE ? 0 :
					  (uint64_t) request->responded_us -
					  (uint64_t) request->requested_us + 1);
	*at++ = (uint8_t) (request->class |
					   (request->id != JOURNEY_NO_ID ? HAS_ID : 0) |
					   (request->preceding != JOURNEY_NO_ID ?
						HAS_PRECEDING : 0));
	if (request->id != JOURNEY_NO_ID)
		at = write_id(at, request->id);
	if (request->preceding != JOURNEY_NO_ID)
		at = write_id(at, request->preceding);
	memcpy(at, request->activity, request->length);
	return at + request->length;
}

/* Reading */

static bool
set_fault(JourneyReader *reader, const char *fault)
{
	reader->fault = fault;
	return false;
}

static bool
read_number(JourneyReader *reader, uint64_t *number)
{
	const uint8_t *at = read_varint(reader->at, reader->end, number);

	if (at == NULL)
		return set_fault(reader, "number is cut off or malformed");
	reader->at = at;
	return true;
}

bool
journey_read_header(JourneyReader *reader, const uint8_t *bytes, size_t nbytes)
{
	memset(reader, 0, sizeof(*reader));
	if (nbytes < 2)
		return set_fault(reader, "header is cut off");
	if (bytes[0] != FORMAT_VERSION)
		return set_fault(reader, "format version is unknown");
	reader->at = bytes + 1;
	reader->end = bytes + nbytes;
	if (!read_number(reader, &reader->left))
		return false;
	if (reader->left == 0)
		return set_fault(reader, "requests are missing");
	if (reader->left >
		(uint64_t) (reader->end - reader->at) / JOURNEY_REQUEST_MIN)
		return set_fault(reader, "requests are cut off");
	return true;
}

/* Both times.  Their differences may be any numbers. */
static bool
read_times(JourneyReader *reader, JourneyRequest *request)
{
	uint64_t	gap;
	uint64_t	wait;

	if (!read_number(reader, &gap) || !read_number(reader, &wait))
		return false;
	gap = gap >> 1 ^ (0 - (gap & 1));
	request->requested_us = (int64_t) ((uint64_t) reader->last_us + gap);
	if (request->requested_us < JOURNEY_FIRST_US ||
		request->requested_us >= JOURNEY_END_US)
		return set_fault(reader, "time is out of range");
	request->responded_us = JOURNEY_NO_RESPONSE;
	if (wait == 0)
		return true;
	if (wait > (uint64_t) JOURNEY_END_US - (uint64_t) request->requested_us)
		return set_fault(reader, "time is out of range");
	request->responded_us = (int64_t) ((uint64_t) request->requested_us +
									   wait - 1);
	return true;
}

static bool
read_flags(JourneyReader *reader, JourneyRequest *request, uint8_t *flags)
{
	if (reader->at == reader->end)
		return set_fault(reader, "request is cut off");
	*flags = *reader->at++;
	request->class = *flags & CLASS_MASK;
	if ((*flags & ~KNOWN_FLAGS) != 0 || request->class > RESPONSE_UNCLASSIFIED)
		return set_fault(reader, "flags are unknown");
	if (request->class == RESPONSE_ACKNOWLEDGED ||
		(request->responded_us == JOURNEY_NO_RESPONSE && request->class != 0))
		return set_fault(reader, "response class is out of place");
	return true;
}

static bool
read_id(JourneyReader *reader, bool present, uint64_t *id)
{
	*id = JOURNEY_NO_ID;
	if (!present)
		return true;
	if (reader->end - reader->at < 8)
		return set_fault(reader, "id is cut off");
	*id = read_eight(reader->at);
	reader->at += 8;
	return *id != JOURNEY_NO_ID || set_fault(reader, "id is zero");
}

static bool
read_activity(JourneyReader *reader, JourneyRequest *request)
{
	JourneyText parts[JOURNEY_PARTS];
	const uint8_t *end = read_parts(reader->at, reader->end, parts);

	if (end == NULL)
		return set_fault(reader, "text is cut off or malformed");
	if (parts[JOURNEY_SRV].length == 0)
		return set_fault(reader, "SRV is empty");
	if ((uint64_t) (end - reader->at) > UINT32_MAX)
		return set_fault(reader, "text is too long");
	request->activity = reader->at;
	request->length = (uint32_t) (end - reader->at);
	reader->at = end;
	return true;
}

bool
journey_read_request(JourneyReader *reader, JourneyRequest *request)
{
	uint8_t		flags;

	if (reader->fault != NULL)
		return false;
	if (reader->left == 0)
	{
		if (reader->at != reader->end)
			set_fault(reader, "bytes follow the end");
		return false;
	}
	if (!read_times(reader, request) || !read_flags(reader, request, &flags) ||
		!read_id(reader, (flags & HAS_ID) != 0, &request->id) ||
		!read_id(reader, (flags & HAS_PRECEDING) != 0, &request->preceding) ||
		!read_activity(reader, request))
		return false;
	reader->last_us = request->requested_us;
	reader->left--;
	return true;
}
