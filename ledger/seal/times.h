/* SPDX-License-Identifier: Apache-2.0 */
/* times.h - what proves when the checkpoints of a ledger were there, and until when it does (internal; FORMAT 15.5, 25)
 *
 * Every token of every `timestamp` record is read as an evidence record: of form rfc4998 it is one, a bare token (rfc3161) is one of a
 * single stamp.  It is judged over the text of the checkpoint that this ledger had at that size: what the record itself says of the root
 * has to be the same, and who signed the record does not matter here, because a token proves itself.
 *
 * A proof is *carried on* by another of the same size that begins with the same tokens: that is what renewing makes.  Then it
 * needs no renewal of its own.
 */
#ifndef AK_SEAL_TIMES_H
#define AK_SEAL_TIMES_H

#include "seal/books.h"
#include "stamp/ers_tokens.h"

typedef struct ak_time_proof {
	uint64_t record, size; /* seq of the timestamp record; records that the checkpoint commits to */
	size_t token;          /* which of the record's tokens, from 0 */
	bool evidence;         /* it is an evidence record already; else a bare token */
	bool carried;
	ak_status status;      /* AK_OK: it holds together, and every authority counts; else why says what is wrong */
	ak_error why;
	ak_ers_found found;    /* of one that is AK_OK */
	ak_buf bytes;          /* the evidence record, DER; empty when there is none to be had */
} ak_time_proof;

typedef struct ak_times {
	ak_time_proof *proof; /* by record, then token */
	size_t n, cap;
} ak_times;

/* `q` says whose tokens count, the lists of revoked certificates and the clock.  b is in step with its head.  A token that is worth
 * nothing is a row with its status; only what keeps the ledger from being read fails. */
AK_MUST_USE ak_status ak_times_read(ak_books *b, const ak_stamp_query *q, ak_times *out, ak_error *err);
void ak_times_clear(ak_times *t);

/* The root that the checkpoint of this size commits to. */
AK_MUST_USE ak_status ak_times_root(ak_books *b, uint64_t size, ak_digest *out, ak_error *err);

/* The next step of one that is AK_OK: what an authority is to stamp.  `hash` is NONE for a renewal by the digest it has, or another
 * digest, none that its record knows, for a new chain (AK_INVALID_ARGUMENT otherwise): then all records of the checkpoint are read and covered too. */
AK_MUST_USE ak_status ak_times_next(ak_books *b, const ak_time_proof *p, ak_ers_hash hash, ak_ers_next *out, ak_error *err);

/* The evidence record with the token of that step in it, judged as it will be by others; *found as there. */
AK_MUST_USE ak_status ak_times_put(ak_books *b, const ak_time_proof *p, const ak_ers_next *next, ak_span token, const ak_stamp_query *q,
                                   ak_buf *out, ak_ers_found *found, ak_error *err);

#endif
