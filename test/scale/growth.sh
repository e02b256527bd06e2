#!/bin/bash
# Does a row cost the same however many there are, and is the memory bounded?
#
#	bash test/scale/growth.sh [--rows N,N,...]
#
# Installs what a Debian or Ubuntu machine lacks, builds and installs the
# extension, and goes through generated audit tables of N rows each (default
# 1000000,10000000,100000000), in a throw-away cluster. All have the same
# Parties, SRVs, days and values of factors, so about as many groups: what grows
# is how many rows each has, and how many different times. Shared buffers have
# the table up to 4 GB, which 100 million rows exceed.
#
# Prints what each row costs at each size, in CPU seconds, as those depend least
# on what else the machine does, and fails where that grows or memory passes its
# bound. 100 million rows take half an hour and 40 GB of disk.
set -euo pipefail

# shellcheck source=test/setup.sh
source "$(dirname "${BASH_SOURCE[0]}")/../setup.sh"
# shellcheck source=test/bench/memory.sh
source "$(dirname "${BASH_SOURCE[0]}")/../bench/memory.sh"

packages=(gcc libc6-dev make)
sizes=(1000000 10000000 100000000)

parse_arguments()
{
	[ "$#" -gt 0 ] || return 0
	[[ $# -eq 2 && $1 = --rows && $2 =~ ^[1-9][0-9]*(,[1-9][0-9]*)*$ ]] ||
		die 'usage: bash test/scale/growth.sh [--rows N,N,...]'
	mapfile -t sizes < <(tr , '\n' <<<"$2" | sort -nu)
}

start_modest_cluster()
{
	local megabytes=$((256 + sizes[-1] * 130 / 1048576))
	start_cluster \
		"shared_buffers = '$((megabytes < 4096 ? megabytes : 4096))MB'" \
		"max_wal_size = '16GB'" 'autovacuum = off'
}

# In a database of its own, which goes when it has been measured.
generate()
{
	run_psql -c "CREATE DATABASE rows_$1"
	run_psql -d "rows_$1" -v rows="$1" -f test/bench/audit_table.sql \
		-f test/bench/measure.sql -f test/scale/growth.sql
}

# Each task in a session of its own, whose memory is its own, too.
measure()
{
	local name most_kb of_rows statement result
	run_psql -d "rows_$1" -At -c "SELECT name, most_kb, rows, statement
		FROM bench.task ORDER BY place" >"$work/tasks"
	while IFS='|' read -r name most_kb of_rows statement; do
		result=$(watch_memory run_psql -d "rows_$1" -At \
			-v statement="$statement" -f test/scale/growth_session.sql |
			paste -s -d '|')
		echo "$1|$name|$most_kb|$of_rows|$result" | tee -a "$work/results"
	done <"$work/tasks"
	# of one source, without what has been replaced
	run_psql -d "rows_$1" -At -o /dev/null -c "SELECT pmr.drop_source('ids')" \
		-c 'VACUUM FULL pmr.rollup, pmr.rollup_pair'
	run_psql -d "rows_$1" -At -c "SELECT $1, * FROM bench.size" >>"$work/sizes"
	run_psql -c "DROP DATABASE rows_$1"
}

report()
{
	run_psql -v results="$work/results" -v sizes="$work/sizes" \
		-P footer=off -f test/scale/growth_report.sql
}

main()
{
	local rows
	parse_arguments "$@"
	prepare "${packages[@]}"
	run_next 'start a cluster' start_modest_cluster
	for rows in "${sizes[@]}"; do
		run_next "generate $rows rows" generate "$rows"
		run_next "measure $rows rows" measure "$rows"
	done
	run_next 'costs and memory are bounded' report
	if [ "$failed" -eq 0 ]; then
		cat "$work/step.log"
	fi
	print_summary
}

main "$@"
