#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The second reader and the second writer against tests/vectors/format, whose frozen values come from a third script.

    python3 tests/interop/test_vectors.py
"""
import base64
import json
import os
import subprocess
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

import make_ledger as ml  # noqa: E402
from forge import record_path  # noqa: E402
from second import form, gitlog, hashes, keys, note  # noqa: E402


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
                self.assertEqual(want["first_unix"] if "first_unix" in want else form.issued_first(want["first"]), first)
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
                form.parse_statement(want["line"].encode())
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
