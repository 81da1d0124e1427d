#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A scheme's first year, from an empty folder to a verdict: keys, ledger, profile, parties, statement, report, application,
# review, decision, listing, verification, audit.  Everything goes through the command line, as people would do it.
# All names are invented.
# Usage: transcript.sh AKASHI [FOLDER]       (a FOLDER given is kept)
# With AUTHORITIES, a file, the profile names these time authorities; with STAMP_URL what seal_as seals is stamped from there, the profile excepted.
set -u
akashi=$(realpath "$1")
if [ $# -ge 2 ]; then mkdir -p "$2"; work=$(realpath "$2"); else work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; fi
cd "$work" || exit 3
LC_ALL=C.UTF-8 NO_COLOR=1 HOME=$work AKASHI_TRUST=$work/t.trust
export LC_ALL NO_COLOR HOME AKASHI_TRUST
rc=0
fail() { printf 'FAIL  %s\n' "$1" >&2; rc=1; }

# run WANTED_EXIT NAME COMMAND…: output to NAME.out and NAME.err
run() {
	want=$1 name=$2
	shift 2
	"$@" >"$name.out" 2>"$name.err" </dev/null
	got=$?
	[ "$got" -eq "$want" ] && return 0
	fail "$name: exit $got, want $want: $*"
	sed 's/^/      /' "$name.out" "$name.err" >&2
	return 1
}
# says FILE TEXT: the text is somewhere in it
says() { grep -qF -- "$2" "$1" || { fail "$1 does not say: $2"; sed 's/^/      /' "$1" >&2; }; }

ak() { "$akashi" -C l.git "$@"; }
# seal_as NAME KEY…: sign the draft NAME.json with each key and seal it
seal_as() {
	n=$1
	shift
	from=$n.json
	for k; do
		run 0 "sign-$n" ak sign "$from" --key "keys/$k.key" --yes || return 1
		from=$n.dsse.json
	done
	case ${STAMP_URL:-}:$n in :* | *:profile) ;; *) run 0 "stamp-$n" ak timestamp "$n.dsse.json" --url "$STAMP_URL" ;; esac
	run 0 "seal-$n" ak seal "$n.dsse.json"
}

# ---- the ledger ---------------------------------------------------------------------------------------------------
run 0 init "$akashi" init l.git --origin ledger.example/ismap --make-keys keys --trust-out first.trust || exit 1
says init.out 'made the ledger ledger.example/ismap'
run 2 init-again "$akashi" init l.git --origin ledger.example/ismap --make-keys more
[ -e more ] && fail 'init made keys for a ledger it could not make'
for k in m1 m2 m3 m4 m5 desk support lead provider; do
	run 0 "keygen-$k" "$akashi" keygen -o "keys/$k.key" --pub "keys/$k.pub"
done
run 2 keygen-over "$akashi" keygen -o keys/m1.key
says keygen-over.err 'nothing was overwritten'
[ "$(stat -c %a keys/m1.key)" = 600 ] || fail 'a private key can be read by others'
chmod 644 keys/lead.key
run 0 draft-profile ak draft profile -o profile.json
if [ -n "${AUTHORITIES:-}" ]; then
	jq --slurpfile a "$AUTHORITIES" '.body.package | .time_authorities = $a[0] | .version += "-timed"' profile.json >package.json
	run 0 draft-profile-timed ak draft profile --body package.json -o profile.json --force
fi
run 2 sign-open-key ak sign profile.json --key keys/lead.key --yes
says sign-open-key.err 'chmod 600'
chmod 600 keys/lead.key
seal_as profile root-1 root-2 || exit 1
says sign-profile.err 'record types'
[ "$(wc -l <sign-profile.err)" -le 12 ] || fail 'signing a profile shows more than a person reads'
run 0 trust "$akashi" -C l.git trust init -o t.trust
run 0 trust-check ak trust check t.trust
says trust-check.out 'operator key'
# A file by which verify would call the ledger tampered does not fit it.
{ cat t.trust; echo 'keyset sha256:00000000000000000000000000000000000000000000000000000000000000ff'; } >wrong.trust
run 1 trust-check-keyset ak trust check wrong.trust
says trust-check-keyset.out 'no keyset record in force here has this id'
says trust-check-keyset.out 'does not fit the ledger here'
run 1 trust-check-keyset-json ak trust check wrong.trust --json
says trust-check-keyset-json.out '"keyset":false'
run 0 witness-of-its-own "$akashi" witness key --key keys/heartbeat.key --name w.example/own
{ sed '/^quorum/d' t.trust; echo "witness own $(cat witness-of-its-own.out)"; echo 'quorum own'; } >own.trust
run 1 trust-check-own ak trust check own.trust
says trust-check-own.out 'it cannot watch itself'
run 0 trust-show ak trust show t.trust
says trust-show.out 'each adds a definition to those this program ships; none is taken away'
grep -q 'keyset record' trust-show.out && fail 'a trust file without a keyset line is said to have one'
{ cat t.trust; sed -n 's/^genesis /keyset /p' t.trust; } >floor.trust
run 0 trust-floor ak trust show floor.trust
says trust-floor.out 'the ledger must have this keyset record'
run 0 trust-floor-ja ak trust show floor.trust --lang ja
says trust-floor-ja.out 'この鍵一式の記録を含む台帳だけを受け入れる'
says trust-floor-ja.out '追加して受け入れる'

# ---- who takes part -----------------------------------------------------------------------------------------------
run 0 draft-secretariat ak party secretariat --role secretariat --name-ja 事務局 --name-en Secretariat \
	--member desk:keys/desk.pub:事務局担当 -o secretariat.json
seal_as secretariat desk root-1 root-2
run 0 draft-committee ak party committee --role committee --name-ja 運営委員会 --name-en 'Steering Committee' \
	--member m1:keys/m1.pub:委員甲 --member m2:keys/m2.pub:委員乙 --member m3:keys/m3.pub:委員丙 \
	--member m4:keys/m4.pub:委員丁 --member m5:keys/m5.pub:委員戊 -o committee.json
seal_as committee m1 m2 m3 m4 m5 root-1 root-2
run 0 draft-support ak party support --role ops-support --name-ja 運用支援機関 --member desk:keys/support.pub:審査担当 -o support.json
seal_as support support root-1 root-2
run 0 draft-koh ak party koh-audit --role auditor --name-ja 甲監査法人 --name-en 'Koh Audit' \
	--member lead:keys/lead.pub:業務執行責任者 -o koh.json
seal_as koh lead desk
run 0 draft-kakuu ak party kakuu --role provider --name-ja 株式会社架空の雲 --name-en 'Kakuu Cloud' \
	--member desk:keys/provider.pub:申請担当 -o kakuu.json
seal_as kakuu provider desk

run 0 draft-registration ak draft auditor-registration --issued 2025-05-20 --set /auditor=koh-audit --set /kind=initial \
	--set-date /registered_on=令和7年5月20日 --set-date /valid_from=2025年6月1日 --set-date /valid_until=2027-05-31 \
	--set /meeting=第22回 -o registration.json
seal_as registration m1 m2 m3

# ---- what may be filled in: all fields of all types, out of their definitions -----------------------------------------
run 0 fields ak draft decision --fields
says fields.out '* /outcome'
says fields.out 'registered, deferred, rejected'
says fields.out '/minutes'
says fields.out 'exactly one of: /listing, /service'
says fields.out 'publication: after listing'
[ ! -e '-' ] || fail 'to show fields wrote a draft'
run 0 fields-ja "$akashi" help decision --lang ja
says fields-ja.out '議案の区分'
says fields-ja.out 'renewal（更新）'
run 0 fields-json ak draft decision --fields --json
says fields-json.out '"field":"/decided_on"'
says fields-json.out '"class":"public"'
run 2 fields-none ak draft decison --fields
says fields-none.err 'there is no record type decison; there are: '
types=$(tr '\n' ' ' <fields-none.err | sed 's/.*there are: *//; s/ *usage:.*//; s/,//g')
n=0
for t in $types keyset party profile revocation timestamp crl; do
	run 0 "fields-of-$t" "$akashi" draft "$t" --fields
	grep -q '^  [* ] /' "fields-of-$t.out" || fail "no field of $t is shown"
	n=$((n + 1))
done
[ "$n" -ge 20 ] || fail "only $n types were tried"

# ---- the matter ---------------------------------------------------------------------------------------------------
printf 'statement, version 1\n' >statement.pdf
printf 'report, confidential\n' >report.pdf
items='[{"id":"kakuu-iaas","name":"架空の雲 IaaS"}]'
run 0 draft-statement ak draft provider-statement --issued 2026-04-03 --document statement.pdf:provider-statement \
	--set /provider=kakuu --service kakuu-iaas --set-json "/services=$items" --set-date /stated_on=2026-04-03 \
	--set-date /period/from=2025-04-01 --set-date /period/to=2026-03-31 -o statement.json
seal_as statement provider
run 0 draft-report ak draft audit-report --issued 2026-04-20 --commit report.pdf:result-report --set /auditor=koh-audit \
	--service kakuu-iaas --set /provider=kakuu --set /cycle=initial --set-date /period/from=2025-04-01 \
	--set-date /period/to=2026-03-31 --set-date /report_date=2026-04-20 --set /findings=none --set /report_no=甲-26-001 \
	-o report.json
says draft-report.err 'report.pdf.opening.json'
run 0 sign-document ak sign --show report.json --lang ja
says sign-document.out '文書'
says sign-document.out '（非公開・コミットメント） sha256:'
[ "$(stat -c %a report.pdf.opening.json)" = 600 ] || fail 'a salt can be read by others'
grep -q 'report.pdf' report.json && fail 'the name of a confidential file is in the draft'
seal_as report lead
run 0 draft-application ak draft application --issued 2026-04-25 --set /provider=kakuu --service kakuu-iaas \
	--set-date /applied_on=2026-04-25 -o application.json
seal_as application provider
run 0 draft-review ak draft technical-review --issued 2026-05-08 --service kakuu-iaas --set-date /reviewed_on=2026-05-08 \
	--outcome accepted -o review.json
seal_as review support
run 0 draft-decision ak draft decision --issued 2026-05-18 --service kakuu-iaas --set /kind=initial --outcome registered \
	--set-date /decided_on=2026-05-18 -o decision.json
says draft-decision.err 'meeting'
run 2 sign-blank ak sign decision.json --key keys/m1.key --yes
run 0 draft-decision-again ak draft decision --force --issued 2026-05-18 --service kakuu-iaas --set /kind=initial \
	--outcome registered --set-date /decided_on=2026-05-18 --set /meeting=第23回 -o decision.json
run 2 sign-public ak sign decision.json --key keys/m1.pub --yes
says sign-public.err 'this is a public key'
run 0 sign-m1 ak sign decision.json --key keys/m1.key --yes
says sign-m1.err '委員甲'
# What a decision rests on is shown before it is signed: a drafter could point it at another review.
review=$(sed -n 's/^sealed #\([0-9]*\).*/\1/p' seal-review.out) id=$(jq -r '.refs[] | select(.rel == "review") | .record' decision.json)
says sign-m1.err 'refers to'
says sign-m1.err "technical review #$review  technical review kakuu-iaas accepted  sha256:$(printf '%s' "$id" | cut -c8-11)…"
run 0 sign-basis-full ak sign --show decision.json --full
says sign-basis-full.out "$id"
run 0 sign-basis-apart "$akashi" -C nowhere sign --show decision.dsse.json
says sign-basis-apart.out "review  sha256:$(printf '%s' "$id" | cut -c8-11)…"
sed "s/$id/sha256:$(printf '%064d' 7)/" decision.json >pointed.json
run 0 sign-basis-pointed ak sign --show pointed.json
says sign-basis-pointed.out 'technical review  (not in the ledger here)  sha256:0000…0007'
run 0 sign-m2 ak sign decision.dsse.json --key keys/m2.key --yes
says sign-m2.out '2 of 3'
run 1 seal-too-few ak seal decision.dsse.json
says seal-too-few.err 'refused  decision.dsse.json'
says seal-too-few.err 'one more must sign'
run 1 check-too-few ak check decision.dsse.json
cp decision.dsse.json other.dsse.json
run 0 sign-m3 ak sign other.dsse.json --key keys/m3.key --yes
run 0 sign-add ak sign decision.dsse.json --add other.dsse.json
says sign-add.out '3 of 3'
run 0 sign-show ak sign --show decision.dsse.json --lang ja
says sign-show.out '運営委員会 委員丙'
run 0 check-enough ak check decision.dsse.json
# Somebody without a role here would make of the file of three one that is never sealed.
cp decision.dsse.json spoilt.dsse.json
run 1 sign-spoils ak sign spoilt.dsse.json --key keys/lead.key --yes
says sign-spoils.err 'the key of Koh Audit'
says sign-spoils.err 'signed by ISMAP Steering Committee'
cmp -s decision.dsse.json spoilt.dsse.json || fail 'a refused signature was written'
run 0 sign-elsewhere "$akashi" sign spoilt.dsse.json --key keys/lead.key --yes
run 1 seal-spoilt ak seal spoilt.dsse.json
says seal-spoilt.err 'the signature by Koh Audit'
run 1 check-spoilt ak check spoilt.dsse.json
says check-spoilt.out 'the signature by Koh Audit'
run 1 seal-spoilt-json ak seal spoilt.dsse.json --json
says seal-spoilt-json.out 'the signature by sha256:'
run 0 seal-decision ak seal decision.dsse.json
says seal-decision.out 'sealed #'
run 1 seal-twice ak seal decision.dsse.json
says seal-twice.err 'refused'
says seal-twice.err 'akashi log -C l.git'
run 1 seal-twice-json ak seal decision.dsse.json --json
says seal-twice-json.out '"expected":"a statement that is not on record"'
says seal-twice-json.out '"found":"record #'
decided=$(sed -n 's/^sealed #\([0-9]*\).*/\1/p' seal-decision.out)
stated=$(sed -n 's/^sealed #\([0-9]*\).*/\1/p' seal-statement.out)
run 0 draft-listing ak draft listing --ref "decided-by=#$decided" --ref "statement=#$stated" --issued 2026-05-20 --listing C24-0101-2 --set /basis=decided \
	--set-json "/services=$items" --set-json '/provider={"name":"株式会社架空の雲","party":"kakuu"}' \
	--set-date /registered_on=2026-05-18 --set-date /expires_on=2027-07-31 -o listing.json
seal_as listing desk

# ---- the questions ------------------------------------------------------------------------------------------------
run 0 verify ak verify C24-0101-2 --as-of 2026-11-21
says verify.out 'VALID  C24-0101-2'
says verify.out '2027-07-31'
says verify.out 'audit period 2025-04-01 to 2026-03-31'
says verify.out 'the one record about this listing is here (on the operator'
run 0 verify-ja ak verify C24-0101-2 --as-of 令和8年11月21日 --lang ja
says verify-ja.out '有効  C24-0101-2'
says verify-ja.out '5名中3名が署名'
says verify-ja.out '登録は絶対的な安全やリスクゼロを保証するものではない。'
run 0 verify-json ak verify C24-0101-2 --as-of 2026-11-21 --json
says verify-json.out '"verdict":"valid"'
run 0 verify-evidence ak verify C24-0101-2 --as-of 2026-11-21 --evidence statement.pdf --evidence report.pdf:report.pdf.opening.json
says verify-evidence.out '; the listing rests on it now'
run 3 verify-no-salt ak verify C24-0101-2 --as-of 2026-11-21 --evidence report.pdf
says verify-no-salt.out 'came without its salt'
printf 'report, altered\n' >altered.pdf
run 1 verify-altered ak verify C24-0101-2 --as-of 2026-11-21 --evidence altered.pdf:report.pdf.opening.json
run 3 verify-before ak verify C24-0101-2 --as-of 2026-11-21 --known-at 5
run 3 verify-unknown ak verify C24-9999-9 --as-of 2026-11-21
run 3 verify-expired ak verify C24-0101-2 --as-of 2027-08-01
says verify-expired.out 'CANNOT SAY'
says verify-expired.out 'as far as this ledger is known: expired'
run 0 list ak list
says list.out 'C24-0101-2'
run 0 log ak log C24-0101-2
run 0 log-ja ak log C24-0101-2 --lang ja
says log-ja.out '掲載 C24-0101-2'
run 0 log-service ak log kakuu-iaas
says log-service.out 'application kakuu-iaas'
[ "$(wc -l <log-service.out)" -gt 4 ] || fail 'log finds a service by its short name, and not all about it'
run 0 log-none ak log kakuu
says log-none.out 'party kakuu'
run 2 log-words ak log 架空の雲
says log-words.err 'akashi search WORD -C l.git'
cp -r l.git "it's a copy.git"
run 2 log-quoted "$akashi" -C "it's a copy.git" log 架空の雲
says log-quoted.err "akashi search WORD -C 'it'\\''s a copy.git'"
run 0 log-type ak log --type decision --limit 1
run 0 search ak search 架空の雲
says search.out 'listing'
run 0 status ak status --as-of 2026-11-21 --lang ja
says status.out '有効 1件'
says status.out '甲監査法人'
says status.out '登録中'
run 0 show ak show '#1'
says show.out 'record types'
run 0 show-ja ak show "#$decided" --lang ja
says show-ja.out '会議の回次'
run 0 show-full ak show "#$decided" --full
says show-full.out '/meeting'
run 0 show-raw ak show 1 --raw
[ "$(wc -l <show-raw.out)" -eq 3 ] || fail 'a record is not three lines'
run 0 audit ak audit
says audit.out 'holds'
says audit.out 'digests, chain, tree, subject map'
says audit.out 'commits signed by the operator'
run 0 audit-json ak audit --json
run 0 audit-no-trust ak audit --no-trust
says audit-no-trust.out 'whose'

# ---- a correction -------------------------------------------------------------------------------------------------
seq=$(sed -n 's/^sealed #\([0-9]*\).*/\1/p' seal-listing.out)
run 0 correct ak correct "#$seq" --field /provider/name --to '株式会社架空の雲 東日本' --reason 誤記の訂正 -o correction.json
seal_as correction desk
run 0 search-corrected ak search 東日本
run 0 verify-corrected ak verify C24-0101-2 --as-of 2026-11-21
run 0 audit-corrected ak audit

run 0 correct-date ak correct "#$seq" --field /expires_on --to '2027年7月31日' --reason 誤記の訂正 -o dated.json
grep -q '"after": *"2027-07-31"' dated.json || fail 'a date is not normalised by correct'
run 2 correct-no-date ak correct "#$seq" --field /expires_on --to 来年 --reason 誤記の訂正 -o no-date.json
sed 's/"2027-07-31"/"2027年7月31日"/' dated.json >human.json
run 1 check-human ak check human.json
says check-human.out 'body.after'
run 1 sign-human ak sign human.json --key keys/desk.key --yes
[ ! -e human.dsse.json ] || fail 'a draft that its type refuses was signed'
run 1 sign-no-role ak sign dated.json --key keys/lead.key --yes
says sign-no-role.err 'this is the key of Koh Audit'
[ ! -e dated.dsse.json ] || fail 'a signature without a part was written'
run 0 sign-elsewhere "$akashi" sign dated.json --key keys/lead.key --yes -C no-ledger-here
run 1 seal-no-role ak seal dated.dsse.json
says seal-no-role.err 'the signature of Koh Audit'
run 0 draft-ahead ak draft technical-review --service kakuu-saas --set-date /reviewed_on=2099-06-01 --outcome incomplete -o ahead.json
run 1 check-ahead ak check ahead.json
says check-ahead.out 'warning  Reviewed on (/reviewed_on) lies in the future: 2099-06-01'
run 1 check-ahead-ja ak check ahead.json --lang ja
says check-ahead-ja.out '審査日（/reviewed_on） が先の日付である: 2099年6月1日'
run 0 draft-past ak draft technical-review --service kakuu-saas --set-date /reviewed_on=2026-06-01 --outcome incomplete -o past.json
run 1 check-past ak check past.json
grep -q future check-past.out && fail 'a day that is past is called future'
run 0 draft-issued ak draft technical-review --issued 2099-06-01 --service kakuu-saas --set-date /reviewed_on=2026-06-01 --outcome incomplete -o issued.json
run 1 check-issued ak check issued.json
says check-issued.out '--issued'

[ -e dated.dsse.json ] || fail 'with --yes it is signed all the same'

# A later correction stands on an earlier one: with that annulled it changes nothing, and is not to look as if it did.
first=$(sed -n 's/^sealed #\([0-9]*\).*/\1/p' seal-correction.out)
run 0 correct-again ak correct "#$seq" --field /provider/name --to '株式会社架空の雲 西日本' --reason 誤記の訂正 -o again.json
seal_as again desk
second=$(sed -n 's/^sealed #\([0-9]*\).*/\1/p' seal-again.out)
run 2 annul-no-reason ak annul "#$first" -o a.json
says annul-no-reason.err '--reason TEXT'
run 0 annul ak annul "#$first" --reason 訂正の誤り -o annul.json
says annul.err 'akashi sign annul.json --key KEY -C l.git'
run 1 annul-lead-sign ak check annul.json
seal_as annul desk
says sign-annul.err "Record annulled                     #$first correction "
run 0 show-annulled ak show "#$first"
says show-annulled.out '  annulled by #'
grep -q 'corrected by' show-annulled.out && fail 'an annulment is called a correction'
run 0 show-idle ak show "#$seq"
says show-idle.out "  corrected by #$first (without effect)"
grep -q "  corrected by #$second$" show-idle.out || fail 'a correction that stands is said to have no effect'
run 0 log-annulled ak log
grep -q "^#$first .*annulled by #" log-annulled.out || fail 'log does not mark an annulled record'
[ "$(grep -c 'annulled by' log-annulled.out)" -eq 1 ] || fail 'log marks another record as annulled'
run 0 log-before ak log --known-at "$((second + 1))"
grep -q 'annulled by' log-before.out && fail 'log marks a record by what was sealed later'
run 0 search-annulled ak search 東日本
says search-annulled.out 'annulled by #'
run 0 verify-idle ak verify C24-0101-2 --as-of 2026-11-21
says verify-idle.out "correction #$second changes nothing in record #$seq"
run 0 verify-idle-ja ak verify C24-0101-2 --as-of 2026-11-21 --lang ja
says verify-idle-ja.out "訂正 #$second は記録 #$seq に何も及ぼさない"
run 0 trace-idle ak trace C24-0101-2 --as-of 2026-11-21 --svg idle.svg
grep -q "✗ .*#$second .*changes nothing" trace-idle.out || fail 'trace does not mark a correction that changes nothing'
grep -q "✗ .*#$first .*annulled" trace-idle.out || fail 'trace does not mark an annulled correction'
grep -q "✗ .*#$second .*changes nothing" idle.svg || fail 'the picture does not mark a correction that changes nothing'
run 0 audit-annulled ak audit

# ---- a batch ------------------------------------------------------------------------------------------------------
run 0 draft-batch-1 ak draft technical-review --issued 2026-06-01 --service kakuu-saas --set-date /reviewed_on=2026-06-01 \
	--outcome incomplete -o b1.json
run 0 draft-batch-2 ak draft technical-review --issued 2026-06-02 --service kakuu-saas --set-date /reviewed_on=2026-06-02 \
	--outcome incomplete -o b2.json
run 0 sign-b1 ak sign b1.json --key keys/support.key --yes
run 0 sign-b2 ak sign b2.json --key keys/support.key --yes
{ cat b1.dsse.json; echo; echo; cat b2.dsse.json; } | tr -d '\n' | sed 's/}{/}\n{/' >batch.jsonl
run 0 seal-batch ak seal batch.jsonl
[ "$(grep -c '^sealed #' seal-batch.out)" -eq 2 ] || fail 'a batch of two sealed something else'
printf '{"not":"an envelope"}\n' >bad.jsonl
run 1 seal-bad ak seal bad.jsonl
says seal-bad.err 'bad.jsonl:1'
run 1 seal-bad-json ak seal bad.jsonl --json
says seal-bad-json.out '"error"'

[ "$rc" -eq 0 ] && echo 'transcript: as it should be'
exit $rc
