# SPDX-License-Identifier: Apache-2.0
"""Public keys and signatures (FORMAT 14).  Ed25519 in Python; P-256 and RSA through the openssl command."""
import base64
import hashlib
import os
import subprocess
import tempfile

from .form import Bad, need, sha, unbase64

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
SQRT_M1 = pow(2, (P - 1) // 4, P)
ED_PREFIX = bytes.fromhex("302a300506032b6570032100")
EC_PREFIX = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d030107034200")
RSA_OID = bytes.fromhex("300d06092a864886f70d0101010500")
P256 = 2**256 - 2**224 + 2**192 + 2**96 - 1
P256_B = 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b


# --- Ed25519: extended coordinates (X, Y, Z, T), tables of multiples for a fixed base -------------------------

def _add(p, q):
    a = (p[1] - p[0]) * (q[1] - q[0]) % P
    b = (p[1] + p[0]) * (q[1] + q[0]) % P
    c = 2 * p[3] * q[3] * D % P
    d = 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % P, g * h % P, f * g % P, e * h % P)


NEUTRAL = (0, 1, 1, 0)


def decompress(b):
    """Point of a canonical encoding, or None."""
    y = int.from_bytes(b, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    if y >= P:
        return None
    u, v = (y * y - 1) % P, (D * y * y + 1) % P
    x = u * pow(v, 3, P) * pow(u * pow(v, 7, P), (P - 5) // 8, P) % P
    if v * x * x % P == P - u and u != 0:
        x = x * SQRT_M1 % P
    if (v * x * x - u) % P:
        return None
    if x == 0 and sign:
        return None
    if x & 1 != sign:
        x = P - x
    return (x, y, 1, x * y % P)


def compress(p):
    z = pow(p[2], -1, P)
    x, y = p[0] * z % P, p[1] * z % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


class Comb:
    """k * point for many k: one addition for every `width` bits of k."""

    def __init__(self, point, width):
        self.width, self.rows = width, []
        for _ in range(-(-256 // width)):
            row = [NEUTRAL]
            for _ in range((1 << width) - 1):
                row.append(_add(row[-1], point))
            self.rows.append(row)
            point = _add(row[-1], point)

    def times(self, k, start=NEUTRAL):
        mask = (1 << self.width) - 1
        for row in self.rows:
            if k & mask:
                start = _add(start, row[k & mask])
            k >>= self.width
        return start


BASE_POINT = decompress((4 * pow(5, -1, P) % P).to_bytes(32, "little"))
_base = {}


def base_comb(width):
    if width not in _base:
        _base[width] = Comb(BASE_POINT, width)
    return _base[width]


class Ed25519:
    def __init__(self, raw):
        p = decompress(raw)
        need(p is not None, "not a canonical point of the curve")
        q = _add(p, p)
        q = _add(q, q)
        q = _add(q, q)
        need(compress(q) != compress(NEUTRAL), "small-order key")
        self.raw, self.used = raw, 0
        self.minus = (P - p[0], p[1], 1, P - p[3])
        self.comb = None

    def verify(self, message, sig):
        if len(sig) != 64:
            return False
        s = int.from_bytes(sig[32:], "little")
        if s >= L:
            return False
        k = int.from_bytes(hashlib.sha512(sig[:32] + self.raw + message).digest(), "little") % L
        self.used += 1
        if self.comb is None:
            self.comb = Comb(self.minus, 4)
        elif self.used == 200:
            self.comb = Comb(self.minus, 8)
        r = self.comb.times(k, base_comb(8 if self.comb.width == 8 else 4).times(s))
        return compress(r) == sig[:32]


# --- the others ---------------------------------------------------------------------------------------------------

class OpensslKey:
    def __init__(self, spki):
        self.pem = (b"-----BEGIN PUBLIC KEY-----\n" + base64.encodebytes(spki) + b"-----END PUBLIC KEY-----\n")

    def verify(self, message, sig):
        with tempfile.TemporaryDirectory() as d:
            for name, data in (("k", self.pem), ("s", sig), ("m", message)):
                with open(os.path.join(d, name), "wb") as f:
                    f.write(data)
            r = subprocess.run(["openssl", "dgst", "-sha256", "-verify", d + "/k", "-signature", d + "/s", d + "/m"],
                               stdin=subprocess.DEVNULL, capture_output=True, check=False)
        return r.returncode == 0 and r.stdout.strip() == b"Verified OK"


def _der_int(n):
    b = n.to_bytes(n.bit_length() // 8 + 1, "big")
    return b"\x02" + _der_len(len(b)) + b


def _der_len(n):
    if n < 128:
        return bytes([n])
    b = n.to_bytes((n.bit_length() + 7) // 8, "big")
    return bytes([0x80 | len(b)]) + b


def rsa_spki(n):
    inner = _der_int(n) + _der_int(65537)
    inner = b"\x30" + _der_len(len(inner)) + inner
    bits = b"\x03" + _der_len(len(inner) + 1) + b"\0" + inner
    body = RSA_OID + bits
    return b"\x30" + _der_len(len(body)) + body


def _rsa_modulus(spki):
    """Read n from where it must be, and let re-encoding decide.  An INTEGER whose top bit is set begins with 0."""
    end = len(spki) - 5  # after n comes INTEGER 65537
    for size in range(256, 1025):
        for top in (8 * size - 1, 8 * size - 2):
            if len(rsa_spki(1 << top)) == len(spki):
                n = int.from_bytes(spki[end - size:end], "big")
                if rsa_spki(n) == spki:
                    return n
    raise Bad("key of no known kind, or not in its one encoding")


class Key:
    """A public key in its one encoding; Bad when it is refused."""

    def __init__(self, spki):
        need(len(spki) <= 2048, "key over 2048 bytes")
        self.spki, self.id, self.ed25519 = spki, sha(spki).hex(), None
        if len(spki) == 44 and spki.startswith(ED_PREFIX):
            self.impl, self.ed25519 = Ed25519(spki[12:]), spki[12:]
        elif len(spki) == 91 and spki.startswith(EC_PREFIX):
            need(spki[26] == 4, "P-256 point not uncompressed")
            x, y = int.from_bytes(spki[27:59], "big"), int.from_bytes(spki[59:], "big")
            need(x < P256 and y < P256 and (y * y - x * x * x + 3 * x - P256_B) % P256 == 0, "not a point of P-256")
            self.impl = OpensslKey(spki)
        else:
            n = _rsa_modulus(spki)
            need(2048 <= n.bit_length() <= 8192 and n & 1, "RSA key refused")
            self.impl = OpensslKey(spki)

    def verify(self, message, sig):
        return self.impl.verify(message, sig)


class Ring:
    """Keys by their SPKI, so that tables and refusals are worked out once."""

    def __init__(self):
        self.by_spki = {}

    def get(self, spki_text):
        if spki_text not in self.by_spki:
            try:
                self.by_spki[spki_text] = Key(unbase64(spki_text, 1, 2048, "spki"))
            except Bad as e:
                self.by_spki[spki_text] = e
        k = self.by_spki[spki_text]
        if isinstance(k, Bad):
            raise Bad(str(k))
        return k


def openssl_ed25519(spki, message, sig):
    """The same answer from another implementation: for checkpoints."""
    with tempfile.TemporaryDirectory() as d:
        for name, data in (("k", spki), ("s", sig), ("m", message)):
            with open(os.path.join(d, name), "wb") as f:
                f.write(data)
        r = subprocess.run(["openssl", "pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", d + "/k", "-rawin",
                            "-in", d + "/m", "-sigfile", d + "/s"], stdin=subprocess.DEVNULL, capture_output=True, check=False)
    return r.returncode == 0 and b"Verified Successfully" in r.stdout
