# SPDX-License-Identifier: Apache-2.0
"""A strict reader of iCalendar (RFC 5545), as far as akashi writes it: says what is wrong and exits 1, else prints one line for each event:
UID, DTSTART, DTEND, CATEGORIES, SUMMARY, separated by tabs."""
import re
import sys


def wrong(text):
	print(text, file=sys.stderr)
	sys.exit(1)


data = open(sys.argv[1], "rb").read()
if not data.endswith(b"\r\n") or b"\n" in data.replace(b"\r\n", b"") or b"\r" in data.replace(b"\r\n", b""):
	wrong("3.1: a line does not end with CRLF")
physical = data[:-2].split(b"\r\n")
for line in physical:
	if len(line) > 75:
		wrong(f"3.1: a line of {len(line)} octets")
	try:
		line.decode("utf-8")
	except UnicodeDecodeError:
		wrong("3.1: folded within a character")
	if re.search(rb"[\x00-\x08\x0a-\x1f\x7f]", line):
		wrong("3.1: a control character")
lines = []
for line in physical:
	if line.startswith(b" "):
		if not lines:
			wrong("3.1: begins with a continuation")
		lines[-1] += line[1:]
	elif not line:
		wrong("3.1: an empty line")
	else:
		lines.append(line)


def text(value):
	"""3.3.11"""
	if re.search(r"(?<!\\)(?:\\\\)*[;,]", value) or re.search(r"(?<!\\)(?:\\\\)*\\[^\\;,nN]", value) or re.search(r"(?<!\\)(?:\\\\)*\\$", value):
		wrong(f"3.3.11: {value}")
	return re.sub(r"\\(.)", lambda m: "\n" if m[1] in "nN" else m[1], value)


events, inside, event = [], [], None
once = {"VCALENDAR": {"VERSION", "PRODID", "CALSCALE"}, "VEVENT": {"UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "DESCRIPTION", "CATEGORIES", "TRANSP"}}
seen = {}
for raw in lines:
	m = re.fullmatch(r"([A-Z-]+)((?:;[A-Z-]+=[^;:]+)*):(.*)", raw.decode("utf-8"), re.S)
	if not m:
		wrong(f"3.1: {raw!r}")
	name, parameters, value = m.groups()
	if name == "BEGIN":
		if (value, inside) not in (("VCALENDAR", []), ("VEVENT", ["VCALENDAR"])) or (value == "VCALENDAR" and seen):
			wrong(f"3.6: BEGIN:{value} within {inside}")
		inside = inside + [value]
		seen[value] = {}
	elif name == "END":
		if not inside or inside[-1] != value:
			wrong(f"3.6: END:{value} within {inside}")
		inside = inside[:-1]
		missing = once[value] - set(seen[value])
		if missing:
			wrong(f"3.6.1: {value} without {', '.join(sorted(missing))}")
		if value == "VEVENT":
			events.append(seen[value])
	else:
		if not inside or name not in once[inside[-1]]:
			wrong(f"3.6: {name} within {inside}")
		if name in seen[inside[-1]]:
			wrong(f"3.6.1: {name} twice")
		if name in ("DTSTART", "DTEND"):
			if parameters != ";VALUE=DATE" or not re.fullmatch(r"\d{8}", value):
				wrong(f"3.3.4: {name}{parameters}:{value}")
		elif parameters:
			wrong(f"a parameter of {name}")
		elif name == "DTSTAMP":
			if not re.fullmatch(r"\d{8}T\d{6}Z", value):
				wrong(f"3.8.7.2: {value}")
		else:
			value = text(value)
		seen[inside[-1]][name] = value
if inside or not seen:
	wrong("3.4: not closed")
if seen["VCALENDAR"]["VERSION"] != "2.0":
	wrong("3.7.4")
if not events:
	wrong("3.6: a calendar without a component")
if len({e["UID"] for e in events}) != len(events):
	wrong("3.8.4.7: a UID twice")
for e in events:
	if e["DTEND"] <= e["DTSTART"]:
		wrong(f"3.6.1: {e['UID']} ends before it begins")
	print("\t".join(e[k].replace("\n", " ") for k in ("UID", "DTSTART", "DTEND", "CATEGORIES", "SUMMARY")))
