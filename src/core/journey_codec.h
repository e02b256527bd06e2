/*-------------------------------------------------------------------------
 *
 * journey_codec.h
 *	  The stored form of the requests of a subject: of the type journey_state.
 *
 * Each set of requests has exactly one stored form, whatever the order in which
 * they were added, and whatever parts of them were sorted first.  The layout is
 * described in journey_codec.c.  It does not depend on the machine's byte order.
 *
 * Requests are written, and read, one by one.  While they are collected, they
 * are in the same form, but in any order and with duplicates.  The functions
 * never allocate.
 *
 *-------------------------------------------------------------------------
 */
#ifndef JOURNEY_CODEC_H
#define JOURNEY_CODEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/response_code.h"
#include "core/varint.h"

/*
 * Times are microseconds since 2000-01-01, as in PostgreSQL, from 4714-11-24 BC
 * to before 294277-01-01.
 */
#define JOURNEY_FIRST_US	INT64_C(-211813488000000000)
#define JOURNEY_END_US		INT64_C(9223371331200000000)

#define JOURNEY_NO_RESPONSE	INT64_MIN
#define JOURNEY_NO_ID		0

/* Some bytes; data is NULL for SQL's NULL. */
typedef struct JourneyText
{
	const uint8_t *data;
	uint32_t	length;
} JourneyText;

typedef struct JourneyRequest
{
	int64_t		requested_us;
	int64_t		responded_us;	/* not before; or JOURNEY_NO_RESPONSE */
	uint64_t	id;				/* journey_id() of it, or JOURNEY_NO_ID */
	uint64_t	preceding;		/* likewise, of the preceding request */
	const uint8_t *activity;	/* of journey_write_activity() */
	uint32_t	length;			/* of the activity */
	uint8_t		class;			/* a ResponseClass; 0 without a response */
} JourneyRequest;

/*
 * A number for a request id that is never JOURNEY_NO_ID.  n different ids have
 * different numbers with a probability of at least 1 - n^2 / 2^65.
 */
extern uint64_t journey_id(const char *id, size_t length);

/* What is requested: SRV, qualifier and device type. */
enum
{
	JOURNEY_SRV,				/* neither NULL nor empty */
	JOURNEY_QUALIFIER,
	JOURNEY_DEVICE_TYPE,
	JOURNEY_PARTS
};

/* Writes an activity; returns its end, at most so many bytes further. */
extern size_t journey_activity_bound(const JourneyText *parts);
extern uint8_t *journey_write_activity(uint8_t *at, const JourneyText *parts);

/* The parts of the activity of a request that was read without a fault. */
extern void journey_read_activity(const JourneyRequest *request,
								  JourneyText *parts);

/*
 * The order of requests in a state: by time, then by all else.  The other one
 * is by id, then by that order, and requests without id are last.  Both have
 * the form that qsort() needs.
 */
extern int	journey_compare(const void *a, const void *b);
extern int	journey_compare_ids(const void *a, const void *b);

/*
 * Of requests sorted by id, keeps the first of those with the same id, and all
 * without.  Returns their number.
 */
extern size_t journey_drop_duplicates(JourneyRequest *requests, size_t n);

/* Writing.  These return the end of what they have written. */

#define JOURNEY_HEADER_BYTES	(1 + VARINT_BYTES)
#define JOURNEY_REQUEST_BYTES	(2 * VARINT_BYTES + 1 + 2 * 8)	/* and activity */

extern uint8_t *journey_write_header(uint8_t *at, uint64_t nrequests);

/* last_us is the time of the request before, 0 at first. */
extern uint8_t *journey_write_request(uint8_t *at,
									  const JourneyRequest *request,
									  int64_t last_us);

/* Reading */

typedef struct JourneyReader
{
	const char *fault;			/* NULL: none yet */
	uint64_t	left;			/* requests */
	int64_t		last_us;
	const uint8_t *at;
	const uint8_t *end;
} JourneyReader;

/*
 * These read a form, or the second one alone requests that were collected.  Any
 * bytes may be given.  They return false if there is a fault, and the second
 * one also if no request is left.  There are at most as many requests as bytes
 * / JOURNEY_REQUEST_MIN.  A request's activity is in the bytes.
 *
 * They do not check the order of the requests: journey_order_fault().
 */
#define JOURNEY_REQUEST_MIN	7
extern bool journey_read_header(JourneyReader *reader, const uint8_t *bytes,
								size_t nbytes);
extern bool journey_read_request(JourneyReader *reader,
								 JourneyRequest *request);

/* Why these requests do not follow each other in a stored form, or NULL. */
extern const char *journey_order_fault(const JourneyRequest *last,
									   const JourneyRequest *next);

#endif							/* JOURNEY_CODEC_H */
