/*
 * audit_table.sql
 *		The tables for the rows that audit_table.c generates.
 *
 * They stand for the tables that a Party or the DCC has already: with names and
 * types of their own, and without objects of pmr_metrics.
 */
CREATE SCHEMA audit;

/* Participants, their category and their supplier group. */
CREATE TABLE audit.participant (
	code			text PRIMARY KEY,
	name			text NOT NULL,
	category		text NOT NULL,
	supplier_group	text NOT NULL
);

/*
 * One row for each Service Request, or for each command of a critical one: the
 * pre-command (cmd_variant 4) and then the signed pre-command (5).  A row has the
 * last response that had arrived when the extract was taken.  What is delivered
 * twice has two rows.
 */
CREATE TABLE audit.sr_log (
	sr_id				text,					-- originator:target:counter; some scheduled have none
	supplier_code		text NOT NULL,			-- also networks and others
	user_eui64			text NOT NULL,
	user_role_code		text NOT NULL,
	srv_code			text NOT NULL,			-- text, as 4.10 is not 4.1
	cmd_variant			smallint NOT NULL,		-- 1 to 9
	run_mode			text,
	body_variant		text,					-- depends on the request's body
	process_hint		text,					-- NULL: the sender named none
	device_guid			text,					-- NULL: no Device, or several
	device_kind			text,
	maker				text,
	model_no			text,
	fw					text,
	generation_code		text,
	csp_region			text,					-- SMETS2 only
	orchestrated_by		text NOT NULL,
	sent_at				timestamptz NOT NULL,
	ack_at				timestamptz,
	execute_at			timestamptz,			-- future-dated and scheduled
	response_at			timestamptz,
	delivered_all_at	timestamptz,			-- of 11.1: to the last hub
	result_code			text,					-- of response_at's response
	payload_ok			boolean,				-- what the Device answered; NULL: nothing
	-- future-dated commands that the Device executes by itself, by its alerts
	exec_reported_at	timestamptz,			-- of the last instruction, or the first failure
	exec_ok				boolean,				-- false: an instruction failed
	exec_done			smallint,				-- instructions reported as done, of exec_total
	exec_total			smallint,
	withdrawn_at		timestamptz				-- when the sender cancelled it
);

/* Rows arrive nearly in the order of sent_at. */
CREATE INDEX sr_log_sent_at ON audit.sr_log USING brin (sent_at);
