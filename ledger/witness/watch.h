/* SPDX-License-Identifier: Apache-2.0 */
/* watch.h - one run of a witness, shared by its own files (internal) */
#ifndef AK_WITNESS_WATCH_H
#define AK_WITNESS_WATCH_H

#include "seal/books.h"
#include "verify/erased.h"
#include "witness/state.h"
#include "witness/witness.h"

typedef struct ak_watch {
	const ak_witness_ask *ask;
	int64_t now;
	ak_witness_state was;     /* the memory as read */
	ak_books *b;              /* the ledger with the witness's own index */
	ak_authority *authority;  /* fed with keysets and profiles only */
	ak_gaps gaps;             /* erased records among those looked at now */
	bool anew;                /* the index is being made again from the genesis */
	bool writing;             /* an index transaction is open */
	uint64_t replayed;

	const char *duty;         /* what is being looked at; static */
	int64_t at;               /* the record that is, or -1 */
	bool forked;              /* both heads are the operator's: evidence */

	uint8_t operator_key[32], old_operator_key[32];
	bool has_operator, log_seen, floor_seen;
	uint64_t rotated_by;      /* seq of the keyset that brought the operator key in force */
} ak_watch;

/* Feed keysets and profiles of the records remembered. */
AK_MUST_USE ak_status ak_watch_recall(ak_watch *w, ak_error *err);
/* Look at every record from there to the head. */
AK_MUST_USE ak_status ak_watch_records(ak_watch *w, ak_error *err);

/* Does the head continue the one cosigned last? */
AK_MUST_USE ak_status ak_watch_history(ak_watch *w, ak_error *err);
/* The ledger is another than the one remembered: AK_FORK when its operator signed this one too. */
AK_MUST_USE ak_status ak_watch_forked(ak_watch *w, const char *detail, ak_error *err);
/* Tree root, operator's lines, what the trust file names, the witness's key and clock: after the records. */
AK_MUST_USE ak_status ak_watch_head(ak_watch *w, ak_error *err);

#endif
