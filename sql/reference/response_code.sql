/* Response codes */

CREATE TABLE pmr.response_code (
	code text NOT NULL CHECK (code <> ''),
	mode text NOT NULL DEFAULT 'any' CHECK (mode IN ('any', 'on_demand', 'future_dated', 'dcc_scheduled', 'non_device')),
	class text NOT NULL CHECK (class IN ('success', 'acknowledged', 'rejected', 'no_response')),
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
COMMENT ON COLUMN pmr.response_code.class IS 'success or rejected: the response is an answer; acknowledged or no_response: it is not; a code that is not in this table is an answer without a class';
COMMENT ON COLUMN pmr.response_code.description IS 'meaning of the code';
COMMENT ON COLUMN pmr.response_code.status IS 'confirmed: the value was read in the source; assumed: it was not';
COMMENT ON COLUMN pmr.response_code.source IS 'document that the value is from, or why it is assumed';
COMMENT ON COLUMN pmr.response_code.builtin IS 'true: shipped with the extension; false: added by the user, whose rows override shipped ones';

INSERT INTO pmr.response_code
	(code, mode, class, description, status, source, builtin)
SELECT code, mode, class, description, 'confirmed', 'DCC User Interface Specification', true
FROM (VALUES
	('I0', 'any', 'success', 'Service Response: the request succeeded'),
	('I99', 'any', 'acknowledged', 'request accepted and passed access control; not yet a response: the Service Response follows'),
	('I99', 'non_device', 'success', 'a non-device request is answered at once'),
	('E1', 'any', 'rejected', 'user role not eligible'),
	('E2', 'any', 'rejected', 'role not eligible for the service'),
	('E3', 'any', 'rejected', 'user status not eligible'),
	('E4', 'any', 'rejected', 'user role not eligible for the device'),
	('E5', 'any', 'rejected', 'device status not eligible'),
	('E11', 'any', 'rejected', 'service not valid for the device type'),
	('E12', 'any', 'rejected', 'command variant not valid'),
	('E13', 'any', 'rejected', 'wrong web service address'),
	('E17', 'any', 'rejected', 'local command not allowed'),
	('E19', 'any', 'rejected', 'device does not exist'),
	('E20', 'any', 'no_response', 'cannot communicate with the device'),
	('E21', 'any', 'no_response', 'no response received from the device'),
	('E30', 'any', 'no_response', 'future-dated command timed out')
) AS shipped (code, mode, class, description);
