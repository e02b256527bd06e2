# What is stored comes back as it was: sketches byte for byte, a user's rows of
# the reference tables, and nothing of what the extension ships twice.

use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('dump');
$node->init;
$node->start;
my $tempdir = PostgreSQL::Test::Utils::tempdir;

$node->safe_psql('postgres', 'CREATE DATABASE source');
$node->safe_psql('source', 'CREATE EXTENSION pmr_metrics');

# Sketches: exact ones of several units, one of the largest time, lowered ones,
# and one that counts as many requests as a bigint can.
$node->safe_psql(
	'source', q{
SET timezone = 'UTC';
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

-- rows of a user's in each reference table: new, over shipped ones, hiding, later
INSERT INTO pmr.service_reference_variant (srv, service_reference, name, critical, on_demand, future_dated, dcc_scheduled, non_device,
	eligible_user_roles, source)
VALUES ('77.1', '77.1', E'tab\there, back\\slash, "quotes", new\nline, NULL, \\N', true, true, 'dsp', false, false, '{IS,OU}', 'test'),
	('7.1', '7.1', 'over shipped', true, true, 'none', false, false, '{}', 'test');
INSERT INTO pmr.business_process (business_process, name, report_order, source) VALUES ('boost', 'Boost', 10, 'test'), ('firmware', 'Ours', 6, 'test');
INSERT INTO pmr.business_process_srv (business_process, srv, qualifier, valid_from, listed, report_row, description, source) VALUES
	('boost', '77.1', 'of a kind', '2026-10-01 00:00:00+00', true, 35, 'new', 'test'), ('firmware', '11.1', '', '-infinity', false, 21, 'hidden', 'test');
INSERT INTO pmr.target_response_time (srv, mode, device_generation, valid_from, target, status, source) VALUES
	('1.1.1', 'on_demand', 'any', '-infinity', '45 s', 'confirmed', 'SEC Appendix E'),
	('1.1.1', 'on_demand', 'any', '2026-10-01 00:00:00+00', NULL, 'confirmed', 'test'),
	('1.1.1', 'on_demand', 'any', 'infinity', '1.000001 s', 'confirmed', 'test'),
	('2.2', 'on_demand', 'smets1', '2026-10-01 00:00:00.000001+00', '1 day 00:00:00.5', 'assumed', 'hearsay'),
	('77.1', 'future_dated', 'smets2', '-infinity', '0', 'assumed', 'hearsay');
INSERT INTO pmr.service_level (measure, name, valid_from, target_pct, minimum_pct, source) VALUES
	('cpm1', 'Ours', '2026-10-01 00:00:00+00', 99.50, 96.0, 'test'), ('boost', 'Boost', '-infinity', NULL, NULL, 'test');
INSERT INTO pmr.response_code (code, mode, class, description, source) VALUES ('E20', 'any', 'rejected', 'Ours', 'test'), ('E99', 'on_demand', 'success', 'New', 'test');
INSERT INTO pmr.party VALUES ('ACME', 'Acme plc', 'Acme', 'Large Supplier'), ('Größe', E'\\.', 'Acme', 'Other');

-- what looks into them
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
});

# Each fact, as text, in an order of its own.
my %facts = (
	'bytes of sketches' =>
	  'SELECT id, what, encode(pmr.rtt_sketch_send(sketch), \'hex\'), requests FROM stored ORDER BY id',
	'text of sketches' => 'SELECT id, sketch FROM stored ORDER BY id',
	'unique sketches' =>
	  'SELECT encode(pmr.rtt_sketch_send(sketch), \'hex\') FROM single ORDER BY 1',
	'what sketches say' => 'SELECT * FROM asking ORDER BY id',
	'sketch found by its index' =>
	  'SET enable_seqscan = off; SELECT id FROM stored WHERE sketch OPERATOR(pmr.=) (SELECT sketch FROM stored WHERE id = 9)',
	'materialized view' =>
	  'SELECT srv, mode, counts, pct, encode(pmr.rtt_sketch_send(rtt), \'hex\') FROM performance ORDER BY srv, mode',
	'materialized view made anew' =>
	  'REFRESH MATERIALIZED VIEW performance; SELECT srv, mode, counts, pct, rtt FROM performance ORDER BY srv, mode',
	'assumptions' =>
	  'SELECT * FROM pmr.assumption ORDER BY reference_table, item, valid_from, builtin',
	'parties' => 'SELECT * FROM pmr.party ORDER BY party',
	'configuration of the extension' =>
	  'SELECT config::regclass, condition FROM pg_extension, unnest(extconfig, extcondition) AS c (config, condition)'
	  . ' WHERE extname = \'pmr_metrics\' ORDER BY config::regclass::text');
my @tables = qw(service_reference_variant business_process
  business_process_srv target_response_time service_level response_code);
foreach my $table (@tables)
{
	$facts{"rows of $table"} =
	  "SELECT md5(string_agg(t::text, chr(10) ORDER BY t::text)), count(*) FROM pmr.$table AS t";
	$facts{"user's rows of $table"} =
	  "SELECT t FROM pmr.$table AS t WHERE NOT builtin ORDER BY t::text";
	$facts{"rows in force of $table"} =
	  "SELECT t FROM pmr.current_$table AS t ORDER BY t::text";
}

sub facts_of
{
	my ($database) = @_;
	my @names = sort keys %facts;
	my $script = "SET timezone = 'UTC';\n";
	$script .= "SELECT '===';\n$facts{$_};\nRESET enable_seqscan;\n"
	  foreach @names;
	my %found;
	(undef, my @found) = split /^===\n?/m,
	  $node->safe_psql($database, $script);
	die 'a fact is missing' if @found != @names;
	@found{@names} = map { s/\n\z//r } @found;
	return \%found;
}

sub is_restored
{
	my ($database, $source, $how) = @_;
	my $found = facts_of($database);
	is($found->{$_}, $source->{$_}, "$how: $_") foreach sort keys %facts;
	return;
}

# A dump without the comments that say when and by what it was made, and
# without the random key that newer ones have.
sub dump_of
{
	my ($database) = @_;
	my $file = "$tempdir/$database.again.sql";
	$node->command_ok([ 'pg_dump', '-f', $file, $database ],
		"dump $database once more");
	return join '', grep { !/^--|^\\(un)?restrict/ } split /^/, slurp_file($file);
}

my $source = facts_of('source');
my $source_dump = dump_of('source');

# The facts say what they should: else equal ones would prove nothing.
like($source->{'bytes of sketches'},
	qr/^8\|full\|[0-9a-f]+\|9223372036854775807$/m, 'a sketch is full');
is($node->safe_psql('source',
		'SELECT array_agg(id ORDER BY id) FROM stored WHERE pmr.rtt_error_bound(sketch) > 0'),
	'{6,9}', 'some sketches are lowered');
is($source->{'sketch found by its index'}, '9', 'a sketch is found');
is($node->safe_psql('source', 'SELECT count(*) FROM performance WHERE (counts).met > 0 AND (counts).missed > 0') > 2,
	1, 'requests meet and miss targets');
foreach my $table (@tables)
{
	isnt($source->{"user's rows of $table"}, '', "$table has rows of the user's");
	is($source_dump =~ /^COPY pmr\.$table /m, 1, "$table is dumped");
}
unlike($source_dump, qr/CREATE (TABLE|FUNCTION|TYPE|SCHEMA) pmr/,
	'a dump has none of the objects of the extension');

# pg_dump, plain
$node->command_ok(
	[ 'pg_dump', '-f', "$tempdir/plain.sql", 'source' ], 'dump plain');
$node->safe_psql('postgres', 'CREATE DATABASE plain');
$node->command_ok(
	[
		'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-f',
		"$tempdir/plain.sql", 'plain'
	],
	'restore plain');
is_restored('plain', $source, 'plain');
is(dump_of('plain'), $source_dump, 'plain: the same dump again');

# pg_dump, custom, restored by two jobs, and in one transaction
$node->command_ok([ 'pg_dump', '-Fc', '-f', "$tempdir/custom", 'source' ],
	'dump custom');
foreach my $how ([ '-j', '2' ], ['--single-transaction'])
{
	my $database = $how->[0] eq '-j' ? 'custom_jobs' : 'custom_single';
	$node->safe_psql('postgres', "CREATE DATABASE $database");
	$node->command_ok(
		[
			'pg_restore', '--exit-on-error', @$how, '-d',
			$database, "$tempdir/custom"
		],
		"restore $database");
	is_restored($database, $source, $database);
	is(dump_of($database), $source_dump, "$database: the same dump again");
}

# as INSERT statements
$node->command_ok(
	[ 'pg_dump', '--column-inserts', '-f', "$tempdir/inserts.sql", 'source' ],
	'dump inserts');
$node->safe_psql('postgres', 'CREATE DATABASE inserts');
$node->command_ok(
	[
		'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-f',
		"$tempdir/inserts.sql", 'inserts'
	],
	'restore inserts');
is_restored('inserts', $source, 'inserts');

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
		'pmr.party', map { "pmr.$_" } @tables)
	{
		(my $file = "$tempdir/$format.$table") =~ s/ .*//;
		my $rows = $table;
		$rows = "(SELECT * FROM $table WHERE NOT builtin)"
		  if grep { $table eq "pmr.$_" } @tables;
		$out .= "COPY $rows TO '$file' WITH (FORMAT $format);\n";
		$in .= "COPY $table FROM '$file' WITH (FORMAT $format);\n";
	}
	$node->safe_psql('source', $out);
	$node->safe_psql('postgres', "CREATE DATABASE $database");
	$node->safe_psql($database, "$in REFRESH MATERIALIZED VIEW performance");
	is_restored($database, $source, "copy $format");
}

# A shipped row that was edited, against the advice, is as shipped again; an
# edit is not carried over, and does no harm.
$node->safe_psql('source',
	"UPDATE pmr.target_response_time SET target = '99 s' WHERE srv = '1.6' AND builtin");
$node->command_ok(
	[ 'pg_dump', '-f', "$tempdir/edited.sql", 'source' ], 'dump an edited row');
$node->safe_psql('postgres', 'CREATE DATABASE edited');
$node->command_ok(
	[
		'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-f',
		"$tempdir/edited.sql", 'edited'
	],
	'restore an edited row');
is_restored('edited', $source, 'edited');

# What cannot be a sketch is refused by COPY, in each format.
foreach my $bad ('', '!', 'x', 'AAAA', 'AQAA', 'AQID', '/w==')
{
	my ($ret, $stdout, $stderr) = $node->psql('plain',
		"COPY single FROM STDIN;\n$bad\n\\.\n");
	isnt($ret, 0, "COPY refuses \"$bad\"");
	like($stderr, qr/ERROR/, "COPY says so for \"$bad\"");
}
open my $fh, '>:raw', "$tempdir/bad.binary" or die $!;
print $fh "PGCOPY\n\377\r\n\0", pack('N N', 0, 0), pack('n N a3', 1, 3, "\1\2\3"), pack('n', -1);
close $fh;
my ($ret, $stdout, $stderr) = $node->psql('plain',
	"COPY single FROM '$tempdir/bad.binary' WITH (FORMAT binary)");
isnt($ret, 0, 'COPY refuses bad bytes');
is($node->safe_psql('plain', 'SELECT count(*) FROM single'),
	'20', 'and stores none of them');

$node->stop;
done_testing();
