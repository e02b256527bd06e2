# Fills a database with every kind of data that the extension stores, and reads
# all of it as text: for tests that must restore it unchanged.
package Stored;

use strict;
use warnings;

use Exporter 'import';
use Test::More;

our @EXPORT_OK =
  qw(create_roles fill_database go_on facts_of is_same @reference_tables @report_tables);

our @reference_tables = qw(service_reference_variant business_process
  business_process_srv target_response_time service_level response_code
  journey_process journey_step);
our @report_tables = qw(party source rollup_stratum rollup_month party_figure refresh_log
  party_access disclosure_rule publication publication_target
  publication_party publication_combination publication_cell
  publication_figure);

# Requesting roles: the owner, and a role that can see some Parties, query all
# views.  The others (one that refreshes, and roles that can see Parties by
# membership, all Parties, or none) query one view only.
my @askers = ('', 'acme reader');
my @other_askers = qw(refresher member all_parties no_access);
my @report_views = qw(party_performance factor_performance
  party_business_process performance_report party_comparison
  factor_comparison industry_performance);

# Columns that differ when the same is done at another time.
my $when_made =
  '{refreshed_at,published_at,started_at,finished_at,expected_at,pid}';

# Roles belong to the cluster, so they are made separately.
sub create_roles
{
	my ($node) = @_;

	$node->safe_psql(
		'postgres', q{
CREATE ROLE refresher;
CREATE ROLE "acme reader";
CREATE ROLE member IN ROLE "acme reader";
CREATE ROLE all_parties;
CREATE ROLE two_groups;
CREATE ROLE no_access;
});
	return;
}

# Sketches: exact ones of several units, one with the largest time, some of
# lower precision, and one with the largest count of a bigint.
my $sketches = q{
SELECT setseed(0.5);
CREATE TABLE stored (
	id integer PRIMARY KEY,
	what text,
	sketch pmr.rtt_sketch,
	requests bigint GENERATED ALWAYS AS (pmr.rtt_count(sketch)) STORED
);
INSERT INTO stored VALUES (1, 'null', NULL);
INSERT INTO stored SELECT 2, 'one second', pmr.rtt_sketch(interval '1 s');
INSERT INTO stored SELECT 3, 'zero', pmr.rtt_sketch(interval '0');
INSERT INTO stored SELECT 4, 'milliseconds', pmr.rtt_sketch(floor(random() * 1000) / 1000) FROM generate_series(1, 5000);
INSERT INTO stored SELECT 5, 'microseconds', pmr.rtt_sketch(random() * 10) FROM generate_series(1, 1000);
INSERT INTO stored SELECT 6, 'lowered', pmr.rtt_sketch(exp(random() * 20 - 5)) FROM generate_series(1, 30000);
INSERT INTO stored SELECT 7, 'longest', pmr.rtt_sketch(d) FROM (VALUES (interval '106751991 days'), (interval '1 microsecond')) AS v (d);
INSERT INTO stored SELECT 10 + i % 50, 'group', pmr.rtt_sketch(ceil(random() * i)) FROM generate_series(1, 5000) AS i GROUP BY 1;
DO $$
DECLARE
	doubled pmr.rtt_sketch := (SELECT sketch FROM stored WHERE id = 2);
	full_up pmr.rtt_sketch := doubled;
BEGIN
	FOR i IN 1 .. 62 LOOP
		doubled := pmr.rtt_merge(doubled, doubled);
		full_up := pmr.rtt_merge(full_up, doubled);
	END LOOP;
	INSERT INTO stored VALUES (8, 'full', full_up);
	INSERT INTO stored VALUES (9, 'half full, lowered', pmr.rtt_merge(doubled, (SELECT sketch FROM stored WHERE id = 6)));
END
$$;
CREATE INDEX ON stored USING hash (sketch);
CREATE INDEX ON stored (pmr.rtt_percentile(sketch, 0.95));
CREATE TABLE single AS SELECT pmr.rtt_sketch(s * interval '1 ms') AS sketch FROM generate_series(1, 20) AS s GROUP BY s;
CREATE UNIQUE INDEX ON single (sketch);

-- in a domain, an array, a composite type and a default; and small states, which
-- users should not store
CREATE DOMAIN some_times AS pmr.rtt_sketch CHECK (pmr.rtt_count(VALUE) > 0);
CREATE TABLE kept (
	id integer PRIMARY KEY,
	times some_times,
	several pmr.rtt_sketch[] CHECK (cardinality(several) < 5),
	counts pmr.target_counts,
	state pmr.rtt_state,
	preset pmr.rtt_sketch
);
DO $$
BEGIN
	EXECUTE format('ALTER TABLE kept ALTER preset SET DEFAULT %L', (SELECT sketch FROM stored WHERE id = 3));
END
$$;
CREATE AGGREGATE state_of(double precision, double precision) (SFUNC = pmr.rtt_percentile_transfn, STYPE = pmr.rtt_state, COMBINEFUNC = pmr.rtt_state_combine);
CREATE AGGREGATE asked_of_state(pmr.rtt_state) (SFUNC = pmr.rtt_state_combine, STYPE = pmr.rtt_state, FINALFUNC = pmr.rtt_percentile_finalfn);
INSERT INTO kept (id, times, several, counts, state)
SELECT n, pmr.rtt_sketch(s), ARRAY[pmr.rtt_sketch(s), NULL, pmr.rtt_sketch(s / 3)], ROW(n, 2, 3, 4, 5)::pmr.target_counts, state_of(s, 0.9)
FROM (SELECT n, round((random() * n)::numeric, 6)::double precision AS s FROM generate_series(1, 15) AS n, generate_series(1, n * n)) AS v
GROUP BY n;
};

# Rows of the user in each reference table: new ones, and ones that replace or
# hide shipped rows, some from a later time.
my $references = q{
INSERT INTO pmr.service_reference_variant (srv, service_reference, name, critical, on_demand, future_dated, dcc_scheduled, non_device,
	eligible_user_roles, answered_by, status, source)
VALUES ('77.1', '77.1', E'tab\there, back\\\\slash, "quotes", new\nline, NULL, \\\\N', true, true, 'dsp', false, false, '{IS,OU}', 'response', 'assumed', 'test'),
	('7.1', '7.1', 'over shipped', true, true, 'none', false, false, '{}', 'delivery', 'confirmed', 'test');
INSERT INTO pmr.business_process (business_process, name, report_order, source) VALUES ('boost', 'Boost', 10, 'test'), ('firmware', 'Ours', 6, 'test');
INSERT INTO pmr.business_process_srv (business_process, srv, qualifier, valid_from, listed, report_row, description, source) VALUES
	('boost', '77.1', 'of a kind', '2026-10-01 00:00:00+00', true, 35, 'new', 'test'), ('firmware', '11.1', '', '-infinity', false, 21, 'hidden', 'test'),
	('boost', '2.2', '', '-infinity', true, 36, 'new', 'test');
INSERT INTO pmr.target_response_time (srv, mode, device_generation, valid_from, target, status, source) VALUES
	('1.1.1', 'on_demand', 'any', '-infinity', '45 s', 'confirmed', 'SEC Appendix E'),
	('1.1.1', 'on_demand', 'any', '2026-10-01 00:00:00+00', NULL, 'confirmed', 'test'),
	('1.1.1', 'on_demand', 'any', 'infinity', '1.000001 s', 'confirmed', 'test'),
	('2.2', 'on_demand', 'smets1', '2026-10-01 00:00:00.000001+00', '1 day 00:00:00.5', 'assumed', 'hearsay'),
	('77.1', 'future_dated', 'smets2', '-infinity', '0', 'assumed', 'hearsay'),
	('77.1', 'on_demand', 'any', '-infinity', '40 s', 'confirmed', 'test');
INSERT INTO pmr.target_response_time (srv, mode, user_role, target, source) VALUES ('77.1', 'on_demand', E'a "new"\\trole', '50 s', 'test'), ('2.2', 'on_demand', 'MDR', NULL, 'test');
INSERT INTO pmr.service_level (measure, name, valid_from, target_pct, minimum_pct, source) VALUES
	('cpm1', 'Ours', '2026-10-01 00:00:00+00', 99.50, 96.0, 'test'), ('boost', 'Boost', '-infinity', NULL, NULL, 'test'),
	('business_process', 'All', '-infinity', 70, 50.5, 'test');
INSERT INTO pmr.response_code (code, mode, class, description, source) VALUES ('E20', 'any', 'rejected', 'Ours', 'test'), ('E99', 'on_demand', 'success', 'New', 'test');
INSERT INTO pmr.journey_process (business_process, valid_from, subject, gap, source) VALUES ('boost', '-infinity', 'hub', '1 day 00:00:00.5', 'test'), ('firmware', '2026-10-01 00:00:00+00', 'device', '0', 'test');
INSERT INTO pmr.journey_step (business_process, model, srv, qualifier, device_type, valid_from, listed, position, required, begins, restarts, status, source) VALUES
	('boost', 'ours', '77.1', 'of a kind', 'ESME', '2026-10-01 00:00:00+00', true, -1, true, true, true, 'assumed', 'hearsay'), ('firmware', 'draft', '11.3', '', '', '-infinity', false, 2, true, false, false, 'confirmed', 'test');
INSERT INTO pmr.party VALUES ('ACME', 'Acme plc', 'Acme', 'Large Supplier'), ('Größe', E'\\\\.', 'Acme', 'Other');
INSERT INTO pmr.party SELECT 'P' || i, 'Party ' || i, 'Group ' || i, CASE WHEN i < 5 THEN 'Large Supplier' ELSE 'Other' END FROM generate_series(1, 5) AS i;
INSERT INTO pmr.disclosure_rule VALUES (3, 5, 90, 95, 5);
INSERT INTO pmr.party_access VALUES ('acme reader', 'ACME'), ('acme reader', 'Größe'), ('all_parties', '*'),
	('two_groups', 'P3'), ('two_groups', 'P4'), ('not_here_yet', 'P1');
};

# Two sources, a view and a table; months that are settled, published, restated
# or open, and one whose targets have changed since.
my $reports = q{
CREATE SCHEMA "Log";
CREATE TABLE "Log".audit (
	party text, srv text, mode text, device_generation text, qualifier text, requested_at timestamptz, responded_at timestamptz, due_at timestamptz,
	response_code text, request_id text, command_variant integer, firmware text, region text, "device ""type""" text
);
CREATE FUNCTION "Log".add_requests(month date, first integer, last integer) RETURNS void LANGUAGE sql
BEGIN ATOMIC
	INSERT INTO "Log".audit (party, srv, mode, device_generation, qualifier, requested_at, responded_at, due_at, response_code, request_id, command_variant,
		firmware, region, "device ""type""")
	SELECT party, srv, mode, generation, qualifier, at, at + CASE WHEN i % 71 > 0 THEN i * 7919 % 600 * interval '0.1001 s' - (i % 211 / 210) * interval '61 s' END,
		CASE mode WHEN 'future_dated' THEN at - interval '30 s' END, code, month || '-' || i % 1000, 1 + i % 17 % 9, 'fw' || i % 4,
		(ARRAY['north', 'central', 'south'])[1 + i % 3], CASE i % 4 WHEN 0 THEN NULL ELSE 'type ' || i % 4 END
	FROM (SELECT i, (ARRAY['ACME', 'P1', 'P2', 'P3', 'P4', 'P5', 'ACME', 'Größe', 'P1', 'P2', NULL])[1 + i % 11] AS party,
			(ARRAY['2.2', '1.1.1', '77.1', '2.2', '7.1'])[1 + i % 5] AS srv,
			(ARRAY['on_demand', 'on_demand', 'future_dated', 'on_demand', 'on_demand', 'none'])[1 + i % 6 - i % 6 / 5 * (i % 5 + 4) / 8] AS mode,
			(ARRAY['smets1', 'smets2'])[1 + i % 2] AS generation, CASE WHEN i % 13 > 1 THEN 'positive_value' END AS qualifier,
			month + i % 28 * interval '1 day' + i * interval '17 s' AS at,
			(ARRAY['I0', 'I0', 'I0', 'I0', 'E21', 'E20', 'I99', 'E5', 'X', NULL])[1 + i % 10] AS code
		  FROM generate_series(first, last) AS i) AS r;
END;
SELECT "Log".add_requests(month, 1, 600) FROM unnest('{2024-01-01,2024-03-01,2024-04-01}'::date[]) AS month;
CREATE INDEX ON "Log".audit USING brin (requested_at);
CREATE VIEW "Log"."Service Request" AS
	SELECT party, srv, mode, device_generation, qualifier, requested_at, responded_at, due_at, response_code, request_id, command_variant, firmware, region, "device ""type"""
	FROM "Log".audit;
GRANT USAGE ON SCHEMA "Log" TO refresher;
ALTER TABLE "Log".audit OWNER TO refresher;
SELECT pmr.allow_refresh('refresher');
SELECT pmr.add_source('audit', '"Log"."Service Request"', ARRAY['firmware', 'region', 'device "type"'], 'Europe/London');
SELECT pmr.add_source('it''s "open"', '"Log".audit', '{region}', settle_after => '90 years');
CALL pmr.refresh('audit', as_of => '2024-04-20 12:00+00');
SET ROLE refresher;
CALL pmr.refresh('it''s "open"', '2024-03-01', '2024-03-31', '2024-04-20 12:00+00');
CALL pmr.publish('audit', '2024-01-01');
RESET ROLE;
UPDATE "Log".audit SET responded_at = responded_at + interval '9 s' WHERE extract(epoch FROM requested_at) % 50 = 0;
CALL pmr.refresh('audit', '2024-01-01', '2024-01-31', '2024-05-01 00:00+00');
INSERT INTO pmr.target_response_time (srv, mode, target, source) VALUES ('2.2', 'on_demand', '50 s', 'since');
-- a run that was stopped
INSERT INTO pmr.refresh_log (source, refreshed_by, pid, as_of, started_at, months, months_done) VALUES ('audit', 'refresher', 1, '2024-05-01', '2024-05-01', 3, 1);
};

# Users' objects that depend on the extension: views, functions, tables, keys.
my $own_objects = q{
CREATE TABLE request (srv text, mode text, generation text, requested_at timestamptz, responded_at timestamptz, response_code text);
INSERT INTO request
SELECT (ARRAY['1.1.1', '2.2', '77.1', '11.3', '7.1'])[1 + i % 5], (ARRAY['on_demand', 'future_dated'])[1 + i % 2], (ARRAY['smets1', 'smets2', NULL])[1 + i % 3],
	'2026-09-20 00:00:00+00'::timestamptz + i * interval '17 min', '2026-09-20 00:00:00+00'::timestamptz + i * interval '17 min' + i % 97 * interval '1 s',
	(ARRAY['I0', 'E20', 'E99', 'E21', NULL])[1 + i % 7]
FROM generate_series(1, 3000) AS i;
CREATE MATERIALIZED VIEW performance AS
	SELECT srv, mode, pmr.srv_target_counts(srv, mode, requested_at, pmr.answered_at(responded_at, response_code, mode), generation) AS counts,
		pmr.srv_target_met(srv, mode, requested_at, responded_at) AS pct, pmr.rtt_sketch(requested_at, responded_at) AS rtt
	FROM request GROUP BY srv, mode;
CREATE VIEW asking AS SELECT id, pmr.rtt_percentiles(sketch, '{0.5,0.9,1}'), pmr.rtt_mean(sketch), pmr.rtt_error_bound(sketch) FROM stored;

CREATE TABLE contact (party text PRIMARY KEY REFERENCES pmr.party, name text);
INSERT INTO contact SELECT party, 'contact of ' || name FROM pmr.party;
CREATE VIEW own_month AS
	SELECT p.*, c.name FROM pmr.party_performance AS p LEFT JOIN contact AS c USING (party) WHERE p.requests > 5;
GRANT SELECT ON own_month, contact TO "acme reader";
CREATE MATERIALIZED VIEW own_total AS
	SELECT source, month, sum(requests) AS requests, pmr.rtt_merge(rtt) AS rtt FROM pmr.rollup WHERE factor = 'all' AND day IS NULL GROUP BY source, month;
CREATE UNIQUE INDEX ON own_total (source, month);
CREATE VIEW own_report AS SELECT * FROM pmr.performance_report;
CREATE FUNCTION slowest(party text) RETURNS TABLE (srv text, p95_s double precision) LANGUAGE sql STABLE
BEGIN ATOMIC
	SELECT r.srv, pmr.rtt_percentile(pmr.rtt_merge(r.rtt), 0.95) FROM pmr.rollup AS r WHERE r.party = slowest.party AND r.factor = 'all' AND r.day IS NULL GROUP BY r.srv;
END;
CREATE FUNCTION rows_of_month(month date) RETURNS SETOF pmr.party_performance LANGUAGE sql STABLE
	AS 'SELECT * FROM pmr.party_performance AS p WHERE p.month = rows_of_month.month';
CREATE TABLE archive (LIKE pmr.rollup INCLUDING ALL);
INSERT INTO archive SELECT * FROM pmr.rollup WHERE day IS NULL AND party = 'ACME';
CREATE TABLE archived_row (id serial, cell pmr.rollup);
INSERT INTO archived_row (cell) SELECT r FROM pmr.rollup AS r WHERE day IS NULL AND party = 'P1' AND factor = 'all';
CREATE TABLE checked (srv text CHECK (pmr.response_class('I0', 'on_demand') = 'success'), fits boolean DEFAULT pmr.can_see_all_parties());
INSERT INTO checked VALUES ('2.2');
GRANT SELECT ON pmr.party TO "acme reader" WITH GRANT OPTION;
GRANT INSERT, UPDATE (target, source) ON pmr.target_response_time TO refresher;
REVOKE EXECUTE ON FUNCTION pmr.diagnose(text, date, date, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION pmr.diagnose(text, date, date, text) TO "acme reader", all_parties;
};

# create_roles must have been called.
sub fill_database
{
	my ($node, $database) = @_;

	$node->safe_psql($database,
		"SET timezone = 'UTC'; SET client_min_messages = 'error'; CREATE EXTENSION pmr_metrics;"
		  . $sketches . $references . $reports . $own_objects);
	return;
}

# The next refresh: late rows and responses, another target, all sources
# refreshed, and one more month published.
sub go_on
{
	my ($node, $database) = @_;

	$node->safe_psql(
		$database, q{
SET timezone = 'UTC';
SET client_min_messages = 'error';
UPDATE "Log".audit SET responded_at = responded_at + interval '3 s' WHERE extract(epoch FROM requested_at) % 37 = 0;
SELECT "Log".add_requests('2024-04-01', 2000, 2100), "Log".add_requests('2024-05-01', 1, 200);
INSERT INTO pmr.target_response_time (srv, mode, valid_from, target, source) VALUES ('77.1', 'on_demand', '2024-04-15 00:00+00', '20 s', 'later');
UPDATE pmr.response_code SET class = 'no_response' WHERE code = 'E20' AND NOT builtin;
CALL pmr.refresh('audit', as_of => '2024-06-10 00:00+00');
CALL pmr.refresh('it''s "open"', as_of => '2024-06-10 00:00+00');
CALL pmr.publish('audit', '2024-03-01');
REFRESH MATERIALIZED VIEW performance;
REFRESH MATERIALIZED VIEW CONCURRENTLY own_total;
});
	return;
}

# The query of each fact, by its name.  Whole tables are JSON, without the
# columns named.
sub queries_of
{
	my ($without) = @_;
	my %queries = (
		'bytes of sketches' =>
		  'SELECT id, what, encode(pmr.rtt_sketch_send(sketch), \'hex\'), requests FROM stored ORDER BY id',
		'text of sketches' => 'SELECT id, sketch FROM stored ORDER BY id',
		'unique sketches' =>
		  'SELECT encode(pmr.rtt_sketch_send(sketch), \'hex\') FROM single ORDER BY 1',
		'what sketches say' => 'SELECT * FROM asking ORDER BY id',
		'sketch found by its index' =>
		  'SET enable_seqscan = off; SELECT id FROM stored WHERE sketch OPERATOR(pmr.=) (SELECT sketch FROM stored WHERE id = 9)',
		'other things of our types' => 'SELECT * FROM kept ORDER BY id',
		'bytes of states' =>
		  'SELECT id, encode(pmr.rtt_state_send(state), \'hex\') FROM kept ORDER BY id',
		'what states say' => 'SELECT asked_of_state(state) FROM kept WHERE id > 0',
		'materialized view' =>
		  'SELECT srv, mode, counts, pct, encode(pmr.rtt_sketch_send(rtt), \'hex\') FROM performance ORDER BY srv, mode',
		'targets' =>
		  q{SELECT srv, mode, generation, at, pmr.srv_target(srv, mode, generation, at), pmr.srv_target(srv, mode, generation, 'MDR', at), pmr.srv_target(srv, mode, generation, NULL, at)
			FROM (SELECT DISTINCT srv, mode FROM pmr.target_response_time) AS t, unnest('{any,smets1,smets2}'::text[]) AS generation,
				unnest('{2024-01-01 00:00+00,2026-10-01 00:00+00,2026-10-02 00:00+00,infinity}'::timestamptz[]) AS at
			ORDER BY srv COLLATE "C", mode COLLATE "C", generation, at},
		'assumptions' =>
		  'SELECT * FROM pmr.assumption ORDER BY reference_table, item, valid_from, builtin',
		'changed targets' => q{SELECT * FROM pmr.changed_targets('audit') ORDER BY month},
		'problems of a source' =>
		  q{SELECT * FROM pmr.check_source('audit', '2024-01-01', '2024-04-30') AS c ORDER BY c::text COLLATE "C"},
		'rows of an index' =>
		  q{SET enable_seqscan = off; SELECT party, count(*), sum(target_s) FROM pmr.rollup_stratum WHERE source = 'audit' AND month = '2024-01-01' GROUP BY party ORDER BY party COLLATE "C"},
		'own function' => 'SELECT * FROM slowest(\'ACME\') AS s ORDER BY s::text',
		'own function of our row type' =>
		  'SELECT r FROM rows_of_month(\'2024-03-01\') AS r ORDER BY r::text COLLATE "C"',
		# without the privilege that PostgreSQL 17 has added
		'privileges' =>
		  q{SELECT what, grantor::regrole::text, grantee::regrole::text, privilege_type, is_grantable
			FROM (SELECT format('%s.%s', c.oid::regclass, a.attname) AS what, acldefault('c', c.relowner) AS preset, a.attacl AS acl
				  FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 WHERE c.relnamespace = 'pmr'::regnamespace
				  UNION ALL
				  SELECT oid::regclass::text, acldefault(CASE relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", relowner), relacl FROM pg_class
				  WHERE relnamespace = 'pmr'::regnamespace AND relkind IN ('r', 'v', 'S')
				  UNION ALL
				  SELECT oid::regprocedure::text, acldefault('f', proowner), proacl FROM pg_proc WHERE pronamespace = 'pmr'::regnamespace
				  UNION ALL
				  SELECT oid::regtype::text, acldefault('T', typowner), typacl FROM pg_type WHERE typnamespace = 'pmr'::regnamespace
				  UNION ALL
				  SELECT nspname, acldefault('n', nspowner), nspacl FROM pg_namespace WHERE nspname = 'pmr') AS o,
				aclexplode(coalesce(acl, preset)) AS x
			WHERE privilege_type <> 'MAINTAIN' ORDER BY 1, 2, 3, 4, 5},
		'configuration of the extension' =>
		  q{SELECT extversion, config::regclass, condition FROM pg_extension, unnest(extconfig, extcondition) AS c (config, condition)
			WHERE extname = 'pmr_metrics' ORDER BY config::regclass::text COLLATE "C"},
		# some versions do not count row types and array types
		'objects of the extension' =>
		  q{SELECT type, identity FROM pg_depend, pg_identify_object(classid, objid, objsubid)
			WHERE deptype = 'e' AND refobjid = (SELECT oid FROM pg_extension WHERE extname = 'pmr_metrics')
			  AND NOT (classid = 'pg_type'::regclass
				AND (objid IN (SELECT reltype FROM pg_class WHERE relkind <> 'c') OR objid IN (SELECT typarray FROM pg_type)))
			ORDER BY type COLLATE "C", identity COLLATE "C"});

	$queries{"table $_"} = "SELECT t FROM $_ AS t ORDER BY t::text COLLATE \"C\""
	  foreach qw(contact own_month own_total archive archived_row checked), '"Log".audit';
	foreach my $table (@reference_tables)
	{
		$queries{"rows of $table"} =
		  "SELECT t FROM pmr.$table AS t ORDER BY t::text COLLATE \"C\"";
		$queries{"user's rows of $table"} =
		  "SELECT t FROM pmr.$table AS t WHERE NOT builtin ORDER BY t::text COLLATE \"C\"";
		$queries{"rows in force of $table"} =
		  "SELECT t FROM pmr.current_$table AS t ORDER BY t::text COLLATE \"C\"";
	}
	$queries{"rows of $_"} =
	  "SELECT to_jsonb(t) - '$without'::text[] FROM pmr.$_ AS t ORDER BY (to_jsonb(t) - '$without'::text[])::text COLLATE \"C\""
	  foreach @report_tables;
	$queries{'sequence of refresh_log'} =
	  'SELECT last_value, is_called FROM pmr.refresh_log_refresh_id_seq';
	foreach my $role (@askers)
	{
		my $set = $role eq '' ? '' : "SET ROLE \"$role\"; ";
		my $who = $role eq '' ? 'the owner' : $role;

		$queries{"$_ for $who"} =
		  "${set}SELECT to_jsonb(t) - '$without'::text[] FROM pmr.$_ AS t ORDER BY (to_jsonb(t) - '$without'::text[])::text COLLATE \"C\""
		  foreach @report_views;
		$queries{"performance for $who"} =
		  "${set}SELECT t FROM pmr.performance('2024-01-10', '2024-04-20') AS t ORDER BY t::text COLLATE \"C\"";
		$queries{"diagnose for $who"} =
		  "${set}SELECT t FROM pmr.diagnose('ACME', '2024-01-01', '2024-04-30', 'audit') AS t ORDER BY t::text COLLATE \"C\"";
	}
	$queries{"party_comparison for $_"} =
	  "SET ROLE $_; SELECT t FROM pmr.party_comparison AS t ORDER BY t::text COLLATE \"C\""
	  foreach @other_askers;
	return \%queries;
}

# facts_of(node, database, another_time => 1, only => PATTERN, without =>
# PATTERN)
#
# another_time: leave out columns that differ when the same is done at another
# time.  only, without: patterns of the names of facts.
sub facts_of
{
	my ($node, $database, %params) = @_;
	my $queries = queries_of($params{another_time} ? $when_made : '{}');
	my @names = grep {
		(!$params{only} || /$params{only}/)
		  && (!$params{without} || !/$params{without}/)
	} sort keys %$queries;
	my $script = "SET timezone = 'UTC'; SET client_min_messages = 'error';\n";
	my %found;

	$script .= "SELECT '===';\n$queries->{$_};\nRESET ROLE; RESET enable_seqscan;\n"
	  foreach @names;
	(undef, my @found) =
	  split /^===(?:\n|\z)/m, $node->safe_psql($database, $script), -1;
	die 'a fact is missing' if @found != @names;
	@found{@names} = map { s/\n\z//r } @found;
	return \%found;
}

# One test for each fact.  Shows the first line that differs.
sub is_same
{
	my ($found, $expected, $what) = @_;

	foreach my $name (sort keys %$expected)
	{
		my $is = $found->{$name};

		next if ok(defined $is && $is eq $expected->{$name}, "$what: $name");
		my @is = split /\n/, $is // 'missing';
		my @expected = split /\n/, $expected->{$name};
		my ($line) = grep { ($is[$_] // 'no line') ne ($expected[$_] // 'no line') } 0 .. @is + @expected;
		diag("     got: " . ($is[$line] // 'no line') . "\nexpected: " . ($expected[$line] // 'no line'));
	}
	return;
}

1;
