/* A Party's own performance by month */

/* The Party * stands for all Parties together, for roles that can see all. */
CREATE FUNCTION pmr.visible_month(role pmr.requesting_role)
	RETURNS TABLE (source text, party text, month date, as_of timestamp with time zone, status text)
	LANGUAGE sql STABLE PARALLEL RESTRICTED SECURITY DEFINER
	ROWS 200
	SET search_path = pg_catalog, pg_temp
	SET jit = off
BEGIN ATOMIC
	SELECT m.source, p.party, m.month, m.as_of, CASE WHEN m.settled THEN 'final' ELSE 'provisional' END
	FROM (SELECT * FROM pmr.rollup_month AS r ORDER BY r.source, r.month) AS m, unnest('*'::text || m.parties) AS p (party)
	WHERE (SELECT '*' = ANY (pmr.visible_parties(role))) OR p.party = ANY ((SELECT pmr.visible_parties(role))::text[]);
END;
COMMENT ON FUNCTION pmr.visible_month(pmr.requesting_role) IS 'internal: visible_month() of a role';

CREATE FUNCTION pmr.visible_month()
	RETURNS TABLE (source text, party text, month date, as_of timestamp with time zone, status text)
	LANGUAGE sql STABLE PARALLEL RESTRICTED
	ROWS 200
BEGIN ATOMIC
	SELECT v.source, v.party, v.month, v.as_of, v.status FROM pmr.visible_month(pmr.requesting_role()) AS v;
END;
COMMENT ON FUNCTION pmr.visible_month() IS 'Parties and months that the current user can see; the Party * stands for all Parties together';

CREATE VIEW pmr.party_performance AS
	SELECT v.party, v.month, f.srv, f.mode, f.requests, f.success_pct, f.target_met_pct, f.target_met_low_pct, f.target_met_high_pct,
		f.target_met_accepted_pct, f.success_within_target_pct, f.answered_pct,
		f.p50_s, f.p90_s, f.p95_s, f.p99_s, f.p95_all_s, f.mean_s, f.max_s, f.target_s, f.target_status,
		f.met, f.missed, f.pending, f.not_measured, f.invalid, f.answered, f.success, f.rejected, f.failed, f.no_response, f.unclassified,
		f.met_success, f.met_rejected, f.missed_rejected, f.pre_commands, f.local_commands, f.cancelled, v.source, v.as_of, v.status
	FROM pmr.visible_month(pmr.requesting_role()) AS v, pmr.party_figures(pmr.requesting_role(), v.source, v.month, v.party, 'all') AS f
	WHERE v.party <> '*';
COMMENT ON VIEW pmr.party_performance IS 'how well a Party''s requests did, by month, SRV and mode: the Parties that the requesting role can see';
COMMENT ON COLUMN pmr.party_performance.party IS 'the Party, as the audit table names it; empty: the request names none';
COMMENT ON COLUMN pmr.party_performance.month IS 'first day of the month; days begin at midnight in the time zone of the source';
COMMENT ON COLUMN pmr.party_performance.srv IS 'Service Reference Variant, as the audit table names it; empty: the request names none';
COMMENT ON COLUMN pmr.party_performance.mode IS 'on_demand, future_dated, dcc_scheduled or non_device; unknown: the request names no mode, or one that is none of these';
COMMENT ON COLUMN pmr.party_performance.requests IS 'number of requests received, at least 1: the sum of met, missed, pending, not_measured and invalid';
COMMENT ON COLUMN pmr.party_performance.success_pct IS 'percentage of requests - pending - invalid that were answered with success, from 0 to 100, to two decimals; NULL: there are no such requests, or the source has no response_code; do not average percentages';
COMMENT ON COLUMN pmr.party_performance.target_met_pct IS 'percentage of met + missed that were met, from 0 to 100, to two decimals, unanswered requests included; NULL: there are no such requests; to combine rows, add up the counts, do not average percentages';
COMMENT ON COLUMN pmr.party_performance.target_met_low_pct IS 'lower end of the 95 % confidence interval of target_met_pct, from 0 to 100, to two decimals; NULL where target_met_pct is';
COMMENT ON COLUMN pmr.party_performance.target_met_high_pct IS 'upper end of the 95 % confidence interval of target_met_pct, from 0 to 100, to two decimals; NULL where target_met_pct is';
COMMENT ON COLUMN pmr.party_performance.target_met_accepted_pct IS 'target_met_pct without rejected requests, whose answers are quick, from 0 to 100, to two decimals; NULL: there are no such requests, or the source has no response_code; do not average percentages';
COMMENT ON COLUMN pmr.party_performance.success_within_target_pct IS 'percentage of met + missed that were met and answered with success, from 0 to 100, to two decimals; NULL: there are no such requests, or the source has no response_code; do not average percentages';
COMMENT ON COLUMN pmr.party_performance.answered_pct IS 'percentage of requests - pending - invalid that were answered, from 0 to 100, to two decimals; NULL: there are no such requests; do not average percentages';
COMMENT ON COLUMN pmr.party_performance.p50_s IS 'median Round Trip Time of the answered requests whose start is known, in seconds; NULL: there are none; percentiles can be neither added up nor averaged';
COMMENT ON COLUMN pmr.party_performance.p90_s IS 'Round Trip Time within which 90 % of the answered requests whose start is known were answered, in seconds; NULL: there are none; percentiles can be neither added up nor averaged';
COMMENT ON COLUMN pmr.party_performance.p95_s IS 'Round Trip Time within which 95 % of the answered requests whose start is known were answered, in seconds; NULL: there are none; percentiles can be neither added up nor averaged';
COMMENT ON COLUMN pmr.party_performance.p99_s IS 'Round Trip Time within which 99 % of the answered requests whose start is known were answered, in seconds; NULL: there are none; percentiles can be neither added up nor averaged';
COMMENT ON COLUMN pmr.party_performance.p95_all_s IS 'Round Trip Time within which 95 % of answered and unanswered requests together were answered, in seconds, pending and invalid ones left out; NULL: fewer than 95 % were answered; percentiles can be neither added up nor averaged';
COMMENT ON COLUMN pmr.party_performance.mean_s IS 'mean Round Trip Time of the answered requests whose start is known, in seconds, to three decimals; NULL: there are none; do not average means';
COMMENT ON COLUMN pmr.party_performance.max_s IS 'longest Round Trip Time of the answered requests whose start is known, in seconds; NULL: there are none';
COMMENT ON COLUMN pmr.party_performance.target_s IS 'Target Response Time in seconds; NULL: there is none, or there are several';
COMMENT ON COLUMN pmr.party_performance.target_status IS 'confirmed; assumed: at least one of the targets is; changed: a target changed within the month; none: there is no target';
COMMENT ON COLUMN pmr.party_performance.met IS 'number of requests answered within the Target Response Time';
COMMENT ON COLUMN pmr.party_performance.missed IS 'number of requests answered later than the Target Response Time, or not at all';
COMMENT ON COLUMN pmr.party_performance.pending IS 'number of requests whose Target Response Time had not passed at as_of; in no percentage';
COMMENT ON COLUMN pmr.party_performance.not_measured IS 'number of requests without a known start or a known Target Response Time; in no percentage of targets';
COMMENT ON COLUMN pmr.party_performance.invalid IS 'number of requests that were answered before they started; in no percentage';
COMMENT ON COLUMN pmr.party_performance.answered IS 'number of requests with an answer, pending and invalid ones left out';
COMMENT ON COLUMN pmr.party_performance.success IS 'number of requests answered with success, pending and invalid ones left out';
COMMENT ON COLUMN pmr.party_performance.rejected IS 'number of requests answered with a rejection of what the user asked for, pending and invalid ones left out';
COMMENT ON COLUMN pmr.party_performance.failed IS 'number of requests that the Device answered it did not carry out, pending and invalid ones left out; they count as answered, but not as a success';
COMMENT ON COLUMN pmr.party_performance.no_response IS 'number of requests whose response code says that the device did not respond, pending and invalid ones left out';
COMMENT ON COLUMN pmr.party_performance.unclassified IS 'number of requests whose response has no code, or one that is not in pmr.response_code; those of unlisted codes with E are not answered; pending and invalid ones left out';
COMMENT ON COLUMN pmr.party_performance.met_success IS 'number of requests that were met and answered with success';
COMMENT ON COLUMN pmr.party_performance.met_rejected IS 'number of requests that were met and answered with a rejection';
COMMENT ON COLUMN pmr.party_performance.missed_rejected IS 'number of requests that were missed and answered with a rejection';
COMMENT ON COLUMN pmr.party_performance.pre_commands IS 'number of pre-commands (command variant 4) of the SRV and mode; in no other count; an SRV and mode without requests have no row';
COMMENT ON COLUMN pmr.party_performance.local_commands IS 'number of local commands (command variants 2 and 6) of the SRV and mode; in no other count; an SRV and mode without requests have no row';
COMMENT ON COLUMN pmr.party_performance.cancelled IS 'number of requests of the SRV and mode that were cancelled before they were executed; in no other count; an SRV and mode without requests have no row';
COMMENT ON COLUMN pmr.party_performance.source IS 'name of the source, as given to pmr.add_source';
COMMENT ON COLUMN pmr.party_performance.as_of IS 'the figures are as of this time: responses after it are not counted';
COMMENT ON COLUMN pmr.party_performance.status IS 'final: the month is settled; provisional: the month is open, and its figures will change';
