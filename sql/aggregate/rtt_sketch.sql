/*
 * Type rtt_sketch: round-trip times in a form that can be stored and merged
 *
 * Two sketches of the same times have the same bytes, so the comparison functions
 * are those of bytea.  The order has no meaning of its own, but DISTINCT, GROUP BY,
 * EXCEPT and REFRESH MATERIALIZED VIEW CONCURRENTLY need one.
 *
 * The aggregate takes round-trip times in four forms: two timestamps with time
 * zone, two timestamps without time zone, an interval, or seconds.  Timestamps
 * without time zone need a form of their own, because the implicit cast to
 * timestamptz would add or lose an hour at a clock change.
 *
 * SSPACE is the memory of a group of about 100 rows.  COST of C functions: CPU
 * time as a multiple of pg_column_size, 8 ns, for sketches of 123 times (184 bytes);
 * rounded, and 1 where it would be less than 3.
 */

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

/* external: the bytes are packed already, so pglz could not compress them */
CREATE TYPE pmr.rtt_sketch (
	INPUT = pmr.rtt_sketch_in,
	OUTPUT = pmr.rtt_sketch_out,
	RECEIVE = pmr.rtt_sketch_recv,
	SEND = pmr.rtt_sketch_send,
	INTERNALLENGTH = VARIABLE,
	ALIGNMENT = int4,
	STORAGE = external
);
COMMENT ON TYPE pmr.rtt_sketch IS 'sketch of round-trip times: percentiles are exact up to 1024 distinct times, then within 0.4 %';

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
COMMENT ON OPERATOR pmr.= (pmr.rtt_sketch, pmr.rtt_sketch) IS 'equal: the sketches have the same bytes';

CREATE OPERATOR pmr.<> (
	LEFTARG = pmr.rtt_sketch, RIGHTARG = pmr.rtt_sketch,
	FUNCTION = pmr.rtt_sketch_ne,
	COMMUTATOR = OPERATOR(pmr.<>), NEGATOR = OPERATOR(pmr.=),
	RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR pmr.<> (pmr.rtt_sketch, pmr.rtt_sketch) IS 'not equal';

CREATE OPERATOR pmr.< (
	LEFTARG = pmr.rtt_sketch, RIGHTARG = pmr.rtt_sketch,
	FUNCTION = pmr.rtt_sketch_lt,
	COMMUTATOR = OPERATOR(pmr.>), NEGATOR = OPERATOR(pmr.>=),
	RESTRICT = scalarltsel, JOIN = scalarltjoinsel
);
COMMENT ON OPERATOR pmr.< (pmr.rtt_sketch, pmr.rtt_sketch) IS 'less than, in byte-wise order';

CREATE OPERATOR pmr.<= (
	LEFTARG = pmr.rtt_sketch, RIGHTARG = pmr.rtt_sketch,
	FUNCTION = pmr.rtt_sketch_le,
	COMMUTATOR = OPERATOR(pmr.>=), NEGATOR = OPERATOR(pmr.>),
	RESTRICT = scalarlesel, JOIN = scalarlejoinsel
);
COMMENT ON OPERATOR pmr.<= (pmr.rtt_sketch, pmr.rtt_sketch) IS 'less than or equal, in byte-wise order';

CREATE OPERATOR pmr.> (
	LEFTARG = pmr.rtt_sketch, RIGHTARG = pmr.rtt_sketch,
	FUNCTION = pmr.rtt_sketch_gt,
	COMMUTATOR = OPERATOR(pmr.<), NEGATOR = OPERATOR(pmr.<=),
	RESTRICT = scalargtsel, JOIN = scalargtjoinsel
);
COMMENT ON OPERATOR pmr.> (pmr.rtt_sketch, pmr.rtt_sketch) IS 'greater than, in byte-wise order';

CREATE OPERATOR pmr.>= (
	LEFTARG = pmr.rtt_sketch, RIGHTARG = pmr.rtt_sketch,
	FUNCTION = pmr.rtt_sketch_ge,
	COMMUTATOR = OPERATOR(pmr.<=), NEGATOR = OPERATOR(pmr.<),
	RESTRICT = scalargesel, JOIN = scalargejoinsel
);
COMMENT ON OPERATOR pmr.>= (pmr.rtt_sketch, pmr.rtt_sketch) IS 'greater than or equal, in byte-wise order';

CREATE OPERATOR CLASS pmr.rtt_sketch_ops
	DEFAULT FOR TYPE pmr.rtt_sketch USING btree AS
	OPERATOR 1 pmr.<,
	OPERATOR 2 pmr.<=,
	OPERATOR 3 pmr.=,
	OPERATOR 4 pmr.>=,
	OPERATOR 5 pmr.>,
	FUNCTION 1 pmr.rtt_sketch_cmp(pmr.rtt_sketch, pmr.rtt_sketch);
COMMENT ON OPERATOR CLASS pmr.rtt_sketch_ops USING btree IS 'byte-wise order, which has no meaning of its own';
COMMENT ON OPERATOR FAMILY pmr.rtt_sketch_ops USING btree IS 'byte-wise order, which has no meaning of its own';

CREATE OPERATOR CLASS pmr.rtt_sketch_ops
	DEFAULT FOR TYPE pmr.rtt_sketch USING hash AS
	OPERATOR 1 pmr.=,
	FUNCTION 1 pmr.rtt_sketch_hash(pmr.rtt_sketch),
	FUNCTION 2 pmr.rtt_sketch_hash_extended(pmr.rtt_sketch, bigint);
COMMENT ON OPERATOR CLASS pmr.rtt_sketch_ops USING hash IS 'equality of sketches';
COMMENT ON OPERATOR FAMILY pmr.rtt_sketch_ops USING hash IS 'equality of sketches';

/* Functions of a sketch */

CREATE FUNCTION pmr.rtt_merge(a pmr.rtt_sketch, b pmr.rtt_sketch) RETURNS pmr.rtt_sketch
	AS 'MODULE_PATHNAME', 'pmr_rtt_sketch_merge'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 250;
COMMENT ON FUNCTION pmr.rtt_merge(pmr.rtt_sketch, pmr.rtt_sketch) IS 'sketch of the round-trip times of both sketches';

CREATE OPERATOR pmr.+ (
	LEFTARG = pmr.rtt_sketch, RIGHTARG = pmr.rtt_sketch,
	FUNCTION = pmr.rtt_merge,
	COMMUTATOR = OPERATOR(pmr.+)
);
COMMENT ON OPERATOR pmr.+ (pmr.rtt_sketch, pmr.rtt_sketch) IS 'sketch of the round-trip times of both sketches';

CREATE FUNCTION pmr.rtt_percentile(sketch pmr.rtt_sketch, fraction double precision) RETURNS double precision
	AS 'MODULE_PATHNAME', 'pmr_rtt_sketch_percentile'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION pmr.rtt_percentile(pmr.rtt_sketch, double precision) IS 'percentile_disc of the round-trip times, in seconds';

CREATE FUNCTION pmr.rtt_percentiles(sketch pmr.rtt_sketch, fractions double precision[]) RETURNS double precision[]
	AS 'MODULE_PATHNAME', 'pmr_rtt_sketch_percentiles'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION pmr.rtt_percentiles(pmr.rtt_sketch, double precision[]) IS 'percentile_disc of the round-trip times for each fraction, in seconds';

CREATE FUNCTION pmr.rtt_within_pct(sketch pmr.rtt_sketch, "limit" interval) RETURNS double precision
	AS 'MODULE_PATHNAME', 'pmr_rtt_within_pct'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION pmr.rtt_within_pct(pmr.rtt_sketch, interval) IS 'percentage, 0 to 100, of the round-trip times that are not longer than the limit';

CREATE FUNCTION pmr.rtt_count(sketch pmr.rtt_sketch) RETURNS bigint
	AS 'MODULE_PATHNAME', 'pmr_rtt_count'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION pmr.rtt_count(pmr.rtt_sketch) IS 'number of round-trip times';

CREATE FUNCTION pmr.rtt_mean(sketch pmr.rtt_sketch) RETURNS double precision
	AS 'MODULE_PATHNAME', 'pmr_rtt_mean'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION pmr.rtt_mean(pmr.rtt_sketch) IS 'mean round-trip time, in seconds; exact';

CREATE FUNCTION pmr.rtt_min(sketch pmr.rtt_sketch) RETURNS double precision
	AS 'MODULE_PATHNAME', 'pmr_rtt_min'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION pmr.rtt_min(pmr.rtt_sketch) IS 'shortest round-trip time, in seconds; exact';

CREATE FUNCTION pmr.rtt_max(sketch pmr.rtt_sketch) RETURNS double precision
	AS 'MODULE_PATHNAME', 'pmr_rtt_max'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION pmr.rtt_max(pmr.rtt_sketch) IS 'longest round-trip time, in seconds; exact';

CREATE FUNCTION pmr.rtt_error_bound(sketch pmr.rtt_sketch) RETURNS double precision
	AS 'MODULE_PATHNAME', 'pmr_rtt_error_bound'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION pmr.rtt_error_bound(pmr.rtt_sketch) IS 'greatest relative error of a percentile of this sketch, as a percentage; 0 if the sketch is exact';

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
	LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100;
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
COMMENT ON AGGREGATE pmr.rtt_sketch(timestamp with time zone, timestamp with time zone) IS 'sketch of round-trip times';

CREATE AGGREGATE pmr.rtt_sketch(requested_at timestamp, responded_at timestamp) (
	SFUNC = pmr.rtt_sketch_transfn,
	STYPE = pmr.rtt_state,
	SSPACE = 1024,
	FINALFUNC = pmr.rtt_sketch_finalfn,
	FINALFUNC_MODIFY = READ_ONLY,
	COMBINEFUNC = pmr.rtt_state_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE pmr.rtt_sketch(timestamp, timestamp) IS 'sketch of round-trip times';

CREATE AGGREGATE pmr.rtt_sketch(rtt interval) (
	SFUNC = pmr.rtt_sketch_transfn,
	STYPE = pmr.rtt_state,
	SSPACE = 1024,
	FINALFUNC = pmr.rtt_sketch_finalfn,
	FINALFUNC_MODIFY = READ_ONLY,
	COMBINEFUNC = pmr.rtt_state_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE pmr.rtt_sketch(interval) IS 'sketch of round-trip times';

CREATE AGGREGATE pmr.rtt_sketch(rtt_s double precision) (
	SFUNC = pmr.rtt_sketch_transfn,
	STYPE = pmr.rtt_state,
	SSPACE = 1024,
	FINALFUNC = pmr.rtt_sketch_finalfn,
	FINALFUNC_MODIFY = READ_ONLY,
	COMBINEFUNC = pmr.rtt_state_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE pmr.rtt_sketch(double precision) IS 'sketch of round-trip times';

CREATE FUNCTION pmr.rtt_merge_transfn(pmr.rtt_state, pmr.rtt_sketch) RETURNS pmr.rtt_state
	AS 'MODULE_PATHNAME', 'pmr_rtt_merge_transfn'
	LANGUAGE C IMMUTABLE PARALLEL SAFE COST 200;
COMMENT ON FUNCTION pmr.rtt_merge_transfn(pmr.rtt_state, pmr.rtt_sketch) IS 'transition function of rtt_merge';

/* rtt_sketch(rtt_sketch) is the same aggregate; without it the call would be a cast. */
CREATE AGGREGATE pmr.rtt_merge(sketch pmr.rtt_sketch) (
	SFUNC = pmr.rtt_merge_transfn,
	STYPE = pmr.rtt_state,
	SSPACE = 16384,
	FINALFUNC = pmr.rtt_sketch_finalfn,
	FINALFUNC_MODIFY = READ_ONLY,
	COMBINEFUNC = pmr.rtt_state_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE pmr.rtt_merge(pmr.rtt_sketch) IS 'sketch of the round-trip times of all sketches';

CREATE AGGREGATE pmr.rtt_sketch(sketch pmr.rtt_sketch) (
	SFUNC = pmr.rtt_merge_transfn,
	STYPE = pmr.rtt_state,
	SSPACE = 16384,
	FINALFUNC = pmr.rtt_sketch_finalfn,
	FINALFUNC_MODIFY = READ_ONLY,
	COMBINEFUNC = pmr.rtt_state_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE pmr.rtt_sketch(pmr.rtt_sketch) IS 'sketch of the round-trip times of all sketches; the same as rtt_merge';
