/* Relations that can be read without running functions of another role */

/*
 * The functions in a view run with the privileges of the role that refreshes,
 * and so may the functions in indexes, constraints, partition keys and statistics
 * of a table.  So the relation of a source and each view below it must belong to
 * the current user or to a superuser.  A table below it may belong to any role if
 * these functions belong to the current user or to a superuser.
 *
 * Returns the first relation that fails this, or one that this snapshot does
 * not see yet; otherwise NULL.
 */
CREATE FUNCTION pmr.untrusted_relation(relation regclass) RETURNS regclass
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	WITH RECURSIVE below (oid) AS (
		SELECT relation::oid
		UNION
		SELECT n.oid
		FROM below AS b, LATERAL (
			SELECT d.refobjid FROM pg_rewrite AS r
				JOIN pg_depend AS d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid AND d.refclassid = 'pg_class'::regclass
			WHERE r.ev_class = b.oid
			UNION ALL
			SELECT i.inhrelid FROM pg_inherits AS i WHERE i.inhparent = b.oid
		) AS n (oid)
	)
	SELECT b.oid::regclass
	FROM below AS b LEFT JOIN pg_class AS c ON c.oid = b.oid LEFT JOIN pg_roles AS o ON o.oid = c.relowner
	WHERE (o.rolname = current_user OR o.rolsuper) IS NOT TRUE
	  AND (c.relkind = 'v' OR b.oid = relation
		   OR EXISTS (
			/* functions of indexes, statistics, constraints and partition keys, which the planner may run */
			SELECT
			FROM pg_depend AS d
				JOIN pg_proc AS f ON d.refclassid = 'pg_proc'::regclass AND f.oid = d.refobjid
					OR d.refclassid = 'pg_operator'::regclass AND f.oid = (SELECT p.oprcode FROM pg_operator AS p WHERE p.oid = d.refobjid)
					OR d.refclassid = 'pg_opclass'::regclass AND f.oid IN (
						SELECT m.amproc FROM pg_opclass AS k JOIN pg_amproc AS m ON m.amprocfamily = k.opcfamily WHERE k.oid = d.refobjid)
				JOIN pg_roles AS u ON u.oid = f.proowner
			WHERE (d.classid = 'pg_class'::regclass AND (d.objid = c.oid OR d.objid IN (SELECT i.indexrelid FROM pg_index AS i WHERE i.indrelid = c.oid))
				   OR d.classid = 'pg_constraint'::regclass AND d.objid IN (SELECT k.oid FROM pg_constraint AS k WHERE k.conrelid = c.oid)
				   OR d.classid = 'pg_statistic_ext'::regclass AND d.objid IN (SELECT t.oid FROM pg_statistic_ext AS t WHERE t.stxrelid = c.oid))
			  AND u.rolname <> current_user AND NOT u.rolsuper))
	ORDER BY b.oid <> relation, b.oid
	LIMIT 1;
END;
COMMENT ON FUNCTION pmr.untrusted_relation(regclass) IS 'internal: first relation, from a source down to its tables, that could run functions of another role; NULL: none';

/*
 * Takes the locks of a query that reads the relation, views below it included,
 * and runs nothing.  A relation must be locked before its owner is checked:
 * otherwise the owner of its schema could replace it after the check.  The name
 * must be quoted.
 */
CREATE FUNCTION pmr.lock_relation(name text) RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF EXISTS (SELECT FROM pg_prepared_statements AS p WHERE p.name = 'pmr_source_relation') THEN
		DEALLOCATE pmr_source_relation;
	END IF;
	EXECUTE format('PREPARE pmr_source_relation AS SELECT FROM %s', name);
	DEALLOCATE pmr_source_relation;
END
$$;
COMMENT ON FUNCTION pmr.lock_relation(text) IS 'internal: locks a relation, and the relations below it, for reading';
