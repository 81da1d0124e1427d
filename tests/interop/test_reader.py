#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""reader.py against ledgers of make_ledger.py, good and tampered with, and against tests/vectors/format.

    python3 tests/interop/test_reader.py

Every tampered ledger is computed and signed anew over the changed bytes, as the operator could do; each row says which
check has to notice it, and where.  The rows are named after the rule they break.
"""
import base64
import functools
import glob
import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

import make_ledger as ml  # noqa: E402
import reader  # noqa: E402
from second import form, gitlog, hashes, keys, note  # noqa: E402

# Answers of commands do not change: ask once for each question.
keys.OpensslKey.verify = functools.lru_cache(None)(keys.OpensslKey.verify)
note.openssl_ed25519 = functools.lru_cache(None)(note.openssl_ed25519)
gitlog.ssh_verify = functools.lru_cache(None)(gitlog.ssh_verify)
RING = keys.Ring()
reader.Ring = lambda: RING


def short(w):
    """Records 0-4 of every ledger, a note (5), a report (6) and a decision (7)."""
    ml.start(w)
    w.add("note", {"note": "n1", "text": "one"}, ["clerk"], label="n1")
    w.add("report", {"auditor": "koh-audit", "listings": ["l1", "l2"]}, ["lead"], label="report",
          documents=[ml.document("report.pdf", ml.sha(b"report"), kind="report")])
    w.seal()
    w.add("decision", {"listing": "l1", "outcome": "registered", "on": "2026-11-19"}, ["m1", "m2-p256"], label="d1", refs={"report": "report"})
    w.seal()


def then(*adds):
    """short(), and one more commit with the given records."""
    def script(w):
        short(w)
        for a in adds:
            args, more = (a(w) if callable(a) else a)
            w.add(*args, **more)
        w.seal()
    return script


def add(*args, **more):
    return (args, more)


def at(n, change):
    """A hook that acts at one place only."""
    return lambda i, v: change(v) if i == n else None


def setter(*path_and_value):
    """Set one member, reached through the given keys."""
    path, value = path_and_value[:-1], path_and_value[-1]

    def change(v):
        for k in path[:-1]:
            v = v[k]
        v[path[-1]] = value
    return change


def predicate(k, value):
    return setter("predicate", k, value)


NOTE = ("note", {"note": "n9", "text": "nine"}, ["clerk"])
OTHER_ID = ml.dig(ml.sha(b"another genesis"))
KEYS2 = [("root-a", "root-a"), ("root-b", "root-b"), ("root-d", "root-d")]


def sub(old, new):
    def change(v):
        assert old in v, (old, v)
        return v.replace(old, new, 1)
    return change


def drop_file(path):
    def change(files):
        del files[path]
    return change


def put_file(path, mode="100644", oid=None):
    def change(files):
        files[path] = (mode, oid or files["checkpoint"][1])
    return change


def record_path(seq):
    d = "%010d" % seq
    return "records/%s/%s/%s/%s/%s.jsonl" % tuple(d[i:i + 2] for i in range(0, 10, 2))


def move_record(a, b):
    def change(files):
        files[record_path(b)] = files.pop(record_path(a))
    return change


def bad_sig(v):
    raw = bytearray(base64.b64decode(v["signatures"][0]["sig"]))
    raw[8] ^= 1
    v["signatures"][0]["sig"] = base64.b64encode(raw).decode()


def junk_signature(v):
    v["signatures"].append({"keyid": "sha256:" + "f" * 64, "sig": base64.b64encode(bytes(64)).decode()})


def unsorted(v):
    v["signatures"].reverse()


def twice(v):
    v["signatures"].append(v["signatures"][-1])


def wrong_keyid(v):
    v["signatures"][0]["keyid"] = "sha256:" + "0" * 64


def stamp(keyid, tsr):
    def change(v):
        v["timestamps"].append({"keyid": keyid or v["signatures"][0]["keyid"], "tsr": tsr})
    return change


def flip_note(old_name):
    """Change one character of the signature in the line of `old_name`."""
    def change(v):
        i = v.index("\u2014 " + old_name) + len(old_name) + 12
        return v[:i] + ("A" if v[i] != "A" else "B") + v[i + 1:]
    return change


def swap_lines(v):
    text, lines = v.split("\n\n")
    lines = lines.split("\n")[:-1]
    return text + "\n\n" + "".join(x + "\n" for x in lines[:-2] + [lines[-1], lines[-2]])


def drop_line(prefix):
    def change(v):
        return "".join(x for x in v.splitlines(True) if not x.startswith("\u2014 " + prefix))
    return change


def foreign_line(v):
    k = ml.key("stranger")
    text = v.split("\n\n")[0] + "\n"
    kid = ml.sha(ml.ORIGIN.encode(), b"\n\1", k.raw)[:4]
    return v + "\u2014 %s %s\n" % (ml.ORIGIN, ml.b64(kid + k.sign(text.encode())))


def only_foreign(v):
    text = v.split("\n\n")[0] + "\n\n"
    return text + foreign_line(v).splitlines(True)[-1]


def rotate(w):
    short(w)
    w.add("keyset", ml.keyset_body(2, KEYS2, operator="operator-2"), ["root-a", "root-b", "operator-2", "heartbeat"], label="k2")
    w.seal()
    w.add(*NOTE)
    w.seal()


def cosigned(w):
    short(w)
    w.cosign(ml.ORIGIN + "/heartbeat", "heartbeat", w.now + 1)
    w.cosign("witness.example/w1", "witness-1", w.now + 1)
    w.commit_cosignatures()


def bad_heartbeat(w):
    short(w)
    w.cosign(ml.ORIGIN + "/heartbeat", "heartbeat", w.now + 1)
    w.cosigs = {k: v[:-1] + bytes([v[-1] ^ 1]) for k, v in w.cosigs.items()}
    w.commit_cosignatures()


def keyset(number=2, holders=KEYS2, signers=("root-a", "root-b", "operator", "heartbeat"), **more):
    return then(add("keyset", ml.keyset_body(number, holders, **more), list(signers)))


def note_by(*signers):
    return then(add("note", NOTE[1], list(signers)))


def party(signers, *args, **kw):
    return then(add("party", ml.party_body(*args, **kw), signers))


def decision(signers, **body):
    return then(add("decision", dict({"listing": "l9", "outcome": "registered"}, **body), signers))


def revoke(label, reason, signers, **more):
    return add("revocation", dict({"keys": [{"id": ml.key(label).id}], "reason": reason, "approval": ml.APPROVAL}, **more), signers)


def corrected(signers, about=("demo/listing:l1",), record="d1", **more):
    return then(lambda w: (("correction", ml.correction(w, record, subjects=list(about)), signers), dict({"refs": {"corrects": "d1"}}, **more)))


def package(change):
    p = ml.demo_package("2")
    change(p)
    return then(add("profile", ml.profile_body(p), ["root-a", "root-b"]))


def after_revocation(cutter, *adds):
    def script(w):
        short(w)
        args, more = cutter
        w.add(*args, **more)
        w.seal()
        for args, more in adds:
            w.add(*args, **more)
        w.seal()
    return script


def reach_back(w):
    """second enrols nothing; office enrols koh-audit (4) and is revoked back to 3: 4 and the report (6) fall now."""
    short(w)
    w.add("revocation", {"keys": [{"id": ml.key("office").id}], "reason": "compromise", "last_valid_seq": 3}, ["root-a", "root-b"])
    w.seal()


# name, script, hooks, {check: seq or None}: all of these and no other check has to report.
ROWS = [
    # --- statement, form
    ("4.1-header-not-canonical", short, {"line1": at(5, sub(b'{"prev"', b'{ "prev"'))}, {"header": 5}),
    ("4.1-header-extra-member", short, {"header": at(5, setter("w", 1))}, {"header": 5}),
    ("4.1-header-leap-second", short, {"line1": at(5, lambda v: v.replace(b':05Z', b':60Z'))}, {"header": 5}),
    ("4.1-statement-digest", short, {"header": at(5, setter("statement", OTHER_ID))}, {"statement": 5, "map": 5}),
    ("4.1-signatures-digest", short, {"header": at(5, setter("signatures", OTHER_ID))}, {"signatures": 5, "map": 5}),
    ("4.3-prev", short, {"header": at(5, setter("prev", OTHER_ID))}, {"chain": 5}),
    ("4.3-prev-of-genesis", short, {"header": at(0, setter("prev", OTHER_ID))}, {"chain": 0}),
    ("4.3-seq", short, {"header": at(5, setter("seq", 6))}, {"chain": 5}),
    ("4.3-time-decreases", short, {"header": at(5, setter("time", "2026-11-21T03:00:00Z"))}, {"header": 5, "map": 5}),
    ("4.4-version-2", short, {"header": at(5, setter("v", 2))}, {"header": 5}),
    ("3-four-lines", short, {"blob": at(5, lambda v: v + b"{}\n")}, {"header": 5}),
    ("3-no-final-newline", short, {"blob": at(5, lambda v: v[:-1])}, {"header": 5}),
    ("3-carriage-return", short, {"blob": at(5, lambda v: v.replace(b"\n", b"\r\n", 1))}, {"header": 5, "chain": 6}),
    ("2.2-statement-not-canonical", short, {"line2": at(5, sub(b'{"_type"', b'{ "_type"'))}, {"statement": 5}),
    ("2.1-escaped-letter", short, {"line2": at(5, sub(b'"one"', b'"\\u006fne"'))}, {"statement": 5}),
    ("2.1-duplicate-member", short, {"line2": at(5, sub(b'"refs":[],', b'"refs":[],"refs":[],'))}, {"statement": 5}),
    ("2.1-float", short, {"statement": at(5, setter("predicate", "body", {"note": "n1", "text": 1.5}))}, {"statement": 5}),
    ("2.1-big-integer", short, {"statement": at(5, setter("predicate", "body", {"note": "n1", "text": 2**53}))}, {"statement": 5}),
    ("2.1-control-character", short, {"statement": at(5, setter("predicate", "body", {"note": "n1", "text": "a\tb"}))}, {"statement": 5}),
    ("2.1-delete-character", short, {"statement": at(5, setter("predicate", "body", {"note": "n1", "text": "a\x7fb"}))}, {"statement": 5}),
    ("5.1-type-version", short, {"statement": at(5, setter("predicateType", "urn:akashi:note:v2"))}, {"statement": 5}),
    ("5.1-other-statement-type", short, {"statement": at(5, setter("_type", "https://in-toto.io/Statement/v0.1"))}, {"statement": 5}),
    ("5.2-extra-member", short, {"statement": at(5, predicate("extra", 1))}, {"statement": 5}),
    ("5.2-foreign-genesis", short, {"statement": at(5, predicate("genesis", OTHER_ID))}, {"statement": 5}),
    ("5.2-foreign-ledger", short, {"statement": at(5, predicate("ledger", "ledger.example/other"))}, {"statement": 5}),
    ("5.2-genesis-names-a-genesis", short, {"statement": at(0, predicate("genesis", OTHER_ID))}, {"statement": 0, "checkpoint": None, "dsse": None}),
    ("5.2-core-type-of-a-scheme", then(add("revocation", {"keys": [{"id": ml.key("lead").id}], "reason": "lost"}, ["lead"], scheme="demo")), {},
     {"statement": 8}),
    ("5.3-about-wrong", short, {"statement": at(5, predicate("about", ["demo/note:other"]))}, {"about": 5}),
    ("5.3-about-too-many", short, {"statement": at(5, predicate("about", ["demo/note:n1", "demo/note:n2"]))}, {"about": 5}),
    ("5.3-about-too-few", short, {"statement": at(6, predicate("about", ["demo/listing:l1"]))}, {"about": 6}),
    ("5.3-about-of-a-core-type", short, {"statement": at(4, predicate("about", ["akashi/party:koh-audit"]))}, {"about": 4}),
    ("5.3-about-unsorted", short, {"statement": at(6, predicate("about", ["demo/listing:l2", "demo/listing:l1"]))}, {"statement": 6}),
    ("5.3-about-other-scheme", short, {"statement": at(5, predicate("about", ["ismap/note:n1"]))}, {"about": 5}),
    ("5.3-type-unknown", then(add("gossip", {"note": "n9"}, ["clerk"], about=["demo/note:n9"])),
     {"statement": at(8, predicate("about", ["demo/note:n9"]))}, {"authority": 8}),
    ("5.4-body-digest", short, {"statement": at(5, setter("subject", 0, "digest", "sha256", "0" * 64))}, {"statement": 5}),
    ("5.4-document-without-kind", short, {"statement": at(6, setter("subject", 0, "annotations", {"type": "x"}))}, {"statement": 6}),
    ("5.4-document-without-annotations", short, {"statement": at(6, lambda s: s["subject"][0].pop("annotations") and None)}, {"statement": 6, "authority": 6}),
    ("5.4-annotation-is-a-number", short, {"statement": at(6, setter("subject", 0, "annotations", {"kind": 1}))}, {"statement": 6}),
    ("5.4-name-twice", short, {"statement": at(6, lambda s: s["subject"].append(s["subject"][0]))}, {"statement": 6}),
    ("5.4-second-digest", short, {"statement": at(6, setter("subject", 0, "digest", "md5", "0" * 32))}, {"statement": 6}),
    ("5.4-unknown-commitment", short, {"statement": at(6, setter("subject", 0, "annotations", {"kind": "x", "commitment": "akashi-2"}))}, {"statement": 6}),
    ("5.5-dangling-ref", short, {"statement": at(7, predicate("refs", [{"record": OTHER_ID, "rel": "report"}]))}, {"statement": 7, "authority": 7}),
    ("5.6-issued-after-sealing", short, {"statement": at(5, predicate("issued", "2026-11-22"))}, {"statement": 5}),
    ("5.6-issued-no-such-day", short, {"statement": at(5, predicate("issued", "2026-02-29"))}, {"statement": 5}),
    ("5.7-base-is-no-record", short, {"statement": at(5, predicate("base", OTHER_ID))}, {"base": 5}),
    ("5.7-base-of-genesis", short, {"statement": at(0, predicate("base", OTHER_ID))}, {"base": 0}),
    ("5.7-base-zero-later", short, {"statement": at(5, predicate("base", ml.ZERO))}, {"base": 5}),
    ("5.7-held-back-decision", then(add("decision", {"listing": "l1", "outcome": "rejected"}, ["m1", "m2-p256"], base="n1")), {}, {"base": 8}),
    ("5.7-held-back-behind-a-report", then(add("decision", {"listing": "l2", "outcome": "rejected"}, ["m1", "m2-p256"], base="n1")), {}, {"base": 8}),
    ("5.7-held-back-party", then(add("party", ml.party_body("koh-audit", ["auditor"], lead=["lead-3"]), ["office", "lead-3"], base="clerks")), {}, {"base": 8}),
    ("5.7-held-back-profile", then(add("profile", ml.profile_body(ml.demo_package("2")), ["root-a", "root-b"], base="genesis")), {}, {"base": 8}),
    ("5.8-repeated-statement", then(add("note", {"note": "n1", "text": "one"}, ["clerk"], base="audit-firm")), {}, {"repeat": 8}),
    ("5.8-repeated-with-other-signature", then(add("note", {"note": "n1", "text": "one"}, ["second"], base="audit-firm")), {}, {"repeat": 8}),
    # --- signatures
    ("6.1-unsorted", short, {"sigs": at(7, unsorted)}, {"signatures": 7}),
    ("6.1-one-keyid-twice", short, {"sigs": at(7, twice)}, {"signatures": 7}),
    ("6.1-no-timestamps-member", short, {"line3": at(7, sub(b',"timestamps":[]', b""))}, {"signatures": 7}),
    ("6.1-extra-member", short, {"sigs": at(7, setter("unhashed", 1))}, {"signatures": 7}),
    ("6.1-base64-bits", short, {"sigs": at(5, lambda v: v["signatures"][0].update(sig=v["signatures"][0]["sig"][:-3] + "B=="))}, {"signatures": 5}),
    ("6.1-stamp-of-nobody", short, {"sigs": at(5, stamp("sha256:" + "1" * 64, "AAAA"))}, {"signatures": 5}),
    ("6.1-stamp-empty", short, {"sigs": at(5, stamp(None, ""))}, {"signatures": 5}),
    ("6.3-signature-that-no-key-verifies", short, {"sigs": at(5, bad_sig)}, {"dsse": 5, "authority": 5}),
    ("6.3-junk-beside-a-good-one", short, {"sigs": at(7, junk_signature)}, {"dsse": 7}),
    ("6.3-stranger", note_by("stranger"), {}, {"dsse": 8, "authority": 8}),
    # --- tree, checkpoint
    ("8-root", short, {"root": at(4, lambda v: ml.sha(v))}, {"tree": None}),
    ("9.1-size", short, {"checkpoint": at(4, sub("\n8\n", "\n9\n"))}, {"checkpoint": None}),
    ("9.1-extension-line", short, {"checkpoint": at(4, sub("\n\n", "\nextension\n\n"))}, {"checkpoint": None}),
    ("9.1-no-signature", short, {"checkpoint": at(4, lambda v: v.split("\n\n")[0] + "\n\n")}, {"checkpoint": None}),
    ("9.1-no-final-newline", short, {"checkpoint": at(4, lambda v: v[:-1])}, {"checkpoint": None}),
    ("9.1-carriage-return", short, {"checkpoint": at(4, lambda v: v.replace("\n", "\r\n"))}, {"checkpoint": None}),
    ("9.1-not-utf8", short, {"checkpoint": at(4, lambda v: v[:-1] + "\udcff\n")}, {"checkpoint": None}),
    ("9.2-signature-flipped", short, {"checkpoint": at(4, flip_note(ml.ORIGIN))}, {"checkpoint": None}),
    ("9.2-flipped-in-an-old-commit", short, {"checkpoint": at(1, flip_note(ml.ORIGIN))}, {"checkpoint": None}),
    ("9.2-second-line-by-a-stranger", short, {"checkpoint": at(4, foreign_line)}, {"checkpoint": None}),
    ("9.2-only-a-stranger", short, {"checkpoint": at(4, only_foreign)}, {"checkpoint": None}),
    ("9.2-rotation-without-the-old-line", rotate, {"checkpoint": at(5, lambda v: "".join(v.splitlines(True)[:-1]))}, {"checkpoint": None}),
    ("9.2-rotation-lines-swapped", rotate, {"checkpoint": at(5, swap_lines)}, {"checkpoint": None}),
    ("9.2-old-line-goes-on", rotate, {"checkpoint": at(6, foreign_line)}, {"checkpoint": None}),
    ("9.3-heartbeat-fails", bad_heartbeat, {}, {"checkpoint": None}),
    ("9.3-cosignatures-unsorted", cosigned, {"checkpoint": at(5, swap_lines)}, {"checkpoint": None}),
    # --- map
    ("10.3-map-root", short, {"header": at(5, setter("subjects", OTHER_ID))}, {"map": 5}),
    ("10.3-map-root-of-genesis", short, {"header": at(0, setter("subjects", ml.ZERO))}, {"map": 0}),
    ("10.3-map-root-of-the-one-before", short, {"header": lambda i, h: h.update(subjects=MAP_BEFORE[0]) if i == 6 else (MAP_BEFORE.__setitem__(0, h["subjects"]) if i == 5 else None)},
     {"map": 6}),
    # --- git
    ("11.1-extra-file", short, {"files": at(4, put_file("extra"))}, {"commit": None}),
    ("11.1-extra-file-in-records", short, {"files": at(4, put_file("records/00/00/00/00/07.json"))}, {"commit": None}),
    ("11.1-executable", short, {"files": at(4, put_file("README.md", "100755"))}, {"commit": None}),
    ("11.1-symlink", short, {"files": at(4, put_file("trust", "120000"))}, {"commit": None}),
    ("11.1-submodule", short, {"files": at(4, put_file("trust", "160000"))}, {"commit": None}),
    ("11.1-record-off-its-path", short, {"files": at(4, move_record(7, 8))}, {"commit": None, "checkpoint": None}),
    ("11.1-record-name-not-ascii", short, {"files": at(4, put_file("records/00/00/00/00/\u0660\u0660.jsonl".encode().decode()))}, {"commit": None}),
    ("11.2-record-removed", short, {"files": at(4, drop_file(record_path(5)))}, {"commit": None}),
    ("11.2-newest-record-left-out", short, {"files": at(4, drop_file(record_path(7)))}, {"commit": None, "checkpoint": None}),
    ("11.2-readme-removed", short, {"files": at(4, drop_file("README.md"))}, {"commit": None}),
    ("11.2-record-rewritten", short, {"files": at(4, put_file(record_path(5)))}, {"commit": None}),
    ("11.2-cosigning-adds-a-file", cosigned, {"files": at(5, put_file("trust"))}, {"commit": None}),
    ("11.2-cosignature-taken-away", lambda w: (cosigned(w), w.cosigs.pop(("witness.example/w1", sorted(w.cosigs)[1][1])), w.commit_cosignatures()), {},
     {"commit": None}),
    ("11.3-rotation-not-alone", then(add("keyset", ml.keyset_body(2, KEYS2), ["root-a", "root-b", "operator", "heartbeat"]), (NOTE, {})), {}, {"commit": 8}),
    ("11.4-unsigned", short, {"commit": at(4, setter("key", None))}, {"commit": None}),
    ("11.4-unsigned-in-the-middle", short, {"commit": at(2, setter("key", None))}, {"commit": None}),
    ("11.4-author", short, {"commit": at(4, setter("author", "Somebody <some@body.example>"))}, {"commit": None}),
    ("11.4-committer", short, {"commit": at(4, setter("committer", "Somebody <some@body.example>"))}, {"commit": None}),
    ("11.4-time", short, {"commit": at(4, setter("time", "1795230246 +0000"))}, {"commit": None}),
    ("11.4-time-zone", short, {"commit": at(4, lambda c: c.update(time=c["time"].replace("+0000", "+0900")))}, {"commit": None}),
    ("11.4-message", short, {"commit": at(4, setter("message", "hello\n"))}, {"commit": None}),
    ("11.4-message-plural", short, {"commit": at(4, lambda c: c.update(message=c["message"].replace("1 record", "1 records")))}, {"commit": None}),
    ("11.4-merge", short, {"commit": at(4, lambda c: c["parents"].append(FIRST_COMMIT[0]))}, {"commit": None}),
    ("11.4-extra-header", short, {"raw": at(4, lambda v: v.replace(b"gpgsig ", b"encoding UTF-8\ngpgsig ", 1))}, {"commit": None}),
    ("11.4-header-order", short, {"raw": at(4, lambda v: v.replace(b"\n\nakashi", b"\nnote x\n\nakashi", 1))}, {"commit": None}),
    ("11.5-signed-by-a-stranger", short, {"commit": at(4, setter("key", ml.key("stranger")))}, {"commit": None}),
    ("11.5-signed-by-the-heartbeat", short, {"commit": at(4, setter("key", ml.key("heartbeat")))}, {"commit": None}),
    ("11.5-namespace", short, {"commit": at(4, setter("namespace", "file"))}, {"commit": None}),
    ("11.5-hash", short, {"commit": at(4, setter("hashalg", "sha256"))}, {"commit": None}),
    ("11.5-rotation-signed-by-the-old-key", rotate, {"commit": at(5, setter("key", ml.key("operator")))}, {"commit": None}),
    ("11.5-signature-over-other-bytes", short, {"raw": at(4, lambda v: swap_armor(v))}, {"commit": None}),
    # --- keys and authority
    ("14.1-key-id", then(lambda w: (("party", wrong_key_id(), ["office"]), {})), {}, {"authority": 8}),
    ("14.2-small-order-key", then(lambda w: (("party", weak_party(), ["office"]), {})), {}, {"authority": 8}),
    ("15.1-threshold-zero", keyset(threshold=0), {}, {"authority": 8}),
    ("15.1-threshold-above-holders", keyset(threshold=4), {}, {"authority": 8}),
    ("15.1-one-key-for-two-holders", keyset(holders=[("root-a", "root-a"), ("root-b", "root-a")]), {}, {"authority": 8}),
    ("15.1-operator-is-a-root-key", keyset(operator="root-a"), {}, {"authority": 8, "checkpoint": None, "commit": None}),
    ("15.2-package-digest", then(add("profile", dict(ml.profile_body(ml.demo_package("2")), digest=OTHER_ID), ["root-a", "root-b"])), {}, {"authority": 8}),
    ("15.2-scheme-is-akashi", package(lambda p: p.update(scheme="akashi")), {}, {"authority": 8}),
    ("15.4-reach-back-without-compromise", then(revoke("clerk", "lost", ["root-a", "root-b"], last_valid_seq=3)), {}, {"authority": 8}),
    ("15.4-reach-forward", then(revoke("clerk", "compromise", ["root-a", "root-b"], last_valid_seq=8)), {}, {"authority": 8}),
    ("16.3-genesis-below-its-threshold", lambda w: genesis(w, ["root-a", "operator", "heartbeat"]), {}, {"authority": 0}),
    ("16.3-genesis-without-operator", lambda w: genesis(w, ["root-a", "root-b", "heartbeat"]), {}, {"authority": 0}),
    ("16.3-genesis-number", lambda w: genesis(w, ["root-a", "root-b", "operator", "heartbeat"], 2), {}, {"authority": 0}),
    ("16.3-only-the-old-threshold", keyset(holders=[("root-a", "root-a"), ("root-e", "root-e"), ("root-f", "root-f")]), {}, {"authority": 8}),
    ("16.3-only-the-new-threshold", keyset(holders=[("root-e", "root-e"), ("root-f", "root-f")], signers=["root-e", "root-f", "operator", "heartbeat"]), {},
     {"authority": 8}),
    ("16.3-without-the-new-operator", keyset(operator="operator-2"), {}, {"authority": 8, "checkpoint": None, "commit": None}),
    ("16.3-without-the-heartbeat", keyset(signers=["root-a", "root-b", "operator"]), {}, {"authority": 8}),
    ("16.3-number-skipped", keyset(number=3), {}, {"authority": 8}),
    ("16.3-number-repeated", keyset(number=1), {}, {"authority": 8}),
    ("16.3-old-operator-becomes-heartbeat", keyset(operator="operator-2", heartbeat="operator", signers=["root-a", "root-b", "operator", "operator-2"]), {},
     {"authority": 8, "checkpoint": None, "commit": None}),
    ("16.3-party-key-becomes-root", keyset(holders=[("root-a", "root-a"), ("root-b", "root-b"), ("root-d", "clerk")]), {}, {"authority": 8}),
    ("16.4-profile-by-one-root", then(add("profile", ml.profile_body(ml.demo_package("2")), ["root-a"])), {}, {"authority": 8}),
    ("16.4-profile-by-the-board", then(add("profile", ml.profile_body(ml.demo_package("2")), ["m1", "m2-p256", "m3-rsa"])), {}, {"authority": 8}),
    ("16.4-package-keyword", package(lambda p: p["types"]["note"]["schema"].update(unevaluatedProperties=False)), {}, {"authority": 8}),
    ("16.4-package-policy-role", package(lambda p: p["types"]["note"]["signing"][0].update(role="nobody")), {}, {"authority": 8}),
    ("16.4-package-core-type", package(lambda p: p["types"].update(party=p["types"]["note"])), {}, {"authority": 8}),
    ("16.6-party-without-possession", party(["office"], "new-audit", ["auditor"], lead=["lead-9"]), {}, {"authority": 8}),
    ("16.6-role-granted-by-who-may-not", party(["clerk", "lead-9"], "new-audit", ["auditor"], lead=["lead-9"]), {}, {"authority": 8}),
    ("16.6-role-granted-by-oneself", party(["lead-9"], "new-audit", ["auditor"], lead=["lead-9"]), {}, {"authority": 8}),
    ("16.6-second-role-asks-for-more", party(["office", "m9"], "koh-audit", ["committee"], m9=["m9"]), {}, {"authority": 8}),
    ("16.6-every-role-is-asked", party(["office", "m9"], "board", ["auditor"], m9=["m9"]), {}, {"authority": 8}),
    ("16.6-no-role", party(["lead-9"], "new-audit", [], lead=["lead-9"]), {}, {"authority": 8}),
    ("16.6-undefined-role", party(["root-a", "root-b", "lead-9"], "new-audit", ["king"], lead=["lead-9"]), {}, {"authority": 8}),
    ("16.6-office-without-the-approval", then(lambda w: (("party", no_approval(), ["office", "lead-9"]), {})), {}, {"authority": 8}),
    ("15.3-member-without-keys", party(["office"], "koh-audit", ["auditor"], deputy=[]), {}, {"authority": 8}),
    ("15.3-person-named-beside-the-seat", then(lambda w: (("party", named_person(), ["office"]), {})), {}, {"authority": 8}),
    ("16.6-key-of-another-member", party(["office", "lead"], "koh-audit", ["auditor"], deputy=["lead"]), {}, {"authority": 8}),
    ("16.6-key-of-another-party", party(["office", "clerk"], "koh-audit", ["auditor"], deputy=["clerk"]), {}, {"authority": 8}),
    ("16.6-key-of-the-operator", party(["office", "operator"], "koh-audit", ["auditor"], deputy=["operator"]), {}, {"authority": 8}),
    ("16.6-kind-changes", then(lambda w: (("party", kind_change(), ["office", "lead-9"]), {})), {}, {"authority": 8}),
    ("16.7-members-below-threshold", decision(["m1"]), {}, {"authority": 8}),
    ("16.7-role", note_by("m1"), {}, {"authority": 8}),
    ("16.7-root-is-no-scribe", note_by("root-a", "root-b"), {}, {"authority": 8}),
    ("16.7-two-keys-of-one-member", then(add("party", ml.party_body("board", ["committee"], m1=["m1-second"]), ["root-a", "root-b", "m1-second"]),
                                         add("decision", {"listing": "l9", "outcome": "registered"}, ["m1", "m1-second"])), {}, {"authority": 9}),
    ("16.7-members-of-two-parties", then(add("party", ml.party_body("board-2", ["committee"], x1=["x1"]), ["root-a", "root-b", "x1"]),
                                         add("decision", {"listing": "l9", "outcome": "registered"}, ["m1", "x1"])), {}, {"authority": 9}),
    ("16.7-office-without-evidence", decision(["office"]), {}, {"authority": 8}),
    ("16.7-office-is-no-person", decision(["office", "m1"]), {}, {"authority": 8}),
    ("16.7-another-party-than-named", then(add("report", {"auditor": "other-audit", "listings": ["l1"]}, ["lead"],
                                               documents=[ml.document("r", ml.sha(b"r"), kind="report")])), {}, {"authority": 8}),
    ("16.7-key-in-its-own-enrolment-only", then(add("note", NOTE[1], ["late"]), add("party", ml.party_body("clerks", ["scribe"], late=["late"]), ["office", "late"])), {},
     {"dsse": 8, "authority": 8}),
    ("16.7.1-corrected-by-one-member", corrected(["m1"]), {}, {"authority": 8}),
    ("16.7.1-corrected-by-another-mode", corrected(["office"]), {}, {"authority": 8}),
    ("16.7.1-body-names-no-record", then(add("correction", {"field": "/on", "before": 1, "after": 2, "subjects": ["demo/listing:l1"]}, ["m1", "m3-rsa"],
                                             refs={"corrects": "d1"})), {}, {"authority": 8}),
    ("16.7.1-core-record-corrected-by-one-root", then(lambda w: (("correction", ml.correction(w, "audit-firm", subjects=CORE_SUBJECTS), ["root-a"]),
                                                                 {"refs": {"corrects": "audit-firm"}})), {}, {"authority": 8}),
    ("16.7.1-corrected-without-the-evidence", lambda w: (decision(["office"], minutes=ml.MINUTES)(w), w.label.update(d9=8), w.add(
        "correction", ml.correction(w, "d9", subjects=["demo/listing:l9"]), ["office"], refs={"corrects": "d9"}), w.seal()), {}, {"authority": 9}),
    ("16.7.1-corrects-nothing", corrected(["m1", "m3-rsa"], refs={}), {}, {"authority": 8}),
    ("16.7.1-about-another-subject", corrected(["m1", "m3-rsa"], about=["demo/listing:l7"]), {}, {"authority": 8}),
    ("16.7.1-body-names-another-record", corrected(["m1", "m3-rsa"], record="report"), {}, {"authority": 8}),
    ("16.8-revoked-by-a-stranger", then(revoke("clerk", "lost", ["m1"])), {}, {"authority": 8}),
    ("16.8-reach-back-by-oneself", then(revoke("clerk", "compromise", ["clerk"], last_valid_seq=3)), {}, {"authority": 8}),
    ("16.8-reach-back-by-the-enroller", then(revoke("clerk", "compromise", ["office"], last_valid_seq=3)), {}, {"authority": 8}),
    ("16.8-unknown-key", then(revoke("stranger", "lost", ["root-a", "root-b"])), {}, {"authority": 8}),
    ("16.8-after-revocation", after_revocation(revoke("clerk", "lost", ["clerk"]), (NOTE, {})), {}, {"authority": 9}),
    ("16.8-after-revocation-by-the-enroller", after_revocation(revoke("clerk", "ceased", ["office"]), (NOTE, {})), {}, {"authority": 9}),
    ("16.8-after-revocation-by-root", after_revocation(revoke("clerk", "lost", ["root-a", "root-b"]), (NOTE, {})), {}, {"authority": 9}),
    ("16.6-key-enrolled-again", party(["office", "clerk"], "clerks", ["scribe"], clerk=["clerk"]), {}, {"authority": 8}),
    ("16.8-root-revokes-a-key-of-the-roots", then(revoke("root-a", "lost", ["root-a", "root-b"])), {}, {"authority": 8}),
    ("16.9-schema", decision(["m1", "m2-p256"], extra=1), {}, {"authority": 8}),
    ("16.9-schema-format", decision(["m1", "m2-p256"], on="yesterday"), {}, {"authority": 8}),
    ("16.9-id-grammar", decision(["m1", "m2-p256"], listing="x9"), {}, {"authority": 8}),
    ("16.9-documents-missing", then(add("report", {"auditor": "koh-audit", "listings": ["l1"]}, ["lead"])), {}, {"authority": 8}),
    ("16.9-documents-not-allowed", then(add("note", NOTE[1], ["clerk"], documents=[ml.document("x", ml.sha(b"x"), kind="x")])), {}, {"authority": 8}),
]

MAP_BEFORE, FIRST_COMMIT = [None], [None]

CORE_SUBJECTS = sorted(["akashi/party:koh-audit", "akashi/key:" + ml.key("lead").id])

# What looks odd and has to be accepted.
ACCEPTED = [
    ("standard", ml.standard, {}),
    ("rotation", rotate, {}),
    ("rotation-keeps-the-operator", keyset(), {}),
    ("keyid-decides-nothing", short, {"sigs": at(5, wrong_keyid)}),
    ("time-stamp-is-ignored", short, {"sigs": at(5, stamp(None, "AAAA"))}),
    ("more-signers-than-asked", note_by("clerk", "second", "m1"), {}),
    ("repeated-body-in-a-new-statement", then(add("note", {"note": "n1", "text": "one"}, ["clerk"])), {}),
    ("note-from-an-old-base", then(add("note", {"note": "n1", "text": "two"}, ["clerk"], base="genesis")), {}),
    ("base-is-about-the-subject-itself", then(add("decision", {"listing": "l1", "outcome": "rejected"}, ["m1", "m3-rsa"], base="d1")), {}),
    ("office-with-evidence", decision(["office"], minutes=ml.MINUTES), {}),
    ("mixed", decision(["office", "m1"], minutes=ml.MINUTES), {}),
    ("correction", corrected(["m3-rsa", "m2-p256"]), {}),
    ("root-keys-change-hands", keyset(holders=[("root-b", "root-a"), ("root-a", "root-b")]), {}),
    ("office-block-in-a-party-record", then(add("party", dict(ml.party_body("clerks", ["scribe"], third=["third"]), office={"document_number": "第1号"}), ["office", "third"])), {}),
    ("corrected-by-the-office-that-decided", lambda w: (decision(["office"], minutes=ml.MINUTES)(w), w.label.update(d9=8), w.add(
        "correction", ml.correction(w, "d9", subjects=["demo/listing:l9"], minutes=ml.MINUTES), ["office"], refs={"corrects": "d9"}), w.seal()), {}),
    ("core-record-corrected-by-the-roots", then(lambda w: (("correction", ml.correction(w, "audit-firm", subjects=CORE_SUBJECTS), ["root-a", "root-b"]),
                                                          {"refs": {"corrects": "audit-firm"}})), {}),
    ("ref-of-another-type", then(add("decision", {"listing": "l9", "outcome": "rejected"}, ["m1", "m2-p256"], refs={"report": "n1", "because": "report"})), {}),
    ("before-revocation", then((NOTE, {}), revoke("clerk", "lost", ["clerk"])), {}),
    ("revocation-signs-itself", then(revoke("lead", "superseded", ["lead"])), {}),
    ("second-revocation-of-a-key", then(revoke("lead", "superseded", ["lead"]), revoke("lead", "lost", ["office"])), {}),
    ("profile-renewed", package(lambda p: None), {}),
    ("readme-changes", short, {"files": at(4, put_file("README.md"))}),
    ("trust-copy-added", short, {"files": at(4, put_file("trust"))}),
    ("all-of-it-in-one-commit", lambda w: (setattr(w, "seal", lambda tick=60: None), short(w), delattr(w, "seal"), w.seal()), {}),
    ("reach-back", reach_back, {}),
]


def swap_armor(raw):
    """The signature of the same commit with another message."""
    head, rest = raw.split(b"gpgsig ", 1)
    other = ml.key("operator").ssh_sign(head + b"\nanother message\n")
    return head + b"gpgsig " + other.replace("\n", "\n ").encode() + rest[rest.index(b"\n\n"):]


def weak_party():
    body = ml.party_body("koh-audit", ["auditor"], deputy=["lead"])
    spki = ml.key("lead").spki[:12] + b"\1" + bytes(31)
    body["members"][0]["keys"][0] = {"id": ml.sha(spki).hex(), "spki": ml.b64(spki)}
    return body


def wrong_key_id():
    body = ml.party_body("koh-audit", ["auditor"], deputy=["lead-9"])
    body["members"][0]["keys"][0] = dict(body["members"][0]["keys"][0], id="0" * 64)
    return body


def no_approval():
    body = ml.party_body("new-audit", ["auditor"], lead=["lead-9"])
    del body["approval"]
    return body


def named_person():
    body = ml.party_body("new-audit", ["auditor"], lead=["lead-9"])
    body["members"][0]["person"] = "somebody"
    return body


def kind_change():
    body = ml.party_body("koh-audit", ["auditor"], lead=["lead-9"])
    body["members"][0]["kind"] = "office"
    return body


def genesis(w, signers, number=1):
    w.add("keyset", ml.keyset_body(number, ml.ROOTS), signers)
    w.seal()
    w.add("profile", ml.profile_body(ml.demo_package()), ["root-a", "root-b"])
    w.seal()


class Base(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="akashi-reader-")

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder)

    def ledger(self, script, hooks=None):
        path = os.path.join(self.folder, "l.git")
        return path, ml.build(path, hooks, script)

    def read(self, path, trust=None):
        return reader.Reader(path, trust).run()


class Good(Base):
    def test_accepted(self):
        for name, script, hooks in ACCEPTED:
            with self.subTest(name):
                path, w = self.ledger(script, hooks)
                r = self.read(path)
                self.assertEqual(r["errors"], [])
                self.assertTrue(r["ok"])
                self.assertEqual(r["size"], len(w.ids))
                self.assertEqual([x["id"] for x in r["records"]], w.ids)
                self.assertEqual(r["root"], w.frontier.root().hex())
                self.assertTrue(all(x["when_sealed"] for x in r["records"]))

    def test_reach_back_now_and_then(self):
        r = self.read(self.ledger(reach_back)[0])
        self.assertEqual([x["seq"] for x in r["records"] if not x["authorised"]], [4, 6])

    def test_standard_ledger_void_now(self):
        r = self.read(self.ledger(ml.standard)[0])
        self.assertEqual([x["seq"] for x in r["records"] if not x["authorised"]], [13])

    def test_stock_git_agrees(self):
        path, w = self.ledger(ml.standard)
        with open(path + ".signers", "w", encoding="ascii") as f:
            f.write(gitlog.allowed_line(w.origin, ml.key("operator").raw) + gitlog.allowed_line(w.origin, ml.key("operator-2").raw))
        git = ["git", "--git-dir", path, "-c", "gpg.ssh.allowedSignersFile=" + path + ".signers"]
        commits = subprocess.run(git + ["rev-list", "main"], capture_output=True, check=True).stdout.decode().split()
        self.assertEqual(len(commits), w.commits)
        subprocess.run(git + ["verify-commit"] + commits, check=True, capture_output=True)
        subprocess.run(git + ["fsck", "--strict"], check=True, capture_output=True)
        subprocess.run(git + ["gc", "-q"], check=True, capture_output=True)
        self.assertTrue(self.read(path)["ok"])

    def test_command_line(self):
        path, w = self.ledger(short)
        with open(path + ".trust", "w", encoding="utf-8") as f:
            f.write(ml.trust_text(w))
        cmd = [sys.executable, os.path.join(HERE, "reader.py"), "--json"]
        r = subprocess.run(cmd + [path, "--trust", path + ".trust"], capture_output=True, check=False)
        self.assertEqual(r.returncode, 0, r.stderr)
        self.assertEqual(set(json.loads(r.stdout)), {"ok", "size", "root", "records", "errors", "suppressed", "trust"})
        path, _ = self.ledger(short, {"root": at(4, lambda v: ml.sha(v))})
        self.assertEqual(subprocess.run(cmd + [path], capture_output=True, check=False).returncode, 1)
        self.assertEqual(subprocess.run(cmd + [path + "-none"], capture_output=True, check=False).returncode, 3)
        self.assertEqual(subprocess.run(cmd, capture_output=True, check=False).returncode, 2)


class Tampered(Base):
    def test_rows(self):
        for name, script, hooks, want in ROWS:
            with self.subTest(name):
                if name == "11.4-merge":
                    hooks = dict(hooks, raw=lambda n, v: FIRST_COMMIT.__setitem__(0, commit_id(v)) if n == 0 else None)
                r = self.read(self.ledger(script, hooks)[0])
                self.assertFalse(r["ok"])
                got = {}
                for e in r["errors"]:
                    got.setdefault(e["check"], set()).add(e["seq"])
                allowed = set(want) | FOLLOWS.get(next(iter(want)), set())
                self.assertLessEqual(set(want), set(got), r["errors"])
                self.assertLessEqual(set(got), allowed, r["errors"])
                for check, seq in want.items():
                    if seq is not None:
                        self.assertIn(seq, got[check], r["errors"])

    def test_git_objects(self):
        for what in ("missing", "garbage"):
            for pick in (0, 1, 2):
                with self.subTest("11.1-%s-object-%d" % (what, pick)):
                    path, _ = self.ledger(short)
                    victims = sorted(glob.glob(os.path.join(path, "objects", "??", "*")))
                    victim = victims[len(victims) * pick // 3]
                    os.chmod(victim, 0o644)
                    if what == "missing":
                        os.remove(victim)
                    else:
                        with open(victim, "wb") as f:
                            f.write(b"garbage")
                    r = self.read(path)
                    self.assertIn("git", {e["check"] for e in r["errors"]})

    def test_head(self):
        path, _ = self.ledger(short)
        subprocess.run(["git", "--git-dir", path, "symbolic-ref", "HEAD", "refs/heads/other"], check=True)
        self.assertEqual({e["check"] for e in self.read(path)["errors"]}, {"git"})

    def test_replace_refs_change_nothing(self):
        path, w = self.ledger(short)
        blob = subprocess.run(["git", "--git-dir", path, "hash-object", "-w", "--stdin"], input=b"other", capture_output=True, check=True).stdout.decode().strip()
        subprocess.run(["git", "--git-dir", path, "replace", w.files[record_path(5)][1], blob], check=True)
        self.assertTrue(self.read(path)["ok"])

    def test_truncated_history(self):
        """An older head is a good, smaller ledger: the reader says its size; only a remembered head shows more."""
        path, w = self.ledger(short)
        out = subprocess.run(["git", "--git-dir", path, "rev-parse", "main^"], capture_output=True, check=True).stdout.decode().strip()
        subprocess.run(["git", "--git-dir", path, "update-ref", "refs/heads/main", out], check=True)
        r = self.read(path)
        self.assertTrue(r["ok"])
        self.assertEqual(r["size"], 7)


def commit_id(raw):
    return ml.hashlib.sha1(b"commit %d\0" % len(raw) + raw).hexdigest()


# A record that cannot be read or decided takes others with it; nothing else may be reported beside what is wanted.
FOLLOWS = {
    "header": {"map", "chain", "authority", "about", "statement", "base", "signatures", "dsse", "tree"},
    "statement": {"map", "authority", "about", "base"},
    "signatures": {"map", "authority"},
    "about": {"authority", "map", "dsse"},
    "base": {"authority"},
    "dsse": {"authority"},
}


class MemoryRepository:
    """All objects of a ledger in memory; some replaced, as if git's hashes still fitted."""

    def __init__(self, repo):
        self.repo, self.objects, self.changed = repo, {}, {}
        self.main = repo.head()

    def get(self, oid, kind):
        if oid not in self.objects:
            self.objects[oid] = self.repo.get(oid, kind)
        return self.changed.get(oid, self.objects[oid])

    def get_many(self, oids, kind):
        return [self.get(o, kind) for o in oids]

    def head(self):
        return self.main

    def checks(self):
        return []

    def close(self):
        """The real one is closed at the end."""


class Flips(Base):
    def test_every_line(self):
        """One bit in one byte of line 1, 2 or 3 of every record, at many places: always found, by a check of that line."""
        path, w = self.ledger(short)
        repo = MemoryRepository(gitlog.Repository(path))
        expected = ({"header", "chain"}, {"statement"}, {"signatures"})

        def read():
            r = reader.Reader.__new__(reader.Reader)
            real, gitlog.Repository = gitlog.Repository, lambda p: repo
            try:
                r.__init__(path, None)
            finally:
                gitlog.Repository = real
            return r.run()
        self.assertTrue(read()["ok"])
        n = 0
        for seq in range(len(w.ids)):
            oid = w.files[record_path(seq)][1]
            blob = repo.get(oid, "blob")
            line, places = 0, {0: [], 1: [], 2: []}
            for i, c in enumerate(blob):
                places[min(line, 2)].append(i)
                line += c == 10
            for line, where in places.items():
                step = max(1, len(where) // 12)
                for i in where[seq % step::step] + [where[-1]]:
                    b = bytearray(blob)
                    b[i] ^= 1 << (i + seq) % 8
                    repo.changed = {oid: bytes(b)}
                    r = read()
                    got = {e["check"] for e in r["errors"] if e["seq"] in (seq, seq + 1)}
                    with self.subTest(seq=seq, line=line, byte=i):
                        self.assertFalse(r["ok"])
                        self.assertTrue(got & (expected[line] | {"header"}) or "tree" in {e["check"] for e in r["errors"]}, r["errors"])
                        if blob[i] != 10 and b[i] != 10:
                            self.assertTrue({e["check"] for e in r["errors"]} & (expected[line] | {"tree"}), r["errors"])
                    n += 1
        self.assertGreater(n, 250)
        repo.repo.close()


class Trust(Base):
    def report(self, change=lambda t: t):
        path, w = self.ledger(ml.standard)
        text = change(ml.trust_text(w))
        return self.read(path, note.Trust(text.encode()))

    def test_good(self):
        r = self.report()
        self.assertTrue(r["ok"])
        self.assertEqual(r["trust"], {"quorum": True, "complete": False, "profiles": {"demo": True}})

    def test_later_operator_key_is_fine(self):
        new = ml.vkey(ml.ORIGIN, 1, "operator-2")
        self.assertTrue(self.report(lambda t: t.replace(ml.vkey(ml.ORIGIN, 1, "operator"), new))["ok"])

    def test_rows(self):
        rows = [
            ("genesis", lambda t: t.replace(t[t.index("genesis "):][:79], "genesis " + OTHER_ID), "authority"),
            ("log-key", lambda t: t.replace(ml.vkey(ml.ORIGIN, 1, "operator"), ml.vkey(ml.ORIGIN, 1, "stranger")), "authority"),
            ("origin", lambda t: t.replace(ml.vkey(ml.ORIGIN, 1, "operator"), ml.vkey("ledger.example/x", 1, "operator")), "checkpoint"),
            ("keyset-floor", lambda t: t + "keyset %s\n" % OTHER_ID, "authority"),
            ("no-such-witness-line", lambda t: t.replace(ml.vkey("witness.example/w1", 4, "witness-1"), ml.vkey(ml.ORIGIN + "/heartbeat", 4, "witness-1")), None),
        ]
        for name, change, check in rows:
            with self.subTest(name):
                r = self.report(change)
                if check is None:
                    self.assertFalse(r["trust"]["quorum"])
                else:
                    self.assertIn(check, {e["check"] for e in r["errors"]})

    def test_malformed(self):
        path, w = self.ledger(short)
        good = ml.trust_text(w)
        note.Trust(good.encode())
        lines = good.splitlines(True)
        w2 = "witness w2 %s\n" % ml.vkey("witness.example/w2", 4, "witness-1")
        rows = {
            "no-final-newline": good[:-1], "carriage-return": good.replace("\n", "\r\n"), "unknown-line": good + "trust me\n",
            "second-log": good + lines[1], "second-quorum": good + "quorum none\n", "no-genesis": good.replace("genesis", "#genesis"),
            "no-fresh": good.replace("fresh", "#fresh"), "fresh-zero": good.replace("P7D", "P0D"), "fresh-hours": good.replace("P7D", "PT7H"),
            "two-witnesses-one-key": good.replace("group", w2 + "group"), "group-before-member": lines[0] + lines[1] + lines[3] + lines[2] + "".join(lines[4:]),
            "member-of-two-groups": good.replace("quorum", "group h any w1\nquorum"), "threshold-0": good.replace("any", "0"), "threshold-2": good.replace("any", "2"),
            "quorum-undefined": good.replace("quorum g", "quorum x"), "name-none": good.replace("group g any w1", "group none any w1"),
            "witness-with-the-log-key": good.replace("group", "witness w2 %s\ngroup" % ml.vkey("x", 4, "operator")), "over-64-pins": good + lines[-1] * 63,
            "vkey-id": good.replace(lines[1].split("+")[1], "00000000"), "vkey-type": good.replace("log ", "log " + ml.vkey(w.origin, 4, "operator") + "\n#"),
            "digest-upper-case": good.replace("sha256:" + w.ids[0][7:], "sha256:" + w.ids[0][7:].upper()), "control": good + "\x01\n", "empty": "",
        }
        for name, text in rows.items():
            with self.subTest(name), self.assertRaises(form.Bad):
                note.Trust(text.encode())


def vectors(name):
    with open(os.path.join(HERE, "..", "vectors", "format", name + ".json"), encoding="utf-8") as f:
        return json.load(f)["cases"]


class Vectors(unittest.TestCase):
    """The reader and the writer agree with the frozen values, which come from a third script."""

    def check(self, name, fn):
        cases = vectors(name)
        self.assertGreater(len(cases), 2)
        for c in cases:
            with self.subTest(name + " " + c["id"]):
                fn(c["input"], c["want"])

    def accepts(self, ok, do, *args):
        if ok:
            return do(*args)
        with self.assertRaises(form.Bad):
            do(*args)
        return None

    def test_frozen(self):
        make = os.path.join(HERE, "..", "vectors", "make.py")
        self.assertEqual(subprocess.run([sys.executable, make, "--check"], check=False).returncode, 0)

    def test_header(self):
        def one(i, want):
            h = self.accepts(want["ok"], form.parse_header, i["line"].encode())
            if h:
                self.assertEqual((h, form.parse_time(h["time"])), (want["fields"], want["unix"]))
                self.assertEqual(form.digest_text(hashes.leaf_hash(i["line"].encode())), want["record_id"])
        self.check("header", one)

    def test_tree(self):
        def one(i, want):
            t, f = hashes.Tree(), ml.Frontier()
            for e in i["entries"]:
                t.add(hashes.leaf_hash(e.encode()))
                f.add(hashes.leaf_hash(e.encode()))
            self.assertEqual((ml.dig(t.root()), ml.dig(f.root())), (want["root"], want["root"]))
        self.check("tree", one)

    def test_chain(self):
        def one(i, want):
            if "seq" in i:
                d = [bytes.fromhex(i["chain"])] + [i[k] for k in ("seq", "time")] + [form.digest_bytes(i[k]) for k in ("statement", "signatures")]
                self.assertEqual(hashes.chain_step(*d).hex(), want["chain"])
            else:
                k = form.sha(i["subject"].encode())
                self.assertEqual((k.hex(), hashes.map_leaf(k, i["count"], bytes.fromhex(i["chain"])).hex()), (want["key"], want["leaf"]))
        self.check("chain", one)

    def test_map(self):
        def one(i, want):
            m, t = hashes.Map(), ml.Trie()
            for e in i["entries"]:
                k = bytes.fromhex(e["key"])
                m._put(k, (hashes.map_leaf(k, e["count"], bytes.fromhex(e["chain"])), k))
                bits = bin(int.from_bytes(k, "big"))[2:].zfill(256)
                t._insert(bits)
                t.entry[bits] = (e["count"], bytes.fromhex(e["chain"]))
                t.hash = {}
            self.assertEqual((m.root().hex(), t.root().hex()), (want["root"], want["root"]))
        self.check("map", one)

    def test_map_proofs(self):
        def one(i, want):
            p, entry = i["proof"], None
            if p["kind"] != "absent-empty":
                entry = (bytes.fromhex(p.get("key", i["key"])), p["count"], bytes.fromhex(p["chain"]))
            got = hashes.check_proof(bytes.fromhex(i["key"]), p["kind"], entry, [bytes.fromhex(s) for s in p["siblings"]], bytes.fromhex(i["root"]))
            self.assertEqual(got, want["ok"])
        self.check("map-proofs", one)

    def test_about(self):
        self.check("about", lambda i, want: self.assertEqual(self.accepts(want["ok"], form.derive_about, i["about"], i["body"]) or [], want["about"]))

    def test_issued(self):
        def one(i, want):
            first = self.accepts(want["ok"], form.issued_first, i["issued"])
            if want["ok"]:
                self.assertEqual(form.issued_first(want["first"]), first)
        self.check("issued", one)

    def test_statement(self):
        def one(i, want):
            if "type" in i:
                payload, typ = base64.b64decode(i["payload"]), i["type"].encode()
                self.assertEqual(b"DSSEv1 %d %s %d %s" % (len(typ), typ, len(payload), payload), base64.b64decode(want["pae"]))
                if typ == form.PAYLOAD_TYPE:
                    self.assertEqual(form.pae(payload), base64.b64decode(want["pae"]))
            elif "seed" in i:
                (keyid, sig), = form.parse_signatures(want["line"].encode())
                k = keys.Ring().get(want["spki"])
                self.assertEqual("sha256:" + keyid, want["keyid"])
                self.assertTrue(k.verify(form.pae(i["statement"].encode()), sig))
                self.assertEqual(ml.key("root-a").sign(form.pae(i["statement"].encode())), sig)
            else:
                self.assertEqual(form.jcs(i["statement"]).decode(), want["line"])
                form.parse_statement(want["line"].encode(), False)
        self.check("statement", one)

    def test_commitment(self):
        self.check("commitment", lambda i, want: self.assertEqual(
            form.sha(b"\6", bytes.fromhex(i["salt"]), form.sha(base64.b64decode(i["document"]))).hex(), want["commitment"]))

    def test_checkpoint(self):
        def one(i, want):
            _, pub = note.parse_vkey(want["vkey"], 1)
            name, heart = note.parse_vkey(want["heartbeat_vkey"], 4)
            for text in (want["note"], want["cosigned"]):
                c = note.Checkpoint(text.encode())
                c.check_order()
                c.check_operator([pub])
                known = c.check_known({}, heart)
            self.assertEqual(list(known.values()), [i["heartbeat_time"]])
            self.assertEqual((c.origin, c.size, ml.dig(c.root)), (i["origin"], i["size"], i["root"]))
        self.check("checkpoint", one)

    def test_git(self):
        def one(i, want):
            if "path" in want:
                self.assertEqual(record_path(i["seq"]), want["path"])
            elif "message" in want:
                root = ml.b64(form.digest_bytes(i["root"]))
                self.assertEqual(gitlog.message(i["first"], i["records"], i["size"], root), want["message"])
            elif "ok" in want:
                self.assertEqual(form.match(form.ORIGIN, i["origin"]), want["ok"])
        self.check("git", one)

    def test_keys(self):
        self.check("keys", lambda i, want: self.accepts(want["ok"], lambda: keys.Key(base64.b64decode(i["spki"]))))


if __name__ == "__main__":
    unittest.main()
