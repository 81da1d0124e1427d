#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Help, man page and completion come from one table and agree with it.
# Usage: help.sh AKASHI [SOURCE_DIR]        (else $AKASHI_SOURCE)
set -u
akashi=$(realpath "$1") source=$(realpath "${2:-$AKASHI_SOURCE}")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
LC_ALL=C.UTF-8 NO_COLOR=1
export LC_ALL NO_COLOR
rc=0
fail() { printf 'FAIL  %s\n' "$1" >&2; rc=1; }

commands='verify trace bundle list show log search status plan calendar reconcile diff audit remote consistency trust draft party sign check seal correct disclose evidence keygen init help version'
"$akashi" help >"$work/all"
for c in $commands; do
	grep -q "^  $c " "$work/all" || fail "help does not list $c"
	for lang in en ja; do
		"$akashi" help "$c" --lang $lang >"$work/$c.$lang" || fail "help $c"
		head -1 "$work/$c.$lang" | grep -q '^  \$ .*akashi '"$c"'\( \|$\)' || fail "help $c ($lang) does not begin with an example"
		"$akashi" "$c" --help --lang $lang | cmp -s - "$work/$c.$lang" || fail "$c --help differs from help $c"
	done
	cmp -s "$work/$c.en" "$work/$c.ja" && fail "help $c is the same in both languages"
	# what the examples use must be among the options told
	sed -n 's/^  \$ //p' "$work/$c.en" | tr ' ' '\n' | grep '^--' | sort -u | while read -r option; do
		grep -q -- "^  $option\([ ,]\|$\)" "$work/$c.en" || echo "$c: example with an option not told: $option"
	done >"$work/stray"
	[ -s "$work/stray" ] && fail "$(cat "$work/stray")"
done

# akashi alone: six things, one screen
"$akashi" 2>"$work/six"
[ "$(grep -c '^      \$ ' "$work/six")" -eq 6 ] || fail 'akashi alone does not show six things'
[ "$(wc -l <"$work/six")" -le 24 ] || fail 'akashi alone takes more than a screen'

# The kept man page is the program's own, but for the version line.
"$akashi" help --man >"$work/man"
if [ -e "$source/docs/man/akashi.1" ]; then
	diff -u "$source/docs/man/akashi.1" "$work/man" || fail 'docs/man/akashi.1 is behind: build the target akashi-man'
else
	fail 'docs/man/akashi.1 is missing: build the target akashi-man'
fi
if command -v groff >/dev/null; then
	groff -man -Tutf8 -ww "$work/man" >"$work/man.txt" 2>"$work/man.err"
	[ -s "$work/man.err" ] && fail "roff: $(cat "$work/man.err")"
	for c in $commands; do grep -q "akashi $c" "$work/man.txt" || fail "the man page does not tell of $c"; done
fi

if command -v bash >/dev/null; then
	"$akashi" help --completion >"$work/completion"
	bash -n "$work/completion" || fail 'the completion script does not parse'
	complete() {
		bash -c '. "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _akashi; printf "%s\n" "${COMPREPLY[@]}"' _ "$work/completion" "$@"
	}
	complete akashi ver | grep -qx verify || fail 'completion of a command'
	complete akashi verify --tr | grep -qx -- --trust || fail 'completion of an option'
	complete akashi search --tr | grep -q trust && fail 'completion offers an option of another command'
	complete akashi --lang '' | grep -qx ja || fail 'completion of a value'
	complete akashi help se | grep -qx seal || fail 'completion after help'
fi

[ "$rc" -eq 0 ] && echo 'help: as the table says'
exit $rc
