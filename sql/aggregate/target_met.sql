/*
 * Aggregates over requests with a given target
 *
 * Without as_of, every target counts as passed, as in a closed period.
 */

CREATE TYPE pmr.target_counts AS (
	met bigint,
	missed bigint,
	pending bigint,
	not_measured bigint,
	invalid bigint
);
COMMENT ON TYPE pmr.target_counts IS 'numbers of requests by outcome';
COMMENT ON COLUMN pmr.target_counts.met IS 'answered within the target';
COMMENT ON COLUMN pmr.target_counts.missed IS 'answered after the target, or not answered although the target has passed';
COMMENT ON COLUMN pmr.target_counts.pending IS 'target not passed yet';
COMMENT ON COLUMN pmr.target_counts.not_measured IS 'start or target not known, or no target';
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
	LANGUAGE C IMMUTABLE PARALLEL SAFE COST 3;
COMMENT ON FUNCTION pmr.target_outcome(timestamp with time zone, timestamp with time zone, interval) IS 'outcome of one request, with every target counted as passed: met, missed, not_measured or invalid';

CREATE FUNCTION pmr.target_outcome(requested_at timestamp with time zone, answered_at timestamp with time zone, target interval, as_of timestamp with time zone) RETURNS text
	AS 'MODULE_PATHNAME', 'pmr_target_outcome'
	LANGUAGE C IMMUTABLE PARALLEL SAFE COST 3;
COMMENT ON FUNCTION pmr.target_outcome(timestamp with time zone, timestamp with time zone, interval, timestamp with time zone) IS 'outcome of one request as of a time: met, missed, pending, not_measured or invalid';

CREATE FUNCTION pmr.target_outcome(requested_at timestamp, answered_at timestamp, target interval) RETURNS text
	AS 'MODULE_PATHNAME', 'pmr_target_outcome'
	LANGUAGE C IMMUTABLE PARALLEL SAFE COST 3;
COMMENT ON FUNCTION pmr.target_outcome(timestamp, timestamp, interval) IS 'outcome of one request, with every target counted as passed: met, missed, not_measured or invalid';

CREATE FUNCTION pmr.target_outcome(requested_at timestamp, answered_at timestamp, target interval, as_of timestamp) RETURNS text
	AS 'MODULE_PATHNAME', 'pmr_target_outcome'
	LANGUAGE C IMMUTABLE PARALLEL SAFE COST 3;
COMMENT ON FUNCTION pmr.target_outcome(timestamp, timestamp, interval, timestamp) IS 'outcome of one request as of a time: met, missed, pending, not_measured or invalid';

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
COMMENT ON AGGREGATE pmr.target_met(timestamp with time zone, timestamp with time zone, interval) IS 'percentage, 0 to 100, of requests that met the target, with every target counted as passed';

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
COMMENT ON AGGREGATE pmr.target_met(timestamp with time zone, timestamp with time zone, interval, timestamp with time zone) IS 'percentage, 0 to 100, of requests that met the target, of those whose target had passed at a time';

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
COMMENT ON AGGREGATE pmr.target_met(timestamp, timestamp, interval) IS 'percentage, 0 to 100, of requests that met the target, with every target counted as passed';

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
COMMENT ON AGGREGATE pmr.target_met(timestamp, timestamp, interval, timestamp) IS 'percentage, 0 to 100, of requests that met the target, of those whose target had passed at a time';

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
COMMENT ON AGGREGATE pmr.target_counts(timestamp with time zone, timestamp with time zone, interval) IS 'numbers of requests by outcome, with every target counted as passed';

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
COMMENT ON AGGREGATE pmr.target_counts(timestamp with time zone, timestamp with time zone, interval, timestamp with time zone) IS 'numbers of requests by outcome as of a time';

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
COMMENT ON AGGREGATE pmr.target_counts(timestamp, timestamp, interval) IS 'numbers of requests by outcome, with every target counted as passed';

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
COMMENT ON AGGREGATE pmr.target_counts(timestamp, timestamp, interval, timestamp) IS 'numbers of requests by outcome as of a time';
