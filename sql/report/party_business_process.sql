/* A Party's own performance by business process */

CREATE FUNCTION pmr.report_rows(before timestamp with time zone)
	RETURNS TABLE (report_order integer, business_process text, process_name text, report_row integer, srv text, qualifier text, description text, note text)
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	SELECT b.report_order, b.business_process, b.name, s.report_row, s.srv, s.qualifier, s.description, s.note
	FROM (
		SELECT DISTINCT ON (a.business_process, a.srv, a.qualifier) a.*
		FROM pmr.business_process_srv AS a
		WHERE a.valid_from < before
		ORDER BY a.business_process, a.srv, a.qualifier, a.builtin, a.valid_from DESC
	) AS s JOIN pmr.current_business_process AS b ON b.business_process = s.business_process
	WHERE s.listed;
END;
COMMENT ON FUNCTION pmr.report_rows(timestamp with time zone) IS 'internal: rows of the report that are in force right before a time';

/*
 * The level is that of the business process, or else the one that holds for all
 * business processes.  The verdict is computed from integers, not from rounded
 * percentages, and does not consider confidence intervals.
 */
CREATE FUNCTION pmr.service_level_verdict(business_process text, met bigint, missed bigint, before timestamp with time zone) RETURNS text
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	SELECT CASE
			WHEN l.target_pct IS NULL AND l.minimum_pct IS NULL THEN 'no level set'
			WHEN service_level_verdict.met + service_level_verdict.missed = 0 THEN 'nothing measured'
			WHEN 100 * service_level_verdict.met::numeric < l.minimum_pct * (service_level_verdict.met + service_level_verdict.missed) THEN 'below minimum'
			WHEN 100 * service_level_verdict.met::numeric < l.target_pct * (service_level_verdict.met + service_level_verdict.missed) THEN 'below target'
			ELSE 'met'
		END
	FROM (SELECT 1) AS one LEFT JOIN LATERAL (
		SELECT s.target_pct, s.minimum_pct
		FROM pmr.service_level AS s
		WHERE s.measure IN (service_level_verdict.business_process, 'business_process') AND s.valid_from < before
		ORDER BY s.measure <> service_level_verdict.business_process, s.builtin, s.valid_from DESC
		LIMIT 1) AS l ON true;
END;
COMMENT ON FUNCTION pmr.service_level_verdict(text, bigint, bigint, timestamp with time zone) IS 'internal: verdict on met and missed requests of a business process: met, below target, below minimum, no level set or nothing measured';

CREATE FUNCTION pmr.report_cells(source text, party text, month date)
	RETURNS TABLE (report_order integer, business_process text, process_name text, report_row integer, srv text, qualifier text, mode text, description text,
		requests bigint, met bigint, missed bigint, pending bigint, not_measured bigint, invalid bigint, answered bigint, success bigint, rejected bigint, failed bigint,
		met_success bigint, met_rejected bigint, missed_rejected bigint, target_s double precision, rtt pmr.rtt_sketch)
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	SELECT b.report_order, b.business_process, b.process_name, b.report_row, b.srv, b.qualifier, r.mode, b.description,
		sum(r.requests)::bigint, sum(r.met)::bigint, sum(r.missed)::bigint, sum(r.pending)::bigint, sum(r.not_measured)::bigint, sum(r.invalid)::bigint,
		sum(r.answered)::bigint, sum(r.success)::bigint, sum(r.rejected)::bigint, sum(r.failed)::bigint, sum(r.met_success)::bigint, sum(r.met_rejected)::bigint, sum(r.missed_rejected)::bigint,
		CASE WHEN min(r.target_s) = max(r.target_s) AND count(r.target_s) = count(*) THEN min(r.target_s) END,
		pmr.rtt_merge(r.rtt)
	FROM pmr.report_rows(pmr.day_start(report_cells.source, (report_cells.month + interval '1 month')::date)) AS b
		JOIN pmr.rollup AS r ON r.srv = b.srv AND b.qualifier IN ('', r.qualifier) AND r.business_process IN ('', b.business_process)
	WHERE r.source = report_cells.source AND r.month = report_cells.month AND r.day IS NULL AND r.factor = 'all'
	  AND r.party = ANY ((SELECT pmr.party_list(report_cells.source, report_cells.party, report_cells.month, report_cells.month))::text[])
	GROUP BY b.report_order, b.business_process, b.process_name, b.report_row, b.srv, b.qualifier, r.mode, b.description;
END;
COMMENT ON FUNCTION pmr.report_cells(text, text, date) IS 'internal: sums of a Party''s rollups of a month by row of the report and mode; for roles that can read pmr.rollup';

CREATE FUNCTION pmr.party_business_process_of(role pmr.requesting_role, source text, party text, month date)
	RETURNS TABLE (business_process text, srv text, qualifier text, mode text, requests bigint, success_pct double precision, target_met_pct double precision,
		target_met_accepted_pct double precision, answered_pct double precision, p50_s double precision, p95_s double precision, p95_all_s double precision, target_s double precision, verdict text,
		met bigint, missed bigint, pending bigint, not_measured bigint, invalid bigint, answered bigint, success bigint, rejected bigint, failed bigint, report_row integer, process_name text, description text)
	LANGUAGE sql STABLE PARALLEL RESTRICTED SECURITY DEFINER
	ROWS 60
	SET search_path = pg_catalog, pg_temp
	SET jit = off
BEGIN ATOMIC
	SELECT c.business_process, c.srv, c.qualifier, c.mode, c.requests, g.success_pct, g.target_met_pct, g.target_met_accepted_pct, g.answered_pct, g.p50_s, g.p95_s, g.p95_all_s, c.target_s,
		pmr.service_level_verdict(c.business_process, c.met, c.missed, pmr.day_start(m.source, (m.month + interval '1 month')::date)),
		c.met, c.missed, c.pending, c.not_measured, c.invalid, c.answered, c.success, c.rejected, c.failed, c.report_row, c.process_name, c.description
	FROM pmr.rollup_month AS m,
		pmr.report_cells(party_business_process_of.source, pmr.visible_party(party_business_process_of.role, party_business_process_of.party), party_business_process_of.month) AS c,
		pmr.figures(c.requests, c.met, c.missed, c.pending, c.invalid, c.answered, c.success, c.met_success, c.met_rejected, c.missed_rejected, m.success_known, c.rtt) AS g
	WHERE m.source = party_business_process_of.source AND m.month = party_business_process_of.month
	  AND pmr.can_see_party(party_business_process_of.role, party_business_process_of.party)
	ORDER BY c.report_order, c.business_process, c.report_row, c.srv, c.qualifier, c.mode;
END;
COMMENT ON FUNCTION pmr.party_business_process_of(pmr.requesting_role, text, text, date) IS 'internal: party_business_process of one Party and month; the Party * stands for all Parties together';

CREATE VIEW pmr.party_business_process AS
	SELECT v.party, v.month, f.*, v.source, v.as_of, v.status
	FROM pmr.visible_month(pmr.requesting_role()) AS v, pmr.party_business_process_of(pmr.requesting_role(), v.source, v.party, v.month) AS f
	WHERE v.party <> '*';
COMMENT ON VIEW pmr.party_business_process IS 'how well a Party''s requests did, by month, row of SEC H13.1A and mode; a request whose SRV belongs to several business processes counts in each of them, unless it names its own';
COMMENT ON COLUMN pmr.party_business_process.party IS 'the Party, as the audit table names it; empty: the request names none';
COMMENT ON COLUMN pmr.party_business_process.month IS 'first day of the month; days begin at midnight in the time zone of the source';
COMMENT ON COLUMN pmr.party_business_process.business_process IS 'business process of SEC H13.1A';
COMMENT ON COLUMN pmr.party_business_process.srv IS 'Service Reference Variant of the row of the report; never empty';
COMMENT ON COLUMN pmr.party_business_process.qualifier IS 'the row counts only requests of the SRV with this qualifier, which is in the body of the request; empty: all requests of the SRV';
COMMENT ON COLUMN pmr.party_business_process.mode IS 'on_demand, future_dated, dcc_scheduled or non_device; unknown: the request names no mode, or one that is none of these';
COMMENT ON COLUMN pmr.party_business_process.requests IS 'number of requests received: the sum of met, missed, pending, not_measured and invalid; a request can belong to several business processes, so do not add up rows of different ones';
COMMENT ON COLUMN pmr.party_business_process.success_pct IS 'percentage of requests - pending - invalid that were answered with success, from 0 to 100, to two decimals; NULL: there are no such requests, or the source has no response_code; do not average percentages';
COMMENT ON COLUMN pmr.party_business_process.target_met_pct IS 'percentage of met + missed that were met, from 0 to 100, to two decimals, unanswered requests included; NULL: there are no such requests; to combine rows, add up the counts, do not average percentages';
COMMENT ON COLUMN pmr.party_business_process.target_met_accepted_pct IS 'target_met_pct without rejected requests, whose answers are quick, from 0 to 100, to two decimals; NULL: there are no such requests, or the source has no response_code; do not average percentages';
COMMENT ON COLUMN pmr.party_business_process.answered_pct IS 'percentage of requests - pending - invalid that were answered, from 0 to 100, to two decimals; NULL: there are no such requests; do not average percentages';
COMMENT ON COLUMN pmr.party_business_process.p50_s IS 'median Round Trip Time of the answered requests whose start is known, in seconds; NULL: there are none; percentiles can be neither added up nor averaged';
COMMENT ON COLUMN pmr.party_business_process.p95_s IS 'Round Trip Time within which 95 % of the answered requests whose start is known were answered, in seconds; NULL: there are none; percentiles can be neither added up nor averaged';
COMMENT ON COLUMN pmr.party_business_process.p95_all_s IS 'Round Trip Time within which 95 % of answered and unanswered requests together were answered, in seconds, pending and invalid ones left out; NULL: fewer than 95 % were answered; percentiles can be neither added up nor averaged';
COMMENT ON COLUMN pmr.party_business_process.target_s IS 'Target Response Time in seconds; NULL: there is none, or there are several';
COMMENT ON COLUMN pmr.party_business_process.verdict IS 'target_met_pct against the service level: met, below target, below minimum, no level set, or nothing measured';
COMMENT ON COLUMN pmr.party_business_process.met IS 'number of requests answered within the Target Response Time';
COMMENT ON COLUMN pmr.party_business_process.missed IS 'number of requests answered later than the Target Response Time, or not at all';
COMMENT ON COLUMN pmr.party_business_process.pending IS 'number of requests whose Target Response Time had not passed at as_of; in no percentage';
COMMENT ON COLUMN pmr.party_business_process.not_measured IS 'number of requests without a known start or a known Target Response Time; in no percentage of targets';
COMMENT ON COLUMN pmr.party_business_process.invalid IS 'number of requests that were answered before they started; in no percentage';
COMMENT ON COLUMN pmr.party_business_process.answered IS 'number of requests with an answer, pending and invalid ones left out';
COMMENT ON COLUMN pmr.party_business_process.success IS 'number of requests answered with success, pending and invalid ones left out';
COMMENT ON COLUMN pmr.party_business_process.rejected IS 'number of requests answered with a rejection of what the user asked for, pending and invalid ones left out';
COMMENT ON COLUMN pmr.party_business_process.failed IS 'number of requests that the Device answered it did not carry out, pending and invalid ones left out; they count as answered, but not as a success';
COMMENT ON COLUMN pmr.party_business_process.report_row IS 'position of the row in the report of SEC H13.1A';
COMMENT ON COLUMN pmr.party_business_process.process_name IS 'name of the business process';
COMMENT ON COLUMN pmr.party_business_process.description IS 'text of the row in SEC H13.1A';
COMMENT ON COLUMN pmr.party_business_process.source IS 'name of the source, as given to pmr.add_source';
COMMENT ON COLUMN pmr.party_business_process.as_of IS 'the figures are as of this time: responses after it are not counted';
COMMENT ON COLUMN pmr.party_business_process.status IS 'final: the month is settled; provisional: the month is open, and its figures will change';
