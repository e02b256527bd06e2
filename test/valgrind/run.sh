#!/bin/bash
# Runs every aggregate, accessor, operator and support function under valgrind:
#
#	bash test/valgrind/run.sh
#
# Installs missing packages on Debian or Ubuntu, builds and installs the
# extension, builds it once more for valgrind, and runs functions.sql in a
# single-user server on a throw-away data directory. Fails on each finding of
# valgrind, in the extension or in the server, that postgres.supp does not
# explain, and if a C function was not called.
set -euo pipefail

# shellcheck source=test/setup.sh
source "$(dirname "${BASH_SOURCE[0]}")/../setup.sh"

# libc6-dbg: valgrind needs the loader's symbols to replace memcmp and others.
packages=(gcc libc6-dev libc6-dbg make valgrind)

make_database()
{
	start_cluster
	load_source 500
}

# The library for valgrind is not installed: the functions of this database
# refer to the directory where it was built. --coverage is for list_called.
build_for_valgrind()
{
	make_extension clean
	make_extension -j "$(nproc)" with_llvm=no \
		COPT="-O1 -g --coverage -include $PWD/test/valgrind/undefined_memory.h"
	run_psql -v library="$PWD/pmr_metrics" <<-'SQL'
		UPDATE pg_catalog.pg_proc SET probin = :'library'
		WHERE probin = '$libdir/pmr_metrics';
	SQL
	list_functions >"$work/functions"
	[ -s "$work/functions" ] || die 'no C functions'
	as_user "$pg_bin/pg_ctl" stop -s -D "$work/data"
}

# The symbols of all C functions.
list_functions()
{
	as_user "$pg_bin/psql" -X -A -t -v library="$PWD/pmr_metrics" <<-'SQL'
		SELECT DISTINCT prosrc FROM pg_catalog.pg_proc
		WHERE probin = :'library' ORDER BY 1;
	SQL
}

# The WAL buffers never fill up, so that only commits write them. Compiling
# expressions would run the loader and LLVM, whose reads valgrind reports.
run_functions()
{
	local status=0
	as_user valgrind --error-exitcode=99 --track-origins=yes --num-callers=30 \
		--suppressions=test/valgrind/postgres.supp --gen-suppressions=all \
		--log-file="$work/valgrind.log" \
		"$pg_bin/postgres" --single -j -D "$work/data" -c jit=off \
		-c wal_buffers=64MB -c log_min_messages=warning postgres \
		<test/valgrind/functions.sql >"$work/single.out" \
		2>"$work/single.err" || status=$?
	cat "$work/valgrind.log"
	return "$status"
}

# A single-user server goes on after an error.
check_no_errors()
{
	! grep -E -A 5 '(ERROR|FATAL|PANIC): ' "$work/single.err"
}

check_called()
{
	list_called >"$work/called"
	comm -23 <(LC_ALL=C sort "$work/functions") "$work/called" >"$work/not_called"
	sed 's/$/ was not called/' "$work/not_called"
	[ ! -s "$work/not_called" ]
}

# The functions of which gcov has counted an executed line.
list_called()
{
	local file
	for file in src/*.c; do
		as_user gcov -f -n -o src "$file"
	done | awk -F "'" '
		/^Function/ { name = $2 }
		/^Lines executed:/ && name != "" {
			if ($0 !~ /^Lines executed:0\.00%/)
				print name
			name = ""
		}' | LC_ALL=C sort
}

main()
{
	[ "$#" -eq 0 ] || die 'usage: bash test/valgrind/run.sh'
	prepare "${packages[@]}"
	run_next 'make a database' make_database
	run_next 'build the extension for valgrind' build_for_valgrind
	run_next 'call all functions' run_functions
	run_next 'no statement fails' check_no_errors
	run_next 'every C function was called' check_called
	print_summary
}

main "$@"
