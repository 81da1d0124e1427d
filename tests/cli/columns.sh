#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What people read, in both languages: no line is wider than 100 cells, Japanese says nothing in English but names, words of the
# command line and what is marked as English, and whoever took a wrong turn is told the next step.
# Usage: columns.sh AKASHI
set -u
command -v python3 >/dev/null || exit 77
akashi=$(realpath "$1") here=$(dirname "$(realpath "$0")")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
sh "$here/transcript.sh" "$akashi" "$work/base" >"$work/transcript" 2>&1 || { cat "$work/transcript" >&2; exit 1; }
cd "$work/base" || exit 3
LC_ALL=C.UTF-8 NO_COLOR=1 HOME=$work AKASHI_TRUST=$work/base/t.trust
export LC_ALL NO_COLOR HOME AKASHI_TRUST
rc=0
fail() { printf 'FAIL  %s\n' "$1" >&2; rc=1; }
said() { grep -qF -- "$2" "$1" || { fail "$1 does not say: $2"; sed 's/^/      /' "$1" >&2; }; }
mkdir said

# both NAME ARGUMENTS…: what is said in each language, to said/NAME.en and said/NAME.ja
both() {
	name=$1
	shift
	for lang in en ja; do "$akashi" -C l.git --lang $lang "$@" >"said/$name.$lang" 2>&1 </dev/null; done
}

listing=$(sed -n 's/^sealed #\([0-9]*\).*/\1/p' seal-listing.out)
correction=$(sed -n 's/^sealed #\([0-9]*\).*/\1/p' seal-correction.out)
mkdir folder
"$akashi" -C l.git draft -q decision --listing C24-0101-2 --outcome registered --set /kind=renewal --set-date /decided_on=2026-11-01 \
	--set /meeting=第29回 -o stray.json

# ---- answers --------------------------------------------------------------------------------------------------------
both verify verify C24-0101-2 --as-of 2026-11-21
both verify-expired verify C24-0101-2 --as-of 2027-08-01
both verify-before verify C24-0101-2 --as-of 2026-11-21 --known-at 5
both list list
both list-then list --known-at 40
both log-then log --known-at 5
both log log
both search search 架空の雲
both status status --as-of 2026-11-21
both audit audit
both handover status --handover
# Under each heading a label and what stands beside it are apart, and the second column is one.
python3 - said/handover.ja said/handover.en <<'PY' || rc=1
import re, sys, unicodedata

def cells(text):
    return sum(2 if unicodedata.east_asian_width(ch) in "WF" else 1 for ch in text)

bad = False
for path in sys.argv[1:]:
    seen = 0
    for line in open(path, encoding="utf-8").read().splitlines():
        m = re.match(r"(  \S.*?  +)\S", line)
        if line.startswith("  ") and not line.startswith("   "):
            seen += 1
            if not m or cells(m[1]) != 34:
                print(f"FAIL  {path}: the columns run together: {line}", file=sys.stderr)
                bad = True
    bad = bad or seen < 30
sys.exit(bad)
PY
both audit-no-trust audit --no-trust
both trust trust show t.trust
for n in 0 1 3 "$listing" "$correction"; do both "show-$n" show "$n"; done
both check check decision.dsse.json
both signers sign --show decision.dsse.json
said "said/show-$correction.ja" '訂正 C24-0101-2 '
said "said/show-$correction.en" 'correction C24-0101-2 '

# ---- wrong turns, and the next step ---------------------------------------------------------------------------------
both no-ledger verify C24-0101-2 -C folder
[ "$(head -n 1 said/no-ledger.en)" != "$(head -n 1 said/no-ledger.ja)" ] || fail 'no ledger: the same in both languages'
both no-trust verify C24-0101-2 --trust gone
said said/no-trust.ja 'ファイルがない'
both folder sign folder --key keys/m1.key
said said/folder.ja '会議のフォルダではない'
both a-folder check folder
said said/a-folder.ja 'フォルダである'
both bad-trust trust show keys/m1.pub
said said/bad-trust.ja '信頼ファイルを発行者から改めて入手する'
both no-record show 999
said said/no-record.en 'next: '
said said/no-record.ja '次に: '
both no-field correct "$listing" --field /nope --to x --reason y -o nope.json
said said/no-field.en "akashi show $listing --full -C l.git"
both no-type draft decison -o nope.json
said said/no-type.en 'decision'
said said/no-type.ja 'この制度の記録種別: '
said said/no-type.ja 'annulment（取消し）'
both blanks draft listing -o -
said said/blanks.en '(/listing)'
said said/blanks.ja '（/listing）'
[ ! -e nope.json ] || fail 'a refused draft was written'
both seal-draft seal stray.json
said said/seal-draft.en 'akashi sign stray.json --key KEY'
said said/seal-draft.ja '署名前の起案である'
"$akashi" -C l.git --lang en sign stray.json --key keys/lead.key --yes -q >said/no-role.en 2>&1
said said/no-role.en 'the key of Koh Audit'
said said/no-role.en 'is signed by ISMAP Steering'
[ ! -e stray.dsse.json ] || fail 'a key without a part signed a draft'
"$akashi" keygen -q -o nobody.key >/dev/null 2>&1
"$akashi" -C l.git --lang ja sign stray.json --key nobody.key --yes -q >said/nobody.ja 2>&1
said said/nobody.ja 'この台帳に、この鍵の持ち主はいない'
tr -d ' \n' <said/nobody.ja >nobody.joined # a name may be broken over two lines
said nobody.joined 'ISMAP運営委員会'
said said/nobody.ja '署名していない'
[ ! -e stray.dsse.json ] || fail 'a key that the ledger does not know signed a draft'
"$akashi" -C no-ledger sign stray.json --key nobody.key --yes -q >said/nobody-asked.en 2>&1 || fail 'without a ledger nobody can tell whose key it is'
"$akashi" -C l.git sign stray.dsse.json --key keys/m1.key --key keys/m2.key --key keys/m3.key --yes -q >/dev/null 2>&1
both check-nobody check stray.dsse.json
tr -d ' \n' <said/check-nobody.ja >nobody.joined
said nobody.joined 'この台帳の知る者のものでないか、検証できない'
rm stray.dsse.json
"$akashi" -C no-ledger sign stray.json --key keys/lead.key --yes -q >/dev/null 2>&1
both check-no-role check stray.dsse.json
said said/check-no-role.en 'this is signed by ISMAP Steering Committee'
said said/check-no-role.ja '署名する権限を持つのは ISMAP運営委員会 である'
rm stray.dsse.json
"$akashi" -C l.git sign stray.json --key keys/m1.key --yes -q >/dev/null 2>&1
both sign-twice sign stray.dsse.json --key keys/m1.key --yes -q
said said/sign-twice.ja 'この鍵では既に署名している'
both seal-twice seal decision.dsse.json
both no-memory seal stray.dsse.json --operator keys/m1.key
said said/no-memory.en '--adopt-head'
said said/no-memory.ja '--adopt-head'
both usage verify

python3 - said <<'PY' || rc=1
import pathlib, sys, unicodedata

def cells(text):
    return sum(2 if unicodedata.east_asian_width(ch) in "WF" else 0 if unicodedata.combining(ch) else 1 for ch in text)

bad = False
for path in sorted(pathlib.Path(sys.argv[1]).iterdir()):
    for n, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if cells(line) > 100:
            print(f"FAIL  {path}:{n}: {cells(line)} cells: {line}", file=sys.stderr)
            bad = True
        if path.suffix == ".ja" and any(w in line for w in ("詳細（英文）", "No such file", "信頼設定")):
            print(f"FAIL  {path}:{n}: not in Japanese: {line}", file=sys.stderr)
            bad = True
sys.exit(bad)
PY
# What quickstart says in between stands behind "# " and keeps within 80, in both languages.
python3 - "$here/../../cli/quickstart" <<'PY' || rc=1
import re, sys, unicodedata

def cells(text):
    return sum(2 if unicodedata.east_asian_width(ch) in "WF" else 1 for ch in text)

told = re.findall(r'\bsay "([^"]*)" (?:\\\n\t*)?"([^"]*)"', open(sys.argv[1], encoding="utf-8").read())
bad = len(told) < 20
if bad:
    print(f"FAIL  quickstart: only {len(told)} comments were found", file=sys.stderr)
for text in (t for both in told for t in both):
    for line in text.split("\n"):
        shown = "# " + re.sub(r"\$\{number\[[^]]*\]\}|\$\w+", "123", line)
        if cells(shown) > 80:
            print(f"FAIL  quickstart: {cells(shown)} cells: {shown}", file=sys.stderr)
            bad = True
sys.exit(bad)
PY
[ "$rc" -eq 0 ] && echo 'columns: within 100, in both languages'
exit $rc
