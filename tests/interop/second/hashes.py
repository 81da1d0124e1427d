# SPDX-License-Identifier: Apache-2.0
"""The RFC 6962 tree and the subject map, both growing record by record (FORMAT 8, 10)."""
from .form import sha

NOTHING = bytes(32)


def leaf_hash(data):
    return sha(b"\0", data)


class Tree:
    """Roots of the complete subtrees, largest first."""

    def __init__(self):
        self.size, self.stack = 0, []

    def add(self, leaf):
        level = 0
        while self.size >> level & 1:
            leaf = sha(b"\1", self.stack.pop(), leaf)
            level += 1
        self.stack.append(leaf)
        self.size += 1

    def root(self):
        if not self.stack:
            return sha(b"")
        h = self.stack[-1]
        for s in reversed(self.stack[:-1]):
            h = sha(b"\1", s, h)
        return h


def chain_step(chain, seq, time, statement, signatures):
    return sha(b"\3", chain, seq.to_bytes(8, "big"), time.to_bytes(8, "big"), statement, signatures)


def bit(key, i):
    return key[i >> 3] >> (7 - (i & 7)) & 1


def map_leaf(key, count, chain):
    return sha(b"\4", key, count.to_bytes(8, "big"), chain)


class Map:
    """A node is None, a leaf (hash, key) or an inner node [hash, left, right]."""

    def __init__(self):
        self.top, self.entries = None, {}

    def root(self):
        return self.top[0] if self.top else NOTHING

    def step(self, subject, seq, time, statement, signatures):
        key = sha(subject.encode())
        count, chain = self.entries.get(key, (0, NOTHING))
        chain = chain_step(chain, seq, time, statement, signatures)
        self.entries[key] = (count + 1, chain)
        self._put(key, (map_leaf(key, count + 1, chain), key))

    def _put(self, key, leaf):
        path, node, depth = [], self.top, 0
        while isinstance(node, list):
            path.append(node)
            node = node[1 + bit(key, depth)]
            depth += 1
        if node is not None and node[1] != key:
            other = node
            while bit(other[1], depth) == bit(key, depth):
                path.append([None, None, None])
                depth += 1
            fork = [None, None, None]
            fork[1 + bit(other[1], depth)] = other
            path.append(fork)
            depth += 1
        # Hang every node of the path under the one above it, from the leaf up.
        child = leaf
        for d in range(depth - 1, -1, -1):
            node = path[d]
            node[1 + bit(key, d)] = child
            node[0] = sha(b"\5", node[1][0] if node[1] else NOTHING, node[2][0] if node[2] else NOTHING)
            child = node
        self.top = child


def check_proof(key, kind, entry, siblings, root):
    """entry: (key, count, chain) or None.  True when the proof holds (FORMAT 10.4)."""
    n = len(siblings)
    if n > 256:
        return False
    if kind == "absent-empty":
        if entry is not None:
            return False
        h = NOTHING
    else:
        k, count, chain = entry
        if count < 1 or (kind == "present") != (k == key):
            return False
        if any(bit(k, i) != bit(key, i) for i in range(n)):
            return False
        h = map_leaf(k, count, chain)
    if n and siblings[0] == NOTHING:
        return False
    for i, s in enumerate(siblings):
        h = sha(b"\5", s, h) if bit(key, n - 1 - i) else sha(b"\5", h, s)
    return h == root
