/* The aggregate separation: claims that other values may explain */

CREATE TYPE pmr.separation_doubt AS (
	factor text,
	value text,
	other text,
	other_value text,
	is_cause boolean
);
COMMENT ON TYPE pmr.separation_doubt IS 'internal: a factor from which a claim cannot be told, with its value if only one comes into question, and whether it is the likely cause';

CREATE FUNCTION pmr.separation_transfn(internal, pmr.diagnosis_value[], bigint, text[], pmr.rollup_state) RETURNS internal
	AS 'MODULE_PATHNAME', 'pmr_separation_transfn'
	LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION pmr.separation_transfn(internal, pmr.diagnosis_value[], bigint, text[], pmr.rollup_state) IS 'internal: transition function of separation';

CREATE FUNCTION pmr.separation_finalfn(internal) RETURNS pmr.separation_doubt[]
	AS 'MODULE_PATHNAME', 'pmr_separation_finalfn'
	LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION pmr.separation_finalfn(internal) IS 'internal: final function of separation';

/* The rows of a stratum must follow each other; the claims are those of the first row. */
CREATE AGGREGATE pmr.separation(claims pmr.diagnosis_value[], stratum bigint, factors text[], state pmr.rollup_state) (
	SFUNC = pmr.separation_transfn,
	STYPE = internal,
	SSPACE = 1000000,
	FINALFUNC = pmr.separation_finalfn,
	FINALFUNC_MODIFY = READ_WRITE,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE pmr.separation(pmr.diagnosis_value[], bigint, text[], pmr.rollup_state) IS 'internal: from which other factors claims cannot be told';
