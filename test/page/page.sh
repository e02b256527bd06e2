#!/bin/bash
# Draws one Party's month as a page of charts, from a database with pmr_metrics:
#
#	bash test/page/page.sh --party P [--month YYYY-MM] [--source S] [--role R]
#		[--note TEXT] [PSQL ARGUMENT...] >page.html
#
# Needs psql, Node and npm; the first run fetches the charting library from npm.
# The page shows what the role may see (doc/page.md), and loads nothing.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
declare -A given=([party]='' [month]='' [source]='' [role]='' [note]='')

while [[ ${1:-} =~ ^--(party|month|source|role|note)$ ]]; do
	[ "$#" -ge 2 ] || { echo "$1 needs a value" >&2; exit 2; }
	given[${BASH_REMATCH[1]}]=$2
	shift 2
done
if [ -z "${given[party]}" ]; then
	sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "${BASH_SOURCE[0]}" >&2
	exit 2
fi

[ -d "$here/node_modules/vega-lite" ] ||
	npm ci --omit=dev --no-audit --no-fund --prefix "$here" >&2

figures=$(PGCLIENTENCODING=UTF8 psql -X -q -A -t \
	-v party="${given[party]}" -v month="${given[month]}" \
	-v source="${given[source]}" -v role="${given[role]}" \
	-f "$here/page.sql" "$@")
[ -n "$figures" ] || exit 1
node "$here/page.mjs" "${given[note]}" <<<"$figures"
