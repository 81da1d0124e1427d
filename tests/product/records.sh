#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Records beside the chain, on a copy of the story's ledger: who may sign each, what follows for the listing, and that those of
# closed types show no more than that.  The bodies are the examples of schemas/ismap, turned to the story's listing.
. "$(dirname "$0")/lib.sh"
cp -r "$STORY/." "$work/story"
cd "$work/story"
printf %s "$PWD/keys/operator.key" >ledger.git/akashi/operator # the copy signs with its own key, and remembers beside that
examples=$AKASHI_SOURCE/schemas/ismap/examples
listing=C24-0101-2
paper=$work/paper.txt
echo 'a paper of the incident, for few eyes' | tee "$paper" >"$work/other.txt"

# seal EXIT TYPE KEYS CHANGE [OPTION...]: the example of that type with CHANGE (of jq), signed with KEYS.
seal() {
	local code=$1 type=$2 keys=$3 change=$4 key place options=()
	shift 4
	for key in $keys; do options+=(--key "keys/$key.key"); done
	jq "$change" "$examples/$type.json" >"$work/$type.body.json"
	rm -f "$work/$type.json" "$work/$type.dsse.json"
	want 0 "$AKASHI" draft "$type" -C ledger.git --body "$work/$type.body.json" --no-refs "$@" -o "$work/$type.json"
	# With the ledger at hand nobody signs in vain: what is to be refused is signed without it.
	if [ "$code" = 0 ]; then place=ledger.git; else place=$work/nowhere; fi
	want 0 "$AKASHI" sign "$work/$type.json" -C "$place" --yes "${options[@]}"
	want "$code" "$AKASHI" seal -C ledger.git "$work/$type.dsse.json"
}
records() { git -C ledger.git show main:checkpoint | sed -n 2p; }
# Ids of what the verdict on the listing says beside the chain.
findings() { "$AKASHI" verify $listing -C ledger.git --as-of $day --json | jq -r '[.checks[] | select(.outcome == "failed") | .id] | unique | join(" ")'; }
is() { if [ "$2" = "$3" ]; then ok; else bad "$1: '$2', not '$3'"; fi; }
own='.listing = "C24-0101-2"'

is "before" "$(findings)" ""
seal 0 audit-engagement kumo .
seal 0 change-notice kumo "$own"
seal 0 subsequent-event kumo "$own"
is "an event that the listing does not show" "$(findings)" "B10"
seal 0 incident-report kumo "$own | .submitted_on = \"2026-11-20\"" --commit "$paper:incident-report"
seal 0 monitoring ops "$own"
seal 0 portal-snapshot ops .
seal 0 observation desk "$own | .seen = \"listed\""
seal 0 succession desk "$own | .organisation = \"kakuu-kumo\" | .listings = [\"C24-0101-2\"] | del(.listing)"
seal 0 dispute koh-audit "$own | .party = \"koh-audit\""
dispute=$(($(records) - 1))
seal 0 reply ops "$own" --ref "replies-to=#$dispute"
is "a dispute is shown" "$(findings)" "B10 N02"
seal 0 re-audit 'seat-1 seat-2 seat-3' "$own"
is "a re-audit does not take the listing away" "$(findings)" "B10 F04 N02"
want 0 "$AKASHI" verify $listing -C ledger.git --as-of $day

# Nobody speaks for somebody else.
before=$(records)
seal 1 dispute kumo "$own | .party = \"koh-audit\""
seal 1 reply kumo "$own" --ref "replies-to=#$dispute"
seal 1 incident-report koh-audit "$own" --commit "$work/other.txt:incident-report"
seal 1 monitoring kumo "$own"
seal 1 re-audit 'seat-1 seat-2' "$own"
seal 1 succession kumo '.listings = ["C24-0101-2"]'
seal 1 portal-snapshot kumo .
# Nor does a closed record name its paper in the open: whoever signs hears it, and so would who seals.  (A short name: no line is broken in it.)
jq "$own | .incident = \"inc-open\"" "$examples/incident-report.json" >"$work/open.body.json"
want 0 "$AKASHI" draft incident-report -C ledger.git --body "$work/open.body.json" --no-refs --document "$work/other.txt:incident-report" -o open.json
want 1 "$AKASHI" check open.json -C ledger.git --lang en
has 'document 1 of a record that is not public enters as a commitment only' "$work/out"
want 1 "$AKASHI" sign open.json -C ledger.git --key keys/kumo.key --yes --lang ja
has '公開しない記録の文書 1 は、コミットメントとしてのみ載せられる' "$work/err"
is "what was refused left nothing" "$(records)" "$before"

# A closed record says that there is one; its paper is nowhere in the ledger.
want 0 "$AKASHI" trace $listing -C ledger.git --as-of $day --lang en
has "prompt" "$work/out"
if git -C ledger.git grep -qF 'for few eyes' main -- records; then bad "the paper is in the ledger"; else ok; fi
want 0 "$AKASHI" audit -C ledger.git
finish
