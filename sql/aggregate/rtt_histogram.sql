/* The distribution of round-trip times in a sketch, as rows */

CREATE FUNCTION pmr.rtt_buckets(sketch pmr.rtt_sketch)
	RETURNS TABLE (lower_s double precision, upper_s double precision, requests bigint)
	AS 'MODULE_PATHNAME', 'pmr_rtt_buckets'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000 ROWS 500;
COMMENT ON FUNCTION pmr.rtt_buckets(pmr.rtt_sketch) IS 'buckets of a sketch: number of requests whose round-trip time is from lower_s to upper_s seconds, both included';

CREATE FUNCTION pmr.rtt_histogram(sketch pmr.rtt_sketch, buckets integer)
	RETURNS TABLE (lower_s double precision, upper_s double precision, requests bigint)
	AS 'MODULE_PATHNAME', 'pmr_rtt_histogram'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 500 ROWS 20;
COMMENT ON FUNCTION pmr.rtt_histogram(pmr.rtt_sketch, integer) IS 'histogram on a logarithmic scale: number of requests whose round-trip time is at least lower_s and less than upper_s seconds; the last bucket includes upper_s';
