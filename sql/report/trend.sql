/* Figures by day, week, month or weekday, and whether their changes exceed the spread of days */

CREATE FUNCTION pmr.trend_start(unit text, from_day date) RETURNS date
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF (unit IN ('day', 'week', 'month', 'weekday')) IS NOT TRUE THEN
		RAISE invalid_parameter_value USING MESSAGE = format('unit must be day, week, month or weekday, not %s', coalesce(quote_literal(unit), 'NULL'));
	END IF;
	RETURN CASE unit WHEN 'weekday' THEN from_day ELSE date_trunc(unit, from_day::timestamp)::date END;
END
$$;
COMMENT ON FUNCTION pmr.trend_start(text, date) IS 'internal: first day of the day, week or month of a day; the day itself for the unit weekday; an error for another unit';

/*
 * The spread of the days is the overdispersion of the 28 days before a period, so
 * a bad day cannot hide itself.  A weekday is compared with the other weekdays,
 * and the spread is that of its days about their mean.
 */
CREATE FUNCTION pmr.trend_of(role pmr.requesting_role, source text, party text, unit text, from_day date, to_day date, by text)
	RETURNS TABLE (business_process text, srv text, mode text, period date, weekday integer, days_covered bigint, requests bigint,
		success_pct double precision, target_met_pct double precision, p50_s double precision, p95_s double precision,
		change_points double precision, limit_points double precision, verdict text,
		met bigint, missed bigint, pending bigint, not_measured bigint, invalid bigint, answered bigint, success bigint)
	LANGUAGE sql STABLE PARALLEL RESTRICTED SECURITY DEFINER
	ROWS 100
	SET search_path = pg_catalog, pg_temp
	SET jit = off
BEGIN ATOMIC
	WITH range AS MATERIALIZED (
		SELECT s.first_day, s.last_day, CASE unit WHEN 'weekday' THEN s.first_day ELSE s.first_day - 31 END AS read_from
		FROM (SELECT pmr.trend_start(unit, from_day) AS first_day,
				CASE unit WHEN 'weekday' THEN to_day ELSE (pmr.trend_start(unit, to_day) + ('1 ' || unit)::interval - interval '1 day')::date END AS last_day) AS s
		WHERE pmr.can_see_party(trend_of.role, trend_of.party)
	), day AS MATERIALIZED (
		SELECT g.business_process, g.srv, g.mode, extract(isodow FROM c.day)::integer AS weekday, pmr.trend_start(unit, c.day) AS period,
			nullif(c.met + c.missed, 0)::double precision AS n, c.*
		FROM (SELECT s.business_process, s.srv, s.mode, pmr.rollup_merge(s.days) AS days
			  FROM range AS r, pmr.strata_by(trend_of.source, trend_of.party, r.read_from, r.last_day, by) AS s
			  GROUP BY s.business_process, s.srv, s.mode) AS g,
			unnest((pmr.rollup_cells(g.days, false)).cells) AS c
		WHERE c.day IS NOT NULL AND c.requests > 0
	), spread AS (
		SELECT d.*, count(d.n) OVER w AS days_before,
			pmr.overdispersion(count(d.n) OVER w, sum(d.missed * (d.missed / d.n)) OVER w, (sum(d.missed) OVER w)::bigint, (sum(d.met + d.missed) OVER w)::bigint) AS phi
		FROM day AS d
		WINDOW w AS (PARTITION BY d.business_process, d.srv, d.mode ORDER BY d.day RANGE BETWEEN interval '28 days' PRECEDING AND interval '1 day' PRECEDING)
	), total AS (
		SELECT d.business_process, d.srv, d.mode, CASE WHEN unit <> 'weekday' THEN d.period END AS period, CASE WHEN unit IN ('day', 'weekday') THEN d.weekday END AS weekday,
			sum(d.requests)::bigint AS requests, sum(d.met)::bigint AS met, sum(d.missed)::bigint AS missed, sum(d.pending)::bigint AS pending,
			sum(d.not_measured)::bigint AS not_measured, sum(d.invalid)::bigint AS invalid, sum(d.answered)::bigint AS answered, sum(d.success)::bigint AS success,
			pmr.rtt_merge(d.rtt) AS rtt, count(d.n) AS days, sum(d.missed * (d.missed / d.n) ORDER BY d.day) AS squares,
			(array_agg(d.days_before ORDER BY d.day) FILTER (WHERE d.n > 0))[1] AS days_before, (array_agg(d.phi ORDER BY d.day) FILTER (WHERE d.n > 0))[1] AS phi
		FROM spread AS d
		GROUP BY d.business_process, d.srv, d.mode, CASE WHEN unit <> 'weekday' THEN d.period END, CASE WHEN unit IN ('day', 'weekday') THEN d.weekday END
	), compared AS (
		SELECT t.*, t.met + t.missed AS measured,
			CASE WHEN unit = 'weekday' THEN sum(t.met + t.missed) OVER item - t.met - t.missed
				WHEN lag(t.period) OVER w = (t.period - ('1 ' || unit)::interval)::date THEN lag(t.met + t.missed) OVER w END AS other_measured,
			CASE WHEN unit = 'weekday' THEN sum(t.missed) OVER item - t.missed
				WHEN lag(t.period) OVER w = (t.period - ('1 ' || unit)::interval)::date THEN lag(t.missed) OVER w END AS other_missed,
			CASE WHEN unit = 'weekday' THEN (sum(greatest(t.days - 1, 0)) OVER item)::bigint ELSE t.days_before END AS spread_days,
			CASE WHEN unit = 'weekday' THEN greatest(1, sum(CASE WHEN t.met > 0 AND t.missed > 0 THEN
					(t.squares - t.missed * (t.missed / (t.met + t.missed)::double precision)) * (t.met + t.missed)::double precision / t.missed * (t.met + t.missed) / t.met END) OVER item
					/ nullif(sum(greatest(t.days - 1, 0)) OVER item, 0)) ELSE t.phi END AS days_phi
		FROM total AS t
		WINDOW item AS (PARTITION BY t.business_process, t.srv, t.mode), w AS (PARTITION BY t.business_process, t.srv, t.mode ORDER BY t.period)
	), change AS (
		SELECT c.*, 100 * (c.other_missed::double precision / nullif(c.other_measured, 0)::double precision - c.missed::double precision / nullif(c.measured, 0)::double precision) AS points,
			CASE WHEN c.spread_days >= 7 AND least(p.missed, p.measured - p.missed) >= 5 THEN
				329 * sqrt(c.days_phi * (p.missed / p.measured) * (1 - p.missed / p.measured) * (1 / nullif(c.measured, 0)::double precision + 1 / nullif(c.other_measured, 0)::double precision)) END AS points_limit
		FROM compared AS c CROSS JOIN range AS r, LATERAL (SELECT (c.missed + c.other_missed)::double precision AS missed, (c.measured + c.other_measured)::double precision AS measured) AS p
		WHERE c.period >= r.first_day OR unit = 'weekday'
	), covered AS MATERIALIZED (
		SELECT p.period, p.weekday, CASE WHEN unit = 'weekday'
			THEN (SELECT sum(pmr.days_covered(trend_of.source, d::date, d::date)) FROM generate_series(r.first_day::timestamp, r.last_day::timestamp, interval '1 day') AS d WHERE extract(isodow FROM d) = p.weekday)::bigint
			ELSE pmr.days_covered(trend_of.source, p.period, (p.period + ('1 ' || unit)::interval - interval '1 day')::date) END AS days
		FROM (SELECT DISTINCT c.period, c.weekday FROM change AS c) AS p CROSS JOIN range AS r
	)
	SELECT c.business_process, c.srv, c.mode, c.period, c.weekday, v.days, c.requests,
		CASE WHEN m.success_known THEN pmr.percentage(c.success, c.requests - c.pending - c.invalid) END, pmr.percentage(c.met, c.measured),
		pmr.rtt_percentile(c.rtt, 0.5), pmr.rtt_percentile(c.rtt, 0.95), round(c.points::numeric, 2)::double precision, round(c.points_limit::numeric, 2)::double precision,
		CASE
			WHEN c.points IS NULL THEN NULL
			WHEN c.points_limit IS NULL THEN 'too little to say'
			WHEN c.points > c.points_limit THEN 'better'
			WHEN c.points < - c.points_limit THEN 'worse'
			ELSE 'within the spread of days'
		END,
		c.met, c.missed, c.pending, c.not_measured, c.invalid, c.answered, c.success
	FROM change AS c JOIN covered AS v ON coalesce(v.period, '-infinity') = coalesce(c.period, '-infinity') AND coalesce(v.weekday, 0) = coalesce(c.weekday, 0)
		CROSS JOIN (SELECT bool_and(x.success_known) AS success_known FROM range AS r, pmr.rollup_month AS x
			WHERE x.source = trend_of.source AND x.month BETWEEN date_trunc('month', r.first_day::timestamp)::date AND r.last_day) AS m
	ORDER BY c.business_process, c.srv, c.mode, c.period, c.weekday;
END;
COMMENT ON FUNCTION pmr.trend_of(pmr.requesting_role, text, text, text, date, date, text) IS 'internal: trend of one Party';

CREATE FUNCTION pmr.trend(unit text, from_day date, to_day date, by text DEFAULT 'srv')
	RETURNS TABLE (source text, party text, business_process text, srv text, mode text, period date, weekday integer, days_covered bigint, requests bigint,
		success_pct double precision, target_met_pct double precision, p50_s double precision, p95_s double precision,
		change_points double precision, limit_points double precision, verdict text,
		met bigint, missed bigint, pending bigint, not_measured bigint, invalid bigint, answered bigint, success bigint, as_of timestamp with time zone, status text)
	LANGUAGE sql STABLE PARALLEL RESTRICTED
	ROWS 1000
BEGIN ATOMIC
	SELECT v.source, v.party, f.business_process, f.srv, f.mode, f.period, f.weekday, f.days_covered, f.requests, f.success_pct, f.target_met_pct, f.p50_s, f.p95_s,
		f.change_points, f.limit_points, f.verdict, f.met, f.missed, f.pending, f.not_measured, f.invalid, f.answered, f.success, v.as_of, v.status
	FROM pmr.visible_period(pmr.requesting_role(), CASE WHEN to_day < from_day THEN from_day ELSE pmr.trend_start(unit, from_day) END,
			CASE WHEN unit = 'week' AND to_day >= from_day THEN pmr.trend_start(unit, to_day) + 6 ELSE to_day END, by) AS v,
		pmr.trend_of(pmr.requesting_role(), v.source, v.party, unit, from_day, to_day, by) AS f
	ORDER BY v.source, v.party, f.business_process, f.srv, f.mode, f.period, f.weekday;
END;
COMMENT ON FUNCTION pmr.trend(text, date, date, text) IS 'figures by day, week, month or weekday, and by SRV, business process or Party, and mode, with the change from the period before; verdict: better or worse if it is larger than limit_points, which the spread of the days explains; do not add up business processes, and do not average percentages';
