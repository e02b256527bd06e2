/* The industry's published figures */

CREATE FUNCTION pmr.industry_month(role pmr.requesting_role)
	RETURNS TABLE (source text, month date, as_of timestamp with time zone, published_as_of timestamp with time zone)
	LANGUAGE sql STABLE PARALLEL RESTRICTED SECURITY DEFINER
	ROWS 20
	SET search_path = pg_catalog, pg_temp
	SET jit = off
BEGIN ATOMIC
	WITH access AS MATERIALIZED (
		SELECT pmr.can_see_all_parties(role) AS can_see_all_parties, pmr.own_parties(role) <> '{}' AS sees_some
	)
	SELECT coalesce(m.source, p.source), coalesce(m.month, p.month), CASE WHEN a.can_see_all_parties THEN m.as_of END, p.as_of
	FROM access AS a CROSS JOIN (pmr.rollup_month AS m FULL JOIN pmr.publication AS p ON p.source = m.source AND p.month = m.month)
	WHERE a.can_see_all_parties OR a.sees_some AND p.month IS NOT NULL
	ORDER BY 1, 2;
END;
COMMENT ON FUNCTION pmr.industry_month(pmr.requesting_role) IS 'internal: months that industry_performance has for the role: rolled up or published ones if it can see all Parties, or else published ones';

CREATE FUNCTION pmr.industry_performance_of(role pmr.requesting_role, source text, month date)
	RETURNS TABLE (srv text, mode text, requests bigint, measured bigint, missed bigint, met_pct double precision, success_pct double precision,
		p50_s double precision, p95_s double precision, published_met_pct double precision, suppressed text)
	LANGUAGE sql STABLE PARALLEL RESTRICTED SECURITY DEFINER
	ROWS 60
	SET search_path = pg_catalog, pg_temp
	SET jit = off
BEGIN ATOMIC
	WITH asked AS MATERIALIZED (
		SELECT r.every_party AS can_see_all_parties, r.own, r.hidden
		FROM pmr.reader(role, industry_performance_of.source, industry_performance_of.month, NULL) AS r
		WHERE r.every_party OR pmr.own_parties(role) <> '{}'
	), live AS (
		SELECT f.*
		FROM asked AS a JOIN pmr.party_figure AS f ON f.source = industry_performance_of.source AND f.month = industry_performance_of.month
		WHERE a.can_see_all_parties AND f.party = '*' AND f.kind = 'all'
	), exact AS (
		SELECT c.srv, c.mode, pmr.percentage(sum(c.met)::bigint, sum(c.measured)::bigint) AS met_pct
		FROM asked AS a JOIN pmr.publication_cell AS c ON c.source = industry_performance_of.source AND c.month = industry_performance_of.month
		WHERE a.can_see_all_parties AND c.factor = 'all'
		GROUP BY c.srv, c.mode
	), others AS (
		SELECT f.srv, f.mode, f.groups && a.own AS own,
			CASE WHEN f.shown AND f.figure <> ALL (a.hidden)
				THEN pmr.per_mille(f.total_met - g.met, f.total_measured - g.measured) / 10.0::double precision END AS met_pct
		FROM asked AS a
			JOIN pmr.publication_figure AS f ON f.source = industry_performance_of.source AND f.month = industry_performance_of.month
			CROSS JOIN LATERAL (SELECT coalesce(sum(f.measured[array_position(f.groups, o.name)]), 0)::bigint AS measured,
									coalesce(sum(f.met[array_position(f.groups, o.name)]), 0)::bigint AS met
								FROM unnest(a.own) AS o (name)) AS g
		WHERE NOT a.can_see_all_parties AND f.kind = 'srv'
	)
	SELECT coalesce(l.srv, e.srv), coalesce(l.mode, e.mode), l.requests, l.met + l.missed, l.missed, l.target_met_pct, l.success_pct, l.p50_s, l.p95_s, e.met_pct, NULL
	FROM live AS l FULL JOIN exact AS e ON e.srv = l.srv AND e.mode = l.mode
	UNION ALL
	/* an SRV whose figure is hidden is listed only if own groups have used it */
	SELECT o.srv, o.mode, NULL, NULL, NULL, NULL, NULL, NULL, NULL, o.met_pct,
		CASE WHEN o.met_pct IS NULL THEN 'others are too few, or too unequal' END
	FROM others AS o
	WHERE o.met_pct IS NOT NULL OR o.own
	ORDER BY 1, 2;
END;
COMMENT ON FUNCTION pmr.industry_performance_of(pmr.requesting_role, text, date) IS 'internal: industry_performance of one month';

CREATE VIEW pmr.industry_performance AS
	SELECT k.source, k.month, i.*, k.as_of, k.published_as_of
	FROM pmr.industry_month(pmr.requesting_role()) AS k, pmr.industry_performance_of(pmr.requesting_role(), k.source, k.month) AS i;
COMMENT ON VIEW pmr.industry_performance IS 'how well the requests of all Parties together did, for roles that can see all Parties; for other roles the published months alone, without the supplier groups of the Parties that they can see';
COMMENT ON COLUMN pmr.industry_performance.source IS 'name of the source, as given to pmr.add_source';
COMMENT ON COLUMN pmr.industry_performance.month IS 'first day of the month; days begin at midnight in the time zone of the source';
COMMENT ON COLUMN pmr.industry_performance.srv IS 'Service Reference Variant, as the audit table names it; empty: the request names none';
COMMENT ON COLUMN pmr.industry_performance.mode IS 'on_demand, future_dated, dcc_scheduled or non_device; unknown: the request names no mode, or one that is none of these';
COMMENT ON COLUMN pmr.industry_performance.requests IS 'number of requests received: the sum of met, missed, pending, not_measured and invalid; NULL: the requesting role cannot see all Parties, or the month is not rolled up';
COMMENT ON COLUMN pmr.industry_performance.measured IS 'number of requests that were met or missed; NULL: the requesting role cannot see all Parties, or the month is not rolled up';
COMMENT ON COLUMN pmr.industry_performance.missed IS 'number of requests answered later than the Target Response Time, or not at all; NULL: the requesting role cannot see all Parties, or the month is not rolled up';
COMMENT ON COLUMN pmr.industry_performance.met_pct IS 'percentage of measured that were met, from 0 to 100, to two decimals, unanswered requests included; NULL: measured is 0, the requesting role cannot see all Parties, or the month is not rolled up';
COMMENT ON COLUMN pmr.industry_performance.success_pct IS 'percentage of requests - pending - invalid that were answered with success, from 0 to 100, to two decimals; NULL: there are no such requests, the source has no response_code, the requesting role cannot see all Parties, or the month is not rolled up';
COMMENT ON COLUMN pmr.industry_performance.p50_s IS 'median Round Trip Time of the answered requests, in seconds; NULL: none was answered, the requesting role cannot see all Parties, or the month is not rolled up; percentiles can be neither added up nor averaged';
COMMENT ON COLUMN pmr.industry_performance.p95_s IS 'Round Trip Time within which 95 % of the answered requests were answered, in seconds; NULL: none was answered, the requesting role cannot see all Parties, or the month is not rolled up; percentiles can be neither added up nor averaged';
COMMENT ON COLUMN pmr.industry_performance.published_met_pct IS 'percentage of the measured requests of the publication that were met, from 0 to 100: of all Parties and to two decimals for roles that can see all Parties, of others and to one decimal for other roles; NULL: hidden, or the month is not published';
COMMENT ON COLUMN pmr.industry_performance.suppressed IS 'why published_met_pct is NULL in a published month; NULL: it is not hidden';
COMMENT ON COLUMN pmr.industry_performance.as_of IS 'time as of which the month was rolled up: responses after it are not counted; NULL: the requesting role cannot see all Parties, or the month is not rolled up';
COMMENT ON COLUMN pmr.industry_performance.published_as_of IS 'time as of which the published month was rolled up; NULL: the month is not published';
