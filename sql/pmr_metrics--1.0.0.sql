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
 *	9. Sources and their rollups: the tables
 *	10. Aggregate crosstab: a Party's month in one pass
 *	11. Who asks, and what they may see
 *	12. Sources: which relation, and what its rows say
 *	13. Refresh
 *	14. What is wrong with the rows of a source
 *	15. Figures
 *	16. Own performance
 *	17. By business process, and the report
 *	18. Publication, and what it may show to whom
 *	19. Comparison with others
 *	20. Diagnosis
 *	21. What is shipped in the reference tables
 *	22. Who may do what
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

CREATE FUNCTION pmr.target_outcome(requested_at timestamp with time zone, answered_at timestamp with time zone, target interval) RETURNS text
	AS 'MODULE_PATHNAME', 'pmr_target_outcome'
	LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION pmr.target_outcome(timestamp with time zone, timestamp with time zone, interval) IS 'what became of the target of one request, every target taken as passed: met, missed, not_measured or invalid';

CREATE FUNCTION pmr.target_outcome(requested_at timestamp with time zone, answered_at timestamp with time zone, target interval, as_of timestamp with time zone) RETURNS text
	AS 'MODULE_PATHNAME', 'pmr_target_outcome'
	LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION pmr.target_outcome(timestamp with time zone, timestamp with time zone, interval, timestamp with time zone) IS 'what became of the target of one request at a time: met, missed, pending, not_measured or invalid';

CREATE FUNCTION pmr.target_outcome(requested_at timestamp, answered_at timestamp, target interval) RETURNS text
	AS 'MODULE_PATHNAME', 'pmr_target_outcome'
	LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION pmr.target_outcome(timestamp, timestamp, interval) IS 'what became of the target of one request, every target taken as passed: met, missed, not_measured or invalid';

CREATE FUNCTION pmr.target_outcome(requested_at timestamp, answered_at timestamp, target interval, as_of timestamp) RETURNS text
	AS 'MODULE_PATHNAME', 'pmr_target_outcome'
	LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION pmr.target_outcome(timestamp, timestamp, interval, timestamp) IS 'what became of the target of one request at a time: met, missed, pending, not_measured or invalid';

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
	answered_by text NOT NULL DEFAULT 'response' CHECK (answered_by IN ('response', 'delivery')),
	status text NOT NULL DEFAULT 'confirmed' CHECK (status IN ('confirmed', 'assumed')),
	source text NOT NULL CHECK (source <> ''),
	builtin boolean NOT NULL DEFAULT false,
	PRIMARY KEY (srv, builtin)
);
SELECT pg_extension_config_dump('pmr.service_reference_variant', 'WHERE NOT builtin');
COMMENT ON TABLE pmr.service_reference_variant IS 'Service Reference Variants of the DCC User Interface Specification';
COMMENT ON COLUMN pmr.service_reference_variant.srv IS 'Service Reference Variant; text, as 7.10 is not 7.1';
COMMENT ON COLUMN pmr.service_reference_variant.future_dated IS 'who holds a future-dated request until its execution time, or none';
COMMENT ON COLUMN pmr.service_reference_variant.answered_by IS 'delivery: its target runs to when the last device has what was sent, not to the response';
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

CREATE FUNCTION pmr.response_class(response_code text, mode text) RETURNS text
	AS 'MODULE_PATHNAME', 'pmr_response_class'
	LANGUAGE C STABLE PARALLEL SAFE;
COMMENT ON FUNCTION pmr.response_class(text, text) IS 'what a response code says of a request: success, acknowledged, rejected, no_response or unclassified';

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
 * 9. Sources and their rollups
 *
 * A source is a relation whose columns bear the canonical names.  Its rollups
 * are counts and sketches: of days for totals, of months for the values of
 * each factor and for pairs of values.  A month is rolled up as a whole, in
 * one transaction and from one snapshot, so its days, its total and its
 * factors always agree.
 *
 * In the keys '' stands for a party, SRV, qualifier, business process or value
 * that the row does not give, unknown for a mode or a generation.
 * ------------------------------------------------------------------------ */

CREATE TABLE pmr.source (
	source text NOT NULL PRIMARY KEY CHECK (source <> ''),
	relation text NOT NULL,
	factors text[] NOT NULL DEFAULT '{}' CHECK (array_position(factors, NULL) IS NULL),
	region_factor text CHECK (region_factor IS NULL OR region_factor = ANY (factors)),
	report_timezone text NOT NULL DEFAULT 'UTC',
	settle_after interval NOT NULL DEFAULT '35 days' CHECK (settle_after >= interval '0' AND settle_after <= interval '100 years')
);
SELECT pg_extension_config_dump('pmr.source', '');
COMMENT ON TABLE pmr.source IS 'audit tables that reports are made from';
COMMENT ON COLUMN pmr.source.relation IS 'table or view, with its schema, quoted where needed';
COMMENT ON COLUMN pmr.source.factors IS 'columns that requests are told apart by';
COMMENT ON COLUMN pmr.source.region_factor IS 'the factor that is the region of an equal mix';
COMMENT ON COLUMN pmr.source.report_timezone IS 'time zone of days and months';
COMMENT ON COLUMN pmr.source.settle_after IS 'how long after its end a month stays open to late rows and late responses';

CREATE TABLE pmr.rollup (
	source text NOT NULL,
	month date NOT NULL,
	day date,
	party text NOT NULL,
	srv text NOT NULL,
	mode text NOT NULL,
	device_generation text NOT NULL,
	qualifier text NOT NULL,
	business_process text NOT NULL,
	factor text NOT NULL,
	value text NOT NULL,
	requests bigint NOT NULL,
	met bigint NOT NULL,
	missed bigint NOT NULL,
	pending bigint NOT NULL,
	not_measured bigint NOT NULL,
	invalid bigint NOT NULL,
	answered bigint NOT NULL,
	success bigint NOT NULL,
	rejected bigint NOT NULL,
	no_response bigint NOT NULL,
	unclassified bigint NOT NULL,
	met_success bigint NOT NULL,
	met_rejected bigint NOT NULL,
	missed_rejected bigint NOT NULL,
	pre_commands bigint NOT NULL,
	local_commands bigint NOT NULL,
	cancelled bigint NOT NULL,
	target_s double precision,
	target_status text NOT NULL,
	targets bigint NOT NULL,
	rtt pmr.rtt_sketch,
	CHECK (requests = met + missed + pending + not_measured + invalid),
	CHECK (day IS NULL OR factor = 'all')
);
SELECT pg_extension_config_dump('pmr.rollup', '');
CREATE INDEX rollup_party ON pmr.rollup (source, month, party);
COMMENT ON TABLE pmr.rollup IS 'counts and round-trip times of requests, by month and day: what the report views are made from';
COMMENT ON COLUMN pmr.rollup.day IS 'NULL: the whole month';
COMMENT ON COLUMN pmr.rollup.factor IS 'all: every request; otherwise those whose factor has the value';
COMMENT ON COLUMN pmr.rollup.requests IS 'requests received, the sum of the next five';
COMMENT ON COLUMN pmr.rollup.answered IS 'answered requests, of those neither pending nor invalid; as are all counts that follow';
COMMENT ON COLUMN pmr.rollup.unclassified IS 'answered with a response code that nobody has classified, or with none';
COMMENT ON COLUMN pmr.rollup.pre_commands IS 'command variant 4; in no other count';
COMMENT ON COLUMN pmr.rollup.local_commands IS 'command variants 2 and 6; in no other count';
COMMENT ON COLUMN pmr.rollup.cancelled IS 'cancelled before they were executed; in no other count';
COMMENT ON COLUMN pmr.rollup.target_s IS 'Target Response Time, seconds; NULL: none, or several within the month';
COMMENT ON COLUMN pmr.rollup.target_status IS 'confirmed, assumed, changed (several within the month) or none';
COMMENT ON COLUMN pmr.rollup.targets IS 'fingerprint of the rows of target_response_time that were used';
COMMENT ON COLUMN pmr.rollup.rtt IS 'seconds to the answer, of the answered';

CREATE TABLE pmr.rollup_pair (
	source text NOT NULL,
	month date NOT NULL,
	party text NOT NULL,
	srv text NOT NULL,
	mode text NOT NULL,
	device_generation text NOT NULL,
	factor_a text NOT NULL,
	factor_b text NOT NULL,
	values_a text[] NOT NULL,
	values_b text[] NOT NULL,
	measured bigint[] NOT NULL,
	missed bigint[] NOT NULL
);
SELECT pg_extension_config_dump('pmr.rollup_pair', '');
CREATE INDEX rollup_pair_party ON pmr.rollup_pair (source, month, party);
COMMENT ON TABLE pmr.rollup_pair IS 'measured and missed requests by the values of two factors at once, an element for each pair of values: what diagnose tells causes apart by';

CREATE TABLE pmr.rollup_month (
	source text NOT NULL,
	month date NOT NULL,
	as_of timestamp with time zone NOT NULL,
	settled boolean NOT NULL,
	refreshed_at timestamp with time zone NOT NULL,
	refreshed_by text NOT NULL,
	rows_read bigint NOT NULL,
	requests bigint NOT NULL,
	no_party bigint NOT NULL,
	no_srv bigint NOT NULL,
	unknown_srv bigint NOT NULL,
	unknown_mode bigint NOT NULL,
	unknown_generation bigint NOT NULL,
	unclassified bigint NOT NULL,
	negative bigint NOT NULL,
	duplicates bigint,
	success_known boolean NOT NULL,
	parties text[] NOT NULL,
	PRIMARY KEY (source, month)
);
SELECT pg_extension_config_dump('pmr.rollup_month', '');
COMMENT ON TABLE pmr.rollup_month IS 'months that are rolled up, as of when, and what was wrong with their rows';
COMMENT ON COLUMN pmr.rollup_month.as_of IS 'when a request is pending or late is asked as of this time';
COMMENT ON COLUMN pmr.rollup_month.settled IS 'as_of is past the end of the month by settle_after, so a refresh that names no days leaves it alone';
COMMENT ON COLUMN pmr.rollup_month.rows_read IS 'rows of the source, requests and those counted apart';
COMMENT ON COLUMN pmr.rollup_month.negative IS 'requests that were answered before they started';
COMMENT ON COLUMN pmr.rollup_month.duplicates IS 'rows whose request_id another row of the month has had; NULL: the source has no request_id';
COMMENT ON COLUMN pmr.rollup_month.success_known IS 'the source has a response_code';
COMMENT ON COLUMN pmr.rollup_month.parties IS 'Parties that have requests in the month';

CREATE TABLE pmr.refresh_log (
	refresh_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	source text NOT NULL,
	refreshed_by text NOT NULL,
	pid integer NOT NULL,
	as_of timestamp with time zone NOT NULL,
	from_day date,
	to_day date,
	started_at timestamp with time zone NOT NULL,
	months integer NOT NULL,
	months_done integer NOT NULL DEFAULT 0,
	rows_read bigint NOT NULL DEFAULT 0,
	done_pct double precision NOT NULL DEFAULT 0,
	expected_at timestamp with time zone,
	finished_at timestamp with time zone
);
SELECT pg_extension_config_dump('pmr.refresh_log', '');
SELECT pg_extension_config_dump('pmr.refresh_log_refresh_id_seq', '');
COMMENT ON SEQUENCE pmr.refresh_log_refresh_id_seq IS 'numbers of the runs in refresh_log';
COMMENT ON TABLE pmr.refresh_log IS 'runs of refresh: a row without finished_at is running, or was stopped';
COMMENT ON COLUMN pmr.refresh_log.from_day IS 'first day that was named; NULL: none was';
COMMENT ON COLUMN pmr.refresh_log.done_pct IS 'share of the rows that the planner expects';
COMMENT ON COLUMN pmr.refresh_log.expected_at IS 'when it will be finished if it goes on like this';

CREATE TABLE pmr.party_access (
	role_name text NOT NULL CHECK (role_name <> ''),
	party text NOT NULL CHECK (party <> ''),
	PRIMARY KEY (role_name, party)
);
SELECT pg_extension_config_dump('pmr.party_access', '');
COMMENT ON TABLE pmr.party_access IS 'which role sees the figures of which Party; * is every Party';
COMMENT ON COLUMN pmr.party_access.role_name IS 'a role, whose members see the same; it need not exist yet';

CREATE TABLE pmr.disclosure_rule (
	min_groups integer NOT NULL DEFAULT 5 CHECK (min_groups >= 3),
	min_group_requests bigint NOT NULL DEFAULT 30 CHECK (min_group_requests >= 1),
	max_share_pct double precision NOT NULL DEFAULT 50 CHECK (max_share_pct > 0 AND max_share_pct <= 100),
	max_share_of_two_pct double precision NOT NULL DEFAULT 80 CHECK (max_share_of_two_pct > 0 AND max_share_of_two_pct <= 100),
	min_groups_ranked integer NOT NULL DEFAULT 10 CHECK (min_groups_ranked >= 5)
);
SELECT pg_extension_config_dump('pmr.disclosure_rule', '');
CREATE UNIQUE INDEX disclosure_rule_one ON pmr.disclosure_rule ((true));
COMMENT ON TABLE pmr.disclosure_rule IS 'when a figure of others may be shown: no row, the defaults; at most one row, yours';
COMMENT ON COLUMN pmr.disclosure_rule.min_groups IS 'other supplier groups that it needs at least';
COMMENT ON COLUMN pmr.disclosure_rule.min_group_requests IS 'measured requests that each of them needs';
COMMENT ON COLUMN pmr.disclosure_rule.max_share_pct IS 'share of the requests that the largest group may have';
COMMENT ON COLUMN pmr.disclosure_rule.max_share_of_two_pct IS 'share of the requests that the two largest groups may have';
COMMENT ON COLUMN pmr.disclosure_rule.min_groups_ranked IS 'other supplier groups that a median and a rank need';

CREATE TABLE pmr.publication (
	source text NOT NULL,
	month date NOT NULL,
	as_of timestamp with time zone NOT NULL,
	published_at timestamp with time zone NOT NULL,
	published_by text NOT NULL,
	min_groups integer NOT NULL,
	min_group_requests bigint NOT NULL,
	max_share_pct double precision NOT NULL,
	max_share_of_two_pct double precision NOT NULL,
	min_groups_ranked integer NOT NULL,
	region_factor text,
	assumed_targets integer NOT NULL,
	PRIMARY KEY (source, month)
);
SELECT pg_extension_config_dump('pmr.publication', '');
COMMENT ON TABLE pmr.publication IS 'months whose industry side is frozen, and the rules it is shown by';
COMMENT ON COLUMN pmr.publication.assumed_targets IS 'combinations of SRV, mode and generation whose target is assumed';

CREATE TABLE pmr.publication_target (
	source text NOT NULL,
	month date NOT NULL,
	srv text NOT NULL,
	mode text NOT NULL,
	device_generation text NOT NULL,
	target_s double precision,
	target_status text NOT NULL,
	PRIMARY KEY (source, month, srv, mode, device_generation)
);
SELECT pg_extension_config_dump('pmr.publication_target', '');
COMMENT ON TABLE pmr.publication_target IS 'Target Response Times that a publication was measured against';

CREATE TABLE pmr.publication_party (
	source text NOT NULL,
	month date NOT NULL,
	party text NOT NULL CHECK (party <> ''),
	supplier_group text NOT NULL,
	category text,
	PRIMARY KEY (source, month, party)
);
SELECT pg_extension_config_dump('pmr.publication_party', '');
COMMENT ON TABLE pmr.publication_party IS 'Parties of a publication, with the supplier group and category that they had then';

CREATE TABLE pmr.publication_cell (
	source text NOT NULL,
	month date NOT NULL,
	party text NOT NULL,
	srv text NOT NULL,
	mode text NOT NULL,
	device_generation text NOT NULL,
	qualifier text NOT NULL,
	factor text NOT NULL,
	value text NOT NULL,
	measured bigint NOT NULL,
	met bigint NOT NULL,
	days integer NOT NULL,
	squares double precision NOT NULL,
	rtt pmr.rtt_sketch
);
SELECT pg_extension_config_dump('pmr.publication_cell', '');
CREATE INDEX publication_cell_party ON pmr.publication_cell (source, month, party);
COMMENT ON TABLE pmr.publication_cell IS 'what a publication was made from: nobody''s to read but who sees every Party';
COMMENT ON COLUMN pmr.publication_cell.days IS 'days with measured requests, of the total; 0 for a value of a factor';
COMMENT ON COLUMN pmr.publication_cell.squares IS 'sum of missed^2 / measured over these days';
COMMENT ON COLUMN pmr.publication_cell.rtt IS 'of the total only';

/*
 * Sums over Parties by supplier group, and which of them may be shown.  They
 * form a tree, by part_of: all, SRV and mode, generation, value of a factor,
 * stratum of the equal mix; categories are parts of an SRV and mode, too.
 */
CREATE TABLE pmr.publication_figure (
	source text NOT NULL,
	month date NOT NULL,
	figure integer NOT NULL,
	part_of integer,
	kind text NOT NULL CHECK (kind IN ('all', 'srv', 'category', 'generation', 'value', 'stratum')),
	srv text NOT NULL,
	mode text NOT NULL,
	device_generation text NOT NULL,
	qualifier text NOT NULL,
	factor text NOT NULL,
	value text NOT NULL,
	category text NOT NULL,
	total_measured bigint NOT NULL,
	total_met bigint NOT NULL,
	groups text[] NOT NULL,
	measured bigint[] NOT NULL,
	met bigint[] NOT NULL,
	p50_s double precision[],
	p95_s double precision[],
	times_shown boolean NOT NULL DEFAULT false,
	shown boolean NOT NULL,
	PRIMARY KEY (source, month, figure)
);
SELECT pg_extension_config_dump('pmr.publication_figure', '');
COMMENT ON TABLE pmr.publication_figure IS 'industry side of a publication: nobody''s to read but who sees every Party';
COMMENT ON COLUMN pmr.publication_figure.part_of IS 'figure that this one and its siblings of the same kind and factor add up to';
COMMENT ON COLUMN pmr.publication_figure.groups IS 'supplier groups, the one with the most measured requests first';
COMMENT ON COLUMN pmr.publication_figure.measured IS 'measured requests of each group';
COMMENT ON COLUMN pmr.publication_figure.met IS 'how many of these were met';
COMMENT ON COLUMN pmr.publication_figure.p50_s IS 'for each group the median of all others, to two significant digits; only where kind is srv';
COMMENT ON COLUMN pmr.publication_figure.p95_s IS 'as p50_s';
COMMENT ON COLUMN pmr.publication_figure.times_shown IS 'may readers have p50_s and p95_s';
COMMENT ON COLUMN pmr.publication_figure.shown IS 'may readers have figures made from it, each without their own group';

/* ------------------------------------------------------------------------
 * 10. Aggregate crosstab: a Party's month in one pass
 * ------------------------------------------------------------------------ */

CREATE TYPE pmr.crosstab_cell AS (
	day date,
	factor integer,
	value text,
	requests bigint,
	met bigint,
	missed bigint,
	pending bigint,
	not_measured bigint,
	invalid bigint,
	answered bigint,
	success bigint,
	rejected bigint,
	no_response bigint,
	unclassified bigint,
	met_success bigint,
	met_rejected bigint,
	missed_rejected bigint,
	pre_commands bigint,
	local_commands bigint,
	cancelled bigint,
	rtt pmr.rtt_sketch
);
COMMENT ON TYPE pmr.crosstab_cell IS 'internal: one count of a cross tabulation: of a day, of a value of a factor (numbered from 1), or of all (day NULL, factor 0)';

CREATE TYPE pmr.crosstab_pair AS (
	factor_a integer,
	factor_b integer,
	values_a text[],
	values_b text[],
	measured bigint[],
	missed bigint[]
);
COMMENT ON TYPE pmr.crosstab_pair IS 'internal: counts of two factors of a cross tabulation, one element per pair of values that occurs';

CREATE TYPE pmr.crosstab AS (
	cells pmr.crosstab_cell[],
	pairs pmr.crosstab_pair[]
);
COMMENT ON TYPE pmr.crosstab IS 'internal: what the aggregate crosstab gives';

CREATE FUNCTION pmr.crosstab_transfn(internal, date, text, text, timestamp with time zone, timestamp with time zone, text[]) RETURNS internal
	AS 'MODULE_PATHNAME', 'pmr_crosstab_transfn'
	LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION pmr.crosstab_transfn(internal, date, text, text, timestamp with time zone, timestamp with time zone, text[]) IS 'internal: transition function of crosstab';

CREATE FUNCTION pmr.crosstab_finalfn(internal) RETURNS pmr.crosstab
	AS 'MODULE_PATHNAME', 'pmr_crosstab_finalfn'
	LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION pmr.crosstab_finalfn(internal) IS 'internal: final function of crosstab';

CREATE AGGREGATE pmr.crosstab(day date, outcome text, response_class text, started_at timestamp with time zone, answered_at timestamp with time zone, factors text[]) (
	SFUNC = pmr.crosstab_transfn,
	STYPE = internal,
	SSPACE = 20000,
	FINALFUNC = pmr.crosstab_finalfn,
	FINALFUNC_MODIFY = READ_ONLY,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE pmr.crosstab(date, text, text, timestamp with time zone, timestamp with time zone, text[]) IS 'internal: counts and round-trip times of requests by day, by value of each factor, and by pairs of values';

/* ------------------------------------------------------------------------
 * 11. Who asks, and what they may see
 *
 * Views that readers use select from SECURITY DEFINER functions: a view with a
 * filter would not do, as comparison operators are leakproof and EXPLAIN
 * ANALYZE tells how many rows they let pass.  Compiling a plan (jit) would take
 * longer than most of them run, so they turn it off; and they tell how many rows
 * to expect, or what selects from them would be compiled.
 * ------------------------------------------------------------------------ */

CREATE FUNCTION pmr.reader() RETURNS oid
	AS 'MODULE_PATHNAME', 'pmr_reader'
	LANGUAGE C STABLE PARALLEL SAFE;
COMMENT ON FUNCTION pmr.reader() IS 'internal: role that asks: whom SET ROLE chose or else who logged in, also inside SECURITY DEFINER functions';

CREATE FUNCTION pmr.sees_all() RETURNS boolean
	LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	SELECT has_table_privilege(pmr.reader(), 'pmr.rollup', 'SELECT')
		OR EXISTS (SELECT FROM pmr.party_access AS a JOIN pg_roles AS r ON r.rolname = a.role_name
				   WHERE a.party = '*' AND pg_has_role(pmr.reader(), r.oid, 'USAGE'));
END;
COMMENT ON FUNCTION pmr.sees_all() IS 'does who asks see every Party''s figures: by party_access, or as they may read pmr.rollup';

CREATE FUNCTION pmr.sees_party(party text) RETURNS boolean
	LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	SELECT coalesce(pmr.sees_all()
		OR EXISTS (SELECT FROM pmr.party_access AS a JOIN pg_roles AS r ON r.rolname = a.role_name
				   WHERE a.party = sees_party.party AND pg_has_role(pmr.reader(), r.oid, 'USAGE')), false);
END;
COMMENT ON FUNCTION pmr.sees_party(text) IS 'does who asks see this Party''s figures';

/* ------------------------------------------------------------------------
 * 12. Sources: which relation, and what its rows say
 * ------------------------------------------------------------------------ */

CREATE VIEW pmr.source_column AS
	SELECT *
	FROM (VALUES
		(1, 'party', 'text', true, 'who sent the request'),
		(2, 'srv', 'text', true, 'Service Reference Variant'),
		(3, 'mode', 'text', true, 'on_demand, future_dated, dcc_scheduled or non_device'),
		(4, 'requested_at', 'time', true, 'when the request was received'),
		(5, 'responded_at', 'time', true, 'when the response came; NULL: none came'),
		(6, 'response_code', 'text', false, 'response code; without it nothing is known of success'),
		(7, 'device_generation', 'text', false, 'smets1 or smets2'),
		(8, 'qualifier', 'text', false, 'what the body of the request decides'),
		(9, 'business_process', 'text', false, 'the business process that the request was part of'),
		(10, 'due_at', 'time', false, 'execution time of a future-dated or scheduled request, its start'),
		(11, 'delivered_at', 'time', false, 'when the last Communications Hub Function had the image (11.1)'),
		(12, 'request_id', 'id', false, 'RequestID, for finding duplicates'),
		(13, 'command_variant', 'integer', false, '1 to 8; 4 is a pre-command, 2 and 6 are local'),
		(14, 'cancelled_at', 'time', false, 'when the request was cancelled'),
		(15, 'device_id', 'id', false, 'the Device'),
		(16, 'user_role', 'text', false, 'user role of the sender')
	) AS canonical (place, column_name, kind, required, description);
COMMENT ON VIEW pmr.source_column IS 'canonical columns: what add_source looks for in a relation';
COMMENT ON COLUMN pmr.source_column.kind IS 'text: text, varchar, char or an enum; time: timestamptz, or timestamp in UTC; integer: smallint, integer or bigint; id: text or uuid';

/* Is a column's own kind what a canonical column asks for?  NULL: there is none. */
CREATE FUNCTION pmr.is_of_kind(own_kind text, kind text) RETURNS boolean
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	RETURN CASE kind
		WHEN 'time' THEN own_kind IN ('timestamptz', 'timestamp')
		WHEN 'id' THEN own_kind IN ('text', 'uuid')
		ELSE own_kind = kind
	END;
COMMENT ON FUNCTION pmr.is_of_kind(text, text) IS 'internal: does the kind of a column do for a canonical one';

/*
 * The columns of a relation, with the kind of their type seen through domains,
 * and how to read them as text from the relation as r: a cast of a type that is
 * not built in would run what the type's owner wrote for it.
 */
CREATE FUNCTION pmr.relation_columns(relation regclass)
	RETURNS TABLE (place integer, column_name text, type_name text, kind text, as_text text)
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	WITH RECURSIVE base (attnum, attname, type_name, typid) AS (
		SELECT a.attnum, a.attname, format_type(a.atttypid, a.atttypmod), a.atttypid
		FROM pg_attribute AS a
		WHERE a.attrelid = relation AND a.attnum > 0 AND NOT a.attisdropped
		UNION ALL
		SELECT b.attnum, b.attname, b.type_name, t.typbasetype
		FROM base AS b JOIN pg_type AS t ON t.oid = b.typid
		WHERE t.typtype = 'd'
	)
	SELECT b.attnum::integer, b.attname::text, b.type_name,
		CASE
			WHEN t.typtype = 'e' OR t.oid IN ('text'::regtype, 'varchar'::regtype, 'bpchar'::regtype, 'name'::regtype) THEN 'text'
			WHEN t.oid IN ('timestamptz'::regtype, 'timestamp'::regtype) THEN t.typname::text
			WHEN t.oid IN ('int2'::regtype, 'int4'::regtype, 'int8'::regtype) THEN 'integer'
			WHEN t.oid = 'uuid'::regtype THEN 'uuid'
			ELSE 'other'
		END,
		CASE WHEN t.typnamespace = 'pg_catalog'::regnamespace THEN format('r.%I::text', b.attname)
			ELSE format('CASE WHEN r.%1$I IS DISTINCT FROM NULL THEN format(''%%s'', r.%1$I) END', b.attname) END
	FROM base AS b JOIN pg_type AS t ON t.oid = b.typid
	WHERE t.typtype <> 'd'
	ORDER BY b.attnum;
END;
COMMENT ON FUNCTION pmr.relation_columns(regclass) IS 'internal: columns of a relation and the kinds of their types';

/*
 * Whoever owns a view that a refresh reads decides what runs with the rights
 * of who refreshes.  So each view below the source must belong to them, or to
 * a superuser; and each table below that has an index, say, of functions of
 * others.  Returns the first that does not, or that this snapshot does not know
 * yet, or NULL.
 */
CREATE FUNCTION pmr.untrusted_relation(relation regclass) RETURNS regclass
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	WITH RECURSIVE below (oid) AS (
		SELECT relation::oid
		UNION
		SELECT n.oid
		FROM below AS b, LATERAL (
			SELECT d.refobjid FROM pg_rewrite AS r
				JOIN pg_depend AS d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid AND d.refclassid = 'pg_class'::regclass
			WHERE r.ev_class = b.oid
			UNION ALL
			SELECT i.inhrelid FROM pg_inherits AS i WHERE i.inhparent = b.oid
		) AS n (oid)
	)
	SELECT b.oid::regclass
	FROM below AS b LEFT JOIN pg_class AS c ON c.oid = b.oid LEFT JOIN pg_roles AS o ON o.oid = c.relowner
	WHERE (o.rolname = current_user OR o.rolsuper) IS NOT TRUE
	  AND (c.relkind = 'v' OR b.oid = relation
		   OR EXISTS (
			/* what the planner may run: functions of indexes, statistics, checks and partitions */
			SELECT
			FROM pg_depend AS d
				JOIN pg_proc AS f ON d.refclassid = 'pg_proc'::regclass AND f.oid = d.refobjid
					OR d.refclassid = 'pg_operator'::regclass AND f.oid = (SELECT p.oprcode FROM pg_operator AS p WHERE p.oid = d.refobjid)
					OR d.refclassid = 'pg_opclass'::regclass AND f.oid IN (
						SELECT m.amproc FROM pg_opclass AS k JOIN pg_amproc AS m ON m.amprocfamily = k.opcfamily WHERE k.oid = d.refobjid)
				JOIN pg_roles AS u ON u.oid = f.proowner
			WHERE (d.classid = 'pg_class'::regclass AND (d.objid = c.oid OR d.objid IN (SELECT i.indexrelid FROM pg_index AS i WHERE i.indrelid = c.oid))
				   OR d.classid = 'pg_constraint'::regclass AND d.objid IN (SELECT k.oid FROM pg_constraint AS k WHERE k.conrelid = c.oid)
				   OR d.classid = 'pg_statistic_ext'::regclass AND d.objid IN (SELECT t.oid FROM pg_statistic_ext AS t WHERE t.stxrelid = c.oid))
			  AND u.rolname <> current_user AND NOT u.rolsuper))
	ORDER BY b.oid <> relation, b.oid
	LIMIT 1;
END;
COMMENT ON FUNCTION pmr.untrusted_relation(regclass) IS 'internal: the source, or a view below it, that belongs neither to the current user nor to a superuser';

/*
 * A relation is locked before it is judged, or the owner of its schema could put
 * a view in its place in between.  This locks what a query would read, and runs
 * nothing.  The name must be quoted.
 */
CREATE FUNCTION pmr.lock_relation(name text) RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF EXISTS (SELECT FROM pg_prepared_statements AS p WHERE p.name = 'pmr_source_relation') THEN
		DEALLOCATE pmr_source_relation;
	END IF;
	EXECUTE format('PREPARE pmr_source_relation AS SELECT FROM %s', name);
	DEALLOCATE pmr_source_relation;
END
$$;
COMMENT ON FUNCTION pmr.lock_relation(text) IS 'internal: locks a relation, and what is below it, for reading';

/* What a CREATE VIEW over the relation could look like. */
CREATE FUNCTION pmr.view_draft(relation regclass) RETURNS text
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	WITH own AS (
		SELECT *, lower(column_name) AS name FROM pmr.relation_columns(relation)
	), guess AS (
		SELECT c.place, c.column_name AS canonical, c.required,
			(SELECT o.column_name
			 FROM own AS o
			 WHERE (o.column_name = c.column_name OR o.name ~ CASE c.column_name
					WHEN 'party' THEN 'party|supplier|user|originator'
					WHEN 'srv' THEN 'srv|service_ref|variant'
					WHEN 'mode' THEN '(^|_)mode(_|$)'
					WHEN 'requested_at' THEN 'request|sent|submitted|received'
					WHEN 'responded_at' THEN 'respon|answer|completed'
					WHEN 'response_code' THEN 'respon.*code|result'
					WHEN 'device_generation' THEN 'generation|smets'
					WHEN 'qualifier' THEN 'qualif'
					WHEN 'business_process' THEN 'process'
					WHEN 'due_at' THEN 'due|execut'
					WHEN 'delivered_at' THEN 'deliver'
					WHEN 'request_id' THEN 'request_?id|sr_?id'
					WHEN 'command_variant' THEN 'variant'
					WHEN 'cancelled_at' THEN 'cancel'
					ELSE '^$' END)
			   AND (c.column_name = o.column_name OR pmr.is_of_kind(o.kind, c.kind))
			 ORDER BY o.column_name <> c.column_name, o.place
			 LIMIT 1) AS own_name
		FROM pmr.source_column AS c
	), line AS (
		SELECT 1 AS part, g.place,
			CASE
				WHEN g.own_name IS NULL THEN
					'NULL::' || CASE WHEN g.canonical LIKE '%\_at' THEN 'timestamptz' ELSE 'text' END || ' AS ' || g.canonical
				WHEN g.own_name = g.canonical THEN g.canonical
				ELSE format('%I AS %I', g.own_name, g.canonical)
			END AS item
		FROM guess AS g
		WHERE g.required OR g.own_name IS NOT NULL
		UNION ALL
		SELECT 2, o.place, quote_ident(o.column_name)
		FROM own AS o
		WHERE NOT EXISTS (SELECT FROM guess AS g WHERE o.column_name IN (g.own_name, g.canonical))
	)
	SELECT format(E'CREATE VIEW service_request AS\nSELECT  %s\nFROM    %s;',
		string_agg(item, E',\n        ' ORDER BY part, place), relation)
	FROM line;
END;
COMMENT ON FUNCTION pmr.view_draft(regclass) IS 'internal: draft of a view over a relation that has the canonical columns, made of its own columns: to be corrected by you';

CREATE FUNCTION pmr.add_source(source text, relation regclass, factors text[] DEFAULT '{}', report_timezone text DEFAULT 'UTC', region_factor text DEFAULT NULL, settle_after interval DEFAULT '35 days')
	RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
	SET row_security = off
AS $$
DECLARE
	max_factors CONSTANT integer := 32;
	max_values CONSTANT integer := 1000;
	sample_rows CONSTANT integer := 100000;
	own_name text := (SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace WHERE c.oid = add_source.relation);
	region text := coalesce(add_source.region_factor, CASE WHEN 'region' = ANY (add_source.factors) THEN 'region' END);
	faults text[] := '{}';
	missing text[] := '{}';
	c record;
	spelled text;
	known bigint;
	number bigint;
	other regclass;
BEGIN
	IF add_source.source IS NULL OR add_source.source = '' THEN
		RAISE invalid_parameter_value USING MESSAGE = 'name of a source must not be empty';
	ELSIF add_source.relation IS NULL THEN
		RAISE invalid_parameter_value USING MESSAGE = format('relation of source "%s" must not be null', add_source.source);
	ELSIF own_name IS NULL THEN
		RAISE undefined_table USING MESSAGE = format('relation %s does not exist', add_source.relation);
	ELSIF EXISTS (SELECT FROM pg_class AS k WHERE k.oid = add_source.relation AND k.relkind NOT IN ('r', 'p', 'f', 'v', 'm')) THEN
		RAISE wrong_object_type USING MESSAGE = format('%s is no table or view', own_name);
	ELSIF EXISTS (SELECT FROM pmr.source AS s WHERE s.source = add_source.source) THEN
		RAISE duplicate_object USING MESSAGE = format('source "%s" already exists', add_source.source),
			HINT = format('pmr.drop_source(%L) removes it, with its rollups.', add_source.source);
	END IF;

	/* what can be said before a row is read */
	SELECT o INTO other FROM pmr.untrusted_relation(add_source.relation) AS o;
	IF other IS NOT NULL THEN
		faults := faults || format('%s belongs to another role, whose functions would run with your rights: have it made by you, or by a superuser', other);
	END IF;
	IF EXISTS (SELECT FROM pg_class AS k WHERE k.oid = add_source.relation AND k.relpersistence = 't') THEN
		faults := faults || format('%s is temporary, and no other session could refresh it', own_name);
	END IF;
	IF NOT has_any_column_privilege(add_source.relation, 'SELECT') THEN
		faults := faults || format('you may not read %s: GRANT SELECT', own_name);
	ELSIF row_security_active(add_source.relation) THEN
		faults := faults || format('row security hides rows of %s from you: refresh as a role that has BYPASSRLS', own_name);
	END IF;
	/* not by looking into pg_timezone_names, which fails where a file of it is broken */
	BEGIN
		IF add_source.report_timezone IS NULL OR add_source.report_timezone !~ '^[A-Za-z0-9_+/-]+$'
			OR add_source.report_timezone NOT IN ('UTC', 'GMT')
			   AND EXISTS (SELECT FROM pg_timezone_abbrevs WHERE abbrev = upper(add_source.report_timezone)) THEN
			RAISE invalid_parameter_value;
		END IF;
		PERFORM now() AT TIME ZONE add_source.report_timezone;
	EXCEPTION WHEN invalid_parameter_value THEN
		faults := faults || format('time zone "%s" is not known by a full name such as Europe/London', add_source.report_timezone);
	END;
	IF add_source.settle_after IS NULL OR add_source.settle_after < interval '0' OR add_source.settle_after > interval '100 years' THEN
		faults := faults || format('settle_after %s is not a length of time', coalesce(add_source.settle_after::text, 'NULL'));
	END IF;

	FOR c IN
		SELECT s.column_name, s.kind, s.required, r.type_name, r.kind AS own_kind
		FROM pmr.source_column AS s LEFT JOIN pmr.relation_columns(add_source.relation) AS r USING (column_name)
		ORDER BY s.place
	LOOP
		IF c.own_kind IS NULL THEN
			IF c.required THEN
				missing := missing || c.column_name;
				faults := faults || format('column %I is missing', c.column_name);
			END IF;
		ELSIF NOT pmr.is_of_kind(c.own_kind, c.kind) THEN
			faults := faults || format('column %I is of type %s: %s', c.column_name, c.type_name, CASE
				WHEN c.column_name = 'srv' THEN 'an SRV must be text, as the number 7.10 is 7.1, another SRV'
				WHEN c.kind = 'time' THEN 'cast it to timestamptz in a view'
				WHEN c.kind = 'integer' THEN 'cast it to integer in a view'
				ELSE 'cast it to text in a view' END);
		ELSIF c.own_kind = 'timestamp' THEN
			RAISE NOTICE 'column % of % has no time zone and is taken as UTC', quote_ident(c.column_name), own_name;
		END IF;
		IF c.own_kind IS NOT NULL AND NOT has_column_privilege(add_source.relation, c.column_name, 'SELECT') THEN
			faults := faults || format('you may not read column %I: GRANT SELECT', c.column_name);
		END IF;
	END LOOP;

	IF array_ndims(add_source.factors) > 1 OR array_lower(add_source.factors, 1) <> 1 THEN
		faults := faults || 'factors must be an array of one dimension that starts at 1'::text;
	ELSIF add_source.factors IS NULL OR array_position(add_source.factors, NULL) IS NOT NULL THEN
		faults := faults || 'factors must not be null'::text;
	ELSIF cardinality(add_source.factors) > max_factors THEN
		faults := faults || format('%s factors are too many: name at most %s', cardinality(add_source.factors), max_factors);
	ELSE
		FOR c IN
			SELECT f.name, r.type_name, count(*) OVER (PARTITION BY f.name) > 1 AS twice
			FROM unnest(add_source.factors) WITH ORDINALITY AS f (name, i)
				LEFT JOIN pmr.relation_columns(add_source.relation) AS r ON r.column_name = f.name
			ORDER BY f.i
		LOOP
			IF c.twice THEN
				faults := faults || format('factor %I is named twice', c.name);
			ELSIF c.name = 'all' THEN
				faults := faults || 'factor "all" is the name of the total: give the column another name in a view'::text;
			ELSIF c.type_name IS NULL THEN
				faults := faults || format('factor %I is no column of the relation', c.name);
			ELSIF NOT has_column_privilege(add_source.relation, c.name, 'SELECT') THEN
				faults := faults || format('you may not read factor %I: GRANT SELECT', c.name);
			END IF;
		END LOOP;
		IF region IS NOT NULL AND region <> ALL (add_source.factors) THEN
			faults := faults || format('region_factor %I is not among the factors', region);
		END IF;
	END IF;

	/* what only rows can say, asked of the first ones */
	IF faults = '{}' THEN
		/* locked, and then judged again, as in source_relation */
		PERFORM pmr.lock_relation(own_name);
		IF to_regclass(own_name) IS DISTINCT FROM add_source.relation OR pmr.untrusted_relation(add_source.relation) IS NOT NULL THEN
			RAISE object_in_use USING MESSAGE = format('relation %s is being replaced', own_name);
		END IF;
		FOR c IN
			SELECT r.column_name, r.as_text,
				CASE r.column_name WHEN 'mode' THEN '{on_demand,future_dated,dcc_scheduled,non_device}'::text[] ELSE '{smets1,smets2}'::text[] END AS names
			FROM pmr.relation_columns(add_source.relation) AS r
			WHERE r.column_name IN ('mode', 'device_generation')
		LOOP
			EXECUTE format('SELECT count(*) FILTER (WHERE v = ANY ($1)), string_agg(DISTINCT quote_literal(left(v, 60)) COLLATE "C", '', '') FILTER (WHERE v <> ALL ($1))
				FROM (SELECT %s FROM %s AS r LIMIT %s) AS r (v)', c.as_text, own_name, sample_rows)
				INTO known, spelled USING c.names;
			IF spelled IS NOT NULL AND known = 0 THEN
				faults := faults || format('column %I holds %s: spell it %s, in a view', c.column_name, left(spelled, 400), array_to_string(c.names, ', '));
			ELSIF spelled IS NOT NULL THEN
				RAISE WARNING 'column % of % holds also %, which will count as unknown', quote_ident(c.column_name), own_name, left(spelled, 400);
			END IF;
		END LOOP;
		FOR c IN
			SELECT f.name, r.as_text
			FROM unnest(add_source.factors) AS f (name) JOIN pmr.relation_columns(add_source.relation) AS r ON r.column_name = f.name
		LOOP
			EXECUTE format('SELECT count(*) FROM (SELECT DISTINCT v FROM (SELECT %s FROM %s AS r LIMIT %s) AS r (v)) AS d', c.as_text, own_name, sample_rows)
				INTO number;
			IF number > max_values THEN
				faults := faults || format('factor %I has %s values among the first %s rows, more than %s: group them in a view', c.name, number, sample_rows, max_values);
			END IF;
		END LOOP;
	END IF;

	IF faults <> '{}' THEN
		RAISE invalid_parameter_value USING
			MESSAGE = format('%s cannot be a source', own_name),
			DETAIL = array_to_string(faults, E'.\n') || '.',
			HINT = CASE WHEN missing <> '{}'
				THEN E'Name the columns in a view, from this draft perhaps:\n' || pmr.view_draft(add_source.relation)
				ELSE 'SELECT * FROM pmr.source_column tells what is looked for.' END;
	END IF;

	INSERT INTO pmr.source (source, relation, factors, region_factor, report_timezone, settle_after)
	VALUES (add_source.source, own_name, add_source.factors, region, add_source.report_timezone, add_source.settle_after);
	IF NOT EXISTS (SELECT FROM pmr.relation_columns(add_source.relation) AS r WHERE r.column_name = 'response_code') THEN
		RAISE NOTICE 'without a column response_code every response is an answer, and success is not known';
	END IF;
END
$$;
COMMENT ON FUNCTION pmr.add_source(text, regclass, text[], text, text, interval) IS 'names an audit table, or a view over it, to make reports from; says all that is wrong with it at once';

CREATE FUNCTION pmr.drop_source(source text) RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	DELETE FROM pmr.source AS s WHERE s.source = drop_source.source;
	IF NOT FOUND THEN
		RAISE undefined_object USING MESSAGE = format('source "%s" does not exist', drop_source.source);
	ELSIF EXISTS (SELECT FROM pmr.publication AS p WHERE p.source = drop_source.source) THEN
		RAISE object_in_use USING MESSAGE = format('source "%s" has publications', drop_source.source),
			HINT = 'Published months are a record. pmr.withdraw(source, month) removes one.';
	END IF;
	DELETE FROM pmr.rollup AS r WHERE r.source = drop_source.source;
	DELETE FROM pmr.rollup_pair AS r WHERE r.source = drop_source.source;
	DELETE FROM pmr.rollup_month AS r WHERE r.source = drop_source.source;
END
$$;
COMMENT ON FUNCTION pmr.drop_source(text) IS 'removes a source and its rollups; the audit table is not touched';

/*
 * The relation of a source as the current user may use it, checked again each
 * time: between add_source and a refresh it may have changed hands.
 */
CREATE FUNCTION pmr.source_relation(source text) RETURNS regclass
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	name text := (SELECT s.relation FROM pmr.source AS s WHERE s.source = source_relation.source);
	relation regclass := to_regclass(name);
	other regclass;
BEGIN
	IF name IS NULL THEN
		RAISE undefined_object USING MESSAGE = format('source "%s" does not exist', source_relation.source),
			HINT = 'pmr.add_source() adds one.';
	ELSIF relation IS NULL THEN
		RAISE undefined_table USING MESSAGE = format('relation %s of source "%s" does not exist', name, source_relation.source);
	END IF;
	/* as the catalog has it: to_regclass takes more for a name than a query does */
	SELECT format('%I.%I', n.nspname, c.relname) INTO name
	FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
	WHERE c.oid = relation;
	PERFORM pmr.lock_relation(name);
	relation := to_regclass(name);
	SELECT o INTO other FROM pmr.untrusted_relation(relation) AS o;
	IF other IS NOT NULL THEN
		RAISE insufficient_privilege USING
			MESSAGE = format('%s of source "%s" belongs to another role', other, source_relation.source),
			DETAIL = 'A view, or an index of functions, runs what its owner wrote with the rights of who reads it.',
			HINT = 'Refresh as its owner, or have it owned by a superuser.';
	END IF;
	RETURN relation;
END
$$;
COMMENT ON FUNCTION pmr.source_relation(text) IS 'internal: relation of a source; an error where it is not the current user''s or a superuser''s';

/*
 * The query that every figure is made from: the rows of a source as requests.
 * $1 is as_of, $2 and $3 are the times between which they were requested, $4
 * the SRVs that are answered by a delivery.
 *
 * - Commands for local delivery, pre-commands and cancelled requests are told
 *   apart by their outcome.
 * - A future-dated or scheduled request starts at its execution time; one that
 *   was rejected before that never got there, so it starts when it was sent.
 * - Where the mode is not known and due_at is given, neither is the start.
 * - What is answered by a delivery, and was not rejected, is answered when it
 *   was delivered.  Without a column that tells, it is not measured, and the
 *   response answers it.
 *
 * Texts are told apart by their bytes, and values that are long are shortened at
 * once, as an array of many would be too big.
 *
 * Sliced, it has the Parties' SRVs of one slice alone.  Which, and of how many,
 * say the columns number and slices of a relation slice, which the caller brings.
 *
 * OFFSET 0 keeps the planner from calling the functions of the inner query
 * several times a row; and a Party of rows of other months from being computed,
 * which may be an error.  What it keeps apart knows nothing of slices, or Citus
 * could not plan it for a distributed table.
 */
CREATE FUNCTION pmr.request_query(source text, sliced boolean DEFAULT false) RETURNS text
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	relation regclass := pmr.source_relation(source);
	s pmr.source;
	own jsonb := (SELECT jsonb_object_agg(column_name, kind) FROM pmr.relation_columns(relation));
	as_text jsonb := (SELECT jsonb_object_agg(c.column_name, c.as_text) FROM pmr.relation_columns(relation) AS c);
	e jsonb := '{}';
	c record;
	read_from text;
BEGIN
	SELECT * INTO s FROM pmr.source AS a WHERE a.source = request_query.source;
	FOR c IN SELECT column_name, kind, required FROM pmr.source_column LOOP
		IF NOT pmr.is_of_kind(own ->> c.column_name, c.kind) THEN
			RAISE datatype_mismatch USING MESSAGE = format('column %I of %s, which is source "%s", is no longer of a type that is read', c.column_name, s.relation, s.source),
				HINT = 'SELECT * FROM pmr.source_column tells what is.';
		ELSIF own ? c.column_name THEN
			e := e || jsonb_build_object(c.column_name, CASE
				WHEN own ->> c.column_name = 'timestamp' THEN format('r.%I AT TIME ZONE ''UTC''', c.column_name)
				WHEN c.kind IN ('text', 'id') THEN (as_text ->> c.column_name) || ' COLLATE "C"'
				WHEN c.kind = 'time' THEN format('r.%I::timestamptz', c.column_name)
				ELSE format('r.%I', c.column_name) END);
		ELSIF c.required THEN
			RAISE undefined_column USING MESSAGE = format('column %I of %s, which is source "%s", does not exist', c.column_name, s.relation, s.source);
		ELSE
			e := e || jsonb_build_object(c.column_name, CASE c.kind WHEN 'time' THEN 'NULL::timestamptz' WHEN 'integer' THEN 'NULL::integer' ELSE 'NULL::text' END);
		END IF;
	END LOOP;
	/* what came after as_of had not come yet */
	e := e || jsonb_build_object(
		'response_code', format('CASE WHEN (%s > $1) IS NOT TRUE THEN %s END', e ->> 'responded_at', e ->> 'response_code'),
		'responded_at', format('CASE WHEN %s <= $1 THEN %1$s END', e ->> 'responded_at'),
		'delivered_at', format('CASE WHEN %s <= $1 THEN %1$s END', e ->> 'delivered_at'),
		'cancelled_at', format('CASE WHEN %s <= $1 THEN %1$s END', e ->> 'cancelled_at'));
	FOR c IN SELECT f.name FROM unnest(s.factors) AS f (name) LOOP
		IF NOT own ? c.name THEN
			RAISE undefined_column USING MESSAGE = format('factor %I of source "%s" is no column of %s', c.name, s.source, s.relation);
		END IF;
	END LOOP;
	read_from := format('%s AS r WHERE r.requested_at >= $2%s AND r.requested_at < $3%2$s', relation,
		CASE WHEN own ->> 'requested_at' = 'timestamp' THEN ' AT TIME ZONE ''UTC''' ELSE '' END);
	IF sliced THEN
		read_from := format('(SELECT %s FROM %s OFFSET 0) AS r WHERE abs(hashtextextended(coalesce(%s, ''''), hashtextextended(coalesce(%s, ''''), 0)) %% slice.slices) = slice.number',
			(SELECT string_agg(format('r.%I', o.name), ', ') FROM jsonb_object_keys(own) AS o (name)
			 WHERE e ? o.name OR o.name = ANY (s.factors)),
			read_from, e ->> 'srv', e ->> 'party');
	END IF;
	RETURN format($query$
SELECT  n.*,
        CASE
            WHEN n.command_variant = 4 THEN 'pre_command'
            WHEN n.command_variant IN (2, 6) THEN 'local_command'
            WHEN isfinite(n.cancelled_at) AND (n.cancelled_at < n.due_at) IS NOT FALSE
                 AND n.class IS DISTINCT FROM 'success' THEN 'cancelled'
            ELSE pmr.target_outcome(n.started_at, n.answered_at, pmr.srv_target(n.srv, n.mode, n.device_generation, n.started_at), $1)
        END AS outcome
FROM    (SELECT m.*,
                CASE
                    WHEN m.srv = ANY ($4) AND %s AND m.class IS DISTINCT FROM 'rejected' THEN NULL
                    WHEN m.mode IN ('on_demand', 'non_device') THEN m.requested_at
                    WHEN m.mode = 'unknown' AND m.due_at IS NULL THEN m.requested_at
                    WHEN m.mode = 'unknown' THEN NULL
                    WHEN m.class = 'rejected' AND m.responded_at < m.due_at THEN m.requested_at
                    ELSE m.due_at
                END AS started_at,
                CASE WHEN m.srv = ANY ($4) AND NOT %s AND m.class IS DISTINCT FROM 'rejected' THEN m.delivered_at
                     ELSE m.response_at
                END AS answered_at
         FROM   (SELECT coalesce(%s, '') AS party,
                        coalesce(%s, '') AS srv,
                        CASE WHEN %s IN ('on_demand', 'future_dated', 'dcc_scheduled', 'non_device') THEN %s ELSE 'unknown' END AS mode,
                        CASE WHEN %s IN ('smets1', 'smets2') THEN %s ELSE 'unknown' END AS device_generation,
                        coalesce(%s, '') AS qualifier,
                        coalesce(%s, '') AS business_process,
                        (%s AT TIME ZONE %L)::date AS day,
                        %s AS requested_at, %s AS responded_at, %s AS due_at, %s AS delivered_at, %s AS cancelled_at,
                        %s AS command_variant, %s AS request_id, %s AS response_code, %s AS mode_given, %s AS generation_given,
                        pmr.response_class(%s, %s) AS class,
                        pmr.answered_at(%s, %s, %s) AS response_at,
                        ARRAY[%s]::text[] AS factors
                 FROM   %s
                 OFFSET 0) AS m) AS n$query$,
		CASE WHEN own ? 'delivered_at' THEN 'false' ELSE 'true' END,
		CASE WHEN own ? 'delivered_at' THEN 'false' ELSE 'true' END,
		e ->> 'party', e ->> 'srv', e ->> 'mode', e ->> 'mode', e ->> 'device_generation', e ->> 'device_generation',
		e ->> 'qualifier', e ->> 'business_process', e ->> 'requested_at', s.report_timezone,
		e ->> 'requested_at', e ->> 'responded_at', e ->> 'due_at', e ->> 'delivered_at', e ->> 'cancelled_at',
		e ->> 'command_variant', e ->> 'request_id', e ->> 'response_code', e ->> 'mode', e ->> 'device_generation',
		e ->> 'response_code', e ->> 'mode', e ->> 'responded_at', e ->> 'response_code', e ->> 'mode',
		(SELECT string_agg(format('pmr.short_key(%s COLLATE "C")', as_text ->> f.name), ', ' ORDER BY f.i) FROM unnest(s.factors) WITH ORDINALITY AS f (name, i)),
		read_from);
END
$$;
COMMENT ON FUNCTION pmr.request_query(text, boolean) IS 'internal: the query that makes requests of the rows of a source: what refresh and check_source run';

/* The SRVs whose requests are answered by a delivery. */
CREATE FUNCTION pmr.delivered_srvs() RETURNS text[]
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	SELECT coalesce(array_agg(srv ORDER BY srv), '{}')
	FROM pmr.current_service_reference_variant
	WHERE answered_by = 'delivery';
END;
COMMENT ON FUNCTION pmr.delivered_srvs() IS 'internal: SRVs that are answered when the last device has what was sent';

/* ------------------------------------------------------------------------
 * 13. Refresh
 * ------------------------------------------------------------------------ */

/* A key that fits into an index and a report, and still tells all apart. */
CREATE FUNCTION pmr.short_key(key text) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	RETURN CASE WHEN octet_length(key) <= 200 THEN key ELSE left(key, 40) || '~' || md5(key) END;
COMMENT ON FUNCTION pmr.short_key(text) IS 'internal: the key itself; of one longer than 200 bytes its beginning and its MD5';

/* The time at which a date begins in a source's time zone. */
CREATE FUNCTION pmr.day_start(source text, day date) RETURNS timestamp with time zone
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	SELECT day::timestamp AT TIME ZONE s.report_timezone FROM pmr.source AS s WHERE s.source = day_start.source;
END;
COMMENT ON FUNCTION pmr.day_start(text, date) IS 'internal: time at which a day of a source begins';

/*
 * A number that changes when the targets do that an SRV had before a time.
 * Rows that come into force later do not change it.
 */
CREATE FUNCTION pmr.target_fingerprint(srv text, before timestamp with time zone) RETURNS bigint
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	SELECT coalesce(hashtextextended(string_agg(concat_ws(' ', t.mode, t.device_generation, extract(epoch FROM t.valid_from), extract(epoch FROM t.target), t.builtin),
			',' ORDER BY t.mode, t.device_generation, t.builtin, t.valid_from), 0), 0)
	FROM pmr.target_response_time AS t
	WHERE t.srv = target_fingerprint.srv AND t.valid_from < before;
END;
COMMENT ON FUNCTION pmr.target_fingerprint(text, timestamp with time zone) IS 'internal: fingerprint of the Target Response Times of an SRV that are in force before a time';

/*
 * The target of requests between two times, and how sure it is.  A row that is
 * hidden by a better one but says the same may make it assumed: it errs on that
 * side.
 */
CREATE FUNCTION pmr.target_between(srv text, mode text, device_generation text, start timestamp with time zone, finish timestamp with time zone)
	RETURNS TABLE (target_s double precision, target_status text)
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	WITH edge AS (
		SELECT pmr.srv_target(srv, mode, device_generation, e.at) AS target
		FROM (SELECT start AS at
			  UNION ALL
			  SELECT t.valid_from FROM pmr.target_response_time AS t
			  WHERE t.srv = target_between.srv AND t.valid_from > start AND t.valid_from < finish) AS e
	), summary AS (
		SELECT min(target) AS target,
			count(*) FILTER (WHERE target IS NULL) NOT IN (0, count(*)) OR min(target) <> max(target) AS changed
		FROM edge
	)
	SELECT CASE WHEN NOT changed THEN extract(epoch FROM target)::double precision END,
		CASE
			WHEN changed THEN 'changed'
			WHEN target IS NULL THEN 'none'
			WHEN EXISTS (SELECT FROM pmr.target_response_time AS t
						 WHERE t.srv = target_between.srv AND t.target = summary.target AND t.status = 'assumed'
						   AND target_between.mode IN (t.mode, 'unknown')
						   AND (t.device_generation = 'any' OR target_between.device_generation IN (t.device_generation, 'unknown'))
						   AND NOT EXISTS (SELECT FROM pmr.target_response_time AS own
										   WHERE own.srv = t.srv AND own.mode = t.mode AND own.device_generation = t.device_generation
											 AND own.valid_from <= start AND NOT own.builtin AND t.builtin)) THEN 'assumed'
			ELSE 'confirmed'
		END
	FROM summary;
END;
COMMENT ON FUNCTION pmr.target_between(text, text, text, timestamp with time zone, timestamp with time zone) IS 'internal: Target Response Time of requests of a period: confirmed, assumed, changed within it, or none';

/*
 * The months to roll up: those named, or else all that have rows and are not
 * settled.  It goes from one month that has rows to the next, so a row of the
 * year 1970 costs one month, not six hundred.  Before the year 1 a month or a day
 * may not be a date, so what is older is left to check_source.
 * To look for one row of many the planner would rather read a table from its
 * start than use BRIN: hence enable_seqscan.
 */
CREATE FUNCTION pmr.refresh_months(source text, from_day date, to_day date, as_of timestamp with time zone) RETURNS date[]
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
	SET row_security = off
	SET timezone = 'UTC'
	SET enable_seqscan = off
AS $$
DECLARE
	relation regclass := pmr.source_relation(source);
	utc text := (SELECT CASE kind WHEN 'timestamp' THEN ' AT TIME ZONE ''UTC''' ELSE '' END FROM pmr.relation_columns(relation) WHERE column_name = 'requested_at');
	zone text := (SELECT s.report_timezone FROM pmr.source AS s WHERE s.source = refresh_months.source);
	next_query text;
	any_query text;
	has_rows boolean;
	found timestamptz;
	upto timestamptz;
	following timestamptz;
	last_day date := least(to_day, (as_of AT TIME ZONE zone)::date);
	at timestamptz := '-infinity';
	month date;
	months date[] := '{}';
BEGIN
	IF to_day < from_day THEN
		RAISE invalid_parameter_value USING MESSAGE = format('to_day %s is before from_day %s', to_day, from_day);
	ELSIF NOT isfinite(from_day) OR NOT isfinite(to_day) THEN
		RAISE invalid_parameter_value USING MESSAGE = 'days to refresh must be finite';
	ELSIF as_of IS NULL THEN
		RAISE null_value_not_allowed USING MESSAGE = 'as_of must not be null';
	ELSIF as_of > clock_timestamp() OR NOT isfinite(as_of) THEN
		RAISE invalid_parameter_value USING MESSAGE = format('as_of %s is not in the past', as_of);
	END IF;
	next_query := format('SELECT (r.requested_at%s) FROM %s AS r WHERE r.requested_at >= $1%s AND r.requested_at <= $2%s AND r.requested_at >= ''0001-01-02'' ORDER BY r.requested_at LIMIT 1',
		utc, relation, utc, utc);
	/* with a column: Citus cannot pass on rows without any */
	any_query := format('SELECT EXISTS (SELECT 1 FROM %s AS r WHERE r.requested_at >= $1%s AND r.requested_at <= $2%2$s AND r.requested_at >= ''0001-01-02'')',
		relation, utc);
	IF from_day IS NOT NULL THEN
		at := date_trunc('month', from_day::timestamp) AT TIME ZONE zone;
	END IF;
	LOOP
		/* up to the next settled month: what is settled is not read again */
		upto := coalesce((SELECT min(m.month)::timestamp AT TIME ZONE zone FROM pmr.rollup_month AS m
						  WHERE m.source = refresh_months.source AND m.settled AND from_day IS NULL
							AND m.month::timestamp AT TIME ZONE zone >= at), as_of);
		month := date_trunc('month', at AT TIME ZONE zone)::date;
		following := (month + interval '1 month') AT TIME ZONE zone;
		IF upto = at AND isfinite(at) AND at < as_of THEN
			at := following;
			CONTINUE;
		ELSIF isfinite(at) THEN
			/* of one month, not the first of all that follow, which BRIN could not find */
			EXECUTE any_query INTO has_rows USING at, least(following, as_of);
		ELSE
			has_rows := false;
		END IF;
		IF NOT has_rows THEN
			EXECUTE next_query INTO found USING CASE WHEN isfinite(at) THEN following ELSE at END, upto;
			IF found IS NULL THEN
				EXIT WHEN upto >= as_of;
				at := upto;
				CONTINUE;
			END IF;
			month := date_trunc('month', found AT TIME ZONE zone)::date;
		END IF;
		EXIT WHEN month > last_day;
		months := months || month;
		at := (month + interval '1 month') AT TIME ZONE zone;
		EXIT WHEN at > as_of;
	END LOOP;
	RETURN ARRAY(
		SELECT m FROM unnest(months) AS m
		WHERE from_day IS NOT NULL
		   OR NOT EXISTS (SELECT FROM pmr.rollup_month AS r WHERE r.source = refresh_months.source AND r.month = m AND r.settled)
		UNION
		/* and those that had rows */
		SELECT r.month FROM pmr.rollup_month AS r
		WHERE r.source = refresh_months.source AND r.month <= last_day
		  AND CASE WHEN from_day IS NULL THEN NOT r.settled
			  ELSE r.month >= date_trunc('month', from_day::timestamp)::date END
		ORDER BY 1);
END
$$;
COMMENT ON FUNCTION pmr.refresh_months(text, date, date, timestamp with time zone) IS 'internal: months that a refresh rolls up';

/* How many rows the planner expects between two times, and at what cost. */
CREATE FUNCTION pmr.expected_rows(source text, start timestamp with time zone, finish timestamp with time zone, OUT expected double precision, OUT cost double precision)
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
	SET row_security = off
	SET timezone = 'UTC'
AS $$
DECLARE
	relation regclass := pmr.source_relation(source);
	plan json;
BEGIN
	EXECUTE format('EXPLAIN (FORMAT JSON) SELECT FROM %s AS r WHERE r.requested_at >= %L AND r.requested_at < %L', relation, start, finish) INTO plan;
	expected := plan -> 0 -> 'Plan' ->> 'Plan Rows';
	cost := plan -> 0 -> 'Plan' ->> 'Total Cost';
END
$$;
COMMENT ON FUNCTION pmr.expected_rows(text, timestamp with time zone, timestamp with time zone) IS 'internal: rows of a source between two times, as the planner estimates them';

/* The same of a month up to a time. */
CREATE FUNCTION pmr.expected_before(source text, month date, as_of timestamp with time zone) RETURNS double precision
	LANGUAGE sql
	SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	SELECT e.expected
	FROM pmr.expected_rows(source, pmr.day_start(source, month), least(pmr.day_start(source, (month + interval '1 month')::date), as_of)) AS e;
END;
COMMENT ON FUNCTION pmr.expected_before(text, date, timestamp with time zone) IS 'internal: rows of a month of a source before a time, as the planner estimates them';

/* The same of each of some months, asked once for a whole refresh. */
CREATE FUNCTION pmr.expected_months(source text, months date[]) RETURNS double precision[]
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN ARRAY(
		SELECT e.expected
		FROM unnest(months) WITH ORDINALITY AS m (month, i),
			pmr.expected_rows(source, pmr.day_start(source, m.month), pmr.day_start(source, (m.month + interval '1 month')::date)) AS e
		ORDER BY m.i);
END
$$;
COMMENT ON FUNCTION pmr.expected_months(text, date[]) IS 'internal: rows of a source in some months, as the planner estimates them';

/*
 * In how many slices to roll up a month, so that the groups of one need no more
 * memory than a hash table may have.  Hash aggregation puts only new groups on
 * disk, and a Party's month of an SRV is there from its first hours on: without
 * slices the cells of all groups would grow side by side.
 *
 * What they will take is told from the nearest month that is rolled up: the log
 * of a group has 64 bytes a row, up to 128 kB; a cell takes half a kilobyte, and
 * 8 bytes for each time until it is a sketch, of some 64 kB.  Where the planner
 * is wrong about the one month, it is about the other.  A first month is taken
 * for one in which no cell gets that far.  Each slice reads the month again, so
 * there is a limit, for what the planner believes of a view.
 */
CREATE FUNCTION pmr.refresh_slices(source text, month date, as_of timestamp with time zone) RETURNS integer
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	expected double precision := pmr.expected_before(source, month, as_of);
	hash_mem double precision := 1024 * current_setting('hash_mem_multiplier')::double precision
		* (SELECT setting::double precision FROM pg_settings WHERE name = 'work_mem');
	near pmr.rollup_month;
	growth double precision;
	bytes double precision;
	max_slices CONSTANT integer := 64;
BEGIN
	SELECT * INTO near FROM pmr.rollup_month AS m
	WHERE m.source = refresh_slices.source
	ORDER BY abs(m.month - refresh_slices.month), m.month
	LIMIT 1;
	IF FOUND THEN
		growth := expected / greatest(pmr.expected_before(source, near.month, near.as_of), 1);
		SELECT sum(CASE WHEN r.day IS NULL AND r.factor = 'all' THEN least(64 * r.requests * growth, 131072)
				ELSE 512 + least(8 * r.answered * growth, 65536) END)
		INTO bytes
		FROM pmr.rollup AS r WHERE r.source = refresh_slices.source AND r.month = near.month;
	ELSE
		SELECT expected * (64 + 8 * (1 + cardinality(s.factors))) INTO bytes FROM pmr.source AS s WHERE s.source = refresh_slices.source;
	END IF;
	RETURN least(greatest(ceil(bytes / hash_mem), 1), max_slices);
END
$$;
COMMENT ON FUNCTION pmr.refresh_slices(text, date, timestamp with time zone) IS 'internal: in how many slices a month is rolled up, by the memory that it takes';

/*
 * Rolls up one month as of a time, in place of what there was, unless another
 * refresh has done so as of a later time.  Returns the rows read, or NULL.
 *
 * The row of the source is locked, so two refreshes take turns.  What the
 * relation's views compute depends on no setting of the session's.
 */
CREATE FUNCTION pmr.refresh_month(source text, month date, as_of timestamp with time zone) RETURNS bigint
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
	SET row_security = off
	SET timezone = 'UTC'
	SET datestyle = 'ISO, MDY'
	SET intervalstyle = 'postgres'
	SET extra_float_digits = 1
	SET bytea_output = 'hex'
	SET lc_monetary = 'C'
	SET lc_numeric = 'C'
	SET lc_time = 'C'
	SET jit = off
	SET enable_sort = off
AS $$
DECLARE
	s pmr.source;
	start timestamptz;
	finish timestamptz;
	query text;
	duplicates text;
	slices integer;
	success_known boolean;
	has_id boolean;
	result bigint;
	min_work_mem_kb CONSTANT integer := 262144;
BEGIN
	SELECT * INTO s FROM pmr.source AS a WHERE a.source = refresh_month.source FOR NO KEY UPDATE;
	IF NOT FOUND THEN
		RAISE undefined_object USING MESSAGE = format('source "%s" does not exist', refresh_month.source);
	ELSIF EXISTS (SELECT FROM pmr.rollup_month AS m
				  WHERE m.source = refresh_month.source AND m.month = refresh_month.month AND m.as_of > refresh_month.as_of) THEN
		RETURN NULL;
	END IF;
	start := greatest(refresh_month.month::timestamp AT TIME ZONE s.report_timezone, '0001-01-02 00:00+00');
	finish := (refresh_month.month + interval '1 month') AT TIME ZONE s.report_timezone;

	/*
	 * A group is a Party's month of an SRV, of some 100 kB, and there are
	 * thousands: hashed they cost a third of what sorting millions of rows does.
	 * Hence enable_sort, too.
	 */
	IF (SELECT setting::bigint < min_work_mem_kb FROM pg_settings WHERE name = 'work_mem') THEN
		PERFORM set_config('work_mem', min_work_mem_kb || 'kB', true);
	END IF;

	slices := pmr.refresh_slices(refresh_month.source, refresh_month.month, refresh_month.as_of);
	query := pmr.request_query(refresh_month.source, slices > 1);
	SELECT count(*) FILTER (WHERE column_name = 'response_code') > 0, count(*) FILTER (WHERE column_name = 'request_id') > 0
	INTO success_known, has_id
	FROM pmr.relation_columns(pmr.source_relation(refresh_month.source));
	duplicates := CASE WHEN has_id THEN format('(SELECT coalesce(sum(n - 1), 0) FROM (
				SELECT count(*) AS n FROM (%s) AS r WHERE outcome NOT IN (''pre_command'', ''local_command'') GROUP BY lower(request_id) HAVING count(*) > 1 AND lower(request_id) IS NOT NULL) AS d)',
			pmr.request_query(refresh_month.source)) ELSE 'NULL::bigint' END;

	DELETE FROM pmr.rollup AS r WHERE r.source = refresh_month.source AND r.month = refresh_month.month;
	DELETE FROM pmr.rollup_pair AS r WHERE r.source = refresh_month.source AND r.month = refresh_month.month;
	DELETE FROM pmr.rollup_month AS r WHERE r.source = refresh_month.source AND r.month = refresh_month.month;

	EXECUTE format($query$
WITH crossed AS MATERIALIZED (
	SELECT part.*
	FROM (SELECT number, $11 AS slices FROM generate_series(0, $11 - 1) AS number) AS slice, LATERAL (
		SELECT party, srv, mode, device_generation, qualifier, business_process,
			pmr.crosstab(day, outcome, class, started_at, answered_at, factors) AS x
		FROM (%s) AS request
		GROUP BY party, srv, mode, device_generation, qualifier, business_process) AS part
), stratum AS MATERIALIZED (
	SELECT CASE c.party WHEN '*' THEN '(*)' ELSE pmr.short_key(c.party) END AS party, pmr.short_key(c.srv) AS srv, c.mode, c.device_generation,
		pmr.short_key(c.qualifier) AS qualifier, pmr.short_key(c.business_process) AS business_process,
		t.target_s, t.target_status, pmr.target_fingerprint(c.srv, $10) AS targets, c.x
	FROM crossed AS c, pmr.target_between(c.srv, c.mode, c.device_generation, $2, $10) AS t
	ORDER BY c.party, c.srv
), cell AS (
	INSERT INTO pmr.rollup
	SELECT $5, $6, c.day, s.party, s.srv, s.mode, s.device_generation, s.qualifier, s.business_process,
		CASE c.factor WHEN 0 THEN 'all' ELSE $7[c.factor] END, c.value,
		c.requests, c.met, c.missed, c.pending, c.not_measured, c.invalid, c.answered, c.success, c.rejected, c.no_response,
		c.unclassified, c.met_success, c.met_rejected, c.missed_rejected, c.pre_commands, c.local_commands, c.cancelled,
		s.target_s, s.target_status, s.targets, c.rtt
	FROM stratum AS s, unnest((s.x).cells) AS c
), pair AS (
	INSERT INTO pmr.rollup_pair
	SELECT $5, $6, s.party, s.srv, s.mode, s.device_generation, $7[p.factor_a], $7[p.factor_b],
		p.values_a, p.values_b, p.measured, p.missed
	FROM stratum AS s, unnest((s.x).pairs) AS p
)
INSERT INTO pmr.rollup_month
SELECT $5, $6, $1, $1 >= $10 + $8, clock_timestamp(), current_user,
	coalesce(sum(c.requests + c.pre_commands + c.local_commands + c.cancelled), 0),
	coalesce(sum(c.requests), 0),
	coalesce(sum(c.requests) FILTER (WHERE s.party = ''), 0),
	coalesce(sum(c.requests) FILTER (WHERE s.srv = ''), 0),
	coalesce(sum(c.requests) FILTER (WHERE s.srv <> '' AND NOT EXISTS (SELECT FROM pmr.service_reference_variant AS v WHERE v.srv = s.srv)), 0),
	coalesce(sum(c.requests) FILTER (WHERE s.mode = 'unknown'), 0),
	coalesce(sum(c.requests) FILTER (WHERE s.device_generation = 'unknown'), 0),
	coalesce(sum(c.unclassified), 0),
	coalesce(sum(c.invalid), 0),
	%s,
	$9,
	array_agg(DISTINCT s.party ORDER BY s.party)
FROM stratum AS s, unnest((s.x).cells) AS c
WHERE c.factor = 0 AND c.day IS NULL
HAVING count(*) > 0
RETURNING rows_read$query$, query, duplicates)
		INTO result
		USING refresh_month.as_of, start, least(finish, refresh_month.as_of), pmr.delivered_srvs(), refresh_month.source,
			refresh_month.month, s.factors, s.settle_after, success_known, finish, slices;
	RETURN coalesce(result, 0);
END
$$;
COMMENT ON FUNCTION pmr.refresh_month(text, date, timestamp with time zone) IS 'internal: rolls up one month of a source';

/* Enters a run into the log, and says beforehand what will make it slow. */
CREATE FUNCTION pmr.refresh_begin(source text, from_day date, to_day date, months date[], as_of timestamp with time zone) RETURNS bigint
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	first_time timestamptz := pmr.day_start(source, months[1]);
	result bigint;
	day_cost double precision;
	all_cost double precision;
	min_cost CONSTANT double precision := 10000;
BEGIN
	IF cardinality(months) > 0 THEN
		SELECT cost INTO day_cost FROM pmr.expected_rows(source, as_of - interval '1 day', as_of);
		SELECT cost INTO all_cost FROM pmr.expected_rows(source, least(first_time, as_of - interval '10 days'), as_of);
		IF all_cost > min_cost AND day_cost > 0.9 * all_cost THEN
			RAISE WARNING 'no index or partition of % serves requested_at', pmr.source_relation(source)
				USING HINT = 'Each month will read all of it. CREATE INDEX ... USING brin (requested_at) is small, and enough where rows come in the order of time.';
		END IF;
	END IF;
	INSERT INTO pmr.refresh_log (source, refreshed_by, pid, as_of, from_day, to_day, started_at, months)
	VALUES (refresh_begin.source, current_user, pg_backend_pid(), refresh_begin.as_of, refresh_begin.from_day, refresh_begin.to_day, clock_timestamp(), cardinality(refresh_begin.months))
	RETURNING refresh_id INTO result;
	RETURN result;
END
$$;
COMMENT ON FUNCTION pmr.refresh_begin(text, date, date, date[], timestamp with time zone) IS 'internal: begins an entry of refresh_log';

/* Notes that a month is done, and how long the rest will take. */
CREATE FUNCTION pmr.refresh_progress(refresh_id bigint, source text, months date[], expected double precision[], month date, rows_read bigint) RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	now_at timestamptz := clock_timestamp();
	began timestamptz := (SELECT l.started_at FROM pmr.refresh_log AS l WHERE l.refresh_id = refresh_progress.refresh_id);
	done double precision;
	total double precision;
	remaining interval;
BEGIN
	SELECT sum(e.expected) FILTER (WHERE e.month <= refresh_progress.month), sum(e.expected)
	INTO done, total
	FROM unnest(refresh_progress.months, refresh_progress.expected) AS e (month, expected);
	remaining := date_trunc('second', (now_at - began) * (total - done) / greatest(done, 1));
	UPDATE pmr.refresh_log AS l
	SET months_done = l.months_done + 1,
		rows_read = l.rows_read + coalesce(refresh_progress.rows_read, 0),
		done_pct = 100 * done / greatest(total, 1),
		expected_at = now_at + remaining,
		finished_at = CASE WHEN l.months_done + 1 = l.months THEN now_at END
	WHERE l.refresh_id = refresh_progress.refresh_id;
	IF refresh_progress.rows_read IS NULL THEN
		RAISE NOTICE 'source "%": month % left as another refresh made it since', refresh_progress.source, to_char(refresh_progress.month, 'YYYY-MM');
	ELSE
		RAISE NOTICE 'source "%": month %, % rows, % %% done, about % left', refresh_progress.source,
			to_char(refresh_progress.month, 'YYYY-MM'), refresh_progress.rows_read, round((100 * done / greatest(total, 1))::numeric), remaining;
	END IF;
END
$$;
COMMENT ON FUNCTION pmr.refresh_progress(bigint, text, date[], double precision[], date, bigint) IS 'internal: continues an entry of refresh_log';

/* What a refresh should not be silent about when it has done all its months. */
CREATE FUNCTION pmr.refresh_end(refresh_id bigint, source text) RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
	SET datestyle = 'ISO, MDY'
AS $$
DECLARE
	stale record;
BEGIN
	UPDATE pmr.refresh_log AS l
	SET finished_at = clock_timestamp(), done_pct = 100, expected_at = NULL
	WHERE l.refresh_id = refresh_end.refresh_id;
	SELECT min(c.month) AS first, max(c.month) AS last, count(*) AS months INTO stale FROM pmr.changed_targets(refresh_end.source) AS c;
	IF stale.months > 0 THEN
		RAISE WARNING 'Target Response Times of % settled months of source "%" have changed since these were rolled up', stale.months, refresh_end.source
			USING HINT = format('CALL pmr.refresh(%L, %L, %L) restates them.', refresh_end.source, stale.first, (stale.last + interval '1 month - 1 day')::date);
	END IF;
END
$$;
COMMENT ON FUNCTION pmr.refresh_end(bigint, text) IS 'internal: ends an entry of refresh_log';

/* Settled months that would come out otherwise with the targets of today. */
CREATE FUNCTION pmr.changed_targets(source text) RETURNS TABLE (month date, srvs bigint)
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	WITH used AS MATERIALIZED (
		SELECT DISTINCT r.month, r.srv, r.targets
		FROM pmr.rollup AS r JOIN pmr.rollup_month AS m ON m.source = r.source AND m.month = r.month
		WHERE r.source = changed_targets.source AND r.day IS NULL AND r.factor = 'all' AND m.settled
	)
	SELECT u.month, count(*)
	FROM used AS u
	WHERE u.targets <> pmr.target_fingerprint(u.srv, pmr.day_start(changed_targets.source, (u.month + interval '1 month')::date))
	GROUP BY u.month
	ORDER BY u.month;
END;
COMMENT ON FUNCTION pmr.changed_targets(text) IS 'internal: settled months whose Target Response Times have changed since they were rolled up, and how many SRVs that touches';

/*
 * Without statistics the views of a first refresh took twenty times as long,
 * until autovacuum came by.  Only a table's owner may gather them.  Who has a
 * table locked, another refresh or autovacuum, does so as well: no warning.  Of
 * what no condition asks, arrays above all, gathering them would take longest.
 */
CREATE FUNCTION pmr.analyze_rollup() RETURNS void
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
	SET client_min_messages = error
AS $$
BEGIN
	ANALYZE (SKIP_LOCKED)
		pmr.rollup (source, month, party, srv, mode, device_generation, qualifier, business_process, factor, value, day),
		pmr.rollup_pair (source, month, party, srv, mode, device_generation, factor_a, factor_b),
		pmr.rollup_month;
END
$$;
COMMENT ON FUNCTION pmr.analyze_rollup() IS 'internal: statistics of what has been rolled up, for the planner';

/*
 * Months are committed one by one, so what is done stays done.  A procedure
 * that commits can have no settings of its own: it calls functions that do,
 * by their full names, and uses no operator.  Whoever waited for another
 * refresh must see what it did, hence the isolation level.
 */
CREATE PROCEDURE pmr.refresh(source text, from_day date DEFAULT NULL, to_day date DEFAULT NULL, as_of timestamp with time zone DEFAULT pg_catalog.clock_timestamp())
	LANGUAGE plpgsql
AS $$
DECLARE
	months pg_catalog.date[] := pmr.refresh_months(source, from_day, to_day, as_of);
	refresh_id bigint := pmr.refresh_begin(source, from_day, to_day, months, as_of);
	expected double precision[] := pmr.expected_months(source, months);
	month pg_catalog.date;
BEGIN
	COMMIT;
	SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
	FOREACH month IN ARRAY months LOOP
		PERFORM pmr.refresh_progress(refresh_id, source, months, expected, month, pmr.refresh_month(source, month, as_of));
		COMMIT;
		SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
	END LOOP;
	PERFORM pmr.refresh_end(refresh_id, source);
	PERFORM pmr.analyze_rollup();
END
$$;
COMMENT ON PROCEDURE pmr.refresh(text, date, date, timestamp with time zone) IS 'rolls up the open months of a source, or those of the days named, as of now or of a time up to which the source is complete; not inside a transaction block';

/* Lets a role refresh: a trusted one, as it reads every Party's figures. */
CREATE FUNCTION pmr.allow_refresh(role_name regrole) RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON pmr.source, pmr.rollup, pmr.rollup_pair, pmr.rollup_month, pmr.refresh_log, pmr.publication, pmr.publication_target, pmr.publication_party, pmr.publication_cell, pmr.publication_figure TO %s', role_name);
	EXECUTE format('GRANT SELECT ON pmr.party, pmr.disclosure_rule TO %s', role_name);
	EXECUTE format('GRANT EXECUTE ON ALL ROUTINES IN SCHEMA pmr TO %s', role_name);
END
$$;
COMMENT ON FUNCTION pmr.allow_refresh(regrole) IS 'lets a role add sources, refresh and publish; it will see the figures of every Party';

/* ------------------------------------------------------------------------
 * 14. What is wrong with the rows of a source
 * ------------------------------------------------------------------------ */

/*
 * Every request of some days with what is wrong with it, once for each fault.
 * A refresh counts these rows, and stops for none.
 */
CREATE FUNCTION pmr.invalid_rows(source text, from_day date, to_day date)
	RETURNS TABLE (problem text, value text, requested_at timestamp with time zone, responded_at timestamp with time zone,
		party text, srv text, mode text, response_code text, request_id text)
	LANGUAGE plpgsql
	ROWS 100
	SET search_path = pg_catalog, pg_temp
	SET jit = off
	SET row_security = off
	SET timezone = 'UTC'
	SET datestyle = 'ISO, MDY'
	SET intervalstyle = 'postgres'
AS $$
DECLARE
	own jsonb;
BEGIN
	IF from_day IS NULL OR to_day IS NULL OR NOT isfinite(from_day) OR NOT isfinite(to_day) THEN
		RAISE invalid_parameter_value USING MESSAGE = 'from_day and to_day must be dates';
	ELSIF to_day < from_day THEN
		RAISE invalid_parameter_value USING MESSAGE = format('to_day %s is before from_day %s', to_day, from_day);
	END IF;
	SELECT jsonb_object_agg(column_name, kind) INTO own FROM pmr.relation_columns(pmr.source_relation(invalid_rows.source));
	RETURN QUERY EXECUTE format($query$
WITH request AS MATERIALIZED (
	SELECT *, count(*) FILTER (WHERE outcome NOT IN ('pre_command', 'local_command')) OVER (PARTITION BY lower(request_id)) AS copies
	FROM (%s) AS r
)
SELECT f.problem, f.value, r.requested_at, r.responded_at, r.party, r.srv, r.mode, r.response_code, r.request_id
FROM request AS r, LATERAL (VALUES
	(r.party = '', 'no party', NULL),
	(r.srv = '', 'no SRV', NULL),
	(r.srv <> '' AND NOT EXISTS (SELECT FROM pmr.service_reference_variant AS v WHERE v.srv = r.srv), 'unknown SRV', r.srv),
	(r.mode = 'unknown', 'unknown mode', r.mode_given),
	(r.device_generation = 'unknown' AND r.generation_given IS NOT NULL, 'unknown device generation', r.generation_given),
	(r.class = 'unclassified', 'response code of no class', r.response_code),
	(r.responded_at IS NOT NULL AND r.response_code IS NULL AND $5, 'response without a code', NULL),
	(r.business_process <> '' AND NOT EXISTS (SELECT FROM pmr.business_process AS b WHERE b.business_process = r.business_process), 'unknown business process', r.business_process),
	(r.outcome = 'invalid', 'answered before it started', CASE WHEN isfinite(r.answered_at) AND isfinite(r.started_at) THEN (r.answered_at - r.started_at)::text ELSE r.answered_at::text END),
	(NOT isfinite(r.responded_at) OR NOT isfinite(r.due_at) OR NOT isfinite(r.delivered_at) OR NOT isfinite(r.cancelled_at), 'infinite time', NULL),
	(r.mode IN ('future_dated', 'dcc_scheduled') AND r.started_at IS NULL AND r.outcome = 'not_measured', 'no execution time', NULL),
	(r.copies > 1 AND r.request_id IS NOT NULL AND r.outcome NOT IN ('pre_command', 'local_command'), 'duplicate request id', r.request_id)
) AS f (wrong, problem, value)
WHERE f.wrong AND (r.outcome NOT IN ('pre_command', 'local_command', 'cancelled') OR f.problem = 'duplicate request id')
ORDER BY r.requested_at, r.request_id, f.problem$query$, pmr.request_query(invalid_rows.source))
	USING 'infinity'::timestamptz, pmr.day_start(invalid_rows.source, from_day), pmr.day_start(invalid_rows.source, to_day + 1), pmr.delivered_srvs(),
		own ? 'response_code';
END
$$;
COMMENT ON FUNCTION pmr.invalid_rows(text, date, date) IS 'rows of a source with what is wrong with them; both days included';

/*
 * The same by problem and value, and what only shows in the whole.  Rows that
 * no refresh can see, as they have no time, are looked for in the whole source.
 */
CREATE FUNCTION pmr.check_source(source text, from_day date DEFAULT NULL, to_day date DEFAULT NULL)
	RETURNS TABLE (problem text, value text, rows bigint, first_requested_at timestamp with time zone, remedy text)
	LANGUAGE plpgsql
	ROWS 20
	SET search_path = pg_catalog, pg_temp
	SET jit = off
	SET row_security = off
	SET timezone = 'UTC'
	SET datestyle = 'ISO, MDY'
AS $$
DECLARE
	relation regclass := pmr.source_relation(source);
	zone text := (SELECT s.report_timezone FROM pmr.source AS s WHERE s.source = check_source.source);
	last_day date := coalesce(check_source.to_day, (clock_timestamp() AT TIME ZONE zone)::date);
	first_day date := coalesce(check_source.from_day, date_trunc('month', last_day - interval '1 month')::date);
BEGIN
	RETURN QUERY
	SELECT i.problem, i.value, count(*), min(i.requested_at),
		CASE i.problem
			WHEN 'no party' THEN 'of no Party: in the industry''s figures only'
			WHEN 'no SRV' THEN 'not measured'
			WHEN 'unknown SRV' THEN 'INSERT INTO pmr.service_reference_variant, or correct the view'
			WHEN 'unknown mode' THEN 'not measured where the modes'' targets differ: correct the view'
			WHEN 'unknown device generation' THEN 'not measured where the generations'' targets differ: correct the view'
			WHEN 'response code of no class' THEN 'INSERT INTO pmr.response_code'
			WHEN 'response without a code' THEN 'taken as an answer of no class'
			WHEN 'unknown business process' THEN 'in no process: INSERT INTO pmr.business_process, or correct the view'
			WHEN 'answered before it started' THEN 'in no percentage: look at the clocks'
			WHEN 'infinite time' THEN 'no time at all: give NULL'
			WHEN 'no execution time' THEN 'not measured: give due_at'
			WHEN 'duplicate request id' THEN 'each row counts: keep one of them in the view'
		END
	FROM (
		SELECT r.problem, CASE WHEN r.problem NOT IN ('answered before it started', 'duplicate request id') THEN left(r.value, 60) END AS value, r.requested_at
		FROM pmr.invalid_rows(check_source.source, first_day, last_day) AS r
	) AS i
	GROUP BY i.problem, i.value
	ORDER BY i.problem, count(*) DESC, i.value;

	RETURN QUERY EXECUTE format('SELECT CASE WHEN r.requested_at IS NULL THEN ''no request time'' WHEN NOT isfinite(r.requested_at) THEN ''infinite request time'' WHEN r.requested_at > $1 THEN ''requested in the future'' ELSE ''requested before the year 1'' END,
			NULL::text, count(*), NULL::timestamptz, ''in no figure''::text
		FROM %s AS r WHERE r.requested_at IS NULL OR r.requested_at > $1 OR r.requested_at < ''0001-01-02'' GROUP BY 1 ORDER BY 1', relation)
		USING clock_timestamp();

	/* a log that has no unanswered reads at all has lost them */
	RETURN QUERY
	SELECT 'scheduled, and always answered'::text, r.srv, sum(r.requests)::bigint, NULL::timestamptz, 'are the unanswered ones missing from the log?'::text
	FROM pmr.rollup AS r
	WHERE r.source = check_source.source AND r.mode = 'dcc_scheduled' AND r.factor = 'all' AND r.day IS NULL
	  AND r.month BETWEEN date_trunc('month', first_day::timestamp)::date AND last_day
	GROUP BY r.srv
	HAVING sum(r.requests) >= 1000 AND sum(r.answered) = sum(r.requests - r.pending - r.invalid) AND sum(r.answered) > 0
	ORDER BY r.srv;

	RETURN QUERY
	SELECT 'targets have changed'::text, to_char(c.month, 'YYYY-MM'), c.srvs, NULL::timestamptz, format('CALL pmr.refresh(%L, %L, %L)', check_source.source, c.month, (c.month + interval '1 month - 1 day')::date)
	FROM pmr.changed_targets(check_source.source) AS c;
END
$$;
COMMENT ON FUNCTION pmr.check_source(text, date, date) IS 'what is wrong with the rows of a source, by problem and value; without days, of this month and the last';

/* ------------------------------------------------------------------------
 * 15. Figures
 *
 * What every view shows is computed here, from sums of counts.
 * ------------------------------------------------------------------------ */

/* Never 100 unless all, never 0 unless none. */
CREATE FUNCTION pmr.percentage(part bigint, whole bigint) RETURNS double precision
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	RETURN CASE
		WHEN whole = 0 THEN NULL
		WHEN part = 0 OR part = whole THEN 100.0 * (part / whole)
		ELSE least(greatest(round(100.0 * part / whole, 2), 0.01), 99.99)
	END;
COMMENT ON FUNCTION pmr.percentage(bigint, bigint) IS 'internal: percentage, 0 to 100, to two decimals; 100 only if all, 0 only if none; NULL of nothing';

/*
 * Wilson's score interval at 95 % (E. B. Wilson, 1927), as percentages, of a
 * sample that is worth part/phi and whole/phi.
 */
CREATE FUNCTION pmr.interval_of_share(part bigint, whole bigint, phi double precision)
	RETURNS TABLE (low_pct double precision, high_pct double precision)
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	ROWS 1
BEGIN ATOMIC
	SELECT CASE WHEN whole > 0 THEN round((100 * greatest((p + z * z / (2 * n) - z * sqrt(p * (1 - p) / n + z * z / (4 * n * n))) / (1 + z * z / n), 0))::numeric, 2)::double precision END,
		CASE WHEN whole > 0 THEN round((100 * least((p + z * z / (2 * n) + z * sqrt(p * (1 - p) / n + z * z / (4 * n * n))) / (1 + z * z / n), 1))::numeric, 2)::double precision END
	FROM (SELECT part::double precision / nullif(whole, 0) AS p, nullif(whole, 0) / phi AS n, 1.959963984540054 AS z) AS s;
END;
COMMENT ON FUNCTION pmr.interval_of_share(bigint, bigint, double precision) IS 'internal: Wilson interval at 95 % of a share, with the sample divided by its overdispersion; NULL of nothing';

/*
 * The percentile of answered and unanswered requests together, which counts
 * as later than any time; NULL where it falls among those.  The rank is that
 * of percentile_disc, an integer, and aimed at from half a rank below.
 */
CREATE FUNCTION pmr.percentile_of_all(rtt pmr.rtt_sketch, fraction numeric, requests bigint) RETURNS double precision
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	RETURN CASE WHEN ceil(fraction * requests) BETWEEN 1 AND pmr.rtt_count(rtt)
		THEN pmr.rtt_percentile(rtt, ((ceil(fraction * requests) - 0.5) / pmr.rtt_count(rtt))::double precision) END;
COMMENT ON FUNCTION pmr.percentile_of_all(pmr.rtt_sketch, numeric, bigint) IS 'internal: percentile in seconds over so many requests, of which only those in the sketch were answered; NULL where it is an unanswered one';

CREATE FUNCTION pmr.figures(requests bigint, met bigint, missed bigint, pending bigint, invalid bigint, answered bigint, success bigint,
		met_success bigint, met_rejected bigint, missed_rejected bigint, success_known boolean, rtt pmr.rtt_sketch)
	RETURNS TABLE (success_pct double precision, target_met_pct double precision, target_met_accepted_pct double precision,
		success_within_target_pct double precision, answered_pct double precision,
		p50_s double precision, p90_s double precision, p95_s double precision, p99_s double precision,
		p95_all_s double precision, mean_s double precision, max_s double precision)
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	ROWS 1
BEGIN ATOMIC
	SELECT CASE WHEN success_known THEN pmr.percentage(success, requests - pending - invalid) END,
		pmr.percentage(met, met + missed),
		CASE WHEN success_known THEN pmr.percentage(met - met_rejected, met + missed - met_rejected - missed_rejected) END,
		CASE WHEN success_known THEN pmr.percentage(met_success, met + missed) END,
		pmr.percentage(answered, requests - pending - invalid),
		pmr.rtt_percentile(rtt, 0.5), pmr.rtt_percentile(rtt, 0.9), pmr.rtt_percentile(rtt, 0.95), pmr.rtt_percentile(rtt, 0.99),
		pmr.percentile_of_all(rtt, 0.95, coalesce(pmr.rtt_count(rtt), 0) + requests - pending - invalid - answered),
		round(pmr.rtt_mean(rtt)::numeric, 3)::double precision,
		pmr.rtt_max(rtt);
END;
COMMENT ON FUNCTION pmr.figures(bigint, bigint, bigint, bigint, bigint, bigint, bigint, bigint, bigint, bigint, boolean, pmr.rtt_sketch) IS 'internal: percentages and percentiles of sums of counts and merged sketches';

/*
 * Outages come in days, not in single requests: how much more the days differ
 * than chance would have it, sum(n (p_day - p)^2 / (p (1 - p))) / (days - 1).
 * Of misses, as they are the smaller numbers.
 */
CREATE FUNCTION pmr.overdispersion(days bigint, squares double precision, missed bigint, measured bigint) RETURNS double precision
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	RETURN CASE WHEN days > 1 AND missed > 0 AND missed < measured
		THEN greatest(1, (squares - missed::double precision * missed / measured)
			/ (missed::double precision / measured * (1 - missed::double precision / measured)) / (days - 1))
		ELSE 1 END;
COMMENT ON FUNCTION pmr.overdispersion(bigint, double precision, bigint, bigint) IS 'internal: overdispersion of days, of squares = sum(missed^2 / measured) over the days; at least 1';

/* ------------------------------------------------------------------------
 * 16. Own performance
 * ------------------------------------------------------------------------ */

/* '*' is every Party together, for who sees all. */
CREATE FUNCTION pmr.visible_month()
	RETURNS TABLE (source text, party text, month date, as_of timestamp with time zone, status text)
	LANGUAGE sql STABLE SECURITY DEFINER
	ROWS 200
	SET search_path = pg_catalog, pg_temp
	SET jit = off
BEGIN ATOMIC
	WITH access AS MATERIALIZED (
		SELECT a.party FROM pmr.party_access AS a JOIN pg_roles AS r ON r.rolname = a.role_name
		WHERE pg_has_role(pmr.reader(), r.oid, 'USAGE')
	)
	SELECT m.source, p.party, m.month, m.as_of, CASE WHEN m.settled THEN 'final' ELSE 'provisional' END
	FROM pmr.rollup_month AS m, unnest(m.parties || '*'::text) AS p (party)
	WHERE pmr.sees_all() OR p.party IN (SELECT a.party FROM access AS a)
	ORDER BY m.source, m.month, p.party;
END;
COMMENT ON FUNCTION pmr.visible_month() IS 'Parties and months that who asks may see; * is every Party together';

/* An array, as an index can be searched for one and not for "or". */
CREATE FUNCTION pmr.party_list(source text, party text, first_month date, last_month date) RETURNS text[]
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	SELECT CASE WHEN party_list.party <> '*' THEN ARRAY[party_list.party] ELSE ARRAY(
		SELECT DISTINCT p
		FROM pmr.rollup_month AS m, unnest(m.parties) AS p
		WHERE m.source = party_list.source AND m.month BETWEEN first_month AND last_month) END;
END;
COMMENT ON FUNCTION pmr.party_list(text, text, date, date) IS 'internal: the Party itself, or of * all that have requests in some months';

CREATE FUNCTION pmr.party_figures(source text, party text, first_month date, last_month date, from_day date DEFAULT NULL, to_day date DEFAULT NULL)
	RETURNS TABLE (srv text, mode text, requests bigint, met bigint, missed bigint, pending bigint, not_measured bigint, invalid bigint,
		answered bigint, success bigint, rejected bigint, no_response bigint, unclassified bigint, met_success bigint, met_rejected bigint, missed_rejected bigint,
		pre_commands bigint, local_commands bigint, cancelled bigint, phi double precision, target_s double precision, target_status text, rtt pmr.rtt_sketch)
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	/* in two steps and no join, which would be quadratic where the planner knows little */
	WITH daily AS MATERIALIZED (
		SELECT r.srv, r.mode, r.day, (r.day IS NULL) = (from_day IS NULL) AS counts,
			sum(r.requests)::bigint AS requests, sum(r.met)::bigint AS met, sum(r.missed)::bigint AS missed,
			sum(r.pending)::bigint AS pending, sum(r.not_measured)::bigint AS not_measured, sum(r.invalid)::bigint AS invalid,
			sum(r.answered)::bigint AS answered, sum(r.success)::bigint AS success, sum(r.rejected)::bigint AS rejected,
			sum(r.no_response)::bigint AS no_response, sum(r.unclassified)::bigint AS unclassified, sum(r.met_success)::bigint AS met_success,
			sum(r.met_rejected)::bigint AS met_rejected, sum(r.missed_rejected)::bigint AS missed_rejected, sum(r.pre_commands)::bigint AS pre_commands,
			sum(r.local_commands)::bigint AS local_commands, sum(r.cancelled)::bigint AS cancelled,
			min(r.target_s) AS min_target_s, max(r.target_s) AS max_target_s, bool_and(r.target_s IS NOT NULL) AS has_target,
			bool_and(r.target_status = 'none') AS no_target, bool_or(r.target_status = 'changed') AS changed, bool_or(r.target_status = 'assumed') AS assumed,
			pmr.rtt_merge(r.rtt) FILTER (WHERE (r.day IS NULL) = (from_day IS NULL)) AS rtt
		FROM pmr.rollup AS r
		WHERE r.source = party_figures.source AND r.month BETWEEN first_month AND last_month
		  AND r.party = ANY (pmr.party_list(party_figures.source, party_figures.party, first_month, last_month))
		  AND r.factor = 'all'
		  AND (from_day IS NULL OR r.day BETWEEN from_day AND to_day)
		GROUP BY r.srv, r.mode, r.day
	)
	SELECT d.srv, d.mode,
		(sum(d.requests) FILTER (WHERE d.counts))::bigint, (sum(d.met) FILTER (WHERE d.counts))::bigint, (sum(d.missed) FILTER (WHERE d.counts))::bigint,
		(sum(d.pending) FILTER (WHERE d.counts))::bigint, (sum(d.not_measured) FILTER (WHERE d.counts))::bigint, (sum(d.invalid) FILTER (WHERE d.counts))::bigint,
		(sum(d.answered) FILTER (WHERE d.counts))::bigint, (sum(d.success) FILTER (WHERE d.counts))::bigint, (sum(d.rejected) FILTER (WHERE d.counts))::bigint,
		(sum(d.no_response) FILTER (WHERE d.counts))::bigint, (sum(d.unclassified) FILTER (WHERE d.counts))::bigint, (sum(d.met_success) FILTER (WHERE d.counts))::bigint,
		(sum(d.met_rejected) FILTER (WHERE d.counts))::bigint, (sum(d.missed_rejected) FILTER (WHERE d.counts))::bigint, (sum(d.pre_commands) FILTER (WHERE d.counts))::bigint,
		(sum(d.local_commands) FILTER (WHERE d.counts))::bigint, (sum(d.cancelled) FILTER (WHERE d.counts))::bigint,
		pmr.overdispersion(count(*) FILTER (WHERE d.day IS NOT NULL AND d.met + d.missed > 0),
			sum(d.missed::double precision * d.missed / (d.met + d.missed) ORDER BY d.day) FILTER (WHERE d.day IS NOT NULL AND d.met + d.missed > 0),
			(sum(d.missed) FILTER (WHERE d.day IS NOT NULL))::bigint,
			(sum(d.met + d.missed) FILTER (WHERE d.day IS NOT NULL))::bigint),
		CASE WHEN min(d.min_target_s) = max(d.max_target_s) AND bool_and(d.has_target) THEN min(d.min_target_s) END,
		CASE
			WHEN bool_and(d.no_target) THEN 'none'
			WHEN bool_or(d.changed) THEN 'changed'
			WHEN bool_or(d.assumed) THEN 'assumed'
			ELSE 'confirmed'
		END,
		pmr.rtt_merge(d.rtt)
	FROM daily AS d
	GROUP BY d.srv, d.mode;
END;
COMMENT ON FUNCTION pmr.party_figures(text, text, date, date, date, date) IS 'internal: sums of a Party''s rollups of months, or of days in them, by SRV and mode; for who may read pmr.rollup';

CREATE FUNCTION pmr.party_performance_of(source text, party text, month date)
	RETURNS TABLE (srv text, mode text, requests bigint, success_pct double precision, target_met_pct double precision, target_met_low_pct double precision, target_met_high_pct double precision,
		target_met_accepted_pct double precision, success_within_target_pct double precision, answered_pct double precision,
		p50_s double precision, p90_s double precision, p95_s double precision, p99_s double precision, p95_all_s double precision, mean_s double precision, max_s double precision,
		target_s double precision, target_status text,
		met bigint, missed bigint, pending bigint, not_measured bigint, invalid bigint, answered bigint, success bigint, rejected bigint, no_response bigint, unclassified bigint,
		met_success bigint, met_rejected bigint, missed_rejected bigint, pre_commands bigint, local_commands bigint, cancelled bigint)
	LANGUAGE sql STABLE SECURITY DEFINER
	ROWS 50
	SET search_path = pg_catalog, pg_temp
	SET jit = off
BEGIN ATOMIC
	SELECT f.srv, f.mode, f.requests, g.success_pct, g.target_met_pct, i.low_pct, i.high_pct,
		g.target_met_accepted_pct, g.success_within_target_pct, g.answered_pct,
		g.p50_s, g.p90_s, g.p95_s, g.p99_s, g.p95_all_s, g.mean_s, g.max_s, f.target_s, f.target_status,
		f.met, f.missed, f.pending, f.not_measured, f.invalid, f.answered, f.success, f.rejected, f.no_response, f.unclassified,
		f.met_success, f.met_rejected, f.missed_rejected, f.pre_commands, f.local_commands, f.cancelled
	FROM pmr.rollup_month AS m,
		pmr.party_figures(party_performance_of.source, party_performance_of.party, party_performance_of.month, party_performance_of.month) AS f,
		pmr.figures(f.requests, f.met, f.missed, f.pending, f.invalid, f.answered, f.success, f.met_success, f.met_rejected, f.missed_rejected, m.success_known, f.rtt) AS g,
		pmr.interval_of_share(f.met, f.met + f.missed, f.phi) AS i
	WHERE m.source = party_performance_of.source AND m.month = party_performance_of.month
	  AND pmr.sees_party(party_performance_of.party)
	ORDER BY f.srv, f.mode;
END;
COMMENT ON FUNCTION pmr.party_performance_of(text, text, date) IS 'internal: party_performance of one Party and month; * is every Party together';

CREATE VIEW pmr.party_performance AS
	SELECT v.party, v.month, f.*, v.source, v.as_of, v.status
	FROM pmr.visible_month() AS v, pmr.party_performance_of(v.source, v.party, v.month) AS f
	WHERE v.party <> '*';
COMMENT ON VIEW pmr.party_performance IS 'how well a Party''s requests did, by month, SRV and mode: your own Parties, or every one for who sees all';

/*
 * Any period, from its days.  A percentile cannot be had from percentiles, so
 * this is a function.
 */
CREATE FUNCTION pmr.performance(from_day date, to_day date)
	RETURNS TABLE (source text, party text, srv text, mode text, requests bigint, success_pct double precision, target_met_pct double precision, target_met_low_pct double precision, target_met_high_pct double precision,
		target_met_accepted_pct double precision, success_within_target_pct double precision, answered_pct double precision,
		p50_s double precision, p90_s double precision, p95_s double precision, p99_s double precision, p95_all_s double precision, mean_s double precision, max_s double precision,
		met bigint, missed bigint, pending bigint, not_measured bigint, invalid bigint, answered bigint, success bigint, rejected bigint, no_response bigint, unclassified bigint,
		as_of timestamp with time zone, status text)
	LANGUAGE plpgsql STABLE SECURITY DEFINER
	ROWS 1000
	SET search_path = pg_catalog, pg_temp
	SET jit = off
AS $$
BEGIN
	IF from_day IS NULL OR to_day IS NULL OR NOT isfinite(from_day) OR NOT isfinite(to_day) THEN
		RAISE invalid_parameter_value USING MESSAGE = 'from_day and to_day must be dates';
	ELSIF to_day < from_day THEN
		RAISE invalid_parameter_value USING MESSAGE = format('to_day %s is before from_day %s', to_day, from_day);
	END IF;
	RETURN QUERY
	SELECT v.source, v.party, f.srv, f.mode, f.requests, g.success_pct, g.target_met_pct, i.low_pct, i.high_pct,
		g.target_met_accepted_pct, g.success_within_target_pct, g.answered_pct,
		g.p50_s, g.p90_s, g.p95_s, g.p99_s, g.p95_all_s, g.mean_s, g.max_s,
		f.met, f.missed, f.pending, f.not_measured, f.invalid, f.answered, f.success, f.rejected, f.no_response, f.unclassified,
		v.as_of, v.status
	FROM (
		SELECT m.source, m.party, bool_and(r.success_known) AS success_known,
			min(r.as_of) AS as_of, CASE WHEN bool_and(r.settled) THEN 'final' ELSE 'provisional' END AS status
		FROM pmr.visible_month() AS m JOIN pmr.rollup_month AS r ON r.source = m.source AND r.month = m.month
		WHERE m.party <> '*' AND m.month BETWEEN date_trunc('month', performance.from_day)::date AND performance.to_day
		GROUP BY m.source, m.party) AS v,
		pmr.party_figures(v.source, v.party, date_trunc('month', performance.from_day)::date, performance.to_day, performance.from_day, performance.to_day) AS f,
		pmr.figures(f.requests, f.met, f.missed, f.pending, f.invalid, f.answered, f.success, f.met_success, f.met_rejected, f.missed_rejected, v.success_known, f.rtt) AS g,
		pmr.interval_of_share(f.met, f.met + f.missed, f.phi) AS i
	ORDER BY v.source, v.party, f.srv, f.mode;
END
$$;
COMMENT ON FUNCTION pmr.performance(date, date) IS 'party_performance of any period, both days included';

CREATE FUNCTION pmr.factor_performance_of(source text, party text, month date)
	RETURNS TABLE (factor text, value text, srv text, mode text, requests bigint, success_pct double precision, target_met_pct double precision, answered_pct double precision,
		p50_s double precision, p95_s double precision, p95_all_s double precision,
		met bigint, missed bigint, pending bigint, not_measured bigint, invalid bigint, answered bigint, success bigint, rejected bigint, no_response bigint, unclassified bigint)
	LANGUAGE sql STABLE SECURITY DEFINER
	ROWS 200
	SET search_path = pg_catalog, pg_temp
	SET jit = off
BEGIN ATOMIC
	SELECT r.factor, r.value, r.srv, r.mode, r.requests, g.success_pct, g.target_met_pct, g.answered_pct, g.p50_s, g.p95_s, g.p95_all_s,
		r.met, r.missed, r.pending, r.not_measured, r.invalid, r.answered, r.success, r.rejected, r.no_response, r.unclassified
	FROM pmr.rollup_month AS m,
		(SELECT r.factor, r.value, r.srv, r.mode,
			sum(r.requests)::bigint AS requests, sum(r.met)::bigint AS met, sum(r.missed)::bigint AS missed,
			sum(r.pending)::bigint AS pending, sum(r.not_measured)::bigint AS not_measured, sum(r.invalid)::bigint AS invalid,
			sum(r.answered)::bigint AS answered, sum(r.success)::bigint AS success, sum(r.rejected)::bigint AS rejected,
			sum(r.no_response)::bigint AS no_response, sum(r.unclassified)::bigint AS unclassified,
			sum(r.met_success)::bigint AS met_success, sum(r.met_rejected)::bigint AS met_rejected, sum(r.missed_rejected)::bigint AS missed_rejected,
			pmr.rtt_merge(r.rtt) AS rtt
		 FROM pmr.rollup AS r
		 WHERE r.source = factor_performance_of.source AND r.month = factor_performance_of.month
		   AND r.party = ANY (pmr.party_list(factor_performance_of.source, factor_performance_of.party, factor_performance_of.month, factor_performance_of.month))
		   AND r.factor <> 'all'
		 GROUP BY r.factor, r.value, r.srv, r.mode) AS r,
		pmr.figures(r.requests, r.met, r.missed, r.pending, r.invalid, r.answered, r.success, r.met_success, r.met_rejected, r.missed_rejected, m.success_known, r.rtt) AS g
	WHERE m.source = factor_performance_of.source AND m.month = factor_performance_of.month
	  AND pmr.sees_party(factor_performance_of.party)
	ORDER BY r.factor, r.value, r.srv, r.mode;
END;
COMMENT ON FUNCTION pmr.factor_performance_of(text, text, date) IS 'internal: factor_performance of one Party and month; * is every Party together';

CREATE VIEW pmr.factor_performance AS
	SELECT v.party, v.month, f.*, v.source, v.as_of, v.status
	FROM pmr.visible_month() AS v, pmr.factor_performance_of(v.source, v.party, v.month) AS f
	WHERE v.party <> '*';
COMMENT ON VIEW pmr.factor_performance IS 'how well a Party''s requests did, by month, value of each factor, SRV and mode';

/* ------------------------------------------------------------------------
 * 17. By business process, and the report
 *
 * A request that names its business process counts there; one that does not
 * counts in each process that its SRV serves.  So totals are made from
 * requests, never by adding up processes.  A row with a qualifier takes the
 * requests of that qualifier alone.
 * ------------------------------------------------------------------------ */

CREATE FUNCTION pmr.report_rows(before timestamp with time zone)
	RETURNS TABLE (report_order integer, business_process text, process_name text, report_row integer, srv text, qualifier text, description text, note text)
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	SELECT b.report_order, b.business_process, b.name, s.report_row, s.srv, s.qualifier, s.description, s.note
	FROM (
		SELECT DISTINCT ON (a.business_process, a.srv, a.qualifier) a.*
		FROM pmr.business_process_srv AS a
		WHERE a.valid_from < before
		ORDER BY a.business_process, a.srv, a.qualifier, a.builtin, a.valid_from DESC
	) AS s JOIN pmr.current_business_process AS b ON b.business_process = s.business_process
	WHERE s.listed;
END;
COMMENT ON FUNCTION pmr.report_rows(timestamp with time zone) IS 'internal: rows of the report in force right before a time';

/*
 * A verdict needs a level: that of the process, or else of all business
 * processes alike.  It is told from integers, and knows nothing of intervals.
 */
CREATE FUNCTION pmr.service_level_verdict(business_process text, met bigint, missed bigint, before timestamp with time zone) RETURNS text
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	SELECT CASE
			WHEN l.target_pct IS NULL AND l.minimum_pct IS NULL THEN 'no level set'
			WHEN service_level_verdict.met + service_level_verdict.missed = 0 THEN 'nothing measured'
			WHEN 100 * service_level_verdict.met::numeric < l.minimum_pct * (service_level_verdict.met + service_level_verdict.missed) THEN 'below minimum'
			WHEN 100 * service_level_verdict.met::numeric < l.target_pct * (service_level_verdict.met + service_level_verdict.missed) THEN 'below target'
			ELSE 'met'
		END
	FROM (SELECT 1) AS one LEFT JOIN LATERAL (
		SELECT s.target_pct, s.minimum_pct
		FROM pmr.service_level AS s
		WHERE s.measure IN (service_level_verdict.business_process, 'business_process') AND s.valid_from < before
		ORDER BY s.measure <> service_level_verdict.business_process, s.builtin, s.valid_from DESC
		LIMIT 1) AS l ON true;
END;
COMMENT ON FUNCTION pmr.service_level_verdict(text, bigint, bigint, timestamp with time zone) IS 'internal: met, below target, below minimum, no level set or nothing measured';

/* The rollups of a Party's month that a row of the report is made of. */
CREATE FUNCTION pmr.report_cells(source text, party text, month date)
	RETURNS TABLE (report_order integer, business_process text, process_name text, report_row integer, srv text, qualifier text, mode text, description text,
		requests bigint, met bigint, missed bigint, pending bigint, not_measured bigint, invalid bigint, answered bigint, success bigint, rejected bigint,
		met_success bigint, met_rejected bigint, missed_rejected bigint, target_s double precision, rtt pmr.rtt_sketch)
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	SELECT b.report_order, b.business_process, b.process_name, b.report_row, b.srv, b.qualifier, r.mode, b.description,
		sum(r.requests)::bigint, sum(r.met)::bigint, sum(r.missed)::bigint, sum(r.pending)::bigint, sum(r.not_measured)::bigint, sum(r.invalid)::bigint,
		sum(r.answered)::bigint, sum(r.success)::bigint, sum(r.rejected)::bigint, sum(r.met_success)::bigint, sum(r.met_rejected)::bigint, sum(r.missed_rejected)::bigint,
		CASE WHEN min(r.target_s) = max(r.target_s) AND count(r.target_s) = count(*) THEN min(r.target_s) END,
		pmr.rtt_merge(r.rtt)
	FROM pmr.report_rows(pmr.day_start(report_cells.source, (report_cells.month + interval '1 month')::date)) AS b
		JOIN pmr.rollup AS r ON r.srv = b.srv AND b.qualifier IN ('', r.qualifier) AND r.business_process IN ('', b.business_process)
	WHERE r.source = report_cells.source AND r.month = report_cells.month AND r.day IS NULL AND r.factor = 'all'
	  AND r.party = ANY (pmr.party_list(report_cells.source, report_cells.party, report_cells.month, report_cells.month))
	GROUP BY b.report_order, b.business_process, b.process_name, b.report_row, b.srv, b.qualifier, r.mode, b.description;
END;
COMMENT ON FUNCTION pmr.report_cells(text, text, date) IS 'internal: sums of a Party''s month by row of the report and mode; for who may read pmr.rollup';

CREATE FUNCTION pmr.party_business_process_of(source text, party text, month date)
	RETURNS TABLE (business_process text, srv text, qualifier text, mode text, requests bigint, success_pct double precision, target_met_pct double precision,
		target_met_accepted_pct double precision, answered_pct double precision, p50_s double precision, p95_s double precision, p95_all_s double precision, target_s double precision, verdict text,
		met bigint, missed bigint, pending bigint, not_measured bigint, invalid bigint, answered bigint, success bigint, rejected bigint, report_row integer, process_name text, description text)
	LANGUAGE sql STABLE SECURITY DEFINER
	ROWS 60
	SET search_path = pg_catalog, pg_temp
	SET jit = off
BEGIN ATOMIC
	SELECT c.business_process, c.srv, c.qualifier, c.mode, c.requests, g.success_pct, g.target_met_pct, g.target_met_accepted_pct, g.answered_pct, g.p50_s, g.p95_s, g.p95_all_s, c.target_s,
		pmr.service_level_verdict(c.business_process, c.met, c.missed, pmr.day_start(m.source, (m.month + interval '1 month')::date)),
		c.met, c.missed, c.pending, c.not_measured, c.invalid, c.answered, c.success, c.rejected, c.report_row, c.process_name, c.description
	FROM pmr.rollup_month AS m,
		pmr.report_cells(party_business_process_of.source, party_business_process_of.party, party_business_process_of.month) AS c,
		pmr.figures(c.requests, c.met, c.missed, c.pending, c.invalid, c.answered, c.success, c.met_success, c.met_rejected, c.missed_rejected, m.success_known, c.rtt) AS g
	WHERE m.source = party_business_process_of.source AND m.month = party_business_process_of.month
	  AND pmr.sees_party(party_business_process_of.party)
	ORDER BY c.report_order, c.business_process, c.report_row, c.srv, c.qualifier, c.mode;
END;
COMMENT ON FUNCTION pmr.party_business_process_of(text, text, date) IS 'internal: party_business_process of one Party and month; * is every Party together';

CREATE VIEW pmr.party_business_process AS
	SELECT v.party, v.month, f.*, v.source, v.as_of, v.status
	FROM pmr.visible_month() AS v, pmr.party_business_process_of(v.source, v.party, v.month) AS f
	WHERE v.party <> '*';
COMMENT ON VIEW pmr.party_business_process IS 'how well a Party''s requests did, by month, row of SEC H13.1A and mode; a request of an SRV in several processes is in each of them, unless it names its own';
COMMENT ON COLUMN pmr.party_business_process.requests IS 'never add up processes: a request may be in several';

/*
 * One line of the report for each thing to read: first what the figures are,
 * then the rows of SEC H13.1A in the draft's order, zeros included, then what
 * is in none of them.
 */
CREATE FUNCTION pmr.performance_report_of(source text, party text, month date)
	RETURNS TABLE (line integer, item text, mode text, requests bigint, target_met_pct double precision, success_pct double precision, p50_s double precision, p95_s double precision, verdict text)
	LANGUAGE sql STABLE SECURITY DEFINER
	ROWS 80
	SET search_path = pg_catalog, pg_temp
	SET jit = off
BEGIN ATOMIC
	WITH header AS (
		SELECT m.*, s.report_timezone, pmr.day_start(m.source, (m.month + interval '1 month')::date) AS finish
		FROM pmr.rollup_month AS m JOIN pmr.source AS s ON s.source = m.source
		WHERE m.source = performance_report_of.source AND m.month = performance_report_of.month
		  AND pmr.sees_party(performance_report_of.party)
	), layout AS MATERIALIZED (
		SELECT x.* FROM header AS h, pmr.report_rows(h.finish) AS x
	), own AS MATERIALIZED (
		SELECT r.srv, r.qualifier, r.business_process,
			sum(r.requests)::bigint AS requests, sum(r.met)::bigint AS met, sum(r.missed)::bigint AS missed, sum(r.pending)::bigint AS pending,
			sum(r.invalid)::bigint AS invalid, sum(r.not_measured)::bigint AS not_measured, sum(r.success)::bigint AS success,
			coalesce(sum(r.met + r.missed) FILTER (WHERE r.target_status = 'assumed'), 0)::bigint AS assumed
		FROM header AS h JOIN pmr.rollup AS r ON r.source = h.source AND r.month = h.month
		WHERE r.party = ANY (pmr.party_list(performance_report_of.source, performance_report_of.party, performance_report_of.month, performance_report_of.month))
		  AND r.factor = 'all' AND r.day IS NULL
		GROUP BY r.srv, r.qualifier, r.business_process
	), total AS (
		SELECT coalesce(sum(o.requests), 0)::bigint AS requests, coalesce(sum(o.met), 0)::bigint AS met, coalesce(sum(o.missed), 0)::bigint AS missed,
			coalesce(sum(o.pending), 0)::bigint AS pending, coalesce(sum(o.invalid), 0)::bigint AS invalid, coalesce(sum(o.not_measured), 0)::bigint AS not_measured,
			coalesce(sum(o.success), 0)::bigint AS success, coalesce(sum(o.assumed), 0)::bigint AS assumed
		FROM own AS o
	), cell AS MATERIALIZED (
		SELECT c.*, h.success_known, h.finish
		FROM header AS h, pmr.report_cells(h.source, performance_report_of.party, h.month) AS c
	), process AS (
		SELECT b.report_order, b.process_name, b.business_process,
			coalesce(sum(o.requests), 0)::bigint AS requests, coalesce(sum(o.met), 0)::bigint AS met, coalesce(sum(o.missed), 0)::bigint AS missed,
			coalesce(sum(o.pending), 0)::bigint AS pending, coalesce(sum(o.invalid), 0)::bigint AS invalid, coalesce(sum(o.success), 0)::bigint AS success
		FROM (SELECT DISTINCT x.report_order, x.process_name, x.business_process FROM layout AS x) AS b
			LEFT JOIN own AS o ON EXISTS (
				SELECT FROM layout AS x
				WHERE x.business_process = b.business_process AND x.srv = o.srv
				  AND x.qualifier IN ('', o.qualifier) AND o.business_process IN ('', x.business_process))
		GROUP BY b.report_order, b.process_name, b.business_process
	), lines (part, a, process, b, row_key, c, item, mode, requests, target_met_pct, success_pct, p50_s, p95_s, verdict) AS (
		SELECT 1, h.i, '', 0, '', 0, h.item, CASE WHEN h.requests IS NOT NULL THEN 'all' END, h.requests, NULL::double precision, NULL::double precision, NULL::double precision, NULL::double precision, NULL::text
		FROM (
			SELECT x.i, x.item, x.requests
			FROM header AS h, total AS t, LATERAL (VALUES
				(1, format('%s, %s, days in %s', CASE performance_report_of.party WHEN '*' THEN 'All Parties' WHEN '' THEN 'No Party' ELSE performance_report_of.party END, to_char(h.month, 'FMMonth YYYY'), h.report_timezone), NULL::bigint),
				(2, format('as of %s', to_char(h.as_of AT TIME ZONE h.report_timezone, 'YYYY-MM-DD HH24:MI:SS')), NULL),
				(3, CASE WHEN h.settled THEN 'final' ELSE 'provisional: open to late responses' END, NULL),
				(4, 'Measured', t.met + t.missed),
				(5, '  of them against assumed targets', t.assumed),
				(6, 'Not measured', t.not_measured),
				(7, 'Pending', t.pending),
				(8, 'Invalid', t.invalid)
			) AS x (i, item, requests)
		) AS h
		UNION ALL
		SELECT 2, p.report_order, p.business_process, 0, '', 0, p.process_name, 'all', p.requests, pmr.percentage(p.met, p.met + p.missed),
			CASE WHEN h.success_known THEN pmr.percentage(p.success, p.requests - p.pending - p.invalid) END, NULL, NULL,
			pmr.service_level_verdict(p.business_process, p.met, p.missed, h.finish)
		FROM process AS p, header AS h
		UNION ALL
		SELECT 2, b.report_order, b.business_process, b.report_row, b.srv || ' ' || b.qualifier, CASE c.mode WHEN 'on_demand' THEN 1 WHEN 'future_dated' THEN 2 WHEN 'dcc_scheduled' THEN 3 WHEN 'non_device' THEN 4 ELSE 5 END,
			left('  ' || rpad(b.srv, greatest(7, length(b.srv) + 1)) || CASE WHEN b.qualifier = '' THEN b.description ELSE replace(b.qualifier, '_', ' ') END, 44),
			c.mode, coalesce(c.requests, 0), g.target_met_pct, g.success_pct, round(g.p50_s::numeric, 1)::double precision, round(g.p95_s::numeric, 1)::double precision,
			CASE WHEN c.srv IS NOT NULL THEN pmr.service_level_verdict(b.business_process, c.met, c.missed, h.finish) END
		FROM header AS h CROSS JOIN layout AS b
			LEFT JOIN cell AS c ON c.business_process = b.business_process AND c.report_row = b.report_row AND c.srv = b.srv AND c.qualifier = b.qualifier
			LEFT JOIN LATERAL pmr.figures(c.requests, c.met, c.missed, c.pending, c.invalid, c.answered, c.success, c.met_success, c.met_rejected, c.missed_rejected, c.success_known, c.rtt) AS g ON c.srv IS NOT NULL
		UNION ALL
		SELECT 3, 1, '', x.i, '', 0, x.item, 'all', x.requests, pmr.percentage(x.met, x.met + x.missed), CASE WHEN x.success_known THEN pmr.percentage(x.success, x.decided) END, NULL, NULL, NULL
		FROM (
			SELECT CASE WHEN NOT EXISTS (SELECT FROM layout AS x WHERE x.srv = o.srv) THEN 1 WHEN o.qualifier = '' THEN 2 ELSE 3 END AS i,
				CASE WHEN NOT EXISTS (SELECT FROM layout AS x WHERE x.srv = o.srv) THEN 'In no row: other SRVs'
					WHEN o.qualifier = '' THEN 'In no row: qualifier unknown, or process'
					ELSE 'In no row: another qualifier, or process' END AS item,
				sum(o.requests)::bigint AS requests, sum(o.met)::bigint AS met, sum(o.missed)::bigint AS missed, sum(o.success)::bigint AS success,
				sum(o.requests - o.pending - o.invalid)::bigint AS decided, h.success_known
			FROM own AS o, header AS h
			WHERE NOT EXISTS (SELECT FROM layout AS x WHERE x.srv = o.srv AND x.qualifier IN ('', o.qualifier) AND o.business_process IN ('', x.business_process))
			GROUP BY 1, 2, h.success_known
		) AS x
		UNION ALL
		SELECT 4, 1, '', 0, '', 0, 'All requests, each counted once', 'all', t.requests, pmr.percentage(t.met, t.met + t.missed),
			CASE WHEN h.success_known THEN pmr.percentage(t.success, t.requests - t.pending - t.invalid) END, NULL, NULL, NULL
		FROM total AS t, header AS h
	)
	SELECT (row_number() OVER (ORDER BY l.part, l.a, l.process, l.b, l.row_key, l.c))::integer, l.item, l.mode, l.requests, l.target_met_pct, l.success_pct, l.p50_s, l.p95_s, l.verdict
	FROM lines AS l
	ORDER BY 1;
END;
COMMENT ON FUNCTION pmr.performance_report_of(text, text, date) IS 'internal: performance_report of one Party and month; * is every Party together';

CREATE VIEW pmr.performance_report AS
	SELECT v.party, v.month, f.*, v.source
	FROM pmr.visible_month() AS v, pmr.performance_report_of(v.source, v.party, v.month) AS f;
COMMENT ON VIEW pmr.performance_report IS 'a Party''s month as a report to read: what it rests on, the rows of SEC H13.1A in their order, and what belongs to none; Party * is every Party together';

/* ------------------------------------------------------------------------
 * 18. Publication, and what it may show to whom
 *
 * Whoever sees only some Parties gets figures of others from publications
 * alone.  What is shown is decided once, when a month is published, and is the
 * same for every reader: a figure must satisfy the rule of disclosure_rule
 * without any one supplier group, since each reader has it without their own.
 *
 * The rule holds for a union of disjoint figures when it holds for each: a
 * group has no larger a share of the union than of all its parts.  So what
 * readers can work out by subtraction is safe if the smallest differences are:
 * a figure without those of its parts that are shown.
 * ------------------------------------------------------------------------ */

/*
 * Does the rule hold for groups with so many measured requests, most first,
 * without the one of them (spare 1) that matters most?  That is one of the
 * three largest: without any other the shares are smaller.
 */
CREATE FUNCTION pmr.may_show(measured bigint[], rule pmr.publication, spare integer) RETURNS boolean
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT coalesce(measured[(rule).min_groups + spare] >= (rule).min_group_requests
		AND CASE spare
			WHEN 0 THEN 100 * measured[1] <= (rule).max_share_pct * total
				AND 100 * (measured[1] + measured[2]) <= (rule).max_share_of_two_pct * total
			ELSE 100 * measured[2] <= (rule).max_share_pct * (total - measured[1])
				AND 100 * measured[1] <= (rule).max_share_pct * (total - measured[2])
				AND 100 * (measured[2] + measured[3]) <= (rule).max_share_of_two_pct * (total - measured[1])
				AND 100 * (measured[1] + measured[3]) <= (rule).max_share_of_two_pct * (total - measured[2])
				AND 100 * (measured[1] + measured[2]) <= (rule).max_share_of_two_pct * (total - measured[3])
		END, false)
	FROM (SELECT sum(m) AS total FROM unnest(measured) AS u (m)) AS t;
END;
COMMENT ON FUNCTION pmr.may_show(bigint[], pmr.publication, integer) IS 'internal: does the rule of a publication hold for groups with so many measured requests, most first';

/* Two significant digits. */
CREATE FUNCTION pmr.two_digits(seconds double precision) RETURNS double precision
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	RETURN CASE WHEN seconds > 0 THEN round(seconds::numeric, 1 - floor(log(seconds::numeric))::integer)::double precision ELSE seconds END;
COMMENT ON FUNCTION pmr.two_digits(double precision) IS 'internal: a number rounded to two significant digits';

/* Met requests in thousandths; what is made from it is as coarse. */
CREATE FUNCTION pmr.per_mille(part bigint, whole bigint) RETURNS integer
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	RETURN round(1000.0 * part / nullif(whole, 0))::integer;
COMMENT ON FUNCTION pmr.per_mille(bigint, bigint) IS 'internal: share in whole thousandths; NULL of nothing';

/*
 * Sums of a publication's cells by supplier group.  Requests of no Party are
 * in none: nobody could say whose they are.
 *
 * Here and below the planner knows nothing yet of the rows just inserted, and
 * would join them row by row.
 */
CREATE FUNCTION pmr.publish_figures(source text, month date) RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
	SET jit = off
	SET enable_nestloop = off
AS $$
DECLARE
	region text;
	rule pmr.publication;
BEGIN
	SELECT * INTO rule FROM pmr.publication AS p WHERE p.source = publish_figures.source AND p.month = publish_figures.month;
	region := rule.region_factor;
	WITH base AS MATERIALIZED (
		SELECT p.supplier_group, coalesce(p.category, '') AS category,
			c.srv, c.mode, c.device_generation, c.qualifier, c.factor, c.value, c.measured, c.met
		FROM pmr.publication_cell AS c
			JOIN pmr.publication_party AS p ON p.source = c.source AND p.month = c.month AND p.party = c.party
		WHERE c.source = publish_figures.source AND c.month = publish_figures.month
	), share AS (
		SELECT 'srv' AS kind, srv, mode, '' AS device_generation, '' AS qualifier, '' AS factor, '' AS value, '' AS category,
			supplier_group, sum(measured)::bigint AS measured, sum(met)::bigint AS met
		FROM base WHERE factor = 'all' GROUP BY srv, mode, supplier_group
		UNION ALL
		SELECT 'category', srv, mode, '', '', '', '', category, supplier_group, sum(measured)::bigint, sum(met)::bigint
		FROM base WHERE factor = 'all' GROUP BY srv, mode, category, supplier_group
		UNION ALL
		SELECT 'generation', srv, mode, device_generation, '', '', '', '', supplier_group, sum(measured)::bigint, sum(met)::bigint
		FROM base WHERE factor = 'all' GROUP BY srv, mode, device_generation, supplier_group
		UNION ALL
		SELECT 'value', srv, mode, device_generation, '', factor, value, '', supplier_group, sum(measured)::bigint, sum(met)::bigint
		FROM base WHERE factor <> 'all' GROUP BY srv, mode, device_generation, factor, value, supplier_group
		UNION ALL
		SELECT 'stratum', srv, mode, device_generation, qualifier, factor, value, '', supplier_group, sum(measured)::bigint, sum(met)::bigint
		FROM base WHERE factor = coalesce(region, 'all') GROUP BY srv, mode, device_generation, qualifier, factor, value, supplier_group
	)
	INSERT INTO pmr.publication_figure
	SELECT publish_figures.source, publish_figures.month,
		row_number() OVER (ORDER BY kind, srv, mode, device_generation, factor, value, qualifier, category), NULL,
		kind, srv, mode, device_generation, qualifier, factor, value, category, sum(measured), sum(met),
		array_agg(supplier_group ORDER BY measured DESC, supplier_group), array_agg(measured ORDER BY measured DESC, supplier_group),
		array_agg(met ORDER BY measured DESC, supplier_group), NULL, NULL, false,
		pmr.may_show(array_agg(measured ORDER BY measured DESC, supplier_group), rule, 1)
	FROM share
	GROUP BY kind, srv, mode, device_generation, factor, value, qualifier, category;

	/* the sum over what is shown: nothing is left of it when its parts are taken away */
	INSERT INTO pmr.publication_figure
	SELECT publish_figures.source, publish_figures.month, 0, NULL, 'all', '', '', '', '', '', '', '', sum(g.measured), sum(g.met),
		array_agg(g.name ORDER BY g.measured DESC, g.name), array_agg(g.measured ORDER BY g.measured DESC, g.name),
		array_agg(g.met ORDER BY g.measured DESC, g.name), NULL, NULL, false, true
	FROM (SELECT u.name, sum(u.measured)::bigint AS measured, sum(u.met)::bigint AS met
		  FROM pmr.publication_figure AS f, unnest(f.groups, f.measured, f.met) AS u (name, measured, met)
		  WHERE f.source = publish_figures.source AND f.month = publish_figures.month AND f.kind = 'srv' AND f.shown
		  GROUP BY u.name) AS g
	HAVING count(*) > 0;

	UPDATE pmr.publication_figure AS f
	SET part_of = p.figure
	FROM pmr.publication_figure AS p
	WHERE f.source = publish_figures.source AND f.month = publish_figures.month
	  AND p.source = publish_figures.source AND p.month = publish_figures.month
	  AND CASE f.kind
			WHEN 'srv' THEN p.kind = 'all' AND f.shown
			WHEN 'category' THEN p.kind = 'srv'
			WHEN 'generation' THEN p.kind = 'srv'
			WHEN 'value' THEN p.kind = 'generation'
			WHEN 'stratum' THEN p.kind = CASE WHEN region IS NULL THEN 'generation' ELSE 'value' END
		END
	  AND p.srv = CASE f.kind WHEN 'srv' THEN '' ELSE f.srv END
	  AND p.mode = CASE f.kind WHEN 'srv' THEN '' ELSE f.mode END
	  AND p.device_generation = CASE WHEN f.kind IN ('srv', 'category', 'generation') THEN '' ELSE f.device_generation END
	  AND p.factor = CASE WHEN f.kind = 'stratum' AND region IS NOT NULL THEN f.factor ELSE '' END
	  AND p.value = CASE WHEN f.kind = 'stratum' AND region IS NOT NULL THEN f.value ELSE '' END;

	/* round-trip times of all without each group: what comes before it, and what after */
	WITH own AS MATERIALIZED (
		SELECT c.srv, c.mode, p.supplier_group, pmr.rtt_merge(c.rtt) AS rtt
		FROM pmr.publication_cell AS c
			JOIN pmr.publication_party AS p ON p.source = c.source AND p.month = c.month AND p.party = c.party
		WHERE c.source = publish_figures.source AND c.month = publish_figures.month AND c.factor = 'all'
		GROUP BY c.srv, c.mode, p.supplier_group
	), around AS (
		SELECT o.srv, o.mode, o.supplier_group, coalesce(pmr.rtt_count(o.rtt), 0) AS answered,
			pmr.rtt_merge(o.rtt) OVER (PARTITION BY o.srv, o.mode ORDER BY o.supplier_group ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before,
			pmr.rtt_merge(o.rtt) OVER (PARTITION BY o.srv, o.mode ORDER BY o.supplier_group DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS after
		FROM own AS o
	), others AS MATERIALIZED (
		SELECT a.srv, a.mode, a.supplier_group, a.answered,
			pmr.rtt_percentiles(CASE WHEN a.before IS NULL THEN a.after WHEN a.after IS NULL THEN a.before ELSE pmr.rtt_merge(a.before, a.after) END, '{0.5,0.95}') AS s
		FROM around AS a
	), placed AS (
		SELECT f.figure, array_agg(pmr.two_digits(o.s[1]) ORDER BY g.i) AS p50_s, array_agg(pmr.two_digits(o.s[2]) ORDER BY g.i) AS p95_s,
			pmr.may_show(array_agg(o.answered ORDER BY o.answered DESC), rule, 1) AS times_shown
		FROM pmr.publication_figure AS f
			CROSS JOIN unnest(f.groups) WITH ORDINALITY AS g (name, i)
			JOIN others AS o ON o.srv = f.srv AND o.mode = f.mode AND o.supplier_group = g.name
		WHERE f.source = publish_figures.source AND f.month = publish_figures.month AND f.kind = 'srv'
		GROUP BY f.figure
	)
	UPDATE pmr.publication_figure AS f
	SET p50_s = p.p50_s, p95_s = p.p95_s, times_shown = p.times_shown
	FROM placed AS p
	WHERE f.source = publish_figures.source AND f.month = publish_figures.month AND f.figure = p.figure;
END
$$;
COMMENT ON FUNCTION pmr.publish_figures(text, date) IS 'internal: makes publication_figure of publication_cell, with what the rule lets be shown by itself';

/*
 * Hides one more figure where those hidden could be worked out from those
 * shown: of parts of a figure, the hidden ones together must satisfy the rule.
 * Returns how many were hidden; to be repeated until it is none.
 *
 * The sum over all SRVs is the one that gives way to its parts.
 */
CREATE FUNCTION pmr.hide_differences(source text, month date) RETURNS bigint
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
	SET jit = off
	SET enable_nestloop = off
AS $$
DECLARE
	rule pmr.publication;
	orphans bigint;
	result bigint;
BEGIN
	SELECT * INTO rule FROM pmr.publication AS p WHERE p.source = hide_differences.source AND p.month = hide_differences.month;

	UPDATE pmr.publication_figure AS f
	SET shown = false
	FROM pmr.publication_figure AS p
	WHERE f.source = hide_differences.source AND f.month = hide_differences.month
	  AND p.source = hide_differences.source AND p.month = hide_differences.month
	  AND p.figure = f.part_of AND f.shown AND NOT p.shown AND f.kind <> 'srv';
	GET DIAGNOSTICS orphans = ROW_COUNT;

	WITH figure AS (
		SELECT * FROM pmr.publication_figure AS f
		WHERE f.source = hide_differences.source AND f.month = hide_differences.month
	), hidden AS (
		SELECT f.part_of, f.kind, f.factor, g.name, sum(g.measured)::bigint AS measured
		FROM figure AS f JOIN figure AS p ON p.figure = f.part_of
			CROSS JOIN unnest(f.groups, f.measured) AS g (name, measured)
		WHERE NOT f.shown AND p.shown AND g.measured > 0
		GROUP BY f.part_of, f.kind, f.factor, g.name
	), failing AS (
		SELECT h.part_of, h.kind, h.factor
		FROM hidden AS h
		GROUP BY h.part_of, h.kind, h.factor
		HAVING NOT pmr.may_show(array_agg(h.measured ORDER BY h.measured DESC), rule, 1)
	), victim AS (
		SELECT DISTINCT ON (f.part_of, f.kind, f.factor) f.figure
		FROM figure AS f JOIN failing AS h ON h.part_of = f.part_of AND h.kind = f.kind AND h.factor = f.factor
		WHERE f.shown AND f.kind <> 'srv'
		ORDER BY f.part_of, f.kind, f.factor, f.total_measured, f.figure
	)
	UPDATE pmr.publication_figure AS f
	SET shown = false
	WHERE f.source = hide_differences.source AND f.month = hide_differences.month AND f.shown
	  AND f.figure IN (SELECT v.figure FROM victim AS v);
	GET DIAGNOSTICS result = ROW_COUNT;
	RETURN result + orphans;
END
$$;
COMMENT ON FUNCTION pmr.hide_differences(text, date) IS 'internal: hides figures of a publication that would let others be worked out by subtraction from a sum';

/*
 * Hides figures of categories that can be compared with those of a factor, or
 * with the strata of the equal mix.  Where a value is used by one category
 * alone, its figure can be taken away from the category's, and the rest must
 * satisfy the rule; and so where it is used by all other categories alone.
 * The hidden values together count as one.
 *
 * The reader's own group, of this category, may be the only one of it that
 * uses a value, which for them is then used by other categories alone.
 */
CREATE FUNCTION pmr.hide_category_differences(source text, month date) RETURNS bigint
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
	SET jit = off
	SET enable_nestloop = off
AS $$
DECLARE
	rule pmr.publication;
	result bigint;
BEGIN
	SELECT * INTO rule FROM pmr.publication AS p WHERE p.source = hide_category_differences.source AND p.month = hide_category_differences.month;

	WITH figure AS MATERIALIZED (
		SELECT f.figure, f.part_of, f.kind, f.srv, f.mode, f.device_generation, f.qualifier, f.factor, f.value, f.category, f.shown
		FROM pmr.publication_figure AS f
		WHERE f.source = hide_category_differences.source AND f.month = hide_category_differences.month
	), place AS (
		/* where the requests of a cell are shown: by themselves, or within what is left of a figure */
		SELECT 0 AS strata, f.srv, f.mode, f.device_generation, ''::text AS qualifier, f.factor, f.value,
			CASE WHEN f.shown THEN f.figure WHEN g.shown THEN -g.figure ELSE 0 END AS place
		FROM figure AS f JOIN figure AS g ON g.figure = f.part_of
		WHERE f.kind = 'value'
		UNION ALL
		SELECT 1, f.srv, f.mode, f.device_generation, f.qualifier, f.factor, f.value,
			CASE WHEN f.shown THEN f.figure WHEN p.shown THEN -p.figure WHEN g.shown THEN -g.figure ELSE 0 END
		FROM figure AS f JOIN figure AS p ON p.figure = f.part_of LEFT JOIN figure AS g ON g.figure = p.part_of AND p.kind = 'value'
		WHERE f.kind = 'stratum'
	), used AS MATERIALIZED (
		SELECT l.strata, c.factor, c.srv, c.mode, l.place, coalesce(p.category, '') AS category, p.supplier_group, sum(c.measured)::bigint AS measured
		FROM pmr.publication_cell AS c
			JOIN pmr.publication_party AS p ON p.source = c.source AND p.month = c.month AND p.party = c.party
			JOIN place AS l ON l.srv = c.srv AND l.mode = c.mode AND l.device_generation = c.device_generation
				AND l.factor = c.factor AND l.value = c.value AND l.qualifier = CASE l.strata WHEN 1 THEN c.qualifier ELSE '' END
		WHERE c.source = hide_category_differences.source AND c.month = hide_category_differences.month AND c.measured > 0
		GROUP BY l.strata, c.factor, c.srv, c.mode, l.place, coalesce(p.category, ''), p.supplier_group
	), mixed AS MATERIALIZED (
		/* places that the category shares with others */
		SELECT f.figure, f.category, u.strata, u.factor, u.srv, u.mode, u.place,
			CASE WHEN count(*) FILTER (WHERE u.category = f.category) = 1 THEN min(u.supplier_group) FILTER (WHERE u.category = f.category) END AS only_group
		FROM figure AS f JOIN used AS u ON u.srv = f.srv AND u.mode = f.mode
		WHERE f.kind = 'category' AND f.shown
		GROUP BY f.figure, f.category, u.strata, u.factor, u.srv, u.mode, u.place
		HAVING count(*) FILTER (WHERE u.category = f.category) > 0 AND count(*) FILTER (WHERE u.category <> f.category) > 0
	), reader AS (
		SELECT m.figure, m.strata, m.factor, NULL::text AS reader FROM mixed AS m
		UNION
		SELECT m.figure, m.strata, m.factor, m.only_group FROM mixed AS m
	), rest AS (
		SELECT m.figure, m.strata, m.factor, true AS own, NULL::text AS reader, u.supplier_group, sum(u.measured)::bigint AS measured
		FROM mixed AS m JOIN used AS u ON u.strata = m.strata AND u.factor = m.factor AND u.srv = m.srv AND u.mode = m.mode AND u.place = m.place
		WHERE u.category = m.category
		GROUP BY m.figure, m.strata, m.factor, u.supplier_group
		UNION ALL
		SELECT m.figure, m.strata, m.factor, false, r.reader, u.supplier_group, sum(u.measured)::bigint
		FROM mixed AS m
			JOIN reader AS r ON r.figure = m.figure AND r.strata = m.strata AND r.factor = m.factor
			JOIN used AS u ON u.strata = m.strata AND u.factor = m.factor AND u.srv = m.srv AND u.mode = m.mode AND u.place = m.place
		WHERE u.category <> m.category AND (r.reader IS NULL OR m.only_group IS DISTINCT FROM r.reader)
		GROUP BY m.figure, m.strata, m.factor, r.reader, u.supplier_group
	), failing AS (
		SELECT r.figure
		FROM rest AS r
		GROUP BY r.figure, r.strata, r.factor, r.own, r.reader
		HAVING NOT pmr.may_show(array_agg(r.measured ORDER BY r.measured DESC), rule, 1)
	)
	UPDATE pmr.publication_figure AS f
	SET shown = false
	WHERE f.source = hide_category_differences.source AND f.month = hide_category_differences.month
	  AND f.figure IN (SELECT h.figure FROM failing AS h);
	GET DIAGNOSTICS result = ROW_COUNT;
	RETURN result;
END
$$;
COMMENT ON FUNCTION pmr.hide_category_differences(text, date) IS 'internal: hides figures of categories that would let others be worked out by subtraction of values of a factor';

/*
 * Hides values of a factor that can be compared with those of another: of a
 * device model that has one firmware by itself, that taken away from the
 * model's figure, the rest must satisfy the rule; and so for the rest of the
 * models that a firmware runs on.  As above, with values in the place of
 * categories, and for any reader: to whom a value is used together with
 * another or not regardless of their own group.
 *
 * Of the factors that are found in one place, only the one with the fewest
 * values gives way before it is asked again.
 */
CREATE FUNCTION pmr.hide_factor_differences(source text, month date) RETURNS bigint
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
	SET jit = off
	SET enable_nestloop = off
AS $$
DECLARE
	rule pmr.publication;
	result bigint;
BEGIN
	SELECT * INTO rule FROM pmr.publication AS p WHERE p.source = hide_factor_differences.source AND p.month = hide_factor_differences.month;

	WITH figure AS MATERIALIZED (
		/* what is hidden of a factor in one place counts as one: the negative number of its first */
		SELECT f.part_of, f.srv, f.mode, f.device_generation, f.factor, f.value, f.groups, f.measured,
			CASE WHEN f.shown THEN f.figure ELSE -min(f.figure) OVER (PARTITION BY f.part_of, f.factor) END AS place
		FROM pmr.publication_figure AS f
			JOIN pmr.publication_figure AS g ON g.source = f.source AND g.month = f.month AND g.figure = f.part_of
		WHERE f.source = hide_factor_differences.source AND f.month = hide_factor_differences.month AND f.kind = 'value' AND g.shown
	), place AS MATERIALIZED (
		SELECT f.place, min(f.part_of) AS part_of, min(f.factor) AS factor FROM figure AS f GROUP BY f.place
	), member AS MATERIALIZED (
		SELECT p.party, p.supplier_group, dense_rank() OVER (ORDER BY p.supplier_group)::integer AS number
		FROM pmr.publication_party AS p
		WHERE p.source = hide_factor_differences.source AND p.month = hide_factor_differences.month
	), whole AS MATERIALIZED (
		SELECT f.place, m.number, sum(g.measured)::bigint AS measured
		FROM figure AS f CROSS JOIN LATERAL unnest(f.groups, f.measured) AS g (name, measured)
			JOIN (SELECT DISTINCT supplier_group, number FROM member) AS m ON m.supplier_group = g.name
		WHERE g.measured > 0
		GROUP BY f.place, m.number
	), pair AS MATERIALIZED (
		SELECT a.place AS place_a, b.place AS place_b, r.number, sum(r.measured)::bigint AS measured
		FROM (SELECT p.srv, p.mode, p.device_generation, p.factor_a, p.factor_b, m.number, v.a, v.b, v.measured
			  FROM pmr.rollup_pair AS p JOIN member AS m ON m.party = p.party
				CROSS JOIN LATERAL unnest(p.values_a, p.values_b, p.measured) AS v (a, b, measured)
			  WHERE p.source = hide_factor_differences.source AND p.month = hide_factor_differences.month
			  OFFSET 0) AS r
			JOIN figure AS a ON a.srv = r.srv AND a.mode = r.mode AND a.device_generation = r.device_generation AND a.factor = r.factor_a AND a.value = r.a
			JOIN figure AS b ON b.srv = r.srv AND b.mode = r.mode AND b.device_generation = r.device_generation AND b.factor = r.factor_b AND b.value = r.b
		WHERE r.measured > 0
		GROUP BY a.place, b.place, r.number
	), used AS MATERIALIZED (
		SELECT p.place_a AS place, p.place_b AS other, p.number, p.measured FROM pair AS p WHERE p.place_a > 0
		UNION ALL
		SELECT p.place_b, p.place_a, p.number, p.measured FROM pair AS p WHERE p.place_b > 0
	), touched AS MATERIALIZED (
		/* how many groups use both values, and how many use the other one with something else */
		SELECT u.place, u.other, count(*) AS inside, min(c.groups) - count(*) FILTER (WHERE u.measured = w.measured) AS outside
		FROM used AS u
			JOIN whole AS w ON w.place = u.other AND w.number = u.number
			JOIN (SELECT x.place, count(*) AS groups FROM whole AS x GROUP BY x.place) AS c ON c.place = u.other
		GROUP BY u.place, u.other
	), doubtful AS MATERIALIZED (
		/* a value that is used with each of the others by several groups, none of which has it alone, takes nothing away */
		SELECT t.place, o.factor AS other_factor
		FROM touched AS t
			JOIN place AS o ON o.place = t.other
			JOIN (SELECT p.part_of, p.factor, count(*) AS places FROM place AS p GROUP BY p.part_of, p.factor) AS n
				ON n.part_of = o.part_of AND n.factor = o.factor
		GROUP BY t.place, o.factor
		HAVING min(t.inside) < 2 OR min(t.outside) < 2 OR count(*) < min(n.places)
	), piece AS MATERIALIZED (
		SELECT t.place, d.other_factor, t.other, w.number, coalesce(u.measured, 0) AS inside, w.measured - coalesce(u.measured, 0) AS outside
		FROM touched AS t
			JOIN place AS o ON o.place = t.other
			JOIN doubtful AS d ON d.place = t.place AND d.other_factor = o.factor
			JOIN whole AS w ON w.place = t.other
			LEFT JOIN used AS u ON u.place = t.place AND u.other = t.other AND u.number = w.number
		WHERE t.outside > 0
	), mixed AS MATERIALIZED (
		SELECT p.place, p.other_factor, p.other,
			CASE WHEN count(*) FILTER (WHERE p.inside > 0) = 1 THEN min(p.number) FILTER (WHERE p.inside > 0) END AS only_inside,
			CASE WHEN count(*) FILTER (WHERE p.outside > 0) = 1 THEN min(p.number) FILTER (WHERE p.outside > 0) END AS only_outside
		FROM piece AS p
		GROUP BY p.place, p.other_factor, p.other
	), reader AS (
		SELECT m.place, m.other_factor, NULL::integer AS reader FROM mixed AS m
		UNION
		SELECT m.place, m.other_factor, m.only_inside FROM mixed AS m
		UNION
		SELECT m.place, m.other_factor, m.only_outside FROM mixed AS m
	), rest AS (
		SELECT r.place, r.other_factor, r.reader, p.number, sum(p.inside)::bigint AS inside, sum(p.outside)::bigint AS outside
		FROM reader AS r
			JOIN mixed AS m ON m.place = r.place AND m.other_factor = r.other_factor
			JOIN piece AS p ON p.place = m.place AND p.other = m.other
		WHERE r.reader IS NULL OR m.only_inside IS DISTINCT FROM r.reader AND m.only_outside IS DISTINCT FROM r.reader
		GROUP BY r.place, r.other_factor, r.reader, p.number
	), failing AS (
		SELECT r.place
		FROM rest AS r
		GROUP BY r.place, r.other_factor, r.reader
		HAVING NOT pmr.may_show(array_agg(r.inside ORDER BY r.inside DESC), rule, 1)
			OR NOT pmr.may_show(array_agg(r.outside ORDER BY r.outside DESC), rule, 1)
	), yielding AS (
		SELECT DISTINCT ON (p.part_of) p.part_of, p.factor
		FROM failing AS f JOIN place AS p ON p.place = f.place
			JOIN (SELECT g.part_of, g.factor, count(*) AS number FROM figure AS g GROUP BY g.part_of, g.factor) AS v
				ON v.part_of = p.part_of AND v.factor = p.factor
		ORDER BY p.part_of, v.number, p.factor
	)
	UPDATE pmr.publication_figure AS f
	SET shown = false
	WHERE f.source = hide_factor_differences.source AND f.month = hide_factor_differences.month
	  AND f.figure IN (SELECT h.place FROM failing AS h JOIN place AS p ON p.place = h.place JOIN yielding AS y ON y.part_of = p.part_of AND y.factor = p.factor);
	GET DIAGNOSTICS result = ROW_COUNT;
	RETURN result;
END
$$;
COMMENT ON FUNCTION pmr.hide_factor_differences(text, date) IS 'internal: hides values of factors of a publication that would let others be worked out by subtraction of those of another factor';

CREATE PROCEDURE pmr.publish(source text, month date)
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
	SET jit = off
	SET enable_nestloop = off
AS $$
DECLARE
	s pmr.source;
	m pmr.rollup_month;
	r record;
	known text[];
	total bigint;
	bad_factor text;
BEGIN
	SELECT * INTO s FROM pmr.source AS a WHERE a.source = publish.source FOR NO KEY UPDATE;
	IF NOT FOUND THEN
		RAISE undefined_object USING MESSAGE = format('source "%s" does not exist', publish.source),
			HINT = 'pmr.add_source() adds one.';
	ELSIF publish.month IS NULL OR NOT isfinite(publish.month) OR publish.month <> date_trunc('month', publish.month::timestamp) THEN
		RAISE invalid_parameter_value USING MESSAGE = format('month %s is not the first day of a month', coalesce(publish.month::text, 'NULL'));
	ELSIF EXISTS (SELECT FROM pmr.publication AS p WHERE p.source = publish.source AND p.month = publish.month) THEN
		RAISE duplicate_object USING MESSAGE = format('month %s of source "%s" is already published', to_char(publish.month, 'YYYY-MM'), publish.source),
			HINT = format('pmr.withdraw(%L, %L) removes the publication. Readers who have it can compare it with the next one.', publish.source, publish.month);
	END IF;
	SELECT * INTO m FROM pmr.rollup_month AS a WHERE a.source = publish.source AND a.month = publish.month;
	IF NOT FOUND THEN
		RAISE object_not_in_prerequisite_state USING MESSAGE = format('month %s of source "%s" is not rolled up', to_char(publish.month, 'YYYY-MM'), publish.source),
			HINT = format('CALL pmr.refresh(%L, %L, %L) does it.', publish.source, publish.month, (publish.month + interval '1 month - 1 day')::date);
	ELSIF NOT m.settled THEN
		RAISE object_not_in_prerequisite_state USING MESSAGE = format('month %s of source "%s" is not settled', to_char(publish.month, 'YYYY-MM'), publish.source),
			DETAIL = format('It was rolled up as of %s, and late rows and responses are waited for during %s after its end.', m.as_of, s.settle_after),
			HINT = format('CALL pmr.refresh(%L) after that.', publish.source);
	END IF;
	SELECT coalesce(sum(c.pending), 0) AS pending,
		count(DISTINCT (c.srv, c.mode, c.device_generation)) FILTER (WHERE c.target_status = 'assumed') AS assumed_targets
	INTO r
	FROM pmr.rollup AS c
	WHERE c.source = publish.source AND c.month = publish.month AND c.day IS NULL AND c.factor = 'all';
	IF r.pending > 0 THEN
		RAISE NOTICE '% requests of month % of source "%" are pending, and will be in no figure of the publication', r.pending, to_char(publish.month, 'YYYY-MM'), publish.source;
	END IF;
	INSERT INTO pmr.publication
	SELECT publish.source, publish.month, m.as_of, clock_timestamp(), current_user,
		coalesce(d.min_groups, 5), coalesce(d.min_group_requests, 30), coalesce(d.max_share_pct, 50), coalesce(d.max_share_of_two_pct, 80),
		coalesce(d.min_groups_ranked, 10), s.region_factor, r.assumed_targets
	FROM (VALUES (1)) AS one (row) LEFT JOIN pmr.disclosure_rule AS d ON true;

	INSERT INTO pmr.publication_target
	SELECT DISTINCT publish.source, publish.month, c.srv, c.mode, c.device_generation, c.target_s, c.target_status
	FROM pmr.rollup AS c
	WHERE c.source = publish.source AND c.month = publish.month AND c.day IS NULL AND c.factor = 'all';

	/*
	 * Where most requests tell their generation, the few that do not would
	 * each be the difference that makes others be hidden.
	 */
	known := ARRAY(
		SELECT DISTINCT c.srv || ' ' || c.mode
		FROM pmr.rollup AS c
		WHERE c.source = publish.source AND c.month = publish.month AND c.day IS NULL AND c.factor = 'all'
		  AND c.device_generation <> 'unknown' AND c.met + c.missed > 0);
	INSERT INTO pmr.publication_cell
	SELECT publish.source, publish.month, c.party, c.srv, c.mode, c.device_generation, c.qualifier, c.factor, c.value,
		sum(c.met + c.missed), sum(c.met), 0, 0, CASE c.factor WHEN 'all' THEN pmr.rtt_merge(c.rtt) END
	FROM pmr.rollup AS c
	WHERE c.source = publish.source AND c.month = publish.month AND c.day IS NULL
	  AND c.mode <> 'unknown' AND (c.device_generation <> 'unknown' OR c.srv || ' ' || c.mode <> ALL (known))
	GROUP BY c.party, c.srv, c.mode, c.device_generation, c.qualifier, c.factor, c.value
	ORDER BY c.party, c.factor, c.value, c.srv;
	SELECT coalesce(sum(c.measured), 0) INTO total
	FROM pmr.publication_cell AS c
	WHERE c.source = publish.source AND c.month = publish.month AND c.factor = 'all';

	SELECT f.factor INTO bad_factor
	FROM (SELECT c.factor
		  FROM pmr.publication_cell AS c
		  WHERE c.source = publish.source AND c.month = publish.month
		  GROUP BY c.factor
		  HAVING sum(c.measured) <> total
		  UNION ALL
		  SELECT s.region_factor
		  WHERE total > 0
			AND NOT EXISTS (SELECT FROM pmr.publication_cell AS c WHERE c.source = publish.source AND c.month = publish.month AND c.factor = s.region_factor)) AS f
	WHERE f.factor IS NOT NULL
	ORDER BY f.factor
	LIMIT 1;
	IF FOUND THEN
		RAISE object_not_in_prerequisite_state USING
			MESSAGE = format('values of factor %I of month %s of source "%s" do not add up to the total', bad_factor, to_char(publish.month, 'YYYY-MM'), publish.source),
			HINT = format('CALL pmr.refresh(%L, %L, %L) rolls the month up with the factors that the source has now.', publish.source, publish.month, (publish.month + interval '1 month - 1 day')::date);
	END IF;

	WITH day AS (
		SELECT c.party, c.srv, c.mode, c.device_generation, c.qualifier, c.day, sum(c.missed)::double precision AS missed, sum(c.met + c.missed)::double precision AS measured
		FROM pmr.rollup AS c
		WHERE c.source = publish.source AND c.month = publish.month AND c.day IS NOT NULL
		GROUP BY c.party, c.srv, c.mode, c.device_generation, c.qualifier, c.day
		HAVING sum(c.met + c.missed) > 0
	), spread AS (
		SELECT d.party, d.srv, d.mode, d.device_generation, d.qualifier, count(*) AS days, sum(d.missed * d.missed / d.measured ORDER BY d.day) AS squares
		FROM day AS d
		GROUP BY d.party, d.srv, d.mode, d.device_generation, d.qualifier
	)
	UPDATE pmr.publication_cell AS c
	SET days = d.days, squares = d.squares
	FROM spread AS d
	WHERE c.source = publish.source AND c.month = publish.month AND c.factor = 'all'
	  AND c.party = d.party AND c.srv = d.srv AND c.mode = d.mode AND c.device_generation = d.device_generation AND c.qualifier = d.qualifier;

	INSERT INTO pmr.publication_party
	SELECT publish.source, publish.month, party, coalesce(p.supplier_group, party), p.category
	FROM (SELECT DISTINCT c.party FROM pmr.publication_cell AS c WHERE c.source = publish.source AND c.month = publish.month AND c.party <> '') AS c
		FULL JOIN pmr.party AS p USING (party);

	PERFORM pmr.publish_figures(publish.source, publish.month);
	LOOP
		CONTINUE WHEN pmr.hide_differences(publish.source, publish.month) > 0;
		CONTINUE WHEN pmr.hide_factor_differences(publish.source, publish.month) > 0;
		CONTINUE WHEN pmr.hide_category_differences(publish.source, publish.month) > 0;
		EXIT;
	END LOOP;
END
$$;
COMMENT ON PROCEDURE pmr.publish(text, date) IS 'freezes the industry side of a settled month, for readers to compare their Parties with';

CREATE FUNCTION pmr.withdraw(source text, month date) RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM FROM pmr.source AS s WHERE s.source = withdraw.source FOR NO KEY UPDATE;
	DELETE FROM pmr.publication AS p WHERE p.source = withdraw.source AND p.month = withdraw.month;
	IF NOT FOUND THEN
		RAISE undefined_object USING MESSAGE = format('month %s of source "%s" is not published', coalesce(to_char(withdraw.month, 'YYYY-MM'), 'NULL'), withdraw.source);
	END IF;
	DELETE FROM pmr.publication_target AS p WHERE p.source = withdraw.source AND p.month = withdraw.month;
	DELETE FROM pmr.publication_party AS p WHERE p.source = withdraw.source AND p.month = withdraw.month;
	DELETE FROM pmr.publication_cell AS p WHERE p.source = withdraw.source AND p.month = withdraw.month;
	DELETE FROM pmr.publication_figure AS p WHERE p.source = withdraw.source AND p.month = withdraw.month;
END
$$;
COMMENT ON FUNCTION pmr.withdraw(text, date) IS 'removes a publication; readers who have its figures can compare them with those of the next';

/* ------------------------------------------------------------------------
 * 19. Comparison with others
 * ------------------------------------------------------------------------ */

/* Supplier groups that are none of the others, when a Party is compared. */
CREATE FUNCTION pmr.own_groups(source text, month date, party text) RETURNS text[]
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	WITH seen AS MATERIALIZED (
		SELECT DISTINCT a.party FROM pmr.party_access AS a JOIN pg_roles AS r ON r.rolname = a.role_name
		WHERE pg_has_role(pmr.reader(), r.oid, 'USAGE')
	)
	SELECT CASE WHEN pmr.sees_all()
		THEN ARRAY(SELECT p.supplier_group FROM pmr.publication_party AS p
				   WHERE p.source = own_groups.source AND p.month = own_groups.month AND p.party = own_groups.party)
		ELSE ARRAY(SELECT coalesce(p.supplier_group, now.supplier_group, s.party)
				   FROM seen AS s
					LEFT JOIN pmr.publication_party AS p ON p.source = own_groups.source AND p.month = own_groups.month AND p.party = s.party
					LEFT JOIN pmr.party AS now ON now.party = s.party
				   GROUP BY 1 ORDER BY 1)
		END;
END;
COMMENT ON FUNCTION pmr.own_groups(text, date, text) IS 'internal: supplier groups of the Parties that who asks may see; for who sees all, that of the Party';

/*
 * Figures that a reader of several groups may have: those shown to everybody
 * that satisfy the rule without all these groups, as must what is left of each
 * sum.  Where one of its parts does not, all parts of an SRV and mode are left
 * out.  Values of factors and categories are for readers of one group.
 */
CREATE FUNCTION pmr.shown_without(source text, month date, own text[]) RETURNS TABLE (figure integer)
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	WITH rule AS (
		SELECT p AS rule, p.region_factor FROM pmr.publication AS p WHERE p.source = shown_without.source AND p.month = shown_without.month
	), part AS MATERIALIZED (
		SELECT f.figure, f.part_of, f.kind, f.srv, f.mode, f.shown, g.name, g.measured
		FROM rule AS r JOIN pmr.publication_figure AS f ON f.source = shown_without.source AND f.month = shown_without.month
				AND (f.kind IN ('all', 'srv', 'generation', 'stratum') OR f.kind = 'value' AND f.factor = r.region_factor)
			CROSS JOIN unnest(f.groups, f.measured) AS g (name, measured)
		WHERE g.name <> ALL (own) AND g.measured > 0
	), shown AS (
		SELECT p.figure, p.kind, p.srv, p.mode,
			pmr.may_show(array_agg(p.measured ORDER BY p.measured DESC), (SELECT r.rule FROM rule AS r), 0) AS may_show
		FROM part AS p
		WHERE p.shown
		GROUP BY p.figure, p.kind, p.srv, p.mode
	), hidden AS (
		SELECT s.part_of, s.kind, s.srv, s.mode,
			pmr.may_show(array_agg(s.measured ORDER BY s.measured DESC), (SELECT r.rule FROM rule AS r), 0) AS may_show
		FROM (SELECT p.part_of, p.kind, CASE p.kind WHEN 'srv' THEN '' ELSE p.srv END AS srv, CASE p.kind WHEN 'srv' THEN '' ELSE p.mode END AS mode,
				p.name, sum(p.measured)::bigint AS measured
			  FROM part AS p
			  WHERE NOT p.shown AND p.kind <> 'all'
				AND EXISTS (SELECT FROM shown AS u WHERE u.figure = p.part_of)
			  GROUP BY 1, 2, 3, 4, 5) AS s
		GROUP BY s.part_of, s.kind, s.srv, s.mode
	)
	SELECT s.figure
	FROM shown AS s
	WHERE s.may_show
	  AND CASE s.kind
			WHEN 'srv' THEN true
			WHEN 'all' THEN NOT EXISTS (SELECT FROM shown AS o WHERE o.kind = 'srv' AND NOT o.may_show)
			ELSE NOT EXISTS (SELECT FROM shown AS o WHERE o.kind <> 'all' AND o.srv = s.srv AND o.mode = s.mode AND NOT o.may_show)
				AND NOT EXISTS (SELECT FROM hidden AS h WHERE h.kind <> 'srv' AND h.srv = s.srv AND h.mode = s.mode AND NOT h.may_show)
		END;
END;
COMMENT ON FUNCTION pmr.shown_without(text, date, text[]) IS 'internal: figures of a publication that a reader of these several groups may have';

CREATE FUNCTION pmr.published_month()
	RETURNS TABLE (source text, party text, month date, as_of timestamp with time zone)
	LANGUAGE sql STABLE SECURITY DEFINER
	ROWS 200
	SET search_path = pg_catalog, pg_temp
	SET jit = off
BEGIN ATOMIC
	WITH access AS MATERIALIZED (
		SELECT a.party FROM pmr.party_access AS a JOIN pg_roles AS r ON r.rolname = a.role_name
		WHERE pg_has_role(pmr.reader(), r.oid, 'USAGE')
	)
	SELECT p.source, p.party, p.month, u.as_of
	FROM pmr.publication AS u JOIN pmr.publication_party AS p ON p.source = u.source AND p.month = u.month
	WHERE (SELECT pmr.sees_all()) OR p.party IN (SELECT a.party FROM access AS a)
	ORDER BY p.source, p.month, p.party;
END;
COMMENT ON FUNCTION pmr.published_month() IS 'internal: Parties and published months that who asks may see';

/*
 * The verdict on an excess of misses: 3.29 standard deviations are passed by
 * chance once in a thousand.  The rates that were expected are rounded, by up
 * to half a thousandth.
 */
CREATE FUNCTION pmr.excess_verdict(excess double precision, variance double precision, measured bigint, expected double precision) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	RETURN CASE
		WHEN expected < 5 THEN 'too few'
		WHEN excess > 3.29 * sqrt(variance) + 0.0005 * measured THEN 'worse'
		WHEN excess < -3.29 * sqrt(variance) - 0.0005 * measured THEN 'better'
		ELSE 'no difference'
	END;
COMMENT ON FUNCTION pmr.excess_verdict(double precision, double precision, bigint, double precision) IS 'internal: worse, better, no difference or too few, of an excess of misses';

/*
 * Whatever is shown beside own figures is made from others' rates in whole
 * thousandths, so that it cannot tell more than these.  The planner takes each
 * CTE for a row or two, so nested loops are kept from it, here and below.
 */
CREATE FUNCTION pmr.party_comparison_of(source text, party text, month date)
	RETURNS TABLE (srv text, mode text, measured bigint, own_met_pct double precision, category_met_pct double precision, industry_met_pct double precision,
		expected_met_pct double precision, excess_pct double precision, missed_ratio double precision, verdict text, coverage_pct double precision,
		median_met_pct double precision, rank bigint, ranked bigint,
		own_p50_s double precision, others_p50_s double precision, own_p95_s double precision, others_p95_s double precision, suppressed text)
	LANGUAGE sql STABLE SECURITY DEFINER
	ROWS 50
	SET search_path = pg_catalog, pg_temp
	SET jit = off
	SET enable_nestloop = off
BEGIN ATOMIC
	WITH reader AS MATERIALIZED (
		SELECT pmr.sees_all() AS sees_all, pmr.own_groups(party_comparison_of.source, party_comparison_of.month, party_comparison_of.party) AS own
		WHERE pmr.sees_party(party_comparison_of.party)
	), asked AS MATERIALIZED (
		SELECT u.region_factor, u.min_group_requests, u.min_groups_ranked, p.category, r.sees_all, r.own, cardinality(r.own) = 1 AS one_group,
			(SELECT count(DISTINCT c.category) FROM pmr.publication_party AS c
			 WHERE c.source = u.source AND c.month = u.month AND c.supplier_group = ANY (r.own)) AS categories
		FROM reader AS r CROSS JOIN pmr.publication AS u
			JOIN pmr.publication_party AS p ON p.source = u.source AND p.month = u.month
		WHERE u.source = party_comparison_of.source AND u.month = party_comparison_of.month
		  AND p.party = party_comparison_of.party
	), figure AS MATERIALIZED (
		SELECT f.kind = 'all' AS total, f.kind, f.srv, f.mode, f.device_generation, f.qualifier, f.value, f.groups, f.measured AS group_measured, f.met AS group_met,
			f.total_measured - g.measured AS measured, f.total_met - g.met AS met,
			CASE WHEN a.one_group AND (a.sees_all OR f.times_shown) THEN f.p50_s[array_position(f.groups, a.own[1])] END AS p50_s,
			CASE WHEN a.one_group AND (a.sees_all OR f.times_shown) THEN f.p95_s[array_position(f.groups, a.own[1])] END AS p95_s
		FROM asked AS a
			JOIN pmr.publication_figure AS f ON f.source = party_comparison_of.source AND f.month = party_comparison_of.month
			CROSS JOIN LATERAL (SELECT coalesce(sum(f.measured[array_position(f.groups, o.name)]), 0)::bigint AS measured,
									coalesce(sum(f.met[array_position(f.groups, o.name)]), 0)::bigint AS met
								FROM unnest(a.own) AS o (name)) AS g
		WHERE (f.kind IN ('all', 'srv', 'stratum') OR f.kind = 'value' AND f.factor = a.region_factor
			OR f.kind = 'category' AND f.category = a.category AND (a.sees_all OR a.one_group AND a.categories = 1))
		  AND (a.sees_all OR f.shown)
		  AND (a.sees_all OR a.one_group OR f.figure IN (SELECT w.figure FROM pmr.shown_without(party_comparison_of.source, party_comparison_of.month, a.own) AS w))
		  AND f.total_measured > g.measured
	), cell AS MATERIALIZED (
		SELECT c.*
		FROM asked AS a JOIN pmr.publication_cell AS c ON c.source = party_comparison_of.source AND c.month = party_comparison_of.month
			AND c.party = party_comparison_of.party AND c.factor IN ('all', a.region_factor)
	), own AS (
		SELECT t.total, CASE WHEN t.total THEN 'all' ELSE c.srv END AS srv, CASE WHEN t.total THEN 'all' ELSE c.mode END AS mode,
			sum(c.measured)::bigint AS measured, sum(c.met)::bigint AS met,
			coalesce(greatest(1, sum(CASE WHEN c.days > 1 AND c.met < c.measured AND c.met > 0
					THEN (c.squares - (c.measured - c.met)::double precision * (c.measured - c.met) / c.measured)
						* (c.measured::double precision * c.measured) / ((c.measured - c.met)::double precision * c.met) END
					ORDER BY c.srv, c.mode, c.device_generation, c.qualifier)
				/ sum(c.days - 1) FILTER (WHERE c.days > 1 AND c.met < c.measured AND c.met > 0)), 1) AS phi,
			CASE WHEN NOT t.total THEN pmr.rtt_percentiles(pmr.rtt_merge(c.rtt) FILTER (WHERE NOT t.total), '{0.5,0.95}') END AS s
		FROM cell AS c CROSS JOIN (VALUES (false), (true)) AS t (total)
		WHERE c.factor = 'all'
		GROUP BY 1, 2, 3, t.total
	), own_stratum AS (
		SELECT c.srv, c.mode, c.device_generation, c.qualifier, c.value, sum(c.measured)::bigint AS measured, sum(c.measured - c.met)::bigint AS missed
		FROM asked AS a JOIN cell AS c ON c.factor = coalesce(a.region_factor, 'all')
		GROUP BY c.srv, c.mode, c.device_generation, c.qualifier, c.value
	), mix AS (
		/* others' misses, of a thousand; and the rate of both together, which the variance is of */
		SELECT o.srv, o.mode, o.device_generation, o.qualifier, o.value, o.measured, o.missed, r.missed AS others_missed, f.measured AS others,
			(r.missed / 1000.0::double precision * f.measured + o.missed) / (f.measured + o.measured) AS q
		FROM own_stratum AS o
			CROSS JOIN LATERAL (
				/* where the stratum is hidden, all qualifiers of it together */
				SELECT f.met, f.measured
				FROM figure AS f
				WHERE f.kind IN ('stratum', 'value') AND f.srv = o.srv AND f.mode = o.mode AND f.device_generation = o.device_generation
				  AND f.value = o.value AND (f.kind = 'value' OR f.qualifier = o.qualifier)
				ORDER BY f.kind
				LIMIT 1
			) AS f
			CROSS JOIN LATERAL (SELECT 1000 - pmr.per_mille(f.met, f.measured) AS missed) AS r
		WHERE o.measured > 0
	), equal AS (
		SELECT t.total, CASE WHEN t.total THEN 'all' ELSE m.srv END AS srv, CASE WHEN t.total THEN 'all' ELSE m.mode END AS mode,
			sum(m.measured)::bigint AS measured, sum(m.missed)::bigint AS missed, sum(m.measured * m.others_missed)::bigint AS expected,
			sum(m.measured * m.q ORDER BY m.srv, m.mode, m.device_generation, m.qualifier, m.value) AS pooled,
			sum(m.measured * m.q * (1 - m.q) * (1 + m.measured::double precision / m.others)
				ORDER BY m.srv, m.mode, m.device_generation, m.qualifier, m.value) AS variance
		FROM mix AS m CROSS JOIN (VALUES (false), (true)) AS t (total)
		GROUP BY 1, 2, 3, t.total
	), standing AS (
		SELECT f.srv, f.mode, count(*) AS groups,
			count(*) FILTER (WHERE pmr.per_mille(g.met, g.measured) > pmr.per_mille(o.met, o.measured)) AS better,
			array_agg(pmr.per_mille(g.met, g.measured) ORDER BY pmr.per_mille(g.met, g.measured)) AS met
		FROM asked AS a CROSS JOIN figure AS f
			CROSS JOIN unnest(f.groups, f.group_measured, f.group_met) AS g (name, measured, met)
			JOIN own AS o ON NOT o.total AND o.srv = f.srv AND o.mode = f.mode
		WHERE f.kind = 'srv' AND g.measured >= a.min_group_requests AND g.name <> ALL (a.own)
		GROUP BY f.srv, f.mode
	)
	SELECT o.srv, o.mode, o.measured, pmr.percentage(o.met, o.measured),
		pmr.per_mille(c.met, c.measured) / 10.0::double precision,
		pmr.per_mille(i.met, i.measured) / 10.0::double precision,
		CASE WHEN e.covers THEN round(100 - e.expected / (10.0 * e.measured), 2)::double precision END,
		CASE WHEN e.covers THEN round(100 * (e.missed - e.expected / 1000.0) / e.measured, 2)::double precision END,
		CASE WHEN e.covers AND e.expected > 0 THEN round(1000.0 * e.missed / e.expected, 2)::double precision END,
		CASE WHEN e.covers THEN pmr.excess_verdict(e.missed - e.expected / 1000.0::double precision, o.phi * e.variance, e.measured, e.pooled) END,
		round(100.0 * coalesce(e.measured, 0) / nullif(o.measured, 0), 1)::double precision,
		CASE WHEN s.ranks THEN (SELECT round(avg(v), 0) / 10 FROM unnest(s.met[greatest((s.groups - 1) / 2, 1):(s.groups + 4) / 2]) AS u (v))::double precision END,
		CASE WHEN s.ranks AND o.measured >= a.min_group_requests THEN s.better + 1 END,
		CASE WHEN s.ranks AND o.measured >= a.min_group_requests THEN s.groups + 1 END,
		o.s[1], i.p50_s, o.s[2], i.p95_s,
		nullif(concat_ws('; ',
			CASE WHEN i.measured IS NULL THEN 'industry: others are too few, or too unequal' END,
			CASE WHEN o.total OR c.measured IS NOT NULL THEN NULL
				WHEN a.category IS NULL THEN 'category: the Party has none'
				WHEN NOT a.sees_all AND (NOT a.one_group OR a.categories > 1) THEN 'category: your Parties are of several groups or categories'
				ELSE 'category: others are too few, or too unequal' END,
			CASE WHEN e.covers OR o.measured = 0 THEN NULL ELSE 'equal mix: under 90 % covered' END,
			CASE WHEN o.total OR s.ranks THEN NULL ELSE 'median and rank: too few groups' END,
			CASE WHEN o.total OR i.measured IS NULL OR i.p50_s IS NOT NULL THEN NULL
				WHEN a.one_group THEN 'times: others are too few, or too unequal'
				ELSE 'times: your Parties are of several groups' END), '')
	FROM asked AS a CROSS JOIN own AS o
		LEFT JOIN figure AS i ON i.kind IN ('all', 'srv') AND i.total = o.total AND (o.total OR i.srv = o.srv AND i.mode = o.mode)
		LEFT JOIN figure AS c ON c.kind = 'category' AND NOT o.total AND c.srv = o.srv AND c.mode = o.mode
		LEFT JOIN (SELECT q.*, w.measured * 9 <= q.measured * 10 AS covers
				   FROM equal AS q JOIN own AS w ON w.total = q.total AND w.srv = q.srv AND w.mode = q.mode) AS e
			ON e.total = o.total AND e.srv = o.srv AND e.mode = o.mode
		LEFT JOIN (SELECT d.*, b.sees_all OR d.groups >= b.min_groups_ranked AS ranks FROM standing AS d CROSS JOIN asked AS b) AS s
			ON NOT o.total AND s.srv = o.srv AND s.mode = o.mode
	ORDER BY o.total DESC, o.srv, o.mode;
END;
COMMENT ON FUNCTION pmr.party_comparison_of(text, text, date) IS 'internal: party_comparison of one Party and month';

CREATE VIEW pmr.party_comparison AS
	SELECT k.source, k.party, k.month, c.*, k.as_of
	FROM pmr.published_month() AS k, pmr.party_comparison_of(k.source, k.party, k.month) AS c;
COMMENT ON VIEW pmr.party_comparison IS 'how a Party did in a published month beside the rest of its category and of the industry, and at equal mix: your own Parties, or every one for who sees all';
COMMENT ON COLUMN pmr.party_comparison.srv IS 'all: over all SRVs and modes; others over those that are shown';
COMMENT ON COLUMN pmr.party_comparison.measured IS 'own requests of the publication that were met or missed; what the percentages are of';
COMMENT ON COLUMN pmr.party_comparison.category_met_pct IS 'of the Parties of the same category outside your supplier groups, to 0.1 point';
COMMENT ON COLUMN pmr.party_comparison.industry_met_pct IS 'of all Parties outside your supplier groups, to 0.1 point';
COMMENT ON COLUMN pmr.party_comparison.expected_met_pct IS 'what others'' rates would give at your mix of SRV, qualifier, mode, generation and region';
COMMENT ON COLUMN pmr.party_comparison.excess_pct IS 'misses above those expected at equal mix, of 100 requests';
COMMENT ON COLUMN pmr.party_comparison.missed_ratio IS 'misses over those expected at equal mix; not for ranking Parties, whose mixes differ';
COMMENT ON COLUMN pmr.party_comparison.verdict IS 'at equal mix: worse, better, no difference, or too few misses expected to tell';
COMMENT ON COLUMN pmr.party_comparison.coverage_pct IS 'share of your measured requests that could be compared at equal mix';
COMMENT ON COLUMN pmr.party_comparison.median_met_pct IS 'mean of the middle three or four of the other supplier groups';
COMMENT ON COLUMN pmr.party_comparison.rank IS 'place of the Party among the other supplier groups by percentage met, to 0.1 point; 1 is the best, ties share';
COMMENT ON COLUMN pmr.party_comparison.ranked IS 'the Party and the groups that it was ranked among';
COMMENT ON COLUMN pmr.party_comparison.others_p50_s IS 'of the answered requests of all others, to two significant digits';
COMMENT ON COLUMN pmr.party_comparison.others_p95_s IS 'of the answered requests of all others, to two significant digits';
COMMENT ON COLUMN pmr.party_comparison.suppressed IS 'which figures are NULL, and why';
COMMENT ON COLUMN pmr.party_comparison.as_of IS 'of the publication';

CREATE FUNCTION pmr.factor_comparison_of(source text, party text, month date)
	RETURNS TABLE (factor text, value text, measured bigint, own_met_pct double precision, own_other_met_pct double precision, same_value_met_pct double precision, other_values_met_pct double precision,
		verdict text, coverage_pct double precision, suppressed text)
	LANGUAGE sql STABLE SECURITY DEFINER
	ROWS 50
	SET search_path = pg_catalog, pg_temp
	SET jit = off
	SET enable_nestloop = off
BEGIN ATOMIC
	WITH reader AS MATERIALIZED (
		SELECT pmr.sees_all() AS sees_all, pmr.own_groups(factor_comparison_of.source, factor_comparison_of.month, factor_comparison_of.party) AS own
		WHERE pmr.sees_party(factor_comparison_of.party)
	), asked AS MATERIALIZED (
		SELECT r.sees_all, cardinality(r.own) = 1 AS one_group, r.own[1] AS own
		FROM reader AS r CROSS JOIN pmr.publication AS u
			JOIN pmr.publication_party AS p ON p.source = u.source AND p.month = u.month
		WHERE u.source = factor_comparison_of.source AND u.month = factor_comparison_of.month
		  AND p.party = factor_comparison_of.party
	), cell AS MATERIALIZED (
		SELECT c.factor, c.value, c.srv, c.mode, c.device_generation, sum(c.measured)::bigint AS measured, sum(c.met)::bigint AS met
		FROM asked AS a JOIN pmr.publication_cell AS c ON c.source = factor_comparison_of.source AND c.month = factor_comparison_of.month AND c.party = factor_comparison_of.party
		WHERE c.factor <> 'all'
		GROUP BY c.factor, c.value, c.srv, c.mode, c.device_generation
	), spread AS MATERIALIZED (
		SELECT coalesce(greatest(1, sum((c.squares - (c.measured - c.met)::double precision * (c.measured - c.met) / c.measured)
						* (c.measured::double precision * c.measured) / ((c.measured - c.met)::double precision * c.met)
					ORDER BY c.srv, c.mode, c.device_generation, c.qualifier)
				/ sum(c.days - 1)), 1) AS phi
		FROM asked AS a JOIN pmr.publication_cell AS c ON c.source = factor_comparison_of.source AND c.month = factor_comparison_of.month AND c.party = factor_comparison_of.party
		WHERE c.factor = 'all' AND c.days > 1 AND c.met < c.measured AND c.met > 0
	), figure AS MATERIALIZED (
		SELECT f.kind, f.srv, f.mode, f.device_generation, f.factor, f.value, f.figure, f.part_of,
			f.total_measured - coalesce(f.measured[array_position(f.groups, a.own)], 0) AS measured,
			f.total_met - coalesce(f.met[array_position(f.groups, a.own)], 0) AS met
		FROM asked AS a JOIN pmr.publication_figure AS f ON f.source = factor_comparison_of.source AND f.month = factor_comparison_of.month
		WHERE f.kind IN ('generation', 'value') AND (a.sees_all OR a.one_group AND f.shown)
	), own AS (
		/* own requests with the value (n), and with the other values of the factor (o) */
		SELECT c.*, sum(c.measured) OVER w - c.measured AS o_measured, sum(c.measured - c.met) OVER w - (c.measured - c.met) AS o_missed
		FROM cell AS c
		WINDOW w AS (PARTITION BY c.factor, c.srv, c.mode, c.device_generation)
	), mix AS MATERIALIZED (
		/* and misses of a thousand: of others with the value (v), and with their other values (w) */
		SELECT c.factor, c.value, c.srv, c.mode, c.device_generation, c.measured::double precision AS n, c.measured - c.met AS missed,
			nullif(c.o_measured, 0)::double precision AS o, c.o_missed::double precision AS o_missed,
			(c.measured - c.met + c.o_missed)::double precision / (c.measured + c.o_measured)::double precision AS q_own,
			v.measured::double precision AS v, 1000 - pmr.per_mille(v.met, v.measured) AS v_missed,
			nullif(g.measured - v.measured, 0)::double precision AS w, 1000 - pmr.per_mille(g.met - v.met, g.measured - v.measured) AS w_missed
		FROM own AS c
			LEFT JOIN (figure AS v JOIN figure AS g ON v.kind = 'value' AND g.kind = 'generation' AND g.figure = v.part_of AND v.measured > 0)
				ON v.factor = c.factor AND v.value = c.value AND v.srv = c.srv AND v.mode = c.mode AND v.device_generation = c.device_generation
		WHERE c.measured > 0
	), rate AS (
		SELECT m.*, (m.v_missed * m.v + m.w_missed * m.w) / (1000.0::double precision * (m.v + m.w)) AS q_others
		FROM mix AS m
	), total AS (
		SELECT r.factor, r.value,
			sum(r.n) AS n, sum(r.missed) AS missed,
			sum(r.n) FILTER (WHERE r.o > 0) AS o_covered, sum(r.missed) FILTER (WHERE r.o > 0) AS o_missed,
			sum(r.n * r.o_missed / r.o ORDER BY r.srv, r.mode, r.device_generation) AS o_expected,
			sum(r.n * r.q_own ORDER BY r.srv, r.mode, r.device_generation) FILTER (WHERE r.o > 0) AS pooled,
			sum(r.n * r.q_own * (1 - r.q_own) * (1 + r.n / r.o) ORDER BY r.srv, r.mode, r.device_generation) AS own_variance,
			sum(r.n) FILTER (WHERE r.v > 0) AS v_covered, sum(r.n * r.v_missed) AS v_expected,
			sum(r.n) FILTER (WHERE r.w > 0) AS w_covered, sum(r.n * r.w_missed) AS w_expected, sum(r.n * r.v_missed) FILTER (WHERE r.w > 0) AS vw_expected,
			sum(r.n * r.n * r.q_others * (1 - r.q_others) * (1 / r.v + 1 / r.w) ORDER BY r.srv, r.mode, r.device_generation) AS others_variance
		FROM rate AS r
		GROUP BY r.factor, r.value
	), finding AS (
		SELECT t.*, 0.9 * t.n <= t.o_covered AS o_covers, 0.9 * t.n <= t.v_covered AS v_covers, 0.9 * t.n <= t.w_covered AS w_covers,
			t.o_missed - t.o_expected > 3.29 * sqrt(s.phi * t.own_variance)
				AND t.o_missed - t.o_expected >= greatest(5, 0.001 * t.o_covered) AS own_worse,
			t.vw_expected - t.w_expected > 3290 * sqrt(s.phi * t.others_variance) + t.w_covered
				AND t.vw_expected - t.w_expected >= greatest(5000, 2 * t.w_covered) AS others_worse
		FROM total AS t CROSS JOIN spread AS s
	)
	SELECT o.factor, o.value, o.measured, pmr.percentage(o.met, o.measured),
		CASE WHEN f.o_covers THEN round((100 - 100 * f.o_expected / f.o_covered)::numeric, 2)::double precision END,
		CASE WHEN f.v_covers THEN round((100 - f.v_expected / (10 * f.v_covered))::numeric, 2)::double precision END,
		CASE WHEN f.w_covers THEN round((100 - f.w_expected / (10 * f.w_covered))::numeric, 2)::double precision END,
		CASE
			WHEN f.v_covers IS NOT TRUE OR f.w_covers IS NOT TRUE THEN NULL
			WHEN f.others_worse AND f.own_worse THEN 'bad for everyone'
			WHEN f.o_covers IS NOT TRUE OR f.pooled < 5 THEN CASE WHEN f.others_worse THEN 'bad for others' ELSE 'too little to say' END
			WHEN f.others_worse THEN 'bad for others'
			WHEN f.own_worse THEN 'only yours'
			ELSE 'not worse'
		END,
		round((100 * coalesce(f.v_covered, 0) / f.n)::numeric, 1)::double precision,
		CASE
			WHEN f.n IS NULL THEN NULL
			WHEN NOT a.sees_all AND NOT a.one_group THEN 'your Parties are of several groups'
			WHEN f.v_covers IS NOT TRUE THEN 'others are too few, or too unequal'
			WHEN f.w_covers IS NOT TRUE THEN 'others have no other values'
		END
	FROM asked AS a
		CROSS JOIN (SELECT c.factor, c.value, sum(c.measured)::bigint AS measured, sum(c.met)::bigint AS met FROM cell AS c GROUP BY c.factor, c.value) AS o
		LEFT JOIN finding AS f ON f.factor = o.factor AND f.value = o.value
	ORDER BY o.factor, o.value;
END;
COMMENT ON FUNCTION pmr.factor_comparison_of(text, text, date) IS 'internal: factor_comparison of one Party and month';

CREATE VIEW pmr.factor_comparison AS
	SELECT k.source, k.party, k.month, c.*, k.as_of
	FROM pmr.published_month() AS k, pmr.factor_comparison_of(k.source, k.party, k.month) AS c;
COMMENT ON VIEW pmr.factor_comparison IS 'is a value of a factor, such as a firmware, bad for everyone: a Party''s requests with it in a published month beside those of others, at the Party''s mix';
COMMENT ON COLUMN pmr.factor_comparison.measured IS 'own requests of the publication that were met or missed';
COMMENT ON COLUMN pmr.factor_comparison.own_other_met_pct IS 'what your rates with the other values of the factor would give at the same mix of SRV, mode and generation';
COMMENT ON COLUMN pmr.factor_comparison.same_value_met_pct IS 'what the rates of others with this value would give at your mix of SRV, mode and generation';
COMMENT ON COLUMN pmr.factor_comparison.other_values_met_pct IS 'what the rates of others with their other values would give at your mix';
COMMENT ON COLUMN pmr.factor_comparison.verdict IS 'worse than other values of the factor: bad for everyone, bad for others, only yours, not worse, or too little to say';
COMMENT ON COLUMN pmr.factor_comparison.coverage_pct IS 'share of your measured requests with the value that could be compared';
COMMENT ON COLUMN pmr.factor_comparison.suppressed IS 'why figures are NULL';
COMMENT ON COLUMN pmr.factor_comparison.as_of IS 'of the publication';

/* Months of the industry: live ones for who sees all, or else published ones. */
CREATE FUNCTION pmr.industry_month()
	RETURNS TABLE (source text, month date, as_of timestamp with time zone, published_as_of timestamp with time zone)
	LANGUAGE sql STABLE SECURITY DEFINER
	ROWS 20
	SET search_path = pg_catalog, pg_temp
	SET jit = off
BEGIN ATOMIC
	WITH access AS MATERIALIZED (
		SELECT pmr.sees_all() AS sees_all,
			EXISTS (SELECT FROM pmr.party_access AS a JOIN pg_roles AS r ON r.rolname = a.role_name
					WHERE pg_has_role(pmr.reader(), r.oid, 'USAGE')) AS sees_some
	)
	SELECT coalesce(m.source, p.source), coalesce(m.month, p.month), CASE WHEN a.sees_all THEN m.as_of END, p.as_of
	FROM access AS a CROSS JOIN (pmr.rollup_month AS m FULL JOIN pmr.publication AS p ON p.source = m.source AND p.month = m.month)
	WHERE a.sees_all OR a.sees_some AND p.month IS NOT NULL
	ORDER BY 1, 2;
END;
COMMENT ON FUNCTION pmr.industry_month() IS 'internal: months that industry_performance has for who asks';

CREATE FUNCTION pmr.industry_performance_of(source text, month date)
	RETURNS TABLE (srv text, mode text, requests bigint, measured bigint, missed bigint, met_pct double precision, success_pct double precision,
		p50_s double precision, p95_s double precision, published_met_pct double precision, suppressed text)
	LANGUAGE sql STABLE SECURITY DEFINER
	ROWS 60
	SET search_path = pg_catalog, pg_temp
	SET jit = off
BEGIN ATOMIC
	WITH reader AS MATERIALIZED (
		SELECT pmr.sees_all() AS sees_all, pmr.own_groups(industry_performance_of.source, industry_performance_of.month, NULL) AS own
	), asked AS MATERIALIZED (
		SELECT r.sees_all, r.own, cardinality(r.own) = 1 AS one_group
		FROM reader AS r
		WHERE r.sees_all OR r.own <> '{}'
	), live AS (
		SELECT r.srv, r.mode, sum(r.requests)::bigint AS requests, sum(r.met)::bigint AS met, sum(r.missed)::bigint AS missed,
			sum(r.pending + r.invalid)::bigint AS open, sum(r.success)::bigint AS success,
			pmr.rtt_percentiles(pmr.rtt_merge(r.rtt), '{0.5,0.95}') AS s
		FROM asked AS a JOIN pmr.rollup AS r ON r.source = industry_performance_of.source AND r.month = industry_performance_of.month
		WHERE a.sees_all AND r.day IS NULL AND r.factor = 'all'
		GROUP BY r.srv, r.mode
	), exact AS (
		SELECT c.srv, c.mode, pmr.percentage(sum(c.met)::bigint, sum(c.measured)::bigint) AS met_pct
		FROM asked AS a JOIN pmr.publication_cell AS c ON c.source = industry_performance_of.source AND c.month = industry_performance_of.month
		WHERE a.sees_all AND c.factor = 'all'
		GROUP BY c.srv, c.mode
	), others AS (
		SELECT f.srv, f.mode, f.groups && a.own AS own,
			CASE WHEN f.shown AND (a.one_group OR f.figure IN (SELECT w.figure FROM pmr.shown_without(industry_performance_of.source, industry_performance_of.month, a.own) AS w))
				THEN pmr.per_mille(f.total_met - g.met, f.total_measured - g.measured) / 10.0::double precision END AS met_pct
		FROM asked AS a
			JOIN pmr.publication_figure AS f ON f.source = industry_performance_of.source AND f.month = industry_performance_of.month
			CROSS JOIN LATERAL (SELECT coalesce(sum(f.measured[array_position(f.groups, o.name)]), 0)::bigint AS measured,
									coalesce(sum(f.met[array_position(f.groups, o.name)]), 0)::bigint AS met
								FROM unnest(a.own) AS o (name)) AS g
		WHERE NOT a.sees_all AND f.kind = 'srv'
	)
	SELECT coalesce(l.srv, e.srv), coalesce(l.mode, e.mode), l.requests, l.met + l.missed, l.missed, pmr.percentage(l.met, l.met + l.missed),
		pmr.percentage(l.success, l.requests - l.open), l.s[1], l.s[2], e.met_pct, NULL
	FROM live AS l FULL JOIN exact AS e ON e.srv = l.srv AND e.mode = l.mode
	UNION ALL
	/* an SRV that is hidden is listed only where the reader has used it */
	SELECT o.srv, o.mode, NULL, NULL, NULL, NULL, NULL, NULL, NULL, o.met_pct,
		CASE WHEN o.met_pct IS NULL THEN 'others are too few, or too unequal' END
	FROM others AS o
	WHERE o.met_pct IS NOT NULL OR o.own
	ORDER BY 1, 2;
END;
COMMENT ON FUNCTION pmr.industry_performance_of(text, date) IS 'internal: industry_performance of one month';

CREATE VIEW pmr.industry_performance AS
	SELECT k.source, k.month, i.*, k.as_of, k.published_as_of
	FROM pmr.industry_month() AS k, pmr.industry_performance_of(k.source, k.month) AS i;
COMMENT ON VIEW pmr.industry_performance IS 'how well every Party''s requests together did, for who sees all; for others the published months, without their own supplier groups';
COMMENT ON COLUMN pmr.industry_performance.requests IS 'this and the next figures are as rolled up now, for who sees all; NULL for others';
COMMENT ON COLUMN pmr.industry_performance.published_met_pct IS 'as it was published: of all Parties for who sees all; for others of the Parties outside their supplier groups, to 0.1 point';
COMMENT ON COLUMN pmr.industry_performance.suppressed IS 'why published_met_pct is NULL in a published month';
COMMENT ON COLUMN pmr.industry_performance.as_of IS 'of the figures as rolled up now';
COMMENT ON COLUMN pmr.industry_performance.published_as_of IS 'of the publication; NULL: the month is not published';

/* ------------------------------------------------------------------------
 * 20. Diagnosis: which value of which factor misses more than it should
 *
 * A value is compared with the other values of its factor in the same stratum
 * (Party, month, SRV, mode, generation).  Sums are numeric, so the order of
 * the rows changes no digit of them.  The settings keep the plan to hash and
 * merge joins over the index, whatever is known of the size of the rollups.
 * ------------------------------------------------------------------------ */

/*
 * P(X >= successes) is at most this, X being binomial: the point probability
 * by Stirling's formula, which bounds it from above (F. J. MacWilliams and
 * N. J. A. Sloane, 1977, chapter 10, lemma 7), times the geometric series
 * that majorises the terms after it; or Chernoff's bound, if that is less.
 * Numbers need not be whole: they have been divided by an overdispersion.
 */
CREATE FUNCTION pmr.binomial_tail(successes double precision, trials double precision, mean double precision) RETURNS double precision
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	p double precision;
	log_chernoff double precision;
	log_factor double precision := 0;
	min_log CONSTANT double precision := -230;
BEGIN
	IF trials <= 0 OR successes < mean + 1 THEN
		RETURN 1;
	END IF;
	p := mean / trials;
	IF successes >= trials THEN
		RETURN exp(greatest(trials * ln(p), min_log));
	END IF;
	log_chernoff := successes * ln(p * trials / successes)
		+ (trials - successes) * ln((1 - p) * trials / (trials - successes));
	log_factor := 0.5 * ln(trials / (2 * pi() * successes * (trials - successes)))
		- ln(1 - (trials - successes) * p / ((successes + 1) * (1 - p)));
	RETURN exp(greatest(log_chernoff + least(log_factor, 0), min_log));
END
$$;
COMMENT ON FUNCTION pmr.binomial_tail(double precision, double precision, double precision) IS 'internal: upper bound of the probability of so many successes or more, of a binomial distribution; 1 below its mean + 1';

/*
 * Misses of a value beside those of all values, an element for each stratum.
 *
 * Given the totals of each stratum the misses are hypergeometric if nothing is
 * wrong, and such a variable is a sum of independent yes-or-no variables (V. A.
 * Vatutin and V. G. Mikhailov, 1982); so is their sum over the strata, and its
 * tail from its mean + 1 on is no heavier than that of the binomial
 * distribution of the same mean and number of them (W. Hoeffding, 1956).
 *
 * A stratum is compared where the share of the other values is at least a
 * tenth of what it is over all strata: a few requests of others against
 * thousands would blur the sum with their chance alone.
 */
CREATE FUNCTION pmr.compare_misses(requests bigint[], missed bigint[], all_requests bigint[], all_missed bigint[], phi double precision,
		OUT compared bigint, OUT compared_missed bigint, OUT expected numeric, OUT excess numeric, OUT z double precision, OUT p_value double precision)
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	variance numeric;
	mean numeric;
	certain bigint;
	trials bigint;
BEGIN
	SELECT coalesce(sum(s.n), 0), coalesce(sum(s.m), 0),
		coalesce(round(sum(s.n::numeric * (s.k - s.m) / (s.t - s.n)), 1), 0),
		sum(s.n::numeric * s.k * (s.t - s.k) / ((s.t - s.n)::numeric * (s.t - 1))),
		sum(s.n::numeric * s.k / s.t - s.low),
		sum(s.low),
		sum(least(s.n, s.k) - s.low)
	INTO compared, compared_missed, expected, variance, mean, certain, trials
	FROM (SELECT u.n, u.m, u.t, u.k, greatest(u.n + u.k - u.t, 0) AS low, sum(u.n) OVER () AS all_n, sum(u.t) OVER () AS all_t
		  FROM unnest(requests, missed, all_requests, all_missed) AS u (n, m, t, k)
		  WHERE u.n > 0 AND u.t > u.n) AS s
	WHERE 10 * (s.t - s.n) * s.all_t >= (s.all_t - s.all_n) * s.t;
	excess := compared_missed - expected;
	IF variance > 0 THEN
		z := (excess / sqrt(variance))::double precision / sqrt(phi);
	ELSE
		z := 0;
	END IF;
	/* the larger of two: the normal tail of z, by Mills' ratio from above, and the tail of the counts */
	IF z <= 0 THEN
		p_value := 1;
	ELSE
		p_value := greatest(least(exp(greatest(-z * z / 2, -230)) / (z * sqrt(2 * pi())), 0.5),
			pmr.binomial_tail((compared_missed - certain) / phi, trials / phi, mean::double precision / phi));
	END IF;
END
$$;
COMMENT ON FUNCTION pmr.compare_misses(bigint[], bigint[], bigint[], bigint[], double precision) IS 'internal: misses of a value against those expected at the rate of the other values, over strata';

CREATE FUNCTION pmr.diagnose(party text, from_day date, to_day date, source text DEFAULT NULL)
	RETURNS TABLE (rank bigint, factor text, value text, requests bigint, missed bigint, expected double precision, excess double precision,
		z double precision, p_value double precision, finding text, compared_pct double precision)
	LANGUAGE plpgsql STABLE SECURITY DEFINER
	ROWS 50
	SET search_path = pg_catalog, pg_temp
	SET enable_nestloop = off
	SET enable_seqscan = off
	SET jit = off
	SET work_mem = '64MB'
AS $$
#variable_conflict use_column
DECLARE
	every_party CONSTANT boolean := coalesce(diagnose.party = '*', true);
	sources text[];
	months date[];
	parties text[];
	asked integer;
BEGIN
	IF every_party AND NOT pmr.sees_all() THEN
		RAISE insufficient_privilege USING MESSAGE = 'no access to the figures of every Party',
			HINT = 'Name a Party.';
	ELSIF NOT every_party AND NOT pmr.sees_party(diagnose.party) THEN
		RAISE insufficient_privilege USING MESSAGE = format('no access to the figures of Party "%s"', diagnose.party),
			HINT = 'pmr.party_access says who sees which Party.';
	ELSIF from_day IS NULL OR to_day IS NULL THEN
		RAISE null_value_not_allowed USING MESSAGE = 'from_day and to_day must not be null';
	ELSIF NOT isfinite(from_day) OR NOT isfinite(to_day) THEN
		RAISE invalid_parameter_value USING MESSAGE = 'from_day and to_day must be finite';
	ELSIF to_day < from_day THEN
		RAISE invalid_parameter_value USING MESSAGE = format('to_day %s is before from_day %s', to_day, from_day);
	END IF;

	sources := ARRAY(SELECT s.source FROM pmr.source AS s WHERE s.source = diagnose.source OR diagnose.source IS NULL ORDER BY s.source COLLATE "C");
	IF sources = '{}' THEN
		RAISE undefined_object USING MESSAGE = CASE WHEN diagnose.source IS NULL THEN 'there is no source' ELSE format('source "%s" does not exist', diagnose.source) END,
			HINT = 'pmr.add_source() adds one.';
	ELSIF cardinality(sources) > 1 THEN
		RAISE ambiguous_parameter USING MESSAGE = format('there are %s sources', cardinality(sources)),
			HINT = format('Name one: source => %L.', sources[1]);
	END IF;

	SELECT array_agg(m.month ORDER BY m.month) INTO months
	FROM pmr.rollup_month AS m
	WHERE m.source = sources[1] AND m.month BETWEEN date_trunc('month', from_day::timestamp)::date AND to_day;
	asked := 12 * (extract(year FROM to_day) - extract(year FROM from_day)) + extract(month FROM to_day) - extract(month FROM from_day) + 1;
	IF months IS NULL THEN
		RAISE object_not_in_prerequisite_state USING
			MESSAGE = format('source "%s" has no rolled up month from %s to %s', sources[1], to_char(from_day, 'YYYY-MM'), to_char(to_day, 'YYYY-MM')),
			HINT = 'CALL pmr.refresh() rolls months up.';
	ELSIF cardinality(months) < asked THEN
		RAISE NOTICE 'only % of % months are rolled up', cardinality(months), asked;
	END IF;
	parties := ARRAY(SELECT DISTINCT p FROM pmr.rollup_month AS m, unnest(m.parties) AS p
					 WHERE m.source = sources[1] AND m.month = ANY (months) AND (every_party OR p = diagnose.party));

	RETURN QUERY
	WITH own AS MATERIALIZED (
		/* OFFSET keeps it one look into the index for each Party's month */
		SELECT r.*
		FROM unnest(months) AS m (month), unnest(parties) AS p (party),
			LATERAL (SELECT r.month, r.party, r.srv, r.mode, r.device_generation, r.day, r.factor, r.value, r.met + r.missed AS n, r.missed AS m
					 FROM pmr.rollup AS r
					 WHERE r.source = sources[1] AND r.month = m.month AND r.party = p.party AND r.met + r.missed > 0 OFFSET 0) AS r
	), stratum AS MATERIALIZED (
		SELECT row_number() OVER () AS stratum, r.month, r.party, r.srv, r.mode, r.device_generation,
			sum(r.n)::bigint AS t, sum(r.m)::bigint AS k
		FROM own AS r
		WHERE r.day IS NULL AND r.factor = 'all'
		GROUP BY r.month, r.party, r.srv, r.mode, r.device_generation
	), day AS (
		SELECT r.month, r.day, sum(r.m) - sum(r.n::numeric * s.k / s.t) AS excess,
			sum(r.n::numeric * s.k * (s.t - s.k) / (s.t::numeric * s.t)) AS variance
		FROM own AS r JOIN stratum AS s USING (month, party, srv, mode, device_generation)
		WHERE r.day IS NOT NULL
		GROUP BY r.month, r.day
	), spread AS MATERIALIZED (
		SELECT coalesce(greatest(sum(d.excess * d.excess / d.variance) / nullif(count(*) - count(DISTINCT d.month), 0), 1), 1)::double precision AS phi
		FROM day AS d
		WHERE d.variance > 0
	), cell AS MATERIALIZED (
		SELECT s.stratum, r.factor, r.value, s.t, s.k, sum(r.n)::bigint AS n, sum(r.m)::bigint AS m
		FROM own AS r JOIN stratum AS s USING (month, party, srv, mode, device_generation)
		WHERE r.day IS NULL AND r.factor <> 'all'
		GROUP BY s.stratum, r.factor, r.value, s.t, s.k
	), compared AS MATERIALIZED (
		SELECT g.factor, g.value, g.requests, c.*
		FROM (SELECT factor, value, sum(n) AS requests, array_agg(n) AS n, array_agg(m) AS m, array_agg(t) AS t, array_agg(k) AS k FROM cell GROUP BY factor, value) AS g,
			spread AS s, pmr.compare_misses(g.n, g.m, g.t, g.k, s.phi) AS c
	), holm AS (
		/* S. Holm, 1979; to three digits, as shown */
		SELECT o.factor, o.value, to_char(least(max(o.p_value * (o.tests - o.place + 1)) OVER (ORDER BY o.place), 1), '9.99EEEE')::double precision AS p_value
		FROM (SELECT c.*, row_number() OVER (ORDER BY c.p_value, c.factor COLLATE "C", c.value COLLATE "C") AS place, count(*) OVER () AS tests
			  FROM compared AS c WHERE c.compared > 0) AS o
	), claim AS MATERIALIZED (
		SELECT row_number() OVER () AS claim, c.factor, c.value, c.compared, c.excess
		FROM compared AS c JOIN holm AS h USING (factor, value)
		WHERE h.p_value < 0.05 AND c.excess >= 5 AND c.excess * 1000 >= c.compared
	), piece AS MATERIALIZED (
		SELECT s.stratum, o.factor, u.value, o.other, u.other_value, u.n, u.m
		FROM unnest(months) AS i (month), unnest(parties) AS j (party),
			LATERAL (SELECT * FROM pmr.rollup_pair AS p
					 WHERE p.source = sources[1] AND p.month = i.month AND p.party = j.party OFFSET 0) AS p
			JOIN stratum AS s USING (month, party, srv, mode, device_generation),
			LATERAL (VALUES (p.factor_a, p.values_a, p.factor_b, p.values_b), (p.factor_b, p.values_b, p.factor_a, p.values_a)) AS o (factor, values, other, other_values)
			JOIN (SELECT c.factor, array_agg(c.value) AS claimed FROM claim AS c GROUP BY c.factor) AS f USING (factor),
			unnest(o.values, o.other_values, p.measured, p.missed) AS u (value, other_value, n, m)
		WHERE u.value = ANY (f.claimed)
	), split AS MATERIALIZED (
		/* the requests of a claim by the values of each other factor */
		SELECT c.claim, p.other, p.other_value, p.stratum, sum(p.n)::bigint AS n, sum(p.m)::bigint AS m
		FROM piece AS p JOIN claim AS c USING (factor, value)
		GROUP BY c.claim, p.other, p.other_value, p.stratum
	), within AS MATERIALIZED (
		/* compared with the same value of the other factor: does the excess remain? */
		SELECT c.claim, c.factor, f.other, coalesce(x.compared * 2 >= c.compared, false) AS is_compared, coalesce(x.excess * 2 >= c.excess, false) AS remains,
			coalesce(x.p_value < 0.01, false) AS is_sure
		FROM claim AS c JOIN (SELECT DISTINCT factor AS other FROM cell) AS f ON f.other <> c.factor
			LEFT JOIN (
				SELECT g.claim, g.other, r.*
				FROM (SELECT s.claim, s.other, array_agg(s.n) AS n, array_agg(s.m) AS m, array_agg(w.n) AS t, array_agg(w.m) AS k
					  FROM split AS s JOIN cell AS w ON w.stratum = s.stratum AND w.factor = s.other AND w.value = s.other_value
					  GROUP BY s.claim, s.other) AS g,
					spread AS s, pmr.compare_misses(g.n, g.m, g.t, g.k, s.phi) AS r) AS x ON x.claim = c.claim AND x.other = f.other
	), suspect AS (
		/* a claimed value of the other factor that has some of the claim's requests: is the excess gone without them? */
		SELECT g.claim, g.suspect, g.other, g.value, r.excess * 2 < g.excess AND r.p_value >= 0.05 AS is_all
		FROM (SELECT c.claim, c.excess, w.claim AS suspect, w.factor AS other, w.value,
				array_agg(b.n - coalesce(s.n, 0)) AS n, array_agg(b.m - coalesce(s.m, 0)) AS m,
				array_agg(b.t - coalesce(o.n, 0)) AS t, array_agg(b.k - coalesce(o.m, 0)) AS k
			  FROM claim AS c
				JOIN claim AS w ON w.factor <> c.factor
				JOIN cell AS b ON b.factor = c.factor AND b.value = c.value
				LEFT JOIN split AS s ON s.claim = c.claim AND s.other = w.factor AND s.other_value = w.value AND s.stratum = b.stratum
				LEFT JOIN cell AS o ON o.factor = w.factor AND o.value = w.value AND o.stratum = b.stratum
			  GROUP BY c.claim, c.excess, w.claim, w.factor, w.value
			  HAVING count(s.n) > 0) AS g,
			spread AS s, pmr.compare_misses(g.n, g.m, g.t, g.k, s.phi) AS r
	), doubt AS (
		/* what a claim cannot be told from, and whether that is the cause */
		SELECT w.claim, w.other,
			CASE WHEN count(*) FILTER (WHERE s.is_all) = 1 THEN max(s.value) FILTER (WHERE s.is_all) END AS value,
			coalesce(CASE
				WHEN count(*) FILTER (WHERE s.is_all) = 1 THEN bool_or(v.is_compared AND v.remains AND v.is_sure) FILTER (WHERE s.is_all)
				WHEN w.is_compared AND NOT w.remains THEN bool_or(v.is_compared AND v.remains AND v.is_sure)
			END, false) AS is_cause
		FROM within AS w
			LEFT JOIN suspect AS s ON s.claim = w.claim AND s.other = w.other
			LEFT JOIN within AS v ON v.claim = s.suspect AND v.other = w.factor
		WHERE NOT (w.is_compared AND w.remains AND w.is_sure)
		GROUP BY w.claim, w.other, w.is_compared, w.remains
	), judged AS (
		SELECT c.factor, c.value, coalesce(bool_or(d.is_cause), false) AS is_explained,
			CASE
				WHEN bool_or(d.is_cause) THEN 'explained by ' || string_agg(l.label, ', ' ORDER BY l.label COLLATE "C") FILTER (WHERE d.is_cause)
				WHEN count(d.claim) > 0 THEN 'cannot be separated from ' || string_agg(l.label, ', ' ORDER BY l.label COLLATE "C")
				ELSE 'worse than the others'
			END AS finding
		FROM claim AS c LEFT JOIN doubt AS d USING (claim),
			LATERAL (SELECT d.other || CASE d.value WHEN '' THEN ' (none)' ELSE coalesce(' ' || d.value, '') END AS label) AS l
		GROUP BY c.factor, c.value
	)
	SELECT row_number() OVER (ORDER BY o.class, o.excess DESC, o.factor COLLATE "C", o.value COLLATE "C"),
		o.factor, o.value, o.compared, o.compared_missed, o.expected::double precision, o.excess::double precision,
		round(o.z::numeric, 1)::double precision, o.p_value, o.finding, pmr.percentage(o.compared, o.requests::bigint)
	FROM (SELECT c.factor, c.value, c.requests, c.compared, c.compared_missed,
			CASE WHEN c.compared > 0 THEN c.expected END AS expected, CASE WHEN c.compared > 0 THEN c.excess END AS excess,
			CASE WHEN c.compared > 0 THEN c.z END AS z, h.p_value,
			CASE WHEN j.factor IS NULL THEN CASE WHEN c.compared > 0 THEN 2 ELSE 3 END WHEN j.is_explained THEN 1 ELSE 0 END AS class,
			coalesce(j.finding, CASE
				WHEN c.compared = 0 THEN 'nothing to compare with'
				WHEN h.p_value < 0.05 THEN 'too small to claim'
				ELSE 'no claim' END) AS finding
		  FROM compared AS c LEFT JOIN holm AS h USING (factor, value) LEFT JOIN judged AS j USING (factor, value)) AS o
	ORDER BY 1;
	IF NOT FOUND THEN
		RAISE NOTICE 'no measured requests from % to %', to_char(from_day, 'YYYY-MM'), to_char(to_day, 'YYYY-MM');
	END IF;
END
$$;
COMMENT ON FUNCTION pmr.diagnose(text, date, date, text) IS 'values of factors that miss their target more often than the Party''s other values at the same mix of requests, largest excess first; NULL: over all Parties, for who sees them';

/* ------------------------------------------------------------------------
 * 21. What is shipped in the reference tables
 * ------------------------------------------------------------------------ */

INSERT INTO pmr.service_reference_variant
	(srv, service_reference, name, critical, on_demand, future_dated, dcc_scheduled, non_device,
	 eligible_user_roles, answered_by, status, source, builtin)
SELECT srv, service_reference, name, critical, on_demand, future_dated, dcc_scheduled, non_device,
	eligible_user_roles, CASE srv WHEN '11.1' THEN 'delivery' ELSE 'response' END, 'confirmed', 'DCC User Interface Specification', true
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
 * 22. What each column is
 *
 * BI tools show it beside the figure.  A column means the same wherever its
 * name stands, but for those that have a comment of their own above; a view of
 * rows in force says what its table says.
 * ------------------------------------------------------------------------ */

DO $$
DECLARE
	reports CONSTANT regclass[] := '{
		pmr.party_performance, pmr.factor_performance, pmr.party_business_process,
		pmr.performance_report, pmr.party_comparison, pmr.factor_comparison,
		pmr.industry_performance}';
	reference CONSTANT regclass[] := '{
		pmr.service_reference_variant, pmr.business_process, pmr.business_process_srv,
		pmr.target_response_time, pmr.service_level, pmr.response_code, pmr.assumption}';
	described record;
BEGIN
	FOR described IN
		SELECT a.attrelid::regclass AS relation, a.attname AS name, meant.comment
		FROM (VALUES
			(reports, 'source', 'name of the source, as given to pmr.add_source'),
			(reports, 'party', 'the Party, as the audit table names it'),
			(reports, 'month', 'first day of the month, whose days are those of the time zone of the source'),
			(reports, 'srv', 'Service Reference Variant; empty: the request gave none'),
			(reports, 'mode', 'on_demand, future_dated, scheduled or non_device; empty: the request gave none; unknown: a mode that is none of these'),
			(reports, 'qualifier', 'which requests of the SRV alone, told by their body; empty: all'),
			(reports, 'business_process', 'business process of SEC H13.1A'),
			(reports, 'process_name', 'name of the business process'),
			(reports, 'description', 'the row of the report, as SEC H13.1A names it'),
			(reports, 'report_row', 'position in the report'),
			(reports, 'line', 'position in the report'),
			(reports, 'item', 'what the line is about'),
			(reports, 'factor', 'what requests are told apart by; add up the values of one factor, never those of several'),
			(reports, 'value', 'value of the factor; empty: the request gave none'),
			(reports, 'requests', 'requests received: the sum of met, missed, pending, not_measured and invalid'),
			(reports, 'measured', 'requests whose target is known and has passed: met and missed'),
			(reports, 'met', 'answered within the Target Response Time'),
			(reports, 'missed', 'not answered within the Target Response Time, or not at all'),
			(reports, 'pending', 'whose target has not passed yet; in no percentage'),
			(reports, 'not_measured', 'no start, or no target that is known for sure; in no percentage of targets'),
			(reports, 'invalid', 'answered before they started; in no percentage'),
			(reports, 'answered', 'with an answer, neither pending nor invalid'),
			(reports, 'success', 'answered with success'),
			(reports, 'rejected', 'answered with a rejection of the user''s request'),
			(reports, 'no_response', 'with a code that says that there was no response'),
			(reports, 'unclassified', 'answered without a code, or with one of no class'),
			(reports, 'met_success', 'met, and answered with success'),
			(reports, 'met_rejected', 'met, and answered with a rejection'),
			(reports, 'missed_rejected', 'missed, and answered with a rejection'),
			(reports, 'pre_commands', 'pre-commands; in no other count'),
			(reports, 'local_commands', 'local commands; in no other count'),
			(reports, 'cancelled', 'cancelled requests; in no other count'),
			(reports, 'target_met_pct', '100 met / (met + missed), of all received; sum the counts, never average a percentage'),
			(reports, 'met_pct', '100 met / (met + missed), of all received; sum the counts, never average a percentage'),
			(reports, 'own_met_pct', '100 met / (met + missed) of the Party''s own requests of the publication'),
			(reports, 'target_met_low_pct', 'lower end of the 95 % confidence interval of target_met_pct'),
			(reports, 'target_met_high_pct', 'upper end of the 95 % confidence interval of target_met_pct'),
			(reports, 'target_met_accepted_pct', 'target_met_pct without rejections, which are quick answers; never average a percentage'),
			(reports, 'success_within_target_pct', '100 met_success / (met + missed); never average a percentage'),
			(reports, 'success_pct', '100 success / (requests - pending - invalid); NULL where the source has no response codes; never average a percentage'),
			(reports, 'answered_pct', '100 answered / (requests - pending - invalid); never average a percentage'),
			(reports, 'p50_s', 'median Round Trip Time of the answered, in seconds; percentiles can be neither summed nor averaged'),
			(reports, 'p90_s', 'seconds within which 90 of 100 of the answered were answered; percentiles can be neither summed nor averaged'),
			(reports, 'p95_s', 'seconds within which 95 of 100 of the answered were answered; percentiles can be neither summed nor averaged'),
			(reports, 'p99_s', 'seconds within which 99 of 100 of the answered were answered; percentiles can be neither summed nor averaged'),
			(reports, 'p95_all_s', 'p95_s with the unanswered as later than any time; NULL where under 95 of 100 were answered'),
			(reports, 'own_p50_s', 'median Round Trip Time of the Party''s own answered, in seconds'),
			(reports, 'own_p95_s', 'seconds within which 95 of 100 of the Party''s own answered were answered'),
			(reports, 'mean_s', 'mean Round Trip Time of the answered, in seconds; do not average it'),
			(reports, 'max_s', 'longest Round Trip Time of the answered, in seconds'),
			(reports, 'target_s', 'Target Response Time in seconds; NULL: none, or several'),
			(reports, 'target_status', 'confirmed, assumed, changed (within the month) or none'),
			(reports, 'verdict', 'beside the service level: met, below target, below minimum, no level set, or nothing measured'),
			(reports, 'as_of', 'the figures are as of this time'),
			(reports, 'status', 'final: the month is settled; provisional: figures will change'),
			(reference, 'srv', 'Service Reference Variant'),
			(reference, 'service_reference', 'Service Reference that the variant is of'),
			(reference, 'critical', 'a critical service, whose commands are signed by the user'),
			(reference, 'on_demand', 'can be requested on demand'),
			(reference, 'dcc_scheduled', 'can be scheduled with the DCC'),
			(reference, 'non_device', 'answered by the DCC, not by a device'),
			(reference, 'business_process', 'business process of SEC H13.1A'),
			(reference, 'name', 'name, to read'),
			(reference, 'description', 'what it is, to read'),
			(reference, 'measure', 'what the level is for'),
			(reference, 'period', 'over what the percentage is taken'),
			(reference, 'code', 'response code, as the audit table has it'),
			(reference, 'mode', 'on_demand, future_dated, scheduled or non_device'),
			(reference, 'valid_from', 'in force from this time until the next row of the same key'),
			(reference, 'status', 'confirmed: read in the source; assumed: not read'),
			(reference, 'source', 'where the value is from'),
			(reference, 'builtin', 'shipped with the extension; a row of yours wins over it'),
			('{pmr.source_column}', 'place', 'order'),
			('{pmr.source_column}', 'column_name', 'name that the column of a source must have'),
			('{pmr.source_column}', 'required', 'a source must have it'),
			('{pmr.source_column}', 'description', 'what it holds')
		) AS meant (relations, name, comment)
		JOIN pg_catalog.pg_attribute AS a ON a.attrelid = ANY (meant.relations) AND a.attname = meant.name
		WHERE pg_catalog.col_description(a.attrelid, a.attnum) IS NULL
	LOOP
		EXECUTE pg_catalog.format('COMMENT ON COLUMN %s.%I IS %L', described.relation, described.name, described.comment);
	END LOOP;

	FOR described IN
		SELECT a.attrelid::regclass AS relation, a.attname AS name, pg_catalog.col_description(t.oid, b.attnum) AS comment
		FROM pg_catalog.pg_class AS v
		JOIN pg_catalog.pg_class AS t ON t.relnamespace = v.relnamespace AND v.relname = 'current_' || t.relname
		JOIN pg_catalog.pg_attribute AS a ON a.attrelid = v.oid
		JOIN pg_catalog.pg_attribute AS b ON b.attrelid = t.oid AND b.attname = a.attname
		WHERE v.relnamespace = 'pmr'::pg_catalog.regnamespace AND a.attnum > 0
	LOOP
		EXECUTE pg_catalog.format('COMMENT ON COLUMN %s.%I IS %L', described.relation, described.name, described.comment);
	END LOOP;
END
$$;

/* ------------------------------------------------------------------------
 * 23. Who may do what
 *
 * Everybody may call what is named here and read what is shipped, whatever the
 * default privileges of who installs this.  All else is closed: the tables of
 * reports hold every Party's figures, and support functions of aggregates are
 * nobody's to call (an aggregate's owner needs the right, not its caller).
 * ------------------------------------------------------------------------ */

GRANT USAGE ON SCHEMA pmr TO PUBLIC;
GRANT USAGE ON TYPE pmr.rtt_sketch, pmr.rtt_state, pmr.target_counts TO PUBLIC;
GRANT SELECT ON
	pmr.service_reference_variant, pmr.business_process, pmr.business_process_srv,
	pmr.target_response_time, pmr.service_level, pmr.response_code,
	pmr.current_service_reference_variant, pmr.current_business_process,
	pmr.current_business_process_srv, pmr.current_target_response_time,
	pmr.current_service_level, pmr.current_response_code, pmr.assumption,
	pmr.source_column,
	pmr.party_performance, pmr.factor_performance, pmr.party_business_process,
	pmr.performance_report, pmr.party_comparison, pmr.factor_comparison,
	pmr.industry_performance
TO PUBLIC;

REVOKE ALL ON ALL ROUTINES IN SCHEMA pmr FROM PUBLIC;
DO $$
DECLARE
	public_names CONSTANT text[] := '{
		rtt_sketch_in, rtt_sketch_out, rtt_sketch_recv, rtt_sketch_send,
		rtt_sketch_eq, rtt_sketch_ne, rtt_sketch_lt, rtt_sketch_le, rtt_sketch_gt, rtt_sketch_ge,
		rtt_sketch_cmp, rtt_sketch_hash, rtt_sketch_hash_extended,
		rtt_state_in, rtt_state_out, rtt_state_recv, rtt_state_send,
		rtt_sketch, rtt_merge, rtt_percentile, rtt_percentiles,
		rtt_share_within, rtt_count, rtt_mean, rtt_min, rtt_max, rtt_error_bound,
		rtt_buckets, rtt_histogram,
		target_met, target_counts, target_outcome,
		srv_target, srv_target_met, srv_target_counts, answered_at, response_class,
		sees_all, sees_party, visible_month,
		party_performance_of, performance, factor_performance_of,
		party_business_process_of, performance_report_of,
		published_month, party_comparison_of, factor_comparison_of,
		industry_month, industry_performance_of, diagnose}';
	routine regprocedure;
BEGIN
	FOR routine IN
		SELECT p.oid FROM pg_catalog.pg_proc AS p
		WHERE p.pronamespace = 'pmr'::pg_catalog.regnamespace AND p.proname = ANY (public_names)
	LOOP
		EXECUTE pg_catalog.format('GRANT EXECUTE ON ROUTINE %s TO PUBLIC', routine);
	END LOOP;
END
$$;
