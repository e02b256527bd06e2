\echo Use "CREATE EXTENSION pmr_metrics" to load this file. \quit

/*
 * pmr_metrics 1.0.0
 *
 *	1. The schema
 *	2. Type rtt_sketch: a stored summary of round-trip times
 *	3. Type rtt_state: what the aggregates over round-trip times work in
 *	4. Aggregates over round-trip times
 *	5. Aggregates of what met a given target
 *	6. Reference tables
 *	7. Functions and aggregates that look into the reference tables
 *	8. Views of the rows in force, and of what is assumed
 *	9. What is shipped in the reference tables
 *	10. Who may do what
 *
 * Units: seconds are float8 and named ..._s, percentages are 0 to 100 and
 * named ..._pct, counts are bigint.
 */

/* ------------------------------------------------------------------------
 * 1. The schema
 *
 * Not IF NOT EXISTS: a schema of this name that somebody else owns must stop
 * the installation.
 * ------------------------------------------------------------------------ */

CREATE SCHEMA pmr;
COMMENT ON SCHEMA pmr IS 'pmr_metrics: performance of GB smart metering Service Requests';

/* ------------------------------------------------------------------------
 * 2. Type rtt_sketch: a stored summary of round-trip times
 *
 * Comparison is that of the bytes, by bytea's own functions: equal sketches
 * have equal bytes.  Its order means nothing; it is there for DISTINCT, GROUP
 * BY, EXCEPT and REFRESH MATERIALIZED VIEW CONCURRENTLY.
 * ------------------------------------------------------------------------ */

CREATE TYPE pmr.rtt_sketch;

CREATE FUNCTION pmr.rtt_sketch_in(cstring) RETURNS pmr.rtt_sketch
	AS 'MODULE_PATHNAME', 'pmr_rtt_sketch_in'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION pmr.rtt_sketch_in(cstring) IS 'text input of rtt_sketch';

CREATE FUNCTION pmr.rtt_sketch_out(pmr.rtt_sketch) RETURNS cstring
	AS 'MODULE_PATHNAME', 'pmr_rtt_sketch_out'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION pmr.rtt_sketch_out(pmr.rtt_sketch) IS 'text output of rtt_sketch';

CREATE FUNCTION pmr.rtt_sketch_recv(internal) RETURNS pmr.rtt_sketch
	AS 'MODULE_PATHNAME', 'pmr_rtt_sketch_recv'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION pmr.rtt_sketch_recv(internal) IS 'binary input of rtt_sketch';

CREATE FUNCTION pmr.rtt_sketch_send(pmr.rtt_sketch) RETURNS bytea
	AS 'byteasend'
	LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION pmr.rtt_sketch_send(pmr.rtt_sketch) IS 'binary output of rtt_sketch';

/* external: pglz makes nothing of bytes that are packed already */
CREATE TYPE pmr.rtt_sketch (
	INPUT = pmr.rtt_sketch_in,
	OUTPUT = pmr.rtt_sketch_out,
	RECEIVE = pmr.rtt_sketch_recv,
	SEND = pmr.rtt_sketch_send,
	INTERNALLENGTH = VARIABLE,
	ALIGNMENT = int4,
	STORAGE = external
);
COMMENT ON TYPE pmr.rtt_sketch IS 'summary of round-trip times: exact up to 1024 distinct times, then within 0.4 %';

CREATE FUNCTION pmr.rtt_sketch_eq(pmr.rtt_sketch, pmr.rtt_sketch) RETURNS boolean
	AS 'byteaeq'
	LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION pmr.rtt_sketch_eq(pmr.rtt_sketch, pmr.rtt_sketch) IS 'implementation of the operator =';

CREATE FUNCTION pmr.rtt_sketch_ne(pmr.rtt_sketch, pmr.rtt_sketch) RETURNS boolean
	AS 'byteane'
	LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION pmr.rtt_sketch_ne(pmr.rtt_sketch, pmr.rtt_sketch) IS 'implementation of the operator <>';

CREATE FUNCTION pmr.rtt_sketch_lt(pmr.rtt_sketch, pmr.rtt_sketch) RETURNS boolean
	AS 'bytealt'
	LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION pmr.rtt_sketch_lt(pmr.rtt_sketch, pmr.rtt_sketch) IS 'implementation of the operator <';

CREATE FUNCTION pmr.rtt_sketch_le(pmr.rtt_sketch, pmr.rtt_sketch) RETURNS boolean
	AS 'byteale'
	LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION pmr.rtt_sketch_le(pmr.rtt_sketch, pmr.rtt_sketch) IS 'implementation of the operator <=';

CREATE FUNCTION pmr.rtt_sketch_gt(pmr.rtt_sketch, pmr.rtt_sketch) RETURNS boolean
	AS 'byteagt'
	LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION pmr.rtt_sketch_gt(pmr.rtt_sketch, pmr.rtt_sketch) IS 'implementation of the operator >';

CREATE FUNCTION pmr.rtt_sketch_ge(pmr.rtt_sketch, pmr.rtt_sketch) RETURNS boolean
	AS 'byteage'
	LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION pmr.rtt_sketch_ge(pmr.rtt_sketch, pmr.rtt_sketch) IS 'implementation of the operator >=';

CREATE FUNCTION pmr.rtt_sketch_cmp(pmr.rtt_sketch, pmr.rtt_sketch) RETURNS integer
	AS 'byteacmp'
	LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION pmr.rtt_sketch_cmp(pmr.rtt_sketch, pmr.rtt_sketch) IS 'support function of the btree operator class';

CREATE FUNCTION pmr.rtt_sketch_hash(pmr.rtt_sketch) RETURNS integer
	AS 'hashvarlena'
	LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION pmr.rtt_sketch_hash(pmr.rtt_sketch) IS 'support function of the hash operator class';

CREATE FUNCTION pmr.rtt_sketch_hash_extended(pmr.rtt_sketch, bigint) RETURNS bigint
	AS 'hashvarlenaextended'
	LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION pmr.rtt_sketch_hash_extended(pmr.rtt_sketch, bigint) IS 'support function of the hash operator class';

CREATE OPERATOR pmr.= (
	LEFTARG = pmr.rtt_sketch, RIGHTARG = pmr.rtt_sketch,
	FUNCTION = pmr.rtt_sketch_eq,
	COMMUTATOR = OPERATOR(pmr.=), NEGATOR = OPERATOR(pmr.<>),
	RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES
);
COMMENT ON OPERATOR pmr.= (pmr.rtt_sketch, pmr.rtt_sketch) IS 'are the summaries equal?';

CREATE OPERATOR pmr.<> (
	LEFTARG = pmr.rtt_sketch, RIGHTARG = pmr.rtt_sketch,
	FUNCTION = pmr.rtt_sketch_ne,
	COMMUTATOR = OPERATOR(pmr.<>), NEGATOR = OPERATOR(pmr.=),
	RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR pmr.<> (pmr.rtt_sketch, pmr.rtt_sketch) IS 'do the summaries differ?';

CREATE OPERATOR pmr.< (
	LEFTARG = pmr.rtt_sketch, RIGHTARG = pmr.rtt_sketch,
	FUNCTION = pmr.rtt_sketch_lt,
	COMMUTATOR = OPERATOR(pmr.>), NEGATOR = OPERATOR(pmr.>=),
	RESTRICT = scalarltsel, JOIN = scalarltjoinsel
);
COMMENT ON OPERATOR pmr.< (pmr.rtt_sketch, pmr.rtt_sketch) IS 'byte-wise order';

CREATE OPERATOR pmr.<= (
	LEFTARG = pmr.rtt_sketch, RIGHTARG = pmr.rtt_sketch,
	FUNCTION = pmr.rtt_sketch_le,
	COMMUTATOR = OPERATOR(pmr.>=), NEGATOR = OPERATOR(pmr.>),
	RESTRICT = scalarlesel, JOIN = scalarlejoinsel
);
COMMENT ON OPERATOR pmr.<= (pmr.rtt_sketch, pmr.rtt_sketch) IS 'byte-wise order';

CREATE OPERATOR pmr.> (
	LEFTARG = pmr.rtt_sketch, RIGHTARG = pmr.rtt_sketch,
	FUNCTION = pmr.rtt_sketch_gt,
	COMMUTATOR = OPERATOR(pmr.<), NEGATOR = OPERATOR(pmr.<=),
	RESTRICT = scalargtsel, JOIN = scalargtjoinsel
);
COMMENT ON OPERATOR pmr.> (pmr.rtt_sketch, pmr.rtt_sketch) IS 'byte-wise order';

CREATE OPERATOR pmr.>= (
	LEFTARG = pmr.rtt_sketch, RIGHTARG = pmr.rtt_sketch,
	FUNCTION = pmr.rtt_sketch_ge,
	COMMUTATOR = OPERATOR(pmr.<=), NEGATOR = OPERATOR(pmr.<),
	RESTRICT = scalargesel, JOIN = scalargejoinsel
);
COMMENT ON OPERATOR pmr.>= (pmr.rtt_sketch, pmr.rtt_sketch) IS 'byte-wise order';

CREATE OPERATOR CLASS pmr.rtt_sketch_ops
	DEFAULT FOR TYPE pmr.rtt_sketch USING btree AS
	OPERATOR 1 pmr.<,
	OPERATOR 2 pmr.<=,
	OPERATOR 3 pmr.=,
	OPERATOR 4 pmr.>=,
	OPERATOR 5 pmr.>,
	FUNCTION 1 pmr.rtt_sketch_cmp(pmr.rtt_sketch, pmr.rtt_sketch);
COMMENT ON OPERATOR CLASS pmr.rtt_sketch_ops USING btree IS 'byte-wise order, without a meaning of its own';
COMMENT ON OPERATOR FAMILY pmr.rtt_sketch_ops USING btree IS 'byte-wise order, without a meaning of its own';

CREATE OPERATOR CLASS pmr.rtt_sketch_ops
	DEFAULT FOR TYPE pmr.rtt_sketch USING hash AS
	OPERATOR 1 pmr.=,
	FUNCTION 1 pmr.rtt_sketch_hash(pmr.rtt_sketch),
	FUNCTION 2 pmr.rtt_sketch_hash_extended(pmr.rtt_sketch, bigint);
COMMENT ON OPERATOR CLASS pmr.rtt_sketch_ops USING hash IS 'equality of summaries';
COMMENT ON OPERATOR FAMILY pmr.rtt_sketch_ops USING hash IS 'equality of summaries';

/* What can be asked of a sketch. */

CREATE FUNCTION pmr.rtt_merge(a pmr.rtt_sketch, b pmr.rtt_sketch) RETURNS pmr.rtt_sketch
	AS 'MODULE_PATHNAME', 'pmr_rtt_sketch_merge'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION pmr.rtt_merge(pmr.rtt_sketch, pmr.rtt_sketch) IS 'the summary of the round-trip times of both';

CREATE OPERATOR pmr.+ (
	LEFTARG = pmr.rtt_sketch, RIGHTARG = pmr.rtt_sketch,
	FUNCTION = pmr.rtt_merge,
	COMMUTATOR = OPERATOR(pmr.+)
);
COMMENT ON OPERATOR pmr.+ (pmr.rtt_sketch, pmr.rtt_sketch) IS 'the summary of the round-trip times of both';

CREATE FUNCTION pmr.rtt_percentile(sketch pmr.rtt_sketch, fraction double precision) RETURNS double precision
	AS 'MODULE_PATHNAME', 'pmr_rtt_sketch_percentile'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION pmr.rtt_percentile(pmr.rtt_sketch, double precision) IS 'percentile_disc of the round-trip times, in seconds';

CREATE FUNCTION pmr.rtt_percentiles(sketch pmr.rtt_sketch, fractions double precision[]) RETURNS double precision[]
	AS 'MODULE_PATHNAME', 'pmr_rtt_sketch_percentiles'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION pmr.rtt_percentiles(pmr.rtt_sketch, double precision[]) IS 'percentile_disc of the round-trip times for each fraction, in seconds';

CREATE FUNCTION pmr.rtt_share_within(sketch pmr.rtt_sketch, "limit" interval) RETURNS double precision
	AS 'MODULE_PATHNAME', 'pmr_rtt_share_within'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION pmr.rtt_share_within(pmr.rtt_sketch, interval) IS 'percentage of the round-trip times that were no longer than the limit';

CREATE FUNCTION pmr.rtt_count(sketch pmr.rtt_sketch) RETURNS bigint
	AS 'MODULE_PATHNAME', 'pmr_rtt_count'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION pmr.rtt_count(pmr.rtt_sketch) IS 'number of round-trip times';

CREATE FUNCTION pmr.rtt_mean(sketch pmr.rtt_sketch) RETURNS double precision
	AS 'MODULE_PATHNAME', 'pmr_rtt_mean'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION pmr.rtt_mean(pmr.rtt_sketch) IS 'mean round-trip time, in seconds; exact';

CREATE FUNCTION pmr.rtt_min(sketch pmr.rtt_sketch) RETURNS double precision
	AS 'MODULE_PATHNAME', 'pmr_rtt_min'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION pmr.rtt_min(pmr.rtt_sketch) IS 'shortest round-trip time, in seconds; exact';

CREATE FUNCTION pmr.rtt_max(sketch pmr.rtt_sketch) RETURNS double precision
	AS 'MODULE_PATHNAME', 'pmr_rtt_max'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION pmr.rtt_max(pmr.rtt_sketch) IS 'longest round-trip time, in seconds; exact';

CREATE FUNCTION pmr.rtt_error_bound(sketch pmr.rtt_sketch) RETURNS double precision
	AS 'MODULE_PATHNAME', 'pmr_rtt_error_bound'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION pmr.rtt_error_bound(pmr.rtt_sketch) IS 'greatest relative error of a percentile of this sketch, as a percentage; 0 when it is exact';

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

/* ------------------------------------------------------------------------
 * 3. Type rtt_state: what the aggregates over round-trip times work in
 *
 * A real type, so that any node can take partial results from any other.
 * Storage plain and double alignment: it is changed in place.
 * ------------------------------------------------------------------------ */

CREATE TYPE pmr.rtt_state;

CREATE FUNCTION pmr.rtt_state_in(cstring) RETURNS pmr.rtt_state
	AS 'MODULE_PATHNAME', 'pmr_rtt_state_in'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION pmr.rtt_state_in(cstring) IS 'text input of rtt_state';

CREATE FUNCTION pmr.rtt_state_out(pmr.rtt_state) RETURNS cstring
	AS 'MODULE_PATHNAME', 'pmr_rtt_state_out'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION pmr.rtt_state_out(pmr.rtt_state) IS 'text output of rtt_state';

CREATE FUNCTION pmr.rtt_state_recv(internal) RETURNS pmr.rtt_state
	AS 'MODULE_PATHNAME', 'pmr_rtt_state_recv'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION pmr.rtt_state_recv(internal) IS 'binary input of rtt_state';

CREATE FUNCTION pmr.rtt_state_send(pmr.rtt_state) RETURNS bytea
	AS 'MODULE_PATHNAME', 'pmr_rtt_state_send'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION pmr.rtt_state_send(pmr.rtt_state) IS 'binary output of rtt_state';

CREATE TYPE pmr.rtt_state (
	INPUT = pmr.rtt_state_in,
	OUTPUT = pmr.rtt_state_out,
	RECEIVE = pmr.rtt_state_recv,
	SEND = pmr.rtt_state_send,
	INTERNALLENGTH = VARIABLE,
	ALIGNMENT = double,
	STORAGE = plain
);
COMMENT ON TYPE pmr.rtt_state IS 'working state of the aggregates over round-trip times; not for storing';

CREATE FUNCTION pmr.rtt_state_combine(pmr.rtt_state, pmr.rtt_state) RETURNS pmr.rtt_state
	AS 'MODULE_PATHNAME', 'pmr_rtt_state_combine'
	LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION pmr.rtt_state_combine(pmr.rtt_state, pmr.rtt_state) IS 'combine function of the aggregates over round-trip times';

/* ------------------------------------------------------------------------
 * 4. Aggregates over round-trip times
 *
 * Each takes them in four forms: two timestamps with time zone, two without,
 * an interval, or seconds.  A form for timestamps without time zone is there
 * because the implicit cast would make an hour of no time at a clock change.
 *
 * SSPACE is what a group of some 100 rows takes.
 * ------------------------------------------------------------------------ */

CREATE FUNCTION pmr.rtt_sketch_transfn(pmr.rtt_state, timestamp with time zone, timestamp with time zone) RETURNS pmr.rtt_state
	AS 'MODULE_PATHNAME', 'pmr_rtt_sketch_transfn_timestamps'
	LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION pmr.rtt_sketch_transfn(pmr.rtt_state, timestamp with time zone, timestamp with time zone) IS 'transition function of rtt_sketch';

CREATE FUNCTION pmr.rtt_sketch_transfn(pmr.rtt_state, timestamp, timestamp) RETURNS pmr.rtt_state
	AS 'MODULE_PATHNAME', 'pmr_rtt_sketch_transfn_timestamps'
	LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION pmr.rtt_sketch_transfn(pmr.rtt_state, timestamp, timestamp) IS 'transition function of rtt_sketch';

CREATE FUNCTION pmr.rtt_sketch_transfn(pmr.rtt_state, interval) RETURNS pmr.rtt_state
	AS 'MODULE_PATHNAME', 'pmr_rtt_sketch_transfn_interval'
	LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION pmr.rtt_sketch_transfn(pmr.rtt_state, interval) IS 'transition function of rtt_sketch';

CREATE FUNCTION pmr.rtt_sketch_transfn(pmr.rtt_state, double precision) RETURNS pmr.rtt_state
	AS 'MODULE_PATHNAME', 'pmr_rtt_sketch_transfn_seconds'
	LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION pmr.rtt_sketch_transfn(pmr.rtt_state, double precision) IS 'transition function of rtt_sketch';

CREATE FUNCTION pmr.rtt_sketch_finalfn(pmr.rtt_state) RETURNS pmr.rtt_sketch
	AS 'MODULE_PATHNAME', 'pmr_rtt_sketch_finalfn'
	LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION pmr.rtt_sketch_finalfn(pmr.rtt_state) IS 'final function of rtt_sketch and rtt_merge';

CREATE AGGREGATE pmr.rtt_sketch(requested_at timestamp with time zone, responded_at timestamp with time zone) (
	SFUNC = pmr.rtt_sketch_transfn,
	STYPE = pmr.rtt_state,
	SSPACE = 1024,
	FINALFUNC = pmr.rtt_sketch_finalfn,
	FINALFUNC_MODIFY = READ_ONLY,
	COMBINEFUNC = pmr.rtt_state_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE pmr.rtt_sketch(timestamp with time zone, timestamp with time zone) IS 'summary of round-trip times';

CREATE AGGREGATE pmr.rtt_sketch(requested_at timestamp, responded_at timestamp) (
	SFUNC = pmr.rtt_sketch_transfn,
	STYPE = pmr.rtt_state,
	SSPACE = 1024,
	FINALFUNC = pmr.rtt_sketch_finalfn,
	FINALFUNC_MODIFY = READ_ONLY,
	COMBINEFUNC = pmr.rtt_state_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE pmr.rtt_sketch(timestamp, timestamp) IS 'summary of round-trip times';

CREATE AGGREGATE pmr.rtt_sketch(rtt interval) (
	SFUNC = pmr.rtt_sketch_transfn,
	STYPE = pmr.rtt_state,
	SSPACE = 1024,
	FINALFUNC = pmr.rtt_sketch_finalfn,
	FINALFUNC_MODIFY = READ_ONLY,
	COMBINEFUNC = pmr.rtt_state_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE pmr.rtt_sketch(interval) IS 'summary of round-trip times';

CREATE AGGREGATE pmr.rtt_sketch(rtt_s double precision) (
	SFUNC = pmr.rtt_sketch_transfn,
	STYPE = pmr.rtt_state,
	SSPACE = 1024,
	FINALFUNC = pmr.rtt_sketch_finalfn,
	FINALFUNC_MODIFY = READ_ONLY,
	COMBINEFUNC = pmr.rtt_state_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE pmr.rtt_sketch(double precision) IS 'summary of round-trip times';

CREATE FUNCTION pmr.rtt_percentile_transfn(pmr.rtt_state, timestamp with time zone, timestamp with time zone, double precision) RETURNS pmr.rtt_state
	AS 'MODULE_PATHNAME', 'pmr_rtt_percentile_transfn_timestamps'
	LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION pmr.rtt_percentile_transfn(pmr.rtt_state, timestamp with time zone, timestamp with time zone, double precision) IS 'transition function of rtt_percentile';

CREATE FUNCTION pmr.rtt_percentile_transfn(pmr.rtt_state, timestamp, timestamp, double precision) RETURNS pmr.rtt_state
	AS 'MODULE_PATHNAME', 'pmr_rtt_percentile_transfn_timestamps'
	LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION pmr.rtt_percentile_transfn(pmr.rtt_state, timestamp, timestamp, double precision) IS 'transition function of rtt_percentile';

CREATE FUNCTION pmr.rtt_percentile_transfn(pmr.rtt_state, interval, double precision) RETURNS pmr.rtt_state
	AS 'MODULE_PATHNAME', 'pmr_rtt_percentile_transfn_interval'
	LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION pmr.rtt_percentile_transfn(pmr.rtt_state, interval, double precision) IS 'transition function of rtt_percentile';

CREATE FUNCTION pmr.rtt_percentile_transfn(pmr.rtt_state, double precision, double precision) RETURNS pmr.rtt_state
	AS 'MODULE_PATHNAME', 'pmr_rtt_percentile_transfn_seconds'
	LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION pmr.rtt_percentile_transfn(pmr.rtt_state, double precision, double precision) IS 'transition function of rtt_percentile';

CREATE FUNCTION pmr.rtt_percentile_finalfn(pmr.rtt_state) RETURNS double precision
	AS 'MODULE_PATHNAME', 'pmr_rtt_percentile_finalfn'
	LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION pmr.rtt_percentile_finalfn(pmr.rtt_state) IS 'final function of rtt_percentile';

CREATE AGGREGATE pmr.rtt_percentile(requested_at timestamp with time zone, responded_at timestamp with time zone, fraction double precision) (
	SFUNC = pmr.rtt_percentile_transfn,
	STYPE = pmr.rtt_state,
	SSPACE = 1024,
	FINALFUNC = pmr.rtt_percentile_finalfn,
	FINALFUNC_MODIFY = READ_ONLY,
	COMBINEFUNC = pmr.rtt_state_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE pmr.rtt_percentile(timestamp with time zone, timestamp with time zone, double precision) IS 'percentile_disc of round-trip times, in seconds';

CREATE AGGREGATE pmr.rtt_percentile(requested_at timestamp, responded_at timestamp, fraction double precision) (
	SFUNC = pmr.rtt_percentile_transfn,
	STYPE = pmr.rtt_state,
	SSPACE = 1024,
	FINALFUNC = pmr.rtt_percentile_finalfn,
	FINALFUNC_MODIFY = READ_ONLY,
	COMBINEFUNC = pmr.rtt_state_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE pmr.rtt_percentile(timestamp, timestamp, double precision) IS 'percentile_disc of round-trip times, in seconds';

CREATE AGGREGATE pmr.rtt_percentile(rtt interval, fraction double precision) (
	SFUNC = pmr.rtt_percentile_transfn,
	STYPE = pmr.rtt_state,
	SSPACE = 1024,
	FINALFUNC = pmr.rtt_percentile_finalfn,
	FINALFUNC_MODIFY = READ_ONLY,
	COMBINEFUNC = pmr.rtt_state_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE pmr.rtt_percentile(interval, double precision) IS 'percentile_disc of round-trip times, in seconds';

CREATE AGGREGATE pmr.rtt_percentile(rtt_s double precision, fraction double precision) (
	SFUNC = pmr.rtt_percentile_transfn,
	STYPE = pmr.rtt_state,
	SSPACE = 1024,
	FINALFUNC = pmr.rtt_percentile_finalfn,
	FINALFUNC_MODIFY = READ_ONLY,
	COMBINEFUNC = pmr.rtt_state_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE pmr.rtt_percentile(double precision, double precision) IS 'percentile_disc of round-trip times, in seconds';

CREATE FUNCTION pmr.rtt_percentiles_transfn(pmr.rtt_state, timestamp with time zone, timestamp with time zone, double precision[]) RETURNS pmr.rtt_state
	AS 'MODULE_PATHNAME', 'pmr_rtt_percentiles_transfn_timestamps'
	LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION pmr.rtt_percentiles_transfn(pmr.rtt_state, timestamp with time zone, timestamp with time zone, double precision[]) IS 'transition function of rtt_percentiles';

CREATE FUNCTION pmr.rtt_percentiles_transfn(pmr.rtt_state, timestamp, timestamp, double precision[]) RETURNS pmr.rtt_state
	AS 'MODULE_PATHNAME', 'pmr_rtt_percentiles_transfn_timestamps'
	LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION pmr.rtt_percentiles_transfn(pmr.rtt_state, timestamp, timestamp, double precision[]) IS 'transition function of rtt_percentiles';

CREATE FUNCTION pmr.rtt_percentiles_transfn(pmr.rtt_state, interval, double precision[]) RETURNS pmr.rtt_state
	AS 'MODULE_PATHNAME', 'pmr_rtt_percentiles_transfn_interval'
	LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION pmr.rtt_percentiles_transfn(pmr.rtt_state, interval, double precision[]) IS 'transition function of rtt_percentiles';

CREATE FUNCTION pmr.rtt_percentiles_transfn(pmr.rtt_state, double precision, double precision[]) RETURNS pmr.rtt_state
	AS 'MODULE_PATHNAME', 'pmr_rtt_percentiles_transfn_seconds'
	LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION pmr.rtt_percentiles_transfn(pmr.rtt_state, double precision, double precision[]) IS 'transition function of rtt_percentiles';

CREATE FUNCTION pmr.rtt_percentiles_finalfn(pmr.rtt_state) RETURNS double precision[]
	AS 'MODULE_PATHNAME', 'pmr_rtt_percentiles_finalfn'
	LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION pmr.rtt_percentiles_finalfn(pmr.rtt_state) IS 'final function of rtt_percentiles';

CREATE AGGREGATE pmr.rtt_percentiles(requested_at timestamp with time zone, responded_at timestamp with time zone, fractions double precision[]) (
	SFUNC = pmr.rtt_percentiles_transfn,
	STYPE = pmr.rtt_state,
	SSPACE = 1024,
	FINALFUNC = pmr.rtt_percentiles_finalfn,
	FINALFUNC_MODIFY = READ_ONLY,
	COMBINEFUNC = pmr.rtt_state_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE pmr.rtt_percentiles(timestamp with time zone, timestamp with time zone, double precision[]) IS 'percentile_disc of round-trip times for each fraction, in seconds';

CREATE AGGREGATE pmr.rtt_percentiles(requested_at timestamp, responded_at timestamp, fractions double precision[]) (
	SFUNC = pmr.rtt_percentiles_transfn,
	STYPE = pmr.rtt_state,
	SSPACE = 1024,
	FINALFUNC = pmr.rtt_percentiles_finalfn,
	FINALFUNC_MODIFY = READ_ONLY,
	COMBINEFUNC = pmr.rtt_state_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE pmr.rtt_percentiles(timestamp, timestamp, double precision[]) IS 'percentile_disc of round-trip times for each fraction, in seconds';

CREATE AGGREGATE pmr.rtt_percentiles(rtt interval, fractions double precision[]) (
	SFUNC = pmr.rtt_percentiles_transfn,
	STYPE = pmr.rtt_state,
	SSPACE = 1024,
	FINALFUNC = pmr.rtt_percentiles_finalfn,
	FINALFUNC_MODIFY = READ_ONLY,
	COMBINEFUNC = pmr.rtt_state_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE pmr.rtt_percentiles(interval, double precision[]) IS 'percentile_disc of round-trip times for each fraction, in seconds';

CREATE AGGREGATE pmr.rtt_percentiles(rtt_s double precision, fractions double precision[]) (
	SFUNC = pmr.rtt_percentiles_transfn,
	STYPE = pmr.rtt_state,
	SSPACE = 1024,
	FINALFUNC = pmr.rtt_percentiles_finalfn,
	FINALFUNC_MODIFY = READ_ONLY,
	COMBINEFUNC = pmr.rtt_state_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE pmr.rtt_percentiles(double precision, double precision[]) IS 'percentile_disc of round-trip times for each fraction, in seconds';

CREATE FUNCTION pmr.rtt_merge_transfn(pmr.rtt_state, pmr.rtt_sketch) RETURNS pmr.rtt_state
	AS 'MODULE_PATHNAME', 'pmr_rtt_merge_transfn'
	LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION pmr.rtt_merge_transfn(pmr.rtt_state, pmr.rtt_sketch) IS 'transition function of rtt_merge';

/* Two names for one thing: without the second, the call would be a cast. */
CREATE AGGREGATE pmr.rtt_merge(sketch pmr.rtt_sketch) (
	SFUNC = pmr.rtt_merge_transfn,
	STYPE = pmr.rtt_state,
	SSPACE = 16384,
	FINALFUNC = pmr.rtt_sketch_finalfn,
	FINALFUNC_MODIFY = READ_ONLY,
	COMBINEFUNC = pmr.rtt_state_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE pmr.rtt_merge(pmr.rtt_sketch) IS 'the summary of all round-trip times in some sketches';

CREATE AGGREGATE pmr.rtt_sketch(sketch pmr.rtt_sketch) (
	SFUNC = pmr.rtt_merge_transfn,
	STYPE = pmr.rtt_state,
	SSPACE = 16384,
	FINALFUNC = pmr.rtt_sketch_finalfn,
	FINALFUNC_MODIFY = READ_ONLY,
	COMBINEFUNC = pmr.rtt_state_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE pmr.rtt_sketch(pmr.rtt_sketch) IS 'the summary of all round-trip times in some sketches, as rtt_merge';

/* ------------------------------------------------------------------------
 * 5. Aggregates of what met a given target
 *
 * Without as_of the period is closed: every target is taken as passed.
 * ------------------------------------------------------------------------ */

CREATE TYPE pmr.target_counts AS (
	met bigint,
	missed bigint,
	pending bigint,
	not_measured bigint,
	invalid bigint
);
COMMENT ON TYPE pmr.target_counts IS 'numbers of requests, by what became of their target';
COMMENT ON COLUMN pmr.target_counts.met IS 'answered within the target';
COMMENT ON COLUMN pmr.target_counts.missed IS 'answered later, or not at all';
COMMENT ON COLUMN pmr.target_counts.pending IS 'the target has not passed yet';
COMMENT ON COLUMN pmr.target_counts.not_measured IS 'no start, or no target that is known for sure';
COMMENT ON COLUMN pmr.target_counts.invalid IS 'answered before it started';

CREATE FUNCTION pmr.target_combine(bigint[], bigint[]) RETURNS bigint[]
	AS 'MODULE_PATHNAME', 'pmr_target_combine'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION pmr.target_combine(bigint[], bigint[]) IS 'combine function of the aggregates of targets';

CREATE FUNCTION pmr.target_met_finalfn(bigint[]) RETURNS double precision
	AS 'MODULE_PATHNAME', 'pmr_target_met_finalfn'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION pmr.target_met_finalfn(bigint[]) IS 'final function of target_met and srv_target_met';

CREATE FUNCTION pmr.target_counts_finalfn(bigint[]) RETURNS pmr.target_counts
	AS 'MODULE_PATHNAME', 'pmr_target_counts_finalfn'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION pmr.target_counts_finalfn(bigint[]) IS 'final function of target_counts and srv_target_counts';

CREATE FUNCTION pmr.target_transfn(bigint[], timestamp with time zone, timestamp with time zone, interval) RETURNS bigint[]
	AS 'MODULE_PATHNAME', 'pmr_target_transfn'
	LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION pmr.target_transfn(bigint[], timestamp with time zone, timestamp with time zone, interval) IS 'transition function of target_met and target_counts';

CREATE FUNCTION pmr.target_transfn(bigint[], timestamp with time zone, timestamp with time zone, interval, timestamp with time zone) RETURNS bigint[]
	AS 'MODULE_PATHNAME', 'pmr_target_transfn'
	LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION pmr.target_transfn(bigint[], timestamp with time zone, timestamp with time zone, interval, timestamp with time zone) IS 'transition function of target_met and target_counts';

CREATE FUNCTION pmr.target_transfn(bigint[], timestamp, timestamp, interval) RETURNS bigint[]
	AS 'MODULE_PATHNAME', 'pmr_target_transfn'
	LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION pmr.target_transfn(bigint[], timestamp, timestamp, interval) IS 'transition function of target_met and target_counts';

CREATE FUNCTION pmr.target_transfn(bigint[], timestamp, timestamp, interval, timestamp) RETURNS bigint[]
	AS 'MODULE_PATHNAME', 'pmr_target_transfn'
	LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION pmr.target_transfn(bigint[], timestamp, timestamp, interval, timestamp) IS 'transition function of target_met and target_counts';

CREATE AGGREGATE pmr.target_met(requested_at timestamp with time zone, answered_at timestamp with time zone, target interval) (
	SFUNC = pmr.target_transfn,
	STYPE = bigint[],
	SSPACE = 64,
	FINALFUNC = pmr.target_met_finalfn,
	FINALFUNC_MODIFY = READ_ONLY,
	COMBINEFUNC = pmr.target_combine,
	INITCOND = '{0,0,0,0,0}',
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE pmr.target_met(timestamp with time zone, timestamp with time zone, interval) IS 'percentage of requests that met the target, which has passed for all';

CREATE AGGREGATE pmr.target_met(requested_at timestamp with time zone, answered_at timestamp with time zone, target interval, as_of timestamp with time zone) (
	SFUNC = pmr.target_transfn,
	STYPE = bigint[],
	SSPACE = 64,
	FINALFUNC = pmr.target_met_finalfn,
	FINALFUNC_MODIFY = READ_ONLY,
	COMBINEFUNC = pmr.target_combine,
	INITCOND = '{0,0,0,0,0}',
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE pmr.target_met(timestamp with time zone, timestamp with time zone, interval, timestamp with time zone) IS 'percentage of requests that met the target that had passed at a time';

CREATE AGGREGATE pmr.target_met(requested_at timestamp, answered_at timestamp, target interval) (
	SFUNC = pmr.target_transfn,
	STYPE = bigint[],
	SSPACE = 64,
	FINALFUNC = pmr.target_met_finalfn,
	FINALFUNC_MODIFY = READ_ONLY,
	COMBINEFUNC = pmr.target_combine,
	INITCOND = '{0,0,0,0,0}',
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE pmr.target_met(timestamp, timestamp, interval) IS 'percentage of requests that met the target, which has passed for all';

CREATE AGGREGATE pmr.target_met(requested_at timestamp, answered_at timestamp, target interval, as_of timestamp) (
	SFUNC = pmr.target_transfn,
	STYPE = bigint[],
	SSPACE = 64,
	FINALFUNC = pmr.target_met_finalfn,
	FINALFUNC_MODIFY = READ_ONLY,
	COMBINEFUNC = pmr.target_combine,
	INITCOND = '{0,0,0,0,0}',
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE pmr.target_met(timestamp, timestamp, interval, timestamp) IS 'percentage of requests that met the target that had passed at a time';

CREATE AGGREGATE pmr.target_counts(requested_at timestamp with time zone, answered_at timestamp with time zone, target interval) (
	SFUNC = pmr.target_transfn,
	STYPE = bigint[],
	SSPACE = 64,
	FINALFUNC = pmr.target_counts_finalfn,
	FINALFUNC_MODIFY = READ_ONLY,
	COMBINEFUNC = pmr.target_combine,
	INITCOND = '{0,0,0,0,0}',
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE pmr.target_counts(timestamp with time zone, timestamp with time zone, interval) IS 'numbers of requests, by what became of the target, which has passed for all';

CREATE AGGREGATE pmr.target_counts(requested_at timestamp with time zone, answered_at timestamp with time zone, target interval, as_of timestamp with time zone) (
	SFUNC = pmr.target_transfn,
	STYPE = bigint[],
	SSPACE = 64,
	FINALFUNC = pmr.target_counts_finalfn,
	FINALFUNC_MODIFY = READ_ONLY,
	COMBINEFUNC = pmr.target_combine,
	INITCOND = '{0,0,0,0,0}',
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE pmr.target_counts(timestamp with time zone, timestamp with time zone, interval, timestamp with time zone) IS 'numbers of requests, by what became of the target at a time';

CREATE AGGREGATE pmr.target_counts(requested_at timestamp, answered_at timestamp, target interval) (
	SFUNC = pmr.target_transfn,
	STYPE = bigint[],
	SSPACE = 64,
	FINALFUNC = pmr.target_counts_finalfn,
	FINALFUNC_MODIFY = READ_ONLY,
	COMBINEFUNC = pmr.target_combine,
	INITCOND = '{0,0,0,0,0}',
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE pmr.target_counts(timestamp, timestamp, interval) IS 'numbers of requests, by what became of the target, which has passed for all';

CREATE AGGREGATE pmr.target_counts(requested_at timestamp, answered_at timestamp, target interval, as_of timestamp) (
	SFUNC = pmr.target_transfn,
	STYPE = bigint[],
	SSPACE = 64,
	FINALFUNC = pmr.target_counts_finalfn,
	FINALFUNC_MODIFY = READ_ONLY,
	COMBINEFUNC = pmr.target_combine,
	INITCOND = '{0,0,0,0,0}',
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE pmr.target_counts(timestamp, timestamp, interval, timestamp) IS 'numbers of requests, by what became of the target at a time';

/* ------------------------------------------------------------------------
 * 6. Reference tables
 *
 * A row that is shipped is builtin; a user's is not, and wins over it.  The
 * two never collide, as builtin is part of each key, and pg_dump carries the
 * user's rows alone.  So correct a shipped row by adding one of your own:
 * an UPDATE of it would be lost when the database is restored.
 *
 * What the law can change has valid_from: a row holds from then until the
 * next one of its key, and past months keep the rows of their time.
 * ------------------------------------------------------------------------ */

CREATE TABLE pmr.service_reference_variant (
	srv text NOT NULL CHECK (srv ~ '^[0-9]+([.][0-9]+){1,2}$'),
	service_reference text NOT NULL,
	name text NOT NULL,
	critical boolean NOT NULL,
	on_demand boolean NOT NULL,
	future_dated text NOT NULL CHECK (future_dated IN ('none', 'dsp', 'device', 'dsp_or_device')),
	dcc_scheduled boolean NOT NULL,
	non_device boolean NOT NULL,
	eligible_user_roles text[] NOT NULL DEFAULT '{}' CHECK (eligible_user_roles <@ '{IS,ES,GS,ED,GT,RSA,OU}'),
	status text NOT NULL DEFAULT 'confirmed' CHECK (status IN ('confirmed', 'assumed')),
	source text NOT NULL CHECK (source <> ''),
	builtin boolean NOT NULL DEFAULT false,
	PRIMARY KEY (srv, builtin)
);
SELECT pg_extension_config_dump('pmr.service_reference_variant', 'WHERE NOT builtin');
COMMENT ON TABLE pmr.service_reference_variant IS 'Service Reference Variants of the DCC User Interface Specification';
COMMENT ON COLUMN pmr.service_reference_variant.srv IS 'Service Reference Variant; text, as 7.10 is not 7.1';
COMMENT ON COLUMN pmr.service_reference_variant.future_dated IS 'who holds a future-dated request until its execution time, or none';
COMMENT ON COLUMN pmr.service_reference_variant.eligible_user_roles IS 'IS, ES import and export supplier, GS gas supplier, ED, GT network operators, RSA registered supplier agent, OU other user';

CREATE TABLE pmr.business_process (
	business_process text NOT NULL CHECK (business_process ~ '^[a-z][a-z0-9_]*$'),
	name text NOT NULL,
	report_order integer NOT NULL,
	status text NOT NULL DEFAULT 'confirmed' CHECK (status IN ('confirmed', 'assumed')),
	source text NOT NULL CHECK (source <> ''),
	builtin boolean NOT NULL DEFAULT false,
	PRIMARY KEY (business_process, builtin)
);
SELECT pg_extension_config_dump('pmr.business_process', 'WHERE NOT builtin');
COMMENT ON TABLE pmr.business_process IS 'business processes that the Performance Measurement Report is made for';
COMMENT ON COLUMN pmr.business_process.report_order IS 'position in the report';

CREATE TABLE pmr.business_process_srv (
	business_process text NOT NULL,
	srv text NOT NULL CHECK (srv ~ '^[0-9]+([.][0-9]+){1,2}$'),
	qualifier text NOT NULL DEFAULT '',
	valid_from timestamp with time zone NOT NULL DEFAULT '-infinity',
	listed boolean NOT NULL DEFAULT true,
	report_row integer NOT NULL,
	description text NOT NULL,
	note text NOT NULL DEFAULT '',
	status text NOT NULL DEFAULT 'confirmed' CHECK (status IN ('confirmed', 'assumed')),
	source text NOT NULL CHECK (source <> ''),
	builtin boolean NOT NULL DEFAULT false,
	PRIMARY KEY (business_process, srv, qualifier, builtin, valid_from)
);
SELECT pg_extension_config_dump('pmr.business_process_srv', 'WHERE NOT builtin');
COMMENT ON TABLE pmr.business_process_srv IS 'rows of the report: the SRVs of SEC H13.1A by business process, some of them in several';
COMMENT ON COLUMN pmr.business_process_srv.qualifier IS 'which requests of the SRV alone, told by their body; empty: all; a request of an unknown qualifier is in no qualified row';
COMMENT ON COLUMN pmr.business_process_srv.listed IS 'false: takes a shipped row out of the report';
COMMENT ON COLUMN pmr.business_process_srv.report_row IS 'position in the report';
COMMENT ON COLUMN pmr.business_process_srv.note IS 'what the draft modification report notes on the row';

CREATE TABLE pmr.target_response_time (
	srv text NOT NULL CHECK (srv ~ '^[0-9]+([.][0-9]+){1,2}$'),
	mode text NOT NULL CHECK (mode IN ('on_demand', 'future_dated', 'dcc_scheduled', 'non_device')),
	device_generation text NOT NULL DEFAULT 'any' CHECK (device_generation IN ('any', 'smets1', 'smets2')),
	valid_from timestamp with time zone NOT NULL DEFAULT '-infinity',
	target interval CHECK (extract(year FROM target) = 0 AND extract(month FROM target) = 0
		AND extract(epoch FROM target) BETWEEN 0 AND 9223372036854.775807),
	status text NOT NULL DEFAULT 'confirmed' CHECK (status IN ('confirmed', 'assumed')),
	source text NOT NULL CHECK (source <> ''),
	builtin boolean NOT NULL DEFAULT false,
	PRIMARY KEY (srv, mode, device_generation, builtin, valid_from)
);
SELECT pg_extension_config_dump('pmr.target_response_time', 'WHERE NOT builtin');
COMMENT ON TABLE pmr.target_response_time IS 'Target Response Times';
COMMENT ON COLUMN pmr.target_response_time.device_generation IS 'any: the generations without a row of their own';
COMMENT ON COLUMN pmr.target_response_time.valid_from IS 'in force for requests that started then or later; a row of yours wins over the shipped ones from here on';
COMMENT ON COLUMN pmr.target_response_time.target IS 'a day is 24 hours; NULL: no target from then on';

CREATE TABLE pmr.service_level (
	measure text NOT NULL CHECK (measure ~ '^[a-z][a-z0-9_]*$'),
	name text NOT NULL,
	period text NOT NULL DEFAULT 'month' CHECK (period IN ('month')),
	valid_from timestamp with time zone NOT NULL DEFAULT '-infinity',
	target_pct numeric CHECK (target_pct BETWEEN 0 AND 100),
	minimum_pct numeric CHECK (minimum_pct BETWEEN 0 AND 100),
	status text NOT NULL DEFAULT 'confirmed' CHECK (status IN ('confirmed', 'assumed')),
	source text NOT NULL CHECK (source <> ''),
	builtin boolean NOT NULL DEFAULT false,
	PRIMARY KEY (measure, builtin, valid_from),
	CHECK (minimum_pct <= target_pct)
);
SELECT pg_extension_config_dump('pmr.service_level', 'WHERE NOT builtin');
COMMENT ON TABLE pmr.service_level IS 'Target and Minimum Service Levels per measure';
COMMENT ON COLUMN pmr.service_level.measure IS 'cpm1, cpm2, or business_process for all business processes alike; a business process of its own name wins over that';
COMMENT ON COLUMN pmr.service_level.target_pct IS 'NULL: no level is set';
COMMENT ON COLUMN pmr.service_level.minimum_pct IS 'NULL: no level is set';

CREATE TABLE pmr.response_code (
	code text NOT NULL CHECK (code <> ''),
	mode text NOT NULL DEFAULT 'any' CHECK (mode IN ('any', 'on_demand', 'future_dated', 'dcc_scheduled', 'non_device')),
	class text NOT NULL CHECK (class IN ('success', 'acknowledged', 'rejected', 'no_response')),
	description text NOT NULL,
	status text NOT NULL DEFAULT 'confirmed' CHECK (status IN ('confirmed', 'assumed')),
	source text NOT NULL CHECK (source <> ''),
	builtin boolean NOT NULL DEFAULT false,
	PRIMARY KEY (code, mode, builtin)
);
SELECT pg_extension_config_dump('pmr.response_code', 'WHERE NOT builtin');
COMMENT ON TABLE pmr.response_code IS 'what a response code says of a request';
COMMENT ON COLUMN pmr.response_code.mode IS 'any: the modes without a row of their own, and requests of unknown mode';
COMMENT ON COLUMN pmr.response_code.class IS 'success and rejected are answers, acknowledged and no_response are none; a code that is not listed is an answer of no class';

CREATE TABLE pmr.party (
	party text PRIMARY KEY CHECK (party <> ''),
	name text NOT NULL,
	supplier_group text NOT NULL CHECK (supplier_group <> ''),
	category text NOT NULL CHECK (category IN ('Large Supplier', 'Small Supplier', 'Electricity Network', 'Gas Network', 'Other'))
);
SELECT pg_extension_config_dump('pmr.party', '');
COMMENT ON TABLE pmr.party IS 'SEC Parties, as the audit table names them: yours to fill';
COMMENT ON COLUMN pmr.party.supplier_group IS 'who owns the Party; what is kept apart when Parties are compared';

/* ------------------------------------------------------------------------
 * 7. Functions and aggregates that look into the reference tables
 *
 * A time without time zone is taken as UTC where it is compared with
 * valid_from, which is what the DCC's times are in.
 * ------------------------------------------------------------------------ */

CREATE FUNCTION pmr.srv_target(srv text, mode text, device_generation text, at timestamp with time zone) RETURNS interval
	AS 'MODULE_PATHNAME', 'pmr_srv_target'
	LANGUAGE C STABLE PARALLEL SAFE;
COMMENT ON FUNCTION pmr.srv_target(text, text, text, timestamp with time zone) IS 'Target Response Time of a request, or NULL where it is not known for sure';

CREATE FUNCTION pmr.srv_target(srv text, mode text, device_generation text, at timestamp) RETURNS interval
	AS 'MODULE_PATHNAME', 'pmr_srv_target'
	LANGUAGE C STABLE PARALLEL SAFE;
COMMENT ON FUNCTION pmr.srv_target(text, text, text, timestamp) IS 'Target Response Time of a request, or NULL where it is not known for sure';

CREATE FUNCTION pmr.answered_at(responded_at timestamp with time zone, response_code text, mode text) RETURNS timestamp with time zone
	AS 'MODULE_PATHNAME', 'pmr_answered_at'
	LANGUAGE C STABLE PARALLEL SAFE;
COMMENT ON FUNCTION pmr.answered_at(timestamp with time zone, text, text) IS 'when a request was answered, or NULL where the response is no answer';

CREATE FUNCTION pmr.answered_at(responded_at timestamp, response_code text, mode text) RETURNS timestamp
	AS 'MODULE_PATHNAME', 'pmr_answered_at'
	LANGUAGE C STABLE PARALLEL SAFE;
COMMENT ON FUNCTION pmr.answered_at(timestamp, text, text) IS 'when a request was answered, or NULL where the response is no answer';

CREATE FUNCTION pmr.srv_target_transfn(bigint[], text, text, timestamp with time zone, timestamp with time zone) RETURNS bigint[]
	AS 'MODULE_PATHNAME', 'pmr_srv_target_transfn'
	LANGUAGE C STABLE PARALLEL SAFE;
COMMENT ON FUNCTION pmr.srv_target_transfn(bigint[], text, text, timestamp with time zone, timestamp with time zone) IS 'transition function of srv_target_met and srv_target_counts';

CREATE FUNCTION pmr.srv_target_transfn(bigint[], text, text, timestamp with time zone, timestamp with time zone, text) RETURNS bigint[]
	AS 'MODULE_PATHNAME', 'pmr_srv_target_transfn'
	LANGUAGE C STABLE PARALLEL SAFE;
COMMENT ON FUNCTION pmr.srv_target_transfn(bigint[], text, text, timestamp with time zone, timestamp with time zone, text) IS 'transition function of srv_target_met and srv_target_counts';

CREATE FUNCTION pmr.srv_target_transfn(bigint[], text, text, timestamp with time zone, timestamp with time zone, text, timestamp with time zone) RETURNS bigint[]
	AS 'MODULE_PATHNAME', 'pmr_srv_target_transfn'
	LANGUAGE C STABLE PARALLEL SAFE;
COMMENT ON FUNCTION pmr.srv_target_transfn(bigint[], text, text, timestamp with time zone, timestamp with time zone, text, timestamp with time zone) IS 'transition function of srv_target_met and srv_target_counts';

CREATE FUNCTION pmr.srv_target_transfn(bigint[], text, text, timestamp, timestamp) RETURNS bigint[]
	AS 'MODULE_PATHNAME', 'pmr_srv_target_transfn'
	LANGUAGE C STABLE PARALLEL SAFE;
COMMENT ON FUNCTION pmr.srv_target_transfn(bigint[], text, text, timestamp, timestamp) IS 'transition function of srv_target_met and srv_target_counts';

CREATE FUNCTION pmr.srv_target_transfn(bigint[], text, text, timestamp, timestamp, text) RETURNS bigint[]
	AS 'MODULE_PATHNAME', 'pmr_srv_target_transfn'
	LANGUAGE C STABLE PARALLEL SAFE;
COMMENT ON FUNCTION pmr.srv_target_transfn(bigint[], text, text, timestamp, timestamp, text) IS 'transition function of srv_target_met and srv_target_counts';

CREATE FUNCTION pmr.srv_target_transfn(bigint[], text, text, timestamp, timestamp, text, timestamp) RETURNS bigint[]
	AS 'MODULE_PATHNAME', 'pmr_srv_target_transfn'
	LANGUAGE C STABLE PARALLEL SAFE;
COMMENT ON FUNCTION pmr.srv_target_transfn(bigint[], text, text, timestamp, timestamp, text, timestamp) IS 'transition function of srv_target_met and srv_target_counts';

CREATE AGGREGATE pmr.srv_target_met(srv text, mode text, requested_at timestamp with time zone, answered_at timestamp with time zone) (
	SFUNC = pmr.srv_target_transfn,
	STYPE = bigint[],
	SSPACE = 64,
	FINALFUNC = pmr.target_met_finalfn,
	FINALFUNC_MODIFY = READ_ONLY,
	COMBINEFUNC = pmr.target_combine,
	INITCOND = '{0,0,0,0,0}',
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE pmr.srv_target_met(text, text, timestamp with time zone, timestamp with time zone) IS 'percentage of requests that met the Target Response Time of their SRV, which has passed for all';

CREATE AGGREGATE pmr.srv_target_met(srv text, mode text, requested_at timestamp with time zone, answered_at timestamp with time zone, device_generation text) (
	SFUNC = pmr.srv_target_transfn,
	STYPE = bigint[],
	SSPACE = 64,
	FINALFUNC = pmr.target_met_finalfn,
	FINALFUNC_MODIFY = READ_ONLY,
	COMBINEFUNC = pmr.target_combine,
	INITCOND = '{0,0,0,0,0}',
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE pmr.srv_target_met(text, text, timestamp with time zone, timestamp with time zone, text) IS 'percentage of requests that met the Target Response Time of their SRV, which has passed for all';

CREATE AGGREGATE pmr.srv_target_met(srv text, mode text, requested_at timestamp with time zone, answered_at timestamp with time zone, device_generation text, as_of timestamp with time zone) (
	SFUNC = pmr.srv_target_transfn,
	STYPE = bigint[],
	SSPACE = 64,
	FINALFUNC = pmr.target_met_finalfn,
	FINALFUNC_MODIFY = READ_ONLY,
	COMBINEFUNC = pmr.target_combine,
	INITCOND = '{0,0,0,0,0}',
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE pmr.srv_target_met(text, text, timestamp with time zone, timestamp with time zone, text, timestamp with time zone) IS 'percentage of requests that met the Target Response Time of their SRV that had passed at a time';

CREATE AGGREGATE pmr.srv_target_met(srv text, mode text, requested_at timestamp, answered_at timestamp) (
	SFUNC = pmr.srv_target_transfn,
	STYPE = bigint[],
	SSPACE = 64,
	FINALFUNC = pmr.target_met_finalfn,
	FINALFUNC_MODIFY = READ_ONLY,
	COMBINEFUNC = pmr.target_combine,
	INITCOND = '{0,0,0,0,0}',
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE pmr.srv_target_met(text, text, timestamp, timestamp) IS 'percentage of requests that met the Target Response Time of their SRV, which has passed for all';

CREATE AGGREGATE pmr.srv_target_met(srv text, mode text, requested_at timestamp, answered_at timestamp, device_generation text) (
	SFUNC = pmr.srv_target_transfn,
	STYPE = bigint[],
	SSPACE = 64,
	FINALFUNC = pmr.target_met_finalfn,
	FINALFUNC_MODIFY = READ_ONLY,
	COMBINEFUNC = pmr.target_combine,
	INITCOND = '{0,0,0,0,0}',
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE pmr.srv_target_met(text, text, timestamp, timestamp, text) IS 'percentage of requests that met the Target Response Time of their SRV, which has passed for all';

CREATE AGGREGATE pmr.srv_target_met(srv text, mode text, requested_at timestamp, answered_at timestamp, device_generation text, as_of timestamp) (
	SFUNC = pmr.srv_target_transfn,
	STYPE = bigint[],
	SSPACE = 64,
	FINALFUNC = pmr.target_met_finalfn,
	FINALFUNC_MODIFY = READ_ONLY,
	COMBINEFUNC = pmr.target_combine,
	INITCOND = '{0,0,0,0,0}',
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE pmr.srv_target_met(text, text, timestamp, timestamp, text, timestamp) IS 'percentage of requests that met the Target Response Time of their SRV that had passed at a time';

CREATE AGGREGATE pmr.srv_target_counts(srv text, mode text, requested_at timestamp with time zone, answered_at timestamp with time zone) (
	SFUNC = pmr.srv_target_transfn,
	STYPE = bigint[],
	SSPACE = 64,
	FINALFUNC = pmr.target_counts_finalfn,
	FINALFUNC_MODIFY = READ_ONLY,
	COMBINEFUNC = pmr.target_combine,
	INITCOND = '{0,0,0,0,0}',
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE pmr.srv_target_counts(text, text, timestamp with time zone, timestamp with time zone) IS 'numbers of requests, by what became of the Target Response Time of their SRV, which has passed for all';

CREATE AGGREGATE pmr.srv_target_counts(srv text, mode text, requested_at timestamp with time zone, answered_at timestamp with time zone, device_generation text) (
	SFUNC = pmr.srv_target_transfn,
	STYPE = bigint[],
	SSPACE = 64,
	FINALFUNC = pmr.target_counts_finalfn,
	FINALFUNC_MODIFY = READ_ONLY,
	COMBINEFUNC = pmr.target_combine,
	INITCOND = '{0,0,0,0,0}',
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE pmr.srv_target_counts(text, text, timestamp with time zone, timestamp with time zone, text) IS 'numbers of requests, by what became of the Target Response Time of their SRV, which has passed for all';

CREATE AGGREGATE pmr.srv_target_counts(srv text, mode text, requested_at timestamp with time zone, answered_at timestamp with time zone, device_generation text, as_of timestamp with time zone) (
	SFUNC = pmr.srv_target_transfn,
	STYPE = bigint[],
	SSPACE = 64,
	FINALFUNC = pmr.target_counts_finalfn,
	FINALFUNC_MODIFY = READ_ONLY,
	COMBINEFUNC = pmr.target_combine,
	INITCOND = '{0,0,0,0,0}',
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE pmr.srv_target_counts(text, text, timestamp with time zone, timestamp with time zone, text, timestamp with time zone) IS 'numbers of requests, by what became of the Target Response Time of their SRV at a time';

CREATE AGGREGATE pmr.srv_target_counts(srv text, mode text, requested_at timestamp, answered_at timestamp) (
	SFUNC = pmr.srv_target_transfn,
	STYPE = bigint[],
	SSPACE = 64,
	FINALFUNC = pmr.target_counts_finalfn,
	FINALFUNC_MODIFY = READ_ONLY,
	COMBINEFUNC = pmr.target_combine,
	INITCOND = '{0,0,0,0,0}',
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE pmr.srv_target_counts(text, text, timestamp, timestamp) IS 'numbers of requests, by what became of the Target Response Time of their SRV, which has passed for all';

CREATE AGGREGATE pmr.srv_target_counts(srv text, mode text, requested_at timestamp, answered_at timestamp, device_generation text) (
	SFUNC = pmr.srv_target_transfn,
	STYPE = bigint[],
	SSPACE = 64,
	FINALFUNC = pmr.target_counts_finalfn,
	FINALFUNC_MODIFY = READ_ONLY,
	COMBINEFUNC = pmr.target_combine,
	INITCOND = '{0,0,0,0,0}',
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE pmr.srv_target_counts(text, text, timestamp, timestamp, text) IS 'numbers of requests, by what became of the Target Response Time of their SRV, which has passed for all';

CREATE AGGREGATE pmr.srv_target_counts(srv text, mode text, requested_at timestamp, answered_at timestamp, device_generation text, as_of timestamp) (
	SFUNC = pmr.srv_target_transfn,
	STYPE = bigint[],
	SSPACE = 64,
	FINALFUNC = pmr.target_counts_finalfn,
	FINALFUNC_MODIFY = READ_ONLY,
	COMBINEFUNC = pmr.target_combine,
	INITCOND = '{0,0,0,0,0}',
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE pmr.srv_target_counts(text, text, timestamp, timestamp, text, timestamp) IS 'numbers of requests, by what became of the Target Response Time of their SRV at a time';

/* ------------------------------------------------------------------------
 * 8. Views of the rows in force, and of what is assumed
 *
 * now() is the start of the transaction.  What srv_target finds at another
 * time is told by srv_target itself.
 * ------------------------------------------------------------------------ */

CREATE VIEW pmr.current_service_reference_variant AS
	SELECT DISTINCT ON (srv) *
	FROM pmr.service_reference_variant
	ORDER BY srv, builtin;
COMMENT ON VIEW pmr.current_service_reference_variant IS 'Service Reference Variants in force: your row where there is one';

CREATE VIEW pmr.current_business_process AS
	SELECT DISTINCT ON (business_process) *
	FROM pmr.business_process
	ORDER BY business_process, builtin;
COMMENT ON VIEW pmr.current_business_process IS 'business processes in force: your row where there is one';

CREATE VIEW pmr.current_business_process_srv AS
	SELECT *
	FROM (
		SELECT DISTINCT ON (business_process, srv, qualifier) *
		FROM pmr.business_process_srv
		WHERE valid_from <= now()
		ORDER BY business_process, srv, qualifier, builtin, valid_from DESC
	) AS in_force
	WHERE listed;
COMMENT ON VIEW pmr.current_business_process_srv IS 'rows of the report in force now: your row where there is one';

CREATE VIEW pmr.current_target_response_time AS
	SELECT DISTINCT ON (srv, mode, device_generation) *
	FROM pmr.target_response_time
	WHERE valid_from <= now()
	ORDER BY srv, mode, device_generation, builtin, valid_from DESC;
COMMENT ON VIEW pmr.current_target_response_time IS 'Target Response Times in force now: your row where there is one';

CREATE VIEW pmr.current_service_level AS
	SELECT DISTINCT ON (measure) *
	FROM pmr.service_level
	WHERE valid_from <= now()
	ORDER BY measure, builtin, valid_from DESC;
COMMENT ON VIEW pmr.current_service_level IS 'service levels in force now: your row where there is one';

CREATE VIEW pmr.current_response_code AS
	SELECT DISTINCT ON (code, mode) *
	FROM pmr.response_code
	ORDER BY code, mode, builtin;
COMMENT ON VIEW pmr.current_response_code IS 'response codes in force: your row where there is one';

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
COMMENT ON COLUMN pmr.assumption.replaced_from IS 'a row of yours holds from then on; NULL: no row of yours';

/* ------------------------------------------------------------------------
 * 9. What is shipped in the reference tables
 * ------------------------------------------------------------------------ */

INSERT INTO pmr.service_reference_variant
	(srv, service_reference, name, critical, on_demand, future_dated, dcc_scheduled, non_device,
	 eligible_user_roles, status, source, builtin)
SELECT srv, service_reference, name, critical, on_demand, future_dated, dcc_scheduled, non_device,
	eligible_user_roles, 'confirmed', 'DCC User Interface Specification', true
FROM (VALUES
	('1.1.1', '1.1', 'Update Import Tariff (Primary Element)', true, true, 'device', false, false, '{IS,GS}'::text[]),
	('1.1.2', '1.1', 'Update Import Tariff (Secondary Element)', true, true, 'device', false, false, '{IS}'::text[]),
	('1.2.1', '1.2', 'Update Price (Primary Element)', true, true, 'device', false, false, '{IS,GS}'::text[]),
	('1.2.2', '1.2', 'Update Price (Secondary Element)', true, true, 'device', false, false, '{IS}'::text[]),
	('1.5', '1.5', 'Update Meter Balance', true, true, 'none', false, false, '{IS,GS}'::text[]),
	('1.6', '1.6', 'Update Payment Mode', true, true, 'device', false, false, '{IS,GS}'::text[]),
	('1.7', '1.7', 'Reset Tariff Block Counter Matrix', true, true, 'none', false, false, '{IS}'::text[]),
	('2.1', '2.1', 'Update Prepay Configuration', true, true, 'device', false, false, '{IS,GS}'::text[]),
	('2.2', '2.2', 'Top Up Device', false, true, 'none', false, false, '{IS,GS}'::text[]),
	('2.3', '2.3', 'Update Debt', true, true, 'none', false, false, '{IS,GS}'::text[]),
	('2.5', '2.5', 'Activate Emergency Credit', true, true, 'none', false, false, '{IS,GS}'::text[]),
	('3.1', '3.1', 'Display Message', false, true, 'dsp', false, false, '{IS,GS}'::text[]),
	('3.2', '3.2', 'Restrict Access For Change Of Tenancy', false, true, 'dsp', false, false, '{IS,GS}'::text[]),
	('3.3', '3.3', 'Clear Event Log', false, true, 'none', false, false, '{IS,GS}'::text[]),
	('3.4', '3.4', 'Update Supplier Name', false, true, 'dsp', false, false, '{IS,GS}'::text[]),
	('3.5', '3.5', 'Disable Privacy PIN', false, true, 'none', false, false, '{IS,GS}'::text[]),
	('4.1.1', '4.1', 'Read Instantaneous Import Registers', false, true, 'dsp', false, false, '{IS,GS,ED,GT}'::text[]),
	('4.1.2', '4.1', 'Read Instantaneous Import TOU Matrices', false, true, 'dsp', false, false, '{IS,GS,ED,GT}'::text[]),
	('4.1.3', '4.1', 'Read Instantaneous Import TOU With Blocks Matrices', false, true, 'dsp', false, false, '{IS,ED}'::text[]),
	('4.1.4', '4.1', 'Read Instantaneous Import Block Counters', false, true, 'dsp', false, false, '{GS}'::text[]),
	('4.2', '4.2', 'Read Instantaneous Export Registers', false, true, 'dsp', false, false, '{ES,ED}'::text[]),
	('4.3', '4.3', 'Read Instantaneous Prepay Values', false, true, 'dsp', false, false, '{IS,GS}'::text[]),
	('4.4.2', '4.4', 'Retrieve Change Of Mode / Tariff Triggered Billing Data Log', false, true, 'dsp', false, false, '{IS,GS}'::text[]),
	('4.4.3', '4.4', 'Retrieve Billing Calendar Triggered Billing Data Log', false, true, 'dsp', false, false, '{IS,GS}'::text[]),
	('4.4.4', '4.4', 'Retrieve Billing Data Log (Payment Based Debt Payments)', false, true, 'dsp', false, false, '{GS,IS}'::text[]),
	('4.4.5', '4.4', 'Retrieve Billing Data Log (Prepayment Credits)', false, true, 'dsp', false, false, '{GS,IS}'::text[]),
	('4.6.1', '4.6', 'Retrieve Import Daily Read Log', false, true, 'dsp', true, false, '{IS,GS}'::text[]),
	('4.6.2', '4.6', 'Retrieve Export Daily Read Log', false, true, 'dsp', true, false, '{ES}'::text[]),
	('4.8.1', '4.8', 'Read Active Import Profile Data', false, true, 'dsp', true, false, '{IS,GS,ED,GT,OU}'::text[]),
	('4.8.2', '4.8', 'Read Reactive Import Profile Data', false, true, 'dsp', true, false, '{IS,ED,OU}'::text[]),
	('4.8.3', '4.8', 'Read Export Profile Data', false, true, 'dsp', true, false, '{ES,ED,OU}'::text[]),
	('4.10', '4.10', 'Read Network Data', false, true, 'dsp', true, false, '{IS,GS,ED,GT}'::text[]),
	('4.11.1', '4.11', 'Read Tariff (Primary Element)', false, true, 'none', false, false, '{IS,GS,OU}'::text[]),
	('4.11.2', '4.11', 'Read Tariff (Secondary Element)', false, true, 'none', false, false, '{IS,OU}'::text[]),
	('4.12.1', '4.12', 'Read Maximum Demand Import Registers', false, true, 'dsp', true, false, '{IS,ED}'::text[]),
	('4.12.2', '4.12', 'Read Maximum Demand Export Registers', false, true, 'dsp', true, false, '{ES,ED}'::text[]),
	('4.13', '4.13', 'Read Prepayment Configuration', false, true, 'dsp', false, false, '{IS,GS}'::text[]),
	('4.14', '4.14', 'Read Prepayment Daily Read Log', false, true, 'dsp', true, false, '{IS,GS}'::text[]),
	('4.15', '4.15', 'Read Load Limit Data', false, true, 'dsp', true, false, '{IS,ED}'::text[]),
	('4.16', '4.16', 'Read Active Power Import', false, true, 'none', true, false, '{IS,ED}'::text[]),
	('4.17', '4.17', 'Retrieve Daily Consumption Log', false, true, 'dsp', true, false, '{IS,GS,ED,GT,OU}'::text[]),
	('4.18', '4.18', 'Read Meter Balance', false, true, 'dsp', false, false, '{IS,GS}'::text[]),
	('5.1', '5.1', 'Create Schedule', false, false, 'none', false, true, '{IS,ES,GS,ED,GT,OU}'::text[]),
	('5.2', '5.2', 'Read Schedule', false, false, 'none', false, true, '{IS,ES,GS,ED,GT,OU}'::text[]),
	('5.3', '5.3', 'Delete Schedule', false, false, 'none', false, true, '{IS,ES,GS,ED,GT,OU}'::text[]),
	('6.2.1', '6.2', 'Read Device Configuration (Voltage)', false, true, 'none', false, false, '{IS,RSA,ED}'::text[]),
	('6.2.2', '6.2', 'Read Device Configuration (Randomisation)', false, true, 'none', false, false, '{IS,RSA,ED}'::text[]),
	('6.2.3', '6.2', 'Read Device Configuration (Billing Calendar)', false, true, 'none', false, false, '{IS,RSA,GS}'::text[]),
	('6.2.4', '6.2', 'Read Device Configuration (Identity Exc MPxN)', false, true, 'none', false, false, '{IS,ES,GS,RSA,ED,GT,OU}'::text[]),
	('6.2.5', '6.2', 'Read Device Configuration (Instantaneous Power Thresholds)', false, true, 'none', false, false, '{IS,RSA}'::text[]),
	('6.2.7', '6.2', 'Read Device Configuration (MPxN)', false, true, 'none', false, false, '{IS,ES,GS,RSA,ED,GT,OU}'::text[]),
	('6.2.8', '6.2', 'Read Device Configuration (Gas)', false, true, 'none', false, false, '{GS,RSA,GT}'::text[]),
	('6.2.9', '6.2', 'Read Device Configuration (Payment Mode)', false, true, 'none', false, false, '{IS,GS,RSA}'::text[]),
	('6.2.10', '6.2', 'Read Device Configuration (Event and Alert Behaviours)', false, true, 'none', false, false, '{IS,GS,ED}'::text[]),
	('6.4.1', '6.4', 'Update Device Configuration (Load Limiting General Settings)', true, true, 'device', false, false, '{IS}'::text[]),
	('6.4.2', '6.4', 'Update Device Configuration (Load Limiting Counter Reset)', false, true, 'dsp', false, false, '{IS}'::text[]),
	('6.5', '6.5', 'Update Device Configuration (Voltage)', false, true, 'dsp', false, false, '{ED}'::text[]),
	('6.6', '6.6', 'Update Device Configuration (Gas Conversion)', true, true, 'none', false, false, '{GS}'::text[]),
	('6.7', '6.7', 'Update Device Configuration (Gas Flow)', true, true, 'none', false, false, '{GS}'::text[]),
	('6.8', '6.8', 'Update Device Configuration (Billing Calendar)', true, true, 'none', false, false, '{IS,GS}'::text[]),
	('6.11', '6.11', 'Synchronise Clock', true, true, 'none', false, false, '{IS,GS}'::text[]),
	('6.12', '6.12', 'Update Device Configuration (Instantaneous Power Threshold)', false, true, 'dsp', false, false, '{IS}'::text[]),
	('6.13', '6.13', 'Read Event Or Security Log', false, true, 'none', false, false, '{IS,GS,ED,GT,RSA}'::text[]),
	('6.14.1', '6.14', 'Update Device Configuration (Auxiliary Load Control Description)', true, true, 'none', false, false, '{IS}'::text[]),
	('6.14.2', '6.14', 'Update Device Configuration (Auxiliary Load Control Scheduler)', true, true, 'device', false, false, '{IS}'::text[]),
	('6.14.3', '6.14', 'Update Device Configuration (Auxiliary Controller Scheduler)', true, true, 'device', false, false, '{IS}'::text[]),
	('6.15.1', '6.15', 'Update Security Credentials (KRP)', true, true, 'device', false, false, '{IS,GS,ED,GT}'::text[]),
	('6.15.2', '6.15', 'Update Security Credentials (Device)', true, true, 'none', false, false, '{IS,GS}'::text[]),
	('6.17', '6.17', 'Issue Security Credentials', true, true, 'none', false, false, '{IS,GS}'::text[]),
	('6.18.1', '6.18', 'Set Maximum Demand Configurable Time Period', false, true, 'dsp', false, false, '{ED}'::text[]),
	('6.18.2', '6.18', 'Reset Maximum Demand Registers', false, true, 'dsp', false, false, '{ED}'::text[]),
	('6.20.1', '6.20', 'Set Device Configuration (Import MPxN)', false, true, 'dsp', false, false, '{IS,GS}'::text[]),
	('6.20.2', '6.20', 'Set Device Configuration (Export MPAN)', false, true, 'dsp', false, false, '{ES}'::text[]),
	('6.21', '6.21', 'Request Handover Of DCC Controlled Device', false, true, 'dsp', false, false, '{IS,GS}'::text[]),
	('6.22', '6.22', 'Configure Alert Behaviour', false, true, 'none', false, false, '{IS,GS,ED}'::text[]),
	('6.23', '6.23', 'Update Security Credentials (CoS)', false, true, 'dsp_or_device', false, false, '{IS,GS}'::text[]),
	('6.24.1', '6.24', 'Retrieve Device Security Credentials (KRP)', false, true, 'none', false, false, '{IS,GS,ED,GT}'::text[]),
	('6.24.2', '6.24', 'Retrieve Device Security Credentials (Device)', true, true, 'none', false, false, '{IS,GS}'::text[]),
	('6.25', '6.25', 'Set Electricity Supply Tamper State', true, true, 'none', false, false, '{IS}'::text[]),
	('6.26', '6.26', 'Update Device Configuration (daily resetting of Tariff Block Counter Matrix)', true, true, 'none', false, false, '{IS}'::text[]),
	('6.27', '6.27', 'Update Device Configuration (RMS Voltage Counter Reset)', false, true, 'dsp', false, false, '{ED}'::text[]),
	('6.28', '6.28', 'Set CHF Sub GHz Configuration', false, true, 'none', false, false, '{IS,GS}'::text[]),
	('6.29', '6.29', 'Request CHF Sub GHz Channel Scan', false, true, 'none', false, false, '{IS,GS}'::text[]),
	('6.30', '6.30', 'Read CHF Sub GHz Configuration', false, true, 'none', false, false, '{IS,GS,RSA}'::text[]),
	('6.31', '6.31', 'Read CHF Sub GHz Channel', false, true, 'none', false, false, '{IS,GS,RSA}'::text[]),
	('6.32', '6.32', 'Read CHF Sub GHz Channel Log', false, true, 'none', false, false, '{IS,GS,RSA}'::text[]),
	('7.1', '7.1', 'Enable Supply', true, true, 'none', false, false, '{IS}'::text[]),
	('7.2', '7.2', 'Disable Supply', true, true, 'none', false, false, '{IS,GS}'::text[]),
	('7.3', '7.3', 'Arm Supply', true, true, 'none', false, false, '{IS,GS}'::text[]),
	('7.4', '7.4', 'Read Supply Status', false, true, 'none', false, false, '{IS,ES,GS,RSA,ED,GT}'::text[]),
	('7.5', '7.5', 'Activate Auxiliary Load', true, true, 'none', false, false, '{IS}'::text[]),
	('7.6', '7.6', 'Deactivate Auxiliary Load', true, true, 'none', false, false, '{IS}'::text[]),
	('7.7', '7.7', 'Read Auxiliary Load Switch Data', false, true, 'dsp', false, false, '{IS,ED,OU}'::text[]),
	('7.8', '7.8', 'Reset Auxiliary Load', true, true, 'none', false, false, '{IS}'::text[]),
	('7.9', '7.9', 'Add Auxiliary Load To Boost Button', false, true, 'dsp', false, false, '{IS}'::text[]),
	('7.10', '7.10', 'Remove Auxiliary Load From Boost Button', false, true, 'dsp', false, false, '{IS}'::text[]),
	('7.11', '7.11', 'Read Boost Button Details', false, true, 'dsp', false, false, '{IS,OU}'::text[]),
	('7.12', '7.12', 'Set Randomised Offset Limit', true, true, 'none', false, false, '{IS}'::text[]),
	('7.13', '7.13', 'Set Auxiliary Controller State', true, true, 'none', false, false, '{IS}'::text[]),
	('7.14', '7.14', 'Read Auxiliary Controller Configuration Data', false, true, 'dsp', false, false, '{IS,ED,OU}'::text[]),
	('7.15', '7.15', 'Read Auxiliary Controller Operational Data', false, true, 'dsp', false, false, '{IS,ED,OU}'::text[]),
	('7.16', '7.16', 'Limit APC Level', true, true, 'none', false, false, '{}'::text[]),
	('8.1.1', '8.1', 'Commission Device', true, true, 'none', false, false, '{IS,GS}'::text[]),
	('8.2', '8.2', 'Read Inventory (Current and Future Suppliers may use this Service Request)', false, false, 'none', false, true, '{IS,ES,GS,RSA,ED,GT,OU}'::text[]),
	('8.3', '8.3', 'Decommission Device', false, false, 'none', false, true, '{IS,GS}'::text[]),
	('8.4', '8.4', 'Update Inventory', false, false, 'none', false, true, '{IS,ES,GS,RSA,ED,GT,OU}'::text[]),
	('8.5', '8.5', 'Service Opt Out', false, false, 'dsp', false, false, '{}'::text[]),
	('8.6', '8.6', 'Service Opt In', false, false, 'none', false, true, '{}'::text[]),
	('8.7.1', '8.7', 'Join Service (Critical)', true, true, 'none', false, false, '{IS,GS}'::text[]),
	('8.7.2', '8.7', 'Join Service (Non-Critical)', false, true, 'none', false, false, '{IS,GS,OU}'::text[]),
	('8.8.1', '8.8', 'Unjoin Service (Critical)', true, true, 'none', false, false, '{IS,GS}'::text[]),
	('8.8.2', '8.8', 'Unjoin Service (Non-Critical)', false, true, 'none', false, false, '{IS,GS,OU}'::text[]),
	('8.9', '8.9', 'Read Device Log', false, true, 'dsp', false, false, '{IS,GS,OU}'::text[]),
	('8.11', '8.11', 'Update HAN Device Log', false, true, 'dsp', false, false, '{IS,GS,OU}'::text[]),
	('8.12.1', '8.12', 'Restore HAN Device Log', false, true, 'none', false, false, '{IS,GS}'::text[]),
	('8.12.2', '8.12', 'Restore Gas Proxy Function Device Log', false, true, 'none', false, false, '{IS,GS}'::text[]),
	('8.13', '8.13', 'Return Local Command Response', false, false, 'none', false, true, '{IS,GS}'::text[]),
	('8.14.1', '8.14', 'Communications Hub Status Update - Install Success', false, false, 'none', false, true, '{IS,GS}'::text[]),
	('8.14.2', '8.14', 'Communications Hub Status Update - Install No SM WAN', false, false, 'none', false, true, '{IS,GS}'::text[]),
	('8.14.3', '8.14', 'Communications Hub Status Update - Fault Return', false, false, 'none', false, true, '{IS,GS}'::text[]),
	('8.14.4', '8.14', 'Communications Hub Status Update - No Fault Return', false, false, 'none', false, true, '{IS,GS}'::text[]),
	('9.1', '9.1', 'Request Customer Identification Number', false, true, 'none', false, false, '{OU}'::text[]),
	('11.1', '11.1', 'Update Firmware', false, false, 'none', false, true, '{IS,GS}'::text[]),
	('11.2', '11.2', 'Read Firmware Version', false, true, 'dsp', false, false, '{IS,ES,GS,RSA,ED,GT,OU}'::text[]),
	('11.3', '11.3', 'Activate Firmware', true, true, 'device', false, false, '{IS,GS}'::text[]),
	('11.4', '11.4', 'Update PPMID Firmware', false, false, 'none', false, true, '{IS,GS}'::text[]),
	('12.1', '12.1', 'Request WAN Matrix', false, false, 'none', false, true, '{IS,ES,GS,RSA,ED,GT,OU}'::text[]),
	('12.2', '12.2', 'Device Pre-notification', false, false, 'none', false, true, '{IS,ES,GS,RSA,ED,GT,OU}'::text[]),
	('14.1', '14.1', 'Record Network Data (GAS)', false, true, 'none', true, false, '{GT}'::text[])
) AS shipped (srv, service_reference, name, critical, on_demand, future_dated, dcc_scheduled, non_device,
	eligible_user_roles);

/*
 * The draft lists the SRVs in this order, but lost the headings of its groups:
 * what belongs to which process is reconstructed, with the confidence given.
 */

INSERT INTO pmr.business_process
	(report_order, business_process, name, status, source, builtin)
SELECT report_order, business_process, name, 'assumed',
	'reconstructed: the draft modification report of 8 July 2021 lost the headings of its groups', true
FROM (VALUES
	(1, 'install_and_commission', 'Install and Commission'),
	(2, 'change_of_supplier', 'Change of Supplier'),
	(3, 'change_of_tenancy', 'Change of Tenancy'),
	(4, 'prepayment', 'Prepayment'),
	(5, 'security_credentials', 'Device Security Credentials'),
	(6, 'firmware', 'Firmware Management'),
	(7, 'communications_hub_return', 'Communications Hub Return'),
	(8, 'network_operator', 'Network Operator Configuration'),
	(9, 'meter_read', 'Meter Reads')
) AS shipped (report_order, business_process, name);

INSERT INTO pmr.business_process_srv
	(report_row, business_process, srv, qualifier, description, note, status, source, builtin)
SELECT report_row, business_process, srv, qualifier, description, note, 'assumed',
	'SRV, order and note: draft modification report of 8 July 2021; business process: reconstructed, confidence '
	|| grouping_confidence, true
FROM (VALUES
	(1, 'install_and_commission', '8.11', '', 'Update HAN Device Log', 'high', ''),
	(2, 'install_and_commission', '6.21', 'supplier_certificates', 'Request Handover of DCC Controlled Device (Update Supplier Certificates)', 'high', ''),
	(3, 'install_and_commission', '8.1.1', '', 'Commission Device', 'high', ''),
	(4, 'install_and_commission', '8.7.2', 'join_gpf_gsme', 'Join Service (Join GPF with GSME)', 'high', ''),
	(5, 'install_and_commission', '6.20.1', '', 'Set Device Configuration (Import MPxN)', 'high', ''),
	(6, 'install_and_commission', '1.1.1', '', 'Update Import Tariff (Primary Element)', 'high', ''),
	(7, 'install_and_commission', '6.8', '', 'Update Device Configuration (Billing Calendar)', 'high', ''),
	(8, 'install_and_commission', '8.14.1', '', 'Communications Hub Status Update Install Success', 'high', ''),
	(9, 'change_of_supplier', '6.23', '', 'Update Security Credentials (CoS)', 'high', ''),
	(10, 'change_of_supplier', '1.1.1', '', 'Update Import Tariff (Primary Element)', 'high', ''),
	(11, 'change_of_supplier', '6.8', '', 'Update Device Configuration (Billing Calendar)', 'high', ''),
	(12, 'change_of_tenancy', '3.2', '', 'Restrict Access for Change of Tenancy', 'high', ''),
	(13, 'change_of_tenancy', '1.1.1', '', 'Update Import Tariff (Primary Element)', 'medium', ''),
	(14, 'prepayment', '1.6', 'prepayment', 'Update Payment Mode (Payment Mode = Prepayment)', 'high', ''),
	(15, 'prepayment', '2.1', '', 'Update Prepay Configuration', 'high', ''),
	(16, 'prepayment', '2.2', 'positive_value', 'Top Up Device (Update Balance with positive value)', 'high', ''),
	(17, 'security_credentials', '6.15.2', 'digital_signature', 'Update Security Credential (Device) - Credential Type = Digital Signature', 'medium', ''),
	(18, 'security_credentials', '6.15.2', 'key_agreement', 'Update Security Credential (Device) - Credential Type = Key Agreement', 'medium', ''),
	(19, 'security_credentials', '6.17', 'digital_signature', 'Issue Security Credentials - Credential Type = Digital Signature', 'medium', ''),
	(20, 'security_credentials', '6.17', 'key_agreement', 'Issue Security Credentials - Credential Type = Key Agreement', 'medium', ''),
	(21, 'firmware', '11.1', '', 'Update Firmware', 'high',
		'In respect of SMETS2+ Devices the firmware update must have been delivered to all relevant Communications Hub Functions within five days of receipt of the Service Request.'),
	(22, 'firmware', '11.3', '', 'Activate Firmware', 'high',
		'SMETS1 five-day Target Response Time. One Service Request for each GUID.'),
	(23, 'communications_hub_return', '8.14.3', '', 'Communications Hub Status Update - Fault Return', 'high', ''),
	(24, 'communications_hub_return', '8.14.4', '', 'Communications Hub Status Update - No Fault Return', 'high', ''),
	(25, 'network_operator', '6.15.1', 'network_operator_certificates', 'Update Security Credentials (Update Network Operator Certificates)', 'medium', ''),
	(26, 'network_operator', '6.5', '', 'Update Device Configuration (Voltage)', 'medium', ''),
	(27, 'network_operator', '6.22', 'eno_alerts', 'Configure Alert Behaviour (Update ENO Alert Configuration)', 'medium',
		'The draft prints "Alter" for "Alert".'),
	(28, 'meter_read', '4.6.1', '', 'Retrieve Import Daily Read Log', 'high', ''),
	(29, 'meter_read', '4.6.2', '', 'Retrieve Export Daily Read Log', 'high', ''),
	(30, 'meter_read', '4.8.1', '', 'Read Active Import Profile Data', 'high', ''),
	(31, 'meter_read', '4.8.2', '', 'Read Reactive Import Profile Data', 'high', ''),
	(32, 'meter_read', '4.8.3', '', 'Read Export Profile Data', 'high', ''),
	(33, 'meter_read', '4.10', '', 'Read Network Data', 'high', ''),
	(34, 'meter_read', '4.17', '', 'Retrieve Daily Consumption Log', 'high', '')
) AS shipped (report_row, business_process, srv, qualifier, description, grouping_confidence, note);

INSERT INTO pmr.target_response_time
	(srv, mode, device_generation, target, status, source, builtin)
SELECT unnest(srvs), mode, device_generation, make_interval(secs => target_s), status, source, true
FROM (VALUES
	('{1.1.1,1.6,2.1,2.2,3.2,4.6.1,4.6.2,4.8.1,4.8.2,4.8.3,4.10,4.17,6.5,6.8,6.15.1,6.15.2,6.17,6.20.1,6.21,6.22,6.23,8.1.1,8.7.2,8.11,11.3}'::text[],
		'on_demand', 'any', 30, 'assumed',
		'25 s round trip leg of the Performance Measurement Methodology (March 2018) plus DCC processing; check against SEC Appendix E'),
	('{1.1.1,1.6,2.1,3.2,4.6.1,4.6.2,4.8.1,4.8.2,4.8.3,4.10,4.17,6.5,6.15.1,6.20.1,6.21,6.23,8.11,11.3}'::text[],
		'future_dated', 'any', 86400, 'assumed',
		'22 h round trip leg of the Performance Measurement Methodology (March 2018) plus DCC processing; check against SEC Appendix E'),
	('{4.6.1,4.6.2,4.8.1,4.8.2,4.8.3,4.10,4.17}'::text[],
		'dcc_scheduled', 'any', 86400, 'assumed',
		'as future dated; check against SEC Appendix E'),
	('{8.14.1,8.14.3,8.14.4}'::text[],
		'non_device', 'any', 30, 'assumed',
		'weakest assumption: no source read; check against SEC Appendix E'),
	('{11.1}'::text[],
		'non_device', 'smets2', 432000, 'confirmed',
		'draft modification report, note to SRV 11.1: delivered to all relevant Communications Hub Functions within five days of receipt'),
	('{11.3}'::text[],
		'on_demand', 'smets1', 432000, 'confirmed',
		'draft modification report, note to SRV 11.3: SMETS1 five-day Target Response Time'),
	('{11.3}'::text[],
		'future_dated', 'smets1', 432000, 'assumed',
		'the draft names no mode; taken for both')
) AS shipped (srvs, mode, device_generation, target_s, status, source);

INSERT INTO pmr.service_level
	(measure, name, period, target_pct, minimum_pct, status, source, builtin)
VALUES
	('cpm1', 'On-Demand Service Responses delivered within the applicable Target Response Time', 'month', 99, 96, 'assumed',
		'definition confirmed in the Performance Measurement Methodology (March 2018); levels recalled from SEC H13.1 and not read', true),
	('cpm2', 'Future-Dated Service Responses delivered within the applicable Target Response Time', 'month', 99, 96, 'assumed',
		'definition confirmed in the Performance Measurement Methodology (March 2018); levels recalled from SEC H13.1 and not read', true),
	('business_process', 'Service Requests of an H13.1A business process answered within the applicable Target Response Time', 'month', NULL, NULL, 'assumed',
		'the draft modification report names no level; a Party sets its own', true);

INSERT INTO pmr.response_code
	(code, mode, class, description, status, source, builtin)
SELECT code, mode, class, description, 'confirmed', 'DCC User Interface Specification', true
FROM (VALUES
	('I0', 'any', 'success', 'Service Response: the request succeeded'),
	('I99', 'any', 'acknowledged', 'request accepted and passed access control; not yet a response: the Service Response follows'),
	('I99', 'non_device', 'success', 'a non-device request is answered at once'),
	('E1', 'any', 'rejected', 'user role not eligible'),
	('E2', 'any', 'rejected', 'role not eligible for the service'),
	('E3', 'any', 'rejected', 'user status not eligible'),
	('E4', 'any', 'rejected', 'user role not eligible for the device'),
	('E5', 'any', 'rejected', 'device status not eligible'),
	('E11', 'any', 'rejected', 'service not valid for the device type'),
	('E12', 'any', 'rejected', 'command variant not valid'),
	('E13', 'any', 'rejected', 'wrong web service address'),
	('E17', 'any', 'rejected', 'local command not allowed'),
	('E19', 'any', 'rejected', 'device does not exist'),
	('E20', 'any', 'no_response', 'cannot communicate with the device'),
	('E21', 'any', 'no_response', 'no response received from the device'),
	('E30', 'any', 'no_response', 'future-dated command timed out')
) AS shipped (code, mode, class, description);

/* ------------------------------------------------------------------------
 * 10. Who may do what
 *
 * Everybody may call what is meant to be called and read what is shipped,
 * whatever the default privileges of who installs this.  Support functions of
 * the aggregates are nobody's to call: an aggregate's owner needs the right,
 * not its caller.
 * ------------------------------------------------------------------------ */

GRANT USAGE ON SCHEMA pmr TO PUBLIC;
GRANT USAGE ON TYPE pmr.rtt_sketch, pmr.rtt_state, pmr.target_counts TO PUBLIC;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA pmr TO PUBLIC;
GRANT SELECT ON
	pmr.service_reference_variant, pmr.business_process, pmr.business_process_srv,
	pmr.target_response_time, pmr.service_level, pmr.response_code,
	pmr.current_service_reference_variant, pmr.current_business_process,
	pmr.current_business_process_srv, pmr.current_target_response_time,
	pmr.current_service_level, pmr.current_response_code, pmr.assumption
TO PUBLIC;

REVOKE ALL ON FUNCTION
	pmr.rtt_state_combine(pmr.rtt_state, pmr.rtt_state),
	pmr.rtt_sketch_transfn(pmr.rtt_state, timestamp with time zone, timestamp with time zone),
	pmr.rtt_sketch_transfn(pmr.rtt_state, timestamp, timestamp),
	pmr.rtt_sketch_transfn(pmr.rtt_state, interval),
	pmr.rtt_sketch_transfn(pmr.rtt_state, double precision),
	pmr.rtt_sketch_finalfn(pmr.rtt_state),
	pmr.rtt_percentile_transfn(pmr.rtt_state, timestamp with time zone, timestamp with time zone, double precision),
	pmr.rtt_percentile_transfn(pmr.rtt_state, timestamp, timestamp, double precision),
	pmr.rtt_percentile_transfn(pmr.rtt_state, interval, double precision),
	pmr.rtt_percentile_transfn(pmr.rtt_state, double precision, double precision),
	pmr.rtt_percentile_finalfn(pmr.rtt_state),
	pmr.rtt_percentiles_transfn(pmr.rtt_state, timestamp with time zone, timestamp with time zone, double precision[]),
	pmr.rtt_percentiles_transfn(pmr.rtt_state, timestamp, timestamp, double precision[]),
	pmr.rtt_percentiles_transfn(pmr.rtt_state, interval, double precision[]),
	pmr.rtt_percentiles_transfn(pmr.rtt_state, double precision, double precision[]),
	pmr.rtt_percentiles_finalfn(pmr.rtt_state),
	pmr.rtt_merge_transfn(pmr.rtt_state, pmr.rtt_sketch),
	pmr.target_combine(bigint[], bigint[]),
	pmr.target_met_finalfn(bigint[]),
	pmr.target_counts_finalfn(bigint[]),
	pmr.target_transfn(bigint[], timestamp with time zone, timestamp with time zone, interval),
	pmr.target_transfn(bigint[], timestamp with time zone, timestamp with time zone, interval, timestamp with time zone),
	pmr.target_transfn(bigint[], timestamp, timestamp, interval),
	pmr.target_transfn(bigint[], timestamp, timestamp, interval, timestamp),
	pmr.srv_target_transfn(bigint[], text, text, timestamp with time zone, timestamp with time zone),
	pmr.srv_target_transfn(bigint[], text, text, timestamp with time zone, timestamp with time zone, text),
	pmr.srv_target_transfn(bigint[], text, text, timestamp with time zone, timestamp with time zone, text, timestamp with time zone),
	pmr.srv_target_transfn(bigint[], text, text, timestamp, timestamp),
	pmr.srv_target_transfn(bigint[], text, text, timestamp, timestamp, text),
	pmr.srv_target_transfn(bigint[], text, text, timestamp, timestamp, text, timestamp)
FROM PUBLIC;
