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
COMMENT ON TABLE pmr.service_level IS 'Target and Minimum Service Levels per measure';
COMMENT ON COLUMN pmr.service_level.measure IS 'cpm1, cpm2, or business_process for all business processes alike; a business process of its own name wins over that';
COMMENT ON COLUMN pmr.service_level.name IS 'name, to read';
COMMENT ON COLUMN pmr.service_level.period IS 'over what the percentage is taken';
COMMENT ON COLUMN pmr.service_level.valid_from IS 'in force from this time until the next row of the same key';
COMMENT ON COLUMN pmr.service_level.target_pct IS 'NULL: no level is set';
COMMENT ON COLUMN pmr.service_level.minimum_pct IS 'NULL: no level is set';
COMMENT ON COLUMN pmr.service_level.status IS 'confirmed: read in the source; assumed: not read';
COMMENT ON COLUMN pmr.service_level.source IS 'where the value is from';
COMMENT ON COLUMN pmr.service_level.builtin IS 'shipped with the extension; a row of yours wins over it';

INSERT INTO pmr.service_level
	(measure, name, period, target_pct, minimum_pct, status, source, builtin)
VALUES
	('cpm1', 'On-Demand Service Responses delivered within the applicable Target Response Time', 'month', 99, 96, 'assumed',
		'definition confirmed in the Performance Measurement Methodology (March 2018); levels recalled from SEC H13.1 and not read', true),
	('cpm2', 'Future-Dated Service Responses delivered within the applicable Target Response Time', 'month', 99, 96, 'assumed',
		'definition confirmed in the Performance Measurement Methodology (March 2018); levels recalled from SEC H13.1 and not read', true),
	('business_process', 'Service Requests of an H13.1A business process answered within the applicable Target Response Time', 'month', NULL, NULL, 'assumed',
		'the draft modification report names no level; a Party sets its own', true);
