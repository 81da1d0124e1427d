# SPDX-License-Identifier: Apache-2.0
"""Certificate chains of party keys (FORMAT 26).  Paths are validated by the program openssl, everything else is read here."""
import base64
import hashlib
import os
import re
import subprocess
import tempfile

from .form import DIGEST, HEX64, Bad, is_text, match, members, need, parse_time

MAIL = {"1.2.840.113549.1.9.1", "0.9.2342.19200300.100.1.3", "1.3.6.1.5.5.7.8.9", "1.3.6.1.4.1.311.20.2.3"}
PERSONAL = {"2.5.4." + n for n in "4 9 16 17 18 42 43".split()} | {"0.9.2342.19200300.100.1." + n for n in "20 39 41".split()} | \
    {"1.3.6.1.5.5.7.9." + n for n in "12345"} | {"0.4.0.194121.1.1"}
JPKI = "1.2.392.200149.8.5.5"
SIGNING = {"1.3.6.1.5.5.7.3.36", "1.3.6.1.5.5.7.3.4", "2.5.29.37.0", "1.3.6.1.4.1.311.10.3.12", "1.2.840.113583.1.1.5"}


def oid_of(raw):
    arcs, n = [], 0
    for i, b in enumerate(raw):
        need(not (n == 0 and b == 0x80), "an object identifier")
        n = n << 7 | b & 0x7f
        if not b & 0x80:
            arcs.append(n)
            n = 0
    need(raw and not raw[-1] & 0x80, "an object identifier")
    first = min(arcs[0] // 40, 2)
    return ".".join(map(str, [first, arcs[0] - 40 * first] + arcs[1:]))


def values(der):
    """The values side by side in `der`: (tag, content, whole)."""
    out, at = [], 0
    while at < len(der):
        need(at + 2 <= len(der) and der[at] & 31 != 31, "DER")
        n, head = der[at + 1], 2
        if n >= 0x80:
            k = n & 0x7f
            need(1 <= k <= 4 and at + 2 + k <= len(der) and der[at + 2] != 0, "DER length")
            n, head = int.from_bytes(der[at + 2:at + 2 + k], "big"), 2 + k
            need(n >= (0x80 if k == 1 else 1 << 8 * (k - 1)), "DER length")
        need(at + head + n <= len(der), "DER length")
        out.append((der[at], der[at + head:at + head + n], der[at:at + head + n]))
        at += head + n
    return out


def oids(der):
    for tag, content, _ in values(der):
        if tag == 6:
            yield oid_of(content)
        elif tag & 0x20:
            yield from oids(content)


class Certificate:
    def __init__(self, der):
        need(len(der) <= 16384, "over 16384 bytes")
        outer = values(der)
        need(len(outer) == 1 and outer[0][0] == 0x30, "one SEQUENCE")
        tbs = values(values(outer[0][1])[0][1])
        if tbs[0][0] == 0xa0:
            tbs = tbs[1:]
        self.der, self.id, self.spki = der, "sha256:" + hashlib.sha256(der).hexdigest(), tbs[5][2]
        self.key = hashlib.sha256(self.spki).hexdigest()
        self.since, self.until = [self.instant(t, c) for t, c, _ in values(tbs[3][1])]
        self.subject = list(oids(tbs[4][2]))
        self.extensions = {}
        for _, inner, _ in (values(values(e[1])[0][1]) if (e := tbs[-1])[0] == 0xa3 else []):
            parts = values(inner)
            name = oid_of(parts[0][1])
            need(name not in self.extensions, "an extension twice")
            self.extensions[name] = parts[-1][1]

    @staticmethod
    def instant(tag, raw):
        text = raw.decode("ascii")
        if tag == 0x17:
            text = ("20" if int(text[:2]) < 50 else "19") + text
        need(re.match(r"[0-9]{14}Z\Z", text), "a time")
        return parse_time("%s-%s-%sT%s:%s:%s" % (text[:4], text[4:6], text[6:8], text[8:10], text[10:12], text[12:]))

    def check_public(self):
        found = set(oids(self.der))
        for v in self.extensions.values():
            found |= set(oids(v))
        need(not found & PERSONAL and not any(o == JPKI or o.startswith(JPKI + ".") for o in found), "personal data")
        if "2.5.4.10" not in self.subject:
            names = values(values(self.extensions["2.5.29.17"])[0][1]) if "2.5.29.17" in self.extensions else []
            need(not found & MAIL and not any(t == 0x81 for t, _, _ in names), "an e-mail address of nobody's office")

    def check_signer(self):
        usage = self.extensions.get("2.5.29.15")
        if usage is not None:
            bits = values(usage)[0][1]
            need(len(bits) > 1 and bits[1] & 0xc0, "key usage")
        uses = self.extensions.get("2.5.29.37")
        need(uses is None or set(oids(uses)) & SIGNING, "extended key usage")
        basic = self.extensions.get("2.5.29.19")
        need(basic is None or not any(t == 1 and c == b"\xff" for t, c, _ in values(values(basic)[0][1])), "an issuer's")


def read(v):
    """-> the chain of a party key, in form (FORMAT 15.3); what it proves is asked later."""
    need(isinstance(v, list) and 1 <= len(v) <= 10, "certificate chain")
    for t in v:
        need(is_text(t) and 4 <= len(t) <= 21848 and re.match(r"[A-Za-z0-9+/]+={0,2}\Z", t), "certificate in base64")
    return v


def pin_of(package, root, time):
    for p in (package.json.get("certificate_roots", []) if package else []):
        if p["certificate"] == root and parse_time(p["from"]) <= time < parse_time(p.get("until", "9999-12-31T23:59:59Z")):
            return p
    return None


def judge(texts, key, package, time):
    """-> the certificates of a chain that holds at `time`; Bad: it does not."""
    try:
        chain = [Certificate(base64.b64decode(t, validate=True)) for t in texts]
    except (ValueError, IndexError, UnicodeDecodeError) as e:
        raise Bad("certificate: %s" % e) from None
    for c in chain:
        c.check_public()
        need(c.since <= time <= c.until, "not valid at that time")
    need(chain[0].spki == key.spki, "the certificate of another key")
    pin = pin_of(package, chain[-1].id, time)
    need(pin is not None, "a root that is not pinned")
    chain[0].check_signer()
    with tempfile.TemporaryDirectory() as d:
        names = []
        for i, c in enumerate(chain):
            names.append(os.path.join(d, "%d.pem" % i))
            with open(names[-1], "w", encoding="ascii") as f:
                f.write("-----BEGIN CERTIFICATE-----\n%s-----END CERTIFICATE-----\n" % base64.encodebytes(c.der).decode())
        # A link at a time tells that they stand in order; the whole tells about constraints and policies.
        for i in range(len(chain) - 1):
            verify(names[i], names[i + 1], [], time, [])
        verify(names[0], names[-1], names[1:-1], time, [o for p in pin.get("policies", []) for o in ("-policy", p)])
    return chain


def verify(leaf, root, others, time, more):
    line = ["openssl", "verify", "-no-CAfile", "-no-CApath", "-no-CAstore", "-x509_strict", "-partial_chain", "-auth_level", "2", "-attime", str(time), "-trusted", root]
    for o in others:
        line += ["-untrusted", o]
    if more:
        line += ["-policy_check", "-explicit_policy"] + more
    done = subprocess.run(line + [leaf], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    need(done.returncode == 0, "path: %s" % done.stdout.decode(errors="replace").strip()[-200:])


def check_roots(v):
    """`certificate_roots` of a package (FORMAT 26.4)."""
    need(isinstance(v, list) and len(v) <= 32, "certificate_roots")
    for p in v:
        need(isinstance(p, dict) and match(DIGEST, p.get("certificate")), "a root's certificate")
        since = parse_time(p.get("from"))
        need("until" not in p or since < parse_time(p["until"]), "a root's times")
        if "policies" in p:
            need(isinstance(p["policies"], list) and 1 <= len(p["policies"]) <= 32, "a root's policies")
            for o in p["policies"]:
                need(is_text(o) and len(o) <= 100 and re.match(r"[0-9]+(\.[0-9]+)*\Z", o), "a root's policies")


class CrlBody:
    """A revocation list (FORMAT 15.6): what the list itself says is not looked at here."""

    def __init__(self, body):
        members(body, ("digest", "issuer", "issuer_key", "next_update", "revoked", "this_update"), ("number",), "crl")
        need(match(DIGEST, body["digest"]) and match(HEX64, body["issuer_key"]), "digest")
        need(is_text(body["issuer"]) and 1 <= len(body["issuer"]) <= 1000, "issuer")
        need(re.match(r"[0-9a-f]{2,128}\Z", body.get("number", "00")), "number")
        need(isinstance(body["revoked"], list) and len(body["revoked"]) <= 63, "revoked")
        self.since, until = parse_time(body["this_update"]), parse_time(body["next_update"])
        need(self.since < until, "this_update is not before next_update")
        self.issuer, self.revoked = body["issuer_key"], []
        for v in body["revoked"]:
            members(v, ("certificate", "date", "id", "reason"), what="revoked certificate")
            need(match(HEX64, v["id"]) and match(DIGEST, v["certificate"]) and is_text(v["reason"]) and re.match(r"[A-Za-z]{1,30}\Z", v["reason"]), "revoked certificate")
            parse_time(v["date"])
            self.revoked.append((v["id"], v["certificate"], v["reason"]))
