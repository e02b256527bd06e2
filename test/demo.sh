#!/bin/bash
# A month of Service Requests, from nothing to a Party's report:
#
#	bash test/demo.sh [[--rows] N]
#
# Installs what a Debian or Ubuntu machine lacks (as root or through sudo),
# builds and installs the extension, generates N rows (default 1000000), loads
# them into a throw-away cluster and runs test/demo.sql. Leaves nothing running;
# the extension stays installed.
set -euo pipefail

# shellcheck source=test/setup.sh
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"

packages=(gcc libc6-dev make)
rows=1000000

parse_arguments()
{
	if [ "${1:-}" = --rows ]; then
		shift
		[ "$#" -gt 0 ] || die '--rows needs a number'
	fi
	rows=${1:-$rows}
	[[ $rows =~ ^[1-9][0-9]*$ && $# -le 1 ]] ||
		die 'usage: bash test/demo.sh [[--rows] N]'
}

report()
{
	as_user "$pg_bin/psql" -X -q -v ON_ERROR_STOP=1 -v csv_dir="$work/csv" \
		-f test/demo.sql >"$work/report"
}

main()
{
	parse_arguments "$@"
	prepare "${packages[@]}"
	# three months ago: settled, whatever the day
	run_next "generate $rows rows" generate_rows "$rows" \
		"$(date -d "$(date +%Y-%m-15) -3 months" +%Y-%m)"
	run_next 'start a cluster' start_cluster
	run_next 'load and report' report
	if [ "$failed" -eq 0 ]; then
		cat "$work/report"
	fi
	print_summary
}

main "$@"
