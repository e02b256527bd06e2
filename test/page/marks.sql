/*
 * marks.sql
 *		How many marks each chart of a page must have, counted in the views as
 *		the role sees them, independently of page.sql and page.mjs.
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

SELECT	jsonb_object_agg(chart || ' ' || mark, marks)
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
		SELECT	'findings', 'bar', count(*)
		FROM	pmr.diagnose(:'party', :'month', :'month')
		WHERE	p_value < 0.05 AND excess >= 5 AND excess >= 0.001 * requests
		UNION ALL
		SELECT	'comparison', 'point', sum(num_nonnulls(own_met_pct, industry_met_pct, expected_met_pct))
		FROM   (SELECT	*
				FROM	pmr.party_comparison
				WHERE	party = :'party' AND month = :'month' AND measured > 0
				ORDER BY srv <> 'all', measured DESC, srv, mode
				LIMIT	14) AS c) AS m;
