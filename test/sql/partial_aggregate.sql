--
-- Requirements of distributed databases on an aggregate, above all of Citus: it
-- computes states on its nodes, sends them as text, and combines them on another.
--
\pset null '(null)'
SET client_min_messages = warning;
CREATE SCHEMA test_partial_aggregate;
SET search_path = test_partial_aggregate, pmr;

CREATE VIEW aggregate AS
SELECT	a.*, proname, proargnames, proargtypes, provariadic, proparallel, obj_description(p.oid, 'pg_proc') NOT LIKE 'internal: %' AS for_users
FROM	pg_aggregate AS a JOIN pg_proc AS p ON p.oid = aggfnoid
WHERE	pronamespace = 'pmr'::regnamespace;

--
-- The catalog
--
SELECT count(*) > 30 AS many, count(DISTINCT proname) AS names FROM aggregate WHERE for_users;
-- Citus does not push down an aggregate that breaks one of these rules.  diagnosis and separation read rollups,
-- which are on one node.
SELECT aggfnoid::regprocedure, rule
FROM aggregate AS a
	JOIN pg_type AS state ON state.oid = aggtranstype
	JOIN pg_proc AS transition ON transition.oid = aggtransfn
	LEFT JOIN pg_proc AS combine ON combine.oid = aggcombinefn
	LEFT JOIN pg_proc AS final ON final.oid = aggfinalfn,
	LATERAL (VALUES
		('state of a pseudo-type', state.typtype = 'p'),
		('no combine function', aggcombinefn = 0),
		('combine function of other types', combine.proargtypes IS DISTINCT FROM format('%s %1$s', aggtranstype)::oidvector OR combine.prorettype IS DISTINCT FROM aggtranstype),
		('functions to serialize', aggserialfn <> 0 OR aggdeserialfn <> 0),
		('ordered-set', aggkind <> 'n'),
		('no arguments', cardinality(a.proargtypes) = 0),
		('polymorphic or pseudo-type arguments', EXISTS (SELECT FROM unnest(a.proargtypes) AS argument JOIN pg_type ON pg_type.oid = argument WHERE typtype = 'p')),
		('variadic', a.provariadic <> 0),
		('final function with more arguments', aggfinalextra),
		('not parallel safe', 's' <> ANY (ARRAY[a.proparallel, transition.proparallel, combine.proparallel, coalesce(final.proparallel, 's')])),
		('combine or final function not immutable', 'i' <> ANY (ARRAY[combine.provolatile, coalesce(final.provolatile, 'i')])),
		-- a transition function that looks up a target is stable, the others are immutable
		('transition function not as claimed', transition.provolatile <> CASE WHEN a.proname LIKE 'srv\_%' THEN 's' ELSE 'i' END),
		('result of a pseudo-type', EXISTS (SELECT FROM pg_type WHERE pg_type.oid = final.prorettype AND typtype = 'p'))
	) AS broken (rule, is_broken)
WHERE is_broken IS NOT FALSE AND a.proname NOT IN ('diagnosis', 'separation')
ORDER BY 1, 2;
-- States are sent as text, so their types have input and output functions.
SELECT DISTINCT aggtranstype::regtype, typinput::regproc, typoutput::regproc FROM aggregate JOIN pg_type ON pg_type.oid = aggtranstype WHERE for_users ORDER BY 1;

--
-- Each aggregate over the rows of k nodes, compared with the aggregate over all rows
--
CREATE FUNCTION hash01(i bigint, seed bigint) RETURNS float8 LANGUAGE sql IMMUTABLE
RETURN (hashint8extended(i, seed) & ((1::bigint << 52) - 1)) / (1::bigint << 52)::float8;
CREATE TABLE row AS
SELECT i, srv, mode, device_generation, requested_at, responded_at, responded_at AS answered_at, responded_at - requested_at AS rtt,
	extract(epoch FROM responded_at - requested_at)::float8 AS rtt_s, rtt_sketch(requested_at, responded_at) AS sketch,
	CASE WHEN i % 31 > 0 THEN make_interval(secs => 10 + i % 20) END AS target, timestamptz '2025-10-01 00:20+00' AS as_of,
	0.95::float8 AS fraction, '{0.5,0.99,0}'::float8[] AS fractions,
	'2025-10-01'::date + (i % 9)::int AS day, (ARRAY['met', 'missed', 'not_measured', 'cancelled'])[1 + i % 4] AS outcome, (ARRAY['success', 'rejected', NULL])[1 + i % 3] AS response_class,
	requested_at AS started_at, ARRAY['v' || i % 50, srv, mode] AS factors,
	(ARRAY['x', '', NULL])[1 + i % 3] AS qualifier, (ARRAY['ESME', NULL])[1 + i % 2] AS device_type, (i / 2)::text AS request_id, (i / 2 - 1)::text AS preceding_request_id,
	journey_state(srv, mode, NULL, requested_at, responded_at, 'success', (i / 3)::text, NULL) AS subject_state,
	rollup_state('2025-10-01'::date + (i % 9)::int, 'met', NULL, requested_at, responded_at, ARRAY['v' || i % 50]) AS state
FROM generate_series(1, 4000) AS i,
	LATERAL (SELECT CASE WHEN i % 41 > 0 THEN (ARRAY['4.1.1', '4.8.1', '7.4', '8.11', '99'])[1 + i % 5] END AS srv, (ARRAY['on_demand', 'future_dated', NULL])[1 + i % 3] AS mode,
		(ARRAY['smets1', 'smets2', NULL])[1 + i / 7 % 3] AS device_generation, timestamptz '2025-10-01 00:00+00' + i * interval '1 s' AS requested_at) AS a,
	LATERAL (SELECT CASE WHEN i % 13 > 0 THEN requested_at + make_interval(secs => round(exp(8 * hash01(i, 1))::numeric, 3)::float8) END AS responded_at) AS b
GROUP BY i, srv, mode, device_generation, requested_at, responded_at;

-- The arguments of a call: columns that have the names of the parameters, with their types.
CREATE FUNCTION arguments(aggregate aggregate) RETURNS text LANGUAGE sql BEGIN ATOMIC
	SELECT string_agg(CASE WHEN type = 'timestamp'::regtype THEN format('(%I AT TIME ZONE ''UTC'')', name) ELSE name END, ', ' ORDER BY place)
	FROM unnest(aggregate.proargnames, aggregate.proargtypes::oid[]) WITH ORDINALITY AS a (name, type, place);
END;
CREATE FUNCTION compare(aggregate aggregate, k int, filter text, OUT whole text, OUT merged text) LANGUAGE plpgsql AS $$
DECLARE
	call text := '(' || arguments(aggregate) || ') FILTER (WHERE i > 0 AND ' || filter || ')';
	state text := aggregate.aggtranstype::regtype;
	initial text := coalesce(', INITCOND = ' || quote_literal(aggregate.agginitval), '');
BEGIN
	EXECUTE format('CREATE AGGREGATE pg_temp.partial(%s) (SFUNC = %s, STYPE = %s%s)',
		(SELECT string_agg(type::regtype::text, ', ' ORDER BY place) FROM unnest(aggregate.proargtypes::oid[]) WITH ORDINALITY AS a (type, place)),
		aggregate.aggtransfn, state, initial);
	EXECUTE format('CREATE AGGREGATE pg_temp.merged(%1$s) (SFUNC = %2$s, STYPE = %1$s%3$s%4$s)',
		state, aggregate.aggcombinefn, initial, CASE WHEN aggregate.aggfinalfn <> 0 THEN format(', FINALFUNC = %s', aggregate.aggfinalfn) ELSE '' END);
	EXECUTE format('SELECT pmr.%I%s::text FROM row', aggregate.proname, call) INTO whole;
	-- a node without rows sends the initial state, or NULL
	EXECUTE format('SELECT pg_temp.merged(state::text::%1$s ORDER BY hash01(node, %2$s))::text FROM (SELECT node, pg_temp.partial%3$s AS state
			FROM row RIGHT JOIN generate_series(0, %2$s) AS node ON node = floor(%2$s * hash01(i, %2$s) ^ 2) GROUP BY node UNION ALL SELECT -1, NULL) AS s',
		state, k, call) INTO merged;
	RAISE EXCEPTION USING ERRCODE = 'PTEST', MESSAGE = coalesce(whole, 'NULL'), DETAIL = coalesce(merged, 'NULL');
EXCEPTION WHEN SQLSTATE 'PTEST' THEN
	-- the exception has undone both CREATE AGGREGATE
	GET STACKED DIAGNOSTICS whole = MESSAGE_TEXT, merged = PG_EXCEPTION_DETAIL;
END
$$;
SELECT proname, filter, count(*) AS compared, count(DISTINCT whole) AS results, count(*) FILTER (WHERE whole IS DISTINCT FROM merged) AS wrong
FROM aggregate, unnest('{1,2,7,60}'::int[]) AS k, unnest('{true,i % 3 = 1,i = 20,i = 13,false}'::text[]) AS filter, compare(aggregate, k, filter)
WHERE for_users
GROUP BY proname, filter
ORDER BY proname COLLATE "C", filter COLLATE "C";

DROP SCHEMA test_partial_aggregate CASCADE;
