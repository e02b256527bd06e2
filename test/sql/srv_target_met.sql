-- Targets looked up by Service Reference Variant are those of a plain join with the
-- table, wherever the call stands and whatever happens to the table.
SET timezone = 'UTC';
SET datestyle = 'ISO';
SET intervalstyle = 'postgres';
SET client_min_messages = 'warning';
\pset null NULL
CREATE SCHEMA srv_target_met;
SET search_path = srv_target_met;

CREATE FUNCTION err(query text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE query;
	RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE || ': ' || SQLERRM;
END
$$;

--
-- The rule, on the shipped rows: no target is guessed
--

SELECT * FROM (VALUES ('1.1.1'), ('2.2'), ('11.1'), ('11.3'), ('8.14.1'), ('4.10'), ('7.1'), ('')) AS srvs (srv),
	LATERAL (SELECT
		pmr.srv_target(srv, 'on_demand', 'smets1', now()) AS on_demand_smets1,
		pmr.srv_target(srv, 'on_demand', 'smets2', now()) AS on_demand_smets2,
		pmr.srv_target(srv, 'on_demand', NULL, now()) AS on_demand,
		pmr.srv_target(srv, 'future_dated', NULL, now()) AS future_dated,
		pmr.srv_target(srv, 'future_dated', 'smets1', now()) AS future_smets1,
		pmr.srv_target(srv, 'dcc_scheduled', NULL, now()) AS scheduled,
		pmr.srv_target(srv, 'non_device', 'smets1', now()) AS non_device_smets1,
		pmr.srv_target(srv, 'non_device', 'smets2', now()) AS non_device_smets2,
		pmr.srv_target(srv, 'non_device', NULL, now()) AS non_device,
		pmr.srv_target(srv, NULL, 'smets1', now()) AS smets1,
		pmr.srv_target(srv, NULL, 'smets2', now()) AS smets2,
		pmr.srv_target(srv, NULL, NULL, now()) AS unknown
	) AS targets;
-- other names of modes and generations count as unknown; names are compared as a whole
SELECT pmr.srv_target('2.2', 'ON_DEMAND', 'SMETS1', now()) AS all_agree, pmr.srv_target('1.1.1', 'ON_DEMAND', 'smets1', now()) AS mode,
	pmr.srv_target('1.1.1', 'any', 'any', now()) AS any_mode, pmr.srv_target('1.1.1', '', '', now()) AS empty,
	pmr.srv_target('11.3', 'on_demand', 'any', now()) AS any_generation,
	pmr.srv_target('11.3', 'on_demand', 'smets2+', now()) AS smets2_plus,
	pmr.srv_target('1.1.1', 'on_demand ', 'smets1', now()) AS trailing_space,
	pmr.srv_target('1.1.1 ', 'on_demand', 'smets1', now()) AS srv_space,
	pmr.srv_target('1.1', 'on_demand', 'smets1', now()) AS srv_prefix,
	pmr.srv_target(repeat('1.1.1', 100000), 'on_demand', 'smets1', now()) AS long_srv;
-- the role: MDR has rows of its own, IS has none
SELECT * FROM (VALUES ('any'), ('IS'), ('MDR'), ('mdr'), ('MD'), (''), (NULL)) AS roles (role),
	LATERAL (SELECT
		pmr.srv_target('4.8.1', 'on_demand', 'smets1', role, now()) AS "4.8.1 smets1",
		pmr.srv_target('4.8.1', 'on_demand', 'smets2', role, now()) AS "4.8.1 smets2",
		pmr.srv_target('4.8.1', 'on_demand', NULL, role, now()) AS "4.8.1",
		pmr.srv_target('4.8.1', 'future_dated', NULL, role, now()) AS future_dated,
		pmr.srv_target('4.8.1', NULL, 'smets1', role, localtimestamp) AS any_mode_smets1,
		pmr.srv_target('4.2', 'on_demand', 'smets1', role, now()) AS "4.2 smets1",
		pmr.srv_target('4.2', 'on_demand', 'smets2', role, now()) AS "4.2 smets2",
		pmr.srv_target('2.2', 'on_demand', NULL, role, now()) AS "2.2"
	) AS targets;
SELECT pmr.srv_target(NULL, 'on_demand', 'smets1', now()) AS no_srv,
	pmr.srv_target(NULL, 'on_demand', 'smets1', 'MDR', now()) AS no_srv_of_role,
	pmr.srv_target('4.8.1', 'on_demand', 'smets1', 'MDR', NULL::timestamptz) AS no_time_of_role,
	pmr.srv_target('1.1.1', 'on_demand', 'smets1', NULL::timestamptz) AS no_time,
	pmr.srv_target('1.1.1', 'on_demand', 'smets1', NULL::timestamp) AS no_timestamp,
	pmr.srv_target('1.1.1', 'on_demand', 'smets1', 'infinity') AS infinity,
	pmr.srv_target('1.1.1', 'on_demand', 'smets1', '-infinity') AS minus_infinity;

--
-- A user's rows: from a time on, NULL for no target, over shipped rows, by
-- generation, in the future, never; and shipped rows that a later version can add
--

INSERT INTO pmr.target_response_time (srv, mode, device_generation, valid_from, target, source) VALUES
	('1.1.1', 'on_demand', 'any', '2026-04-01 00:00:00+00', '20 s', 'test'),
	('1.1.1', 'on_demand', 'any', '2026-07-01 00:00:00+00', NULL, 'test'),
	('1.1.1', 'on_demand', 'any', '2026-10-01 00:00:00+00', '25 s', 'test'),
	('1.1.1', 'on_demand', 'any', '2099-01-01 00:00:00+00', '5 s', 'test'),
	('1.1.1', 'future_dated', 'any', '2026-05-01 00:00:00+00', '20 s', 'test'),
	('1.1.1', 'on_demand', 'smets1', '2026-09-01 00:00:00+00', '25 s', 'test'),
	('11.3', 'on_demand', 'smets1', '2026-06-01 00:00:00+00', NULL, 'test'),
	('11.3', 'on_demand', 'any', '2026-08-01 00:00:00+00', '5 days', 'test'),
	('11.3', 'on_demand', 'smets1', '2026-11-01 00:00:00+00', '5 days', 'test'),
	('11.3', 'future_dated', 'smets2', '2026-12-01 00:00:00+00', '120:00', 'test'),
	('2.2', 'on_demand', 'any', '-infinity', '10 s', 'test'),
	('6.8', 'non_device', 'smets2', '2026-06-15 12:34:56.789+00', '1 hour', 'test'),
	('6.8', 'non_device', 'smets1', '2026-06-15 12:34:56.78901+00', '60 min', 'test'),
	('6.5', 'on_demand', 'any', '2026-06-15 12:00:00+00', NULL, 'test'),
	('6.5', 'future_dated', 'any', '2026-06-15 12:00:00+00', NULL, 'test'),
	('4.10', 'on_demand', 'any', '2026-07-01 00:00:00+00', '0', 'test'),
	('4.17', 'on_demand', 'any', '2026-07-01 00:00:00+00', '1 day', 'test'),
	('11.1', 'non_device', 'smets1', 'infinity', '5 days', 'test'),
	('8.1.1', 'on_demand', 'any', '2026-04-01 00:00:00+00', '7 s', 'test'),
	('99.1', 'dcc_scheduled', 'any', '2026-01-01 00:00:00+00', '1 day', 'test'),
	('99.1', 'dcc_scheduled', 'smets2', '2026-02-01 00:00:00+00', '24:00', 'test'),
	('99.1', 'non_device', 'smets1', '0044-03-15 00:00:00+00 BC', '86400.000001 s', 'test'),
	('99.2', 'on_demand', 'any', '-infinity', '106751991 days 04:00:54.775807', 'test');
INSERT INTO pmr.target_response_time (srv, mode, device_generation, valid_from, target, source, builtin) VALUES
	('8.11', 'on_demand', 'any', '2026-08-01 00:00:00+00', '40 s', 'test', true),
	('8.1.1', 'on_demand', 'any', '2026-08-01 00:00:00+00', '40 s', 'test', true),
	('8.7.2', 'on_demand', 'smets1', '2026-08-01 00:00:00+00', NULL, 'test', true);
-- roles are data
INSERT INTO pmr.target_response_time (srv, mode, device_generation, user_role, valid_from, target, source) VALUES
	('1.1.1', 'on_demand', 'any', 'ES', '2026-04-01 00:00:00+00', NULL, 'test'),
	('2.2', 'on_demand', 'smets1', 'XYZ', '2026-05-01 00:00:00+00', '9 s', 'test'),
	('2.2', 'on_demand', 'any', 'XYZ', '2026-06-01 00:00:00+00', '8 s', 'test'),
	('2.2', 'dcc_scheduled', 'any', 'X Y', '-infinity', '10 s', 'test'),
	('2.2', 'on_demand', 'any', repeat('XYZ', 2000), '-infinity', '7 s', 'test'),
	('4.8.1', 'on_demand', 'smets1', 'MDR', '2026-08-01 00:00:00+00', '16 s', 'test'),
	('4.8.1', 'on_demand', 'any', 'MDR', '2026-08-01 00:00:00+00', '30 s', 'test'),
	('6.8', 'on_demand', 'smets2', 'IS', '-infinity', '30 s', 'test'),
	('6.23', 'non_device', 'any', 'IS', '2026-08-01 00:00:00+00', '30 s', 'test');

-- some targets, to be checked by eye
SELECT at, pmr.srv_target('1.1.1', 'on_demand', 'smets1', at) AS smets1, pmr.srv_target('1.1.1', 'on_demand', 'smets2', at) AS smets2,
	pmr.srv_target('1.1.1', 'on_demand', NULL, at) AS on_demand, pmr.srv_target('1.1.1', 'future_dated', NULL, at) AS future_dated,
	pmr.srv_target('1.1.1', NULL, 'smets1', at) AS any_mode_smets1, pmr.srv_target('1.1.1', NULL, 'smets2', at) AS any_mode_smets2,
	pmr.srv_target('1.1.1', NULL, NULL, at) AS unknown
FROM unnest('{2026-03-31 23:59:59.999999+00,2026-04-01 00:00:00+00,2026-05-01 00:00:00+00,2026-07-01 00:00:00+00,
	2026-09-01 00:00:00+00,2026-10-01 00:00:00+00,2098-12-31 23:59:59.999999+00,2099-01-01 00:00:00+00}'::timestamptz[]) AS times (at);
SELECT at, pmr.srv_target('11.3', 'on_demand', 'smets1', at) AS smets1, pmr.srv_target('11.3', 'on_demand', 'smets2', at) AS smets2,
	pmr.srv_target('11.3', 'on_demand', NULL, at) AS on_demand, pmr.srv_target('11.3', NULL, 'smets1', at) AS any_mode_smets1,
	pmr.srv_target('11.3', NULL, NULL, at) AS unknown, pmr.srv_target('2.2', NULL, NULL, at) AS "2.2",
	pmr.srv_target('8.1.1', 'on_demand', 'smets1', at) AS "8.1.1", pmr.srv_target('8.11', 'on_demand', 'smets1', at) AS "8.11"
FROM unnest('{-infinity,2026-05-31 23:59:59.999999+00,2026-06-01 00:00:00+00,2026-08-01 00:00:00+00,2026-11-01 00:00:00+00,
	2026-12-01 00:00:00+00,infinity}'::timestamptz[]) AS times (at);
SELECT pmr.srv_target('99.2', 'on_demand', NULL, now()) AS longest, pmr.srv_target('99.1', 'non_device', 'smets1', now()) AS microsecond,
	pmr.srv_target('4.10', 'on_demand', NULL, now()) AS zero;

--
-- All combinations, compared with a join in plain SQL
--

CREATE TABLE request AS
SELECT row_number() OVER (ORDER BY hash_us) AS id, srv, mode, generation, at, at AS answered,
	(ARRAY['any', 'IS', 'ES', 'MDR', 'XYZ', 'X Y', repeat('XYZ', 2000), 'xyz', 'unknown', '', NULL])[1 + hash_us / 1000 % 11] AS role,
	CASE WHEN hash_us % 7 = 0 OR at > '3000-01-01' THEN 'infinity'
		ELSE at + (hash_us / 7 % 200000000) * interval '1 microsecond' END AS as_of
FROM (SELECT DISTINCT srv FROM pmr.target_response_time UNION SELECT unnest('{1.1,7.1,999.9,any,"",NULL}'::text[])) AS srvs (srv),
	unnest('{on_demand,future_dated,dcc_scheduled,non_device,any,ON_DEMAND,"",NULL}'::text[]) AS modes (mode),
	unnest('{smets1,smets2,any,SMETS2,NULL}'::text[]) AS generations (generation),
	(SELECT DISTINCT valid_from + micros * interval '1 microsecond' FROM pmr.target_response_time, generate_series(-1, 1) AS micros
		UNION SELECT unnest('{NULL,infinity,4713-11-24 00:00:00+00 BC,294276-12-31 23:59:59+00}'::timestamptz[])) AS times (at),
	LATERAL (SELECT abs(hashtextextended(concat_ws('/', srv, mode, generation, at), 1) / 2) AS hash_us) AS hashed;
-- answers before, at and after the targets
UPDATE request SET answered = CASE id % 11 WHEN 0 THEN NULL WHEN 1 THEN at WHEN 2 THEN at - interval '1 s'
	WHEN 3 THEN at + interval '20 s' WHEN 4 THEN at + interval '25 s' WHEN 5 THEN at + interval '1 day'
	WHEN 6 THEN at + interval '30 s' WHEN 7 THEN at + interval '5 days' WHEN 8 THEN at + interval '10 s'
	WHEN 9 THEN at + interval '30.000001 s' END
WHERE isfinite(at) AND at < '3000-01-01';

CREATE VIEW joined AS
	SELECT r.*, found.*
	FROM request AS r,
		LATERAL (
			SELECT min(target) FILTER (WHERE form = 'request') AS target,
				min(target) FILTER (WHERE form = 'any generation') AS target_any_generation,
				min(target) FILTER (WHERE form = 'role') AS target_of_role
			FROM (
				SELECT form, CASE WHEN count(*) = count(target) AND min(target) = max(target) THEN min(target) END AS target
				FROM (
					SELECT form, user_role, CASE WHEN bool_and(known IN (0, tried)) AND sum(known) = sum(with_target) AND min(lowest) = max(highest)
						AND bool_and(known = 0 OR m <> 'non_device' OR r.mode IS NOT DISTINCT FROM 'non_device')
						THEN min(lowest) END AS target
					FROM (
						SELECT form, user_role, m, count(*) AS tried, count(row.found) AS known, count(row.target) AS with_target,
							min(row.target) AS lowest, max(row.target) AS highest
						FROM (SELECT 'request' AS form, r.generation, 'any' AS user_role
							UNION ALL SELECT 'any generation', NULL, 'any'
							UNION ALL SELECT 'role', r.generation, user_role
							FROM (SELECT nullif(r.role, '') AS user_role UNION SELECT 'any' WHERE coalesce(r.role, '') = ''
								UNION SELECT t.user_role FROM pmr.target_response_time AS t WHERE t.srv = r.srv AND coalesce(r.role, '') = '') AS roles
							WHERE user_role IS NOT NULL) AS forms,
							(VALUES ('on_demand'), ('future_dated'), ('dcc_scheduled'), ('non_device')) AS modes (m),
							(VALUES ('smets1'), ('smets2')) AS generations (g)
							LEFT JOIN LATERAL (
								SELECT t.target, true AS found FROM pmr.target_response_time AS t
								WHERE t.srv = r.srv AND t.mode = m AND t.device_generation IN (g, 'any') AND t.user_role IN (forms.user_role, 'any')
									AND t.valid_from <= r.at
								ORDER BY t.user_role = 'any', t.device_generation = 'any', t.builtin, t.valid_from DESC LIMIT 1
							) AS row ON true
						WHERE (r.mode = m OR coalesce(r.mode, '') NOT IN ('on_demand', 'future_dated', 'dcc_scheduled', 'non_device'))
							AND (forms.generation = g OR coalesce(forms.generation, '') NOT IN ('smets1', 'smets2'))
						GROUP BY form, user_role, m
					) AS by_mode
					GROUP BY form, user_role
				) AS by_role
				GROUP BY form
			) AS by_form
		) AS found;
CREATE TABLE expected AS SELECT * FROM joined;

SELECT count(*) > 50000 AS many, count(target) > 5000 AS targets, count(*) - count(target) > 5000 AS without_target,
	count(DISTINCT target) AS different,
	count(target) FILTER (WHERE mode IS NULL) > 0 AS without_mode, count(target) FILTER (WHERE generation IS NULL) > 0 AS without_generation,
	count(*) FILTER (WHERE target IS DISTINCT FROM target_any_generation) > 0 AS generation_decides,
	count(*) FILTER (WHERE target IS DISTINCT FROM target_of_role) > 500 AS role_decides,
	count(*) FILTER (WHERE role IS NULL AND target IS DISTINCT FROM target_of_role) > 50 AS unknown_role_decides,
	count(target_of_role) FILTER (WHERE role IS NULL) > 500 AS unknown_role
FROM expected;
-- the differences, of which there are none
SELECT srv, mode, generation, at, target, pmr.srv_target(srv, mode, generation, at) AS looked_up
FROM expected
WHERE pmr.srv_target(srv, mode, generation, at) IS DISTINCT FROM target
ORDER BY id LIMIT 10;
SELECT srv, mode, generation, left(role, 10) AS role, at, target_of_role, pmr.srv_target(srv, mode, generation, role, at) AS looked_up
FROM expected
WHERE pmr.srv_target(srv, mode, generation, role, at) IS DISTINCT FROM target_of_role
ORDER BY id LIMIT 10;
SET timezone = 'America/New_York';
SELECT count(*) AS different_without_zone FROM expected
WHERE pmr.srv_target(srv, mode, generation, at AT TIME ZONE 'UTC') IS DISTINCT FROM target
	OR pmr.srv_target(srv, mode, generation, role, at AT TIME ZONE 'UTC') IS DISTINCT FROM target_of_role;
SET timezone = 'UTC';
-- each call in a statement of its own
CREATE FUNCTION single(srv text, mode text, generation text, role text, at timestamptz, OUT looked_up interval, OUT of_role interval) LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE 'SELECT pmr.srv_target($1, $2, $3, $5), pmr.srv_target($1, $2, $3, $4, $5)' INTO looked_up, of_role USING srv, mode, generation, role, at;
END
$$;
SELECT count(*) > 2000 AS many, count(*) FILTER (WHERE looked_up IS DISTINCT FROM target OR of_role IS DISTINCT FROM target_of_role) AS different
FROM expected, LATERAL single(srv, mode, generation, role, at) WHERE id % 31 = 0;
-- several roles in one query, with the aggregates of given targets
SELECT count(*) AS srvs, count(*) FILTER (WHERE looked_up = plain) AS equal
FROM (
	SELECT pmr.target_counts(at, answered, pmr.srv_target(srv, mode, generation, role, at)) AS looked_up, pmr.target_counts(at, answered, target_of_role) AS plain
	FROM expected GROUP BY srv
) AS compared;
-- it is an interval of days and less than 24 hours
SELECT bool_and(extract(hour FROM target) BETWEEN 0 AND 23 AND extract(month FROM target) = 0) AS normal
FROM (SELECT pmr.srv_target(srv, mode, generation, at) AS target FROM request) AS targets;

-- the aggregates: each form, by group, in another time zone
SET timezone = 'Europe/London';
SELECT count(*) AS srvs,
	count(*) FILTER (WHERE five = joined_five AND five_pct IS NOT DISTINCT FROM joined_five_pct) AS five_arguments,
	count(*) FILTER (WHERE six = joined_six AND six_pct IS NOT DISTINCT FROM joined_six_pct) AS six_arguments,
	count(*) FILTER (WHERE four = joined_four AND four_pct IS NOT DISTINCT FROM joined_four_pct) AS four_arguments,
	count(*) FILTER (WHERE four_timestamp = joined_four AND four_timestamp_pct IS NOT DISTINCT FROM joined_four_pct) AS four_timestamps,
	count(*) FILTER (WHERE five_timestamp = joined_five AND five_timestamp_pct IS NOT DISTINCT FROM joined_five_pct) AS five_timestamps,
	count(*) FILTER (WHERE six_timestamp = joined_six AND six_timestamp_pct IS NOT DISTINCT FROM joined_six_pct) AS six_timestamps,
	sum((six).met) > 1000 AS met, sum((six).missed) > 1000 AS missed, sum((six).pending) > 1000 AS pending,
	sum((six).not_measured) > 1000 AS not_measured, sum((six).invalid) > 1000 AS invalid
FROM (
	SELECT srv, pmr.srv_target_counts(srv, mode, at, answered) AS four,
		pmr.srv_target_met(srv, mode, at, answered) AS four_pct,
		pmr.srv_target_counts(srv, mode, at, answered, generation) AS five,
		pmr.srv_target_met(srv, mode, at, answered, generation) AS five_pct,
		pmr.srv_target_counts(srv, mode, at, answered, generation, coalesce(as_of, 'infinity')) AS six,
		pmr.srv_target_met(srv, mode, at, answered, generation, coalesce(as_of, 'infinity')) AS six_pct,
		pmr.srv_target_counts(srv, mode, at AT TIME ZONE 'UTC', answered AT TIME ZONE 'UTC') AS four_timestamp,
		pmr.srv_target_met(srv, mode, at AT TIME ZONE 'UTC', answered AT TIME ZONE 'UTC') AS four_timestamp_pct,
		pmr.srv_target_counts(srv, mode, at AT TIME ZONE 'UTC', answered AT TIME ZONE 'UTC', generation) AS five_timestamp,
		pmr.srv_target_met(srv, mode, at AT TIME ZONE 'UTC', answered AT TIME ZONE 'UTC', generation) AS five_timestamp_pct,
		pmr.srv_target_counts(srv, mode, at AT TIME ZONE 'UTC', answered AT TIME ZONE 'UTC', generation,
			coalesce(as_of AT TIME ZONE 'UTC', 'infinity')) AS six_timestamp,
		pmr.srv_target_met(srv, mode, at AT TIME ZONE 'UTC', answered AT TIME ZONE 'UTC', generation,
			coalesce(as_of AT TIME ZONE 'UTC', 'infinity')) AS six_timestamp_pct,
		pmr.target_counts(at, answered, target_any_generation) AS joined_four,
		pmr.target_met(at, answered, target_any_generation) AS joined_four_pct,
		pmr.target_counts(at, answered, target) AS joined_five,
		pmr.target_met(at, answered, target) AS joined_five_pct,
		pmr.target_counts(at, answered, target, coalesce(as_of, 'infinity')) AS joined_six,
		pmr.target_met(at, answered, target, coalesce(as_of, 'infinity')) AS joined_six_pct
	FROM expected GROUP BY srv
) AS compared;
SET timezone = 'UTC';

-- a time without time zone is compared with valid_from as UTC
SET timezone = 'America/New_York';
SELECT at, pmr.srv_target_counts('8.1.1', 'on_demand', at, at + interval '10 s') AS "30 s, from 1 April 7 s",
	pmr.srv_target_counts('8.1.1', 'on_demand', at AT TIME ZONE 'UTC', (at AT TIME ZONE 'UTC') + interval '10 s') AS with_zone
FROM unnest('{2026-03-31 23:59:59.999999,2026-04-01 00:00:00}'::timestamp[]) AS times (at) GROUP BY at ORDER BY at;
SET timezone = 'UTC';

-- no rows; all arguments NULL; as_of NULL
SELECT pmr.srv_target_counts(srv, mode, at, answered), pmr.srv_target_met(srv, mode, at, answered),
	pmr.srv_target_counts(srv, mode, at, answered, generation, now()), pmr.srv_target_met(srv, mode, at, answered, generation, now())
FROM request WHERE false;
SELECT pmr.srv_target_counts(NULL, NULL, NULL::timestamptz, NULL) AS counts, pmr.srv_target_met(NULL, NULL, NULL::timestamptz, NULL) AS pct;
SELECT pmr.srv_target_counts('7.1', 'on_demand', now(), now() - interval '1 s') AS invalid_without_target;
SELECT called, err('SELECT ' || called) FROM (VALUES
	('pmr.srv_target_met(''2.2'', ''on_demand'', now(), now(), NULL, NULL::timestamptz)'),
	('pmr.srv_target_counts(NULL, NULL, NULL::timestamptz, NULL, NULL, NULL)'),
	('pmr.srv_target_met(''2.2'', ''on_demand'', localtimestamp, localtimestamp, NULL, NULL::timestamp)')
) AS calls (called);

-- windows and grouping sets
SELECT count(*) AS frames, count(*) FILTER (WHERE looked_up = joined) AS equal
FROM (
	SELECT pmr.srv_target_counts(srv, mode, at, answered, generation) OVER w AS looked_up,
		pmr.target_counts(at, answered, target) OVER w AS joined
	FROM expected WHERE id <= 2000 WINDOW w AS (ORDER BY id ROWS BETWEEN 4 PRECEDING AND CURRENT ROW)
) AS windows;
SELECT count(*) > 100 AS sets, bool_and(pmr.srv_target_counts = target_counts) AS equal
FROM (
	SELECT pmr.srv_target_counts(srv, mode, at, answered, generation), pmr.target_counts(at, answered, target)
	FROM expected GROUP BY GROUPING SETS ((srv, mode), (mode, generation), (srv), ())
) AS pmr;

DELETE FROM pmr.target_response_time WHERE source = 'test';

--
-- The table changes.  7.1 has no shipped target.  Each lookup is made three times, so
-- that it also comes from the cache, and is shown beside the result of a join
--

CREATE VIEW look AS
	SELECT string_agg(DISTINCT coalesce(pmr.srv_target('7.1', 'on_demand', 'smets2', now())::text, 'none'), ', ') AS looked_up,
		string_agg(DISTINCT coalesce((SELECT target::text FROM pmr.target_response_time
			WHERE srv = '7.1' AND mode = 'on_demand' AND call > 0), 'none'), ', ') AS plain
	FROM generate_series(1, 3) AS call;

\set change 'INSERT INTO pmr.target_response_time (srv, mode, source, target) VALUES (''7.1'', ''on_demand'', ''test'','
\set conflict ') ON CONFLICT (srv, mode, device_generation, user_role, builtin, valid_from) DO UPDATE SET target = excluded.target'

SELECT * FROM look;
BEGIN;
SELECT * FROM look;
:change '10 s' :conflict;
SELECT * FROM look;
:change '20 s' :conflict;
SELECT * FROM look;
SAVEPOINT a;
SELECT * FROM look;
:change '30 s' :conflict;
SELECT * FROM look;
ROLLBACK TO a;
SELECT * FROM look;
:change '40 s' :conflict;
RELEASE a;
SELECT * FROM look;
SAVEPOINT b;
SAVEPOINT c;
DELETE FROM pmr.target_response_time WHERE source = 'test';
SELECT * FROM look;
RELEASE c;
SELECT * FROM look;
ROLLBACK TO b;
SELECT * FROM look;
:change NULL :conflict;
SELECT * FROM look;
ROLLBACK;
SELECT * FROM look;

-- prepared statements, with custom and generic plans, in and out of transactions
PREPARE lookup(text) AS
	SELECT DISTINCT coalesce(pmr.srv_target($1, 'on_demand', 'smets2', now())::text, 'none') AS looked_up,
		coalesce((SELECT target::text FROM pmr.target_response_time WHERE srv = $1 AND mode = 'on_demand' AND call > 0), 'none') AS plain
	FROM generate_series(1, 3) AS call;
PREPARE lookup_counts(text) AS
	SELECT pmr.srv_target_counts($1, 'on_demand', start, start + interval '15 s') AS looked_up,
		pmr.target_counts(start, start + interval '15 s', (SELECT target FROM pmr.target_response_time
			WHERE srv = $1 AND mode = 'on_demand' AND start IS NOT NULL)) AS plain
	FROM (SELECT now() AS start FROM generate_series(1, 3)) AS requests;
SET plan_cache_mode = force_generic_plan;
EXECUTE lookup('7.1');
EXECUTE lookup_counts('7.1');
:change '10 s' :conflict;
EXECUTE lookup('7.1');
EXECUTE lookup_counts('7.1');
BEGIN;
:change '20 s' :conflict;
EXECUTE lookup('7.1');
EXECUTE lookup_counts('7.1');
SAVEPOINT a;
:change NULL :conflict;
EXECUTE lookup('7.1');
EXECUTE lookup_counts('7.1');
ROLLBACK TO a;
EXECUTE lookup('7.1');
EXECUTE lookup_counts('7.1');
SET LOCAL plan_cache_mode = force_custom_plan;
EXECUTE lookup('7.1');
:change '30 s' :conflict;
EXECUTE lookup('7.1');
EXECUTE lookup_counts('7.1');
ROLLBACK;
EXECUTE lookup('7.1');
EXECUTE lookup_counts('7.1');
RESET plan_cache_mode;
DEALLOCATE lookup;
DEALLOCATE lookup_counts;

-- a cursor sees what there was when it was opened
BEGIN;
DECLARE before CURSOR FOR
	SELECT call, pmr.srv_target('7.1', 'on_demand', 'smets2', now()) AS looked_up,
		(SELECT target FROM pmr.target_response_time WHERE srv = '7.1' AND mode = 'on_demand' AND call > 0) AS plain
	FROM generate_series(1, 20) AS call;
:change '20 s' :conflict;
DECLARE after CURSOR FOR
	SELECT call, pmr.srv_target('7.1', 'on_demand', 'smets2', now()) AS looked_up,
		(SELECT target FROM pmr.target_response_time WHERE srv = '7.1' AND mode = 'on_demand' AND call > 0) AS plain
	FROM generate_series(1, 20) AS call;
FETCH 3 FROM before;
FETCH 1 FROM after;
:change '30 s' :conflict;
FETCH 1 FROM before;
FETCH 3 FROM after;
SAVEPOINT a;
FETCH 1 FROM before;
FETCH 1 FROM after;
:change '40 s' :conflict;
DECLARE inside CURSOR WITH HOLD FOR
	SELECT call, pmr.srv_target('7.1', 'on_demand', 'smets2', now()) AS looked_up,
		(SELECT target FROM pmr.target_response_time WHERE srv = '7.1' AND mode = 'on_demand' AND call > 0) AS plain
	FROM generate_series(1, 5) AS call;
FETCH 2 FROM inside;
FETCH 1 FROM before;
FETCH 1 FROM after;
SELECT * FROM look;
RELEASE a;
:change '50 s' :conflict;
FETCH 1 FROM inside;
SAVEPOINT b;
DELETE FROM pmr.target_response_time WHERE source = 'test';
FETCH 1 FROM before;
FETCH 1 FROM after;
ROLLBACK TO b;
FETCH 2 FROM before;
FETCH 2 FROM after;
SELECT * FROM look;
COMMIT;
:change '60 s' :conflict;
FETCH 2 FROM inside;
CLOSE inside;

--
-- A statement does not see its own changes
--

BEGIN;
:change '10 s' :conflict;
WITH changed AS (
	UPDATE pmr.target_response_time SET target = '20 s' WHERE source = 'test' RETURNING target
)
SELECT call, changed.target AS changed, pmr.srv_target('7.1', 'on_demand', 'smets2', now()) AS looked_up,
	(SELECT target FROM pmr.target_response_time WHERE srv = '7.1' AND mode = 'on_demand' AND call > 0) AS plain
FROM changed, generate_series(1, 3) AS call;
UPDATE pmr.target_response_time AS t SET target = '30 s' WHERE source = 'test'
RETURNING target, pmr.srv_target('7.1', 'on_demand', 'smets2', now()) AS looked_up,
	(SELECT target FROM pmr.target_response_time WHERE srv = t.srv AND mode = 'on_demand') AS plain;
INSERT INTO pmr.target_response_time (srv, mode, source, target)
SELECT '7.' || number, 'on_demand', 'test', pmr.srv_target('7.' || number - 1, 'on_demand', 'smets2', now()) + interval '1 s'
FROM generate_series(2, 5) AS number
RETURNING srv, target, pmr.srv_target(srv, 'on_demand', 'smets2', now()) AS looked_up,
	(SELECT t.target FROM pmr.target_response_time AS t WHERE t.srv = target_response_time.srv) AS plain;

-- nor changes of a volatile function that it calls
CREATE FUNCTION change(seconds integer) RETURNS integer LANGUAGE sql VOLATILE AS $$
	UPDATE pmr.target_response_time SET target = seconds * interval '1 s' WHERE srv = '7.1' AND source = 'test'
	RETURNING seconds
$$;
SELECT pmr.srv_target('7.1', 'on_demand', 'smets2', now()) AS before, change(call) AS changed,
	pmr.srv_target('7.1', 'on_demand', 'smets2', now()) AS after,
	(SELECT target FROM pmr.target_response_time WHERE srv = '7.1' AND mode = 'on_demand' AND call > 0) AS plain
FROM generate_series(1, 4) AS call;
SELECT * FROM look;
ROLLBACK;

--
-- PL/pgSQL evaluates simple expressions without the executor, and keeps the memory of
-- their functions for the whole transaction
--

CREATE SEQUENCE compared;
CREATE SEQUENCE wrong;
CREATE SEQUENCE without_target;

-- volatile: each statement of it sees all earlier changes
CREATE FUNCTION compare(asked text) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
DECLARE
	looked_up interval;
	again interval;
	plain interval;
BEGIN
	looked_up := pmr.srv_target(asked, 'on_demand', 'smets2', '2026-10-01 00:00:00+00');
	again := pmr.srv_target(asked, 'on_demand', 'smets2', '2026-10-01 00:00:00+00');
	SELECT target INTO plain FROM pmr.target_response_time
	WHERE srv = asked AND mode = 'on_demand' AND source = 'test';
	PERFORM nextval('srv_target_met.compared');
	IF looked_up IS DISTINCT FROM plain OR again IS DISTINCT FROM plain THEN
		PERFORM nextval('srv_target_met.wrong');
	END IF;
	IF plain IS NULL THEN
		PERFORM nextval('srv_target_met.without_target');
	END IF;
END
$$;
-- stable: it sees what the calling statement sees
CREATE FUNCTION compare_stable(asked text) RETURNS void LANGUAGE plpgsql STABLE AS $$
DECLARE
	looked_up interval;
	plain interval;
BEGIN
	looked_up := pmr.srv_target(asked, 'on_demand', 'smets2', '2026-10-01 00:00:00+00');
	SELECT target INTO plain FROM pmr.target_response_time
	WHERE srv = asked AND mode = 'on_demand' AND source = 'test';
	PERFORM nextval('srv_target_met.compared');
	IF looked_up IS DISTINCT FROM plain THEN
		PERFORM nextval('srv_target_met.wrong');
	END IF;
END
$$;
CREATE FUNCTION set_target(changed text, seconds integer) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	IF seconds % 4 = 0 THEN
		DELETE FROM pmr.target_response_time WHERE srv = changed AND source = 'test';
	ELSE
		INSERT INTO pmr.target_response_time (srv, mode, source, target)
		VALUES (changed, 'on_demand', 'test', CASE WHEN seconds % 4 < 3 THEN seconds * interval '1 s' END)
		ON CONFLICT (srv, mode, device_generation, user_role, builtin, valid_from) DO UPDATE SET target = excluded.target;
	END IF;
END
$$;
-- the comparisons since the last report
CREATE FUNCTION report(OUT many boolean, OUT with_and_without boolean, OUT wrong bigint) LANGUAGE plpgsql AS $$
BEGIN
	SELECT c.last_value > 100, w.last_value > 10, f.last_value - (NOT f.is_called)::integer
	INTO many, with_and_without, wrong
	FROM srv_target_met.compared AS c, srv_target_met.without_target AS w, srv_target_met.wrong AS f;
	PERFORM setval('srv_target_met.compared', 1, false), setval('srv_target_met.without_target', 1, false),
		setval('srv_target_met.wrong', 1, false);
END
$$;

-- changed in a block, read, rolled back, read again
DO $$
BEGIN
	FOR turn IN 1 .. 100 LOOP
		PERFORM srv_target_met.compare('7.1');
		BEGIN
			PERFORM srv_target_met.set_target('7.1', turn);
			IF turn % 3 > 0 THEN
				PERFORM srv_target_met.compare('7.1');
			END IF;
			IF turn % 2 = 0 THEN
				RAISE division_by_zero;
			END IF;
		EXCEPTION WHEN division_by_zero THEN
			IF turn % 5 > 0 THEN
				PERFORM srv_target_met.compare('7.1');
			END IF;
		END;
		PERFORM srv_target_met.compare('7.1');
	END LOOP;
END
$$;
SELECT * FROM report();
DELETE FROM pmr.target_response_time WHERE source = 'test';

-- a random walk through nested blocks, some of which fail
CREATE PROCEDURE walk(depth integer) LANGUAGE plpgsql AS $$
DECLARE
	looked_up interval;
	plain interval;
	asked text;
BEGIN
	FOR step IN 1 .. 4 LOOP
		asked := '7.' || 1 + floor(random() * 3)::integer;
		CASE floor(random() * 5)::integer
			WHEN 0 THEN
				PERFORM srv_target_met.set_target(asked, floor(random() * 60)::integer);
			WHEN 1 THEN
				PERFORM srv_target_met.compare(asked);
			WHEN 2 THEN
				PERFORM srv_target_met.compare_stable(asked);
			ELSE
				IF depth < 5 THEN
					BEGIN
						CALL srv_target_met.walk(depth + 1);
						IF random() < 0.5 THEN
							RAISE division_by_zero;
						END IF;
					EXCEPTION WHEN division_by_zero THEN
						NULL;
					END;
				END IF;
		END CASE;
		looked_up := pmr.srv_target(asked, 'on_demand', 'smets2', '2026-10-01 00:00:00+00');
		plain := (SELECT target FROM pmr.target_response_time WHERE srv = asked AND mode = 'on_demand' AND source = 'test');
		PERFORM nextval('srv_target_met.compared');
		IF looked_up IS DISTINCT FROM plain THEN
			PERFORM nextval('srv_target_met.wrong');
		END IF;
	END LOOP;
END
$$;
SELECT setseed(0.3);
DO $$
BEGIN
	FOR turn IN 1 .. 40 LOOP
		CALL srv_target_met.walk(0);
	END LOOP;
END
$$;
SELECT * FROM report();
DELETE FROM pmr.target_response_time WHERE source = 'test';

-- with transactions that end inside a loop
CREATE PROCEDURE transactions() LANGUAGE plpgsql AS $$
DECLARE
	looked_up interval;
	plain interval;
	asked record;
BEGIN
	FOR turn IN 1 .. 60 LOOP
		PERFORM srv_target_met.set_target('7.1', turn);
		looked_up := pmr.srv_target('7.1', 'on_demand', 'smets2', '2026-10-01 00:00:00+00');
		plain := (SELECT target FROM pmr.target_response_time WHERE srv = '7.1' AND mode = 'on_demand' AND source = 'test');
		PERFORM nextval('srv_target_met.compared');
		IF looked_up IS DISTINCT FROM plain THEN
			PERFORM nextval('srv_target_met.wrong');
		END IF;
		IF turn % 3 = 0 THEN
			COMMIT;
		ELSIF turn % 3 = 1 THEN
			ROLLBACK;
		END IF;
		looked_up := pmr.srv_target('7.1', 'on_demand', 'smets2', '2026-10-01 00:00:00+00');
		plain := (SELECT target FROM pmr.target_response_time WHERE srv = '7.1' AND mode = 'on_demand' AND source = 'test');
		PERFORM nextval('srv_target_met.compared');
		IF looked_up IS DISTINCT FROM plain THEN
			PERFORM nextval('srv_target_met.wrong');
		END IF;
		PERFORM srv_target_met.compare('7.1');
	END LOOP;
	-- the cursor of the loop outlives the transactions
	FOR asked IN SELECT turn, pmr.srv_target('7.1', 'on_demand', 'smets2', '2026-10-01 00:00:00+00') AS target
		FROM generate_series(1, 30) AS turn
	LOOP
		PERFORM srv_target_met.set_target('7.1', asked.turn);
		COMMIT;
		PERFORM srv_target_met.compare('7.1');
		PERFORM srv_target_met.compare_stable('7.1');
	END LOOP;
END
$$;
CALL transactions();
SELECT * FROM report();
DELETE FROM pmr.target_response_time WHERE source = 'test';

-- inside a statement that writes the table: the functions that it calls see the
-- rows written so far
BEGIN;
INSERT INTO pmr.target_response_time (srv, mode, source, target)
SELECT '7.' || number, 'on_demand', 'test', number * interval '1 s'
FROM generate_series(1, 200) AS number,
	LATERAL (SELECT compare('7.' || greatest(number - 1, 1)), compare('7.' || number / 2), compare('7.' || number + 1)) AS called;
SELECT * FROM report();
UPDATE pmr.target_response_time SET target = target + interval '1 hour'
WHERE source = 'test' AND compare(srv) IS NOT NULL AND compare('7.1') IS NOT NULL AND compare('7.100') IS NOT NULL;
SELECT * FROM report();
CREATE FUNCTION compare_written() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	PERFORM srv_target_met.compare(new.srv), srv_target_met.compare('7.1'), srv_target_met.compare('7.201');
	RETURN new;
END
$$;
CREATE TRIGGER before_row BEFORE INSERT OR UPDATE ON pmr.target_response_time
	FOR EACH ROW EXECUTE FUNCTION compare_written();
CREATE TRIGGER after_row AFTER INSERT OR UPDATE ON pmr.target_response_time
	FOR EACH ROW EXECUTE FUNCTION compare_written();
INSERT INTO pmr.target_response_time (srv, mode, source, target)
SELECT '7.' || number, 'on_demand', 'test', number * interval '1 s' FROM generate_series(201, 300) AS number;
SELECT * FROM report();
UPDATE pmr.target_response_time SET target = target + interval '1 hour' WHERE source = 'test';
SELECT * FROM report();
ROLLBACK;

--
-- An invalid target is refused by the table, so lookups do not meet one
--

SELECT target, split_part(err(format('INSERT INTO pmr.target_response_time (srv, mode, target, source)
	VALUES (%L, ''on_demand'', %L, ''test'')', srv, target)), ':', 1) AS err
FROM (VALUES ('7.1', '106751991 days 04:00:54.775807'), ('7.2', '106751991 days 04:00:54.775808'), ('7.3', '2147483647 days'))
	AS targets (srv, target);
SELECT err('SELECT pmr.srv_target(srv, ''on_demand'', NULL, now()) FROM (VALUES (''2.2''), (''1.6'')) AS srvs (srv)');
DELETE FROM pmr.target_response_time WHERE source = 'test';
SELECT count(*) AS left_behind FROM pmr.target_response_time WHERE NOT builtin OR source = 'test';

-- days and hours of different signs are added
INSERT INTO pmr.target_response_time (srv, mode, target, source)
VALUES ('7.1', 'on_demand', '110000000 days -1000000000 hours', 'test'), ('7.2', 'on_demand', '2 days -47:59:59.5', 'test'),
	('7.3', 'on_demand', '-1 day +24:00:01', 'test');
SELECT srv, pmr.srv_target(srv, 'on_demand', NULL, now()),
	pmr.srv_target(srv, 'on_demand', NULL, now()) = (SELECT target FROM pmr.target_response_time WHERE srv = srvs.srv AND mode = 'on_demand') AS as_joined
FROM (VALUES ('7.1'), ('7.2'), ('7.3'), ('2.2')) AS srvs (srv);
DELETE FROM pmr.target_response_time WHERE source = 'test';

--
-- Without an active snapshot: a domain's CHECK after a COMMIT
--

CREATE DOMAIN known_srv AS text CHECK (value IS NULL OR pmr.srv_target(value, 'on_demand', NULL, '2026-10-01 00:00:00+00'::timestamptz) IS NOT NULL);
CREATE DOMAIN answering_code AS text CHECK (value IS NULL OR pmr.answered_at('2026-10-01 00:00:00+00'::timestamptz, value, 'on_demand') IS NOT NULL);
DO $$
DECLARE
	srv srv_target_met.known_srv;
	code srv_target_met.answering_code;
BEGIN
	FOR srv IN SELECT '2.2' UNION ALL SELECT '6.8' LOOP COMMIT; END LOOP;
	FOR code IN SELECT 'I0' UNION ALL SELECT 'E1' LOOP COMMIT; END LOOP;
END
$$;

--
-- A lookup locks the table as a join does, until the end of the transaction
--

BEGIN;
SELECT pmr.srv_target('2.2', 'on_demand', NULL, now()), pmr.answered_at(NULL::timestamptz, 'I0', 'on_demand');
SELECT relation::regclass, mode FROM pg_locks
WHERE pid = pg_backend_pid() AND relation IN ('pmr.target_response_time'::regclass, 'pmr.response_code'::regclass);
COMMIT;

--
-- Changes that only the owner can make to the tables: no crash
--

BEGIN;
ALTER TABLE pmr.target_response_time DROP CONSTRAINT target_response_time_pkey;
CREATE INDEX target_response_time_pkey ON pmr.target_response_time (srv) WHERE mode = 'future_dated';
SELECT pmr.srv_target('6.5', 'on_demand', NULL, now()) AS without_primary_key;
ROLLBACK;
BEGIN;
ALTER EXTENSION pmr_metrics DROP TABLE pmr.target_response_time;
ALTER TABLE pmr.target_response_time RENAME TO renamed;
SELECT err($$SELECT pmr.srv_target('6.5', 'on_demand', NULL, now())$$) AS renamed;
CREATE VIEW pmr.target_response_time AS SELECT * FROM pmr.renamed;
SELECT err($$SELECT pmr.srv_target('6.5', 'on_demand', NULL, now())$$) AS view;
DROP VIEW pmr.target_response_time;
CREATE TABLE pmr.target_response_time AS SELECT srv, mode, device_generation, user_role, builtin, valid_from::text, target FROM pmr.renamed;
SELECT err($$SELECT pmr.srv_target('6.5', 'on_demand', NULL, now())$$) AS type;
ALTER TABLE pmr.target_response_time DROP valid_from;
SELECT err($$SELECT pmr.srv_target('6.5', 'on_demand', NULL, now())$$) AS column;
DROP TABLE pmr.target_response_time;
CREATE TABLE pmr.target_response_time AS SELECT * FROM pmr.renamed;
INSERT INTO pmr.target_response_time (srv, mode, device_generation, user_role, builtin, valid_from, target) VALUES
	('6.5', 'on_demand', 'any', '', false, '-infinity', '1 s');
SELECT pmr.srv_target('6.5', 'on_demand', NULL, 'IS', now()) AS empty_role;
INSERT INTO pmr.target_response_time (srv, mode, device_generation, builtin, valid_from) VALUES ('6.5', 'on_demand', 'any', false, '-infinity');
SELECT err($$SELECT pmr.srv_target('6.5', 'on_demand', NULL, 'IS', now())$$) AS null_role;
ROLLBACK;

--
-- The types that PostgreSQL casts to text by itself; others must be cast
--
CREATE TYPE label AS ENUM ('6.5', 'on_demand', 'smets2', 'I0');
CREATE DOMAIN text_domain AS text;
CREATE DOMAIN varchar_domain AS varchar(20);
CREATE DOMAIN label_domain AS label;
DO $$
BEGIN
	IF EXISTS (SELECT FROM pg_available_extensions WHERE name = 'citext') THEN
		CREATE EXTENSION citext SCHEMA srv_target_met;
	ELSE
		CREATE DOMAIN citext AS text;
	END IF;
END
$$;
SELECT type, err(format('SELECT pmr.srv_target_met(%1$s, %2$s, now(), now()), pmr.srv_target_met(%1$s, %2$s, now(), now(), %3$s), pmr.srv_target_counts(%1$s, %2$s, now(), now())', srv, mode, generation)) AS srv_target_met,
	err(format('SELECT pmr.srv_target(%s, %s, %s, now())', srv, mode, generation)) AS srv_target,
	err(format('SELECT pmr.answered_at(now(), %s, %s)', code, mode)) AS answered_at, err(format('SELECT pmr.response_class(%s, %s)', code, mode)) AS response_class
FROM unnest('{text,varchar,varchar(20),char(20),name,text_domain,varchar_domain,citext,label,label_domain}'::text[]) AS type,
	LATERAL (SELECT format('''6.5''::%s', type), format('''on_demand''::%s', type), format('''smets2''::%s', type), format('''I0''::%s', type)) AS c (srv, mode, generation, code);
-- the results are those of text
SELECT DISTINCT pmr.srv_target(srv, mode, generation, '2026-10-01 00:00+00') AS target, pmr.response_class(code, mode) AS class
FROM (SELECT '6.5'::text, 'on_demand'::text, 'smets2'::text, 'I0'::text
	  UNION ALL SELECT '6.5'::label::text, 'on_demand'::label::text, 'smets2'::label::text, 'I0'::label::text) AS t (srv, mode, generation, code)
UNION SELECT pmr.srv_target('6.5'::varchar, 'on_demand'::char(20), 'smets2'::text_domain, '2026-10-01 00:00+00'), pmr.response_class('I0'::citext, 'on_demand'::name);

DROP SCHEMA srv_target_met CASCADE;
