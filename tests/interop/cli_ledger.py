# SPDX-License-Identifier: Apache-2.0
"""A ledger made with the akashi program: keys, profile, parties, and the records of tests/rules/base/first.json from the
auditor's registration to the listing; then a correction and a rotation of the operator's key."""
import base64
import hashlib
import json
import os
import subprocess

HERE = os.path.dirname(os.path.abspath(__file__))
FIRST = os.path.join(HERE, "..", "rules", "base", "first.json")
ORIGIN = "ledger.example/agree"
SEATS = ["seat-1", "seat-2", "seat-3"]
SIGNED_BY = {"auditor-registration": SEATS, "provider-statement": ["kakuu-kumo"], "audit-report": ["koh-audit"],
             "improvement-plan": ["kakuu-kumo"], "application": ["kakuu-kumo"], "technical-review": ["ops-support"],
             "decision": SEATS, "listing": ["secretariat"]}
# What every record of these types names: kind of the document, and whether only a commitment enters the ledger.
PAPERS = {"provider-statement": ("provider-statement", False), "audit-report": ("result-report", True), "improvement-plan": ("improvement-plan", True)}
ROLES = {"committee": "committee", "secretariat": "secretariat", "ops-support": "ops-support", "koh-audit": "auditor", "kakuu-kumo": "provider"}


class Maker:
    """In folder `place`: ledger.git, trust, keys/."""

    def __init__(self, program, place):
        self.program, self.place, self.seq = program, place, {}
        self.env = dict({k: v for k, v in os.environ.items() if not k.startswith(("AKASHI", "GIT_"))}, LC_ALL="C.UTF-8", HOME=place)

    def run(self, *args, ledger=True):
        cmd = [self.program] + [str(a) for a in args] + (["-C", "ledger.git"] if ledger else [])
        r = subprocess.run(cmd, cwd=self.place, env=self.env, stdin=subprocess.DEVNULL, capture_output=True, check=False)
        if r.returncode:
            raise AssertionError("%s: exit %d\n%s%s" % (" ".join(cmd), r.returncode, r.stdout.decode(), r.stderr.decode()))
        return r.stdout.decode()

    def sign(self, name, keys):
        path = name + ".json"
        for k in keys:
            self.run("sign", path, "--key", "keys/%s.key" % k, "--yes", "--quiet")
            path = name + ".dsse.json"
        return path

    def keygen(self, name):
        self.run("keygen", "-o", "keys/%s.key" % name, "--pub", "keys/%s.pub" % name, ledger=False)

    def party(self, name, members, signers):
        args = []
        for m in members:
            self.keygen(m)
            args += ["--member", "%s:keys/%s.pub:seat of %s" % (m, m, m)]
        self.run("party", name, "--role", ROLES[name], "--name-ja", name, "--name-en", name, "--issued", "2023-05-01", "-o", name + ".json", *args)
        return self.sign(name, members + signers)

    def record(self, r):
        with open(os.path.join(self.place, "body.json"), "w", encoding="utf-8") as f:
            json.dump(r["body"], f, ensure_ascii=False)
        args = ["--body", "body.json", "--issued", r["sealed_on"], "--no-refs", "-o", r["label"] + ".json"]
        for rel, label in r.get("refs", {}).items():
            args += ["--ref", "%s=#%d" % (rel, self.seq[label])]
        if r["type"] in PAPERS:
            kind, secret = PAPERS[r["type"]]
            with open(os.path.join(self.place, r["label"] + ".txt"), "w", encoding="utf-8") as f:
                f.write("A fictional document: %s\n" % r["label"])
            args += ["--commit" if secret else "--document", "%s.txt:%s" % (r["label"], kind)]
        self.run("draft", r["type"], *args)
        self.run("seal", self.sign(r["label"], SIGNED_BY[r["type"]]), "--quiet")
        self.seq[r["label"]] = json.loads(self.run("log", "--limit", "1", "--json"))[0]["seq"]

    def rotate(self):
        """A new operator key: record and head are signed by the old one as well."""
        self.keygen("operator-2")
        body = json.loads(self.run("show", "0", "--json"))["body"]
        with open(os.path.join(self.place, "keys", "operator-2.pub"), encoding="ascii") as f:
            spki = base64.b64decode("".join(f.read().split("-----")[2].split()))
        body.update(number=2, operator={"id": hashlib.sha256(spki).hexdigest(), "spki": base64.b64encode(spki).decode()})
        with open(os.path.join(self.place, "body.json"), "w", encoding="utf-8") as f:
            json.dump(body, f, ensure_ascii=False)
        self.run("draft", "keyset", "--body", "body.json", "-o", "keyset-2.json")
        path = self.sign("keyset-2", ["root-1", "root-2", "operator-2", "heartbeat"])
        self.run("seal", path, "--operator", "keys/operator-2.key", "--old-operator", "keys/operator.key", "--adopt-head", "--quiet")

    def make(self):
        self.run("init", "ledger.git", "--origin", ORIGIN, "--make-keys", "keys", ledger=False)
        self.run("draft", "profile", "--scheme", "ismap", "-o", "profile.json")
        self.run("seal", self.sign("profile", ["root-1", "root-2"]), "--quiet")
        roots = ["root-1", "root-2"]
        self.run("seal", self.party("committee", SEATS, roots), self.party("secretariat", ["secretariat"], roots),
                 self.party("ops-support", ["ops-support"], roots), "--quiet")
        self.run("seal", self.party("koh-audit", ["koh-audit"], ["secretariat"]), self.party("kakuu-kumo", ["kakuu-kumo"], ["secretariat"]), "--quiet")
        with open(FIRST, encoding="utf-8") as f:
            for r in json.load(f)["records"]:
                self.record(r)
        self.run("correct", "#%d" % self.seq["listing-1"], "--field", "/expires_on", "--to", "2025-07-30", "--reason", "test", "-o", "fix.json")
        self.run("seal", self.sign("fix", ["secretariat"]), "--quiet")
        self.run("trust", "init", "-o", "trust")
        return os.path.join(self.place, "ledger.git")
