# SPDX-License-Identifier: Apache-2.0
"""What a correction makes of the body it speaks of (FORMAT 16.7.1)."""
import copy
import re

from .form import Bad, derive_about, is_text, need


def child(v, step):
    """-> what stands at this step; KeyError when nothing does"""
    if isinstance(v, dict):
        return v[step]
    if isinstance(v, list) and re.fullmatch("0|[1-9][0-9]{0,8}", step) and int(step) < len(v):
        return v[int(step)]
    raise KeyError(step)


def put(body, field, after):
    """A copy of the body with `after` at the pointer, or with nothing there when it is null."""
    need(field.startswith("/"), "field is not a pointer")
    *way, last = [s.replace("~1", "/").replace("~0", "~") for s in field[1:].split("/")]
    at = out = copy.deepcopy(body)
    try:
        for step in way:
            at = child(at, step)
        there = True
        try:
            child(at, last)
        except KeyError:
            there = False
    except KeyError:
        need(after is None, "no such place in the body")
        return out
    if after is None and not there:
        return out
    need(isinstance(at, dict) or (after is not None and isinstance(at, list) and there), "no such place in the body")
    if after is None:
        del at[last]
    elif isinstance(at, dict):
        at[last] = after
    else:
        at[int(last)] = after
    return out


def fits(kind, about, body):
    try:
        kind.validator.validate(body)
        need(derive_about(kind.about, body) == sorted(about), "about other subjects")
        return None
    except Bad as e:
        return str(e)


def amended(kind, t, by):
    """The body of record t, of this type, as the correction `by` would leave it; None when that says nothing of a field."""
    if by is None or not is_text(by.get("field")):
        return None
    body = put(t.body, by["field"], by.get("after"))
    wrong = fits(kind, t.about, body)
    need(wrong is None or fits(kind, t.about, t.body) is not None, "what it makes of the record named does not fit: %s" % wrong)
    return body
