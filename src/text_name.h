/*-------------------------------------------------------------------------
 *
 * text_name.h
 *	  Is a text that comes from SQL a known name?
 *
 *-------------------------------------------------------------------------
 */
#ifndef TEXT_NAME_H
#define TEXT_NAME_H

#include "fmgr.h"
#include "pg_versions.h"

static inline bool
text_is_name(const text *value, const char *name)
{
	Size		length = VARSIZE_ANY_EXHDR(value);

	return length == strlen(name) &&
		memcmp(VARDATA_ANY(value), name, length) == 0;
}

#endif							/* TEXT_NAME_H */
