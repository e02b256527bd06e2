/* What could not be read in the legal text */

/*
 * The rows of all tables as one shape; a table without valid_from holds for
 * ever, and a value is what a correction would change.
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
		SELECT 'target_response_time', concat_ws(' ', srv, mode, device_generation),
			coalesce(trim_scale(extract(epoch FROM target)) || ' s', 'none'), valid_from, status, source, builtin
		FROM pmr.target_response_time
		UNION ALL
		SELECT 'service_level', measure,
			concat('target ', coalesce(target_pct || ' %', 'none'), ', minimum ', coalesce(minimum_pct || ' %', 'none')), valid_from, status, source, builtin
		FROM pmr.service_level
		UNION ALL
		SELECT 'response_code', concat_ws(' ', code, mode), class, '-infinity'::timestamptz, status, source, builtin
		FROM pmr.response_code
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
COMMENT ON VIEW pmr.assumption IS 'what could not be read in the legal text: rows that are assumed, unless a row of yours has replaced them';
COMMENT ON COLUMN pmr.assumption.reference_table IS 'table of the schema pmr';
COMMENT ON COLUMN pmr.assumption.item IS 'key of the row';
COMMENT ON COLUMN pmr.assumption.value IS 'what is assumed';
COMMENT ON COLUMN pmr.assumption.valid_from IS 'in force from this time until the next row of the same key';
COMMENT ON COLUMN pmr.assumption.replaced_from IS 'a row of yours holds from then on; NULL: no row of yours';
COMMENT ON COLUMN pmr.assumption.source IS 'where the value is from';
COMMENT ON COLUMN pmr.assumption.builtin IS 'shipped with the extension; a row of yours wins over it';
