/*
 * Aggregates over requests whose target is in pmr.target_response_time
 *
 * A time without time zone is taken as UTC when it is compared with valid_from,
 * because the times of the DCC are in UTC.
 *
 * The aggregates use the targets of the user role any.
 */

CREATE FUNCTION pmr.srv_target(srv text, mode text, device_generation text, at timestamp with time zone) RETURNS interval
	AS 'MODULE_PATHNAME', 'pmr_srv_target'
	LANGUAGE C STABLE PARALLEL SAFE COST 5;
COMMENT ON FUNCTION pmr.srv_target(text, text, text, timestamp with time zone) IS 'Target Response Time of a request of the user role any that started at a time; NULL if there is none, or if it is not known';

CREATE FUNCTION pmr.srv_target(srv text, mode text, device_generation text, at timestamp) RETURNS interval
	AS 'MODULE_PATHNAME', 'pmr_srv_target'
	LANGUAGE C STABLE PARALLEL SAFE COST 5;
COMMENT ON FUNCTION pmr.srv_target(text, text, text, timestamp) IS 'Target Response Time of a request of the user role any that started at a time; NULL if there is none, or if it is not known';

CREATE FUNCTION pmr.srv_target(srv text, mode text, device_generation text, user_role text, at timestamp with time zone) RETURNS interval
	AS 'MODULE_PATHNAME', 'pmr_srv_target_of_role'
	LANGUAGE C STABLE PARALLEL SAFE COST 5;
COMMENT ON FUNCTION pmr.srv_target(text, text, text, text, timestamp with time zone) IS 'Target Response Time of a request of a user role that started at a time; NULL if there is none, or if it is not known';

CREATE FUNCTION pmr.srv_target(srv text, mode text, device_generation text, user_role text, at timestamp) RETURNS interval
	AS 'MODULE_PATHNAME', 'pmr_srv_target_of_role'
	LANGUAGE C STABLE PARALLEL SAFE COST 5;
COMMENT ON FUNCTION pmr.srv_target(text, text, text, text, timestamp) IS 'Target Response Time of a request of a user role that started at a time; NULL if there is none, or if it is not known';

CREATE FUNCTION pmr.srv_target_transfn(bigint[], text, text, timestamp with time zone, timestamp with time zone) RETURNS bigint[]
	AS 'MODULE_PATHNAME', 'pmr_srv_target_transfn'
	LANGUAGE C STABLE PARALLEL SAFE COST 3;
COMMENT ON FUNCTION pmr.srv_target_transfn(bigint[], text, text, timestamp with time zone, timestamp with time zone) IS 'transition function of srv_target_met and srv_target_counts';

CREATE FUNCTION pmr.srv_target_transfn(bigint[], text, text, timestamp with time zone, timestamp with time zone, text) RETURNS bigint[]
	AS 'MODULE_PATHNAME', 'pmr_srv_target_transfn'
	LANGUAGE C STABLE PARALLEL SAFE COST 3;
COMMENT ON FUNCTION pmr.srv_target_transfn(bigint[], text, text, timestamp with time zone, timestamp with time zone, text) IS 'transition function of srv_target_met and srv_target_counts';

CREATE FUNCTION pmr.srv_target_transfn(bigint[], text, text, timestamp with time zone, timestamp with time zone, text, timestamp with time zone) RETURNS bigint[]
	AS 'MODULE_PATHNAME', 'pmr_srv_target_transfn'
	LANGUAGE C STABLE PARALLEL SAFE COST 3;
COMMENT ON FUNCTION pmr.srv_target_transfn(bigint[], text, text, timestamp with time zone, timestamp with time zone, text, timestamp with time zone) IS 'transition function of srv_target_met and srv_target_counts';

CREATE FUNCTION pmr.srv_target_transfn(bigint[], text, text, timestamp, timestamp) RETURNS bigint[]
	AS 'MODULE_PATHNAME', 'pmr_srv_target_transfn'
	LANGUAGE C STABLE PARALLEL SAFE COST 3;
COMMENT ON FUNCTION pmr.srv_target_transfn(bigint[], text, text, timestamp, timestamp) IS 'transition function of srv_target_met and srv_target_counts';

CREATE FUNCTION pmr.srv_target_transfn(bigint[], text, text, timestamp, timestamp, text) RETURNS bigint[]
	AS 'MODULE_PATHNAME', 'pmr_srv_target_transfn'
	LANGUAGE C STABLE PARALLEL SAFE COST 3;
COMMENT ON FUNCTION pmr.srv_target_transfn(bigint[], text, text, timestamp, timestamp, text) IS 'transition function of srv_target_met and srv_target_counts';

CREATE FUNCTION pmr.srv_target_transfn(bigint[], text, text, timestamp, timestamp, text, timestamp) RETURNS bigint[]
	AS 'MODULE_PATHNAME', 'pmr_srv_target_transfn'
	LANGUAGE C STABLE PARALLEL SAFE COST 3;
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
COMMENT ON AGGREGATE pmr.srv_target_met(text, text, timestamp with time zone, timestamp with time zone) IS 'percentage, 0 to 100, of requests that met the Target Response Time of their SRV, with every target counted as passed';

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
COMMENT ON AGGREGATE pmr.srv_target_met(text, text, timestamp with time zone, timestamp with time zone, text) IS 'percentage, 0 to 100, of requests that met the Target Response Time of their SRV, with every target counted as passed';

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
COMMENT ON AGGREGATE pmr.srv_target_met(text, text, timestamp with time zone, timestamp with time zone, text, timestamp with time zone) IS 'percentage, 0 to 100, of requests that met the Target Response Time of their SRV, of those whose target had passed at a time';

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
COMMENT ON AGGREGATE pmr.srv_target_met(text, text, timestamp, timestamp) IS 'percentage, 0 to 100, of requests that met the Target Response Time of their SRV, with every target counted as passed';

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
COMMENT ON AGGREGATE pmr.srv_target_met(text, text, timestamp, timestamp, text) IS 'percentage, 0 to 100, of requests that met the Target Response Time of their SRV, with every target counted as passed';

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
COMMENT ON AGGREGATE pmr.srv_target_met(text, text, timestamp, timestamp, text, timestamp) IS 'percentage, 0 to 100, of requests that met the Target Response Time of their SRV, of those whose target had passed at a time';

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
COMMENT ON AGGREGATE pmr.srv_target_counts(text, text, timestamp with time zone, timestamp with time zone) IS 'numbers of requests by outcome against the Target Response Time of their SRV, with every target counted as passed';

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
COMMENT ON AGGREGATE pmr.srv_target_counts(text, text, timestamp with time zone, timestamp with time zone, text) IS 'numbers of requests by outcome against the Target Response Time of their SRV, with every target counted as passed';

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
COMMENT ON AGGREGATE pmr.srv_target_counts(text, text, timestamp with time zone, timestamp with time zone, text, timestamp with time zone) IS 'numbers of requests by outcome against the Target Response Time of their SRV as of a time';

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
COMMENT ON AGGREGATE pmr.srv_target_counts(text, text, timestamp, timestamp) IS 'numbers of requests by outcome against the Target Response Time of their SRV, with every target counted as passed';

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
COMMENT ON AGGREGATE pmr.srv_target_counts(text, text, timestamp, timestamp, text) IS 'numbers of requests by outcome against the Target Response Time of their SRV, with every target counted as passed';

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
COMMENT ON AGGREGATE pmr.srv_target_counts(text, text, timestamp, timestamp, text, timestamp) IS 'numbers of requests by outcome against the Target Response Time of their SRV as of a time';
