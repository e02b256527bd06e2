/*
 * Parts of a month: what a refresh reads of a source at once
 *
 * A part is one or more days.  It is read once, and as many days are read at
 * once as fit into the memory that a hash table may use.  When hash aggregation
 * runs out of memory, it spills only rows of new groups to disk, but here the
 * states of existing groups grow, so spilling would not limit the memory.  The
 * parts of a month are then merged.  That takes the memory of one group.
 *
 * A source with changed_at keeps the parts of each day until the month settles
 * (changed_days.sql).  The parts of other sources are deleted in the same
 * transaction.  As all parts can be read again, the table is UNLOGGED.
 */

CREATE UNLOGGED TABLE pmr.rollup_part (
	source text NOT NULL,
	month date NOT NULL,
	day date NOT NULL,
	party text COLLATE "C" NOT NULL,
	srv text COLLATE "C" NOT NULL,
	mode text COLLATE "C" NOT NULL,
	device_generation text COLLATE "C" NOT NULL,
	user_role text COLLATE "C" NOT NULL,
	qualifier text COLLATE "C" NOT NULL,
	business_process text COLLATE "C" NOT NULL,
	rows_read bigint NOT NULL,
	copies bigint NOT NULL,
	newest_at timestamp with time zone,
	next_at timestamp with time zone,
	state pmr.rollup_state
);
ALTER TABLE pmr.rollup_part ALTER COLUMN state SET STORAGE external;
CREATE INDEX rollup_part_day ON pmr.rollup_part (source, month, day);
COMMENT ON TABLE pmr.rollup_part IS 'parts of open months, which refresh merges; emptied by a crash, and then read from the source again';
COMMENT ON COLUMN pmr.rollup_part.month IS 'first day of the month';
COMMENT ON COLUMN pmr.rollup_part.day IS 'day of requested_at, in the time zone of the source; if only the whole month is needed, its first day';
COMMENT ON COLUMN pmr.rollup_part.rows_read IS 'rows of the source';
COMMENT ON COLUMN pmr.rollup_part.copies IS 'rows that repeat the request of another row';
COMMENT ON COLUMN pmr.rollup_part.newest_at IS 'newest time of a request, response, delivery or execution that counts; NULL: no row counts';
COMMENT ON COLUMN pmr.rollup_part.next_at IS 'time from which a refresh as of it would count a row otherwise: the target of a pending request ends, or a response comes; NULL: none, or the month keeps no parts';
COMMENT ON COLUMN pmr.rollup_part.state IS 'counts and round-trip times; NULL: no row counts';

/*
 * The query that a refresh runs as the owner of a source, for one part.  $1 to
 * $4 are those of request_query.
 *
 * Values of the type xid can be hashed, but not sorted.  So the constant in GROUP
 * BY makes the planner hash, on nodes that do not have the settings of
 * refresh_month, too.  There are thousands of groups of about 100 kB each, and
 * to hash them takes less time than to sort millions of rows.
 *
 * If each copy counts, copies may be in different groups.  They are counted from
 * the column ids of all groups of a Party, an SRV and, if by_day, a day.
 */
CREATE FUNCTION pmr.part_query(source text, by_day boolean) RETURNS text
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	counts_copies CONSTANT boolean := (SELECT s.count_copies FROM pmr.source AS s WHERE s.source = part_query.source)
		AND EXISTS (SELECT FROM pmr.relation_columns(pmr.source_relation(source)) WHERE column_name = 'request_id');
	/* A start in the far future is cut off: with the target it would be out of range. */
	next_at CONSTANT text := 'min(least(later_at, CASE WHEN outcome = ''pending'' THEN least(started_at, ''290000-01-01'') + pmr.srv_target(srv, mode, device_generation, nullif(user_role, ''unknown''), started_at) END))';
BEGIN
	RETURN format($query$
SELECT %s AS day, %s,
	count(*) AS rows_read, count(*) FILTER (WHERE is_copy) AS copies,
	max(greatest(requested_at, responded_at, delivered_at, executed_at)) FILTER (WHERE NOT is_copy) AS newest_at,
	%s AS next_at,
	pmr.rollup_state(day, outcome, class, started_at, answered_at, factors) FILTER (WHERE NOT is_copy) AS state,
	%s AS ids
FROM (%s) AS request
GROUP BY %s%s, '0'::xid$query$,
		CASE WHEN by_day THEN 'day' ELSE 'NULL::date' END,
		(SELECT string_agg(coalesce(quote_literal(k.constant) || '::text', k.name), ', ' ORDER BY k.place) FROM pmr.request_keys(source) AS k),
		CASE WHEN by_day THEN next_at ELSE 'NULL::timestamptz' END,
		CASE WHEN counts_copies THEN
			'pmr.request_ids(pmr.request_copy_hash(request_id, day, CASE mode WHEN ''dcc_scheduled'' THEN due_at END)) FILTER (WHERE ' || pmr.may_be_copy() || ')' ELSE 'NULL::bytea' END,
		pmr.request_query(source), CASE WHEN by_day THEN 'day, ' ELSE '' END,
		(SELECT string_agg(k.name, ', ' ORDER BY k.place) FROM pmr.request_keys(source) AS k WHERE k.constant IS NULL));
END
$$;
COMMENT ON FUNCTION pmr.part_query(text, boolean) IS 'internal: the query that counts the requests of a part of a month of a source by Party, SRV and other columns';

/*
 * The times between which to read some days of a month, so that what is read at
 * once fits into memory.  The size of a row is that of a month with few rows in
 * each group and with short values; with many rows it is smaller.  The planner's
 * estimate is multiplied by the ratio of rows read to rows estimated of the
 * nearest month that is rolled up.
 */
CREATE FUNCTION pmr.parts_to_read(role pmr.requesting_role, source text, days date[], as_of timestamp with time zone)
	RETURNS TABLE (start timestamp with time zone, finish timestamp with time zone)
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	hash_mem CONSTANT double precision := 1024 * current_setting('hash_mem_multiplier')::double precision
		* (SELECT setting::double precision FROM pg_settings WHERE name = 'work_mem');
	row_size double precision := (SELECT 96 + 40 * cardinality(s.factors) FROM pmr.source AS s WHERE s.source = parts_to_read.source);
	near pmr.rollup_month;
	run record;
	expected double precision;
	at_once integer;
BEGIN
	SELECT * INTO near FROM pmr.rollup_month AS m
	WHERE m.source = parts_to_read.source AND m.rows_read > 0
	ORDER BY abs(m.month - parts_to_read.days[1]), m.month
	LIMIT 1;
	IF FOUND THEN
		row_size := row_size * near.rows_read / greatest((SELECT e.expected FROM pmr.expected_rows(role, source,
			pmr.day_start(source, near.month), least(pmr.day_start(source, (near.month + interval '1 month')::date), near.as_of)) AS e), 1);
	END IF;
	FOR run IN
		SELECT min(n.day) AS first, max(n.day) AS last
		FROM (SELECT u.day, u.day - (row_number() OVER (ORDER BY u.day))::integer AS gap FROM unnest(days) AS u (day)
			  WHERE pmr.day_start(source, u.day) < as_of) AS n
		GROUP BY n.gap
		ORDER BY 1
	LOOP
		SELECT e.expected INTO expected
		FROM pmr.expected_rows(role, source, pmr.day_start(source, run.first), least(pmr.day_start(source, run.last + 1), as_of)) AS e;
		at_once := greatest(1, least(31, floor((run.last - run.first + 1) * hash_mem / greatest(expected * row_size, 1))));
		RETURN QUERY
			SELECT greatest(pmr.day_start(source, run.first + i), '0001-01-02 00:00+00'), least(pmr.day_start(source, least(run.first + i + at_once, run.last + 1)), as_of)
			FROM generate_series(0, run.last - run.first, at_once) AS i;
	END LOOP;
END
$$;
COMMENT ON FUNCTION pmr.parts_to_read(pmr.requesting_role, text, date[], timestamp with time zone) IS 'internal: times between which to read some days of a source, so that each part fits into memory';

/* All parts are read in one statement, so from one snapshot. */
CREATE FUNCTION pmr.read_parts(role pmr.requesting_role, source text, month date, days date[], as_of timestamp with time zone, by_day boolean) RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	reader CONSTANT oid := pmr.role_oid(role);
	relation CONSTANT regclass := pmr.source_relation(source);
	part_query CONSTANT text := pmr.part_query(source, by_day);
BEGIN
	WITH part AS MATERIALIZED (
		SELECT * FROM pmr.parts_to_read(role, source, days, as_of)
	), request AS MATERIALIZED (
		SELECT p.start, coalesce(c.day, read_parts.month) AS day, c.party, c.srv, c.mode, c.device_generation, c.user_role, c.qualifier, c.business_process,
			c.rows_read, c.copies, c.newest_at, c.next_at, c.state, c.ids
		FROM part AS p, LATERAL pmr.read_as_owner(reader, relation, part_query, read_parts.as_of, p.start, p.finish, pmr.reference_fingerprint())
			AS c (day date, party text COLLATE "C", srv text COLLATE "C", mode text COLLATE "C", device_generation text COLLATE "C", user_role text COLLATE "C",
				qualifier text COLLATE "C", business_process text COLLATE "C", rows_read bigint, copies bigint, newest_at timestamptz, next_at timestamptz,
				state pmr.rollup_state, ids bytea)
	)
	INSERT INTO pmr.rollup_part
	SELECT read_parts.source, read_parts.month, r.day, pmr.party_key(r.party), pmr.short_key(r.srv), r.mode, r.device_generation,
		pmr.short_key(r.user_role), pmr.short_key(r.qualifier), pmr.short_key(r.business_process), r.rows_read, r.copies, r.newest_at, r.next_at, r.state
	FROM request AS r
	UNION ALL
	SELECT read_parts.source, read_parts.month, c.day, pmr.party_key(c.party), '', '', '', '', '', '', 0, sum(c.copies)::bigint, NULL, NULL, NULL
	FROM (SELECT r.day, r.party, pmr.request_copies(r.ids) AS copies
		  FROM request AS r
		  GROUP BY r.start, r.day, r.party, r.srv) AS c
	GROUP BY c.day, c.party
	HAVING sum(c.copies) > 0;
END
$$;
COMMENT ON FUNCTION pmr.read_parts(pmr.requesting_role, text, date, date[], timestamp with time zone, boolean) IS 'internal: reads days of a month of a source into rollup_part';
