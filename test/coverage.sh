#!/bin/bash
# Measures which lines and branches of src/ the tests reach:
#
#	bash test/coverage.sh
#
# Builds with gcc --coverage, runs unit, pg_regress, isolation and TAP tests,
# and prints the share of each file and the lines never reached. Fails if that
# is less than 95 % of the lines, or if a test fails. Builds, installs and runs
# only in copies of the checkout and of the server. The counts of a server that
# a test kills are lost.
set -euo pipefail

# shellcheck source=test/setup.sh
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"

packages=(gcc libc6-dev make perl libipc-run-perl gcovr)
least_percent=95

# Every elog is for an error that cannot happen, as check.sh lint checks.
not_counted='elog\((ERROR|FATAL|PANIC)'

make_options=(with_llvm=no COPT='--coverage -O0')

install_counting()
{
	make_extension -j "$(nproc)"
	make_extension install
}

# Compiles the core once more, without -fPIC.
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

count_lines()
{
	as_user gcovr --root . --filter src/ --json coverage.json \
		--exclude-lines-by-pattern ".*$not_counted"
	as_user gcovr --root . -a coverage.json --branches
	as_user gcovr --root . -a coverage.json --fail-under-line "$least_percent"
}

main()
{
	prepare_copy install_missing "${packages[@]}"
	copy_server
	run_step 'build and install' install_counting
	run_step 'unit tests' run_units
	run_step 'start a cluster' start_cluster
	use_cluster
	run_step 'pg_regress' test_extension ISOLATION= TAP_TESTS=
	run_step 'pg_isolation_regress' test_extension REGRESS= TAP_TESTS=
	run_step 'prove' test_extension REGRESS= ISOLATION=
	as_user "$pg_bin/pg_ctl" stop -s -w -m fast -D "$work/data"
	run_step 'lines and branches reached' count_lines
	show_lines '' "$work/step.log"
	print_summary
}

main "$@"
