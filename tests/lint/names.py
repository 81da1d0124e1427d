#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A test that a document names is there: a promise that is shown by a name which no test has is shown by nothing.

Of THREATS, TESTING and RULES this looks at what stands between backquotes:

    unit.api.chain, cli.bundle, fuzz.*     a test of ctest, by its source file; TESTING leaves "unit." out (`chain.proof`, `negative_tree`)
    thief: a_record_full_of_values         a test in test_thief.c or test_attack_thief.c; the names that follow in the same row are
                                           of the same file, "…_and_an_end" stands for one that ends so, "thief:" for the file
    tests/fault/syscalls.sh, test_oom.c    a file, also with *

and in THREATS and TESTING at every word of five parts or more (a_name_of_this_kind), which can be nothing but a test.
"""
import glob
import os
import re
import sys

os.chdir(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
DOCUMENTS = ("docs/THREATS.md", "docs/TESTING.md", "docs/RULES.md")
LAYERS = sorted(os.path.basename(d) for d in glob.glob("tests/unit/*"))
KINDS = ("unit", "cli", "fault", "story", "product", "rules", "interop", "fuzz", "bench")


def tests_of(path):
    with open(path, encoding="utf-8") as f:
        text = f.read()
    # Some tests are made by a macro, which gives the name as its first argument.
    return set(re.findall(r"\b(?:cmocka_unit_test\w*|[A-Z_]+)\(\s*(\w+)", text))


FILES = {p: tests_of(p) for p in sorted(glob.glob("tests/unit/*/test_*.c") + glob.glob("tests/cli/test_*.c"))}
ALL = set().union(*FILES.values())


def sources(short):
    """The test programs that a short name means."""
    short = re.sub(r"^unit\.(\w+)\.", "", short)
    short = short.replace(": ", "_")
    return [p for p in FILES if os.path.basename(p) in ("test_%s.c" % short, "test_attack_%s.c" % short)]


def ctest_there(name):
    """unit.layer.name and the others, as tests/CMakeLists.txt and tests/more.cmake name them by their files."""
    kind, _, rest = name.partition(".")
    where = {
        "unit": "tests/unit/%s/test_%s.c" if not rest.startswith("cli.") else "tests/%s/test_%s.c",
        "cli": "tests/cli/%s.sh", "fault": "tests/fault/%s.sh", "product": "tests/product/%s.sh",
        "interop": "tests/interop/test_%s.py", "fuzz": "tests/fuzz/fuzz_%s.c", "bench": "tests/bench/%s",
    }
    if name in ("story.quickstart", "rules.harness", "rules.expand"):
        return True
    if kind == "unit":
        layer, _, short = rest.partition(".")
        return short != "" and bool(glob.glob(where[kind] % (layer, short)))
    return kind in where and bool(glob.glob(where[kind] % rest))


def names_in(cell):
    return re.findall(r"`([^`]+)`", cell)


def main():
    bad = []
    n = 0

    def want(there, where, name, why):
        nonlocal n
        n += 1
        if not there:
            bad.append("%s: `%s`: %s" % (where, name, why))

    for path in DOCUMENTS:
        with open(path, encoding="utf-8") as f:
            lines = f.read().split("\n")
        for number, line in enumerate(lines, 1):
            where = "%s:%d" % (path, number)
            group = []
            for name in names_in(line):
                m = re.match(r"^([\w.]+(?:: also)?):(?: ([\w…]+))?$", name)
                if "<" in name or name in ("file: test",) or name.startswith("unverifiable:"):
                    continue
                if m:
                    group = sources(m.group(1))
                    want(group, where, name, "no test program of that name")
                    if m.group(2):
                        want(any(m.group(2) in FILES[p] for p in group), where, name, "no test of that name in it")
                elif re.match(r"^(%s)\.[\w.*]+$" % "|".join(KINDS), name) and not name.endswith(".sh"):
                    group = sources(name)
                    want(ctest_there(name) or ctest_there("unit." + name), where, name, "no such test")
                elif re.match(r"^(%s)\.\w+$" % "|".join(LAYERS), name):
                    group = sources(name.split(".")[1])
                    want(ctest_there("unit." + name), where, name, "no such test")
                elif re.match(r"^(attack|negative)_\w+$", name):
                    group = sources(name)
                    want(group, where, name, "no test program of that name")
                elif re.match(r"^…\w+$", name):
                    want(any(t.endswith(name[1:]) for p in group for t in FILES[p]), where, name, "no test that ends so")
                elif re.match(r"^\w+(_\w+){2,}$", name) and path.endswith("THREATS.md") and group:
                    want(any(name in FILES[p] for p in group), where, name, "no test of that name in " + ", ".join(group))
                elif re.match(r"^(tests|cli|schemas|ledger|docs)/[\w./*-]+( |$)", name):
                    path_of = name.split(" ")[0]
                    want(glob.glob(path_of) or glob.glob("tests/" + path_of + ".sh"), where, name, "no such file")
                elif re.match(r"^test_[\w*]+\.c$", name):
                    want(glob.glob("tests/**/" + name, recursive=True), where, name, "no such file")
            if not path.endswith("RULES.md"):
                for word in re.findall(r"(?<![\w…./])[A-Za-z]\w*", line):
                    if word.count("_") >= 4 and word == word.lower():
                        want(word in ALL, where, word, "no test of that name")
    for b in bad:
        print("lint: " + b, file=sys.stderr)
    if n < 150:
        print("lint: only %d names found: are these still the documents?" % n, file=sys.stderr)
        return 1
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
