/*
 * The figures of a publication
 *
 * They are sums of its cells by supplier group.  Requests of no Party are in
 * no figure: nobody could say which supplier group made them.
 */

/* What a figure is part of is found by names, as numbers are not known before. */
CREATE FUNCTION pmr.publish_sums(rule pmr.publication) RETURNS void
	LANGUAGE sql
	SET search_path = pg_catalog, pg_temp
	SET jit = off
BEGIN ATOMIC
	WITH base AS MATERIALIZED (
		SELECT p.supplier_group, coalesce(p.category, '') AS category,
			c.srv, c.mode, c.device_generation, c.qualifier, c.factor, c.value, c.measured, c.met
		FROM pmr.publication_cell AS c
			JOIN pmr.publication_party AS p ON p.source = c.source AND p.month = c.month AND p.party = c.party
		WHERE c.source = (rule).source AND c.month = (rule).month
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
		FROM base WHERE factor = coalesce((rule).region_factor, 'all') GROUP BY srv, mode, device_generation, qualifier, factor, value, supplier_group
	), figure AS (
		SELECT row_number() OVER (ORDER BY kind, srv, mode, device_generation, factor, value, qualifier, category)::integer AS figure,
			kind, srv, mode, device_generation, qualifier, factor, value, category, sum(measured) AS total_measured, sum(met) AS total_met,
			array_agg(supplier_group ORDER BY measured DESC, supplier_group) AS groups, array_agg(measured ORDER BY measured DESC, supplier_group) AS measured,
			array_agg(met ORDER BY measured DESC, supplier_group) AS met,
			pmr.passes_dominance_rule(array_agg(measured), rule, 1) AS shown
		FROM share
		GROUP BY kind, srv, mode, device_generation, factor, value, qualifier, category
	)
	INSERT INTO pmr.publication_figure
	SELECT (rule).source, (rule).month, figure,
		CASE kind
			WHEN 'srv' THEN CASE WHEN shown THEN 0 END
			WHEN 'value' THEN min(figure) FILTER (WHERE kind = 'generation') OVER generation
			WHEN 'stratum' THEN CASE WHEN (rule).region_factor IS NULL THEN min(figure) FILTER (WHERE kind = 'generation') OVER generation
				ELSE min(figure) FILTER (WHERE kind = 'value') OVER (PARTITION BY srv, mode, device_generation, factor, value) END
			ELSE min(figure) FILTER (WHERE kind = 'srv') OVER (PARTITION BY srv, mode)
		END,
		kind, srv, mode, device_generation, qualifier, factor, value, category, total_measured, total_met, groups, measured, met,
		NULL, NULL, false, shown
	FROM figure
	WINDOW generation AS (PARTITION BY srv, mode, device_generation);
END;
COMMENT ON FUNCTION pmr.publish_sums(pmr.publication) IS 'internal: makes the figures of a publication from its cells, each shown if it satisfies the rule by itself';

/*
 * Figure 0 is the sum over the SRVs and modes that are shown, so nothing is left
 * of it when these are subtracted.
 */
CREATE FUNCTION pmr.publish_total(rule pmr.publication) RETURNS void
	LANGUAGE sql
	SET search_path = pg_catalog, pg_temp
	SET jit = off
BEGIN ATOMIC
	INSERT INTO pmr.publication_figure
	SELECT (rule).source, (rule).month, 0, NULL, 'all', '', '', '', '', '', '', '', sum(g.measured), sum(g.met),
		array_agg(g.name ORDER BY g.measured DESC, g.name), array_agg(g.measured ORDER BY g.measured DESC, g.name),
		array_agg(g.met ORDER BY g.measured DESC, g.name), NULL, NULL, false, true
	FROM (SELECT u.name, sum(u.measured)::bigint AS measured, sum(u.met)::bigint AS met
		  FROM pmr.publication_figure AS f, unnest(f.groups, f.measured, f.met) AS u (name, measured, met)
		  WHERE f.source = (rule).source AND f.month = (rule).month AND f.kind = 'srv' AND f.shown
		  GROUP BY u.name) AS g
	HAVING count(*) > 0;
END;
COMMENT ON FUNCTION pmr.publish_total(pmr.publication) IS 'internal: makes the figure over all SRVs and modes of a publication that are shown';

/*
 * For each group, the round-trip times of all other groups: the merged sketches
 * of the groups before it and after it, in the order of names.
 */
CREATE FUNCTION pmr.publish_times(rule pmr.publication) RETURNS void
	LANGUAGE sql
	SET search_path = pg_catalog, pg_temp
	SET jit = off
BEGIN ATOMIC
	WITH own AS MATERIALIZED (
		SELECT c.srv, c.mode, p.supplier_group, sum(c.measured) AS measured, pmr.rtt_merge(c.rtt) AS rtt
		FROM pmr.publication_cell AS c
			JOIN pmr.publication_party AS p ON p.source = c.source AND p.month = c.month AND p.party = c.party
		WHERE c.source = (rule).source AND c.month = (rule).month AND c.factor = 'all'
		GROUP BY c.srv, c.mode, p.supplier_group
	), around AS (
		SELECT o.srv, o.mode, o.supplier_group, o.measured, coalesce(pmr.rtt_count(o.rtt), 0) AS answered,
			pmr.rtt_merge(o.rtt) OVER (PARTITION BY o.srv, o.mode ORDER BY o.supplier_group ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before,
			pmr.rtt_merge(o.rtt) OVER (PARTITION BY o.srv, o.mode ORDER BY o.supplier_group DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS after
		FROM own AS o
	), others AS MATERIALIZED (
		SELECT a.srv, a.mode, a.supplier_group, a.measured, a.answered,
			pmr.rtt_percentiles(CASE WHEN a.before IS NULL THEN a.after WHEN a.after IS NULL THEN a.before ELSE pmr.rtt_merge(a.before, a.after) END, '{0.5,0.95}') AS s
		FROM around AS a
	), placed AS MATERIALIZED (
		SELECT o.srv, o.mode,
			array_agg(pmr.two_digits(o.s[1]) ORDER BY o.measured DESC, o.supplier_group) AS p50_s,
			array_agg(pmr.two_digits(o.s[2]) ORDER BY o.measured DESC, o.supplier_group) AS p95_s,
			pmr.passes_dominance_rule(array_agg(o.answered), rule, 1) AS times_shown
		FROM others AS o
		GROUP BY o.srv, o.mode
	)
	UPDATE pmr.publication_figure AS f
	SET p50_s = p.p50_s, p95_s = p.p95_s, times_shown = p.times_shown
	FROM placed AS p
	WHERE f.source = (rule).source AND f.month = (rule).month AND f.kind = 'srv' AND f.srv = p.srv AND f.mode = p.mode;
END;
COMMENT ON FUNCTION pmr.publish_times(pmr.publication) IS 'internal: sets the round-trip times of others in the figures of a publication';

/*
 * The planner must know about the rows that have just been inserted, or it
 * joins them row by row.  Only the owner of a table can gather its statistics.
 * A table that is locked, by another publish or by VACUUM, keeps its old ones:
 * to wait for the lock could end in a deadlock.
 */
CREATE FUNCTION pmr.analyze_publication() RETURNS void
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
	SET client_min_messages = error
AS $$
BEGIN
	ANALYZE (SKIP_LOCKED) pmr.publication_party,
		pmr.publication_cell (source, month, party, srv, mode, device_generation, qualifier, factor, value),
		pmr.publication_figure (source, month, figure, part_of, kind, srv, mode, device_generation, qualifier, factor, value, category);
END
$$;
COMMENT ON FUNCTION pmr.analyze_publication() IS 'internal: statistics of what has been published, for the planner';

CREATE FUNCTION pmr.publish_figures(source text, month date) RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	rule pmr.publication;
BEGIN
	SELECT * INTO STRICT rule FROM pmr.publication AS p WHERE p.source = publish_figures.source AND p.month = publish_figures.month;
	PERFORM pmr.publish_sums(rule);
	PERFORM pmr.publish_total(rule);
	PERFORM pmr.analyze_publication();
	PERFORM pmr.publish_times(rule);
	PERFORM pmr.suppress_figures(publish_figures.source, publish_figures.month);
END
$$;
COMMENT ON FUNCTION pmr.publish_figures(text, date) IS 'internal: makes the figures of a publication from its cells, and decides which of them are shown';
