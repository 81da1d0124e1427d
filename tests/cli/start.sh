#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# What a start leaves alone: the system's certificates, which libgit2 would parse (adr/0039), and libcurl with all that it brings, which
# is loaded by who asks another machine (adr/0042).  Both work, or say why not, all the same.
# Usage: start.sh AKASHI
set -u
akashi=$(realpath "$1")
command -v strace >/dev/null || { echo "skipped: strace is not installed"; exit 77; }
work=$(mktemp -d) || exit 3
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 3
export HOME=$work LC_ALL=C.UTF-8
unset AKASHI_TRUST
rc=0
fail() { echo "FAIL  $*" >&2; rc=1; }

"$akashi" init l.git --origin ledger.example/start --make-keys keys --trust-out trust >out 2>&1 || { cat out; fail "init"; }
# (the leak sanitizer of a program built for it works under no tracer)
ASAN_OPTIONS=${ASAN_OPTIONS:-}:detect_leaks=0 strace -f -qq -o trace -e trace=open,openat "$akashi" log -C l.git >out 2>err || { cat out err; fail "a ledger is not read"; }
grep -q 'l\.git' trace || fail "the trace shows no reading of the ledger"
! grep -E '/etc/(ssl|pki)/|ca-(certificates|bundle)' trace || fail "the system's certificates are read"
! grep -E 'libcurl|libldap|libgnutls' trace || fail "libcurl is loaded where nothing is asked of another machine"
# A reason that libgit2 gives is its own, not what it missed at its start.
mkdir none.git
"$akashi" log -C none.git >out 2>err && fail "an empty folder is read as a ledger"
grep -q 'none\.git' err || { cat err; fail "does not name what is not a repository"; }
! grep -qiE 'certificate|ssl|0x29' err || { cat err; fail "speaks of certificates"; }
exit $rc
