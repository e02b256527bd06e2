/* Publishing a month, and withdrawing it */

/* Refuses a month that cannot be published. */
CREATE FUNCTION pmr.check_publishable(source text, month date) RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	s pmr.source;
	m pmr.rollup_month;
BEGIN
	SELECT * INTO s FROM pmr.source AS a WHERE a.source = check_publishable.source FOR NO KEY UPDATE;
	IF NOT FOUND THEN
		RAISE undefined_object USING MESSAGE = format('source "%s" does not exist', check_publishable.source),
			HINT = 'pmr.add_source() adds one.';
	ELSIF check_publishable.month IS NULL OR NOT isfinite(check_publishable.month) OR check_publishable.month <> date_trunc('month', check_publishable.month::timestamp) THEN
		RAISE invalid_parameter_value USING MESSAGE = format('month %s is not the first day of a month', coalesce(check_publishable.month::text, 'NULL'));
	ELSIF EXISTS (SELECT FROM pmr.publication AS p WHERE p.source = check_publishable.source AND p.month = check_publishable.month) THEN
		RAISE duplicate_object USING MESSAGE = format('month %s of source "%s" is already published', to_char(check_publishable.month, 'YYYY-MM'), check_publishable.source),
			HINT = format('pmr.withdraw(%L, %L) removes the publication. Readers who have it can compare it with the next one.', check_publishable.source, check_publishable.month);
	END IF;
	SELECT * INTO m FROM pmr.rollup_month AS a WHERE a.source = check_publishable.source AND a.month = check_publishable.month;
	IF NOT FOUND THEN
		RAISE object_not_in_prerequisite_state USING MESSAGE = format('month %s of source "%s" is not rolled up', to_char(check_publishable.month, 'YYYY-MM'), check_publishable.source),
			HINT = format('CALL pmr.refresh(%L, %L, %L) rolls it up.', check_publishable.source, check_publishable.month, (check_publishable.month + interval '1 month - 1 day')::date);
	ELSIF NOT m.settled THEN
		RAISE object_not_in_prerequisite_state USING MESSAGE = format('month %s of source "%s" is not settled', to_char(check_publishable.month, 'YYYY-MM'), check_publishable.source),
			DETAIL = format('It was rolled up as of %s, and late rows and responses count until %s after its end.', m.as_of, s.settle_after),
			HINT = format('CALL pmr.refresh(%L) after that.', check_publishable.source);
	END IF;
END
$$;
COMMENT ON FUNCTION pmr.check_publishable(text, date) IS 'internal: error if a month cannot be published: not rolled up, not settled, or published already';

/* The row of the publication itself, and its targets. */
CREATE FUNCTION pmr.publish_rule(source text, month date) RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
	SET jit = off
AS $$
DECLARE
	pending bigint;
	assumed_targets bigint;
BEGIN
	SELECT coalesce(sum(c.pending), 0), count(DISTINCT (c.srv, c.mode, c.device_generation)) FILTER (WHERE c.target_status = 'assumed')
	INTO pending, assumed_targets
	FROM pmr.rollup AS c
	WHERE c.source = publish_rule.source AND c.month = publish_rule.month AND c.day IS NULL AND c.factor = 'all';
	IF pending > 0 THEN
		RAISE NOTICE '% requests of month % of source "%" are pending, and will be in no figure of the publication', pending, to_char(publish_rule.month, 'YYYY-MM'), publish_rule.source;
	END IF;

	INSERT INTO pmr.publication
	SELECT s.source, m.month, m.as_of, clock_timestamp(), current_user,
		coalesce(d.min_groups, 5), coalesce(d.min_group_requests, 30), coalesce(d.max_share_pct, 50), coalesce(d.max_share_of_two_pct, 80),
		coalesce(d.min_groups_ranked, 10), s.region_factor, assumed_targets
	FROM pmr.source AS s JOIN pmr.rollup_month AS m ON m.source = s.source LEFT JOIN pmr.disclosure_rule AS d ON true
	WHERE s.source = publish_rule.source AND m.month = publish_rule.month;

	INSERT INTO pmr.publication_target
	SELECT DISTINCT publish_rule.source, publish_rule.month, c.srv, c.mode, c.device_generation, c.user_role, c.target_s, c.target_status
	FROM pmr.rollup AS c
	WHERE c.source = publish_rule.source AND c.month = publish_rule.month AND c.day IS NULL AND c.factor = 'all';
END
$$;
COMMENT ON FUNCTION pmr.publish_rule(text, date) IS 'internal: makes the row of a publication, with the rule of this moment, and the targets';

/*
 * Where requests of an SRV and mode have a known device generation, the few
 * that do not are left out: they would be a small difference, because of which
 * other figures would have to be hidden.
 */
CREATE FUNCTION pmr.publish_cells(source text, month date) RETURNS void
	LANGUAGE sql
	SET search_path = pg_catalog, pg_temp
	SET jit = off
BEGIN ATOMIC
	WITH cell AS NOT MATERIALIZED (
		SELECT c.party, c.srv, c.mode, c.device_generation, c.qualifier, c.factor, c.value, c.day, c.met + c.missed AS measured, c.met, c.missed, c.rtt
		FROM pmr.rollup AS c
		WHERE c.source = publish_cells.source AND c.month = publish_cells.month AND c.mode <> 'unknown'
		  AND (c.device_generation <> 'unknown'
			   OR (c.srv, c.mode) NOT IN (SELECT k.srv, k.mode FROM pmr.rollup AS k
										  WHERE k.source = publish_cells.source AND k.month = publish_cells.month AND k.day IS NULL AND k.factor = 'all'
											AND k.device_generation <> 'unknown' AND k.met + k.missed > 0))
	), total AS (
		SELECT c.party, c.srv, c.mode, c.device_generation, c.qualifier, c.day,
			sum(c.measured)::bigint AS measured, sum(c.met) AS met, sum(c.missed)::double precision AS missed, CASE WHEN c.day IS NULL THEN pmr.rtt_merge(c.rtt) END AS rtt
		FROM cell AS c
		WHERE c.factor = 'all'
		GROUP BY c.party, c.srv, c.mode, c.device_generation, c.qualifier, c.day
	)
	INSERT INTO pmr.publication_cell
	SELECT publish_cells.source, publish_cells.month, u.*
	FROM (SELECT t.party, t.srv, t.mode, t.device_generation, t.qualifier, 'all' AS factor, '' AS value,
			sum(t.measured) FILTER (WHERE t.day IS NULL), sum(t.met) FILTER (WHERE t.day IS NULL),
			count(*) FILTER (WHERE t.day IS NOT NULL AND t.measured > 0),
			coalesce(sum(t.missed * t.missed / t.measured ORDER BY t.day) FILTER (WHERE t.day IS NOT NULL AND t.measured > 0), 0),
			pmr.rtt_merge(t.rtt)
		  FROM total AS t
		  GROUP BY t.party, t.srv, t.mode, t.device_generation, t.qualifier
		  HAVING count(*) FILTER (WHERE t.day IS NULL) > 0
		  UNION ALL
		  SELECT c.party, c.srv, c.mode, c.device_generation, c.qualifier, c.factor, c.value, sum(c.measured), sum(c.met), 0, 0, NULL::pmr.rtt_sketch AS rtt
		  FROM cell AS c
		  WHERE c.factor <> 'all' AND c.day IS NULL
		  GROUP BY c.party, c.srv, c.mode, c.device_generation, c.qualifier, c.factor, c.value) AS u
	ORDER BY u.party, u.factor, u.value, u.srv;
END;
COMMENT ON FUNCTION pmr.publish_cells(text, date) IS 'internal: copies the figures by Party of a month into its publication';

/* The rollup may be of other factors than the source has now. */
CREATE FUNCTION pmr.check_published_factors(source text, month date) RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
	SET jit = off
AS $$
DECLARE
	total bigint;
	bad_factor text;
BEGIN
	SELECT coalesce(sum(c.measured), 0) INTO total
	FROM pmr.publication_cell AS c
	WHERE c.source = check_published_factors.source AND c.month = check_published_factors.month AND c.factor = 'all';
	SELECT f.factor INTO bad_factor
	FROM (SELECT c.factor
		  FROM pmr.publication_cell AS c
		  WHERE c.source = check_published_factors.source AND c.month = check_published_factors.month
		  GROUP BY c.factor
		  HAVING sum(c.measured) <> total
		  UNION ALL
		  SELECT p.region_factor
		  FROM pmr.publication AS p
		  WHERE p.source = check_published_factors.source AND p.month = check_published_factors.month AND p.region_factor IS NOT NULL AND total > 0
			AND NOT EXISTS (SELECT FROM pmr.publication_cell AS c WHERE c.source = p.source AND c.month = p.month AND c.factor = p.region_factor)) AS f
	ORDER BY f.factor
	LIMIT 1;
	IF FOUND THEN
		RAISE object_not_in_prerequisite_state USING
			MESSAGE = format('values of factor %I of month %s of source "%s" do not add up to the total', bad_factor, to_char(check_published_factors.month, 'YYYY-MM'), check_published_factors.source),
			HINT = format('CALL pmr.refresh(%L, %L, %L) rolls the month up with the factors that the source has now.', check_published_factors.source, check_published_factors.month, (check_published_factors.month + interval '1 month - 1 day')::date);
	END IF;
END
$$;
COMMENT ON FUNCTION pmr.check_published_factors(text, date) IS 'internal: error if the values of a factor do not add up to the total in the cells of a publication';

CREATE FUNCTION pmr.publish_parties(source text, month date) RETURNS void
	LANGUAGE sql
	SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	INSERT INTO pmr.publication_party
	SELECT publish_parties.source, publish_parties.month, party, coalesce(p.supplier_group, party), p.category
	FROM (SELECT DISTINCT c.party FROM pmr.publication_cell AS c
		  WHERE c.source = publish_parties.source AND c.month = publish_parties.month AND c.party <> '') AS c
		FULL JOIN pmr.party AS p USING (party);
END;
COMMENT ON FUNCTION pmr.publish_parties(text, date) IS 'internal: copies the supplier group and category of each Party into a publication';

CREATE PROCEDURE pmr.publish(source text, month date)
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM pmr.check_publishable(publish.source, publish.month);
	PERFORM pmr.publish_rule(publish.source, publish.month);
	PERFORM pmr.publish_cells(publish.source, publish.month);
	PERFORM pmr.check_published_factors(publish.source, publish.month);
	PERFORM pmr.publish_parties(publish.source, publish.month);
	PERFORM pmr.publish_figures(publish.source, publish.month);
	PERFORM pmr.publish_combinations(publish.source, publish.month);
END
$$;
COMMENT ON PROCEDURE pmr.publish(text, date) IS 'publishes a settled month: copies its figures of all Parties, which do not change afterwards, for readers to compare their Parties with';

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
	DELETE FROM pmr.publication_combination AS p WHERE p.source = withdraw.source AND p.month = withdraw.month;
	DELETE FROM pmr.publication_cell AS p WHERE p.source = withdraw.source AND p.month = withdraw.month;
	DELETE FROM pmr.publication_figure AS p WHERE p.source = withdraw.source AND p.month = withdraw.month;
END
$$;
COMMENT ON FUNCTION pmr.withdraw(text, date) IS 'removes a publication; readers who have its figures can compare them with those of the next';
