/*
 * limits.sql
 *		Fails if a scenario of those whose names match -v scenarios=... exceeds a
 *		limit: at most 5 % of the seeds, but one is always allowed, may miss what
 *		was planted, or claim something false.  Run after report.sql.
 */
CREATE TEMPORARY VIEW fault AS
SELECT o.scenario, l.fault, l.seeds AS exceeding, o.seeds
FROM power.outcome AS o,
	LATERAL (VALUES ('first', 'not claimed, or not first', o.seeds - o.first), ('told', 'not told as planted', o.seeds - o.told),
		('false', 'claims something false', o.claims_false)) AS l (name, fault, seeds)
WHERE l.name = ANY (o.checked) AND l.seeds > greatest(1, 0.05 * o.seeds);
SELECT count(*) > 0 AS some_fault FROM fault WHERE scenario ~ :'scenarios' \gset
\if :some_fault
	\pset title 'limits exceeded, by so many seeds'
	SELECT * FROM fault WHERE scenario ~ :'scenarios';
	DO $$ BEGIN RAISE 'a limit is exceeded'; END $$;
\endif
