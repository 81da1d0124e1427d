#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Whether reports are well-formed pages that load and run nothing and say in words what they draw: report_page.py FILE…"""
import base64
import hashlib
import re
import sys
from html.parser import HTMLParser

VOID = {"meta", "br"}
TAGS = set(
    "html head meta title style body main h1 h2 p table caption thead tbody tr th td div span dl dt dd figure figcaption"
    " svg path rect circle text g defs pattern ul ol li section b strong pre code br script".split()
)
ATTRIBUTES_THAT_LOAD = {"src", "href", "xlink:href", "srcset", "action", "data", "poster", "background", "style", "formaction", "ping"}


class Page(HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.open, self.wrong, self.ids, self.refers, self.embedded, self.headings = [], [], [], [], [], []
        self.policy = self.style = self.lang = None
        self.heads_in_row = 0

    def handle_starttag(self, tag, attrs):
        a = dict(attrs)
        if tag not in TAGS:
            self.wrong.append(f"<{tag}> is none of ours")
        if len(a) != len(attrs):
            self.wrong.append(f"<{tag}> has an attribute twice")
        for name, value in attrs:
            if name in ATTRIBUTES_THAT_LOAD or name.startswith("on"):
                self.wrong.append(f"<{tag} {name}={value!r}>")
            if re.search(r"url\((?!#)", value or ""):
                self.wrong.append(f"<{tag}> loads {value!r}")
        if "id" in a:
            self.ids.append(a["id"])
        for name in ("aria-labelledby", "aria-describedby"):
            self.refers += (a.get(name) or "").split()
        if tag == "html":
            self.lang = a.get("lang")
        if tag == "svg" and not (a.get("role") == "img" and a.get("aria-labelledby") and a.get("aria-describedby")):
            self.wrong.append("a picture without words")
        if tag == "th" and a.get("scope") not in ("row", "col"):
            self.wrong.append("a table head without scope")
        if tag == "meta" and a.get("http-equiv") == "Content-Security-Policy":
            self.policy = a["content"]
        if tag == "script":
            self.embedded.append(a.get("id"))
            if a.get("type") in (None, "", "module") or "javascript" in a["type"]:
                self.wrong.append("a script")
        if tag in ("h1", "h2"):
            self.headings.append(tag)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        self.open.pop()

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong.append(f"</{tag}> closes nothing")

    def handle_data(self, data):
        if self.open and self.open[-1] == "style":
            self.style = (self.style or "") + data

    def handle_comment(self, data):
        self.wrong.append("a comment")


def check(path):
    text = open(path, encoding="utf-8").read()
    page = Page()
    page.feed(text)
    page.close()
    wrong = page.wrong + [f"<{t}> is left open" for t in page.open]
    digest = base64.b64encode(hashlib.sha256((page.style or "").encode()).digest()).decode()
    if page.policy != f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'":
        wrong.append(f"policy {page.policy}")
    if page.lang not in ("ja", "en"):
        wrong.append(f"language {page.lang}")
    if page.headings[:2] != ["h1", "h2"] or page.headings.count("h1") != 1:
        wrong.append(f"headings {page.headings}")
    wrong += [f"id {i} twice" for i in set(page.ids) if page.ids.count(i) > 1]
    wrong += [f"no id {i}" for i in page.refers if i not in page.ids]
    if page.embedded != ["akashi-bundle", "akashi-trust", "akashi-verdict", "akashi-settings", "akashi-page"]:
        wrong.append(f"embedded {page.embedded}")
    if re.search(r"https?://(?!www\.w3\.org/2000/svg)", re.sub(r"(?s)<script.*", "", text)):
        wrong.append("an address")
    if re.search(r"@import|@font-face|url\(", page.style or ""):
        wrong.append("the style loads")
    for w in wrong:
        print(f"{path}: {w}", file=sys.stderr)
    return not wrong


sys.exit(0 if all([check(p) for p in sys.argv[1:]]) else 1)
