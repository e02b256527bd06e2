# shellcheck shell=bash
# Functions that the scripts of test/ share: install missing packages on Debian
# or Ubuntu, build in a copy of the checkout, run a throw-away cluster, count
# steps, and remove everything at the end.
#
# Source this file; that changes nothing by itself.

checkout=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
oldest_major=15

work=''        # temporary directory: the copy, the cluster, its socket
user=''        # the user that builds, tests and owns the cluster; never root
superuser=postgres    # the role that owns the cluster
pg_bin=''      # directory of the server's programs
job_pid=''     # the job that was started last
step_pid=''
background_pid=''
background_start=0
passed=0
failed=0
skipped=0
reason=''      # why the last step was skipped
make_options=()
untried=77     # exit status of a step that cannot run on this machine

# A separate file, so that it can be removed safely.
no_main_cluster=/etc/postgresql-common/createcluster.d/pmr_metrics-test.conf

die()
{
	echo "$*" >&2
	exit 1
}

# The version that CREATE EXTENSION installs.
current_version()
{
	sed -nE "s/^default_version *= *'(.*)'.*/\1/p" pmr_metrics.control
}

# ---------------------------------------------------------------------------
# Users
# ---------------------------------------------------------------------------

as_root()
{
	if [ "$EUID" -eq 0 ]; then
		"$@"
	elif command -v sudo >/dev/null; then
		sudo "$@"
	else
		die "needs root or sudo for: $*"
	fi
}

# PostgreSQL refuses to run as root.
as_user()
{
	if [ "$EUID" -eq 0 ]; then
		setpriv --reuid="$user" --regid="$(id -g "$user")" --init-groups \
			env HOME="$work" "$@"
	else
		"$@"
	fi
}

# Without asking for a password.
can_be_root()
{
	[ "$EUID" -eq 0 ] ||
		{ command -v sudo >/dev/null && sudo -n true 2>/dev/null; }
}

# Steps run in the background, where sudo could not ask for a password.
ask_for_sudo()
{
	if [ "$EUID" -ne 0 ] && command -v sudo >/dev/null; then
		sudo -v || true
	fi
}

# ---------------------------------------------------------------------------
# Steps
# ---------------------------------------------------------------------------

# run_step NAME COMMAND...: run and count a step; show its output if it fails.
# Returns 0 in any case: in a condition the command would lose errexit.
run_step()
{
	local name=$1 start=$SECONDS
	shift
	printf '%s ... ' "$name"
	start_job "$work/step.log" "$@"
	step_pid=$job_pid
	end_step "$step_pid" "$work/step.log" "$start"
	step_pid=''
}

# start_background COMMAND...: run in parallel with the steps that follow, until
# end_background NAME.
start_background()
{
	background_start=$SECONDS
	start_job "$work/background.log" "$@"
	background_pid=$job_pid
}

end_background()
{
	printf '%s ... ' "$1"
	end_step "$background_pid" "$work/background.log" "$background_start"
	background_pid=''
}

# start_job LOG COMMAND...
#
# In a background job errexit works inside functions, signals arrive at once,
# and all processes are in one group, which can be stopped.
start_job()
{
	local log=$1
	shift
	set -m
	(set -e; "$@") </dev/null >"$log" 2>&1 &
	job_pid=$!
	set +m
}

# end_step PID LOG START: also counts what a script that is one step has skipped.
end_step()
{
	local log=$2 taken status=0
	wait "$1" || status=$?
	taken=$((SECONDS - $3))
	[ "$status" -eq "$untried" ] ||
		skipped=$((skipped + $(grep -c ' \.\.\. skipped: ' "$log" || true)))
	if [ "$status" -eq 0 ]; then
		passed=$((passed + 1))
		printf 'passed (%d s)\n' "$taken"
	elif [ "$status" -eq "$untried" ]; then
		skipped=$((skipped + 1))
		reason=$(tail -n 1 "$log")
		printf 'skipped: %s\n' "$reason"
	else
		failed=$((failed + 1))
		printf 'FAILED (%d s)\n' "$taken"
		sed 's/^/    /' "$log"
	fi
}

# show_lines PATTERN LOG: show the matching lines of a step that passed.
show_lines()
{
	grep -E "$1" "$2" | sed 's/^ */    /' || true
}

# For a step that needs those before it: does nothing after a failure.
run_next()
{
	if [ "$failed" -eq 0 ]; then
		run_step "$@"
	fi
}

# skip_test REASON: end a step as skipped. Only for what this machine lacks,
# never for a possible defect.
skip_test()
{
	echo "$*"
	exit "$untried"
}

# Stops the processes of interrupted steps. Those that were started through sudo
# can only be stopped by root.
stop_steps()
{
	local pid
	for pid in $step_pid $background_pid; do
		kill -TERM -- "-$pid" 2>/dev/null || true
		if [ "$EUID" -ne 0 ] && command -v sudo >/dev/null; then
			sudo -n kill -TERM -- "-$pid" 2>/dev/null || true
		fi
		wait "$pid" 2>/dev/null || true
	done
}

# The last line of every run.
print_summary()
{
	echo "took $((SECONDS / 60)) min $((SECONDS % 60)) s"
	[ "$skipped" -eq 0 ] || echo "$skipped skipped"
	echo "$passed passed, $failed failed"
	[ "$failed" -eq 0 ]
}

# ---------------------------------------------------------------------------
# The temporary directory
# ---------------------------------------------------------------------------

# Always in /tmp: user postgres may be unable to enter TMPDIR, and the path of a
# socket has at most 107 bytes.
make_work_dir()
{
	work=$(mktemp -d /tmp/pmr_metrics.XXXXXX)
	export TMPDIR=$work
	trap clean_up EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM HUP
}

clean_up()
{
	trap '' INT TERM HUP
	stop_steps
	stop_clusters
	allow_main_cluster
	cd /
	rm -rf "$work"
}

# Copies what git tracks or would track. The tests run in the copy, because the
# checkout may be unreadable for other users and must stay clean.
copy_checkout()
{
	local to=$1
	mkdir -p "$to"
	list_checkout | tar -C "$checkout" --null --no-recursion -T - -cf - |
		tar -C "$to" --no-same-owner -xf -
}

# safe.directory: the checkout may belong to another user.
list_checkout()
{
	cd "$checkout"
	if git -c safe.directory="$checkout" ls-files -z >/dev/null 2>&1; then
		git -c safe.directory="$checkout" \
			ls-files -z --cached --others --exclude-standard
	else
		find . \( -name .git -o -name results -o -name tmp_check \
			-o -name output_iso \) -prune -o -type f -print0
	fi | while IFS= read -r -d '' file; do
		# No build products: make would take them for its own. git also lists
		# tracked files that have been deleted.
		case $file in
			*.o | *.bc | *.so | sql/pmr_metrics--*.sql | ./sql/pmr_metrics--*.sql) ;;
			*) [ ! -e "$file" ] || printf '%s\0' "$file" ;;
		esac
	done
}

# Gives the directory to the unprivileged user, and changes to the copy. A script
# that root runs may have set the user.
enter_copy()
{
	if [ "$EUID" -ne 0 ]; then
		user=$(id -un)
	elif [ -n "$user" ]; then
		:
	elif id postgres >/dev/null 2>&1; then
		user=postgres
	else
		user=nobody
	fi
	copy_checkout "$work/src"
	if [ "$EUID" -eq 0 ]; then
		chown -R "$user:$(id -g "$user")" "$work"
	fi
	cd "$work/src"
}

# ---------------------------------------------------------------------------
# Packages
# ---------------------------------------------------------------------------

# Packages of Java run Java, which else leaves /tmp/hsperfdata_root behind.
apt_get()
{
	as_root env DEBIAN_FRONTEND=noninteractive \
		JAVA_TOOL_OPTIONS=-XX:-UsePerfData \
		apt-get -qq -o DPkg::Lock::Timeout=300 "$@"
}

installed_version()
{
	dpkg-query -W -f='${db:Status-Status} ${Version}' "$1" 2>/dev/null |
		sed -n 's/^installed //p'
}

# check_npm PACKAGE: skip the step if the npm registry does not give this
# package.
check_npm()
{
	as_user npm view --fetch-retries=1 "$1" name >/dev/null ||
		skip_test 'the npm registry cannot be reached'
}

# install_missing PACKAGE...: install these, a server and its headers.
install_missing()
{
	local major package missing=()

	for package in "$@"; do
		[ -n "$(installed_version "$package")" ] || missing+=("$package")
	done
	find_server
	if [ -z "$pg_bin" ]; then
		require_root "${missing[@]}" postgresql postgresql-server-dev-all
		update_package_lists
		major=$(apt-cache policy postgresql |
			sed -n 's/^ *Candidate: \([0-9]*\).*/\1/p')
		check_major "$major"
		missing+=("postgresql-$major" "postgresql-server-dev-$major")
	elif [ ! -f "$("$PG_CONFIG" --includedir-server)/postgres.h" ]; then
		major=$(server_major)
		require_root "${missing[@]}" "postgresql-server-dev-$major"
		update_package_lists
		check_major "$major"
		check_packaged
		mapfile -t -O "${#missing[@]}" missing < <(choose_headers "$major")
	else
		check_major "$(server_major)"
	fi
	if [ "${#missing[@]}" -eq 0 ]; then
		return
	fi

	require_root "${missing[@]}"
	echo "installing ${missing[*]}"
	update_package_lists
	forbid_main_cluster
	apt_get install -y --no-install-recommends "${missing[@]}"
	allow_main_cluster
}

# require_root PACKAGE...
require_root()
{
	can_be_root ||
		die "needs root or sudo, or these packages, which an administrator can install: $*"
}

# install_optional PACKAGE...: install those that this machine's suite has.
# Steps that need the others are skipped.
install_optional()
{
	local package
	for package in "$@"; do
		[ -z "$(installed_version "$package")" ] || continue
		can_be_root || { echo "no package $package"; continue; }
		update_package_lists
		if apt-cache show "$package" >/dev/null 2>&1; then
			install_missing "$package"
		else
			echo "no package $package"
		fi
	done
}

# install_for_server EXTENSION...: install_optional their packages for the
# server's major version, if the server is a package too.
install_for_server()
{
	local major
	find_server
	major=$(server_major)
	if [ -n "$(installed_version "postgresql-$major")" ]; then
		install_optional "${@/#/postgresql-$major-}"
	fi
}

# list_missing COMMAND:PACKAGE...: the packages of those commands that are
# missing. Any package may have brought the others.
list_missing()
{
	local pair
	for pair in "$@"; do
		command -v "${pair%:*}" >/dev/null || echo "${pair#*:}"
	done
}

# Once per run. An error may be that of a third-party source, which does not
# matter; if it does, apt-get install will fail.
update_package_lists()
{
	if [ -z "${lists_updated:-}" ]; then
		command -v apt-get >/dev/null || die "needs apt to install packages"
		apt_get update || true
		lists_updated=yes
	fi
}

# The headers of the installed server's version. If no source has that version
# any more, the server is upgraded too.
choose_headers()
{
	local major=$1 version
	version=$(installed_version "postgresql-$major")
	if apt-cache madison "postgresql-server-dev-$major" |
		grep -F "| $version |" >/dev/null; then
		echo "postgresql-server-dev-$major=$version"
		# named too, or apt would upgrade them
		echo "postgresql-$major=$version"
		version=$(installed_version "postgresql-client-$major")
		echo "postgresql-client-$major=$version"
	else
		echo "no headers for PostgreSQL $version: upgrading the server" >&2
		echo "postgresql-$major"
		echo "postgresql-server-dev-$major"
	fi
}

# The package of a server creates and starts a cluster at installation. The
# tests have their own.
forbid_main_cluster()
{
	as_root mkdir -p "$(dirname "$no_main_cluster")"
	echo 'create_main_cluster = off' |
		as_root tee "$no_main_cluster" >/dev/null
}

allow_main_cluster()
{
	if [ -e "$no_main_cluster" ]; then
		as_root rm -f "$no_main_cluster"
		as_root rmdir --ignore-fail-on-non-empty \
			"$(dirname "$no_main_cluster")"
	fi
}

# ---------------------------------------------------------------------------
# PostgreSQL
# ---------------------------------------------------------------------------

# Set pg_bin and PG_CONFIG: the caller's PG_CONFIG, else the newest server of
# Debian's layout, else pg_bin stays empty.
find_server()
{
	local bin
	if [ -n "${PG_CONFIG:-}" ]; then
		pg_bin=$("$PG_CONFIG" --bindir)
		[ -x "$pg_bin/postgres" ] || die "no server in $pg_bin"
		return
	fi
	bin=$(printf '%s\n' /usr/lib/postgresql/*/bin/postgres | sort -V | tail -n 1)
	if [ -x "$bin" ]; then
		pg_bin=${bin%/postgres}
		export PG_CONFIG=$pg_bin/pg_config
	fi
}

server_major()
{
	"$pg_bin/postgres" --version | sed 's/^[^0-9]*\([0-9]*\).*/\1/'
}

check_major()
{
	[ "${1:-0}" -ge "$oldest_major" ] ||
		die "needs PostgreSQL $oldest_major or newer, found ${1:-none}"
}

check_packaged()
{
	[ -n "$(installed_version "postgresql-$(server_major)")" ] ||
		die "the PostgreSQL of $PG_CONFIG lacks its headers, and is no package"
}

make_extension()
{
	as_user make -s PG_CONFIG="$PG_CONFIG" "${make_options[@]}" "$@"
}

# test_extension [VARIABLE=...]: the tests that PGXS runs from one target; an
# empty REGRESS, ISOLATION or TAP_TESTS leaves its part out.
test_extension()
{
	make_extension installcheck "$@" || {
		find . -name regression.diffs -exec cat {} +
		return 1
	}
}

# Into the PostgreSQL of PG_CONFIG, as root where its directory requires that.
install_extension()
{
	make_extension -j "$(nproc)"
	if [ -w "$("$PG_CONFIG" --pkglibdir)" ]; then
		make -s install PG_CONFIG="$PG_CONFIG"
	else
		as_root make -s install PG_CONFIG="$PG_CONFIG"
	fi
}

# Copies the server to the temporary directory, and uses that from then on, so
# that nothing is installed on the machine. PostgreSQL finds its files relative
# to its programs, so the copy has the same directories under another root.
copy_server()
{
	local root=$work/server option dir
	[[ $pg_bin != "$root"/* ]] || return 0
	for option in --bindir --pkglibdir --sharedir; do
		dir=$("$PG_CONFIG" "$option")
		mkdir -p "$root${dir%/*}"
		cp -a "$dir" "$root${dir%/*}"
	done
	dir=$("$PG_CONFIG" --includedir-server)
	mkdir -p "$root${dir%/*}"
	ln -s "$dir" "$root$dir"
	if [ "$EUID" -eq 0 ]; then
		chown -R --no-dereference "$user:$(id -g "$user")" "$root"
	fi
	PG_CONFIG=$root$("$PG_CONFIG" --bindir)/pg_config
	export PG_CONFIG
	pg_bin=${PG_CONFIG%/*}
}

# start_cluster [SETTING...]: start a cluster that can only be reached through a
# socket in the temporary directory. It need not survive a crash. A setting is a
# line of postgresql.conf.
# shellcheck disable=SC2120 # most callers have none
start_cluster()
{
	as_user "$pg_bin/initdb" --pgdata="$work/data" --username="$superuser" \
		--auth=trust --locale=C --encoding=UTF8 --no-sync
	as_user tee -a "$work/data/postgresql.conf" >/dev/null <<-CONF
		listen_addresses = ''
		unix_socket_directories = '$work'
		fsync = off
		full_page_writes = off
		synchronous_commit = off
		timezone = 'UTC'
		$(printf '%s\n' "$@")
	CONF
	as_user "$pg_bin/pg_ctl" start -s -w -D "$work/data" \
		-l "$work/data/server.log"
}

# Makes every client use that cluster, whatever the environment says.
use_cluster()
{
	local variable
	for variable in $(compgen -v PG); do
		[[ $variable = PG_CONFIG?(_OLD) ]] || unset "$variable"
	done
	export PGHOST=$work PGPORT=5432 PGUSER=$superuser PGDATABASE=postgres
	export PGCLIENTENCODING=UTF8 LC_ALL=C
}

# psql on that cluster; it stops at the first error.
run_psql()
{
	as_user "$pg_bin/psql" -X -q -v ON_ERROR_STOP=1 "$@"
}

# prepare_copy COMMAND...: the beginning of a script that builds: install
# packages by the command, and make the copy; also of the server, if this user
# cannot install there. A failure ends the script.
prepare_copy()
{
	make_work_dir
	ask_for_sudo
	run_step 'install missing packages' "$@"
	[ "$failed" -eq 0 ] || { print_summary; exit 1; }
	find_server
	enter_copy
	[ -w "$("$PG_CONFIG" --pkglibdir)" ] || can_be_root || copy_server
}

# prepare PACKAGE...: the beginning of a script that starts its own cluster:
# install packages, make the copy, build and install the extension, unless
# check.sh has done so.
prepare()
{
	prepare_copy install_missing "$@"
	use_cluster
	[ -n "${extension_installed:-}" ] ||
		run_step 'build and install the extension' install_extension
}

# generate_rows ROWS MONTH [MONTHS]: write CSV files of an audit table that
# begins with the month, and of its Parties.
generate_rows()
{
	as_user gcc -std=c99 -O2 test/data/audit_table.c -lm \
		-o "$work/audit_table"
	as_user mkdir "$work/csv"
	as_user "$work/audit_table" --rows "$1" --month "$2" \
		--months "${3:-1}" >"$work/csv/sr_log.csv"
	as_user "$work/audit_table" --participants >"$work/csv/participant.csv"
}

# load_source ROWS: generate so many rows of one month, and register them as the
# source "demo".
load_source()
{
	generate_rows "$1" 2026-07
	run_psql -v csv_dir="$work/csv" -f test/data/source.sql
}

# Stops this script's cluster, and those of an interrupted TAP test.
stop_clusters()
{
	local pid_file
	find "$work" -name postmaster.pid 2>/dev/null |
		while IFS= read -r pid_file; do
			as_user "$pg_bin/pg_ctl" stop -s -m immediate \
				-D "$(dirname "$pid_file")" || true
		done
}
