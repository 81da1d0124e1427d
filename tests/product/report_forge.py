#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Forges a report as somebody would who knows the format: report_forge.py FROM TO verdict|question|version|digest

verdict   another verdict is embedded
question  one for a day that is none
version   the text is edited in the name of another version of the program
digest    the text is edited
The digest of the page is made right each time.
"""
import base64
import hashlib
import json
import re
import sys


def embedded(page, name):
    return re.search(rb'(<script type="[^"]*" id="akashi-%s">\n)(.*?)(</script>\n)' % name, page, re.S)


def embed(page, name, data):
    text = base64.b64encode(data)
    lines = b"".join(text[i : i + 76] + b"\n" for i in range(0, len(text), 76))
    m = embedded(page, name)
    return page[: m.start()] + m.group(1) + lines + m.group(3) + page[m.end() :]


def change(page, name, **members):
    o = json.loads(base64.b64decode(embedded(page, name).group(2)))
    o.update(members)
    return embed(page, name, json.dumps(o, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode())


def main():
    page = open(sys.argv[1], "rb").read()
    if sys.argv[3] == "verdict":
        page = change(page, b"verdict", warnings=[])
    elif sys.argv[3] == "question":
        page = change(page, b"verdict", as_of="some day")
    else:
        page = page.replace("基準日".encode(), "基準の日".encode())
    if sys.argv[3] == "version":
        page = change(page, b"settings", version="0.0.9")
    at = page.index(b'<script type="text/x-akashi-digest"')
    page = embed_digest(page, hashlib.sha256(page[:at]).hexdigest().encode())
    open(sys.argv[2], "wb").write(page)


def embed_digest(page, digest):
    m = embedded(page, b"page")
    return page[: m.start()] + m.group(1) + b"sha256:" + digest + b"\n" + m.group(3) + page[m.end() :]


main()
