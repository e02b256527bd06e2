/* A Party's factor values beside those of others */

/* Rates of others with a value of a factor, and with their other values. */
CREATE FUNCTION pmr.others_value(source text, month date, own text[], all_parties boolean, hidden integer[])
	RETURNS TABLE (factor text, value text, srv text, mode text, device_generation text, measured bigint, missed integer, other_measured bigint, other_missed integer)
	LANGUAGE plpgsql STABLE
	ROWS 1000
	SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	SELECT v.factor, v.value, v.srv, v.mode, v.device_generation, v.measured, 1000 - pmr.per_mille(v.met, v.measured),
		v.all_measured - v.measured, 1000 - pmr.per_mille(v.all_met - v.met, v.all_measured - v.measured)
	FROM (SELECT f.*, max(f.measured) FILTER (WHERE f.kind = 'generation') OVER w AS all_measured, max(f.met) FILTER (WHERE f.kind = 'generation') OVER w AS all_met
		  FROM pmr.others_figure(others_value.source, others_value.month, others_value.own, others_value.all_parties, others_value.hidden) AS f
		  WHERE f.kind IN ('generation', 'value')
		  WINDOW w AS (PARTITION BY f.srv, f.mode, f.device_generation)) AS v
	WHERE v.kind = 'value' AND v.all_measured IS NOT NULL;
END
$$;
COMMENT ON FUNCTION pmr.others_value(text, date, text[], boolean, integer[]) IS 'internal: misses of others in thousandths, with a value of a factor and with the other values of the factor';

/* A Party's requests with a value of a factor, and with its other values. */
CREATE FUNCTION pmr.own_value(source text, month date, party text)
	RETURNS TABLE (factor text, value text, srv text, mode text, device_generation text, measured bigint, met bigint, other_measured bigint, other_missed bigint)
	LANGUAGE plpgsql STABLE
	ROWS 1000
	SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	SELECT c.factor, c.value, c.srv, c.mode, c.device_generation, sum(c.measured)::bigint, sum(c.met)::bigint,
		(sum(sum(c.measured)) OVER w - sum(c.measured))::bigint, (sum(sum(c.measured - c.met)) OVER w - sum(c.measured - c.met))::bigint
	FROM pmr.publication_cell AS c
	WHERE c.source = own_value.source AND c.month = own_value.month AND c.party = own_value.party AND c.factor <> 'all'
	GROUP BY c.factor, c.value, c.srv, c.mode, c.device_generation
	WINDOW w AS (PARTITION BY c.factor, c.srv, c.mode, c.device_generation);
END
$$;
COMMENT ON FUNCTION pmr.own_value(text, date, text) IS 'internal: measured requests of a Party in a publication, with a value of a factor and with the other values of the factor';

/*
 * Sums over the strata of a Party's requests with a value: n requests; o with
 * the other values of the Party; v of others with the value, and w of others
 * with their other values.  Each rate is applied where it is known.  Misses
 * expected at rates of others are in thousandths.
 */
CREATE FUNCTION pmr.value_sums(source text, month date, party text, own text[], all_parties boolean, hidden integer[])
	RETURNS TABLE (factor text, value text, measured bigint, met bigint, n double precision,
		o_covered double precision, o_missed bigint, o_expected double precision, pooled double precision, own_variance double precision,
		v_covered double precision, v_expected double precision,
		w_covered double precision, w_expected double precision, vw_expected double precision, others_variance double precision)
	LANGUAGE plpgsql STABLE
	ROWS 200
	SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	WITH mix AS (
		SELECT c.factor, c.value, c.srv, c.mode, c.device_generation, c.measured, c.met,
			nullif(c.measured, 0)::double precision AS n, c.measured - c.met AS missed,
			nullif(c.other_measured, 0)::double precision AS o, c.other_missed::double precision AS o_missed,
			(c.measured - c.met + c.other_missed)::double precision / nullif(c.measured + c.other_measured, 0)::double precision AS q_own,
			v.measured::double precision AS v, v.missed AS v_missed,
			nullif(v.other_measured, 0)::double precision AS w, v.other_missed AS w_missed
		FROM pmr.own_value(value_sums.source, value_sums.month, value_sums.party) AS c
			LEFT JOIN pmr.others_value(value_sums.source, value_sums.month, value_sums.own, value_sums.all_parties, value_sums.hidden) AS v
				ON v.factor = c.factor AND v.value = c.value AND v.srv = c.srv AND v.mode = c.mode AND v.device_generation = c.device_generation AND c.measured > 0
	), rate AS (
		SELECT m.*, (m.v_missed * m.v + m.w_missed * m.w) / (1000.0::double precision * (m.v + m.w)) AS q_others
		FROM mix AS m
	)
	SELECT r.factor, r.value, sum(r.measured)::bigint, sum(r.met)::bigint, sum(r.n),
		sum(r.n) FILTER (WHERE r.o > 0), (sum(r.missed) FILTER (WHERE r.n > 0 AND r.o > 0))::bigint,
		sum(r.n * r.o_missed / r.o ORDER BY r.srv, r.mode, r.device_generation),
		sum(r.n * r.q_own ORDER BY r.srv, r.mode, r.device_generation) FILTER (WHERE r.o > 0),
		sum(r.n * r.q_own * (1 - r.q_own) * (1 + r.n / r.o) ORDER BY r.srv, r.mode, r.device_generation),
		sum(r.n) FILTER (WHERE r.v > 0), sum(r.n * r.v_missed),
		sum(r.n) FILTER (WHERE r.w > 0), sum(r.n * r.w_missed), sum(r.n * r.v_missed) FILTER (WHERE r.w > 0),
		sum(r.n * r.n * r.q_others * (1 - r.q_others) * (1 / r.v + 1 / r.w) ORDER BY r.srv, r.mode, r.device_generation)
	FROM rate AS r
	GROUP BY r.factor, r.value;
END
$$;
COMMENT ON FUNCTION pmr.value_sums(text, date, text, text[], boolean, integer[]) IS 'internal: sums over strata that factor_comparison is made from, by value of each factor';

CREATE FUNCTION pmr.factor_comparison_of(role pmr.requesting_role, source text, party text, month date)
	RETURNS TABLE (factor text, value text, measured bigint, own_met_pct double precision, own_other_met_pct double precision, same_value_met_pct double precision, other_values_met_pct double precision,
		verdict text, coverage_pct double precision, suppressed text)
	LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER
	ROWS 50
	SET search_path = pg_catalog, pg_temp
	SET debug_print_plan = off
	SET jit = off
AS $$
#variable_conflict use_column
DECLARE
	reader record;
	phi double precision;
BEGIN
	IF NOT pmr.can_see_party(factor_comparison_of.role, factor_comparison_of.party) OR NOT EXISTS (
			SELECT FROM pmr.publication_party AS p
			WHERE p.source = factor_comparison_of.source AND p.month = factor_comparison_of.month AND p.party = factor_comparison_of.party) THEN
		RETURN;
	END IF;
	SELECT * INTO reader FROM pmr.reader(factor_comparison_of.role, factor_comparison_of.source, factor_comparison_of.month, factor_comparison_of.party);
	SELECT coalesce(greatest(1, sum(pmr.chi_square(c.squares, c.measured, c.met) ORDER BY c.srv, c.mode, c.device_generation, c.qualifier) / sum(c.days - 1)), 1) INTO phi
	FROM pmr.publication_cell AS c
	WHERE c.source = factor_comparison_of.source AND c.month = factor_comparison_of.month AND c.party = factor_comparison_of.party
	  AND c.factor = 'all' AND c.days > 1 AND c.met < c.measured AND c.met > 0;

	RETURN QUERY
	SELECT s.factor, s.value, s.measured, pmr.percentage(s.met, s.measured),
		CASE WHEN f.o_covers THEN round((100 - 100 * s.o_expected / s.o_covered)::numeric, 2)::double precision END,
		CASE WHEN f.v_covers THEN round((100 - s.v_expected / (10 * s.v_covered))::numeric, 2)::double precision END,
		CASE WHEN f.w_covers THEN round((100 - s.w_expected / (10 * s.w_covered))::numeric, 2)::double precision END,
		CASE
			WHEN f.v_covers IS NOT TRUE OR f.w_covers IS NOT TRUE THEN NULL
			WHEN f.others_worse AND f.own_worse THEN 'bad for everyone'
			WHEN f.o_covers IS NOT TRUE OR s.pooled < 5 THEN CASE WHEN f.others_worse THEN 'bad for others' ELSE 'too little to say' END
			WHEN f.others_worse THEN 'bad for others'
			WHEN f.own_worse THEN 'only yours'
			ELSE 'not worse'
		END,
		round((100 * coalesce(s.v_covered, 0) / s.n)::numeric, 1)::double precision,
		CASE
			WHEN s.n IS NULL THEN NULL
			WHEN f.v_covers IS NOT TRUE THEN 'others are too few, or too unequal'
			WHEN f.w_covers IS NOT TRUE THEN 'others have no other values'
		END
	FROM pmr.value_sums(factor_comparison_of.source, factor_comparison_of.month, factor_comparison_of.party, reader.own, reader.every_party, reader.hidden) AS s
		CROSS JOIN LATERAL (SELECT
			0.9 * s.n <= s.o_covered AS o_covers, 0.9 * s.n <= s.v_covered AS v_covers, 0.9 * s.n <= s.w_covered AS w_covers,
			s.o_missed - s.o_expected > 3.29 * sqrt(phi * s.own_variance)
				AND s.o_missed - s.o_expected >= greatest(5, 0.001 * s.o_covered) AS own_worse,
			s.vw_expected - s.w_expected > 3290 * sqrt(phi * s.others_variance) + s.w_covered
				AND s.vw_expected - s.w_expected >= greatest(5000, 2 * s.w_covered) AS others_worse) AS f
	ORDER BY s.factor, s.value;
END
$$;
COMMENT ON FUNCTION pmr.factor_comparison_of(pmr.requesting_role, text, text, date) IS 'internal: factor_comparison of one Party and month';

CREATE VIEW pmr.factor_comparison AS
	SELECT k.source, k.party, k.month, c.*, k.as_of
	FROM pmr.published_month(pmr.requesting_role()) AS k, pmr.factor_comparison_of(pmr.requesting_role(), k.source, k.party, k.month) AS c;
COMMENT ON VIEW pmr.factor_comparison IS 'whether a value of a factor, such as a firmware, is bad for everyone: a Party''s requests with the value in a published month beside those of others, at the Party''s mix of SRV, mode and device generation; others are as in party_comparison';
COMMENT ON COLUMN pmr.factor_comparison.source IS 'name of the source, as given to pmr.add_source';
COMMENT ON COLUMN pmr.factor_comparison.party IS 'the Party, as the audit table names it';
COMMENT ON COLUMN pmr.factor_comparison.month IS 'first day of the month; days begin at midnight in the time zone of the source';
COMMENT ON COLUMN pmr.factor_comparison.factor IS 'name of the factor; each request has one value of every factor, so counts of one factor can be added up, and those of several cannot';
COMMENT ON COLUMN pmr.factor_comparison.value IS 'value of the factor; empty: the request names none';
COMMENT ON COLUMN pmr.factor_comparison.measured IS 'number of the Party''s requests with the value in the publication that were met or missed';
COMMENT ON COLUMN pmr.factor_comparison.own_met_pct IS 'percentage of measured that were met, from 0 to 100, to two decimals; NULL: measured is 0';
COMMENT ON COLUMN pmr.factor_comparison.own_other_met_pct IS 'percentage that the Party''s rates with the other values of the factor would give at the same mix of SRV, mode and device generation, from 0 to 100, to two decimals; NULL: these rates are known for less than 90 % of measured';
COMMENT ON COLUMN pmr.factor_comparison.same_value_met_pct IS 'percentage that the rates of others with this value would give at the same mix of SRV, mode and device generation, from 0 to 100, to two decimals; NULL: coverage_pct is under 90';
COMMENT ON COLUMN pmr.factor_comparison.other_values_met_pct IS 'percentage that the rates of others with their other values would give at the same mix of SRV, mode and device generation, from 0 to 100, to two decimals; NULL: these rates are known for less than 90 % of measured';
COMMENT ON COLUMN pmr.factor_comparison.verdict IS 'is the value worse than other values of the factor: bad for everyone, bad for others, only yours (the Party''s), not worse, or too little to say; NULL: same_value_met_pct or other_values_met_pct is NULL';
COMMENT ON COLUMN pmr.factor_comparison.coverage_pct IS 'percentage of measured for which the rate of others with this value is known, from 0 to 100, to one decimal; NULL: measured is 0';
COMMENT ON COLUMN pmr.factor_comparison.suppressed IS 'why figures of others are NULL; NULL: none of them is hidden, or measured is 0';
COMMENT ON COLUMN pmr.factor_comparison.as_of IS 'time as of which the published month was rolled up: responses after it are not counted';
