/* Which factor values explain the misses */

CREATE FUNCTION pmr.diagnose(party text, from_day date, to_day date, source text DEFAULT NULL)
	RETURNS TABLE (rank bigint, factor text, value text, requests bigint, missed bigint, expected double precision, excess double precision,
		z double precision, p_value double precision, finding text, compared_pct double precision)
	LANGUAGE plpgsql STABLE SECURITY DEFINER
	ROWS 50
	SET search_path = pg_catalog, pg_temp
	SET enable_nestloop = off
	SET enable_seqscan = off
	SET jit = off
	SET work_mem = '64MB'
AS $$
#variable_conflict use_column
DECLARE
	every_party CONSTANT boolean := coalesce(diagnose.party = '*', true);
	sources text[];
	months date[];
	parties text[];
	asked integer;
BEGIN
	IF every_party AND NOT pmr.can_see_all_parties() THEN
		RAISE insufficient_privilege USING MESSAGE = 'no access to the figures of every Party',
			HINT = 'Name a Party.';
	ELSIF NOT every_party AND NOT pmr.can_see_party(diagnose.party) THEN
		RAISE insufficient_privilege USING MESSAGE = format('no access to the figures of Party "%s"', diagnose.party),
			HINT = 'pmr.party_access says who sees which Party.';
	ELSIF from_day IS NULL OR to_day IS NULL THEN
		RAISE null_value_not_allowed USING MESSAGE = 'from_day and to_day must not be null';
	ELSIF NOT isfinite(from_day) OR NOT isfinite(to_day) THEN
		RAISE invalid_parameter_value USING MESSAGE = 'from_day and to_day must be finite';
	ELSIF to_day < from_day THEN
		RAISE invalid_parameter_value USING MESSAGE = format('to_day %s is before from_day %s', to_day, from_day);
	END IF;

	sources := ARRAY(SELECT s.source FROM pmr.source AS s WHERE s.source = diagnose.source OR diagnose.source IS NULL ORDER BY s.source COLLATE "C");
	IF sources = '{}' THEN
		RAISE undefined_object USING MESSAGE = CASE WHEN diagnose.source IS NULL THEN 'there is no source' ELSE format('source "%s" does not exist', diagnose.source) END,
			HINT = 'pmr.add_source() adds one.';
	ELSIF cardinality(sources) > 1 THEN
		RAISE ambiguous_parameter USING MESSAGE = format('there are %s sources', cardinality(sources)),
			HINT = format('Name one: source => %L.', sources[1]);
	END IF;

	SELECT array_agg(m.month ORDER BY m.month) INTO months
	FROM pmr.rollup_month AS m
	WHERE m.source = sources[1] AND m.month BETWEEN date_trunc('month', from_day::timestamp)::date AND to_day;
	asked := 12 * (extract(year FROM to_day) - extract(year FROM from_day)) + extract(month FROM to_day) - extract(month FROM from_day) + 1;
	IF months IS NULL THEN
		RAISE object_not_in_prerequisite_state USING
			MESSAGE = format('source "%s" has no rolled up month from %s to %s', sources[1], to_char(from_day, 'YYYY-MM'), to_char(to_day, 'YYYY-MM')),
			HINT = 'CALL pmr.refresh() rolls months up.';
	ELSIF cardinality(months) < asked THEN
		RAISE NOTICE 'only % of % months are rolled up', cardinality(months), asked;
	END IF;
	parties := ARRAY(SELECT DISTINCT p FROM pmr.rollup_month AS m, unnest(m.parties) AS p
					 WHERE m.source = sources[1] AND m.month = ANY (months) AND (every_party OR p = diagnose.party));

	RETURN QUERY
	WITH own AS MATERIALIZED (
		/* OFFSET keeps it one look into the index for each Party's month */
		SELECT r.*
		FROM unnest(months) AS m (month), unnest(parties) AS p (party),
			LATERAL (SELECT r.month, r.party, r.srv, r.mode, r.device_generation, r.day, r.factor, r.value, r.met + r.missed AS n, r.missed AS m
					 FROM pmr.rollup AS r
					 WHERE r.source = sources[1] AND r.month = m.month AND r.party = p.party AND r.met + r.missed > 0 OFFSET 0) AS r
	), stratum AS MATERIALIZED (
		SELECT row_number() OVER () AS stratum, r.month, r.party, r.srv, r.mode, r.device_generation,
			sum(r.n)::bigint AS t, sum(r.m)::bigint AS k
		FROM own AS r
		WHERE r.day IS NULL AND r.factor = 'all'
		GROUP BY r.month, r.party, r.srv, r.mode, r.device_generation
	), day AS (
		SELECT r.month, r.day, sum(r.m) - sum(r.n::numeric * s.k / s.t) AS excess,
			sum(r.n::numeric * s.k * (s.t - s.k) / (s.t::numeric * s.t)) AS variance
		FROM own AS r JOIN stratum AS s USING (month, party, srv, mode, device_generation)
		WHERE r.day IS NOT NULL
		GROUP BY r.month, r.day
	), spread AS MATERIALIZED (
		SELECT coalesce(greatest(sum(d.excess * d.excess / d.variance) / nullif(count(*) - count(DISTINCT d.month), 0), 1), 1)::double precision AS phi
		FROM day AS d
		WHERE d.variance > 0
	), cell AS MATERIALIZED (
		SELECT s.stratum, r.factor, r.value, s.t, s.k, sum(r.n)::bigint AS n, sum(r.m)::bigint AS m
		FROM own AS r JOIN stratum AS s USING (month, party, srv, mode, device_generation)
		WHERE r.day IS NULL AND r.factor <> 'all'
		GROUP BY s.stratum, r.factor, r.value, s.t, s.k
	), compared AS MATERIALIZED (
		SELECT g.factor, g.value, g.requests, c.*
		FROM (SELECT factor, value, sum(n) AS requests, array_agg(n) AS n, array_agg(m) AS m, array_agg(t) AS t, array_agg(k) AS k FROM cell GROUP BY factor, value) AS g,
			spread AS s, pmr.compare_misses(g.n, g.m, g.t, g.k, s.phi) AS c
	), holm AS (
		/* S. Holm, 1979; to three digits, as shown */
		SELECT o.factor, o.value, to_char(least(max(o.p_value * (o.tests - o.place + 1)) OVER (ORDER BY o.place), 1), '9.99EEEE')::double precision AS p_value
		FROM (SELECT c.*, row_number() OVER (ORDER BY c.p_value, c.factor COLLATE "C", c.value COLLATE "C") AS place, count(*) OVER () AS tests
			  FROM compared AS c WHERE c.compared > 0) AS o
	), claim AS MATERIALIZED (
		SELECT row_number() OVER () AS claim, c.factor, c.value, c.compared, c.excess
		FROM compared AS c JOIN holm AS h USING (factor, value)
		WHERE h.p_value < 0.05 AND c.excess >= 5 AND c.excess * 1000 >= c.compared
	), piece AS MATERIALIZED (
		SELECT s.stratum, o.factor, u.value, o.other, u.other_value, u.n, u.m
		FROM unnest(months) AS i (month), unnest(parties) AS j (party),
			LATERAL (SELECT * FROM pmr.rollup_pair AS p
					 WHERE p.source = sources[1] AND p.month = i.month AND p.party = j.party OFFSET 0) AS p
			JOIN stratum AS s USING (month, party, srv, mode, device_generation),
			LATERAL (VALUES (p.factor_a, p.values_a, p.factor_b, p.values_b), (p.factor_b, p.values_b, p.factor_a, p.values_a)) AS o (factor, values, other, other_values)
			JOIN (SELECT c.factor, array_agg(c.value) AS claimed FROM claim AS c GROUP BY c.factor) AS f USING (factor),
			unnest(o.values, o.other_values, p.measured, p.missed) AS u (value, other_value, n, m)
		WHERE u.value = ANY (f.claimed)
	), split AS MATERIALIZED (
		/* the requests of a claim by the values of each other factor */
		SELECT c.claim, p.other, p.other_value, p.stratum, sum(p.n)::bigint AS n, sum(p.m)::bigint AS m
		FROM piece AS p JOIN claim AS c USING (factor, value)
		GROUP BY c.claim, p.other, p.other_value, p.stratum
	), within AS MATERIALIZED (
		/* compared with the same value of the other factor: does the excess remain? */
		SELECT c.claim, c.factor, f.other, coalesce(x.compared * 2 >= c.compared, false) AS is_compared, coalesce(x.excess * 2 >= c.excess, false) AS remains,
			coalesce(x.p_value < 0.01, false) AS is_sure
		FROM claim AS c JOIN (SELECT DISTINCT factor AS other FROM cell) AS f ON f.other <> c.factor
			LEFT JOIN (
				SELECT g.claim, g.other, r.*
				FROM (SELECT s.claim, s.other, array_agg(s.n) AS n, array_agg(s.m) AS m, array_agg(w.n) AS t, array_agg(w.m) AS k
					  FROM split AS s JOIN cell AS w ON w.stratum = s.stratum AND w.factor = s.other AND w.value = s.other_value
					  GROUP BY s.claim, s.other) AS g,
					spread AS s, pmr.compare_misses(g.n, g.m, g.t, g.k, s.phi) AS r) AS x ON x.claim = c.claim AND x.other = f.other
	), suspect AS (
		/* a claimed value of the other factor that has some of the claim's requests: is the excess gone without them? */
		SELECT g.claim, g.suspect, g.other, g.value, r.excess * 2 < g.excess AND r.p_value >= 0.05 AS is_all
		FROM (SELECT c.claim, c.excess, w.claim AS suspect, w.factor AS other, w.value,
				array_agg(b.n - coalesce(s.n, 0)) AS n, array_agg(b.m - coalesce(s.m, 0)) AS m,
				array_agg(b.t - coalesce(o.n, 0)) AS t, array_agg(b.k - coalesce(o.m, 0)) AS k
			  FROM claim AS c
				JOIN claim AS w ON w.factor <> c.factor
				JOIN cell AS b ON b.factor = c.factor AND b.value = c.value
				LEFT JOIN split AS s ON s.claim = c.claim AND s.other = w.factor AND s.other_value = w.value AND s.stratum = b.stratum
				LEFT JOIN cell AS o ON o.factor = w.factor AND o.value = w.value AND o.stratum = b.stratum
			  GROUP BY c.claim, c.excess, w.claim, w.factor, w.value
			  HAVING count(s.n) > 0) AS g,
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
		round(o.z::numeric, 1)::double precision, o.p_value, o.finding, pmr.percentage(o.compared, o.requests::bigint)
	FROM (SELECT c.factor, c.value, c.requests, c.compared, c.compared_missed,
			CASE WHEN c.compared > 0 THEN c.expected END AS expected, CASE WHEN c.compared > 0 THEN c.excess END AS excess,
			CASE WHEN c.compared > 0 THEN c.z END AS z, h.p_value,
			CASE WHEN j.factor IS NULL THEN CASE WHEN c.compared > 0 THEN 2 ELSE 3 END WHEN j.is_explained THEN 1 ELSE 0 END AS class,
			coalesce(j.finding, CASE
				WHEN c.compared = 0 THEN 'nothing to compare with'
				WHEN h.p_value < 0.05 THEN 'too small to claim'
				ELSE 'no claim' END) AS finding
		  FROM compared AS c LEFT JOIN holm AS h USING (factor, value) LEFT JOIN judged AS j USING (factor, value)) AS o
	ORDER BY 1;
	IF NOT FOUND THEN
		RAISE NOTICE 'no measured requests from % to %', to_char(from_day, 'YYYY-MM'), to_char(to_day, 'YYYY-MM');
	END IF;
END
$$;
COMMENT ON FUNCTION pmr.diagnose(text, date, date, text) IS 'values of factors that miss their target more often than the Party''s other values at the same mix of requests, largest excess first; NULL: over all Parties, for who sees them';
