/* SPDX-License-Identifier: Apache-2.0 */
/* batch.h - the candidates of one seal, judged one after the other (internal to seal/) */
#ifndef AK_SEAL_BATCH_H
#define AK_SEAL_BATCH_H

#include "base/strmap.h"
#include "seal/seal.h"
#include "verify/candidate.h"
#include "verify/parallel.h"

typedef struct ak_batch_item {
	ak_candidate candidate;
	ak_buf file; /* owned: the whole record, once it has a header */
} ak_batch_item;

typedef struct ak_batch {
	ak_books *b;
	const char *origin;
	ak_batch_item *item;
	size_t n;
	ak_authority *authority;
	bool everybody;                /* it knows all keys of the ledger, not only those that keyids lead to */
	ak_strmap statements, newest;  /* within this batch: statement digest, subject -> position */
	uint64_t first;                /* seq of item[0] */
	ak_work *verifying;            /* signatures, ahead of the judging; NULL: of one candidate, or none */
} ak_batch;

void ak_batch_clear(ak_batch *t);
/* Take the envelopes apart and load the authority their signatures need; trying them has begun, on other threads. */
AK_MUST_USE ak_status ak_batch_open(ak_books *b, const char *origin, const ak_span *envelopes, size_t n, unsigned threads,
                                    ak_batch *out, size_t *failed, ak_error *err);
/* The same for one candidate that is already taken apart; it stays the caller's. */
AK_MUST_USE ak_status ak_batch_of(ak_books *b, const char *origin, ak_candidate *one, ak_batch *out, ak_error *err);
/* May `c` stand at position i, time `now`?  Refusals are AK_REJECT statuses; *j tells how the signatures stand.  Line 3 becomes
 * what it is to be sealed as (ak_signers_name). */
AK_MUST_USE ak_status ak_batch_admit(ak_batch *t, size_t i, ak_candidate *c, int64_t now, ak_judgement *j, ak_error *err);
/* It was admitted: later candidates see it. */
AK_MUST_USE ak_status ak_batch_apply(ak_batch *t, size_t i, ak_sealed *s, const ak_judgement *j, ak_error *err);

#endif
