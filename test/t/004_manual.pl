# Each SQL block of the README and the manual runs as pasted, and prints the
# output shown below it.

use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('manual');
# sparklines are not ASCII, so do not depend on the machine's locale
$ENV{PGCLIENTENCODING} = 'UTF8';
$node->init(extra => [ '--locale=C', '--encoding=UTF8' ]);
$node->append_conf('postgresql.conf', "timezone = 'UTC'");
$node->start;

# The blocks of a page: the SQL, and the output shown next, if any.
sub find_blocks
{
	my ($text) = @_;
	my @blocks;

	while ($text =~ /^[ ]*```sql\n(.*?)^[ ]*```\n(?:\n[ ]*```\n(.*?)^[ ]*```\n)?/gms)
	{
		push @blocks, { sql => $1, shown => $2 };
	}
	return @blocks;
}

# The layout of psql's output is not compared.
sub without_space
{
	my ($text) = @_;

	$text =~ s/\s+//g;
	return $text;
}

# All examples use the table of the README.
my ($example) =
  grep { $_->{sql} =~ /CREATE TABLE sr_audit/ } find_blocks(slurp_file('README.md'));
ok($example, 'the README has an example table');

foreach my $page ('README.md', sort glob('doc/*.md'))
{
	my $database = lc $page;
	$database =~ s/\W/_/g;
	$node->safe_psql('postgres', "CREATE DATABASE $database");
	$node->safe_psql($database, "CREATE EXTENSION pmr_metrics; $example->{sql}")
	  unless $page eq 'README.md';

	my @blocks = find_blocks(slurp_file($page));
	cmp_ok(scalar(@blocks), '>', 0, "$page has examples");
	foreach my $block (@blocks)
	{
		my ($first_line) = $block->{sql} =~ /^\s*(.*)/;
		my ($stdout, $stderr);

		# in psql's default output format
		IPC::Run::run(
			[ 'psql', '-X', '-d', $node->connstr($database) ],
			'<', \$block->{sql}, '>', \$stdout, '2>', \$stderr);
		if (defined $block->{shown})
		{
			my $found = index(without_space($stdout . $stderr),
				without_space($block->{shown})) >= 0;

			ok($found, "$page: $first_line")
			  or diag("shown:\n$block->{shown}\nfound:\n$stdout$stderr");
		}
		else
		{
			is($stderr, '', "$page: $first_line");
		}
	}
}

$node->stop;
done_testing();
