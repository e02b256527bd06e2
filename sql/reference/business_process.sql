/*
 * Business processes, and the SRVs of SEC H13.1A that belong to them
 *
 * The draft modification report lists the SRVs in this order, but the headings
 * of its groups are missing.  The process of each SRV is reconstructed; source
 * says with which confidence.
 */

CREATE TABLE pmr.business_process (
	business_process text NOT NULL CHECK (business_process ~ '^[a-z][a-z0-9_]*$'),
	name text NOT NULL,
	report_order integer NOT NULL,
	status text NOT NULL DEFAULT 'confirmed' CHECK (status IN ('confirmed', 'assumed')),
	source text NOT NULL CHECK (source <> ''),
	builtin boolean NOT NULL DEFAULT false,
	PRIMARY KEY (business_process, builtin)
);
SELECT pg_extension_config_dump('pmr.business_process', 'WHERE NOT builtin');
COMMENT ON TABLE pmr.business_process IS 'business processes of the Performance Measurement Report';
COMMENT ON COLUMN pmr.business_process.business_process IS 'key of a business process of SEC H13.1A, such as meter_read';
COMMENT ON COLUMN pmr.business_process.name IS 'name shown in reports';
COMMENT ON COLUMN pmr.business_process.report_order IS 'position in the report; lower numbers come first';
COMMENT ON COLUMN pmr.business_process.status IS 'confirmed: the value was read in the source; assumed: it was not';
COMMENT ON COLUMN pmr.business_process.source IS 'document that the value is from, or why it is assumed';
COMMENT ON COLUMN pmr.business_process.builtin IS 'true: shipped with the extension; false: added by the user, whose rows override shipped ones';

CREATE TABLE pmr.business_process_srv (
	business_process text NOT NULL,
	srv text NOT NULL CHECK (srv ~ '^[0-9]+([.][0-9]+){1,2}$'),
	qualifier text NOT NULL DEFAULT '',
	valid_from timestamp with time zone NOT NULL DEFAULT '-infinity',
	listed boolean NOT NULL DEFAULT true,
	report_row integer NOT NULL,
	description text NOT NULL,
	note text NOT NULL DEFAULT '',
	status text NOT NULL DEFAULT 'confirmed' CHECK (status IN ('confirmed', 'assumed')),
	source text NOT NULL CHECK (source <> ''),
	builtin boolean NOT NULL DEFAULT false,
	PRIMARY KEY (business_process, srv, qualifier, builtin, valid_from)
);
SELECT pg_extension_config_dump('pmr.business_process_srv', 'WHERE NOT builtin');
COMMENT ON TABLE pmr.business_process_srv IS 'rows of the report: the SRVs of each business process of SEC H13.1A; an SRV can be in several processes';
COMMENT ON COLUMN pmr.business_process_srv.business_process IS 'business process, as in business_process';
COMMENT ON COLUMN pmr.business_process_srv.srv IS 'Service Reference Variant, such as 6.15.2';
COMMENT ON COLUMN pmr.business_process_srv.qualifier IS 'kind of request that its body decides: the row has only the requests of this kind; empty: all requests of the SRV';
COMMENT ON COLUMN pmr.business_process_srv.valid_from IS 'the row is in force from this time until the next row of its key';
COMMENT ON COLUMN pmr.business_process_srv.listed IS 'false: the row is not in the report; a user removes a shipped row in this way';
COMMENT ON COLUMN pmr.business_process_srv.report_row IS 'position in the report; lower numbers come first';
COMMENT ON COLUMN pmr.business_process_srv.description IS 'description shown in reports';
COMMENT ON COLUMN pmr.business_process_srv.note IS 'note on the row in the draft modification report; empty: none';
COMMENT ON COLUMN pmr.business_process_srv.status IS 'confirmed: the value was read in the source; assumed: it was not';
COMMENT ON COLUMN pmr.business_process_srv.source IS 'document that the value is from, or why it is assumed';
COMMENT ON COLUMN pmr.business_process_srv.builtin IS 'true: shipped with the extension; false: added by the user, whose rows override shipped ones';

INSERT INTO pmr.business_process
	(report_order, business_process, name, status, source, builtin)
SELECT report_order, business_process, name, 'assumed',
	'reconstructed: the draft modification report of 8 July 2021 lost the headings of its groups', true
FROM (VALUES
	(1, 'install_and_commission', 'Install and Commission'),
	(2, 'change_of_supplier', 'Change of Supplier'),
	(3, 'change_of_tenancy', 'Change of Tenancy'),
	(4, 'prepayment', 'Prepayment'),
	(5, 'security_credentials', 'Device Security Credentials'),
	(6, 'firmware', 'Firmware Management'),
	(7, 'communications_hub_return', 'Communications Hub Return'),
	(8, 'network_operator', 'Network Operator Configuration'),
	(9, 'meter_read', 'Meter Reads')
) AS shipped (report_order, business_process, name);

INSERT INTO pmr.business_process_srv
	(report_row, business_process, srv, qualifier, description, note, status, source, builtin)
SELECT report_row, business_process, srv, qualifier, description, note, 'assumed',
	'SRV, order and note: draft modification report of 8 July 2021; business process: reconstructed, confidence '
	|| grouping_confidence, true
FROM (VALUES
	(1, 'install_and_commission', '8.11', '', 'Update HAN Device Log', 'high', ''),
	(2, 'install_and_commission', '6.21', 'supplier_certificates', 'Request Handover of DCC Controlled Device (Update Supplier Certificates)', 'high', ''),
	(3, 'install_and_commission', '8.1.1', '', 'Commission Device', 'high', ''),
	(4, 'install_and_commission', '8.7.2', 'join_gpf_gsme', 'Join Service (Join GPF with GSME)', 'high', ''),
	(5, 'install_and_commission', '6.20.1', '', 'Set Device Configuration (Import MPxN)', 'high', ''),
	(6, 'install_and_commission', '1.1.1', '', 'Update Import Tariff (Primary Element)', 'high', ''),
	(7, 'install_and_commission', '6.8', '', 'Update Device Configuration (Billing Calendar)', 'high', ''),
	(8, 'install_and_commission', '8.14.1', '', 'Communications Hub Status Update Install Success', 'high', ''),
	(9, 'change_of_supplier', '6.23', '', 'Update Security Credentials (CoS)', 'high', ''),
	(10, 'change_of_supplier', '1.1.1', '', 'Update Import Tariff (Primary Element)', 'high', ''),
	(11, 'change_of_supplier', '6.8', '', 'Update Device Configuration (Billing Calendar)', 'high', ''),
	(12, 'change_of_tenancy', '3.2', '', 'Restrict Access for Change of Tenancy', 'high', ''),
	(13, 'change_of_tenancy', '1.1.1', '', 'Update Import Tariff (Primary Element)', 'medium', ''),
	(14, 'prepayment', '1.6', 'prepayment', 'Update Payment Mode (Payment Mode = Prepayment)', 'high', ''),
	(15, 'prepayment', '2.1', '', 'Update Prepay Configuration', 'high', ''),
	(16, 'prepayment', '2.2', 'positive_value', 'Top Up Device (Update Balance with positive value)', 'high', ''),
	(17, 'security_credentials', '6.15.2', 'digital_signature', 'Update Security Credential (Device) - Credential Type = Digital Signature', 'medium', ''),
	(18, 'security_credentials', '6.15.2', 'key_agreement', 'Update Security Credential (Device) - Credential Type = Key Agreement', 'medium', ''),
	(19, 'security_credentials', '6.17', 'digital_signature', 'Issue Security Credentials - Credential Type = Digital Signature', 'medium', ''),
	(20, 'security_credentials', '6.17', 'key_agreement', 'Issue Security Credentials - Credential Type = Key Agreement', 'medium', ''),
	(21, 'firmware', '11.1', '', 'Update Firmware', 'high',
		'In respect of SMETS2+ Devices the firmware update must have been delivered to all relevant Communications Hub Functions within five days of receipt of the Service Request.'),
	(22, 'firmware', '11.3', '', 'Activate Firmware', 'high',
		'SMETS1 five-day Target Response Time. One Service Request for each GUID.'),
	(23, 'communications_hub_return', '8.14.3', '', 'Communications Hub Status Update - Fault Return', 'high', ''),
	(24, 'communications_hub_return', '8.14.4', '', 'Communications Hub Status Update - No Fault Return', 'high', ''),
	(25, 'network_operator', '6.15.1', 'network_operator_certificates', 'Update Security Credentials (Update Network Operator Certificates)', 'medium', ''),
	(26, 'network_operator', '6.5', '', 'Update Device Configuration (Voltage)', 'medium', ''),
	(27, 'network_operator', '6.22', 'eno_alerts', 'Configure Alert Behaviour (Update ENO Alert Configuration)', 'medium',
		'The draft prints "Alter" for "Alert".'),
	(28, 'meter_read', '4.6.1', '', 'Retrieve Import Daily Read Log', 'high', ''),
	(29, 'meter_read', '4.6.2', '', 'Retrieve Export Daily Read Log', 'high', ''),
	(30, 'meter_read', '4.8.1', '', 'Read Active Import Profile Data', 'high', ''),
	(31, 'meter_read', '4.8.2', '', 'Read Reactive Import Profile Data', 'high', ''),
	(32, 'meter_read', '4.8.3', '', 'Read Export Profile Data', 'high', ''),
	(33, 'meter_read', '4.10', '', 'Read Network Data', 'high', ''),
	(34, 'meter_read', '4.17', '', 'Retrieve Daily Consumption Log', 'high', '')
) AS shipped (report_row, business_process, srv, qualifier, description, grouping_confidence, note);
