/* Target Response Times */

CREATE TABLE pmr.target_response_time (
	srv text NOT NULL CHECK (srv ~ '^[0-9]+([.][0-9]+){1,2}$'),
	mode text NOT NULL CHECK (mode IN ('on_demand', 'future_dated', 'dcc_scheduled', 'non_device')),
	device_generation text NOT NULL DEFAULT 'any' CHECK (device_generation IN ('any', 'smets1', 'smets2')),
	user_role text NOT NULL DEFAULT 'any' CHECK (user_role NOT IN ('', 'unknown')),
	valid_from timestamp with time zone NOT NULL DEFAULT '-infinity',
	target interval CHECK (extract(year FROM target) = 0 AND extract(month FROM target) = 0
		AND extract(epoch FROM target) BETWEEN 0 AND 9223372036854.775807),
	status text NOT NULL DEFAULT 'confirmed' CHECK (status IN ('confirmed', 'assumed')),
	source text NOT NULL CHECK (source <> ''),
	builtin boolean NOT NULL DEFAULT false,
	PRIMARY KEY (srv, mode, device_generation, user_role, builtin, valid_from)
);
SELECT pg_extension_config_dump('pmr.target_response_time', 'WHERE NOT builtin');
COMMENT ON TABLE pmr.target_response_time IS 'Target Response Times of SRVs by mode, device generation, user role and time';
COMMENT ON COLUMN pmr.target_response_time.srv IS 'Service Reference Variant, such as 6.15.2';
COMMENT ON COLUMN pmr.target_response_time.mode IS 'on_demand, future_dated, dcc_scheduled or non_device';
COMMENT ON COLUMN pmr.target_response_time.device_generation IS 'smets1, smets2, or any: the generations without a row of their own';
COMMENT ON COLUMN pmr.target_response_time.user_role IS 'user role of the sender, such as IS or MDR, or any: the roles without a row of their own for the SRV, mode and generation; a row of a role takes precedence over the rows of any';
COMMENT ON COLUMN pmr.target_response_time.valid_from IS 'the row applies to requests that started at this time or later, until the next row of its key; a row of the user overrides the shipped rows of its key from this time on';
COMMENT ON COLUMN pmr.target_response_time.target IS 'Target Response Time, without months or years; a day is 24 hours; NULL: no target from this time on';
COMMENT ON COLUMN pmr.target_response_time.status IS 'confirmed: the value was read in the source; assumed: it was not';
COMMENT ON COLUMN pmr.target_response_time.source IS 'document that the value is from, or why it is assumed';
COMMENT ON COLUMN pmr.target_response_time.builtin IS 'true: shipped with the extension; false: added by the user, whose rows override shipped ones';

INSERT INTO pmr.target_response_time
	(srv, mode, device_generation, user_role, target, status, source, builtin)
SELECT unnest(srvs), mode, device_generation, user_role, make_interval(secs => target_s), status, source, true
FROM (VALUES
	('{1.1.1,1.6,2.1,2.2,3.2,4.6.2,4.8.1,4.8.2,4.8.3,4.10,4.17,6.5,6.8,6.15.1,6.15.2,6.17,6.20.1,6.21,6.22,6.23,8.1.1,8.7.2,8.11,11.3}'::text[],
		'on_demand', 'any', 'any', 30, 'assumed',
		'25 s round trip leg of the Performance Measurement Methodology (March 2018) plus DCC processing; check against SEC Appendix E'),
	('{1.1.1,1.6,2.1,3.2,4.6.1,4.6.2,4.8.1,4.8.2,4.8.3,4.10,4.17,6.5,6.15.1,6.20.1,6.21,6.23,8.11,11.3}'::text[],
		'future_dated', 'any', 'any', 86400, 'assumed',
		'22 h round trip leg of the Performance Measurement Methodology (March 2018) plus DCC processing; check against SEC Appendix E'),
	('{4.6.1,4.6.2,4.8.1,4.8.2,4.8.3,4.10,4.17}'::text[],
		'dcc_scheduled', 'any', 'any', 86400, 'assumed',
		'as future dated; check against SEC Appendix E'),
	('{8.14.1,8.14.3,8.14.4}'::text[],
		'non_device', 'any', 'any', 30, 'assumed',
		'weakest assumption: no source read; check against SEC Appendix E'),
	('{11.1}'::text[],
		'non_device', 'smets2', 'any', 432000, 'confirmed',
		'draft modification report, note to SRV 11.1: delivered to all relevant Communications Hub Functions within five days of receipt'),
	('{11.3}'::text[],
		'on_demand', 'smets1', 'any', 432000, 'confirmed',
		'draft modification report, note to SRV 11.3: SMETS1 five-day Target Response Time'),
	('{11.3}'::text[],
		'future_dated', 'smets1', 'any', 432000, 'assumed',
		'the draft names no mode; taken for both')
) AS shipped (srvs, mode, device_generation, user_role, target_s, status, source)
UNION ALL
SELECT unnest(srvs), 'on_demand', device_generation, user_role, make_interval(secs => target_s), 'assumed',
	'public notes (machine-written, not checked) that quote SEC Appendix E v10.0; they name no mode, taken for on demand; check against SEC Appendix E', true
FROM (VALUES
	('{4.1.1,4.4.3,4.6.1}'::text[], 'smets2', 'any', 30),
	('{4.1.1,4.4.3,4.6.1,4.8.1}'::text[], 'smets1', 'any', 16),
	('{4.1.1,4.2,4.8.1}'::text[], 'smets2', 'MDR', NULL),
	('{4.1.1,4.2,4.8.1}'::text[], 'smets1', 'MDR', 86400)
) AS quoted (srvs, device_generation, user_role, target_s);
