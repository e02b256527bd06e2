-- REFRESH MATERIALIZED VIEW CONCURRENTLY rewrites the rows of groups that have
-- changed and no others, whatever the plan.
SET timezone = 'UTC';
SET datestyle = 'ISO';
SET intervalstyle = 'postgres';
SET client_min_messages = 'warning';
\pset null NULL
CREATE SCHEMA matview;
SET search_path = matview;

-- Some Parties, SRVs and times are missing; some requests are answered before they
-- were sent, or never; one group has more distinct times than a sketch stores
-- exactly.
CREATE TABLE audit AS
	SELECT i AS id, (ARRAY['ACME', 'BETA', 'GAMMA', NULL])[1 + i % 4] AS party, (ARRAY['1.1.1', '2.2', '4.8.1', '7.1', NULL])[1 + i % 5] AS srv,
		(ARRAY['on_demand', 'future_dated', NULL])[1 + i % 3] AS mode, (ARRAY['smets1', 'smets2', NULL])[1 + i % 3] AS device_generation,
		r.requested_at, r.requested_at + r.rtt AS responded_at, (ARRAY['I0', 'I0', 'I0', 'E21', 'E5', NULL])[1 + i % 6] AS response_code
	FROM generate_series(1, 6000) AS i,
		LATERAL (SELECT CASE WHEN i % 601 <> 0 THEN '2024-01-01 00:00+00'::timestamptz + i * interval '7 min' END,
				 CASE WHEN i % 11 <> 0 THEN (hashint8extended(i, 1) % 90000 + 85000) * interval '1 ms' END) AS r (requested_at, rtt);
INSERT INTO audit
	SELECT i, 'LARGE', '2.2', 'on_demand', 'smets2', '2024-01-01 12:00+00', '2024-01-01 12:00+00'::timestamptz + (i * 7919 % 100003) * interval '0.777777 ms', 'I0'
	FROM generate_series(6001, 12000) AS i;
-- without statistics the planner expects a group for each row, and no gain from workers
CREATE STATISTICS audit_group (ndistinct)
	ON (coalesce(party, '')), (coalesce(srv, '')), (coalesce((requested_at AT TIME ZONE 'UTC')::date, '-infinity')) FROM audit;
ANALYZE audit;

-- the view of doc/schedule.md, and a view with floating-point columns
CREATE MATERIALIZED VIEW srv_day AS
SELECT coalesce(party, '') AS party,
       coalesce(srv, '')   AS srv,
       coalesce((requested_at AT TIME ZONE 'UTC')::date, '-infinity') AS day,
       count(*)            AS requests,
       (pmr.srv_target_counts(srv, mode, requested_at, answered_at, device_generation, now())).*,
       pmr.rtt_sketch(requested_at, answered_at) FILTER (WHERE answered_at >= requested_at) AS rtt
FROM   (SELECT *, pmr.answered_at(responded_at, response_code, mode) AS answered_at
        FROM audit) AS sr
GROUP  BY 1, 2, 3;
CREATE UNIQUE INDEX ON srv_day (party, srv, day);
CREATE MATERIALIZED VIEW srv_day_pct AS
	SELECT coalesce(party, '') AS party, coalesce(srv, '') AS srv, coalesce((requested_at AT TIME ZONE 'UTC')::date, '-infinity') AS day,
		pmr.srv_target_met(srv, mode, requested_at, answered_at, device_generation) AS target_met_pct,
		pmr.rtt_mean(pmr.rtt_sketch(requested_at, answered_at) FILTER (WHERE answered_at >= requested_at)) AS mean_s,
		pmr.rtt_percentiles(pmr.rtt_sketch(requested_at, answered_at) FILTER (WHERE answered_at >= requested_at), '{0.5,0.95,0.99}') AS percentiles_s,
		pmr.rtt_within_pct(pmr.rtt_sketch(requested_at, answered_at) FILTER (WHERE answered_at >= requested_at), '30 s') AS within_pct,
		pmr.rtt_percentiles(requested_at, answered_at, '{0.5,0.9}') FILTER (WHERE answered_at >= requested_at) AS p50_p90_s,
		pmr.rtt_percentile(requested_at, answered_at, 0.9) FILTER (WHERE answered_at >= requested_at) AS p90_s
	FROM (SELECT *, pmr.answered_at(responded_at, response_code, mode) AS answered_at FROM audit) AS sr
	GROUP BY 1, 2, 3;
CREATE UNIQUE INDEX ON srv_day_pct (party, srv, day);

-- the view counts every request, and every outcome occurs
SELECT (SELECT count(*) FROM audit) AS audit, count(*) AS rows, sum(requests) AS requests, sum(met) > 0 AS met, sum(missed) > 0 AS missed,
	sum(pending) AS pending, sum(not_measured) > 0 AS not_measured, sum(invalid) > 0 AS invalid, sum(met + missed + pending + not_measured + invalid) AS counted,
	count(*) FILTER (WHERE party = '') > 0 AS no_party, count(*) FILTER (WHERE srv = '') > 0 AS no_srv, count(*) FILTER (WHERE day = '-infinity') > 0 AS no_time,
	count(*) FILTER (WHERE rtt IS NULL) > 0 AS no_rtt, count(*) FILTER (WHERE pmr.rtt_error_bound(rtt) > 0) AS lowered
FROM srv_day;

-- Refreshes both views; returns the number of rows of each, and how many were
-- written and removed.
CREATE TABLE stored (view text, party text, srv text, day date, place tid, written_by text);
CREATE VIEW storage AS
	SELECT 'srv_day' AS view, party, srv, day, ctid AS place, xmin::text AS written_by FROM srv_day
	UNION ALL
	SELECT 'srv_day_pct', party, srv, day, ctid, xmin::text FROM srv_day_pct;
CREATE FUNCTION refresh(OUT rows bigint, OUT written bigint, OUT gone bigint, OUT rows_pct bigint, OUT written_pct bigint, OUT gone_pct bigint) LANGUAGE plpgsql AS $$
BEGIN
	TRUNCATE stored;
	INSERT INTO stored SELECT * FROM storage;
	REFRESH MATERIALIZED VIEW CONCURRENTLY srv_day;
	REFRESH MATERIALIZED VIEW CONCURRENTLY srv_day_pct;
	SELECT count(*) FILTER (WHERE n.view = 'srv_day'), count(*) FILTER (WHERE n.view = 'srv_day' AND s.view IS NULL),
		count(*) FILTER (WHERE s.view = 'srv_day' AND n.view IS NULL),
		count(*) FILTER (WHERE n.view = 'srv_day_pct'), count(*) FILTER (WHERE n.view = 'srv_day_pct' AND s.view IS NULL),
		count(*) FILTER (WHERE s.view = 'srv_day_pct' AND n.view IS NULL)
	INTO rows, written, gone, rows_pct, written_pct, gone_pct
	FROM storage AS n FULL JOIN stored AS s USING (view, party, srv, day, place, written_by);
END
$$;

-- no change
SELECT * FROM refresh();

-- another plan, no change: sorted groups
SET enable_hashagg = off;
SELECT * FROM refresh();
RESET enable_hashagg;

-- workers
CREATE FUNCTION is_parallel(query text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
	plan jsonb;
BEGIN
	EXECUTE 'EXPLAIN (FORMAT JSON, COSTS OFF) ' || query INTO plan;
	RETURN jsonb_path_exists(plan, 'strict $.** ? (@."Node Type" == "Gather" || @."Node Type" == "Gather Merge")')
		AND jsonb_path_exists(plan, 'strict $.** ? (@."Partial Mode" == "Partial")');
END
$$;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET max_parallel_workers_per_gather = 3;
ALTER TABLE audit SET (parallel_workers = 3);
SELECT is_parallel(pg_get_viewdef('srv_day'::regclass)) AS counts, is_parallel(pg_get_viewdef('srv_day_pct'::regclass)) AS percentages;
SELECT * FROM refresh();
SET enable_hashagg = off;
SELECT * FROM refresh();
RESET enable_hashagg;
SET parallel_leader_participation = off;
SELECT * FROM refresh();
RESET parallel_leader_participation;

-- rows in another order, with workers and without
CREATE TABLE others AS SELECT * FROM audit ORDER BY hashint8extended(id, 2);
TRUNCATE audit;
INSERT INTO audit SELECT * FROM others;
SELECT * FROM refresh();
RESET max_parallel_workers_per_gather;
RESET parallel_setup_cost;
RESET parallel_tuple_cost;
RESET min_parallel_table_scan_size;
ALTER TABLE audit RESET (parallel_workers);
SELECT is_parallel(pg_get_viewdef('srv_day'::regclass)) AS counts, is_parallel(pg_get_viewdef('srv_day_pct'::regclass)) AS percentages;
SELECT * FROM refresh();

-- other settings of the session
SET timezone = 'Pacific/Auckland';
SET datestyle = 'German';
SET intervalstyle = 'sql_standard';
SET extra_float_digits = -15;
SELECT * FROM refresh();
SET timezone = 'UTC';
SET datestyle = 'ISO';
SET intervalstyle = 'postgres';
RESET extra_float_digits;

-- a late response: one row is written, that of its group
SELECT min(id) AS late FROM audit WHERE responded_at IS NULL AND party = 'ACME' AND response_code = 'I0' AND srv IS NOT NULL AND requested_at IS NOT NULL \gset
UPDATE audit SET responded_at = requested_at + interval '3 days' WHERE id = :late;
SELECT * FROM refresh();
SELECT count(*), bool_and((party, srv, day) = (SELECT a.party, a.srv, a.requested_at::date FROM audit AS a WHERE a.id = :late)) AS of_its_group
FROM (SELECT * FROM storage EXCEPT SELECT * FROM stored) AS written;
-- the same in the group whose sketch is not exact, and for a missing Party
UPDATE audit SET responded_at = responded_at + interval '1 us' WHERE id = 7000;
SELECT * FROM refresh();
SELECT min(id) AS late FROM audit WHERE party IS NULL AND response_code = 'I0' AND responded_at > requested_at AND srv IS NOT NULL \gset
UPDATE audit SET responded_at = responded_at + interval '1 day' WHERE id = :late;
SELECT * FROM refresh();
-- rows that are updated to the same values
UPDATE audit SET responded_at = responded_at WHERE party = 'BETA';
SELECT * FROM refresh();
-- a new group appears, and disappears
INSERT INTO audit VALUES (0, 'NEW', '2.2', 'on_demand', 'smets2', '2024-01-01 00:00+00', '2024-01-01 00:00:30+00', 'I0');
SELECT * FROM refresh();
DELETE FROM audit WHERE id = 0;
SELECT * FROM refresh();

-- a changed target rewrites only those rows of its SRV that it affects
INSERT INTO pmr.target_response_time (srv, mode, target, source) VALUES ('2.2', 'on_demand', '1 us', 'test');
SELECT written > 0 AND written = gone AS some, written < rows AS not_all, written_pct BETWEEN 1 AND written AS percentages FROM refresh();
SELECT DISTINCT srv FROM (SELECT * FROM storage EXCEPT SELECT * FROM stored) AS written ORDER BY srv;
DELETE FROM pmr.target_response_time WHERE source = 'test';
SELECT written > 0 AND written = gone AS some FROM refresh();

-- both views equal the result of a full refresh
CREATE VIEW content AS SELECT to_jsonb(s)::text AS content FROM srv_day AS s UNION ALL SELECT to_jsonb(p)::text FROM srv_day_pct AS p;
CREATE TABLE refreshed AS SELECT * FROM content;
REFRESH MATERIALIZED VIEW srv_day;
REFRESH MATERIALIZED VIEW srv_day_pct;
SELECT (SELECT count(*) FROM (SELECT * FROM content EXCEPT ALL SELECT * FROM refreshed) AS d) AS missing,
	(SELECT count(*) FROM (SELECT * FROM refreshed EXCEPT ALL SELECT * FROM content) AS d) AS surplus;

-- merged sketches agree with the audit table
SELECT count(*) AS parties, count(*) FILTER (WHERE pmr.rtt_error_bound(v.rtt) = 0) AS exact,
	bool_and(v.requests = a.requests) AS requests, bool_and(v.answered = a.answered) AS answered,
	bool_and(abs(v.p95_s - a.p95_s) <= a.p95_s * pmr.rtt_error_bound(v.rtt) / 100) AS p95, bool_and(v.target_met_pct IS NOT DISTINCT FROM a.target_met_pct) AS target_met
FROM (SELECT party, sum(requests) AS requests, pmr.rtt_merge(rtt) AS rtt, pmr.rtt_count(pmr.rtt_merge(rtt)) AS answered, pmr.rtt_percentile(pmr.rtt_merge(rtt), 0.95) AS p95_s,
		  100.0::double precision * sum(met)::bigint / nullif(sum(met) + sum(missed), 0)::bigint AS target_met_pct
	  FROM srv_day GROUP BY party) AS v
	JOIN (SELECT coalesce(party, '') AS party, count(*) AS requests, count(*) FILTER (WHERE answered_at >= requested_at) AS answered,
			  percentile_disc(0.95) WITHIN GROUP (ORDER BY extract(epoch FROM answered_at - requested_at)) FILTER (WHERE answered_at >= requested_at)::double precision AS p95_s,
			  pmr.srv_target_met(srv, mode, requested_at, answered_at, device_generation, now()) AS target_met_pct
		  FROM (SELECT *, pmr.answered_at(responded_at, response_code, mode) AS answered_at FROM audit) AS sr
		  GROUP BY 1) AS a USING (party);

-- without coalesce(), each refresh rewrites the rows with a NULL key
CREATE MATERIALIZED VIEW nulls AS
	SELECT party, srv, pmr.rtt_sketch(requested_at, responded_at) FILTER (WHERE responded_at >= requested_at) AS rtt FROM audit GROUP BY party, srv;
CREATE UNIQUE INDEX ON nulls (party, srv);
CREATE TEMPORARY TABLE nulls_stored AS SELECT party, srv, ctid AS place, xmin::text AS written_by FROM nulls;
REFRESH MATERIALIZED VIEW CONCURRENTLY nulls;
SELECT n.party IS NULL OR n.srv IS NULL AS key_is_null, count(*) AS rows,
	count(*) FILTER (WHERE NOT EXISTS (SELECT FROM nulls_stored AS s WHERE (s.place, s.written_by) = (n.ctid, n.xmin::text))) AS written
FROM nulls AS n
GROUP BY 1
ORDER BY 1;

RESET search_path;
DROP SCHEMA matview CASCADE;
