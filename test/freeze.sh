#!/bin/bash
# Freezes the scripts of the version that is being released:
#
#	bash test/freeze.sh
#
# Keeps a copy of its install script, from which test/t/010_update.pl updates in
# later versions, and the checksums of the copy and of the scripts that update
# to this version.
set -euo pipefail

# shellcheck source=test/setup.sh
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"

cd "$checkout"
sums=test/frozen/SHA256SUMS
version=$(current_version)
script=sql/pmr_metrics--$version.sql
frozen=test/frozen/pmr_metrics--$version.sql
make -s "$script"
[ ! -e "$frozen" ] || die "$version is frozen already"
sha256sum --quiet --strict --check "$sums"

cp "$script" "$frozen"
shopt -s nullglob
sha256sum "$frozen" sql/upgrade/pmr_metrics--*--"$version".sql >>"$sums"
