# shellcheck shell=bash
# Functions that make chroots of other suites of this machine's distribution, from
# the package sources of this machine.
#
# Source this file after test/setup.sh. Needs root and mmdebstrap.

# The suite of Debian that has a major version of PostgreSQL, or nothing.
suite_of_major()
{
	case $1 in
		15) echo bookworm ;;
		17) echo trixie ;;
		18) echo sid ;;
		19) echo experimental ;;
	esac
}

# This machine's own package sources, rewritten for the suite.
list_sources()
{
	local suite=$1 codename distribution
	# experimental is an addition to sid
	[ "$suite" != experimental ] || list_sources sid
	codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
	distribution=$(. /etc/os-release && echo "$ID")
	# shellcheck disable=SC2016
	apt-get indextargets --format \
		'$(ORIGIN) $(REPO_URI) $(RELEASE) $(COMPONENT)' \
		'Created-By: Packages' |
		awk -v origin="$distribution" -v from="$codename" -v to="$suite" '
			BEGIN { alone = to == "sid" || to == "experimental" }
			tolower($1) == origin && index($3, from) == 1 &&
				(!alone || $3 == from) {
				sub(from, to, $3)
				print "deb", $2, $3, $4
			}' | sort -u
}

# Settings of this machine's apt: proxies, certificates, checks of dates. The
# copy of sid on a mirror may be past its Valid-Until.
list_apt_options()
{
	apt-config dump |
		grep -iE '^Acquire::(https?::|Check-|Retries)' || true
	case $1 in
		sid | experimental) echo 'Acquire::Check-Valid-Until "false";' ;;
	esac
}

# From experimental, only the packages of PostgreSQL.
list_preferences()
{
	if [ "$1" = experimental ]; then
		printf '%s\n' 'Package: src:postgresql-*' \
			'Pin: release a=experimental' 'Pin-Priority: 990'
	fi
}

# make_chroot SUITE ROOT [PACKAGE...]: make a minimal chroot with these
# packages, and the checkout in /root/pmr_metrics.
make_chroot()
{
	local suite=$1 root=$2
	shift 2
	list_sources "$suite" >"$root.list"
	[ -s "$root.list" ] || skip_test "no package sources for $suite"
	list_apt_options "$suite" >"$root.conf"
	list_preferences "$suite" >"$root.pref"
	# shellcheck disable=SC2016 # mmdebstrap's shell expands it
	mmdebstrap --quiet --variant=apt --aptopt="$root.conf" \
		--dpkgopt=force-unsafe-io \
		--setup-hook='install -D -m 644 "$1.pref" \
			"$1/etc/apt/preferences.d/suites.pref"' \
		"${suite/experimental/sid}" "$root" - \
		<"$root.list" 2>"$root.err" ||
		skip_test "no chroot of $suite: $(grep -m 1 '^E: ' "$root.err")"
	cp /etc/hosts "$root/etc/hosts"
	copy_checkout "$root/root/pmr_metrics"
	if [ "$#" -gt 0 ]; then
		install_in_chroot "$root" "$@"
	fi
}

# The package of a server would create a cluster.
install_in_chroot()
{
	local root=$1 clusters=$1/etc/postgresql-common/createcluster.d
	shift
	mkdir -p "$clusters"
	echo 'create_main_cluster = off' >"$clusters/chroot.conf"
	run_in_chroot "$root" apt-get -qq update
	run_in_chroot "$root" apt-cache show "$@" >/dev/null ||
		skip_test "no packages $*"
	run_in_chroot "$root" env DEBIAN_FRONTEND=noninteractive \
		apt-get -qq install -y --no-install-recommends "$@"
}

# run_in_chroot ROOT COMMAND...: run as root in its checkout. Mounts and
# processes are in name spaces of their own and end with the shell, so that
# removing the chroot cannot touch this machine's /dev.
run_in_chroot()
{
	# shellcheck disable=SC2016 # the inner shell expands it
	unshare --mount --pid --fork --kill-child bash -euc '
		root=$1
		shift
		mount -t proc proc "$root/proc"
		mount --rbind /dev "$root/dev"
		status=0
		chroot "$root" env -i -C /root/pmr_metrics HOME=/root \
			PATH=/usr/sbin:/usr/bin:/sbin:/bin "$@" || status=$?
		cd "$root/proc"
		for pid in [0-9]*; do
			if [ "$pid" != 1 ] && [ -e "$pid/exe" ]; then
				echo "left running: $(tr "\0" " " <"$pid/cmdline")"
				status=1
			fi
		done
		exit "$status"' bash "$@" </dev/null
}

remove_chroot()
{
	if grep -qF " $1/" /proc/self/mounts; then
		die "still mounted, not removed: $1"
	fi
	rm -rf --one-file-system "$1" "$1".{list,conf,pref,err}
}
