/* A Party's own performance by factor value */

CREATE FUNCTION pmr.factor_performance_of(source text, party text, month date)
	RETURNS TABLE (factor text, value text, srv text, mode text, requests bigint, success_pct double precision, target_met_pct double precision, answered_pct double precision,
		p50_s double precision, p95_s double precision, p95_all_s double precision,
		met bigint, missed bigint, pending bigint, not_measured bigint, invalid bigint, answered bigint, success bigint, rejected bigint, no_response bigint, unclassified bigint)
	LANGUAGE sql STABLE SECURITY DEFINER
	ROWS 200
	SET search_path = pg_catalog, pg_temp
	SET jit = off
BEGIN ATOMIC
	SELECT r.factor, r.value, r.srv, r.mode, r.requests, g.success_pct, g.target_met_pct, g.answered_pct, g.p50_s, g.p95_s, g.p95_all_s,
		r.met, r.missed, r.pending, r.not_measured, r.invalid, r.answered, r.success, r.rejected, r.no_response, r.unclassified
	FROM pmr.rollup_month AS m,
		(SELECT r.factor, r.value, r.srv, r.mode,
			sum(r.requests)::bigint AS requests, sum(r.met)::bigint AS met, sum(r.missed)::bigint AS missed,
			sum(r.pending)::bigint AS pending, sum(r.not_measured)::bigint AS not_measured, sum(r.invalid)::bigint AS invalid,
			sum(r.answered)::bigint AS answered, sum(r.success)::bigint AS success, sum(r.rejected)::bigint AS rejected,
			sum(r.no_response)::bigint AS no_response, sum(r.unclassified)::bigint AS unclassified,
			sum(r.met_success)::bigint AS met_success, sum(r.met_rejected)::bigint AS met_rejected, sum(r.missed_rejected)::bigint AS missed_rejected,
			pmr.rtt_merge(r.rtt) AS rtt
		 FROM pmr.rollup AS r
		 WHERE r.source = factor_performance_of.source AND r.month = factor_performance_of.month
		   AND r.party = ANY (pmr.party_list(factor_performance_of.source, factor_performance_of.party, factor_performance_of.month, factor_performance_of.month))
		   AND r.factor <> 'all'
		 GROUP BY r.factor, r.value, r.srv, r.mode) AS r,
		pmr.figures(r.requests, r.met, r.missed, r.pending, r.invalid, r.answered, r.success, r.met_success, r.met_rejected, r.missed_rejected, m.success_known, r.rtt) AS g
	WHERE m.source = factor_performance_of.source AND m.month = factor_performance_of.month
	  AND pmr.can_see_party(factor_performance_of.party)
	ORDER BY r.factor, r.value, r.srv, r.mode;
END;
COMMENT ON FUNCTION pmr.factor_performance_of(text, text, date) IS 'internal: factor_performance of one Party and month; * is every Party together';

CREATE VIEW pmr.factor_performance AS
	SELECT v.party, v.month, f.*, v.source, v.as_of, v.status
	FROM pmr.visible_month() AS v, pmr.factor_performance_of(v.source, v.party, v.month) AS f
	WHERE v.party <> '*';
COMMENT ON VIEW pmr.factor_performance IS 'how well a Party''s requests did, by month, value of each factor, SRV and mode';
COMMENT ON COLUMN pmr.factor_performance.party IS 'the Party, as the audit table names it';
COMMENT ON COLUMN pmr.factor_performance.month IS 'first day of the month, whose days are those of the time zone of the source';
COMMENT ON COLUMN pmr.factor_performance.factor IS 'what requests are told apart by; add up the values of one factor, never those of several';
COMMENT ON COLUMN pmr.factor_performance.value IS 'value of the factor; empty: the request gave none';
COMMENT ON COLUMN pmr.factor_performance.srv IS 'Service Reference Variant; empty: the request gave none';
COMMENT ON COLUMN pmr.factor_performance.mode IS 'on_demand, future_dated, scheduled or non_device; empty: the request gave none; unknown: a mode that is none of these';
COMMENT ON COLUMN pmr.factor_performance.requests IS 'requests received: the sum of met, missed, pending, not_measured and invalid';
COMMENT ON COLUMN pmr.factor_performance.success_pct IS '100 success / (requests - pending - invalid); NULL where the source has no response codes; never average a percentage';
COMMENT ON COLUMN pmr.factor_performance.target_met_pct IS '100 met / (met + missed), of all received; sum the counts, never average a percentage';
COMMENT ON COLUMN pmr.factor_performance.answered_pct IS '100 answered / (requests - pending - invalid); never average a percentage';
COMMENT ON COLUMN pmr.factor_performance.p50_s IS 'median Round Trip Time of the answered, in seconds; percentiles can be neither summed nor averaged';
COMMENT ON COLUMN pmr.factor_performance.p95_s IS 'seconds within which 95 of 100 of the answered were answered; percentiles can be neither summed nor averaged';
COMMENT ON COLUMN pmr.factor_performance.p95_all_s IS 'p95_s with the unanswered as later than any time; NULL where under 95 of 100 were answered';
COMMENT ON COLUMN pmr.factor_performance.met IS 'answered within the Target Response Time';
COMMENT ON COLUMN pmr.factor_performance.missed IS 'not answered within the Target Response Time, or not at all';
COMMENT ON COLUMN pmr.factor_performance.pending IS 'whose target has not passed yet; in no percentage';
COMMENT ON COLUMN pmr.factor_performance.not_measured IS 'no start, or no target that is known for sure; in no percentage of targets';
COMMENT ON COLUMN pmr.factor_performance.invalid IS 'answered before they started; in no percentage';
COMMENT ON COLUMN pmr.factor_performance.answered IS 'with an answer, neither pending nor invalid';
COMMENT ON COLUMN pmr.factor_performance.success IS 'answered with success';
COMMENT ON COLUMN pmr.factor_performance.rejected IS 'answered with a rejection of the user''s request';
COMMENT ON COLUMN pmr.factor_performance.no_response IS 'with a code that says that there was no response';
COMMENT ON COLUMN pmr.factor_performance.unclassified IS 'answered without a code, or with one of no class';
COMMENT ON COLUMN pmr.factor_performance.source IS 'name of the source, as given to pmr.add_source';
COMMENT ON COLUMN pmr.factor_performance.as_of IS 'the figures are as of this time';
COMMENT ON COLUMN pmr.factor_performance.status IS 'final: the month is settled; provisional: figures will change';
