#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Every example that help prints is run as it is printed, in a folder that holds what it speaks of.  Only record numbers
# differ from ledger to ledger: #409 stands for a decision, #412 for a listing, #42 and #47 for a statement.
# Usage: help_examples.sh AKASHI
set -u
akashi=$(realpath "$1") here=$(dirname "$(realpath "$0")")
work=$(mktemp -d)
trap '[ -z "${SSH_AGENT_PID:-}" ] || kill "$SSH_AGENT_PID"; rm -rf "$work"' EXIT
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
listing=$(sed -n 's/^sealed #\([0-9]*\).*/\1/p' "$base/seal-listing.out")

# ---- what the examples speak of -------------------------------------------------------------------------------------
stock=$work/stock
cp -r "$base/l.git" "$stock"
cd "$stock" || exit 3
cp "$base/t.trust" ismap.trust
cp "$base/report.pdf" "$base/report.pdf.salt" .
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
mkdir ready
mv one.dsse.json from-the-chair.dsse.json all.dsse.json g.json g.dsse.json d.json ready

# git@host.example is a folder here.
printf '#!/bin/sh\nwhile [ "$1" != git@host.example ]; do shift || exit 1; done\nshift\ncd "%s/srv" && exec sh -c "$*"\n' "$work" >"$work/bin/ssh-here"
chmod +x "$work/bin/ssh-here"
export GIT_SSH="$work/bin/ssh-here" GIT_SSH_VARIANT=ssh

# The agenda of a meeting of one case; plain: its day and number are given with the command.
agenda() {
	printf '議案の区分,登録番号,決定%s\r\n' "$([ "$1" = plain ] || echo ',会議の回次,決定日')"
	printf '登録の削除,C24-0101-2,削除%s\r\n' "$([ "$1" = plain ] || echo ',第25回,2026-11-20')"
}

# Lay out a fresh folder, itself a ledger that is also called ismap.git and ismap-ledger, for one example.
lay_out() {
	rm -rf "$work/at" "$work/srv"
	cp -r "$stock" "$work/at"
	git init -q --bare -b main "$work/srv/ismap.git"
	cd "$work/at" || exit 3
	printf '%s/operator.key' "$PWD" >akashi/operator
	ln -s . ismap.git
	ln -s . ismap-ledger
	case $1 in
	'akashi draft audit-report'*) rm report.pdf.salt ;;
	'akashi draft --meeting'*--set*) agenda plain | iconv -f UTF-8 -t CP932 >審議一覧.csv ;;
	'akashi draft --meeting'*) agenda dated >審議一覧.csv ;;
	'akashi draft'*) ;;
	*meeting-25*)
		agenda dated >agenda.csv
		akashi draft -q --meeting agenda.csv -o meeting-25 >/dev/null || fail 'the meeting to sign'
		case $1 in *seal*) akashi sign meeting-25 -q --yes --key me.key --key other.key --key "$base/keys/m3.key" >/dev/null || fail 'the meeting to seal' ;; esac
		;;
	'akashi check --submission'*)
		cp "$base/application.json" "$base/statement.dsse.json" "$base/report.dsse.json" .
		akashi draft improvement-plan -q --listing C24-0101-2 --set /provider=kakuu --set /service=kakuu-iaas --set-date /submitted_on=2026-04-25 -o plan.json || fail 'the plan to check'
		;;
	'akashi diff'*) cp "$base/statement.json" . ;;
	'akashi reconcile'*)
		akashi list -q --csv portal.csv >/dev/null || fail 'the table to reconcile'
		case $1 in *cp932*) iconv -f UTF-8 -t CP932 portal.csv >cp932.csv && mv cp932.csv portal.csv ;; esac
		;;
	'akashi sign d.json'* | 'akashi check'*) cp ready/d.json . ;;
	'akashi sign'*) cp ready/d.json ready/from-the-chair.dsse.json . && cp ready/one.dsse.json d.dsse.json ;;
	'akashi seal agenda'*) tr -d '\n' <ready/all.dsse.json >agenda.jsonl ;;
	*'akashi seal'*) cp ready/all.dsse.json d.dsse.json ;;
	'akashi keygen'*) rm me.key ;;
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
	line=${line//#4[27]/#$statement}
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
	'akashi sign d.json'*) answers=y ;;
	esac
	case $answers in
	?*)
		command -v script >/dev/null || return 0
		{ for a in $answers; do sleep 1; echo "$a"; done; sleep 1; } | script -qec "$line" /dev/null >"$work/out" 2>&1 || got=$?
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
