#!/bin/bash
# Runs all checks, or those of the groups named:
#
#	bash test/check.sh [GROUP...]
#
# The groups are those of all_groups below, and compile, a part of build.
# Installs missing packages on Debian
# or Ubuntu, as root or through sudo. Goes on after a failure; the last line is
# "N passed, N failed", and the exit status says whether any failed. A step that
# cannot run on this machine is skipped, and its line gives the reason.
# Replaces a pmr_metrics that is installed on this machine.
set -euo pipefail

# shellcheck source=test/setup.sh
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"

all_groups=(lint build static unit fuzz mutants speed regress tap power
	clients page sqlsmith valgrind versions)

# list_packages GROUP...: the packages that they need.
list_packages()
{
	printf '%s\n' gcc libc6-dev make
	while [ "$#" -gt 0 ]; do
		case $1 in
			lint) printf '%s\n' perl shellcheck ;;
			build) printf '%s\n' git clang binutils ;;
			compile) printf '%s\n' clang binutils ;;
			static) printf '%s\n' clang clang-tidy clang-tools cppcheck ;;
			unit | fuzz) printf '%s\n' clang libclang-rt-dev ;;
			mutants | tap) printf '%s\n' perl libipc-run-perl ;;
			speed | valgrind) printf '%s\n' valgrind libc6-dbg ;;
			sqlsmith) echo sqlsmith ;;
		esac
		shift
	done
}

# pgindent's options
indent_options=(-bad -bap -bbb -bc -bl -cli1 -cp33 -cdb -nce -d0 -di12 -nfc1
	-i4 -l79 -lp -lpl -nip -npro -sac -tpg -ts4)

# Up to PostgreSQL 15 pg_bsd_indent is a separate package; later it comes with
# the server's headers.
install_tools()
{
	local packages group
	mapfile -t packages < <(list_packages "$@" | sort -u)
	install_missing "${packages[@]}"
	find_server
	PATH=$pg_bin:$PATH
	for group in "$@"; do
		case $group in
			lint)
				command -v pg_bsd_indent || install_missing pg-bsd-indent
				install_optional python3-pglast
				;;
			build) install_buildext ;;
			regress) install_for_server plpgsql-check ;;
			tap) install_for_server cron ;;
		esac
	done
}

# In a package of its own since Debian 13.
install_buildext()
{
	command -v pg_buildext || install_optional postgresql-common-dev
	command -v pg_buildext || install_optional postgresql-server-dev-all
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

# pg_bsd_indent must know the names of types. These are the types of C and of
# this extension (UpperCamel). src/typedefs.list has those of PostgreSQL; only
# src/*.c uses them, because "text" is a variable in other files.
list_own_types()
{
	printf '%s\n' bool FILE size_t va_list intptr_t uintptr_t \
		{u,}int{8,16,32,64}_t
	list_c_files | xargs -r sed -nE \
		-e 's/^\}[[:blank:]]*([A-Z][A-Za-z0-9]*);$/\1/p' \
		-e 's/^typedef [^(){]*[[:blank:]*]([A-Z][A-Za-z0-9]*);$/\1/p'
}

# indent_c FILE TYPES: like pgindent, as far as this code needs it: protects
# comments that begin with dashes, and puts one space before the * of a return
# type.
#
# pg_bsd_indent 2.1.1 (bookworm) and 2.1.2 (PostgreSQL 16 and later) differ in
# the second line of an initializer, and both break compound literals. Code that
# has neither passes with both.
indent_c()
{
	sed -E 's:/\* +---:/*---X_X:g' "$1" >"$work/indent_in.c"
	PATH=$pg_bin:$PATH pg_bsd_indent "${indent_options[@]}" -U"$2" \
		"$work/indent_in.c" "$work/indent_out.c"
	sed -E -e 's:/\*---X_X:/* ---:g' \
		-e 's:^([A-Za-z_][^[:space:]]*)[ \t]+\*$:\1 *:' \
		"$work/indent_out.c"
}

# elog gives no errcode, so it is only for errors that cannot happen. A comment
# on its line or on the line above says "cannot happen".
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

# refuse_match PATTERN FILE...: fail if lines match, and show them.
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

# Debian installs pglast for its own Python only.
lint_sql()
{
	/usr/bin/python3 -c 'import pglast' ||
		skip_test 'no package python3-pglast'
	/usr/bin/python3 test/static/lint_sql.py "$@"
}

# Released scripts and stored bytes never change. Each released version must
# have been frozen by test/freeze.sh.
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

# The versions that the changelog does not call unreleased.
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

# Support functions of types, operators and aggregates, which users do not call.
support='_(in|out|recv|send|cmp|eq|ne|lt|le|gt|ge|hash|hash_extended)$'
support+='|_(transfn|combine|serialize|deserialize|finalfn)$'

# The manual has a heading for each public object.
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

# Expected output is left out: psql ends some lines with blanks.
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
	run_step 'build: pg_buildext' build_package
	run_step 'build: no pg_config' check_no_server
	run_step 'build: assertions where the server has them' check_assertions
	run_step 'build: no fused multiply-add in bitcode' check_bitcode
	check_compile
	run_step 'build: another linker' link_without_gnu_ld
	run_step 'build: core is C99, gcc' build_core gcc
	run_step 'build: core is C99, clang' build_core clang
	run_step 'build: make clean leaves nothing' check_clean
}

# The part of build that depends on the version of PostgreSQL.
check_compile()
{
	run_step 'build: clang -Werror' build_with clang
	run_step 'build: gcc -Werror' build_with gcc
	run_step 'build: exported symbols' check_symbols
}

# Without two: functions that fmgr calls have parameters that they do not use,
# and fields that an initializer leaves out are zero.
more_warnings=(-Wextra -Wno-unused-parameter -Wno-missing-field-initializers)

include_server()
{
	echo "-isystem $("$PG_CONFIG" --includedir-server)"
}

# build_with COMPILER. The flags of Debian's PostgreSQL are
# for gcc; clang does not know some of them. The server's headers count as
# system headers, so that their warnings are not reported.
build_with()
{
	local compiler=$1 flags
	flags="-Werror ${more_warnings[*]} $(include_server)"
	if [ "$compiler" = clang ]; then
		flags+=" $(clang_flags)"
	fi
	make_extension clean
	make_extension -j "$(nproc)" with_llvm=no CC="$compiler" COPT="$flags"
}

clang_flags()
{
	echo "-Wno-unknown-warning-option -Wno-ignored-attributes" \
		"-Wno-ignored-optimization-argument"
}

# The library exports the functions that SQL calls, each with its pg_finfo_, and
# no function of the core.
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

# compare_functions LIBRARY: it must export what the install script calls.
compare_functions()
{
	sed -nE "s/.*'MODULE_PATHNAME', *'([^']*)'.*/\\1/p" "$(install_script)" |
		LC_ALL=C sort -u >"$work/called"
	[ -s "$work/called" ]
	list_symbols "$1" | grep '^pmr_' >"$work/exported"
	diff -u --label 'exported functions' --label 'called by SQL' \
		"$work/exported" "$work/called"
}

# The linker refuses the option that GNU ld takes.
link_without_gnu_ld()
{
	as_user tee "$work/cc" >/dev/null <<-'EOF'
		#!/bin/sh
		case $* in *--version-script*) exit 1 ;; esac
		exec gcc "$@"
	EOF
	as_user chmod +x "$work/cc"
	as_user rm pmr_metrics.so
	make_extension CC="$work/cc" with_llvm=no with_gnu_ld=no
	compare_functions pmr_metrics.so
}

# With copies of the server's headers that say whether it has assertions.
check_assertions()
{
	local include=$work/include object=src/core/rtt_state.o line
	as_user cp -R "$("$PG_CONFIG" --includedir-server)" "$include"
	for line in 'define USE_ASSERT_CHECKING 1' 'undef USE_ASSERT_CHECKING'; do
		as_user sed -i "s/.*USE_ASSERT_CHECKING.*/#$line/" \
			"$include"/pg_config*.h
		make_extension clean
		make_extension includedir_server="$include" "$object"
		nm "$object" >"$work/symbols.$line"
	done
	grep -w __assert_fail "$work/symbols.define"*
	refuse_match __assert_fail "$work/symbols.undef"*
}

# A fused multiply-add rounds once; two operations round twice.
check_bitcode()
{
	local clang file files
	# shellcheck disable=SC2016 # the variables are make's
	clang=$(make_extension --eval='print:; @echo $(with_llvm) $(CLANG)' print)
	[[ $clang = 'yes '* ]] ||
		skip_test 'this PostgreSQL makes no bitcode'
	mapfile -t files < <(printf '%s\n' src/core/*.c | sed 's/c$/bc/')
	make_extension -j "$(nproc)" "${files[@]}"
	for file in "${files[@]}"; do
		as_user "${clang#yes }" -S -emit-llvm -x ir "$file" \
			-o "$work/bitcode.ll"
		refuse_match llvm.fmuladd "$work/bitcode.ll"
	done
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

# git in the copy, with its repository outside of it.
run_git()
{
	as_user git --git-dir="$work/git" --work-tree=. "$@"
}

# The way of PGXN and of packagers.
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
	make_extension clean
	make_extension "${options[@]}" clean
	[ -z "$(find "$work/elsewhere" -type f)" ]
}

# install_below ROOT MAKE_ARGUMENT...: build, install below ROOT, and check the
# files there; make uninstall removes them all.
install_below()
{
	local root=$1
	shift
	make_extension with_llvm=no -j "$(nproc)" "$@" all
	make_extension with_llvm=no "$@" install DESTDIR="$root"
	check_installed "$root"
	make_extension clean
	make_extension with_llvm=no "$@" uninstall DESTDIR="$root"
	[ -z "$(find "$root" -type f | tee /dev/stderr)" ]
}

# The files below a root are the library, the scripts and the manual. Links of
# the manual lead to its own pages.
check_installed()
{
	local root=$1 script extension library manual
	script=$(install_script)
	extension=$("$PG_CONFIG" --sharedir)/extension
	library=$("$PG_CONFIG" --pkglibdir)/pmr_metrics.so
	manual=$("$PG_CONFIG" --docdir)/extension/pmr_metrics
	cmp pmr_metrics.control "$root$extension/pmr_metrics.control"
	cmp "$script" "$root$extension/$(basename "$script")"
	compare_functions "$root$library"
	diff -r doc "$root$manual/doc"
	diff -u --label 'installed files' --label 'expected files' \
		<(cd "$root" && find . -type f ! -path '*/extension/*' |
			cut -c 2-) <(echo "$library")
	(cd "$root$manual" && check_links)
}

check_links()
{
	local file link status=0
	while IFS=: read -r file link; do
		if [ ! -e "$(dirname "$file")/$link" ]; then
			echo "$file: no $link"
			status=1
		fi
	done < <(grep -rnoP '\]\(\K(?![a-z]+:|#)[^)#]+' . | sed 's/:[0-9]*:/:/')
	return "$status"
}

# The way of Debian's packages, for the server's version; runs one test.
build_package()
{
	local major package run
	command -v pg_buildext || skip_test 'no package with pg_buildext'
	major=$(server_major)
	[ "$PG_CONFIG" = "/usr/lib/postgresql/$major/bin/pg_config" ] ||
		skip_test "pg_buildext does not build for $PG_CONFIG"
	package=postgresql-$major-pmr-metrics
	run=(as_user env -C "$work/package" PG_SUPPORTED_VERSIONS="$major"
		pg_buildext -m 'with_llvm=no REGRESS=answered_at ISOLATION= TAP_TESTS=')
	make_extension clean
	as_user mkdir "$work/package"
	as_user cp -R . "$work/package"
	as_user mkdir "$work/package/debian"
	echo all | as_user tee "$work/package/debian/pgversions"
	"${run[@]}" build build-%v
	"${run[@]}" install build-%v postgresql-%v-pmr-metrics
	"${run[@]}" installcheck . build-%v postgresql-%v-pmr-metrics
	check_installed "$work/package/debian/$package"
	grep "postgresql-$major" "$work/package/debian/$package.substvars"
}

# After a build, some bitcode and a unit test.
check_clean()
{
	make_extension src/target.bc
	as_user make -s unit-rtt_sort PG_CONFIG="$PG_CONFIG"
	make_extension clean
	[ -z "$(run_git clean -ndx | tee /dev/stderr)" ]
}

# Without pg_config make names the missing package. The unit tests need none.
check_no_server()
{
	fails no_server as_user make PG_CONFIG=no_pg_config
	grep postgresql-server-dev-all "$work/found_by_no_server"
	as_user make -s unit-rtt_sort PG_CONFIG=no_pg_config
}

# ---------------------------------------------------------------------------
# static: tools that analyse the source. Suppressed findings are in test/static/,
# with the reason.
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

# cppcheck reads only the headers of this extension.
find_by_cppcheck()
{
	as_user cppcheck --quiet --enable=warning,performance,portability \
		--std=c99 -DNDEBUG -Isrc -j "$(nproc)" --error-exitcode=1 \
		--suppressions-list=test/static/cppcheck.suppressions "$@"
}

# find_by_scan_build COMMAND...: the command gets its compiler in CC. scan-build
# runs the analyser and then a compiler; here that is "true".
find_by_scan_build()
{
	as_user scan-build --status-bugs --use-cc=true -o "$work/scan" "$@"
}

# In a copy: the objects that this makes are empty, and must not be installed.
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

# Each tool finds the faults of planted.c, so it does look.
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

# fails TOOL COMMAND...: the command must fail; its output is kept.
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
# fuzz: a fiftieth of the inputs that test/fuzz/run.sh takes by default
# ---------------------------------------------------------------------------

check_fuzz()
{
	run_step 'fuzz: two million inputs' \
		as_user bash test/fuzz/run.sh --runs 2000000
}

# ---------------------------------------------------------------------------
# mutants: a sample, as all of test/mutants.list would take too long
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
	run_step 'mutants: each can be planted' bash test/mutants.sh --check
	run_step 'mutants: tests catch a sample' \
		bash test/mutants.sh "${some_mutants[@]}"
}

# ---------------------------------------------------------------------------
# speed: counts instructions, which do not depend on the load of the machine
# ---------------------------------------------------------------------------

check_speed()
{
	run_step 'speed: instructions per round-trip time' check_instructions
	install_once
	start_once
	run_step 'speed: benchmark on few rows' run_benchmark
	run_step 'speed: growth on few rows' \
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

# Only checks that it runs: the figures of few rows mean nothing.
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

# The scripts that check.sh calls do not install it again.
install_once()
{
	if [ -z "${extension_installed:-}" ]; then
		export extension_installed=yes
		run_step 'make install' install_extension
	fi
}

# Compiling queries would take most of the time of pg_regress. refresh.sql, which
# turns it on, tests it.
start_once()
{
	if [ -z "${cluster_tried:-}" ]; then
		cluster_tried=yes
		run_step 'start a cluster' start_cluster 'jit = off'
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
		run_step 'regress: pg_isolation_regress' \
			test_extension REGRESS= TAP_TESTS=
	fi
}

check_plpgsql()
{
	[ -f "$("$PG_CONFIG" --sharedir)/extension/plpgsql_check.control" ] ||
		skip_test "no package postgresql-$(server_major)-plpgsql-check"
	run_psql -c 'CREATE DATABASE plpgsql_check'
	run_psql -d plpgsql_check -P footer=off -f test/static/plpgsql_check.sql
}

run_regress()
{
	compgen -G 'test/sql/*.sql' >/dev/null || die 'no tests in test/sql/'
	test_extension ISOLATION= TAP_TESTS=
}

# A server cannot read below root's own folders.
check_installcheck()
{
	run_step 'tap: test/installcheck.sh' run_installcheck own as_user
	run_step 'tap: test/installcheck.sh, as root' run_installcheck roots as_root
}

# run_installcheck NAME AS: one test of each kind, which must leave the checkout
# as it is.
run_installcheck()
{
	local name=$1 as=$2
	if [ "$as" = as_root ] && [ "$EUID" -ne 0 ]; then
		sudo -n true || skip_test 'needs root or sudo'
	fi
	"$as" mkdir -m 700 "$work/$name"
	make_extension clean
	"$as" cp -R . "$work/$name/checkout"
	"$as" bash "$work/$name/checkout/test/installcheck.sh" \
		REGRESS=answered_at ISOLATION=srv_target \
		PROVE_TESTS=test/t/002_restart.pl
	"$as" diff -r . "$work/$name/checkout"
}

check_tap()
{
	install_once
	check_installcheck
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
# power, clients, page, sqlsmith and valgrind: scripts that start their own
# clusters
# ---------------------------------------------------------------------------

check_power()
{
	install_once
	run_step 'power: diagnose in few months' bash test/power/run.sh
}

check_clients()
{
	install_once
	run_step 'clients: JDBC, ODBC, Python, node-postgres, Cube' \
		bash test/clients/run.sh
	show_lines 'skipped:|[0-9] checks,' "$work/step.log"
}

check_page()
{
	install_once
	run_step 'page: pages in Chromium' bash test/page/test.sh
}

check_sqlsmith()
{
	install_once
	run_step 'sqlsmith: random queries' \
		bash test/fuzz/sqlsmith.sh --queries 1000
}

check_valgrind()
{
	install_once
	run_step 'valgrind: every C function' bash test/valgrind/run.sh
}

# ---------------------------------------------------------------------------
# versions: the oldest supported major version of PostgreSQL and that of Debian
# 13, without this machine's own. Runs in parallel with the other groups, because
# it takes minutes. TAP tests of other versions: test/versions.sh.
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
	as_root bash "$checkout/test/versions.sh" "$@" compile regress
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
		[[ " ${all_groups[*]} compile " == *" $group "* ]] ||
			die "no such group: $group"
	done

	# no test may need a user or a role called postgres
	user=nobody
	superuser=tester
	prepare_copy install_tools "${groups[@]}"
	[[ " ${groups[*]} " != *' versions '* ]] || start_versions
	for group in "${groups[@]}"; do
		"check_$group"
	done
	print_summary
}

main "$@"
