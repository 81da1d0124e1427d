# SPDX-License-Identifier: Apache-2.0
"""Time stamps of test authorities at any time, and evidence records around them: DER written by hand, keys of make_ledger.py."""
import base64
import hashlib
import time

import make_ledger as ml
from make_ledger import integer, tlv

OIDS = {"sha256": "608648016503040201", "sha384": "608648016503040202", "sha512": "608648016503040203", "ecdsa": "2a8648ce3d040302",
        "signed": "2a864886f70d010702", "tst": "2a864886f70d0109100104", "type": "2a864886f70d010903",
        "digest": "2a864886f70d010904", "certificate": "2a864886f70d010910022f", "cn": "550403", "eku": "551d25", "usage": "551d0f",
        "stamping": "2b06010505070308"}


def oid(name):
    return tlv(6, bytes.fromhex(OIDS[name]))


def seq(*parts):
    return tlv(0x30, b"".join(parts))


def num(n):
    return tlv(2, integer(n))


def octets(b):
    return tlv(4, b)


def instant(t):
    return tlv(0x18, time.strftime("%Y%m%d%H%M%SZ", time.gmtime(t)).encode())


def certificate(label):
    """Self-signed, for time stamps, from 2020 to 2049."""
    k = ml.key(label)
    how = seq(oid("ecdsa"))
    name = seq(tlv(0x31, seq(oid("cn"), tlv(0x0c, label.encode()))))
    true = tlv(1, b"\xff")
    more = seq(seq(oid("usage"), true, octets(tlv(3, b"\7\x80"))), seq(oid("eku"), true, octets(seq(oid("stamping")))))
    tbs = seq(tlv(0xa0, num(2)), num(1), how, name, seq(tlv(0x17, b"200101000000Z"), tlv(0x17, b"491231235959Z")), name, k.spki, tlv(0xa3, more))
    return seq(tbs, how, tlv(3, b"\0" + k.sign(tbs)))


CERTIFICATES = {}


def certificate_of(label):
    if label not in CERTIFICATES:  # once: ECDSA signs otherwise each time
        CERTIFICATES[label] = certificate(label)
    return CERTIFICATES[label]


def token(data, when, hash_name="sha256", label="tsa-p256", digest=None):
    """A bare token over `data`, or over a digest as it is."""
    cert = certificate_of(label)
    algorithm = seq(oid(hash_name))
    info = seq(num(1), tlv(6, bytes.fromhex("2a03")), seq(algorithm, octets(digest or hashlib.new(hash_name, data).digest())), num(7), instant(when))
    attributes = sorted([seq(oid("type"), tlv(0x31, oid("tst"))), seq(oid("digest"), tlv(0x31, octets(ml.sha(info)))),
                         seq(oid("certificate"), tlv(0x31, seq(seq(seq(octets(ml.sha(cert)))))))])
    issuer = seq(tlv(0x31, seq(oid("cn"), tlv(0x0c, label.encode()))))
    signer = seq(num(1), seq(issuer, num(1)), seq(oid("sha256")), tlv(0xa0, b"".join(attributes)), seq(oid("ecdsa")),
                 octets(ml.key(label).sign(tlv(0x31, b"".join(attributes)))))
    signed = seq(num(3), tlv(0x31, seq(oid("sha256"))), seq(oid("tst"), tlv(0xa0, octets(info))), tlv(0xa0, cert), tlv(0x31, signer))
    return seq(oid("signed"), tlv(0xa0, signed))


def response(bare):
    return base64.b64encode(seq(seq(num(0)), bare)).decode()


def evidence(*chains):
    """Chains of (hash name, [(lists of the tree or None, token)])."""
    names = []
    for name, _ in chains:
        if name not in names:
            names.append(name)
    text = []
    for _, stamps in chains:
        text.append(seq(*[seq(*([] if tree is None else [tlv(0xa2, b"".join(seq(*map(octets, t)) for t in tree))]), bare) for tree, bare in stamps]))
    return base64.b64encode(seq(num(1), seq(*[seq(oid(n)) for n in names]), seq(*text))).decode()


def authority(label="tsa-p256", name="tsa-1"):
    """What a profile says of it (FORMAT 17.1)."""
    return {"name": name, "operator": "example-time", "certificate": ml.dig(ml.sha(certificate_of(label))), "policies": ["1.2.3"], "from": "2026-01-01T00:00:00Z"}


def checkpoint(w, size):
    """-> (text, root) of the tree over the first `size` records"""
    f = ml.Frontier()
    for i in w.ids[:size]:
        f.add(ml.raw_of(i))
    return ("%s\n%d\n%s\n" % (w.origin, size, ml.b64(f.root()))).encode(), ml.dig(f.root())


def renewed(data, when, over=None):
    """A first stamp, and one that renews it a second later."""
    first = token(data, when)
    return evidence(("sha256", [(None, first), (None, token(over or first, when + 1))]))


def moved(data, when, files):
    """A first stamp under SHA-256, and a second chain under SHA-512 that covers the records too."""
    first = token(data, when)
    before = seq(seq(seq(first)))
    h = lambda b: hashlib.sha512(b).digest()
    pair = sorted([h(h(data) + h(before)), h(b"".join(files))])
    return evidence(("sha256", [(None, first)]), ("sha512", [([pair], token(None, when + 1, "sha512", digest=h(b"".join(pair))))]))
