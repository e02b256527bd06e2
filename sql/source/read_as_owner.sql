/*
 * Reading a source as its owner
 *
 * What a source's owner writes runs with the owner's privileges, and not with
 * those of the role that refreshes (src/read_as_owner.c).  These functions run
 * any query as the owner of a relation, for a current user who has the owner's
 * privileges.  So only functions that are SECURITY DEFINER, and owned by a
 * superuser, can call them for every owner, with queries that they make
 * themselves.
 */

CREATE FUNCTION pmr.read_as_owner(reader oid, relation regclass, query text, VARIADIC parameters "any") RETURNS SETOF record
	AS 'MODULE_PATHNAME', 'pmr_read_as_owner'
	LANGUAGE C VOLATILE
	ROWS 1000;
COMMENT ON FUNCTION pmr.read_as_owner(oid, regclass, text, "any") IS 'internal: rows of a query on a relation that the reader can read, run as the relation''s owner';

CREATE FUNCTION pmr.plan_as_owner(reader oid, relation regclass, query text, VARIADIC parameters "any", OUT expected double precision, OUT cost double precision)
	AS 'MODULE_PATHNAME', 'pmr_plan_as_owner'
	LANGUAGE C VOLATILE;
COMMENT ON FUNCTION pmr.plan_as_owner(oid, regclass, text, "any") IS 'internal: planner estimates of the rows and the cost of a query that read_as_owner would run';
