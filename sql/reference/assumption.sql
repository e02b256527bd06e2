/* Values that could not be read in the legal text */

/*
 * The rows of all reference tables with the same columns.  value is the part of
 * a row that a correction would change.  The rows of a table without valid_from
 * are always in force.
 */
CREATE VIEW pmr.assumption AS
	WITH reference (reference_table, item, value, valid_from, status, source, builtin) AS (
		SELECT 'service_reference_variant', srv, name, '-infinity'::timestamptz, status, source, builtin
		FROM pmr.service_reference_variant
		UNION ALL
		SELECT 'business_process', business_process, name, '-infinity'::timestamptz, status, source, builtin
		FROM pmr.business_process
		UNION ALL
		SELECT 'business_process_srv', concat_ws(' ', business_process, srv, nullif(qualifier, '')),
			CASE WHEN listed THEN 'listed' ELSE 'not listed' END, valid_from, status, source, builtin
		FROM pmr.business_process_srv
		UNION ALL
		SELECT 'target_response_time', concat_ws(' ', srv, mode, device_generation, nullif(user_role, 'any')),
			coalesce(trim_scale(extract(epoch FROM target)) || ' s', 'none'), valid_from, status, source, builtin
		FROM pmr.target_response_time
		UNION ALL
		SELECT 'service_level', CASE srv WHEN '' THEN measure ELSE concat_ws(' ', measure, srv, mode, device_generation) END,
			concat('target ', coalesce(target_pct || ' %', 'none'), ', minimum ', coalesce(minimum_pct || ' %', 'none'), ' within ' || trim_scale(extract(epoch FROM round_trip_time)) || ' s'), valid_from, status, source, builtin
		FROM pmr.service_level
		UNION ALL
		SELECT 'response_code', concat_ws(' ', code, mode), class, '-infinity'::timestamptz, status, source, builtin
		FROM pmr.response_code
		UNION ALL
		SELECT 'journey_process', business_process, concat('gap ', trim_scale(extract(epoch FROM gap) / 86400), ' d, subject ', subject),
			valid_from, status, source, builtin
		FROM pmr.journey_process
		UNION ALL
		SELECT 'journey_step', concat_ws(' ', business_process, model, srv, nullif(qualifier, ''), nullif(device_type, '')),
			CASE WHEN listed THEN concat_ws(', ', 'position ' || position, CASE WHEN required THEN 'required' END,
				CASE WHEN begins THEN 'begins' END, CASE WHEN restarts THEN 'restarts' END) ELSE 'not listed' END,
			valid_from, status, source, builtin
		FROM pmr.journey_step
	), followed AS (
		SELECT *,
			(SELECT min(own.valid_from)
			 FROM reference AS own
			 WHERE (own.reference_table, own.item) = (r.reference_table, r.item)
			   AND NOT own.builtin AND (r.builtin OR own.valid_from > r.valid_from)) AS replaced_from
		FROM reference AS r
	)
	SELECT reference_table, item, value, valid_from, replaced_from, source, builtin
	FROM followed
	WHERE status = 'assumed'
	  AND (replaced_from IS NULL OR replaced_from > valid_from);
COMMENT ON VIEW pmr.assumption IS 'rows of the reference tables whose values are assumed, because they could not be read in the legal text; without rows that a user has replaced';
COMMENT ON COLUMN pmr.assumption.reference_table IS 'table in the schema pmr';
COMMENT ON COLUMN pmr.assumption.item IS 'key of the row: its columns, separated by spaces; without the user role any';
COMMENT ON COLUMN pmr.assumption.value IS 'the assumed value';
COMMENT ON COLUMN pmr.assumption.valid_from IS 'the row is in force from this time until the next row of its key';
COMMENT ON COLUMN pmr.assumption.replaced_from IS 'time from which a row of the user replaces this one; NULL: no such row';
COMMENT ON COLUMN pmr.assumption.source IS 'document that the value is from, or why it is assumed';
COMMENT ON COLUMN pmr.assumption.builtin IS 'true: shipped with the extension; false: added by the user, whose rows override shipped ones';
