/* SPDX-License-Identifier: Apache-2.0 */
/* signatures.h - line 3 of a record (FORMAT, Signatures)
 *
 *   {"signatures":[{"keyid":"sha256:<SPKI digest>","sig":"<base64>"}…],"timestamps":[{"keyid":…,"tsr":…}…]}
 *
 * Canonical JSON, no other members, 1-64 signatures sorted by keyid, one per keyid.  Timestamps are sorted by
 * (keyid, tsr), unique, and their keyid is that of a signature.  Pure.
 */
#ifndef AK_MODEL_SIGNATURES_H
#define AK_MODEL_SIGNATURES_H

#include "codec/dsse.h"
#include "codec/json.h"

enum {
	AK_SIGNATURES_MAX = 256 * 1024, /* bytes of the line */
	AK_SIGNERS_MAX = 64,
	AK_SIG_BYTES_MAX = 1024,
	AK_TSR_MAX = 32 * 1024,         /* bytes, decoded */
};

typedef struct ak_signature {
	ak_digest keyid;
	ak_span sig; /* borrowed from ak_signatures.bytes */
} ak_signature;

typedef struct ak_signatures {
	ak_signature *sig; /* owned array */
	size_t n;
	size_t n_timestamps;
	ak_json *timestamps; /* owned: the array; NULL when it is empty */
	ak_buf bytes;      /* owned: decoded signatures */
} ak_signatures;

void ak_signatures_clear(ak_signatures *s);
AK_MUST_USE ak_status ak_signatures_parse(ak_span line, ak_signatures *out, ak_error *err);

/* Line 3 of an exchange file: AK_BAD_FORMAT when it would be none (a keyid that is no digest text or stands twice, a
 * signature over AK_SIG_BYTES_MAX, timestamps out of order).  The order of signatures does not matter. */
AK_MUST_USE ak_status ak_signatures_from_dsse(const ak_dsse *e, ak_buf *line, ak_error *err);
/* The exchange file of lines 2 and 3. */
AK_MUST_USE ak_status ak_signatures_to_dsse(ak_span statement, ak_span line, ak_dsse *out, ak_error *err);

#endif
