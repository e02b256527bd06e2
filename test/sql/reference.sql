-- Reference tables: the shipped rows, what a user's rows change, and privileges.
SET timezone = 'UTC';
SET datestyle = 'ISO';
SET intervalstyle = 'postgres';
SET client_min_messages = 'warning';
\pset null NULL
CREATE SCHEMA reference;
SET search_path = reference;

CREATE FUNCTION err(query text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE query;
	RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE || ': ' || SQLERRM;
END
$$;

--
-- Shipped rows
--

CREATE VIEW shipped AS
	SELECT 'service_reference_variant' AS reference_table, status, source, builtin FROM pmr.service_reference_variant
	UNION ALL SELECT 'business_process', status, source, builtin FROM pmr.business_process
	UNION ALL SELECT 'business_process_srv', status, source, builtin FROM pmr.business_process_srv
	UNION ALL SELECT 'target_response_time', status, source, builtin FROM pmr.target_response_time
	UNION ALL SELECT 'service_level', status, source, builtin FROM pmr.service_level
	UNION ALL SELECT 'response_code', status, source, builtin FROM pmr.response_code
	UNION ALL SELECT 'journey_process', status, source, builtin FROM pmr.journey_process
	UNION ALL SELECT 'journey_step', status, source, builtin FROM pmr.journey_step;
SELECT reference_table, count(*) AS rows, count(*) FILTER (WHERE builtin) AS builtin,
	count(*) FILTER (WHERE status = 'confirmed') AS confirmed, count(*) FILTER (WHERE status = 'assumed') AS assumed,
	count(*) FILTER (WHERE source ~ '\S') AS with_source
FROM shipped GROUP BY reference_table ORDER BY reference_table;
SELECT count(*) AS parties FROM pmr.party;

-- SRVs: the digest is that of the columns of the DCC's list, joined by |
SELECT count(*) AS srvs, count(DISTINCT service_reference) AS service_references,
	count(*) FILTER (WHERE critical) AS critical, count(*) FILTER (WHERE on_demand) AS on_demand,
	count(*) FILTER (WHERE future_dated = 'dsp') AS dsp, count(*) FILTER (WHERE future_dated = 'device') AS device,
	count(*) FILTER (WHERE future_dated = 'dsp_or_device') AS either,
	count(*) FILTER (WHERE dcc_scheduled) AS scheduled, count(*) FILTER (WHERE non_device) AS non_device,
	md5(string_agg(concat_ws('|', srv, service_reference, name, left(critical::text, 1), left(on_demand::text, 1), future_dated,
		left(dcc_scheduled::text, 1), left(non_device::text, 1), array_to_string(eligible_user_roles, ';')), E'\n'
		ORDER BY srv COLLATE "C")) AS digest
FROM pmr.service_reference_variant;
SELECT srv, service_reference, name, critical, on_demand, future_dated, dcc_scheduled, non_device, eligible_user_roles
FROM pmr.service_reference_variant WHERE srv IN ('1.1.1', '4.8.1', '7.1', '7.10', '8.14.1', '11.1', '11.3')
ORDER BY string_to_array(srv, '.')::integer[];
SELECT count(*) AS srv_without_its_reference FROM pmr.service_reference_variant
WHERE srv <> service_reference AND srv NOT LIKE service_reference || '.%';

-- the rows of SEC H13.1A, in their order
SELECT report_order, business_process, name FROM pmr.business_process ORDER BY report_order;
SELECT report_row, business_process, srv, qualifier FROM pmr.business_process_srv ORDER BY report_row;
SELECT report_row, description, note FROM pmr.business_process_srv WHERE note <> '' ORDER BY report_row;
SELECT md5(string_agg(concat_ws('|', report_row, business_process, srv, qualifier, description, note), E'\n' ORDER BY report_row)) AS digest,
	bool_and(listed) AS listed, bool_and(valid_from = '-infinity') AS always,
	count(*) FILTER (WHERE source LIKE '% confidence high') AS high, count(*) FILTER (WHERE source LIKE '% confidence medium') AS medium
FROM pmr.business_process_srv;

-- targets by SRV: d is a day of 24 hours, ? marks an assumed target
SELECT srv, string_agg(targets, ', ' ORDER BY mode) AS targets, bool_and(always) AS always
FROM (
	SELECT srv, mode, mode || ' ' || string_agg(CASE device_generation WHEN 'any' THEN '' ELSE device_generation || ' ' END
			|| CASE user_role WHEN 'any' THEN '' ELSE user_role || ' ' END
			|| CASE WHEN target IS NULL THEN 'none' WHEN target < '1 day' THEN extract(epoch FROM target)::integer || ' s'
				ELSE extract(epoch FROM target)::integer / 86400 || ' d' END
			|| CASE status WHEN 'confirmed' THEN '' ELSE ' ?' END, '/' ORDER BY user_role <> 'any', user_role COLLATE "C", device_generation COLLATE "C") AS targets,
		bool_and(valid_from = '-infinity') AS always
	FROM pmr.target_response_time GROUP BY srv, mode
) AS by_mode
GROUP BY srv ORDER BY string_to_array(srv, '.')::integer[];
SELECT mode, device_generation, user_role, status, source FROM pmr.target_response_time
GROUP BY mode, device_generation, user_role, status, source ORDER BY mode, device_generation, user_role COLLATE "C", source;

SELECT measure, name, period, valid_from, target_pct, minimum_pct, status FROM pmr.service_level ORDER BY measure;
SELECT code, mode, class, family, status, description FROM pmr.response_code
WHERE code !~ '^E[0-9]{6}$' ORDER BY left(code, 1) DESC, substr(code, 2)::integer, mode;
-- a code of six digits begins with its Service Reference
SELECT count(*) AS codes, count(DISTINCT left(code, 5)) AS services, string_agg(DISTINCT concat_ws(' ', mode, class, family, status), ', ') AS kinds,
	count(*) FILTER (WHERE description <> format('Service Request %s.%s is not valid', substr(code, 2, 2)::integer, substr(code, 4, 2)::integer)) AS misnamed,
	count(*) FILTER (WHERE NOT EXISTS (SELECT FROM pmr.service_reference_variant AS v
		WHERE v.service_reference = format('%s.%s', substr(code, 2, 2)::integer, substr(code, 4, 2)::integer))) AS of_no_service
FROM pmr.response_code WHERE code ~ '^E[0-9]{6}$';

-- steps of journeys: ! marks one that is required, > one that begins a journey, >> one that restarts it
SELECT business_process, model, string_agg(CASE WHEN restarts THEN '>> ' WHEN begins THEN '> ' ELSE '' END || concat_ws(' ', srv, nullif(qualifier, ''), nullif(device_type, ''))
		|| CASE WHEN required THEN '!' ELSE '' END, ', ' ORDER BY position) AS steps, bool_and(listed AND s.valid_from = '-infinity') AS always, gap, subject
FROM pmr.journey_step AS s JOIN pmr.journey_process USING (business_process) GROUP BY business_process, model, gap, subject ORDER BY business_process, model;

-- the tables are consistent with each other
SELECT 'process' AS missing, business_process AS item FROM pmr.business_process_srv
WHERE business_process NOT IN (SELECT business_process FROM pmr.business_process)
UNION ALL SELECT 'process without SRV', business_process FROM pmr.business_process
WHERE business_process NOT IN (SELECT business_process FROM pmr.business_process_srv)
UNION ALL SELECT 'SRV of a process', srv FROM pmr.business_process_srv
WHERE srv NOT IN (SELECT srv FROM pmr.service_reference_variant)
UNION ALL SELECT 'target of an SRV that is not reported', srv FROM pmr.target_response_time
WHERE srv NOT IN (SELECT srv FROM pmr.business_process_srv) AND source NOT LIKE 'public notes % that quote SEC Appendix E %'
UNION ALL SELECT 'step that is not reported, or in another order', concat_ws(' ', business_process, model, s.srv)
FROM pmr.journey_step AS s LEFT JOIN pmr.business_process_srv AS p USING (business_process, srv, qualifier)
WHERE report_row IS NULL OR (model = 'draft' AND position <> 1 + report_row - (SELECT min(report_row) FROM pmr.business_process_srv AS f WHERE f.business_process = s.business_process))
UNION ALL SELECT 'process of a journey', coalesce(p.business_process, s.business_process)
FROM pmr.journey_process AS p FULL JOIN (SELECT DISTINCT business_process FROM pmr.journey_step) AS s USING (business_process)
WHERE p.business_process IS NULL OR s.business_process IS NULL
UNION ALL SELECT 'mode of a target', srv || ' ' || mode FROM pmr.target_response_time AS t JOIN pmr.service_reference_variant AS v USING (srv)
WHERE NOT CASE mode WHEN 'on_demand' THEN on_demand WHEN 'future_dated' THEN future_dated <> 'none'
	WHEN 'dcc_scheduled' THEN dcc_scheduled ELSE non_device END
UNION ALL SELECT 'target of a mode', srv || ' ' || mode
FROM (SELECT DISTINCT srv FROM pmr.business_process_srv) AS reported JOIN pmr.service_reference_variant AS v USING (srv),
	unnest('{on_demand,future_dated,dcc_scheduled,non_device}'::text[]) AS modes (mode)
WHERE CASE mode WHEN 'on_demand' THEN on_demand WHEN 'future_dated' THEN future_dated <> 'none'
	WHEN 'dcc_scheduled' THEN dcc_scheduled ELSE non_device END
	AND NOT EXISTS (SELECT FROM pmr.target_response_time AS t WHERE t.srv = reported.srv AND t.mode = modes.mode);

-- the views of the rows in force show all shipped rows
SELECT (SELECT count(*) FROM pmr.current_service_reference_variant) AS srvs,
	(SELECT count(*) FROM pmr.current_business_process) AS processes,
	(SELECT count(*) FROM pmr.current_business_process_srv) AS rows,
	(SELECT count(*) FROM pmr.current_target_response_time) AS targets,
	(SELECT count(*) FROM pmr.current_service_level) AS levels,
	(SELECT count(*) FROM pmr.current_response_code) AS codes,
	(SELECT count(*) FROM pmr.current_journey_step) AS steps;

--
-- Assumed rows, and how a user's row corrects them
--

SELECT reference_table, count(*) AS assumed, count(replaced_from) AS replaced, bool_and(builtin) AS builtin
FROM pmr.assumption GROUP BY reference_table ORDER BY reference_table;
SELECT reference_table, item, value, valid_from, replaced_from FROM pmr.assumption
WHERE item IN ('1.1.1 on_demand any', '11.3 future_dated smets1', 'prepayment', 'prepayment 1.6 prepayment',
	'firmware 11.1', 'cpm1', 'business_process') ORDER BY reference_table, item COLLATE "C";
BEGIN;
INSERT INTO pmr.target_response_time (srv, mode, target, source) VALUES ('1.1.1', 'on_demand', '45 s', 'SEC Appendix E');
INSERT INTO pmr.target_response_time (srv, mode, target, valid_from, source)
VALUES ('2.2', 'on_demand', NULL, '2026-10-01 00:00:00+00', 'SEC Appendix E');
INSERT INTO pmr.target_response_time (srv, mode, target, valid_from, source, status)
VALUES ('2.1', 'on_demand', '25 s', '2026-10-01 00:00:00+00', 'hearsay', 'assumed');
INSERT INTO pmr.target_response_time (srv, mode, target, valid_from, source)
VALUES ('2.1', 'on_demand', '25 s', '2099-01-01 00:00:00+00', 'SEC Appendix E');
INSERT INTO pmr.target_response_time (srv, mode, device_generation, target, source)
VALUES ('1.6', 'on_demand', 'smets1', '45 s', 'SEC Appendix E');
INSERT INTO pmr.target_response_time (srv, mode, device_generation, user_role, target, source)
VALUES ('4.1.1', 'on_demand', 'smets2', 'MDR', NULL, 'SEC Appendix E'), ('4.8.1', 'on_demand', 'smets2', 'MDR', NULL, 'SEC Appendix E');
INSERT INTO pmr.business_process (business_process, name, report_order, source) VALUES ('prepayment', 'Prepay', 4, 'SEC H13.1A');
INSERT INTO pmr.business_process_srv (business_process, srv, qualifier, report_row, description, source)
VALUES ('prepayment', '1.6', 'prepayment', 14, 'Update Payment Mode', 'SEC H13.1A');
INSERT INTO pmr.business_process_srv (business_process, srv, listed, report_row, description, source)
VALUES ('firmware', '11.1', false, 21, 'Update Firmware', 'SEC H13.1A');
INSERT INTO pmr.service_level (measure, name, target_pct, minimum_pct, source) VALUES ('cpm1', 'CPM 1', 99, 96, 'SEC H13.1');
INSERT INTO pmr.service_level (measure, name, target_pct, source, status) VALUES ('prepayment', 'Prepayment', 95, 'our own', 'assumed');
INSERT INTO pmr.service_level (measure, srv, mode, target_pct, round_trip_time, source, status) VALUES ('success_rate', '1.6', 'any', 95, NULL, 'hearsay', 'assumed'),
	('round_trip_time', '1.6', 'on_demand', 90, '25.5 s', 'hearsay', 'assumed');
INSERT INTO pmr.response_code (code, class, description, source, status) VALUES ('E31', 'no_response', 'timed out', 'hearsay', 'assumed');
INSERT INTO pmr.service_reference_variant (srv, service_reference, name, critical, on_demand, future_dated, dcc_scheduled, non_device,
	source, status) VALUES ('7.17', '7.17', 'New', false, true, 'none', false, false, 'hearsay', 'assumed');
-- no longer assumed: 1.1.1, prepayment, its row, 11.1 and cpm1; 1.6 still is, as only SMETS1 is corrected; of 4.1.1, only the row of MDR for SMETS2 is corrected
SELECT reference_table, item, value, valid_from, replaced_from, source, builtin FROM pmr.assumption
WHERE item IN ('1.1.1 on_demand any', '2.2 on_demand any', '2.1 on_demand any', '1.6 on_demand any', '1.6 on_demand smets1',
	'4.1.1 on_demand smets2', '4.1.1 on_demand smets1 MDR', '4.1.1 on_demand smets2 MDR',
	'prepayment', 'prepayment 1.6 prepayment', 'firmware 11.1', 'cpm1', 'business_process')
	AND (reference_table, item) <> ('service_level', 'prepayment') OR NOT builtin AND item <> 'prepayment'
ORDER BY reference_table, item COLLATE "C", valid_from;
-- the value of a service level without a minimum is its target
SELECT item, value FROM pmr.assumption
WHERE (reference_table, item) = ('service_level', 'prepayment');
SELECT count(*) AS assumed FROM pmr.assumption;
SELECT pmr.srv_target('1.1.1', 'on_demand', 'smets2', '2020-01-01') AS corrected,
	pmr.srv_target('2.2', 'on_demand', 'smets2', '2026-09-30 23:59:59.999999+00') AS before,
	pmr.srv_target('2.2', 'on_demand', 'smets2', '2026-10-01 00:00:00+00') AS after;
ROLLBACK;

--
-- Rows in force: a user's row takes precedence, then the latest row up to now; listed = false removes a row
--

BEGIN;
INSERT INTO pmr.service_reference_variant (srv, service_reference, name, critical, on_demand, future_dated, dcc_scheduled, non_device, source)
VALUES ('7.1', '7.1', 'Ours', false, false, 'dsp', true, true, 'test'), ('77.1', '77.1', 'New', false, true, 'none', false, false, 'test');
INSERT INTO pmr.business_process (business_process, name, report_order, source)
VALUES ('firmware', 'Ours', 1, 'test'), ('charging', 'New', 10, 'test');
INSERT INTO pmr.business_process_srv (business_process, srv, qualifier, valid_from, listed, report_row, description, source) VALUES
	('firmware', '11.1', '', '2020-01-01', true, 101, 'earlier', 'test'),
	('firmware', '11.1', '', '2021-01-01', true, 102, 'in force', 'test'),
	('firmware', '11.1', '', 'infinity', true, 103, 'to come', 'test'),
	('firmware', '11.3', '', '-infinity', false, 104, 'hidden', 'test'),
	('prepayment', '2.1', '', '2020-01-01', false, 105, 'hidden', 'test'),
	('prepayment', '2.1', '', '2021-01-01', true, 106, 'shown again', 'test'),
	('prepayment', '2.2', 'positive_value', 'infinity', false, 107, 'hidden some day', 'test'),
	('prepayment', '2.2', '', '-infinity', true, 108, 'another qualifier', 'test'),
	('change_of_tenancy', '1.1.1', '', '-infinity', false, 109, 'hidden in one process', 'test');
INSERT INTO pmr.target_response_time (srv, mode, device_generation, valid_from, target, source) VALUES
	('1.6', 'on_demand', 'any', '2020-01-01', '1 s', 'test'), ('1.6', 'on_demand', 'any', '2021-01-01', '2 s', 'test'),
	('1.6', 'on_demand', 'any', 'infinity', '3 s', 'test'), ('1.6', 'on_demand', 'smets1', '2021-01-01', '4 s', 'test'),
	('1.6', 'future_dated', 'any', 'infinity', '5 s', 'test'), ('2.1', 'on_demand', 'any', '2021-01-01', NULL, 'test');
INSERT INTO pmr.target_response_time (srv, mode, device_generation, user_role, valid_from, target, source) VALUES
	('1.6', 'on_demand', 'any', 'XYZ', '2020-01-01', '9 s', 'test'), ('1.6', 'on_demand', 'any', 'XYZ', '2021-01-01', '8 s', 'test'),
	('1.6', 'on_demand', 'smets1', 'XYZ', 'infinity', '7 s', 'test'), ('4.8.1', 'on_demand', 'smets1', 'MDR', '2021-01-01', NULL, 'test');
INSERT INTO pmr.target_response_time (srv, mode, valid_from, target, source, builtin)
VALUES ('1.6', 'on_demand', '2022-01-01', '6 s', 'test', true), ('2.2', 'on_demand', '2022-01-01', '7 s', 'test', true);
INSERT INTO pmr.service_level (measure, name, valid_from, target_pct, minimum_pct, source) VALUES
	('cpm1', 'Ours', '2020-01-01', 98, 95, 'test'), ('cpm1', 'Ours', '2021-01-01', 97, 94, 'test'),
	('cpm1', 'Ours', 'infinity', 96, 93, 'test'), ('cpm2', 'Ours', 'infinity', 96, 93, 'test'), ('firmware', 'Ours', '-infinity', 90, NULL, 'test');
INSERT INTO pmr.response_code (code, mode, class, description, source) VALUES
	('E20', 'any', 'rejected', 'Ours', 'test'), ('E20', 'on_demand', 'success', 'Ours', 'test'), ('E99', 'any', 'rejected', 'New', 'test');
INSERT INTO pmr.journey_process (business_process, valid_from, subject, gap, source) VALUES
	('firmware', '2020-01-01', 'device', '40 days', 'test'), ('firmware', 'infinity', 'device', '50 days', 'test'), ('prepayment', 'infinity', 'device', '9 days', 'test'), ('ours', '-infinity', 'hub', '1 h', 'test');
INSERT INTO pmr.journey_step (business_process, model, srv, position, required, begins, listed, valid_from, source) VALUES
	('firmware', 'draft', '11.3', 9, false, false, true, '2020-01-01', 'test'), ('firmware', 'draft', '11.3', 8, false, false, true, 'infinity', 'test'), ('firmware', 'ours', '11.3', 1, true, true, true, '-infinity', 'test'),
	('prepayment', 'draft', '2.1', 1, true, false, false, '-infinity', 'test'), ('prepayment', 'draft', '2.2', 1, true, false, true, '-infinity', 'test'),
	('ours', 'ours', '7.4', 1, true, true, true, '-infinity', 'test'), ('without_process', 'ours', '7.4', 1, true, true, true, '-infinity', 'test');

SELECT srv, name, builtin FROM pmr.current_service_reference_variant WHERE srv IN ('7.1', '7.2', '77.1') ORDER BY srv;
SELECT business_process, name, builtin FROM pmr.current_business_process WHERE name IN ('Ours', 'New', 'Prepayment', 'Firmware Management')
ORDER BY business_process;
SELECT report_row, business_process, srv, qualifier, description, builtin FROM pmr.current_business_process_srv
WHERE business_process IN ('firmware', 'prepayment') OR srv = '1.1.1' ORDER BY report_row;
SELECT srv, mode, device_generation, user_role, valid_from, target, builtin FROM pmr.current_target_response_time
WHERE srv IN ('1.6', '2.1', '2.2', '4.8.1') ORDER BY srv, mode, device_generation, user_role COLLATE "C";
SELECT measure, name, valid_from, target_pct, minimum_pct, builtin FROM pmr.current_service_level ORDER BY measure;
SELECT code, mode, class, builtin FROM pmr.current_response_code WHERE code IN ('E20', 'E21', 'E99') ORDER BY code, mode;
SELECT * FROM pmr.current_journey_step WHERE business_process IN ('firmware', 'prepayment', 'ours', 'without_process') ORDER BY business_process, model, srv, qualifier;
-- the row in force now is what srv_target() returns now, except for generations without a row
SELECT count(*) AS targets, count(*) FILTER (WHERE target IS NOT DISTINCT FROM pmr.srv_target(srv, mode, device_generation, user_role, now())) AS equal
FROM pmr.current_target_response_time WHERE device_generation <> 'any';
SELECT count(*) AS targets, count(*) FILTER (WHERE target IS NOT DISTINCT FROM pmr.srv_target(srv, mode, 'smets2', user_role, now())) AS equal
FROM pmr.current_target_response_time WHERE device_generation = 'any';
ROLLBACK;

--
-- Targets by user role, as a rollup uses them; roles are data
--

BEGIN;
SELECT pmr.target_fingerprint('4.8.1', '2026-10-01 00:00+00') AS fingerprint \gset
INSERT INTO pmr.target_response_time (srv, mode, device_generation, user_role, valid_from, target, source) VALUES
	('4.8.1', 'on_demand', 'smets1', 'XYZ', '2026-09-15 00:00+00', '20 s', 'test'), ('4.10', 'on_demand', 'any', 'XYZ', '-infinity', '30 s', 'test'),
	('4.8.1', 'on_demand', 'smets2', 'IS', '-infinity', '30 s', 'test');
SELECT srv, device_generation, user_role, t.*
FROM (VALUES ('4.8.1', 'smets1'), ('4.8.1', 'smets2'), ('4.8.1', 'unknown'), ('4.10', 'unknown')) AS s (srv, device_generation), unnest('{any,IS,GS,MDR,XYZ,unknown}'::text[]) AS user_role,
	pmr.target_between(srv, 'on_demand', device_generation, user_role, '2026-09-01 00:00+00', '2026-10-01 00:00+00') AS t
ORDER BY srv COLLATE "C", device_generation COLLATE "C", user_role COLLATE "C";
SELECT pmr.target_fingerprint('4.8.1', '2026-10-01 00:00+00') <> :fingerprint AS changed;
UPDATE pmr.target_response_time SET user_role = 'XY' WHERE user_role = 'XYZ' AND srv = '4.8.1';
SELECT pmr.target_fingerprint('4.8.1', '2026-10-01 00:00+00') AS other_role \gset
UPDATE pmr.target_response_time SET user_role = 'XYZ' WHERE user_role = 'XY';
SELECT pmr.target_fingerprint('4.8.1', '2026-10-01 00:00+00') <> :other_role AS changed;
DELETE FROM pmr.target_response_time WHERE NOT builtin;
SELECT pmr.target_fingerprint('4.8.1', '2026-10-01 00:00+00') = :fingerprint AS as_before;
ROLLBACK;

--
-- A metric that H13.1A does not list needs only rows
--

BEGIN;
INSERT INTO pmr.business_process (business_process, name, report_order, source) VALUES ('boost', 'Boost Button', 10, 'our own');
INSERT INTO pmr.business_process_srv (business_process, srv, report_row, description, source)
VALUES ('boost', '7.9', 35, 'Add Auxiliary Load To Boost Button', 'our own'),
	('boost', '77.1', 36, 'an SRV of the next DUIS', 'our own');
INSERT INTO pmr.business_process_srv (business_process, srv, qualifier, report_row, description, source)
VALUES ('boost', '6.22', 'boost_alerts', 37, 'Configure Alert Behaviour', 'our own');
INSERT INTO pmr.target_response_time (srv, mode, target, source)
VALUES ('7.9', 'on_demand', '20 s', 'our own'), ('77.1', 'future_dated', '2 days', 'our own');
INSERT INTO pmr.service_reference_variant (srv, service_reference, name, critical, on_demand, future_dated, dcc_scheduled, non_device, source)
VALUES ('77.1', '77.1', 'an SRV of the next DUIS', false, false, 'dsp_or_device', false, false, 'our own');
SELECT report_row, p.name, srv, v.name, qualifier, target
FROM pmr.current_business_process_srv JOIN pmr.current_business_process AS p USING (business_process)
	JOIN pmr.current_service_reference_variant AS v USING (srv) LEFT JOIN pmr.current_target_response_time USING (srv)
WHERE report_row > 34 ORDER BY report_row;
SELECT srv, pmr.srv_target_counts(srv, mode, '2026-10-01 12:00:00+00', '2026-10-01 12:00:00+00'::timestamptz + took) AS counts
FROM (VALUES ('7.9', 'on_demand', '20 s'::interval), ('7.9', 'on_demand', '21 s'), ('7.9', 'future_dated', '1 s'),
	('77.1', 'future_dated', '48:00'), ('77.1', NULL, '49:00')) AS requests (srv, mode, took)
GROUP BY srv ORDER BY srv;
ROLLBACK;

--
-- Each constraint is violated once: SQLSTATE and name
--

CREATE FUNCTION refusal(tab text, new_values jsonb, OUT sqlstate_ text, OUT constraint_ text, OUT message text) LANGUAGE plpgsql AS $$
DECLARE
	good jsonb := CASE tab
		WHEN 'service_reference_variant' THEN '{"srv": "7.99", "service_reference": "7.99", "name": "n", "critical": false, "on_demand": true,
			"future_dated": "none", "dcc_scheduled": false, "non_device": false, "source": "s"}'
		WHEN 'business_process' THEN '{"business_process": "new", "name": "n", "report_order": 10, "source": "s"}'
		WHEN 'business_process_srv' THEN '{"business_process": "new", "srv": "7.99", "report_row": 35, "description": "d", "source": "s"}'
		WHEN 'target_response_time' THEN '{"srv": "7.99", "mode": "on_demand", "target": "1 s", "source": "s"}'
		WHEN 'service_level' THEN '{"measure": "new", "name": "n", "target_pct": 99, "minimum_pct": 96, "source": "s"}'
		WHEN 'response_code' THEN '{"code": "E99", "class": "success", "description": "d", "source": "s"}'
		WHEN 'party' THEN '{"party": "P", "name": "n", "supplier_group": "g", "category": "Other"}'
		END;
	bad jsonb := good || new_values;
BEGIN
	EXECUTE format('INSERT INTO pmr.%I (%s) SELECT %2$s FROM jsonb_populate_record(NULL::pmr.%1$I, $1)', tab,
		(SELECT string_agg(quote_ident(key), ', ') FROM jsonb_object_keys(bad) AS key)) USING bad;
	RAISE no_data_found;
EXCEPTION
	WHEN no_data_found THEN
		message := 'accepted';
	WHEN OTHERS THEN
		GET STACKED DIAGNOSTICS sqlstate_ = RETURNED_SQLSTATE, constraint_ = CONSTRAINT_NAME;
		message := CASE WHEN sqlstate_ NOT IN ('23514', '23505') THEN SQLERRM END;
END
$$;
CREATE TABLE bad (n serial, tab text, new_values jsonb);
INSERT INTO bad (tab, new_values) VALUES
	('service_reference_variant', '{"srv": "7.x"}'), ('service_reference_variant', '{"future_dated": "dcc"}'),
	('service_reference_variant', '{"answered_by": "post"}'),
	('service_reference_variant', '{"eligible_user_roles": null}'), ('service_reference_variant', '{"status": "guessed"}'),
	('service_reference_variant', '{"source": ""}'), ('service_reference_variant', '{"source": null}'),
	('service_reference_variant', '{"srv": "7.1", "builtin": true}'),
	('business_process', '{"business_process": "New Process"}'), ('business_process', '{"status": "?"}'), ('business_process', '{"source": ""}'),
	('business_process', '{"business_process": "firmware", "builtin": true}'), ('business_process', '{"report_order": null}'),
	('business_process_srv', '{"srv": ""}'), ('business_process_srv', '{"status": "?"}'), ('business_process_srv', '{"source": ""}'),
	('business_process_srv', '{"qualifier": null}'), ('business_process_srv', '{"valid_from": null}'),
	('business_process_srv', '{"business_process": "firmware", "srv": "11.1", "builtin": true}'),
	('target_response_time', '{"srv": "7"}'), ('target_response_time', '{"srv": "7.1.1.1"}'), ('target_response_time', '{"srv": "7.1 "}'),
	('target_response_time', '{"mode": "any"}'), ('target_response_time', '{"mode": "On_Demand"}'), ('target_response_time', '{"mode": null}'),
	('target_response_time', '{"device_generation": "smets3"}'), ('target_response_time', '{"device_generation": null}'),
	('target_response_time', '{"user_role": ""}'), ('target_response_time', '{"user_role": "unknown"}'), ('target_response_time', '{"user_role": null}'),
	('target_response_time', '{"target": "-1 microsecond"}'), ('target_response_time', '{"target": "1 month"}'),
	('target_response_time', '{"target": "1 year"}'), ('target_response_time', '{"target": "-1 month 40 days"}'),
	('target_response_time', '{"target": "106751991 days 04:00:54.775808"}'),
	('target_response_time', '{"valid_from": null}'), ('target_response_time', '{"status": "?"}'), ('target_response_time', '{"source": ""}'),
	('target_response_time', '{"builtin": null}'), ('target_response_time', '{"srv": "2.2", "builtin": true}'),
	('service_level', '{"measure": "CPM 1"}'), ('service_level', '{"period": "week"}'), ('service_level', '{"target_pct": 100.01}'),
	('service_level', '{"target_pct": "NaN"}'),
	('service_level', '{"target_pct": null, "minimum_pct": -1}'), ('service_level', '{"minimum_pct": 99.01}'),
	('service_level', '{"srv": "7", "measure": "success_rate"}'), ('service_level', '{"mode": "unknown"}'), ('service_level', '{"device_generation": "smets3"}'),
	('service_level', '{"mode": "on_demand"}'), ('service_level', '{"srv": "7.1"}'), ('service_level', '{"srv": "7.1", "measure": "round_trip_time"}'),
	('service_level', '{"srv": "7.1", "measure": "success_rate", "round_trip_time": "1 s"}'), ('service_level', '{"round_trip_time": "1 s"}'),
	('service_level', '{"srv": "7.1", "measure": "round_trip_time", "round_trip_time": "1 month"}'), ('service_level', '{"srv": "7.1", "measure": "round_trip_time", "round_trip_time": "-1 s"}'),
	('service_level', '{"status": "?"}'), ('service_level', '{"source": ""}'), ('service_level', '{"measure": "cpm1", "builtin": true}'),
	('response_code', '{"code": ""}'), ('response_code', '{"mode": "scheduled"}'), ('response_code', '{"class": "refused"}'), ('response_code', '{"family": "csp"}'),
	('response_code', '{"status": "?"}'), ('response_code', '{"source": ""}'), ('response_code', '{"code": "I0", "builtin": true}'),
	('party', '{"party": ""}'), ('party', '{"supplier_group": ""}'), ('party', '{"category": "Supplier"}'), ('party', '{"party": null}'), ('party', '{"party": "there"}');
INSERT INTO pmr.party VALUES ('there', 'n', 'g', 'Other');
CREATE TABLE refused AS SELECT n, tab, new_values, r.* FROM bad, LATERAL refusal(tab, new_values) AS r;
DELETE FROM pmr.party;
SELECT tab, new_values, sqlstate_, constraint_, message FROM refused ORDER BY n;
-- every constraint was violated
SELECT conname AS not_tried FROM pg_constraint
WHERE connamespace = 'pmr'::regnamespace AND contype IN ('c', 'p')
	AND conrelid IN (SELECT ('pmr.' || tab)::regclass FROM bad)
	AND NOT EXISTS (SELECT FROM refused WHERE constraint_ = conname AND sqlstate_ = CASE contype WHEN 'c' THEN '23514' ELSE '23505' END)
ORDER BY conname;
-- the unchanged rows are accepted, also with the key of a shipped row
SELECT tab, (refusal(tab, '{}')).message FROM (SELECT DISTINCT tab FROM bad) AS tables ORDER BY tab;
SELECT (refusal('target_response_time', '{"srv": "2.2"}')).message AS target, (refusal('target_response_time', '{"target": null}')).message AS no_target,
	(refusal('target_response_time', '{"target": "0"}')).message AS zero,
	(refusal('target_response_time', '{"valid_from": "infinity"}')).message AS never,
	(refusal('target_response_time', '{"user_role": "a role to come"}')).message AS role,
	(refusal('service_reference_variant', '{"eligible_user_roles": ["IS", "MDR", "a role to come"]}')).message AS eligible,
	(refusal('response_code', '{"code": "I0"}')).message AS code,
	(refusal('service_level', '{"target_pct": null, "minimum_pct": null}')).message AS no_level,
	(refusal('service_level', '{"target_pct": 0, "minimum_pct": 0}')).message AS zero_level,
	(refusal('service_level', '{"target_pct": 100, "minimum_pct": 100}')).message AS full_level,
	(refusal('service_level', '{"srv": "7.1", "measure": "round_trip_time", "round_trip_time": "0"}')).message AS srv_level,
	(refusal('service_level', '{"srv": "7.1", "measure": "round_trip_time", "target_pct": null, "minimum_pct": null}')).message AS withdrawn;

--
-- pg_dump carries the user's rows
--

SELECT config::regclass, condition FROM pg_extension, unnest(extconfig, extcondition) AS configs (config, condition)
WHERE extname = 'pmr_metrics' ORDER BY config::regclass::text COLLATE "C";
-- no table is left out that is logged
SELECT relname AS table_not_dumped FROM pg_class AS c, pg_extension
WHERE relnamespace = 'pmr'::regnamespace AND relkind IN ('r', 'p', 'S') AND relpersistence = 'p' AND extname = 'pmr_metrics' AND NOT c.oid = ANY (extconfig);

-- every column that everybody may read has a comment; columns of views that everybody may read have types that any client knows
SELECT attrelid::regclass AS relation, attname AS without_comment FROM pg_attribute JOIN pg_class AS c ON c.oid = attrelid
WHERE relnamespace = 'pmr'::regnamespace AND relkind IN ('r', 'v') AND attnum > 0 AND has_table_privilege('public', c.oid, 'SELECT')
	AND col_description(attrelid, attnum) IS NULL;
SELECT attrelid::regclass AS relation, attname AS not_plain, atttypid::regtype AS type FROM pg_attribute JOIN pg_class AS c ON c.oid = attrelid
WHERE relnamespace = 'pmr'::regnamespace AND relkind = 'v' AND attnum > 0 AND has_table_privilege('public', c.oid, 'SELECT')
	AND atttypid <> ALL ('{text,date,bigint,integer,float8,timestamptz,boolean}'::regtype[]) ORDER BY 1, attnum;

--
-- Privileges of a role that was granted nothing
--

DROP ROLE IF EXISTS regress_pmr_requesting_role;
CREATE ROLE regress_pmr_requesting_role;
SELECT relname, has_table_privilege('regress_pmr_requesting_role', oid, 'SELECT') AS may_read,
	has_table_privilege('regress_pmr_requesting_role', oid, 'INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER')
		OR has_any_column_privilege('regress_pmr_requesting_role', oid, 'INSERT, UPDATE, REFERENCES') AS may_write
FROM pg_class WHERE relnamespace = 'pmr'::regnamespace AND relkind IN ('r', 'v') ORDER BY relname COLLATE "C";
GRANT USAGE ON SCHEMA reference TO regress_pmr_requesting_role;
CREATE TABLE request (srv text, mode text, requested_at timestamptz, responded_at timestamptz, response_code text);
INSERT INTO request VALUES ('2.2', 'on_demand', '2026-10-01 12:00:00+00', '2026-10-01 12:00:10+00', 'I0'),
	('2.2', 'on_demand', '2026-10-01 12:00:00+00', '2026-10-01 12:00:40+00', 'I0'),
	('1.1.1', 'on_demand', '2026-10-01 12:00:00+00', '2026-10-01 12:00:10+00', 'E20');
GRANT SELECT ON request TO regress_pmr_requesting_role;
SET ROLE regress_pmr_requesting_role;
SELECT count(*) FROM pmr.business_process_srv;
SELECT count(*) FROM pmr.assumption;
SELECT pmr.srv_target('2.2', 'on_demand', NULL, now()) AS srv_target, pmr.answered_at(now(), 'E20', 'on_demand') AS answered_at;
SELECT pmr.srv_target_met(srv, mode, requested_at, pmr.answered_at(responded_at, response_code, mode)) AS srv_target_met,
	pmr.srv_target_counts(srv, mode, requested_at, pmr.answered_at(responded_at, response_code, mode)) AS srv_target_counts,
	pmr.target_met(requested_at, pmr.answered_at(responded_at, response_code, mode), '30 s') AS target_met,
	pmr.target_counts(requested_at, pmr.answered_at(responded_at, response_code, mode), '30 s') AS target_counts
FROM request;
SELECT tried, err(tried) FROM (VALUES
	('SELECT * FROM pmr.party'), ('INSERT INTO pmr.party VALUES (''P'', ''n'', ''g'', ''Other'')'),
	('INSERT INTO pmr.target_response_time (srv, mode, target, source) VALUES (''2.2'', ''on_demand'', ''1 day'', ''me'')'),
	('UPDATE pmr.target_response_time SET target = ''1 day'''), ('DELETE FROM pmr.response_code'), ('TRUNCATE pmr.service_level'),
	('INSERT INTO pmr.service_reference_variant DEFAULT VALUES'), ('INSERT INTO pmr.business_process DEFAULT VALUES'),
	('INSERT INTO pmr.business_process_srv DEFAULT VALUES'),
	('UPDATE pmr.current_service_reference_variant SET name = ''x'''), ('DELETE FROM pmr.current_business_process_srv'),
	('CREATE TABLE pmr.mine ()'),
	('CREATE FUNCTION pmr.srv_target(text) RETURNS text LANGUAGE sql AS ''SELECT $1'''),
	('SELECT pmr.target_transfn(''{0,0,0,0,0}'', now(), now(), ''1 s''::interval)'),
	('SELECT pmr.srv_target_transfn(''{0,0,0,0,0}'', ''2.2'', ''on_demand'', now(), now())'),
	('SELECT pmr.target_combine(''{0,0,0,0,0}'', ''{0,0,0,0,0}'')'),
	('SELECT pmr.target_met_finalfn(''{0,0,0,0,0}'')'), ('SELECT pmr.target_counts_finalfn(''{0,0,0,0,0}'')')
) AS tries (tried);
RESET ROLE;
-- the functions that it may not call
SELECT proname, count(*) FROM pg_proc
WHERE pronamespace = 'pmr'::regnamespace AND NOT has_function_privilege('regress_pmr_requesting_role', oid, 'EXECUTE')
GROUP BY proname ORDER BY proname COLLATE "C";
DROP OWNED BY regress_pmr_requesting_role;
DROP ROLE regress_pmr_requesting_role;

DROP SCHEMA reference CASCADE;
SELECT count(*) AS left_behind FROM (
	SELECT FROM pmr.service_reference_variant WHERE NOT builtin UNION ALL SELECT FROM pmr.business_process WHERE NOT builtin
	UNION ALL SELECT FROM pmr.business_process_srv WHERE NOT builtin UNION ALL SELECT FROM pmr.target_response_time WHERE NOT builtin
	UNION ALL SELECT FROM pmr.service_level WHERE NOT builtin UNION ALL SELECT FROM pmr.response_code WHERE NOT builtin
	UNION ALL SELECT FROM pmr.party
) AS rows;
