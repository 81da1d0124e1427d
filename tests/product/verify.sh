#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# akashi-verify on bundles of a real ledger: the same verdicts as akashi verify, memory between runs, and what it touches.
. "$(dirname "$0")/lib.sh"
ledger=$STORY/ledger.git
verify=("$AKASHI_VERIFY" --as-of $day)

# Every listing: the same report, byte for byte, and the same exit.
want 0 "$AKASHI" bundle -C "$ledger" --all "$work/all"
listings=$("$AKASHI" list -C "$ledger" --json | jq -r '.[].listing')
for l in $listings; do
	a=0 b=0
	"$AKASHI" verify "$l" -C "$ledger" --as-of $day --json >"$work/a" || a=$?
	"${verify[@]}" "$work/all/$l.akashi" --no-state --json >"$work/b" || b=$?
	if [ $a = $b ] && cmp -s "$work/a" "$work/b"; then ok; else bad "$l: ledger and bundle differ (exits $a and $b)"; fi
	[ "$(stat -c %s "$work/all/$l.akashi")" -le 65536 ] || bad "$l: the bundle is over 64 KiB"
done
want 0 "$AKASHI" bundle C24-0101-2 -C "$ledger" -o "$work/one.akashi"
if cmp -s "$work/one.akashi" "$work/all/C24-0101-2.akashi"; then ok; else bad "two bundles of one listing differ"; fi

# What a person gets wrong.
want 0 "${verify[@]}" "$work/one.akashi" --no-state --subject ismap/listing:C24-0101-2
want 3 "${verify[@]}" "$work/one.akashi" --no-state --subject ismap/listing:C24-0102-2
want 3 "${verify[@]}" "$work/none.akashi"
want 2 "$AKASHI_VERIFY"
want 2 "$AKASHI_VERIFY" "$work/one.akashi" --frobnicate
want 0 "$AKASHI_VERIFY" --help
has "Exit 0 valid" "$work/out"
for o in $(grep -oE '^  --[a-z-]+' "$work/out"); do # the man page has every option
	if grep -qF -- "$o" <(sed 's/\\-/-/g' "$AKASHI_SOURCE/docs/man/akashi-verify.1"); then ok; else bad "$o is not in the man page"; fi
done
want 1 "${verify[@]}" "$STORY/trust" --no-state
head -c 2000 "$work/one.akashi" >"$work/cut.akashi"
want 1 "${verify[@]}" "$work/cut.akashi" --no-state

# Memory: the first run remembers, an older bundle is stale afterwards, a newer one is connected by its proof.
[ ! -e "$XDG_STATE_HOME" ] || bad "--no-state left something behind"
want 0 "${verify[@]}" "$work/one.akashi"
want 0 "${verify[@]}" "$work/one.akashi" --json
if [ "$(jq -r .memory.outcome "$work/out")" = same ]; then ok; else bad "the head is not remembered"; fi
# One more record in a copy of everything, operator's memory included.
grow() {
	local n
	n=$("$AKASHI" log -C "$1/ledger.git" --type listing --json | jq '[.[] | select(.about[0] == "ismap/listing:C21-0004-2")][0].seq')
	"$AKASHI" correct "#$n" -C "$1/ledger.git" --field /provider/name --to "$2" --reason test --issued $day -o "$1/c.json" &&
		"$AKASHI" sign "$1/c.json" -C "$1/ledger.git" --key "$1/keys/desk.key" --yes &&
		"$AKASHI" seal "$1/c.dsse.json" -C "$1/ledger.git" --operator "$1/keys/operator.key"
}
size=$("$AKASHI" log -C "$ledger" -n 1 --json | jq '.[0].seq + 1')
cp -r "$STORY" "$work/later"
cp -r "$STORY" "$work/liar"
want 0 grow "$work/later" "A first name"
want 0 grow "$work/liar" "Another name"
want 0 "$AKASHI" bundle C24-0101-2 -C "$work/later/ledger.git" -o "$work/unconnected.akashi"
want 0 "$AKASHI" bundle C24-0101-2 -C "$work/later/ledger.git" --since "$size" -o "$work/later.akashi"
want 0 "$AKASHI" bundle C24-0101-2 -C "$work/liar/ledger.git" --since "$size" -o "$work/liar.akashi"
want 0 "${verify[@]}" "$work/unconnected.akashi" --json
if [ "$(jq -r .memory.outcome "$work/out")" = unconnected ]; then ok; else bad "a head without a proof was taken for a known one"; fi
want 0 "${verify[@]}" "$work/later.akashi" --json
if [ "$(jq -r .memory.outcome "$work/out")" = grown ]; then ok; else bad "a proven head was not taken"; fi
want 3 "${verify[@]}" "$work/one.akashi" --json
if [ "$(jq -r '.reason + " " + .memory.outcome' "$work/out")" = "stale older" ]; then ok; else bad "an older bundle is not stale"; fi
# What was seen before decides: no report can carry that.  Refused under the exit of the verdict, in one document.
unwritten() { # unwritten EXIT BUNDLE: no report of it
	want "$1" "${verify[@]}" "$2" --report "$work/x.html"
	tr -s ' \n' ' ' <"$work/err" >"$work/flat" # it is wrapped where the line is full
	has "heads seen before on this machine decide here" "$work/flat"
	if grep -q 'internal\|in a way it should not' "$work/err"; then bad "a report refused for memory is called a fault of the program"; else ok; fi
	want "$1" "${verify[@]}" "$2" --json --report "$work/x.html"
	if [ "$(jq -s length "$work/out")" = 1 ]; then ok; else bad "a refused report is a second document"; fi
	want "$1" "${verify[@]}" "$2" --json --report -
	if [ "$(jq -s -r 'length, .[0].error.status' "$work/out" | tr '\n' ' ')" = "1 AK_NOT_ALONE " ]; then ok; else bad "a refused report on stdout is no error of its own"; fi
	if [ -e "$work/x.html" ]; then bad "a report was written that says something else than the verdict"; else ok; fi
}
unwritten 3 "$work/one.akashi"
want 1 "${verify[@]}" "$work/liar.akashi" --json
if [ "$(jq -r '.reason + " " + .memory.outcome' "$work/out")" = "fork fork" ]; then ok; else bad "a fork went unnoticed"; fi
memory=$(ls "$XDG_STATE_HOME"/akashi/heads/*.json)
# Nothing is valid any more until a person has looked at it: not even the history that came first.
want 3 "${verify[@]}" "$work/later.akashi" --json
if [ "$(jq -r '.verdict + " " + .reason + " " + .memory.outcome' "$work/out")" = "unverifiable fork convicted" ]; then ok; else bad "a convicted operator is believed"; fi
unwritten 3 "$work/later.akashi"
unwritten 1 "$work/liar.akashi"
want 3 "${verify[@]}" "$work/later.akashi"
has "$memory" "$work/out"
# For people: what it means, what to do, where the notes are; no empty value, no English among Japanese, no line too long.
want 1 "${verify[@]}" "$work/liar.akashi"
has "which of them is true cannot be told" "$work/out"
has "next: keep this file" "$work/out"
has "$memory" "$work/out"
want 1 "${verify[@]}" "$work/liar.akashi" --lang ja
has "二つの履歴に署名している" "$work/out"
has "次に: " "$work/out"
if grep -E '実際 *$|内容 *、|the operator|records' "$work/out"; then bad "empty values, or English in Japanese"; else ok; fi
want 1 "${verify[@]}" "$work/liar.akashi" --lang en
if grep -vE '/|^    (jq|akashi) ' "$work/out" | awk 'length > 100 { print; n = 1 } END { exit !n }'; then bad "a line that is too long"; else ok; fi
# Kept once, however often it is shown.
if [ "$(jq '.forks | length' "$memory")" = 1 ]; then ok; else bad "one fork fills the memory"; fi
# A third party with the trust file alone, in a folder that is no ledger, by the commands that were printed.
(cd "$work" && grep -E "^    jq " out | bash)
want 1 env -C "$work" "$AKASHI" consistency a b --json
if [ "$(jq -r '.outcome + " " + .fork.of' "$work/out")" = "forked old" ]; then ok; else bad "two notes alone do not convict"; fi
want 1 env -C "$work" "$AKASHI" consistency a b --lang ja
want 0 env -C "$work" "$AKASHI" consistency a a
want 3 env -C "$work" "$AKASHI" consistency a "$work/none"
sed -i '$s/....$/AAA=/' "$work/b"
want 1 env -C "$work" "$AKASHI" consistency a b
has "b: " "$work/err"
# What is kept convicts without us: two notes of one size, both signed by the operator.
if [ "$(jq -r '.forks[0] | (.a[1] == .b[1]) and (.a[2] != .b[2])' "$memory")" = true ]; then ok; else bad "the fork was not kept"; fi
[ "$(stat -c %a "$memory")" = 600 ] || [ "$(stat -c %a "$(dirname "$memory")")" = 700 ] || bad "others can read the memory"

# A proof that leads here from another head: the pair is kept, and judged by the command that is printed, where there is no ledger.
rm "$work/liar"/c.json "$work/liar"/c.dsse.json
want 0 grow "$work/liar" "A third name"
want 0 "$AKASHI" bundle C24-0101-2 -C "$work/liar/ledger.git" --since "$((size + 1))" -o "$work/broken.akashi"
rm -rf "$XDG_STATE_HOME"
want 0 "${verify[@]}" "$work/later.akashi"
want 1 "${verify[@]}" "$work/broken.akashi"
line=$(grep -E '^    akashi consistency --proof ' "$work/out")
if [ -n "$line" ]; then ok; else bad "a pair that was kept is not said to be"; fi
(cd "$work" && eval "set -- $line" && shift && "$AKASHI" "$@" --json) >"$work/judged" || true
if [ "$(jq -r '[.outcome, .fork.of, (.old.size < .new.size), (.fork.proof | length > 0)] | join(" ")' "$work/judged")" = "forked old true true" ]; then ok; else
	bad "what was kept does not convict"
	cat "$work/judged"
fi
memory=$(ls "$XDG_STATE_HOME"/akashi/heads/*.json)
jq '.forks[-1]' "$memory" >"$work/pair"
want 1 env -C "$work" "$AKASHI" consistency --proof pair --lang ja
has "分岐" "$work/out"
want 0 "${verify[@]}" "$work/one.akashi" --no-state
jq -c '.forks = []' "$memory" | tr -d '\n' >"$work/one-history"
want 3 env -C "$work" "$AKASHI" consistency --proof one-history

# Many runs at the same time: nothing is lost, nothing is torn.
rm -rf "$XDG_STATE_HOME"
for i in 1 2 3 4 5 6 7 8; do
	for b in one later liar unconnected; do "${verify[@]}" "$work/$b.akashi" --quiet >/dev/null 2>>"$work/noise" & done
done
wait
if jq -e '.heads | length >= 1' "$XDG_STATE_HOME"/akashi/heads/*.json >/dev/null && [ ! -s "$work/noise" ]; then ok; else
	bad "runs at the same time disturb each other"
	head -n 5 "$work/noise"
fi
if jq -e '.forks | length >= 1' "$XDG_STATE_HOME"/akashi/heads/*.json >/dev/null; then ok; else bad "the fork was forgotten"; fi

# A memory that cannot be used is said in the one document there is, and is no verdict.
lost() { # lost WHAT: valid, and warned of
	want 0 "${verify[@]}" "$work/one.akashi" --json
	if [ "$(jq -s 'length' "$work/out")" = 1 ] && jq -e '[.warnings[].id] | index("memory-lost")' "$work/out" >/dev/null; then ok; else bad "memory: $1 went unnoticed"; fi
	want 0 "${verify[@]}" "$work/one.akashi"
	has "a fork would not be noticed" "$work/out"
}
memory=$(ls "$XDG_STATE_HOME"/akashi/heads/*.json)
echo '{"akashi":"memory/1"' >"$memory"
lost "a damaged file"
: >"$memory"
lost "an empty file"
[ ! -s "$memory" ] || bad "an empty memory was written over"
head -c 5000000 /dev/zero >"$memory"
lost "a file over the limit"
rm "$memory" && mkdir "$memory"
lost "a folder"
rmdir "$memory" && mkfifo "$memory"
lost "a named pipe"
rm "$memory" && ln -s "$work/nowhere" "$memory"
lost "a link to nothing"
rm "$memory" && mkdir "${memory%.json}.lock.d" && rm "${memory%.json}.lock" && mv "${memory%.json}.lock.d" "${memory%.json}.lock"
lost "no lock"
rmdir "${memory%.json}.lock"
rm -rf "$XDG_STATE_HOME" && : >"$XDG_STATE_HOME"
lost "no folder for state"
rm "$XDG_STATE_HOME"
# What could not be written is not said to be kept: files of this shell may have no bytes.
want 0 "${verify[@]}" "$work/later.akashi"
(trap "" XFSZ && ulimit -f 0 && "${verify[@]}" "$work/liar.akashi" --json) | cat >"$work/out" || true
if [ "$(jq -s -r 'length, .[0].reason, .[0].memory.outcome, .[0].memory.kept, ([.[0].warnings[].id] | index("memory-lost") != null)' "$work/out" | tr '\n' ' ')" = "1 fork fork false true " ]; then ok; else
	bad "a fork that was not written is said to be kept"
fi
(trap "" XFSZ && ulimit -f 0 && "${verify[@]}" "$work/liar.akashi") | cat >"$work/out" || true
has "could NOT be kept" "$work/out"
if [ "$(jq '.forks | length' "$memory")" = 0 ]; then ok; else bad "a memory that could not be written has changed"; fi
# An unsealed record that is none: that file is named, not the bundle.
echo '{}' >"$work/unsealed.json"
want 1 "${verify[@]}" "$work/one.akashi" --no-state --also "$work/unsealed.json"
has "unsealed.json" "$work/err"
if grep -qF one.akashi "$work/err"; then bad "the bundle is blamed for an unsealed record"; else ok; fi

# What it touches: no socket, no other program, and nothing is written outside the memory.
if command -v strace >/dev/null && strace -o /dev/null true 2>/dev/null; then
	rm -rf "$XDG_STATE_HOME"
	want 0 strace -f -qq -o "$work/trace" "${verify[@]}" "$work/one.akashi"
	if grep -E '(socket|connect|bind|sendto|execve|fork|vfork)\(' "$work/trace" | grep -vE 'execve\(' | grep -q .; then
		bad "a socket or a process"; grep -E '(socket|connect|bind|sendto|fork|vfork)\(' "$work/trace" | head -n 3; else ok; fi
	if [ "$(grep -c 'execve(' "$work/trace")" = 1 ]; then ok; else bad "it runs another program"; fi
	# stays_in FOLDER…: nothing else was written to.
	stays_in() {
		local writes
		writes=$(grep -E '(O_WRONLY|O_RDWR|O_CREAT|O_TRUNC)|(mkdir|rename|unlink|link|chmod|truncate)(at|at2)?\(' "$work/trace" |
			grep -vE '/dev/null|fchmod\([0-9]+' | grep -vF "$(printf '%s\n' "$@")" || true)
		if [ -z "$writes" ]; then ok; else bad "it writes outside $*"; head -n 3 <<<"$writes"; fi
	}
	stays_in "$XDG_STATE_HOME"
	mkdir "$work/paper"
	want 0 strace -f -qq -o "$work/trace" "${verify[@]}" "$work/one.akashi" --report "$work/paper/one.html"
	stays_in "$XDG_STATE_HOME" "$work/paper"
	[ "$(ls "$work/paper")" = one.html ] || bad "more than the report was left behind"
	want 0 strace -f -qq -o "$work/trace" "${verify[@]}" "$work/paper/one.html"
	stays_in "$XDG_STATE_HOME"
	if grep -E '(socket|connect|bind|sendto|fork|vfork)\(' "$work/trace" | grep -q .; then bad "a socket or a process, of a report"; else ok; fi
else
	echo "skipped: strace is not here or may not trace"
fi
finish
