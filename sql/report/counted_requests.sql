/* The requests behind a figure */

/*
 * Each request of a source that its rollups count, as they count it: a month is
 * read as of the time of its rollup.  If the source or its targets have changed
 * since, the figures are others, which a warning says; it is given for figures of
 * a Party, SRV and mode alone.
 */
CREATE FUNCTION pmr.counted_requests_of(role pmr.requesting_role, source text, from_day date, to_day date, of_party text, of_srv text, of_mode text, of_factor text, of_value text, of_process text)
	RETURNS TABLE (requested_at timestamp with time zone, party text, srv text, mode text, device_generation text, qualifier text, business_process text,
		request_id text, response_code text, response_class text, started_at timestamp with time zone, answered_at timestamp with time zone,
		rtt_s double precision, target_s double precision, outcome text, reason text)
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
	SET jit = off
AS $$
DECLARE
	registered pmr.source;
	m record;
	requests text;
	rows_found bigint;
	counted bigint;
	months integer := 0;
BEGIN
	IF from_day IS NULL OR to_day IS NULL OR NOT isfinite(from_day) OR NOT isfinite(to_day) THEN
		RAISE invalid_parameter_value USING MESSAGE = 'from_day and to_day must be dates';
	ELSIF to_day < from_day THEN
		RAISE invalid_parameter_value USING MESSAGE = format('to_day %s is before from_day %s', to_day, from_day);
	END IF;
	SELECT * INTO registered FROM pmr.source AS s WHERE s.source = counted_requests_of.source;
	/* an error without the source */
	requests := pmr.request_query(counted_requests_of.source);
	IF of_factor IS NOT NULL AND of_factor <> ALL (registered.factors) THEN
		RAISE undefined_column USING MESSAGE = format('"%s" is not a factor of source "%s"', of_factor, counted_requests_of.source);
	ELSIF (of_factor IS NULL) <> (of_value IS NULL) THEN
		RAISE null_value_not_allowed USING MESSAGE = 'of_factor and of_value must be given together';
	END IF;
	FOR m IN
		SELECT r.month, r.as_of, pmr.day_start(r.source, greatest(r.month, from_day)) AS start, b.finish, least(pmr.day_start(r.source, to_day + 1), b.finish, r.as_of) AS until
		FROM pmr.rollup_month AS r, LATERAL (SELECT pmr.day_start(r.source, (r.month + interval '1 month')::date) AS finish) AS b
		WHERE r.source = counted_requests_of.source AND r.month BETWEEN date_trunc('month', from_day::timestamp)::date AND to_day
		ORDER BY r.month
	LOOP
		months := months + 1;
		RETURN QUERY
		SELECT q.*
		FROM pmr.read_as_owner(pmr.role_oid(counted_requests_of.role), pmr.source_relation(counted_requests_of.source), format($query$
SELECT r.requested_at, pmr.party_key(r.party), pmr.short_key(r.srv), r.mode, r.device_generation, pmr.short_key(r.qualifier), pmr.short_key(r.business_process),
	r.request_id, r.response_code, r.class, r.started_at, r.answered_at, extract(epoch FROM r.answered_at - r.started_at)::double precision,
	extract(epoch FROM r.target)::double precision, r.outcome,
	CASE r.outcome
		WHEN 'met' THEN 'answered in time'
		WHEN 'missed' THEN CASE
			WHEN r.answered_at IS NOT NULL THEN 'answered late'
			WHEN r.class = 'no_response' THEN 'the Device did not respond'
			WHEN r.responded_at IS NULL THEN 'no response'
			ELSE 'the response is not an answer' END
		WHEN 'pending' THEN 'the target had not passed'
		WHEN 'invalid' THEN 'answered before it started'
		ELSE CASE
			WHEN r.started_at IS NULL THEN 'the start is not known'
			WHEN r.unknown <> '' THEN 'the target depends on what is not known: ' || r.unknown
			ELSE 'no target' END
	END
FROM (SELECT c.*, pmr.srv_target(c.srv, c.mode, c.device_generation, nullif(c.user_role, 'unknown'), c.started_at) AS target,
		(SELECT concat_ws(', ', CASE WHEN c.mode = 'unknown' AND count(t.target) > 0 THEN 'mode' END,
				CASE WHEN c.device_generation = 'unknown' AND bool_or(t.device_generation <> 'any') THEN 'device generation' END,
				CASE WHEN c.user_role = 'unknown' AND bool_or(t.user_role <> 'any') THEN 'user role' END)
		 FROM pmr.target_response_time AS t WHERE t.srv = c.srv AND c.mode IN ('unknown', t.mode)) AS unknown
	  FROM (%s) AS c) AS r
WHERE r.outcome NOT IN ('pre_command', 'local_command', 'cancelled') AND NOT r.is_copy
  AND ($5 IS NULL OR pmr.party_key(r.party) = $5) AND ($6 IS NULL OR pmr.short_key(r.srv) = $6) AND ($7 IS NULL OR r.mode = $7)
  AND ($8 IS NULL OR coalesce(r.factors[$8], '') = $9)
  AND ($10 IS NULL OR r.business_process IN ('', $10) AND EXISTS (SELECT FROM unnest($11, $12) AS l (srv, qualifier) WHERE l.srv = r.srv AND l.qualifier IN ('', r.qualifier)))$query$, requests),
			m.as_of, m.start, m.until, pmr.reference_fingerprint(), of_party, of_srv, of_mode, array_position(registered.factors, of_factor), of_value,
			of_process,
			ARRAY(SELECT l.srv FROM pmr.report_rows(m.finish) AS l WHERE l.business_process = of_process ORDER BY l.report_row, l.qualifier),
			ARRAY(SELECT l.qualifier FROM pmr.report_rows(m.finish) AS l WHERE l.business_process = of_process ORDER BY l.report_row, l.qualifier))
			AS q (requested_at timestamptz, party text, srv text, mode text, device_generation text, qualifier text, business_process text,
				request_id text, response_code text, class text, started_at timestamptz, answered_at timestamptz, rtt_s double precision, target_s double precision, outcome text, reason text);
		GET DIAGNOSTICS rows_found = ROW_COUNT;
		IF of_factor IS NULL AND of_process IS NULL THEN
			SELECT coalesce(sum(c.requests), 0) INTO counted
			FROM pmr.rollup_stratum AS s, unnest((pmr.rollup_cells(pmr.rollup_days(s.state, from_day, to_day), false)).cells[1:1]) AS c
			WHERE s.source = counted_requests_of.source AND s.month = m.month AND (of_party IS NULL OR s.party = of_party)
			  AND (of_srv IS NULL OR s.srv = of_srv) AND (of_mode IS NULL OR s.mode = of_mode);
			IF counted <> rows_found THEN
				RAISE WARNING 'source "%" has % of these requests in %, but % when the month was rolled up', counted_requests_of.source, rows_found, to_char(m.month, 'YYYY-MM'), counted
					USING HINT = 'CALL pmr.refresh() with its days rolls the month up anew.';
			END IF;
		END IF;
	END LOOP;
	IF months = 0 THEN
		RAISE object_not_in_prerequisite_state USING
			MESSAGE = format('source "%s" has no rolled up month from %s to %s', counted_requests_of.source, to_char(from_day, 'YYYY-MM'), to_char(to_day, 'YYYY-MM')),
			HINT = 'CALL pmr.refresh() rolls months up.';
	END IF;
	IF EXISTS (SELECT FROM pmr.changed_targets(counted_requests_of.source) AS t WHERE t.month BETWEEN date_trunc('month', from_day::timestamp)::date AND to_day) THEN
		RAISE WARNING 'Target Response Times have changed since a month of source "%" was rolled up', counted_requests_of.source;
	END IF;
END
$$;
COMMENT ON FUNCTION pmr.counted_requests_of(pmr.requesting_role, text, date, date, text, text, text, text, text, text) IS 'internal: counted_requests on behalf of a role that can read the source';

CREATE FUNCTION pmr.counted_requests(source text, from_day date, to_day date, of_party text DEFAULT NULL, of_srv text DEFAULT NULL, of_mode text DEFAULT NULL,
		of_factor text DEFAULT NULL, of_value text DEFAULT NULL, of_process text DEFAULT NULL)
	RETURNS TABLE (requested_at timestamp with time zone, party text, srv text, mode text, device_generation text, qualifier text, business_process text,
		request_id text, response_code text, response_class text, started_at timestamp with time zone, answered_at timestamp with time zone,
		rtt_s double precision, target_s double precision, outcome text, reason text)
	LANGUAGE sql
	SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	SELECT r.*
	FROM pmr.counted_requests_of(pmr.requesting_role(), source, from_day, to_day, of_party, of_srv, of_mode, of_factor, of_value, of_process) AS r
	ORDER BY r.answered_at IS NOT NULL, r.rtt_s DESC NULLS LAST, r.requested_at, r.party, r.srv, r.request_id;
END;
COMMENT ON FUNCTION pmr.counted_requests(text, date, date, text, text, text, text, text, text) IS 'the requests of a source that a figure counts, both days included, unanswered and slowest first, each with its outcome, target and reason; for roles that can read the source';
