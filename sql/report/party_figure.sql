/*
 * The figures that the report views show, stored by refresh
 *
 * They are computed in the transaction that rolls up the month, so the views
 * read rows: percentages, percentiles and intervals are not computed again for
 * each question.  What a role can see and everything that users can change
 * between refreshes (business processes, service levels) is applied at reading.
 */

CREATE TABLE pmr.party_figure (
	source text NOT NULL,
	month date NOT NULL,
	party text NOT NULL,
	kind text NOT NULL CHECK (kind IN ('all', 'factor', 'process')),
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
	PRIMARY KEY (source, month, party, kind, item, value, srv, mode)
);
SELECT pg_extension_config_dump('pmr.party_figure', '');
COMMENT ON TABLE pmr.party_figure IS 'figures of a month that the report views show, computed from the rollups by refresh';
COMMENT ON COLUMN pmr.party_figure.month IS 'first day of the month';
COMMENT ON COLUMN pmr.party_figure.party IS 'the Party, as the audit table names it; empty: the request names none; *: all Parties together, without kind factor';
COMMENT ON COLUMN pmr.party_figure.kind IS 'all: every request of the SRV and mode; factor: those with a value of a factor; process: those that rows of business_process_srv select, where these are not all requests of the SRV and mode';
COMMENT ON COLUMN pmr.party_figure.item IS 'kind factor: name of the factor; kind process: requests that name this business process or none, or if empty, only those that name none; kind all: empty';
COMMENT ON COLUMN pmr.party_figure.value IS 'kind factor: value of the factor; kind process: requests with this qualifier, or if empty, with any; kind all: empty';
COMMENT ON COLUMN pmr.party_figure.requests IS 'requests received; what has only pre-commands, local commands or cancelled requests has no row; the other counts are those of rollup';
COMMENT ON COLUMN pmr.party_figure.target_met_low_pct IS 'lower end of the 95 % confidence interval of target_met_pct; NULL for Party * and for kinds factor and process, and where target_met_pct is';
COMMENT ON COLUMN pmr.party_figure.target_met_high_pct IS 'upper end of the 95 % confidence interval of target_met_pct; NULL for Party * and for kinds factor and process, and where target_met_pct is';
COMMENT ON COLUMN pmr.party_figure.named IS 'kind all, and kind process with an empty item: the business processes that have an item of their own for this SRV and mode; NULL: none';

/*
 * sum(bigint) allocates its state and returns a numeric: 18 of them took longer
 * than everything else that is computed for a row.
 */
CREATE AGGREGATE pmr.add_counts(bigint) (
	SFUNC = int8pl,
	STYPE = bigint,
	SSPACE = 8,
	COMBINEFUNC = int8pl,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE pmr.add_counts(bigint) IS 'internal: sum of counts as a bigint';

/*
 * A month that lies in the period is read as a whole, and others by day.  With
 * all_kinds, first_party and last_party must be all Parties of one month;
 * without, the same Party, of which there is only kind all.  They are a range
 * because the planner would compare each row with each element of an array.  It
 * expects few rows right after the first refresh, so only hash joins are left.
 * Rows are sorted, though not in the rest of refresh_month: they are in order
 * nearly everywhere, and their groups are many and small.
 */
CREATE FUNCTION pmr.compute_figures(source text, first_party text, last_party text, from_day date, to_day date, all_kinds boolean) RETURNS SETOF pmr.party_figure
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
	SET enable_nestloop = off
	SET enable_mergejoin = off
	SET enable_sort = on
BEGIN ATOMIC
	WITH period AS MATERIALIZED (
		SELECT array_agg(m.month) AS months, coalesce(array_agg(m.month) FILTER (WHERE m.month >= from_day AND m.month + interval '1 month - 1 day' <= to_day), '{}') AS whole_months, bool_and(m.success_known) AS success_known
		FROM pmr.rollup_month AS m
		WHERE m.source = compute_figures.source AND m.month BETWEEN date_trunc('month', from_day)::date AND to_day AND (all_kinds OR first_party = ANY (m.parties))
	), unpacked AS MATERIALIZED (
		SELECT s.month, c.day, s.party, s.srv, s.mode, s.qualifier, s.business_process,
			CASE c.factor WHEN 0 THEN 'all' ELSE m.factors[c.factor] END AS factor, c.value,
			c.requests, c.met, c.missed, c.pending, c.not_measured, c.invalid, c.answered, c.success, c.rejected, c.failed, c.no_response,
			c.unclassified, c.met_success, c.met_rejected, c.missed_rejected, c.pre_commands, c.local_commands, c.cancelled,
			s.target_s, s.target_status, c.rtt
		FROM pmr.rollup_month AS m JOIN pmr.rollup_stratum AS s ON s.source = m.source AND s.month = m.month,
			LATERAL unnest((pmr.rollup_cells(s.state, all_kinds)).cells) AS c
		WHERE m.source = compute_figures.source AND m.month = ANY ((SELECT x.months FROM period AS x)::date[])
		  AND s.source = compute_figures.source AND s.month = ANY ((SELECT x.months FROM period AS x)::date[]) AND s.party BETWEEN first_party AND last_party
	), cell AS NOT MATERIALIZED (
		SELECT *
		FROM unpacked AS r
		WHERE CASE WHEN r.day IS NULL THEN r.month = ANY ((SELECT x.whole_months FROM period AS x)::date[])
				ELSE r.day BETWEEN from_day AND to_day AND r.month <> ALL ((SELECT x.whole_months FROM period AS x)::date[]) END
	), daily AS (
		SELECT r.party, r.srv, r.mode, r.day, pmr.add_counts(r.missed) AS missed, pmr.add_counts(r.met + r.missed) AS measured
		FROM unpacked AS r
		WHERE r.day BETWEEN from_day AND to_day
		GROUP BY r.party, r.srv, r.mode, r.day
	), spread AS (
		SELECT d.party, d.srv, d.mode, pmr.overdispersion(count(*), sum(d.missed::double precision * d.missed / d.measured ORDER BY d.day), pmr.add_counts(d.missed), pmr.add_counts(d.measured)) AS phi
		FROM daily AS d
		WHERE d.measured > 0
		GROUP BY d.party, d.srv, d.mode
	), named AS (
		SELECT p.party, c.srv, c.mode, array_agg(DISTINCT c.business_process) AS named
		FROM cell AS c, unnest(ARRAY[c.party, '*']) AS p (party)
		WHERE all_kinds AND c.factor = 'all' AND c.business_process <> ''
		GROUP BY p.party, c.srv, c.mode
	), part (of_party, kind, item, label) AS (
		SELECT c.party, CASE c.factor WHEN 'all' THEN 'all' ELSE 'factor' END, CASE c.factor WHEN 'all' THEN '' ELSE c.factor END, c.value, c.*
		FROM cell AS c
		UNION ALL
		SELECT '*', 'all', '', '', c.*
		FROM cell AS c
		WHERE all_kinds AND c.factor = 'all'
		UNION ALL
		SELECT p.party, 'process', i.item, q.qualifier, c.*
		FROM (cell AS c CROSS JOIN unnest(ARRAY[c.party, '*']) AS p (party))
			LEFT JOIN named AS n ON n.party = p.party AND n.srv = c.srv AND n.mode = c.mode
			CROSS JOIN unnest(CASE c.business_process WHEN '' THEN ''::text || n.named ELSE ARRAY[c.business_process] END) AS i (item)
			CROSS JOIN unnest(CASE c.qualifier WHEN '' THEN '{""}' ELSE ARRAY['', c.qualifier] END) AS q (qualifier)
		WHERE all_kinds AND c.factor = 'all' AND (n.named IS NOT NULL OR q.qualifier <> '')
	), total AS (
		SELECT p.of_party, p.kind, p.item, p.label, p.srv, p.mode,
			pmr.add_counts(p.requests) AS requests, pmr.add_counts(p.met) AS met, pmr.add_counts(p.missed) AS missed,
			pmr.add_counts(p.pending) AS pending, pmr.add_counts(p.not_measured) AS not_measured, pmr.add_counts(p.invalid) AS invalid,
			pmr.add_counts(p.answered) AS answered, pmr.add_counts(p.success) AS success, pmr.add_counts(p.rejected) AS rejected, pmr.add_counts(p.failed) AS failed,
			pmr.add_counts(p.no_response) AS no_response, pmr.add_counts(p.unclassified) AS unclassified, pmr.add_counts(p.met_success) AS met_success,
			pmr.add_counts(p.met_rejected) AS met_rejected, pmr.add_counts(p.missed_rejected) AS missed_rejected, pmr.add_counts(p.pre_commands) AS pre_commands,
			pmr.add_counts(p.local_commands) AS local_commands, pmr.add_counts(p.cancelled) AS cancelled,
			CASE WHEN min(p.target_s) = max(p.target_s) AND count(p.target_s) = count(*) THEN min(p.target_s) END AS target_s,
			CASE
				WHEN bool_and(p.target_status = 'none') THEN 'none'
				WHEN bool_or(p.target_status = 'changed') THEN 'changed'
				WHEN bool_or(p.target_status = 'assumed') THEN 'assumed'
				ELSE 'confirmed'
			END AS target_status,
			pmr.rtt_merge(p.rtt) AS rtt,
			(SELECT x.success_known FROM period AS x) AS success_known
		FROM part AS p
		GROUP BY p.of_party, p.kind, p.item, p.label, p.srv, p.mode
		HAVING pmr.add_counts(p.requests) > 0
	)
	SELECT compute_figures.source, date_trunc('month', from_day)::date, t.of_party, t.kind, t.item, t.label, t.srv, t.mode, t.requests,
		g.success_pct, g.target_met_pct, i.low_pct, i.high_pct, g.target_met_accepted_pct, g.success_within_target_pct, g.answered_pct,
		g.p50_s, g.p90_s, g.p95_s, g.p99_s, g.p95_all_s, g.mean_s, g.max_s, t.target_s, t.target_status,
		t.met, t.missed, t.pending, t.not_measured, t.invalid, t.answered, t.success, t.rejected, t.failed, t.no_response, t.unclassified,
		t.met_success, t.met_rejected, t.missed_rejected, t.pre_commands, t.local_commands, t.cancelled, n.named
	FROM total AS t
		LEFT JOIN named AS n ON t.kind <> 'factor' AND t.item = '' AND n.party = t.of_party AND n.srv = t.srv AND n.mode = t.mode
		LEFT JOIN spread AS s ON t.kind = 'all' AND s.party = t.of_party AND s.srv = t.srv AND s.mode = t.mode
		LEFT JOIN LATERAL pmr.wilson_interval_pct(t.met, t.met + t.missed, s.phi) AS i ON s.phi IS NOT NULL
		CROSS JOIN LATERAL pmr.figures(t.requests, t.met, t.missed, t.pending, t.invalid, t.answered, t.success, t.met_success, t.met_rejected, t.missed_rejected, t.success_known, t.rtt) AS g
	ORDER BY t.of_party, t.kind, t.item, t.label, t.srv, t.mode;
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
