#!/bin/bash
# On a Citus cluster: each aggregate over a distributed table is computed on the
# workers, and gives what it gives over a local one, byte for byte.
#
#	CITUS_COORDINATOR='host=... dbname=...' bash test/scale/citus.sh
#
# The connection string is that of the coordinator, as a superuser; Citus and
# pmr_metrics must be installed on all nodes, and be extensions of the database.
# Makes a schema pmr_metrics_scale there, and drops it at the end.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

if [ -z "${CITUS_COORDINATOR:-}" ]; then
	echo 'CITUS_COORDINATOR is not set: no cluster to check' >&2
	exit 2
fi
psql -X -q -v ON_ERROR_STOP=1 -d "$CITUS_COORDINATOR" -f citus.sql
