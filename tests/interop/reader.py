#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A second reader of akashi ledgers, written from docs/FORMAT.md alone: it shares no code with akashi.

    reader.py LEDGER.git [--trust FILE] [--json]

LEDGER.git is a repository, bare or a clone with a work tree.  Needs Python 3 and the commands git, openssl and ssh-keygen.  The report is one JSON
object: {"ok","size","root","records":[{"seq","id","type","authorised","when_sealed"}],"errors":[{"check","seq","detail"}],
"void":[{"seq","status","why"}],"skipped":[{"seq","count"}],"suppressed","trust"}.  `ok`: the history is sound, there are no
errors; null: the first of them is a version that this reader does not know (FORMAT 4.4).  `void` lists the records that had no effect when they were sealed, `skipped` the authorised records with signatures
that no key verifies; neither is an error.  `authorised` is what is known now (null: could not be decided), `when_sealed` what
was known then; `trust` appears with --trust.  Checks, in order: header statement signatures chain repeat about map tree
checkpoint commit git trust (FORMAT 19.2).  Exit status: 0 sound, 1 problems found, 2 usage, 3 could not run, or a
version that is not known.
"""
import argparse
import collections
import concurrent.futures
import json
import os
import sys
import traceback

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from second import authority, erased, form, gitlog, note, package  # noqa: E402
from second.form import Bad, ZERO, digest_bytes, digest_text, need, sha  # noqa: E402
from second.hashes import Map, Tree, leaf_hash  # noqa: E402
from second.keys import Ring  # noqa: E402

ERRORS_PER_CHECK = 100


class Record:
    """One sealed record; `broken` when it could not be read, `unknown` when its version is not known; `why` and `status` when
    it is void."""

    def __init__(self, seq):
        self.seq, self.broken, self.unknown = seq, False, False
        self.id = self.type = self.scheme = self.body = self.core = self.why = self.status = self.authorised = None
        self.about, self.refs, self.signed, self.n_documents = [], [], set(), 0
        self.erasure = None  # the record by which this one was erased

    def void(self, status, why):
        """The first reason stays."""
        if self.why is None:
            self.status, self.why = status, why

    @property
    def core_type(self):
        """All but party and erasure stand in scheme akashi, these in that of what they speak of (FORMAT 5.2)."""
        return self.type in form.CORE_TYPES and (self.scheme == "akashi") == (self.type not in ("party", "erasure"))


class Reader:
    def __init__(self, path, trust):
        self.repo, self.trust = gitlog.Repository(path), trust
        self.errors, self.suppressed = [], 0
        self.count = collections.Counter()
        self.records, self.tree, self.map = [], Tree(), Map()
        self.roots, self.gaps, self.late = authority.Roots(Ring()), erased.Gaps(), []
        self.origin, self.last_time, self.last_id = None, 0, ZERO
        self.by_id, self.statements, self.newest, self.blobs = {}, {}, {}, []
        self.jobs, self.head, self.turn = [], None, 0
        self.pool = concurrent.futures.ThreadPoolExecutor(max_workers=4)

    def error(self, check, seq, detail, unknown=False):
        self.count[check] += 1
        if self.count[check] > ERRORS_PER_CHECK:
            self.suppressed += 1
            return
        self.errors.append({"check": check, "seq": seq, "detail": detail, "turn": self.turn, "unknown": unknown})

    def attempt(self, check, seq, do, *args):
        """do(*args), with Bad turned into an error; answers (done, result)."""
        try:
            return True, do(*args)
        except Bad as e:
            self.error(check, seq, str(e))
            return False, None

    # --- one record, in the order of FORMAT 19.2 ----------------------------------------------------------------------

    def record(self, seq, blob):
        rec = Record(seq)
        self.records.append(rec)
        self.blobs.append(blob)
        ok, lines = self.attempt("header", seq, form.split_record, blob)
        if not ok:
            rec.broken = True
            lines = (blob.split(b"\n") + [b"", b"", b""])[:3]
        rec.id = digest_text(leaf_hash(lines[0]))
        self.tree.add(digest_bytes(rec.id))
        header = self.header(rec, lines[0])
        digests = self.digests(rec, lines, header)
        self.statement(rec, lines[1])
        self.signatures(rec, lines[2])
        time = self.chain(rec, header)
        rec.time = time
        if rec.type is not None:
            self.repeat(rec, digests[0])
        if not rec.broken and not rec.unknown:
            if rec.core_type:
                self.roots.learn(rec)
            if rec.erasure is None:
                self.try_signatures(rec, lines)
                self.stand(rec, time)
                self.stamped(rec)
            else:
                rec.void("AK_ERASED", "erased by %s" % rec.erasure)
                self.gaps.add(rec, self.turn)
            self.roots.decide(rec)
            if rec.core_type and rec.why is None and rec.type == "erasure" and self.roots.met(rec):
                self.gaps.prove(rec)
        self.grow(rec, time, digests, header)
        self.last_id = rec.id
        self.by_id.setdefault(rec.id, rec)
        for a in rec.about:
            self.newest[a] = seq

    def header(self, rec, line):
        try:
            return form.parse_header(line)
        except Bad as e:
            self.error("header", rec.seq, str(e), isinstance(e, form.UnknownVersion))
            if isinstance(e, form.UnknownVersion):
                rec.unknown = True
            else:
                rec.broken = True
            return None

    def digests(self, rec, lines, header):
        """-> (statement digest, signatures digest) as the header states them"""
        actual = [sha(lines[1]), sha(lines[2])]
        if header is None:
            return actual
        stated = [digest_bytes(header[k]) for k in ("statement", "signatures")]
        if actual[0] != stated[0] and actual[1] == stated[1]:
            rec.erasure = erased.look(rec.id, header, lines[1], self.origin, self.records[0].id)
        for k, a, s, n in zip(("statement", "signatures"), actual, stated, (2, 3)):
            if a != s and not (n == 2 and rec.erasure):
                self.error(k, rec.seq, "line %d is not what the header commits to" % n)
        return stated

    def statement(self, rec, line):
        try:
            s = form.parse_statement(line)
        except Bad as e:
            self.error("statement", rec.seq, str(e), isinstance(e, form.UnknownVersion))
            if isinstance(e, form.UnknownVersion):
                rec.unknown = True
            else:
                rec.broken = True
            return
        for k, v in s.items():
            setattr(rec, k, v)

    def signatures(self, rec, line):
        ok, rec.sigs = self.attempt("signatures", rec.seq, form.parse_signatures, line)
        rec.broken = rec.broken or not ok

    def chain(self, rec, header):
        """-> time of the record"""
        if header is None:
            return self.last_time
        if header["seq"] != rec.seq:
            self.error("chain", rec.seq, "seq is %d" % header["seq"])
        if header["prev"] != self.last_id:
            self.error("chain", rec.seq, "prev is %s, the record before is %s" % (header["prev"], self.last_id))
        time = form.parse_time(header["time"])
        if time < self.last_time:
            self.error("chain", rec.seq, "time decreases")
        if rec.seq == 0 and self.trust and rec.id != self.trust.single["genesis"]:
            self.error("chain", 0, "record 0 is not the genesis of the trust file")
        self.last_time = max(time, self.last_time)
        return time

    def repeat(self, rec, digest):
        if digest in self.statements:
            self.error("repeat", rec.seq, "the statement of record %d again" % self.statements[digest])
        self.statements.setdefault(digest, rec.seq)

    def try_signatures(self, rec, lines):
        """By which keys is it signed: each signature is tried on the key that its keyid names, and on no other."""
        message = form.pae(lines[1])
        for keyid, sig in rec.sigs:
            key = self.roots.keys.get(keyid)
            if key is not None and key.verify(message, sig):
                rec.signed.add(keyid)

    def stand(self, rec, time):
        """May it stand here?  Wrong subjects are an error; everything else makes it void."""
        pack = self.roots.package(rec.scheme, rec.seq)
        if rec.type in form.CORE_TYPES or rec.scheme == "akashi":
            known = rec.core_type and (rec.type != "party" or pack is not None)
        else:
            known = pack is not None and rec.type in pack.types
        if not known:
            rec.void("AK_UNKNOWN_TYPE", "no type %s in the profile of %s in force" % (rec.type, rec.scheme))
            return
        try:
            want = package.about_of(rec.type, pack, rec.body)
            need(want == rec.about, "the body gives %s, about says %s" % (want, rec.about))
            need(all(a.startswith((rec.scheme + "/", "akashi/")) for a in rec.about), "a subject of another scheme")
        except Bad as e:
            self.error("about", rec.seq, str(e))
            rec.void("AK_ABOUT_MISMATCH", str(e))
        self.bound(rec, time)
        self.fit(rec, pack)

    def stamped(self, rec):
        """What is wrong with the tokens of a timestamp record, if anything."""
        rec.over = None
        if rec.type != "timestamp" or not rec.core_type or rec.core is None or rec.core.size > rec.seq:
            return
        tree = Tree()
        for r in self.records[:rec.core.size]:
            tree.add(digest_bytes(r.id))
        try:
            rec.core.check(self.origin, tree.root(), self.blobs[:rec.core.size])
        except Bad as e:
            rec.over = str(e)

    def bound(self, rec, time):
        """To this ledger, this day, and earlier records."""
        self.origin = self.origin or rec.ledger
        if rec.ledger != self.origin:
            rec.void("AK_WRONG_LEDGER", "made for ledger %s" % rec.ledger)
        if (rec.genesis is None) != (rec.seq == 0):
            rec.void("AK_BAD_FORMAT", "every record but the first names the genesis")
        elif rec.seq > 0 and rec.genesis != self.records[0].id:
            rec.void("AK_WRONG_LEDGER", "made for genesis %s" % rec.genesis)
        if rec.issued_first > time:
            rec.void("AK_CLOCK", "issued later than sealed")
        for r in rec.refs:
            if r["record"] not in self.by_id:
                rec.void("AK_DANGLING", "ref %s to %s, which is no earlier record" % (r["rel"], r["record"]))
        if rec.seq == 0 and rec.base != ZERO:
            rec.void("AK_BAD_FORMAT", "record 0 has a base")
        if rec.seq > 0 and rec.base not in self.by_id:
            rec.void("AK_DANGLING", "base %s is no earlier record" % rec.base)

    def fit(self, rec, pack):
        """To its type; not held back."""
        try:
            if rec.core_type:
                need(rec.core_form is None, rec.core_form)
            else:
                pack.types[rec.type].validator.validate(rec.body)
            if pack is not None:
                pack.grammar(rec.about)
        except Bad as e:
            rec.void("AK_SCHEMA", str(e))
        exclusive = rec.type not in ("timestamp", "erasure") if rec.core_type else pack.types[rec.type].exclusive
        if rec.seq > 0 and rec.base in self.by_id and exclusive:
            base = self.by_id[rec.base].seq
            for a in rec.about:
                if self.newest.get(a, -1) > base:
                    rec.void("AK_HELD_BACK", "record %d about %s came after base %d" % (self.newest[a], a, base))
        try:
            package.check_documents("optional" if rec.core_type else pack.types[rec.type].documents, rec)
        except Bad as e:
            rec.void("AK_SCHEMA", str(e))

    def grow(self, rec, time, digests, header):
        for a in rec.about:
            self.map.step(a, rec.seq, time, *digests)
        if header is not None and not rec.broken and self.map.root() != digest_bytes(header["subjects"]):
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
        first = len(self.records)
        changes = gitlog.Changes(trees, before[0].tree if before else None, c.tree, first)
        for i, blob in enumerate(self.repo.get_many(changes.records, "blob")):
            self.record(first + i, blob)
        n = len(self.records) - first
        text = self.checkpoint_of(trees.tree(c.tree))
        cp = None if text is None else self.attempt("checkpoint", first, note.Checkpoint, text)[1]
        if "checkpoint" not in changes.files:
            changes.unexpected.append("the checkpoint does not change")
        if cp is not None:
            self.checkpoint(cp, first)
            if self.roots.keysets:
                self.attempt("commit", first, self.commit_form, c, cp, first, n)
        for u in changes.unexpected:
            self.error("commit", first, u)
        if n > 1 and any(r.type == "keyset" and r.seq > 0 and r.authorised for r in self.records[first:]):
            self.error("commit", first, "a keyset record is not alone in its commit")
        if cp is not None and n == 0:
            self.cosigning(cp, before[1] if before else None, changes, first)
        return cp

    def checkpoint_of(self, tree):
        """Its bytes, or None when there is no such plain file."""
        mode, oid = tree.get("checkpoint", (None, None))
        return self.repo.get(oid, "blob") if mode == "100644" else None

    def operator(self, size):
        """Raw keys for the checkpoint of this size, newest first."""
        chain = [(s, k) for s, k in self.roots.keysets if s < size]
        out = [chain[-1][1].operator.ed25519]
        if len(chain) > 1 and chain[-1][0] == size - 1 and chain[-2][1].operator.ed25519 not in out:
            out.append(chain[-2][1].operator.ed25519)
        return out

    def checkpoint(self, cp, first):
        size = len(self.records)
        if cp.size != size:
            self.error("tree", first, "size %d with %d records" % (cp.size, size))
        elif cp.root != self.tree.root():
            self.error("tree", first, "root of %d records is %s" % (size, self.tree.root().hex()))
        try:
            need(cp.origin == self.origin, "origin %s" % cp.origin)
            need(self.roots.keysets, "no keyset stands")
            cp.check_order()
            cp.check_operator(self.operator(size))
            cp.signed = cp.check_known(self.trust.known() if self.trust else {}, self.roots.keysets[-1][1].heartbeat.ed25519)
        except Bad as e:
            self.error("checkpoint", first, str(e))

    def cosigning(self, cp, before, changes, first):
        if before is None:
            self.error("commit", first, "adds no record")
            return
        if set(changes.files) != {"checkpoint"}:
            self.error("commit", first, "a cosigning commit changes " + ", ".join(sorted(changes.files)))
        if cp.text != before.text or cp.operator_lines() != before.operator_lines():
            self.error("commit", first, "a cosigning commit changes what is signed")
        gone = {x[:2] for x in before.cosignatures()} - {x[:2] for x in cp.cosignatures()}
        if gone:
            self.error("commit", first, "cosignatures taken away")

    def commit_form(self, c, cp, first, n):
        operator = self.operator(len(self.records))[0]
        armor, signed = c.check_form(self.origin, self.last_time, gitlog.message(first, n, len(self.records), cp.root_text))
        if self.gaps.turn:  # written again after an erasure: perhaps by a later operator (FORMAT 11.5)
            later = gitlog.armor_key(armor)
            if later is not None and later not in [k.operator.ed25519 for _, k in self.roots.keysets]:
                self.late.append((self.turn, first, later, c.oid))
                operator = later
        gitlog.check_armor(armor, operator)
        self.jobs.append((self.turn, first, self.pool.submit(gitlog.ssh_verify, self.origin, operator, armor, signed)))

    # --- the whole -----------------------------------------------------------------------------------------------------

    def run(self):
        for detail in self.repo.checks():
            self.error("git", None, detail)
        try:
            self.walk()
        except Bad as e:
            self.error("git", None, str(e))
        for turn, first, job in self.jobs:
            if not job.result():
                self.turn = turn
                self.error("commit", first, "the signature of the commit does not verify")
        for seq, self.turn in self.gaps.unproven():
            self.error("statement", seq, "line 2 is not what the header commits to, and no erasure that counts names the record")
        for self.turn, first, key, oid in self.late:
            if key not in [k.operator.ed25519 for _, k in self.roots.keysets]:
                self.error("commit", first, "commit %s is signed by no operator key of its time or later" % oid)
        self.errors.sort(key=lambda e: e["turn"])  # stable: signatures of commits back into their places
        now, sealed, skipped = authority.judge(self.roots, self.records)
        trust = self.trusted() if self.trust else None
        self.pool.shutdown()
        self.repo.close()
        ok = None if self.errors and self.errors[0]["unknown"] else not self.errors
        report = {"ok": ok, "size": len(self.records), "root": self.tree.root().hex(),
                  "records": [{"seq": r.seq, "id": r.id, "type": r.type, "authorised": a[0], "when_sealed": b[0]}
                              for r, a, b in zip(self.records, now, sealed)],
                  "errors": [{k: e[k] for k in ("check", "seq", "detail")} for e in self.errors],
                  "void": [{"seq": r.seq, "status": b[1], "why": b[2]} for r, b in zip(self.records, sealed) if b[0] is False],
                  "skipped": [{"seq": i, "count": n} for i, n in enumerate(skipped) if n], "suppressed": self.suppressed}
        if trust is not None:
            report["trust"] = trust
        return report

    def walk(self):
        trees, before = gitlog.TreeReader(self.repo), None
        history = self.history()
        self.origin = self.origin_of(history[-1])
        for self.turn, c in enumerate(history):
            self.head = self.commit(c, before, trees)
            before = (c, self.head)
        if not self.records:
            self.error("git", None, "no records")

    def origin_of(self, head):
        """What the newest checkpoint says; record 0 decides when it cannot be read."""
        try:
            return note.Checkpoint(self.checkpoint_of(gitlog.parse_tree(self.repo.get(head.tree, "tree")))).origin
        except (Bad, TypeError):
            return None

    def trusted(self):
        t = self.trust
        if self.origin != t.origin:
            self.error("trust", None, "the trust file is for %s" % t.origin)
        if all(k.operator.ed25519 != t.log_key for _, k in self.roots.keysets):
            self.error("trust", None, "the log key of the trust file is no operator key of the keyset chain")
        floor = t.single.get("keyset")
        if floor is not None and all(self.records[s].id != floor for s, _ in self.roots.keysets):
            self.error("trust", None, "the keyset chain does not contain %s" % floor)
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
        for v in report["void"]:
            print("void       #%d  %s" % (v["seq"], v["why"]))
        for v in report["skipped"]:
            print("skipped    #%d  signatures that no key verifies: %d" % (v["seq"], v["count"]))
        now = sum(r["authorised"] is not True for r in report["records"])
        print("%s: %d records, root %s, %d void when sealed, %d now, %d problems" % (
            {True: "sound", False: "NOT SOUND", None: "a version that is not known here"}[report["ok"]], report["size"], report["root"], len(report["void"]), now,
            len(report["errors"]) + report["suppressed"]))
    return {True: 0, False: 1, None: 3}[report["ok"]]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
