#!/bin/bash
# Measures the aggregates in comparison with alternatives:
#
#	bash test/bench/run.sh [--rows N] [--runs N] [SECTION...]
#
# Sections: speed memory parallel sketch error pathological report journey
# (default all). Installs missing packages on Debian or Ubuntu, builds and
# installs the extension, and measures in a throw-away cluster on a generated
# audit table of N rows (default 20000000: 2 GB on disk, and as much in shared
# buffers), each contender in turn N times (default 5). That takes about an hour,
# on a machine that does nothing else. Extensions that are not packaged
# (ddsketch, quantile) are measured if they are installed.
set -euo pipefail

# shellcheck source=test/setup.sh
source "$(dirname "${BASH_SOURCE[0]}")/../setup.sh"
# shellcheck source=test/bench/memory.sh
source "$(dirname "${BASH_SOURCE[0]}")/memory.sh"

packages=(gcc libc6-dev make)
sections=(speed memory parallel sketch error pathological report journey)
rows=20000000
runs=5

parse_arguments()
{
	local named=()
	while [ "$#" -gt 0 ]; do
		case $1 in
			--rows | --runs)
				[[ ${2:-} =~ ^[1-9][0-9]*$ ]] || die "$1 needs a number"
				printf -v "${1#--}" '%s' "$2"
				shift
				;;
			*)
				[[ " ${sections[*]} " == *" $1 "* ]] ||
					die "no such section: $1"
				named+=("$1")
				;;
		esac
		shift
	done
	[ "${#named[@]}" -eq 0 ] || sections=("${named[@]}")
}

install_peers()
{
	install_missing "${packages[@]}"
	install_for_server tdigest
}

# Shared buffers hold the whole table.
start_large_cluster()
{
	start_cluster \
		"shared_buffers = '$((256 + rows * 130 / 1048576))MB'" \
		"max_wal_size = '16GB'" 'autovacuum = off'
}

run_sql()
{
	run_psql -v rows="$rows" \
		-v runs="$runs" -P footer=off "$@"
}

make_table()
{
	run_sql -f test/bench/audit_table.sql
	run_sql -f test/bench/measure.sql
}

# peak_memory GROUPING CONTENDER: of a query that does not spill to disk.
peak_memory()
{
	local query peak
	query=$(run_sql -At -c "SELECT bench.query(name, (SELECT expression FROM
		bench.contender WHERE name = '$2')) FROM bench.groups
		WHERE name = '$1'")
	peak=$(watch_memory run_sql -At -c 'SELECT pg_backend_pid()' \
		-c "SET work_mem = '8GB'; SET jit = off;
			SET max_parallel_workers_per_gather = 0" \
		-c 'SELECT pg_sleep(0.2)' -c "$query" | tail -n 1)
	printf '%10s groups  %-16s %6d MB\n' "$1" "$2" $((peak / 1024))
}

measure_memory()
{
	local grouping contender
	echo 'peak private memory, without spilling to disk'
	for grouping in 1 1,800 162,000; do
		run_sql -At -c "SELECT name FROM bench.contender
			WHERE place BETWEEN 2 AND 9 AND NOT slow ORDER BY place" |
			while read -r contender; do
				peak_memory "$grouping" "$contender"
			done
	done
	echo
}

main()
{
	local section
	parse_arguments "$@"
	prepare_copy install_peers
	use_cluster
	run_step 'build and install the extension' install_extension
	run_step 'start a cluster' start_large_cluster
	run_step "generate $rows rows" make_table
	for section in "${sections[@]}"; do
		[ "$failed" -eq 0 ] || break
		if [ "$section" = memory ]; then
			run_step "$section" measure_memory
		else
			run_step "$section" run_sql -f "test/bench/$section.sql"
		fi
		cat "$work/step.log"
	done
	print_summary
}

main "$@"
