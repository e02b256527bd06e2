#!/bin/bash
# Measures how often diagnose finds a cause that was planted, and how often it
# claims something false:
#
#	bash test/power/run.sh [--seeds N | --full] [SCENARIO...]
#
# A scenario is a way to generate requests; scenario.sql lists them. Each seed is
# a month of a Party of its own. Runs the scenarios whose names match one of the
# regular expressions (default all), with N seeds (default 10), and prints the
# figures. --full takes 100 seeds if something is planted, and 500 if nothing is,
# which takes a quarter of an hour.
#
# Each scenario is a check of its limits: at most 5 % of the seeds, but one is
# always allowed, may miss the cause, or claim something false. Installs missing
# packages on Debian or Ubuntu, builds and installs the extension, and runs in a
# throw-away cluster.
set -euo pipefail

# shellcheck source=test/setup.sh
source "$(dirname "${BASH_SOURCE[0]}")/../setup.sh"

seeds=10
full=no
patterns=''

parse_arguments()
{
	while [ "$#" -gt 0 ]; do
		case $1 in
			--seeds)
				[[ ${2:-} =~ ^[1-9][0-9]*$ ]] || die "$1 needs a number"
				seeds=$2
				shift
				;;
			--full) full=yes ;;
			-*) die 'usage: bash test/power/run.sh [--seeds N | --full] [SCENARIO...]' ;;
			*) patterns+="${patterns:+|}$1" ;;
		esac
		shift
	done
}

# Without WAL, which the rollups of 500 Parties are most of.
start_minimal_cluster()
{
	start_cluster "wal_level = 'minimal'" 'max_wal_senders = 0' \
		"shared_buffers = '1GB'" "max_wal_size = '4GB'" 'autovacuum = off'
	run_psql -c 'CREATE EXTENSION pmr_metrics' -f test/power/scenario.sql \
		-f test/power/audit.sql
	run_psql -At -v patterns="$patterns" >"$work/scenarios" \
		<<<"SELECT scenario FROM power.scenario
			WHERE scenario ~ :'patterns' ORDER BY place"
	[ -s "$work/scenarios" ] || die 'no such scenario'
}

# measure SCENARIO SEEDS
measure()
{
	run_psql -v scenarios="^$1\$" -v seeds="$2" -f test/power/measure.sql \
		-f test/power/report.sql -f test/power/limits.sql
}

main()
{
	local scenario number
	parse_arguments "$@"
	prepare gcc libc6-dev make
	run_step 'start a cluster' start_minimal_cluster
	[ "$failed" -eq 0 ] || { print_summary; exit 1; }
	while IFS= read -r scenario; do
		number=$seeds
		if [ "$full" = yes ]; then
			[[ $scenario = nothing:* ]] && number=500 || number=100
		fi
		run_step "$scenario" measure "$scenario" "$number"
	done <"$work/scenarios"
	run_psql -v scenarios="$patterns" -P footer=off -f test/power/report.sql
	print_summary
}

main "$@"
