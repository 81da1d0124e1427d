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
	if sed 's/\\-/-/g' "$AKASHI_SOURCE/docs/man/akashi-verify.1" | grep -qF -- "$o"; then ok; else bad "$o is not in the man page"; fi
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
want 1 "${verify[@]}" "$work/liar.akashi" --json
if [ "$(jq -r '.reason + " " + .memory.outcome' "$work/out")" = "fork fork" ]; then ok; else bad "a fork went unnoticed"; fi
want 1 "${verify[@]}" "$work/liar.akashi" --lang ja
want 0 "${verify[@]}" "$work/later.akashi"
memory=$(ls "$XDG_STATE_HOME"/akashi/heads/*.json)
# What is kept convicts without us: two notes of one size, both signed by the operator.
if [ "$(jq -r '.forks[0] | (.a[1] == .b[1]) and (.a[2] != .b[2])' "$memory")" = true ]; then ok; else bad "the fork was not kept"; fi
[ "$(stat -c %a "$memory")" = 600 ] || [ "$(stat -c %a "$(dirname "$memory")")" = 700 ] || bad "others can read the memory"

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

# A memory that cannot be used is said, and is no verdict.
chmod 500 "$XDG_STATE_HOME/akashi/heads"
if [ "$(id -u)" != 0 ]; then want 0 "${verify[@]}" "$work/one.akashi"; has "neither compared" "$work/err"; fi
chmod 700 "$XDG_STATE_HOME/akashi/heads"
for m in "$XDG_STATE_HOME"/akashi/heads/*.json; do echo '{"akashi":"memory/1"' >"$m"; done
want 0 "${verify[@]}" "$work/one.akashi" --json
if [ "$(jq -r '[.warnings[].id] | index("memory-lost") != null' "$work/out")" = true ]; then ok; else bad "a damaged memory went unnoticed"; fi

# What it touches: no socket, no other program, and nothing is written outside the memory.
if command -v strace >/dev/null && strace -o /dev/null true 2>/dev/null; then
	rm -rf "$XDG_STATE_HOME"
	want 0 strace -f -qq -o "$work/trace" "${verify[@]}" "$work/one.akashi"
	if grep -E '(socket|connect|bind|sendto|execve|fork|vfork)\(' "$work/trace" | grep -vE 'execve\(' | grep -q .; then
		bad "a socket or a process"; grep -E '(socket|connect|bind|sendto|fork|vfork)\(' "$work/trace" | head -n 3; else ok; fi
	if [ "$(grep -c 'execve(' "$work/trace")" = 1 ]; then ok; else bad "it runs another program"; fi
	if grep -E '(O_WRONLY|O_RDWR|O_CREAT|O_TRUNC)|(mkdir|rename|unlink|link|chmod|truncate)(at|at2)?\(' "$work/trace" |
		grep -vF "$XDG_STATE_HOME" | grep -vE '/dev/null|fchmod\([0-9]+' | grep -q .; then
		bad "it writes outside its state folder"
		grep -E '(O_WRONLY|O_RDWR|O_CREAT|O_TRUNC)|(mkdir|rename|unlink|link|chmod|truncate)(at|at2)?\(' "$work/trace" | grep -vF "$XDG_STATE_HOME" | head -n 3
	else ok; fi
else
	echo "skipped: strace is not here or may not trace"
fi
finish
