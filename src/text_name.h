/*-------------------------------------------------------------------------
 *
 * text_name.h
 *	  Names that come from SQL as texts.
 *
 *-------------------------------------------------------------------------
 */
#ifndef TEXT_NAME_H
#define TEXT_NAME_H

#include "fmgr.h"
#include "mb/pg_wchar.h"
#include "pg_versions.h"

static inline bool
text_is_name(const text *value, const char *name)
{
	Size		length = VARSIZE_ANY_EXHDR(value);

	return length == strlen(name) &&
		memcmp(VARDATA_ANY(value), name, length) == 0;
}

/* A name, cut off to the length of an identifier, for a message. */
static inline char *
clip_name(const text *name)
{
	const char *data = VARDATA_ANY(name);
	int			length = VARSIZE_ANY_EXHDR(name);

	return pnstrdup(data, pg_mbcliplen(data, length, NAMEDATALEN - 1));
}

#endif							/* TEXT_NAME_H */
