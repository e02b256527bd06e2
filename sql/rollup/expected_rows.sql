/* Estimates of the rows of a month, and of the memory it needs */

/* How many rows the planner expects between two times, and at what cost. */
CREATE FUNCTION pmr.expected_rows(source text, start timestamp with time zone, finish timestamp with time zone, OUT expected double precision, OUT cost double precision)
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
	SET row_security = off
	SET timezone = 'UTC'
AS $$
DECLARE
	relation regclass := pmr.source_relation(source);
	plan json;
BEGIN
	EXECUTE format('EXPLAIN (FORMAT JSON) SELECT FROM %s AS r WHERE r.requested_at >= %L AND r.requested_at < %L', relation, start, finish) INTO plan;
	expected := (plan -> 0 -> 'Plan' ->> 'Plan Rows')::double precision;
	cost := (plan -> 0 -> 'Plan' ->> 'Total Cost')::double precision;
END
$$;
COMMENT ON FUNCTION pmr.expected_rows(text, timestamp with time zone, timestamp with time zone) IS 'internal: rows of a source between two times, as the planner estimates them';

/* The same of a month up to a time. */
CREATE FUNCTION pmr.expected_before(source text, month date, as_of timestamp with time zone) RETURNS double precision
	LANGUAGE sql
	SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	SELECT e.expected
	FROM pmr.expected_rows(source, pmr.day_start(source, month), least(pmr.day_start(source, (month + interval '1 month')::date), as_of)) AS e;
END;
COMMENT ON FUNCTION pmr.expected_before(text, date, timestamp with time zone) IS 'internal: rows of a month of a source before a time, as the planner estimates them';

/* The same of each of some months, asked once for a whole refresh. */
CREATE FUNCTION pmr.expected_months(source text, months date[]) RETURNS double precision[]
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN ARRAY(
		SELECT e.expected
		FROM unnest(months) WITH ORDINALITY AS m (month, i),
			pmr.expected_rows(source, pmr.day_start(source, m.month), pmr.day_start(source, (m.month + interval '1 month')::date)) AS e
		ORDER BY m.i);
END
$$;
COMMENT ON FUNCTION pmr.expected_months(text, date[]) IS 'internal: rows of a source in some months, as the planner estimates them';

/*
 * In how many slices to roll up a month, so that the groups of one need no more
 * memory than a hash table may have.  Hash aggregation puts only new groups on
 * disk, and a Party's month of an SRV is there from its first hours on: without
 * slices the cells of all groups would grow side by side.
 *
 * What they will take is told from the nearest month that is rolled up: the log
 * of a group has 64 bytes a row, up to 128 kB; a cell takes half a kilobyte, and
 * 8 bytes for each time until it is a sketch, of some 64 kB.  Where the planner
 * is wrong about the one month, it is about the other.  A first month is taken
 * for one in which no cell gets that far.  Each slice reads the month again, so
 * there is a limit, for what the planner believes of a view.
 */
CREATE FUNCTION pmr.refresh_slices(source text, month date, as_of timestamp with time zone) RETURNS integer
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	expected double precision := pmr.expected_before(source, month, as_of);
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
		growth := expected / greatest(pmr.expected_before(source, near.month, near.as_of), 1);
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
COMMENT ON FUNCTION pmr.refresh_slices(text, date, timestamp with time zone) IS 'internal: in how many slices a month is rolled up, by the memory that it takes';
