/*
 * Complementary suppression
 *
 * A figure that does not satisfy the rule is hidden.  But a reader could work it
 * out from a sum that is shown: the sum minus its other parts.  So more figures
 * have to be hidden, until every such difference satisfies the rule too.
 * src/core/disclosure.c says which differences are looked at, and why these are
 * enough.
 *
 * It is done once, when a month is published, and the result is the same for
 * every reader of one supplier group.  It is done again for each combination of
 * groups (combination.sql), starting from that result.
 *
 * The figures of one SRV and mode have no requests in common with those of
 * another one, so each SRV and mode is dealt with by itself.  Functions in C
 * know no tables: what they need of one SRV and mode is handed to them in
 * arrays of numbers, which the functions below make.
 *
 * Figures are joined by one array of the five columns that name them.  If they
 * were joined by five columns, the planner would expect almost no matching rows,
 * and choose a join whose time grows with the square of the number of rows.  Sorting these
 * arrays is fast only in the collation "C".
 */

CREATE FUNCTION pmr.suppressed_figures(rule pmr.publication, figures bigint[], shares bigint[], cells bigint[], pairs bigint[], known bigint[]) RETURNS integer[]
	AS 'MODULE_PATHNAME', 'pmr_suppressed_figures'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION pmr.suppressed_figures(pmr.publication, bigint[], bigint[], bigint[], bigint[], bigint[]) IS 'internal: figures of an SRV and mode that have to be hidden because hidden ones could be worked out from them: for all readers of one group (known is empty), or for one who knows the groups with these numbers ({{1},{2}}); the other arrays are those of disclosure_figures, disclosure_shares, disclosure_cells and disclosure_pairs';

/* Numbers for the names of supplier groups and categories. */
CREATE FUNCTION pmr.disclosure_parties(source text, month date)
	RETURNS TABLE (party text, supplier_group text, category text, group_number bigint, category_number bigint)
	LANGUAGE sql STABLE
BEGIN ATOMIC
	SELECT p.party, p.supplier_group, coalesce(p.category, ''),
		dense_rank() OVER (ORDER BY p.supplier_group), dense_rank() OVER (ORDER BY coalesce(p.category, ''))
	FROM pmr.publication_party AS p
	WHERE p.source = disclosure_parties.source AND p.month = disclosure_parties.month;
END;
COMMENT ON FUNCTION pmr.disclosure_parties(text, date) IS 'internal: Parties of a publication, with a number for each supplier group and for each category';

/* Is a figure of the tree that remains without categories and without factors other than the region? */
CREATE FUNCTION pmr.is_of_tree(kind text, factor text, region_factor text) RETURNS boolean
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	RETURN kind IN ('all', 'srv', 'generation', 'stratum') OR kind = 'value' AND factor IS NOT DISTINCT FROM region_factor;
COMMENT ON FUNCTION pmr.is_of_tree(text, text, text) IS 'internal: is a figure of no category, and of no factor other than the region';

CREATE FUNCTION pmr.disclosure_figures(source text, month date, tree_only boolean) RETURNS TABLE (srv text, mode text, figures bigint[])
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
	SET jit = off
BEGIN ATOMIC
	SELECT f.srv, f.mode, array_agg(ARRAY[f.figure, array_position('{srv,category,generation,value,stratum}', f.kind) - 1,
		coalesce(f.part_of, 0), f.factor_number, coalesce(c.category_number, 0), f.total_measured, f.shown::integer])
	FROM (SELECT a.*, dense_rank() OVER (ORDER BY a.factor) AS factor_number
		  FROM pmr.publication_figure AS a JOIN pmr.publication AS r ON r.source = a.source AND r.month = a.month
		  WHERE a.source = disclosure_figures.source AND a.month = disclosure_figures.month AND a.kind <> 'all'
			AND (NOT disclosure_figures.tree_only OR pmr.is_of_tree(a.kind, a.factor, r.region_factor))) AS f
		LEFT JOIN (SELECT DISTINCT p.category, p.category_number FROM pmr.disclosure_parties(disclosure_figures.source, disclosure_figures.month) AS p) AS c
			ON f.kind = 'category' AND c.category = f.category
	GROUP BY f.srv, f.mode;
END;
COMMENT ON FUNCTION pmr.disclosure_figures(text, date, boolean) IS 'internal: figures of a publication as arrays for suppressed_figures: number, kind, number of the sum, factor, category, measured requests, shown';

CREATE FUNCTION pmr.disclosure_shares(source text, month date, tree_only boolean) RETURNS TABLE (srv text, mode text, shares bigint[])
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
	SET jit = off
BEGIN ATOMIC
	SELECT f.srv, f.mode, array_agg(ARRAY[f.figure, p.group_number, s.measured])
	FROM pmr.publication_figure AS f
		JOIN pmr.publication AS r ON r.source = f.source AND r.month = f.month
		CROSS JOIN unnest(f.groups, f.measured) AS s (name, measured)
		JOIN (SELECT DISTINCT a.supplier_group, a.group_number FROM pmr.disclosure_parties(disclosure_shares.source, disclosure_shares.month) AS a) AS p ON p.supplier_group = s.name
	WHERE f.source = disclosure_shares.source AND f.month = disclosure_shares.month AND f.kind <> 'all'
	  AND (NOT disclosure_shares.tree_only OR pmr.is_of_tree(f.kind, f.factor, r.region_factor))
	GROUP BY f.srv, f.mode;
END;
COMMENT ON FUNCTION pmr.disclosure_shares(text, date, boolean) IS 'internal: for suppressed_figures, the measured requests of each figure by supplier group';

CREATE FUNCTION pmr.disclosure_cells(source text, month date) RETURNS TABLE (srv text, mode text, cells bigint[])
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
	SET jit = off
BEGIN ATOMIC
	SELECT c.srv, c.mode, array_agg(ARRAY[f.figure, p.category_number, p.group_number, c.measured])
	FROM pmr.publication_cell AS c
		JOIN pmr.disclosure_parties(disclosure_cells.source, disclosure_cells.month) AS p ON p.party = c.party
		JOIN pmr.publication_figure AS f
			ON ARRAY[f.srv, f.mode, f.device_generation, f.factor, f.value] = ARRAY[c.srv, c.mode, c.device_generation, c.factor, c.value] COLLATE "C"
			AND (f.kind = 'value' OR f.kind = 'stratum' AND f.qualifier = c.qualifier)
	WHERE c.source = disclosure_cells.source AND c.month = disclosure_cells.month
	  AND f.source = disclosure_cells.source AND f.month = disclosure_cells.month
	GROUP BY c.srv, c.mode;
END;
COMMENT ON FUNCTION pmr.disclosure_cells(text, date) IS 'internal: for suppressed_figures, the measured requests of each value of a factor and each stratum by category and supplier group';

/* Without MATERIALIZED the planner could unnest the arrays many times. */
CREATE FUNCTION pmr.disclosure_pairs(source text, month date) RETURNS TABLE (srv text, mode text, pairs bigint[])
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
	SET jit = off
BEGIN ATOMIC
	WITH pair AS MATERIALIZED (
		SELECT r.srv, r.mode, p.group_number, v.measured,
			ARRAY[r.srv, r.mode, r.device_generation, r.factor_a, v.a] COLLATE "C" AS a,
			ARRAY[r.srv, r.mode, r.device_generation, r.factor_b, v.b] COLLATE "C" AS b
		FROM pmr.rollup_pair AS r
			JOIN pmr.disclosure_parties(disclosure_pairs.source, disclosure_pairs.month) AS p ON p.party = r.party
			CROSS JOIN unnest(r.values_a, r.values_b, r.measured) AS v (a, b, measured)
		WHERE r.source = disclosure_pairs.source AND r.month = disclosure_pairs.month
	), value AS MATERIALIZED (
		SELECT f.figure, ARRAY[f.srv, f.mode, f.device_generation, f.factor, f.value] COLLATE "C" AS name
		FROM pmr.publication_figure AS f
		WHERE f.source = disclosure_pairs.source AND f.month = disclosure_pairs.month AND f.kind = 'value'
	)
	SELECT p.srv, p.mode, array_agg(ARRAY[a.figure, b.figure, p.group_number, p.measured])
	FROM pair AS p JOIN value AS a ON a.name = p.a JOIN value AS b ON b.name = p.b
	GROUP BY p.srv, p.mode;
END;
COMMENT ON FUNCTION pmr.disclosure_pairs(text, date) IS 'internal: for suppressed_figures, the measured requests of each two values of different factors by supplier group';

/*
 * Figures that are shown, and have to be hidden from all readers of one group
 * (known is empty), or from one who knows these groups.  For the latter it can
 * also be asked without the factors of rollup_pair and categories, which is
 * enough if no figure of these is shown: then figures are parts of one tree.
 */
CREATE FUNCTION pmr.figures_to_hide(source text, month date, known text[], tree_only boolean) RETURNS TABLE (figure integer)
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
	SET jit = off
BEGIN ATOMIC
	SELECT unnest(pmr.suppressed_figures(r, t.figures, coalesce(s.shares, '{}'), coalesce(c.cells, '{}'), coalesce(p.pairs, '{}'), k.known))
	FROM pmr.publication AS r
		CROSS JOIN (SELECT coalesce(array_agg(DISTINCT ARRAY[p.group_number]), '{}') AS known
					FROM pmr.disclosure_parties(figures_to_hide.source, figures_to_hide.month) AS p
					WHERE p.supplier_group = ANY (figures_to_hide.known)) AS k
		CROSS JOIN pmr.disclosure_figures(figures_to_hide.source, figures_to_hide.month, figures_to_hide.tree_only) AS t
		LEFT JOIN pmr.disclosure_shares(figures_to_hide.source, figures_to_hide.month, figures_to_hide.tree_only) AS s ON s.srv = t.srv AND s.mode = t.mode
		LEFT JOIN (SELECT a.* FROM pmr.disclosure_cells(figures_to_hide.source, figures_to_hide.month) AS a WHERE NOT figures_to_hide.tree_only) AS c ON c.srv = t.srv AND c.mode = t.mode
		LEFT JOIN (SELECT a.* FROM pmr.disclosure_pairs(figures_to_hide.source, figures_to_hide.month) AS a WHERE NOT figures_to_hide.tree_only) AS p ON p.srv = t.srv AND p.mode = t.mode
	WHERE r.source = figures_to_hide.source AND r.month = figures_to_hide.month;
END;
COMMENT ON FUNCTION pmr.figures_to_hide(text, date, text[], boolean) IS 'internal: figures of a publication that are shown and have to be hidden: from all readers of one group, or if known is not empty, from one who knows these groups; tree_only: no categories, and no values of factors other than the region';

CREATE FUNCTION pmr.suppress_figures(source text, month date) RETURNS void
	LANGUAGE sql
	SET search_path = pg_catalog, pg_temp
	SET jit = off
BEGIN ATOMIC
	UPDATE pmr.publication_figure AS f
	SET shown = false
	FROM pmr.figures_to_hide(suppress_figures.source, suppress_figures.month, '{}', false) AS h
	WHERE f.source = suppress_figures.source AND f.month = suppress_figures.month AND f.figure = h.figure;
END;
COMMENT ON FUNCTION pmr.suppress_figures(text, date) IS 'internal: hides the figures of a publication from which hidden ones could be worked out';
