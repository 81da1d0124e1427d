#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Bundles from the command line: one file, every listing's file, and what they say against what the ledger says.
# Usage: bundle.sh AKASHI
set -u
akashi=$(realpath "$1") here=$(dirname "$(realpath "$0")")
verify=$(dirname "$akashi")/akashi-verify
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export LC_ALL=C.UTF-8 NO_COLOR=1 HOME=$work
unset AKASHI_TRUST XDG_CONFIG_HOME XDG_STATE_HOME
rc=0
fail() { printf 'FAIL  %s\n' "$1" >&2; rc=1; }
# run WANTED_EXIT NAME COMMAND…: output to NAME.out and NAME.err
run() {
	local want=$1 name=$2
	shift 2
	"$@" >"$name.out" 2>"$name.err" </dev/null
	local got=$?
	[ "$got" -eq "$want" ] || fail "$name: exit $got, want $want: $* $(cat "$name.err")"
}
says() { grep -qF -- "$2" "$1" || fail "$1 does not say: $2 but: $(cat "$1")"; }

bash "$here/transcript.sh" "$akashi" "$work/base" >"$work/transcript.out" 2>&1 || { cat "$work/transcript.out" >&2; exit 1; }
cd "$work" || exit 3
ak() { "$akashi" -C base/l.git "$@"; }
trust=base/t.trust

run 0 one ak bundle C24-0101-2
says one.out 'wrote C24-0101-2.akashi'
[ -s C24-0101-2.akashi ] || fail 'no file named after the listing'
gzip -t C24-0101-2.akashi || fail 'gzip does not read it'
run 0 again ak bundle C24-0101-2 -o again.akashi --quiet
cmp C24-0101-2.akashi again.akashi || fail 'two bundles of one state differ'
run 0 stdout ak bundle C24-0101-2 -o -
cmp C24-0101-2.akashi stdout.out || fail 'stdout is not the file'
run 0 since ak bundle C24-0101-2 --since 3 -o since.akashi --json
says since.out '"file":"since.akashi"'
zcat <since.akashi | grep -q '"since":{"proof":\[' || fail 'no consistency proof'

# What people recompress by hand is still a bundle, as long as the header says no more than it did.
zcat <C24-0101-2.akashi | gzip -9n >stock.akashi

# The same answer, byte for byte.
run 0 ledger ak verify C24-0101-2 --trust $trust --json
if [ -x "$verify" ]; then
	for f in C24-0101-2 since stock; do
		run 0 "from-$f" "$verify" $f.akashi --trust $trust --json --no-state
		cmp ledger.out "from-$f.out" || fail "$f.akashi says another thing than the ledger"
	done
	run 3 other "$verify" C24-0101-2.akashi --trust $trust --no-state --subject ismap/listing:C99-9999-2
	run 3 other-short "$verify" C24-0101-2.akashi --trust $trust --no-state --subject C99-9999-2
	run 0 short "$verify" C24-0101-2.akashi --trust $trust --no-state --subject C24-0101-2
	head -c 1000 C24-0101-2.akashi >cut.akashi
	run 1 cut "$verify" cut.akashi --trust $trust --no-state
	says cut.err 'container.gzip'
	run 1 none "$verify" $trust --trust $trust --no-state
	says none.err 'container.header'
fi

run 0 all ak bundle --all public
says all.out 'wrote 1 files to public'
cmp C24-0101-2.akashi public/C24-0101-2.akashi || fail 'the file in the folder is another one'
[ "$(ls public)" = C24-0101-2.akashi ] || fail 'something else lies in the folder'
run 0 all-again ak bundle --all public --json
says all-again.out '"listing":"C24-0101-2"'

# A listing that is on no record: the bundle shows that.
run 0 absent ak bundle C99-9999-2 -o absent.akashi
[ -x "$verify" ] && run 3 absent-verdict "$verify" absent.akashi --trust $trust --no-state --json &&
	says absent-verdict.out '"reason":"not-found"'

run 2 no-listing ak bundle
run 2 both ak bundle C24-0101-2 --all public
run 2 twice ak bundle --all public -o x
run 2 future ak bundle C24-0101-2 --since 1000000 -o future.akashi
[ -e future.akashi ] && fail 'a file was written after a refusal'
run 2 bad-name ak bundle 'C 24' -o bad.akashi
run 2 path ak bundle ../C24-0101-2
[ -e ../C24-0101-2.akashi ] && fail 'a listing was taken for a path'

[ "$rc" -eq 0 ] && echo 'bundle: the file says what the ledger says'
exit $rc
