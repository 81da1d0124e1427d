#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The working tools on the ledger of the quickstart: plan, calendar, reconcile, diff, coverage, a submission, tables.
# Usage: tools.sh AKASHI                  (the sources at $AKASHI_SOURCE)
# shellcheck source=tests/cli/play.bash
. "$(dirname "$0")/play.bash"

"$AKASHI_SOURCE/cli/quickstart" --program "$akashi" --into q >q.log 2>&1 || { cat q.log; fail 'the quickstart'; exit 1; }
AKASHI_TRUST=$work/q/trust day=2026-11-22
export AKASHI_TRUST

# ---- slips, told as what they are, before anybody signs or asks somebody else ----------------------------------------
not_evidence() { # FILE
	"$akashi-verify" "$1" --lang ja >out 2>err </dev/null
	is $? 1
	says err '証明ファイルではない'
	says err '次に: 証明ファイル（FILE.akashi）、又は --report で作った HTML を指定する'
	silent err 英文
}
for file in q/papers/kumo-report-3.txt q/keys/desk.key q/trust /dev/null; do
	name="$file to akashi-verify"
	not_evidence "$file"
done
role() { "$akashi" party sec --name-ja 事務局二 --member desk:one.pub:担当 --member two:two.pub:担当二 -C q/ledger.git -o sec.json "$@" >out 2>err </dev/null; }
for k in one two; do run 0 "a key, $k" keygen -q -o $k.key --pub $k.pub; done
name='a role that the scheme does not have'
role --role sekretariat --lang ja
is $? 2
says err 'この制度に役割 sekretariat はない'
says err 'secretariat（事務局）'
[ ! -e sec.json ] || fail "$name: drafted"
name='an enrolment that its own keys have not signed'
role --role secretariat || fail "$name: drafting"
roots='--key q/keys/root-1.key --key q/keys/root-2.key'
# shellcheck disable=SC2086 # words of a command line
run 0 "$name" sign sec.json $roots --yes -q -C q/ledger.git --lang ja
says out '登録する鍵の署名があと2件要る: desk、two'
silent out '未署名'
run 0 "$name, one" sign sec.dsse.json --key one.key --yes -q -C q/ledger.git
tr -s ' \n' ' ' <out | grep -qF 'still wanting 1: two' || fail "$name: who has not signed"
run 0 "$name, none" sign sec.dsse.json --key two.key --yes -q -C q/ledger.git
says out 'akashi seal sec.dsse.json'
name='the private key where the public one is wanted'
rm -f sec.json sec.dsse.json
"$akashi" party sec --role secretariat --name-ja 事務局二 --member desk:one.key:担当 -C q/ledger.git -o sec.json --lang ja >out 2>err || fail "$name"
says err 'one.key は秘密鍵である'
says err 'akashi keygen --import one.key --pub one.key.pub'
registration() { run "$1" "$2" draft auditor-registration --set /auditor=koh-audit -C q/ledger.git -o reg.json --force --lang ja "${@:3}"; }
registration 2 'a word that is none of the field' --set /kind=初回
says err '初回 は 区分（/kind）に書けない'
says err 'initial（新規）'
registration 2 'a field that the type does not have' --set /auditer=x
says err '/auditer という項目は'
says err '/auditor、/kind'
registration 0 'a word as people read it' --set /kind=新規
is "$(jq -r .body.kind reg.json)" initial
registration 0 'the same as it is stored' --set /kind=initial
is "$(jq -r .body.kind reg.json)" initial
registration 0 'an element of a list' --set /engagement_leads/0=lead
run 2 'the same for programs' draft auditor-registration --set /auditer=x -C q/ledger.git --json
is "$(jq -r '.error | "\(.where) \(has("next"))"' out)" 'draft.field true'
cp q/papers/kumo-report-3.txt* .
n=$("$akashi" log --json -C q/ledger.git | jq -r '[.[] | select(.type == "audit-report" and (.about[0] | endswith("kumo-iaas"))) | .seq] | max')
run 0 'a disclosure says how it is checked' disclose "#$n" --file kumo-report-3.txt -o d.json -C q/ledger.git --lang ja
check=$(sed -n 's/.*akashi-verify 証明ファイル //p' out)
is "$check" '--evidence kumo-report-3.txt:d.json'
# shellcheck disable=SC2086 # as printed
"$akashi-verify" q/C24-0101-2.akashi $check >out 2>err || { fail 'what is printed does not check it'; cat out err >&2; }
"$akashi-verify" q/C24-0101-2.akashi --evidence d.json --lang ja >out 2>err
is $? 3
says out '--evidence 文書:d.json'
run 3 'a folder that is not there' status --handover nosuch -C q/ledger.git --lang ja
says err 'フォルダがない'
run 0 'a handover in words' status --handover -C q/ledger.git --lang ja
says out '立会の定足数 なし、網羅性の保証 なし、情報の有効期間 7日'

# shellcheck source=tests/cli/words.bash
. "$here/words.bash"

# ---- plan: the arithmetic of the scheme, with no ledger at all ------------------------------------------------------
step() { jq -r --arg s "$1" '.rows[] | select(.step == $s) | "\(.first) \(.last)"' out; }
while read -r end expiry; do # ismap: 1 year and 4 months from the day after the period, by the Civil Code 143
	run 0 "plan to $end" plan "$(date -u -d "$end -200 days" +%F)..$end" --json
	is "$(step expiry)" "$expiry $expiry"
done <<-'END'
	2020-09-30 2022-01-31
	2020-10-31 2022-02-28
	2021-03-31 2022-07-31
	2021-10-29 2023-02-28
	2021-10-30 2023-02-28
	2021-10-31 2023-02-28
	2022-10-30 2024-02-29
	2022-12-30 2024-04-30
	2024-02-29 2025-06-30
	2024-11-30 2026-03-31
END
run 0 'plan of a year' plan 2025-04-01..2026-03-31 --json
is "$(step report-due)" '2026-06-30 2026-06-30'
is "$(step application-due)" '2026-07-31 2026-07-31'
is "$(step next-period-from)" '2026-04-01 2026-04-01'
is "$(step next-period-to)" '2027-03-31 2027-03-31'
is "$(step next-report-due)" '2027-06-30 2027-06-30'
is "$(step renewal-due)" '2027-07-31 2027-07-31'
is "$(jq -r '[.rows[] | select(.rule == null or .basis == null)] | length' out)" 0
cp out year.json
run 0 'a table says what is not verified' plan 2025-04-01..2026-03-31 --csv - --lang ja
is "$(grep -c '根拠未確認' out)" "$(($(wc -l <out) - 1))"
for form in '令和7年4月1日..令和8年3月31日' '2025/4/1..2026/3/31' '２０２５年４月１日..2026-03-31'; do
	run 0 "plan of $form" plan "$form" --json
	cmp -s out year.json || fail "$form is not the same period"
done
run 0 'plan by months is a span' plan 2025-04..2026-03 --json
is "$(step expiry)" '2027-07-01 2027-07-31'
is "$(jq '[.rows[] | select(.severity != null)] | length' out)" 0
run 1 'plan of a period that is too long (C08)' plan 2025-04-01..2026-04-01 --json
is "$(jq -c '[.rows[] | select(.severity != null) | [.rule, .severity]]' out)" '[["C08","invalid"]]'
run 0 'plan of exactly a year is not' plan 2025-04-01..2026-03-31 --json
run 1 'plan of a period that is too short (C09)' plan 2026-04-01..2026-06-29 --json
is "$(jq -c '[.rows[] | select(.severity != null) | [.rule, .severity]]' out)" '[["C09","invalid"]]'
run 0 'plan of exactly three months is not' plan 2026-04-01..2026-06-30
run 3 'plan that months do not decide' plan 2025-04-02..2026-04 --json
is "$(jq -c '[.rows[] | select(.severity != null) | [.rule, .severity]]' out)" '[["C08","unverifiable"]]'
run 0 'plan that leaves no gap' plan 2026-04-01..2027-03-31 --listing C24-0101-2 -C q/ledger.git --as-of $day --json
is "$(step present-renewal-due)" '2027-07-31 2027-07-31'
is "$(jq '[.rows[] | select(.severity != null)] | length' out)" 0
run 0 'plan with a gap (C12)' plan 2026-04-02..2027-03-31 --listing C24-0101-2 -C q/ledger.git --as-of $day --json
is "$(jq -c '[.rows[] | select(.severity != null) | [.rule, .severity]]' out)" '[["C12","warning"]]'
run 0 'plan with a gap, in words' plan 2026-04-02..2027-03-31 --listing C24-0101-2 -C q/ledger.git --as-of $day --lang ja
says out '（空白のない初日は2026年4月1日）'
run 1 'plan with an overlap (C13)' plan 2026-03-31..2027-03-30 --listing C24-0101-2 -C q/ledger.git --as-of $day --json
is "$(jq -c '[.rows[] | select(.severity != null) | [.rule, .severity]]' out)" '[["C13","invalid"]]'
run 1 'plan that ends when it is too late (E04)' plan 2026-08-01..2027-07-31 --listing C24-0101-2 -C q/ledger.git --as-of $day --json
is "$(jq -c '[.rows[] | select(.severity == "expired") | .rule]' out)" '["E04"]'
run 0 'plan in Japanese' plan 2025-04-01..2026-03-31 --lang ja
says out '2027年7月31日'
says out '登録の有効期限'
says out 'ISMAP基本規程 3.5'
# ---- an option without its value; the language of a complaint -----------------------------------------------------------
for program in "$akashi verify C24-0101-2" "$akashi-verify q/C24-0101-2.akashi"; do
	for wrong in '--as-of --lang ja' '--as-of --json=x --lang=ja' '--asof 2026-11-21 --lang ja' '--lang ja --as-of' '--full --full --lang ja'; do
		name="$program $wrong"
		# shellcheck disable=SC2086 # words of a command line
		$program $wrong >out 2>err </dev/null
		is $? 2
		grep -q 'usage\|option\|operand\|given' err && { fail "$name: not in Japanese"; cat err >&2; }
		case $wrong in *--as-of*) says err '--as-of の値の指定がない' ;; esac
	done
done
run 2 'a wrong option before --json' verify C24-0101-2 --asof 2026-11-21 --json
is "$(jq -r .error.where out)" arguments
run 2 'an option that ends the line' verify C24-0101-2 -C
run 2 'plan of no period' plan 2025-04-01
run 2 'plan of no date' plan 2025-04-31..2026-03-31
run 2 'plan that runs backwards' plan 2026-04-01..2026-03-31
run 3 'plan of an unknown scheme' plan 2025-04-01..2026-03-31 --scheme nothing
run 3 'plan for a listing that is not there' plan 2025-04-01..2026-03-31 --listing C99-0001-2 -C q/ledger.git
run 0 'plan as a table' plan 2025-04-01..2026-03-31 --csv plan.csv --lang ja --encoding cp932
iconv -f CP932 -t UTF-8 plan.csv | grep -q '登録の有効期限,2027-07-31,2027-07-31,E02,' || fail 'plan.csv'

# ---- calendar ---------------------------------------------------------------------------------------------------------
run 0 calendar calendar -C q/ledger.git --as-of $day --json
is "$(jq -c '[.items[] | select(.subject == "C24-0101-2") | [.kind, .first, .quarter, .past]]' out)" \
	'[["period-ends","2027-03-31","2027-Q1",false],["report-due","2027-06-30","2027-Q2",false],["expires","2027-07-31","2027-Q3",false],["renewal-due","2027-07-31","2027-Q3",false]]'
is "$(jq -c '[.items[] | select(.kind == "auditor-ends") | [.subject, .first, .verdict]]' out)" \
	'[["otsu-audit","2025-05-31","lapsed"],["koh-audit","2027-05-31","registered"]]'
is "$(jq '[.items[] | select(.subject == "C25-0203-2")] | length' out)" 0 # deleted
is "$(jq -c '[.items[] | select(.subject == "C24-0102-2") | .past] | unique' out)" '[true]'
cp out calendar.json
run 0 'calendar in words' calendar -C q/ledger.git --as-of $day --lang ja
says out '2027年7月–9月'
says out '満了 1件・期限 1件'
says out '期日を過ぎ'
run 0 'calendar in English' calendar -C q/ledger.git --as-of $day --lang en
grep -q '(of the longest period)  C24-0101-2  ' out || fail 'columns of the calendar run into each other'
run 0 'calendar of one listing' calendar C24-0101-2 -C q/ledger.git --as-of $day --json
is "$(jq -c '[.items[].subject] | unique' out)" '["C24-0101-2"]'
run 0 'calendar as iCalendar' calendar -C q/ledger.git --as-of $day --ics a.ics
python3 "$here/icalendar.py" a.ics >a.events || fail 'a.ics is no iCalendar'
grep -q "^expires.C24-0101-2.52@ledger.example.ismap	20270731	20270801	expires	" a.events || { fail 'the expiry is not in a.ics'; cat a.events >&2; }
is "$(wc -l <a.events)" "$(jq '.items | length' calendar.json)"
run 0 'calendar a month later' calendar -C q/ledger.git --as-of 2026-12-22 --ics b.ics --lang ja
python3 "$here/icalendar.py" b.ics >b.events || fail 'b.ics is no iCalendar'
is "$(cut -f1 a.events)" "$(cut -f1 b.events)" # the same matters keep their names, in any language
# The reader itself has to notice.
for edit in 's/\r$//' 's/^DTEND.*\r$//;/^$/d' 's/^UID:.*/UID:x\r/' 's/^DTSTART;VALUE=DATE:/DTSTART:/' 's/\\;/;/'; do
	sed "$edit" a.ics >c.ics
	python3 "$here/icalendar.py" c.ics >/dev/null 2>&1 && fail "icalendar.py does not notice: $edit"
done
run 0 'calendar as a picture' calendar -C q/ledger.git --as-of $day --svg c.svg
grep -q 'role="img"' c.svg && grep -q '<desc' c.svg || fail 'c.svg has no role or description'
python3 -c 'import sys, xml.dom.minidom as m; m.parse("c.svg")' || fail 'c.svg is no XML'
run 0 'calendar as a table on stdout' calendar -C q/ledger.git --as-of $day --csv -
is "$(wc -l <out)" "$(($(jq '.items | length' calendar.json) + 1))"
run 2 'two answers on stdout' calendar -C q/ledger.git --csv - --ics -
run 2 'a table and JSON on stdout' calendar -C q/ledger.git --csv - --json
run 3 'a calendar of nothing is none' calendar list-2021-row-01 -C q/ledger.git --as-of $day --ics none.ics
[ -e none.ics ] && fail 'an empty calendar was written'
run 2 'calendar with an unknown encoding' calendar -C q/ledger.git --csv x.csv --encoding latin1

# ---- tables, reconcile --------------------------------------------------------------------------------------------------
run 0 'list as a table' list -C q/ledger.git --csv list.csv --lang ja
grep -q '^C24-0101-2,.*,決定,,' list.csv || fail 'a value of list.csv is not in words'
run 0 'list marks what has ended' list -C q/ledger.git --json
is "$(jq -c '[.[] | select(.ended != null) | [.listing, .ended.type, .ended.on]]' out)" '[["C25-0203-2","deletion","2026-10-01"]]'
run 0 'list in words' list -C q/ledger.git
grep -qE '^C25-0203-2 .* deleted #[0-9]+ ' out || fail 'list shows a deleted listing like any other'
run 0 'list before the deletion' list -C q/ledger.git --known-at 67 --json
is "$(jq -c '[.[] | select(.ended != null)]' out)" '[]'
run 0 'list as a table with the mark' list -C q/ledger.git --csv bom.csv --lang ja --encoding utf-8-bom
[ "$(head -c 3 bom.csv | od -An -tx1 | tr -d ' ')" = efbbbf ] || fail 'bom.csv has no mark'
tail -c +4 bom.csv | cmp -s - list.csv || fail 'bom.csv and list.csv differ'
run 0 'list as a table in CP932' list -C q/ledger.git --csv cp932.csv --lang ja --encoding cp932
iconv -f CP932 -t UTF-8 cp932.csv | cmp -s - list.csv || fail 'cp932.csv and list.csv differ'
# What the ledger holds as registered that day, as a public list would have it.
grep -v '^C24-0102-2\|^C25-020[34]-2' list.csv >portal.csv
run 0 'reconcile what agrees' reconcile portal.csv -C q/ledger.git --as-of $day
says out EQUAL
iconv -f UTF-8 -t CP932 portal.csv >portal932.csv
run 0 'reconcile the same in CP932' reconcile portal932.csv --encoding cp932 -C q/ledger.git --as-of $day
sed -e 's/^C24-0101-2,/　Ｃ２４－０１０１－２ ,/' -e 's/^C21-0004-2,/ C21ー0004ー2　,/' portal.csv >wide.csv
run 0 'reconcile numbers typed full-width, with spaces around them' reconcile wide.csv -C q/ledger.git --as-of $day
says out EQUAL
run 1 'reconcile CP932 taken for UTF-8' reconcile portal932.csv -C q/ledger.git --as-of $day
says err cp932
run 1 'reconcile a list with what is not registered' reconcile list.csv -C q/ledger.git --as-of $day --json
is "$(jq -c '[.equal, [.not_registered[] | [.listing, .verdict]]]' out)" '[false,[["C25-0204-2","invalid"],["C24-0102-2","expired"],["C25-0203-2","invalid"]]]'
is "$(jq -c '[.not_on_list, .not_in_ledger, .fields]' out)" '[[],[],[]]'
{ sed -e '/^C21-0004-2/d' -e 's/^list-2021-row-01,/C21-0001-2,/' -e 's/2027-07-31/2027-08-31/' -e 's/Box, Inc\./Box Inc./' portal.csv; echo 'C99-0001-2,架空,架空,令和8年1月1日,,,,1'; } >other.csv
run 1 'reconcile a list that differs' reconcile other.csv -C q/ledger.git --as-of $day --json
is "$(jq -c '[.not_on_list[] | [.listing, .perhaps]]' out)" '[["list-2021-row-01","C21-0001-2"],["C21-0004-2",null]]'
is "$(jq -c '[.not_in_ledger[].listing]' out)" '["C21-0001-2","C99-0001-2"]'
is "$(jq -c '[.fields[] | [.listing, .field, .list, .ledger]]' out)" \
	'[["list-2021-row-17","provider","Box Inc.","Box, Inc."],["C24-0101-2","expires_on","2027-08-31","2027-07-31"]]'
run 1 'reconcile in words' reconcile other.csv -C q/ledger.git --as-of $day --lang ja
says out '台帳にあり、公表リストにない'
run 1 'reconcile what is not registered, in words' reconcile list.csv -C q/ledger.git --as-of $day --lang ja
grep -qE '^C25-0203-2 +無効 +F06 ' out || fail 'reconcile does not say why a listing is not registered'
is "$(grep -cE '^C2[45]-[0-9-]+ +(無効|期限切れ)$' out)" 0
run 1 'the same as data' reconcile list.csv -C q/ledger.git --as-of $day --json
is "$(jq -c '[.not_registered[].finding.rule]' out)" '["E01","E02","F06"]'
run 1 'reconcile into a table' reconcile other.csv -C q/ledger.git --as-of $day --csv differences.csv
is "$(wc -l <differences.csv)" 7
grep -q '^fields that differ,C24-0101-2,expires,' differences.csv || fail 'differences.csv is not in words'
printf 'number,service\nC24-0101-2,x\n' >english.csv
run 1 'reconcile by English names' reconcile english.csv -C q/ledger.git --as-of $day --json
is "$(jq -c '[.fields[].field]' out)" '["service"]'
# A bad row names row and column, and nothing is compared.
bad() { # EXPECTED_WORDS… after the name; the file from stdin
	cat >bad.csv
	run 1 "$1" reconcile bad.csv -C q/ledger.git --as-of $day
	is "$(cat out)" ''
	shift
	for w; do says err "$w"; done
}
printf '登録番号,登録日\nC1,2021-01-01\nC2,2021-02-30\n' | bad 'a date that is none' 'row 3, column 2 (登録日)' 2021-02-30
printf '登録番号,登録日\nC1,2021-01-01\n,2021-01-01\n' | bad 'a row without a number' 'row 3, column 1 (登録番号)'
printf '登録番号\nC1\nC1\n' | bad 'a number twice' 'row 3, column 1' 'in row 2'
printf '登録番号\nC1\nＣ１\n' | bad 'a number twice, once full-width' 'row 3, column 1' 'in row 2'
printf '登録番号,登録日\nC1,\0\n' | bad 'a NUL byte' 'row 2, column 2'
printf '登録番号,登録日\nC1\n' | bad 'a row that is too short' 'row 2'
printf '登録番号,登録日\nC1,"x\n' | bad 'a quote left open' 'row 2, column 2'
printf '登録日\n2021-01-01\n' | bad 'no column of numbers' '登録番号'
printf '登録番号,number\nC1,C2\n' | bad 'two columns of numbers' 'row 1, column 2'
: | bad 'an empty file' 'no row'
run 3 'no such file' reconcile gone.csv -C q/ledger.git

# ---- coverage, auditors ---------------------------------------------------------------------------------------------------
run 0 coverage status -C q/ledger.git --as-of $day --coverage --json
is "$(jq -c '.listings[] | select(.listing == "C24-0101-2") | [.assurance, .missing]' out)" '["full-chain",[]]'
is "$(jq -c '.listings[] | select(.listing == "C21-0004-2") | [.assurance, [.missing[].what]]' out)" \
	'["operator-attested",["decision","technical_review","audit_report","provider_statement"]]'
is "$(jq -c '.auditors[] | select(.auditor == "koh-audit") | [.standing, .days_left, .until_first]' out)" '["registered",190,"2027-05-31"]'
is "$(jq -c '.auditors[] | select(.auditor == "otsu-audit") | [.standing, .days_left]' out)" '["lapsed",null]'
run 0 'coverage in words' status -C q/ledger.git --as-of $day --coverage --lang ja
says out '全連鎖'
says out '実施結果報告書、言明書'
says out '「有効」となり得るのはこれだけである'
says out '全連鎖にするには'
run 0 'the last day of a term' status -C q/ledger.git --as-of 2027-05-31 --json
is "$(jq -c '.auditors[] | select(.auditor == "koh-audit") | [.standing, .days_left]' out)" '["registered",0]'
run 0 'the day after a term' status -C q/ledger.git --as-of 2027-06-01 --json
is "$(jq -c '.auditors[] | select(.auditor == "koh-audit") | .standing' out)" '"lapsed"'

# ---- all verdicts at once -------------------------------------------------------------------------------------------------
# The list says of each listing what verify says of it.
size=$(git --git-dir q/ledger.git cat-file blob main:checkpoint | sed -n 2p)
for asked in "--as-of $day" '--as-of 2022-01-01' "--as-of $day --known-at $((size - 2))"; do
	# shellcheck disable=SC2086
	run 0 "all verdicts, $asked" list --verdict -C q/ledger.git $asked --json
	cp out all
	is "$(jq '.listings | length > 0' all)" true
	while read -r listing; do
		# shellcheck disable=SC2086
		"$akashi" verify "$listing" -C q/ledger.git $asked --json >one 2>err
		is "$(jq -c --arg l "$listing" '.listings[] | select(.listing == $l) | [.verdict, .reason, .assurance, .expires_on]' all)" \
			"$(jq -c '[.verdict, .reason, .assurance, .listing.expires_on]' one)"
	done < <(jq -r '.listings[].listing' all)
done
run 0 'all verdicts as a table' list --verdict -C q/ledger.git --as-of $day --csv all.csv --lang ja
is "$(head -1 all.csv | tr -d '\r')" '掲載,サービス,事業者,登録日,有効期限,根拠,終了の記録,記録,状態,理由,収録の程度'
is "$(sed -n 2p all.csv | cut -d, -f9)" '検証不能'
says all.csv ',有効,'
run 0 'all verdicts in words' list --verdict -C q/ledger.git --as-of $day --lang ja
says out '有効'
run 2 'a day without verdicts' list -C q/ledger.git --as-of $day
run 2 'a trust file without verdicts' list -C q/ledger.git --trust nowhere

# ---- diff -------------------------------------------------------------------------------------------------------------------
statement() { # a draft with this body
	jq -n --argjson body "$1" '{akashi: "draft/1", type: "provider-statement", scheme: "ismap", ledger: "ledger.example/ismap", genesis: ("sha256:" + "0" * 64),
		base: ("sha256:" + "0" * 64), issued: "2026-04-03", refs: [], body: ({provider: "kakuu-kumo", service: "kumo-iaas"} + $body)}'
}
statement '{"services":[{"id":"a","name":"A"},{"id":"b","name":"B"}],"regions":["東日本","西日本"],"controls":{"objectives":[{"id":"5.1.2","detailed":4},{"id":"5.1.10","detailed":2}],"unselected":[]}}' >old.json
statement '{"services":[{"id":"a","name":"A2"}],"regions":["西日本"],"stated_on":"2026-04-03","controls":{"objectives":[{"id":"5.1.10","detailed":3}],"unselected":[{"id":"5.1.2","level":"objective"}]}}' >new.json
run 1 'diff of two drafts' diff old.json new.json --json
is "$(jq -c '[.rows[] | [.field, .key, .change, .old, .new]]' out)" \
	'[["/controls/objectives","5.1.2","removed","4",null],["/controls/unselected","5.1.2","added",null,"objective"],["/controls/objectives","5.1.10","changed","2","3"],["/regions",null,"removed","東日本",null],["/services","a","changed","A","A2"],["/services","b","removed","B",null],["/stated_on",null,"added",null,"2026-04-03"]]'
run 1 'diff in words' diff old.json new.json --lang ja
says out '新旧対照表: 言明書'
says out '対象地域'
run 0 'diff of a file and itself' diff old.json old.json
says out 'no difference'
run 1 'diff of two records' diff '#41' '#47' -C q/ledger.git --json
is "$(jq -c '[.rows[] | select(.field | startswith("/period")) | [.field, .old, .new]]' out)" \
	'[["/period/from","2024-04-01","2025-04-01"],["/period/to","2025-03-31","2026-03-31"]]'
run 1 'diff as a page' diff '#41' '#47' -C q/ledger.git --lang ja --html d.html
says d.html '<html lang="ja">'
says d.html '対象期間 初日'
silent d.html '<script'
statement '{"services":[{"id":"a","name":"<b>&\""}]}' >evil.json
run 1 'diff of text that looks like markup' diff old.json evil.json --html e.html
silent e.html '<b>'
says e.html '&lt;b&gt;&amp;'
run 2 'diff of two types' diff '#41' '#48' -C q/ledger.git
run 1 'diff of what is no draft' diff old.json list.csv
run 3 'diff of a record that is not there' diff '#41' '#9999' -C q/ledger.git

# ---- a submission -----------------------------------------------------------------------------------------------------------
draft() { # TYPE BODY REFS
	jq -n --arg type "$1" --argjson body "$2" --slurpfile d "q/drafts/kumo-statement-3.json" '$d[0] + {type: $type, body: $body, refs: []}' >"$1.json"
}
papers='application.json provider-statement.json audit-report.json'
all='["application-form","pledge","capital-and-officers","provider-statement","audit-report"]'
good() {
	draft provider-statement '{"provider":"kakuu-kumo","service":"kumo-iaas","services":[{"id":"kumo-iaas","name":"架空の雲 IaaS"}],"stated_on":"2026-04-03","period":{"from":"2025-04-01","to":"2026-03-31"}}'
	draft audit-report '{"auditor":"koh-audit","service":"kumo-iaas","provider":"kakuu-kumo","cycle":"annual","period":{"from":"2025-04-01","to":"2026-03-31"},"report_date":"2026-04-20","findings":"none","report_no":"甲-1"}'
	draft application "{\"provider\":\"kakuu-kumo\",\"service\":\"kumo-iaas\",\"applied_on\":\"2026-05-20\",\"submitted\":$all}"
}
edit() { jq "$2" "$1" >edited.json && mv edited.json "$1"; }
rows() { jq -c '[.rows[] | [.what, .severity, .rule]]' out; }
good
run 0 'a whole submission' check --submission $papers -C q/ledger.git --json
is "$(jq -c '[.complete, .rows]' out)" '[true,[]]'
run 0 'a whole submission in words' check --submission $papers -C q/ledger.git --lang ja
says out 完備
run 1 'no report' check --submission application.json provider-statement.json -C q/ledger.git --json
is "$(rows)" '[["audit-report","invalid","D01"]]'
run 1 'no application' check --submission provider-statement.json audit-report.json -C q/ledger.git --json
is "$(rows)" '[["application","invalid","D01"]]'
edit application.json '.body.submitted -= ["pledge"]'
run 1 'no pledge' check --submission $papers -C q/ledger.git --json
is "$(rows)" '[["pledge","invalid","D01"]]'
edit application.json 'del(.body.submitted)'
run 3 'submitted papers not told' check --submission $papers -C q/ledger.git --json
is "$(rows)" '[["capital-and-officers","unverifiable","D01"],["pledge","unverifiable","D01"]]'
good; edit audit-report.json '.body.findings = "minor"'
run 1 'findings without an improvement plan' check --submission $papers -C q/ledger.git --json
is "$(rows)" '[["improvement-plan","invalid","D01"]]'
good; edit audit-report.json '.body.service = "kumo-other"'
run 1 'a report of another service' check --submission $papers -C q/ledger.git --json
is "$(rows)" '[["audit-report","invalid","D01"],["other-service","invalid",null]]'
is "$(jq -c '.rows[1].file' out)" 2
good; edit provider-statement.json '.body.provider = "kakuu-niji"'
run 1 'a statement of another provider' check --submission $papers -C q/ledger.git --json
is "$(rows)" '[["other-provider","invalid",null]]'
good; edit provider-statement.json '.body.period.from = "2025-04-02"'
run 0 'another period is only warned of' check --submission $papers -C q/ledger.git --json
is "$(rows)" '[["period","warning","C15"]]'
good; edit audit-report.json '.body.scope = {"services":["kumo-storage"]}'
run 1 'audited beyond the statement' check --submission $papers -C q/ledger.git --json
is "$(rows)" '[["scope","invalid","C15"]]'
good; edit application.json '.body.applied_on = "2026-04-19"'
run 1 'applied before the report' check --submission $papers -C q/ledger.git --json
is "$(rows)" '[["applied-before-report","invalid","D06"]]'
good; edit application.json '.body.applied_on = "2026-05-21"'
run 0 'applied a day too late' check --submission $papers -C q/ledger.git --json
is "$(rows)" '[["applied-late","warning","D02"]]'
good; edit application.json '.body.capital_ties = [{"party":"koh-audit","kind":"capital"}]'
run 1 'ties with the auditor' check --submission $papers -C q/ledger.git --json
is "$(rows)" '[["ties","invalid","C06"]]'
good
run 1 'one paper twice' check --submission $papers application.json -C q/ledger.git
says err application.json
run 1 'one paper twice, in Japanese' check --submission $papers application.json -C q/ledger.git --lang ja
says err 同じ書類が二度指定されている
head -c 300 application.json >cut.json
run 1 'a paper cut short, in Japanese' check --submission $papers cut.json -C q/ledger.git --lang ja
says err の途中で終わっている
draft technical-review '{"service":"kumo-iaas","reviewed_on":"2026-05-21","outcome":"accepted"}'
run 0 'what no applicant submits is told' check --submission $papers technical-review.json -C q/ledger.git --json
is "$(rows)" '[["not-a-paper","warning","D01"]]'
run 1 'what is no paper' check --submission $papers list.csv -C q/ledger.git
says err list.csv
# What the papers refer to of earlier years is not judged as if it were handed in now.
id() { "$akashi" show "#$1" -C q/ledger.git --json | jq -r .id; }
good
draft improvement-plan '{"service":"kumo-iaas","provider":"kakuu-kumo","submitted_on":"2026-05-19","items":[{"no":"1","finding":"x","due_on":"2026-12-31"}]}'
jq --arg id "$(id 35)" '.refs = [{rel: "report", record: $id}]' improvement-plan.json >edited.json && mv edited.json improvement-plan.json
jq --arg id "$(id 41)" '.refs = [{rel: "amends", record: $id}]' provider-statement.json >edited.json && mv edited.json provider-statement.json
run 0 'a plan on the report of an earlier year, and a statement that amends an earlier one' check --submission $papers improvement-plan.json -C q/ledger.git --json
is "$(rows)" '[]'
jq --arg id "$(id 35)" '.refs = [{rel: "report", record: $id}]' application.json >edited.json && mv edited.json application.json
run 0 'the report that the application names is judged, and its plan on record found' check --submission application.json provider-statement.json -C q/ledger.git --json
is "$(rows)" '[["applied-late","warning","D02"]]'
# A provider that was renamed: on a copy, with a succession on the listing from 10 May on.
mkdir s && cp -r q/ledger.git q/keys s
good
draft succession '{"organisation":"kakuu-kumo","successor":"kakuu-kumo-2","kind":"rename","before":{"ja":"株式会社架空の雲"},"after":{"ja":"株式会社新しい雲"},"effective_on":"2026-05-10","listings":["C24-0101-2"]}'
jq --arg base "$("$akashi" log -C s/ledger.git --json | jq -r '[.. | objects | select(has("seq")) | select(.id)] | max_by(.seq) | .id')" '.base = $base | .issued = "2026-05-10" | .documents = []' succession.json >edited.json && mv edited.json succession.json
run 0 'the succession, signed' sign succession.json --key s/keys/desk.key --yes -q -C s/ledger.git
run 0 'the succession, sealed' seal succession.dsse.json --operator s/keys/operator.key -C s/ledger.git
draft renewal-application "{\"listing\":\"C24-0101-2\",\"provider\":\"kakuu-kumo-2\",\"service\":\"kumo-iaas\",\"applied_on\":\"2026-05-20\",\"submitted\":$all}"
papers='renewal-application.json provider-statement.json audit-report.json'
run 0 'the successor applies on the papers of who was before it' check --submission $papers -C s/ledger.git --json
is "$(rows)" '[]'
run 1 'the same where no succession is on record' check --submission $papers -C q/ledger.git --json
is "$(rows)" '[["other-provider","invalid",null],["other-provider","invalid",null]]'
edit renewal-application.json '.body.applied_on = "2026-05-09"'
run 1 'the day before it came after it' check --submission $papers -C s/ledger.git --json
is "$(rows)" '[["other-provider","invalid",null],["other-provider","invalid",null]]'
edit renewal-application.json '.body.applied_on = "2026-05"'
run 3 'in a month of which it cannot be told' check --submission $papers -C s/ledger.git --json
is "$(rows)" '[["other-provider","unverifiable",null],["other-provider","unverifiable",null]]'
run 0 'nothing was changed' audit -C q/ledger.git --trust q/trust --quiet

[ "$rc" -eq 0 ] && echo 'tools: as written'
exit $rc
