/* Which relations can be read without running another role's code */

/*
 * Whoever owns a view that a refresh reads decides what runs with the rights
 * of who refreshes.  So each view below the source must belong to them, or to
 * a superuser; and each table below that has an index, say, of functions of
 * others.  Returns the first that does not, or that this snapshot does not know
 * yet, or NULL.
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
			/* what the planner may run: functions of indexes, statistics, checks and partitions */
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
COMMENT ON FUNCTION pmr.untrusted_relation(regclass) IS 'internal: the source, or a view below it, that belongs neither to the current user nor to a superuser';

/*
 * A relation is locked before it is judged, or the owner of its schema could put
 * a view in its place in between.  This locks what a query would read, and runs
 * nothing.  The name must be quoted.
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
COMMENT ON FUNCTION pmr.lock_relation(text) IS 'internal: locks a relation, and what is below it, for reading';
