/*
 * undefined_memory.h
 *		Tells valgrind that memory allocated by the server is undefined.
 *
 * palloc reuses chunks of larger blocks.  Unless the server is built for
 * valgrind, a chunk that was in use before counts as defined.
 *
 * Included before each file of the extension (gcc -include).
 */
#ifndef UNDEFINED_MEMORY_H
#define UNDEFINED_MEMORY_H

#include "postgres.h"

#include <valgrind/memcheck.h>

#include "utils/memutils.h"

static inline void *
make_undefined(void *memory, Size size)
{
	VALGRIND_MAKE_MEM_UNDEFINED(memory, size);
	return memory;
}

/* The part of reallocated memory that is certainly new. */
static inline void *
make_rest_undefined(void *memory, Size old_space, Size size)
{
	if (size > old_space)
		make_undefined((char *) memory + old_space, size - old_space);
	return memory;
}

#define palloc(size) make_undefined(palloc(size), size)
#define MemoryContextAlloc(context, size) \
	make_undefined(MemoryContextAlloc(context, size), size)
#define MemoryContextAllocHuge(context, size) \
	make_undefined(MemoryContextAllocHuge(context, size), size)

static inline void *
grow_undefined(void *memory, Size size)
{
	Size		old_space = GetMemoryChunkSpace(memory);

	return make_rest_undefined(repalloc(memory, size), old_space, size);
}

static inline void *
grow_huge_undefined(void *memory, Size size)
{
	Size		old_space = GetMemoryChunkSpace(memory);

	return make_rest_undefined(repalloc_huge(memory, size), old_space, size);
}

#define repalloc grow_undefined
#define repalloc_huge grow_huge_undefined

#endif							/* UNDEFINED_MEMORY_H */
