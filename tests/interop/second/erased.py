# SPDX-License-Identifier: Apache-2.0
"""Place-holders of erased records (FORMAT 15.8, 16.12)."""
from .form import DIGEST, Bad, jcs, match, parse_statement, sha


def look(rec_id, header, line, origin, genesis):
    """-> id of the erasure that line 2 names when it is a place-holder in this ledger byte for byte, else None"""
    try:
        s = parse_statement(line)
    except Bad:
        return None
    by = s["body"].get("erasure")
    if s["type"] != "erased" or not match(DIGEST, by) or rec_id == genesis:
        return None
    body = {"erasure": by, "record": rec_id}
    want = {"_type": "https://in-toto.io/Statement/v1", "predicateType": "urn:akashi:erased:v1",
            "predicate": {"about": s["about"], "base": genesis, "body": body, "genesis": genesis, "issued": header["time"],
                          "ledger": origin, "refs": [], "scheme": "akashi"},
            "subject": [{"digest": {"sha256": sha(jcs(body)).hex()}, "name": "body"}]}
    return by if jcs(want) == line else None


class Gaps:
    """Erased records, and which of them an authorised erasure names."""

    def __init__(self):
        self.open, self.turn = {}, {}

    def add(self, rec, turn):
        self.open[rec.id], self.turn[rec.id] = rec, turn

    def prove(self, rec):
        if rec.type != "erasure" or rec.why is not None:
            return
        gone = self.open.get(rec.body["record"])
        if gone is not None and gone.erasure == rec.id and gone.about == rec.about:
            del self.open[gone.id]

    def unproven(self):
        return sorted((r.seq, self.turn[i]) for i, r in self.open.items())
