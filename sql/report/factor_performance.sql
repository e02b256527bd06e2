/* A Party's own performance by factor value */

CREATE VIEW pmr.factor_performance AS
	SELECT v.party, v.month, g.factor, g.value, f.srv, f.mode, g.requests,
		CASE WHEN f.success_pct IS NOT NULL THEN pmr.percentage(g.success, g.requests - g.pending - g.invalid) END AS success_pct,
		pmr.percentage(g.met, g.met + g.missed) AS target_met_pct, pmr.percentage(g.answered, g.requests - g.pending - g.invalid) AS answered_pct,
		g.p50_s, g.p95_s, g.p95_all_s, g.met, g.missed, g.pending, g.not_measured, g.invalid, g.answered, g.success, g.rejected, g.failed, g.no_response, g.unclassified,
		v.source, v.as_of, v.status
	FROM pmr.visible_month(pmr.requesting_role()) AS v, pmr.party_figures(pmr.requesting_role(), v.source, v.month, v.party, 'all') AS f, unnest(f.factors) AS g
	WHERE v.party <> '*';
COMMENT ON VIEW pmr.factor_performance IS 'how well a Party''s requests did, by month, value of each factor, SRV and mode: the Parties that the requesting role can see';
COMMENT ON COLUMN pmr.factor_performance.party IS 'the Party, as the audit table names it; empty: the request names none';
COMMENT ON COLUMN pmr.factor_performance.month IS 'first day of the month; days begin at midnight in the time zone of the source';
COMMENT ON COLUMN pmr.factor_performance.factor IS 'name of the factor; each request has one value of every factor, so counts of one factor can be added up, and those of several cannot';
COMMENT ON COLUMN pmr.factor_performance.value IS 'value of the factor; empty: the request names none';
COMMENT ON COLUMN pmr.factor_performance.srv IS 'Service Reference Variant, as the audit table names it; empty: the request names none';
COMMENT ON COLUMN pmr.factor_performance.mode IS 'on_demand, future_dated, dcc_scheduled or non_device; unknown: the request names no mode, or one that is none of these';
COMMENT ON COLUMN pmr.factor_performance.requests IS 'number of requests received, at least 1: the sum of met, missed, pending, not_measured and invalid';
COMMENT ON COLUMN pmr.factor_performance.success_pct IS 'percentage of requests - pending - invalid that were answered with success, from 0 to 100, to two decimals; NULL: there are no such requests, or the source has no response_code; do not average percentages';
COMMENT ON COLUMN pmr.factor_performance.target_met_pct IS 'percentage of met + missed that were met, from 0 to 100, to two decimals, unanswered requests included; NULL: there are no such requests; to combine rows, add up the counts, do not average percentages';
COMMENT ON COLUMN pmr.factor_performance.answered_pct IS 'percentage of requests - pending - invalid that were answered, from 0 to 100, to two decimals; NULL: there are no such requests; do not average percentages';
COMMENT ON COLUMN pmr.factor_performance.p50_s IS 'median Round Trip Time of the answered requests whose start is known, in seconds; NULL: there are none; percentiles can be neither added up nor averaged';
COMMENT ON COLUMN pmr.factor_performance.p95_s IS 'Round Trip Time within which 95 % of the answered requests whose start is known were answered, in seconds; NULL: there are none; percentiles can be neither added up nor averaged';
COMMENT ON COLUMN pmr.factor_performance.p95_all_s IS 'Round Trip Time within which 95 % of answered and unanswered requests together were answered, in seconds, pending and invalid ones left out; NULL: fewer than 95 % were answered; percentiles can be neither added up nor averaged';
COMMENT ON COLUMN pmr.factor_performance.met IS 'number of requests answered within the Target Response Time';
COMMENT ON COLUMN pmr.factor_performance.missed IS 'number of requests answered later than the Target Response Time, or not at all';
COMMENT ON COLUMN pmr.factor_performance.pending IS 'number of requests whose Target Response Time had not passed at as_of; in no percentage';
COMMENT ON COLUMN pmr.factor_performance.not_measured IS 'number of requests without a known start or a known Target Response Time; in no percentage of targets';
COMMENT ON COLUMN pmr.factor_performance.invalid IS 'number of requests that were answered before they started; in no percentage';
COMMENT ON COLUMN pmr.factor_performance.answered IS 'number of requests with an answer, pending and invalid ones left out';
COMMENT ON COLUMN pmr.factor_performance.success IS 'number of requests answered with success, pending and invalid ones left out';
COMMENT ON COLUMN pmr.factor_performance.rejected IS 'number of requests answered with a rejection of what the user asked for, pending and invalid ones left out';
COMMENT ON COLUMN pmr.factor_performance.failed IS 'number of requests that the Device answered it did not carry out, pending and invalid ones left out; they count as answered, but not as a success';
COMMENT ON COLUMN pmr.factor_performance.no_response IS 'number of requests whose response code says that the device did not respond, pending and invalid ones left out';
COMMENT ON COLUMN pmr.factor_performance.unclassified IS 'number of requests whose response has no code, or one that is not in pmr.response_code; those of unlisted codes with E are not answered; pending and invalid ones left out';
COMMENT ON COLUMN pmr.factor_performance.source IS 'name of the source, as given to pmr.add_source';
COMMENT ON COLUMN pmr.factor_performance.as_of IS 'the figures are as of this time: responses after it are not counted';
COMMENT ON COLUMN pmr.factor_performance.status IS 'final: the month is settled; provisional: the month is open, and its figures will change';
