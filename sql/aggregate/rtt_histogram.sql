/* The distribution in a sketch, as rows */

CREATE FUNCTION pmr.rtt_buckets(sketch pmr.rtt_sketch)
	RETURNS TABLE (lower_s double precision, upper_s double precision, requests bigint)
	AS 'MODULE_PATHNAME', 'pmr_rtt_buckets'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE ROWS 500;
COMMENT ON FUNCTION pmr.rtt_buckets(pmr.rtt_sketch) IS 'the buckets of a sketch: requests whose round-trip time was from lower_s to upper_s seconds, both included';

CREATE FUNCTION pmr.rtt_histogram(sketch pmr.rtt_sketch, buckets integer)
	RETURNS TABLE (lower_s double precision, upper_s double precision, requests bigint)
	AS 'MODULE_PATHNAME', 'pmr_rtt_histogram'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE ROWS 20;
COMMENT ON FUNCTION pmr.rtt_histogram(pmr.rtt_sketch, integer) IS 'histogram on a logarithmic scale: requests whose round-trip time was from lower_s up to, not including, upper_s seconds; the last bucket includes its upper bound';
