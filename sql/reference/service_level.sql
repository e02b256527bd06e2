/* Target and Minimum Service Levels */

CREATE TABLE pmr.service_level (
	measure text NOT NULL CHECK (measure ~ '^[a-z][a-z0-9_]*$'),
	name text NOT NULL,
	period text NOT NULL DEFAULT 'month' CHECK (period IN ('month')),
	valid_from timestamp with time zone NOT NULL DEFAULT '-infinity',
	target_pct numeric CHECK (target_pct BETWEEN 0 AND 100),
	minimum_pct numeric CHECK (minimum_pct BETWEEN 0 AND 100),
	status text NOT NULL DEFAULT 'confirmed' CHECK (status IN ('confirmed', 'assumed')),
	source text NOT NULL CHECK (source <> ''),
	builtin boolean NOT NULL DEFAULT false,
	PRIMARY KEY (measure, builtin, valid_from),
	CHECK (minimum_pct <= target_pct)
);
SELECT pg_extension_config_dump('pmr.service_level', 'WHERE NOT builtin');
COMMENT ON TABLE pmr.service_level IS 'Target and Minimum Service Levels of each measure';
COMMENT ON COLUMN pmr.service_level.measure IS 'cpm1, cpm2, a business process as in business_process, or business_process: all business processes without a row of their own';
COMMENT ON COLUMN pmr.service_level.name IS 'name shown in reports';
COMMENT ON COLUMN pmr.service_level.period IS 'period over which the percentage is taken: month';
COMMENT ON COLUMN pmr.service_level.valid_from IS 'the row is in force from this time until the next row of its key';
COMMENT ON COLUMN pmr.service_level.target_pct IS 'Target Service Level, 0 to 100; NULL: none';
COMMENT ON COLUMN pmr.service_level.minimum_pct IS 'Minimum Service Level, 0 to 100; NULL: none';
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
