-- An audit table of October and November 2025, up to 20 November, as the source audited;
-- and judged: each request that counts, with outcomes computed by plain SQL.
SET timezone = 'Europe/London';
SET datestyle = 'ISO';
SET client_min_messages = 'warning';
CREATE FUNCTION random_of(i bigint, what integer, n integer) RETURNS integer LANGUAGE sql IMMUTABLE
	RETURN (hashint8extended(i, what) & 2147483647) % n;
CREATE FUNCTION err(query text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE query;
	RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE || ': ' || SQLERRM;
END
$$;

-- on every fifth day more are late; some are answered before they started, and some have no start
CREATE TABLE audit AS
SELECT ('{A,A,A,B,C,NULL}'::text[])[1 + random_of(i, 1, 6)] AS party, srv, m.mode, requested_at, d.due_at,
	CASE WHEN random_of(i, 4, 12) > 0 THEN
		CASE WHEN random_of(i, 14, 200) = 0 THEN requested_at - interval '1 s'
			ELSE coalesce(d.due_at, requested_at) + (random_of(i, 5, 40000) + CASE WHEN extract(day FROM requested_at)::integer % 5 = 0 AND random_of(i, 7, 3) = 0 THEN 30000 ELSE 0 END) * interval '1 ms' END
		END AS responded_at,
	CASE WHEN random_of(i, 4, 12) > 0 THEN ('{I0,I0,I0,I0,E1,E20,X9}'::text[])[1 + random_of(i, 8, 7)] END AS response_code,
	('{smets1,smets2,smets2,NULL}'::text[])[1 + random_of(i, 15, 4)] AS device_generation,
	CASE WHEN srv IN ('6.15.2', '2.2') THEN ('{digital_signature,key_agreement,positive_value,other,NULL}'::text[])[1 + random_of(i, 9, 5)] END AS qualifier,
	CASE WHEN srv = '1.1.1' THEN ('{change_of_tenancy,nothing,NULL,NULL}'::text[])[1 + random_of(i, 10, 4)] END AS business_process,
	CASE WHEN random_of(i, 16, 50) = 0 THEN 4 END AS command_variant,
	CASE WHEN random_of(i, 4, 12) = 0 AND random_of(i, 17, 8) = 0 THEN requested_at END AS cancelled_at,
	('{f1,f2,NULL}'::text[])[1 + random_of(i, 11, 3)] AS firmware, 'R-' || i AS request_id
FROM (SELECT i::bigint, ('{1.1.1,4.1.1,4.6.2,8.14.1,6.15.2,2.2,7.1}'::text[])[1 + random_of(i, 2, 7)] AS srv,
		'2025-10-01 00:00 Europe/London'::timestamptz + random_of(i, 13, 50 * 86400 + 38000) * interval '1 s' AS requested_at
	FROM generate_series(1, 12000) AS i) AS r,
	LATERAL (SELECT CASE srv WHEN '8.14.1' THEN 'non_device' WHEN '4.6.2' THEN ('{on_demand,dcc_scheduled,NULL}'::text[])[1 + random_of(i, 3, 3)] ELSE 'on_demand' END AS mode) AS m,
	LATERAL (SELECT CASE WHEN m.mode = 'dcc_scheduled' AND random_of(i, 18, 9) > 0 THEN requested_at + interval '1 h' END AS due_at) AS d;
SELECT pmr.add_source('audited', 'audit', '{firmware}', 'Europe/London');
\set as_of '2025-11-20 10:00 Europe/London'
SELECT m, pmr.refresh_month(pmr.requesting_role(), 'audited', m, :'as_of') FROM unnest('{2025-10-01,2025-11-01}'::date[]) AS m;

CREATE TABLE judged AS
SELECT o.*, CASE WHEN outcome IN ('met', 'missed', 'not_measured') THEN CASE WHEN rtt_s IS NOT NULL THEN 'answered' ELSE 'unanswered' END END AS decided
FROM (SELECT *, CASE WHEN rtt_s < 0 THEN 'invalid' WHEN started_at IS NULL OR target_s IS NULL THEN 'not_measured'
			WHEN :'as_of'::timestamptz <= started_at + target_s * interval '1 s' THEN 'pending' WHEN rtt_s <= target_s THEN 'met' ELSE 'missed' END AS outcome
	FROM (SELECT *, extract(epoch FROM answered_at - coalesce(started_at, requested_at))::float8 AS rtt_s
		FROM (SELECT coalesce(party, '') AS party, srv, coalesce(mode, 'unknown') AS mode, coalesce(device_generation, 'unknown') AS device_generation,
				coalesce(qualifier, '') AS qualifier, coalesce(business_process, '') AS business_process, coalesce(firmware, '') AS firmware, request_id, requested_at,
				requested_at::date AS day, date_trunc('month', requested_at)::date AS month,
				CASE WHEN mode = 'dcc_scheduled' AND response_code = 'E1' AND responded_at < due_at THEN requested_at WHEN mode = 'dcc_scheduled' OR mode IS NULL AND due_at IS NOT NULL THEN due_at ELSE requested_at END AS started_at,
				CASE WHEN responded_at <= :'as_of' AND response_code <> 'E20' THEN responded_at END AS answered_at,
				CASE WHEN responded_at <= :'as_of' THEN CASE response_code WHEN 'I0' THEN 'success' WHEN 'E1' THEN 'rejected' WHEN 'E20' THEN 'no_response' ELSE 'unclassified' END END AS class,
				CASE WHEN srv = '7.1' OR mode IS NULL THEN NULL WHEN srv = '4.1.1' THEN CASE device_generation WHEN 'smets1' THEN 16 WHEN 'smets2' THEN 30 END
					WHEN mode = 'dcc_scheduled' THEN 86400 ELSE 30 END AS target_s
			FROM audit
			WHERE command_variant IS NULL AND cancelled_at IS NULL) AS c) AS t) AS o;
-- the oracle counts what the reports count
SELECT count(*) AS rows, count(DISTINCT j.outcome) AS outcomes FROM judged AS j;
SELECT count(*) AS rows, count(*) FILTER (WHERE p IS DISTINCT FROM j) AS wrong
FROM (SELECT party, month, srv, mode, requests, met, missed, pending, not_measured, invalid, answered, success FROM pmr.party_performance WHERE source = 'audited') AS p
	FULL JOIN (SELECT party, month, srv, mode, count(*) AS requests, count(*) FILTER (WHERE outcome = 'met') AS met, count(*) FILTER (WHERE outcome = 'missed') AS missed,
		count(*) FILTER (WHERE outcome = 'pending') AS pending, count(*) FILTER (WHERE outcome = 'not_measured') AS not_measured, count(*) FILTER (WHERE outcome = 'invalid') AS invalid,
		count(*) FILTER (WHERE decided = 'answered') AS answered, count(*) FILTER (WHERE decided = 'answered' AND class = 'success') AS success FROM judged GROUP BY party, month, srv, mode) AS j USING (party, month, srv, mode);
