/* The aggregate diagnosis: values of factors beside the other values */

CREATE TYPE pmr.diagnosis_value AS (
	factor text,
	value text,
	measured bigint,
	requests bigint,
	missed bigint,
	expected double precision,
	excess double precision,
	z double precision,
	p_value double precision,
	kind text,
	claimed double precision,
	first_day date,
	last_day date,
	began boolean,
	burst_days bigint,
	burst_excess double precision,
	phi double precision,
	df double precision
);
COMMENT ON TYPE pmr.diagnosis_value IS 'internal: what the aggregate diagnosis says of a value of a factor';

CREATE FUNCTION pmr.diagnosis_transfn(internal, date, text, text, text, text, text[], pmr.rollup_state) RETURNS internal
	AS 'MODULE_PATHNAME', 'pmr_diagnosis_transfn'
	LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION pmr.diagnosis_transfn(internal, date, text, text, text, text, text[], pmr.rollup_state) IS 'internal: transition function of diagnosis';

CREATE FUNCTION pmr.diagnosis_finalfn(internal) RETURNS pmr.diagnosis_value[]
	AS 'MODULE_PATHNAME', 'pmr_diagnosis_finalfn'
	LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION pmr.diagnosis_finalfn(internal) IS 'internal: final function of diagnosis';

/* The rows must come in the order of the first five arguments. */
CREATE AGGREGATE pmr.diagnosis(month date, party text, srv text, mode text, device_generation text, factors text[], state pmr.rollup_state) (
	SFUNC = pmr.diagnosis_transfn,
	STYPE = internal,
	SSPACE = 1000000,
	FINALFUNC = pmr.diagnosis_finalfn,
	FINALFUNC_MODIFY = READ_WRITE,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE pmr.diagnosis(date, text, text, text, text, text[], pmr.rollup_state) IS 'internal: values of factors beside the other values, and which are claimed to be worse';
