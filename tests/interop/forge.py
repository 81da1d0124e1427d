# SPDX-License-Identifier: Apache-2.0
"""Scripts and hooks for make_ledger.py that make dishonest ledgers: everything is computed and signed anew over the changed
bytes, as the operator could do."""
import base64

import make_ledger as ml
import tokens


def short(w, package=None):
    """Records 0-4 of every ledger, a note (5), a report (6) and a decision (7)."""
    ml.start(w, package)
    w.add("note", {"note": "n1", "text": "one"}, ["clerk"], label="n1")
    w.add("report", {"auditor": "koh-audit", "listings": ["l1", "l2"]}, ["lead"], label="report",
          documents=[ml.document("report.pdf", ml.sha(b"report"), kind="report")])
    w.seal()
    w.add("decision", {"listing": "l1", "outcome": "registered", "on": "2026-11-19"}, ["m1", "m2-p256"], label="d1", refs={"report": "report"})
    w.seal()


def then(*adds, script=short):
    """short(), and one more commit with the given records."""
    def run(w):
        script(w)
        for a in adds:
            args, more = (a(w) if callable(a) else a)
            w.add(*args, **more)
        w.seal()
    return run


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


MAP_BEFORE, FIRST_COMMIT = [None], [None]
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


NOBODY = "0" * 64


def misname(label, keyid=NOBODY):
    """What the key `label` signed goes by another key's id."""
    def change(v):
        for e in v["signatures"]:
            if e["keyid"] == "sha256:" + ml.key(label).id:
                e["keyid"] = "sha256:" + keyid
        v["signatures"].sort(key=lambda e: e["keyid"])
    return change


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


def pinned(w):
    """short(), under a profile that names a time-stamping authority."""
    short(w, dict(ml.demo_package(), time_authorities=[tokens.authority()]))


def timestamp(signers=("operator",), base=None, make=None, more=None, **members):
    """Record 8: a token over the checkpoint of seven records; make(w, text of the checkpoint, time) -> other tokens."""
    def record(w):
        size = members.get("size", 7)
        text, root = tokens.checkpoint(w, size)
        body = {"form": "rfc3161", "root": root, "size": size,
                "tokens": make(w, text, w.now) if make else [tokens.response(tokens.token(text, w.now))]}
        body.update(members)
        return add("timestamp", body, list(signers), **dict(more or {}, **({} if base is None else {"base": base})))
    return record


def stamped(*adds):
    """pinned(), and one more commit with the given records."""
    return then(*adds, script=pinned)


def crl(signers=("operator",), **members):
    """Record 8: a revocation list with nobody on it.  A member given as None is left out."""
    body = dict({"digest": OTHER_ID, "issuer": "CN=Issuing CA", "issuer_key": "4" * 64, "this_update": "2026-11-20T00:00:00Z",
                 "next_update": "2026-11-27T00:00:00Z", "number": "2a", "revoked": []}, **members)
    return add("crl", {k: v for k, v in body.items() if v is not None}, list(signers))


def certified(chain):
    """Record 8: a party whose key brings these as its certificate chain."""
    body = ml.party_body("new-audit", ["auditor"], lead=["lead-9"])
    body["members"][0]["keys"][0] = dict(body["members"][0]["keys"][0], certificate=chain)
    return add("party", body, ["office", "lead-9"])


def rotate(w, script=short):
    script(w)
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


def swap_armor(raw):
    """The signature of the same commit with another message."""
    head, rest = raw.split(b"gpgsig ", 1)
    other = ml.key("operator").ssh_sign(head + b"\nanother message\n")
    return head + b"gpgsig " + other.replace("\n", "\n ").encode() + rest[rest.index(b"\n\n"):]


def anew(change):
    """A hook `raw`: change(header lines) -> (those before the signature, those after it), signed anew by the operator."""
    def do(raw):
        head, rest = raw.split(b"gpgsig ", 1)
        message = rest[rest.index(b"\n\n") + 2:]
        before, after = change(head.splitlines(True))
        armor = ml.key("operator").ssh_sign(b"".join(before + after) + b"\n" + message)
        return b"".join(before) + b"gpgsig " + armor.replace("\n", "\n ").encode() + b"\n" + b"".join(after) + b"\n" + message
    return do


def headers(old, new, count=1):
    """anew(), with text of the headers changed."""
    def change(lines):
        text = b"".join(lines)
        assert old in text, (old, text)
        return text.replace(old, new, count).splitlines(True), []
    return anew(change)


def note_line(name, blob=b"abcd" + bytes(8)):
    return lambda v: v + "\u2014 %s %s\n" % (name, ml.b64(blob))


def cosigned_at(when):
    def script(w):
        short(w)
        w.cosign(ml.ORIGIN + "/heartbeat", "heartbeat", when)
        w.commit_cosignatures()
    return script


def long_text(size):
    """A statement of this many bytes."""
    def change(v):
        v["predicate"]["body"]["text"] += "x" * (size - len(ml.jcs(v)))
    return change


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


def commit_id(raw):
    return ml.hashlib.sha1(b"commit %d\0" % len(raw) + raw).hexdigest()


def remember_first(n, raw):
    """A hook `raw`, so that a later one can name the first commit."""
    if n == 0:
        FIRST_COMMIT[0] = commit_id(raw)


# --- longer stories ----------------------------------------------------------------------------------------------------

def seals(script, *steps):
    """script, then one commit for each step: a list of what add() made, or of functions that make it."""
    def run(w):
        script(w)
        for step in steps:
            for a in step:
                args, more = a(w) if callable(a) else a
                w.add(*args, **more)
            w.seal()
    return run


def correct(label, signers, me=None, **more):
    """A correction of the record `label`, about the same as that one."""
    def make(w):
        body = ml.correction(w, label, **dict({"subjects": ["demo/listing:l1"]}, **more))
        return add("correction", body, signers, label=me, refs={"corrects": label}, about=body["subjects"])
    return make


BOARD = ["m1", "m2-p256"]
BOARD_2 = add("party", ml.party_body("board-2", ["committee"], x1=["x1"], x2=["x2"], x3=["x3"]), ["root-a", "root-b", "x1", "x2", "x3"])


def decided(*signers, **body):
    return add("decision", dict({"listing": "l1", "outcome": "registered"}, **body), list(signers), label="d2")


def chain_of_corrections(n):
    """d1 corrected, that correction corrected, and so on: records 8 to 8 + n - 1."""
    steps = [[correct("d1" if i == 0 else "c%d" % i, ["m1", "m2-p256"], me="c%d" % (i + 1), field="/on" if i == 0 else "/after")] for i in range(n)]
    return seals(short, *steps)


def roles_package(n):
    p = ml.demo_package("2")
    for i in range(n):
        p["roles"]["r%d" % i] = {"ja": "役", "en": "role", "enrolled_by": [{"mode": "root"}]}
    return add("profile", ml.profile_body(p), ["root-a", "root-b"])


def grown_package():
    """A decision now has to say why, which those sealed before do not."""
    p = ml.demo_package("2")
    p["types"]["decision"]["schema"]["properties"]["why"] = ml.text()
    p["types"]["decision"]["schema"]["required"].append("why")
    return add("profile", ml.profile_body(p), ["root-a", "root-b"])


def other_package():
    """Scheme `other`: remarks of the roots about a party."""
    p = ml.demo_package()
    p["scheme"], p["roles"], p["ids"] = "other", {}, {}
    p["types"] = {"remark": ml.demo_type([{"prefix": "akashi/party:", "pointer": "/party"}], ml.obj(["party"], party=ml.text()), [{"mode": "root"}])}
    return add("profile", ml.profile_body(p), ["root-a", "root-b"])


def cosigned_rotation(w):
    rotation = add("keyset", ml.keyset_body(2, KEYS2, operator="operator-2"), ["root-a", "root-b", "operator-2", "heartbeat"])
    seals(short, [rotation])(w)
    w.cosign("witness.example/w1", "witness-1", w.now + 1)
    w.commit_cosignatures()
    w.add(*NOTE)
    w.seal()


def heartbeat_elsewhere(w):
    """The heartbeat key is known whatever the name of its line."""
    short(w)
    w.cosign("other.example/name", "heartbeat", w.now + 1)
    w.cosigs = {k: v[:-1] + bytes([v[-1] ^ 1]) for k, v in w.cosigs.items()}
    w.commit_cosignatures()


def operator_line_last(note):
    text, lines = note.split("\n\n")
    lines = lines.splitlines(True)
    return text + "\n\n" + "".join(lines[1:] + lines[:1])


def operator_line_twice(note):
    return note + note.splitlines(True)[-1]
