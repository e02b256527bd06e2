/*-------------------------------------------------------------------------
 *
 * instructions.c
 *	  Tasks of the core whose instructions are counted; the number is the same
 *	  in every run: instructions TASK ROUNDS.  Without arguments, prints for
 *	  each task the most instructions that a round-trip time may take, and the
 *	  times.
 *
 * The limits are about 1.5 times what was measured with gcc 12.  Another
 * compiler passes, but code that sorts instead of counting, or makes two
 * passes, does not.
 *
 *-------------------------------------------------------------------------
 */
#include <math.h>

#include "core/rtt_codec.h"
#include "core/rtt_state.h"
#include "unit/unit.h"

#define MAX_TIMES 11000

static uint64_t times_us[MAX_TIMES];

/* Whole milliseconds: seconds, log-normal, with a tail of 2 % to a day. */
static void
make_times(void)
{
	for (int i = 0; i < MAX_TIMES; i++)
	{
		double		a = (double) (1 + random_below(1000000)) / 1000000;
		double		b = (double) random_below(1000000) / 1000000;
		double		rtt_s;

		if (random_below(50) == 0)
			rtt_s = 60 * pow(1440, a);
		else
			rtt_s = exp(1.2 + 0.6 * sqrt(-2 * log(a)) * cos(6.2831853 * b));
		times_us[i] = 1000 * (uint64_t) (1000 * rtt_s);
	}
}

static RttState *
make_state(RttStateKind kind, uint32_t ntimes, const RttSketch *counted)
{
	static const double fractions[] = {0.5, 0.9, 0.95, 0.99};
	uint32_t	nfractions = kind == RTT_STATE_PERCENTILES ? 4 : 0;
	size_t		size = rtt_state_size(nfractions,
									  counted != NULL ? counted->nbuckets : 0,
									  RTT_WORDS_MAX * ntimes);
	RttState   *state = allocate(size, 1);

	rtt_state_init(state, kind, fractions, nfractions);
	if (counted != NULL)
		rtt_state_put(state, counted);
	for (uint32_t i = 0; i < ntimes; i++)
		rtt_state_append(state, size, times_us[i]);
	return state;
}

static void
make_sketches(const RttState *state, int rounds)
{
	void	   *scratch = allocate(rtt_state_scratch_size(state), 1);
	RttSketch	sketch;

	while (rounds-- > 0)
		rtt_state_make_sketch(state, scratch, &sketch);
}

/* Each task returns the number of times in a round. */
static uint32_t
sketch_first(int rounds)
{
	make_sketches(make_state(RTT_STATE_SKETCH, 8000, NULL), rounds);
	return 8000;
}

static uint32_t
sketch_next(int rounds)
{
	RttState   *first = make_state(RTT_STATE_SKETCH, MAX_TIMES, NULL);
	void	   *scratch = allocate(rtt_state_scratch_size(first), 1);
	RttSketch	sketch;

	rtt_state_make_sketch(first, scratch, &sketch);
	make_sketches(make_state(RTT_STATE_SKETCH, 8000, &sketch), rounds);
	return 8000;
}

static uint32_t
select_four(int rounds)
{
	RttState   *state = make_state(RTT_STATE_PERCENTILES, MAX_TIMES, NULL);
	void	   *scratch = allocate(rtt_state_scratch_size(state), 1);
	uint64_t	percentiles_us[4];

	while (rounds-- > 0)
		rtt_state_percentiles(state, scratch, percentiles_us);
	return MAX_TIMES;
}

static uint32_t
sketch_small(int rounds)
{
	make_sketches(make_state(RTT_STATE_SKETCH, 123, NULL), rounds);
	return 123;
}

static uint32_t
encode_small(int rounds)
{
	RttState   *state = make_state(RTT_STATE_SKETCH, 123, NULL);
	void	   *scratch = allocate(rtt_state_scratch_size(state), 1);
	uint8_t    *bytes = allocate(rtt_encoded_bound(123), 1);
	RttSketch	sketch;

	rtt_state_make_sketch(state, scratch, &sketch);
	while (rounds-- > 0)
		rtt_encode(&sketch, bytes);
	return 123;
}

static uint32_t
decode_small(int rounds)
{
	RttState   *state = make_state(RTT_STATE_SKETCH, 123, NULL);
	void	   *scratch = allocate(rtt_state_scratch_size(state), 1);
	uint8_t    *bytes = allocate(rtt_encoded_bound(123), 1);
	RttBucket  *buckets = allocate(123 * 4, sizeof(RttBucket));
	RttSketch	sketch;
	size_t		nbytes;

	rtt_state_make_sketch(state, scratch, &sketch);
	nbytes = rtt_encode(&sketch, bytes);
	while (rounds-- > 0)
		rtt_decode(&sketch, buckets, bytes, nbytes, RTT_CAP_SKETCH);
	return 123;
}

typedef struct Task
{
	const char *name;
	int			limit;
	uint32_t	(*run) (int rounds);
} Task;

static const Task tasks[] = {
	{"sketch_first", 110, sketch_first},
	{"sketch_next", 80, sketch_next},
	{"select_four", 90, select_four},
	{"sketch_small", 190, sketch_small},
	{"encode_small", 80, encode_small},
	{"decode_small", 100, decode_small}
};

int
main(int argc, char **argv)
{
	make_times();
	for (size_t i = 0; i < sizeof(tasks) / sizeof(tasks[0]); i++)
	{
		if (argc < 3)
			printf("%s %d %u\n", tasks[i].name, tasks[i].limit,
				   tasks[i].run(0));
		else if (strcmp(argv[1], tasks[i].name) == 0)
			tasks[i].run(atoi(argv[2]));
	}
	return 0;
}
