/* SPDX-License-Identifier: Apache-2.0 */
/* listing.h - what tests/bench/verify and listings need beside bench.h: listings to prove, and the signatures in a proof */
#ifndef AK_BENCH_LISTING_H
#define AK_BENCH_LISTING_H

#include "bench.h"
#include "verify/evidence.h"

/* ---- chain.c: listings, from the provider's statement to the registration --------------------------------------- */

typedef struct cast cast; /* who signs, and what was sealed so far */

/* Enrol committee (three of five sign), secretariat, examiners, auditor and provider. `cases` is tests/rules/base. */
cast *cast_enrol(ak_ledger *l, const place *p, const char *cases);
void cast_free(cast **c);
/* Seal the records of <cases>/<name>.json as those of this listing and service; what comes earlier is played before.  An auditor's
 * registration serves all listings. */
void cast_play(cast *c, ak_ledger *l, const place *p, const char *name, const char *listing, const char *service);

/* The same, which has no base, of the listings C24-<from>-2 on: n of them, sealed in batches, together at most 10,000. */
void cast_play_many(cast *c, ak_ledger *l, const place *p, const char *name, size_t from, size_t n);

/* ---- bare.c: the signatures of a bundle with nothing around them ------------------------------------------------ */

typedef struct bare bare;

/* Every signature of every record in the evidence, and the operator's on the head, each with its key and message. */
bare *bare_collect(const ak_evidence *e);
size_t bare_count(const bare *b);
void bare_verify(const bare *b); /* one after the other; dies unless all verify */
void bare_free(bare **b);

#endif
