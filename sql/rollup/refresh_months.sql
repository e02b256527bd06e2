/* The months that a refresh rolls up */

/*
 * The months to roll up: the months of the given days, or else all months that
 * have rows and are not settled.  The search jumps from one month with rows to
 * the next, so a row of the year 1970 adds one month, not six hundred.  Rows
 * before the year 1 are left out, because their month may be out of the range
 * of dates; check_source reports them.
 *
 * enable_seqscan is off because the planner would search for one row of many by
 * a sequential scan rather than by a BRIN index.
 */
CREATE FUNCTION pmr.refresh_months(role pmr.requesting_role, source text, from_day date, to_day date, as_of timestamp with time zone) RETURNS date[]
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
	SET timezone = 'UTC'
	SET enable_seqscan = off
AS $$
DECLARE
	relation regclass := pmr.source_relation(source);
	at_zone text := pmr.time_zone_of(relation, 'requested_at');
	zone text := (SELECT s.report_timezone FROM pmr.source AS s WHERE s.source = refresh_months.source);
	next_query text;
	any_query text;
	has_rows boolean;
	found timestamptz;
	upto timestamptz;
	following timestamptz;
	last_day date := least(to_day, (as_of AT TIME ZONE zone)::date);
	at timestamptz := '-infinity';
	month date;
	months date[] := '{}';
BEGIN
	IF to_day < from_day THEN
		RAISE invalid_parameter_value USING MESSAGE = format('to_day %s is before from_day %s', to_day, from_day);
	ELSIF NOT isfinite(from_day) OR NOT isfinite(to_day) THEN
		RAISE invalid_parameter_value USING MESSAGE = 'from_day and to_day must be finite';
	ELSIF as_of IS NULL THEN
		RAISE null_value_not_allowed USING MESSAGE = 'as_of must not be null';
	ELSIF as_of > clock_timestamp() OR NOT isfinite(as_of) THEN
		RAISE invalid_parameter_value USING MESSAGE = format('as_of %s is not in the past', as_of);
	END IF;
	next_query := format('SELECT (r.requested_at%2$s) FROM %1$s AS r WHERE r.requested_at >= $1%2$s AND r.requested_at <= $2%2$s AND r.requested_at >= ''0001-01-02'' ORDER BY r.requested_at LIMIT 1',
		relation, at_zone);
	/* Citus cannot transfer rows without columns, and would transfer all rows for EXISTS. */
	any_query := format('SELECT 1 FROM %s AS r WHERE r.requested_at >= $1%s AND r.requested_at <= $2%2$s AND r.requested_at >= ''0001-01-02'' LIMIT 1',
		relation, at_zone);
	IF from_day IS NOT NULL THEN
		at := date_trunc('month', from_day::timestamp) AT TIME ZONE zone;
	END IF;
	LOOP
		/* Search up to the next settled month, because settled months are not read again. */
		upto := coalesce((SELECT min(m.month)::timestamp AT TIME ZONE zone FROM pmr.rollup_month AS m
						  WHERE m.source = refresh_months.source AND m.settled AND from_day IS NULL
							AND m.month::timestamp AT TIME ZONE zone >= at), as_of);
		month := date_trunc('month', at AT TIME ZONE zone)::date;
		following := (month + interval '1 month') AT TIME ZONE zone;
		IF upto = at AND isfinite(at) AND at < as_of THEN
			at := following;
			CONTINUE;
		ELSIF isfinite(at) THEN
			/* Search in one month: to find the first of all later rows, a BRIN index is of no use. */
			has_rows := EXISTS (SELECT FROM pmr.read_as_owner(pmr.role_oid(role), relation, any_query, at, least(following, as_of)) AS f (one integer));
		ELSE
			has_rows := false;
		END IF;
		IF NOT has_rows THEN
			SELECT f.found INTO found
			FROM pmr.read_as_owner(pmr.role_oid(role), relation, next_query, CASE WHEN isfinite(at) THEN following ELSE at END, upto) AS f (found timestamptz);
			IF found IS NULL THEN
				EXIT WHEN upto >= as_of;
				at := upto;
				CONTINUE;
			END IF;
			month := date_trunc('month', pmr.request_day(found, zone)::timestamp)::date;
		END IF;
		EXIT WHEN month > last_day;
		months := months || month;
		at := (month + interval '1 month') AT TIME ZONE zone;
		EXIT WHEN at > as_of;
	END LOOP;
	RETURN ARRAY(
		SELECT m FROM unnest(months) AS m
		WHERE from_day IS NOT NULL
		   OR NOT EXISTS (SELECT FROM pmr.rollup_month AS r WHERE r.source = refresh_months.source AND r.month = m AND r.settled)
		UNION
		/* months that have a rollup, because their rows may have been deleted */
		SELECT r.month FROM pmr.rollup_month AS r
		WHERE r.source = refresh_months.source AND r.month <= last_day
		  AND CASE WHEN from_day IS NULL THEN NOT r.settled
			  ELSE r.month >= date_trunc('month', from_day::timestamp)::date END
		ORDER BY 1);
END
$$;
COMMENT ON FUNCTION pmr.refresh_months(pmr.requesting_role, text, date, date, timestamp with time zone) IS 'internal: first days of the months that a refresh rolls up';
