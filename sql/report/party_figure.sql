/*
 * The figures that the report views show, stored by refresh
 *
 * They are computed in the transaction that rolls up the month, so the views
 * read rows: percentiles and intervals are not computed again for each question.  What a role can see and everything that users can change
 * between refreshes (business processes, service levels) is applied at reading.
 */

CREATE TABLE pmr.party_figure (
	source text NOT NULL,
	month date NOT NULL,
	party text NOT NULL,
	kind text NOT NULL CHECK (kind IN ('all', 'process')),
	item text NOT NULL,
	value text NOT NULL,
	srv text NOT NULL,
	mode text NOT NULL,
	requests bigint NOT NULL CHECK (requests > 0),
	success_pct double precision,
	target_met_pct double precision,
	target_met_low_pct double precision,
	target_met_high_pct double precision,
	target_met_accepted_pct double precision,
	success_within_target_pct double precision,
	answered_pct double precision,
	p50_s double precision,
	p90_s double precision,
	p95_s double precision,
	p99_s double precision,
	p95_all_s double precision,
	mean_s double precision,
	max_s double precision,
	target_s double precision,
	target_status text NOT NULL,
	met bigint NOT NULL,
	missed bigint NOT NULL,
	pending bigint NOT NULL,
	not_measured bigint NOT NULL,
	invalid bigint NOT NULL,
	answered bigint NOT NULL,
	success bigint NOT NULL,
	rejected bigint NOT NULL,
	failed bigint NOT NULL,
	no_response bigint NOT NULL,
	unclassified bigint NOT NULL,
	met_success bigint NOT NULL,
	met_rejected bigint NOT NULL,
	missed_rejected bigint NOT NULL,
	pre_commands bigint NOT NULL,
	local_commands bigint NOT NULL,
	cancelled bigint NOT NULL,
	named text[],
	factors pmr.factor_figure[],
	PRIMARY KEY (source, month, party, kind, item, value, srv, mode)
);
/* Compression would take a third of the time of storing a month. */
ALTER TABLE pmr.party_figure ALTER COLUMN factors SET STORAGE external;
SELECT pg_extension_config_dump('pmr.party_figure', '');
COMMENT ON TABLE pmr.party_figure IS 'figures of a month that the report views show, computed from the rollups by refresh';
COMMENT ON COLUMN pmr.party_figure.month IS 'first day of the month';
COMMENT ON COLUMN pmr.party_figure.party IS 'the Party, as the audit table names it; empty: the request names none; *: all Parties together';
COMMENT ON COLUMN pmr.party_figure.kind IS 'all: every request of the SRV and mode; process: those that rows of business_process_srv select, where these are not all requests of the SRV and mode';
COMMENT ON COLUMN pmr.party_figure.item IS 'kind process: requests that name this business process or none, or if empty, only those that name none; kind all: empty';
COMMENT ON COLUMN pmr.party_figure.value IS 'kind process: requests with this qualifier, or if empty, with any; kind all: empty';
COMMENT ON COLUMN pmr.party_figure.requests IS 'requests received; what has only pre-commands, local commands or cancelled requests has no row; the other counts are those of rollup';
COMMENT ON COLUMN pmr.party_figure.target_met_low_pct IS 'lower end of the 95 % confidence interval of target_met_pct; NULL for Party * and for kind process, and where target_met_pct is';
COMMENT ON COLUMN pmr.party_figure.target_met_high_pct IS 'upper end of the 95 % confidence interval of target_met_pct; NULL for Party * and for kind process, and where target_met_pct is';
COMMENT ON COLUMN pmr.party_figure.factors IS 'kind all: the figures of the requests by factor and value, except for Party *; NULL for others';
COMMENT ON COLUMN pmr.party_figure.named IS 'kind all, and kind process with an empty item: the business processes that have an item of their own for this SRV and mode; NULL: none';

/*
 * If is_month, the period must be a month, and first_party and last_party all
 * Parties; otherwise these are the same Party, of which there is only kind all,
 * without factors.  They are a range because the planner would compare each row
 * with each element of an array.  It expects few
 * rows right after the first refresh, so only hash joins are left.
 */
CREATE FUNCTION pmr.compute_figures(source text, first_party text, last_party text, from_day date, to_day date, is_month boolean) RETURNS SETOF pmr.party_figure
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
	SET enable_nestloop = off
	SET enable_mergejoin = off
	SET enable_sort = on
BEGIN ATOMIC
	WITH period AS MATERIALIZED (
		SELECT array_agg(m.month) AS months, bool_and(m.success_known) AS success_known
		FROM pmr.rollup_month AS m
		WHERE m.source = compute_figures.source AND m.month BETWEEN date_trunc('month', from_day)::date AND to_day AND (is_month OR first_party = ANY (m.parties))
	), stratum AS MATERIALIZED (
		SELECT s.party, s.srv, s.mode, s.qualifier, s.business_process, s.target_s, s.target_status, pmr.rollup_days(s.state, from_day, to_day) AS days
		FROM pmr.rollup_stratum AS s
		WHERE s.source = compute_figures.source AND s.month = ANY ((SELECT x.months FROM period AS x)::date[]) AND s.party BETWEEN first_party AND last_party
	), named AS (
		SELECT p.party, s.srv, s.mode, array_agg(DISTINCT s.business_process) AS named
		FROM stratum AS s, unnest(ARRAY[s.party, '*']) AS p (party)
		WHERE is_month AND s.business_process <> ''
		GROUP BY p.party, s.srv, s.mode
	), part (of_party, kind, item, label) AS (
		SELECT s.party, 'all', '', '', s.*
		FROM stratum AS s
		UNION ALL
		SELECT '*', 'all', '', '', s.*
		FROM stratum AS s
		WHERE is_month
		UNION ALL
		SELECT p.party, 'process', i.item, q.qualifier, s.*
		FROM (stratum AS s CROSS JOIN unnest(ARRAY[s.party, '*']) AS p (party))
			LEFT JOIN named AS n ON n.party = p.party AND n.srv = s.srv AND n.mode = s.mode
			CROSS JOIN unnest(CASE s.business_process WHEN '' THEN ''::text || n.named ELSE ARRAY[s.business_process] END) AS i (item)
			CROSS JOIN unnest(CASE s.qualifier WHEN '' THEN '{""}' ELSE ARRAY['', s.qualifier] END) AS q (qualifier)
		WHERE is_month AND (n.named IS NOT NULL OR q.qualifier <> '')
	), total AS (
		SELECT p.of_party, p.kind, p.item, p.label, p.srv, p.mode,
			CASE WHEN min(p.target_s) = max(p.target_s) AND count(p.target_s) = count(*) THEN min(p.target_s) END AS target_s,
			CASE
				WHEN bool_and(p.target_status = 'none') THEN 'none'
				WHEN bool_or(p.target_status = 'changed') THEN 'changed'
				WHEN bool_or(p.target_status = 'assumed') THEN 'assumed'
				ELSE 'confirmed'
			END AS target_status,
			(pmr.rollup_cells(pmr.rollup_merge(p.days))).cells
		FROM part AS p
		WHERE p.days IS NOT NULL
		GROUP BY p.of_party, p.kind, p.item, p.label, p.srv, p.mode
	), factor AS (
		SELECT s.party, s.srv, s.mode, pmr.factor_figures(pmr.rollup_merge(s.state), m.factors) AS factors
		FROM pmr.rollup_month AS m JOIN pmr.rollup_stratum AS s ON s.source = m.source AND s.month = m.month
		WHERE is_month AND m.source = compute_figures.source AND m.month = from_day AND s.source = m.source AND s.month = m.month
		GROUP BY s.party, s.srv, s.mode, m.factors
	)
	SELECT compute_figures.source, date_trunc('month', from_day)::date, t.of_party, t.kind, t.item, t.label, t.srv, t.mode, c.requests,
		g.success_pct, g.target_met_pct, i.low_pct, i.high_pct, g.target_met_accepted_pct, g.success_within_target_pct, g.answered_pct,
		g.p50_s, g.p90_s, g.p95_s, g.p99_s, g.p95_all_s, g.mean_s, g.max_s, t.target_s, t.target_status,
		c.met, c.missed, c.pending, c.not_measured, c.invalid, c.answered, c.success, c.rejected, c.failed, c.no_response, c.unclassified,
		c.met_success, c.met_rejected, c.missed_rejected, c.pre_commands, c.local_commands, c.cancelled, n.named, v.factors
	FROM total AS t
		CROSS JOIN LATERAL unnest(t.cells[1:1]) AS c
		LEFT JOIN named AS n ON t.item = '' AND n.party = t.of_party AND n.srv = t.srv AND n.mode = t.mode
		LEFT JOIN factor AS v ON t.kind = 'all' AND v.party = t.of_party AND v.srv = t.srv AND v.mode = t.mode
		CROSS JOIN LATERAL (
			SELECT pmr.overdispersion(count(*), sum(d.missed::double precision * d.missed / (d.met + d.missed) ORDER BY d.day), c.missed, c.met + c.missed) AS phi
			FROM unnest(t.cells[2:]) AS d
			WHERE d.met + d.missed > 0) AS s
		LEFT JOIN LATERAL pmr.wilson_interval_pct(c.met, c.met + c.missed, s.phi) AS i ON t.kind = 'all' AND t.of_party <> '*'
		CROSS JOIN LATERAL pmr.figures(c.requests, c.met, c.missed, c.pending, c.invalid, c.answered, c.success, c.met_success, c.met_rejected, c.missed_rejected,
			(SELECT x.success_known FROM period AS x), c.rtt) AS g
	WHERE c.requests > 0;
END;
COMMENT ON FUNCTION pmr.compute_figures(text, text, text, date, date, boolean) IS 'internal: figures of Parties in a period, computed from the rollups; month is that of from_day';

/* The last step of rolling up a month. */
CREATE FUNCTION pmr.store_figures(source text, month date) RETURNS void
	LANGUAGE sql
	SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	DELETE FROM pmr.party_figure AS f WHERE f.source = store_figures.source AND f.month = store_figures.month;
	INSERT INTO pmr.party_figure
	SELECT f.*
	FROM pmr.rollup_month AS m, LATERAL (SELECT min(p) AS first, max(p) AS last FROM unnest(m.parties) AS p) AS range,
		pmr.compute_figures(m.source, range.first, range.last, m.month, (m.month + interval '1 month - 1 day')::date, true) AS f
	WHERE m.source = store_figures.source AND m.month = store_figures.month;
END;
COMMENT ON FUNCTION pmr.store_figures(text, date) IS 'internal: computes the figures of a month anew from its rollup';

/* It checks by itself what the role can see; see src/party_figure.c. */
CREATE FUNCTION pmr.party_figures(role pmr.requesting_role, source text, month date, party text, VARIADIC kinds text[]) RETURNS SETOF pmr.party_figure
	AS 'MODULE_PATHNAME', 'pmr_party_figures'
	LANGUAGE C STABLE STRICT PARALLEL RESTRICTED
	ROWS 20;
COMMENT ON FUNCTION pmr.party_figures(pmr.requesting_role, text, date, text, text[]) IS 'internal: stored figures of some kinds of one Party and month; the Party * stands for all Parties together';
