/* Which factor values explain the misses */

CREATE FUNCTION pmr.diagnose_of(role pmr.requesting_role, party text, from_day date, to_day date, source text)
	RETURNS TABLE (rank bigint, factor text, value text, requests bigint, missed bigint, expected double precision, excess double precision,
		z double precision, p_value double precision, finding text, kind text, first_day date, last_day date, began boolean,
		burst_days bigint, burst_excess double precision, compared_pct double precision, days_asked bigint, days_covered bigint)
	LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER
	ROWS 50
	SET search_path = pg_catalog, pg_temp
	SET jit = off
AS $$
#variable_conflict use_column
DECLARE
	every_party CONSTANT boolean := coalesce(diagnose_of.party = '*', true);
	sources text[];
	months date[];
	start_day date;
	end_day date;
	judged pmr.diagnosis_value[];
	claims pmr.diagnosis_value[];
	doubts pmr.separation_doubt[];
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

	start_day := (date_trunc('month', from_day::timestamp))::date;
	end_day := (date_trunc('month', to_day::timestamp) + interval '1 month - 1 day')::date;
	SELECT array_agg(m.month ORDER BY m.month) INTO months
	FROM pmr.rollup_month AS m
	WHERE m.source = sources[1] AND m.month BETWEEN start_day AND end_day;
	IF months IS NULL THEN
		RAISE object_not_in_prerequisite_state USING
			MESSAGE = format('source "%s" has no rolled up month from %s to %s', sources[1], to_char(from_day, 'YYYY-MM'), to_char(to_day, 'YYYY-MM')),
			HINT = 'CALL pmr.refresh() rolls months up.';
	END IF;

	SELECT pmr.diagnosis(s.month, s.party, s.srv, s.mode, s.device_generation, m.factors, s.state
		ORDER BY s.month, s.party COLLATE "C", s.srv COLLATE "C", s.mode COLLATE "C", s.device_generation COLLATE "C") INTO judged
	FROM pmr.rollup_month AS m JOIN pmr.rollup_stratum AS s USING (source, month)
	WHERE m.source = sources[1] AND m.month = ANY (months) AND (every_party OR s.party = diagnose_of.party);

	claims := ARRAY(SELECT f FROM unnest(judged) AS f WHERE f.kind IN ('burst', 'steady'));
	IF claims <> '{}' THEN
		SELECT pmr.separation(claims, s.stratum, s.factors, s.state ORDER BY s.stratum) INTO doubts
		FROM (SELECT dense_rank() OVER (ORDER BY s.month, s.party, s.srv, s.mode, s.device_generation) AS stratum, m.factors, s.state
			  FROM pmr.rollup_month AS m JOIN pmr.rollup_stratum AS s USING (source, month)
			  WHERE m.source = sources[1] AND m.month = ANY (months) AND (every_party OR s.party = diagnose_of.party)) AS s;
	END IF;

	RETURN QUERY
	WITH doubt AS (
		SELECT d.factor, d.value, bool_or(d.is_cause) AS is_explained,
			CASE WHEN bool_or(d.is_cause) THEN 'explained by ' || string_agg(l.label, ', ' ORDER BY l.label COLLATE "C") FILTER (WHERE d.is_cause)
				ELSE 'cannot be separated from ' || string_agg(l.label, ', ' ORDER BY l.label COLLATE "C") END AS finding
		FROM unnest(doubts) AS d,
			LATERAL (SELECT d.other || CASE d.other_value WHEN '' THEN ' (none)' ELSE coalesce(' ' || d.other_value, '') END AS label) AS l
		GROUP BY d.factor, d.value
	)
	SELECT row_number() OVER (ORDER BY f.claimed IS NULL, d.is_explained IS TRUE, f.requests = 0, coalesce(f.claimed, f.excess) DESC, f.factor COLLATE "C", f.value COLLATE "C"),
		f.factor, f.value, f.requests, f.missed, f.expected, f.excess, round(f.z::numeric, 1)::double precision, f.p_value,
		coalesce(d.finding, CASE
			WHEN f.kind = 'burst' THEN 'worse on some days'
			WHEN f.kind = 'steady' THEN 'worse than the others'
			WHEN f.requests = 0 THEN 'nothing to compare with'
			WHEN f.kind = 'too small' THEN 'too small to claim'
			ELSE 'no claim' END),
		nullif(f.kind, 'too small'), f.first_day, f.last_day, f.began, f.burst_days, f.burst_excess, pmr.percentage(f.requests, f.measured),
		end_day - start_day + 1::bigint, pmr.days_covered(sources[1], start_day, end_day)
	FROM unnest(judged) AS f LEFT JOIN doubt AS d USING (factor, value)
	WHERE f.measured > 0
	ORDER BY 1;
	IF NOT FOUND THEN
		RAISE NOTICE 'no measured requests from % to %', to_char(from_day, 'YYYY-MM'), to_char(to_day, 'YYYY-MM');
	END IF;
END
$$;
COMMENT ON FUNCTION pmr.diagnose_of(pmr.requesting_role, text, date, date, text) IS 'internal: diagnose of a role';

CREATE FUNCTION pmr.diagnose(party text, from_day date, to_day date, source text DEFAULT NULL)
	RETURNS TABLE (rank bigint, factor text, value text, requests bigint, missed bigint, expected double precision, excess double precision,
		z double precision, p_value double precision, finding text, kind text, first_day date, last_day date, began boolean,
		burst_days bigint, burst_excess double precision, compared_pct double precision, days_asked bigint, days_covered bigint)
	LANGUAGE sql STABLE PARALLEL RESTRICTED
	ROWS 50
BEGIN ATOMIC
	SELECT f.rank, f.factor, f.value, f.requests, f.missed, f.expected, f.excess, f.z, f.p_value, f.finding, f.kind, f.first_day, f.last_day, f.began,
		f.burst_days, f.burst_excess, f.compared_pct, f.days_asked, f.days_covered
	FROM pmr.diagnose_of(pmr.requesting_role(), party, from_day, to_day, source) AS f;
END;
COMMENT ON FUNCTION pmr.diagnose(text, date, date, text) IS 'values of factors whose requests miss their target more often than those of the Party''s other values at the same mix of SRV, mode and device generation, largest excess first; the Party NULL or * stands for all Parties, for roles that can see all Parties';
