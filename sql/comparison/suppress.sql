/*
 * Complementary suppression
 *
 * What is shown is decided once, when a month is published, and is the same for
 * every role: a figure must pass the rule of disclosure_rule without any one
 * supplier group, because each role has it without its own.
 *
 * The rule holds for a union of disjoint figures when it holds for each of
 * them: the share of a group in the union is no larger than its largest share
 * in a part.  So what can be worked out by subtraction is safe if the smallest
 * differences are: a figure without those of its parts that are shown.
 */

/*
 * Hides one more figure where those hidden could be worked out from those
 * shown: of parts of a figure, the hidden ones together must satisfy the rule.
 * Returns how many were hidden; to be repeated until it is none.
 *
 * The sum over all SRVs is the one that gives way to its parts.
 */
CREATE FUNCTION pmr.suppress_differences(source text, month date) RETURNS bigint
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
	SET jit = off
	SET enable_nestloop = off
AS $$
DECLARE
	rule pmr.publication;
	orphans bigint;
	result bigint;
BEGIN
	SELECT * INTO rule FROM pmr.publication AS p WHERE p.source = suppress_differences.source AND p.month = suppress_differences.month;

	UPDATE pmr.publication_figure AS f
	SET shown = false
	FROM pmr.publication_figure AS p
	WHERE f.source = suppress_differences.source AND f.month = suppress_differences.month
	  AND p.source = suppress_differences.source AND p.month = suppress_differences.month
	  AND p.figure = f.part_of AND f.shown AND NOT p.shown AND f.kind <> 'srv';
	GET DIAGNOSTICS orphans = ROW_COUNT;

	WITH figure AS (
		SELECT * FROM pmr.publication_figure AS f
		WHERE f.source = suppress_differences.source AND f.month = suppress_differences.month
	), hidden AS (
		SELECT f.part_of, f.kind, f.factor, g.name, sum(g.measured)::bigint AS measured
		FROM figure AS f JOIN figure AS p ON p.figure = f.part_of
			CROSS JOIN unnest(f.groups, f.measured) AS g (name, measured)
		WHERE NOT f.shown AND p.shown AND g.measured > 0
		GROUP BY f.part_of, f.kind, f.factor, g.name
	), failing AS (
		SELECT h.part_of, h.kind, h.factor
		FROM hidden AS h
		GROUP BY h.part_of, h.kind, h.factor
		HAVING NOT pmr.passes_dominance_rule(array_agg(h.measured ORDER BY h.measured DESC), rule, 1)
	), victim AS (
		SELECT DISTINCT ON (f.part_of, f.kind, f.factor) f.figure
		FROM figure AS f JOIN failing AS h ON h.part_of = f.part_of AND h.kind = f.kind AND h.factor = f.factor
		WHERE f.shown AND f.kind <> 'srv'
		ORDER BY f.part_of, f.kind, f.factor, f.total_measured, f.figure
	)
	UPDATE pmr.publication_figure AS f
	SET shown = false
	WHERE f.source = suppress_differences.source AND f.month = suppress_differences.month AND f.shown
	  AND f.figure IN (SELECT v.figure FROM victim AS v);
	GET DIAGNOSTICS result = ROW_COUNT;
	RETURN result + orphans;
END
$$;
COMMENT ON FUNCTION pmr.suppress_differences(text, date) IS 'internal: hides figures of a publication that would let others be worked out by subtraction from a sum';

/*
 * Hides figures of categories that can be compared with those of a factor, or
 * with the strata of the equal mix.  Where a value is used by one category
 * alone, its figure can be taken away from the category's, and the rest must
 * satisfy the rule; and so where it is used by all other categories alone.
 * The hidden values together count as one.
 *
 * The reader's own group, of this category, may be the only one of it that
 * uses a value, which for them is then used by other categories alone.
 */
CREATE FUNCTION pmr.suppress_category_differences(source text, month date) RETURNS bigint
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
	SET jit = off
	SET enable_nestloop = off
AS $$
DECLARE
	rule pmr.publication;
	result bigint;
BEGIN
	SELECT * INTO rule FROM pmr.publication AS p WHERE p.source = suppress_category_differences.source AND p.month = suppress_category_differences.month;

	WITH figure AS MATERIALIZED (
		SELECT f.figure, f.part_of, f.kind, f.srv, f.mode, f.device_generation, f.qualifier, f.factor, f.value, f.category, f.shown
		FROM pmr.publication_figure AS f
		WHERE f.source = suppress_category_differences.source AND f.month = suppress_category_differences.month
	), place AS (
		/* where the requests of a cell are shown: by themselves, or within what is left of a figure */
		SELECT 0 AS strata, f.srv, f.mode, f.device_generation, ''::text AS qualifier, f.factor, f.value,
			CASE WHEN f.shown THEN f.figure WHEN g.shown THEN -g.figure ELSE 0 END AS place
		FROM figure AS f JOIN figure AS g ON g.figure = f.part_of
		WHERE f.kind = 'value'
		UNION ALL
		SELECT 1, f.srv, f.mode, f.device_generation, f.qualifier, f.factor, f.value,
			CASE WHEN f.shown THEN f.figure WHEN p.shown THEN -p.figure WHEN g.shown THEN -g.figure ELSE 0 END
		FROM figure AS f JOIN figure AS p ON p.figure = f.part_of LEFT JOIN figure AS g ON g.figure = p.part_of AND p.kind = 'value'
		WHERE f.kind = 'stratum'
	), used AS MATERIALIZED (
		SELECT l.strata, c.factor, c.srv, c.mode, l.place, coalesce(p.category, '') AS category, p.supplier_group, sum(c.measured)::bigint AS measured
		FROM pmr.publication_cell AS c
			JOIN pmr.publication_party AS p ON p.source = c.source AND p.month = c.month AND p.party = c.party
			JOIN place AS l ON l.srv = c.srv AND l.mode = c.mode AND l.device_generation = c.device_generation
				AND l.factor = c.factor AND l.value = c.value AND l.qualifier = CASE l.strata WHEN 1 THEN c.qualifier ELSE '' END
		WHERE c.source = suppress_category_differences.source AND c.month = suppress_category_differences.month AND c.measured > 0
		GROUP BY l.strata, c.factor, c.srv, c.mode, l.place, coalesce(p.category, ''), p.supplier_group
	), mixed AS MATERIALIZED (
		/* places that the category shares with others */
		SELECT f.figure, f.category, u.strata, u.factor, u.srv, u.mode, u.place,
			CASE WHEN count(*) FILTER (WHERE u.category = f.category) = 1 THEN min(u.supplier_group) FILTER (WHERE u.category = f.category) END AS only_group
		FROM figure AS f JOIN used AS u ON u.srv = f.srv AND u.mode = f.mode
		WHERE f.kind = 'category' AND f.shown
		GROUP BY f.figure, f.category, u.strata, u.factor, u.srv, u.mode, u.place
		HAVING count(*) FILTER (WHERE u.category = f.category) > 0 AND count(*) FILTER (WHERE u.category <> f.category) > 0
	), reader AS (
		SELECT m.figure, m.strata, m.factor, NULL::text AS reader FROM mixed AS m
		UNION
		SELECT m.figure, m.strata, m.factor, m.only_group FROM mixed AS m
	), rest AS (
		SELECT m.figure, m.strata, m.factor, true AS own, NULL::text AS reader, u.supplier_group, sum(u.measured)::bigint AS measured
		FROM mixed AS m JOIN used AS u ON u.strata = m.strata AND u.factor = m.factor AND u.srv = m.srv AND u.mode = m.mode AND u.place = m.place
		WHERE u.category = m.category
		GROUP BY m.figure, m.strata, m.factor, u.supplier_group
		UNION ALL
		SELECT m.figure, m.strata, m.factor, false, r.reader, u.supplier_group, sum(u.measured)::bigint
		FROM mixed AS m
			JOIN reader AS r ON r.figure = m.figure AND r.strata = m.strata AND r.factor = m.factor
			JOIN used AS u ON u.strata = m.strata AND u.factor = m.factor AND u.srv = m.srv AND u.mode = m.mode AND u.place = m.place
		WHERE u.category <> m.category AND (r.reader IS NULL OR m.only_group IS DISTINCT FROM r.reader)
		GROUP BY m.figure, m.strata, m.factor, r.reader, u.supplier_group
	), failing AS (
		SELECT r.figure
		FROM rest AS r
		GROUP BY r.figure, r.strata, r.factor, r.own, r.reader
		HAVING NOT pmr.passes_dominance_rule(array_agg(r.measured ORDER BY r.measured DESC), rule, 1)
	)
	UPDATE pmr.publication_figure AS f
	SET shown = false
	WHERE f.source = suppress_category_differences.source AND f.month = suppress_category_differences.month
	  AND f.figure IN (SELECT h.figure FROM failing AS h);
	GET DIAGNOSTICS result = ROW_COUNT;
	RETURN result;
END
$$;
COMMENT ON FUNCTION pmr.suppress_category_differences(text, date) IS 'internal: hides figures of categories that would let others be worked out by subtraction of values of a factor';

/*
 * Hides values of a factor that can be compared with those of another: of a
 * device model that has one firmware by itself, that taken away from the
 * model's figure, the rest must satisfy the rule; and so for the rest of the
 * models that a firmware runs on.  As above, with values in the place of
 * categories, and for any reader: to whom a value is used together with
 * another or not regardless of their own group.
 *
 * Of the factors that are found in one place, only the one with the fewest
 * values gives way before it is asked again.
 */
CREATE FUNCTION pmr.suppress_factor_differences(source text, month date) RETURNS bigint
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
	SET jit = off
	SET enable_nestloop = off
AS $$
DECLARE
	rule pmr.publication;
	result bigint;
BEGIN
	SELECT * INTO rule FROM pmr.publication AS p WHERE p.source = suppress_factor_differences.source AND p.month = suppress_factor_differences.month;

	WITH figure AS MATERIALIZED (
		/* what is hidden of a factor in one place counts as one: the negative number of its first */
		SELECT f.part_of, f.srv, f.mode, f.device_generation, f.factor, f.value, f.groups, f.measured,
			CASE WHEN f.shown THEN f.figure ELSE -min(f.figure) OVER (PARTITION BY f.part_of, f.factor) END AS place
		FROM pmr.publication_figure AS f
			JOIN pmr.publication_figure AS g ON g.source = f.source AND g.month = f.month AND g.figure = f.part_of
		WHERE f.source = suppress_factor_differences.source AND f.month = suppress_factor_differences.month AND f.kind = 'value' AND g.shown
	), place AS MATERIALIZED (
		SELECT f.place, min(f.part_of) AS part_of, min(f.factor) AS factor FROM figure AS f GROUP BY f.place
	), member AS MATERIALIZED (
		SELECT p.party, p.supplier_group, dense_rank() OVER (ORDER BY p.supplier_group)::integer AS number
		FROM pmr.publication_party AS p
		WHERE p.source = suppress_factor_differences.source AND p.month = suppress_factor_differences.month
	), whole AS MATERIALIZED (
		SELECT f.place, m.number, sum(g.measured)::bigint AS measured
		FROM figure AS f CROSS JOIN LATERAL unnest(f.groups, f.measured) AS g (name, measured)
			JOIN (SELECT DISTINCT supplier_group, number FROM member) AS m ON m.supplier_group = g.name
		WHERE g.measured > 0
		GROUP BY f.place, m.number
	), pair AS MATERIALIZED (
		SELECT a.place AS place_a, b.place AS place_b, r.number, sum(r.measured)::bigint AS measured
		FROM (SELECT p.srv, p.mode, p.device_generation, p.factor_a, p.factor_b, m.number, v.a, v.b, v.measured
			  FROM pmr.rollup_pair AS p JOIN member AS m ON m.party = p.party
				CROSS JOIN LATERAL unnest(p.values_a, p.values_b, p.measured) AS v (a, b, measured)
			  WHERE p.source = suppress_factor_differences.source AND p.month = suppress_factor_differences.month
			  OFFSET 0) AS r
			JOIN figure AS a ON a.srv = r.srv AND a.mode = r.mode AND a.device_generation = r.device_generation AND a.factor = r.factor_a AND a.value = r.a
			JOIN figure AS b ON b.srv = r.srv AND b.mode = r.mode AND b.device_generation = r.device_generation AND b.factor = r.factor_b AND b.value = r.b
		WHERE r.measured > 0
		GROUP BY a.place, b.place, r.number
	), used AS MATERIALIZED (
		SELECT p.place_a AS place, p.place_b AS other, p.number, p.measured FROM pair AS p WHERE p.place_a > 0
		UNION ALL
		SELECT p.place_b, p.place_a, p.number, p.measured FROM pair AS p WHERE p.place_b > 0
	), touched AS MATERIALIZED (
		/* how many groups use both values, and how many use the other one with something else */
		SELECT u.place, u.other, count(*) AS inside, min(c.groups) - count(*) FILTER (WHERE u.measured = w.measured) AS outside
		FROM used AS u
			JOIN whole AS w ON w.place = u.other AND w.number = u.number
			JOIN (SELECT x.place, count(*) AS groups FROM whole AS x GROUP BY x.place) AS c ON c.place = u.other
		GROUP BY u.place, u.other
	), doubtful AS MATERIALIZED (
		/* a value that is used with each of the others by several groups, none of which has it alone, takes nothing away */
		SELECT t.place, o.factor AS other_factor
		FROM touched AS t
			JOIN place AS o ON o.place = t.other
			JOIN (SELECT p.part_of, p.factor, count(*) AS places FROM place AS p GROUP BY p.part_of, p.factor) AS n
				ON n.part_of = o.part_of AND n.factor = o.factor
		GROUP BY t.place, o.factor
		HAVING min(t.inside) < 2 OR min(t.outside) < 2 OR count(*) < min(n.places)
	), piece AS MATERIALIZED (
		SELECT t.place, d.other_factor, t.other, w.number, coalesce(u.measured, 0) AS inside, w.measured - coalesce(u.measured, 0) AS outside
		FROM touched AS t
			JOIN place AS o ON o.place = t.other
			JOIN doubtful AS d ON d.place = t.place AND d.other_factor = o.factor
			JOIN whole AS w ON w.place = t.other
			LEFT JOIN used AS u ON u.place = t.place AND u.other = t.other AND u.number = w.number
		WHERE t.outside > 0
	), mixed AS MATERIALIZED (
		SELECT p.place, p.other_factor, p.other,
			CASE WHEN count(*) FILTER (WHERE p.inside > 0) = 1 THEN min(p.number) FILTER (WHERE p.inside > 0) END AS only_inside,
			CASE WHEN count(*) FILTER (WHERE p.outside > 0) = 1 THEN min(p.number) FILTER (WHERE p.outside > 0) END AS only_outside
		FROM piece AS p
		GROUP BY p.place, p.other_factor, p.other
	), reader AS (
		SELECT m.place, m.other_factor, NULL::integer AS reader FROM mixed AS m
		UNION
		SELECT m.place, m.other_factor, m.only_inside FROM mixed AS m
		UNION
		SELECT m.place, m.other_factor, m.only_outside FROM mixed AS m
	), rest AS (
		SELECT r.place, r.other_factor, r.reader, p.number, sum(p.inside)::bigint AS inside, sum(p.outside)::bigint AS outside
		FROM reader AS r
			JOIN mixed AS m ON m.place = r.place AND m.other_factor = r.other_factor
			JOIN piece AS p ON p.place = m.place AND p.other = m.other
		WHERE r.reader IS NULL OR m.only_inside IS DISTINCT FROM r.reader AND m.only_outside IS DISTINCT FROM r.reader
		GROUP BY r.place, r.other_factor, r.reader, p.number
	), failing AS (
		SELECT r.place
		FROM rest AS r
		GROUP BY r.place, r.other_factor, r.reader
		HAVING NOT pmr.passes_dominance_rule(array_agg(r.inside ORDER BY r.inside DESC), rule, 1)
			OR NOT pmr.passes_dominance_rule(array_agg(r.outside ORDER BY r.outside DESC), rule, 1)
	), yielding AS (
		SELECT DISTINCT ON (p.part_of) p.part_of, p.factor
		FROM failing AS f JOIN place AS p ON p.place = f.place
			JOIN (SELECT g.part_of, g.factor, count(*) AS number FROM figure AS g GROUP BY g.part_of, g.factor) AS v
				ON v.part_of = p.part_of AND v.factor = p.factor
		ORDER BY p.part_of, v.number, p.factor
	)
	UPDATE pmr.publication_figure AS f
	SET shown = false
	WHERE f.source = suppress_factor_differences.source AND f.month = suppress_factor_differences.month
	  AND f.figure IN (SELECT h.place FROM failing AS h JOIN place AS p ON p.place = h.place JOIN yielding AS y ON y.part_of = p.part_of AND y.factor = p.factor);
	GET DIAGNOSTICS result = ROW_COUNT;
	RETURN result;
END
$$;
COMMENT ON FUNCTION pmr.suppress_factor_differences(text, date) IS 'internal: hides values of factors of a publication that would let others be worked out by subtraction of those of another factor';
