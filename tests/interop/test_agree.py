#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`akashi audit` and reader.py judge alike: good ledgers, ledgers forged with the operator's key, and tampered repositories.

    python3 tests/interop/test_agree.py PROGRAM [TEST...]        (or AKASHI=PROGRAM; without TEST all of them, side by side)

What must agree: whether a ledger is sound; size, root, and every record's standing, when sealed and now; void records and skipped
signatures; and when it is not sound, the first problem's check and seq, where both name them (FORMAT 19.2).
"""
import base64
import gzip
import json
import os
import shutil
import struct
import subprocess
import sys
import tempfile
import unittest
import zlib

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

import cli_ledger  # noqa: E402
import make_ledger as ml  # noqa: E402
import once  # noqa: E402
import reader  # noqa: E402
import tokens  # noqa: E402
from cases import ACCEPTED, CHANGES, ROWS  # noqa: E402
from forge import OTHER_ID, rotate, stamped, then, timestamp  # noqa: E402
from second import gitlog, note  # noqa: E402
from tampers import TAMPERS, Repo  # noqa: E402

once.ask_once()

PROGRAM = [None]
# The one exception of FORMAT 19.2: these commits change what an earlier one sealed.
CHANGED_LATER = {"11.2-record-removed", "11.2-record-rewritten"}
# Where history is cut off or none is there, the program says that it could not audit (exit 3), and makes no report.
UNANSWERED = {"shallow", "main-gone", "alternates", "multi-pack-index"}
# A version that neither knows is neither good nor bad (FORMAT 4.4, 19.1).
UNKNOWN = {"4.4-version-2", "5.1-type-version", "5.1-other-statement-type"}
# Reasons that both tell by the same word; the others are finer here than there.
WORDS = {"AK_WRONG_LEDGER", "AK_CLOCK", "AK_DANGLING", "AK_HELD_BACK", "AK_UNKNOWN_TYPE"}


class Both(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="akashi-agree-")
        cls.path = os.path.join(cls.folder, "l.git")

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder)

    def audit(self, path, trust):
        """-> (sound, report or None when it could not be begun)"""
        if trust is not None:
            with open(path + ".trust", "w", encoding="utf-8") as f:
                f.write(trust)
        r = subprocess.run([PROGRAM[0], "audit", "-C", path, "--json"] + (["--no-trust"] if trust is None else ["--trust", path + ".trust"]),
                           env=dict(gitlog.ENV, HOME=self.folder), stdin=subprocess.DEVNULL, capture_output=True, check=False)
        self.assertIn(r.returncode, (0, 1, 3), r.stderr)
        try:
            report = json.loads(r.stdout)
        except ValueError:
            report = None
        if report is None or "errors" not in report:
            self.assertNotEqual(r.returncode, 0)
            return False, None
        self.assertEqual((report["ok"], report["unknown_version"] or report["other_ledger"]), (r.returncode == 0, r.returncode == 3))
        return None if report["unknown_version"] else report["ok"], report

    def read(self, path, trust):
        try:
            return reader.Reader(path, None if trust is None else note.Trust(trust.encode())).run()
        except gitlog.CouldNotRun:
            return {"ok": False, "errors": [], "void": []}

    def compare(self, path, first=True, trust=None, answered=True):
        """Both reports, after everything that must agree was seen to."""
        mine = self.read(path, trust)
        sound, theirs = self.audit(path, trust)
        self.assertEqual(theirs is None, not answered)
        self.assertEqual(mine["ok"], sound, (mine["errors"], theirs and theirs["errors"]))
        if theirs is None:
            return mine, None
        if sound:
            self.same_standing(mine, theirs)
        elif first and mine["errors"]:
            a, b = mine["errors"][0], theirs["errors"][0]
            self.assertEqual(a["check"], b["check"], (mine["errors"], theirs["errors"]))
            if a["seq"] is not None and "seq" in b:
                self.assertEqual(a["seq"], b["seq"], (mine["errors"], theirs["errors"]))
            self.same_void(mine, theirs, theirs["replayed"])
        return mine, theirs

    def same_void(self, mine, theirs, end):
        words = [[(v["seq"], v["status"] if v["status"] in WORDS else None) for v in x["void"] if v["seq"] < end] for x in (mine, theirs)]
        self.assertEqual(words[0], words[1], (mine["void"], theirs["void"]))

    def same_standing(self, mine, theirs):
        self.assertEqual((mine["size"], "sha256:" + mine["root"]), (theirs["size"], theirs["root"]))
        self.assertEqual(theirs["replayed"], theirs["size"])
        self.same_void(mine, theirs, theirs["size"])
        self.assertEqual(mine["skipped"], theirs["skipped"])
        void, changed = {v["seq"] for v in theirs["void"]}, set(theirs["authority"]["changed_since"])
        self.assertEqual([(r["when_sealed"], r["authorised"]) for r in mine["records"]],
                         [(s not in void, (s not in void) != (s in changed)) for s in range(theirs["size"])])
        self.assertEqual(theirs["authority"]["authorised"], theirs["size"] - len(void))


class Forged(Both):
    """Ledgers of make_ledger.py, computed and signed anew over what was changed."""

    def test_rows(self):
        for name, script, hooks, what, seq in ROWS:
            with self.subTest(name):
                ml.build(self.path, hooks, script)
                mine, theirs = self.compare(self.path, name not in CHANGED_LATER)
                self.assertIsNotNone(theirs)
                self.assertEqual(mine["ok"] is None, name in UNKNOWN)
                if what == "void":
                    self.assertIn(seq, [v["seq"] for v in theirs["void"]])
                elif name not in CHANGED_LATER:
                    self.assertEqual((theirs["errors"][0]["check"], theirs["errors"][0].get("seq")), (what, seq), theirs["errors"])

    def test_unknown_version_is_told_by_every_command(self):
        """A record of a later format: nothing is answered, nothing is called altered, and what to do is said (docs/adr/0040)."""
        _, script, hooks, _, _ = next(r for r in ROWS if r[0] == "4.4-version-2")
        trust = self.path + ".trust"
        key = os.path.join(self.folder, "w.key")
        ml.build(self.path, None, script)
        bundle, changed = self.path + ".akashi", self.path + ".2.akashi"

        def run(program, *args):
            r = subprocess.run([program, *args], env=dict(gitlog.ENV, HOME=self.folder), stdin=subprocess.DEVNULL, capture_output=True, check=False,
                               encoding="utf-8")
            return r.returncode, " ".join((r.stdout + r.stderr).split())
        self.assertEqual(run(PROGRAM[0], "keygen", "-o", key)[0], 0)
        self.assertEqual(run(PROGRAM[0], "bundle", "l1", "-C", self.path, "-o", bundle)[0], 0)
        w = ml.build(self.path, hooks, script)
        with open(trust, "w", encoding="utf-8") as f:
            f.write(ml.trust_text(w))
        at = ("-C", self.path)
        rows = [("audit", *at, "--trust", trust), ("verify", "l1", *at, "--trust", trust), ("list", *at), ("log", *at), ("show", "3", *at), ("search", "l1", *at),
                ("status", *at, "--trust", trust), ("bundle", "l1", *at, "-o", changed), ("seal", bundle, *at, "--operator", key),
                ("witness", "cosign", *at, "--trust", trust, "--key", key, "--name", "w.example/w", "--first", "-o", self.path + ".line")]
        for row in rows:
            for lang, record, then in (("en", "record #5 is of format 2, which this program does not know", "nothing was found altered"),
                                       ("ja", "記録 #5 の形式 2 は、このプログラムが知らない形式である", "改ざんは見いだされていない")):
                with self.subTest(row[0] + " " + lang):
                    code, said = run(PROGRAM[0], *row, "--lang", lang)
                    self.assertEqual(code, 3, said)
                    self.assertIn(record.replace(" ", ""), said.replace(" ", ""))
                    self.assertIn(then.replace(" ", ""), said.replace(" ", ""))
        # The same in a bundle, which only a later program can have made.
        with open(bundle, "rb") as f:
            packed = f.read()
        text = gzip.decompress(packed)
        at_v = text.rindex(b'\\"v\\":1') + 6
        text = text[:at_v] + b"2" + text[at_v + 1:]
        deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
        with open(changed, "wb") as f:
            f.write(packed[:10] + deflate.compress(text) + deflate.flush() + struct.pack("<II", zlib.crc32(text), len(text)))
        code, said = run(os.path.join(os.path.dirname(PROGRAM[0]), "akashi-verify"), changed, "--trust", trust, "--no-state", "--lang", "en")
        self.assertEqual(code, 3, said)
        self.assertIn("is of format 2, which this program does not know", said)
        self.assertIn("nothing was found altered", said)
        self.assertNotIn("not what the ledger signed", said)

    def test_accepted(self):
        for name, script, hooks in ACCEPTED:
            with self.subTest(name):
                ml.build(self.path, hooks, script)
                _, theirs = self.compare(self.path)
                self.assertEqual((theirs["errors"], theirs["void"]), ([], []))

    def test_now_and_then(self):
        for name, script, void, changed in CHANGES:
            with self.subTest(name):
                ml.build(self.path, None, script)
                _, theirs = self.compare(self.path)
                self.assertEqual(([v["seq"] for v in theirs["void"]], theirs["authority"]["changed_since"]), (void, changed))


class Stamps(Both):
    """What an audit says of time stamps over checkpoints (FORMAT 19.3).  Whose they are the reader does not ask."""

    def test_outcomes(self):
        def by(label):
            return stamped(timestamp(make=lambda w, text, t: [tokens.response(tokens.token(text, t, label=label))]))

        def late(w, text, t):
            return [tokens.response(tokens.token(text, t + 60 + 301))]
        other = stamped(timestamp(make=lambda w, text, t: [tokens.response(tokens.token(b"something else", t))]))
        broken = stamped(timestamp(form="rfc4998", make=lambda w, text, t: [tokens.renewed(text, t - 9, b"another token")]))
        moved = stamped(timestamp(form="rfc4998", make=lambda w, text, t: [tokens.moved(text, t - 9, w.blobs[:6])]))
        rows = [
            ("sound", by("tsa-p256"), "sound", None),
            ("nobody names an authority", then(timestamp()), "unpinned", "AK_NO_TRUSTED_SIG"),
            ("24.3-by-another-authority", by("tsa-2-p256"), "unpinned", "AK_NO_TRUSTED_SIG"),
            ("24.3-after-the-record", stamped(timestamp(make=late)), "unsound", "AK_BAD_TIMESTAMP"),
            ("15.5-over-something-else", other, "elsewhere", "AK_CHAIN_BROKEN"),
            ("15.5-of-another-root", stamped(timestamp(root=OTHER_ID)), "elsewhere", "AK_TREE_MISMATCH"),
            ("24.1-no-token", stamped(timestamp(tokens=["MAMCAQA="])), "unsound", "AK_BAD_FORMAT"),
            ("25.2-renewal-over-something-else", broken, "unsound", "AK_CHAIN_BROKEN"),
            ("25.3-records-not-covered", moved, "unsound", "AK_CHAIN_BROKEN"),
            ("16.7.2-not-by-the-operator", stamped(timestamp(["office"])), "not-checked", None),
        ]
        for name, script, outcome, status in rows:
            with self.subTest(name):
                ml.build(self.path, None, script)
                sound, report = self.audit(self.path, None)
                told, check = report["timestamps"], [c for c in report["checks"] if c["id"] == "timestamps"][0]
                self.assertTrue(sound)
                self.assertEqual({k: v for k, v in told.items() if v and k != "unproven"}, {outcome: 1})
                self.assertEqual([v["seq"] for v in report["void"]], [] if outcome == "sound" else [8])
                self.assertEqual((check["outcome"], check["count"]), ("passed" if outcome in ("sound", "not-checked") else "failed", int(outcome != "not-checked")))
                self.assertEqual([(u["seq"], u["size"], u["outcome"], u["status"]) for u in told["unproven"]],
                                 [] if status is None else [(8, 7, outcome, status)])
                if outcome in ("elsewhere", "unpinned"):
                    one = told["unproven"][0]
                    self.assertTrue(one["found"].startswith("sha256:") and one["where"], one)
                    self.assertNotEqual(one["expected"], one["found"])


class Trust(Both):
    def test_rows(self):
        w = ml.build(self.path, None, rotate)
        good, key = ml.trust_text(w), ml.vkey(ml.ORIGIN, 1, "operator")
        k2 = w.ids[w.label["k2"]]
        rows = [
            ("good", good, None),
            ("later-operator-key", good.replace(key, ml.vkey(ml.ORIGIN, 1, "operator-2")), None),
            ("floor", good + "keyset %s\n" % k2, None),
            ("floor-at-genesis", good + "keyset %s\n" % w.ids[0], None),
            ("other-genesis", good.replace(w.ids[0], OTHER_ID), "chain"),
            ("other-log-key", good.replace(key, ml.vkey(ml.ORIGIN, 1, "stranger")), "trust"),
            ("other-origin", good.replace(key, ml.vkey("ledger.example/x", 1, "operator")), "trust"),
            ("other-floor", good + "keyset %s\n" % OTHER_ID, "trust"),
            ("floor-is-no-keyset", good + "keyset %s\n" % w.ids[1], "trust"),
        ]
        for name, text, check in rows:
            with self.subTest(name):
                mine, theirs = self.compare(self.path, trust=text)
                self.assertEqual(mine["errors"][0]["check"] if mine["errors"] else None, check)
                self.assertEqual(theirs["errors"][0]["check"] if theirs["errors"] else None, check)

    def test_witness_that_fails(self):
        def script(w):
            rotate(w)
            w.cosign("witness.example/w1", "witness-1", w.now + 1)
            w.cosigs = {k: v[:-1] + bytes([v[-1] ^ 1]) for k, v in w.cosigs.items()}
            w.commit_cosignatures()
        w = ml.build(self.path, None, script)
        self.assertTrue(self.compare(self.path)[0]["ok"])  # nobody knows its key
        _, theirs = self.compare(self.path, trust=ml.trust_text(w))
        self.assertEqual(theirs["errors"][0]["check"], "checkpoint")


class Raw(Both):
    """Copies of two good ledgers, tampered with as whoever can write to a repository could."""

    def tampered(self, base):
        for name, do, expected in TAMPERS:
            with self.subTest(name):
                shutil.rmtree(self.path, ignore_errors=True)
                shutil.copytree(base, self.path)
                do(Repo(self.path))
                mine, _ = self.compare(self.path, expected in ("same", "unknown"), answered=name not in UNANSWERED)
                self.assertEqual(mine["ok"], {"sound": True, "unknown": None}.get(expected, False), mine["errors"])

    def test_demo(self):
        base = os.path.join(self.folder, "demo.git")
        ml.build(base, None, ml.standard)
        self.tampered(base)

    def test_clone(self):
        """Observers are told to clone; what lies in the work tree is nobody's word."""
        w, clone = ml.build(self.path, None, ml.standard), os.path.join(self.folder, "clone")
        subprocess.run(["git", "clone", "-q", self.path, clone], env=gitlog.ENV, capture_output=True, check=True)
        with open(os.path.join(clone, "checkpoint"), "w", encoding="ascii") as f:
            f.write("scribble")
        apart = os.path.join(self.folder, "apart")
        subprocess.run(["git", "clone", "-q", "--separate-git-dir", apart + ".git", self.path, apart], env=gitlog.ENV, capture_output=True, check=True)
        for path in (clone, os.path.join(clone, ".git"), apart):
            mine, _ = self.compare(path, trust=ml.trust_text(w))
            self.assertEqual((mine["ok"], mine["size"]), (True, 18))

    def test_akashi(self):
        place = os.path.join(self.folder, "made")
        os.mkdir(place)
        self.tampered(cli_ledger.Maker(PROGRAM[0], place).make())


class Made(Both):
    """A ledger that akashi made, from its first key to a rotation."""

    def test_made(self):
        place = os.path.join(self.folder, "made")
        os.mkdir(place)
        maker = cli_ledger.Maker(PROGRAM[0], place)
        path = maker.make()
        with open(os.path.join(place, "trust"), encoding="utf-8") as f:
            trust = f.read()
        for text in (None, trust):
            mine, theirs = self.compare(path, trust=text)
            self.assertEqual((mine["errors"], mine["void"], mine["skipped"], mine["size"]), ([], [], [], 16))
            self.assertTrue(all(r["authorised"] for r in mine["records"]))
        self.assertTrue(theirs["genesis_pinned"])
        maker.rotate()
        mine, _ = self.compare(path, trust=trust)
        self.assertEqual(mine["size"], 17)
        self.stock_git(path)

    def stock_git(self, path):
        with open(path + ".signers", "w", encoding="ascii") as f:
            for seq in (0, 16):
                shown = json.loads(subprocess.run([PROGRAM[0], "show", str(seq), "-C", path, "--json"], env=gitlog.ENV, capture_output=True, check=True).stdout)
                f.write(gitlog.allowed_line(cli_ledger.ORIGIN, base64.b64decode(shown["body"]["operator"]["spki"])[12:]))
        git = ["git", "--git-dir", path, "-c", "gpg.ssh.allowedSignersFile=" + path + ".signers"]
        commits = subprocess.run(git + ["rev-list", "main"], env=gitlog.ENV, capture_output=True, check=True).stdout.decode().split()
        self.assertEqual(len(commits), 14)
        for c in commits:
            r = subprocess.run(git + ["verify-commit", c], env=gitlog.ENV, capture_output=True, check=False)
            self.assertEqual(r.returncode, 0, r.stderr)
        subprocess.run(git + ["fsck", "--strict"], env=gitlog.ENV, capture_output=True, check=True)
        subprocess.run(git + ["gc", "-q"], env=gitlog.ENV, capture_output=True, check=True)
        self.compare(path)


def side_by_side():
    """Each group of tests in a process of its own: most of the time goes into waiting for commands."""
    groups = [c.__name__ for c in Both.__subclasses__()]
    return int(any([r.wait() for r in [subprocess.Popen([sys.executable, __file__, PROGRAM[0], g]) for g in groups]]))


def main():
    if len(sys.argv) > 1 and not hasattr(sys.modules[__name__], sys.argv[1].split(".")[0]) and not sys.argv[1].startswith("-"):
        PROGRAM[0] = os.path.abspath(sys.argv.pop(1))
    else:
        PROGRAM[0] = os.environ.get("AKASHI")
    if not PROGRAM[0]:
        print("skipped: name the akashi program")
        sys.exit(77)
    if len(sys.argv) > 1:
        unittest.main()
    sys.exit(side_by_side())


if __name__ == "__main__":
    main()
