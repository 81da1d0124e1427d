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
import calendar
import datetime
import hashlib
import json
import os
import re
import sqlite3
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
SCHEMAS = os.path.join(HERE, "..", "..", "schemas")
RULES_STEPS = 20_000_000
STEPS_EACH = 1000


class Bad(Exception):
	pass


def read_json(path):
	def pairs(items):
		keys = [k for k, _ in items]
		if len(keys) != len(set(keys)):
			raise Bad(f"{path}: a key given twice")
		return dict(items)

	def refuse(text):
		raise Bad(f"{path}: number {text}")

	with open(path, encoding="utf-8") as f:
		return json.load(f, object_pairs_hook=pairs, parse_float=refuse, parse_constant=refuse)


def read_text(path):
	with open(path, encoding="utf-8") as f:
		return f.read()


def read_lines(path):
	"""SQL as the package holds it: a text of the ledger has neither newlines nor tabs."""
	return read_text(path).replace("\t", " ").removesuffix("\n").split("\n")


def jcs(value):
	"""RFC 8785 for what the JSON profile allows: integers, ASCII keys, no control characters."""
	return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


# --- the package ---------------------------------------------------------------------------------------------------

def references(schema):
	if isinstance(schema, dict):
		for k, v in schema.items():
			if k == "$ref" and isinstance(v, str):
				yield v
			else:
				yield from references(v)
	elif isinstance(schema, list):
		for v in schema:
			yield from references(v)


def with_definitions(schema, defs, path):
	need, have = list(references(schema)), {}
	while need:
		ref = need.pop()
		if not ref.startswith("#/$defs/"):
			continue
		name = ref[len("#/$defs/"):]
		if name in have or name in schema.get("$defs", {}):
			continue
		if name not in defs:
			raise Bad(f"{path}: no definition {ref}")
		have[name] = defs[name]
		need += references(defs[name])
	if have:
		schema = dict(schema)
		schema["$defs"] = {**schema.get("$defs", {}), **have}
	return schema


def compile_package(scheme):
	folder = os.path.join(SCHEMAS, scheme)
	package = read_json(os.path.join(folder, "profile.json"))
	defs = read_json(os.path.join(SCHEMAS, "common", "defs.json"))["$defs"]
	if package["scheme"] != scheme:
		raise Bad(f"{folder}: scheme is {package['scheme']}")
	for name, t in package["types"].items():
		path = os.path.join(folder, t["schema"])
		schema = read_json(path)
		for member in ("about", "exclusive", "publication", "documents", "refs"):
			key = "x-" + member
			if key not in schema:
				raise Bad(f"{path}: no {key}")
			t[member] = schema.pop(key)
		t["schema"] = with_definitions(schema, defs, path)
	common = os.path.join(SCHEMAS, "common", "views.sql")
	own = os.path.join(folder, "views.sql")
	package["views"] = read_lines(common) + read_lines(own) if os.path.exists(own) else []
	for part in ("rules", "queries"):
		sub = os.path.join(folder, part)
		names = sorted(os.listdir(sub)) if os.path.isdir(sub) else []
		package[part] = {f[:-4]: read_lines(os.path.join(sub, f)) for f in names if f.endswith(".sql")}
	return package


def joined(package):
	"""The package with its SQL as texts."""
	package = dict(package)
	package["views"] = "\n".join(package["views"]) + "\n"
	for part in ("rules", "queries"):
		package[part] = {k: "\n".join(v) + "\n" for k, v in package[part].items()}
	return package


# --- dates ---------------------------------------------------------------------------------------------------------

JST = datetime.timedelta(hours=9)
INSTANT = re.compile(r"^(\d{4}-\d\d-\d\d)T(\d\d):(\d\d):(\d\d)(?:\.\d+)?(Z|[+-]\d\d:\d\d)$", re.A)


def bounds(text):
	"""First and last day of a claimed date, or None."""
	if not isinstance(text, str):
		return None
	try:
		if re.fullmatch(r"\d{4}", text, re.A):
			return datetime.date(int(text), 1, 1), datetime.date(int(text), 12, 31)
		if re.fullmatch(r"\d{4}-\d\d", text, re.A):
			y, m = int(text[:4]), int(text[5:])
			return datetime.date(y, m, 1), datetime.date(y, m, calendar.monthrange(y, m)[1])
		if re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.A):
			d = datetime.date.fromisoformat(text)
			return d, d
		m = INSTANT.match(text)
		if m:
			t = datetime.datetime.fromisoformat(f"{m[1]}T{m[2]}:{m[3]}:{m[4]}")
			if m[5] != "Z":
				sign = -1 if m[5][0] == "+" else 1
				t += sign * datetime.timedelta(hours=int(m[5][1:3]), minutes=int(m[5][4:]))
			d = (t + JST).date()
			return d, d
	except ValueError:
		pass
	return None


def day_first(text):
	b = bounds(text)
	return b and b[0].isoformat()


def day_last(text):
	b = bounds(text)
	return b and b[1].isoformat()


def exact_day(text):
	if isinstance(text, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.A):
		b = bounds(text)
		return b and b[0]
	return None


def add_period(start, n, unit):
	"""The last day of a period of n units that begins with the day `start` (Civil Code, Article 143)."""
	d = exact_day(start)
	if d is None or not isinstance(n, int):
		return None
	if unit == "day":
		return (d + datetime.timedelta(days=n - 1)).isoformat()
	months = d.month - 1 + n * (12 if unit == "year" else 1)
	y, m = d.year + months // 12, months % 12 + 1
	last = calendar.monthrange(y, m)[1]
	if d.day > last:
		return datetime.date(y, m, last).isoformat()
	return (datetime.date(y, m, d.day) - datetime.timedelta(days=1)).isoformat()


def add_days(day, n):
	d = exact_day(day)
	return None if d is None or not isinstance(n, int) else (d + datetime.timedelta(days=n)).isoformat()


def days_between(a, b):
	a, b = exact_day(a), exact_day(b)
	return None if a is None or b is None else (b - a).days


def jst_day(unix):
	return (datetime.datetime(1970, 1, 1) + datetime.timedelta(seconds=unix) + JST).date().isoformat()


# --- the subset of JSON Schema that record bodies use --------------------------------------------------------------

FORMATS = {
	"akashi-day": lambda v: exact_day(v) is not None,
	"akashi-date": lambda v: bounds(v) is not None,
	"akashi-digest": lambda v: re.fullmatch(r"sha256:[0-9a-f]{64}", v) is not None,
	"akashi-subject": lambda v: re.fullmatch(r"[A-Za-z0-9._:/-]{1,128}", v) is not None,
}
KINDS = {
	"object": lambda v: isinstance(v, dict), "array": lambda v: isinstance(v, list), "string": lambda v: isinstance(v, str),
	"boolean": lambda v: isinstance(v, bool), "null": lambda v: v is None,
	"integer": lambda v: isinstance(v, int) and not isinstance(v, bool),
}
ANNOTATIONS = ("title", "description", "$comment", "default", "examples", "$schema", "$id", "$defs", "then", "else")


def validate(root, schema, v, at):
	if schema is True:
		return
	for key, rule in schema.items():
		check_keyword(root, schema, key, rule, v, at)


def valid(root, schema, v, at):
	try:
		validate(root, schema, v, at)
		return True
	except Bad:
		return False


def check_keyword(root, schema, key, rule, v, at):
	ok = True
	if key in ANNOTATIONS or key.startswith("x-"):
		return
	if key == "$ref":
		validate(root, root["$defs"][rule.split("/")[-1]], v, at)
	elif key == "type":
		ok = KINDS[rule](v)
	elif key == "enum":
		ok = v in rule
	elif key == "const":
		ok = v == rule and type(v) is type(rule)
	elif key == "format":
		ok = not isinstance(v, str) or rule not in FORMATS or FORMATS[rule](v)
	elif key == "pattern":
		ok = not isinstance(v, str) or re.search(rule, v) is not None
	elif key in ("minLength", "maxLength"):
		ok = not isinstance(v, str) or (len(v) >= rule if key == "minLength" else len(v) <= rule)
	elif key in ("minItems", "maxItems"):
		ok = not isinstance(v, list) or (len(v) >= rule if key == "minItems" else len(v) <= rule)
	elif key == "minProperties":
		ok = not isinstance(v, dict) or len(v) >= rule
	elif key in ("minimum", "maximum"):
		ok = not KINDS["integer"](v) or (v >= rule if key == "minimum" else v <= rule)
	elif key == "uniqueItems":
		ok = not isinstance(v, list) or len({jcs(i) for i in v}) == len(v)
	elif key == "items":
		for i, item in enumerate(v if isinstance(v, list) else []):
			validate(root, rule, item, f"{at}/{i}")
	elif key == "required":
		missing = [k for k in rule if isinstance(v, dict) and k not in v]
		if missing:
			raise Bad(f"{at}: {missing[0]} is missing")
	elif key == "properties":
		for k, sub in rule.items():
			if isinstance(v, dict) and k in v:
				validate(root, sub, v[k], f"{at}/{k}")
	elif key == "additionalProperties":
		extra = [k for k in v if k not in schema.get("properties", {})] if isinstance(v, dict) and rule is False else []
		if extra:
			raise Bad(f"{at}/{extra[0]}: unknown member")
	elif key in ("oneOf", "anyOf", "allOf"):
		n = sum(valid(root, sub, v, at) for sub in rule)
		ok = {"oneOf": n == 1, "anyOf": n >= 1, "allOf": n == len(rule)}[key]
	elif key == "not":
		ok = not valid(root, rule, v, at)
	elif key == "if":
		branch = "then" if valid(root, rule, v, at) else "else"
		validate(root, schema.get(branch, True), v, at)
	else:
		raise Bad(f"{at}: keyword {key} is not in the subset")
	if not ok:
		raise Bad(f"{at}: {key} {jcs(rule)[:80]}, found {jcs(v)[:80]}")


def step_into(value, steps):
	if not steps:
		yield value
	elif steps[0] == "*":
		for item in value if isinstance(value, list) else []:
			yield from step_into(item, steps[1:])
	elif isinstance(value, dict) and steps[0] in value:
		yield from step_into(value[steps[0]], steps[1:])


def subjects(t, body):
	out = set()
	for a in t["about"]:
		if "id" in a:
			out.add(a["id"])
		else:
			out |= {a["prefix"] + v for v in step_into(body, a["pointer"].split("/")[1:])}
	return sorted(out)


# --- cases ---------------------------------------------------------------------------------------------------------

def merge_patch(value, patch):
	"""RFC 7396."""
	if not isinstance(patch, dict):
		return patch
	value = dict(value) if isinstance(value, dict) else {}
	for k, p in patch.items():
		if p is None:
			value.pop(k, None)
		else:
			value[k] = merge_patch(value.get(k), p)
	return value


def load_case(path):
	case = read_json(path)
	if "base" in case:
		base = load_case(os.path.join(HERE, "base", case.pop("base") + ".json"))
		records = base["records"] + case.get("records", [])
		case["parties"] = {**base.get("parties", {}), **case.get("parties", {})}
	else:
		records = case["records"]
	drop, change = set(case.pop("drop", [])), case.pop("change", {})
	labels = [r["label"] for r in records]
	for label in list(drop) + list(change):
		if label not in labels:
			raise Bad(f"{path}: no record {label}")
	if len(set(labels)) != len(labels):
		raise Bad(f"{path}: a label given twice")
	case["records"] = [merge_patch(r, change.get(r["label"], {})) for r in records if r["label"] not in drop]
	# A stable sort: a record added by a case goes where its sealing day puts it.
	case["records"].sort(key=lambda r: r["sealed_on"])
	return case


def record_id(label):
	return "sha256:" + hashlib.sha256(label.encode()).hexdigest()


def resolve(value):
	if isinstance(value, str) and value.startswith("@"):
		return record_id(value[1:])
	if isinstance(value, dict):
		return {k: resolve(v) for k, v in value.items()}
	return [resolve(v) for v in value] if isinstance(value, list) else value


def default_signers(package, record, by_label):
	policy = package["types"][record["type"]]["signing"][0]
	if policy["mode"] == "as":
		return default_signers(package, by_label[record["refs"][policy["rel"]]], by_label)
	party = record["body"][policy["party"][1:]] if "party" in policy else policy["role"]
	signers = [{"party": party, "role": policy["role"], "member": f"seat-{i + 1}"} for i in range(policy["threshold"])]
	return policy["mode"], signers


def complete(package, case):
	"""Fill in what a case may leave out: seq, issued, mode, signers."""
	by_label = {r["label"]: r for r in case["records"]}
	for seq, r in enumerate(case["records"]):
		mode, signers = default_signers(package, r, by_label)
		r.setdefault("issued", r["sealed_on"])
		r.setdefault("refs", {})
		r.setdefault("void", False)
		r.setdefault("signers", signers)
		r.setdefault("mode", "" if r["void"] else mode)
		r["seq"] = seq
		for target in [t for v in r["refs"].values() for t in (v if isinstance(v, list) else [v])]:
			if target not in by_label or by_label[target].get("seq", seq) >= seq:
				raise Bad(f"{r['label']}: {target} is not an earlier record")
	return case


# --- the database --------------------------------------------------------------------------------------------------

TABLES = """
CREATE TABLE fact(seq INTEGER PRIMARY KEY, id TEXT UNIQUE, type TEXT, scheme TEXT, issued TEXT, issued_first TEXT,
	issued_last TEXT, sealed_on TEXT, time INTEGER, mode TEXT, body_now TEXT, body_as_sealed TEXT, authorised INTEGER,
	annulled INTEGER DEFAULT 0, corrected INTEGER DEFAULT 0);
CREATE INDEX fact_type ON fact(type);
CREATE VIEW record AS SELECT seq, id, type, scheme, issued, issued_first, issued_last, sealed_on, time, mode, body_now AS body
	FROM fact WHERE authorised AND NOT annulled;
CREATE VIEW record_all AS SELECT seq, id, type, scheme, issued, issued_first, issued_last, sealed_on, time, mode,
	body_now AS body, body_as_sealed, authorised, annulled, corrected FROM fact;
CREATE TABLE about(seq INTEGER, subject TEXT, PRIMARY KEY(subject, seq)) WITHOUT ROWID;
CREATE INDEX about_seq ON about(seq);
CREATE TABLE ref(seq INTEGER, rel TEXT, target_seq INTEGER, target_id TEXT);
CREATE INDEX ref_seq ON ref(seq);
CREATE INDEX ref_target ON ref(target_seq);
CREATE TABLE signer(seq INTEGER, party TEXT, role TEXT, member TEXT, counted INTEGER);
CREATE INDEX signer_seq ON signer(seq);
CREATE TABLE party(party TEXT PRIMARY KEY, ja TEXT, en TEXT) WITHOUT ROWID;
CREATE TABLE proved(subject TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE param(name TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE asked(as_of TEXT, known_at INTEGER, listing TEXT);
"""


def point(value, pointer, set_to=None):
	"""What stands at a JSON pointer (None: nothing); with set_to, put [value] there or take it away ([None])."""
	steps = [s.replace("~1", "/").replace("~0", "~") for s in pointer.split("/")[1:]]
	for i, step in enumerate(steps):
		last = i == len(steps) - 1
		if isinstance(value, list):
			if not step.isdigit() or int(step) >= len(value):
				return None
			step = int(step)
		elif not isinstance(value, dict):
			return None
		elif step not in value and not (last and set_to):
			return None
		if last:
			before = value[step] if isinstance(value, list) else value.get(step)
			if set_to and set_to[0] is None:
				del value[step]
			elif set_to:
				value[step] = set_to[0]
			return before
		value = value[step]


def apply_actions(db):
	"""Corrections and annulments, newest first, so that what acts on an action is settled before it."""
	live = {}

	def amended(seq):
		body = json.loads(db.execute("SELECT body_as_sealed FROM fact WHERE seq = ?", (seq,)).fetchone()[0])
		for c in sorted(live.get(seq, []), key=lambda c: c[0]):
			if point(body, c[1]["field"]) == c[1]["before"]:
				point(body, c[1]["field"], [c[1]["after"]])
		return body

	rows = db.execute("SELECT seq, type, authorised FROM fact WHERE type IN ('correction', 'annulment') ORDER BY seq DESC")
	for seq, kind, authorised in rows.fetchall():
		if not authorised or db.execute("SELECT annulled FROM fact WHERE seq = ?", (seq,)).fetchone()[0]:
			continue
		body = amended(seq)
		row = db.execute("SELECT seq FROM fact WHERE id = ? AND seq < ?", (body["record"], seq)).fetchone()
		cited = db.execute("SELECT 1 FROM ref WHERE seq = ? AND target_id = ?", (seq, body["record"])).fetchone()
		if row is None or cited is None:
			continue
		if kind == "annulment":
			db.execute("UPDATE fact SET annulled = 1 WHERE seq = ?", row)
		else:
			live.setdefault(row[0], []).append((seq, body))
	for seq in live:
		db.execute("UPDATE fact SET body_now = ?, corrected = 1 WHERE seq = ?", (jcs(amended(seq)), seq))


def proved(package, case):
	"""Every subject met has a map proof, also that there is no record about it, unless the case says otherwise."""
	met = {s for r in case["records"] for s in subjects(package["types"][r["type"]], r["body"])}
	met |= {"ismap/auditor:" + r["body"]["auditor"] for r in case["records"] if r["type"] == "audit-report"}
	return sorted(met - set(case.get("unproved", [])))


def unix_of(day):
	return int((datetime.datetime.fromisoformat(day) - datetime.datetime(1970, 1, 1) - JST).total_seconds()) + 3600


def fill_views(db, sql):
	"""As the engine does: what does not look at the day asked about is taken apart once and kept."""
	asked = {"asked"}
	for text in re.findall(r"CREATE VIEW.*?;\n", sql, re.S):
		db.execute(text)
		name = re.match(r"CREATE VIEW (\w+)", text)[1]
		words = set(re.findall(r"\w+", re.sub(r"--.*", "", text.split(" AS\n", 1)[1])))
		if words & asked:
			asked.add(name)
			continue
		db.execute(f"CREATE TABLE filled AS SELECT * FROM {name}")
		db.execute(f"DROP VIEW {name}")
		db.execute(f"ALTER TABLE filled RENAME TO {name}")


def functions(db, package):
	parameters = {k: v["value"] for k, v in package["parameters"].items()}
	for name, n, f in (("day_first", 1, day_first), ("day_last", 1, day_last), ("add_period", 3, add_period),
			("add_days", 2, add_days), ("days_between", 2, days_between), ("jst_day", 1, jst_day),
			("param", 1, lambda k: parameters[k])):
		db.create_function(name, n, f, deterministic=True)
	db.executemany("INSERT INTO param VALUES(?, ?)", parameters.items())


def build(package, case, known_at=None, scheme="ismap"):
	db = sqlite3.connect(":memory:")
	db.executescript(TABLES)
	functions(db, package)
	ids = {r["label"]: record_id(r["label"]) for r in case["records"]}
	for r in case["records"]:
		if known_at is not None and r["seq"] >= known_at:
			continue
		body = jcs(resolve(r["body"]))
		db.execute("INSERT INTO fact VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0)", (
			r["seq"], ids[r["label"]], r["type"], scheme, r["issued"], day_first(r["issued"]), day_last(r["issued"]),
			r["sealed_on"], unix_of(r["sealed_on"]), r["mode"], body, body, int(not r["void"])))
		t = package["types"][r["type"]]
		db.executemany("INSERT INTO about VALUES(?, ?)", [(r["seq"], s) for s in subjects(t, r["body"])])
		for rel, targets in r["refs"].items():
			for target in targets if isinstance(targets, list) else [targets]:
				db.execute("INSERT INTO ref SELECT ?, ?, (SELECT seq FROM fact WHERE id = ?), ?",
					(r["seq"], rel, ids[target], ids[target]))
		db.executemany("INSERT INTO signer VALUES(?, ?, ?, ?, ?)",
			[(r["seq"], s["party"], s["role"], s["member"], int(s.get("counted", True) and not r["void"])) for s in r["signers"]])
	db.executemany("INSERT INTO party VALUES(?, ?, ?)", [(k, v["ja"], v["en"]) for k, v in case.get("parties", {}).items()])
	db.executemany("INSERT INTO proved VALUES(?)", [(x,) for x in proved(package, case)])
	apply_actions(db)
	fill_views(db, package["views"])
	return db


# --- rules ---------------------------------------------------------------------------------------------------------

SEVERITIES = ("warning", "unverifiable", "suspended", "expired", "invalid")
KEYS = ("id", "severity", "ja", "en", "basis", "basis-version", "effective", "next-ja", "next-en", "absence")
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
	if out["id"] != name or out["severity"] not in SEVERITIES:
		raise Bad(f"{name}: id {out['id']}, severity {out['severity']}")
	return out


def ask(db, asked):
	db.execute("DELETE FROM asked")
	db.execute("INSERT INTO asked VALUES(?, ?, ?)", (asked["as_of"], asked.get("known_at"), asked.get("listing")))


def read_only(db):
	# SQLite connects json_each when a statement first names it, and asks the authorizer for more than reading then.
	db.execute("SELECT 1 FROM json_each('[]')").fetchall()
	allowed = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE}
	db.set_authorizer(lambda action, *rest: sqlite3.SQLITE_OK if action in allowed else sqlite3.SQLITE_DENY)


def run_rule(db, name, sql, asked):
	h = header(name, sql)
	cursor = db.execute(sql, {"as_of": asked["as_of"], "known_at": asked.get("known_at")})
	columns = [c[0] for c in cursor.description]
	if not COLUMNS <= set(columns) or set(columns) - COLUMNS - {"severity", "reason"}:
		raise Bad(f"{name}: columns {columns}")
	rows = [dict(zip(columns, row)) for row in cursor.fetchall()]
	for row in rows:
		row["severity"] = row.get("severity") or h["severity"]
		row["reason"] = row.get("reason") or ""
		if row["severity"] not in SEVERITIES or not row["ja"] or not row["en"] or row["listing"] is None:
			raise Bad(f"{name}: row {row}")
		if row["expected"] is None or row["found"] is None:
			raise Bad(f"{name}: row without expected or found {row}")
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


def compare(package, db, question, rules):
	wrong = []
	expect = dict(question["expect"])
	others = expect.pop("others", "passed")
	for name in set(expect) - set(package["rules"]):
		raise Bad(f"no rule {name}")
	for name, sql in rules.items():
		got = verdict_of(run_rule(db, name, sql, question["asked"]))
		want = as_list(expect.get(name, others))
		if got != want:
			wrong.append(f"{name}: expected {', '.join(want)}; got {', '.join(got)}")
	for name, want in question.get("queries", {}).items():
		got = query(db, package["queries"][name], question["asked"])
		if len(got) != len(want) or any(g.get(k) != v for g, w in zip(got, want) for k, v in w.items()):
			wrong.append(f"query {name}: expected {jcs(want)}; got {jcs(got)}")
	return wrong


def run_case(path, package, rules=None):
	"""The list of what is wrong, [] when the case holds."""
	case = complete(package, load_case(path))
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


def run_all(package, prefixes):
	failed = 0
	files = case_files(prefixes)
	for path in files:
		try:
			wrong = run_case(path, package)
		except (Bad, sqlite3.Error, KeyError) as e:
			wrong = [f"{type(e).__name__}: {e}"]
		failed += bool(wrong)
		for w in wrong:
			print(f"{os.path.basename(path)}: {w}")
	print(f"{len(files)} cases, {failed} failed")
	return 1 if failed or not files else 0


def coverage(package):
	"""Every rule must be tripped by a case named after it, and have a near miss that it lets pass."""
	missing = []
	for name in package["rules"]:
		files = case_files((name + "-",))
		verdicts = [q["expect"].get(name, q["expect"].get("others", "passed"))
			for f in files for q in read_json(f)["questions"]]
		if not any(v not in ("passed", "not-checked") for v in verdicts):
			missing.append(f"{name}: no case that trips it")
		if "passed" not in verdicts:
			missing.append(f"{name}: no near miss")
	for m in missing:
		print(m)
	return 1 if missing else 0


def check_examples(package):
	folder = os.path.join(SCHEMAS, package["scheme"], "examples")
	failed = 0
	for name, t in package["types"].items():
		try:
			body = read_json(os.path.join(folder, name + ".json"))
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


def mutate(package, prefixes):
	for name, sql in package["rules"].items():
		if prefixes and name not in prefixes:
			continue
		total, kept = 0, []
		files = case_files((name + "-",)) + [f for f in case_files() if f'"{name}"' in read_text(f)] + case_files(("chain-",))
		for what, changed in mutants(sql):
			total += 1
			try:
				if not any(bool(run_case(f, package, {name: changed})) for f in files):
					kept.append(what)
			except (Bad, sqlite3.Error, KeyError):
				pass
		print(f"{name}: {total - len(kept)} of {total} noticed; not: {'; '.join(kept)}")
	return 0


def load(package, n, listing=None):
	case = complete(package, load_case(os.path.join(HERE, "base", "three-years.json")))
	big = {"records": [], "parties": {}}
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


def expand(package, folder):
	os.makedirs(folder, exist_ok=True)
	for path in case_files():
		case = complete(package, load_case(path))
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


def main(args):
	if args[:1] == ["--package"]:
		sys.stdout.write(jcs(compile_package((args[1:] or ["ismap"])[0])))
		return 0
	core, package = compile_package("akashi"), compile_package("ismap")
	size = len(jcs(package).encode()), len(jcs(core).encode())
	package = joined(package)
	if args[:1] == ["--expand"]:
		return expand(package, args[1])
	if args[:1] == ["--mutate"]:
		return mutate(package, args[1:])
	if args[:1] == ["--load"]:
		return load(package, int(args[1]), *args[2:3])
	status = run_all(package, args)
	if not args:
		status |= coverage(package) | check_examples(package) | check_examples(core)
		print(f"package ismap {size[0]} bytes, core {size[1]} bytes")
		status |= size[0] > 200_000
	return status


if __name__ == "__main__":
	try:
		sys.exit(main(sys.argv[1:]))
	except Bad as error:
		sys.exit(str(error))
