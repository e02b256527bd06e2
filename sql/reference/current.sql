/*
 * The rows of the reference tables that are in force now
 *
 * now() is the start of the transaction.  srv_target returns the target at any
 * time.
 */

CREATE VIEW pmr.current_service_reference_variant AS
	SELECT DISTINCT ON (srv) *
	FROM pmr.service_reference_variant
	ORDER BY srv, builtin;
COMMENT ON VIEW pmr.current_service_reference_variant IS 'Service Reference Variants in force: the row of the user if there is one, otherwise the shipped row';

CREATE VIEW pmr.current_business_process AS
	SELECT DISTINCT ON (business_process) *
	FROM pmr.business_process
	ORDER BY business_process, builtin;
COMMENT ON VIEW pmr.current_business_process IS 'business processes in force: the row of the user if there is one, otherwise the shipped row';

CREATE VIEW pmr.current_business_process_srv AS
	SELECT *
	FROM (
		SELECT DISTINCT ON (business_process, srv, qualifier) *
		FROM pmr.business_process_srv
		WHERE valid_from <= now()
		ORDER BY business_process, srv, qualifier, builtin, valid_from DESC
	) AS in_force
	WHERE listed;
COMMENT ON VIEW pmr.current_business_process_srv IS 'rows of the report in force now: the row of the user if there is one, otherwise the shipped row';

CREATE VIEW pmr.current_target_response_time AS
	SELECT DISTINCT ON (srv, mode, device_generation, user_role) *
	FROM pmr.target_response_time
	WHERE valid_from <= now()
	ORDER BY srv, mode, device_generation, user_role, builtin, valid_from DESC;
COMMENT ON VIEW pmr.current_target_response_time IS 'Target Response Times in force now: the row of the user if there is one, otherwise the shipped row';

CREATE VIEW pmr.current_service_level AS
	SELECT DISTINCT ON (measure, srv, mode, device_generation) *
	FROM pmr.service_level
	WHERE valid_from <= now()
	ORDER BY measure, srv, mode, device_generation, builtin, valid_from DESC;
COMMENT ON VIEW pmr.current_service_level IS 'service levels in force now: the row of the user if there is one, otherwise the shipped row';

CREATE VIEW pmr.current_response_code AS
	SELECT DISTINCT ON (code, mode) *
	FROM pmr.response_code
	ORDER BY code, mode, builtin;
COMMENT ON VIEW pmr.current_response_code IS 'response codes in force: the row of the user if there is one, otherwise the shipped row';

CREATE VIEW pmr.current_journey_process AS
	SELECT DISTINCT ON (business_process) *
	FROM pmr.journey_process
	WHERE valid_from <= now()
	ORDER BY business_process, builtin, valid_from DESC;
COMMENT ON VIEW pmr.current_journey_process IS 'business processes that have journeys, in force now: the row of the user if there is one, otherwise the shipped row';

CREATE VIEW pmr.current_journey_step AS
	SELECT business_process, model, position, srv, qualifier, device_type, required, begins, restarts, gap
	FROM (
		SELECT DISTINCT ON (business_process, model, srv, qualifier, device_type) *
		FROM pmr.journey_step
		WHERE valid_from <= now()
		ORDER BY business_process, model, srv, qualifier, device_type, builtin, valid_from DESC
	) AS step
	JOIN pmr.current_journey_process USING (business_process)
	WHERE listed;
COMMENT ON VIEW pmr.current_journey_step IS 'steps of business processes in force now: the row of the user if there is one, otherwise the shipped row; its row type is that of the argument steps of journeys()';
COMMENT ON COLUMN pmr.current_journey_step.gap IS 'longest time from a request of a journey to the next one';

/* Each column of these views gets the comment of the same column of the table. */
DO $$
DECLARE
	c record;
BEGIN
	FOR c IN
		SELECT v.oid::regclass AS view, a.attname AS name, pg_catalog.col_description(t.oid, b.attnum) AS comment
		FROM pg_catalog.pg_class AS v
		JOIN pg_catalog.pg_class AS t ON t.relnamespace = v.relnamespace AND v.relname = 'current_' || t.relname
		JOIN pg_catalog.pg_attribute AS a ON a.attrelid = v.oid
		JOIN pg_catalog.pg_attribute AS b ON b.attrelid = t.oid AND b.attname = a.attname
		WHERE v.relnamespace = 'pmr'::pg_catalog.regnamespace AND a.attnum > 0
	LOOP
		EXECUTE pg_catalog.format('COMMENT ON COLUMN %s.%I IS %L', c.view, c.name, c.comment);
	END LOOP;
END
$$;
