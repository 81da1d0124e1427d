/* SPDX-License-Identifier: Apache-2.0 */
/* time_part.h - asking for tokens: for a signature, a head, a document, and to renew one (private to api/) */
#ifndef AK_API_TIME_PART_H
#define AK_API_TIME_PART_H

#include "akashi/timestamp.h"
#include "codec/json.h"
#include "pki/crl.h"
#include "stamp/stamp.h"
#include "verify/stamps.h"

enum { AK_CIRCLE_MAX = 64, AK_TIME_NONCE = 16 };

/* Whose tokens count, by scheme. */
typedef struct ak_circle {
	ak_pins *pins[AK_CIRCLE_MAX]; /* owned */
	size_t n, authorities;
} ak_circle;

/* Of the scheme's profile in force, for scheme akashi those of every scheme; l NULL: of the profile that was shipped.  AK_NOT_FOUND,
 * "profile.time_authorities": no authority is named.  ak_circle_clear() afterwards. */
AK_MUST_USE ak_status ak_circle_of(ak_ledger *l, ak_span scheme, ak_circle *c, ak_error *err);
void ak_circle_clear(ak_circle *c);

/* The revocation lists that the options bring. */
typedef struct ak_crl_lists {
	ak_crl *crl[AK_CRLS_MAX]; /* owned */
	size_t n;
} ak_crl_lists;

AK_MUST_USE ak_status ak_crl_lists_read(const ak_timestamp_options *o, ak_crl_lists *l, ak_error *err);
void ak_crl_lists_clear(ak_crl_lists *l);

/* AK_LEDGER_ENDED: whatever an authority stamps cannot be sealed here any more, so none is asked. */
AK_MUST_USE ak_status ak_time_check_open(ak_ledger *l, ak_error *err);
/* The authority's answer to a request with a nonce of our own, as it came. */
AK_MUST_USE ak_status ak_time_post(const ak_timestamp_options *o, ak_span imprint, uint8_t nonce[AK_TIME_NONCE], ak_buf *tsr, ak_error *err);
/* A token over this imprint that counts, or nothing. */
AK_MUST_USE ak_status ak_time_obtain(const ak_circle *c, const ak_timestamp_options *o, const ak_crl_lists *l, const ak_digest *imprint, ak_buf *tsr,
                                     ak_stamped *found, ak_error *err);
/* A token as answers tell it; keyid and operator_name may be NULL. */
AK_MUST_USE ak_status ak_time_put_token(const char *keyid, const char *authority, const char *operator_name, const ak_stamp_info *i, const char *url,
                                        bool is_new, ak_json **out, ak_error *err);

/* Whose tokens count for records of scheme akashi, and the lists that o brings; as a question about tokens that have no message yet. */
typedef struct ak_time_circle ak_time_circle;
/* With `lenient` a ledger whose profiles name no authority is a circle of nobody, else AK_NOT_FOUND. */
AK_MUST_USE ak_status ak_time_circle_open(ak_ledger *l, const ak_timestamp_options *o, bool lenient, ak_time_circle **out, ak_error *err);
const ak_stamp_query *ak_time_circle_query(const ak_time_circle *c); /* borrowed */
void ak_time_circle_free(ak_time_circle **c);

/* An authority's answer for this imprint (32, 48 or 64 bytes).  It answers the request; nothing else of it was looked at. */
AK_MUST_USE ak_status ak_time_ask(const ak_timestamp_options *o, ak_span imprint, ak_buf *tsr, ak_error *err);

#endif
