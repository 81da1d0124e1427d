#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Keys wherever they are kept: a file, plain and encrypted, an ssh-agent, a token (SoftHSM 2), and files of other programs.  A ledger is made
# and sealed with each of them; whatever goes wrong is told, and nothing is written.
# Usage: keys.sh AKASHI
set -u
akashi=$(realpath "$1") here=$(dirname "$(realpath "$0")")
work=$(mktemp -d)
agent=
trap '[ -z "$agent" ] || kill "$agent" 2>/dev/null; rm -rf "$work"' EXIT
cd "$work" || exit 3
export LC_ALL=C.UTF-8 NO_COLOR=1 HOME=$work
unset AKASHI_TRUST XDG_CONFIG_HOME XDG_STATE_HOME LC_MESSAGES LANG SSH_AUTH_SOCK
rc=0
fail() { printf 'FAIL  %s\n' "$1" >&2; rc=1; }
# row WANTED_EXIT NAME ARGUMENTS…: SECRETS, when set, is what --passphrase-fd 7 gives
row() {
	local want=$1 name=$2 got
	shift 2
	"$akashi" "$@" >out 2>err </dev/null 7< <(printf "${SECRETS-}")
	got=$?
	[ "$got" -eq "$want" ] || fail "$name: exit $got, want $want: $(cat out err)"
}
says() { tr -d '\n' <"$1" | tr -s ' ' | grep -qF -- "$2" || fail "does not say \"$2\": $(cat "$1")"; }
absent() { [ ! -e "$1" ] || fail "$2: $1 is there"; }

# ---- encrypted files ---------------------------------------------------------------------------------------------------
SECRETS='a long passphrase\n' row 0 'an encrypted key' keygen --encrypt --passphrase-fd 7 -o e.key --pub e.pub
grep -q '^-----BEGIN ENCRYPTED PRIVATE KEY-----$' e.key || fail 'the key is not encrypted'
[ "$(stat -c %a e.key)" = 600 ] || fail 'the key can be read by others'
openssl pkey -in e.key -passin 'pass:a long passphrase' -pubout 2>/dev/null | cmp -s - e.pub || fail 'openssl does not open it'
SECRETS='short\n' row 2 'a short passphrase' keygen --encrypt --passphrase-fd 7 -o short.key
says err '8 bytes'
absent short.key 'a refused passphrase'
row 2 'no passphrase, no terminal' keygen --encrypt -o none.key
tr -s ' \n' ' ' <err | grep -qF -- 'next: run it on a terminal, or hand the passphrase over as a line on a file descriptor: --passphrase-fd 3 3<FILE' || fail 'no way on without a terminal'
row 2 'nothing on the descriptor' keygen --encrypt -o none.key --passphrase-fd 0
grep -qF 'file descriptor 0' err || fail 'the descriptor that gave nothing is not named'
absent none.key 'no passphrase'
python3 "$here/passphrase_tty.py" "$akashi" "$work" || fail 'a signal while the passphrase is asked for'
SECRETS='wrong passphrase\n' row 2 'a wrong passphrase' keygen --import e.key --passphrase-fd 7 --pub e2.pub
says err 'passphrase'
absent e2.pub 'a wrong passphrase'
for lang in en ja; do
	SECRETS='wrong passphrase\n' row 2 "a wrong passphrase, $lang" keygen --import e.key --passphrase-fd 7 --pub e2.pub --lang $lang
	grep -qiE 'openssl|pkcs|cipher|the argument|引数|英文' err && { fail 'a wrong passphrase: words of OpenSSL'; cat err >&2; }
done
says err '合言葉が違う。鍵は使っていない'
says err '次に: もう一度入力する'
# Of one wrong passphrase in 256 the padding is right, and what comes out is no key: it is a wrong passphrase all the same.
python3 - <<'EOF'
import base64, hashlib, subprocess
text = subprocess.run(['openssl', 'pkcs8', '-topk8', '-in', 'e.key', '-passin', 'pass:a long passphrase', '-passout', 'pass:another passphrase', '-v2', 'aes-256-cbc', '-v2prf', 'hmacWithSHA256'], check=True, capture_output=True).stdout.decode()
lines = text.strip().split('\n')
der = bytearray(base64.b64decode(''.join(lines[1:-1])))
def start(i):
    return i + 2 + (der[i + 1] & 127 if der[i + 1] & 128 else 0)
def end(i):
    n = der[i + 1]
    return start(i) + (int.from_bytes(der[i + 2:start(i)], 'big') if n & 128 else n)
method = start(0)
parts = start(end(start(method)))
salt = start(end(start(parts)))
count, iv = end(salt), end(start(end(parts)))
box = end(method)
key = hashlib.pbkdf2_hmac('sha256', b'wrong passphrase', bytes(der[start(salt):end(salt)]), int.from_bytes(der[start(count):end(count)], 'big'), 32)
junk = subprocess.run(['openssl', 'enc', '-aes-256-cbc', '-K', key.hex(), '-iv', bytes(der[start(iv):end(iv)]).hex()], input=b'Z' * (end(box) - start(box) - 1), check=True, capture_output=True).stdout
assert len(junk) == end(box) - start(box)
der[start(box):end(box)] = junk
open('junk.key', 'w').write('\n'.join([lines[0]] + [base64.b64encode(bytes(der)).decode()[i:i + 64] for i in range(0, 2 * len(der), 64) if base64.b64encode(bytes(der)).decode()[i:i + 64]] + [lines[-1]]) + '\n')
EOF
chmod 600 junk.key
SECRETS='wrong passphrase\n' row 2 'a passphrase that opens junk' keygen --import junk.key --passphrase-fd 7 --pub e2.pub
says err 'the passphrase does not open the key; it was not used'
# A hostile file says how long its passphrase is to be hashed: it is refused before that begins.
python3 - <<'EOF'
import base64, subprocess
text = subprocess.run(['openssl', 'pkcs8', '-topk8', '-in', 'e.key', '-passin', 'pass:a long passphrase', '-passout', 'pass:another passphrase', '-iter', '66051', '-out', '/dev/stdout'], check=True, capture_output=True).stdout.decode()
lines = text.strip().split('\n')
der = base64.b64decode(''.join(lines[1:-1])).replace(b'\x02\x03\x01\x02\x03', b'\x02\x03\x7f\xff\xff')
assert b'\x7f\xff\xff' in der
with open('greedy.key', 'w') as f:
    f.write('\n'.join([lines[0], base64.b64encode(der).decode(), lines[-1]]) + '\n')
EOF
chmod 600 greedy.key
SECRETS='another passphrase\n' row 3 'a key that asks for millions of rounds' keygen --import greedy.key --passphrase-fd 7 --pub greedy.pub
says err '5000000'
absent greedy.pub 'a key that asks for millions of rounds'
SECRETS='another passphrase\n' row 3 'the same in Japanese' keygen --import greedy.key --passphrase-fd 7 --pub greedy.pub --lang ja
says err '鍵ファイルが求める計算'
# What OpenSSL would decrypt twice cannot be counted.
sed '1a Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00112233445566778899AABBCCDDEEFF\n' greedy.key | fold -w 64 >twice.key
chmod 600 twice.key
SECRETS='another passphrase\n' row 1 'a key that is encrypted twice' keygen --import twice.key --passphrase-fd 7 --pub twice.pub
says err 'once more by its PEM header'
absent twice.pub 'a key that is encrypted twice'
row 2 'a descriptor that is not open' keygen --import e.key --passphrase-fd 9 --pub e2.pub
row 2 'a descriptor that is no number' keygen --import e.key --passphrase-fd x --pub e2.pub

# ---- files of other programs -------------------------------------------------------------------------------------------
ssh-keygen -q -t ed25519 -N '' -C chair@agency.example -f chair
ssh-keygen -q -t ecdsa -b 256 -N '' -C member -f member
ssh-keygen -q -t rsa -b 2048 -N '' -C auditor -f auditor
for k in chair member auditor; do
	row 0 "the OpenSSH key $k" keygen --import $k -o $k.key --pub $k.pem
	row 0 "the public half of $k" keygen --import $k.key --pub $k.again
	cmp -s $k.pem $k.again || fail "$k became another key"
done
chmod 644 chair
row 2 'a key that others can read' keygen --import chair -o c2.key
says err 'chmod 600'
absent c2.key 'a key that others can read'
chmod 600 chair
row 2 'a public key is no key to sign with' keygen --import chair.pub -o c2.key
says err 'this is a public key'
# Whoever may read it, and with a key in the same file it is one.
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout cert.key -out cert.pem -subj /CN=seat -days 2 2>/dev/null
for mode in 644 600; do
	chmod $mode cert.pem chair.pem
	row 2 "a public key, $mode" keygen --import chair.pem --pub c2.pub
	says err 'this is a public key'
	row 2 "a certificate, $mode" keygen --import cert.pem --pub c2.pub
	says err 'this is a certificate, which holds no private key'
	absent c2.pub 'what is no private key'
done
cat cert.pem cert.key >both.pem
row 2 'a certificate with its key, that others can read' keygen --import both.pem --pub c2.pub
says err 'chmod 600'

# ---- an agent ----------------------------------------------------------------------------------------------------------
row 3 'no agent' keygen --import agent:member --pub a.pub
says err 'SSH_AUTH_SOCK'
eval "$(ssh-agent -s)" >/dev/null && agent=$SSH_AGENT_PID
ssh-add -q chair member auditor 2>/dev/null
for k in chair@agency.example member auditor; do
	row 0 "of the agent: $k" keygen --import "agent:$k" --pub agent.pub
	cmp -s agent.pub "${k%%@*}.pem" || fail "the agent's $k is another key"
	rm -f agent.pub
done
row 0 'by fingerprint' keygen --import "agent:$(ssh-keygen -lf chair.pub | cut -d' ' -f2)" --pub agent.pub
cmp -s agent.pub chair.pem || fail 'the fingerprint is of another key'
row 0 'by id' keygen --import "agent:$(openssl pkey -pubin -in chair.pem -outform DER | sha256sum | cut -d' ' -f1)" --pub agent2.pub
cmp -s agent2.pub chair.pem || fail 'the id is of another key'
row 3 'a key it has not' keygen --import agent:nobody --pub a.pub
says err 'chair@agency.example'
row 2 'which of three' keygen --import agent: --pub a.pub
row 2 'a key that stays' keygen --import agent:member -o out.key
absent a.pub 'a refusal'

# ---- a token -----------------------------------------------------------------------------------------------------------
module=
for m in /usr/lib/softhsm/libsofthsm2.so /usr/lib/*/softhsm/libsofthsm2.so; do [ -e "$m" ] && module=$m; done
if [ -n "$module" ] && command -v softhsm2-util >/dev/null; then
	mkdir tokens
	printf 'directories.tokendir = %s\nobjectstore.backend = file\nlog.level = ERROR\n' "$work/tokens" >hsm.conf
	export SOFTHSM2_CONF=$work/hsm.conf
	softhsm2-util --init-token --free --label seat-1 --pin 1234 --so-pin 5678 >hsm.log 2>&1
	softhsm2-util --init-token --free --label seat-2 --pin 1234 --so-pin 5678 >>hsm.log 2>&1
	n=0
	for k in chair member auditor; do
		n=$((n + 1))
		softhsm2-util --import $k.key --token seat-1 --label $k --id 0$n --pin 1234 >>hsm.log 2>&1 || fail "SoftHSM does not take $k: $(tail -n 1 hsm.log)"
		SECRETS='1234\n' row 0 "on the token: $k" keygen --import "pkcs11:token=seat-1;object=$k?module-path=$module" --passphrase-fd 7 --pub token.pub
		cmp -s token.pub $k.pem || fail "the token's $k is another key"
		rm -f token.pub
	done
	SECRETS='1234\n' row 0 'by id' keygen --import "pkcs11:token=seat-1;id=%02?module-path=$module" --passphrase-fd 7 --pub token.pub
	cmp -s token.pub member.pem || fail 'id 02 is another key'
	rm -f token.pub
	SECRETS='9999\n' row 2 'a wrong PIN' keygen --import "pkcs11:token=seat-1;object=chair?module-path=$module" --passphrase-fd 7 --pub token.pub
	says err 'the PIN is wrong'
	row 2 'no PIN and no terminal' keygen --import "pkcs11:token=seat-1;object=chair?module-path=$module" --pub token.pub
	SECRETS='1234\n' row 3 'no such key' keygen --import "pkcs11:token=seat-1;object=nobody?module-path=$module" --passphrase-fd 7 --pub token.pub
	SECRETS='1234\n' row 2 'which of three keys' keygen --import "pkcs11:token=seat-1?module-path=$module" --passphrase-fd 7 --pub token.pub
	row 2 'which of two tokens' keygen --import "pkcs11:object=chair?module-path=$module" --pub token.pub
	says err '"seat-2"'
	row 3 'no such token' keygen --import "pkcs11:token=seat-9?module-path=$module" --pub token.pub
	row 3 'no such driver' keygen --import "pkcs11:token=seat-1?module-path=/nowhere.so" --pub token.pub
	row 2 'a PIN in the name' keygen --import "pkcs11:token=seat-1;object=chair?module-path=$module&pin-value=1234" --pub token.pub
	says err 'pin-value'
	row 2 'not a URI' keygen --import 'pkcs11:%zz' --pub token.pub
	absent token.pub 'a refusal'
else
	echo 'skipped: the token (SoftHSM 2 is not installed)'
fi

# ---- a ledger whose operator is with the agent, and whose roots are an agent's, a token's and an encrypted file's ------------
root2=chair.key
[ -z "$module" ] || root2="pkcs11:token=seat-1;object=chair?module-path=$module"
ssh-keygen -q -t ed25519 -N '' -C operator -f op && ssh-add -q op 2>/dev/null
ssh-keygen -q -t ed25519 -N '' -C beat -f beat && ssh-add -q beat 2>/dev/null
# Each key is opened twice: for its public half, and to sign.
SECRETS='1234\na long passphrase\n1234\na long passphrase\n' row 0 'the genesis' init l.git --origin ledger.example/keys --root-keys "one=agent:member,two=$root2,three=e.key" \
	--threshold 2 --operator agent:operator --heartbeat agent:beat --trust-out t.trust --passphrase-fd 7
row 0 'it audits clean' audit -C l.git --trust t.trust
row 0 'a draft of the profile' draft profile -C l.git -o p.json
row 3 'a profile is more than agents take' sign p.json -C l.git --key agent:member --yes
says err 'sign this with a key file or a token'
absent p.dsse.json 'an agent that takes no such message'
SECRETS='wrong passphrase\n' row 2 'signing with a wrong passphrase' sign p.json -C l.git --key e.key --yes --passphrase-fd 7
says err 'the passphrase does not open the key; it was not used'
says err 'next: type it again'
absent p.dsse.json 'a wrong passphrase'
SECRETS='1234\na long passphrase\n' row 0 'signed with the token and the encrypted key' sign p.json -C l.git --key "$root2" --key e.key --yes --passphrase-fd 7
row 0 'sealed by the agent' seal p.dsse.json -C l.git
row 0 'a party, its key an RSA key' party koh --role auditor --name-ja 甲監査法人 --name-en 'Koh Audit' --member lead:auditor.pub -C l.git -o koh.json
SECRETS='a long passphrase\n' row 0 'signed by the agent' sign koh.json -C l.git --key agent:auditor --key agent:member --key e.key --yes --passphrase-fd 7
row 0 'sealed' seal koh.dsse.json -C l.git
ls "$work"/.local/state/akashi/keys/*.state >/dev/null 2>&1 || fail 'the operator key has no memory'
row 0 'the heartbeat' witness heartbeat -C l.git --key agent:beat --first --trust t.trust
git -C l.git fsck --strict >git.log 2>&1 || fail "git fsck: $(cat git.log)"
row 0 'it still audits clean' audit -C l.git --trust t.trust

# A ledger whose end a token signs: what is signed for it afterwards is refused before the token is asked for its PIN.
cp -r .local local.kept
cp -r l.git ended.git
row 0 'the end is drafted' draft closing --set /reason=abolished --set /explanation=終了 -C ended.git -o closing.json
row 0 'what comes too late' party late --role auditor --name-ja 乙監査法人 --member lead:member.pub -C ended.git -o late.json
SECRETS='1234\na long passphrase\n' row 0 'the end is signed with the token' sign closing.json -C ended.git --key "$root2" --key e.key --yes --passphrase-fd 7
row 0 'the end is sealed' seal closing.dsse.json -C ended.git
row 1 'nothing is signed after the end' sign late.json -C ended.git --key "$root2" --yes
says err 'whatever is signed for it can never be sealed'
absent late.dsse.json 'the end'
row 0 'the ended ledger audits clean' audit -C ended.git --trust t.trust
rm -rf .local ended.git && mv local.kept .local

# The agent is gone, or has lost the key: nothing is sealed, nothing is lost.
before=$(git -C l.git rev-parse main)
row 0 'another draft' draft profile -C l.git -o p2.json
ssh-add -q -d op 2>/dev/null
cp koh.dsse.json again.dsse.json
row 3 'an agent without the key' seal again.dsse.json -C l.git
says err 'no such key with the agent'
kill "$agent" && agent=
row 3 'an agent that is gone' sign p2.json -C l.git --key agent:member --yes
absent p2.dsse.json 'an agent that is gone'
[ "$before" = "$(git -C l.git rev-parse main)" ] || fail 'the ledger moved'

# ---- no secret in a core file, nor in /proc ----------------------------------------------------------------------------------
mkfifo ask
(ulimit -c unlimited 2>/dev/null; exec "$akashi" keygen --import e.key --passphrase-fd 8 --pub late.pub 8<>ask >/dev/null 2>&1 </dev/null) &
waits=$!
for _ in 1 2 3 4 5 6 7 8 9 10; do
	sleep 0.2
	grep -q '^Max core file size *0 *0' "/proc/$waits/limits" 2>/dev/null && break
done
grep -q '^Max core file size *0 *0' "/proc/$waits/limits" || fail 'a core file could be written while a passphrase is asked for'
tr '\0' ' ' <"/proc/$waits/cmdline" | grep -q 'passphrase-fd 8' || fail 'the process is not what this test looks at'
printf 'a long passphrase\n' >ask
wait "$waits" || fail 'the passphrase that came late'
cmp -s late.pub e.pub || fail 'another key came late'

[ "$rc" = 0 ] && echo 'keys: as written'
exit "$rc"
