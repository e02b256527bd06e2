/*-------------------------------------------------------------------------
 *
 * rollup.c
 *	  Any bytes are the stored form of one rollup, or have a fault.
 *
 * Input: the bytes.
 *
 *-------------------------------------------------------------------------
 */
#include "fuzz.h"
#include "unit/rollup_form.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	RollupReader reader;

	free_memory();
	if (!rollup_read_header(&reader, data, size))
		return 0;
	REQUIRE(reader.all_cells <= size);
	reader.margins = allocate(reader.all_cells, sizeof(RollupMargin));
	reader.buckets = allocate(rtt_decoded_bound(size, RTT_CAP_SKETCH),
							  sizeof(RttBucket));
	REQUIRE(rewrite_form(&reader, data, allocate(rewrite_bound(size), 1)));
	return 0;
}
