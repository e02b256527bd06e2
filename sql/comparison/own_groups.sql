/* The supplier groups of a reader, and the figures shown without them */

CREATE FUNCTION pmr.own_groups(role pmr.requesting_role, source text, month date, party text) RETURNS text[]
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	WITH seen AS MATERIALIZED (
		SELECT p AS party FROM unnest(pmr.own_parties(role)) AS p
	)
	SELECT CASE WHEN pmr.can_see_all_parties(role)
		THEN ARRAY(SELECT p.supplier_group FROM pmr.publication_party AS p
				   WHERE p.source = own_groups.source AND p.month = own_groups.month AND p.party = own_groups.party)
		ELSE ARRAY(SELECT coalesce(p.supplier_group, now.supplier_group, s.party)
				   FROM seen AS s
					LEFT JOIN pmr.publication_party AS p ON p.source = own_groups.source AND p.month = own_groups.month AND p.party = s.party
					LEFT JOIN pmr.party AS now ON now.party = s.party
				   GROUP BY 1 ORDER BY 1)
		END;
END;
COMMENT ON FUNCTION pmr.own_groups(pmr.requesting_role, text, date, text) IS 'internal: supplier groups that are not others when a Party is compared: those of the Parties that the role can see; for a role that can see all Parties, that of the Party';

/*
 * A reader with Parties in several groups knows the requests of all these
 * groups.  Such a reader is shown fewer figures: only those that every reader is
 * shown and that satisfy the rule without these groups.  The hidden parts of a
 * sum together must satisfy it too.  If one part of an SRV and mode fails, the
 * reader is shown no part of it.  Figures of categories are shown only to
 * readers of one group, and so are values of factors other than the region.
 */
CREATE FUNCTION pmr.shown_without(source text, month date, own text[]) RETURNS TABLE (figure integer)
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	WITH rule AS (
		SELECT p AS rule, p.region_factor FROM pmr.publication AS p WHERE p.source = shown_without.source AND p.month = shown_without.month
	), part AS MATERIALIZED (
		SELECT f.figure, f.part_of, f.kind, f.srv, f.mode, f.shown, g.name, g.measured
		FROM rule AS r JOIN pmr.publication_figure AS f ON f.source = shown_without.source AND f.month = shown_without.month
				AND (f.kind IN ('all', 'srv', 'generation', 'stratum') OR f.kind = 'value' AND f.factor = r.region_factor)
			CROSS JOIN unnest(f.groups, f.measured) AS g (name, measured)
		WHERE g.name <> ALL (own) AND g.measured > 0
	), shown AS (
		SELECT p.figure, p.kind, p.srv, p.mode,
			pmr.passes_dominance_rule(array_agg(p.measured), (SELECT r.rule FROM rule AS r), 0) AS passes
		FROM part AS p
		WHERE p.shown
		GROUP BY p.figure, p.kind, p.srv, p.mode
	), hidden AS (
		SELECT s.part_of, s.kind, s.srv, s.mode,
			pmr.passes_dominance_rule(array_agg(s.measured), (SELECT r.rule FROM rule AS r), 0) AS passes
		FROM (SELECT p.part_of, p.kind, CASE p.kind WHEN 'srv' THEN '' ELSE p.srv END AS srv, CASE p.kind WHEN 'srv' THEN '' ELSE p.mode END AS mode,
				p.name, sum(p.measured)::bigint AS measured
			  FROM part AS p
			  WHERE NOT p.shown AND p.kind <> 'all'
				AND EXISTS (SELECT FROM shown AS u WHERE u.figure = p.part_of)
			  GROUP BY 1, 2, 3, 4, 5) AS s
		GROUP BY s.part_of, s.kind, s.srv, s.mode
	)
	SELECT s.figure
	FROM shown AS s
	WHERE s.passes
	  AND CASE s.kind
			WHEN 'srv' THEN true
			WHEN 'all' THEN NOT EXISTS (SELECT FROM shown AS o WHERE o.kind = 'srv' AND NOT o.passes)
			ELSE NOT EXISTS (SELECT FROM shown AS o WHERE o.kind <> 'all' AND o.srv = s.srv AND o.mode = s.mode AND NOT o.passes)
				AND NOT EXISTS (SELECT FROM hidden AS h WHERE h.kind <> 'srv' AND h.srv = s.srv AND h.mode = s.mode AND NOT h.passes)
		END;
END;
COMMENT ON FUNCTION pmr.shown_without(text, date, text[]) IS 'internal: figures of a publication that a reader with Parties in these groups is shown';

CREATE FUNCTION pmr.published_month(role pmr.requesting_role)
	RETURNS TABLE (source text, party text, month date, as_of timestamp with time zone)
	LANGUAGE sql STABLE PARALLEL RESTRICTED SECURITY DEFINER
	ROWS 200
	SET search_path = pg_catalog, pg_temp
	SET jit = off
BEGIN ATOMIC
	SELECT p.source, p.party, p.month, u.as_of
	FROM pmr.publication AS u JOIN pmr.publication_party AS p ON p.source = u.source AND p.month = u.month
	WHERE (SELECT pmr.can_see_all_parties(role)) OR p.party = ANY ((SELECT pmr.own_parties(role))::text[])
	ORDER BY p.source, p.month, p.party;
END;
COMMENT ON FUNCTION pmr.published_month(pmr.requesting_role) IS 'internal: Parties that the role can see, and the months that are published of them';
