#!/bin/bash
# Runs random SQL by sqlsmith in a database with the extension and data, and
# fails on a crash or an internal error:
#
#	bash test/fuzz/sqlsmith.sh [--queries N] [--seed N]
#
# Installs missing packages on Debian or Ubuntu, builds and installs the
# extension, and runs N queries (default 40000: half an hour) in a throw-away
# cluster. Another seed (default 1) gives other queries. Prints how often each
# function was called, and which errors occurred.
set -euo pipefail

# shellcheck source=test/setup.sh
source "$(dirname "${BASH_SOURCE[0]}")/../setup.sh"

packages=(gcc libc6-dev make sqlsmith)
queries=40000
seed=1

parse_arguments()
{
	while [ "$#" -gt 0 ]; do
		case $1 in
			--queries | --seed)
				[[ ${2:-} =~ ^[1-9][0-9]*$ ]] || die "$1 needs a number"
				printf -v "${1#--}" '%s' "$2"
				shift 2
				;;
			*)
				die 'usage: bash test/fuzz/sqlsmith.sh [--queries N] [--seed N]'
				;;
		esac
	done
}

make_database()
{
	start_cluster
	load_source 5000
	run_psql -f test/fuzz/sqlsmith.sql
}

# The log of the queries is checked: it has each statement, and each error with
# its SQLSTATE and place in the source.
start_log()
{
	as_user tee -a "$work/data/postgresql.conf" >/dev/null <<-CONF
		log_statement = 'all'
		log_error_verbosity = 'verbose'
		log_line_prefix = '%a|'
		temp_file_limit = '1GB'
	CONF
	as_user "$pg_bin/pg_ctl" restart -s -w -D "$work/data" \
		-l "$work/queries.log"
}

# ask ROLE: run half of the queries. sqlsmith cancels each after a second.
ask()
{
	as_user timeout --foreground $((300 + queries * 2)) sqlsmith \
		--target="host=$work port=5432 user=$1 dbname=postgres" \
		--exclude-catalog --seed="$seed" --max-queries=$((queries / 2))
}

# SQLSTATEs of class XX are internal errors and corrupt data. Parallel workers
# that PostgreSQL stops log 57P01.
check_log()
{
	! grep -vE '\|FATAL:  57P01: terminating background worker "parallel worker"' \
		"$work/queries.log" |
		grep -E -A 5 -e '\|[A-Z]+:  XX' -e '\|(PANIC|FATAL):  ' \
			-e 'was terminated by signal'
}

# Prints the numbers of statements, of those that call a function of the
# extension, and of those of them without an error; then how often these call
# each function.
count_calls()
{
	awk '
		function end_query(rest) {
			if (!is_query)
				return
			queries++
			if (text !~ call)
				return
			calling++
			if (has_failed)
				return
			good++
			for (rest = text; match(rest, call); rest = substr(rest, RSTART + RLENGTH))
				count[substr(rest, RSTART, RLENGTH - 1)]++
		}
		BEGIN { call = "(pmr|smith)[.][a-z0-9_]+[(]" }
		/^sqlsmith::dut[|]LOG: / {
			end_query()
			is_query = !/statement: (BEGIN|ROLLBACK|set )/
			has_failed = 0
			text = ""
		}
		/^sqlsmith::dut[|]ERROR: / { has_failed = 1 }
		/^[^\t]/ { is_statement = /^sqlsmith::dut[|]LOG: / }
		is_statement { text = text $0 }
		END {
			end_query()
			print queries + 0, calling + 0, good + 0
			for (name in count)
				print count[name], name
		}' "$work/queries.log"
}

# At least a tenth must call functions of the extension without an error.
check_calls()
{
	local asked calling good
	count_calls >"$work/calls"
	read -r asked calling good <"$work/calls"
	echo "$asked queries, $calling call functions of the extension, $good of these without an error"
	echo 'calls of each function in these:'
	sed 1d "$work/calls" | sort -k 1rn -k 2
	echo 'errors of all queries, by SQLSTATE:'
	sed -nE 's/^sqlsmith::dut\|ERROR:  (.....): .*/\1/p' "$work/queries.log" |
		sort | uniq -c | sort -k 1rn
	echo 'errors that the C functions of the extension raised, by place:'
	sed -nE 's/^[^|]*\|LOCATION:  (.*), (.*):.*/\2 \1/p' "$work/queries.log" |
		awk 'NR == FNR { own[$1]; next } $1 in own' <(cd src && ls) - |
		sort | uniq -c | sort -k 1rn
	[ "$asked" -ge $((queries * 9 / 10)) ]
	[ $((good * 10)) -ge "$asked" ]
}

main()
{
	parse_arguments "$@"
	prepare "${packages[@]}"
	run_next 'make a database' make_database
	run_next 'start the log' start_log
	run_next 'queries of a role with all privileges' ask smith_all
	run_next 'queries of a reader' ask smith_reader
	run_step 'no crash, no internal error' check_log
	run_step 'functions of the extension are called' check_calls
	cat "$work/step.log"
	print_summary
}

main "$@"
