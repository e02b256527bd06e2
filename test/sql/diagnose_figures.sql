-- diagnose(): its figures equal those of plain SQL over the audit rows, which
-- follows the formulas of doc/diagnose.md step by step.
SET timezone = 'UTC';
SET datestyle = 'ISO';
SET client_min_messages = 'warning';
SET work_mem = '64MB';
\pset null NULL
CREATE SCHEMA diagnose_figures;
SET search_path = diagnose_figures;

-- a number from 0 to 1; hashed twice, as numbers made from one hash are correlated
CREATE FUNCTION uniform(seed bigint, request bigint, draw integer) RETURNS double precision
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	RETURN (hashint8extended(hashint8extended(request, seed), draw) & 4294967295) / 4294967296.0;

--
-- Parties of all sorts.  Firmware F2 misses more on all days, region North on
-- three days, and half of all requests are missed on two
--

CREATE TABLE sort (
	party text PRIMARY KEY,
	requests integer,
	first_day date DEFAULT '2026-06-01',
	days integer DEFAULT 30,
	base float8 DEFAULT 0.06,			-- probability that a request is missed
	fault float8 DEFAULT 0,				-- added for firmware F2
	burst float8 DEFAULT 0,				-- added for region North on days 11 to 13
	outage float8 DEFAULT 0,			-- added for all on days 5 and 20
	drift float8 DEFAULT 0,				-- added by the last day
	strata integer DEFAULT 6,
	firmwares integer DEFAULT 8
);
INSERT INTO sort (party, requests, days, base, fault, burst, outage, drift, strata) VALUES
	('calm',			3000, 30, 0.06, 0.15, 0,   0,   0,   6),
	('outages',			3000, 30, 0.06, 0.15, 0,   0.5, 0,   6),
	('burst',			5000, 30, 0.06, 0.10, 0.6, 0,   0,   6),
	('everything',		5000, 30, 0.06, 0.15, 0.6, 0.5, 0.2, 6),
	('two months',		6000, 50, 0.06, 0.10, 0.4, 0.5, 0,   6),
	('many strata',		2500, 30, 0.06, 0.20, 0.6, 0.4, 0,   60),
	('one stratum',		4000, 30, 0.06, 0.10, 0.5, 0.5, 0.2, 1),
	('few requests',	200,  30, 0.06, 0.30, 0,   0,   0,   6),
	('one a day',		30,   30, 0.30, 0,    0,   0,   0,   6),
	('one day',			400,  1,  0.10, 0.30, 0,   0,   0,   6),
	('two days',		800,  2,  0.10, 0.30, 0,   0,   0,   6),
	('all missed',		500,  30, 1,    0,    0,   0,   0,   6),
	('none missed',		500,  30, 0,    0,    0,   0,   0,   6),
	('only F2 missed',	3000, 30, 0,    0.05, 0,   0,   0,   6),
	('none but bursts',	3000, 30, 0,    0,    0.8, 0,   0,   6),
	('nearly all',		3000, 30, 0.95, 0.05, 0,   0,   0,   6);
INSERT INTO sort (party, requests, first_day, days, fault, firmwares) VALUES
	('31 days',			2000, '2026-07-01', 31, 0.15, 8),
	('28 days',			2000, '2026-02-01', 28, 0.15, 8),
	('one value',		1000, '2026-06-01', 30, 0, 1),
	('values alone',	1000, '2026-06-01', 30, 0, 60);

CREATE TABLE audit (
	party text, srv text, mode text, device_generation text, requested_at timestamptz, due_at timestamptz, responded_at timestamptz,
	firmware text, region text, model text, is_missed boolean
);
INSERT INTO audit
SELECT party, srv, mode, CASE stratum / 12 % 3 WHEN 0 THEN 'smets2' WHEN 1 THEN 'smets1' END, requested_at, CASE WHEN mode <> 'on_demand' THEN requested_at END,
	requested_at + CASE WHEN is_missed THEN interval '7 days' ELSE interval '4 s' END,
	firmware, region, 'M' || i % 4, is_missed
FROM (SELECT s.*, i, hashtextextended(party, 0) AS seed FROM sort AS s, generate_series(1, requests) AS i) AS s,
	LATERAL (SELECT floor(days * uniform(seed, i, 1))::integer AS day, floor(strata * power(uniform(seed, i, 2), 1.5))::integer AS stratum) AS a,
	LATERAL (SELECT (ARRAY['1.6', '2.1', '3.2', '4.10', '4.8.2', '4.8.3'])[1 + stratum % 6] AS srv, CASE stratum / 6 % 2 WHEN 0 THEN 'on_demand' ELSE 'future_dated' END AS mode,
		first_day + day * interval '1 day' + floor(86400 * uniform(seed, i, 3)) * interval '1 s' AS requested_at,
		(ARRAY['North', 'Central', 'South'])[1 + floor(3 * power(uniform(seed, i, 4), CASE WHEN stratum % 2 = 1 THEN 2 ELSE 0.8 END))] AS region) AS b,
	-- F5 appears on one day, and F6 in the second half of the month
	LATERAL (SELECT floor(firmwares * power(uniform(seed, i, 5), CASE region WHEN 'North' THEN 0.9 ELSE 1.3 END))::integer AS f) AS c,
	LATERAL (SELECT 'F' || CASE WHEN firmwares <> 8 THEN f WHEN f = 5 AND day <> 7 OR f = 6 AND day < 15 THEN 4 ELSE f END AS firmware) AS d,
	LATERAL (SELECT uniform(seed, i, 6) < base + CASE WHEN firmware = 'F2' THEN fault ELSE 0 END + CASE WHEN region = 'North' AND day BETWEEN 10 AND 12 THEN burst ELSE 0 END
		+ CASE WHEN day IN (4, 19) THEN outage ELSE 0 END + drift * day / days AS is_missed) AS e;

SELECT pmr.add_source('figures', 'diagnose_figures.audit', factors => '{firmware,region,model}') \g /dev/null
CALL pmr.refresh('figures', '2026-02-01', '2026-07-31', '2026-10-01 00:00+00');

--
-- The formulas, step by step
--

-- bounds of the upper tails of Student's t (df NULL: the normal distribution) and of Poisson's distribution
CREATE FUNCTION t_tail(z float8, df float8) RETURNS float8 LANGUAGE sql IMMUTABLE AS $$
	SELECT CASE WHEN z <= 0 OR df <= 1 THEN 1
		ELSE least(0.5, coalesce(df / (df - 1) * exp(-(df - 1) / 2 * ln(1 + z * z / df)), exp(-z * z / 2)) / (z * sqrt(2 * pi()))) END
$$;
CREATE FUNCTION poisson_tail(s float8, lambda float8) RETURNS float8 LANGUAGE sql IMMUTABLE AS $$
	SELECT CASE WHEN s < lambda + 1 THEN 1 ELSE chernoff * least(1, 1 / sqrt(2 * pi() * s) / (1 - lambda / (s + 1))) END
	FROM (SELECT exp(greatest(s - lambda + s * ln(lambda / s), -600)) AS chernoff) AS c
$$;
CREATE FUNCTION tail(z float8, phi float8, df float8, above float8, s2 float8, s3 float8) RETURNS float8 LANGUAGE sql IMMUTABLE AS $$
	SELECT CASE WHEN z > 0 THEN greatest(exp(-230), t_tail(z, CASE WHEN phi > 1 THEN df END), poisson_tail(above / u / phi + s2 / u / u / phi, s2 / u / u / phi)) ELSE 1 END
	FROM (SELECT nullif(s3, 0) / s2 AS u) AS u
$$;

-- how many times a rate e varies as much when it is a
CREATE FUNCTION kappa(a float8, e float8) RETURNS float8 LANGUAGE sql IMMUTABLE AS $$
	SELECT CASE WHEN e > 0 AND a > e AND e < 0.5 THEN least(a, 0.5) * (1 - least(a, 0.5)) / (e * (1 - e)) ELSE 1 END
$$;

-- of_party NULL: all Parties
CREATE FUNCTION oracle(of_party text) RETURNS TABLE (factor text, value text, measured bigint, requests bigint, missed bigint, expected float8, excess float8,
	z float8, p_value float8, kind text, first_day date, last_day date, burst_days bigint, burst_excess float8, day_z float8, day_p float8)
LANGUAGE sql STABLE SET enable_nestloop = off SET enable_mergejoin = off AS $$
WITH RECURSIVE request AS MATERIALIZED (
	SELECT dense_rank() OVER (ORDER BY party, date_trunc('month', requested_at)) AS pm,
		dense_rank() OVER (ORDER BY party, date_trunc('month', requested_at), srv, mode, device_generation) AS stratum,
		requested_at::date AS day, is_missed::integer::float8 AS miss, firmware, region, model
	FROM audit WHERE party = of_party OR of_party IS NULL
), stratum_day AS MATERIALIZED (
	SELECT pm, stratum, day, count(*)::float8 AS t, sum(miss) AS k, sum(sum(miss)) OVER w / sum(count(*)) OVER w AS q
	FROM request GROUP BY pm, stratum, day WINDOW w AS (PARTITION BY stratum)

-- days that are far off the others, and blocks of the others: days of like rates
), party_day AS MATERIALIZED (
	SELECT pm, day, sum(t) AS t, sum(k - t * q) AS r, sum(t * q * (1 - q)) AS u FROM stratum_day GROUP BY pm, day
), distance AS MATERIALIZED (
	SELECT pm, day, (r - e * t) ^ 2 / u AS distance
	FROM party_day JOIN (SELECT pm, percentile_disc(0.5) WITHIN GROUP (ORDER BY r / t) AS e FROM party_day WHERE u > 0 GROUP BY pm) AS m USING (pm)
	WHERE u > 0
), far_day AS MATERIALIZED (
	SELECT pm, day
	FROM distance JOIN (SELECT pm, greatest(1, percentile_disc(0.5) WITHIN GROUP (ORDER BY distance) / 0.4549364) AS w FROM distance GROUP BY pm) AS m USING (pm)
	WHERE distance > 16 * w
), near_day AS MATERIALIZED (
	SELECT s.stratum, s.day, s.t, row_number() OVER (PARTITION BY s.stratum ORDER BY p.r / p.t, s.day) AS place, count(*) OVER (PARTITION BY s.stratum) AS places
	FROM stratum_day AS s JOIN party_day AS p USING (pm, day) LEFT JOIN far_day AS f USING (pm, day) WHERE f.day IS NULL
), walk AS (
	SELECT stratum, day, place, places, 1 AS block, t AS filled FROM near_day WHERE place = 1
	UNION ALL
	SELECT n.stratum, n.day, n.place, n.places, block + (filled >= 30)::integer, CASE WHEN filled >= 30 THEN 0 ELSE filled END + n.t
	FROM walk AS w JOIN near_day AS n ON n.stratum = w.stratum AND n.place = w.place + 1
), day_block AS MATERIALIZED (
	/* the last block joins the one before if it is too small */
	SELECT w.stratum, w.day, least(w.block, l.last) AS block, false AS is_far
	FROM walk AS w JOIN (SELECT stratum, CASE WHEN filled < 30 THEN greatest(1, block - 1) ELSE block END AS last FROM walk WHERE place = places) AS l USING (stratum)
	UNION ALL
	SELECT stratum, day, -row_number() OVER (PARTITION BY stratum), true FROM stratum_day JOIN far_day USING (pm, day)
), block AS MATERIALIZED (
	SELECT stratum, block, t, k, 1 / sqrt(g * (1 - g)) AS w
	FROM (SELECT stratum, block, sum(t) AS t, sum(k) AS k, greatest(0.01, least(0.5, (sum(k) + 30 * min(q)) / (sum(t) + 30))) AS g
		  FROM stratum_day JOIN day_block USING (stratum, day) GROUP BY stratum, block) AS b

-- the requests of a value, and those of the others in the same blocks
), cell AS MATERIALIZED (
	SELECT f.factor, f.value, r.pm, r.stratum, b.block, b.is_far, r.day, count(*)::float8 AS n, sum(miss) AS m
	FROM request AS r JOIN day_block AS b USING (stratum, day), LATERAL (VALUES ('firmware', firmware), ('region', region), ('model', model)) AS f (factor, value)
	GROUP BY f.factor, f.value, r.pm, r.stratum, b.block, b.is_far, r.day
), value_block AS MATERIALIZED (
	SELECT c.*, b.t, b.k, b.w * (b.t - c.n) / b.t AS w, b.t - c.n AS others, (b.k - c.m) / nullif(b.t - c.n, 0) AS rate
	FROM (SELECT factor, value, pm, stratum, block, sum(n) AS n, sum(m) AS m FROM cell GROUP BY factor, value, pm, stratum, block) AS c JOIN block AS b USING (stratum, block)
), compared AS MATERIALIZED (
	SELECT * FROM (SELECT *, sum(others) OVER v AS all_others, sum(t) OVER v AS all_t FROM value_block WHERE others > 0 WINDOW v AS (PARTITION BY factor, value, pm)) AS v
	WHERE 10 * others * all_t >= all_others * t
), value_day AS MATERIALIZED (
	SELECT c.factor, c.value, c.day, c.is_far, sum(c.n) AS n, sum(c.m) AS m, sum(c.n * v.rate) AS e,
		sum(w * (c.m - c.n * v.rate)) AS r, sum(w * c.n) AS wn, sum(w * w * c.n * (others + c.n) / others * y) AS v,
		sum(w * (c.m - c.n * k / t)) AS above, sum(w * w * c.n * (t - c.n) / t * y) AS s2,
		sum(w * w * w * c.n * (t - c.n) / t * y * CASE WHEN t > 2 THEN greatest(0, (t - 2 * k) * (t - 2 * c.n) / (t * (t - 2))) ELSE 0 END) AS s3
	FROM cell AS c JOIN compared AS v USING (factor, value, stratum, block), LATERAL (SELECT k * (t - k) / (t * (t - 1)) AS y) AS y
	GROUP BY c.factor, c.value, c.day, c.is_far

-- bursts: days of a value, beyond its usual level
), whole_day AS MATERIALIZED (
	SELECT factor, value, day, sum(n) AS n, sum(m) AS m, sum(e) AS e, sum(r) AS r, sum(wn) AS wn, sum(v) AS v, sum(above) AS above, sum(s2) AS s2, sum(s3) AS s3
	FROM value_day GROUP BY factor, value, day
), usual AS MATERIALIZED (
	SELECT factor, value, c, kappa(e + c, e) AS kappa
	FROM (SELECT DISTINCT ON (factor, value) factor, value, greatest(0, r / wn) AS c, e
		  FROM (SELECT factor, value, r, wn, sum(n) OVER (v ORDER BY r / wn, day) AS n, sum(n) OVER v AS all_n, sum(e) OVER v / sum(n) OVER v AS e
				FROM whole_day WINDOW v AS (PARTITION BY factor, value)) AS d
		  WHERE 2 * n >= all_n ORDER BY factor, value, n) AS m
), deviation AS MATERIALIZED (
	SELECT factor, value, day, d.n, r - c * wn AS r, kappa * v AS v, above - c * wn AS above, kappa * s2 AS s2, kappa * s3 AS s3
	FROM whole_day AS d JOIN usual USING (factor, value)
), day_spread AS MATERIALIZED (
	SELECT factor, greatest(1, percentile_disc(0.5) WITHIN GROUP (ORDER BY CASE WHEN v > 0 THEN r * r / v ELSE 0 END) / 0.4549364) AS phi, count(*) / 3.0::float8 AS df FROM deviation GROUP BY factor
), tested_day AS MATERIALIZED (
	SELECT factor, value, day, z, least(1, 5 * max(p * (tests - place + 1)) OVER (ORDER BY place)) AS p,
		max(p * (own_tests - own_place + 1)) OVER (PARTITION BY factor, value ORDER BY own_place) AS own_p
	FROM (SELECT *, row_number() OVER (ORDER BY p) AS place, count(*) OVER () AS tests,
			row_number() OVER (PARTITION BY factor, value ORDER BY p) AS own_place, count(*) OVER (PARTITION BY factor, value) AS own_tests
		  FROM (SELECT factor, value, day, r / sqrt(phi * v) AS z, tail(r / sqrt(phi * v), phi, df, above, s2, s3) AS p
				FROM deviation JOIN day_spread USING (factor) WHERE n >= 5 AND v > 0) AS t) AS t
), burst_day AS MATERIALIZED (
	/* if a value has a burst, its other days are tested beside its own days alone */
	SELECT factor, value, day, z, p
	FROM (SELECT *, min(p) OVER (PARTITION BY factor, value) AS least_p FROM tested_day) AS d
	WHERE least_p < 0.05 AND (p < 0.05 OR own_p < 0.05)

-- the steady test: of the days without bursts of this value, and of others, unless less than half would remain
), calm_day AS MATERIALIZED (
	SELECT d.*, EXISTS (SELECT FROM burst_day AS b WHERE (b.factor, b.value, b.day) = (d.factor, d.value, d.day)) AS is_burst,
		EXISTS (SELECT FROM burst_day AS b WHERE (b.factor, b.day) = (d.factor, d.day)) AS is_any_burst
	FROM value_day AS d WHERE NOT is_far
), rest AS MATERIALIZED (
	SELECT * FROM (SELECT *, 2 * coalesce(sum(n) FILTER (WHERE NOT is_any_burst) OVER v, 0) >= sum(n) FILTER (WHERE NOT is_burst) OVER v AS omits_all
		FROM calm_day WINDOW v AS (PARTITION BY factor, value)) AS d
	WHERE NOT is_burst AND NOT (is_any_burst AND omits_all)
), summed AS MATERIALIZED (
	SELECT s.*, kappa(m / n, e / n) AS kappa
	FROM (SELECT factor, value, count(*) AS days, sum(n) AS n, sum(m) AS m, sum(e) AS e, sum(r) AS r, sum(wn) AS wn, sum(v) AS v, sum(v * v) AS vv,
			sum(above) AS above, sum(s2) AS s2, sum(s3) AS s3 FROM rest GROUP BY factor, value) AS s
), own AS MATERIALIZED (
	SELECT factor, value, squares / kappa AS squares, base, v * base / (vv + v / 2) AS df
	FROM (SELECT s.factor, s.value, s.kappa, s.v, s.vv, s.days, sum((d.r - s.r / s.wn * d.wn) ^ 2) AS squares,
			sum(d.v - 2 * d.v * d.wn / s.wn + s.v * (d.wn / s.wn) ^ 2) AS base
		  FROM summed AS s JOIN rest AS d USING (factor, value)
		  GROUP BY s.factor, s.value, s.kappa, s.v, s.vv, s.days) AS s
	WHERE days >= 2 AND v > 0
), spread AS MATERIALIZED (
	SELECT s.factor, s.value, greatest(1, CASE WHEN is_far THEN o.squares / o.base ELSE f.phi END) AS phi, CASE WHEN is_far THEN o.df ELSE f.df END AS df
	FROM summed AS s LEFT JOIN own AS o USING (factor, value) LEFT JOIN (SELECT factor, sum(squares) / sum(base) AS phi, sum(df) AS df FROM own GROUP BY factor) AS f USING (factor),
		LATERAL (SELECT 1 + 3 * sqrt(2 / o.df) AS h) AS h,
		LATERAL (SELECT coalesce(o.squares / o.base > h * f.phi OR f.phi > h * o.squares / o.base, false) AS is_far) AS far
), steady AS MATERIALIZED (
	SELECT factor, value, n, m - e AS excess, z, least(1, CASE WHEN EXISTS (SELECT FROM tested_day) THEN 1.25 ELSE 1 END * max(p * (tests - place + 1)) OVER (ORDER BY place)) AS p
	FROM (SELECT *, row_number() OVER (ORDER BY p) AS place, count(*) OVER () AS tests
		  FROM (SELECT s.*, z, tail(z, coalesce(phi, 1), df, above, s2, s3) AS p
				FROM summed AS s JOIN spread USING (factor, value)
					JOIN (SELECT factor, value, sum(v) AS all_v FROM calm_day GROUP BY factor, value) AS a USING (factor, value)
					JOIN (SELECT factor, value, sum(w * w * n * k * (t - k) / (others * (t - 1))) AS whole_v FROM compared WHERE block > 0 GROUP BY factor, value) AS w USING (factor, value),
					LATERAL (SELECT CASE WHEN s.v > 0 THEN r / sqrt(coalesce(phi, 1) * whole_v * s.v / all_v) ELSE 0 END AS z) AS z) AS t) AS t
)
SELECT factor, value, c.n::bigint, coalesce(t.n, 0)::bigint, coalesce(t.m, 0)::bigint, t.e, t.m - t.e, s.z, s.p,
	CASE WHEN s.p < 0.05 AND s.excess >= 5 AND s.excess * 1000 >= s.n THEN 'steady' WHEN b.excess >= 5 AND b.excess * 1000 >= t.n THEN 'burst' END,
	b.first_day, b.last_day, coalesce(b.days, 0), coalesce(b.excess, 0), d.z, d.p
FROM (SELECT factor, value, sum(n) AS n FROM cell GROUP BY factor, value) AS c
	LEFT JOIN (SELECT factor, value, sum(n) AS n, sum(m) AS m, sum(e) AS e FROM whole_day GROUP BY factor, value) AS t USING (factor, value)
	LEFT JOIN steady AS s USING (factor, value)
	LEFT JOIN (SELECT factor, value, min(day) AS first_day, max(day) AS last_day, count(*) AS days, sum(m - e) AS excess FROM burst_day JOIN whole_day USING (factor, value, day)
			   GROUP BY factor, value) AS b USING (factor, value)
	LEFT JOIN (SELECT DISTINCT ON (factor, value) factor, value, z, p FROM tested_day ORDER BY factor, value, p, day) AS d USING (factor, value)
$$;

--
-- Comparison
--

CREATE TABLE figure AS
SELECT s.party, d.* FROM (SELECT party FROM sort UNION ALL SELECT NULL) AS s, pmr.diagnose(s.party, '2026-02-01', '2026-07-31', 'figures') AS d;
CREATE TABLE correct AS
SELECT s.party, o.* FROM (SELECT party FROM sort UNION ALL SELECT NULL) AS s, oracle(s.party) AS o;
CREATE FUNCTION is_near(shown float8, exact float8, error float8) RETURNS boolean LANGUAGE sql IMMUTABLE
	RETURN coalesce(abs(shown - exact) < error, shown IS NULL AND exact IS NULL);

-- z and p are those of the worst day if a burst is all that is claimed
SELECT coalesce(f.party, 'all') AS party, count(*) AS values, string_agg(f.factor || ' ' || f.value || ' ' || f.kind || CASE WHEN f.burst_days > 0 THEN format(' (%s days)', f.burst_days) ELSE '' END, ', ' ORDER BY f.rank) AS claims,
	bool_and(f.requests = c.requests AND f.missed = c.missed AND is_near(f.compared_pct, 100.0 * c.requests / c.measured, 0.02)) AS counts,
	bool_and(is_near(f.expected, c.expected, 0.051) AND is_near(f.excess, c.excess, 0.051)) AS excess,
	bool_and(is_near(f.z, CASE WHEN c.kind = 'burst' THEN c.day_z ELSE c.z END, 0.051)) AS z,
	bool_and(is_near(ln(f.p_value), ln(CASE WHEN c.kind = 'burst' THEN c.day_p ELSE c.p_value END), 0.006)) AS p,
	bool_and(f.kind IS NOT DISTINCT FROM c.kind AND (f.kind IS NULL OR f.burst_days = c.burst_days AND is_near(f.burst_excess, c.burst_excess, 0.051))) AS kind,
	bool_and(f.kind <> 'burst' OR f.first_day = c.first_day AND f.last_day = c.last_day) AS days
FROM figure AS f JOIN correct AS c ON c.party IS NOT DISTINCT FROM f.party AND c.factor = f.factor AND c.value = f.value
GROUP BY f.party
ORDER BY f.party COLLATE "C";
SELECT (SELECT count(*) FROM figure) = (SELECT count(*) FROM correct) AS same_values;

SELECT pmr.drop_source('figures') \g /dev/null
DROP SCHEMA diagnose_figures CASCADE;
