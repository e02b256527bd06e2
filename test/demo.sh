#!/bin/bash
# A month of Service Requests, from nothing to a Party's report:
#
#	bash test/demo.sh [[--rows] N] [--page [FILE]]
#
# Installs what a Debian or Ubuntu machine lacks (as root or through sudo),
# builds and installs the extension, generates N rows (default 1000000), loads
# them into a throw-away cluster and runs test/demo.sql. Leaves nothing running;
# the extension stays installed.
#
# With --page the rows are of four months, and the Party's last one is drawn
# as well, to FILE (default page.html); that takes Node and npm.
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

report()
{
	run_psql -v csv_dir="$work/csv" -f test/demo.sql >"$work/report"
}

# The levels are none that anybody has set: without any there is nothing to
# judge the months by.
draw()
{
	run_psql -c "INSERT INTO
		pmr.service_level (measure, name, target_pct, minimum_pct, source) VALUES
		('business_process', 'All business processes', 95, 90, 'an example')"
	PATH=$pg_bin:$PATH as_user bash test/page/page.sh --party DUNM \
		--note "$generated" >"$work/page.html"
}

main()
{
	parse_arguments "$@"
	if [ -n "$page" ]; then
		mapfile -t -O "${#packages[@]}" packages \
			< <(list_missing node:nodejs npm:npm)
	fi
	prepare "${packages[@]}"
	# the last one three months ago: settled, whatever the day
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
