/* Planner estimates of the rows of a month and of the memory that its rollup needs */

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
		format('SELECT FROM %s AS r WHERE r.requested_at >= $1%s AND r.requested_at < $2%2$s', relation, pmr.requested_at_zone(relation)), start, finish) AS p;
END
$$;
COMMENT ON FUNCTION pmr.expected_rows(pmr.requesting_role, text, timestamp with time zone, timestamp with time zone) IS 'internal: planner estimates of the rows of a source between two times and of the cost to read them';

/* The planner's estimate of the rows of a month, up to a time. */
CREATE FUNCTION pmr.expected_before(role pmr.requesting_role, source text, month date, as_of timestamp with time zone) RETURNS double precision
	LANGUAGE sql
	SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	SELECT e.expected
	FROM pmr.expected_rows(role, source, pmr.day_start(source, month), least(pmr.day_start(source, (month + interval '1 month')::date), as_of)) AS e;
END;
COMMENT ON FUNCTION pmr.expected_before(pmr.requesting_role, text, date, timestamp with time zone) IS 'internal: planner estimate of the rows of a month of a source before a time';

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

/*
 * The number of slices in which to roll up a month, so that the groups of one
 * slice fit into the memory that a hash table may use.  When hash aggregation
 * runs out of memory, it spills only rows of new groups to disk.  Here nearly
 * all groups exist after the first hours of a month, and their states go on
 * growing, so spilling does not limit the memory.
 *
 * The estimate scales the nearest month that is rolled up by the ratio of the
 * planner's estimates for the two months; if the planner is wrong by the same
 * factor for both, the ratio is still right.  A group takes 64 bytes a row for
 * its log of rows, up to 128 kB.  A cell takes 512 bytes, and 8 bytes for each
 * round-trip time until it becomes a sketch of about 64 kB.  For the first month
 * of a source the estimate assumes that no cell becomes a sketch.
 *
 * Each slice reads the month again.  max_slices limits that, because the planner's
 * estimate for a view may be far too high.
 */
CREATE FUNCTION pmr.refresh_slices(role pmr.requesting_role, source text, month date, as_of timestamp with time zone) RETURNS integer
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	expected double precision := pmr.expected_before(role, source, month, as_of);
	hash_mem double precision := 1024 * current_setting('hash_mem_multiplier')::double precision
		* (SELECT setting::double precision FROM pg_settings WHERE name = 'work_mem');
	near pmr.rollup_month;
	growth double precision;
	bytes double precision;
	max_slices CONSTANT integer := 64;
BEGIN
	SELECT * INTO near FROM pmr.rollup_month AS m
	WHERE m.source = refresh_slices.source
	ORDER BY abs(m.month - refresh_slices.month), m.month
	LIMIT 1;
	IF FOUND THEN
		growth := expected / greatest(pmr.expected_before(role, source, near.month, near.as_of), 1);
		SELECT sum(CASE WHEN r.day IS NULL AND r.factor = 'all' THEN least(64 * r.requests * growth, 131072)
				ELSE 512 + least(8 * r.answered * growth, 65536) END)
		INTO bytes
		FROM pmr.rollup AS r WHERE r.source = refresh_slices.source AND r.month = near.month;
	ELSE
		SELECT expected * (64 + 8 * (1 + cardinality(s.factors))) INTO bytes FROM pmr.source AS s WHERE s.source = refresh_slices.source;
	END IF;
	RETURN least(greatest(ceil(bytes / hash_mem), 1), max_slices);
END
$$;
COMMENT ON FUNCTION pmr.refresh_slices(pmr.requesting_role, text, date, timestamp with time zone) IS 'internal: number of slices in which to roll up a month, so that each fits into memory';
