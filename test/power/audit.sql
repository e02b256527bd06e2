/*
 * audit.sql
 *		Generates the audit table of a scenario.
 *
 * Each Party is one seed: a month of its own, by the same rules.  The month of a
 * seed is the same whatever the number of seeds, and another in each scenario.
 */
/* The random numbers of a seed. */
CREATE FUNCTION power.stream(s power.scenario, seed integer) RETURNS bigint
	LANGUAGE sql IMMUTABLE
	RETURN hashtextextended(s.scenario, seed);

/* A number from 0 to 1; hashed twice, as numbers made from one hash are correlated. */
CREATE FUNCTION power.uniform(stream bigint, request bigint, draw integer) RETURNS float8
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	RETURN (hashint8extended(hashint8extended(request, stream), draw) & 4294967295) / 4294967296.0::float8;

CREATE FUNCTION power.size(s power.scenario, stream bigint) RETURNS integer
	LANGUAGE sql IMMUTABLE
	RETURN round(s.size_from * power(s.size_to / s.size_from::float8, power.uniform(stream, 0, 0)));

/*
 * The days of a seed: points that all requests have in common, of the hours of an
 * outage, of North's bad days and of each region.  Days differ by up to 2 points.
 * Day 6 is a Saturday.
 */
CREATE FUNCTION power.days(s power.scenario, stream bigint) RETURNS TABLE (day integer, points float8, outage float8, outage_from integer, north float8, own float8[])
	LANGUAGE sql IMMUTABLE
BEGIN ATOMIC
	SELECT d.day,
		s.missed * 0.02 * power.uniform(stream, d.day, 1) + s.drift * (d.day - 1) / 29 + CASE WHEN d.day % 7 IN (6, 0) THEN s.weekend ELSE 0 END,
		CASE WHEN s.outage_days > 0 AND d.day = o.first OR s.outage_days > 1 AND d.day = o.second THEN 0.5 ELSE 0 END,
		floor((25 - s.outage_hours) * power.uniform(stream, d.day, 6))::integer,
		CASE WHEN d.day >= b.first AND d.day < b.first + s.bad_days THEN 0.5 ELSE 0 END,
		(SELECT array_agg(CASE WHEN power.uniform(stream, 100 * r + d.day, 2) < s.own_days / 30 THEN 0.3 ELSE 0 END + s.own_noise * power.uniform(stream, 100 * r + d.day, 7) ORDER BY r)
		 FROM generate_series(1, 3) AS r)
	FROM generate_series(1, 30) AS d (day),
		LATERAL (SELECT CASE WHEN s.roll_out THEN 15 ELSE 30 END AS possible) AS p,
		LATERAL (SELECT floor(p.possible * power.uniform(stream, 0, 3))::integer AS place, 1 + floor((p.possible - 1) * power.uniform(stream, 0, 4))::integer AS gap) AS q,
		LATERAL (SELECT 31 - p.possible + q.place AS first, 31 - p.possible + (q.place + q.gap) % p.possible AS second) AS o,
		LATERAL (SELECT 1 + floor((31 - s.bad_days) * power.uniform(stream, 0, 5))::integer AS first) AS b;
END;

CREATE UNLOGGED TABLE power.sr_audit (
	party				text NOT NULL,
	srv					text NOT NULL,
	mode				text NOT NULL,
	device_generation	text NOT NULL,
	requested_at		timestamptz NOT NULL,
	due_at				timestamptz,
	responded_at		timestamptz NOT NULL,
	firmware			text NOT NULL,
	region				text NOT NULL,
	model				text NOT NULL,
	orchestration		text NOT NULL,
	hour_band			text NOT NULL
);

/*
 * The mix differs: of regions by SRV, of firmware by region and generation, of
 * orchestrations by mode.  The last request of all is of day 30.
 */
CREATE PROCEDURE power.generate(scenario text, seeds integer)
	LANGUAGE plpgsql
AS $$
DECLARE
	s power.scenario;
BEGIN
	SELECT * INTO STRICT s FROM power.scenario AS a WHERE a.scenario = generate.scenario;
	TRUNCATE power.sr_audit;
	INSERT INTO power.sr_audit
	WITH a AS (
		SELECT p.seed, p.stream, i, 1 + floor(6 * power(power.uniform(p.stream, i, 10), 1.5))::integer AS service,
			power.uniform(p.stream, i, 11) < 0.7 AS on_demand,
			power.uniform(p.stream, i, 12) < 0.3 AS smets1,
			1 + floor(30 * power.uniform(p.stream, i, 13))::integer AS day,
			power.uniform(p.stream, i, 14) AS u_region, power.uniform(p.stream, i, 15) AS u_firmware,
			power.uniform(p.stream, i, 16) AS u_orchestration, power.uniform(p.stream, i, 17) AS u_hour
		FROM generate_series(1, seeds) AS g (seed), LATERAL (SELECT g.seed, power.stream(s, g.seed) OFFSET 0) AS p (seed, stream),
			generate_series(1, power.size(s, p.stream)) AS i OFFSET 0
	), b AS (
		SELECT a.*, 1 + floor(3 * power(u_region, CASE WHEN service IN (1, 3) THEN 2.5 ELSE 0.8 END))::integer AS region,
			1 + floor(4 * power(u_orchestration, CASE WHEN on_demand THEN 3 ELSE 0.7 END))::integer AS orchestration
		FROM a OFFSET 0
	), c AS (
		SELECT b.*, CASE WHEN s.weekend > 0 AND orchestration = 4 AND day % 7 BETWEEN 1 AND 5 THEN 3 ELSE orchestration END AS runs_by, floor(s.firmwares / 2 * power(u_firmware, CASE region WHEN 1 THEN 0.9 ELSE 1.6 END))::integer AS firmware,
			/* bulk jobs run from 17 to 22 o'clock */
			CASE WHEN orchestration = 4 THEN 17 + floor(6 * u_hour) ELSE floor(24 * u_hour) END::integer AS hour
		FROM b OFFSET 0
	), d AS (
		SELECT c.*, CASE WHEN smets1 THEN '1.' ELSE '2.' END
				|| CASE WHEN s.roll_out AND NOT smets1 AND firmware IN (3, 4) THEN CASE WHEN day < 16 THEN 4 ELSE 3 END ELSE firmware END AS version
		FROM c OFFSET 0
	), e AS (
		SELECT d.*, timestamptz '2025-09-01 00:00+00' + make_interval(days => d.day - 1, hours => hour, secs => floor(3600 * power.uniform(stream, i, 18))) AS requested_at,
			power.uniform(stream, i, 19) < s.missed * 0.02 * service * CASE WHEN on_demand THEN 0.5 ELSE 1.5 END * CASE WHEN smets1 THEN 2 ELSE 1 END
				+ t.points + CASE WHEN hour >= t.outage_from AND hour < t.outage_from + s.outage_hours THEN t.outage ELSE 0 END + t.own[region] + CASE WHEN region = 1 THEN t.north ELSE 0 END
				+ CASE WHEN version = '2.3' THEN s.firmware ELSE 0 END
				+ CASE WHEN region = 3 THEN s.region ELSE 0 END
				+ CASE WHEN hour BETWEEN 18 AND 21 THEN s.congestion ELSE 0 END AS is_missed
		FROM d JOIN (SELECT p.seed AS of_seed, t.* FROM generate_series(1, seeds) AS p (seed), power.days(s, power.stream(s, p.seed)) AS t) AS t ON t.of_seed = d.seed AND t.day = d.day
	)
	SELECT 'seed ' || seed, ('{1.6,2.1,3.2,4.10,4.8.2,4.8.3}'::text[])[service], CASE WHEN on_demand THEN 'on_demand' ELSE 'future_dated' END,
		CASE WHEN smets1 THEN 'smets1' ELSE 'smets2' END, requested_at,
		CASE WHEN NOT on_demand THEN requested_at END,
		requested_at + CASE WHEN is_missed THEN interval '2 days' ELSE interval '4 seconds' END,
		version, (ARRAY['North', 'Central', 'South'])[region],
		CASE WHEN s.one_model AND version = '2.3' THEN 'W3E' ELSE 'M' || floor(5 * power.uniform(stream, i, 20)) END,
		(ARRAY['portal', 'batch', 'adapter', 'bulk'])[runs_by],
		(ARRAY['00-02', '03-05', '06-08', '09-11', '12-14', '15-17', '18-20', '21-23'])[1 + hour / 3]
	FROM e;
END
$$;
