#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The remote as the commit point (FORMAT 11.6): what is acknowledged is there, what is not there is not acknowledged, and a remote
# that was set back, forged or taken by another machine is met with its name.
# Usage: remote.sh AKASHI
set -u
akashi=$(realpath "$1")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 3
export LC_ALL=C.UTF-8 NO_COLOR=1 HOME=$work AKASHI_TRUST=$work/trust
export GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=/dev/null GIT_AUTHOR_NAME=x GIT_AUTHOR_EMAIL=x@x.example GIT_COMMITTER_NAME=x GIT_COMMITTER_EMAIL=x@x.example
unset XDG_CONFIG_HOME GIT_SSH GIT_SSH_COMMAND
n=0 rc=0
ok() { n=$((n + 1)); }
bad() { printf 'FAIL  %s\n' "$1" >&2; sed 's/^/      /' out err 2>/dev/null >&2; rc=1; }
# expect EXIT WHAT COMMAND...: run it, out and err in files
expect() {
	local want=$1 what=$2 got
	shift 2
	"$@" >out 2>err
	got=$?
	if [ $got = "$want" ]; then ok; else bad "$what: exit $got, not $want"; fi
}
says() { if grep -q -e "$2" out err; then ok; else bad "$1: does not say \"$2\""; fi; }
same() { if [ "$2" = "$3" ]; then ok; else bad "$1: $2 is not $3"; fi; }
tip() { git -C "$1" rev-parse --verify -q main; }
# A party enrolled by the root: a record that anybody's base allows.
enrol() { # name
	"$akashi" keygen -q -o "$1.key" --pub "$1.pub" >/dev/null &&
		"$akashi" party "$1" --role provider --name-ja 架空 --name-en Example --member "m1:$1.pub:seat" -C l.git -q -o "$1.json" >/dev/null &&
		"$akashi" sign "$1.json" -q --yes --key keys/root-1.key --key keys/root-2.key --key "$1.key" >/dev/null 2>&1 || bad "enrol $1"
}
seal() { "$akashi" seal "$1.dsse.json" -C "${2:-l.git}" --operator "${3:-op.key}"; }
# Whole signed heads in an object store: one root for each size.
# Every checkpoint in any object, reachable or not, and in temporary files: "size root".
notes() {
	{
		git -C "$1" cat-file --batch-all-objects --batch --buffer
		find "$1/objects" -name '*tmp*' -type f -exec cat {} +
	} | tr '\0' '\n' | LC_ALL=C awk -v o=ledger.example/remote '
		want == 2 { print size, $0; want = 0 }
		want == 1 { size = $0; want = /^[0-9]+$/ ? 2 : 0 }
		length($0) >= length(o) && substr($0, length($0) - length(o) + 1) == o { want = 1 }' | sort -u
}
one_head_per_size() {
	notes "$1" >notes.txt
	[ "$(wc -l <notes.txt)" -gt 5 ] && ! cut -d' ' -f1 <notes.txt | uniq -d | grep -q .
}
hook() { printf '#!/bin/sh\n%s\n' "$2" >"$1/hooks/pre-receive" && chmod +x "$1/hooks/pre-receive"; }

git init -q --bare -b main r.git
expect 0 'init --remote' "$akashi" init l.git --origin ledger.example/remote --make-keys keys --trust-out trust --remote r.git
same 'init: genesis is on the remote' "$(tip r.git)" "$(tip l.git)"
expect 3 'init on a remote that has a ledger' "$akashi" init m.git --origin ledger.example/other --make-keys keys2 --remote r.git
says 'init on a remote that has a ledger' 'git clone --bare'
[ -e m.git ] || [ -e keys2 ] && bad 'a refused init left something'
"$akashi" draft profile -C l.git -q -o p.json >/dev/null && "$akashi" sign p.json -q --yes --key keys/root-1.key --key keys/root-2.key >/dev/null 2>&1
cp keys/operator.key op.key && cp keys/operator.key.state op.key.state
expect 0 'seal' seal p
same 'seal: acknowledged is on the remote' "$(tip r.git)" "$(tip l.git)"
for p in aa bb cc dd ee ff gg; do enrol $p; done

# ---- addresses -----------------------------------------------------------------------------------------------------
for url in http://ledger.example/x git://ledger.example/x 'https://me:secret@ledger.example/x' 'https://token@ledger.example/x' \
	'ssh://me:secret@ledger.example/x' 'ext::sh -c true' -x no-such-folder file://relative "$(printf 'a\nb')"; do
	expect 2 "remote set $url" "$akashi" remote set -C l.git -- "$url"
done
git -C l.git config --get remote.origin.url | grep -q secret && bad 'a secret was kept'

# ---- a remote that cannot be reached, refuses, or hangs ------------------------------------------------------------
before=$(tip l.git) state=$(sha256sum <op.key.state)
mv r.git away.git
expect 3 'unreachable: seal' seal aa
says 'unreachable: seal' 'cannot be reached'
same 'unreachable: head here' "$(tip l.git)" "$before"
same 'unreachable: nothing was signed' "$(sha256sum <op.key.state)" "$state"
expect 3 'unreachable: show' "$akashi" remote -C l.git
expect 3 'unreachable: audit' "$akashi" audit -C l.git --with-remote
expect 0 'unreachable: an audit without it' "$akashi" audit -C l.git
mv away.git r.git
hook r.git 'echo "the disk of this server is full, 満杯" >&2; exit 1'
expect 3 'refused: seal' seal aa
says 'refused: seal' 'the disk of this server is full, 満杯'
same 'refused: head here' "$(tip l.git)" "$before"
same 'refused: head there' "$(tip r.git)" "$before"
expect 3 'refused: another record cannot overtake' seal bb
expect 3 'refused in Japanese' "$akashi" seal aa.dsse.json -C l.git --operator op.key --lang ja
says 'refused in Japanese' '受け入れない'
rm r.git/hooks/pre-receive
# What was signed is finished first, exactly once; then what was asked.
expect 0 'after a refusal: seal' seal bb
same 'after a refusal: both are sealed' "$(git -C l.git show main:checkpoint | sed -n 2p)" 4
expect 1 'after a refusal: the first is on record' seal aa
says 'after a refusal: the first is on record' 'already'
same 'after a refusal: remote' "$(tip r.git)" "$(tip l.git)"
git -C l.git config akashi.remoteTimeout 1
hook r.git 'sleep 60'
before=$(tip l.git) began=$(date +%s)
expect 3 'hanging: seal' seal cc
says 'hanging: seal' 'within 1 seconds'
[ $(($(date +%s) - began)) -lt 20 ] && ok || bad 'hanging: took too long'
same 'hanging: head there' "$(tip r.git)" "$before"
rm r.git/hooks/pre-receive
git -C l.git config --unset akashi.remoteTimeout
expect 1 'after hanging: finished by the next seal' seal cc
same 'after hanging: remote' "$(tip r.git)" "$(tip l.git)"
same 'after hanging: size' "$(git -C r.git show main:checkpoint | sed -n 2p)" 5

# ---- a lost answer: the remote took the head, and the writer never heard ------------------------------------------------
cp -a l.git lost.git && cp op.key lost.key && cp op.key.state lost.key.state
expect 0 'the head that is there' seal dd
cp op.key.state lost.key.state && sed -i 's/"published":1/"published":0/' lost.key.state
expect 1 'lost answer: taken over, sealed once' seal dd lost.git lost.key
says 'lost answer' 'already'
same 'lost answer: heads' "$(tip lost.git)" "$(tip r.git)"
rm -rf lost.git lost.key*

# ---- two machines ---------------------------------------------------------------------------------------------------
git clone -q --bare r.git b.git && cp op.key b.key && cp op.key.state b.key.state
expect 2 'a clone: nobody said where it commits' seal ee b.git b.key
says 'a clone' 'akashi remote set'
expect 0 'a clone: said' "$akashi" remote set r.git -C b.git
expect 0 'the other machine seals' seal ee b.git b.key
expect 0 'this machine takes that over and seals' seal ff
same 'two machines: remote' "$(tip r.git)" "$(tip l.git)"
expect 0 'two machines: audit' "$akashi" audit -C l.git --with-remote
# In the same moment: while the one pushes, the other has pushed.
many=()
for i in 1 2 3 4 5 6 7 8 9 10; do enrol "x$i" && many+=("x$i.dsse.json"); done
hook r.git "[ -e $work/raced ] || { touch $work/raced; env -u GIT_DIR -u GIT_QUARANTINE_PATH -u GIT_OBJECT_DIRECTORY -u GIT_ALTERNATE_OBJECT_DIRECTORIES '$akashi' seal $work/gg.dsse.json -C $work/l.git --operator $work/op.key >$work/race.out 2>&1; }"
expect 0 'race: in step' "$akashi" remote show -C l.git
expect 3 'race: the second gets a conflict' "$akashi" seal "${many[@]}" -C b.git --operator b.key
says 'race: the second' 'moved on'
grep -q '^sealed' race.out || bad 'race: the first was not sealed'
same 'race: the first is there' "$(tip r.git)" "$(tip l.git)"
expect 0 'race: run again' "$akashi" seal "${many[@]}" -C b.git --operator b.key
same 'race: nothing is lost' "$(git -C r.git show main:checkpoint | sed -n 2p)" 19
one_head_per_size b.git && ok || bad 'race: two signed heads of one size'
git -C b.git fsck --unreachable 2>/dev/null | grep -q '^unreachable commit' && bad 'race: the commit that was not taken is still there'
same 'race: nothing signed is left of what was overtaken' "$(notes b.git | grep -c '^18 ')" 0
rm r.git/hooks/pre-receive
for d in l.git b.git r.git; do git -C $d fsck --strict >/dev/null 2>&1 && ok || bad "fsck $d"; done
expect 3 'this machine is behind the remote' "$akashi" remote -C l.git
says 'this machine is behind' 'is ahead: 19 records, here 9'
expect 1 'heartbeat over a head that is not the newest' "$akashi" witness heartbeat -C l.git --trust trust --key keys/heartbeat.key --operator op.key --first
says 'heartbeat over a head that is not the newest' 'run it again'
expect 0 'heartbeat' "$akashi" witness heartbeat -C l.git --trust trust --key keys/heartbeat.key --operator op.key
same 'heartbeat: on the remote' "$(tip r.git)" "$(tip l.git)"
expect 0 'heartbeat: audit' "$akashi" audit -C l.git --with-remote

# ---- backups and setbacks -------------------------------------------------------------------------------------------
rm -rf b.git
cp -a l.git backup.git
for p in hh ii jj; do enrol $p; done
expect 0 'before the disk is lost' seal hh
rm -rf l.git && mv backup.git l.git
expect 0 'restored backup: takes over what it had, then seals' seal ii
same 'restored backup: heads' "$(tip r.git)" "$(tip l.git)"
head=$(tip r.git) older=$(git -C r.git rev-parse main~1)
git -C r.git update-ref refs/heads/main "$older"
state=$(sha256sum <op.key.state)
expect 1 'set back: seal' seal jj
says 'set back: both heads are named' "21 records, commit ${head:0:12}"
says 'set back: both heads are named' "20 records, commit ${older:0:12}"
same 'set back: nothing was signed' "$(sha256sum <op.key.state)" "$state"
same 'set back: remote is left alone' "$(tip r.git)" "$older"
expect 1 'set back: audit' "$akashi" audit -C l.git --with-remote
expect 1 'set back: audit, JSON' "$akashi" audit -C l.git --with-remote --json
same 'set back: JSON' "$(jq -r .remote.relation out)" behind
git -C r.git update-ref -d refs/heads/main
expect 1 'emptied: seal' seal jj
expect 0 'brought up again' "$akashi" remote set r.git -C l.git
same 'brought up again' "$(tip r.git)" "$head"
expect 0 'and on' seal jj

# ---- forgeries --------------------------------------------------------------------------------------------------------
head=$(tip r.git)
git clone -q r.git forge && echo more >forge/more && git -C forge add . && git -C forge commit -qm 'akashi: seal 1 record, #22' && git -C forge push -q origin main 2>/dev/null
enrol kk
expect 1 'forged on the remote: seal' seal kk
says 'forged on the remote' 'is not signed'
same 'forged on the remote: head here' "$(tip l.git)" "$head"
expect 0 'forged on the remote: this ledger is as it was' "$akashi" audit -C l.git
git -C r.git update-ref refs/heads/main "$head"
sed -i 's/Example/Exemple/' forge/records/00/00/00/00/05.jsonl && git -C forge commit -qam 'akashi' --amend && git -C forge push -qf origin main 2>/dev/null
expect 1 'a record changed on the remote: seal' seal kk
same 'a record changed: head here' "$(tip l.git)" "$head"
git -C r.git update-ref refs/heads/main "$(git -C r.git commit-tree -m other "$head^{tree}")"
expect 1 'another history: seal' seal kk
says 'another history' 'another history'
expect 1 'another history: remote set does not force' "$akashi" remote set r.git -C l.git
git -C r.git update-ref refs/heads/main "$head"
expect 0 'as it was' seal kk

# ---- other ways there, and none -------------------------------------------------------------------------------------
printf '#!/bin/sh\nwhile [ "$1" != me@host.example ]; do shift; done\nshift\nexec sh -c "$*"\n' >fake-ssh && chmod +x fake-ssh
export GIT_SSH="$work/fake-ssh" GIT_SSH_VARIANT=ssh
expect 0 'ssh: set' "$akashi" remote set "me@host.example:$work/r.git" -C l.git
enrol ll
expect 0 'ssh: seal' seal ll
same 'ssh: remote' "$(tip r.git)" "$(tip l.git)"
expect 0 'file: set' "$akashi" remote set "file://$work/r.git" -C l.git
enrol mm
expect 0 'file: seal' seal mm
same 'file: remote' "$(tip r.git)" "$(tip l.git)"
mkdir empty && ln -s "$(command -v sh)" empty/sh
expect 3 'no git: seal' env PATH="$work/empty" "$akashi" seal kk.dsse.json -C l.git --operator op.key
says 'no git' 'git cannot be run'
expect 0 'none' "$akashi" remote none -C l.git
enrol nn
head=$(tip r.git)
expect 0 'none: seal' seal nn
same 'none: remote is as it was' "$(tip r.git)" "$head"
expect 0 'none: show' "$akashi" remote show -C l.git
expect 2 'none: nothing to compare' "$akashi" audit -C l.git --with-remote

[ $rc = 0 ] && echo "$n passed, 0 failed"
exit $rc
