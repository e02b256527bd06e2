/* The report of a Party's month */

/*
 * The lines of the report: first what the figures rest on, then the rows of SEC
 * H13.1A in the draft's order, those without requests included, then the
 * requests that belong to no row.
 */
CREATE FUNCTION pmr.performance_report_of(role pmr.requesting_role, source text, party text, month date)
	RETURNS TABLE (line integer, item text, mode text, requests bigint, target_met_pct double precision, success_pct double precision, p50_s double precision, p95_s double precision, verdict text)
	LANGUAGE sql STABLE PARALLEL RESTRICTED SECURITY DEFINER
	ROWS 80
	SET search_path = pg_catalog, pg_temp
	SET jit = off
BEGIN ATOMIC
	WITH header AS (
		SELECT m.*, s.report_timezone, s.count_copies, pmr.day_start(m.source, (m.month + interval '1 month')::date) AS finish
		FROM pmr.rollup_month AS m JOIN pmr.source AS s ON s.source = m.source
		WHERE m.source = performance_report_of.source AND m.month = performance_report_of.month
		  AND pmr.can_see_party(performance_report_of.role, performance_report_of.party)
	), layout AS MATERIALIZED (
		SELECT x.* FROM header AS h, pmr.report_rows(h.finish) AS x
	), own AS MATERIALIZED (
		SELECT r.srv, r.qualifier, r.business_process,
			sum(r.requests)::bigint AS requests, sum(r.met)::bigint AS met, sum(r.missed)::bigint AS missed, sum(r.pending)::bigint AS pending,
			sum(r.invalid)::bigint AS invalid, sum(r.not_measured)::bigint AS not_measured, sum(r.success)::bigint AS success,
			coalesce(sum(r.met + r.missed) FILTER (WHERE r.target_status = 'assumed'), 0)::bigint AS assumed, sum(r.unclassified)::bigint AS unclassified
		FROM header AS h JOIN pmr.rollup AS r ON r.source = h.source AND r.month = h.month
		WHERE r.party = ANY ((SELECT CASE performance_report_of.party WHEN '*' THEN x.parties ELSE ARRAY[performance_report_of.party] END FROM header AS x)::text[])
		  AND r.factor = 'all' AND r.day IS NULL
		GROUP BY r.srv, r.qualifier, r.business_process
	), total AS (
		SELECT coalesce(sum(o.requests), 0)::bigint AS requests, coalesce(sum(o.met), 0)::bigint AS met, coalesce(sum(o.missed), 0)::bigint AS missed,
			coalesce(sum(o.pending), 0)::bigint AS pending, coalesce(sum(o.invalid), 0)::bigint AS invalid, coalesce(sum(o.not_measured), 0)::bigint AS not_measured,
			coalesce(sum(o.success), 0)::bigint AS success, coalesce(sum(o.assumed), 0)::bigint AS assumed,
			coalesce(sum(o.unclassified), 0)::bigint AS unclassified
		FROM own AS o
	), cell AS MATERIALIZED (
		SELECT f.*
		FROM header AS h, pmr.party_figures(performance_report_of.role, h.source, h.month, performance_report_of.party, 'all', 'process') AS f
		WHERE f.kind = 'process' OR f.named IS NULL
	), process AS (
		SELECT b.report_order, b.process_name, b.business_process, b.target_pct, b.minimum_pct,
			coalesce(sum(o.requests), 0)::bigint AS requests, coalesce(sum(o.met), 0)::bigint AS met, coalesce(sum(o.missed), 0)::bigint AS missed,
			coalesce(sum(o.pending), 0)::bigint AS pending, coalesce(sum(o.invalid), 0)::bigint AS invalid, coalesce(sum(o.success), 0)::bigint AS success
		FROM (SELECT DISTINCT x.report_order, x.process_name, x.business_process, x.target_pct, x.minimum_pct FROM layout AS x) AS b
			LEFT JOIN own AS o ON EXISTS (
				SELECT FROM layout AS x
				WHERE x.business_process = b.business_process AND x.srv = o.srv
				  AND x.qualifier IN ('', o.qualifier) AND o.business_process IN ('', x.business_process))
		GROUP BY b.report_order, b.process_name, b.business_process, b.target_pct, b.minimum_pct
	), lines (part, a, process, b, row_key, c, item, mode, requests, target_met_pct, success_pct, p50_s, p95_s, verdict) AS (
		SELECT 1, h.i, '', 0, '', 0, h.item, CASE WHEN h.requests IS NOT NULL THEN 'all' END, h.requests, NULL::double precision, NULL::double precision, NULL::double precision, NULL::double precision, NULL::text
		FROM (
			SELECT x.i, x.item, x.requests
			FROM header AS h, total AS t, LATERAL (VALUES
				(1, format('%s, %s, days in %s', CASE performance_report_of.party WHEN '*' THEN 'All Parties' WHEN '' THEN 'No Party' ELSE performance_report_of.party END, to_char(h.month, 'FMMonth YYYY'), h.report_timezone), NULL::bigint),
				(2, format('as of %s', to_char(h.as_of AT TIME ZONE h.report_timezone, 'YYYY-MM-DD HH24:MI:SS')), NULL),
				(3, CASE WHEN h.settled THEN 'final' ELSE 'provisional: open to late responses' END, NULL),
				(4, 'Measured', t.met + t.missed),
				(5, '  of them against assumed targets', t.assumed),
				(6, 'Not measured', t.not_measured),
				(7, 'Pending', t.pending),
				(8, 'Invalid', t.invalid),
				(9, 'Response code not listed, or missing' || coalesce(format(' (%s %%)', pmr.percentage(t.unclassified, t.requests - t.pending - t.invalid)), ''), t.unclassified),
				(10, CASE WHEN h.count_copies THEN 'Copies of a request, each counted' ELSE 'Copies of a request, not counted' END,
					CASE WHEN performance_report_of.party = '*' THEN (SELECT sum(d)::bigint FROM unnest(h.duplicates) AS d)
						ELSE h.duplicates[array_position(h.parties, performance_report_of.party)] END)
			) AS x (i, item, requests)
			WHERE x.i <= 8 OR x.i = 9 AND h.success_known OR x.i = 10 AND h.duplicates IS NOT NULL
		) AS h
		UNION ALL
		SELECT 2, p.report_order, p.business_process, 0, '', 0, p.process_name, 'all', p.requests, pmr.percentage(p.met, p.met + p.missed),
			CASE WHEN h.success_known THEN pmr.percentage(p.success, p.requests - p.pending - p.invalid) END, NULL, NULL,
			pmr.service_level_verdict(p.met, p.missed, p.target_pct, p.minimum_pct)
		FROM process AS p, header AS h
		UNION ALL
		SELECT 2, b.report_order, b.business_process, b.report_row, b.srv || ' ' || b.qualifier, CASE c.mode WHEN 'on_demand' THEN 1 WHEN 'future_dated' THEN 2 WHEN 'dcc_scheduled' THEN 3 WHEN 'non_device' THEN 4 ELSE 5 END,
			'  ' || rpad(b.srv, greatest(7, length(b.srv) + 1)) || coalesce(nullif(b.description, ''), replace(b.qualifier, '_', ' ')),
			c.mode, coalesce(c.requests, 0), c.target_met_pct, c.success_pct, round(c.p50_s::numeric, 1)::double precision, round(c.p95_s::numeric, 1)::double precision,
			CASE WHEN c.srv IS NOT NULL THEN pmr.service_level_verdict(c.met, c.missed, b.target_pct, b.minimum_pct) END
		FROM layout AS b
			LEFT JOIN cell AS c ON c.srv = b.srv AND c.value = b.qualifier AND (c.item = b.business_process OR c.item = '' AND (b.business_process = ANY (c.named)) IS NOT TRUE)
		UNION ALL
		SELECT 3, 1, '', x.i, '', 0, x.item, 'all', x.requests, pmr.percentage(x.met, x.met + x.missed), CASE WHEN x.success_known THEN pmr.percentage(x.success, x.decided) END, NULL, NULL, NULL
		FROM (
			SELECT CASE WHEN NOT EXISTS (SELECT FROM layout AS x WHERE x.srv = o.srv) THEN 1 WHEN o.qualifier = '' THEN 2 ELSE 3 END AS i,
				CASE WHEN NOT EXISTS (SELECT FROM layout AS x WHERE x.srv = o.srv) THEN 'In no row: other SRVs'
					WHEN o.qualifier = '' THEN 'In no row: qualifier unknown, or process'
					ELSE 'In no row: another qualifier, or process' END AS item,
				sum(o.requests)::bigint AS requests, sum(o.met)::bigint AS met, sum(o.missed)::bigint AS missed, sum(o.success)::bigint AS success,
				sum(o.requests - o.pending - o.invalid)::bigint AS decided, h.success_known
			FROM own AS o, header AS h
			WHERE NOT EXISTS (SELECT FROM layout AS x WHERE x.srv = o.srv AND x.qualifier IN ('', o.qualifier) AND o.business_process IN ('', x.business_process))
			GROUP BY 1, 2, h.success_known
		) AS x
		UNION ALL
		SELECT 4, 1, '', 0, '', 0, 'All requests, each counted once', 'all', t.requests, pmr.percentage(t.met, t.met + t.missed),
			CASE WHEN h.success_known THEN pmr.percentage(t.success, t.requests - t.pending - t.invalid) END, NULL, NULL, NULL
		FROM total AS t, header AS h
	)
	SELECT (row_number() OVER (ORDER BY l.part, l.a, l.process, l.b, l.row_key, l.c))::integer, l.item, l.mode, l.requests, l.target_met_pct, l.success_pct, l.p50_s, l.p95_s, l.verdict
	FROM lines AS l
	ORDER BY 1;
END;
COMMENT ON FUNCTION pmr.performance_report_of(pmr.requesting_role, text, text, date) IS 'internal: performance_report of one Party and month; the Party * stands for all Parties together';

CREATE VIEW pmr.performance_report AS
	SELECT v.party, v.month, f.*, v.source
	FROM pmr.visible_month(pmr.requesting_role()) AS v, pmr.performance_report_of(pmr.requesting_role(), v.source, v.party, v.month) AS f;
COMMENT ON VIEW pmr.performance_report IS 'a Party''s month as a printed report: what the figures rest on, the rows of SEC H13.1A in their order, and the requests that belong to none of these';
COMMENT ON COLUMN pmr.performance_report.party IS 'the Party, as the audit table names it; empty: the request names none; *: all Parties together, for roles that can see all Parties';
COMMENT ON COLUMN pmr.performance_report.month IS 'first day of the month; days begin at midnight in the time zone of the source';
COMMENT ON COLUMN pmr.performance_report.line IS 'position of the line in the report, from 1';
COMMENT ON COLUMN pmr.performance_report.item IS 'text of the line: what its figures are about';
COMMENT ON COLUMN pmr.performance_report.mode IS 'on_demand, future_dated, dcc_scheduled or non_device; unknown: the request names no mode, or one that is none of these; all: all modes together; NULL: the line counts no requests, or there are none in this row of the report';
COMMENT ON COLUMN pmr.performance_report.requests IS 'number of requests that the line counts; a request can be in the lines of several business processes, so do not add up lines; NULL: the line has no count';
COMMENT ON COLUMN pmr.performance_report.target_met_pct IS 'percentage of met + missed that were met, from 0 to 100, to two decimals, unanswered requests included; NULL: there are no such requests, or the line is not about outcomes; to combine rows, add up the counts, do not average percentages';
COMMENT ON COLUMN pmr.performance_report.success_pct IS 'percentage of requests - pending - invalid that were answered with success, from 0 to 100, to two decimals; NULL: there are no such requests, the line is not about outcomes, or the source has no response_code; do not average percentages';
COMMENT ON COLUMN pmr.performance_report.p50_s IS 'median Round Trip Time of the answered requests, in seconds, to one decimal; NULL: none was answered, or the line is not a row of the report; percentiles can be neither added up nor averaged';
COMMENT ON COLUMN pmr.performance_report.p95_s IS 'Round Trip Time within which 95 % of the answered requests were answered, in seconds, to one decimal; NULL: none was answered, or the line is not a row of the report; percentiles can be neither added up nor averaged';
COMMENT ON COLUMN pmr.performance_report.verdict IS 'target_met_pct against the service level: met, below target, below minimum, no level set, or nothing measured; NULL: the line is neither of a business process nor of a row of the report with requests';
COMMENT ON COLUMN pmr.performance_report.source IS 'name of the source, as given to pmr.add_source';
