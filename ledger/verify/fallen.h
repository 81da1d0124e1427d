/* SPDX-License-Identifier: Apache-2.0 */
/* fallen.h - records that had authority when they were sealed and lost it, because the root revoked a key from before them on
 * (internal; FORMAT 16.8, 19.4)
 *
 * Such a record is void, but nobody tampered: whether what it says is so, its signatures no longer show.  What is bad only without
 * such records is therefore unverifiable (scheme_rules.c).  What they took away themselves they no longer take away.
 */
#ifndef AK_VERIFY_FALLEN_H
#define AK_VERIFY_FALLEN_H

#include "verify/proof_check.h"

typedef struct ak_fall {
	bool fell;
	bool named;          /* the rest is known                                                            */
	uint64_t via;        /* seq of the record that the key signed: itself, or one that it rests on       */
	ak_digest key;       /* whose signature no longer counts                                             */
	uint64_t cutoff;     /* the last record in which it does                                             */
	uint64_t revocation; /* seq of the record of the root that says so; past the head: one that is unsealed */
} ak_fall;

/* Which of the first n records of `p` fell between the two judgements of them?  *out: n, owned, or NULL when none did; `now` is the
 * authority with which the later judgement was made. */
AK_MUST_USE ak_status ak_fallen_find(const ak_proven *p, size_t n, const ak_judgement *sealed, const ak_judgement *by,
                                     const ak_authority *now, ak_fall **out, ak_error *err);

/* The warning "authority-lost" of record `i`. */
AK_MUST_USE ak_status ak_fallen_warn(const ak_proven *p, size_t i, const ak_fall *f, ak_report *r, ak_error *err);

#endif
