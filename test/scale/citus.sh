#!/bin/bash
# Compares what a Citus cluster computes with what one server computes:
#
#	PG_CONFIG=.../pg_config bash test/scale/citus.sh [--rows N]
#
# PG_CONFIG is that of a server which has Citus. Installs missing packages on
# Debian or Ubuntu, builds and installs the extension, and starts a coordinator
# and two workers, which are thrown away at the end.
#
# - Each aggregate has the same result over a distributed table (citus.sql).
# - Refreshes of N rows (default 200000) have the same result for a table that
#   is distributed by Party, for one that is distributed by request id, and for
#   a local one, also with little work_mem (citus_refresh.sql). Prints how long
#   they take.
# - The workers aggregate: no rows travel.
set -euo pipefail

# shellcheck source=test/setup.sh
source "$(dirname "${BASH_SOURCE[0]}")/../setup.sh"

rows=200000

parse_arguments()
{
	[ "$#" -gt 0 ] || return 0
	[[ $# -eq 2 && $1 = --rows && $2 =~ ^[1-9][0-9]*$ ]] ||
		die 'usage: PG_CONFIG=... bash test/scale/citus.sh [--rows N]'
	rows=$2
}

# start_node NAME: each has its own directory, for its data and its socket.
start_node()
{
	local work=$work/$1
	as_user mkdir "$work"
	start_cluster "shared_preload_libraries = 'citus'" \
		"citus.local_hostname = '$work'" \
		"citus.node_conninfo = 'sslmode=disable'" \
		"citus.enable_statistics_collection = off" \
		"shared_buffers = '256MB'" "max_wal_size = '4GB'" 'jit = off'
	PGHOST=$work run_psql -c 'CREATE EXTENSION citus'
}

start_nodes()
{
	local node
	for node in coordinator worker1 worker2; do
		start_node "$node"
	done
	run_psql -o /dev/null \
		-c "SELECT citus_set_coordinator_host('$work/coordinator', 5432)" \
		-c "SELECT citus_add_node('$work/worker1', 5432),
			citus_add_node('$work/worker2', 5432)"
}

# The source "demo" is the local table.
load_rows()
{
	load_source "$rows"
	run_psql -f test/scale/citus_source.sql
}

# refresh WORK_MEM: with this work_mem on all nodes.
refresh()
{
	run_psql -c "ALTER DATABASE postgres SET work_mem = '$1'"
	run_psql -f test/scale/citus_refresh.sql
}

# refresh_next NAME WORK_MEM
refresh_next()
{
	[ "$failed" -eq 0 ] || return 0
	run_step "$1" refresh "$2"
	[ "$failed" -gt 0 ] || show_lines ' s$' "$work/step.log"
}

main()
{
	parse_arguments "$@"
	prepare gcc libc6-dev make
	export PGHOST=$work/coordinator
	[ -f "$("$PG_CONFIG" --sharedir)/extension/citus.control" ] ||
		die "no Citus in the server of $PG_CONFIG"
	run_next 'start a coordinator and two workers' start_nodes
	run_next "distribute $rows rows" load_rows
	run_next 'aggregates over a distributed table' \
		run_psql -f test/scale/citus.sql
	refresh_next 'refreshes of distributed tables' 256MB
	refresh_next 'the same with little work_mem' 64kB
	print_summary
}

main "$@"
