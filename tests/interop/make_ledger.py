#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes a small ledger strictly from docs/FORMAT.md, with test keys that anybody can derive: for tests only.

    make_ledger.py OUT.git [--trust FILE] [--notes N]

It shares no code with akashi, nor with reader.py.  Needs Python 3 and the commands git, openssl and ssh-keygen.
--notes adds N more records, sealed in batches, for measuring.  As a module: build(path, hooks, script); a hook may change
bytes at one step, and everything that follows is computed and signed over the changed bytes, as a dishonest
operator could do.  Hooks: statement line2 sigs line3 header line1 blob (called with the seq), root checkpoint files
commit raw (called with the number of the commit).
"""
import argparse
import base64
import calendar
import hashlib
import json
import os
import shutil
import struct
import subprocess
import sys
import tempfile
import time
import zlib

ORIGIN = "ledger.example/demo"
ZERO = "sha256:" + "0" * 64
START = "2026-11-21T03:04:05Z"
ENV = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
ENV.update(GIT_CONFIG_NOSYSTEM="1", GIT_CONFIG_GLOBAL=os.devnull, LC_ALL="C")


def sha(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def dig(b):
    return "sha256:" + b.hex()


def raw_of(text):
    return bytes.fromhex(text[7:])


def b64(b):
    return base64.b64encode(b).decode()


def jcs(v):
    return json.dumps(v, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def run(args, stdin=b""):
    return subprocess.run(args, input=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=ENV, check=True).stdout


# --- test keys -----------------------------------------------------------------------------------------------------------

def ssh_string(b):
    return struct.pack(">I", len(b)) + b


SIGNED = {}  # (label, message) -> signature: Ed25519 and PKCS#1 v1.5 are deterministic


class Key:
    """The seed is SHA-256 of "akashi test key " and the label; the label's last word may ask for p256 or rsa."""

    def __init__(self, label):
        self.label, seed = label, sha(b"akashi test key " + label.encode())
        kind = label.split("-")[-1]
        self.kind = kind if kind in ("p256", "rsa") else "ed25519"
        if self.kind == "ed25519":
            der = bytes.fromhex("302e020100300506032b657004220420") + seed
            self.pem = b"-----BEGIN PRIVATE KEY-----\n" + base64.encodebytes(der) + b"-----END PRIVATE KEY-----\n"
        elif self.kind == "p256":
            der = bytes.fromhex("30310201010420") + seed + bytes.fromhex("a00a06082a8648ce3d030107")
            self.pem = b"-----BEGIN EC PRIVATE KEY-----\n" + base64.encodebytes(der) + b"-----END EC PRIVATE KEY-----\n"
        else:
            p, q = test_prime("p", 124), test_prime("q", 94)
            self.n, self.d = p * q, pow(65537, -1, (p - 1) * (q - 1))
            inner = tlv(0x30, tlv(2, integer(self.n)) + tlv(2, integer(65537)))
            self.spki = tlv(0x30, bytes.fromhex("300d06092a864886f70d0101010500") + tlv(3, b"\0" + inner))
        if self.kind != "rsa":
            self.spki = run(["openssl", "pkey", "-pubout", "-outform", "DER"], self.pem)
        self.seed, self.raw = seed, self.spki[12:]
        self.id = sha(self.spki).hex()
        self.json = {"id": self.id, "spki": b64(self.spki)}

    def sign(self, message):
        if (self.label, message) not in SIGNED:
            SIGNED[self.label, message] = self._sign(message)
        return SIGNED[self.label, message]

    def _sign(self, message):
        if self.kind == "rsa":
            t = bytes.fromhex("3031300d060960864801650304020105000420") + sha(message)
            size = (self.n.bit_length() + 7) // 8
            em = b"\0\1" + b"\xff" * (size - 3 - len(t)) + b"\0" + t
            return pow(int.from_bytes(em, "big"), self.d, self.n).to_bytes(size, "big")
        with tempfile.TemporaryDirectory() as d:
            with open(d + "/k", "wb") as f:
                f.write(self.pem)
            with open(d + "/m", "wb") as f:
                f.write(message)
            if self.kind == "p256":
                return run(["openssl", "dgst", "-sha256", "-sign", d + "/k", d + "/m"])
            return run(["openssl", "pkeyutl", "-sign", "-rawin", "-inkey", d + "/k", "-in", d + "/m"])

    def ssh_sign(self, message, namespace="git", hashalg="sha512"):
        """Armor by ssh-keygen, from an unencrypted OpenSSH key file."""
        known = ("ssh", self.label, namespace, hashalg, message)
        if known in SIGNED:
            return SIGNED[known]
        pub = ssh_string(b"ssh-ed25519") + ssh_string(self.raw)
        private = struct.pack(">II", 1, 1) + pub + ssh_string(self.seed + self.raw) + ssh_string(b"")
        private += bytes(range(1, 1 + -len(private) % 8))
        blob = b"openssh-key-v1\0" + ssh_string(b"none") + ssh_string(b"none") + ssh_string(b"") + struct.pack(">I", 1)
        blob += ssh_string(pub) + ssh_string(private)
        with tempfile.TemporaryDirectory() as d:
            with open(os.open(d + "/k", os.O_WRONLY | os.O_CREAT, 0o600), "wb") as f:
                f.write(b"-----BEGIN OPENSSH PRIVATE KEY-----\n" + base64.encodebytes(blob) + b"-----END OPENSSH PRIVATE KEY-----\n")
            SIGNED[known] = run(["ssh-keygen", "-Y", "sign", "-q", "-O", "hashalg=" + hashalg, "-n", namespace, "-f", d + "/k"],
                                message).decode().rstrip("\n")
        return SIGNED[known]


def test_prime(label, offset):
    """Offsets were searched for once: base + offset is prime."""
    b = b"".join(sha(b"akashi test prime %s %d" % (label.encode(), i)) for i in range(4))
    return (int.from_bytes(b, "big") | 3 << 1022 | 1) + offset


def tlv(tag, content):
    n = len(content)
    size = bytes([n]) if n < 128 else bytes([0x80 + (n.bit_length() + 7) // 8]) + n.to_bytes((n.bit_length() + 7) // 8, "big")
    return bytes([tag]) + size + content


def integer(n):
    return n.to_bytes(n.bit_length() // 8 + 1, "big")


_keys = {}


def key(label):
    if label not in _keys:
        _keys[label] = Key(label)
    return _keys[label]


# --- tree, map ------------------------------------------------------------------------------------------------------------

class Frontier:
    """Roots of complete subtrees with their sizes, as RFC 6962 merges them."""

    def __init__(self):
        self.parts = []

    def add(self, leaf):
        self.parts.append((1, leaf))
        while len(self.parts) > 1 and self.parts[-1][0] == self.parts[-2][0]:
            (n, right), (_, left) = self.parts.pop(), self.parts.pop()
            self.parts.append((2 * n, sha(b"\1", left, right)))

    def root(self):
        if not self.parts:
            return sha()
        h = self.parts[-1][1]
        for _, left in self.parts[-2::-1]:
            h = sha(b"\1", left, h)
        return h


class Trie:
    """The subject map: hashes of subtrees are kept by their bit prefix, and worked out anew along what changed."""

    def __init__(self):
        self.entry, self.keys, self.hash = {}, {}, {}

    def step(self, subject, seq, when, statement, signatures):
        k = sha(subject.encode())
        bits = bin(int.from_bytes(k, "big"))[2:].zfill(256)
        n, chain = self.entry.get(bits, (0, bytes(32)))
        chain = sha(b"\3", chain, struct.pack(">QQ", seq, when), statement, signatures)
        if bits not in self.entry:
            self._insert(bits)
        self.entry[bits] = (n + 1, chain)
        for d in range(257):
            self.hash.pop(bits[:d], None)

    def _insert(self, bits):
        for d in range(257):
            here = self.keys.setdefault(bits[:d], set())
            here.add(bits)
            if len(here) == 1:
                return
            if len(here) == 2:
                # The key that stood alone here moves down, beside the new one or further on its way.
                (other,) = here - {bits}
                self.keys.setdefault(other[:d + 1], set()).add(other)

    def root(self, prefix=""):
        keys = self.keys.get(prefix, ())
        if not keys:
            return bytes(32)
        if prefix not in self.hash:
            if len(keys) == 1:
                (k,) = keys
                n, chain = self.entry[k]
                self.hash[prefix] = sha(b"\4", int(k, 2).to_bytes(32, "big"), struct.pack(">Q", n), chain)
            else:
                self.hash[prefix] = sha(b"\5", self.root(prefix + "0"), self.root(prefix + "1"))
        return self.hash[prefix]


# --- the writer -----------------------------------------------------------------------------------------------------------

def hook_seq(hooks, name, n, value):
    """A hook answers the new value, or None after changing it in place."""
    if name not in hooks:
        return value
    new = hooks[name](n, value)
    return value if new is None else new


def pointer(v, steps):
    if not steps:
        return [v]
    if steps[0] == "*":
        return [x for e in v for x in pointer(e, steps[1:])]
    return pointer(v[steps[0]], steps[1:]) if isinstance(v, dict) and steps[0] in v else []


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


class Writer:
    def __init__(self, path, hooks=None, origin=ORIGIN):
        self.path, self.hooks, self.origin = path, hooks or {}, origin
        self.now = calendar.timegm(time.strptime(START, "%Y-%m-%dT%H:%M:%SZ"))
        self.ids, self.label, self.frontier, self.trie = [], {}, Frontier(), Trie()
        self.blobs = []
        self.files, self.queue, self.commits, self.parent, self.written = {}, [], 0, None, set()
        self.operator, self.note_text, self.cosigs, self.oplines, self.profile = None, None, {}, [], None
        run(["git", "init", "-q", "--bare", "--template=", "-b", "main", path])

    def add(self, typ, body, signers, label=None, **more):
        """more: scheme base refs documents issued about keyids"""
        self.queue.append((typ, body, signers, label, more))

    def object(self, kind, content):
        """A loose object, as git would write it."""
        data = b"%s %d\0" % (kind.encode(), len(content)) + content
        oid = hashlib.sha1(data).hexdigest()
        if oid not in self.written:
            folder = os.path.join(self.path, "objects", oid[:2])
            os.makedirs(folder, exist_ok=True)
            if not os.path.exists(os.path.join(folder, oid[2:])):
                with open(os.path.join(folder, oid[2:]), "wb") as f:
                    f.write(zlib.compress(data, 1))
            self.written.add(oid)
        return oid

    def record(self, typ, body, signers, label, more):
        seq = len(self.ids)
        scheme = more.get("scheme", "akashi" if typ in CORE_ABOUT and typ not in ("party", "erasure") else "demo")
        known = self.profile["types"] if self.profile else {}
        rules = CORE_ABOUT.get(typ) or known.get(typ, {"about": [{"id": "demo/note:x"}]})["about"]
        about = set()
        for r in rules:
            about.update([r["id"]] if "id" in r else [r["prefix"] + v for v in pointer(body, r["pointer"].split("/")[1:])])
        base = more.get("base")
        predicate = {"about": more.get("about", sorted(about)), "base": self.ids[self.label.get(base, base)] if base is not None else (self.ids[-1] if seq else ZERO),
                     "body": body, "genesis": self.ids[0] if seq else None, "issued": more.get("issued", "2026-11-20"),
                     "ledger": self.origin, "scheme": scheme,
                     "refs": sorted(({"rel": k, "record": self.ids[self.label[v]]} for k, v in more.get("refs", {}).items()),
                                    key=lambda r: (r["rel"], r["record"]))}
        if not seq:
            del predicate["genesis"]
        st = {"_type": "https://in-toto.io/Statement/v1", "predicate": predicate, "predicateType": "urn:akashi:%s:v1" % typ,
              "subject": more.get("documents") or [{"digest": {"sha256": sha(jcs(body)).hex()}, "name": "body"}]}
        st = hook_seq(self.hooks, "statement", seq, json.loads(json.dumps(st)))  # a copy: bodies share parts
        line2 = hook_seq(self.hooks, "line2", seq, jcs(st))
        pae = b"DSSEv1 28 application/vnd.in-toto+json %d " % len(line2) + line2
        sigs = sorted(({"keyid": "sha256:" + key(s).id, "sig": b64(key(s).sign(pae))} for s in signers), key=lambda e: e["keyid"])
        sigs = hook_seq(self.hooks, "sigs", seq, {"signatures": sigs, "timestamps": []})
        line3 = hook_seq(self.hooks, "line3", seq, jcs(sigs))
        for a in st["predicate"]["about"]:
            self.trie.step(a, seq, self.now, sha(line2), sha(line3))
        header = {"prev": self.ids[-1] if seq else ZERO, "seq": seq, "signatures": dig(sha(line3)), "statement": dig(sha(line2)),
                  "subjects": dig(self.trie.root()), "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(self.now)), "v": 1}
        line1 = hook_seq(self.hooks, "line1", seq, jcs(hook_seq(self.hooks, "header", seq, header)))
        self.ids.append(dig(sha(b"\0", line1)))
        self.frontier.add(raw_of(self.ids[-1]))
        if label:
            self.label[label] = seq
        if typ == "profile":
            self.profile = body["package"]
        if typ == "keyset":
            self.rotate = None if self.operator in (None, body["operator"]["id"]) else self.operator
            self.operator = body["operator"]["id"]
        blob = hook_seq(self.hooks, "blob", seq, b"\n".join([line1, line2, line3, b""]))
        self.blobs.append(blob)
        d = "%010d" % seq
        self.files["records/%s/%s/%s/%s/%s.jsonl" % tuple(d[i:i + 2] for i in range(0, 10, 2))] = ("100644", self.object("blob", blob))

    def seal(self, tick=60):
        self.now += tick
        self.rotate, first, batch = None, len(self.ids), self.queue
        self.queue = []
        for item in batch:
            self.record(*item)
        root = hook_seq(self.hooks, "root", self.commits, self.frontier.root())
        self.note_text = "%s\n%d\n%s\n" % (self.origin, len(self.ids), b64(root))
        self.cosigs, self.oplines = {}, [self.operator] + ([self.rotate] if self.rotate else [])
        n = len(batch)
        what = "1 record, #%d" % first if n == 1 else "%d records, #%d to #%d" % (n, first, first + n - 1)
        self.commit("akashi: seal %s\n\nsize %d\nroot %s\n" % (what, len(self.ids), b64(root)))

    def cosign(self, name, label, when):
        k = key(label)
        message = "cosignature/v1\ntime %d\n%s" % (when, self.note_text)
        kid = sha(name.encode(), b"\n\x04", k.raw)[:4]
        self.cosigs[name, kid] = struct.pack(">Q", when) + k.sign(message.encode())

    def commit_cosignatures(self):
        root = self.note_text.split("\n")[2]
        self.commit("akashi: cosign size %d\n\nsize %d\nroot %s\n" % (len(self.ids), len(self.ids), root))

    def commit(self, message):
        n = self.commits
        self.commits += 1
        ops = [next(k for k in _keys.values() if k.id == o) for o in self.oplines]
        note = self.note_text + "\n"
        for k in ops:
            kid = sha(self.origin.encode(), b"\n\x01", k.raw)[:4]
            note += "\u2014 %s %s\n" % (self.origin, b64(kid + k.sign(self.note_text.encode())))
        for (name, kid), blob in sorted(self.cosigs.items(), key=lambda x: (x[0][0].encode(), x[0][1])):
            note += "\u2014 %s %s\n" % (name, b64(kid + blob))
        note = hook_seq(self.hooks, "checkpoint", n, note)
        self.files["checkpoint"] = ("100644", self.object("blob", note.encode("utf-8", "surrogateescape")))
        if n == 0:
            self.files["README.md"] = ("100644", self.object("blob", b"# A test ledger\n"))
        files = hook_seq(self.hooks, "files", n, dict(self.files))
        who = "%s <akashi@%s>" % (self.origin, self.origin.split("/")[0])
        c = {"tree": self.tree({p.encode(): v for p, v in files.items()}), "parents": [self.parent] if self.parent else [], "author": who,
             "committer": who, "time": "%d +0000" % self.now, "message": message, "key": ops[0], "namespace": "git", "hashalg": "sha512"}
        c = hook_seq(self.hooks, "commit", n, c)
        head = "tree %s\n%sauthor %s %s\ncommitter %s %s\n" % (
            c["tree"], "".join("parent %s\n" % p for p in c["parents"]), c["author"], c["time"], c["committer"], c["time"])
        raw = (head + "\n" + c["message"]).encode()
        if c["key"]:
            armor = c["key"].ssh_sign(raw, c["namespace"], c["hashalg"])
            raw = (head + "gpgsig " + armor.replace("\n", "\n ") + "\n\n" + c["message"]).encode()
        raw = hook_seq(self.hooks, "raw", n, raw)
        self.parent = self.object("commit", raw)
        with open(os.path.join(self.path, "refs", "heads", "main"), "w", encoding="ascii") as f:
            f.write(self.parent + "\n")

    def tree(self, files):
        """files: {path: (mode, oid)} -> oid of the tree"""
        here, folders = {}, {}
        for path, entry in files.items():
            first, slash, rest = path.partition(b"/")
            if slash:
                folders.setdefault(first, {})[rest] = entry
            else:
                here[first] = entry
        for name, inside in folders.items():
            here[name] = ("40000", self.tree(inside))
        order = sorted(here, key=lambda n: n + b"/" if here[n][0] == "40000" else n)
        return self.object("tree", b"".join(here[n][0].encode() + b" " + n + b"\0" + bytes.fromhex(here[n][1]) for n in order))


# --- the demo scheme ----------------------------------------------------------------------------------------------------------

def text(most=200):
    return {"type": "string", "minLength": 1, "maxLength": most}


def obj(required, **props):
    return {"type": "object", "properties": props, "required": required, "additionalProperties": False}


def demo_type(about, schema, signing, exclusive=False, documents="none", refs=()):
    return {"title": {"ja": "試験", "en": "test"}, "schema": schema, "about": about, "exclusive": exclusive, "publication": "always",
            "documents": documents, "refs": list(refs), "signing": signing}


def demo_package(version="1"):
    name = {"type": "string", "pattern": "^[a-z0-9-]+$", "maxLength": 40}
    digest = {"type": "string", "format": "akashi-digest"}
    committee = [{"mode": "members", "role": "committee", "threshold": 2},
                 {"mode": "mixed", "role": "committee", "threshold": 1, "evidence": "/minutes"},
                 {"mode": "office", "role": "committee", "evidence": "/minutes"}]
    by_who = [{"mode": "office", "role": "committee", "evidence": "/approval"}, {"mode": "root"}]
    label = {"ja": "役", "en": "role"}
    return {
        "format": "akashi-profile/1", "scheme": "demo", "version": version, "names": {"ja": "試験制度", "en": "Demo scheme"},
        "roles": {"committee": dict(label, enrolled_by=[{"mode": "root"}]), "scribe": dict(label, enrolled_by=by_who),
                  "auditor": dict(label, enrolled_by=by_who)},
        "types": {
            "note": demo_type([{"prefix": "demo/note:", "pointer": "/note"}], obj(["note", "text"], note=name, text=text()),
                              [{"mode": "members", "role": "scribe", "threshold": 1}]),
            "report": demo_type([{"prefix": "demo/listing:", "pointer": "/listings/*"}],
                                obj(["auditor", "listings"], auditor=name, listings={"type": "array", "items": name, "minItems": 1, "uniqueItems": True}),
                                [{"mode": "members", "role": "auditor", "threshold": 1, "party": "/auditor"}], documents="required"),
            "decision": demo_type([{"prefix": "demo/listing:", "pointer": "/listing"}],
                                  obj(["listing", "outcome"], listing=name, outcome={"enum": ["registered", "rejected"]}, minutes=digest,
                                      on={"type": "string", "format": "akashi-date"}),
                                  committee, exclusive=True, refs=[{"rel": "report", "types": ["report"], "max": 1}]),
            "correction": demo_type([{"prefix": "", "pointer": "/subjects/*"}],
                                    obj(["record", "field", "before", "after", "subjects"], record=digest, minutes=digest, field=text(), before=True, after=True,
                                        subjects={"type": "array", "items": {"type": "string", "format": "akashi-subject"}}),
                                    [{"mode": "as", "rel": "corrects"}], exclusive=True, refs=[{"rel": "corrects", "types": ["*"], "max": 1}]),
        },
        "ids": {"note": {"pattern": "^[a-z0-9-]+$", "ja": "覚書", "en": "note"}, "listing": {"pattern": "^l[0-9]+$", "ja": "登録", "en": "listing"}},
        "parameters": {}, "views": "", "rules": {}, "queries": {}, "words": {},
    }


def keyset_body(number, holders, operator="operator", heartbeat="heartbeat", threshold=2):
    return {"number": number, "threshold": threshold, "root": [{"holder": h, "key": key(k).json} for h, k in holders],
            "operator": key(operator).json, "heartbeat": key(heartbeat).json}


APPROVAL = dig(sha(b"approval of an enrolment"))


def party_body(name, roles, **members):
    """members: name -> list of key labels; those called office* are offices"""
    return {"party": name, "name": {"ja": name, "en": name}, "roles": roles, "approval": APPROVAL,
            "members": [{"member": m, "seat": "seat of " + m, "kind": "office" if m.startswith("office") else "person",
                         "keys": [key(k).json for k in keys], **({"custodians": ["staff-1"]} if m.startswith("office") else {})}
                        for m, keys in members.items()]}


def profile_body(package):
    return {"scheme": package["scheme"], "version": package["version"], "digest": dig(sha(jcs(package))), "package": package}


ROOTS = [("root-a", "root-a"), ("root-b", "root-b"), ("root-c", "root-c-p256")]
MINUTES = dig(sha(b"minutes of the meeting"))


def document(name, digest, **notes):
    return {"annotations": notes, "digest": {"sha256": digest.hex()}, "name": name}


def correction(w, label, **more):
    st = more.pop("subjects")
    return {"record": w.ids[w.label[label]], "field": "/on", "before": "2026-11-19", "after": "2026-11-18", "subjects": st, **more}


def start(w, package=None):
    """Records 0-4: keyset, profile, and three parties."""
    w.add("keyset", keyset_body(1, ROOTS), ["root-a", "root-b", "operator", "heartbeat"], label="genesis")
    w.seal()
    w.add("profile", profile_body(package or demo_package()), ["root-a", "root-c-p256"], label="profile")
    w.seal()
    w.add("party", party_body("board", ["committee"], m1=["m1"], m2=["m2-p256"], m3=["m3-rsa"], office=["office"]),
          ["root-a", "root-b", "m1", "m2-p256", "m3-rsa", "office"], label="board")
    w.add("party", party_body("clerks", ["scribe"], clerk=["clerk"], second=["second"]), ["root-b", "root-c-p256", "clerk", "second"], label="clerks")
    w.add("party", party_body("koh-audit", ["auditor"], lead=["lead"]), ["office", "lead"], label="audit-firm")
    w.seal()


def standard(w):
    """A ledger with something of everything; 18 records."""
    start(w)
    salt, pdf = sha(b"salt"), sha(b"confidential report")
    w.add("note", {"note": "n1", "text": "証し \"one\" \\ é"}, ["clerk"], label="n1", issued="2026")
    w.add("report", {"auditor": "koh-audit", "listings": ["l1", "l2"]}, ["lead"], label="report",
          documents=[document("report.pdf", sha(b"\6", salt, pdf), kind="report", commitment="akashi-1"),
                     document("summary.pdf", sha(b"public summary"), kind="summary", confidential="no")])
    w.add("decision", {"listing": "l1", "outcome": "registered", "on": "2026-11-19"}, ["m1", "m2-p256"], label="d1", refs={"report": "report"},
          issued="2026-11-19T10:00:00+09:00")
    w.seal()
    w.cosign(ORIGIN + "/heartbeat", "heartbeat", w.now + 5)
    w.cosign("witness.example/w1", "witness-1", w.now + 7)
    w.commit_cosignatures()
    w.add("keyset", keyset_body(2, [("root-a", "root-a"), ("root-b", "root-b2"), ("root-d", "root-d")], operator="operator-2"),
          ["root-a", "root-b", "root-b2", "operator-2", "heartbeat"], label="keyset-2")
    w.seal()
    w.add("decision", {"listing": "l2", "outcome": "registered", "minutes": MINUTES}, ["office"], label="d2", refs={"report": "report"})
    w.add("correction", correction(w, "d1", subjects=["demo/listing:l1"]), ["m1", "m3-rsa"], label="c1", refs={"corrects": "d1"}, issued="2026-11")
    w.add("party", party_body("koh-audit", ["auditor"], lead=["lead-2"]), ["office", "lead-2"], label="audit-firm-2")
    w.seal()
    w.add("revocation", {"keys": [{"id": key("lead").id}], "reason": "superseded"}, ["lead"], label="rev-self")
    w.seal(0)
    w.add("note", {"note": "n2", "text": "by a key that is revoked later"}, ["second"], label="n2")
    w.seal()
    w.add("decision", {"listing": "l3", "outcome": "rejected", "minutes": MINUTES}, ["m3-rsa", "office"], label="d3")
    w.seal()
    w.add("profile", profile_body(demo_package("2")), ["root-d", "root-b2"], label="profile-2")
    w.add("revocation", {"keys": [{"id": key("second").id}], "reason": "compromise", "last_valid_seq": w.label["n2"] - 1}, ["root-a", "root-d"],
          label="rev-back")
    w.add("note", {"note": "n3", "text": "by another key"}, ["clerk"], label="n3")
    w.seal()
    w.cosign("witness.example/w1", "witness-1", w.now + 3)
    w.commit_cosignatures()
    w.cosign("witness.example/w1", "witness-1", w.now + 86400)
    w.cosign(ORIGIN + "/heartbeat", "heartbeat", w.now + 86401)
    w.commit_cosignatures()


def many_notes(n, batch=500):
    def script(w):
        standard(w)
        for i in range(0, n, batch):
            for j in range(i, min(i + batch, n)):
                w.add("note", {"note": "many-%d" % (j % (n // 2 + 1)), "text": "note number %d" % j}, ["clerk"])
            w.seal()
    return script


def vkey(name, typ, label):
    k = key(label)
    return "%s+%s+%s" % (name, sha(name.encode(), b"\n", bytes([typ]), k.raw)[:4].hex(), b64(bytes([typ]) + k.raw))


def trust_text(w):
    return ("# test ledger\nlog %s\nwitness w1 %s\ngroup g any w1\nquorum g\ngenesis %s\ncomplete none\nfresh P7D\nprofile demo %s\nprofile demo %s\n" % (
        vkey(w.origin, 1, "operator"), vkey("witness.example/w1", 4, "witness-1"), w.ids[0],
        dig(sha(jcs(demo_package()))), dig(sha(jcs(demo_package("2"))))))


def build(path, hooks=None, script=standard):
    if os.path.exists(path):
        shutil.rmtree(path)
    w = Writer(path, hooks)
    script(w)
    return w


def main(argv):
    ap = argparse.ArgumentParser(description="Write a small test ledger from docs/FORMAT.md.")
    ap.add_argument("out", metavar="OUT.git")
    ap.add_argument("--trust", metavar="FILE")
    ap.add_argument("--notes", type=int, default=0)
    args = ap.parse_args(argv)
    if os.path.exists(args.out):
        print("make_ledger: %s exists" % args.out, file=sys.stderr)
        return 2
    w = build(args.out, None, many_notes(args.notes) if args.notes else standard)
    if args.trust:
        with open(args.trust, "w", encoding="utf-8") as f:
            f.write(trust_text(w))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
