-- Comparison with other Parties: each figure equals plain SQL over the requests
-- behind the rollup, for a role that sees one Party and for one that can see all
-- Parties.
SET timezone = 'UTC';
SET intervalstyle = 'postgres';
SET datestyle = 'ISO, YMD';
SET client_min_messages = 'warning';
\pset null NULL
CREATE SCHEMA comparison;
SET search_path = comparison;
CREATE ROLE regress_comparison_p01;
GRANT USAGE ON SCHEMA comparison TO regress_comparison_p01;

CREATE FUNCTION err(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	detail text;
	hint text;
BEGIN
	EXECUTE query;
	RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
	RETURN concat_ws(E'\n', SQLSTATE || ': ' || SQLERRM, nullif(detail, ''), nullif(hint, ''));
END
$$;

-- a number from 0 to n - 1, always the same for the same words
CREATE FUNCTION pick(n integer, VARIADIC words text[]) RETURNS integer LANGUAGE sql IMMUTABLE AS $$
	SELECT ((hashtextextended(words::text, 42) % n + n) % n)::integer
$$;

--
-- Requests of 16 Parties in 14 supplier groups, and requests without a Party
--

INSERT INTO pmr.party (party, name, supplier_group, category)
SELECT 'P' || to_char(i, 'FM00'), 'Party ' || i,
	CASE WHEN i IN (1, 2) THEN 'One' WHEN i IN (3, 4) THEN 'Three' ELSE 'Group ' || i END,
	CASE WHEN i <= 9 THEN 'Large Supplier' ELSE 'Small Supplier' END
FROM generate_series(1, 15) AS i;

CREATE TABLE request AS
SELECT party, srv, mode, device_generation, qualifier, day, region, firmware,
	pick(1000, 'miss', n::text) >= CASE region WHEN 'North' THEN 200 ELSE 20 END
		+ CASE WHEN firmware = 'fw-bad' THEN 150 ELSE 0 END
		+ CASE WHEN firmware = 'fw-mine' AND party = 'P01' THEN 250 ELSE 0 END AS met,
	0.5 + pick(400, 'rtt', n::text) / 20.0 AS rtt_s
FROM (
	SELECT n, party, CASE WHEN pick(4, 's', n::text) = 0 THEN '6.15.1' ELSE '4.1.1' END AS srv, 'on_demand' AS mode,
		CASE WHEN pick(4, 's', n::text) > 0 AND pick(3, 'g', n::text) = 0 THEN 'smets1' ELSE 'smets2' END AS device_generation,
		CASE WHEN pick(4, 's', n::text) = 0 AND pick(2, 'q', n::text) = 0 THEN 'supplier' ELSE '' END AS qualifier,
		date '2026-10-01' + pick(31, 'd', n::text) AS day,
		-- P01 works mostly in the North, where all miss more targets
		CASE WHEN pick(10, 'r', n::text) < CASE party WHEN 'P01' THEN 8 ELSE 2 END THEN 'North' ELSE 'South' END AS region,
		(ARRAY['fw-1', 'fw-2', 'fw-bad', 'fw-mine'])[1 + pick(4, 'f', n::text)] AS firmware
	FROM (SELECT n, CASE WHEN n <= 2500 THEN 'P01' WHEN n % 17 = 0 THEN '' ELSE 'P' || to_char(1 + n % 17 % 16, 'FM00') END AS party
		  FROM generate_series(1, 42500) AS n) AS p
) AS r;

CREATE PROCEDURE roll_up(source text, as_of timestamptz) LANGUAGE sql AS $$
	DELETE FROM pmr.rollup_stratum AS r WHERE r.source = roll_up.source;
	DELETE FROM pmr.rollup_month AS r WHERE r.source = roll_up.source;
	INSERT INTO pmr.rollup_stratum
	SELECT roll_up.source, '2026-10-01', party, srv, mode, device_generation, 'any', qualifier, '', 30, 'assumed', 1,
		pmr.rollup_state(day, CASE WHEN met THEN 'met' ELSE 'missed' END, 'success', day, day + rtt_s * interval '1 s', ARRAY[region, firmware])
	FROM request
	GROUP BY party, srv, mode, device_generation, qualifier;
	INSERT INTO pmr.rollup_month (source, month, as_of, settled, refreshed_at, refreshed_by, rows_read, requests, no_party, no_srv, unknown_srv, unknown_mode, unknown_generation, unclassified, negative, success_known, parties, factors)
	SELECT roll_up.source, '2026-10-01', roll_up.as_of, roll_up.as_of >= '2026-12-06', now(), current_user,
		count(*), count(*), 0, 0, 0, 0, 0, 0, 0, true, array_agg(DISTINCT party), '{region,firmware}'
	FROM request;
	SELECT pmr.store_figures(roll_up.source, '2026-10-01');
$$;

--
-- Which months can be published
--

SELECT err($$CALL pmr.publish('c', '2026-10-01')$$);
INSERT INTO pmr.source (source, relation, factors, region_factor) VALUES ('c', 'comparison.request', '{region,firmware}', 'region');
SELECT err($$CALL pmr.publish('c', '2026-10-01')$$);
SELECT err($$CALL pmr.publish('c', '2026-10-31')$$);
SELECT err($$CALL pmr.publish('c', NULL)$$);
SELECT err($$CALL pmr.publish('c', 'infinity')$$);
CALL roll_up('c', '2026-11-10');
SELECT err($$CALL pmr.publish('c', '2026-10-01')$$);
CALL roll_up('c', '2026-12-10');
UPDATE pmr.rollup_stratum AS s
SET state = (SELECT pmr.rollup_merge(p) FROM (VALUES (s.state), ((SELECT pmr.rollup_state('2026-10-31', 'pending', NULL, '2026-10-31', NULL, '{South,fw-1}')))) AS v (p))
WHERE source = 'c' AND party = 'P05' AND srv = '4.1.1' AND device_generation = 'smets1';
-- no figure counts pending requests
SET client_min_messages = 'notice';
CALL pmr.publish('c', '2026-10-01');
SET client_min_messages = 'warning';
SELECT pmr.withdraw('c', '2026-10-01');
CALL roll_up('c', '2026-12-10');
UPDATE pmr.source SET region_factor = NULL, factors = '{region,firmware,model}' WHERE source = 'c';
UPDATE pmr.source SET region_factor = 'model' WHERE source = 'c';
SELECT err($$CALL pmr.publish('c', '2026-10-01')$$);
UPDATE pmr.source SET region_factor = 'region', factors = '{region,firmware}' WHERE source = 'c';
SELECT err($$SELECT pmr.withdraw('c', '2026-10-01')$$);
CALL pmr.publish('c', '2026-10-01');
SELECT err($$CALL pmr.publish('c', '2026-10-01')$$);
SELECT source, month, as_of, min_groups, min_group_requests, max_share_pct, max_share_of_two_pct, min_groups_ranked, region_factor, assumed_targets
FROM pmr.publication;

--
-- The oracle: "others" are the Parties of other supplier groups; requests without a Party are left out
--

CREATE TABLE member AS
	SELECT p.party, coalesce(m.supplier_group, p.party) AS supplier_group, m.category
	FROM (SELECT DISTINCT party FROM request WHERE party <> '') AS p LEFT JOIN pmr.party AS m USING (party);
CREATE TABLE known AS SELECT r.*, m.supplier_group, m.category FROM request AS r JOIN member AS m USING (party);

CREATE TABLE oracle_rate AS
	WITH own AS (
		SELECT party, srv, mode, round(100.0 * count(*) FILTER (WHERE met) / count(*), 2)::float8 AS own_met_pct FROM known GROUP BY party, srv, mode
	), others AS (
		SELECT p.party, o.srv, o.mode,
			round(100.0 * count(*) FILTER (WHERE o.met AND o.category = p.category) / nullif(count(*) FILTER (WHERE o.category = p.category), 0), 1)::float8 AS category_met_pct,
			round(100.0 * count(*) FILTER (WHERE o.met) / count(*), 1)::float8 AS industry_met_pct,
			percentile_disc(0.5) WITHIN GROUP (ORDER BY rtt_s) AS p50_s, percentile_disc(0.95) WITHIN GROUP (ORDER BY rtt_s) AS p95_s
		FROM member AS p JOIN known AS o ON o.supplier_group <> p.supplier_group
		GROUP BY p.party, p.category, o.srv, o.mode
	)
	SELECT *, round(p50_s, CASE WHEN p50_s < 10 THEN 1 ELSE 0 END)::float8 AS others_p50_s, round(p95_s, CASE WHEN p95_s < 10 THEN 1 ELSE 0 END)::float8 AS others_p95_s
	FROM own JOIN others USING (party, srv, mode);

CREATE TABLE oracle_mix AS
	WITH stratum AS (
		SELECT p.party, o.srv, o.mode, o.device_generation, o.qualifier, o.region,
			count(*) FILTER (WHERE o.party = p.party) AS n, count(*) FILTER (WHERE o.party = p.party AND NOT met) AS m,
			1 - round(1.0 * count(*) FILTER (WHERE o.supplier_group <> p.supplier_group AND met) / nullif(count(*) FILTER (WHERE o.supplier_group <> p.supplier_group), 0), 3) AS q
		FROM member AS p CROSS JOIN known AS o
		GROUP BY 1, 2, 3, 4, 5, 6
	)
	SELECT party, coalesce(srv, 'all') AS srv, coalesce(mode, 'all') AS mode, round(100 * (1 - sum(n * q) / sum(n)), 2)::float8 AS expected_met_pct,
		round(100 * (sum(m) - sum(n * q)) / sum(n), 2)::float8 AS excess_pct, round(sum(m) / nullif(sum(n * q), 0), 2)::float8 AS missed_ratio
	FROM stratum
	WHERE n > 0
	GROUP BY GROUPING SETS ((party, srv, mode), (party));

CREATE TABLE oracle_rank AS
	WITH rate AS (
		SELECT srv, mode, supplier_group, round(100.0 * count(*) FILTER (WHERE met) / count(*), 1) AS pct
		FROM known GROUP BY srv, mode, supplier_group HAVING count(*) >= 30
	), own AS (
		SELECT party, supplier_group, srv, mode, round(100.0 * count(*) FILTER (WHERE met) / count(*), 1) AS pct
		FROM known GROUP BY party, supplier_group, srv, mode HAVING count(*) >= 30
	), placed AS (
		SELECT o.party, o.srv, o.mode, r.pct, r.pct > o.pct AS better,
			row_number() OVER w AS i, count(*) OVER (PARTITION BY o.party, o.srv, o.mode) AS groups
		FROM own AS o JOIN rate AS r ON r.srv = o.srv AND r.mode = o.mode AND r.supplier_group <> o.supplier_group
		WINDOW w AS (PARTITION BY o.party, o.srv, o.mode ORDER BY r.pct)
	)
	SELECT party, srv, mode, 1 + count(*) FILTER (WHERE better) AS rank, 1 + count(*) AS ranked,
		round(avg(pct) FILTER (WHERE abs(2 * i - groups - 1) <= CASE groups % 2 WHEN 1 THEN 2 ELSE 3 END), 1)::float8 AS median_met_pct
	FROM placed GROUP BY party, srv, mode;

-- a role that can see all Parties
CREATE TABLE seen AS TABLE pmr.party_comparison;
CREATE VIEW mistake AS
	SELECT c.party, c.srv, c.mode
	FROM seen AS c
		LEFT JOIN oracle_rate AS r USING (party, srv, mode)
		LEFT JOIN oracle_mix AS m USING (party, srv, mode)
		LEFT JOIN oracle_rank AS k USING (party, srv, mode)
	WHERE c.srv <> 'all' AND (c.own_met_pct, c.category_met_pct, c.industry_met_pct, c.others_p50_s, c.others_p95_s)
			IS DISTINCT FROM (r.own_met_pct, r.category_met_pct, r.industry_met_pct, r.others_p50_s, r.others_p95_s)
	   OR (c.expected_met_pct, c.excess_pct, c.missed_ratio) IS DISTINCT FROM (m.expected_met_pct, m.excess_pct, m.missed_ratio)
	   OR c.srv <> 'all' AND (c.rank, c.ranked, c.median_met_pct) IS DISTINCT FROM (k.rank, k.ranked, k.median_met_pct)
	   OR c.coverage_pct IS DISTINCT FROM 100;
SELECT count(*) AS rows, count(DISTINCT party) AS parties, (SELECT count(*) FROM mistake) AS mistakes FROM seen;

-- a role that sees P01 alone gets the same figures, as nothing is suppressed here
INSERT INTO pmr.party_access VALUES ('regress_comparison_p01', 'P01');
CREATE TABLE seen_by_all AS SELECT * FROM pmr.party_comparison WHERE party = 'P01';
GRANT SELECT ON seen_by_all TO regress_comparison_p01;
SET ROLE regress_comparison_p01;
SELECT count(*) AS rows, count(DISTINCT party) AS parties, count(suppressed) AS suppressed FROM pmr.party_comparison;
SELECT count(*) AS differences FROM (TABLE seen_by_all EXCEPT SELECT * FROM pmr.party_comparison) AS d;

--
-- P01 is as good as all others in each region, but works mostly in the slow region
--

RESET ROLE;
CREATE TABLE planted AS TABLE request;
UPDATE request SET met = CASE region WHEN 'North' THEN n > c * 0.2 ELSE n > c * 0.02 END
FROM (SELECT ctid AS at, row_number() OVER w AS n, count(*) OVER (PARTITION BY party, srv, device_generation, qualifier, region) AS c
	  FROM request WINDOW w AS (PARTITION BY party, srv, device_generation, qualifier, region ORDER BY ctid)) AS r
WHERE request.ctid = r.at;
SELECT pmr.withdraw('c', '2026-10-01');
CALL roll_up('c', '2026-12-10');
CALL pmr.publish('c', '2026-10-01');
SET ROLE regress_comparison_p01;
SELECT srv, own_met_pct, industry_met_pct, expected_met_pct, excess_pct, missed_ratio, verdict, rank, ranked
FROM pmr.party_comparison WHERE party = 'P01' AND month = '2026-10-01';
RESET ROLE;

--
-- Is a firmware version bad for all Parties, or for one?
--

TRUNCATE request;
INSERT INTO request TABLE planted;
SELECT pmr.withdraw('c', '2026-10-01');
CALL roll_up('c', '2026-12-10');
CALL pmr.publish('c', '2026-10-01');
SET ROLE regress_comparison_p01;
SELECT factor, value, measured, own_met_pct AS own, own_other_met_pct AS own_other, same_value_met_pct AS same, other_values_met_pct AS other, verdict, coverage_pct AS cov, suppressed
FROM pmr.factor_comparison WHERE party = 'P01' AND month = '2026-10-01';
RESET ROLE;
WITH stratum AS (
	SELECT p.party, c.value, c.srv, c.mode, c.device_generation, count(*) FILTER (WHERE o.party = p.party AND o.firmware = c.value) AS n,
		round(1.0 * count(*) FILTER (WHERE o.supplier_group <> p.supplier_group AND o.firmware = c.value AND met)
			/ nullif(count(*) FILTER (WHERE o.supplier_group <> p.supplier_group AND o.firmware = c.value), 0), 3) AS same,
		round(1.0 * count(*) FILTER (WHERE o.supplier_group <> p.supplier_group AND o.firmware <> c.value AND met)
			/ nullif(count(*) FILTER (WHERE o.supplier_group <> p.supplier_group AND o.firmware <> c.value), 0), 3) AS other
	FROM member AS p CROSS JOIN (SELECT DISTINCT firmware AS value, srv, mode, device_generation FROM request) AS c
		JOIN known AS o ON o.srv = c.srv AND o.mode = c.mode AND o.device_generation = c.device_generation
	WHERE p.party IN ('P01', 'P07', 'P16')
	GROUP BY 1, 2, 3, 4, 5
), oracle AS (
	SELECT party, value, round(100 * sum(n * same) / sum(n), 2)::float8 AS same, round(100 * sum(n * other) / sum(n), 2)::float8 AS other
	FROM stratum WHERE n > 0 GROUP BY party, value
)
SELECT count(*) AS values, count(*) FILTER (WHERE (c.same_value_met_pct, c.other_values_met_pct) IS DISTINCT FROM (o.same, o.other)) AS mistakes
FROM oracle AS o LEFT JOIN pmr.factor_comparison AS c ON c.party = o.party AND c.factor = 'firmware' AND c.value = o.value;

--
-- industry_performance: live and published figures, also after a restatement
--

UPDATE request SET met = true WHERE party = '' OR party = 'P09';
CALL roll_up('c', '2026-12-20');
SELECT srv, mode, requests, measured, missed, met_pct, success_pct, p50_s, p95_s, published_met_pct, suppressed, as_of::date AS as_of, published_as_of::date AS published
FROM pmr.industry_performance;
SELECT srv, round(100.0 * count(*) FILTER (WHERE met) / count(*), 2) AS published_met_pct FROM planted GROUP BY srv ORDER BY srv;
-- without response codes nobody knows what succeeded
UPDATE pmr.rollup_month SET success_known = false WHERE source = 'c';
SELECT pmr.store_figures('c', '2026-10-01');
SELECT count(*) AS rows, count(met_pct) AS met, count(success_pct) AS success FROM pmr.industry_performance WHERE source = 'c';
UPDATE pmr.rollup_month SET success_known = true WHERE source = 'c';
SELECT pmr.store_figures('c', '2026-10-01');
SET ROLE regress_comparison_p01;
SELECT srv, mode, requests, measured, missed, met_pct, success_pct, p50_s, p95_s, published_met_pct, suppressed, as_of, published_as_of::date AS published
FROM pmr.industry_performance;
SELECT count(*) AS differences FROM (TABLE seen_by_all EXCEPT SELECT * FROM pmr.party_comparison) AS d;
RESET ROLE;

--
-- Empty months, and NULL arguments
--

CALL roll_up('e', '2026-12-20');
INSERT INTO pmr.source (source, relation, factors) VALUES ('e', 'comparison.request', '{firmware}');
DELETE FROM pmr.rollup_stratum WHERE source = 'e';
SELECT pmr.store_figures('e', '2026-10-01');
CALL pmr.publish('e', '2026-10-01');
SELECT count(*) FROM pmr.party_comparison WHERE source = 'e';
SELECT count(*) FROM pmr.industry_performance WHERE source = 'e';
SELECT count(*) FROM pmr.party_comparison_of(pmr.requesting_role(), 'c', NULL, NULL);
SELECT count(*) FROM pmr.factor_comparison_of(pmr.requesting_role(), NULL, 'P01', '2026-10-01');
SELECT count(*) FROM pmr.industry_performance_of(pmr.requesting_role(), NULL, NULL);

--
-- The comments on columns name the values
--
\getenv test PG_ABS_SRCDIR
\set include :test '/sql/include/comments.sql'
\i :include

SELECT pmr.withdraw('c', '2026-10-01'), pmr.withdraw('e', '2026-10-01');
DELETE FROM pmr.party_access WHERE role_name = 'regress_comparison_p01';
DELETE FROM pmr.party;
SELECT pmr.drop_source('c'), pmr.drop_source('e');
DROP SCHEMA comparison CASCADE;
DROP ROLE regress_comparison_p01;
