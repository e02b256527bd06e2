# Is a script of sql/ safe to install, whoever has made what before?
#
#	perl test/static/lint_script.pl sql/*.sql
#	perl test/static/lint_script.pl --planted test/static/planted.sql
#
# Prints FILE:LINE: RULE: MESSAGE for each finding, and fails on any.  With
# --planted the file holds small scripts, each below a line "---- RULE" that
# names the one rule that it breaks, or "accepted"; each rule must have one.
#
# A statement that breaks a rule for a reason says so in a comment right before
# it: "allowed: RULE: the reason".  One that breaks nothing is a finding too.
#
# PostgreSQL runs a script with search_path = pg_catalog, pg_temp, as the
# control file names pg_catalog, so a script's own operators and types are
# PostgreSQL's.  What outlasts it is resolved where it is used.

use strict;
use warnings;

my $schema = 'pmr';
my $extension = 'pmr_metrics';
my $safe_path = 'pg_catalog , pg_temp';

my %rules = map { $_ => 1 } (
	'guard',            # first line: \echo Use "CREATE EXTENSION ..." \quit
	'statement',        # no statement but those that this file knows
	'or-replace',       # CREATE OR REPLACE adopts what is there
	'if-not-exists',    # so does IF NOT EXISTS
	'qualified',        # what is made or named has its schema
	'operator',         # so have the commutator and negator of an operator
	'definer',          # SECURITY DEFINER: SET search_path, pg_temp last
	'search-path',      # no other search_path than the safe one
	'body',             # a body resolves its names safely
	'relation',         # a relation in a query has its schema
	'type',             # a type of the extension's own has its schema
	'revoke',           # EXECUTE is taken from PUBLIC
	'library',          # C functions are pmr_... in the extension's library
	'allowed');         # an allowance that nothing needs

# Of a keyword as a type, the grammar itself names the schema.
my $keyword_type = qr/^(?:bigint|bit|boolean|char|character|dec|decimal|double
	|float|int|integer|interval|national|nchar|numeric|real|smallint|time
	|timestamp|varchar)$/x;

my @findings;    # [line, rule, message] of the script at hand
my %own_type;    # types and relations of the script at hand

# ---------------------------------------------------------------------------
# Tokens: {kind, text, line}
#
# word, name ("quoted"), string ('...'), dollar ($$...$$), number, parameter,
# operator, or punctuation, which is its own kind; an "allowed" comment too.
# ---------------------------------------------------------------------------

sub get_tokens
{
	my ($text, $line) = @_;
	my @tokens;

	pos($text) = 0;
	while (pos($text) < length $text)
	{
		my ($kind, $value, $raw);
		if ($text =~ /\G(\s+)/gc || $text =~ /\G(--[^\n]*)/gc)
		{
			$raw = $1;
		}
		elsif ($text =~ m{\G(/\*.*?\*/)}gcs)
		{
			$raw = $1;
			while ($raw =~ /allowed:\s*([\w-]+):\s*\w/g)
			{
				push @tokens, { kind => 'allowed', text => $1, line => $line };
			}
		}
		elsif ($text =~ /\G([eE]'((?:[^'\\]|\\.|'')*)')/gcs
			|| $text =~ /\G((?:[bBxXnN]|[uU]&)?'((?:[^']|'')*)')/gcs)
		{
			($kind, $raw, $value) = ('string', $1, $2);
			$value =~ s/''/'/g;
		}
		elsif ($text =~ /\G((\$(?:[A-Za-z_]\w*)?\$)(.*?)\2)/gcs)
		{
			($kind, $raw, $value) = ('dollar', $1, $3);
		}
		elsif ($text =~ /\G("((?:[^"]|"")*)")/gcs)
		{
			($kind, $raw, $value) = ('name', $1, $2);
		}
		elsif ($text =~ /\G(%(?:\d+\$)?-?\d*[ILs])/gc)
		{
			# a place of format(), in a string
			($kind, $raw, $value) = ('place', $1, $1);
		}
		elsif ($text =~ /\G([A-Za-z_\x80-\xff][\w\$\x80-\xff]*)/gc)
		{
			($kind, $raw, $value) = ('word', $1, lc $1);
		}
		elsif ($text =~ /\G(\d[\d.]*(?:[eE][+-]?\d+)?)/gc)
		{
			($kind, $raw, $value) = ('number', $1, $1);
		}
		elsif ($text =~ /\G(\$\d+)/gc)
		{
			($kind, $raw, $value) = ('parameter', $1, $1);
		}
		elsif ($text =~ /\G(::|:=|=>|\.\.|[()\[\],;.:\\])/gc)
		{
			($kind, $raw, $value) = ($1, $1, $1);
		}
		elsif ($text =~ m{\G([-+*/<>=~!\@#%^&|`?]+)}gc)
		{
			($kind, $raw, $value) = ('operator', $1, $1);
		}
		else
		{
			die 'line ' . $line . ': what is this? ' . substr($text, pos $text, 20) . "\n";
		}
		push @tokens, { kind => $kind, text => $value, line => $line }
		  if defined $kind;
		$line += $raw =~ tr/\n//;
	}
	return @tokens;
}

# Split where a semicolon is in no parentheses and in no BEGIN ATOMIC ... END.
sub get_statements
{
	my @statements = ([]);
	my ($parens, $ends) = (0, 0);
	my $last = '';

	foreach my $token (@_)
	{
		my $text = $token->{kind} eq 'string' ? '' : $token->{text};
		$parens++ if $text eq '(';
		$parens-- if $text eq ')';
		$ends++ if $text eq 'atomic' && $last eq 'begin';
		$ends++ if $text eq 'case' && $ends > 0;
		$ends-- if $text eq 'end' && $ends > 0;
		if ($text eq ';' && $parens == 0 && $ends == 0)
		{
			push @statements, [];
		}
		else
		{
			push @{ $statements[-1] }, $token;
		}
		$last = $text;
	}
	return grep { @$_ } @statements;
}

sub is_name { return $_[0] && $_[0]{kind} =~ /^(?:word|name)$/; }

# The text of a token, '' beyond the end and of strings.
sub text_at
{
	my ($tokens, $i) = @_;
	return '' if $i < 0 || $i > $#$tokens || $tokens->[$i]{kind} =~ /^(?:string|dollar)$/;
	return $tokens->[$i]{text};
}

sub join_texts { return join ' ', map { $_->{text} } grep { $_ } @_; }

sub find_fault
{
	my ($token, $rule, $message) = @_;
	die "no rule $rule" unless $rules{$rule};
	push @findings, [ $token->{line}, $rule, $message ];
}

# ---------------------------------------------------------------------------
# Names
# ---------------------------------------------------------------------------

sub check_qualified
{
	my ($tokens, $i) = @_;
	my $token = $tokens->[$i] // $tokens->[-1];
	find_fault($token, 'qualified', "\"$token->{text}\" has no schema $schema")
	  unless text_at($tokens, $i) eq $schema && text_at($tokens, $i + 1) eq '.';
}

# The objects of COMMENT, ALTER, DROP: after the kind, which starts at $i.
sub check_object
{
	my ($tokens, $i) = @_;
	my $kind = text_at($tokens, $i);

	$kind = text_at($tokens, ++$i) if $kind eq 'materialized';
	if ($kind eq 'schema' || $kind eq 'extension')
	{
		my $name = $kind eq 'schema' ? $schema : $extension;
		find_fault($tokens->[$i], 'qualified', "a $kind that is not $name")
		  unless text_at($tokens, $i + 1) eq $name;
		return;
	}
	if ($kind =~ /^(?:constraint|trigger|policy|rule)$/)
	{
		$i++ until $i > $#$tokens || text_at($tokens, $i) eq 'on';
	}
	elsif ($kind eq 'operator' && text_at($tokens, $i + 1) =~ /^(?:class|family)$/)
	{
		$i++;
	}
	elsif ($kind !~ /^(?:aggregate|column|domain|function|index|operator|procedure
			|routine|sequence|table|type|view)$/x)
	{
		find_fault($tokens->[$i], 'statement', "unknown kind of object: $kind");
		return;
	}
	$i += 2 if text_at($tokens, $i + 1) eq 'if' && text_at($tokens, $i + 2) eq 'exists';
	check_qualified($tokens, $i + 1);
}

# GRANT and REVOKE: the list between ON and TO or FROM.
sub check_privileges
{
	my ($tokens) = @_;
	my $parens = 0;
	my ($i) = grep { text_at($tokens, $_) eq 'on' } 0 .. $#$tokens;

	if (!defined $i)
	{
		find_fault($tokens->[0], 'statement', 'grants a role');
		return;
	}
	$i++;
	if (text_at($tokens, $i) eq 'all')
	{
		$i++ until $i > $#$tokens || text_at($tokens, $i) eq 'schema';
	}
	if (text_at($tokens, $i) eq 'schema')
	{
		find_fault($tokens->[$i], 'qualified', "a schema that is not $schema")
		  unless text_at($tokens, $i + 1) eq $schema;
		return;
	}
	$i++ if text_at($tokens, $i) =~ /^(?:aggregate|function|procedure|routine|sequence|table|type|domain)$/;
	check_qualified($tokens, $i);
	for (; $i <= $#$tokens && text_at($tokens, $i) !~ /^(?:to|from)$/; $i++)
	{
		$parens++ if text_at($tokens, $i) eq '(';
		$parens-- if text_at($tokens, $i) eq ')';
		check_qualified($tokens, $i + 1)
		  if text_at($tokens, $i) eq ',' && $parens == 0;
	}
}

# Relations in queries: those of pg_catalog are safe without a schema, as
# pg_temp comes last; WITH makes names too.
sub check_relations
{
	my ($tokens) = @_;
	my %with;
	my @parens = ({ function => '', from => 0 });

	for my $i (0 .. $#$tokens)
	{
		next unless is_name($tokens->[$i]) && text_at($tokens, $i - 1) =~ /^(?:with|recursive|,)$/;
		my $next = $i + 1;
		if (text_at($tokens, $next) eq '(')
		{
			$next++ until $next > $#$tokens || text_at($tokens, $next) eq ')';
			$next++;
		}
		$with{ $tokens->[$i]{text} } = 1
		  if text_at($tokens, $next) eq 'as'
		  && join_texts(@$tokens[ $next + 1 .. ($next + 3 < $#$tokens ? $next + 3 : $#$tokens) ]) =~ /^(?:not )?(?:materialized )?\( ?/;
	}

	for my $i (0 .. $#$tokens)
	{
		next if $tokens->[$i]{kind} !~ /^(?:word|[(),;])$/;
		my $text = text_at($tokens, $i);
		my $last = text_at($tokens, $i - 1);
		my $relation = 0;

		if ($text eq '(')
		{
			push @parens, { function => $last, from => 0 };
			next;
		}
		if ($text eq ')')
		{
			pop @parens if @parens > 1;
			next;
		}
		next if $last eq '.' || text_at($tokens, $i + 1) eq '.';
		if ($text eq 'from')
		{
			next if $last eq 'distinct' && text_at($tokens, $i - 2) =~ /^(?:is|not)$/
			  || $parens[-1]{function} =~ /^(?:extract|substring|trim|overlay)$/;
			$parens[-1]{from} = 1;
			$relation = 1;
		}
		elsif ($text eq 'join')
		{
			$relation = 1;
		}
		elsif ($text eq ',')
		{
			$relation = $parens[-1]{from};
		}
		elsif ($text eq 'into')
		{
			$relation = $last =~ /^(?:insert|merge)$/;
		}
		elsif ($text eq 'update')
		{
			$relation = $last !~ /^(?:for|do|on|key|,)$/ && text_at($tokens, $i + 1) !~ /^(?:set|on|,)$/;
		}
		elsif ($text eq 'references')
		{
			$relation = 1;
		}
		elsif ($text eq 'truncate' || $text eq 'lock')
		{
			$relation = text_at($tokens, $i + 1) !~ /^(?:on|to|,|.?)$/;
		}
		elsif ($text =~ /^(?:where|group|order|having|limit|offset|union|except|intersect|window|returning|for|loop|then|set|select|values|;)$/)
		{
			$parens[-1]{from} = 0;
		}
		next unless $relation;

		my $next = $i + 1;
		$next++ while text_at($tokens, $next) =~ /^(?:only|lateral|table|rows)$/;
		next unless is_name($tokens->[$next]);
		my $name = text_at($tokens, $next);
		next
		  if text_at($tokens, $next + 1) =~ /^[.(]$/ && !($text =~ /^(?:into|references)$/ && text_at($tokens, $next + 1) eq '(')
		  || $name =~ /^(?:pg_|unnest$|values$|select$)/
		  || $with{$name};
		find_fault($tokens->[$next], 'relation', "$name has no schema");
	}
}

# Where the grammar wants a type, one of the extension's own has its schema.
sub check_types
{
	my ($tokens) = @_;
	for my $i (1 .. $#$tokens)
	{
		next
		  unless is_name($tokens->[$i])
		  && $own_type{ text_at($tokens, $i) }
		  && (text_at($tokens, $i - 1) =~ /^(?:::|returns|setof)$/
			|| text_at($tokens, $i - 1) eq '='
			&& text_at($tokens, $i - 2) =~ /^(?:stype|mstype|leftarg|rightarg|subtype|element)$/);
		next if text_at($tokens, $i + 1) eq '.';
		find_fault($tokens->[$i], 'type', "$tokens->[$i]{text} has no schema");
	}
}

# The last word of an argument, before a default, is its type.
sub check_argument_types
{
	my ($tokens, $i) = @_;
	my $parens = 0;
	my $type;
	my $default = 0;

	for (; $i <= $#$tokens; $i++)
	{
		my $text = text_at($tokens, $i);
		$parens++ if $text eq '(';
		$parens-- if $text eq ')';
		if ($parens == 0 || $parens == 1 && $text eq ',')
		{
			find_fault($tokens->[$type], 'type', "$tokens->[$type]{text} has no schema")
			  if defined $type
			  && $own_type{ text_at($tokens, $type) }
			  && text_at($tokens, $type - 1) ne '.';
			($type, $default) = (undef, 0);
			last if $parens == 0;
		}
		$default = 1 if $text =~ /^(?:default|=)$/;
		$type = $i if is_name($tokens->[$i]) && !$default;
	}
}

# ---------------------------------------------------------------------------
# Routines
# ---------------------------------------------------------------------------

# A body of PL/pgSQL without a search_path of its own, as it must be in a
# procedure that commits: assignments and calls of qualified functions alone.
sub check_open_body
{
	my ($tokens) = @_;
	my $declaring = 0;

	for my $i (0 .. $#$tokens)
	{
		my $token = $tokens->[$i];
		my $text = text_at($tokens, $i);
		my $last = text_at($tokens, $i - 1);

		$declaring = 1 if $text eq 'declare';
		$declaring = 0 if $text eq 'begin';
		if ($token->{kind} eq 'operator')
		{
			find_fault($token, 'body', "operator $text is looked up in the caller's search_path");
		}
		elsif ($text =~ /^(?:select|insert|update|delete|merge|with|execute|case|like|ilike|similar|between|nullif|distinct|overlaps|cast)$/
			|| $text eq 'in' && text_at($tokens, $i - 2) !~ /^for(?:each)?$/)
		{
			find_fault($token, 'body', uc($text) . " looks up names in the caller's search_path");
		}
		elsif (is_name($token) && text_at($tokens, $i + 1) eq '(' && $last ne '.')
		{
			find_fault($token, 'body', "function $text is looked up in the caller's search_path");
		}
		elsif ($text eq '::' || $declaring && is_name($token) && $last =~ /^(?:declare|;)$/)
		{
			my $type = $i + 1;
			$type++ if text_at($tokens, $type) eq 'constant';
			find_fault($token, 'body', 'type ' . text_at($tokens, $type) . " is looked up in the caller's search_path")
			  unless text_at($tokens, $type) =~ $keyword_type || text_at($tokens, $type + 1) eq '.';
		}
	}
}

# Queries in strings that EXECUTE or format() is given, and in dollar quotes.
sub check_nested_queries
{
	my ($tokens) = @_;
	for my $i (0 .. $#$tokens)
	{
		my $token = $tokens->[$i];
		next
		  unless $token->{kind} eq 'dollar'
		  || $token->{kind} eq 'string'
		  && (text_at($tokens, $i - 1) eq 'execute'
			|| text_at($tokens, $i - 1) eq '('
			&& text_at($tokens, $i - 2) eq 'format'
			&& $token->{text} =~ /^\s*(?:select|insert|update|delete|with|explain|create|grant|prepare|lock|truncate)\b/i);
		my @nested = get_tokens($token->{text}, $token->{line});
		check_relations(\@nested);
		check_types(\@nested);
	}
}

sub check_body
{
	my ($token, $open) = @_;
	my @tokens = grep { $_->{kind} ne 'allowed' } get_tokens($token->{text}, $token->{line});

	check_replacing(\@tokens);
	check_relations(\@tokens);
	check_types(\@tokens);
	check_nested_queries(\@tokens);
	check_open_body(\@tokens) if $open;
}

sub check_routine
{
	my ($tokens) = @_;
	my ($language) = map { text_at($tokens, $_ + 1) } grep { text_at($tokens, $_) eq 'language' } 0 .. $#$tokens;
	my ($definer) = grep { text_at($tokens, $_) eq 'definer' } 0 .. $#$tokens;
	my ($body) = grep { $_->{kind} eq 'dollar' } @$tokens;
	my $parsed = grep { text_at($tokens, $_) eq 'atomic' || text_at($tokens, $_) eq 'return' } 0 .. $#$tokens;
	my $has_path = 0;

	foreach my $i (0 .. $#$tokens)
	{
		next unless text_at($tokens, $i) eq 'set' && text_at($tokens, $i + 1) eq 'search_path';
		$has_path = 1;
		find_fault($tokens->[$i], 'search-path', 'search_path is not pg_catalog, pg_temp')
		  unless join_texts(@$tokens[ $i + 3 .. $i + 5 ]) eq $safe_path && text_at($tokens, $i + 6) ne ',';
	}
	find_fault($tokens->[$definer], 'definer', 'SECURITY DEFINER without SET search_path')
	  if defined $definer && !$has_path;
	$language //= '';
	if ($language =~ /^(?:c|internal)$/)
	{
		my ($as) = grep { text_at($tokens, $_) eq 'as' && $tokens->[ $_ + 1 ]{kind} eq 'string' } 0 .. $#$tokens - 1;
		find_fault($tokens->[0], 'library', "not 'MODULE_PATHNAME', 'pmr_...'")
		  unless $language eq 'internal'
		  || defined $as
		  && join_texts(@$tokens[ $as + 1 .. ($as + 3 < @$tokens ? $as + 3 : $#$tokens) ]) =~ /^MODULE_PATHNAME , pmr_\w+$/;
	}
	elsif ($language eq 'plpgsql')
	{
		find_fault($tokens->[0], 'body', 'the body is not in dollar quotes') unless $body;
	}
	elsif ($language ne 'sql')
	{
		find_fault($tokens->[0], 'body', "unknown language: $language");
	}
	elsif (!$parsed && !$has_path)
	{
		find_fault($tokens->[0], 'body', 'neither BEGIN ATOMIC, RETURN nor SET search_path');
	}
	check_body($body, $language eq 'plpgsql' && !$has_path) if $body;
	check_relations($tokens) if $parsed;
}

# ---------------------------------------------------------------------------
# Statements
# ---------------------------------------------------------------------------

sub check_replacing
{
	my ($tokens) = @_;
	foreach my $i (0 .. $#$tokens)
	{
		find_fault($tokens->[$i], 'or-replace', 'OR REPLACE')
		  if text_at($tokens, $i) eq 'or' && text_at($tokens, $i + 1) eq 'replace';
		find_fault($tokens->[$i], 'if-not-exists', 'IF NOT EXISTS')
		  if text_at($tokens, $i) eq 'if'
		  && text_at($tokens, $i + 1) eq 'not'
		  && text_at($tokens, $i + 2) eq 'exists'
		  && text_at($tokens, $i + 3) ne '(';
	}
}

sub check_create
{
	my ($tokens) = @_;
	my $i = 1;

	$i += 2 if text_at($tokens, $i) eq 'or';
	$i++ while text_at($tokens, $i) =~ /^(?:unique|unlogged|materialized|recursive|constraint)$/;
	my $kind = text_at($tokens, $i);
	$i += 3 if text_at($tokens, $i + 1) eq 'if';

	if ($kind eq 'schema')
	{
		check_object($tokens, $i);
	}
	elsif ($kind =~ /^(?:index|trigger|policy|rule)$/)
	{
		$i++ until $i > $#$tokens || text_at($tokens, $i) eq 'on';
		check_qualified($tokens, $i + 1);
	}
	elsif ($kind =~ /^(?:aggregate|domain|function|operator|procedure|sequence|table|type|view)$/)
	{
		$i++ if $kind eq 'operator' && text_at($tokens, $i + 1) =~ /^(?:class|family)$/;
		check_qualified($tokens, $i + 1);
	}
	else
	{
		find_fault($tokens->[$i], 'statement', "unknown kind of object: $kind");
	}

	if ($kind =~ /^(?:function|procedure|aggregate)$/)
	{
		check_argument_types($tokens, $i + 4);
	}
	check_routine($tokens) if $kind =~ /^(?:function|procedure)$/;
	check_relations($tokens) if $kind =~ /^(?:view|table|rule|policy)$/;
	check_types($tokens);
	foreach my $j (0 .. $#$tokens)
	{
		find_fault($tokens->[$j], 'operator', "$tokens->[$j]{text} is not OPERATOR($schema....)")
		  if $kind eq 'operator'
		  && text_at($tokens, $j) =~ /^(?:commutator|negator)$/
		  && join_texts(@$tokens[ $j + 1 .. $j + 5 ]) !~ /^= operator \( \Q$schema\E \.$/;
	}
}

sub check_statement
{
	my ($tokens) = @_;
	my $verb = text_at($tokens, 0);

	check_replacing($tokens);
	if ($verb eq 'create')
	{
		check_create($tokens);
	}
	elsif ($verb eq 'alter' || $verb eq 'drop')
	{
		check_object($tokens, 1);
		check_types($tokens);
	}
	elsif ($verb eq 'comment')
	{
		check_object($tokens, 2);
	}
	elsif ($verb eq 'grant' || $verb eq 'revoke')
	{
		check_privileges($tokens);
	}
	elsif ($verb =~ /^(?:insert|update|delete|with)$/)
	{
		check_relations($tokens);
		check_types($tokens);
	}
	elsif ($verb eq 'select')
	{
		check_relations($tokens);
		for my $i (0 .. $#$tokens)
		{
			find_fault($tokens->[$i], 'qualified', "\"$tokens->[$i]{text}\" has no schema $schema")
			  if $tokens->[$i]{kind} eq 'string'
			  && text_at($tokens, $i - 2) eq 'pg_extension_config_dump'
			  && $tokens->[$i]{text} !~ /^\Q$schema\E\./;
		}
	}
	elsif ($verb eq 'do')
	{
		check_body($_, 0) foreach grep { $_->{kind} eq 'dollar' } @$tokens;
	}
	else
	{
		find_fault($tokens->[0], 'statement', "unknown statement: $verb");
	}
}

# Everybody may call a new routine until that is taken back.
sub check_revoked
{
	my %open;    # name => its CREATE
	foreach my $tokens (@_)
	{
		my $texts = join_texts(@$tokens);
		if ($texts =~ /^create (?:or replace )?(?:function|procedure|aggregate) \Q$schema\E \. (\w+) /)
		{
			$open{$1} //= $tokens->[0];
		}
		elsif ($texts =~ /^revoke (?:all|execute)(?: privileges)? on (.*) from public$/)
		{
			my $objects = $1;
			if ($objects =~ /^all (?:routines|functions) in schema \Q$schema\E$/)
			{
				%open = ();
			}
			else
			{
				delete $open{$1} while $objects =~ /\b\Q$schema\E \. (\w+)/g;
			}
		}
	}
	find_fault($open{$_}, 'revoke', "EXECUTE on $schema.$_ is not revoked from PUBLIC") foreach sort keys %open;
}

# An allowance takes the findings of its rule in the statement it stands before.
sub use_allowances
{
	my ($statement) = @_;
	foreach my $allowed (grep { $_->{kind} eq 'allowed' } @$statement)
	{
		my $first = $statement->[0]{line};
		my $last = $statement->[-1]{line} + ($statement->[-1]{kind} eq 'dollar' ? $statement->[-1]{text} =~ tr/\n// : 0);
		my @others = grep { !($_->[1] eq $allowed->{text} && $_->[0] >= $first && $_->[0] <= $last) } @findings;
		if (@others < @findings)
		{
			@findings = @others;
		}
		else
		{
			find_fault($allowed, 'allowed', "nothing here breaks the rule $allowed->{text}");
		}
	}
}

# ---------------------------------------------------------------------------

# lint TEXT, UPGRADE: the findings of a script.
sub lint
{
	my ($text, $upgrade) = @_;
	my $guard = $upgrade ? "ALTER EXTENSION $extension UPDATE( TO '[^']*')?" : "CREATE EXTENSION $extension";

	@findings = ();
	%own_type = ();
	$text =~ s/^([^\n]*)\n//;
	push @findings, [ 1, 'guard', 'the first line is not the guard' ]
	  unless ($1 // '') =~ /^\\echo Use "$guard" to load this file\. \\quit$/;

	my @tokens = get_tokens($text, 2);
	for my $i (0 .. $#tokens)
	{
		$own_type{ text_at(\@tokens, $i + 4) } = 1
		  if text_at(\@tokens, $i) eq 'create'
		  && text_at(\@tokens, $i + 1) =~ /^(?:type|table|view|domain)$/
		  && text_at(\@tokens, $i + 3) eq '.';
	}
	my @statements = get_statements(@tokens);
	my @bare = map {
		[ grep { $_->{kind} ne 'allowed' } @$_ ]
	} @statements;
	@bare = grep { @$_ } @bare;
	check_statement($_) foreach @bare;
	check_revoked(@bare);
	use_allowances($_) foreach @statements;
	return sort { $a->[0] <=> $b->[0] || $a->[1] cmp $b->[1] } @findings;
}

sub read_file
{
	my ($file) = @_;
	open my $handle, '<', $file or die "$file: $!\n";
	local $/ = undef;
	return <$handle>;
}

sub lint_files
{
	my $found = 0;
	die "no scripts\n" unless @_;
	foreach my $file (@_)
	{
		foreach my $finding (lint(read_file($file), $file =~ /--.*--/))
		{
			my ($line, $rule, $message) = @$finding;
			print "$file:$line: $rule: $message\n";
			$found = 1;
		}
	}
	return $found;
}

sub lint_planted
{
	my ($file) = @_;
	my %missing = %rules;
	my $wrong = 0;
	my (undef, @parts) = split /^---- (\S+)\n/m, read_file($file);

	while (my ($expected, $script) = splice @parts, 0, 2)
	{
		$script = "\\echo Use \"CREATE EXTENSION $extension\" to load this file. \\quit\n$script"
		  unless $script =~ /^\\/m;
		my %found = map { $_->[1] => 1 } lint($script, $script =~ /^\\echo Use "ALTER/);
		my $found = join(', ', sort keys %found) || 'accepted';
		delete $missing{$expected};
		if ($found ne $expected)
		{
			print "$file: $expected, but found: $found\n$script\n";
			$wrong = 1;
		}
	}
	foreach my $rule (sort keys %missing)
	{
		print "$file: nothing breaks the rule $rule\n";
		$wrong = 1;
	}
	return $wrong;
}

if (@ARGV == 2 && $ARGV[0] eq '--planted')
{
	exit lint_planted($ARGV[1]);
}
exit lint_files(@ARGV);
