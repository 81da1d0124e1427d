#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Time stamps: tokens over signatures, over the head, over a document, from an authority that runs here (tsa.py, by `openssl ts`); what stock
# openssl says to them; and every way in which an authority fails, after which nothing is sealed and nothing is lost.
# Usage: timestamp.sh AKASHI
set -u
akashi=$(realpath "$1") here=$(dirname "$(realpath "$0")")
verify=$(dirname "$akashi")/akashi-verify
work=$(mktemp -d)
tsa=
trap '[ -z "$tsa" ] || kill "$tsa" 2>/dev/null; rm -rf "$work"' EXIT
cd "$work" || exit 3
export LC_ALL=C.UTF-8 NO_COLOR=1 HOME=$work AKASHI_TRUST=$work/trust no_proxy='*'
unset XDG_CONFIG_HOME XDG_STATE_HOME
for tool in openssl jq python3 xxd; do
	command -v $tool >/dev/null || { echo "skipped: $tool is not here"; exit 77; }
done
rc=0 n=0
fail() { printf 'FAIL  %s\n' "$1" >&2; sed 's/^/      /' out err >&2 2>/dev/null; rc=1; }
# run WANTED_EXIT NAME COMMAND…
run() {
	local want=$1 name=$2 got
	shift 2
	"$@" >out 2>err </dev/null
	got=$?
	n=$((n + 1))
	[ "$got" -eq "$want" ] || fail "$name: exit $got, want $want: $*"
}
says() { cat out err | tr -s ' \n' ' ' | grep -qF -- "$1" || fail "does not say: $1"; }
same() { [ "$2" = "$3" ] || fail "$1: $2 is not $3"; }
q() { "$@" >out 2>err </dev/null || fail "set-up: $*"; }

# ---- authorities -------------------------------------------------------------------------------------------------
mkdir tsa
. "$here/authority.bash"
for a in tsa tsa2 tsa3; do
	authority $a "Example Time $a" >>log 2>&1 || { cat log; fail 'an authority'; exit 1; }
done
sed 's/default_policy = .*/default_policy = 1.2.3.4.1/; s/digests = sha256/digests = sha512/' tsa/tsa.cnf >tsa/refuses.cnf
start_authority "$here"

# ---- a ledger whose profile names two authorities, one of them by its certificate ---------------------------------
q "$akashi" init l.git --origin ledger.example/time --make-keys keys --trust-out trust0
q "$akashi" draft profile -C l.git -o shipped.json
jq -c --arg root "$(openssl x509 -in tsa/tsa.root.pem -outform DER | base64 -w0)" --arg second "sha256:$(openssl x509 -in tsa/tsa2.pem -outform DER | sha256sum | cut -c1-64)" \
	'.body.package | .version = "time-1" | .time_authorities = [
		{name: "tsa.example", operator: "example-time", root: $root, policies: ["1.2.3.4.1"], from: "2026-01-01T00:00:00Z"},
		{name: "tsa2.example", operator: "example-time-2", certificate: $second, policies: ["1.2.3.4.1"], from: "2020-01-01T00:00:00Z", until: "2099-12-31T23:59:59Z"}]' shipped.json >package.json
sign() { "$akashi" sign "$1.json" -q --yes --key keys/root-1.key --key keys/root-2.key; }
seal() { "$akashi" seal "$@" -C l.git; }
q "$akashi" draft profile -C l.git --body package.json -o profile.json
q sign profile
q seal profile.dsse.json
q "$akashi" trust init -C l.git -o trust
enrol() {
	q "$akashi" keygen -q -o "$1.key" --pub "$1.pub"
	q "$akashi" party "$1" --role provider --name-ja 架空 --name-en Example --member "m1:$1.pub:seat" -C l.git -o "$1.json"
	q "$akashi" sign "$1.json" -q --yes --key keys/root-1.key --key keys/root-2.key --key "$1.key"
}
enrol kakuu
cp kakuu.dsse.json unstamped.dsse.json

# ---- over signatures ------------------------------------------------------------------------------------------------
run 0 'tokens over signatures' "$akashi" timestamp kakuu.dsse.json --url "$url/ok" -C l.git
says 'timestamped by tsa.example at 20'
says '(±1 s)'
says 'kakuu.dsse.json: 3 of 3 signatures got a token'
same 'a token a signature' "$(jq -c '[.timestamps[].keyid] == ([.signatures[].keyid] | sort)' kakuu.dsse.json)" true
same 'the statement and its signatures' "$(jq -cS 'del(.timestamps)' kakuu.dsse.json)" "$(jq -cS . unstamped.dsse.json)"
cp kakuu.dsse.json once.dsse.json
run 0 'a second time' "$akashi" timestamp kakuu.dsse.json --url "$url/ok" -C l.git
says 'kakuu.dsse.json: 0 of 3 signatures got a token'
cmp -s kakuu.dsse.json once.dsse.json || fail 'a second token by the same operator was put in'
run 0 'another authority' "$akashi" timestamp kakuu.dsse.json --url "$url/other" -C l.git --json
same 'by two' "$(jq -c '.timestamps | length' kakuu.dsse.json) $(jq -r '.[0].tokens[0] | .authority + " " + .operator + " " + .accuracy' out)" '6 tsa2.example example-time-2 1'

# Merging keeps the tokens of both.
q "$akashi" sign unstamped.dsse.json --add once.dsse.json -o merged.dsse.json
same 'merged with one that has none' "$(jq -cS .timestamps merged.dsse.json)" "$(jq -cS .timestamps once.dsse.json)"
rm -f merged.dsse.json
q "$akashi" sign once.dsse.json --add kakuu.dsse.json -o merged.dsse.json
same 'merged with one that has fewer' "$(jq -cS .timestamps merged.dsse.json)" "$(jq -cS .timestamps kakuu.dsse.json)"

# Stock openssl takes what our requests got: each token is over its signature.
jq -r '.signatures[] | .keyid + " " + .sig' once.dsse.json >sigs
while read -r keyid sig; do
	printf '%s' "$sig" | base64 -d >sig.bin
	jq -r --arg k "$keyid" '.timestamps[] | select(.keyid == $k).tsr' once.dsse.json | base64 -d >sig.tsr
	run 0 'openssl ts -verify' openssl ts -verify -data sig.bin -in sig.tsr -CAfile tsa/tsa.root.pem
	says 'Verification: OK'
done <sigs

# ---- an authority that fails: the file is as it was, and says why --------------------------------------------------
cp unstamped.dsse.json f.dsse.json
wrong() { # PATH SAYS [OPTION…]
	local path=$1 what=$2
	shift 2
	run "$want" "authority $path" "$akashi" timestamp f.dsse.json --url "$url/$path" -C l.git "$@"
	says "$what"
	cmp -s f.dsse.json unstamped.dsse.json || { fail "authority $path: the file changed"; cp unstamped.dsse.json f.dsse.json; }
}
want=1
wrong refuses 'the authority gives no token: refused, unknown hash algorithm'
cp unstamped.dsse.json kept.dsse.json
run 0 'an answer to be kept' "$akashi" timestamp kept.dsse.json --url "$url/replay" -C l.git
wrong replay 'it answers another request'
wrong imprint 'it is over something else'
wrong trailing 'nothing was changed'
wrong junk 'nothing was changed'
wrong cut 'nothing was changed'
wrong empty 'nothing was changed'
wrong unknown 'it is by no authority that counts here'
want=3
wrong huge 'the answer is longer than 32768 bytes'
wrong endless 'the answer is longer than 32768 bytes'
wrong slow 'no whole answer within 1 seconds' --wait 1
wrong html 'the answer is not said to be application/timestamp-reply'
wrong error 'it answers with status 503'
wrong elsewhere 'it sends us elsewhere (status 307)'
run 3 'nobody is there' "$akashi" timestamp f.dsse.json --url http://127.0.0.1:1/ -C l.git --lang ja
says '接続できない'
# libcurl is loaded for this and for nothing else (adr/0042): where it is broken that is said.
mkdir lib && echo 'not a library' >lib/libcurl.so.4
run 3 'libcurl is broken' env LD_LIBRARY_PATH="$PWD/lib" "$akashi" timestamp f.dsse.json --url "$url/ok" -C l.git
says 'libcurl'
run 0 'libcurl is broken, and nobody asks for it' env LD_LIBRARY_PATH="$PWD/lib" "$akashi" log -C l.git
cmp -s f.dsse.json unstamped.dsse.json || fail 'nobody is there: the file changed'
for bad in ftp://tsa.example/ 'http://user:word@tsa.example/' 'http://' file:///etc/passwd; do
	run 2 "address $bad" "$akashi" timestamp f.dsse.json --url "$bad" -C l.git
done
run 2 'no address' "$akashi" timestamp f.dsse.json -C l.git
# The authority's certificate on its issuer's list.
mkdir ca && : >ca/index.txt && echo 01 >ca/crlnumber
printf '[ca]\ndefault_ca=c\n[c]\ndatabase=ca/index.txt\ncrlnumber=ca/crlnumber\ndefault_md=sha256\ndefault_crl_days=10\ncrl_extensions=e\n[e]\nauthorityKeyIdentifier=keyid\n' >ca.cnf
openssl ca -config ca.cnf -cert tsa/tsa.root.pem -keyfile tsa/tsa.root.key -gencrl -out good.crl >>log 2>&1 || fail 'a list'
openssl ca -config ca.cnf -cert tsa/tsa.root.pem -keyfile tsa/tsa.root.key -revoke tsa/tsa.pem -crl_reason keyCompromise >>log 2>&1 || fail 'revoking'
openssl ca -config ca.cnf -cert tsa/tsa.root.pem -keyfile tsa/tsa.root.key -gencrl -out bad.crl >>log 2>&1 || fail 'a list'
want=1
wrong ok "the authority's certificate was revoked (keyCompromise)" --crl good.crl --crl bad.crl
cp unstamped.dsse.json g.dsse.json
run 0 'a list that does not name it' "$akashi" timestamp g.dsse.json --url "$url/ok" -C l.git --crl good.crl

# ---- seal keeps tokens that count, and refuses others ---------------------------------------------------------------
tokens() { # FILE: its tokens, all of the signature that the first of them is of not
	jq -c --slurpfile from "$2" '.timestamps = [$from[0].timestamps[0]]' "$1"
}
head() { git -C l.git rev-parse main; }
before=$(head)
jq -c '.timestamps[0].tsr = .timestamps[1].tsr | .timestamps |= sort_by(.keyid, .tsr)' once.dsse.json >swapped.dsse.json
run 1 'a token of another signature' seal swapped.dsse.json
says 'a token does not count: it is over something else'
jq -c '.timestamps = [{keyid: .signatures[0].keyid, tsr: "MAMCAQA="}]' once.dsse.json >junk.dsse.json
run 1 'a token that is none' seal junk.dsse.json
says 'a token does not count'
same 'what was refused' "$(head)" "$before"
run 0 'sealing tokens that count' seal kakuu.dsse.json
seq=$(git -C l.git cat-file -p main:checkpoint | sed -n 2p)
run 0 'the record as it is' git -C l.git cat-file -p "main:records/00/00/00/00/0$((seq - 1)).jsonl"
same 'line 3 has all tokens' "$(sed -n 3p out | jq '.timestamps | length')" 6
run 0 'show tells since when its signatures are known' "$akashi" show "#$((seq - 1))" -C l.git
says 'by time stamp)'
"$akashi" show "#$((seq - 1))" -C l.git --json | jq -e '.timestamps == {total: 6, count: 6, why: ""} and ([.signatures[].stamped] | all(. != null))' >/dev/null ||
	fail 'show --json tells other tokens'
run 0 'an audit' "$akashi" audit -C l.git
# No authority named: a profile that has none.
q "$akashi" init plain.git --origin ledger.example/plain --make-keys pkeys --trust-out ptrust
run 3 'a ledger without a profile' "$akashi" timestamp f.dsse.json --url "$url/ok" -C plain.git
says 'names a time-stamping authority: no token would count'

# ---- over the head ---------------------------------------------------------------------------------------------------
size() { git -C l.git cat-file -p main:checkpoint | sed -n 2p; }
enrol tsuki
at=$(size)
run 0 'seal --timestamp' seal tsuki.dsse.json --timestamp "$url/ok"
says "sealed #$at"
says 'timestamped by tsa.example at 20'
says "the head of $((at + 1)) records is stamped, and that is sealed as #$((at + 1))"
same 'two records more' "$(size)" $((at + 2))
git -C l.git cat-file -p "main:records/00/00/00/00/0$((at + 1)).jsonl" | sed -n 2p >record
same 'what it says' "$(jq -c '.predicate | [.about, .scheme, .body.form, .body.size]' record)" '[["akashi/time"],"akashi","rfc3161",'$((at + 1))']'
printf 'ledger.example/time\n%s\n%s\n' $((at + 1)) "$(jq -r .predicate.body.root record | cut -c8- | xxd -r -p | base64)" >text
jq -r '.predicate.body.tokens[0]' record | base64 -d >head.tsr
run 0 'openssl ts -verify of the head' openssl ts -verify -data text -in head.tsr -CAfile tsa/tsa.root.pem
run 0 'showing it' "$akashi" show "#$((at + 1))" -C l.git
says "the checkpoint of $((at + 1)) records"
run 0 'what it is over' "$akashi" show "#$at" -C l.git
says "#$((at + 1)) time stamp: on record by 20"
run 0 'an audit with it' "$akashi" audit -C l.git
# By hand, and over something else: neither check nor seal lets it through, and say what is there (FORMAT 15.5).
by_hand() { # NAME JQ-CHANGE
	jq -c ".predicate.body | $2" record >body.json
	rm -f "$1.json" "$1.dsse.json"
	q "$akashi" draft timestamp -C l.git --body body.json -o "$1.json"
	q "$akashi" sign "$1.json" -q --yes --key keys/operator.key
}
swap() { # SIZE: the same token, said to be of another checkpoint
	printf '.size = %s | .root = "%s"' "$1" "sha256:$(git -C l.git show "main~$(($(size) - $1)):checkpoint" | sed -n 3p | base64 -d | xxd -p -c 99)"
}
before=$(head)
by_hand elsewhere "$(swap $at)"
run 1 'check of a token over another checkpoint' "$akashi" check elsewhere.dsse.json -C l.git
says 'time stamp 1 of 1 does not count: its token is over something else'
says 'evidence_record.archiveTimeStamp'
run 1 'sealing a token over another checkpoint' seal elsewhere.dsse.json
says 'its token is over something else'
says 'expected sha256:'
by_hand wrong-root '.root = "sha256:" + ("0" * 64)'
run 1 'sealing a token of a tree that never was' seal wrong-root.dsse.json
says 'the tree of that many records has another root'
openssl ts -query -data text -sha256 -cert -out nobody.tsq 2>>log && curl -s --noproxy '*' -H 'Content-Type: application/timestamp-query' --data-binary @nobody.tsq -o nobody.tsr "$url/unknown" || fail 'a token by nobody'
by_hand nobody ".tokens = [\"$(base64 -w0 nobody.tsr)\"]"
run 1 'sealing a token by an authority that no profile names' seal nobody.dsse.json
says 'it is by no authority that counts here'
says 'expected tsa.example, tsa2.example'
same 'nothing was sealed by hand' "$(head)" "$before"
run 0 'an audit counts time stamps' "$akashi" audit -C l.git --json
same 'one that is sound' "$(jq -c '[.timestamps.sound, (.checks[] | select(.id == "timestamps") | .outcome, .count)]' out)" '[1,"passed",1]'
run 0 'an audit tells of time stamps' "$akashi" audit -C l.git --lang ja
says '1件の時刻証明の記録'
enrol hoshi
at=$(size)
run 3 'seal --timestamp without an authority' seal hoshi.dsse.json --timestamp http://127.0.0.1:1/
says "sealed #$at"
says 'what was sealed is sealed; it is not timestamped'
same 'sealed all the same' "$(size)" $((at + 1))
run 1 'timestamp --head by nobody who counts' "$akashi" timestamp --head --url "$url/unknown" -C l.git
same 'nothing sealed' "$(size)" $((at + 1))
run 0 'timestamp --head' "$akashi" timestamp --head --url "$url/other" -C l.git --lang ja
says 'tsa2.example による時刻証明 20'
same 'one record more' "$(size)" $((at + 2))
run 0 'an audit after it' "$akashi" audit -C l.git

# ---- what was stamped in time outlives its keys ----------------------------------------------------------------------
# A scheme's first year, stamped but for the decision; then the root calls keys lost, up to the last record.
jq -c '.time_authorities' package.json >authorities.json
AUTHORITIES=$PWD/authorities.json STAMP_URL=$url/ok bash "$here/transcript.sh" "$akashi" "$work/year" >transcript.out 2>&1 || { cat transcript.out >&2; fail 'a stamped year'; }
year() { "$akashi" -C year/l.git "$@"; }
lost() { # KEY…: compromised, but what is on record was signed before
	local last k keys=()
	last=$(($(git -C year/l.git cat-file -p main:checkpoint | sed -n 2p) - 1))
	for k; do keys+=(--key "year/keys/$k.pub"); done
	q year draft revocation "${keys[@]}" --set /reason=compromise --set-json "/last_valid_seq=$last" -o lost.json --force
	rm -f lost.dsse.json
	q "$akashi" sign lost.json -q --yes --key year/keys/root-1.key --key year/keys/root-2.key
	q year seal lost.dsse.json
}
run 0 'before' year verify C24-0101-2 --trust year/t.trust --as-of 2026-11-21
year verify C24-0101-2 --trust year/t.trust --as-of 2026-11-21 --json >verdict.json
same 'tokens are counted' "$(jq -r '.checks[] | select(.id == "timestamps") | .outcome' verdict.json)" passed
lost lead provider
run 0 'stamped before they were lost' year verify C24-0101-2 --trust year/t.trust --as-of 2026-11-21
run 0 'a bundle says the same' year bundle C24-0101-2 -o year.akashi
run 0 'a bundle is judged the same' "$verify" year.akashi --trust year/t.trust --as-of 2026-11-21 --no-state
lost m1
run 3 'the decision was not stamped' year verify C24-0101-2 --trust year/t.trust --as-of 2026-11-21
says 'compromised'

# ---- over a document ---------------------------------------------------------------------------------------------------
printf 'report, confidential\n' >'実施結果 報告書.pdf'
printf 'of a record\n' >'実施結果 報告書.pdf.opening.json' # as sign --commit-only leaves it
run 2 'a receipt without a root' "$akashi" timestamp --receipt r.html '実施結果 報告書.pdf' --url "$url/ok"
run 0 'a receipt' "$akashi" timestamp --receipt r.html '実施結果 報告書.pdf' --url "$url/ok" --root tsa/tsa.root.pem
says 'timestamped by Example Time tsa'
says 'r.html: the receipt'
says '実施結果 報告書.pdf.receipt.opening.json: the salt'
for f in r.html r.tsr '実施結果 報告書.pdf.receipt.opening.json'; do [ -s "$f" ] || fail "no $f"; done
same 'the salt is for its owner' "$(stat -c %a '実施結果 報告書.pdf.receipt.opening.json')" 600
salt=$(jq -r '.documents[0].salt' '実施結果 報告書.pdf.receipt.opening.json')
grep -q "$salt" r.html && fail 'the salt is on the page'
grep -qi '<script\|http-equiv\| src=' r.html && fail 'the page loads or runs something'
same 'the salt of a record is as it was' "$(cat '実施結果 報告書.pdf.opening.json')" 'of a record'
# A browser breaks long lines behind any hyphen.
sed -n '/<pre>/,/<\/pre>/p' r.html | sed 's/.*<pre>//; s/<.*//' | grep -E '^.{81}' && fail 'a command that a printer breaks where it likes'
# The page's own commands, as they stand on it.
cp tsa/tsa.root.pem .
sed -e ':a' -e '/\\$/{N;s/\\\n *//;ba' -e '}' r.html | sed -n 's/^<pre>\(.*\)<\/pre>$/\1/p; s/^.*<pre>\(.*\)<\/pre>$/\1/p' | sed "s/&lt;/</g; s/&gt;/>/g; s/&quot;/\"/g; s/&#39;/'/g; s/&amp;/\&/g" | sort -u >steps
same 'three steps' "$(wc -l <steps)" 3
hex() { sed -n "s/.*$1<\/th><td class=\"hex\">\([^<]*\)<.*/\1/p" r.html | tr -d ' '; }
run 0 'step: the digest' bash -c "$(grep '^sha256sum' steps)"
same 'the digest' "$(cut -c1-64 out)" "$(hex 'SHA-256 of the document')"
run 0 'step: the commitment' bash -c "$(grep '^(printf' steps)"
same 'the commitment' "$(cut -c1-64 out)" "$(hex Commitment)"
run 0 'step: the token' bash -c "$(grep '^openssl' steps)"
says 'Verification: OK'
run 2 'a receipt is not overwritten' "$akashi" timestamp --receipt r.html '実施結果 報告書.pdf' --url "$url/ok" --root tsa/tsa.root.pem
# Who signed the token is named, whatever else lies in the file of the root.
printf 'y\n' >mixed.pdf
cat tsa/tsa2.pem tsa/tsa.root.pem >mixed.pem
run 0 'a receipt under a root among others' "$akashi" timestamp --receipt mixed.html mixed.pdf --url "$url/ok" --root mixed.pem
says 'timestamped by Example Time tsa at'
grep -q 'Example Time tsa says so' mixed.html || fail 'the page does not name who signed'
grep -q 'Example Time tsa2' mixed.html && fail 'the page names who did not sign'
printf 'x\n' >other.pdf
run 2 'a file that is no certificate as --root' "$akashi" timestamp --receipt o.html other.pdf --url "$url/ok" --root other.pdf --lang ja
says '証明書ではない（--root'
{ [ -e o.html ] || [ -e other.pdf.receipt.opening.json ]; } && fail 'a refused root left something'
run 1 'a receipt by another authority' "$akashi" timestamp --receipt o.html other.pdf --url "$url/unknown" --root tsa/tsa.root.pem
{ [ -e o.html ] || [ -e o.tsr ] || [ -e other.pdf.receipt.opening.json ]; } && fail 'a refused receipt left something'
run 0 'a receipt in Japanese' "$akashi" timestamp --receipt ja.html other.pdf --url "$url/ok" --root tsa/tsa.pem --lang ja
grep -q '<h1>受領証</h1>' ja.html || fail 'not in Japanese'
# The clock of the reader, as everywhere else: 15:00 UTC and later are the next day in Japan.
japan() { TZ=Asia/Tokyo date -d "$1" '+%Y年%-m月%-d日 %H:%M:%S JST'; }
utc=$(sed -n 's/.*（\(20[0-9-]* [0-9:]* UTC\)）.*/\1/p' ja.html | sed 1q)
[ -n "$utc" ] || fail 'no UTC on the receipt'
grep -q "$(japan "$utc")（$utc）" ja.html || fail "the receipt does not tell $utc by the clock of Japan"
says "による時刻証明 $(japan "$utc")（"
grep -q 'Time</th><td>20[0-9-]* [0-9:]* UTC' r.html || fail 'the time of the English receipt'

# ---- a profile that names nonsense is not sealed -----------------------------------------------------------------------
for change in '.[0].from = "yesterday"' '.[0].root = "AAAA"' '.[1].name = "tsa.example"' '.[0].policies = []' '.[0].x = 1' '.[1].root = .[0].root' '.[0].operator = "A B"' '.[1].until = "2019-01-01T00:00:00Z"'; do
	jq -c ".time_authorities |= ($change)" package.json >wrong.json
	if "$akashi" draft profile -C l.git --body wrong.json -o w.json --force >out 2>err && sign w >out 2>err; then
		run 1 "a profile with $change" seal w.dsse.json
	fi
	rm -f w.json w.dsse.json
done
[ $rc -eq 0 ] && echo "timestamp: $n commands"
exit $rc
