/* SPDX-License-Identifier: Apache-2.0 */
/* ending.h - the closing of a ledger, as a verdict tells it (internal; FORMAT 16.11, 19.6) */
#ifndef AK_VERIFY_ENDING_H
#define AK_VERIFY_ENDING_H

#include "verify/judge.h"
#include "verify/standing.h"

/* What body `body` of closing #seq, sealed at `time` (UTC seconds), says: {"record","time","day","reason","explanation"?,
 * "successor":null|{"ledger","genesis":null|"sha256:…"}}, day in JST. */
AK_MUST_USE ak_status ak_ending_json(uint64_t seq, int64_t time, const ak_json *body, ak_json **out, ak_error *err);
/* Did an authorised closing among the judged records end the ledger?  Then s->ended and s->ended_day, the report's member "closing" and a
 * warning. */
AK_MUST_USE ak_status ak_ending_put(const ak_proven *p, const ak_judged *j, ak_standing *s, ak_report *r, ak_error *err);

#endif
