#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""One ledger moves from one signature algorithm to another and stays what it was (adr/0038): every key of the keyset, and those of
who decides, publishes and audits, are replaced, Ed25519 -> P-256 -> RSA -> Ed25519, in a ledger with a listing.  Before, across and after each move the same is said by
`akashi audit`, `akashi verify`, `akashi-verify`, a witness that watched from the start, one that comes later, and reader.py.

    python3 tests/interop/test_move.py PROGRAM        (or AKASHI=PROGRAM; akashi-verify lies beside it, or is AKASHI_VERIFY)
"""
import base64
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

import cli_ledger  # noqa: E402
import once  # noqa: E402
import reader  # noqa: E402
from cli_ledger import ROLES, SEATS  # noqa: E402
from second import note  # noqa: E402

once.ask_once()
PROGRAM = [None]
LISTING, LISTED_ON = "C24-0101-2", "2024-07-01"
MEMBERS = {"secretariat": ["secretariat"], "committee": SEATS, "koh-audit": ["koh-audit"]}
ROOTS = ["root-1", "root-2", "root-3"]
MOVES = ["p256", "rsa", "ed25519"]
OIDS = {"p256": "06082a8648ce3d030107", "rsa": "06092a864886f70d010101", "ed25519": "06032b6570"}


class Mover(cli_ledger.Maker):
    """The keys in force have the names of keys/<name>.key; those that were replaced go to keys/<name>.<n>.key."""

    moves = 0

    def make(self):
        """The listing is corrected back: it is valid again."""
        path = super().make()
        self.run("correct", "#%d" % self.seq["listing-1"], "--field", "/expires_on", "--to", "2025-07-31", "--reason", "as it was", "-o", "back.json")
        self.run("seal", self.sign("back", ["secretariat"]), "--quiet")
        return path

    def spki(self, name):
        with open(os.path.join(self.place, "keys", name + ".pub"), encoding="ascii") as f:
            return base64.b64decode("".join(f.read().split("-----")[2].split()))

    def key_json(self, name):
        spki = self.spki(name)
        return {"id": hashlib.sha256(spki).hexdigest(), "spki": base64.b64encode(spki).decode()}

    def new_key(self, name, alg):
        """keys/<name>.new.key; this program makes no RSA keys: another does, and it is taken over."""
        new = name + ".new"
        if alg == "rsa":
            pem = os.path.join(self.place, "keys", new + ".pem")
            subprocess.run(["openssl", "genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", pem], check=True, capture_output=True)
            os.chmod(pem, 0o600)
            self.run("keygen", "--import", pem, "-o", "keys/%s.key" % new, "--pub", "keys/%s.pub" % new, ledger=False)
        else:
            self.run("keygen", "--alg", alg, "-o", "keys/%s.key" % new, "--pub", "keys/%s.pub" % new, ledger=False)
        assert bytes.fromhex(OIDS[alg]) in self.spki(new)

    def takes_over(self, name):
        for end in ("key", "pub"):
            old = os.path.join(self.place, "keys", name + "." + end)
            os.rename(old, os.path.join(self.place, "keys", "%s.%d.%s" % (name, self.moves, end)))
            os.rename(os.path.join(self.place, "keys", name + ".new." + end), old)

    def body(self, body):
        with open(os.path.join(self.place, "body.json"), "w", encoding="utf-8") as f:
            json.dump(body, f, ensure_ascii=False)
        return "body.json"

    def move_keyset(self, alg):
        """Record and head are signed by both sides; the note key stays Ed25519 (FORMAT 9.2), and changes too."""
        for name in ROOTS:
            self.new_key(name, alg)
        for name in ("operator", "heartbeat"):
            self.new_key(name, "ed25519")
        body = {"number": self.moves + 2, "threshold": 2, "operator": self.key_json("operator.new"), "heartbeat": self.key_json("heartbeat.new"),
                "root": [{"holder": r, "key": self.key_json(r + ".new")} for r in ROOTS]}
        name = "keyset-%d" % body["number"]
        self.run("draft", "keyset", "--body", self.body(body), "-o", name + ".json")
        path = self.sign(name, ["root-1", "root-2", "root-1.new", "root-2.new", "operator.new", "heartbeat.new"])
        self.run("seal", path, "--operator", "keys/operator.new.key", "--old-operator", "keys/operator.key", "--adopt-head", "--quiet")
        for k in ROOTS + ["operator", "heartbeat"]:
            self.takes_over(k)

    def party_record(self, party, alg):
        """New keys for members that are there, signed by whoever enrols such a party."""
        args, by = [], ["root-1", "root-2"] if party != "koh-audit" else ["secretariat"]
        for m in MEMBERS[party]:
            self.new_key(m, alg)
            args += ["--member", "%s:keys/%s.new.pub:seat of %s" % (m, m, m)]
        name = "%s-%d" % (party, self.moves)
        self.run("party", party, "--role", ROLES[party], "--name-ja", party, "--name-en", party, "-o", name + ".json", *args)
        return self.sign(name, [m + ".new" for m in MEMBERS[party]] + by)

    def move_parties(self, alg):
        """Then the old keys are withdrawn, all at once."""
        members = [m for p in MEMBERS for m in MEMBERS[p]]
        old = [self.key_json(m)["id"] for m in members]
        self.run("seal", *[self.party_record(p, alg) for p in MEMBERS], "--operator", "keys/operator.key", "--quiet")
        for m in members:
            self.takes_over(m)
        name = "old-%d" % self.moves
        self.run("draft", "revocation", "--body", self.body({"keys": [{"id": k} for k in old], "reason": "superseded"}), "-o", name + ".json")
        self.run("seal", self.sign(name, ["root-1", "root-2"]), "--operator", "keys/operator.key", "--quiet")

    def decide(self, keys=SEATS, name="deferred"):
        """A decision about the listing that changes nothing of it."""
        name = "%s-%d" % (name, self.moves)
        self.run("draft", "decision", "--no-refs", "--issued", "2024-06-20", "--body", self.body(
            {"listing": LISTING, "kind": "renewal", "outcome": "deferred", "decided_on": "2024-06-20", "meeting": "第%d回" % (30 + self.moves)}), "-o", name + ".json")
        self.run("seal", self.sign(name, keys), "--operator", "keys/operator.key", "--quiet")

    def move(self, alg):
        self.move_keyset(alg)
        self.move_parties(alg)
        self.decide()
        self.moves += 1


class Move(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="akashi-move-")

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder)

    def ask(self, *args, program=None, want=0):
        r = subprocess.run([program or PROGRAM[0]] + [str(a) for a in args], cwd=self.folder, env=self.maker.env, stdin=subprocess.DEVNULL, capture_output=True, check=False)
        self.assertEqual(r.returncode, want, (args, r.stdout.decode(), r.stderr.decode()))
        return r.stdout.decode()

    def verdict_is(self, want, *args, program=None):
        v = json.loads(self.ask(*args, "--trust", "trust", "--as-of", LISTED_ON, "--json", program=program, want=0 if want == "valid" else 1 if want != "unverifiable" else 3))
        self.assertEqual(v["verdict"], want, v)
        self.assertEqual([c for c in v["checks"] if c["id"].islower() and c["outcome"] == "failed"], [])

    def all_is_well(self):
        """-> the size"""
        report = json.loads(self.ask("audit", "-C", "ledger.git", "--trust", "trust", "--json"))
        self.assertEqual((report["ok"], report["void"], report["authority"]["changed_since"]), (True, [], []))
        self.verdict_is("valid", "verify", LISTING, "-C", "ledger.git")
        bundle = "at-%d.akashi" % report["size"]
        self.ask("bundle", LISTING, "-C", "ledger.git", "-o", bundle)
        self.verdict_is("valid", bundle, program=PROGRAM[1])
        self.witnessed("w")
        return report["size"]

    def witnessed(self, name):
        """A witness goes on from what it saw; one that has seen nothing begins at the first record."""
        first = not os.path.exists(os.path.join(self.folder, name + ".key.witness"))
        if first:
            self.ask("keygen", "-o", name + ".key")
        self.ask("witness", "cosign", "-C", "ledger.git", "--trust", "trust", "--key", name + ".key", "--name", "witness.example/" + name, *(["--first"] if first else []))

    def test_there_and_back(self):
        type(self).maker = Mover(PROGRAM[0], self.folder)
        self.maker.make()
        sizes = [self.all_is_well()]
        for alg in MOVES:
            self.maker.move(alg)
            sizes.append(self.all_is_well())
            self.old_keys_are_refused()
        self.assertEqual(len([r for r in json.loads(self.ask("log", "-C", "ledger.git", "--limit", "1000", "--json")) if r["type"] == "keyset"]), 1 + len(MOVES))
        # As it was known before each move, by the trust file of then; what was handed out then; and by who comes only now.
        for size in sizes[:-1]:
            self.verdict_is("valid", "verify", LISTING, "-C", "ledger.git", "--known-at", size)
            self.verdict_is("valid", "at-%d.akashi" % size, "--no-state", program=PROGRAM[1])
        self.witnessed("late")
        self.ask("bundle", LISTING, "-C", "ledger.git", "-o", "since.akashi", "--since", sizes[0])
        self.verdict_is("valid", "since.akashi", program=PROGRAM[1])
        with open(os.path.join(self.folder, "trust"), encoding="utf-8") as f:
            mine = reader.Reader(os.path.join(self.folder, "ledger.git"), note.Trust(f.read().encode())).run()
        self.assertEqual((mine["ok"], mine["errors"], mine["void"], mine["skipped"], mine["size"]), (True, [], [], [], sizes[-1]))
        self.assertTrue(all(r["authorised"] and r["when_sealed"] for r in mine["records"]))

    def old_keys_are_refused(self):
        """A seat's key of before counts for nothing: not for a party record's signer, a decision, or a keyset."""
        for name in SEATS + ["operator"]:
            self.assertTrue(os.path.exists(os.path.join(self.folder, "keys", "%s.%d.key" % (name, self.maker.moves - 1))))
        before = self.maker.run("log", "--limit", "1", "--json")
        with self.assertRaises(AssertionError):
            self.maker.decide(["%s.%d" % (s, self.maker.moves - 1) for s in SEATS], "by-old-keys")
        self.assertEqual(self.maker.run("log", "--limit", "1", "--json"), before)


def main():
    PROGRAM[0] = os.path.abspath(sys.argv.pop(1)) if len(sys.argv) > 1 and not sys.argv[1].startswith("-") else os.environ.get("AKASHI")
    if not PROGRAM[0]:
        print("skipped: name the akashi program")
        sys.exit(77)
    PROGRAM.append(os.environ.get("AKASHI_VERIFY") or os.path.join(os.path.dirname(PROGRAM[0]), "akashi-verify"))
    unittest.main()


if __name__ == "__main__":
    main()
