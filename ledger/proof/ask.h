/* SPDX-License-Identifier: Apache-2.0 */
/* ask.h - from what a caller asks to a question that verify/ can judge (internal)
 *
 * The same for a ledger and for a bundle, so that both are asked the same.
 */
#ifndef AK_PROOF_ASK_H
#define AK_PROOF_ASK_H

#include "verify/verify.h"

/* What questions about one scheme have in common: kept, the next one is cheaper, and answered the same.  For one question at a time. */
typedef struct ak_ask_held {
	char *scheme;           /* owned; NULL: nothing is here yet */
	ak_profile core, rules; /* owned; rules.package NULL: none is shipped */
	ak_rules *sandbox;      /* owned, borrows from rules */
	ak_warm *warm;          /* owned, likewise: the first sandbox, being made */
	ak_text trust_text;     /* owned: the trust file that `trust` was read from; empty: none yet */
	ak_trust *trust;        /* owned */
	ak_good_lines *good_lines; /* owned */
} ak_ask_held;

void ak_ask_held_clear(ak_ask_held *h);

typedef struct ak_asked {
	ak_ask_held own; /* of a question that stands alone */
	ak_question q;   /* borrows from the above and from what was asked */
} ak_asked;

/* `scheme` and `listing` outlive *out, as do `held`, which may be NULL, and everything in `o`. */
AK_MUST_USE ak_status ak_ask_with(ak_ask_held *held, const ak_verify_options *o, const char *scheme, const char *listing,
                                  ak_asked **out, ak_error *err);
AK_MUST_USE ak_status ak_ask(const ak_verify_options *o, const char *scheme, const char *listing, ak_asked **out, ak_error *err);
void ak_asked_free(ak_asked **a);
/* The verdict, with the memory that was asked for: *kept is the new one, or empty when it stays.  The caller frees it, and
 * passes it on only with an answer that it keeps. */
AK_MUST_USE ak_status ak_ask_judge(ak_asked *a, const ak_verify_options *o, const ak_evidence *e, ak_verdict *verdict,
                                   ak_json **report, ak_text *kept, ak_error *err);
/* Hand a new memory to the caller; empties *kept. */
void ak_ask_keep(ak_text *kept, const ak_verify_options *o);
/* Could a record be about this listing?  AK_INVALID_ARGUMENT, where "scheme" or "listing", when the names are outside the grammar. */
AK_MUST_USE ak_status ak_ask_listing(const char *scheme, const char *listing, ak_error *err);
/* AK_INVALID_ARGUMENT when it is more than there is. */
AK_MUST_USE ak_status ak_ask_known_at(uint64_t known_at, uint64_t size, ak_error *err);

#endif
