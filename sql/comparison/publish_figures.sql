/* The figures of a publication */

/*
 * Sums of a publication's cells by supplier group.  Requests of no Party are
 * in none: nobody could say whose they are.
 *
 * Here and below the planner knows nothing yet of the rows just inserted, and
 * would join them row by row.
 */
CREATE FUNCTION pmr.publish_figures(source text, month date) RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
	SET jit = off
	SET enable_nestloop = off
AS $$
DECLARE
	region text;
	rule pmr.publication;
BEGIN
	SELECT * INTO rule FROM pmr.publication AS p WHERE p.source = publish_figures.source AND p.month = publish_figures.month;
	region := rule.region_factor;
	WITH base AS MATERIALIZED (
		SELECT p.supplier_group, coalesce(p.category, '') AS category,
			c.srv, c.mode, c.device_generation, c.qualifier, c.factor, c.value, c.measured, c.met
		FROM pmr.publication_cell AS c
			JOIN pmr.publication_party AS p ON p.source = c.source AND p.month = c.month AND p.party = c.party
		WHERE c.source = publish_figures.source AND c.month = publish_figures.month
	), share AS (
		SELECT 'srv' AS kind, srv, mode, '' AS device_generation, '' AS qualifier, '' AS factor, '' AS value, '' AS category,
			supplier_group, sum(measured)::bigint AS measured, sum(met)::bigint AS met
		FROM base WHERE factor = 'all' GROUP BY srv, mode, supplier_group
		UNION ALL
		SELECT 'category', srv, mode, '', '', '', '', category, supplier_group, sum(measured)::bigint, sum(met)::bigint
		FROM base WHERE factor = 'all' GROUP BY srv, mode, category, supplier_group
		UNION ALL
		SELECT 'generation', srv, mode, device_generation, '', '', '', '', supplier_group, sum(measured)::bigint, sum(met)::bigint
		FROM base WHERE factor = 'all' GROUP BY srv, mode, device_generation, supplier_group
		UNION ALL
		SELECT 'value', srv, mode, device_generation, '', factor, value, '', supplier_group, sum(measured)::bigint, sum(met)::bigint
		FROM base WHERE factor <> 'all' GROUP BY srv, mode, device_generation, factor, value, supplier_group
		UNION ALL
		SELECT 'stratum', srv, mode, device_generation, qualifier, factor, value, '', supplier_group, sum(measured)::bigint, sum(met)::bigint
		FROM base WHERE factor = coalesce(region, 'all') GROUP BY srv, mode, device_generation, qualifier, factor, value, supplier_group
	)
	INSERT INTO pmr.publication_figure
	SELECT publish_figures.source, publish_figures.month,
		row_number() OVER (ORDER BY kind, srv, mode, device_generation, factor, value, qualifier, category), NULL,
		kind, srv, mode, device_generation, qualifier, factor, value, category, sum(measured), sum(met),
		array_agg(supplier_group ORDER BY measured DESC, supplier_group), array_agg(measured ORDER BY measured DESC, supplier_group),
		array_agg(met ORDER BY measured DESC, supplier_group), NULL, NULL, false,
		pmr.passes_dominance_rule(array_agg(measured ORDER BY measured DESC, supplier_group), rule, 1)
	FROM share
	GROUP BY kind, srv, mode, device_generation, factor, value, qualifier, category;

	/* the sum over what is shown: nothing is left of it when its parts are taken away */
	INSERT INTO pmr.publication_figure
	SELECT publish_figures.source, publish_figures.month, 0, NULL, 'all', '', '', '', '', '', '', '', sum(g.measured), sum(g.met),
		array_agg(g.name ORDER BY g.measured DESC, g.name), array_agg(g.measured ORDER BY g.measured DESC, g.name),
		array_agg(g.met ORDER BY g.measured DESC, g.name), NULL, NULL, false, true
	FROM (SELECT u.name, sum(u.measured)::bigint AS measured, sum(u.met)::bigint AS met
		  FROM pmr.publication_figure AS f, unnest(f.groups, f.measured, f.met) AS u (name, measured, met)
		  WHERE f.source = publish_figures.source AND f.month = publish_figures.month AND f.kind = 'srv' AND f.shown
		  GROUP BY u.name) AS g
	HAVING count(*) > 0;

	UPDATE pmr.publication_figure AS f
	SET part_of = p.figure
	FROM pmr.publication_figure AS p
	WHERE f.source = publish_figures.source AND f.month = publish_figures.month
	  AND p.source = publish_figures.source AND p.month = publish_figures.month
	  AND CASE f.kind
			WHEN 'srv' THEN p.kind = 'all' AND f.shown
			WHEN 'category' THEN p.kind = 'srv'
			WHEN 'generation' THEN p.kind = 'srv'
			WHEN 'value' THEN p.kind = 'generation'
			WHEN 'stratum' THEN p.kind = CASE WHEN region IS NULL THEN 'generation' ELSE 'value' END
		END
	  AND p.srv = CASE f.kind WHEN 'srv' THEN '' ELSE f.srv END
	  AND p.mode = CASE f.kind WHEN 'srv' THEN '' ELSE f.mode END
	  AND p.device_generation = CASE WHEN f.kind IN ('srv', 'category', 'generation') THEN '' ELSE f.device_generation END
	  AND p.factor = CASE WHEN f.kind = 'stratum' AND region IS NOT NULL THEN f.factor ELSE '' END
	  AND p.value = CASE WHEN f.kind = 'stratum' AND region IS NOT NULL THEN f.value ELSE '' END;

	/* round-trip times of all without each group: what comes before it, and what after */
	WITH own AS MATERIALIZED (
		SELECT c.srv, c.mode, p.supplier_group, pmr.rtt_merge(c.rtt) AS rtt
		FROM pmr.publication_cell AS c
			JOIN pmr.publication_party AS p ON p.source = c.source AND p.month = c.month AND p.party = c.party
		WHERE c.source = publish_figures.source AND c.month = publish_figures.month AND c.factor = 'all'
		GROUP BY c.srv, c.mode, p.supplier_group
	), around AS (
		SELECT o.srv, o.mode, o.supplier_group, coalesce(pmr.rtt_count(o.rtt), 0) AS answered,
			pmr.rtt_merge(o.rtt) OVER (PARTITION BY o.srv, o.mode ORDER BY o.supplier_group ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before,
			pmr.rtt_merge(o.rtt) OVER (PARTITION BY o.srv, o.mode ORDER BY o.supplier_group DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS after
		FROM own AS o
	), others AS MATERIALIZED (
		SELECT a.srv, a.mode, a.supplier_group, a.answered,
			pmr.rtt_percentiles(CASE WHEN a.before IS NULL THEN a.after WHEN a.after IS NULL THEN a.before ELSE pmr.rtt_merge(a.before, a.after) END, '{0.5,0.95}') AS s
		FROM around AS a
	), placed AS (
		SELECT f.figure, array_agg(pmr.two_digits(o.s[1]) ORDER BY g.i) AS p50_s, array_agg(pmr.two_digits(o.s[2]) ORDER BY g.i) AS p95_s,
			pmr.passes_dominance_rule(array_agg(o.answered ORDER BY o.answered DESC), rule, 1) AS times_shown
		FROM pmr.publication_figure AS f
			CROSS JOIN unnest(f.groups) WITH ORDINALITY AS g (name, i)
			JOIN others AS o ON o.srv = f.srv AND o.mode = f.mode AND o.supplier_group = g.name
		WHERE f.source = publish_figures.source AND f.month = publish_figures.month AND f.kind = 'srv'
		GROUP BY f.figure
	)
	UPDATE pmr.publication_figure AS f
	SET p50_s = p.p50_s, p95_s = p.p95_s, times_shown = p.times_shown
	FROM placed AS p
	WHERE f.source = publish_figures.source AND f.month = publish_figures.month AND f.figure = p.figure;
END
$$;
COMMENT ON FUNCTION pmr.publish_figures(text, date) IS 'internal: makes publication_figure of publication_cell, with what the rule lets be shown by itself';
