#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# clang-tidy over library and command line.  Usage: tidy.sh BUILD [FILE...]
#
# tests/lint/tidy.known lists what is known to be a false alarm, by file.  A file that passed is not looked at again until it, a header or the configuration changes: build/lint/ remembers.
set -u
cd "$(dirname "$0")/../.." || exit 2
build=${1:?usage: tidy.sh BUILD [FILE...]}
shift
[ -f "$build/compile_commands.json" ] || { echo "tidy: $build is not a build folder" >&2; exit 2; }
files=("$@")
[ ${#files[@]} -gt 0 ] || files=(ledger/*/*.c ledger/*/*/*.c cli/*.c cli/*/*.c)
memory=build/lint
mkdir -p "$memory"
world=$(cat .clang-tidy tests/lint/* include/akashi/* ledger/*/*.h cli/*.h cli/*/*.h cli/*.def | sha256sum | cut -c1-32)

one() {
	local f=$1 build=$2 memory=$3 world=$4 stamp
	stamp=$memory/$(printf '%s %s' "$world" "$(cat "$f")" | sha256sum | cut -c1-32)
	[ -e "$stamp" ] && exit 0
	local more=() off
	case $f in
	ledger/base/error.c | ledger/base/bytes.c | cli/out.c | ledger/pack/tool/*) ;; # these define what the header wraps
	*)
		more=("--extra-arg=-I$PWD/${f%/*}" "--extra-arg=-include$PWD/tests/lint/analyzer.h")
		! grep -q '^#define _GNU_SOURCE' "$f" || more+=(--extra-arg=-DAK_ANALYZER_GNU)
		;;
	esac
	off=$(sed -n "s|^$f  *\([^ ]*\).*|,-\1|p" tests/lint/tidy.known | tr -d '\n')
	[ -z "$off" ] || more+=("--checks=${off#,}")
	if out=$(clang-tidy -p "$build" --quiet "${more[@]}" "$f" 2>/dev/null) && [ -z "$out" ]; then : >"$stamp"; exit 0; fi
	printf '%s\n' "$out"
	exit 1
}
export -f one
printf '%s\0' "${files[@]}" | xargs -0 -P "$(nproc)" -I{} bash -c 'one "$@"' _ {} "$build" "$memory" "$world" || exit 1
