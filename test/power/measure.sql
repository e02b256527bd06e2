/*
 * measure.sql
 *		Generates, refreshes and diagnoses scenarios: those whose names match the
 *		regular expression -v scenarios=..., with -v seeds=N Parties each.  Keeps
 *		the answers in the table power.diagnosis.
 */
\set ON_ERROR_STOP on
SET client_min_messages = warning;
SET timezone = 'UTC';

CREATE TABLE IF NOT EXISTS power.diagnosis (
	scenario	text NOT NULL,
	seed		integer NOT NULL,
	answer		jsonb NOT NULL		-- a row of diagnose
);

/* Each column is a statement; a row's are run from left to right. */
SELECT format('DELETE FROM power.diagnosis WHERE scenario = %L', scenario),
	format('CALL power.generate(%L, %s)', scenario, :seeds),
	'ANALYZE power.sr_audit',
	'DO $$ BEGIN PERFORM pmr.drop_source(source) FROM pmr.source WHERE source = ''power''; END $$',
	format('DO $$ BEGIN PERFORM pmr.add_source(''power'', ''power.sr_audit'', factors => %L); END $$', factors),
	'CALL pmr.refresh(''power'')',
	format($$INSERT INTO power.diagnosis
		SELECT %L, seed, to_jsonb(d)
		FROM generate_series(1, %s) AS seed, pmr.diagnose('seed ' || seed, '2025-09-01', '2025-09-30', 'power') AS d$$, scenario, :seeds)
FROM power.scenario
WHERE scenario ~ :'scenarios'
ORDER BY place
\gexec
