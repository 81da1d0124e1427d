/* SPDX-License-Identifier: Apache-2.0 */
/* worlds.h - what rules find of each way in which records that fell may have been signed by who was entitled to (internal; adr/0011, FORMAT 19.4)
 *
 * A stolen key may be a copy, which its owner goes on using beside the thief, and more than one key may be stolen: so of the records that fell any
 * may be the owner's.  What rules find in one world is compared rule by rule with what they find in that in which none of them stands.
 */
#ifndef AK_VERIFY_WORLDS_H
#define AK_VERIFY_WORLDS_H

#include "base/strmap.h"
#include "rules/rule.h"
#include "verify/judge.h"

/* How many fell is the thief's choice: of more than this not all worlds can be asked, and who asks about some can be shown enough of them to miss the
 * true one. */
enum { AK_WORLDS_FELL_MAX = 6 };

typedef struct ak_worlds {
	ak_strmap least; /* rule id -> least of its worst severities in the worlds asked about */
	bool too_many;   /* fell: nothing was asked, and nothing bad can be said               */
} ak_worlds;

/* What rules find with the records standing as in `then`: into *worst, rule id -> worst severity. */
typedef ak_status ak_world_fn(void *ctx, const ak_judged *then, ak_strmap *worst, ak_error *err);

void ak_worlds_init(ak_worlds *w);
void ak_worlds_clear(ak_worlds *w);
/* Asks about one world after the other, until every rule that is broken where none stands has held in one; j->otherwise is set. */
AK_MUST_USE ak_status ak_worlds_ask(const ak_proven *p, const ak_judged *j, ak_world_fn *fn, void *ctx, ak_worlds *w, ak_error *err);
/* Is there a world, as far as can be said, in which the rule finds less than this? */
bool ak_worlds_doubt(const ak_worlds *w, const char *rule, ak_severity found);

#endif
