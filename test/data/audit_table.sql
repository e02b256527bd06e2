/*
 * audit_table.sql
 *		The tables that audit_table.c writes rows for.
 *
 * They stand for what a Party or the DCC has already: own names, own types,
 * nothing of pmr_metrics.
 */
CREATE SCHEMA audit;

/* Those who take part, and whose they are. */
CREATE TABLE audit.participant (
	code			text PRIMARY KEY,
	name			text NOT NULL,
	category		text NOT NULL,
	supplier_group	text NOT NULL
);

/*
 * One row per Service Request, or per command of a critical one: first the
 * pre-command (cmd_variant 4), then the signed pre-command (5).  A row shows
 * the last response that had come when the extract was taken.
 */
CREATE TABLE audit.sr_log (
	sr_id				text NOT NULL,			-- originator:target:counter
	supplier_code		text NOT NULL,			-- networks and others, too
	user_eui64			text NOT NULL,
	user_role_code		text NOT NULL,
	srv_code			text NOT NULL,			-- text: 4.10 is not 4.1
	cmd_variant			smallint NOT NULL,		-- 1 to 8
	run_mode			text,
	body_variant		text,					-- what the body decides
	process_hint		text,					-- where the sender named one
	device_guid			text,					-- NULL: none, or many
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
	delivered_all_at	timestamptz,			-- 11.1: at the last hub
	result_code			text					-- of that response
);

/* Rows arrive in the order of sending, or nearly. */
CREATE INDEX sr_log_sent_at ON audit.sr_log USING brin (sent_at);
