#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Break every system call of one seal, one at a time: it fails (EIO, ENOSPC), or the process dies there (KILL).
# Afterwards the ledger must audit clean at the old size or the new one, stock git must find nothing wrong, another seal must go
# through, and then the same one again; and in all that is left lying about, reachable or not, whole or a temporary file, no two
# checkpoints of one size may be signed.
#
# usage: syscalls.sh AKASHI [STRIDE [RECORDS]]      STRIDE 1 breaks every call, 5 every fifth; so many RECORDS are sealed at once
set -u
akashi=$(realpath "$1") stride=${2:-1} records=${3:-1}
command -v strace >/dev/null || { echo "skipped: strace is not installed"; exit 77; }
work=$(mktemp -d) || exit 3
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 3
export AKASHI_TRUST="$work/trust" LANG=C.UTF-8
calls=openat,write,fsync,fdatasync,rename,renameat,link,unlink,mkdir,pwrite64,ftruncate,close

die() { echo "not ok: $*"; exit 1; }
{
	"$akashi" init base.git --origin ledger.example/fault --make-keys keys --trust-out trust &&
	"$akashi" draft profile -C base.git -o p.json &&
	"$akashi" sign p.json --key keys/root-1.key --yes && "$akashi" sign p.dsse.json --key keys/root-2.key --yes &&
	"$akashi" seal p.dsse.json -C base.git &&
	for ((i = 0; i <= records; i++)); do
		"$akashi" keygen -o s$i.key --pub s$i.pub &&
			"$akashi" party "secretariat-$i" --role secretariat --name-ja 事務局 --name-en Secretariat --member m1:s$i.pub:seat -C base.git -o s$i.json &&
			"$akashi" sign s$i.json --key keys/root-1.key --key keys/root-2.key --key s$i.key --yes || break
	done && [ $i -gt "$records" ]
} >setup.log 2>&1 || { cat setup.log; die "set-up"; }
mkdir seal && mv s?*.dsse.json seal && mv seal/s0.dsse.json other.dsse.json
size_before=2

fresh() {
	rm -rf l.git op.key op.key.state .op.key.state.*
	cp -a base.git l.git && cp keys/operator.key op.key && cp keys/operator.key.state op.key.state
}
seal() { "$akashi" seal "$@" -C l.git --operator op.key --json; }
size_of() { git -C l.git show main:checkpoint | sed -n 2p; }

# Every checkpoint in the object store and in what lies beside it and the key.  Ours are stored, not compressed, so that a temporary
# file shows its bytes.
notes() {
	{
		git -C l.git cat-file --batch-all-objects --batch --buffer
		find l.git/objects \( -name '*tmp*' -o -name '.*' \) -type f -exec cat {} +
		cat op.key.state .op.key.state.* 2>/dev/null
	} | tr '\0' '\n' | LC_ALL=C awk -v o=ledger.example/fault '
		want == 2 { print size, $0; want = 0 }
		want == 1 { size = $0; want = /^[0-9]+$/ ? 2 : 0 }
		length($0) >= length(o) && substr($0, length($0) - length(o) + 1) == o { want = 1 }' | sort -u
}
one_head_per_size() {
	notes >notes.txt
	[ "$(wc -l <notes.txt)" -ge 4 ] || die "the search finds too few signed heads"
	! cut -d' ' -f1 <notes.txt | uniq -d | grep -q .
}

check() { # what
	local n full=$((size_before + records))
	git -C l.git fsck --strict >fsck.log 2>&1 || { cat fsck.log; die "$1: git fsck"; }
	"$akashi" audit -C l.git --trust trust --json >audit.json 2>audit.err || { cat audit.json audit.err; die "$1: audit"; }
	n=$(size_of)
	[ "$n" = "$size_before" ] || [ "$n" = $full ] || die "$1: size $n"
	[ "$acknowledged" = no ] || [ "$n" = $full ] || die "$1: an acknowledged record is lost"
	# Something else comes first: what was signed before is finished, and nothing of that size is signed again.
	seal other.dsse.json >again.json 2>again.err || { cat again.json again.err; die "$1: sealing something else"; }
	[ "$n" = "$size_before" ] || [ "$(size_of)" = $((full + 1)) ] || die "$1: size after something else"
	[ "$(size_of)" = $((full + 1)) ] || seal seal/*.dsse.json >again.json 2>again.err || { cat again.json again.err; die "$1: sealing again"; }
	[ "$(size_of)" = $((full + 1)) ] || die "$1: not sealed in the end"
	"$akashi" audit -C l.git --trust trust --json >audit.json 2>&1 || { cat audit.json; die "$1: audit after sealing again"; }
	one_head_per_size || { cat notes.txt; die "$1: two signed heads of one size"; }
}

# By its power failing too: no byte of what is signed is written before the memory of it is on disk.
memory_comes_first() {
	NOTE="ledger.example/fault\\n$((size_before + records))\\n" awk '
		/renameat\(/ && /"op\.key\.state"/ { named = 1 }
		named && /fsync\(/ { durable = 1 }
		/write\(/ && index($0, ENVIRON["NOTE"]) { found = 1; early = early || !durable }
		END { exit !(found && !early) }' order
}

fresh
strace -f -qq -o trace -e trace="$calls" "$akashi" seal seal/*.dsse.json -C l.git --operator op.key >/dev/null || die "trace"
fresh
strace -f -qq -s 200000 -o order -e trace=write,writev,fsync,renameat "$akashi" seal seal/*.dsse.json -C l.git --operator op.key >/dev/null || die "order"
memory_comes_first || die "the signed head is written before the memory of it is on disk"
# Count from the first call that names the ledger: what the loader does before is not ours.
tests=0
for call in ${calls//,/ }; do
	total=$(grep -c " $call(" trace)
	first=$(awk -v c=" $call(" '/l\.git/ && !seen { seen = 1 } index($0, c) { n++; if (seen) { print n; exit } }' trace)
	[ -n "$first" ] || continue
	for ((i = first; i <= total; i += stride)); do
		for how in error=EIO error=ENOSPC signal=KILL; do
			[ "$how" = error=ENOSPC ] && case $call in write | pwrite64 | openat | mkdir) ;; *) continue ;; esac
			fresh
			strace -f -qq -o /dev/null -e trace="$call" -e inject="$call:$how:when=$i" \
				"$akashi" seal seal/*.dsse.json -C l.git --operator op.key >out.json 2>out.err
			rc=$?
			acknowledged=no
			[ $rc = 0 ] && acknowledged=yes
			check "$call #$i of $total, $how"
			tests=$((tests + 1))
		done
	done
done
echo "$tests passed, 0 failed"
