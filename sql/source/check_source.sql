/* Problems of the rows of a source */

/*
 * Each request of some days with each of its problems: this list is the only
 * place that names the problems of single rows, and their remedies.  A refresh
 * counts such rows, and stops for none.
 *
 * Of pre-commands, local commands, cancelled requests and copies that do not
 * count only duplicates are reported.
 */
CREATE FUNCTION pmr.row_problems(role pmr.requesting_role, source text, from_day date, to_day date)
	RETURNS TABLE (problem text, value text, requested_at timestamp with time zone, responded_at timestamp with time zone,
		party text, srv text, mode text, response_code text, request_id text, remedy text)
	LANGUAGE plpgsql SECURITY DEFINER
	ROWS 100
	SET search_path = pg_catalog, pg_temp
	SET jit = off
	SET timezone = 'UTC'
	SET datestyle = 'ISO, MDY'
	SET intervalstyle = 'postgres'
AS $$
DECLARE
	relation regclass;
	has_response_code boolean;
	counts_copies boolean := (SELECT s.count_copies FROM pmr.source AS s WHERE s.source = row_problems.source);
BEGIN
	IF from_day IS NULL OR to_day IS NULL OR NOT isfinite(from_day) OR NOT isfinite(to_day) THEN
		RAISE invalid_parameter_value USING MESSAGE = 'from_day and to_day must be dates';
	ELSIF to_day < from_day THEN
		RAISE invalid_parameter_value USING MESSAGE = format('to_day %s is before from_day %s', to_day, from_day);
	END IF;
	relation := pmr.source_relation(row_problems.source);
	has_response_code := EXISTS (SELECT FROM pmr.relation_columns(relation) AS c WHERE c.column_name = 'response_code');
	RETURN QUERY
	SELECT p.*
	FROM pmr.read_as_owner(pmr.role_oid(row_problems.role), relation, format($query$
WITH request AS MATERIALIZED (
	SELECT *, CASE WHEN %2$s THEN count(*) OVER (PARTITION BY %2$s, %3$s) ELSE 1 END AS copies
	FROM (%1$s) AS r
)
SELECT f.problem, f.value, r.requested_at, r.responded_at, r.party, r.srv, r.mode, r.response_code, r.request_id, f.remedy
FROM request AS r, LATERAL (VALUES
	('no party', r.party = '', NULL,
		'counted in the figures of the industry only'),
	('no SRV', r.srv = '', NULL,
		'not measured'),
	('unknown SRV', r.srv <> '' AND NOT EXISTS (SELECT FROM pmr.service_reference_variant AS v WHERE v.srv = r.srv), r.srv,
		'INSERT INTO pmr.service_reference_variant, or correct the view'),
	('unknown mode', r.mode = 'unknown', r.mode_given,
		'not measured if the targets of the modes differ: correct the view'),
	('unknown device generation', r.device_generation = 'unknown' AND r.generation_given IS NOT NULL, r.generation_given,
		'not measured if the targets of the generations differ: correct the view'),
	('response code of no class', r.response_class = 'unclassified', r.response_code,
		CASE WHEN r.response_code ~* '^E' THEN 'counted as no answer' ELSE 'counted as an answer without a class' END || ': INSERT INTO pmr.response_code'),
	('response without a code', r.responded_at IS NOT NULL AND r.response_code IS NULL AND r.class IS NULL AND $5, NULL,
		'counted as an answer without a class'),
	('unknown business process', r.business_process <> '' AND NOT EXISTS (SELECT FROM pmr.business_process AS b WHERE b.business_process = r.business_process), r.business_process,
		'not counted in any process: INSERT INTO pmr.business_process, or correct the view'),
	('answered before it started', r.outcome = 'invalid',
		CASE WHEN isfinite(r.answered_at) AND isfinite(r.started_at) THEN (r.answered_at - r.started_at)::text ELSE r.answered_at::text END,
		'not counted in any percentage: check the clocks'),
	('infinite time', NOT isfinite(r.responded_at) OR NOT isfinite(r.due_at) OR NOT isfinite(r.delivered_at) OR NOT isfinite(r.executed_at) OR NOT isfinite(r.cancelled_at), NULL,
		'treated as not known: use NULL instead'),
	('no execution time', r.mode IN ('future_dated', 'dcc_scheduled') AND r.due_at IS NULL AND r.outcome = 'not_measured', NULL,
		'not measured: give due_at'),
	('accepted, execution not known', r.mode = 'future_dated' AND r.class = 'acknowledged' AND r.response_at < r.due_at AND r.started_at IS NULL, NULL,
		'not measured: give executed_at'),
	('executed in part', r.mode = 'future_dated' AND isfinite(r.executed_at) AND r.ended_at IS NULL AND r.answered_at IS NULL, NULL,
		'counted as not answered: check whether alerts were throttled or lost'),
	('duplicate request id', r.copies > 1, r.request_id,
		CASE WHEN $6 THEN 'each row counts: add the source with count_copies => false' ELSE 'one row counts for all' END)
) AS f (problem, has_problem, value, remedy)
WHERE f.has_problem
  AND (r.outcome NOT IN ('pre_command', 'local_command', 'cancelled') AND NOT r.is_copy OR f.problem = 'duplicate request id')
ORDER BY r.requested_at, r.request_id, f.problem$query$, pmr.request_query(row_problems.source), pmr.may_be_copy(), pmr.copy_key()),
		'infinity'::timestamptz, pmr.day_start(row_problems.source, from_day), pmr.day_start(row_problems.source, to_day + 1),
		pmr.reference_fingerprint(), has_response_code, counts_copies) AS p (problem text, value text, requested_at timestamptz, responded_at timestamptz,
		party text, srv text, mode text, response_code text, request_id text, remedy text);
END
$$;
COMMENT ON FUNCTION pmr.row_problems(pmr.requesting_role, text, date, date) IS 'internal: requests of a source with their problems and remedies; both days included';

CREATE FUNCTION pmr.invalid_rows(source text, from_day date, to_day date)
	RETURNS TABLE (problem text, value text, requested_at timestamp with time zone, responded_at timestamp with time zone,
		party text, srv text, mode text, response_code text, request_id text)
	LANGUAGE sql
	ROWS 100
	SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	SELECT r.problem, r.value, r.requested_at, r.responded_at, r.party, r.srv, r.mode, r.response_code, r.request_id
	FROM pmr.row_problems(pmr.requesting_role(), source, from_day, to_day) AS r;
END;
COMMENT ON FUNCTION pmr.invalid_rows(text, date, date) IS 'rows of a source that have problems, once for each problem; both days included';

/*
 * Reads the whole source, because no refresh sees rows without a usable request
 * time.
 */
CREATE FUNCTION pmr.request_time_problems(role pmr.requesting_role, relation regclass) RETURNS TABLE (problem text, rows bigint)
	LANGUAGE plpgsql SECURITY DEFINER
	ROWS 4
	SET search_path = pg_catalog, pg_temp
	SET timezone = 'UTC'
AS $$
BEGIN
	RETURN QUERY
	SELECT p.*
	FROM pmr.read_as_owner(pmr.role_oid(role), relation, format($query$
SELECT CASE
		WHEN r.requested_at IS NULL THEN 'no request time'
		WHEN NOT isfinite(r.requested_at) THEN 'infinite request time'
		WHEN r.requested_at > $1 THEN 'requested in the future'
		ELSE 'requested before the year 1'
	END, count(*)
FROM %s AS r
WHERE r.requested_at IS NULL OR r.requested_at > $1 OR r.requested_at < '0001-01-02'
GROUP BY 1
ORDER BY 1$query$, relation), clock_timestamp()) AS p (problem text, rows bigint);
END
$$;
COMMENT ON FUNCTION pmr.request_time_problems(pmr.requesting_role, regclass) IS 'internal: how many rows of a source no refresh can see, and why';

/*
 * Searches backwards in windows of 1, 2, 4, ... months, so that a table with a
 * BRIN index need not be read as a whole.
 */
CREATE FUNCTION pmr.last_month(role pmr.requesting_role, source text, before timestamp with time zone) RETURNS date
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
	SET timezone = 'UTC'
AS $$
DECLARE
	relation regclass := pmr.source_relation(source);
	zone text := (SELECT s.report_timezone FROM pmr.source AS s WHERE s.source = last_month.source);
	finish timestamptz := before;
	month timestamp := date_trunc('month', (before - interval '1 microsecond') AT TIME ZONE zone);
	step interval := '1 month';
	found timestamptz;
BEGIN
	WHILE found IS NULL AND finish >= '0001-01-02' LOOP
		SELECT m.last INTO found
		FROM pmr.read_as_owner(pmr.role_oid(role), relation,
			format('SELECT max(r.requested_at)%2$s FROM %1$s AS r WHERE r.requested_at >= $1%2$s AND r.requested_at < $2%2$s AND r.requested_at >= ''0001-01-02''',
				relation, pmr.time_zone_of(relation, 'requested_at')), month AT TIME ZONE zone, finish) AS m (last timestamptz);
		finish := month AT TIME ZONE zone;
		month := month - step;
		step := 2 * step;
	END LOOP;
	RETURN date_trunc('month', pmr.request_day(found, zone)::timestamp)::date;
END
$$;
COMMENT ON FUNCTION pmr.last_month(pmr.requesting_role, text, timestamp with time zone) IS 'internal: first day of the last month in which a source has rows before a time; NULL if it has none';

CREATE FUNCTION pmr.check_source_of(role pmr.requesting_role, source text, from_day date, to_day date)
	RETURNS TABLE (problem text, value text, rows bigint, first_requested_at timestamp with time zone, remedy text)
	LANGUAGE plpgsql SECURITY DEFINER
	ROWS 20
	SET search_path = pg_catalog, pg_temp
	SET jit = off
	SET timezone = 'UTC'
	SET datestyle = 'ISO, MDY'
AS $$
DECLARE
	relation regclass := pmr.source_relation(source);
	zone text := (SELECT s.report_timezone FROM pmr.source AS s WHERE s.source = check_source_of.source);
	last_day date := coalesce(check_source_of.to_day, (clock_timestamp() AT TIME ZONE zone)::date);
	first_day date := check_source_of.from_day;
	last_month date;
	earlier_month date;
BEGIN
	IF check_source_of.from_day IS NULL AND check_source_of.to_day IS NULL THEN
		last_month := pmr.last_month(check_source_of.role, check_source_of.source, clock_timestamp());
		earlier_month := pmr.last_month(check_source_of.role, check_source_of.source, pmr.day_start(check_source_of.source, last_month));
		first_day := coalesce(earlier_month, last_month);
		last_day := least(last_day, (last_month + interval '1 month - 1 day')::date);
	END IF;
	first_day := coalesce(first_day, date_trunc('month', last_day - interval '1 month')::date);

	RETURN QUERY
	SELECT 'days checked'::text, first_day || ' to ' || last_day, d.rows, d.first_requested_at,
		CASE WHEN d.rows = 0 THEN 'no rows on these days: give days that have rows' END
	FROM pmr.read_as_owner(pmr.role_oid(check_source_of.role), relation,
		format('SELECT count(*), min(r.requested_at)%2$s FROM %1$s AS r WHERE r.requested_at >= $1%2$s AND r.requested_at < $2%2$s', relation, pmr.time_zone_of(relation, 'requested_at')),
		pmr.day_start(check_source_of.source, first_day), pmr.day_start(check_source_of.source, last_day + 1)) AS d (rows bigint, first_requested_at timestamptz);

	RETURN QUERY
	SELECT i.problem, i.value, count(*), min(i.requested_at), min(i.remedy)
	FROM (
		SELECT r.problem, CASE WHEN r.problem NOT IN ('answered before it started', 'duplicate request id') THEN left(r.value, 60) END AS value,
			r.requested_at, r.remedy
		FROM pmr.row_problems(check_source_of.role, check_source_of.source, first_day, last_day) AS r
	) AS i
	GROUP BY i.problem, i.value
	ORDER BY i.problem, count(*) DESC, i.value;

	RETURN QUERY
	SELECT t.problem, NULL::text, t.rows, NULL::timestamptz, 'not counted in any figure'::text
	FROM pmr.request_time_problems(check_source_of.role, relation) AS t;

	/* Scheduled reads do fail, so an audit table without any unanswered ones may have lost them. */
	RETURN QUERY
	SELECT 'scheduled, and always answered'::text, r.srv, sum(r.requests)::bigint, NULL::timestamptz, 'check whether unanswered requests are missing from the source'::text
	FROM pmr.rollup AS r
	WHERE r.source = check_source_of.source AND r.mode = 'dcc_scheduled' AND r.factor = 'all' AND r.day IS NULL
	  AND r.month BETWEEN date_trunc('month', first_day::timestamp)::date AND last_day
	GROUP BY r.srv
	HAVING sum(r.requests) >= 1000 AND sum(r.answered) = sum(r.requests - r.pending - r.invalid) AND sum(r.answered) > 0
	ORDER BY r.srv;

	RETURN QUERY
	SELECT 'changed without a new changed_at'::text, u.day::text, abs(u.rows - u.rows_read), pmr.day_start(check_source_of.source, u.day), format('CALL pmr.refresh(%1$L, %2$L, %2$L), and correct changed_at', check_source_of.source, u.day)
	FROM pmr.unnoticed_days(check_source_of.role, check_source_of.source) AS u
	WHERE u.day BETWEEN first_day AND last_day
	ORDER BY u.day;

	RETURN QUERY
	SELECT 'targets have changed'::text, to_char(c.month, 'YYYY-MM'), c.srvs, NULL::timestamptz, format('CALL pmr.refresh(%L, %L, %L)', check_source_of.source, c.month, (c.month + interval '1 month - 1 day')::date)
	FROM pmr.changed_targets(check_source_of.source) AS c;
END
$$;
COMMENT ON FUNCTION pmr.check_source_of(pmr.requesting_role, text, date, date) IS 'internal: check_source on behalf of a role';

CREATE FUNCTION pmr.check_source(source text, from_day date DEFAULT NULL, to_day date DEFAULT NULL)
	RETURNS TABLE (problem text, value text, rows bigint, first_requested_at timestamp with time zone, remedy text)
	LANGUAGE sql
	ROWS 20
	SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	SELECT c.problem, c.value, c.rows, c.first_requested_at, c.remedy
	FROM pmr.check_source_of(pmr.requesting_role(), source, from_day, to_day) AS c;
END;
COMMENT ON FUNCTION pmr.check_source(text, date, date) IS 'which days were checked, how many rows they have, and problems of these rows, by problem and value; without days, of the last two months that have rows';
