# A subscriber of logical replication gets all that refresh, publish, withdraw
# and drop_source change, and its views return the same: with the publication of
# the manual, and with one of all tables.

use strict;
use warnings;
use lib 'test/perl';

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Stored qw(create_roles fill_database go_on facts_of is_same @reference_tables);
use Test::More;

# Rows and results, except what comes from tables that only the publisher has.
my %params = (only => qr/^(rows|user's rows|targets|assumptions)| for /, without => qr/rows of an index/);
# the commands of the manual: on the publisher, and on the subscriber
my ($publish, $subscribe) = slurp_file('doc/scale_out.md') =~
  /^(CREATE PUBLICATION .*?;)\n```.*?^(CREATE EXTENSION pmr_metrics;.*?;)\n```/ms
  or die 'the manual has no example';

my $publisher = PostgreSQL::Test::Cluster->new('publisher');
$publisher->init(allows_streaming => 'logical');
$publisher->start;
my $subscriber = PostgreSQL::Test::Cluster->new('subscriber');
$subscriber->init;
$subscriber->start;
foreach my $node ($publisher, $subscriber)
{
	create_roles($node);
	$node->safe_psql('postgres', 'CREATE DATABASE reports');
}
fill_database($publisher, 'reports');
$publisher->safe_psql('reports', $publish);
$subscribe =~ s/'host=.*?'/quote($publisher->connstr('reports'))/e or die;
$subscriber->safe_psql('reports', $subscribe);
$subscriber->wait_for_subscription_sync($publisher, 'pmr_reports', 'reports');
$subscriber->safe_psql('reports', q{SELECT pmr.allow_refresh('refresher')});
my $before = facts_of($publisher, 'reports', %params);
is_same(facts_of($subscriber, 'reports', %params), $before, 'first copy');

# All tables, with the user's own: the subscriber copies the shipped rows, too.
$subscriber->safe_psql('postgres', 'CREATE DATABASE everything');
command_ok(
	[ 'bash', '-o', 'pipefail', '-c',
		'pg_dump -s -d "$1" | psql -X -q -v ON_ERROR_STOP=1 -d "$2"', 'copy',
		$publisher->connstr('reports'), $subscriber->connstr('everything') ],
	'tables are created');
$publisher->safe_psql('reports', q{
ALTER TABLE "Log".audit REPLICA IDENTITY FULL;
CREATE PUBLICATION everything FOR ALL TABLES});
$subscriber->safe_psql('everything', 'TRUNCATE ' . join(', ', map { "pmr.$_" } @reference_tables) . ";
CREATE SUBSCRIPTION everything CONNECTION " . quote($publisher->connstr('reports')) . ' PUBLICATION everything');
$subscriber->wait_for_subscription_sync($publisher, 'everything', 'everything');
is_same(facts_of($subscriber, 'everything', %params), $before, 'first copy of all tables');

sub quote
{
	return "'" . $_[0] =~ s/'/''/gr . "'";
}

sub follow
{
	my ($what) = @_;
	my $expected = facts_of($publisher, 'reports', %params);

	$publisher->wait_for_catchup('pmr_reports');
	$publisher->wait_for_catchup('everything');
	is_same(facts_of($subscriber, $_, %params), $expected, "$what, $_") foreach qw(reports everything);
	return $expected;
}

go_on($publisher, 'reports');
my $after = follow('refreshed and published');
foreach my $name ('rows of rollup_stratum', 'rows of publication_cell',
	'performance_report for the owner', 'party_comparison for acme reader')
{
	isnt($after->{$name}, $before->{$name}, "$name: has changed");
}
like($after->{'rows of rollup_stratum'}, qr/"source": "it's/, 'the source to drop has a rollup');

$publisher->safe_psql('reports', q{
UPDATE pmr.disclosure_rule SET min_groups = 4;
DELETE FROM pmr.target_response_time WHERE source = 'since';
SELECT pmr.withdraw('audit', month) FROM pmr.publication;
SELECT pmr.drop_source('it''s "open"')});
my $dropped = follow('withdrawn and dropped');
is($dropped->{'rows of publication_cell'}, '', 'no publication is left');
unlike($dropped->{'rows of rollup_stratum'}, qr/"source": "it's/, 'no rollup of the source is left');
$publisher->safe_psql('reports', 'DELETE FROM pmr.disclosure_rule');
follow('without a rule');

$subscriber->stop;
$publisher->stop;
done_testing();
