/*
 * Aggregates rtt_percentile and rtt_percentiles, which need no sketch
 *
 * They are exact up to a million distinct round-trip times in a group.  They take
 * round-trip times in the same four forms as the aggregate rtt_sketch.
 */

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
	LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100;
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
	LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100;
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
