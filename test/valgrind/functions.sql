/*
 * functions.sql
 *		Calls every aggregate, accessor, operator and support function and stores
 *		the results, in a database that source.sql was run in.
 *
 * For postgres --single -j: a statement ends with a semicolon and an empty
 * line.  Aggregates and scalar functions are taken from the catalog, and called
 * with the columns of a table that have the names of their parameters.
 */
CREATE SCHEMA valgrind;

SET search_path = valgrind, pg_catalog, pmr;

SET timezone = 'UTC';

/* Groups of one row, of some rows, and of more distinct times than a sketch stores exactly. */
CREATE TABLE request AS
SELECT	grp, i, requested_at, at AS responded_at, at AS answered_at, requested_at AS started_at, requested_at AS at,
		at - requested_at AS rtt, extract(epoch FROM at - requested_at)::float8 AS rtt_s,
		0.95::float8 AS fraction, '{0.5,0.95,0}'::float8[] AS fractions,
		interval '30 s' AS target, timestamptz '2026-07-02 12:00+00' AS as_of, interval '20 s' AS "limit",
		(ARRAY['4.10', '2.2', '11.1', '8.14.3', '4.8.1', 'no such SRV', NULL])[1 + i % 7] AS srv,
		(ARRAY['on_demand', 'future_dated', 'non_device', 'unheard of', NULL])[1 + i % 5] AS mode,
		(ARRAY['smets1', 'smets2', NULL])[1 + i % 3] AS device_generation,
		(ARRAY['any', 'MDR', 'a role without rows', '', NULL])[1 + i / 6 % 5] AS user_role,
		(ARRAY['I0', 'I99', 'E4', 'E20', 'a code longer than eight bytes', NULL])[1 + i % 6] AS response_code,
		(ARRAY['success', 'rejected', 'no_response', 'acknowledged', 'unclassified', NULL])[1 + i % 6] AS response_class,
		(ARRAY['met', 'missed', 'pending', 'not_measured', 'invalid', 'pre_command', 'local_command', 'cancelled'])[1 + i % 8] AS outcome,
		(ARRAY['x', NULL])[1 + i % 2] AS qualifier, (ARRAY['ESME', '', NULL])[1 + i % 3] AS device_type, (i / 2)::text AS request_id, (i / 2 - 1)::text AS preceding_request_id,
		subject_state, ARRAY(SELECT s FROM pmr.current_journey_step AS s) AS steps,
		requested_at::date AS day, requested_at::date - 1 AS from_day, requested_at::date + 1 AS to_day, ARRAY['factor ' || i % 7, NULL, repeat('x', i % 300)] AS factors,
		sketch, sketch AS a, sketch AS b, 5 AS buckets, 'demo' AS source, state, i % 2 = 0 AS with_factors,
		ARRAY[i % 9 + 1, 100] AS requests, ARRAY[i % 3, 30 + i % 7] AS missed, ARRAY[20, 300] AS all_requests, ARRAY[i % 3 + i % 9, 50] AS all_missed,
		i % 8 AS command_variant, i % 6 <> 5 AS message_success, i % 5 <> 4 AS execution_success, i % 4 AS instructions_done, 3 AS instructions_total,
		i % 2 = 0 AS delivery_known, i % 3 = 0 AS execution_known, at AS delivered_at, at AS executed_at,
		CASE WHEN i % 3 = 1 THEN requested_at + interval '1 s' END AS due_at, CASE WHEN i % 7 = 6 THEN at END AS cancelled_at,
		(ARRAY['UTC', 'Europe/London'])[1 + i % 2] AS zone, repeat('key', i % 100) AS key,
		pmr.request_measures('4.10', 'on_demand', NULL, 'any', 1, (ARRAY['I0', NULL])[1 + i % 2], NULL, requested_at, at, NULL, NULL, NULL, NULL, NULL, NULL, NULL, false, false, 'infinity') AS measures,
		hashint8extended(i, 0) AS copy_hash, int8send(i) AS ids,
		i % 4 AS unanswered, 1 + i / 100.0 AS phi, i AS successes, 2.0 * i AS trials, i / 2.0 AS mean
FROM	(VALUES (1, 1), (2, 40), (3, 1200)) AS v (grp, n),
		LATERAL generate_series(1, n) AS i,
		LATERAL (SELECT timestamptz '2026-07-01 00:00+00' + i * interval '7 min 0.123 s' AS requested_at) AS s,
		LATERAL (SELECT CASE WHEN i % 9 <> 8 THEN requested_at + i * i * interval '0.1234 s' END AS at) AS r,
		LATERAL (SELECT pmr.rtt_sketch(m * m * (1 + i % 10) / 7.0) AS sketch
				 FROM generate_series(1, CASE WHEN i % 100 = 0 THEN 1200 ELSE 1 + i % 20 END) AS m) AS k,
		LATERAL (SELECT pmr.rollup_state(requested_at::date + m % 3, (ARRAY['met', 'missed', 'cancelled'])[1 + m % 3], 'success', requested_at, requested_at + m * interval '1 s', ARRAY['v' || m % 70, 'w' || i % 3]) AS state
				 FROM generate_series(1, i % 100) AS m) AS l,
		LATERAL (SELECT pmr.journey_state((ARRAY['8.11', '8.1.1', '6.20.1', '1.1.1', '11.1', '7.4'])[1 + m % 6], NULL, NULL, requested_at + m * interval '1 h', requested_at + m * interval '2 h', 'success', m::text, (m - 1)::text) AS subject_state
				 FROM generate_series(1, i % 50) AS m) AS j;

/* Partitioned, so that states of the partitions are combined. */
CREATE TABLE part (LIKE request) PARTITION BY HASH (i);

CREATE TABLE part_0 PARTITION OF part FOR VALUES WITH (MODULUS 2, REMAINDER 0);

CREATE TABLE part_1 PARTITION OF part FOR VALUES WITH (MODULUS 2, REMAINDER 1);

INSERT INTO part SELECT * FROM request;

ANALYZE part;

SET enable_partitionwise_aggregate = on;

DO $$
DECLARE
	called record;
	forms text[];
BEGIN
	FOR called IN
		SELECT p.oid::regprocedure AS name, prokind, row_number() OVER (ORDER BY p.oid) AS id,
			format('pmr.%I(%s)', proname, arguments) AS call
		FROM pg_proc AS p, LATERAL (
			SELECT string_agg(format('%I::%s', proargnames[i], format_type(type, NULL)), ', ' ORDER BY i) AS arguments
			FROM unnest(proargtypes::oid[]) WITH ORDINALITY AS a (type, i)) AS a
		WHERE pronamespace = 'pmr'::regnamespace AND (prokind = 'a' OR probin IS NOT NULL)
		  AND proname NOT IN ('require_autocommit', 'passes_dominance_rule', 'suppressed_figures', 'role_oid', 'read_as_owner', 'plan_as_owner', 'party_figures', 'request_factors', 'factor_figures', 'diagnosis', 'separation') -- refresh, publish, diagnose and views call these, below
		  AND (pronargs = 0 OR proargnames IS NOT NULL)
	LOOP
		IF called.prokind = 'a' THEN
			forms := ARRAY['SELECT grp, %1$s AS value, %1$s FILTER (WHERE false) AS none FROM request GROUP BY grp',
				'SELECT grp, %s AS value FROM part GROUP BY grp',
				'SELECT %s OVER (ORDER BY i) AS value FROM request WHERE grp < 3'];
		ELSE
			forms := ARRAY['SELECT value.* FROM request, LATERAL %s AS value'];
		END IF;
		FOR i IN 1 .. array_length(forms, 1) LOOP
			EXECUTE format('CREATE TABLE stored_%s_%s AS %s', called.id, i, format(forms[i], called.call));
		END LOOP;
	END LOOP;
	FOR called IN SELECT oid AS id, oprname AS name FROM pg_operator WHERE oprnamespace = 'pmr'::regnamespace LOOP
		EXECUTE format('CREATE TABLE operator_%s AS SELECT a.sketch OPERATOR(pmr.%s) b.sketch AS value
			FROM request AS a JOIN request AS b USING (grp) WHERE b.i = a.i + 1', called.id, called.name);
	END LOOP;
END
$$;

RESET enable_partitionwise_aggregate;

/* Operator classes: sorted, hashed, indexed */
CREATE INDEX btree_index ON request USING btree (sketch);

CREATE INDEX hash_index ON request USING hash (sketch);

CREATE TABLE distinct_sketch AS SELECT sketch FROM request UNION SELECT sketch FROM part;

/* The state, which only aggregates without our final function return. */
CREATE AGGREGATE sketch_state(float8) (SFUNC = pmr.rtt_sketch_transfn, STYPE = pmr.rtt_state);

CREATE AGGREGATE percentile_state(float8, float8) (SFUNC = pmr.rtt_percentile_transfn, STYPE = pmr.rtt_state);

CREATE AGGREGATE percentiles_state(float8, float8[]) (SFUNC = pmr.rtt_percentiles_transfn, STYPE = pmr.rtt_state);

CREATE AGGREGATE merge_state(pmr.rtt_sketch) (SFUNC = pmr.rtt_merge_transfn, STYPE = pmr.rtt_state);

CREATE AGGREGATE combine(pmr.rtt_state) (SFUNC = pmr.rtt_state_combine, STYPE = pmr.rtt_state);

CREATE TABLE rollup_state AS
SELECT grp, i % 3 AS part, pmr.rollup_state(day, outcome, response_class, started_at, answered_at, factors) AS rollup FROM request GROUP BY 1, 2;

CREATE TABLE rollup_text_form AS SELECT rollup::text::pmr.rollup_state AS rollup FROM rollup_state;

CREATE TABLE received_rollup (LIKE rollup_text_form);

CREATE TABLE combined_rollup AS SELECT pmr.rollup_merge(rollup) AS rollup FROM rollup_state GROUP BY grp;

CREATE TABLE rollup_cells AS SELECT (pmr.rollup_cells(rollup)).* FROM combined_rollup;

CREATE TABLE journey_state AS
SELECT grp, i % 3 AS part, pmr.journey_state(srv, qualifier, device_type, requested_at, responded_at, response_class, request_id, preceding_request_id) AS requests FROM request GROUP BY 1, 2;

CREATE TABLE received_journey_state AS SELECT requests::text::pmr.journey_state AS requests FROM journey_state;

CREATE TABLE combined_journey_state AS SELECT pmr.journey_merge(requests) AS requests FROM journey_state GROUP BY grp;

CREATE TABLE state AS
SELECT n, sketch_state(i) AS sketch, percentile_state(i, 0.5) AS percentile, percentiles_state(i, '{0,1}') AS percentiles,
	(SELECT merge_state(sketch) FROM request WHERE grp = 2 AND i <= n) AS merged
FROM (VALUES (1), (2), (30), (31), (200)) AS v (n), LATERAL generate_series(1, n) AS i GROUP BY n;

CREATE TABLE combined AS
SELECT combine(sketch) AS sketch, combine(percentile) AS percentile, combine(percentiles) AS percentiles, combine(merged) AS merged
FROM state WHERE n < 200;

/* As text and as binary */
CREATE TABLE received_journey (LIKE journey_state);

CREATE TABLE text_form AS
SELECT sketch::text::pmr.rtt_state AS sketch, percentile::text::pmr.rtt_state AS percentile,
	percentiles::text::pmr.rtt_state AS percentiles, merged::text::pmr.rtt_state AS merged
FROM state WHERE n < 200;

CREATE TABLE sketch_text_form AS SELECT sketch::text::pmr.rtt_sketch AS sketch FROM request;

CREATE TABLE received_state (LIKE text_form);

CREATE TABLE received_sketch (LIKE sketch_text_form);

DO $$
DECLARE
	directory CONSTANT text := current_setting('data_directory');
BEGIN
	EXECUTE format('COPY text_form TO %L (FORMAT binary)', directory || '/state');
	EXECUTE format('COPY received_state FROM %L (FORMAT binary)', directory || '/state');
	EXECUTE format('COPY sketch_text_form TO %L (FORMAT binary)', directory || '/sketch');
	EXECUTE format('COPY rollup_text_form TO %L (FORMAT binary)', directory || '/rollup');
	EXECUTE format('COPY received_rollup FROM %L (FORMAT binary)', directory || '/rollup');
	EXECUTE format('COPY received_sketch FROM %L (FORMAT binary)', directory || '/sketch');
	EXECUTE format('COPY journey_state TO %L (FORMAT binary)', directory || '/journey');
	EXECUTE format('COPY received_journey FROM %L (FORMAT binary)', directory || '/journey');
END
$$;

/* So many times that they are counted into buckets before the end */
CREATE TABLE many AS
SELECT pmr.rtt_sketch(i * 0.001) AS sketch, pmr.rtt_sketch((i % 1000)::float8) AS repeated, sketch_state((i % 200)::float8)::text::pmr.rtt_state AS state,
	pmr.rtt_percentile(i * 0.001, 0.5) AS percentile, pmr.rtt_percentiles((i % 1000)::float8, '{0.1,0.9}') AS percentiles
FROM generate_series(1, 20000) AS i;

/* Errors, also for bytes from outside */
CREATE FUNCTION refuse(query text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	BEGIN
		EXECUTE query;
	EXCEPTION WHEN OTHERS THEN
		IF SQLSTATE !~ '^XX|42601|42P01|42703|42883' THEN
			RETURN;
		END IF;
		RAISE '%: %', query, SQLERRM;
	END;
	RAISE '%: no error', query;
END
$$;

SELECT refuse(query) FROM unnest(ARRAY[
	'SELECT pmr.rtt_sketch(-1.0::float8)', 'SELECT pmr.rtt_sketch(''NaN''::float8)', 'SELECT pmr.rtt_sketch(interval ''1 month'')',
	'SELECT pmr.rtt_sketch(timestamp ''infinity'', timestamp ''2026-07-01'')', 'SELECT pmr.rtt_percentile(1, 2)', 'SELECT pmr.rtt_percentile(1, NULL)',
	'SELECT pmr.rtt_percentile(i, i / 10.0) FROM generate_series(1, 3) AS i', 'SELECT pmr.rtt_percentiles(1, ''{NULL}'')',
	'SELECT pmr.rtt_percentiles(1, ''{{0}}'')', 'SELECT pmr.rtt_percentile(sketch, 2) FROM request', 'SELECT pmr.rtt_histogram(sketch, 0) FROM request',
	'SELECT pmr.target_met(now(), now(), ''-1 s'')', 'SELECT pmr.target_met(now(), now(), ''1 s'', NULL)', 'SELECT pmr.rtt_state_combine(sketch, sketch) FROM state',
	'SELECT combine(s) FROM (SELECT sketch FROM state UNION ALL SELECT percentile FROM state) AS v (s)', 'SELECT ''rubbish!''::pmr.rtt_sketch', 'SELECT ''AQA=''::pmr.rollup_state', 'SELECT ''AQA=''::pmr.journey_state', 'SELECT * FROM pmr.journeys((SELECT requests FROM journey_state LIMIT 1), (SELECT steps[1:1] FROM request LIMIT 1) || NULL::pmr.current_journey_step)', 'SELECT pmr.rollup_merge(s) FROM (SELECT pmr.rollup_state(now()::date, ''met'', NULL, NULL, NULL, NULL) UNION ALL SELECT rollup FROM rollup_state) AS v (s)', 'SELECT pmr.source_relation(''none'')',
	'SELECT pmr.diagnosis(NULL, NULL, NULL, NULL, NULL, NULL, NULL)', 'SELECT pmr.separation(NULL, 1, NULL, NULL)'
]) AS query;

CREATE TABLE hostile AS
SELECT n % 2 = 0 AS is_state, set_byte(bytes, (hashint4(n) & 255) % length(bytes), hashint4(-n) & 255) AS bytes
FROM (SELECT n, CASE n % 2 WHEN 0 THEN (SELECT pmr.rtt_state_send(percentiles) FROM state WHERE state.n = 30)
			 ELSE (SELECT pmr.rtt_sketch_send(sketch) FROM request WHERE grp = 3 AND i = 1 + n) END AS bytes
	  FROM generate_series(1, 200) AS n) AS s;

DO $$
DECLARE
	value record;
	refused bigint := 0;
BEGIN
	FOR value IN SELECT is_state, replace(encode(bytes, 'base64'), E'\n', '') AS form FROM hostile LOOP
		BEGIN
			IF value.is_state THEN
				INSERT INTO state (percentiles) VALUES (value.form::pmr.rtt_state);
			ELSE
				INSERT INTO received_sketch VALUES (value.form::pmr.rtt_sketch);
			END IF;
		EXCEPTION WHEN invalid_text_representation THEN
			refused := refused + 1;
		END;
	END LOOP;
	IF refused < 20 THEN
		RAISE 'only % hostile values were refused', refused;
	END IF;
END
$$;

DO $$
DECLARE
	form bytea;
	refused bigint := 0;
BEGIN
	FOR form IN SELECT set_byte(bytes, (hashint4(n) & 65535) % length(bytes), hashint4(-n) & 255) FROM generate_series(1, 200) AS n, LATERAL (SELECT pmr.rollup_state_send(rollup) AS bytes FROM rollup_state WHERE grp = 1 + n % 2 LIMIT 1) AS s LOOP
		BEGIN
			INSERT INTO received_rollup VALUES (replace(encode(form, 'base64'), E'\n', '')::pmr.rollup_state);
		EXCEPTION WHEN invalid_text_representation THEN
			refused := refused + 1;
		END;
	END LOOP;
	IF refused < 20 THEN
		RAISE 'only % damaged rollups were refused', refused;
	END IF;
END
$$;

DO $$
DECLARE
	form bytea;
	refused bigint := 0;
BEGIN
	FOR form IN SELECT set_byte(bytes, (hashint4(n) & 65535) % length(bytes), hashint4(-n) & 255) FROM generate_series(1, 200) AS n, LATERAL (SELECT pmr.journey_state_send(requests) AS bytes FROM journey_state WHERE grp = 2 LIMIT 1) AS s LOOP
		BEGIN
			INSERT INTO received_journey_state VALUES (replace(encode(form, 'base64'), E'\n', '')::pmr.journey_state);
		EXCEPTION WHEN invalid_text_representation OR character_not_in_repertoire THEN
			refused := refused + 1;
		END;
	END LOOP;
	IF refused < 20 THEN
		RAISE 'only % damaged journey states were refused', refused;
	END IF;
END
$$;

/* The type requesting_role, which no text can become */
SELECT pmr.requesting_role()::text <> '';

DO $$
BEGIN
	PERFORM '10'::text::pmr.requesting_role;
	RAISE 'a text became a requesting role';
EXCEPTION WHEN feature_not_supported THEN
	NULL;
END
$$;

/* Claims of diagnose, and their separation */
CREATE TABLE cause AS
SELECT pmr.rollup_state('2026-10-01'::date + i / 4 % 28, CASE WHEN i % 4 = 0 THEN 'missed' ELSE 'met' END, NULL, NULL, NULL, ARRAY[i % 4, i % 4 / 2]::text[]) AS state
FROM generate_series(1, 4000) AS i;
CREATE TABLE claim AS SELECT pmr.diagnosis('2026-10-01', 'p', '1', 'm', 'g', '{a,b}', state) AS claims FROM cause;
SELECT cardinality(pmr.separation(ARRAY(SELECT c FROM unnest(claims) AS c WHERE c.kind = 'steady'), 1, '{a,b}', state)) > 0
FROM cause, claim GROUP BY claims;

/* The stored figures that the views of reports read */
SELECT count(*) > 0 FROM pmr.party_performance;

/* Where the extension itself calls them */
CALL pmr.refresh('demo', '2026-07-01', '2026-07-31');

SELECT pmr.withdraw('demo', '2026-07-01');

CALL pmr.publish('demo', '2026-07-01');

SELECT count(*) FROM pmr.performance_report;
