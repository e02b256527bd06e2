--
-- rollup_cells: one pass over the rows of a group gives the same as many calls of
-- count(*) FILTER and rtt_sketch.
--
\pset null '(null)'
SET client_min_messages = warning;
SET timezone = 'UTC';
SET datestyle = 'ISO';
CREATE SCHEMA test_rollup_cells;
SET search_path = test_rollup_cells, pmr;

-- SQLSTATE, message and hint of the error that a query raises.
CREATE FUNCTION err(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	hint text;
BEGIN
	EXECUTE query;
	RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS hint = PG_EXCEPTION_HINT;
	RETURN concat_ws(' | ', sqlstate || ': ' || sqlerrm, nullif(hint, ''));
END
$$;

-- A pseudo-random number from 0 to n - 1, the same on every machine.
CREATE FUNCTION hash_below(n bigint, i bigint, seed bigint) RETURNS int LANGUAGE sql IMMUTABLE
RETURN (hashint8extended(i, seed) & 9223372036854775807) % n;

-- The bytes of a text, which are the order of values.
CREATE FUNCTION bytes(value text) RETURNS bytea LANGUAGE sql STABLE
RETURN convert_to(value, getdatabaseencoding());

-- The counts of a cell that are not 0.
CREATE FUNCTION counts(cell rollup_cell) RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(key || ' ' || value, ', ')
	FROM json_each_text(to_json(cell)) WHERE key NOT IN ('day', 'factor', 'value', 'rtt') AND value <> '0'
$$;

--
-- Each rule separately
--
-- One row at a time: which counts it adds to, its round-trip time, and its number of
-- pairs.
CREATE TABLE rule (n serial, outcome text, response_class text, started_at timestamptz, answered_at timestamptz);
INSERT INTO rule (outcome, response_class, started_at, answered_at)
SELECT outcome, response_class, '2026-10-01 12:00:00', answered_at
FROM unnest(ARRAY['met', 'missed', 'not_measured', 'pending', 'invalid', 'pre_command', 'local_command', 'cancelled']) WITH ORDINALITY AS o (outcome, i),
	unnest(ARRAY['success', 'acknowledged', 'rejected', 'failed', 'no_response', 'unclassified', NULL]) WITH ORDINALITY AS c (response_class, j),
	unnest(ARRAY['2026-10-01 12:00:05', NULL]::timestamptz[]) WITH ORDINALITY AS a (answered_at, k)
ORDER BY i, j, k;
INSERT INTO rule (outcome, response_class, started_at, answered_at) VALUES
	('met', 'success', '2026-10-01 12:00:00', '2026-10-01 12:00:00'),
	('not_measured', 'success', NULL, '2026-10-01 12:00:05'),
	('not_measured', 'success', 'infinity', '2026-10-01 12:00:05'),
	('not_measured', 'success', '-infinity', '2026-10-01 12:00:05'),
	('missed', 'success', '2026-10-01 12:00:00', 'infinity'),
	('missed', 'no_response', '2026-10-01 12:00:00', 'infinity'),
	('not_measured', 'success', '2026-10-01 12:00:00', '-infinity'),
	('not_measured', 'success', 'infinity', 'infinity'),
	('invalid', 'success', '2026-10-01 12:00:05', '2026-10-01 12:00:00'),
	('pending', 'success', '2026-10-01 12:00:05', '2026-10-01 12:00:00'),
	('cancelled', 'success', '2026-10-01 12:00:05', '2026-10-01 12:00:00');
SELECT n, outcome, response_class, to_char(started_at, 'MI:SS') AS started, to_char(answered_at, 'MI:SS') AS answered,
	counts((x).cells[1]), rtt_max((x).cells[1].rtt) AS rtt_s, cardinality((x).pairs) AS pairs
FROM (SELECT n, outcome, response_class, started_at, answered_at,
		rollup_cells('2026-10-01', outcome, response_class, started_at, answered_at, '{a,b}') AS x
	FROM rule GROUP BY n, outcome, response_class, started_at, answered_at) AS s
ORDER BY n;

-- all cells and pairs of a few rows
CREATE TABLE few (day date, outcome text, response_class text, rtt interval, factors text[]);
INSERT INTO few VALUES
	('2026-10-02', 'met', 'success', '2 s', '{v2,north}'),
	('2026-10-02', 'missed', 'rejected', '40 s', '{v10,north}'),
	('2026-10-02', 'cancelled', NULL, NULL, '{v3,south}'),
	('2026-10-01', 'missed', 'no_response', NULL, '{v10,north}'),
	('2026-10-01', 'pending', NULL, NULL, '{v2,east}'),
	('2026-10-01', 'met', 'success', '3 s', '{v10,NULL}');
CREATE VIEW few_rollup_cells AS
SELECT (rollup_cells(day, outcome, response_class, day::timestamptz, day::timestamptz + rtt, factors)).* FROM few;
SELECT day, factor, value, counts(c), rtt_count(rtt) AS times, rtt_mean(rtt) AS mean_s
FROM few_rollup_cells, unnest(cells) AS c;
SELECT p.* FROM few_rollup_cells, unnest(pairs) AS p;

--
-- 30,000 rows, compared with plain SQL
--
-- Groups of very different sizes: the largest has more distinct times than a sketch
-- stores exactly, one has thousands of values, one has a single row.
CREATE TABLE request AS
SELECT i, party, day, outcome, response_class, started_at,
	CASE WHEN h.late < 8 THEN NULL WHEN h.late = 8 THEN 'infinity' WHEN h.late = 9 THEN '-infinity'
		WHEN outcome IN ('met', 'missed', 'not_measured') OR h.late > 50 THEN day + '1 hour'::interval + rtt
		ELSE day + '1 hour'::interval - rtt END AS answered_at,
	ARRAY[
		CASE hash_below(30, i, 1) WHEN 0 THEN NULL WHEN 1 THEN '' ELSE 'v' || hash_below(40, i, 2) END,
		CASE WHEN party = 'many' THEN repeat(chr(97 + hash_below(3, i, 3)), 1 + hash_below(4, i, 4)) || hash_below(3000, i, 5) ELSE 'r' || hash_below(3, i, 6) END,
		repeat(chr(65 + hash_below(5, i, 7)), hash_below(4, i, 8)),
		CASE WHEN party = 'one' THEN 'x' ELSE chr(32 + hash_below(90, i, 9)) END
	] AS factors
FROM generate_series(1, 30000) AS i,
	LATERAL (SELECT CASE WHEN i = 1 THEN 'one' WHEN hash_below(1000, i, 10) < 5 THEN 'few' WHEN hash_below(10, i, 11) < 2 THEN 'many'
				WHEN hash_below(10, i, 12) < 2 THEN 'apart' ELSE 'great' END AS party,
			'2026-10-01'::date + hash_below(31, i, 13) AS day,
			1000 * hash_below(100000, i, 14) * '1 us'::interval AS rtt,
			hash_below(100, i, 15) AS late) AS h,
	LATERAL (SELECT CASE WHEN hash_below(50, i, 16) = 0 THEN NULL WHEN hash_below(50, i, 16) = 1 THEN '-infinity' ELSE day + '1 hour'::interval END AS started_at,
			(ARRAY['success', 'success', 'failed', 'rejected', 'acknowledged', 'no_response', 'unclassified', NULL])[1 + hash_below(8, i, 17)] AS response_class,
			CASE WHEN party = 'apart' THEN (ARRAY['pre_command', 'local_command', 'cancelled', 'pending', 'invalid'])[1 + hash_below(5, i, 18)]
				ELSE (ARRAY['met', 'met', 'met', 'met', 'missed', 'not_measured', 'pending', 'invalid', 'pre_command', 'local_command', 'cancelled'])[1 + hash_below(11, i, 19)] END AS outcome) AS r;
ANALYZE request;
SELECT party, count(*) > 5000 AS great, count(DISTINCT factors[2]) > 3000 AS many_values, count(DISTINCT outcome) AS outcomes,
	count(DISTINCT response_class) AS classes FROM request GROUP BY party ORDER BY party;

CREATE TABLE result AS
SELECT party, rollup_cells(day, outcome, response_class, started_at, answered_at, factors) AS x FROM request GROUP BY party;
CREATE VIEW oracle AS
SELECT party, c.*,
	count(*) FILTER (WHERE outcome IN ('met', 'missed', 'pending', 'not_measured', 'invalid')) AS requests,
	count(*) FILTER (WHERE outcome = 'met') AS met,
	count(*) FILTER (WHERE outcome = 'missed') AS missed,
	count(*) FILTER (WHERE outcome = 'pending') AS pending,
	count(*) FILTER (WHERE outcome = 'not_measured') AS not_measured,
	count(*) FILTER (WHERE outcome = 'invalid') AS invalid,
	count(*) FILTER (WHERE answered) AS answered,
	count(*) FILTER (WHERE answered AND response_class = 'success') AS success,
	count(*) FILTER (WHERE answered AND response_class = 'rejected') AS rejected,
	count(*) FILTER (WHERE answered AND response_class = 'failed') AS failed,
	count(*) FILTER (WHERE decided AND response_class = 'no_response') AS no_response,
	count(*) FILTER (WHERE decided AND response_class = 'unclassified' OR answered AND response_class IS NULL) AS unclassified,
	count(*) FILTER (WHERE outcome = 'met' AND answered AND response_class = 'success') AS met_success,
	count(*) FILTER (WHERE outcome = 'met' AND answered AND response_class = 'rejected') AS met_rejected,
	count(*) FILTER (WHERE outcome = 'missed' AND answered AND response_class = 'rejected') AS missed_rejected,
	count(*) FILTER (WHERE outcome = 'pre_command') AS pre_commands,
	count(*) FILTER (WHERE outcome = 'local_command') AS local_commands,
	count(*) FILTER (WHERE outcome = 'cancelled') AS cancelled,
	rtt_sketch(started_at, answered_at) FILTER (WHERE answered AND isfinite(started_at)) AS rtt
FROM request,
	LATERAL (SELECT outcome IN ('met', 'missed', 'not_measured') AS decided,
				outcome IN ('met', 'missed', 'not_measured') AND coalesce(isfinite(answered_at), false) AS answered) AS d,
	LATERAL (SELECT NULL::date AS day, 0 AS factor, '' AS value
		UNION ALL SELECT request.day, 0, ''
		UNION ALL SELECT NULL, i, coalesce(value, '') FROM unnest(factors) WITH ORDINALITY AS f (value, i)) AS c
GROUP BY party, c.day, c.factor, c.value;
CREATE VIEW result_cell AS SELECT party, c.* FROM result, unnest((x).cells) AS c;
SELECT (SELECT count(*) FROM result_cell) = (SELECT count(*) FROM oracle) AS same_number,
	(SELECT count(*) > 3000 FROM oracle) AS many,
	(SELECT count(*) FROM (TABLE result_cell EXCEPT ALL TABLE oracle) AS d) AS different,
	(SELECT max(rtt_count(rtt)) > 5000 AND max(rtt_error_bound(rtt)) > 0 FROM oracle) AS rounded_sketches,
	(SELECT count(*) > 0 FROM oracle WHERE rtt IS NULL) AS no_sketches;

CREATE VIEW pair_oracle AS
SELECT party, a.i::int AS factor_a, b.i::int AS factor_b, coalesce(a.value, '') AS value_a, coalesce(b.value, '') AS value_b,
	count(*) AS measured, count(*) FILTER (WHERE outcome = 'missed') AS missed
FROM request, unnest(factors) WITH ORDINALITY AS a (value, i), unnest(factors) WITH ORDINALITY AS b (value, i)
WHERE a.i < b.i AND outcome IN ('met', 'missed')
GROUP BY 1, 2, 3, 4, 5;
CREATE VIEW result_pair AS
SELECT party, factor_a, factor_b, v.* FROM result, unnest((x).pairs) AS p, unnest(values_a, values_b, measured, missed) AS v (value_a, value_b, measured, missed);
SELECT (SELECT count(*) FROM result_pair) = (SELECT count(*) FROM pair_oracle) AS same_number,
	(SELECT count(*) > 3000 FROM pair_oracle) AS many,
	(SELECT count(*) FROM (TABLE result_pair EXCEPT ALL TABLE pair_oracle) AS d) AS different;
SELECT party, cardinality((x).pairs) AS pairs FROM result ORDER BY party;

-- the order of cells and of pairs
SELECT count(*) AS misplaced FROM (
	SELECT o, row_number() OVER (PARTITION BY party ORDER BY factor, day NULLS FIRST, bytes(value)) AS should_be
	FROM result, unnest((x).cells) WITH ORDINALITY AS c (day, factor, value, c4, c5, c6, c7, c8, c9, c10, c11, c12, c13, c14, c15, c16, c17, c18, c19, c20, c21, rtt, o)
) AS s WHERE o <> should_be;
SELECT count(*) AS misplaced FROM (
	SELECT p.o AS po, v.o AS vo, dense_rank() OVER (PARTITION BY party ORDER BY factor_a, factor_b) AS p_should_be,
		row_number() OVER (PARTITION BY party, factor_a, factor_b ORDER BY bytes(value_a), bytes(value_b)) AS v_should_be
	FROM result, unnest((x).pairs) WITH ORDINALITY AS p (factor_a, factor_b, values_a, values_b, measured, missed, o),
		unnest(values_a, values_b) WITH ORDINALITY AS v (value_a, value_b, o)
) AS s WHERE po <> p_should_be OR vo <> v_should_be;

-- the order of the rows and the way of grouping do not matter
SELECT count(*) AS groups, count(*) FILTER (WHERE s.up::text = x::text) AS up, count(*) FILTER (WHERE s.down::text = x::text) AS down,
	count(*) FILTER (WHERE s.shuffled::text = x::text) AS shuffled
FROM result JOIN (
	SELECT party, rollup_cells(day, outcome, response_class, started_at, answered_at, factors ORDER BY i) AS up,
		rollup_cells(day, outcome, response_class, started_at, answered_at, factors ORDER BY i DESC) AS down,
		rollup_cells(day, outcome, response_class, started_at, answered_at, factors ORDER BY hash_below(1000000, i, 20)) AS shuffled
	FROM request GROUP BY party
) AS s USING (party);
SET enable_hashagg = off;
SELECT count(*) AS groups, count(*) FILTER (WHERE s.x::text = result.x::text) AS same FROM result JOIN (
	SELECT party, rollup_cells(day, outcome, response_class, started_at, answered_at, factors) AS x FROM request GROUP BY party) AS s USING (party);
RESET enable_hashagg;

--
-- FILTER, DISTINCT and windows
--
-- no rows, no rows that pass a filter, and distinct rows
SELECT rollup_cells(day, outcome, response_class, started_at, answered_at, factors) AS no_rows FROM request WHERE i < 0;
SELECT party, rollup_cells(day, outcome, response_class, started_at, answered_at, factors) FILTER (WHERE outcome = 'met') IS NULL AS none_met
FROM request WHERE party <> 'one' GROUP BY party ORDER BY party;
SELECT f.x::text = o.x::text AS filter FROM
	(SELECT rollup_cells(day, outcome, response_class, started_at, answered_at, factors) FILTER (WHERE i % 3 = 0) AS x FROM request) AS f,
	(SELECT rollup_cells(day, outcome, response_class, started_at, answered_at, factors) AS x FROM request WHERE i % 3 = 0) AS o;
SELECT counts((rollup_cells(DISTINCT day, outcome, response_class, NULL, NULL, factors)).cells[1]) AS distinct_rows FROM few, generate_series(1, 3);

-- windows: the final function is called for each row, over few rows
SELECT count(*) AS rows, count(*) FILTER (WHERE growing IS DISTINCT FROM g.x::text) AS growing, count(*) FILTER (WHERE moving IS DISTINCT FROM m.x::text) AS moving
FROM (
	SELECT i, (rollup_cells(day, outcome, response_class, started_at, answered_at, factors) OVER (ORDER BY i))::text AS growing,
		(rollup_cells(day, outcome, response_class, started_at, answered_at, factors) OVER (ORDER BY i ROWS BETWEEN 5 PRECEDING AND 2 PRECEDING))::text AS moving
	FROM request WHERE i <= 100
) AS w,
	LATERAL (SELECT rollup_cells(day, outcome, response_class, started_at, answered_at, factors) AS x FROM request AS r WHERE r.i <= w.i) AS g,
	LATERAL (SELECT rollup_cells(day, outcome, response_class, started_at, answered_at, factors) AS x FROM request AS r WHERE r.i BETWEEN w.i - 5 AND w.i - 2) AS m;
-- and over many rows, with rows added between the calls
SELECT count(*) AS frames, count(*) FILTER (WHERE w.x::text IS DISTINCT FROM o.x::text) AS different
FROM (
	SELECT DISTINCT ON (i / 3000) i / 3000 AS part, rollup_cells(day, outcome, response_class, started_at, answered_at, factors) OVER (ORDER BY i / 3000) AS x
	FROM request WHERE party = 'great' ORDER BY i / 3000
) AS w,
	LATERAL (SELECT rollup_cells(day, outcome, response_class, started_at, answered_at, factors) AS x FROM request WHERE party = 'great' AND i / 3000 <= part) AS o;

--
-- Factors
--
-- no factors; NULL and empty arrays can be mixed
SELECT (x).cells[1].requests AS total, cardinality((x).cells) AS cells, (x).pairs FROM (
	SELECT rollup_cells('2026-10-01', 'met', 'success', now(), now(), factors) AS x FROM (VALUES (NULL::text[]), ('{}')) AS f (factors)) AS s;
-- NULL is the empty text; bounds of arrays do not matter; factors can have equal values
SELECT factor, value, requests FROM unnest((SELECT (rollup_cells('2026-10-01', 'met', 'success', now(), now(), factors)).cells
	FROM (VALUES ('{NULL,"",NULL}'::text[]), ('[-5:-3]={"",NULL,a}'), ('{a,a,a}')) AS f (factors))) AS c;
-- the largest number of factors
SELECT cardinality((x).cells) AS cells, cardinality((x).pairs) AS pairs, (x).pairs[496].factor_a, (x).pairs[496].factor_b FROM (
	SELECT rollup_cells('2026-10-01', 'met', 'success', now(), now(), array_fill('v'::text, ARRAY[32])) AS x) AS s;
-- long values, some of which differ only in their last byte
SELECT factor, left(value, 3) AS value, length(value), right(value, 1) AS last, requests, missed
FROM unnest((SELECT (rollup_cells('2026-10-01', CASE n % 3 WHEN 0 THEN 'missed' ELSE 'met' END, 'success', now(), now(),
		ARRAY[repeat('long', 100000) || n % 2, repeat('x', 16000 + n), 'short'])).cells FROM generate_series(1, 8) AS n)) AS c
ORDER BY factor, bytes(value);
SELECT factor_a, factor_b, (SELECT array_agg(length(v)) FROM unnest(values_a) AS v) AS lengths_a, (SELECT array_agg(length(v)) FROM unnest(values_b) AS v) AS lengths_b, measured, missed
FROM unnest((SELECT (rollup_cells('2026-10-01', CASE n % 3 WHEN 0 THEN 'missed' ELSE 'met' END, 'success', now(), now(),
		ARRAY[repeat('long', 100000) || n % 2, repeat('x', 16000 + n), 'short'])).pairs FROM generate_series(1, 8) AS n)) AS p;
-- values from a table, short, compressed, and out of line
CREATE TABLE stored (n int, factors text[]);
INSERT INTO stored SELECT n, ARRAY['s', repeat('c', 5000 * n), NULL] FROM generate_series(0, 3) AS n;
INSERT INTO stored SELECT 4, ARRAY['s', string_agg(md5(i::text), '' ORDER BY i), NULL] FROM generate_series(1, 1000) AS i;
SELECT factor, left(value, 3) AS value, length(value), requests FROM unnest((SELECT (rollup_cells('2026-10-01', 'met', 'success', now(), now(), factors)).cells FROM stored)) AS c;

-- days: the first and the last possible day, and BC
SELECT day, requests FROM unnest((SELECT (rollup_cells(d, 'met', 'success', now(), now(), NULL)).cells
	FROM unnest('{5874897-12-31,2026-10-01,1999-12-31,0044-03-15 BC,4714-11-24 BC,2026-10-01}'::date[]) AS d)) AS c;

--
-- Errors
--
CREATE VIEW calls AS
SELECT format('SELECT rollup_cells(day, outcome, class, started_at, answered_at, factors) FROM (VALUES (%s)) AS r (day, outcome, class, started_at, answered_at, factors)', v) AS call, n
FROM unnest(ARRAY[
	$$NULL::date, 'met', 'success', now(), now(), '{a}'::text[]$$,
	$$'infinity'::date, 'met', 'success', now(), now(), '{a}'::text[]$$,
	$$'-infinity'::date, 'cancelled', 'success', now(), now(), '{a}'::text[]$$,
	$$'2026-10-01'::date, NULL::text, 'success', now(), now(), '{a}'::text[]$$,
	$$'2026-10-01'::date, '', 'success', now(), now(), '{a}'::text[]$$,
	$$'2026-10-01'::date, 'Met', 'success', now(), now(), '{a}'::text[]$$,
	$$'2026-10-01'::date, 'met ', 'success', now(), now(), '{a}'::text[]$$,
	$$'2026-10-01'::date, repeat('met', 100000), 'success', now(), now(), '{a}'::text[]$$,
	$$'2026-10-01'::date, 'met', '', now(), now(), '{a}'::text[]$$,
	$$'2026-10-01'::date, 'met', 'I0', now(), now(), '{a}'::text[]$$,
	$$'2026-10-01'::date, 'cancelled', 'unclassified.', now(), now(), '{a}'::text[]$$,
	$$'2026-10-01'::date, 'met', 'success', '2026-10-01 12:00:00'::timestamptz, '2026-10-01 11:59:58'::timestamptz, '{a}'::text[]$$,
	$$'2026-10-01'::date, 'met', 'success', now(), now(), '{{a,b},{c,d}}'::text[]$$,
	$$'2026-10-01'::date, 'met', 'success', now(), now(), array_fill('v'::text, ARRAY[33])$$,
	$$'2026-10-01'::date, 'met', 'success', now(), now(), '{a}'::text[]), ('2026-10-01'::date, 'met', 'success', now(), now(), '{a,b}'::text[]$$,
	$$'2026-10-01'::date, 'met', 'success', now(), now(), '{a}'::text[]), ('2026-10-01'::date, 'cancelled', 'success', now(), now(), NULL::text[]$$,
	$$'2026-10-01'::date, 'met', 'success', now(), now(), NULL::text[]), ('2026-10-01'::date, 'met', 'success', now(), now(), '{a}'::text[]$$
]) WITH ORDINALITY AS u (v, n);
SELECT n, err(call) FROM calls ORDER BY n;

-- support functions cannot be called by hand; the error differs between minor versions
-- of PostgreSQL
SELECT call, left(err('SELECT ' || call), 5) IN ('0A000', '42846', '42883') AS refused
FROM (VALUES ('rollup_cells_finalfn(NULL)'), ('rollup_cells_finalfn(NULL::internal)'),
	($$rollup_cells_transfn(NULL, '2026-10-01', 'met', 'success', now(), now(), '{a}')$$),
	($$rollup_cells_transfn(NULL::internal, '2026-10-01', 'met', 'success', now(), now(), '{a}')$$)) AS c (call);

--
-- Memory
--
-- A small group takes little memory, also if there are many; a large group takes no
-- more than its cells.
CREATE FUNCTION peak_memory_kb(query text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	plan json;
BEGIN
	EXECUTE 'EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) ' || query INTO plan;
	RETURN plan -> 0 -> 'Plan' ->> 'Peak Memory Usage';
END
$$;
SET work_mem = '1GB';
SET enable_sort = off;
SET max_parallel_workers_per_gather = 0;
SELECT peak_memory_kb($$
	SELECT i, rollup_cells('2026-10-01', 'met', 'success', '2026-10-01', '2026-10-01 00:00:05', ARRAY['firmware', 'north', 'electricity', 'none'])
	FROM generate_series(1, 5000) AS i GROUP BY i
$$) BETWEEN 1 AND 5000 * 0.7 AS small_groups;
SELECT peak_memory_kb($$
	SELECT i % 2, rollup_cells('2026-10-01'::date + i % 31, 'met', 'success', '2026-10-01', '2026-10-01'::timestamptz + i * '1 us'::interval, ARRAY['firmware', (i % 7)::text])
	FROM generate_series(1, 200000) AS i GROUP BY i % 2
$$) BETWEEN 1 AND 8192 AS great_groups;
RESET work_mem;
RESET enable_sort;
RESET max_parallel_workers_per_gather;

-- A time that is too long for a sketch is left out, without an error.
SELECT (c).answered, (c).requests, pmr.rtt_count((c).rtt) AS times
FROM (SELECT unnest((rollup_cells(date '2026-10-01', 'missed', 'success', at, answered, '{}')).cells) AS c
	FROM (VALUES (timestamptz '0001-01-01', timestamptz '294276-12-31'), ('2026-10-01', '2026-10-02')) AS v (at, answered)) AS x;

DROP SCHEMA test_rollup_cells CASCADE;
