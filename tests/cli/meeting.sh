#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A meeting from its agenda to what follows: drafts, one review, one signature each, one batch, papers; and agendas nobody should trust.
# Usage: meeting.sh AKASHI                (the sources at $AKASHI_SOURCE)
# shellcheck source=tests/cli/play.bash
. "$(dirname "$0")/play.bash"
# Lines are broken where the terminal ends: spaces do not count.
says() { tr -d ' \n' <"$1" | grep -qF -- "${2// /}" || { fail "$name: $1 does not say: $2"; sed 's/^/      /' "$1" >&2; }; }

example=$AKASHI_SOURCE/schemas/ismap/examples/meeting
"$AKASHI_SOURCE/cli/quickstart" --program "$akashi" --into q >q.log 2>&1 || { cat q.log; fail 'the quickstart'; exit 1; }
AKASHI_TRUST=$work/q/trust
export AKASHI_TRUST

# ---- what is on record before the meeting ---------------------------------------------------------------------------
mkdir bin
ln -s "$akashi" bin/akashi
mkdir -p page/build page/schemas/ismap/examples
cp -r q page/build/quickstart # for the blocks of the page, below
PATH=$work/bin:$PATH "$example/prepare" q/ledger.git q/keys >prepared 2>&1 || { cat prepared >&2; fail 'what is on record before'; exit 1; }
declare -A number
while read -r at label; do number[$label]=${at#\#}; done <prepared
[ "${#number[@]}" -eq "$(wc -l <"$example/records.jsonl")" ] || fail 'not every record was sealed'

# ---- the page, block by block, as a reader copies it ----------------------------------------------------------------
page=$AKASHI_SOURCE/docs/MEETING.md
cp -r "$example" page/schemas/ismap/examples/meeting
printf '%s/keys/operator.key' "$PWD/page/build/quickstart" >page/build/quickstart/ledger.git/akashi/operator
sed -n 's/^```sh drill=//p' "$page" >blocks
is "$(xargs <blocks)" 'prepare meeting after apart'
{ echo 'set -e'; while read -r b; do sed -n "/^\`\`\`sh drill=$b\$/,/^\`\`\`\$/{/^\`\`\`/d;p}" "$page"; done <blocks; } >page.sh
(cd page && unset AKASHI_TRUST && bash ../page.sh) >page.out 2>&1 </dev/null || { fail 'the blocks of docs/MEETING.md'; sed 's/^/      /' page.out >&2; }
name='the page'
says page.out 'VALID  C26-0301-2'
says page.out '2 of 3 signatures'
says page.out 'ready to seal: 2 of 2'
is "$(find page/build/quickstart/第26回 -name '*.dsse.json' | wc -l)" 2

size() { "$akashi" log -C "${1:-q/ledger.git}" --limit 1 --json | jq '.[0].seq + 1'; }
before=$(size)
in=(-C q/ledger.git)

# ---- drafts and the sheets -------------------------------------------------------------------------------------------
cp "$example/agenda.csv" ja.csv
run 0 'drafts of a meeting' draft --meeting ja.csv -o ja "${in[@]}" --lang ja
says out 'ja に起案した: 議案 6件'
is "$(cd ja && echo *)" '01-decision.json 02-decision.json 03-decision.json 04-deletion.json 05-re-audit.json 06-auditor-registration.json meeting.json minutes.html review.html'
is "$(jq -r '.body.decided_on // .body.registered_on' ja/0*.json | sort -u)" 2026-11-20 # written in four ways
is "$(jq -r '[.refs[].rel] | join(" ")' ja/02-decision.json)" 'application report review statement'
is "$(jq -r '.cases[1].then[0].body | .expires_on + " " + .registered_on + " " + .effective_on' ja/meeting.json)" '2028-01-31 2024-06-12 2026-11-20'
is "$(jq -r '.cases | map(.then | length) | join(" ")' ja/meeting.json)" '1 1 0 0 0 0' # a deferral lists nothing
is "$(size)" "$before"
name='the review sheet'
for word in 審議確認票 総括 議案1 'C26-0301-2' 2028年1月31日 登録留保の猶予の末日 2026年12月20日 "#${number[iaas-review]}" 軽微でない発見事項あり 甲監査法人 確認者 未収録 F04 \
	登録は絶対的な安全やリスクゼロを保証するものではない; do
	says ja/review.html "$word"
done
name='what a decision brings about is no objection to it'
is "$(sed -n '/議案4/,/議案5/p' ja/review.html | grep -c 'この決定の効果')" 1
name='the sheet for the minutes'
for digest in $(jq -r '.cases[].statement' ja/meeting.json); do says ja/minutes.html "$digest"; done
name='the day of a record has room: 2026年10月16日 does not run into the next column'
widths=$(grep -o 'html\[lang\] .paper .chain th:nth-child([0-9]){width:[0-9]*%' ja/review.html | sed 's/.*://; s/%//' | xargs)
is "$(xargs -n1 <<<"$widths" | awk '{ n += $1 } NR == 2 { day = $1 } END { print n, (day >= 17) }')" '100 1'
name='sheets load nothing'
is "$(grep -lE '<script|src=|href=|https?://[^w]' ja/*.html)" ''

run 0 'the same in English' draft --meeting ja.csv -o en "${in[@]}" --lang en
says out 'drafted en: 6 cases'
for word in 'Review sheet for a meeting' 'What it rests on' 'expire on' 'Koh Audit' 'not on record' '2028-01-31'; do says en/review.html "$word"; done
says en/review.html '<html lang="en">'
says en/minutes.html 'Annex to the minutes'
printf 'No.,matter,listing,service,auditor,outcome,session,held on,registered on\r\n1,Renewal,C24-0101-2,,,registered,No. 25,2026-11-20,\r\n2,initial,C26-0301-2,kumo-backup,,registered,No. 25,2026-11-20,2026-11-20\r\n' >english.csv
run 0 'English columns and words' draft --meeting english.csv -o english "${in[@]}" --lang en
is "$(jq -c .body.kind,.body.outcome english/0*.json | xargs)" 'renewal registered initial registered'
{ printf '\357\273\277'; cat ja.csv; } >bom.csv
run 0 'with the mark of UTF-8' draft --meeting bom.csv -o bom "${in[@]}"
sed 's/,C24-0101-2,/,　Ｃ２４－０１０１－２,/; s/,5,4,/,５,４,/' ja.csv >wide.csv
run 0 'numbers typed full-width' draft --meeting wide.csv -o wide "${in[@]}"
iconv -f UTF-8 -t CP932 ja.csv >cp932.csv
run 0 'in CP932' draft --meeting cp932.csv --encoding cp932 -o cp932 "${in[@]}"
for d in en bom wide cp932; do
	for f in ja/0*.json; do cmp -s "$f" "$d/${f#ja/}" || fail "$d: ${f#ja/} differs"; done
done
run 1 'CP932 taken for UTF-8' draft --meeting cp932.csv -o never "${in[@]}" --lang ja
says err --encoding
cut -d, -f1-8 ja.csv | sed -n '1p;3p' >short.csv
run 1 'a day is needed' draft --meeting short.csv -o never "${in[@]}" --lang ja
says err '2行目: 決定日: 決定日が要る'
run 0 'the day and the meeting with the command' draft --meeting short.csv -o short "${in[@]}" --set /meeting=第25回 --set-date /decided_on=令和8年11月20日
is "$(jq -r '.body.meeting + .body.decided_on' short/01-decision.json)" 第25回2026-11-20
run 2 'no such field' draft --meeting short.csv -o never "${in[@]}" --set /nothing=1
run 2 'no type beside a meeting' draft decision --meeting short.csv -o never "${in[@]}"
run 2 'a folder that is in use' draft --meeting ja.csv -o ja "${in[@]}" --lang ja
says err 既にあり、空でない

# ---- agendas nobody should trust: named by row and column, and nothing is written -------------------------------------
head='議案の区分,登録番号,サービスの識別名,決定,会議の回次,決定日,理由'
bad() { # NAME WHAT ROWS…
	name=$1 what=$2
	shift 2
	{ printf '%s\r\n' "$head"; printf '%b\r\n' "$@"; } >bad.csv
	run 1 "$name" draft --meeting bad.csv -o never "${in[@]}" --lang ja
	says err "$what"
	if compgen -G 'never*' >left; then fail "$name: left something behind: $(cat left)"; rm -rf never*; fi
}
good='登録の削除,C24-0102-2,,削除,第25回,2026-11-20,'
bad 'an unknown word' '3行目 1列目（議案の区分）: 「承認」は使えない。書けるのは 新規登録、更新' "$good" '承認,C24-0101-2,,登録,第25回,2026-11-20,'
bad 'an unknown listing' '2行目 2列目（登録番号）: 台帳にこの登録番号の掲載がない' '更新,C99-9999-2,,登録,第25回,2026-11-20,'
bad 'no date' '2行目 6列目（決定日）' '更新,C24-0101-2,,登録,第25回,令和8年2月31日,'
bad 'two cases for one listing' '4行目 2列目（登録番号）: C24-0102-2 の議案は 2行目にもある' "$good" '更新,C24-0101-2,,登録,第25回,2026-11-20,' "$good"
bad 'an outcome of another matter' '2行目 4列目（決定）: この議案の決定としては取れない' '更新,C24-0101-2,,削除,第25回,2026-11-20,'
bad 'a formula' '2行目 7列目（理由）: 数式の形で始まっている' '登録の削除,C24-0102-2,,削除,第25回,2026-11-20,"=HYPERLINK(""http://example.com"",""x"")"'
bad 'a line break in a cell' '2行目 7列目（理由）: 改行その他の制御文字がある' '登録の削除,C24-0102-2,,削除,第25回,2026-11-20,"一\n二"'
bad 'a blank' '2行目 7列目（理由）: 記入欄を示す' '登録の削除,C24-0102-2,,削除,第25回,2026-11-20,«理由»'
bad 'cells missing' '3行目' "$good" '更新,C24-0101-2'
bad 'a name that is none' '2行目' '新規登録,C26-0301-2,../../etc,登録,第25回,2026-11-20,'
bad 'a quote that is never closed' '引用符が閉じていない' '更新,C24-0101-2,,登録,第25回,2026-11-20,"理由'
head='議案の区分,登録番号,決定,会議の回次,決定日,賛成した委員'
bad 'an unknown column' '「賛成した委員」は審議一覧の列の名前ではない。使える列: 番号、議案の区分' '登録の削除,C24-0102-2,削除,第25回,2026-11-20,甲'
head='議案の区分,議案,登録番号,決定,会議の回次,決定日'
bad 'a column twice' '2列目' '更新,更新,C24-0101-2,登録,第25回,2026-11-20'
head='議案の区分'
bad 'no rows' '議案の行がない'
head='議案の区分,登録番号,サービスの識別名,決定,会議の回次,決定日,理由'
name='a line of 10 MB'
{ printf '%s\r\n登録の削除,C24-0102-2,,削除,第25回,2026-11-20,' "$head"; head -c 10000000 /dev/zero | tr '\0' x; } >bad.csv
run 1 "$name" draft --meeting bad.csv -o never "${in[@]}" --lang ja
says err '65,536バイトを超える欄'
[ ! -e never ] || fail "$name: a folder"

# What strangers wrote is text on every sheet.
printf '%s\r\n登録の削除,C24-0102-2,,削除,第25回,2026-11-20,"<script>alert(1)</script><b> & ""x"" \342\200\256"\r\n' "$head" >hostile.csv
run 0 'markup in a reason' draft --meeting hostile.csv -o hostile "${in[@]}" --lang ja
silent hostile/review.html '<script'
silent hostile/review.html $'\342\200\256'
says hostile/review.html '&lt;script&gt;alert(1)&lt;/script&gt;'
is "$(jq -r .body.reason hostile/01-decision.json)" $'<script>alert(1)</script><b> & "x" \342\200\256'

# ---- signing ---------------------------------------------------------------------------------------------------------
seat() { echo "q/keys/seat-$1.key"; }
envelopes() { find ja -name '*.dsse.json' | wc -l; }
run 2 'nobody to ask' sign ja --key "$(seat 1)" "${in[@]}" --lang ja
says err '確認する端末がない'
is "$(envelopes)" 0
run 1 'a key without the role' sign ja --key q/keys/desk.key --yes "${in[@]}" --lang ja
says err '何も署名していない'
is "$(envelopes)" 0
cp ja/03-decision.json 03.was
jq '.body.outcome = "registered"' 03.was >ja/03-decision.json
run 1 'a draft that was changed after the review' sign ja --key "$(seat 1)" --yes "${in[@]}" --lang ja
says err '議案3 新規登録 kasumi-chat: 索引と確認票が示す起案と異なる'
is "$(envelopes)" 0
cp 03.was ja/03-decision.json
run 0 'the first signer' sign ja --key "$(seat 1)" --yes "${in[@]}" --lang ja
for word in '署名者: 運営委員会 委員甲' '決定 C24-0101-2 更新 登録' 2026年11月20日 確認を要する事項 E01; do says err "$word"; done
says out '署名 1/3'
says out '6件のうち 0件'
is "$(envelopes)" 6
run 1 'the same key again' sign ja --key "$(seat 1)" --yes "${in[@]}" --lang ja
says err '全てに署名済み'
rm ja/05-re-audit.dsse.json # interrupted before the last ones were written
run 0 'going on after an interruption' sign ja --key "$(seat 1)" --yes -q "${in[@]}"
run 0 'who has signed' sign --show ja --json "${in[@]}"
is "$(jq -c '[.cases[].counted] | unique' out)" '[1]'
is "$(jq -r '.cases[].statement' out | sort | xargs)" "$(jq -r '.cases[].statement' ja/meeting.json | sort | xargs)"
run 1 'too few have signed' seal ja "${in[@]}" --lang ja
says err '5名中3名の署名が要るが、1名'
says err 'これは議案1 新規登録 C26-0301-2'
is "$(size)" "$before"
cp -r ja other
run 0 'another copy, elsewhere and without a ledger' sign other --key "$(seat 2)" --yes -C nowhere --lang ja
says err 確認票による
run 0 'the next signer' sign ja --key "$(seat 3)" --yes -q "${in[@]}"
run 0 'brought together' sign ja --add other "${in[@]}" --lang ja
says out '署名 3/3'
says out '次: akashi seal ja'
mv ja/06-auditor-registration.dsse.json 06.away
run 1 'one case not signed' seal ja "${in[@]}" --lang ja
says err '議案6 監査機関の更新 koh-audit: 署名がない'
is "$(size)" "$before"
mv 06.away ja/06-auditor-registration.dsse.json
jq -c '.payload |= (. | @base64d | sub("第25回"; "第26回") | @base64)' ja/02-decision.dsse.json >02.forged
cp ja/02-decision.dsse.json 02.was && cp 02.forged ja/02-decision.dsse.json
run 1 'an envelope of another statement' seal ja "${in[@]}" --lang ja
says err '議案2 更新 C24-0101-2'
is "$(size)" "$before"
cp 02.was ja/02-decision.dsse.json
if command -v script >/dev/null; then
	name='asked on a terminal, and no'
	cp -r short asked
	{ sleep 1; echo n; sleep 1; } | script -qec "$akashi sign asked hostile/01-decision.json --key $(seat 1) -C q/ledger.git" /dev/null >out 2>&1
	is "$(find asked -name '*.dsse.json')" ''
	{ sleep 1; echo y; sleep 1; } | script -qec "$akashi sign asked --key $(seat 1) -C q/ledger.git" /dev/null >out 2>&1
	says out 'Sign all 1? [y/N]'
	is "$(find asked -name '*.dsse.json' | wc -l)" 1
fi
run 0 'many files' sign english/01-decision.json short/01-decision.json --key "$(seat 1)" --yes "${in[@]}" --lang en
is "$(ls english/01-decision.dsse.json short/01-decision.dsse.json | wc -l)" 2
run 1 'one file twice' sign english/01-decision.dsse.json english/01-decision.dsse.json --key "$(seat 2)" --yes "${in[@]}"
run 2 'one output for many' sign english/01-decision.json short/01-decision.json --key "$(seat 1)" --yes -o x.dsse.json

# ---- sealing, and what comes of it -----------------------------------------------------------------------------------
run 0 'one batch' seal ja "${in[@]}" --lang ja
is "$(size)" $((before + 6))
is "$(grep -c '^登載 #' out)" 6
is "$(git -C q/ledger.git rev-list --count main~1..main)" 1
says err 通知案
name='the sheet for the minutes after sealing'
for i in 0 1 2 3 4 5; do
	says ja/sealed.html "#$((before + i))"
	says ja/sealed.html "$("$akashi" show $((before + i)) "${in[@]}" --json | jq -r .id)"
done
says ja/sealed.html "$(git -C q/ledger.git show main:checkpoint | sed -n 3p)"
name='a digest as the sheet says to check it'
is "sha256:$("$akashi" show "$before" "${in[@]}" --raw | sed -n 2p | tr -d '\n' | sha256sum | cut -d' ' -f1)" "$(jq -r '.cases[0].statement' ja/meeting.json)"
is "sha256:$(jq -j .payload ja/01-decision.dsse.json | base64 -d | sha256sum | cut -d' ' -f1)" "$(jq -r '.cases[0].statement' ja/meeting.json)"
name='draft notices'
is "$(ls ja/notice-*.html | wc -l)" 6
for word in 株式会社架空の雲 御中 C24-0101-2 登録 2026年11月20日 "#$((before + 1))" 'akashi-verify C24-0101-2.akashi'; do says ja/notice-02.html "$word"; done
says ja/notice-06.html '甲監査法人'
name='what follows'
is "$(cd ja/after && echo *)" '01-listing.json 02-listing.json meeting.json review.html'
is "$(jq -r '.refs[] | select(.rel == "decided-by").record' ja/after/01-listing.json)" "$("$akashi" show "$before" "${in[@]}" --json | jq -r .id)"
cp ja/sealed.html sealed.was
rm -r ja/sealed.html ja/notice-*.html ja/after # interrupted after the head had moved
run 0 'papers again' seal ja "${in[@]}" --lang ja
says err '6件のうち 6件は登載済み'
is "$(size)" $((before + 6))
cmp -s ja/sealed.html sealed.was || fail 'the sheet is another one'
is "$(cd ja/after && echo *)" '01-listing.json 02-listing.json meeting.json review.html'
rm -r ja/after
run 0 'what follows, asked for' draft --after ja "${in[@]}" --lang ja
run 2 'not twice' draft --after ja "${in[@]}"
run 1 'nothing is sealed there' draft --after hostile "${in[@]}" --lang ja
run 0 'the listings, signed' sign ja/after --key q/keys/desk.key --yes -q "${in[@]}"
run 0 'the listings, sealed' seal ja/after "${in[@]}"
run 0 'registered' verify C26-0301-2 "${in[@]}"
says out 'registered until 2028-01-31'
run 0 'renewed' verify C24-0101-2 "${in[@]}"
says out 'registered until 2028-01-31'

# What was drafted before another record about it cannot be sealed after that one.
for i in 1 2 3; do keys=(--key "$(seat $i)"); run 0 "stale $i" sign hostile "${keys[@]}" --yes -q "${in[@]}"; done
run 1 'a meeting held back' seal hostile "${in[@]}" --lang ja
says err 'これは議案1 登録の削除 C24-0102-2'
run 0 'the ledger is whole' audit "${in[@]}"

# ---- what is no meeting ----------------------------------------------------------------------------------------------
mkdir none
run 2 'a folder that is none' sign none --key "$(seat 1)" --yes "${in[@]}" --lang ja
says err '会議のフォルダではない'
mkdir forged && jq '.cases[0].file = "../ja/01-decision.json"' ja/meeting.json >forged/meeting.json
run 1 'an index that points elsewhere' seal forged "${in[@]}"
run 2 'a folder among files' seal ja m/chat-review.dsse.json "${in[@]}"

[ "$rc" -eq 0 ] && echo 'meeting: from the agenda to the listings'
exit $rc
