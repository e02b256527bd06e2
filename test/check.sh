#!/bin/bash
# Every check there is: bash test/check.sh [GROUP...]
#
# Groups: those of all_groups below; all of them when none is named. Installs
# what a Debian or Ubuntu machine lacks (as root or through sudo), goes on after
# a failure, and ends with "N passed, N failed" and an exit status to match. What
# cannot be tried here is skipped, and its line says why.
# `make install` replaces a pmr_metrics installed on this machine.
set -euo pipefail

# shellcheck source=test/setup.sh
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"

all_groups=(lint build static unit fuzz mutants speed regress tap clients
	page sqlsmith valgrind versions)

packages=(git gcc libc6-dev libc6-dbg make binutils clang libclang-rt-dev perl
	libipc-run-perl shellcheck sqlsmith valgrind clang-tidy clang-tools cppcheck)

# pgindent's options
indent_options=(-bad -bap -bbb -bc -bl -cli1 -cp33 -cdb -nce -d0 -di12 -nfc1
	-i4 -l79 -lp -lpl -nip -npro -sac -tpg -ts4)

# The indenter has a package of its own up to PostgreSQL 15 or so, then comes
# with the server's headers.
install_tools()
{
	install_missing "${packages[@]}"
	find_server
	PATH=$pg_bin:$PATH
	command -v pg_bsd_indent || install_missing pg-bsd-indent
	install_optional python3-pglast
	install_for_server cron plpgsql-check
}

# ---------------------------------------------------------------------------
# lint
# ---------------------------------------------------------------------------

check_lint()
{
	run_step 'lint: C indentation' check_indentation
	run_step 'lint: elog' check_elog
	run_step 'lint: shell scripts' check_scripts
	run_step 'lint: one version everywhere' check_version
	run_step 'lint: META.json' check_meta
	run_step 'lint: install and update scripts' check_sql_scripts
	run_step 'lint: released files are unchanged' check_frozen
	run_step 'lint: no SQL file hides a test' check_test_names
	run_step 'lint: every public object is documented' check_documented
	run_step 'lint: trailing white space' check_white_space
}

list_c_files()
{
	find src test -name '*.[ch]' | sort
}

check_indentation()
{
	local file types found=no status=0

	list_own_types >"$work/own_types"
	cat "$work/own_types" src/typedefs.list >"$work/all_types"
	while IFS= read -r file; do
		found=yes
		types=$work/own_types
		[ "$(dirname "$file")" != src ] || types=$work/all_types
		indent_c "$file" "$types" >"$work/indented.c"
		diff -u --label "$file" --label "$file, indented" \
			"$file" "$work/indented.c" || status=1
	done < <(list_c_files)
	[ "$found" = yes ] || die 'no C files'
	return "$status"
}

# The indenter must know the names of types. These are C's and our own, which
# are UpperCamel; src/typedefs.list has PostgreSQL's, for the glue alone: "text"
# is a variable elsewhere.
list_own_types()
{
	printf '%s\n' bool FILE size_t va_list intptr_t uintptr_t \
		{u,}int{8,16,32,64}_t
	list_c_files | xargs -r sed -nE \
		-e 's/^\}[[:blank:]]*([A-Z][A-Za-z0-9]*);$/\1/p' \
		-e 's/^typedef [^(){]*[[:blank:]*]([A-Z][A-Za-z0-9]*);$/\1/p'
}

# pg_bsd_indent 2.1.1 (bookworm) and 2.1.2 (PostgreSQL 16 and later) differ in
# the second line of an initializer, and both break compound literals: code that
# has neither passes everywhere.
#
# indent_c FILE TYPES: what pgindent does around pg_bsd_indent, as far as this
# code needs it: keep dash-protected comments, and one space before the * of a
# return type.
indent_c()
{
	sed -E 's:/\* +---:/*---X_X:g' "$1" >"$work/indent_in.c"
	PATH=$pg_bin:$PATH pg_bsd_indent "${indent_options[@]}" -U"$2" \
		"$work/indent_in.c" "$work/indent_out.c"
	sed -E -e 's:/\*---X_X:/* ---:g' \
		-e 's:^([A-Za-z_][^[:space:]]*)[ \t]+\*$:\1 *:' \
		"$work/indent_out.c"
}

# elog gives no errcode, so it is for what cannot happen, and says so in a
# comment on its line or the one above.
check_elog()
{
	local files
	mapfile -t files < <(list_c_files)
	awk '
		/elog\((ERROR|FATAL|PANIC)/ && (above $0) !~ /cannot happen/ {
			print FILENAME ":" FNR ": " $0
			found = 1
		}
		{ above = $0 }
		END { exit found }' "${files[@]}"
}

# refuse_match PATTERN FILE...: fail, showing them, when lines match.
refuse_match()
{
	local status=0
	grep -rnE -e "$@" || status=$?
	[ "$status" -eq 1 ]
}

check_scripts()
{
	local file scripts=(.ci/run)
	mapfile -t -O 1 scripts < <(find test -name '*.sh' | sort)
	for file in "${scripts[@]}"; do
		bash -n "$file"
	done
	shellcheck --external-sources "${scripts[@]}"
}

check_version()
{
	local control meta changelog
	control=$(current_version)
	meta=$(perl -MJSON::PP -0777 -ne \
		'print JSON::PP->new->utf8->decode($_)->{version}' META.json)
	changelog=$(sed -nE 's/^## \[?v?([0-9]+\.[0-9]+\.[0-9]+).*/\1/p' \
		CHANGELOG.md | head -n 1)
	echo "pmr_metrics.control $control, META.json $meta, CHANGELOG.md $changelog"
	[ -n "$control" ]
	[ "$control" = "$meta" ]
	[ "$control" = "$changelog" ]
}

# META.json has what PGXN requires; its files exist, and its versions agree.
check_meta()
{
	perl -MJSON::PP -0777 -ne '
		my $meta = JSON::PP->new->utf8->decode($_);
		my @wrong = grep { !$meta->{$_} }
			qw(name abstract version maintainer license provides meta-spec);
		foreach my $part (values %{ $meta->{provides} }) {
			push @wrong, grep { !-f } @$part{qw(file docfile)};
			push @wrong, "version" if $part->{version} ne $meta->{version};
		}
		print "missing or wrong: @wrong\n";
		exit !!@wrong' META.json
}

install_script()
{
	local script
	script=sql/pmr_metrics--$(current_version).sql
	make_extension "$script" >&2
	echo "$script"
}

check_sql_scripts()
{
	local scripts
	mapfile -t scripts < <(compgen -G 'sql/upgrade/*.sql')
	lint_sql --planted test/static/planted.sql
	lint_sql "$(install_script)" "${scripts[@]}"
}

# pglast is a package for Debian's own Python alone.
lint_sql()
{
	/usr/bin/python3 -c 'import pglast' ||
		skip_test 'no package python3-pglast'
	/usr/bin/python3 test/static/lint_sql.py "$@"
}

# Released scripts and stored bytes never change; what test/freeze.sh has not
# frozen is not released.
check_frozen()
{
	local file version sums=test/frozen/SHA256SUMS
	sha256sum --quiet --strict --check "$sums"
	for file in test/frozen/*; do
		[ "$file" = "$sums" ] || grep -qF "  $file" "$sums" ||
			die "$file is not in $sums"
	done
	while IFS= read -r version; do
		for file in "test/frozen/pmr_metrics--$version.sql" \
			$(compgen -G "sql/upgrade/pmr_metrics--*--$version.sql"); do
			grep -qF "  $file" "$sums" ||
				die "$version is released, but $file not frozen"
		done
		[ "$version" != "$(current_version)" ] ||
			cmp "test/frozen/pmr_metrics--$version.sql" "$(install_script)"
	done < <(list_released)
}

# Versions that the changelog does not call unreleased.
list_released()
{
	sed -nE '/unreleased/d; s/^## \[?v?([0-9]+\.[0-9]+\.[0-9]+).*/\1/p' \
		CHANGELOG.md
}

# pg_regress would run sql/NAME.sql instead of test/sql/NAME.sql, silently.
check_test_names()
{
	local file
	for file in test/sql/*.sql; do
		[ ! -e "sql/${file##*/}" ] || die "$file is hidden by sql/${file##*/}"
	done
}

# Support functions of types, operators and aggregates; nobody calls them.
support='_(in|out|recv|send|cmp|eq|ne|lt|le|gt|ge|hash|hash_extended)$'
support+='|_(transfn|combine|serialize|deserialize|finalfn)$'

# Each public object has a heading of its own in the manual.
check_documented()
{
	local name status=0
	lint_sql --public "$(install_script)" >"$work/public"
	cat doc/*.md >"$work/manual.md"
	while IFS= read -r name; do
		if ! grep -qE "^#.*\<$name\>" "$work/manual.md"; then
			echo "no heading for $name in doc/"
			status=1
		fi
	done < <(grep -vE "$support" "$work/public")
	return "$status"
}

# In what is written by hand; expected output ends lines as psql does.
check_white_space()
{
	refuse_match '[[:blank:]]$' --exclude-dir=expected --include='*.[ch]' \
		--include='*.sql' --include='*.sh' --include='*.p[lm]' \
		--include='*.md' --include='*.spec' --include='*.json' \
		--include='*.control' --include='*.mjs' --include='*.css' \
		--include='*.js' --include='*.java' --include=Makefile \
		--exclude-dir=node_modules .
}

# ---------------------------------------------------------------------------
# build
# ---------------------------------------------------------------------------

check_build()
{
	run_step 'build: git archive' build_archive
	run_step 'build: another directory' build_elsewhere
	run_step 'build: no pg_config' check_no_server
	run_step 'build: clang -Werror' build_with clang with_llvm=no
	run_step 'build: gcc -Werror' build_with gcc
	run_step 'build: exported symbols' check_symbols
	run_step 'build: core is C99, gcc' build_core gcc
	run_step 'build: core is C99, clang' build_core clang
	run_step 'build: make clean leaves nothing' check_clean
}

# Beyond -Wall. Left out again: what fmgr and tables of functions call has the
# parameters that they give, and what an initializer leaves out is zero.
more_warnings=(-Wextra -Wno-unused-parameter -Wno-missing-field-initializers)

include_server()
{
	echo "-isystem $("$PG_CONFIG" --includedir-server)"
}

# build_with COMPILER [MAKE ARGUMENT...]. Debian's PostgreSQL brings gcc's
# flags along, some of which clang does not know.
#
# The server's headers count as the system's, whose warnings are not ours.
build_with()
{
	local compiler=$1 flags
	flags="-Werror ${more_warnings[*]} $(include_server)"
	shift
	if [ "$compiler" = clang ]; then
		flags+=" $(clang_flags)"
	fi
	make_extension clean
	make_extension -j "$(nproc)" CC="$compiler" COPT="$flags" "$@"
}

clang_flags()
{
	echo "-Wno-unknown-warning-option -Wno-ignored-attributes" \
		"-Wno-ignored-optimization-argument"
}

make_extension()
{
	as_user make -s PG_CONFIG="$PG_CONFIG" "$@"
}

# Core functions must not leak into the server's name space; SQL calls every
# function of the library, and no other; and each has its pg_finfo_.
check_symbols()
{
	if list_symbols pmr_metrics.so |
		grep -vE '^(pg_finfo_)?pmr_|^(Pg_magic_func|_PG_init|_init|_fini)$'; then
		return 1
	fi
	compare_functions pmr_metrics.so
	diff -u --label 'exported functions' --label PG_FUNCTION_INFO_V1 \
		<(list_symbols pmr_metrics.so | grep '^pmr_') \
		<(list_symbols pmr_metrics.so | sed -n 's/^pg_finfo_//p')
}

list_symbols()
{
	nm -D --defined-only "$1" | awk '{ print $3 }' | LC_ALL=C sort
}

# compare_functions LIBRARY: it exports what the install script calls.
compare_functions()
{
	sed -nE "s/.*'MODULE_PATHNAME', *'([^']*)'.*/\\1/p" "$(install_script)" |
		LC_ALL=C sort -u >"$work/called"
	[ -s "$work/called" ]
	list_symbols "$1" | grep '^pmr_' >"$work/exported"
	diff -u --label 'exported functions' --label 'called by SQL' \
		"$work/exported" "$work/called"
}

# src/core/ promises to know nothing of PostgreSQL.
build_core()
{
	local file
	for file in src/core/*.c; do
		as_user "$1" -std=c99 -pedantic -Wall -Wextra -Werror -O2 -Isrc \
			-c "$file" -o "$work/core.o"
	done
}

# git on the copy, with a repository beside it.
run_git()
{
	as_user git --git-dir="$work/git" --work-tree=. "$@"
}

# As PGXN and packagers do it.
build_archive()
{
	as_user mkdir "$work/archive"
	make_extension clean
	run_git init -q
	run_git add .
	run_git archive "$(run_git write-tree)" | as_user tar -x -C "$work/archive"
	install_below "$work/archive_root" -C "$work/archive"
}

build_elsewhere()
{
	local options=(-C "$work/elsewhere" -f "$PWD/Makefile" VPATH="$PWD")
	as_user mkdir "$work/elsewhere"
	make_extension clean
	install_below "$work/elsewhere_root" "${options[@]}"
	make_extension "${options[@]}" clean
	[ -z "$(find "$work/elsewhere" -type f)" ]
}

# install_below ROOT MAKE_ARGUMENT...: build, install below ROOT and look there.
install_below()
{
	local root=$1 extension
	shift
	make_extension with_llvm=no -j "$(nproc)" "$@" all
	make_extension with_llvm=no "$@" install DESTDIR="$root"
	extension=$root$("$PG_CONFIG" --sharedir)/extension
	cmp pmr_metrics.control "$extension/pmr_metrics.control"
	compare_functions "$root$("$PG_CONFIG" --pkglibdir)/pmr_metrics.so"
	cmp "$(install_script)" "$extension/$(basename "$(install_script)")"
}

# After a build with bitcode, and a unit test.
check_clean()
{
	as_user make -s unit-rtt_sort PG_CONFIG="$PG_CONFIG"
	make_extension clean
	[ -z "$(run_git clean -ndx | tee /dev/stderr)" ]
}

# Without a server's headers make says what is missing, and still runs the unit
# tests.
check_no_server()
{
	fails no_server as_user make PG_CONFIG=no_pg_config
	grep postgresql-server-dev-all "$work/found_by_no_server"
	as_user make -s unit-rtt_sort PG_CONFIG=no_pg_config
}

# ---------------------------------------------------------------------------
# static: what tools find in the source. What they shall not say is in
# test/static/, with the reason.
# ---------------------------------------------------------------------------

check_static()
{
	run_step 'static: clang-tidy' find_by_clang_tidy src/*.c src/core/*.c
	run_step 'static: cppcheck' find_by_cppcheck src test/unit test/bench \
		test/clients test/data
	run_step 'static: scan-build' scan_extension
	run_step 'static: planted faults are found' check_planted
}

find_by_clang_tidy()
{
	printf '%s\n' "$@" |
		as_user xargs -P "$(nproc)" -I '{}' clang-tidy -quiet \
			--config-file=test/static/clang-tidy.yaml '{}' -- \
			-DNDEBUG -D_GNU_SOURCE -Isrc "$(include_server | tr -d ' ')"
}

# It wants to know no headers but our own.
find_by_cppcheck()
{
	as_user cppcheck --quiet --enable=warning,performance,portability \
		--std=c99 -DNDEBUG -Isrc -j "$(nproc)" --error-exitcode=1 \
		--suppressions-list=test/static/cppcheck.suppressions "$@"
}

# find_by_scan_build COMMAND...: with the compiler to use in CC. It analyses
# beside a compiler, here one that does nothing.
find_by_scan_build()
{
	as_user scan-build --status-bugs --use-cc=true -o "$work/scan" "$@"
}

# In a copy: what make takes for made is not for installing.
scan_extension()
{
	as_user mkdir "$work/scanned"
	as_user cp -R . "$work/scanned"
	make_extension -C "$work/scanned" clean
	# shellcheck disable=SC2016 # CC is scan-build's
	find_by_scan_build sh -c 'exec "$@" CC="$CC"' sh \
		make -s -C "$work/scanned" -j "$(nproc)" PG_CONFIG="$PG_CONFIG" \
		with_llvm=no COPT="$(clang_flags) $(include_server)"
}

# A check that finds nothing may be one that looks for nothing.
check_planted()
{
	local tool fault status=0
	local file=test/static/planted.c object=$work/planted.o

	# shellcheck disable=SC2016 # CC is scan-build's
	fails gcc compile_planted gcc "$file" "$object" &&
		fails clang compile_planted clang "$file" "$object" &&
		fails clang-tidy find_by_clang_tidy "$file" &&
		fails cppcheck find_by_cppcheck "$file" &&
		fails scan-build find_by_scan_build \
			sh -c 'exec "$CC" -c "$1" -o "$2"' sh "$file" "$object"
	sed -n 's:^/\* found by \([^:]*\)\: \(.*\) \*/$:\1 \2:p' "$file" \
		>"$work/planted"
	while read -r tool fault; do
		if ! grep -F "[$fault" "$work/found_by_$tool"; then
			echo "$tool does not find $fault"
			status=1
		fi
	done <"$work/planted"
	[ -s "$work/planted" ] && [ "$status" -eq 0 ]
}

compile_planted()
{
	as_user "$1" -Wall "${more_warnings[@]}" -Werror -c "$2" -o "$3"
}

# fails TOOL COMMAND...: it does, and what it says is kept.
fails()
{
	local output=$work/found_by_$1
	shift
	if "$@" >"$output" 2>&1; then
		cat "$output"
		echo "no failure: $*"
		return 1
	fi
}

# ---------------------------------------------------------------------------
# unit
# ---------------------------------------------------------------------------

check_unit()
{
	local file compiler
	for file in test/unit/*.c; do
		for compiler in gcc clang; do
			run_step "unit: $(basename "$file" .c), $compiler" \
				run_unit "$compiler" "$file"
		done
	done
}

run_unit()
{
	local compiler=$1 file=$2
	as_user make -s "unit-$(basename "$file" .c)" CC="$compiler"
}

# ---------------------------------------------------------------------------
# fuzz, in short: test/fuzz/run.sh alone takes fifty times as many inputs
# ---------------------------------------------------------------------------

check_fuzz()
{
	run_step 'fuzz: two million inputs' \
		as_user bash test/fuzz/run.sh --runs 2000000
}

# ---------------------------------------------------------------------------
# mutants: a few of those of test/mutants.sh, which takes too long as a whole
# ---------------------------------------------------------------------------

some_mutants=(
	src/core/response_code.c:acknowledgement_is_answer
	src/core/rtt_select.c:next_rank
	src/core/rtt_sort.c:first_stays_first
	src/core/target.c:row_from_the_day_after
	src/target.c:share_of_met
)

check_mutants()
{
	run_step 'mutants: all can be planted' bash test/mutants.sh --check
	run_step 'mutants: some are caught' \
		bash test/mutants.sh "${some_mutants[@]}"
}

# ---------------------------------------------------------------------------
# speed: instructions, which do not depend on what else the machine does
# ---------------------------------------------------------------------------

check_speed()
{
	run_step 'speed: instructions for each round-trip time' check_instructions
	install_once
	start_once
	run_step 'speed: benchmark, on few rows' run_benchmark
	run_step 'speed: growth, on few rows' \
		bash test/scale/growth.sh --rows 2000,20000
}

check_instructions()
{
	local task limit times fewer more taken status=0
	as_user gcc -std=c99 -pedantic -Wall -Wextra -Werror -O2 -DNDEBUG -Isrc \
		-Itest test/bench/instructions.c src/core/*.c -lm \
		-o "$work/instructions"
	while read -r task limit times; do
		fewer=$(count_instructions "$task" 3)
		more=$(count_instructions "$task" 13)
		taken=$(((more - fewer) / 10 / times))
		echo "$task: $taken, at most $limit"
		[ "$taken" -gt 0 ] && [ "$taken" -le "$limit" ] || status=1
	done < <(as_user "$work/instructions")
	return "$status"
}

# That it runs, not what it says.
run_benchmark()
{
	local file
	for file in audit_table measure speed parallel sketch error pathological; do
		run_psql -v rows=20000 -v runs=1 -f "test/bench/$file.sql"
	done
}

count_instructions()
{
	as_user valgrind --tool=callgrind --callgrind-out-file=/dev/null \
		"$work/instructions" "$@" 2>&1 | sed -n 's/.*Collected : //p'
}

# ---------------------------------------------------------------------------
# regress and tap, against the installed extension
# ---------------------------------------------------------------------------

install_once()
{
	if [ -z "${extension_tried:-}" ]; then
		extension_tried=yes
		run_step 'make install' install_extension
	fi
}

start_once()
{
	if [ -z "${cluster_tried:-}" ]; then
		cluster_tried=yes
		run_step 'start a cluster' start_cluster
		use_cluster
	fi
}

check_regress()
{
	install_once
	start_once
	run_step 'regress: PL/pgSQL functions, by plpgsql_check' check_plpgsql
	run_step 'regress: pg_regress' run_regress
	if compgen -G 'test/specs/*.spec' >/dev/null; then
		run_step 'regress: pg_isolation_regress' run_isolation
	fi
}

check_plpgsql()
{
	[ -f "$("$PG_CONFIG" --sharedir)/extension/plpgsql_check.control" ] ||
		skip_test "no package postgresql-$(server_major)-plpgsql-check"
	run_psql -c 'CREATE DATABASE plpgsql_check'
	run_psql -d plpgsql_check -P footer=off -f test/static/plpgsql_check.sql
}

# PGXS runs pg_regress, pg_isolation_regress and prove from one target; an
# empty variable leaves its part out.
run_regress()
{
	compgen -G 'test/sql/*.sql' >/dev/null || die 'no tests in test/sql/'
	make_extension installcheck ISOLATION= TAP_TESTS= || show_differences
}

run_isolation()
{
	make_extension installcheck REGRESS= TAP_TESTS= || show_differences
}

show_differences()
{
	find . -name regression.diffs -exec cat {} +
	return 1
}

check_tap()
{
	install_once
	run_step 'tap: prove' run_tap
}

run_tap()
{
	compgen -G 'test/t/*.pl' >/dev/null || die 'no tests in test/t/'
	if ! make_extension installcheck REGRESS= ISOLATION= \
		PROVE_FLAGS="-j $(nproc)"; then
		find tmp_check/log -name 'regress_log_*' -exec tail -n 40 {} +
		return 1
	fi
}

# ---------------------------------------------------------------------------
# clients, page, sqlsmith and valgrind: scripts of their own, with a cluster each
# ---------------------------------------------------------------------------

check_clients()
{
	run_step 'clients: JDBC, ODBC, node-postgres, Cube' \
		bash test/clients/run.sh
	show_lines 'skipped:|[0-9] checks,' "$work/step.log"
}

check_page()
{
	run_step 'page: as seen in Chromium' bash test/page/test.sh
}

check_sqlsmith()
{
	run_step 'sqlsmith: random queries' \
		bash test/fuzz/sqlsmith.sh --queries 1000
}

check_valgrind()
{
	run_step 'valgrind: every C function' bash test/valgrind/run.sh
}

# ---------------------------------------------------------------------------
# versions: the oldest major version of PostgreSQL, and that of Debian 13, each
# unless it is this machine's own. Beside the other groups: it takes as long as
# they all.
# ---------------------------------------------------------------------------

start_versions()
{
	local major majors=()
	for major in "$oldest_major" 17; do
		[ "$major" -eq "$(server_major)" ] || majors+=("$major")
	done
	versions_name="versions: PostgreSQL ${majors[*]}"
	start_background test_versions "${majors[@]}"
}

test_versions()
{
	[ "$EUID" -eq 0 ] || sudo -n true || skip_test 'needs root or sudo'
	as_root bash "$checkout/test/versions.sh" "$@" build regress tap
}

check_versions()
{
	end_background "$versions_name"
	show_lines 'skipped:' "$work/background.log"
}

# ---------------------------------------------------------------------------

main()
{
	local group groups=("$@")
	[ "$#" -gt 0 ] || groups=("${all_groups[@]}")
	for group in "${groups[@]}"; do
		[[ " ${all_groups[*]} " == *" $group "* ]] ||
			die "no such group: $group"
	done

	prepare_copy install_tools
	[[ " ${groups[*]} " != *' versions '* ]] || start_versions
	for group in "${groups[@]}"; do
		"check_$group"
	done
	print_summary
}

main "$@"
