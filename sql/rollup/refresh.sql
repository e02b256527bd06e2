/* The procedure refresh and its log */

CREATE TABLE pmr.refresh_log (
	refresh_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	source text NOT NULL,
	refreshed_by text NOT NULL,
	pid integer NOT NULL,
	as_of timestamp with time zone NOT NULL,
	from_day date,
	to_day date,
	started_at timestamp with time zone NOT NULL,
	months integer NOT NULL,
	months_done integer NOT NULL DEFAULT 0,
	rows_read bigint NOT NULL DEFAULT 0,
	done_pct double precision NOT NULL DEFAULT 0,
	expected_at timestamp with time zone,
	finished_at timestamp with time zone
);
SELECT pg_extension_config_dump('pmr.refresh_log', '');
SELECT pg_extension_config_dump('pmr.refresh_log_refresh_id_seq', '');
COMMENT ON SEQUENCE pmr.refresh_log_refresh_id_seq IS 'source of refresh_id in refresh_log';
COMMENT ON TABLE pmr.refresh_log IS 'runs of refresh';
COMMENT ON COLUMN pmr.refresh_log.as_of IS 'time up to which the source was taken as complete';
COMMENT ON COLUMN pmr.refresh_log.from_day IS 'first day given to refresh; NULL: none';
COMMENT ON COLUMN pmr.refresh_log.to_day IS 'last day given to refresh; NULL: none';
COMMENT ON COLUMN pmr.refresh_log.months IS 'number of months to roll up';
COMMENT ON COLUMN pmr.refresh_log.months_done IS 'number of months rolled up so far';
COMMENT ON COLUMN pmr.refresh_log.rows_read IS 'rows of the source that were read so far';
COMMENT ON COLUMN pmr.refresh_log.done_pct IS 'percentage of the rows that are done, 0 to 100, by the planner''s estimates';
COMMENT ON COLUMN pmr.refresh_log.expected_at IS 'estimated time of the end; NULL: no month is done yet, or the run has finished';
COMMENT ON COLUMN pmr.refresh_log.finished_at IS 'time of the end; NULL: still running, or stopped by an error';

/* Adds a run to the log, and warns if no index serves requested_at. */
CREATE FUNCTION pmr.refresh_begin(role pmr.requesting_role, source text, from_day date, to_day date, months date[], as_of timestamp with time zone) RETURNS bigint
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	first_time timestamptz := pmr.day_start(source, months[1]);
	result bigint;
	day_cost double precision;
	all_cost double precision;
	min_cost CONSTANT double precision := 10000;
BEGIN
	IF cardinality(months) > 0 THEN
		SELECT cost INTO day_cost FROM pmr.expected_rows(role, source, as_of - interval '1 day', as_of);
		SELECT cost INTO all_cost FROM pmr.expected_rows(role, source, least(first_time, as_of - interval '10 days'), as_of);
		IF all_cost > min_cost AND day_cost > 0.9 * all_cost THEN
			RAISE WARNING 'no index or partition of "%" serves requested_at', pmr.source_relation(source)
				USING HINT = 'Each month will read the whole relation. If rows are inserted in the order of requested_at, a BRIN index on it is small and sufficient.';
		END IF;
	END IF;
	INSERT INTO pmr.refresh_log (source, refreshed_by, pid, as_of, from_day, to_day, started_at, months)
	VALUES (refresh_begin.source, current_user, pg_backend_pid(), refresh_begin.as_of, refresh_begin.from_day, refresh_begin.to_day, clock_timestamp(), cardinality(refresh_begin.months))
	RETURNING refresh_id INTO result;
	RETURN result;
END
$$;
COMMENT ON FUNCTION pmr.refresh_begin(pmr.requesting_role, text, date, date, date[], timestamp with time zone) IS 'internal: adds a run to refresh_log';

/* Records that a month is done, and estimates how long the remaining ones will take. */
CREATE FUNCTION pmr.refresh_progress(refresh_id bigint, source text, months date[], expected double precision[], month date, rows_read bigint) RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	now_at timestamptz := clock_timestamp();
	began timestamptz := (SELECT l.started_at FROM pmr.refresh_log AS l WHERE l.refresh_id = refresh_progress.refresh_id);
	done double precision;
	total double precision;
	remaining interval;
	copies bigint;
BEGIN
	SELECT sum(e.expected) FILTER (WHERE e.month <= refresh_progress.month), sum(e.expected)
	INTO done, total
	FROM unnest(refresh_progress.months, refresh_progress.expected) AS e (month, expected);
	remaining := date_trunc('second', (now_at - began) * (total - done) / greatest(done, 1));
	UPDATE pmr.refresh_log AS l
	SET months_done = l.months_done + 1,
		rows_read = l.rows_read + coalesce(refresh_progress.rows_read, 0),
		done_pct = 100 * done / greatest(total, 1),
		expected_at = now_at + remaining,
		finished_at = CASE WHEN l.months_done + 1 = l.months THEN now_at END
	WHERE l.refresh_id = refresh_progress.refresh_id;
	IF refresh_progress.rows_read IS NULL THEN
		RAISE NOTICE 'source "%": skipped month %, which another refresh has rolled up as of a later time', refresh_progress.source, to_char(refresh_progress.month, 'YYYY-MM')
			USING HINT = 'CALL pmr.refresh() with its days rolls it up as of an earlier time.';
	ELSE
		SELECT sum(d) INTO copies
		FROM pmr.rollup_month AS m, unnest(m.duplicates) AS d
		WHERE m.source = refresh_progress.source AND m.month = refresh_progress.month;
		RAISE NOTICE 'source "%": month %, % rows%, % %% done, about % left', refresh_progress.source,
			to_char(refresh_progress.month, 'YYYY-MM'), refresh_progress.rows_read,
			CASE WHEN copies > 0 THEN format(', %s of them copies that %s', copies,
				CASE WHEN (SELECT s.count_copies FROM pmr.source AS s WHERE s.source = refresh_progress.source) THEN 'count' ELSE 'do not count' END) ELSE '' END,
			round((100 * done / greatest(total, 1))::numeric), remaining;
	END IF;
END
$$;
COMMENT ON FUNCTION pmr.refresh_progress(bigint, text, date[], double precision[], date, bigint) IS 'internal: records in refresh_log that a month is done';

/*
 * An extract holds no response that came after it was made.  If it is rolled up
 * as of a later time, its last requests count as missed.  So if a source is
 * silent before as_of for longer than between any two of its days, this counts
 * the unanswered requests whose target ends between its newest time and as_of.
 *
 * The last condition follows from the others.  The planner moves it to where
 * rows are read, so that most of them are not made into requests.
 */
CREATE FUNCTION pmr.check_newest(role pmr.requesting_role, source text, as_of timestamp with time zone) RETURNS void
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
	SET timezone = 'UTC'
	SET datestyle = 'ISO, MDY'
	SET jit = off
AS $$
DECLARE
	newest timestamptz := (SELECT max(m.newest_at) FROM pmr.rollup_month AS m WHERE m.source = check_newest.source);
	zone text := (SELECT s.report_timezone FROM pmr.source AS s WHERE s.source = check_newest.source);
	longest_gap integer;
	longest_target CONSTANT interval := (SELECT max(t.target) FROM pmr.target_response_time AS t);
	late record;
BEGIN
	SELECT max(d.day - d.before) INTO longest_gap
	FROM (SELECT u.day, lag(u.day) OVER (ORDER BY u.day) AS before
		  FROM pmr.rollup_month AS m, unnest(m.days) AS u (day)
		  WHERE m.source = check_newest.source AND m.month >= newest - interval '4 months') AS d;
	IF (check_newest.as_of > newest + make_interval(days => greatest(longest_gap, 1))) IS NOT TRUE THEN
		RETURN;
	END IF;
	SELECT q.requests, q.first INTO late
	FROM pmr.read_as_owner(pmr.role_oid(role), pmr.source_relation(check_newest.source), format($query$
SELECT count(*), min(requested_at)
FROM (%s) AS r
WHERE outcome = 'pending' AND answered_at IS NULL AND NOT is_copy
  AND pmr.target_outcome(started_at, NULL, pmr.srv_target(srv, mode, device_generation, nullif(user_role, 'unknown'), started_at), $5) = 'missed'
  AND greatest(requested_at, due_at) > $6$query$,
			pmr.request_query(check_newest.source)),
		newest, newest - interval '35 days', newest + interval '1 microsecond', pmr.reference_fingerprint(), check_newest.as_of, newest - longest_target) AS q (requests bigint, first timestamptz);
	IF late.requests > 0 THEN
		RAISE WARNING 'source "%" has no times after %, and counts % requests as missed whose targets end later', check_newest.source, newest, late.requests
			USING HINT = format('If it was complete up to that time: CALL pmr.refresh(%L, %L, %L, %L)', check_newest.source, (late.first AT TIME ZONE zone)::date, (newest AT TIME ZONE zone)::date, newest);
	END IF;
END
$$;
COMMENT ON FUNCTION pmr.check_newest(pmr.requesting_role, text, timestamp with time zone) IS 'internal: warning if requests count as missed although a source may not have their responses yet';

/* Records the end of a run, and warns of what makes its figures wrong. */
CREATE FUNCTION pmr.refresh_end(role pmr.requesting_role, refresh_id bigint, source text) RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
	SET datestyle = 'ISO, MDY'
AS $$
DECLARE
	stale record;
BEGIN
	UPDATE pmr.refresh_log AS l
	SET finished_at = clock_timestamp(), done_pct = 100, expected_at = NULL
	WHERE l.refresh_id = refresh_end.refresh_id;
	PERFORM pmr.check_newest(refresh_end.role, refresh_end.source, (SELECT l.as_of FROM pmr.refresh_log AS l WHERE l.refresh_id = refresh_end.refresh_id));
	SELECT min(c.month) AS first, max(c.month) AS last, count(*) AS months INTO stale FROM pmr.changed_targets(refresh_end.source) AS c;
	IF stale.months > 0 THEN
		RAISE WARNING 'Target Response Times of % settled months of source "%" have changed since the rollup', stale.months, refresh_end.source
			USING HINT = format('CALL pmr.refresh(%L, %L, %L) restates them.', refresh_end.source, stale.first, (stale.last + interval '1 month - 1 day')::date);
	END IF;
END
$$;
COMMENT ON FUNCTION pmr.refresh_end(pmr.requesting_role, bigint, text) IS 'internal: records in refresh_log that a run has ended';

/*
 * Without statistics the views took twenty times as long after a first refresh,
 * until autovacuum had run.  SECURITY DEFINER, because only the owner of a table
 * can analyze it.  A table that is locked is skipped without a warning, because
 * another refresh or autovacuum is analyzing it.  Columns that no condition uses
 * are left out; analyzing the states among them would take longest.
 */
CREATE FUNCTION pmr.analyze_rollup() RETURNS void
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
	SET client_min_messages = error
AS $$
BEGIN
	ANALYZE (SKIP_LOCKED)
		pmr.rollup_stratum (source, month, party, srv, mode, device_generation, user_role, qualifier, business_process),
		pmr.rollup_month;
END
$$;
COMMENT ON FUNCTION pmr.analyze_rollup() IS 'internal: updates the planner statistics of the rollups';

CREATE FUNCTION pmr.require_autocommit() RETURNS void
	AS 'MODULE_PATHNAME', 'pmr_require_autocommit'
	LANGUAGE C STABLE PARALLEL RESTRICTED;
COMMENT ON FUNCTION pmr.require_autocommit() IS 'internal: an error if the procedure that calls this cannot commit';

/*
 * Each month is committed by itself, so an error loses only the current one.
 *
 * A procedure that commits cannot have SET clauses.  So it uses no operators,
 * names every function with its schema, and leaves the work to functions that
 * have SET clauses.  READ COMMITTED makes the months visible that another
 * refresh committed while this one waited for it.
 */
CREATE PROCEDURE pmr.refresh(source text, from_day date DEFAULT NULL, to_day date DEFAULT NULL, as_of timestamp with time zone DEFAULT pg_catalog.clock_timestamp())
	LANGUAGE plpgsql
AS $$
DECLARE
	months pg_catalog.date[];
	refresh_id bigint;
	expected double precision[];
	month pg_catalog.date;
	/* Who names days can replace what an earlier refresh has rolled up as of a later time. */
	replaces_before timestamp with time zone := CASE WHEN from_day IS NULL THEN '-infinity' ELSE pg_catalog.clock_timestamp() END;
BEGIN
	PERFORM pmr.require_autocommit();
	months := pmr.refresh_months(pmr.requesting_role(), source, from_day, to_day, as_of);
	refresh_id := pmr.refresh_begin(pmr.requesting_role(), source, from_day, to_day, months, as_of);
	expected := pmr.expected_months(pmr.requesting_role(), source, months);
	COMMIT;
	SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
	FOREACH month IN ARRAY months LOOP
		PERFORM pmr.refresh_progress(refresh_id, source, months, expected, month, pmr.refresh_month(pmr.requesting_role(), source, month, as_of, replaces_before));
		COMMIT;
		SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
	END LOOP;
	PERFORM pmr.refresh_end(pmr.requesting_role(), refresh_id, source);
	PERFORM pmr.analyze_rollup();
END
$$;
COMMENT ON PROCEDURE pmr.refresh(text, date, date, timestamp with time zone) IS 'rolls up the open months of a source, or the months of the given days, as of a time up to which the source is complete; cannot run inside a transaction block';
