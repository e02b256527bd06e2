#!/bin/bash
# Generates a month of Service Requests and prints the report of one Party:
#
#	bash test/demo.sh [[--rows] N] [--page [FILE]]
#
# Installs missing packages on Debian or Ubuntu, as root or through sudo; builds
# and installs the extension; generates N rows (default 1000000), loads them
# into a throw-away cluster and runs test/demo.sql. Leaves nothing running; the
# extension stays installed. Without root and sudo it needs gcc, make, PostgreSQL
# and its server-dev package, and uses a temporary copy of the server.
#
# With --page it generates four months, and also draws a page of the last one
# (doc/page.md) to FILE (default page.html); this needs Node and npm.
set -euo pipefail

# shellcheck source=test/setup.sh
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"

packages=(gcc libc6-dev make)
rows=1000000
months=1
page=''
generated='GENERATED data. No real Party, Device or network behaves like this.'

parse_arguments()
{
	while [ "$#" -gt 0 ]; do
		case $1 in
			--page)
				months=4
				page=page.html
				if [[ ${2:-} =~ ^[^-] && ! ${2:-} =~ ^[0-9]+$ ]]; then
					page=$2
					shift
				fi
				page=$(realpath "$page")
				;;
			--rows)
				[ "$#" -gt 1 ] || die '--rows needs a number'
				;;
			*)
				[[ $1 =~ ^[1-9][0-9]*$ ]] ||
					die 'usage: bash test/demo.sh [[--rows] N] [--page [FILE]]'
				rows=$1
				;;
		esac
		shift
	done
}

# Shows the lines that demo.sql writes to stderr, which say what it does.
report()
{
	local line start=$SECONDS
	run_psql -v csv_dir="$work/csv" -f test/demo.sql 2>&1 >"$work/report" |
		while IFS= read -r line; do
			printf '\n    %s, after %d s ... ' "$line" $((SECONDS - start)) >&3
		done
}

# The page judges the months by service levels. None is shipped, so insert an
# example. It shows what a role of the Party can see, so that it can be mailed.
draw()
{
	run_psql -c "INSERT INTO
		pmr.service_level (measure, name, target_pct, minimum_pct, source) VALUES
		('business_process', 'All business processes', 95, 90, 'an example');
		CREATE ROLE dunm_reader;
		INSERT INTO pmr.party_access (role_name, party) VALUES ('dunm_reader', 'DUNM')"
	PATH=$pg_bin:$PATH as_user bash test/page/page.sh --party DUNM \
		--role dunm_reader --note "$generated" >"$work/page.html"
}

main()
{
	parse_arguments "$@"
	exec 3>&1
	if [ -n "$page" ]; then
		mapfile -t -O "${#packages[@]}" packages \
			< <(list_missing node:nodejs npm:npm)
	fi
	prepare "${packages[@]}"
	# the last month is three months ago, so it is settled on any day
	run_next "generate $rows rows" generate_rows "$rows" \
		"$(date -d "$(date +%Y-%m-15) -$((months + 2)) months" +%Y-%m)" \
		"$months"
	run_next 'start a cluster' start_cluster
	run_next 'load and report' report
	if [ -n "$page" ]; then
		run_next "draw $page" draw
	fi
	if [ "$failed" -eq 0 ]; then
		cat "$work/report"
		[ -z "$page" ] || cp "$work/page.html" "$page"
	fi
	print_summary
}

main "$@"
