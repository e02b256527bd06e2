/*
 * source.sql
 *		Makes an audit table, registers it as the source "demo", and refreshes and
 *		publishes its month, for tests of the reports.
 *
 * psql's variable csv_dir is the directory of sr_log.csv and participant.csv,
 * which audit_table.c writes.
 */
\set ON_ERROR_STOP on
SET timezone = 'UTC';
SET client_min_messages = warning;

CREATE EXTENSION pmr_metrics;
\ir audit_table.sql
\cd :csv_dir
\copy audit.participant FROM 'participant.csv' WITH (FORMAT csv, HEADER)
\copy audit.sr_log FROM 'sr_log.csv' WITH (FORMAT csv, HEADER)
INSERT INTO pmr.party (party, name, supplier_group, category)
SELECT code, name, supplier_group, category FROM audit.participant;

CREATE VIEW audit.service_request AS
SELECT	supplier_code AS party, srv_code AS srv, run_mode AS mode,
		sent_at AS requested_at, response_at AS responded_at,
		result_code AS response_code, generation_code AS device_generation,
		body_variant AS qualifier, process_hint AS business_process,
		execute_at AS due_at, delivered_all_at AS delivered_at,
		sr_id AS request_id, cmd_variant AS command_variant,
		user_role_code AS user_role, payload_ok AS message_success,
		exec_reported_at AS executed_at, exec_ok AS execution_success,
		exec_done AS instructions_done, exec_total AS instructions_total,
		withdrawn_at AS cancelled_at,
		model_no AS model, fw AS firmware, csp_region AS region
FROM	audit.sr_log;

SELECT pmr.add_source('demo', 'audit.service_request',
					  factors => '{model,firmware,region}') \g /dev/null
SELECT date_trunc('month', min(sent_at))::date AS month FROM audit.sr_log \gset
CALL pmr.refresh('demo');
CALL pmr.publish('demo', :'month');
