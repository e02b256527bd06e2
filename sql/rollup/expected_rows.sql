/* Planner estimates of the rows of a month */

/* The planner's estimates of the rows between two times, and of the cost to read them. */
CREATE FUNCTION pmr.expected_rows(role pmr.requesting_role, source text, start timestamp with time zone, finish timestamp with time zone, OUT expected double precision, OUT cost double precision)
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
	SET timezone = 'UTC'
AS $$
DECLARE
	relation regclass := pmr.source_relation(source);
BEGIN
	SELECT p.expected, p.cost INTO expected, cost
	FROM pmr.plan_as_owner(pmr.role_oid(role), relation,
		format('SELECT FROM %s AS r WHERE r.requested_at >= $1%s AND r.requested_at < $2%2$s', relation, pmr.time_zone_of(relation, 'requested_at')), start, finish) AS p;
END
$$;
COMMENT ON FUNCTION pmr.expected_rows(pmr.requesting_role, text, timestamp with time zone, timestamp with time zone) IS 'internal: planner estimates of the rows of a source between two times and of the cost to read them';

/* The planner's estimate of the rows of each month; a refresh calls it once. */
CREATE FUNCTION pmr.expected_months(role pmr.requesting_role, source text, months date[]) RETURNS double precision[]
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN ARRAY(
		SELECT e.expected
		FROM unnest(months) WITH ORDINALITY AS m (month, i),
			pmr.expected_rows(role, source, pmr.day_start(source, m.month), pmr.day_start(source, (m.month + interval '1 month')::date)) AS e
		ORDER BY m.i);
END
$$;
COMMENT ON FUNCTION pmr.expected_months(pmr.requesting_role, text, date[]) IS 'internal: planner estimates of the rows of a source in each of some months';
