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

CREATE VIEW atom_cell AS
	SELECT a.*, c.factor, c.value
	FROM atom AS a CROSS JOIN LATERAL (VALUES ('all', ''), ('region', region), ('firmware', firmware), ('model', model)) AS c (factor, value);

CREATE PROCEDURE roll_up(source text) LANGUAGE sql AS $$
	INSERT INTO pmr.party SELECT DISTINCT party, party, supplier_group, category FROM atom AS a WHERE a.source = roll_up.source;
	INSERT INTO pmr.source (source, relation, factors, region_factor) VALUES (source, 'disclosure.atom', '{region,firmware,model}', 'region');
	INSERT INTO pmr.rollup (source, month, day, party, srv, mode, device_generation, user_role, qualifier, business_process, factor, value,
		requests, met, missed, pending, not_measured, invalid, answered, success, rejected, failed, no_response, unclassified,
		met_success, met_rejected, missed_rejected, pre_commands, local_commands, cancelled, target_s, target_status, target_fingerprint, rtt)
	SELECT roll_up.source, '2026-10-01', d.day, party, srv, 'on_demand', device_generation, 'any', qualifier, '', factor, value,
		sum(measured), sum(met), sum(measured - met), 0, 0, 0, sum(measured), sum(measured), 0, 0, 0, 0,
		sum(met), 0, 0, 0, 0, 0, 30, 'confirmed', 1, pmr.rtt_sketch(measured::float8)
	FROM atom_cell AS a CROSS JOIN LATERAL (SELECT date '2026-10-02' WHERE factor = 'all' UNION ALL SELECT NULL) AS d (day)
	WHERE a.source = roll_up.source
	GROUP BY d.day, party, srv, device_generation, qualifier, factor, value;
	INSERT INTO pmr.rollup_pair
	SELECT roll_up.source, '2026-10-01', party, srv, 'on_demand', device_generation, factor, other_factor, array_agg(value), array_agg(other_value),
		array_agg(measured), array_agg(missed)
	FROM (SELECT a.party, a.srv, a.device_generation, c.factor, c.other_factor, c.value, c.other_value, sum(measured) AS measured, sum(measured - met) AS missed
		  FROM atom AS a CROSS JOIN LATERAL (VALUES ('region', 'firmware', region, firmware), ('region', 'model', region, model), ('firmware', 'model', firmware, model))
			AS c (factor, other_factor, value, other_value)
		  WHERE a.source = roll_up.source
		  GROUP BY a.party, a.srv, a.device_generation, c.factor, c.other_factor, c.value, c.other_value) AS a
	GROUP BY party, srv, device_generation, factor, other_factor;
	INSERT INTO pmr.rollup_month
	SELECT roll_up.source, '2026-10-01', '2026-12-10', true, now(), current_user, 0, 0, 0, 0, 0, 0, 0, 0, 0, NULL, true, array_agg(DISTINCT party)
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
FROM unnest('{publication,publication_party,publication_cell,publication_figure,rollup,rollup_pair,rollup_month,party_access}'::text[]) AS t;
COPY pmr.publication_cell TO STDOUT;
SELECT attempt('UPDATE pmr.publication_figure SET shown = true') AS update,
	attempt('SELECT * FROM pmr.publication_cell AS c WHERE false') AS row_type;
SELECT count(*) AS statistics FROM pg_stats WHERE schemaname = 'pmr' AND tablename ~ '^(publication|rollup)';
SELECT f AS function, attempt('SELECT ' || f) AS outcome FROM unnest(ARRAY[
	$$pmr.own_groups(pmr.requesting_role(), 'm24', '2026-10-01', 'P1')$$, $$pmr.shown_without('m24', '2026-10-01', '{}')$$, $$pmr.publish_figures('m24', '2026-10-01')$$,
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

-- a role that sees two groups: no categories, no values of factors, and each rate excludes both groups
SET ROLE regress_disclosure_p23;
SELECT srv, count(category_met_pct) AS category, count(others_p50_s) AS times, array_agg(DISTINCT industry_met_pct) AS industry
FROM pmr.party_comparison WHERE source = 'm24' GROUP BY srv ORDER BY srv;
SELECT count(same_value_met_pct) AS factors FROM pmr.factor_comparison WHERE source = 'm24';
RESET ROLE;
SELECT srv, round(100.0 * sum(met) / sum(measured), 1) AS industry FROM atom WHERE source = 'm24' AND supplier_group NOT IN ('G2', 'G3') GROUP BY srv ORDER BY srv;

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

SELECT arguments, attempt(format('SELECT pmr.suppressed_figures(p, %s) FROM pmr.publication AS p WHERE p.source = ''few''', arguments)) AS outcome
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
SELECT cardinality(pmr.suppressed_figures(p, ARRAY[[1,0,0,0,0,9,1]]::bigint[] || n.figures::bigint[], n.shares::bigint[], '{}', '{}')) AS suppressed
FROM n, pmr.publication AS p WHERE p.source = 'few';

DELETE FROM pmr.party_access WHERE role_name ~ '^regress_disclosure';
SELECT count(pmr.withdraw(source, month)) AS withdrawn FROM pmr.publication;
SELECT count(pmr.drop_source(source)) AS dropped FROM pmr.source;
DROP OWNED BY regress_disclosure_p2, regress_disclosure_p23, regress_disclosure_none, regress_disclosure_both, regress_disclosure_all;
DROP SCHEMA disclosure CASCADE;
DROP ROLE regress_disclosure_p2, regress_disclosure_p23, regress_disclosure_none, regress_disclosure_both, regress_disclosure_all;
