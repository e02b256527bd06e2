# The server crashes at certain rows or commands (gates).  Uncommitted changes
# are gone, and the next refresh gives the same result as in a cluster without a
# crash.

use strict;
use warnings;
use lib 'test/perl';

use File::Basename;
use File::Copy;
use File::Path 'make_path';
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Stored qw(create_roles fill_database facts_of is_same);
use Test::More;

# An installation with an additional update script.  Programs find their files
# relative to themselves, so this is a directory with copies and links at the
# same paths.
sub make_installation
{
	my ($upgrade_script) = @_;
	my $root = PostgreSQL::Test::Utils::tempdir;
	my %path = map {
		chomp(my $path = `pg_config --$_`);
		$_ => $path
	} qw(bindir sharedir pkglibdir);

	make_path(map { $root . $_ } $path{bindir}, "$path{sharedir}/extension", dirname($path{pkglibdir}));
	foreach my $program (glob "$path{bindir}/*")
	{
		my $here = "$root$program";

		if ($program =~ /\/(?:postgres|initdb|pg_ctl)$/)
		{
			copy($program, $here) or die "$program: $!";
			chmod 0755, $here;
		}
		else
		{
			symlink $program, $here or die "$program: $!";
		}
	}
	foreach my $file (glob("$path{sharedir}/*"), glob("$path{sharedir}/extension/*"), $path{pkglibdir})
	{
		next if $file eq "$path{sharedir}/extension";
		symlink $file, "$root$file" or die "$file: $!";
	}
	append_to_file("$root$path{sharedir}/extension/pmr_metrics--1.0.0--next.sql", $upgrade_script);
	return $root . dirname($path{bindir});
}

# An update with changed shipped rows and new objects.
my $installation = make_installation(
	q{\echo Use "ALTER EXTENSION pmr_metrics UPDATE" to load this file. \quit
DELETE FROM pmr.target_response_time WHERE builtin AND srv IN ('2.2', '4.10');
INSERT INTO pmr.target_response_time (srv, mode, target, source, builtin) VALUES ('2.2', 'on_demand', '35 s', 'next', true);
INSERT INTO pmr.response_code (code, class, description, source, builtin) VALUES ('X', 'rejected', 'shipped next', 'next', true);
ALTER TABLE pmr.party ADD COLUMN note text NOT NULL DEFAULT '';
CREATE TABLE pmr.next (id integer PRIMARY KEY);
SELECT pg_extension_config_dump('pmr.next', '');
CREATE OR REPLACE FUNCTION pmr.short_key(key text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
	RETURN CASE WHEN octet_length(key) <= 100 THEN key ELSE left(key, 40) || '~' || md5(key) END;
});

my %node;
foreach my $name ('calm', 'crashing')
{
	$node{$name} = PostgreSQL::Test::Cluster->new($name, install_path => $installation);
	$node{$name}->init(allows_streaming => 1);
	$node{$name}->append_conf('postgresql.conf', 'restart_after_crash = on');
	$node{$name}->start;
	create_roles($node{$name});
	$node{$name}->safe_psql('postgres', 'CREATE DATABASE other');
	fill_database($node{$name}, 'postgres');
}
my $crashing = $node{crashing};

# A session that sets test.gate to "rollup_stratum INSERT 30" waits before it inserts
# its 30th row into rollup_stratum, until no session holds advisory lock 1; in the same
# way after a command.
foreach my $database ('postgres', 'other')
{
	$crashing->safe_psql(
		$database, q{
CREATE FUNCTION pass(what text) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE
	gate text := current_setting('test.gate', true);
	passed integer;
BEGIN
	IF gate LIKE what || ' %' THEN
		passed := 1 + current_setting('test.passed')::integer;
		PERFORM set_config('test.passed', passed::text, false);
		IF gate = what || ' ' || passed THEN
			PERFORM pg_advisory_lock_shared(1), pg_advisory_unlock_shared(1);
		END IF;
	END IF;
END
$$;
CREATE FUNCTION pass_row() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	PERFORM public.pass(TG_TABLE_NAME || ' ' || TG_OP);
	RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END
$$;
CREATE FUNCTION pass_command() RETURNS event_trigger LANGUAGE plpgsql AS $$
BEGIN
	PERFORM public.pass(TG_TAG);
END
$$;
CREATE EVENT TRIGGER pass_command ON ddl_command_end EXECUTE FUNCTION pass_command();
CREATE EVENT TRIGGER pass_drop ON sql_drop WHEN TAG IN ('DROP EXTENSION') EXECUTE FUNCTION pass_command();
});
}
$crashing->safe_psql(
	'postgres', q{
DO $$
DECLARE
	name regclass;
BEGIN
	FOR name IN SELECT oid FROM pg_class WHERE relnamespace = 'pmr'::regnamespace AND relkind = 'r' LOOP
		EXECUTE format('CREATE TRIGGER pass BEFORE INSERT OR UPDATE OR DELETE ON %s FOR EACH ROW EXECUTE FUNCTION pass_row()', name);
	END LOOP;
END
$$});

# ---------------------------------------------------------------------------
# Crashes
# ---------------------------------------------------------------------------

# Starts a session that runs statements.
sub start_session
{
	my ($database, $gate, @statements) = @_;

	return IPC::Run::start(
		[
			'psql', '-X', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1', '-d',
			$crashing->connstr($database),
			map { ('-c', $_) } "SET client_min_messages = error", "SET test.gate = '$gate'", "SET test.passed = 0", @statements
		],
		'<', \undef, '>', \my $out, '2>', \my $err,
		IPC::Run::timeout($PostgreSQL::Test::Utils::timeout_default));
}

# A session that keeps the gates of a database closed.
sub shut_gate
{
	my ($database) = @_;
	my ($in, $out) = ("SELECT pg_advisory_lock(1);\n\\echo shut\n", '');
	my $holder = IPC::Run::start(
		[ 'psql', '-X', '-q', '-d', $crashing->connstr($database) ],
		'<', \$in, '>', \$out, '2>', \my $err,
		IPC::Run::timeout($PostgreSQL::Test::Utils::timeout_default));

	$holder->pump until $out =~ /shut/;
	return ($holder, \$in);
}

my %crash = (
	'kill -9' => sub {
		my ($pid) = @_;
		my $log = -s $crashing->logfile;

		kill 'KILL', $pid;
		$crashing->wait_for_log(qr/database system is ready to accept connections/, $log);
	},
	# with uncommitted changes on disk
	'a checkpoint and a crash of the server' => sub {
		$crashing->safe_psql('template1', 'CHECKPOINT');
		$crashing->stop('immediate');
		$crashing->start;
	});
my @how = sort keys %crash;

sub crash_at
{
	my ($how, $database, $gate, @statements) = @_;
	my ($holder, $in) = shut_gate($database);
	my $session = start_session($database, $gate, @statements);
	my $waiting = q{SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND NOT granted};

	$crashing->poll_query_until('template1', "SELECT EXISTS ($waiting)")
	  or die "the session does not reach gate $gate";
	$crash{$how}->($crashing->safe_psql('template1', $waiting));
	ok(!$session->finish, "$how at $gate: the session ends");
	# a server that was started meanwhile keeps the other end of the pipe open
	$$in .= "\\q\n";
	$holder->finish;
	return;
}

# All stored data, except when and how often a refresh ran.
my $stored = qr/^(?:user's )?rows of (?!refresh_log|an index)|^changed|^objects|^privileges/;

sub are_same
{
	my ($what, %params) = @_;
	my ($is, $expected) = map {
		facts_of($node{$_}, 'postgres', only => $stored, another_time => 1, %params)
	} qw(crashing calm);

	is_same($is, $expected, $what);
	return;
}

sub on_both
{
	my (@statements) = @_;

	foreach my $name (sort keys %node)
	{
		$node{$name}->safe_psql('postgres', join ";\n", 'SET client_min_messages = error', @statements);
	}
	return;
}

# Adds late responses to all months, other ones at each call.
my $changes = 0;

sub change_audit
{
	$changes++;
	on_both(
		qq{UPDATE "Log".audit SET responded_at = responded_at + $changes * interval '1 s' WHERE extract(epoch FROM requested_at) % 17 = $changes % 17},
		qq{SELECT "Log".add_requests(month, 1000 + 10 * $changes, 1005 + 10 * $changes) FROM unnest('{2024-01-01,2024-03-01,2024-04-01}'::date[]) AS month});
	return;
}

my $refresh = q{CALL pmr.refresh('audit', '2024-01-01', '2024-04-30', '2024-06-10 00:00+00')};

are_same('before any crash');

# ---------------------------------------------------------------------------
# Crashes during a refresh of three months
# ---------------------------------------------------------------------------

my $turn = 0;
foreach my $gate (
	'refresh_log INSERT 1',
	'rollup_part INSERT 1',
	'rollup_part INSERT 100',
	'rollup_stratum DELETE 1',
	'rollup_stratum DELETE 100',
	'rollup_month DELETE 2',
	'rollup_stratum INSERT 1',
	'rollup_stratum INSERT 100',
	'rollup_month INSERT 3',
	'rollup_part DELETE 50',
	'refresh_log UPDATE 1',
	'refresh_log UPDATE 3',
	'refresh_log UPDATE 4')
{
	my $how = $how[ $turn++ % 2 ];

	change_audit();
	crash_at($how, 'postgres', $gate, $refresh);
	on_both($refresh);
	are_same("$how at $gate", only => qr/^rows of rollup|^changed/);
}
are_same('refreshed');

# ---------------------------------------------------------------------------
# Crashes during a single transaction
# ---------------------------------------------------------------------------

my @own_rows = (
	'BEGIN',
	q{INSERT INTO pmr.target_response_time (srv, mode, target, source) VALUES ('7.1', 'on_demand', '20 s', 'late'), ('11.3', 'on_demand', '20 s', 'late')},
	q{UPDATE pmr.target_response_time SET target = '33 s' WHERE srv = '1.1.1' AND valid_from = '-infinity' AND NOT builtin},
	q{INSERT INTO pmr.response_code (code, class, description, source) VALUES ('X', 'no_response', 'late', 'late')},
	q{UPDATE pmr.service_reference_variant SET answered_by = 'response' WHERE srv = '7.1' AND NOT builtin},
	q{INSERT INTO pmr.business_process_srv (business_process, srv, report_row, description, source) VALUES ('boost', '7.1', 37, 'late', 'late')},
	q{DELETE FROM pmr.service_level WHERE measure = 'boost'},
	q{INSERT INTO pmr.business_process (business_process, name, report_order, source) VALUES ('late', 'Late', 11, 'late')},
	q{INSERT INTO pmr.party_access VALUES ('member', 'P2')},
	q{UPDATE pmr.disclosure_rule SET min_group_requests = 4},
	q{UPDATE pmr.party SET supplier_group = 'Moved' WHERE party = 'P5'},
	'COMMIT');
my @operations = (
	[ 'add_source', [q{SELECT pmr.add_source('third', '"Log".audit', '{region,firmware}')}], 'source INSERT 1' ],
	[ 'first refresh of a source', [q{CALL pmr.refresh('third', as_of => '2024-03-20 00:00+00')}], 'rollup_stratum INSERT 30' ],
	[ 'publish', [q{CALL pmr.publish('audit', '2024-03-01')}],
		'publication INSERT 1', 'publication_cell INSERT 200', 'publication_figure INSERT 50', 'publication_figure UPDATE 1' ],
	[ 'withdraw', [q{SELECT pmr.withdraw('audit', '2024-01-01')}], 'publication DELETE 1', 'publication_figure DELETE 30' ],
	[ 'rows of reference tables', \@own_rows,
		'target_response_time INSERT 2', 'response_code INSERT 1', 'service_level DELETE 1', 'party UPDATE 1' ],
	[ 'drop_source', [q{SELECT pmr.drop_source('third')}], 'source DELETE 1', 'rollup_stratum DELETE 100' ],
	[ 'ALTER EXTENSION UPDATE', [q{ALTER EXTENSION pmr_metrics UPDATE TO 'next'}],
		'target_response_time DELETE 1', 'response_code INSERT 1', 'ALTER TABLE 1', 'CREATE FUNCTION 1' ]);
foreach my $operation (@operations)
{
	my ($what, $statements, @gates) = @$operation;

	foreach my $gate (@gates)
	{
		my $how = $how[ $turn++ % 2 ];

		crash_at($how, 'postgres', $gate, @$statements);
		are_same("$how in $what at $gate: the changes are gone", only => qr/$stored|configuration/);
	}
	# uncommitted changes do not influence the next refresh
	change_audit();
	on_both($refresh);
	are_same("refreshed without $what");
	on_both(@$statements);
	change_audit();
	on_both($refresh);
	are_same("$what, and refreshed");
}
is($crashing->safe_psql('postgres', q{SELECT extversion, (SELECT count(*) FROM pmr.publication) FROM pg_extension WHERE extname = 'pmr_metrics'}),
	'next|1', 'the repeated commands are complete');

# ---------------------------------------------------------------------------
# Crashes during CREATE EXTENSION and DROP EXTENSION
# ---------------------------------------------------------------------------

my $objects = q{SELECT type, identity FROM pg_depend, pg_identify_object(classid, objid, objsubid)
	WHERE deptype = 'e' AND refobjid = (SELECT oid FROM pg_extension WHERE extname = 'pmr_metrics') ORDER BY 1, 2};
foreach my $gate ('CREATE SCHEMA 1', 'CREATE TABLE 10', 'CREATE PROCEDURE 2', 'GRANT 2', 'CREATE EXTENSION 1')
{
	my $how = $how[ $turn++ % 2 ];

	crash_at($how, 'other', $gate, 'CREATE EXTENSION pmr_metrics');
	is($crashing->safe_psql('other', q{SELECT (SELECT count(*) FROM pg_extension WHERE extname = 'pmr_metrics'), to_regnamespace('pmr')}),
		'0|', "$how in CREATE EXTENSION at $gate: no objects are left");
}
$node{$_}->safe_psql('other', 'CREATE EXTENSION pmr_metrics') foreach sort keys %node;
is($crashing->safe_psql('other', $objects), $node{calm}->safe_psql('other', $objects), 'CREATE EXTENSION then makes all objects');
foreach my $how (@how)
{
	crash_at($how, 'other', 'DROP EXTENSION 1', 'DROP EXTENSION pmr_metrics CASCADE');
	is($crashing->safe_psql('other', $objects), $node{calm}->safe_psql('other', $objects), "$how in DROP EXTENSION: all objects are there");
}

# ---------------------------------------------------------------------------

# All reports at the end.
are_same('in the end', only => qr/./, without => qr/refresh_log/);

$node{$_}->stop foreach sort keys %node;
done_testing();
