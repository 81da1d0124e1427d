# SPDX-License-Identifier: Apache-2.0
"""Checkpoints and trust files (FORMAT 9, 12)."""
import re

from .form import DIGEST, NAME, ORIGIN, Bad, match, need, sha, unbase64
from .keys import Ed25519, openssl_ed25519, ED_PREFIX

DASH = "\u2014 "
# Unicode white space and controls, which a key name does not have.
NOT_IN_NAME = re.compile("[\x00-\x20\x7f-\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000+]")


def key_name(text):
    return text != "" and len(text.encode()) <= 255 and not NOT_IN_NAME.search(text)


def key_id(name, typ, pub):
    return sha(name.encode(), b"\n", bytes([typ]), pub)[:4]


class Checkpoint:
    """text, origin, size, root, lines: [(name, key id, blob)]"""

    def __init__(self, raw):
        need(len(raw) <= 65536, "checkpoint over 64 KiB")
        try:
            note = raw.decode("utf-8")
        except UnicodeDecodeError:
            raise Bad("checkpoint is not UTF-8") from None
        need(not re.search("[\x00-\x09\x0b-\x1f]", note), "control character in the checkpoint")
        need(note.endswith("\n"), "checkpoint without final newline")
        cut = note.rfind("\n\n")
        need(cut >= 0, "checkpoint without signatures")
        self.text, tail = note[:cut + 1], note[cut + 2:]
        head = self.text.split("\n")
        need(len(head) == 4 and head[3] == "", "checkpoint text is not three lines")
        self.origin = head[0]
        need(match(ORIGIN, self.origin), "checkpoint origin")
        need(re.fullmatch("[1-9][0-9]{0,9}|10{10}", head[1]), "checkpoint size")
        self.size = int(head[1])
        self.root_text = head[2]
        self.root = unbase64(head[2], 32, 32, "checkpoint root")
        lines = tail.split("\n")[:-1]
        need(1 <= len(lines) <= 100, "checkpoint has %d signature lines" % len(lines))
        self.lines = [self._line(x) for x in lines]

    @staticmethod
    def _line(line):
        need(line.startswith(DASH), "signature line without dash")
        name, space, b64 = line[len(DASH):].partition(" ")
        need(space and key_name(name), "signature line without a name")
        blob = unbase64(b64, 5, 4100, "signature line")
        return (name, blob[:4], blob[4:])

    def operator_lines(self):
        n = 0
        while n < len(self.lines) and self.lines[n][0] == self.origin:
            n += 1
        return self.lines[:n]

    def cosignatures(self):
        return self.lines[len(self.operator_lines()):]

    def check_order(self):
        rest = self.cosignatures()
        need(all(name != self.origin for name, _, _ in rest), "an operator line after cosignatures")
        keys = [(name.encode(), kid) for name, kid, _ in rest]
        need(all(a < b for a, b in zip(keys, keys[1:])), "cosignatures not sorted, or one key twice")

    def check_operator(self, pubs):
        """pubs: the operator's raw keys, in the order of their lines."""
        lines = self.operator_lines()
        need(len(lines) == len(pubs), "%d operator lines, %d expected" % (len(lines), len(pubs)))
        for (_, kid, blob), pub in zip(lines, pubs):
            need(kid == key_id(self.origin, 1, pub), "operator line by another key")
            need(len(blob) == 64 and Ed25519(pub).verify(self.text.encode(), blob), "operator signature does not verify")
            need(openssl_ed25519(ED_PREFIX + pub, self.text.encode(), blob), "openssl refuses the operator signature")

    def check_known(self, known, heartbeat):
        """known: {(name, key id): raw key} of type 0x04; the heartbeat key is known under every name.
        -> {(name, key id): time} of those that cosigned."""
        out = {}
        for name, kid, blob in self.cosignatures():
            pub = heartbeat if kid == key_id(name, 4, heartbeat) else known.get((name, kid))
            if pub is None:
                continue
            need(len(blob) == 72, "cosignature by %s is not 72 bytes" % name)
            t = int.from_bytes(blob[:8], "big")
            need(t < 2**63, "cosignature time")
            message = "cosignature/v1\ntime %d\n%s" % (t, self.text)
            need(Ed25519(pub).verify(message.encode(), blob[8:]), "cosignature by %s does not verify" % name)
            out[(name, kid)] = t
        return out


def parse_vkey(text, typ):
    m = re.fullmatch(r"([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)", text)
    need(m and key_name(m.group(1)), "vkey not in form")
    raw = unbase64(m.group(3), 33, 33, "vkey")
    need(raw[0] == typ, "vkey of type %d" % raw[0])
    need(key_id(m.group(1), typ, raw[1:]).hex() == m.group(2), "vkey id does not fit")
    Ed25519(raw[1:])
    return m.group(1), raw[1:]


class Trust:
    def __init__(self, raw):
        need(len(raw) <= 65536, "trust file over 64 KiB")
        try:
            text = raw.decode("utf-8")
        except UnicodeDecodeError:
            raise Bad("trust file is not UTF-8") from None
        need(not re.search("[\x00-\x08\x0b-\x1f\x7f]", text), "control character in the trust file")
        need(text == "" or text.endswith("\n"), "trust file without final newline")
        self.single, self.witness, self.group, self.profiles = {}, {}, {}, {}
        self.member_of, self.pins = set(), 0
        for number, line in enumerate(text.split("\n")[:-1], 1):
            words = [w for w in re.split("[ \t]+", line) if w]
            if words and not words[0].startswith("#"):
                try:
                    self._line(words)
                except Bad as e:
                    raise Bad("trust file line %d: %s" % (number, e)) from None
        for k in ("log", "quorum", "genesis", "complete", "fresh"):
            need(k in self.single, "trust file without a line " + k)
        self.origin, self.log_key = self.single["log"]

    def _once(self, key, value):
        need(key not in self.single, "second line " + key)
        self.single[key] = value

    def _defined(self, name):
        return name in self.witness or name in self.group

    def _line(self, w):
        kind, args = w[0], w[1:]
        if kind == "log":
            need(len(args) in (1, 2), "fields")
            name, pub = parse_vkey(args[0], 1)
            need(match(ORIGIN, name), "the name of the log is not an origin")
            need(all(pub != p for _, p in self.witness.values()), "the log key is that of a witness")
            self._once("log", (name, pub))
        elif kind == "witness":
            need(len(args) in (2, 3), "fields")
            need(args[0] != "none" and not self._defined(args[0]) and len(self.witness) < 32, "witness name")
            name, pub = parse_vkey(args[1], 4)
            need(all(pub != p for _, p in self.witness.values()), "two witnesses with one key")
            need("log" not in self.single or self.single["log"][1] != pub, "a witness with the log key")
            self.witness[args[0]] = (name, pub)
        elif kind == "group":
            need(len(args) >= 3, "fields")
            need(args[0] != "none" and not self._defined(args[0]) and len(self.group) < 32, "group name")
            names = args[2:]
            need(all(self._defined(m) and m not in self.member_of for m in names) and len(set(names)) == len(names), "members")
            k = {"all": str(len(names)), "any": "1"}.get(args[1], args[1])
            need(re.fullmatch("[1-9][0-9]?", k) and int(k) <= len(names), "threshold")
            self.member_of.update(names)
            self.group[args[0]] = (int(k), names)
        elif kind in ("quorum", "complete"):
            need(len(args) == 1 and (args[0] == "none" or self._defined(args[0])), "name")
            self._once(kind, args[0])
        elif kind in ("genesis", "keyset"):
            need(len(args) == 1 and match(DIGEST, args[0]), "digest")
            self._once(kind, args[0])
        elif kind == "fresh":
            m = re.fullmatch("P([1-9][0-9]{0,3})D", args[0]) if len(args) == 1 else None
            need(m and int(m.group(1)) <= 3650, "P<n>D")
            self._once(kind, int(m.group(1)))
        elif kind == "profile":
            need(len(args) == 2 and match(NAME, args[0]) and match(DIGEST, args[1]), "fields")
            self.pins += 1
            need(self.pins <= 64, "over 64 profile lines")
            self.profiles.setdefault(args[0], set()).add(args[1])
        else:
            raise Bad("unknown line %r" % kind)

    def known(self):
        return {(name, key_id(name, 4, pub)): pub for name, pub in self.witness.values()}

    def reached(self, name, signed):
        """signed: {(note name, key id): time}"""
        if name == "none":
            return True
        if name in self.witness:
            note_name, pub = self.witness[name]
            return (note_name, key_id(note_name, 4, pub)) in signed
        k, names = self.group[name]
        return sum(self.reached(m, signed) for m in names) >= k
