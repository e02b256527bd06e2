/*
 * Aggregate rollup_cells: all counts of a group of requests in one pass
 *
 * SSPACE: a group of one row takes 400 bytes, one of 100 rows with two factors
 * 8.4 kB.  COST of combine and final function: they read and write hundreds of
 * cells.  The planner expects far more groups than there are, because the group
 * keys are expressions.  With a COST of 1000 the combine function, which runs
 * once for each group and worker, made it refuse parallel plans that took 0.6
 * times as long.
 */

CREATE TYPE pmr.rollup_cell AS (
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
	failed bigint,
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
COMMENT ON TYPE pmr.rollup_cell IS 'counts of the requests of a day, of a value of a factor (numbered from 1), or of all requests (day NULL, factor 0)';

CREATE TYPE pmr.rollup_cell_pair AS (
	factor_a integer,
	factor_b integer,
	values_a text[],
	values_b text[],
	measured bigint[],
	missed bigint[]
);
COMMENT ON TYPE pmr.rollup_cell_pair IS 'counts by two factors; the arrays have one element for each pair of values that occurs';

CREATE TYPE pmr.rollup_cells AS (
	cells pmr.rollup_cell[],
	pairs pmr.rollup_cell_pair[]
);
COMMENT ON TYPE pmr.rollup_cells IS 'result of the aggregate rollup_cells';

/*
 * The state is a type of its own, not internal, so that parallel workers and
 * other nodes can send it.  Unlike rtt_state it has one flat form, in memory,
 * in tables and as binary.
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
COMMENT ON TYPE pmr.rollup_state IS 'state of the aggregate rollup_cells; its form may change before it is released';

CREATE FUNCTION pmr.rollup_cells_transfn(pmr.rollup_state, date, text, text, timestamp with time zone, timestamp with time zone, text[]) RETURNS pmr.rollup_state
	AS 'MODULE_PATHNAME', 'pmr_rollup_cells_transfn'
	LANGUAGE C IMMUTABLE PARALLEL SAFE COST 20;
COMMENT ON FUNCTION pmr.rollup_cells_transfn(pmr.rollup_state, date, text, text, timestamp with time zone, timestamp with time zone, text[]) IS 'transition function of rollup_cells';

CREATE FUNCTION pmr.rollup_state_combine(pmr.rollup_state, pmr.rollup_state) RETURNS pmr.rollup_state
	AS 'MODULE_PATHNAME', 'pmr_rollup_state_combine'
	LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION pmr.rollup_state_combine(pmr.rollup_state, pmr.rollup_state) IS 'combine function of rollup_cells';

CREATE FUNCTION pmr.rollup_cells_finalfn(pmr.rollup_state) RETURNS pmr.rollup_cells
	AS 'MODULE_PATHNAME', 'pmr_rollup_cells_finalfn'
	LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION pmr.rollup_cells_finalfn(pmr.rollup_state) IS 'final function of rollup_cells';

CREATE AGGREGATE pmr.rollup_cells(day date, outcome text, response_class text, started_at timestamp with time zone, answered_at timestamp with time zone, factors text[]) (
	SFUNC = pmr.rollup_cells_transfn,
	STYPE = pmr.rollup_state,
	SSPACE = 8192,
	FINALFUNC = pmr.rollup_cells_finalfn,
	FINALFUNC_MODIFY = READ_ONLY,
	COMBINEFUNC = pmr.rollup_state_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE pmr.rollup_cells(date, text, text, timestamp with time zone, timestamp with time zone, text[]) IS 'counts and round-trip times of requests by day, by value of each factor, and by pairs of values';
