/*
 * scenario.sql
 *		The scenarios that diagnose is measured with: what is planted in each, and
 *		which limits it must keep.
 */
\set ON_ERROR_STOP on
SET client_min_messages = warning;
DROP SCHEMA IF EXISTS power CASCADE;
CREATE SCHEMA power;

/*
 * Points (0.05 is 5 percentage points) are added to the probability that a
 * request misses its target.
 */
CREATE TABLE power.scenario (
	place			integer GENERATED ALWAYS AS IDENTITY,
	scenario		text PRIMARY KEY,
	checked			text[] NOT NULL DEFAULT '{}',	-- limits of report.sql: first, told, false
	size_from		integer NOT NULL DEFAULT 10000,	-- requests of a Party: between these two, log-uniformly
	size_to			integer NOT NULL DEFAULT 10000,
	missed			float8 NOT NULL DEFAULT 1,		-- factor of what is missed anyhow, 8 %
	firmware		float8 NOT NULL DEFAULT 0,		-- points of firmware 2.3
	region			float8 NOT NULL DEFAULT 0,		-- points of region South
	outage_days		integer NOT NULL DEFAULT 0,		-- days on which half of all requests are missed
	outage_hours	integer NOT NULL DEFAULT 24,	-- for so many hours of them
	bad_days		integer NOT NULL DEFAULT 0,		-- consecutive days on which half of the requests of region North are missed
	own_days		float8 NOT NULL DEFAULT 0,		-- bad days of each region in a month, 30 points, each region by itself
	own_noise		float8 NOT NULL DEFAULT 0,		-- points by which each day of each region differs, at most
	roll_out		boolean NOT NULL DEFAULT false,	-- 2.3 replaces 2.4 from day 16 on; outages are after that
	one_model		boolean NOT NULL DEFAULT false,	-- 2.3 runs on model W3E alone, and nothing else runs there
	drift			float8 NOT NULL DEFAULT 0,		-- points added from the first day to the last
	congestion		float8 NOT NULL DEFAULT 0,		-- points from 18:00 to 22:00, when most bulk jobs run
	weekend			float8 NOT NULL DEFAULT 0,		-- points on Saturdays and Sundays, the only days of bulk jobs
	firmwares		integer NOT NULL DEFAULT 20,
	factors			text[] NOT NULL DEFAULT '{firmware,region,model,orchestration}'
);

/*
 * Something is planted.  5 points of firmware 2.3 are 33 requests in 660, of
 * which 6 % are missed anyhow: 5 standard deviations.  No test can find that in
 * every month among 31 values, so these are for the table alone.
 */
INSERT INTO power.scenario (scenario, checked, firmware, outage_days, bad_days, own_days, drift)
SELECT format('%s, firmware %s points', s.days, points), CASE WHEN points < 8 THEN '{false}' ELSE s.checked END::text[], points / 100.0,
	s.outage_days, s.bad_days, s.own_days, s.drift
FROM (VALUES ('calm', '{first,told,false}', 0, 0, 0, 0.0), ('1 outage day', '{first,told,false}', 1, 0, 0, 0), ('2 outage days', '{first,told,false}', 2, 0, 0, 0),
		('North out for 3 days', '{first,told,false}', 0, 3, 0, 0), ('slow drift', '{false}', 0, 0, 0, 0.15),
		('regions'' own bad days', '{false}', 0, 0, 2, 0)) AS s (days, checked, outage_days, bad_days, own_days, drift),
	unnest('{5,8}'::integer[]) AS points;
INSERT INTO power.scenario (scenario, checked, firmware, region, outage_days, bad_days, roll_out, one_model) VALUES
	('calm, region 8 points',				'{first,told,false}',	0, 0.08, 0, 0, false, false),
	('1 outage day, region 8 points',		'{first,told,false}',	0, 0.08, 1, 0, false, false),
	('2 outage days, region 8 points',		'{first,told,false}',	0, 0.08, 2, 0, false, false),
	('2 outage days, firmware 15 points',	'{first,told,false}',	0.15, 0, 2, 0, false, false),
	('North out for 3 days',				'{first,told,false}',	0, 0, 0, 3, false, false),
	('roll-out on day 16, 10 points worse',	'{first,told,false}',	0.10, 0, 0, 0, true, false),
	('firmware on one model, 15 points',	'{first,told,false}',	0.15, 0, 0, 0, false, true);

INSERT INTO power.scenario (scenario, checked, missed, firmware, bad_days) VALUES
	('rare misses, firmware 3 points',		'{first,told,false}',	0.1, 0.03, 0),
	('rare misses, North out for 3 days',	'{first,told,false}',	0.1, 0, 3);

/* How power falls with the number of requests, for the table alone. */
INSERT INTO power.scenario (scenario, size_from, size_to, firmware, outage_days)
SELECT format('%s requests%s, firmware %s points', to_char(size, 'FM99,999'), CASE WHEN outage_days > 0 THEN ', 2 outage days' ELSE '' END, points), size, size, points / 100.0, outage_days
FROM unnest('{3000,800}'::integer[]) AS size, unnest('{0,2}'::integer[]) AS outage_days, unnest('{5,10,20}'::integer[]) AS points;

/* Nothing is planted. */
INSERT INTO power.scenario (scenario, checked, size_from, size_to, outage_days, roll_out, drift, congestion, firmwares, factors) VALUES
	('nothing: calm',							'{false}',	10000, 10000, 0, false, 0, 0, 20, DEFAULT),
	('nothing: 2 outage days',					'{false}',	10000, 10000, 2, false, 0, 0, 20, DEFAULT),
	('nothing: roll-out',						'{false}',	10000, 10000, 0, true, 0, 0, 20, DEFAULT),
	('nothing: roll-out, then 2 outage days',	'{false}',	10000, 10000, 2, true, 0, 0, 20, DEFAULT),
	('nothing: congested evenings',				'{}',		10000, 10000, 0, false, 0, 0.10, 20, DEFAULT),
	('nothing: congested evenings, hour known',	'{false}',	10000, 10000, 0, false, 0, 0.10, 20, '{firmware,region,model,orchestration,hour_band}'),
	('nothing: slow drift, roll-out',			'{false}',	10000, 10000, 0, true, 0.15, 0, 20, DEFAULT),
	('nothing: 800 requests',					'{false}',	800, 800, 0, false, 0, 0, 20, DEFAULT),
	('nothing: 800 requests, 2 outage days',	'{false}',	800, 800, 2, false, 0, 0, 20, DEFAULT),
	('nothing: 32 firmwares, 2 outage days',	'{false}',	10000, 10000, 2, false, 0, 0, 32, DEFAULT),
	('nothing: 300 to 30,000 requests',			'{false}',	300, 30000, 0, false, 0, 0, 20, DEFAULT),
	('nothing: 300 to 30,000, 2 outage days',	'{false}',	300, 30000, 2, false, 0, 0, 20, DEFAULT);
INSERT INTO power.scenario (scenario, checked, size_from, size_to, outage_days, outage_hours, own_noise, weekend, factors) VALUES
	('nothing: 2 outages of 6 hours',				'{}',		10000, 10000, 2, 6, 0, 0, DEFAULT),
	('nothing: 2 outages of 6 hours, hour known',	'{false}',	10000, 10000, 2, 6, 0, 0, '{firmware,region,model,orchestration,hour_band}'),
	('nothing: regions vary from day to day',		'{false}',	10000, 10000, 0, 24, 0.10, 0, DEFAULT),
	('nothing: weekend jobs, bad weekends',			'{false}',	10000, 10000, 0, 24, 0, 0.10, DEFAULT),
	('nothing: 3,000, weekend jobs, bad weekends',	'{false}',	3000, 3000, 0, 24, 0, 0.10, DEFAULT);

INSERT INTO power.scenario (scenario, checked, missed, outage_days) VALUES
	('nothing: rare misses',				'{false}',	0.1, 0),
	('nothing: rare misses, 2 outage days',	'{false}',	0.1, 2);

/*
 * Values that are worse in a scenario, and what diagnose must say of them: kind
 * burst with the days that power.days gives, or steady.  What is not wanted need
 * not be claimed.
 */
CREATE VIEW power.cause AS
SELECT s.scenario, c.factor, c.value, c.is_wanted, c.is_burst
FROM power.scenario AS s, LATERAL (
	SELECT 'firmware', '2.3', true, false WHERE s.firmware > 0
	UNION ALL SELECT 'model', 'W3E', true, false WHERE s.firmware > 0 AND s.one_model
	UNION ALL SELECT 'region', 'South', true, false WHERE s.region > 0
	UNION ALL SELECT 'region', 'North', true, true WHERE s.bad_days > 0
	UNION ALL SELECT 'region', unnest('{North,Central,South}'::text[]), false, true WHERE s.own_days > 0
	UNION ALL SELECT 'hour_band', unnest('{18-20,21-23}'::text[]), false, false WHERE s.congestion > 0
	UNION ALL SELECT 'hour_band', unnest('{00-02,03-05,06-08,09-11,12-14,15-17,18-20,21-23}'::text[]), false, true WHERE s.outage_hours < 24
) AS c (factor, value, is_wanted, is_burst)
WHERE c.factor = ANY (s.factors);
