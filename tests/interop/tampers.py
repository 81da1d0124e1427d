# SPDX-License-Identifier: Apache-2.0
"""Raw tampering with a repository, without any key: git's own hashes are put right, nothing else.

TAMPERS: name, function of a Repo, what is expected.  "same": both readers name the same first problem; "bad": both find one, but
not in the same place, because one reads all records from the newest tree (FORMAT 19.2); "unknown": a version that neither
knows; "sound": nothing is wrong.
"""
import glob
import hashlib
import os
import subprocess
import zlib

from second.gitlog import ENV


OTHER_HEX = b"0" * 64


def record_path(seq):
    d = "%010d" % seq
    return "records/%s/%s/%s/%s/%s.jsonl" % tuple(d[i:i + 2] for i in range(0, 10, 2))


class Repo:
    def __init__(self, path):
        self.path = path
        if os.path.exists(path + ".index"):
            os.remove(path + ".index")
        self.commits = self.git("rev-list", "--first-parent", "--reverse", "main").decode().split()
        self.size = len(self.git("ls-tree", "-r", "--name-only", "main", "records/").split())

    def git(self, *args, stdin=b""):
        return subprocess.run(["git", "--git-dir", self.path] + list(args), input=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              env=dict(ENV, GIT_INDEX_FILE=self.path + ".index"), check=True).stdout

    def file(self, path, commit="main"):
        return self.git("show", "%s:%s" % (commit, path))

    def raw(self, commit="main"):
        return self.git("cat-file", "commit", commit)

    def write(self, kind, content):
        return self.git("hash-object", "-t", kind, "-w", "--literally", "--stdin", stdin=content).decode().strip()

    def main(self, commit):
        self.git("update-ref", "refs/heads/main", commit)

    def tree(self, commit, changes):
        """Tree of a commit with files changed: {path: bytes, (mode, bytes), or None to remove}"""
        self.git("read-tree", commit)
        for path, new in changes.items():
            if new is None:
                self.git("update-index", "--index-info", stdin=b"0 %s\t%s\n" % (OTHER_HEX[:40], path.encode()))
            else:
                mode, content = new if isinstance(new, tuple) else ("100644", new)
                self.git("update-index", "--add", "--cacheinfo", "%s,%s,%s" % (mode, self.write("blob", content), path))
        return self.git("write-tree").decode().strip()

    def head_tree(self, changes):
        """The newest commit with another tree, its signature as it was."""
        self.amend(lambda raw: b"tree %s" % self.tree("main", changes).encode() + raw[45:])

    def amend(self, change):
        self.main(self.write("commit", change(self.raw())))

    def rewrite(self, changes):
        """Every commit anew, with these files changed wherever they are."""
        parent = None
        for c in self.commits:
            here = self.git("ls-tree", "-r", "--name-only", c).decode().split("\n")
            raw = self.raw(c)
            raw = b"tree %s" % self.tree(c, {p: v for p, v in changes.items() if p in here}).encode() + raw[45:]
            if parent is not None:
                raw = raw[:46] + b"parent %s" % parent.encode() + raw[46 + 47:]
            parent = self.write("commit", raw)
        self.main(parent)

    def loose(self, oid):
        path = os.path.join(self.path, "objects", oid[:2], oid[2:])
        os.chmod(path, 0o644)
        return path

    def oid(self, what):
        return self.git("rev-parse", what).decode().strip()


def sub(old, new):
    def change(raw):
        assert old in raw, (old, raw)
        return raw.replace(old, new, 1)
    return change


def in_line(n, change):
    """Change line n of a record."""
    def whole(blob):
        lines = blob.split(b"\n")
        lines[n - 1] = change(lines[n - 1])
        return b"\n".join(lines)
    return whole


def flip(at):
    """One character for its neighbour, `at` from the end."""
    def change(line):
        b = bytearray(line)
        b[-at] ^= 1
        return bytes(b)
    return change


def everywhere(seq, change):
    """The record `seq` (from the end when negative) changed in all of history."""
    def do(r):
        path = record_path(seq % r.size)
        r.rewrite({path: change(r.file(path))})
    return do


def in_head(seq, change):
    def do(r):
        path = record_path(seq % r.size)
        r.head_tree({path: change(r.file(path))})
    return do


def header(member, value):
    """A member of the header by another value of the same form."""
    def change(line):
        i = line.index(b'"%s":"sha256:' % member) + len(member) + 11
        return line[:i] + value + line[i + len(value):]
    return in_line(1, change)


def swap(r):
    a, b = record_path(1), record_path(2)
    x, y = r.file(a), r.file(b)
    r.rewrite({a: y, b: x})


def append_copy(r):
    r.head_tree({record_path(r.size): r.file(record_path(r.size - 1))})


def checkpoint(change):
    return lambda r: r.head_tree({"checkpoint": change(r.file("checkpoint"))})


def smaller(note):
    lines = note.split(b"\n")
    lines[1] = b"%d" % (int(lines[1]) - 1)
    return b"\n".join(lines)


def other_root(note):
    lines = note.split(b"\n")
    lines[2] = (b"B" if lines[2][:1] != b"B" else b"C") + lines[2][1:]
    return b"\n".join(lines)


def bad_line(note):
    i = note.index(b"\xe2\x80\x94") + 80
    return note[:i] + (b"B" if note[i:i + 1] != b"B" else b"C") + note[i + 1:]


def drop_header(name):
    """A header of the commit, with the lines that go on with it."""
    def change(raw):
        head, rest = raw.split(b"\n\n", 1)
        out, dropping = [], False
        for line in head.split(b"\n"):
            dropping = line.startswith(name) or (dropping and line.startswith(b" "))
            if not dropping:
                out.append(line)
        return b"\n".join(out) + b"\n\n" + rest
    return change


def merge(raw):
    parent = raw[46:46 + 47]
    return raw[:46] + parent + b"\n" + parent + raw[46 + 47:]


def on_top(message, changes):
    def do(r):
        raw = b"tree %s\nparent %s\n" % (r.tree("main", changes).encode(), r.oid("main").encode())
        raw += b"\n".join(x for x in r.raw().split(b"\n") if x.startswith((b"author ", b"committer "))) + b"\n\n" + message
        r.main(r.write("commit", raw))
    return do


def cut_middle(r):
    """One commit, and what it sealed, left out: the next is hung under the one before."""
    i = len(r.commits) // 2
    parent = r.commits[i - 1]
    for c in r.commits[i + 1:]:
        raw = r.raw(c)
        parent = r.write("commit", raw[:46] + b"parent %s" % parent.encode() + raw[46 + 47:])
    r.main(parent)


def remove(what):
    return lambda r: os.remove(r.loose(r.oid(what(r))))


def garble(what, fill):
    def do(r):
        with open(r.loose(r.oid(what(r))), "wb") as f:
            f.write(fill)
    return do


def other_object(r):
    """A whole object of the right kind under a name that is not its hash."""
    with open(r.loose(r.oid("main:" + record_path(1))), "wb") as f:
        blob = r.file(record_path(2))
        f.write(zlib.compress(b"blob %d\0" % len(blob) + blob))


def tree_twice(r):
    """One name twice in a tree: two readers could see two ledgers."""
    tree = r.git("cat-file", "tree", "main^{tree}")
    i = tree.index(b"100644 checkpoint\0")
    entry = b"100644 checkpoint\0" + hashlib.sha1(b"blob 5\0other").digest()
    r.write("blob", b"other")
    oid = r.write("tree", tree[:i] + entry + tree[i:])
    r.amend(lambda raw: b"tree %s" % oid.encode() + raw[45:])


def other_tree(change):
    """The tree of the newest commit, byte by byte; its commit is not signed anew."""
    def do(r):
        oid = r.write("tree", change(r.git("cat-file", "tree", "main^{tree}")))
        r.amend(lambda raw: b"tree %s" % oid.encode() + raw[45:])
    return do


def readme(tree):
    return tree[tree.index(b"README.md\0") + 10:][:20]


def in_git(path, content):
    """A file in the repository's folder."""
    def do(r):
        with open(os.path.join(r.path, path), "wb") as f:
            f.write(content)
    return do


def linked_head(r):
    os.remove(os.path.join(r.path, "HEAD"))
    os.symlink("refs/heads/main", os.path.join(r.path, "HEAD"))


def head_by_way_of(r):
    r.git("symbolic-ref", "refs/heads/way", "refs/heads/main")
    r.git("symbolic-ref", "HEAD", "refs/heads/way")


def main_by_way_of(r):
    r.git("update-ref", "refs/heads/way", r.commits[-1])
    r.git("symbolic-ref", "refs/heads/main", "refs/heads/way")


def main_names_a_tag(r):
    r.git("-c", "user.name=x", "-c", "user.email=x@x.example", "tag", "-a", "-m", "x", "t", "main")
    in_git("refs/heads/main", r.oid("t").encode() + b"\n")(r)


def multi_pack_index(r):
    packed(r)
    r.git("multi-pack-index", "write")


def unreachable_garbage(r):
    oid = r.write("blob", b"nobody asks for me")
    with open(r.loose(oid), "wb") as f:
        f.write(b"garbage")


def without_readme(r):
    oid = r.oid("main:README.md")
    if os.path.exists(os.path.join(r.path, "objects", oid[:2], oid[2:])):
        os.remove(r.loose(oid))


def shallow(r):
    with open(os.path.join(r.path, "shallow"), "w", encoding="ascii") as f:
        f.write(r.commits[len(r.commits) // 2] + "\n")


def packed(r):
    r.git("gc", "-q")
    assert glob.glob(os.path.join(r.path, "objects", "pack", "*.pack"))


def work_tree(r):
    """What `git clone` leaves: not bare, with an index; and a work tree in which somebody has scribbled says nothing."""
    r.git("config", "core.bare", "false")
    r.git("read-tree", "main")


def replaced(r):
    r.git("replace", r.oid("main:" + record_path(1)), r.write("blob", b"something else\n"))


TAMPERS = [
    # --- a record changed in all of history
    ("body-of-the-first-statement", everywhere(0, in_line(2, sub(b'"threshold":2', b'"threshold":1'))), "same"),
    ("body-of-a-statement", everywhere(4, in_line(2, sub(b"akashi/", b"akashj/"))), "same"),
    ("statement-not-canonical", everywhere(3, in_line(2, lambda v: b" " + v)), "same"),
    ("issued-of-the-last", everywhere(-1, in_line(2, sub(b'"issued":"20', b'"issued":"19'))), "same"),
    ("signature", everywhere(2, in_line(3, flip(40))), "same"),
    ("timestamps-member-gone", everywhere(2, in_line(3, sub(b',"timestamps":[]', b""))), "same"),
    ("header-prev", everywhere(3, header(b"prev", OTHER_HEX)), "same"),
    ("header-statement", everywhere(3, header(b"statement", OTHER_HEX)), "same"),
    ("header-signatures", everywhere(3, header(b"signatures", OTHER_HEX)), "same"),
    ("header-subjects", everywhere(3, header(b"subjects", OTHER_HEX)), "same"),
    ("header-version", everywhere(3, in_line(1, sub(b'"v":1', b'"v":2'))), "unknown"),
    ("header-time-later", everywhere(3, in_line(1, sub(b'"time":"20', b'"time":"21'))), "same"),
    ("header-seq", everywhere(3, in_line(1, sub(b'"seq":3', b'"seq":4'))), "same"),
    ("fourth-line", everywhere(3, lambda b: b + b"{}\n"), "same"),
    ("last-newline", everywhere(-1, lambda b: b[:-1]), "same"),
    ("carriage-return", everywhere(3, lambda b: b.replace(b"\n", b"\r\n")), "same"),
    ("empty-record", everywhere(3, lambda b: b""), "same"),
    ("two-records-swapped", swap, "same"),
    ("one-record-twice", lambda r: r.rewrite({record_path(3): r.file(record_path(2))}), "same"),
    ("genesis-replaced", lambda r: r.rewrite({record_path(0): r.file(record_path(1))}), "same"),
    # --- the newest tree only
    ("head-old-record-changed", in_head(1, in_line(2, flip(20))), "bad"),
    ("head-old-record-removed", lambda r: r.head_tree({record_path(1): None}), "bad"),
    ("head-newest-record-changed", in_head(-1, in_line(2, flip(20))), "bad"),
    ("head-newest-record-removed", lambda r: r.head_tree({record_path(r.size - 1): None}), "bad"),
    ("head-record-appended", append_copy, "same"),
    ("head-record-left-a-gap", lambda r: r.head_tree({record_path(r.size + 1): r.file(record_path(1))}), "same"),
    ("head-record-executable", lambda r: r.head_tree({record_path(1): ("100755", r.file(record_path(1)))}), "bad"),
    ("head-extra-file", lambda r: r.head_tree({"extra": b"x"}), "same"),
    ("head-extra-record-name", lambda r: r.head_tree({"records/00/00/00/00/1.jsonl": b"x"}), "same"),
    ("head-readme", lambda r: r.head_tree({"README.md": b"# other\n"}), "same"),
    ("head-name-twice", tree_twice, "same"),
    ("head-tree-cut", other_tree(lambda t: t[:-1]), "same"),
    ("head-tree-goes-on", other_tree(lambda t: t + b"100644 x"), "same"),
    ("head-tree-out-of-order", other_tree(lambda t: t[t.index(b"100644 checkpoint"):] + t[:t.index(b"100644 checkpoint")]), "same"),
    ("head-mode-with-a-zero", other_tree(lambda t: t.replace(b"40000 records", b"040000 records")), "same"),
    ("head-name-with-a-slash", other_tree(sub(b"README.md", b"READ/E.md")), "same"),
    ("head-readme-is-a-tree", other_tree(lambda t: t.replace(readme(t), t[t.index(b"records\0") + 8:][:20])), "same"),
    ("head-readme-is-called-a-folder", other_tree(sub(b"100644 README.md", b"40000 README.md")), "same"),
    ("head-folder-of-nothing", other_tree(lambda t: t + b"40000 z\0" + bytes(20)), "same"),
    ("head-readme-without-an-id", other_tree(lambda t: t.replace(readme(t), bytes(20))), "same"),
    ("head-tree-over-1-MiB", other_tree(lambda t: t + b"".join(b"100644 z%06d\0" % i + readme(t) for i in range(30000))), "same"),
    ("head-folder-group-readable", other_tree(sub(b"40000 records", b"40755 records")), "bad"),
    # --- the checkpoint
    ("checkpoint-smaller", checkpoint(smaller), "same"),
    ("checkpoint-root", checkpoint(other_root), "same"),
    ("checkpoint-signature", checkpoint(bad_line), "same"),
    ("checkpoint-unsigned", checkpoint(lambda n: n[:n.index(b"\n\n") + 2]), "same"),
    ("checkpoint-extension", checkpoint(lambda n: n.replace(b"\n\n", b"\nextension\n\n", 1)), "same"),
    ("checkpoint-of-the-commit-before", lambda r: r.head_tree({"checkpoint": r.file("checkpoint", "main^")}), "same"),
    ("checkpoint-removed", lambda r: r.head_tree({"checkpoint": None}), "bad"),
    # --- commits
    ("commit-message", lambda r: r.amend(sub(b"akashi: ", b"akashi! ")), "same"),
    ("commit-unsigned", lambda r: r.amend(drop_header(b"gpgsig")), "same"),
    ("commit-author", lambda r: r.amend(sub(b"author ledger.example", b"author ledges.example")), "same"),
    ("commit-header-added-and-not-signed", lambda r: r.amend(sub(b"\ngpgsig ", b"\nencoding x\ngpgsig ")), "same"),
    ("commit-merge", lambda r: r.amend(merge), "same"),
    ("commit-history-cut", lambda r: r.amend(drop_header(b"parent")), "bad"),
    ("commit-left-out", cut_middle, "same"),
    ("commit-on-top", on_top(b"one more\n", {}), "bad"),
    ("commit-on-top-with-a-paper", on_top(b"one more\n", {"README.md": b"# other\n"}), "same"),
    # --- objects and refs
    ("object-record-missing", remove(lambda r: "main:" + record_path(2)), "bad"),
    ("object-tree-missing", remove(lambda r: "main~1^{tree}"), "bad"),
    ("object-commit-missing", remove(lambda r: r.commits[1]), "bad"),
    ("object-record-garbage", garble(lambda r: "main:" + record_path(2), b"garbage"), "bad"),
    ("object-empty", garble(lambda r: "main:checkpoint", b""), "bad"),
    ("object-of-another-hash", other_object, "bad"),
    ("shallow", shallow, "bad"),
    ("head-elsewhere", lambda r: r.git("symbolic-ref", "HEAD", "refs/heads/other"), "bad"),
    ("head-is-a-link", linked_head, "same"),
    ("head-with-blanks", in_git("HEAD", b"ref:  refs/heads/main\n"), "same"),
    ("head-by-way-of-another-ref", head_by_way_of, "same"),
    ("main-by-way-of-another-ref", main_by_way_of, "same"),
    ("main-names-a-tag", main_names_a_tag, "same"),
    ("alternates", in_git("objects/info/alternates", b"/nowhere\n"), "bad"),
    ("multi-pack-index", multi_pack_index, "bad"),
    ("object-readme-missing", without_readme, "same"),
    ("head-detached", lambda r: r.git("update-ref", "--no-deref", "HEAD", r.commits[-1]), "bad"),
    ("head-commit-garbage", garble(lambda r: "main", b"garbage"), "bad"),
    ("head-commit-missing", remove(lambda r: "main"), "bad"),
    ("main-gone", lambda r: r.git("update-ref", "-d", "refs/heads/main"), "bad"),
    # --- nothing wrong
    ("sound-untouched", lambda r: None, "sound"),
    ("sound-packed", packed, "sound"),
    ("sound-with-a-work-tree", work_tree, "sound"),
    ("sound-one-commit-less", lambda r: r.main(r.commits[-2]), "sound"),
    ("sound-first-commit-only", lambda r: r.main(r.commits[0]), "sound"),
    ("sound-unreachable-garbage", unreachable_garbage, "sound"),
    ("sound-another-ref-is-broken", in_git("refs/heads/broken", b"1" * 40 + b"\n"), "sound"),
    ("sound-empty-shallow-file", in_git("shallow", b""), "sound"),
    ("sound-head-ends-in-blanks", in_git("HEAD", b"ref: refs/heads/main \n"), "sound"),
    ("sound-replace-ref", replaced, "sound"),
    ("sound-unreachable-object", lambda r: r.write("blob", b"nobody asks for me"), "sound"),
    ("sound-other-branch", lambda r: r.git("update-ref", "refs/heads/other", r.commits[0]), "sound"),
]
