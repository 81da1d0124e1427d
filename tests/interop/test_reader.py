#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""reader.py against ledgers of make_ledger.py, good and tampered with (cases.py).

    python3 tests/interop/test_reader.py
"""
import base64
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
import once  # noqa: E402
import reader  # noqa: E402
from cases import ACCEPTED, CHANGES, ROWS  # noqa: E402
from forge import OTHER_ID, at, record_path, short  # noqa: E402
from second import erased, form, gitlog, note  # noqa: E402

once.ask_once()


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


class PlaceHolder(unittest.TestCase):
    def line(self, **more):
        record, erasure, genesis = ("sha256:" + c * 64 for c in "abc")
        body = {"erasure": erasure, "record": record}
        predicate = {"about": ["demo/note:x"], "base": genesis, "body": body, "genesis": genesis, "issued": "2026-11-22T00:00:00Z",
                     "ledger": "ledger.example/demo", "refs": [], "scheme": "akashi"}
        predicate.update(more)
        line = form.jcs({"_type": "https://in-toto.io/Statement/v1", "predicateType": "urn:akashi:erased:v1", "predicate": predicate,
                         "subject": [{"digest": {"sha256": form.sha(form.jcs(body)).hex()}, "name": "body"}]})
        return erased.look(record, {"time": "2026-11-22T00:00:00Z"}, line, "ledger.example/demo", genesis)

    def test_of_this_ledger_only(self):
        other = "sha256:" + "d" * 64
        self.assertEqual(self.line(), "sha256:" + "b" * 64)
        self.assertIsNone(self.line(ledger="other.example/demo"))
        self.assertIsNone(self.line(base=other, genesis=other))
        self.assertIsNone(self.line(base=other))
        self.assertIsNone(self.line(issued="2026-11-22T00:00:01Z"))


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

    def test_now_and_then(self):
        """Sound, but some records stand otherwise now than when they were sealed."""
        for name, script, void, changed in CHANGES:
            with self.subTest(name):
                r = self.read(self.ledger(script)[0])
                self.assertEqual(r["errors"], [])
                self.assertEqual([v["seq"] for v in r["void"]], void)
                self.assertEqual([x["seq"] for x in r["records"] if x["authorised"] != x["when_sealed"]], changed)

    def test_skipped_signatures_are_told(self):
        for name, seq in (("6.3-junk-beside-a-good-one", 7), ("6.3-misnamed-beside-enough", 8)):
            script, hooks = next(row[1:] for row in ACCEPTED if row[0] == name)
            self.assertEqual(self.read(self.ledger(script, hooks)[0])["skipped"], [{"seq": seq, "count": 1}])
        self.assertEqual(self.read(self.ledger(ml.standard)[0])["skipped"], [])

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
        self.assertEqual(set(json.loads(r.stdout)), {"ok", "size", "root", "records", "errors", "void", "skipped", "suppressed", "trust"})
        path, _ = self.ledger(short, {"root": at(4, lambda v: ml.sha(v))})
        self.assertEqual(subprocess.run(cmd + [path], capture_output=True, check=False).returncode, 1)
        self.assertEqual(subprocess.run(cmd + [path + "-none"], capture_output=True, check=False).returncode, 3)
        self.assertEqual(subprocess.run(cmd, capture_output=True, check=False).returncode, 2)


class Tampered(Base):
    def test_rows(self):
        for name, script, hooks, what, seq in ROWS:
            with self.subTest(name):
                r = self.read(self.ledger(script, hooks)[0])
                if what == "void":
                    self.assertEqual(r["errors"], [])
                    self.assertIn(seq, [v["seq"] for v in r["void"]])
                    self.assertTrue(all(v["seq"] <= seq for v in r["void"]), r["void"])
                else:
                    self.assertFalse(r["ok"])
                    self.assertEqual((r["errors"][0]["check"], r["errors"][0]["seq"]), (what, seq), r["errors"])

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


class MemoryRepository:
    """All objects of a ledger in memory; some replaced, as if git's hashes still fitted."""

    def __init__(self, repo):
        self.repo, self.objects, self.changed = repo, {}, {}
        self.main = repo.head()

    def get(self, oid, kind, most=None):
        if oid not in self.objects:
            self.objects[oid] = self.repo.get(oid, kind, most)
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
            ("genesis", lambda t: t.replace(t[t.index("genesis "):][:79], "genesis " + OTHER_ID), "chain"),
            ("log-key", lambda t: t.replace(ml.vkey(ml.ORIGIN, 1, "operator"), ml.vkey(ml.ORIGIN, 1, "stranger")), "trust"),
            ("origin", lambda t: t.replace(ml.vkey(ml.ORIGIN, 1, "operator"), ml.vkey("ledger.example/x", 1, "operator")), "trust"),
            ("keyset-floor", lambda t: t + "keyset %s\n" % OTHER_ID, "trust"),
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


if __name__ == "__main__":
    unittest.main()
