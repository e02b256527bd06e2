/*
 * page.sql
 *		The figures that page.mjs draws. Each line of output is a JSON object;
 *		page.mjs combines them into one.
 *
 *		psql -X -q -A -t -v party=P -v month=YYYY-MM -v source=S -v role=R -f page.sql
 *
 * Defaults of empty variables: month is the latest final month, or else the
 * latest; source is the only one that has that month; role is the role that
 * connects.
 *
 * All figures come from views that show each role what it may see, except the
 * histograms: only trusted roles can read the sketches in pmr.rollup. If such a
 * role connects, the page has the histograms of the Party that it is about, and
 * of no other.
 */
\set ON_ERROR_STOP on
SET client_min_messages = warning;

/* Without this, a function that anybody creates in public could be called. */
SET search_path = pg_catalog, pg_temp;

/* One snapshot for all figures. */
BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;

SELECT :'role' <> '' AS as_role \gset
\if :as_role
	SET ROLE :"role";
\endif

SELECT	count(*) = 1 AS found, min(source) AS source, min(month) AS month,
		count(*) AS sources
FROM   (SELECT	v.*, rank() OVER (ORDER BY v.status = 'final' DESC, v.month DESC)
		FROM	pmr.visible_month() AS v
		WHERE	v.party = :'party' AND v.party <> '*' AND :'source' IN ('', v.source)
		  AND	:'month' IN ('', to_char(v.month, 'YYYY-MM'))) AS v
WHERE	rank = 1 \gset
\if :found
\else
	\warn :sources sources have a month of Party :party that the role can see; exactly one is needed
	\quit
\endif

RESET ROLE;
SELECT has_table_privilege('pmr.rollup', 'SELECT') AS trusted \gset
\if :trusted
	SELECT	jsonb_build_object('histograms', coalesce(jsonb_agg(h), '[]'))
	FROM   (SELECT	s.srv, s.mode, b.lower_s, b.upper_s, b.requests
			FROM   (SELECT	srv, mode, pmr.rtt_merge(rtt) AS rtt
					FROM	pmr.rollup
					WHERE	source = :'source' AND month = :'month' AND party = :'party'
					  AND	factor = 'all' AND day IS NULL
					GROUP BY srv, mode) AS s,
					/* twelve bars for each power of ten: one width for all SRVs */
					pmr.rtt_histogram(s.rtt, ceil(1 + 12 *
						log(pmr.rtt_max(s.rtt) / greatest(pmr.rtt_min(s.rtt), 0.001) + 1))::integer) AS b
			ORDER BY s.srv, s.mode, b.lower_s) AS h;
\endif
\if :as_role
	SET ROLE :"role";
\endif

/* Head of the page: its subject, and the basis of its figures. */
SELECT	jsonb_build_object('about', jsonb_build_object(
			'party', party, 'month', to_char(month, 'YYYY-MM'), 'source', source,
			'role', current_user, 'can_see_all_parties', pmr.can_see_all_parties(),
			'parties', (SELECT count(DISTINCT party) FROM pmr.visible_month())))
FROM	pmr.visible_month()
WHERE	source = :'source' AND party = :'party' AND month = :'month';

SELECT	jsonb_build_object('rests', coalesce(jsonb_agg(r), '[]'))
FROM   (SELECT	trim(item) AS item, requests
		FROM	pmr.performance_report
		WHERE	source = :'source' AND party = :'party' AND month = :'month'
		  AND	line <= 8
		ORDER BY line) AS r;

SELECT	jsonb_build_object('assumptions', coalesce(jsonb_agg(a), '[]'))
FROM   (SELECT	reference_table, count(*) AS assumed
		FROM	pmr.assumption
		WHERE	valid_from <= now() AND (replaced_from > now()) IS NOT TRUE
		GROUP BY reference_table
		ORDER BY reference_table) AS a;

/*
 * Target met by month and business process, with the level that the verdict
 * uses: that of the process, or else of all processes, at the end of the month.
 */
SELECT	substring(item FROM 'days in (.*)$') AS zone
FROM	pmr.performance_report
WHERE	source = :'source' AND party = :'party' AND month = :'month' AND line = 1 \gset
SELECT	jsonb_build_object('processes', coalesce(jsonb_agg(p), '[]'))
FROM   (SELECT	to_char(r.month, 'YYYY-MM') AS month, r.item AS process, r.requests,
				c.met, c.measured, r.target_met_pct, r.verdict,
				l.target_pct, l.minimum_pct, l.source AS level_source
		FROM	pmr.performance_report AS r
				LEFT JOIN pmr.current_business_process AS b ON b.name = r.item
				LEFT JOIN
				   (SELECT	month, business_process, sum(met) AS met, sum(met + missed) AS measured
					FROM	pmr.party_business_process
					WHERE	source = :'source' AND party = :'party'
					GROUP BY month, business_process
					UNION ALL
					SELECT	month, 'all', sum(met), sum(met + missed)
					FROM	pmr.party_performance
					WHERE	source = :'source' AND party = :'party'
					GROUP BY month) AS c
					ON c.month = r.month AND c.business_process = coalesce(b.business_process, 'all')
				LEFT JOIN LATERAL
				   (SELECT	s.*
					FROM	pmr.service_level AS s
					WHERE	s.measure IN (b.business_process, 'business_process') AND s.srv = ''
					  AND	b.business_process IS NOT NULL
					  AND	s.valid_from < (r.month + interval '1 month') AT TIME ZONE :'zone'
					ORDER BY s.measure <> b.business_process, s.builtin, s.valid_from DESC
					LIMIT	1) AS l ON true
		WHERE	r.source = :'source' AND r.party = :'party' AND r.mode = 'all'
		  AND	r.month BETWEEN :'month'::date - interval '11 months' AND :'month'
		  AND  (b.name IS NOT NULL OR r.item LIKE 'All requests,%')
		ORDER BY b.report_order NULLS FIRST, r.month) AS p;

SELECT	jsonb_build_object('levels', coalesce(jsonb_agg(l), '[]'))
FROM   (SELECT measure, target_pct, minimum_pct, status, source
		FROM	pmr.current_service_level
		WHERE	srv = '' AND num_nonnulls(target_pct, minimum_pct) > 0
		ORDER BY measure) AS l;

/* Target met by month and Party, for the Parties that the role can see. */
SELECT	jsonb_build_object('parties', coalesce(jsonb_agg(p), '[]'))
FROM   (SELECT	party, to_char(month, 'YYYY-MM') AS month,
				sum(met) AS met, sum(met + missed) AS measured,
				(100.0 * sum(met) / sum(met + missed))::float8 AS target_met_pct
		FROM	pmr.party_performance
		WHERE	source = :'source'
		  AND	month BETWEEN :'month'::date - interval '11 months' AND :'month'
		GROUP BY party, month
		HAVING	sum(met + missed) > 0
		ORDER BY party, month) AS p;

/* Round-trip times of the month by SRV and mode. */
SELECT	jsonb_build_object('times', coalesce(jsonb_agg(t), '[]'))
FROM   (SELECT	p.srv, p.mode, n.name, p.requests, p.no_response, p.not_measured, p.pending,
				p.invalid, p.answered, p.answered_pct,
				p.target_met_pct, p.target_met_low_pct, p.target_met_high_pct, p.p50_s, p.p90_s, p.p95_s, p.p99_s, p.p95_all_s,
				p.target_s, p.target_status
		FROM	pmr.party_performance AS p
				LEFT JOIN pmr.current_service_reference_variant AS n USING (srv)
		WHERE	p.source = :'source' AND p.party = :'party' AND p.month = :'month'
		ORDER BY p.requests DESC, p.srv, p.mode) AS t;

SELECT	jsonb_build_object('findings', coalesce(jsonb_agg(d ORDER BY d.rank), '[]'))
FROM   (SELECT	rank, factor, value, requests, missed, expected, excess, p_value, finding,
				kind, first_day, last_day, began, burst_days, burst_excess
		FROM	pmr.diagnose(:'party', :'month', :'month', :'source')) AS d;

SELECT	jsonb_build_object('comparison', coalesce(jsonb_agg(c), '[]'))
FROM   (SELECT	c.srv, c.mode, n.name, c.measured, c.own_met_pct, c.category_met_pct,
				c.industry_met_pct, c.expected_met_pct, c.missed_ratio, c.verdict,
				c.suppressed
		FROM	pmr.party_comparison AS c
				LEFT JOIN pmr.current_service_reference_variant AS n USING (srv)
		WHERE	c.source = :'source' AND c.party = :'party' AND c.month = :'month'
		ORDER BY c.srv <> 'all', c.measured DESC, c.srv, c.mode) AS c;

COMMIT;
