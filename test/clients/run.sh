#!/bin/bash
# Reads the reports with real clients, as a role that can see one Party. Each
# must get what psql gets.
#
#	bash test/clients/run.sh [CLIENT...]
#
# Clients: jdbc odbc node_postgres cube (default all). Installs missing packages
# on Debian or Ubuntu, and those of Node from the npm registry into a temporary
# directory. The clients connect to a throw-away cluster on loopback.
set -euo pipefail

# shellcheck source=test/setup.sh
source "$(dirname "${BASH_SOURCE[0]}")/../setup.sh"

all_clients=(jdbc odbc python node_postgres cube)
packages=(gcc libc6-dev make)
rows=60000
party=DUNM
from_day=2026-07-01
to_day=2026-07-31

# Another time zone than the cluster's, with daylight-saving time: no result may
# depend on it.
export TZ=Europe/London

# list_packages CLIENT...: packages of the programs that are missing.
list_packages()
{
	local client
	for client in "$@"; do
		case $client in
			jdbc)
				list_missing javac:default-jdk-headless
				echo libpostgresql-jdbc-java
				;;
			odbc)
				printf '%s\n' odbc-postgresql unixodbc-dev
				;;
			python)
				printf 'python3-%s\n' psycopg2 sqlalchemy pandas
				;;
			*)
				list_missing node:nodejs npm:npm
				;;
		esac
	done | sort -u
}

# Some clients can only use TCP. A password keeps other users of the machine
# out.
open_loopback()
{
	port=$(perl -MIO::Socket::INET -e 'print IO::Socket::INET->new(
		Listen => 1, LocalAddr => "127.0.0.1")->sockport')
	as_user tee "$work/data/pg_hba.conf" >/dev/null <<-HBA
		local all all trust
		host all all 127.0.0.1/32 scram-sha-256
	HBA
	as_user tee -a "$work/data/postgresql.conf" >/dev/null <<-CONF
		listen_addresses = '127.0.0.1'
		port = $port
	CONF
	as_user "$pg_bin/pg_ctl" restart -s -w -D "$work/data" \
		-l "$work/data/server.log"
}

make_reader()
{
	run_psql -v party="$party" -f test/clients/reader.sql
}

# The expected results, tab-separated with a heading.
answer()
{
	run_psql -A -F $'\t' -P null='\N' -P footer=off -U pmr_client "$@"
}

write_answers()
{
	local file name values text
	as_user mkdir "$work/answers"
	for file in test/clients/questions/*.sql; do
		name=$(basename "$file" .sql)
		text=$(<"$file")
		values="'$party', '$from_day'"
		[[ $text != *\$3* ]] || values+=", '$to_day'"
		answer -c "PREPARE question AS $text" -c "EXECUTE question($values)" |
			as_user tee "$work/answers/$name.tsv" >/dev/null
		[ "$(wc -l <"$work/answers/$name.tsv")" -gt 1 ] || die "no rows: $name"
	done
	answer -c "SELECT c.relname AS view, a.attname AS name, t.typname AS type,
			col_description(c.oid, a.attnum) AS comment
		FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid
		JOIN pg_type AS t ON t.oid = a.atttypid
		WHERE c.relnamespace = 'pmr'::regnamespace AND c.relkind = 'v'
		  AND c.relname ~ '_(performance|process|comparison|report)$'
		  AND c.relname !~ '^current_' AND a.attnum > 0
		ORDER BY c.relname, a.attnum" |
		as_user tee "$work/answers/columns.tsv" >/dev/null
}

# as_reader COMMAND...: run with libpq's variables for the reader, over
# loopback.
as_reader()
{
	as_user env PGHOST=127.0.0.1 PGPORT="$port" PGUSER=pmr_client \
		PARTY="$party" FROM_DAY="$from_day" TO_DAY="$to_day" \
		PATH="$pg_bin:$PATH" "$@"
}

run_jdbc()
{
	as_reader java -XX:-UsePerfData -cp /usr/share/java/postgresql.jar \
		test/clients/Jdbc.java test/clients/questions "$work/answers"
}

# All rows at once, and with a cursor. Without Debian's odbcinst.ini, which
# makes the driver write logs to /tmp.
run_odbc()
{
	local driver cursor
	driver=$(dpkg -L odbc-postgresql | grep '/psqlodbcw\.so$')
	as_user gcc -std=c99 -Wall -Wextra -Werror -O2 -D_DEFAULT_SOURCE \
		test/clients/odbc.c -lodbc -o "$work/odbc"
	for cursor in 'UseDeclareFetch=0' 'UseDeclareFetch=1;Fetch=5'; do
		as_reader ODBCSYSINI="$work" "$work/odbc" "Driver=$driver;Servername=127.0.0.1;Port=$port;Database=postgres;Uid=pmr_client;UseServerSidePrepare=1;BoolsAsChar=0;$cursor" \
			test/clients/questions "$work/answers"
	done
}

# Debian's Python, which finds Debian's packages.
run_python()
{
	as_reader OWNER="host=$work port=$port user=postgres dbname=postgres" \
		/usr/bin/python3 test/clients/python.py test/clients/questions \
		"$work/answers"
}

# Without the packages' install scripts: what they build or fetch is not needed.
install_node_packages()
{
	check_npm pg
	as_user npm install --prefix "$1" --ignore-scripts --no-audit --no-fund \
		--loglevel=error
}

run_node_postgres()
{
	install_node_packages test/clients
	as_reader node test/clients/node_postgres.js test/clients/questions \
		"$work/answers"
}

run_cube()
{
	install_node_packages test/clients/cube
	as_reader OWNER="host=$work port=$port user=postgres" SCHEMA=pmr_client \
		node test/clients/cube/check.js
}

main()
{
	local client
	[ "$#" -gt 0 ] || set -- "${all_clients[@]}"
	for client in "$@"; do
		[[ " ${all_clients[*]} " == *" $client "* ]] ||
			die "no such client: $client"
	done

	mapfile -t -O "${#packages[@]}" packages < <(list_packages "$@")
	prepare "${packages[@]}"
	run_next 'start a cluster' start_cluster
	run_next "load $rows rows" load_source "$rows"
	if [ "$failed" -eq 0 ]; then
		PGPASSWORD=$(od -An -N 16 -tx1 /dev/urandom | tr -d ' \n')
		export PGPASSWORD
	fi
	run_next 'make a reader' make_reader
	run_next "write psql's answers" write_answers
	if [ "$failed" -eq 0 ]; then
		open_loopback
		export PGPORT=$port
		for client in "$@"; do
			run_step "$client" "run_$client"
			show_lines '^[0-9]+ checks, 0 failed$' "$work/step.log"
		done
	fi
	print_summary
}

main "$@"
