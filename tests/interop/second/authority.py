# SPDX-License-Identifier: Apache-2.0
"""Who may say what (FORMAT 16).

Roots decides stratum (i), keysets and profiles, while records are read.  judge() decides the rest afterwards, once for
what is known now, and once more for every revocation that reaches back, for what was known when records were sealed.
"""
from .form import CORE_TYPES, DIGEST, Bad, match, need, pointer_one
from .package import Keyset, Package, PartyBody, RevocationBody


class Roots:
    def __init__(self, ring):
        self.ring = ring
        self.keysets = []          # (seq, Keyset) authorised
        self.packages = {}         # scheme -> [(seq, Package)] authorised
        self.owners = {}           # key id -> owner, by authorised keysets
        self.named_by_party = {}   # key id -> first seq of a party record in form that names it
        self.keys = {}             # key id -> Key, of every keyset and party record in form

    def learn(self, rec):
        """Read the body of a core type; its keys may have signed this very record."""
        try:
            if rec.type == "keyset":
                rec.core = Keyset(rec.body, self.ring)
                found = rec.core.keys()
            elif rec.type == "party":
                rec.core = PartyBody(rec.body, self.ring)
                found = [k for _, k in rec.core.keys.values()]
            elif rec.type == "profile":
                rec.core = Package(rec.body)
                found = []
            else:
                rec.core = RevocationBody(rec.body, rec.seq)
                found = []
        except Bad as e:
            rec.core, rec.why = None, rec.why or str(e)
            return
        for k in found:
            self.keys.setdefault(k.id, k)

    def keyset(self, seq):
        for s, k in reversed(self.keysets):
            if s < seq:
                return k
        return None

    def package(self, scheme, seq):
        for s, p in reversed(self.packages.get(scheme, [])):
            if s < seq:
                return p
        return None

    def met(self, rec):
        k = self.keyset(rec.seq)
        return k is not None and k.met(rec.signed)

    def decide(self, rec):
        """Called with every record in order, after its signatures were tried."""
        rec.authorised = None
        if rec.type == "keyset":
            rec.authorised = self._keyset(rec)
        elif rec.type == "profile":
            rec.authorised = rec.why is None and self.met(rec)
            if rec.authorised:
                self.packages.setdefault(rec.core.scheme, []).append((rec.seq, rec.core))
            elif rec.why is None:
                rec.why = "not signed by the root threshold"
        elif rec.type == "party" and rec.core is not None:
            for k in rec.core.keys:
                self.named_by_party.setdefault(k, rec.seq)

    def _keyset(self, rec):
        if rec.why is not None:
            return False
        try:
            before = self.keyset(rec.seq)
            new = rec.core
            if rec.seq == 0:
                need(new.number == 1, "the first keyset has number 1")
            else:
                need(before is not None, "no keyset before it")
                need(new.number == before.number + 1, "keyset number %d after %d" % (new.number, before.number))
                need(before.met(rec.signed), "not signed by the threshold of the keyset before")
            need(new.met(rec.signed), "not signed by its own threshold")
            for k in (new.operator, new.heartbeat):
                need(k.id in rec.signed, "not signed by its operator and heartbeat keys")
            for k, owner in new.owners.items():
                need(self.owners.get(k, owner) == owner, "key %s has another owner" % k)
                need(k not in self.named_by_party, "key %s is one of a party" % k)
        except Bad as e:
            rec.why = str(e)
            return False
        self.owners.update(new.owners)
        self.keysets.append((rec.seq, new))
        return True


class Party:
    def __init__(self):
        self.roles, self.kind, self.keys = set(), {}, {}


class World:
    """Everything after the roots, with the given stratum (ii) revocations known."""

    def __init__(self, roots, cutoffs):
        self.roots, self.cutoff = roots, dict(cutoffs)
        self.parties, self.owner = {}, {}
        self.policy = {}   # seq -> (policy, party) of an authorised record of a scheme
        self.ok = {}       # seq -> (authorised, why)

    def signers(self, rec, party, kind):
        p = self.parties[party]
        return {p.keys[k] for k in p.keys if k in rec.signed and rec.seq <= self.cutoff.get(k, rec.seq) and p.kind[p.keys[k]] == kind}

    def holds(self, policy, party, rec):
        """Mode and threshold only, by one party."""
        mode = policy["mode"]
        if mode in ("office", "mixed") and not self.signers(rec, party, "office"):
            return False
        if mode in ("members", "mixed") and len(self.signers(rec, party, "person")) < policy["threshold"]:
            return False
        return True

    @staticmethod
    def evidence(policy, rec):
        return "evidence" not in policy or match(DIGEST, pointer_one(rec.body, policy["evidence"]))

    def satisfied(self, policy, scheme, rec):
        """-> name of the party ("" for the root), or None"""
        if policy["mode"] == "root":
            return "" if self.roots.met(rec) else None
        if not self.evidence(policy, rec):
            return None
        wanted = pointer_one(rec.body, policy["party"]) if "party" in policy else None
        for name in sorted(self.parties):
            if "party" in policy and name != wanted:
                continue
            if (scheme, policy["role"]) in self.parties[name].roles and self.holds(policy, name, rec):
                return name
        return None

    def may_enrol(self, scheme, role, rec):
        package = self.roots.package(scheme, rec.seq)
        policies = package.roles.get(role, []) if package else []
        return any(self.satisfied(p, scheme, rec) is not None for p in policies)

    def judge_party(self, rec):
        body = rec.core
        old = self.parties.get(body.party, Party())
        roles = old.roles | {(rec.scheme, r) for r in body.roles}
        need(roles, "a party without a role")
        for scheme, role in sorted(roles):
            need(self.may_enrol(scheme, role, rec), "role %s/%s is not granted by who may" % (scheme, role))
        for k in body.keys:
            need(k not in self.owner, "key %s has an owner" % k)
            need(not any(s < rec.seq and k in ks.owners for s, ks in self.roots.keysets), "key %s is one of a keyset" % k)
            need(k in rec.signed, "key %s did not sign its own enrolment" % k)
        for member, kind in body.members.items():
            need(old.kind.get(member, kind) == kind, "member %s changes its kind" % member)
        party = self.parties.setdefault(body.party, old)
        party.roles = roles
        party.kind.update(body.members)
        for k, (member, _) in body.keys.items():
            party.keys[k] = member
            self.owner[k] = (body.party, member)

    def judge_revocation(self, rec):
        body, root = rec.core, self.roots.met(rec)
        need(body.last is None or root, "only the root threshold may reach back")
        for k in body.keys:
            need(k in self.owner, "key %s is not enrolled" % k)
            party = self.owner[k][0]
            itself = k in rec.signed and rec.seq <= self.cutoff.get(k, rec.seq)
            need(root or itself or all(self.may_enrol(s, r, rec) for s, r in self.parties[party].roles),
                 "key %s is revoked by nobody who may" % k)
        for k, last in cutoffs(rec).items():
            self.cutoff[k] = min(last, self.cutoff.get(k, last))

    def judge_as(self, policy, rec, by_id):
        refs = [r["record"] for r in rec.refs if r["rel"] == policy["rel"]]
        need(len(refs) == 1, "not exactly one ref " + policy["rel"])
        t = by_id[refs[0]]
        need(t.about == rec.about, "about is not that of the record named")
        need(rec.body.get("record") == t.id, "body.record is not the record named")
        need(self.ok[t.seq][0], "the record named is void")
        need(t.type in CORE_TYPES or t.scheme == rec.scheme, "the record named is of another scheme")
        first, party = ({"mode": "root"}, "") if t.type in CORE_TYPES else self.policy[t.seq]
        need(self.evidence(first, rec), "no evidence as for the record named")
        good = self.roots.met(rec) if first["mode"] == "root" else self.holds(first, party, rec)
        need(good, "not signed as the record named was")
        return first, party

    def judge_scheme(self, rec, by_id):
        why = "no policy is satisfied"
        for p in self.roots.package(rec.scheme, rec.seq).types[rec.type].signing:
            if p["mode"] == "as":
                try:
                    self.policy[rec.seq] = self.judge_as(p, rec, by_id)
                    return
                except Bad as e:
                    why = str(e)
            else:
                party = self.satisfied(p, rec.scheme, rec)
                if party is not None:
                    self.policy[rec.seq] = (p, party)
                    return
        raise Bad(why)

    def judge(self, rec, by_id):
        self.ok[rec.seq] = self._judge(rec, by_id)
        return self.ok[rec.seq]

    def _judge(self, rec, by_id):
        """-> (True | False | None, why)"""
        if rec.broken or rec.unknown:
            return None, "cannot be decided"
        if rec.type in ("keyset", "profile"):
            return rec.authorised, rec.why
        try:
            need(rec.why is None, rec.why)
            if rec.type == "party":
                self.judge_party(rec)
            elif rec.type == "revocation":
                self.judge_revocation(rec)
            else:
                self.judge_scheme(rec, by_id)
        except Bad as e:
            return False, str(e)
        return True, None


def cutoffs(rec):
    """What an authorised revocation says: key id -> last seq in which it counts."""
    last = rec.seq if rec.core.last is None else rec.core.last
    return {k: last for k in rec.core.keys}


def judge(roots, records):
    """-> (now, when sealed): lists of (True | False | None, why) by seq.

    Only a revocation that reaches back can change what came before it.  So the ledger is judged again from the start each
    time one is met, now with it known beforehand; what was found up to its own seq is "when sealed".
    """
    by_id = {r.id: r for r in records}
    known, sealed = {}, []
    while True:
        world = World(roots, known)
        for r in records:
            found = world.judge(r, by_id)
            if r.seq < len(sealed):
                continue
            sealed.append(found)
            if r.type == "revocation" and found[0] and r.core.last is not None:
                for k, last in cutoffs(r).items():
                    known[k] = min(last, known.get(k, last))
                break
        else:
            break
    now = [world.ok[r.seq] for r in records]
    for r in records:
        if r.type == "revocation" and sealed[r.seq][0] and r.core.last is not None:
            now[r.seq] = sealed[r.seq]
    return now, sealed
