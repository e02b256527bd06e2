--
-- rollup_state and rollup_cells: one pass over the rows of a group gives the same as
-- many calls of count(*) FILTER and rtt_sketch.  rollup_merge: a state of rows is the
-- same, however they are split and merged.
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
		rollup_cells(rollup_state('2026-10-01', outcome, response_class, started_at, answered_at, '{a,b}')) AS x
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
SELECT (rollup_cells(rollup_state(day, outcome, response_class, day::timestamptz, day::timestamptz + rtt, factors))).* FROM few;
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
SELECT party, rollup_cells(rollup_state(day, outcome, response_class, started_at, answered_at, factors)) AS x FROM request GROUP BY party;
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
SELECT party, a.i::int - 1 AS factor_a, b.i::int - 1 AS factor_b, coalesce(a.value, '') AS value_a, coalesce(b.value, '') AS value_b,
	count(*) AS measured, count(*) FILTER (WHERE outcome = 'missed') AS missed
FROM request, unnest(to_char(day, 'YYYY-MM-DD') || factors) WITH ORDINALITY AS a (value, i), unnest(''::text || factors) WITH ORDINALITY AS b (value, i)
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

-- rollup_days: the state of the rows of some days, without factors, and NULL without such days
SELECT count(*) AS states, count(*) FILTER (WHERE days::text IS DISTINCT FROM expected::text) AS wrong, count(*) FILTER (WHERE days IS NULL) > 5 AS some_empty
FROM unnest('{-infinity,2026-09-15,2026-10-01,2026-10-02,2026-10-31,2026-11-01}'::date[]) AS a, unnest('{2026-09-30,2026-10-01,2026-10-20,2026-10-31,infinity}'::date[]) AS b,
	LATERAL (SELECT party, rollup_days(rollup_state(day, outcome, response_class, started_at, answered_at, factors), a, b) AS days,
			rollup_state(day, outcome, response_class, started_at, answered_at, '{}') FILTER (WHERE day BETWEEN a AND b) AS expected
		FROM request WHERE party <> 'great' OR a = '2026-10-02' GROUP BY party) AS s;
SELECT rollup_days(NULL, '2026-10-01', '2026-10-31') AS no_state, rollup_days(state, NULL, '2026-10-31') AS no_day, rollup_days(state, '2026-10-31', '2026-10-01') AS reversed
FROM (SELECT rollup_state(day, outcome, response_class, started_at, answered_at, factors) AS state FROM request) AS s;

-- factor_figures: the cells of the factors that have requests
CREATE VIEW figure AS
SELECT s.party, g.* FROM (SELECT party, pmr.rollup_state(day, outcome, response_class, started_at, answered_at, factors) AS state FROM request GROUP BY party) AS s,
	unnest(factor_figures(s.state, '{first,second,third,fourth}')) AS g;
CREATE VIEW figure_oracle AS
SELECT party, (ARRAY['first', 'second', 'third', 'fourth'])[factor] AS factor, value, requests, met, missed, pending, not_measured, invalid, answered, success, rejected, failed,
	no_response, unclassified, r[1] AS p50_s, r[3] AS p95_s, r[5] AS p95_all_s
FROM oracle, LATERAL rtt_figures(rtt, requests - pending - invalid - answered) AS r
WHERE factor > 0 AND requests > 0;
SELECT (SELECT count(*) FROM figure) = (SELECT count(*) FROM figure_oracle) AS same_number, (SELECT count(*) > 3000 FROM figure) AS many,
	(SELECT count(*) FROM (TABLE figure EXCEPT ALL TABLE figure_oracle) AS d) AS different,
	(SELECT count(*) > 0 FROM figure WHERE p95_s IS NOT NULL AND p95_all_s IS NULL) AS some_unanswered;
SELECT err(format('SELECT factor_figures(rollup_state(day, outcome, response_class, started_at, answered_at, factors), %L) FROM request', names))
FROM unnest(ARRAY['{}', '{a,b,c}', '{a,b,c,d,e}', '{a,b,NULL,d}']) AS names;

-- the order of the rows and the way of grouping do not matter
SELECT count(*) AS groups, count(*) FILTER (WHERE s.up::text = x::text) AS up, count(*) FILTER (WHERE s.down::text = x::text) AS down,
	count(*) FILTER (WHERE s.shuffled::text = x::text) AS shuffled
FROM result JOIN (
	SELECT party, rollup_cells(rollup_state(day, outcome, response_class, started_at, answered_at, factors ORDER BY i)) AS up,
		rollup_cells(rollup_state(day, outcome, response_class, started_at, answered_at, factors ORDER BY i DESC)) AS down,
		rollup_cells(rollup_state(day, outcome, response_class, started_at, answered_at, factors ORDER BY hash_below(1000000, i, 20))) AS shuffled
	FROM request GROUP BY party
) AS s USING (party);
SET enable_hashagg = off;
SELECT count(*) AS groups, count(*) FILTER (WHERE s.x::text = result.x::text) AS same FROM result JOIN (
	SELECT party, rollup_cells(rollup_state(day, outcome, response_class, started_at, answered_at, factors)) AS x FROM request GROUP BY party) AS s USING (party);
RESET enable_hashagg;

--
-- FILTER, DISTINCT and windows
--
-- no rows, no rows that pass a filter, and distinct rows
SELECT rollup_cells(rollup_state(day, outcome, response_class, started_at, answered_at, factors)) AS no_rows FROM request WHERE i < 0;
SELECT party, rollup_cells(rollup_state(day, outcome, response_class, started_at, answered_at, factors) FILTER (WHERE outcome = 'met')) IS NULL AS none_met
FROM request WHERE party <> 'one' GROUP BY party ORDER BY party;
SELECT f.x::text = o.x::text AS filter FROM
	(SELECT rollup_cells(rollup_state(day, outcome, response_class, started_at, answered_at, factors) FILTER (WHERE i % 3 = 0)) AS x FROM request) AS f,
	(SELECT rollup_cells(rollup_state(day, outcome, response_class, started_at, answered_at, factors)) AS x FROM request WHERE i % 3 = 0) AS o;
SELECT counts((rollup_cells(rollup_state(DISTINCT day, outcome, response_class, NULL, NULL, factors))).cells[1]) AS distinct_rows FROM few, generate_series(1, 3);

-- windows: the state is read for each row, over few rows
SELECT count(*) AS rows, count(*) FILTER (WHERE growing IS DISTINCT FROM g.x::text) AS growing, count(*) FILTER (WHERE moving IS DISTINCT FROM m.x::text) AS moving
FROM (
	SELECT i, (rollup_cells(rollup_state(day, outcome, response_class, started_at, answered_at, factors) OVER (ORDER BY i)))::text AS growing,
		(rollup_cells(rollup_state(day, outcome, response_class, started_at, answered_at, factors) OVER (ORDER BY i ROWS BETWEEN 5 PRECEDING AND 2 PRECEDING)))::text AS moving
	FROM request WHERE i <= 100
) AS w,
	LATERAL (SELECT rollup_cells(rollup_state(day, outcome, response_class, started_at, answered_at, factors)) AS x FROM request AS r WHERE r.i <= w.i) AS g,
	LATERAL (SELECT rollup_cells(rollup_state(day, outcome, response_class, started_at, answered_at, factors)) AS x FROM request AS r WHERE r.i BETWEEN w.i - 5 AND w.i - 2) AS m;
-- and over many rows, with rows added between the calls
SELECT count(*) AS frames, count(*) FILTER (WHERE w.x::text IS DISTINCT FROM o.x::text) AS different
FROM (
	SELECT DISTINCT ON (i / 3000) i / 3000 AS part, rollup_cells(rollup_state(day, outcome, response_class, started_at, answered_at, factors) OVER (ORDER BY i / 3000)) AS x
	FROM request WHERE party = 'great' ORDER BY i / 3000
) AS w,
	LATERAL (SELECT rollup_cells(rollup_state(day, outcome, response_class, started_at, answered_at, factors)) AS x FROM request WHERE party = 'great' AND i / 3000 <= part) AS o;

--
-- Factors
--
-- no factors; NULL and empty arrays can be mixed
SELECT (x).cells[1].requests AS total, cardinality((x).cells) AS cells, (x).pairs FROM (
	SELECT rollup_cells(rollup_state('2026-10-01', 'met', 'success', now(), now(), factors)) AS x FROM (VALUES (NULL::text[]), ('{}')) AS f (factors)) AS s;
-- NULL is the empty text; bounds of arrays do not matter; factors can have equal values
SELECT factor, value, requests FROM unnest((SELECT (rollup_cells(rollup_state('2026-10-01', 'met', 'success', now(), now(), factors))).cells
	FROM (VALUES ('{NULL,"",NULL}'::text[]), ('[-5:-3]={"",NULL,a}'), ('{a,a,a}')) AS f (factors))) AS c;
-- the largest number of factors
SELECT cardinality((x).cells) AS cells, cardinality((x).pairs) AS pairs, (x).pairs[528].factor_a, (x).pairs[528].factor_b FROM (
	SELECT rollup_cells(rollup_state('2026-10-01', 'met', 'success', now(), now(), array_fill('v'::text, ARRAY[32]))) AS x) AS s;
-- long values, some of which differ only in their last byte
SELECT factor, left(value, 3) AS value, length(value), right(value, 1) AS last, requests, missed
FROM unnest((SELECT (rollup_cells(rollup_state('2026-10-01', CASE n % 3 WHEN 0 THEN 'missed' ELSE 'met' END, 'success', now(), now(),
		ARRAY[repeat('long', 1000) || n % 2, repeat('x', 8000 + n), 'short']))).cells FROM generate_series(1, 8) AS n)) AS c
ORDER BY factor, bytes(value);
SELECT factor_a, factor_b, (SELECT array_agg(length(v)) FROM unnest(values_a) AS v) AS lengths_a, (SELECT array_agg(length(v)) FROM unnest(values_b) AS v) AS lengths_b, measured, missed
FROM unnest((SELECT (rollup_cells(rollup_state('2026-10-01', CASE n % 3 WHEN 0 THEN 'missed' ELSE 'met' END, 'success', now(), now(),
		ARRAY[repeat('long', 1000) || n % 2, repeat('x', 8000 + n), 'short']))).pairs FROM generate_series(1, 8) AS n)) AS p;
-- the longest values of a refresh, in as many factors as a source can have
SELECT octet_length(key) AS bytes, length(key) AS characters, cardinality((x).cells) AS cells, cardinality((x).pairs) AS pairs, (SELECT count(*) FROM unnest((x).cells) AS c WHERE c.value = key) AS same
FROM unnest(ARRAY[repeat('v', 200), repeat(chr(128512), 50), repeat(chr(128512), 51)]) AS v, LATERAL (SELECT pmr.short_key(v) AS key) AS k,
	LATERAL (SELECT rollup_cells(rollup_state('2026-10-01', 'met', 'success', now(), now(), array_fill(key, ARRAY[factors]))) AS x FROM (VALUES (32)) AS f (factors)) AS s;
-- the longest row: 16 bytes, and for each factor 8 and its value, rounded up to a multiple of 4
SELECT length, err(format($$SELECT rollup_cells(rollup_state('2026-10-01', 'met', 'success', now(), now(), ARRAY[repeat('v', %s)]))$$, length)) FROM unnest(ARRAY[16384 - 16 - 8, 16384 - 16 - 8 + 1]) AS length;
SELECT length, err(format($$SELECT rollup_cells(rollup_state('2026-10-01', 'met', 'success', now(), now(), array_fill(repeat('v', %s), ARRAY[32])))$$, length)) FROM unnest('{500,504,1000000}'::integer[]) AS length;
-- values from a table, short, compressed, and out of line
CREATE TABLE stored (n int, factors text[]);
INSERT INTO stored SELECT n, ARRAY['s', repeat('c', 5000 * n), NULL] FROM generate_series(0, 3) AS n;
INSERT INTO stored SELECT 4, ARRAY['s', string_agg(md5(i::text), '' ORDER BY i), NULL] FROM generate_series(1, 480) AS i;
SELECT factor, left(value, 3) AS value, length(value), requests FROM unnest((SELECT (rollup_cells(rollup_state('2026-10-01', 'met', 'success', now(), now(), factors))).cells FROM stored)) AS c;

-- days: the first and the last possible day, and BC
SELECT day, requests FROM unnest((SELECT (rollup_cells(rollup_state(d, 'met', 'success', now(), now(), NULL))).cells
	FROM unnest('{5874897-12-31,2026-10-01,1999-12-31,0044-03-15 BC,4714-11-24 BC,2026-10-01}'::date[]) AS d)) AS c;

--
-- Errors
--
CREATE VIEW calls AS
SELECT format('SELECT rollup_cells(rollup_state(day, outcome, class, started_at, answered_at, factors)) FROM (VALUES (%s)) AS r (day, outcome, class, started_at, answered_at, factors)', v) AS call, n
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

-- support functions cannot be called by hand
SELECT call, err('SELECT ' || call)
FROM (VALUES ('rollup_state_combine(NULL, NULL)'),
	($$rollup_state_transfn(NULL, '2026-10-01', 'met', 'success', now(), now(), '{a}')$$)) AS c (call);

--
-- States
--
-- The same rows give the same bytes, however they are split and merged.
CREATE FUNCTION text_of(bytes bytea) RETURNS text LANGUAGE sql IMMUTABLE
RETURN replace(encode(bytes, 'base64'), E'\n', '');

-- six rows, in each way to split them into up to three parts (3^6), merged in each order
CREATE VIEW few_row AS
SELECT row_number() OVER (ORDER BY few) - 1 AS i, day, outcome, response_class, day::timestamptz AS started_at, day::timestamptz + rtt AS answered_at, factors FROM few;
CREATE TABLE few_state AS SELECT rollup_state(day, outcome, response_class, started_at, answered_at, factors) AS state FROM few_row;
CREATE TABLE split AS
SELECT split, part, rollup_state(day, outcome, response_class, started_at, answered_at, factors) AS state
FROM generate_series(0, 728) AS split, few_row, LATERAL (SELECT split / (3 ^ i)::int % 3 AS part) AS p
GROUP BY split, part;
SELECT count(DISTINCT split) AS splits, count(*) AS orders, count(*) FILTER (WHERE merged <> state::text) AS others
FROM few_state, (
	SELECT split, a, b, rollup_merge(state ORDER BY CASE part WHEN a THEN 0 WHEN b THEN 1 ELSE 2 END)::text AS merged
	FROM split, generate_series(0, 2) AS a, generate_series(0, 2) AS b WHERE a <> b GROUP BY split, a, b) AS m;

-- 30,000 rows, split at random into few and many parts, merged in two steps
CREATE TABLE state AS
SELECT party, rollup_state(day, outcome, response_class, started_at, answered_at, factors ORDER BY i) AS state FROM request GROUP BY party;
CREATE TABLE part AS
SELECT party, k, part, rollup_state(day, outcome, response_class, started_at, answered_at, factors) AS state
FROM request, unnest('{2,7,60}'::int[]) AS k, LATERAL (SELECT hash_below(k, i, k) AS part) AS p GROUP BY party, k, part;
SELECT k, count(*) AS groups, count(*) FILTER (WHERE m.state::text <> s.state::text) AS others
FROM state AS s JOIN (
	SELECT party, k, rollup_merge(state ORDER BY step DESC) AS state
	FROM (SELECT party, k, part % 5 AS step, rollup_merge(state ORDER BY hash_below(1000, part, 21)) AS state FROM part GROUP BY 1, 2, 3) AS p
	GROUP BY party, k) AS m USING (party) GROUP BY k ORDER BY k;
-- stored states and merged ones have the same cells
SELECT count(*) AS groups, count(*) FILTER (WHERE rollup_cells(s.state)::text = r.x::text) AS stored, count(*) FILTER (WHERE rollup_cells(m.state)::text = r.x::text) AS merged,
	count(DISTINCT pg_column_size(s.state) < 127) AS lengths
FROM result AS r JOIN state AS s USING (party) JOIN (SELECT party, rollup_merge(state) AS state FROM part WHERE k = 60 GROUP BY party) AS m USING (party);
-- without factors: the cells of all rows and of the days
SELECT count(*) AS groups, count(*) FILTER (WHERE c.cells::text = (SELECT array_agg(a ORDER BY a.day NULLS FIRST) FROM unnest((r.x).cells) AS a WHERE a.factor = 0)::text) AS same, count(c.pairs) AS with_pairs
FROM result AS r JOIN state AS s USING (party), LATERAL rollup_cells(s.state, false) AS c;
-- states that were merged, and NULL, do not change; NULL adds nothing
SELECT count(*) AS groups, count(*) FILTER (WHERE s.state::text = m.state::text) AS same
FROM state AS s JOIN (SELECT party, rollup_merge(state) AS state FROM (TABLE state UNION ALL SELECT party, NULL FROM state UNION ALL SELECT NULL, NULL) AS n GROUP BY party) AS m USING (party);
SELECT rollup_merge(NULL) IS NULL AS of_nothing, rollup_cells(NULL) IS NULL AS cells FROM few;

-- A parallel plan, and one that merges partitions in one process, give the same result.
CREATE FUNCTION plan_of(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	plan json;
BEGIN
	EXECUTE 'EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF, FORMAT JSON) ' || query INTO plan;
	RETURN plan;
END
$$;
CREATE FUNCTION compare_with_result(query text, OUT groups bigint, OUT same bigint) LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE format('SELECT count(*), count(*) FILTER (WHERE s.x::text = result.x::text) FROM result JOIN (%s) AS s USING (party)', query) INTO groups, same;
END
$$;
\set query 'SELECT party, rollup_cells(rollup_state(day, outcome, response_class, started_at, answered_at, factors)) AS x FROM request GROUP BY party'
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET max_parallel_workers_per_gather = 2;
SELECT plan ~ '"Partial Mode": "Partial"' AS partial, plan ~ '"Partial Mode": "Finalize"' AS finalize, plan ~ '"Workers Launched": [12]' AS workers FROM plan_of(:'query') AS plan;
SELECT * FROM compare_with_result(:'query');
SET enable_hashagg = off;
SELECT plan ~ '"Partial Mode": "Partial"' AS partial, plan ~ '"Workers Launched": [12]' AS workers FROM plan_of(:'query') AS plan;
SELECT * FROM compare_with_result(:'query');
RESET enable_hashagg;
SET max_parallel_workers_per_gather = 0;
SET enable_partitionwise_aggregate = on;
CREATE TABLE partitioned (LIKE request) PARTITION BY HASH (i);
CREATE TABLE partition_0 PARTITION OF partitioned FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE partition_1 PARTITION OF partitioned FOR VALUES WITH (MODULUS 2, REMAINDER 1);
INSERT INTO partitioned TABLE request;
ANALYZE partitioned;
\set query 'SELECT party, rollup_cells(rollup_state(day, outcome, response_class, started_at, answered_at, factors)) AS x FROM partitioned GROUP BY party'
SELECT plan ~ '"Partial Mode": "Partial"' AS partial, plan ~ '"Workers Launched": [12]' AS workers FROM plan_of(:'query') AS plan;
SELECT * FROM compare_with_result(:'query');
RESET enable_partitionwise_aggregate;
RESET parallel_setup_cost;
RESET parallel_tuple_cost;
RESET min_parallel_table_scan_size;
RESET max_parallel_workers_per_gather;

-- The state of a window is flattened again and again as it grows.
SELECT count(*) AS rows, count(*) FILTER (WHERE growing <> expected::text) AS others FROM (
	SELECT i, (rollup_state(day, outcome, response_class, started_at, answered_at, factors) OVER (ORDER BY i))::text AS growing FROM request WHERE party = 'few') AS w,
	LATERAL (SELECT rollup_state(day, outcome, response_class, started_at, answered_at, factors) AS expected FROM request AS r WHERE party = 'few' AND r.i <= w.i) AS e;

-- The text form is base64 of the binary form, and both are read back.
CREATE TABLE received_state (state rollup_state);
\getenv test PG_ABS_SRCDIR
\set include :test '/sql/include/receive.sql'
\i :include
SELECT count(*) AS states, count(*) FILTER (WHERE state::text <> text_of(rollup_state_send(state))) AS not_base64,
	count(*) FILTER (WHERE state::text::rollup_state::text <> state::text) AS other_text
FROM (TABLE few_state UNION ALL SELECT state FROM part) AS s;
SELECT count(receive(rollup_state_send(state), 'received_state')) AS sent FROM (TABLE few_state UNION ALL SELECT state FROM state WHERE party = 'one') AS s;
SELECT count(*) AS received FROM received_state AS r JOIN (TABLE few_state UNION ALL SELECT state FROM state) AS s ON rollup_state_send(r.state) = rollup_state_send(s.state);
-- the form as it is now, which is not released
SELECT rollup_state_send(rollup_state('2026-10-01', 'met', 'success', '2026-10-01', '2026-10-01 00:00:01', '{a,b}')) AS form;

-- Damaged bytes are refused, or are the form of other rows.
CREATE FUNCTION read_damaged(bytes bytea) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	RETURN CASE WHEN rollup_state_send(text_of(bytes)::rollup_state) = bytes THEN 'valid' ELSE 'changed' END;
EXCEPTION WHEN invalid_text_representation THEN
	RETURN 'refused';
END
$$;
SELECT what, count(*) FROM few_state, LATERAL rollup_state_send(state) AS form, LATERAL (
	SELECT read_damaged(set_byte(form, at, (get_byte(form, at) + plus) % 256)) FROM generate_series(0, length(form) - 1) AS at, unnest('{1,2,7,128,255}'::int[]) AS plus
	UNION ALL SELECT 'cut off: ' || read_damaged(substr(form, 1, n)) FROM generate_series(0, length(form) - 1) AS n
	UNION ALL SELECT 'longer: ' || read_damaged(form || '\x00')) AS r (what)
GROUP BY what HAVING what <> 'valid' ORDER BY what COLLATE "C";
CREATE TABLE hostile (i int, what text, hex text);
INSERT INTO hostile VALUES
	(1, 'nothing', ''),
	(2, 'version 2', '020001839d9601010000'),
	(3, '33 factors', '012101839d9601010000'),
	(4, '268,435,455 days', '0100ffffff7f839d9601010000'),
	(5, 'day after the last one', '010001e6feffff07010000'),
	(6, '2^63 rows', '010001839d960101ffffffffffffffff7f00'),
	(7, 'value of 4 GB', '01010101' || '00010000' || 'ffffffff0f010000'),
	(8, 'value with a NUL', '01010101' || '00010000' || '0100010000'),
	(9, 'row without a value', '01010101' || '00010000' || '00010100'),
	(10, 'sketch cut off', '010001839d960101000301'),
	(11, 'pairs missing', '0102010101' || '00010000' || '00010000' || '00010000');
CREATE FUNCTION detail(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	detail text;
BEGIN
	EXECUTE query;
	RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
	RETURN sqlstate || ': ' || sqlerrm || ' | ' || detail;
END
$$;
SELECT what, detail(format('SELECT %L::rollup_state', text_of(decode(hex, 'hex')))) FROM hostile ORDER BY i;
SELECT detail('SELECT ''rubbish!''::rollup_state') AS no_base64, left(detail(format('SELECT receive(%L, ''received_state'')', '\x0200'::bytea)), 5) AS binary;

-- Bytes that were damaged in a table reach all functions.  A state alone is merged
-- without being read.
CREATE CAST (bytea AS rollup_state) WITHOUT FUNCTION;
CREATE TABLE damaged AS SELECT i, what, decode(hex, 'hex')::rollup_state AS state FROM hostile WHERE i IN (1, 3, 6, 9, 11);
-- Without factors, only the cells of days are read.
SELECT what, detail('SELECT rollup_cells(state) FROM damaged WHERE i = ' || i),
	detail('SELECT rollup_cells(state, false) FROM damaged WHERE i = ' || i) = detail('SELECT rollup_cells(state) FROM damaged WHERE i = ' || i) AS without_factors,
	detail(format('SELECT rollup_merge(state)::text FROM damaged, generate_series(1, 2) WHERE i = %s', i)) = detail('SELECT rollup_cells(state) FROM damaged WHERE i = ' || i) AS merged,
	(SELECT rollup_merge(s)::text = state::text FROM unnest(ARRAY[state, NULL]) AS s) AS alone
FROM damaged ORDER BY i;
DROP CAST (bytea AS rollup_state);

-- Counts of more than 32 bits, and of more than 63.
CREATE FUNCTION doubled(state rollup_state, times int) RETURNS rollup_state LANGUAGE plpgsql AS $$
BEGIN
	FOR i IN 1 .. times LOOP
		SELECT rollup_merge(s) INTO state FROM unnest(ARRAY[state, state]) AS s;
	END LOOP;
	RETURN state;
END
$$;
SELECT n, (x).cells[1].requests = 5 * 2::numeric ^ n AS requests, (x).cells[1].cancelled = 2::numeric ^ n AS cancelled, rtt_count((x).cells[1].rtt) = 3 * 2::numeric ^ n AS times,
	(SELECT sum(m) FROM unnest((x).pairs[1].measured) AS m) = 4 * 2::numeric ^ n AS measured
FROM unnest('{1,31,32,33,60}'::int[]) AS n, few_state, LATERAL (SELECT rollup_cells(doubled(state, n)) AS x) AS f ORDER BY n;
SELECT err('SELECT doubled(state, 61) FROM few_state');
-- 2^32 - 1 and 2^63 - 1 cancelled rows, and two more
CREATE AGGREGATE more(date, text, text, timestamptz, timestamptz, text[]) (SFUNC = pmr.rollup_state_transfn, STYPE = rollup_state, INITCOND = 'AQABg52WAYCAgIAI/v///w8A');
CREATE AGGREGATE most(date, text, text, timestamptz, timestamptz, text[]) (SFUNC = pmr.rollup_state_transfn, STYPE = rollup_state, INITCOND = 'AQABg52WAYCAgIAI/v////////9/AA==');
SELECT (rollup_cells(more(day, 'cancelled', NULL, NULL, NULL, NULL))).cells[1].cancelled - 2::bigint ^ 32 AS more FROM unnest('{2026-10-01,2026-10-01}'::date[]) AS day;
SELECT (rollup_cells(most(day, 'cancelled', NULL, NULL, NULL, NULL) FILTER (WHERE false))).cells[1].cancelled AS most FROM unnest('{2026-10-01}'::date[]) AS day;
SELECT err('SELECT rollup_cells(most(''2026-10-01'', ''cancelled'', NULL, NULL, NULL, NULL))') AS one_more;

-- States of other numbers of factors
SELECT err('SELECT rollup_merge(state) FROM (SELECT rollup_state(''2026-10-01'', ''met'', NULL, NULL, NULL, f::text[]) AS state FROM unnest(ARRAY[''{a}'', ''{a,b}'']) AS f GROUP BY f ORDER BY f) AS s') AS merged,
	err('SELECT more(''2026-10-01'', ''met'', NULL, NULL, NULL, ''{a}'')') AS added;

-- Long states are not logged, but counted at once.
SELECT count(*) AS parts, max(length(state::text)) > 22000 AS long_states, rollup_merge(state ORDER BY part)::text = rollup_merge(state ORDER BY part DESC)::text AS same FROM part WHERE party = 'many' AND k = 7;

-- Any role may call the aggregates and rollup_cells, and pass any array.
CREATE ROLE regress_pmr_nobody;
GRANT USAGE ON SCHEMA test_rollup_cells TO regress_pmr_nobody;
SET ROLE regress_pmr_nobody;
SELECT cardinality((rollup_cells(rollup_merge(state))).cells) AS cells
FROM (SELECT rollup_state('2026-10-01', 'met', 'success', now(), now(), '{a}') AS state FROM generate_series(1, 2) AS i GROUP BY i) AS s;
SELECT left(err('SELECT pmr.rollup_state_combine(NULL, NULL)'), 5) AS combine,
	left(err('CREATE AGGREGATE pg_temp.own(pmr.rollup_state) (SFUNC = pmr.rollup_state_combine, STYPE = pmr.rollup_state)'), 5) AS own;
RESET ROLE;
REVOKE USAGE ON SCHEMA test_rollup_cells FROM regress_pmr_nobody;
DROP ROLE regress_pmr_nobody;

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
	SELECT i, rollup_cells(rollup_state('2026-10-01', 'met', 'success', '2026-10-01', '2026-10-01 00:00:05', ARRAY['firmware', 'north', 'electricity', 'none']))
	FROM generate_series(1, 5000) AS i GROUP BY i
$$) BETWEEN 1 AND 5000 * 0.7 AS small_groups;
SELECT peak_memory_kb($$
	SELECT i % 2, rollup_cells(rollup_state('2026-10-01'::date + i % 31, 'met', 'success', '2026-10-01', '2026-10-01'::timestamptz + i * '1 us'::interval, ARRAY['firmware', (i % 7)::text]))
	FROM generate_series(1, 200000) AS i GROUP BY i % 2
$$) BETWEEN 1 AND 8192 AS great_groups;
RESET work_mem;
RESET enable_sort;
RESET max_parallel_workers_per_gather;

-- A time that is too long for a sketch is left out, without an error.
SELECT (c).answered, (c).requests, pmr.rtt_count((c).rtt) AS times
FROM (SELECT unnest((rollup_cells(rollup_state(date '2026-10-01', 'missed', 'success', at, answered, '{}'))).cells) AS c
	FROM (VALUES (timestamptz '0001-01-01', timestamptz '294276-12-31'), ('2026-10-01', '2026-10-02')) AS v (at, answered)) AS x;

DROP SCHEMA test_rollup_cells CASCADE;
