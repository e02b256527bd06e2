-- What a role can learn about other Parties: the disclosure rule, written here a
-- second time, over many random months; then attacks by a role that sees one Party.
SET timezone = 'UTC';
SET datestyle = 'ISO, YMD';
SET client_min_messages = 'warning';
\pset null NULL
CREATE SCHEMA disclosure;
SET search_path = disclosure;

CREATE FUNCTION pick(n integer, VARIADIC words text[]) RETURNS integer LANGUAGE sql IMMUTABLE AS $$
	SELECT ((hashtextextended(words::text, 7) % n + n) % n)::integer
$$;

--
-- Months of 5 to 17 supplier groups, some of them large, over three SRVs, two
-- generations, three regions, six firmware versions and three device models
--

CREATE TABLE atom (source text, party text, supplier_group text, category text, srv text, device_generation text, qualifier text,
	region text, firmware text, model text, measured bigint, met bigint);

INSERT INTO atom
SELECT source, party, supplier_group, category, srv, device_generation, qualifier, region, firmware, model, n, pick(n + 1, 'met', a::text, source)
FROM (
	SELECT 'm' || m AS source, a, 'P' || g AS party, 'G' || g AS supplier_group,
		(ARRAY['Large Supplier', 'Small Supplier', 'Gas Network'])[1 + pick(CASE m % 3 WHEN 0 THEN 3 ELSE 2 END, 'c', m::text, g::text)] AS category,
		'S' || pick(3, 's', m::text, g::text, a::text) AS srv, 'smets' || 1 + least(pick(4, 'g', m::text, g::text, a::text), 1) AS device_generation,
		CASE WHEN pick(4, 'q', m::text, g::text, a::text) = 0 THEN 'q' ELSE '' END AS qualifier,
		(ARRAY['North', 'Central', 'South'])[1 + pick(CASE m % 4 WHEN 0 THEN 2 ELSE 3 END, 'r', m::text, g::text, a::text)] AS region,
		'fw' || f AS firmware,
		-- most firmware versions run on one model only
		CASE f WHEN 5 THEN 'model' || pick(3, 'd', m::text, g::text, a::text) ELSE 'model' || f / 2 END AS model,
		CASE WHEN g = 1 AND m % 5 = 0 THEN 2000 ELSE 10 + pick(150, 'n', m::text, g::text, a::text) END AS n
	FROM generate_series(1, 24) AS m, generate_series(1, 5 + m / 2) AS g, generate_series(1, 90) AS a,
		LATERAL (SELECT pick(CASE WHEN g < 4 THEN 6 ELSE 4 END, 'f', m::text, g::text, a::text) AS f) AS f
) AS a;

-- one request of each has a round-trip time
CREATE PROCEDURE roll_up(source text) LANGUAGE sql AS $$
	INSERT INTO pmr.party SELECT DISTINCT party, party, supplier_group, category FROM atom AS a WHERE a.source = roll_up.source;
	INSERT INTO pmr.source (source, relation, factors, region_factor) VALUES (source, 'disclosure.atom', '{region,firmware,model}', 'region');
	INSERT INTO pmr.rollup_stratum
	SELECT roll_up.source, '2026-10-01', party, srv, 'on_demand', device_generation, 'any', qualifier, '', 30, 'confirmed', 1,
		pmr.rollup_state('2026-10-02', CASE WHEN i <= met THEN 'met' ELSE 'missed' END, 'success', CASE i WHEN 1 THEN '2026-10-02 00:00+00'::timestamptz END, '2026-10-02 00:00+00'::timestamptz + measured * interval '1 s', ARRAY[region, firmware, model])
	FROM atom AS a, generate_series(1, measured) AS i
	WHERE a.source = roll_up.source
	GROUP BY party, srv, device_generation, qualifier;
	INSERT INTO pmr.rollup_month (source, month, as_of, settled, refreshed_at, refreshed_by, rows_read, requests, no_party, no_srv, unknown_srv, unknown_mode, unknown_generation, unclassified, negative, success_known, parties, factors)
	SELECT roll_up.source, '2026-10-01', '2026-12-10', true, now(), current_user, 0, 0, 0, 0, 0, 0, 0, 0, 0, true, array_agg(DISTINCT party), '{region,firmware,model}'
	FROM atom AS a WHERE a.source = roll_up.source;
	CALL pmr.publish(source, '2026-10-01');
	DELETE FROM pmr.party;
$$;
DO $$
BEGIN
	FOR m IN 1..24 LOOP
		CALL roll_up('m' || m);
	END LOOP;
END
$$;

-- the rule with its default parameters; the array has the requests of each group
CREATE FUNCTION allowed(measured bigint[]) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
	SELECT count(*) FILTER (WHERE n >= 30) >= 5 AND 2 * max(n) <= sum(n) AND 5 * sum(n) FILTER (WHERE i <= 2) <= 4 * sum(n)
	FROM (SELECT n, row_number() OVER (ORDER BY n DESC) AS i FROM unnest(measured) AS u (n)) AS m
$$;

-- the atoms of each figure, found by the figure's columns alone
CREATE TABLE figure_atom AS
	SELECT f.source, f.figure, f.kind, f.part_of, f.factor, f.shown, a.supplier_group, sum(a.measured)::bigint AS measured
	FROM pmr.publication_figure AS f JOIN atom AS a ON a.source = f.source
		AND (f.kind = 'all' OR f.srv = a.srv)
		AND (f.kind <> 'category' OR f.category = a.category)
		AND (f.kind NOT IN ('generation', 'value', 'stratum') OR f.device_generation = a.device_generation)
		AND (f.kind NOT IN ('value', 'stratum') OR f.value = CASE f.factor WHEN 'region' THEN a.region WHEN 'firmware' THEN a.firmware ELSE a.model END)
		AND (f.kind <> 'stratum' OR f.qualifier = a.qualifier)
	GROUP BY f.source, f.figure, f.kind, f.part_of, f.factor, f.shown, a.supplier_group;
CREATE TABLE reader AS SELECT DISTINCT source, supplier_group AS reader FROM atom;
ANALYZE figure_atom, reader;

SELECT kind, count(*) AS figures, count(*) FILTER (WHERE shown) > 0 AS some_shown, count(*) FILTER (WHERE NOT shown) > 0 AS some_suppressed
FROM pmr.publication_figure GROUP BY kind ORDER BY kind;

-- figures that are shown although they break the rule for some requesting group
SELECT count(*) AS violations
FROM (SELECT f.figure
	  FROM figure_atom AS f JOIN reader AS r ON r.source = f.source AND f.supplier_group <> r.reader
	  WHERE f.shown
	  GROUP BY f.source, f.figure, r.reader
	  HAVING NOT allowed(array_agg(f.measured))) AS v;

-- a shown sum minus its shown parts must not reveal its suppressed parts
SELECT count(*) AS violations
FROM (SELECT h.source, h.part_of
	  FROM (SELECT source, part_of, kind, factor, supplier_group, sum(measured)::bigint AS measured
			FROM figure_atom WHERE NOT shown GROUP BY source, part_of, kind, factor, supplier_group) AS h
		JOIN pmr.publication_figure AS p ON p.source = h.source AND p.figure = h.part_of AND p.shown
		JOIN reader AS r ON r.source = h.source AND r.reader <> h.supplier_group
	  GROUP BY h.source, h.part_of, h.kind, h.factor, r.reader
	  HAVING NOT allowed(array_agg(h.measured))) AS v;
SELECT count(*) AS violations
FROM pmr.publication_figure AS f JOIN pmr.publication_figure AS p ON p.source = f.source AND p.figure = f.part_of
WHERE f.shown AND NOT p.shown AND f.kind <> 'srv';

-- one shown figure minus another that it contains, for each requesting group
CREATE TABLE figure_part AS
	SELECT f.source, f.figure, f.kind, f.srv, f.factor, a.supplier_group, a.category, a.device_generation, a.qualifier, a.region, a.firmware, a.model,
		f.category AS figure_category, sum(a.measured)::bigint AS measured
	FROM pmr.publication_figure AS f JOIN atom AS a ON a.source = f.source AND f.srv = a.srv
		AND (f.kind <> 'category' OR f.category = a.category)
		AND (f.kind NOT IN ('generation', 'value', 'stratum') OR f.device_generation = a.device_generation)
		AND (f.kind NOT IN ('value', 'stratum') OR f.value = CASE f.factor WHEN 'region' THEN a.region WHEN 'firmware' THEN a.firmware ELSE a.model END)
		AND (f.kind <> 'stratum' OR f.qualifier = a.qualifier)
	WHERE f.shown AND f.kind IN ('srv', 'generation', 'category', 'value') AND f.source IN ('m13', 'm16', 'm20', 'm24')
	GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13;
CREATE INDEX ON figure_part (source, srv);
ANALYZE figure_part;
WITH common AS (
	SELECT a.source, a.figure AS whole, b.figure AS part, a.supplier_group, sum(b.measured) AS measured
	FROM figure_part AS a JOIN figure_part AS b ON b.source = a.source AND b.srv = a.srv AND b.figure <> a.figure AND b.supplier_group = a.supplier_group
		AND b.category = a.category AND b.device_generation = a.device_generation AND b.qualifier = a.qualifier AND b.region = a.region
		AND b.firmware = a.firmware AND b.model = a.model
	GROUP BY a.source, a.figure, b.figure, a.supplier_group
), size AS (
	SELECT source, figure, supplier_group, sum(measured) AS measured FROM figure_part GROUP BY source, figure, supplier_group
), total AS (
	SELECT source, figure, sum(measured) AS measured FROM size GROUP BY source, figure
), shared AS (
	SELECT source, whole, part, sum(measured) AS measured FROM common GROUP BY source, whole, part
), contained AS (
	SELECT s.source, s.whole, s.part, r.reader
	FROM shared AS s JOIN total AS t ON t.source = s.source AND t.figure = s.part JOIN reader AS r ON r.source = s.source
		LEFT JOIN size AS o ON o.source = s.source AND o.figure = s.part AND o.supplier_group = r.reader
		LEFT JOIN common AS c ON c.source = s.source AND c.whole = s.whole AND c.part = s.part AND c.supplier_group = r.reader
	WHERE s.measured - coalesce(c.measured, 0) = t.measured - coalesce(o.measured, 0)
), difference AS (
	SELECT k.source, k.whole, k.part, k.reader, w.supplier_group, (w.measured - coalesce(c.measured, 0))::bigint AS measured
	FROM contained AS k JOIN size AS w ON w.source = k.source AND w.figure = k.whole AND w.supplier_group <> k.reader
		LEFT JOIN common AS c ON c.source = k.source AND c.whole = k.whole AND c.part = k.part AND c.supplier_group = w.supplier_group
)
SELECT count(DISTINCT (source, whole, part)) > 100 AS many, count(*) FILTER (WHERE NOT ok) AS violations
FROM (SELECT source, whole, part, reader, allowed(array_agg(measured)) AS ok
	  FROM difference WHERE measured > 0 GROUP BY source, whole, part, reader) AS d;

--
-- Attacks by a role that sees P2, and by one that sees P2 and P3, on source m24
--

CREATE ROLE regress_disclosure_p2;
CREATE ROLE regress_disclosure_p23;
CREATE ROLE regress_disclosure_none;
CREATE ROLE regress_disclosure_both IN ROLE regress_disclosure_p2;
CREATE ROLE regress_disclosure_all;
INSERT INTO pmr.party_access VALUES ('regress_disclosure_p2', 'P2'), ('regress_disclosure_p23', 'P2'), ('regress_disclosure_p23', 'P3'), ('regress_disclosure_all', '*');
GRANT USAGE, CREATE ON SCHEMA disclosure TO regress_disclosure_p2;

-- the number of rows that a query returns, or its error
CREATE FUNCTION attempt(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	n bigint;
BEGIN
	EXECUTE query;
	GET DIAGNOSTICS n = ROW_COUNT;
	RETURN n || ' rows';
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE || ' ' || SQLERRM;
END
$$;
CREATE FUNCTION plan(query text) RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
	RETURN QUERY EXECUTE 'EXPLAIN (ANALYZE, VERBOSE, COSTS OFF, TIMING OFF, SUMMARY OFF) ' || query;
END
$$;

SET ROLE regress_disclosure_p2;
SELECT t AS "table", attempt(format('SELECT FROM pmr.%I', t)) AS outcome
FROM unnest('{publication,publication_party,publication_combination,publication_cell,publication_figure,rollup,rollup_pair,rollup_stratum,rollup_part,rollup_month,party_access}'::text[]) AS t;
COPY pmr.publication_cell TO STDOUT;
SELECT attempt('UPDATE pmr.publication_figure SET shown = true') AS update,
	attempt('SELECT * FROM pmr.publication_cell AS c WHERE false') AS row_type;
SELECT count(*) AS statistics FROM pg_stats WHERE schemaname = 'pmr' AND tablename ~ '^(publication|rollup)';
SELECT f AS function, attempt('SELECT ' || f) AS outcome FROM unnest(ARRAY[
	$$pmr.own_groups(pmr.requesting_role(), 'm24', '2026-10-01', 'P1')$$, $$pmr.reader(pmr.requesting_role(), 'm24', '2026-10-01', 'P1')$$, $$pmr.hidden_by_combination('m24', '2026-10-01', '{}', true)$$, $$pmr.current_combinations('m24', '2026-10-01', NULL)$$, $$pmr.publish_figures('m24', '2026-10-01')$$,
	$$pmr.suppress_figures('m24', '2026-10-01')$$, $$pmr.withdraw('m24', '2026-10-01')$$,
	$$pmr.party_comparison_of(pmr.requesting_role(), 'm24', 'P1', '2026-10-01')$$, $$pmr.party_comparison_of(pmr.requesting_role(), 'm24', 'nobody', '2026-10-01')$$,
	$$pmr.factor_comparison_of(pmr.requesting_role(), 'm24', 'P1', '2026-10-01')$$, $$pmr.party_comparison_of(pmr.requesting_role(), 'm24', NULL, '2026-10-01')$$]) AS f;
SELECT attempt($$CALL pmr.publish('m24', '2026-10-01')$$);

-- whose rows the role sees: in the views, and in its own view and function
SELECT 'party_comparison' AS view, array_agg(DISTINCT party) FROM pmr.party_comparison
UNION ALL SELECT 'factor_comparison', array_agg(DISTINCT party) FROM pmr.factor_comparison;
SELECT count(*) > 0 AS rows, count(requests) + count(met_pct) + count(p50_s) AS live_figures FROM pmr.industry_performance;
CREATE VIEW own_view AS SELECT * FROM pmr.party_comparison;
CREATE FUNCTION own_definer() RETURNS SETOF text LANGUAGE sql SECURITY DEFINER AS 'SELECT DISTINCT party FROM pmr.party_comparison';
SELECT array_agg(DISTINCT party) AS own_view, (SELECT array_agg(d) FROM own_definer() AS d) AS own_definer FROM own_view;

-- a function that records its arguments, so cheap that the planner calls it first
CREATE TABLE told (party text, met double precision);
CREATE FUNCTION tell(party text, met double precision) RETURNS boolean LANGUAGE plpgsql COST 0.0000001 AS $$
BEGIN
	INSERT INTO told VALUES (party, met);
	RETURN true;
END
$$;
SELECT count(*) > 0 AS rows FROM pmr.party_comparison WHERE tell(party, own_met_pct) AND party >= 'P1';
SELECT count(*) > 0 AS rows FROM pmr.factor_comparison WHERE tell(party, own_met_pct) AND party >= 'P1';
SELECT array_agg(DISTINCT party) AS told FROM told;

-- the plan and its row counts do not tell an existing Party from one that does not exist
SELECT count(*) AS differences
FROM (SELECT replace(p, 'P1', 'X1') FROM plan($$SELECT * FROM pmr.party_comparison WHERE party = 'P1' AND measured > 10$$) AS p
	  EXCEPT ALL
	  SELECT p FROM plan($$SELECT * FROM pmr.party_comparison WHERE party = 'X1' AND measured > 10$$) AS p) AS d;
SELECT count(*) AS differences
FROM (SELECT replace(p, 'P1', 'X1') FROM plan($$SELECT * FROM pmr.factor_comparison_of(pmr.requesting_role(), 'm24', 'P1', '2026-10-01') WHERE measured > 10$$) AS p
	  EXCEPT ALL
	  SELECT p FROM plan($$SELECT * FROM pmr.factor_comparison_of(pmr.requesting_role(), 'm24', 'X1', '2026-10-01') WHERE measured > 10$$) AS p) AS d;
SELECT attempt($$SELECT 1 / (measured - measured) FROM pmr.party_comparison WHERE party = 'P1'$$);

-- code that runs as its owner when a superuser or autovacuum maintains the owner's table
RESET ROLE;
CREATE SCHEMA disclosure_own AUTHORIZATION regress_disclosure_p2;
SET ROLE regress_disclosure_p2;
CREATE TABLE disclosure_own.loot (party text);
CREATE FUNCTION disclosure_own.take() RETURNS integer LANGUAGE sql AS 'INSERT INTO disclosure_own.loot SELECT party FROM pmr.party_comparison; SELECT 1';
CREATE FUNCTION disclosure_own.take(integer) RETURNS integer LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RETURN $1; END';
CREATE TABLE disclosure_own.maintained AS SELECT 1 AS x;
CREATE INDEX ON disclosure_own.maintained (disclosure_own.take(x));
CREATE OR REPLACE FUNCTION disclosure_own.take(integer) RETURNS integer LANGUAGE plpgsql IMMUTABLE AS 'BEGIN PERFORM disclosure_own.take(); RETURN $1; END';
CREATE MATERIALIZED VIEW disclosure_own.snapshot AS SELECT party FROM pmr.party_comparison WITH NO DATA;
RESET ROLE;
\set VERBOSITY terse
ANALYZE disclosure_own.maintained;
REINDEX TABLE disclosure_own.maintained;
REFRESH MATERIALIZED VIEW disclosure_own.snapshot;
\set VERBOSITY default
-- they have taken the owner's Parties alone
SELECT party, count(*) > 0 AS loot FROM (TABLE disclosure_own.loot UNION ALL TABLE disclosure_own.snapshot) AS l GROUP BY party ORDER BY party;
DROP SCHEMA disclosure_own CASCADE;

-- other roles
RESET ROLE;
GRANT USAGE ON SCHEMA disclosure TO regress_disclosure_p23, regress_disclosure_none, regress_disclosure_both, regress_disclosure_all;
GRANT SELECT ON own_view TO regress_disclosure_none;
SET ROLE regress_disclosure_none;
SELECT (SELECT count(*) FROM pmr.party_comparison) AS parties, (SELECT count(*) FROM pmr.factor_comparison) AS factors, (SELECT count(*) FROM pmr.industry_performance) AS industry,
	(SELECT count(*) FROM disclosure.own_view) AS view_of_another;
SET ROLE regress_disclosure_both;
SELECT array_agg(DISTINCT party) FROM pmr.party_comparison;
SET ROLE regress_disclosure_all;
SELECT count(DISTINCT party) FROM pmr.party_comparison WHERE source = 'm24';

--
-- Roles that combine supplier groups.  "Two" inherits the roles of G2 and G3;
-- "three" inherits nothing, but can act as that of G4 and, over two levels, as
-- those of G5 and G6; "p23" sees P2 and P3 as one role.
--

RESET ROLE;
CREATE ROLE regress_disclosure_p3;
CREATE ROLE regress_disclosure_p4;
CREATE ROLE regress_disclosure_p5;
CREATE ROLE regress_disclosure_p6;
CREATE ROLE regress_disclosure_two IN ROLE regress_disclosure_p2, regress_disclosure_p3;
CREATE ROLE regress_disclosure_level1 IN ROLE regress_disclosure_p5, regress_disclosure_p6;
CREATE ROLE regress_disclosure_level2 IN ROLE regress_disclosure_level1;
CREATE ROLE regress_disclosure_three NOINHERIT IN ROLE regress_disclosure_p4, regress_disclosure_level2;
INSERT INTO pmr.party_access SELECT 'regress_disclosure_p' || n, 'P' || n FROM generate_series(3, 6) AS n;
INSERT INTO pmr.party_access VALUES ('regress_disclosure_missing', 'P1'), ('regress_disclosure_missing', 'P7');
GRANT USAGE ON SCHEMA disclosure TO regress_disclosure_p3, regress_disclosure_p4, regress_disclosure_p5, regress_disclosure_p6, regress_disclosure_two,
	regress_disclosure_level1, regress_disclosure_level2, regress_disclosure_three;

-- what a role is shown without its own groups, and its categories, which only the view names
CREATE TABLE collected (published text, login text, role text, source text, figure integer);
CREATE FUNCTION figures_of(role pmr.requesting_role, source text) RETURNS SETOF integer LANGUAGE sql SECURITY DEFINER AS $$
	SELECT f.figure
	FROM pmr.reader(role, figures_of.source, '2026-10-01', NULL) AS r
		CROSS JOIN pmr.others_figure(figures_of.source, '2026-10-01', r.own, r.every_party, r.hidden) AS o
		JOIN pmr.publication_figure AS f ON f.source = figures_of.source
			AND (f.kind, f.srv, f.device_generation, f.qualifier, f.factor, f.value) = (o.kind, o.srv, o.device_generation, o.qualifier, o.factor, o.value)
	WHERE o.kind <> 'category' AND r.own <> '{}'
$$;
CREATE FUNCTION category_figure(source text, party text, srv text) RETURNS integer LANGUAGE sql SECURITY DEFINER AS $$
	SELECT f.figure FROM pmr.publication_figure AS f JOIN pmr.publication_party AS p ON p.source = f.source AND p.category = f.category
	WHERE f.source = category_figure.source AND f.kind = 'category' AND f.srv = category_figure.srv AND p.party = category_figure.party
$$;
CREATE FUNCTION categories_of(source text) RETURNS SETOF integer LANGUAGE sql AS $$
	SELECT disclosure.category_figure(source, c.party, c.srv) FROM pmr.party_comparison AS c WHERE c.source = categories_of.source AND c.category_met_pct IS NOT NULL
$$;
CREATE FUNCTION note(published text, login text, source text, figures integer[]) RETURNS bigint LANGUAGE sql SECURITY DEFINER AS $$
	WITH n AS (INSERT INTO disclosure.collected SELECT published, login, current_setting('role'), source, f FROM unnest(figures) AS f RETURNING figure)
	SELECT count(*) FROM n
$$;
CREATE PROCEDURE collect(published text, login text, VARIADIC roles text[]) LANGUAGE plpgsql AS $$
DECLARE
	reader text;
	month text;
BEGIN
	FOREACH reader IN ARRAY roles LOOP
		EXECUTE format('SET LOCAL ROLE %I', 'regress_disclosure_' || reader);
		FOREACH month IN ARRAY '{m4,m6,m9,m12}'::text[] LOOP
			PERFORM disclosure.note(published, login, month, ARRAY(SELECT disclosure.figures_of(pmr.requesting_role(), month) UNION SELECT disclosure.categories_of(month)));
		END LOOP;
	END LOOP;
	RESET ROLE;
END
$$;
CREATE PROCEDURE collect_all(published text) LANGUAGE sql AS $$
	CALL disclosure.collect(published, 'two', 'p2', 'p3', 'two');
	CALL disclosure.collect(published, 'three', 'p4', 'p5', 'p6', 'level1', 'level2', 'three');
	CALL disclosure.collect(published, 'p23', 'p23');
$$;
CREATE TABLE login AS SELECT * FROM (VALUES ('two', '{G2,G3}'::text[]), ('three', '{G4,G5,G6}'), ('p23', '{G2,G3}'), ('more', '{G2,G3,G4}')) AS v (login, groups);

-- the publications are older than the combinations
CALL collect_all('combined later');
-- then they are allowed for
CREATE PROCEDURE publish_again(source text) LANGUAGE sql AS $$
	SELECT pmr.withdraw(source, '2026-10-01');
	INSERT INTO pmr.party SELECT DISTINCT party, party, supplier_group, category FROM disclosure.atom AS a WHERE a.source = publish_again.source;
	CALL pmr.publish(source, '2026-10-01');
	DELETE FROM pmr.party;
$$;
SET client_min_messages = 'notice';
CALL publish_again('m4');
CALL publish_again('m6');
CALL publish_again('m9');
CALL publish_again('m12');
SET client_min_messages = 'warning';
SELECT source, groups, cardinality(hidden) > 0 AS hides FROM pmr.publication_combination ORDER BY source, groups;
CALL collect_all('allowed for');
-- what each role could collect if nothing was hidden from it but what is hidden from all
INSERT INTO collected
SELECT 'to one group', l.login, 'any', f.source, f.figure
FROM login AS l CROSS JOIN pmr.publication_figure AS f
WHERE f.source IN ('m4', 'm6', 'm9', 'm12') AND f.shown
  AND (f.kind <> 'category' OR f.category IN (SELECT p.category FROM pmr.publication_party AS p WHERE p.source = f.source AND p.supplier_group = ANY (l.groups)));

-- what the views tell; "three" can read nothing by itself
SET ROLE regress_disclosure_three;
SELECT (SELECT count(*) FROM pmr.party_comparison) AS parties, (SELECT count(*) FROM pmr.industry_performance) AS industry;
SET ROLE regress_disclosure_p2;
SELECT count(*) AS rows, count(category_met_pct) AS category, count(industry_met_pct) AS industry, count(median_met_pct) AS median, count(others_p50_s) AS times, max(suppressed) AS suppressed
FROM pmr.party_comparison WHERE source = 'm12' AND srv = 'S1';
SELECT count(same_value_met_pct) > 0 AS factors FROM pmr.factor_comparison WHERE source = 'm12' AND factor = 'firmware';
SET ROLE regress_disclosure_two;
SELECT party, category_met_pct IS NOT NULL AS category, industry_met_pct IS NOT NULL AS industry, median_met_pct IS NOT NULL AS median, others_p50_s IS NOT NULL AS times, suppressed
FROM pmr.party_comparison WHERE source = 'm12' AND srv = 'S1' ORDER BY party;
-- each rate of others is without both groups
SET ROLE regress_disclosure_p23;
SELECT source, srv, published_met_pct FROM pmr.industry_performance WHERE source IN ('m6', 'm12') ORDER BY source, srv;
RESET ROLE;
SELECT source, srv, round(100.0 * sum(met) / sum(measured), 1) AS industry FROM atom WHERE source IN ('m6', 'm12') AND supplier_group NOT IN ('G2', 'G3') GROUP BY source, srv ORDER BY source, srv;

-- membership that is granted after publication, and revoked
GRANT regress_disclosure_p4 TO regress_disclosure_two;
CALL collect('combined later', 'more', 'p2', 'p3', 'p4', 'two');
REVOKE regress_disclosure_p3, regress_disclosure_p4 FROM regress_disclosure_two;
DELETE FROM pmr.party_access WHERE role_name = 'regress_disclosure_p23' AND party = 'P3';
CREATE ROLE regress_disclosure_admin CREATEROLE IN ROLE regress_disclosure_p2, regress_disclosure_p4;
CALL collect('revoked', 'none', 'p2', 'two', 'p23');
SELECT role, source, count(*) AS figures, (SELECT count(*) FROM pmr.publication_figure AS f WHERE f.source = c.source AND f.shown AND f.kind <> 'category') AS shown
FROM collected AS c WHERE login = 'none' AND figure NOT IN (SELECT figure FROM pmr.publication_figure AS f WHERE f.source = c.source AND f.kind = 'category')
GROUP BY role, source ORDER BY role, source;

/*
 * Linear algebra.  A figure is a vector: how often it contains each kind of
 * request of others than the login's groups.  The login can work out what is a
 * linear combination of the figures that it has collected.  This is decided
 * modulo a prime, where no combination is missed.
 */
CREATE TABLE kind_of_request AS
	SELECT l.login, a.source, a.srv, a.category, a.device_generation, a.qualifier, a.region, a.firmware, a.model,
		row_number() OVER (PARTITION BY l.login, a.source, a.srv ORDER BY a.category, a.device_generation, a.qualifier, a.region, a.firmware, a.model) AS i
	FROM login AS l JOIN atom AS a ON a.supplier_group <> ALL (l.groups) WHERE a.source IN ('m4', 'm6', 'm9', 'm12')
	GROUP BY l.login, a.source, a.srv, a.category, a.device_generation, a.qualifier, a.region, a.firmware, a.model;
CREATE TABLE vector AS
	SELECT k.login, f.source, f.srv, f.figure, f.kind, array_agg((CASE WHEN
		(f.kind <> 'category' OR f.category = k.category)
		AND (f.kind NOT IN ('generation', 'value', 'stratum') OR f.device_generation = k.device_generation)
		AND (f.kind NOT IN ('value', 'stratum') OR f.value = CASE f.factor WHEN 'region' THEN k.region WHEN 'firmware' THEN k.firmware ELSE k.model END)
		AND (f.kind <> 'stratum' OR f.qualifier = k.qualifier) THEN 1 ELSE 0 END)::bigint ORDER BY k.i) AS v
	FROM kind_of_request AS k JOIN pmr.publication_figure AS f ON f.source = k.source AND f.srv = k.srv
	GROUP BY k.login, f.source, f.srv, f.figure, f.kind;
CREATE FUNCTION remainder(v bigint[], basis bigint[], pivots integer[]) RETURNS bigint[] LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
	p CONSTANT bigint := 2147483647;
	factor bigint;
BEGIN
	FOR b IN 1 .. cardinality(pivots) LOOP
		factor := v[pivots[b]];
		IF factor <> 0 THEN
			FOR i IN pivots[b] .. cardinality(v) LOOP
				v[i] := (v[i] + (p - factor) * basis[(b - 1) * cardinality(v) + i]) % p;
			END LOOP;
		END IF;
	END LOOP;
	RETURN v;
END
$$;
-- which of the vectors are linear combinations of the known ones
CREATE FUNCTION determined(known bigint[], asked bigint[], n integer) RETURNS SETOF integer LANGUAGE plpgsql AS $$
DECLARE
	p CONSTANT bigint := 2147483647;
	basis bigint[] := '{}';
	pivots integer[] := '{}';
	v bigint[];
	pivot integer;
	scale bigint;
BEGIN
	FOR k IN 1 .. cardinality(known) / n LOOP
		v := disclosure.remainder(known[(k - 1) * n + 1 : k * n], basis, pivots);
		SELECT min(i) INTO pivot FROM unnest(v) WITH ORDINALITY AS u (x, i) WHERE x <> 0;
		CONTINUE WHEN pivot IS NULL;
		-- Fermat: the inverse modulo p
		SELECT x INTO scale FROM (
			WITH RECURSIVE power (e, base, x) AS (
				VALUES (p - 2, v[pivot], 1::bigint)
				UNION ALL SELECT e / 2, base * base % p, CASE e % 2 WHEN 1 THEN x * base % p ELSE x END FROM power WHERE e > 0)
			SELECT x FROM power WHERE e = 0) AS f;
		basis := basis || ARRAY(SELECT x * scale % p FROM unnest(v) WITH ORDINALITY AS u (x, i) ORDER BY i);
		pivots := pivots || pivot;
	END LOOP;
	FOR k IN 1 .. cardinality(asked) / n LOOP
		IF 0 = ALL (disclosure.remainder(asked[(k - 1) * n + 1 : k * n], basis, pivots)) THEN
			RETURN NEXT k;
		END IF;
	END LOOP;
END
$$;
-- figures, and a sum without another figure, that break the rule without the login's groups
CREATE TABLE forbidden AS
	WITH asked AS (
		SELECT login, source, srv, figure, NULL AS without, v FROM vector
		UNION ALL
		SELECT s.login, s.source, s.srv, s.figure, w.figure, ARRAY(SELECT a * (1 - b) FROM unnest(s.v, w.v) WITH ORDINALITY AS u (a, b, i) ORDER BY i)
		FROM vector AS s JOIN vector AS w ON w.login = s.login AND w.source = s.source AND w.srv = s.srv AND w.figure <> s.figure
		WHERE s.kind IN ('srv', 'category', 'generation') AND w.kind <> 'stratum'
	), request AS (
		SELECT k.login, k.source, k.srv, k.i, a.supplier_group, sum(a.measured)::bigint AS measured
		FROM kind_of_request AS k JOIN login AS l ON l.login = k.login
			JOIN atom AS a ON (a.source, a.srv, a.category, a.device_generation, a.qualifier, a.region, a.firmware, a.model)
				= (k.source, k.srv, k.category, k.device_generation, k.qualifier, k.region, k.firmware, k.model) AND a.supplier_group <> ALL (l.groups)
		GROUP BY k.login, k.source, k.srv, k.i, a.supplier_group
	), by_group AS (
		SELECT a.login, a.source, a.srv, a.v, r.supplier_group, sum(r.measured)::bigint AS measured
		FROM (SELECT DISTINCT login, source, srv, v FROM asked) AS a JOIN request AS r ON r.login = a.login AND r.source = a.source AND r.srv = a.srv AND a.v[r.i] > 0
		GROUP BY a.login, a.source, a.srv, a.v, r.supplier_group
	)
	SELECT login, source, srv, v FROM by_group GROUP BY login, source, srv, v HAVING NOT allowed(array_agg(measured));
CREATE FUNCTION flat(vectors anyarray) RETURNS bigint[] LANGUAGE sql AS 'SELECT array_agg(x) FROM unnest(vectors) AS x';
SELECT c.login, c.published, sum(c.figures) AS figures, sum(d.leaks) AS leaks
FROM (SELECT c.published, c.login, c.source, v.srv, count(*) AS figures, flat(array_agg(v.v)) AS known, max(cardinality(v.v)) AS n
	  FROM (SELECT DISTINCT published, login, source, figure FROM collected) AS c
		JOIN vector AS v ON v.login = c.login AND v.source = c.source AND v.figure = c.figure
	  GROUP BY c.published, c.login, c.source, v.srv) AS c
	JOIN (SELECT f.login, f.source, f.srv, flat(array_agg(f.v)) AS asked FROM forbidden AS f GROUP BY f.login, f.source, f.srv) AS f
		ON f.login = c.login AND f.source = c.source AND f.srv = c.srv
	CROSS JOIN LATERAL (SELECT count(*) AS leaks FROM determined(c.known, f.asked, c.n)) AS d
GROUP BY c.login, c.published ORDER BY c.login, c.published;

--
-- Few Parties, one dominant Party, one suppressed cell in a margin
--

TRUNCATE atom;
INSERT INTO atom
SELECT s.source, 'P' || g, 'G' || g, 'Other', 'S1', 'smets2', '', r.region, 'fw', 'model', r.n, r.n - 10
FROM (VALUES ('few', 5), ('dominant', 12), ('margin', 12)) AS s (source, groups), generate_series(1, s.groups) AS g,
	LATERAL (VALUES ('North', CASE WHEN s.source = 'dominant' AND g = 3 THEN 5000 ELSE 100 END), ('South', 200), ('Central', 40)) AS r (region, n)
WHERE s.source <> 'margin' OR r.region <> 'Central' OR g = 4;
CALL roll_up('few');
CALL roll_up('dominant');
CALL roll_up('margin');
SET ROLE regress_disclosure_p2;
SELECT source, srv, measured, own_met_pct AS own, category_met_pct AS category, industry_met_pct AS industry, expected_met_pct AS expected, coverage_pct AS coverage,
	median_met_pct AS median, rank, others_p50_s AS p50, suppressed
FROM pmr.party_comparison WHERE source IN ('few', 'dominant', 'margin') ORDER BY source, srv;
SELECT source, factor, value, measured, own_met_pct AS own, same_value_met_pct AS same, other_values_met_pct AS other, verdict, suppressed
FROM pmr.factor_comparison WHERE source IN ('few', 'dominant', 'margin') ORDER BY source, factor, value;
SELECT source, srv, published_met_pct, suppressed FROM pmr.industry_performance WHERE source IN ('few', 'dominant', 'margin') ORDER BY source;
RESET ROLE;

--
-- What the functions in C refuse
--

SELECT arguments, attempt(format('SELECT pmr.suppressed_figures(p, %s, ''{}'') FROM pmr.publication AS p WHERE p.source = ''few''', arguments)) AS outcome
FROM unnest(ARRAY[
	$$'{{1,0,0,0,0,9,1},{2,2,1,0,0,9,1}}', '{{1,5,9}}', '{}', '{}'$$,
	$$'{}', '{}', '{}', '{}'$$,
	$$'{1,0,0,0,0,9,1}', '{}', '{}', '{}'$$,
	$$'{{{1}}}', '{}', '{}', '{}'$$,
	$$'{{1,0,0,0,0,9,1}}', '{{1,5}}', '{}', '{}'$$,
	$$'{{1,0,0,0,0,9,1}}', '{}', '{{1,5,6}}', '{}'$$,
	$$'{{1,0,0,0,0,9,1}}', '{}', '{}', '{{1,5,6,7,8}}'$$,
	$$'{{1,0,0,0,0,9,NULL}}', '{}', '{}', '{}'$$,
	$$'{{1,0,0,0,0,9,1}}', '{{1,5,NULL}}', '{}', '{}'$$,
	$$'{{1,0,0,0,0,9,1},{1,2,1,0,0,9,1}}', '{}', '{}', '{}'$$,
	$$'{{1,5,0,0,0,9,1}}', '{}', '{}', '{}'$$,
	$$'{{-1,0,0,0,0,9,1}}', '{}', '{}', '{}'$$,
	$$'{{2147483648,0,0,0,0,9,1}}', '{}', '{}', '{}'$$,
	$$'{{1,0,0,0,0,9,1},{2,2,3,0,0,9,1}}', '{}', '{}', '{}'$$,
	$$'{{1,0,0,0,0,9,1},{2,3,1,0,0,9,1}}', '{}', '{}', '{}'$$,
	$$'{{1,0,0,0,0,9,1},{2,0,0,0,0,9,1}}', '{}', '{}', '{}'$$,
	$$'{{1,0,0,0,0,9,1}}', '{{2,5,9}}', '{}', '{}'$$,
	$$'{{1,0,0,0,0,9,1}}', '{{1,5,-9}}', '{}', '{}'$$,
	$$'{{1,0,0,0,0,9,1}}', '{{1,5,9223372036854775807},{1,6,1}}', '{}', '{}'$$,
	$$'{{1,0,0,0,0,9,1}}', '{{1,5,9}}', '{{1,0,6,9}}', '{}'$$,
	$$'{{1,0,0,0,0,9,1}}', '{{1,5,9}}', '{{1,0,5,9}}', '{}'$$,
	$$'{{1,0,0,0,0,9,1}}', '{{1,5,9}}', '{}', '{{1,1,5,9}}'$$]) AS arguments;
SELECT attempt(format('SELECT pmr.passes_dominance_rule(%s) FROM pmr.publication AS p WHERE p.source = ''few''', arguments)) AS outcome, arguments
FROM unnest(ARRAY[$$'{}', p, 0$$, $$'{1,NULL}', p, 0$$, $$'{1,-2}', p, 0$$, $$'{1,9223372036854775807}', p, 1$$, $$'{1}', p, 2$$,
	$$'{1}', jsonb_populate_record(p, '{"min_groups": null}'), 1$$]) AS arguments;

-- as many figures and groups as counts: no more than a moment
WITH n AS (
	SELECT array_agg(ARRAY[2 + i, 1, 1, 0, i, i, i % 2]) AS figures, array_agg(ARRAY[2 + i, i, i]) AS shares FROM generate_series(1, 20000) AS i
)
SELECT cardinality(pmr.suppressed_figures(p, ARRAY[[1,0,0,0,0,9,1]]::bigint[] || n.figures::bigint[], n.shares::bigint[], '{}', '{}', '{}')) AS suppressed
FROM n, pmr.publication AS p WHERE p.source = 'few';

DELETE FROM pmr.party_access WHERE role_name ~ '^regress_disclosure';
SELECT count(pmr.withdraw(source, month)) AS withdrawn FROM pmr.publication;
SELECT count(pmr.drop_source(source)) AS dropped FROM pmr.source;
DROP OWNED BY regress_disclosure_p2, regress_disclosure_p3, regress_disclosure_p4, regress_disclosure_p5, regress_disclosure_p6, regress_disclosure_p23, regress_disclosure_two,
	regress_disclosure_level1, regress_disclosure_level2, regress_disclosure_three, regress_disclosure_none, regress_disclosure_both, regress_disclosure_all, regress_disclosure_admin;
DROP SCHEMA disclosure CASCADE;
DROP ROLE regress_disclosure_p2, regress_disclosure_p3, regress_disclosure_p4, regress_disclosure_p5, regress_disclosure_p6, regress_disclosure_p23, regress_disclosure_two,
	regress_disclosure_level1, regress_disclosure_level2, regress_disclosure_three, regress_disclosure_none, regress_disclosure_both, regress_disclosure_all, regress_disclosure_admin;
