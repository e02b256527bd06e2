# pg_cron runs the jobs of doc/schedule.md as an ordinary role, with the
# statements of that page, but at other times.

use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $page = slurp_file('doc/schedule.md');
my ($example) = slurp_file('README.md') =~ /^```sql\n(CREATE TABLE sr_audit.*?)^```\n/ms;
my ($configuration) = $page =~ /^```ini\n(.*?)^```\n/ms;

my $node = PostgreSQL::Test::Cluster->new('schedule');
$node->init;
$node->start;
if ($node->safe_psql('postgres', q{SELECT count(*) FROM pg_available_extensions WHERE name = 'pg_cron'}) eq '0')
{
	$node->stop;
	plan skip_all => 'pg_cron is not installed';
}
$node->append_conf('postgresql.conf', $configuration);
$node->restart;
is($node->safe_psql('postgres', q{SHOW shared_preload_libraries}), 'pg_cron', 'the settings of the page load pg_cron');

# Each minute instead of each night, and with two jobs that fail.
$node->safe_psql('postgres', 'CREATE DATABASE metrics');
$node->safe_psql('metrics', "CREATE EXTENSION pmr_metrics; $example");
my $blocks = join "\n", $page =~ /^```(?:sql|pgsql)\n(.*?)^```\n/gms;
my $times = $blocks =~ s/'\d+ \d+ \* \* \*'/'* * * * *'/g;
is($times, 2, 'the page schedules two jobs');
$node->safe_psql('metrics', $blocks);
$node->safe_psql(
	'metrics', q{
SET ROLE metrics_job;
SELECT cron.schedule('fails: no such source', '* * * * *', $$CALL pmr.refresh('nowhere')$$);
SELECT cron.schedule('fails: two statements', '* * * * *', $$SELECT 1; CALL pmr.refresh('audit')$$);
RESET ROLE;
INSERT INTO sr_audit
SELECT 'GAMMA', '2.2', 'on_demand', 'smets2', now() - interval '1 day', now() - interval '1 day' + i * interval '1 s', 'I0'
FROM generate_series(1, 10) AS i;
});
is($node->safe_psql('metrics', q{SELECT rolsuper OR rolcreaterole OR rolbypassrls FROM pg_roles WHERE rolname = 'metrics_job'}),
	'f', 'the role has no special attributes');

# Jobs start at the next full minute, or one later if that comes before the
# INSERT.
my $in_rollup = q{SELECT sum(requests) FROM pmr.rollup WHERE party = 'GAMMA' AND day IS NULL AND factor = 'all'};
my $in_view = q{SELECT sum(requests) FROM report.srv_day WHERE party = 'GAMMA'};
ok($node->poll_query_until('metrics', "SELECT ($in_rollup) = 10 AND ($in_view) = 10"),
	'the rollup and the materialized view have the new rows');
ok($node->poll_query_until('metrics', q{
		SELECT count(DISTINCT jobid) = 4
		FROM cron.job_run_details JOIN cron.job USING (jobid)
		WHERE status = CASE WHEN jobname LIKE 'fails%' THEN 'failed' ELSE 'succeeded' END}),
	'pg_cron records the result of each job');
$node->safe_psql('metrics', q{UPDATE cron.job SET active = false; SELECT cron.unschedule(jobid) FROM cron.job});

is($node->safe_psql('metrics', q{
		SELECT DISTINCT username, left(command, 16), CASE status WHEN 'failed' THEN split_part(return_message, E'\n', 1) ELSE status END
		FROM cron.job_run_details
		WHERE status IN ('succeeded', 'failed')
		ORDER BY 2, 3}), q{metrics_job|CALL pmr.refresh|ERROR: source "nowhere" does not exist
metrics_job|CALL pmr.refresh|succeeded
metrics_job|REFRESH MATERIAL|succeeded
metrics_job|SELECT 1; CALL p|ERROR: CALL pmr.refresh cannot run inside a transaction block}, 'results in cron.job_run_details');
is($node->safe_psql('metrics', q{SELECT DISTINCT source, refreshed_by, months_done = months, finished_at IS NOT NULL FROM pmr.refresh_log}),
	'audit|metrics_job|t|t', 'refresh_log');
is($node->safe_psql('metrics', q{SELECT sum(success), max(requests) FROM pmr.rollup WHERE party = 'GAMMA' AND day IS NOT NULL}),
	'10|10', 'rollup');
is($node->safe_psql('metrics', q{SELECT requests, pmr.rtt_max(rtt) FROM report.srv_day WHERE party = 'GAMMA'}),
	'10|10', 'materialized view');

$node->stop;
done_testing();
