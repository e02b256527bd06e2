#!/bin/bash
# Prove that a machine never prepared passes: make a minimal chroot, and run
# the demo and the checks in it as root.
#
#	bash test/chroot.sh [SUITE] [SCRIPT...]
#
# SUITE is a release of this machine's distribution (default bookworm), SCRIPT
# demo.sh or check.sh (default both). Needs root and mmdebstrap; takes packages
# from where this machine takes them.
set -euo pipefail

# shellcheck source=test/setup.sh
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"

root=''

# This machine's own package sources, rewritten for the suite.
list_sources()
{
	local suite=$1 codename distribution
	codename=$(. /etc/os-release && echo "$VERSION_CODENAME")
	distribution=$(. /etc/os-release && echo "$ID")
	# shellcheck disable=SC2016
	apt-get indextargets --format \
		'$(ORIGIN) $(REPO_URI) $(RELEASE) $(COMPONENT)' \
		'Created-By: Packages' |
		awk -v origin="$distribution" -v from="$codename" -v to="$suite" '
			tolower($1) == origin && index($3, from) == 1 {
				sub(from, to, $3)
				print "deb", $2, $3, $4
			}' | sort -u
}

# How this machine reaches them: proxies, certificates, checks of dates.
list_apt_options()
{
	apt-config dump |
		grep -iE '^Acquire::(https?::|Check-|Retries)' || true
}

make_chroot()
{
	list_sources "$1" >"$work/sources.list"
	[ -s "$work/sources.list" ] || die 'this machine has no package sources'
	list_apt_options >"$work/apt.conf"
	mmdebstrap --quiet --variant=apt --aptopt="$work/apt.conf" \
		"$1" "$root" - <"$work/sources.list"
	cp /etc/hosts "$root/etc/hosts"
	copy_checkout "$root/root/pmr_metrics"
}

# In name spaces of its own: what is mounted or started there is gone when the
# shell ends, so that removing the chroot cannot reach this machine's /dev.
run_in_chroot()
{
	# shellcheck disable=SC2016 # the inner shell expands it
	unshare --mount --pid --fork --kill-child bash -euc '
		mount -t proc proc "$1/proc"
		mount --rbind /dev "$1/dev"
		status=0
		chroot "$1" env -i HOME=/root \
			PATH=/usr/sbin:/usr/bin:/sbin:/bin \
			bash "/root/pmr_metrics/test/$2" || status=$?
		cd "$1/proc"
		for pid in [0-9]*; do
			if [ "$pid" != 1 ] && [ -e "$pid/exe" ]; then
				echo "left running: $(tr "\0" " " <"$pid/cmdline")"
				status=1
			fi
		done
		exit "$status"' bash "$root" "$1" </dev/null
}

check_nothing_left()
{
	local left
	for left in "$root"/etc/postgresql/*/* "$root"/tmp/*; do
		[ ! -e "$left" ] || die "left behind: ${left#"$root"}"
	done
}

remove_chroot()
{
	if grep -qF " $root/" /proc/self/mounts; then
		die "still mounted, not removed: $root"
	fi
	rm -rf --one-file-system "$root"
}

main()
{
	local suite=${1:-bookworm} script scripts=("${@:2}") status=0
	[ "$EUID" -eq 0 ] || die 'needs root'
	command -v mmdebstrap >/dev/null || die 'needs mmdebstrap'
	[ "${#scripts[@]}" -gt 0 ] || scripts=(demo.sh check.sh)

	make_work_dir
	root=$work/root
	mkdir "$root"
	chmod 755 "$work"
	trap 'remove_chroot; clean_up' EXIT
	make_chroot "$suite"
	for script in "${scripts[@]}"; do
		echo "--- $script in $suite"
		run_in_chroot "$script" || status=1
		check_nothing_left
	done
	return "$status"
}

main "$@"
