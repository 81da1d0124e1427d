# SPDX-License-Identifier: Apache-2.0
"""Tokens and evidence records in timestamp records (FORMAT 15.5, 24.1, 25): whether they are in form, and what they are over.

Whose they are, and whether their signatures verify, is not asked here: that is for who asks openssl (docs/RENEWAL.md).
"""
import base64
import hashlib

from .certificate import oid_of, values
from .form import Bad, need

HASHES = {"2.16.840.1.101.3.4.2.1": "sha256", "2.16.840.1.101.3.4.2.2": "sha384", "2.16.840.1.101.3.4.2.3": "sha512"}
TST_INFO, SIGNED_DATA = "1.2.840.113549.1.9.16.1.4", "1.2.840.113549.1.7.2"


def one(der, tag=0x30):
    """The content of the one value that `der` is."""
    v = values(der)
    need(len(v) == 1 and v[0][0] == tag, "one value of tag %02x" % tag)
    return v[0][1]


def token_of(tsr):
    """The ContentInfo of an answer that was granted."""
    parts = values(one(tsr))
    need(len(parts) == 2 and parts[0][0] == 0x30, "an answer with a token")
    need(values(parts[0][1])[0][:2] in ((2, b"\0"), (2, b"\1")), "not granted")
    return parts[1][2]


def imprint_of(token):
    """-> (name of the hash, digest)"""
    outer = values(one(token))
    need(len(outer) == 2 and outer[0][0] == 6 and oid_of(outer[0][1]) == SIGNED_DATA and outer[1][0] == 0xa0, "SignedData")
    content = values(values(one(outer[1][1]))[2][1])
    need(len(content) == 2 and oid_of(content[0][1]) == TST_INFO, "over a TSTInfo")
    info = values(one(one(content[1][1], 4)))
    need(len(info) >= 5 and info[0][:2] == (2, b"\1") and info[2][0] == 0x30, "TSTInfo")
    algorithm, digest = values(info[2][1])
    name = HASHES.get(oid_of(values(algorithm[1])[0][1]))
    need(name is not None and digest[0] == 4 and len(digest[1]) == hashlib.new(name).digest_size, "imprint")
    return name, digest[1]


def of(name, *parts):
    return hashlib.new(name, b"".join(parts)).digest()


def climb(tree, leaf, name):
    """What a reduced hash tree leads to, from `leaf` in its first list."""
    for i, (tag, content, _) in enumerate(tree):
        need(tag == 0x30, "a list of a tree")
        items = {c if t == 4 else None for t, c, _ in values(content)}
        need(None not in items and items, "a value of a list")
        need(i > 0 or leaf in items, "the tree is of something else")
        items.add(leaf if i else min(items))
        leaf = items.pop() if len(items) == 1 else of(name, *sorted(items))
    return leaf


def covers(chain, data, before, files):
    """Is every stamp of this chain over what it has to be over?  `before`: the chains before it."""
    name, last = None, None
    for tag, stamp, _ in values(chain):
        need(tag == 0x30, "ArchiveTimeStamp")
        parts = {t: (c, whole) for t, c, whole in values(stamp)}
        need(0x30 in parts and not set(parts) - {0x30, 0xa0, 0xa1, 0xa2}, "ArchiveTimeStamp")
        token = parts[0x30][1]
        hash_name, imprint = imprint_of(token)
        need(name in (None, hash_name), "two digests in a chain")
        name = hash_name
        if last is not None:
            leaf = of(name, last)
        else:
            leaf = of(name, data) if not before else of(name, of(name, data), of(name, der_sequence(before)))
        tree = values(parts[0xa2][0]) if 0xa2 in parts else []
        need(climb(tree, leaf, name) == imprint, "over something else")
        if last is None and before:
            need(name != "sha256" and tree and of(name, *files) in [c for _, c, _ in values(tree[0][1])], "covers no records")
        last = token
    need(last is not None, "an empty chain")


def der_sequence(parts):
    body, n = b"".join(parts), sum(map(len, parts))
    size = bytes([n]) if n < 128 else (lambda b: bytes([0x80 + len(b)]) + b)(n.to_bytes((n.bit_length() + 7) // 8, "big"))
    return b"\x30" + size + body


def check(form, text, data, files):
    """One of `tokens` over the checkpoint text `data`; `files` of the records that it commits to.  Bad: void."""
    try:
        der = base64.b64decode(text, validate=True)
        if form == "rfc3161":
            name, imprint = imprint_of(token_of(der))
            need(imprint == of(name, data), "over something else")
            return
        parts = values(one(der))
        need(parts[0][:2] == (2, b"\1") and parts[1][0] == 0x30 and parts[-1][0] == 0x30 and len(parts) in (3, 4), "EvidenceRecord")
        need(len(parts) == 3 or parts[2][0] == 0xa0, "of unknown version")
        chains = values(parts[-1][1])
        need(chains, "no chain")
        for i, (tag, content, _) in enumerate(chains):
            need(tag == 0x30, "a chain")
            covers(content, data, [whole for _, _, whole in chains[:i]], files)
    except (ValueError, IndexError, TypeError, KeyError) as e:
        if isinstance(e, Bad):
            raise
        raise Bad("token: %s" % e) from None
