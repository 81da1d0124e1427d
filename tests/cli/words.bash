# SPDX-License-Identifier: Apache-2.0
# What a new user stumbles over, told as what it is: sourced by a play that has the quickstart in q.  Lines break where a terminal ends:
# what is looked for has no blanks.
told() { tr -d ' \n' <"$1" | grep -qF -- "${2// /}" || { fail "$name: $1 does not say: $2"; sed 's/^/      /' "$1" >&2; }; }
untold() { ! tr -d ' \n' <"$1" | grep -qF -- "${2// /}" || { fail "$name: $1 says: $2"; sed 's/^/      /' "$1" >&2; }; }
mkdir nowhere

# ---- a signature that would spoil the file -----------------------------------------------------------------------------
run 0 'a decision to sign' draft decision --service kumo-iaas --outcome deferred --set /kind=renewal --set /meeting=第27回 --set-date /decided_on=2026-11-20 \
	-o dd.json -C q/ledger.git -q
for lang in ja en; do
	run 1 "the first signature is by a key without the role, $lang" sign dd.json --key q/keys/desk.key --yes -q -C q/ledger.git --lang $lang
	[ ! -e dd.dsse.json ] || fail "$name: written"
	case $lang in ja) told err 'このファイルを登載できなくなるため、署名していない' ;; en) told err 'Nothing was signed' ;; esac
done
run 0 'the same where there is no ledger to ask' sign dd.json --key q/keys/desk.key --yes -q -C nowhere
run 0 'and three who may' sign dd.dsse.json --key q/keys/seat-1.key --key q/keys/seat-2.key --key q/keys/seat-3.key --yes -q -C nowhere
id=$(jq -r '.signatures[0].keyid | ltrimstr("sha256:") | .[:12]' dd.dsse.json)
for lang in ja en; do
	case $lang in ja) cannot='登載できない。事務局' ;; en) cannot='cannot be sealed' ;; esac
	run 0 "what is shown of a spoilt file, $lang" sign --show dd.dsse.json -C q/ledger.git --lang $lang
	told out "$cannot"
	told out "akashi sign dd.dsse.json --drop $id -C q/ledger.git"
	untold out '3名（必要 3名）'
	untold out 'of 3 signatures'
	run 1 "what seal says of it, $lang" seal dd.dsse.json -C q/ledger.git --lang $lang
	told err "akashi sign dd.dsse.json --drop $id -C q/ledger.git"
	run 1 "what check says of it, $lang" check dd.dsse.json -C q/ledger.git --lang $lang
	told out "akashi sign dd.dsse.json --drop $id -C q/ledger.git"
done
run 2 'too few digits' sign dd.dsse.json --drop "${id:0:7}" -C q/ledger.git
run 3 'of no signature' sign dd.dsse.json --drop 00000000 -C q/ledger.git
run 0 'it is taken out, and nobody signs again' sign dd.dsse.json --drop "$id" -C q/ledger.git --lang ja
told out '署名がそろった'
told err '事務局担当'
is "$(jq '.signatures | length' dd.dsse.json)" 3
run 0 'what is left' check dd.dsse.json -C q/ledger.git
run 2 'not all of them' sign dd.dsse.json --drop "$(jq -r '.signatures[0].keyid' dd.dsse.json)" --drop "$(jq -r '.signatures[1].keyid' dd.dsse.json)" \
	--drop "$(jq -r '.signatures[2].keyid' dd.dsse.json)" -C q/ledger.git
run 2 'nothing to take out of a draft' sign dd.json --drop 00000000 -C q/ledger.git -o x.dsse.json

# ---- whose key a revocation ends ---------------------------------------------------------------------------------------
id_of() { openssl pkey -pubin -in "q/keys/$1.pub" -outform DER | sha256sum | cut -d' ' -f1; }
cp -r q/ledger.git words.git
cp -r q/keys words.keys
printf '%s/words.keys/operator.key' "$PWD" >words.git/akashi/operator
revocation() { run "$1" "$2" draft revocation --set /reason=lost --set-json "/keys=[{\"id\":\"$3\"}]" -C words.git -o revoked.json --force --lang "$4"; }
newest() { "$akashi" log -C words.git --limit 1 --json | jq '.[0].seq'; }
seat=$(id_of seat-3)
for lang in ja en; do
	revocation 1 "a key that is nobody's, $lang" "$(printf %064d 7)" $lang
	case $lang in ja) told err '持ち主は、この台帳にいない' ;; en) told err "is nobody's in this ledger" ;; esac
	told err 'akashi log --type party -C words.git'
	revocation 1 "a key of the operator's, $lang" "$(id_of operator)" $lang
	case $lang in ja) told err '運用者 の鍵であり' ;; en) told err 'is that of operator' ;; esac
	told err 'akashi draft keyset --help'
done
[ ! -e revoked.json ] || fail 'drafted'
revocation 0 'the key of a seat' "$seat" ja
whose_ja="運営委員会 委員丙 [c]（${seat:0:4}…${seat: -4}）" whose_en="Steering Committee 委員丙 [c] (${seat:0:4}…${seat: -4})"
jq ".body.keys[0].id = \"$(printf %064d 7)\"" revoked.json >nobody.json
run 1 'a draft made elsewhere' sign nobody.json --key q/keys/root-1.key --yes -q -C words.git --lang ja
told err '持ち主は、この台帳にいない'
run 0 'those who sign are told whose it is' sign revoked.json --key q/keys/root-1.key --key q/keys/root-2.key --yes -C words.git --lang ja
told err "$whose_ja"
run 0 'those who look are' sign --show revoked.dsse.json -C words.git --lang en
told out "$whose_en"
run 0 'where there is no ledger, the key alone' sign --show revoked.dsse.json -C nowhere --lang en
told out "${seat:0:4}…${seat: -4}"
run 0 'who seals is' seal revoked.dsse.json -C words.git --lang ja
told out "$whose_ja"
run 0 'who reads it later is' show "$(newest)" -C words.git --lang ja
told out "$whose_ja"
run 0 'who reads it later is, in English' show "$(newest)" -C words.git --lang en
told out "$whose_en"

# ---- short names ---------------------------------------------------------------------------------------------------------
party() { run "$1" "$2" party "$3" --name-ja 架空の虹 --member "$4:q/keys/niji.pub:法人印" -C q/ledger.git -o party.json --lang "$5" "${@:6}"; }
for bad in 架空の虹 Kakuu_Niji .niji "$(printf 'a%.0s' {1..64})"; do
	party 2 "no short name: $bad" "$bad" in ja --role provider
	told err '日本語の名称は --name-ja に書く'
	told err 'kakuu-niji'
	party 2 "no short name, in English: $bad" "$bad" in en --role provider
	told err 'is no short name'
done
party 2 'no id of a member' kakuu-shiro 代表 ja --role provider
told err '代表 は構成員の識別名に使えない'
party 2 'no id of a member, in English' kakuu-shiro 代表 en --role provider
told err 'is no id of a member'
party 2 'somebody new without a role' kakuu-shiro in ja
told err '新しい当事者には --role が要る'
told err 'secretariat（事務局）'
party 2 'somebody new without a role, in English' kakuu-shiro in en
told err 'a new party needs --role'
[ ! -e party.json ] || fail 'drafted'
party 0 'a short name' kakuu-shiro in ja --role provider
run 0 'who is enrolled keeps its roles' party committee --name-ja 運営委員会 --member f:q/keys/niji.pub:委員己 -C q/ledger.git -o more.json

# ---- the table of a meeting ----------------------------------------------------------------------------------------------
cat >wide.csv <<'END'
番号,議案の区分,登録番号,決定,会議の回次,決定日
1,登録の削除,C24-0101-2,削除,第27回,2026年11月20日
2,登録の削除,C24-0102-2,削除,第27回,2026年11月20日
END
run 0 'a meeting' draft --meeting wide.csv -o wide -C q/ledger.git
cat >pty80.py <<'END'
import fcntl, os, pty, re, struct, sys, termios, unicodedata
# What stands on a terminal of 80 columns: no line is longer, and between two columns there are two blanks.
def cells(text):
    return sum(0 if unicodedata.combining(ch) else 2 if unicodedata.east_asian_width(ch) in "WF" else 1 for ch in text)
pid, fd = pty.fork()
if pid == 0:
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 80, 0, 0))
    os.execv(sys.argv[2], sys.argv[2:])

data = b""
try:
    while chunk := os.read(fd, 65536):
        data += chunk
except OSError:
    pass
os.waitpid(pid, 0)
text = re.sub("\033\\[[0-9;]*m", "", data.decode()).replace("\r", "")
rows = [line for line in text.split("\n") if re.match(r"  \d    ", line)]
wide = [line for line in text.split("\n") if cells(line) > 80]
tight = [line for line in rows if not re.search(sys.argv[1], line)]
if len(rows) < 2 or wide or tight:
    sys.exit("\n".join(["rows: %d, too wide or run together:" % len(rows)] + wide + tight + [text]))
END
for lang in ja en; do
	case $lang in ja) ends='  署名 3/3$|  署名 3/3  ' dates='  2026年' ;; en) ends='  3 of 3 signatures' dates='  2026-' ;; esac
	rm -f wide/*.dsse.json
	name="the table before it is signed, $lang"
	python3 pty80.py "$dates|$ends" "$akashi" sign wide --key q/keys/seat-1.key --key q/keys/seat-2.key --key q/keys/seat-4.key -C q/ledger.git --lang $lang --yes \
		2>tty.out || { fail "$name"; cat tty.out >&2; }
	name="the table of who has signed, $lang"
	python3 pty80.py "$ends" "$akashi" sign --show wide -C q/ledger.git --lang $lang 2>tty.out || { fail "$name"; cat tty.out >&2; }
done

# ---- a record that was erased --------------------------------------------------------------------------------------------
plan=$("$akashi" log --json -C words.git | jq -r '[.[] | select(.type == "improvement-plan") | .seq] | max')
run 0 'erase' erase "$plan" --reason confidential --basis 架空の規程 -C words.git -o erasure.json
run 0 'the erasure is signed' sign erasure.json --key q/keys/root-1.key --key q/keys/root-2.key --yes -q -C words.git
run 0 'the erasure is sealed' seal erasure.dsse.json -C words.git
run 0 'a copy without it' erase "$plan" -C words.git -o fresh.git
for lang in ja en; do
	run 1 "a disclosure of what was erased, $lang" disclose "$plan" --file q/papers/kumo-plan-1.txt -C fresh.git -o gone.json --lang $lang
	case $lang in ja) told err '消去されている' ;; en) told err 'was erased' ;; esac
	untold err 証拠として保全
	untold err 'keep this copy'
done

# ---- a ledger that has ended ---------------------------------------------------------------------------------------------
run 0 'the end' draft closing --set /reason=abolished --set /explanation=架空の廃止 -C words.git -o closing.json
run 0 'the end is signed' sign closing.json --key q/keys/root-1.key --key q/keys/root-2.key --yes -q -C words.git
run 0 'the end is sealed' seal closing.dsse.json -C words.git
for lang in ja en; do
	run 0 "who takes over an ended ledger, $lang" status --handover -C words.git --lang $lang
	told out docs/runbooks/end-of-ledger.md
	untold out operator-key-rotation
	untold out heartbeat）
	untold out 'akashi witness heartbeat'
	is "$("$akashi" status --handover -C words.git --json | jq -r '[.alerts[].id] | map(select(. == "rotation-due" or . == "seat-without-key")) | length')" 0
	run 0 "its status, $lang" status -C words.git --lang $lang
	untold out 'akashi timestamp renew'
done

# ---- slips --------------------------------------------------------------------------------------------------------------
slip() { run "$1" "$2" "${@:4}" --lang ja; told err "$3"; }
run 0 'a draft to fill in' draft decision -C q/ledger.git -q -o blank.json
run 1 'its fields by their names' check blank.json -C q/ledger.git --lang ja
told out '記入を要する欄が残っている: 決定日（/decided_on）'
slip 2 'a term that ends before it begins' '期間の末日が初日より前である' verify C24-0101-2 -C q/ledger.git --contract 2026-12-01..2026-01-01
printf 'PK\3\4' >book.xlsx
slip 1 'a workbook' 'CSVとして保存する' draft --meeting book.xlsx -o book -C q/ledger.git
printf '番号\t議案の区分\n1\t更新\n' >tabs.csv
slip 1 'tabs' '列がタブで区切られている' draft --meeting tabs.csv -o tabs -C q/ledger.git
"$akashi" verify C24-0101-9 -C q/ledger.git --lang ja >out 2>err
name='a number that is not listed'
told err '似た番号又は名称の掲載: C24-0101-2'
openssl ecparam -name prime256v1 -genkey -noout -out ec.key && chmod 600 ec.key
slip 1 'a key of another form' 'openssl pkcs8 -topk8 -nodes -in ec.key -out NEW.key' sign dd.json --key ec.key --yes -C nowhere -o ec.dsse.json
run 0 'a role as it is called' party sec-2 --role 事務局 --name-ja 架空 --member d:q/keys/niji.pub -C q/ledger.git -o sec-2.json -q
is "$(jq -c .body.roles sec-2.json)" '["secretariat"]'
run 0 'a request' sign dd.json --request -C q/ledger.git -q
slip 1 'a request is not sealed' 'akashi sign dd.request.txt --key KEY' seal dd.request.txt -C q/ledger.git
run 0 'a ledger of the same name' init other.git --origin ledger.example/ismap --make-keys other.keys --trust-out other.trust
run 0 'a bundle' bundle C24-0101-2 -C q/ledger.git -o same.akashi -q
name='the trust file of another ledger of the same name'
"$akashi-verify" same.akashi --trust other.trust --lang ja >out 2>err
told out '最初の記録が異なる別の台帳のものである'
"$akashi-verify" same.akashi --trust other.trust --lang en >out 2>err
told out 'another genesis'
