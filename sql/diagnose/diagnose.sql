/* Which factor values explain the misses */

/*
 * Each call is planned anew: a plan for one month of one Party is not good for
 * a year of all Parties.
 */
CREATE FUNCTION pmr.diagnose_of(role pmr.requesting_role, party text, from_day date, to_day date, source text)
	RETURNS TABLE (rank bigint, factor text, value text, requests bigint, missed bigint, expected double precision, excess double precision,
		z double precision, p_value double precision, finding text, compared_pct double precision, days_asked bigint, days_covered bigint)
	LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER
	ROWS 50
	SET search_path = pg_catalog, pg_temp
	SET jit = off
	SET plan_cache_mode = force_custom_plan
	SET work_mem = '64MB'
AS $$
#variable_conflict use_column
DECLARE
	every_party CONSTANT boolean := coalesce(diagnose_of.party = '*', true);
	sources text[];
	months date[];
	parties text[];
	first_day date;
	last_day date;
BEGIN
	IF every_party AND NOT pmr.can_see_all_parties(diagnose_of.role) THEN
		RAISE insufficient_privilege USING MESSAGE = 'no access to the figures of every Party',
			HINT = 'Name a Party.';
	ELSIF NOT every_party AND NOT pmr.can_see_party(diagnose_of.role, diagnose_of.party) THEN
		RAISE insufficient_privilege USING MESSAGE = format('no access to the figures of Party "%s"', diagnose_of.party),
			HINT = 'pmr.party_access says which role can see which Party.';
	ELSIF from_day IS NULL OR to_day IS NULL THEN
		RAISE null_value_not_allowed USING MESSAGE = 'from_day and to_day must not be null';
	ELSIF NOT isfinite(from_day) OR NOT isfinite(to_day) THEN
		RAISE invalid_parameter_value USING MESSAGE = 'from_day and to_day must be finite';
	ELSIF to_day < from_day THEN
		RAISE invalid_parameter_value USING MESSAGE = format('to_day %s is before from_day %s', to_day, from_day);
	END IF;

	sources := ARRAY(SELECT s.source FROM pmr.source AS s WHERE s.source = diagnose_of.source OR diagnose_of.source IS NULL ORDER BY s.source COLLATE "C");
	IF sources = '{}' THEN
		RAISE undefined_object USING MESSAGE = CASE WHEN diagnose_of.source IS NULL THEN 'there is no source' ELSE format('source "%s" does not exist', diagnose_of.source) END,
			HINT = 'pmr.add_source() adds one.';
	ELSIF cardinality(sources) > 1 THEN
		RAISE ambiguous_parameter USING MESSAGE = format('there are %s sources', cardinality(sources)),
			HINT = format('Name one: source => %L.', sources[1]);
	END IF;

	first_day := (date_trunc('month', from_day::timestamp))::date;
	last_day := (date_trunc('month', to_day::timestamp) + interval '1 month - 1 day')::date;
	SELECT array_agg(m.month ORDER BY m.month) INTO months
	FROM pmr.rollup_month AS m
	WHERE m.source = sources[1] AND m.month BETWEEN first_day AND last_day;
	IF months IS NULL THEN
		RAISE object_not_in_prerequisite_state USING
			MESSAGE = format('source "%s" has no rolled up month from %s to %s', sources[1], to_char(from_day, 'YYYY-MM'), to_char(to_day, 'YYYY-MM')),
			HINT = 'CALL pmr.refresh() rolls months up.';
	END IF;
	parties := ARRAY(SELECT DISTINCT p FROM pmr.rollup_month AS m, unnest(m.parties) AS p
					 WHERE m.source = sources[1] AND m.month = ANY (months) AND (every_party OR p = diagnose_of.party));

	RETURN QUERY
	/*
	 * The planner cannot know how many rows a CTE has.  So rows are not joined,
	 * but grouped into arrays and unnested again.  Joins are of claims and
	 * factors, which are few.
	 *
	 * OFFSET keeps it one search of the index for each Party's month.
	 */
	WITH stratum AS MATERIALIZED (
		SELECT row_number() OVER () AS stratum, r.month, r.party, r.srv, r.mode, r.device_generation,
			(sum(r.met + r.missed) FILTER (WHERE r.day IS NULL AND r.factor = 'all'))::bigint AS t,
			(sum(r.missed) FILTER (WHERE r.day IS NULL AND r.factor = 'all'))::bigint AS k,
			array_agg(r.day) FILTER (WHERE r.day IS NOT NULL) AS days,
			array_agg(r.met + r.missed) FILTER (WHERE r.day IS NOT NULL) AS day_n, array_agg(r.missed) FILTER (WHERE r.day IS NOT NULL) AS day_m,
			array_agg(r.factor) FILTER (WHERE r.factor <> 'all') AS factors, array_agg(r.value) FILTER (WHERE r.factor <> 'all') AS values,
			array_agg(r.met + r.missed) FILTER (WHERE r.factor <> 'all') AS n, array_agg(r.missed) FILTER (WHERE r.factor <> 'all') AS m
		FROM unnest(months) AS i (month), unnest(parties) AS j (party),
			LATERAL (SELECT p.month, p.party, p.srv, p.mode, p.device_generation, p.day, p.factor, p.value, p.met, p.missed
					 FROM pmr.rollup AS p
					 WHERE p.source = sources[1] AND p.month = i.month AND p.party = j.party AND p.met + p.missed > 0 OFFSET 0) AS r
		GROUP BY r.month, r.party, r.srv, r.mode, r.device_generation
		HAVING count(*) FILTER (WHERE r.day IS NULL AND r.factor = 'all') > 0
	), day AS (
		SELECT s.month, u.day, sum(u.m) - sum(u.n::numeric * s.k / s.t) AS excess,
			sum(u.n::numeric * s.k * (s.t - s.k) / (s.t::numeric * s.t)) AS variance
		FROM stratum AS s, unnest(s.days, s.day_n, s.day_m) AS u (day, n, m)
		GROUP BY s.month, u.day
	), spread AS MATERIALIZED (
		SELECT coalesce(greatest(sum(d.excess * d.excess / d.variance) / nullif(count(*) - count(DISTINCT d.month), 0), 1), 1)::double precision AS phi
		FROM day AS d
		WHERE d.variance > 0
	), cell AS MATERIALIZED (
		SELECT s.stratum, u.factor, u.value, s.t, s.k, sum(u.n)::bigint AS n, sum(u.m)::bigint AS m
		FROM stratum AS s, unnest(s.factors, s.values, s.n, s.m) AS u (factor, value, n, m)
		GROUP BY s.stratum, u.factor, u.value, s.t, s.k
	), compared AS (
		SELECT g.factor, g.value, g.requests, c.*
		FROM (SELECT factor, value, sum(n) AS requests, array_agg(n) AS n, array_agg(m) AS m, array_agg(t) AS t, array_agg(k) AS k FROM cell GROUP BY factor, value) AS g,
			spread AS s, pmr.compare_misses(g.n, g.m, g.t, g.k, s.phi) AS c
	), holm AS MATERIALIZED (
		/* S. Holm, 1979; to three digits, as shown */
		SELECT o.*, CASE WHEN o.compared > 0 THEN
				to_char(least(max(o.p_value * (o.tests - o.place + 1)) OVER (PARTITION BY o.compared > 0 ORDER BY o.place), 1), '9.99EEEE')::double precision END AS adjusted_p
		FROM (SELECT c.*, row_number() OVER (PARTITION BY c.compared > 0 ORDER BY c.p_value, c.factor COLLATE "C", c.value COLLATE "C") AS place,
				count(*) OVER (PARTITION BY c.compared > 0) AS tests
			  FROM compared AS c) AS o
	), claim AS MATERIALIZED (
		SELECT row_number() OVER () AS claim, h.factor, h.value, h.compared, h.excess
		FROM holm AS h
		WHERE h.adjusted_p < 0.05 AND h.excess >= 5 AND h.excess * 1000 >= h.compared
	), claimed AS MATERIALIZED (
		SELECT c.factor, array_agg(c.value) AS values, array_agg(c.claim) AS claims
		FROM claim AS c
		GROUP BY c.factor
	), pair AS (
		SELECT max(p.stratum) OVER (PARTITION BY p.month, p.party, p.srv, p.mode, p.device_generation) AS stratum,
			p.factor_a, p.factor_b, p.values_a, p.values_b, p.measured, p.missed
		FROM (SELECT s.stratum, s.month, s.party, s.srv, s.mode, s.device_generation, NULL AS factor_a, NULL AS factor_b,
				NULL::text[] AS values_a, NULL::text[] AS values_b, NULL::bigint[] AS measured, NULL::bigint[] AS missed
			  FROM stratum AS s
			  UNION ALL
			  SELECT NULL, p.month, p.party, p.srv, p.mode, p.device_generation, p.factor_a, p.factor_b, p.values_a, p.values_b, p.measured, p.missed
			  FROM unnest(months) AS i (month), unnest(parties) AS j (party),
				LATERAL (SELECT * FROM pmr.rollup_pair AS r
						 WHERE r.source = sources[1] AND r.month = i.month AND r.party = j.party OFFSET 0) AS p) AS p
		WHERE EXISTS (SELECT FROM claim)
	), split AS MATERIALIZED (
		/* the requests of a claim by the values of each other factor */
		SELECT u.claim, u.other, u.other_value, u.stratum, sum(u.n)::bigint AS n, sum(u.m)::bigint AS m
		FROM (SELECT p.stratum, f.claims[array_position(f.values, u.value)] AS claim, o.other, u.other_value, u.n, u.m
			  FROM pair AS p,
				LATERAL (VALUES (p.factor_a, p.values_a, p.factor_b, p.values_b), (p.factor_b, p.values_b, p.factor_a, p.values_a)) AS o (factor, values, other, other_values)
				JOIN claimed AS f USING (factor),
				unnest(o.values, o.other_values, p.measured, p.missed) AS u (value, other_value, n, m)
			  WHERE p.factor_a IS NOT NULL AND u.value = ANY (f.values)) AS u
		GROUP BY u.claim, u.other, u.other_value, u.stratum
	), within AS MATERIALIZED (
		/* compared with the same value of the other factor: does the excess remain? */
		SELECT c.claim, c.factor, f.other, coalesce(x.compared * 2 >= c.compared, false) AS is_compared, coalesce(x.excess * 2 >= c.excess, false) AS remains,
			coalesce(x.p_value < 0.01, false) AS is_sure
		FROM claim AS c JOIN (SELECT DISTINCT factor AS other FROM cell) AS f ON f.other <> c.factor
			LEFT JOIN (
				SELECT g.claim, g.other, r.*
				FROM (SELECT u.claim, v.other, array_agg(u.n) AS n, array_agg(u.m) AS m, array_agg(v.t) AS t, array_agg(v.k) AS k
					  FROM (SELECT v.other, sum(v.t)::bigint AS t, sum(v.k)::bigint AS k, array_agg(v.claim) FILTER (WHERE v.claim IS NOT NULL) AS claims,
								array_agg(v.n) FILTER (WHERE v.claim IS NOT NULL) AS n, array_agg(v.m) FILTER (WHERE v.claim IS NOT NULL) AS m
							FROM (SELECT s.stratum, s.other, s.other_value, NULL::bigint AS t, NULL::bigint AS k, s.claim, s.n, s.m FROM split AS s
								  UNION ALL
								  SELECT c.stratum, c.factor, c.value, c.n, c.m, NULL, NULL, NULL FROM cell AS c WHERE EXISTS (SELECT FROM claim)) AS v
							GROUP BY v.stratum, v.other, v.other_value
							HAVING count(v.claim) > 0 AND count(v.t) > 0) AS v,
						unnest(v.claims, v.n, v.m) AS u (claim, n, m)
					  GROUP BY u.claim, v.other) AS g,
					spread AS s, pmr.compare_misses(g.n, g.m, g.t, g.k, s.phi) AS r) AS x ON x.claim = c.claim AND x.other = f.other
	), claimed_cell AS MATERIALIZED (
		SELECT f.claims[array_position(f.values, c.value)] AS claim, c.factor, c.stratum, c.t, c.k, c.n, c.m
		FROM cell AS c JOIN claimed AS f USING (factor)
		WHERE c.value = ANY (f.values)
	), suspect AS (
		/* a claimed value of the other factor that has some of the claim's requests: is the excess gone without them? */
		SELECT g.claim, g.suspect, w.factor AS other, w.value, r.excess * 2 < c.excess AND r.p_value >= 0.05 AS is_all
		FROM (SELECT u.claim, u.suspect, array_agg(u.n) AS n, array_agg(u.m) AS m, array_agg(u.t) AS t, array_agg(u.k) AS k
			  FROM (SELECT u.claim, u.suspect, sum(u.n)::bigint AS n, sum(u.m)::bigint AS m, sum(u.t)::bigint AS t, sum(u.k)::bigint AS k, bool_or(u.is_shared) AS is_shared
					FROM (SELECT b.claim, w.claim AS suspect, b.stratum, b.n, b.m, b.t, b.k, true AS is_own, false AS is_shared
						  FROM claimed_cell AS b JOIN claim AS w ON w.factor <> b.factor
						  UNION ALL
						  SELECT c.claim, o.claim, o.stratum, 0, 0, -o.n, -o.m, false, false
						  FROM claimed_cell AS o JOIN claim AS c ON c.factor <> o.factor
						  UNION ALL
						  SELECT s.claim, f.claims[array_position(f.values, s.other_value)], s.stratum, -s.n, -s.m, 0, 0, false, true
						  FROM split AS s JOIN claimed AS f ON f.factor = s.other
						  WHERE s.other_value = ANY (f.values)) AS u
					GROUP BY u.claim, u.suspect, u.stratum
					HAVING bool_or(u.is_own)) AS u
			  GROUP BY u.claim, u.suspect
			  HAVING bool_or(u.is_shared)) AS g
			JOIN claim AS c ON c.claim = g.claim
			JOIN claim AS w ON w.claim = g.suspect,
			spread AS s, pmr.compare_misses(g.n, g.m, g.t, g.k, s.phi) AS r
	), doubt AS (
		/* what a claim cannot be told from, and whether that is the cause */
		SELECT w.claim, w.other,
			CASE WHEN count(*) FILTER (WHERE s.is_all) = 1 THEN max(s.value) FILTER (WHERE s.is_all) END AS value,
			coalesce(CASE
				WHEN count(*) FILTER (WHERE s.is_all) = 1 THEN bool_or(v.is_compared AND v.remains AND v.is_sure) FILTER (WHERE s.is_all)
				WHEN w.is_compared AND NOT w.remains THEN bool_or(v.is_compared AND v.remains AND v.is_sure)
			END, false) AS is_cause
		FROM within AS w
			LEFT JOIN suspect AS s ON s.claim = w.claim AND s.other = w.other
			LEFT JOIN within AS v ON v.claim = s.suspect AND v.other = w.factor
		WHERE NOT (w.is_compared AND w.remains AND w.is_sure)
		GROUP BY w.claim, w.other, w.is_compared, w.remains
	), judged AS (
		SELECT c.factor, c.value, coalesce(bool_or(d.is_cause), false) AS is_explained,
			CASE
				WHEN bool_or(d.is_cause) THEN 'explained by ' || string_agg(l.label, ', ' ORDER BY l.label COLLATE "C") FILTER (WHERE d.is_cause)
				WHEN count(d.claim) > 0 THEN 'cannot be separated from ' || string_agg(l.label, ', ' ORDER BY l.label COLLATE "C")
				ELSE 'worse than the others'
			END AS finding
		FROM claim AS c LEFT JOIN doubt AS d USING (claim),
			LATERAL (SELECT d.other || CASE d.value WHEN '' THEN ' (none)' ELSE coalesce(' ' || d.value, '') END AS label) AS l
		GROUP BY c.factor, c.value
	)
	SELECT row_number() OVER (ORDER BY o.class, o.excess DESC, o.factor COLLATE "C", o.value COLLATE "C"),
		o.factor, o.value, o.compared, o.compared_missed, o.expected::double precision, o.excess::double precision,
		round(o.z::numeric, 1)::double precision, o.p_value, o.finding, pmr.percentage(o.compared, o.requests::bigint),
		last_day - first_day + 1::bigint, (SELECT pmr.days_covered(sources[1], first_day, last_day))
	FROM (SELECT h.factor, h.value, h.requests, h.compared, h.compared_missed,
			CASE WHEN h.compared > 0 THEN h.expected END AS expected, CASE WHEN h.compared > 0 THEN h.excess END AS excess,
			CASE WHEN h.compared > 0 THEN h.z END AS z, h.adjusted_p AS p_value,
			CASE WHEN j.factor IS NULL THEN CASE WHEN h.compared > 0 THEN 2 ELSE 3 END WHEN j.is_explained THEN 1 ELSE 0 END AS class,
			coalesce(j.finding, CASE
				WHEN h.compared = 0 THEN 'nothing to compare with'
				WHEN h.adjusted_p < 0.05 THEN 'too small to claim'
				ELSE 'no claim' END) AS finding
		  FROM holm AS h LEFT JOIN judged AS j USING (factor, value)) AS o
	ORDER BY 1;
	IF NOT FOUND THEN
		RAISE NOTICE 'no measured requests from % to %', to_char(from_day, 'YYYY-MM'), to_char(to_day, 'YYYY-MM');
	END IF;
END
$$;
COMMENT ON FUNCTION pmr.diagnose_of(pmr.requesting_role, text, date, date, text) IS 'internal: diagnose of a role';

CREATE FUNCTION pmr.diagnose(party text, from_day date, to_day date, source text DEFAULT NULL)
	RETURNS TABLE (rank bigint, factor text, value text, requests bigint, missed bigint, expected double precision, excess double precision,
		z double precision, p_value double precision, finding text, compared_pct double precision, days_asked bigint, days_covered bigint)
	LANGUAGE sql STABLE PARALLEL RESTRICTED
	ROWS 50
BEGIN ATOMIC
	SELECT f.rank, f.factor, f.value, f.requests, f.missed, f.expected, f.excess, f.z, f.p_value, f.finding, f.compared_pct, f.days_asked, f.days_covered
	FROM pmr.diagnose_of(pmr.requesting_role(), party, from_day, to_day, source) AS f;
END;
COMMENT ON FUNCTION pmr.diagnose(text, date, date, text) IS 'values of factors whose requests miss their target more often than those of the Party''s other values at the same mix of SRV, mode and device generation, largest excess first; the Party NULL or * stands for all Parties, for roles that can see all Parties';
