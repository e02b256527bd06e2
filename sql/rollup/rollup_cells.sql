/*
 * Aggregate rollup_cells: all counts of a group of requests in one pass
 *
 * A group of one row takes 320 bytes, one of 100 rows with two factors 8.3 kB.
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
COMMENT ON TYPE pmr.rollup_cell IS 'internal: counts of the requests of a day, of a value of a factor (numbered from 1), or of all requests (day NULL, factor 0)';

CREATE TYPE pmr.rollup_cell_pair AS (
	factor_a integer,
	factor_b integer,
	values_a text[],
	values_b text[],
	measured bigint[],
	missed bigint[]
);
COMMENT ON TYPE pmr.rollup_cell_pair IS 'internal: counts by two factors; the arrays have one element for each pair of values that occurs';

CREATE TYPE pmr.rollup_cells AS (
	cells pmr.rollup_cell[],
	pairs pmr.rollup_cell_pair[]
);
COMMENT ON TYPE pmr.rollup_cells IS 'internal: result of the aggregate rollup_cells';

CREATE FUNCTION pmr.rollup_cells_transfn(internal, date, text, text, timestamp with time zone, timestamp with time zone, text[]) RETURNS internal
	AS 'MODULE_PATHNAME', 'pmr_rollup_cells_transfn'
	LANGUAGE C IMMUTABLE PARALLEL SAFE COST 20;
COMMENT ON FUNCTION pmr.rollup_cells_transfn(internal, date, text, text, timestamp with time zone, timestamp with time zone, text[]) IS 'internal: transition function of rollup_cells';

CREATE FUNCTION pmr.rollup_cells_finalfn(internal) RETURNS pmr.rollup_cells
	AS 'MODULE_PATHNAME', 'pmr_rollup_cells_finalfn'
	LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION pmr.rollup_cells_finalfn(internal) IS 'internal: final function of rollup_cells';

CREATE AGGREGATE pmr.rollup_cells(day date, outcome text, response_class text, started_at timestamp with time zone, answered_at timestamp with time zone, factors text[]) (
	SFUNC = pmr.rollup_cells_transfn,
	STYPE = internal,
	SSPACE = 8192,
	FINALFUNC = pmr.rollup_cells_finalfn,
	FINALFUNC_MODIFY = READ_ONLY,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE pmr.rollup_cells(date, text, text, timestamp with time zone, timestamp with time zone, text[]) IS 'internal: counts and round-trip times of requests by day, by value of each factor, and by pairs of values';
