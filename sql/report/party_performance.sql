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
	FROM pmr.rollup_month AS m, unnest(m.parties || '*'::text) AS p (party)
	WHERE (SELECT pmr.can_see_all_parties(role)) OR p.party = ANY ((SELECT pmr.own_parties(role))::text[])
	ORDER BY m.source, m.month, p.party;
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

/* An array, because an index can be searched for its elements, but not for an OR. */
CREATE FUNCTION pmr.party_list(source text, party text, first_month date, last_month date) RETURNS text[]
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	SELECT CASE WHEN party_list.party IS NULL THEN '{}' WHEN party_list.party <> '*' THEN ARRAY[party_list.party] ELSE ARRAY(
		SELECT DISTINCT p
		FROM pmr.rollup_month AS m, unnest(m.parties) AS p
		WHERE m.source = party_list.source AND m.month BETWEEN first_month AND last_month) END;
END;
COMMENT ON FUNCTION pmr.party_list(text, text, date, date) IS 'internal: the Party itself, or for * all Parties that have requests in these months; none for NULL';

CREATE FUNCTION pmr.party_figures(source text, party text, first_month date, last_month date, from_day date DEFAULT NULL, to_day date DEFAULT NULL)
	RETURNS TABLE (srv text, mode text, requests bigint, met bigint, missed bigint, pending bigint, not_measured bigint, invalid bigint,
		answered bigint, success bigint, rejected bigint, failed bigint, no_response bigint, unclassified bigint, met_success bigint, met_rejected bigint, missed_rejected bigint,
		pre_commands bigint, local_commands bigint, cancelled bigint, phi double precision, target_s double precision, target_status text, rtt pmr.rtt_sketch)
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	/* in two steps, without a join, which the planner would do by nested loops if it expects few rows */
	WITH daily AS MATERIALIZED (
		SELECT r.srv, r.mode, r.day, (r.day IS NULL) = (from_day IS NULL) AS counts,
			sum(r.requests)::bigint AS requests, sum(r.met)::bigint AS met, sum(r.missed)::bigint AS missed,
			sum(r.pending)::bigint AS pending, sum(r.not_measured)::bigint AS not_measured, sum(r.invalid)::bigint AS invalid,
			sum(r.answered)::bigint AS answered, sum(r.success)::bigint AS success, sum(r.rejected)::bigint AS rejected, sum(r.failed)::bigint AS failed,
			sum(r.no_response)::bigint AS no_response, sum(r.unclassified)::bigint AS unclassified, sum(r.met_success)::bigint AS met_success,
			sum(r.met_rejected)::bigint AS met_rejected, sum(r.missed_rejected)::bigint AS missed_rejected, sum(r.pre_commands)::bigint AS pre_commands,
			sum(r.local_commands)::bigint AS local_commands, sum(r.cancelled)::bigint AS cancelled,
			min(r.target_s) AS min_target_s, max(r.target_s) AS max_target_s, bool_and(r.target_s IS NOT NULL) AS has_target,
			bool_and(r.target_status = 'none') AS no_target, bool_or(r.target_status = 'changed') AS changed, bool_or(r.target_status = 'assumed') AS assumed,
			pmr.rtt_merge(r.rtt) FILTER (WHERE (r.day IS NULL) = (from_day IS NULL)) AS rtt
		FROM pmr.rollup AS r
		WHERE r.source = party_figures.source AND r.month BETWEEN first_month AND last_month
		  AND r.party = ANY ((SELECT pmr.party_list(party_figures.source, party_figures.party, first_month, last_month))::text[])
		  AND r.factor = 'all'
		  AND (from_day IS NULL OR r.day BETWEEN from_day AND to_day)
		GROUP BY r.srv, r.mode, r.day
	)
	SELECT d.srv, d.mode,
		(sum(d.requests) FILTER (WHERE d.counts))::bigint, (sum(d.met) FILTER (WHERE d.counts))::bigint, (sum(d.missed) FILTER (WHERE d.counts))::bigint,
		(sum(d.pending) FILTER (WHERE d.counts))::bigint, (sum(d.not_measured) FILTER (WHERE d.counts))::bigint, (sum(d.invalid) FILTER (WHERE d.counts))::bigint,
		(sum(d.answered) FILTER (WHERE d.counts))::bigint, (sum(d.success) FILTER (WHERE d.counts))::bigint, (sum(d.rejected) FILTER (WHERE d.counts))::bigint, (sum(d.failed) FILTER (WHERE d.counts))::bigint,
		(sum(d.no_response) FILTER (WHERE d.counts))::bigint, (sum(d.unclassified) FILTER (WHERE d.counts))::bigint, (sum(d.met_success) FILTER (WHERE d.counts))::bigint,
		(sum(d.met_rejected) FILTER (WHERE d.counts))::bigint, (sum(d.missed_rejected) FILTER (WHERE d.counts))::bigint, (sum(d.pre_commands) FILTER (WHERE d.counts))::bigint,
		(sum(d.local_commands) FILTER (WHERE d.counts))::bigint, (sum(d.cancelled) FILTER (WHERE d.counts))::bigint,
		pmr.overdispersion(count(*) FILTER (WHERE d.day IS NOT NULL AND d.met + d.missed > 0),
			sum(d.missed::double precision * d.missed / (d.met + d.missed) ORDER BY d.day) FILTER (WHERE d.day IS NOT NULL AND d.met + d.missed > 0),
			(sum(d.missed) FILTER (WHERE d.day IS NOT NULL))::bigint,
			(sum(d.met + d.missed) FILTER (WHERE d.day IS NOT NULL))::bigint),
		CASE WHEN min(d.min_target_s) = max(d.max_target_s) AND bool_and(d.has_target) THEN min(d.min_target_s) END,
		CASE
			WHEN bool_and(d.no_target) THEN 'none'
			WHEN bool_or(d.changed) THEN 'changed'
			WHEN bool_or(d.assumed) THEN 'assumed'
			ELSE 'confirmed'
		END,
		pmr.rtt_merge(d.rtt)
	FROM daily AS d
	GROUP BY d.srv, d.mode;
END;
COMMENT ON FUNCTION pmr.party_figures(text, text, date, date, date, date) IS 'internal: sums of a Party''s rollups over months, or over days of them, by SRV and mode; for roles that can read pmr.rollup';

CREATE FUNCTION pmr.party_performance_of(role pmr.requesting_role, source text, party text, month date)
	RETURNS TABLE (srv text, mode text, requests bigint, success_pct double precision, target_met_pct double precision, target_met_low_pct double precision, target_met_high_pct double precision,
		target_met_accepted_pct double precision, success_within_target_pct double precision, answered_pct double precision,
		p50_s double precision, p90_s double precision, p95_s double precision, p99_s double precision, p95_all_s double precision, mean_s double precision, max_s double precision,
		target_s double precision, target_status text,
		met bigint, missed bigint, pending bigint, not_measured bigint, invalid bigint, answered bigint, success bigint, rejected bigint, failed bigint, no_response bigint, unclassified bigint,
		met_success bigint, met_rejected bigint, missed_rejected bigint, pre_commands bigint, local_commands bigint, cancelled bigint)
	LANGUAGE sql STABLE PARALLEL RESTRICTED SECURITY DEFINER
	ROWS 50
	SET search_path = pg_catalog, pg_temp
	SET jit = off
BEGIN ATOMIC
	SELECT f.srv, f.mode, f.requests, g.success_pct, g.target_met_pct, i.low_pct, i.high_pct,
		g.target_met_accepted_pct, g.success_within_target_pct, g.answered_pct,
		g.p50_s, g.p90_s, g.p95_s, g.p99_s, g.p95_all_s, g.mean_s, g.max_s, f.target_s, f.target_status,
		f.met, f.missed, f.pending, f.not_measured, f.invalid, f.answered, f.success, f.rejected, f.failed, f.no_response, f.unclassified,
		f.met_success, f.met_rejected, f.missed_rejected, f.pre_commands, f.local_commands, f.cancelled
	FROM pmr.rollup_month AS m,
		pmr.party_figures(party_performance_of.source, pmr.visible_party(party_performance_of.role, party_performance_of.party), party_performance_of.month, party_performance_of.month) AS f,
		pmr.figures(f.requests, f.met, f.missed, f.pending, f.invalid, f.answered, f.success, f.met_success, f.met_rejected, f.missed_rejected, m.success_known, f.rtt) AS g,
		pmr.wilson_interval_pct(f.met, f.met + f.missed, f.phi) AS i
	WHERE m.source = party_performance_of.source AND m.month = party_performance_of.month
	  AND pmr.can_see_party(party_performance_of.role, party_performance_of.party)
	ORDER BY f.srv, f.mode;
END;
COMMENT ON FUNCTION pmr.party_performance_of(pmr.requesting_role, text, text, date) IS 'internal: party_performance of one Party and month; the Party * stands for all Parties together';

CREATE VIEW pmr.party_performance AS
	SELECT v.party, v.month, f.*, v.source, v.as_of, v.status
	FROM pmr.visible_month(pmr.requesting_role()) AS v, pmr.party_performance_of(pmr.requesting_role(), v.source, v.party, v.month) AS f
	WHERE v.party <> '*';
COMMENT ON VIEW pmr.party_performance IS 'how well a Party''s requests did, by month, SRV and mode: the Parties that the requesting role can see';
COMMENT ON COLUMN pmr.party_performance.party IS 'the Party, as the audit table names it; empty: the request names none';
COMMENT ON COLUMN pmr.party_performance.month IS 'first day of the month; days begin at midnight in the time zone of the source';
COMMENT ON COLUMN pmr.party_performance.srv IS 'Service Reference Variant, as the audit table names it; empty: the request names none';
COMMENT ON COLUMN pmr.party_performance.mode IS 'on_demand, future_dated, dcc_scheduled or non_device; unknown: the request names no mode, or one that is none of these';
COMMENT ON COLUMN pmr.party_performance.requests IS 'number of requests received: the sum of met, missed, pending, not_measured and invalid';
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
COMMENT ON COLUMN pmr.party_performance.pre_commands IS 'number of pre-commands (command variant 4); in no other count';
COMMENT ON COLUMN pmr.party_performance.local_commands IS 'number of local commands (command variants 2 and 6); in no other count';
COMMENT ON COLUMN pmr.party_performance.cancelled IS 'number of requests cancelled before they were executed; in no other count';
COMMENT ON COLUMN pmr.party_performance.source IS 'name of the source, as given to pmr.add_source';
COMMENT ON COLUMN pmr.party_performance.as_of IS 'the figures are as of this time: responses after it are not counted';
COMMENT ON COLUMN pmr.party_performance.status IS 'final: the month is settled; provisional: the month is open, and its figures will change';
