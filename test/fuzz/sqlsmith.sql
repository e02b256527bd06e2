/*
 * sqlsmith.sql
 *		Prepares a database that source.sql was run in for sqlsmith.
 *
 * sqlsmith connects as two roles: smith_all has all privileges on the
 * extension's objects, smith_reader only those of PUBLIC and access to one
 * Party.  Neither has privileges outside the database, and sqlsmith rolls back
 * each statement.
 */
\set ON_ERROR_STOP on
SET client_min_messages = warning;

CREATE SCHEMA smith;

/*
 * sqlsmith's only constants are small integers, booleans and NULL; all other
 * values come from columns.  So this table has values of each type that a
 * function of the extension takes, valid and invalid.
 */
CREATE AGGREGATE smith.sketch_state(float8) (
	SFUNC = pmr.rtt_sketch_transfn, STYPE = pmr.rtt_state);
CREATE AGGREGATE smith.percentile_state(float8, float8) (
	SFUNC = pmr.rtt_percentile_transfn, STYPE = pmr.rtt_state);
CREATE AGGREGATE smith.percentiles_state(float8, float8[]) (
	SFUNC = pmr.rtt_percentiles_transfn, STYPE = pmr.rtt_state);

CREATE TABLE smith.sample AS
SELECT	i,
		(ARRAY[timestamptz '2026-07-01 00:00+00', '2026-07-14 12:00:00.000001+00', '2026-07-31 23:59:59.999999+00',
			   '2026-10-25 01:30+00', '-infinity', 'infinity', '4713-01-01 00:00+00 BC', NULL])[1 + i % 8] AS at,
		(ARRAY[timestamp '2026-07-01 00:00', '2026-07-01 00:00:30', '2026-07-02 00:00', '294276-12-31 23:59:59',
			   '-infinity', 'infinity', NULL])[1 + i % 7] AS local_at,
		(ARRAY[date '2026-07-01', '2026-07-31', '2026-08-01', '-infinity', 'infinity', '5874897-12-31', NULL])[1 + i % 7] AS day,
		(ARRAY[interval '30 s', '0', '1 us', '24 hours', '5 days', '1 month', '-1 s', '178000000 years', NULL])[1 + i % 9] AS duration,
		(ARRAY[0.5::float8, 0, 1, 30, 1e-6, 86400, 9.3e12, 1e300, -1, 'NaN', 'Infinity', NULL])[1 + i % 12] AS seconds,
		(ARRAY[0.5::float8, 0.95, 0, 1, -0.0, 1.1, 'NaN', NULL])[1 + i % 8] AS fraction,
		(SELECT v::float8[] FROM unnest(ARRAY['{0.5,0.95}', '{}', '{1}', '{1,0,0.5,0.5}', '{NULL}', '{{0,1}}', '{2}', NULL])
		 WITH ORDINALITY AS a (v, n) WHERE n = 1 + i % 8) AS fractions,
		(ARRAY['demo', '4.10', '2.2', '11.1', '9.9', 'on_demand', 'future_dated', 'non_device', 'smets1', 'smets2', 'I0', 'I99', 'E20',
			   'DUNM', 'FENH', 'met', 'missed', 'pending', 'success', 'region', 'North', 'UTC', 'audit.service_request', '', 'é''"%s', repeat('x', 3000),
			   NULL])[1 + i % 27] AS word,
		(SELECT v::text[] FROM unnest(ARRAY['{model,firmware,region}', '{}', '{North,NULL}', '{{a,b},{c,d}}', '{4.10,2.2}', NULL])
		 WITH ORDINALITY AS a (v, n) WHERE n = 1 + i % 6) AS words,
		(ARRAY[1, 0, 2, 30, 1000, -1, 9223372036854775807, -9223372036854775808, NULL])[1 + i % 9] AS count,
		(SELECT v::bigint[] FROM unnest(ARRAY['{1,2,3,4,5}', '{9223372036854775807,1,0,0,0}', '{1,2}', '{NULL,1,1,1,1}', '{}', NULL])
		 WITH ORDINALITY AS a (v, n) WHERE n = 1 + i % 6) AS counts,
		(SELECT pmr.rtt_sketch(n ^ 1.7 / 7) FROM generate_series(1, (ARRAY[1, 0, 40, 3000])[1 + i % 4]) AS n) AS sketch,
		(SELECT CASE i % 3 WHEN 0 THEN smith.sketch_state(n) WHEN 1 THEN smith.percentile_state(n, 0.5)
						   ELSE smith.percentiles_state(n, '{0.5,0.95}') END
		 FROM generate_series(1, (ARRAY[1, 0, 40, 500])[1 + i % 4]) AS n) AS state
FROM	generate_series(1, 500) AS i;
ANALYZE smith.sample;

/* sqlsmith chooses all tables with the same probability, so this one gets several views. */
DO $$
BEGIN
	FOR n IN 0 .. 9 LOOP
		EXECUTE format('CREATE VIEW smith.sample_%s AS SELECT * FROM smith.sample WHERE i %% 10 = %s', n, n);
	END LOOP;
END
$$;

/* sqlsmith has no GROUP BY. */
CREATE VIEW smith.grouped AS
SELECT	party, srv, mode, pmr.rtt_sketch(requested_at, responded_at) AS sketch,
		pmr.rtt_percentile(requested_at, responded_at, 0.95) AS p95_s,
		pmr.rtt_percentiles(requested_at, responded_at, '{0.5,0.9}') AS percentiles_s,
		pmr.target_met(requested_at, responded_at, '30 s') AS met_pct,
		pmr.target_counts(requested_at, responded_at, '30 s', '2026-07-20') AS counts,
		pmr.srv_target_met(srv, mode, requested_at, pmr.answered_at(responded_at, response_code, mode)) AS srv_met_pct,
		pmr.srv_target_counts(srv, mode, requested_at, responded_at, device_generation, '2026-07-20') AS srv_counts
FROM	audit.service_request
WHERE	responded_at >= requested_at
GROUP BY party, srv, mode;
CREATE VIEW smith.merged AS
SELECT	party, pmr.rtt_merge(sketch) AS sketch, pmr.rtt_sketch(sketch) OVER (ORDER BY party) AS running
FROM	smith.grouped
GROUP BY party, sketch;

/*
 * sqlsmith does not call set-returning functions, so each gets a function that
 * returns its number of rows.
 */
DO $$
DECLARE
	returns_set record;
BEGIN
	FOR returns_set IN
		SELECT proname, pronargs, provariadic, pg_get_function_identity_arguments(oid) AS arguments
		FROM pg_proc WHERE pronamespace = 'pmr'::regnamespace AND proretset AND provariadic <> '"any"'::regtype
	LOOP
		EXECUTE format('CREATE FUNCTION smith.%I(%s) RETURNS bigint LANGUAGE sql AS %L',
					   returns_set.proname, returns_set.arguments,
					   format('SELECT count(r) FROM pmr.%I(%s) AS r', returns_set.proname,
							  (SELECT string_agg(CASE WHEN n = returns_set.pronargs AND returns_set.provariadic <> 0 THEN 'VARIADIC ' ELSE '' END || '$' || n, ', ' ORDER BY n) FROM generate_series(1, returns_set.pronargs) AS n)));
	END LOOP;
END
$$;

/*
 * sqlsmith looks for functions in pg_proc, without a schema, and PostgreSQL has
 * three thousand.  This view leaves ours, and those of PostgreSQL that have the
 * same types and no side effects.  It omits support functions of PostgreSQL's
 * types and aggregates, which raise internal errors when they are called by
 * hand, and functions that describe an object, which do so for an oid without
 * an object.
 */
CREATE TABLE smith.candidate AS
WITH ours AS (
	SELECT * FROM pg_catalog.pg_proc
	WHERE pronamespace IN ('pmr'::regnamespace, 'smith'::regnamespace) AND prokind <> 'p' AND NOT proretset
), type AS (
	SELECT unnest(proargtypes::oid[] || prorettype) AS oid FROM ours
)
SELECT oid, proname, pronamespace, prokind, proretset, prorettype, proargtypes FROM ours
UNION ALL
SELECT oid, proname, pronamespace, prokind, proretset, prorettype, proargtypes FROM pg_catalog.pg_proc
WHERE pronamespace = 'pg_catalog'::regnamespace AND provolatile <> 'v'
  AND proname !~ '^pg_(describe|identify)_object'
  AND proargtypes::oid[] || prorettype <@ ARRAY(SELECT oid FROM type)
  AND oid <> ALL (SELECT unnest(ARRAY[aggtransfn, aggfinalfn, aggcombinefn, aggserialfn, aggdeserialfn,
									  aggmtransfn, aggminvtransfn, aggmfinalfn]) FROM pg_aggregate)
  AND oid <> ALL (SELECT unnest(ARRAY[typinput, typoutput, typreceive, typsend, typmodin, typmodout, typanalyze, typsubscript]) FROM pg_type);
CREATE UNIQUE INDEX ON smith.candidate (oid);
CREATE VIEW smith.pg_proc AS
SELECT * FROM smith.candidate WHERE has_function_privilege(oid, 'EXECUTE');

/*
 * The same for types.  sqlsmith makes NULL constants of pseudo-types, which
 * PostgreSQL refuses, so that half of all queries would fail.  This view gives
 * these pseudo-types the names of real types.
 */
CREATE VIEW smith.pg_type AS
SELECT	oid, typnamespace, typdelim, typrelid, typelem, typarray, typtype,
		coalesce(name, typname) AS typname
FROM	pg_catalog.pg_type LEFT JOIN
		(VALUES ('anyrange'::regtype, 'int4range'::name), ('anymultirange', 'int4multirange'), ('anyenum', 'text'),
				('anyelement', 'int4'), ('anycompatiblerange', 'int4range'), ('anycompatiblemultirange', 'int4multirange'))
		AS other (type, name) ON oid = type;

CREATE ROLE smith_all LOGIN;
CREATE ROLE smith_reader LOGIN;
INSERT INTO pmr.party_access (role_name, party) VALUES ('smith_reader', 'DUNM');
GRANT USAGE ON SCHEMA smith TO smith_all, smith_reader;
GRANT SELECT ON ALL TABLES IN SCHEMA smith TO smith_all, smith_reader;
GRANT USAGE ON SCHEMA audit TO smith_all;
GRANT ALL ON ALL TABLES IN SCHEMA pmr, audit, smith TO smith_all;
GRANT ALL ON ALL ROUTINES IN SCHEMA pmr TO smith_all;
ALTER ROLE smith_all SET search_path = smith, pg_catalog, pmr;
ALTER ROLE smith_reader SET search_path = smith, pg_catalog, pmr;

/* Parallel plans for one of the roles, although the tables are small. */
ALTER TABLE audit.sr_log SET (parallel_workers = 1);
ALTER TABLE pmr.rollup_stratum SET (parallel_workers = 1);
ALTER TABLE smith.sample SET (parallel_workers = 1);
ALTER ROLE smith_all SET parallel_setup_cost = 0;
ALTER ROLE smith_all SET parallel_tuple_cost = 0;
