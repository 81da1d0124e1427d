# SPDX-License-Identifier: Apache-2.0
"""Bytes to values: JSON profile, header, statement, signatures line (FORMAT 1-7)."""
import base64
import binascii
import datetime
import hashlib
import json
import re

HEADER_MAX, STATEMENT_MAX, SIGNATURES_MAX = 2048, 4 * 1024 * 1024, 256 * 1024
INT_MAX = 2**53 - 1
ZERO = "sha256:" + "0" * 64
PAYLOAD_TYPE = b"application/vnd.in-toto+json"
CORE_TYPES = ("keyset", "profile", "party", "revocation", "timestamp", "closing", "crl", "erasure")

DIGEST = re.compile(r"sha256:[0-9a-f]{64}\Z")
HEX64 = re.compile(r"[0-9a-f]{64}\Z")
NAME = re.compile(r"[a-z][a-z0-9-]{0,62}\Z")
REL = re.compile(r"[a-z][a-z0-9-]{0,31}\Z")
ORIGIN = re.compile(r"[a-z0-9]([a-z0-9./-]{0,253}[a-z0-9])?\Z")
SHORT = re.compile(r"[a-z0-9][a-z0-9.-]{0,62}\Z")
SUBJECT = re.compile(r"[A-Za-z0-9._:/-]{1,128}\Z")
BAD_CHARACTER = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")


class Bad(Exception):
    """The bytes are not in the form that FORMAT asks for."""


def need(condition, what):
    if not condition:
        raise Bad(what)


def is_text(v):
    return isinstance(v, str)


def is_int(v):
    return isinstance(v, int) and not isinstance(v, bool)


def match(regex, v):
    return is_text(v) and regex.match(v) is not None


def sha(*parts):
    h = hashlib.sha256()
    for p in parts:
        h.update(p)
    return h.digest()


def digest_text(b):
    return "sha256:" + b.hex()


def digest_bytes(text):
    return bytes.fromhex(text[7:])


def unbase64(text, low, high, what):
    """Strict: what it accepts encodes back to the same text."""
    need(is_text(text) and text.isascii(), what + ": not base64")
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Bad(what + ": not base64") from None
    need(base64.b64encode(raw).decode() == text, what + ": not canonical base64")
    need(low <= len(raw) <= high, what + ": %d bytes decoded" % len(raw))
    return raw


# --- JSON (FORMAT 2) --------------------------------------------------------------------------------------

def _pairs(items):
    out = {}
    for k, v in items:
        need(k.isascii() and not BAD_CHARACTER.search(k), "member name %r" % k)
        need(k not in out, "duplicate member %r" % k)
        out[k] = v
    return out


def _integer(text):
    need(text != "-0", "-0 is not allowed")
    n = int(text)
    need(abs(n) <= INT_MAX, "integer out of range")
    return n


def _refuse(text):
    raise Bad("number %s is not an integer" % text[:20])


def depth_of(v):
    """Levels of nesting; not recursive, so that no input can exhaust the stack."""
    deepest, todo = 0, [(v, 1)]
    while todo:
        x, level = todo.pop()
        if isinstance(x, (dict, list)):
            deepest = max(deepest, level)
            todo.extend((y, level + 1) for y in (x.values() if isinstance(x, dict) else x))
    return deepest


def parse_json(raw):
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as e:
        raise Bad("not UTF-8 at %d" % e.start) from None
    need(not text.startswith("\ufeff"), "byte order mark")
    try:
        v = json.loads(text, object_pairs_hook=_pairs, parse_int=_integer, parse_float=_refuse, parse_constant=_refuse)
    except RecursionError:
        raise Bad("nested too deeply") from None
    except ValueError as e:
        raise Bad("not JSON: %s" % e) from None
    need(isinstance(v, (dict, list)), "neither object nor array")
    need(depth_of(v) <= 32, "nested over 32 levels")
    todo = [v]
    while todo:
        x = todo.pop()
        if isinstance(x, str):
            need(not BAD_CHARACTER.search(x), "control character or surrogate in a string")
        elif isinstance(x, dict):
            todo.extend(x.values())
        elif isinstance(x, list):
            todo.extend(x)
    return v


def jcs(v):
    return json.dumps(v, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode("utf-8")


def parse_canonical(raw):
    v = parse_json(raw)
    need(jcs(v) == raw, "not in canonical form")
    return v


def members(v, required, optional=(), what="object"):
    need(isinstance(v, dict), what + " is not an object")
    missing = [k for k in required if k not in v]
    extra = [k for k in v if k not in required and k not in optional]
    need(not missing and not extra, "%s: missing %s, not allowed %s" % (what, missing, extra))
    return v


# --- record and header (FORMAT 3, 4) -------------------------------------------------------------------------

def split_record(blob):
    need(len(blob) <= HEADER_MAX + STATEMENT_MAX + SIGNATURES_MAX + 3, "longer than three lines may be")
    parts = blob.split(b"\n")
    need(len(parts) == 4 and parts[3] == b"", "a record is three lines, each ended by one newline")
    need(all(parts[:3]), "empty line")
    return parts[:3]


TIME = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)Z\Z", re.ASCII)


def _utc(y, mo, d, h, mi, s):
    try:
        return int((datetime.datetime(y, mo, d, h, mi, s) - datetime.datetime(1970, 1, 1)).total_seconds())
    except ValueError as e:
        raise Bad("no such time: %s" % e) from None


def parse_time(text):
    m = TIME.match(text) if is_text(text) else None
    need(m, "time is not YYYY-MM-DDTHH:MM:SSZ")
    need(1970 <= int(m.group(1)), "year before 1970")
    return _utc(*map(int, m.groups()))


class UnknownVersion(Bad):
    pass


def parse_header(line):
    need(len(line) <= HEADER_MAX, "header over 2048 bytes")
    h = members(parse_canonical(line), ("prev", "seq", "signatures", "statement", "subjects", "time", "v"), what="header")
    for k in ("prev", "signatures", "statement", "subjects"):
        need(match(DIGEST, h[k]), k + " is not a digest")
    need(is_int(h["seq"]) and 0 <= h["seq"] <= 9999999999, "seq out of range")
    parse_time(h["time"])
    need(is_int(h["v"]) and h["v"] >= 0, "v is not a number")
    if h["v"] != 1:
        raise UnknownVersion("header version %d" % h["v"])
    return h


# --- statement (FORMAT 5) ---------------------------------------------------------------------------------------

ISSUED = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d):(\d\d)(Z|[+-]\d\d:\d\d))?)?)?\Z", re.ASCII)
JST = 9 * 3600


def issued_first(text):
    """First instant of the interval, in seconds since 1970 UTC (FORMAT 5.6)."""
    m = ISSUED.match(text) if is_text(text) else None
    need(m, "issued is not in one of the five forms")
    y, mo, d, h, mi, s, zone = m.groups()
    need(1868 <= int(y), "issued: year before 1868")
    day = _utc(int(y), int(mo or 1), int(d or 1), 0, 0, 0)
    if h is None:
        return day - JST
    need(int(h) < 24 and int(mi) < 60 and int(s) < 60, "issued: no such time")
    t = day + int(h) * 3600 + int(mi) * 60 + int(s)
    if zone == "Z":
        return t
    oh, om = int(zone[1:3]), int(zone[4:6])
    need(oh < 24 and om < 60 and zone != "-00:00", "issued: no such offset")
    return t - (oh * 3600 + om * 60) * (1 if zone[0] == "+" else -1)


def subject_id(text):
    return match(SUBJECT, text)


PREDICATE_TYPE = re.compile(r"urn:akashi:([a-z][a-z0-9-]{0,62}):(.*)\Z", re.S)


def parse_documents(subject):
    """-> number of documents; 0 when the only entry is the body itself (FORMAT 5.4)."""
    need(isinstance(subject, list) and 1 <= len(subject) <= 64, "subject: 1 to 64 entries")
    names = set()
    for e in subject:
        members(e, ("digest", "name"), ("annotations",), "subject entry")
        members(e["digest"], ("sha256",), what="subject digest")
        need(match(HEX64, e["digest"]["sha256"]), "subject digest is not 64 hex digits")
        need(is_text(e["name"]) and e["name"], "subject without a name")
        need(e["name"] not in names, "subject name twice")
        names.add(e["name"])
        if "annotations" in e:
            a = e["annotations"]
            need(isinstance(a, dict) and a and all(is_text(v) for v in a.values()), "annotations must be text")
    return 0 if names == {"body"} and "annotations" not in subject[0] else len(subject)


def parse_refs(refs):
    need(isinstance(refs, list) and len(refs) <= 256, "refs: at most 256")
    keys = []
    for r in refs:
        members(r, ("record", "rel"), what="ref")
        need(match(DIGEST, r["record"]) and match(REL, r["rel"]), "ref not in form")
        keys.append((r["rel"], r["record"]))
    need(all(a < b for a, b in zip(keys, keys[1:])), "refs not sorted, or repeated")


def parse_statement(line):
    """-> what a record keeps of it: type, documents, n_documents, issued_first and the predicate's members"""
    need(len(line) <= STATEMENT_MAX, "statement over 4 MiB")
    s = members(parse_canonical(line), ("_type", "predicate", "predicateType", "subject"), what="statement")
    need(is_text(s["_type"]), "_type is not text")
    if s["_type"] != "https://in-toto.io/Statement/v1":
        raise UnknownVersion("not an in-toto Statement v1")
    m = PREDICATE_TYPE.match(s["predicateType"]) if is_text(s["predicateType"]) else None
    need(m, "predicateType")
    if m.group(2) != "v1":
        raise UnknownVersion("statement version")
    p = members(s["predicate"], ("about", "base", "body", "issued", "ledger", "refs", "scheme"), ("genesis",), "predicate")
    need(isinstance(p["body"], dict), "body is not an object")
    need(match(DIGEST, p["base"]), "base is not a digest")
    need("genesis" not in p or match(DIGEST, p["genesis"]), "genesis is not a digest")
    need(match(NAME, p["scheme"]), "scheme is not a name")
    need(match(ORIGIN, p["ledger"]), "ledger is not an origin")
    about = p["about"]
    need(isinstance(about, list) and 1 <= len(about) <= 64, "about: 1 to 64 subjects")
    need(all(subject_id(a) for a in about), "about: not a subject id")
    need(all(a < b for a, b in zip(about, about[1:])), "about not sorted, or repeated")
    parse_refs(p["refs"])
    return {"type": m.group(1), "documents": s["subject"], "n_documents": parse_documents(s["subject"]),
            "issued_first": issued_first(p["issued"]), "about": about, "base": p["base"], "body": p["body"],
            "genesis": p.get("genesis"), "ledger": p["ledger"], "refs": p["refs"], "scheme": p["scheme"]}


# --- signatures (FORMAT 6) ----------------------------------------------------------------------------------------

def parse_signatures(line):
    """-> list of (keyid hex, signature bytes)"""
    need(len(line) <= SIGNATURES_MAX, "signatures over 256 KiB")
    s = members(parse_canonical(line), ("signatures", "timestamps"), what="signatures")
    need(isinstance(s["signatures"], list) and 1 <= len(s["signatures"]) <= 64, "1 to 64 signatures")
    out = []
    for e in s["signatures"]:
        members(e, ("keyid", "sig"), what="signature")
        need(match(DIGEST, e["keyid"]), "keyid is not a digest")
        out.append((e["keyid"][7:], unbase64(e["sig"], 1, 1024, "sig")))
    need(all(a[0] < b[0] for a, b in zip(out, out[1:])), "signatures not sorted by keyid, or one keyid twice")
    need(isinstance(s["timestamps"], list), "timestamps is not an array")
    stamps = []
    for e in s["timestamps"]:
        members(e, ("keyid", "tsr"), what="timestamp")
        need(match(DIGEST, e["keyid"]) and e["keyid"][7:] in {k for k, _ in out}, "timestamp of no signature")
        unbase64(e["tsr"], 1, 32768, "tsr")
        stamps.append((e["keyid"], e["tsr"]))
    need(all(a < b for a, b in zip(stamps, stamps[1:])), "timestamps not sorted, or repeated")
    return out


def pae(line2):
    return b"DSSEv1 %d %s %d %s" % (len(PAYLOAD_TYPE), PAYLOAD_TYPE, len(line2), line2)


# --- pointers and about (FORMAT 5.3) ---------------------------------------------------------------------------------

def pointer_split(pointer):
    need(is_text(pointer) and (pointer == "" or pointer[0] == "/"), "pointer %r" % (pointer,))
    return pointer.split("/")[1:]


def pointer_all(v, steps):
    found = [v]
    for s in steps:
        out = []
        plain = s.replace("~1", "/").replace("~0", "~")
        for x in found:
            if s == "*":
                out.extend(x if isinstance(x, list) else [])
            elif isinstance(x, dict) and plain in x:
                out.append(x[plain])
            elif isinstance(x, list) and re.fullmatch("0|[1-9][0-9]{0,8}", plain) and int(plain) < len(x):
                out.append(x[int(plain)])
        found = out
    return found


def pointer_one(v, pointer):
    found = pointer_all(v, pointer_split(pointer))
    return found[0] if len(found) == 1 else None


def derive_about(rules, body):
    out = set()
    for r in rules:
        if "id" in r:
            out.add(r["id"])
            continue
        out.update(r["prefix"] + v for v in pointer_all(body, pointer_split(r["pointer"])) if is_text(v) and v)
    need(1 <= len(out) <= 64, "about: the body gives %d subjects" % len(out))
    need(all(subject_id(i) for i in out), "about: the body gives what is no subject id")
    return sorted(out)
