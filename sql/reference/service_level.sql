/* Target and Minimum Service Levels */

CREATE TABLE pmr.service_level (
	measure text NOT NULL CHECK (measure ~ '^[a-z][a-z0-9_]*$'),
	srv text NOT NULL DEFAULT '' CHECK (srv = '' OR srv ~ '^[0-9]+([.][0-9]+){1,2}$'),
	mode text NOT NULL DEFAULT 'any' CHECK (mode IN ('any', 'on_demand', 'future_dated', 'dcc_scheduled', 'non_device')),
	device_generation text NOT NULL DEFAULT 'any' CHECK (device_generation IN ('any', 'smets1', 'smets2')),
	name text NOT NULL DEFAULT '',
	period text NOT NULL DEFAULT 'month' CHECK (period IN ('month')),
	valid_from timestamp with time zone NOT NULL DEFAULT '-infinity',
	target_pct numeric CHECK (target_pct BETWEEN 0 AND 100),
	minimum_pct numeric CHECK (minimum_pct BETWEEN 0 AND 100),
	round_trip_time interval CHECK (extract(year FROM round_trip_time) = 0 AND extract(month FROM round_trip_time) = 0
		AND extract(epoch FROM round_trip_time) BETWEEN 0 AND 9223372036854.775807),
	status text NOT NULL DEFAULT 'confirmed' CHECK (status IN ('confirmed', 'assumed')),
	source text NOT NULL CHECK (source <> ''),
	builtin boolean NOT NULL DEFAULT false,
	PRIMARY KEY (measure, srv, mode, device_generation, builtin, valid_from),
	CHECK (minimum_pct <= target_pct),
	CONSTRAINT service_level_of_srv CHECK (CASE srv WHEN '' THEN mode = 'any' AND device_generation = 'any' ELSE measure IN ('target_met', 'success_rate', 'round_trip_time') END),
	CONSTRAINT service_level_round_trip_time CHECK ((srv <> '' AND measure = 'round_trip_time' AND coalesce(target_pct, minimum_pct) IS NOT NULL) = (round_trip_time IS NOT NULL))
);
SELECT pg_extension_config_dump('pmr.service_level', 'WHERE NOT builtin');
COMMENT ON TABLE pmr.service_level IS 'Target and Minimum Service Levels of each measure, and of single SRVs';
COMMENT ON COLUMN pmr.service_level.measure IS 'without an srv: cpm1, cpm2, a business process as in business_process, or business_process: all business processes without a row of their own; with an srv: target_met: percentage that met the Target Response Time, success_rate: percentage answered with success, or round_trip_time: percentage answered within round_trip_time';
COMMENT ON COLUMN pmr.service_level.srv IS 'Service Reference Variant that the level is for; empty: not for a single one';
COMMENT ON COLUMN pmr.service_level.mode IS 'on_demand, future_dated, dcc_scheduled, non_device, or any: the modes without a row of their own';
COMMENT ON COLUMN pmr.service_level.device_generation IS 'smets1, smets2, or any: the generations without a row of their own; a row of a mode takes precedence over one of a generation';
COMMENT ON COLUMN pmr.service_level.name IS 'name shown in reports; empty: none';
COMMENT ON COLUMN pmr.service_level.period IS 'period over which the percentage is taken: month';
COMMENT ON COLUMN pmr.service_level.valid_from IS 'the row is in force from this time until the next row of its key';
COMMENT ON COLUMN pmr.service_level.target_pct IS 'Target Service Level, 0 to 100; NULL: none';
COMMENT ON COLUMN pmr.service_level.minimum_pct IS 'Minimum Service Level, 0 to 100; NULL: none';
COMMENT ON COLUMN pmr.service_level.round_trip_time IS 'measure round_trip_time: Target Round Trip Time, without months or years, of which target_pct is the percentile; NULL for the others, and if there is no level';
COMMENT ON COLUMN pmr.service_level.status IS 'confirmed: the value was read in the source; assumed: it was not';
COMMENT ON COLUMN pmr.service_level.source IS 'document that the value is from, or why it is assumed';
COMMENT ON COLUMN pmr.service_level.builtin IS 'true: shipped with the extension; false: added by the user, whose rows override shipped ones';

INSERT INTO pmr.service_level
	(measure, name, period, target_pct, minimum_pct, status, source, builtin)
VALUES
	('cpm1', 'On-Demand Service Responses delivered within the applicable Target Response Time', 'month', 99, 96, 'assumed',
		'definition confirmed in the Performance Measurement Methodology (March 2018); levels recalled from SEC H13.1 and not read', true),
	('cpm2', 'Future-Dated Service Responses delivered within the applicable Target Response Time', 'month', 99, 96, 'assumed',
		'definition confirmed in the Performance Measurement Methodology (March 2018); levels recalled from SEC H13.1 and not read', true),
	('business_process', 'Service Requests of an H13.1A business process answered within the applicable Target Response Time', 'month', NULL, NULL, 'assumed',
		'the draft modification report names no level; a Party sets its own', true);
