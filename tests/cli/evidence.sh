#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What is sealed without being shown: a document signed as a commitment, a field as a digest; what opens them, handed over in part, and what a
# verifier says of it.  Files encrypted and kept beside the ledger, on which nothing rests (negative tests N90).
# Usage: evidence.sh AKASHI
# shellcheck source=tests/cli/play.bash
. "$(dirname "$0")/play.bash"
verify=$(dirname "$akashi")/akashi-verify
# As people read it: broken lines are joined.
says() { tr -s '\n ' '  ' <"$1" | grep -qF -- "$2" || fail "$1 does not say: $2 but: $(cat "$1")"; }
never() { grep -qF -- "$2" "$1" && fail "$1 gives away: $2"; }

bash "$here/transcript.sh" "$akashi" "$work/base" >"$work/transcript.out" 2>&1 || { cat "$work/transcript.out" >&2; exit 1; }
cd "$work" || exit 3
cp base/t.trust . && cp -r base/keys base/l.git . && cp base/report.pdf base/report.pdf.opening.json .
cp base/l.git/akashi/operator operator.path
ak() { "$akashi" -C l.git "$@"; }
seal() { ak seal "$1" --operator base/keys/operator.key; }
vf() { "$verify" "$@" --trust t.trust --no-state --as-of 2026-11-21; }

# ---- signed as a commitment, a field as a digest ----------------------------------------------------------------------
secret='限られた値' reason='海外拠点からの運用のため'
printf 'board minutes, not public\n' >"議事録.pdf"
printf 'statement, version 2\n' >statement2.pdf
draft() {
	ak draft provider-statement --issued 2026-06-03 --document statement2.pdf:provider-statement --set /provider=kakuu --service kakuu-iaas \
		--set-json '/services=[{"id":"kakuu-iaas","name":"架空の雲 IaaS"}]' --set-date /stated_on=2026-06-03 --set-date /period/from=2025-04-01 \
		--set-date /period/to=2026-03-31 --set-json '/controls={"objectives":[],"unselected":[{"id":"6.1.2","level":"objective"},{"id":"9.4.1","level":"objective"}]}' "$@"
}
does 2 nowhere draft --set-commit "/controls/unselected/0/reason_kept=$reason"
says nowhere.err '-o FILE'
does 0 draft draft --set-commit "/controls/unselected/0/reason_kept=$reason" --set-commit "/controls/unselected/1/reason_kept=$secret" -o s2.json
says draft.err 's2.json.opening.json, for its owner only'
says draft.err 'nobody can ever again prove what they said'
[ "$(stat -c %a s2.json.opening.json)" = 600 ] || fail 'what opens a field can be read by others'
never s2.json "$secret"
does 0 again draft --set-commit "/controls/unselected/0/reason_kept=$secret" --set-commit "/controls/unselected/1/reason_kept=$secret" -o again.json
[ "$(jq -r '.body.controls.unselected[].reason_kept' again.json s2.json | sort -u | wc -l)" = 4 ] || fail 'two digests of one value are the same'
# A value need not stand in the command line: it comes from a file, or from the standard input, once.
opened() { jq -r '.fields[].disclosure' "$1" | while read -r d; do basenc --base64url -d <<<"$d$(printf '%*s' $((-${#d} & 3)) '' | tr ' ' =)" | jq -r '.[-1]'; done; }
printf '%s\r\n' "$reason" >reason.txt
printf '%s\n' "$secret" >secret.txt
ak_in() { local from=$1; shift; "$@" <"$from"; }
does 0 from-files ak_in secret.txt draft --set-commit /controls/unselected/0/reason_kept=@reason.txt --set-commit /controls/unselected/1/reason_kept=@- -o from.json
[ "$(opened from.json.opening.json)" = "$reason"$'\n'"$secret" ] || fail 'what was read is not what the files say'
never from.json "$secret"
does 2 twice-stdin draft --set-commit /controls/unselected/0/reason_kept=@- --set-commit /controls/unselected/1/reason_kept=@- -o no.json
says twice-stdin.err 'read only once'
does 3 no-such-file draft --set-commit /controls/unselected/0/reason_kept=@nowhere.txt -o no.json
printf 'a\0b\n' >nul.txt
printf '\377\n' >bytes.txt
for one in nul bytes; do
	does 1 "no-text-$one" draft --set-commit "/controls/unselected/0/reason_kept=@$one.txt" -o no.json
	says "no-text-$one.err" 'no text in UTF-8'
done
[ -e no.json.opening.json ] && fail 'an opening was written of what was refused'
# In the open it goes no further: not signed, not sealed, and not said again.
jq -c --arg open "$secret" '.body.controls.unselected[0].reason_kept = $open' s2.json >open.json
does 1 open-check ak check open.json
says open-check.out '/controls/unselected/0/reason_kept is not public'
says open-check.out '--set-commit'
does 1 open-sign ak sign open.json --key keys/provider.key --yes
says open-sign.err '/controls/unselected/0/reason_kept is not public'
does 0 open-away "$akashi" sign open.json --key keys/provider.key --yes -C nowhere
cp l.git/refs/heads/main before.head
does 1 open-seal seal open.dsse.json
says open-seal.err '/controls/unselected/0/reason_kept is not public'
cmp -s l.git/refs/heads/main before.head || fail 'a confidential value was sealed'
does 1 open-ja ak check open.json --lang ja
says open-ja.out 'コミットメントとしてのみ載せられる'
for o in open-check.out open-sign.err open-seal.err open-ja.out; do never "$o" "$secret"; done
rm -f open.json open.dsse.json

# While there is a salt, or a value that is not public, no core file can be left.  Each waits for its standard input.
if ulimit -c unlimited 2>/dev/null; then
	mkfifo hold
	guarded() { # NAME COMMAND…
		local name=$1 pid n=0
		shift
		"$@" <hold >"$name.out" 2>"$name.err" &
		pid=$!
		exec 8>hold
		while [ $n -lt 200 ] && ! grep -q '^Max core file size *0 *0 ' "/proc/$pid/limits" 2>/dev/null; do n=$((n + 1)); sleep 0.05; done
		[ $n -lt 200 ] || fail "$name: it can leave a core file"
		kill "$pid" 2>/dev/null
		exec 8>&-
		wait "$pid" 2>/dev/null
	}
	guarded set-commit "$akashi" -C l.git draft provider-statement --set-commit /x=@- -o no.json
	guarded commit "$akashi" -C l.git draft provider-statement --commit -:kind -o no.json
	guarded disclose "$akashi" -C l.git disclose '#1' --field /x --opening -
	guarded verify "$akashi" -C l.git verify C24-0101-2 --trust t.trust --evidence report.pdf:-
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout none.key -out none.pem -subj /CN=none -days 2 2>/dev/null
	guarded receipt "$akashi" timestamp --receipt r.html - --url http://tsa.example/ --root none.pem
	rm -f hold none.pem none.key
fi

# Whoever knows every value there can be finds none of them.
for value in 限られた値 別の値; do
	for text in "$value" "\"$value\"" "[\"reason_kept\",\"$value\"]"; do
		never s2.json "$(printf '%s' "$text" | sha256sum | cut -d' ' -f1)"
	done
done

does 2 show-too ak sign s2.json --commit-only 議事録.pdf --show
does 2 no-terminal ak sign s2.json --commit-only 議事録.pdf --key keys/provider.key
[ -e 議事録.pdf.opening.json ] && fail 'nothing was signed, and an opening was left'
[ -e s2.dsse.json ] && fail 'signed without being asked'
does 0 sign ak sign s2.json --commit-only 議事録.pdf --key keys/provider.key --yes
says sign.err 'nobody, you included, can ever again prove'
says sign.err '(not shown: a commitment)'
says sign.err 'wrote 議事録.pdf.opening.json'
[ "$(stat -c %a 議事録.pdf.opening.json)" = 600 ] || fail 'what opens a document can be read by others'
base64 -d <<<"$(jq -r .payload s2.dsse.json)" >payload
never payload 議事録
never payload "$(sha256sum <議事録.pdf | cut -d' ' -f1)"
does 2 signed-already ak sign s2.dsse.json --commit-only report.pdf --key keys/m1.key --yes
says signed-already.err 'takes the draft'
mv 議事録.pdf.opening.json kept
does 0 sign-again ak sign s2.json --commit-only 議事録.pdf:minutes --key keys/provider.key --yes -o other.dsse.json
[ "$(jq -r '.documents[0].commitment' kept)" != "$(jq -r '.documents[0].commitment' 議事録.pdf.opening.json)" ] || fail 'two commitments to one document are the same'
cp 議事録.pdf.opening.json of-another
does 2 not-over ak sign s2.json --commit-only 議事録.pdf --key keys/provider.key --yes -o third.dsse.json
says not-over.err 'not overwritten'
mv kept 議事録.pdf.opening.json
# A salt that a power cut takes away is gone for good: file and folder are on disk before what rests on it is written.
if command -v strace >/dev/null && strace -qq -o /dev/null true 2>/dev/null; then
	mkdir salts
	cp 議事録.pdf salts/minutes.pdf
	# (the leak sanitizer of a program built for it works under no tracer)
	does 0 traced env ASAN_OPTIONS="${ASAN_OPTIONS:-}:detect_leaks=0" strace -f -qq -y -s 400 -o trace -e trace=openat,fsync,rename,renameat "$akashi" -C l.git sign s2.json --commit-only salts/minutes.pdf --key keys/provider.key --yes -o traced.dsse.json
	# in order: the opening is made, it is synced, its folder is synced, the envelope is made
	sed -nE 's/.*openat\(.*minutes\.pdf\.opening\.json.*O_CREAT.*/made/p; s/.*fsync\(.*minutes\.pdf\.opening\.json>.*/file/p; s/.*fsync\([0-9]+<.*\/salts>.*/folder/p; s/.*(openat|rename|renameat)\(.*traced\.dsse\.json.*(O_CREAT|rename|").*/envelope/p' trace | uniq >order
	[ "$(head -4 order | tr '\n' ' ')" = 'made file folder envelope ' ] || { fail 'a salt is not on disk before what rests on it'; cat order trace >&2; }
	rm -rf salts traced.dsse.json
fi
does 0 seal seal s2.dsse.json
n=$(sed -n 's/^sealed #\([0-9]*\).*/\1/p' seal.out)

# ---- disclosed, in part ----------------------------------------------------------------------------------------------------
does 2 nothing ak disclose "#$n"
does 3 wrong-opening ak disclose "#$n" --file 議事録.pdf --opening of-another
says wrong-opening.err 'the opening is of this document, and of another record'
does 3 wrong-record ak disclose '#3' --file 議事録.pdf
says wrong-record.err 'record #3 holds no document back'
says wrong-record.err 'next: see which record it is in: akashi show 3'
printf 'another\n' >other.pdf
does 3 other-document ak disclose "#$n" --file other.pdf --opening 議事録.pdf.opening.json --lang ja
says other-document.err '開示用ファイルに対応する文書ではない'
says other-document.err '次に: 登載した時のままのファイルを指定する'
does 0 disclose ak disclose "#$n" --file 議事録.pdf --opening 議事録.pdf.opening.json --opening s2.json.opening.json --field /controls/unselected/0/reason_kept
says disclose.out '1 document(s) and 1 field(s)'
d=record-$n.disclosure.json
[ "$(stat -c %a "$d")" = 600 ] || fail 'a disclosure can be read by others'
never "$d" "$(jq -r '.fields[1].disclosure' s2.json.opening.json)"
does 0 bundle ak bundle C24-0101-2
does 0 matches vf C24-0101-2.akashi --evidence 議事録.pdf --evidence "$d"
says matches.out '✓ the document in your hands is the one that was sealed'
says matches.out "✓ disclosed: /controls/unselected/0/reason_kept is $reason"
never matches.out "$secret"
does 0 matches-ja vf C24-0101-2.akashi --lang ja --evidence "議事録.pdf:$d"
says matches-ja.out "開示された項目: /controls/unselected/0/reason_kept は $reason"
does 0 matches-json vf C24-0101-2.akashi --json --evidence 議事録.pdf --evidence "$d"
jq -e --arg r "$reason" '[.checks[] | select(.id == "evidence" and .outcome == "passed")] | length == 2 and (map(.disclosed[]?.value) == [$r])' matches-json.out >/dev/null ||
	fail 'the JSON does not have what was disclosed'
does 0 ledger-too ak verify C24-0101-2 --trust t.trust --as-of 2026-11-21 --evidence 議事録.pdf:議事録.pdf.opening.json --evidence s2.json.opening.json
says ledger-too.out "$secret"

# ---- and what is wrong -----------------------------------------------------------------------------------------------------
printf 'board minutes, another version\n' >altered.pdf
does 1 altered vf C24-0101-2.akashi --evidence altered.pdf:議事録.pdf.opening.json
says altered.out "altered.pdf differs from the document sealed in record #$n, which what came with it opens: it was changed since, or is another one"
never altered.out 'not handed over'
# However the two were handed over; but what may be another that is held back nobody calls edited.
does 1 altered-beside vf C24-0101-2.akashi --evidence altered.pdf --evidence "$d" --evidence report.pdf:report.pdf.opening.json
says altered-beside.out "altered.pdf differs from the document sealed in record #$n,"
never altered-beside.out 'without its salt'
does 3 altered-open vf C24-0101-2.akashi --evidence altered.pdf --evidence "$d"
says altered-open.out "altered.pdf differs from the document sealed in record #$n, which what came with it opens: it was changed since, or is another that is held back"
does 3 genuine-open vf C24-0101-2.akashi --evidence report.pdf --evidence "$d" --lang ja
tr -d ' \n' <genuine-open.out | grep -qF "report.pdfは、添えられた開示用ファイルが示す文書（記録#${n}に封緘）と一致しない。後から変更されたか、非開示のまま" || fail "what may be another: $(cat genuine-open.out)"
cp 議事録.pdf.opening.json altered.pdf.opening.json
does 1 altered-named vf C24-0101-2.akashi --evidence other.pdf --evidence altered.pdf --evidence altered.pdf.opening.json --lang ja
tr -d ' \n' <altered-named.out | grep -qF "altered.pdfは、添えられた開示用ファイルが示す文書（記録#${n}に封緘）と一致しない。" || fail "what the name says: $(cat altered-named.out)"
does 0 altered-not vf C24-0101-2.akashi --evidence 議事録.pdf --evidence "$d" --evidence 議事録.pdf.opening.json
# What was never sealed it cannot differ from.
does 1 altered-else vf C24-0101-2.akashi --evidence altered.pdf:of-another
says altered-else.out 'altered.pdf is none of the documents sealed with this listing'
does 3 alone vf C24-0101-2.akashi --evidence 議事録.pdf
says alone.out 'came without its salt'
does 3 undelivered vf C24-0101-2.akashi --evidence "$d"
says undelivered.out 'opens a document that was not handed over'
# belongs to nothing here: of a signature that was never sealed, and of a record that is no part of this listing
does 1 of-nothing vf C24-0101-2.akashi --evidence 議事録.pdf --evidence of-another
says of-nothing.out 'no document of this record is committed to by it'
jq -c '.record = "sha256:" + ("0" * 64)' "$d" >elsewhere.json
does 1 elsewhere vf C24-0101-2.akashi --evidence 議事録.pdf --evidence elsewhere.json
says elsewhere.out 'none of those about this listing'
jq -c '.documents = [] | .fields[0].disclosure = .fields[0].disclosure[0:40] + "AAAA" + .fields[0].disclosure[44:]' "$d" >bent.json
does 1 bent vf C24-0101-2.akashi --evidence bent.json
jq -c '.documents[0].kind = "another-kind"' "$d" >kind.json
does 1 kind vf C24-0101-2.akashi --evidence 議事録.pdf --evidence kind.json
jq -c '.documents[0].salt = ("0" * 64)' "$d" >salt.json
does 1 salt vf C24-0101-2.akashi --evidence 議事録.pdf --evidence salt.json
says salt.err 'salt.json'
jq -c '.akashi = "disclosure/2"' "$d" >later.json
does 3 later vf C24-0101-2.akashi --evidence later.json
printf 'not a salt\n' >not-a-salt
does 1 not-a-salt vf C24-0101-2.akashi --evidence 議事録.pdf:not-a-salt
# A salt alone, as a line of text, will do.
jq -r '.documents[0].salt' 議事録.pdf.opening.json >salt.txt
does 0 salt-alone vf C24-0101-2.akashi --evidence 議事録.pdf:salt.txt

# ---- encrypted, kept beside the ledger ---------------------------------------------------------------------------------------
certificate() { # NAME ALGORITHM… : NAME.key, NAME.pem
	local name=$1
	shift
	openssl req -x509 -newkey "$@" -nodes -keyout "$name.key" -out "$name.pem" -subj "/O=Fictional $name" -days 36500 -sha256 2>/dev/null || fail "certificate $name"
	chmod 600 "$name.key"
}
certificate rsa rsa:2048
certificate ec ec -pkeyopt ec_paramgen_curve:P-256
certificate weak rsa:1024
certificate ed ed25519
certificate signer ec -pkeyopt ec_paramgen_curve:P-256 -addext keyUsage=critical,digitalSignature
certificate stranger ec -pkeyopt ec_paramgen_curve:P-256
openssl req -x509 -key ec.key -out old.pem -subj '/O=Fictional old' -not_before 20100101000000Z -not_after 20110101000000Z -sha256 2>/dev/null || {
	: >index.txt && printf '[ca]\ndefault_ca=d\n[d]\ndatabase=index.txt\nserial=serial\nnew_certs_dir=.\ndefault_md=sha256\npolicy=p\n[p]\norganizationName=optional\n' >ca.cnf
	openssl req -new -key ec.key -subj '/O=Fictional old' -out old.csr 2>/dev/null
	openssl ca -batch -selfsign -config ca.cnf -keyfile ec.key -in old.csr -out old.pem -notext -create_serial -startdate 20100101000000Z -enddate 20110101000000Z 2>/dev/null
}
[ -s old.pem ] || fail 'the certificate that has ended'
doc=議事録.pdf opening=議事録.pdf.opening.json
head_before=$(git -C l.git rev-parse refs/heads/main)
does 2 to-nobody ak evidence encrypt $doc
for one in weak ed; do
	does 1 "to-$one" ak evidence encrypt $doc --to rsa.pem --to $one.pem
	says "to-$one.err" "$one.pem"
done
for one in signer old; do does 1 "to-$one" ak evidence encrypt $doc --to $one.pem; done
# A key is no certificate: what to do is said, and which file it was.
does 0 pub "$akashi" keygen --alg p256 -o desk.key --pub desk.pub
for one in desk.pub desk.key; do
	does 1 to-key ak evidence encrypt $doc --to rsa.pem --to $one
	says to-key.err "$one: neither a PEM block of a certificate nor DER"
	says to-key.err 'next: a key alone does not do: ask'
done
does 1 to-key-ja ak evidence encrypt $doc --to desk.pub --lang ja
says to-key-ja.err '次に: 鍵だけでは宛先にできない。'
printf 'rubbish\n' >rubbish.pem
does 1 to-rubbish ak evidence encrypt $doc --to rubbish.pem
says to-rubbish.err 'get the file anew'
does 2 to-twice ak evidence encrypt $doc --to rsa.pem --to rsa.pem
does 0 list-none ak evidence list
says list-none.out 'nothing is kept here'
does 0 encrypt ak evidence encrypt $doc --to rsa.pem --to ec.pem --name minutes-1
says encrypt.out 'kept as minutes-1, encrypted for 2 recipient(s)'
does 3 encrypt-again ak evidence encrypt $doc --to rsa.pem --name minutes-1
says encrypt-again.err 'nothing was overwritten'
does 2 encrypt-name ak evidence encrypt $doc --to rsa.pem --name ../main
does 0 encrypt-other ak evidence encrypt report.pdf --to stranger.pem --name other
does 0 list ak evidence list
says list.out 'O=Fictional rsa'
says list.out 'O=Fictional ec'
does 0 list-json ak evidence list --json
[ "$(jq -r '.[0].name' list-json.out)" = minutes-1 ] || fail 'the list in JSON does not begin with minutes-1'
does 0 get ak evidence get minutes-1 -o minutes.cms
never minutes.cms 'board minutes'
# Each recipient opens it, with this program and with a stock one; a file of the stock one is opened too.
for who in rsa ec; do
	does 0 "decrypt-$who" ak evidence decrypt minutes-1 --key $who.key --opening $opening -o "opened-$who.pdf"
	cmp -s "opened-$who.pdf" $doc || fail "$who got something else"
	[ "$(stat -c %a "opened-$who.pdf")" = 600 ] || fail 'what was opened can be read by others'
	openssl cms -decrypt -binary -inform DER -in minutes.cms -recip $who.pem -inkey $who.key -out "stock-$who.pdf" 2>/dev/null || fail "openssl does not open it for $who"
	cmp -s "stock-$who.pdf" $doc || fail "openssl got something else for $who"
done
openssl cms -encrypt -binary -aes-256-gcm -in $doc -outform DER -out stock.cms -recip ec.pem 2>/dev/null
does 0 decrypt-stock "$akashi" evidence decrypt stock.cms --key ec.key -o from-stock.pdf
cmp -s from-stock.pdf $doc || fail 'a file that openssl encrypted is opened to something else'
openssl pkcs8 -topk8 -v2 aes-256-cbc -passout pass:aikotoba -in ec.key -out locked.key && chmod 600 locked.key
does 0 decrypt-locked bash -c 'exec 9<<<aikotoba; exec "$0" evidence decrypt minutes.cms --key locked.key --passphrase-fd 9 -o from-locked.pdf' "$akashi"
does 2 decrypt-wrong-word bash -c 'exec 9<<<another; exec "$0" evidence decrypt minutes.cms --key locked.key --passphrase-fd 9 -o no.pdf' "$akashi"
chmod 644 rsa.key
# A key file that wants its passphrase hashed 8 388 607 times.
openssl pkcs8 -topk8 -in ec.key -v2 aes-256-cbc -iter 197379 -passout pass:aikotoba 2>/dev/null | python3 -c '
import base64, sys
lines = sys.stdin.read().split()
head, body, foot = " ".join(lines[:4]), "".join(lines[4:-4]), " ".join(lines[-4:])
der = base64.b64decode(body).replace(b"\x02\x03\x03\x03\x03", b"\x02\x03\x7f\xff\xff")
assert b"\x7f\xff\xff" in der
print(head, base64.b64encode(der).decode(), foot, sep="\n")' >greedy.key
chmod 600 greedy.key
does 3 decrypt-greedy bash -c 'exec 9<<<aikotoba; exec "$0" evidence decrypt minutes.cms --key greedy.key --passphrase-fd 9 -o no.pdf' "$akashi"
says decrypt-greedy.err 5000000
does 2 decrypt-open-key ak evidence decrypt minutes-1 --key rsa.key -o no.pdf
chmod 600 rsa.key
does 1 decrypt-stranger ak evidence decrypt minutes-1 --key stranger.key -o no.pdf
says decrypt-stranger.err 'it is not for this key, or it was changed'
# N90b: content or tag changed, or cut (every bit: unit.envelope).  N90a: another file under the same name.
size=$(stat -c %s minutes.cms)
for at in $((size - 1)) $((size - 16)) $((size - 20)) $((size - 40)); do
	cp minutes.cms bent.cms
	printf "\\x$(printf %02x $((0x$(xxd -s "$at" -l 1 -p minutes.cms) ^ 1)))" | dd of=bent.cms bs=1 seek="$at" conv=notrunc status=none
	does 1 "bent-$at" "$akashi" evidence decrypt bent.cms --key ec.key -o no.pdf
done
head -c $((size - 1)) minutes.cms >cut.cms
does 1 cut "$akashi" evidence decrypt cut.cms --key ec.key -o no.pdf
openssl cms -encrypt -binary -aes-256-cbc -in $doc -outform DER -out cbc.cms -recip ec.pem 2>/dev/null
does 1 not-authenticated "$akashi" evidence decrypt cbc.cms --key ec.key -o no.pdf
says not-authenticated.err 'AuthEnvelopedData'
does 1 swapped ak evidence decrypt other --key stranger.key --opening $opening -o no.pdf
says swapped.err 'another file than the one sealed'
[ -e no.pdf ] && fail 'something was written of what was refused'
# N90c: who the recipients are is shown from the file, and its digest tells one from another.
does 0 fewer ak evidence encrypt $doc --to rsa.pem -o fewer.cms
does 0 dropped-first ak evidence drop minutes-1
says dropped-first.out 'its name and its bytes are gone'
git -C l.git update-ref refs/akashi/evidence/minutes-1 "$(git -C l.git hash-object -w ../fewer.cms 2>/dev/null || git -C l.git hash-object -w "$work/fewer.cms")"
does 0 list-fewer ak evidence list --json
[ "$(jq '.[0].recipients | length' list-fewer.out)" = 1 ] || fail 'the recipients shown are not those of the file'
[ "$(jq -r '.[0].digest' list-fewer.out)" != "$(jq -r '.[0].digest' list-json.out)" ] || fail 'the digest does not tell two files apart'
# Nothing rests on it: as it is, packed, dropped, never fetched.
[ "$(git -C l.git rev-parse refs/heads/main)" = "$head_before" ] || fail 'the head moved'
does 0 audit-with ak audit --trust t.trust
git -C l.git gc -q --prune=now
does 0 drop-packed ak evidence drop minutes-1
says drop-packed.out 'git gc --prune=now'
git -C l.git gc -q --prune=now
does 0 drop-other ak evidence drop other
does 3 drop-again ak evidence drop other
git -C l.git gc -q --prune=now
does 0 audit-without ak audit --trust t.trust
does 0 verify-without ak verify C24-0101-2 --trust t.trust --as-of 2026-11-21
does 0 fsck git -C l.git fsck --strict --full
does 0 encrypt-last ak evidence encrypt $doc --to rsa.pem
git clone -q --bare l.git clone.git
[ -z "$(git -C clone.git for-each-ref refs/akashi)" ] || fail 'a clone takes what is kept beside the ledger along'
does 0 audit-clone "$akashi" -C clone.git audit --trust t.trust

[ "$rc" -eq 0 ] && echo 'evidence: sealed without being shown, shown in part, and checked'
exit $rc
