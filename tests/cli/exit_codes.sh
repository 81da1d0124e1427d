#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The exit contract of cli/exit.h as a script sees it, and where words go: answers and help asked for to stdout, complaints to stderr.
# Usage: exit_codes.sh AKASHI
set -u
akashi=$(realpath "$1") self=$(realpath "$0")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 3
LC_ALL=C.UTF-8 NO_COLOR=1 HOME=$work
export LC_ALL NO_COLOR HOME
unset AKASHI_TRUST XDG_CONFIG_HOME LC_MESSAGES LANG
rc=0 vars=
fail() { printf 'FAIL  %s\n' "$1" >&2; rc=1; }
# row WANTED_EXIT STREAM NAME ARGUMENTS…: STREAM is the one that must have words; the other must have none (any: not looked at)
row() {
	want=$1 stream=$2 name=$3
	shift 3
	env $vars "$akashi" "$@" >out 2>err </dev/null
	got=$?
	[ "$got" -eq "$want" ] || fail "$name: exit $got, want $want"
	case $stream in
	out) [ -s out ] || fail "$name: nothing on stdout"; [ -s err ] && fail "$name: words on stderr: $(cat err)" ;;
	err) [ -s err ] || fail "$name: nothing on stderr"; [ -s out ] && fail "$name: words on stdout: $(cat out)" ;;
	esac
}
says() { grep -qF -- "$2" "$1" || fail "does not say \"$2\": $(cat "$1")"; }

# ---- help and usage -----------------------------------------------------------------------------------------------
row 2 err 'no command'
row 0 out 'help asked for' help
row 0 out 'help by option' --help
row 0 out 'help on a command' help seal
row 0 out 'help by option of a command' seal --help
row 2 err 'help on an unknown command' help nonsense
row 2 err 'unknown command' nonsense
row 2 err 'misspelt command' verfy
says err 'did you mean verify?'
row 2 err 'the second word of a command alone' heartbeat
says err 'did you mean witness heartbeat?'
row 2 err 'misspelt option' verify X --trsut f
says err 'did you mean --trust?'
row 2 err 'unknown option' list --nothing
row 2 err 'option of another command' list --as-of 2026-01-01
row 2 err 'value missing' verify X --trust
row 2 err 'value for a flag' list --json=yes
row 2 err 'given twice' verify X --as-of 2026-01-01 --as-of 2026-01-02
row 2 err 'operand missing' verify
row 2 err 'one operand too many' verify A B
row 2 err 'a language there is not' --lang fr list
row 2 err 'not a date' verify X --as-of 2026-02-30
row 2 err 'a year is not a day' verify X --as-of 2026
says err '--as-of: a day is needed, such as 2021-09-13'
says err '2026 has none'
row 2 err 'nor is a month' status --as-of 令和8年4月
says err '--as-of: a day is needed'
row 2 err 'not a number' verify X --known-at soon
row 2 err 'zero is not a number of records' verify X --known-at 0
row 2 err 'nor for a list' list --known-at 0
row 2 err 'not a term' verify X --contract 2026-04-01
row 2 err 'a term that ends before it begins' verify X --contract 2026-04-01..2026-03-31
row 2 err 'a term without days' verify X --contract 2026..2027
row 2 err 'trace of nothing' trace
row 2 err 'consistency of nothing' consistency
row 2 err 'consistency of one' consistency 1
row 2 err 'a proof and heads' consistency --proof f 1
row 2 err 'a code for a new trust file' trust init --qr
row 2 err 'a picture of a check' trust check f --svg g
row 0 out version version
row 0 out 'version by option' --version
row 0 out 'man page' help --man
row 0 out completion help --completion

# ---- languages ----------------------------------------------------------------------------------------------------
row 2 err 'Japanese by option' --lang ja nonsense
says err '操作はない'
vars='LC_ALL=ja_JP.UTF-8'
row 2 err 'Japanese by environment' nonsense
says err '操作はない'
vars='LC_ALL= LANG=ja_JP.UTF-8'
row 2 err 'Japanese by LANG' nonsense
says err '操作はない'
vars='LC_ALL=C LANG=ja_JP.UTF-8'
row 2 err 'LC_ALL comes first' nonsense
says err 'there is no command'
vars='LC_ALL=ja_JP.UTF-8'
row 2 err 'the option comes first' --lang en nonsense
says err 'there is no command'
vars=

# ---- files, keys --------------------------------------------------------------------------------------------------
row 3 err 'no ledger here' log
row 3 err 'seal where there is no ledger' seal "$self"
says err 'akashi help init'
row 3 err 'a time stamp where there is no ledger' timestamp --head --url http://127.0.0.1:9/
says err 'akashi help init'
row 3 err 'no trust file' verify X
says err 'no trust file: give --trust FILE'
says err 'not done'
says err '--trust FILE'
row 3 err 'trust file that is not there' verify X --trust gone
row 3 err 'file that is not there' sign gone.json --key k --yes
row 1 err 'not a trust file' trust show "$self"
printf 'log nonsense\n' >bad.trust
row 1 err 'malformed trust file' trust show bad.trust
row 2 err 'keygen without a place' keygen
row 2 err 'keygen to stdout' keygen -o -
row 2 err 'keygen of an unknown kind' keygen -o k --alg rsa
[ -e k ] && fail 'a refused keygen left a file'
row 0 any keygen keygen -o k --pub k.pub
row 2 err 'keygen over a key' keygen -o k
row 2 err 'keygen over a public key' keygen -o k2 --pub k.pub
[ -e k2 ] && fail 'a private key was made whose public half had no place'
row 0 out 'keygen in JSON' keygen -o k3 --json
says out '"spki"'
[ "$(stat -c %a k)" = 600 ] || fail "a private key has mode $(stat -c %a k)"
row 0 any 'p256' keygen -o k4 --alg p256
# The hint about the public half runs as it is printed, and gives what --pub does.
row 0 any 'keygen with a hint' keygen -o k5
cp err err.keygen
"$akashi" keygen --import k --pub again.pub >/dev/null 2>&1
cmp -s again.pub k.pub || fail 'the public half of a key is not what --pub gave'
(PATH=$(dirname "$akashi"):$PATH; sed -n '/^akashi keygen /p' err.keygen | sh >/dev/null 2>&1) || fail 'the hint of keygen does not run'
[ -s k5.pub ] || fail 'the hint of keygen gives no public half'
row 2 err 'init over a folder' init . --origin ledger.example/x --make-keys keys
row 2 err 'init without an origin' init l.git --make-keys keys
[ -e keys ] && fail 'a refused init made keys'
row 2 err 'init of an origin that is none' init l.git --origin 'No Origin' --make-keys keys
row 2 err 'init with a threshold above the keys that are made' init l.git --origin ledger.example/x --make-keys keys --threshold 4
: >no-folder
row 2 err 'init in a place that is none' init no-folder/l.git --origin ledger.example/x --make-keys keys
[ -e keys ] && fail 'an init that failed left keys'
mkdir others
: >others/root-2.pub
row 2 err 'init beside keys of others' init l.git --origin ledger.example/x --make-keys others
[ "$(ls others)" = root-2.pub ] || fail "an init that failed left or took keys: $(ls others)"
row 2 err 'threshold above the number of keys' init l.git --origin ledger.example/x --root-keys k,k3 --threshold 3 --operator k4 --heartbeat k4
row 2 err 'one holder twice' init l.git --origin ledger.example/x --root-keys a=k,a=k3 --threshold 1 --operator k4 --heartbeat k4
[ -e l.git ] && fail 'a refused init made a ledger'
row 0 any init init l.git --origin ledger.example/x --make-keys keys --trust-out t.trust
row 0 out 'an empty list is an answer' -C l.git list --json
row 3 err 'a record that is not there' -C l.git show 99
row 2 out 'raw and JSON at once' -C l.git show 0 --raw --json
row 1 err 'a type that nobody has' -C l.git log --type listng
says err 'no profile of this ledger defines it'
says err 'keyset'
row 1 out 'the same in JSON' -C l.git log --type listng --json
row 1 err 'the same about a subject' -C l.git log x --type listng
row 0 any 'a type that no record has' -C l.git log --type closing
row 3 any 'a listing that is not there' -C l.git verify C24-0101-2 --trust t.trust
row 0 out audit -C l.git audit --trust t.trust
# By what is no trust file nothing is judged, as by one that is not there; only where it is itself what is looked at it is refused.
: >empty.trust
mkdir folder.trust
for f in bad.trust empty.trust folder.trust gone.trust; do
	for with in 'verify C24-0101-2' 'trace C24-0101-2' 'consistency 1 1' 'list --verdict' status calendar audit; do
		row 3 err "$with by $f" -C l.git $with --trust $f
		grep -q refused err && fail "$with by $f: something is said to be refused"
	done
done
row 3 out 'the same in JSON' -C l.git verify C24-0101-2 --trust bad.trust --json
says out '"where":"trust.log"'
row 1 err 'a malformed trust file, checked' -C l.git trust check bad.trust
row 2 err 'full-width letters' -C l.git verify 'Ｃ２４－０１０１‐２' --trust t.trust
says err 'half-width characters: C24-0101-2'
row 2 err 'full-width letters in Japanese' -C l.git trace 'Ｃ２４ー０１０１ー２' --trust t.trust --lang ja
says err '半角で入力する: C24-0101-2'
row 2 err 'a name that has no half-width form' -C l.git verify 架空の雲 --trust t.trust
grep -q half-width err && fail 'a hint that does not help'
# A trust file of another ledger says nothing of this one, good or bad; one of the same name and another beginning does.
row 0 any 'another ledger' init o.git --origin ledger.example/o --make-keys okeys --trust-out o.trust
row 0 any 'another of this name' init n.git --origin ledger.example/x --make-keys nkeys --trust-out n.trust
row 3 out 'audit by the trust file of another ledger' -C l.git audit --trust o.trust
says out "this trust file is another ledger's"
grep -qF 'keep this copy' out && fail 'a ledger is called evidence for the trust file of another'
row 3 out 'the same in JSON' -C l.git audit --trust o.trust --json
says out '"other_ledger":true'
row 1 out 'audit of another ledger of this name' -C l.git audit --trust n.trust
says out 'keep this copy as evidence'
row 3 err 'status by the trust file of another ledger' -C l.git status --trust o.trust
says err "this trust file is another ledger's"
row 3 err 'calendar by the trust file of another ledger' -C l.git calendar --trust o.trust
for question in list log 'show 0' 'search x'; do
	vars=AKASHI_TRUST=o.trust
	row 0 any "$question beside the trust file of another ledger" -C l.git $question
	says err "o.trust is another ledger's"
	vars=AKASHI_TRUST=n.trust
	row 0 any "$question beside a trust file that does not fit" -C l.git $question
	says err 'does not fit the ledger here'
	vars=AKASHI_TRUST=t.trust
	row 0 any "$question beside its trust file" -C l.git $question
	grep -q 'trust file' err && fail "$question complains of the right trust file"
	vars=
done
for listing in '*' "' OR 1=1" "$(printf '\377')" "$(printf 'a\033[31m')" ''; do
	row 2 err "verify of no listing number ($listing)" -C l.git verify "$listing" --trust t.trust
	row 2 err "trace of no listing number ($listing)" -C l.git trace "$listing" --trust t.trust
	row 2 err "bundle of no listing number ($listing)" -C l.git bundle "$listing" -o x.akashi
done
row 2 err 'log of no subject' -C l.git log "$(printf '\377')"
row 2 err 'correction of a whole body' -C l.git correct '#0' --field '' --to-json '{}' --reason x
row 1 err 'correction before there is a scheme for it' -C l.git correct '#0' --field /threshold --to-json 3 --reason x
mkfifo named
row 2 err 'a named pipe as a trust file' -C l.git verify C24-0101-2 --trust named
row 2 err 'a named pipe as evidence' -C l.git verify C24-0101-2 --trust t.trust --evidence named
row 2 err 'a named pipe to seal' -C l.git seal named
cat t.trust | { "$akashi" trust show /dev/stdin >out 2>err || fail "a pipe as /dev/stdin: $(cat err)"; }
"$akashi" trust show - <t.trust >out 2>err || fail "a file as stdin: $(cat err)"
row 3 any 'the way of a listing that is not there' -C l.git trace C24-0101-2 --trust t.trust
row 3 out 'a picture on stdout' -C l.git trace C24-0101-2 --trust t.trust --svg -
says out '</svg>'
row 0 out 'a fingerprint as a code' trust show t.trust --qr
says out 'akashi-trust:ledger.example/x?sha256='
row 0 any 'a fingerprint as a picture' trust show t.trust --svg t.svg
grep -q 'role="img"' t.svg || fail 'a picture without a role'
row 3 err 'a picture that cannot be written' trust show t.trust --svg no/such/folder.svg
row 0 out 'a head and itself' -C l.git consistency 1 1 --trust t.trust
says out 'are the same'
row 3 err 'a size that nobody signed' -C l.git consistency 1 7 --trust t.trust
row 1 err 'a head that is none' -C l.git consistency 1 t.trust --trust t.trust
says err 't.trust'
row 0 any 'evidence of continuity' -C l.git consistency 1 1 --trust t.trust -o x.consistency
# What was found is said, whatever becomes of the file.
row 2 any 'evidence is not overwritten' -C l.git consistency 1 1 --trust t.trust -o x.consistency
says err 'nothing was overwritten'
says out 'NEW and OLD are the same'
row 0 out 'evidence without a ledger' consistency --proof x.consistency --trust t.trust
sed 's/"root":"sha256:/&0/' x.consistency | tr 0 1 >y.consistency
row 1 err 'evidence that was touched' consistency --proof y.consistency --trust t.trust
chmod 640 keys/operator.key
cp "$self" any.dsse.json
row 2 err 'an operator key that others can read' -C l.git seal any.dsse.json
says err 'chmod 600'
chmod 600 keys/operator.key
row 1 err 'not an envelope' -C l.git seal any.dsse.json
: >empty.jsonl
row 2 err 'an empty batch' -C l.git seal empty.jsonl
row 1 out 'refusals in JSON' -C l.git seal any.dsse.json --json
says out '"error":'
says out '"file":"any.dsse.json"'
row 2 out 'usage errors in JSON' nonsense --json
"$akashi" --json nonsense >out 2>err
[ $? -eq 2 ] || fail 'usage error in JSON: wrong exit'
says out '"AK_INVALID_ARGUMENT"'

# ---- an answer that does not arrive is not a good answer ------------------------------------------------------------
if [ -e /dev/full ]; then
	"$akashi" help >/dev/full 2>err
	[ $? -eq 3 ] || fail 'full disk: help'
	says err 'could not be written'
	"$akashi" -C l.git audit --trust t.trust >/dev/full 2>err
	[ $? -eq 3 ] || fail 'full disk: audit'
fi
"$akashi" help >&- 2>err
[ $? -eq 3 ] || fail 'closed stdout'
"$akashi" -C l.git audit --trust t.trust >&- 2>err
[ $? -eq 3 ] || fail 'closed stdout: audit'
"$akashi" -C l.git log --json >&- 2>/dev/null
[ $? -eq 3 ] || fail 'closed stdout: JSON'
# What is opened while a standard stream is closed must not take its number, or our words would go into that file.
"$akashi" keygen -o k9 --json >&- 2>/dev/null
[ $? -eq 3 ] || fail 'closed stdout: keygen'
if [ "$(head -c 11 k9)" != '-----BEGIN ' ] || grep -q spki k9; then fail 'closed stdout: an answer was written into a key'; fi
"$akashi" -C l.git show 99 2>&- >out
[ $? -eq 3 ] || fail 'closed stderr'
[ -s out ] && fail 'closed stderr: the complaint went to stdout'
"$akashi" -C l.git seal - <&- >out 2>err
[ $? -eq 3 ] || fail 'closed stdin'
"$akashi" -C l.git audit --trust t.trust <&- >&- 2>&-
[ $? -eq 3 ] || fail 'everything closed'
row 0 out 'the ledger after all that' -C l.git audit --trust t.trust
mkfifo pipe
(exec 3<pipe; exec 3<&-) &
{ sleep 0.2; "$akashi" help --man; echo $? >pipe.rc; } >pipe 2>/dev/null
wait
[ "$(cat pipe.rc)" = 3 ] || fail "closed pipe: exit $(cat pipe.rc)"

# ---- text from outside is shown, never obeyed -----------------------------------------------------------------------
"$akashi" "$(printf 'x\033[2Jy')" >out 2>err
grep -q "$(printf '\033')" err && fail 'an escape sequence reached the terminal'
says err '<U+001B>'

[ "$rc" -eq 0 ] && echo 'exit codes: as written'
exit $rc
