# SPDX-License-Identifier: Apache-2.0
# What a play of the command line begins with: sourced by a script that got the program as its first argument.  It is then in a folder
# of its own, which goes when it ends, with nothing of the caller's settings; it ends with "exit $rc".
set -u
akashi=$(realpath "$1") here=$(dirname "$(realpath "$0")")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 3
export LC_ALL=C.UTF-8 NO_COLOR=1 HOME=$work
unset AKASHI_TRUST XDG_CONFIG_HOME XDG_STATE_HOME LC_MESSAGES LANG
rc=0 name=
fail() { printf 'FAIL  %s\n' "$1" >&2; rc=1; }
# run WANTED_EXIT NAME ARGUMENT…: the program; output to out and err
run() {
	local want=$1 got
	name=$2
	shift 2
	"$akashi" "$@" >out 2>err </dev/null
	got=$?
	[ "$got" -eq "$want" ] || { fail "$name: exit $got, want $want: $*"; sed 's/^/      /' out err >&2; }
}
# does WANTED_EXIT NAME COMMAND…: output to NAME.out and NAME.err
does() {
	local want=$1 got
	name=$2
	shift 2
	"$@" >"$name.out" 2>"$name.err" </dev/null
	got=$?
	[ "$got" -eq "$want" ] || { fail "$name: exit $got, want $want: $*"; sed 's/^/      /' "$name.out" "$name.err" >&2; }
}
says() { grep -qF -- "$2" "$1" || { fail "$name: $1 does not say: $2"; sed 's/^/      /' "$1" >&2; }; }
silent() { ! grep -qF -- "$2" "$1" || { fail "$name: $1 says: $2"; sed 's/^/      /' "$1" >&2; }; }
is() { [ "$1" = "$2" ] || fail "$name: $1 is not $2"; }
