# Each count of a rollup equals that of an oracle: plain SQL over the audit rows
# that uses the reference tables and no function of the extension.  The rows are
# two generated months, in which every shape of row is planted, and dense random
# combinations of corner values.

use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('counts');
$node->init;
$node->append_conf(
	'postgresql.conf', q{
timezone = 'UTC'
fsync = off
jit = off
work_mem = '64MB'
enable_mergejoin = off
});
$node->start;
my $dir = PostgreSQL::Test::Utils::tempdir;

my @counts = qw(requests met missed pending not_measured invalid answered success rejected failed no_response
  unclassified met_success met_rejected missed_rejected pre_commands local_commands cancelled);
my @keys = qw(month day party srv mode device_generation user_role qualifier business_process);

# A time among the rows, so that requests are pending, and the end of the last
# month.  No request is sent at either.
my ($middle, $end) = ('2025-11-05 10:00:00.0005+00', '2025-12-01 00:00+00');

# Rows

system_or_bail(split(' ', $ENV{CC} // 'cc'), '-std=c99', '-O2', '-o', "$dir/audit_table", 'test/data/audit_table.c', '-lm');
system_or_bail('sh', '-c', "$dir/audit_table --rows 60000 --month 2025-10 --months 2 >$dir/sr_log.csv");
$node->safe_psql('postgres', 'CREATE EXTENSION pmr_metrics;' . slurp_file('test/data/audit_table.sql'));
$node->safe_psql('postgres', "COPY audit.sr_log FROM '$dir/sr_log.csv' WITH (FORMAT csv, HEADER)");

# What is planted in the generated rows, so that the comparison below is not one
# of rows that all are alike.
my $device_srvs = "('1.1.1', '1.6', '2.1', '6.15.1', '6.23', '11.3')";
my %planted = (
	'accepted, and all instructions done' => "exec_ok AND exec_done = exec_total AND response_at < execute_at - interval '1 hour' AND exec_reported_at > execute_at",
	'one instruction of one' => "exec_ok AND exec_total = 1 AND srv_code IN ('11.3', '6.23')",
	'an instruction failed' => 'NOT exec_ok AND exec_done < exec_total AND exec_reported_at > execute_at',
	'alerts are missing' => 'exec_ok AND exec_done < exec_total',
	'accepted, and never executed' => "srv_code IN $device_srvs AND response_at < execute_at AND payload_ok AND exec_reported_at IS NULL AND withdrawn_at IS NULL AND execute_at < '2025-11-28'",
	'accepted after its execution time' => 'exec_reported_at IS NOT NULL AND response_at > execute_at',
	'accepted, and cancelled' => 'payload_ok AND withdrawn_at BETWEEN response_at AND execute_at AND exec_reported_at IS NULL',
	'cancelled too late' => 'withdrawn_at > execute_at AND exec_reported_at IS NOT NULL',
	'executed before its time' => 'exec_reported_at < execute_at',
	'held by the DSP' => "srv_code = '6.23' AND run_mode = 'future_dated' AND response_at > execute_at AND exec_total IS NULL",
	(map { ("refused in the payload, $_" => "NOT payload_ok AND result_code = 'I0' AND run_mode = '$_'") } qw(on_demand future_dated dcc_scheduled)),
	(map { ("$_ of a meter data retriever" => "user_role_code = 'MDR' AND srv_code = '$_'") } qw(4.1.1 4.2 4.8.1)),
	(map { my ($srv, $kind, $total) = @$_; ("$total instructions of $srv, $kind" => "srv_code = '$srv' AND device_kind = '$kind' AND exec_total = $total") }
		[ '1.1.1', 'ESME', 6 ], [ '1.1.1', 'GSME', 5 ], [ '2.1', 'ESME', 9 ], [ '2.1', 'GSME', 6 ], [ '1.6', 'ESME', 2 ]),
	'scheduled, without an id' => "sr_id IS NULL AND run_mode = 'dcc_scheduled'",
	'command variant 9' => 'cmd_variant = 9',
	'pre-commands' => 'cmd_variant = 4',
	'local commands' => 'cmd_variant IN (2, 6)',
	'an error that is not listed' => "result_code LIKE 'E%' AND result_code NOT IN (SELECT code FROM pmr.response_code)",
	'an alert as the response code, id in lower case' => "result_code = 'N24' AND result_code NOT IN (SELECT code FROM pmr.response_code) AND sr_id = lower(sr_id)",
	'nothing after the acknowledgement' => "result_code = 'I99' AND run_mode = 'on_demand'",
	'no response' => "result_code IN ('E20', 'E21', 'E30')");
my %planted_pairs = (
	'the same row twice' => "to_jsonb(a) - 'place' = to_jsonb(b) - 'place'",
	'the same request, and a later response' => 'b.sent_at = a.sent_at AND b.response_at > a.response_at',
	'the first without a response' => 'a.response_at IS NULL AND b.response_at IS NOT NULL',
	'ids in either case' => 'a.sr_id <> b.sr_id',
	'a copy in the next month' => "a.sent_at < '2025-11-01' AND b.sent_at >= '2025-11-01' AND a.run_mode <> 'dcc_scheduled'",
	'a copy of a scheduled answer' => "a.run_mode = 'dcc_scheduled' AND a.execute_at = b.execute_at",
	'the id of a schedule' => "a.run_mode = 'dcc_scheduled' AND a.sr_id = b.sr_id AND b.execute_at > a.execute_at + interval '1 day'",
	'a copy of a pre-command' => 'a.cmd_variant = 4 AND b.cmd_variant = 4');

# The kinds of a hash that no row has.
sub missing_kinds
{
	my ($kinds, $from) = @_;
	my $query = join ' UNION ALL ', map { "SELECT '$_' WHERE NOT EXISTS (SELECT FROM $from WHERE $kinds->{$_})" } sort keys %$kinds;
	return $node->safe_psql('postgres', $query);
}

is(missing_kinds(\%planted, 'audit.sr_log'), '', 'rows of each kind are planted');
$node->safe_psql(
	'postgres', q{
CREATE TABLE repeated AS
SELECT row_number() OVER () AS place, * FROM audit.sr_log
WHERE lower(sr_id) IN (SELECT lower(sr_id) FROM audit.sr_log GROUP BY 1 HAVING count(*) > 1)});
is(missing_kinds(\%planted_pairs, 'repeated AS a JOIN repeated AS b ON lower(a.sr_id) = lower(b.sr_id) AND a.place < b.place'), '', 'copies of each kind are planted');

# The columns that sources had before executions, payloads and roles were read.
my $old_columns = q{
	supplier_code AS party, srv_code AS srv, run_mode AS mode, sent_at AS requested_at, response_at AS responded_at,
	result_code AS response_code, generation_code AS device_generation, body_variant AS qualifier,
	process_hint AS business_process, execute_at AS due_at, delivered_all_at AS delivered_at, sr_id AS request_id,
	cmd_variant AS command_variant, withdrawn_at AS cancelled_at};
$node->safe_psql(
	'postgres', qq{
CREATE VIEW generated_old AS SELECT $old_columns FROM audit.sr_log;
CREATE VIEW generated AS
SELECT $old_columns, user_role_code AS user_role, payload_ok AS message_success, exec_reported_at AS executed_at,
	exec_ok AS execution_success, exec_done AS instructions_done, exec_total AS instructions_total
FROM audit.sr_log;

/* Targets that change within a month, targets of roles, and a code of the user's. */
INSERT INTO pmr.target_response_time (srv, mode, device_generation, user_role, valid_from, target, source) VALUES
	('4.8.1', 'on_demand', 'any', 'any', '2025-10-16', '8 s', 'test'),
	('6.8', 'on_demand', 'any', 'any', '2025-10-20', NULL, 'test'),
	('2.2', 'on_demand', 'any', 'GS', '-infinity', '1 min', 'test'),
	('4.17', 'on_demand', 'smets1', 'GS', '-infinity', '12 s', 'test'),
	('4.17', 'on_demand', 'any', 'GS', '-infinity', '6 s', 'test');
INSERT INTO pmr.response_code (code, mode, class, description, source) VALUES
	('E4', 'any', 'failed', 'class of the user', 'test'),
	('E5', 'dcc_scheduled', 'no_response', 'class of the user, for one mode', 'test');
});

# Random tables: each column takes one of a few corner values, among them ties
# with as_of and with the target.
my $pick = sub { my @values = @_; return 'CASE floor(random() * ' . @values . ') ' . join(' ', map { "WHEN $_ THEN $values[$_]" } 0 .. $#values) . ' END' };
foreach my $seed (1, 2)
{
	my $times = sub {
		my ($first, @more) = @_;
		return $pick->('NULL', $first, "$first - interval '1 us'", "$first + interval '30 s'", "$first + interval '30.000001 s'",
			"$first + interval '1 day'", "$first + interval '1 day 1 us'", @more);
	};
	my @limits = ("timestamptz '$middle'", "timestamptz '$middle' + interval '1 us'", "'infinity'", "'-infinity'");
	$node->safe_psql(
		'postgres', qq{
SELECT setseed(0.0$seed);
CREATE TABLE random_$seed AS
SELECT q.*,
	} . $times->('requested_at', $times->('due_at'), $times->('due_at'), @limits) . qq{ AS responded_at,
	} . $times->('due_at', 'requested_at', @limits) . qq{ AS executed_at,
	} . $times->('requested_at', "requested_at + interval '5 days'", @limits) . qq{ AS delivered_at,
	} . $pick->(('NULL') x 12, 'requested_at', 'due_at', "due_at - interval '1 us'", @limits) . qq{ AS cancelled_at
FROM (SELECT *, } . $pick->('NULL', 'requested_at', "requested_at - interval '1 day'", "requested_at + interval '10.12 s'",
		("requested_at + interval '2 days'") x 3, "'infinity'", "'-infinity'") . qq{ AS due_at
	FROM (SELECT i,
			} . $pick->("'ACME'", "'BETA'", "''", 'NULL') . qq{ AS party,
			} . $pick->(map({ "'$_'" } '1.1.1', '6.23', '4.1.1', '4.2', '4.8.1', '11.1', '11.3', '2.2', '77.1', ''), 'NULL') . qq{ AS srv,
			} . $pick->(("'future_dated'") x 4, "'on_demand'", "'dcc_scheduled'", "'non_device'", "'other'", 'NULL') . qq{ AS mode,
			} . $pick->("'smets1'", "'smets2'", "'SMETS2'", 'NULL') . qq{ AS device_generation,
			timestamptz '2025-10-01' + floor(random() * 62 * 24) * interval '1 hour' + i * interval '10 ms' AS requested_at,
			} . $pick->(("'I0'") x 5, map({ "'$_'" } 'I99', 'E4', 'E5', 'E21', 'E30', 'E97', 'E', 'N24', ''), 'NULL') . qq{ AS response_code,
			} . $pick->('NULL', 'NULL', 'true', 'false') . qq{ AS message_success,
			} . $pick->('NULL', 'true', 'false') . qq{ AS execution_success,
			} . $pick->('NULL', 0, 1, 6, 7, -1) . qq{ AS instructions_done,
			} . $pick->('NULL', 0, 1, 6, -6) . qq{ AS instructions_total,
			} . $pick->(1, 1, 5, 9, 0, -3, 'NULL', 2, 4, 6) . qq{ AS command_variant,
			} . $pick->('NULL', "''", "'A:' || floor(random() * 300)", "'a:' || floor(random() * 300)") . qq{ AS request_id,
			} . $pick->(map({ "'$_'" } 'IS', 'GS', 'MDR', 'ZZ', ''), 'NULL') . qq{ AS user_role
		FROM generate_series(1, 12000) AS i) AS q) AS q
});
}

# As a log that has times as text, with fractions of one to six digits.
my @time_columns = qw(requested_at due_at responded_at executed_at delivered_at cancelled_at);
$node->safe_psql(
	'postgres', q{
CREATE TABLE random_text AS SELECT party, srv, mode, device_generation, response_code, message_success, execution_success,
	instructions_done, instructions_total, command_variant, request_id, user_role, } . join(', ', map { "$_\::text" } @time_columns) . q{ FROM random_2;
CREATE VIEW random_cast AS SELECT party, srv, mode, device_generation, response_code, message_success, execution_success,
	instructions_done, instructions_total, command_variant, request_id, user_role, } . join(', ', map { "$_\::timestamptz" } @time_columns) . q{ FROM random_text;
});
cmp_ok($node->safe_psql('postgres', "SELECT count(*) FROM random_text WHERE requested_at ~ '[.][0-9]{$_}[+]'"), '>', 0, "times with fractions of $_ digits") foreach 1, 2;

# Oracle

# The target of each SRV, mode, generation and role, known or not, between two
# times.
$node->safe_psql(
	'postgres', q{
CREATE TABLE named_role AS SELECT DISTINCT user_role FROM pmr.target_response_time WHERE user_role <> 'any';
CREATE TABLE dsp_srv AS
SELECT srv FROM (SELECT DISTINCT ON (srv) srv, future_dated FROM pmr.service_reference_variant ORDER BY srv, builtin) AS v WHERE future_dated = 'dsp';
CREATE TABLE device_srv AS
SELECT srv FROM (SELECT DISTINCT ON (srv) srv, future_dated FROM pmr.service_reference_variant ORDER BY srv, builtin) AS v WHERE future_dated = 'device';
CREATE TABLE oracle_target AS
WITH period AS (
	SELECT valid_from, lead(valid_from, 1, 'infinity') OVER (ORDER BY valid_from) AS valid_until
	FROM (SELECT DISTINCT valid_from FROM pmr.target_response_time) AS t
), cell AS (                    -- of a known mode, generation and role
	SELECT p.*, s.srv, m.mode, g.device_generation, r.user_role, found.srv IS NOT NULL AS found, found.target
	FROM period AS p
		CROSS JOIN (SELECT DISTINCT srv FROM pmr.target_response_time) AS s
		CROSS JOIN unnest('{on_demand,future_dated,dcc_scheduled,non_device}'::text[]) AS m (mode)
		CROSS JOIN unnest('{smets1,smets2}'::text[]) AS g (device_generation)
		CROSS JOIN (SELECT 'any' AS user_role UNION SELECT user_role FROM named_role) AS r
		LEFT JOIN LATERAL (
			SELECT t.*
			FROM pmr.target_response_time AS t
			WHERE t.srv = s.srv AND t.mode = m.mode AND t.valid_from <= p.valid_from
			  AND t.device_generation IN (g.device_generation, 'any')
			  AND t.user_role IN (r.user_role, 'any')
			ORDER BY t.user_role = 'any', t.device_generation = 'any', t.builtin, t.valid_from DESC
			LIMIT 1) AS found ON true
), generation AS (              -- a generation, or all that it can be
	SELECT valid_from, valid_until, srv, mode, device_generation, user_role, found, true AS certain, target FROM cell
	UNION ALL
	SELECT valid_from, valid_until, srv, mode, 'unknown', user_role, bool_or(found), bool_and(found) AND count(DISTINCT coalesce(target::text, '')) = 1, min(target)
	FROM cell
	GROUP BY valid_from, valid_until, srv, mode, user_role
), mode AS (
	SELECT valid_from, valid_until, srv, mode, device_generation, user_role, CASE WHEN certain THEN target END AS target FROM generation
	UNION ALL
	SELECT valid_from, valid_until, srv, 'unknown', device_generation, user_role,
		CASE WHEN bool_and(certain AND mode <> 'non_device') FILTER (WHERE found) AND count(DISTINCT coalesce(target::text, '')) FILTER (WHERE found) = 1 THEN min(target) END
	FROM generation
	GROUP BY valid_from, valid_until, srv, device_generation, user_role
)
SELECT * FROM mode
UNION ALL
SELECT valid_from, valid_until, srv, mode, device_generation, 'unknown',
	CASE WHEN count(DISTINCT coalesce(target::text, '')) = 1 THEN min(target) END
FROM mode
GROUP BY valid_from, valid_until, srv, mode, device_generation;
CREATE INDEX ON oracle_target (srv, mode, device_generation, user_role);

CREATE TABLE oracle_class AS
SELECT DISTINCT ON (c.code, m.mode) c.code, m.mode, c.class
FROM pmr.response_code AS c, unnest('{on_demand,future_dated,dcc_scheduled,non_device,unknown}'::text[]) AS m (mode)
WHERE c.mode IN (m.mode, 'any')
ORDER BY c.code, m.mode, c.mode = 'any', c.builtin;
ANALYZE;
});

# What can be read of each row as of a time.
sub read_rows
{
	my (%source) = @_;
	my %own = map { $_ => 1 } split /\n/, $node->safe_psql('postgres', "SELECT attname FROM pg_attribute WHERE attrelid = '$source{relation}'::regclass");
	my $column = sub { my ($name, $type) = @_; return $own{$name} ? "r.$name" : "NULL::$type" };
	my $until = sub { my ($name) = @_; my $at = $column->($name, 'timestamptz'); return "CASE WHEN $at <= a.as_of THEN $at END AS $name" };
	my $seen = sub { my ($name, $type) = @_; return 'CASE WHEN (r.responded_at > a.as_of) IS NOT TRUE THEN ' . $column->($name, $type) . " END AS $name" };
	return qq{
SELECT row_number() OVER () AS row_number, a.as_of, coalesce(r.party, '') AS party, coalesce(r.srv, '') AS srv,
	CASE WHEN r.mode IN ('on_demand', 'future_dated', 'dcc_scheduled', 'non_device') THEN r.mode ELSE 'unknown' END AS mode,
	CASE WHEN r.device_generation IN ('smets1', 'smets2') THEN r.device_generation ELSE 'unknown' END AS device_generation,
	} . ($own{user_role} ? q{CASE WHEN r.user_role IN (SELECT user_role FROM named_role) THEN r.user_role WHEN r.user_role <> '' THEN 'any' ELSE 'unknown' END} : q{'any'}) . qq{ AS user_role,
	coalesce(} . $column->('qualifier', 'text') . qq{, '') AS qualifier, coalesce(} . $column->('business_process', 'text') . qq{, '') AS business_process,
	r.requested_at, r.due_at, (r.requested_at AT TIME ZONE '$source{zone}')::date AS day, r.command_variant, nullif(lower(r.request_id), '') AS id,
	} . join(', ', map({ $until->($_) } qw(responded_at executed_at delivered_at cancelled_at)), $seen->('response_code', 'text'), $seen->('message_success', 'boolean'),
		map({ $column->(@$_) . " AS $_->[0]" } [ 'execution_success', 'boolean' ], [ 'instructions_done', 'integer' ], [ 'instructions_total', 'integer' ])) . qq{,
	} . ($own{executed_at} ? 'true' : 'false') . qq{ AS execution_known, r.srv IN (SELECT srv FROM device_srv) AS by_device, r.srv = '11.1' AS by_delivery
FROM $source{relation} AS r, (SELECT timestamptz '$source{as_of}' AS as_of) AS a
WHERE r.requested_at < a.as_of};
}

# Start, answer and class of each row.  executions: future-dated commands are
# answered by their execution.
my $new_rules = q{
SELECT *,
	CASE
		WHEN mode IN ('on_demand', 'non_device') OR mode = 'unknown' AND due_at IS NULL THEN requested_at
		WHEN mode = 'unknown' OR step = 'accepted' AND NOT execution_known THEN NULL
		WHEN response_class IN ('rejected', 'failed') AND responded_at < due_at THEN requested_at
		ELSE due_at
	END AS started_at,
	CASE WHEN by_delivery AND response_class NOT IN ('rejected', 'failed') THEN delivered_at
		WHEN step = 'ended' THEN executed_at
		WHEN step <> 'accepted' THEN response_at
	END AS answered_at,
	CASE WHEN step = 'ended' AND execution_success IS FALSE THEN 'failed' WHEN step = 'ended' THEN 'success' WHEN step = 'accepted' THEN 'acknowledged' ELSE response_class END AS class
FROM (
	SELECT *,
		CASE
			WHEN mode <> 'future_dated' OR by_delivery THEN 'other mode'
			WHEN response_class IN ('rejected', 'failed') THEN 'turned down'
			WHEN isfinite(executed_at) AND (execution_success IS FALSE OR (instructions_done < instructions_total) IS NOT TRUE) THEN 'ended'
			WHEN response_at < due_at AND isfinite(due_at) AND srv NOT IN (SELECT srv FROM dsp_srv) OR execution_known AND by_device AND response_class = 'success' AND response_at IS NOT NULL THEN 'accepted'
			ELSE 'answered'
		END AS step
	FROM (
		SELECT *, CASE WHEN response_class IN ('success', 'rejected', 'failed', 'not listed', 'no code') THEN responded_at END AS response_at
		FROM (
			SELECT r.*,
				CASE
					WHEN message_success IS FALSE AND responded_at IS NOT NULL AND (c.class IS NULL OR c.class = 'success') THEN 'failed'
					WHEN r.response_code IS NULL THEN 'no code'
					WHEN c.class IS NOT NULL THEN c.class
					WHEN r.response_code LIKE 'E%' THEN 'error not listed'
					ELSE 'not listed'
				END AS response_class
			FROM read_row AS r LEFT JOIN oracle_class AS c ON c.code = r.response_code AND c.mode = r.mode
		) AS r
	) AS r
) AS r};

# The rules before there were executions, except for the two changes that every
# source gets: an error that is not listed is no answer, and an acceptance is not
# invalid but not measured.
my $old_rules = q{
SELECT *, CASE WHEN NOT accepted THEN early_start END AS started_at, CASE WHEN NOT accepted THEN early_answer END AS answered_at,
	CASE WHEN accepted THEN 'acknowledged' ELSE response_class END AS class
FROM (
	SELECT *, mode = 'future_dated' AND NOT by_delivery AND response_class NOT IN ('rejected', 'failed') AND coalesce(early_answer < early_start, false) AND srv NOT IN (SELECT srv FROM dsp_srv) AS accepted
	FROM (
		SELECT r.*,
			coalesce(c.class, CASE WHEN r.response_code IS NULL THEN 'no code' WHEN r.response_code LIKE 'E%' THEN 'error not listed' ELSE 'not listed' END) AS response_class,
			CASE WHEN r.mode IN ('on_demand', 'non_device') THEN requested_at
				WHEN r.mode = 'unknown' THEN CASE WHEN due_at IS NULL THEN requested_at END
				WHEN c.class IN ('rejected', 'failed') AND responded_at < due_at THEN requested_at
				ELSE due_at END AS early_start,
			CASE WHEN by_delivery AND (c.class IN ('rejected', 'failed')) IS NOT TRUE THEN delivered_at
				WHEN c.class IN ('success', 'rejected', 'failed') OR c.class IS NULL AND (r.response_code LIKE 'E%') IS NOT TRUE THEN responded_at END AS early_answer
		FROM read_row AS r LEFT JOIN oracle_class AS c ON c.code = r.response_code AND c.mode = r.mode
	) AS r
) AS r};

# Rows of a source, with their outcomes.  is_copy: an answered copy of the same day
# or of an adjacent one counts instead, or one of the day before, or one of the
# same day that was answered earlier.
sub placed_rows
{
	my (%source) = @_;
	return qq{
WITH read_row AS MATERIALIZED (} . read_rows(%source) . qq{
), ruled AS MATERIALIZED (} . $source{rules} . qq{
), request AS MATERIALIZED (
	SELECT r.*,
		CASE
			WHEN command_variant = 4 THEN 'pre_command'
			WHEN command_variant IN (2, 6) THEN 'local_command'
			WHEN isfinite(cancelled_at) AND (cancelled_at < due_at OR due_at IS NULL) AND class <> 'success' THEN 'cancelled'
			WHEN started_at IS NULL OR NOT isfinite(started_at) THEN 'not_measured'
			WHEN answered_at < started_at THEN 'invalid'
			WHEN t.target IS NULL THEN 'not_measured'
			WHEN as_of <= started_at + t.target THEN 'pending'
			WHEN answered_at <= started_at + t.target THEN 'met'
			ELSE 'missed'
		END AS outcome,
		coalesce(isfinite(answered_at), false) AS is_answered
	FROM ruled AS r LEFT JOIN oracle_target AS t
		ON t.srv = r.srv AND t.mode = r.mode AND t.device_generation = r.device_generation AND t.user_role = r.user_role
		AND r.started_at >= t.valid_from AND (r.started_at < t.valid_until OR t.valid_until = 'infinity')
), keyed AS MATERIALIZED (
	SELECT *,
		CASE WHEN id IS NOT NULL AND (command_variant IN (2, 4, 6)) IS NOT TRUE AND (mode <> 'dcc_scheduled' OR due_at IS NOT NULL)
			THEN jsonb_build_array(party, srv, id, CASE mode WHEN 'dcc_scheduled' THEN due_at END)::text ELSE row_number::text END AS copy_of
	FROM request
), copy_day AS MATERIALIZED (
	SELECT copy_of, day, count(*) > 0 AS any_row, count(answered_at) > 0 AS answered FROM keyed GROUP BY copy_of, day
)
SELECT date_trunc('month', r.day::timestamp)::date AS month, r.*,
	row_number() OVER (PARTITION BY r.copy_of, r.day ORDER BY answered_at, requested_at, row_number) > 1
		OR coalesce(CASE WHEN answered_at IS NULL THEN before.any_row ELSE before.answered END, false)
		OR answered_at IS NULL AND coalesce(after.answered, false) AS is_copy
FROM keyed AS r LEFT JOIN copy_day AS before ON before.copy_of = r.copy_of AND before.day = r.day - 1
	LEFT JOIN copy_day AS after ON after.copy_of = r.copy_of AND after.day = r.day + 1};
}

# All counts of these rows, by the keys of the rollup, by day and by month.
sub oracle
{
	my (%source) = @_;
	my $keys = join ', ', grep { $_ !~ /^(month|day)$/ } @keys;
	return qq{
WITH counted AS (
	SELECT *, outcome NOT IN ('pre_command', 'local_command', 'cancelled', 'pending', 'invalid') AS settled
	FROM placed} . ($source{count_copies} ? '' : ' WHERE NOT is_copy') . qq{
)
SELECT month, day, $keys,
	count(*) FILTER (WHERE outcome NOT IN ('pre_command', 'local_command', 'cancelled')) AS requests,
	count(*) FILTER (WHERE outcome = 'met') AS met,
	count(*) FILTER (WHERE outcome = 'missed') AS missed,
	count(*) FILTER (WHERE outcome = 'pending') AS pending,
	count(*) FILTER (WHERE outcome = 'not_measured') AS not_measured,
	count(*) FILTER (WHERE outcome = 'invalid') AS invalid,
	count(*) FILTER (WHERE settled AND is_answered) AS answered,
	count(*) FILTER (WHERE settled AND is_answered AND class = 'success') AS success,
	count(*) FILTER (WHERE settled AND is_answered AND class = 'rejected') AS rejected,
	count(*) FILTER (WHERE settled AND is_answered AND class = 'failed') AS failed,
	count(*) FILTER (WHERE settled AND class = 'no_response') AS no_response,
	count(*) FILTER (WHERE settled AND (is_answered AND class = 'no code' OR class IN ('not listed', 'error not listed'))) AS unclassified,
	count(*) FILTER (WHERE outcome = 'met' AND class = 'success') AS met_success,
	count(*) FILTER (WHERE outcome = 'met' AND class = 'rejected') AS met_rejected,
	count(*) FILTER (WHERE outcome = 'missed' AND is_answered AND class = 'rejected') AS missed_rejected,
	count(*) FILTER (WHERE outcome = 'pre_command') AS pre_commands,
	count(*) FILTER (WHERE outcome = 'local_command') AS local_commands,
	count(*) FILTER (WHERE outcome = 'cancelled') AS cancelled
FROM counted
GROUP BY GROUPING SETS ((month, day, $keys), (month, $keys))};
}

# Comparison

my $cells = 0;

# Refreshes a source as of a time, and compares all its counts.
sub compare
{
	my (%source) = @_;
	my $name = "$source{source}, as of $source{as_of}";
	my $keys = join ', ', @keys;
	my $sums = join ', ', map { "sum($_)::bigint AS $_" } @counts;
	my $notices = '';
	$node->psql('postgres', "CALL pmr.refresh('$source{source}', as_of => '$source{as_of}')", stderr => \$notices, on_error_die => 1);
	my $result = $node->safe_psql(
		'postgres', qq{
CREATE TEMPORARY TABLE placed AS } . placed_rows(%source) . qq{;
CREATE TEMPORARY TABLE expected AS } . oracle(%source) . qq{;
CREATE TEMPORARY TABLE found AS
SELECT $keys, $sums FROM pmr.rollup WHERE source = '$source{source}' AND factor = 'all' GROUP BY $keys;
SELECT count(*) * } . @counts . qq{ FROM expected;
SELECT coalesce(string_agg(concat_ws(' ', m.month, party, m.repeated, 'copies, expected', p.repeated), ', '), 'none')
FROM (SELECT month, party, repeated FROM pmr.rollup_month AS m, unnest(m.parties, m.duplicates) AS p (party, repeated) WHERE source = '$source{source}') AS m
	FULL JOIN (SELECT month, party, } . ($source{count_copies} ? q{count(*) - count(DISTINCT (day, copy_of))} : q{count(*) FILTER (WHERE is_copy)}) . q{ AS repeated FROM placed GROUP BY month, party) AS p
	USING (month, party)
WHERE m.repeated IS DISTINCT FROM p.repeated;
SELECT coalesce(string_agg(d, E'\\n'), '')
FROM (
	SELECT concat_ws(' ', CASE WHEN e.month IS NULL THEN 'not expected: ' || f WHEN f.month IS NULL THEN 'not found: ' || e ELSE format(E'%s\\nexpected instead of\\n%s', e, f) END) AS d
	FROM expected AS e FULL JOIN found AS f ON } . join(' AND ', map { $_ eq 'day' ? "coalesce(e.$_, '0001-01-01') = coalesce(f.$_, '0001-01-01')" : "e.$_ = f.$_" } @keys) . qq{
	WHERE (} . join(', ', map { "e.$_" } @counts) . ') IS DISTINCT FROM (' . join(', ', map { "f.$_" } @counts) . qq{)
	LIMIT 6) AS d});
	my ($compared, $copies, $differences) = split /\n/, $result, 3;
	is($differences // '', '', "$name: $compared counts");
	is($copies, 'none', "$name: other numbers of copies");
	$cells += $compared;
	return;
}

my @sources = (
	{ source => 'rows', relation => 'generated', zone => 'UTC', count_copies => 1, rules => $new_rules },
	{ source => 'once', relation => 'generated', zone => 'Europe/London', count_copies => 0, rules => $new_rules },
	{ source => 'old', relation => 'generated_old', zone => 'UTC', count_copies => 1, rules => $old_rules },
	{ source => 'random rows', relation => 'random_1', zone => 'Europe/London', count_copies => 1, rules => $new_rules },
	{ source => 'random once', relation => 'random_cast', zone => 'UTC', count_copies => 0, rules => $new_rules });

foreach my $source (@sources)
{
	$node->safe_psql('postgres', "SELECT pmr.add_source('$source->{source}', '$source->{relation}', report_timezone => '$source->{zone}', count_copies => "
		  . ($source->{count_copies} ? 'true' : 'false') . ')');
	compare(%$source, as_of => $_) foreach $middle, $source->{source} eq 'old' ? () : $end;
}
note "$cells counts compared";

$node->stop;
done_testing();
