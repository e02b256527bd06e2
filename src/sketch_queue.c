/*-------------------------------------------------------------------------
 *
 * sketch_queue.c
 *	  A queue of stored sketches that are merged later.
 *
 * A queue is a list of chunks, the newest first, each twice as large as the
 * one before.  So a queue grows without copying, and at most half of it is
 * unused.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "rtt_sketch.h"
#include "sketch_queue.h"

struct SketchQueue
{
	SketchQueue *earlier;
	uint32		total;			/* bytes in use, with earlier chunks */
	uint16		size;
	uint16		used;
	char		bytes[FLEXIBLE_ARRAY_MEMBER];	/* uint16 length and bytes of
												 * each sketch */
};

/* Sizes of a chunk.  Memory contexts allocate powers of two anyway. */
#define SMALLEST_CHUNK	256
#define LARGEST_CHUNK	8192

static SketchQueue *
start_chunk(SketchQueue *earlier, MemoryContext context, Size needed)
{
	Size		chunk_size = SMALLEST_CHUNK;
	SketchQueue *queue;

	if (earlier != NULL)
		chunk_size = Min(2 * (offsetof(SketchQueue, bytes) + earlier->size),
						 LARGEST_CHUNK);
	while (chunk_size < offsetof(SketchQueue, bytes) + needed)
		chunk_size *= 2;
	queue = MemoryContextAlloc(context, chunk_size);
	queue->earlier = earlier;
	queue->total = sketch_queue_bytes(earlier);
	queue->size = chunk_size - offsetof(SketchQueue, bytes);
	queue->used = 0;
	return queue;
}

SketchQueue *
sketch_queue_add(SketchQueue *queue, MemoryContext context,
				 const char *bytes, Size nbytes)
{
	uint16		length = nbytes;
	Size		needed = sizeof(length) + nbytes;

	Assert(nbytes <= SKETCH_QUEUE_LONGEST);
	if (queue == NULL || needed > (Size) (queue->size - queue->used))
		queue = start_chunk(queue, context, needed);
	memcpy(queue->bytes + queue->used, &length, sizeof(length));
	memcpy(queue->bytes + queue->used + sizeof(length), bytes, nbytes);
	queue->used += needed;
	queue->total += needed;
	return queue;
}

Size
sketch_queue_bytes(const SketchQueue *queue)
{
	return queue != NULL ? queue->total : 0;
}

RttState *
sketch_queue_merge(const SketchQueue *queue, RttState *state)
{
	for (; queue != NULL; queue = queue->earlier)
	{
		const char *end = queue->bytes + queue->used;
		uint16		length;

		for (const char *at = queue->bytes; at < end; at += length)
		{
			RttBucket	buckets[SKETCH_QUEUE_LONGEST];
			RttSketch	sketch;

			memcpy(&length, at, sizeof(length));
			at += sizeof(length);
			rtt_sketch_read(at, length, buckets, &sketch);
			state = rtt_state_add_sketch(state, &sketch);
		}
	}
	return state;
}

const char *
sketch_queue_only(const SketchQueue *queue, Size *nbytes)
{
	uint16		length;

	if (queue == NULL)
		return NULL;
	memcpy(&length, queue->bytes, sizeof(length));
	if (sizeof(length) + length != queue->total)
		return NULL;
	*nbytes = length;
	return queue->bytes + sizeof(length);
}

void
sketch_queue_free(SketchQueue *queue)
{
	while (queue != NULL)
	{
		SketchQueue *earlier = queue->earlier;

		pfree(queue);
		queue = earlier;
	}
}
