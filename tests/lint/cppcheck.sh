#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# cppcheck over library and command line, also across files.  Usage: cppcheck.sh [JOBS]
#
# Whatever it says is a finding, and fails this check: its exit status knows nothing of what it finds across files (ctu*), which it
# looks for when all files have been read.  What is wrong about a file is remembered in build/lint/ until the file changes.
#
# Left out: missingInclude (headers of the system); varFuncNullUB (a NULL that ends a list of arguments is a pointer on every system
# this builds for).  A "(type){ 0 }" between ? and : it cannot read, and would leave the file (internalAstError): write it otherwise.
set -u
cd "$(dirname "$0")/../.." || exit 2
memory=build/lint/cppcheck
mkdir -p "$memory"
says=$(cppcheck -q -j "${1:-$(nproc)}" --cppcheck-build-dir="$memory" --std=c11 --library=tests/lint/cppcheck.cfg \
	--enable=warning,performance,portability --inline-suppr --suppress=missingInclude --suppress=varFuncNullUB \
	--error-exitcode=1 -D__GNUC__=12 -Iinclude -Iledger --template='{file}:{line}: {severity}: {message} [{id}]' ledger cli 2>&1)
rc=$?
[ -z "$says" ] || printf '%s\n' "$says" >&2
[ "$rc" = 0 ] && [ -z "$says" ]
