#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Break every system call of one seal, one at a time: it fails (EIO, ENOSPC), or the process dies there (KILL).
# Afterwards the ledger must audit clean at the old size or the new one, stock git must find nothing wrong, the same seal
# must go through when tried again, and no two whole heads of one size may both be signed.
#
# usage: syscalls.sh AKASHI [STRIDE]      STRIDE 1 breaks every call, 5 every fifth
set -u
akashi=$(realpath "$1") stride=${2:-1}
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
	"$akashi" keygen -o sec.key --pub sec.pub &&
	"$akashi" party secretariat --role secretariat --name-ja 事務局 --name-en Secretariat --member m1:sec.pub:seat -C base.git -o s.json &&
	"$akashi" sign s.json --key keys/root-1.key --yes && "$akashi" sign s.dsse.json --key keys/root-2.key --yes &&
	"$akashi" sign s.dsse.json --key sec.key --yes
} >setup.log 2>&1 || { cat setup.log; die "set-up"; }
size_before=2

fresh() {
	rm -rf l.git op.key op.key.state
	cp -a base.git l.git && cp keys/operator.key op.key && cp keys/operator.key.state op.key.state
}
seal() { "$akashi" seal s.dsse.json -C l.git --operator op.key --json; }
size_of() { git -C l.git show main:checkpoint | sed -n 2p; }

# Every whole signed head in the object store, reachable or not: one root for each size.
one_head_per_size() {
	git -C l.git cat-file --batch-all-objects --batch-check='%(objecttype) %(objectname)' |
		while read -r type id; do
			[ "$type" = commit ] && git -C l.git rev-list --objects "$id" >/dev/null 2>&1 &&
				git -C l.git show "$id:checkpoint" | sed -n '2,3p' | tr '\n' ' ' && echo
		done | sort -u | cut -d' ' -f1 | uniq -d | grep -q . && return 1
	return 0
}

check() { # what
	local n
	git -C l.git fsck --strict >fsck.log 2>&1 || { cat fsck.log; die "$1: git fsck"; }
	"$akashi" audit -C l.git --trust trust --json >audit.json 2>audit.err || { cat audit.json audit.err; die "$1: audit"; }
	n=$(size_of)
	[ "$n" = "$size_before" ] || [ "$n" = $((size_before + 1)) ] || die "$1: size $n"
	[ "$acknowledged" = no ] || [ "$n" = $((size_before + 1)) ] || die "$1: an acknowledged record is lost"
	if [ "$n" = "$size_before" ]; then
		# Recovery may first finish the very commit that was left: then the statement is on record already.
		seal >again.json 2>again.err || grep -q AK_REPEATED again.json || { cat again.json again.err; die "$1: sealing again"; }
	fi
	[ "$(size_of)" = $((size_before + 1)) ] || die "$1: not sealed in the end"
	"$akashi" audit -C l.git --trust trust --json >audit.json 2>&1 || { cat audit.json; die "$1: audit after sealing again"; }
	one_head_per_size || die "$1: two signed heads of one size"
}

fresh
strace -f -qq -o trace -e trace="$calls" "$akashi" seal s.dsse.json -C l.git --operator op.key >/dev/null || die "trace"
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
				"$akashi" seal s.dsse.json -C l.git --operator op.key >out.json 2>out.err
			rc=$?
			acknowledged=no
			[ $rc = 0 ] && acknowledged=yes
			check "$call #$i of $total, $how"
			tests=$((tests + 1))
		done
	done
done
echo "$tests passed, 0 failed"
