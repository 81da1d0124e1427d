#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Break the system calls of one seal on a ledger with a remote: akashi's own and those of every git it runs, here and on the remote's
# side.  Afterwards what was acknowledged is on the remote, the head here is never ahead of it, both audit clean, the same seal goes
# through when tried again, and no two checkpoints of one size are signed in anything that is left.
#
# usage: remote.sh AKASHI [STRIDE]      STRIDE 1 breaks every call; without it every 24th, from a place that differs each time
set -u
akashi=$(realpath "$1") stride=${2:-24}
command -v strace >/dev/null || { echo "skipped: strace is not installed"; exit 77; }
work=$(mktemp -d) || exit 3
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 3
export AKASHI_TRUST="$work/trust" LANG=C.UTF-8 HOME=$work GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=/dev/null
calls=openat,write,fsync,rename,renameat,link,unlink,mkdir,pipe2,execve,close

die() { echo "not ok: $*"; exit 1; }
{
	git init -q --bare -b main remote.git && git -C remote.git config core.fsync all && git -C remote.git config receive.denyNonFastForwards true &&
	"$akashi" init l.git --origin ledger.example/fault --make-keys keys --trust-out trust --remote remote.git &&
	"$akashi" draft profile -C l.git -o p.json &&
	"$akashi" sign p.json --key keys/root-1.key --yes && "$akashi" sign p.dsse.json --key keys/root-2.key --yes &&
	"$akashi" seal p.dsse.json -C l.git --operator keys/operator.key &&
	"$akashi" keygen -o sec.key --pub sec.pub &&
	"$akashi" party secretariat --role secretariat --name-ja 事務局 --name-en Secretariat --member m1:sec.pub:seat -C l.git -o s.json &&
	"$akashi" sign s.json --key keys/root-1.key --key keys/root-2.key --key sec.key --yes && mv l.git base.git && mv remote.git base-remote.git
} >setup.log 2>&1 || { cat setup.log; die "set-up"; }
size_before=2

fresh() {
	rm -rf l.git remote.git op.key op.key.state
	cp -a base.git l.git && cp -a base-remote.git remote.git && cp keys/operator.key op.key && cp keys/operator.key.state op.key.state
}
seal() { timeout -k 5 120 "$akashi" seal s.dsse.json -C l.git --operator op.key --json; }
# What was signed before is finished first, or taken over: then the statement is on record already.
again() { seal >again.json 2>again.err || grep -q AK_REPEATED again.json again.err; }
size_of() { git -C "$1" show main:checkpoint | sed -n 2p; }
# No two checkpoints of one size in any object, reachable or not, or temporary file.
one_head_per_size() {
	{
		git -C "$1" cat-file --batch-all-objects --batch --buffer
		find "$1/objects" -name '*tmp*' -type f -exec cat {} +
	} | tr '\0' '\n' | LC_ALL=C awk -v o=ledger.example/fault '
		want == 2 { print size, $0; want = 0 }
		want == 1 { size = $0; want = /^[0-9]+$/ ? 2 : 0 }
		length($0) >= length(o) && substr($0, length($0) - length(o) + 1) == o { want = 1 }' | sort -u >notes.txt
	[ "$(wc -l <notes.txt)" -ge 3 ] && ! cut -d' ' -f1 <notes.txt | uniq -d | grep -q .
}
sound() { # what
	local d
	for d in l.git remote.git; do
		git -C $d fsck --strict >fsck.log 2>&1 || { cat fsck.log; die "$1: git fsck $d"; }
	done
	"$akashi" audit -C l.git --trust trust --json >audit.json 2>audit.err || { cat audit.json audit.err; die "$1: audit"; }
	"$akashi" audit -C remote.git --trust trust --json >audit.json 2>audit.err || { cat audit.json audit.err; die "$1: audit of the remote"; }
}
check() { # what
	local here there
	sound "$1"
	here=$(size_of l.git) there=$(size_of remote.git)
	[ "$there" = $size_before ] || [ "$there" = $((size_before + 1)) ] || die "$1: size $there on the remote"
	[ "$here" -le "$there" ] || die "$1: the head here is ahead of the remote's"
	[ $acknowledged = no ] || [ "$there" = $((size_before + 1)) ] || die "$1: acknowledged, and not on the remote"
	# A git of the remote's that was killed while it held a reference leaves its lock; whoever keeps the remote removes it, as akashi says.
	if ! again && grep -q '"remote.locked"' again.json again.err; then rm -f remote.git/HEAD.lock remote.git/refs/heads/main.lock; fi
	again || { cat again.json again.err; die "$1: sealing again"; }
	[ "$(size_of l.git)" = $((size_before + 1)) ] && [ "$(size_of remote.git)" = $((size_before + 1)) ] || die "$1: not sealed in the end"
	[ "$(git -C l.git rev-parse main)" = "$(git -C remote.git rev-parse main)" ] || die "$1: two heads in the end"
	one_head_per_size l.git && one_head_per_size remote.git || die "$1: two signed heads of one size"
}

fresh
strace -f -qq -o trace -e trace="$calls" "$akashi" seal s.dsse.json -C l.git --operator op.key >/dev/null || die "trace"
tests=0
for call in ${calls//,/ }; do
	# Calls are counted in each process by itself; the longest count is the last that breaks anything.
	total=$(awk -v c=" $call(" 'index($0, c) { n[$1]++ } END { for (p in n) if (n[p] > m) m = n[p]; print m + 0 }' trace)
	for ((i = 1 + RANDOM % stride; i <= total; i += stride)); do
		for how in error=EIO signal=KILL; do
			# A call broken so is not made, and the kernel never leaves a file open that it was told to close: the gits at both ends
			# of such a pipe would wait for each other for ever.
			[ "$call $how" != 'close error=EIO' ] || continue
			fresh
			timeout -k 5 120 strace -f -qq -o /dev/null -e trace="$call" -e inject="$call:$how:when=$i" \
				"$akashi" seal s.dsse.json -C l.git --operator op.key >out.json 2>out.err
			rc=$?
			acknowledged=no
			[ $rc = 0 ] && acknowledged=yes
			[ $rc != 124 ] || die "$call #$i of $total, $how: hangs"
			check "$call #$i of $total, $how"
			tests=$((tests + 1))
		done
	done
done
echo "$tests passed, 0 failed"
