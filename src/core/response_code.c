/*-------------------------------------------------------------------------
 *
 * response_code.c
 *	  The class of a response code.
 *
 *-------------------------------------------------------------------------
 */
#include <stddef.h>
#include <string.h>

#include "core/response_code.h"

static const char *const class_names[] = {
	[RESPONSE_SUCCESS] = "success",
	[RESPONSE_ACKNOWLEDGED] = "acknowledged",
	[RESPONSE_REJECTED] = "rejected",
	[RESPONSE_FAILED] = "failed",
	[RESPONSE_NONE] = "no_response",
	[RESPONSE_UNCLASSIFIED] = "unclassified"
};

static const ResponseCodeRow *
find_row(const ResponseCodeRow *rows, int nrows, TargetMode mode)
{
	const ResponseCodeRow *found = NULL;

	for (int i = 0; i < nrows; i++)
	{
		if (rows[i].mode == mode && (found == NULL || found->builtin))
			found = &rows[i];
	}
	return found;
}

ResponseClass
response_class(const ResponseCodeRow *rows, int nrows, TargetMode mode)
{
	const ResponseCodeRow *row = find_row(rows, nrows, mode);

	if (row == NULL)
		row = find_row(rows, nrows, MODE_UNKNOWN);
	return row != NULL ? row->class : RESPONSE_UNCLASSIFIED;
}

bool
response_is_answer(ResponseClass class, const char *code, int length)
{
	if (class == RESPONSE_UNCLASSIFIED)
		return length == 0 || (code[0] != 'E' && code[0] != 'e');
	return class != RESPONSE_ACKNOWLEDGED && class != RESPONSE_NONE;
}

const char *
response_class_name(ResponseClass class)
{
	return class_names[class];
}

bool
response_class_named(const char *name, int length, ResponseClass *class)
{
	for (int i = 0; i < RESPONSE_UNCLASSIFIED; i++)
	{
		if ((size_t) length == strlen(class_names[i]) &&
			memcmp(name, class_names[i], (size_t) length) == 0)
		{
			*class = i;
			return true;
		}
	}
	return false;
}
