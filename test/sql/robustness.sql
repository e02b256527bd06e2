--
-- Misuse: support functions called by hand, invalid states, hostile bytes.  Each ends in
-- a clean error, or has no effect.
--
\pset null '(null)'
SET client_min_messages = warning;
CREATE SCHEMA test_robustness;
SET search_path = test_robustness, pmr;

-- SQLSTATE, message and detail of the error that a query raises.
CREATE FUNCTION err(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	detail text;
BEGIN
	EXECUTE query;
	RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
	RETURN concat_ws(' | ', sqlstate || ': ' || sqlerrm, nullif(detail, ''));
END
$$;

-- A pseudo-random number from 0 to n - 1, the same on every machine.
CREATE FUNCTION hash_below(n bigint, i bigint, seed bigint) RETURNS int LANGUAGE sql IMMUTABLE
RETURN (hashint8extended(i, seed) & 9223372036854775807) % n;

--
-- The catalog
--
-- Functions that users do not call by name: those of types, operators, operator
-- classes and aggregates.
CREATE VIEW support AS
SELECT p.oid, p.oid::regprocedure::text AS function, use
FROM pg_proc AS p JOIN (
	SELECT unnest(ARRAY[typinput, typoutput, typreceive, typsend]::oid[]) AS oid, 'type' AS use FROM pg_type WHERE typnamespace = 'pmr'::regnamespace
	UNION SELECT oprcode, 'operator' FROM pg_operator WHERE oprnamespace = 'pmr'::regnamespace AND oprcode <> 'pmr.rtt_merge(pmr.rtt_sketch, pmr.rtt_sketch)'::regprocedure
	UNION SELECT amproc, 'operator class' FROM pg_amproc JOIN pg_opfamily AS f ON f.oid = amprocfamily WHERE opfnamespace = 'pmr'::regnamespace
	UNION SELECT unnest(ARRAY[aggtransfn, aggcombinefn, aggfinalfn]::oid[]), 'aggregate' FROM pg_aggregate JOIN pg_proc AS a ON a.oid = aggfnoid WHERE pronamespace = 'pmr'::regnamespace
) AS u USING (oid)
WHERE pronamespace = 'pmr'::regnamespace;
SELECT use, count(*) > 2 AS some FROM support GROUP BY use ORDER BY use;

-- Every object has a comment, support functions included; lists those without one.
SELECT 'function' AS kind, oid::regprocedure::text AS name FROM pg_proc
WHERE pronamespace = 'pmr'::regnamespace AND obj_description(oid, 'pg_proc') IS NULL
UNION ALL SELECT 'operator', oid::regoperator::text FROM pg_operator WHERE oprnamespace = 'pmr'::regnamespace AND obj_description(oid, 'pg_operator') IS NULL
UNION ALL SELECT 'operator class', opcname FROM pg_opclass WHERE opcnamespace = 'pmr'::regnamespace AND obj_description(oid, 'pg_opclass') IS NULL
UNION ALL SELECT 'operator family', opfname FROM pg_opfamily WHERE opfnamespace = 'pmr'::regnamespace AND obj_description(oid, 'pg_opfamily') IS NULL
UNION ALL SELECT 'type', oid::regtype::text FROM pg_type
	WHERE typnamespace = 'pmr'::regnamespace AND typcategory <> 'A' AND obj_description(oid, 'pg_type') IS NULL
	  AND NOT EXISTS (SELECT FROM pg_class WHERE pg_class.oid = typrelid AND relkind <> 'c')
UNION ALL SELECT 'relation', oid::regclass::text FROM pg_class
	WHERE relnamespace = 'pmr'::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND obj_description(oid, 'pg_class') IS NULL
UNION ALL SELECT 'schema', nspname FROM pg_namespace WHERE nspname = 'pmr' AND obj_description(oid, 'pg_namespace') IS NULL
UNION ALL SELECT 'extension', extname FROM pg_extension WHERE extname = 'pmr_metrics' AND obj_description(oid, 'pg_extension') IS NULL
ORDER BY 1, 2;

-- Every function in the schema belongs to the extension.
SELECT count(*) AS not_of_the_extension FROM pg_proc AS p
WHERE pronamespace = 'pmr'::regnamespace AND NOT EXISTS (SELECT FROM pg_depend AS d JOIN pg_extension AS e ON e.oid = refobjid
	WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.refclassid = 'pg_extension'::regclass AND deptype = 'e' AND extname = 'pmr_metrics');

-- Everything written in C is parallel safe, except what asks for the state of its own session, becomes another user,
-- or is given a role.
SELECT oid::regprocedure AS not_parallel_safe FROM pg_proc
WHERE pronamespace = 'pmr'::regnamespace AND proparallel <> 's' AND proname NOT IN ('require_autocommit', 'requesting_role', 'role_oid', 'read_as_owner', 'plan_as_owner', 'party_figures') AND (prokind = 'a' OR prolang IN (SELECT oid FROM pg_language WHERE lanname IN ('c', 'internal')));

-- What partial_aggregate.sql does not check of aggregates.  rollup_state, journey_state, their merges and request_ids
-- return their states; diagnosis and separation are only for diagnose.
SELECT count(*) > 30 AS many, count(*) FILTER (WHERE aggtransspace <= 0) AS no_space, count(*) FILTER (WHERE aggfinalmodify <> 'r') AS final_writes, count(*) FILTER (WHERE aggfinalfn = 0) AS no_final
FROM pg_aggregate JOIN pg_proc ON pg_proc.oid = aggfnoid WHERE pronamespace = 'pmr'::regnamespace AND proname NOT IN ('rollup_state', 'rollup_merge', 'journey_state', 'journey_merge', 'request_ids', 'diagnosis', 'separation');
-- The planner is told which functions take long.
SELECT procost, string_agg(DISTINCT proname, ', ' ORDER BY proname) AS functions FROM pg_proc
WHERE pronamespace = 'pmr'::regnamespace AND prolang = (SELECT oid FROM pg_language WHERE lanname = 'c') AND procost > 1 GROUP BY procost ORDER BY procost;
-- States are changed in place, so they are never compressed or moved out of line.
SELECT typname, typstorage, typalign, typlen FROM pg_type WHERE typnamespace = 'pmr'::regnamespace AND typname LIKE 'rtt\_%' ORDER BY typname;

-- PUBLIC may call everything written in C, except support functions of aggregates and
-- functions marked as internal; lists the exceptions to that.  short_key and functions
-- of a request run as the owner of a source; views call party_figures.
SELECT oid::regprocedure AS function, has_function_privilege('public', oid, 'EXECUTE') AS may_call FROM pg_proc
WHERE pronamespace = 'pmr'::regnamespace AND (prokind = 'a' OR prolang IN (SELECT oid FROM pg_language WHERE lanname IN ('c', 'internal')))
  AND has_function_privilege('public', oid, 'EXECUTE') = (oid IN (SELECT oid FROM support WHERE use = 'aggregate') OR obj_description(oid, 'pg_proc') LIKE 'internal: %')
  AND proname NOT IN ('party_figures', 'short_key') AND proname !~ '^request_';
CREATE ROLE regress_pmr_nobody;
GRANT USAGE ON SCHEMA test_robustness TO regress_pmr_nobody;
SET ROLE regress_pmr_nobody;
SELECT rtt_percentile(rtt_sketch(s), 0.5), rtt_percentile(s, 0.5), rtt_merge(rtt_sketch(s)) OVER () AS merged FROM unnest('{1,2,3}'::float8[]) AS s;
SELECT srv_target_counts('4.10', 'on_demand', at, at), target_met(at, at, '1 s') FROM (VALUES (timestamptz '2026-10-01')) AS v (at);
SELECT err('SELECT pmr.rtt_sketch_transfn(NULL, 1.0)') AS called, err('CREATE AGGREGATE pg_temp.own(float8) (SFUNC = pmr.rtt_sketch_transfn, STYPE = pmr.rtt_state)') AS used;
RESET ROLE;

--
-- Support functions called by hand, on stored values
--
CREATE AGGREGATE sketch_state(float8) (SFUNC = pmr.rtt_sketch_transfn, STYPE = rtt_state);
CREATE AGGREGATE percentile_state(float8, float8) (SFUNC = pmr.rtt_percentile_transfn, STYPE = rtt_state);
CREATE AGGREGATE percentiles_state(float8, float8[]) (SFUNC = pmr.rtt_percentiles_transfn, STYPE = rtt_state);
CREATE TABLE stored (kind text, state rtt_state, counts bigint[], sketch rtt_sketch);
INSERT INTO stored
SELECT kind, CASE kind WHEN 'sketch' THEN sketch_state(s) WHEN 'percentile' THEN percentile_state(s, 0.5) ELSE percentiles_state(s, '{0.5,0.9}') END,
	'{1,2,3,4,5}', rtt_sketch(s)
FROM unnest('{sketch,percentile,percentiles}'::text[]) AS kind, unnest('{1,2,3,4,5}'::float8[]) AS s GROUP BY kind;
CREATE TABLE before AS SELECT kind, state::text AS state, counts, sketch::text AS sketch FROM stored;

-- An argument for each type; for types of states and sketches it is the stored value.
CREATE FUNCTION argument(type regtype) RETURNS text LANGUAGE sql
RETURN CASE type WHEN 'rtt_state'::regtype THEN 'state' WHEN 'bigint[]'::regtype THEN 'counts' WHEN 'rtt_sketch'::regtype THEN 'sketch'
	WHEN 'float8'::regtype THEN '0.5::float8' WHEN 'bigint'::regtype THEN '1' WHEN 'float8[]'::regtype THEN '''{0.5,0.9}''::float8[]' WHEN 'interval'::regtype THEN '''1 s''::interval'
	WHEN 'text'::regtype THEN '''4.10''::text' WHEN 'text[]'::regtype THEN '''{}''::text[]' WHEN 'rollup_state'::regtype THEN '''AQABg52WAQEAAA==''::pmr.rollup_state'
	WHEN 'journey_state'::regtype THEN '''AQGAgAEAAAQ4LjExAAA=''::pmr.journey_state' ELSE format('%L::%s', '2026-10-01', type) END;
CREATE TABLE by_hand AS
SELECT oid::regprocedure::text AS function, form, err(format(form, oid::regproc::text,
	(SELECT string_agg(argument(t), ', ' ORDER BY i) FROM unnest(proargtypes::oid[]) WITH ORDINALITY AS a (t, i)))) AS err
FROM pg_proc, unnest(ARRAY['SELECT %s(%s) FROM stored',
	'SELECT max(length(%s(%s)::text)) FROM stored',					-- in an aggregate's argument
	'SELECT sum(length(%s(%s)::text)) OVER () FROM stored',
	'UPDATE stored SET kind = %s(%s)::text']) AS form
WHERE oid IN (SELECT oid FROM support WHERE use = 'aggregate') AND 'internal'::regtype <> ALL (proargtypes::oid[]);
SELECT count(DISTINCT function) > 25 AS many_functions, count(DISTINCT form) AS forms, count(*) FILTER (WHERE err <> '0A000: support function of an aggregate called outside an aggregate') AS other FROM by_hand;
SELECT function, form, err FROM by_hand WHERE err <> '0A000: support function of an aggregate called outside an aggregate' ORDER BY 1, 2;
-- They cannot be called as window functions, nor without a state.
SELECT left(err('SELECT rtt_sketch_finalfn(state) OVER () FROM stored'), 5) AS sqlstate,
	err('SELECT rtt_sketch_transfn(NULL, 1.0::float8)') AS transfn, err('SELECT rtt_state_combine(NULL, NULL)') AS combine, err('SELECT rtt_percentile_finalfn(NULL)') AS finalfn,
	err('SELECT target_transfn(NULL, now(), now(), NULL)') AS target_transfn;
SELECT count(*) AS rows, count(*) FILTER (WHERE (s.state::text, s.counts, s.sketch::text) IS DISTINCT FROM (b.state, b.counts, b.sketch)) AS changed FROM stored AS s JOIN before AS b USING (kind);

--
-- Stored states
--
-- An aggregate whose inputs are stored states does not change them.
CREATE AGGREGATE combine(rtt_state) (SFUNC = pmr.rtt_state_combine, STYPE = rtt_state, COMBINEFUNC = pmr.rtt_state_combine);
CREATE AGGREGATE add_counts(bigint[]) (SFUNC = pmr.target_combine, STYPE = bigint[], FINALFUNC = pmr.target_counts_finalfn);
SELECT kind, combine(state)::text = (SELECT combine(copy.state::text::rtt_state)::text FROM stored AS copy, generate_series(1, 3) WHERE copy.kind = s.kind) AS thrice
FROM stored AS s, generate_series(1, 3) GROUP BY kind ORDER BY kind;
SELECT add_counts(counts), add_counts(counts) OVER () AS windowed FROM stored GROUP BY counts;
SELECT add_counts(counts) FROM stored;
SELECT count(*) FILTER (WHERE (s.state::text, s.counts, s.sketch::text) IS DISTINCT FROM (b.state, b.counts, b.sketch)) AS changed FROM stored AS s JOIN before AS b USING (kind);
-- A state is never moved out of line, so a large one cannot be stored: PostgreSQL
-- raises program_limit_exceeded.
SELECT left(err('INSERT INTO stored (state) SELECT sketch_state(i) FROM generate_series(1, 3000) AS i'), 5) AS sqlstate;
-- States cannot be sorted or compared.
SELECT left(err('SELECT DISTINCT state FROM stored'), 5) AS sqlstate;

-- States of one aggregate passed to another
CREATE AGGREGATE finish_sketch(rtt_state) (SFUNC = pmr.rtt_state_combine, STYPE = rtt_state, FINALFUNC = pmr.rtt_sketch_finalfn);
CREATE AGGREGATE finish_percentile(rtt_state) (SFUNC = pmr.rtt_state_combine, STYPE = rtt_state, FINALFUNC = pmr.rtt_percentile_finalfn);
CREATE AGGREGATE finish_percentiles(rtt_state) (SFUNC = pmr.rtt_state_combine, STYPE = rtt_state, FINALFUNC = pmr.rtt_percentiles_finalfn);
SELECT kind, aggregate, err(format('SELECT %s(state) FROM stored WHERE kind = %L', aggregate, kind))
FROM stored, unnest('{finish_sketch,finish_percentile,finish_percentiles}'::text[]) AS aggregate ORDER BY kind, aggregate COLLATE "C";
SELECT finish_sketch(state) = (SELECT rtt_sketch(s) FROM unnest('{1,2,3,4,5}'::float8[]) AS s) AS same FROM stored WHERE kind = 'sketch';
SELECT err('SELECT combine(state) FROM stored') AS mixed, err('SELECT combine(state) FROM stored WHERE kind <> ''sketch''') AS percentiles;
SELECT err('SELECT combine(s) FROM (SELECT percentile_state(1, 0.5) UNION ALL SELECT percentile_state(1, 0.6)) AS v (s)') AS other_fraction,
	err('SELECT combine(s) FROM (SELECT percentiles_state(1, ''{0.5}'') UNION ALL SELECT percentiles_state(1, ''{}'')) AS v (s)') AS fewer;
-- as the initial state
CREATE FUNCTION with_first_state(transfn text, first text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	result text;
BEGIN
	EXECUTE format('CREATE AGGREGATE pg_temp.own(%s) (SFUNC = pmr.%s, STYPE = pmr.rtt_state, INITCOND = %L)',
		CASE transfn WHEN 'rtt_sketch_transfn' THEN 'float8' WHEN 'rtt_percentile_transfn' THEN 'float8, float8' WHEN 'rtt_percentiles_transfn' THEN 'float8, float8[]' ELSE 'pmr.rtt_sketch' END, transfn, first);
	result := err(format('SELECT pg_temp.own(%s) FROM stored', CASE transfn WHEN 'rtt_sketch_transfn' THEN '1' WHEN 'rtt_percentile_transfn' THEN '1, 0.5'
		WHEN 'rtt_percentiles_transfn' THEN '1, ''{0.5,0.9}''' ELSE 'sketch' END));
	EXECUTE format('DROP AGGREGATE pg_temp.own(%s)',
		CASE transfn WHEN 'rtt_sketch_transfn' THEN 'float8' WHEN 'rtt_percentile_transfn' THEN 'float8, float8' WHEN 'rtt_percentiles_transfn' THEN 'float8, float8[]' ELSE 'pmr.rtt_sketch' END);
	RETURN result;
END
$$;
SELECT transfn, kind, with_first_state(transfn, state) FROM before, unnest('{rtt_sketch_transfn,rtt_percentile_transfn,rtt_percentiles_transfn,rtt_merge_transfn}'::text[]) AS transfn ORDER BY transfn COLLATE "C", kind;

--
-- Hostile bytes
--
CREATE FUNCTION text_of(hex text) RETURNS text LANGUAGE sql IMMUTABLE
RETURN replace(encode(decode(hex, 'hex'), 'base64'), E'\n', '');
CREATE TABLE hostile (i int, what text, hex text);
INSERT INTO hostile VALUES
	(1, 'nothing', ''),
	(2, 'version 0', '00000000'),
	(3, 'version 2', '02000000'),
	(4, 'version alone', '01'),
	(5, 'no number of fractions', '0100'),
	(6, 'half a number of fractions', '010000'),
	(7, 'kind 3', '01030000'),
	(8, 'kind 255', '01ff0000'),
	(9, 'sketch with a fraction', '01000001' || '3fe0000000000000'),
	(10, 'percentile without one', '01010000'),
	(11, 'percentile with two', '01010002' || '3fe0000000000000' || '3fe0000000000000'),
	(12, 'fractions cut off', '01020002' || '3fe0000000000000'),
	(13, 'fraction cut off', '01010001' || '3fe00000000000'),
	(14, '1025 fractions', '01020401' || repeat('3fe0000000000000', 1025)),
	(15, '65535 fractions that are not there', '0102ffff'),
	(16, 'fraction 2', '01010001' || '4000000000000000'),
	(17, 'fraction -1', '01010001' || 'bff0000000000000'),
	(18, 'fraction NaN', '01010001' || '7ff8000000000000'),
	(19, 'fraction infinity', '01020001' || '7ff0000000000000'),
	(20, 'fraction denormal', '01010001' || '0000000000000001'),
	(21, 'sketch cut off', '01000000' || '01'),
	(22, 'sketch of version 2', '01000000' || '020632'),
	(23, 'sketch without buckets', '01000000' || '0106'),
	(24, 'sketch with a number cut off', '01000000' || '010680'),
	(25, '1025 buckets in a sketch', '01000000' || '0100' || repeat('00', 1025)),
	(26, '1025 buckets in a percentile', '01010001' || '3fe0000000000000' || '0100' || repeat('00', 1025)),
	(27, 'all ones', repeat('ff', 100)),
	(28, 'empty sketch', '01000000'),
	(29, 'a sketch', '01000000' || '010632');
SELECT what, err(format('SELECT %L::pmr.rtt_state', text_of(hex))) FROM hostile ORDER BY i;
-- A fraction of -0 is read as 0.
SELECT text_of('01010001' || '8000000000000000')::rtt_state::text = text_of('01010001' || '0000000000000000') AS zero;
-- The largest possible count of times, and one more
SELECT text_of('01010001' || '3fe0000000000000' || '010603fdffffffffffffff7f') AS most \gset
CREATE AGGREGATE one_more(float8, float8) (SFUNC = pmr.rtt_percentile_transfn, STYPE = rtt_state, FINALFUNC = pmr.rtt_percentile_finalfn, INITCOND = :'most');
SELECT one_more(NULL, 0.5) AS most, err('SELECT one_more(1, 0.5)') AS one_more;
-- The receive function refuses the same bytes with the same messages.  One of the
-- valid states is too large for the table: 54000.
CREATE TABLE received (state rtt_state);
\getenv test PG_ABS_SRCDIR
\set include :test '/sql/include/receive.sql'
\i :include
SELECT count(*) FILTER (WHERE of_text = 'no error') AS good, count(*) FILTER (WHERE of_text <> 'no error') AS refused,
	count(*) FILTER (WHERE of_binary IS DISTINCT FROM replace(of_text, '22P02', '22P03')) AS otherwise,
	string_agg(what || ': ' || left(of_binary, 5), ', ') FILTER (WHERE of_binary IS DISTINCT FROM replace(of_text, '22P02', '22P03')) AS which
FROM hostile,
	LATERAL (SELECT err(format('SELECT %L::pmr.rtt_state', text_of(hex))) AS of_text) AS t,
	LATERAL (SELECT err(format('SELECT receive(%L, ''received'')', decode(hex, 'hex'))) AS of_binary) AS b;
SELECT count(*) AS received, count(*) FILTER (WHERE state::text NOT IN (SELECT text_of(hex) FROM hostile)) AS others FROM received;
SELECT err('SELECT ''rubbish!''::pmr.rtt_state') AS rubbish;
-- An empty state is valid, and its result is NULL.
SELECT finish_sketch(text_of('01000000')::rtt_state) AS sketch, finish_percentile(text_of('01010001' || '3fe0000000000000')::rtt_state) AS percentile,
	finish_percentiles(text_of('01020000')::rtt_state) AS percentiles;

-- Bytes changed, removed and inserted at random: either an error that says what is
-- wrong, or a value that is written as the same bytes and answers every question.
CREATE TABLE seed_value (type text, bytes bytea);
INSERT INTO seed_value
SELECT 'rtt_sketch', decode(v, 'base64')
FROM (SELECT rtt_sketch(i / 7.0)::text FROM generate_series(1, 30) AS i
	  UNION ALL SELECT rtt_sketch(i % 5)::text FROM generate_series(1, 100) AS i
	  UNION ALL SELECT rtt_sketch(make_interval(secs => i / 1e6))::text FROM generate_series(0, 2047) AS i) AS s (v)
UNION ALL
SELECT 'rtt_state', decode(v, 'base64')
FROM (SELECT sketch_state(i / 7.0)::text FROM generate_series(1, 30) AS i
	  UNION ALL SELECT percentile_state(i, 0.5)::text FROM generate_series(1, 30) AS i
	  UNION ALL SELECT percentiles_state(i, '{0.1,0.9}')::text FROM generate_series(1, 30) AS i
	  UNION ALL SELECT sketch_state(i / 1e6)::text FROM generate_series(0, 2047) AS i) AS s (v);
CREATE FUNCTION mutate(bytes bytea, i bigint) RETURNS bytea LANGUAGE plpgsql AS $$
DECLARE
	at int;
BEGIN
	FOR n IN 1 .. 1 + hash_below(3, i, 1) LOOP
		EXIT WHEN length(bytes) = 0;
		-- half of the changes are in the first bytes, which matter most
		at := CASE hash_below(2, i, 10 * n) WHEN 0 THEN hash_below(least(20, length(bytes)), i, 10 * n + 1) ELSE hash_below(length(bytes), i, 10 * n + 1) END;
		bytes := CASE hash_below(5, i, 10 * n + 2)
			WHEN 0 THEN set_byte(bytes, at, hash_below(256, i, 10 * n + 3))
			WHEN 1 THEN set_byte(bytes, at, (get_byte(bytes, at) + 1) % 256)
			WHEN 2 THEN substr(bytes, 1, at) || substr(bytes, at + 2)
			WHEN 3 THEN substr(bytes, 1, at) || set_byte('\x00', 0, hash_below(256, i, 10 * n + 3)) || substr(bytes, at + 1)
			ELSE substr(bytes, 1, at) END;
	END LOOP;
	RETURN bytes;
END
$$;
CREATE FUNCTION use_sketch(bytes bytea) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	sketch rtt_sketch;
	questions record;
BEGIN
	sketch := replace(encode(bytes, 'base64'), E'\n', '')::rtt_sketch;
	IF rtt_sketch_send(sketch) <> bytes THEN
		RETURN 'other bytes';
	END IF;
	SELECT rtt_count(sketch) AS count, rtt_mean(sketch) AS mean, rtt_min(sketch) AS min, rtt_max(sketch) AS max, rtt_percentiles(sketch, '{0,0.5,1}') AS p,
		rtt_within_pct(sketch, '106751991 days 04:00:54.775807') AS share, (SELECT sum(requests) FROM rtt_buckets(sketch)) AS buckets,
		(SELECT sum(requests) FROM rtt_histogram(sketch, 20)) AS bars
	INTO questions;
	IF questions.count = questions.buckets AND questions.count = questions.bars AND questions.share = 100
		AND questions.min <= questions.p[1] AND questions.p[1] <= questions.p[2] AND questions.p[2] <= questions.p[3] AND questions.p[3] <= questions.max
		AND questions.mean BETWEEN questions.min * (1 - 1e-15) AND questions.max * (1 + 1e-15) AND questions.min >= 0 THEN
		RETURN 'value';
	END IF;
	RETURN 'nonsense: ' || questions::text;
EXCEPTION WHEN invalid_text_representation THEN
	RETURN 'refused';
END
$$;
CREATE FUNCTION use_state(bytes bytea) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	state rtt_state;
BEGIN
	state := replace(encode(bytes, 'base64'), E'\n', '')::rtt_state;
	IF rtt_state_send(state) <> bytes THEN
		RETURN 'other bytes';
	END IF;
	IF err(format('SELECT %s(%L::rtt_state)', (ARRAY['finish_sketch', 'finish_percentile', 'finish_percentiles'])[1 + get_byte(bytes, 1)], state)) <> 'no error'
		OR (SELECT combine(s) FROM unnest(ARRAY[state, state, NULL, state]) AS s) IS NULL THEN
		RETURN 'useless';
	END IF;
	RETURN 'value';
EXCEPTION WHEN invalid_text_representation THEN
	RETURN 'refused';
END
$$;
-- Combining a state with itself can overflow counts near 2^63.
SELECT type, result, count(*) > 100 AS many
FROM (SELECT type, CASE type WHEN 'rtt_sketch' THEN use_sketch(mutate(bytes, i)) ELSE use_state(mutate(bytes, i)) END AS result
	  FROM seed_value, generate_series(1, 3000) AS i) AS r
GROUP BY type, result ORDER BY 1, 2;
SELECT type, count(*) AS unchanged, count(*) FILTER (WHERE CASE type WHEN 'rtt_sketch' THEN use_sketch(bytes) ELSE use_state(bytes) END = 'value') AS values FROM seed_value GROUP BY type ORDER BY type;

--
-- States of target_met and similar aggregates: bigint arrays of an invalid shape
--
CREATE FUNCTION with_first_counts(transfn text, finalfn text, first text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	types text := CASE transfn WHEN 'target_transfn' THEN 'timestamptz, timestamptz, interval' WHEN 'srv_target_transfn' THEN 'text, text, timestamptz, timestamptz' ELSE 'bigint[]' END;
	result text;
BEGIN
	EXECUTE format('CREATE AGGREGATE pg_temp.own(%s) (SFUNC = pmr.%s, STYPE = bigint[], INITCOND = %L%s)', types, transfn, first, ', FINALFUNC = pmr.' || finalfn);
	result := err(format('SELECT pg_temp.own(%s) FROM generate_series(1, %s)', CASE transfn WHEN 'target_transfn' THEN 'now(), now(), ''1 s''' WHEN 'srv_target_transfn' THEN '''4.10'', ''on_demand'', now(), now()'
		ELSE '''{1,0,0,0,0}''::bigint[]' END, CASE WHEN finalfn IS NULL THEN 3 ELSE 0 END));
	EXECUTE format('DROP AGGREGATE pg_temp.own(%s)', types);
	RETURN result;
END
$$;
SELECT first, with_first_counts('target_transfn', NULL, first) AS target_transfn, with_first_counts('srv_target_transfn', NULL, first) AS srv_target_transfn,
	with_first_counts('target_combine', NULL, first) AS combine, with_first_counts('target_transfn', 'target_met_finalfn', first) AS met, with_first_counts('target_combine', 'target_counts_finalfn', first) AS counts
FROM (VALUES ('{}'), ('{1}'), ('{1,2,3,4}'), ('{1,2,3,4,5,6}'), ('{1,2,3,4,NULL}'), ('{NULL,NULL,NULL,NULL,NULL}'), ('{{1,2,3,4,5}}'), ('{{1},{2},{3},{4},{5}}'), ('[0:4]={1,2,3,4,5}'),
	('{9223372036854775806,0,0,0,0}'), ('{9223372036854775804,0,0,0,0}'), ('{-1,-1,0,0,0}'), ('{1,2,3,4,5}')) AS v (first);
SELECT counts, err(format('SELECT add_counts(%L::bigint[]) FROM generate_series(1, 2)', counts))
FROM (VALUES ('{}'), ('{1,2}'), ('{1,2,3,4,NULL}'), ('{{1,2,3,4,5}}'), ('{1,2,3,4,5}')) AS v (counts);
SELECT err($$SELECT add_counts(c) FROM (VALUES ('{1,2,3,4,5}'::bigint[]), ('{1,2,3}')) AS v (c)$$) AS second_is_short,
	err($$SELECT add_counts(c) FROM (VALUES ('{1,2,3,4,5}'::bigint[]), ('{1,2,3,4,NULL}')) AS v (c)$$) AS second_has_null,
	err($$SELECT add_counts(c) FROM (VALUES ('{1,2,3,4,5}'::bigint[]), ('{1,2,3,4,9223372036854775803}')) AS v (c)$$) AS overflow,
	err($$SELECT add_counts(c) FROM (VALUES ('{1,2,3,4,5}'::bigint[]), (NULL)) AS v (c)$$) AS second_is_null;

--
-- A NULL state, which only an aggregate without INITCOND can have
--
CREATE AGGREGATE no_first_counts(timestamptz, timestamptz, interval) (SFUNC = pmr.target_transfn, STYPE = bigint[]);
CREATE AGGREGATE no_first_counts(text, text, timestamptz, timestamptz) (SFUNC = pmr.srv_target_transfn, STYPE = bigint[]);
SELECT err('SELECT no_first_counts(now(), now(), ''1 s'')') AS target_transfn, err('SELECT no_first_counts(''4.10'', ''on_demand'', now(), now())') AS srv_target_transfn;

--
-- Default privileges of the installing role that revoke EXECUTE from PUBLIC have no effect
--
BEGIN;
DROP EXTENSION pmr_metrics CASCADE;
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
ALTER DEFAULT PRIVILEGES REVOKE USAGE ON TYPES FROM PUBLIC;
CREATE EXTENSION pmr_metrics;
SELECT has_function_privilege('public', 'pmr.rtt_count(pmr.rtt_sketch)', 'EXECUTE') AS scalar,
	has_function_privilege('public', 'pmr.rtt_sketch(interval)', 'EXECUTE') AS aggregate,
	has_function_privilege('public', 'pmr.rtt_sketch_finalfn(pmr.rtt_state)', 'EXECUTE') AS support,
	has_type_privilege('public', 'pmr.rtt_sketch', 'USAGE') AS type;
ROLLBACK;

DROP SCHEMA test_robustness CASCADE;
DROP ROLE regress_pmr_nobody;
