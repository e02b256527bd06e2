/*
 * Service Reference Variants
 *
 * The rules for all reference tables: builtin is true for shipped rows and
 * false for rows of users, which override shipped ones.  builtin is part of
 * each key, so a user can insert a row with the key of a shipped one.  pg_dump
 * dumps only the rows of users: to correct a shipped row, insert another one,
 * because an UPDATE is lost when the database is restored.
 *
 * Tables whose values the SEC may change have valid_from: a row is in force
 * from that time until the next row of its key, so past months keep the values
 * of their time.
 */

CREATE TABLE pmr.service_reference_variant (
	srv text NOT NULL CHECK (srv ~ '^[0-9]+([.][0-9]+){1,2}$'),
	service_reference text NOT NULL,
	name text NOT NULL,
	critical boolean NOT NULL,
	on_demand boolean NOT NULL,
	future_dated text NOT NULL CHECK (future_dated IN ('none', 'dsp', 'device', 'dsp_or_device')),
	dcc_scheduled boolean NOT NULL,
	non_device boolean NOT NULL,
	eligible_user_roles text[] NOT NULL DEFAULT '{}',
	answered_by text NOT NULL DEFAULT 'response' CHECK (answered_by IN ('response', 'delivery')),
	status text NOT NULL DEFAULT 'confirmed' CHECK (status IN ('confirmed', 'assumed')),
	source text NOT NULL CHECK (source <> ''),
	builtin boolean NOT NULL DEFAULT false,
	PRIMARY KEY (srv, builtin)
);
SELECT pg_extension_config_dump('pmr.service_reference_variant', 'WHERE NOT builtin');
COMMENT ON TABLE pmr.service_reference_variant IS 'Service Reference Variants of the DCC User Interface Specification';
COMMENT ON COLUMN pmr.service_reference_variant.srv IS 'Service Reference Variant; text, because 7.10 and 7.1 are different';
COMMENT ON COLUMN pmr.service_reference_variant.service_reference IS 'Service Reference to which the variant belongs';
COMMENT ON COLUMN pmr.service_reference_variant.name IS 'name in the specification';
COMMENT ON COLUMN pmr.service_reference_variant.critical IS 'true: critical service, whose commands the user signs';
COMMENT ON COLUMN pmr.service_reference_variant.on_demand IS 'true: can be requested on demand';
COMMENT ON COLUMN pmr.service_reference_variant.future_dated IS 'who holds a future-dated request until its execution time: dsp, device or dsp_or_device; none: the SRV cannot be future-dated';
COMMENT ON COLUMN pmr.service_reference_variant.dcc_scheduled IS 'true: can be scheduled with the DCC';
COMMENT ON COLUMN pmr.service_reference_variant.non_device IS 'true: answered by the DCC, not by a device';
COMMENT ON COLUMN pmr.service_reference_variant.eligible_user_roles IS 'user roles that may send it: IS import supplier, ES export supplier, GS gas supplier, ED and GT network operators, RSA registered supplier agent, OU other user; other roles may occur, such as MDR, meter data retriever';
COMMENT ON COLUMN pmr.service_reference_variant.answered_by IS 'response: the response answers the request; delivery: the request is answered when the last device has received what was sent';
COMMENT ON COLUMN pmr.service_reference_variant.status IS 'confirmed: the value was read in the source; assumed: it was not';
COMMENT ON COLUMN pmr.service_reference_variant.source IS 'document that the value is from, or why it is assumed';
COMMENT ON COLUMN pmr.service_reference_variant.builtin IS 'true: shipped with the extension; false: added by the user, whose rows override shipped ones';

INSERT INTO pmr.service_reference_variant
	(srv, service_reference, name, critical, on_demand, future_dated, dcc_scheduled, non_device,
	 eligible_user_roles, answered_by, status, source, builtin)
SELECT srv, service_reference, name, critical, on_demand, future_dated, dcc_scheduled, non_device,
	eligible_user_roles, CASE srv WHEN '11.1' THEN 'delivery' ELSE 'response' END, 'confirmed', 'DCC User Interface Specification', true
FROM (VALUES
	('1.1.1', '1.1', 'Update Import Tariff (Primary Element)', true, true, 'device', false, false, '{IS,GS}'::text[]),
	('1.1.2', '1.1', 'Update Import Tariff (Secondary Element)', true, true, 'device', false, false, '{IS}'::text[]),
	('1.2.1', '1.2', 'Update Price (Primary Element)', true, true, 'device', false, false, '{IS,GS}'::text[]),
	('1.2.2', '1.2', 'Update Price (Secondary Element)', true, true, 'device', false, false, '{IS}'::text[]),
	('1.5', '1.5', 'Update Meter Balance', true, true, 'none', false, false, '{IS,GS}'::text[]),
	('1.6', '1.6', 'Update Payment Mode', true, true, 'device', false, false, '{IS,GS}'::text[]),
	('1.7', '1.7', 'Reset Tariff Block Counter Matrix', true, true, 'none', false, false, '{IS}'::text[]),
	('2.1', '2.1', 'Update Prepay Configuration', true, true, 'device', false, false, '{IS,GS}'::text[]),
	('2.2', '2.2', 'Top Up Device', false, true, 'none', false, false, '{IS,GS}'::text[]),
	('2.3', '2.3', 'Update Debt', true, true, 'none', false, false, '{IS,GS}'::text[]),
	('2.5', '2.5', 'Activate Emergency Credit', true, true, 'none', false, false, '{IS,GS}'::text[]),
	('3.1', '3.1', 'Display Message', false, true, 'dsp', false, false, '{IS,GS}'::text[]),
	('3.2', '3.2', 'Restrict Access For Change Of Tenancy', false, true, 'dsp', false, false, '{IS,GS}'::text[]),
	('3.3', '3.3', 'Clear Event Log', false, true, 'none', false, false, '{IS,GS}'::text[]),
	('3.4', '3.4', 'Update Supplier Name', false, true, 'dsp', false, false, '{IS,GS}'::text[]),
	('3.5', '3.5', 'Disable Privacy PIN', false, true, 'none', false, false, '{IS,GS}'::text[]),
	('4.1.1', '4.1', 'Read Instantaneous Import Registers', false, true, 'dsp', false, false, '{IS,GS,ED,GT}'::text[]),
	('4.1.2', '4.1', 'Read Instantaneous Import TOU Matrices', false, true, 'dsp', false, false, '{IS,GS,ED,GT}'::text[]),
	('4.1.3', '4.1', 'Read Instantaneous Import TOU With Blocks Matrices', false, true, 'dsp', false, false, '{IS,ED}'::text[]),
	('4.1.4', '4.1', 'Read Instantaneous Import Block Counters', false, true, 'dsp', false, false, '{GS}'::text[]),
	('4.2', '4.2', 'Read Instantaneous Export Registers', false, true, 'dsp', false, false, '{ES,ED}'::text[]),
	('4.3', '4.3', 'Read Instantaneous Prepay Values', false, true, 'dsp', false, false, '{IS,GS}'::text[]),
	('4.4.2', '4.4', 'Retrieve Change Of Mode / Tariff Triggered Billing Data Log', false, true, 'dsp', false, false, '{IS,GS}'::text[]),
	('4.4.3', '4.4', 'Retrieve Billing Calendar Triggered Billing Data Log', false, true, 'dsp', false, false, '{IS,GS}'::text[]),
	('4.4.4', '4.4', 'Retrieve Billing Data Log (Payment Based Debt Payments)', false, true, 'dsp', false, false, '{GS,IS}'::text[]),
	('4.4.5', '4.4', 'Retrieve Billing Data Log (Prepayment Credits)', false, true, 'dsp', false, false, '{GS,IS}'::text[]),
	('4.6.1', '4.6', 'Retrieve Import Daily Read Log', false, true, 'dsp', true, false, '{IS,GS}'::text[]),
	('4.6.2', '4.6', 'Retrieve Export Daily Read Log', false, true, 'dsp', true, false, '{ES}'::text[]),
	('4.8.1', '4.8', 'Read Active Import Profile Data', false, true, 'dsp', true, false, '{IS,GS,ED,GT,OU}'::text[]),
	('4.8.2', '4.8', 'Read Reactive Import Profile Data', false, true, 'dsp', true, false, '{IS,ED,OU}'::text[]),
	('4.8.3', '4.8', 'Read Export Profile Data', false, true, 'dsp', true, false, '{ES,ED,OU}'::text[]),
	('4.10', '4.10', 'Read Network Data', false, true, 'dsp', true, false, '{IS,GS,ED,GT}'::text[]),
	('4.11.1', '4.11', 'Read Tariff (Primary Element)', false, true, 'none', false, false, '{IS,GS,OU}'::text[]),
	('4.11.2', '4.11', 'Read Tariff (Secondary Element)', false, true, 'none', false, false, '{IS,OU}'::text[]),
	('4.12.1', '4.12', 'Read Maximum Demand Import Registers', false, true, 'dsp', true, false, '{IS,ED}'::text[]),
	('4.12.2', '4.12', 'Read Maximum Demand Export Registers', false, true, 'dsp', true, false, '{ES,ED}'::text[]),
	('4.13', '4.13', 'Read Prepayment Configuration', false, true, 'dsp', false, false, '{IS,GS}'::text[]),
	('4.14', '4.14', 'Read Prepayment Daily Read Log', false, true, 'dsp', true, false, '{IS,GS}'::text[]),
	('4.15', '4.15', 'Read Load Limit Data', false, true, 'dsp', true, false, '{IS,ED}'::text[]),
	('4.16', '4.16', 'Read Active Power Import', false, true, 'none', true, false, '{IS,ED}'::text[]),
	('4.17', '4.17', 'Retrieve Daily Consumption Log', false, true, 'dsp', true, false, '{IS,GS,ED,GT,OU}'::text[]),
	('4.18', '4.18', 'Read Meter Balance', false, true, 'dsp', false, false, '{IS,GS}'::text[]),
	('5.1', '5.1', 'Create Schedule', false, false, 'none', false, true, '{IS,ES,GS,ED,GT,OU}'::text[]),
	('5.2', '5.2', 'Read Schedule', false, false, 'none', false, true, '{IS,ES,GS,ED,GT,OU}'::text[]),
	('5.3', '5.3', 'Delete Schedule', false, false, 'none', false, true, '{IS,ES,GS,ED,GT,OU}'::text[]),
	('6.2.1', '6.2', 'Read Device Configuration (Voltage)', false, true, 'none', false, false, '{IS,RSA,ED}'::text[]),
	('6.2.2', '6.2', 'Read Device Configuration (Randomisation)', false, true, 'none', false, false, '{IS,RSA,ED}'::text[]),
	('6.2.3', '6.2', 'Read Device Configuration (Billing Calendar)', false, true, 'none', false, false, '{IS,RSA,GS}'::text[]),
	('6.2.4', '6.2', 'Read Device Configuration (Identity Exc MPxN)', false, true, 'none', false, false, '{IS,ES,GS,RSA,ED,GT,OU}'::text[]),
	('6.2.5', '6.2', 'Read Device Configuration (Instantaneous Power Thresholds)', false, true, 'none', false, false, '{IS,RSA}'::text[]),
	('6.2.7', '6.2', 'Read Device Configuration (MPxN)', false, true, 'none', false, false, '{IS,ES,GS,RSA,ED,GT,OU}'::text[]),
	('6.2.8', '6.2', 'Read Device Configuration (Gas)', false, true, 'none', false, false, '{GS,RSA,GT}'::text[]),
	('6.2.9', '6.2', 'Read Device Configuration (Payment Mode)', false, true, 'none', false, false, '{IS,GS,RSA}'::text[]),
	('6.2.10', '6.2', 'Read Device Configuration (Event and Alert Behaviours)', false, true, 'none', false, false, '{IS,GS,ED}'::text[]),
	('6.4.1', '6.4', 'Update Device Configuration (Load Limiting General Settings)', true, true, 'device', false, false, '{IS}'::text[]),
	('6.4.2', '6.4', 'Update Device Configuration (Load Limiting Counter Reset)', false, true, 'dsp', false, false, '{IS}'::text[]),
	('6.5', '6.5', 'Update Device Configuration (Voltage)', false, true, 'dsp', false, false, '{ED}'::text[]),
	('6.6', '6.6', 'Update Device Configuration (Gas Conversion)', true, true, 'none', false, false, '{GS}'::text[]),
	('6.7', '6.7', 'Update Device Configuration (Gas Flow)', true, true, 'none', false, false, '{GS}'::text[]),
	('6.8', '6.8', 'Update Device Configuration (Billing Calendar)', true, true, 'none', false, false, '{IS,GS}'::text[]),
	('6.11', '6.11', 'Synchronise Clock', true, true, 'none', false, false, '{IS,GS}'::text[]),
	('6.12', '6.12', 'Update Device Configuration (Instantaneous Power Threshold)', false, true, 'dsp', false, false, '{IS}'::text[]),
	('6.13', '6.13', 'Read Event Or Security Log', false, true, 'none', false, false, '{IS,GS,ED,GT,RSA}'::text[]),
	('6.14.1', '6.14', 'Update Device Configuration (Auxiliary Load Control Description)', true, true, 'none', false, false, '{IS}'::text[]),
	('6.14.2', '6.14', 'Update Device Configuration (Auxiliary Load Control Scheduler)', true, true, 'device', false, false, '{IS}'::text[]),
	('6.14.3', '6.14', 'Update Device Configuration (Auxiliary Controller Scheduler)', true, true, 'device', false, false, '{IS}'::text[]),
	('6.15.1', '6.15', 'Update Security Credentials (KRP)', true, true, 'device', false, false, '{IS,GS,ED,GT}'::text[]),
	('6.15.2', '6.15', 'Update Security Credentials (Device)', true, true, 'none', false, false, '{IS,GS}'::text[]),
	('6.17', '6.17', 'Issue Security Credentials', true, true, 'none', false, false, '{IS,GS}'::text[]),
	('6.18.1', '6.18', 'Set Maximum Demand Configurable Time Period', false, true, 'dsp', false, false, '{ED}'::text[]),
	('6.18.2', '6.18', 'Reset Maximum Demand Registers', false, true, 'dsp', false, false, '{ED}'::text[]),
	('6.20.1', '6.20', 'Set Device Configuration (Import MPxN)', false, true, 'dsp', false, false, '{IS,GS}'::text[]),
	('6.20.2', '6.20', 'Set Device Configuration (Export MPAN)', false, true, 'dsp', false, false, '{ES}'::text[]),
	('6.21', '6.21', 'Request Handover Of DCC Controlled Device', false, true, 'dsp', false, false, '{IS,GS}'::text[]),
	('6.22', '6.22', 'Configure Alert Behaviour', false, true, 'none', false, false, '{IS,GS,ED}'::text[]),
	('6.23', '6.23', 'Update Security Credentials (CoS)', false, true, 'dsp_or_device', false, false, '{IS,GS}'::text[]),
	('6.24.1', '6.24', 'Retrieve Device Security Credentials (KRP)', false, true, 'none', false, false, '{IS,GS,ED,GT}'::text[]),
	('6.24.2', '6.24', 'Retrieve Device Security Credentials (Device)', true, true, 'none', false, false, '{IS,GS}'::text[]),
	('6.25', '6.25', 'Set Electricity Supply Tamper State', true, true, 'none', false, false, '{IS}'::text[]),
	('6.26', '6.26', 'Update Device Configuration (daily resetting of Tariff Block Counter Matrix)', true, true, 'none', false, false, '{IS}'::text[]),
	('6.27', '6.27', 'Update Device Configuration (RMS Voltage Counter Reset)', false, true, 'dsp', false, false, '{ED}'::text[]),
	('6.28', '6.28', 'Set CHF Sub GHz Configuration', false, true, 'none', false, false, '{IS,GS}'::text[]),
	('6.29', '6.29', 'Request CHF Sub GHz Channel Scan', false, true, 'none', false, false, '{IS,GS}'::text[]),
	('6.30', '6.30', 'Read CHF Sub GHz Configuration', false, true, 'none', false, false, '{IS,GS,RSA}'::text[]),
	('6.31', '6.31', 'Read CHF Sub GHz Channel', false, true, 'none', false, false, '{IS,GS,RSA}'::text[]),
	('6.32', '6.32', 'Read CHF Sub GHz Channel Log', false, true, 'none', false, false, '{IS,GS,RSA}'::text[]),
	('7.1', '7.1', 'Enable Supply', true, true, 'none', false, false, '{IS}'::text[]),
	('7.2', '7.2', 'Disable Supply', true, true, 'none', false, false, '{IS,GS}'::text[]),
	('7.3', '7.3', 'Arm Supply', true, true, 'none', false, false, '{IS,GS}'::text[]),
	('7.4', '7.4', 'Read Supply Status', false, true, 'none', false, false, '{IS,ES,GS,RSA,ED,GT}'::text[]),
	('7.5', '7.5', 'Activate Auxiliary Load', true, true, 'none', false, false, '{IS}'::text[]),
	('7.6', '7.6', 'Deactivate Auxiliary Load', true, true, 'none', false, false, '{IS}'::text[]),
	('7.7', '7.7', 'Read Auxiliary Load Switch Data', false, true, 'dsp', false, false, '{IS,ED,OU}'::text[]),
	('7.8', '7.8', 'Reset Auxiliary Load', true, true, 'none', false, false, '{IS}'::text[]),
	('7.9', '7.9', 'Add Auxiliary Load To Boost Button', false, true, 'dsp', false, false, '{IS}'::text[]),
	('7.10', '7.10', 'Remove Auxiliary Load From Boost Button', false, true, 'dsp', false, false, '{IS}'::text[]),
	('7.11', '7.11', 'Read Boost Button Details', false, true, 'dsp', false, false, '{IS,OU}'::text[]),
	('7.12', '7.12', 'Set Randomised Offset Limit', true, true, 'none', false, false, '{IS}'::text[]),
	('7.13', '7.13', 'Set Auxiliary Controller State', true, true, 'none', false, false, '{IS}'::text[]),
	('7.14', '7.14', 'Read Auxiliary Controller Configuration Data', false, true, 'dsp', false, false, '{IS,ED,OU}'::text[]),
	('7.15', '7.15', 'Read Auxiliary Controller Operational Data', false, true, 'dsp', false, false, '{IS,ED,OU}'::text[]),
	('7.16', '7.16', 'Limit APC Level', true, true, 'none', false, false, '{}'::text[]),
	('8.1.1', '8.1', 'Commission Device', true, true, 'none', false, false, '{IS,GS}'::text[]),
	('8.2', '8.2', 'Read Inventory (Current and Future Suppliers may use this Service Request)', false, false, 'none', false, true, '{IS,ES,GS,RSA,ED,GT,OU}'::text[]),
	('8.3', '8.3', 'Decommission Device', false, false, 'none', false, true, '{IS,GS}'::text[]),
	('8.4', '8.4', 'Update Inventory', false, false, 'none', false, true, '{IS,ES,GS,RSA,ED,GT,OU}'::text[]),
	('8.5', '8.5', 'Service Opt Out', false, false, 'dsp', false, false, '{}'::text[]),
	('8.6', '8.6', 'Service Opt In', false, false, 'none', false, true, '{}'::text[]),
	('8.7.1', '8.7', 'Join Service (Critical)', true, true, 'none', false, false, '{IS,GS}'::text[]),
	('8.7.2', '8.7', 'Join Service (Non-Critical)', false, true, 'none', false, false, '{IS,GS,OU}'::text[]),
	('8.8.1', '8.8', 'Unjoin Service (Critical)', true, true, 'none', false, false, '{IS,GS}'::text[]),
	('8.8.2', '8.8', 'Unjoin Service (Non-Critical)', false, true, 'none', false, false, '{IS,GS,OU}'::text[]),
	('8.9', '8.9', 'Read Device Log', false, true, 'dsp', false, false, '{IS,GS,OU}'::text[]),
	('8.11', '8.11', 'Update HAN Device Log', false, true, 'dsp', false, false, '{IS,GS,OU}'::text[]),
	('8.12.1', '8.12', 'Restore HAN Device Log', false, true, 'none', false, false, '{IS,GS}'::text[]),
	('8.12.2', '8.12', 'Restore Gas Proxy Function Device Log', false, true, 'none', false, false, '{IS,GS}'::text[]),
	('8.13', '8.13', 'Return Local Command Response', false, false, 'none', false, true, '{IS,GS}'::text[]),
	('8.14.1', '8.14', 'Communications Hub Status Update - Install Success', false, false, 'none', false, true, '{IS,GS}'::text[]),
	('8.14.2', '8.14', 'Communications Hub Status Update - Install No SM WAN', false, false, 'none', false, true, '{IS,GS}'::text[]),
	('8.14.3', '8.14', 'Communications Hub Status Update - Fault Return', false, false, 'none', false, true, '{IS,GS}'::text[]),
	('8.14.4', '8.14', 'Communications Hub Status Update - No Fault Return', false, false, 'none', false, true, '{IS,GS}'::text[]),
	('9.1', '9.1', 'Request Customer Identification Number', false, true, 'none', false, false, '{OU}'::text[]),
	('11.1', '11.1', 'Update Firmware', false, false, 'none', false, true, '{IS,GS}'::text[]),
	('11.2', '11.2', 'Read Firmware Version', false, true, 'dsp', false, false, '{IS,ES,GS,RSA,ED,GT,OU}'::text[]),
	('11.3', '11.3', 'Activate Firmware', true, true, 'device', false, false, '{IS,GS}'::text[]),
	('11.4', '11.4', 'Update PPMID Firmware', false, false, 'none', false, true, '{IS,GS}'::text[]),
	('12.1', '12.1', 'Request WAN Matrix', false, false, 'none', false, true, '{IS,ES,GS,RSA,ED,GT,OU}'::text[]),
	('12.2', '12.2', 'Device Pre-notification', false, false, 'none', false, true, '{IS,ES,GS,RSA,ED,GT,OU}'::text[]),
	('14.1', '14.1', 'Record Network Data (GAS)', false, true, 'none', true, false, '{GT}'::text[])
) AS shipped (srv, service_reference, name, critical, on_demand, future_dated, dcc_scheduled, non_device,
	eligible_user_roles);
