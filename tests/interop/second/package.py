# SPDX-License-Identifier: Apache-2.0
"""Bodies of the core types, and profile packages (FORMAT 15, 17)."""
import base64
import re

from . import certificate, schema, stamp
from .form import (CORE_TYPES, DIGEST, HEX64, NAME, ORIGIN, REL, SHORT, Bad, derive_about, digest_text, is_int, is_text, issued_first, jcs, match,
                   members, need, pointer_split, sha, subject_id, unbase64)

CORE_ABOUT = {
    "keyset": [{"id": "akashi/keyset"}],
    "profile": [{"prefix": "akashi/profile:", "pointer": "/scheme"}],
    "party": [{"prefix": "akashi/party:", "pointer": "/party"}, {"prefix": "akashi/key:", "pointer": "/members/*/keys/*/id"}],
    "revocation": [{"prefix": "akashi/key:", "pointer": "/keys/*/id"}],
    "timestamp": [{"id": "akashi/time"}],
    "closing": [{"id": "akashi/keyset"}],
    "erasure": [{"prefix": "", "pointer": "/subjects/*"}],
    "crl": [{"prefix": "akashi/crl:", "pointer": "/issuer_key"}, {"prefix": "akashi/key:", "pointer": "/revoked/*/id"}],
}


def key_of(v, ring, more=()):
    members(v, ("id", "spki"), more, "key")
    k = ring.get(v["spki"]) if is_text(v["spki"]) else None
    need(k is not None and v["id"] == k.id, "key id does not fit the key")
    return k


def line(v, most, what):
    need(is_text(v) and 1 <= len(v) <= most, what)


def check_common(body):
    """The members that core bodies may have besides their own."""
    if "approval" in body:
        need(match(DIGEST, body["approval"]), "approval")
    if "office" in body:
        sizes = {"document_number": 64, "approval_number": 64, "original_kept_at": 300, "retention": 300, "url": 500}
        members(body["office"], (), tuple(sizes) + ("published_on",), "office")
        need(body["office"], "office")
        for k, v in body["office"].items():
            if k == "published_on":
                issued_first(v)
            else:
                line(v, sizes[k], "office " + k)
        need(re.match("https?://[!-~]+$", body["office"].get("url", "http://x")), "office url")


class Keyset:
    def __init__(self, body, ring):
        members(body, ("heartbeat", "number", "operator", "root", "threshold"), ("office",), what="keyset")
        check_common(body)
        need(is_int(body["number"]) and 1 <= body["number"] <= 100000, "keyset number")
        need(isinstance(body["root"], list) and 1 <= len(body["root"]) <= 32, "keyset: 1 to 32 root holders")
        self.number, self.threshold, self.holders = body["number"], body["threshold"], {}
        for h in body["root"]:
            members(h, ("holder", "key"), what="root holder")
            need(match(SHORT, h["holder"]) and h["holder"] not in self.holders, "root holder name")
            self.holders[h["holder"]] = key_of(h["key"], ring)
        need(is_int(self.threshold) and 1 <= self.threshold <= len(self.holders), "keyset threshold")
        self.operator, self.heartbeat = key_of(body["operator"], ring), key_of(body["heartbeat"], ring)
        need(self.operator.ed25519 and self.heartbeat.ed25519, "operator and heartbeat keys are Ed25519")
        self.owners = {k.id: "root" for k in self.holders.values()}
        self.owners[self.operator.id] = "operator"
        self.owners[self.heartbeat.id] = "heartbeat"
        need(len(self.owners) == len(self.holders) + 2, "a key twice in the keyset")

    def keys(self):
        return list(self.holders.values()) + [self.operator, self.heartbeat]

    def met(self, signed):
        return sum(k.id in signed for k in self.holders.values()) >= self.threshold


class PartyBody:
    def __init__(self, body, ring):
        members(body, ("members", "name", "party", "roles"), ("approval", "office"), what="party")
        check_common(body)
        need(match(SHORT, body["party"]), "party name")
        members(body["name"], ("ja",), ("en",), "name of the party")
        for v in body["name"].values():
            line(v, 300, "name of the party")
        need(isinstance(body["roles"], list) and len(body["roles"]) <= 16 and all(match(SHORT, r) for r in body["roles"]), "roles")
        need(len(set(body["roles"])) == len(body["roles"]), "a role twice")
        need(isinstance(body["members"], list) and len(body["members"]) <= 63, "members")
        self.party, self.roles, self.members, self.keys, self.chains = body["party"], body["roles"], {}, {}, {}
        for m in body["members"]:
            members(m, ("keys", "kind", "member", "seat"), ("custodians",), "member")
            need(match(SHORT, m["member"]) and m["member"] not in self.members, "member name")
            need(m["kind"] in ("person", "office"), "kind of member")
            custodians = m.get("custodians", [])
            need(isinstance(custodians, list) and len(custodians) <= 16, "custodians")
            for v in [m["seat"]] + custodians:
                line(v, 120, "seat")
            need(isinstance(m["keys"], list) and 1 <= len(m["keys"]) <= 16, "keys of a member")
            self.members[m["member"]] = m["kind"]
            for v in m["keys"]:
                k = key_of(v, ring, ("certificate",))
                need(k.id not in self.keys, "a key twice")
                if "certificate" in v:
                    self.chains[k.id] = certificate.read(v["certificate"])
                self.keys[k.id] = (m["member"], k)


class RevocationBody:
    def __init__(self, body, seq):
        members(body, ("keys", "reason"), ("approval", "last_valid_seq", "office"), "revocation")
        check_common(body)
        need(body["reason"] in ("compromise", "superseded", "lost", "ceased"), "reason")
        need(isinstance(body["keys"], list) and 1 <= len(body["keys"]) <= 64, "keys")
        self.keys, self.reason = [], body["reason"]
        for v in body["keys"]:
            members(v, ("id",), what="revoked key")
            need(match(HEX64, v["id"]) and v["id"] not in self.keys, "revoked key")
            self.keys.append(v["id"])
        self.last = body.get("last_valid_seq")
        if "last_valid_seq" in body:
            need(body["reason"] == "compromise" and is_int(self.last) and 0 <= self.last < seq, "last_valid_seq")


class TimestampBody:
    """Tokens over an earlier checkpoint (FORMAT 15.5)."""

    def __init__(self, body):
        members(body, ("form", "root", "size", "tokens"), what="timestamp")
        need(body["form"] in ("rfc3161", "rfc4998"), "form")
        need(match(DIGEST, body["root"]), "root")
        need(is_int(body["size"]) and 1 <= body["size"] <= 10000000000, "size")
        need(isinstance(body["tokens"], list) and 1 <= len(body["tokens"]) <= 8, "tokens")
        need(len(set(map(str, body["tokens"]))) == len(body["tokens"]), "a token twice")
        for t in body["tokens"]:
            need(is_text(t) and 4 <= len(t) <= (43692 if body["form"] == "rfc3161" else 174764) and
                 re.match(r"[A-Za-z0-9+/]+={0,2}\Z", t), "token")
        self.form, self.root, self.size, self.tokens = body["form"], body["root"], body["size"], body["tokens"]

    def check(self, origin, root, files):
        """What they are over; whose they are is not asked."""
        need(self.root == digest_text(root), "of another root")
        text = ("%s\n%d\n%s\n" % (origin, self.size, base64.b64encode(root).decode())).encode()
        for t in self.tokens:
            stamp.check(self.form, t, text, files)


class ClosingBody:
    def __init__(self, body):
        members(body, ("reason",), ("explanation", "office", "successor"), "closing")
        check_common(body)
        need(body["reason"] in ("moved", "algorithm", "compromise", "abolished"), "reason")
        need("successor" in body or body["reason"] == "abolished", "no successor")
        if "explanation" in body:
            line(body["explanation"], 1000, "explanation")
        if "successor" in body:
            members(body["successor"], ("ledger",), ("genesis",), "successor")
            need(match(ORIGIN, body["successor"]["ledger"]), "successor")
            need(match(DIGEST, body["successor"].get("genesis", "sha256:" + "0" * 64)), "genesis of the successor")


class ErasureBody:
    def __init__(self, body):
        members(body, ("basis", "reason", "record", "subjects"), ("approval", "office"), "erasure")
        check_common(body)
        line(body["basis"], 300, "basis")
        need(body["reason"] in ("personal-data", "confidential", "order"), "reason")
        need(match(DIGEST, body["record"]), "record")
        subjects = body["subjects"]
        need(isinstance(subjects, list) and 1 <= len(subjects) <= 64, "subjects")
        need(all(is_text(s) and len(s) <= 128 and not s.startswith("akashi/") for s in subjects), "a subject")
        need(len(set(subjects)) == len(subjects), "a subject twice")


# --- profile packages ----------------------------------------------------------------------------------------------

def check_policy(p, enrolling):
    need(isinstance(p, dict), "policy")
    mode = p.get("mode")
    need(mode in ("root", "members", "office", "mixed", "as"), "policy mode")
    if mode == "as":
        need(not enrolling, "policy as in enrolled_by")
        need(match(REL, p.get("rel")), "policy rel")
    elif mode != "root":
        need(match(NAME, p.get("role")), "policy role")
    if mode in ("members", "mixed"):
        need(is_int(p.get("threshold")) and 1 <= p["threshold"] <= 64, "policy threshold")
    for k in (("evidence",) if mode in ("office", "mixed") else ()) + (("party",) if "party" in p and mode not in ("root", "as") else ()):
        need(is_text(p.get(k)) and p[k].startswith("/"), "policy " + k)


def check_policies(v, enrolling):
    need(isinstance(v, list) and v, "no policy")
    for p in v:
        check_policy(p, enrolling)


class Type:
    def __init__(self, v):
        need(isinstance(v, dict), "type")
        need(isinstance(v.get("about"), list) and v["about"], "about rules")
        for a in v["about"]:
            need(isinstance(a, dict), "about rule")
            if "id" in a:
                members(a, ("id",), what="about rule")
                need(subject_id(a["id"]), "about rule")
            else:
                members(a, ("pointer", "prefix"), what="about rule")
                need(is_text(a["prefix"]) and is_text(a["pointer"]) and pointer_split(a["pointer"]), "about rule")
        need(isinstance(v.get("exclusive"), bool), "exclusive")
        need(v.get("documents") in ("required", "optional", "none"), "documents")
        check_policies(v.get("signing"), False)
        need("schema" in v, "schema")
        schema.check(v["schema"])
        self.about, self.exclusive, self.documents, self.signing = v["about"], v["exclusive"], v["documents"], v["signing"]
        self.validator = schema.Validator(v["schema"])


UTC = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-5][0-9]Z\Z")
OID = re.compile(r"(0|[1-9][0-9]*)(\.(0|[1-9][0-9]*))+\Z")


def check_time_authorities(v):
    """Whose time stamps count (FORMAT 17.1); what a root holds is not looked at here."""
    need(isinstance(v, list) and 1 <= len(v) <= 16, "time_authorities")
    for a in v:
        need(isinstance(a, dict), "time authority")
        pin = [k for k in ("certificate", "root") if k in a]
        need(len(pin) == 1, "either certificate or root")
        members(a, ("name", "operator", "policies", "from", pin[0]), ("until",), "time authority")
        need(match(SHORT, a["name"]) and match(SHORT, a["operator"]), "name of a time authority")
        if pin[0] == "certificate":
            need(match(DIGEST, a["certificate"]), "certificate of a time authority")
        else:
            unbase64(a["root"], 1, 16384, "root of a time authority")
        need(isinstance(a["policies"], list) and 1 <= len(a["policies"]) <= 16 and
             all(match(OID, p) and len(p) <= 64 for p in a["policies"]), "policies of a time authority")
        times = [a["from"]] + ([a["until"]] if "until" in a else [])
        need(all(match(UTC, t) for t in times) and times == sorted(times), "times of a time authority")
        for t in times:
            issued_first(t)
    need(len({a["name"] for a in v}) == len(v), "a time authority twice")


class Package:
    """The package in a profile record's body."""

    def __init__(self, body):
        p = body["package"]
        raw = jcs(p)
        need(len(raw) <= 1024 * 1024, "package over 1 MiB")
        self.digest = digest_text(sha(raw))
        need(body["digest"] == self.digest, "digest of the package")
        self.scheme = p["scheme"]
        need(match(NAME, self.scheme) and self.scheme != "akashi" and self.scheme == body["scheme"], "scheme of the package")
        need(p["version"] == body["version"], "version of the package")
        need(all(isinstance(p.get(k), dict) for k in ("roles", "types", "ids")), "package members")
        if "time_authorities" in p:
            check_time_authorities(p["time_authorities"])
        self.json = p
        if "certificate_roots" in p:
            certificate.check_roots(p["certificate_roots"])
        self.roles = {}
        for name, r in p["roles"].items():
            need(match(NAME, name) and isinstance(r, dict), "role name")
            check_policies(r.get("enrolled_by"), True)
            self.roles[name] = r["enrolled_by"]
        self.types = {}
        for name, t in p["types"].items():
            need(match(NAME, name) and name not in CORE_TYPES, "type name")
            try:
                self.types[name] = Type(t)
            except Bad as e:
                raise Bad("type %s: %s" % (name, e)) from None
        self.ids = {}
        for kind, v in p["ids"].items():
            need(isinstance(v, dict), "ids")
            self.ids[kind] = schema.regex(v.get("pattern"))

    def grammar(self, about):
        for a in about:
            if a.startswith(self.scheme + "/"):
                kind, colon, name = a[len(self.scheme) + 1:].partition(":")
                need(not colon or kind not in self.ids or self.ids[kind].search(name), "subject %s is not in the grammar of the scheme" % a)


def check_profile_body(body):
    members(body, ("digest", "package", "scheme", "version"), ("office",), what="profile")
    check_common(body)
    need(match(SHORT, body["scheme"]), "scheme")
    need(match(DIGEST, body["digest"]), "digest")
    line(body["version"], 64, "version")
    p = body["package"]
    need(isinstance(p, dict) and p.get("format") == "akashi-profile/1", "package format")
    need(match(SHORT, p.get("scheme")), "scheme of the package")
    line(p.get("version"), 64, "version of the package")


def check_documents(want, rec):
    """What the type says of documents (FORMAT 5.4, 17.4)."""
    if rec.n_documents == 0:
        need(want != "required", "the type requires documents")
        need(rec.documents[0]["digest"]["sha256"] == sha(jcs(rec.body)).hex(), "subject: not the digest of the body")
        return
    need(want != "none", "the type has no documents")
    for d in rec.documents:
        notes = d.get("annotations", {})
        need(notes.get("kind"), "a document without a kind")
        need(notes.get("commitment", "akashi-1") == "akashi-1", "unknown commitment")


def about_of(typ, package, body):
    return derive_about(CORE_ABOUT[typ] if typ in CORE_TYPES else package.types[typ].about, body)
