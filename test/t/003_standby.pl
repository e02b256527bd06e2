# A standby gives the same results as its primary: all reports, and targets that
# change while other sessions look them up, because a standby makes its
# snapshots in another way.

use strict;
use warnings;
use lib 'test/perl';

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Stored qw(create_roles fill_database go_on facts_of is_same);
use Test::More;

my $primary = PostgreSQL::Test::Cluster->new('primary');
$primary->init(allows_streaming => 1);
$primary->start;
$primary->safe_psql(
	'postgres', q{
CREATE EXTENSION pmr_metrics;
INSERT INTO pmr.target_response_time (srv, mode, target, source) VALUES ('7.1', 'on_demand', '1 s', 'test');
});
create_roles($primary);
$primary->safe_psql('postgres', 'CREATE DATABASE reports');
fill_database($primary, 'reports');
$primary->backup('backup');
my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($primary, 'backup', has_streaming => 1);
$standby->start;
$primary->wait_for_catchup($standby);

# Data of the backup, and later data.  The sequences of a standby are ahead of
# the primary's, by the values that WAL has logged in advance.
my %params = (without => qr/^sequence/);
my $before = facts_of($standby, 'reports', %params);
is_same($before, facts_of($primary, 'reports', %params), 'standby');
go_on($primary, 'reports');
$primary->wait_for_catchup($standby);
my $after = facts_of($standby, 'reports', %params);
is_same($after, facts_of($primary, 'reports', %params), 'standby, after the next refresh');
foreach my $name ('rows of rollup_stratum', 'performance_report for the owner', 'party_comparison for acme reader')
{
	isnt($after->{$name}, $before->{$name}, "standby: $name has changed");
}
foreach my $change (
	q{CALL pmr.refresh('audit')},
	q{CALL pmr.publish('audit', '2024-04-01')},
	q{SELECT pmr.drop_source('audit')},
	q{SELECT pmr.add_source('third', '"Log".audit')})
{
	my ($ret, $stdout, $stderr) = $standby->psql('reports', $change);
	like($stderr, qr/ERROR:  cannot execute .* (?:in a read-only transaction|during recovery)/, "standby: rejects $change");
}

is($standby->safe_psql('reports', q{SELECT count(*) > 0 FROM pmr.check_source('audit')}), 't', 'standby: check_source');

my $look = q{SELECT pmr.srv_target('7.1', 'on_demand', NULL, now()),
	(SELECT target FROM pmr.target_response_time WHERE srv = '7.1' AND call > 0) FROM generate_series(1, 3) AS call};
is($standby->safe_psql('postgres', $look), "00:00:01|00:00:01\n" x 2 . '00:00:01|00:00:01', 'standby: first target');
$primary->safe_psql('postgres', q{UPDATE pmr.target_response_time SET target = '2 s' WHERE source = 'test'});
$primary->wait_for_catchup($standby);
is($standby->safe_psql('postgres', $look), "00:00:02|00:00:02\n" x 2 . '00:00:02|00:00:02', 'standby: second target');

# The target only grows, so each looked up target must lie between those that
# plain queries find before and after it.  The expressions of the loop keep their
# state from turn to turn, and with it the rows that they have looked up.
my $watch = q{
DO $$
DECLARE
	before interval;
	looked_up interval;
	again interval;
	after interval;
	seen integer := 0;
	last interval := '0';
	wrong integer := 0;
BEGIN
	FOR turn IN 1 .. 100000 LOOP
		before := (SELECT target FROM pmr.target_response_time WHERE srv = '7.1');
		looked_up := pmr.srv_target('7.1', 'on_demand', NULL, '2026-10-01');
		again := pmr.srv_target('7.1', 'on_demand', 'smets1', '2026-10-01');
		looked_up := pmr.srv_target('7.1', 'on_demand', NULL, '2026-10-01');
		after := (SELECT target FROM pmr.target_response_time WHERE srv = '7.1');
		IF before > again OR again > looked_up OR looked_up > after OR looked_up IS NULL OR again IS NULL THEN
			wrong := wrong + 1;
		END IF;
		IF looked_up > last THEN
			seen := seen + 1;
			last := looked_up;
		END IF;
		EXIT WHEN before >= '1 day';
		IF turn % 20 = 0 THEN
			PERFORM pg_sleep(0.001);
		END IF;
	END LOOP;
	RAISE NOTICE 'several: %, last: %, wrong: %', seen > 10, last, wrong;
END
$$;
};
my $file = PostgreSQL::Test::Utils::tempdir . '/watch.sql';
append_to_file($file, $watch);
my @watchers;
foreach my $node ($primary, $standby)
{
	my ($out, $err) = ('', '');
	my $watcher = { name => $node->name, err => \$err };
	$watcher->{run} = IPC::Run::start(
		[ 'psql', '-X', '-q', '-f', $file, '-d', $node->connstr('postgres') ],
		'<', \undef, '>', \$out, '2>', \$err,
		IPC::Run::timeout($PostgreSQL::Test::Utils::timeout_default));
	push @watchers, $watcher;
}
# once the watchers run, let the target grow: in transactions and
# subtransactions, some of them rolled back, and with concurrent sessions
foreach my $node ($primary, $standby)
{
	$node->poll_query_until('postgres',
		q{SELECT count(*) = 1 FROM pg_stat_activity WHERE query LIKE '%again interval%' AND pid <> pg_backend_pid()})
	  or die 'no session watches';
}
$primary->safe_psql(
	'postgres', q{
DO $$
BEGIN
	FOR turn IN 3 .. 300 LOOP
		IF turn % 7 = 0 THEN
			UPDATE pmr.target_response_time SET target = '30 days' WHERE source = 'test';
			ROLLBACK;
		END IF;
		BEGIN
			UPDATE pmr.target_response_time SET target = '20 days' WHERE source = 'test';
			RAISE division_by_zero;
		EXCEPTION WHEN division_by_zero THEN
			NULL;
		END;
		IF turn % 5 = 0 THEN
			BEGIN
				UPDATE pmr.target_response_time SET target = turn * interval '1 s' WHERE source = 'test';
			EXCEPTION WHEN division_by_zero THEN
				NULL;
			END;
		ELSE
			UPDATE pmr.target_response_time SET target = turn * interval '1 s' WHERE source = 'test';
		END IF;
		COMMIT;
		PERFORM pg_sleep(0.003);
	END LOOP;
	UPDATE pmr.target_response_time SET target = '1 day' WHERE source = 'test';
END
$$;
});
foreach my $watcher (@watchers)
{
	ok($watcher->{run}->finish, "$watcher->{name}: finishes");
	like(${ $watcher->{err} }, qr/several: t, last: 1 day, wrong: 0\n/,
		"$watcher->{name}: looked up targets are current");
}
$primary->wait_for_catchup($standby);
is($standby->safe_psql('postgres', $look), "1 day|1 day\n" x 2 . '1 day|1 day', 'standby: last target');

# After promotion it has its own changes.
$standby->promote;
is($standby->safe_psql('postgres', qq{BEGIN; UPDATE pmr.target_response_time SET target = '9 s' WHERE source = 'test'; $look; ROLLBACK; $look}),
	"00:00:09|00:00:09\n" x 3 . "1 day|1 day\n" x 2 . '1 day|1 day', 'promoted: its own changes');
foreach my $node ($primary, $standby)
{
	$node->safe_psql('reports', q{SET client_min_messages = error; CALL pmr.refresh('audit', '2024-01-01', '2024-05-31', '2024-07-10 00:00+00')});
}
%params = (without => qr/^sequence|refresh_log/, another_time => 1);
is_same(facts_of($standby, 'reports', %params), facts_of($primary, 'reports', %params), 'promoted and refreshed');

$standby->stop;
$primary->stop;
done_testing();
