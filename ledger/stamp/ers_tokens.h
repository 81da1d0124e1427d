/* SPDX-License-Identifier: Apache-2.0 */
/* ers_tokens.h - an evidence record with every token of it traced to an authority that is pinned (internal; FORMAT 25)
 *
 * ers.h knows what holds a record together, stamp.h what one token is worth.  Here they meet.
 */
#ifndef AK_STAMP_ERS_TOKENS_H
#define AK_STAMP_ERS_TOKENS_H

#include "stamp/ers.h"
#include "stamp/stamp.h"

typedef struct ak_ers_found {
	ak_ers_result record;
	int64_t proven;             /* the data was there at this second at the latest: genTime of the first token and its accuracy */
	const ak_tsa *first, *last; /* whose are the first and the last token; of the query */
	ak_stamp_unlisted unlisted; /* of the first token that has one */
} ak_ers_found;

/* ak_ers_verify with ak_stamp_verify for each token.  Of `q` the message, imprint, nonce and renewed_at are not looked at: what a token is
 * over follows from the record.  A revocation that came after a token was renewed does not bear on it.
 * What those two fail with, err->at set to the token (from 0). */
AK_MUST_USE ak_status ak_ers_verify_tokens(const ak_ers *r, const ak_ers_object *data, const ak_stamp_query *q, ak_ers_found *out,
                                           ak_error *err);

/* The digests of `data`, kept in `room`. */
void ak_ers_object_of(ak_span data, uint8_t room[3][AK_ERS_HASH_LEN_MAX], ak_ers_object *out);

#endif
