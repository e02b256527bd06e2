#!/bin/bash
# Runs the demo and the checks as root in a new minimal chroot, which has none
# of the packages that they need.
#
#	bash test/chroot.sh [SUITE] [SCRIPT...]
#
# SUITE is a release of this machine's distribution (default bookworm), SCRIPT
# demo.sh or check.sh (default both). Needs root and mmdebstrap; uses the
# package sources of this machine.
set -euo pipefail

# shellcheck source=test/setup.sh
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
# shellcheck source=test/suites.sh
source "$(dirname "${BASH_SOURCE[0]}")/suites.sh"

root=''

check_nothing_left()
{
	local root=$1 left
	for left in "$root"/etc/postgresql/*/* "$root"/tmp/*; do
		[ ! -e "$left" ] || die "left behind: ${left#"$root"}"
	done
}

main()
{
	local suite=${1:-bookworm} script scripts=("${@:2}") status=0
	[ "$EUID" -eq 0 ] || die 'needs root'
	command -v mmdebstrap >/dev/null || die 'needs mmdebstrap'
	[ "${#scripts[@]}" -gt 0 ] || scripts=(demo.sh check.sh)

	make_work_dir
	root=$work/root
	chmod 755 "$work"
	trap 'remove_chroot "$root"; clean_up' EXIT
	make_chroot "$suite" "$root"
	for script in "${scripts[@]}"; do
		echo "--- $script in $suite"
		run_in_chroot "$root" bash "test/$script" || status=1
		check_nothing_left "$root"
	done
	return "$status"
}

main "$@"
