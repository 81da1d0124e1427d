#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes tests/vectors/format/*.json: frozen values for docs/FORMAT.md.

    make.py           write the files
    make.py --check   compare with what is there; exit 1 when a value differs

Written from FORMAT.md alone, with the Python standard library: it shares no code with akashi, nor with
tests/interop/.  Values are frozen: a difference means that the format has changed, which it must not.
"""
import base64
import datetime
import hashlib
import json
import os
import sys

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "format")
ZERO = bytes(32)


def sha(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def be64(n):
    return n.to_bytes(8, "big")


def dig(b):
    return "sha256:" + b.hex()


def jcs(v):
    return json.dumps(v, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def b64(b):
    return base64.b64encode(b).decode()


# --- Ed25519 (RFC 8032, section 5.1), for signing only: slow and plain ----------------------------------

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
BY = 4 * pow(5, -1, P) % P


def base_x():
    xx = (BY * BY - 1) * pow(D * BY * BY + 1, -1, P) % P
    x = pow(xx, (P + 3) // 8, P)
    if (x * x - xx) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    return x if x % 2 == 0 else P - x


def add(p, q):
    (x1, y1), (x2, y2) = p, q
    t = D * x1 * x2 * y1 * y2 % P
    return ((x1 * y2 + x2 * y1) * pow(1 + t, -1, P) % P, (y1 * y2 + x1 * x2) * pow(1 - t, -1, P) % P)


def mul(k, p):
    q = (0, 1)
    while k:
        if k & 1:
            q = add(q, p)
        p = add(p, p)
        k >>= 1
    return q


def enc(p):
    return (p[1] | (p[0] & 1) << 255).to_bytes(32, "little")


B = (base_x(), BY)


class Key:
    """Test keys: the seed is SHA-256 of a label."""

    def __init__(self, label):
        self.seed = sha(b"akashi test key " + label.encode())
        h = hashlib.sha512(self.seed).digest()
        self.a = int.from_bytes(h[:32], "little") & ~7 & ~(1 << 255) | 1 << 254
        self.a &= (1 << 255) - 1
        self.prefix = h[32:]
        self.pub = enc(mul(self.a, B))
        self.spki = bytes.fromhex("302a300506032b6570032100") + self.pub
        self.id = sha(self.spki).hex()

    def sign(self, m):
        r = int.from_bytes(hashlib.sha512(self.prefix + m).digest(), "little") % L
        big_r = enc(mul(r, B))
        k = int.from_bytes(hashlib.sha512(big_r + self.pub + m).digest(), "little") % L
        return big_r + ((r + k * self.a) % L).to_bytes(32, "little")


# --- header, tree (FORMAT 4, 8) --------------------------------------------------------------------------

def header(prev, seq, signatures, statement, subjects, time):
    return {"prev": dig(prev), "seq": seq, "signatures": dig(signatures), "statement": dig(statement),
            "subjects": dig(subjects), "time": time, "v": 1}


def leaf(data):
    return sha(b"\0", data)


def tree_root(leaves):
    if not leaves:
        return sha()
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while 2 * k < len(leaves):
        k *= 2
    return sha(b"\1", tree_root(leaves[:k]), tree_root(leaves[k:]))


def header_cases():
    h0 = header(ZERO, 0, sha(b"signatures 0"), sha(b"statement 0"), sha(b"subjects 0"), "2026-11-21T03:04:05Z")
    text = jcs(h0).decode()
    ids = [leaf(text.encode())]
    yield {"id": "genesis", "rule": "FORMAT 4.1", "input": {"line": text},
           "want": {"ok": True, "seq": 0, "unix": 1795230245, "record_id": dig(ids[0]), "fields": h0}}
    h1 = header(ids[0], 1, sha(b"signatures 1"), sha(b"statement 1"), sha(b"subjects 1"), "2026-11-21T03:04:05Z")
    line1 = jcs(h1).decode()
    yield {"id": "second", "rule": "FORMAT 4.2", "input": {"line": line1},
           "want": {"ok": True, "seq": 1, "unix": 1795230245, "record_id": dig(leaf(line1.encode())), "fields": h1}}
    big = header(ids[0], 9999999999, sha(b"s"), sha(b"t"), sha(b"u"), "9999-12-31T23:59:59Z")
    yield {"id": "largest", "rule": "FORMAT 4.1", "input": {"line": jcs(big).decode()},
           "want": {"ok": True, "seq": 9999999999, "unix": 253402300799,
                    "record_id": dig(leaf(jcs(big))), "fields": big}}
    bad = [
        ("empty", ""), ("not-json", "{"),
        ("space-after-comma", text.replace(",", ", ", 1)), ("trailing-space", text + " "),
        ("trailing-newline", text + "\n"), ("carriage-return", text + "\r"),
        ("order", jcs(h0).decode().replace(',"v":1', "").replace("{", '{"v":1,', 1)),
        ("missing-v", text.replace(',"v":1', "")), ("v-text", text.replace('"v":1', '"v":"1"')),
        ("v-leading-zero", text.replace('"v":1', '"v":01')), ("extra-member", text.replace('"v":1', '"v":1,"w":1')),
        ("duplicate", text.replace('"v":1', '"v":1,"v":1')),
        ("seq-negative", text.replace('"seq":0', '"seq":-1')), ("seq-minus-zero", text.replace('"seq":0', '"seq":-0')),
        ("seq-float", text.replace('"seq":0', '"seq":0.0')), ("seq-exponent", text.replace('"seq":0', '"seq":1e0')),
        ("seq-leading-zero", text.replace('"seq":0', '"seq":00')), ("seq-text", text.replace('"seq":0', '"seq":"0"')),
        ("seq-eleven-digits", text.replace('"seq":0', '"seq":10000000000')),
        ("digest-upper", text.replace(dig(sha(b"statement 0")), "sha256:" + sha(b"statement 0").hex().upper())),
        ("digest-short", text.replace(dig(sha(b"statement 0")), dig(sha(b"statement 0"))[:-1])),
        ("digest-long", text.replace(dig(sha(b"statement 0")), dig(sha(b"statement 0")) + "0")),
        ("digest-no-prefix", text.replace(dig(sha(b"statement 0")), sha(b"statement 0").hex())),
        ("digest-escape", text.replace('"statement":"sha', '"statement":"\\u0073ha')),
        ("time-leap-second", text.replace("03:04:05Z", "23:59:60Z")), ("time-hour-24", text.replace("03:04:05Z", "24:00:00Z")),
        ("time-offset", text.replace("03:04:05Z", "03:04:05+00:00")), ("time-fraction", text.replace("05Z", "05.0Z")),
        ("time-lower", text.replace("T03:04:05Z", "t03:04:05z")), ("time-february-30", text.replace("11-21", "02-30")),
        ("time-1969", text.replace("2026-11", "1969-11")), ("time-not-leap-year", text.replace("2026-11-21", "2100-02-29")),
        ("time-is-number", text.replace('"2026-11-21T03:04:05Z"', "1795230245")),
        ("bom", "\ufeff" + text),
    ]
    for name, line in bad:
        assert line != text, name
        yield {"id": name, "rule": "FORMAT 4.1", "input": {"line": line}, "want": {"ok": False}}
    yield {"id": "version-2", "rule": "FORMAT 4.4", "input": {"line": text.replace('"v":1', '"v":2')},
           "want": {"ok": False, "unknown_version": True}}
    yield {"id": "time-leap-day", "rule": "FORMAT 4.1", "input": {"line": text.replace("2026-11-21", "2028-02-29")},
           "want": {"ok": True, "seq": 0, "unix": 1835406245,
                    "record_id": dig(leaf(text.replace("2026-11-21", "2028-02-29").encode())),
                    "fields": dict(h0, time="2028-02-29T03:04:05Z")}}


def tree_cases():
    leaves = [leaf(b"header %d" % i) for i in range(9)]
    for n in range(10):
        yield {"id": "size-%d" % n, "rule": "FORMAT 8", "input": {"entries": ["header %d" % i for i in range(n)]},
               "want": {"root": dig(tree_root(leaves[:n])), "root_base64": b64(tree_root(leaves[:n])),
                        "leaves": [dig(x) for x in leaves[:n]]}}


# --- map (FORMAT 10) ----------------------------------------------------------------------------------------

def chain_step(chain, seq, time, statement, signatures):
    return sha(b"\3", chain, be64(seq), be64(time), statement, signatures)


def map_leaf(key, count, chain):
    return sha(b"\4", key, be64(count), chain)


def bit(key, i):
    return key[i // 8] >> (7 - i % 8) & 1


def map_root(entries, depth=0):
    """entries: list of (key, count, chain) with different keys."""
    if not entries:
        return ZERO
    if len(entries) == 1:
        return map_leaf(*entries[0])
    return sha(b"\5", map_root([e for e in entries if not bit(e[0], depth)], depth + 1),
               map_root([e for e in entries if bit(e[0], depth)], depth + 1))


def map_prove(entries, key):
    """-> (kind, entry or None, siblings deepest first)"""
    sib, depth = [], 0
    while len(entries) > 1:
        near = [e for e in entries if bit(e[0], depth) == bit(key, depth)]
        far = [e for e in entries if bit(e[0], depth) != bit(key, depth)]
        sib.insert(0, map_root(far, depth + 1))
        entries, depth = near, depth + 1
    if not entries:
        return "absent-empty", None, sib
    return ("present" if entries[0][0] == key else "absent-other"), entries[0], sib


def map_fold(key, start, sib):
    h = start
    for i, s in enumerate(sib):
        d = len(sib) - i
        h = sha(b"\5", s, h) if bit(key, d - 1) else sha(b"\5", h, s)
    return h


def fake(key, n=1):
    return (key, n, sha(b"chain", key, be64(n)))


def prefix_key(bits, tail):
    """A key that begins with the given bits; the rest is `tail` bits."""
    s = (bits + tail * 256)[:256]
    return int(s, 2).to_bytes(32, "big")


def map_sets():
    def ids(*names):
        return [fake(sha(n.encode()), i + 1) for i, n in enumerate(names)]
    yield "none", []
    yield "one", ids("akashi/keyset")
    yield "two", ids("akashi/keyset", "demo/note:n1")
    yield "three", ids("akashi/keyset", "demo/note:n1", "demo/note:n2")
    yield "seventeen", ids(*["demo/note:n%d" % i for i in range(17)])
    yield "collide-at-bit-1", [fake(prefix_key("0", "0")), fake(prefix_key("1", "0"))]
    yield "collide-8-bits", [fake(prefix_key("10110011" + "0", "01")), fake(prefix_key("10110011" + "1", "10"))]
    yield "collide-255-bits", [fake(prefix_key("1" * 255 + "0", "0")), fake(prefix_key("1" * 255 + "1", "0"))]
    yield "collide-255-bits-and-one-beside", [fake(prefix_key("1" * 255 + "0", "0")), fake(prefix_key("1" * 255 + "1", "0")),
                                              fake(prefix_key("1" * 100 + "0", "01"))]
    yield "all-left", [fake(prefix_key("0" * 16 + t, "0")) for t in ("00", "01", "10")]
    # Mined: two real subject ids whose keys share more than 20 bits.
    seen, i = {}, 0
    while True:
        name = "demo/note:mined-%d" % i
        short = sha(name.encode())[:3]
        if short in seen:
            break
        seen[short] = name
        i += 1
    yield "mined", ids(seen[short], name, "akashi/keyset")


def map_cases():
    for name, entries in map_sets():
        for order, es in (("", entries), ("-reversed", entries[::-1])):
            if order and len(entries) < 2:
                continue
            yield {"id": name + order, "rule": "FORMAT 10.2",
                   "input": {"entries": [{"key": k.hex(), "count": n, "chain": c.hex()} for k, n, c in es]},
                   "want": {"root": map_root(es).hex(), "leaves": [map_leaf(*e).hex() for e in es]}}


def proof_json(kind, entry, sib):
    out = {"kind": kind, "siblings": [s.hex() for s in sib]}
    if entry:
        out.update(count=entry[1], chain=entry[2].hex())
        if kind == "absent-other":
            out["key"] = entry[0].hex()
    return out


def flip(key, i):
    b = bytearray(key)
    b[i // 8] ^= 0x80 >> i % 8
    return bytes(b)


def proof_cases():
    def case(cid, key, proof, root, ok):
        return {"id": cid, "rule": "FORMAT 10.4", "input": {"key": key.hex(), "root": root.hex(), "proof": proof}, "want": {"ok": ok}}
    for name, es in map_sets():
        root = map_root(es)
        asked = [("key%d" % i, e[0]) for i, e in enumerate(es[:3])]
        asked += [("absent-a", sha(b"demo/note:absent-a")), ("absent-b", sha(b"demo/note:absent-b"))]
        asked += [("neighbour%d" % d, flip(e[0], d)) for e in es[:1] for d in (0, 1, 7, 255) if flip(e[0], d) not in [x[0] for x in es]]
        deep = "255" in name
        for label, key in asked[:2] if deep else asked:
            kind, entry, sib = map_prove(es, key)
            cid = "%s-%s" % (name, label)
            p = proof_json(kind, entry, sib)
            start = map_leaf(*entry) if entry else ZERO
            assert map_fold(key, start, sib) == root
            yield case(cid, key, p, root, True)
            if deep:
                yield case(cid + "-other-root", key, p, sha(root), False)
                continue
            if kind == "present":
                yield case(cid + "-count", key, dict(p, count=p["count"] + 1), root, False)
                yield case(cid + "-count-0", key, dict(p, count=0), root, False)
                yield case(cid + "-as-absent-empty", key, {"kind": "absent-empty", "siblings": p["siblings"]}, root, False)
                yield case(cid + "-as-absent-other-self", key, dict(p, kind="absent-other", key=key.hex()), root, False)
            if kind == "absent-other":
                yield case(cid + "-as-present", key, {k: v for k, v in dict(p, kind="present").items() if k != "key"}, root, False)
                yield case(cid + "-as-empty", key, {"kind": "absent-empty", "siblings": p["siblings"]}, root, False)
            if len(sib) > 1:
                yield case(cid + "-short", key, dict(p, siblings=p["siblings"][1:]), root, False)
                yield case(cid + "-swapped", key, dict(p, siblings=[p["siblings"][1], p["siblings"][0]] + p["siblings"][2:]),
                           root, sib[0] == sib[1])
            if sib:
                b = bytearray(sib[0])
                b[31] ^= 1
                yield case(cid + "-bit", key, dict(p, siblings=[bytes(b).hex()] + p["siblings"][1:]), root, False)
            yield case(cid + "-other-root", key, p, sha(root), False)
    # Honest hashes in a dishonest shape: the roots below are what these proofs fold to.
    e = fake(sha(b"demo/note:n1"))
    shape = map_fold(e[0], map_leaf(*e), [ZERO])
    yield case("leaf-beside-nothing", e[0], proof_json("present", e, [ZERO]), shape, False)
    yield case("nothing-beside-nothing", e[0], proof_json("absent-empty", None, [ZERO]), map_fold(e[0], ZERO, [ZERO]), False)
    other = fake(flip(e[0], 0))
    yield case("other-leaf-off-the-path", e[0], proof_json("absent-other", other, [sha(b"x")]),
               map_fold(e[0], map_leaf(*other), [sha(b"x")]), False)
    long = [sha(b"s", be64(i)) for i in range(257)]
    yield case("siblings-257", e[0], proof_json("present", e, long), sha(b"any"), False)
    yield case("siblings-256", e[0], proof_json("present", e, long[:256]), map_fold(e[0], map_leaf(*e), long[:256]), True)


def chain_cases():
    chain = ZERO
    for i, (seq, time) in enumerate([(0, 0), (1, 1795230245), (7, 1795230245), (9999999999, 253402300799)]):
        st, sg = sha(b"statement %d" % seq), sha(b"signatures %d" % seq)
        new = chain_step(chain, seq, time, st, sg)
        key = sha(b"demo/note:n1")
        yield {"id": "step-%d" % (i + 1), "rule": "FORMAT 10.1",
               "input": {"chain": chain.hex(), "seq": seq, "time": time, "statement": dig(st), "signatures": dig(sg)},
               "want": {"chain": new.hex()}}
        yield {"id": "leaf-%d" % (i + 1), "rule": "FORMAT 10.2",
               "input": {"subject": "demo/note:n1", "count": i + 1, "chain": new.hex()},
               "want": {"key": key.hex(), "leaf": map_leaf(key, i + 1, new).hex()}}
        chain = new


# --- statement (FORMAT 5) -----------------------------------------------------------------------------------

def pointer_values(v, steps):
    if not steps:
        return [v]
    s, rest = steps[0], steps[1:]
    if s == "*":
        return [x for e in v for x in pointer_values(e, rest)] if isinstance(v, list) else []
    s = s.replace("~1", "/").replace("~0", "~")
    if isinstance(v, dict) and s in v:
        return pointer_values(v[s], rest)
    if isinstance(v, list) and s.isdigit() and (s == "0" or s[0] != "0") and int(s) < len(v):
        return pointer_values(v[int(s)], rest)
    return []


def derive(rules, body):
    out = set()
    for r in rules:
        if "id" in r:
            out.add(r["id"])
            continue
        for v in pointer_values(body, r["pointer"].split("/")[1:]):
            if isinstance(v, str) and v:
                out.add(r["prefix"] + v)
    ok = all(0 < len(i) <= 128 and all(c.isascii() and (c.isalnum() or c in "._:/-") for c in i) for i in out)
    return sorted(out) if ok and 1 <= len(out) <= 64 else None


CORE = {
    "keyset": [{"id": "akashi/keyset"}],
    "profile": [{"prefix": "akashi/profile:", "pointer": "/scheme"}],
    "party": [{"prefix": "akashi/party:", "pointer": "/party"}, {"prefix": "akashi/key:", "pointer": "/members/*/keys/*/id"}],
    "revocation": [{"prefix": "akashi/key:", "pointer": "/keys/*/id"}],
}


def about_cases():
    k = [Key("about %d" % i).id for i in range(3)]
    rows = [
        ("keyset", CORE["keyset"], {"number": 1}),
        ("profile", CORE["profile"], {"scheme": "demo", "version": "1"}),
        ("party", CORE["party"], {"party": "koh-audit", "members": [{"keys": [{"id": k[0]}, {"id": k[1]}]}, {"keys": [{"id": k[2]}]}]}),
        ("party-without-keys", CORE["party"], {"party": "koh-audit", "members": []}),
        ("revocation", CORE["revocation"], {"keys": [{"id": k[1]}, {"id": k[0]}, {"id": k[1]}]}),
        ("star", [{"prefix": "demo/service:", "pointer": "/services/*/id"}], {"services": [{"id": "b"}, {"id": "a"}, {"name": "no id"}]}),
        ("listing-or-service", [{"prefix": "demo/listing:", "pointer": "/listing"}, {"prefix": "demo/service:", "pointer": "/service"}], {"service": "s1"}),
        ("whole-ids", [{"prefix": "", "pointer": "/subjects/*"}], {"subjects": ["demo/note:b", "demo/note:a", "demo/note:b"]}),
        ("bytewise-order", [{"prefix": "demo/note:", "pointer": "/n/*"}], {"n": ["a", "B", "10", "9", "-", "_", "."]}),
        ("index", [{"prefix": "demo/note:", "pointer": "/n/1"}], {"n": ["a", "b"]}),
        ("index-leading-zero", [{"prefix": "demo/note:", "pointer": "/n/01"}], {"n": ["a", "b"]}),
        ("index-of-object", [{"prefix": "demo/note:", "pointer": "/n/0"}], {"n": {"0": "zero"}}),
        ("escaped-pointer", [{"prefix": "demo/note:", "pointer": "/a~1b/~0"}], {"a/b": {"~": "x"}}),
        ("tilde-01", [{"prefix": "demo/note:", "pointer": "/~01"}], {"~1": "x", "/": "y"}),
        ("star-on-object", [{"prefix": "demo/note:", "pointer": "/n/*"}], {"n": {"a": "x"}}),
        ("nothing", [{"prefix": "demo/note:", "pointer": "/absent"}], {}),
        ("number", [{"prefix": "demo/note:", "pointer": "/n"}], {"n": 7}),
        ("null", [{"prefix": "demo/note:", "pointer": "/n"}], {"n": None}),
        ("number-beside-text", [{"prefix": "demo/note:", "pointer": "/n/*"}], {"n": [7, "a", None, "", {"x": "y"}]}),
        ("empty-text", [{"prefix": "demo/note:", "pointer": "/n"}], {"n": ""}),
        ("space", [{"prefix": "demo/note:", "pointer": "/n"}], {"n": "a b"}),
        ("non-ascii", [{"prefix": "demo/note:", "pointer": "/n"}], {"n": "令和"}),
        ("plus", [{"prefix": "demo/note:", "pointer": "/n"}], {"n": "a+b"}),
        ("length-128", [{"prefix": "demo/note:", "pointer": "/n"}], {"n": "x" * 118}),
        ("length-129", [{"prefix": "demo/note:", "pointer": "/n"}], {"n": "x" * 119}),
        ("count-64", [{"prefix": "demo/note:n", "pointer": "/n/*"}], {"n": [str(i) for i in range(64)]}),
        ("count-65", [{"prefix": "demo/note:n", "pointer": "/n/*"}], {"n": [str(i) for i in range(65)]}),
    ]
    for name, rules, body in rows:
        want = derive(rules, body)
        yield {"id": name, "rule": "FORMAT 5.3", "input": {"about": rules, "body": body},
               "want": {"ok": want is not None, "about": want or []}}


def issued_cases():
    good = [("2021", "2020-12-31T15:00:00Z"), ("2021-09", "2021-08-31T15:00:00Z"), ("2021-09-13", "2021-09-12T15:00:00Z"),
            ("2021-09-13T10:00:00+09:00", "2021-09-13T01:00:00Z"), ("2021-09-13T01:00:00Z", "2021-09-13T01:00:00Z"),
            ("2021-09-13T01:00:00-23:59", "2021-09-14T00:59:00Z"), ("2024-02-29", "2024-02-28T15:00:00Z"),
            ("1970-01-02", "1970-01-01T15:00:00Z"), ("2021-09-13T01:00:00+00:00", "2021-09-13T01:00:00Z")]
    # An offset carries the instant beyond the years that can be written.
    beyond = [("1868-01-01T00:00:00+23:59", (1868, 1, 1, 0, 0, 0), -86340, "1867-12-31"),
              ("9999-12-31T23:59:59-23:59", (9999, 12, 31, 23, 59, 59), 86340, "9999-12-31")]
    bad = ["", "21", "2021-9", "2021-13", "2021-00", "2021-02-29", "2021-09-31", "2021-09-13T10:00:00", "2021-09-13T10:00Z",
           "2021-09-13T10:00:00.0Z", "2021-09-13T24:00:00Z", "2021-09-13T23:59:60Z", "2021-09-13t10:00:00z", "2021-09-13 10:00:00Z",
           "2021-09-13T10:00:00+0900", "2021-09-13T10:00:00-00:00", "2021-09-13T10:00:00+24:00", "2021/09/13", "1867", "10000",
           "２０２１", " 2021", "2021 ", "令和3年"]
    days = {"2021": ("2021-01-01", "2021-12-31"), "2021-09": ("2021-09-01", "2021-09-30"), "2021-09-13T01:00:00-23:59": ("2021-09-14",) * 2}
    for text, first in good:
        day = days.get(text, (text[:10],) * 2)
        yield {"id": text, "rule": "FORMAT 5.6", "input": {"issued": text},
               "want": {"ok": True, "first": first, "first_day": day[0], "last_day": day[1]}}
    for text, written, offset, day in beyond:
        unix = int((datetime.datetime(*written) - datetime.datetime(1970, 1, 1)).total_seconds()) + offset
        yield {"id": text, "rule": "FORMAT 5.6", "input": {"issued": text},
               "want": {"ok": True, "first_unix": unix, "first_day": day, "last_day": day}}
    for text in bad:
        yield {"id": "bad:" + text, "rule": "FORMAT 5.6", "input": {"issued": text}, "want": {"ok": False}}


def statement_cases():
    key = Key("root-a")
    body = {"note": "n1", "text": "証し \"x\" \\ / é"}
    st = {"_type": "https://in-toto.io/Statement/v1", "predicateType": "urn:akashi:note:v1",
          "predicate": {"about": ["demo/note:n1"], "base": dig(sha(b"base")), "body": body, "genesis": dig(sha(b"genesis")),
                        "issued": "2026-11-21", "ledger": "ledger.example/demo", "refs": [], "scheme": "demo"},
          "subject": [{"digest": {"sha256": sha(jcs(body)).hex()}, "name": "body"}]}
    line = jcs(st)
    yield {"id": "note", "rule": "FORMAT 5.1", "input": {"statement": st},
           "want": {"line": line.decode(), "digest": dig(sha(line)), "body_digest": sha(jcs(body)).hex()}}
    for cid, typ, payload in [("empty", "application/vnd.in-toto+json", b""), ("dsse-example", "http://example.com/HelloWorld", b"hello world"),
                              ("utf8", "application/vnd.in-toto+json", "証し".encode()), ("note", "application/vnd.in-toto+json", line)]:
        pae = b"DSSEv1 %d %s %d %s" % (len(typ.encode()), typ.encode(), len(payload), payload)
        yield {"id": "pae-" + cid, "rule": "FORMAT 6.2", "input": {"type": typ, "payload": b64(payload)},
               "want": {"pae": b64(pae), "sha256": sha(pae).hex()}}
    pae = b"DSSEv1 28 application/vnd.in-toto+json %d %s" % (len(line), line)
    sigs = {"signatures": [{"keyid": "sha256:" + key.id, "sig": b64(key.sign(pae))}], "timestamps": []}
    yield {"id": "signatures", "rule": "FORMAT 6.1", "input": {"seed": key.seed.hex(), "statement": line.decode()},
           "want": {"spki": b64(key.spki), "keyid": "sha256:" + key.id, "line": jcs(sigs).decode(), "digest": dig(sha(jcs(sigs)))}}


def commitment_cases():
    for cid, salt, doc in [("empty-document", bytes(32), b""), ("text", bytes(range(32)), "監査報告書".encode()), ("salt-ff", b"\xff" * 32, b"report")]:
        yield {"id": cid, "rule": "FORMAT 13", "input": {"salt": salt.hex(), "document": b64(doc)},
               "want": {"document_sha256": sha(doc).hex(), "commitment": sha(b"\6", salt, sha(doc)).hex()}}


# --- checkpoint and git (FORMAT 9, 11) ------------------------------------------------------------------------

def key_id(name, typ, pub):
    return sha(name.encode(), b"\n", bytes([typ]), pub)[:4]


def note_line(name, kid, blob):
    return "\u2014 %s %s\n" % (name, b64(kid + blob))


def checkpoint_cases():
    op, hb = Key("operator"), Key("heartbeat")
    for origin, n in [("ledger.example/demo", 1), ("ledger.example/demo", 3), ("a", 1234067)]:
        root = tree_root([leaf(b"header %d" % i) for i in range(n)]) if n < 10 else sha(b"root")
        text = "%s\n%d\n%s\n" % (origin, n, b64(root))
        note = text + "\n" + note_line(origin, key_id(origin, 1, op.pub), op.sign(text.encode()))
        t = 1795230245
        hname = origin + "/heartbeat"
        msg = "cosignature/v1\ntime %d\n%s" % (t, text)
        cosig = note_line(hname, key_id(hname, 4, hb.pub), be64(t) + hb.sign(msg.encode()))
        yield {"id": "%s-%d" % (origin.split("/")[0], n), "rule": "FORMAT 9.1",
               "input": {"origin": origin, "size": n, "root": dig(root), "seed": op.seed.hex(), "heartbeat_seed": hb.seed.hex(), "heartbeat_time": t},
               "want": {"note": note, "vkey": "%s+%s+%s" % (origin, key_id(origin, 1, op.pub).hex(), b64(b"\1" + op.pub)),
                        "cosigned": note + cosig,
                        "heartbeat_vkey": "%s+%s+%s" % (hname, key_id(hname, 4, hb.pub).hex(), b64(b"\4" + hb.pub))}}


def git_cases():
    for seq in (0, 1, 99, 100, 1234067, 9999999999):
        d = "%010d" % seq
        yield {"id": "path-%d" % seq, "rule": "FORMAT 11.1", "input": {"seq": seq},
               "want": {"path": "records/%s/%s/%s/%s/%s.jsonl" % tuple(d[i:i + 2] for i in range(0, 10, 2))}}
    root = b64(sha(b"root"))
    for cid, first, n, size, want in [
            ("one", 12, 1, 13, "akashi: seal 1 record, #12\n\nsize 13\nroot %s\n" % root),
            ("many", 12, 3, 15, "akashi: seal 3 records, #12 to #14\n\nsize 15\nroot %s\n" % root),
            ("first", 0, 1, 1, "akashi: seal 1 record, #0\n\nsize 1\nroot %s\n" % root),
            ("cosign", None, 0, 15, "akashi: cosign size 15\n\nsize 15\nroot %s\n" % root)]:
        yield {"id": "message-" + cid, "rule": "FORMAT 11.4", "input": {"first": first, "records": n, "size": size, "root": dig(sha(b"root"))},
               "want": {"message": want}}
    for origin in ("ledger.example/demo", "ledger.example", "a/b/c"):
        yield {"id": "email-" + origin, "rule": "FORMAT 11.4", "input": {"origin": origin},
               "want": {"name": origin, "email": "akashi@" + origin.split("/")[0]}}
    for text, ok in [("ledger.example/ismap", True), ("a", True), ("0/1", True), ("", False), ("Ledger.example", False), ("/a", False), ("a/", False),
                     (".a", False), ("a-", False), ("a b", False), ("a+b", False), ("a:1", False), ("a_b", False), ("x" * 255, True), ("x" * 256, False)]:
        yield {"id": "origin-" + (text if len(text) < 40 else "len-%d" % len(text)), "rule": "FORMAT 1", "input": {"origin": text}, "want": {"ok": ok}}


def key_cases():
    """Keys that must be refused (FORMAT 14.2), and some that must not."""
    good = Key("operator")
    pre = bytes.fromhex("302a300506032b6570032100")
    low = {"identity": b"\1" + bytes(31), "zero": bytes(32), "minus-one": b"\xec" + b"\xff" * 30 + b"\x7f",
           "order-8-a": bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"),
           "order-8-b": bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a")}
    rows = [("ed25519", good.spki, True), ("trailing-byte", good.spki + b"\0", False), ("truncated", good.spki[:-1], False),
            ("ber-length", b"\x30\x81\x2a" + good.spki[2:], False), ("x25519", bytes.fromhex("302a300506032b656e032100") + good.pub, False),
            ("y-is-p", pre + b"\xed" + b"\xff" * 30 + b"\x7f", False), ("y-is-p-plus-1", pre + b"\xee" + b"\xff" * 30 + b"\x7f", False),
            ("y-is-p-plus-18", pre + b"\xff" * 31 + b"\x7f", False), ("empty", b"", False)]
    for name, y in low.items():
        rows.append(("small-order-" + name, pre + y, False))
        rows.append(("small-order-" + name + "-sign", pre + y[:31] + bytes([y[31] | 0x80]), False))
    for name, spki, ok in rows:
        yield {"id": name, "rule": "FORMAT 14.2", "input": {"spki": b64(spki)}, "want": {"ok": ok, "id": sha(spki).hex()}}


FILES = {
    "header": ("Line 1 of a record: `line` is accepted or not; `record_id` is its leaf hash", header_cases),
    "tree": ("RFC 6962 roots; entries are ASCII text", tree_cases),
    "chain": ("One step of a subject's chain, and the map leaf it gives", chain_cases),
    "map": ("Subject map roots; the order of entries does not matter", map_cases),
    "map-proofs": ("Proofs of presence and absence: accepted or not", proof_cases),
    "about": ("Subject ids that rules derive from a body", about_cases),
    "issued": ("Claimed dates and the first instant of the interval they stand for, in UTC", issued_cases),
    "statement": ("Canonical statement, PAE (payload and pae in base64), Ed25519 signatures (deterministic)", statement_cases),
    "commitment": ("Commitments akashi-1", commitment_cases),
    "checkpoint": ("Signed notes with the operator's line and a heartbeat cosignature (Ed25519 is deterministic)", checkpoint_cases),
    "git": ("Paths, commit messages, author addresses, origins", git_cases),
    "keys": ("SubjectPublicKeyInfo accepted or refused", key_cases),
}


def main():
    check = "--check" in sys.argv[1:]
    os.makedirs(HERE, exist_ok=True)
    failed = False
    for name, (about, cases) in FILES.items():
        rows = list(cases())
        assert len({r["id"] for r in rows}) == len(rows), name
        text = '{"about":%s,\n"cases":[\n%s\n]}\n' % (
            json.dumps(about), ",\n".join(json.dumps(r, sort_keys=True, ensure_ascii=False) for r in rows))
        path = os.path.join(HERE, name + ".json")
        if check:
            try:
                with open(path, encoding="utf-8") as f:
                    same = f.read() == text
            except OSError:
                same = False
            if not same:
                print("differs: " + path)
                failed = True
            continue
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
