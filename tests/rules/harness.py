#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the rule cases of tests/rules/ on a scheme folder with Python's own SQLite.

A second reading of the profile contract, independent of the C engine: it compiles schemas/<scheme>/ into the canonical
package, checks every body against its schema and every record's subjects, builds the tables a rule may read, and
compares what the rules say with what each case expects.  Needs nothing but the standard library.

    harness.py                      run every case
    harness.py C12 E02              run the cases whose file name begins so
    harness.py --package [SCHEME]   print the canonical package
    harness.py --expand FOLDER      write every case with its base and changes worked in
    harness.py --mutate             break each rule in turn and see that a case notices
    harness.py --load N [LISTING]   time N listings of three cycles each
"""
import json
import os
import re
import sqlite3
import sys
import time

sys.dont_write_bytecode = True

from casefile import build, complete, fill_asked, load_case, proved, record_id, resolve, unix_of
from contract import HERE, SCHEMAS, TRIALS, Bad, compile_package, folders_of, found_in, jcs, joined, read_json, read_text, subjects, validate

RULES_STEPS = 20_000_000
STEPS_EACH = 1000

# --- rules ---------------------------------------------------------------------------------------------------------

SAID = set()  # what rules expected and found, to be shown in Japanese as well
SEVERITIES = ("warning", "unverifiable", "suspended", "expired", "invalid")
KEYS = ("id", "severity", "ja", "en", "basis", "basis-en", "basis-version", "effective", "next-ja", "next-en", "absence",
	"types", "judges")
USE = ("contract_from", "contract_to", "service", "region", "task", "confirmation")
COLUMNS = {"listing", "record", "ja", "en", "expected", "found"}


def header(name, sql):
	out, last = {}, None
	for line in sql.splitlines():
		if not line.startswith("--"):
			break
		m = re.match(r"-- ([a-z-]+): ?(.*)", line)
		if m:
			if m[1] not in KEYS or m[1] in out:
				raise Bad(f"{name}: header key {m[1]}")
			last, out[m[1]] = m[1], m[2].strip()
		elif line.startswith("--  ") and last:
			out[last] += " " + line[2:].strip()
	for key in ("id", "severity", "ja", "en", "basis"):
		if not out.get(key):
			raise Bad(f"{name}: header lacks {key}")
	if out.get("judges", "use") != "use":
		raise Bad(f"{name}: judges {out['judges']}")
	if out["id"] != name or out["severity"] not in SEVERITIES:
		raise Bad(f"{name}: id {out['id']}, severity {out['severity']}")
	return out


def ask(db, asked):
	db.execute("DELETE FROM asked")
	db.execute("INSERT INTO asked VALUES(?, ?, ?)", (asked["as_of"], asked.get("known_at"), asked.get("listing")))
	db.execute("DELETE FROM given")
	db.executemany("INSERT INTO given VALUES(?, ?)", asked.get("given", {}).items())
	db.execute("DELETE FROM use")
	if "use" in asked:
		if not asked["use"] or set(asked["use"]) - set(USE):
			raise Bad(f"use {jcs(asked['use'])}")
		db.execute("INSERT INTO use VALUES(?, ?, ?, ?, ?, ?)", [asked["use"].get(k) for k in USE])
	fill_asked(db)


def read_only(db):
	# SQLite connects json_each when a statement first names it, and asks the authorizer for more than reading then.
	db.execute("SELECT 1 FROM json_each('[]')").fetchall()
	allowed = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE}
	db.set_authorizer(lambda action, *rest: sqlite3.SQLITE_OK if action in allowed else sqlite3.SQLITE_DENY)


def has_type(db, name, member):
	return db.execute("SELECT 1 FROM record_all WHERE type = ? AND json_type(body, ?) IS NOT NULL",
		(name, "$." + member if member else "$")).fetchone()


def run_rule(db, name, sql, asked, shipped=True):
	h = header(name, sql)
	cursor = db.execute(sql, {"as_of": asked["as_of"], "known_at": asked.get("known_at")})
	columns = [c[0] for c in cursor.description]
	if not COLUMNS <= set(columns) or set(columns) - COLUMNS - {"severity", "reason"}:
		raise Bad(f"{name}: columns {columns}")
	rows = [dict(zip(columns, row)) for row in cursor.fetchall()]
	types = [t.strip() for t in h.get("types", "").split(",") if t.strip()]
	if rows and types and not any(has_type(db, *t.partition("/")[::2]) for t in types):
		raise Bad(f"{name}: finds something without a record of type {', '.join(types)}")
	for row in rows:
		row["severity"] = row.get("severity") or h["severity"]
		row["reason"] = row.get("reason") or ""
		if row["severity"] not in SEVERITIES or not row["ja"] or not row["en"] or row["listing"] is None:
			raise Bad(f"{name}: row {row}")
		if row["expected"] is None or row["found"] is None:
			raise Bad(f"{name}: row without expected or found {row}")
		if shipped:
			SAID.update((str(row["expected"]), str(row["found"])))
	if asked.get("listing"):
		rows = [r for r in rows if r["listing"] == asked["listing"]]
		missing = [p for p in (h.get("absence") or "").replace("{listing}", asked["listing"]).split(",")
			if p.strip() and not db.execute("SELECT 1 FROM proved WHERE subject = ?", (p.strip(),)).fetchone()]
		if missing:
			rows = [r for r in rows if r["record"] is not None and r["reason"] != "evidence-not-on-record"]
			if not rows:
				return [{"severity": "not-checked", "reason": "", "listing": asked["listing"], "en": missing[0]}]
	return rows


def verdict_of(rows):
	return sorted({r["severity"] + (":" + r["reason"] if r["reason"] else "") for r in rows}) or ["passed"]


def query(db, sql, asked):
	cursor = db.execute(sql, {"as_of": asked["as_of"], "known_at": asked.get("known_at")}
		if ":as_of" in sql or ":known_at" in sql else {})
	return [dict(zip([c[0] for c in cursor.description], row)) for row in cursor.fetchall()]


def check_bodies(package, case):
	for r in case["records"]:
		t = package["types"].get(r["type"])
		if t is None:
			raise Bad(f"{r['label']}: type {r['type']}")
		body = resolve(r["body"])
		try:
			validate(t["schema"], t["schema"], body, "")
		except Bad as e:
			raise Bad(f"{r['label']}: {e}") from None
		about = subjects(t, body)
		if not 1 <= len(about) <= 64:
			raise Bad(f"{r['label']}: {len(about)} subjects")
		for s in about:
			kind, _, name = s.partition(":")
			pattern = package["ids"].get(kind.partition("/")[2], {}).get("pattern", "")
			if not re.search(pattern, name):
				raise Bad(f"{r['label']}: subject {s}")
		allowed = {x["rel"]: x for x in t["refs"]}
		for rel, targets in r["refs"].items():
			targets = targets if isinstance(targets, list) else [targets]
			types = {x["type"] for x in case["records"] if x["label"] in targets}
			if rel not in allowed or len(targets) > allowed[rel]["max"] or \
					("*" not in allowed[rel]["types"] and not types <= set(allowed[rel]["types"])):
				raise Bad(f"{r['label']}: ref {rel} to {sorted(types)}")


def as_list(v):
	return [v] if isinstance(v, str) else sorted(v)


def type_known(package, name, member):
	t = package["types"].get(name)
	return t is not None and (not member or member in t["schema"]["properties"])


def check_types(package):
	"""A rule that waits for a type that nobody can seal would never run."""
	wrong = [f"{name}: no type {t.strip()}" for name, sql in package["rules"].items()
		for t in header(name, sql).get("types", "").split(",") if t.strip() and not type_known(package, *t.strip().partition("/")[::2])]
	for w in wrong:
		print(w)
	return 1 if wrong else 0


def compare(package, db, question, rules):
	wrong = []
	expect = dict(question["expect"])
	others = expect.pop("others", "passed")
	for name in set(expect) - set(package["rules"]):
		raise Bad(f"no rule {name}")
	for name, sql in rules.items():
		if "judges" in header(name, sql) and "use" not in question["asked"]:
			if name in expect:
				raise Bad(f"{name} judges a use, and none is asked about")
			continue
		got = verdict_of(run_rule(db, name, sql, question["asked"], os.path.dirname(folders_of(package["scheme"])[-1]) == SCHEMAS))
		want = as_list(expect.get(name, others))
		if got != want:
			wrong.append(f"{name}: expected {', '.join(want)}; got {', '.join(got)}")
	for name, want in question.get("queries", {}).items():
		got = query(db, package["queries"][name], question["asked"])
		if len(got) != len(want) or any(g.get(k) != v for g, w in zip(got, want) for k, v in w.items()):
			wrong.append(f"query {name}: expected {jcs(want)}; got {jcs(got)}")
	return wrong


def with_parameters(package, case):
	"""The package with the values that a case gives to parameters of it."""
	given = case.get("parameters", {})
	for name in given:
		if name not in package["parameters"]:
			raise Bad(f"no parameter {name}")
	return {**package, "parameters": {k: {**v, "value": given.get(k, v["value"])} for k, v in package["parameters"].items()}}


def package_of(packages, case):
	if case["scheme"] not in packages:
		raise Bad(f"no scheme {case['scheme']}")
	return packages[case["scheme"]]


def run_case(path, packages, rules=None):
	"""The list of what is wrong, [] when the case holds.  With rules only these are run."""
	case = load_case(path)
	package = package_of(packages, case)
	case = complete(package, case)
	package = with_parameters(package, case)
	check_bodies(package, case)
	rules = package["rules"] if rules is None else rules
	seqs = {r["label"]: r["seq"] for r in case["records"]}
	wrong, databases = [], {}
	for i, q in enumerate(case["questions"]):
		asked = dict(q["asked"])
		asked["known_at"] = seqs[asked["known_at"]] if "known_at" in asked else len(case["records"])
		key = asked["known_at"]
		if key not in databases:
			databases[key] = build(package, case, key)
		db = databases[key]
		db.set_authorizer(None)
		ask(db, asked)
		db.commit()
		read_only(db)
		wrong += [f"question {i + 1} ({jcs(q['asked'])}): {w}" for w in compare(package, db, {**q, "asked": asked}, rules)]
		if rules is package["rules"]:
			for name, sql in package["queries"].items():
				query(db, sql, asked)
	return wrong


def case_files(prefixes=()):
	folder = os.path.join(HERE, "cases")
	names = sorted(n for n in os.listdir(folder) if n.endswith(".json"))
	return [os.path.join(folder, n) for n in names if not prefixes or n.startswith(tuple(prefixes))]


def run_all(packages, prefixes):
	failed = 0
	files = case_files(prefixes)
	for path in files:
		try:
			wrong = run_case(path, packages)
		except (Bad, sqlite3.Error, KeyError) as e:
			wrong = [f"{type(e).__name__}: {e}"]
		failed += bool(wrong)
		for w in wrong:
			print(f"{os.path.basename(path)}: {w}")
	print(f"{len(files)} cases, {failed} failed")
	return 1 if failed or not files else 0


def japanese():
	"""The command line has Japanese for every text of two words or more; ids and lists of them stay what they are."""
	phrases = re.findall(r'AK_PHRASE\("((?:[^"\\]|\\.)*)"', read_text(os.path.join(SCHEMAS, "..", "cli", "phrases.def")))
	known = [re.compile(re.sub(r"\\{\d\\}", "(.+?)", re.escape(p))) for p in phrases]
	missing = [t for t in sorted(SAID) if re.search("[a-z]+ [a-z]", t) and not t.startswith("missing: ")
		and not any(k.fullmatch(t) for k in known)]
	for t in missing:
		print(f"cli/phrases.def has no Japanese for: {t}")
	return 1 if missing else 0


def own_rules(package):
	"""The rules that stand in the scheme's own folder; those it reuses are covered where they come from."""
	folder = os.path.join(SCHEMAS, package["scheme"], "rules")
	return sorted(n[:-4] for n in os.listdir(folder) if n.endswith(".sql"))


def coverage(package):
	"""Every rule must be tripped by a case of the scheme named after it, and have a near miss that it lets pass."""
	missing = []
	for name in own_rules(package):
		cases = [c for c in map(load_case, case_files((name + "-",))) if c["scheme"] == package["scheme"]]
		verdicts = [q["expect"].get(name, q["expect"].get("others", "passed")) for c in cases for q in c["questions"]]
		if not any(v not in ("passed", "not-checked") for v in verdicts):
			missing.append(f"{package['scheme']} {name}: no case that trips it")
		if "passed" not in verdicts:
			missing.append(f"{package['scheme']} {name}: no near miss")
	for m in missing:
		print(m)
	return 1 if missing else 0


def check_examples(package):
	folders, failed = folders_of(package["scheme"]), 0
	for name, t in package["types"].items():
		try:
			body = read_json(found_in(folders, "examples", name + ".json"))
			validate(t["schema"], t["schema"], body, "")
			if not subjects(t, body):
				raise Bad("about nothing")
		except (Bad, OSError) as e:
			failed += 1
			print(f"{package['scheme']}/examples/{name}.json: {e}")
	return 1 if failed else 0


def mutants(sql):
	"""Small changes to a rule that a case should notice."""
	for old, new in ((" > ", " >= "), (" < ", " <= "), (" <= ", " < "), (" >= ", " > "), ("NOT ", ""), (" AND ", " OR "),
			(" <> ", " = "), ("'invalid'", "'warning'"), ("'expired'", "'warning'"), ("max(", "min("), ("_first", "_last"),
			("_last", "_first"), (" IS NULL", " IS NOT NULL"), (" = 0", " = 1")):
		at = sql.find(old, sql.find("\nWITH") + 1)
		while at >= 0:
			yield f"{old.strip()} at {sql.count(chr(10), 0, at + 1) + 1}", sql[:at] + new + sql[at + len(old):]
			at = sql.find(old, at + 1)


def mutate(packages, prefixes):
	for package in packages.values():
		for name in own_rules(package):
			if not prefixes or name in prefixes:
				mutate_rule(packages, package, name)
	return 0


def mutate_rule(packages, package, name):
	total, kept = 0, []
	files = case_files((name + "-",)) + [f for f in case_files() if f'"{name}"' in read_text(f)] + case_files(("chain-",))
	files = [f for f in dict.fromkeys(files) if load_case(f)["scheme"] == package["scheme"]]
	for what, changed in mutants(package["rules"][name]):
		total += 1
		try:
			if not any(bool(run_case(f, packages, {name: changed})) for f in files):
				kept.append(what)
		except (Bad, sqlite3.Error, KeyError):
			pass
	print(f"{package['scheme']} {name}: {total - len(kept)} of {total} noticed; not: {'; '.join(kept)}")


def load(package, n, listing=None):
	case = complete(package, load_case(os.path.join(HERE, "base", "three-years.json")))
	big = {"scheme": case["scheme"], "records": [], "parties": {}}
	shared = [r for r in case["records"] if r["type"] == "auditor-registration"]
	for r in shared:
		big["records"].append(dict(r))
	for i in range(n):
		swap = {"C24-0101-2": f"C{i // 10000:02}-{i % 10000:04}-2", "kumo-iaas": f"service-{i}"}
		for r in case["records"]:
			if r in shared:
				continue
			text = jcs(r["body"])
			for a, b in swap.items():
				text = text.replace(a, b)
			body = json.loads(text)
			if "report_no" in body:
				body["report_no"] += f"-{i}"
			names = {x["label"] for x in shared}
			refs = {k: (v if v in names else f"{v}-{i}") for k, v in r["refs"].items()}
			big["records"].append({**r, "label": f"{r['label']}-{i}", "body": body, "refs": refs})
	for seq, r in enumerate(big["records"]):
		r["seq"] = seq
	start = time.time()
	db = build(package, big)
	print(f"{n} listings, {len(big['records'])} records: built in {time.time() - start:.2f} s")
	ask(db, {"as_of": "2026-11-21", "listing": listing})
	steps = [0]

	def count():
		steps[0] += 1000
		return 0
	db.set_progress_handler(count, 1000)
	limit = RULES_STEPS + STEPS_EACH * len(big["records"])
	for name, sql in list(package["rules"].items()) + [(k, v) for k, v in package["queries"].items()]:
		steps[0], start = 0, time.time()
		rows = db.execute(sql).fetchall()
		print(f"{name:9} {len(rows):6} rows {time.time() - start:6.2f} s {steps[0] / 1e6:8.2f} M steps {100 * steps[0] / limit:5.1f} % of the limit")
	return 0


def expand(packages, folder):
	os.makedirs(folder, exist_ok=True)
	for old in os.listdir(folder):
		if old.endswith(".json"):
			os.remove(os.path.join(folder, old))
	for name in schemes(TRIALS):
		with open(os.path.join(folder, f"package-{name}.json"), "w", encoding="utf-8") as f:
			f.write(jcs(compile_package(name)))
	for path in case_files():
		case = load_case(path)
		package = package_of(packages, case)
		case = complete(package, case)
		seqs = {r["label"]: r["seq"] for r in case["records"]}
		case["proved"] = proved(package, case)
		for r in case["records"]:
			r["id"], r["time"] = record_id(r["label"]), unix_of(r["sealed_on"])
			r["about"] = subjects(package["types"][r["type"]], r["body"])
			r["body"] = resolve(r["body"])
		for q in case["questions"]:
			q["asked"]["known_at"] = seqs[q["asked"]["known_at"]] if "known_at" in q["asked"] else len(seqs)
		with open(os.path.join(folder, os.path.basename(path)), "w", encoding="utf-8") as f:
			json.dump(case, f, ensure_ascii=False, indent=1)
			f.write("\n")
	return 0


def schemes(root=SCHEMAS):
	return sorted(n for n in os.listdir(root) if n != "akashi" and os.path.exists(os.path.join(root, n, "profile.json")))


def main(args):
	if args[:1] == ["--package"]:
		sys.stdout.write(jcs(compile_package((args[1:] or ["ismap"])[0])))
		return 0
	core, packages, status = compile_package("akashi"), {}, 0
	for name in schemes():
		package = compile_package(name)
		size = len(jcs(package).encode())
		status |= size > 524_288  # half of what a package may be (FORMAT 18)
		packages[name] = {**joined(package), "size": size}
	shipped = dict(packages)
	for name in schemes(TRIALS):
		packages[name] = joined(compile_package(name))
	if args[:1] == ["--expand"]:
		return expand(packages, args[1])
	if args[:1] == ["--mutate"]:
		return mutate(shipped, args[1:])
	if args[:1] == ["--load"]:
		return load(packages["ismap"], int(args[1]), *args[2:3])
	status |= run_all(packages, args)
	if not args:
		status |= japanese() | check_examples(core)
		for name in schemes(TRIALS):
			status |= check_types(packages[name])
		for name, package in shipped.items():
			status |= coverage(package) | check_types(package) | check_examples(package)
			print(f"package {name} {package['size']} bytes")
	return status


if __name__ == "__main__":
	try:
		sys.exit(main(sys.argv[1:]))
	except Bad as error:
		sys.exit(str(error))
