/* Service levels: which requests they judge, verdicts, and what is left of their error budget */

/* The levels of SRVs in force right before a time, one row for each key. */
CREATE FUNCTION pmr.srv_levels(before timestamp with time zone) RETURNS SETOF pmr.service_level
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	SELECT DISTINCT ON (l.measure, l.srv, l.mode, l.device_generation) l.*
	FROM pmr.service_level AS l
	WHERE l.srv <> '' AND l.valid_from < before
	ORDER BY l.measure, l.srv, l.mode, l.device_generation, l.builtin, l.valid_from DESC;
END;
COMMENT ON FUNCTION pmr.srv_levels(timestamp with time zone) IS 'internal: service levels of SRVs that are in force right before a time';

/*
 * One level judges a request: that of its mode before that of any mode, then that
 * of its generation before that of any.  Requests of unknown mode or generation
 * are judged only if each mode and generation would give the same level.
 */
CREATE FUNCTION pmr.level_of_requests(before timestamp with time zone, srvs text[], modes text[], generations text[])
	RETURNS TABLE (srv text, mode text, device_generation text, measure text, level_mode text, level_generation text)
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	WITH level AS MATERIALIZED (
		SELECT l.* FROM pmr.srv_levels(before) AS l WHERE l.srv = ANY (srvs)
	)
	SELECT r.srv, r.mode, r.device_generation, m.measure, min(l.mode), min(l.device_generation)
	FROM (SELECT DISTINCT u.srv, u.mode, u.device_generation FROM unnest(srvs, modes, generations) AS u (srv, mode, device_generation)) AS r
		JOIN (SELECT DISTINCT l.srv, l.measure FROM level AS l) AS m ON m.srv = r.srv
		CROSS JOIN unnest(CASE r.mode WHEN 'unknown' THEN '{on_demand,future_dated,dcc_scheduled,non_device}' ELSE ARRAY[r.mode] END) AS can_be (mode)
		CROSS JOIN unnest(CASE r.device_generation WHEN 'unknown' THEN '{smets1,smets2}' ELSE ARRAY[r.device_generation] END) AS can_be_of (device_generation)
		LEFT JOIN LATERAL (
			SELECT o.mode, o.device_generation
			FROM level AS o
			WHERE o.measure = m.measure AND o.srv = r.srv AND o.mode IN (can_be.mode, 'any') AND o.device_generation IN (can_be_of.device_generation, 'any')
			ORDER BY o.mode = 'any', o.device_generation = 'any'
			LIMIT 1) AS l ON true
	GROUP BY r.srv, r.mode, r.device_generation, m.measure
	HAVING count(l.mode) = count(*) AND count(DISTINCT (l.mode, l.device_generation)) = 1;
END;
COMMENT ON FUNCTION pmr.level_of_requests(timestamp with time zone, text[], text[], text[]) IS 'internal: which service level right before a time judges the requests of some SRVs, modes and device generations';

/*
 * The requests of a day that a measure judges.  An unanswered request has taken
 * longer than any time.
 */
CREATE FUNCTION pmr.judged_requests(measure text, within_s double precision, success_known boolean, c pmr.rollup_cell)
	RETURNS TABLE (judged bigint, good_low bigint, good_high bigint)
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	ROWS 1
BEGIN ATOMIC
	SELECT CASE measure
			WHEN 'success_rate' THEN CASE WHEN success_known THEN c.requests - c.pending - c.invalid ELSE 0 END
			WHEN 'round_trip_time' THEN c.requests - c.pending - c.invalid - c.answered + b.timed
			ELSE c.met + c.missed END,
		CASE measure WHEN 'success_rate' THEN CASE WHEN success_known THEN c.success ELSE 0 END WHEN 'round_trip_time' THEN b.low ELSE c.met END,
		CASE measure WHEN 'success_rate' THEN CASE WHEN success_known THEN c.success ELSE 0 END WHEN 'round_trip_time' THEN b.high ELSE c.met END
	FROM pmr.times_within(CASE measure WHEN 'round_trip_time' THEN c.rtt END, within_s) AS b;
END;
COMMENT ON FUNCTION pmr.judged_requests(text, double precision, boolean, pmr.rollup_cell) IS 'internal: number of requests that a measure judges, and how many of them are good: at least, and at most';

/*
 * Burn rates: of the day of as_of and of as many days before it as the name says,
 * also those of the month before.
 */
CREATE FUNCTION pmr.error_budget_of(role pmr.requesting_role, source text, party text, month date)
	RETURNS TABLE (measure text, business_process text, srv text, mode text, device_generation text, round_trip_s double precision,
		target_pct double precision, minimum_pct double precision, verdict text,
		requests bigint, judged bigint, allowed bigint, used bigint, unsure bigint, remaining bigint, pending bigint,
		burn_1d double precision, burn_3d double precision, burn_7d double precision, runs_out_on date)
	LANGUAGE sql STABLE PARALLEL RESTRICTED SECURITY DEFINER
	ROWS 10
	SET search_path = pg_catalog, pg_temp
	SET jit = off
BEGIN ATOMIC
	WITH header AS MATERIALIZED (
		SELECT m.source, m.month, m.success_known, m.as_of, s.report_timezone, t.finish,
			d.today, f.first_month, (m.month + interval '1 month - 1 day')::date AS last_day,
			CASE error_budget_of.party WHEN '*' THEN ARRAY(
				SELECT p.party FROM pmr.rollup_month AS r, unnest(r.parties) AS p (party)
				WHERE r.source = m.source AND r.month BETWEEN f.first_month AND m.month)
				ELSE ARRAY[error_budget_of.party] END AS parties
		FROM pmr.rollup_month AS m JOIN pmr.source AS s ON s.source = m.source,
			LATERAL (SELECT pmr.day_start(m.source, (m.month + interval '1 month')::date) AS finish) AS t,
			LATERAL (SELECT CASE WHEN m.as_of < t.finish THEN (m.as_of AT TIME ZONE s.report_timezone)::date END AS today) AS d,
			LATERAL (SELECT coalesce(date_trunc('month', (d.today - 7)::timestamp)::date, m.month) AS first_month) AS f
		WHERE m.source = error_budget_of.source AND m.month = error_budget_of.month
		  AND pmr.can_see_party(error_budget_of.role, error_budget_of.party)
	), layout AS MATERIALIZED (
		SELECT r.* FROM header AS h, pmr.report_rows(h.finish) AS r WHERE r.target_pct IS NOT NULL OR r.minimum_pct IS NOT NULL
	), stratum AS MATERIALIZED (
		SELECT s.srv, s.mode, s.device_generation, s.qualifier, s.business_process,
			pmr.rollup_days(s.state, least(h.month, h.today - 7), h.last_day) AS days
		FROM header AS h JOIN pmr.rollup_stratum AS s ON s.source = h.source AND s.month BETWEEN h.first_month AND h.month AND s.party = ANY (h.parties)
		WHERE s.srv IN (SELECT r.srv FROM layout AS r UNION SELECT l.srv FROM pmr.service_level AS l WHERE l.srv <> '')
	), part AS (
		SELECT l.measure, '' AS business_process, l.srv, l.mode, l.device_generation, extract(epoch FROM l.round_trip_time)::double precision AS within_s, l.target_pct, l.minimum_pct, s.days
		FROM header AS h
			CROSS JOIN LATERAL pmr.level_of_requests(h.finish, (SELECT array_agg(x.srv) FROM stratum AS x), (SELECT array_agg(x.mode) FROM stratum AS x), (SELECT array_agg(x.device_generation) FROM stratum AS x)) AS k
			JOIN pmr.srv_levels(h.finish) AS l ON l.measure = k.measure AND l.srv = k.srv AND l.mode = k.level_mode AND l.device_generation = k.level_generation
			JOIN stratum AS s ON s.srv = k.srv AND s.mode = k.mode AND s.device_generation = k.device_generation
		WHERE l.target_pct IS NOT NULL OR l.minimum_pct IS NOT NULL
		UNION ALL
		SELECT 'target_met', b.business_process, '', 'any', 'any', NULL, b.target_pct, b.minimum_pct, s.days
		FROM (SELECT DISTINCT r.business_process, r.target_pct, r.minimum_pct FROM layout AS r) AS b
			JOIN stratum AS s ON EXISTS (
				SELECT FROM layout AS r
				WHERE r.business_process = b.business_process AND r.srv = s.srv AND r.qualifier IN ('', s.qualifier) AND s.business_process IN ('', r.business_process))
	), merged AS (
		SELECT p.measure, p.business_process, p.srv, p.mode, p.device_generation, p.within_s, p.target_pct, p.minimum_pct, (pmr.rollup_cells(pmr.rollup_merge(p.days), false)).cells
		FROM part AS p
		WHERE p.days IS NOT NULL
		GROUP BY p.measure, p.business_process, p.srv, p.mode, p.device_generation, p.within_s, p.target_pct, p.minimum_pct
	), total AS (
		SELECT g.*, d.*, h.as_of, h.today, h.finish, h.report_timezone, (100 - g.target_pct) / 100 AS share,
			extract(epoch FROM h.as_of - pmr.day_start(h.source, h.today - 7)) / 86400 AS days_7d
		FROM header AS h CROSS JOIN merged AS g
			CROSS JOIN LATERAL (
				SELECT sum(c.requests) FILTER (WHERE c.day >= h.month)::bigint AS requests, sum(j.judged) FILTER (WHERE c.day >= h.month)::bigint AS judged,
					sum(j.good_low) FILTER (WHERE c.day >= h.month)::bigint AS good_low, sum(j.good_high) FILTER (WHERE c.day >= h.month)::bigint AS good_high,
					sum(c.pending) FILTER (WHERE c.day >= h.month)::bigint AS pending,
					sum(j.judged) FILTER (WHERE c.day BETWEEN h.today - 1 AND h.today) AS judged_1d, sum(j.judged - j.good_low) FILTER (WHERE c.day BETWEEN h.today - 1 AND h.today) AS used_1d,
					sum(j.judged) FILTER (WHERE c.day BETWEEN h.today - 3 AND h.today) AS judged_3d, sum(j.judged - j.good_low) FILTER (WHERE c.day BETWEEN h.today - 3 AND h.today) AS used_3d,
					sum(j.judged) FILTER (WHERE c.day BETWEEN h.today - 7 AND h.today) AS judged_7d, sum(j.judged - j.good_low) FILTER (WHERE c.day BETWEEN h.today - 7 AND h.today) AS used_7d
				FROM unnest(g.cells) AS c, pmr.judged_requests(g.measure, g.within_s, h.success_known, c) AS j
				WHERE c.day IS NOT NULL) AS d
		WHERE d.requests > 0
	)
	SELECT t.measure, t.business_process, t.srv, t.mode, t.device_generation, t.within_s, t.target_pct::double precision, t.minimum_pct::double precision,
		CASE WHEN v.at_least = v.at_most THEN v.at_least ELSE 'too close to tell' END,
		t.requests, t.judged, floor(b.allowed)::bigint, t.judged - t.good_low, t.good_high - t.good_low, floor(b.allowed)::bigint - (t.judged - t.good_low), t.pending,
		round(t.used_1d / nullif(t.judged_1d * t.share, 0), 2)::double precision,
		round(t.used_3d / nullif(t.judged_3d * t.share, 0), 2)::double precision,
		round(t.used_7d / nullif(t.judged_7d * t.share, 0), 2)::double precision,
		CASE
			WHEN floor(b.allowed) < t.judged - t.good_low THEN t.today
			WHEN x.days <= extract(epoch FROM t.finish - t.as_of) / 86400 THEN ((t.as_of + make_interval(secs => x.days::double precision * 86400)) AT TIME ZONE t.report_timezone)::date
		END
	FROM total AS t
		CROSS JOIN LATERAL (SELECT t.judged * t.share AS allowed) AS b
		CROSS JOIN LATERAL (SELECT pmr.service_level_verdict(t.good_low, t.judged - t.good_low, t.target_pct, t.minimum_pct) AS at_least,
			pmr.service_level_verdict(t.good_high, t.judged - t.good_high, t.target_pct, t.minimum_pct) AS at_most) AS v
		CROSS JOIN LATERAL (SELECT CASE WHEN t.used_7d > t.judged_7d * t.share
			THEN (b.allowed - (t.judged - t.good_low)) * t.days_7d / (t.used_7d - t.judged_7d * t.share) END AS days) AS x
	ORDER BY t.measure, t.business_process, t.srv, t.mode, t.device_generation;
END;
COMMENT ON FUNCTION pmr.error_budget_of(pmr.requesting_role, text, text, date) IS 'internal: error_budget of one Party and month; the Party * stands for all Parties together';

CREATE VIEW pmr.error_budget AS
	SELECT v.party, v.month, f.*, v.source, v.as_of, v.status
	FROM pmr.visible_month(pmr.requesting_role()) AS v, pmr.error_budget_of(pmr.requesting_role(), v.source, v.party, v.month) AS f;
COMMENT ON VIEW pmr.error_budget IS 'a Party''s requests of a month against each service level that is set for an SRV or a business process: verdict, misses that the level allows, and how fast they are used up';
COMMENT ON COLUMN pmr.error_budget.party IS 'the Party, as the audit table names it; empty: the request names none; *: all Parties together, for roles that can see all Parties';
COMMENT ON COLUMN pmr.error_budget.month IS 'first day of the month; days begin at midnight in the time zone of the source; the levels are those in force at its end';
COMMENT ON COLUMN pmr.error_budget.measure IS 'what the level is about: target_met: requests that met the Target Response Time, success_rate: requests answered with success, round_trip_time: requests answered within round_trip_s';
COMMENT ON COLUMN pmr.error_budget.business_process IS 'business process of the level; a request can belong to several, so do not add up rows; empty: the level is for an SRV';
COMMENT ON COLUMN pmr.error_budget.srv IS 'Service Reference Variant of the level; empty: the level is for a business process';
COMMENT ON COLUMN pmr.error_budget.mode IS 'on_demand, future_dated, dcc_scheduled, non_device, or any: the modes for which the measure and SRV have no level of their own; of a business process, all modes';
COMMENT ON COLUMN pmr.error_budget.device_generation IS 'smets1, smets2, or any: the generations for which the measure, SRV and mode have no level of their own; of a business process, all generations';
COMMENT ON COLUMN pmr.error_budget.round_trip_s IS 'Target Round Trip Time in seconds, of which target_pct is the percentile; NULL: measure is another';
COMMENT ON COLUMN pmr.error_budget.target_pct IS 'Target Service Level, 0 to 100; NULL: only a minimum is set';
COMMENT ON COLUMN pmr.error_budget.minimum_pct IS 'Minimum Service Level, 0 to 100; NULL: none';
COMMENT ON COLUMN pmr.error_budget.verdict IS 'judged - used against the level, from these counts: met, below target, below minimum, nothing measured, or too close to tell: it depends on the unsure requests';
COMMENT ON COLUMN pmr.error_budget.requests IS 'number of requests received that the level is for, at least 1: judged, pending, and those of unknown outcome';
COMMENT ON COLUMN pmr.error_budget.judged IS 'number of requests whose outcome is known: measure target_met: met + missed; success_rate: requests - pending - invalid, 0 if the source has no response_code; round_trip_time: the same without answered requests whose start is not known';
COMMENT ON COLUMN pmr.error_budget.allowed IS 'number of the judged requests that the target allows to miss, rounded down; NULL: there is no target';
COMMENT ON COLUMN pmr.error_budget.used IS 'number of judged requests that missed: late, without success, or unanswered; unsure ones included';
COMMENT ON COLUMN pmr.error_budget.unsure IS 'number of used requests that perhaps took no longer than round_trip_s: the sketch of their day is not exact; 0 for other measures';
COMMENT ON COLUMN pmr.error_budget.remaining IS 'allowed - used, negative if the target is not met; grows with the number of requests; NULL: there is no target';
COMMENT ON COLUMN pmr.error_budget.pending IS 'number of requests whose Target Response Time had not passed at as_of; each of them can still miss, and they are neither judged nor in a burn rate';
COMMENT ON COLUMN pmr.error_budget.burn_1d IS 'burn rate of the day of as_of and the day before: share of judged requests that missed, divided by the share that the target allows; 1 uses up exactly what is allowed; to two decimals; NULL: the month has ended, no request is judged, or the target is NULL or 100';
COMMENT ON COLUMN pmr.error_budget.burn_3d IS 'as burn_1d, of the day of as_of and the 3 days before';
COMMENT ON COLUMN pmr.error_budget.burn_7d IS 'as burn_1d, of the day of as_of and the 7 days before';
COMMENT ON COLUMN pmr.error_budget.runs_out_on IS 'day on which remaining becomes negative if requests and misses continue as in the days of burn_7d; the day of as_of if it is negative now; NULL: not in this month, the month has ended, or there is no target';
COMMENT ON COLUMN pmr.error_budget.source IS 'name of the source, as given to pmr.add_source';
COMMENT ON COLUMN pmr.error_budget.as_of IS 'the figures are as of this time: responses after it are not counted';
COMMENT ON COLUMN pmr.error_budget.status IS 'final: the month is settled; provisional: the month is open, and its figures will change';
