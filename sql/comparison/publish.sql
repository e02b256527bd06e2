/* Publishing a month, and withdrawing it */

CREATE PROCEDURE pmr.publish(source text, month date)
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
	SET jit = off
	SET enable_nestloop = off
AS $$
DECLARE
	s pmr.source;
	m pmr.rollup_month;
	r record;
	known text[];
	total bigint;
	bad_factor text;
BEGIN
	SELECT * INTO s FROM pmr.source AS a WHERE a.source = publish.source FOR NO KEY UPDATE;
	IF NOT FOUND THEN
		RAISE undefined_object USING MESSAGE = format('source "%s" does not exist', publish.source),
			HINT = 'pmr.add_source() adds one.';
	ELSIF publish.month IS NULL OR NOT isfinite(publish.month) OR publish.month <> date_trunc('month', publish.month::timestamp) THEN
		RAISE invalid_parameter_value USING MESSAGE = format('month %s is not the first day of a month', coalesce(publish.month::text, 'NULL'));
	ELSIF EXISTS (SELECT FROM pmr.publication AS p WHERE p.source = publish.source AND p.month = publish.month) THEN
		RAISE duplicate_object USING MESSAGE = format('month %s of source "%s" is already published', to_char(publish.month, 'YYYY-MM'), publish.source),
			HINT = format('pmr.withdraw(%L, %L) removes the publication. Readers who have it can compare it with the next one.', publish.source, publish.month);
	END IF;
	SELECT * INTO m FROM pmr.rollup_month AS a WHERE a.source = publish.source AND a.month = publish.month;
	IF NOT FOUND THEN
		RAISE object_not_in_prerequisite_state USING MESSAGE = format('month %s of source "%s" is not rolled up', to_char(publish.month, 'YYYY-MM'), publish.source),
			HINT = format('CALL pmr.refresh(%L, %L, %L) does it.', publish.source, publish.month, (publish.month + interval '1 month - 1 day')::date);
	ELSIF NOT m.settled THEN
		RAISE object_not_in_prerequisite_state USING MESSAGE = format('month %s of source "%s" is not settled', to_char(publish.month, 'YYYY-MM'), publish.source),
			DETAIL = format('It was rolled up as of %s, and late rows and responses are waited for during %s after its end.', m.as_of, s.settle_after),
			HINT = format('CALL pmr.refresh(%L) after that.', publish.source);
	END IF;
	SELECT coalesce(sum(c.pending), 0) AS pending,
		count(DISTINCT (c.srv, c.mode, c.device_generation)) FILTER (WHERE c.target_status = 'assumed') AS assumed_targets
	INTO r
	FROM pmr.rollup AS c
	WHERE c.source = publish.source AND c.month = publish.month AND c.day IS NULL AND c.factor = 'all';
	IF r.pending > 0 THEN
		RAISE NOTICE '% requests of month % of source "%" are pending, and will be in no figure of the publication', r.pending, to_char(publish.month, 'YYYY-MM'), publish.source;
	END IF;
	INSERT INTO pmr.publication
	SELECT publish.source, publish.month, m.as_of, clock_timestamp(), current_user,
		coalesce(d.min_groups, 5), coalesce(d.min_group_requests, 30), coalesce(d.max_share_pct, 50), coalesce(d.max_share_of_two_pct, 80),
		coalesce(d.min_groups_ranked, 10), s.region_factor, r.assumed_targets
	FROM (VALUES (1)) AS one (row) LEFT JOIN pmr.disclosure_rule AS d ON true;

	INSERT INTO pmr.publication_target
	SELECT DISTINCT publish.source, publish.month, c.srv, c.mode, c.device_generation, c.target_s, c.target_status
	FROM pmr.rollup AS c
	WHERE c.source = publish.source AND c.month = publish.month AND c.day IS NULL AND c.factor = 'all';

	/*
	 * Where most requests tell their generation, the few that do not would
	 * each be the difference that makes others be hidden.
	 */
	known := ARRAY(
		SELECT DISTINCT c.srv || ' ' || c.mode
		FROM pmr.rollup AS c
		WHERE c.source = publish.source AND c.month = publish.month AND c.day IS NULL AND c.factor = 'all'
		  AND c.device_generation <> 'unknown' AND c.met + c.missed > 0);
	INSERT INTO pmr.publication_cell
	SELECT publish.source, publish.month, c.party, c.srv, c.mode, c.device_generation, c.qualifier, c.factor, c.value,
		sum(c.met + c.missed), sum(c.met), 0, 0, CASE c.factor WHEN 'all' THEN pmr.rtt_merge(c.rtt) END
	FROM pmr.rollup AS c
	WHERE c.source = publish.source AND c.month = publish.month AND c.day IS NULL
	  AND c.mode <> 'unknown' AND (c.device_generation <> 'unknown' OR c.srv || ' ' || c.mode <> ALL (known))
	GROUP BY c.party, c.srv, c.mode, c.device_generation, c.qualifier, c.factor, c.value
	ORDER BY c.party, c.factor, c.value, c.srv;
	SELECT coalesce(sum(c.measured), 0) INTO total
	FROM pmr.publication_cell AS c
	WHERE c.source = publish.source AND c.month = publish.month AND c.factor = 'all';

	SELECT f.factor INTO bad_factor
	FROM (SELECT c.factor
		  FROM pmr.publication_cell AS c
		  WHERE c.source = publish.source AND c.month = publish.month
		  GROUP BY c.factor
		  HAVING sum(c.measured) <> total
		  UNION ALL
		  SELECT s.region_factor
		  WHERE total > 0
			AND NOT EXISTS (SELECT FROM pmr.publication_cell AS c WHERE c.source = publish.source AND c.month = publish.month AND c.factor = s.region_factor)) AS f
	WHERE f.factor IS NOT NULL
	ORDER BY f.factor
	LIMIT 1;
	IF FOUND THEN
		RAISE object_not_in_prerequisite_state USING
			MESSAGE = format('values of factor %I of month %s of source "%s" do not add up to the total', bad_factor, to_char(publish.month, 'YYYY-MM'), publish.source),
			HINT = format('CALL pmr.refresh(%L, %L, %L) rolls the month up with the factors that the source has now.', publish.source, publish.month, (publish.month + interval '1 month - 1 day')::date);
	END IF;

	WITH day AS (
		SELECT c.party, c.srv, c.mode, c.device_generation, c.qualifier, c.day, sum(c.missed)::double precision AS missed, sum(c.met + c.missed)::double precision AS measured
		FROM pmr.rollup AS c
		WHERE c.source = publish.source AND c.month = publish.month AND c.day IS NOT NULL
		GROUP BY c.party, c.srv, c.mode, c.device_generation, c.qualifier, c.day
		HAVING sum(c.met + c.missed) > 0
	), spread AS (
		SELECT d.party, d.srv, d.mode, d.device_generation, d.qualifier, count(*) AS days, sum(d.missed * d.missed / d.measured ORDER BY d.day) AS squares
		FROM day AS d
		GROUP BY d.party, d.srv, d.mode, d.device_generation, d.qualifier
	)
	UPDATE pmr.publication_cell AS c
	SET days = d.days, squares = d.squares
	FROM spread AS d
	WHERE c.source = publish.source AND c.month = publish.month AND c.factor = 'all'
	  AND c.party = d.party AND c.srv = d.srv AND c.mode = d.mode AND c.device_generation = d.device_generation AND c.qualifier = d.qualifier;

	INSERT INTO pmr.publication_party
	SELECT publish.source, publish.month, party, coalesce(p.supplier_group, party), p.category
	FROM (SELECT DISTINCT c.party FROM pmr.publication_cell AS c WHERE c.source = publish.source AND c.month = publish.month AND c.party <> '') AS c
		FULL JOIN pmr.party AS p USING (party);

	PERFORM pmr.publish_figures(publish.source, publish.month);
	PERFORM pmr.suppress_figures(publish.source, publish.month);
END
$$;
COMMENT ON PROCEDURE pmr.publish(text, date) IS 'freezes the industry side of a settled month, for readers to compare their Parties with';

CREATE FUNCTION pmr.withdraw(source text, month date) RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM FROM pmr.source AS s WHERE s.source = withdraw.source FOR NO KEY UPDATE;
	DELETE FROM pmr.publication AS p WHERE p.source = withdraw.source AND p.month = withdraw.month;
	IF NOT FOUND THEN
		RAISE undefined_object USING MESSAGE = format('month %s of source "%s" is not published', coalesce(to_char(withdraw.month, 'YYYY-MM'), 'NULL'), withdraw.source);
	END IF;
	DELETE FROM pmr.publication_target AS p WHERE p.source = withdraw.source AND p.month = withdraw.month;
	DELETE FROM pmr.publication_party AS p WHERE p.source = withdraw.source AND p.month = withdraw.month;
	DELETE FROM pmr.publication_cell AS p WHERE p.source = withdraw.source AND p.month = withdraw.month;
	DELETE FROM pmr.publication_figure AS p WHERE p.source = withdraw.source AND p.month = withdraw.month;
END
$$;
COMMENT ON FUNCTION pmr.withdraw(text, date) IS 'removes a publication; readers who have its figures can compare them with those of the next';
