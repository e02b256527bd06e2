/*-------------------------------------------------------------------------
 *
 * day_block.c
 *	  Blocks of days: as many as the requests allow, and outages apart.
 *
 *-------------------------------------------------------------------------
 */
#include "core/day_block.h"
#include "unit.h"

static const uint8_t own_order[MONTH_DAYS] = {
	0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
	16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30
};

/* Blocks of so many requests a day. */
static void
check_known_blocks(void)
{
	static const struct
	{
		int			measured[4];
		uint32_t	far_off;
		uint8_t		expected[4];
	}			months[] = {
		/* days of enough requests, and one request short of it */
		{{30, 30, 31, 30}, 0, {0, 1, 2, 3}},
		{{29, 1, 29, 30}, 0, {0, 0, 1, 1}},
		/* the rest joins the last block, or is the only one */
		{{30, 29, 0, 0}, 0, {0, 0, 0, 0}},
		{{10, 0, 5, 0}, 0, {0, 0, 0, 0}},
		/* days far off are apart; a block goes on after them */
		{{20, 3, 20, 30}, 2, {0, 1, 0, 2}},
		{{30, 3, 20, 0}, 2, {0, 1, 0, 0}},
		{{3, 3, 3, 0}, 7, {0, 1, 2, 0}}
	};

	for (size_t i = 0; i < sizeof(months) / sizeof(months[0]); i++)
	{
		DayCounts	stratum = {{0}, {0}};
		uint8_t		blocks[MONTH_DAYS];
		int			nblocks;

		for (int day = 0; day < 4; day++)
			stratum.measured[day] = months[i].measured[day];
		nblocks = day_blocks(&stratum, months[i].far_off, own_order, blocks);
		for (int day = 0; day < 4; day++)
		{
			if (stratum.measured[day] > 0)
				CHECK(blocks[day] < nblocks &&
					  blocks[day] == months[i].expected[day]);
		}
	}
}

/* Properties of random blocks. */
static void
check_random_blocks(void)
{
	DayCounts	stratum = {{0}, {0}};
	uint32_t	far_off = (uint32_t) (random_bits() & random_bits());
	uint8_t		order[MONTH_DAYS];
	uint8_t		blocks[MONTH_DAYS];
	int64_t		sizes[MONTH_DAYS] = {0};
	int			days[MONTH_DAYS] = {0};
	int64_t		near = 0;
	int			nblocks;

	for (int day = 0; day < MONTH_DAYS; day++)
	{
		stratum.measured[day] = (int64_t) random_below(40);
		if ((far_off >> day & 1) == 0)
			near += stratum.measured[day];
	}
	memcpy(order, own_order, sizeof(order));
	for (int i = MONTH_DAYS - 1; i > 0; i--)
	{
		int			other = (int) random_below((uint64_t) i + 1);
		uint8_t		day = order[i];

		order[i] = order[other];
		order[other] = day;
	}
	nblocks = day_blocks(&stratum, far_off, order, blocks);
	CHECK(nblocks <= MONTH_DAYS);
	for (int day = 0; day < MONTH_DAYS; day++)
	{
		if (stratum.measured[day] == 0)
			continue;
		sizes[blocks[day]] += stratum.measured[day];
		days[blocks[day]]++;
	}
	for (int day = 0; day < MONTH_DAYS; day++)
	{
		if (stratum.measured[day] == 0)
			continue;
		if ((far_off >> day & 1) != 0)
			CHECK(days[blocks[day]] == 1);
		else
			CHECK(sizes[blocks[day]] >= BLOCK_REQUESTS ||
				  sizes[blocks[day]] == near);
	}
}

/* The days far off a month of so many missed of 100 requests a day. */
static uint32_t
far_off(const int *missed)
{
	DayTotal	totals[MONTH_DAYS];
	DayCounts	stratum = {{0}, {0}};

	memset(totals, 0, sizeof(totals));
	for (int day = 0; day < 30; day++)
	{
		stratum.measured[day] = 50;
		stratum.missed[day] = missed[day] / 2;
	}
	day_totals_add(totals, &stratum);
	for (int day = 0; day < 30; day++)
		stratum.missed[day] = missed[day] - missed[day] / 2;
	day_totals_add(totals, &stratum);
	for (int day = 0; day < 30; day++)
		CHECK(totals[day].measured == 100 && totals[day].missed == missed[day]);
	return day_totals_far_off(totals);
}

static void
check_far_off(void)
{
	int			missed[30];
	DayTotal	none[MONTH_DAYS];

	memset(none, 0, sizeof(none));
	CHECK(day_totals_far_off(none) == 0);
	for (int day = 0; day < 30; day++)
		missed[day] = 10;
	CHECK(far_off(missed) == 0);
	/* outages, and a day without any miss */
	missed[4] = 60;
	missed[7] = 21;				/* three standard deviations */
	missed[29] = 50;
	CHECK(far_off(missed) == (UINT32_C(1) << 4 | UINT32_C(1) << 29));
	/* a month in which days differ much has none */
	for (int day = 0; day < 30; day++)
		missed[day] = 20 * (day % 3);
	CHECK(far_off(missed) == 0);
	/* no miss at all */
	memset(missed, 0, sizeof(missed));
	CHECK(far_off(missed) == 0);
}

/* Days of like rates follow each other, so they are joined. */
static void
check_order(void)
{
	DayTotal	totals[MONTH_DAYS];
	DayCounts	stratum = {{0}, {0}};
	uint8_t		order[MONTH_DAYS];
	uint8_t		blocks[MONTH_DAYS];

	memset(totals, 0, sizeof(totals));
	for (int day = 0; day < 6; day++)
	{
		stratum.measured[day] = 20;
		stratum.missed[day] = day % 3;
	}
	day_totals_add(totals, &stratum);
	day_totals_order(totals, order);
	/* misses 0, 1 and 2, each twice; days without requests have the mean */
	CHECK(order[0] == 0 && order[1] == 3 && order[2] == 1 && order[3] == 4);
	CHECK(order[4] == 6 && order[MONTH_DAYS - 3] == 30);
	CHECK(order[MONTH_DAYS - 2] == 2 && order[MONTH_DAYS - 1] == 5);
	CHECK(day_blocks(&stratum, 0, order, blocks) == 3);
	CHECK(blocks[0] == blocks[3] && blocks[1] == blocks[4] &&
		  blocks[2] == blocks[5] && blocks[0] != blocks[1]);
}

int
main(void)
{
	check_known_blocks();
	for (int i = 0; i < 2000; i++)
		check_random_blocks();
	check_far_off();
	check_order();
	return report();
}
