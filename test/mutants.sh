#!/bin/bash
# Mutation testing: plants the faults of test/mutants.list one by one, and
# prints which test catches each, and which faults survive.
#
#	bash test/mutants.sh [FILE[:NAME]...]	these faults, or all
#	bash test/mutants.sh --list				print their names
#	bash test/mutants.sh --check			check that each can be planted
#
# Runs tests until one fails, crashes the server, or hangs: the tests that the
# list names for the file, then the others of test/sql and test/specs; for a
# fault in the core, unit tests come first. Fails if less than 90 % are caught.
# Builds, installs and runs only in copies of the checkout and of the server.
set -euo pipefail

# shellcheck source=test/setup.sh
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"

packages=(gcc libc6-dev make perl libipc-run-perl)
least_percent=90
longest_cpu_s=100			# a process that uses more CPU time hangs,
longest_s=1200				# and so does a test that takes longer

changed=()					# files to restore when a fault has been tried
server_ready=''				# is there a cluster?
units_have=''				# fault in the unit tests; empty: none
server_has=''				# fault in the installed library
declare -A passes			# tests known to pass without a fault

# ---------------------------------------------------------------------------
# Build
# ---------------------------------------------------------------------------

make_options=(with_llvm=no COPT='-w -MMD -O1 -g0')

# list_objects DIRECTORY FILE: the objects that depend on a file, by gcc -MMD.
list_objects()
{
	find "$1" -name '*.d' -exec grep -lE "(^|[ /])$2( |\$)" {} + |
		sed 's/\.d$/.o/' || true
}

compile_unit()
{
	# shellcheck disable=SC2086 # flags
	as_user gcc $unit_flags -w -MMD -DSTOP_AT_FAILURE -Isrc -c "$1" \
		-o "units/${1%.c}.o"
}

build_units()
{
	local file
	# shellcheck disable=SC2016 # make expands it
	unit_flags=$(make_extension --eval='flags: ; @echo $(UNIT_CFLAGS)' flags)
	as_user mkdir -p units/src/core units/test/unit
	for file in src/core/*.c test/unit/*.c; do
		compile_unit "$file"
	done
}

# Builds a fault in a file into the unit tests.
use_in_units()
{
	local fault=$1 file=$2 object
	[ "$units_have" != "$fault" ] || return 0
	while IFS= read -r object; do
		changed+=("$object")
		object=${object#units/}
		compile_unit "${object%.o}.c" || return 1
	done < <(list_objects units "$file")
	units_have=$fault
}

# Builds a fault in a file into the installed extension. make -o ignores the
# headers, because the Makefile makes every object depend on each of them.
use_in_server()
{
	local fault=$1 file=$2 old=() object
	start_server
	[ "$server_has" != "$fault" ] || return 0
	for object in src/*.h src/core/*.h; do
		old+=(-o "$object")
	done
	while IFS= read -r object; do
		changed+=("$object")
		rm "$object"
	done < <(list_objects src "$file")
	rm -f pmr_metrics.so
	make_extension "${old[@]}" || return 1
	install_built
	server_has=$fault
}

# The library as a new file, because sessions may still use the old one.
install_built()
{
	local installed
	installed=$("$PG_CONFIG" --pkglibdir)/pmr_metrics.so
	rm -f "$installed"
	as_user cp pmr_metrics.so "$installed"
	as_user cp sql/pmr_metrics--*.sql "$("$PG_CONFIG" --sharedir)/extension/"
}

use_no_fault()
{
	local file
	for file in "${changed[@]}"; do
		as_user cp -p "$work/sound/$file" "$file"
	done
	changed=()
	units_have=''
	if [ -n "$server_has" ]; then
		as_user cp -p "$work/sound/pmr_metrics.so" .
		as_user cp -p "$work"/sound/sql/pmr_metrics--*.sql sql/
		install_built
		server_has=''
	fi
}

# ---------------------------------------------------------------------------
# The cluster
# ---------------------------------------------------------------------------

start_server()
{
	[ -z "$server_ready" ] || return 0
	as_user cp -p "$work/sound/pmr_metrics.so" .
	make_extension install
	start_cluster >"$work/step.log" 2>&1 || die "$(cat "$work/step.log")"
	use_cluster
	as_user "$pg_bin/pg_ctl" stop -s -w -m fast -D "$work/data"
	as_user cp -a "$work/data" "$work/data.new"
	start_again
	server_ready=yes
}

# From a fresh data directory, because a fault may have damaged the old one; and
# with a limit of memory.
start_again()
{
	as_user "$pg_bin/pg_ctl" stop -s -w -m immediate -D "$work/data" \
		2>/dev/null || true
	rm -rf "$work/data"
	as_user cp -a "$work/data.new" "$work/data"
	(
		ulimit -v 8000000 -t "$longest_cpu_s"
		as_user "$pg_bin/pg_ctl" start -s -w -D "$work/data" \
			-l "$work/data/server.log"
	)
}

# ---------------------------------------------------------------------------
# Tests, named by where they are below test/
# ---------------------------------------------------------------------------

# order_tests FILE TEST...: those named, then the others.
order_tests()
{
	local file=$1 others=()
	shift
	case $file in
		src/core/*) others+=(test/unit/*.c) ;;
	esac
	others+=(test/sql/*.sql test/specs/*.spec)
	others=("${others[@]#test/}")
	{
		printf '%s\n' "$@" | grep '^unit/' || true
		printf '%s\n' "${others[@]%.*}" | grep '^unit/' || true
		printf '%s\n' "$@" "${others[@]%.*}"
	} | awk '!seen[$0]++'
}

run_test()
{
	local name=${1#*/}
	case $1 in
		unit/*)
			# shellcheck disable=SC2086 # flags
			as_user gcc $unit_flags units/src/core/*.o \
				"units/test/unit/$name.o" -lm -o "units/$name" &&
				(
					ulimit -t "$longest_cpu_s"
					as_user timeout "$longest_s" "units/$name"
				)
			;;
		sql/*) run_installcheck REGRESS="$name" ISOLATION= TAP_TESTS= ;;
		specs/*) run_installcheck REGRESS= ISOLATION="$name" TAP_TESTS= ;;
		t/*) run_installcheck REGRESS= ISOLATION= PROVE_TESTS="test/$1.pl" ;;
	esac
}

run_installcheck()
{
	as_user timeout "$longest_s" \
		make -s installcheck PG_CONFIG="$PG_CONFIG" "$@"
}

# A test that fails must pass without the fault.
check_passes()
{
	local test=$1
	if [ -z "${passes[$test]:-}" ]; then
		run_test "$test" >"$work/test.log" 2>&1 </dev/null || {
			cat "$work/test.log"
			die "$test fails without a fault"
		}
		passes[$test]=yes
	fi
}

# ---------------------------------------------------------------------------

# try_fault FAULT FILE TEST...: print which test catches it; 1 if none does.
try_fault()
{
	local fault=$1 file=$2 test use status start=$SECONDS
	shift 2

	as_user perl test/mutants.pl plant "$fault"
	changed+=("$file")
	while IFS= read -r test; do
		case $test in
			unit/*) use=use_in_units ;;
			*) use=use_in_server ;;
		esac
		"$use" "$fault" "$file" >"$work/test.log" 2>&1 || {
			cat "$work/test.log"
			die "$fault: does not compile"
		}
		status=0
		run_test "$test" >"$work/test.log" 2>&1 </dev/null || status=$?
		if [ "$status" -ne 0 ]; then
			use_no_fault
			[ "$use" = use_in_units ] || start_again
			check_passes "$test"
			[ "$status" -ne 124 ] || test+=', which takes too long'
			echo "caught by $test: $fault ($((SECONDS - start)) s)"
			return 0
		fi
	done < <(order_tests "$file" "$@")
	use_no_fault
	echo "SURVIVED: $fault ($((SECONDS - start)) s)"
	return 1
}

# select_faults [FILE[:NAME]...]: as mutants.pl lists them.
select_faults()
{
	local wanted
	if [ "$#" -eq 0 ]; then
		perl "$checkout/test/mutants.pl" list
	fi
	for wanted in "$@"; do
		perl "$checkout/test/mutants.pl" list |
			awk -F '\t' -v wanted="$wanted" '
				$1 == wanted || $2 == wanted { print; found = 1 }
				END { exit !found }' || die "no such fault: $wanted"
	done
}

main()
{
	local fault file tests faults caught=0 survivors=()

	case ${1:-} in
		--list)
			perl "$checkout/test/mutants.pl" list | cut -f 1
			return
			;;
		--check)
			cd "$checkout"
			perl test/mutants.pl check
			return
			;;
	esac
	faults=$(select_faults "$@")

	prepare_copy install_missing "${packages[@]}"
	copy_server
	perl test/mutants.pl check
	make_extension -j "$(nproc)"
	build_units
	as_user cp -a . "$work/sound"

	while IFS=$'\t' read -r fault file tests; do
		# shellcheck disable=SC2086 # a list of tests
		if try_fault "$fault" "$file" $tests; then
			caught=$((caught + 1))
		else
			survivors+=("$fault")
		fi
	done <<<"$faults"

	if [ "${#survivors[@]}" -gt 0 ]; then
		printf '\nsurvivors:\n'
		printf '  %s\n' "${survivors[@]}"
	fi
	echo "$caught of $((caught + ${#survivors[@]})) faults caught"
	[ $((100 * caught)) -ge \
		$((least_percent * (caught + ${#survivors[@]}))) ]
}

main "$@"
