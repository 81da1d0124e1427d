# SPDX-License-Identifier: Apache-2.0
# For the scripts beside it: AKASHI and AKASHI_VERIFY are the programs, STORY is where cli/quickstart has been played.
set -euo pipefail
: "${AKASHI:?}" "${AKASHI_VERIFY:?}" "${STORY:?}" "${AKASHI_SOURCE:?}"
[ -d "$STORY/ledger.git" ] || { echo "skipped: quickstart has not been played in $STORY"; exit 77; }
work=$(mktemp -d)
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
export XDG_STATE_HOME=$work/state AKASHI_TRUST=$STORY/trust LC_ALL=C.UTF-8
day=2026-11-21
failed=0 passed=0

ok() { passed=$((passed + 1)); }
bad() { failed=$((failed + 1)); echo "FAILED: $*"; }
# want EXIT COMMAND...: what it prints is kept in $work/out and $work/err.
want() {
	local code=$1 got=0
	shift
	"$@" >"$work/out" 2>"$work/err" || got=$?
	if [ $got = "$code" ]; then ok; else
		bad "exit $got, not $code: $*"
		tail -n 5 "$work/out" "$work/err"
	fi
}
has() { if grep -qF -- "$1" "$2"; then ok; else bad "'$1' is not in $(basename "$2")"; fi; }
finish() { echo "$passed passed, $failed failed"; [ $failed = 0 ]; }
