#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The report for the file of a purchase: the same page from both programs, checked again by akashi-verify and by stock tools; edits of
# any part of it are refused; it is one well-formed page of two sheets that loads nothing.
. "$(dirname "$0")/lib.sh"
here=$(cd "$(dirname "$0")" && pwd)
ledger=$STORY/ledger.git
term=(--contract 2026-04-01..2027-03-31)
verify=("$AKASHI_VERIFY" --no-state)
json() { jq -r "$1" "$work/out"; }
is() { if [ "$1" = "$2" ]; then ok; else bad "$3: $1, not $2"; fi; }

# ---- making ---------------------------------------------------------------------------------------------------------

# make NAME EXIT LISTING OPTIONS…: by akashi into NAME.html.
make() {
	local name=$1 code=$2 listing=$3
	shift 3
	want "$code" "$AKASHI" verify "$listing" -C "$ledger" "$@" --report "$work/$name.html"
}
make valid 0 C24-0101-2 --as-of $day "${term[@]}" --region 東日本 --case 文書管理の調達 --lang ja
make within 0 C24-0101-2 --as-of $day --contract 2027-04-01..2028-03-31 --lang en
make expired 1 C24-0102-2 --as-of $day "${term[@]}" --lang ja
make invalid 1 C25-0204-2 --as-of $day --lang en
make deleted 1 C25-0203-2 --as-of $day "${term[@]}" --lang en
make imported 3 C21-0004-2 --as-of $day --lang ja
make unlisted 1 C21-0004-2 --as-of $day "${term[@]}" --service Nowhere --region 東日本 --lang en
has '<p class="why">Nowhere is not a service of this listing</p>' "$work/unlisted.html"
# Everything that was asked is refused at once, which in English has most to say.
refused=(--contract 2026-04-01..2029-03-31 --service 'Nowhere at all' --region Mars --case x --lang en)
make refused 1 C24-0101-2 --as-of $day "${refused[@]}"
make gone 1 C25-0203-2 --as-of $day "${refused[@]}"
# A title of two lines, a listing that was deleted, a service and a region typed otherwise: all of it has room.
make gone-ja 1 C25-0203-2 --as-of $day --contract 2026-12-01..2027-12-31 --service '架空の雲 Ｉａａｓ' --region '大阪リージョン（西日本）' --lang ja \
	--case '令和８年度　政府共通プラットフォーム上の文書管理業務に係るクラウドサービス（ＩａａＳ）提供等業務の調達（第２期・国庫債務負担行為分を含む。）一式'
if grep -qE '…|id="annex"' "$work/gone-ja.html"; then bad 'gone-ja: something is cut'; else ok; fi
for f in 'H02' 'H03'; do has "$f" "$work/refused.html"; has "$f" "$work/gone.html"; done
make none 3 C99-9999-2 --as-of $day --lang en
make stale 3 C24-0101-2 --as-of 2028-11-21 --lang ja
has '登録の有効期限 2027年7月31日 は、契約期間（2026年4月1日–2027年3月31日）の末日以後である' "$work/valid.html"
has 'The registration stands no more since 2026-10-01 (deletion), within the contract' "$work/deleted.html"
has '■' "$work/deleted.html"
has 'url(#open)' "$work/imported.html"
has 'The registration expires on 2027-07-31, within the contract (2027-04-01 to 2028-03-31). The 244 days after it' "$work/within.html"
# Of a registration that was deleted the old expiry is no longer spoken of, and the chain does not end well.
want 1 "$AKASHI" verify C25-0203-2 -C "$ledger" --as-of $day "${term[@]}" --lang en --json
is "$(json '[.chain[0:3][] | .step + " " + .mark] | join(", ")')" 'deletion failed, listing failed, decision passed' 'the chain of a deleted listing'
is "$(json '.chain[0].ends == .chain[1].record')" true 'what the deletion ends'
is "$(json '[.findings[] | select(.rule == "H01") | .reason + " " + .found] | join(", ")')" 'stands-no-more deleted on 2026-10-01' 'the contract of a deleted listing'
# What is wrong with the report is no second document.
want 3 "$AKASHI" verify C24-0101-2 -C "$ledger" --as-of $day --json --report "$work/no/such.html"
is "$(jq -s length "$work/out")" 1 'a report that cannot be written'
has '文書管理の調達' "$work/valid.html"
# The term comes before everything else that is said.
is "$(grep -nE 'class="term|class="facts|<svg' "$work/valid.html" | head -n 1 | grep -c 'class="term')" 1 'the term is not first'

# akashi-verify writes the same page from the same bundle, as far as the clock lets it.
sed -n '/ id="akashi-bundle">/,/^<.script>/p' "$work/within.html" | sed '1d;$d' | base64 -d >"$work/whole.akashi"
want 0 "${verify[@]}" "$work/whole.akashi" --as-of $day --contract 2027-04-01..2028-03-31 --lang en --report "$work/other.html"
seen() { sed '/ id="akashi-settings">/,$d' "$1" | sed "s/${1##*/}/NAME/; s/Made [^<]*//"; }
if diff <(seen "$work/within.html") <(seen "$work/other.html") >/dev/null; then ok; else bad 'the two programs write different pages'; fi
want 0 "${verify[@]}" "$work/whole.akashi" --as-of $day --report -
is "$(head -n 1 "$work/out")" '<!DOCTYPE html>' 'the page is not the whole answer on stdout'

# What is asked of a use is answered in words, with the record, or said not to be on record; what the scheme knows nothing of is no question.
want 0 "$AKASHI" verify C24-0101-2 -C "$ledger" --as-of $day "${term[@]}" --service '架空の雲 IaaS' --region 西日本 --confirmed 情監第5号 --lang ja
has '契約期間: 2026年4月1日–2027年3月31日' "$work/out"
has '✓ 登録の有効期限 2027年7月31日（#' "$work/out"
has '✓ 掲載のサービス: 架空の雲 IaaS、架空の雲 ストレージ（#' "$work/out"
has '✓ 言明の対象地域: 東日本、西日本（#' "$work/out"
has '申出による' "$work/out"
want 1 "$AKASHI" verify C24-0101-2 -C "$ledger" --as-of $day --region Mars --lang en
has '✗ stated: 東日本, 西日本 (#' "$work/out"
want 3 "$AKASHI" verify C21-0004-2 -C "$ledger" --as-of $day --region 東日本 --lang en
has '? not on record' "$work/out"
for l in ja en; do
	want 2 "$AKASHI" verify C24-0101-2 -C "$ledger" --as-of $day --use BANANA --lang $l
	want 2 "${verify[@]}" "$work/whole.akashi" --as-of $day --use BANANA --lang $l
	has BANANA "$work/err"
done
has 'this scheme lists no tasks' "$work/err"
has 'leave out --use' "$work/err"

# What does not go together.
want 2 "${verify[@]}" "$work/whole.akashi" --as-of $day --case Alone
want 2 "${verify[@]}" "$work/whole.akashi" --as-of $day --report "$work/x.html" --evidence "$STORY/trust"
want 2 "${verify[@]}" "$work/whole.akashi" --as-of $day --report "$work/x.html" --case "$(printf '%0400d' 0)"
has '300 bytes (100 Japanese characters)' "$work/err"
want 2 "${verify[@]}" "$work/whole.akashi" --as-of $day --report "$work/x.html" --case $'\xff'
want 2 "${verify[@]}" "$work/valid.html" --report "$work/x.html"
[ ! -e "$work/x.html" ] || bad 'a refused report was written'

# ---- checking again -------------------------------------------------------------------------------------------------

for n in valid:0 within:0 expired:1 invalid:1 deleted:1 imported:3 none:3 stale:3; do
	want "${n#*:}" "${verify[@]}" "$work/${n%:*}.html" --json
	is "$(json '.report.page + " " + .report.verdict + " " + .report.trust')" 'passed passed same' "${n%:*}"
	is "$(json '.verdict.verdict')" "$(json '.said.verdict')" "${n%:*}: another verdict"
done
want 0 "${verify[@]}" "$work/valid.html" --lang ja
has '1バイトも違わない' "$work/out"
has '件名: 文書管理の調達' "$work/out"
has '作成時の問い: 契約期間 2026年4月1日–2027年3月31日、利用地域 東日本' "$work/out"
# Without a trust file of one's own: by the report's, and that is said first.
want 0 env -u AKASHI_TRUST HOME="$work" "${verify[@]}" "$work/valid.html"
is "$(head -n 1 "$work/out" | cut -c1-36)" 'By the trust file inside this report' 'not said'
want 0 env -u AKASHI_TRUST HOME="$work" "${verify[@]}" "$work/valid.html" --json
is "$(json .report.trust)" its-own trust
# With another one: what it knows nothing of is not good.
sed 's|^genesis sha256:.*|genesis sha256:'"$(printf '%064d' 1)|" "$STORY/trust" >"$work/stranger"
want 1 "${verify[@]}" "$work/valid.html" --trust "$work/stranger" --json
is "$(json '.report.trust + " " + .verdict.reason')" 'other tampered' 'a stranger'
# As of another day: that day's verdict; the page is as it was.
want 3 "${verify[@]}" "$work/valid.html" --as-of 2028-11-21 --json
is "$(json '.report.page + " " + .report.verdict + " " + .verdict.reason')" 'passed passed stale' 'another day'

# ---- edits ----------------------------------------------------------------------------------------------------------

# edited NAME SED: one part of valid.html changed; refused, or said to be edited, and never passed.
edited() {
	sed "$2" "$work/valid.html" >"$work/edited.html"
	if cmp -s "$work/valid.html" "$work/edited.html"; then bad "$1: nothing was changed"; return; fi
	want 1 "${verify[@]}" "$work/edited.html" --json
}
is_edited() { is "$(json '.report.page // .error.where')" "$1" "$2"; }
flip() { sed -n "/ id=\"akashi-$1\">/=" "$work/valid.html"; }
other='{n;s/^\(.\{40\}\)A/\1B/;t;s/^\(.\{40\}\)./\1A/}'
edited text 's/<p class="word">.*有効/&である/'
is_edited failed text
edited date 's/2027年7月31日/2029年7月31日/'
is_edited failed date
edited style 's/@page{size:A4/@page{size:A5/'
is_edited failed style
edited picture 's/<circle cx="/&0/'
is_edited failed picture
edited comment 's|</main>|<!-- x --></main>|'
is_edited failed comment
edited script 's|</main>|</main><script>alert(1)</script>|'
is_edited report.bundle script
edited bundle "/ id=\"akashi-bundle\">/$other"
edited trust "/ id=\"akashi-trust\">/$other"
edited verdict "/ id=\"akashi-verdict\">/$other"
edited settings "/ id=\"akashi-settings\">/$other"
edited digest '/ id="akashi-page">/{n;s/0/1/;s/a/b/}'
is_edited failed digest
edited again '/ id="akashi-page">/i <script type="text/x-akashi-trust" id="akashi-trust">'
is_edited report.page again
edited behind '$a <p>more</p>'
is_edited report.page behind
edited newline 's/$/\r/'
# Another verdict with the page that belongs to it: the evidence does not give it.
python3 "$here/report_forge.py" "$work/valid.html" "$work/forged.html" verdict
want 1 "${verify[@]}" "$work/forged.html" --json
is "$(json .report.verdict)" failed 'a forged verdict'
want 1 "${verify[@]}" "$work/forged.html"
has 'EDITED' "$work/out"
python3 "$here/report_forge.py" "$work/valid.html" "$work/forged.html" question
want 1 "${verify[@]}" "$work/forged.html" --json
is "$(json .error.where)" report.verdict 'a question that is none'
# Edited text with the right digest, in the name of another version: undamaged, but not shown to be unedited.
python3 "$here/report_forge.py" "$work/valid.html" "$work/forged.html" version
want 3 "${verify[@]}" "$work/forged.html" --json
is "$(json '.report.page + " " + .report.verdict')" 'not-checked passed' 'another version'
python3 "$here/report_forge.py" "$work/valid.html" "$work/forged.html" digest
want 1 "${verify[@]}" "$work/forged.html" --json
is "$(json .report.page)" failed 'edited text with a new digest'
head -c 5000 "$work/valid.html" >"$work/cut.html"
want 1 "${verify[@]}" "$work/cut.html" --json
is "$(json .error.where)" report 'half a page'

# ---- stock tools ----------------------------------------------------------------------------------------------------

commands() { python3 -c 'import html,re,sys; print(html.unescape(re.search(r"<pre><code>(.*?)</code></pre>", open(sys.argv[1], encoding="utf-8").read(), re.S).group(1)), end="")' "$1"; }
for n in valid within none; do
	mkdir -p "$work/stock"
	cp "$work/$n.html" "$work/stock/"
	commands "$work/$n.html" >"$work/stock/commands"
	(cd "$work/stock" && bash ./commands >out 2>&1) || bad "$n: stock tools fail"
	has 'Signature Verified Successfully' "$work/stock/out"
	is "$(grep -c '^bundle.gz: OK$\|^trust: OK$' "$work/stock/out")" 2 "$n: sha256sum"
	is "$(grep -c '^#[0-9]* OK$' "$work/stock/out")" "$(jq '.records | length' "$work/stock/bundle.json")" "$n: records"
	is "$(grep -c CHANGED "$work/stock/out" || true)" 0 "$n: records"
	is "$(sed -nE 's/^([0-9a-f]{64})  -$/sha256:\1/; s/^genesis //; /^sha256:/p' "$work/stock/out" | sort | uniq -c | awk '{print $1}' | sort -u)" 2 "$n: pairs"
	is "$(sed -n "/^$(jq -r .verdict "$work/stock/verdict.json")$/p" "$work/stock/out" | wc -l)" 1 "$n: verdict"
	# They notice: a record, and the head.
	(cd "$work/stock" && gzip -dc bundle.gz | sed 's/\\"issued\\":\\"2/\\"issued\\":\\"3/' | gzip -n >b && sed 's/^part bundle >bundle.gz/cp b bundle.gz/' commands | bash >out 2>&1) || true
	has CHANGED "$work/stock/out"
	rm -r "$work/stock"
done

# ---- the page itself ------------------------------------------------------------------------------------------------

want 0 python3 "$here/report_page.py" "$work"/{valid,within,expired,invalid,deleted,imported,refused,gone,gone-ja,none,stale}.html

# Names that mean harm, and long ones, in a ledger of their own.
cp -r "$STORY" "$work/hostile"
hostile='</title><script>alert(1)</script>]]>"'"'"'&amp;'$'\u202e'"$(printf '長い名称の株式会社架空の雲%.0s' {1..8})"
correct() {
	local n
	n=$("$AKASHI" log -C "$work/hostile/ledger.git" --type listing --json | jq '[.[] | select(.about[0] == "ismap/listing:C24-0101-2")][0].seq')
	"$AKASHI" correct "#$n" -C "$work/hostile/ledger.git" --field "$1" --to "$2" --reason test --issued $day -o "$work/hostile/c.json" &&
		"$AKASHI" sign "$work/hostile/c.json" -C "$work/hostile/ledger.git" --key "$work/hostile/keys/desk.key" --yes &&
		"$AKASHI" seal "$work/hostile/c.dsse.json" -C "$work/hostile/ledger.git" --operator "$work/hostile/keys/operator.key"
}
want 0 correct /provider/name "$hostile"
for l in ja en; do
	want 1 "$AKASHI" verify C24-0101-2 -C "$work/hostile/ledger.git" --as-of $day "${term[@]}" --service "${hostile:0:110}" --region "${hostile:0:110}" \
		--case "$(printf '件名の長い調達%.0s' {1..14})" --lang $l --report "$work/hostile-$l.html"
	want 1 "${verify[@]}" "$work/hostile-$l.html" --json
	is "$(json .report.page)" passed "hostile $l"
done
want 0 python3 "$here/report_page.py" "$work"/hostile-{ja,en}.html
has '&lt;/title&gt;&lt;script&gt;' "$work/hostile-ja.html"
has '&lt;U+202E&gt;' "$work/hostile-ja.html"

# On paper.
browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)
if [ -n "$browser" ] && command -v pdfinfo >/dev/null; then
	for n in valid within expired invalid deleted imported unlisted refused gone gone-ja none stale; do
		# Names as they usually are: nothing is cut, and there is no annex.
		if grep -qE '…|id="annex"' "$work/$n.html"; then bad "$n: something is cut"; else ok; fi
	done
	for n in hostile-ja hostile-en; do
		if grep -q 'id="annex"' "$work/$n.html"; then ok; else bad "$n: what is cut is nowhere whole"; fi
	done
	for n in valid within expired invalid deleted imported unlisted refused gone gone-ja none stale hostile-ja:3 hostile-en:3; do
		most=2
		case $n in *:*) most=${n#*:} n=${n%:*} ;; esac
		"$browser" --headless --no-sandbox --disable-gpu --user-data-dir="$work/profile" --no-pdf-header-footer --print-to-pdf="$work/$n.pdf" \
			"file://$work/$n.html" >/dev/null 2>"$work/noise" || bad "$n: the browser fails"
		pages=$(pdfinfo "$work/$n.pdf" | sed -n 's/^Pages: *//p')
		if [ "$pages" -le "$most" ]; then ok; else bad "$n: $pages sheets"; fi
		if pdfinfo "$work/$n.pdf" | grep -q A4; then ok; else bad "$n: not A4"; fi
	done
else
	echo "skipped: no browser here to print with"
fi
finish
