# After a crash committed data is there, byte for byte, and uncommitted data is
# not.  Support functions that are called wrongly do not crash the server.

use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('restart');
$node->init;
$node->append_conf('postgresql.conf', 'restart_after_crash = on');
$node->start;
$node->safe_psql(
	'postgres', q{
CREATE EXTENSION pmr_metrics;
SELECT setseed(0.5);
CREATE TABLE stored AS
	SELECT i % 40 AS id, pmr.rtt_sketch(random() * i) AS sketch FROM generate_series(1, 80000) AS i GROUP BY 1;
INSERT INTO pmr.target_response_time (srv, mode, target, source) VALUES ('7.1', 'on_demand', '20 s', 'test');
INSERT INTO pmr.party VALUES ('ACME', 'Acme plc', 'Acme', 'Large Supplier');
});
my $query = q{SELECT id, encode(pmr.rtt_sketch_send(sketch), 'hex'), pmr.rtt_count(sketch) FROM stored ORDER BY id;
	SELECT pmr.srv_target('7.1', 'on_demand', NULL, now()); SELECT * FROM pmr.party; SELECT count(*) FROM pmr.assumption};
my $before = $node->safe_psql('postgres', $query);
is(() = $before =~ /\|2000$/mg, 40, 'forty sketches of 2000 requests');
is($node->safe_psql('postgres', 'SELECT count(*) > 0 FROM stored WHERE pmr.rtt_error_bound(sketch) > 0'), 't', 'some have a lower precision');

$node->stop('immediate');
$node->start;
is($node->safe_psql('postgres', $query), $before, 'all is there after a crash');

# Updates after the restart survive the next crash.
$node->safe_psql('postgres', 'UPDATE stored SET sketch = pmr.rtt_merge(sketch, sketch) WHERE id < 20');
my $after = $node->safe_psql('postgres', $query);
isnt($after, $before, 'sketches change');
$node->stop('immediate');
$node->start;
is($node->safe_psql('postgres', $query), $after, 'changed sketches are there after a crash');

# A user-defined aggregate may begin without a state: that is an error, not a
# crash.
my @no_start = (
	[ 'timestamptz, timestamptz, interval', 'pmr.target_transfn', "now(), now(), interval '30 s'" ],
	[ 'timestamptz, timestamptz, interval, timestamptz', 'pmr.target_transfn', "now(), now(), interval '30 s', now()" ],
	[ 'text, text, timestamptz, timestamptz', 'pmr.srv_target_transfn', "'2.2', 'on_demand', now(), now()" ]);
foreach my $case (@no_start)
{
	my ($types, $transfn, $arguments) = @$case;
	my ($ret, $stdout, $stderr) = $node->psql(
		'postgres', qq{
CREATE AGGREGATE pg_temp.no_start($types) (SFUNC = $transfn, STYPE = bigint[], FINALFUNC = pmr.target_counts_finalfn);
SELECT pg_temp.no_start($arguments);
});
	isnt($ret, 0, "$transfn($types) without a state is an error");
	like($stderr, qr/ERROR:  /, 'an ordinary error');
	unlike($stderr, qr/server closed the connection|terminating connection/, 'not a crash');
	$node->poll_query_until('postgres', 'SELECT true');
}
# The same for final and combine functions with states of other origin.
my ($ret, $stdout, $stderr) = $node->psql(
	'postgres', q{
CREATE AGGREGATE pg_temp.summed(bigint[]) (SFUNC = pmr.target_combine, STYPE = bigint[], FINALFUNC = pmr.target_counts_finalfn);
SELECT pg_temp.summed(s) FROM (VALUES ('{1,2,3,4,5}'::bigint[]), (NULL), ('{1,1,1,1,1}')) AS v (s);
SELECT pg_temp.summed(s) FROM (VALUES (NULL::bigint[])) AS v (s);
});
is($ret, 0, 'the combine function can be called directly');
is($stdout, "(2,3,4,5,6)\n", 'and adds up states');
($ret, $stdout, $stderr) = $node->psql(
	'postgres', q{
CREATE AGGREGATE pg_temp.summed(bigint[]) (SFUNC = pmr.target_combine, STYPE = bigint[], FINALFUNC = pmr.target_counts_finalfn);
SELECT pg_temp.summed(s) FROM (VALUES ('{1,2,3,4,5}'::bigint[]), ('{1,1}')) AS v (s);
});
like($stderr, qr/ERROR:  state of target counts must be an array of 5 bigints/, 'states of another length are rejected');
is($node->safe_psql('postgres', $query), $after, 'no data is lost');

# Adding to a stored state does not change the stored value.
is($node->safe_psql(
		'postgres', q{
CREATE TABLE states AS SELECT i AS id, ARRAY[i, 2, 3, 4, 5]::bigint[] AS state FROM generate_series(1, 3) AS i;
CREATE AGGREGATE summed(bigint[]) (SFUNC = pmr.target_combine, STYPE = bigint[], FINALFUNC = pmr.target_counts_finalfn);
SELECT summed(state) FROM states;
SELECT summed(state ORDER BY id DESC) OVER (ORDER BY id) FROM states;
} =~ s/ ORDER BY id DESC\) OVER/) OVER/r . 'SELECT state FROM states ORDER BY id'),
	"(6,6,9,12,15)\n(1,2,3,4,5)\n(3,4,6,8,10)\n(6,6,9,12,15)\n{1,2,3,4,5}\n{2,2,3,4,5}\n{3,2,3,4,5}",
	'stored states are unchanged');

$node->stop;
done_testing();
