# An audit table that postgres_fdw distributes over servers: which aggregates
# are computed remotely, and that the results equal those of one server, byte
# for byte.

use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my @shards = map { PostgreSQL::Test::Cluster->new("shard_$_") } 0, 1;
my $front = PostgreSQL::Test::Cluster->new('front');

foreach my $node (@shards, $front)
{
	$node->init;
	# the settings of the other server must have no effect
	$node->append_conf('postgresql.conf', "timezone = 'UTC'\njit = off");
	$node->start;
	$node->safe_psql('postgres', 'CREATE EXTENSION pmr_metrics');
}

my $columns = q{party text, srv text, mode text, requested_at timestamptz,
	responded_at timestamptz, response_code text, target interval};
foreach my $shard (@shards)
{
	$shard->safe_psql('postgres', "CREATE TABLE sr_audit ($columns)");
}

# The same rows in a local table, and distributed by Party.  They have the
# target as a column, as a view with a join would.
$front->safe_psql(
	'postgres', qq{
CREATE EXTENSION postgres_fdw;
CREATE TABLE one ($columns);
CREATE TABLE sr_audit ($columns) PARTITION BY HASH (party);
});
foreach my $i (0, 1)
{
	my ($host, $port) = ($shards[$i]->host, $shards[$i]->port);
	$front->safe_psql(
		'postgres', qq{
CREATE SERVER shard_$i FOREIGN DATA WRAPPER postgres_fdw
	OPTIONS (host '$host', port '$port', dbname 'postgres', extensions 'pmr_metrics', use_remote_estimate 'true');
CREATE USER MAPPING FOR CURRENT_USER SERVER shard_$i;
CREATE FOREIGN TABLE sr_audit_$i PARTITION OF sr_audit FOR VALUES WITH (MODULUS 2, REMAINDER $i)
	SERVER shard_$i OPTIONS (table_name 'sr_audit', batch_size '1000');
});
}
$front->safe_psql(
	'postgres', q{
INSERT INTO one
SELECT 'P' || i % 12, srv, 'on_demand', sent_at, CASE WHEN i % 17 > 0 THEN sent_at + rtt_ms * interval '1 ms' END,
	CASE WHEN i % 23 = 0 THEN 'E20' WHEN i % 17 > 0 THEN 'I0' END, pmr.srv_target(srv, 'on_demand', NULL, sent_at)
FROM generate_series(1, 60000) AS i,
	LATERAL (SELECT (ARRAY['4.1.1', '4.8.2', '7.4', '8.11', '11.1'])[1 + i % 5] AS srv,
		timestamptz '2025-09-01 00:00+00' + i * interval '40 s' AS sent_at,
		1 + (hashint8extended(i, 7) & 65535) * (CASE WHEN i % 50 = 0 THEN 400 ELSE 1 END) AS rtt_ms) AS r;
INSERT INTO sr_audit SELECT * FROM one;
ANALYZE one, sr_audit;
});
foreach my $shard (@shards)
{
	$shard->safe_psql('postgres', 'ANALYZE');
	cmp_ok($shard->safe_psql('postgres', 'SELECT count(DISTINCT party) FROM sr_audit'),
		'>', 1, $shard->name . ' has Parties');
}

my $settings = 'SET enable_partitionwise_aggregate = on; SET enable_partitionwise_join = on;';

# The remote queries of a plan, and its local aggregates.
sub plan_of
{
	my ($query) = @_;
	my $plan = $front->safe_psql('postgres', "$settings EXPLAIN (VERBOSE, COSTS OFF) $query");

	return {
		remote => [ $plan =~ /Remote SQL: (.*)/g ],
		aggregates => [ $plan =~ /^\W*((?:Partial |Finalize |Mixed)?(?:Hash|Group)?Aggregate)\b/mg ]
	};
}

sub same_as_one
{
	my ($query, $what) = @_;
	my $spread = $front->safe_psql('postgres', "$settings $query");

	$query =~ s/\bsr_audit\b/one/g;
	isnt($spread, '', "$what: has a result");
	is($spread, $front->safe_psql('postgres', $query), "$what: equal to that of one server");
}

# Grouped by Party, everything is computed remotely.
my %shipped = (
	'rtt_percentile' => q{rtt_percentile(requested_at, responded_at, 0.95)},
	'rtt_percentiles' => q{rtt_percentiles(requested_at, responded_at, '{0.5,0.9}')},
	'rtt_sketch' => q{rtt_sketch(requested_at, responded_at)},
	'rtt_percentile of an interval' => q{rtt_percentile(responded_at - requested_at, 0.5)},
	'FILTER' => q{rtt_percentile(requested_at, responded_at, 0.95) FILTER (WHERE responded_at > requested_at)},
	'accessor of a sketch' => q{rtt_within_pct(pmr.rtt_sketch(requested_at, responded_at), interval '30 s')},
	'target_met' => q{target_met(requested_at, responded_at, target)},
	'target_met as of' => q{target_met(requested_at, responded_at, target, '2025-09-20 00:00+00'::timestamptz)},
	'target_counts' => q{target_counts(requested_at, responded_at, target, '2025-09-20 00:00+00'::timestamptz)});
foreach my $what (sort keys %shipped)
{
	my $call = "pmr.$shipped{$what}";
	my $query = "SELECT party, $call AS x FROM sr_audit GROUP BY party";
	my $plan = plan_of($query);
	my ($name) = $shipped{$what} =~ /^(\w+)/;

	is(scalar(grep { /pmr\.$name\(.*GROUP BY 1/ } @{ $plan->{remote} }), 2, "$what: shipped to both servers")
	  or diag(join "\n", @{ $plan->{remote} });
	is_deeply($plan->{aggregates}, [], "$what: no local aggregate");
	same_as_one("$query ORDER BY party COLLATE \"C\"", $what);
}

# Other groupings have two levels: remote sketches of each Party, merged
# locally.
my $two_levels = q{
SELECT srv, pmr.rtt_merge(sketch) AS sketch, sum(requests) AS requests
FROM (SELECT party, srv, pmr.rtt_sketch(requested_at, responded_at) AS sketch, count(*) AS requests FROM sr_audit GROUP BY party, srv) AS s
GROUP BY srv};
my $plan = plan_of($two_levels);
is(scalar(grep { /pmr\.rtt_sketch\(.*GROUP BY 1, 2/ } @{ $plan->{remote} }), 2, 'two levels: only sketches are fetched');
is(scalar(@{ $plan->{aggregates} }), 1, 'two levels: merged locally');
same_as_one("$two_levels ORDER BY srv COLLATE \"C\"", 'two levels');
is($front->safe_psql('postgres', "$settings SELECT count(*) FROM ($two_levels) AS m JOIN (SELECT srv, pmr.rtt_sketch(requested_at, responded_at) AS sketch FROM one GROUP BY srv) AS o ON o.srv = m.srv AND o.sketch::text = m.sketch::text"),
	5, 'two levels: equal to the sketches of all rows');

# With one level all rows are fetched: correct, but slow.
my $one_level = 'SELECT srv, pmr.rtt_percentile(requested_at, responded_at, 0.95) FROM sr_audit GROUP BY srv';
$plan = plan_of($one_level);
is(scalar(grep { /pmr\./ } @{ $plan->{remote} }), 0, 'one level: rows are fetched');
same_as_one("$one_level ORDER BY srv COLLATE \"C\"", 'one level');

# A constant of type text has a collation, so a call with one is not shipped.
$plan = plan_of(q{SELECT party, pmr.rtt_sketch(requested_at, pmr.answered_at(responded_at, response_code, 'on_demand')) FROM sr_audit GROUP BY party});
is(scalar(grep { /pmr\./ } @{ $plan->{remote} }), 0, 'a text constant is not shipped');

# An aggregate that reads a reference table is shipped too, because aggregates
# count as immutable, and reads the table of the remote server.  A scalar
# function is not shipped.
my $by_lookup = 'SELECT party, pmr.srv_target_met(srv, mode, requested_at, responded_at) FROM sr_audit GROUP BY party';
my $here = 'SELECT party, pmr.srv_target_met(srv, mode, requested_at, responded_at) FROM (SELECT * FROM sr_audit OFFSET 0) AS sr GROUP BY party';
my $order = 'ORDER BY party COLLATE "C"';
$plan = plan_of($by_lookup);
is(scalar(grep { /pmr\.srv_target_met/ } @{ $plan->{remote} }), 2, 'srv_target_met is shipped');
same_as_one("$by_lookup $order", 'srv_target_met, with equal targets on all servers');
same_as_one("$here $order", 'srv_target_met, computed locally');
$front->safe_psql('postgres',
	q{INSERT INTO pmr.target_response_time (srv, mode, target, source) VALUES ('4.8.2', 'on_demand', '1 s', 'test')});
my $mine = $front->safe_psql('postgres', 'SELECT party, pmr.srv_target_met(srv, mode, requested_at, responded_at) FROM one GROUP BY party ' . $order);
isnt($front->safe_psql('postgres', "$settings $by_lookup $order"), $mine, 'srv_target_met uses the targets of the remote servers');
$plan = plan_of($here);
is(scalar(grep { /pmr\./ } @{ $plan->{remote} }), 0, 'srv_target_met behind OFFSET 0 is not shipped');
is($front->safe_psql('postgres', "$settings $here $order"), $mine, 'srv_target_met behind OFFSET 0 uses the local targets');
$plan = plan_of('SELECT party, pmr.target_met(requested_at, responded_at, pmr.srv_target(srv, mode, NULL, requested_at)) FROM sr_audit GROUP BY party');
is(scalar(grep { /pmr\./ } @{ $plan->{remote} }), 0, 'srv_target is not shipped');

# A report over all servers: rows are fetched and rolled up locally, or each
# server rolls up its own rows and the rollups are merged.
$front->safe_psql('postgres', q{DELETE FROM pmr.target_response_time WHERE source = 'test'});
foreach my $node (@shards)
{
	$node->safe_psql('postgres', q{SELECT pmr.add_source('dcc', 'sr_audit'); CALL pmr.refresh('dcc', as_of => '2025-12-01 00:00+00')});
}
$front->safe_psql(
	'postgres', q{
SELECT pmr.add_source('one', 'one');
SELECT pmr.add_source('spread', 'sr_audit');
CALL pmr.refresh('one', as_of => '2025-12-01 00:00+00');
CALL pmr.refresh('spread', as_of => '2025-12-01 00:00+00');
CREATE SCHEMA node_0;
CREATE SCHEMA node_1;
IMPORT FOREIGN SCHEMA pmr LIMIT TO (rollup) FROM SERVER shard_0 INTO node_0;
IMPORT FOREIGN SCHEMA pmr LIMIT TO (rollup) FROM SERVER shard_1 INTO node_1;
CREATE VIEW node_rollup AS SELECT * FROM node_0.rollup UNION ALL SELECT * FROM node_1.rollup;
});
my $rollup = sub {
	my ($from) = @_;
	return $front->safe_psql('postgres',
		"SELECT count(*), string_agg((to_jsonb(r) - 'source')::text, ' ' ORDER BY (to_jsonb(r) - 'source')::text COLLATE \"C\") FROM ($from) AS r");
};
my $expected = $rollup->(q{SELECT * FROM pmr.rollup WHERE source = 'one'});
like($expected, qr/^[1-9]\d{3}\|/, 'rollup: has rows');
is($rollup->(q{SELECT * FROM pmr.rollup WHERE source = 'spread'}), $expected, 'rollup: of fetched rows');
is($rollup->(q{SELECT * FROM node_rollup}), $expected, 'rollup: made by the servers, each for its own Parties');
my $industry = q{SELECT srv, sum(requests), sum(met), pmr.rtt_merge(rtt)::text FROM (%s) AS r WHERE day IS NULL AND factor = 'all' GROUP BY srv ORDER BY srv};
is($front->safe_psql('postgres', sprintf($industry, 'SELECT * FROM node_rollup')),
	$front->safe_psql('postgres', sprintf($industry, q{SELECT * FROM pmr.rollup WHERE source = 'one'})), 'rollup: merged from all servers');

# A foreign table is read with the user mapping of its owner, because its owner
# chooses what is read there: a view there could run code as the remote role.
$shards[0]->safe_psql(
	'postgres', q{
CREATE ROLE remote_analyst LOGIN;
CREATE VIEW asking AS SELECT current_user::text AS party, '1.1.1' AS srv, 'on_demand' AS mode,
	timestamptz '2025-10-01 12:00+00' AS requested_at, timestamptz '2025-10-01 12:00:05+00' AS responded_at;
GRANT SELECT ON asking TO PUBLIC;
});
$front->safe_psql(
	'postgres', q{
CREATE ROLE analyst;
CREATE USER MAPPING FOR analyst SERVER shard_0 OPTIONS (user 'remote_analyst', password_required 'false');
CREATE FOREIGN TABLE asking (party text, srv text, mode text, requested_at timestamptz, responded_at timestamptz) SERVER shard_0;
ALTER TABLE asking OWNER TO analyst;
SELECT pmr.add_source('asking', 'asking');
CALL pmr.refresh('asking', as_of => '2025-12-01 00:00+00');
});
is($front->safe_psql('postgres', 'SELECT party FROM asking'), scalar(getpwuid($<)), 'a foreign table asks with the mapping of its reader');
is($front->safe_psql('postgres', q{SELECT DISTINCT party FROM pmr.rollup WHERE source = 'asking'}), 'remote_analyst',
	'a refresh asks with the mapping of the owner of the foreign table');

# Without the option extensions nothing is shipped.
$front->safe_psql('postgres', "ALTER SERVER shard_$_ OPTIONS (DROP extensions)") foreach 0, 1;
$plan = plan_of('SELECT party, pmr.rtt_sketch(requested_at, responded_at) FROM sr_audit GROUP BY party');
is(scalar(grep { /pmr\./ } @{ $plan->{remote} }), 0, 'nothing is shipped without the option extensions');
$front->safe_psql('postgres', "ALTER SERVER shard_$_ OPTIONS (ADD extensions 'pmr_metrics')") foreach 0, 1;

# A failed server is an error, not a smaller figure: before the query and while
# it runs.
my $all = 'SELECT party, pmr.rtt_percentile(requested_at, responded_at, 0.95) FROM sr_audit GROUP BY party';
my ($stdout, $stderr) = ('', '');
my $session = $front->background_psql('postgres', on_error_stop => 0);
$session->query_safe("$settings BEGIN; DECLARE c CURSOR FOR SELECT * FROM sr_audit; FETCH 1 FROM c;");
$shards[1]->stop('immediate');
$session->query('MOVE ALL IN c');
like($session->{stderr}, qr/could not receive data from server|server closed the connection|terminating connection/,
	'a server fails while it is read: an error');
$session->quit;
my $status = $front->psql('postgres', "$settings $all", stdout => \$stdout, stderr => \$stderr);
isnt($status, 0, 'a server is down: an error');
is($stdout, '', 'a server is down: no figures');
like($stderr, qr/could not connect to server "shard_1"/, 'a server is down: the error names it');
$shards[1]->start;
same_as_one("$all $order", 'the server is up again');

$_->stop foreach $front, @shards;
done_testing();
