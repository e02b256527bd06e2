#!/usr/bin/perl
# What test/coverage.sh has counted, as text: lines and branches of each file,
# and the lines never reached. Fails where fewer lines than that were reached.
#
#	coverage.pl JSON_OF_GCOVR PERCENT
use strict;
use warnings;

use JSON::PP;

my ($path, $least_percent) = @ARGV;
my $found = JSON::PP->new->decode(read_file($path));
my @total = (0, 0, 0, 0);
my @missed;

printf "%-28s %6s %9s %8s %9s\n", qw(file lines reached branches taken);
foreach my $file (@{ $found->{files} })
{
	my @counts = count_file($file);

	print_counts($file->{file}, @counts);
	$total[$_] += $counts[$_] foreach 0 .. 3;
}
print_counts('all', @total);
print "\nlines never reached:\n", @missed if @missed;
exit(100 * $total[1] < $least_percent * $total[0]);

sub read_file
{
	my ($name) = @_;

	open my $fh, '<', $name or die "$name: $!\n";
	return do { local $/; <$fh> };
}

# Lines, those reached, branches, those taken.
sub count_file
{
	my ($file) = @_;
	my @text = split /^/m, read_file($file->{file});
	my @counts = (0, 0, 0, 0);

	foreach my $line (@{ $file->{lines} })
	{
		next if $line->{'gcovr/noncode'};
		$counts[0]++;
		if ($line->{count})
		{
			$counts[1]++;
		}
		else
		{
			my $number = $line->{line_number};
			push @missed, "$file->{file}:$number: $text[$number - 1]";
		}
		$counts[2] += @{ $line->{branches} };
		$counts[3] += grep { $_->{count} } @{ $line->{branches} };
	}
	return @counts;
}

sub print_counts
{
	my ($name, $lines, $reached, $branches, $taken) = @_;

	printf "%-28s %6d %7.1f %% %8d %7.1f %%\n", $name, $lines,
	  100 * $reached / ($lines || 1), $branches,
	  100 * $taken / ($branches || 1);
}
