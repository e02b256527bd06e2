#!/usr/bin/perl
# Reads test/mutants.list for test/mutants.sh:
#
#	mutants.pl list			FILE:NAME, FILE and tests of each fault, tab-separated
#	mutants.pl check		check that each can be planted
#	mutants.pl plant FILE:NAME
#
# check reads and plant changes files below the working directory.
use strict;
use warnings;

use File::Basename;

my ($command, $wanted) = @ARGV;
my @mutants = read_list(dirname(__FILE__) . '/mutants.list');

if ($command eq 'list')
{
	print join("\t", @$_{qw(name file tests)}), "\n" foreach @mutants;
}
elsif ($command eq 'check')
{
	check();
}
else
{
	my ($mutant) = grep { $_->{name} eq $wanted } @mutants
	  or die "no such fault: $wanted\n";
	my $text = mutate($mutant) // die "stale: $wanted\n";
	open my $fh, '>', $mutant->{file} or die "$mutant->{file}: $!\n";
	print $fh $text;
	close $fh or die "$mutant->{file}: $!\n";
}

sub read_list
{
	my ($path) = @_;
	my (@list, $file, $tests);

	open my $fh, '<', $path or die "$path: $!\n";
	while (my $line = <$fh>)
	{
		chomp $line;
		if ($line =~ /^\[(.+)\]\s+(.+)$/)
		{
			($file, $tests) = ($1, $2);
		}
		elsif ($line =~ /^(\w+)$/ && defined $file)
		{
			push @list,
			  { name => "$file:$1", file => $file, tests => $tests };
		}
		elsif ($line =~ /^([-+])(?: (.*))?$/ && @list)
		{
			my $text = $list[-1]{$1};
			$list[-1]{$1} = defined $text ? "$text\n" . ($2 // '') : $2 // '';
		}
		elsif ($line !~ /^(#.*)?$/)
		{
			die "$path: line $.: cannot read: $line\n";
		}
	}
	return @list;
}

# The text of the file with the fault in it, or undef if it cannot be planted.
sub mutate
{
	my ($mutant) = @_;
	my ($old, $new) = ($mutant->{'-'}, $mutant->{'+'} // '');

	open my $fh, '<', $mutant->{file} or die "$mutant->{file}: $!\n";
	my $text = do { local $/; <$fh> };
	return undef if !defined $old || $old eq $new;
	return undef if 1 != (() = $text =~ /\Q$old\E/g);
	$text =~ s/\Q$old\E/$new/;
	return $text;
}

sub check
{
	my %seen;
	my @bad;

	foreach my $mutant (@mutants)
	{
		push @bad, "$mutant->{name}: duplicate name"
		  if $seen{ $mutant->{name} }++;
		push @bad, "$mutant->{name}: its text must occur in the file exactly once"
		  if !defined mutate($mutant);
		foreach my $test (split ' ', $mutant->{tests})
		{
			push @bad, "$mutant->{file}: no test $test"
			  if !(() = glob "test/$test.*[cl]");
		}
	}
	print "$_\n" foreach @bad;
	printf "%d faults in %d files, %d of them cannot be planted\n",
	  scalar @mutants, scalar(keys %{ { map { $_->{file} => 1 } @mutants } }),
	  scalar @bad;
	exit 1 if @bad;
}
