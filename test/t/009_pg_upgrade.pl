# Moves a database to another major version of PostgreSQL, by pg_dump and by
# pg_upgrade.  All data is there, all reports are equal, and the next refresh
# works.
#
# PG_CONFIG_OLD names the pg_config of the older version, whose server must have
# pmr_metrics too; test/dump_across.sh installs several.  If it is not set,
# pg_upgrade goes from this version to itself, and still makes each object of
# the extension again from the catalogs.

use strict;
use warnings;
use lib 'test/perl';

use Cwd;
use File::Basename;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Stored qw(create_roles fill_database go_on facts_of is_same);
use Test::More;

my $tempdir = PostgreSQL::Test::Utils::tempdir;
chomp(my $bindir = `pg_config --bindir`);
my $old_bindir = $bindir;
my @installation;
if ($ENV{PG_CONFIG_OLD})
{
	chomp($old_bindir = `$ENV{PG_CONFIG_OLD} --bindir`);
	@installation = (install_path => dirname($old_bindir));
}
else
{
	diag('PG_CONFIG_OLD is not set: only pg_upgrade from this version to itself');
}

# The same settings in both, as the defaults of versions differ.
my @init = (extra => [ '--locale=C', '--encoding=UTF8', '--data-checksums' ]);

my $old = PostgreSQL::Test::Cluster->new('old', @installation);
$old->init(@init);
$old->start;
create_roles($old);
$old->safe_psql('postgres', 'CREATE DATABASE source');
fill_database($old, 'source');
my $source = facts_of($old, 'source');
$old->safe_psql('postgres', 'CREATE DATABASE gone_on TEMPLATE source');
go_on($old, 'gone_on');
my $gone_on = facts_of($old, 'gone_on', another_time => 1);

sub goes_on
{
	my ($node, $database) = @_;

	go_on($node, $database);
	is_same(facts_of($node, $database, another_time => 1), $gone_on, "$database, after the next refresh");
	return;
}

note('from ' . $old->safe_psql('postgres', 'SHOW server_version'));

my $new = PostgreSQL::Test::Cluster->new('new');
$new->init(@init);

# ---------------------------------------------------------------------------
# The pg_dump of the new version, which PostgreSQL's manual recommends, in each
# format; and that of the old version
# ---------------------------------------------------------------------------

# A new version whose minor release is older than that of the old server may be
# unable to restore any table.  This is its error, or empty.
my $no_dump = '';

if ($ENV{PG_CONFIG_OLD})
{
	my $restored = PostgreSQL::Test::Cluster->new('restored');

	$restored->init(@init);
	$restored->start;
	note('to ' . $restored->safe_psql('postgres', 'SHOW server_version'));
	$old->safe_psql('postgres', 'CREATE DATABASE plain_table');
	$old->safe_psql('plain_table', 'CREATE TABLE plain (id integer)');
	$old->command_ok([ "$bindir/pg_dump", '-f', "$tempdir/plain_table", 'plain_table' ], 'dump an ordinary table');
	$restored->safe_psql('postgres', 'CREATE DATABASE plain_table');
	my ($ret, $stdout, $stderr) =
	  $restored->psql('plain_table', slurp_file("$tempdir/plain_table"), on_error_die => 0, on_error_stop => 1);
	($no_dump) = $stderr =~ /(ERROR: .*)/ if $ret != 0;
	diag("skipping pg_dump of the new version and pg_upgrade, which fail for an ordinary table of the old version: $no_dump")
	  if $no_dump ne '';

	my $dumper = $no_dump eq '' ? $bindir : $old_bindir;
	my %dump = map { $_ => [ $dumper, $_ ] } qw(plain custom directory tar);
	%dump = (%dump, plain_of_old => [ $old_bindir, 'plain' ], custom_of_old => [ $old_bindir, 'custom' ])
	  if $no_dump eq '';

	$old->command_ok([ "$bindir/pg_dumpall", '--roles-only', '--no-role-passwords', '-f', "$tempdir/roles.sql" ], 'dump roles');
	# the role that made the cluster exists already
	$restored->command_checks_all([ 'psql', '-X', '-q', '-f', "$tempdir/roles.sql", 'postgres' ],
		0, [], [], 'restore roles');
	foreach my $what (sort keys %dump)
	{
		my ($from, $format) = @{ $dump{$what} };

		$old->command_ok([ "$from/pg_dump", "--format=$format", '-f', "$tempdir/$what", 'source' ], "dump $what");
		$restored->safe_psql('postgres', "CREATE DATABASE $what");
		$restored->command_ok(
			$format eq 'plain'
			? [ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-f', "$tempdir/$what", $what ]
			: [ 'pg_restore', '--exit-on-error', '-d', $what, "$tempdir/$what" ],
			"restore $what");
		is_same(facts_of($restored, $what), $source, $what);
		goes_on($restored, $what) if $what =~ /^plain/;
	}
	$restored->stop;
}
$old->stop;
if ($no_dump ne '')
{
	done_testing();
	exit;
}

# ---------------------------------------------------------------------------
# pg_upgrade
# ---------------------------------------------------------------------------

my @upgrade = (
	'pg_upgrade', '--no-sync', '-d', $old->data_dir, '-D', $new->data_dir,
	'-b', $old_bindir, '-B', $bindir, '-s', $new->host,
	'-p', $old->port, '-P', $new->port);
# pg_upgrade writes to the current directory
my $directory = getcwd;
chdir $tempdir or die $!;
command_ok(\@upgrade, 'pg_upgrade');
chdir $directory or die $!;
$new->start;
is_same(facts_of($new, 'source'), $source, 'upgraded');

# Each object is equal to that of CREATE EXTENSION.  Expressions that were
# printed and parsed again may have fewer parentheses, and unnamed columns the
# names of their types; default privileges need not be listed.
my %catalog = (
	'functions' => q{SELECT p.oid::regprocedure, p.prorows, p.procost, regexp_replace(regexp_replace(pg_get_functiondef(p.oid), '[()]', '', 'g'), '(::[a-z ]+) AS \w+', '\1', 'g') FROM pg_proc AS p
		WHERE p.prokind <> 'a' AND p.pronamespace = 'pmr'::regnamespace ORDER BY p.oid::regprocedure::text},
	'aggregates' => q{SELECT a.aggfnoid::regprocedure, p.proparallel, a.aggtranstype::regtype, to_jsonb(a) - '{aggtranstype,aggmtranstype,aggfnoid}'::text[]
		FROM pg_aggregate AS a JOIN pg_proc AS p ON p.oid = a.aggfnoid WHERE p.pronamespace = 'pmr'::regnamespace ORDER BY a.aggfnoid::regprocedure::text},
	'types' => q{SELECT typname, typlen, typbyval, typalign, typstorage, typinput, typoutput, typreceive, typsend, typcategory FROM pg_type
		WHERE typnamespace = 'pmr'::regnamespace ORDER BY typname},
	'operators' => q{SELECT oid::regoperator, oprcode, oprcom::regoperator, oprnegate::regoperator, oprrest, oprjoin, oprcanmerge, oprcanhash FROM pg_operator
		WHERE oprnamespace = 'pmr'::regnamespace ORDER BY oid::regoperator::text},
	'operator classes' => q{SELECT c.opcname, c.opcdefault, c.opcintype::regtype, o.amopstrategy, o.amopopr::regoperator, f.amprocnum, f.amproc
		FROM pg_opclass AS c LEFT JOIN pg_amop AS o ON o.amopfamily = c.opcfamily LEFT JOIN pg_amproc AS f ON f.amprocfamily = c.opcfamily
		WHERE c.opcnamespace = 'pmr'::regnamespace ORDER BY c.opcmethod, 4, 6},
	'views' => q{SELECT oid::regclass, regexp_replace(regexp_replace(pg_get_viewdef(oid), '[()]', '', 'g'), '(::[a-z ]+) AS \w+', '\1', 'g'), reloptions FROM pg_class WHERE relkind = 'v' AND relnamespace = 'pmr'::regnamespace ORDER BY oid::regclass::text},
	'columns' => q{SELECT a.attrelid::regclass, a.attnum, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity, a.attstorage,
			a.attcollation::regcollation, pg_get_expr(d.adbin, d.adrelid)
		FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
		WHERE c.relnamespace = 'pmr'::regnamespace AND a.attnum > 0 ORDER BY c.oid::regclass::text, a.attnum},
	'constraints' => q{SELECT conrelid::regclass, conname, pg_get_constraintdef(oid) FROM pg_constraint
		WHERE connamespace = 'pmr'::regnamespace ORDER BY conrelid::regclass::text, conname},
	'indexes' => q{SELECT indexrelid::regclass, pg_get_indexdef(indexrelid), indisvalid FROM pg_index
		WHERE indrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'pmr'::regnamespace) ORDER BY indexrelid::regclass::text},
	'comments' => q{SELECT i.type, i.identity, d.description FROM pg_depend AS m
			JOIN pg_description AS d ON d.classoid = m.classid AND d.objoid = m.objid, pg_identify_object(d.classoid, d.objoid, d.objsubid) AS i
		WHERE m.deptype = 'e' AND m.refobjid = (SELECT oid FROM pg_extension WHERE extname = 'pmr_metrics') ORDER BY 1, 2},
	'privileges to begin with' => q{SELECT o.what, x.grantee, x.privilege_type, x.is_grantable
		FROM (SELECT 'pg_class'::regclass AS class, oid, oid::regclass::text AS what, acldefault(CASE relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", relowner) AS preset
			  FROM pg_class WHERE relnamespace = 'pmr'::regnamespace AND relkind IN ('r', 'v', 'S')
			  UNION ALL
			  SELECT 'pg_proc'::regclass, oid, oid::regprocedure::text, acldefault('f', proowner) FROM pg_proc WHERE pronamespace = 'pmr'::regnamespace
			  UNION ALL
			  SELECT 'pg_type'::regclass, oid, oid::regtype::text, acldefault('T', typowner) FROM pg_type WHERE typnamespace = 'pmr'::regnamespace
			  UNION ALL
			  SELECT 'pg_namespace'::regclass, oid, nspname, acldefault('n', nspowner) FROM pg_namespace WHERE nspname = 'pmr') AS o
			LEFT JOIN pg_init_privs AS p ON p.classoid = o.class AND p.objoid = o.oid AND p.objsubid = 0,
			aclexplode(coalesce(p.initprivs, o.preset)) AS x
		WHERE x.privilege_type <> 'MAINTAIN' ORDER BY 1, 2, 3, 4},
	'extension' => q{SELECT extnamespace::regnamespace, extrelocatable, extversion FROM pg_extension WHERE extname = 'pmr_metrics'});

$new->safe_psql('postgres', 'CREATE DATABASE fresh');
$new->safe_psql('fresh', 'CREATE EXTENSION pmr_metrics');
my %found;
foreach my $database ('source', 'fresh')
{
	$found{$database} = facts_of($new, $database, only => qr/^objects|^configuration/);
	$found{$database}{$_} = $new->safe_psql($database, $catalog{$_}) foreach keys %catalog;
}
isnt($found{fresh}{$_}, '', "$_ are found") foreach sort keys %catalog;
is_same($found{source}, $found{fresh}, 'upgraded objects equal created ones');

goes_on($new, 'source');
$new->stop;
done_testing();
