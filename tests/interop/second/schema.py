# SPDX-License-Identifier: Apache-2.0
"""The subset of JSON Schema that profiles use (FORMAT 17.3)."""
import re
import urllib.parse

from .form import DIGEST, Bad, is_int, is_text, issued_first, jcs, match, need, pointer_split, subject_id

STEPS_MAX = 200000
SCHEMAS_MAX = 8192
PLACES_MAX, RANGES_MAX, GROUPS_MAX, COUNT_MAX = 2047, 512, 16, 1000  # of a pattern
DRAFT = ("https://json-schema.org/draft/2020-12/schema", "https://json-schema.org/draft/2020-12/schema#")
ANNOTATIONS = {"title", "description", "$comment", "default", "examples", "$schema", "$id", "format"}
TYPES = {"object": lambda v: isinstance(v, dict), "array": lambda v: isinstance(v, list), "string": is_text, "integer": is_int,
         "number": is_int, "boolean": lambda v: isinstance(v, bool), "null": lambda v: v is None}
SUBSCHEMA = {"additionalProperties", "propertyNames", "items", "contains", "not", "if", "then", "else"}
SUBSCHEMAS = {"prefixItems", "oneOf", "anyOf", "allOf"}
SUBSCHEMA_MAP = {"properties", "dependentSchemas", "$defs"}
NUMBERS = {"minProperties", "maxProperties", "minItems", "maxItems", "minContains", "maxContains", "minLength", "maxLength"}
INTEGERS = {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"}


RANGES = {"d": 1, "w": 4, "s": 10}
SETS = {"d": "0-9", "w": "0-9A-Za-z_", "s": "\t-\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"}
ESCAPED = "^$\\.*+?()[]{}|/"
TOKEN = re.compile(r"\(\?:|\[\^?(?:\\.|[^\]\\])+\]|\{[0-9]+(?:,[0-9]*)?\}|\\.|.", re.S)
PART = re.compile(r"(\\.|[^\\])(?:-(\\.|[^\\]))?", re.S)


def _unit(u):
    """One end of a range in brackets, or the inside of a named set."""
    if len(u) == 1:
        return re.escape(u), False
    need(u[1] in SETS or u[1] in ESCAPED + "-", "pattern: no such escape in brackets")
    return (SETS[u[1]], True) if u[1] in SETS else (re.escape(u[1]), False)


def _brackets(t):
    inside = t[2:-1] if t[1] == "^" else t[1:-1]
    need(not re.search(r"\[[:.=]", inside), "pattern: POSIX class in brackets")
    out = ""
    for m in PART.finditer(inside):
        low, named = _unit(m.group(1))
        if m.group(2) is None:
            out += low
            continue
        high, named_too = _unit(m.group(2))
        need(not named and not named_too, "pattern: range of sets")
        out += low + "-" + high
    return "[%s%s]" % ("^" if t[1] == "^" else "", out)


def _token(t):
    """-> (the same for Python, may it be repeated)"""
    if t[0] == "[" and len(t) > 1:
        return _brackets(t), True
    if t[0] == "\\":
        need(len(t) == 2 and (t[1] in ESCAPED or t[1].lower() in SETS), "pattern: no such escape")
        if t[1].lower() not in SETS:
            return re.escape(t[1]), True
        return "[%s%s]" % ("^" if t[1].isupper() else "", SETS[t[1].lower()]), True
    fixed = {"^": r"\A", "$": r"\Z", ".": "[^\n\r\u2028\u2029]", "(": "(?:", "(?:": "(?:", "|": "|", ")": ")"}
    need(t not in ("[", "]", "{", "}"), "pattern: a bracket alone")
    return fixed.get(t) or re.escape(t), t not in ("^", "$", "(", "(?:", "|")


class Size:
    """How large a pattern is when it is written out; counted while it is read, so a part that `{0}` takes away counts as well."""

    def __init__(self):
        self.levels, self.last, self.ranges = [0], 0, 0

    def unit(self, t):
        if t in ("(", "(?:"):
            need(len(self.levels) <= GROUPS_MAX, "pattern: too many groups inside each other")
            self.levels.append(0)
            return
        if t == ")":
            need(len(self.levels) > 1, "pattern: a bracket alone")
            self.last = self.levels.pop()
        else:
            self.last = 2 if t == "|" else 1
        self.levels[-1] += self.last
        if t[0] == "[":
            for m in PART.finditer(t[2:-1] if t[1] == "^" else t[1:-1]):
                u = m.group(1)
                self.ranges += RANGES.get(u[1], 1) if len(u) == 2 else 1
        elif t[0] == "\\":
            self.ranges += RANGES.get(t[1].lower(), 0)
        self.check()

    def count(self, t):
        if self.last == 0:  # an empty group
            need(t[0] != "{" or all(int(n) <= COUNT_MAX for n in t[1:-1].split(",") if n), "pattern: count too high")
            return
        low, high = {"*": (0, None), "+": (1, None), "?": (0, 1)}.get(t, (0, 0))
        if t[0] == "{":
            n = t[1:-1].split(",")
            low = int(n[0])
            high = low if len(n) == 1 else int(n[1]) if n[1] else None
            need(max(low, high or 0) <= COUNT_MAX, "pattern: count too high")
        if high is None:
            more = self.last * (low - 1) + 1 if low else 2
        else:
            more = self.last * (high - 1) + (high - low)
        self.levels[-1] += more
        self.check()

    def check(self):
        need(sum(self.levels) <= PLACES_MAX and self.ranges <= RANGES_MAX, "pattern too large")


def regex(source):
    """A pattern (FORMAT 17.3), compiled."""
    need(is_text(source), "pattern is not text")
    out, repeatable, size = "", False, Size()
    for m in TOKEN.finditer(source):
        t = m.group(0)
        if t in ("*", "+", "?") or (t[0] == "{" and len(t) > 1):
            need(repeatable, "pattern: nothing to repeat")
            size.count(t)
            out, repeatable = out + t, False
        else:
            text, repeatable = _token(t)
            size.unit(t)
            out += text
    try:
        return re.compile(out)
    except (re.error, OverflowError) as e:
        raise Bad("pattern %r: %s" % (source, e)) from None


def resolve(root, target):
    """What a $ref leads to."""
    need(is_text(target) and re.match("#(/|$)", target), "$ref is not local")
    need(not re.search("%(?![0-9A-Fa-f]{2})", target), "$ref: bad percent escape")
    try:
        pointer = urllib.parse.unquote(target[1:], errors="strict")
    except UnicodeDecodeError:
        raise Bad("$ref leads nowhere") from None
    s = root
    for step in pointer_split(pointer):
        step = step.replace("~1", "/").replace("~0", "~")
        if isinstance(s, list):
            need(re.fullmatch("0|[1-9][0-9]*", step) and int(step) < len(s), "$ref leads nowhere")
            s = s[int(step)]
        else:
            need(isinstance(s, dict) and step in s, "$ref leads nowhere")
            s = s[step]
    need(isinstance(s, (dict, bool)), "$ref leads to no schema")
    return s


def check(s):
    """Bad unless every keyword is known and well formed."""
    root, todo, seen = s, [s], set()
    while todo:
        s = todo.pop()
        if isinstance(s, bool) or id(s) in seen:
            continue
        need(isinstance(s, dict), "a schema is an object or a boolean")
        seen.add(id(s))
        need(len(seen) <= SCHEMAS_MAX, "too many schemas")
        for k, v in s.items():
            if k in SUBSCHEMA:
                todo.append(v)
            elif k in SUBSCHEMAS:
                need(isinstance(v, list) and v, k)
                todo.extend(v)
            elif k in SUBSCHEMA_MAP:
                need(isinstance(v, dict), k)
                todo.extend(v.values())
            elif k in NUMBERS:
                need(is_int(v) and v >= 0, k)
            elif k in INTEGERS:
                need(is_int(v) and (k != "multipleOf" or v > 0), k)
            elif k == "type":
                need((is_text(v) and v in TYPES) or (isinstance(v, list) and v and all(is_text(t) and t in TYPES for t in v)), "type")
            elif k == "enum":
                need(isinstance(v, list), "enum")
            elif k == "required":
                need(isinstance(v, list) and all(is_text(x) for x in v), "required")
            elif k == "dependentRequired":
                need(isinstance(v, dict) and all(isinstance(x, list) and all(is_text(y) for y in x) for x in v.values()), k)
            elif k == "uniqueItems":
                need(isinstance(v, bool), k)
            elif k == "pattern":
                regex(v)
            elif k == "$ref":
                todo.append(resolve(root, v))
            elif k == "$schema":
                need(v in DRAFT, "$schema is another draft")
            elif k == "$id":
                need(is_text(v) and s is root, "$id below the top")
            elif k == "format":
                need(is_text(v), k)
            else:
                need(k == "const" or k in ANNOTATIONS or k.startswith("x-"), "keyword %r" % k)


def same(a, b):
    return jcs([a]) == jcs([b])


def format_holds(name, v):
    if name == "akashi-digest":
        return match(DIGEST, v)
    if name == "akashi-subject":
        return subject_id(v)
    if name in ("akashi-date", "akashi-day"):
        try:
            issued_first(v)
        except Bad:
            return False
        return name == "akashi-date" or len(v) == 10
    return True


class Validator:
    def __init__(self, root):
        self.root, self.steps, self.patterns = root, 0, {}

    def validate(self, value):
        self.steps = 0
        self.apply(self.root, value, "")

    def ok(self, s, v, at):
        try:
            self.apply(s, v, at)
            return True
        except Bad:
            return False

    def search(self, ere, v):
        if ere not in self.patterns:
            self.patterns[ere] = regex(ere)
        return self.patterns[ere].search(v)

    def apply(self, s, v, at):
        self.steps += 1
        need(self.steps <= STEPS_MAX, "schema: too many steps")
        if isinstance(s, bool):
            need(s, at + ": not allowed")
            return
        if "$ref" in s:
            self.apply(resolve(self.root, s["$ref"]), v, at)
        if "type" in s:
            types = s["type"] if isinstance(s["type"], list) else [s["type"]]
            need(any(TYPES[t](v) for t in types), "%s: not of type %s" % (at, "/".join(types)))
        need("enum" not in s or any(same(v, x) for x in s["enum"]), at + ": not in enum")
        need("const" not in s or same(v, s["const"]), at + ": not the constant")
        if isinstance(v, dict):
            self.object(s, v, at)
        elif isinstance(v, list):
            self.array(s, v, at)
        elif is_text(v):
            need(len(v) >= s.get("minLength", 0), at + ": too short")
            need(len(v) <= s.get("maxLength", len(v)), at + ": too long")
            need("pattern" not in s or self.search(s["pattern"], v), at + ": does not match")
            need(format_holds(s.get("format"), v), "%s: not %s" % (at, s.get("format")))
        elif is_int(v):
            need(v >= s.get("minimum", v) and v <= s.get("maximum", v), at + ": out of range")
            need(v > s.get("exclusiveMinimum", v - 1) and v < s.get("exclusiveMaximum", v + 1), at + ": out of range")
            need(v % s.get("multipleOf", 1) == 0, at + ": not a multiple")
        for x in s.get("allOf", []):
            self.apply(x, v, at)
        need("anyOf" not in s or any(self.ok(x, v, at) for x in s["anyOf"]), at + ": none of anyOf")
        need("oneOf" not in s or sum(self.ok(x, v, at) for x in s["oneOf"]) == 1, at + ": not exactly one of oneOf")
        need("not" not in s or not self.ok(s["not"], v, at), at + ": matches what is excluded")
        if "if" in s:
            branch = "then" if self.ok(s["if"], v, at) else "else"
            if branch in s:
                self.apply(s[branch], v, at)

    def object(self, s, v, at):
        need(len(v) >= s.get("minProperties", 0) and len(v) <= s.get("maxProperties", len(v)), at + ": number of members")
        for k in s.get("required", []):
            need(k in v, "%s: no member %s" % (at, k))
        props = s.get("properties", {})
        for k, x in v.items():
            if "propertyNames" in s:
                self.apply(s["propertyNames"], k, at)
            if k in props:
                self.apply(props[k], x, at + "/" + k)
            elif "additionalProperties" in s:
                self.apply(s["additionalProperties"], x, at + "/" + k)
        for k, names in s.get("dependentRequired", {}).items():
            need(k not in v or all(n in v for n in names), at + ": dependentRequired")
        for k, x in s.get("dependentSchemas", {}).items():
            if k in v:
                self.apply(x, v, at)

    def array(self, s, v, at):
        need(len(v) >= s.get("minItems", 0) and len(v) <= s.get("maxItems", len(v)), at + ": number of elements")
        need(not s.get("uniqueItems") or len({jcs([x]) for x in v}) == len(v), at + ": elements not unique")
        prefix = s.get("prefixItems", [])
        for i, x in enumerate(v):
            if i < len(prefix):
                self.apply(prefix[i], x, "%s/%d" % (at, i))
            elif "items" in s:
                self.apply(s["items"], x, "%s/%d" % (at, i))
        if "contains" in s:
            n = sum(self.ok(s["contains"], x, at) for x in v)
            need(n >= s.get("minContains", 1) and n <= s.get("maxContains", n), at + ": contains")
