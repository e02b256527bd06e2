#!/bin/bash
# Checks the page of charts in Chromium without a network, on screen and on
# paper: each chart has as many marks as the views have figures; nothing is cut
# off, too small, too pale or shown by colour alone; a mark means the same in all
# charts; the summary says what the views say; and names that look like HTML are
# shown as text.
#
#	bash test/page/test.sh [DIRECTORY]
#
# Installs what a Debian or Ubuntu machine lacks. If DIRECTORY is given, leaves
# the pages and pictures of them there.
set -euo pipefail

# shellcheck source=test/setup.sh
source "$(dirname "${BASH_SOURCE[0]}")/../setup.sh"

packages=(gcc libc6-dev make)
month=2026-07
party="<script>alert('party')</script>&\"quoted\""
firmware="</svg><img src=x onerror=alert('firmware')>"
reader='of one <b>Party</b>'
keep=''

# Distributions other than Debian may have no such package.
install_browser()
{
	if ! command -v chromium; then
		install_optional chromium
		command -v chromium || skip_test 'no package chromium'
	fi
}

fetch_packages()
{
	check_npm vega
	as_user npm ci --no-audit --no-fund --prefix test/page
}

# One Party's requests to one firmware get no response from the 16th on, and those
# to one region on three days, which diagnose must find. The names of Party and
# firmware look like an attack. So does a function that matches a call in page.sql
# better than PostgreSQL's own function does.
make_database()
{
	start_cluster
	generate_rows 60000 2026-05 3
	# shellcheck disable=SC2016 # the variables are perl's
	as_user perl -pi -e 's/^((?:[^,]*,){20})[^,]*(,[^,]*,).*/$1$2,,,,,,/
		if /^[^,]*,DUNM,/ && (/,5\.2\.7,(?:[^,]*,){3}2026-07-(?:1[6-9]|[23])/
			|| /,North,[^,]*,2026-07-(?:0[89]|10)/)' "$work/csv/sr_log.csv"
	replace ,DUNM, ",\"${party//\"/\"\"}\"," "$work/csv/sr_log.csv"
	replace ,5.2.7, ",$firmware," "$work/csv/sr_log.csv"
	replace '^DUNM,' "\"${party//\"/\"\"}\"," "$work/csv/participant.csv"
	run_psql -v csv_dir="$work/csv" -f test/data/source.sql
	run_psql -v party="$party" -v month="$month-01" \
		-v reader="$reader" <<-'SQL'
		CALL pmr.publish('demo', :'month');
		CREATE ROLE :"reader" LOGIN;
		INSERT INTO pmr.party_access VALUES (:'reader', :'party');
		CREATE FUNCTION public.to_char(date, text) RETURNS text
			LANGUAGE plpgsql AS 'BEGIN RAISE ''called''; END';
	SQL
}

# replace PATTERN TEXT FILE
replace()
{
	as_user env new="$2" perl -pi -e "s/$1/\$ENV{new}/" "$3"
}

set_levels()
{
	run_psql -c "INSERT INTO
		pmr.service_level (measure, name, target_pct, minimum_pct, source) VALUES
		('business_process', 'All business processes', 95, 90, '<b>ours</b>')"
}

# look PAGE ROLE [PSQL ARGUMENT...]: make a page and check it.
look()
{
	local page=$work/page/$1 role=$2
	shift 2
	as_user mkdir -p "$work/page"
	as_user bash test/page/page.sh --party "$party" --month "$month" \
		--role "$role" --note 'GENERATED <data>' "$@" >"$page.html"
	run_psql -A -t -v party="$party" -v month="$month-01" -v role="$role" \
		"$@" -f test/page/marks.sql >"$page.json"
	as_user node test/page/test.mjs "$page" "$party" "$firmware"
	[ -z "$keep" ] || cp "$page".* "$keep"
}

# KETT has so few requests that the page prints the interval of its percentage.
look_small()
{
	local party=KETT firmware=''
	run_psql -c "CREATE ROLE small_reader;
		INSERT INTO pmr.party_access VALUES ('small_reader', 'KETT')"
	look small_party small_reader
	grep -F 'id="margin"' "$work/page/small_party.html"
}

refuse_others()
{
	if as_user bash test/page/page.sh --party ALDR --role "$reader" \
		>"$work/page/others.html" 2>"$work/others"; then
		return 1
	fi
	grep -F '0 sources have a month of Party ALDR' "$work/others"
	[ ! -s "$work/page/others.html" ]
}

main()
{
	if [ "$#" -gt 0 ]; then
		keep=$(realpath "$1")
		mkdir -p "$keep"
	fi
	mapfile -t -O "${#packages[@]}" packages \
		< <(list_missing node:nodejs npm:npm)
	prepare "${packages[@]}"
	PATH=$pg_bin:$PATH
	run_next 'install Chromium' install_browser
	run_next 'fetch packages from npm' fetch_packages
	[ "$skipped" -eq 0 ] || skip_test "$reason"
	run_next 'make a database' make_database
	run_next 'page of a role that can see all, without levels' look no_levels ''
	run_next 'set levels' set_levels
	run_next 'page of a role that can see all Parties' look can_see_all_parties ''
	run_next 'page for a Party, made by a trusted role' look for_party "$reader"
	run_next 'page made by a Party' look by_party '' -U "$reader"
	run_next 'page for a small Party' look_small
	run_next 'no page of a Party that the role cannot see' refuse_others
	print_summary
}

main "$@"
