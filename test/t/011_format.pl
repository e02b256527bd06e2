# An independent reader of format version 1, written from the description of the
# layout.  In the bytes of test/frozen it finds the times listed there, in the
# only valid form.

use strict;
use warnings;

use Math::BigInt;
use PostgreSQL::Test::Utils;
use Test::More;

my %cap = (sketch => 1024, percentile => 1048576, percentiles => 1048576);
my %kind_byte = (sketch => 0, percentile => 1, percentiles => 2);

# Expands lists of times, fractions or bytes: "1 2*3 10..20/5*2".

sub times_of
{
	my ($list) = @_;
	my @times;

	foreach my $item (grep { $_ ne '-' } split / /, $list)
	{
		my ($first, $last, $step, $count) =
		  $item =~ m{^(\d+)(?:\.\.(\d+))?(?:/(\d+))?(?:\*(\d+))?$}
		  or die "cannot read item: $item";
		$last //= $first;
		$step //= 1;
		foreach my $i (0 .. int(($last - $first) / $step))
		{
			push @times, [ $first + $i * $step, ($count // 1) + 0 ];
		}
	}
	return @times;
}

sub repeated
{
	my ($list) = @_;
	my @items;

	foreach my $item (grep { $_ ne '-' } split / /, $list)
	{
		my ($what, $count) = split /\*/, $item;
		push @items, ($what) x ($count // 1);
	}
	return @items;
}

# Reads a number. Only sums have more than 64 bits.

my @bytes;

sub next_groups
{
	my @groups;

	do
	{
		die "a number is truncated\n" unless @bytes;
		push @groups, shift @bytes;
	} while ($groups[-1] >= 128);
	die "a number is too long\n" if @groups > 1 && $groups[-1] == 0;
	return reverse map { $_ & 127 } @groups;
}

sub next_number
{
	my $number = 0;

	$number = $number << 7 | $_ foreach next_groups();
	return $number;
}

sub next_sum
{
	my $number = Math::BigInt->new(0);

	$number->bmul(128)->badd($_) foreach next_groups();
	return $number;
}

# The lower bound and the width of a bucket. With precision p the first 2^(p+1)
# buckets have a width of 1 us, the next 2^p of 2 us, the next 2^p of 4 us, and
# so on.
sub bucket_at
{
	my ($position, $precision) = @_;
	my $ones = 1 << ($precision + 1);

	return ($position, 1) if $position < $ones;
	my $doublings = 1 + (($position - $ones) >> $precision);
	my $which = ($position - $ones) & ((1 << $precision) - 1);
	return (((1 << $precision) + $which) << $doublings, 1 << $doublings);
}

# The contents of the bytes: the unit of an exact form; or the precision,
# minimum, span and sum; and the buckets.
sub read_form
{
	my %form;
	my $position = 0;

	die "not version 1\n" if shift @bytes != 1;
	my $second = shift @bytes;
	if ($second <= 18)
	{
		$form{unit} = 1;
		$form{unit} *= 10 foreach 1 .. $second;
	}
	else
	{
		$form{precision} = $second - 64;
		$form{min} = next_number();
		$form{span} = next_number();
		$form{sum} = next_sum();
	}
	while (@bytes)
	{
		my $number = next_number();
		my $count = $number & 1 ? 2 + next_number() : 1;

		$position += $number >> 1;
		my ($lower, $width) =
		  exists $form{unit}
		  ? ($position * $form{unit}, 1)
		  : bucket_at($position, $form{precision});
		push @{ $form{buckets} }, [ $lower, $count, $width ];
		$position++;
	}
	return \%form;
}

# How many buckets of a precision are needed. Times in one bucket agree in their
# precision + 1 most significant bits.
sub count_buckets
{
	my ($precision, @times) = @_;
	my ($buckets, $last) = (0, -1);

	foreach my $time (map { $_->[0] } @times)
	{
		my $bits = length sprintf '%b', $time;
		my $lost = $bits > $precision + 1 ? $bits - $precision - 1 : 0;
		my $lower = ($time >> $lost) << $lost;
		$buckets++ if $lower != $last;
		$last = $lower;
	}
	return $buckets;
}

# Returns what is wrong with a form of these times, or an empty string.
sub fault_of
{
	my ($form, $cap, @times) = @_;
	my @buckets = @{ $form->{buckets} };

	if (@times <= $cap)
	{
		return 'not exact' unless exists $form->{unit};
		return 'a longer unit would do'
		  if $form->{unit} < 10**18
		  && !grep { $_->[0] % ($form->{unit} * 10) != 0 } @times;
		return 'more or fewer times' if @times != @buckets;
		foreach (0 .. $#times)
		{
			return "time $_"
			  if $times[$_][0] != $buckets[$_][0]
			  || $times[$_][1] != $buckets[$_][1];
		}
		return '';
	}

	my $precision = $form->{precision};
	return 'not lowered' unless defined $precision;
	return 'precision is too low'
	  if $precision < 61 && count_buckets($precision + 1, @times) <= $cap;
	return 'precision is too high' if @buckets > $cap && $precision > 7;
	return 'minimum' if $form->{min} != $times[0][0];
	return 'span' if $form->{span} != $times[-1][0] - $times[0][0];

	my $sum = Math::BigInt->new(0);
	my $small = 0;
	foreach my $time (@times)
	{
		if ($time->[0] < 2**32 && $time->[1] == 1)
		{
			$small += $time->[0];
		}
		else
		{
			$sum->badd(Math::BigInt->new($time->[0])->bmul($time->[1]));
		}
	}
	$sum->badd($small);
	return 'sum' if $sum->bcmp($form->{sum}) != 0;

	foreach my $bucket (@buckets)
	{
		my ($lower, $count, $width) = @$bucket;

		$count -= (shift @times)->[1]
		  while @times
		  && $times[0][0] >= $lower
		  && $times[0][0] - $lower < $width;
		return "bucket from $lower" if $count != 0;
	}
	return @times ? 'times are in no bucket' : '';
}

# An IEEE 754 number of 64 bits: sign, exponent, and 52 bits of mantissa.
sub float_of
{
	my ($high, $low) = @_;
	my $exponent = ($high >> 20) & 0x7FF;
	my $fraction = (($high & 0xFFFFF) + $low / 2**32) / 2**20;

	return ($high >> 31 ? -1 : 1) * (
		$exponent == 0
		? $fraction * 2**-1022
		: (1 + $fraction) * 2**($exponent - 1023));
}

sub check_state
{
	my ($what, $kind, $fractions, $list) = @_;
	my @expected = repeated($fractions);
	my ($version, $kind_found, $high, $low) = splice @bytes, 0, 4;
	my @found;

	is("$version $kind_found", "1 $kind_byte{$kind}", "state: $what: kind");
	foreach (1 .. 256 * $high + $low)
	{
		my @words = unpack 'N2', pack 'C8', splice @bytes, 0, 8;
		push @found, float_of(@words);
	}
	is(scalar(@found), scalar(@expected), "state: $what: fractions");
	is((grep { $found[$_] != $expected[$_] } 0 .. $#expected),
		0, "state: $what: each fraction");
	return if $list eq '-' && !@bytes;
	check_times("state: $what", $cap{$kind}, $list);
	return;
}

sub check_times
{
	my ($what, $cap, $list) = @_;
	my @times = times_of($list);
	my $fault = eval { fault_of(read_form(), $cap, @times) } // $@;

	is($fault, '', $what);
	return;
}

foreach my $line (split /\n/, slurp_file('test/frozen/rtt_sketch_v1.txt'))
{
	next if $line =~ /^#|^$/;
	my ($what, $list, undef, $hex) = split / \| /, $line;
	@bytes = unpack 'C*', pack 'H*', join '', repeated($hex);
	check_times("sketch: $what", $cap{sketch}, $list);
}
foreach my $line (split /\n/, slurp_file('test/frozen/rtt_state_v1.txt'))
{
	next if $line =~ /^#|^$/;
	my ($what, $kind, $fractions, $list, $hex) = split / \| /, $line;
	@bytes = unpack 'C*', pack 'H*', join '', repeated($hex);
	check_state($what, $kind, $fractions, $list);
}
done_testing();
