/* A Party beside the rest of its category and of the industry */

/*
 * Others' rates are in whole thousandths, and every figure that is shown beside
 * own figures is made from these, so that it cannot tell more than they do.
 *
 * Helper functions declare how many rows to expect, so that the planner joins
 * their results by hashing.  Of a CTE over a publication it would expect a row
 * or two, and join by nested loops.  They are in PL/pgSQL, which plans their
 * queries once for all Parties, not once for each.
 */

/*
 * The verdict on an excess of misses.  An excess of 3.29 standard deviations
 * comes by chance once in a thousand times.  The rates that were expected are
 * rounded, by up to half a thousandth.
 */
CREATE FUNCTION pmr.excess_verdict(excess double precision, variance double precision, measured bigint, expected double precision) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	RETURN CASE
		WHEN expected < 5 THEN 'too few'
		WHEN excess > 3.29 * sqrt(variance) + 0.0005 * measured THEN 'worse'
		WHEN excess < -3.29 * sqrt(variance) - 0.0005 * measured THEN 'better'
		ELSE 'no difference'
	END;
COMMENT ON FUNCTION pmr.excess_verdict(double precision, double precision, bigint, double precision) IS 'internal: verdict on an excess of misses: worse, better, no difference or too few';

/* See overdispersion(); this is its sum, before it is divided by the days less one. */
CREATE FUNCTION pmr.chi_square(squares double precision, measured bigint, met bigint) RETURNS double precision
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	RETURN (squares - (measured - met)::double precision * (measured - met) / measured)
		* (measured::double precision * measured) / ((measured - met)::double precision * met);
COMMENT ON FUNCTION pmr.chi_square(double precision, bigint, bigint) IS 'internal: chi-square of days against their sum, of squares = sum(missed^2 / measured) over the days';

/*
 * Figures of a publication less those of own groups, as far as the requesting
 * role may have them.
 */
CREATE FUNCTION pmr.others_figure(source text, month date, own text[], all_parties boolean, hidden integer[])
	RETURNS TABLE (kind text, srv text, mode text, device_generation text, qualifier text, factor text, value text, category text,
		groups text[], group_measured bigint[], group_met bigint[], measured bigint, met bigint, times_shown boolean, p50_s double precision[], p95_s double precision[])
	LANGUAGE sql STABLE
	ROWS 1000
BEGIN ATOMIC
	SELECT f.kind, f.srv, f.mode, f.device_generation, f.qualifier, f.factor, f.value, f.category,
		f.groups, f.measured, f.met, f.total_measured - g.measured, f.total_met - g.met, f.times_shown OR others_figure.all_parties, f.p50_s, f.p95_s
	FROM pmr.publication_figure AS f
		CROSS JOIN LATERAL (SELECT coalesce(sum(f.measured[array_position(f.groups, o.name)]), 0)::bigint AS measured,
								coalesce(sum(f.met[array_position(f.groups, o.name)]), 0)::bigint AS met
							FROM unnest(others_figure.own) AS o (name)) AS g
	WHERE f.source = others_figure.source AND f.month = others_figure.month
	  AND (others_figure.all_parties OR f.shown AND f.figure NOT IN (SELECT h FROM unnest(others_figure.hidden) AS h))
	  AND f.total_measured > g.measured;
END;
COMMENT ON FUNCTION pmr.others_figure(text, date, text[], boolean, integer[]) IS 'internal: figures of a publication without these groups, as far as the requesting role may have them';

/* Rates of others; srv and mode are all where the row is the total. */
CREATE FUNCTION pmr.others_rate(source text, month date, own text[], all_parties boolean, hidden integer[], category text, min_group_requests bigint)
	RETURNS TABLE (total boolean, srv text, mode text, category_rate integer, industry_rate integer, p50_s double precision, p95_s double precision, group_rates integer[])
	LANGUAGE plpgsql STABLE
	ROWS 100
	SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	WITH rate AS (
		SELECT f.kind, CASE f.kind WHEN 'all' THEN 'all' ELSE f.srv END AS srv, CASE f.kind WHEN 'all' THEN 'all' ELSE f.mode END AS mode, pmr.per_mille(f.met, f.measured) AS rate,
			CASE WHEN f.times_shown AND cardinality(others_rate.own) = 1 THEN f.p50_s[array_position(f.groups, others_rate.own[1])] END AS p50_s,
			CASE WHEN f.times_shown AND cardinality(others_rate.own) = 1 THEN f.p95_s[array_position(f.groups, others_rate.own[1])] END AS p95_s,
			CASE f.kind WHEN 'srv' THEN ARRAY(
				SELECT pmr.per_mille(g.met, g.measured) AS rate
				FROM unnest(f.groups, f.group_measured, f.group_met) AS g (name, measured, met)
				WHERE g.measured >= others_rate.min_group_requests AND g.name <> ALL (others_rate.own)
				ORDER BY rate) END AS group_rates
		FROM pmr.others_figure(others_rate.source, others_rate.month, others_rate.own, others_rate.all_parties, others_rate.hidden) AS f
		WHERE f.kind IN ('all', 'srv') OR f.kind = 'category' AND f.category = others_rate.category
	)
	SELECT r.kind = 'all', r.srv, r.mode, max(r.rate) FILTER (WHERE r.kind = 'category'), max(r.rate) FILTER (WHERE r.kind <> 'category'),
		max(r.p50_s), max(r.p95_s), max(r.group_rates)
	FROM rate AS r
	GROUP BY 1, 2, 3;
END
$$;
COMMENT ON FUNCTION pmr.others_rate(text, date, text[], boolean, integer[], text, bigint) IS 'internal: met requests of others in thousandths, their times, and the rates of their groups, lowest first, by SRV and mode';

/* Rates of a Party; srv and mode are all where the row is the total. */
CREATE FUNCTION pmr.own_rate(source text, month date, party text)
	RETURNS TABLE (total boolean, srv text, mode text, measured bigint, met bigint, phi double precision, times_s double precision[])
	LANGUAGE plpgsql STABLE
	ROWS 100
	SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	SELECT t.total, CASE WHEN t.total THEN 'all' ELSE c.srv END, CASE WHEN t.total THEN 'all' ELSE c.mode END, sum(c.measured)::bigint, sum(c.met)::bigint,
		coalesce(greatest(1, sum(CASE WHEN c.days > 1 AND c.met < c.measured AND c.met > 0 THEN pmr.chi_square(c.squares, c.measured, c.met) END
				ORDER BY c.srv, c.mode, c.device_generation, c.qualifier)
			/ sum(c.days - 1) FILTER (WHERE c.days > 1 AND c.met < c.measured AND c.met > 0)), 1),
		CASE WHEN NOT t.total THEN pmr.rtt_percentiles(pmr.rtt_merge(c.rtt) FILTER (WHERE NOT t.total), '{0.5,0.95}') END
	FROM pmr.publication_cell AS c CROSS JOIN (VALUES (false), (true)) AS t (total)
	WHERE c.source = own_rate.source AND c.month = own_rate.month AND c.party = own_rate.party AND c.factor = 'all'
	GROUP BY 1, 2, 3, t.total;
END
$$;
COMMENT ON FUNCTION pmr.own_rate(text, date, text) IS 'internal: counts, overdispersion and times of a Party in a publication, by SRV and mode';

/*
 * A Party's misses beside those that the rates of others give at its own mix
 * of strata, which are those of the publication.  Where the figure of a stratum
 * is hidden, that of its value of the region factor stands for it.
 *
 * The variance is that of the difference between the two, at the rate of both
 * together (pooled).
 */
CREATE FUNCTION pmr.equal_mix(source text, month date, party text, own text[], all_parties boolean, hidden integer[], region_factor text)
	RETURNS TABLE (total boolean, srv text, mode text, measured bigint, missed bigint, expected bigint, pooled double precision, variance double precision)
	LANGUAGE plpgsql STABLE
	ROWS 100
	SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	WITH side AS (
		/* the qualifier is NULL where the figure is that of all of them */
		SELECT c.srv, c.mode, c.device_generation, c.value, c.qualifier, c.measured, c.measured - c.met AS missed, NULL::bigint AS others, NULL::integer AS others_missed
		FROM pmr.publication_cell AS c
		WHERE c.source = equal_mix.source AND c.month = equal_mix.month AND c.party = equal_mix.party AND c.factor = coalesce(equal_mix.region_factor, 'all')
		UNION ALL
		SELECT f.srv, f.mode, f.device_generation, f.value, CASE f.kind WHEN 'stratum' THEN f.qualifier END, NULL, NULL, f.measured, 1000 - pmr.per_mille(f.met, f.measured)
		FROM pmr.others_figure(equal_mix.source, equal_mix.month, equal_mix.own, equal_mix.all_parties, equal_mix.hidden) AS f
		WHERE f.kind = 'stratum' OR f.kind = 'value' AND f.factor = equal_mix.region_factor
	), stratum AS (
		SELECT s.srv, s.mode, s.device_generation, s.value, s.qualifier, sum(s.measured)::bigint AS measured, sum(s.missed)::bigint AS missed,
			coalesce(max(s.others), max(max(s.others) FILTER (WHERE s.qualifier IS NULL)) OVER w) AS others,
			coalesce(max(s.others_missed), max(max(s.others_missed) FILTER (WHERE s.qualifier IS NULL)) OVER w) AS others_missed
		FROM side AS s
		GROUP BY s.srv, s.mode, s.device_generation, s.value, s.qualifier
		WINDOW w AS (PARTITION BY s.srv, s.mode, s.device_generation, s.value)
	), mix AS (
		SELECT s.*, (s.others_missed / 1000.0::double precision * s.others + s.missed) / (s.others + s.measured) AS q
		FROM stratum AS s
		WHERE s.measured > 0 AND s.others IS NOT NULL
	)
	SELECT t.total, CASE WHEN t.total THEN 'all' ELSE m.srv END, CASE WHEN t.total THEN 'all' ELSE m.mode END,
		sum(m.measured)::bigint, sum(m.missed)::bigint, sum(m.measured * m.others_missed)::bigint,
		sum(m.measured * m.q ORDER BY m.srv, m.mode, m.device_generation, m.qualifier, m.value),
		sum(m.measured * m.q * (1 - m.q) * (1 + m.measured::double precision / m.others)
			ORDER BY m.srv, m.mode, m.device_generation, m.qualifier, m.value)
	FROM mix AS m CROSS JOIN (VALUES (false), (true)) AS t (total)
	GROUP BY 1, 2, 3, t.total;
END
$$;
COMMENT ON FUNCTION pmr.equal_mix(text, date, text, text[], boolean, integer[], text) IS 'internal: misses of a Party and those that the rates of others give at its mix of strata, in thousandths, by SRV and mode';

CREATE FUNCTION pmr.party_comparison_of(role pmr.requesting_role, source text, party text, month date)
	RETURNS TABLE (srv text, mode text, measured bigint, own_met_pct double precision, category_met_pct double precision, industry_met_pct double precision,
		expected_met_pct double precision, excess_pct double precision, missed_ratio double precision, verdict text, coverage_pct double precision,
		median_met_pct double precision, rank bigint, ranked bigint,
		own_p50_s double precision, others_p50_s double precision, own_p95_s double precision, others_p95_s double precision, suppressed text)
	LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER
	ROWS 50
	SET search_path = pg_catalog, pg_temp
	SET debug_print_plan = off
	SET jit = off
AS $$
#variable_conflict use_column
DECLARE
	reader record;
	alone boolean;
	categories bigint;
	own_category text;
	shown_category text;
	rule pmr.publication;
BEGIN
	IF NOT pmr.can_see_party(party_comparison_of.role, party_comparison_of.party) THEN
		RETURN;
	END IF;
	SELECT p.category INTO own_category
	FROM pmr.publication_party AS p
	WHERE p.source = party_comparison_of.source AND p.month = party_comparison_of.month AND p.party = party_comparison_of.party;
	IF NOT FOUND THEN
		RETURN;
	END IF;
	SELECT * INTO rule FROM pmr.publication AS u WHERE u.source = party_comparison_of.source AND u.month = party_comparison_of.month;
	SELECT * INTO reader FROM pmr.reader(party_comparison_of.role, rule.source, rule.month, party_comparison_of.party);
	alone := cardinality(reader.combined) = 1;
	SELECT count(DISTINCT p.category) INTO categories
	FROM pmr.publication_party AS p
	WHERE p.source = rule.source AND p.month = rule.month AND p.supplier_group = ANY (reader.combined);
	IF reader.every_party OR categories = 1 THEN
		shown_category := own_category;
	END IF;

	RETURN QUERY
	SELECT o.srv, o.mode, o.measured, pmr.percentage(o.met, o.measured),
		i.category_rate / 10.0::double precision, i.industry_rate / 10.0::double precision,
		CASE WHEN c.covers THEN round(100 - e.expected / (10.0 * e.measured), 2)::double precision END,
		CASE WHEN c.covers THEN round(100 * (e.missed - e.expected / 1000.0) / e.measured, 2)::double precision END,
		CASE WHEN c.covers AND e.expected > 0 THEN round(1000.0 * e.missed / e.expected, 2)::double precision END,
		CASE WHEN c.covers THEN pmr.excess_verdict(e.missed - e.expected / 1000.0::double precision, o.phi * e.variance, e.measured, e.pooled) END,
		round(100.0 * coalesce(e.measured, 0) / nullif(o.measured, 0), 1)::double precision,
		CASE WHEN c.ranks THEN (SELECT round(avg(r), 0) / 10 FROM unnest(i.group_rates[greatest((c.groups - 1) / 2, 1):(c.groups + 4) / 2]) AS r)::double precision END,
		CASE WHEN c.ranks AND o.measured >= rule.min_group_requests THEN 1 + (SELECT count(*) FROM unnest(i.group_rates) AS r WHERE r > pmr.per_mille(o.met, o.measured)) END,
		CASE WHEN c.ranks AND o.measured >= rule.min_group_requests THEN 1 + c.groups END,
		o.times_s[1], CASE WHEN alone THEN i.p50_s END, o.times_s[2], CASE WHEN alone THEN i.p95_s END,
		nullif(concat_ws('; ',
			CASE WHEN i.industry_rate IS NULL THEN 'industry: others are too few, or too unequal' END,
			CASE WHEN o.total OR i.category_rate IS NOT NULL THEN NULL
				WHEN own_category IS NULL THEN 'category: the Party has none'
				WHEN shown_category IS NULL THEN 'category: your Parties, or those combined with them, are of several categories'
				ELSE 'category: others are too few, or too unequal' END,
			CASE WHEN c.covers OR o.measured = 0 THEN NULL ELSE 'equal mix: under 90 % covered' END,
			CASE WHEN o.total OR c.ranks THEN NULL
				WHEN reader.combined = reader.own THEN 'median and rank: too few groups'
				ELSE 'median and rank: another role combines your groups with others' END,
			CASE WHEN o.total OR i.industry_rate IS NULL OR alone AND i.p50_s IS NOT NULL THEN NULL
				WHEN alone THEN 'times: others are too few, or too unequal'
				WHEN reader.combined = reader.own THEN 'times: your Parties are of several groups'
				ELSE 'times: another role combines your groups with others' END), '')
	FROM pmr.own_rate(rule.source, rule.month, party_comparison_of.party) AS o
		LEFT JOIN pmr.others_rate(rule.source, rule.month, reader.own, reader.every_party, reader.hidden, shown_category, rule.min_group_requests) AS i
			ON i.total = o.total AND i.srv = o.srv AND i.mode = o.mode
		LEFT JOIN pmr.equal_mix(rule.source, rule.month, party_comparison_of.party, reader.own, reader.every_party, reader.hidden, rule.region_factor) AS e
			ON e.total = o.total AND e.srv = o.srv AND e.mode = o.mode
		CROSS JOIN LATERAL (SELECT o.measured * 9 <= e.measured * 10 AS covers, cardinality(i.group_rates)::bigint AS groups,
								CASE WHEN reader.every_party THEN cardinality(i.group_rates) > 0 ELSE reader.combined = reader.own AND cardinality(i.group_rates) >= rule.min_groups_ranked END AS ranks) AS c
	ORDER BY o.total DESC, o.srv, o.mode;
END
$$;
COMMENT ON FUNCTION pmr.party_comparison_of(pmr.requesting_role, text, text, date) IS 'internal: party_comparison of one Party and month';

CREATE VIEW pmr.party_comparison AS
	SELECT k.source, k.party, k.month, c.*, k.as_of
	FROM pmr.published_month(pmr.requesting_role()) AS k, pmr.party_comparison_of(pmr.requesting_role(), k.source, k.party, k.month) AS c;
COMMENT ON VIEW pmr.party_comparison IS 'how a Party did in a published month beside others, as a whole and at equal mix; others are the Parties outside the supplier groups of the Parties that the requesting role can see, or for a role that can see all Parties, outside the supplier group of the Party';
COMMENT ON COLUMN pmr.party_comparison.source IS 'name of the source, as given to pmr.add_source';
COMMENT ON COLUMN pmr.party_comparison.party IS 'the Party, as the audit table names it';
COMMENT ON COLUMN pmr.party_comparison.month IS 'first day of the month; days begin at midnight in the time zone of the source';
COMMENT ON COLUMN pmr.party_comparison.srv IS 'Service Reference Variant, as the audit table names it; empty: the request names none; all: the row over all SRVs and modes';
COMMENT ON COLUMN pmr.party_comparison.mode IS 'on_demand, future_dated, dcc_scheduled or non_device; all: the row over all SRVs and modes';
COMMENT ON COLUMN pmr.party_comparison.measured IS 'number of the Party''s requests in the publication that were met or missed';
COMMENT ON COLUMN pmr.party_comparison.own_met_pct IS 'percentage of measured that were met, from 0 to 100, to two decimals; NULL: measured is 0';
COMMENT ON COLUMN pmr.party_comparison.category_met_pct IS 'percentage of measured requests that others of the same category met, from 0 to 100, to one decimal; NULL: hidden, or there is none, see suppressed; always NULL in the row all';
COMMENT ON COLUMN pmr.party_comparison.industry_met_pct IS 'percentage of measured requests that others met, from 0 to 100, to one decimal; in the row all over the SRVs and modes whose own figure may be shown; NULL: hidden, see suppressed';
COMMENT ON COLUMN pmr.party_comparison.expected_met_pct IS 'percentage that the Party would have met at the rates of others for its own mix of SRV, qualifier, mode, device generation and region, from 0 to 100, to two decimals; NULL: coverage_pct is under 90';
COMMENT ON COLUMN pmr.party_comparison.excess_pct IS 'missed requests minus those expected at equal mix, as a percentage of the requests compared, from -100 to 100, to two decimals; above 0: worse than others; NULL: coverage_pct is under 90';
COMMENT ON COLUMN pmr.party_comparison.missed_ratio IS 'missed requests divided by those expected at equal mix, to two decimals; above 1: worse than others; NULL: coverage_pct is under 90, or none is expected; not for ranking Parties, whose mixes differ';
COMMENT ON COLUMN pmr.party_comparison.verdict IS 'the Party against others at equal mix: worse, better, no difference, or too few: fewer than 5 misses are expected; NULL: coverage_pct is under 90';
COMMENT ON COLUMN pmr.party_comparison.coverage_pct IS 'percentage of measured that could be compared at equal mix, from 0 to 100, to one decimal; NULL: measured is 0';
COMMENT ON COLUMN pmr.party_comparison.median_met_pct IS 'mean of the middle three (of an even number: four) of the percentages that the other supplier groups met, from 0 to 100, to one decimal; NULL: too few groups, or the row all';
COMMENT ON COLUMN pmr.party_comparison.rank IS 'place of the Party among the other supplier groups by percentage met to one decimal; 1 is the best, and equal percentages share a place; NULL: too few groups or requests, or the row all';
COMMENT ON COLUMN pmr.party_comparison.ranked IS 'number of supplier groups that rank is a place among, the Party included; NULL where rank is';
COMMENT ON COLUMN pmr.party_comparison.own_p50_s IS 'median Round Trip Time of the Party''s answered requests, in seconds; NULL: none was answered, or the row all';
COMMENT ON COLUMN pmr.party_comparison.others_p50_s IS 'median Round Trip Time of the answered requests of others, in seconds, to two significant digits; NULL: hidden, see suppressed; always NULL in the row all';
COMMENT ON COLUMN pmr.party_comparison.own_p95_s IS 'Round Trip Time within which 95 % of the Party''s answered requests were answered, in seconds; NULL: none was answered, or the row all';
COMMENT ON COLUMN pmr.party_comparison.others_p95_s IS 'Round Trip Time within which 95 % of the answered requests of others were answered, in seconds, to two significant digits; NULL: hidden, see suppressed; always NULL in the row all';
COMMENT ON COLUMN pmr.party_comparison.suppressed IS 'which figures are NULL, and why, separated by semicolons; NULL: none is hidden';
COMMENT ON COLUMN pmr.party_comparison.as_of IS 'time as of which the published month was rolled up: responses after it are not counted';
