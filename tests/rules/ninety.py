#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Are all ninety rules there?  Compares docs/RULES.md with the rule files, the parameters and the cases.

    ninety.py

Every id from A01 to H05 stands in one table of RULES.md.  It is answered by rule files (header, severity, words, basis and its version, a case
that trips it and a near miss), or the table of rules that are no SQL says by which checks and names tests that there are.  Every
parameter named beside a rule is in a profile and is read by SQL, and every parameter is read by some.  Cases that TESTING.md names are there.  Every
word that a body may hold is said in Japanese and English.  The list of the rules as the scheme's
documents give it, with severities, is compared where it lies beside this tree (../shared); else that part says "skipped".
"""
import glob
import os
import re
import sys

sys.dont_write_bytecode = True

from casefile import load_case
from contract import HERE, SCHEMAS, Bad, compile_package, joined, read_text
from harness import SEVERITIES, case_files, header, own_rules, schemes

TREE = os.path.join(HERE, "..", "..")
SHARED = os.path.join(TREE, "..", "shared", "research", "ismap-domain.md")
SIZES = {"A": 12, "B": 10, "C": 20, "D": 12, "E": 14, "F": 9, "G": 8, "H": 5}
ALL = [f"{group}{n:02}" for group, most in SIZES.items() for n in range(1, most + 1)]
# Near misses that the scheme's people asked for by name, and the cases that show them.
NAMED = {
	"a decision sealed ten days after its meeting": "A05-near-ten-days",
	"a list of 2021 copied in": "N01-imported",
	"a batch of mixed dates": "chain-mixed-batch",
	"a renewal on its own chain after an import": "N01-near-import-with-chain",
}
# Not read by SQL: it says what the signing of a decision says, and has to agree with it.
NOT_SQL = {"committee_threshold"}

wrong = []


def check(ok, text):
	if not ok:
		wrong.append(text)


def tables(text):
	"""Rows of the tables whose first column is a rule or several: [(ids, cells)]."""
	for line in text.splitlines():
		cells = [c.strip() for c in line.strip("|").split("|")] if line.startswith("|") else []
		ids = re.findall(r"\b([A-HN]\d\d)(?:–([A-HN]\d\d))?", cells[0]) if cells else []
		if ids and re.match(r"[A-HN]\d\d", cells[0]):
			yield [i for a, b in ids for i in span(a, b)], cells


def span(first, last):
	return [first] if not last else [f"{first[0]}{n:02}" for n in range(int(first[1:]), int(last[1:]) + 1)]


def test_exists(name):
	"""unit.api.bits -> tests/unit/api/test_bits.c; cli/quickstart; product.verify."""
	parts = name.split(".")
	if parts[0] == "unit":
		return os.path.exists(os.path.join(TREE, "tests", "unit", parts[1], f"test_{parts[2]}.c")) or \
			os.path.exists(os.path.join(TREE, "tests", parts[1], f"test_{parts[2]}.c"))
	if parts[0] in ("product", "cli"):
		return os.path.exists(os.path.join(TREE, "tests", parts[0], parts[1] + ".sh"))
	return os.path.exists(os.path.join(TREE, name))


def check_elsewhere(ids, cells, sources):
	"""A rule that is no SQL names tests, and functions of tests, that there are."""
	shown = cells[-1]
	names = re.findall(r"`((?:unit|product|cli)[./][a-z0-9_./]+)`", shown)
	cases = re.findall(r"`([A-Z]\d\d-)…`", shown)
	check(names or cases, f"{ids}: no test is named")
	for name in names:
		check(test_exists(name), f"{ids}: there is no test {name}")
	for prefix in cases:
		check(case_files((prefix,)), f"{ids}: there is no case {prefix}")
	for inside in re.findall(r"\(([a-z][a-z0-9_, \n]*_[a-z0-9_, ]*)\)", shown):
		for function in re.split(r",\s*", inside):
			check(f"{function}(" in sources, f"{ids}: there is no test called {function}")


def check_rule(package, name, sql):
	at = f"{package['scheme']}/{name}"
	h = header(name, sql)
	check(h["severity"] in SEVERITIES, f"{at}: severity {h['severity']}")
	for key in ("ja", "en", "basis", "basis-en", "basis-version", "next-ja", "next-en"):
		check(h.get(key), f"{at}: no {key}")
	for asked in re.findall(r"param\('([a-z_]+)'\)", sql):
		check(asked in package["parameters"], f"{at}: no parameter {asked}")
	cases = [c for c in map(load_case, case_files((name + "-",))) if c["scheme"] == package["scheme"]]
	said = [(q["expect"].get(name, q["expect"].get("others", "passed"))) for c in cases for q in c["questions"]]
	check(any(s not in ("passed", "not-checked") for s in said), f"{at}: no case trips it")
	check("passed" in said, f"{at}: no case lets it pass")
	near = [f for f in case_files((name + "-",)) if "near" in os.path.basename(f) and load_case(f)["scheme"] == package["scheme"]]
	check(near, f"{at}: no case is a near miss by its name")


def check_parameters(packages, named):
	for scheme, package in packages.items():
		seats = [p["threshold"] for p in package["types"]["decision"]["signing"] if p["mode"] == "members"]
		check(seats == [package["parameters"]["committee_threshold"]["value"]], f"{scheme}: committee_threshold is not how a decision is signed")
		sql = "\n".join([package["views"], *package["rules"].values(), *package["queries"].values()])
		for name, p in package["parameters"].items():
			for key in ("value", "ja", "en", "basis", "certainty"):
				check(key in p, f"{scheme}: parameter {name} has no {key}")
			check(p["certainty"] != "GK", f"{scheme}: parameter {name} rests on general knowledge alone")
			read = f"param('{name}')" in sql or f"name = '{name}'" in sql
			check(read or name in NOT_SQL, f"{scheme}: nothing reads parameter {name}")
			check(name in named or scheme != "ismap", f"RULES.md names parameter {name} nowhere")
	everywhere = {n for p in packages.values() for n in p["parameters"]}
	members = {n for p in packages.values() for t in p["types"].values() for n in t["schema"].get("properties", {})}
	for name in named:
		check(name in everywhere | members, f"RULES.md names {name}, which is neither a parameter nor a member of a body")


def enums(node, name=""):
	"""Every word that a body may hold, with the name of the member that it is in."""
	if isinstance(node, dict):
		for word in node.get("enum", []):
			yield name, word
		for key, below in node.items():
			if key == "properties":
				for member, schema in below.items():
					yield from enums(schema, member)
			elif key != "$defs":
				yield from enums(below, name)
	elif isinstance(node, list):
		for below in node:
			yield from enums(below, name)


def check_words(packages):
	"""People read words in their own language, and never the stored one."""
	for scheme, package in packages.items():
		for name, t in package["types"].items():
			for member, word in enums(t["schema"]):
				shown = package["words"].get(member, {}).get(word, {})
				check(shown.get("ja") and shown.get("en"), f"{scheme}/{name}: no words for {member} {word}")


def check_testing():
	"""TESTING.md names no case that is not there."""
	text = read_text(os.path.join(TREE, "docs", "TESTING.md"))
	for name, more in re.findall(r"`((?:[A-HN]\d\d|scenario|chain)-[a-z0-9-]+)(…?)`", text):
		check(case_files((name if more else name + ".json",)), f"TESTING.md names a case that is not there: {name}")


def check_shared(rules):
	"""The severities of the list of rules, where it is at hand."""
	if not os.path.exists(SHARED):
		print("skipped: the list of rules is not beside this tree (../shared)")
		return
	rows = re.findall(r"^\| ([A-H]\d\d) \| .*? \| ([^|]*?) \| [^|]*? \|$", read_text(SHARED), re.M)
	check([r[0] for r in rows] == ALL, "the list of rules is not A01 to H05")
	for name, severity in rows:
		if name in rules and not severity.startswith("as "):  # what the profile or another rule says
			said = re.findall("|".join(SEVERITIES), severity)
			check(rules[name] in said, f"{name}: severity {rules[name]}, the list says {severity}")


def main():
	packages = {n: joined(compile_package(n)) for n in schemes()}
	text = read_text(os.path.join(TREE, "docs", "RULES.md"))
	sources = "".join(read_text(f) for f in glob.glob(os.path.join(TREE, "tests", "unit", "*", "*.c")))
	found, named, parts = {}, set(), text.split("\n## ")
	for part in parts:
		for ids, cells in tables("## " + part):
			for i in ids:
				found.setdefault(i, []).append(part.splitlines()[0])
			if part.startswith("ISMAP: rules that are no SQL"):
				check_elsewhere(" ".join(ids), cells, sources)
			else:
				named |= set(re.findall(r"`([a-z]+(?:_[a-z]+)+)`", cells[-1]))
	rules = {}
	for package in packages.values():
		for name in own_rules(package):
			check_rule(package, name, package["rules"][name])
			rules[name] = header(name, package["rules"][name])["severity"]
			check(name in found, f"RULES.md does not name {name}")
	for i in ALL:
		check(i in found, f"RULES.md does not name {i}")
		check(i in rules or any("no SQL" in p for p in found.get(i, [])), f"{i}: neither a rule file nor a check")
	for i in set(found) - set(ALL):
		check(i in rules, f"RULES.md names {i}, and there is no such rule")
	for what, case in NAMED.items():
		check(case_files((case + ".json",)), f"no case {case}: {what}")
	check_parameters(packages, named)
	check_words(packages)
	check_shared(rules)
	check_testing()
	for w in wrong:
		print(w)
	print(f"{len(ALL)} rules, {len(rules)} rule files of {len(packages)} schemes, {len(wrong)} wrong")
	return 1 if wrong else 0


if __name__ == "__main__":
	try:
		sys.exit(main())
	except Bad as error:
		sys.exit(str(error))
