/*
 * Journeys of business processes: their rules, and the steps of their models
 *
 * Public text tells little about the order of requests, so every row is
 * assumed.  Processes of SEC H13.1A whose rows are not a sequence, such as meter
 * reads, have no rows here.
 */

CREATE TABLE pmr.journey_process (
	business_process text NOT NULL CHECK (business_process ~ '^[a-z][a-z0-9_]*$'),
	valid_from timestamp with time zone NOT NULL DEFAULT '-infinity',
	subject text NOT NULL CHECK (subject <> ''),
	gap interval NOT NULL CHECK (extract(year FROM gap) = 0 AND extract(month FROM gap) = 0
		AND extract(epoch FROM gap) BETWEEN 0 AND 9223372036854.775807),
	status text NOT NULL DEFAULT 'confirmed' CHECK (status IN ('confirmed', 'assumed')),
	source text NOT NULL CHECK (source <> ''),
	builtin boolean NOT NULL DEFAULT false,
	PRIMARY KEY (business_process, builtin, valid_from)
);
SELECT pg_extension_config_dump('pmr.journey_process', 'WHERE NOT builtin');
COMMENT ON TABLE pmr.journey_process IS 'business processes that have journeys: what a journey is about, and how long its requests may be apart';
COMMENT ON COLUMN pmr.journey_process.business_process IS 'business process, as in business_process';
COMMENT ON COLUMN pmr.journey_process.valid_from IS 'the row is in force from this time until the next row of its key';
COMMENT ON COLUMN pmr.journey_process.subject IS 'what the requests of a journey have in common, and audit tables should be grouped by: device, hub or premises; for information only';
COMMENT ON COLUMN pmr.journey_process.gap IS 'longest time from a request of a journey to the next one, without months or years; a day is 24 hours';
COMMENT ON COLUMN pmr.journey_process.status IS 'confirmed: the value was read in the source; assumed: it was not';
COMMENT ON COLUMN pmr.journey_process.source IS 'document that the value is from, or why it is assumed';
COMMENT ON COLUMN pmr.journey_process.builtin IS 'true: shipped with the extension; false: added by the user, whose rows override shipped ones';

CREATE TABLE pmr.journey_step (
	business_process text NOT NULL CHECK (business_process ~ '^[a-z][a-z0-9_]*$'),
	model text NOT NULL CHECK (model ~ '^[a-z][a-z0-9_]*$'),
	srv text NOT NULL CHECK (srv ~ '^[0-9]+([.][0-9]+){1,2}$'),
	qualifier text NOT NULL DEFAULT '',
	device_type text NOT NULL DEFAULT '',
	valid_from timestamp with time zone NOT NULL DEFAULT '-infinity',
	listed boolean NOT NULL DEFAULT true,
	position integer NOT NULL,
	required boolean NOT NULL,
	begins boolean NOT NULL DEFAULT false,
	restarts boolean NOT NULL DEFAULT false CHECK (begins OR NOT restarts),
	status text NOT NULL DEFAULT 'confirmed' CHECK (status IN ('confirmed', 'assumed')),
	source text NOT NULL CHECK (source <> ''),
	builtin boolean NOT NULL DEFAULT false,
	PRIMARY KEY (business_process, model, srv, qualifier, device_type, builtin, valid_from)
);
SELECT pg_extension_config_dump('pmr.journey_step', 'WHERE NOT builtin');
COMMENT ON TABLE pmr.journey_step IS 'steps of the models of business processes; a process can have several models, and a journey is completed when one of them is';
COMMENT ON COLUMN pmr.journey_step.business_process IS 'business process, as in journey_process';
COMMENT ON COLUMN pmr.journey_step.model IS 'name of a way to do the process: draft has the steps of the draft modification report, guide those of public guides, and there may be others';
COMMENT ON COLUMN pmr.journey_step.srv IS 'Service Reference Variant, such as 6.15.2';
COMMENT ON COLUMN pmr.journey_step.qualifier IS 'kind of request that its body decides: the step has only the requests of this kind; empty: all requests of the SRV';
COMMENT ON COLUMN pmr.journey_step.device_type IS 'device type, such as ESME: the step has only the requests to such devices; empty: all devices';
COMMENT ON COLUMN pmr.journey_step.valid_from IS 'the row is in force from this time until the next row of its key';
COMMENT ON COLUMN pmr.journey_step.listed IS 'false: the step is not in the model; a user removes a shipped step in this way';
COMMENT ON COLUMN pmr.journey_step.position IS 'place in the order of the model; lower numbers come first, and steps of equal numbers in any order';
COMMENT ON COLUMN pmr.journey_step.required IS 'true: the process is completed only if the step succeeded';
COMMENT ON COLUMN pmr.journey_step.begins IS 'true: a journey can begin with this step';
COMMENT ON COLUMN pmr.journey_step.restarts IS 'true: a request of this step, after one of the same journey that succeeded, begins another journey, even if the first is not completed';
COMMENT ON COLUMN pmr.journey_step.status IS 'confirmed: the value was read in the source; assumed: it was not';
COMMENT ON COLUMN pmr.journey_step.source IS 'document that the value is from, or why it is assumed';
COMMENT ON COLUMN pmr.journey_step.builtin IS 'true: shipped with the extension; false: added by the user, whose rows override shipped ones';

INSERT INTO pmr.journey_process
	(business_process, subject, gap, status, source, builtin)
SELECT business_process, subject, make_interval(days => gap_days), 'assumed', source, true
FROM (VALUES
	('install_and_commission', 'premises', 90,
		'gap: the target for installations without WAN that SEC modification MP121 names; subject: no source'),
	('change_of_supplier', 'device', 7, 'no source'),
	('change_of_tenancy', 'device', 7, 'no source'),
	('prepayment', 'device', 7, 'no source'),
	('firmware', 'device', 30,
		'gap: longer than the five days for 11.1 of the draft modification report, as activation may wait; subject: no source')
) AS shipped (business_process, subject, gap_days, source);

INSERT INTO pmr.journey_step
	(business_process, model, position, srv, qualifier, required, begins, restarts, status, source, builtin)
SELECT business_process, model, position, srv, qualifier, required, begins, restarts, 'assumed', source, true
FROM (VALUES
	('install_and_commission', 'draft', '8.11', '', 1, true, true, false),
	('install_and_commission', 'draft', '6.21', 'supplier_certificates', 2, false, false, false),
	('install_and_commission', 'draft', '8.1.1', '', 3, true, false, false),
	('install_and_commission', 'draft', '8.7.2', 'join_gpf_gsme', 4, false, false, false),
	('install_and_commission', 'draft', '6.20.1', '', 5, true, false, false),
	('install_and_commission', 'draft', '1.1.1', '', 6, true, false, false),
	('install_and_commission', 'draft', '6.8', '', 7, true, false, false),
	('install_and_commission', 'draft', '8.14.1', '', 8, false, false, false),
	('install_and_commission', 'guide', '8.11', '', 1, false, true, false),
	('install_and_commission', 'guide', '8.1.1', '', 2, true, true, false),
	('install_and_commission', 'guide', '6.20.1', '', 3, true, false, false),
	('install_and_commission', 'guide', '6.21', 'supplier_certificates', 4, false, false, false),
	('install_and_commission', 'guide', '1.1.1', '', 5, true, false, false),
	('change_of_supplier', 'draft', '6.23', '', 1, true, true, true),
	('change_of_supplier', 'draft', '1.1.1', '', 2, true, false, false),
	('change_of_supplier', 'draft', '6.8', '', 3, true, false, false),
	('change_of_tenancy', 'draft', '3.2', '', 1, true, true, true),
	('change_of_tenancy', 'draft', '1.1.1', '', 2, true, false, false),
	('prepayment', 'draft', '1.6', 'prepayment', 1, true, true, true),
	('prepayment', 'draft', '2.1', '', 2, true, false, false),
	('prepayment', 'draft', '2.2', 'positive_value', 3, false, false, false),
	('firmware', 'draft', '11.1', '', 1, true, true, true),
	('firmware', 'draft', '11.3', '', 2, true, false, false)
) AS shipped (business_process, model, srv, qualifier, position, required, begins, restarts),
	LATERAL (SELECT CASE model
		WHEN 'draft' THEN 'SRVs: draft modification report of 8 July 2021, whose order is taken for the order of steps; what is required, begins and restarts: no source'
		ELSE 'SRVs and order: a maker''s installation guide for an electricity meter, which names 6.20 and 1.1 without variants and says that the order may vary with every supplier; 8.11 before them: SEC modification MP121; what is required and begins: no source'
	END) AS known (source);
