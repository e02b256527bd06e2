--
-- Version 1 of the stored forms never changes: rtt_sketch and rtt_state are read
-- and written, in text and in binary, as test/frozen has them.
--
SET client_min_messages = warning;
CREATE SCHEMA test_format_v1;
SET search_path = test_format_v1, pmr;

-- psql reads the files, so the server need not have them.
\set sketches `cat "$PG_ABS_SRCDIR/frozen/rtt_sketch_v1.txt"`
\set states `cat "$PG_ABS_SRCDIR/frozen/rtt_state_v1.txt"`

-- Splits a list of these files into items: "item*3" is one item, repeated 3 times.
CREATE FUNCTION items(list text) RETURNS TABLE (i bigint, item text, repeated bigint) LANGUAGE sql IMMUTABLE
BEGIN ATOMIC
	SELECT i, split_part(item, '*', 1), coalesce(nullif(split_part(item, '*', 2), ''), '1')::bigint
	FROM regexp_split_to_table(nullif(list, '-'), ' ') WITH ORDINALITY AS s (item, i);
END;

CREATE FUNCTION bytes_of(list text) RETURNS bytea LANGUAGE sql IMMUTABLE
RETURN (SELECT decode(string_agg(repeat(item, repeated::int), '' ORDER BY i), 'hex') FROM items(list));

CREATE FUNCTION fractions_of(list text) RETURNS float8[] LANGUAGE sql IMMUTABLE
RETURN (SELECT coalesce(array_agg(item::float8 ORDER BY i), '{}') FROM items(list), generate_series(1, repeated));

CREATE FUNCTION times_of(list text) RETURNS TABLE (rtt interval) LANGUAGE sql IMMUTABLE
BEGIN ATOMIC
	SELECT (us / 86400000000 || ' days ' || us % 86400000000 || ' microseconds')::interval
	FROM items(list), regexp_match(item, '^(\d+)(?:\.\.(\d+))?(?:/(\d+))?$') AS m,
		generate_series(m[1]::bigint, coalesce(m[2], m[1])::bigint, coalesce(m[3], '1')::bigint) AS us, generate_series(1, repeated);
END;

CREATE TABLE sketch AS
SELECT i, f[1] AS what, f[2] AS times, bytes_of(f[4]) AS bytes
FROM regexp_split_to_table(:'sketches', '\n') WITH ORDINALITY AS s (line, i), string_to_array(line, ' | ') AS f WHERE line !~ '^(#|$)';
CREATE TABLE state AS
SELECT i, f[1] AS what, f[2] AS kind, fractions_of(f[3]) AS fractions, f[4] AS times, bytes_of(f[5]) AS bytes
FROM regexp_split_to_table(:'states', '\n') WITH ORDINALITY AS s (line, i), string_to_array(line, ' | ') AS f WHERE line !~ '^(#|$)';
SELECT (SELECT count(*) FROM sketch) AS sketches, (SELECT count(*) FROM state) AS states;

CREATE FUNCTION text_of(bytes bytea) RETURNS text LANGUAGE sql IMMUTABLE
RETURN replace(encode(bytes, 'base64'), E'\n', '');

CREATE TABLE received_sketch (value rtt_sketch);
CREATE TABLE received_state (value rtt_state);
\getenv test PG_ABS_SRCDIR
\set include :test '/sql/include/receive.sql'
\i :include

--
-- rtt_sketch
--
-- Read and written again, in text and in binary
SELECT count(*) AS sketches, count(*) FILTER (WHERE text_of(bytes)::rtt_sketch::text IS DISTINCT FROM text_of(bytes)) AS text,
	count(*) FILTER (WHERE rtt_sketch_send(text_of(bytes)::rtt_sketch) IS DISTINCT FROM bytes) AS binary
FROM sketch;
SELECT count(receive(bytes, 'received_sketch')) AS sent FROM sketch;
SELECT count(*) AS received, count(*) FILTER (WHERE bytes IS NULL OR value IS NULL) AS others
FROM sketch FULL JOIN received_sketch ON rtt_sketch_send(value) = bytes;

-- Computed from the times, unless these are too many
SELECT count(*) AS made, count(*) FILTER (WHERE made IS DISTINCT FROM bytes) AS mismatches,
	string_agg(what, ', ' ORDER BY i) FILTER (WHERE made IS DISTINCT FROM bytes) AS which
FROM sketch, LATERAL (SELECT rtt_sketch_send(rtt_sketch(rtt)) AS made FROM times_of(times)) AS m
WHERE times !~ '\*\d{6}';

-- Answers of some sketches
SELECT what, rtt_count(s), rtt_min(s), rtt_max(s), rtt_mean(s), rtt_error_bound(s), rtt_percentiles(s, '{0,0.5,1}') AS percentiles
FROM sketch, LATERAL (SELECT text_of(bytes)::rtt_sketch AS s) AS v
WHERE what IN ('whole seconds', 'largest time', '1,024 distinct times', '1,025 distinct times', 'precision 7', 'precision 61',
	'as many as there can be, as long as can be', 'every bucket of precision 7', 'largest sum of 1,025 distinct times', 'squares')
ORDER BY i;

--
-- rtt_state
--
CREATE AGGREGATE sketch_state(interval) (SFUNC = pmr.rtt_sketch_transfn, STYPE = rtt_state);
CREATE AGGREGATE percentile_state(interval, float8) (SFUNC = pmr.rtt_percentile_transfn, STYPE = rtt_state);
CREATE AGGREGATE percentiles_state(interval, float8[]) (SFUNC = pmr.rtt_percentiles_transfn, STYPE = rtt_state);

SELECT count(*) AS states, count(*) FILTER (WHERE text_of(bytes)::rtt_state::text IS DISTINCT FROM text_of(bytes)) AS text,
	count(*) FILTER (WHERE rtt_state_send(text_of(bytes)::rtt_state) IS DISTINCT FROM bytes) AS binary
FROM state;
-- A state is never moved out of line, so a table cannot store large states.
SELECT count(receive(bytes, 'received_state')) AS sent FROM state WHERE length(bytes) < 500;
SELECT count(*) AS received, count(*) FILTER (WHERE bytes IS NULL) AS others
FROM received_state LEFT JOIN state ON rtt_state_send(value) = bytes;

-- Computed from the times and a NULL.  Without times, a sketch has no state.
SELECT count(*) AS made, count(*) FILTER (WHERE made IS DISTINCT FROM bytes) AS mismatches,
	string_agg(what, ', ' ORDER BY i) FILTER (WHERE made IS DISTINCT FROM bytes) AS which
FROM state, LATERAL (SELECT rtt_state_send(coalesce(sketch_state(rtt) FILTER (WHERE kind = 'sketch'), percentile_state(rtt, fractions[1]) FILTER (WHERE kind = 'percentile'),
		percentiles_state(rtt, fractions) FILTER (WHERE kind = 'percentiles'))) AS made
	FROM (SELECT rtt FROM times_of(times) UNION ALL SELECT NULL) AS t) AS m
WHERE kind <> 'sketch' OR times <> '-';

DROP SCHEMA test_format_v1 CASCADE;
