/* Copies of a request */

/*
 * Rows with equal values of this list are copies of one request.  The answers of
 * a schedule carry the schedule's id, and differ in due_at.
 */
CREATE FUNCTION pmr.copy_key() RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	RETURN 'party, srv, lower(request_id), CASE mode WHEN ''dcc_scheduled'' THEN due_at END';
COMMENT ON FUNCTION pmr.copy_key() IS 'internal: SQL expressions that copies of a request have in common';

CREATE FUNCTION pmr.may_be_copy() RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	RETURN '(coalesce(request_id, '''') <> '''' AND (command_variant IN (2, 4, 6)) IS NOT TRUE AND (mode <> ''dcc_scheduled'' OR due_at IS NOT NULL))';
COMMENT ON FUNCTION pmr.may_be_copy() IS 'internal: SQL condition that is false for rows that are never taken as copies';

/*
 * Rows of one Party and SRV with the same hash are copies on one day.  The
 * arguments are those of copy_key() and the day, so that days can be read
 * together.
 */
CREATE FUNCTION pmr.request_copy_hash(request_id text, day date, due_at timestamp with time zone) RETURNS bigint
	AS 'MODULE_PATHNAME', 'pmr_request_copy_hash'
	LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION pmr.request_copy_hash(text, date, timestamp with time zone) IS 'internal: hash of what copies of a request of one Party, SRV and day have in common';

CREATE FUNCTION pmr.request_ids_transfn(bytea, bigint) RETURNS bytea
	AS 'MODULE_PATHNAME', 'pmr_request_ids_transfn'
	LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION pmr.request_ids_transfn(bytea, bigint) IS 'transition function of request_ids';

CREATE FUNCTION pmr.request_ids_combine(bytea, bytea) RETURNS bytea
	AS 'MODULE_PATHNAME', 'pmr_request_ids_combine'
	LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION pmr.request_ids_combine(bytea, bytea) IS 'combine function of request_ids and request_copies, and transition function of request_copies';

CREATE FUNCTION pmr.request_copies_finalfn(bytea) RETURNS bigint
	AS 'MODULE_PATHNAME', 'pmr_request_copies_finalfn'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION pmr.request_copies_finalfn(bytea) IS 'final function of request_copies';

/* SSPACE: a group of 100 rows */
CREATE AGGREGATE pmr.request_ids(copy_hash bigint) (
	SFUNC = pmr.request_ids_transfn,
	STYPE = bytea,
	SSPACE = 1024,
	COMBINEFUNC = pmr.request_ids_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE pmr.request_ids(bigint) IS 'internal: the hashes of some rows, which request_copies counts';

CREATE AGGREGATE pmr.request_copies(ids bytea) (
	SFUNC = pmr.request_ids_combine,
	STYPE = bytea,
	SSPACE = 1024,
	FINALFUNC = pmr.request_copies_finalfn,
	COMBINEFUNC = pmr.request_ids_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE pmr.request_copies(bytea) IS 'internal: the number of rows that repeat a request of another row, from results of request_ids';
