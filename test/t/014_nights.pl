# After any refresh, all that is stored for a source that tells when its rows were
# written equals, byte for byte, what is stored for a source over the same rows
# that reads everything.
#
# Random sequences of changes and refreshes.  The first one that fails is
# shortened, and printed as a psql script for a database with test/data/nights.sql.
# NIGHTS_SEQUENCES is their number (1000 in the long form), NIGHTS_SEED the seed of
# the first one.

use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('nights');
$node->init;
$node->append_conf(
	'postgresql.conf', q{
timezone = 'UTC'
client_min_messages = 'error'
fsync = off
jit = off
autovacuum = off
});
$node->start;
$node->safe_psql('postgres', 'CREATE EXTENSION pmr_metrics;' . slurp_file('test/data/nights.sql'));
($ENV{PGHOST}, $ENV{PGPORT}) = ($node->host, $node->port);

sub pick { return $_[ rand @_ ]; }

# ---------------------------------------------------------------------------
# Changes
# ---------------------------------------------------------------------------

sub some_rows { return pick('random() < 0.02', 'random() < 0.3', 'ctid = (SELECT ctid FROM audit ORDER BY random() LIMIT 1)'); }

sub set
{
	my ($what, $which) = @_;
	return sub { "UPDATE audit SET $what WHERE " . ($which ? "$which AND " : '') . some_rows() };
}

my %row_changes = (
	'new requests' => sub { q{SELECT add_rows(20, as_of - interval '1 day', as_of + interval '4 days') FROM loader} },
	'late rows' => sub { 'SELECT add_rows(' . pick(1, 10) . ', first_day, as_of) FROM loader' },
	'rows at the ends of days' => sub {
		q{SELECT add_rows(3, midnight - interval '2 s', midnight + pick('0', '2 s')::interval)
		FROM (SELECT day(floor(random() * 75)::integer)::timestamp AT TIME ZONE report_timezone AS midnight FROM pmr.source LIMIT 1) AS s};
	},
	'late responses' => set('responded_at = near(requested_at)', 'responded_at IS NULL'),
	'responses around as_of' => set(q{responded_at = as_of() + pick('-1 h', '-1 s', '0', '1 h')::interval}, 'requested_at < as_of()'),
	'other responses' => set(q{response_code = pick('I0', 'E4', 'I99', 'E21', 'Z9', NULL), message_success = pick(NULL, true, false)}),
	'executions' => set('executed_at = near(due_at), execution_success = pick(NULL, true, false), instructions_done = pick(1, 2)', q{mode = 'future_dated'}),
	'deliveries' => set('delivered_at = near(requested_at)', q{srv = '11.1'}),
	'cancellations' => set('cancelled_at = pick(NULL, due_at, near(requested_at), as_of())'),
	'other Parties' => set(q{party = pick('ACME', 'BETA', 'NEW', '', NULL)}),
	'other keys' => set(
		q{srv = pick('2.2', '6.23', '9.9.9', NULL), mode = pick('on_demand', 'future_dated', NULL), user_role = pick('IS', 'MDR', 'GS', NULL),
		device_generation = pick('smets1', 'smets2', NULL), command_variant = pick(1, 4, 2, NULL), qualifier = pick('positive_value', '')}),
	'other factor values' => set(q{firmware = pick('5.3', '5.4', '5.5', NULL)}),
	'rows written again' => set('party = party'),
	'copies' => sub { 'SELECT add_copies(' . pick(0.01, 0.1) . ')' },
	'no copies any more' => set('request_id = request_id || floor(random() * 1000)'));

# Only a change feed tells of these.
my %feed_changes = (
	'deleted rows' => sub { 'DELETE FROM audit WHERE ' . some_rows() },
	'rows of other times' => set(q{requested_at = requested_at + pick('1 day', '-1 h', '-20 days')::interval}));

my %other_changes = (
	'targets' => sub {
		q{INSERT INTO pmr.target_response_time (srv, mode, device_generation, user_role, valid_from, target, source)
		SELECT pick('2.2', '1.1.1', '77.1', '4.1.1'), pick('on_demand', 'future_dated'), pick('any', 'smets1'), pick('any', 'any', 'GS'),
			pick('-infinity', day(10)::text, as_of()::text)::timestamptz, pick('4 s', '30.000001 s', '2 days', NULL)::interval, 'test'
		ON CONFLICT (srv, mode, device_generation, user_role, builtin, valid_from) DO UPDATE SET target = excluded.target};
	},
	'fewer targets' => sub { 'DELETE FROM pmr.target_response_time WHERE NOT builtin AND random() < 0.5' },
	'status of targets' => sub { q{UPDATE pmr.target_response_time SET status = pick('confirmed', 'assumed') WHERE NOT builtin} },
	'response codes' => sub {
		q{INSERT INTO pmr.response_code (code, mode, class, description, source)
		VALUES (pick('I0', 'E4', 'E77', 'X', 'Z9'), pick('any', 'on_demand', 'future_dated'), pick('success', 'rejected', 'failed', 'no_response', 'acknowledged'), '', 'test')
		ON CONFLICT (code, mode, builtin) DO UPDATE SET class = excluded.class};
	},
	'fewer response codes' => sub { 'DELETE FROM pmr.response_code WHERE NOT builtin AND random() < 0.5' },
	'SRVs' => sub {
		q{INSERT INTO pmr.service_reference_variant (srv, service_reference, name, critical, on_demand, future_dated, dcc_scheduled, non_device, eligible_user_roles, answered_by, status, source)
		VALUES (pick('1.1.1', '9.9.9', '77.1'), '1.1', 'test', true, true, often('none', 'dsp', 'device'), false, false, '{}', often('response', 'delivery'), 'assumed', 'test')
		ON CONFLICT (srv, builtin) DO UPDATE SET future_dated = excluded.future_dated, answered_by = excluded.answered_by};
	},
	'fewer SRVs' => sub { 'DELETE FROM pmr.service_reference_variant WHERE NOT builtin' },
	'processes' => sub {
		q{INSERT INTO pmr.business_process (business_process, name, report_order, source) VALUES ('test', 'Test', 90, 'test') ON CONFLICT DO NOTHING;
		INSERT INTO pmr.business_process_srv (business_process, srv, qualifier, listed, report_row, description, source)
		VALUES ('test', pick('2.2', '1.1.1'), pick('', 'positive_value'), true, 90 + random() * 1000, 'test', 'test') ON CONFLICT DO NOTHING};
	},
	'levels' => sub { q{INSERT INTO pmr.service_level (measure, name, target_pct, source) VALUES ('business_process', 'All', 70, 'test') ON CONFLICT ON CONSTRAINT service_level_pkey DO UPDATE SET target_pct = 80} },
	'groups of Parties' => sub { q{INSERT INTO pmr.party VALUES (pick('ACME', 'NEW'), 'Name', pick('G1', 'G2'), 'Other') ON CONFLICT (party) DO UPDATE SET supplier_group = excluded.supplier_group} },
	'another view' => sub { 'CREATE OR REPLACE VIEW shown AS SELECT ' . pick(1, 2, 3) . ' AS firmware_length' },
	'settle_after' => sub { 'UPDATE pmr.source SET settle_after = ' . pick(q{'0'}, q{'5 days'}, q{'35 days'}) },
	'a crash' => sub { 'crash' });

# ---------------------------------------------------------------------------
# Refreshes of the source night, and what brings the source full to the same times
# ---------------------------------------------------------------------------

sub on_both { my ($arguments) = @_; return join ";\n", map { "CALL pmr.refresh('$_', $arguments)" } 'night', 'full'; }

my %refreshes = (
	'a night' => sub { on_both('as_of => as_of()' . pick(('') x 5, q{ - interval '3 days'})) },
	'named days' => sub {
		my @days = sort { $a <=> $b } map { int rand 75 } 1 .. 2;
		return on_both(pick("day($days[0]), day($days[1]), ", "day($days[1]), ", "to_day => day($days[1]), ")
			  . 'as_of => as_of()' . pick('', '', q{ - interval '5 days'}, q{ - interval '30 days'}));
	},
	'a killed night' => sub {
		return q{UPDATE loader SET as_of = as_of + interval '1 s';
\set ON_ERROR_STOP off
SET statement_timeout = } . int(1 + rand 150) . q{;
CALL pmr.refresh('night', as_of => as_of());
RESET statement_timeout;
\set ON_ERROR_STOP on
SELECT call FROM behind \gexec};
	},
	'two at once' => sub {
		my @calls = map { qq{psql -XAtq -c "CALL pmr.refresh('night', as_of => as_of()$_)" postgres 2>&1} } '', pick('', q{ - interval '3 days'}, q{ - interval '30 days'});
		return '\! ' . join(' & ', pick(0, 1) ? @calls : reverse @calls) . qq{ & wait
CALL pmr.refresh('full', as_of => as_of());
SELECT call FROM behind WHERE settled \\gexec};
	});

# ---------------------------------------------------------------------------
# Sequences
# ---------------------------------------------------------------------------

my %done;

sub at_random { my ($statement) = @_; return 'SELECT setseed(' . rand() . ");\n$statement"; }

# The parts of a psql script, any of which can be left out but the first few.
sub sequence
{
	my ($seed) = @_;
	srand $seed;
	my $first_day = pick('2024-02-01', '2024-03-01', '2024-09-01', '2024-10-01', '2023-12-01');
	my $settings = join ', ', "factors => '" . pick('{}', '{firmware,region}') . "'", "report_timezone => '" . pick('UTC', 'Europe/London') . "'",
	  "settle_after => '" . pick('0', '5 days', '35 days') . "'", 'count_copies => ' . pick('true', 'false');
	my $margin = pick('0', '0', '50 ms');
	my $lag = pick('0', $margin);
	my $with_feed = pick(0, 0, 1);
	my $tells = "changed_margin => '$margin'" . ($with_feed ? q{, change_feed => 'change_feed'} : '');
	my %changes = (%row_changes, %other_changes, $with_feed ? %feed_changes : ());
	my @often = (keys %row_changes, $with_feed ? keys %feed_changes : ());
	my @parts = (
		join(";\n", 'SELECT pmr.drop_source(source) FROM pmr.source', 'TRUNCATE audit, change_feed, loader', 'CREATE OR REPLACE VIEW shown AS SELECT 3 AS firmware_length', 'DELETE FROM pmr.party',
			map { "DELETE FROM pmr.$_ WHERE NOT builtin" } qw(business_process_srv business_process service_level target_response_time response_code service_reference_variant)),
		"INSERT INTO loader VALUES ('$first_day', timestamptz '$first_day' + interval '" . int(15 + rand 40) . " days', " . pick('NULL', q{'60 days'}) . ')',
		at_random('SELECT add_rows(' . pick(60, 150) . q{, first_day, first_day + interval '75 days') FROM loader}),
		at_random('SELECT add_copies(0.1)'),
		"SELECT pmr.add_source('night', '" . ($with_feed ? 'audit_full' : 'audit_changes') . "', $settings, $tells), pmr.add_source('full', 'audit_full', $settings)",
		"UPDATE loader SET lag = '$lag'");
	foreach my $step (1 .. 4 + rand 6)
	{
		my @names = map { pick(sort @often, keys %changes) } 1 .. pick(0, 1, 1, 2);
		my $refresh = pick(('a night') x 6, sort keys %refreshes);
		push @parts, "-- step $step", map { at_random($changes{$_}->()) } @names;
		push @parts, at_random('SELECT move_as_of()') if pick(0, 1, 1);
		push @parts, $refreshes{$refresh}->(), "SELECT compare('step $step, $refresh')";
		$done{$_}++ foreach @names, $refresh;
	}
	return map { /^--|^\\!|gexec$/ ? $_ : "$_;" } @parts;
}

# The messages of a script, if it fails.
sub failure
{
	my (@parts) = @_;
	my @runs = split /^crash;$/m, join "\n", @parts;
	while (my $run = shift @runs)
	{
		my ($failed, $out, $messages) = $node->psql('postgres', "\\set VERBOSITY terse\n$run", extra_params => [ '-o', '/dev/null' ], on_error_stop => 1);
		return "$out$messages" if $failed or $out ne '';
		next unless @runs;
		$node->stop('immediate');
		$node->start;
	}
	return '';
}

# Leaves out every part without which it still fails.
sub shortened
{
	my (@parts) = @_;
	foreach my $i (reverse 0 .. $#parts)
	{
		my @fewer = @parts;
		splice @fewer, $i, 1;
		@parts = @fewer if failure(@fewer) =~ /differs/;
	}
	return @parts;
}

my $failed;
my $first_seed = $ENV{NIGHTS_SEED} // 1;
foreach my $seed ($first_seed .. $first_seed + ($ENV{NIGHTS_SEQUENCES} // 25) - 1)
{
	my @parts = sequence($seed);
	my $messages = failure(@parts);
	next if is($messages, '', "sequence with seed $seed") or $messages !~ /differs/ or $failed++;
	@parts = shortened(@parts);
	diag join "\n", 'shortened:', @parts, failure(@parts);
}
note "$_: $done{$_}" foreach sort keys %done;
my ($night, $full) = split /\|/, $node->safe_psql('postgres', q{
	SELECT sum(rows_read) FILTER (WHERE source = 'night'), sum(rows_read) FILTER (WHERE source = 'full') FROM pmr.refresh_log WHERE from_day IS NULL});
cmp_ok($night, '<', 0.9 * $full, "$night rows are read instead of $full");

# Rows that are deleted without notice.
failure((sequence(1))[0]);
$node->safe_psql('postgres', q{
INSERT INTO loader VALUES ('2024-02-01', '2024-03-08', '0');
SELECT add_rows(100, day(0), day(30));
SELECT pmr.add_source('night', 'audit_changes', changed_margin => '0'), pmr.add_source('full', 'audit_full');
});
my $night_rows = q{SELECT array_agg(rows_read ORDER BY month) FROM pmr.rollup_month WHERE source = 'night'};
$node->safe_psql('postgres', $_) foreach map { "CALL pmr.refresh('$_', as_of => as_of())" } 'night', 'full';
my $rows = $node->safe_psql('postgres', $night_rows);
$node->safe_psql('postgres', 'DELETE FROM audit WHERE requested_at < day(15)');
$node->safe_psql('postgres', $_) foreach map { "CALL pmr.refresh('$_', as_of => as_of())" } 'night', 'full';
is($node->safe_psql('postgres', $night_rows), $rows, 'deleted rows stay');
$node->safe_psql('postgres', q{CALL pmr.refresh('night', day(0), day(14), as_of())});
is(failure(q{SELECT compare('deleted rows');}), '', 'until their days are named');

$node->stop;
done_testing();
