/*
 * citus_refresh.sql
 *		Refreshes the sources of citus_source.sql, and compares what they store.
 */
\set QUIET on
SET client_min_messages = error;
SET timezone = 'UTC';
SELECT now() AS as_of, date_trunc('month', min(sent_at))::date AS from_day,
	(date_trunc('month', max(sent_at)) + interval '1 month -1 day')::date AS to_day
FROM audit.sr_log \gset

/*
 * The query of a refresh that counts copies: neither an aggregate on the
 * coordinator nor a subquery on its own, and an aggregate on each shard.
 */
CREATE FUNCTION pg_temp.aggregated_on_workers(source text, as_of timestamptz, start timestamptz, finish timestamptz) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
	plan json;
	tasks jsonb;
BEGIN
	SET LOCAL citus.coordinator_aggregation_strategy = 'disabled';
	EXECUTE 'EXPLAIN (FORMAT json) ' || pmr.part_query(source, false) INTO plan USING as_of, start, finish, pmr.reference_fingerprint();
	tasks := jsonb_path_query_first(plan::jsonb, '$.**."Distributed Query"."Job"');
	RETURN NOT jsonb_path_exists(plan::jsonb, '$.**."Subplans"') AND (tasks ->> 'Task Count')::integer > 1
		AND jsonb_path_exists(tasks, '$.**."Node Type" ? (@ == "Aggregate")');
END
$$;

CREATE TEMP TABLE fault (fault text);
INSERT INTO fault
SELECT source || ': the workers do not aggregate'
FROM citus_source
WHERE suffix <> '' AND count_copies
  AND pg_temp.aggregated_on_workers(source, :'as_of', :'from_day', :'to_day') IS NOT TRUE;

/* Rows would not fit into an intermediate result of this many kilobytes, not even numbers. */
SET citus.max_intermediate_result_size = 1;
SELECT format('CALL pmr.refresh(%L, %L, %L, %L)', source, :'from_day', :'to_day', :'as_of') FROM citus_source WHERE count_copies
\gexec
/* To leave copies out, the coordinator needs all rows. */
RESET citus.max_intermediate_result_size;
SELECT format('CALL pmr.refresh(%L, %L, %L, %L)', source, :'from_day', :'to_day', :'as_of') FROM citus_source WHERE NOT count_copies
\gexec

CREATE TEMP TABLE result AS
SELECT source, name, count(*) AS rows, md5(string_agg(md5(stored::text), '' ORDER BY stored::text COLLATE "C")) AS md5
FROM (SELECT source, 'rollup' AS name, to_jsonb(r) - 'source' AS stored FROM pmr.rollup AS r
	UNION ALL
	SELECT source, 'rollup_pair', to_jsonb(r) - 'source' FROM pmr.rollup_pair AS r
	UNION ALL
	SELECT source, 'rollup_month', to_jsonb(r) - '{source,refreshed_at}'::text[] FROM pmr.rollup_month AS r
	UNION ALL
	SELECT source, 'party_figure', to_jsonb(r) - 'source' FROM pmr.party_figure AS r) AS s
GROUP BY source, name;
INSERT INTO fault
SELECT format('%s: %s differs from that of the local table', c.source, r.name)
FROM citus_source AS c JOIN citus_source AS local ON local.suffix = '' AND local.count_copies = c.count_copies
	JOIN result AS r ON r.source = local.source
	LEFT JOIN result AS d ON d.source = c.source AND d.name = r.name
WHERE (d.rows, d.md5) IS DISTINCT FROM (r.rows, r.md5);
INSERT INTO fault
SELECT 'nothing to compare'
WHERE (SELECT count(*) FROM result WHERE rows > 0) <> (SELECT 4 * count(*) FROM citus_source);

/* A node without a row of a reference table would judge its rows by other rules. */
CREATE FUNCTION pg_temp.refresh_error(source text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	PERFORM pmr.refresh_month(pmr.requesting_role(), source, m.month, m.as_of, clock_timestamp()) FROM pmr.rollup_month AS m WHERE m.source = refresh_error.source;
	RETURN 'no error';
EXCEPTION WHEN object_not_in_prerequisite_state THEN
	RETURN SQLERRM;
END
$$;
SELECT run_command_on_workers($$UPDATE pmr.response_code SET class = 'rejected' WHERE code = 'I0'$$) \g /dev/null
INSERT INTO fault
SELECT format('%s: other reference tables on a worker: %s', source, pg_temp.refresh_error(source))
FROM citus_source
WHERE pg_temp.refresh_error(source) <> CASE suffix WHEN '' THEN 'no error' ELSE 'reference tables of a node differ from those of the node that reads its rows' END;
SELECT run_command_on_workers($$UPDATE pmr.response_code SET class = 'success' WHERE code = 'I0'$$) \g /dev/null

\pset tuples_only on
\pset format unaligned
SELECT DISTINCT ON (l.source) format('%s %s s', l.source, round(extract(epoch FROM l.finished_at - l.started_at), 1))
FROM pmr.refresh_log AS l JOIN citus_source USING (source)
ORDER BY l.source, l.refresh_id DESC;
SELECT fault FROM fault;
SELECT count(*) = 0 AS all_well FROM fault \gset
\if :all_well
\else
	DO $$ BEGIN RAISE 'not what a local table gives'; END $$;
\endif
