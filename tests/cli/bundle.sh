#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Bundles from the command line: one file, every listing's file, and what they say against what the ledger says.
# Usage: bundle.sh AKASHI
# shellcheck source=tests/cli/play.bash
. "$(dirname "$0")/play.bash"
verify=$(dirname "$akashi")/akashi-verify

bash "$here/transcript.sh" "$akashi" "$work/base" >"$work/transcript.out" 2>&1 || { cat "$work/transcript.out" >&2; exit 1; }
cd "$work" || exit 3
ak() { "$akashi" -C base/l.git "$@"; }
trust=base/t.trust

does 0 one ak bundle C24-0101-2
says one.out 'wrote C24-0101-2.akashi'
[ -s C24-0101-2.akashi ] || fail 'no file named after the listing'
gzip -t C24-0101-2.akashi || fail 'gzip does not read it'
does 0 again ak bundle C24-0101-2 -o again.akashi --quiet
cmp C24-0101-2.akashi again.akashi || fail 'two bundles of one state differ'
does 0 stdout ak bundle C24-0101-2 -o -
cmp C24-0101-2.akashi stdout.out || fail 'stdout is not the file'
does 0 since ak bundle C24-0101-2 --since 3 -o since.akashi --json
says since.out '"file":"since.akashi"'
zcat <since.akashi | grep -q '"since":{"proof":\[' || fail 'no consistency proof'

# A number that nobody has: the bundle shows that there is nothing, and that is said, with what may have been meant.
does 0 unknown ak bundle C24-0101-3
says unknown.err 'this ledger has no record about C24-0101-3'
says unknown.err 'listed under a number or name like it: C24-0101-2'
does 0 unknown-ja ak bundle X99-9999-9 --lang ja
says unknown-ja.err '似た掲載はない'
does 0 unknown-json ak bundle C24-0102-2 -o near.akashi --json
[ "$(jq -r '.near[0]' unknown-json.out)" = C24-0101-2 ] || fail 'bundle --json: near'
if grep -q 'no record about' one.err; then fail 'a listing that is there is called unknown'; fi
rm -f C24-0101-3.akashi X99-9999-9.akashi near.akashi

# An earlier bundle is replaced; what is none is kept, and so is a good one when the new one would show nothing.
does 0 replaced ak bundle C24-0101-2 -o again.akashi --quiet
printf 'a key, say\n' >precious.key
cp again.akashi good.akashi
does 2 precious ak bundle C24-0101-2 -o precious.key
says precious.err 'is no bundle; nothing was overwritten'
[ "$(cat precious.key)" = 'a key, say' ] || fail 'what is no bundle was overwritten'
does 2 nothing ak bundle C24-0101-3 -o good.akashi
says nothing.err 'the new one would show nothing'
says nothing.err 'like it: C24-0101-2'
cmp again.akashi good.akashi || fail 'a good bundle was overwritten by one that shows nothing'
mkdir -p public-one && printf 'x\n' >public-one/C24-0101-2.akashi
does 2 in-folder ak bundle --all public-one
does 0 forced ak bundle C24-0101-2 -o precious.key --force --quiet
cmp again.akashi precious.key || fail '--force does not overwrite'
does 0 forced-nothing ak bundle C24-0101-3 -o good.akashi --force --quiet

# What people recompress by hand is still a bundle, as long as the header says no more than it did.
zcat <C24-0101-2.akashi | gzip -9n >stock.akashi

# The same answer, byte for byte.
does 0 ledger ak verify C24-0101-2 --trust $trust --json
if [ -x "$verify" ]; then
	for f in C24-0101-2 since stock; do
		does 0 "from-$f" "$verify" $f.akashi --trust $trust --json --no-state
		cmp ledger.out "from-$f.out" || fail "$f.akashi says another thing than the ledger"
	done
	does 3 other "$verify" C24-0101-2.akashi --trust $trust --no-state --subject ismap/listing:C99-9999-2
	does 3 other-short "$verify" C24-0101-2.akashi --trust $trust --no-state --subject C99-9999-2
	does 0 short "$verify" C24-0101-2.akashi --trust $trust --no-state --subject C24-0101-2
	: >empty.trust
	head -n 1 $trust >half.trust
	for f in gone.trust empty.trust half.trust; do
		does 3 by-none "$verify" C24-0101-2.akashi --trust $f --no-state
		says by-none.err $f
		does 3 by-none-json "$verify" C24-0101-2.akashi --trust $f --no-state --json
		says by-none-json.out '"error"'
	done
	does 3 full-width "$verify" C24-0101-2.akashi --trust $trust --no-state --subject 'Ｃ２４－０１０１－３'
	says full-width.err 'half-width characters: C24-0101-3'
	# A report is not written over one that was filed.
	does 0 report "$verify" C24-0101-2.akashi --trust $trust --no-state --report one.html
	cp one.html filed.html
	does 2 report-again "$verify" C24-0101-2.akashi --trust $trust --no-state --lang ja --report one.html
	says report-again.err --force
	[ -s report-again.out ] && fail 'a verdict before a report that is refused'
	does 2 report-ledger ak verify C24-0101-2 --trust $trust --report one.html --json
	cmp one.html filed.html || fail 'a report was overwritten'
	does 0 report-force "$verify" C24-0101-2.akashi --trust $trust --no-state --lang ja --report one.html --force
	cmp -s one.html filed.html && fail 'a report was not overwritten with --force'
	does 2 force-alone "$verify" C24-0101-2.akashi --trust $trust --no-state --force
	# What a report cannot carry is said, with what to do instead.
	does 2 report-evidence "$verify" C24-0101-2.akashi --trust $trust --no-state --report x.html --evidence $trust
	tr -s ' \n' ' ' <report-evidence.err >report-evidence.flat
	says report-evidence.flat 'Make the report without --evidence'
	does 2 report-also "$verify" C24-0101-2.akashi --trust $trust --no-state --report x.html --also $trust
	says report-also.err 'not sealed'
	# What cannot be said of a document is told apart from the listing.
	does 3 foreign "$verify" C24-0101-2.akashi --trust $trust --no-state --evidence $trust
	says foreign.out 'the listing itself: valid'
	does 3 foreign-json "$verify" C24-0101-2.akashi --trust $trust --no-state --evidence $trust --json
	says foreign-json.out '"evidence":{"listing_verdict":"valid"}'
	head -c 1000 C24-0101-2.akashi >cut.akashi
	does 1 cut "$verify" cut.akashi --trust $trust --no-state
	says cut.err 'container.gzip'
	does 1 none "$verify" $trust --trust $trust --no-state
	says none.err 'container.header'
fi

does 0 all ak bundle --all public
says all.out 'wrote 1 files to public'
cmp C24-0101-2.akashi public/C24-0101-2.akashi || fail 'the file in the folder is another one'
[ "$(ls public)" = C24-0101-2.akashi ] || fail 'something else lies in the folder'
does 0 all-again ak bundle --all public --json
says all-again.out '"listing":"C24-0101-2"'

# A listing that is on no record: the bundle shows that.
does 0 absent ak bundle C99-9999-2 -o absent.akashi
[ -x "$verify" ] && does 3 absent-verdict "$verify" absent.akashi --trust $trust --no-state --json &&
	says absent-verdict.out '"reason":"not-found"'

does 2 no-listing ak bundle
does 2 both ak bundle C24-0101-2 --all public
does 2 twice ak bundle --all public -o x
does 2 future ak bundle C24-0101-2 --since 1000000 -o future.akashi
[ -e future.akashi ] && fail 'a file was written after a refusal'
does 2 bad-name ak bundle 'C 24' -o bad.akashi
does 2 path ak bundle ../C24-0101-2
[ -e ../C24-0101-2.akashi ] && fail 'a listing was taken for a path'

[ "$rc" -eq 0 ] && echo 'bundle: the file says what the ledger says'
exit $rc
