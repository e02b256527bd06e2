/*
 * citus.sql
 *		On a Citus cluster: compares each aggregate over a distributed table with
 *		the same aggregate over a local one, byte for byte.
 *
 *		psql -X -q -v ON_ERROR_STOP=1 -d 'host=...' -f test/scale/citus.sql
 *
 * Connect to the coordinator as a superuser.  Citus and pmr_metrics must be
 * installed on all nodes, and be extensions of the database.  Makes a schema
 * pmr_metrics_scale, and drops it at the end.
 */
SET client_min_messages = warning;
\set QUIET on
\pset footer off

/* An aggregate that cannot be computed on the workers is an error. */
SET citus.coordinator_aggregation_strategy = 'disabled';

CREATE SCHEMA pmr_metrics_scale;
SET search_path = pmr_metrics_scale;

/* Half of the devices have one request or two, so some shards have few rows. */
CREATE TABLE here AS
SELECT	CASE WHEN i % 2 = 0 THEN i ELSE i % 50 END AS device, 'P' || i % 7 AS party, srv, mode, device_generation, requested_at, responded_at,
		responded_at AS answered_at, responded_at - requested_at AS rtt, extract(epoch FROM responded_at - requested_at)::float8 AS rtt_s,
		pmr.rtt_sketch(requested_at, responded_at) AS sketch,
		CASE WHEN i % 31 > 0 THEN make_interval(secs => 10 + i % 20) END AS target, timestamptz '2025-10-01 00:20+00' AS as_of,
		0.95::float8 AS fraction, '{0.5,0.99,0}'::float8[] AS fractions,
		'2025-10-01'::date + i % 9 AS day, (ARRAY['met', 'missed', 'not_measured', 'cancelled'])[1 + i % 4] AS outcome,
		(ARRAY['success', 'rejected', NULL])[1 + i % 3] AS response_class, requested_at AS started_at, ARRAY['v' || i % 50, srv, mode] AS factors,
		(ARRAY['x', '', NULL])[1 + i % 3] AS qualifier, (ARRAY['ESME', NULL])[1 + i % 2] AS device_type, (i / 2)::text AS request_id, (i / 2 - 1)::text AS preceding_request_id,
		pmr.journey_state(srv, mode, NULL, requested_at, responded_at, 'success', (i / 3)::text, NULL) AS subject_state,
		pmr.rollup_state('2025-10-01'::date + i % 9, 'met', NULL, requested_at, responded_at, ARRAY['v' || i % 50]) AS state
FROM	generate_series(1, 20000) AS i,
		LATERAL (SELECT (ARRAY['4.1.1', '4.8.1', '7.4', '8.11', '99', NULL])[1 + i % 6] AS srv, (ARRAY['on_demand', 'future_dated', NULL])[1 + i % 3] AS mode,
				(ARRAY['smets1', 'smets2', NULL])[1 + i / 7 % 3] AS device_generation, timestamptz '2025-10-01 00:00+00' + i % 2000 * interval '1 s' AS requested_at) AS a,
		LATERAL (SELECT CASE WHEN i % 13 > 0 THEN requested_at + ((hashint8extended(i, 3) & 16777215) + 1) * interval '1 ms' END AS responded_at) AS b
GROUP BY i, srv, mode, device_generation, requested_at, responded_at;
CREATE TABLE spread (LIKE here);
SELECT create_distributed_table('spread', 'device') \g /dev/null
INSERT INTO spread SELECT * FROM here;

/* The arguments of a call: the columns of their names, of their types. */
CREATE FUNCTION call_of(aggregate pg_proc) RETURNS text LANGUAGE sql BEGIN ATOMIC
	SELECT format('pmr.%I(%s)', aggregate.proname,
		string_agg(CASE WHEN type = 'timestamp'::regtype THEN format('(%I AT TIME ZONE ''UTC'')', name) ELSE name END, ', ' ORDER BY place))
	FROM unnest(aggregate.proargnames, aggregate.proargtypes::oid[]) WITH ORDINALITY AS a (name, type, place);
END;

CREATE TABLE result (call text, grouping text, passed boolean, error text);
DO $$
DECLARE
	a record;
	distributed jsonb;
	expected jsonb;
	query text := 'WITH s AS MATERIALIZED (SELECT %1$s AS k, %2$s::text AS x FROM %3$s GROUP BY 1) SELECT jsonb_object_agg(coalesce(k::text, ''''), x) FROM s';
BEGIN
	FOR a IN
		SELECT call_of(p) AS call, key
		FROM pg_proc AS p, unnest('{device,party,srv}'::text[]) AS key
		WHERE pronamespace = 'pmr'::regnamespace AND prokind = 'a' AND obj_description(p.oid, 'pg_proc') NOT LIKE 'internal: %'
		ORDER BY 1, 2
	LOOP
		BEGIN
			EXECUTE format(query, a.key, a.call, 'here') INTO expected;
			EXECUTE format(query, a.key, a.call, 'spread') INTO distributed;
			INSERT INTO result VALUES (a.call, a.key, distributed = expected, 'results differ');
		EXCEPTION WHEN OTHERS THEN
			INSERT INTO result VALUES (a.call, a.key, false, SQLERRM);
		END;
	END LOOP;
END
$$;
SELECT call, grouping, error FROM result WHERE passed IS NOT TRUE;
\pset tuples_only on
\pset format unaligned
SELECT	count(*) FILTER (WHERE passed) AS passed, count(*) FILTER (WHERE passed IS NOT TRUE) AS failed,
		count(*) FILTER (WHERE passed) > 50 AND bool_and(passed) AS all_well
FROM	result \gset
DROP SCHEMA pmr_metrics_scale CASCADE;
\echo :passed passed, :failed failed
\if :all_well
\else
	DO $$ BEGIN RAISE 'not what a local table gives'; END $$;
\endif
