# SPDX-License-Identifier: Apache-2.0
"""The subset of JSON Schema that profiles use (FORMAT 17.3)."""
import re

from .form import DIGEST, Bad, is_int, is_text, issued_first, jcs, match, need, pointer_split, subject_id

STEPS_MAX = 200000
CLASSES = {"alpha": "A-Za-z", "digit": "0-9", "alnum": "A-Za-z0-9", "upper": "A-Z", "lower": "a-z", "xdigit": "0-9A-Fa-f", "space": r" \t\n\r\f\v"}
ANNOTATIONS = {"title", "description", "$comment", "default", "examples", "$schema", "$id", "format"}
TYPES = {"object": lambda v: isinstance(v, dict), "array": lambda v: isinstance(v, list), "string": is_text, "integer": is_int,
         "number": is_int, "boolean": lambda v: isinstance(v, bool), "null": lambda v: v is None}
SUBSCHEMA = {"additionalProperties", "propertyNames", "items", "contains", "not", "if", "then", "else"}
SUBSCHEMAS = {"prefixItems", "oneOf", "anyOf", "allOf"}
SUBSCHEMA_MAP = {"properties", "dependentSchemas", "$defs"}
NUMBERS = {"minProperties", "maxProperties", "minItems", "maxItems", "minContains", "maxContains", "minLength", "maxLength"}
INTEGERS = {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"}


def regex(ere):
    """A POSIX extended regular expression, compiled; strings never hold newlines."""
    need(is_text(ere), "pattern is not text")
    for name, inside in CLASSES.items():
        ere = ere.replace("[:%s:]" % name, inside)
    need(not re.search(r"\\[A-Za-z0-9]|\(\?", ere), "pattern beyond POSIX")
    try:
        return re.compile(ere, re.ASCII)
    except re.error as e:
        raise Bad("pattern %r: %s" % (ere, e)) from None


def check(s):
    """Bad unless every keyword is known and well formed."""
    todo = [s]
    while todo:
        s = todo.pop()
        if isinstance(s, bool):
            continue
        need(isinstance(s, dict), "a schema is an object or a boolean")
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
                need(is_text(v) and v.startswith("#"), "$ref is not local")
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

    def ref(self, target):
        s = self.root
        for step in pointer_split(target[1:]):
            step = step.replace("~1", "/").replace("~0", "~")
            if isinstance(s, list):
                need(step.isdigit() and int(step) < len(s), "$ref leads nowhere")
                s = s[int(step)]
            else:
                need(isinstance(s, dict) and step in s, "$ref leads nowhere")
                s = s[step]
        return s

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
            self.apply(self.ref(s["$ref"]), v, at)
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
