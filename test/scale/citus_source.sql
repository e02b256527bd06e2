/*
 * citus_source.sql
 *		Distributes the rows of the source "demo", by Party and by request id, and
 *		makes sources of the same columns.  Run by citus.sh, after source.sql.
 *
 * The sources whose names end in _once leave copies out.
 */
SET client_min_messages = warning;

/* Some requests have no id. */
CREATE TABLE audit.by_party AS
SELECT *, coalesce(sr_id, 'none ' || row_number() OVER ()) AS request FROM audit.sr_log;
CREATE TABLE audit.by_request AS TABLE audit.by_party;
SELECT create_distributed_table('audit.by_party', 'supplier_code', shard_count => 4),
	   create_distributed_table('audit.by_request', 'request', shard_count => 4) \g /dev/null
ANALYZE audit.by_party, audit.by_request;

/* All sources have the same settings, and nothing but the table differs. */
CREATE TABLE citus_source AS
SELECT 'demo' || suffix || once AS source, 'audit.service_request' || suffix AS relation, once = '' AS count_copies, suffix
FROM unnest('{"",_by_party,_by_request}'::text[]) AS suffix, unnest('{"",_once}'::text[]) AS once;
DO $$
DECLARE
	suffix text;
BEGIN
	FOREACH suffix IN ARRAY '{_by_party,_by_request}'::text[] LOOP
		EXECUTE format('CREATE VIEW audit.service_request%s AS %s', suffix,
			replace(pg_get_viewdef('audit.service_request'), 'sr_log', ltrim(suffix, '_')));
	END LOOP;
	PERFORM pmr.add_source(s.source, s.relation::regclass, factors => '{model,firmware,region}', count_copies => s.count_copies)
	FROM citus_source AS s
	WHERE s.source <> 'demo';
END
$$;
