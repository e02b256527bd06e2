# ALTER EXTENSION UPDATE gives the same catalogs as a fresh install, and queries
# on stored data give the same results as before.  The SQL of the old version
# gives them with the new library, too, before the update.
#
# Tests each released version (test/frozen), and a next version that only this
# test has.  The last part tests that the comparison finds differences.

use strict;
use warnings;

use File::Basename;
use File::Copy;
use File::Path;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $extension = 'pmr_metrics';
my $tempdir = PostgreSQL::Test::Utils::tempdir;

# ---------------------------------------------------------------------------
# A private installation, to which versions can be added.  A server finds its
# files relative to its program, so a copy of the program has its own directory of
# extensions, and links to everything else.
# ---------------------------------------------------------------------------

my %directory;
foreach my $which (qw(bindir sharedir pkglibdir))
{
	chomp($directory{$which} = `pg_config --$which`);
}
my $root = "$tempdir/root";
my $script_directory = "$root$directory{sharedir}/extension";

sub link_entries
{
	my ($which, $skipped) = @_;

	mkpath("$root/$which");
	foreach my $entry (glob "$which/*")
	{
		my $name = basename($entry);
		symlink $entry, "$root$which/$name" or die "$entry: $!"
		  unless grep { $_ eq $name } @$skipped;
	}
	return;
}

my @copied = qw(postgres initdb pg_ctl pg_config);
link_entries($directory{bindir}, \@copied);
foreach my $program (@copied)
{
	copy("$directory{bindir}/$program", "$root$directory{bindir}/$program")
	  or die "$program: $!";
	chmod 0755, "$root$directory{bindir}/$program";
}
link_entries($directory{sharedir}, ['extension']);
link_entries("$directory{sharedir}/extension", []);
mkpath(dirname("$root$directory{pkglibdir}"));
symlink $directory{pkglibdir}, "$root$directory{pkglibdir}"
  unless -e "$root$directory{pkglibdir}";

chomp(my $found_directory = `$root$directory{bindir}/pg_config --sharedir`);
plan skip_all => "a copy of this PostgreSQL uses files in $found_directory"
  if $found_directory ne "$root$directory{sharedir}"
  || basename($directory{bindir}) ne 'bin';

sub add_script
{
	my ($name, $text) = @_;

	append_to_file("$script_directory/$extension--$name.sql", $text);
	return;
}

# ---------------------------------------------------------------------------
# Versions: the current one, the released ones, and an invented next one
# ---------------------------------------------------------------------------

my ($current) =
  slurp_file("$script_directory/$extension.control") =~
  /^default_version\s*=\s*'(.*)'/m;
my $script = slurp_file("$script_directory/$extension--$current.sql");
my @released;

foreach my $frozen (glob "test/frozen/$extension--*.sql")
{
	my ($version) = basename($frozen, '.sql') =~ /--(.*)/;

	next if $version eq $current;
	push @released, $version;
	add_script($version, slurp_file($frozen))
	  unless -e "$script_directory/$extension--$version.sql";
}

# The next version: its changed install script, and the script that updates to
# it.
my ($next, $update) = ($script, '');

sub change
{
	my ($old, $new, $statement) = @_;

	$next =~ s/$old/$new/s or die "the script has no $old";
	$update .= "$statement;\n";
	return;
}

change(
	qr/(?<=IS ')number of round-trip times(?=';)/,
	'another comment',
	q{COMMENT ON FUNCTION pmr.rtt_count(pmr.rtt_sketch) IS 'another comment'});
change(
	qr/('pmr_rtt_count'\s+LANGUAGE C [^;]*) COST \d+/,
	$next =~ /('pmr_rtt_count'\s+LANGUAGE C [^;]*) COST \d+/ && "$1 COST 2",
	'ALTER FUNCTION pmr.rtt_count(pmr.rtt_sketch) COST 2');
change(qr/, rtt_error_bound,/, ',',
	'REVOKE EXECUTE ON FUNCTION pmr.rtt_error_bound(pmr.rtt_sketch) FROM PUBLIC');
change(
	qr/(?<='rejected', 'user', ')user role not eligible(?=')/,
	'another description',
	q{UPDATE pmr.response_code SET description = 'another description' WHERE code = 'E1' AND mode = 'any' AND builtin});
my ($view) = $script =~ /CREATE VIEW (pmr\.current_response_code AS.*?);/s;
change(
	qr/\Q$view\E/,
	"$view\nLIMIT 1000000",
	"CREATE OR REPLACE VIEW $view LIMIT 1000000");
my ($party) = $script =~ /CREATE TABLE pmr\.party \((.*?)\n\);/s;
change(
	qr/\Q$party\E/,
	"$party,\n\tnote text NOT NULL DEFAULT '' CHECK (note <> 'none')",
	q{ALTER TABLE pmr.party ADD note text NOT NULL DEFAULT '' CHECK (note <> 'none')});
my $added = q{
CREATE FUNCTION pmr.added(integer) RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN $1 + 1;
COMMENT ON FUNCTION pmr.added(integer) IS 'one more';
REVOKE ALL ON FUNCTION pmr.added(integer) FROM PUBLIC;
CREATE DOMAIN pmr.added_domain AS integer CHECK (VALUE > 0);
CREATE TABLE pmr.added_table (id pmr.added_domain PRIMARY KEY, party text REFERENCES pmr.party, what text DEFAULT 'x');
SELECT pg_extension_config_dump('pmr.added_table', 'WHERE id > 1');
INSERT INTO pmr.added_table VALUES (1, NULL);
CREATE INDEX added_index ON pmr.added_table (pmr.added(id)) WHERE what > '';
CREATE TRIGGER added_trigger BEFORE UPDATE ON pmr.added_table
	FOR EACH ROW WHEN (OLD.id < NEW.id) EXECUTE FUNCTION suppress_redundant_updates_trigger();
CREATE STATISTICS pmr.added_statistics ON id, what FROM pmr.added_table;
CREATE CAST (pmr.rtt_sketch AS bytea) WITH FUNCTION pmr.rtt_sketch_send(pmr.rtt_sketch);
CREATE AGGREGATE pmr.added_sum(integer) (SFUNC = int4pl, STYPE = integer, COMBINEFUNC = int4pl, SSPACE = 8, PARALLEL = SAFE);
};
add_script('next', $next . $added);
add_script("$current--next", $update . $added);

# ---------------------------------------------------------------------------
# The server, and its data before an update
# ---------------------------------------------------------------------------

my $node = PostgreSQL::Test::Cluster->new('upgrade',
	install_path => $root . dirname($directory{bindir}));
$node->init;
$node->append_conf('postgresql.conf', "autovacuum = off\ntimezone = 'UTC'");
$node->start;
$node->safe_psql('postgres', 'CREATE DATABASE base');
$node->safe_psql('base', slurp_file('test/upgrade/compare.sql'));

my $store = q{
CREATE TABLE stored AS
SELECT i % 9 AS id, pmr.rtt_sketch(i * i % 99991 * interval '1.001 ms') AS sketch FROM generate_series(1, 20000) AS i GROUP BY 1;
INSERT INTO pmr.party (party, name, supplier_group, category)
SELECT 'P' || i, 'Party ' || i, 'Group ' || i % 7, (ARRAY['Large Supplier', 'Small Supplier'])[1 + i % 2] FROM generate_series(0, 9) AS i;
INSERT INTO pmr.target_response_time (srv, mode, device_generation, valid_from, target, status, source)
VALUES ('1.1.1', 'on_demand', 'any', '2024-01-10 00:00:00+00', '45 s', 'confirmed', 'test');
CREATE TABLE audit AS
SELECT 'P' || h[1] % 10 AS party, (ARRAY['1.1.1', '2.2', '4.8.1', '77.7'])[1 + h[2] % 101 % 4] AS srv, (ARRAY['on_demand', 'future_dated', 'odd'])[1 + h[3] % 2 + i % 501 / 500] AS mode,
	(ARRAY['smets1', 'smets2'])[1 + h[4] % 2] AS device_generation, at AS requested_at, at + (h[5] % 97 + 30 * (h[6] % 3)) * interval '0.331 s' AS responded_at,
	(ARRAY['I0', 'I0', 'I0', 'E21', 'X9', NULL])[1 + h[5] % 6] AS response_code, i::text AS request_id, 'fw' || h[6] % 3 AS firmware, 'r' || h[7] % 5 AS region
FROM generate_series(1, 8000) AS i, LATERAL (SELECT '2024-01-01 00:00:00+00'::timestamptz + i * interval '10 min' AS at) AS a,
	LATERAL (SELECT array_agg(hashint4extended(i, n) & 65535 ORDER BY n) AS h FROM generate_series(1, 7) AS n) AS l;
SELECT pmr.add_source('audit', 'audit', '{firmware,region}');
CALL pmr.refresh('audit', as_of => '2024-06-01 00:00:00+00');
CALL pmr.publish('audit', '2024-01-01');
};

# The queries: functions and aggregates, and all columns that the views of the
# older version have.
my @questions = (
	q{SELECT id, md5(sketch::text), md5(pmr.rtt_sketch_send(sketch)), pmr.rtt_count(sketch), pmr.rtt_mean(sketch), pmr.rtt_min(sketch), pmr.rtt_max(sketch),
	pmr.rtt_error_bound(sketch), pmr.rtt_percentile(sketch, 0.9), pmr.rtt_percentiles(sketch, '{0,0.5,1}'), pmr.rtt_within_pct(sketch, '40 s')
	FROM stored ORDER BY id},
	q{SELECT id, count(*), md5(string_agg(b::text, ',')) FROM stored, pmr.rtt_buckets(sketch) AS b GROUP BY id ORDER BY id},
	q{SELECT id, h.* FROM stored, pmr.rtt_histogram(sketch, 5) AS h ORDER BY id, lower_s},
	q{SELECT md5(pmr.rtt_merge(sketch)::text), md5(min(sketch::text)), count(DISTINCT sketch) FROM stored},
	q{SELECT a.id, b.id, md5((a.sketch OPERATOR(pmr.+) b.sketch)::text) FROM stored AS a JOIN stored AS b ON a.sketch OPERATOR(pmr.<) b.sketch ORDER BY 1, 2},
	q{SELECT srv, mode, md5(pmr.rtt_sketch(requested_at, responded_at)::text), pmr.rtt_percentile(requested_at, responded_at, 0.95),
	pmr.rtt_percentiles(responded_at - requested_at, '{0.5,0.95}'), pmr.target_met(requested_at, responded_at, '30 s'),
	pmr.target_counts(requested_at, responded_at, '30 s'), pmr.srv_target_met(srv, mode, requested_at, responded_at),
	pmr.srv_target_counts(srv, mode, requested_at, pmr.answered_at(responded_at, response_code, mode), device_generation)
	FROM audit GROUP BY 1, 2 ORDER BY 1, 2},
	q{SELECT DISTINCT srv, mode, response_code, pmr.response_class(response_code, mode), pmr.srv_target(srv, mode, device_generation, requested_at)
	FROM audit ORDER BY 1, 2, 3, 5},
	q{SELECT * FROM pmr.check_source('audit', '2024-01-01', '2024-01-31') AS c ORDER BY c::text},
	q{SELECT * FROM pmr.performance('2024-01-01', '2024-01-31') AS p ORDER BY p::text},
	q{SELECT * FROM pmr.diagnose('P1', '2024-01-01', '2024-01-31') AS d ORDER BY d::text},
);
my @views = qw(party_performance factor_performance party_business_process
  performance_report party_comparison factor_comparison industry_performance
  assumption current_target_response_time current_service_level
  current_business_process current_business_process_srv
  current_service_reference_variant source_column);

sub view_questions
{
	my ($database) = @_;
	my $columns = join ', ', map { "'pmr.$_'::regclass" } @views;

	return split /\n/,
	  $node->safe_psql(
		$database,
		qq{SELECT format('SELECT %1\$s FROM %2\$s ORDER BY row(%1\$s)::text', string_agg(quote_ident(attname), ', ' ORDER BY attnum), attrelid::regclass)
		FROM pg_attribute WHERE attrelid IN ($columns) AND attnum > 0 AND NOT attisdropped GROUP BY attrelid ORDER BY attrelid::regclass::text});
}

sub answers
{
	my ($database, @asked) = @_;

	return $node->safe_psql($database,
		join '', map { "SELECT '-- ' || \$\$$_\$\$;\n$_;\n" } @asked);
}

# Shows only differences.
sub is_answered
{
	my ($found, $expected, $name) = @_;
	my @found = split /^(?=-- )/m, $found;
	my @expected = split /^(?=-- )/m, $expected;
	my @different =
	  grep { ($found[$_] // '') ne ($expected[$_] // '') } 0 .. $#expected;

	is(join("\n", map { $found[$_] // '' } @different),
		join("\n", @expected[@different]), $name);
	return;
}

# The differences between the catalogs of two databases.
sub compare_catalogs
{
	my ($database, $other) = @_;
	my $file = "$tempdir/facts.$other";

	$node->safe_psql($other, "COPY (SELECT * FROM compare.facts()) TO '$file'")
	  unless -e $file;
	$node->safe_psql($database, "COPY compare.other FROM '$file'");
	return $node->safe_psql($database, 'SELECT * FROM compare.differences()');
}

sub create_database
{
	my ($database, $version) = @_;

	$node->safe_psql('postgres', "CREATE DATABASE \"$database\" TEMPLATE base");
	$node->safe_psql($database, "CREATE EXTENSION $extension VERSION '$version'");
	return $database;
}

my %fresh;

sub check_upgrade
{
	my ($from, $to) = @_;
	my $name = "$from to $to";

	$fresh{$to} //= create_database("fresh $to", $to);
	isnt($node->safe_psql('base', "SELECT path FROM pg_extension_update_paths('$extension') WHERE source = '$from' AND target = '$to'"),
		'', "$name: an update path exists");

	# without data: rows that were stored at other times would differ
	my $updated = create_database($name, $from);
	isnt(compare_catalogs($updated, $fresh{$to}), '', "$name: the catalogs differ before");
	$node->safe_psql($updated, 'TRUNCATE compare.other');
	$node->safe_psql($updated, "ALTER EXTENSION $extension UPDATE TO '$to'");
	is(compare_catalogs($updated, $fresh{$to}), '', "$name: the catalogs are equal");

	my $used = create_database("$name, used", $from);
	$node->safe_psql($used, $store);
	my @asked = (@questions, view_questions($used));
	my $before = answers($used, @asked);
	my @unanswered = grep { index("$before\n-- ", "-- $_\n-- ") >= 0 } @asked;
	is("@unanswered", '', "$name: the old SQL answers each query with this library");
	$node->safe_psql($used, "ALTER EXTENSION $extension UPDATE TO '$to'");
	is_answered(answers($used, @asked), $before, "$name: the same results");
	$node->safe_psql($used, q{CALL pmr.refresh('audit', as_of => '2024-06-01 00:00:00+00')});
	is_answered(answers($used, @asked), $before, "$name: the same results after a refresh");

	my $anew = create_database("$name, anew", $to);
	$node->safe_psql($anew, $store);
	is_answered(answers($anew, @asked), $before, "$name: the same results of a fresh install");
	return;
}

check_upgrade($_, $current) foreach @released;
check_upgrade($current, 'next');

# ---------------------------------------------------------------------------
# The comparison finds each of these differences in its catalog.
# ---------------------------------------------------------------------------

my @faults = (
	# statement, catalog, and the fact that a fresh install does not have
	[ 'ALTER TYPE pmr.rtt_sketch SET (STORAGE = extended)', 'pg_type', qr/"typname": "rtt_sketch".*"typstorage": "x"/ ],
	[ 'ALTER TYPE pmr.rollup_cell_pair ADD ATTRIBUTE planted integer', 'pg_attribute', qr/"attname": "planted"/ ],
	[ 'ALTER DOMAIN pmr.added_domain ADD CONSTRAINT planted CHECK (VALUE < 9)', 'pg_constraint', qr/"conname": "planted"/ ],
	[ 'ALTER DOMAIN pmr.added_domain SET DEFAULT 7', 'pg_type', qr/"typdefault": "7"/ ],
	[ 'ALTER OPERATOR pmr.< (pmr.rtt_sketch, pmr.rtt_sketch) SET (RESTRICT = NONE)', 'pg_operator', qr/(?!.*"oprrest")"oprcode": "pmr.rtt_sketch_lt/ ],
	[ 'ALTER OPERATOR FAMILY pmr.rtt_sketch_ops USING btree ADD FUNCTION 4 (pmr.rtt_sketch, pmr.rtt_sketch) btequalimage(oid)', 'pg_amproc', qr/"amproc": "pg_catalog.btequalimage/ ],
	[ 'ALTER OPERATOR FAMILY pmr.rtt_sketch_ops USING btree ADD OPERATOR 1 pg_catalog.< (integer, integer)', 'pg_amop', qr/"amopopr": "pg_catalog.<\(/ ],
	[ q{UPDATE pg_cast SET castcontext = 'a' WHERE castsource = 'pmr.rtt_sketch'::regtype}, 'pg_cast', qr/"castcontext": "a"/ ],
	[ 'CREATE OR REPLACE VIEW pmr.current_service_level AS ' . ($script =~ /CREATE VIEW pmr\.current_service_level AS(.*?);/s)[0] . ' LIMIT 77', 'pg_rewrite', qr/LIMIT 77/ ],
	[ 'ALTER VIEW pmr.assumption SET (security_barrier = true)', 'pg_class', qr/security_barrier/ ],
	[ 'CREATE OR REPLACE TRIGGER added_trigger BEFORE UPDATE ON pmr.added_table FOR EACH ROW WHEN (OLD.id > NEW.id) EXECUTE FUNCTION suppress_redundant_updates_trigger()', 'pg_trigger', qr/old\.id[^<]*> /i ],
	[ 'ALTER TABLE pmr.added_table DISABLE TRIGGER added_trigger', 'pg_trigger', qr/"tgenabled": "D"/ ],
	[ 'CREATE RULE planted AS ON INSERT TO pmr.source DO ALSO NOTHING', 'pg_rewrite', qr/"rulename": "planted"/ ],
	[ 'GRANT SELECT ON pmr.rollup TO PUBLIC', 'pg_class', qr/"relacl": \["[^]]*=r\/.*"relname": "rollup"/ ],
	[ 'GRANT UPDATE (name) ON pmr.party TO PUBLIC', 'pg_attribute', qr/"attacl"/ ],
	[ 'REVOKE EXECUTE ON FUNCTION pmr.rtt_min(pmr.rtt_sketch) FROM PUBLIC', 'pg_proc', qr/"proacl": \["[^"=]+=X[^,]*\].*"proname": "rtt_min"/ ],
	[ 'REVOKE USAGE ON SCHEMA pmr FROM PUBLIC', 'pg_namespace', qr/"nspname": "pmr"/ ],
	[ 'REVOKE USAGE ON TYPE pmr.rtt_state FROM PUBLIC', 'pg_type', qr/"typacl".*"typname": "rtt_state"/ ],
	[ 'ALTER DEFAULT PRIVILEGES IN SCHEMA pmr GRANT SELECT ON TABLES TO PUBLIC', 'pg_default_acl', qr/pmr/ ],
	[ q{UPDATE pg_init_privs SET initprivs = ARRAY[makeaclitem(current_user::regrole, current_user::regrole, 'EXECUTE', false)] WHERE objoid = 'pmr.rtt_max'::regproc}, 'pg_init_privs', qr/rtt_max/ ],
	[ q{COMMENT ON COLUMN pmr.source.factors IS 'planted'}, 'pg_description', qr/"description": "planted"/ ],
	[ 'COMMENT ON SCHEMA pmr IS NULL', 'pg_description', qr/"objoid": "pmr".*Service Requests/, 'other' ],
	[ q{UPDATE pmr.service_level SET target_pct = 98.5 WHERE measure = 'cpm1'}, 'pmr.service_level', qr/98\.5/ ],
	[ q{DELETE FROM pmr.response_code WHERE code = 'E30'}, 'pmr.response_code', qr/E30/, 'other' ],
	[ q{SELECT setval('pmr.refresh_log_refresh_id_seq', 77)}, 'pmr.refresh_log_refresh_id_seq', qr/77/ ],
	[ q{UPDATE pg_extension SET extcondition[1] = 'WHERE planted' WHERE extname = 'pmr_metrics'}, 'pg_extension', qr/WHERE planted/ ],
	[ q{ALTER EXTENSION pmr_metrics DROP TABLE pmr.party_access}, 'pg_extension', qr/(?!.*party_access)"extconfig"/ ],
	[ 'ALTER EXTENSION pmr_metrics DROP FUNCTION pmr.rtt_mean(pmr.rtt_sketch)', 'pg_depend', qr/"objid": "pmr.rtt_mean.*"refobjid": "pmr_metrics"/, 'other' ],
	[ 'ALTER TABLE pmr.party DROP CONSTRAINT party_category_check', 'pg_constraint', qr/"conname": "party_category_check"/, 'other' ],
	[ 'ALTER TABLE pmr.added_table ALTER CONSTRAINT added_table_party_fkey DEFERRABLE', 'pg_constraint', qr/"conname": "added_table_party_fkey".*"condeferrable": "true"/ ],
	[ 'DROP INDEX pmr.rollup_part_day', 'pg_index', qr/"pmr.rollup_part_day"/, 'other' ],
	[ q{DROP INDEX pmr.added_index; CREATE INDEX added_index ON pmr.added_table (pmr.added(id)) WHERE what > 'planted'}, 'pg_index', qr/planted/ ],
	[ q{UPDATE pg_proc SET prosrc = prosrc || ' -- planted' WHERE oid = 'pmr.add_source'::regproc}, 'pg_proc', qr/-- planted.*"proname": "add_source"|"proname": "add_source".*-- planted/ ],
	[ 'CREATE OR REPLACE FUNCTION pmr.added(integer) RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN $1 + 77', 'pg_proc', qr/RETURN \(\$1 \+ 77\)/ ],
	[ 'ALTER FUNCTION pmr.rtt_buckets(pmr.rtt_sketch) STABLE', 'pg_proc', qr/"proname": "rtt_buckets".*"provolatile": "s"/ ],
	[ 'ALTER FUNCTION pmr.rtt_histogram(pmr.rtt_sketch, integer) PARALLEL RESTRICTED ROWS 77 COST 78', 'pg_proc', qr/"procost": "78".*"prorows": "77".*"proparallel": "r"/ ],
	[ 'ALTER FUNCTION pmr.rtt_percentile(pmr.rtt_sketch, double precision) CALLED ON NULL INPUT', 'pg_proc', qr/"proisstrict": "false".*|"proname": "rtt_percentile".*"proisstrict": "false"/ ],
	[ 'ALTER FUNCTION pmr.can_see_all_parties() SECURITY INVOKER SET work_mem = 77', 'pg_proc', qr/work_mem=77/ ],
	[ 'CREATE OR REPLACE AGGREGATE pmr.added_sum(integer) (SFUNC = int4pl, STYPE = integer, SSPACE = 9, PARALLEL = SAFE)', 'pg_aggregate', qr/(?!.*aggcombinefn)"aggfnoid": "pmr.added_sum.*"aggtransspace": "9"/ ],
	[ 'ALTER TABLE pmr.added_table ALTER what TYPE varchar(77)', 'pg_attribute', qr/character varying/ ],
	[ 'ALTER STATISTICS pmr.added_statistics SET STATISTICS 77', 'pg_statistic_ext', qr/"stxstattarget": "77"/ ],
	[ 'ALTER TABLE pmr.rollup_stratum ALTER srv SET STATISTICS 77', 'pg_attribute', qr/"attstattarget": "77"/ ],
	[ 'ALTER TABLE pmr.rollup_stratum ALTER mode SET STORAGE plain, ALTER mode SET (n_distinct = 77)', 'pg_attribute', qr/n_distinct=77.*"attstorage": "p"/ ],
	[ q{ALTER TABLE pmr.source ALTER settle_after SET DEFAULT '77 days'}, 'pg_attrdef', qr/77 days/ ],
	[ 'ALTER TABLE pmr.source ALTER report_timezone DROP NOT NULL', 'pg_attribute', qr/"attname": "report_timezone".*"attnotnull": "false"/ ],
	[ 'ALTER TABLE pmr.publication SET (fillfactor = 77)', 'pg_class', qr/fillfactor=77/ ],
	[ 'ALTER TABLE pmr.publication_cell ENABLE ROW LEVEL SECURITY; CREATE POLICY planted ON pmr.publication_cell USING (month IS NOT NULL)', 'pg_policy', qr/"polname": "planted".*month IS NOT NULL|month IS NOT NULL.*"polname": "planted"/ ],
	[ 'ALTER SEQUENCE pmr.refresh_log_refresh_id_seq CACHE 77', 'pg_sequence', qr/"seqcache": "77"/ ],
	[ 'CREATE ROLE planted_owner; ALTER FUNCTION pmr.rtt_within_pct(pmr.rtt_sketch, interval) OWNER TO planted_owner', 'pg_proc', qr/"proname": "rtt_within_pct".*"proowner": "planted_owner"/ ],
	[ 'ALTER EXTENSION pmr_metrics UPDATE TO \'planted\'', 'pg_extension', qr/"extversion": "planted"/ ],
	[ 'REVOKE EXECUTE ON FUNCTION pg_catalog.pg_sleep(double precision) FROM PUBLIC', 'pg_proc', qr/of PostgreSQL: / ],
);
add_script('next--planted', '');

my $planted = create_database('planted', 'next');
is(compare_catalogs($planted, $fresh{next}), '', 'two fresh installs are equal');
foreach my $fault (@faults)
{
	$node->safe_psql($planted, "SET allow_system_table_mods = on; $fault->[0]");
}
my @differences = split /\n/, $node->safe_psql($planted, 'SELECT * FROM compare.differences()');
foreach my $fault (@faults)
{
	my ($statement, $catalog, $pattern, $only_in) = @$fault;
	my $start = ($only_in // 'this') . "|$catalog|";

	ok((grep { index($_, $start) == 0 && /$pattern/ } @differences), "found: $statement")
	  or diag(join "\n", grep { index($_, $start) == 0 } @differences);
}

$node->stop;
done_testing();
