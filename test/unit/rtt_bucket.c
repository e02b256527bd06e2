/*-------------------------------------------------------------------------
 *
 * rtt_bucket.c
 *	  Each time is in one bucket, buckets are in the order of the times, and
 *	  are as narrow as promised.
 *
 *-------------------------------------------------------------------------
 */
#include "core/rtt_bucket.h"
#include "unit.h"

static void
check_bucket(uint64_t rtt_us, int precision)
{
	uint64_t	lower_us = rtt_floor(rtt_us, precision);
	uint64_t	width = rtt_width(rtt_us, precision);
	uint64_t	index = rtt_index(rtt_us, precision);

	CHECK(lower_us <= rtt_us && rtt_us - lower_us < width);
	CHECK(rtt_floor(lower_us, precision) == lower_us);
	CHECK(rtt_width(lower_us, precision) == width);
	CHECK(rtt_index(lower_us, precision) == index);
	CHECK(rtt_index_lower(index, precision) == lower_us);

	/* the error bound of src/core/rtt_sketch.c, in integers */
	CHECK(width == 1 || width / 2 <= lower_us >> (precision + 1));

	/* the next bucket touches this one */
	if (width <= RTT_MAX_US - lower_us)
	{
		CHECK(rtt_index(lower_us + width, precision) == index + 1);
		CHECK(rtt_floor(lower_us + width, precision) == lower_us + width);
	}

	/* a bucket of the next lower precision is a union */
	if (precision > RTT_PRECISION_MIN)
		CHECK(rtt_floor(lower_us, precision - 1) ==
			  rtt_floor(rtt_us, precision - 1));
}

int
main(void)
{
	for (int precision = RTT_PRECISION_MIN; precision <= RTT_PRECISION_EXACT;
		 precision++)
	{
		for (int shape = 0; shape < NSHAPES; shape++)
		{
			for (int i = 0; i < 200; i++)
				check_bucket(random_rtt(shape), precision);
		}
		for (int bit = 0; bit < 63; bit++)
		{
			uint64_t	power = UINT64_C(1) << bit;

			check_bucket(power - 1, precision);
			check_bucket(power, precision);
			check_bucket(power + 1, precision);
		}
	}

	CHECK(rtt_width(RTT_MAX_US, RTT_PRECISION_EXACT) == 1);
	CHECK(rtt_index(RTT_MAX_US, RTT_PRECISION_MIN) == RTT_BUCKETS_AT_MIN - 1);
	return report();
}
