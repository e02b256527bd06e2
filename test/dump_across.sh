#!/bin/bash
# Tests dump, restore and pg_upgrade from one major version of PostgreSQL to
# another, in a chroot that has all of them:
#
#	bash test/dump_across.sh [OLD:NEW...]
#
# Default 15:17 and 15:18. Runs test/t/009_pg_upgrade.pl for each pair, some
# minutes. Needs root and mmdebstrap; uses the package sources of this machine.
set -euo pipefail

# shellcheck source=test/setup.sh
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
# shellcheck source=test/suites.sh
source "$(dirname "${BASH_SOURCE[0]}")/suites.sh"

root=''

clean_up_chroot()
{
	trap '' INT TERM HUP
	stop_steps
	remove_chroot "$root"
	clean_up
}

# The chroot is of the suite of the newest version; each older server comes from
# its own suite. The libraries that they need have other names or are
# compatible.
make_chroot_of()
{
	local major suite base packages=()
	base=$(suite_of_major "${*: -1}")
	make_chroot "$base" "$root"
	for major in "$@"; do
		suite=$(suite_of_major "$major")
		[ "$suite" = "$base" ] ||
			list_sources "$suite" >"$root/etc/apt/sources.list.d/$suite.list"
		packages+=("postgresql-$major")
	done
	install_in_chroot "$root" "${packages[@]}" gcc libc6-dev make \
		libipc-run-perl
}

# The server's headers and test programs, without the compilers on which their
# package depends.
install_headers()
{
	# shellcheck disable=SC2016 # the inner shell expands it
	run_in_chroot "$root" bash -euc '
		cd /tmp
		apt-get -qq -o APT::Sandbox::User=root \
			download "postgresql-server-dev-$1"
		dpkg -x postgresql-server-dev-"$1"_*.deb /
		rm postgresql-server-dev-"$1"_*.deb' bash "$1"
}

pg_config_of()
{
	echo "/usr/lib/postgresql/$1/bin/pg_config"
}

build_for()
{
	local options
	options=(-s with_llvm=no PG_CONFIG="$(pg_config_of "$1")")
	install_headers "$1"
	run_in_chroot "$root" make "${options[@]}" clean
	run_in_chroot "$root" make "${options[@]}" all
	run_in_chroot "$root" make "${options[@]}" install
}

test_pair()
{
	# shellcheck disable=SC2016 # the inner shell expands it
	run_in_chroot "$root" bash -euc '
		rm -rf /tmp/pmr_metrics
		cp -a /root/pmr_metrics /tmp/pmr_metrics
		chown -R postgres: /tmp/pmr_metrics
		cd /tmp/pmr_metrics
		export PG_CONFIG_OLD=$1 HOME=/tmp/pmr_metrics
		if ! setpriv --reuid=postgres --regid=postgres --init-groups make -s \
			PG_CONFIG="$2" REGRESS= ISOLATION= with_llvm=no \
			PROVE_TESTS=test/t/009_pg_upgrade.pl installcheck; then
			tail -n 40 tmp_check/log/regress_log_*
			exit 1
		fi' bash "$(pg_config_of "$1")" "$(pg_config_of "$2")"
}

main()
{
	local pair major pairs=("$@") majors
	[ "$EUID" -eq 0 ] || die 'needs root'
	command -v mmdebstrap >/dev/null || die 'needs mmdebstrap'
	[ "${#pairs[@]}" -gt 0 ] || pairs=(15:17 15:18)
	for pair in "${pairs[@]}"; do
		[[ $pair =~ ^[0-9]+:[0-9]+$ ]] || die "not OLD:NEW: $pair"
		for major in "${pair%:*}" "${pair#*:}"; do
			[ -n "$(suite_of_major "$major")" ] ||
				die "no suite has PostgreSQL $major"
		done
	done
	mapfile -t majors < <(tr ': ' '\n' <<<"${pairs[*]}" | sort -nu)

	make_work_dir
	chmod 755 "$work"
	root=$work/root
	trap clean_up_chroot EXIT
	run_step "make a chroot with PostgreSQL ${majors[*]}" \
		make_chroot_of "${majors[@]}"
	if [ "$passed" -gt 0 ]; then
		for major in "${majors[@]}"; do
			run_step "build for PostgreSQL $major" build_for "$major"
		done
		for pair in "${pairs[@]}"; do
			run_step "from PostgreSQL ${pair%:*} to ${pair#*:}" \
				test_pair "${pair%:*}" "${pair#*:}"
			sed -n 's/^Files=/    &/p' "$work/step.log"
		done
	fi
	print_summary
	[ $((passed + failed)) -gt 0 ] || skip_test "$reason"
}

main "$@"
