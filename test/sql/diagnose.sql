-- diagnose(): finds causes that were planted, and claims none where none was
-- planted.
SET timezone = 'UTC';
SET datestyle = 'ISO';
SET client_min_messages = 'warning';
SET work_mem = '64MB';
\pset null NULL
CREATE SCHEMA diagnose;
SET search_path = diagnose;

-- a number from 0 to 1; hashed twice, as numbers made from one hash are correlated
CREATE FUNCTION uniform(seed bigint, request bigint, draw integer) RETURNS double precision
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	RETURN (hashint8extended(hashint8extended(request, seed), draw) & 4294967295) / 4294967296.0;

-- the requests of one Party for each seed: 'seed 1', 'seed 2' and so on
CREATE TABLE request (
	party text, srv text, mode text, device_generation text, day date,
	firmware text, region text, model text, orchestration text, is_missed boolean
);

CREATE FUNCTION generate(cause text, days text, seeds int4range, size integer) RETURNS void
	LANGUAGE plpgsql
AS $$
BEGIN
	TRUNCATE request;
	INSERT INTO request
	WITH a AS MATERIALIZED (
		SELECT seed, i, 1 + floor(6 * power(uniform(seed, i, 0), 1.5))::integer AS service,
			CASE WHEN uniform(seed, i, 1) < 0.7 THEN 'on_demand' ELSE 'future_dated' END AS mode,
			CASE WHEN uniform(seed, i, 2) < 0.3 THEN 'SMETS1' ELSE 'SMETS2' END AS device_generation,
			1 + floor(30 * uniform(seed, i, 3))::integer AS day
		FROM generate_series(lower(seeds), upper(seeds) - 1) AS seed, generate_series(1, size) AS i
	), b AS MATERIALIZED (
		/* the mix differs: of regions by SRV, of orchestrations by mode, of firmware by region and generation */
		SELECT a.*, (ARRAY['North', 'Central', 'South'])[1 + floor(3 * power(uniform(seed, i, 4), CASE WHEN service IN (1, 3) THEN 2.5 ELSE 0.8 END))] AS region,
			'via ' || chr(65 + floor(4 * power(uniform(seed, i, 5), CASE mode WHEN 'on_demand' THEN 3 ELSE 0.7 END))::integer) AS orchestration
		FROM a
	), c AS MATERIALIZED (
		SELECT b.*, CASE device_generation WHEN 'SMETS1' THEN '1.' ELSE '2.' END
			|| floor(10 * power(uniform(seed, i, 6), CASE region WHEN 'North' THEN 0.9 ELSE 1.6 END)) AS firmware
		FROM b
	), d AS MATERIALIZED (
		SELECT c.*, CASE
				WHEN cause = 'firmware on one model' AND firmware = '2.3' THEN 'W3E'
				WHEN cause = 'firmware on one model' THEN 'M' || floor(5 * uniform(seed, i, 7))
				WHEN cause = 'model' AND firmware IN ('2.3', '2.4') AND uniform(seed, i, 7) < 0.8 THEN 'W3E'
				WHEN cause = 'model' AND firmware = '2.5' AND uniform(seed, i, 7) < 0.5 THEN 'W3E'
				ELSE 'M' || floor(5 * uniform(seed, i, 7))
			END AS model
		FROM c
	)
	SELECT 'seed ' || seed, '8.' || service, mode, device_generation, date '2026-10-01' + day - 1, firmware, region, model, orchestration,
		uniform(seed, i, 8) < least(1,
			0.02 * service * CASE mode WHEN 'on_demand' THEN 0.5 ELSE 1.5 END * CASE device_generation WHEN 'SMETS1' THEN 2 ELSE 1 END
			+ CASE
				WHEN cause = 'firmware' AND firmware = '2.3' THEN 0.15
				WHEN cause = 'firmware on one model' AND firmware = '2.3' THEN 0.15
				WHEN cause = 'model' AND model = 'W3E' THEN 0.15
				WHEN cause = 'region' AND region = 'South' THEN 0.08
				WHEN cause = 'orchestration' AND orchestration = 'via C' THEN 0.08
				ELSE 0 END
			/* two outages of one day each, and variation between days */
			+ CASE
				WHEN days = 'calm' OR days = 'mixed' AND seed % 2 = 0 THEN 0
				WHEN day IN (1 + floor(30 * uniform(seed, 0, 9)), 1 + floor(30 * uniform(seed, 0, 10))) THEN 0.5
				ELSE 0.05 * uniform(seed, day, 11) END)
	FROM d;
END
$$;

-- counts the requests as a refresh does
CREATE FUNCTION roll_up(source_name text) RETURNS void
	LANGUAGE plpgsql
AS $$
BEGIN
	DELETE FROM pmr.source WHERE source = source_name;
	DELETE FROM pmr.rollup_stratum WHERE source = source_name;
	DELETE FROM pmr.rollup_month WHERE source = source_name;
	INSERT INTO pmr.source (source, relation, factors) VALUES (source_name, 'diagnose.request', '{firmware,region,model,orchestration}');
	INSERT INTO pmr.rollup_month (source, month, as_of, settled, refreshed_at, refreshed_by, rows_read, requests, no_party, no_srv, unknown_srv, unknown_mode, unknown_generation, unclassified, negative, success_known, parties, factors)
	SELECT source_name, (day - extract(day FROM day)::integer + 1), '2027-01-31 00:00+00', true, '2027-01-31 00:00+00', 'nobody', count(*), count(*), 0, 0, 0, 0, 0, 0, 0, true,
		array_agg(DISTINCT party ORDER BY party), '{firmware,region,model,orchestration}'
	FROM request
	GROUP BY 1, 2;
	INSERT INTO pmr.rollup_stratum
	SELECT source_name, (day - extract(day FROM day)::integer + 1), party, srv, mode, device_generation, 'any', '', '', 30, 'assumed', 0,
		pmr.rollup_state(day, CASE WHEN is_missed THEN 'missed' ELSE 'met' END, 'success', NULL, day, ARRAY[firmware, region, model, orchestration])
	FROM request
	GROUP BY 1, 2, 3, 4, 5, 6;
END
$$;

CREATE FUNCTION err(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	hint text;
BEGIN
	EXECUTE query;
	RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS hint = PG_EXCEPTION_HINT;
	RETURN SQLSTATE || ': ' || SQLERRM || coalesce(' (' || nullif(hint, '') || ')', '');
END
$$;

--
-- Figures worked out by hand: 100 missed of 1000 against 20 of 1000 is 80 more than
-- expected.  A stratum that only B has is not compared, nor is one in which the others
-- have too few requests.  18 of 20000 is significant, but below 0.1 %
--

INSERT INTO request SELECT 'hand', srv, 'on_demand', 'SMETS2', '2026-10-01', firmware, 'North', 'M', 'via ' || i % 2, i <= missed
FROM (VALUES ('8.1', 'A', 1000, 100), ('8.1', 'B', 1000, 20), ('8.2', 'B', 500, 400), ('8.3', 'A', 1, 0), ('8.3', 'B', 1500, 900)) AS v (srv, firmware, requests, missed),
	generate_series(1, requests) AS i;
INSERT INTO request SELECT 'many', '8.1', 'on_demand', 'SMETS2', '2026-10-01', firmware, 'North', 'M', '', i <= missed
FROM (VALUES ('A', 20000, 18), ('B', 20000, 0)) AS v (firmware, requests, missed), generate_series(1, requests) AS i;
SELECT roll_up('hand');
SELECT rank, factor, value, requests, missed, expected, excess, z, finding, compared_pct FROM pmr.diagnose('hand', '2026-10-01', '2026-10-01');
SELECT rank, factor, value, requests, missed, expected, excess, z, finding, compared_pct FROM pmr.diagnose('many', '2026-10-01', '2026-10-01') WHERE factor = 'firmware';

--
-- Uneven days and two months; diagnose_figures compares figures with plain SQL
--

SELECT generate('firmware', 'outages', '[1,4)', 3000);
DELETE FROM request WHERE srv > '8.3' AND mode = 'future_dated' AND region <> 'North' AND firmware <> '2.1';
UPDATE request SET day = day + 31 WHERE uniform(hashtext(srv), day - '2026-10-01', 1) < 0.4;
SELECT roll_up('hand');

-- the order of rows does not change the result; a day stands for its month
CREATE TABLE before AS SELECT * FROM pmr.diagnose(NULL, '2026-10-31', '2026-11-01', 'hand');
CREATE TABLE shuffled AS SELECT * FROM pmr.rollup_stratum WHERE source = 'hand' ORDER BY uniform(1, hashtext(party || srv || mode || device_generation), 2);
DELETE FROM pmr.rollup_stratum WHERE source = 'hand';
INSERT INTO pmr.rollup_stratum SELECT * FROM shuffled;
SELECT count(*) AS differences FROM (TABLE before EXCEPT SELECT * FROM pmr.diagnose(NULL, '2026-10-01', '2026-11-30', 'hand')) AS d;

--
-- Planted causes
--

CREATE FUNCTION findings(cause text, days text, seeds int4range, size integer, planted_factor text, planted_value text, change text DEFAULT 'SELECT') RETURNS TABLE (parties bigint, is_first boolean, finding text, others text) LANGUAGE plpgsql AS $$
BEGIN
	PERFORM generate(cause, days, seeds, size);
	EXECUTE change;
	PERFORM roll_up('planted');
	RETURN QUERY
	SELECT count(DISTINCT p.party), bool_and(d.rank = 1) FILTER (WHERE d.factor = planted_factor AND d.value = planted_value),
		string_agg(DISTINCT d.finding, '; ') FILTER (WHERE d.factor = planted_factor AND d.value = planted_value),
		string_agg(DISTINCT d.factor || ' ' || d.value || ' ' || d.finding, '; ') FILTER (WHERE (d.factor <> planted_factor OR d.value <> planted_value) AND d.finding <> 'no claim')
	FROM (SELECT DISTINCT r.party FROM request AS r) AS p, pmr.diagnose(p.party, '2026-10-01', '2026-10-31', 'planted') AS d;
END
$$;
\x on
SELECT * FROM findings('firmware', 'calm', '[1,6)', 4000, 'firmware', '2.3');
SELECT * FROM findings('region', 'calm', '[1,6)', 4000, 'region', 'South');
SELECT * FROM findings('orchestration', 'calm', '[1,6)', 4000, 'orchestration', 'via C');
SELECT * FROM findings('firmware on one model', 'calm', '[1,6)', 4000, 'firmware', '2.3');
-- four other requests of that model are too few to compare with; another firmware version on it is enough
SELECT * FROM findings('firmware on one model', 'calm', '[1,4)', 4000, 'firmware', '2.3', $$
	UPDATE request SET model = 'W3E' WHERE ctid IN (SELECT ctid FROM (SELECT ctid, row_number() OVER (PARTITION BY party ORDER BY ctid) AS place FROM request WHERE firmware = '2.1') AS r WHERE place <= 4)$$);
SELECT * FROM findings('firmware on one model', 'calm', '[1,4)', 4000, 'firmware', '2.3', $$UPDATE request SET model = 'W3E' WHERE firmware = '2.4'$$);
-- two models that run only this firmware: neither can be separated from it
SELECT * FROM findings('firmware on one model', 'calm', '[1,4)', 4000, 'firmware', '2.3', $$UPDATE request SET model = 'W4E' WHERE firmware = '2.3' AND extract(day FROM day)::integer % 2 = 0$$);
-- an orchestration that is used mostly in the region that is the cause
SELECT * FROM findings('region', 'calm', '[1,4)', 4000, 'region', 'South', $$UPDATE request SET orchestration = 'via S' WHERE region = 'South' AND extract(day FROM day)::integer % 4 > 0 OR region = 'North' AND extract(day FROM day)::integer % 5 = 0$$);
-- a model that mostly runs two firmware versions: the model explains both
SELECT * FROM findings('model', 'calm', '[1,6)', 4000, 'model', 'W3E');
\x off
-- two days on which half of all requests are missed hide nothing
\x on
SELECT * FROM findings('region', 'outages', '[1,4)', 6000, 'region', 'South');
SELECT * FROM findings('firmware', 'outages', '[1,4)', 6000, 'firmware', '2.3');
\x off

--
-- When: bursts, and what began within the month
--

CREATE FUNCTION claims() RETURNS TABLE (party text, factor text, value text, finding text, kind text, first_day date, last_day date, began boolean, burst_days bigint, most boolean) LANGUAGE sql AS $$
	SELECT p.party, d.factor, d.value, d.finding, d.kind, d.first_day, d.last_day, d.began, d.burst_days, d.burst_excess > d.excess / 2
	FROM (SELECT DISTINCT party FROM request) AS p, pmr.diagnose(p.party, '2026-10-01', '2026-10-31', 'planted') AS d
	WHERE d.kind IS NOT NULL ORDER BY p.party, d.rank
$$;
-- a region on three days
SELECT others FROM findings('none', 'calm', '[1,4)', 6000, 'region', 'North', $$UPDATE request SET is_missed = true WHERE region = 'North' AND day BETWEEN '2026-10-10' AND '2026-10-12' AND uniform(1, hashtext(ctid::text), 2) < 0.8$$);
SELECT * FROM claims();
-- the same beside a firmware that is always bad
SELECT others FROM findings('firmware', 'calm', '[1,4)', 6000, 'region', 'North', $$UPDATE request SET is_missed = true WHERE region = 'North' AND day BETWEEN '2026-10-10' AND '2026-10-12' AND uniform(1, hashtext(ctid::text), 2) < 0.8$$);
SELECT * FROM claims();
-- a firmware that is rolled out
SELECT others FROM findings('firmware', 'calm', '[1,4)', 6000, 'firmware', '2.3', $$UPDATE request SET firmware = '2.4', is_missed = uniform(1, hashtext(ctid::text), 2) < 0.05 WHERE firmware = '2.3' AND day < '2026-10-16'$$);
SELECT * FROM claims();
-- a firmware that gets worse within the month, and one that gets better
SELECT others FROM findings('none', 'calm', '[1,4)', 6000, 'firmware', '2.3', $$UPDATE request SET is_missed = true WHERE (firmware = '2.1' AND day >= '2026-10-12' OR firmware = '2.2' AND day <= '2026-10-19') AND uniform(1, hashtext(ctid::text), 2) < 0.3$$);
SELECT * FROM claims();

-- claims and ranks follow from the columns shown
SELECT count(*) FILTER (WHERE is_claimed) >= 6 AS some, bool_and(is_claimed = (p_value < 0.05 AND excess >= 5 AND excess * 1000 >= requests)) AS claims, bool_and(rank = place) AS ranks,
	bool_and(is_claimed = (kind IS NOT NULL) AND is_claimed = (first_day IS NOT NULL) AND is_claimed = (burst_days IS NOT NULL)) AS columns
FROM (SELECT d.*, finding <> 'no claim' AS is_claimed, row_number() OVER (PARTITION BY p.party ORDER BY finding = 'no claim', finding LIKE 'explained%', CASE kind WHEN 'burst' THEN burst_excess ELSE excess END DESC, factor, value) AS place
	  FROM (SELECT DISTINCT party FROM request) AS p, pmr.diagnose(p.party, '2026-10-01', '2026-10-31', 'planted') AS d) AS d;

--
-- No cause planted: at most 5 % of the seeds claim something; half of the seeds have outages
--

CREATE FUNCTION false_claims(days text, seeds int4range, size integer) RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
	PERFORM generate('none', days, seeds, size);
	PERFORM roll_up('none');
	RETURN (SELECT count(DISTINCT p.party) FROM (SELECT DISTINCT r.party FROM request AS r) AS p, pmr.diagnose(p.party, '2026-10-01', '2026-10-31', 'none') AS d
			WHERE d.finding NOT IN ('no claim', 'too small to claim', 'nothing to compare with'));
END
$$;
SELECT false_claims('mixed', '[1,201)', 800) <= 10 AS kept;

--
-- Access, and invalid arguments
--

CREATE ROLE regress_diagnose;
GRANT USAGE ON SCHEMA diagnose TO regress_diagnose;
INSERT INTO pmr.party_access VALUES ('regress_diagnose', 'seed 1');
SET ROLE regress_diagnose;
SELECT count(*) > 0 AS own FROM pmr.diagnose('seed 1', '2026-10-01', '2026-10-31', 'hand');
SELECT err($$SELECT pmr.diagnose('seed 2', '2026-10-01', '2026-10-31', 'hand')$$);
SELECT err($$SELECT pmr.diagnose('nobody', '2026-10-01', '2026-10-31', 'hand')$$);
SELECT err($$SELECT pmr.diagnose(NULL, '2026-10-01', '2026-10-31', 'hand')$$);
SELECT err($$SELECT pmr.diagnose('*', '2026-10-01', '2026-10-31', 'hand')$$);
SELECT err($$SELECT pmr.diagnose('nobody', NULL, NULL, 'none such')$$);
RESET ROLE;
SELECT err($$SELECT pmr.diagnose('seed 1', NULL, '2026-10-31')$$);
SELECT err($$SELECT pmr.diagnose('seed 1', '2026-10-01', NULL)$$);
SELECT err($$SELECT pmr.diagnose('seed 1', '-infinity', '2026-10-31')$$);
SELECT err($$SELECT pmr.diagnose('seed 1', '2026-10-01', 'infinity')$$);
SELECT err($$SELECT pmr.diagnose('seed 1', '2026-10-02', '2026-10-01')$$);
SELECT err($$SELECT pmr.diagnose('seed 1', '2026-10-01', '2026-10-31')$$);
SELECT err($$SELECT pmr.diagnose('seed 1', '2026-10-01', '2026-10-31', 'none such')$$);
SELECT err($$SELECT pmr.diagnose('seed 1', '2027-10-01', '2027-10-31', 'hand')$$);
SET client_min_messages = 'notice';
SELECT count(*) > 0 AS found, min(days_asked) = '2026-12-31'::date - '2026-09-01'::date + 1 AS asked, min(days_covered) AS days_covered FROM pmr.diagnose('seed 1', '2026-09-30', '2026-12-01', 'hand');
SELECT count(*) AS found FROM pmr.diagnose('nobody', '2026-10-01', '2026-11-30', 'hand');
SET client_min_messages = 'warning';

DELETE FROM pmr.source WHERE source IN ('hand', 'planted', 'none');
DELETE FROM pmr.rollup_stratum WHERE source IN ('hand', 'planted', 'none');
DELETE FROM pmr.rollup_month WHERE source IN ('hand', 'planted', 'none');
DELETE FROM pmr.party_access WHERE role_name = 'regress_diagnose';
DROP SCHEMA diagnose CASCADE;
DROP ROLE regress_diagnose;
