# A crash: what was committed is there again, byte for byte, and what was not
# is gone.  And what must not crash the server.

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
is($node->safe_psql('postgres', 'SELECT count(*) > 0 FROM stored WHERE pmr.rtt_error_bound(sketch) > 0'), 't', 'some are lowered');

$node->stop('immediate');
$node->start;
is($node->safe_psql('postgres', $query), $before, 'after a crash all is there');

# Changed in place after the restart, and lost with the crash.
$node->safe_psql('postgres', 'UPDATE stored SET sketch = pmr.rtt_merge(sketch, sketch) WHERE id < 20');
my $after = $node->safe_psql('postgres', $query);
isnt($after, $before, 'sketches change');
$node->stop('immediate');
$node->start;
is($node->safe_psql('postgres', $query), $after, 'changed sketches are there too');

# An aggregate that somebody makes by hand may begin without a state: an error,
# and never a crash.
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
	like($stderr, qr/ERROR:  /, 'a plain one');
	unlike($stderr, qr/server closed the connection|terminating connection/, 'and no crash');
	$node->poll_query_until('postgres', 'SELECT true');
}
# The same for a final and a combine function that get states from elsewhere.
my ($ret, $stdout, $stderr) = $node->psql(
	'postgres', q{
CREATE AGGREGATE pg_temp.summed(bigint[]) (SFUNC = pmr.target_combine, STYPE = bigint[], FINALFUNC = pmr.target_counts_finalfn);
SELECT pg_temp.summed(s) FROM (VALUES ('{1,2,3,4,5}'::bigint[]), (NULL), ('{1,1,1,1,1}')) AS v (s);
SELECT pg_temp.summed(s) FROM (VALUES (NULL::bigint[])) AS v (s);
});
is($ret, 0, 'states can be added up by hand');
is($stdout, "(2,3,4,5,6)\n", 'and are');
($ret, $stdout, $stderr) = $node->psql(
	'postgres', q{
CREATE AGGREGATE pg_temp.summed(bigint[]) (SFUNC = pmr.target_combine, STYPE = bigint[], FINALFUNC = pmr.target_counts_finalfn);
SELECT pg_temp.summed(s) FROM (VALUES ('{1,2,3,4,5}'::bigint[]), ('{1,1}')) AS v (s);
});
like($stderr, qr/ERROR:  state of target counts must be an array of 5 bigints/, 'states of another length are refused');
is($node->safe_psql('postgres', $query), $after, 'and nothing was lost');

# A stored state is not changed by adding to it.
is($node->safe_psql(
		'postgres', q{
CREATE TABLE states AS SELECT i AS id, ARRAY[i, 2, 3, 4, 5]::bigint[] AS state FROM generate_series(1, 3) AS i;
CREATE AGGREGATE summed(bigint[]) (SFUNC = pmr.target_combine, STYPE = bigint[], FINALFUNC = pmr.target_counts_finalfn);
SELECT summed(state) FROM states;
SELECT summed(state ORDER BY id DESC) OVER (ORDER BY id) FROM states;
} =~ s/ ORDER BY id DESC\) OVER/) OVER/r . 'SELECT state FROM states ORDER BY id'),
	"(6,6,9,12,15)\n(1,2,3,4,5)\n(3,4,6,8,10)\n(6,6,9,12,15)\n{1,2,3,4,5}\n{2,2,3,4,5}\n{3,2,3,4,5}",
	'stored states stay as they are');

$node->stop;
done_testing();
