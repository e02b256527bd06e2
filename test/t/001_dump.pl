# A dump of any format restores everything that is stored: sketches byte for
# byte, users' rows of the reference tables, sources, rollups, publications,
# access rights, and objects that depend on the extension.  Shipped rows are not
# duplicated.  The next refresh gives the same result as without the dump.

use strict;
use warnings;
use lib 'test/perl';

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Stored qw(create_roles fill_database go_on facts_of is_same
  @reference_tables @report_tables);
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('dump');
$node->init;
$node->start;
my $tempdir = PostgreSQL::Test::Utils::tempdir;

create_roles($node);
$node->safe_psql('postgres', 'CREATE DATABASE source');
fill_database($node, 'source');
my $source = facts_of($node, 'source');

# The same database after the next refresh.
$node->safe_psql('postgres', 'CREATE DATABASE gone_on TEMPLATE source');
go_on($node, 'gone_on');
my $gone_on = facts_of($node, 'gone_on', another_time => 1);

# Names of facts about data that COPY transfers, and about shipped rows.
my $references = join '|', @reference_tables;
my $copied = qr/sketch|materialized|assumptions|targets|rows of (?:$references|party)$|rows in force/;

# The sorted lines of a dump, without comments, which have its time and version,
# and without the random key of newer versions.  The order of rows may differ.
sub dump_of
{
	my ($database) = @_;
	my $file = "$tempdir/$database.again.sql";
	$node->command_ok([ 'pg_dump', '-f', $file, $database ],
		"dump $database again");
	return join '', sort grep { !/^--|^\\(un)?restrict/ } split /^/, slurp_file($file);
}

my $source_dump = dump_of('source');

# The facts contain what they should, or comparing them would prove nothing.
like($source->{'bytes of sketches'},
	qr/^8\|full\|[0-9a-f]+\|9223372036854775807$/m, 'a sketch has the largest count');
is($node->safe_psql('source',
		'SELECT array_agg(id ORDER BY id) FROM stored WHERE pmr.rtt_error_bound(sketch) > 0'),
	'{6,9}', 'some sketches have a lower precision');
is($source->{'sketch found by its index'}, '9', 'a sketch is found by its index');
is($node->safe_psql('source', 'SELECT count(*) FROM performance WHERE (counts).met > 0 AND (counts).missed > 0') > 2,
	1, 'requests met and missed targets');
foreach my $table (@reference_tables, @report_tables)
{
	isnt($source->{"user's rows of $table"} // $source->{"rows of $table"},
		'', "$table has rows of the user");
	is($source_dump =~ /^COPY pmr\.$table /m, 1, "$table is dumped");
}
foreach my $who ('the owner', 'acme reader')
{
	isnt($source->{$_}, '', "there is $_") foreach grep { / for $who$/ } keys %$source;
}
is($source->{'party_comparison for no_access'}, '', 'a role without access sees nothing');
is($source->{'party_comparison for member'} ne ''
	  && $source->{'party_comparison for member'} ne $source->{'party_comparison for all_parties'},
	1, 'a role sees only some Parties');
is($node->safe_psql('source', q{SELECT count(*) FILTER (WHERE settled) > 0 AND count(*) FILTER (WHERE NOT settled) > 0 FROM pmr.rollup_month}),
	't', 'some months are settled, others open');
my @changed = grep { $gone_on->{$_} ne $source->{$_} } keys %$gone_on;
foreach my $name ('rows of rollup_stratum', 'rows of publication_figure', 'table own_total',
	grep { / for (?:the owner|acme reader)$/ } keys %$gone_on)
{
	is((grep { $_ eq $name } @changed), 1, "the next refresh changes $name");
}
unlike($source_dump, qr/CREATE (TABLE|FUNCTION|TYPE|SCHEMA) pmr/,
	'a dump has no objects of the extension');

sub create_database
{
	my ($database) = @_;

	$node->safe_psql('postgres', "CREATE DATABASE $database");
	return;
}

sub dump_source
{
	my ($file, @options) = @_;

	$node->command_ok([ 'pg_dump', @options, '-f', "$tempdir/$file", 'source' ],
		"dump $file");
	return;
}

sub run_script
{
	my ($database, $file) = @_;

	$node->command_ok(
		[ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-f', "$tempdir/$file", $database ],
		"restore $file");
	return;
}

sub restore_into
{
	my ($database, $file, @options) = @_;

	$node->command_ok(
		[ 'pg_restore', '--exit-on-error', @options, '-d', $database, "$tempdir/$file" ],
		"restore $file into $database");
	return;
}

sub is_restored
{
	my ($database) = @_;

	is_same(facts_of($node, $database), $source, $database);
	is_same({ 'the same dump again' => dump_of($database) },
		{ 'the same dump again' => $source_dump }, $database);
	return;
}

sub goes_on
{
	my ($database) = @_;

	go_on($node, $database);
	is_same(facts_of($node, $database, another_time => 1), $gone_on, "$database, after the next refresh");
	return;
}

# plain
dump_source('plain.sql');
create_database('plain');
run_script('plain', 'plain.sql');
is_restored('plain');
goes_on('plain');

# custom, in one transaction
dump_source('custom', '-Fc');
create_database('custom');
restore_into('custom', 'custom', '--single-transaction');
is_restored('custom');
goes_on('custom');

# over existing objects
restore_into('custom', 'custom', '--clean', '--if-exists');
is_restored('custom');

# directory, with two jobs for dump and restore
dump_source('directory', '-Fd', '-j', '2');
create_database('directory');
restore_into('directory', 'directory', '-j', '2');
is_restored('directory');

# tar
dump_source('tar', '-Ft');
create_database('tar');
restore_into('tar', 'tar');
is_restored('tar');

# schema and data from separate dumps
dump_source('schema_only.sql', '--schema-only');
dump_source('data_only.sql', '--data-only');
create_database('apart');
run_script('apart', 'schema_only.sql');
is($node->safe_psql('apart', 'SELECT count(*) FROM pmr.source') . $node->safe_psql('apart', 'SELECT count(*) FROM pmr.party'),
	'00', 'without data there are no rows of the user');
run_script('apart', 'data_only.sql');
$node->safe_psql('apart', 'REFRESH MATERIALIZED VIEW performance; REFRESH MATERIALIZED VIEW own_total')
  if $node->safe_psql('apart', 'SELECT bool_or(NOT ispopulated) FROM pg_matviews') eq 't';
is_restored('apart');

# schema and data by sections of one dump
create_database('sections');
restore_into('sections', 'directory', "--section=$_")
  foreach qw(pre-data data post-data);
is_restored('sections');

# as INSERT statements
dump_source('inserts.sql', '--column-inserts');
create_database('inserts');
run_script('inserts', 'inserts.sql');
is_restored('inserts');

# only the user's rows in the tables of the extension
dump_source('tables.sql', '-t', 'pmr.*');
create_database('tables');
$node->safe_psql('tables', 'CREATE EXTENSION pmr_metrics');
run_script('tables', 'tables.sql');
my $rows = qr/^(?:user's )?rows of|^sequence|for the owner/;
is_same(
	facts_of($node, 'tables', only => $rows),
	{ map { $_ => $source->{$_} } grep { /$rows/ } keys %$source },
	'tables');

# COPY, to and from files, into empty tables
$node->command_ok(
	[
		'pg_dump', '--schema-only', '-f', "$tempdir/schema.sql",
		(map { ('-t', $_) } qw(stored single asking request performance)),
		'source'
	],
	'dump the schema');
foreach my $format ('text', 'csv', 'binary')
{
	my $database = "copy_$format";
	my ($out, $in) = ('', "CREATE EXTENSION pmr_metrics;\n\\i $tempdir/schema.sql\nRESET search_path;\n");
	foreach my $table ('single', 'request', 'stored (id, what, sketch)',
		'pmr.party', map { "pmr.$_" } @reference_tables)
	{
		(my $file = "$tempdir/$format.$table") =~ s/ .*//;
		my $rows = $table;
		$rows = "(SELECT * FROM $table WHERE NOT builtin)"
		  if grep { $table eq "pmr.$_" } @reference_tables;
		$out .= "COPY $rows TO '$file' WITH (FORMAT $format);\n";
		$in .= "COPY $table FROM '$file' WITH (FORMAT $format);\n";
	}
	$node->safe_psql('source', $out);
	create_database($database);
	$node->safe_psql($database, "$in REFRESH MATERIALIZED VIEW performance");
	is_same(
		facts_of($node, $database, only => $copied, without => qr/changed/),
		facts_of($node, 'source', only => $copied, without => qr/changed/),
		"copy $format");
}

# An edited shipped row, which the manual advises against, is restored as
# shipped.
$node->safe_psql('source',
	"UPDATE pmr.target_response_time SET target = '99 s' WHERE srv = '1.6' AND builtin");
dump_source('edited.sql');
create_database('edited');
run_script('edited', 'edited.sql');
is_same(facts_of($node, 'edited', only => $copied, without => qr/changed/),
	{ map { $_ => $source->{$_} } grep { /$copied/ && !/changed/ } keys %$source }, 'edited');

# COPY rejects invalid sketches in each format.
foreach my $bad ('', '!', 'x', 'AAAA', 'AQAA', 'AQID', '/w==')
{
	my ($ret, $stdout, $stderr) = $node->psql('plain',
		"COPY single FROM STDIN;\n$bad\n\\.\n");
	isnt($ret, 0, "COPY rejects \"$bad\"");
	like($stderr, qr/ERROR/, "COPY raises an error for \"$bad\"");
}
open my $fh, '>:raw', "$tempdir/bad.binary" or die $!;
print $fh "PGCOPY\n\377\r\n\0", pack('N N', 0, 0), pack('n N a3', 1, 3, "\1\2\3"), pack('n', -1);
close $fh;
my ($ret, $stdout, $stderr) = $node->psql('plain',
	"COPY single FROM '$tempdir/bad.binary' WITH (FORMAT binary)");
isnt($ret, 0, 'COPY rejects invalid bytes');
is($node->safe_psql('plain', 'SELECT count(*) FROM single'),
	'20', 'and stores no row');

$node->stop;
done_testing();
