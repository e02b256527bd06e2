/*-------------------------------------------------------------------------
 *
 * flat_object.h
 *	  Expanded objects whose flat form has to be made to tell its size.
 *
 * PostgreSQL asks an object for the size of its flat form, and then for the
 * form.  It is made once, and kept in between.
 *
 *-------------------------------------------------------------------------
 */
#ifndef FLAT_OBJECT_H
#define FLAT_OBJECT_H

#include "utils/expandeddatum.h"

typedef struct FlatObject FlatObject;

/*
 * Makes the flat form.  The current memory context is deleted after that, so
 * nothing needs to be freed.
 */
typedef bytea *(*MakeFlat) (FlatObject *object);

/* The first member of an object's struct. */
struct FlatObject
{
	ExpandedObjectHeader header;
	MakeFlat	make_flat;
	bytea	   *flat;			/* or NULL */
};

/* Initialises an object, whose memory is in the context. */
extern void flat_object_init(FlatObject *object, MemoryContext context,
							 MakeFlat make_flat);

/*
 * The object of a read-write pointer, which only transition and combine functions
 * get, if it has this function; otherwise NULL.
 */
extern FlatObject *flat_object_get(Datum datum, MakeFlat make_flat);

/* To be called before an object changes: forgets its flat form. */
static inline void
flat_object_forget(FlatObject *object)
{
	if (likely(object->flat == NULL))
		return;
	pfree(object->flat);
	object->flat = NULL;
}

#endif							/* FLAT_OBJECT_H */
