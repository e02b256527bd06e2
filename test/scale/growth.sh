#!/bin/bash
# Measures the cost per row and the memory of tables of growing size:
#
#	bash test/scale/growth.sh [--rows N,N,...]
#
# Installs missing packages on Debian or Ubuntu, builds and installs the
# extension, and generates audit tables of N rows each (default
# 1000000,10000000,100000000) in a throw-away cluster. All have the same
# Parties, SRVs, days and values of factors, so the number of groups stays about
# the same, and each has more rows and more different times. Shared buffers hold
# the table up to 4 GB, less than 100 million rows need.
#
# Prints the cost per row at each size, in CPU seconds, which depend least on
# the load of the machine. Fails if it grows, or if memory exceeds its bound.
# 100 million rows take half an hour and 40 GB of disk.
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

# Each size has its own database, which is dropped when it has been measured.
generate()
{
	run_psql -c "CREATE DATABASE rows_$1"
	run_psql -d "rows_$1" -v rows="$1" -f test/bench/audit_table.sql \
		-f test/bench/measure.sql -f test/scale/growth.sql
}

# Each task has its own session, so that its memory can be measured.
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
	# the size is that of one source, without dead rows
	run_psql -d "rows_$1" -At -o /dev/null -c "SELECT pmr.drop_source('ids')" \
		-c 'VACUUM FULL pmr.rollup_stratum'
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
