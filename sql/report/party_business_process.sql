/* A Party's own performance by business process */

/*
 * The service level of a row is that of its business process, or else the one
 * that holds for all business processes.
 */
CREATE FUNCTION pmr.report_rows(before timestamp with time zone)
	RETURNS TABLE (report_order integer, business_process text, process_name text, report_row integer, srv text, qualifier text, description text, note text,
		target_pct numeric, minimum_pct numeric)
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	SELECT b.report_order, b.business_process, b.name, s.report_row, s.srv, s.qualifier, s.description, s.note, l.target_pct, l.minimum_pct
	FROM (
		SELECT DISTINCT ON (a.business_process, a.srv, a.qualifier) a.*
		FROM pmr.business_process_srv AS a
		WHERE a.valid_from < before
		ORDER BY a.business_process, a.srv, a.qualifier, a.builtin, a.valid_from DESC
	) AS s JOIN pmr.current_business_process AS b ON b.business_process = s.business_process
		LEFT JOIN LATERAL (
			SELECT v.target_pct, v.minimum_pct
			FROM pmr.service_level AS v
			WHERE v.measure IN (b.business_process, 'business_process') AND v.srv = '' AND v.valid_from < before
			ORDER BY v.measure <> b.business_process, v.builtin, v.valid_from DESC
			LIMIT 1) AS l ON true
	WHERE s.listed;
END;
COMMENT ON FUNCTION pmr.report_rows(timestamp with time zone) IS 'internal: rows of the report and service levels that are in force right before a time';

/*
 * The rows are the same for all Parties.  The reader's query joins them with the
 * figures, so that it computes them once and not for each Party.  Months between which
 * nothing changes have the same rows, which are computed once, too.
 */
CREATE FUNCTION pmr.report_layout(role pmr.requesting_role)
	RETURNS TABLE (source text, month date, report_order integer, business_process text, process_name text, report_row integer, srv text, qualifier text, description text, note text,
		target_pct numeric, minimum_pct numeric)
	LANGUAGE sql STABLE PARALLEL RESTRICTED SECURITY DEFINER
	ROWS 500
	SET search_path = pg_catalog, pg_temp
	SET jit = off
BEGIN ATOMIC
	WITH change AS MATERIALIZED (
		SELECT a.valid_from FROM pmr.business_process_srv AS a
		UNION
		SELECT v.valid_from FROM pmr.service_level AS v
	), finish AS MATERIALIZED (
		SELECT m.source, m.month, t.finish, (SELECT max(c.valid_from) FROM change AS c WHERE c.valid_from < t.finish) AS changed
		FROM pmr.rollup_month AS m, LATERAL (SELECT pmr.day_start(m.source, (m.month + interval '1 month')::date) AS finish) AS t
		WHERE m.parties || '*'::text && (SELECT pmr.visible_parties(role))
	), layout AS MATERIALIZED (
		SELECT f.changed, x.*
		FROM (SELECT changed, min(finish) AS finish FROM finish GROUP BY changed) AS f, pmr.report_rows(f.finish) AS x
	)
	SELECT f.source, f.month, x.report_order, x.business_process, x.process_name, x.report_row, x.srv, x.qualifier, x.description, x.note, x.target_pct, x.minimum_pct
	FROM finish AS f JOIN layout AS x USING (changed);
END;
COMMENT ON FUNCTION pmr.report_layout(pmr.requesting_role) IS 'internal: report_rows of the months that the role can see';

/*
 * The verdict is computed from integers, not from rounded percentages, and does
 * not consider confidence intervals.
 */
CREATE FUNCTION pmr.service_level_verdict(met bigint, missed bigint, target_pct numeric, minimum_pct numeric) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	RETURN CASE
		WHEN target_pct IS NULL AND minimum_pct IS NULL THEN 'no level set'
		WHEN met + missed = 0 THEN 'nothing measured'
		WHEN 100 * met::numeric < minimum_pct * (met + missed) THEN 'below minimum'
		WHEN 100 * met::numeric < target_pct * (met + missed) THEN 'below target'
		ELSE 'met'
	END;
COMMENT ON FUNCTION pmr.service_level_verdict(bigint, bigint, numeric, numeric) IS 'internal: verdict on met and missed requests: met, below target, below minimum, no level set or nothing measured';

/*
 * Joined by the columns of f and not of v, because the planner would otherwise
 * join v with b first, and call party_figures for each row of the report.
 */
CREATE VIEW pmr.party_business_process AS
	SELECT v.party, v.month, b.business_process, b.srv, b.qualifier, f.mode, f.requests, f.success_pct, f.target_met_pct,
		f.target_met_accepted_pct, f.answered_pct, f.p50_s, f.p95_s, f.p95_all_s, f.target_s, pmr.service_level_verdict(f.met, f.missed, b.target_pct, b.minimum_pct) AS verdict,
		f.met, f.missed, f.pending, f.not_measured, f.invalid, f.answered, f.success, f.rejected, f.failed, b.report_row, b.process_name, b.description, v.source, v.as_of, v.status
	FROM pmr.visible_month(pmr.requesting_role()) AS v CROSS JOIN pmr.party_figures(pmr.requesting_role(), v.source, v.month, v.party, 'all', 'process') AS f
		JOIN pmr.report_layout(pmr.requesting_role()) AS b ON b.source = f.source AND b.month = f.month AND b.srv = f.srv AND b.qualifier = f.value
			AND (f.item = b.business_process OR f.item = '' AND (b.business_process = ANY (f.named)) IS NOT TRUE)
	WHERE v.party <> '*' AND (f.kind = 'process' OR f.named IS NULL);
COMMENT ON VIEW pmr.party_business_process IS 'how well a Party''s requests did, by month, row of SEC H13.1A and mode; a request whose SRV belongs to several business processes counts in each of them, unless it names its own';
COMMENT ON COLUMN pmr.party_business_process.party IS 'the Party, as the audit table names it; empty: the request names none';
COMMENT ON COLUMN pmr.party_business_process.month IS 'first day of the month; days begin at midnight in the time zone of the source';
COMMENT ON COLUMN pmr.party_business_process.business_process IS 'business process of SEC H13.1A';
COMMENT ON COLUMN pmr.party_business_process.srv IS 'Service Reference Variant of the row of the report; never empty';
COMMENT ON COLUMN pmr.party_business_process.qualifier IS 'the row counts only requests of the SRV with this qualifier, which is in the body of the request; empty: all requests of the SRV';
COMMENT ON COLUMN pmr.party_business_process.mode IS 'on_demand, future_dated, dcc_scheduled or non_device; unknown: the request names no mode, or one that is none of these';
COMMENT ON COLUMN pmr.party_business_process.requests IS 'number of requests received, at least 1: the sum of met, missed, pending, not_measured and invalid; a request can belong to several business processes, so do not add up rows of different ones';
COMMENT ON COLUMN pmr.party_business_process.success_pct IS 'percentage of requests - pending - invalid that were answered with success, from 0 to 100, to two decimals; NULL: there are no such requests, or the source has no response_code; do not average percentages';
COMMENT ON COLUMN pmr.party_business_process.target_met_pct IS 'percentage of met + missed that were met, from 0 to 100, to two decimals, unanswered requests included; NULL: there are no such requests; to combine rows of one business process, add up the counts; do not average percentages';
COMMENT ON COLUMN pmr.party_business_process.target_met_accepted_pct IS 'target_met_pct without rejected requests, whose answers are quick, from 0 to 100, to two decimals; NULL: there are no such requests, or the source has no response_code; do not average percentages';
COMMENT ON COLUMN pmr.party_business_process.answered_pct IS 'percentage of requests - pending - invalid that were answered, from 0 to 100, to two decimals; NULL: there are no such requests; do not average percentages';
COMMENT ON COLUMN pmr.party_business_process.p50_s IS 'median Round Trip Time of the answered requests whose start is known, in seconds; NULL: there are none; percentiles can be neither added up nor averaged';
COMMENT ON COLUMN pmr.party_business_process.p95_s IS 'Round Trip Time within which 95 % of the answered requests whose start is known were answered, in seconds; NULL: there are none; percentiles can be neither added up nor averaged';
COMMENT ON COLUMN pmr.party_business_process.p95_all_s IS 'Round Trip Time within which 95 % of answered and unanswered requests together were answered, in seconds, pending and invalid ones left out; NULL: fewer than 95 % were answered; percentiles can be neither added up nor averaged';
COMMENT ON COLUMN pmr.party_business_process.target_s IS 'Target Response Time in seconds; NULL: there is none, or there are several';
COMMENT ON COLUMN pmr.party_business_process.verdict IS 'target_met_pct against the service level: met, below target, below minimum, no level set, or nothing measured';
COMMENT ON COLUMN pmr.party_business_process.met IS 'number of requests answered within the Target Response Time; do not add up rows of different business processes';
COMMENT ON COLUMN pmr.party_business_process.missed IS 'number of requests answered later than the Target Response Time, or not at all; do not add up rows of different business processes';
COMMENT ON COLUMN pmr.party_business_process.pending IS 'number of requests whose Target Response Time had not passed at as_of; in no percentage; do not add up rows of different business processes';
COMMENT ON COLUMN pmr.party_business_process.not_measured IS 'number of requests without a known start or a known Target Response Time; in no percentage of targets; do not add up rows of different business processes';
COMMENT ON COLUMN pmr.party_business_process.invalid IS 'number of requests that were answered before they started; in no percentage; do not add up rows of different business processes';
COMMENT ON COLUMN pmr.party_business_process.answered IS 'number of requests with an answer, pending and invalid ones left out; do not add up rows of different business processes';
COMMENT ON COLUMN pmr.party_business_process.success IS 'number of requests answered with success, pending and invalid ones left out; do not add up rows of different business processes';
COMMENT ON COLUMN pmr.party_business_process.rejected IS 'number of requests answered with a rejection of what the user asked for, pending and invalid ones left out; do not add up rows of different business processes';
COMMENT ON COLUMN pmr.party_business_process.failed IS 'number of requests that the Device answered it did not carry out, pending and invalid ones left out; they count as answered, but not as a success; do not add up rows of different business processes';
COMMENT ON COLUMN pmr.party_business_process.report_row IS 'position of the row in the report of SEC H13.1A';
COMMENT ON COLUMN pmr.party_business_process.process_name IS 'name of the business process';
COMMENT ON COLUMN pmr.party_business_process.description IS 'text of the row in SEC H13.1A';
COMMENT ON COLUMN pmr.party_business_process.source IS 'name of the source, as given to pmr.add_source';
COMMENT ON COLUMN pmr.party_business_process.as_of IS 'the figures are as of this time: responses after it are not counted';
COMMENT ON COLUMN pmr.party_business_process.status IS 'final: the month is settled; provisional: the month is open, and its figures will change';
