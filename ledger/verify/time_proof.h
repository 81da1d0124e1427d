/* SPDX-License-Identifier: Apache-2.0 */
/* time_proof.h - one token of a `timestamp` record, over the checkpoint that it is for (internal; FORMAT 15.5, 24, 25)
 *
 * Of form rfc4998 it is an evidence record; a bare token (rfc3161) is taken as an evidence record of one stamp, so that both are judged
 * alike.  Who signed the record is not asked here: what a token proves it proves by itself.
 */
#ifndef AK_VERIFY_TIME_PROOF_H
#define AK_VERIFY_TIME_PROOF_H

#include "stamp/ers_tokens.h"

typedef struct ak_time_question {
	ak_span text;                /* of the checkpoint (FORMAT 9.1)                            */
	uint64_t size;               /* records that it commits to                                */
	const ak_stamp_query *query; /* whose tokens count, the lists of revoked ones, the clock  */
	/* Append the file of a record below `size`.  NULL: they are not at hand, and that a renewed hash tree covers them is not asked. */
	ak_status (*file)(void *ctx, uint64_t seq, ak_buf *out, ak_error *err);
	void *ctx;
} ak_time_question;

/* AK_OK: it holds together, over that text, and every token in it is by an authority that counts; the evidence record is appended to
 * `record`.  Else, with the place in err->where and err->at (which stamp, from 0):
 * AK_CHAIN_BROKEN: over something else, or not held together; AK_NO_TRUSTED_SIG: by no authority that counts; AK_BAD_FORMAT,
 * AK_BAD_TIMESTAMP, AK_BAD_SIGNATURE, AK_CLOCK, AK_UNKNOWN_VERSION, AK_LIMIT: it proves nothing; what `file` fails with. */
AK_MUST_USE ak_status ak_time_proof_judge(const ak_time_question *q, bool evidence, ak_span der, ak_buf *record, ak_ers_found *out, ak_error *err);
/* The same of an evidence record. */
AK_MUST_USE ak_status ak_time_record_judge(const ak_time_question *q, ak_span record, ak_ers_found *out, ak_error *err);

/* The files of the first q->size records, joined, under SHA-384 or SHA-512. */
AK_MUST_USE ak_status ak_time_records_digest(const ak_time_question *q, ak_ers_hash hash, uint8_t out[AK_ERS_HASH_LEN_MAX], ak_error *err);

#endif
