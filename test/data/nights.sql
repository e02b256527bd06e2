/*
 * nights.sql
 *		An audit table that goes on changing, for test/t/014_nights.pl.
 *
 * Values are random corner values.  audit_changes tells when its rows were written,
 * and change_feed the same of all rows; audit_full does not, so a refresh of it
 * reads everything.
 */
CREATE TABLE audit (
	party text, srv text, mode text, device_generation text, user_role text, qualifier text, business_process text,
	requested_at timestamptz, responded_at timestamptz, response_code text, due_at timestamptz, delivered_at timestamptz,
	request_id text, command_variant integer, cancelled_at timestamptz, message_success boolean,
	executed_at timestamptz, execution_success boolean, instructions_done integer, instructions_total integer,
	firmware text, region text, changed_at timestamptz
);
CREATE INDEX ON audit (requested_at);
CREATE TABLE change_feed (changed_at timestamptz NOT NULL, requested_at timestamptz NOT NULL);
CREATE VIEW shown AS SELECT 3 AS firmware_length;
CREATE VIEW audit_changes AS
	SELECT party, srv, mode, device_generation, user_role, qualifier, business_process, requested_at, responded_at, response_code, due_at, delivered_at,
		request_id, command_variant, cancelled_at, message_success, executed_at, execution_success, instructions_done, instructions_total,
		left(firmware, (SELECT firmware_length FROM shown)) AS firmware, region, changed_at
	FROM audit;
CREATE VIEW audit_full AS
	SELECT party, srv, mode, device_generation, user_role, qualifier, business_process, requested_at, responded_at, response_code, due_at, delivered_at,
		request_id, command_variant, cancelled_at, message_success, executed_at, execution_success, instructions_done, instructions_total, firmware, region
	FROM audit_changes;

/* One row.  The clock of the loader is up to lag late; NULL: it tells no time. */
CREATE TABLE loader (first_day date, as_of timestamptz, lag interval);

CREATE FUNCTION as_of() RETURNS timestamptz LANGUAGE sql STABLE
	BEGIN ATOMIC SELECT as_of FROM loader; END;
CREATE FUNCTION day(number integer) RETURNS date LANGUAGE sql STABLE
	BEGIN ATOMIC SELECT first_day + number FROM loader; END;

CREATE FUNCTION stamp() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	SELECT clock_timestamp() - CASE WHEN random() < 0.3 THEN lag ELSE random() * lag END INTO NEW.changed_at FROM loader;
	INSERT INTO change_feed
	SELECT NEW.changed_at, t FROM unnest(ARRAY[OLD.requested_at, NEW.requested_at]) AS t WHERE t IS NOT NULL AND NEW.changed_at IS NOT NULL;
	RETURN NEW;
END
$$;
CREATE TRIGGER stamp BEFORE INSERT OR UPDATE ON audit FOR EACH ROW EXECUTE FUNCTION stamp();
CREATE FUNCTION stamp_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO change_feed SELECT clock_timestamp() - lag, OLD.requested_at FROM loader;
	RETURN OLD;
END
$$;
CREATE TRIGGER stamp_deleted BEFORE DELETE ON audit FOR EACH ROW EXECUTE FUNCTION stamp_deleted();

CREATE FUNCTION pick(VARIADIC choices anycompatiblearray) RETURNS anycompatible LANGUAGE sql VOLATILE
	AS 'SELECT choices[1 + floor(random() * cardinality(choices))]';

/* The first of some values, or less often any. */
CREATE FUNCTION often(VARIADIC choices anycompatiblearray) RETURNS anycompatible LANGUAGE sql VOLATILE
	AS 'SELECT CASE WHEN random() < 0.6 THEN choices[1] ELSE pick(VARIADIC choices) END';

/* A time near another one, or NULL: among them the ends of the shipped targets. */
CREATE FUNCTION near(at timestamptz) RETURNS timestamptz LANGUAGE sql VOLATILE
	RETURN at + pick(NULL, '0', '4 s', '29.9 s', '30 s', '30.000001 s', '2 h', '1 day', '1 day 1 us', '6 days', '20 days', '-3 s')::interval;

CREATE FUNCTION add_rows(rows integer, after timestamptz, before timestamptz) RETURNS void LANGUAGE sql
BEGIN ATOMIC
	INSERT INTO audit
	SELECT often('ACME', 'BETA', '', NULL), often('2.2', '1.1.1', '4.1.1', '6.23', '11.1', '77.1', NULL), mode,
		often('smets2', 'smets1', 'SMETS2', NULL), often('IS', 'MDR', NULL), often('', 'positive_value', NULL), often('', 'firmware', NULL),
		requested_at, near(pick(requested_at, requested_at, due_at)), often('I0', 'I99', 'E4', 'E21', 'E77', 'X', NULL),
		due_at, near(requested_at), pick('A:', 'a:', 'B:') || floor(random() * 1000), often(1, 5, 4, 2, NULL), often(NULL, near(requested_at)),
		often(true, false, NULL), near(due_at), often(true, false, NULL), pick(NULL, 1, 2), pick(NULL, 1, 2), pick('5.3', '5.4', NULL), pick('North', 'South')
	FROM (SELECT at AS requested_at, mode, CASE WHEN mode <> 'on_demand' THEN near(at) END AS due_at
		FROM (SELECT after + random() * (before - after) AS at, often('on_demand', 'future_dated', 'dcc_scheduled', NULL) AS mode
			FROM generate_series(1, rows)) AS t) AS r;
END;

/* Copies of some rows, requested up to a day earlier or later. */
CREATE FUNCTION add_copies(share double precision) RETURNS void LANGUAGE sql
BEGIN ATOMIC
	INSERT INTO audit
	SELECT party, srv, mode, device_generation, user_role, qualifier, business_process,
		requested_at + pick('0', '1 s', '3 h', '23 h', '-1 s', '-9 h', '-1 day')::interval, near(requested_at), response_code, due_at, delivered_at,
		upper(request_id), command_variant, cancelled_at, message_success, executed_at, execution_success, instructions_done, instructions_total, firmware, region
	FROM audit
	WHERE random() < share;
END;

/* Moves as_of: not at all, a little, to the next midnight, to what happens next in the rows, or by days. */
CREATE FUNCTION move_as_of() RETURNS void LANGUAGE sql
BEGIN ATOMIC
	UPDATE loader
	SET as_of = pick(as_of, as_of + interval '10 s', as_of + random() * interval '1 day', as_of + interval '12 days',
		(SELECT (date_trunc('day', as_of AT TIME ZONE report_timezone) + interval '1 day') AT TIME ZONE report_timezone FROM pmr.source LIMIT 1),
		(SELECT min(t) + pick('0', '1 us')::interval
		 FROM audit, unnest(ARRAY[requested_at + interval '30 s', requested_at + interval '1 day', due_at + interval '1 day', responded_at, executed_at, delivered_at, cancelled_at]) AS t
		 WHERE t > as_of));
END;

/* Months that the two sources have rolled up as of different times. */
CREATE VIEW behind AS
	SELECT format('CALL pmr.refresh(''full'', %L, %1$L, %L)', month, n.as_of) AS call, n.settled
	FROM (SELECT * FROM pmr.rollup_month WHERE source = 'night') AS n
		LEFT JOIN (SELECT * FROM pmr.rollup_month WHERE source = 'full') AS f USING (month)
	WHERE n.as_of IS DISTINCT FROM f.as_of
	ORDER BY month;

/* An error if anything stored for the two sources differs. */
CREATE FUNCTION compare(step text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	stored text;
	own_columns text;
	differences text;
BEGIN
	FOREACH stored IN ARRAY '{rollup_month,rollup,rollup_pair,rollup_stratum,party_figure}'::text[] LOOP
		SELECT string_agg(format('r.%I', attname), ', ' ORDER BY attnum) INTO own_columns
		FROM pg_attribute
		WHERE attrelid = ('pmr.' || stored)::regclass AND attnum > 0 AND attname <> ALL ('{source,refreshed_at,refreshed_by,parts,changes_from,read_fingerprint}');
		EXECUTE format($query$
WITH stored AS (SELECT source, ROW(%s)::text COLLATE "C" AS content FROM pmr.%I AS r WHERE source IN ('night', 'full'))
SELECT string_agg(left(found, 400), E'\n')
FROM ((SELECT 'night ' || n AS found FROM (SELECT content FROM stored WHERE source = 'night' EXCEPT ALL SELECT content FROM stored WHERE source = 'full') AS n ORDER BY n LIMIT 3)
	UNION ALL
	(SELECT 'full  ' || f AS found FROM (SELECT content FROM stored WHERE source = 'full' EXCEPT ALL SELECT content FROM stored WHERE source = 'night') AS f ORDER BY f LIMIT 3)) AS d$query$,
			own_columns, stored) INTO differences;
		IF differences IS NOT NULL THEN
			RAISE '%: % differs:%', step, stored, E'\n' || differences;
		END IF;
	END LOOP;
END
$$;
