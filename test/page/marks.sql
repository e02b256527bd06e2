/*
 * marks.sql
 *		How many marks each chart of a page must have, and what its summary must
 *		say: computed from the views as the role sees them, independently of
 *		page.sql and page.mjs.
 *
 *		psql -X -q -A -t -v party=P -v month=YYYY-MM-01 -v role=R -f marks.sql
 */
\set ON_ERROR_STOP on
SET client_min_messages = warning;

\set bars 0
SELECT has_table_privilege('pmr.rollup', 'SELECT') AS trusted \gset
\if :trusted
SELECT	coalesce(sum(bars), 0) AS bars
FROM   (SELECT	sum((SELECT count(*) FROM pmr.rtt_histogram(rtt, ceil(1 + 12 * log(
					pmr.rtt_max(rtt) / greatest(pmr.rtt_min(rtt), 0.001) + 1))::integer))) AS bars
		FROM   (SELECT	pmr.rtt_merge(rtt) AS rtt
				FROM	pmr.rollup
				WHERE	party = :'party' AND month = :'month' AND factor = 'all' AND day IS NULL
				GROUP BY srv, mode
				HAVING	sum(answered) > 0
				ORDER BY sum(requests) DESC, srv, mode
				LIMIT	14) AS r) AS b \gset
\endif
SELECT :'role' <> '' AS as_role \gset
\if :as_role
	SET ROLE :"role";
\endif

SELECT	jsonb_build_object('marks', jsonb_object_agg(chart || ' ' || mark, marks))
FROM   (SELECT	'processes' AS chart, 'point' AS mark, count(*) AS marks
		FROM	pmr.performance_report
		WHERE	party = :'party' AND month <= :'month' AND mode = 'all'
		  AND	item NOT LIKE 'In no row%' AND target_met_pct IS NOT NULL
		  AND  (verdict IS NOT NULL OR item LIKE 'All requests%')
		UNION ALL
		SELECT	'parties', 'point', CASE WHEN pmr.can_see_all_parties() THEN count(DISTINCT party) ELSE 0 END
		FROM	pmr.party_performance
		WHERE	month = :'month' AND met + missed > 0
		UNION ALL
		SELECT	'parties', 'tick', CASE WHEN pmr.can_see_all_parties() THEN count(DISTINCT (party, month)) ELSE 0 END
		FROM	pmr.party_performance AS p
		WHERE	month < :'month' AND met + missed > 0
		  AND	party IN (SELECT n.party FROM pmr.party_performance AS n
						  WHERE n.month = :'month' AND n.met + n.missed > 0)
		UNION ALL
		SELECT	'times', 'bar', :bars
		UNION ALL
		SELECT	'times', 'point', 2 * least(14, count(*))
		FROM	pmr.party_performance
		WHERE	party = :'party' AND month = :'month' AND answered > 0
		UNION ALL
		SELECT	'findings', mark, (SELECT count(kind) FROM pmr.diagnose(:'party', :'month', :'month'))
		FROM	unnest('{bar,month,days}'::text[]) AS mark
		UNION ALL
		SELECT	'comparison', 'point', sum(num_nonnulls(own_met_pct, industry_met_pct, expected_met_pct))
		FROM   (SELECT	*
				FROM	pmr.party_comparison
				WHERE	party = :'party' AND month = :'month' AND measured > 0
				ORDER BY srv <> 'all', measured DESC, srv, mode
				LIMIT	14) AS c) AS m;

/* The days of each claim: in words, and the parts of the month where they begin and end. */
SELECT	jsonb_build_object('days', coalesce(jsonb_agg(jsonb_build_array(
			CASE WHEN kind = 'steady' THEN 'steady' WHEN burst_days = 1 THEN 'burst on 1 day' ELSE format('burst on %s days', burst_days) END
				|| ', ' || CASE WHEN first_day < last_day THEN format('%s to ', extract(day FROM first_day)) ELSE '' END
				|| to_char(last_day::timestamp, 'FMDD FMMonth') || CASE WHEN kind = 'steady' AND began THEN ', none before' ELSE '' END,
			round((first_day - :'month'::date)::numeric / days_asked, 2),
			round((last_day + 1 - :'month'::date)::numeric / days_asked, 2)) ORDER BY rank), '[]'))
FROM	pmr.diagnose(:'party', :'month', :'month')
WHERE	kind IS NOT NULL;

/* Only trusted roles can call the function that has the confidence interval. */
SELECT	coalesce(sum(requests), 0) AS requests, coalesce(sum(met), 0) AS met,
		coalesce(sum(missed), 0) AS missed,
	   (SELECT	requests
		FROM	pmr.performance_report
		WHERE	party = :'party' AND month = :'month' AND item LIKE '%assumed%') AS assumed
FROM	pmr.party_performance
WHERE	party = :'party' AND month = :'month' \gset
SELECT	count(*) FILTER (WHERE verdict LIKE 'below%') AS below,
		count(*) FILTER (WHERE verdict LIKE 'below%' OR verdict = 'met') AS judged
FROM	pmr.performance_report
WHERE	party = :'party' AND month = :'month' AND mode = 'all' \gset
\set interval null
\if :trusted
RESET ROLE;
SELECT	to_json(ARRAY[low_pct, high_pct]) AS interval
FROM	pmr.wilson_interval_pct(:met, :met + :missed, 1) \gset
\endif
SELECT	jsonb_build_object(
			'verdict', jsonb_build_array(
				format('%s %% of %s measured requests', round(100.0 * :met / (:met + :missed), 1),
					   to_char(:met + :missed, 'FM999,999')))
				|| CASE WHEN :below > 0 THEN jsonb_build_array(format('%s of %s business processes', :below, :judged)) ELSE '[]' END,
			'volumes', jsonb_build_array(to_char(:requests, 'FM999,999'), to_char(:met + :missed, 'FM999,999'),
				to_char(:met, 'FM999,999'), to_char(:missed, 'FM999,999')),
			'targets', to_char(:assumed, 'FM999,999') || ' of ' || to_char(:met + :missed, 'FM999,999'),
			'interval', :'interval'::jsonb);
