/*
 * Type journey_state and its aggregates: the requests of a subject
 *
 * The type is that of the aggregates' states, too.  It is not internal, so that
 * parallel workers and other nodes can send it.
 *
 * SSPACE: a group of 10 requests with ids takes 800 bytes.
 */

CREATE TYPE pmr.journey_state;

CREATE FUNCTION pmr.journey_state_in(cstring) RETURNS pmr.journey_state
	AS 'MODULE_PATHNAME', 'pmr_journey_state_in'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION pmr.journey_state_in(cstring) IS 'text input of journey_state';

CREATE FUNCTION pmr.journey_state_out(pmr.journey_state) RETURNS cstring
	AS 'MODULE_PATHNAME', 'pmr_journey_state_out'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION pmr.journey_state_out(pmr.journey_state) IS 'text output of journey_state';

CREATE FUNCTION pmr.journey_state_recv(internal) RETURNS pmr.journey_state
	AS 'MODULE_PATHNAME', 'pmr_journey_state_recv'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION pmr.journey_state_recv(internal) IS 'binary input of journey_state';

CREATE FUNCTION pmr.journey_state_send(pmr.journey_state) RETURNS bytea
	AS 'byteasend'
	LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION pmr.journey_state_send(pmr.journey_state) IS 'binary output of journey_state';

CREATE TYPE pmr.journey_state (
	INPUT = pmr.journey_state_in,
	OUTPUT = pmr.journey_state_out,
	RECEIVE = pmr.journey_state_recv,
	SEND = pmr.journey_state_send,
	INTERNALLENGTH = VARIABLE,
	ALIGNMENT = int4,
	STORAGE = extended
);
COMMENT ON TYPE pmr.journey_state IS 'requests of a subject, which journeys() cuts into journeys; its form may change before it is released';

CREATE FUNCTION pmr.journey_state_transfn(pmr.journey_state, text, text, text, timestamp with time zone, timestamp with time zone, text, text, text) RETURNS pmr.journey_state
	AS 'MODULE_PATHNAME', 'pmr_journey_state_transfn'
	LANGUAGE C IMMUTABLE PARALLEL SAFE COST 20;
COMMENT ON FUNCTION pmr.journey_state_transfn(pmr.journey_state, text, text, text, timestamp with time zone, timestamp with time zone, text, text, text) IS 'transition function of journey_state';

CREATE FUNCTION pmr.journey_state_combine(pmr.journey_state, pmr.journey_state) RETURNS pmr.journey_state
	AS 'MODULE_PATHNAME', 'pmr_journey_state_combine'
	LANGUAGE C IMMUTABLE PARALLEL SAFE COST 25;
COMMENT ON FUNCTION pmr.journey_state_combine(pmr.journey_state, pmr.journey_state) IS 'combine function of journey_state and journey_merge, and transition function of journey_merge';

CREATE AGGREGATE pmr.journey_state(srv text, qualifier text, device_type text, requested_at timestamp with time zone, responded_at timestamp with time zone, response_class text, request_id text, preceding_request_id text) (
	SFUNC = pmr.journey_state_transfn,
	STYPE = pmr.journey_state,
	SSPACE = 800,
	COMBINEFUNC = pmr.journey_state_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE pmr.journey_state(text, text, text, timestamp with time zone, timestamp with time zone, text, text, text) IS 'requests of a subject, sorted, each request id once; NULL if no request has a time and an SRV';

CREATE AGGREGATE pmr.journey_merge(subject_state pmr.journey_state) (
	SFUNC = pmr.journey_state_combine,
	STYPE = pmr.journey_state,
	SSPACE = 800,
	COMBINEFUNC = pmr.journey_state_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE pmr.journey_merge(pmr.journey_state) IS 'one state of the requests of several';
