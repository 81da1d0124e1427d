# SPDX-License-Identifier: Apache-2.0
"""Case files, and the database that a case gives the rules to read."""
import datetime
import hashlib
import json
import os
import re
import sqlite3

from contract import (HERE, JST, Bad, add_days, add_period, day_first, day_last, days_between, jcs, jst_day, merge_patch,
	read_json, subjects)

# --- cases ---------------------------------------------------------------------------------------------------------

def load_case(path):
	case = read_json(path)
	if "base" in case:
		base = load_case(os.path.join(HERE, "base", case.pop("base") + ".json"))
		records = base["records"] + case.get("records", [])
		case.setdefault("scheme", base["scheme"])
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
	case.setdefault("scheme", "ismap")
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
CREATE TABLE use(contract_from TEXT, contract_to TEXT, service TEXT, region TEXT, task TEXT, confirmation TEXT);
CREATE TABLE given(name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
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
	met |= {case["scheme"] + "/auditor:" + r["body"]["auditor"] for r in case["records"] if r["type"] == "audit-report"}
	return sorted(met - set(case.get("unproved", [])))


def unix_of(day):
	return int((datetime.datetime.fromisoformat(day) - datetime.datetime(1970, 1, 1) - JST).total_seconds()) + 3600


class Database(sqlite3.Connection):
	"""With the views that look at the day asked about, in order: (name, query)."""
	asked_views = ()


def fill_asked(db):
	for name, query in db.asked_views:
		db.execute(f"DELETE FROM {name}")
		db.execute(f"INSERT INTO {name} {query}")


def fill_views(db, sql):
	"""As the engine does: what does not look at the day asked about is taken apart once and kept, the rest for every question."""
	asked, later = {"asked"}, []
	for text in re.findall(r"CREATE VIEW.*?;\n", sql, re.S):
		name, query = re.match(r"CREATE VIEW (\w+) AS\n(.*);\n", text, re.S).groups()
		db.execute(f"CREATE TABLE {name} AS {query}")
		words = set(re.findall(r"\w+", re.sub(r"--.*", "", query)))
		if words & asked:
			asked.add(name)
			later.append((name, query))
	db.asked_views = later


def functions(db, package):
	parameters = {k: jcs(v["value"]) if isinstance(v["value"], (list, dict)) else v["value"] for k, v in package["parameters"].items()}
	for name, n, f in (("day_first", 1, day_first), ("day_last", 1, day_last), ("add_period", 3, add_period),
			("add_days", 2, add_days), ("days_between", 2, days_between), ("jst_day", 1, jst_day),
			("param", 1, lambda k: parameters[k])):
		db.create_function(name, n, f, deterministic=True)
	db.executemany("INSERT INTO param VALUES(?, ?)", parameters.items())


def build(package, case, known_at=None):
	db = sqlite3.connect(":memory:", factory=Database)
	db.executescript(TABLES)
	functions(db, package)
	ids = {r["label"]: record_id(r["label"]) for r in case["records"]}
	for r in case["records"]:
		if known_at is not None and r["seq"] >= known_at:
			continue
		body = jcs(resolve(r["body"]))
		db.execute("INSERT INTO fact VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0)", (
			r["seq"], ids[r["label"]], r["type"], package["scheme"], r["issued"], day_first(r["issued"]), day_last(r["issued"]),
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
