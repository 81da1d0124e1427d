#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The bounds of FORMAT 17.3 on schemas and patterns: each is reached by one row and passed by the next.

    python3 tests/interop/test_schema.py [AKASHI]

The second reader is asked by itself and, where a program is given (or $AKASHI), `akashi audit` of a ledger with such a profile.
"""
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

import json  # noqa: E402

import make_ledger as ml  # noqa: E402
import once  # noqa: E402
from forge import package  # noqa: E402
from second import form, gitlog, schema  # noqa: E402

once.ask_once()
PROGRAM = sys.argv.pop(1) if len(sys.argv) > 1 and os.path.exists(sys.argv[1]) else os.environ.get("AKASHI")

DRAFT = "https://json-schema.org/draft/2020-12/schema"
APART = "".join(chr(0x4e00 + 2 * i) for i in range(513))
PATTERNS = [  # (accepted, refused)
    ("x{1000}x{1000}x{47}", "x{1000}x{1000}x{48}"),
    ("(x{1000}x{1000}x{47}){0}", "(x{1000}x{1000}x{48}){0}"),
    ("(x{340}|y{1})?" * 5 + "x{300}", "(x{340}|y{1})?" * 6 + "x{300}"),
    ("(x?){1000}x{47}", "(x?){1000}x{48}"),
    ("(x{1000}y)+(x{1000}y{45}){1}", "(x{1000}y)+(x{1000}y{46}){1}"),
    ("a{1000}", "a{1001}"), ("a{0,1000}", "a{0,1001}"), ("(){1000}", "(){1001}"),
    ("(" * 16 + "a" + ")" * 16, "(" * 17 + "a" + ")" * 17),
    ("[" + APART[:512] + "]", "[" + APART + "]"), (r"\w" * 128, r"\w" * 128 + r"\d"), (r"[\s]" * 51 + "[ab]", r"[\s]" * 51 + "[a-bcd]"),
    ("a{2}", "a{\uff12}"), ("a", "a)"), ("[a-z]", "[z-a]"),
]
SCHEMAS = [
    ({"$ref": "#/$defs/a%20b", "$defs": {"a b": True}}, {"$ref": "#/$defs/a%2", "$defs": {"a%2": True}}),
    ({"$ref": "#/%24defs/a", "$defs": {"a": True}}, {"$ref": "#/nowhere"}),
    ({"$ref": "#/$defs/a~1b", "$defs": {"a/b": True}}, {"$ref": "#a", "$defs": {"a": True}}),
    ({"$ref": "#/x-y", "x-y": {"type": "object"}}, {"$ref": "#/x-y", "x-y": {"type": "thing"}}),
    ({"$ref": "#/oneOf/0", "oneOf": [True]}, {"$ref": "#/oneOf/00", "oneOf": [True]}),
    ({"$ref": "#/oneOf/0", "oneOf": [True]}, {"$ref": "#/title", "title": "x"}),
    ({"$schema": DRAFT}, {"$schema": "http://json-schema.org/draft-07/schema#"}),
    ({"$id": "x"}, {"properties": {"q": {"$id": "x"}}}), ({"$id": "x"}, {"$id": 5}),
    ({"format": "uri"}, {"format": 5}),
    ({"oneOf": [True] * 8193}, {"x-y": [], "allOf": [{} for _ in range(8192)]}),
    ({"allOf": [{} for _ in range(8191)]}, {"allOf": [{} for _ in range(8192)]}),
]


def well_formed(do, what):
    try:
        do(what)
        return True
    except form.Bad:
        return False


class Bounds(unittest.TestCase):
    def test_patterns(self):
        for good, bad in PATTERNS:
            with self.subTest(bad[:60]):
                self.assertTrue(well_formed(schema.regex, good))
                self.assertFalse(well_formed(schema.regex, bad))

    def test_schemas(self):
        for good, bad in SCHEMAS:
            with self.subTest(str(bad)[:60]):
                self.assertTrue(well_formed(schema.check, good))
                self.assertFalse(well_formed(schema.check, bad))


@unittest.skipUnless(PROGRAM, "no program is given")
class Agree(unittest.TestCase):
    """A profile record with it is void in akashi, or is not."""

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="akashi-schema-")
        self.addCleanup(shutil.rmtree, self.folder)

    def is_void(self, change):
        path = os.path.join(self.folder, "l.git")
        ml.build(path, {}, package(change))
        done = subprocess.run([PROGRAM, "audit", "-C", path, "--no-trust", "--json"], stdin=subprocess.DEVNULL, capture_output=True,
                              env=dict(gitlog.ENV, HOME=self.folder))
        report = json.loads(done.stdout)
        self.assertTrue(report["ok"], report)
        return 8 in [v["seq"] for v in report["void"]]

    def test_patterns(self):
        for good, bad in PATTERNS:
            for text, void in ((good, False), (bad, True)):
                with self.subTest(text[:60]):
                    self.assertEqual(self.is_void(lambda p: p["ids"]["note"].update(pattern=text)), void)

    def test_schemas(self):
        for good, bad in SCHEMAS:
            for text, void in ((good, False), (bad, True)):
                with self.subTest(str(text)[:60]):
                    self.assertEqual(self.is_void(lambda p: p["types"]["note"].update(schema=text)), void)


if __name__ == "__main__":
    unittest.main()
