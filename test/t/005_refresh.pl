# A refresh that is killed, cancelled, overtaken, or runs while other sessions
# write: each month is either as before or completely refreshed.

use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('refresh');
$node->init;
$node->append_conf(
	'postgresql.conf', q{
restart_after_crash = on
timezone = 'UTC'
});
$node->start;

# Source "audit" reads the audit table through gates.  A session that sets
# test.gate waits there until no session holds advisory lock 1.  Source "copy"
# reads the same rows without gates.
#
#   begin  as_of is set, and no month has begun
#   ids    in February, while it looks for copies
#   read   in February, when half of its rows have been read
#   write  in February, when all has been written and nothing committed
$node->safe_psql(
	'postgres', q{
CREATE EXTENSION pmr_metrics;
CREATE TABLE audit (
	id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	party text, srv text, mode text, device_generation text, requested_at timestamptz, responded_at timestamptz,
	response_code text, request_id text, command_variant integer, firmware text, region text
);
CREATE FUNCTION add_requests(month date, first integer, last integer) RETURNS void LANGUAGE sql
BEGIN ATOMIC
	INSERT INTO audit (party, srv, mode, device_generation, requested_at, responded_at, response_code, request_id, command_variant, firmware, region)
	SELECT (ARRAY['ACME', 'BETA', 'GAMMA', NULL])[1 + i % 4], (ARRAY['1.1.1', '2.2', '4.8.1', '77.1', '7.1'])[1 + i % 5],
		(ARRAY['on_demand', 'on_demand', 'future_dated', 'none'])[1 + i % 3 + i % 41 / 40], (ARRAY['smets1', 'smets2', NULL])[1 + i % 3],
		month + i % 28 * interval '1 day' + i * interval '7 s',
		month + i % 28 * interval '1 day' + i * interval '7 s' + hashint4extended(i, 1) % 60 * interval '1.001 s' + interval '58 s',
		(ARRAY['I0', 'I0', 'I0', 'I0', 'E21', 'I99', 'E5', 'X', NULL])[1 + i % 9], month || '-' || i % 980, 1 + i % 7,
		'fw' || i % 6, (ARRAY['north', 'central', 'south'])[1 + i % 3]
	FROM generate_series(first, last) AS i;
END;
SELECT add_requests(month::date, 1, 1500) FROM generate_series('2024-01-01'::timestamp, '2024-03-01', '1 month') AS month;
CREATE INDEX ON audit (requested_at);

CREATE FUNCTION wait_at(gate text) RETURNS void LANGUAGE plpgsql STABLE AS $$
BEGIN
	IF pg_catalog.current_setting('test.gate', true) = gate THEN
		PERFORM pg_catalog.pg_advisory_lock_shared(1);
		PERFORM pg_catalog.pg_advisory_unlock_shared(1);
	END IF;
END
$$;
CREATE FUNCTION pass(value text, gate text) RETURNS text LANGUAGE plpgsql STABLE AS $$
BEGIN
	PERFORM public.wait_at(gate);
	RETURN value;
END
$$;
CREATE VIEW undisturbed AS
	SELECT party, srv, mode, device_generation, requested_at, responded_at, response_code, request_id, command_variant, firmware, region
	FROM audit;
CREATE VIEW gated AS
	SELECT CASE id WHEN 2250 THEN pass(party, 'read') ELSE party END AS party, srv, mode, device_generation, requested_at, responded_at, response_code,
		CASE id WHEN 2251 THEN pass(request_id, 'ids') ELSE request_id END AS request_id, command_variant, firmware, region
	FROM audit;
CREATE FUNCTION gate_of_log() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	PERFORM public.wait_at(TG_ARGV[0]);
	RETURN NEW;
END
$$;
CREATE TRIGGER gate_begin BEFORE INSERT ON pmr.refresh_log FOR EACH ROW EXECUTE FUNCTION gate_of_log('begin');
CREATE TRIGGER gate_write BEFORE UPDATE ON pmr.refresh_log FOR EACH ROW WHEN (NEW.months_done = 2 AND NEW.finished_at IS NULL)
	EXECUTE FUNCTION gate_of_log('write');

-- months stay open: what is not named is refreshed, too
SELECT pmr.add_source('audit', 'gated', '{firmware,region}', settle_after => '90 years');
SELECT pmr.add_source('copy', 'undisturbed', '{firmware,region}', settle_after => '90 years');

-- all there is of a source, but for when and by whom it was made
CREATE VIEW rolled AS
	SELECT source, month, 'stratum' AS what, to_jsonb(s) - 'source' AS content FROM pmr.rollup_stratum AS s
	UNION ALL
	SELECT source, month, 'month', to_jsonb(m) - '{source,as_of,refreshed_at,refreshed_by}'::text[] FROM pmr.rollup_month AS m;

-- months in which days, factors, pairs and the month itself are not of one mind
CREATE VIEW disagreement AS
	WITH total AS (
		SELECT source, month, party, srv, mode, device_generation, qualifier, business_process, factor, day IS NULL AS monthly,
			ROW(sum(requests), sum(met), sum(missed), sum(pending), sum(not_measured), sum(invalid), sum(answered), sum(success), sum(rejected), sum(failed),
				sum(no_response), sum(unclassified), sum(met_success), sum(met_rejected), sum(missed_rejected), sum(pre_commands),
				sum(local_commands), sum(cancelled), pmr.rtt_merge(rtt)::text)::text AS counts
		FROM pmr.rollup
		GROUP BY source, month, party, srv, mode, device_generation, qualifier, business_process, factor, day IS NULL
	)
	SELECT source, month, 'days and factors' AS what
	FROM total
	GROUP BY source, month, party, srv, mode, device_generation, qualifier, business_process
	HAVING count(*) <> 4 OR count(DISTINCT counts) <> 1
	UNION ALL
	SELECT source, month, 'pairs'
	FROM (SELECT source, month, party, srv, mode, device_generation, sum(met + missed) AS measured, sum(missed) AS missed
		  FROM pmr.rollup
		  WHERE factor = 'all' AND day IS NULL
		  GROUP BY source, month, party, srv, mode, device_generation
		  HAVING sum(met + missed) > 0) AS r
		FULL JOIN (SELECT source, month, party, srv, mode, device_generation, sum(m) AS measured, sum(x) AS missed
				   FROM pmr.rollup_pair, unnest(measured, missed) AS u (m, x)
				   GROUP BY source, month, party, srv, mode, device_generation) AS p
		USING (source, month, party, srv, mode, device_generation)
	WHERE (r.measured, r.missed) IS DISTINCT FROM (p.measured, p.missed)
	UNION ALL
	SELECT source, month, 'month'
	FROM pmr.rollup_month AS m
		FULL JOIN (SELECT source, month, sum(requests) AS requests, sum(requests + pre_commands + local_commands + cancelled) AS rows_read,
					   sum(unclassified) AS unclassified, sum(invalid) AS negative, array_agg(DISTINCT party ORDER BY party) AS parties
				   FROM pmr.rollup
				   WHERE factor = 'all' AND day IS NULL
				   GROUP BY source, month) AS r
		USING (source, month)
	WHERE (m.requests, m.rows_read, m.unclassified, m.negative, m.parties) IS DISTINCT FROM (r.requests, r.rows_read, r.unclassified, r.negative, r.parties);
});

# ---------------------------------------------------------------------------
# Other sessions
# ---------------------------------------------------------------------------

# Starts statements, each in its own transaction.
sub start_session
{
	my (@statements) = @_;
	my ($out, $err) = ('', '');

	return {
		err => \$err,
		run => IPC::Run::start(
			[
				'psql', '-X', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1',
				'-d', $node->connstr('postgres'),
				map { ('-c', $_) } @statements
			],
			'<', \undef, '>', \$out, '2>', \$err,
			IPC::Run::timeout($PostgreSQL::Test::Utils::timeout_default))
	};
}

# Returns whether all succeeded, and the messages.
sub finish_session
{
	my ($session) = @_;
	my $done = $session->{run}->finish;

	return ($done, ${ $session->{err} });
}

# Runs statements and keeps the session open until release().
sub hold
{
	my ($sql) = @_;
	my ($in, $out) = ("$sql;\n\\echo held\n", '');
	my $run = IPC::Run::start(
		[ 'psql', '-X', '-q', '-A', '-t', '-d', $node->connstr('postgres') ],
		'<', \$in, '>', \$out, '2>', \my $err,
		IPC::Run::timeout($PostgreSQL::Test::Utils::timeout_default));

	$run->pump until $out =~ /held/;
	return { run => $run, in => \$in };
}

sub release
{
	my ($session, $sql) = @_;

	# a server that was started meanwhile keeps the other end of the pipe open
	${ $session->{in} } .= (defined $sql ? "$sql;\n" : '') . "\\q\n";
	return $session->{run}->finish;
}

sub wait_until
{
	my ($condition, $what) = @_;

	$node->poll_query_until('postgres', "SELECT $condition")
	  or die "timed out waiting for: $what";
	return;
}

# A refresh that waits at a gate, with its process id, and the session that
# keeps the gate closed.
sub start_refresh_to
{
	my ($gate, $source) = @_;
	my $holder = hold('SELECT pg_advisory_lock(1)');
	my $session = start_session("SET test.gate = '$gate'",
		"CALL pmr.refresh('" . ($source // 'audit') . "')");

	wait_until(q{EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted)}, "a refresh that waits at gate $gate");
	$session->{pid} = $node->safe_psql('postgres',
		q{SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND NOT granted});
	return ($session, $holder);
}

sub wait_for_lock
{
	my ($command, $pid) = @_;

	wait_until(qq{EXISTS (SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '$command%'
		AND $pid = ANY (pg_blocking_pids(pid)))}, "$command waits");
	return;
}

# ---------------------------------------------------------------------------
# State of the rollup
# ---------------------------------------------------------------------------

# A digest of all rows and bytes of each month of a source.
sub months_of
{
	my ($source) = @_;

	return {
		map { split /\|/ } split /\n/,
		$node->safe_psql('postgres', qq{
			SELECT month, count(*) || ' rows ' || md5(string_agg(what || content, chr(10) ORDER BY what, content::text COLLATE "C"))
			FROM rolled WHERE source = '$source' GROUP BY month ORDER BY month})
	};
}

# The state of each month, for example "old new old".
sub states_of
{
	my ($source, $old, $new) = @_;
	my $months = months_of($source);

	return join ' ', map {
			my $is = $months->{$_} // '';
			$is eq $old->{$_} ? 'old' : $is eq $new->{$_} ? 'new' : 'neither'
	} sort keys %$new;
}

sub agrees
{
	my ($what) = @_;

	is($node->safe_psql('postgres', 'SELECT DISTINCT source, month, what FROM disagreement'),
		'', "$what: days, months, factors and pairs agree");
	return;
}

sub last_log
{
	return $node->safe_psql('postgres',
		q{SELECT months_done, months, finished_at IS NOT NULL FROM pmr.refresh_log WHERE source = 'audit' ORDER BY refresh_id DESC LIMIT 1});
}

# Adds late responses and late rows to each month.  Returns the months before,
# and as an undisturbed refresh rolls them up.
my $changes = 0;

sub change_all
{
	my $old = months_of('audit');
	my $from = 2000 + 10 * $changes;

	$changes++;
	$node->safe_psql(
		'postgres', qq{
UPDATE audit SET responded_at = responded_at + $changes * interval '1 s' WHERE id % 97 = $changes;
SELECT add_requests(month, $from, $from + 9) FROM (VALUES (date '2024-01-01'), ('2024-02-01'), ('2024-03-01')) AS v (month);
});
	$node->safe_psql('postgres', q{CALL pmr.refresh('copy')});
	return ($old, months_of('copy'));
}

sub refreshes_rightly
{
	my ($what, $old, $new) = @_;

	$node->safe_psql('postgres', q{CALL pmr.refresh('audit')});
	is(states_of('audit', $old, $new), 'new new new', "$what: the next refresh is complete");
	is(last_log(), '3|3|t', "$what: and logged as finished");
	agrees($what);
	return;
}

$node->safe_psql('postgres', q{CALL pmr.refresh('audit')});
$node->safe_psql('postgres', q{CALL pmr.refresh('copy')});
is_deeply(months_of('audit'), months_of('copy'), 'two sources over the same rows have equal rollups');
is(join(' ', sort keys %{ months_of('audit') }), '2024-01-01 2024-02-01 2024-03-01', 'three months');
is($node->safe_psql('postgres', q{
		SELECT min(requests) > 0 AND min(m.negative) > 0 AND min((SELECT sum(d) FROM unnest(duplicates) AS d)) > 0 AND min(m.unclassified) > 0 FROM pmr.rollup_month AS m}),
	't', 'the rollup has all kinds of rows');
is($node->safe_psql('postgres', q{
		SELECT count(*) FILTER (WHERE met > 0) > 0 AND count(*) FILTER (WHERE missed > 0) > 0 AND count(*) FILTER (WHERE not_measured > 0) > 0 FROM pmr.rollup}),
	't', 'that met targets, missed them, and have none');
agrees('first refresh');
is(last_log(), '3|3|t', 'the run is logged');

# ---------------------------------------------------------------------------
# A refresh that is stopped
# ---------------------------------------------------------------------------

my %stop = (
	'kill -9 of the backend' => sub {
		my ($pid) = @_;
		my $log = -s $node->logfile;

		kill 'KILL', $pid;
		$node->wait_for_log(qr/database system is ready to accept connections/, $log);
	},
	'crash of the server' => sub {
		$node->stop('immediate');
		$node->start;
	},
	'pg_cancel_backend' => sub {
		my ($pid) = @_;
		$node->safe_psql('postgres', "SELECT pg_cancel_backend($pid)");
	});
foreach my $how (sort keys %stop)
{
	foreach my $gate ('read', 'write')
	{
		my $what = "$how at $gate";
		my ($old, $new) = change_all();
		my ($refresh, $holder) = start_refresh_to($gate);

		$stop{$how}->($refresh->{pid});
		my ($done, $said) = finish_session($refresh);
		release($holder);
		ok(!$done, "$what: the refresh fails");
		like($said, qr/month 2024-01, \d+ rows/, "$what: after January is done");
		like($said, qr/ERROR:  canceling statement due to user request/, "$what: the error names the source")
		  if $how eq 'pg_cancel_backend';
		is(states_of('audit', $old, $new), 'new old old', "$what: January stays refreshed, the others are unchanged");
		is(last_log(), '1|3|f', "$what: the run is logged as not finished");
		agrees($what);
		refreshes_rightly($what, $old, $new);
	}
}

# ---------------------------------------------------------------------------
# Concurrent refreshes
# ---------------------------------------------------------------------------

sub as_of_latest
{
	return $node->safe_psql('postgres', q{
		SELECT bool_and(m.as_of = l.as_of)
		FROM pmr.rollup_month AS m, (SELECT max(as_of) AS as_of FROM pmr.refresh_log WHERE source = 'audit') AS l
		WHERE m.source = 'audit'});
}

foreach my $gate ('read', 'write')
{
	my $what = "two refreshes, one at $gate";
	my ($old, $new) = change_all();
	my ($first, $holder) = start_refresh_to($gate);
	my $second = start_session(q{CALL pmr.refresh('audit')});

	wait_for_lock('CALL', $first->{pid});
	release($holder);
	foreach my $session ($first, $second)
	{
		my ($done, $said) = finish_session($session);
		ok($done, "$what: succeeds");
		unlike($said, qr/ERROR|WARNING/, "$what: without warnings");
	}
	is(states_of('audit', $old, $new), 'new new new', "$what: all months are refreshed");
	is(as_of_latest(), 't', "$what: as_of is the later time");
	agrees($what);
}

{
	my $what = 'a refresh that is overtaken';
	my ($old, $new) = change_all();
	my ($slow, $holder) = start_refresh_to('begin');

	$node->safe_psql('postgres', q{CALL pmr.refresh('audit')});
	is(as_of_latest(), 't', "$what: the later refresh succeeds");
	my $stored = q{SELECT array_agg(ctid ORDER BY ctid) FROM pmr.rollup_stratum WHERE source = 'audit'};
	my $before = $node->safe_psql('postgres', $stored);
	release($holder);
	my ($done, $said) = finish_session($slow);
	ok($done, "$what: succeeds");
	is(() = $said =~ /NOTICE:  source "audit": skipped month 2024-0[123], which another refresh has rolled up as of a later time/g, 3, "$what: reports the months that it skipped");
	is($node->safe_psql('postgres', $stored), $before, "$what: writes nothing");
	is(states_of('audit', $old, $new), 'new new new', "$what: all months are refreshed");
	is($node->safe_psql('postgres', q{
			SELECT count(*) FROM pmr.refresh_log AS l
			WHERE l.source = 'audit' AND l.rows_read = 0 AND l.months_done = 3 AND l.finished_at IS NOT NULL
			  AND l.as_of < (SELECT min(as_of) FROM pmr.rollup_month WHERE source = 'audit')}),
		'1', "$what: is logged without rows");
}

# ---------------------------------------------------------------------------
# Locks on a source, and dropped sources
# ---------------------------------------------------------------------------

{
	my $what = 'a locked source';
	my ($old, $new) = change_all();
	my $owner = hold(q{BEGIN; SELECT FROM pmr.source WHERE source = 'audit' FOR UPDATE});
	my $pid = $node->safe_psql('postgres', q{SELECT pid FROM pg_stat_activity WHERE state = 'idle in transaction'});
	my $refresh = start_session(q{CALL pmr.refresh('audit')});

	wait_for_lock('CALL', $pid);
	is(states_of('audit', $old, $new), 'old old old', "$what: the refresh waits");
	release($owner, 'COMMIT');
	my ($done, $said) = finish_session($refresh);
	ok($done, "$what: the refresh succeeds when the lock is released");
	is(states_of('audit', $old, $new), 'new new new', "$what: all months are refreshed");
}

sub left_of
{
	my ($source) = @_;

	return $node->safe_psql('postgres', qq{SELECT (SELECT count(*) FROM rolled WHERE source = '$source'), (SELECT count(*) FROM pmr.source WHERE source = '$source')});
}
my $add_dropped = q{SELECT pmr.add_source('dropped', 'gated', '{firmware,region}', settle_after => '90 years')};

# Either the refresh reaches March or the drop comes first.
{
	my $what = 'a drop during a refresh';

	$node->safe_psql('postgres', $add_dropped);
	my ($refresh, $holder) = start_refresh_to('read', 'dropped');
	my $drop = start_session(q{SELECT pmr.drop_source('dropped')});

	wait_for_lock('SELECT pmr.drop_source', $refresh->{pid});
	release($holder);
	my ($dropped) = finish_session($drop);
	my ($done, $said) = finish_session($refresh);
	ok($dropped, "$what: succeeds");
	like($said, $done ? qr/month 2024-03/ : qr/ERROR:  source "dropped" does not exist/, "$what: the refresh finishes or reports the missing source");
	is(left_of('dropped'), '0|0', "$what: no rows are left");
}
foreach my $end ('COMMIT', 'ROLLBACK')
{
	my $what = "a drop that comes first, $end";

	$node->safe_psql('postgres', $add_dropped);
	my $drop = hold(q{BEGIN; SELECT pmr.drop_source('dropped')});
	my $pid = $node->safe_psql('postgres', q{SELECT pid FROM pg_stat_activity WHERE state = 'idle in transaction'});
	my $refresh = start_session(q{CALL pmr.refresh('dropped')});

	wait_for_lock('CALL', $pid);
	release($drop, $end);
	my ($done, $said) = finish_session($refresh);
	if ($end eq 'COMMIT')
	{
		ok(!$done, "$what: the refresh fails");
		like($said, qr/ERROR:  source "dropped" does not exist/, "$what: the error names the source");
		is(left_of('dropped'), '0|0', "$what: no rows are left");
	}
	else
	{
		ok($done, "$what: the refresh succeeds");
		my ($left) = left_of('dropped') =~ /^(\d+)\|1$/;
		cmp_ok($left, '>', 0, "$what: rows are there");
		$node->safe_psql('postgres', q{SELECT pmr.drop_source('dropped')});
	}
}

# ---------------------------------------------------------------------------
# Concurrent writes to the audit table
# ---------------------------------------------------------------------------

# Rows that are written while February is read are rolled up in March, not in
# February.
{
	my $what = 'rows written during a refresh';
	my ($old, $before) = change_all();
	my ($refresh, $holder) = start_refresh_to('read');
	my (undef, $after) = change_all();

	$node->safe_psql('postgres', q{DELETE FROM audit WHERE id % 89 = 0});
	$node->safe_psql('postgres', q{CALL pmr.refresh('copy')});
	$after = months_of('copy');
	release($holder);
	my ($done, $said) = finish_session($refresh);
	ok($done, "$what: the refresh succeeds");
	is(states_of('audit', $before, $after), 'old old new', "$what: each month is as of its beginning");
	agrees($what);
	refreshes_rightly($what, $before, $after);
}
{
	my $what = 'duplicates written during a refresh';
	my ($old, $before) = change_all();
	my ($refresh, $holder) = start_refresh_to('ids');
	my (undef, $after) = change_all();

	release($holder);
	my ($done, $said) = finish_session($refresh);
	ok($done, "$what: the refresh succeeds");
	like(states_of('audit', $before, $after), qr/^old (old|new) new$/, "$what: each month is as of one time");
	agrees($what);
	refreshes_rightly($what, $before, $after);
}

# Without gates, while another session writes continuously.
{
	my $what = 'continuous writes';
	my $written = q{SELECT count(*) FROM audit WHERE firmware = 'written'};

	$node->safe_psql('postgres', 'CREATE TABLE writing (stop boolean)');
	my $writer = start_session(
		q{
DO $$
BEGIN
	WHILE NOT EXISTS (SELECT FROM public.writing) LOOP
		INSERT INTO public.audit (party, srv, mode, device_generation, requested_at, responded_at, response_code, request_id, firmware, region)
		SELECT party, srv, mode, device_generation, requested_at + interval '1 h', NULL, NULL, request_id, 'written', region
		FROM public.audit
		WHERE id = 1 + abs(hashint8extended((extract(epoch FROM clock_timestamp()) * 1000000)::bigint, 0)) % 4000;
		UPDATE public.audit SET responded_at = requested_at + interval '40 s', response_code = 'I0', firmware = 'fw1'
		WHERE id = 1 + abs(hashint8extended((extract(epoch FROM clock_timestamp()) * 1000000)::bigint, 1)) % 4000;
		COMMIT;
	END LOOP;
END
$$});
	foreach my $turn (1 .. 8)
	{
		my $before = $node->safe_psql('postgres', $written);
		wait_until("($written) > $before", 'more rows written');
		$node->safe_psql('postgres', q{CALL pmr.refresh('audit')});
		cmp_ok($node->safe_psql('postgres', $written), '>', $before, "$what, $turn: rows were written during the refresh");
		agrees("$what, $turn");
	}
	$node->safe_psql('postgres', 'INSERT INTO writing VALUES (true)');
	my ($done, $said) = finish_session($writer);
	ok($done, "$what: the writer succeeds") or diag($said);
	my $old = months_of('audit');
	$node->safe_psql('postgres', q{CALL pmr.refresh('copy')});
	refreshes_rightly($what, $old, months_of('copy'));
}

$node->stop;
done_testing();
