#!/bin/bash
# How much of src/ do the tests reach? Builds it with gcc --coverage, runs the
# unit tests, pg_regress, isolation and TAP tests, and prints lines and branches
# of each file, and every line that was never reached:
#
#	bash test/coverage.sh
#
# Fails below 95 % of the lines, or where a test fails. Builds, installs and
# runs in copies alone, of the checkout and of the server. Servers that a test
# kills do not write down what they have counted.
set -euo pipefail

# shellcheck source=test/setup.sh
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"

packages=(gcc libc6-dev make perl libipc-run-perl gcovr)
least_percent=95

# Every elog is for what cannot happen: "check.sh lint" sees to that.
not_counted='elog\((ERROR|FATAL|PANIC)'

make_extension()
{
	as_user make -s PG_CONFIG="$PG_CONFIG" with_llvm=no \
		COPT='--coverage -O0' "$@"
}

install_counting()
{
	make_extension -j "$(nproc)"
	make_extension install
}

# The same files of the core, compiled once more, as the tests of it need
# neither a server nor -fPIC.
run_units()
{
	local file name
	as_user mkdir -p units/src/core units/test/unit
	for file in src/core/*.c test/unit/*.c; do
		as_user gcc -std=c99 -g -O0 --coverage -Isrc -c "$file" \
			-o "units/${file%.c}.o"
	done
	for file in test/unit/*.c; do
		name=$(basename "$file" .c)
		as_user gcc --coverage units/src/core/*.o "units/test/unit/$name.o" \
			-lm -o "units/$name"
		as_user "units/$name"
	done
}

# run_tests VARIABLE=...: those that PGXS runs, less what is named as empty.
run_tests()
{
	make_extension installcheck "$@" || {
		find . -name regression.diffs -exec cat {} +
		return 1
	}
}

count_lines()
{
	as_user gcovr --root . --filter src/ --json coverage.json \
		--exclude-lines-by-pattern ".*$not_counted"
}

main()
{
	prepare_copy install_missing "${packages[@]}"
	copy_server
	run_step 'build and install' install_counting
	run_step 'unit tests' run_units
	run_step 'start a cluster' start_cluster
	use_cluster
	run_step 'pg_regress' run_tests ISOLATION= TAP_TESTS=
	run_step 'pg_isolation_regress' run_tests REGRESS= TAP_TESTS=
	run_step 'prove' run_tests REGRESS= ISOLATION=
	as_user "$pg_bin/pg_ctl" stop -s -w -m fast -D "$work/data"
	run_step 'gcov' count_lines
	if [ -f coverage.json ]; then
		perl test/coverage.pl coverage.json "$least_percent" ||
			failed=$((failed + 1))
	fi
	print_summary
}

main "$@"
