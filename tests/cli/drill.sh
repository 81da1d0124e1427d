#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The runbooks are played as they are written: every block marked "sh drill=NAME" is taken out of its page in docs/runbooks/ and run, each
# page on a copy of one small ledger, and what the page promises is asserted.  A block that nobody plays fails.
# Usage: drill.sh AKASHI [PAGE…]
set -u -E
akashi=$(realpath "$1") here=$(dirname "$(realpath "$0")")
shift
pages=$here/../../docs/runbooks
work=$(mktemp -d)
tsa=''
trap '[ -z "$tsa" ] || kill "$tsa" 2>/dev/null; rm -rf "$work"' EXIT
export LC_ALL=C.UTF-8 NO_COLOR=1 HOME=$work
unset AKASHI_TRUST XDG_CONFIG_HOME XDG_STATE_HOME SSH_AUTH_SOCK
mkdir "$work/bin"
ln -s "$akashi" "$work/bin/akashi"
PATH=$work/bin:$PATH
# shellcheck source=tests/drill/world.sh
. "$here/../drill/world.sh"
rc=0 page=''
fail() { printf 'FAIL  %s: %s\n' "$page" "$1" >&2; rc=1; }

# block PAGE NAME: its text
block() { sed -n "/^\`\`\`sh drill=$2\$/,/^\`\`\`\$/{/^\`\`\`/d;p}" "$pages/$1.md"; }

# play NAME: the page's block of this name, in the folder here; its output in NAME.out.  Every command in it must succeed.
play() {
	local failed=''
	block "$page" "$1" >"$1.sh"
	[ -s "$1.sh" ] || { fail "there is no block $1"; return 1; }
	echo "$page $1" >>"$work/played"
	trap 'failed="$BASH_COMMAND"' ERR
	# shellcheck disable=SC1090
	. "./$1.sh" >"$1.out" 2>&1 </dev/null
	trap - ERR
	[ -z "$failed" ] && return 0
	fail "$1: $failed"
	sed 's/^/      /' "$1.out" >&2
}
# says FILE TEXT, run WANTED_EXIT NAME COMMAND…
says() { tr -s '\n ' ' ' <"$1" | grep -qF -- "$2" || { fail "$1 does not say: $2"; sed 's/^/      /' "$1" >&2; }; }
run() {
	local want=$1 name=$2 got
	shift 2
	"$@" >"$name.out" 2>&1 </dev/null
	got=$?
	[ "$got" -eq "$want" ] && return 0
	fail "$name: exit $got, want $want: $*"
	sed 's/^/      /' "$name.out" >&2
}
verify() { run "$1" "$2" akashi verify C24-0101-2 -C ismap.git --trust "${3:-ismap.trust}" "${@:4}"; }
ok() { trap - ERR; quietly "$@"; }

(world "$work/world") || exit 1

# start PAGE: a copy of the world for it
start() {
	page=$1
	cp -r "$work/world" "$work/$page"
	cd "$work/$page" || exit 3
	printf '%s/keys/operator.key' "$PWD" >ismap.git/akashi/operator
}
# watched FILE: a trust file with a witness whose line is on the head as it is now
watched() {
	ok akashi keygen -o w1.key
	sed "s|^quorum none|witness w1 $(akashi witness key -q --key w1.key --name witness.example/w1)\nquorum w1|" ismap.trust >"$1"
	ok akashi witness cosign -C ismap.git --trust "$1" --key w1.key --name witness.example/w1 --first -o w1.line
	ok akashi witness add w1.line -C ismap.git --trust "$1"
}
cosigned() {
	ok akashi witness cosign -C ismap.git --trust "$1" --key w1.key --name witness.example/w1 -o w1.line
	ok akashi witness add w1.line -C ismap.git --trust "$1"
}

# leaked_after NUMBER: the block "revoke" of the page, with this number for its 9
leaked_after() {
	block committee-key-leaks revoke | sed "s/last_valid_seq=9/last_valid_seq=$1/" >revoke-after.sh
	# shellcheck disable=SC1091
	(set -e; . ./revoke-after.sh) >revoke-after.out 2>&1 </dev/null || { fail "a leak after #$1"; sed 's/^/      /' revoke-after.out >&2; }
}

committee_key_leaks() {
	start committee-key-leaks
	DECIDED=$(day 185)
	watched watched.trust
	mv watched.trust ismap.trust
	play look
	says look.out '委員乙'
	# By an order that only the leaked key makes complete: refused afterwards.
	ok akashi draft decision -C ismap.git --service kakuu-iaas --set /kind=initial --outcome rejected --set-date /decided_on="$DECIDED" --set /meeting=第25回 -o forged.json
	ok akashi sign forged.json --key keys/m1.key --key keys/m2.key --key keys/m3.key -C ismap.git --yes
	play revoke
	cosigned ismap.trust
	play after
	says after.out 'holds'
	says after.out '#12'
	says after.out 'cannot say 1'
	verify 3 fallen
	says fallen.out 'record #12 had authority when it was sealed and lost it'
	grep -q '^NOT VALID' fallen.out && fail 'a listing is called invalid that nobody has shown to be'
	run 0 fallen-json akashi status -C ismap.git --trust ismap.trust --json
	[ "$(jq -r '.listings[0] | .verdict' fallen-json.out)" = unverifiable ] || fail 'status --json does not say unverifiable'
	run 0 fallen-calendar akashi calendar -C ismap.git --trust ismap.trust
	says fallen-calendar.out 'a record lost its authority, and how they stand cannot be said: C24-0101-2'
	grep -q '  ! .*C24-0101-2' fallen-calendar.out && fail 'calendar: a day is called past that may have been put off'
	run 0 fallen-calendar-json akashi calendar -C ismap.git --trust ismap.trust --json
	[ "$(jq -r '.lost[]' fallen-calendar-json.out)" = C24-0101-2 ] || fail 'calendar --json: who lost authority'
	run 1 refused akashi seal forged.dsse.json -C ismap.git
	akashi show '#13' --raw -C ismap.git | sed -n 2p | jq .predicate.body >relisted.json
	play again
	cosigned ismap.trust
	verify 0 again-valid
	says again-valid.out 'VALID'

	# At or below the number: with a witness that saw it in time it stands, on the operator's word alone it does not.
	rm -rf "$work/committee-key-leaks"
	start committee-key-leaks
	watched watched.trust
	leaked_after 13
	cosigned watched.trust
	verify 0 witnessed watched.trust
	verify 3 unwitnessed
	says unwitnessed.out 'compromised'
}

# The same leak where signatures are stamped: listing C24-0101-2, whose decision was, and C24-0102-2, whose decision was not.
committee_key_leaks_stamped() {
	local url='' AUTHORITY STAMP_URL
	page=committee-key-leaks
	for tool in openssl python3 jq; do
		command -v $tool >/dev/null || { echo "skipped: time stamps in $page ($tool is not here)"; echo "$page stamp" >>"$work/played"; return; }
	done
	mkdir -p "$work/leak-stamped/tsa" && cd "$work/leak-stamped" || exit 3
	# shellcheck source=tests/cli/authority.bash
	. "$here/authority.bash"
	authority tsa 'Example Time' >tsa.log 2>&1 || { fail 'the authority'; return; }
	start_authority "$here"
	jq -n --arg root "$(openssl x509 -in tsa/tsa.root.pem -outform DER | base64 -w0)" \
		'[{name: "tsa.example", operator: "example-time", root: $root, policies: ["1.2.3.4.1"], from: "2020-01-01T00:00:00Z"}]' >authorities.json
	(AUTHORITIES=$PWD/authorities.json STAMP_URL=$url/ok world world) || { rc=1; return; }
	cd world || exit 3
	printf '%s/keys/operator.key' "$PWD" >ismap.git/akashi/operator
	AUTHORITY=$url/ok STAMP_URL=''
	reviewed kakuu-paas
	decided kakuu-paas
	listed C24-0102-2 kakuu-paas
	verify 0 before
	run 0 before-other akashi verify C24-0102-2 -C ismap.git --trust ismap.trust
	cp -r ismap.git earlier.git
	cp -r keys earlier.keys
	leaked_after "$(last)"
	verify 0 stamped
	says stamped.out 'VALID'
	run 3 unstamped akashi verify C24-0102-2 -C ismap.git --trust ismap.trust
	says unstamped.out 'compromised'
	grep -q '^NOT VALID' unstamped.out && fail 'a listing without a time stamp is called invalid'
	run 0 status-stamped akashi status -C ismap.git --trust ismap.trust --json
	[ "$(jq -r '[.listings | sort_by(.id)[].verdict] | join(" ")' status-stamped.out)" = 'valid unverifiable' ] || fail 'status: what is stamped stands, of the rest it cannot be said'
	# Who has the bundle alone is told the same.
	ok akashi bundle C24-0101-2 -C ismap.git -o stamped.akashi
	ok akashi bundle C24-0102-2 -C ismap.git -o unstamped.akashi
	run 0 bundle-stamped "$(dirname "$akashi")/akashi-verify" stamped.akashi --trust ismap.trust --no-state
	run 3 bundle-unstamped "$(dirname "$akashi")/akashi-verify" unstamped.akashi --trust ismap.trust --no-state
	ok akashi draft decision -C ismap.git --service kakuu-iaas --set /kind=renewal --outcome deferred --set-date /decided_on="$(day 1)" --set /meeting=第24回 -o decision.json
	ok akashi sign decision.json --key keys/m1.key --key keys/m3.key --key keys/m4.key -C ismap.git --yes
	play stamp
	says stamp.out 'timestamped by tsa.example'
	says stamp.out '3 of 3 signatures got a token'
	# The stamp of a decision that came after the leak brings nothing back: #12 is above the number here.
	rm -rf ismap.git keys revoke.json revoke.dsse.json
	mv earlier.git ismap.git
	mv earlier.keys keys
	leaked_after 11
	verify 3 too-late
	says too-late.out 'record #12 had authority when it was sealed and lost it'
}

seat_changes_hands() {
	start seat-changes-hands
	play key
	play id
	play enrol
	[ -s enrol.out ] && if grep -q 'counts member ids' enrol.out; then fail 'the same id is warned of'; fi
	# One seat under two ids, which nobody can prove to be one person: told wherever a person can still stop.
	ok akashi keygen -o other.key --pub other.pub
	run 0 seat-twice-party akashi party committee --role committee --name-ja 運営委員会 --member m6:other.pub:'委員　乙' -C ismap.git -o twice.json
	says seat-twice-party.out "member m2's as well: a quorum counts member ids, so if m2 and m6 are one person, that person counts twice"
	run 1 seat-twice-check akashi check twice.json -C ismap.git
	says seat-twice-check.out 'enrolled under the id m2'
	[ "$(akashi check twice.json -C ismap.git --json | jq -r '[.warnings[] | .id, .member, .other, .party] | join(" ")')" = 'seat-twice m6 m2 committee' ] || fail 'check --json: seat-twice'
	run 0 seat-twice-sign akashi sign twice.json --key other.key --key keys/root-1.key --key keys/root-2.key -C ismap.git --yes
	says seat-twice-sign.out 'a quorum counts member ids'
	cp -r ismap.git once-more.git
	cp -r keys once-more.keys
	run 0 seat-twice-seal akashi seal twice.dsse.json -C once-more.git --operator once-more.keys/operator.key --lang ja
	says seat-twice-seal.out '同じ席に鍵を追加するときは、識別名を m2 とする'
	run 0 seat-elsewhere akashi party second --role committee --name-ja 別の委員会 --member x1:other.pub:委員乙 -C ismap.git -o second.json
	says seat-elsewhere.out 'is also that of member m2 of committee, which has the same role'
	# Where one signature is enough, seats of many parties are called alike.
	run 0 seat-usual akashi party koh-2 --role auditor --name-ja 別の監査法人 --member lead:other.pub:業務執行責任者 -C ismap.git -o third.json
	if grep -q 'same role' seat-usual.out; then fail 'the usual name of a seat is warned of'; fi
	run 0 key-taken akashi party committee --role committee --name-ja 運営委員会 --member m7:keys/m3.pub:委員己 -C ismap.git -o taken.json
	says key-taken.out 'is enrolled as that of committee m3: a key has one owner'
	ok akashi draft decision -C ismap.git --service kakuu-iaas --set /kind=renewal --outcome deferred --set-date /decided_on="$(day 1)" --set /meeting=第24回 -o d.json
	# Two keys of one seat, and one other: two members.
	ok akashi sign d.json --key keys/m1.key --key keys/m2.key -C ismap.git --yes -o both.dsse.json
	akashi sign both.dsse.json --key new.key -C ismap.git --yes >both.out 2>&1 || says both.out 'whose signature does not count here'
	run 1 two akashi seal both.dsse.json -C ismap.git
	says two.out 'needs 3 of 5 committee signatures, has 2'
	ok akashi sign d.json --key keys/m1.key --key keys/m3.key --key keys/m2.key -C ismap.git --yes -o old.dsse.json
	run 0 show-ids akashi sign --show old.dsse.json -C ismap.git
	says show-ids.out '委員乙 [m2]'
	play revoke
	says revoke.out 'signatures: 1, enough' # the key's own is
	run 1 old akashi seal old.dsse.json -C ismap.git
	play after
	says after.out 'VALID'
	ok akashi sign d.json --key keys/m1.key --key keys/m3.key --key new.key -C ismap.git --yes -o new.dsse.json
	run 0 new akashi seal new.dsse.json -C ismap.git
	run 0 show-signed akashi show "$(akashi log -C ismap.git --limit 1 --json | jq '.[0].seq')" -C ismap.git
	says show-signed.out '委員乙 [m2]'
}

# A token in this machine where SoftHSM 2 is here: token LABEL KEYFILE puts the key on it.  The PIN, which a person types, comes over a descriptor.
tokens_here() {
	[ -n "$(ls /usr/lib/softhsm/libsofthsm2.so /usr/lib/*/softhsm/libsofthsm2.so 2>/dev/null)" ] && command -v softhsm2-util >/dev/null || return 1
	mkdir tokens
	printf 'directories.tokendir = %s/tokens\nobjectstore.backend = file\nlog.level = ERROR\n' "$PWD" >hsm.conf
	export SOFTHSM2_CONF=$PWD/hsm.conf
	printf '1234\n' >pin
}
token() {
	softhsm2-util --init-token --free --label "$1" --pin 1234 --so-pin 5678 >hsm.log 2>&1 &&
		softhsm2-util --import "$2" --token "$1" --label sign --id 01 --pin 1234 >>hsm.log 2>&1 || { fail "SoftHSM does not take $2"; cat hsm.log >&2; }
}
akashi() {
	case " $* " in
	*' pkcs11:'*) command akashi "$@" --passphrase-fd 9 9<pin ;;
	*) command akashi "$@" ;;
	esac
}

token_is_lost() {
	local SEAT=new.key lost=keys/m3.key
	start token-is-lost
	ok akashi keygen -o new.key
	if tokens_here; then
		token seat-3 keys/m3.key
		token seat-3-new new.key
		mv keys/m3.key m3.backup
		rm new.key
		lost='pkcs11:token=seat-3;object=sign' SEAT='pkcs11:token=seat-3-new;object=sign'
	else
		cp keys/m3.key m3.backup
		echo "skipped: keys on tokens in $page (SoftHSM 2 is not installed)"
	fi
	ok akashi draft decision -C ismap.git --service kakuu-iaas --set /kind=renewal --outcome deferred --set-date /decided_on="$(day 1)" --set /meeting=第24回 -o d.json
	ok akashi sign d.json --key keys/m1.key --key keys/m2.key --key "$lost" -C ismap.git --yes -o lost-one.dsse.json
	[ "$(jq '.signatures | length' lost-one.dsse.json)" = 3 ] || fail 'the token did not sign'
	if [ "$lost" != keys/m3.key ]; then
		softhsm2-util --delete-token --token seat-3 >>hsm.log 2>&1
		run 3 gone akashi sign d.json --key "$lost" -C ismap.git --yes -o gone.dsse.json
		[ ! -e gone.dsse.json ] || fail 'a token that is gone has signed'
	fi
	play revoke
	run 1 refused akashi seal lost-one.dsse.json -C ismap.git
	play enrol
	play after
	says after.out 'VALID'
	ok akashi sign d.json --key keys/m1.key --key keys/m2.key --key "$SEAT" -C ismap.git --yes -o new.dsse.json
	run 0 new akashi seal new.dsse.json -C ismap.git
	# What is revoked stays so.
	ok akashi party committee -C ismap.git --role committee --name-ja 運営委員会 --name-en 'Steering Committee' --member m3:keys/m3.pub:委員丙 -o back.json
	ok akashi sign back.json --key m3.backup --key keys/root-1.key --key keys/root-2.key -C ismap.git --yes
	run 1 back akashi seal back.dsse.json -C ismap.git
	unset SOFTHSM2_CONF
}

operator_key_rotation() {
	start operator-key-rotation
	watched watched.trust
	git -C ismap.git show main:checkpoint >before.checkpoint
	play key
	play sign
	says sign.out 'seal rotation.dsse.json --operator NEW-KEY --old-operator OLD-KEY'
	run 1 old-alone akashi seal rotation.dsse.json -C ismap.git
	says old-alone.out '--old-operator OLD-KEY'
	# Neither of the two operators alone.
	run 2 new-alone akashi seal rotation.dsse.json --operator keys/operator-2.key -C ismap.git --adopt-head
	play seal
	play after
	says after.out 'VALID'
	git -C ismap.git show main:checkpoint >after.checkpoint
	run 0 continues akashi consistency before.checkpoint after.checkpoint -C ismap.git --trust ismap.trust
	cosigned watched.trust
	verify 0 watched watched.trust
	# The old key signs no more.
	ok akashi draft decision -C ismap.git --service kakuu-iaas --set /kind=renewal --outcome deferred --set-date /decided_on="$(day 1)" --set /meeting=第24回 -o d.json
	ok akashi sign d.json --key keys/m1.key --key keys/m2.key --key keys/m3.key -C ismap.git --yes
	run 1 old akashi seal d.dsse.json -C ismap.git --operator keys/operator.key
	run 0 new akashi seal d.dsse.json -C ismap.git --operator keys/operator-2.key
}

operator_machine_restored() {
	start operator-machine-restored
	git init -q --bare -b main remote.git
	ok akashi remote set "$PWD/remote.git" -C ismap.git
	ok akashi witness heartbeat -C ismap.git --key keys/heartbeat.key --first
	cp -r keys backup-keys
	cp -r ismap.git backup.git
	ok akashi draft decision -C ismap.git --service kakuu-iaas --set /kind=renewal --outcome deferred --set-date /decided_on="$(day 1)" --set /meeting=第24回 -o d.json
	ok akashi sign d.json --key keys/m1.key --key keys/m2.key --key keys/m3.key -C ismap.git --yes
	ok akashi seal d.dsse.json -C ismap.git
	git -C ismap.git show main:checkpoint >seen.checkpoint
	ok akashi draft decision -C ismap.git --service kakuu-iaas --set /kind=renewal --outcome registered --set-date /decided_on="$(day 1)" --set /meeting=第25回 -o next.json
	ok akashi sign next.json --key keys/m1.key --key keys/m2.key --key keys/m3.key -C ismap.git --yes
	# The machine is lost.  A seal on the copy in the backup, against the page, signs no second history: the remote is ahead.
	rm -rf ismap.git keys
	mv backup-keys keys
	play restore
	play newest
	says newest.out 'same'
	play resume
	play after
	says after.out 'holds'
	verify 0 verdict
	# An old head is not taken for the newest.
	git -C backup.git show main:checkpoint >old.checkpoint
	run 0 older akashi consistency old.checkpoint here.checkpoint -C ismap.git --trust ismap.trust
	says older.out 'NEW continues OLD'
}

root_rotation() {
	start root-rotation
	play key
	play draft
	says draft.out 'root-4'
	play sign
	play after
	says after.out 'VALID'
	says after.out 'root-4'
	# root-3 and root-2 were two of three.
	ok akashi draft revocation --key keys/m5.pub --set /reason=ceased -C ismap.git -o r.json
	ok akashi sign r.json --key keys/root-2.key -C ismap.git --yes -o one.dsse.json
	ok akashi sign one.dsse.json --key keys/root-3.key --yes -C nowhere
	run 1 old-holder akashi seal one.dsse.json -C ismap.git
	ok akashi sign r.json --key keys/root-2.key --key keys/root-4.key -C ismap.git --yes -o two.dsse.json
	run 0 new-holder akashi seal two.dsse.json -C ismap.git
}

end_of_ledger() {
	start end-of-ledger
	watched watched.trust
	git -C ismap.git show main:checkpoint >before.checkpoint
	ok akashi draft decision -C ismap.git --service kakuu-iaas --set /kind=renewal --outcome deferred --set-date /decided_on="$(day 1)" --set /meeting=第24回 -o late.json
	ok akashi sign late.json --key keys/m1.key --key keys/m2.key --key keys/m3.key -C ismap.git --yes
	play successor
	play close
	play keep
	says keep.out 'this ledger ended on'
	says keep.out 'ledger.example/ismap-2'
	play after
	says after.out 'VALID'
	says after.out 'this ledger ended on'
	verify 3 tomorrow ismap.trust --as-of "$(TZ=Asia/Tokyo date -d tomorrow +%F)"
	says tomorrow.out 'this ledger ended on'
	says tomorrow.out 'ask the successor ledger ledger.example/ismap-2'
	verify 3 tomorrow-ja ismap.trust --as-of "$(TZ=Asia/Tokyo date -d tomorrow +%F)" --lang ja
	says tomorrow-ja.out '後継の台帳 ledger.example/ismap-2'
	run 1 late akashi seal late.dsse.json -C ismap.git
	says late.out 'the ledger ended with record #14'
	# Nobody drafts or signs in vain without being told why.
	run 0 draft-ended akashi draft deletion --listing C24-0101-2 -C ismap.git -o in-vain.json
	says draft-ended.out 'nothing more can be sealed in it; successor: ledger.example/ismap-2'
	run 0 party-ended akashi party late --role provider --name-ja 架空 --member x:next-keys/root-1.pub:席 -C ismap.git -o late-party.json
	says party-ended.out 'this ledger ended on'
	run 1 sign-ended akashi sign in-vain.json --key keys/m1.key -C ismap.git --yes
	says sign-ended.out 'whatever is signed for it can never be sealed'
	run 1 sign-ended-ja akashi sign late.json --key keys/m1.key -C ismap.git --yes -o again.dsse.json --lang ja
	says sign-ended-ja.out '署名しても登載できない。後継: ledger.example/ismap-2'
	run 0 show-ended akashi sign --show late.dsse.json -C ismap.git
	run 0 show akashi show '#14' -C ismap.git
	says show.out 'this ledger ends with this record'
	# Nor does anybody read a list, or days to come, as if it went on; of the ledger as it was before, nothing is said.
	for asked in list 'search kakuu-iaas' 'calendar --trust ismap.trust'; do
		for known in '' ' --known-at 14'; do
			# shellcheck disable=SC2086
			akashi $asked -C ismap.git$known --lang en >ended.out 2>&1 || fail "$asked$known"
			[ "$(grep -c 'this ledger ended on .* successor: ledger.example/ismap-2' ended.out)" = "$([ -z "$known" ] && echo 1 || echo 0)" ] ||
				fail "$asked$known: whether the ledger has ended: $(cat ended.out)"
		done
	done
	akashi calendar -C ismap.git --trust ismap.trust --json >ended.json || fail 'calendar --json'
	[ "$(jq -r '.closing.record' ended.json)" = 14 ] || fail 'calendar --json: the end of the ledger'
	# The end is part of the history that two heads show, and a witness cosigns the head that ends with it.
	git -C ismap.git show main:checkpoint >final.checkpoint
	run 0 continues akashi consistency before.checkpoint final.checkpoint -C ismap.git --trust ismap.trust -o end.consistency
	run 0 continues-alone akashi consistency --proof end.consistency --trust ismap.trust
	cosigned watched.trust
	verify 0 watched watched.trust
	run 0 trust akashi trust check ismap.trust -C ismap.git
	says trust.out 'this ledger ended on'
	# Who owns the bundle alone is told the same.
	run 0 head akashi show '#14' --raw -C ismap.git
}

# What a successor is handed: names, numbers, what is open; and nothing that is a secret.
handover() {
	start handover
	ok akashi draft decision -C ismap.git --service kakuu-iaas --set /kind=renewal --outcome deferred --set-date /decided_on="$(day 1)" --set /meeting=第24回 -o d.json
	mkdir drafts
	ok akashi sign d.json --key keys/m1.key --key keys/m2.key -C ismap.git --yes -o drafts/d.dsse.json
	run 0 text akashi status --handover drafts -C ismap.git --trust ismap.trust
	for t in 'number 1; 2 of 3 root holders sign' 'Steering Committee (3 to sign)' '委員甲' 'drafts/d.dsse.json: 2 of 3 signatures' 'no protection against a fork' 'operator.key' 'On the first day'; do says text.out "$t"; done
	run 0 ja akashi status --handover -C ismap.git --trust ismap.trust --lang ja
	for t in 引継書 現在の鍵一式 運営委員会（3名） 着任日に行うこと 起案は探していない; do says ja.out "$t"; done
	run 0 json akashi status --handover drafts -C ismap.git --trust ismap.trust --json
	jq -e '.keyset.threshold == 2 and (.parties | length) == 5 and .drafts[0].counted == 2 and .heartbeat == null and .closing == null and (.alerts[0].id == "no-quorum")' json.out >jq.out || fail 'the JSON of a handover'
	grep -q 'PRIVATE' text.out ja.out json.out && fail 'a secret is handed over'
	run 2 as-of akashi status --handover --as-of 2026-01-01 -C ismap.git --trust ismap.trust
	run 2 folder akashi status drafts -C ismap.git --trust ismap.trust
	ok akashi draft revocation --key keys/m2.pub --set /reason=lost -C ismap.git -o r.json
	ok akashi sign r.json --key keys/root-1.key --key keys/root-2.key -C ismap.git --yes
	ok akashi seal r.dsse.json -C ismap.git
	ok akashi witness heartbeat -C ismap.git --key keys/heartbeat.key --first
	run 0 after akashi status --handover -C ismap.git --trust ismap.trust
	says after.out 'no key of committee/m2 counts any more'
	says after.out 'no key that counts'
	grep -q 'last heartbeat *20' after.out || fail 'the heartbeat is not told'
}

# The ceremony: each holder on a machine of their own, where only public halves and exchange files come and go.
ceremony() {
	local ME=''
	page=../OPERATING
	mkdir -p "$work/ceremony/table"
	ln -sf "$(realpath "$here/../../docs/ceremony/witness-sheet")" "$work/bin/witness-sheet"
	for m in root-1 root-2 root-3; do
		ME=$m
		mkdir "$work/ceremony/$m" && cd "$work/ceremony/$m" && play holder
		cp "$m.pub" ../table
	done
	mkdir "$work/ceremony/operator" && cd "$work/ceremony/operator" || exit 3
	play operator
	cp ../table/*.pub .
	play draft
	for m in root-1 root-2 root-3; do
		ME=$m
		cd "$work/ceremony/$m" && cp ../operator/genesis.json . && play sign
		# The words that the chair reads are those on each screen.
		[ "$(grep -A1 words: sign.out | head -1)" = "$(grep -A1 words: ../operator/draft.out | head -1)" ] || fail "$m sees other words than the chair"
		cp "$m.dsse.json" ../operator
	done
	cd "$work/ceremony/operator" || exit 3
	# Before enough have signed there is no ledger.
	ok akashi sign genesis.json --key operator.key --key heartbeat.key --yes -o early.dsse.json
	run 1 early akashi init early.git --genesis early.dsse.json --operator operator.key
	[ ! -e early.git/refs/heads/main ] || fail 'a ledger was begun without its root holders'
	play merge
	says merge.out 'signatures: 5'
	play begin
	says begin.out 'holds'
	play sheet
	for t in "$(akashi trust show ismap.trust --json | jq -r .fingerprint.digits)" 'ledger.example/ismap' '2 / 3' 'root-3' '□' "$(jq -r .body.operator.id genesis.json | cut -c1-4) $(jq -r .body.operator.id genesis.json | cut -c5-8)"; do
		grep -qF -- "$t" sheet.html || fail "the witness sheet does not have: $t"
	done
	grep -qiE 'script|http:|https:|src=' sheet.html && fail 'the witness sheet loads something'
	[ "$(find "$work/ceremony" -name 'root-*.key' | wc -l)" = 3 ] || fail 'a root key left its machine'
	sed 's|ledger.example/ismap|ledger.example/other|' ismap.trust >other.trust
	run 1 other-ledger witness-sheet genesis.dsse.json other.trust
}

personal_data_in_a_record() {
	start personal-data-in-a-record
	cp -r ismap.git clone-of-old.git
	play look
	play say
	verify 0 text-is-there
	says text-is-there.out 'VALID'
	akashi show 10 -C ismap.git --raw >erased.jsonl 2>/dev/null
	says say.out 'next: akashi erase 10 -o NEWREPO -C ismap.git'
	run 1 twice akashi erase 10 --reason order --basis x -C ismap.git -o twice.json
	says twice.out 'akashi erase 10 -o NEWREPO -C ismap.git'
	mkdir deep
	for inside in ismap.git/fresh.git deep/../ismap.git/akashi/a/b none/../ismap.git/c; do
		run 2 inside akashi erase 10 -C ismap.git -o $inside
		case $inside in none*) says inside.out 'folders that are not there' ;; *) says inside.out 'within the ledger itself' ;; esac
		[ -e $inside ] && fail "$inside was written"
	done
	play fresh
	says fresh.out 'the text of record #10 was erased, as record #14 says'
	# No object of the fresh repository is, or holds, line 2.
	blob=$(git -C ismap.git rev-parse main:records/00/00/00/00/10.jsonl)
	git -C fresh.git cat-file -e "$blob" 2>/dev/null && fail 'the fresh repository has the blob'
	sed -n 2p erased.jsonl >line2
	git -C fresh.git cat-file --batch-all-objects --batch | grep -qF -f line2 && fail 'the fresh repository has the text'
	git -C fresh.git fsck --full --strict >fsck.out 2>&1 || fail 'git finds fault with it'
	# What was before the record is as it was.
	[ "$(git -C fresh.git rev-parse main~5)" = "$(git -C ismap.git rev-parse main~5)" ] || fail 'commits before the record have other names'
	if command -v python3 >/dev/null; then run 0 second python3 "$here/../interop/reader.py" fresh.git --trust ismap.trust; fi
	play replace
	play after
	says after.out 'erased by'
	says after.out 'holds'
	run 1 compared akashi diff 10 9 -C ismap.git
	says compared.out 'cannot be compared'
	verify 3 rests-on-it
	says rests-on-it.out 'it rests on a record that was erased'
	run 3 traced akashi trace C24-0101-2 -C ismap.git --trust ismap.trust --lang ja
	says traced.out '記録の消去'
	says traced.out '消去された記録'
	for word in personal-data erasure erased; do ! grep -q "$word" traced.out || fail "a Japanese trace says $word"; done
	run 1 again akashi erase 10 --reason order --basis x -C ismap.git -o again.json
	run 2 no-reason akashi erase 9 --reason oder --basis x -C nowhere.git -o other.json
	says no-reason.out 'personal-data, confidential or order'
	run 1 long-basis akashi erase 9 --reason order --basis "$(printf '%0301d' 0)" -C ismap.git -o long.json
	says long-basis.out '/basis: has another length'
	[ -e long.json ] && fail 'a draft was written that its type refuses'
	run 1 core-without akashi erase 0 -C ismap.git -o other.git
	says core-without.out 'cannot be erased'
	says core-without.out 'next: seal a newer record'
	run 3 not-said akashi erase 9 -C ismap.git -o other.git
	says not-said.out '--reason'
	run 1 core akashi erase 0 --reason order --basis x -C ismap.git -o core.json
	# The ledger goes on, and a clone of the old one does not fast-forward.
	ok akashi draft decision -C ismap.git --service kakuu-iaas --set /kind=renewal --outcome deferred --set-date /decided_on="$(day 1)" --set /meeting=第24回 -o d.json
	ok akashi sign d.json --key keys/m1.key --key keys/m2.key --key keys/m3.key -C ismap.git --yes
	run 0 goes-on akashi seal d.dsse.json -C ismap.git
	git -C clone-of-old.git fetch "$PWD/ismap.git" main:main >/dev/null 2>&1 && fail 'an old clone fast-forwards'
}

all='personal_data_in_a_record committee_key_leaks committee_key_leaks_stamped seat_changes_hands token_is_lost operator_key_rotation operator_machine_restored root_rotation end_of_ledger handover ceremony'
for f in ${*:-$all}; do "$f"; done
[ $# -gt 0 ] && exit $rc

# Every page, every block; and a line in Japanese at the top of each.
page=docs/runbooks
for p in "$pages"/*.md "$pages/../OPERATING.md"; do
	name=$(basename "$p" .md)
	[ "$name" = OPERATING ] && name=../OPERATING
	grep -qP '\p{Han}' <(head -3 "$p") || fail "$name has no summary in Japanese at its top"
	[ "$name" = README ] && continue
	[ "$name" = ../OPERATING ] || grep -qF "($name.md)" "$pages/README.md" || fail "$name is not in the list of pages"
	sed -n 's/^```sh drill=//p' "$p" | while read -r b; do grep -qxF "$name $b" "$work/played" || echo "$name: nobody plays $b"; done >"$work/left"
	[ ! -s "$work/left" ] || fail "$(cat "$work/left")"
done
[ $rc -eq 0 ] && echo "ok: $(sort -u "$work/played" | wc -l) blocks of $(cut -d' ' -f1 "$work/played" | sort -u | wc -l) runbooks"
exit $rc
