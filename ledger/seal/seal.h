/* SPDX-License-Identifier: Apache-2.0 */
/* seal.h - append records to a ledger: a batch is one commit, all or none (internal)
 *
 *     LOCKED -> SYNCED -> JUDGED -> WRITTEN -> SIGNED -> STAGED -> PUBLISHED -> INDEXED
 *
 * and what a reader finds if the writer dies in each:
 *     LOCKED    the kernel has dropped the lock                              old head
 *     SYNCED    index at the old head                                        old head
 *     JUDGED    nothing was written                                          old head
 *     WRITTEN   all objects durable but the two that are signed              old head
 *     SIGNED    the operator's state file names the head about to be         old head; finished by the next seal
 *     STAGED    checkpoint and commit durable, unreachable                   old head; finished by the next seal
 *     PUBLISHED refs/heads/main moved by compare-and-swap                    new head
 *     INDEXED   cache in step                                                new head
 *
 *	(S1) The head never names an object that is not durable.
 *	(S2) The head only ever moves from a checkpoint to one that extends it.
 *	(S3) Nothing is ever overwritten or deleted.
 *	(S5) The index is a cache: deleting it changes no answer.
 *	(S6) Of one size one head at most is ever signed in any file, whole or in parts (state.h).
 */
#ifndef AK_SEAL_SEAL_H
#define AK_SEAL_SEAL_H

#include "seal/books.h"
#include "seal/state.h"
#include "verify/candidate.h"

typedef struct ak_sealer {
	const ak_seckey *operator_key;
	const ak_seckey *old_operator_key; /* sealing a keyset that changes the operator: the one before */
	const char *state_path;
	const char *old_state_path;        /* that key's own; NULL: one file for both                              */
	bool adopt_head;                   /* no state file yet: accept the head as it is                 */
	int64_t now;
	int64_t (*clock)(void *ctx);       /* asked under the lock, and then `now` is what it says; NULL: not asked */
	void *clock_ctx;
	unsigned threads;                  /* 0: one per processor */
} ak_sealer;

/* The time of what is sealed: to be asked once, and under the lock. */
int64_t ak_sealer_now(const ak_sealer *s);

typedef struct ak_sealed_entry {
	uint64_t seq;
	ak_digest id;
	char type[AK_NAME_MAX + 1];
	ak_statement statement; /* borrowed from what it holds */
	ak_json *holds;         /* owned */
	ak_json *package;       /* the definition in force of its scheme, owned; NULL for the ledger's own types */
} ak_sealed_entry;

void ak_sealed_entry_clear(ak_sealed_entry *e);

/* Seal envelopes (DSSE, parsed from bytes here).  entries: n of them, the caller's, to be cleared.  `origin` is needed only for record 0.
 * On refusal *failed is the envelope at fault, or SIZE_MAX. */
AK_MUST_USE ak_status ak_seal(ak_books *b, const char *origin, const ak_span *envelopes, size_t n, const ak_sealer *s,
                              ak_sealed_entry *entries, size_t *failed, ak_error *err);

/* What seal would say, changing nothing; *j tells how the signatures stand.  Line 3 of the candidate becomes what would be sealed. */
AK_MUST_USE ak_status ak_seal_check(ak_books *b, ak_candidate *candidate, int64_t now, ak_judgement *j, ak_error *err);

#endif
