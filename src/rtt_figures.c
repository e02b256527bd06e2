/*-------------------------------------------------------------------------
 *
 * rtt_figures.c
 *	  The function rtt_figures(): all figures of a report that come from a
 *	  sketch, which is decoded once.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "rtt_figures.h"
#include "rtt_sketch.h"
#include "time_input.h"
#include "utils/array.h"

PG_FUNCTION_INFO_V1(pmr_rtt_figures);

#define PERCENTILES RTT_P95_ALL

/*
 * The fraction of the 95th percentile of all requests, of which an unanswered
 * one counts as later than any time; NAN if that is an unanswered one.  The
 * rank is that of percentile_disc, an integer.  Half a rank less is asked for,
 * so that rounding the fraction cannot give the next rank.
 */
static double
get_fraction_of_all(uint64 timed, int64 unanswered)
{
	uint64		all = timed + unanswered;
	uint64		rank = all - all / 20;

	return rank >= 1 && rank <= timed ? (rank - 0.5) / timed : NAN;
}

void
rtt_figures(const RttSketch *sketch, int64 unanswered, float8 *figures)
{
	static const double fractions[PERCENTILES] = {0.5, 0.9, 0.95, 0.99};
	uint64		percentiles_us[PERCENTILES];
	double		fraction_of_all = get_fraction_of_all(sketch->count,
													  unanswered);

	rtt_sketch_percentiles(sketch, fractions, PERCENTILES, percentiles_us);
	for (int i = 0; i < PERCENTILES; i++)
		figures[i] = seconds_from_us(percentiles_us[i]);
	figures[RTT_P95_ALL] = NAN;
	if (!isnan(fraction_of_all))
	{
		rtt_sketch_percentiles(sketch, &fraction_of_all, 1, percentiles_us);
		figures[RTT_P95_ALL] = seconds_from_us(percentiles_us[0]);
	}
	figures[RTT_MEAN] = floor(rtt_sketch_mean(sketch) / 1000 + 0.5) / 1000;
	figures[RTT_MAX] = seconds_from_us(sketch->max_us);
}

Datum
pmr_rtt_figures(PG_FUNCTION_ARGS)
{
	RttSketch	sketch;
	float8		figures[RTT_FIGURES];
	Datum		elements[RTT_FIGURES];
	bool		nulls[RTT_FIGURES];
	int			nfigures = RTT_FIGURES;
	int			first = 1;

	rtt_sketch_open(PG_GETARG_DATUM(0), &sketch);
	rtt_figures(&sketch, PG_GETARG_INT64(1), figures);
	for (int i = 0; i < RTT_FIGURES; i++)
	{
		elements[i] = Float8GetDatum(figures[i]);
		nulls[i] = isnan(figures[i]);
	}
	PG_RETURN_ARRAYTYPE_P(construct_md_array(elements, nulls, 1, &nfigures,
											 &first, FLOAT8OID,
											 sizeof(float8), FLOAT8PASSBYVAL,
											 TYPALIGN_DOUBLE));
}
