#!/bin/bash
# Fuzzes the core with libFuzzer, the address and undefined behaviour
# sanitizers, and the assertions of the core:
#
#	bash test/fuzz/run.sh [--runs N] [--seed N] [TARGET...]
#
# Targets: decode text state merge add rollup journey (default all), described in
# test/fuzz/TARGET.c. N executions (default 100000000, about ten minutes on one
# core) are divided among all targets, so that each takes about the same time.
# Each target begins with the inputs of test/fuzz/corpus/TARGET. Needs clang,
# libclang-rt-dev and PostgreSQL's headers; installs nothing.
#
# Stops at the first input that fails, and leaves it in the current directory;
# tmp_check/fuzz/TARGET FILE repeats it. The same seed gives the same inputs.
set -euo pipefail

# Percentages of all executions, and lengths of the longest inputs.
declare -A shares=([decode]=36 [text]=5 [state]=34 [merge]=5 [add]=1 [rollup]=10
	[journey]=9)
declare -A lengths=([decode]=64 [text]=64 [state]=128 [merge]=96 [add]=96
	[rollup]=128 [journey]=192)
targets=(decode text state merge add rollup journey)
runs=100000000
seed=20211105
built=tmp_check/fuzz

flags=(-g -O2 -Wall -Wextra -Werror -fno-sanitize-recover=all -Isrc -Itest)
sanitizers=address,undefined

# Tracing the operands of comparisons would take half of the time, and so would
# the quarantine of freed memory, which these targets do not need: they have
# their own memory.
coverage=-fno-sanitize-coverage=trace-cmp
export ASAN_OPTIONS=quarantine_size_mb=1:thread_local_quarantine_size_kb=64

die()
{
	echo "$*" >&2
	exit 1
}

parse_arguments()
{
	local named=()
	while [ "$#" -gt 0 ]; do
		case $1 in
			--runs | --seed)
				[[ ${2:-} =~ ^[1-9][0-9]*$ ]] || die "$1 needs a number"
				printf -v "${1#--}" '%s' "$2"
				shift
				;;
			*)
				[ -n "${shares[$1]:-}" ] || die "no such target: $1"
				named+=("$1")
				;;
		esac
		shift
	done
	[ "${#named[@]}" -eq 0 ] || targets=("${named[@]}")
}

# As an archive, because a target may include a part of the core itself.
build_core()
{
	local file
	mkdir -p "$built"
	rm -f "$built"/*.o "$built/core.a"
	for file in src/core/*.c; do
		clang -std=c99 -pedantic "${flags[@]}" "$coverage" \
			-fsanitize="fuzzer-no-link,$sanitizers" -c "$file" \
			-o "$built/$(basename "$file" .c).o"
	done
	ar rcs "$built/core.a" "$built"/*.o
}

build_target()
{
	local options=(-std=c99 -pedantic) libraries=("$built/core.a" -lm)
	if [ "$1" = text ]; then
		options=(-std=gnu99 -D_GNU_SOURCE -Wno-unused-parameter
			-isystem "$("${PG_CONFIG:-pg_config}" --includedir-server)")
		libraries+=(-L"$("${PG_CONFIG:-pg_config}" --pkglibdir)"
			-L"$("${PG_CONFIG:-pg_config}" --libdir)" -lpgcommon -lpgport)
	fi
	clang "${flags[@]}" "${options[@]}" "$coverage" \
		-fsanitize="fuzzer,$sanitizers" "test/fuzz/$1.c" "${libraries[@]}" \
		-o "$built/$1"
}

# run_target TARGET: run its share, and print how many executions that was.
run_target()
{
	local found=$built/corpus.$1 log=$built/$1.log
	rm -rf "$found"
	mkdir -p "$found"
	if ! "$built/$1" -runs=$((runs * shares[$1] / 100 + 1)) -seed="$seed" \
		-max_len="${lengths[$1]}" -timeout=10 -detect_leaks=0 -print_funcs=0 \
		"$found" "test/fuzz/corpus/$1" >"$log" 2>&1; then
		tail -n 40 "$log"
		die "$1 failed"
	fi
	sed -nE "s/^Done ([0-9]+) runs in ([0-9]+) .*/$1: \1 executions in \2 s/p" \
		"$log"
}

main()
{
	local target
	parse_arguments "$@"
	cd "$(dirname "${BASH_SOURCE[0]}")/../.."
	build_core
	for target in "${targets[@]}"; do
		build_target "$target"
		run_target "$target"
	done
}

main "$@"
