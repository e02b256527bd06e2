# Reads 200,000 damaged values of the types, each by its own COPY, in
# text and binary format, with little memory.  Each is either a valid value,
# which is stored and returned unchanged, or an error about the bytes.

use strict;
use warnings;

use IO::Socket::UNIX;
use MIME::Base64;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $ninputs = 25000;    # of each type and format
my $batch = 100;        # the results of a batch must fit the socket's buffer
my $spare_mb = 48;

my $node = PostgreSQL::Test::Cluster->new('copy');
$node->init;
$node->append_conf(
	'postgresql.conf', q{
shared_buffers = '16MB'
statement_timeout = '20s'
jit = off
log_min_messages = 'fatal'
log_min_error_statement = 'panic'
});
$node->start;
$node->safe_psql(
	'postgres', q{
CREATE EXTENSION pmr_metrics;
CREATE AGGREGATE sketch_state(float8) (SFUNC = pmr.rtt_sketch_transfn, STYPE = pmr.rtt_state);
CREATE AGGREGATE percentile_state(float8, float8) (SFUNC = pmr.rtt_percentile_transfn, STYPE = pmr.rtt_state);
CREATE AGGREGATE percentiles_state(float8, float8[]) (SFUNC = pmr.rtt_percentiles_transfn, STYPE = pmr.rtt_state);
CREATE AGGREGATE finish_sketch(pmr.rtt_state) (SFUNC = pmr.rtt_state_combine, STYPE = pmr.rtt_state, FINALFUNC = pmr.rtt_sketch_finalfn);
CREATE AGGREGATE finish_percentile(pmr.rtt_state) (SFUNC = pmr.rtt_state_combine, STYPE = pmr.rtt_state, FINALFUNC = pmr.rtt_percentile_finalfn);
CREATE AGGREGATE finish_percentiles(pmr.rtt_state) (SFUNC = pmr.rtt_state_combine, STYPE = pmr.rtt_state, FINALFUNC = pmr.rtt_percentiles_finalfn);
});

# Valid values: exact and of lower precision, with few and many times, each kind
# of state, and rollups without and with factors.
my %seeds = (
	rollup_state => q{
SELECT pmr.rollup_state_send(pmr.rollup_state(date '2026-10-01' + i % 20, (ARRAY['met', 'missed', 'not_measured', 'cancelled'])[1 + i % 4], 'success', NULL, NULL, NULL)) FROM generate_series(1, 100) AS i
UNION ALL SELECT pmr.rollup_state_send(pmr.rollup_state(date '2026-10-01' + i * i, 'met', NULL, now(), now() + i * interval '1 s', NULL)) FROM generate_series(1, 30) AS i
UNION ALL SELECT pmr.rollup_state_send(pmr.rollup_state('2026-10-01', 'missed', 'rejected', now(), now() + i * interval '1 s', ARRAY[repeat('a value ', 20 * i)])) FROM generate_series(1, 4) AS i
UNION ALL SELECT pmr.rollup_state_send(pmr.rollup_state('2026-10-01', 'met', 'success', NULL, NULL, ARRAY['v' || i % 5, NULL, repeat('xy', i % 7)])) FROM generate_series(1, 50) AS i},
	journey_state => q{
SELECT pmr.journey_state_send(pmr.journey_state((ARRAY['8.11', '8.1.1', '6.8'])[1 + i % 3], NULL, NULL, timestamptz '2026-10-01' + i * interval '1 s', NULL, NULL, NULL, NULL)) FROM generate_series(1, 100) AS i
UNION ALL SELECT pmr.journey_state_send(pmr.journey_state('8.11', 'x', 'ESME', now() - i * interval '1 s', now() + i * interval '1 s', (ARRAY['success', 'failed', NULL])[1 + i % 3], i::text, (i - 1)::text)) FROM generate_series(1, 30) AS i
UNION ALL SELECT pmr.journey_state_send(pmr.journey_state('8.11', '', repeat('y', i), timestamptz '4714-11-24 BC' + i * interval '1 year', '2026-10-01', 'rejected', NULL, 'x')) FROM generate_series(0, 3) AS i},
	rtt_sketch => q{
SELECT pmr.rtt_sketch_send(pmr.rtt_sketch(i / 7.0)) FROM generate_series(1, 30) AS i
UNION ALL SELECT pmr.rtt_sketch_send(pmr.rtt_sketch(i % 5)) FROM generate_series(1, 100) AS i
UNION ALL SELECT pmr.rtt_sketch_send(pmr.rtt_sketch(i)) FROM unnest('{0,9e12,1e-6}'::float8[]) AS i
UNION ALL SELECT pmr.rtt_sketch_send(pmr.rtt_sketch(i * i / 1e6)) FROM generate_series(0, 1024) AS i},
	rtt_state => q{
SELECT pmr.rtt_state_send(sketch_state(i / 7.0)) FROM generate_series(1, 30) AS i
UNION ALL SELECT pmr.rtt_state_send(percentile_state(i % 5, 0.95)) FROM generate_series(1, 100) AS i
UNION ALL SELECT pmr.rtt_state_send(percentiles_state(i, '{0,0.5,0.9,1}')) FROM generate_series(1, 10) AS i
UNION ALL SELECT pmr.rtt_state_send(sketch_state(NULL))
UNION ALL SELECT pmr.rtt_state_send(percentile_state(i * i, 0.5)) FROM generate_series(1, 400) AS i
UNION ALL SELECT pmr.rtt_state_send(sketch_state(i * i / 1e6)) FROM generate_series(0, 1024) AS i});

# The errors that are expected.  A state is not made for tables and can be too
# long for a page; text can be invalid in the encoding.
my %expected = (
	'journey_state text' => [qw(22P02 22021)],
	'journey_state binary' => [qw(22P03)],
	'rollup_state text' => [qw(22P02 22021)],
	'rollup_state binary' => [qw(22P03)],
	'rtt_sketch text' => [qw(22P02 22021)],
	'rtt_sketch binary' => [qw(22P03)],
	'rtt_state text' => [qw(22P02 22021 54000)],
	'rtt_state binary' => [qw(22P03 54000)]);

srand(20211105);

sub below
{
	return int(rand($_[0]));
}

sub one_of
{
	return $_[ below(scalar @_) ];
}

# Changes, deletes and inserts bytes, half of the time among the first 20.
# any_of returns a byte to insert.
sub mutate
{
	my ($bytes, $any_of, $other) = @_;
	foreach (0 .. below(3))
	{
		my $length = length $bytes;
		my $at = below(1 + (below(2) && $length > 20 ? 20 : $length));
		my $what = below(8);
		my $byte = $any_of->();
		if ($what < 2) { substr($bytes, $at, 1) = $byte if $at < $length }
		elsif ($what == 2) { substr($bytes, $at, 1) = chr((ord(substr($bytes, $at, 1)) + 1) % 256) if $at < $length }
		elsif ($what == 3) { substr($bytes, $at, 1 + below(8)) = '' if $at < $length }
		elsif ($what == 4) { substr($bytes, $at, 0) = $byte }
		elsif ($what == 5) { substr($bytes, $at, 0) = substr($bytes, below(1 + $length), 1 + below(16)) }
		elsif ($what == 6) { $bytes = substr($bytes, 0, $at) }
		elsif (!below(50)) { substr($bytes, $at, 0) = $byte x 20000 }
		else { $bytes = substr($bytes, 0, $at) . substr($other, below(1 + length $other)) }
	}
	return $bytes;
}

my @edges = map { chr } 0, 1, 2, 0x3F, 0x40, 0x7F, 0x80, 0xFE, 0xFF;
my @base64 = ('A' .. 'Z', 'a' .. 'z', 0 .. 9, '+', '/');

sub any_byte
{
	return below(2) ? one_of(@edges) : chr(below(256));
}

sub any_character
{
	return one_of(@base64) if below(4);
	return below(4) ? one_of('=', ' ', "\n", "\t", "\r", '\\', '-') : chr(below(256));
}

# Half of the texts encode damaged bytes; the others are damaged texts.
sub make_input
{
	my ($format, $seed, $other) = @_;
	return mutate($seed, \&any_byte, $other) if $format eq 'binary';
	return encode_base64(mutate($seed, \&any_byte, $other), '') if below(2);
	return mutate(encode_base64($seed, ''), \&any_character, encode_base64($other, ''));
}

# The data of a COPY of one row.
sub make_row
{
	my ($format, $id, $value) = @_;
	my %escapes = ("\\" => '\\\\', "\n" => '\\n', "\r" => '\\r', "\t" => '\\t');
	return "PGCOPY\n\xFF\r\n\0" . pack('NN n Nl> N/a n', 0, 0, 2, 4, $id, $value, 0xFFFF)
	  if $format eq 'binary';
	$value =~ s/([\\\n\r\t])/$escapes{$1}/g;
	return "$id\t$value\n";
}

# A session that returns the SQLSTATE of each of many statements; a psql for
# each would be slow.
package Session
{
	sub new
	{
		my ($class, $node) = @_;
		my $socket = IO::Socket::UNIX->new(Peer => $node->host . '/.s.PGSQL.' . $node->port) or die "could not connect: $!";
		my $self = bless { socket => $socket, received => '' }, $class;
		my $parameters = join("\0", user => (getpwuid($<))[0], database => 'postgres', client_encoding => 'UTF8') . "\0\0";
		$self->send_bytes(pack('NN', 8 + length $parameters, 196608) . $parameters);
		$self->result;
		return $self;
	}

	sub send_bytes
	{
		my ($self, $bytes) = @_;
		while (length $bytes)
		{
			my $sent = syswrite($self->{socket}, $bytes) or die "could not send: $!";
			substr($bytes, 0, $sent) = '';
		}
		return;
	}

	sub message
	{
		my ($type, $body) = @_;
		return $type . pack('N', 4 + length $body) . $body;
	}

	# Up to the next ReadyForQuery; the last error, or an empty string.
	sub result
	{
		my ($self) = @_;
		my $error = '';
		while (1)
		{
			my ($type, $length) = unpack('aN', $self->{received});
			if (defined $length && length $self->{received} > $length)
			{
				my $body = substr($self->{received}, 5, $length - 4);
				substr($self->{received}, 0, 1 + $length) = '';
				$error = $body if $type eq 'E';
				return $error if $type eq 'Z';
			}
			else
			{
				sysread($self->{socket}, $self->{received}, 65536, length $self->{received})
				  or die "the server closed the connection: $error";
			}
		}
	}
}

# Limits the memory of each server process to that of a session and a little
# more.
my ($used_kb) = $node->safe_psql('postgres', q{SELECT pmr.rtt_sketch(1); SELECT pg_read_file('/proc/self/status')}) =~ /^VmPeak:\s*(\d+) kB/m;
my ($postmaster) = slurp_file($node->data_dir . '/postmaster.pid') =~ /^(\d+)/;
system_or_bail('prlimit', '--pid', $postmaster, '--as=' . ($used_kb + $spare_mb * 1024) * 1024);
my (undef, undef, $stderr) = $node->psql('postgres', 'SELECT length(repeat(md5(i::text), 2000000)) FROM generate_series(1, 1) AS i', extra_params => [ '-v', 'VERBOSITY=verbose' ]);
like($stderr, qr/ERROR:  53200: out of memory/, "more than $spare_mb MB cannot be had");

foreach my $type (sort keys %seeds)
{
	my @seeds = map { pack('H*', $_) } split /\n/, $node->safe_psql('postgres', "SELECT encode(bytes, 'hex') FROM ($seeds{$type}) AS s (bytes) WHERE bytes IS NOT NULL");
	foreach my $format ('text', 'binary')
	{
		my $name = "${type}_$format";
		my $session = Session->new($node);
		my (%inputs, %outcomes, %unexpected);
		$node->safe_psql('postgres', "CREATE TABLE $name (id int, value pmr.$type)");
		for (my $first = 0; $first < $ninputs; $first += $batch)
		{
			my @ids = ($first .. $first + $batch - 1);
			my $messages = '';
			foreach my $id (@ids)
			{
				# the first inputs are the seeds
				$inputs{$id} = $id < @seeds
				  ? ($format eq 'text' ? encode_base64($seeds[$id], '') : $seeds[$id])
				  : make_input($format, one_of(@seeds), one_of(@seeds));
				$messages .= Session::message('Q', "COPY $name FROM STDIN (FORMAT $format)\0")
				  . Session::message('d', make_row($format, $id, $inputs{$id})) . Session::message('c', '');
			}
			$session->send_bytes($messages);
			foreach my $id (@ids)
			{
				my $error = eval { $session->result };
				BAIL_OUT("$type, $format, " . unpack('H*', $inputs{$id}) . ": $@") if !defined $error;
				my ($sqlstate) = $error =~ /\0C([^\0]+)/;
				my $outcome = $sqlstate // ($error eq '' ? 'value' : 'no SQLSTATE');
				$outcomes{$outcome}++;
				next if grep { $_ eq $outcome } 'value', @{ $expected{"$type $format"} };
				$unexpected{$outcome} //= unpack('H*', $inputs{$id}) . ': ' . $error =~ s/\0/ /gr;
			}
		}
		note "$type, $format: ", join ', ', map { "$outcomes{$_} $_" } sort keys %outcomes;
		is_deeply(\%unexpected, {}, "$ninputs inputs of $type in $format: values and clean errors");
		# the parts of a rollup must agree with each other, so few others are valid
		cmp_ok($outcomes{value} // 0, '>', $ninputs / ($type eq 'rollup_state' ? 50 : 20), 'many are valid');
		cmp_ok($ninputs - ($outcomes{value} // 0), '>', $ninputs / 5, 'many are invalid');

		# Stored values have the bytes that were read, except that -0 is stored
		# as 0.
		my $others = 0;
		my $nrows = 0;
		foreach my $row (split /\n/, $node->safe_psql('postgres', "SELECT id || ' ' || encode(pmr.${type}_send(value), 'hex') FROM $name"))
		{
			my ($id, $hex) = split / /, $row;
			my $input = unpack('H*', $format eq 'text' ? decode_base64($inputs{$id}) : $inputs{$id});
			$nrows++;
			next if $input eq $hex;
			$others++ if $type ne 'rtt_state' || $input =~ s/8000000000000000/0000000000000000/gr ne $hex;
		}
		is($nrows, $outcomes{value}, 'all values are stored');
		is($others, 0, 'all values have the bytes that were read');
		my $file = $node->basedir . "/$name";
		$node->safe_psql('postgres', "COPY $name TO '$file' (FORMAT binary); CREATE TABLE again_$name (LIKE $name); COPY again_$name FROM '$file' (FORMAT binary)");
		is($node->safe_psql('postgres', qq{
				SELECT count(*)
				FROM $name AS v JOIN again_$name AS a USING (id)
				WHERE pmr.${type}_send(v.value) = pmr.${type}_send(a.value)
				AND pmr.${type}_send(v.value) = pmr.${type}_send(v.value::text::pmr.$type)}),
			$nrows, 'all values are unchanged by output and input, text and binary');

		# The functions of each type accept the values.
		is($node->safe_psql('postgres', $type eq 'journey_state' ? qq{
				SELECT count(*)
				FROM $name AS n, LATERAL (SELECT pmr.journey_merge(CASE WHEN i > 0 THEN n.value END) AS merged FROM generate_series(1, 2) AS i) AS m,
					LATERAL (SELECT coalesce(sum(requests), 0) AS requests FROM pmr.journeys(n.value, ARRAY(SELECT s FROM pmr.current_journey_step AS s))) AS j
				WHERE pmr.journey_state_send(merged) = pmr.journey_state_send(n.value) OR length(pmr.journey_state_send(merged)) > length(pmr.journey_state_send(n.value))} : $type eq 'rollup_state' ? qq{
				SELECT count(*)
				FROM $name AS n, LATERAL (SELECT (pmr.rollup_cells(n.value)).cells[1] AS c OFFSET 0) AS t
				WHERE CASE WHEN (c).requests + (c).pre_commands + (c).local_commands + (c).cancelled > 2::bigint ^ 61 THEN true
					ELSE (SELECT (pmr.rollup_cells(pmr.rollup_merge(CASE WHEN i > 0 THEN n.value END))).cells[1].requests FROM generate_series(1, 2) AS i) = 2 * (c).requests END} : $type eq 'rtt_sketch' ? qq{
				SELECT count(*)
				FROM $name, pmr.rtt_percentiles(value, '{0,0.5,1}') AS p
				WHERE pmr.rtt_count(value) = (SELECT sum(requests) FROM pmr.rtt_histogram(value, 10))
				AND pmr.rtt_min(value) <= p[1] AND p[1] <= p[2] AND p[2] <= p[3] AND p[3] <= pmr.rtt_max(value)} : qq{
				SELECT count(finish_sketch) + count(finish_percentile) + count(finish_percentiles) + count(*) FILTER (WHERE empty)
				FROM (SELECT finish_sketch(value) FILTER (WHERE kind = 0), finish_percentile(value) FILTER (WHERE kind = 1),
						finish_percentiles(value) FILTER (WHERE kind = 2), bool_and(length = 4 + 8 * fractions) AS empty
					  FROM (SELECT id, value, get_byte(bytes, 1) AS kind, length(bytes) AS length, get_byte(bytes, 2) * 256 + get_byte(bytes, 3) AS fractions
							FROM $name, LATERAL (SELECT pmr.rtt_state_send(value) AS bytes OFFSET 0) AS b) AS v
					  GROUP BY id) AS a}),
			$nrows, 'functions accept all values');
	}
}

# From PostgreSQL 16 on, an invalid text can be rejected without raising an error.
SKIP:
{
	my $version = $node->safe_psql('postgres', 'SHOW server_version_num');
	skip 'errors of type input are always raised before PostgreSQL 16', 3 if $version < 160000;
	# one for each check of the input functions
	$node->safe_psql('postgres', q{
CREATE TABLE input (type text, bytes bytea, form text GENERATED ALWAYS AS (coalesce(translate(encode(bytes, 'base64'), E'\\n', ''), '!')) STORED);
INSERT INTO input VALUES ('rtt_sketch', NULL), ('rtt_sketch', '\\x00'), ('rtt_sketch', ''), ('rtt_sketch', repeat('x', 160000)::bytea),
	('rtt_state', NULL), ('rtt_state', '\\x01'), ('rtt_state', '\\x02000000'), ('rtt_state', '\\x0100'), ('rtt_state', '\\x0101000100'), ('rtt_state', '\\x010100013ff8000000000000'),
	('journey_state', NULL), ('journey_state', '\\x0100'), ('rollup_state', NULL), ('rollup_state', '\\x02'), ('rtt_state', '\\x0109000000'), ('rtt_state', '\\x0102ffff' || repeat('x', 524280)::bytea), ('rtt_state', '\\x0100000000')});
	is($node->safe_psql('postgres', q{SELECT count(*), count(*) FILTER (WHERE pg_input_is_valid(form, 'pmr.' || type)) FROM input}),
		'17|0', 'invalid texts are found');
	is($node->safe_psql('postgres', q{SELECT string_agg(DISTINCT concat_ws(': ', sql_error_code, message, detail), E'\n' ORDER BY concat_ws(': ', sql_error_code, message, detail)) FROM input, pg_input_error_info(form, 'pmr.' || type)}),
		q{22P02: invalid input syntax for type journey_state: It is not base64.
22P02: invalid input syntax for type rollup_state: It is not base64.
22P02: invalid input syntax for type rtt_sketch: It is not base64.
22P02: invalid input syntax for type rtt_sketch: It is too long.
22P02: invalid input syntax for type rtt_state: It is not base64.
22P02: invalid value of type journey_state: Its binary form is invalid: requests are missing.
22P02: invalid value of type rollup_state: Its binary form is invalid: header is cut off.
22P02: invalid value of type rtt_sketch: Its binary form is invalid: header is cut off.
22P02: invalid value of type rtt_state: Its binary form is invalid: format version is unknown.
22P02: invalid value of type rtt_state: Its binary form is invalid: fraction is out of range.
22P02: invalid value of type rtt_state: Its binary form is invalid: header is cut off.
22P02: invalid value of type rtt_state: Its binary form is invalid: kind is unknown.
22P02: invalid value of type rtt_state: Its binary form is invalid: number of fractions is out of range.},
		'messages');
	is($node->safe_psql('postgres', q{
			SELECT count(*) FROM (SELECT value::text, 'pmr.rtt_sketch' AS type FROM rtt_sketch_text UNION ALL SELECT value::text, 'pmr.rtt_state' FROM rtt_state_text) AS v
			WHERE NOT pg_input_is_valid(value, type)}),
		0, 'values are valid');

	skip 'COPY cannot ignore errors before PostgreSQL 17', 1 if $version < 170000;
	my $file = $node->basedir . '/input';
	is($node->safe_psql('postgres', qq{
			COPY (SELECT form FROM input WHERE type = 'rtt_sketch' UNION ALL (SELECT value::text FROM rtt_sketch_text LIMIT 7)) TO '$file';
			CREATE TABLE accepted (value pmr.rtt_sketch);
			COPY accepted FROM '$file' (ON_ERROR ignore);
			SELECT count(*) FROM accepted}),
		7, 'COPY skips invalid texts');
}

$node->stop;
done_testing();
