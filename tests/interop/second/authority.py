# SPDX-License-Identifier: Apache-2.0
"""Who may say what (FORMAT 16).

Roots decides stratum (i), keysets and profiles, while records are read.  judge() decides the rest afterwards: for what was
known when records were sealed, again from the start for every revocation that reaches back, and for what is known now.
"""
from . import certificate
from .amend import amended
from .form import CORE_TYPES, DIGEST, Bad, match, need, pointer_one
from .package import ClosingBody, ErasureBody, Keyset, Package, PartyBody, RevocationBody, TimestampBody, check_profile_body

AS_STEPS = 4    # records that mode "as" follows
ROLES_MAX = 16  # of a party, in all schemes together


class Roots:
    def __init__(self, ring):
        self.ring = ring
        self.keysets = []     # (seq, Keyset) authorised
        self.packages = {}    # scheme -> [(seq, Package)] authorised
        self.functions = {}   # key id -> its function in authorised keysets
        self.keys = {}        # key id -> Key, of every keyset and party record in form
        self.ended = None     # seq of the authorised closing

    def learn(self, rec):
        """Read the body of a core type; its keys may have signed this very record."""
        rec.core_form, rec.package_wrong = None, None
        try:
            if rec.type == "keyset":
                rec.core = Keyset(rec.body, self.ring)
                found = rec.core.keys()
            elif rec.type == "party":
                rec.core = PartyBody(rec.body, self.ring)
                found = [k for _, k in rec.core.keys.values()]
            elif rec.type == "profile":
                check_profile_body(rec.body)
                found = []
            elif rec.type == "timestamp":
                rec.core = TimestampBody(rec.body)
                found = []
            elif rec.type == "closing":
                rec.core = ClosingBody(rec.body)
                found = []
            elif rec.type == "erasure":
                rec.core = ErasureBody(rec.body)
                found = []
            elif rec.type == "crl":
                rec.core = certificate.CrlBody(rec.body)
                found = []
            else:
                rec.core = RevocationBody(rec.body, rec.seq)
                found = []
        except Bad as e:
            rec.core, rec.core_form = None, str(e)
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
        if rec.why is None and self.ended is not None and not rec.unknown:
            rec.void("AK_LEDGER_ENDED", "the ledger ended with record %d" % self.ended)
        if not rec.core_type or rec.type not in ("keyset", "profile", "closing"):
            return
        if rec.why is None:
            try:
                if rec.type == "keyset":
                    self._keyset(rec)
                elif rec.type == "closing":
                    need(self.met(rec), "not signed by the root threshold")
                    self.ended = rec.seq
                else:
                    self._profile(rec)
            except Bad as e:
                rec.void("AK_NOT_AUTHORISED", str(e))
        rec.authorised = rec.why is None

    def _profile(self, rec):
        need(self.met(rec), "not signed by the root threshold")
        try:
            rec.core = Package(rec.body)
        except Bad as e:
            rec.void("AK_SCHEMA", str(e))
            return
        self.packages.setdefault(rec.core.scheme, []).append((rec.seq, rec.core))

    def _keyset(self, rec):
        before, new = self.keyset(rec.seq), rec.core
        if rec.seq == 0:
            need(new.number == 1, "the first keyset has number 1")
        else:
            need(before is not None, "no keyset before it")
            need(new.number == before.number + 1, "keyset number %d after %d" % (new.number, before.number))
            need(before.met(rec.signed), "not signed by the threshold of the keyset before")
        need(new.met(rec.signed), "not signed by its own threshold")
        for k in (new.operator, new.heartbeat):
            need(k.id in rec.signed, "not signed by its operator and heartbeat keys")
        for k, function in new.owners.items():
            need(self.functions.get(k, function) == function, "key %s has another function" % k)
        self.functions.update(new.owners)
        self.keysets.append((rec.seq, new))


class Party:
    def __init__(self):
        self.roles, self.kind, self.keys = set(), {}, {}


class Chain:
    """Certificates of a key, the root last, as a record of that scheme brought them; `last`: named by a list in that record."""

    def __init__(self, scheme, certs):
        self.scheme, self.certs, self.last = scheme, certs, None


class Cutoff:
    """`root`, `other`: last record in which the key counts, by stratum; `compromise`: the root gives that reason."""

    def __init__(self, root=None, other=None, compromise=False):
        self.root, self.other, self.compromise = root, other, compromise

    def with_(self, more):
        """In each stratum the lowest wins; nothing un-revokes."""
        if more is None:
            return self
        return Cutoff(lowest(self.root, more.root), lowest(self.other, more.other), self.compromise or more.compromise)

    def past(self, seq):
        return any(last is not None and seq > last for last in (self.root, self.other))


def lowest(a, b):
    return min((x for x in (a, b) if x is not None), default=None)


def cutoffs(rec, root):
    """What an authorised revocation says: key id -> Cutoff"""
    last = rec.seq if rec.core.last is None else rec.core.last
    c = Cutoff(last, None, rec.core.reason == "compromise") if root else Cutoff(None, last)
    return {k: c for k in rec.core.keys}


class World:
    """Everything after the roots, with the given root revocations known beforehand.

    `standing` says how the records before stood (FORMAT 16.7.1): a list that the caller fills, or this world's own."""

    def __init__(self, roots, known, standing=None):
        self.roots, self.cutoff = roots, dict(known)
        self.parties, self.owner = {}, {}
        self.chains = {}  # key id -> [Chain], of keys that have them
        self.named = set()  # ids of the keys of authorised records
        self.found = []   # by seq: (authorised, status, why, party)
        self.standing = self.found if standing is None else standing

    def certified(self, k, rec):
        """Does the key's certificate, if it has one, hold at the time of this record (FORMAT 26.2)?"""
        return k not in self.chains or any(self.holds(c, rec) for c in self.chains[k])

    def holds(self, chain, rec):
        return (chain.last is None or rec.seq <= chain.last) and all(c.since <= rec.time <= c.until for c in chain.certs) and \
            certificate.pin_of(self.roots.package(chain.scheme, rec.seq), chain.certs[-1].id, rec.time) is not None

    def judge_crl(self, rec):
        body = rec.core
        need(self.roots.keyset(rec.seq).operator.id in rec.signed, "not signed by the operator in force")
        need(body.since <= rec.time, "later than its record")
        for k, digest, _ in body.revoked:
            need(any(c.id == digest and by.key == body.issuer for chain in self.chains.get(k, []) for c, by in zip(chain.certs, chain.certs[1:])),
                 "key %s has no such certificate" % k)
            need(self.may_end(k, rec), "key %s is ended by nobody who may" % k)
        for k, digest, reason in body.revoked:
            held = [c for c in self.chains[k] if c.last is None]
            within = [c for c in held if any(one.id == digest for one in c.certs)]
            if reason == "superseded" and len(within) < len(held):  # FORMAT 26.6: another chain is left
                for c in within:
                    c.last = rec.seq
            else:
                self.cutoff[k] = Cutoff(None, rec.seq).with_(self.cutoff.get(k))

    def signers(self, rec, party, kind, fresh):
        """Members of this kind who count and sign.  `fresh`: not with a key that the root called compromised."""
        p, out = self.parties[party], set()
        for k, member in p.keys.items():
            c = self.cutoff.get(k)
            if k not in rec.signed or p.kind[member] != kind or (c is not None and c.past(rec.seq)) or not self.certified(k, rec):
                continue
            if not (fresh and c is not None and c.compromise):
                out.add(member)
        return out

    def satisfied(self, policy, scheme, rec, body, fresh, only=None):
        """-> name of the party ("" for the root), or None.  `body` is where its pointer `party` leads; `only` is who may have signed."""
        if policy["mode"] == "root":
            return "" if self.roots.met(rec) and only in (None, "") else None
        if policy["mode"] in ("office", "mixed") and not match(DIGEST, pointer_one(rec.body, policy["evidence"])):
            return None
        wanted = pointer_one(body, policy["party"]) if "party" in policy else None
        best = None
        for name in sorted(self.parties):
            if ("party" in policy and name != wanted) or (only is not None and name != only):
                continue
            if (scheme, policy["role"]) not in self.parties[name].roles:
                continue
            persons = len(self.signers(rec, name, "person", fresh))
            offices = len(self.signers(rec, name, "office", fresh))
            if policy["mode"] in ("members", "mixed") and persons < policy["threshold"]:
                continue
            if policy["mode"] in ("office", "mixed") and offices == 0:
                continue
            if best is None or (persons, offices) > best[0]:
                best = ((persons, offices), name)
        return None if best is None else best[1]

    def first(self, policies, scheme, rec, by_id, only=None, named=None, steps=AS_STEPS, body=None):
        """-> the party of the first policy that holds; Bad when none does.  In mode "as": `named` is the record followed to,
        `only` the party asked for, `body` what the corrections on the way make of it."""
        why = "no policy is satisfied"
        for fresh in (True, False):
            for p in policies:
                try:
                    if p["mode"] == "as":
                        party = self.as_original(p, scheme, rec, named or rec, by_id, only, steps, rec.body if named is None else body)
                    else:
                        party = self.satisfied(p, scheme, rec, (named or rec).body, fresh, only)
                    if party is not None:
                        return party
                except Bad as e:
                    why = str(e)
        raise Bad(why)

    def as_original(self, policy, scheme, rec, at, by_id, only, steps, body):
        need(steps > 0, "corrects too far back")
        refs = [r["record"] for r in at.refs if r["rel"] == policy["rel"]]
        need(len(refs) == 1, "not exactly one ref " + policy["rel"])
        t = by_id[refs[0]]
        need((at.body if body is None else body).get("record") == t.id, "body.record is not the record named")
        stands, _, _, party = self.standing[t.seq]
        need(stands, "the record named is void")
        need(t.about == at.about, "about is not that of the record named")
        only = party if only is None else only
        if t.core_type:
            need(self.roots.met(rec), "not signed by the root threshold")
            return ""
        need(t.scheme == scheme, "the record named is of another scheme")
        kind = self.roots.package(scheme, rec.seq).types.get(t.type)
        need(kind is not None, "no type %s in the profile in force" % t.type)
        after = amended(kind, t, body) if at.type == "correction" else None
        return self.first(kind.signing, scheme, rec, by_id, only, t, steps - 1, after)

    def may_enrol(self, scheme, role, rec):
        package = self.roots.package(scheme, rec.seq)
        policies = package.roles.get(role, []) if package else []
        try:
            self.first(policies, scheme, rec, {})
            return True
        except Bad:
            return False

    def judge_party(self, rec):
        body = rec.core
        old = self.parties.get(body.party, Party())
        roles = old.roles | {(rec.scheme, r) for r in body.roles}
        need(roles, "a party without a role")
        need(len(roles) <= ROLES_MAX, "over %d roles" % ROLES_MAX)
        for scheme, role in sorted(roles):
            need(self.may_enrol(scheme, role, rec), "role %s/%s is not granted by who may" % (scheme, role))
        for k, (member, _) in body.keys.items():
            if k in self.owner:  # FORMAT 26.6: a further chain, for the same member
                cut = self.cutoff.get(k)
                need(self.owner[k] == (body.party, member) and k in self.chains and k in body.chains, "key %s has an owner" % k)
                need(cut is None or not cut.past(rec.seq), "key %s has ended" % k)
            need(not any(s < rec.seq and k in ks.owners for s, ks in self.roots.keysets), "key %s is one of a keyset" % k)
            need(k in rec.signed, "key %s did not sign its own enrolment" % k)
        chains = {k: Chain(rec.scheme, certificate.judge(v, body.keys[k][1], self.roots.package(rec.scheme, rec.seq), rec.time)) for k, v in body.chains.items()}
        for member, kind in body.members.items():
            need(old.kind.get(member, kind) == kind, "member %s changes its kind" % member)
        party = self.parties.setdefault(body.party, old)
        party.roles = roles
        party.kind.update(body.members)
        for k, chain in chains.items():
            self.chains.setdefault(k, []).append(chain)
        for k, (member, _) in body.keys.items():
            party.keys[k] = member
            self.owner[k] = (body.party, member)

    def may_end(self, k, rec):
        """Do the roots, the key itself, or what enrols its party for every role, sign?"""
        itself = k in rec.signed and (k not in self.cutoff or not self.cutoff[k].past(rec.seq))
        return self.roots.met(rec) or itself or all(self.may_enrol(s, r, rec) for s, r in self.parties[self.owner[k][0]].roles)

    def judge_revocation(self, rec):
        body, root = rec.core, self.roots.met(rec)
        need(body.last is None or root, "only the root threshold may reach back")
        for k in body.keys:
            need(k in self.owner, "key %s is not enrolled" % k)
            need(self.may_end(k, rec), "key %s is revoked by nobody who may" % k)
        for k, c in cutoffs(rec, root).items():
            self.cutoff[k] = c.with_(self.cutoff.get(k))

    def name_keys(self, rec):
        """Keys of authorised records: signatures by others are skipped."""
        if rec.type == "keyset":
            found = rec.core.keys()
        else:
            found = [k for _, k in rec.core.keys.values()] if rec.type == "party" else []
        self.named.update(k.id for k in found)

    def unverified(self, rec):
        """How many signatures are not by a key that is named so far?"""
        return len(rec.sigs) - len(rec.signed & self.named)

    def judge(self, rec, by_id):
        self.found.append(self._judge(rec, by_id))
        if self.found[-1][0]:
            self.name_keys(rec)
        return self.found[-1]

    def _judge(self, rec, by_id):
        """-> (True | False | None, status, why, party)"""
        if rec.broken or rec.unknown:
            return None, None, "cannot be decided", ""
        if rec.why is not None:
            return False, rec.status, rec.why, ""
        party = ""
        try:
            need(self.roots.keyset(rec.seq) is not None or rec.type == "keyset", "there is no keyset yet")
            if rec.type == "party":
                self.judge_party(rec)
            elif rec.type == "revocation":
                self.judge_revocation(rec)
            elif rec.type == "crl":
                self.judge_crl(rec)
            elif rec.type == "erasure":
                need(self.roots.met(rec), "not signed by the root threshold")
            elif rec.type == "timestamp":
                need(self.roots.keyset(rec.seq).operator.id in rec.signed, "not signed by the operator in force")
                need(rec.core.size <= rec.seq, "of no earlier checkpoint")
                need(rec.over is None, rec.over)
            elif rec.type not in CORE_TYPES:
                party = self.first(self.roots.package(rec.scheme, rec.seq).types[rec.type].signing, rec.scheme, rec, by_id)
        except Bad as e:
            return False, "AK_NOT_AUTHORISED", str(e), ""
        return True, None, None, party


def judge(roots, records):
    """-> (now, when sealed, skipped): lists of (True | False | None, status, why, party) by seq, and of how many signatures no
    key verifies.

    Only a revocation that reaches back can change what came before it.  So the ledger is judged again from the start each
    time one is met, now with it known beforehand; what was found up to its own seq is "when sealed".
    """
    by_id = {r.id: r for r in records}
    known, sealed, skipped = {}, [], {}
    while True:
        world = World(roots, known, sealed)
        for r in records:
            found = world.judge(r, by_id)
            if r.seq + 1 >= len(sealed) and found[0]:
                skipped[r.seq] = world.unverified(r)
            if r.seq < len(sealed):
                continue
            sealed.append(found)
            if r.type == "revocation" and found[0] and roots.met(r):
                for k, c in cutoffs(r, True).items():
                    known[k] = c.with_(known.get(k))
                if r.core.last is not None:
                    break
        else:
            break
    world = World(roots, known)
    now = [world.judge(r, by_id) for r in records]
    for r in records:
        if r.type == "revocation" and sealed[r.seq][0] and roots.met(r):
            now[r.seq] = sealed[r.seq]
    return now, sealed, [skipped.get(r.seq, 0) if b[0] else 0 for r, b in zip(records, sealed)]
