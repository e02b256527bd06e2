/* Response codes */

CREATE TABLE pmr.response_code (
	code text NOT NULL CHECK (code <> ''),
	mode text NOT NULL DEFAULT 'any' CHECK (mode IN ('any', 'on_demand', 'future_dated', 'dcc_scheduled', 'non_device')),
	class text NOT NULL CHECK (class IN ('success', 'acknowledged', 'rejected', 'failed', 'no_response')),
	family text NOT NULL DEFAULT 'unknown' CHECK (family IN ('none', 'user', 'wan', 'device', 'timeout', 'dcc', 'unknown')),
	description text NOT NULL,
	status text NOT NULL DEFAULT 'confirmed' CHECK (status IN ('confirmed', 'assumed')),
	source text NOT NULL CHECK (source <> ''),
	builtin boolean NOT NULL DEFAULT false,
	PRIMARY KEY (code, mode, builtin)
);
SELECT pg_extension_config_dump('pmr.response_code', 'WHERE NOT builtin');
COMMENT ON TABLE pmr.response_code IS 'response codes and their classes';
COMMENT ON COLUMN pmr.response_code.code IS 'response code, as in the audit table, such as I0';
COMMENT ON COLUMN pmr.response_code.mode IS 'on_demand, future_dated, dcc_scheduled, non_device, or any: the modes for which the code has no row, and unknown modes';
COMMENT ON COLUMN pmr.response_code.class IS 'success, rejected or failed (the Device did not carry the request out): the response is an answer; acknowledged or no_response: it is not; a code that is not in this table is an answer without a class, or if it begins with E or e, not an answer';
COMMENT ON COLUMN pmr.response_code.family IS 'where the cause is: none (no error), user (what was requested, or who may), wan, device, timeout, dcc, or unknown';
COMMENT ON COLUMN pmr.response_code.description IS 'meaning of the code';
COMMENT ON COLUMN pmr.response_code.status IS 'confirmed: the value was read in the source; assumed: it was not';
COMMENT ON COLUMN pmr.response_code.source IS 'document that the value is from, or why it is assumed';
COMMENT ON COLUMN pmr.response_code.builtin IS 'true: shipped with the extension; false: added by the user, whose rows override shipped ones';

INSERT INTO pmr.response_code
	(code, mode, class, family, description, status, source, builtin)
SELECT code, mode, class, family, description, 'confirmed', 'DCC User Interface Specification', true
FROM (VALUES
	('I0', 'any', 'success', 'none', 'Service Response: the request succeeded'),
	('I99', 'any', 'acknowledged', 'none', 'request accepted and passed access control; not yet a response: the Service Response follows'),
	('I99', 'non_device', 'success', 'none', 'a non-device request is answered at once'),
	('E1', 'any', 'rejected', 'user', 'user role not eligible'),
	('E2', 'any', 'rejected', 'user', 'role not eligible for the service'),
	('E3', 'any', 'rejected', 'user', 'user status not eligible'),
	('E4', 'any', 'rejected', 'user', 'user role not eligible for the device'),
	('E5', 'any', 'rejected', 'user', 'device status not eligible'),
	('E11', 'any', 'rejected', 'user', 'service not valid for the device type'),
	('E12', 'any', 'rejected', 'user', 'command variant not valid'),
	('E13', 'any', 'rejected', 'user', 'wrong web service address'),
	('E17', 'any', 'rejected', 'user', 'local command not allowed'),
	('E19', 'any', 'rejected', 'user', 'device does not exist'),
	('E20', 'any', 'no_response', 'wan', 'cannot communicate with the device'),
	('E21', 'any', 'no_response', 'device', 'no response received from the device'),
	('E30', 'any', 'no_response', 'timeout', 'future-dated command timed out')
) AS shipped (code, mode, class, family, description);

/*
 * DUIS Schema V5.4 (November 2025) lists 194 codes, without their meanings.  The
 * meaning of E31, E40 to E64, E66 to E71, E100 and E1000 to E1011 was not found,
 * so these are not shipped.
 */
INSERT INTO pmr.response_code
	(code, class, family, description, status, source, builtin)
SELECT unnest(codes), 'rejected', 'user', 'Service Request ' || service_reference || ' is not valid', 'assumed',
	'DUIS Schema V5.4 lists the code; its number begins with the Service Reference, so it is taken for a check of such requests', true
FROM (VALUES
	('{E010101,E010102}'::text[], '1.1'),
	('{E010201}', '1.2'),
	('{E030301,E030302}', '3.3'),
	('{E040101}', '4.1'),
	('{E041701}', '4.17'),
	('{E050101,E050102,E050103,E050105,E050107,E050108,E050109,E050110,E050111,E050112}', '5.1'),
	('{E050201,E050202}', '5.2'),
	('{E050301,E050302}', '5.3'),
	('{E060501,E060502}', '6.5'),
	('{E060701}', '6.7'),
	('{E060801,E060802,E060803}', '6.8'),
	('{E061301,E061304,E061305}', '6.13'),
	('{E061501,E061504,E061505,E061506,E061507,E061508,E061509}', '6.15'),
	('{E061801,E061802,E061803}', '6.18'),
	('{E062101,E062102,E062103,E062105}', '6.21'),
	('{E062201,E062202,E062203}', '6.22'),
	('{E062301,E062302,E062303,E062304,E062305,E062306}', '6.23'),
	('{E062401,E062402,E062403}', '6.24'),
	('{E062801,E062802,E062803}', '6.28'),
	('{E080201,E080202}', '8.2'),
	('{E080301,E080302}', '8.3'),
	('{E080405,E080406,E080407,E080408,E080409,E080410,E080411,E080412,E080413,E080414,E080415}', '8.4'),
	('{E080501,E080502,E080503}', '8.5'),
	('{E080601,E080602,E080604,E080606,E080607}', '8.6'),
	('{E080702,E080721,E080722,E080723}', '8.7'),
	('{E080801,E080821,E080822}', '8.8'),
	('{E080901,E080902,E080903}', '8.9'),
	('{E081101,E081102,E081104,E081105,E081106,E081107,E081108,E081109,E081110,E081111}', '8.11'),
	('{E081202,E081204,E081205,E081221,E081222,E081223}', '8.12'),
	('{E081301,E081302,E081303}', '8.13'),
	('{E081401,E081402,E081405,E081406}', '8.14'),
	('{E110101,E110102,E110103,E110105,E110106}', '11.1'),
	('{E110401,E110402,E110403,E110405}', '11.4'),
	('{E120101,E120102,E120103}', '12.1'),
	('{E120201,E120203,E120204,E120207}', '12.2')
) AS shipped (codes, service_reference);

INSERT INTO pmr.response_code
	(code, class, family, description, status, source, builtin)
SELECT code, class, family, description, 'assumed', source, true
FROM (VALUES
	('E65', 'rejected', 'unknown', 'refused at once', 'the test set of the DCC''s DUIS parser has it as the synchronous answer to an 11.2'),
	('W050201', 'success', 'none', 'Service Request 5.2 was carried out, with a warning', 'DUIS Schema V5.4 lists the code; W is taken for a warning'),
	('W050301', 'success', 'none', 'Service Request 5.3 was carried out, with a warning', 'DUIS Schema V5.4 lists the code; W is taken for a warning'),
	('W081401', 'success', 'none', 'Service Request 8.14 was carried out, with a warning', 'DUIS Schema V5.4 lists the code; W is taken for a warning'),
	('W110101', 'success', 'none', 'Service Request 11.1 was carried out, but not for all Devices', 'DUIS Schema V5.4 has a body DSPUpdateFirmwareWarning that lists Devices'),
	('W110401', 'success', 'none', 'Service Request 11.4 was carried out, but not for all Devices', 'DUIS Schema V5.4 has a body DSPUpdatePPMIDFirmwareWarning that lists Devices')
) AS shipped (code, class, family, description, source);
