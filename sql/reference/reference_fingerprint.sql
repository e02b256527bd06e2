/*
 * Fingerprint of the reference tables that requests are judged by
 *
 * On Citus each node has its own tables, and judges the requests of its rows.  So
 * each query of requests has a condition without columns, which every process
 * that reads rows checks once.
 */

CREATE FUNCTION pmr.reference_fingerprint() RETURNS bigint
	LANGUAGE sql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
	SET timezone = 'UTC'
	SET datestyle = 'ISO, MDY'
	SET intervalstyle = 'postgres'
BEGIN ATOMIC
	SELECT hashtextextended(concat_ws(E'\n',
		(SELECT string_agg(v::text, E'\n' ORDER BY v::text COLLATE "C") FROM pmr.service_reference_variant AS v),
		(SELECT string_agg(t::text, E'\n' ORDER BY t::text COLLATE "C") FROM pmr.target_response_time AS t),
		(SELECT string_agg(c::text, E'\n' ORDER BY c::text COLLATE "C") FROM pmr.response_code AS c)), 0);
END;
COMMENT ON FUNCTION pmr.reference_fingerprint() IS 'hash of the rows of service_reference_variant, target_response_time and response_code';

CREATE FUNCTION pmr.check_reference(fingerprint bigint) RETURNS boolean
	LANGUAGE plpgsql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF pmr.reference_fingerprint() <> fingerprint THEN
		RAISE object_not_in_prerequisite_state USING
			MESSAGE = 'reference tables of a node differ from those of the node that reads its rows',
			HINT = 'Make service_reference_variant, target_response_time and response_code the same on all nodes.';
	END IF;
	RETURN true;
END
$$;
COMMENT ON FUNCTION pmr.check_reference(bigint) IS 'internal: an error if the reference tables have another fingerprint';
