#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A ledger of ISMAP-LIU by the command line alone: the base case tests/rules/base/liu.json, sealed record by record, and what is asked of it.
# Usage: liu.sh AKASHI                  (the sources at $AKASHI_SOURCE)
# shellcheck source=tests/cli/play.bash
. "$(dirname "$0")/play.bash"
export AKASHI_TRUST=$work/trust
case_file=$AKASHI_SOURCE/tests/rules/base/liu.json

for k in root op hb seat-1 seat-2 seat-3 desk ops koh-audit kakuu-kumo kakuu-sho; do run 0 keygen keygen -o $k.key --pub $k.pub; done
run 0 init init ledger.git --origin ledger.example/liu --root-keys root.key --threshold 1 --operator op.key --heartbeat hb.key --trust-out trust
# seal_ NAME KEY…: sign the draft NAME.json and seal it
seal_() {
	local draft=$1 key keys=()
	shift
	for key; do keys+=(--key "$key.key"); done
	run 0 "sign $draft" sign "$draft.json" --yes "${keys[@]}"
	run 0 "seal $draft" seal -C ledger.git "$draft.dsse.json"
}
run 0 'the profile is shipped' draft profile --scheme ismap-liu -C ledger.git -o shipped.json
# An authority whose certificates some keys have; the profile pins its root.
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca.key -out ca.crt -subj '/C=JP/O=Kakuu Seal Services/CN=CA' -days 36500 -sha256 \
	-addext keyUsage=critical,keyCertSign,cRLSign 2>log || fail 'no authority'
printf 'basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\nsubjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n' >leaf.ext
certify() { # KEY SUBJECT: KEY.chain
	openssl req -new -utf8 -key "$1.key" -subj "$2" -out "$1.csr" 2>log && openssl x509 -req -in "$1.csr" -CA ca.crt -CAkey ca.key -CAcreateserial -days 36000 -sha256 -extfile leaf.ext -out "$1.crt" 2>>log || fail "no certificate of $1"
	cat "$1.crt" ca.crt >"$1.chain"
}
certify koh-audit '/C=JP/O=Koh Audit Corporation/CN=甲田 太郎'
certify kakuu-kumo '/C=JP/CN=雲田 花子'
jq --arg d "sha256:$(openssl x509 -in ca.crt -outform DER | sha256sum | cut -d' ' -f1)" \
	'.body.package.certificate_roots = [{"certificate": $d, "from": "2020-01-01T00:00:00Z", "names": {"ja": "架空", "en": "Kakuu"}}]' shipped.json >p.json
jq --arg d "sha256:$(jq -jcS .body.package p.json | sha256sum | cut -d' ' -f1)" '.body.digest = $d' p.json >profile.json
seal_ profile root
party() {
	local party=$1 role=$2 ja=$3 en=$4
	shift 4
	local members=() keys=() k
	for k; do
		members+=(--member "$k:$k.pub:担当") keys+=("$k")
		[ ! -e "$k.chain" ] || members+=(--certificate "$k.chain")
	done
	run 0 "party $party" party "$party" --role "$role" --name-ja "$ja" --name-en "$en" "${members[@]}" --scheme ismap-liu -C ledger.git -o "$party.json"
	seal_ "$party" root "${keys[@]}"
}
party committee committee ISMAP運営委員会 'Steering Committee' seat-1 seat-2 seat-3
party secretariat secretariat 事務局 Secretariat desk
party ops-support ops-support 運用支援機関 'Operations support' ops
party koh-audit auditor 甲監査法人 'Koh Audit Corporation' koh-audit
party kakuu-kumo provider 株式会社架空の雲 'Kakuu no Kumo K.K.' kakuu-kumo
party kakuu-sho procuring-body 架空省 'Ministry of the Imaginary' kakuu-sho
rm -f trust && run 0 trust trust init -C ledger.git -o trust

declare -A number
next=$("$akashi" log -C ledger.git --json | jq '[.[].seq] | max + 1')
echo 'a document that is not public' >paper.txt
while IFS=$'\t' read -r label type issued refs body; do
	options=() keys=desk
	case $type in
	auditor-registration | decision) keys='seat-1 seat-2 seat-3' ;;
	audit-report) keys=koh-audit ;;
	technical-review) keys=ops ;;
	impact-assessment) keys=kakuu-sho ;;
	pre-application | provider-statement | internal-audit-report | application) keys=kakuu-kumo ;;
	esac
	case $type in audit-report | provider-statement | internal-audit-report) echo "$label" >"$label.txt"; options+=(--commit "$label.txt:$type") ;; esac
	[ "$refs" = - ] || for r in $refs; do options+=(--ref "${r%%=*}=#${number[${r#*=}]}"); done
	printf '%s\n' "$body" >"$label.body.json"
	run 0 "draft $label" draft "$type" --scheme ismap-liu -C ledger.git --body "$label.body.json" --issued "$issued" --no-refs "${options[@]}" -o "$label.json"
	seal_ "$label" $keys
	number[$label]=$next
	next=$((next + 1))
done < <(jq -r '.records[] | [.label, .type, .sealed_on, ((.refs // {} | to_entries | map("\(.key)=\(.value)") | join(" ")) as $r
	| if $r == "" then "-" else $r end), (.body | tojson)] | join("\t")' "$case_file")

listing=LIU-2026-0007 day=2026-11-21
# The ledger has one scheme: it need not be named.
ask() { run "$1" "$2" "${@:3}" $listing -C ledger.git --as-of $day; }
ask 0 'a listing for low-impact use' verify
says out 'ISMAP-LIU'
says out 'ISMAP-LIU, for'
ask 0 'in Japanese' verify --lang ja
says out 'ISMAP-LIU（対象業務に限る）'
# Whom a certificate names is told of the organisation, and never of a person.
ask 0 'whose certificates they are' verify --json
is "$(jq -c '[.chain[] | select(.party.en | test("Koh|Kumo")) | [.party.en, .signing.certified]] | unique' out)" \
	'[["Kakuu no Kumo K.K.",null],["Koh Audit Corporation","Koh Audit Corporation"]]'
silent out 甲田
silent out 雲田
ask 0 'the same in words' verify --full
says out 'Koh Audit Corporation'
silent out 甲田
silent out 雲田
ask 0 'for work on the list' verify --contract 2026-10-01..2027-03-31 --use L10
ask 2 'a number that is no task' verify --contract 2026-10-01..2027-03-31 --use L11 --lang ja
says err 'L10'
ask 0 'for work that is not named' verify --contract 2026-10-01..2027-03-31
says out 'which work it is to be used for was not named'
ask 0 'the chain' trace
says out 'Impact assessment'
says out 'Ministry of the Imaginary'
run 0 'what an application needs' draft application --scheme ismap-liu -C ledger.git --fields --lang ja
says out '対象業務の番号'
ask 0 'with the scheme named' verify --scheme ismap-liu
ask 3 'another scheme named' verify --scheme ismap
run 0 'its records' log $listing -C ledger.git
says out "$listing"
run 0 'the auditors of the scheme' status -C ledger.git --as-of $day --json
is "$(jq -r '.auditors[0].scheme' out)" ismap-liu
is "$(jq -r '.listings[0].verdict' out)" valid
run 0 bundle bundle $listing -C ledger.git -o liu.akashi
verifier=$(dirname "$akashi")/akashi-verify
[ -x "$verifier" ] || verifier=$(dirname "$akashi")/../cli/akashi-verify
name='the bundle alone'
"$verifier" liu.akashi --trust trust --as-of $day --use L02 --json >out 2>err
is $? 0
is "$(jq -r .listing.scheme out)" ismap-liu
run 0 'a plan of the scheme' plan 2026-04-01..2027-03-31 --scheme ismap-liu --json
is "$(jq -r .scheme out)" ismap-liu
run 0 calendar calendar $listing --scheme ismap-liu -C ledger.git --as-of $day --json
run 0 audit audit -C ledger.git
exit $rc
