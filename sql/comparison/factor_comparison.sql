/* A Party's factor values beside those of others */

CREATE FUNCTION pmr.factor_comparison_of(source text, party text, month date)
	RETURNS TABLE (factor text, value text, measured bigint, own_met_pct double precision, own_other_met_pct double precision, same_value_met_pct double precision, other_values_met_pct double precision,
		verdict text, coverage_pct double precision, suppressed text)
	LANGUAGE sql STABLE SECURITY DEFINER
	ROWS 50
	SET search_path = pg_catalog, pg_temp
	SET jit = off
	SET enable_nestloop = off
BEGIN ATOMIC
	WITH reader AS MATERIALIZED (
		SELECT pmr.can_see_all_parties() AS can_see_all_parties, pmr.own_groups(factor_comparison_of.source, factor_comparison_of.month, factor_comparison_of.party) AS own
		WHERE pmr.can_see_party(factor_comparison_of.party)
	), asked AS MATERIALIZED (
		SELECT r.can_see_all_parties, cardinality(r.own) = 1 AS one_group, r.own[1] AS own
		FROM reader AS r CROSS JOIN pmr.publication AS u
			JOIN pmr.publication_party AS p ON p.source = u.source AND p.month = u.month
		WHERE u.source = factor_comparison_of.source AND u.month = factor_comparison_of.month
		  AND p.party = factor_comparison_of.party
	), cell AS MATERIALIZED (
		SELECT c.factor, c.value, c.srv, c.mode, c.device_generation, sum(c.measured)::bigint AS measured, sum(c.met)::bigint AS met
		FROM asked AS a JOIN pmr.publication_cell AS c ON c.source = factor_comparison_of.source AND c.month = factor_comparison_of.month AND c.party = factor_comparison_of.party
		WHERE c.factor <> 'all'
		GROUP BY c.factor, c.value, c.srv, c.mode, c.device_generation
	), spread AS MATERIALIZED (
		SELECT coalesce(greatest(1, sum((c.squares - (c.measured - c.met)::double precision * (c.measured - c.met) / c.measured)
						* (c.measured::double precision * c.measured) / ((c.measured - c.met)::double precision * c.met)
					ORDER BY c.srv, c.mode, c.device_generation, c.qualifier)
				/ sum(c.days - 1)), 1) AS phi
		FROM asked AS a JOIN pmr.publication_cell AS c ON c.source = factor_comparison_of.source AND c.month = factor_comparison_of.month AND c.party = factor_comparison_of.party
		WHERE c.factor = 'all' AND c.days > 1 AND c.met < c.measured AND c.met > 0
	), figure AS MATERIALIZED (
		SELECT f.kind, f.srv, f.mode, f.device_generation, f.factor, f.value, f.figure, f.part_of,
			f.total_measured - coalesce(f.measured[array_position(f.groups, a.own)], 0) AS measured,
			f.total_met - coalesce(f.met[array_position(f.groups, a.own)], 0) AS met
		FROM asked AS a JOIN pmr.publication_figure AS f ON f.source = factor_comparison_of.source AND f.month = factor_comparison_of.month
		WHERE f.kind IN ('generation', 'value') AND (a.can_see_all_parties OR a.one_group AND f.shown)
	), own AS (
		/* own requests with the value (n), and with the other values of the factor (o) */
		SELECT c.*, sum(c.measured) OVER w - c.measured AS o_measured, sum(c.measured - c.met) OVER w - (c.measured - c.met) AS o_missed
		FROM cell AS c
		WINDOW w AS (PARTITION BY c.factor, c.srv, c.mode, c.device_generation)
	), mix AS MATERIALIZED (
		/* and misses of a thousand: of others with the value (v), and with their other values (w) */
		SELECT c.factor, c.value, c.srv, c.mode, c.device_generation, c.measured::double precision AS n, c.measured - c.met AS missed,
			nullif(c.o_measured, 0)::double precision AS o, c.o_missed::double precision AS o_missed,
			(c.measured - c.met + c.o_missed)::double precision / (c.measured + c.o_measured)::double precision AS q_own,
			v.measured::double precision AS v, 1000 - pmr.per_mille(v.met, v.measured) AS v_missed,
			nullif(g.measured - v.measured, 0)::double precision AS w, 1000 - pmr.per_mille(g.met - v.met, g.measured - v.measured) AS w_missed
		FROM own AS c
			LEFT JOIN (figure AS v JOIN figure AS g ON v.kind = 'value' AND g.kind = 'generation' AND g.figure = v.part_of AND v.measured > 0)
				ON v.factor = c.factor AND v.value = c.value AND v.srv = c.srv AND v.mode = c.mode AND v.device_generation = c.device_generation
		WHERE c.measured > 0
	), rate AS (
		SELECT m.*, (m.v_missed * m.v + m.w_missed * m.w) / (1000.0::double precision * (m.v + m.w)) AS q_others
		FROM mix AS m
	), total AS (
		SELECT r.factor, r.value,
			sum(r.n) AS n, sum(r.missed) AS missed,
			sum(r.n) FILTER (WHERE r.o > 0) AS o_covered, sum(r.missed) FILTER (WHERE r.o > 0) AS o_missed,
			sum(r.n * r.o_missed / r.o ORDER BY r.srv, r.mode, r.device_generation) AS o_expected,
			sum(r.n * r.q_own ORDER BY r.srv, r.mode, r.device_generation) FILTER (WHERE r.o > 0) AS pooled,
			sum(r.n * r.q_own * (1 - r.q_own) * (1 + r.n / r.o) ORDER BY r.srv, r.mode, r.device_generation) AS own_variance,
			sum(r.n) FILTER (WHERE r.v > 0) AS v_covered, sum(r.n * r.v_missed) AS v_expected,
			sum(r.n) FILTER (WHERE r.w > 0) AS w_covered, sum(r.n * r.w_missed) AS w_expected, sum(r.n * r.v_missed) FILTER (WHERE r.w > 0) AS vw_expected,
			sum(r.n * r.n * r.q_others * (1 - r.q_others) * (1 / r.v + 1 / r.w) ORDER BY r.srv, r.mode, r.device_generation) AS others_variance
		FROM rate AS r
		GROUP BY r.factor, r.value
	), finding AS (
		SELECT t.*, 0.9 * t.n <= t.o_covered AS o_covers, 0.9 * t.n <= t.v_covered AS v_covers, 0.9 * t.n <= t.w_covered AS w_covers,
			t.o_missed - t.o_expected > 3.29 * sqrt(s.phi * t.own_variance)
				AND t.o_missed - t.o_expected >= greatest(5, 0.001 * t.o_covered) AS own_worse,
			t.vw_expected - t.w_expected > 3290 * sqrt(s.phi * t.others_variance) + t.w_covered
				AND t.vw_expected - t.w_expected >= greatest(5000, 2 * t.w_covered) AS others_worse
		FROM total AS t CROSS JOIN spread AS s
	)
	SELECT o.factor, o.value, o.measured, pmr.percentage(o.met, o.measured),
		CASE WHEN f.o_covers THEN round((100 - 100 * f.o_expected / f.o_covered)::numeric, 2)::double precision END,
		CASE WHEN f.v_covers THEN round((100 - f.v_expected / (10 * f.v_covered))::numeric, 2)::double precision END,
		CASE WHEN f.w_covers THEN round((100 - f.w_expected / (10 * f.w_covered))::numeric, 2)::double precision END,
		CASE
			WHEN f.v_covers IS NOT TRUE OR f.w_covers IS NOT TRUE THEN NULL
			WHEN f.others_worse AND f.own_worse THEN 'bad for everyone'
			WHEN f.o_covers IS NOT TRUE OR f.pooled < 5 THEN CASE WHEN f.others_worse THEN 'bad for others' ELSE 'too little to say' END
			WHEN f.others_worse THEN 'bad for others'
			WHEN f.own_worse THEN 'only yours'
			ELSE 'not worse'
		END,
		round((100 * coalesce(f.v_covered, 0) / f.n)::numeric, 1)::double precision,
		CASE
			WHEN f.n IS NULL THEN NULL
			WHEN NOT a.can_see_all_parties AND NOT a.one_group THEN 'your Parties are of several groups'
			WHEN f.v_covers IS NOT TRUE THEN 'others are too few, or too unequal'
			WHEN f.w_covers IS NOT TRUE THEN 'others have no other values'
		END
	FROM asked AS a
		CROSS JOIN (SELECT c.factor, c.value, sum(c.measured)::bigint AS measured, sum(c.met)::bigint AS met FROM cell AS c GROUP BY c.factor, c.value) AS o
		LEFT JOIN finding AS f ON f.factor = o.factor AND f.value = o.value
	ORDER BY o.factor, o.value;
END;
COMMENT ON FUNCTION pmr.factor_comparison_of(text, text, date) IS 'internal: factor_comparison of one Party and month';

CREATE VIEW pmr.factor_comparison AS
	SELECT k.source, k.party, k.month, c.*, k.as_of
	FROM pmr.published_month() AS k, pmr.factor_comparison_of(k.source, k.party, k.month) AS c;
COMMENT ON VIEW pmr.factor_comparison IS 'is a value of a factor, such as a firmware, bad for everyone: a Party''s requests with it in a published month beside those of others, at the Party''s mix';
COMMENT ON COLUMN pmr.factor_comparison.source IS 'name of the source, as given to pmr.add_source';
COMMENT ON COLUMN pmr.factor_comparison.party IS 'the Party, as the audit table names it';
COMMENT ON COLUMN pmr.factor_comparison.month IS 'first day of the month, whose days are those of the time zone of the source';
COMMENT ON COLUMN pmr.factor_comparison.factor IS 'what requests are told apart by; add up the values of one factor, never those of several';
COMMENT ON COLUMN pmr.factor_comparison.value IS 'value of the factor; empty: the request gave none';
COMMENT ON COLUMN pmr.factor_comparison.measured IS 'own requests of the publication that were met or missed';
COMMENT ON COLUMN pmr.factor_comparison.own_met_pct IS '100 met / (met + missed) of the Party''s own requests of the publication';
COMMENT ON COLUMN pmr.factor_comparison.own_other_met_pct IS 'what your rates with the other values of the factor would give at the same mix of SRV, mode and generation';
COMMENT ON COLUMN pmr.factor_comparison.same_value_met_pct IS 'what the rates of others with this value would give at your mix of SRV, mode and generation';
COMMENT ON COLUMN pmr.factor_comparison.other_values_met_pct IS 'what the rates of others with their other values would give at your mix';
COMMENT ON COLUMN pmr.factor_comparison.verdict IS 'worse than other values of the factor: bad for everyone, bad for others, only yours, not worse, or too little to say';
COMMENT ON COLUMN pmr.factor_comparison.coverage_pct IS 'share of your measured requests with the value that could be compared';
COMMENT ON COLUMN pmr.factor_comparison.suppressed IS 'why figures are NULL';
COMMENT ON COLUMN pmr.factor_comparison.as_of IS 'of the publication';
