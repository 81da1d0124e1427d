#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A ledger, two witnesses and the operator's heartbeat, from the keyboard: cosign, publish, look at what stock git says, then fork.
# Usage: witness.sh AKASHI
set -u
akashi=$(realpath "$1")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 3
LC_ALL=C.UTF-8 NO_COLOR=1 HOME=$work
export LC_ALL NO_COLOR HOME
unset AKASHI_TRUST XDG_CONFIG_HOME LC_MESSAGES LANG
rc=0
fail() { printf 'FAIL  %s\n' "$1" >&2; rc=1; }
# row WANTED_EXIT NAME ARGUMENTS…
row() {
	want=$1 name=$2
	shift 2
	"$akashi" "$@" >out 2>err </dev/null
	got=$?
	[ "$got" -eq "$want" ] || fail "$name: exit $got, want $want: $(cat out err)"
}
says() { grep -qF -- "$2" "$1" || fail "does not say \"$2\": $(cat "$1")"; }
is_empty() { [ -s "$1" ] && fail "$2: $(cat "$1")"; }
# seal_profile LEDGER OPERATOR SECOND_ROOT_KEY: one more record
seal_profile() {
	rm -f profile.json p.dsse.json
	"$akashi" draft profile -C "$1" -o profile.json >seal.log 2>&1 &&
	"$akashi" sign profile.json --key keys/root-1.key --yes -o p.dsse.json >>seal.log 2>&1 &&
	"$akashi" sign p.dsse.json --key "$3" --yes >>seal.log 2>&1 &&
	"$akashi" seal p.dsse.json -C "$1" --operator "$2" --adopt-head >>seal.log 2>&1 || fail "a record for $1: $(cat seal.log)"
}

row 0 'make a ledger' init l.git --origin ledger.example/try --make-keys keys --trust-out plain.trust
row 0 'make a witness key' keygen -o w1.key
row 0 'make another' keygen -o w2.key

# ---- its name in a trust file -----------------------------------------------------------------------------------------
row 0 'the verifier key' witness key --key w1.key --name witness.example/w1
w1=$(cat out)
row 0 'of the other' witness key --key w2.key --name witness.example/w2
w2=$(cat out)
sed "s|^quorum none|witness a $w1\nwitness b $w2\ngroup both all a b\nquorum both|; s|^complete none|complete a|" plain.trust >t.trust
row 0 'the trust file with witnesses' trust show t.trust
says out 'witness'
says out 'both: 2 of 2: a, b'
row 0 'the trust file with the keys of the witnesses' trust show t.trust --full
says out "$w2"

# ---- asked wrongly ---------------------------------------------------------------------------------------------------
row 2 'no verb' witness
row 2 'unknown verb' witness observe --key w1.key
row 2 'no key' witness cosign -C l.git --trust t.trust
row 2 'an option of another verb' witness add x --key w1.key
row 2 'nothing to add' witness add
row 2 'no name' witness cosign -C l.git --trust plain.trust --key w1.key --first
row 2 'another name than the trust file has' witness cosign -C l.git --trust t.trust --key w1.key --first --name witness.example/w3
row 3 'no ledger' witness cosign -C nowhere --trust t.trust --key w1.key --first
row 3 'no memory' witness cosign -C l.git --trust t.trust --key w1.key
says err '--first'
[ -e w1.key.witness ] && fail 'a refusal left a memory'

# ---- cosign ------------------------------------------------------------------------------------------------------------
row 0 'the first time' witness cosign -C l.git --trust t.trust --key w1.key --first
says out 'witness.example/w1 '
[ "$(wc -l <out)" -eq 1 ] || fail "stdout is the line alone: $(cat out)"
says err 'at 1 records'
row 2 'the first time twice' witness cosign -C l.git --trust t.trust --key w1.key --first
seal_profile l.git keys/operator.key keys/root-2.key
git clone -q --mirror l.git clone.git || fail clone
row 0 'of a clone, into a file' witness cosign -C clone.git --trust t.trust --key w1.key -o w1.line --quiet
is_empty out 'with -o'
row 1 'a line that the trust file does not ask for' witness add w1.line -C l.git --trust plain.trust
says err '"witness NAME KEY"'
grep -q 'akashi sign' err && fail 'a line of a witness is told to be signed'
row 2 'a key that the trust file does not name' witness cosign -C l.git --trust plain.trust --key w1.key
says err '--name NAME'
row 0 'in JSON' witness cosign -C clone.git --trust t.trust --key w1.key --json
says out '"ok":true'
says out '"replayed":0'
row 0 'the other witness' witness cosign -C l.git --trust t.trust --key w2.key --first -o w2.line

# ---- publish -----------------------------------------------------------------------------------------------------------
row 1 'not without the trust file that names them' witness add w1.line -C l.git --trust plain.trust
says err 'w1.line'
row 0 'both at once' witness add w1.line w2.line -C l.git --trust t.trust
says out 'witness.example/w2'
row 0 'again' witness add w1.line -C l.git --trust t.trust --json
says out '"published":false'
row 0 'the heartbeat, first' witness heartbeat -C l.git --key keys/heartbeat.key --first
says out 'ledger.example/try/heartbeat'
sleep 1
row 0 'the heartbeat, next' witness heartbeat -C l.git --key keys/heartbeat.key --trust t.trust --json
says out '"published":true'
row 1 'another key is no heartbeat' witness heartbeat -C l.git --key w1.key --state other.state --first
says err 'heartbeat'
row 0 'audit' audit -C l.git --trust t.trust
[ "$(git -C l.git show main:checkpoint | grep -c '^— ')" -eq 4 ] || fail "four lines: $(git -C l.git show main:checkpoint)"
git -C l.git log -1 --format=%s main | grep -qx 'akashi: cosign size 2' || fail "message: $(git -C l.git log -1 --format=%s main)"

# ---- stock git -----------------------------------------------------------------------------------------------------------
git -C l.git fsck --strict --full >fsck 2>&1 || fail "git fsck: $(cat fsck)"

# ---- a fork: the same keys, another history ---------------------------------------------------------------------------------
cp -a l.git fork.git && rm -f fork.git/akashi-index.db*
git -C fork.git update-ref refs/heads/main "$(git -C l.git rev-list --max-parents=0 main)" || fail 'taking it back'
cp -a keys forked-keys && rm -f forked-keys/operator.key.state
sleep 1
seal_profile fork.git forked-keys/operator.key keys/root-3.key
cp w1.key.witness before
row 1 'a fork' witness cosign -C fork.git --trust t.trust --key w1.key
is_empty out 'a refusal gives no line'
says err 'ledger.example/try, record #1'
says err 'evidence'
cmp -s before w1.key.witness || fail 'the memory moved'
[ "$(ls w1.key.witness.*.note | wc -l)" -eq 2 ] || fail "two notes: $(ls)"
row 1 'in JSON' witness cosign -C fork.git --trust t.trust --key w1.key --json
says out '"duty":"history"'
says out '"seq":1'
says out '"status":"AK_FORK"'
row 1 'in Japanese' --lang ja witness cosign -C fork.git --trust t.trust --key w1.key
says err '連署せず'
row 0 'and on the true one it goes on' witness cosign -C l.git --trust t.trust --key w1.key

# ---- a key that does something else; a memory that is damaged ------------------------------------------------------------
row 1 'the operator as witness' witness cosign -C l.git --trust t.trust --key keys/operator.key --name op.example/x --first
says err 'nothing else'
echo '{}' >w2.key.witness
row 3 'a damaged memory' witness cosign -C l.git --trust t.trust --key w2.key
says err 'restore'

exit $rc
