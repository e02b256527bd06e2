-- Journeys: the aggregate journey_state, and the function journeys.
SET timezone = 'Europe/London';
SET datestyle = 'ISO';
SET client_min_messages = 'warning';
\pset null NULL
CREATE SCHEMA journey;
SET search_path = journey;

CREATE FUNCTION err(query text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE query;
	RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE || ': ' || SQLERRM;
END
$$;

--
-- Random requests and definitions, compared with an oracle in SQL
--
CREATE FUNCTION hash01(seed text) RETURNS float8 LANGUAGE sql IMMUTABLE
RETURN (hashtextextended(seed, 0) & ((1::bigint << 52) - 1)) / (1::bigint << 52)::float8;
CREATE FUNCTION pick(seed text, choices anyarray) RETURNS anyelement LANGUAGE sql IMMUTABLE AS
'SELECT choices[1 + floor(journey.hash01(seed) * array_length(choices, 1))::int]';

/*
 * Processes share SRVs, and have several models.  Times are a multiple of the
 * gaps apart, and many are equal.  Some subjects live through a clock change,
 * others through the end of a month.
 */
CREATE TABLE step AS
SELECT s.set, p AS business_process, m AS model, pick(key || 'position', '{1,2,3,7}'::int[]) AS position,
	srv, q AS qualifier, d AS device_type, hash01(key || 'required') < 0.35 AS required,
	hash01(key || 'begins') < 0.4 AS begins, hash01(key || 'begins') < 0.15 AS restarts,
	pick(s.set || p || 'gap', '{0,6 h,1 day,1 day 6 h,300 days}'::interval[]) AS gap
FROM generate_series(1, 12) AS s (set), unnest('{p,q,r}'::text[]) AS p, unnest('{m,n}'::text[]) AS m,
	unnest('{1.1.1,6.8,8.11,8.1.1}'::text[]) AS srv, unnest('{"",x}'::text[]) AS q, unnest('{"",ESME}'::text[]) AS d,
	LATERAL (SELECT concat_ws(' ', s.set, p, m, srv, q, d)) AS k (key)
WHERE hash01(key) < CASE WHEN q = '' AND d = '' THEN 0.6 ELSE 0.15 END;
DELETE FROM step AS s WHERE NOT EXISTS (SELECT FROM step AS o WHERE (o.set, o.business_process, o.model) = (s.set, s.business_process, s.model) AND o.required);
DELETE FROM step AS s WHERE NOT EXISTS (SELECT FROM step AS o WHERE (o.set, o.business_process) = (s.set, s.business_process) AND o.begins);
SELECT count(DISTINCT (set, business_process)) > 20 AS many_processes, count(*) FILTER (WHERE restarts) > 10 AS many_restarts FROM step;

CREATE TABLE request AS
SELECT subject, i, srv, qualifier, device_type, requested_at,
	pick(key || 'r', ARRAY[NULL, requested_at, requested_at + interval '3 s', requested_at + interval '3 s', requested_at + interval '4 s', requested_at + interval '5 s', requested_at + interval '6 h', requested_at - interval '1 s', 'infinity']) AS responded_at,
	pick(key || 'c', '{success,success,success,success,success,success,success,success,success,success,failed,rejected,no_response,acknowledged,unclassified,NULL}'::text[]) AS response_class,
	request_id, CASE WHEN hash01(link) < 0.2 THEN pick(link || 'id', '{1,2,3,4,5,6,7,8}'::text[]) END AS preceding_request_id
FROM generate_series(1, 800) AS subject, generate_series(1, 14) AS i, LATERAL (SELECT subject || ' ' || i) AS k (key),
	LATERAL (SELECT pick(key || 's', '{1.1.1,6.8,8.11,8.1.1,8.1.1,4.8.1,"",NULL}'::text[]) AS srv, pick(key || 'q', '{x,y,"",NULL}'::text[]) AS qualifier,
		pick(key || 'd', '{ESME,GSME,"",NULL}'::text[]) AS device_type,
		CASE WHEN hash01(key || 'n') < 0.02 THEN '-infinity' WHEN hash01(key || 'n') < 0.97 THEN pick(CASE WHEN hash01(key || 'm') < 0.9 THEN subject::text ELSE key END, '{2026-10-24 12:00+00,2026-03-28 18:00+00,2026-01-31 00:00+00}'::timestamptz[])
			+ floor(hash01(key || 't') * pick('w' || subject, '{1,6,30,90}'::int[])) * interval '6 h' END AS requested_at,
		CASE WHEN hash01(key || 'i') < 0.8 THEN pick(key || 'id', '{1,2,3,4,5,6,7,8,9,10,11,12,13,14}'::text[]) END AS request_id) AS a,
	LATERAL (SELECT subject || ' p ' || coalesce(request_id, 'row ' || i) AS link) AS l
WHERE i <= 1 + hash01('n' || subject) * 14;


-- The requests that count, each id once, in the order of a state.
CREATE FUNCTION clean() RETURNS TABLE (subject int, k bigint, i int, srv text, qualifier text, device_type text, requested_at timestamptz,
	responded_at timestamptz, class text, activity bytea, request_id text, preceding text, equal_ones bigint) LANGUAGE sql BEGIN ATOMIC
	WITH valid AS (
		SELECT r.*, CASE WHEN is_valid THEN r.responded_at END AS response_at, CASE WHEN is_valid THEN coalesce(response_class, 'unclassified') END AS class,
			int4send(length(srv)) || srv::bytea || int4send(coalesce(1 + length(qualifier), 0)) || coalesce(qualifier, '')::bytea
				|| int4send(coalesce(1 + length(device_type), 0)) || coalesce(device_type, '')::bytea AS activity
		FROM request AS r,
			LATERAL (SELECT r.responded_at >= r.requested_at AND isfinite(r.responded_at) AND response_class IS DISTINCT FROM 'acknowledged') AS v (is_valid)
		WHERE r.srv <> '' AND isfinite(r.requested_at)
	), ranked AS (
		SELECT *, dense_rank() OVER (PARTITION BY subject ORDER BY requested_at, response_at,
				array_position('{success,rejected,failed,no_response,unclassified}'::text[], class), activity) AS place
		FROM valid
	), once AS (
		SELECT DISTINCT ON (subject, coalesce(request_id, 'row ' || i)) *
		FROM ranked ORDER BY subject, coalesce(request_id, 'row ' || i), place
	)
	SELECT subject, row_number() OVER (PARTITION BY subject ORDER BY place, request_id), i, srv, qualifier, device_type, requested_at,
		response_at, class, activity, request_id, preceding_request_id, count(*) OVER (PARTITION BY subject, requested_at, activity)
	FROM once;
END;
-- The last part of that order is hashes of ids.  It must not matter here: no links where requests can be equal otherwise.
UPDATE request SET preceding_request_id = NULL WHERE subject IN (SELECT subject FROM clean() WHERE equal_ones > 1);
CREATE TABLE clean AS SELECT * FROM clean();

-- Steps of processes, and of requests.
CREATE TABLE process_step AS
SELECT set, business_process, srv, qualifier, device_type, min(gap) AS gap, min(position) AS position, bool_or(begins) AS begins, bool_or(restarts) AS restarts,
	concat_ws(' ', srv, nullif(qualifier, ''), nullif(device_type, '')) AS name,
	row_number() OVER (PARTITION BY set, business_process)::int - 1 AS bit
FROM step GROUP BY set, business_process, srv, qualifier, device_type;
CREATE TABLE model AS
SELECT set, business_process, model, bit_or(CASE WHEN required THEN 1::bigint << bit ELSE 0 END) AS required
FROM step JOIN process_step USING (set, business_process, srv, qualifier, device_type) GROUP BY set, business_process, model;
CREATE TABLE match AS
SELECT DISTINCT ON (subject, k, business_process) subject, k, s.*
FROM clean AS c JOIN process_step AS s ON s.set = 1 + subject % 12 AND s.srv = c.srv
	AND s.qualifier IN ('', c.qualifier) AND s.device_type IN ('', c.device_type)
ORDER BY subject, k, business_process, s.qualifier = '', s.device_type = '';

-- What is known at as_of, in the order in which it is taken.
CREATE TABLE event AS
SELECT as_of, subject, row_number() OVER (PARTITION BY as_of, subject ORDER BY requested_at, m.position, known.responded_at,
		array_position('{success,rejected,failed,no_response,unclassified}'::text[], known.class), activity, k)::int AS n, k, requested_at, request_id, preceding,
	known.responded_at, known.class, coalesce(known.class = 'success', false) AS ok
FROM unnest('{2026-01-20,2026-03-30 12:00+00,2026-10-26 13:00+00,infinity}'::timestamptz[]) AS as_of, clean AS c
	JOIN (SELECT subject, k, min(position) AS position FROM match GROUP BY subject, k) AS m USING (subject, k),
	LATERAL (SELECT CASE WHEN c.responded_at <= as_of THEN c.responded_at END AS responded_at, CASE WHEN c.responded_at <= as_of THEN c.class END AS class) AS known
WHERE requested_at <= as_of;
CREATE INDEX ON event (as_of, subject, n);
CREATE INDEX ON event (as_of, subject, request_id);
CREATE INDEX ON match (subject, k);
ANALYZE;

-- jn: journey of each event; the other arrays have an element for each journey.
CREATE TABLE assigned AS
WITH RECURSIVE walk AS (
	SELECT DISTINCT as_of, subject, 0 AS n, '{}'::int[] AS jn, '{}'::text[] AS process, '{}'::bigint[] AS succeeded, '{}'::boolean[] AS completed, '{}'::timestamptz[] AS last
	FROM event
	UNION ALL
	SELECT w.as_of, w.subject, e.n, jn || j, CASE WHEN j IS NULL THEN process ELSE process[:j - 1] || business_process || process[j + 1:] END,
		CASE WHEN j IS NULL THEN succeeded ELSE succeeded[:j - 1] || mask || succeeded[j + 1:] END,
		CASE WHEN j IS NULL THEN completed ELSE completed[:j - 1] || EXISTS (SELECT FROM model AS m WHERE m.set = 1 + w.subject % 12 AND m.business_process = c.business_process AND m.required & ~mask = 0) || completed[j + 1:] END,
		CASE WHEN j IS NULL THEN last ELSE last[:j - 1] || e.requested_at || last[j + 1:] END
	FROM walk AS w JOIN event AS e ON (e.as_of, e.subject, e.n) = (w.as_of, w.subject, w.n + 1)
		LEFT JOIN LATERAL (
			SELECT business_process, bit, kind, j
			FROM match AS m, LATERAL (
				SELECT 'a link' AS kind, jn[p.n] AS j FROM event AS p
				WHERE p.as_of = w.as_of AND p.subject = w.subject AND p.request_id = e.preceding AND p.n < e.n AND process[jn[p.n]] = business_process
				UNION ALL
				SELECT 'current', j FROM (SELECT max(o)::int FROM unnest(process) WITH ORDINALITY AS u (p, o) WHERE p = business_process) AS current (j)
				WHERE e.requested_at - last[j] <= gap AND (succeeded[j] >> bit & 1 = 0 OR (NOT completed[j] AND NOT restarts))
				UNION ALL
				SELECT 'new', cardinality(process) + 1 WHERE begins
			) AS candidate
			WHERE m.subject = e.subject AND m.k = e.k
			ORDER BY kind, -j, business_process COLLATE "C" LIMIT 1
		) AS c ON true,
		LATERAL (SELECT coalesce(succeeded[j], 0) | CASE WHEN ok THEN 1::bigint << bit ELSE 0 END AS mask) AS s
)
SELECT e.*, j, m.business_process, m.set, m.name, m.bit, m.gap
FROM (SELECT DISTINCT ON (as_of, subject) * FROM walk ORDER BY as_of, subject, n DESC) AS w,
	unnest(jn) WITH ORDINALITY AS u (j, n) JOIN event AS e USING (n) JOIN match AS m USING (subject, k)
WHERE (e.as_of, e.subject) = (w.as_of, w.subject) AND m.business_process = process[j];

CREATE TABLE try AS
SELECT as_of, subject, j, business_process, set, name, bit, min(n) AS first, max(n) AS last, min(n) FILTER (WHERE ok) AS first_ok,
	count(*) FILTER (WHERE n <= coalesce(ok_n, n)) AS attempts, min(responded_at) FILTER (WHERE n = ok_n) AS succeeded_at,
	(array_agg(class ORDER BY n DESC))[1] AS last_class
FROM (SELECT *, min(n) FILTER (WHERE ok) OVER (PARTITION BY as_of, subject, j, name) AS ok_n FROM assigned) AS a
GROUP BY as_of, subject, j, business_process, set, name, bit;

CREATE TABLE fit AS
SELECT DISTINCT ON (as_of, subject, j) *
FROM (
	SELECT as_of, subject, j, s.business_process, model, count(*) FILTER (WHERE required AND succeeded_at IS NULL) AS missing,
		CASE WHEN count(*) FILTER (WHERE required AND succeeded_at IS NULL) = 0 THEN max(succeeded_at) FILTER (WHERE required) END AS completed_at,
		coalesce(bool_and(attempts = 1) FILTER (WHERE required), true) AS at_once,
		coalesce(bool_and(first > before), true) AS in_order,
		(array_agg(name ORDER BY position, srv COLLATE "C", qualifier COLLATE "C", device_type COLLATE "C") FILTER (WHERE required AND succeeded_at IS NULL))[1] AS first_missing
	FROM (
		SELECT *, max(first) OVER (PARTITION BY as_of, subject, j, model ORDER BY position RANGE BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before
		FROM (SELECT DISTINCT as_of, subject, j, business_process, set FROM try) AS journey
			JOIN (SELECT set, business_process, model, srv, qualifier, device_type, required, s.position, name
				FROM step AS s JOIN process_step USING (set, business_process, srv, qualifier, device_type)) AS step USING (set, business_process)
			LEFT JOIN try USING (as_of, subject, j, business_process, set, name)
	) AS s
	GROUP BY as_of, subject, j, business_process, model
) AS f
ORDER BY as_of, subject, j, missing, completed_at, in_order DESC, model COLLATE "C";

CREATE TABLE oracle AS
SELECT as_of, subject, j, f.business_process, f.model, outcome, started_at,
	CASE outcome WHEN 'completed' THEN completed_at WHEN 'open' THEN NULL ELSE last_known_at END AS ended_at,
	CASE WHEN outcome <> 'open' THEN outcome = 'completed' AND at_once END AS right_first_time, in_order, requests, steps_tried, t.attempts, t.succeeded_at,
	CASE outcome WHEN 'failed' THEN failed.name WHEN 'abandoned' THEN first_missing END AS broke_at,
	CASE outcome WHEN 'failed' THEN failed.last_class END AS broke_response_class
FROM fit AS f
	JOIN (SELECT as_of, subject, j, gap, min(requested_at) AS started_at, max(requested_at) AS last_requested_at,
			max(coalesce(responded_at, requested_at)) AS last_known_at, count(*) AS requests
		FROM assigned GROUP BY as_of, subject, j, gap) AS a USING (as_of, subject, j)
	JOIN (SELECT as_of, subject, j, array_agg(name ORDER BY first) AS steps_tried, array_agg(attempts ORDER BY first) AS attempts,
			array_agg(succeeded_at ORDER BY first) AS succeeded_at, bool_and(succeeded_at IS NOT NULL) AS none_failed,
			j = max(j) OVER (PARTITION BY as_of, subject, business_process) AS is_current
		FROM try GROUP BY as_of, subject, j, business_process) AS t USING (as_of, subject, j)
	LEFT JOIN (SELECT DISTINCT ON (as_of, subject, j) * FROM try WHERE succeeded_at IS NULL ORDER BY as_of, subject, j, last DESC) AS failed USING (as_of, subject, j),
	LATERAL (SELECT CASE WHEN missing = 0 THEN 'completed' WHEN isfinite(as_of) AND is_current AND as_of - last_requested_at <= a.gap THEN 'open'
		WHEN NOT none_failed THEN 'failed' ELSE 'abandoned' END AS outcome) AS o;

CREATE VIEW state AS
SELECT subject, pmr.journey_state(srv, qualifier, device_type, requested_at, responded_at, response_class, request_id, preceding_request_id) AS state
FROM request GROUP BY subject;
CREATE FUNCTION definition(set int) RETURNS pmr.current_journey_step[] LANGUAGE sql STABLE
RETURN ARRAY(SELECT ROW(business_process, model, position, srv, qualifier, device_type, required, begins, restarts, gap)::pmr.current_journey_step
	FROM step AS s WHERE s.set = definition.set);
CREATE TABLE definition AS SELECT set, definition(set) AS steps FROM generate_series(1, 12) AS set;
CREATE TABLE cut AS
SELECT as_of, subject, j.ordinality::int AS j, business_process, model, outcome, started_at, ended_at, right_first_time, in_order, requests, steps_tried, attempts, succeeded_at, broke_at, broke_response_class
FROM unnest('{2026-01-20,2026-03-30 12:00+00,2026-10-26 13:00+00,infinity}'::timestamptz[]) AS as_of, state JOIN definition ON set = 1 + subject % 12,
	LATERAL pmr.journeys(state, steps, as_of) WITH ORDINALITY AS j;

SELECT outcome, count(*) > 200 AS many, count(*) FILTER (WHERE right_first_time) > 200 AS right_first_time, count(*) FILTER (WHERE NOT in_order) > 10 AS not_in_order,
	max(requests) > 3 AS long, count(DISTINCT steps_tried) > 10 AS ways, count(DISTINCT broke_response_class) AS classes
FROM oracle GROUP BY outcome ORDER BY outcome;
SELECT (SELECT count(*) FROM (TABLE cut EXCEPT ALL TABLE oracle) AS d) AS only_cut, (SELECT count(*) FROM (TABLE oracle EXCEPT ALL TABLE cut) AS d) AS only_oracle;

--
-- States: any order, any parts, any number of times
--
CREATE TABLE whole AS SELECT subject, state::text FROM state;
SELECT count(*) FILTER (WHERE state IS NULL) AS without_requests, bool_and(state = state::pmr.journey_state::text) IS TRUE AS read_again FROM whole;
SELECT seed, count(*) AS different
FROM generate_series(1, 3) AS seed, LATERAL (
	SELECT subject, pmr.journey_state(srv, qualifier, device_type, requested_at, responded_at, response_class, request_id, preceding_request_id ORDER BY hash01(concat_ws(' ', i, seed)))::text AS state
	FROM request GROUP BY subject) AS s JOIN whole USING (subject)
WHERE s.state IS DISTINCT FROM whole.state GROUP BY seed;
-- requests with ids once more, late and early ones apart, one part as text
WITH part AS (
	SELECT subject, pmr.journey_state(srv, qualifier, device_type, requested_at, responded_at, response_class, request_id, preceding_request_id)::text::pmr.journey_state AS state
	FROM request CROSS JOIN generate_series(1, 4) AS part
	WHERE i % 4 + 1 = part OR (request_id IS NOT NULL AND part < 3)
	GROUP BY subject, part)
SELECT count(*) AS different FROM (SELECT subject, pmr.journey_merge(state)::text AS state FROM part GROUP BY subject) AS m JOIN whole USING (subject)
WHERE m.state IS DISTINCT FROM whole.state;
-- workers
CREATE FUNCTION plan_has(query text, pattern text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
	line text;
BEGIN
	FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || query LOOP
		IF line ~ pattern THEN RETURN true; END IF;
	END LOOP;
	RETURN false;
END
$$;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET parallel_leader_participation = off;
SELECT plan_has('TABLE state', 'Partial HashAggregate|Partial GroupAggregate') AS parallel;
SELECT count(*) AS different FROM (SELECT subject, state::text FROM state) AS s JOIN whole USING (subject) WHERE s.state IS DISTINCT FROM whole.state;
RESET parallel_setup_cost;
RESET parallel_tuple_cost;
RESET min_parallel_table_scan_size;
RESET parallel_leader_participation;
-- as a window function, whose states are read while they grow
SELECT count(*) AS different FROM (
	SELECT DISTINCT ON (subject) * FROM (
		SELECT subject, i, pmr.journey_state(srv, qualifier, device_type, requested_at, responded_at, response_class, request_id, preceding_request_id) OVER (PARTITION BY subject ORDER BY i)::text AS state
		FROM request) AS w
	ORDER BY subject, i DESC) AS w JOIN whole USING (subject)
WHERE w.state IS DISTINCT FROM whole.state;

--
-- One rule after another
--
CREATE VIEW steps AS SELECT * FROM (VALUES
	('join', 'm', 1, '8.11', '', '', true, true, false, interval '1 day'),
	('join', 'm', 2, '8.1.1', '', '', true, false, false, '1 day'),
	('join', 'm', 3, '1.1.1', '', '', false, false, false, '1 day'),
	('move', 'm', 1, '3.2', '', '', true, true, true, '7 days'),
	('move', 'm', 2, '1.1.1', '', '', true, false, false, '7 days')
) AS s (business_process, model, position, srv, qualifier, device_type, required, begins, restarts, gap);
-- Requests as "SRV time result": result + succeeded, - failed, nothing for no answer.
CREATE FUNCTION try(requests text, as_of timestamptz DEFAULT 'infinity') RETURNS text LANGUAGE sql STABLE AS $$
	SELECT coalesce(string_agg(concat_ws(' ', business_process, outcome, CASE WHEN right_first_time THEN 'rft' END, CASE WHEN NOT in_order THEN 'out of order' END,
		steps_tried, attempts, 'of', requests, 'to', ended_at - '2026-10-24 12:00+00', 'broke at ' || broke_at), '; '), 'none')
	FROM (SELECT pmr.journey_state(r[1], NULL, NULL, at, at + interval '1 min', CASE r[3] WHEN '+' THEN 'success' WHEN '-' THEN 'failed' ELSE 'acknowledged' END, r[4], r[5]) AS state
		FROM regexp_split_to_table(requests, ', ') AS request, regexp_match(request, '^(\S+) (\S+?)([+-]?)(?: (\w+))?(?: after (\w+))?$') AS r,
			LATERAL (SELECT '2026-10-24 12:00+00'::timestamptz + r[2]::interval AS at) AS a) AS s,
		pmr.journeys(state, ARRAY(SELECT ROW(s.*)::pmr.current_journey_step FROM journey.steps AS s), as_of)
$$;
SELECT n, requests, try(requests) FROM unnest(ARRAY[
	'8.11 0h+, 8.1.1 1h+',									-- completed, each at once
	'8.11 0h+, 8.1.1 1h-, 8.1.1 2h, 8.1.1 3h+',				-- after a failure and silence
	'8.11 0h+, 8.1.1 1h+, 8.1.1 2h+',						-- completed, so not taken
	'8.11 0h+, 8.1.1 1h+, 1.1.1 2h-, 1.1.1 3h+, 1.1.1 4h+',	-- an optional step of a completed journey
	'8.11 0h+, 8.1.1 24h+', '8.11 0h+, 8.1.1 24:00:00.000001+',	-- the gap, over a clock change
	'8.1.1 0h+, 8.11 1h+', '8.11 0h+, 8.1.1 0h+',			-- before the beginning; at the same time
	'8.11 0h+, 8.11 1h+, 8.1.1 2h+',						-- no restart: repeated, which is no attempt
	'3.2 0h+, 3.2 1h+, 1.1.1 2h+', '3.2 0h-, 3.2 1h+, 1.1.1 2h+',	-- a restart; no restart
	'8.11 0h+, 3.2 1h+, 1.1.1 2h+', '3.2 0h+, 8.11 1h+, 1.1.1 2h+',	-- a shared SRV
	'8.11 0h+, 3.2 1h+, 1.1.1 50h+', '8.11 0h+ a, 3.2 1h+, 1.1.1 2h+ b after a', '8.11 0h+ a, 8.1.1 100h+ b after a',	-- links
	'8.11 0h+ a, 8.11 0h+ a, 8.1.1 1h+ b, 8.1.1 2h- b',		-- duplicates
	'8.11 0h+', '8.11 0h+, 8.1.1 1h-', '8.11 0h+, 8.1.1 1h', '4.8.1 0h+', '1.1.1 0h+'	-- abandoned, failed, silent, none
]) WITH ORDINALITY AS t (requests, n);
-- empty ids are no ids
SELECT outcome, requests, steps_tried
FROM (SELECT pmr.journey_state(srv, NULL, NULL, at, at, 'success', '', '') AS state
		FROM (VALUES ('8.11', '2026-10-24 12:00+00'::timestamptz), ('8.1.1', '2026-10-24 13:00+00'), ('8.11', '2026-10-24 14:00+00')) AS v (srv, at)) AS s,
	pmr.journeys(state, ARRAY(SELECT ROW(s.*)::pmr.current_journey_step FROM steps AS s));
SELECT as_of, try('8.11 0h+, 8.1.1 1h+', as_of) FROM unnest('{2026-10-24 11:59+00,2026-10-24 12:00+00,2026-10-24 12:01+00,2026-10-24 13:00+00,2026-10-24 13:01+00,2026-10-25 13:00+00,infinity,-infinity}'::timestamptz[]) AS as_of;
SELECT as_of, try('8.11 0h+, 8.1.1 1h-', as_of) FROM unnest('{2026-10-25 13:00+00,2026-10-25 13:00:00.000001+00}'::timestamptz[]) AS as_of;
-- of two at the same time, the first is decided by responses, as known at as_of
SELECT as_of, business_process, steps_tried
FROM (SELECT pmr.journey_state(srv, NULL, NULL, '2026-10-24 12:00+00'::timestamptz + at, '2026-10-24 12:00+00'::timestamptz + at + response_time, 'success', NULL, NULL) AS state
		FROM (VALUES ('8.11', interval '0', interval '2 min'), ('3.2', '0', '3 min'), ('1.1.1', '1 min', '5 min')) AS v (srv, at, response_time)) AS s,
	unnest('{2026-10-24 12:01+00,2026-10-24 12:02+00,infinity}'::timestamptz[]) AS as_of, pmr.journeys(state, ARRAY(SELECT ROW(s.*)::pmr.current_journey_step FROM steps AS s), as_of) AS j;
SELECT as_of, outcome FROM unnest('{294276-12-31 23:59+00,infinity}'::timestamptz[]) AS as_of,
	(SELECT pmr.journey_state('8.11', NULL, NULL, '2026-10-24', NULL, NULL, NULL, NULL) AS state) AS s,
	pmr.journeys(state, ARRAY[('p', 'm', 1, '8.11', '', '', true, true, false, interval '106751991 days')]::pmr.current_journey_step[], as_of);

--
-- Arguments
--
SELECT pmr.journey_state(srv, NULL, NULL, at, NULL, NULL, NULL, NULL) FROM (VALUES (NULL, now()), ('', now()), ('8.11', NULL), ('8.11', 'infinity'), ('8.11', '-infinity')) AS v (srv, at);
SELECT count(*) FROM pmr.journeys(NULL, '{}');
-- bytes: the same id at two times, requests that do not ascend or are repeated, and what is not text
CREATE FUNCTION read(hex text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	fault text;
BEGIN
	RETURN encode(pmr.journey_state_send(encode(decode(hex, 'hex'), 'base64')::pmr.journey_state), 'hex') = replace(hex, ' ', '');
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS fault = PG_EXCEPTION_DETAIL;
	RETURN concat_ws(': ', SQLSTATE, SQLERRM, fault);
END
$$;
SELECT read('01 02 0000080100000000000000 04382e31310000 0200080200000000000000 04382e31310000'), read('01 02 0000080100000000000000 04382e31310000 0200080100000000000000 04382e31310000'),
	read('01 02 0000080100000000000000 04382e31310000 0000080100000000000000 04382e31310000'), read('01 02 000000 04382e31310000 010000 04382e31310000'), read('01 02 000000 04382e31310000 000000 04382e31310000'),
	read('01 01 000000 01ff0000'), read('01 01 000000 01380200ff'), read('01 01 000000 013802ff00'), read('01 01 000000 01 00 00 00'), read('');
SELECT err($$SELECT pmr.journey_state('8.11', NULL, NULL, now(), now(), 'ok', NULL, NULL)$$);
CREATE FUNCTION define(VARIADIC changes text[]) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	RETURN err(format('SELECT * FROM pmr.journeys((SELECT state FROM journey.state WHERE state IS NOT NULL LIMIT 1), ARRAY[%s]::pmr.current_journey_step[])',
		(SELECT string_agg(format('(SELECT s FROM jsonb_populate_record(ROW(''p'', ''m'', 1, ''8.11'', '''', '''', true, true, false, ''1 day'')::pmr.current_journey_step, %L) AS s)', change), ', ') FROM unnest(changes) AS change)));
END
$$;
SELECT change, define(change) FROM unnest(ARRAY['{}', '{"srv": ""}', '{"srv": null}', '{"gap": null}', '{"gap": "-1 s"}', '{"gap": "1 month"}', '{"required": false}', '{"begins": false}', '{"model": null}', '{"position": null}']) AS change;
SELECT define('{}', '{}'), define('{}', '{"srv": "8.1.1", "gap": "2 days"}'), define('{}', '{"srv": "8.1.1", "model": "n", "required": false}'), define('{}', '{"business_process": "q", "begins": false}');
SELECT n, (define(VARIADIC ARRAY(SELECT format('{"srv": "1.%s"}', i) FROM generate_series(1, n) AS i))) FROM unnest('{64,65}'::int[]) AS n;
SELECT err('SELECT * FROM pmr.journeys(NULL, NULL)'), err($$SELECT * FROM pmr.journeys(NULL, '{}', NULL)$$), err($$SELECT * FROM pmr.journeys((SELECT state FROM journey.state WHERE state IS NOT NULL LIMIT 1), '{NULL}')$$);
-- columns of the view with each other's names
BEGIN;
ALTER VIEW pmr.current_journey_step RENAME position TO srv_before;
ALTER VIEW pmr.current_journey_step RENAME srv TO position;
ALTER VIEW pmr.current_journey_step RENAME srv_before TO srv;
SELECT define('{"position": "8.11", "srv": 1}');
ROLLBACK;
SELECT count(*) FROM state, pmr.journeys(state, '{}');
-- definitions that change from call to call, and calls in a SELECT list
SELECT sum(n) FROM (SELECT (SELECT count(*) FROM pmr.journeys(state, steps)) AS n FROM state JOIN definition ON set = 1 + subject % 12) AS s;
SELECT sum((j).requests) FROM (SELECT pmr.journeys(state, steps) AS j FROM state JOIN definition ON set = 1 + subject % 12) AS s;
SELECT sum(requests) FROM cut WHERE as_of = 'infinity';

-- a subject with very many requests
SELECT outcome, count(*), sum(requests) AS requests, max(ended_at) AS ended_at
FROM (SELECT pmr.journey_state((ARRAY['3.2', '1.1.1', '4.8.1'])[1 + i % 3], NULL, NULL, '2026-01-01 00:00+00'::timestamptz + i * interval '1 s', '2026-01-01 00:00:01+00'::timestamptz + i * interval '1 s',
		CASE WHEN i % 10 > 0 THEN 'success' END, i::text, (i - 1)::text) AS state FROM generate_series(300000, 1, -1) AS i) AS s,
	pmr.journeys(state, ARRAY(SELECT ROW(s.*)::pmr.current_journey_step FROM steps AS s))
GROUP BY outcome ORDER BY outcome;

-- many requests of an SRV that very many processes have: can be cancelled
CREATE TABLE busy AS SELECT pmr.journey_state('8.11', NULL, NULL, '2026-01-01 00:00+00'::timestamptz + i * interval '1 s', NULL, NULL, NULL, NULL) AS state FROM generate_series(1, 50000) AS i;
SELECT clock_timestamp() AS began \gset
SET statement_timeout = '1 s';
SELECT count(*) FROM busy, pmr.journeys(state, ARRAY(SELECT ROW('p' || i, 'm', 1, '8.11', '', '', true, true, false, interval '1 day')::pmr.current_journey_step FROM generate_series(1, 20000) AS i));
RESET statement_timeout;
SELECT clock_timestamp() - :'began' < interval '10 s' AS cancelled_soon;

-- shipped definitions are valid
SELECT count(*) FROM pmr.journeys((SELECT state FROM state WHERE state IS NOT NULL LIMIT 1), ARRAY(SELECT s FROM pmr.current_journey_step AS s)) AS j WHERE outcome IS NULL;

DROP SCHEMA journey CASCADE;
