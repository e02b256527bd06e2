/* The supplier groups of a reader */

/*
 * A Party that is not in the publication has the group that it has now.  A group
 * that is not in the publication has no requests there.
 */
CREATE FUNCTION pmr.groups_of_parties(source text, month date, parties text[]) RETURNS text[]
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	SELECT coalesce(array_agg(DISTINCT g.name COLLATE "C" ORDER BY g.name COLLATE "C"), '{}')
	FROM unnest(parties) AS s (party)
		LEFT JOIN pmr.publication_party AS p ON p.source = groups_of_parties.source AND p.month = groups_of_parties.month AND p.party = s.party
		LEFT JOIN pmr.party AS now ON now.party = s.party
		CROSS JOIN LATERAL (SELECT coalesce(p.supplier_group, now.supplier_group) AS name) AS g
	WHERE EXISTS (SELECT FROM pmr.publication_party AS o WHERE o.source = groups_of_parties.source AND o.month = groups_of_parties.month AND o.supplier_group = g.name);
END;
COMMENT ON FUNCTION pmr.groups_of_parties(text, date, text[]) IS 'internal: supplier groups of Parties that are in a publication, in the order of their bytes';

CREATE FUNCTION pmr.own_groups(role pmr.requesting_role, source text, month date, party text) RETURNS text[]
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
	RETURN pmr.groups_of_parties(own_groups.source, own_groups.month,
		CASE WHEN pmr.can_see_all_parties(role) THEN ARRAY[own_groups.party] ELSE pmr.own_parties(role) END);
COMMENT ON FUNCTION pmr.own_groups(pmr.requesting_role, text, date, text) IS 'internal: supplier groups that are not others when a Party is compared: those of the Parties that the role can see; for a role that can see all Parties, that of the Party';

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
