/*
 * Combinations of supplier groups
 *
 * A role that is a member of others can act as each of them after SET ROLE.
 * Then it gets figures without the group of one, figures without that of
 * another, and by itself perhaps figures without both.  It knows the requests of
 * all these groups.  So it learns each of these figures without all of its
 * groups, whichever role gets the figure.
 *
 * What a reader is shown therefore depends on all roles that can act as the
 * reader, itself among them: on the combination of groups of each such role.  A
 * combination hides figures from all readers that it contains, and from no
 * others.  So no such role is shown a figure, as any of its roles, that its
 * combination hides.  The figures that are left satisfy the rule without the
 * combination, and so do all differences between them (suppress.sql).
 *
 * publish works out what each combination hides that exists then.  A combination
 * that has come up later hides all categories, and values of all factors other
 * than the region; what else it hides is worked out when it is read.
 */

/*
 * Such a role can get the figures of all Parties, or can make itself a member of
 * any role.  There is nothing to hide from it.
 */
CREATE FUNCTION pmr.can_become_trusted(role oid) RETURNS boolean
	LANGUAGE sql STABLE PARALLEL RESTRICTED
	SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	SELECT '*' = ANY (pmr.parties_of_role(role, 'MEMBER'))
		OR EXISTS (SELECT FROM pg_roles AS r
				   WHERE pg_has_role(role, r.oid, 'MEMBER') AND (r.rolsuper OR r.rolcreaterole OR has_table_privilege(r.oid, 'pmr.rollup', 'SELECT')));
END;
COMMENT ON FUNCTION pmr.can_become_trusted(oid) IS 'internal: is a role, or a role that it is a member of, a superuser, allowed to create roles, or able to see all Parties';

CREATE FUNCTION pmr.combined_groups(source text, month date, role oid) RETURNS text[]
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
	RETURN pmr.groups_of_parties(combined_groups.source, combined_groups.month, pmr.parties_of_role(role, 'MEMBER'));
COMMENT ON FUNCTION pmr.combined_groups(text, date, oid) IS 'internal: supplier groups of a publication of which a role can see a Party, by itself or after SET ROLE';

/*
 * The combinations of the roles that can act as a reader, or, if it is NULL, of
 * all roles.
 */
CREATE FUNCTION pmr.current_combinations(source text, month date, reader oid) RETURNS TABLE (groups text[])
	LANGUAGE sql STABLE SECURITY DEFINER
	ROWS 1
	SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	WITH combined AS MATERIALIZED (
		SELECT r.oid, pmr.combined_groups(current_combinations.source, current_combinations.month, r.oid) AS groups
		FROM pg_roles AS r
		WHERE NOT r.rolsuper AND (reader IS NULL OR pg_has_role(r.oid, reader, 'MEMBER'))
	)
	SELECT DISTINCT c.groups
	FROM combined AS c
	WHERE CASE WHEN cardinality(c.groups) < 2 THEN false ELSE c.oid IS NOT DISTINCT FROM reader OR NOT pmr.can_become_trusted(c.oid) END;
END;
COMMENT ON FUNCTION pmr.current_combinations(text, date, oid) IS 'internal: combinations of supplier groups of a publication that roles have now: those that can act as a reader, or, if it is NULL, all roles';

CREATE FUNCTION pmr.hidden_by_combination(source text, month date, groups text[], tree_only boolean) RETURNS integer[]
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
	SET jit = off
BEGIN ATOMIC
	WITH part AS MATERIALIZED (
		SELECT h.figure FROM pmr.figures_to_hide(hidden_by_combination.source, hidden_by_combination.month, hidden_by_combination.groups, hidden_by_combination.tree_only) AS h
	)
	SELECT ARRAY(
		SELECT f.figure
		FROM pmr.publication AS r JOIN pmr.publication_figure AS f ON f.source = r.source AND f.month = r.month
		WHERE r.source = hidden_by_combination.source AND r.month = hidden_by_combination.month AND f.shown
		  AND (f.figure IN (SELECT p.figure FROM part AS p)
			OR hidden_by_combination.tree_only AND NOT pmr.is_of_tree(f.kind, f.factor, r.region_factor)
			/* a hidden SRV could be worked out from the sum over all of them */
			OR f.kind = 'all' AND EXISTS (SELECT FROM part AS p JOIN pmr.publication_figure AS s ON s.source = f.source AND s.month = f.month AND s.figure = p.figure WHERE s.kind = 'srv'))
		ORDER BY f.figure);
END;
COMMENT ON FUNCTION pmr.hidden_by_combination(text, date, text[], boolean) IS 'internal: figures of a publication that are shown to readers of one group and that a combination of groups hides; tree_only: of categories, and of factors other than the region, it hides all';

/*
 * What is known of a reader before a Party is compared.
 *
 * debug_print_plan would show the reader's client the values in plans, which name
 * groups that others can see.  So it is off here and in what calls this.
 */
CREATE FUNCTION pmr.reader(role pmr.requesting_role, source text, month date, party text)
	RETURNS TABLE (every_party boolean, own text[], combined text[], hidden integer[])
	LANGUAGE plpgsql STABLE
	ROWS 1
	SET search_path = pg_catalog, pg_temp
	SET debug_print_plan = off
AS $$
DECLARE
	combination text[];
BEGIN
	every_party := pmr.can_see_all_parties(reader.role);
	own := pmr.own_groups(reader.role, reader.source, reader.month, reader.party);
	combined := own;
	hidden := '{}';
	IF NOT every_party THEN
		FOR combination IN SELECT c.groups FROM pmr.current_combinations(reader.source, reader.month, pmr.role_oid(reader.role)) AS c LOOP
			combined := (SELECT array_agg(DISTINCT g COLLATE "C" ORDER BY g COLLATE "C") FROM unnest(combined || combination) AS g);
			hidden := hidden || coalesce(
				(SELECT p.hidden FROM pmr.publication_combination AS p WHERE p.source = reader.source AND p.month = reader.month AND p.groups = combination),
				pmr.hidden_by_combination(reader.source, reader.month, combination, true));
		END LOOP;
	END IF;
	RETURN NEXT;
END
$$;
COMMENT ON FUNCTION pmr.reader(pmr.requesting_role, text, date, text) IS 'internal: can a role see all Parties; the supplier groups that are not others when a Party is compared; these and all groups that roles which can act as this one can see; and the figures of a publication that are shown to readers of one group, but not to this one';

CREATE FUNCTION pmr.publish_combinations(source text, month date) RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	combinations bigint;
BEGIN
	INSERT INTO pmr.publication_combination
	SELECT publish_combinations.source, publish_combinations.month, c.groups,
		pmr.hidden_by_combination(publish_combinations.source, publish_combinations.month, c.groups, false)
	FROM pmr.current_combinations(publish_combinations.source, publish_combinations.month, NULL) AS c;
	GET DIAGNOSTICS combinations = ROW_COUNT;
	IF combinations > 0 THEN
		RAISE NOTICE '% combinations of supplier groups that single roles can see are allowed for in month % of source "%"', combinations, to_char(publish_combinations.month, 'YYYY-MM'), publish_combinations.source
			USING HINT = 'Roles that see one of these groups may be shown fewer figures. pmr.publication_combination lists the combinations.';
	END IF;
END
$$;
COMMENT ON FUNCTION pmr.publish_combinations(text, date) IS 'internal: works out what each combination of supplier groups hides of a publication';
