#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Time stamps that are renewed: an authority whose certificate really ends, another that goes on, a new digest, and what docs/RENEWAL.md tells a
# reader to do with stock tools.  Whatever goes wrong at the authority, nothing is sealed.
# Usage: renew.sh AKASHI
set -u
akashi=$(realpath "$1")
source=${AKASHI_SOURCE:-$(realpath "$(dirname "$0")/../..")}
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null; rm -rf "$work"' EXIT
cd "$work" || exit 3
export LC_ALL=C.UTF-8 NO_COLOR=1 HOME=$work
unset AKASHI_TRUST XDG_CONFIG_HOME XDG_STATE_HOME LC_MESSAGES LANG http_proxy https_proxy
rc=0
fail() { printf 'FAIL  %s\n' "$1" >&2; rc=1; }
# row WANTED_EXIT NAME ARGUMENTS…
row() {
	local want=$1 name=$2 got
	shift 2
	"$akashi" "$@" >out 2>err </dev/null
	got=$?
	[ "$got" -eq "$want" ] || fail "$name: exit $got, want $want: $(cat out err)"
}
says() { tr -d '\n' <"$1" | tr -s ' ' | grep -qF -- "$2" || fail "$3: does not say \"$2\": $(cat "$1")"; }
head_of() { git -C l.git rev-parse main; }
# state SEQ: what is said of that record's proof
state() { "$akashi" timestamp list -C l.git --json | jq -r --argjson n "$1" '.proofs[] | select(.record == $n) | .state'; }
unchanged() { [ "$(head_of)" = "$before" ] || fail "$1: the ledger has changed"; }

# ---- authorities, and a ledger whose profile names them ------------------------------------------------------------------
mkdir tsa
authority() { python3 "$source/tests/cli/authority.py" --make "$work/tsa" "$@" 2>tsa.log || fail "authority $1: $(cat tsa.log)"; }
authority long 300000000
authority other 300000000
authority digest 300000000 long-root # others under the same root
authority later 400000000 long-root
sed -i 's/^digests = .*/digests = sha256/' tsa/other.cnf
python3 "$source/tests/cli/authority.py" "$work/tsa" port 2>server.log &
server=$!
authority short 3600 short-root # only its root is used for now
row 0 'make a ledger' init l.git --origin ledger.example/renew --make-keys keys
row 0 'a draft of the profile' draft profile -C l.git -o shipped.json
python3 - <<'PY'
import base64, json, subprocess
der = lambda n: base64.b64encode(subprocess.run(["openssl", "x509", "-in", "tsa/%s-root.pem" % n, "-outform", "DER"], capture_output=True, check=True).stdout).decode()
with open("shipped.json", encoding="utf-8") as f:
    package = json.load(f)["body"]["package"]
package["time_authorities"] = [{"name": n, "operator": "operator-of-" + n, "root": der(n), "policies": ["1.2.3.4.1"], "from": "2020-01-01T00:00:00Z"} for n in ("short", "long")]
with open("package.json", "w", encoding="utf-8") as f:
    json.dump(package, f, ensure_ascii=False)
PY
row 0 'a profile that names authorities' draft profile -C l.git --body package.json -o p.json
row 0 'signed' sign p.json -C l.git --key keys/root-1.key --key keys/root-2.key --yes
row 0 'sealed' seal p.dsse.json -C l.git
row 0 'the trust file' trust init -C l.git -o t.trust
for _ in $(seq 100); do [ -e port ] && break; sleep 0.1; done
url=http://127.0.0.1:$(cat port)

row 0 'nothing is stamped' timestamp list -C l.git
says out 'timestamp --head' 'nothing is stamped'
row 0 'nothing to renew' timestamp renew --url "$url/long" -C l.git
says out 'nothing is due' 'nothing to renew'

# ---- a certificate that ends while we look; longer on a machine that is too slow ------------------------------------------
for life in 20 60 240; do
	rm -f tsa/short.*
	was=$rc
	authority short $life short-root
	ends=$(($(date +%s) + life))
	row 0 'two stamps by an authority that ends soon' timestamp --head --url "$url/short" -C l.git
	row 0 'the second' timestamp --head --url "$url/short" -C l.git
	second=$("$akashi" log --limit 1 --json -C l.git | jq '.[0].seq') first=$((second - 1))
	row 0 'whose lists nobody gave' timestamp list -C l.git
	says err 'issued by CN=short-root were revoked is not known here' 'whose lists nobody gave'
	says err "akashi log akashi/crl:$(openssl x509 -in tsa/short-root.pem -noout -pubkey | openssl pkey -pubin -outform DER | sha256sum | cut -d' ' -f1) -C l.git" 'where lists are named'
	before=$(head_of)
	sleep 1.1 # a renewal is of a later second
	row 1 'by the same certificate nothing is gained' timestamp renew --url "$url/short" -C l.git
	says err 'ends no later' 'nothing gained'
	unchanged 'nothing gained'
	row 0 'renewed by another authority' timestamp renew --size "$first" --url "$url/long" -C l.git
	third=$((second + 1))
	[ "$(date +%s)" -lt "$ends" ] && break
	[ $life = 240 ] || rc=$was # it ended under way: what failed says nothing
done
says out "#$third: the checkpoint of $first records" 'renewed'
[ "$(state "$first")/$(state "$second")/$(state "$third")" = carried/due/good ] || fail "before the end: $("$akashi" timestamp list -C l.git)"

# ---- lists of revoked certificates: the issuers of whose certificates nothing is known are named, each once -------------------
gencrl() { openssl ca -config "tsa/$1.ca" -gencrl -crldays 10 -out "$2" 2>tsa.log || fail "list $2: $(cat tsa.log)"; }
gencrl long long.crl
gencrl short short.crl
row 0 'one of the two' timestamp list -C l.git --crl long.crl
says err 'issued by CN=short-root were' 'one of the two'
[ "$(tr -s ' \n' ' ' <err | grep -o 'is not known here' | wc -l)" = 1 ] || fail "one of the two: $(cat err)"
row 0 'both' timestamp list -C l.git --crl long.crl --crl short.crl
[ ! -s err ] || fail "both: $(cat err)"
row 0 'in JSON' timestamp list -C l.git --crl short.crl --json
jq -e --argjson n "$third" '[.proofs[] | select(.unlisted != null) | [.record, .unlisted.issuer]] == [[$n, "CN=long-root"]]' out >/dev/null || fail "in JSON: $(cat out)"
openssl ca -config tsa/short.ca -revoke tsa/short.pem -crl_reason keyCompromise 2>tsa.log || fail "revoking: $(cat tsa.log)"
gencrl short revoked.crl
row 0 'one that names the authority' timestamp list -C l.git --crl revoked.crl
says out "the authority's certificate was revoked (keyCompromise)" 'one that names the authority'

# ---- an authority that does not do its work: nothing is sealed, nothing lost --------------------------------------------------
before=$(head_of)
row 3 'nobody there' timestamp renew --size "$second" --url http://127.0.0.1:1/ -C l.git
unchanged 'nobody there'
row 3 'no such authority' timestamp renew --size "$second" --url "$url/nobody" -C l.git
unchanged 'no such authority'
row 1 'an authority that the profile does not name' timestamp renew --size "$second" --url "$url/other" -C l.git
unchanged 'not in the profile'
row 2 'without an address' timestamp renew -C l.git
row 2 'with a file' timestamp renew p.json --url "$url/long" -C l.git
row 2 'another digest than there are' timestamp renew --digest md5 --url "$url/long" -C l.git
row 2 'no number of days' timestamp list --within many -C l.git
rm -f keys/no.key
row 3 'no operator key' timestamp renew --size "$second" --url "$url/long" --operator keys/no.key -C l.git
unchanged 'refused'

# ---- the end of the first authority -------------------------------------------------------------------------------------
while [ "$(date +%s)" -le "$ends" ]; do sleep 1; done
[ "$(state "$first")/$(state "$second")/$(state "$third")" = carried/lapsed/good ] || fail "after the end: $("$akashi" timestamp list -C l.git)"
row 0 'what is left, in Japanese' timestamp list -C l.git --lang ja
proven=$("$akashi" timestamp list -C l.git --json | jq -r --argjson n "$third" '.proofs[] | select(.record == $n) | .proven')
says out "$(TZ=Asia/Tokyo date -d "${proven%%.*}" '+%Y年%-m月%-d日')" 'days as people write them'
row 0 'what is left' timestamp list -C l.git
says out '1 time stamps were not renewed in time' 'what is left'
row 0 'a lapsed one is not renewed' timestamp renew --size "$second" --url "$url/long" -C l.git
[ "$(state "$second")" = lapsed ] || fail 'a lapsed proof was renewed'
row 0 'status counts down' status -C l.git --trust t.trust
says out 'time stamps hold until 20' 'the countdown'
says out 'were not renewed in time' 'the warning'
row 0 'status in Japanese' status -C l.git --trust t.trust --lang ja
says out '時刻証明の有効期限' 'the countdown in Japanese'
"$akashi" status -C l.git --trust t.trust --json | jq -e '.times.lapsed == 1 and .times.next.days_left > 3000' >/dev/null || fail 'status --json'

# ---- another digest -------------------------------------------------------------------------------------------------------
row 0 'moved to SHA-512' timestamp renew --digest sha512 --url "$url/digest" -C l.git
newest=$("$akashi" log --limit 1 --json -C l.git | jq '.[0].seq')
"$akashi" timestamp list -C l.git --json | jq -e --argjson n "$newest" '.proofs[] | select(.record == $n) | .state == "good" and .digest == "sha512" and .chains == 2' >/dev/null ||
	fail "the new digest: $("$akashi" timestamp list -C l.git)"
# Who looks at a record is told what proves when it was there: not what a later one carries on, nor what was made before it.
row 0 'what proves when a record was there' show 0 -C l.git
says out "#$newest evidence record: on record by 20" 'its evidence record'
grep -q "#$first " out && fail 'what is carried on by another is told beside it'
row 0 'of the newest record nothing does' show "$newest" -C l.git
grep -q 'evidence record: on record by\|time stamp: on record by' out && fail 'a record is proven by what was stamped before it'
row 0 'what is to be done, for the ledger that was asked about' status -C l.git --trust t.trust --within 36500
says out 'akashi timestamp renew --url URL -C l.git' 'the command to renew'
before=$(head_of)
row 0 'once is enough' timestamp renew --digest sha512 --url "$url/digest" -C l.git
unchanged 'once is enough'
sleep 1.1
row 0 'renewed under the new digest' timestamp renew --size "$first" --url "$url/later" -C l.git
moved=$newest newest=$((newest + 1))
[ "$(state "$moved")/$(state "$newest")" = carried/good ] || fail "under the new digest: $("$akashi" timestamp list -C l.git)"
row 0 'it audits clean' audit -C l.git --trust t.trust

# ---- a ledger that has ended takes no renewal, and keeps what it has --------------------------------------------------------------
row 0 'the end is drafted' draft closing --set /reason=abolished --set /explanation=終了 -C l.git -o closing.json
row 0 'the end is signed' sign closing.json -C l.git --key keys/root-1.key --key keys/root-2.key --yes
row 0 'the end is sealed' seal closing.dsse.json -C l.git
before=$(head_of)
for what in "renew --size $first" 'renew --digest sha384' --head; do
	# shellcheck disable=SC2086
	row 1 "after the end: $what" timestamp $what --url http://127.0.0.1:1/ -C l.git # nobody is asked
	says err 'the ledger ended with record' "after the end: $what"
	unchanged "after the end: $what"
done
row 0 'what is left after the end' timestamp list -C l.git
says out 'The ledger has ended: they cannot be renewed in it' 'what is left after the end'
[ "$(state "$newest")" = good ] || fail 'the end took a proof away'
row 0 'it still audits clean' audit -C l.git --trust t.trust

# ---- stock tools, as docs/RENEWAL.md says ------------------------------------------------------------------------------------
sed -n '/^```sh$/,/^```$/p' "$source/docs/RENEWAL.md" | sed '1d;$d' >stock.sh
git clone -q l.git clone 2>/dev/null
cat tsa/short-root.pem tsa/long-root.pem >roots.pem
for n in "$third" "$moved" "$newest"; do
	(cd clone && N=$n ROOTS=$work/roots.pem bash ../stock.sh) >stock.log 2>&1 || fail "stock tools on #$n: $(cat stock.log)"
	[ "$(grep -c '^token' stock.log)" -ge 2 ] || fail "stock tools on #$n: $(cat stock.log)"
done
(cd clone && N=$newest ROOTS=$work/tsa/other-root.pem bash ../stock.sh) >/dev/null 2>&1 && fail 'stock tools accept any root'
exit "$rc"
