-- Lists the values that the comment on their column does not name: values of a view or
-- a table, and values that a CHECK constraint allows; NULL, and '' as empty.  Of columns
-- whose values are names or texts, only NULL and '' are listed.
CREATE FUNCTION wrong_comments() RETURNS TABLE (column_name text, value text, comment text) LANGUAGE plpgsql AS $$
DECLARE
	named CONSTANT text[] := '{source,relation,party,supplier_group,name,role_name,srv,service_reference,qualifier,business_process,process_name,
		description,note,code,item,value,factor,suppressed,reference_table,report_timezone,region_factor,column_name}';
	c record;
BEGIN
	FOR c IN
		SELECT r.relname, a.attname, col_description(r.oid, a.attnum) AS comment,
			ARRAY(SELECT m[1] FROM pg_constraint AS k, regexp_matches(pg_get_constraintdef(k.oid), '''([^'']*)''::text', 'g') AS m
				  WHERE k.contype = 'c' AND k.conrelid = to_regclass('pmr.' || regexp_replace(r.relname, '^current_', '')) AND pg_get_constraintdef(k.oid) ~ ('^CHECK \(\(' || a.attname || ' = ANY')) AS allowed
		FROM pg_class AS r JOIN pg_attribute AS a ON a.attrelid = r.oid AND a.attnum > 0
		WHERE r.relnamespace = 'pmr'::regnamespace AND r.relkind IN ('r', 'v') AND a.atttypid = 'text'::regtype
	LOOP
		RETURN QUERY EXECUTE format($query$
			SELECT $1, v, $2
			FROM (SELECT DISTINCT CASE %1$I WHEN '' THEN 'empty' ELSE coalesce(%1$I, 'NULL') END FROM pmr.%2$I WHERE %1$I IS NULL OR %1$I = '' OR $3 UNION SELECT unnest($4)) AS t (v)
			WHERE $2 !~ ('\m' || v || '\M')$query$, c.attname, c.relname)
			USING format('%s.%s', c.relname, c.attname), c.comment, c.attname <> ALL (named), c.allowed;
	END LOOP;
END
$$;
SELECT * FROM wrong_comments() ORDER BY column_name COLLATE "C", value COLLATE "C";
-- wrong comments are found
BEGIN;
COMMENT ON COLUMN pmr.party_performance.mode IS 'on_demand, future_dated, scheduled or non_device';
COMMENT ON COLUMN pmr.target_response_time.mode IS 'on_demand, future_dated, scheduled or non_device; never NULL';
SELECT * FROM wrong_comments() ORDER BY column_name COLLATE "C", value COLLATE "C";
ROLLBACK;
DROP FUNCTION wrong_comments();
