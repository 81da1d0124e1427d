# SPDX-License-Identifier: Apache-2.0
"""The git side: objects through `git cat-file --batch`, commits and trees to the byte (FORMAT 11)."""
import base64
import hashlib
import os
import re
import struct
import subprocess
import tempfile

from .form import Bad, need, unbase64

ENV = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
ENV.update(GIT_CONFIG_NOSYSTEM="1", GIT_CONFIG_GLOBAL=os.devnull, GIT_NO_REPLACE_OBJECTS="1", GIT_TERMINAL_PROMPT="0",
           GIT_OPTIONAL_LOCKS="0", LC_ALL="C")


class CouldNotRun(Exception):
    """Nothing was found out."""


class Missing(Bad):
    """An object is not there, or not what its name says, or too large."""


# Bytes of an object, where FORMAT 18 bounds them; of all others a part that is too long is told as such.
MOST = {"tree": 1 << 20, "commit": 1 << 20, "paper": 1 << 20}


class Repository:
    def __init__(self, path):
        if not os.path.isdir(path):
            raise CouldNotRun("no folder " + path)
        inner = os.path.join(path, ".git")  # of a work tree, a folder or a file; nothing else in it is looked at
        self.path = inner if os.path.exists(inner) else path
        self.own, self.common = self.folder("--absolute-git-dir"), self.folder("--git-common-dir")
        for name in ("objects/info/alternates", "objects/pack/multi-pack-index"):
            if os.path.lexists(os.path.join(self.common, name)):
                raise CouldNotRun("the repository has " + name)
        if os.path.exists(self.shallow()) and os.path.getsize(self.shallow()):
            raise CouldNotRun("a shallow clone")
        self.batch = None
        self.start()

    def folder(self, which):
        r = self.git("rev-parse", which)
        if r.returncode:
            raise CouldNotRun("not a git repository: " + r.stderr.decode("utf-8", "replace").strip())
        return os.path.abspath(r.stdout.decode("utf-8", "surrogateescape").rstrip("\n"))

    def shallow(self):
        return os.path.join(self.common, "shallow")

    def start(self):
        """A damaged object may have ended the one before."""
        if self.batch is not None:
            self.close()
        self.ended = False
        self.batch = subprocess.Popen(self.command("cat-file", "--batch"), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                      stderr=subprocess.DEVNULL, env=ENV)

    def command(self, *args):
        return ["git", "-c", "safe.directory=*", "-c", "core.commitGraph=false", "--git-dir", self.path] + list(args)

    def git(self, *args):
        return subprocess.run(self.command(*args), stdin=subprocess.DEVNULL, capture_output=True, env=ENV, check=False)

    def close(self):
        try:
            self.batch.stdin.close()
        except BrokenPipeError:
            pass
        self.batch.stdout.close()
        self.batch.wait()

    def get(self, oid, kind, most=None):
        """Bytes of an object whose name fits them."""
        raw = next(self.get_many([oid], kind))
        if len(raw) > MOST.get(most or kind, len(raw)):
            raise Missing("%s %s is too large" % (kind, oid))
        return raw

    def get_many(self, oids, kind):
        """The same for many, one after the other: requests are written ahead, in portions that fit a pipe."""
        for i in range(0, len(oids), 500):
            part = oids[i:i + 500]
            self.ask(part)
            raws = [self._answer(o, kind) for o in part]
            for o, raw in zip(part, raws):
                yield self._checked(o, kind, raw)

    def ask(self, oids):
        if self.ended:
            self.start()
        try:
            self.batch.stdin.write("".join(o + "\n" for o in oids).encode())
            self.batch.stdin.flush()
        except BrokenPipeError:
            self.ended = True

    def _answer(self, oid, kind):
        head = self.batch.stdout.readline().split()
        self.ended = self.ended or not head
        if len(head) != 3:
            return None
        raw = self.batch.stdout.read(int(head[2]) + 1)[:-1]
        return raw if head[1].decode() == kind and len(raw) == int(head[2]) else None

    @staticmethod
    def _checked(oid, kind, raw):
        if raw is None:
            raise Missing("no %s %s" % (kind, oid))
        if hashlib.sha1(b"%s %d\0" % (kind.encode(), len(raw)) + raw).hexdigest() != oid:
            raise Missing("%s %s does not have its own bytes" % (kind, oid))
        return raw

    def checks(self):
        """Problems of the repository itself, as far as its one ref leads."""
        out = []
        path = os.path.join(self.own, "HEAD")
        with open(path, "rb") as f:
            text = f.read(4096)
        if os.path.islink(path) or text.rstrip() != b"ref: refs/heads/main":
            out.append("HEAD is not refs/heads/main")
        if self.git("symbolic-ref", "--quiet", "refs/heads/main").returncode == 0:
            out.append("refs/heads/main is a symbolic ref")
        if self.git("rev-parse", "--show-object-format").stdout.strip() != b"sha1":
            out.append("objects are not SHA-1")
        return out

    def head(self):
        r = self.git("rev-parse", "--verify", "--quiet", "refs/heads/main")
        text = r.stdout.decode().strip()
        return text if r.returncode == 0 and re.fullmatch("[0-9a-f]{40}", text) else None


# --- commits (FORMAT 11.4, 11.5) --------------------------------------------------------------------------------

BEGIN, END = "-----BEGIN SSH SIGNATURE-----", "-----END SSH SIGNATURE-----"
OID = re.compile("[0-9a-f]{40}")


class Commit:
    """What is needed to go on, whether or not the commit is well formed: tree, parents."""

    def __init__(self, oid, raw):
        self.oid, self.raw = oid, raw
        head = raw.split(b"\n\n", 1)[0].split(b"\n") if b"\n\n" in raw else raw.split(b"\n")[:-1]
        names = [bytes(x).partition(b" ")[0] for x in head]
        n = names.count(b"parent")
        ids = [x.partition(b" ")[2].decode("ascii", "replace") for x in head[:1 + n]]
        if names[:1 + n] != [b"tree"] + [b"parent"] * n or b"tree" in names[1:] or not all(OID.fullmatch(x) for x in ids):
            raise Missing("commit %s does not begin with its tree and parents" % oid)
        self.tree, self.parents = ids[0], ids[1:]

    def check_form(self, origin, time, message):
        """-> (armor, signed bytes).  Everything but the signature is rebuilt and compared."""
        person = "%s <akashi@%s> %d +0000" % (origin, origin.split("/")[0], time)
        head = "tree %s\n" % self.tree + "".join("parent %s\n" % p for p in self.parents[:1])
        head += "author %s\ncommitter %s\n" % (person, person)
        start = (head + "gpgsig ").encode()
        end = ("\n\n" + message).encode()
        need(len(self.parents) <= 1, "a merge")
        if not self.raw.startswith(head.encode()):
            raise Bad("author, committer or time is not what sealing writes: expected %r" % person)
        need(self.raw.startswith(start), "not signed")
        need(self.raw.endswith(end), "the message is not what sealing writes")
        need(len(self.raw) > len(start) + len(end), "no signature")
        sig = self.raw[len(start):len(self.raw) - len(end)]
        try:
            lines = sig.decode("ascii").split("\n")
        except UnicodeDecodeError:
            raise Bad("signature is not ASCII") from None
        need(all(x.startswith(" ") for x in lines[1:]), "signature lines")
        armor = "\n".join([lines[0]] + [x[1:] for x in lines[1:]])
        return armor, (head + "\n" + message).encode()


def ssh_string(b):
    return struct.pack(">I", len(b)) + b


def check_armor(armor, pub):
    lines = armor.split("\n")
    need(len(lines) >= 3 and lines[0] == BEGIN and lines[-1] == END, "no SSH signature")
    body = lines[1:-1]
    need(all(len(x) == 70 for x in body[:-1]) and 1 <= len(body[-1]) <= 70, "signature not in lines of 70")
    blob = unbase64("".join(body), 1, 4096, "SSH signature")
    front = b"SSHSIG" + struct.pack(">I", 1) + ssh_string(ssh_string(b"ssh-ed25519") + ssh_string(pub))
    front += ssh_string(b"git") + ssh_string(b"") + ssh_string(b"sha512")
    need(blob.startswith(front) and len(blob) == len(front) + 4 + 4 + 11 + 4 + 64, "SSH signature of another key, namespace or hash")


def armor_key(armor):
    """The key in it, or None."""
    try:
        blob = base64.b64decode("".join(armor.split("\n")[1:-1]))
    except ValueError:
        return None
    front = b"SSHSIG" + struct.pack(">I", 1) + struct.pack(">I", 51) + ssh_string(b"ssh-ed25519") + struct.pack(">I", 32)
    return blob[len(front):len(front) + 32] if blob.startswith(front) and len(blob) > len(front) + 32 else None


def allowed_line(origin, pub):
    key = ssh_string(b"ssh-ed25519") + ssh_string(pub)
    return 'akashi@%s namespaces="git" ssh-ed25519 %s\n' % (origin.split("/")[0], base64.b64encode(key).decode())


def ssh_verify(origin, pub, armor, signed):
    with tempfile.TemporaryDirectory() as d:
        with open(d + "/allowed", "w", encoding="ascii") as f:
            f.write(allowed_line(origin, pub))
        with open(d + "/sig", "w", encoding="ascii") as f:
            f.write(armor + "\n")
        r = subprocess.run(["ssh-keygen", "-Y", "verify", "-f", d + "/allowed", "-I", "akashi@" + origin.split("/")[0], "-n", "git",
                            "-s", d + "/sig"], input=signed, capture_output=True, env=ENV, check=False)
    return r.returncode == 0


# --- trees (FORMAT 11.1, 11.2) -------------------------------------------------------------------------------------

ENTRY = re.compile(rb"([1-7][0-7]{0,5}) ([^/\0]+)\0(.{20})", re.DOTALL)


def parse_tree(raw):
    """-> {name: (mode, oid)}"""
    out, i, last = {}, 0, b""
    while i < len(raw):
        m = ENTRY.match(raw, i)
        if m is None:
            raise Missing("a tree is not in git's form")
        mode, name = m.group(1).decode(), m.group(2)
        order = name + (b"/" if mode == "40000" else b"\0")
        if order <= last:
            raise Missing("a tree out of order, or with a name twice")
        text = name.decode("utf-8", "surrogateescape")
        out[text if text not in out else text + "/again"] = (mode, m.group(3).hex())
        i, last = m.end(), order
    return out


class TreeReader:
    """Keeps the trees on the path to the last record: what one commit and the next share."""

    def __init__(self, repo):
        self.repo, self.cache = repo, {}

    def tree(self, oid):
        if oid not in self.cache:
            if len(self.cache) > 2000:
                self.cache.clear()
            self.cache[oid] = parse_tree(self.repo.get(oid, "tree"))
        return self.cache[oid]

    def diff(self, old, new, prefix=""):
        """Yields (path, old entry or None, new entry or None) of files; folders with a wrong mode count as files."""
        a = self.tree(old) if old else {}
        b = self.tree(new) if new else {}
        if new and not b:
            yield (prefix + "(empty folder)", None, ("40000", new))
        for name in sorted(set(a) | set(b)):
            x, y = a.get(name), b.get(name)
            if x == y:
                continue
            below = FOLDER.match(prefix + name + "/")  # no other is opened
            xt = x[1] if below and x and x[0] == "40000" else None
            yt = y[1] if below and y and y[0] == "40000" else None
            if xt or yt:
                yield from self.diff(xt, yt, prefix + name + "/")
            if (x and not xt) or (y and not yt):
                yield (prefix + name, x if not xt else None, y if not yt else None)


FOLDER = re.compile(r"records/(\d\d/){0,4}\Z", re.ASCII)
RECORD = re.compile(r"records/(\d\d)/(\d\d)/(\d\d)/(\d\d)/(\d\d)\.jsonl\Z", re.ASCII)


class Changes:
    """What a commit does to the tree: new record blobs in order, and what it must not do."""

    def __init__(self, trees, old, new, size):
        self.unexpected, self.files, records = [], {}, {}
        for path, x, y in trees.diff(old, new):
            m = RECORD.match(path)
            if y is None:
                self.unexpected.append("removed " + path)
            elif y[0] != "100644":
                self.unexpected.append("%s has mode %s" % (path, y[0]))
            elif path in ("checkpoint", "README.md", "trust"):
                self.files[path] = y[1]
                if path != "checkpoint":  # it says nothing here, but has to be there
                    trees.repo.get(y[1], "blob", "paper")
            elif m is None:
                self.unexpected.append("unexpected " + path)
            elif x is not None:
                self.unexpected.append("changed " + path)
            else:
                records[int("".join(m.groups()))] = y[1]
        self.records = []
        while size + len(self.records) in records:
            self.records.append(records.pop(size + len(self.records)))
        if records:
            self.unexpected.append("records added: %s, expected #%d" % (_short(sorted(records)), size + len(self.records)))


def _short(seqs):
    return ", ".join("#%d" % s for s in seqs[:5]) + (" …" if len(seqs) > 5 else "")


def message(first, n, size, root_text):
    if n == 0:
        line = "akashi: cosign size %d" % size
    elif n == 1:
        line = "akashi: seal 1 record, #%d" % first
    else:
        line = "akashi: seal %d records, #%d to #%d" % (n, first, first + n - 1)
    return "%s\n\nsize %d\nroot %s\n" % (line, size, root_text)
