#!/bin/bash
# Builds and tests on several major versions of PostgreSQL, each in a chroot of
# the Debian suite that has it:
#
#	bash test/versions.sh [MAJOR...] [GROUP...]
#
# MAJOR is 15, 17, 18 or 19 (default all), GROUP one of test/check.sh (default
# build, unit, regress and tap). Needs root; installs mmdebstrap if it is
# missing, and uses the package sources of this machine. A version that is not
# available is skipped, and its line gives the reason.
set -euo pipefail

# shellcheck source=test/setup.sh
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
# shellcheck source=test/suites.sh
source "$(dirname "${BASH_SOURCE[0]}")/suites.sh"

majors=()
groups=()
root=''

parse_arguments()
{
	local argument
	for argument in "$@"; do
		if [[ ! $argument =~ ^[0-9]+$ ]]; then
			groups+=("$argument")
		elif [ -n "$(suite_of_major "$argument")" ]; then
			majors+=("$argument")
		else
			die "no suite has PostgreSQL $argument"
		fi
	done
	[ "${#majors[@]}" -gt 0 ] || majors=(15 17 18 19)
	[ "${#groups[@]}" -gt 0 ] || groups=(build unit regress tap)
}

clean_up_chroot()
{
	trap '' INT TERM HUP
	stop_steps
	[ -z "$root" ] || remove_chroot "$root"
	clean_up
}

install_mmdebstrap()
{
	[ -z "$(installed_version mmdebstrap)" ] || return 0
	update_package_lists
	apt_get install -y --no-install-recommends mmdebstrap
}

# With the server and its headers; check.sh installs its other packages.
make_version()
{
	local major=$1 suite=$2
	[ "$EUID" -eq 0 ] || skip_test 'needs root'
	(install_mmdebstrap) || skip_test 'no mmdebstrap'
	unshare --mount --pid --fork mount -t proc proc /proc ||
		skip_test 'name spaces and mounts are not allowed here'
	make_chroot "$suite" "$root" "postgresql-$major" \
		"postgresql-server-dev-$major"
}

test_version()
{
	local major=$1 suite passed_before=$passed
	suite=$(suite_of_major "$major")
	root=$work/$major
	run_step "PostgreSQL $major: make a chroot of $suite" \
		make_version "$major" "$suite"
	if [ "$passed" -gt "$passed_before" ]; then
		run_step "PostgreSQL $major: ${groups[*]}" \
			run_in_chroot "$root" bash test/check.sh "${groups[@]}"
		show_lines 'skipped|^[0-9]+ passed' "$work/step.log"
	fi
	remove_chroot "$root"
	root=''
}

main()
{
	local major
	parse_arguments "$@"
	make_work_dir
	chmod 755 "$work"
	trap clean_up_chroot EXIT
	for major in "${majors[@]}"; do
		test_version "$major"
	done
	print_summary
	[ $((passed + failed)) -gt 0 ] || skip_test "$reason"
}

main "$@"
