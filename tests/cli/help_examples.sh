#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Every example that help prints is run as it is printed, in a folder that holds what it speaks of.  Only record numbers
# differ from ledger to ledger: #409 stands for a decision, #412 for a listing, #377 for an audit report, #42 and #47 for a statement.
# Usage: help_examples.sh AKASHI
set -u
akashi=$(realpath "$1") here=$(dirname "$(realpath "$0")")
work=$(mktemp -d)
tsa=
trap '[ -z "$tsa" ] || kill "$tsa"; [ -z "${SSH_AGENT_PID:-}" ] || kill "$SSH_AGENT_PID"; rm -rf "$work"' EXIT
export LC_ALL=C.UTF-8 NO_COLOR=1 HOME=$work
unset AKASHI_TRUST XDG_CONFIG_HOME SSH_AGENT_PID SSH_AUTH_SOCK
rc=0
fail() { printf 'FAIL  %s\n' "$1" >&2; rc=1; }

mkdir "$work/bin"
ln -s "$akashi" "$work/bin/akashi"
PATH=$work/bin:$PATH
bash "$here/transcript.sh" "$akashi" "$work/base" >"$work/transcript.out" 2>&1 || { cat "$work/transcript.out" >&2; exit 1; }
base=$work/base
decision=$(sed -n 's/^sealed #\([0-9]*\).*/\1/p' "$base/seal-decision.out")
statement=$(sed -n 's/^sealed #\([0-9]*\).*/\1/p' "$base/seal-statement.out")
report=$(sed -n 's/^sealed #\([0-9]*\).*/\1/p' "$base/seal-report.out")
listing=$(sed -n 's/^sealed #\([0-9]*\).*/\1/p' "$base/seal-listing.out")

# ---- what the examples speak of -------------------------------------------------------------------------------------
stock=$work/stock
cp -r "$base/l.git" "$stock"
cd "$stock" || exit 3
cp "$base/t.trust" ismap.trust
cp "$base/report.pdf" "$base/report.pdf.opening.json" .
cp "$base/keys/m1.key" me.key
cp "$base/keys/m2.key" other.key
cp "$base/keys/operator.key" "$base/keys/operator.key.state" .
for k in a b c op hb lead; do akashi keygen -q -o $k.key --pub $k.pub >/dev/null || fail "keygen $k"; done
fill='--set /kind=renewal --set-date /decided_on=2026-11-01 --set /meeting=第29回'
# shellcheck disable=SC2086
akashi draft decision -q --listing C24-0101-2 --outcome registered $fill -o d.json || fail 'the decision to sign'
akashi sign d.json -q --yes --key me.key -o one.dsse.json >/dev/null
akashi sign d.json -q --yes --key "$base/keys/m3.key" -o from-the-chair.dsse.json >/dev/null
akashi sign d.json -q --yes --key me.key --key other.key --key "$base/keys/m3.key" -o all.dsse.json >/dev/null
akashi draft keyset -q --origin ledger.example/ismap --root-keys a.pub,b.pub,c.pub --threshold 2 --operator op.pub --heartbeat hb.pub -o g.json
akashi sign g.json -q --yes --key a.key --key b.key --key c.key --key op.key --key hb.key >/dev/null || fail 'the genesis to seal'
akashi keygen -q -o w.key >/dev/null || fail 'keygen w'
akashi keygen -q --alg p256 -o seal.key --pub seal.pub >/dev/null || fail 'keygen seal'
openssl req -x509 -new -key seal.key -subj '/O=Koh Audit Corporation/CN=Seal' -out seal-chain.pem 2>/dev/null || fail 'a certificate'
sed "s|^quorum none|witness w1 $(akashi witness key -q --key w.key --name witness.example/w1)\n&|" ismap.trust >witnessed.trust
# The same key with an agent and on a token.
cp me.key id_ed25519
python3 "$here/openssh_key.py" me.key chair@agency.example >"$work/chair" && chmod 600 "$work/chair"
eval "$(ssh-agent -s)" >/dev/null
ssh-add -q "$work/chair" || fail 'the key for the agent'
token=no
if command -v softhsm2-util >/dev/null; then
	mkdir "$work/tokens"
	printf 'directories.tokendir = %s/tokens\nlog.level = ERROR\n' "$work" >"$work/hsm.conf"
	export SOFTHSM2_CONF=$work/hsm.conf
	softhsm2-util --init-token --free --label seat-1 --pin 1234 --so-pin 5678 >"$work/hsm.log" 2>&1 &&
		softhsm2-util --import me.key --token seat-1 --label sign --id 01 --pin 1234 >>"$work/hsm.log" 2>&1 && token=yes
fi
akashi sign d.json -q --request >/dev/null || fail 'the request to sign'
akashi sign d.request.txt -q --yes --key other.key -o answer.txt >/dev/null || fail 'the answer to add'
# tsa.example is an authority here, asked through a proxy.
. "$here/authority.bash"
mkdir "$work/time" && cd "$work/time" && mkdir tsa && authority tsa 'Example Time' >log 2>&1 && start_authority "$here" || fail 'the authority'
cd "$stock" || exit 3
export http_proxy=$url
for who in committee support; do
	openssl req -x509 -newkey rsa:2048 -nodes -keyout $who.key -out $who.pem -subj "/O=Fictional $who" -days 36500 2>/dev/null && chmod 600 $who.key || fail "the certificate of $who"
done
mkdir ready
mv d.request.txt answer.txt one.dsse.json from-the-chair.dsse.json all.dsse.json g.json g.dsse.json d.json ready

# git@host.example is a folder here.
printf '#!/bin/sh\nwhile [ "$1" != git@host.example ]; do shift || exit 1; done\nshift\ncd "%s/srv" && exec sh -c "$*"\n' "$work" >"$work/bin/ssh-here"
chmod +x "$work/bin/ssh-here"
export GIT_SSH="$work/bin/ssh-here" GIT_SSH_VARIANT=ssh

# The agenda of a meeting of one case; plain: its day and number are given with the command.
agenda() {
	printf '議案の区分,登録番号,決定%s\r\n' "$([ "$1" = plain ] || echo ',会議の回次,決定日')"
	printf '登録の削除,C24-0101-2,削除%s\r\n' "$([ "$1" = plain ] || echo ',第25回,2026-11-20')"
}

# A list by an authority under which a key is enrolled here: the profile pins its root, which issues by itself.
revocation_list() {
	local root=(--key "$base/keys/root-1.key" --key "$base/keys/root-2.key")
	printf '[ca]\ndefault_ca=d\n[d]\ndatabase=i\ndefault_md=sha256\ndefault_crl_days=7\n[req]\ndistinguished_name=n\n[n]\n' >c
	: >i
	openssl req -x509 -config c -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca.key -subj /CN=Authority -days 30 -out ca.pem \
		-addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign,cRLSign -addext subjectKeyIdentifier=hash &&
		openssl req -new -config c -key seal.key -subj '/O=Koh Audit Corporation/CN=Seal' -out r &&
		printf 'basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\nsubjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n' >e &&
		openssl x509 -req -in r -CA ca.pem -CAkey ca.key -days 20 -extfile e -out leaf.pem &&
		openssl ca -config c -gencrl -cert ca.pem -keyfile ca.key -out issuing-ca.crl || return 1
	cat leaf.pem ca.pem >chain.pem
	akashi draft profile -q -o p.json && jq --arg d "sha256:$(openssl x509 -in ca.pem -outform DER | sha256sum | cut -d' ' -f1)" \
		'.body.package.certificate_roots = [{"certificate": $d, "from": "2026-01-01T00:00:00Z"}]' p.json >q.json &&
		jq --arg d "sha256:$(jq -jcS .body.package q.json | sha256sum | cut -d' ' -f1)" '.body.digest = $d' q.json >pinned.json &&
		akashi sign pinned.json --yes "${root[@]}" && akashi seal pinned.dsse.json &&
		akashi party sealed-audit --role auditor --name-ja 架空 --office seal:seal.pub:法人印 --certificate chain.pem -o party.json &&
		akashi sign party.json --yes --key "$base/keys/desk.key" --key seal.key -o party.dsse.json &&
		akashi seal party.dsse.json
}

# Lay out a fresh folder, itself a ledger that is also called ismap.git and ismap-ledger, for one example.
lay_out() {
	rm -rf "$work/at" "$work/srv" "$work/fresh"
	cp -r "$stock" "$work/at"
	git init -q --bare -b main "$work/srv/ismap.git"
	cd "$work/at" || exit 3
	printf '%s/operator.key' "$PWD" >akashi/operator
	ln -s . ismap.git
	mkdir "$work/fresh" && ln -s "$work/fresh" fresh.git # a new repository does not lie within the ledger, which this folder is
	ln -s . ismap-ledger
	case $1 in
	'akashi evidence get'* | 'akashi evidence d'*) akashi evidence encrypt report.pdf -q --to committee.pem --name report-377 >/dev/null || fail 'the file to keep' ;;
	'akashi draft audit-report'*) rm report.pdf.opening.json ;;
	*--commit-only*) cp ready/d.json . && printf 'minutes\n' >minutes.pdf ;;
	'akashi draft --meeting'*--set*) agenda plain | iconv -f UTF-8 -t CP932 >審議一覧.csv ;;
	'akashi draft --meeting'*) agenda dated >審議一覧.csv ;;
	'akashi draft'*) ;;
	'akashi timestamp'* | *--timestamp*)
		cp ready/all.dsse.json d.dsse.json && cp "$work/time/tsa/tsa.root.pem" tsa.pem && rm report.pdf.opening.json
		akashi draft profile -q -o shipped.json
		jq -c --arg root "$(openssl x509 -in tsa.pem -outform DER | base64 -w0)" '.body.package | .version = "time-1" | .time_authorities = [
			{name: "tsa.example", operator: "example-time", root: $root, policies: ["1.2.3.4.1"], from: "2026-01-01T00:00:00Z"}]' shipped.json >package.json
		akashi draft profile -q --body package.json -o timed.json &&
			akashi sign timed.json -q --yes --key "$base/keys/root-1.key" --key "$base/keys/root-2.key" >/dev/null &&
			akashi seal -q timed.dsse.json >/dev/null || fail 'the profile that names an authority'
		;;
	*meeting-25*)
		agenda dated >agenda.csv
		akashi draft -q --meeting agenda.csv -o meeting-25 >/dev/null || fail 'the meeting to sign'
		case $1 in
		*reply.txt*)
			akashi sign meeting-25 -q --request >/dev/null && mkdir home && cp meeting-25/*.request.txt home &&
				akashi sign home/*.request.txt -q --key me.key --yes >/dev/null && cat home/*.answer-*.txt >reply.txt || fail 'the answers to add'
			;;
		esac
		case $1 in *seal*) akashi sign meeting-25 -q --yes --key me.key --key other.key --key "$base/keys/m3.key" >/dev/null || fail 'the meeting to seal' ;; esac
		;;
	'akashi check --submission'*)
		cp "$base/application.json" "$base/statement.dsse.json" "$base/report.dsse.json" .
		akashi draft improvement-plan -q --set /provider=kakuu --set /service=kakuu-iaas --set-date /submitted_on=2026-04-25 -o plan.json || fail 'the plan to check'
		;;
	'akashi erase'*--reason*) ;;
	'akashi erase'*)
		akashi erase "#$listing" -q --reason order --basis 架空 -o erasure.json 2>/dev/null &&
			akashi sign erasure.json -q --yes --key "$base/keys/root-1.key" --key "$base/keys/root-2.key" >/dev/null &&
			akashi seal -q erasure.dsse.json >/dev/null || fail 'the erasure to carry out'
		;;
	'akashi diff'*) cp "$base/statement.json" . ;;
	'akashi reconcile'*)
		akashi list -q --csv portal.csv >/dev/null || fail 'the table to reconcile'
		case $1 in *cp932*) iconv -f UTF-8 -t CP932 portal.csv >cp932.csv && mv cp932.csv portal.csv ;; esac
		;;
	'akashi sign d.json --add'*) cp ready/d.json . && cp ready/answer.txt . ;;
	'akashi sign d.request'*) cp ready/d.request.txt . ;;
	'akashi sign d.json'* | 'akashi check'*) cp ready/d.json . ;;
	*--drop*) cp ready/all.dsse.json d.dsse.json ;;
	'akashi sign'*) cp ready/d.json ready/from-the-chair.dsse.json . && cp ready/one.dsse.json d.dsse.json ;;
	'akashi seal agenda'*) tr -d '\n' <ready/all.dsse.json >agenda.jsonl ;;
	*'akashi seal'*) cp ready/all.dsse.json d.dsse.json ;;
	'akashi keygen'*) rm me.key ;;
	'akashi crl'*) revocation_list >"$work/log" 2>&1 || { fail 'the list to draft of'; cat "$work/log" >&2; } ;;
	'akashi trust init'*) rm ismap.trust ;;
	'akashi consistency'*)
		git show HEAD~3:checkpoint >checkpoint-of-june && git show HEAD:checkpoint >checkpoint-of-july || fail 'the heads to compare'
		case $1 in *--proof*) akashi consistency -q checkpoint-of-june checkpoint-of-july --trust ismap.trust -o july.consistency >/dev/null ;; esac
		;;
	'akashi witness'*)
		cp witnessed.trust ismap.trust
		cp -f "$base/keys/heartbeat.key" hb.key
		case $1 in
		*add*) akashi witness cosign -q --trust ismap.trust --key w.key --first -o w1.line || fail 'the line to publish' ;;
		*heartbeat*--first*) ;;
		*heartbeat*) akashi witness heartbeat -q --key hb.key --first >/dev/null || fail 'the heartbeat before' ;;
		esac
		;;
	*--with-remote* | 'akashi remote show'*) akashi remote set -q git@host.example:ismap.git >/dev/null || fail 'the remote to compare with' ;;
	'akashi init'*) rm ismap.git ismap.trust && cp ready/g.dsse.json . ;;
	esac
}

# Exits that are an answer: a draft has too few signatures, a submission does not say all; the statement here names no regions.
wanted() { case $1 in 'akashi check --submission'* | 'akashi verify'*--region*) echo 3 ;; 'akashi check'*) echo 1 ;; *) echo 0 ;; esac; }

run_example() {
	local line=${1//412/$listing} got=0
	line=${line//409/$decision}
	line=${line//#377/#$report}
	line=${line//#4[27]/#$statement}
	line=${line//4173ab12/$(jq -r '.signatures[0].keyid | ltrimstr("sha256:") | .[:8]' "$stock/ready/all.dsse.json")}
	lay_out "$line"
	case $line in
	*jq*) command -v jq >/dev/null || return 0 ;;
	esac
	answers=
	case $line in # what is asked on a terminal
	*pkcs11:*) [ "$token" = yes ] || return 0 ;;&
	'akashi sign d.json'*pkcs11:*) answers='1234 y' ;;
	*pkcs11:*) answers=1234 ;;
	*--encrypt*) answers='aikotoba1 aikotoba1' ;;
	'akashi sign d.json --request' | 'akashi sign d.json --add'*) ;;
	'akashi sign d.json'* | 'akashi sign d.request'*) answers=y ;;
	esac
	case $answers in
	?*)
		# shellcheck disable=SC2086
		python3 "$here/answer_tty.py" "$line" $answers >"$work/out" 2>&1 || got=$?
		;;
	*) bash -o pipefail -c "$line" >"$work/out" 2>&1 </dev/null || got=$? ;;
	esac
	[ "$got" = "$(wanted "$line")" ] || { fail "exit $got: $line"; sed 's/^/      /' "$work/out" >&2; }
	n=$((n + 1))
}

n=0
examples() { sed -e ':a;/\\$/{N;s/ *\\\n */ /;ba}' | sed -n "s/^$1\\\$ //p"; }
for command in $(cd "$work" && akashi help | sed -n 's/^  \([a-z]*\)  *.*/\1/p' | sort -u); do
	while IFS= read -r line <&3; do run_example "$line"; done 3< <(akashi help "$command" 2>/dev/null | examples '  ')
done
# The six of the first screen; the one of three commands leaves its blanks to a person.
while IFS= read -r line <&3; do
	case $line in *';'*) continue ;; esac
	run_example "$line"
done 3< <(akashi help | examples '      ')

[ "$n" -ge 35 ] || fail "only $n examples were found"
[ "$rc" -eq 0 ] && echo "help: $n examples work as printed"
exit $rc
