/* What is wrong with the rows of a source */

/*
 * Every request of some days with what is wrong with it, once for each fault.
 * A refresh counts these rows, and stops for none.
 */
CREATE FUNCTION pmr.invalid_rows(source text, from_day date, to_day date)
	RETURNS TABLE (problem text, value text, requested_at timestamp with time zone, responded_at timestamp with time zone,
		party text, srv text, mode text, response_code text, request_id text)
	LANGUAGE plpgsql
	ROWS 100
	SET search_path = pg_catalog, pg_temp
	SET jit = off
	SET row_security = off
	SET timezone = 'UTC'
	SET datestyle = 'ISO, MDY'
	SET intervalstyle = 'postgres'
AS $$
DECLARE
	own jsonb;
BEGIN
	IF from_day IS NULL OR to_day IS NULL OR NOT isfinite(from_day) OR NOT isfinite(to_day) THEN
		RAISE invalid_parameter_value USING MESSAGE = 'from_day and to_day must be dates';
	ELSIF to_day < from_day THEN
		RAISE invalid_parameter_value USING MESSAGE = format('to_day %s is before from_day %s', to_day, from_day);
	END IF;
	SELECT jsonb_object_agg(column_name, kind) INTO own FROM pmr.relation_columns(pmr.source_relation(invalid_rows.source));
	RETURN QUERY EXECUTE format($query$
WITH request AS MATERIALIZED (
	SELECT *, count(*) FILTER (WHERE outcome NOT IN ('pre_command', 'local_command')) OVER (PARTITION BY lower(request_id)) AS copies
	FROM (%s) AS r
)
SELECT f.problem, f.value, r.requested_at, r.responded_at, r.party, r.srv, r.mode, r.response_code, r.request_id
FROM request AS r, LATERAL (VALUES
	(r.party = '', 'no party', NULL),
	(r.srv = '', 'no SRV', NULL),
	(r.srv <> '' AND NOT EXISTS (SELECT FROM pmr.service_reference_variant AS v WHERE v.srv = r.srv), 'unknown SRV', r.srv),
	(r.mode = 'unknown', 'unknown mode', r.mode_given),
	(r.device_generation = 'unknown' AND r.generation_given IS NOT NULL, 'unknown device generation', r.generation_given),
	(r.class = 'unclassified', 'response code of no class', r.response_code),
	(r.responded_at IS NOT NULL AND r.response_code IS NULL AND $5, 'response without a code', NULL),
	(r.business_process <> '' AND NOT EXISTS (SELECT FROM pmr.business_process AS b WHERE b.business_process = r.business_process), 'unknown business process', r.business_process),
	(r.outcome = 'invalid', 'answered before it started', CASE WHEN isfinite(r.answered_at) AND isfinite(r.started_at) THEN (r.answered_at - r.started_at)::text ELSE r.answered_at::text END),
	(NOT isfinite(r.responded_at) OR NOT isfinite(r.due_at) OR NOT isfinite(r.delivered_at) OR NOT isfinite(r.cancelled_at), 'infinite time', NULL),
	(r.mode IN ('future_dated', 'dcc_scheduled') AND r.started_at IS NULL AND r.outcome = 'not_measured', 'no execution time', NULL),
	(r.copies > 1 AND r.request_id IS NOT NULL AND r.outcome NOT IN ('pre_command', 'local_command'), 'duplicate request id', r.request_id)
) AS f (wrong, problem, value)
WHERE f.wrong AND (r.outcome NOT IN ('pre_command', 'local_command', 'cancelled') OR f.problem = 'duplicate request id')
ORDER BY r.requested_at, r.request_id, f.problem$query$, pmr.request_query(invalid_rows.source))
	USING 'infinity'::timestamptz, pmr.day_start(invalid_rows.source, from_day), pmr.day_start(invalid_rows.source, to_day + 1), pmr.delivered_srvs(),
		own ? 'response_code';
END
$$;
COMMENT ON FUNCTION pmr.invalid_rows(text, date, date) IS 'rows of a source with what is wrong with them; both days included';

/*
 * The same by problem and value, and what only shows in the whole.  Rows that
 * no refresh can see, as they have no time, are looked for in the whole source.
 */
CREATE FUNCTION pmr.check_source(source text, from_day date DEFAULT NULL, to_day date DEFAULT NULL)
	RETURNS TABLE (problem text, value text, rows bigint, first_requested_at timestamp with time zone, remedy text)
	LANGUAGE plpgsql
	ROWS 20
	SET search_path = pg_catalog, pg_temp
	SET jit = off
	SET row_security = off
	SET timezone = 'UTC'
	SET datestyle = 'ISO, MDY'
AS $$
DECLARE
	relation regclass := pmr.source_relation(source);
	zone text := (SELECT s.report_timezone FROM pmr.source AS s WHERE s.source = check_source.source);
	last_day date := coalesce(check_source.to_day, (clock_timestamp() AT TIME ZONE zone)::date);
	first_day date := coalesce(check_source.from_day, date_trunc('month', last_day - interval '1 month')::date);
BEGIN
	RETURN QUERY
	SELECT i.problem, i.value, count(*), min(i.requested_at),
		CASE i.problem
			WHEN 'no party' THEN 'of no Party: in the industry''s figures only'
			WHEN 'no SRV' THEN 'not measured'
			WHEN 'unknown SRV' THEN 'INSERT INTO pmr.service_reference_variant, or correct the view'
			WHEN 'unknown mode' THEN 'not measured where the modes'' targets differ: correct the view'
			WHEN 'unknown device generation' THEN 'not measured where the generations'' targets differ: correct the view'
			WHEN 'response code of no class' THEN 'INSERT INTO pmr.response_code'
			WHEN 'response without a code' THEN 'taken as an answer of no class'
			WHEN 'unknown business process' THEN 'in no process: INSERT INTO pmr.business_process, or correct the view'
			WHEN 'answered before it started' THEN 'in no percentage: look at the clocks'
			WHEN 'infinite time' THEN 'no time at all: give NULL'
			WHEN 'no execution time' THEN 'not measured: give due_at'
			WHEN 'duplicate request id' THEN 'each row counts: keep one of them in the view'
		END
	FROM (
		SELECT r.problem, CASE WHEN r.problem NOT IN ('answered before it started', 'duplicate request id') THEN left(r.value, 60) END AS value, r.requested_at
		FROM pmr.invalid_rows(check_source.source, first_day, last_day) AS r
	) AS i
	GROUP BY i.problem, i.value
	ORDER BY i.problem, count(*) DESC, i.value;

	RETURN QUERY EXECUTE format('SELECT CASE WHEN r.requested_at IS NULL THEN ''no request time'' WHEN NOT isfinite(r.requested_at) THEN ''infinite request time'' WHEN r.requested_at > $1 THEN ''requested in the future'' ELSE ''requested before the year 1'' END,
			NULL::text, count(*), NULL::timestamptz, ''in no figure''::text
		FROM %s AS r WHERE r.requested_at IS NULL OR r.requested_at > $1 OR r.requested_at < ''0001-01-02'' GROUP BY 1 ORDER BY 1', relation)
		USING clock_timestamp();

	/* a log that has no unanswered reads at all has lost them */
	RETURN QUERY
	SELECT 'scheduled, and always answered'::text, r.srv, sum(r.requests)::bigint, NULL::timestamptz, 'are the unanswered ones missing from the log?'::text
	FROM pmr.rollup AS r
	WHERE r.source = check_source.source AND r.mode = 'dcc_scheduled' AND r.factor = 'all' AND r.day IS NULL
	  AND r.month BETWEEN date_trunc('month', first_day::timestamp)::date AND last_day
	GROUP BY r.srv
	HAVING sum(r.requests) >= 1000 AND sum(r.answered) = sum(r.requests - r.pending - r.invalid) AND sum(r.answered) > 0
	ORDER BY r.srv;

	RETURN QUERY
	SELECT 'targets have changed'::text, to_char(c.month, 'YYYY-MM'), c.srvs, NULL::timestamptz, format('CALL pmr.refresh(%L, %L, %L)', check_source.source, c.month, (c.month + interval '1 month - 1 day')::date)
	FROM pmr.changed_targets(check_source.source) AS c;
END
$$;
COMMENT ON FUNCTION pmr.check_source(text, date, date) IS 'what is wrong with the rows of a source, by problem and value; without days, of this month and the last';
