-- diagnose(): finds causes that were planted, and claims none where none was
-- planted; its figures equal plain SQL over the requests.
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
-- Bounds of probabilities: never below the exact values, and not far above them
--

CREATE FUNCTION exact_binomial_tail(successes integer, trials integer, p double precision) RETURNS double precision LANGUAGE plpgsql AS $$
DECLARE
	point double precision := (1 - p) ^ trials;
	result double precision := 0;
BEGIN
	FOR k IN 0 .. trials LOOP
		IF k >= successes THEN
			result := result + point;
		END IF;
		EXIT WHEN k > trials * p AND point < 1e-200;
		point := point * (trials - k) / (k + 1) * p / (1 - p);
	END LOOP;
	RETURN result;
END
$$;

SELECT count(*) AS cases, bool_and(bound >= exact * 0.999999999) AS never_less,
	max(bound / exact) FILTER (WHERE exact < 0.05 AND successes >= trials * p + 1) < 1.7 AS never_far, bool_and(bound = 1) FILTER (WHERE successes < trials * p + 1) AS one_below
FROM (SELECT trials, p, successes, exact_binomial_tail(successes, trials, p) AS exact, pmr.binomial_tail(successes, trials, trials * p) AS bound
	  FROM unnest(ARRAY[1, 2, 5, 20, 100, 200]) AS trials, unnest(ARRAY[0.001, 0.01, 0.1, 0.5, 0.9]) AS p,
		LATERAL generate_series(0, trials, greatest(1, trials / 50)) AS successes) AS t
WHERE exact > 1e-90;

-- misses are hypergeometric in each of three strata: the tail of their exact convolution
CREATE FUNCTION exact_tail(requests bigint[], all_requests bigint[], all_missed bigint[], misses bigint) RETURNS double precision LANGUAGE plpgsql AS $$
DECLARE
	total double precision[] := '{1}';
	sums double precision[];
	point double precision;
	low bigint;
BEGIN
	FOR s IN 1 .. cardinality(requests) LOOP
		sums := array_fill(0::double precision, ARRAY[cardinality(total) + least(requests[s], all_missed[s])::integer]);
		low := greatest(0, requests[s] + all_missed[s] - all_requests[s]);
		/* up to a constant factor, which the division by the total cancels */
		point := 1;
		FOR x IN low .. least(requests[s], all_missed[s]) LOOP
			FOR i IN 1 .. cardinality(total) LOOP
				sums[i + x] := sums[i + x] + total[i] * point;
			END LOOP;
			point := point * (requests[s] - x) * (all_missed[s] - x) / ((x + 1) * (all_requests[s] - requests[s] - all_missed[s] + x + 1))::double precision;
		END LOOP;
		total := sums;
	END LOOP;
	RETURN (SELECT sum(p) FILTER (WHERE i > misses) / sum(p) FROM unnest(total) WITH ORDINALITY AS u (p, i));
END
$$;

WITH strata AS (
	SELECT g, array_agg(n) AS n, array_agg(t) AS t, array_agg(k) AS k, array_agg(m) AS m, sum(m) AS misses
	FROM (SELECT g, s, t, n, k, least(n, k) - (uniform(g, s, 3) * (least(n, k) - greatest(0, n + k - t)) * 0.7)::bigint AS m
		  FROM generate_series(1, 500) AS g, generate_series(1, 3) AS s,
			LATERAL (SELECT 10 + (uniform(g, s, 0) * 60)::bigint AS t) AS a,
			LATERAL (SELECT (t * (0.2 + 0.6 * uniform(g, 0, 1)))::bigint AS n, (t * uniform(g, s, 2) * 0.6)::bigint AS k) AS b) AS r
	GROUP BY g
)
SELECT count(*) AS cases, count(*) FILTER (WHERE exact < 0.01) > 100 AS with_small_ones, bool_and(c.p_value >= exact * 0.999999999) AS never_less,
	bool_and(c.p_value < 0.05) FILTER (WHERE exact < 0.01) AS never_far
FROM strata AS s, pmr.compare_misses(s.n, s.m, s.t, s.k, 1) AS c, exact_tail(s.n, s.t, s.k, s.misses::bigint) AS exact
WHERE c.compared = (SELECT sum(x) FROM unnest(s.n) AS x);

-- what is refused
SELECT call, err('SELECT pmr.' || call)
FROM unnest(ARRAY['compare_misses(''{1}'', ''{1}'', ''{3,3}'', ''{1}'', 1)', 'compare_misses(''{{1}}'', ''{{1}}'', ''{{3}}'', ''{{1}}'', 1)',
	'compare_misses(''{1}'', ''{NULL}'', ''{3}'', ''{1}'', 1)', 'compare_misses(''{1,1}'', ''{1,1}'', ''{3,3}'', ''{1,-1}'', 1)',
	'compare_misses(''{1,4}'', ''{1,1}'', ''{3,3}'', ''{1,1}'', 1)', 'compare_misses(''{1,1}'', ''{1,2}'', ''{3,3}'', ''{1,2}'', 1)',
	'compare_misses(''{2}'', ''{0}'', ''{3}'', ''{2}'', 1)', 'compare_misses(''{1,1}'', ''{0,0}'', ''{999999999999,2}'', ''{0,0}'', 1)',
	'compare_misses(''{1}'', ''{1}'', ''{3}'', ''{1}'', 0.9)', 'compare_misses(''{1}'', ''{1}'', ''{3}'', ''{1}'', ''NaN'')', 'compare_misses(''{1}'', ''{1}'', ''{3}'', ''{1}'', ''Infinity'')',
	'binomial_tail(1, -1, 0)', 'binomial_tail(1, ''Infinity'', 1)', 'binomial_tail(1, 2, 2.5)', 'binomial_tail(1, 2, -0.5)', 'binomial_tail(''NaN'', 2, 1)']) AS call;
SELECT pmr.compare_misses('{}', '{}', '{}', '{}', 1) AS empty, pmr.compare_misses(NULL, '{}', '{}', '{}', 1) IS NULL AS "null", pmr.binomial_tail(1, 2, NULL) IS NULL AS null_mean;

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
SELECT round((80 / sqrt(1000 * 0.06 * 0.94 * (1 + 1000 / 1000.0) * 2000 / 1999))::numeric, 1) AS z;

--
-- Figures equal plain SQL, over uneven days and two months
--

SELECT generate('firmware', 'outages', '[1,4)', 3000);
DELETE FROM request WHERE srv > '8.3' AND mode = 'future_dated' AND region <> 'North' AND firmware <> '2.1';
UPDATE request SET day = day + 31 WHERE uniform(hashtext(srv), day - '2026-10-01', 1) < 0.4;
SELECT roll_up('hand');
CREATE FUNCTION oracle(of_party text) RETURNS TABLE (factor text, value text, requests bigint, missed bigint, expected double precision, z double precision, compared_pct double precision) LANGUAGE sql AS $$
	WITH r AS (
		SELECT party, date_trunc('month', day) AS month, srv, mode, device_generation, day, is_missed::integer AS miss, f.*
		FROM request, LATERAL (VALUES ('firmware', firmware), ('region', region), ('model', model), ('orchestration', orchestration)) AS f (factor, value)
		WHERE party = of_party OR of_party IS NULL
	), stratum AS (
		SELECT party, month, srv, mode, device_generation, count(*)::double precision AS t, sum(miss)::double precision AS k
		FROM r WHERE factor = 'region' GROUP BY 1, 2, 3, 4, 5
	), phi AS MATERIALIZED (
		SELECT greatest(1, sum((o - e) ^ 2 / v) / (count(*) - count(DISTINCT month))) AS phi
		FROM (SELECT month, day, sum(miss) AS o, sum(k / t) AS e, sum(k / t * (1 - k / t)) AS v
			  FROM r JOIN stratum USING (party, month, srv, mode, device_generation) WHERE factor = 'region' GROUP BY 1, 2) AS d
	), c AS (
		SELECT factor, value, t, k, count(*)::double precision AS n, sum(miss)::double precision AS m
		FROM r JOIN stratum USING (party, month, srv, mode, device_generation)
		GROUP BY factor, value, party, month, srv, mode, device_generation, t, k
	), s AS (
		SELECT *, (t - n) / t >= (sum(t - n) FILTER (WHERE t > n) OVER w / sum(t) FILTER (WHERE t > n) OVER w) / 10 AND t > n AS is_compared
		FROM c WINDOW w AS (PARTITION BY factor, value)
	)
	SELECT factor, value, sum(n) FILTER (WHERE is_compared)::bigint, sum(m) FILTER (WHERE is_compared)::bigint,
		sum(n * (k - m) / (t - n)) FILTER (WHERE is_compared),
		(sum(m - n * (k - m) / (t - n)) FILTER (WHERE is_compared)) / sqrt(phi * sum(n * k / t * (1 - k / t) * (1 + n / (t - n)) * t / (t - 1)) FILTER (WHERE is_compared)),
		100 * sum(n) FILTER (WHERE is_compared) / sum(n)
	FROM s, phi GROUP BY factor, value, phi
$$;
SELECT p.party, c.*
FROM (VALUES ('seed 1'), ('seed 3'), (NULL)) AS p (party),
	LATERAL (SELECT count(*) AS values,
			bool_and(d.requests = o.requests AND d.missed = o.missed) AS counts,
			bool_and(abs(d.expected - o.expected) < 0.051 AND d.excess = round((d.missed - d.expected)::numeric, 1)) AS expected,
			bool_and(abs(d.z - o.z) < 0.1) AS z, bool_and(abs(d.compared_pct - o.compared_pct) < 0.02) AS compared, bool_or(d.compared_pct < 100) AS some_not
		FROM pmr.diagnose(p.party, '2026-10-31', '2026-11-01', 'hand') AS d FULL JOIN oracle(p.party) AS o USING (factor, value)) AS c;

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
-- claims and ranks follow from the columns shown
SELECT count(*) FILTER (WHERE is_claimed) > 10 AS some, bool_and(is_claimed = (p_value < 0.05 AND excess >= 5 AND excess * 1000 >= requests)) AS claims, bool_and(rank = place) AS ranks
FROM (SELECT d.*, finding <> 'no claim' AS is_claimed, row_number() OVER (PARTITION BY p.party ORDER BY finding = 'no claim', finding LIKE 'explained%', excess DESC, factor, value) AS place
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
