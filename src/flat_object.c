/*-------------------------------------------------------------------------
 *
 * flat_object.c
 *	  Expanded objects whose flat form has to be made to tell its size.
 *
 * A flat form may be asked for in any memory context.  That of a sort does not
 * support pfree() from PostgreSQL 17 on, so forms are made in a context of
 * their own.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "flat_object.h"
#include "pg_versions.h"
#include "utils/memutils.h"

static Size get_flat_size(ExpandedObjectHeader *header);
static void flatten_into(ExpandedObjectHeader *header, void *flat, Size size);

static const ExpandedObjectMethods methods = {
	get_flat_size,
	flatten_into
};

/* Makes the flat form, and copies it into the object's context. */
static void
keep_flat(FlatObject *object)
{
	MemoryContext scratch = AllocSetContextCreate(CurrentMemoryContext,
												  "pmr_metrics flat form",
												  ALLOCSET_DEFAULT_SIZES);
	MemoryContext caller = MemoryContextSwitchTo(scratch);
	const bytea *made = object->make_flat(object);

	object->flat = MemoryContextAlloc(object->header.eoh_context,
									  VARSIZE(made));
	memcpy(object->flat, made, VARSIZE(made));
	MemoryContextSwitchTo(caller);
	MemoryContextDelete(scratch);
}

static Size
get_flat_size(ExpandedObjectHeader *header)
{
	FlatObject *object = (FlatObject *) header;

	if (object->flat == NULL)
		keep_flat(object);
	return VARSIZE(object->flat);
}

/* Who asked for the size needs the flat form once. */
static void
flatten_into(ExpandedObjectHeader *header, void *flat, Size size)
{
	FlatObject *object = (FlatObject *) header;

	if (get_flat_size(header) != size)
		/* cannot happen: the object does not change in between */
		elog(ERROR, "size of expanded object has changed");
	memcpy(flat, object->flat, size);
	flat_object_forget(object);
}

void
flat_object_init(FlatObject *object, MemoryContext context, MakeFlat make_flat)
{
	EOH_init_header(&object->header, &methods, context);
	object->make_flat = make_flat;
	object->flat = NULL;
}

FlatObject *
flat_object_get(Datum datum, MakeFlat make_flat)
{
	FlatObject *object;

	if (!VARATT_IS_EXTERNAL_EXPANDED_RW(DatumGetPointer(datum)))
		return NULL;
	object = (FlatObject *) DatumGetEOHP(datum);
	if (object->header.eoh_methods != &methods ||
		object->make_flat != make_flat)
		return NULL;
	return object;
}
