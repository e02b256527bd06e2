/*
 * Type rollup_state and its aggregates: all counts of a group of requests in one
 * pass
 *
 * The type is that of the aggregates' states, too.  It is not internal, so that
 * parallel workers and other nodes can send it.  Unlike rtt_state it has one
 * flat form, in memory, in tables and as binary.
 *
 * SSPACE: a group of one row takes 400 bytes, one of 100 rows with two factors
 * 8.4 kB.  COST of the combine function: it appends a state to a log.  The
 * planner expects far more groups than there are, because the group keys are
 * expressions.  With a COST of 1000 the combine function, which runs once for
 * each group and worker, made it refuse parallel plans that took 0.6 times as
 * long.
 */

CREATE TYPE pmr.rollup_state;

CREATE FUNCTION pmr.rollup_state_in(cstring) RETURNS pmr.rollup_state
	AS 'MODULE_PATHNAME', 'pmr_rollup_state_in'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION pmr.rollup_state_in(cstring) IS 'text input of rollup_state';

CREATE FUNCTION pmr.rollup_state_out(pmr.rollup_state) RETURNS cstring
	AS 'MODULE_PATHNAME', 'pmr_rollup_state_out'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION pmr.rollup_state_out(pmr.rollup_state) IS 'text output of rollup_state';

CREATE FUNCTION pmr.rollup_state_recv(internal) RETURNS pmr.rollup_state
	AS 'MODULE_PATHNAME', 'pmr_rollup_state_recv'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION pmr.rollup_state_recv(internal) IS 'binary input of rollup_state';

CREATE FUNCTION pmr.rollup_state_send(pmr.rollup_state) RETURNS bytea
	AS 'byteasend'
	LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION pmr.rollup_state_send(pmr.rollup_state) IS 'binary output of rollup_state';

CREATE TYPE pmr.rollup_state (
	INPUT = pmr.rollup_state_in,
	OUTPUT = pmr.rollup_state_out,
	RECEIVE = pmr.rollup_state_recv,
	SEND = pmr.rollup_state_send,
	INTERNALLENGTH = VARIABLE,
	ALIGNMENT = int4,
	STORAGE = extended
);
COMMENT ON TYPE pmr.rollup_state IS 'counts and round-trip times of requests by day, by value of each factor, and by pairs of values; its form may change before it is released';

CREATE FUNCTION pmr.rollup_state_transfn(pmr.rollup_state, date, text, text, timestamp with time zone, timestamp with time zone, text[]) RETURNS pmr.rollup_state
	AS 'MODULE_PATHNAME', 'pmr_rollup_state_transfn'
	LANGUAGE C IMMUTABLE PARALLEL SAFE COST 20;
COMMENT ON FUNCTION pmr.rollup_state_transfn(pmr.rollup_state, date, text, text, timestamp with time zone, timestamp with time zone, text[]) IS 'transition function of rollup_state';

CREATE FUNCTION pmr.rollup_state_combine(pmr.rollup_state, pmr.rollup_state) RETURNS pmr.rollup_state
	AS 'MODULE_PATHNAME', 'pmr_rollup_state_combine'
	LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION pmr.rollup_state_combine(pmr.rollup_state, pmr.rollup_state) IS 'combine function of rollup_state and rollup_merge, and transition function of rollup_merge';

CREATE AGGREGATE pmr.rollup_state(day date, outcome text, response_class text, started_at timestamp with time zone, answered_at timestamp with time zone, factors text[]) (
	SFUNC = pmr.rollup_state_transfn,
	STYPE = pmr.rollup_state,
	SSPACE = 8192,
	COMBINEFUNC = pmr.rollup_state_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE pmr.rollup_state(date, text, text, timestamp with time zone, timestamp with time zone, text[]) IS 'counts and round-trip times of requests by day, by value of each factor, and by pairs of values';

CREATE AGGREGATE pmr.rollup_merge(state pmr.rollup_state) (
	SFUNC = pmr.rollup_state_combine,
	STYPE = pmr.rollup_state,
	SSPACE = 8192,
	COMBINEFUNC = pmr.rollup_state_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE pmr.rollup_merge(pmr.rollup_state) IS 'one state of the requests of several';
