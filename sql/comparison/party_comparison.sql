/* A Party beside the rest of its category and of the industry */

/*
 * The verdict on an excess of misses: 3.29 standard deviations are passed by
 * chance once in a thousand.  The rates that were expected are rounded, by up
 * to half a thousandth.
 */
CREATE FUNCTION pmr.excess_verdict(excess double precision, variance double precision, measured bigint, expected double precision) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	RETURN CASE
		WHEN expected < 5 THEN 'too few'
		WHEN excess > 3.29 * sqrt(variance) + 0.0005 * measured THEN 'worse'
		WHEN excess < -3.29 * sqrt(variance) - 0.0005 * measured THEN 'better'
		ELSE 'no difference'
	END;
COMMENT ON FUNCTION pmr.excess_verdict(double precision, double precision, bigint, double precision) IS 'internal: worse, better, no difference or too few, of an excess of misses';

/*
 * Whatever is shown beside own figures is made from others' rates in whole
 * thousandths, so that it cannot tell more than these.  The planner takes each
 * CTE for a row or two, so nested loops are kept from it, here and below.
 */
CREATE FUNCTION pmr.party_comparison_of(source text, party text, month date)
	RETURNS TABLE (srv text, mode text, measured bigint, own_met_pct double precision, category_met_pct double precision, industry_met_pct double precision,
		expected_met_pct double precision, excess_pct double precision, missed_ratio double precision, verdict text, coverage_pct double precision,
		median_met_pct double precision, rank bigint, ranked bigint,
		own_p50_s double precision, others_p50_s double precision, own_p95_s double precision, others_p95_s double precision, suppressed text)
	LANGUAGE sql STABLE SECURITY DEFINER
	ROWS 50
	SET search_path = pg_catalog, pg_temp
	SET jit = off
	SET enable_nestloop = off
BEGIN ATOMIC
	WITH reader AS MATERIALIZED (
		SELECT pmr.can_see_all_parties() AS can_see_all_parties, pmr.own_groups(party_comparison_of.source, party_comparison_of.month, party_comparison_of.party) AS own
		WHERE pmr.can_see_party(party_comparison_of.party)
	), asked AS MATERIALIZED (
		SELECT u.region_factor, u.min_group_requests, u.min_groups_ranked, p.category, r.can_see_all_parties, r.own, cardinality(r.own) = 1 AS one_group,
			(SELECT count(DISTINCT c.category) FROM pmr.publication_party AS c
			 WHERE c.source = u.source AND c.month = u.month AND c.supplier_group = ANY (r.own)) AS categories
		FROM reader AS r CROSS JOIN pmr.publication AS u
			JOIN pmr.publication_party AS p ON p.source = u.source AND p.month = u.month
		WHERE u.source = party_comparison_of.source AND u.month = party_comparison_of.month
		  AND p.party = party_comparison_of.party
	), figure AS MATERIALIZED (
		SELECT f.kind = 'all' AS total, f.kind, f.srv, f.mode, f.device_generation, f.qualifier, f.value, f.groups, f.measured AS group_measured, f.met AS group_met,
			f.total_measured - g.measured AS measured, f.total_met - g.met AS met,
			CASE WHEN a.one_group AND (a.can_see_all_parties OR f.times_shown) THEN f.p50_s[array_position(f.groups, a.own[1])] END AS p50_s,
			CASE WHEN a.one_group AND (a.can_see_all_parties OR f.times_shown) THEN f.p95_s[array_position(f.groups, a.own[1])] END AS p95_s
		FROM asked AS a
			JOIN pmr.publication_figure AS f ON f.source = party_comparison_of.source AND f.month = party_comparison_of.month
			CROSS JOIN LATERAL (SELECT coalesce(sum(f.measured[array_position(f.groups, o.name)]), 0)::bigint AS measured,
									coalesce(sum(f.met[array_position(f.groups, o.name)]), 0)::bigint AS met
								FROM unnest(a.own) AS o (name)) AS g
		WHERE (f.kind IN ('all', 'srv', 'stratum') OR f.kind = 'value' AND f.factor = a.region_factor
			OR f.kind = 'category' AND f.category = a.category AND (a.can_see_all_parties OR a.one_group AND a.categories = 1))
		  AND (a.can_see_all_parties OR f.shown)
		  AND (a.can_see_all_parties OR a.one_group OR f.figure IN (SELECT w.figure FROM pmr.shown_without(party_comparison_of.source, party_comparison_of.month, a.own) AS w))
		  AND f.total_measured > g.measured
	), cell AS MATERIALIZED (
		SELECT c.*
		FROM asked AS a JOIN pmr.publication_cell AS c ON c.source = party_comparison_of.source AND c.month = party_comparison_of.month
			AND c.party = party_comparison_of.party AND c.factor IN ('all', a.region_factor)
	), own AS (
		SELECT t.total, CASE WHEN t.total THEN 'all' ELSE c.srv END AS srv, CASE WHEN t.total THEN 'all' ELSE c.mode END AS mode,
			sum(c.measured)::bigint AS measured, sum(c.met)::bigint AS met,
			coalesce(greatest(1, sum(CASE WHEN c.days > 1 AND c.met < c.measured AND c.met > 0
					THEN (c.squares - (c.measured - c.met)::double precision * (c.measured - c.met) / c.measured)
						* (c.measured::double precision * c.measured) / ((c.measured - c.met)::double precision * c.met) END
					ORDER BY c.srv, c.mode, c.device_generation, c.qualifier)
				/ sum(c.days - 1) FILTER (WHERE c.days > 1 AND c.met < c.measured AND c.met > 0)), 1) AS phi,
			CASE WHEN NOT t.total THEN pmr.rtt_percentiles(pmr.rtt_merge(c.rtt) FILTER (WHERE NOT t.total), '{0.5,0.95}') END AS s
		FROM cell AS c CROSS JOIN (VALUES (false), (true)) AS t (total)
		WHERE c.factor = 'all'
		GROUP BY 1, 2, 3, t.total
	), own_stratum AS (
		SELECT c.srv, c.mode, c.device_generation, c.qualifier, c.value, sum(c.measured)::bigint AS measured, sum(c.measured - c.met)::bigint AS missed
		FROM asked AS a JOIN cell AS c ON c.factor = coalesce(a.region_factor, 'all')
		GROUP BY c.srv, c.mode, c.device_generation, c.qualifier, c.value
	), mix AS (
		/* others' misses, of a thousand; and the rate of both together, which the variance is of */
		SELECT o.srv, o.mode, o.device_generation, o.qualifier, o.value, o.measured, o.missed, r.missed AS others_missed, f.measured AS others,
			(r.missed / 1000.0::double precision * f.measured + o.missed) / (f.measured + o.measured) AS q
		FROM own_stratum AS o
			CROSS JOIN LATERAL (
				/* where the stratum is hidden, all qualifiers of it together */
				SELECT f.met, f.measured
				FROM figure AS f
				WHERE f.kind IN ('stratum', 'value') AND f.srv = o.srv AND f.mode = o.mode AND f.device_generation = o.device_generation
				  AND f.value = o.value AND (f.kind = 'value' OR f.qualifier = o.qualifier)
				ORDER BY f.kind
				LIMIT 1
			) AS f
			CROSS JOIN LATERAL (SELECT 1000 - pmr.per_mille(f.met, f.measured) AS missed) AS r
		WHERE o.measured > 0
	), equal AS (
		SELECT t.total, CASE WHEN t.total THEN 'all' ELSE m.srv END AS srv, CASE WHEN t.total THEN 'all' ELSE m.mode END AS mode,
			sum(m.measured)::bigint AS measured, sum(m.missed)::bigint AS missed, sum(m.measured * m.others_missed)::bigint AS expected,
			sum(m.measured * m.q ORDER BY m.srv, m.mode, m.device_generation, m.qualifier, m.value) AS pooled,
			sum(m.measured * m.q * (1 - m.q) * (1 + m.measured::double precision / m.others)
				ORDER BY m.srv, m.mode, m.device_generation, m.qualifier, m.value) AS variance
		FROM mix AS m CROSS JOIN (VALUES (false), (true)) AS t (total)
		GROUP BY 1, 2, 3, t.total
	), standing AS (
		SELECT f.srv, f.mode, count(*) AS groups,
			count(*) FILTER (WHERE pmr.per_mille(g.met, g.measured) > pmr.per_mille(o.met, o.measured)) AS better,
			array_agg(pmr.per_mille(g.met, g.measured) ORDER BY pmr.per_mille(g.met, g.measured)) AS met
		FROM asked AS a CROSS JOIN figure AS f
			CROSS JOIN unnest(f.groups, f.group_measured, f.group_met) AS g (name, measured, met)
			JOIN own AS o ON NOT o.total AND o.srv = f.srv AND o.mode = f.mode
		WHERE f.kind = 'srv' AND g.measured >= a.min_group_requests AND g.name <> ALL (a.own)
		GROUP BY f.srv, f.mode
	)
	SELECT o.srv, o.mode, o.measured, pmr.percentage(o.met, o.measured),
		pmr.per_mille(c.met, c.measured) / 10.0::double precision,
		pmr.per_mille(i.met, i.measured) / 10.0::double precision,
		CASE WHEN e.covers THEN round(100 - e.expected / (10.0 * e.measured), 2)::double precision END,
		CASE WHEN e.covers THEN round(100 * (e.missed - e.expected / 1000.0) / e.measured, 2)::double precision END,
		CASE WHEN e.covers AND e.expected > 0 THEN round(1000.0 * e.missed / e.expected, 2)::double precision END,
		CASE WHEN e.covers THEN pmr.excess_verdict(e.missed - e.expected / 1000.0::double precision, o.phi * e.variance, e.measured, e.pooled) END,
		round(100.0 * coalesce(e.measured, 0) / nullif(o.measured, 0), 1)::double precision,
		CASE WHEN s.ranks THEN (SELECT round(avg(v), 0) / 10 FROM unnest(s.met[greatest((s.groups - 1) / 2, 1):(s.groups + 4) / 2]) AS u (v))::double precision END,
		CASE WHEN s.ranks AND o.measured >= a.min_group_requests THEN s.better + 1 END,
		CASE WHEN s.ranks AND o.measured >= a.min_group_requests THEN s.groups + 1 END,
		o.s[1], i.p50_s, o.s[2], i.p95_s,
		nullif(concat_ws('; ',
			CASE WHEN i.measured IS NULL THEN 'industry: others are too few, or too unequal' END,
			CASE WHEN o.total OR c.measured IS NOT NULL THEN NULL
				WHEN a.category IS NULL THEN 'category: the Party has none'
				WHEN NOT a.can_see_all_parties AND (NOT a.one_group OR a.categories > 1) THEN 'category: your Parties are of several groups or categories'
				ELSE 'category: others are too few, or too unequal' END,
			CASE WHEN e.covers OR o.measured = 0 THEN NULL ELSE 'equal mix: under 90 % covered' END,
			CASE WHEN o.total OR s.ranks THEN NULL ELSE 'median and rank: too few groups' END,
			CASE WHEN o.total OR i.measured IS NULL OR i.p50_s IS NOT NULL THEN NULL
				WHEN a.one_group THEN 'times: others are too few, or too unequal'
				ELSE 'times: your Parties are of several groups' END), '')
	FROM asked AS a CROSS JOIN own AS o
		LEFT JOIN figure AS i ON i.kind IN ('all', 'srv') AND i.total = o.total AND (o.total OR i.srv = o.srv AND i.mode = o.mode)
		LEFT JOIN figure AS c ON c.kind = 'category' AND NOT o.total AND c.srv = o.srv AND c.mode = o.mode
		LEFT JOIN (SELECT q.*, w.measured * 9 <= q.measured * 10 AS covers
				   FROM equal AS q JOIN own AS w ON w.total = q.total AND w.srv = q.srv AND w.mode = q.mode) AS e
			ON e.total = o.total AND e.srv = o.srv AND e.mode = o.mode
		LEFT JOIN (SELECT d.*, b.can_see_all_parties OR d.groups >= b.min_groups_ranked AS ranks FROM standing AS d CROSS JOIN asked AS b) AS s
			ON NOT o.total AND s.srv = o.srv AND s.mode = o.mode
	ORDER BY o.total DESC, o.srv, o.mode;
END;
COMMENT ON FUNCTION pmr.party_comparison_of(text, text, date) IS 'internal: party_comparison of one Party and month';

CREATE VIEW pmr.party_comparison AS
	SELECT k.source, k.party, k.month, c.*, k.as_of
	FROM pmr.published_month() AS k, pmr.party_comparison_of(k.source, k.party, k.month) AS c;
COMMENT ON VIEW pmr.party_comparison IS 'how a Party did in a published month beside the rest of its category and of the industry, and at equal mix: your own Parties, or every one for who sees all';
COMMENT ON COLUMN pmr.party_comparison.source IS 'name of the source, as given to pmr.add_source';
COMMENT ON COLUMN pmr.party_comparison.party IS 'the Party, as the audit table names it';
COMMENT ON COLUMN pmr.party_comparison.month IS 'first day of the month, whose days are those of the time zone of the source';
COMMENT ON COLUMN pmr.party_comparison.srv IS 'all: over all SRVs and modes; others over those that are shown';
COMMENT ON COLUMN pmr.party_comparison.mode IS 'on_demand, future_dated, scheduled or non_device; empty: the request gave none; unknown: a mode that is none of these';
COMMENT ON COLUMN pmr.party_comparison.measured IS 'own requests of the publication that were met or missed; what the percentages are of';
COMMENT ON COLUMN pmr.party_comparison.own_met_pct IS '100 met / (met + missed) of the Party''s own requests of the publication';
COMMENT ON COLUMN pmr.party_comparison.category_met_pct IS 'of the Parties of the same category outside your supplier groups, to 0.1 point';
COMMENT ON COLUMN pmr.party_comparison.industry_met_pct IS 'of all Parties outside your supplier groups, to 0.1 point';
COMMENT ON COLUMN pmr.party_comparison.expected_met_pct IS 'what others'' rates would give at your mix of SRV, qualifier, mode, generation and region';
COMMENT ON COLUMN pmr.party_comparison.excess_pct IS 'misses above those expected at equal mix, of 100 requests';
COMMENT ON COLUMN pmr.party_comparison.missed_ratio IS 'misses over those expected at equal mix; not for ranking Parties, whose mixes differ';
COMMENT ON COLUMN pmr.party_comparison.verdict IS 'at equal mix: worse, better, no difference, or too few misses expected to tell';
COMMENT ON COLUMN pmr.party_comparison.coverage_pct IS 'share of your measured requests that could be compared at equal mix';
COMMENT ON COLUMN pmr.party_comparison.median_met_pct IS 'mean of the middle three or four of the other supplier groups';
COMMENT ON COLUMN pmr.party_comparison.rank IS 'place of the Party among the other supplier groups by percentage met, to 0.1 point; 1 is the best, ties share';
COMMENT ON COLUMN pmr.party_comparison.ranked IS 'the Party and the groups that it was ranked among';
COMMENT ON COLUMN pmr.party_comparison.own_p50_s IS 'median Round Trip Time of the Party''s own answered, in seconds';
COMMENT ON COLUMN pmr.party_comparison.others_p50_s IS 'of the answered requests of all others, to two significant digits';
COMMENT ON COLUMN pmr.party_comparison.own_p95_s IS 'seconds within which 95 of 100 of the Party''s own answered were answered';
COMMENT ON COLUMN pmr.party_comparison.others_p95_s IS 'of the answered requests of all others, to two significant digits';
COMMENT ON COLUMN pmr.party_comparison.suppressed IS 'which figures are NULL, and why';
COMMENT ON COLUMN pmr.party_comparison.as_of IS 'of the publication';
