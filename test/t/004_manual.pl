# All SQL blocks of the README and of the manual run as pasted into one
# session, in the order of the manual's index, and print the output shown below
# them.

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
	my ($page) = @_;
	my $text = slurp_file($page);
	my @blocks;

	while ($text =~ /^[ ]*```sql\n(.*?)^[ ]*```\n(?:\n[ ]*```\n(.*?)^[ ]*```\n)?/gms)
	{
		my ($sql, $shown) = ($1, $2);
		my ($first_line) = $sql =~ /^\s*(.*)/;

		push @blocks, { name => "$page: $first_line", sql => $sql, shown => $shown };
	}
	cmp_ok(scalar(@blocks), '>', 0, "$page has examples");
	return @blocks;
}

# The layout of psql's output is not compared.
sub without_space
{
	my ($text) = @_;

	$text =~ s/\s+//g;
	return $text;
}

my @pages = ('README.md', 'doc/index.md',
	map { "doc/$_" } slurp_file('doc/index.md') =~ /^- \[[^\]]*\]\((\w+\.md)\)/gm);
is_deeply([ sort @pages ], [ 'README.md', sort glob('doc/*.md') ], 'the index lists each page once');

# A page must not leave a role or a setting behind: the examples of the next
# page would run with it.  The source of transaction_isolation stays "session"
# after a refresh has set it, although its value does not.
my @blocks = map {
	(find_blocks($_), {
		name  => "$_: role and settings of the session are reset",
		sql   => q{
SELECT 'role' AS left_behind WHERE current_user <> session_user
UNION ALL SELECT name FROM pg_settings WHERE source = 'session' AND name <> 'transaction_isolation';
},
		shown => '(0 rows)'
	});
} @pages;

# psql marks on both streams where the output of a block begins.
my $script = join '', map { "\\echo block $_\n\\warn block $_\n$blocks[$_]{sql}" } 0 .. $#blocks;
my ($stdout, $stderr);
# in psql's default output format
ok(IPC::Run::run([ 'psql', '-X', '-d', $node->connstr('postgres') ],
		'<', \$script, '>', \$stdout, '2>', \$stderr),
	'psql runs to the end');
$stderr =~ s/^CONTEXT: .*\n//gm;  # has line numbers of the extension's functions
my (undef, %output) = split /^block (\d+)\n/m, $stdout, -1;
my (undef, %messages) = split /^block (\d+)\n/m, $stderr, -1;

foreach my $i (0 .. $#blocks)
{
	my $block = $blocks[$i];
	my $output = without_space($output{$i} // '(the block was not run)');
	my $messages = without_space($messages{$i} // '(the block was not run)');
	my $shown = without_space($block->{shown} // '');

	# any message must be shown; of other output, a part is enough
	ok(index($output . $messages, $shown) >= 0 && index($shown, $messages) >= 0, $block->{name})
	  or diag('shown:', "\n", $block->{shown} // "nothing\n", 'found:', "\n", $output{$i} // '', $messages{$i} // '');
}

$node->stop;
done_testing();
