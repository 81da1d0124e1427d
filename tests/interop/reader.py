#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A second reader of akashi ledgers, written from docs/FORMAT.md alone: it shares no code with akashi.

    reader.py LEDGER.git [--trust FILE] [--json]

LEDGER.git is a bare repository.  Needs Python 3 and the commands git, openssl and ssh-keygen.  The report is one JSON
object: {"ok","size","root","records":[{"seq","id","type","authorised","when_sealed"}],"errors":[{"check","seq","detail"}],
"suppressed","trust"}.  `authorised` is what is known now (null: could not be decided), `when_sealed` what was known then;
`trust` appears with --trust.  Checks: header statement signatures chain tree map about base repeat checkpoint commit git
dsse authority.  Exit status: 0 good, 1 problems found, 2 usage, 3 could not run.
"""
import argparse
import collections
import concurrent.futures
import json
import os
import sys
import traceback

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from second import authority, form, gitlog, note, package  # noqa: E402
from second.form import Bad, ZERO, digest_bytes, digest_text, need, sha  # noqa: E402
from second.hashes import Map, Tree, leaf_hash  # noqa: E402
from second.keys import Ring  # noqa: E402

ERRORS_PER_CHECK = 100


class Record:
    """One sealed record; `broken` when line 2 or 3 could not be read, `unknown` when its version or type is not known."""

    def __init__(self, seq):
        self.seq, self.broken, self.unknown = seq, False, False
        self.id = self.type = self.scheme = self.body = self.core = self.why = self.authorised = None
        self.about, self.refs, self.signed, self.n_documents = [], [], set(), 0


class Reader:
    def __init__(self, path, trust):
        self.repo, self.trust = gitlog.Repository(path), trust
        self.errors, self.suppressed = [], 0
        self.count = collections.Counter()
        self.records, self.tree, self.map = [], Tree(), Map()
        self.roots = authority.Roots(Ring())
        self.origin, self.last_time, self.last_id = None, 0, ZERO
        self.by_id, self.statements, self.newest = {}, {}, {}
        self.jobs, self.head = [], None
        self.pool = concurrent.futures.ThreadPoolExecutor(max_workers=4)

    def error(self, check, seq, detail):
        self.count[check] += 1
        if self.count[check] > ERRORS_PER_CHECK:
            self.suppressed += 1
            return
        self.errors.append({"check": check, "seq": seq, "detail": detail})

    def void(self, check, rec, detail):
        """An error after which the record stands, without effect."""
        self.error(check, rec.seq, detail)
        rec.why = rec.why or detail

    def attempt(self, check, seq, do, *args):
        """do(*args), with Bad turned into an error; answers (done, result)."""
        try:
            return True, do(*args)
        except Bad as e:
            self.error(check, seq, str(e))
            return False, None

    # --- one record ------------------------------------------------------------------------------------------------

    def record(self, seq, blob):
        rec = Record(seq)
        self.records.append(rec)
        ok, lines = self.attempt("header", seq, form.split_record, blob)
        if not ok:
            lines = (blob.split(b"\n") + [b"", b"", b""])[:3]
        header = self.header(rec, lines)
        self.statement(rec, lines, header)
        self.signatures(rec, lines, header)
        if not rec.broken and not rec.unknown:
            self.relations(rec)
            if rec.type in form.CORE_TYPES:
                self.roots.learn(rec)
            self.try_signatures(rec, lines)
            self.about(rec)
            self.roots.decide(rec)
        self.grow(rec, header)
        self.last_id = rec.id
        self.by_id.setdefault(rec.id, rec)
        for a in rec.about:
            self.newest[a] = seq

    def header(self, rec, lines):
        """-> (time, statement digest, signatures digest, stated map root or None)"""
        rec.id = digest_text(leaf_hash(lines[0]))
        self.tree.add(digest_bytes(rec.id))
        actual = (sha(lines[1]), sha(lines[2]))
        try:
            h = form.parse_header(lines[0])
        except Bad as e:
            self.error("header", rec.seq, str(e))
            rec.unknown = isinstance(e, form.UnknownVersion)
            rec.broken = not rec.unknown
            return (self.last_time,) + actual + (None,)
        if h["seq"] != rec.seq:
            self.error("chain", rec.seq, "seq is %d" % h["seq"])
        if h["prev"] != self.last_id:
            self.error("chain", rec.seq, "prev is %s, the record before is %s" % (h["prev"], self.last_id))
        time = form.parse_time(h["time"])
        if time < self.last_time:
            self.error("header", rec.seq, "time decreases")
        self.last_time = max(time, self.last_time)
        if digest_bytes(h["statement"]) != actual[0]:
            self.error("statement", rec.seq, "line 2 is not what the header commits to")
        if digest_bytes(h["signatures"]) != actual[1]:
            self.error("signatures", rec.seq, "line 3 is not what the header commits to")
        return (time, digest_bytes(h["statement"]), digest_bytes(h["signatures"]), digest_bytes(h["subjects"]))

    def statement(self, rec, lines, header):
        try:
            s = form.parse_statement(lines[1], rec.seq == 0)
        except Bad as e:
            self.error("statement", rec.seq, str(e))
            if isinstance(e, form.UnknownVersion):
                rec.unknown = True
            else:
                rec.broken = True
            return
        for k in ("type", "scheme", "about", "body", "refs", "n_documents", "base"):
            setattr(rec, k, s[k])
        if s["documents_wrong"]:
            self.void("statement", rec, s["documents_wrong"])
        if s["issued_first"] > header[0]:
            self.void("statement", rec, "issued later than sealed")
        if rec.seq == 0:
            self.origin = s["ledger"]
            if rec.type != "keyset":
                self.error("statement", 0, "record 0 is no keyset")
        else:
            if s["ledger"] != self.origin:
                self.void("statement", rec, "made for ledger %s" % s["ledger"])
            if s["genesis"] != self.records[0].id:
                self.void("statement", rec, "made for genesis %s" % s["genesis"])
        digest = sha(lines[1])
        if digest in self.statements:
            self.error("repeat", rec.seq, "the statement of record %d again" % self.statements[digest])
        self.statements.setdefault(digest, rec.seq)

    def signatures(self, rec, lines, header):
        ok, rec.sigs = self.attempt("signatures", rec.seq, form.parse_signatures, lines[2])
        rec.broken = rec.broken or not ok

    def relations(self, rec):
        """refs and base name earlier records of this ledger."""
        for r in rec.refs:
            if r["record"] not in self.by_id:
                self.void("statement", rec, "ref %s to %s, which is no earlier record" % (r["rel"], r["record"]))
        if rec.seq == 0:
            if rec.base != ZERO:
                self.void("base", rec, "record 0 has a base")
        elif rec.base not in self.by_id:
            self.void("base", rec, "base %s is no earlier record" % rec.base)

    def try_signatures(self, rec, lines):
        message = form.pae(lines[1])
        for keyid, sig in rec.sigs:
            first = self.roots.keys.get(keyid)
            if first is not None and first.verify(message, sig):
                rec.signed.add(keyid)
                continue
            others = [k for i, k in self.roots.keys.items() if i != keyid and k.verify(message, sig)]
            rec.signed.update(k.id for k in others)
            if not others:
                self.error("dsse", rec.seq, "no key verifies the signature with keyid %s" % keyid)

    def about(self, rec):
        """The subjects that the body gives, base of exclusive types, fitness."""
        core = rec.type in form.CORE_TYPES
        pack = self.roots.package(rec.scheme, rec.seq)
        if not core and (pack is None or rec.type not in pack.types):
            rec.why = rec.why or "no type %s in the profile of %s in force" % (rec.type, rec.scheme)
            return
        try:
            want = package.about_of(rec.type, pack, rec.body)
            need(want == rec.about, "the body gives %s, about says %s" % (want, rec.about))
            own = (rec.scheme + "/", "akashi/")
            need(all(a.startswith(own) for a in rec.about), "a subject of another scheme")
        except Bad as e:
            self.void("about", rec, str(e))
        if rec.seq > 0 and rec.base in self.by_id and (core or pack.types[rec.type].exclusive):
            base = self.by_id[rec.base].seq
            for a in rec.about:
                if self.newest.get(a, -1) > base:
                    self.void("base", rec, "held back: record %d about %s came after base %d" % (self.newest[a], a, base))
        if not core and rec.why is None:
            try:
                pack.fit(rec)
            except Bad as e:
                rec.why = str(e)

    def grow(self, rec, header):
        time, statement, signatures, stated = header
        for a in rec.about:
            self.map.step(a, rec.seq, time, statement, signatures)
        if stated is not None and self.map.root() != stated:
            self.error("map", rec.seq, "map root is %s" % self.map.root().hex())

    # --- commits ---------------------------------------------------------------------------------------------------

    def history(self):
        """Commits, oldest first."""
        out, oid, seen = [], self.repo.head(), set()
        if oid is None:
            raise Bad("no refs/heads/main")
        while oid is not None:
            need(oid not in seen, "commits in a circle")
            seen.add(oid)
            c = gitlog.Commit(oid, self.repo.get(oid, "commit"))
            out.append(c)
            oid = c.parents[0] if c.parents else None
        return out[::-1]

    def commit(self, c, before, trees):
        """-> the commit's Checkpoint, or None."""
        size = len(self.records)
        at = "commit %s: " % c.oid[:12]
        changes = gitlog.Changes(trees, before[0].tree if before else None, c.tree, size)
        for u in changes.unexpected:
            self.error("commit", None, at + u)
        for i, blob in enumerate(self.repo.get_many(changes.records, "blob")):
            self.record(size + i, blob)
        n = len(self.records) - size
        for r in self.records[size:]:
            if r.type == "keyset" and r.seq > 0 and n > 1:
                self.error("commit", r.seq, at + "a keyset record is not alone in its commit")
        if "checkpoint" not in changes.files:
            self.error("commit", None, at + "the checkpoint does not change")
            return None
        raw = self.repo.get(changes.files["checkpoint"], "blob")
        ok, cp = self.attempt("checkpoint", None, note.Checkpoint, raw)
        if not ok:
            return None
        self.checkpoint(cp, at, size, n)
        if n == 0:
            self.cosigning(cp, before[1] if before else None, changes, at)
        if not self.roots.keysets and not (self.records and self.records[0].core):
            return cp
        operator = self.operator(len(self.records))[0]
        ok, form_ok = self.attempt("commit", None, self.commit_form, c, cp, size, n, operator, at)
        return cp

    def operator(self, size):
        """Raw keys for the checkpoint of this size, newest first."""
        chain = [(s, k) for s, k in self.roots.keysets if s < size]
        if not chain:
            return [self.records[0].core.operator.ed25519]
        out = [chain[-1][1].operator.ed25519]
        if len(chain) > 1 and chain[-1][0] == size - 1 and chain[-2][1].operator.ed25519 not in out:
            out.append(chain[-2][1].operator.ed25519)
        return out

    def checkpoint(self, cp, at, first, n):
        size = len(self.records)
        try:
            need(cp.origin == self.origin, "origin %s" % cp.origin)
            need(cp.size == size, "size %d with %d records" % (cp.size, size))
            cp.check_order()
            if self.records and (self.roots.keysets or self.records[0].core):
                cp.check_operator(self.operator(size))
                heart = (self.roots.keysets[-1][1] if self.roots.keysets else self.records[0].core).heartbeat.ed25519
                cp.signed = cp.check_known(self.trust.known() if self.trust else {}, heart)
        except Bad as e:
            self.error("checkpoint", None, at + str(e))
        if cp.size == size and cp.root != self.tree.root():
            self.error("tree", None, at + "root of %d records is %s" % (size, self.tree.root().hex()))

    def cosigning(self, cp, before, changes, at):
        if before is None:
            self.error("commit", None, at + "adds no record")
            return
        if set(changes.files) != {"checkpoint"}:
            self.error("commit", None, at + "a cosigning commit changes " + ", ".join(sorted(changes.files)))
        if cp.text != before.text or cp.operator_lines() != before.operator_lines():
            self.error("commit", None, at + "a cosigning commit changes what is signed")
        gone = {x[:2] for x in before.cosignatures()} - {x[:2] for x in cp.cosignatures()}
        if gone:
            self.error("commit", None, at + "cosignatures taken away")

    def commit_form(self, c, cp, first, n, operator, at):
        try:
            armor, signed = c.check_form(self.origin, self.last_time, gitlog.message(first, n, len(self.records), cp.root_text))
            gitlog.check_armor(armor, operator)
        except Bad as e:
            raise Bad(at + str(e)) from None
        self.jobs.append((c.oid, self.pool.submit(gitlog.ssh_verify, self.origin, operator, armor, signed)))

    # --- the whole -----------------------------------------------------------------------------------------------------

    def run(self):
        fsck = self.pool.submit(self.repo.checks)
        try:
            self.walk()
        except gitlog.Missing as e:
            self.error("git", None, str(e))
        except Bad as e:
            self.error("git", None, str(e))
        for detail in fsck.result():
            self.error("git", None, detail)
        for oid, job in self.jobs:
            if not job.result():
                self.error("commit", None, "commit %s: signature does not verify" % oid[:12])
        now, sealed = authority.judge(self.roots, self.records)
        for r, (ok, why) in zip(self.records, sealed):
            if ok is False:
                self.error("authority", r.seq, why or "not authorised")
        trust = self.trusted(now) if self.trust else None
        self.pool.shutdown()
        self.repo.close()
        report = {"ok": not self.errors, "size": len(self.records), "root": self.tree.root().hex(),
                  "records": [{"seq": r.seq, "id": r.id, "type": r.type, "authorised": a[0], "when_sealed": b[0]}
                              for r, a, b in zip(self.records, now, sealed)],
                  "errors": self.errors, "suppressed": self.suppressed}
        if trust is not None:
            report["trust"] = trust
        return report

    def walk(self):
        trees, before = gitlog.TreeReader(self.repo), None
        for c in self.history():
            if len(c.parents) > 1:
                self.error("commit", None, "commit %s: a merge" % c.oid[:12])
            self.head = self.commit(c, before, trees)
            before = (c, self.head)
        if not self.records:
            self.error("git", None, "no records")

    def trusted(self, now):
        t = self.trust
        if self.origin != t.origin:
            self.error("checkpoint", None, "the trust file is for %s" % t.origin)
        if not self.records or self.records[0].id != t.single["genesis"]:
            self.error("authority", 0, "record 0 is not the genesis of the trust file")
        if all(k.operator.ed25519 != t.log_key for _, k in self.roots.keysets):
            self.error("authority", None, "the log key of the trust file is no operator key of the keyset chain")
        floor = t.single.get("keyset")
        if floor is not None and all(self.records[s].id != floor for s, _ in self.roots.keysets):
            self.error("authority", None, "the keyset chain does not contain %s" % floor)
        signed = getattr(self.head, "signed", {})
        pinned = {s: all(p.digest in t.profiles[s] for _, p in self.roots.packages.get(s, [])) for s in t.profiles}
        return {"quorum": t.reached(t.single["quorum"], signed), "complete": t.single["complete"] != "none" and
                t.reached(t.single["complete"], signed), "profiles": pinned}


def main(argv):
    ap = argparse.ArgumentParser(description="Check a whole akashi ledger, independently of akashi.")
    ap.add_argument("ledger", metavar="LEDGER.git")
    ap.add_argument("--trust", metavar="FILE")
    ap.add_argument("--json", action="store_true", help="print the report as one JSON object")
    args = ap.parse_args(argv)
    try:
        trust = None
        if args.trust:
            with open(args.trust, "rb") as f:
                trust = note.Trust(f.read())
        report = Reader(args.ledger, trust).run()
    except (gitlog.CouldNotRun, OSError, Bad) as e:
        if args.json:
            print(json.dumps({"ok": None, "error": str(e)}, ensure_ascii=False))
        print("reader: %s" % e, file=sys.stderr)
        return 3
    except Exception:  # a fault of the reader says nothing about the ledger
        traceback.print_exc()
        return 3
    if args.json:
        print(json.dumps(report, ensure_ascii=False))
    else:
        for e in report["errors"]:
            print("%-10s %s  %s" % (e["check"], "-" if e["seq"] is None else "#%d" % e["seq"], e["detail"]))
        void = sum(r["authorised"] is not True for r in report["records"])
        print("%s: %d records, root %s, %d without authority, %d problems" % (
            "good" if report["ok"] else "NOT GOOD", report["size"], report["root"], void, len(report["errors"]) + report["suppressed"]))
    return 0 if report["ok"] else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
