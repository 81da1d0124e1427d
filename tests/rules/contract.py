# SPDX-License-Identifier: Apache-2.0
"""The profile contract read in Python: compiling a scheme folder, dates, the subset of JSON Schema, subjects of a body."""
import calendar
import datetime
import json
import os
import re

HERE = os.path.dirname(os.path.abspath(__file__))
SCHEMAS = os.path.join(HERE, "..", "..", "schemas")
TRIALS = os.path.join(HERE, "..", "schemes")  # small schemes that are tests; nobody ships them


class Bad(Exception):
	pass


def read_json(path, fill=None):
	def pairs(items):
		keys = [k for k, _ in items]
		if len(keys) != len(set(keys)):
			raise Bad(f"{path}: a key given twice")
		return dict(items)

	def refuse(text):
		raise Bad(f"{path}: number {text}")

	return json.loads(filled(read_text(path), fill, path), object_pairs_hook=pairs, parse_float=refuse, parse_constant=refuse)


def read_text(path):
	with open(path, encoding="utf-8") as f:
		return f.read()


def filled(text, fill, path):
	"""{name} is what the profile has it stand for; {listing} stays, it is the rules' own."""
	def stands_for(m):
		if m[1] == "listing":
			return m[0]
		if m[1] not in fill:
			raise Bad(f"{path}: nothing is said to stand for {m[0]}")
		return fill[m[1]]

	return text if fill is None else re.sub(r"\{([a-z][a-z0-9-]*)\}", stands_for, text)


def read_lines(path, fill):
	"""SQL as the package holds it: a text of the ledger has neither newlines nor tabs."""
	return filled(read_text(path), fill, path).replace("\t", " ").removesuffix("\n").split("\n")


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


def folders_of(scheme):
	"""The scheme's folder, and before it the one that it reuses."""
	root = SCHEMAS if os.path.exists(os.path.join(SCHEMAS, scheme, "profile.json")) else TRIALS
	own = os.path.join(root, scheme)
	base = read_json(os.path.join(own, "profile.json")).get("reuses")
	return ([os.path.join(root, base)] if base else []) + [own]


def read_profile(folders):
	"""profile.json, and what {name} stands for in the files of these folders."""
	paths = [os.path.join(f, "profile.json") for f in folders]
	fill = None
	for _ in range(2):
		package = read_json(paths[0], fill)
		for path in paths[1:]:
			if "reuses" in package:
				raise Bad(f"{paths[0]}: reuses another")
			package = merge_patch(package, read_json(path, fill))
		fill = {**package.pop("fill", {}), "scheme": package["scheme"]}
	package.pop("reuses", None)
	return package, fill


def found_in(folders, *parts):
	"""The file of the scheme, or else of the folder that it reuses."""
	for folder in reversed(folders):
		path = os.path.join(folder, *parts)
		if os.path.exists(path):
			return path
	return os.path.join(folders[-1], *parts)


def compile_package(scheme):
	folders = folders_of(scheme)
	package, fill = read_profile(folders)
	defs = read_json(os.path.join(SCHEMAS, "common", "defs.json"), fill)["$defs"]
	if package["scheme"] != scheme:
		raise Bad(f"{folders[-1]}: scheme is {package['scheme']}")
	for name, t in package["types"].items():
		path = found_in(folders, t["schema"])
		schema = read_json(path, fill)
		if "x-reuses" in schema:
			schema = merge_patch(read_json(os.path.join(folders[0], t["schema"]), fill), schema)
			del schema["x-reuses"]
		for member in ("about", "exclusive", "publication", "documents", "refs"):
			key = "x-" + member
			if key not in schema:
				raise Bad(f"{path}: no {key}")
			t[member] = schema.pop(key)
		t["schema"] = with_definitions(schema, defs, path)
	views = [line for f in folders if os.path.exists(os.path.join(f, "views.sql")) for line in read_lines(os.path.join(f, "views.sql"), fill)]
	package["views"] = read_lines(os.path.join(SCHEMAS, "common", "views.sql"), fill) + views if views else []
	for part in ("rules", "queries"):
		names = sorted({n for f in folders for n in (os.listdir(os.path.join(f, part)) if os.path.isdir(os.path.join(f, part)) else [])})
		package[part] = {n[:-4]: read_lines(found_in(folders, part, n), fill) for n in names if n.endswith(".sql")}
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
