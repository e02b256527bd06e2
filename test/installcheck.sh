#!/bin/bash
# Runs "make installcheck", as root or as any other user:
#
#	bash test/installcheck.sh [VARIABLE=VALUE...]
#
# Tests the installed extension in a copy of the checkout and a throw-away
# cluster; as root, both belong to another user. Leaves nothing behind. Installs
# nothing. Uses the server of pg_config, or of PG_CONFIG in the environment. make
# gets the arguments: TAP_TESTS= leaves out the TAP tests, ISOLATION= and
# TAP_TESTS= REGRESS=report run a single test.
set -euo pipefail

# shellcheck source=test/setup.sh
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"

# shellcheck disable=SC2034 # setup.sh reads it
superuser=tester     # no test may need a role called postgres

check_requirements()
{
	command -v "$PG_CONFIG" >/dev/null ||
		die "no $PG_CONFIG: set PG_CONFIG, or the path"
	find_server
	[ -f "$("$PG_CONFIG" --sharedir)/extension/pmr_metrics.control" ] ||
		die "make install has not installed pmr_metrics in $pg_bin"
	[[ " $* " == *' TAP_TESTS='* ]] || perl -MIPC::Run -e 1 2>/dev/null ||
		die 'the TAP tests need IPC::Run (Debian: libipc-run-perl)'
}

main()
{
	export PG_CONFIG=${PG_CONFIG:-pg_config}
	check_requirements "$@"
	make_work_dir
	enter_copy
	start_cluster >/dev/null
	use_cluster
	test_extension "$@"
}

main "$@"
