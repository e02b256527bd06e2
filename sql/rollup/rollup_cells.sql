/* Function rollup_cells: what a rollup_state has counted */

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
COMMENT ON TYPE pmr.rollup_cell_pair IS 'counts by two factors, of which factor 0 is the day; the arrays have one element for each pair of values that occurs';

CREATE TYPE pmr.rollup_cells AS (
	cells pmr.rollup_cell[],
	pairs pmr.rollup_cell_pair[]
);
COMMENT ON TYPE pmr.rollup_cells IS 'result of the function rollup_cells';

CREATE FUNCTION pmr.rollup_cells(state pmr.rollup_state, with_factors boolean DEFAULT true) RETURNS pmr.rollup_cells
	AS 'MODULE_PATHNAME', 'pmr_rollup_cells'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION pmr.rollup_cells(pmr.rollup_state, boolean) IS 'counts and round-trip times of a state: of all its requests, by day and, if with_factors, by value of each factor and by pairs of values';

CREATE FUNCTION pmr.rollup_days(state pmr.rollup_state, from_day date, to_day date) RETURNS pmr.rollup_state
	AS 'MODULE_PATHNAME', 'pmr_rollup_days'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION pmr.rollup_days(pmr.rollup_state, date, date) IS 'the part of a state that is about some days, both included, without factors; NULL: it has none of them';
