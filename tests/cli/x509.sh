#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Keys with certificates, by the command line alone: a CA made by openssl, a profile that pins its root, and every chain that must not get in.
# Usage: x509.sh AKASHI
# shellcheck source=tests/cli/play.bash
. "$(dirname "$0")/play.bash"
command -v openssl >/dev/null || { echo 'skipped: no openssl'; exit 77; }
export AKASHI_TRUST=$work/trust

# ---- an authority of its own ---------------------------------------------------------------------------------------------------
cat >ca.cnf <<'CNF'
[ca]
default_ca = d
[d]
database = index.txt
serial = serial
new_certs_dir = .
default_md = sha256
default_crl_days = 7
policy = any
unique_subject = no
copy_extensions = none
[any]
countryName = optional
organizationName = optional
organizationalUnitName = optional
commonName = optional
streetAddress = optional
emailAddress = optional
[req]
distinguished_name = dn
[dn]
CNF
: >index.txt
echo 01 >serial
key_ids=$'subjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n'
root_ext=$'basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\nsubjectKeyIdentifier=hash\n'
ca_ext=$'basicConstraints=critical,CA:TRUE,pathlen:0\nkeyUsage=critical,keyCertSign,cRLSign\n'$key_ids
seal_ext=$'basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature,nonRepudiation\n'$key_ids
past=20260101000000Z future=20991231235959Z
# issue NAME SUBJECT ISSUER EXTENSIONS [FROM [TO]]: NAME.key is there; NAME.crt is made
issue() {
	local self=() ext=$4
	[ "$1" = "$3" ] && self=(-selfsign)
	[ -f "$1.key" ] || openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1.key" 2>/dev/null
	printf '%s' "$ext" >ext.cnf
	openssl req -new -utf8 -config ca.cnf -key "$1.key" -subj "$2" -out x.csr 2>log &&
		openssl ca -batch -utf8 -notext -config ca.cnf "${self[@]}" -cert "$3.crt" -keyfile "$3.key" -in x.csr -extfile ext.cnf \
			-startdate "${5:-$past}" -enddate "${6:-$future}" -out "$1.crt" >log 2>&1 || { fail "openssl made no $1.crt"; sed 's/^/      /' log >&2; }
}
digest() { printf 'sha256:%s' "$(openssl x509 -in "$1.crt" -outform DER | sha256sum | cut -d' ' -f1)"; }
issue root-ca '/C=JP/O=Kakuu Root/CN=Root CA' root-ca "$root_ext"
issue other-ca '/C=JP/O=Other Root/CN=Other CA' other-ca "$root_ext"
issue seal-ca '/C=JP/O=Kakuu Seal Services/CN=Issuing CA' root-ca "$ca_ext"

# ---- a ledger whose profile pins the root ---------------------------------------------------------------------------------------
for k in root op hb; do run 0 keygen keygen -o $k.key --pub $k.pub; done
run 0 init init ledger.git --origin ledger.example/x509 --root-keys root.key --threshold 1 --operator op.key --heartbeat hb.key --trust-out trust
run 0 'the definition' draft profile --scheme ismap-liu -C ledger.git -o profile.json
# pin PINS: the profile with these certificate_roots, into pinned.json
pin() {
	jq --argjson pins "$1" '.body.package.certificate_roots = $pins' profile.json >p.json
	jq --arg d "sha256:$(jq -jcS .body.package p.json | sha256sum | cut -d' ' -f1)" '.body.digest = $d' p.json >pinned.json
}
seal_() {
	local draft=$1 key keys=()
	shift
	for key; do keys+=(--key "$key.key"); done
	run 0 "sign $draft" sign "$draft.json" --yes "${keys[@]}" -C ledger.git
	run 0 "seal $draft" seal -C ledger.git "$draft.dsse.json"
}
pins() { jq -n --arg r "$(digest root-ca)" '[{"certificate": $r, "from": "2026-01-01T00:00:00Z", "names": {"ja": "架空認証局", "en": "Kakuu CA"}}]'; }

# Pins that are not in the form the format asks for never get in.
for bad in '[{"certificate":"sha256:00","from":"2026-01-01T00:00:00Z"}]' '{"certificate":"x"}' \
	"$(pins | jq '.[0].from = "2026-01-01"')" "$(pins | jq '.[0].until = "2025-01-01T00:00:00Z"')" \
	"$(pins | jq '.[0].policies = []')" "$(pins | jq '.[0].policies = ["1..2"]')"; do
	pin "$bad"
	rm -f pinned.dsse.json
	run 0 'sign a bad pin' sign pinned.json --yes --key root.key -C ledger.git
	run 1 "a pin like $bad" seal -C ledger.git pinned.dsse.json
	says err certificate_roots
done
pin "$(pins)"
rm -f pinned.dsse.json
seal_ pinned root

# ---- chains ---------------------------------------------------------------------------------------------------------------------
n=0
# enrol NAME: a party of its own with this key and chain.pem, signed; sealing it is left
as=--office
enrol() {
	n=$((n + 1)) party=p$n
	run 0 "$1: draft" party $party --role auditor --name-ja 架空監査法人 $as "seal:$1.pub:法人印" --certificate chain.pem --scheme ismap-liu -C ledger.git -o $party.json
	run 0 "$1: sign" sign $party.json --yes --key root.key --key "$1.key" -C ledger.git
}
accept() { enrol "$1"; run 0 "$1 is enrolled" seal -C ledger.git $party.dsse.json; }
refuse() { enrol "$1"; run 1 "$1 is refused" seal -C ledger.git $party.dsse.json; says err "$2"; }
leaf() {
	run 0 keygen keygen --alg p256 -o "$1.key" --pub "$1.pub"
	issue "$@"
}
chain() { for c; do cat "$c.crt"; done >chain.pem; }

leaf good '/C=JP/O=Koh Audit Corporation/CN=Seal' seal-ca "$seal_ext"
chain good seal-ca root-ca
accept good
says out "$party"
run 0 'show says whose certificate it is' show "$(sed -n 's/^sealed #\([0-9]*\).*/\1/p' out)" -C ledger.git
says out 'O=Koh Audit Corporation'
says out 'CN=Issuing CA'
run 0 'a draft for a party of another name' party p1 --name-ja 別の法人 --name-en Other $as seal:good.pub:法人印 --certificate chain.pem --scheme ismap-liu -C ledger.git -o named.json
says err 'certified for Koh Audit Corporation'
run 1 'check warns of the name' check named.json -C ledger.git --json
jq -e '[.warnings[] | select(.id == "certificate-name" and .found == "Koh Audit Corporation")] | length == 1' out >/dev/null || fail 'no warning of the name'
run 1 'and in words' check named.json -C ledger.git --lang ja
says out 'Koh Audit Corporation'
run 0 'the same name, as it may be written' party p1 --name-ja 架空監査法人 --name-en 'KOH Audit  corporation' $as seal:good.pub:法人印 --certificate chain.pem --scheme ismap-liu -C ledger.git -o same.json
silent err 'certified for'
chain seal-ca root-ca
run 2 'a chain of nobody' party px --role auditor --name-ja 架空 --office seal:good.pub:法人印 --certificate chain.pem --scheme ismap-liu -C ledger.git -o px.json

leaf mismatch '/C=JP/O=Koh/CN=Seal' seal-ca "$seal_ext"
leaf wrongroot '/C=JP/O=Koh/CN=Seal' other-ca "$seal_ext"
chain wrongroot other-ca
refuse wrongroot 'does not pin'
leaf nointermediate '/C=JP/O=Koh/CN=Seal' seal-ca "$seal_ext"
chain nointermediate root-ca
refuse nointermediate 'unable to get'
leaf disorder '/C=JP/O=Koh/CN=Seal' seal-ca "$seal_ext"
chain disorder root-ca seal-ca
refuse disorder 'does not pin'
chain disorder seal-ca other-ca root-ca
refuse disorder 'not these certificates'
leaf early '/C=JP/O=Koh/CN=Seal' seal-ca "$seal_ext" 20980101000000Z
chain early seal-ca root-ca
refuse early 'not yet valid'
leaf late '/C=JP/O=Koh/CN=Seal' seal-ca "$seal_ext" $past 20260201000000Z
chain late seal-ca root-ca
refuse late 'expired'
leaf tls '/C=JP/O=Koh/CN=Seal' seal-ca "$seal_ext"$'extendedKeyUsage=serverAuth\n'
chain tls seal-ca root-ca
refuse tls 'extended key usage'
leaf docsign '/C=JP/O=Koh/CN=Seal' seal-ca "$seal_ext"$'extendedKeyUsage=1.3.6.1.5.5.7.3.36\n'
chain docsign seal-ca root-ca
accept docsign
leaf agree '/C=JP/O=Koh/CN=Seal' seal-ca $'keyUsage=critical,keyAgreement\nbasicConstraints=critical,CA:FALSE\n'"$key_ids"
chain agree seal-ca root-ca
refuse agree 'key usage'
leaf asca '/C=JP/O=Koh/CN=Seal' root-ca "$ca_ext"
chain asca root-ca
refuse asca "issuer's"
issue sub-ca '/C=JP/O=Deep/CN=Too deep' seal-ca "$ca_ext"
leaf deep '/C=JP/O=Koh/CN=Seal' sub-ca "$seal_ext"
chain deep sub-ca seal-ca root-ca
refuse deep 'path length'
issue named-ca '/C=JP/O=Named/CN=Constrained CA' root-ca "$ca_ext"$'nameConstraints=critical,permitted;dirName:only\n[only]\nC=JP\nO=Named\n'
leaf inside '/C=JP/O=Named/CN=Seal' named-ca "$seal_ext"
chain inside named-ca root-ca
accept inside
leaf outside '/C=JP/O=Another/CN=Seal' named-ca "$seal_ext"
chain outside named-ca root-ca
refuse outside 'subtree'
openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:1024 -out weak-ca.key 2>/dev/null
issue weak-ca '/C=JP/O=Weak/CN=Weak CA' root-ca "$ca_ext"
leaf weak '/C=JP/O=Koh/CN=Seal' weak-ca "$seal_ext"
chain weak weak-ca root-ca
refuse weak 'weak'
sed -i 's/default_md = sha256/default_md = sha1/' ca.cnf
leaf sha1 '/C=JP/O=Koh/CN=Seal' seal-ca "$seal_ext"
sed -i 's/default_md = sha1/default_md = sha256/' ca.cnf
chain sha1 seal-ca root-ca
refuse sha1 'SHA-1'
leaf forged '/C=JP/O=Koh/CN=Seal' seal-ca "$seal_ext"
openssl x509 -in forged.crt -outform DER | head -c -1 >forged.der
printf '\x00' >>forged.der
openssl x509 -inform DER -in forged.der -out forged.crt 2>/dev/null
chain forged seal-ca root-ca
n=$((n + 1))
run 0 'a forged signature' party p$n --role auditor --name-ja 架空 --office seal:forged.pub:法人印 --certificate chain.pem --scheme ismap-liu -C ledger.git -o p$n.json
run 0 sign sign p$n.json --yes --key root.key --key forged.key -C ledger.git
run 1 'a forged certificate' seal -C ledger.git p$n.dsse.json
# The leaf's key must be the key that the certificate stands beside, whoever put it there.
n=$((n + 1))
run 0 'no certificate' party p$n --role auditor --name-ja 架空 --office seal:mismatch.pub:法人印 --scheme ismap-liu -C ledger.git --force -o plain.json
jq --slurpfile p p1.json '.body.members[0].keys[0].certificate = $p[0].body.members[0].keys[0].certificate' plain.json >p$n.json
run 0 sign sign p$n.json --yes --key root.key --key mismatch.key -C ledger.git
run 1 "another key's certificate" seal -C ledger.git p$n.dsse.json

# ---- what must not become public -------------------------------------------------------------------------------------------------
# private NAME SUBJECT EXTENSIONS WORD
private() {
	leaf "$1" "$2" seal-ca "$seal_ext$3"
	chain "$1" seal-ca root-ca
	run 1 "personal data: $1" party px --role auditor --name-ja 架空 --office "seal:$1.pub:法人印" --certificate chain.pem --scheme ismap-liu -C ledger.git -o px.json
	says err "$4"
	[ ! -e px.json ] || fail "$1: a draft was written"
	# Whoever writes the draft by hand gets no further than sealing.
	n=$((n + 1))
	run 0 'no certificate' party p$n --role auditor --name-ja 架空 --office "seal:$1.pub:法人印" --scheme ismap-liu -C ledger.git --force -o plain.json
	jq --arg a "$(openssl x509 -in "$1.crt" -outform DER | base64 -w0)" --arg b "$(openssl x509 -in seal-ca.crt -outform DER | base64 -w0)" \
		--arg c "$(openssl x509 -in root-ca.crt -outform DER | base64 -w0)" '.body.members[0].keys[0].certificate = [$a, $b, $c]' plain.json >p$n.json
	run 0 sign sign p$n.json --yes --key root.key --key "$1.key" -C ledger.git
	run 1 "personal data sealed: $1" seal -C ledger.git p$n.dsse.json
	says err "$4"
}
private street '/C=JP/O=Koh/street=1-2-3 Kakuu-cho/CN=Seal' '' streetAddress
private birth '/C=JP/O=Koh/CN=Seal' $'2.5.29.9=ASN1:SEQUENCE:sda\n[sda]\na=SEQUENCE:attr\n[attr]\nt=OID:1.3.6.1.5.5.7.9.1\nv=SET:vals\n[vals]\nd=GENERALIZEDTIME:19800102000000Z\n' dateOfBirth
private jpki '/C=JP/CN=0123456789' $'subjectAltName=otherName:1.2.392.200149.8.5.5.5;UTF8:Kakuu-ken\n' '1.2.392.200149.8.5.5.5'
private jpki-birth '/C=JP/CN=0123456789' $'subjectAltName=otherName:1.2.392.200149.8.5.5.4;UTF8:341230102\n' 'date of birth'
private mail '/C=JP/CN=Somebody' $'subjectAltName=email:somebody@home.example\n' rfc822Name
leaf office-mail '/C=JP/O=Koh/CN=Seal' seal-ca "$seal_ext"$'subjectAltName=email:seal@koh.example\n'
chain office-mail seal-ca root-ca
accept office-mail

# ---- a certificate takes away when it ends ----------------------------------------------------------------------------------------
ends=$(($(date +%s) + 15))
leaf short '/C=JP/O=Short/CN=Seal' seal-ca "$seal_ext" $past "$(date -u -d "@$ends" +%Y%m%d%H%M%SZ)"
chain short seal-ca root-ca
as=--member
accept short
leaf long '/C=JP/O=Long/CN=Seal' seal-ca "$seal_ext"
chain long seal-ca root-ca
accept long
as=--office
mkdir nowhere
# dispute PARTY KEY NAME: sealed with an exit code of WANTED
dispute() {
	printf '{"party":"%s","submitted_on":"2026-11-20","listing":"LIU-2026-0007","text":"%s"}' "$1" "$3" >d.body.json
	run 0 'draft a dispute' draft dispute --scheme ismap-liu -C ledger.git --body d.body.json --no-refs --force -o "$3.json"
	run 0 'sign a dispute, where no ledger says what comes of it' sign "$3.json" --yes --key "$2.key" -C nowhere
}
short_party=p$((n - 1)) long_party=p$n
dispute "$long_party" long before
run 0 'a key with a certificate signs' seal -C ledger.git before.dsse.json
left=$((ends - $(date +%s) + 1))
[ $left -le 0 ] || sleep $left
dispute "$short_party" short after
run 1 'whose certificate has expired does not sign here' sign after.json --yes --key short.key -C ledger.git -o never.dsse.json
tr -s ' \n' ' ' <err | grep -qF "does not count here: " || fail "$name: $(cat err)"
tr -s ' \n' ' ' <err | grep -qF "certificate does not hold" || fail "$name: $(cat err)"
[ ! -e never.dsse.json ] || fail 'signed'
run 1 'its certificate has expired' seal -C ledger.git after.dsse.json
says err 'certificate does not hold'
# A list of revoked certificates ends what it names, from the record after it on.
leaf lost '/C=JP/O=Lost/CN=Seal' seal-ca "$seal_ext"
chain lost seal-ca root-ca
as=--member
accept lost
lost_party=p$n
# The list will name two: who meets it by one key needs the enrolment of the other.
leaf beside '/C=JP/O=Beside/CN=Seal' seal-ca "$seal_ext"
chain beside seal-ca root-ca
accept beside
as=--office
beside_party=p$n
gencrl() { openssl ca -config ca.cnf -gencrl -cert "$1.crt" -keyfile "$1.key" -out "$2" >log 2>&1 || { fail "no list $2"; sed 's/^/      /' log >&2; }; }
gencrl seal-ca clean.crl
run 0 'a list with nobody on it' crl clean.crl -C ledger.git -o clean.json
says err 'no key enrolled here'
seal_ clean op
dispute "$lost_party" lost in-time
run 0 'signed before it was revoked' seal -C ledger.git in-time.dsse.json
dispute "$lost_party" lost too-late
openssl ca -config ca.cnf -cert seal-ca.crt -keyfile seal-ca.key -revoke lost.crt -crl_reason keyCompromise >log 2>&1 || fail 'not revoked'
openssl ca -config ca.cnf -cert seal-ca.crt -keyfile seal-ca.key -revoke beside.crt -crl_reason keyCompromise >log 2>&1 || fail 'not revoked'
gencrl seal-ca revoked.crl
run 0 'a list that names one' crl revoked.crl -C ledger.git -o revoked.json
says err keyCompromise
jq -e '.body.revoked | length == 2' revoked.json >/dev/null || fail 'who is on it'
run 0 'by another than the operator' sign revoked.json --yes --key root.key -C nowhere -o by-root.dsse.json
run 1 'a list is sealed by the operator' seal -C ledger.git by-root.dsse.json
jq '.body.revoked[0].id = (input | .body.members[0].keys[0].id)' revoked.json p1.json >framed.json
run 0 'sign a list that frames another key' sign framed.json --yes --key op.key -C ledger.git
run 1 'a list takes away only what it names' seal -C ledger.git framed.dsse.json
says err 'crl.revoked'
# Whose list it is, and from when to when, counts as much; it is looked at before who else has signed.
# wrong NAME FILTER WORDS
wrong() {
	jq "$2" revoked.json >"$1.json"
	run 0 "$1: sign" sign "$1.json" --yes --key op.key -C ledger.git
	run 1 "a list of $1" seal -C ledger.git "$1.dsse.json"
	says err "$3"
}
wrong another-issuer '.body.issuer_key = "0" * 64' 'by this issuer'
wrong later-than-its-record '.body.this_update = "2098-01-01T00:00:00Z" | .body.next_update = "2099-01-01T00:00:00Z"' 'later than its record'
wrong no-time-at-all '.body.next_update = .body.this_update' 'lies before next_update'
# The list is not in the ledger: that the operator says what is on it ends nobody's key.
run 0 'sign a list by the operator alone' sign revoked.json --yes --key op.key -C ledger.git -o alone.dsse.json
run 1 'the operator alone ends a key' seal -C ledger.git alone.dsse.json
says err 'neither by itself nor by who enrolled it'
run 1 'somebody else has no part in it' sign revoked.json --yes --key op.key --key long.key -C ledger.git -o else.dsse.json
says err 'does not count here'
run 0 'sign a list by one of its keys too' sign revoked.json --yes --key op.key --key lost.key -C ledger.git -o one.dsse.json
run 1 'a key ends itself, and no other' seal -C ledger.git one.dsse.json
says err 'neither by itself nor by who enrolled it'
run 0 'sign a list by all its keys too' sign revoked.json --yes --key op.key --key lost.key --key beside.key -C ledger.git -o itself.dsse.json
run 0 'keys may end themselves' check -C ledger.git itself.dsse.json
seal_ revoked op root
run 1 'signed before, sealed after it was revoked' seal -C ledger.git too-late.dsse.json
dispute "$beside_party" beside beside-late
run 1 'another on the same list' seal -C ledger.git beside-late.dsse.json
run 1 'what is told of the listing' verify LIU-2026-0007 -C ledger.git --scheme ismap-liu
silent out 'no effect'
dispute "$long_party" long unharmed
run 0 'others go on' seal -C ledger.git unharmed.dsse.json
cp in-time.json again.json
gencrl other-ca other.crl
run 3 'a list of nobody here' crl other.crl -C ledger.git -o other.json
cp other-ca.key false-ca.key
issue false-ca '/C=JP/O=Kakuu Seal Services/CN=Issuing CA' other-ca "$ca_ext"
gencrl false-ca false.crl
run 1 'a list signed by another key' crl false.crl -C ledger.git -o false.json
head -c 300 clean.crl >cut.crl
run 1 'a list that was cut' crl cut.crl -C ledger.git -o cut.json
[ ! -e false.json ] && [ ! -e cut.json ] && [ ! -e other.json ] || fail 'a draft of a bad list'
# ---- the same key is certified again ---------------------------------------------------------------------------------------------
renewed=$(($(date +%s) + 14))
leaf office '/C=JP/O=Office/CN=Seal' seal-ca "$seal_ext" $past "$(date -u -d "@$renewed" +%Y%m%d%H%M%SZ)"
chain office seal-ca root-ca
as=--member
accept office
office_party=p$n
cp office.crt office-1.crt
issue office '/C=JP/O=Office/CN=Seal' seal-ca "$seal_ext"
cp office.crt office-2.crt
# again PARTY KEY OPTION…: a further record about the key, for this party
again() {
	local party=$1 key=$2
	shift 2
	n=$((n + 1))
	run 0 "again: $party" party "$party" --name-ja 架空監査法人 --scheme ismap-liu -C ledger.git --force -o p$n.json "$@"
	run 0 "again: sign" sign p$n.json --yes --key root.key --key "$key.key" -C ledger.git
}
chain office-2 seal-ca root-ca
again "$office_party" office $as office:office.pub:別の者 --certificate chain.pem
run 1 'a chain for the key of another member' seal -C ledger.git p$n.dsse.json
says err 'one owner for ever'
again "$long_party" office $as seal:office.pub:会員 --certificate chain.pem
run 1 'a chain for the key of another party' seal -C ledger.git p$n.dsse.json
says err 'one owner for ever'
again "$office_party" office $as seal:office.pub:会員
run 1 'the same key without a certificate' seal -C ledger.git p$n.dsse.json
says err 'one owner for ever'
run 0 keygen keygen --alg p256 -o plain.key --pub plain.pub
issue plain '/C=JP/O=Plain/CN=Seal' seal-ca "$seal_ext"
run 0 'a key without a certificate' party plain --role auditor --name-ja 架空 $as seal:plain.pub:会員 --scheme ismap-liu -C ledger.git -o plain-1.json
seal_ plain-1 root plain
chain plain seal-ca root-ca
again plain plain $as seal:plain.pub:会員 --certificate chain.pem
run 1 'a chain for a key that was enrolled without one' seal -C ledger.git p$n.dsse.json
says err 'one owner for ever'
chain office-2 seal-ca root-ca
again "$office_party" office $as seal:office.pub:会員 --certificate chain.pem
run 0 'without its own signature' sign p$n.json --yes --key root.key -C ledger.git -o unproven.dsse.json
run 1 'the key has not signed its renewal' seal -C ledger.git unproven.dsse.json
says err 'has not signed'
run 0 'the same key, certified again' seal -C ledger.git p$n.dsse.json
left=$((renewed - $(date +%s) + 1))
[ $left -le 0 ] || sleep $left
run 0 'certificates count down' status -C ledger.git --json
jq -e --arg l "$short_party" --arg o "$office_party" '[.certificates[] | select(.party == $l)][0].days_left < 0 and ([.certificates[] | select(.party == $o)] | length == 1 and .[0].days_left > 365)' out >/dev/null ||
	{ fail 'the days that certificates have left'; cat out; }
run 0 'one has ended' status -C ledger.git
says out "the certificate of $short_party/seal counted until "
silent out "the certificate of $long_party/seal"
run 0 'days ahead' status -C ledger.git --within 36500
says out "the certificate of $long_party/seal counts until "
run 0 'for the next one' status --handover -C ledger.git --json
jq -e --arg l "$short_party/seal" '[.alerts[] | select(.id == "certificate-ends") | .text.en | contains($l)] == [true]' out >/dev/null || fail 'who takes over is not told of the certificate'
dispute "$office_party" office renewed
run 0 'the first certificate ended, the second holds' seal -C ledger.git renewed.dsse.json
# The issuer takes back the certificate that it replaced: the key goes on.
openssl ca -config ca.cnf -cert seal-ca.crt -keyfile seal-ca.key -revoke office-1.crt -crl_reason superseded >log 2>&1 || fail 'not revoked'
gencrl seal-ca replaced.crl
run 0 'a list that names what was replaced' crl replaced.crl -C ledger.git -o replaced.json
jq --arg id "$(openssl pkey -pubin -in office.pub -outform DER | sha256sum | cut -d' ' -f1)" '.body.revoked |= map(select(.id == $id))' replaced.json >only.json
jq -e '.body.revoked | length == 1 and .[0].reason == "superseded"' only.json >/dev/null || fail 'what was replaced is not on the list'
seal_ only op root
dispute "$office_party" office replaced
run 0 'what was replaced is revoked, the key goes on' seal -C ledger.git replaced.dsse.json
# Once nothing is left of it the key has ended, whatever the reason; who reads why it does not count is told by what, and since when.
openssl ca -config ca.cnf -cert seal-ca.crt -keyfile seal-ca.key -revoke office-2.crt -crl_reason superseded >log 2>&1 || fail 'not revoked'
gencrl seal-ca both.crl
run 0 'a list that names both' crl both.crl -C ledger.git -o both.json
jq --arg id "$(openssl pkey -pubin -in office.pub -outform DER | sha256sum | cut -d' ' -f1)" '.body.revoked |= map(select(.id == $id))' both.json >only2.json
seal_ only2 op root
ended_by=$(sed -n 's/^sealed #\([0-9]*\).*/\1/p' out)
dispute "$office_party" office ended
run 1 'no chain is left' seal -C ledger.git ended.dsse.json
says err "was ended by record $ended_by of "
says err 'a list of revoked certificates'
run 1 'no chain is left, in Japanese' seal -C ledger.git ended.dsse.json --lang ja
says err "その鍵は記録 #$ended_by"
again "$office_party" office $as seal:office.pub:会員 --certificate chain.pem
run 1 'a key that has ended is not renewed' seal -C ledger.git p$n.dsse.json
as=--office
# repin VERSION PINS: the definition in force from here on has these certificate_roots
repin() {
	pin "$2"
	jq --arg v "$1" '.body.version = $v | .body.package.version = $v' pinned.json >p.json
	jq --arg d "sha256:$(jq -jcS .body.package p.json | sha256sum | cut -d' ' -f1)" --arg b "$("$akashi" log -C ledger.git --json | jq -r 'max_by(.seq).id')" '.body.digest = $d | .base = $b' p.json >"$1.json"
	seal_ "$1" root
}
# counts_until TIME: what is told of the certificates in use, of which the first to end is that of $long_party
counts_until() {
	run 0 'certificates count down' status -C ledger.git --json
	jq -e --arg l "$long_party" --argjson u "$1" '[.certificates[] | select(.party == $l) | .until] == [$u]' out >/dev/null || { fail "counts until $1"; jq .certificates out; }
}
# A chain holds no longer than the definition pins its root; windows that follow on one another are one.
window() { printf '%sT15:00:00Z' "$(date -u -d "$1 days" +%Y-%m-%d)"; }
repin 2026.11-w "$(pins | jq --arg u "$(window 40)" --arg v "$(window 80)" '[.[0] + {until: $u}, .[0] + {from: $u, until: $v}]')"
counts_until "\"$(window 80 | sed s/15:00:00/14:59:59/)\""
run 0 'within the window' status -C ledger.git
says out "the certificate of $long_party/seal counts until $(date -u -d '80 days' +%Y-%m-%d)"
run 0 'for the next one' status --handover -C ledger.git --json
jq -e --arg l "$long_party" '[.parties[] | select(.party == $l) | .members[].keys[].certificate.until][0] | endswith("T14:59:59Z")' out >/dev/null || fail 'the hand-over tells another end'
repin 2026.11-x "$(pins | jq --arg u "$(window 40)" --arg v "$(window 41)" '[.[0] + {from: $v}, .[0] + {until: $u}]')"
counts_until "\"$(window 40 | sed s/15:00:00/14:59:59/)\""
repin 2026.11-y "$(pins | jq --arg u "$(window -3)" '[.[0] + {until: $u}]')"
counts_until "\"$(window -3 | sed s/15:00:00/14:59:59/)\""
run 0 'the window is closed' status -C ledger.git
says out "the certificate of $long_party/seal counted until $(date -u -d '-3 days' +%Y-%m-%d)"
# A definition that pins the root no longer takes every signature under it away, from then on.
repin 2026.11-b '[]'
counts_until null
run 0 'no root' status -C ledger.git
says out "the certificate of $long_party/seal does not count: the profile in force pins no root of it"
run 0 'no root, in Japanese' status -C ledger.git --lang ja
says out "$long_party/seal の鍵の証明書は数えない"
dispute "$long_party" long unpinned-root
run 1 'the root is pinned no more' seal -C ledger.git unpinned-root.dsse.json
says err 'certificate does not hold'

run 0 audit audit -C ledger.git
silent out void
# Another reader, written from the format alone, finds the same.
python3 "$AKASHI_SOURCE/tests/interop/reader.py" --json ledger.git >second.json 2>err || { fail 'the second reader'; cat second.json err >&2; }
exit $rc
