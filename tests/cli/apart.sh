#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Signing apart: a request that is mailed, signed elsewhere without the ledger, and answered; what mail does to both, and what
# somebody might put into them.
# Usage: apart.sh AKASHI                  (the sources at $AKASHI_SOURCE)
# shellcheck source=tests/cli/play.bash
. "$(dirname "$0")/play.bash"
trap '[ -z "${SSH_AGENT_PID:-}" ] || kill "$SSH_AGENT_PID" 2>/dev/null; rm -rf "$work"' EXIT
unset SSH_AUTH_SOCK SSH_AGENT_PID
# As people read it: broken lines are joined.
says() { tr -s ' \n' ' ' <"$1" | grep -qF -- "$2" || { fail "$name: $1 does not say: $2"; sed 's/^/      /' "$1" >&2; }; }

# ---- a ledger with a committee of five, three of whom decide ------------------------------------------------------------
run 0 init init l.git --origin ledger.example/ismap --make-keys keys --trust-out t.trust
for k in m1 m2 m3 m4 m5 guest; do run 0 "keygen $k" keygen -q -o keys/$k.key --pub keys/$k.pub; done
run 0 profile -C l.git draft profile -o profile.json
run 0 'sign the profile' sign profile.json --key keys/root-1.key --key keys/root-2.key --yes -q
run 0 'seal the profile' -C l.git seal profile.dsse.json
run 0 committee -C l.git party committee --role committee --name-ja 運営委員会 --name-en 'Steering Committee' --member m1:keys/m1.pub:委員甲 \
	--member m2:keys/m2.pub:委員乙 --member m3:keys/m3.pub:委員丙 --member m4:keys/m4.pub:委員丁 --member m5:keys/m5.pub:委員戊 -o committee.json
cp committee.json shown.json
run 0 'a party signs for its own enrolment' -C l.git sign shown.json --yes -q --key keys/m1.key --key keys/m2.key
says out '0 of 2 signatures; 3 of 3 members have not signed'
says out 'keys enrolled here that have signed, to show that their owner has them: 2 of 5 (not counted above)'
run 0 'sign the committee' -C l.git sign committee.json --yes -q --key keys/root-1.key --key keys/root-2.key --key keys/m1.key --key keys/m2.key --key keys/m3.key \
	--key keys/m4.key --key keys/m5.key
run 0 'seal the committee' -C l.git seal committee.dsse.json
decide() { # NAME OUTCOME
	run 0 "draft $1" -C l.git draft -q decision --listing C24-0101-2 --no-refs --outcome "$2" --set /kind=renewal --set-date /decided_on=2026-11-01 --set /meeting=第29回 -o "$1.json"
}
decide d registered
decide other rejected

# ---- the request --------------------------------------------------------------------------------------------------------
run 0 request -C l.git sign d.json --request --lang ja
says out 'd.request.txt'
says out 'akashi sign d.json --add ANSWER'
name='the request in words'
says d.request.txt '決定 C24-0101-2'
says d.request.txt '議案の区分 更新'
grep -q '[▀▄█]' d.request.txt || fail 'the request has no QR code'
is "$(python3 -c 'import sys; print(max(len(l.rstrip("\n")) for l in open(sys.argv[1], encoding="utf-8")) <= 76)' d.request.txt)" True
grep -q "$(printf '\r')" d.request.txt && fail 'the request has a carriage return'
is "$(sed -n '/^-----BEGIN/,$p' d.request.txt | LC_ALL=C grep -c '[^ -~]')" 0
# Its own words say how the digest is found without akashi; digits, words and digest are those that sign --show has.
run 0 'the same by --show' -C l.git sign --show d.request.txt --json
digest=$(python3 -c 'import json; print(json.load(open("out"))["statement"][7:])')
sum=$(sed -n "s/^ *\\(sed '.*FILE.*sha256sum\\)$/\\1/p" d.request.txt | sed 's/FILE/d.request.txt/')
is "$(eval "$sum" | cut -d' ' -f1)" "$digest"
is "$(grep -c "Digest: $digest" d.request.txt)" 1
says d.request.txt "$(python3 -c 'import json; print(" ".join(json.load(open("out"))["digits"].split()[:8]))')"
says d.request.txt "$(python3 -c 'import json; print(" ".join(json.load(open("out"))["words"].split()[:6]))')"
run 0 'a request of an envelope is that of its draft' -C l.git sign committee.dsse.json --request -o again.txt
run 0 'a request to stdout' -C l.git sign d.json --request --lang ja -o -
cmp -s out d.request.txt || fail 'stdout is another request'
run 0 'a request as JSON' -C l.git sign d.json --request --json -o en.request.txt
is "$(python3 -c 'import json; o = json.load(open("out")); print(o["request"], o["statement"][7:])')" "en.request.txt $digest"
run 2 'a request and a key' sign d.json --request --key keys/m1.key
run 0 'a draft with blanks' -C l.git draft decision --listing C24-0101-2 -o blank.json
run 2 'a request of a draft with blanks' sign blank.json --request
[ -e blank.request.txt ] && fail 'a request was written of a draft with blanks'

# ---- signed at home, without a ledger -----------------------------------------------------------------------------------
mkdir home
cp d.request.txt keys/m?.key keys/guest.key home
cd home || exit 3
run 0 'signing at home' sign d.request.txt --key m1.key --yes --lang ja
says err '議案の区分 更新' # words of the definition that the program ships
says err '決定 C24-0101-2'
silent err 注意
is "$(ls ./*.dsse.json 2>/dev/null)" ''
says out 'd.answer-'
mv d.answer-*.txt m1.txt
grep -q BEGIN\ AKASHI\ SIGNATURE m1.txt || fail 'the answer has no block'
is "$(LC_ALL=C awk 'length($0) > 76' m1.txt | wc -l)" 0
run 2 'nobody to ask' sign d.request.txt --key m1.key
[ -e d.answer-*.txt ] && fail 'something was signed that nobody agreed to'
for k in m2 m3 m4 guest; do run 0 "signing as $k" sign d.request.txt --key $k.key --yes -q -o $k.txt; done
"$akashi" sign - --key m5.key --yes -q <d.request.txt >m5.txt 2>err || fail 'a request from stdin'
run 0 'what an answer is' sign --show m1.txt
says out 'a signature by key'
run 2 'an answer is not signed' sign m1.txt --key m2.key --yes
says err 'a signature that was sent back'
cd ..

# Mail wraps around a request, and takes away at its ends; what was signed is the same.
{ printf '\357\273\277Von: x\r\nBetreff: Unterschrift\r\n\r\n'; sed 's/^/> /;s/$/  \r/' d.request.txt; printf 'regards\r\n'; } >mailed.txt
run 0 'a request as mail leaves it' sign mailed.txt --key keys/m1.key --yes -o mailed.answer.txt
silent err 'the words around'
sed -n '/^-----BEGIN/,$p' mailed.answer.txt | cmp -s - <(sed -n '/^-----BEGIN/,$p' home/m1.txt) || fail 'the signature is another'
sed 's/^/>> /' d.request.txt | tr -d ' ' | sed 's/>>-----BEGINAKASHISIGNINGREQUEST-----/>> -----BEGIN AKASHI SIGNING REQUEST-----/;s/>>-----END.*/>> -----END AKASHI SIGNING REQUEST-----/;s/Version:/Version: /;s/Digest:/Digest: /' >dense.txt
run 0 'a request without its spaces' sign dense.txt --key keys/m1.key --yes -o mailed.answer.txt
silent err 'the words around'
sed -n '/^-----BEGIN/,$p' d.request.txt >bare.txt
run 0 'the block alone' sign bare.txt --key keys/m1.key --yes -o mailed.answer.txt
silent err 'the words around'

# ---- what mail may not do to a request, and what somebody might ---------------------------------------------------------
sed 's/更新/新規登録/' d.request.txt >lie.txt
run 0 'words that say something else' sign lie.txt --key keys/m1.key --yes --lang ja -o lie.answer.txt
says err '議案の区分 更新'
silent err 新規登録
says err '依頼の説明文が、署名する内容から作られる説明文と一致しない'
# A field is more than the text that is in it: what stands before or behind it in its line is part of it.
title=$(head -1 d.request.txt) last=$(sed '/^-----BEGIN/,$d' d.request.txt | grep . | tail -1)
for edit in "1s/^/not /" "s/^$(sed 's/[][\/.*^$|]/\\&/g' <<<"$last")\$/& or another/"; do
	sed "$edit" d.request.txt >lie.txt
	if cmp -s lie.txt d.request.txt; then fail "nothing is changed by $edit"; fi
	run 0 "words: $edit" sign lie.txt --key keys/m1.key --yes -o lie.answer.txt
	says err 'the words around this request are not those'
done
[ -n "$title" ] || fail 'a request has no title'
"$akashi" sign --lang ja --request other.json -o other.request.txt >/dev/null
{ sed '/^-----BEGIN/,$d' d.request.txt; sed -n '/^-----BEGIN/,$p' other.request.txt; } >swapped.txt
run 0 'the words of one and the bytes of another' sign swapped.txt --key keys/m1.key --yes -o lie.answer.txt
says err 'rejected'
says err 'the words around this request are not those'
# changed WHAT SAID SED…: nothing is signed
changed() {
	name=$1 said=$2
	shift 2
	sed "$@" d.request.txt >changed.txt
	cmp -s changed.txt d.request.txt && fail "$name: nothing was changed"
	run "${exits:-1}" "$name" sign changed.txt --key keys/m1.key --yes -o changed.answer.txt
	says err "$said"
	[ -e changed.answer.txt ] && fail "$name: it was signed"
}
changed 'a full-width letter' 'a character outside ASCII' '/^eyJ/s/eyJ/ｅyJ/'
changed 'a full-width digit in the digest' 'a character outside ASCII' '/^Digest/s/[0-9]/７/'
changed 'dashes of another kind' 'is no request and no signature' 's/^-----BEGIN/－－－－－BEGIN/'
changed 'a letter of another case' 'request' '/^[A-Za-z0-9+=/]*$/s/J/j/'
changed 'a line lost' 'request' '/^Digest/{n;n;d}'
changed 'the end cut off' 'the text was cut' '/^-----END/,$d'
run 1 'the end cut off, in Japanese' sign changed.txt --key keys/m1.key --yes --lang ja -o changed.answer.txt
says err 'ブロックの終わりがない'
says err 'BEGINの行から'
changed 'a digest of another statement' 'request' '/^Digest/s/[0-9a-f]\{64\}/0000000000000000000000000000000000000000000000000000000000000000/'
exits=3 changed 'a later version' 'a version of the block' 's/^Version: 1$/Version: 2/'
cat d.request.txt other.request.txt >two.txt
run 1 'two requests in one text' sign two.txt --key keys/m1.key --yes -o changed.answer.txt
says err 'two requests that differ'
cat d.request.txt d.request.txt >twice.txt
run 0 'the same request twice' sign twice.txt --key keys/m1.key --yes -q -o twice.answer.txt
printf 'no mail at all\n' >none.txt
run 1 'no request' sign none.txt --key keys/m1.key --yes
head -c 300000 /dev/urandom >noise.txt
run 1 noise sign noise.txt --key keys/m1.key --yes

# ---- adding: any order, any number, once ----------------------------------------------------------------------------------
cp d.json e.json
run 0 'the first answer makes the envelope' -C l.git sign e.json --add home/m3.txt
says out '1 of 3 signatures; 4 of 5 members have not signed'
cp e.dsse.json first.dsse.json
run 0 'what a request and an answer say, again: it is added to the envelope' -C l.git sign e.json --add home/m1.txt
says out 'e.dsse.json: 2 of 3 signatures'
cp first.dsse.json e.dsse.json
run 2 'a draft is not signed anew over its envelope' -C l.git sign e.json --key keys/m1.key --yes
cmp -s e.dsse.json first.dsse.json || fail 'the envelope was made anew'
cp other.json stray.json
cp e.dsse.json stray.dsse.json
run 2 'the envelope that is there is of another document' -C l.git sign stray.json --add home/m1.txt
says err 'is another document than stray.json'
cmp -s stray.dsse.json first.dsse.json || fail 'added to the envelope of another document'
run 0 'one that is there and one that is new' -C l.git sign e.dsse.json --add home/m3.txt --add home/m1.txt
says out '2 of 3 signatures'
says err 'there already'
cp e.dsse.json before.dsse.json
run 0 'nothing new' -C l.git sign e.dsse.json --add home/m1.txt --add home/m3.txt
cmp -s e.dsse.json before.dsse.json || fail 'adding twice changed the envelope'
run 0 show -C l.git sign --show e.dsse.json
says out '委員甲'
says out '委員丙'
says out '2 of 3 signatures; 3 of 5 members have not signed'
(cd home && "$akashi" sign --show ../e.dsse.json >../out 2>../err)
name='show without a ledger'
says out 'signatures: 2'
says out 'key '
says out '1 or more are missing'
# refused WHAT SAID FILE…: and nothing changes
refused() {
	name=$1 said=$2
	shift 2
	adds=()
	for f; do adds+=(--add "$f"); done
	run 1 "$name" -C l.git sign e.dsse.json "${adds[@]}"
	says err "$said"
	cmp -s e.dsse.json before.dsse.json || fail "$name: the envelope was changed"
}
refused 'who has no part' 'nothing was added' home/guest.txt
refused 'a good one and one that has no part' 'guest.txt' home/m2.txt home/guest.txt
"$akashi" sign other.request.txt --key keys/m2.key --yes -q -o foreign.txt >/dev/null 2>&1
refused 'an answer to another request' 'this answers another document' foreign.txt
says err 'nobody need sign again'
silent err expected
run 1 'the same in Japanese' -C l.git sign e.dsse.json --add foreign.txt --lang ja
says err 'この返信は別の文書への署名である'
silent err '作成者から改めて入手する'
run 1 'the same for programs' -C l.git sign e.dsse.json --add foreign.txt --json
is "$(python3 -c 'import json; e = json.load(open("out"))["error"]; print(e["where"], e["expected"][:7], len(e["found"]), "next" in e)')" 'answer.statement sha256: 71 True'
refused 'a request' 'a request without a signature' d.request.txt
refused junk 'no request and no signature' none.txt
sed '/^[A-Za-z0-9+=/]*$/s/J/j/' home/m2.txt >bad.txt
refused 'an answer that mail has changed' 'answer' bad.txt
cat home/m2.txt bad.txt >half.txt
refused 'a good answer and a changed one' 'answer' half.txt
# An answer made by hand: the signature of one with the key of another.
python3 - home/m2.txt home/m4.txt forged.txt <<'P'
import base64, hashlib, json, sys
def read(p):
    t = open(p).read().split("-----BEGIN AKASHI SIGNATURE-----\n")[1].split("-----END")[0]
    return json.loads(base64.b64decode("".join(t.splitlines()[3:])))
a, b = read(sys.argv[1]), read(sys.argv[2])
a["sig"] = b["sig"]
raw = json.dumps(a, sort_keys=True, separators=(",", ":")).encode()
body = base64.b64encode(raw).decode()
with open(sys.argv[3], "w") as f:
    f.write("-----BEGIN AKASHI SIGNATURE-----\nVersion: 1\nDigest: %s\n\n%s\n-----END AKASHI SIGNATURE-----\n"
            % (hashlib.sha256(raw).hexdigest(), "\n".join(body[i:i + 64] for i in range(0, len(body), 64))))
P
refused 'the signature of one with the key of another' 'does not verify' forged.txt
# Something that is no signature goes by the id of m2: m2's own answer takes its place.
python3 - e.dsse.json home/m2.txt squatter.dsse.json <<'P'
import base64, hashlib, json, sys
e = json.load(open(sys.argv[1]))
t = open(sys.argv[2]).read().split("-----BEGIN AKASHI SIGNATURE-----\n")[1].split("-----END")[0]
a = json.loads(base64.b64decode("".join(t.splitlines()[3:])))
e["signatures"].append({"keyid": "sha256:" + hashlib.sha256(base64.b64decode(a["spki"])).hexdigest(), "sig": e["signatures"][0]["sig"]})
json.dump(e, open(sys.argv[3], "w"))
P
cp squatter.dsse.json squat.dsse.json
run 0 'a squatter gives way' -C l.git sign squat.dsse.json --add home/m2.txt
run 0 'and the record would seal' -C l.git check squat.dsse.json
# Many in one text, quoted and not; and an envelope that went round the old way.
{ sed 's/^/> /;s/$/\r/' home/m2.txt; cat home/m4.txt; cat d.request.txt; } >thread.txt
run 0 'a thread of mails' -C l.git sign e.dsse.json --add thread.txt
says out 'enough'
run 0 'the other way round' -C l.git sign d.request.txt --add home/m4.txt --add home/m2.txt --add home/m1.txt --add home/m3.txt -o f.dsse.json
cmp -s e.dsse.json f.dsse.json && fail 'the order of adding left no trace: is this test worth anything?'
run 0 'an envelope is added to another' -C l.git sign f.dsse.json --add e.dsse.json --json
is "$(python3 -c 'import json; print(len(json.load(open("f.dsse.json"))["signatures"]))')" 4
run 0 'answers from stdin of another' -C l.git sign f.dsse.json --add home/m5.txt
run 0 seal -C l.git seal f.dsse.json
says out 'sealed #'

# ---- answers to the cases of a meeting: each goes to the one that it answers -----------------------------------------------
for a in koh otsu hei; do
	run 0 "keygen $a" keygen -q -o keys/$a.key --pub keys/$a.pub
	run 0 "auditor $a" -C l.git party $a --role auditor --name-ja "監査 $a" --name-en "$a Audit" --office seal:keys/$a.pub:法人印 -o $a.json
	run 0 "sign $a" -C l.git sign $a.json --yes -q --key keys/root-1.key --key keys/root-2.key --key keys/$a.key
	run 0 "seal $a" -C l.git seal $a.dsse.json
done
{
	echo '議案の区分,監査機関,決定,会議の回次,決定日,有効期間の初日,有効期間の末日'
	for a in koh otsu hei; do echo "監査機関の登録,$a,登録,第26回,2026-11-20,2026-12-01,2028-11-30"; done
} >agenda.csv
run 0 'a meeting' -C l.git draft --meeting agenda.csv -o session
cp -r session returned
run 0 'a request of each case' -C l.git sign session --request
is "$(find session -name '*.request.txt' | wc -l)" 3
reply() { # SEAT CASE…: one mail with the answers to these
	local k=$1 i
	shift
	for i; do "$akashi" sign session/0"$i"-*.request.txt --key keys/"$k".key --yes -q -o - </dev/null 2>>reply.log || fail "no answer: $k $i"; done
}
state() { (cd session && cat ./*.json | sha256sum; ls); }
signed() { for f in session/*.dsse.json; do echo "$(basename "$f" | cut -c1-2):$(grep -o '"keyid"' "$f" | wc -l)"; done | xargs; }
reply m1 2 >one.txt
run 0 'a case that nobody has signed stays a draft' -C l.git sign session --add one.txt --json
is "$(signed)" 02:1
is "$(python3 -c 'import json; print([(s["envelope"] is None, s["signatures"] is None) for s in json.load(open("out"))["signed"]])')" '[(True, True), (False, False), (True, True)]'
{ reply m2 3 2; reply m3 2; } | sed 's/^/> /;s/$/\r/' >thread.txt
run 0 'several members and cases in one text' -C l.git sign session --add thread.txt --add one.txt
is "$(signed)" '02:3 03:1'
says err 'the signatures in one.txt are there already'
"$akashi" sign other.json --request -o foreign.request.txt >foreign.log 2>&1 || fail 'a request of another document'
"$akashi" sign foreign.request.txt --key keys/m2.key --yes -q -o foreign.txt >foreign.log 2>&1 || fail 'an answer to another document'
"$akashi" sign other.json --key keys/m2.key --yes -q -o foreign.dsse.json >foreign.log 2>&1 || fail 'another envelope'
reply m1 1 >good.txt
cat good.txt foreign.txt >mixed.txt
was=$(state)
for f in mixed foreign; do
	run 1 "an answer to something else: $f" -C l.git sign session --add good.txt --add $f.txt --lang ja
	says err $f.txt
	says err '委員乙'
	tr -d ' \n' <err | grep -qF 'ここにあるどの文書でもない' || fail "$name: not told that it is none of these"
	is "$(state)" "$was"
done
run 1 'an envelope of something else' -C l.git sign session --add good.txt --add foreign.dsse.json
says err 'which is none of these'
is "$(state)" "$was"
reply guest 1 >guest.txt
run 1 'who has no part' -C l.git sign session --add good.txt --add guest.txt
is "$(state)" "$was"
run 1 'a request is no answer' -C l.git sign session --add session/01-*.request.txt
says err 'a request without a signature'
is "$(state)" "$was"
run 0 'only one case is signed in another copy' sign returned --add good.txt -q -C nowhere
is "$(cd returned && echo *.dsse.json)" "$(cd returned && echo 01-*.dsse.json)"
run 0 'copies where some are drafts' -C l.git sign session --add returned
is "$(signed)" '01:1 02:3 03:1'
"$akashi" sign returned/03-*.json --key keys/m4.key --yes -q -o third.dsse.json >foreign.log 2>&1 || fail 'a single envelope'
run 0 'a single envelope finds its case' -C l.git sign session --add third.dsse.json -q
is "$(signed)" '01:1 02:3 03:2'
{ reply m5 1 3; } >last.txt
run 0 'files in place of a folder' -C l.git sign session/01-*.dsse.json session/03-*.dsse.json --add last.txt -q
is "$(signed)" '01:2 02:3 03:3'

# ---- any signer signs a request --------------------------------------------------------------------------------------------
same_as_m1() { # the block is that of the key file: Ed25519 signs the same bytes the same way
	sed -n '/^-----BEGIN/,$p' "$1" | cmp -s - <(sed -n '/^-----BEGIN/,$p' home/m1.txt) || fail "$name: another signature"
}
python3 "$AKASHI_SOURCE/tests/cli/openssh_key.py" keys/m1.key m1@home.example >m1.openssh && chmod 600 m1.openssh
if command -v ssh-agent >/dev/null; then
	eval "$(ssh-agent -s)" >/dev/null
	ssh-add -q m1.openssh || fail 'the key for the agent'
	run 0 'by the agent' sign d.request.txt --key agent:m1@home.example --yes -q -o agent.txt
	same_as_m1 agent.txt
	ssh-add -q -D
	run 3 'by an agent without the key' sign d.request.txt --key agent:m1@home.example --yes -q -o gone.txt
	[ -e gone.txt ] && fail 'an answer without a signature'
	kill "$SSH_AGENT_PID"
fi
if command -v softhsm2-util >/dev/null; then
	mkdir tokens
	printf 'directories.tokendir = %s/tokens\nlog.level = ERROR\n' "$work" >hsm.conf
	export SOFTHSM2_CONF=$work/hsm.conf
	if softhsm2-util --init-token --free --label home --pin 1234 --so-pin 5678 >hsm.log 2>&1 &&
		softhsm2-util --import keys/m1.key --token home --label sign --id 01 --pin 1234 >>hsm.log 2>&1; then
		printf 1234 >pin
		run 0 'by a token' sign d.request.txt --key 'pkcs11:token=home;object=sign' --yes -q -o token.txt --passphrase-fd 9 9<pin
		same_as_m1 token.txt
	fi
fi

# ---- many at once ---------------------------------------------------------------------------------------------------------
decide x registered
decide y deferred
run 0 'requests of many' -C l.git sign x.json y.json --request
mkdir away
mv x.request.txt y.request.txt away
cp keys/m1.key away
cd away || exit 3
run 0 'many requests, asked once' sign x.request.txt y.request.txt --key m1.key --yes
is "$(find . -name '*.answer-*.txt' | wc -l)" 2
is "$(find . -name '*.dsse.json' | wc -l)" 0
cd ..
for n in x y; do run 0 "the answer to $n" -C l.git sign $n.json --add away/$n.answer-*.txt; done
says out '1 of 3 signatures'

# ---- which scheme -----------------------------------------------------------------------------------------------------------
# The same decision of a service of each scheme: whoever signs reads of which.
name='two drafts that differ in their scheme alone'
sed 's/"scheme": *"ismap"/"scheme":"ismap-liu"/' x.json >liu.json
cmp -s x.json liu.json && fail 'they are the same'
mkdir apart
for lang in ja en; do
	for n in x liu; do
		run 0 "a request for $n" -C apart sign $n.json --request --lang $lang -o $n.$lang.txt
		sed '/^-----BEGIN/,$d' $n.$lang.txt >$n.$lang.words
		run 0 "what $n is" -C apart sign --show $n.json --lang $lang
		grep -vE '^ *(digest|words|ハッシュ値|照合語)|json' out >$n.$lang.shown
	done
	cmp -s x.$lang.shown liu.$lang.shown && fail "sign --show says the same of both ($lang)"
done
for f in x.ja.words x.ja.shown; do says $f '制度 ismap、台帳'; done
for f in liu.ja.words liu.ja.shown; do says $f '制度 ismap-liu、台帳'; done
for f in x.en.words x.en.shown; do says $f 'scheme ismap, ledger'; done
for f in liu.en.words liu.en.shown; do says $f 'scheme ismap-liu, ledger'; done
rm -f x.dsse.json y.dsse.json
run 0 'two of one scheme' -C apart sign x.json y.json --key keys/m1.key --yes --lang en
says err 'scheme ismap, ledger'
rm -f x.dsse.json y.dsse.json
run 0 'one of each' -C apart sign x.json liu.json --key keys/m1.key --yes --lang ja
says err '複数の制度の記録 2件'
says err '[ismap] '
says err '[ismap-liu] '

# ---- all of it is shown before anybody is asked -----------------------------------------------------------------------------
# More than a screen of fields: whoever signs has seen the last one, also of a request on another machine, and when -q is given.
jq '.body.interests = [range(60) | {member: "seat-\(.)", stood_aside: (. % 2 == 0)}]' x.json >long.json
run 0 'a long draft' -C l.git sign long.json --key keys/m1.key --yes --lang en
says err 'seat-59'
silent err '--full'
run 0 'a long request' -C l.git sign long.json --request --lang en
says long.request.txt 'seat-59'
cp long.request.txt keys/m2.key away
cd away || exit 3
run 0 'a long request on another machine' sign long.request.txt --key m2.key --yes --lang en
says err 'seat-59'
silent err 'the words around'
cd ..
cp long.json two.json
rm -f long.dsse.json
run 0 'two long ones' -C apart sign long.json y.json --key keys/m1.key --yes --lang en
says err 'seat-59'
rm -f y.dsse.json two.dsse.json
python3 "$here/answer_tty.py" "'$akashi' sign two.json --key keys/m1.key -q -C l.git" n >asked 2>&1 && fail 'a no that was taken for a yes'
name='asked with -q'
says asked 'seat-59'
says asked '[y/N]'

# ---- a record is to be erased: who signs elsewhere has no ledger to look its digest up in ----------------------------------------
number=$("$akashi" log -C l.git --json | jq '[.[] | select(.type == "decision")][0].seq')
sealed=$("$akashi" show "$number" -C l.git --json | jq -r '.time[:10]')
run 0 'an erasure' -C l.git erase "$number" --reason personal-data --basis 'Act X, article 1' -o erasure.json
run 0 'its signer, at the ledger' -C l.git sign --show erasure.json --lang en
says out "#$number decision, C24-0101-2, sealed $sealed"
says out 'about ismap/listing:C24-0101-2'
run 0 'its request' -C l.git sign erasure.json --request --lang en
says erasure.request.txt "#$number decision, C24-0101-2, sealed $sealed"
is "$(python3 -c 'import sys; print(max(len(l.rstrip("\n")) for l in open(sys.argv[1], encoding="utf-8")) <= 76)' erasure.request.txt)" True
sed 's/^/> /;s/$/ \r/' erasure.request.txt >away/erasure.request.txt
cp keys/root-1.key away
cd away || exit 3
run 0 'its signer, elsewhere' sign erasure.request.txt --key root-1.key --yes --lang en
silent err 'the words around'
says err 'about ismap/listing:C24-0101-2'
says err 'of the record to be erased the mail says, and nothing here proves it'
says err "#$number decision, C24-0101-2, sealed $sealed"
sed '/^-----BEGIN/i To be erased, by the ledger of whoever asks (not part of what is signed):\n  #7 something \x1b[2Jelse\n' ../d.request.txt >no-erasure.txt
run 0 'what erases nothing' sign no-erasure.txt --key root-1.key --yes --lang en -o no.txt
silent err 'something'
cd ..
run 0 'at a ledger that has it' -C l.git sign --show erasure.request.txt --lang ja
says out "#$number 決定（decision）　対象 C24-0101-2　登載 "
silent out '依頼の文面'

[ $rc -eq 0 ] && echo 'apart: as the rules say'
exit $rc
